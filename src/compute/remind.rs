//! Who is to be reminded on a day, at which step and why: a pure function of the books, the policy and the day.
//!
//! The steps are taken in their order, each after its day, `every` days after the last message about the same due date, and no more than `max`
//! times. After a downtime the next step in order comes, not the latest: nobody gets a second reminder without a first. What only helps to pay
//! in time (upcoming, due) is skipped once its time has passed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::books::Books;
use super::position::Position;
use super::said::Said;
use crate::ledger::date::plus_days;
use crate::ledger::reminder::{Step, StepName};
use crate::regime::Calendar;

/// Why nothing is sent about an open document today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// Its next step comes later.
    NotYet,
    /// Its next step comes later, and its plan is kept.
    PlanKept(String),
    /// The step waits for a working day.
    Rest,
    /// Held, until a day or for good.
    Hold(Option<NaiveDate>),
    /// Promised for a day.
    Promise(NaiveDate),
    /// Disputed wholly.
    Dispute,
    /// All that the policy has was sent.
    Cap,
    /// The last message about it was sent a few days ago.
    Spacing(NaiveDate),
    /// Less than the step's least amount.
    Small(Decimal),
    /// The client has had a message today.
    Today,
    /// The client gets a message about what is late today.
    Behind,
    /// The client is in insolvency proceedings, since a day.
    Insolvency(NaiveDate),
    /// In the hands of a collector or a lawyer, since a day.
    HandedOver(NaiveDate),
    /// The client's credit, money that names no document, covers it: so much is there.
    Credit(Decimal),
    /// It is collected by direct debit.
    Debit,
    /// The client's file has errors, and with it perhaps the policy towards the client.
    File,
    /// A message about it may have left: the id of its event.
    Unknown(String),
    /// The step waits for a person.
    Person,
}

/// Why a step was not taken and never will be, about this due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// The due date passed first.
    Passed,
    /// The day of the step came before the document was issued.
    Issued,
    /// A later step was taken, or its day has come.
    Overtaken,
}

/// Where an open document stands on the way to its payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its place in the books.
    pub index: usize,
    /// The due date that counts.
    pub due: NaiveDate,
    /// The last step taken about that due date, and when.
    pub taken: Option<(StepName, NaiveDate)>,
    /// What was left out.
    pub skipped: Vec<(StepName, Skip)>,
    /// The step that comes next, and the first day on which it may be taken; no day while something without an end keeps it back.
    pub next: Option<(StepName, Option<NaiveDate>)>,
    /// The day of that step by the policy.
    pub since: Option<NaiveDate>,
    /// Why nothing is sent today; none: something is.
    pub silence: Option<Silence>,
}

/// A message to a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The client's id.
    pub client: String,
    /// The highest step of its documents.
    pub step: Step,
    /// The documents that take the step, by their places in the books; oldest due first.
    pub taken: Vec<usize>,
    /// What else of the client is late: it stands in the message, and takes no step.
    pub also: Vec<usize>,
    /// Whether it goes only with a person's yes.
    pub needs_person: bool,
}

impl Note {
    /// Returns all documents of the message, oldest due first.
    pub fn documents(&self, books: &Books) -> Vec<usize> {
        let mut all: Vec<usize> = self.taken.iter().chain(&self.also).copied().collect();
        sort(&mut all, books);
        all
    }
}

/// What is to be done on a day.
#[derive(Debug, Clone, Default)]
pub struct Day {
    /// At most one message a client goes; those that wait for a person's yes stand beside it.
    pub notes: Vec<Note>,
    /// Where every open document stands, by client, due date and number.
    pub standings: Vec<Standing>,
}

/// Returns the policy towards a client: the client's steps in the place of the ledger's of the same name, in the order they are taken.
pub fn policy(ledger: &[Step], client: &[Step]) -> Vec<Step> {
    let mut steps: Vec<Step> = ledger
        .iter()
        .filter(|step| client.iter().all(|own| own.name != step.name))
        .cloned()
        .collect();
    steps.extend(client.iter().cloned());
    steps.sort_by_key(|step| step.name);
    steps
}

/// Decides about everything. `policy` returns the steps towards a client; `aside` says why a document is never spoken of, if it is not for
/// what the books say; `confirmed` holds the clients to whom a person lets go what waits for a yes.
pub fn day(
    books: &Books,
    policy: impl Fn(&str) -> Vec<Step>,
    aside: impl Fn(usize) -> Option<Silence>,
    calendar: &Calendar,
    confirmed: &BTreeSet<String>,
) -> Day {
    let mut by_client: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for index in books.open() {
        by_client
            .entry(books.position(index).client.to_owned())
            .or_default()
            .push(index);
    }
    let mut day = Day::default();
    for (client, mut indexes) in by_client {
        sort(&mut indexes, books);
        let steps = policy(&client);
        let mut standings: Vec<(Standing, Option<Step>)> = indexes
            .iter()
            .filter_map(|index| stand(books, *index, &steps, aside(*index), calendar))
            .collect();
        day.notes.extend(notes(
            books,
            &client,
            &mut standings,
            confirmed.contains(&client),
        ));
        day.standings
            .extend(standings.into_iter().map(|(standing, _)| standing));
    }
    day
}

/// Oldest due first.
fn sort(indexes: &mut [usize], books: &Books) {
    indexes.sort_by_key(|index| {
        let position = books.position(*index);
        (position.falls_due(), position.number.to_owned())
    });
}

/// What a message is about; a client gets one a day, and this is the order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    /// A formal notice: of what is ripe for it, and of nothing else.
    Formal,
    /// Another step that a person wants to see first.
    Asked,
    /// What is late.
    Late,
    /// What falls due.
    Due,
}

/// Puts what is ready into messages, and says of the rest why it waits.
fn notes(
    books: &Books,
    client: &str,
    standings: &mut [(Standing, Option<Step>)],
    is_confirmed: bool,
) -> Vec<Note> {
    let matter = |standing: &Standing, step: &Step| match step.name {
        StepName::Formal => Matter::Formal,
        _ if step.confirm => Matter::Asked,
        _ if standing.due < books.today() => Matter::Late,
        _ => Matter::Due,
    };
    let is_late = |index: usize| books.position(index).late > Decimal::ZERO;
    let mut matters: BTreeMap<Matter, Vec<usize>> = BTreeMap::new();
    for (place, (standing, step)) in standings.iter().enumerate() {
        if let Some(step) = step.as_ref().filter(|_| standing.silence.is_none()) {
            matters
                .entry(matter(standing, step))
                .or_default()
                .push(place);
        }
    }
    // What else is late stands in the message, unless there is a reason not to speak of it.
    let late: Vec<usize> = standings
        .iter()
        .filter(|(standing, _)| {
            is_late(standing.index) && standing.silence.as_ref().is_none_or(Silence::is_of_step)
        })
        .map(|(standing, _)| standing.index)
        .collect();
    let (mut notes, mut is_one_gone) = (Vec::new(), false);
    for (matter, places) in matters {
        let needs_person = matter < Matter::Late;
        let goes = !is_one_gone && (is_confirmed || !needs_person);
        let taken: Vec<usize> = places
            .iter()
            .map(|place| standings[*place].0.index)
            .collect();
        let steps = places
            .iter()
            .filter_map(|place| standings[*place].1.as_ref());
        let Some(step) = steps.max_by_key(|step| step.name).cloned() else {
            continue;
        };
        for place in &places {
            let silence = match (goes, is_one_gone) {
                (true, _) => None,
                (false, true) => Some(Silence::Behind),
                (false, false) => Some(Silence::Person),
            };
            standings[*place].0.silence = silence;
        }
        if is_one_gone {
            continue;
        }
        let also = match matter {
            Matter::Asked | Matter::Late => late
                .iter()
                .filter(|index| !taken.contains(index))
                .copied()
                .collect(),
            Matter::Formal | Matter::Due => Vec::new(),
        };
        notes.push(Note {
            client: client.to_owned(),
            step,
            taken,
            also,
            needs_person: !goes,
        });
        is_one_gone = goes;
    }
    notes
}

impl Silence {
    /// Tells whether it is about the step alone: the document itself may be spoken of.
    fn is_of_step(&self) -> bool {
        matches!(
            self,
            Self::NotYet
                | Self::PlanKept(_)
                | Self::Rest
                | Self::Cap
                | Self::Spacing(_)
                | Self::Small(_)
                | Self::Person
        )
    }
}

/// Decides about one open document; none where nothing has a due date. The step is the one that comes next.
fn stand(
    books: &Books,
    index: usize,
    policy: &[Step],
    aside: Option<Silence>,
    calendar: &Calendar,
) -> Option<(Standing, Option<Step>)> {
    let position = books.position(index);
    let due = position.falls_due()?;
    let today = books.today();
    let said = books.said(index, due);
    let taken = said
        .iter()
        .filter_map(|said| Some((StepName::parse(&said.step)?, said.day)));
    let taken = taken.max_by_key(|(name, day)| (*day, *name));
    let ladder = Ladder {
        policy,
        calendar,
        said: &said,
        due,
        issued: position.issued,
        today,
    };
    let next = ladder.next();
    let amount = if today > due {
        position.late
    } else {
        position.asked
    };
    let mut standing = Standing {
        index,
        due,
        taken,
        skipped: ladder.skipped(next.as_ref().map(|next| next.step.name)),
        next: next.as_ref().map(|next| (next.step.name, Some(next.day))),
        since: next.as_ref().map(|next| ladder.day_of(next.step)),
        silence: None,
    };
    let pause = pause(books, index, &position, &said);
    if let Some((reason, until)) = aside.map(|aside| (aside, None)).or(pause) {
        // It goes on the day after, unless its step comes later still.
        let after = |next: NaiveDate| until.map(|until| next.max(plus_days(until, 1)));
        standing.next = standing.next.map(|(name, day)| (name, day.and_then(after)));
        standing.silence = Some(reason);
        return Some((standing, None));
    }
    let Some(next) = next else {
        standing.silence = Some(Silence::Cap);
        return Some((standing, None));
    };
    standing.silence = if next.day > today {
        Some(match (next.spaced, next.rests, position.plan) {
            (Some(last), ..) => Silence::Spacing(last),
            (None, true, _) => Silence::Rest,
            (None, false, Some(plan)) if position.late.is_zero() => {
                Silence::PlanKept(plan.to_owned())
            }
            (None, false, _) => Silence::NotYet,
        })
    } else if amount < next.step.min_amount {
        Some(Silence::Small(next.step.min_amount))
    } else if books.is_messaged(index) {
        Some(Silence::Today)
    } else {
        None
    };
    Some((standing, Some(next.step.clone())))
}

/// What keeps every step back, and the last day of that.
fn pause(
    books: &Books,
    index: usize,
    position: &Position<'_>,
    said: &[Said],
) -> Option<(Silence, Option<NaiveDate>)> {
    if let Some(unknown) = said.iter().find(|said| said.is_unknown) {
        return Some((Silence::Unknown(unknown.id.clone()), None));
    }
    if let Some(day) = books.insolvent(index) {
        return Some((Silence::Insolvency(day), None));
    }
    if let Some(day) = books.handed_over(index) {
        return Some((Silence::HandedOver(day), None));
    }
    if let Some(until) = position.hold {
        return Some((Silence::Hold(until), until));
    }
    if let Some(until) = position.promise {
        return Some((Silence::Promise(until), Some(until)));
    }
    if position.disputed == position.balance || position.asked <= Decimal::ZERO {
        return Some((Silence::Dispute, None));
    }
    // Nobody is reminded of what has come and waits to be put where it belongs.
    let credit = books.credit(position.client, position.currency);
    (credit >= position.asked).then_some((Silence::Credit(credit), None))
}

/// The steps about one due date.
struct Ladder<'a> {
    policy: &'a [Step],
    calendar: &'a Calendar,
    said: &'a [Said],
    due: NaiveDate,
    issued: NaiveDate,
    today: NaiveDate,
}

/// The step that comes next.
struct Next<'a> {
    step: &'a Step,
    /// The first day on which it may be taken.
    day: NaiveDate,
    /// The day of the message that it keeps its distance from, if that is what it waits for.
    spaced: Option<NaiveDate>,
    /// Whether it waits for a working day alone.
    rests: bool,
}

impl<'a> Ladder<'a> {
    /// The day of a step by the policy.
    fn day_of(&self, step: &Step) -> NaiveDate {
        let day = plus_days(self.due, step.days.into());
        if step.working_days {
            self.calendar.working(day)
        } else {
            day
        }
    }

    fn times(&self, step: &Step) -> usize {
        self.said
            .iter()
            .filter(|said| said.step == step.name.word())
            .count()
    }

    /// The highest step taken.
    fn highest(&self) -> Option<StepName> {
        self.said
            .iter()
            .filter_map(|said| StepName::parse(&said.step))
            .max()
    }

    /// Why a step that was not taken will not be.
    fn skip(&self, step: &Step) -> Option<Skip> {
        let is_service = matches!(step.name, StepName::Upcoming | StepName::Due);
        let later = |other: &&Step| {
            other.name > step.name && other.max > 0 && self.day_of(other) <= self.today
        };
        if self.highest().is_some_and(|highest| step.name < highest) {
            Some(Skip::Overtaken)
        } else if step.days < 0 && self.day_of(step) <= self.issued {
            Some(Skip::Issued)
        } else if step.days < 0 && (self.today > self.due || self.day_of(step) > self.due) {
            Some(Skip::Passed)
        } else if is_service && self.policy.iter().find(later).is_some() {
            Some(Skip::Overtaken)
        } else {
            None
        }
    }

    /// The steps that are left out for good, below the one that comes next.
    fn skipped(&self, next: Option<StepName>) -> Vec<(StepName, Skip)> {
        let below = |step: &&Step| {
            step.max > 0 && next.is_none_or(|next| step.name < next) && self.times(step) == 0
        };
        self.policy
            .iter()
            .filter(below)
            .filter_map(|step| Some((step.name, self.skip(step)?)))
            .collect()
    }

    /// Returns the step that comes next: the lowest above the highest taken, or that one again while there is time before it.
    fn next(&self) -> Option<Next<'a>> {
        let highest = self.highest();
        let above = |step: &&Step| {
            step.max > 0
                && highest.is_none_or(|highest| step.name > highest)
                && self.skip(step).is_none()
        };
        let higher = self
            .policy
            .iter()
            .filter(above)
            .map(|step| self.when(step))
            .next();
        let again = |step: &&Step| {
            let is_timely = step.days >= 0 || self.today <= self.due;
            Some(step.name) == highest && self.times(step) < step.max as usize && is_timely
        };
        let again = self.policy.iter().find(again).map(|step| self.when(step));
        match (higher, again) {
            // What would be said again is not worth it once the next step's day has come.
            (Some(higher), Some(again)) if again.day < self.day_of(higher.step) => Some(again),
            (Some(higher), _) => Some(higher),
            (None, again) => again,
        }
    }

    /// When a step may be taken: today or later.
    fn when(&self, step: &'a Step) -> Next<'a> {
        let last = self.said.iter().map(|said| said.day).max();
        let free = last.map(|last| plus_days(last, step.every.into()));
        let ripe = free.map_or(self.day_of(step), |free| free.max(self.day_of(step)));
        let wanted = ripe.max(self.today);
        let day = if step.working_days {
            self.calendar.working(wanted)
        } else {
            wanted
        };
        let spaced = last.filter(|_| ripe > self.today && free == Some(ripe));
        Next {
            step,
            day,
            spaced,
            rests: ripe <= self.today && day > self.today,
        }
    }
}
