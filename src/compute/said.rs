//! What was said to a client already: the messages that the events know of. A message that was being sent when the program stopped may have
//! left: it is *unknown*, and counts as said until somebody says how it ended.

use chrono::NaiveDate;

use crate::ledger::book::Event;
use crate::ledger::event_kind::Fate;

/// A message about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The event's id.
    pub id: String,
    /// Its step.
    pub step: String,
    /// Its day.
    pub day: NaiveDate,
    /// The due date it was about; none: whichever counts.
    pub due: Option<NaiveDate>,
    /// Whether it is not known to have left.
    pub is_unknown: bool,
}

/// The events of messages about one document, or to one client.
#[derive(Debug, Clone, Default)]
pub struct Sayings(Vec<(Fate, Box<str>, Said)>);

impl Sayings {
    /// Tells whether an event is of a reminder, or of what became of one.
    pub fn is_one(event: &Event<'_>) -> bool {
        !event.step.is_empty() && event.kind.fate().is_some()
    }

    /// Adds such an event.
    pub fn add(&mut self, event: &Event<'_>) {
        let Some(fate) = event.kind.fate() else {
            return;
        };
        let (id, step) = (event.id.to_owned(), event.step.to_owned());
        let said = Said {
            id,
            step,
            day: event.date,
            due: event.until,
            is_unknown: fate == Fate::Sending,
        };
        self.0.push((fate, event.sha256.into(), said));
    }

    /// Returns the messages that have left or may have, by day. The order of the events does not matter: of one digest, as many are unknown
    /// as were begun and neither left nor were refused.
    pub fn all(&self) -> Vec<Said> {
        let count = |wanted: Fate, digest: &str| {
            self.0
                .iter()
                .filter(|(fate, own, _)| *fate == wanted && **own == *digest)
                .count()
        };
        let mut list: Vec<Said> = self
            .0
            .iter()
            .filter(|(fate, ..)| *fate == Fate::Left)
            .map(|(.., said)| said.clone())
            .collect();
        let mut begun: Vec<(&str, &Said)> = self
            .0
            .iter()
            .filter(|(fate, ..)| *fate == Fate::Sending)
            .map(|(_, digest, said)| (digest.as_ref(), said))
            .collect();
        begun.sort_by_key(|(digest, said)| (*digest, said.day));
        for same in begun.chunk_by(|(one, _), (other, _)| one == other) {
            let ended = count(Fate::NotSent, same[0].0) + count(Fate::Left, same[0].0);
            list.extend(same.iter().skip(ended).map(|(_, said)| (*said).clone()));
        }
        list.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;
    use crate::ledger::event_kind::EventKind;
    use crate::span::{FileId, Span};

    fn event<'a>(kind: EventKind, day: &str, sha256: &'a str) -> Event<'a> {
        Event {
            span: Span::whole(FileId::NOWHERE),
            id: kind.word(),
            date: parse(day).unwrap(),
            kind,
            client: "acme",
            document: "F1",
            step: "first",
            channel: "email",
            amount: None,
            currency: None,
            interest: None,
            fee: None,
            until: None,
            who: "",
            file: "",
            sha256,
            note: "",
        }
    }

    fn unknown(events: &[(EventKind, &str, &str)]) -> Vec<(String, bool)> {
        let mut forwards = Sayings::default();
        let mut backwards = Sayings::default();
        for (kind, day, digest) in events {
            forwards.add(&event(*kind, day, digest));
        }
        for (kind, day, digest) in events.iter().rev() {
            backwards.add(&event(*kind, day, digest));
        }
        assert_eq!(
            forwards.all(),
            backwards.all(),
            "the order of rows does not matter"
        );
        forwards
            .all()
            .into_iter()
            .map(|said| (said.day.to_string(), said.is_unknown))
            .collect()
    }

    #[test]
    fn what_left_is_said_and_what_was_refused_is_not() {
        let day = "2026-11-22";
        assert_eq!(
            unknown(&[(EventKind::Reminded, day, "")]),
            [(day.into(), false)]
        );
        assert_eq!(
            unknown(&[(EventKind::Sending, day, "a")]),
            [(day.into(), true)]
        );
        assert_eq!(
            unknown(&[
                (EventKind::Sending, day, "a"),
                (EventKind::Reminded, day, "a")
            ]),
            [(day.into(), false)]
        );
        assert_eq!(
            unknown(&[
                (EventKind::Sending, day, "a"),
                (EventKind::NotSent, day, "a")
            ]),
            []
        );
        // Refused in the morning, tried again with the same bytes at noon, and the program died.
        let tried = [
            (EventKind::Sending, day, "a"),
            (EventKind::NotSent, day, "a"),
            (EventKind::Sending, day, "a"),
        ];
        assert_eq!(unknown(&tried), [(day.into(), true)]);
        assert_eq!(
            unknown(&[
                (EventKind::Sending, day, "a"),
                (EventKind::Reminded, day, "b")
            ])
            .len(),
            2
        );
    }
}
