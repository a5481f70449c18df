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
    /// The number of the row whose seal is `previous`; empty before the first.
    number: String,
    /// Seals and numbers of the rows before that one.
    earlier: VecDeque<(Seal, String)>,
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
            number: String::new(),
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
        if digits(record.last()).is_some() {
            self.go_on(record.last(), record.get(0).unwrap_or_default());
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
            let fork = self.is_fork(row, record);
            self.is_broken = !fork;
            if was_broken {
                // The row above is not where it was: this one's own seal says nothing more.
            } else {
                self.problems.push(if fork {
                Diagnostic::error(code::REGISTER_FORK, format!("{} was issued on another branch, or put in by hand: its seal fits an earlier row", row.number))
                    .at(row.span)
                    .hint("`git log -p register/` shows which; what a merge has put together is brought into one line (`acquit explain REGISTER-FORK`)")
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
        self.go_on(row.seal, row.number);
        self.date(row);
        self.number(row);
    }

    /// Takes a row's seal as the one that the next row's covers.
    fn go_on(&mut self, seal: &str, number: &str) {
        let Some(seal) = digits(seal) else { return };
        // The room of the number that is forgotten serves the new one.
        let mut name = if self.earlier.len() < MEMORY {
            String::new()
        } else {
            self.earlier
                .pop_front()
                .unwrap_or(([0; 64], String::new()))
                .1
        };
        number.clone_into(&mut name);
        let before = std::mem::replace(&mut self.previous, seal);
        let number = std::mem::replace(&mut self.number, name);
        self.earlier.push_back((before, number));
    }

    /// Tells whether a row can have been issued on another branch: its seal fits an earlier row, and its number was the next of its series
    /// there. On a branch that ended with that row, no later number was given; one that goes on from the rows after it was put in by
    /// hand.
    fn is_fork(&self, row: &Row<'_>, record: Record<'_>) -> bool {
        let fits = |(earlier, _): &(Seal, String)| fits(row.seal, earlier, record.sealed());
        let Some(at) = self.earlier.iter().rposition(fits) else {
            return false;
        };
        let Some((series, counter)) = split(self.series, row.kind, row.issued, row.number) else {
            return true;
        };
        let later = self.earlier.iter().skip(at + 1);
        let mut later = later
            .map(|(_, number)| number)
            .chain([&self.number])
            .filter_map(|number| number.strip_prefix(series.as_str())?.parse::<u64>().ok());
        later.all(|given| given >= counter)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::book::Record;
    use crate::ledger::currency::Currency;
    use crate::ledger::document::DocumentType;
    use crate::ledger::settings::Pattern;
    use crate::span::{FileId, Span};
    use rust_decimal::Decimal;

    fn series() -> SeriesSettings {
        let pattern = |text| Pattern::parse(text).unwrap();
        SeriesSettings {
            invoice: pattern("F{year}-{n:04}"),
            credit: pattern("A{year}-{n:04}"),
            quote: pattern("D{n}"),
            plan: pattern("P{n}"),
            deposit: None,
            final_: None,
            corrective: None,
            first: Vec::new(),
        }
    }

    /// Adds rows of number and seal alone: each is sealed on the row at the given place, of which 0 is before the first.
    fn codes(rows: &[(&str, usize)]) -> Vec<&'static str> {
        let series = series();
        let mut chain = Chain::new("ledger", &series);
        let mut seals = vec![genesis("ledger")];
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for (number, on) in rows {
            let own = crate::compute::seal::seal(&seals[*on], [*number].into_iter());
            let text = format!("{number},{own}");
            let (end, whole) = (number.len(), text.len());
            let cut = |at: usize| u32::try_from(at).unwrap();
            let bounds = [(0, cut(end)), (cut(end + 1), cut(whole))];
            let record = Record::new(&text, &bounds);
            let kind = if number.starts_with('A') {
                DocumentType::Credit
            } else {
                DocumentType::Invoice
            };
            let row = Row {
                span: Span::whole(FileId::NOWHERE),
                number,
                kind,
                client: "acme",
                buyer: "Acme",
                issued: day,
                supplied: day,
                due: None,
                currency: Currency::parse("EUR").unwrap(),
                exchange: Decimal::ONE,
                net: Decimal::ONE,
                vat: Decimal::ZERO,
                gross: Decimal::ONE,
                deposits: Decimal::ZERO,
                owed: Decimal::ONE,
                breakdown: "",
                refs: "",
                sha256: "",
                seal: &own,
            };
            chain.add(&row, record);
            seals.push(own);
        }
        chain
            .problems
            .iter()
            .map(|problem| problem.code.0)
            .collect()
    }

    #[test]
    fn a_row_by_hand_is_no_fork() {
        let base = [("F2026-0001", 0), ("F2026-0002", 1), ("F2026-0003", 2)];
        let with = |row: (&'static str, usize)| codes(&[&base[..], &[row]].concat());
        assert_eq!(with(("F2026-0004", 3)), [""; 0]);
        // Sealed on an earlier row, with a number that no branch gave there.
        assert_eq!(with(("F2026-0004", 2)), ["REGISTER-SEAL"]);
        assert_eq!(with(("F2026-0004", 0)), ["REGISTER-SEAL"]);
        // Two branches that have both issued after the second row.
        assert_eq!(with(("F2026-0003", 2)), ["REGISTER-FORK"]);
        assert_eq!(with(("A2026-0001", 2)), ["REGISTER-FORK"]);
        // The second row of the other branch follows its first.
        let two = [&base[..], &[("A2026-0001", 2), ("A2026-0002", 4)]].concat();
        assert_eq!(codes(&two), ["REGISTER-FORK"]);
    }
}
