//! `quote`: the answer to a quote and what stands against it; the list of quotes and what is left to invoice of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load;
use super::offers;
use super::record::Fields;
use super::typed;
use crate::check::quotes::offered;
use crate::compute::quotes::{Parts, QuoteStatus, Said, status};
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::currency::Currency;
use crate::ledger::settings::Settings;
use crate::source::Source;
use crate::source::quotes::Quote;
use crate::view::sheet::{Cell, Sheet};

/// A client's answer to a quote, as it is to be recorded.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the client said: accepted or refused.
    pub status: QuoteStatus,
    /// The day of the answer.
    pub date: NaiveDate,
    /// Who answered.
    pub who: Option<String>,
    /// A note.
    pub note: Option<String>,
}

impl Answer {
    /// Returns all that stands against the answer on a day: the day of the answer itself, what was said of the quote before, parts
    /// that were invoiced, texts that do not stay in their line. `QUOTE-STATE`, `VALUE-TEXT`.
    pub fn problems(
        &self,
        quote: &Quote,
        said: Option<&Said>,
        parts: &Parts,
        today: NaiveDate,
    ) -> Diagnostics {
        let offer = offers::offer(quote, said);
        let mut problems = offer.answer(self.status, self.date, parts, today);
        typed::texts([&self.who, &self.note], &mut problems);
        problems
    }

    /// Returns the answer as a row of events: it holds the digest of the quote that was answered.
    pub fn row(&self, quote: &Quote) -> Fields {
        vec![
            ("kind", self.status.word().to_owned()),
            ("client", quote.document.buyer.client.clone()),
            ("document", quote.number.clone()),
            ("who", self.who.clone().unwrap_or_default()),
            ("sha256", quote.sha256.clone()),
            ("note", self.note.clone().unwrap_or_default()),
        ]
    }

    /// Says that the answer to a quote was recorded, or would be, and what comes next.
    pub fn said(&self, number: &str, is_dry_run: bool) -> String {
        let next = if self.status == QuoteStatus::Accepted {
            format!(": `acquit quote invoice {number}` drafts its invoice, or `--deposit 30%`")
        } else {
            String::new()
        };
        let verb = if is_dry_run { "would be" } else { "was" };
        format!(
            "{number} {verb} {} on {}{next}",
            self.status.word(),
            self.date
        )
    }
}

/// Reads the words of statuses.
///
/// # Errors
/// `VALUE-CHOICE` for the first that is none.
pub fn statuses(words: &[String]) -> Result<Vec<QuoteStatus>, Diagnostic> {
    let read = |word: &String| QuoteStatus::parse(word).ok_or_else(|| no_status(word));
    words.iter().map(read).collect()
}

/// Says that a word is no status, and which one is near or which there are.
fn no_status(word: &str) -> Diagnostic {
    let known = QuoteStatus::WORDS.iter().map(|(word, _)| *word);
    let hint = match nearest(word, known.clone()) {
        Some(near) => format!("did you mean `--status {near}`?"),
        None => format!("one of {}", known.collect::<Vec<_>>().join(", ")),
    };
    Diagnostic::error(
        code::VALUE_CHOICE,
        format!("`{word}` is no status of a quote"),
    )
    .hint(hint)
}

/// Which quotes are listed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those of which something is left to invoice.
    pub is_unbilled: bool,
    /// Only those to this client.
    pub client: Option<String>,
    /// Only those that stand so; all if empty.
    pub statuses: Vec<QuoteStatus>,
}

impl Filter {
    /// Tells whether a quote that stands so, and of which so much is left to invoice, is listed.
    fn takes(&self, quote: &Quote, now: QuoteStatus, left: Decimal) -> bool {
        let client = &quote.document.buyer.client;
        self.client.as_ref().is_none_or(|wanted| wanted == client)
            && (self.statuses.is_empty() || self.statuses.contains(&now))
            && (!self.is_unbilled || left > Decimal::ZERO)
    }
}

/// The issued quotes, with what is known of each.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order of issue.
    quotes: Vec<Quote>,
    /// What was said last, by number.
    said: BTreeMap<String, Said>,
    /// What was invoiced of those that were accepted, by number.
    parts: BTreeMap<String, Parts>,
}

impl Listing {
    /// Reads the quotes issued up to a day, and what the books say of them; without a quote nothing is asked of the books. What is
    /// wrong is added to the source's problems.
    pub fn read(source: &mut Source, settings: &Settings, today: NaiveDate) -> Self {
        let mut quotes = source.quotes();
        quotes.retain(|quote| quote.document.issued <= today);
        quotes.sort_by(|a, b| {
            a.document
                .issued
                .cmp(&b.document.issued)
                .then(a.number.cmp(&b.number))
        });
        if quotes.is_empty() {
            return Self::default();
        }
        let ledger = source.ledger();
        let said = offers::said(&ledger, today);
        let offered = offered(&ledger);
        let (books, _) = load::books_and_chain(source, settings, today);
        for quote in &quotes {
            let offer = offers::offer(quote, said.get(&quote.number));
            let changed = || offer.as_offered(offered.get(quote.number.as_str()));
            if let Some(problem) = offer.identity().or_else(changed) {
                source.problems.push(problem);
            }
        }
        let is_accepted = |quote: &&Quote| {
            said.get(&quote.number)
                .is_some_and(|said| said.status == QuoteStatus::Accepted)
        };
        let clients: BTreeSet<&str> = quotes
            .iter()
            .filter(is_accepted)
            .map(|quote| quote.document.buyer.client.as_str())
            .collect();
        let parts = offers::parts(source, &books, &clients);
        Self {
            quotes,
            said,
            parts,
        }
    }

    /// Returns the list as of a day, and its sums by currency: the number of quotes, their gross amounts, what is left to invoice.
    /// Of what was not accepted nothing is.
    pub fn sheets(&self, filter: &Filter, today: NaiveDate) -> (Sheet, Sheet) {
        let mut items = columns();
        let mut sums: BTreeMap<Currency, (i64, Decimal, Decimal)> = BTreeMap::new();
        let none = Parts::default();
        for quote in &self.quotes {
            let said = self.said.get(&quote.number);
            let now = status(&quote.document, said, today);
            let parts = self.parts.get(&quote.number).unwrap_or(&none);
            let left = if now == QuoteStatus::Accepted {
                parts.left(&quote.document)
            } else {
                Decimal::ZERO
            };
            if !filter.takes(quote, now, left) {
                continue;
            }
            let sum = sums.entry(quote.document.currency).or_default();
            *sum = (sum.0 + 1, sum.1 + quote.document.totals.owed, sum.2 + left);
            items.push(row(quote, said, now, parts, left));
        }
        (items, totals(sums))
    }
}

/// Returns the sums of a list as a sheet.
fn totals(sums: BTreeMap<Currency, (i64, Decimal, Decimal)>) -> Sheet {
    let mut totals = Sheet::new(&[("currency", ""), ("count", ""), ("gross", ""), ("left", "")]);
    for (currency, (count, gross, left)) in sums {
        let amount = |value| Cell::Amount(value, currency);
        totals.push(vec![
            Cell::text(currency.code()),
            Cell::Number(count),
            amount(gross),
            amount(left),
        ]);
    }
    totals
}

/// Returns the list's columns: their names as data, their headings in the table.
fn columns() -> Sheet {
    Sheet::new(&[
        ("number", "Number"),
        ("client", ""),
        ("buyer", "Buyer"),
        ("subject", ""),
        ("issued", "Issued"),
        ("valid_until", "Valid until"),
        ("currency", "Cur."),
        ("gross", "Total"),
        ("status", "Status"),
        ("answered", ""),
        ("who", ""),
        ("replaces", ""),
        ("invoiced", "Invoiced"),
        ("left", "Left"),
        ("parts", "Parts"),
    ])
}

/// Returns a quote's line of the list: where it stands, what was invoiced of it and what is left.
fn row(
    quote: &Quote,
    said: Option<&Said>,
    now: QuoteStatus,
    parts: &Parts,
    left: Decimal,
) -> Vec<Cell> {
    let d = &quote.document;
    let amount = |value| Cell::Amount(value, d.currency);
    let list: Vec<String> = parts
        .standing()
        .map(|one| {
            one.part
                .map_or("other".to_owned(), |part| part.to_string())
                .replace(' ', "-")
        })
        .collect();
    vec![
        Cell::text(&quote.number),
        Cell::text(&d.buyer.client),
        Cell::text(&d.buyer.name),
        Cell::text(d.subject.clone().unwrap_or_default()),
        Cell::Date(d.issued),
        Cell::date(d.valid_until),
        Cell::text(d.currency.code()),
        amount(d.totals.owed),
        Cell::text(now.word()),
        Cell::date(said.map(|said| said.date)),
        Cell::text(said.map(|said| said.who.clone()).unwrap_or_default()),
        Cell::text(d.replaces.clone().unwrap_or_default()),
        amount(parts.invoiced()),
        amount(left),
        if list.is_empty() {
            Cell::None
        } else {
            Cell::List(list)
        },
    ]
}

/// Says the sums of a list, a line for each currency.
pub fn summary(totals: &Sheet) -> String {
    if totals.rows.is_empty() {
        return "No quote.\n".into();
    }
    let line = |row: &Vec<Cell>| {
        let count = row[1].plain();
        let noun = if count == "1" { "quote" } else { "quotes" };
        format!(
            "{count} {noun}: {} {}, left to invoice {}\n",
            row[2].plain(),
            row[0].plain(),
            row[3].plain()
        )
    };
    totals.rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::quotes::Invoiced;
    use crate::ledger::quote_part::QuotePart;
    use crate::span::FileId;
    use crate::task::sample::{self, d, day};

    /// A quote of 120.00 with VAT, issued on 2026-03-02 and valid until 2026-04-01.
    fn quote(number: &str) -> Quote {
        let draft = "client = \"acme\"\ntype = \"quote\"\nvalidity = 2026-04-01\nline = [{ item = \"Design\", quantity = 1, price = 100, vat = 20 }]\n";
        Quote {
            number: number.to_owned(),
            file: FileId::NOWHERE,
            document: sample::document(number, draft),
            sha256: "d1".to_owned(),
        }
    }

    fn said(status: QuoteStatus, date: &str) -> Said {
        Said {
            date: day(date),
            status,
            who: "Mme Martin".to_owned(),
            sha256: "d1".to_owned(),
            note: "D2026-0002".to_owned(),
        }
    }

    /// A deposit of 36.00 that stands.
    fn deposit() -> Parts {
        let one = Invoiced {
            number: "F2026-0001".to_owned(),
            issued: Some(day("2026-03-12")),
            part: Some(QuotePart::Deposit),
            amount: d("36"),
            stands: true,
        };
        Parts { list: vec![one] }
    }

    /// What stands against an answer given on a day and recorded on 2026-04-10.
    fn against(status: QuoteStatus, date: &str, said: Option<&Said>, parts: &Parts) -> Vec<String> {
        let answer = Answer {
            status,
            date: day(date),
            who: None,
            note: None,
        };
        let problems = answer.problems(&quote("D2026-0001"), said, parts, day("2026-04-10"));
        problems
            .iter()
            .map(|problem| problem.message.clone())
            .collect()
    }

    #[test]
    fn a_quote_is_accepted_while_it_holds() {
        use QuoteStatus::{Accepted, Refused};
        let none = Parts::default();
        assert_eq!(against(Accepted, "2026-04-01", None, &none), [""; 0]);
        assert_eq!(
            against(Accepted, "2026-04-02", None, &none),
            ["D2026-0001 was valid until 2026-04-01"]
        );
        assert_eq!(against(Refused, "2026-04-02", None, &none), [""; 0]);
        assert_eq!(
            against(Accepted, "2026-03-01", None, &none),
            ["D2026-0001 was issued on 2026-03-02, after 2026-03-01"]
        );
        assert_eq!(
            against(Refused, "2026-04-11", None, &none),
            ["2026-04-11 is later than today, 2026-04-10"]
        );
    }

    #[test]
    fn an_answer_stands_until_another_may_follow_it() {
        use QuoteStatus::{Accepted, Refused, Replaced};
        let none = Parts::default();
        let accepted = said(Accepted, "2026-03-10");
        assert_eq!(
            against(Accepted, "2026-03-20", Some(&accepted), &none),
            ["D2026-0001 was accepted on 2026-03-10 already"]
        );
        assert_eq!(
            against(Refused, "2026-03-20", Some(&accepted), &none),
            [""; 0]
        );
        assert_eq!(
            against(Refused, "2026-03-20", Some(&accepted), &deposit()),
            ["F2026-0001 invoices a part of D2026-0001"]
        );
        let refused = said(Refused, "2026-03-10");
        assert_eq!(
            against(Accepted, "2026-03-09", Some(&refused), &none),
            ["D2026-0001 was refused on 2026-03-10, after 2026-03-09"]
        );
        let replaced = said(Replaced, "2026-03-10");
        assert_eq!(
            against(Refused, "2026-03-20", Some(&replaced), &none),
            ["D2026-0001 was replaced by D2026-0002"]
        );
    }

    #[test]
    fn the_list_sums_what_is_left_of_accepted_quotes() {
        let numbers = ["D2026-0001", "D2026-0002", "D2026-0003"];
        let accepted = said(QuoteStatus::Accepted, "2026-03-10");
        let listing = Listing {
            quotes: numbers.map(quote).to_vec(),
            said: BTreeMap::from([
                (numbers[0].to_owned(), accepted.clone()),
                (numbers[1].to_owned(), accepted),
            ]),
            parts: BTreeMap::from([(numbers[0].to_owned(), deposit())]),
        };
        let found = |filter: &Filter| {
            let (items, totals) = listing.sheets(filter, day("2026-04-10"));
            let column = items.columns.iter().position(|column| column.key == "left");
            let left: Vec<String> = items
                .rows
                .iter()
                .map(|row| row[column.unwrap()].plain())
                .collect();
            (left, summary(&totals))
        };
        let (left, sums) = found(&Filter::default());
        assert_eq!(left, ["84.00", "120.00", "0.00"]);
        assert_eq!(sums, "3 quotes: 360.00 EUR, left to invoice 204.00\n");
        let (left, _) = found(&Filter {
            is_unbilled: true,
            ..Filter::default()
        });
        assert_eq!(left, ["84.00", "120.00"]);
        let (left, sums) = found(&Filter {
            statuses: vec![QuoteStatus::Expired],
            ..Filter::default()
        });
        assert_eq!(left, ["0.00"]);
        assert_eq!(sums, "1 quote: 120.00 EUR, left to invoice 0.00\n");
        let (_, sums) = found(&Filter {
            client: Some("bolt".to_owned()),
            ..Filter::default()
        });
        assert_eq!(sums, "No quote.\n");
    }

    #[test]
    fn a_word_that_is_no_status_is_told_which_is_near() {
        let read = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            statuses(&words)
        };
        assert_eq!(
            read(&["open", "expired"]),
            Ok(vec![QuoteStatus::Open, QuoteStatus::Expired])
        );
        let problem = read(&["open", "acepted"]).unwrap_err();
        assert_eq!(problem.code, code::VALUE_CHOICE);
        assert_eq!(
            problem.hint.as_deref(),
            Some("did you mean `--status accepted`?")
        );
    }
}
