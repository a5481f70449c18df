//! Who would be reminded on a day, at which step and why: a pure function of the books, the policy and the day.

use chrono::{Datelike, NaiveDate, Weekday};
use rust_decimal::Decimal;

use super::books::Books;
use super::position::Position;
use crate::ledger::date::plus_days;
use crate::ledger::document::DocumentType;
use crate::ledger::reminder::{Step, StepName};

/// What is to be done about one document today.
#[derive(Debug, Clone)]
pub struct Reminder {
    /// Its place in the books.
    pub index: usize,
    /// The step whose time has come.
    pub step: Step,
    /// The day the step was due.
    pub since: NaiveDate,
}

/// Why nothing is sent about an open document today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// Its first step comes later.
    NotYet(StepName, NaiveDate),
    /// Held, until a day or for good.
    Hold(Option<NaiveDate>),
    /// Promised for a day.
    Promise(NaiveDate),
    /// Disputed wholly.
    Dispute,
    /// The step that applies has been taken.
    Taken(StepName, NaiveDate),
    /// Another step was taken a few days ago.
    Spacing(NaiveDate),
    /// Less than the step's least amount.
    Small,
}

/// Decides about one document; none where nothing is open or nothing has a due date.
pub fn decide(books: &Books, index: usize, policy: &[Step]) -> Option<Result<Reminder, Silence>> {
    let position = books.position(index);
    let due = position.falls_due()?;
    if position.balance <= Decimal::ZERO || position.kind == DocumentType::Credit {
        return None;
    }
    let today = books.today();
    if let Some(reason) = pause(&position) {
        return Some(Err(reason));
    }
    let day_of = |step: &Step| moved(plus_days(due, step.days.into()), step.working_days);
    // The latest step whose day has come: after a downtime the right one, never two at once. Before the due date only what is
    // meant for before it; after it never that again.
    let reached = policy.iter().filter(|step| step.max > 0 && day_of(step) <= today).rev();
    let mut reached = reached.filter(|step| if today > due { step.days >= 0 } else { step.days <= 0 });
    let Some(step) = reached.next() else {
        let next = policy.iter().find(|step| step.max > 0 && day_of(step) > today)?;
        return Some(Err(Silence::NotYet(next.name, day_of(next))));
    };
    let amount = if today > due { position.late } else { position.asked };
    if amount < step.min_amount {
        return Some(Err(Silence::Small));
    }
    let taken = books.reminders(index, due);
    let times = taken.iter().filter(|(name, _)| *name == step.name.word()).count();
    let last = taken.iter().map(|(_, day)| *day).max();
    if let Some(last) = last.filter(|last| plus_days(*last, step.every.into()) > today) {
        return Some(Err(Silence::Spacing(last)));
    }
    if times >= step.max as usize {
        return Some(Err(Silence::Taken(step.name, last.unwrap_or(today))));
    }
    Some(Ok(Reminder { index, step: step.clone(), since: day_of(step) }))
}

fn pause(position: &Position<'_>) -> Option<Silence> {
    if let Some(until) = position.hold {
        return Some(Silence::Hold(until));
    }
    if let Some(until) = position.promise {
        return Some(Silence::Promise(until));
    }
    (position.disputed == position.balance).then_some(Silence::Dispute)
}

/// Moves a Saturday or Sunday to the Monday after, where the policy asks for it.
fn moved(day: NaiveDate, working_days: bool) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat if working_days => plus_days(day, 2),
        Weekday::Sun if working_days => plus_days(day, 1),
        _ => day,
    }
}

/// Returns the policy towards a client: the client's steps in the place of the ledger's of the same name.
pub fn policy(ledger: &[Step], client: &[Step]) -> Vec<Step> {
    let mut steps: Vec<Step> =
        ledger.iter().filter(|step| client.iter().all(|own| own.name != step.name)).cloned().collect();
    steps.extend(client.iter().cloned());
    steps.sort_by_key(|step| (step.days, step.name));
    steps
}
