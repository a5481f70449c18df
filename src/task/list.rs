//! Issued documents with their balances: those that were asked for, and their sums.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::compute::books::Books;
use crate::compute::position::{FLAGS, Position, Status};
use crate::diagnostic::{Diagnostic, code, nearest};
use crate::ledger::currency::Currency;
use crate::ledger::date::Period;
use crate::view::positions::Items;
use crate::view::sheet::{Cell, Column, Columns, Report, Sheet};

/// Which documents are listed.
#[derive(Debug, Default)]
pub struct Options {
    /// Only those of the client with this id.
    pub client: Option<String>,
    /// Only those issued in this period.
    pub period: Option<Period>,
    /// Only those that have one of these statuses or flags; all where there is none.
    pub status: Vec<String>,
}

impl Options {
    /// Tells whether a document is listed.
    fn wants(&self, position: &Position<'_>, flags: &[String]) -> bool {
        let client = self.client.as_ref();
        client.is_none_or(|client| client == position.client)
            && self
                .period
                .is_none_or(|period| period.contains(position.issued))
            && (self.status.is_empty()
                || self
                    .status
                    .iter()
                    .any(|word| word == position.status.word() || flags.contains(word)))
    }
}

/// Lists documents of the books; returns the report, and what stands under its table.
pub fn of(options: &Options, books: &Books, columns: Columns) -> (Report, String) {
    let shown = [
        "number",
        "type",
        "buyer",
        "issued",
        "falls_due",
        "currency",
        "gross",
        "balance",
        "status",
    ];
    let mut items = Items::new(&shown, columns);
    items.more(Column {
        key: "flags",
        title: Some("Flags"),
    });
    let mut sums: BTreeMap<Currency, (i64, Decimal, Decimal)> = BTreeMap::new();
    for position in books.positions() {
        let flags = position.flags();
        if !options.wants(&position, &flags) {
            continue;
        }
        let sum = sums.entry(position.currency).or_default();
        *sum = (
            sum.0 + 1,
            sum.1 + position.charged(),
            sum.2 + position.balance,
        );
        let flags = if flags.is_empty() {
            Cell::None
        } else {
            Cell::List(flags)
        };
        items.push(&position, [flags]);
    }
    let totals = totals(sums);
    let after = summary(&totals);
    let report = Report {
        schema: "list",
        today: books.today(),
        items: items.sheet(),
        totals: Some(totals),
    };
    (report, after)
}

/// The sums by currency: how many documents, what was charged, balance.
fn totals(sums: BTreeMap<Currency, (i64, Decimal, Decimal)>) -> Sheet {
    let mut totals = Sheet::new(&[
        ("currency", ""),
        ("count", ""),
        ("gross", ""),
        ("balance", ""),
    ]);
    for (currency, (count, gross, balance)) in sums {
        let amount = |value| Cell::Amount(value, currency);
        totals.push(vec![
            Cell::text(currency.code()),
            Cell::Number(count),
            amount(gross),
            amount(balance),
        ]);
    }
    totals
}

fn summary(totals: &Sheet) -> String {
    if totals.rows.is_empty() {
        return "No document.\n".into();
    }
    let line = |row: &Vec<Cell>| {
        let count = row[1].plain();
        let noun = if count == "1" {
            "document"
        } else {
            "documents"
        };
        format!(
            "{count} {noun}: {} {}, open {}\n",
            row[2].plain(),
            row[0].plain(),
            row[3].plain()
        )
    };
    totals.rows.iter().map(line).collect()
}

/// Checks a word that documents are to be picked by: a status or a flag.
///
/// # Errors
/// Where there is none such; the one that is near is proposed.
pub fn known_status(word: &str) -> Result<(), Diagnostic> {
    let known: Vec<&str> = Status::WORDS
        .iter()
        .map(|(word, _)| *word)
        .chain(FLAGS.iter().copied())
        .collect();
    if known.contains(&word) {
        return Ok(());
    }
    let hint = match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `--status {near}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    Err(Diagnostic::error(code::VALUE_CHOICE, format!("`{word}` is no status")).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{example, load};

    fn numbers(options: &Options) -> Vec<String> {
        let books = load::books(&mut example("studio"), "2026-11-22".parse().unwrap());
        let (report, _) = of(options, &books, Columns::All);
        report.items.rows.iter().map(|row| row[0].plain()).collect()
    }

    #[test]
    fn a_document_has_one_status_and_any_flags() {
        let of = |words: &[&str]| {
            numbers(&Options {
                status: words.iter().map(|word| (*word).to_owned()).collect(),
                ..Options::default()
            })
        };
        let all = of(&[]);
        let by_status: usize = Status::WORDS
            .iter()
            .map(|(word, _)| of(&[word]).len())
            .sum();
        assert_eq!(by_status, all.len());
        let late = of(&["overdue"]);
        assert!(!late.is_empty() && late.len() < all.len());
        // A document that has both words of a list is listed once.
        let both = of(&["overdue", "open", "partly-paid"]);
        assert!(
            late.iter()
                .all(|number| both.iter().filter(|n| *n == number).count() == 1)
        );
    }

    #[test]
    fn a_status_that_is_not_known_gets_the_near_one() {
        let hint = |word| known_status(word).unwrap_err().hint.unwrap();
        assert_eq!(hint("overdu"), "did you mean `--status overdue`?");
        assert!(hint("xyz").ends_with("overdue, disputed, on-hold, planned, promised"));
        assert!(known_status("written-off").is_ok() && known_status("planned").is_ok());
    }
}
