//! The code lists of EN 16931 that a user's own words can miss: the data of `lists.toml`.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    subject: String,
    scheme: String,
    address: String,
    country: String,
    vatex: String,
    unit: String,
}

/// A code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// BT-21: UNTDID 4451.
    Subject,
    /// BT-29, BT-30, BT-46, BT-47, BT-61: ISO/IEC 6523.
    Scheme,
    /// BT-34, BT-49: electronic address schemes (EAS).
    Address,
    /// BT-40, BT-55, BT-80: ISO 3166-1.
    Country,
    /// BT-121: reasons of exemption.
    Vatex,
    /// BT-130: UN/ECE Recommendation 20 with 21.
    Unit,
}

/// Tells whether a code stands in a list.
pub fn holds(list: List, code: &str) -> bool {
    static SETS: OnceLock<[HashSet<&'static str>; 6]> = OnceLock::new();
    let sets = SETS.get_or_init(|| {
        let lists: Lists = toml::from_str(include_str!("lists.toml"))
            .unwrap_or_else(|error| unreachable!("built-in code lists: {error}"));
        let Lists {
            subject,
            scheme,
            address,
            country,
            vatex,
            unit,
        } = lists;
        // Read once for the life of the process.
        [subject, scheme, address, country, vatex, unit]
            .map(|text| text.leak().split_whitespace().collect())
    });
    sets[list as usize].contains(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::draft::UNITS;

    #[test]
    fn our_own_words_are_codes_of_the_lists() {
        for (word, code) in UNITS {
            assert!(holds(List::Unit, code), "{word} is {code}");
        }
        assert!(
            holds(List::Subject, "PMT")
                && holds(List::Scheme, "0009")
                && holds(List::Address, "0225")
        );
        assert!(holds(List::Vatex, "VATEX-FR-FRANCHISE") && holds(List::Country, "FR"));
        assert!(!holds(List::Unit, "XXQ") && !holds(List::Vatex, "VATEX-FR-NONE"));
    }
}
