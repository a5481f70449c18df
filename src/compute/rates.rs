//! Reference rates that are missing: those of the present half-year and, a month before it begins, those of the next.

use chrono::{Months, NaiveDate};

use crate::ledger::client_index::Clients;
use crate::ledger::date::{half_year, plus_days};
use crate::ledger::party::ClientKind;
use crate::ledger::settings::Settings;
use crate::ledger::terms::LateInterest;
use crate::regime::{LateStart, Regime, add_command, how_to_add};

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
        let verb = if self.has_begun {
            "is missing"
        } else {
            "will be missing"
        };
        let (command, when) = (
            add_command(&self.series, self.half_year),
            "add it once it is published",
        );
        format!(
            "  {} {verb} from {} on; {when}:\n    {command}\n",
            self.series, self.half_year
        )
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
    let soon = next
        .checked_sub_months(Months::new(AHEAD))
        .filter(|from| *from <= today)
        .map(|_| next);
    let mut found = Vec::new();
    for half_year in std::iter::once(now).chain(soon) {
        for (_, kind) in ClientKind::WORDS {
            // What runs from a formal notice on is rare: `interest` says it where it is missed.
            let law = regime.late(*kind, half_year);
            let Some(law) = law.filter(|law| law.start == LateStart::Due) else {
                continue;
            };
            if regime.known_reference(&law.reference, half_year).is_none() {
                let source = regime
                    .series(&law.reference)
                    .map_or(String::new(), |series| series.source.clone());
                let has_begun = half_year <= today;
                found.push((
                    *kind,
                    Missing {
                        series: law.reference.clone(),
                        half_year,
                        source,
                        has_begun,
                    },
                ));
            }
        }
    }
    found
}

/// Returns those of them that some client's terms depend on, each once: an agreed rate needs none.
pub fn needed(
    missing: Vec<(ClientKind, Missing)>,
    settings: &Settings,
    clients: &Clients,
) -> Vec<Missing> {
    let is_needed = |kind: ClientKind| {
        clients.iter().any(|client| {
            client.kind == kind
                && client.terms.over(settings.terms).late_interest == LateInterest::Statutory
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;
    use crate::regime::{built_in, rate_series};
    use crate::source::{read_client, read_settings};

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    /// The half-years that are missing on a day by the law of a country, of businesses.
    fn half_years(country: &str, today: &str) -> Vec<String> {
        let found = missing(built_in(country), day(today));
        let business = found
            .into_iter()
            .filter(|(kind, _)| *kind == ClientKind::Business);
        business
            .map(|(_, rate)| {
                format!(
                    "{} {}{}",
                    rate.series,
                    rate.half_year,
                    if rate.has_begun { " now" } else { "" }
                )
            })
            .collect()
    }

    /// The data end with the second half-year of 2026, in every series that a law refers to.
    #[test]
    fn a_rate_is_missing_from_a_month_before_its_half_year() {
        for (country, series) in [
            ("FR", "ecb-refi"),
            ("ES", "ecb-refi"),
            ("DE", "de-basiszins"),
            ("GB", "uk-boe"),
        ] {
            assert_eq!(
                half_years(country, "2026-11-30"),
                Vec::<String>::new(),
                "{country}"
            );
            for today in ["2026-12-01", "2026-12-31"] {
                assert_eq!(
                    half_years(country, today),
                    [format!("{series} 2027-01-01")],
                    "{country} {today}"
                );
            }
            for today in ["2027-01-01", "2027-05-31"] {
                assert_eq!(
                    half_years(country, today),
                    [format!("{series} 2027-01-01 now")],
                    "{country} {today}"
                );
            }
            let both = [
                format!("{series} 2027-01-01 now"),
                format!("{series} 2027-07-01"),
            ];
            assert_eq!(half_years(country, "2027-06-01"), both, "{country}");
        }
        assert_eq!(half_years("US", "2026-12-01"), Vec::<String>::new());
        // No rate of 2027 is built in.
        let last = rate_series()
            .iter()
            .flat_map(|series| series.known().map(|rate| rate.from).collect::<Vec<_>>())
            .max();
        assert_eq!(last, Some(day("2026-07-01")));
    }

    /// Only what some client's terms depend on is said: not for consumers, nor where a rate is agreed.
    #[test]
    fn a_rate_is_needed_by_a_client_whose_interest_is_statutory() {
        let is_needed = |terms: &str, clients: &[(&str, &str)]| {
            let text = format!(
                "format = 1\nid = \"x\"\ncurrency = \"EUR\"\nlanguage = \"fr\"\n[seller]\nname = \"A\"\n[seller.address]\n\
                 country = \"FR\"\n[terms]\n{terms}\n"
            );
            let settings = read_settings(&text).unwrap();
            let mut list = Clients::default();
            for (at, (kind, terms)) in clients.iter().enumerate() {
                let id = format!("c{at}");
                let text = format!("name = \"C\"\nkind = \"{kind}\"\n[terms]\n{terms}\n");
                list.insert(read_client(&id, &text).unwrap());
            }
            needed(missing(built_in("FR"), day("2026-12-01")), &settings, &list).len()
        };
        assert_eq!(is_needed("", &[]), 0);
        assert_eq!(is_needed("", &[("consumer", "")]), 0);
        assert_eq!(is_needed("", &[("business", "")]), 1);
        assert_eq!(is_needed("", &[("business", ""), ("public", "")]), 1);
        assert_eq!(
            is_needed("late_interest = 12", &[("business", ""), ("public", "")]),
            0
        );
        assert_eq!(
            is_needed(
                "late_interest = 12",
                &[("business", "late_interest = \"statutory\"")]
            ),
            1
        );
        assert_eq!(
            is_needed(
                "",
                &[
                    ("business", "late_interest = 12"),
                    ("public", "late_interest = 12")
                ]
            ),
            0
        );
    }
}
