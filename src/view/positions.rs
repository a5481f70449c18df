//! Documents with their money → the columns that every list of them has.

use rust_decimal::Decimal;

use super::sheet::{Cell, Column, Columns, Sheet};
use crate::compute::position::Position;

/// Key, title, and the cell of a document.
type Definition = (&'static str, &'static str, fn(&Position<'_>) -> Cell);

const COLUMNS: &[Definition] = &[
    ("number", "Number", |p| Cell::text(p.number)),
    ("type", "Type", |p| Cell::Word(p.kind.word())),
    ("client", "Client", |p| Cell::text(p.client)),
    ("buyer", "Buyer", |p| Cell::text(p.buyer)),
    ("issued", "Issued", |p| Cell::Date(p.issued)),
    ("due", "", |p| Cell::date(p.due)),
    ("falls_due", "Due", |p| Cell::date(p.falls_due())),
    ("days_late", "Late", |p| Cell::Number(p.days_late)),
    ("currency", "Cur.", |p| Cell::Word(p.currency.code())),
    ("gross", "Total", |p| amount(p, p.gross)),
    ("deposits", "Deposits", |p| amount(p, p.deposits)),
    ("owed", "Owed", |p| amount(p, p.owed)),
    ("credited", "Credited", |p| amount(p, p.credited)),
    ("paid", "Paid", |p| amount(p, p.paid)),
    ("discounted", "Discounted", |p| amount(p, p.discounted)),
    ("written_off", "Written off", |p| amount(p, p.written_off)),
    ("balance", "Balance", |p| amount(p, p.balance)),
    ("late", "Late amount", |p| amount(p, p.late)),
    ("disputed", "Disputed", |p| amount(p, p.disputed)),
    ("status", "Status", |p| Cell::Word(p.status.word())),
    ("plan", "Plan", |p| Cell::text(p.plan.unwrap_or_default())),
];

fn amount(position: &Position<'_>, value: Decimal) -> Cell {
    Cell::Amount(value, position.currency)
}

/// Documents with their money: a sheet in the making.
#[derive(Debug)]
pub struct Items {
    columns: Columns,
    cells: Vec<fn(&Position<'_>) -> Cell>,
    sheet: Sheet,
}

impl Items {
    /// Starts without a row; the columns named are shown in the table.
    pub fn new(shown: &[&str], columns: Columns) -> Self {
        let mut items = Self {
            columns,
            cells: Vec::new(),
            sheet: Sheet::default(),
        };
        for (key, title, cell) in COLUMNS {
            let title = shown.contains(key).then_some(*title);
            if items.more(Column { key, title }) {
                items.cells.push(*cell);
            }
        }
        items
    }

    /// Adds a column whose cells are given with each row; tells whether it is worked out.
    pub fn more(&mut self, column: Column) -> bool {
        let is_asked_for = self.columns.has(&column);
        if is_asked_for {
            self.sheet.columns.push(column);
        }
        is_asked_for
    }

    /// Adds a document; `more` are the cells of the columns that were added.
    pub fn push(&mut self, position: &Position<'_>, more: impl IntoIterator<Item = Cell>) {
        let mut row = Vec::with_capacity(self.sheet.columns.len());
        row.extend(self.cells.iter().map(|cell| cell(position)));
        row.extend(more);
        self.sheet.push(row);
    }

    /// Returns the sheet.
    pub fn sheet(self) -> Sheet {
        self.sheet
    }
}
