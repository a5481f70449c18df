//! Limitation: the last day on which a claim can be brought before a court, and what began its time anew.
//!
//! Derived as of a day from the register's row, payments, events and plans; no document is opened. Where the law leaves room the
//! earlier day is taken: a warning that comes early costs nothing.

use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;

use crate::ledger::book::{Event, Method, Payment};
use crate::ledger::date::plus_days;
use crate::ledger::event_kind::EventKind;
use crate::regime::{self, Restart, Rule, Start};

/// How long a claim can be brought before a court.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limitation<'r> {
    /// The day it runs from.
    pub from: NaiveDate,
    /// What began it anew on that day; none: it runs from its start.
    pub again: Option<Restart>,
    /// The last day.
    pub last: NaiveDate,
    /// The first day on which it is said that the end is near.
    pub warn_from: NaiveDate,
    /// The law.
    pub law: &'r regime::Limitation,
}

impl Limitation<'_> {
    /// Tells whether the end is near on a day, or past.
    pub fn is_near(&self, day: NaiveDate) -> bool {
        day >= self.warn_from
    }

    /// Returns how many days are left after a day; below zero where it has lapsed.
    pub fn days_left(&self, day: NaiveDate) -> i64 {
        (self.last - day).num_days()
    }
}

/// Works out the limitation of a debt. `happened` is what may have begun the time anew, in order of days: what happened after the
/// last day revives nothing, and nothing shortens what runs already.
pub fn limitation<'r>(
    law: &'r regime::Limitation,
    warning: u32,
    (supplied, due): (NaiveDate, NaiveDate),
    happened: &[(NaiveDate, Restart)],
) -> Limitation<'r> {
    let rule = &law.rule;
    let start = starts(rule, supplied, due);
    let mut found = Limitation {
        from: start,
        again: None,
        last: end(rule, start),
        warn_from: start,
        law,
    };
    for (day, restart) in happened
        .iter()
        .filter(|(_, restart)| rule.again.contains(restart))
    {
        let from = if rule.again_year_end {
            end_of_year(*day)
        } else {
            *day
        };
        let last = end(rule, from);
        if *day <= found.last && last > found.last {
            (found.from, found.again, found.last) = (from, Some(*restart), last);
        }
    }
    found.warn_from = plus_days(found.last, -i64::from(warning));
    found
}

/// Returns the day from which the period runs.
pub fn starts(rule: &Rule, supplied: NaiveDate, due: NaiveDate) -> NaiveDate {
    let day = if rule.start == Start::Supply {
        supplied.min(due)
    } else {
        due
    };
    if rule.year_end { end_of_year(day) } else { day }
}

/// The day of the same number so many months later; the last day of a shorter month.
fn end(rule: &Rule, from: NaiveDate) -> NaiveDate {
    from.checked_add_months(Months::new(rule.months))
        .unwrap_or(NaiveDate::MAX)
}

fn end_of_year(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day)
}

/// Returns what may have begun the time of a document anew, from its payments and events: money that came in, not a credit that was moved.
/// What the bank took back acknowledged nothing: the latest payment of that amount before it does not count.
pub(super) fn restarts<'l>(
    payments: impl Iterator<Item = Payment<'l>>,
    events: impl Iterator<Item = Event<'l>>,
) -> Vec<(NaiveDate, Restart)> {
    let (mut came, mut back): (Vec<_>, Vec<_>) = payments
        .filter(|payment| payment.method != Method::Offset)
        .map(|payment| (payment.date, payment.amount))
        .partition(|(_, amount)| *amount > Decimal::ZERO);
    came.sort_unstable();
    back.sort_unstable();
    for (day, amount) in back {
        let is_it = |(date, known): &(NaiveDate, Decimal)| *date <= day && *known == -amount;
        if let Some(at) = came.iter().rposition(is_it) {
            came.remove(at);
        }
    }
    let restart = |event: Event<'_>| {
        let restart = match event.kind {
            EventKind::Acknowledged => Restart::Acknowledged,
            EventKind::Reminded | EventKind::Letter => Restart::Reminder,
            EventKind::Sent if !event.step.is_empty() => Restart::Reminder,
            _ => return None,
        };
        Some((event.date, restart))
    };
    let payments = came.into_iter().map(|(day, _)| (day, Restart::Payment));
    payments.chain(events.filter_map(restart)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;
    use crate::ledger::party::ClientKind;
    use crate::regime::built_in;

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    /// The last day by a country's law, from (supplied, due) and what happened.
    fn last(
        country: &str,
        kind: ClientKind,
        days: (&str, &str),
        happened: &[(&str, Restart)],
    ) -> String {
        let regime = built_in(country);
        let law = regime.limitation(kind, day("2026-11-22")).unwrap();
        let happened: Vec<_> = happened
            .iter()
            .map(|(at, restart)| (day(at), *restart))
            .collect();
        let found = limitation(
            law,
            regime.limitation_warning,
            (day(days.0), day(days.1)),
            &happened,
        );
        assert_eq!(found.warn_from, plus_days(found.last, -180));
        found.last.to_string()
    }

    /// INVOICING-LAW §3.4: five years between businesses, two towards consumers, from the supply, not from the invoice.
    #[test]
    fn the_french_periods_run_from_the_supply() {
        let days = ("2021-03-15", "2021-05-30");
        assert_eq!(last("FR", ClientKind::Business, days, &[]), "2026-03-15");
        assert_eq!(last("FR", ClientKind::Consumer, days, &[]), "2023-03-15");
        // Money asked before the work: from the due date.
        assert_eq!(
            last(
                "FR",
                ClientKind::Business,
                ("2021-06-30", "2021-05-30"),
                &[]
            ),
            "2026-05-30"
        );
        // Public bodies: four years from the end of the year.
        assert_eq!(last("FR", ClientKind::Public, days, &[]), "2025-12-31");
    }

    #[test]
    fn a_period_from_a_leap_day_ends_with_february() {
        let leap = ("2024-02-29", "2024-03-30");
        assert_eq!(last("FR", ClientKind::Consumer, leap, &[]), "2026-02-28");
        assert_eq!(last("FR", ClientKind::Business, leap, &[]), "2029-02-28");
        assert_eq!(
            last(
                "GB",
                ClientKind::Business,
                ("2022-02-28", "2022-02-28"),
                &[]
            ),
            "2028-02-28"
        );
        assert_eq!(
            last(
                "GB",
                ClientKind::Business,
                ("2024-02-29", "2024-02-29"),
                &[]
            ),
            "2030-02-28"
        );
    }

    /// BGB §§ 195, 199: the end of the year in which it fell due, and three years.
    #[test]
    fn the_german_period_runs_from_the_end_of_the_year() {
        for (due, expected) in [
            ("2025-12-31", "2028-12-31"),
            ("2026-01-01", "2029-12-31"),
            ("2026-12-30", "2029-12-31"),
        ] {
            assert_eq!(
                last("DE", ClientKind::Business, ("2025-12-01", due), &[]),
                expected,
                "{due}"
            );
        }
        // § 212: anew from the day itself, and never for less than what runs already.
        let days = ("2026-01-10", "2026-02-09");
        assert_eq!(
            last(
                "DE",
                ClientKind::Business,
                days,
                &[("2026-06-01", Restart::Payment)]
            ),
            "2029-12-31"
        );
        assert_eq!(
            last(
                "DE",
                ClientKind::Business,
                days,
                &[("2028-02-29", Restart::Acknowledged)]
            ),
            "2031-02-28"
        );
    }

    #[test]
    fn what_the_client_acknowledges_begins_it_anew_and_reminders_do_not() {
        let days = ("2021-03-15", "2021-04-14");
        let business =
            |happened: &[(&str, Restart)]| last("FR", ClientKind::Business, days, happened);
        assert_eq!(business(&[("2025-06-30", Restart::Reminder)]), "2026-03-15");
        assert_eq!(business(&[("2022-06-30", Restart::Payment)]), "2027-06-30");
        assert_eq!(
            business(&[
                ("2022-06-30", Restart::Payment),
                ("2024-01-02", Restart::Acknowledged)
            ]),
            "2029-01-02"
        );
        // On the last day it is in time, the day after it revives nothing.
        assert_eq!(business(&[("2026-03-15", Restart::Plan)]), "2031-03-15");
        assert_eq!(
            business(&[("2026-03-16", Restart::Acknowledged)]),
            "2026-03-15"
        );
        // Towards a public body a reminder in writing does: four years from the end of its year (loi 68-1250, art. 2).
        assert_eq!(
            last(
                "FR",
                ClientKind::Public,
                days,
                &[("2023-02-01", Restart::Reminder)]
            ),
            "2027-12-31"
        );
        // The United Kingdom: an acknowledgement or a part payment (Limitation Act 1980, s. 29).
        assert_eq!(
            last(
                "GB",
                ClientKind::Business,
                days,
                &[("2023-02-01", Restart::Plan)]
            ),
            "2027-04-14"
        );
        assert_eq!(
            last(
                "GB",
                ClientKind::Business,
                days,
                &[("2023-02-01", Restart::Payment)]
            ),
            "2029-02-01"
        );
    }

    /// A payment that the bank took back begins nothing anew; one that was made again afterwards does, and so does what else was paid.
    #[test]
    fn a_payment_that_was_taken_back_begins_nothing_anew() {
        let payment = |date: &str, amount: &str, method: &'static str| {
            (day(date), amount.parse::<Decimal>().unwrap(), method)
        };
        let happened = |rows: &[(NaiveDate, Decimal, &'static str)]| {
            let payments = rows
                .iter()
                .map(|(date, amount, method)| paid(*date, *amount, method));
            let found = restarts(payments, std::iter::empty());
            found
                .iter()
                .map(|(day, _)| day.to_string())
                .collect::<Vec<_>>()
        };
        let (first, back) = (
            payment("2024-03-01", "100", "transfer"),
            payment("2024-03-20", "-100.00", "transfer"),
        );
        assert_eq!(happened(&[first, back]), Vec::<String>::new());
        assert_eq!(happened(&[back, first]), Vec::<String>::new());
        assert_eq!(
            happened(&[first, back, payment("2024-04-01", "100", "transfer")]),
            ["2024-04-01"]
        );
        assert_eq!(
            happened(&[payment("2024-02-01", "100", "transfer"), first, back]),
            ["2024-02-01"]
        );
        assert_eq!(
            happened(&[payment("2024-02-01", "60", "transfer"), first, back]),
            ["2024-02-01"]
        );
        // A credit that is moved on takes nothing back.
        assert_eq!(
            happened(&[first, payment("2024-03-20", "-100", "offset")]),
            ["2024-03-01"]
        );
    }

    fn paid(date: NaiveDate, amount: Decimal, method: &'static str) -> Payment<'static> {
        Payment {
            span: crate::span::Span::whole(crate::span::FileId::NOWHERE),
            id: "p",
            date,
            client: "acme",
            amount,
            currency: crate::ledger::currency::Currency::parse("EUR").unwrap(),
            method: Method::parse(method).unwrap(),
            document: "F1",
            part: crate::ledger::book::Part::Principal,
            fee: Decimal::ZERO,
            account: "",
            reference: "",
            note: "",
        }
    }

    #[test]
    fn the_warning_begins_on_its_day() {
        let law = built_in("FR")
            .limitation(ClientKind::Business, day("2026-11-22"))
            .unwrap();
        let found = limitation(law, 90, (day("2021-03-15"), day("2021-04-14")), &[]);
        assert_eq!(found.warn_from, day("2025-12-15"));
        assert!(
            !found.is_near(day("2025-12-14"))
                && found.is_near(day("2025-12-15"))
                && found.is_near(day("2030-01-01"))
        );
        assert_eq!(
            (
                found.days_left(day("2026-03-15")),
                found.days_left(day("2026-03-16"))
            ),
            (0, -1)
        );
    }
}
