//! What is not known of a country's law, in one sentence.

use std::collections::BTreeMap;

use serde::Deserialize;

const GAPS: &str = include_str!("gaps.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gaps {
    union: String,
    elsewhere: String,
    countries: BTreeMap<String, String>,
}

/// Returns what this program does not know of a seller's country, in a sentence without its full stop; none of France.
pub(super) fn of(country: &str, is_member: bool) -> Option<String> {
    if country == "FR" {
        return None;
    }
    let gaps: Gaps =
        toml::from_str(GAPS).unwrap_or_else(|error| unreachable!("built-in gaps: {error}"));
    let general = if is_member {
        gaps.union
    } else {
        gaps.elsewhere
    };
    let own = gaps.countries.get(country).cloned();
    Some(own.unwrap_or(general).replace("{country}", country))
}
