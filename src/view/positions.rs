//! Documents with their money → the columns that every list of them has.

use rust_decimal::Decimal;

use super::sheet::{Cell, Sheet};
use crate::compute::position::Position;

/// The columns of documents with their money; those named are shown in the table.
pub fn items(shown: &[&str]) -> Sheet {
    const COLUMNS: &[(&str, &str)] = &[
        ("number", "Number"),
        ("type", "Type"),
        ("client", "Client"),
        ("buyer", "Buyer"),
        ("issued", "Issued"),
        ("due", ""),
        ("falls_due", "Due"),
        ("days_late", "Late"),
        ("currency", ""),
        ("gross", "Total"),
        ("deposits", "Deposits"),
        ("owed", "Owed"),
        ("credited", "Credited"),
        ("paid", "Paid"),
        ("discounted", "Discounted"),
        ("written_off", "Written off"),
        ("balance", "Balance"),
        ("late", "Late amount"),
        ("disputed", "Disputed"),
        ("status", "Status"),
        ("plan", "Plan"),
    ];
    let mut sheet = Sheet::new(COLUMNS);
    for column in &mut sheet.columns {
        column.title = match (column.key, shown.contains(&column.key)) {
            ("currency", true) => Some("Cur."),
            (_, true) => column.title,
            (_, false) => None,
        };
    }
    sheet
}

/// The cells of [`items`].
pub fn row(p: &Position<'_>) -> Vec<Cell> {
    let amount = |value: Decimal| Cell::Amount(value, p.currency);
    vec![
        Cell::text(p.number),
        Cell::Word(p.kind.word()),
        Cell::text(p.client),
        Cell::text(p.buyer),
        Cell::Date(p.issued),
        Cell::date(p.due),
        Cell::date(p.falls_due()),
        Cell::Number(p.days_late),
        Cell::Word(p.currency.code()),
        amount(p.gross),
        amount(p.deposits),
        amount(p.owed),
        amount(p.credited),
        amount(p.paid),
        amount(p.discounted),
        amount(p.written_off),
        amount(p.balance),
        amount(p.late),
        amount(p.disputed),
        Cell::Word(p.status.word()),
        Cell::text(p.plan.unwrap_or_default()),
    ]
}
