//! Reference rates that are missing: those of the present half-year and, a month before it begins, those of the next.

use chrono::{Months, NaiveDate};

use crate::ledger::client_index::Clients;
use crate::ledger::date::{half_year, plus_days};
use crate::ledger::party::ClientKind;
use crate::ledger::settings::Settings;
use crate::ledger::terms::LateInterest;
use crate::regime::{Regime, add_command, how_to_add};

/// How many months before a half-year begins it is said that its rate is missing.
const AHEAD: u32 = 1;

/// A rate that the ledger needs, or will need soon, and that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The reference rate's series.
    pub series: String,
    /// The first day of its half-year.
    pub half_year: NaiveDate,
    /// Where it is published.
    pub source: String,
    /// Whether the half-year has begun.
    pub has_begun: bool,
}

impl Missing {
    /// Returns the sentence that says what it means for documents and interest.
    pub fn sentence(&self) -> String {
        let (series, from, before) = (&self.series, self.half_year, plus_days(self.half_year, -1));
        if self.has_begun {
            format!(
                "the rate `{series}` of the half-year from {from} is missing: documents state how it is worked out, interest is counted up \
                 to {before}"
            )
        } else {
            format!(
                "the rate `{series}` of the half-year from {from} will be missing: documents will state how it is worked out, and interest \
                 will be counted up to {before}"
            )
        }
    }

    /// Returns it in two lines, the second of which says how it is added.
    pub fn lines(&self) -> String {
        let verb = if self.has_begun { "is missing" } else { "will be missing" };
        let (command, when) = (add_command(&self.series, self.half_year), "add it once it is published");
        format!("  {} {verb} from {} on; {when}:\n    {command}\n", self.series, self.half_year)
    }

    /// Returns how it is added.
    pub fn hint(&self) -> String {
        how_to_add(&self.series, self.half_year)
    }
}

/// Returns the rates that are missing on a day by the law of the seller's country, whoever the clients are.
pub fn missing(regime: &Regime, today: NaiveDate) -> Vec<(ClientKind, Missing)> {
    let now = half_year(today);
    let next = half_year(plus_days(now, 190));
    let soon = next.checked_sub_months(Months::new(AHEAD)).filter(|from| *from <= today).map(|_| next);
    let mut found = Vec::new();
    for half_year in std::iter::once(now).chain(soon) {
        for (_, kind) in ClientKind::WORDS {
            let Some(law) = regime.late(*kind, half_year) else { continue };
            if regime.known_reference(&law.reference, half_year).is_none() {
                let source = regime.series(&law.reference).map_or(String::new(), |series| series.source.clone());
                let has_begun = half_year <= today;
                found.push((*kind, Missing { series: law.reference.clone(), half_year, source, has_begun }));
            }
        }
    }
    found
}

/// Returns those of them that some client's terms depend on, each once: an agreed rate needs none.
pub fn needed(missing: Vec<(ClientKind, Missing)>, settings: &Settings, clients: &Clients) -> Vec<Missing> {
    let is_needed = |kind: ClientKind| {
        clients.iter().any(|client| {
            client.kind == kind && client.terms.over(settings.terms).late_interest == LateInterest::Statutory
        })
    };
    let mut needed: Vec<Missing> = Vec::new();
    for (kind, rate) in missing {
        if !needed.contains(&rate) && is_needed(kind) {
            needed.push(rate);
        }
    }
    needed
}
