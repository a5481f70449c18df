//! The one door to the books: register, payments, events and plans are read once for a command, and judged.
//!
//! A row that cannot be read, that names a document which is not there, or that contradicts another row of its id counts nowhere: it is a
//! problem that every command reports. Rows that are equal to the last letter count once, since a union merge makes them.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap, HashSet, HashTable};

use super::Source;
use crate::diagnostic::{Diagnostic, Diagnostics, Guesses, code};
use crate::ledger::book::{Event, Method, Payment, Record, Row};
use crate::ledger::books::Ledger;
use crate::ledger::event_kind::EventKind;
use crate::ledger::numbers::{key, low, spread};
use crate::span::Span;

impl Source {
    /// Returns the books, reading them the first time; what is wrong with them is added to the problems then.
    pub fn ledger(&mut self) -> Arc<Ledger> {
        match &self.books {
            Some(books) => Arc::clone(books),
            None => self.ledger_and(|_, _| ()),
        }
    }

    /// Returns the books if they were read already.
    pub fn loaded(&self) -> Option<&Arc<Ledger>> {
        self.books.as_ref()
    }

    /// Returns the books, and shows each row of the register to a visitor; one that cannot be read as its record alone. Where the books
    /// were read already, the register is read again for the visitor.
    pub fn ledger_and(
        &mut self,
        mut visit: impl FnMut(Option<&Row<'_>>, Record<'_>),
    ) -> Arc<Ledger> {
        if let Some(books) = self.books.clone() {
            self.again(|source| source.register_whole(visit));
            return books;
        }
        let mut door = Door::default();
        let [register, payments, events] = ["register", "payments", "events"].map(|folder| {
            let years = self.repository.years(folder, ".csv").unwrap_or_default();
            let length = |name: &String| self.repository.length(&format!("{folder}/{name}"));
            years.iter().filter_map(length).sum()
        });
        door.ledger.reserve(register, payments, events);
        door.payments.reserve(payments);
        self.register_whole(|row, record| {
            visit(row, record);
            door.document(row, record);
        });
        // A register whose first line is wrong hides all of its documents.
        if self.problems.has_errors() && door.ledger.is_empty() || self.hides_documents() {
            door.ledger.note_unreadable("");
        }
        self.payments(|payment| door.payment(payment));
        self.events(|event| door.event(event));
        let plans = self.plans();
        let (mut ledger, problems) = door.close();
        for plan in plans {
            ledger.push_plan(plan);
        }
        for (path, end) in std::mem::take(&mut self.book_ends) {
            ledger.note_end(&path, end);
        }
        self.problems.extend(problems);
        let ledger = Arc::new(ledger);
        self.books = Some(Arc::clone(&ledger));
        ledger
    }

    fn hides_documents(&self) -> bool {
        let hides = |problem: &Diagnostic| {
            [code::CSV_HEADER, code::CSV_SEPARATOR].contains(&problem.code)
                && problem
                    .span
                    .is_some_and(|span| self.map.path(span.file).starts_with("register/"))
        };
        self.problems.iter().any(hides)
    }
}

/// The books in the making, and what is wrong with their rows.
#[derive(Default)]
struct Door {
    ledger: Ledger,
    problems: Diagnostics,
    payments: Ids,
    events: Ids,
    /// The nearest numbers of documents that are not there.
    guesses: Guesses,
}

impl Door {
    fn document(&mut self, row: Option<&Row<'_>>, record: Record<'_>) {
        let Some(row) = row else {
            let number = record.get(0).unwrap_or_default();
            return self.ledger.note_unreadable(number);
        };
        if let Some(place) = self.ledger.find_any_case(row.number) {
            let other = self.ledger.number(place);
            let message = if other == row.number {
                format!("{} stands twice in the register", row.number)
            } else {
                format!(
                    "{} is {other} but for capitals: one number stands twice",
                    row.number
                )
            };
            let hint = "two branches took one number: take back the one that has not left the house (`acquit explain NUMBER-TWICE`)";
            self.problems.push(
                Diagnostic::error(code::NUMBER_TWICE, message)
                    .at(row.span)
                    .hint(hint),
            );
            return;
        }
        if !self.ledger.push_document(row) {
            self.ledger.note_unreadable(row.number);
        }
    }

    fn payment(&mut self, payment: &Payment<'_>) {
        let ledger = &self.ledger;
        let known: Vec<u32> = self
            .payments
            .rows(payment.id, |row| ledger.payment(row as usize).id);
        let first = known.first().copied();
        for row in known {
            let other = self.ledger.payment(row as usize);
            let same_target = (other.document, other.part) == (payment.document, payment.part)
                // The rows that an offset takes from one client's credits name no document each.
                && !(payment.method == Method::Offset
                    && payment.document.is_empty()
                    && other.amount != payment.amount);
            let shared = |p: &Payment<'_>| (p.date, p.currency, p.method);
            let is_same = Payment {
                span: other.span,
                ..payment.clone()
            } == other;
            let agrees = shared(&other) == shared(payment) && other.reference == payment.reference;
            if !self.judge(
                Kind::Payment,
                row,
                is_same,
                same_target,
                agrees,
                payment.id,
                payment.document,
                payment.span,
            ) {
                return;
            }
        }
        let Ok(place) = self.place_of(payment) else {
            return self.ledger.note_uncounted(payment.client, payment.span);
        };
        let row = key(self.ledger.payments_len());
        self.ledger.push_payment_of(payment, place);
        self.payments.add(payment.id, row, first);
    }

    fn event(&mut self, event: &Event<'_>) {
        let ledger = &self.ledger;
        let known: Vec<u32> = self
            .events
            .rows(event.id, |row| ledger.event(row as usize).id);
        let first = known.first().copied();
        for row in known {
            let other = self.ledger.event(row as usize);
            let is_same = Event {
                span: other.span,
                ..event.clone()
            } == other;
            let what = |e: &Event<'_>| (e.date, e.kind);
            let texts =
                |e: &Event<'_>| [e.client, e.step, e.channel, e.who, e.file].map(str::to_owned);
            let agrees = what(&other) == what(event) && texts(&other) == texts(event);
            let same_target = other.document == event.document;
            if !self.judge(
                Kind::Event,
                row,
                is_same,
                same_target,
                agrees,
                event.id,
                event.document,
                event.span,
            ) {
                return;
            }
        }
        if !self.is_sound_event(event) {
            self.ledger.note_uncounted(event.client, event.span);
            return;
        }
        let row = key(self.ledger.events_len());
        self.ledger.push_event(event);
        self.events.add(event.id, row, first);
    }

    /// Judges a row beside an earlier one of its id; tells whether it may count. `agrees`: they have in common what the rows of one id
    /// share.
    #[expect(
        clippy::too_many_arguments,
        reason = "what two kinds of rows have in common"
    )]
    fn judge(
        &mut self,
        kind: Kind,
        row: u32,
        is_same: bool,
        same_target: bool,
        agrees: bool,
        id: &str,
        document: &str,
        span: Span,
    ) -> bool {
        let about = if document.is_empty() {
            "the client's credit"
        } else {
            document
        };
        if is_same {
            self.problems.push(
                Diagnostic::warning(
                    code::ROW_TWICE,
                    format!("`{id}` stands twice for {about}, word for word: it counts once"),
                )
                .at(span)
                .hint("a merge has kept both, or a row was pasted twice: remove one of them"),
            );
            return false;
        }
        if agrees && !same_target {
            return true;
        }
        let problem = if same_target {
            Diagnostic::error(
                code::ROW_TWICE,
                format!("`{id}` stands twice for {about}, with other words: neither row counts"),
            )
            .hint("if both happened, give one of them another id; if one is a mistake, `git log -p` shows where it came from, and that one goes")
        } else {
            let what = match kind {
                Kind::Payment => "date, currency, method and reference",
                Kind::Event => "date, kind, client, step, channel, who and file",
            };
            Diagnostic::error(
                code::ROW_MOVEMENT,
                format!("the rows of `{id}` differ in what they share: none of them counts"),
            )
            .hint(format!(
                "rows of one id have the same {what}; give this row another id"
            ))
        };
        self.problems.push(problem.at(span));
        let ids = match kind {
            Kind::Payment => &mut self.payments,
            Kind::Event => &mut self.events,
        };
        ids.dropped.insert(row);
        if !same_target {
            let ledger = &self.ledger;
            let rows: Vec<u32> = match kind {
                Kind::Payment => ids.rows(id, |row| ledger.payment(row as usize).id),
                Kind::Event => ids.rows(id, |row| ledger.event(row as usize).id),
            };
            ids.dropped.extend(rows);
        }
        false
    }

    /// Finds the document that a payment is of; none where it is of a client. What is wrong with it is added to the problems.
    fn place_of(&mut self, payment: &Payment<'_>) -> Result<Option<usize>, Uncounted> {
        if payment.document.is_empty() {
            return Ok(None);
        }
        let Some(place) = self.target(payment.document, payment.client, payment.span) else {
            return Err(Uncounted);
        };
        let (number, currency) = (payment.document, self.ledger.currency(place));
        let issued = self.ledger.issued(place);
        let problem = if currency != payment.currency {
            let message = format!(
                "{number} is in {currency}, this payment in {}",
                payment.currency
            );
            let hint =
                format!("write the amount in {currency}; a difference of exchange is a write-off");
            Diagnostic::error(code::ROW_CURRENCY, message).hint(hint)
        } else if payment.date < issued {
            let message = format!("{number} was issued on {issued}, after this payment");
            let hint = "money that came before is the client's credit: leave the document empty, and use it by an offset";
            Diagnostic::error(code::PAYMENT_DATE, message).hint(hint)
        } else {
            return Ok(Some(place));
        };
        self.problems.push(problem.at(payment.span));
        Err(Uncounted)
    }

    fn is_sound_event(&mut self, event: &Event<'_>) -> bool {
        // Quotes have no row in the register.
        let leaves = matches!(
            event.kind,
            EventKind::Sending | EventKind::Sent | EventKind::NotSent
        ) && event.step.is_empty();
        let may_be_a_quote = leaves && self.ledger.find(event.document).is_none();
        if event.document.is_empty() || event.kind.is_of_quote() || may_be_a_quote {
            return true;
        }
        let Some(place) = self.target(event.document, event.client, event.span) else {
            return false;
        };
        let currency = self.ledger.currency(place);
        if event.amount.is_some() && event.currency.is_some_and(|own| own != currency) {
            let message = format!(
                "{} is in {currency}, the amount of this {} is not",
                event.document,
                event.kind.word()
            );
            let hint = format!("write the amount in {currency}");
            self.problems.push(
                Diagnostic::error(code::ROW_CURRENCY, message)
                    .at(event.span)
                    .hint(hint),
            );
            return false;
        }
        true
    }

    /// Finds the document that a row names, adding what is wrong with it.
    fn target(&mut self, number: &str, client: &str, span: Span) -> Option<usize> {
        let Some(place) = self.ledger.find(number) else {
            // The row of the register is said already.
            if self.ledger.is_unreadable(number) {
                return None;
            }
            let ledger = &self.ledger;
            let near = self.guesses.nearest(number, ledger.numbers());
            let hint = near.map_or("`acquit list` shows the numbers".to_owned(), |near| {
                format!("did you mean `{near}`?")
            });
            let message = format!("there is no document `{number}`");
            self.problems.push(
                Diagnostic::error(code::DOCUMENT_UNKNOWN, message)
                    .at(span)
                    .hint(hint),
            );
            return None;
        };
        let owner = self.ledger.client(place);
        if owner != client {
            let message = format!("{number} is {owner}'s, not `{client}`'s");
            let hint = format!("write `{owner}` as the client");
            self.problems.push(
                Diagnostic::error(code::CLIENT_UNKNOWN, message)
                    .at(span)
                    .hint(hint),
            );
            return None;
        }
        Some(place)
    }

    fn close(mut self) -> (Ledger, Diagnostics) {
        if !self.payments.dropped.is_empty() || !self.events.dropped.is_empty() {
            self.ledger
                .forget(&self.payments.dropped, &self.events.dropped);
        }
        (self.ledger, self.problems)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Payment,
    Event,
}

/// A row that counts nowhere: why is among the problems.
struct Uncounted;

/// Which rows have an id: most ids have one row.
#[derive(Default)]
struct Ids {
    first: HashTable<(u32, u32)>,
    /// Further rows of an id, by its first.
    more: HashMap<u32, Vec<u32>>,
    /// Rows that do not count.
    dropped: HashSet<u32>,
    hasher: DefaultHashBuilder,
}

impl Ids {
    /// Makes room for the ids of a book of so many bytes.
    fn reserve(&mut self, bytes: u64) {
        let count = usize::try_from(bytes / 85).unwrap_or(0).min(1 << 22);
        self.first.reserve(count, |(half, _)| spread(*half));
    }

    /// The half of an id's hash that the table keeps: from it the table is rebuilt without looking at any id.
    fn half(&self, id: &str) -> u32 {
        low(self.hasher.hash_one(id))
    }

    /// Returns the rows of an id, the first one first.
    fn rows<'l>(&self, id: &str, id_of: impl Fn(u32) -> &'l str) -> Vec<u32> {
        let half = self.half(id);
        let is_it = |(known, row): &(u32, u32)| *known == half && id_of(*row) == id;
        let Some((_, first)) = self.first.find(spread(half), is_it) else {
            return Vec::new();
        };
        let more = self.more.get(first).into_iter().flatten();
        std::iter::once(first).chain(more).copied().collect()
    }

    /// Adds a row; `first` is the first of its id, where there is one.
    fn add(&mut self, id: &str, row: u32, first: Option<u32>) {
        match first {
            Some(first) => self.more.entry(first).or_default().push(row),
            None => {
                let half = self.half(id);
                self.first
                    .insert_unique(spread(half), (half, row), |(half, _)| spread(*half));
            }
        }
    }
}
