//! Data of VAT: rates, cases without a rate, and how their reasons are printed.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::parts::{Wording, decimal};
use crate::ledger::party::Language;

/// A VAT rate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VatRate {
    /// In percent.
    #[serde(with = "decimal")]
    pub percent: Decimal,
    /// Since when.
    pub from: NaiveDate,
    /// The text.
    pub source: String,
    /// Taken from memory, not from a checked page.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// What a case without a rate asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub(super) word: String,
    /// Its VATEX code (BT-121).
    pub vatex: Option<String>,
    /// Its VATEX code where both parties are of the seller's country, if another.
    pub(super) home_vatex: Option<String>,
    /// How it is printed (BT-120) where it has no VATEX code.
    text: Option<Wording>,
    /// Since when that text holds.
    from: Option<NaiveDate>,
    /// `seller-vat`, `buyer-vat`, `delivery`, `reason`, `home-reason` (a reason where both parties are of one country), `alone`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The text.
    pub source: String,
}

impl Case {
    /// Returns the VATEX code that the law gives it, between parties of one country or not; none where the draft has to say its reason.
    pub fn code(&self, is_home: bool) -> Option<&str> {
        if !is_home {
            return self.vatex.as_deref();
        }
        let own = self.needs.iter().any(|need| need == "home-reason");
        let code = self.home_vatex.as_ref().or(self.vatex.as_ref());
        code.filter(|_| !own).map(String::as_str)
    }

    /// Returns how it is printed on a day where it has no VATEX code.
    pub fn text(&self, day: NaiveDate, language: Language) -> Option<&str> {
        let text = self.text.as_ref()?;
        self.from
            .is_none_or(|from| from <= day)
            .then(|| text.of(language))
    }
}

/// How a VATEX code is printed (BT-120), and when.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    pub(super) vatex: String,
    pub(super) text: Wording,
    pub(super) from: Option<NaiveDate>,
    pub(super) until: Option<NaiveDate>,
    pub(super) source: String,
}

impl Reason {
    /// Tells whether it holds on a day.
    pub(super) fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
