//! What a document's delay costs as of a day: interest and fixed indemnity, by its frozen terms and the law of its seller's country.
//!
//! Derived, never stored: nothing of it is written into a document. A consumer owes no indemnity, and interest from a formal notice on, where
//! the law is known.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;

use super::chronicle::Chronicle;
use super::late::{self, Rate, Segment, Unknown};
use crate::ledger::amount::round;
use crate::ledger::book::Part;
use crate::ledger::currency::Currency;
use crate::ledger::date::plus_days;
use crate::ledger::document::Document;
use crate::ledger::party::ClientKind;
use crate::ledger::plan::PlanInterest;
use crate::regime::{InterestAfter, Late, LateStart, Regime, built_in};

/// Why a document bears no interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Free {
    /// The client is a consumer, and no law is known by which it owes any.
    Consumer,
    /// By law it runs from a formal notice on, and none was sent.
    NoNotice,
    /// It asks for no payment: a credit note.
    NoDebt,
    /// A corrective stands in its place.
    Replaced,
    /// Nothing was agreed, and the law of the seller's country gives no rate.
    NoLaw,
}

/// Why the fixed indemnity is not owed although the document was paid late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Insolvency proceedings forbade its payment before it became late.
    Insolvency,
}

/// What the insolvency proceedings of the client make of the interest on a document that was supplied before they were opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Insolvent {
    /// Interest stopped with the opening judgment: its day is the last that bears any.
    Stopped {
        /// The judgment's day.
        day: NaiveDate,
        /// The text of the law.
        law: String,
    },
    /// The law stops interest, but not where payment was deferred for as long as here.
    Deferred {
        /// The judgment's day.
        day: NaiveDate,
        /// The text of the law.
        law: String,
    },
    /// The law of the client's country is not known: interest is counted as if there were no proceedings.
    Unknown {
        /// The judgment's day.
        day: NaiveDate,
        /// ISO code of the country.
        country: String,
    },
}

impl Insolvent {
    /// Returns the day of the judgment that opened the proceedings.
    pub fn day(&self) -> NaiveDate {
        match self {
            Self::Stopped { day, .. } | Self::Deferred { day, .. } | Self::Unknown { day, .. } => {
                *day
            }
        }
    }
}

/// Interest and fixed indemnity of one document as of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// BT-1.
    pub number: String,
    /// The client's id.
    pub client: String,
    /// BT-5.
    pub currency: Currency,
    /// BT-9.
    pub due: Option<NaiveDate>,
    /// The day up to which interest is counted, included.
    pub to: NaiveDate,
    /// Days after the due date; 0 where it was never late.
    pub days: i64,
    /// The first day of delay: the first after the due date at whose beginning something undisputed was open. None: it was never late.
    pub since: Option<NaiveDate>,
    /// Where interest runs from a formal notice on: the day on which that was received, or sent where its receipt is not known.
    pub noticed: Option<NaiveDate>,
    /// Where more interest is due for it: the day on which an enforceable judgment was served.
    pub judged: Option<NaiveDate>,
    /// What of it is disputed, and bears no interest.
    pub disputed: Decimal,
    /// What of the document is left to pay.
    pub balance: Decimal,
    /// Why it bears none, where that is so.
    pub free: Option<Free>,
    /// What insolvency proceedings of the client make of the interest.
    pub insolvent: Option<Insolvent>,
    /// The rate for want of which nothing is counted from its half-year on.
    pub unknown: Option<Unknown>,
    /// How the interest came about.
    pub segments: Vec<Segment>,
    /// The sum of the segments, not rounded.
    pub exact: Decimal,
    /// The same, rounded once.
    pub interest: Decimal,
    /// What was given up of it, by an event or by a plan that is kept.
    pub interest_waived: Decimal,
    /// What was paid of it.
    pub interest_paid: Decimal,
    /// The fixed indemnity: once a document, from the first day of delay on.
    pub fee: Decimal,
    /// Its currency: the law's own where the law gives it.
    pub fee_currency: Currency,
    /// Why there is none, where it would have been owed.
    pub fee_lost: Option<Lost>,
    /// What was given up of it.
    pub fee_waived: Decimal,
    /// What was paid of it, in its currency.
    pub fee_paid: Decimal,
}

impl Claim {
    /// Returns the interest that is still to be claimed.
    pub fn interest_left(&self) -> Decimal {
        (self.interest - self.interest_waived - self.interest_paid).max(Decimal::ZERO)
    }

    /// Returns what is still to be claimed of the fixed indemnity.
    pub fn fee_left(&self) -> Decimal {
        (self.fee - self.fee_waived - self.fee_paid).max(Decimal::ZERO)
    }

    /// Tells whether there is or was anything to claim, or to be said of why there is not.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
            && self.fee.is_zero()
            && self.fee_lost.is_none()
            && !self.ends_early()
    }

    /// Returns the day on which interest stopped for good, where it did.
    pub fn stopped(&self) -> Option<(NaiveDate, &str)> {
        match &self.insolvent {
            Some(Insolvent::Stopped { day, law }) => Some((*day, law)),
            _ => None,
        }
    }

    /// Returns the last day of which is known what interest it bears; it is the day asked for, unless interest stopped or a rate is not
    /// known.
    pub fn counted_to(&self) -> NaiveDate {
        let known = self
            .unknown
            .as_ref()
            .map_or(self.to, |unknown| plus_days(unknown.half_year, -1));
        self.stopped().map_or(known, |(day, _)| day.min(known))
    }

    fn ends_early(&self) -> bool {
        self.unknown.is_some() || self.insolvent.is_some()
    }
}

/// Returns what a document's delay costs as of a day, which may lie after what the chronicle knows: then nothing more happens.
///
/// `regime` is the law of the document's seller's country ([`Document::seller`]), with the ledger's own values. A rate that is not known
/// is named in [`Claim::unknown`], and interest counted up to the day before its half-year.
pub fn claim(document: &Document, chronicle: &Chronicle, regime: &Regime, to: NaiveDate) -> Claim {
    let number = document.number.as_str();
    let terms = &document.terms;
    let law = regime.late(document.buyer.kind, document.issued);
    let mut claim = empty(document, to);
    let rate = match (terms.late_interest, law) {
        (Some(percent), _) => Some(Rate::Agreed(percent)),
        (None, Some(law)) => Some(Rate::Statutory(regime, law)),
        (None, None) => None,
    };
    let waits = law.is_some_and(|law| law.start == LateStart::Notice);
    claim.judged = chronicle.judged(number, to).filter(|_| waits);
    // A judgment is a demand at the latest.
    claim.noticed = chronicle
        .noticed(number, to)
        .filter(|_| waits)
        .into_iter()
        .chain(claim.judged)
        .min();
    claim.free = match (document.due, &rate) {
        _ if document.buyer.kind == ClientKind::Consumer && law.is_none() => Some(Free::Consumer),
        (None, _) => Some(Free::NoDebt),
        _ if chronicle.is_replaced(number, to) => Some(Free::Replaced),
        _ if waits && claim.noticed.is_none() => Some(Free::NoNotice),
        (Some(_), None) if terms.recovery_fee.is_none() => Some(Free::NoLaw),
        _ => None,
    };
    let (Some(due), None) = (document.due, claim.free) else {
        return claim;
    };
    // By the terms of what a corrective replaces, where it says so: a correction does not undo a delay.
    let before = terms.late_from.map_or(due, |day| plus_days(day, -1));
    let before = claim.noticed.map_or(before, |day| before.max(day));
    let owed = match terms.late_from {
        Some(_) => chronicle.balances_of_chain(number, before, due, to),
        None => chronicle.balances(number, before, to),
    };
    claim.balance = owed.last().map_or(Decimal::ZERO, |(_, balance)| *balance);
    claim.disputed = chronicle.disputed(number, to);
    let Some((before, debt)) = late_from(&owed, claim.disputed, to) else {
        return claim;
    };
    let since = plus_days(before, 1);
    claim.days = (to - due).num_days().max(0);
    claim.since = Some(since);
    claim.interest_paid = chronicle.paid(number, Part::Interest, to);
    claim.insolvent = insolvent(document, chronicle, regime, to)
        .filter(|insolvent| is_open_from(&owed, insolvent.day(), claim.disputed));
    let end = claim.stopped().map_or(to, |(day, _)| day.min(to));
    let plans = Plans::of(chronicle, number, to);
    let bearing = plans.without_rest(owed, claim.disputed);
    let digits = document.currency.digits();
    if let Some(rate) = &rate {
        let found = match raised(law, claim.judged) {
            Some((from, law)) if from <= end => {
                let day = plus_days(from.max(since), -1);
                let of = |since, to, rate: &Rate<'_>| {
                    late::interest(&bearing, since, to, rate, terms.day_count, digits)
                };
                let first = of(since, day, rate);
                let more = of(from.max(since), end, &Rate::Statutory(regime, &law));
                first.and(more, digits)
            }
            _ => late::interest(&bearing, since, end, rate, terms.day_count, digits),
        };
        (claim.segments, claim.exact, claim.interest) = (found.segments, found.exact, found.total);
        claim.unknown = found.unknown;
    }
    if let Some(fee) = terms.recovery_fee {
        // Frozen at issue on the whole of the document; where the law goes by the debt, on what of it became late.
        let statutory = law.filter(|law| law.fee_on(document.totals.owed) == fee);
        let lost = law.is_some_and(|law| law.fee_lost_in_insolvency)
            && proceedings(document, chronicle, to).is_some_and(|day| day < since);
        claim.fee_lost = lost.then_some(Lost::Insolvency);
        claim.fee = if lost {
            Decimal::ZERO
        } else {
            statutory.map_or(fee, |law| law.fee_on(debt))
        };
        claim.fee_paid = chronicle.paid(number, Part::Fee, to);
    }
    let mut waived = plans.waived(&claim.segments);
    for waiver in chronicle.waivers(number, to) {
        match waiver.amounts {
            Some((interest, fee)) => {
                waived += interest;
                claim.fee_waived += fee;
            }
            None => {
                waived = waived.max(up_to(&claim.segments, waiver.day));
                claim.fee_waived = claim.fee;
            }
        }
    }
    claim.interest_waived = round(waived, digits).min(claim.interest);
    claim.fee_waived = claim.fee_waived.min(claim.fee);
    claim
}

/// From when an enforceable judgment raises the interest, and the law that gives it then: a period of months after a day ends with the day of
/// the same number (CPC art. 641 and 642 without what they say of holidays).
fn raised(law: Option<&Late>, judged: Option<NaiveDate>) -> Option<(NaiveDate, Late)> {
    let law = law?;
    let rule = law.enforceable.as_ref()?;
    let last = judged?.checked_add_months(Months::new(rule.months))?;
    let mut more = law.clone();
    more.points += rule.points;
    more.source = format!("{}; {}", law.source, rule.source);
    Some((plus_days(last, 1), more))
}

/// Returns the day before the first day of delay, and what was open then: a debt that is open at the end of its due day is late from
/// the next day on, and so is one that was paid in time and is open again because the money was taken back.
fn late_from(
    owed: &[(NaiveDate, Decimal)],
    disputed: Decimal,
    to: NaiveDate,
) -> Option<(NaiveDate, Decimal)> {
    owed.iter()
        .copied()
        .find(|(day, balance)| *day < to && *balance > disputed)
}

/// Tells whether anything undisputed was open at the end of a day or of a later one.
fn is_open_from(owed: &[(NaiveDate, Decimal)], day: NaiveDate, disputed: Decimal) -> bool {
    let before = owed.iter().rev().find(|(at, _)| *at <= day);
    owed.iter()
        .filter(|(at, _)| *at > day)
        .chain(before)
        .any(|(_, balance)| *balance > disputed)
}

/// Returns the day of the judgment that opened proceedings against the client, where a document belongs to them: what was supplied on that
/// day or later is paid when it falls due (C. com. art. L622-17).
fn proceedings(document: &Document, chronicle: &Chronicle, to: NaiveDate) -> Option<NaiveDate> {
    chronicle
        .insolvent(&document.buyer.client, to)
        .filter(|day| document.supplied < *day)
}

/// What the proceedings of the client make of the interest on what was supplied before them. The law of the client's country decides
/// (in the EU by article 7 of regulation 2015/848), not that of the contract.
fn insolvent(
    document: &Document,
    chronicle: &Chronicle,
    regime: &Regime,
    to: NaiveDate,
) -> Option<Insolvent> {
    let day = proceedings(document, chronicle, to)?;
    let country = Some(&document.buyer.address.country)
        .filter(|country| !country.is_empty())
        .unwrap_or(&regime.country);
    let own = if *country == regime.country {
        regime
    } else {
        built_in(country)
    };
    let Some(rule) = own.insolvency.as_ref().filter(|rule| rule.from <= day) else {
        return Some(Insolvent::Unknown {
            day,
            country: country.clone(),
        });
    };
    let law = rule.source.clone();
    let is_deferred = |months| {
        let late = |from: NaiveDate, due: NaiveDate| {
            from.checked_add_months(Months::new(months))
                .is_some_and(|day| day <= due)
        };
        let plans = chronicle.plans(document.number.as_str(), day);
        let own = document.terms.late_from.map(|day| plus_days(day, -1));
        own.or(document.due)
            .is_some_and(|due| late(document.supplied, due))
            || plans.iter().any(|(plan, _)| {
                plan.instalments
                    .iter()
                    .any(|part| late(plan.agreed, part.due))
            })
    };
    match (rule.interest, rule.unless_deferred_months) {
        (InterestAfter::Runs, _) => None,
        (InterestAfter::Stops, Some(months)) if is_deferred(months) => {
            Some(Insolvent::Deferred { day, law })
        }
        (InterestAfter::Stops, _) => Some(Insolvent::Stopped { day, law }),
    }
}

/// Returns what is left to claim of several documents: per currency the interest and the indemnities, in the order of currencies.
pub fn sums(claims: &[Claim]) -> Vec<(Currency, Decimal, Decimal)> {
    let mut sums: BTreeMap<Currency, (Decimal, Decimal)> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| !claim.is_empty()) {
        sums.entry(claim.currency).or_default().0 += claim.interest_left();
        sums.entry(claim.fee_currency).or_default().1 += claim.fee_left();
    }
    sums.into_iter()
        .map(|(currency, (interest, fee))| (currency, interest, fee))
        .collect()
}

fn empty(document: &Document, to: NaiveDate) -> Claim {
    Claim {
        number: document.number.to_string(),
        client: document.buyer.client.clone(),
        currency: document.currency,
        due: document.due,
        to,
        days: 0,
        since: None,
        noticed: None,
        judged: None,
        disputed: Decimal::ZERO,
        balance: Decimal::ZERO,
        free: None,
        insolvent: None,
        unknown: None,
        segments: Vec::new(),
        exact: Decimal::ZERO,
        interest: Decimal::ZERO,
        interest_waived: Decimal::ZERO,
        interest_paid: Decimal::ZERO,
        fee: Decimal::ZERO,
        fee_currency: document.terms.fee_currency,
        fee_lost: None,
        fee_waived: Decimal::ZERO,
        fee_paid: Decimal::ZERO,
    }
}

/// Returns the interest of the days up to and including one, not rounded.
fn up_to(segments: &[Segment], day: NaiveDate) -> Decimal {
    let part = |segment: &Segment| {
        let days = (day.min(segment.to) - segment.from).num_days() + 1;
        segment.interest * Decimal::from(days.max(0)) / Decimal::from(segment.days)
    };
    segments.iter().map(part).sum()
}

/// What plans make of a document's interest.
struct Plans {
    /// Days after the first up to and including the last bear none: a plan suspended interest, and was kept.
    rests: Vec<(NaiveDate, NaiveDate)>,
    /// A plan that is kept gave up all interest up to and including this day.
    given_up: Option<NaiveDate>,
}

impl Plans {
    fn of(chronicle: &Chronicle, number: &str, to: NaiveDate) -> Self {
        let mut plans = Self {
            rests: Vec::new(),
            given_up: None,
        };
        for (plan, end) in chronicle.plans(number, to) {
            match (plan.interest, end) {
                // The clock stands still from the agreement until a part is missed or another plan takes its place.
                (PlanInterest::Suspended, end) => {
                    plans
                        .rests
                        .push((plan.agreed, end.map_or(to, |(day, _)| day)));
                }
                // Given up on condition: a plan that was broken gives nothing up.
                (PlanInterest::Runs, _) | (PlanInterest::Waived, Some((_, true))) => {}
                (PlanInterest::Waived, end) => {
                    plans.given_up = plans.given_up.max(Some(end.map_or(to, |(day, _)| day)));
                }
            }
        }
        plans
    }

    /// Takes what is disputed off each balance, and all of it while interest rests.
    fn without_rest(
        &self,
        owed: Vec<(NaiveDate, Decimal)>,
        disputed: Decimal,
    ) -> Vec<(NaiveDate, Decimal)> {
        let Some((first, _)) = owed.first().copied() else {
            return owed;
        };
        let edges = self
            .rests
            .iter()
            .flat_map(|(from, to)| [*from, *to])
            .filter(|day| *day > first);
        let days: BTreeSet<NaiveDate> = owed.iter().map(|(day, _)| *day).chain(edges).collect();
        let bearing = |day: NaiveDate| {
            // The balance at the end of a day bears interest on the next.
            let next = plus_days(day, 1);
            let rests = self
                .rests
                .iter()
                .any(|(from, to)| *from < next && next <= *to);
            let balance = owed
                .iter()
                .rev()
                .find(|(at, _)| *at <= day)
                .map_or(Decimal::ZERO, |(_, balance)| *balance);
            if rests {
                Decimal::ZERO
            } else {
                (balance - disputed).max(Decimal::ZERO)
            }
        };
        days.into_iter().map(|day| (day, bearing(day))).collect()
    }

    fn waived(&self, segments: &[Segment]) -> Decimal {
        self.given_up
            .map_or(Decimal::ZERO, |day| up_to(segments, day))
    }
}
