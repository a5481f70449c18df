//! Quotes: each issued one is what was issued and accepted, its figures hold, its series has no holes; how it may be answered and invoiced.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use crate::check::documents;
use crate::compute::number::{Counters, split};
use crate::compute::outgoing::carries;
use crate::compute::quotes::{Parts, QuoteStatus, Said, is_part, status};
use crate::diagnostic::{Diagnostic, Diagnostics, Guesses, code, nearest};
use crate::ledger::books::Ledger;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::event_kind::EventKind;
use crate::ledger::settings::SeriesSettings;
use crate::span::{FileId, Span};

/// An issued quote, and its last answer.
pub struct Offer<'a> {
    /// The file's name without `.toml`.
    pub number: &'a str,
    /// Its file.
    pub file: FileId,
    /// What it says.
    pub document: &'a Document,
    /// Digest of its bytes.
    pub sha256: &'a str,
    /// What was said of it last.
    pub said: Option<&'a Said>,
}

/// What an event says of a quote that was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered<'l> {
    /// Where the event stands.
    pub span: Span,
    /// The day.
    pub date: NaiveDate,
    /// Digest of the quote's file, as the event spells it; empty where it states none.
    pub sha256: &'l str,
}

/// Returns the quotes that events say were issued, by their numbers. Of several events the last one counts.
pub fn offered(ledger: &Ledger) -> BTreeMap<&str, Offered<'_>> {
    let of_issue = ledger
        .events()
        .filter(|event| event.kind == EventKind::Offered);
    of_issue
        .map(|event| {
            let (span, date, sha256) = (event.span, event.date, event.sha256);
            let offered = Offered { span, date, sha256 };
            (event.document, offered)
        })
        .collect()
}

/// Checks quotes against the events of their issue, which are to quotes what the register is to invoices: a quote that was changed, that
/// is gone, or that nobody is known to have issued. `exists`: there is a file of that number, be it readable or not.
pub fn issued(
    offers: &[Offer<'_>],
    offered: &BTreeMap<&str, Offered<'_>>,
    exists: impl Fn(&str) -> bool,
    problems: &mut Diagnostics,
) {
    for offer in offers {
        let known = offered.get(offer.number);
        if known.is_none() {
            let message = format!("no event says that the quote {} was issued", offer.number);
            let hint = "only `acquit issue` makes quotes, and records that it did; a row that was removed comes back with `git restore events/`";
            problems.push(
                Diagnostic::error(code::REGISTER_MISSING, message)
                    .at(Span::whole(offer.file))
                    .hint(hint),
            );
        }
        // What was accepted is compared with what its acceptance holds.
        if offer.identity().is_none()
            && let Some(problem) = offer.as_offered(known)
        {
            problems.push(problem);
        }
    }
    for (number, offered) in offered {
        if !exists(number) {
            let message = format!("the quote {number} is missing");
            let hint = "an issued quote is never deleted: `git log --diff-filter=D` finds it, `git restore` brings it back";
            problems.push(
                Diagnostic::error(code::DOCUMENT_MISSING, message)
                    .at(offered.span)
                    .hint(hint),
            );
        }
    }
}

impl Offer<'_> {
    /// Checks that it is the quote that was issued: its name, its type, and the digest that its acceptance holds.
    pub fn identity(&self) -> Option<Diagnostic> {
        let (document, number) = (self.document, self.number);
        let wrong = |message: String, hint: &str| {
            Some(
                Diagnostic::error(code::DOCUMENT_CHANGED, message)
                    .at(Span::whole(self.file))
                    .hint(hint),
            )
        };
        if document.number.as_str() != number {
            let message = format!("the file {number}.toml holds the quote {}", document.number);
            return wrong(message, "the number is the file's name");
        }
        if document.kind != DocumentType::Quote {
            let message = format!(
                "{number} is of type {}: quotes/ holds quotes alone",
                document.kind.word()
            );
            return wrong(message, "`git log --follow` shows where it came from");
        }
        let said = self
            .said
            .filter(|said| said.status == QuoteStatus::Accepted && !said.sha256.is_empty())?;
        if said.sha256 == self.sha256 {
            return None;
        }
        let message = format!(
            "{number} is not the quote that was accepted on {}: its digest differs",
            said.date
        );
        wrong(
            message,
            "an issued quote is never edited: `git log -p` shows the change; another quote replaces it",
        )
    }

    /// Checks that it is the quote that was issued, by the digest of the event that says so.
    pub fn as_offered(&self, offered: Option<&Offered<'_>>) -> Option<Diagnostic> {
        let offered = offered?;
        if offered.sha256.is_empty() || offered.sha256.eq_ignore_ascii_case(self.sha256) {
            return None;
        }
        let message = format!(
            "{} is not the quote that was issued on {}: its digest differs from the event's",
            self.number, offered.date
        );
        let hint = "an issued quote is never edited: `git log -p quotes/ events/` shows the change; another quote replaces it";
        let at = Span::whole(self.file);
        Some(
            Diagnostic::error(code::DOCUMENT_CHANGED, message)
                .at(at)
                .hint(hint),
        )
    }

    /// Why a quote cannot be invoiced, if it cannot: it was not accepted, or is not what was accepted.
    pub fn accepted(&self, day: NaiveDate) -> Option<Diagnostic> {
        let number = self.number;
        let problem = match status(self.document, self.said, day) {
            QuoteStatus::Accepted => return self.identity(),
            QuoteStatus::Open => {
                let hint = format!("`acquit quote accept {number}` records that it was");
                Diagnostic::error(code::QUOTE_STATE, format!("{number} is not accepted yet"))
                    .hint(hint)
            }
            status => self.stopped(status, self.said),
        };
        Some(problem)
    }

    /// Returns what stands against an answer to the quote, given on `date` and recorded today: the day itself, what was said before,
    /// parts that were invoiced. `QUOTE-STATE`.
    pub fn answer(
        &self,
        answer: QuoteStatus,
        date: NaiveDate,
        parts: &Parts,
        today: NaiveDate,
    ) -> Diagnostics {
        let mut problems = Diagnostics::default();
        self.day(date, today, &mut problems);
        if let Some(problem) = self.against(answer, date, parts) {
            problems.push(problem);
        }
        problems
    }

    /// A quote is answered after it was issued, and not in the future.
    fn day(&self, date: NaiveDate, today: NaiveDate, problems: &mut Diagnostics) {
        let issued = self.document.issued;
        if date > today || date < issued {
            let number = self.number;
            let message = if date > today {
                format!("{date} is later than today, {today}")
            } else {
                format!("{number} was issued on {issued}, after {date}")
            };
            let hint = "give the day of the client's answer: `--date 2026-11-20`";
            problems.push(Diagnostic::error(code::QUOTE_STATE, message).hint(hint));
        }
    }

    /// What stands against an answer.
    fn against(&self, answer: QuoteStatus, date: NaiveDate, parts: &Parts) -> Option<Diagnostic> {
        let (number, said) = (self.number, self.said);
        let now = status(self.document, said, date);
        let late = self.document.valid_until.is_some_and(|last| last < date);
        match (now, answer) {
            (QuoteStatus::Replaced, _) => Some(self.stopped(now, said)),
            (QuoteStatus::Expired, QuoteStatus::Accepted) => Some(self.stopped(now, None)),
            (QuoteStatus::Refused, QuoteStatus::Accepted) if late => {
                Some(self.stopped(QuoteStatus::Expired, None))
            }
            (QuoteStatus::Accepted | QuoteStatus::Refused, _) if now == answer => {
                let day = said.map(|said| said.date.to_string()).unwrap_or_default();
                let message = format!("{number} was {} on {day} already", answer.word());
                Some(
                    Diagnostic::error(code::QUOTE_STATE, message)
                        .hint("`acquit quote list` shows where it stands"),
                )
            }
            (QuoteStatus::Accepted, _) => {
                let invoiced = parts.standing().next()?;
                let message = format!("{} invoices a part of {number}", invoiced.number);
                let hint = format!("`acquit credit {}` takes it back first", invoiced.number);
                Some(Diagnostic::error(code::QUOTE_STATE, message).hint(hint))
            }
            _ => {
                let earlier = said.filter(|said| said.date > date)?;
                let message = format!(
                    "{number} was {} on {}, after {date}",
                    earlier.status.word(),
                    earlier.date
                );
                Some(Diagnostic::error(code::QUOTE_STATE, message).hint("give a later `--date`"))
            }
        }
    }

    /// Says that a quote was refused, has expired or was replaced, and what to do.
    fn stopped(&self, status: QuoteStatus, said: Option<&Said>) -> Diagnostic {
        let (number, client) = (self.number, &self.document.buyer.client);
        let day = said.map(|said| said.date.to_string()).unwrap_or_default();
        let (message, hint) = match (status, self.document.valid_until) {
            (QuoteStatus::Replaced, _) => {
                let by = said.map_or("", |said| said.note.as_str());
                (
                    format!("{number} was replaced by {by}"),
                    format!("`acquit show {by}` shows the quote in its place"),
                )
            }
            (QuoteStatus::Expired, Some(last)) => (
                format!("{number} was valid until {last}"),
                format!(
                    "`acquit quote new {client} --replaces {number}` drafts one anew; had it been accepted in time, add `--date`"
                ),
            ),
            (status, _) => (
                format!("{number} was {} on {day}", status.word()),
                format!(
                    "`acquit quote new {client} --replaces {number}` drafts another in its place"
                ),
            ),
        };
        Diagnostic::error(code::QUOTE_STATE, message).hint(hint)
    }
}

/// Checks all quotes: identity, figures, numbers, what they replace.
pub fn check(offers: &[Offer<'_>], series: &SeriesSettings, problems: &mut Diagnostics) {
    let known: HashSet<&str> = offers.iter().map(|offer| offer.number).collect();
    let mut seen: HashSet<String> = HashSet::new();
    let mut ordered: Vec<(String, u64, &Offer<'_>)> = Vec::new();
    for offer in offers {
        let at = Span::whole(offer.file);
        if !seen.insert(offer.number.to_ascii_lowercase()) {
            let message = format!("{} stands twice in quotes/", offer.number);
            let hint = "take back the one that has not left the house";
            problems.push(
                Diagnostic::error(code::NUMBER_TWICE, message)
                    .at(at)
                    .hint(hint),
            );
            continue;
        }
        if let Some(problem) = offer.identity() {
            problems.push(problem);
            continue;
        }
        documents::arithmetic(offer.document, problems);
        if let Some(old) = offer
            .document
            .replaces
            .as_deref()
            .filter(|old| !known.contains(old))
        {
            let near = nearest(old, known.iter().copied());
            problems.push(unknown(old, near).at(offer.document.span));
        }
        match split(
            series,
            DocumentType::Quote,
            offer.document.issued,
            offer.number,
        ) {
            Some((name, counter)) => ordered.push((name, counter, offer)),
            None => {
                let message = format!("{} does not end with a counter", offer.number);
                problems.push(
                    Diagnostic::error(code::NUMBER_FORM, message)
                        .at(at)
                        .hint("it is `issue` that gives numbers"),
                );
            }
        }
    }
    ordered.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut counters = Counters::default();
    let mut before: Option<&(String, u64, &Offer<'_>)> = None;
    for entry in &ordered {
        let (name, counter, offer) = entry;
        let at = Span::whole(offer.file);
        if let Some(expected) = counters.note(series, name, *counter) {
            let width = offer.number.len() - name.len();
            let message = format!(
                "{} comes where {name}{expected:0width$} is missing",
                offer.number
            );
            let hint = "an issued quote is never deleted: `git log --diff-filter=D` finds it, `git restore` brings it back";
            problems.push(
                Diagnostic::error(code::NUMBER_GAP, message)
                    .at(at)
                    .hint(hint),
            );
        }
        if let Some((_, _, earlier)) = before.filter(|earlier| earlier.0 == *name)
            && earlier.document.issued > offer.document.issued
        {
            let (day, last) = (offer.document.issued, earlier.document.issued);
            let message = format!(
                "{} is dated {day}, before {} ({last})",
                offer.number, earlier.number
            );
            let hint = "numbers and dates of issue rise together";
            problems.push(
                Diagnostic::error(code::NUMBER_DATE, message)
                    .at(at)
                    .hint(hint),
            );
        }
        before = Some(entry);
    }
}

/// Checks the part of a quote that an issued document invoices.
pub fn part(document: &Document, quotes: &BTreeMap<&str, &Document>, problems: &mut Diagnostics) {
    let (Some(number), Some(part)) = (document.quote.as_deref(), document.quote_part) else {
        return;
    };
    let at = document.span;
    let Some(quote) = quotes.get(number) else {
        let near = nearest(number, quotes.keys().copied());
        return problems.push(unknown(number, near).at(at));
    };
    if !is_part(quote, part) {
        let message = format!(
            "{} invoices the part `{part}`, which {number} does not have",
            document.number
        );
        let hint = "the quote was changed: `git log -p quotes/` shows when";
        problems.push(
            Diagnostic::error(code::QUOTE_PART, message)
                .at(at)
                .hint(hint),
        );
    }
    if quote.buyer.client != document.buyer.client {
        let message = format!(
            "{number} is {}'s, not `{}`'s",
            quote.buyer.client, document.buyer.client
        );
        let hint = "an invoice of a quote goes to its client";
        problems.push(
            Diagnostic::error(code::QUOTE_PART, message)
                .at(at)
                .hint(hint),
        );
    }
}

/// Checks quotes against the books: no invoice has the number of one, and each event that is about a quote names one of its client's.
pub fn books(ledger: &Ledger, offers: &[Offer<'_>], problems: &mut Diagnostics) {
    for offer in offers {
        if ledger.find(offer.number).is_some() {
            let message = format!(
                "{} is the number of a quote and of an invoice",
                offer.number
            );
            let hint = "give each series its own pattern";
            problems.push(
                Diagnostic::error(code::NUMBER_TWICE, message)
                    .at(Span::whole(offer.file))
                    .hint(hint),
            );
        }
    }
    let known: BTreeMap<&str, &Document> = offers
        .iter()
        .map(|offer| (offer.number, offer.document))
        .collect();
    let mut guesses = Guesses::default();
    for row in ledger.events() {
        let is_unknown = !row.document.is_empty() && ledger.find(row.document).is_none();
        // Of a quote that is gone, the event of its issue is said as such.
        if row.kind == EventKind::Offered && !known.contains_key(row.document) {
            continue;
        }
        if (carries(&row) && is_unknown) || row.kind.is_of_quote() {
            event(
                row.document,
                row.client,
                row.span,
                &known,
                &mut guesses,
                problems,
            );
        }
    }
}

/// Checks an event that is about a quote: it must exist, and be the client's.
fn event(
    document: &str,
    client: &str,
    span: Span,
    quotes: &BTreeMap<&str, &Document>,
    guesses: &mut Guesses,
    problems: &mut Diagnostics,
) {
    match quotes.get(document) {
        None => {
            let near = guesses.nearest(document, quotes.keys().copied());
            problems.push(unknown(document, near).at(span));
        }
        Some(quote) if quote.buyer.client != client => {
            let owner = &quote.buyer.client;
            let message = format!("{document} is {owner}'s, not `{client}`'s");
            let hint = format!("write `{owner}` as the client");
            problems.push(
                Diagnostic::error(code::CLIENT_UNKNOWN, message)
                    .at(span)
                    .hint(hint),
            );
        }
        Some(_) => {}
    }
}

fn unknown(number: &str, near: Option<&str>) -> Diagnostic {
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`acquit quote list` shows the numbers".to_owned(),
    };
    Diagnostic::error(
        code::DOCUMENT_UNKNOWN,
        format!("there is no quote `{number}`"),
    )
    .hint(hint)
}
