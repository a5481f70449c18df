//! Where the whole ledger stands on a day, on one screen: drafts, what is open and late, the last payments, what is to be mended.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::lapse::{self, Lapsing};
use super::unclaimed::{self, Unclaimed};
use super::{load, rates};
use crate::compute::books::Books;
use crate::compute::position::Status;
use crate::compute::rates::Missing;
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::source::Source;
use crate::source::repository::Conversation;
use crate::view::positions::Items;
use crate::view::sheet::{Cell, Columns, Sheet};
use crate::view::{json, table};

/// How many rows of each part are shown.
const SHOWN: usize = 5;

/// Where the ledger stands.
#[derive(Debug)]
pub struct Screen {
    /// What is open, by currency.
    pub open: Sheet,
    today: NaiveDate,
    /// How many documents were issued.
    documents: usize,
    /// The names of the drafts.
    drafts: Vec<String>,
    /// What is late, by currency.
    overdue: Sheet,
    /// How many documents are late.
    late: usize,
    /// Those of them that are shown.
    worst: Sheet,
    overpaid: Sheet,
    credits: Sheet,
    near: Vec<Lapsing>,
    last: Sheet,
    unknown: Sheet,
    /// How many problems reading the books has found.
    problems: usize,
    missing: Vec<Missing>,
    /// How many documents, payments and events are dated after the day.
    ahead: [usize; 3],
    unclaimed: Vec<Unclaimed>,
}

/// Looks at the ledger as of a day; what is wrong with it is added to the source's problems.
pub fn of(source: &mut Source, today: NaiveDate) -> Screen {
    let drafts = source.draft_names();
    let books = load::books(source, today);
    let problems = source.problems.iter().count();
    let late = books.late();
    let shown = [
        "number",
        "buyer",
        "falls_due",
        "days_late",
        "currency",
        "balance",
    ];
    let mut worst = Items::new(&shown, Columns::All);
    for index in late.iter().take(SHOWN) {
        worst.push(&books.position(*index), None);
    }
    let mut law = lapse::Law::load(source);
    let unclaimed = unclaimed::recent(&books, source);
    Screen {
        unclaimed,
        open: sums(&books, false),
        today,
        documents: books.len(),
        drafts,
        overdue: sums(&books, true),
        late: late.len(),
        worst: worst.sheet(),
        overpaid: overpaid(&books),
        credits: credits(&books),
        near: lapse::near(&mut law, &books, source, books.open()),
        last: last_payments(books.ledger(), today),
        unknown: unknown(&books, source.repository.conversation().as_ref()),
        problems,
        missing: rates::missing(source, today),
        ahead: books.ahead(),
    }
}

impl Screen {
    /// Returns it as the fields of one object.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("documents", Value::from(self.documents)),
            ("drafts", Value::from(self.drafts.clone())),
            ("open", json::rows(&self.open)),
            ("overdue", json::rows(&self.overdue)),
            ("credits", json::rows(&self.credits)),
            ("overpaid", json::rows(&self.overpaid)),
            ("lapsing", json::rows(&lapse::sheet(&self.near))),
            ("unclaimed", json::rows(&unclaimed::sheet(&self.unclaimed))),
            ("last_payments", json::rows(&self.last)),
            ("unknown_sendings", json::rows(&self.unknown)),
            ("problems", Value::from(self.problems)),
            ("missing_rates", json::rows(&rates::sheet(&self.missing))),
            (
                "ahead",
                serde_json::json!({
                    "documents": self.ahead[0],
                    "payments": self.ahead[1],
                    "events": self.ahead[2],
                }),
            ),
        ]
    }

    /// Returns it for people. `width` is the terminal's, in columns.
    pub fn text(&self, width: u16) -> String {
        let more = self.late.saturating_sub(self.worst.rows.len());
        let rest = if more > 0 {
            format!("  and {more} more: `acquit overdue`\n")
        } else {
            String::new()
        };
        let noun = if self.documents == 1 {
            "document"
        } else {
            "documents"
        };
        let mut text = format!("{} {noun} issued, as of {}\n", self.documents, self.today);
        paragraph(
            &mut text,
            "Drafts, not issued",
            self.drafts.len(),
            &self
                .drafts
                .iter()
                .take(SHOWN)
                .map(|name| format!("  {name}\n"))
                .collect::<String>(),
        );
        paragraph(
            &mut text,
            "Open",
            self.open.rows.len(),
            &amounts(&self.open),
        );
        paragraph(
            &mut text,
            "Overdue",
            self.overdue.rows.len(),
            &format!(
                "{}{}{rest}",
                amounts(&self.overdue),
                indent(&table::sheet(&self.worst, width.saturating_sub(2)))
            ),
        );
        text.push_str(&lapse::paragraph(&self.near, width));
        paragraph(
            &mut text,
            "Interest and indemnity left of what was paid late within a year",
            self.unclaimed.len(),
            &self.claims(width),
        );
        paragraph(
            &mut text,
            "Overpaid",
            self.overpaid.rows.len(),
            &amounts(&self.overpaid),
        );
        paragraph(
            &mut text,
            "Clients' credits",
            self.credits.rows.len(),
            &amounts(&self.credits),
        );
        paragraph(
            &mut text,
            "Last payments",
            self.last.rows.len(),
            &indent(&table::sheet(&self.last, width.saturating_sub(2))),
        );
        paragraph(
            &mut text,
            "Rates of the law to add",
            self.missing.len(),
            &rates::lines(&self.missing),
        );
        paragraph(
            &mut text,
            "Not known whether it was sent",
            self.unknown.rows.len(),
            &sendings(&self.unknown),
        );
        paragraph(
            &mut text,
            "Dated after this day, and left out above",
            self.ahead.iter().sum(),
            &dated_ahead(self.ahead),
        );
        let _ = match (self.problems, self.drafts.first(), self.late) {
            (1.., ..) => writeln!(
                text,
                "\n{} problems: `acquit check` shows them all",
                self.problems
            ),
            _ if !self.unknown.rows.is_empty() => writeln!(
                text,
                "\nFind out whether it was sent, then `acquit remind --resolve {} sent`, or `not-sent`",
                self.unknown.rows[0][0].plain()
            ),
            (0, Some(draft), _) => writeln!(
                text,
                "\n`acquit issue {draft}` issues a draft; `acquit remind` shows who is to be reminded"
            ),
            (0, None, 1..) => writeln!(text, "\n`acquit remind` shows who is to be reminded"),
            (0, None, 0) if self.missing.is_empty() && self.unclaimed.is_empty() => {
                writeln!(text, "\nNothing to do.")
            }
            (0, None, 0) => Ok(()),
        };
        text
    }

    /// What is left to claim, the latest paid first, and what can be done about it.
    fn claims(&self, width: u16) -> String {
        let mut shown = self.unclaimed.clone();
        shown.sort_by_key(|one| std::cmp::Reverse(one.paid_on));
        let more = shown.len().saturating_sub(SHOWN);
        shown.truncate(SHOWN);
        let mut text = indent(&table::sheet(
            &unclaimed::sheet(&shown),
            width.saturating_sub(2),
        ));
        if more > 0 {
            let _ = writeln!(text, "  and {more} more: `acquit interest --all`");
        }
        if let Some(first) = shown.first() {
            let _ = writeln!(
                text,
                "  `acquit show {0} --explain` shows how it comes about, `acquit waive {0}` gives it up",
                first.number
            );
        }
        text
    }
}

/// The last payments up to a day, the latest first; of one day the last row first.
fn last_payments(ledger: &Ledger, today: NaiveDate) -> Sheet {
    let mut rows: Vec<(NaiveDate, usize)> = ledger
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

fn dated_ahead(counts: [usize; 3]) -> String {
    let line = |(count, noun): (usize, &str)| match count {
        0 => String::new(),
        1 => format!("  1 {noun}\n"),
        _ => format!("  {count} {noun}s\n"),
    };
    let lines: String = counts
        .into_iter()
        .zip(["document", "payment", "event"])
        .map(line)
        .collect();
    lines + "  `acquit check` names each\n"
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
        .filter(|position| position.status == Status::Overpaid)
    {
        sheet.push(vec![
            Cell::text(position.currency.code()),
            Cell::text(position.number),
            Cell::Amount(-position.balance, position.currency),
        ]);
    }
    sheet
}

/// Messages that may have left or not, but for one that another command is sending just now.
fn unknown(books: &Books, leaving: Option<&Conversation>) -> Sheet {
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
    let is_leaving = |id: &str| leaving.is_some_and(|leaving| leaving.is(id));
    let unknown = books.outgoing().unknown().iter();
    for one in unknown.filter(|one| !is_leaving(&one.id)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::example;

    #[test]
    fn the_screen_of_an_example_ends_with_what_to_do_next() {
        let mut source = example("studio");
        let today = "2026-11-22".parse().unwrap();
        let mut screen = of(&mut source, today);
        let end = |screen: &Screen| screen.text(80).lines().last().map(str::to_owned);
        screen.problems = 2;
        assert_eq!(
            end(&screen).unwrap(),
            "2 problems: `acquit check` shows them all"
        );
        screen.problems = 0;
        screen.unknown.rows.clear();
        screen.drafts = vec!["acme-11".to_owned()];
        assert!(
            end(&screen)
                .unwrap()
                .starts_with("`acquit issue acme-11` issues a draft")
        );
        screen.drafts.clear();
        screen.late = 7;
        assert_eq!(
            end(&screen).unwrap(),
            "`acquit remind` shows who is to be reminded"
        );
        screen.late = 0;
        screen.missing.clear();
        screen.unclaimed.clear();
        assert_eq!(end(&screen).unwrap(), "Nothing to do.");
    }

    #[test]
    fn what_is_late_is_no_more_than_what_is_open() {
        let mut source = example("studio");
        let books = load::books(&mut source, "2026-11-22".parse().unwrap());
        let (open, late) = (sums(&books, false), sums(&books, true));
        assert!(!late.rows.is_empty());
        for row in &late.rows {
            let all = open.rows.iter().find(|all| all[0] == row[0]).unwrap();
            let (Cell::Number(some), Cell::Number(count)) = (&row[1], &all[1]) else {
                panic!()
            };
            let (Cell::Amount(part, _), Cell::Amount(whole, _)) = (&row[2], &all[2]) else {
                panic!()
            };
            assert!(some <= count && part <= whole);
        }
    }
}
