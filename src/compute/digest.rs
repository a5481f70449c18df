//! What the owner is to know this morning: who is to be called, what is late, what was promised and did not come, what comes next.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::books::Books;
use super::remind::{Day, Silence, Standing};
use crate::ledger::date::plus_days;
use crate::ledger::reminder::StepName;

/// How many days a week ahead has, today included.
const WEEK: i64 = 7;

/// What is said, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// A step waits for a person's yes.
    Person(StepName),
    /// A message may have left or not: the id of its event.
    Unknown(String),
    /// The client's credit covers it, and waits to be used.
    Credit,
    /// The last day on which a court takes the claim is near, or past.
    Lapsing(NaiveDate),
    /// The day of a promise has passed, and nobody has been told so since.
    BrokenPromise(NaiveDate),
    /// A part of this plan was missed.
    MissedPlan(String),
    /// Past its due date.
    Late,
    /// Falls due within a week.
    DueSoon,
    /// It was paid late, and interest or the indemnity is left to claim: how much in the document's currency, and both in words.
    Unclaimed(Decimal, String),
    /// A step comes on a day within a week.
    Next(StepName, NaiveDate),
}

/// A document in the digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Why.
    pub matter: Matter,
    /// Its place in the books.
    pub index: usize,
}

/// Returns what the owner is to know, by matter, then in the order of the plan: by client, due date and number. `lapsing` are the last days of
/// claims whose limitation is near, by their places in the books.
pub fn digest(day: &Day, books: &Books, lapsing: &BTreeMap<usize, NaiveDate>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for note in day.notes.iter().filter(|note| note.needs_person) {
        let entry = |index: &usize| Entry {
            matter: Matter::Person(note.step.name),
            index: *index,
        };
        entries.extend(note.taken.iter().map(entry));
    }
    for open in books.outgoing().unknown() {
        let indexes = open
            .documents
            .iter()
            .filter_map(|claimed| books.find(&claimed.document));
        entries.extend(indexes.map(|index| Entry {
            matter: Matter::Unknown(open.id.clone()),
            index,
        }));
    }
    entries.extend(lapsing.iter().map(|(index, last)| Entry {
        matter: Matter::Lapsing(*last),
        index: *index,
    }));
    let of: [fn(&Standing, &Books) -> Option<Matter>; 6] =
        [covered, broken, missed, late, soon, next];
    for matter in of {
        let own = day.standings.iter().filter_map(|standing| {
            let matter = matter(standing, books)?;
            Some(Entry {
                matter,
                index: standing.index,
            })
        });
        entries.extend(own);
    }
    entries
}

fn covered(standing: &Standing, _: &Books) -> Option<Matter> {
    matches!(standing.silence, Some(Silence::Credit(_))).then_some(Matter::Credit)
}

fn broken(standing: &Standing, books: &Books) -> Option<Matter> {
    let until = books
        .promised(standing.index)
        .filter(|until| *until < books.today())?;
    let is_told = standing.taken.is_some_and(|(_, day)| day > until);
    (!is_told).then_some(Matter::BrokenPromise(until))
}

fn missed(standing: &Standing, books: &Books) -> Option<Matter> {
    let position = books.position(standing.index);
    let plan = position.plan.filter(|_| position.late > Decimal::ZERO)?;
    Some(Matter::MissedPlan(plan.to_owned()))
}

fn late(standing: &Standing, books: &Books) -> Option<Matter> {
    (books.position(standing.index).late > Decimal::ZERO).then_some(Matter::Late)
}

fn soon(standing: &Standing, books: &Books) -> Option<Matter> {
    let today = books.today();
    let is_near = standing.due >= today && standing.due < plus_days(today, WEEK);
    (is_near && books.position(standing.index).asked > Decimal::ZERO).then_some(Matter::DueSoon)
}

fn next(standing: &Standing, books: &Books) -> Option<Matter> {
    let (step, day) = standing.next?;
    let today = books.today();
    let is_waiting = standing.silence == Some(Silence::Person);
    let day = day.filter(|day| *day < plus_days(today, WEEK) && !is_waiting)?;
    Some(Matter::Next(step, day.max(today)))
}
