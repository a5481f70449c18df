//! Plans of instalments: how a sum is cut into parts, and which part of each document falls due when.
//!
//! Derived from balances alone: what came in, whatever way, met the earliest parts. So the order of payments does not matter.

use crate::ledger::words::words;
use std::collections::HashSet;

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;

use crate::ledger::amount::round;
use crate::ledger::date::plus_days;
use crate::ledger::plan::{Instalment, Plan};

words! {
    /// How far apart instalments are.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Every {
        /// Seven days.
        Week = "week",
        /// A month: the same day, or the last where a month is shorter.
        Month = "month",
        /// Three months.
        Quarter = "quarter",
    }
}

impl Every {
    /// Returns the day `count` steps after the first.
    pub fn after(self, first: NaiveDate, count: u32) -> NaiveDate {
        let months = |count: u32| {
            first
                .checked_add_months(Months::new(count))
                .unwrap_or(first)
        };
        match self {
            Self::Week => plus_days(first, i64::from(count) * 7),
            Self::Month => months(count),
            Self::Quarter => months(count.saturating_mul(3)),
        }
    }
}

/// Cuts a sum into equal parts, rounded to `digits`; the last takes the rest.
pub fn equal(
    total: Decimal,
    parts: u32,
    every: Every,
    first: NaiveDate,
    digits: u32,
) -> Vec<Instalment> {
    let each = round(total / Decimal::from(parts.max(1)), digits);
    let mut left = total;
    (0..parts)
        .map(|index| {
            let amount = if index + 1 == parts { left } else { each };
            left -= amount;
            Instalment {
                due: every.after(first, index),
                amount,
            }
        })
        .collect()
}

/// What of one document falls due when, by its plan: the parts not met yet, the earliest first. They sum to its balance, but for
/// what is disputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The plan, by its place among the books' plans.
    pub plan: usize,
    /// Day and amount.
    pub parts: Vec<(NaiveDate, Decimal)>,
}

impl Schedule {
    /// Returns what is past on a day; the due day itself is not.
    pub fn late(&self, today: NaiveDate) -> Decimal {
        self.parts
            .iter()
            .filter(|(due, _)| *due < today)
            .map(|(_, amount)| *amount)
            .sum()
    }

    /// Returns what is asked for on a day: what is late, else the part that comes next.
    pub fn asked(&self, today: NaiveDate) -> Decimal {
        let late = self.late(today);
        if late > Decimal::ZERO {
            late
        } else {
            self.parts
                .first()
                .map_or(Decimal::ZERO, |(_, amount)| *amount)
        }
    }

    /// Returns the due date of the earliest part that is not met.
    pub fn due(&self) -> Option<NaiveDate> {
        self.parts.first().map(|(due, _)| *due)
    }
}

/// Puts plans in the order in which they were agreed; tells of each whether it counts, or another has replaced it.
pub fn counting(plans: &mut [Plan]) -> Vec<bool> {
    plans.sort_by(|a, b| (a.agreed, &a.number).cmp(&(b.agreed, &b.number)));
    let replaced: HashSet<&String> = plans
        .iter()
        .filter_map(|plan| plan.replaces.as_ref())
        .collect();
    plans
        .iter()
        .map(|plan| !replaced.contains(&plan.number))
        .collect()
}

/// Returns the due day of the earliest part of a plan that was missed: at the end of that day, or later where money was taken back, more
/// was left of the plan's documents than the later parts come to. What comes in afterwards does not mend it: only another plan does.
///
/// `left` is what was left of the documents together at the end of each part's day and of each day on which that changed, in any order.
/// The due day itself is not late yet.
pub fn missed(
    instalments: &[Instalment],
    left: &[(NaiveDate, Decimal)],
    today: NaiveDate,
) -> Option<NaiveDate> {
    let mut dues: Vec<NaiveDate> = instalments
        .iter()
        .map(|part| part.due)
        .filter(|due| *due < today)
        .collect();
    dues.sort_unstable();
    dues.into_iter().find(|due| {
        let to_come: Decimal = instalments
            .iter()
            .filter(|part| part.due > *due)
            .map(|part| part.amount)
            .sum();
        left.iter().any(|(day, left)| day >= due && *left > to_come)
    })
}

/// Returns the parts of a plan that are not met yet, of what is left of its documents. More left than was agreed falls due with the
/// first part. `accelerated`: a part was missed on that day, and the plan makes the whole due with it.
pub fn unmet(
    instalments: &[Instalment],
    left: Decimal,
    accelerated: Option<NaiveDate>,
) -> Vec<(NaiveDate, Decimal)> {
    if let Some(day) = accelerated {
        return if left > Decimal::ZERO {
            vec![(day, left)]
        } else {
            Vec::new()
        };
    }
    let mut sorted = instalments.to_vec();
    sorted.sort_by_key(|part| part.due);
    let mut met = sorted.iter().map(|part| part.amount).sum::<Decimal>() - left;
    let mut parts: Vec<(NaiveDate, Decimal)> = Vec::new();
    for part in sorted {
        let paid = met.min(part.amount);
        met -= paid;
        if part.amount > paid {
            parts.push((part.due, part.amount - paid));
            // Below zero: more is left than was agreed, and it went with the first part.
            met = met.max(Decimal::ZERO);
        }
    }
    parts
}

/// Gives the parts of a plan to its documents, one document after the other.
pub fn spread(
    parts: &[(NaiveDate, Decimal)],
    balances: &[Decimal],
) -> Vec<Vec<(NaiveDate, Decimal)>> {
    let mut rest = parts.iter().copied().peekable();
    let mut spread = Vec::with_capacity(balances.len());
    for balance in balances {
        let (mut open, mut own) = (*balance, Vec::new());
        while open > Decimal::ZERO {
            let Some((due, amount)) = rest.peek_mut() else {
                break;
            };
            let taken = open.min(*amount);
            own.push((*due, taken));
            open -= taken;
            *amount -= taken;
            if amount.is_zero() {
                rest.next();
            }
        }
        spread.push(own);
    }
    spread
}

/// Takes what is disputed off the parts, from the last on.
pub fn without(parts: &mut Vec<(NaiveDate, Decimal)>, mut disputed: Decimal) {
    while disputed > Decimal::ZERO {
        let Some((_, amount)) = parts.last_mut() else {
            break;
        };
        let taken = disputed.min(*amount);
        *amount -= taken;
        disputed -= taken;
        if amount.is_zero() {
            parts.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn plan() -> Vec<Instalment> {
        equal(d("100"), 3, Every::Month, day("2026-01-31"), 2)
    }

    #[test]
    fn the_last_part_takes_the_rest_and_short_months_their_last_day() {
        let parts: Vec<(String, Decimal)> = plan()
            .iter()
            .map(|part| (part.due.to_string(), part.amount))
            .collect();
        assert_eq!(
            parts,
            [
                ("2026-01-31".into(), d("33.33")),
                ("2026-02-28".into(), d("33.33")),
                ("2026-03-31".into(), d("33.34"))
            ]
        );
    }

    #[test]
    fn what_came_in_met_the_earliest_parts() {
        assert_eq!(
            unmet(&plan(), d("60"), None),
            [
                (day("2026-02-28"), d("26.66")),
                (day("2026-03-31"), d("33.34"))
            ]
        );
        assert_eq!(unmet(&plan(), d("0"), None), []);
        // More than was agreed: with the first part.
        assert_eq!(
            unmet(&plan(), d("110"), None)[0],
            (day("2026-01-31"), d("43.33"))
        );
        let missed = Some(day("2026-01-31"));
        assert_eq!(
            unmet(&plan(), d("60"), missed),
            [(day("2026-01-31"), d("60"))]
        );
        assert_eq!(unmet(&plan(), d("0"), missed), []);
    }

    #[test]
    fn a_missed_part_stays_missed() {
        let on = |left: &[(&str, &str)], today: &str| {
            let left: Vec<_> = left
                .iter()
                .map(|(at, amount)| (day(at), d(amount)))
                .collect();
            missed(&plan(), &left, day(today)).map(|day| day.to_string())
        };
        let first = Some("2026-01-31".to_owned());
        // In time, and on the last day.
        assert_eq!(
            on(
                &[("2026-01-31", "66.67"), ("2026-02-28", "66.67")],
                "2026-02-28"
            ),
            None
        );
        assert_eq!(on(&[("2026-01-31", "100")], "2026-01-31"), None);
        assert_eq!(on(&[("2026-01-31", "100")], "2026-02-01"), first);
        // Paid a day late, then all of it.
        assert_eq!(
            on(
                &[
                    ("2026-01-31", "100"),
                    ("2026-02-01", "66.67"),
                    ("2026-02-10", "0")
                ],
                "2026-03-01"
            ),
            first
        );
        // Paid in time, and taken back.
        assert_eq!(
            on(
                &[
                    ("2026-01-31", "66.67"),
                    ("2026-02-05", "100"),
                    ("2026-02-06", "60")
                ],
                "2026-02-10"
            ),
            first
        );
        // The second alone.
        let second = Some("2026-02-28".to_owned());
        assert_eq!(
            on(
                &[("2026-01-31", "66.67"), ("2026-02-28", "33.35")],
                "2026-03-01"
            ),
            second
        );
    }

    #[test]
    fn documents_take_the_parts_one_after_the_other() {
        let parts = unmet(&plan(), d("100"), None);
        let spread = spread(&parts, &[d("40"), d("60")]);
        assert_eq!(
            spread[0],
            [
                (day("2026-01-31"), d("33.33")),
                (day("2026-02-28"), d("6.67"))
            ]
        );
        assert_eq!(
            spread[1],
            [
                (day("2026-02-28"), d("26.66")),
                (day("2026-03-31"), d("33.34"))
            ]
        );
        let mut rest = spread[1].clone();
        without(&mut rest, d("40"));
        assert_eq!(rest, [(day("2026-02-28"), d("20.00"))]);
    }
}
