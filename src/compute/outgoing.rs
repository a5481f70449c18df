//! Messages that began to leave and of which nobody noted what became: a `sending` without `sent`, `reminded` or `not-sent` after it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::ledger::book::Event;
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::ledger::event_kind::EventKind;

/// Tells whether the copy of a message is kept, by the kinds of the events that name it: one that was not sent, by its own record, is taken
/// back; one of which nobody knows whether it left is kept.
pub fn is_kept(kinds: impl Iterator<Item = EventKind>) -> bool {
    let (mut has_left, mut was_refused) = (false, false);
    for kind in kinds {
        match kind {
            EventKind::NotSent => was_refused = true,
            EventKind::Sending => {}
            _ => has_left = true,
        }
    }
    has_left || !was_refused
}

/// What a message says of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The document; empty where the message is about none.
    pub document: String,
    /// What was asked for.
    pub amount: Option<Decimal>,
    /// Its currency.
    pub currency: Option<Currency>,
    /// Interest claimed.
    pub interest: Option<Decimal>,
    /// Fixed indemnity claimed.
    pub fee: Option<Decimal>,
    /// The due date it was about.
    pub until: Option<NaiveDate>,
}

/// A message that may have left or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The id of its `sending`.
    pub id: String,
    /// When it began to leave.
    pub date: NaiveDate,
    /// The client's id.
    pub client: String,
    /// The reminder's step; empty where it carried a document.
    pub step: String,
    /// The channel.
    pub channel: String,
    /// Who.
    pub who: String,
    /// Where it is kept.
    pub file: String,
    /// Digest of that file.
    pub sha256: String,
    /// The documents it is about.
    pub documents: Vec<Claimed>,
}

impl Unknown {
    /// Returns the kind of the event that says it has left.
    pub fn left(&self) -> EventKind {
        left(&self.step)
    }

    /// Returns the numbers of its documents, joined by commas.
    pub fn numbers(&self) -> String {
        self.documents
            .iter()
            .map(|one| one.document.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Tells whether an event is about a document that leaves itself, an invoice or a quote, and not about a reminder of it.
pub fn carries(event: &Event<'_>) -> bool {
    matches!(
        event.kind,
        EventKind::Sending | EventKind::Sent | EventKind::NotSent
    ) && event.step.is_empty()
}

/// Returns the kind of the event that says a message has left: of a reminder's step, or of a document.
pub fn left(step: &str) -> EventKind {
    if step.is_empty() {
        EventKind::Sent
    } else {
        EventKind::Reminded
    }
}

/// The messages that began to leave, of events in their order.
#[derive(Debug, Default, Clone)]
pub struct Outgoing {
    open: Vec<Unknown>,
}

impl Outgoing {
    /// Returns the messages that began to leave up to a day.
    pub fn of(ledger: &Ledger, today: NaiveDate) -> Self {
        let mut outgoing = Self::default();
        for event in ledger.events().filter(|event| event.date <= today) {
            outgoing.add(&event);
        }
        outgoing
    }

    /// Adds an event. What became of a message is told by the same document, step, channel and digest.
    pub fn add(&mut self, event: &Event<'_>) {
        match event.kind {
            EventKind::Sending => self.begin(event),
            EventKind::Sent | EventKind::Reminded | EventKind::NotSent
                if !event.sha256.is_empty() =>
            {
                self.end(event);
            }
            _ => {}
        }
    }

    fn begin(&mut self, event: &Event<'_>) {
        let row = Claimed {
            document: event.document.to_owned(),
            amount: event.amount,
            currency: event.currency,
            interest: event.interest,
            fee: event.fee,
            until: event.until,
        };
        if let Some(known) = self.open.iter_mut().find(|known| known.id == event.id) {
            known.documents.push(row);
            return;
        }
        self.open.push(Unknown {
            id: event.id.to_owned(),
            date: event.date,
            client: event.client.to_owned(),
            step: event.step.to_owned(),
            channel: event.channel.to_owned(),
            who: event.who.to_owned(),
            file: event.file.to_owned(),
            sha256: event.sha256.to_owned(),
            documents: vec![row],
        });
    }

    fn end(&mut self, event: &Event<'_>) {
        let same = |open: &&mut Unknown| {
            open.sha256 == event.sha256 && open.step == event.step && open.channel == event.channel
        };
        for open in self.open.iter_mut().filter(same) {
            if let Some(at) = open
                .documents
                .iter()
                .position(|one| one.document == event.document)
            {
                open.documents.remove(at);
                break;
            }
        }
        self.open.retain(|open| !open.documents.is_empty());
    }

    /// Returns the messages that may have left or not, in the order they began to.
    pub fn unknown(&self) -> &[Unknown] {
        &self.open
    }

    /// Returns the message about a document of which this is not known: one that carried it, or a reminder.
    pub fn about(&self, number: &str, is_reminder: bool) -> Option<&Unknown> {
        let about = |open: &Unknown| open.documents.iter().any(|one| one.document == number);
        self.open
            .iter()
            .find(|open| open.step.is_empty() != is_reminder && about(open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{FileId, Span};

    fn outgoing(rows: &[(&str, EventKind, &str, &str, &str)]) -> Outgoing {
        let mut outgoing = Outgoing::default();
        for (id, kind, document, step, sha256) in rows {
            outgoing.add(&Event {
                span: Span::whole(FileId::NOWHERE),
                id,
                date: NaiveDate::MIN,
                kind: *kind,
                client: "acme",
                document,
                step,
                channel: "email",
                amount: None,
                currency: None,
                interest: None,
                fee: None,
                until: None,
                who: "",
                file: "sent/2026/x.eml",
                sha256,
                note: "",
            });
        }
        outgoing
    }

    #[test]
    fn a_sending_is_unknown_until_something_is_said_of_it() {
        let begun = [
            ("1", EventKind::Sending, "F1", "first", "aa"),
            ("1", EventKind::Sending, "F2", "first", "aa"),
        ];
        let unknown = outgoing(&begun);
        let [one] = unknown.unknown() else { panic!() };
        assert_eq!(
            (one.id.as_str(), one.numbers().as_str(), one.left()),
            ("1", "F1, F2", EventKind::Reminded)
        );
        assert!(unknown.about("F2", true).is_some() && unknown.about("F2", false).is_none());
        for kind in [EventKind::Reminded, EventKind::NotSent] {
            let ended = [
                ("2", kind, "F1", "first", "aa"),
                ("2", kind, "F2", "first", "aa"),
            ];
            assert!(
                outgoing(&[begun, ended].concat()).unknown().is_empty(),
                "{}",
                kind.word()
            );
        }
        let other = [
            ("2", EventKind::Reminded, "F1", "first", "bb"),
            ("3", EventKind::Reminded, "F3", "first", "aa"),
        ];
        assert_eq!(
            outgoing(&[begun, other].concat()).unknown()[0].numbers(),
            "F1, F2"
        );
    }

    #[test]
    fn the_same_bytes_sent_again_are_another_sending() {
        let rows = [
            ("1", EventKind::Sending, "F1", "", "aa"),
            ("2", EventKind::NotSent, "F1", "", "aa"),
            ("3", EventKind::Sending, "F1", "", "aa"),
            ("4", EventKind::Sent, "F1", "", "aa"),
            ("5", EventKind::Sending, "F1", "", "aa"),
        ];
        assert_eq!(outgoing(&rows).unknown()[0].id, "5");
        assert!(outgoing(&rows[..4]).unknown().is_empty());
    }
}
