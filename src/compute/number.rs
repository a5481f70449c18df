//! The next number of a series: the last issued + 1, never from a counter file, never from a draft.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::ledger::document::DocumentType;
use crate::ledger::settings::{Pattern, SeriesSettings};

/// The highest counter of each series so far.
#[derive(Debug, Default, Clone)]
pub struct Counters {
    highest: BTreeMap<String, u64>,
}

/// Splits a number into its series and counter: by the pattern of its type on its day, else before its last digits.
pub fn split(
    settings: &SeriesSettings,
    kind: DocumentType,
    issued: NaiveDate,
    number: &str,
) -> Option<(String, u64)> {
    let series = settings.of(kind).series(issued);
    if let Some(counter) = number
        .strip_prefix(series.as_str())
        .and_then(|rest| rest.parse().ok())
    {
        return Some((series, counter));
    }
    let series = number.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((series.to_owned(), number[series.len()..].parse().ok()?))
}

/// Returns the counter of a number that is of a series, capitals or not; none where it is of another.
pub fn counter_after(series: &str, number: &str) -> Option<u64> {
    let (head, counter) = number.split_at_checked(series.len())?;
    let is_digits = !counter.is_empty() && counter.bytes().all(|byte| byte.is_ascii_digit());
    (head.eq_ignore_ascii_case(series) && is_digits)
        .then(|| counter.parse().ok())
        .flatten()
}

impl Counters {
    /// Notes an issued number; returns the counter that was expected where another stands.
    pub fn note(&mut self, settings: &SeriesSettings, series: &str, counter: u64) -> Option<u64> {
        let expected = if let Some(highest) = self.highest.get_mut(series) {
            let expected = *highest + 1;
            *highest = counter.max(*highest);
            expected
        } else {
            self.highest.insert(series.to_owned(), counter);
            settings.first_of(series)
        };
        (counter != expected).then_some(expected)
    }

    /// Takes the next number of a pattern on a day.
    pub fn take(
        &mut self,
        settings: &SeriesSettings,
        pattern: &Pattern,
        day: NaiveDate,
    ) -> (String, String) {
        let series = pattern.series(day);
        let next = self
            .highest
            .get(&series)
            .map_or_else(|| settings.first_of(&series), |last| last + 1);
        self.highest.insert(series.clone(), next);
        (pattern.number(day, next), series)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;

    fn settings() -> SeriesSettings {
        let pattern = |text| Pattern::parse(text).unwrap();
        SeriesSettings {
            invoice: pattern("F{year}-{n:04}"),
            credit: pattern("{year}{n:03}"),
            quote: pattern("D{n}"),
            plan: pattern("P{n}"),
            deposit: None,
            final_: None,
            corrective: None,
            first: vec![("F2026-".into(), 42)],
        }
    }

    #[test]
    fn a_series_begins_where_it_was_taken_over_and_goes_on() {
        let (settings, day) = (settings(), parse("2026-11-22").unwrap());
        let mut counters = Counters::default();
        assert_eq!(
            counters.take(&settings, &settings.invoice, day).0,
            "F2026-0042"
        );
        assert_eq!(
            counters.take(&settings, &settings.invoice, day),
            ("F2026-0043".into(), "F2026-".into())
        );
        let next_year = parse("2027-01-01").unwrap();
        assert_eq!(
            counters.take(&settings, &settings.invoice, next_year).0,
            "F2027-0001"
        );
    }

    #[test]
    fn a_year_in_the_digits_is_no_counter() {
        let day = parse("2026-11-22").unwrap();
        assert_eq!(
            split(&settings(), DocumentType::Credit, day, "2026007"),
            Some(("2026".into(), 7))
        );
        assert_eq!(
            split(&settings(), DocumentType::Invoice, day, "OLD-12"),
            Some(("OLD-".into(), 12))
        );
        assert_eq!(split(&settings(), DocumentType::Invoice, day, "OLD"), None);
    }

    #[test]
    fn a_gap_is_named() {
        let settings = settings();
        let mut counters = Counters::default();
        assert_eq!(counters.note(&settings, "F2026-", 42), None);
        assert_eq!(counters.note(&settings, "F2026-", 44), Some(43));
        assert_eq!(counters.note(&settings, "F2026-", 45), None);
    }
}
