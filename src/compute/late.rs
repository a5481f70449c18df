//! Late interest, by law or by contract: piecewise by half-year and by balance, rounded once, at the end.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::diagnostic::Diagnostic;
use crate::ledger::amount::round;
use crate::ledger::date::{half_year, plus_days};
use crate::regime::{Late, LateMode, Regime};

/// A stretch of days with one balance and one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
    /// Days from first to last.
    pub days: i64,
    /// What was owed, VAT included.
    pub balance: Decimal,
    /// Percent a year.
    pub rate: Decimal,
    /// Balance × rate × days ÷ (100 × days of a year); not rounded.
    pub interest: Decimal,
}

/// Interest up to a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interest {
    /// How it came about.
    pub segments: Vec<Segment>,
    /// The sum, rounded once.
    pub total: Decimal,
}

/// Which rate runs.
pub enum Rate<'a> {
    /// An agreed percentage a year.
    Agreed(Decimal),
    /// What the law gives.
    Statutory(&'a Regime, &'a Late),
}

/// Returns the statutory rate in percent a year for a debt of a day: the reference rate of its half-year plus the points.
///
/// # Errors
/// `LAW-UNKNOWN` where that half-year's rate is not known.
pub fn statutory_rate(regime: &Regime, law: &Late, day: NaiveDate) -> Result<Decimal, Diagnostic> {
    regime.reference_rate(&law.reference, half_year(day)).map(|rate| rate + law.points)
}

/// Works out the interest on a debt from the day after `due` up to and including `as_of`.
///
/// `balances` are (day, balance from the day after it on), in order, the first at or before `due`: a payment's own day still bears
/// interest on the old balance (INVOICING-LAW §2.3).
///
/// # Errors
/// `LAW-UNKNOWN` where a half-year's rate is not known.
pub fn interest(
    balances: &[(NaiveDate, Decimal)],
    due: NaiveDate,
    as_of: NaiveDate,
    rate: &Rate<'_>,
    day_count: u32,
    digits: u32,
) -> Result<Interest, Diagnostic> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut from = plus_days(due, 1);
    while from <= as_of {
        let balance = balances.iter().rev().find(|(day, _)| *day < from).map_or(Decimal::ZERO, |(_, balance)| *balance);
        let change = balances.iter().map(|(day, _)| *day).find(|day| *day >= from);
        let mut to = as_of.min(change.unwrap_or(as_of));
        let percent = match rate {
            Rate::Agreed(percent) => *percent,
            Rate::Statutory(regime, law) => {
                let deciding = if law.mode == LateMode::FixedAtStart { plus_days(due, 1) } else { from };
                if law.mode == LateMode::Piecewise {
                    to = to.min(end_of_half_year(from));
                }
                if balance > Decimal::ZERO { statutory_rate(regime, law, deciding)? } else { Decimal::ZERO }
            }
        };
        if balance > Decimal::ZERO {
            let days = (to - from).num_days() + 1;
            let year = Decimal::ONE_HUNDRED * Decimal::from(day_count);
            let interest = balance * percent * Decimal::from(days) / year;
            segments.push(Segment { from, to, days, balance, rate: percent, interest });
        }
        from = plus_days(to, 1);
    }
    let total = round(segments.iter().map(|segment| segment.interest).sum(), digits);
    Ok(Interest { segments, total })
}

/// Returns 30 June or 31 December.
fn end_of_half_year(day: NaiveDate) -> NaiveDate {
    plus_days(half_year(plus_days(half_year(day), 190)), -1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::ledger::amount::fixed;
    use crate::ledger::date::parse;
    use crate::ledger::party::ClientKind;

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn french(balances: &[(&str, &str)], due: &str, as_of: &str) -> Interest {
        let regime = crate::regime::of("FR", &[], &mut Diagnostics::default());
        let law = regime.late(ClientKind::Business, day(due)).unwrap();
        let balances: Vec<_> = balances.iter().map(|(at, balance)| (day(at), d(balance))).collect();
        interest(&balances, day(due), day(as_of), &Rate::Statutory(&regime, law), 365, 2).unwrap()
    }

    /// law/vectors.py: 1200 € due on 2026-05-31, unpaid on 2026-08-31.
    #[test]
    fn the_french_vector_holds() {
        let interest = french(&[("2026-05-01", "1200")], "2026-05-31", "2026-08-31");
        let shown: Vec<_> = interest.segments.iter().map(|s| (s.days, s.rate, fixed(s.interest, 4))).collect();
        assert_eq!(shown, [(30, d("12.15"), "11.9836".into()), (62, d("12.40"), "25.2756".into())]);
        assert_eq!(interest.total, d("37.26"));
    }

    /// law/vectors.py: 10 000 € due on 2026-05-01, 4 000 paid on 2026-07-01.
    #[test]
    fn a_payment_changes_the_balance_from_the_next_day() {
        let interest = french(&[("2026-04-01", "10000"), ("2026-07-01", "6000")], "2026-05-01", "2026-09-03");
        let shown: Vec<_> = interest.segments.iter().map(|s| (s.days, fixed(s.interest, 4))).collect();
        assert_eq!(shown, [(60, "199.7260".into()), (1, "3.3973".into()), (64, "130.4548".into())]);
        assert_eq!(interest.total, d("333.58"));
    }

    /// law/vectors.py: Germany 1000 € (Basiszinssatz + 9), United Kingdom £5000 at 11.75 for 30 days.
    #[test]
    fn other_rates_hold() {
        let parts = [("1000", "10.27", 30), ("1000", "10.52", 62)];
        let sum: Decimal = parts.iter().map(|(p, r, n)| d(p) * d(r) * Decimal::from(*n) / d("36500")).sum();
        assert_eq!(round(sum, 2), d("26.31"));
        let agreed = Rate::Agreed(d("11.75"));
        let british =
            interest(&[(day("2026-01-01"), d("5000"))], day("2026-01-31"), day("2026-03-02"), &agreed, 365, 2);
        assert_eq!(british.unwrap().total, d("48.29"));
    }

    #[test]
    fn nothing_runs_before_the_due_date_or_on_nothing() {
        assert_eq!(french(&[("2026-01-01", "1200")], "2026-05-31", "2026-05-31").total, Decimal::ZERO);
        assert!(french(&[("2026-01-01", "0")], "2026-05-31", "2026-08-31").segments.is_empty());
    }

    #[test]
    fn an_unknown_half_year_is_an_error() {
        let regime = crate::regime::of("FR", &[], &mut Diagnostics::default());
        let law = regime.late(ClientKind::Business, day("2026-12-01")).unwrap();
        let balances = [(day("2026-12-01"), d("100"))];
        let rate = Rate::Statutory(&regime, law);
        assert!(interest(&balances, day("2026-12-01"), day("2026-12-31"), &rate, 365, 2).is_ok());
        assert!(interest(&balances, day("2026-12-01"), day("2027-01-01"), &rate, 365, 2).is_err());
    }
}
