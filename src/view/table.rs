//! A report → a table on the terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, TableStyle, Width};

use super::sheet::{Cell, Rows, Sheet};
use crate::ledger::numbers::key;

/// Columns that go first where the terminal is too narrow for all without breaking words.
const OPTIONAL: &[&str] = &["type", "issued", "channel", "reason"];

/// And the next, where it is too narrow even so.
const LAST: &[&str] = &["gross"];

/// The least a column of words is squeezed to.
const NARROW: usize = 14;

/// A text that is longer than any id is broken over lines even without a space, such as an address on the web.
const LONG: usize = 64;

/// Spaces between columns.
const GAP: usize = 2;

/// A column as it is shown.
struct Shown {
    /// Its place in the sheet, and among the columns that have a title.
    index: usize,
    place: usize,
    title: &'static str,
    /// The longest of its texts, in characters.
    longest: usize,
    /// Whether its texts may be broken over lines: they are words of a user's.
    is_words: bool,
    is_figures: bool,
}

impl Shown {
    fn least(&self) -> usize {
        if self.is_words {
            self.longest.min(NARROW)
        } else {
            self.longest
        }
    }
}

/// Returns a sheet as a table no wider than the terminal, as [`rows`] does.
pub fn sheet(sheet: &Sheet, width: u16) -> String {
    rows(sheet.each(), width)
}

/// Returns rows as a table no wider than the terminal: figures to the right, no frames. Words are broken over lines where they must;
/// figures, dates, numbers and states never. Without a row there is no table.
pub fn rows(sheet: Rows<'_>, width: u16) -> String {
    let mut shown: Vec<Shown> = Vec::new();
    for (index, column) in sheet.columns.iter().enumerate() {
        if let Some(title) = column.title {
            let (place, longest) = (shown.len(), title.chars().count());
            shown.push(Shown {
                index,
                place,
                title,
                longest,
                is_words: false,
                is_figures: false,
            });
        }
    }
    let mut texts = String::new();
    let mut ends: Vec<u32> = Vec::new();
    for row in sheet.rows {
        for column in &mut shown {
            let start = texts.len();
            let cell = &row[column.index];
            cell.write(&mut texts);
            let length = texts[start..].chars().count();
            column.longest = column.longest.max(length);
            column.is_figures |= cell.is_figure();
            column.is_words |= match cell {
                Cell::Text(text) => text.contains(' ') || length > LONG,
                Cell::List(words) => words.len() > 1,
                _ => false,
            };
            ends.push(key(texts.len()));
        }
    }
    if ends.is_empty() {
        return String::new();
    }
    let cells = Cells {
        texts,
        ends,
        columns: shown.len(),
    };
    let width = usize::from(width);
    for (names, measure) in [
        (OPTIONAL, (|c| c.longest) as fn(&Shown) -> usize),
        (LAST, Shown::least),
    ] {
        for name in names {
            if shown
                .iter()
                .map(|column| measure(column) + GAP)
                .sum::<usize>()
                > width + GAP
            {
                shown.retain(|column| sheet.columns[column.index].key != *name);
            }
        }
    }
    let natural = shown
        .iter()
        .map(|column| column.longest + GAP)
        .sum::<usize>();
    if natural <= width + GAP {
        aligned(&cells, &shown)
    } else {
        broken(&cells, &shown, width)
    }
}

/// The texts of the columns that have a title, row by row, one behind the other.
struct Cells {
    texts: String,
    ends: Vec<u32>,
    columns: usize,
}

impl Cells {
    fn rows(&self) -> usize {
        self.ends.len().checked_div(self.columns).unwrap_or(0)
    }

    fn get(&self, row: usize, column: &Shown) -> &str {
        let index = row * self.columns + column.place;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.texts[start as usize..self.ends[index] as usize]
    }
}

/// Everything fits in one line each: a thousand rows cost nothing.
fn aligned(cells: &Cells, shown: &[Shown]) -> String {
    let mut out = String::with_capacity(cells.texts.len() * 2);
    for row in std::iter::once(None).chain((0..cells.rows()).map(Some)) {
        let start = out.len();
        for column in shown {
            let text = row.map_or(column.title, |row| cells.get(row, column));
            let pad = column.longest - text.chars().count();
            let (left, right) = if column.is_figures {
                (pad, 0)
            } else {
                (0, pad)
            };
            out.extend(std::iter::repeat_n(' ', left));
            out.push_str(text);
            out.extend(std::iter::repeat_n(' ', right + GAP));
        }
        out.truncate(start + out[start..].trim_end().len());
        out.push('\n');
    }
    out
}

/// Words are broken over lines.
fn broken(cells: &Cells, shown: &[Shown], width: usize) -> String {
    let mut table = Table::new();
    let width = u16::try_from(width + GAP).unwrap_or(u16::MAX);
    table
        .load_style(TableStyle::new())
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width);
    let cell = |text: &str, right: bool| {
        let cell = comfy_table::Cell::new(text);
        if right {
            cell.set_alignment(CellAlignment::Right)
        } else {
            cell
        }
    };
    table.set_header(
        shown
            .iter()
            .map(|column| cell(column.title, column.is_figures)),
    );
    for row in 0..cells.rows() {
        table.add_row(shown.iter().map(|column| {
            let text = cells.get(row, column);
            cell(text, column.is_figures && !text.is_empty())
        }));
    }
    for (position, column) in shown
        .iter()
        .enumerate()
        .filter(|(_, column)| !column.is_words)
    {
        if let (Some(target), Ok(length)) = (
            table.column_mut(position),
            u16::try_from(column.longest + GAP),
        ) {
            target.set_constraint(ColumnConstraint::Absolute(Width::Fixed(length)));
        }
    }
    let lines = table.lines().map(|line| {
        line.strip_prefix(' ')
            .unwrap_or(&line)
            .trim_end()
            .to_owned()
            + "\n"
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address on the web has no space to break it at: it is broken all the same, and leaves the other columns whole.
    #[test]
    fn a_long_text_without_a_space_squeezes_no_other_column() {
        let mut rates = Sheet::new(&[("kind", "Kind"), ("value", "Value"), ("source", "Source")]);
        let source = format!("https://www.ecb.europa.eu/{}/", "rates".repeat(20));
        rates.push(vec![
            Cell::text("ecb-refi"),
            Cell::text("2.65 %"),
            Cell::text(&source),
        ]);
        let shown = sheet(&rates, 80);
        assert!(
            shown.lines().all(|line| line.chars().count() <= 80),
            "{shown}"
        );
        assert!(shown.contains("ecb-refi  2.65 %"), "{shown}");
        let whole: String = shown
            .lines()
            .skip(1)
            .map(|line| line.split_whitespace().last().unwrap_or_default())
            .collect();
        assert_eq!(whole, source);
    }
}
