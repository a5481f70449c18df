//! What every code means, why it matters and how to mend it: the data of `acquit explain`.

use std::collections::BTreeMap;

use serde::Deserialize;

const CODES: &str = include_str!("codes.toml");

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
