//! Reference rates by half-years, as published: the built-in ones and those of the ledger.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::parts::{conflict, decimal};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::date::half_year;
use crate::ledger::settings::LawEntry;

const RATES: &str = include_str!("rates.toml");

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RateFile {
    series: Vec<RateSeries>,
}

/// A reference rate over time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateSeries {
    /// Its name: the `kind` of a `[[law]]`.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Where it is published.
    pub source: String,
    rates: Vec<DatedRate>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatedRate {
    from: NaiveDate,
    #[serde(with = "decimal")]
    percent: Decimal,
    #[serde(default)]
    unconfirmed: bool,
    /// Where a `[[law]]` says that it is published; else the series'.
    source: Option<String>,
    /// Whether the ledger says it.
    #[serde(skip)]
    is_own: bool,
}

/// A reference rate of one half-year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'r> {
    /// The first day of the half-year.
    pub from: NaiveDate,
    /// In percent.
    pub percent: Decimal,
    /// Where it is published.
    pub source: &'r str,
    /// Taken from memory, not from a checked page.
    pub unconfirmed: bool,
    /// Whether the ledger says it.
    pub is_own: bool,
}

impl RateSeries {
    /// Adds a rate of the ledger.
    pub(super) fn add(&mut self, law: &LawEntry, percent: Decimal) -> Result<(), Diagnostic> {
        let (from, source) = (law.from, Some(law.source.clone()));
        if half_year(from) != from {
            let message = format!("{from} is not the first day of a half-year");
            let hint = "a reference rate holds from 1 January or 1 July: from another day it is never used";
            return Err(Diagnostic::warning(code::VALUE_DATE, message)
                .at(law.span)
                .hint(hint));
        }
        let own = DatedRate {
            from,
            percent,
            unconfirmed: false,
            source,
            is_own: true,
        };
        if let Some(known) = self.rates.iter_mut().find(|rate| rate.from == from) {
            if known.percent != percent && !known.unconfirmed {
                let message = format!(
                    "{} from {from} is {} %, not {percent} %",
                    self.name, known.percent
                );
                return Err(conflict(law, message));
            }
            *known = own;
        } else {
            self.rates.push(own);
            self.rates.sort_by_key(|rate| rate.from);
        }
        Ok(())
    }

    /// Returns the rates that are known, by half-year.
    pub fn known(&self) -> impl Iterator<Item = Reference<'_>> {
        self.rates.iter().map(|rate| Reference {
            from: rate.from,
            percent: rate.percent,
            source: rate.source.as_deref().unwrap_or(&self.source),
            unconfirmed: rate.unconfirmed,
            is_own: rate.is_own,
        })
    }
}

/// Returns the reference rates that are built in.
pub fn rate_series() -> Vec<RateSeries> {
    let file: RateFile =
        toml::from_str(RATES).unwrap_or_else(|error| unreachable!("built-in rates: {error}"));
    file.series
}

/// Returns the error of a half-year whose rate is not known, which says how to add it.
pub fn unknown_rate(series: &str, half_year: NaiveDate) -> Diagnostic {
    let message = format!(
        "the rate `{series}` of the half-year from {half_year} is not known to this program"
    );
    Diagnostic::error(code::LAW_UNKNOWN, message).hint(how_to_add(series, half_year))
}

/// Returns how a rate is added, as a hint says it.
pub fn how_to_add(series: &str, half_year: NaiveDate) -> String {
    format!("once it is published: `{}`", add_command(series, half_year))
}

/// Returns the command that adds a rate.
pub fn add_command(series: &str, half_year: NaiveDate) -> String {
    format!("acquit law add --kind {series} --from {half_year} --percent … --source …")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::{parse, plus_days};
    use crate::regime::built_in;

    /// Every series is whole from 2015 on: a hole would stop what is counted over it. Of the Austrian one only some half-years were confirmed,
    /// and the others are unknown rather than wrong. None of it is from memory.
    #[test]
    fn rates_are_known_from_2015_on_without_a_hole() {
        for series in rate_series() {
            if series.name == "at-basiszins" {
                let mut known = series.known().peekable();
                while let Some(rate) = known.next() {
                    assert!(!rate.unconfirmed && rate.from == half_year(rate.from));
                    assert!(known.peek().is_none_or(|next| rate.from < next.from));
                }
                continue;
            }
            let mut expected = parse("2015-01-01").unwrap();
            for rate in series.known() {
                assert_eq!(rate.from, expected, "{}", series.name);
                assert!(!rate.unconfirmed, "{} {}", series.name, rate.from);
                expected = half_year(plus_days(rate.from, 190));
            }
            assert_eq!(expected, parse("2027-01-01").unwrap(), "{}", series.name);
        }
    }

    #[test]
    fn a_missing_half_year_is_an_error_that_says_how_to_add_it() {
        let day = parse("2027-01-01").unwrap();
        let error = built_in("FR").reference_rate("ecb-refi", day).unwrap_err();
        assert_eq!(error.code, code::LAW_UNKNOWN);
        assert!(
            error
                .hint
                .unwrap()
                .contains("acquit law add --kind ecb-refi --from 2027-01-01")
        );
    }
}
