//! A report → a table on the terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, TableStyle, Width};

use super::sheet::{Cell, Sheet};

/// Columns that go first where the terminal is too narrow for all without breaking words.
const OPTIONAL: &[&str] = &["type", "issued", "channel", "reason"];

/// And the next, where it is too narrow even so.
const LAST: &[&str] = &["gross"];

/// The least a column of words is squeezed to.
const NARROW: usize = 14;

/// Spaces between columns.
const GAP: usize = 2;

/// A column as it is shown.
struct Shown {
    index: usize,
    title: &'static str,
    /// The longest of its texts, in characters.
    longest: usize,
    /// Whether its texts may be broken over lines: they are words of a user's.
    is_words: bool,
    is_figures: bool,
}

impl Shown {
    fn least(&self) -> usize {
        if self.is_words { self.longest.min(NARROW) } else { self.longest }
    }
}

/// Returns a sheet as a table no wider than the terminal: figures to the right, no frames. Words are broken over lines where they
/// must; figures, dates, numbers and states never.
pub fn sheet(sheet: &Sheet, width: u16) -> String {
    let cells: Vec<Vec<String>> = sheet.rows.iter().map(|row| row.iter().map(Cell::plain).collect()).collect();
    let mut shown: Vec<Shown> = (0..sheet.columns.len()).filter_map(|index| column(sheet, &cells, index)).collect();
    let width = usize::from(width);
    for (names, measure) in [(OPTIONAL, (|c| c.longest) as fn(&Shown) -> usize), (LAST, Shown::least)] {
        for name in names {
            if shown.iter().map(|column| measure(column) + GAP).sum::<usize>() > width + GAP {
                shown.retain(|column| sheet.columns[column.index].key != *name);
            }
        }
    }
    let natural = shown.iter().map(|column| column.longest + GAP).sum::<usize>();
    if natural <= width + GAP { aligned(&cells, &shown) } else { broken(&cells, &shown, width) }
}

fn column(sheet: &Sheet, cells: &[Vec<String>], index: usize) -> Option<Shown> {
    let title = sheet.columns[index].title?;
    let longest = cells.iter().map(|row| row[index].chars().count()).chain([title.chars().count()]).max()?;
    let is_words = sheet.rows.iter().any(|row| match &row[index] {
        Cell::Text(text) => text.contains(' '),
        Cell::List(words) => words.len() > 1,
        _ => false,
    });
    let is_figures = sheet.rows.iter().any(|row| row[index].is_figure());
    Some(Shown { index, title, longest, is_words, is_figures })
}

/// Everything fits in one line each: a thousand rows cost nothing.
fn aligned(cells: &[Vec<String>], shown: &[Shown]) -> String {
    let mut out = String::new();
    let mut line = |text: &dyn Fn(&Shown) -> String| {
        let mut row = String::new();
        for column in shown {
            let text = text(column);
            let pad = " ".repeat(column.longest.saturating_sub(text.chars().count()));
            let (left, right) = if column.is_figures { (pad.as_str(), "") } else { ("", pad.as_str()) };
            row.extend([left, &text, right, "  "]);
        }
        out.push_str(row.trim_end());
        out.push('\n');
    };
    line(&|column| column.title.to_owned());
    for row in cells {
        line(&|column| row[column.index].clone());
    }
    out
}

/// Words are broken over lines.
fn broken(cells: &[Vec<String>], shown: &[Shown], width: usize) -> String {
    let mut table = Table::new();
    let width = u16::try_from(width + GAP).unwrap_or(u16::MAX);
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    let cell = |text: &str, right: bool| {
        let cell = comfy_table::Cell::new(text);
        if right { cell.set_alignment(CellAlignment::Right) } else { cell }
    };
    table.set_header(shown.iter().map(|column| cell(column.title, column.is_figures)));
    for row in cells {
        table.add_row(
            shown.iter().map(|column| cell(&row[column.index], column.is_figures && !row[column.index].is_empty())),
        );
    }
    for (position, column) in shown.iter().enumerate().filter(|(_, column)| !column.is_words) {
        if let (Some(target), Ok(length)) = (table.column_mut(position), u16::try_from(column.longest + GAP)) {
            target.set_constraint(ColumnConstraint::Absolute(Width::Fixed(length)));
        }
    }
    let lines = table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned() + "\n");
    lines.collect()
}
