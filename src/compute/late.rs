//! Late interest, by law or by contract: piecewise by half-year and by balance, rounded once, at the end.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::diagnostic::Diagnostic;
use crate::ledger::amount::round;
use crate::ledger::date::{half_year, plus_days};
use crate::regime::{Late, LateMode, Regime, unknown_rate};

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
    /// Where the rate comes from.
    pub basis: Basis,
    /// Balance × rate × days ÷ (100 × days of a year); not rounded.
    pub interest: Decimal,
}

/// Where a rate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The document's own terms.
    Agreed,
    /// The law: a reference rate and points on top. The documents of a ledger share few of them.
    Statutory(Arc<Statutory>),
}

/// A rate of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statutory {
    /// The half-year whose rate it is.
    pub half_year: NaiveDate,
    /// The reference rate's series.
    pub series: String,
    /// The reference rate, in percent.
    pub reference: Decimal,
    /// The reference rate as the law takes it, which may round it up.
    pub taken: Decimal,
    /// Points on top, in percent.
    pub points: Decimal,
    /// The text of the law.
    pub law: String,
    /// Where the reference rate is published.
    pub source: String,
    /// Whether the reference rate was taken from memory.
    pub unconfirmed: bool,
}

/// A reference rate that is not known: interest is counted up to the day before its half-year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The reference rate's series.
    pub series: String,
    /// The first day of the half-year.
    pub half_year: NaiveDate,
}

impl Unknown {
    /// Returns what is said of it: an error that names the rate and how to add it.
    pub fn problem(&self) -> Diagnostic {
        unknown_rate(&self.series, self.half_year)
    }
}

/// Interest up to a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interest {
    /// How it came about.
    pub segments: Vec<Segment>,
    /// The sum before rounding.
    pub exact: Decimal,
    /// The sum, rounded once.
    pub total: Decimal,
    /// The first rate that was needed and is not known: nothing is counted from its half-year on.
    pub unknown: Option<Unknown>,
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
    regime
        .reference_rate(&law.reference, half_year(day))
        .map(|rate| law.taken(rate) + law.points)
}

/// Works out the interest on a debt from its first day of delay up to and including `as_of`.
///
/// `balances` are (day, balance from the day after it on), in order: the day of a payment still bears interest on the old balance
/// (INVOICING-LAW §2.3). `since` is the first day of delay, on which the rate depends where the law fixes it there. Where the rate of a
/// half-year is not known, the days before it are counted and [`Interest::unknown`] names it.
pub fn interest(
    balances: &[(NaiveDate, Decimal)],
    since: NaiveDate,
    as_of: NaiveDate,
    rate: &Rate<'_>,
    day_count: u32,
    digits: u32,
) -> Interest {
    let mut segments: Vec<Segment> = Vec::new();
    let mut unknown = None;
    let mut from = since;
    while from <= as_of {
        let balance = balances
            .iter()
            .rev()
            .find(|(day, _)| *day < from)
            .map_or(Decimal::ZERO, |(_, balance)| *balance);
        let change = balances
            .iter()
            .map(|(day, _)| *day)
            .find(|day| *day >= from);
        let mut to = as_of.min(change.unwrap_or(as_of));
        if let Rate::Statutory(
            _,
            Late {
                mode: LateMode::Piecewise,
                ..
            },
        ) = rate
        {
            to = to.min(end_of_half_year(from));
        }
        if balance > Decimal::ZERO {
            let (percent, basis) = match rate.on(from, since) {
                Ok(found) => found,
                Err(missing) => {
                    unknown = Some(missing);
                    break;
                }
            };
            let days = (to - from).num_days() + 1;
            let year = Decimal::ONE_HUNDRED * Decimal::from(day_count);
            let interest = balance * percent * Decimal::from(days) / year;
            segments.push(Segment {
                from,
                to,
                days,
                balance,
                rate: percent,
                basis,
                interest,
            });
        }
        from = plus_days(to, 1);
    }
    let exact = segments.iter().map(|segment| segment.interest).sum();
    Interest {
        segments,
        exact,
        total: round(exact, digits),
        unknown,
    }
}

impl Interest {
    /// Adds the interest of days that follow; nothing follows a day whose rate is not known.
    #[must_use]
    pub fn and(mut self, later: Self, digits: u32) -> Self {
        if self.unknown.is_some() {
            return self;
        }
        self.segments.extend(later.segments);
        self.exact += later.exact;
        self.total = round(self.exact, digits);
        self.unknown = later.unknown;
        self
    }
}

impl Rate<'_> {
    /// Returns the percentage of a day, and where it comes from; `start` is the first day of delay.
    fn on(&self, day: NaiveDate, start: NaiveDate) -> Result<(Decimal, Basis), Unknown> {
        let (regime, law) = match self {
            Self::Agreed(percent) => return Ok((*percent, Basis::Agreed)),
            Self::Statutory(regime, law) => (regime, law),
        };
        let half_year = half_year(if law.mode == LateMode::FixedAtStart {
            start
        } else {
            day
        });
        let unknown = || Unknown {
            series: law.reference.clone(),
            half_year,
        };
        let reference = regime
            .known_reference(&law.reference, half_year)
            .ok_or_else(unknown)?;
        let basis = Basis::Statutory(Arc::new(Statutory {
            half_year,
            series: law.reference.clone(),
            reference: reference.percent,
            taken: law.taken(reference.percent),
            points: law.points,
            law: law.source.clone(),
            source: reference.source.to_owned(),
            unconfirmed: reference.unconfirmed,
        }));
        Ok((law.taken(reference.percent) + law.points, basis))
    }
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
        let balances: Vec<_> = balances
            .iter()
            .map(|(at, balance)| (day(at), d(balance)))
            .collect();
        interest(
            &balances,
            after(due),
            day(as_of),
            &Rate::Statutory(&regime, law),
            365,
            2,
        )
    }

    /// The first day of delay of what was open on its due day.
    fn after(due: &str) -> NaiveDate {
        plus_days(day(due), 1)
    }

    /// law/vectors.py: 1200 € due on 2026-05-31, unpaid on 2026-08-31.
    #[test]
    fn the_french_vector_holds() {
        let interest = french(&[("2026-05-01", "1200")], "2026-05-31", "2026-08-31");
        let shown: Vec<_> = interest
            .segments
            .iter()
            .map(|s| (s.days, s.rate, fixed(s.interest, 4)))
            .collect();
        assert_eq!(
            shown,
            [
                (30, d("12.15"), "11.9836".into()),
                (62, d("12.40"), "25.2756".into())
            ]
        );
        assert_eq!(interest.total, d("37.26"));
    }

    /// law/vectors.py: 10 000 € due on 2026-05-01, 4 000 paid on 2026-07-01.
    #[test]
    fn a_payment_changes_the_balance_from_the_next_day() {
        let interest = french(
            &[("2026-04-01", "10000"), ("2026-07-01", "6000")],
            "2026-05-01",
            "2026-09-03",
        );
        let shown: Vec<_> = interest
            .segments
            .iter()
            .map(|s| (s.days, fixed(s.interest, 4)))
            .collect();
        assert_eq!(
            shown,
            [
                (60, "199.7260".into()),
                (1, "3.3973".into()),
                (64, "130.4548".into())
            ]
        );
        assert_eq!(interest.total, d("333.58"));
    }

    fn by_law(country: &str, debt: &str, due: &str, as_of: &str) -> Interest {
        let regime = crate::regime::of(country, &[], &mut Diagnostics::default());
        let law = regime.late(ClientKind::Business, day(due)).unwrap();
        interest(
            &[(day(due), d(debt))],
            after(due),
            day(as_of),
            &Rate::Statutory(&regime, law),
            365,
            2,
        )
    }

    /// law/vectors.py: Germany 1000 EUR (Basiszinssatz + 9), United Kingdom 5000 GBP at 11.75 for 30 days.
    #[test]
    fn other_rates_hold() {
        let german = by_law("DE", "1000", "2026-05-31", "2026-08-31");
        let shown: Vec<_> = german.segments.iter().map(|s| (s.days, s.rate)).collect();
        assert_eq!(
            (shown, german.total),
            (vec![(30, d("10.27")), (62, d("10.52"))], d("26.31"))
        );
        let british = by_law("GB", "5000", "2026-07-31", "2026-08-30");
        assert_eq!(
            (british.segments[0].rate, british.total),
            (d("11.75"), d("48.29"))
        );
        let agreed = Rate::Agreed(d("11.75"));
        let agreed = interest(
            &[(day("2026-01-01"), d("5000"))],
            day("2026-02-01"),
            day("2026-03-02"),
            &agreed,
            365,
            2,
        );
        assert_eq!(agreed.total, d("48.29"));
    }

    /// INVOICING-LAW §2.5, every half-year with a known rate.
    #[test]
    fn every_statutory_rate_is_that_of_the_table() {
        let days = [
            "2023-01-01",
            "2023-07-01",
            "2024-01-01",
            "2024-07-01",
            "2025-01-01",
            "2025-07-01",
            "2026-01-01",
            "2026-07-01",
        ];
        for (country, rates) in [
            (
                "FR",
                [
                    "12.50", "14.00", "14.50", "14.25", "13.15", "12.15", "12.15", "12.40",
                ],
            ),
            (
                "ES",
                [
                    "10.50", "12.00", "12.50", "12.25", "11.15", "10.15", "10.15", "10.40",
                ],
            ),
            (
                "DE",
                [
                    "10.62", "12.12", "12.62", "12.37", "11.27", "10.27", "10.27", "10.52",
                ],
            ),
            (
                "GB",
                [
                    "11.50", "13.00", "13.25", "13.25", "12.75", "12.25", "11.75", "11.75",
                ],
            ),
        ] {
            let regime = crate::regime::of(country, &[], &mut Diagnostics::default());
            for (at, rate) in days.iter().zip(rates) {
                let law = regime.late(ClientKind::Business, day(at)).unwrap();
                assert_eq!(
                    statutory_rate(&regime, law, day(at)).unwrap(),
                    d(rate),
                    "{country} {at}"
                );
            }
        }
    }

    /// INVOICING-LAW §2.3: by half-years for French businesses, fixed at the first day of delay for public bodies and in Britain.
    #[test]
    fn a_rate_is_fixed_where_the_law_fixes_it() {
        let regime = crate::regime::of("FR", &[], &mut Diagnostics::default());
        let law = regime.late(ClientKind::Public, day("2026-05-31")).unwrap();
        let rate = Rate::Statutory(&regime, law);
        let debt = [(day("2026-05-31"), d("1200"))];
        let public = interest(&debt, day("2026-06-01"), day("2026-08-31"), &rate, 365, 2);
        let shown: Vec<_> = public.segments.iter().map(|s| (s.days, s.rate)).collect();
        assert_eq!(shown, [(92, d("10.15"))]);
        // Late from 1 July on: the rate of the second half-year.
        let public = interest(&debt, day("2026-07-01"), day("2026-08-31"), &rate, 365, 2);
        assert_eq!(public.segments[0].rate, d("10.40"));
        assert_eq!(
            by_law("GB", "1000", "2025-12-31", "2026-08-31")
                .segments
                .len(),
            1
        );
    }

    /// What runs up to a day and what runs after it make what runs over both, before rounding.
    #[test]
    fn interest_before_rounding_is_additive_over_periods() {
        let whole = french(
            &[("2026-04-01", "9999.99"), ("2026-07-04", "123.45")],
            "2026-05-01",
            "2026-12-31",
        );
        for cut in [
            "2026-05-01",
            "2026-05-02",
            "2026-06-30",
            "2026-07-01",
            "2026-07-04",
            "2026-07-05",
            "2026-12-30",
        ] {
            let before = french(
                &[("2026-04-01", "9999.99"), ("2026-07-04", "123.45")],
                "2026-05-01",
                cut,
            );
            let after = french(
                &[("2026-04-01", "9999.99"), ("2026-07-04", "123.45")],
                cut,
                "2026-12-31",
            );
            let difference = whole.exact - before.exact - after.exact;
            assert!(
                difference.abs() < d("0.000000000000000001"),
                "{cut}: {difference}"
            );
        }
    }

    #[test]
    fn nothing_runs_before_the_due_date_or_on_nothing() {
        assert_eq!(
            french(&[("2026-01-01", "1200")], "2026-05-31", "2026-05-31").total,
            Decimal::ZERO
        );
        assert!(
            french(&[("2026-01-01", "0")], "2026-05-31", "2026-08-31")
                .segments
                .is_empty()
        );
    }

    /// Interest is counted to the last day whose rate is known, and the missing half-year is named.
    #[test]
    fn an_unknown_half_year_ends_what_is_counted() {
        let regime = crate::regime::of("FR", &[], &mut Diagnostics::default());
        let law = regime
            .late(ClientKind::Business, day("2026-12-01"))
            .unwrap();
        let balances = [(day("2026-12-01"), d("100"))];
        let rate = Rate::Statutory(&regime, law);
        let known = interest(
            &balances,
            day("2026-12-02"),
            day("2026-12-31"),
            &rate,
            365,
            2,
        );
        assert_eq!((known.segments.len(), &known.unknown), (1, &None));
        let further = interest(
            &balances,
            day("2026-12-02"),
            day("2027-03-01"),
            &rate,
            365,
            2,
        );
        let missing = Unknown {
            series: "ecb-refi".into(),
            half_year: day("2027-01-01"),
        };
        assert_eq!(
            (&further.segments, further.unknown),
            (&known.segments, Some(missing.clone()))
        );
        assert!(missing.problem().hint.unwrap().contains("2027-01-01"));
        // A debt that is paid before the half-year begins needs no rate of it.
        let paid = [(day("2026-12-01"), d("100")), (day("2026-12-31"), d("0"))];
        assert_eq!(
            interest(&paid, day("2026-12-02"), day("2027-03-01"), &rate, 365, 2).unknown,
            None
        );
        // A rate that is fixed at the start does not need the next.
        let law = regime.late(ClientKind::Public, day("2026-12-01")).unwrap();
        let rate = Rate::Statutory(&regime, law);
        assert_eq!(
            interest(
                &balances,
                day("2026-12-02"),
                day("2027-03-01"),
                &rate,
                365,
                2
            )
            .unknown,
            None
        );
    }
}
