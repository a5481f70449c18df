//! Seller (BG-4), client (BG-7) and their addresses (BG-5, BG-8, BG-15).

use super::words::words;
use chrono::NaiveDate;

use super::currency::Currency;
use super::pay::{PayKind, PayMean};
use super::reminder::Step;
use super::terms::TermsOverride;
use super::works::{Concluded, Insurance, Mediator};
use crate::span::{Span, Spanned};

/// A postal address: BG-5, BG-8, BG-12, BG-15.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// BT-35, BT-50.
    pub street: Option<String>,
    /// BT-36, BT-51.
    pub more: Option<String>,
    /// BT-38, BT-53.
    pub postcode: Option<String>,
    /// BT-37, BT-52.
    pub city: Option<String>,
    /// BT-39, BT-54.
    pub region: Option<String>,
    /// BT-40, BT-55: ISO 3166-1 alpha-2.
    pub country: String,
}

words! {
    /// The seller's legal form: decides legal mentions.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Form {
        /// Sole trader (entrepreneur individuel).
        Ei = "ei",
        /// One-person limited company.
        Eurl = "eurl",
        /// Limited company.
        Sarl = "sarl",
        /// One-person simplified joint-stock company.
        Sasu = "sasu",
        /// Simplified joint-stock company.
        Sas = "sas",
        /// Company of a liberal profession.
        Selarl = "selarl",
        /// Joint-stock company.
        Sa = "sa",
        /// General partnership.
        Snc = "snc",
        /// Civil company.
        Sci = "sci",
        /// Workers' cooperative.
        Scop = "scop",
        /// Association of the law of 1901.
        Association = "association",
        /// Any other.
        Other = "other",
    }
}

impl Form {
    /// Tells whether it is a company, which states its form and its registry.
    pub fn is_company(self) -> bool {
        !matches!(self, Self::Ei | Self::Association | Self::Other)
    }
}

words! {
    /// Whether the seller charges VAT.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum VatRegime {
        /// Charges VAT.
        Standard = "standard",
        /// Small-enterprise scheme (franchise en base): charges none.
        Franchise = "franchise",
    }
}

words! {
    /// When VAT falls due on services.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum VatDue {
        /// When the money is received (the French default for services).
        Receipts = "receipts",
        /// When the invoice is issued (option pour les débits).
        Debits = "debits",
    }
}

words! {
    /// Goods, services, or neither: decides the first letter of BT-23, and what is turnover.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Operation {
        /// Services.
        Services = "services",
        /// Goods.
        Goods = "goods",
        /// Sums paid in the client's name (CGI art. 267, II-2°): no supply of the seller's, no turnover.
        Disbursement = "disbursement",
    }
}

impl Operation {
    /// What a seller supplies, with its words: what settings and drafts may say. A line is a disbursement by its VAT.
    pub const SUPPLIES: &[(&str, Self)] = &[
        (Self::Services.word(), Self::Services),
        (Self::Goods.word(), Self::Goods),
    ];
}

/// The seller; BG-4.
#[derive(Debug, Clone, PartialEq)]
pub struct Seller {
    /// Where the table stands.
    pub span: Span,
    /// BT-27: the legal name.
    pub name: Spanned<String>,
    /// Legal form.
    pub form: Form,
    /// BT-28.
    pub trade_name: Option<String>,
    /// BT-30: in France the SIREN, elsewhere `scheme:value`.
    pub id: Option<Spanned<String>>,
    /// BT-29, scheme 0009.
    pub siret: Option<Spanned<String>>,
    /// BT-31.
    pub vat: Option<Spanned<String>>,
    /// BT-32.
    pub tax_id: Option<String>,
    /// BT-33: form and capital.
    pub legal: Option<String>,
    /// Registry and city, such as `RCS Lyon 732 829 320`.
    pub registry: Option<String>,
    /// Professional insurance, where it is compulsory.
    pub insurance: Option<Insurance>,
    /// The mediator of disputes with consumers.
    pub mediator: Option<Mediator>,
    /// A company in liquidation: who liquidates it.
    pub liquidator: Option<String>,
    /// How contracts are concluded where a draft does not say it.
    pub concluded: Option<Concluded>,
    /// Dated VAT regimes, oldest first; the first holds from the beginning.
    pub vat_regime: Vec<(Option<NaiveDate>, VatRegime)>,
    /// When VAT falls due on services.
    pub vat_due: VatDue,
    /// Default of a line's operation.
    pub activity: Operation,
    /// BT-43.
    pub email: Option<Spanned<String>>,
    /// BT-42.
    pub phone: Option<String>,
    /// BT-41.
    pub contact: Option<String>,
    /// Printed only.
    pub website: Option<String>,
    /// BT-34: `scheme:value`.
    pub endpoint: Option<String>,
    /// PNG or JPEG, relative to the ledger.
    pub logo: Option<Spanned<String>>,
    /// Colour of titles and rules, `#rrggbb`.
    pub accent: Option<String>,
    /// How pages look: a built-in design, or one of templates/pages/.
    pub design: Option<Spanned<String>>,
    /// Text at the foot of each page.
    pub footer: Option<String>,
    /// BG-5.
    pub address: Address,
}

impl Seller {
    /// Returns the VAT regime in force on a day.
    pub fn regime_on(&self, day: NaiveDate) -> VatRegime {
        self.vat_regime
            .iter()
            .rev()
            .find(|(from, _)| from.is_none_or(|from| from <= day))
            .or(self.vat_regime.first())
            .map_or(VatRegime::Standard, |(_, regime)| *regime)
    }
}

words! {
    /// What kind of client: decides penalties, mentions and e-invoice rules.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ClientKind {
        /// A business.
        Business = "business",
        /// A consumer: no penalties, no recovery fee.
        Consumer = "consumer",
        /// A public body.
        Public = "public",
    }
}

/// A name and address to print where it differs from the client's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name, if another.
    pub name: Option<String>,
    /// Address.
    pub address: Address,
}

/// A client; BG-7.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// The file's name without `.toml`.
    pub id: String,
    /// The file as a whole.
    pub span: Span,
    /// BT-44.
    pub name: Spanned<String>,
    /// Kind.
    pub kind: ClientKind,
    /// False: a business outside VAT, such as an association.
    pub taxable: bool,
    /// BT-47: SIREN, elsewhere `scheme:value`.
    pub identifier: Option<Spanned<String>>,
    /// BT-46, scheme 0009.
    pub siret: Option<Spanned<String>>,
    /// BT-48.
    pub vat: Option<Spanned<String>>,
    /// BT-49: `scheme:value`.
    pub endpoint: Option<String>,
    /// Routing code of the directory entry.
    pub routing: Option<String>,
    /// Language of documents and messages; the ledger's if absent.
    pub language: Option<Language>,
    /// Currency of documents; the ledger's if absent.
    pub currency: Option<Currency>,
    /// Ids of `[[pay]]`; all if empty.
    pub pay: Vec<Spanned<String>>,
    /// BT-89: the mandate of a direct debit.
    pub mandate: Option<String>,
    /// Where invoices go.
    pub email: Vec<Spanned<String>>,
    /// Copies.
    pub email_cc: Vec<Spanned<String>>,
    /// Where reminders go, if elsewhere.
    pub email_reminders: Vec<Spanned<String>>,
    /// BT-56.
    pub contact: Option<String>,
    /// BT-57.
    pub phone: Option<String>,
    /// BT-10.
    pub reference: Option<String>,
    /// BT-19.
    pub accounting: Option<String>,
    /// Never printed, never sent.
    pub note: Option<String>,
    /// BG-8; required for invoices.
    pub address: Option<Address>,
    /// Name and address to print, where they differ.
    pub billing: Option<Place>,
    /// BG-15.
    pub delivery: Option<Place>,
    /// Keys of `[terms]` that replace the ledger's.
    pub terms: TermsOverride,
    /// Steps that replace the ledger's of the same name.
    pub reminders: Vec<Step>,
}

impl Client {
    /// Returns the way by which the client is debited, among those of the ledger; none without a mandate, or where its file names others.
    pub fn debit<'p>(&self, pay: &'p [PayMean]) -> Option<&'p PayMean> {
        self.mandate.as_ref()?;
        let is_named = |mean: &PayMean| {
            self.pay.is_empty() || self.pay.iter().any(|name| name.value == mean.id.value)
        };
        pay.iter()
            .find(|mean| mean.kind == PayKind::DirectDebit && is_named(mean))
    }
}

words! {
    /// A language of documents and messages.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Language {
        /// French.
        Fr = "fr",
        /// English.
        En = "en",
        /// German.
        De = "de",
        /// Spanish.
        Es = "es",
        /// Italian.
        It = "it",
        /// Dutch.
        Nl = "nl",
    }
}

impl Language {
    /// Returns its code, such as `fr`.
    pub fn code(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, language)| *language == self)
            .map_or("en", |(code, _)| code)
    }
}
