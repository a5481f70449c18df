//! What events say of a document beside money.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::said::Sayings;
use crate::ledger::book::Event;
use crate::ledger::event_kind::EventKind;

/// What events say of a document beside money.
#[derive(Debug, Default, Clone)]
pub(super) struct State {
    /// The contested amount; all if none is named. With the day it was said.
    pub(super) dispute: Option<(NaiveDate, Option<Decimal>)>,
    dispute_day: Option<NaiveDate>,
    pub(super) hold: Option<(NaiveDate, Option<NaiveDate>)>,
    hold_day: Option<NaiveDate>,
    pub(super) promise: Option<(NaiveDate, NaiveDate)>,
    /// Reminders of this document.
    pub(super) said: Sayings,
    /// In the hands of a collector since a day.
    pub(super) handed_over: Option<NaiveDate>,
    /// Gross of credit notes on it.
    pub(super) credit_notes: Decimal,
}

impl State {
    /// Notes an event. Of one kind the later day wins, so that the order of rows of different days does not matter.
    pub(super) fn note(&mut self, event: &Event<'_>) {
        match event.kind {
            EventKind::Dispute | EventKind::Resolved
                if self.dispute_day.is_none_or(|day| day <= event.date) =>
            {
                self.dispute_day = Some(event.date);
                self.dispute =
                    (event.kind == EventKind::Dispute).then_some((event.date, event.amount));
            }
            EventKind::Hold | EventKind::Released
                if self.hold_day.is_none_or(|day| day <= event.date) =>
            {
                self.hold_day = Some(event.date);
                self.hold = (event.kind == EventKind::Hold).then_some((event.date, event.until));
            }
            EventKind::Promise if self.promise.is_none_or(|(day, _)| day <= event.date) => {
                self.promise = event.until.map(|until| (event.date, until));
            }
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
