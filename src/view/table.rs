//! A report → a table on the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle};

use super::sheet::Sheet;

/// Returns a sheet as a table no wider than the terminal: figures to the right, no frames.
pub fn sheet(sheet: &Sheet, width: u16) -> String {
    let shown: Vec<usize> = (0..sheet.columns.len()).filter(|index| sheet.columns[*index].title.is_some()).collect();
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    let cell = |text: String, right: bool| {
        let cell = comfy_table::Cell::new(text);
        if right { cell.set_alignment(CellAlignment::Right) } else { cell }
    };
    let figures = |index: usize| sheet.rows.iter().any(|row| row[index].is_figure());
    table.set_header(
        shown.iter().map(|index| cell(sheet.columns[*index].title.unwrap_or_default().to_owned(), figures(*index))),
    );
    for row in &sheet.rows {
        table.add_row(shown.iter().map(|index| cell(row[*index].plain(), row[*index].is_figure())));
    }
    let lines: Vec<String> =
        table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}
