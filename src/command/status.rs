//! `status`: one screen, as `git status` is.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::Args;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::compute::books::Books;
use crate::task::{lapse, load, rates};

use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::session::{Done, Format, Outcomes, Session};
use crate::view::sheet::{Cell, Sheet};
use crate::view::{csv, json, table};

/// Arguments of `status`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit status --today 2026-11-22")]
pub struct StatusArgs {}

/// How many rows of each part are shown.
const SHOWN: usize = 5;

/// Shows where things stand.
///
/// # Errors
/// Where there is no ledger.
pub fn run(_: &StatusArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let drafts = source.draft_names();
    let today = session.today;
    let books = load::books(&mut source, today);
    let last = last_payments(books.ledger(), today);
    let problems = source.problems.iter().count();
    let late = books.late();
    let (open, overdue) = (sums(&books, false), sums(&books, true));
    let mut worst = super::overdue::items(&[
        "number",
        "buyer",
        "falls_due",
        "days_late",
        "currency",
        "balance",
    ]);
    for index in late.iter().take(SHOWN) {
        worst.push(super::overdue::row(&books.position(*index)));
    }
    let more = late.len().saturating_sub(SHOWN);
    let overpaid = overpaid(&books);
    let unknown = unknown(&books);
    let near = lapse::near(
        &mut lapse::Law::load(&mut source),
        &books,
        &mut source,
        books.open(),
    );
    let missing = rates::missing(&mut source, today);
    let broken = session.warn(&mut source);
    match session.format() {
        Format::Json => {
            let fields = vec![
                ("documents", Value::from(books.len())),
                ("drafts", Value::from(drafts)),
                ("open", json::rows(&open)),
                ("overdue", json::rows(&overdue)),
                ("credits", json::rows(&credits(&books))),
                ("overpaid", json::rows(&overpaid)),
                ("lapsing", json::rows(&near)),
                ("last_payments", json::rows(&last)),
                ("unknown_sendings", json::rows(&unknown)),
                ("problems", Value::from(problems)),
                ("missing_rates", json::rows(&rates::sheet(&missing))),
            ];
            let text = json::object("status", today, fields);
            session.data(&text)?;
        }
        Format::Csv => session.data(&csv::sheet(&open))?,
        Format::Table => {
            let rest = if more > 0 {
                format!("  and {more} more: `acquit overdue`\n")
            } else {
                String::new()
            };
            let width = session.terminal.width;
            let noun = if books.len() == 1 {
                "document"
            } else {
                "documents"
            };
            let mut text = format!("{} {noun} issued, as of {today}\n", books.len());
            paragraph(
                &mut text,
                "Drafts, not issued",
                drafts.len(),
                &drafts
                    .iter()
                    .take(SHOWN)
                    .map(|name| format!("  {name}\n"))
                    .collect::<String>(),
            );
            paragraph(&mut text, "Open", open.rows.len(), &amounts(&open));
            paragraph(
                &mut text,
                "Overdue",
                overdue.rows.len(),
                &format!(
                    "{}{}{rest}",
                    amounts(&overdue),
                    indent(&table::sheet(&worst, width.saturating_sub(2)))
                ),
            );
            text.push_str(&lapse::paragraph(&near, width));
            paragraph(
                &mut text,
                "Overpaid",
                overpaid.rows.len(),
                &amounts(&overpaid),
            );
            paragraph(
                &mut text,
                "Clients' credits",
                books.client_credits().len(),
                &amounts(&credits(&books)),
            );
            paragraph(
                &mut text,
                "Last payments",
                last.rows.len(),
                &indent(&table::sheet(&last, width.saturating_sub(2))),
            );
            paragraph(
                &mut text,
                "Rates of the law to add",
                missing.len(),
                &rates::lines(&missing),
            );
            paragraph(
                &mut text,
                "Not known whether it was sent",
                unknown.rows.len(),
                &sendings(&unknown),
            );
            let _ = match (problems, drafts.first(), late.len()) {
                (1.., ..) => writeln!(text, "\n{problems} problems: `acquit check` shows them all"),
                _ if !unknown.rows.is_empty() => writeln!(
                    text,
                    "\nFind out whether it was sent, then `acquit remind --resolve {} sent`, or `not-sent`",
                    unknown.rows[0][0].plain()
                ),
                (0, Some(draft), _) => writeln!(
                    text,
                    "\n`acquit issue {draft}` issues a draft; `acquit remind` shows who is to be reminded"
                ),
                (0, None, 1..) => writeln!(text, "\n`acquit remind` shows who is to be reminded"),
                (0, None, 0) if missing.is_empty() => writeln!(text, "\nNothing to do."),
                (0, None, 0) => Ok(()),
            };
            session.data(&text)?;
        }
    }
    Ok(if broken { Done::Findings } else { Done::Well })
}

/// The last payments up to a day, the latest first; of one day the last row first.
fn last_payments(ledger: &Ledger, today: chrono::NaiveDate) -> Sheet {
    let mut rows: Vec<(chrono::NaiveDate, usize)> = ledger
        .payment_figures()
        .enumerate()
        .filter(|(_, payment)| payment.date <= today)
        .map(|(row, payment)| (payment.date, row))
        .collect();
    rows.sort_unstable();
    let cells = |row: usize| {
        let payment = ledger.payment(row);
        vec![
            Cell::Date(payment.date),
            Cell::text(payment.client),
            Cell::text(payment.document),
            Cell::text(payment.currency.code()),
            Cell::Amount(payment.amount, payment.currency),
            Cell::Word(payment.method.word()),
        ]
    };
    let mut last = Sheet::new(&[
        ("date", "Date"),
        ("client", "Client"),
        ("document", "Document"),
        ("currency", "Cur."),
        ("amount", "Amount"),
        ("method", "Method"),
    ]);
    for (_, row) in rows.into_iter().rev().take(SHOWN) {
        last.push(cells(row));
    }
    last
}

fn paragraph(text: &mut String, title: &str, count: usize, body: &str) {
    if count > 0 {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n{title}:\n{body}");
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn sendings(sheet: &Sheet) -> String {
    let line = |row: &Vec<Cell>| {
        format!(
            "  {} {} ({}), {}\n",
            row[0].plain(),
            row[3].plain(),
            row[2].plain(),
            row[1].plain()
        )
    };
    sheet.rows.iter().map(line).collect()
}

fn amounts(sheet: &Sheet) -> String {
    sheet
        .rows
        .iter()
        .map(|row| {
            format!(
                "  {} {} ({})\n",
                row[2].plain(),
                row[0].plain(),
                row[1].plain()
            )
        })
        .collect()
}

/// What is open, or late, by currency.
fn sums(books: &Books, only_late: bool) -> Sheet {
    let mut sums: BTreeMap<Currency, (i64, Decimal)> = BTreeMap::new();
    for position in books
        .positions()
        .filter(|position| position.kind != DocumentType::Credit)
    {
        let amount = if only_late {
            position.late
        } else {
            position.balance
        };
        if amount > Decimal::ZERO {
            let sum = sums.entry(position.currency).or_default();
            *sum = (sum.0 + 1, sum.1 + amount);
        }
    }
    let mut sheet = Sheet::new(&[("currency", ""), ("count", ""), ("amount", "")]);
    for (currency, (count, amount)) in sums {
        sheet.push(vec![
            Cell::text(currency.code()),
            Cell::Number(count),
            Cell::Amount(amount, currency),
        ]);
    }
    sheet
}

/// Documents that got more than they ask for: it is the client's.
fn overpaid(books: &Books) -> Sheet {
    let mut sheet = Sheet::new(&[("currency", ""), ("document", ""), ("amount", "")]);
    for position in books
        .positions()
        .filter(|position| position.status == crate::compute::position::Status::Overpaid)
    {
        sheet.push(vec![
            Cell::text(position.currency.code()),
            Cell::text(position.number),
            Cell::Amount(-position.balance, position.currency),
        ]);
    }
    sheet
}

/// Messages that may have left or not.
fn unknown(books: &Books) -> Sheet {
    let columns = [
        ("id", ""),
        ("date", ""),
        ("client", ""),
        ("documents", ""),
        ("step", ""),
        ("channel", ""),
        ("file", ""),
    ];
    let mut sheet = Sheet::new(&columns);
    for one in books.outgoing().unknown() {
        sheet.push(vec![
            Cell::text(one.id.as_str()),
            Cell::date(Some(one.date)),
            Cell::text(one.client.as_str()),
            Cell::text(one.numbers()),
            Cell::text(one.step.as_str()),
            Cell::text(one.channel.as_str()),
            Cell::text(one.file.as_str()),
        ]);
    }
    sheet
}

fn credits(books: &Books) -> Sheet {
    let mut sheet = Sheet::new(&[("currency", ""), ("client", ""), ("amount", "")]);
    for (client, currency, amount) in books.client_credits() {
        sheet.push(vec![
            Cell::text(currency.code()),
            Cell::text(client),
            Cell::Amount(amount, currency),
        ]);
    }
    sheet
}
