//! The books over time: what a document owed at the end of each day on which that changed, and what happened to its interest.
//!
//! The formula of a balance stands in `balances.rs` alone: for each day of change it is asked again, over the family of documents that a
//! document's balance depends on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::balances::{Balances, in_units};
use super::movements::Movements;
use super::schedule;
use crate::ledger::book::{Event, Part, Payment};
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::ledger::date::plus_days;
use crate::ledger::event_kind::EventKind;
use crate::ledger::plan::Plan;
use crate::ledger::reminder::StepName;

/// What was given up of interest and indemnity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver {
    /// The day.
    pub day: NaiveDate,
    /// So much interest, and so much of the indemnity; none: all of both up to the day.
    pub amounts: Option<(Decimal, Decimal)>,
}

/// What moves from document to document on a day: number, client, currency, what it adds to the balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The day.
    pub day: NaiveDate,
    /// The documents; their amounts sum to zero.
    pub parts: Vec<(String, String, Currency, Decimal)>,
}

/// The books over time, up to a day.
#[derive(Debug)]
pub struct Chronicle {
    ledger: Arc<Ledger>,
    today: NaiveDate,
    movements: Movements,
    insolvent: BTreeMap<String, NaiveDate>,
    /// Events of receipt and judgment that name a client and no document.
    general: HashMap<String, Vec<(NaiveDate, EventKind)>>,
    /// The plans about each document, by their places, and when others took the place of each plan.
    planned: HashMap<String, Vec<usize>>,
    replanned: HashMap<String, Vec<NaiveDate>>,
    retroactive: bool,
}

impl Chronicle {
    /// Looks at the books up to a day: what is dated later is left out.
    pub fn new(ledger: &Arc<Ledger>, today: NaiveDate) -> Self {
        let mut insolvent: BTreeMap<String, NaiveDate> = BTreeMap::new();
        let mut general: HashMap<String, Vec<(NaiveDate, EventKind)>> = HashMap::new();
        for event in ledger.events() {
            let is_general = event.document.is_empty()
                && matches!(event.kind, EventKind::Delivered | EventKind::Enforceable);
            if is_general && event.date <= today {
                let events = general.entry(event.client.to_owned()).or_default();
                events.push((event.date, event.kind));
            }
            if event.kind == EventKind::Insolvency && event.date <= today {
                let day = insolvent
                    .entry(event.client.to_owned())
                    .or_insert(event.date);
                *day = event.date.min(*day);
            }
        }
        let mut planned: HashMap<String, Vec<usize>> = HashMap::new();
        let mut replanned: HashMap<String, Vec<NaiveDate>> = HashMap::new();
        for (at, plan) in ledger.plans().iter().enumerate() {
            if plan.agreed > today {
                continue;
            }
            for number in &plan.documents {
                planned.entry(number.value.clone()).or_default().push(at);
            }
            if let Some(number) = &plan.replaces {
                replanned
                    .entry(number.clone())
                    .or_default()
                    .push(plan.agreed);
            }
        }
        Self {
            movements: Movements::of(ledger),
            ledger: Arc::clone(ledger),
            today,
            insolvent,
            general,
            planned,
            replanned,
            retroactive: false,
        }
    }

    /// Lets credit notes count from the beginning: what they take back was never owed (INVOICING-LAW §2.3).
    #[must_use]
    pub fn retroactive(mut self, yes: bool) -> Self {
        self.retroactive = yes;
        self
    }

    /// Returns the day up to which everything is known.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Returns the place of a document that was issued by the day.
    fn find(&self, number: &str) -> Option<usize> {
        let place = self.ledger.find(number)?;
        (self.ledger.issued(place) <= self.today).then_some(place)
    }

    /// Returns the numbers of the documents of which something was open at the end of their due date (of a corrective, the earliest of what
    /// it stands for) or of a later day before a day, in the order of issue, each with its client: what was paid in time is among them if
    /// the money was taken back.
    pub fn late_before(&self, day: NaiveDate) -> Vec<(&str, &str)> {
        let late = |place: &usize| {
            let issued = |_: &NaiveDate| self.ledger.issued(*place) <= self.today;
            let Some(own) = self.ledger.due(*place).filter(issued) else {
                return false;
            };
            // A corrective may be late by the terms of what it replaces, which its own file says.
            let due = self.ledger.first_due(*place).unwrap_or(own);
            due < day
                && self.ledger.chain(*place).any(|place| {
                    self.each_balance(place, due, plus_days(day, -1))
                        .any(|(_, balance)| balance > Decimal::ZERO)
                })
        };
        (0..self.ledger.len())
            .filter(late)
            .map(|place| {
                let entry = self.ledger.document(place);
                (entry.number, entry.client)
            })
            .collect()
    }

    /// Returns the documents that a document's balance depends on, issued by the day, in the order of issue.
    fn family(&self, place: usize) -> Vec<usize> {
        let mut family = self.ledger.family(place);
        family.retain(|place| self.ledger.issued(*place) <= self.today);
        family
    }

    fn payments(&self, place: usize) -> impl Iterator<Item = Payment<'_>> {
        let rows = self.movements.payments(place);
        rows.map(|row| self.ledger.payment(row))
            .filter(|payment| payment.date <= self.today)
    }

    fn events(&self, place: usize) -> impl Iterator<Item = Event<'_>> {
        let rows = self.movements.events(place);
        rows.map(|row| self.ledger.event(row))
            .filter(|event| event.kind.bears_on_debt() && event.date <= self.today)
    }

    /// Returns the balances of a family as of a day.
    fn balances_of(&self, family: &[usize], day: NaiveDate, known: NaiveDate) -> Balances {
        let ledger = &self.ledger;
        let issued_to = if self.retroactive { known } else { day };
        let mut balances = Balances::of_family(family, issued_to);
        for place in family {
            if ledger.issued(*place) > issued_to {
                continue;
            }
            for payment in self.payments(*place).filter(|payment| payment.date <= day) {
                if payment.part == Part::Principal {
                    let units = in_units(ledger, *place, payment.amount).unwrap_or_default();
                    balances.pay(ledger, *place, units, payment.date);
                }
            }
            for event in self.events(*place).filter(|event| event.date <= day) {
                balances.event(*place, &event);
            }
        }
        balances.close(ledger);
        balances
    }

    /// Returns what is left of a document by balances of its family; nothing where it is not issued yet.
    fn left(&self, balances: &Balances, place: usize) -> Decimal {
        if balances.has(&self.ledger, place) {
            balances.left(&self.ledger, place)
        } else {
            Decimal::ZERO
        }
    }

    /// Returns the days on which something happened to a family.
    fn days(&self, family: &[usize]) -> BTreeSet<NaiveDate> {
        let mut days = BTreeSet::new();
        for place in family {
            days.insert(self.ledger.issued(*place));
            days.extend(self.payments(*place).map(|payment| payment.date));
            days.extend(self.events(*place).map(|event| event.date));
        }
        days
    }

    /// Returns what a document owed at the end of `from`, and at the end of each later day up to `to` on which something happened.
    pub fn balances(
        &self,
        number: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<(NaiveDate, Decimal)> {
        match self.find(number) {
            Some(place) => self.each_balance(place, from, to).collect(),
            None => vec![(from, Decimal::ZERO)],
        }
    }

    /// The same, one by one as they are asked for.
    fn each_balance(
        &self,
        place: usize,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, Decimal)> {
        let (family, known) = (self.family(place), to.min(self.today));
        let days = self.days(&family);
        let later = days
            .into_iter()
            .filter(move |day| *day > from && *day <= known);
        std::iter::once(from).chain(later).map(move |day| {
            let balances = self.balances_of(&family, day, known);
            (day, self.left(&balances, place))
        })
    }

    /// Returns what the debt of a corrective came to at the end of `from`, and at the end of each later day up to `to` on which something
    /// happened: that of what it replaced before it was issued. Up to `due`, its own due date, no more counts than the least that any of
    /// them asked for, since the rest is not owed for longer than the corrective says.
    pub fn balances_of_chain(
        &self,
        number: &str,
        from: NaiveDate,
        due: NaiveDate,
        to: NaiveDate,
    ) -> Vec<(NaiveDate, Decimal)> {
        let ledger = &self.ledger;
        let Some(place) = self.find(number) else {
            return vec![(from, Decimal::ZERO)];
        };
        // What was replaced before that day was not late by it.
        let mut chain = self.with_originals(number);
        let standing = chain
            .iter()
            .position(|place| ledger.issued(*place) <= from)
            .map_or(chain.len(), |at| at + 1);
        chain.truncate(standing);
        let owed = |place: &usize| ledger.document(*place).owed;
        let least = chain.iter().map(owed).min().unwrap_or_default();
        let (family, known) = (self.family(place), to.min(self.today));
        let mut days = self.days(&family);
        days.retain(|day| *day <= known);
        days.insert(due);
        days.retain(|day| *day > from && *day <= to);
        let debt = |day: NaiveDate| {
            let balances = self.balances_of(&family, day.min(known), known);
            let standing = chain
                .iter()
                .find(|place| balances.has(ledger, **place) && !balances.is_replaced(**place));
            standing.map_or(Decimal::ZERO, |place| {
                let left = self.left(&balances, *place);
                if day < due {
                    (left - (owed(place) - least)).max(Decimal::ZERO)
                } else {
                    left
                }
            })
        };
        std::iter::once(from)
            .chain(days)
            .map(|day| (day, debt(day)))
            .collect()
    }

    /// Returns what a document owed at the end of a day; none before it was issued.
    pub fn owed(&self, number: &str, day: NaiveDate) -> Option<Decimal> {
        let place = self.find(number)?;
        let balances = self.balances_of(&self.family(place), day, day);
        balances
            .has(&self.ledger, place)
            .then(|| balances.left(&self.ledger, place))
    }

    /// Returns the part of a document that is disputed as of a day.
    pub fn disputed(&self, number: &str, to: NaiveDate) -> Decimal {
        let Some(place) = self.find(number) else {
            return Decimal::ZERO;
        };
        let known = to.min(self.today);
        let balances = self.balances_of(&self.family(place), known, known);
        if balances.has(&self.ledger, place) {
            balances.disputed(&self.ledger, place)
        } else {
            Decimal::ZERO
        }
    }

    /// Returns what moves from document to document up to a day without any row of its own: credit notes taking off, and correctives
    /// taking over what was paid on their originals. Each is a day with what it adds to the balance of each document; these sum to
    /// zero. What is returned for a day never changes with what comes later.
    pub fn transfers(&self, to: NaiveDate) -> Vec<Transfer> {
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        for place in 0..self.ledger.len() {
            let is_tied = self.ledger.ties(place).next().is_some();
            if !is_tied || self.ledger.issued(place) > self.today || !seen.insert(place) {
                continue;
            }
            let family = self.family(place);
            seen.extend(family.iter().copied());
            let mut moved: BTreeMap<usize, Decimal> = BTreeMap::new();
            for day in self.days(&family).into_iter().filter(|day| *day <= to) {
                let balances = self.balances_of(&family, day, day);
                let mut parts = Vec::new();
                let issued = |place: &&usize| self.ledger.issued(**place) <= day;
                for place in family.iter().filter(issued) {
                    let moved = moved.entry(*place).or_default();
                    let own = self.own_balance(*place, day);
                    let change = self.left(&balances, *place) - own - *moved;
                    if !change.is_zero() {
                        *moved += change;
                        let entry = self.ledger.document(*place);
                        let (number, client) = (entry.number.to_owned(), entry.client.to_owned());
                        parts.push((number, client, entry.currency, change));
                    }
                }
                if !parts.is_empty() {
                    list.push(Transfer { day, parts });
                }
            }
        }
        list
    }

    /// What a document's own rows come to: what it adds, but for a replaced one, less what was paid and given up on it.
    fn own_balance(&self, place: usize, day: NaiveDate) -> Decimal {
        let entry = self.ledger.document(place);
        let owed = if self.is_replaced(entry.number, day) {
            Decimal::ZERO
        } else {
            entry.owed
        };
        let paid: Decimal = self
            .payments(place)
            .filter(|payment| payment.date <= day && payment.part == Part::Principal)
            .map(|payment| payment.amount)
            .sum();
        let off: Decimal = self
            .events(place)
            .filter(|event| event.date <= day && event.kind.takes_off())
            .filter_map(|event| event.amount)
            .sum();
        owed - paid - off
    }

    /// Returns what was paid for a part of a debt up to a day. What was paid on a document that a corrective has replaced counts
    /// for the corrective.
    pub fn paid(&self, number: &str, wanted: Part, to: NaiveDate) -> Decimal {
        self.with_originals(number)
            .into_iter()
            .flat_map(|place| self.payments(place))
            .filter(|payment| payment.part == wanted && payment.date <= to)
            .map(|payment| payment.amount)
            .sum()
    }

    /// Returns what was given up of a document's interest and indemnity up to a day.
    pub fn waivers(&self, number: &str, to: NaiveDate) -> Vec<Waiver> {
        let waiver = |event: Event<'_>| {
            let said = event.interest.is_some() || event.fee.is_some() || event.amount.is_some();
            // An amount alone is interest.
            let alone = event.amount.filter(|_| event.fee.is_none());
            let interest = event.interest.or(alone).unwrap_or_default();
            Waiver {
                day: event.date,
                amounts: said.then(|| (interest, event.fee.unwrap_or_default())),
            }
        };
        let mut list: Vec<Waiver> = self
            .with_originals(number)
            .into_iter()
            .flat_map(|place| self.events(place))
            .filter(|event| event.kind == EventKind::Waived && event.date <= to)
            .map(waiver)
            .collect();
        list.sort_by_key(|waiver| waiver.day);
        list
    }

    /// Returns a document and, if it is a corrective, what it replaced.
    fn with_originals(&self, number: &str) -> Vec<usize> {
        let mut places: Vec<usize> = self.find(number).into_iter().collect();
        while let Some(place) = places.last() {
            let original = self
                .ledger
                .document(*place)
                .original()
                .and_then(|number| self.find(number));
            match original.filter(|original| !places.contains(original)) {
                Some(original) => places.push(original),
                None => break,
            }
        }
        places
    }

    /// Tells whether a corrective stands in a document's place as of a day: it names that first, deposits after it.
    pub fn is_replaced(&self, number: &str, to: NaiveDate) -> bool {
        let Some(place) = self.find(number) else {
            return false;
        };
        let replaces = |other: usize| {
            let entry = self.ledger.document(other);
            entry.original() == Some(number) && entry.issued <= to.min(self.today)
        };
        self.ledger.ties(place).any(replaces)
    }

    /// Returns the day on which a client's insolvency was noted first, up to a day.
    pub fn insolvent(&self, client: &str, to: NaiveDate) -> Option<NaiveDate> {
        self.insolvent.get(client).copied().filter(|day| *day <= to)
    }

    /// Returns the days of events of a kind about a document, or about what it stands in the place of, or of its client as a whole since it
    /// was issued; `which` looks at those about documents.
    fn days_of(
        &self,
        number: &str,
        kinds: &[EventKind],
        which: impl Fn(&Event<'_>) -> bool,
        to: NaiveDate,
    ) -> Vec<NaiveDate> {
        let mut days = Vec::new();
        for place in self.with_originals(number) {
            let events = self.movements.events(place);
            let events = events.map(|row| self.ledger.event(row));
            let wanted = events.filter(|event| kinds.contains(&event.kind) && which(event));
            days.extend(wanted.map(|event| event.date));
            let entry = self.ledger.document(place);
            let general = self.general.get(entry.client).into_iter().flatten();
            let general =
                general.filter(|(day, kind)| kinds.contains(kind) && *day >= entry.issued);
            days.extend(general.map(|(day, _)| *day));
        }
        days.retain(|day| *day <= to.min(self.today));
        days.sort_unstable();
        days
    }

    /// Returns the day of the first formal notice of a document in writing, up to a day: that of its receipt, where that was recorded, else
    /// that on which it was sent.
    pub fn noticed(&self, number: &str, to: NaiveDate) -> Option<NaiveDate> {
        let written = [EventKind::Sent, EventKind::Reminded, EventKind::Letter];
        let is_notice = |event: &Event<'_>| event.step == StepName::Formal.word();
        let sent = *self.days_of(number, &written, is_notice, to).first()?;
        let received = self.days_of(number, &[EventKind::Delivered], |_| true, to);
        Some(
            received
                .into_iter()
                .find(|day| *day >= sent)
                .unwrap_or(sent),
        )
    }

    /// Returns the day on which an enforceable judgment on a document was served, up to a day.
    pub fn judged(&self, number: &str, to: NaiveDate) -> Option<NaiveDate> {
        let days = self.days_of(number, &[EventKind::Enforceable], |_| true, to);
        days.first().copied()
    }

    /// Tells whether anything is known of a document.
    pub fn knows(&self, number: &str) -> bool {
        self.find(number).is_some()
    }

    /// Returns the plans about a document as of a day, each with the day on which it ended: by a part that was not paid in time
    /// (true), or by another plan in its place. A corrective has the plans of what it replaced.
    pub fn plans(&self, number: &str, to: NaiveDate) -> Vec<(&Plan, Option<(NaiveDate, bool)>)> {
        let places: BTreeSet<usize> = self
            .with_originals(number)
            .into_iter()
            .filter_map(|place| self.planned.get(self.ledger.number(place)))
            .flatten()
            .copied()
            .collect();
        let mut list: Vec<&Plan> = places
            .into_iter()
            .map(|at| &self.ledger.plans()[at])
            .filter(|plan| plan.agreed <= to)
            .collect();
        list.sort_by_key(|plan| (plan.agreed, &plan.number));
        let end = |at: usize| {
            let next = list.get(at + 1).map(|next| next.agreed);
            let others = self.replanned.get(&list[at].number).into_iter().flatten();
            let replaced = others.copied().filter(|day| *day <= to).chain(next).min();
            match (self.missed(list[at], to), replaced) {
                (Some(missed), Some(replaced)) if replaced <= missed => Some((replaced, false)),
                (Some(missed), _) => Some((missed, true)),
                (None, Some(replaced)) => Some((replaced, false)),
                (None, None) => None,
            }
        };
        list.iter()
            .enumerate()
            .map(|(at, plan)| (*plan, end(at)))
            .collect()
    }

    /// Returns the due day of the earliest part of a plan that was missed up to a day, by the rule of [`schedule::missed`].
    pub fn missed(&self, plan: &Plan, to: NaiveDate) -> Option<NaiveDate> {
        let known = to.min(self.today);
        let dues: BTreeSet<NaiveDate> = plan
            .instalments
            .iter()
            .map(|part| part.due)
            .filter(|due| *due < to)
            .collect();
        let first = *dues.first()?;
        let families: Vec<(usize, Vec<usize>)> = plan
            .documents
            .iter()
            .filter_map(|number| self.find(number))
            .map(|place| (place, self.family(place)))
            .collect();
        let days: BTreeSet<NaiveDate> = families
            .iter()
            .flat_map(|(_, family)| self.days(family))
            .filter(|day| *day > first && *day <= known)
            .chain(dues.iter().copied())
            .collect();
        let left = |day: NaiveDate| -> Decimal {
            let of = |(place, family): &(usize, Vec<usize>)| {
                let balances = self.balances_of(family, day.min(known), known);
                let standing = balances.successor(&self.ledger, *place);
                self.left(&balances, standing).max(Decimal::ZERO)
            };
            families.iter().map(of).sum()
        };
        let left: Vec<(NaiveDate, Decimal)> =
            days.into_iter().map(|day| (day, left(day))).collect();
        schedule::missed(&plan.instalments, &left, to)
    }
}
