//! Issued documents, as issuing froze them: from these alone page and XML can be made in ten years.

use super::words::words;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::currency::Currency;
use super::identifier::Number;
use super::party::{Address, ClientKind, Form, Language, Operation, Place, VatDue, VatRegime};
use super::pay::{PayKind, Payee};
use super::quote_part::QuotePart;
use super::terms::{Allocation, DiscountVat};
use super::vat::Category;
use super::works::Works;
use crate::span::Span;

words! {
    /// The types of document.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum DocumentType {
        /// Invoice: 380.
        Invoice = "invoice",
        /// Invoice for money asked before the work: 386.
        Deposit = "deposit",
        /// Invoice of the whole that takes deposits into account: 380.
        Final = "final",
        /// Credit note: 381; 503 on a deposit.
        Credit = "credit",
        /// Restates a whole document and replaces it: 384.
        Corrective = "corrective",
        /// Offer: no fiscal document.
        Quote = "quote",
    }
}

impl DocumentType {
    /// Returns its name in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Credit => "credit note",
            Self::Deposit => "deposit invoice",
            Self::Final => "final invoice",
            Self::Corrective => "corrective invoice",
            _ => self.word(),
        }
    }

    /// Returns −1 for credit notes, whose figures are positive in the document and negative in the register; else 1.
    pub fn sign(self) -> Decimal {
        if self == Self::Credit {
            Decimal::NEGATIVE_ONE
        } else {
            Decimal::ONE
        }
    }
}

words! {
    /// Whether prices hold VAT.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum PriceMode {
        /// Without VAT.
        Net = "net",
        /// VAT included.
        Gross = "gross",
    }
}

/// A span of days, both included; BG-14, BG-26.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// BT-73, BT-134.
    pub from: NaiveDate,
    /// BT-74, BT-135.
    pub to: NaiveDate,
}

/// A rate of exchange to the ledger's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Units of the ledger's currency for one of the document's.
    pub rate: Decimal,
    /// The day it held.
    pub date: Option<NaiveDate>,
    /// Who published it.
    pub source: Option<String>,
}

/// A percentage of something, or an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Percent: 5 is 5 %.
    Percent(Decimal),
    /// An amount in the document's currency.
    Amount(Decimal),
}

/// A discount or charge on one line; BG-27, BG-28.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAdjustment {
    /// BT-138, BT-143, if it was a percentage.
    pub percent: Option<Decimal>,
    /// BT-136, BT-141.
    pub amount: Decimal,
    /// BT-139, BT-144.
    pub reason: String,
}

/// A line; BG-25.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it stands.
    pub span: Span,
    /// BT-153.
    pub item: String,
    /// BT-154.
    pub description: Option<String>,
    /// BT-155.
    pub sku: Option<String>,
    /// When it was done; BG-26 for a period.
    pub period: Option<Period>,
    /// Goods or services.
    pub operation: Operation,
    /// BT-129.
    pub quantity: Decimal,
    /// BT-130, as the draft spells it.
    pub unit: Option<String>,
    /// As written in the draft: BT-146 without VAT, or with VAT where prices are gross.
    pub price: Decimal,
    /// BT-146 where prices are gross: at most 6 decimals.
    pub price_net: Option<Decimal>,
    /// BG-27.
    pub discount: Option<LineAdjustment>,
    /// BG-28.
    pub charge: Option<LineAdjustment>,
    /// BT-151.
    pub category: Category,
    /// BT-152, in percent.
    pub rate: Decimal,
    /// BT-131: quantity × price − discount + charge, rounded; without VAT.
    pub net: Decimal,
}

/// A discount or charge on the whole document, for one VAT rate; BG-20, BG-21.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// BT-92, BT-99; without VAT.
    pub amount: Decimal,
    /// BT-94, BT-101, if it was a percentage.
    pub percent: Option<Decimal>,
    /// BT-97, BT-104.
    pub reason: String,
    /// BT-95, BT-102.
    pub category: Category,
    /// BT-96, BT-103, in percent.
    pub rate: Decimal,
}

/// VAT of one category and rate; BG-23.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatGroup {
    /// BT-118.
    pub category: Category,
    /// BT-119, in percent.
    pub rate: Decimal,
    /// BT-116.
    pub base: Decimal,
    /// BT-117: base × rate, rounded.
    pub vat: Decimal,
    /// BT-121: VATEX code.
    pub code: Option<String>,
    /// BT-120.
    pub reason: Option<String>,
}

/// Totals; BG-22.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// BT-106: sum of line nets.
    pub lines: Decimal,
    /// BT-107.
    pub discounts: Decimal,
    /// BT-108.
    pub charges: Decimal,
    /// BT-109: without VAT.
    pub net: Decimal,
    /// BT-110.
    pub vat: Decimal,
    /// BT-111: VAT in the ledger's currency, where the document's is another.
    pub vat_ledger: Option<Decimal>,
    /// BT-112: with VAT.
    pub gross: Decimal,
    /// Part of BT-113: deposits taken into account.
    pub deposits: Decimal,
    /// BT-114.
    pub rounding: Decimal,
    /// Gross + BT-114 − deposits: what the document adds to what the client owes.
    pub owed: Decimal,
    /// Part of BT-113: received before issue.
    pub paid: Decimal,
    /// BT-115: amount due.
    pub due: Decimal,
}

/// The seller, as printed; BG-4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenSeller {
    /// BT-27.
    pub name: String,
    /// Legal form.
    pub form: Form,
    /// BT-28.
    pub trade_name: Option<String>,
    /// BT-30.
    pub id: Option<String>,
    /// BT-29.
    pub siret: Option<String>,
    /// BT-31.
    pub vat: Option<String>,
    /// BT-32.
    pub tax_id: Option<String>,
    /// BT-33.
    pub legal: Option<String>,
    /// Registry and city.
    pub registry: Option<String>,
    /// VAT regime on the issue date.
    pub vat_regime: VatRegime,
    /// When VAT on services falls due.
    pub vat_due: VatDue,
    /// BT-43.
    pub email: Option<String>,
    /// BT-42.
    pub phone: Option<String>,
    /// BT-41.
    pub contact: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// BT-34.
    pub endpoint: Option<String>,
    /// The logo's file as kept under invoices/.
    pub logo: Option<String>,
    /// Accent colour.
    pub accent: Option<String>,
    /// Name of a built-in design, or the file of the ledger's own as kept under invoices/.
    pub design: Option<String>,
    /// Text at the foot of each page.
    pub footer: Option<String>,
    /// BG-5.
    pub address: Address,
}

/// The buyer, as printed; BG-7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenBuyer {
    /// The client's id in the ledger.
    pub client: String,
    /// BT-44.
    pub name: String,
    /// Kind.
    pub kind: ClientKind,
    /// False: a business outside VAT.
    pub taxable: bool,
    /// BT-47.
    pub id: Option<String>,
    /// BT-46.
    pub siret: Option<String>,
    /// BT-48.
    pub vat: Option<String>,
    /// BT-49.
    pub endpoint: Option<String>,
    /// Routing code.
    pub routing: Option<String>,
    /// BT-56.
    pub contact: Option<String>,
    /// BT-57.
    pub phone: Option<String>,
    /// BT-58.
    pub email: Option<String>,
    /// BT-10.
    pub reference: Option<String>,
    /// BT-19.
    pub accounting: Option<String>,
    /// BG-8.
    pub address: Address,
    /// Name and address to print, where they differ.
    pub billing: Option<Place>,
    /// BG-15.
    pub delivery: Option<Place>,
}

/// The discount for early payment, as offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenDiscount {
    /// Percent of what is owed.
    pub percent: Decimal,
    /// Days from issue.
    pub days: u32,
    /// The last day.
    pub date: NaiveDate,
    /// What is taken off, VAT included.
    pub amount: Decimal,
    /// How VAT follows.
    pub vat: DiscountVat,
}

/// The terms, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenTerms {
    /// The rule the due date came from.
    pub due: Option<String>,
    /// Correctives: the first day of delay by the terms of what it replaces, if that rules interest, indemnity and limitation.
    pub late_from: Option<NaiveDate>,
    /// Agreed late interest in percent a year; none: by law.
    pub late_interest: Option<Decimal>,
    /// The rate printed, in percent a year; none for consumers.
    pub late_rate: Option<Decimal>,
    /// The fixed indemnity; none for consumers.
    pub recovery_fee: Option<Decimal>,
    /// Its currency: the law's own where the law gives it, else the document's.
    pub fee_currency: Currency,
    /// Days of a year.
    pub day_count: u32,
    /// Allocation of payments.
    pub allocation: Allocation,
    /// Discount for early payment.
    pub discount: Option<FrozenDiscount>,
}

/// Part of a document's turnover and VAT: one operation, category and rate. Signed as in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Goods or services.
    pub operation: Operation,
    /// BT-118.
    pub category: Category,
    /// BT-119, in percent.
    pub rate: Decimal,
    /// Without VAT.
    pub base: Decimal,
    /// VAT.
    pub vat: Decimal,
}

/// A preceding document; BG-3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// BT-25.
    pub number: Number,
    /// BT-26.
    pub issued: NaiveDate,
    /// Its BT-112.
    pub gross: Decimal,
    /// Of a deposit that is taken into account: its `owed` less the credit notes on it. None where the document is corrected.
    pub deducted: Option<Decimal>,
    /// Its breakdown, as in the register; of a deposit, less that of the credit notes on it.
    pub vat: Vec<Slice>,
    /// Of a document that a credit note corrects, where others had taken something back: what they had left of `vat`.
    pub left: Option<Vec<Slice>>,
}

/// A mention as printed; BG-1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// BT-21, if any.
    pub code: Option<String>,
    /// BT-22.
    pub text: String,
    /// Whether the client signs it: it is what the client declares.
    pub sign: bool,
}

/// A way to pay, as printed; BG-16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenPay {
    /// Its id in acquit.toml.
    pub id: String,
    /// Kind.
    pub kind: PayKind,
    /// Label.
    pub label: Option<String>,
    /// BT-84.
    pub iban: Option<String>,
    /// BT-86.
    pub bic: Option<String>,
    /// BT-85.
    pub holder: Option<String>,
    /// The link, filled in.
    pub url: Option<String>,
    /// BT-90.
    pub creditor_id: Option<String>,
    /// BT-89: the client's mandate of a direct debit.
    pub mandate: Option<String>,
}

/// An attached file; BG-24.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// BT-125: its name under invoices/YEAR/NUMBER/.
    pub name: String,
    /// Digest of its bytes, lower-case hex.
    pub sha256: String,
}

/// A part of a quote that can be invoiced by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Its name.
    pub name: String,
    /// Percent of the whole; none where it has lines.
    pub share: Option<Decimal>,
    /// Its lines, from 1.
    pub lines: Vec<u32>,
}

/// The draft a document came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftOrigin {
    /// Its name.
    pub name: String,
    /// Digest of its bytes (CRLF as LF), lower-case hex.
    pub sha256: String,
}

/// An issued document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The file as a whole.
    pub span: Span,
    /// Format of the file.
    pub format: u32,
    /// The program that issued it.
    pub program: String,
    /// The draft it came from.
    pub draft: DraftOrigin,
    /// BT-1.
    pub number: Number,
    /// The number without its counter.
    pub series: String,
    /// Type.
    pub kind: DocumentType,
    /// BT-3.
    pub type_code: u32,
    /// BT-23.
    pub process: String,
    /// BT-2.
    pub issued: NaiveDate,
    /// BT-9; none on a credit note and on a quote.
    pub due: Option<NaiveDate>,
    /// Quotes: the last day on which it can be accepted.
    pub valid_until: Option<NaiveDate>,
    /// BT-72, else the end of BG-14, else BT-2.
    pub supplied: NaiveDate,
    /// BT-8, where it is stated.
    pub vat_point: Option<String>,
    /// BT-83.
    pub payment_reference: String,
    /// Language of the page.
    pub language: Language,
    /// BT-5.
    pub currency: Currency,
    /// BT-6 where the document's currency is another than the ledger's.
    pub ledger_currency: Currency,
    /// Rate of exchange where they differ.
    pub exchange: Option<Exchange>,
    /// Whether prices hold VAT.
    pub prices: PriceMode,
    /// Printed as a title.
    pub subject: Option<String>,
    /// BT-13.
    pub order: Option<String>,
    /// BT-12.
    pub contract: Option<String>,
    /// BT-11.
    pub project: Option<String>,
    /// The accepted offer it comes from.
    pub quote: Option<String>,
    /// Which part of it.
    pub quote_part: Option<QuotePart>,
    /// Quotes: the quote that it takes the place of.
    pub replaces: Option<String>,
    /// BT-72, where stated.
    pub delivered: Option<NaiveDate>,
    /// BG-14.
    pub period: Option<Period>,
    /// Client credits received before issue, by the ids of their payments.
    pub paid: Vec<String>,
    /// Written by `recurring run`.
    pub recurring: Option<String>,
    /// BT-22.
    pub note: Option<String>,
    /// Works that it offers or invoices.
    pub works: Option<Works>,
    /// BG-4.
    pub seller: FrozenSeller,
    /// BG-7.
    pub buyer: FrozenBuyer,
    /// BG-10.
    pub payee: Option<Payee>,
    /// BT-20 and what goes with it.
    pub terms: FrozenTerms,
    /// BG-3.
    pub references: Vec<Reference>,
    /// BG-25.
    pub lines: Vec<Line>,
    /// BG-20.
    pub discounts: Vec<Adjustment>,
    /// BG-21.
    pub charges: Vec<Adjustment>,
    /// BG-23.
    pub vat: Vec<VatGroup>,
    /// BG-22.
    pub totals: Totals,
    /// Where the totals stand.
    pub totals_span: Span,
    /// BG-1.
    pub mentions: Vec<Mention>,
    /// BG-16.
    pub pay: Vec<FrozenPay>,
    /// BG-24.
    pub attachments: Vec<Attachment>,
    /// Quotes: the parts that can be invoiced one by one.
    pub milestones: Vec<Milestone>,
}

impl Document {
    /// Tells whether it is collected by direct debit: then nobody asks the client to pay.
    pub fn is_debited(&self) -> bool {
        self.pay
            .iter()
            .any(|mean| mean.kind == PayKind::DirectDebit && mean.mandate.is_some())
    }

    /// Returns the folder that holds its file, and that of its attachments under its number: quotes are no invoices.
    pub fn folder(&self) -> String {
        let room = if self.kind == DocumentType::Quote {
            "quotes"
        } else {
            "invoices"
        };
        format!("{room}/{}", self.issued.format("%Y"))
    }
}
