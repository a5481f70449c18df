//! `overdue`: what is late.

use std::collections::BTreeMap;

use clap::Args;
use rust_decimal::Decimal;

use crate::compute::books::Books;
use crate::compute::position::Position;
use crate::ledger::currency::Currency;
use crate::session::{Done, Outcomes, Session};
use crate::task::{lapse, load};
use crate::view::sheet::{Cell, Report, Sheet};

/// Arguments of `overdue`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit overdue --today 2026-11-22 --json")]
pub struct OverdueArgs {
    /// Exit with 1 if anything is late
    #[arg(long)]
    pub exit_code: bool,
}

/// Lists what is late.
///
/// # Errors
/// Where the books cannot be read.
pub fn run(args: &OverdueArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let late = books.late();
    let mut items = items(&[
        "number",
        "buyer",
        "falls_due",
        "days_late",
        "currency",
        "balance",
        "status",
    ]);
    items.columns.push(lapse::COLUMNS[0]);
    let mut law = lapse::Law::load(&mut source);
    for index in &late {
        let mut cells = row(&books.position(*index));
        cells.extend(
            lapse::cells(law.of(*index, &books, &mut source).as_ref())
                .into_iter()
                .take(1),
        );
        items.push(cells);
    }
    let near = lapse::near(&mut law, &books, &mut source, late.iter().copied());
    let totals = totals(&books, &late);
    let after = summary(&totals, late.len()) + &lapse::paragraph(&near, session.terminal.width);
    session.report(
        &Report {
            schema: "overdue",
            today: session.today,
            items,
            totals: Some(totals),
        },
        &after,
    )?;
    Ok(if broken || (args.exit_code && !late.is_empty()) {
        Done::Findings
    } else {
        Done::Well
    })
}

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

/// Totals by currency.
pub fn totals(books: &Books, indexes: &[usize]) -> Sheet {
    let mut sums: BTreeMap<Currency, (i64, Decimal, Decimal)> = BTreeMap::new();
    for index in indexes {
        let position = books.position(*index);
        let sum = sums.entry(position.currency).or_default();
        sum.0 += 1;
        sum.1 += position.balance;
        sum.2 += position.late;
    }
    let mut sheet = Sheet::new(&[
        ("currency", "Currency"),
        ("count", "Documents"),
        ("balance", "Balance"),
        ("late", "Late"),
    ]);
    for (currency, (count, balance, late)) in sums {
        sheet.push(vec![
            Cell::text(currency.code()),
            Cell::Number(count),
            Cell::Amount(balance, currency),
            Cell::Amount(late, currency),
        ]);
    }
    sheet
}

/// The line under the table.
fn summary(totals: &Sheet, count: usize) -> String {
    if count == 0 {
        return "Nothing is late.\n".into();
    }
    let amounts: Vec<String> = totals
        .rows
        .iter()
        .map(|row| format!("{} {}", row[3].plain(), row[0].plain()))
        .collect();
    format!("{count} late: {}\n", amounts.join(", "))
}
