//! Payments and events: ids, movements, clients.

use chrono::NaiveDate;
use hashbrown::{HashMap, HashSet};
use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Diagnostics, Guesses, code};
use crate::ledger::book::{Event, Payment};
use crate::ledger::client_index::Clients;
use crate::span::Span;

/// What the rows of one movement share.
#[derive(PartialEq)]
struct Movement {
    date: NaiveDate,
    /// What they share beside the day, each text after its length.
    shared: Box<str>,
}

impl Movement {
    fn new(date: NaiveDate, shared: &[&str]) -> Self {
        let mut text = String::with_capacity(64);
        for part in shared {
            text.push_str(&part.len().to_string());
            text.push(':');
            text.push_str(part);
        }
        Self {
            date,
            shared: text.into(),
        }
    }
}

/// The rows of a book so far.
#[derive(Default)]
pub struct Rows {
    movements: HashMap<Box<str>, Movement>,
    /// Id, document and part of each row, a line each: neither an id nor a number has a line end.
    seen: HashSet<Box<str>>,
    offsets: HashMap<String, (Decimal, Span)>,
    guesses: Guesses,
    /// The problems found so far.
    pub problems: Diagnostics,
}

impl Rows {
    /// Adds a payment.
    pub fn payment(&mut self, payment: &Payment<'_>, clients: &Clients) {
        self.client(payment.client, clients, payment.span);
        let movement = Movement::new(
            payment.date,
            &[payment.currency.code(), payment.method, payment.reference],
        );
        self.movement(
            payment.id,
            movement,
            payment.span,
            "date, currency, method and reference",
        );
        let key = if payment.method == "offset" && payment.document.is_empty() {
            format!("credit {}", payment.amount)
        } else {
            format!("{:?}", payment.part)
        };
        self.once(payment.id, payment.document, &key, payment.span);
        if payment.method == "offset" {
            let entry = self
                .offsets
                .entry(payment.id.to_owned())
                .or_insert((Decimal::ZERO, payment.span));
            entry.0 += payment.amount;
        }
    }

    /// Adds an event.
    pub fn event(&mut self, event: &Event<'_>, clients: &Clients) {
        if !event.client.is_empty() {
            self.client(event.client, clients, event.span);
        }
        let shared = [
            event.kind,
            event.client,
            event.step,
            event.channel,
            event.who,
            event.file,
        ];
        let what = "date, kind, client, step, channel, who and file";
        self.movement(
            event.id,
            Movement::new(event.date, &shared),
            event.span,
            what,
        );
        self.once(event.id, event.document, "", event.span);
    }

    /// Adds the offset movements that do not sum to zero.
    pub fn close(&mut self) {
        let mut wrong: Vec<_> = self
            .offsets
            .drain()
            .filter(|(_, (sum, _))| !sum.is_zero())
            .collect();
        wrong.sort_by_key(|(_, (_, span))| *span);
        for (id, (sum, span)) in wrong {
            self.problems.push(
                Diagnostic::error(
                    code::ROW_MOVEMENT,
                    format!("the offset rows of `{id}` sum to {sum}, not to zero"),
                )
                .at(span)
                .hint("an offset moves a credit: what one row takes another gives"),
            );
        }
    }

    fn client(&mut self, client: &str, clients: &Clients, span: Span) {
        if clients.exists(client) {
            return;
        }
        let near = self.guesses.nearest(client, clients.ids());
        let hint = near.map_or("`acquit client list` shows them".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        self.problems.push(
            Diagnostic::error(
                code::CLIENT_UNKNOWN,
                format!("there is no client `{client}`"),
            )
            .at(span)
            .hint(hint),
        );
    }

    fn movement(&mut self, id: &str, movement: Movement, span: Span, what: &str) {
        match self.movements.get(id) {
            Some(known) if *known != movement => self.problems.push(
                Diagnostic::error(
                    code::ROW_MOVEMENT,
                    format!("the rows of `{id}` differ in what they share"),
                )
                .at(span)
                .hint(format!(
                    "rows of one id have the same {what}; give this row another id"
                )),
            ),
            Some(_) => {}
            None => {
                self.movements.insert(id.into(), movement);
            }
        }
    }

    fn once(&mut self, id: &str, document: &str, part: &str, span: Span) {
        if self.seen.insert([id, document, part].join("\n").into()) {
            return;
        }
        let about = if document.is_empty() {
            "the client's credit"
        } else {
            document
        };
        self.problems.push(
            Diagnostic::error(code::ROW_TWICE, format!("`{id}` stands twice for {about}"))
                .at(span)
                .hint("a merge has kept two versions, or a row was pasted twice: remove one, or give it another id"),
        );
    }
}
