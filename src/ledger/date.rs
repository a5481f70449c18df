//! Civil dates: no time, no zone.

use chrono::{Datelike, Days, Months, NaiveDate};

/// How a day is written, as hints say it.
pub const HOW: &str = "write a real day as YYYY-MM-DD, such as 2026-11-22";

/// Reads `YYYY-MM-DD`, a real day of the years 1000 to 9999.
pub fn parse(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range].iter().try_fold(0, |n: u32, b| {
            b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0'))
        })
    };
    let year = i32::try_from(number(0..4)?)
        .ok()
        .filter(|year| *year >= 1000)?;
    NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?)
}

/// Returns a day as `YYYY-MM-DD`: what its `Display` writes, without the machinery of formats.
pub fn spell(date: NaiveDate) -> String {
    let Some(year) = u32::try_from(date.year()).ok().filter(|year| *year <= 9999) else {
        return date.to_string();
    };
    let (month, day) = (date.month(), date.day());
    let digit = |number: u32| char::from(b'0' + u8::try_from(number % 10).unwrap_or(0));
    let digits = [
        year / 1000,
        year / 100,
        year / 10,
        year,
        month / 10,
        month,
        day / 10,
        day,
    ]
    .map(digit);
    let mut text = String::with_capacity(10);
    for (place, digit) in digits.into_iter().enumerate() {
        if place == 4 || place == 6 {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

/// Returns the day `days` later (earlier if negative); the date itself at the end of time.
pub fn plus_days(date: NaiveDate, days: i64) -> NaiveDate {
    let moved = if days < 0 {
        date.checked_sub_days(Days::new(days.unsigned_abs()))
    } else {
        date.checked_add_days(Days::new(days.unsigned_abs()))
    };
    moved.unwrap_or(date)
}

/// Returns the last day of the date's month.
pub fn end_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt())
        .unwrap_or(date)
}

/// Returns 1 January or 1 July, whichever is the later not after the date: the start of its half-year.
pub fn half_year(date: NaiveDate) -> NaiveDate {
    let month = if date.month() <= 6 { 1 } else { 7 };
    NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date)
}

/// A period that a user names: `2026`, `2026-Q1`, `2026-03`, or one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
}

impl Period {
    /// Reads `2026`, `2026-Q1`, `2026-03` or `2026-03-14`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(day) = parse(text) {
            return Some(Self { from: day, to: day });
        }
        let (year, part) = text
            .split_once('-')
            .map_or((text, None), |(year, part)| (year, Some(part)));
        let (first, months) = match part {
            None => (1, 12),
            Some(part) => match part.strip_prefix('Q') {
                Some(quarter) => (
                    quarter
                        .parse::<u32>()
                        .ok()
                        .filter(|q| (1..=4).contains(q))?
                        * 3
                        - 2,
                    3,
                ),
                None => (Some(part).filter(|p| p.len() == 2)?.parse().ok()?, 1),
            },
        };
        let from = parse(&format!("{year}-{first:02}-01"))?;
        let to = from.checked_add_months(Months::new(months))?.pred_opt()?;
        Some(Self { from, to })
    }

    /// Tells whether the day is in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    #[test]
    fn a_day_is_spelt_as_it_displays() {
        let days = ["2026-11-22", "2028-02-29", "1000-01-01", "9999-12-31"].map(d);
        for day in days
            .into_iter()
            .chain([NaiveDate::MIN, NaiveDate::MAX, NaiveDate::default()])
        {
            assert_eq!(spell(day), day.to_string());
        }
    }

    #[test]
    fn only_real_days_are_dates() {
        assert!(parse("2028-02-29").is_some());
        for text in [
            "2026-02-30",
            "2026-2-3",
            "26-02-03",
            "2026/02/03",
            "0999-01-01",
            "demain",
            "2026-02-03T10:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn months_and_half_years_end_where_they_should() {
        assert_eq!(end_of_month(d("2026-02-10")), d("2026-02-28"));
        assert_eq!(end_of_month(d("2026-12-31")), d("2026-12-31"));
        assert_eq!(half_year(d("2026-06-30")), d("2026-01-01"));
        assert_eq!(half_year(d("2026-07-01")), d("2026-07-01"));
        assert_eq!(plus_days(d("2026-03-01"), -1), d("2026-02-28"));
    }

    #[test]
    fn periods_are_read() {
        assert_eq!(
            Period::parse("2026-Q2"),
            Some(Period {
                from: d("2026-04-01"),
                to: d("2026-06-30")
            })
        );
        assert_eq!(
            Period::parse("2026"),
            Some(Period {
                from: d("2026-01-01"),
                to: d("2026-12-31")
            })
        );
        assert_eq!(
            Period::parse("2028-02"),
            Some(Period {
                from: d("2028-02-01"),
                to: d("2028-02-29")
            })
        );
        assert_eq!(
            Period::parse("2026-02-03").map(|p| p.to),
            parse("2026-02-03")
        );
        for text in ["2026-Q5", "2026-13", "26", "2026-1", ""] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }
}
