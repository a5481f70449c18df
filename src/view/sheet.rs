//! A report as a table of typed cells: the terminal's table, CSV and JSON are three spellings of it.

use std::borrow::Cow;
use std::io;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::ledger::amount::{fixed, in_currency};
use crate::ledger::currency::Currency;
use crate::ledger::date;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text, of a user's or ours.
    Text(String),
    /// A word of ours.
    Word(&'static str),
    /// An amount in a currency: its digits are the currency's.
    Amount(Decimal, Currency),
    /// A figure with so many digits after the point.
    Figure(Decimal, u32),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(NaiveDate),
    /// Several words.
    List(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// Absent: null in JSON, empty elsewhere.
    None,
}

impl Cell {
    /// Returns a text's cell, absent if empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::None
        } else {
            Self::Text(text)
        }
    }

    /// Returns a day's cell.
    pub fn date(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::None, Self::Date)
    }

    /// Returns its plain spelling.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// Writes its plain spelling.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Word(word) => out.push_str(word),
            Self::Amount(value, currency) => out.push_str(&in_currency(*value, *currency)),
            Self::Figure(value, digits) => out.push_str(&fixed(*value, *digits)),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Date(day) => out.push_str(&date::spell(*day)),
            Self::List(words) => out.push_str(&words.join(" ")),
            Self::Flag(flag) => out.push_str(if *flag { "yes" } else { "no" }),
            Self::None => {}
        }
    }

    /// Tells whether its figures stand under each other.
    pub fn is_figure(&self) -> bool {
        matches!(self, Self::Amount(..) | Self::Figure(..) | Self::Number(_))
    }
}

/// A column: its key in JSON and CSV, its title in the table; no title: not shown there.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Key.
    pub key: &'static str,
    /// Title.
    pub title: Option<&'static str>,
}

impl Column {
    /// Starts with a key and a title; an empty title is not shown in the table.
    fn new((key, title): &(&'static str, &'static str)) -> Self {
        Self {
            key,
            title: (!title.is_empty()).then_some(*title),
        }
    }
}

/// Which columns of a report are worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// All of them: JSON and CSV have each.
    All,
    /// Those that have a title: the terminal shows no others.
    Titled,
}

impl Columns {
    /// Tells whether a column is worked out.
    pub fn has(self, column: &Column) -> bool {
        self == Self::All || column.title.is_some()
    }
}

/// Rows of cells.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// Starts with columns: (key, title); an empty title is not shown in the table.
    pub fn new(columns: &[(&'static str, &'static str)]) -> Self {
        Self {
            columns: columns.iter().map(Column::new).collect(),
            rows: Vec::new(),
        }
    }

    /// Returns the columns, and the rows one after another.
    pub fn each(&self) -> Rows<'_> {
        Rows {
            columns: Cow::Borrowed(&self.columns),
            rows: Box::new(self.rows.iter().map(|row| Cow::Borrowed(row.as_slice()))),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }
}

/// Rows that are made as they are asked for: those of a large ledger do not fit in memory together.
pub struct Rows<'r> {
    /// Columns.
    pub columns: Cow<'r, [Column]>,
    /// Rows, each with a cell for each column.
    pub rows: Box<dyn Iterator<Item = Cow<'r, [Cell]>> + 'r>,
}

impl<'r> Rows<'r> {
    /// Starts with columns, as [`Sheet::new`] does, and what makes the rows.
    pub fn of(
        columns: &[(&'static str, &'static str)],
        rows: impl Iterator<Item = Vec<Cell>> + 'r,
    ) -> Self {
        Self {
            columns: columns.iter().map(Column::new).collect(),
            rows: Box::new(rows.map(Cow::Owned)),
        }
    }
}

/// Takes a piece of what is written.
pub type Emit<'e> = &'e mut dyn FnMut(&str) -> io::Result<()>;

/// So many bytes are written at once.
pub const PIECE: usize = 1 << 16;

/// A report: its schema's name, its day, its items, and its totals if it has any.
#[derive(Debug, Clone)]
pub struct Report {
    /// `overdue` gives the schema `acquit/overdue/1`.
    pub schema: &'static str,
    /// The day it is of.
    pub today: NaiveDate,
    /// Items.
    pub items: Sheet,
    /// Totals, and the name they stand under.
    pub totals: Option<Sheet>,
}
