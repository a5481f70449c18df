//! What the data of the law are made of: texts in several languages, decimals as texts; and what is said of a `[[law]]` that does not fit.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, code};
use crate::ledger::party::Language;
use crate::ledger::settings::LawEntry;

/// A text in the languages there is one in; another language falls back to English.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Wording(pub(super) BTreeMap<String, String>);

impl Wording {
    /// Returns the text in a language.
    pub fn of(&self, language: Language) -> &str {
        self.0
            .get(language.code())
            .or_else(|| self.0.get("en"))
            .map_or("", String::as_str)
    }
}

/// Returns the diagnostic of a `[[law]]` that says otherwise than confirmed built-in data.
pub(super) fn conflict(law: &LawEntry, message: String) -> Diagnostic {
    Diagnostic::error(code::LAW_CONFLICT, message)
        .at(law.span)
        .hint("a [[law]] adds what the built-in data lacks; remove it, or report the built-in value if it is wrong")
}

/// Returns the diagnostic of a `[[law]]` of a kind that is none.
pub(super) fn unknown_kind(law: &LawEntry) -> Diagnostic {
    Diagnostic::error(
        code::VALUE_CHOICE,
        format!("`{}` is no kind of law", law.kind.value),
    )
    .at(law.kind.span)
    .hint("`acquit explain law` lists the kinds")
}

/// Decimals of the data files: texts, so that no float comes between.
pub(super) mod decimal {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, de::Error};

    pub(in crate::regime) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map_err(D::Error::custom)
    }
}

/// The same for a value that may be absent.
pub(super) mod optional_decimal {
    use rust_decimal::Decimal;
    use serde::Deserializer;

    pub(in crate::regime) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        super::decimal::deserialize(deserializer).map(Some)
    }
}
