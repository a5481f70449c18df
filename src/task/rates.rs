//! Reference rates that are missing, as several commands say it.

use chrono::NaiveDate;

use super::load;
use crate::compute::rates::{Missing, missing as of, needed};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::source::Source;
use crate::view::sheet::{Cell, Sheet};

/// Returns the rates that the ledger needs, or will need within a month, and that are not known. What is wrong with acquit.toml or a
/// client's file is said by `check`.
pub fn missing(source: &mut Source, today: NaiveDate) -> Vec<Missing> {
    source.again(|source| {
        let Some(settings) = source.settings() else {
            return Vec::new();
        };
        let found = of(&load::law(&settings, &mut Diagnostics::default()), today);
        // Most days there is none, and the clients' files are not read.
        if found.is_empty() {
            Vec::new()
        } else {
            needed(found, &settings, &source.clients())
        }
    })
}

/// Returns them as data.
pub fn sheet(missing: &[Missing]) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("series", ""),
        ("half_year", ""),
        ("has_begun", ""),
        ("published", ""),
    ]);
    for rate in missing {
        sheet.push(vec![
            Cell::text(&rate.series),
            Cell::Date(rate.half_year),
            Cell::Flag(rate.has_begun),
            Cell::text(&rate.source),
        ]);
    }
    sheet
}

/// Returns what people read of them.
pub fn lines(missing: &[Missing]) -> String {
    missing.iter().map(Missing::lines).collect()
}

/// Returns the warnings of `check`.
pub fn warnings(missing: &[Missing]) -> impl Iterator<Item = Diagnostic> {
    let warning = |rate: &Missing| {
        let hint = format!("{} ({})", rate.hint(), rate.source);
        Diagnostic::warning(code::LAW_UNKNOWN, rate.sentence()).hint(hint)
    };
    missing.iter().map(warning)
}
