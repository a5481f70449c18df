//! What every code means, why it matters and how to mend it: the data of `acquit explain`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

const CODES: &str = include_str!("codes.toml");
const RULES: &str = include_str!("rules.toml");

/// The explanation of a code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What it means.
    pub means: String,
    /// Why it matters.
    pub why: String,
    /// How to mend it.
    pub mend: String,
}

/// A rule of electronic invoicing under its official id.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it demands.
    pub means: String,
    /// How to mend what breaks it: the hint of the finding.
    pub mend: String,
}

/// Returns the rules of electronic invoicing by their ids.
pub fn rules() -> &'static BTreeMap<String, Rule> {
    static ALL: OnceLock<BTreeMap<String, Rule>> = OnceLock::new();
    ALL.get_or_init(|| {
        toml::from_str(RULES).unwrap_or_else(|error| unreachable!("built-in rules: {error}"))
    })
}

/// Returns a rule by its id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().get(id)
}

/// Returns the lasting spelling of a rule's id.
pub fn rule_id(id: &str) -> &'static str {
    rules().get_key_value(id).map_or_else(
        || unreachable!("the rule {id} is not in rules.toml"),
        |(id, _)| id,
    )
}

/// Returns all explanations by code.
pub fn explanations() -> BTreeMap<String, Explanation> {
    toml::from_str(CODES).unwrap_or_else(|error| unreachable!("built-in explanations: {error}"))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::code;

    #[test]
    fn every_code_is_explained_and_nothing_else() {
        let explained: Vec<String> = super::explanations().into_keys().collect();
        let mut codes: Vec<String> = code::ALL.iter().map(|code| code.0.to_owned()).collect();
        codes.sort();
        assert_eq!(explained, codes);
    }
}
