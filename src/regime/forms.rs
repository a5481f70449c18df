//! How a company of each legal form states what it is: the words of its form, its capital, its registry.

use serde::Deserialize;

use crate::ledger::party::Form;

/// The rule of one legal form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormRule {
    form: String,
    /// Of these words one stands in `legal`, in capitals.
    names: Vec<String>,
    /// Whether the amount of its capital stands there as well.
    capital: bool,
    /// The text.
    pub source: String,
}

impl FormRule {
    /// Tells whether a text names the form, abbreviated or in full.
    pub fn is_named_in(&self, text: &str) -> bool {
        self.names.iter().any(|name| has_word(text, name))
    }

    /// Returns the first of the words that name the form.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Tells whether a text states the capital where the form asks for it: an amount, or that it varies.
    pub fn states_capital(&self, text: &str) -> bool {
        let text = text.to_uppercase();
        let after = text.split_once("CAPITAL").map(|(_, after)| after);
        let said = after.is_some_and(|after| {
            after.contains(|c: char| c.is_ascii_digit()) || after.contains("VARIABLE")
        });
        !self.capital || said
    }
}

/// Returns the rule of a form.
pub(super) fn at(rules: &[FormRule], form: Form) -> Option<&FormRule> {
    rules.iter().find(|rule| rule.form == form.word())
}

/// What keeps a text from stating a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unregistered {
    /// It names no registry: `RCS`, or `RSAC` of commercial agents.
    NoRegistry,
    /// It names no city.
    NoCity,
    /// It bears another number than the seller's SIREN.
    OtherNumber,
}

/// Returns what a text such as `RCS Lyon 732 829 320` lacks to state a registration (C. com. art. R123-237); none if nothing.
pub fn unregistered(text: &str, siren: Option<&str>) -> Option<Unregistered> {
    const REGISTRIES: [&str; 3] = ["RCS", "RSAC", "REGISTRE DU COMMERCE"];
    if !REGISTRIES.iter().any(|name| has_word(text, name)) {
        return Some(Unregistered::NoRegistry);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = spaced(text);
    let noise = [
        " R C S ",
        " RCS ",
        " RSAC ",
        " REGISTRE ",
        " DU ",
        " COMMERCE ",
        " ET ",
        " DES ",
        " DE ",
        " SOCIÉTÉS ",
        " NUMÉRO ",
        " N° ",
        " SIREN ",
        " B ",
        " AU ",
    ];
    let city = noise
        .iter()
        .fold(plain, |rest, word| rest.replace(word, " "))
        .chars()
        .filter(|c| c.is_alphabetic())
        .count();
    if city < 2 {
        return Some(Unregistered::NoCity);
    }
    let other = digits.len() >= 9 && siren.is_some_and(|siren| !digits.contains(siren));
    other.then_some(Unregistered::OtherNumber)
}

/// Tells whether a text has a word or several as words of their own, with points between its letters or without.
fn has_word(text: &str, word: &str) -> bool {
    let word = format!(" {word} ");
    spaced(text).contains(&word) || spaced(&text.replace('.', "")).contains(&word)
}

/// A text in capitals whose words stand between single spaces.
fn spaced(text: &str) -> String {
    let words = text.to_uppercase().replace('’', "'");
    let words = words.split(|c: char| c.is_whitespace() || "(),.;:/-–—".contains(c));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // Twice between words, so that two neighbours can both be taken out.
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::*;

    #[test]
    fn a_form_is_named_and_its_capital_stated() {
        for (form, text, named, capital) in [
            (Form::Sasu, "SASU au capital de 1 000 €", true, true),
            (
                Form::Sas,
                "Société par actions simplifiée au capital variable",
                true,
                true,
            ),
            (Form::Sarl, "S.A.R.L. au capital de 7 500 euros", true, true),
            (
                Form::Eurl,
                "SARL unipersonnelle, capital : 100 €",
                true,
                true,
            ),
            (
                Form::Selarl,
                "Société d’exercice libéral à responsabilité limitée au capital de 10 €",
                true,
                true,
            ),
            (Form::Scop, "SCOP SA à capital variable", true, true),
            (Form::Snc, "Société en nom collectif", true, true),
            (Form::Sci, "SCI au capital de 1 €", true, true),
            (Form::Sa, "SA au capital de 37 000 €", true, true),
            (Form::Sa, "SARL au capital de 37 000 €", false, true),
            (Form::Sasu, "bonjour", false, false),
            (Form::Sasu, "SASU", true, false),
        ] {
            let law = built_in("FR").form(form).unwrap();
            assert_eq!(
                (law.is_named_in(text), law.states_capital(text)),
                (named, capital),
                "{text}"
            );
        }
        assert!(built_in("FR").form(Form::Association).is_none());
        assert!(built_in("DE").form(Form::Sarl).is_none());
    }

    #[test]
    fn a_registration_has_its_registry_its_city_and_no_other_number() {
        let siren = Some("732829320");
        for (text, lacks) in [
            ("RCS Lyon 732 829 320", None),
            ("732 829 320 R.C.S. Paris", None),
            ("RCS LYON", None),
            ("RSAC Bordeaux 732829320", None),
            (
                "Registre du commerce et des sociétés de Nanterre n° 732 829 320",
                None,
            ),
            ("x", Some(Unregistered::NoRegistry)),
            ("Lyon 732 829 320", Some(Unregistered::NoRegistry)),
            ("RCS 732 829 320", Some(Unregistered::NoCity)),
            ("RCS B 732 829 320", Some(Unregistered::NoCity)),
            (
                "Registre du commerce et des sociétés",
                Some(Unregistered::NoCity),
            ),
            ("RCS Lyon 404 833 048", Some(Unregistered::OtherNumber)),
        ] {
            assert_eq!(unregistered(text, siren), lacks, "{text}");
        }
    }
}
