//! Parts of a country whose VAT is their own: which postcodes they have, which rates, how a supply to them is worded.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de::Error};

use super::parts::Wording;
use crate::ledger::party::Language;
use crate::ledger::vat::VatCase;

/// A part of a country.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// Its name, as it stands in a sentence.
    pub name: String,
    /// Its postcodes begin with one of these; that of the country's main part with anything.
    postcodes: Vec<String>,
    /// Its rates of VAT in percent; none where there is no VAT.
    #[serde(deserialize_with = "decimals")]
    pub rates: Vec<Decimal>,
    /// How services from another part of the country, or of its own, are worded where it has no VAT.
    outside: Option<Wording>,
    /// How goods from the country's main part are worded, which leave its VAT.
    export: Option<Wording>,
    /// The last day of these words.
    until: Option<NaiveDate>,
    /// The text.
    pub source: String,
}

impl Territory {
    /// Returns how a case is worded for a client there (BT-120), where that is not as for clients abroad.
    pub fn wording(&self, case: VatCase, day: NaiveDate, language: Language) -> Option<&str> {
        let text = match case {
            VatCase::Outside => self.outside.as_ref(),
            VatCase::Export => self.export.as_ref(),
            _ => None,
        };
        let holds = self.until.is_none_or(|until| day <= until);
        text.filter(|_| holds).map(|text| text.of(language))
    }

    /// Tells whether it is the country's main part.
    pub fn is_main(&self) -> bool {
        self.postcodes.is_empty()
    }

    /// How many signs of a postcode say that it is of this part; none if it is not.
    fn fits(&self, postcode: &str) -> Option<usize> {
        if self.is_main() {
            return Some(0);
        }
        self.postcodes
            .iter()
            .filter(|start| postcode.starts_with(start.as_str()))
            .map(String::len)
            .max()
    }
}

/// Returns the part of the country that a postcode is of: the one that says it most exactly.
pub(super) fn at<'t>(territories: &'t [Territory], postcode: &str) -> Option<&'t Territory> {
    let postcode: String = postcode.chars().filter(|c| !c.is_whitespace()).collect();
    territories
        .iter()
        .filter_map(|territory| Some((territory.fits(&postcode)?, territory)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, territory)| territory)
}

fn decimals<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Decimal>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| Decimal::from_str_exact(text).map_err(D::Error::custom))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::built_in;

    #[test]
    fn a_postcode_says_the_part_of_the_country() {
        let law = built_in("FR");
        for (postcode, name) in [
            ("75014", "metropolitan France"),
            ("97110", "Guadeloupe"),
            ("97200", "Martinique"),
            ("97400", "La Réunion"),
            ("97 400", "La Réunion"),
            ("97300", "Guyane"),
            ("97600", "Mayotte"),
            ("97133", "Saint-Barthélemy"),
            ("97150", "Saint-Martin"),
            ("98714", "Polynésie française"),
            ("20090", "Corsica"),
            ("", "metropolitan France"),
        ] {
            assert_eq!(law.territory(postcode).unwrap().name, name, "{postcode}");
        }
        assert!(built_in("DE").territory("10969").is_none());
    }
}
