//! What events say of a client as a whole: insolvency proceedings, a collector, the reminders of the day.

use chrono::NaiveDate;
use hashbrown::HashMap;

use super::said::Sayings;
use crate::ledger::book::Event;
use crate::ledger::event_kind::EventKind;

/// Clients by the number that the books give their names.
#[derive(Debug, Default)]
pub(super) struct Debtors {
    insolvent: HashMap<u32, NaiveDate>,
    handed_over: HashMap<u32, NaiveDate>,
    judged: HashMap<u32, NaiveDate>,
    messaged: HashMap<u32, Sayings>,
}

impl Debtors {
    /// Notes an event; of several of a kind the earliest counts. A document that is handed over by itself is its own matter.
    pub(super) fn note(&mut self, client: u32, event: &Event<'_>) {
        let days = match event.kind {
            EventKind::Insolvency => &mut self.insolvent,
            EventKind::HandedOver if event.document.is_empty() => &mut self.handed_over,
            EventKind::Enforceable if event.document.is_empty() => &mut self.judged,
            _ => return,
        };
        let day = days.entry(client).or_insert(event.date);
        *day = event.date.min(*day);
    }

    /// Adds a reminder of the books' day, or of a later one.
    pub(super) fn message(&mut self, client: u32, event: &Event<'_>) {
        self.messaged.entry(client).or_default().add(event);
    }

    /// Returns since when a client is in insolvency proceedings.
    pub(super) fn insolvent(&self, client: u32) -> Option<NaiveDate> {
        self.insolvent.get(&client).copied()
    }

    /// Returns since when all of a client's documents are in the hands of a collector or a lawyer.
    pub(super) fn handed_over(&self, client: u32) -> Option<NaiveDate> {
        self.handed_over.get(&client).copied()
    }

    /// Returns since when an enforceable judgment on all of a client's documents stands.
    pub(super) fn judged(&self, client: u32) -> Option<NaiveDate> {
        self.judged.get(&client).copied()
    }

    /// Tells whether a client has had a reminder on the books' day or a later one, or may have.
    pub(super) fn is_messaged(&self, client: u32) -> bool {
        self.messaged
            .get(&client)
            .is_some_and(|said| !said.all().is_empty())
    }
}
