//! Rows of the books: register, payments, events. Borrowed from the file, so that a hundred thousand of them cost nothing.

use super::words::words;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::currency::Currency;
use super::document::DocumentType;
use super::event_kind::EventKind;
use super::settings::PayKind;
use super::words;
use crate::span::Span;

/// A row's fields as they stand in its file, in that file's columns.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    text: &'r str,
    bounds: &'r [(u32, u32)],
}

impl<'r> Record<'r> {
    /// Starts with a text and where each field begins and ends in it.
    pub fn new(text: &'r str, bounds: &'r [(u32, u32)]) -> Self {
        Self { text, bounds }
    }

    /// Returns the text, and where each field begins and ends in it.
    pub fn parts(self) -> (&'r str, &'r [(u32, u32)]) {
        (self.text, self.bounds)
    }

    /// Returns how many fields there are.
    pub fn len(self) -> usize {
        self.bounds.len()
    }

    /// Tells whether there is none.
    pub fn is_empty(self) -> bool {
        self.bounds.is_empty()
    }

    /// Returns a field by its position.
    pub fn get(self, index: usize) -> Option<&'r str> {
        self.bounds
            .get(index)
            .and_then(|(start, end)| self.text.get(*start as usize..*end as usize))
    }

    /// Returns the last field.
    pub fn last(self) -> &'r str {
        self.get(self.len().wrapping_sub(1)).unwrap_or_default()
    }

    /// Returns the fields in order.
    pub fn iter(self) -> impl Iterator<Item = &'r str> {
        (0..self.len()).map(move |index| self.get(index).unwrap_or_default())
    }

    /// Returns all fields but the last in order: what a seal covers.
    pub fn sealed(self) -> impl Iterator<Item = &'r str> {
        self.iter().take(self.len().saturating_sub(1))
    }
}

/// A row as it stands in its file, kept to be compared with its document.
#[derive(Debug, Clone)]
pub struct RowText {
    /// Where it stands.
    pub span: Span,
    text: Box<str>,
    bounds: Box<[(u32, u32)]>,
}

impl RowText {
    /// Keeps a row.
    pub fn new(span: Span, record: Record<'_>) -> Self {
        let (text, bounds) = record.parts();
        Self {
            span,
            text: text.into(),
            bounds: bounds.into(),
        }
    }

    /// Returns its fields.
    pub fn record(&self) -> Record<'_> {
        Record::new(&self.text, &self.bounds)
    }
}

/// A row of the register: the frozen figures of one issued document. Those of a credit note are negative.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// Where it stands.
    pub span: Span,
    /// BT-1.
    pub number: &'a str,
    /// Type.
    pub kind: DocumentType,
    /// The client's id.
    pub client: &'a str,
    /// BT-44.
    pub buyer: &'a str,
    /// BT-2.
    pub issued: NaiveDate,
    /// When it was supplied.
    pub supplied: NaiveDate,
    /// BT-9.
    pub due: Option<NaiveDate>,
    /// BT-5.
    pub currency: Currency,
    /// The ledger's currency for one unit of the document's.
    pub exchange: Decimal,
    /// BT-109.
    pub net: Decimal,
    /// BT-110.
    pub vat: Decimal,
    /// BT-112.
    pub gross: Decimal,
    /// Deposits taken into account.
    pub deposits: Decimal,
    /// What it adds to what the client owes.
    pub owed: Decimal,
    /// `operation:category:rate:base:vat` joined by `;`.
    pub breakdown: &'a str,
    /// Numbers corrected or deducted, joined by spaces.
    pub refs: &'a str,
    /// Digest of the document.
    pub sha256: &'a str,
    /// Digest of the previous seal and the fields before.
    pub seal: &'a str,
}

/// How many of the columns of payments must stand in a file.
pub const PAYMENT_REQUIRED: usize = 7;

words! {
    /// What a payment pays.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Part {
        /// The debt.
        Principal = "principal",
        /// Late interest.
        Interest = "interest",
        /// The fixed indemnity.
        Fee = "fee",
        /// Further costs.
        Costs = "costs",
    }
}

/// How money moved: by one of the ways to pay, or from a credit to a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Money moved by this way to pay.
    By(PayKind),
    /// A credit of the client was used; no money moved.
    Offset,
}

impl Method {
    const OFFSET: &str = "offset";

    /// Returns the word by which payments spell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::By(kind) => kind.word(),
            Self::Offset => Self::OFFSET,
        }
    }

    /// Returns the method that a word spells.
    pub fn parse(word: &str) -> Option<Self> {
        if word == Self::OFFSET {
            Some(Self::Offset)
        } else {
            PayKind::parse(word).map(Self::By)
        }
    }

    /// Returns all words as messages list them.
    pub fn list() -> String {
        format!("{}, {}", words::list(PayKind::WORDS), Self::OFFSET)
    }
}

/// A row of payments.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment<'a> {
    /// Where it stands.
    pub span: Span,
    /// The movement's id.
    pub id: &'a str,
    /// When the money was available.
    pub date: NaiveDate,
    /// The client's id.
    pub client: &'a str,
    /// Positive received, negative paid back; before the provider's fee.
    pub amount: Decimal,
    /// Currency.
    pub currency: Currency,
    /// How it moved.
    pub method: Method,
    /// The document paid; empty: the client's credit.
    pub document: &'a str,
    /// What of it.
    pub part: Part,
    /// The payment provider's fee.
    pub fee: Decimal,
    /// The `[[pay]]` id.
    pub account: &'a str,
    /// The payer's reference.
    pub reference: &'a str,
    /// A note.
    pub note: &'a str,
}

/// How many of the columns of events must stand in a file.
pub const EVENT_REQUIRED: usize = 5;

/// The reasons of a write-off: the first word of its note.
pub const WRITE_OFF_REASONS: &[&str] = &["fee", "rounding", "exchange", "bad-debt", "goodwill"];

/// Those of which too much may have come as well as too little.
pub const DIFFERENCES: &[&str] = &["rounding", "exchange"];

/// A row of events.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'a> {
    /// Where it stands.
    pub span: Span,
    /// The id; shared by the rows of one happening.
    pub id: &'a str,
    /// When.
    pub date: NaiveDate,
    /// What happened.
    pub kind: EventKind,
    /// The client's id.
    pub client: &'a str,
    /// The document, if it is about one.
    pub document: &'a str,
    /// The reminder's step.
    pub step: &'a str,
    /// The message's channel.
    pub channel: &'a str,
    /// An amount, if it has one.
    pub amount: Option<Decimal>,
    /// The amount's currency.
    pub currency: Option<Currency>,
    /// Interest claimed.
    pub interest: Option<Decimal>,
    /// Fixed indemnity claimed.
    pub fee: Option<Decimal>,
    /// Until when; of a reminder, the due date it was about.
    pub until: Option<NaiveDate>,
    /// Who.
    pub who: &'a str,
    /// The message's file.
    pub file: &'a str,
    /// Its digest.
    pub sha256: &'a str,
    /// A note.
    pub note: &'a str,
}

impl Event<'_> {
    /// Returns why something was written off: the first word of the note.
    pub fn reason(&self) -> &str {
        reason(self.note)
    }

    /// Tells whether it is a difference of rounding or exchange, which may go either way.
    pub fn is_difference(&self) -> bool {
        self.kind == EventKind::WriteOff && DIFFERENCES.contains(&self.reason())
    }
}

/// Returns the first word of a write-off's note: its reason.
pub fn reason(note: &str) -> &str {
    note.split([' ', ':', ',', ';']).next().unwrap_or_default()
}
