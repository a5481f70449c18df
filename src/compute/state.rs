//! What events say of a document beside money.

use chrono::NaiveDate;

use super::said::Sayings;
use crate::ledger::book::Event;
use crate::ledger::event_kind::EventKind;

/// What events say of a document beside money.
#[derive(Debug, Default, Clone)]
pub(super) struct State {
    pub(super) hold: Option<(NaiveDate, Option<NaiveDate>)>,
    hold_day: Option<NaiveDate>,
    pub(super) promise: Option<(NaiveDate, NaiveDate)>,
    /// Reminders of this document.
    pub(super) said: Sayings,
    /// In the hands of a collector since a day.
    pub(super) handed_over: Option<NaiveDate>,
    /// An enforceable judgment was served.
    pub(super) is_judged: bool,
}

impl State {
    /// Notes an event. Of one kind the later day wins, so that the order of rows of different days does not matter.
    pub(super) fn note(&mut self, event: &Event<'_>) {
        match event.kind {
            EventKind::Hold | EventKind::Released
                if self.hold_day.is_none_or(|day| day <= event.date) =>
            {
                self.hold_day = Some(event.date);
                self.hold = (event.kind == EventKind::Hold).then_some((event.date, event.until));
            }
            EventKind::Promise if self.promise.is_none_or(|(day, _)| day <= event.date) => {
                self.promise = event.until.map(|until| (event.date, until));
            }
            EventKind::Enforceable => self.is_judged = true,
            EventKind::HandedOver => {
                self.handed_over = Some(
                    self.handed_over
                        .map_or(event.date, |known| known.min(event.date)),
                );
            }
            _ if Sayings::is_one(event) => self.said.add(event),
            _ => {}
        }
    }
}
