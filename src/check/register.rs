//! The register's chain: seals, forks, dates, gaps.

use std::collections::VecDeque;

use chrono::NaiveDate;

use crate::compute::number::{Counters, split};
use crate::compute::seal::{Seal, digits, fits, genesis};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::book::{Record, Row};
use crate::ledger::numbers::Numbers;
use crate::ledger::settings::SeriesSettings;

/// How many earlier seals a fork is looked for among.
const MEMORY: usize = 1000;

/// The chain so far.
pub struct Chain<'s> {
    series: &'s SeriesSettings,
    previous: Seal,
    earlier: VecDeque<Seal>,
    last: Option<NaiveDate>,
    /// The row above was unreadable, or its seal did not fit.
    is_broken: bool,
    seen: Numbers,
    /// The highest counters so far.
    pub counters: Counters,
    /// The problems found so far.
    pub problems: Diagnostics,
}

impl<'s> Chain<'s> {
    /// Starts before the first row of a ledger.
    pub fn new(id: &str, series: &'s SeriesSettings) -> Self {
        Self {
            series,
            previous: digits(&genesis(id)).unwrap_or([b'0'; 64]),
            earlier: VecDeque::new(),
            last: None,
            is_broken: false,
            seen: Numbers::default(),
            counters: Counters::default(),
            problems: Diagnostics::default(),
        }
    }

    /// Returns the seal of the last row.
    pub fn head(&self) -> &str {
        std::str::from_utf8(&self.previous).unwrap_or_default()
    }

    /// Returns the last issue date.
    pub fn last(&self) -> Option<NaiveDate> {
        self.last
    }

    /// Passes over a row that cannot be read: its own problem is said, the chain goes on from the seal it states.
    pub fn skip(&mut self, record: Record<'_>) {
        if let Some(seal) = digits(record.last()) {
            self.earlier
                .push_back(std::mem::replace(&mut self.previous, seal));
        }
        let number = record.get(0).unwrap_or_default();
        let series = number.trim_end_matches(|c: char| c.is_ascii_digit());
        if let Ok(counter) = number[series.len()..].parse() {
            self.counters.note(self.series, series, counter);
        }
        self.is_broken = true;
    }

    /// Verifies a row: its record without the last field is what the seal covers.
    pub fn add(&mut self, row: &Row<'_>, record: Record<'_>) {
        let was_broken = std::mem::take(&mut self.is_broken);
        if !fits(row.seal, &self.previous, record.sealed()) {
            let fork = self
                .earlier
                .iter()
                .any(|earlier| fits(row.seal, earlier, record.sealed()));
            self.is_broken = !fork;
            if was_broken {
                // The row above is not where it was: this one's own seal says nothing more.
            } else {
                self.problems.push(if fork {
                Diagnostic::error(code::REGISTER_FORK, format!("{} was issued on another branch: its seal fits an earlier row", row.number))
                    .at(row.span)
                    .hint("the rows are right, their order is a merge's; issue on one branch only (`acquit explain REGISTER-FORK`)")
            } else {
                Diagnostic::error(
                    code::REGISTER_SEAL,
                    format!("the seal of {} does not fit: this row, or the one before it, was changed or removed", row.number),
                )
                .at(row.span)
                .hint("`git log -p register/` shows when; take the rows back as they were issued")
            });
            }
        }
        if let Some(seal) = digits(row.seal) {
            self.earlier
                .push_back(std::mem::replace(&mut self.previous, seal));
        }
        if self.earlier.len() > MEMORY {
            self.earlier.pop_front();
        }
        self.date(row);
        self.number(row);
    }

    fn date(&mut self, row: &Row<'_>) {
        if let Some(last) = self.last.filter(|last| row.issued < *last) {
            let message = format!(
                "{} is dated {}, before the row above it ({last})",
                row.number, row.issued
            );
            self.problems.push(
                Diagnostic::error(code::NUMBER_DATE, message)
                    .at(row.span)
                    .hint("numbers and dates of issue rise together, over all series and years"),
            );
        }
        self.last = self.last.max(Some(row.issued));
    }

    fn number(&mut self, row: &Row<'_>) {
        let Some((series, counter)) = split(self.series, row.kind, row.issued, row.number) else {
            let message = format!("{} does not end with a counter", row.number);
            self.problems
                .push(Diagnostic::error(code::NUMBER_FORM, message).at(row.span));
            return;
        };
        // A number that stands twice is said elsewhere, and leaves no gap.
        if self.seen.find_any_case(row.number).is_some() {
            return;
        }
        self.seen.push(row.number);
        let broken = self.is_broken;
        if let Some(expected) = self
            .counters
            .note(self.series, &series, counter)
            .filter(|_| !broken)
        {
            let width = row.number.len() - series.len();
            let message = if counter > expected {
                format!(
                    "{} comes where {series}{expected:0width$} is missing",
                    row.number
                )
            } else if expected == self.series.first_of(&series) {
                format!(
                    "{} comes before {series}{expected:0width$}, where acquit.toml says the series begins",
                    row.number
                )
            } else {
                format!(
                    "{} comes after {series}{:0width$}: the series runs backwards",
                    row.number,
                    expected - 1
                )
            };
            let hint = if expected == self.series.first_of(&series) && counter > expected {
                format!(
                    "a series taken over from another program says so: [series] first = {{ \"{series}\" = {counter} }}"
                )
            } else {
                "a number is missing: look for its row in `git log -p register/`".to_owned()
            };
            self.problems.push(
                Diagnostic::error(code::NUMBER_GAP, message)
                    .at(row.span)
                    .hint(hint),
            );
        }
    }
}
