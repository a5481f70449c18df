//! Drafts: what is not issued yet. No number; edited by hand.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::currency::Currency;
use super::document::{DocumentType, Exchange, Milestone, Period, PriceMode, Share};
use super::party::{Language, Operation};
use super::terms::Due;
use super::vat::VatChoice;
use super::works::{Concluded, Works};
use crate::span::{Span, Spanned};

/// A line of a draft; BG-25.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftLine {
    /// Where it stands.
    pub span: Span,
    /// BT-153.
    pub item: Spanned<String>,
    /// BT-154.
    pub description: Option<Spanned<String>>,
    /// When it was done.
    pub period: Option<Period>,
    /// Goods or services; the seller's activity if absent.
    pub operation: Option<Operation>,
    /// BT-129, up to 4 decimals.
    pub quantity: Spanned<Decimal>,
    /// BT-130: a word of ours or a UN/ECE Rec 20 code.
    pub unit: Option<Spanned<String>>,
    /// BT-146, up to 6 decimals, not negative.
    pub price: Spanned<Decimal>,
    /// A rate or a word; none where the regime decides.
    pub vat: Option<Spanned<VatChoice>>,
    /// Where the regime does not give it: a VATEX code, or the ground in own words.
    pub vat_reason: Option<Spanned<String>>,
    /// How the ground is worded, in the place of the law's own words; BT-120.
    pub vat_text: Option<Spanned<String>>,
    /// BG-27.
    pub discount: Option<Spanned<Share>>,
    /// BT-139.
    pub discount_reason: Option<String>,
    /// BG-28.
    pub charge: Option<Spanned<Share>>,
    /// BT-144.
    pub charge_reason: Option<String>,
    /// BT-155.
    pub sku: Option<String>,
}

/// A discount or charge of the whole document; BG-20, BG-21.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftAdjustment {
    /// Where it stands.
    pub span: Span,
    /// How much.
    pub share: Spanned<Share>,
    /// BT-97, BT-104.
    pub reason: Option<Spanned<String>>,
    /// The rate it belongs to; split over the lines' rates, pro rata, where absent.
    pub vat: Option<Spanned<VatChoice>>,
}

/// A milestone of a draft, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftMilestone {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub milestone: Milestone,
}

/// A draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The file's name without `.toml`.
    pub name: String,
    /// The file as a whole.
    pub span: Span,
    /// Digest of its bytes (CRLF as LF), lower-case hex.
    pub sha256: String,
    /// The client's id.
    pub client: Spanned<String>,
    /// Type.
    pub kind: Spanned<DocumentType>,
    /// Printed as a title.
    pub subject: Option<Spanned<String>>,
    /// BT-13.
    pub order: Option<String>,
    /// BT-12.
    pub contract: Option<String>,
    /// BT-11.
    pub project: Option<String>,
    /// The accepted offer it comes from.
    pub quote: Option<Spanned<String>>,
    /// Which part of it.
    pub quote_part: Option<Spanned<String>>,
    /// Quotes: the quote that it takes the place of.
    pub replaces: Option<Spanned<String>>,
    /// Quotes: how long it holds; the terms' `quote_validity` if absent.
    pub validity: Option<Spanned<Due>>,
    /// BT-72.
    pub delivered: Option<Spanned<NaiveDate>>,
    /// BG-14.
    pub period: Option<Spanned<Period>>,
    /// BG-3.
    pub corrects: Vec<Spanned<String>>,
    /// Finals: the deposits taken into account.
    pub deposits: Vec<Spanned<String>>,
    /// Client credits received before issue.
    pub paid: Vec<Spanned<String>>,
    /// Written by `recurring run`.
    pub recurring: Option<String>,
    /// Whether prices hold VAT.
    pub prices: PriceMode,
    /// BT-22.
    pub note: Option<Spanned<String>>,
    /// Language of the page.
    pub language: Option<Language>,
    /// BT-5.
    pub currency: Option<Spanned<Currency>>,
    /// Rate of exchange to the ledger's currency.
    pub exchange: Option<Spanned<Exchange>>,
    /// Credit notes: BT-114, the cents that bases and VAT miss of what the client gets back.
    pub rounding: Option<Spanned<Decimal>>,
    /// When it falls due.
    pub due: Option<Spanned<Due>>,
    /// Correctives: the first day of delay by the terms of what it replaces.
    pub late_from: Option<Spanned<NaiveDate>>,
    /// Works that it offers or invoices.
    pub works: Option<Spanned<Works>>,
    /// Quotes: how the contract is concluded; the seller's usual way if absent.
    pub concluded: Option<Spanned<Concluded>>,
    /// Ways to pay.
    pub pay: Vec<Spanned<String>>,
    /// BG-24: files relative to the ledger.
    pub attachments: Vec<Spanned<String>>,
    /// BG-25.
    pub lines: Vec<DraftLine>,
    /// BG-20.
    pub discounts: Vec<DraftAdjustment>,
    /// BG-21.
    pub charges: Vec<DraftAdjustment>,
    /// Quotes only.
    pub milestones: Vec<DraftMilestone>,
}

/// Units a draft may name, with their UN/ECE Recommendation 20 codes (BT-130).
pub const UNITS: &[(&str, &str)] = &[
    ("piece", "C62"),
    ("hour", "HUR"),
    ("day", "DAY"),
    ("week", "WEE"),
    ("month", "MON"),
    ("km", "KMT"),
    ("kg", "KGM"),
    ("m", "MTR"),
    ("m2", "MTK"),
    ("litre", "LTR"),
    ("word", "D68"),
    ("page", "ZP"),
    ("set", "SET"),
];

/// Tells whether a text is a unit: a word of [`UNITS`] or a code of two or three capitals and digits.
pub fn is_unit(text: &str) -> bool {
    UNITS.iter().any(|(word, _)| *word == text)
        || ((2..=3).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}
