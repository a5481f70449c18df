//! The ledger's quotes for several commands: their numbers, what was said of them, which of their parts were invoiced.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::links::Links;
use super::load;
use super::preceding::Ground;
use crate::check::documents::compare;
use crate::check::quotes::{Offer, offered};
use crate::compute::books::Books;
use crate::compute::quotes::{Invoiced, Parts, QuoteStatus, Said, is_part};
use crate::diagnostic::{Diagnostic, Diagnostics, code, same_number};
use crate::ledger::books::{Entry, Ledger};
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::draft::Draft;
use crate::ledger::event_kind::EventKind;
use crate::ledger::quote_part::QuotePart;
use crate::ledger::settings::SeriesSettings;
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::source::quotes::Quote;

/// The numbers of the quotes so far.
#[derive(Debug, Default)]
pub struct Offers {
    numbers: Vec<String>,
}

impl Offers {
    /// Reads the numbers: the names of the files.
    pub fn numbers(source: &mut Source) -> Self {
        Self {
            numbers: source
                .quote_paths()
                .into_iter()
                .map(|(number, _)| number)
                .collect(),
        }
    }

    /// Adds a quote issued just now.
    pub fn issued(&mut self, document: &Document) {
        self.numbers.push(document.number.to_string());
    }

    /// Returns the next number on a day, and its series: the last one issued + 1.
    pub fn next(&self, settings: &SeriesSettings, day: NaiveDate) -> (String, String) {
        let series = settings.quote.series(day);
        let counters = self
            .numbers
            .iter()
            .filter_map(|number| number.strip_prefix(series.as_str())?.parse::<u64>().ok());
        let next = counters
            .max()
            .map_or_else(|| settings.first_of(&series), |last| last + 1);
        (settings.quote.number(day, next), series)
    }

    /// Returns the number that is taken in the place of this one, be it spelt with other capitals.
    pub fn taken(&self, number: &str) -> Option<&str> {
        self.numbers
            .iter()
            .find(|known| known.eq_ignore_ascii_case(number))
            .map(String::as_str)
    }

    /// Returns the date of issue of the last quote: those of the last year with any are opened.
    pub fn last_day(&self, source: &mut Source) -> Option<NaiveDate> {
        let paths = source.quote_paths();
        let year = paths.last()?.1.get(..12)?.to_owned();
        let days = paths.iter().filter(|(_, path)| path.starts_with(&year));
        days.filter_map(|(_, path)| source.document(path))
            .map(|(document, _)| document.issued)
            .max()
    }
}

/// Reads what was said of quotes up to a day, by their numbers.
pub fn said(ledger: &Ledger, day: NaiveDate) -> BTreeMap<String, Said> {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for event in ledger.events() {
        let status = match event.kind {
            EventKind::Accepted => QuoteStatus::Accepted,
            EventKind::Refused => QuoteStatus::Refused,
            EventKind::Expired => QuoteStatus::Expired,
            EventKind::Replaced => QuoteStatus::Replaced,
            _ => continue,
        };
        let known = said.get(event.document);
        if event.date > day || known.is_some_and(|known| known.date > event.date) {
            continue;
        }
        let last = Said {
            date: event.date,
            status,
            who: event.who.to_owned(),
            sha256: event.sha256.to_owned(),
            note: event.note.to_owned(),
        };
        said.insert(event.document.to_owned(), last);
    }
    said
}

/// Reads a quote that is about to be shown, answered or invoiced, with what was said of it up to a day.
///
/// # Errors
/// Where there is none of that number, or it was changed.
pub fn find(
    number: &str,
    session: &Session<'_>,
    source: &mut Source,
    day: NaiveDate,
) -> Result<(Quote, Option<Said>), Failure> {
    let Some(quote) = source.quote(number) else {
        let known = source
            .quote_paths()
            .iter()
            .any(|(known, _)| known == number);
        let problems = if known {
            Diagnostics::default()
        } else {
            unknown(number, source).into()
        };
        return Err(session.refuse(source, problems));
    };
    let ledger = source.ledger();
    let said = said(&ledger, day).remove(number);
    let offer = offer(&quote, said.as_ref());
    let changed = || offer.as_offered(offered(&ledger).get(number));
    if let Some(problem) = offer.identity().or_else(changed) {
        return Err(session.refuse(source, problem.into()));
    }
    Ok((quote, said))
}

/// Returns the diagnostic of a number that no quote has.
pub fn unknown(number: &str, source: &mut Source) -> Diagnostic {
    let known = source.quote_paths();
    let hint = match known
        .iter()
        .map(|(known, _)| known.as_str())
        .find(|known| same_number(number, known))
    {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`acquit quote list` shows the numbers".to_owned(),
    };
    Diagnostic::error(
        code::DOCUMENT_UNKNOWN,
        format!("there is no quote `{number}`"),
    )
    .hint(hint)
}

/// Returns a quote as the rules look at it.
pub fn offer<'a>(quote: &'a Quote, said: Option<&'a Said>) -> Offer<'a> {
    let Quote {
        number,
        file,
        document,
        sha256,
    } = quote;
    Offer {
        number,
        file: *file,
        document,
        sha256,
        said,
    }
}

/// Finds which parts of quotes were invoiced: by issued documents of these clients that name them.
pub fn parts(
    source: &mut Source,
    books: &Books,
    clients: &BTreeSet<&str>,
) -> BTreeMap<String, Parts> {
    let ledger = books.ledger();
    let links = Links::of(ledger);
    let wanted: Vec<Entry<'_>> = ledger
        .documents()
        .filter(|entry| entry.kind != DocumentType::Credit && clients.contains(entry.client))
        .collect();
    let rows = load::rows(source, wanted.iter().map(|entry| entry.number));
    let files: Vec<_> = wanted
        .iter()
        .map(|entry| {
            let year = entry.issued.format("%Y");
            let path = format!("invoices/{year}/{}.toml", entry.number);
            source.map.add(path)
        })
        .collect();
    let read = source.documents_of(&files, |number, _, _, read, problems| {
        let (document, sha256) = read?;
        let quote = document.quote.clone()?;
        let row = rows.get(number)?;
        if !compare(&document, &sha256, number, row, problems) {
            return None;
        }
        Some((quote, document))
    });
    let mut all: BTreeMap<String, Parts> = BTreeMap::new();
    for (quote, document) in read.into_iter().flatten() {
        let one = invoiced(&document, books, &links);
        all.entry(quote).or_default().list.push(one);
    }
    all
}

/// Adds the drafts that are about parts of quotes.
pub fn add_drafts(source: &mut Source, all: &mut BTreeMap<String, Parts>) {
    for draft in source.drafts() {
        let (Some(quote), Some(part)) = (&draft.quote, &draft.quote_part) else {
            continue;
        };
        let (number, part) = (draft.name.clone(), QuotePart::parse(part));
        let one = Invoiced {
            number,
            issued: None,
            part,
            amount: Decimal::ZERO,
            stands: true,
        };
        all.entry(quote.value.clone()).or_default().list.push(one);
    }
}

/// Where a document that invoices a part stands.
fn invoiced(document: &Document, books: &Books, links: &Links) -> Invoiced {
    let number = document.number.as_str();
    let left = books.creditable(number).unwrap_or(document.totals.gross);
    let replaced = links.replaced_by(number).is_some();
    let amount = document.totals.owed - (document.totals.gross - left);
    Invoiced {
        number: number.to_owned(),
        issued: Some(document.issued),
        part: document.quote_part,
        amount: if replaced { Decimal::ZERO } else { amount },
        stands: !replaced && (left > Decimal::ZERO || document.totals.gross.is_zero()),
    }
}

/// Checks what a draft about to be issued has to do with quotes: the part that it invoices, the quote that it replaces.
pub fn check_draft(ground: &Ground<'_>, draft: &Draft, source: &mut Source) -> Diagnostics {
    let mut problems = Diagnostics::default();
    if let Some(old) = draft
        .replaces
        .as_ref()
        .filter(|_| draft.kind.value == DocumentType::Quote)
    {
        if let Some(problem) = replaceable(ground, draft, old, source) {
            problems.push(problem.at(old.span));
        }
    } else if let (Some(quote), Some(part)) = (&draft.quote, &draft.quote_part) {
        if let Some(problem) = invoiceable(ground, draft, quote, part, source) {
            problems.push(problem.at(part.span));
        }
    } else if let Some(part) = &draft.quote_part {
        let message = "a part of no quote";
        let hint = "add `quote = \"D2026-0007\"`, or remove `quote_part`";
        problems.push(
            Diagnostic::error(code::QUOTE_PART, message)
                .at(part.span)
                .hint(hint),
        );
    }
    problems
}

/// Why a quote cannot be replaced by a draft, if it cannot.
fn replaceable(
    ground: &Ground<'_>,
    draft: &Draft,
    old: &str,
    source: &mut Source,
) -> Option<Diagnostic> {
    let Some(quote) = source.quote(old) else {
        return Some(unknown(old, source));
    };
    if quote.document.buyer.client != draft.client.value {
        let message = format!(
            "{old} is {}'s, not `{}`'s",
            quote.document.buyer.client, draft.client.value
        );
        let hint = "a quote takes the place of one to the same client";
        return Some(Diagnostic::error(code::QUOTE_STATE, message).hint(hint));
    }
    let said = said(ground.books.ledger(), NaiveDate::MAX);
    let now = ground
        .issued
        .iter()
        .find(|document| document.replaces.as_deref() == Some(old));
    let by = now.map(|document| document.number.to_string()).or_else(|| {
        let said = said
            .get(old)
            .filter(|said| said.status == QuoteStatus::Replaced)?;
        Some(said.note.clone())
    });
    if let Some(by) = by {
        let message = format!("{old} was replaced by {by}");
        return Some(
            Diagnostic::error(code::QUOTE_STATE, message)
                .hint(format!("replace {by}, which stands in its place")),
        );
    }
    let clients = BTreeSet::from([draft.client.as_str()]);
    let parts = parts(source, ground.books, &clients)
        .remove(old)
        .unwrap_or_default();
    let invoiced = parts.standing().next()?;
    let message = format!("{} invoices a part of {old}", invoiced.number);
    let hint = format!(
        "invoice the rest of {old}, and quote what comes on top apart; or `acquit credit {}`",
        invoiced.number
    );
    Some(Diagnostic::error(code::QUOTE_STATE, message).hint(hint))
}

/// Why a draft cannot invoice a part of a quote, if it cannot.
fn invoiceable(
    ground: &Ground<'_>,
    draft: &Draft,
    number: &str,
    part: &str,
    source: &mut Source,
) -> Option<Diagnostic> {
    let Some(quote) = source.quote(number) else {
        return Some(unknown(number, source));
    };
    if draft.kind.value == DocumentType::Credit {
        let message = "a credit note invoices no part of a quote";
        return Some(Diagnostic::error(code::QUOTE_PART, message).hint("remove `quote_part`"));
    }
    let client = ground
        .bench
        .clients
        .get(&draft.client)
        .and_then(|client| client.currency);
    let currency = draft
        .currency
        .map(|currency| currency.value)
        .or(client)
        .unwrap_or(ground.bench.settings.currency);
    if quote.document.buyer.client != draft.client.value || quote.document.currency != currency {
        let message = format!(
            "{number} is {}'s, in {}",
            quote.document.buyer.client, quote.document.currency
        );
        let hint = "an invoice of a quote goes to its client, in its currency";
        return Some(Diagnostic::error(code::QUOTE_PART, message).hint(hint));
    }
    let said = said(ground.books.ledger(), ground.day);
    if let Some(problem) = offer(&quote, said.get(number)).accepted(ground.day) {
        return Some(problem);
    }
    let Some(part) = QuotePart::parse(part).filter(|part| is_part(&quote.document, *part)) else {
        let message = format!("`{part}` is no part of {number}");
        return Some(Diagnostic::error(code::QUOTE_PART, message).hint(names(&quote.document)));
    };
    let clients = BTreeSet::from([draft.client.as_str()]);
    let mut parts = parts(source, ground.books, &clients)
        .remove(number)
        .unwrap_or_default();
    // What a corrective replaces does not stand in its way.
    let corrected = draft.corrects.first().map(|number| number.value.as_str());
    parts
        .list
        .retain(|one| Some(one.number.as_str()) != corrected);
    let (message, hint) = parts.refusal(part)?;
    Some(Diagnostic::error(code::QUOTE_PART, message).hint(hint))
}

/// Names the parts of a quote.
pub fn names(quote: &Document) -> String {
    let parts = QuotePart::all(quote.milestones.len());
    let names: Vec<String> = parts.iter().map(QuotePart::to_string).collect();
    format!("its parts are {}", names.join(", "))
}
