//! Working days of a country: Monday to Friday but for its public holidays (holidays.toml) and what the ledger says of a day.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use crate::ledger::date::plus_days;

const HOLIDAYS: &str = include_str!("holidays.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    country: Vec<Country>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Country {
    code: String,
    #[expect(
        dead_code,
        reason = "the source stands in the data for the reader of the data"
    )]
    source: String,
    days: Vec<Rule>,
}

/// When a holiday is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    on: Option<String>,
    easter: Option<i64>,
    week: Option<(u32, i8)>,
    #[serde(default)]
    moved: bool,
    from: Option<i32>,
    until: Option<i32>,
}

impl Rule {
    /// Returns its day in a year; none in years without it.
    fn day(&self, year: i32) -> Option<NaiveDate> {
        if self.from.is_some_and(|from| year < from) || self.until.is_some_and(|until| year > until)
        {
            return None;
        }
        if let Some(days) = self.easter {
            return Some(plus_days(easter(year)?, days));
        }
        if let Some((month, nth)) = self.week {
            return monday(year, month, nth);
        }
        let (month, day) = self.on.as_deref()?.split_once('-')?;
        NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
    }
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let moon =
        (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let correction = (golden + 11 * moon + 22 * weekday) / 451;
    let days = moon + weekday - 7 * correction + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(days / 31).ok()?,
        u32::try_from(days % 31 + 1).ok()?,
    )
}

/// The first, second … Monday of a month; the last if `nth` is -1.
fn monday(year: i32, month: u32, nth: i8) -> Option<NaiveDate> {
    match u8::try_from(nth) {
        Ok(nth) => NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, nth),
        Err(_) => (4..=5)
            .rev()
            .find_map(|nth| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, nth)),
    }
}

/// The calendar of a country.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    rules: Option<&'static [Rule]>,
    /// What the ledger says of a day: the name of a holiday, or none of a working day.
    own: BTreeMap<NaiveDate, Option<String>>,
}

impl Calendar {
    /// Returns the calendar of a country: weekends alone where its holidays are not known.
    pub fn of(country: &str) -> Self {
        static FILE: OnceLock<File> = OnceLock::new();
        let file = FILE.get_or_init(|| {
            toml::from_str(HOLIDAYS)
                .unwrap_or_else(|error| unreachable!("built-in holidays: {error}"))
        });
        let known = file.country.iter().find(|known| known.code == country);
        Self {
            rules: known.map(|known| known.days.as_slice()),
            own: BTreeMap::new(),
        }
    }

    /// Says of a day that it is a holiday, with its name, or that it is none.
    pub fn say(&mut self, day: NaiveDate, holiday: Option<String>) {
        self.own.insert(day, holiday);
    }

    /// Returns the name of the holiday that a day is, be it a weekend or not.
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        if let Some(own) = self.own.get(&day) {
            return own.as_deref();
        }
        let rules = self.rules.unwrap_or_default();
        let on = rules.iter().find(|rule| rule.day(day.year()) == Some(day));
        on.or_else(|| {
            rules
                .iter()
                .find(|rule| rule.moved && kept(rules, rule, day.year()) == Some(day))
        })
        .map(|rule| rule.name.as_str())
    }

    /// Tells whether people work on a day.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        match self.own.get(&day) {
            Some(own) => own.is_none(),
            None => !is_weekend(day) && self.holiday(day).is_none(),
        }
    }

    /// Returns the day, or the first working day after it.
    pub fn working(&self, mut day: NaiveDate) -> NaiveDate {
        // No country rests for a month; a ledger that says so gets the day after it.
        for _ in 0..31 {
            if self.is_working(day) {
                break;
            }
            day = plus_days(day, 1);
        }
        day
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The day on which a holiday that falls on a weekend is kept: the first after it that is neither a weekend, nor a holiday, nor taken by one
/// before it in the list.
fn kept(rules: &[Rule], rule: &Rule, year: i32) -> Option<NaiveDate> {
    let mut taken: Vec<NaiveDate> = rules.iter().filter_map(|rule| rule.day(year)).collect();
    for other in rules.iter().filter(|other| other.moved) {
        let Some(mut day) = other.day(year).filter(|day| is_weekend(*day)) else {
            continue;
        };
        while is_weekend(day) || taken.contains(&day) {
            day = plus_days(day, 1);
        }
        if std::ptr::eq(other, rule) {
            return Some(day);
        }
        taken.push(day);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    #[test]
    fn easter_is_where_the_almanac_says() {
        for (year, text) in [
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year), Some(day(text)));
        }
    }

    #[test]
    fn french_holidays_of_2026() {
        let calendar = Calendar::of("FR");
        let mut found = Vec::new();
        let mut date = day("2026-01-01");
        while date <= day("2026-12-31") {
            found.extend(
                calendar
                    .holiday(date)
                    .map(|_| date.to_string()[5..].to_owned()),
            );
            date = plus_days(date, 1);
        }
        let days = [
            "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01",
            "11-11", "12-25",
        ];
        assert_eq!(found, days);
        assert_eq!(
            calendar.working(day("2026-05-23")),
            day("2026-05-26"),
            "Whit Monday follows the weekend"
        );
    }

    /// As gov.uk publishes them: 2021 has Christmas on a Saturday, 2022 on a Sunday.
    #[test]
    fn british_holidays_on_weekends_are_kept_later() {
        let calendar = Calendar::of("GB");
        for text in [
            "2021-12-27",
            "2021-12-28",
            "2022-01-03",
            "2022-12-26",
            "2022-12-27",
            "2026-05-04",
            "2026-08-31",
        ] {
            assert!(!calendar.is_working(day(text)), "{text}");
        }
        for text in [
            "2021-12-29",
            "2022-12-28",
            "2022-01-04",
            "2026-05-11",
            "2026-08-24",
        ] {
            assert!(calendar.is_working(day(text)), "{text}");
        }
    }

    #[test]
    fn every_rule_names_one_day_and_an_unknown_country_has_weekends() {
        for country in ["FR", "DE", "GB", "ES", "IT", "NL", "BE", "LU", "AT", "PT"] {
            let rules = Calendar::of(country).rules.expect(country);
            for rule in rules {
                let ways = [
                    rule.on.is_some(),
                    rule.easter.is_some(),
                    rule.week.is_some(),
                ];
                assert_eq!(
                    ways.iter().filter(|way| **way).count(),
                    1,
                    "{country} {}",
                    rule.name
                );
                assert!(rule.day(2027).is_some(), "{country} {}", rule.name);
            }
        }
        let none = Calendar::of("JP");
        assert_eq!(none.working(day("2026-11-21")), day("2026-11-23"));
        assert!(none.is_working(day("2027-01-01")));
    }

    #[test]
    fn the_ledger_has_the_last_word() {
        let mut calendar = Calendar::of("FR");
        calendar.say(day("2026-05-15"), Some("pont".into()));
        calendar.say(day("2026-05-25"), None);
        assert_eq!(calendar.working(day("2026-05-14")), day("2026-05-18"));
        assert!(calendar.is_working(day("2026-05-25")));
    }
}
