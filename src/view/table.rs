//! A report → a table on the terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, TableStyle, Width};

use super::sheet::{Cell, Sheet};

/// Columns that go first where the terminal is too narrow for all.
const OPTIONAL: &[&str] = &["type", "issued", "channel", "reason", "gross"];

/// The least a column of words is squeezed to.
const NARROW: usize = 14;

/// Returns a sheet as a table no wider than the terminal: figures to the right, no frames. Words are broken over lines where they
/// must; figures, dates, numbers and states never.
pub fn sheet(sheet: &Sheet, width: u16) -> String {
    let mut shown: Vec<usize> =
        (0..sheet.columns.len()).filter(|index| sheet.columns[*index].title.is_some()).collect();
    for name in OPTIONAL {
        let least: usize = shown.iter().map(|index| least(sheet, *index) + 2).sum();
        if least > usize::from(width) {
            shown.retain(|index| sheet.columns[*index].key != *name);
        }
    }
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    let cell = |text: String, right: bool| {
        let cell = comfy_table::Cell::new(text);
        if right { cell.set_alignment(CellAlignment::Right) } else { cell }
    };
    let figures = |index: usize| sheet.rows.iter().any(|row| row[index].is_figure());
    table.set_header(shown.iter().map(|index| cell(title(sheet, *index).to_owned(), figures(*index))));
    for row in &sheet.rows {
        table.add_row(shown.iter().map(|index| cell(row[*index].plain(), row[*index].is_figure())));
    }
    for (position, index) in shown.iter().enumerate() {
        if !is_words(sheet, *index)
            && let Some(column) = table.column_mut(position)
            && let Ok(length) = u16::try_from(longest(sheet, *index) + 2)
        {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(length)));
        }
    }
    let lines: Vec<String> =
        table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

fn title(sheet: &Sheet, index: usize) -> &'static str {
    sheet.columns[index].title.unwrap_or_default()
}

/// The longest text of a column, in characters.
fn longest(sheet: &Sheet, index: usize) -> usize {
    let cells = sheet.rows.iter().map(|row| row[index].plain().chars().count());
    cells.chain([title(sheet, index).chars().count()]).max().unwrap_or(0)
}

/// Tells whether a column holds words of a user's, which may be broken: it has spaces in some cell.
fn is_words(sheet: &Sheet, index: usize) -> bool {
    sheet.rows.iter().any(|row| match &row[index] {
        Cell::Text(text) => text.contains(' '),
        Cell::List(words) => words.len() > 1,
        _ => false,
    })
}

/// The least width of a column.
fn least(sheet: &Sheet, index: usize) -> usize {
    if is_words(sheet, index) { longest(sheet, index).min(NARROW) } else { longest(sheet, index) }
}
