//! Everything that issuing a draft looks at: what the VAT of its lines, its figures and its frozen copy are worked out from.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::rest::Left;
use crate::ledger::currency::Currency;
use crate::ledger::document::{Attachment, Reference};
use crate::ledger::draft::Draft;
use crate::ledger::party::{Client, Language};
use crate::ledger::settings::Settings;
use crate::ledger::terms::Terms;
use crate::regime::Regime;
use crate::span::Span;

/// Wording that a document needs beside the law's: it is data of its language, brought by the caller.
pub trait Words {
    /// Reason of a discount that gives none (BT-97, BT-139).
    fn discount(&self) -> String;
    /// Reason of a charge that gives none (BT-104, BT-144).
    fn charge(&self) -> String;
    /// How a date is written.
    fn date(&self, day: NaiveDate) -> String;
    /// How a sentence of the law writes a date, such as `1er janvier 2027`.
    fn date_in_words(&self, day: NaiveDate) -> String;
    /// How an amount is written.
    fn amount(&self, value: Decimal, currency: Currency) -> String;
    /// How a number is written.
    fn number(&self, value: Decimal) -> String;
}

/// What a draft names of the books.
#[derive(Debug, Clone, Default)]
pub struct Preceding {
    /// The documents it corrects, then the deposits it takes into account; BG-3.
    pub references: Vec<Reference>,
    /// Whether it corrects a deposit.
    pub on_deposit: bool,
    /// Client credits received before issue.
    pub paid: Option<Prepaid>,
    /// A credit note: what is left to credit of the documents it corrects.
    pub left: Option<Left>,
}

/// Client credits that pay a document before it is issued.
#[derive(Debug, Clone)]
pub struct Prepaid {
    /// What each is still worth, by the id of its payment, in the document's currency.
    pub credits: Vec<(String, Decimal)>,
    /// When the last of them was received: BT-9 of a paid invoice (BR-FR-CO-09).
    pub received: NaiveDate,
    /// Where the draft names them.
    pub span: Span,
}

impl Prepaid {
    /// Returns what they come to.
    pub fn sum(&self) -> Decimal {
        self.credits.iter().map(|(_, amount)| *amount).sum()
    }
}

/// Everything that issuing a draft looks at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// acquit.toml.
    pub settings: &'a Settings,
    /// The seller's law.
    pub regime: &'a Regime,
    /// The client.
    pub client: &'a Client,
    /// The draft.
    pub draft: &'a Draft,
    /// The issue date.
    pub day: NaiveDate,
    /// The documents it corrects or deducts, and the credits that pay it.
    pub preceding: &'a Preceding,
    /// The logo as kept under invoices/.
    pub logo: Option<&'a str>,
    /// The name of a built-in design, or the ledger's own as kept under invoices/.
    pub design: Option<&'a str>,
    /// Attached files.
    pub attachments: &'a [Attachment],
    /// Name and version of this program.
    pub program: &'a str,
    /// Wording in the document's language.
    pub wording: &'a dyn Words,
}

impl Case<'_> {
    /// Returns the document's language: the draft's, else the client's, else the ledger's.
    pub fn language(&self) -> Language {
        self.draft
            .language
            .or(self.client.language)
            .unwrap_or(self.settings.language)
    }

    /// Returns the document's currency.
    pub fn currency(&self) -> Currency {
        self.draft
            .currency
            .map(|c| c.value)
            .or(self.client.currency)
            .unwrap_or(self.settings.currency)
    }

    /// Returns the terms towards this client.
    pub fn terms(&self) -> Terms {
        self.client.terms.over(self.settings.terms)
    }
}
