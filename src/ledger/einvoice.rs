//! The semantic model of EN 16931-1: what an electronic invoice says, before any syntax. Every field bears its BT or BG number.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::currency::Currency;
use super::document::{Period, Totals};
use super::party::Address;
use super::vat::Category;

/// BT-24: the profile of every e-invoice made here.
pub const PROFILE: &str = "urn:cen.eu:en16931:2017";

/// An identifier and its scheme, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier<'d> {
    /// Its value.
    pub value: &'d str,
    /// Its scheme: a code of ISO/IEC 6523, or of the list of electronic addresses (EAS).
    pub scheme: Option<&'d str>,
}

impl<'d> Identifier<'d> {
    /// Reads `scheme:value`; a text without a scheme of four digits or two to four capitals is a value alone.
    pub fn parse(text: &'d str) -> Self {
        match text.split_once(':') {
            Some((scheme, value)) if is_scheme(scheme) && !value.is_empty() => Self {
                value,
                scheme: Some(scheme),
            },
            _ => Self {
                value: text,
                scheme: None,
            },
        }
    }

    /// Returns an identifier of a scheme.
    pub fn of(scheme: &'d str, value: &'d str) -> Self {
        Self {
            value,
            scheme: Some(scheme),
        }
    }
}

fn is_scheme(text: &str) -> bool {
    (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
        || ((2..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// A note; BG-1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'d> {
    /// BT-21: subject code (UNTDID 4451).
    pub subject: Option<&'d str>,
    /// BT-22.
    pub text: &'d str,
}

/// A preceding invoice; BG-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preceding<'d> {
    /// BT-25.
    pub number: &'d str,
    /// BT-26.
    pub issued: NaiveDate,
}

/// Whom to ask; BG-6, BG-9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contact<'d> {
    /// BT-41, BT-56.
    pub name: Option<&'d str>,
    /// BT-42, BT-57.
    pub phone: Option<&'d str>,
    /// BT-43, BT-58.
    pub email: Option<&'d str>,
}

/// Seller or buyer; BG-4, BG-7.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeParty<'d> {
    /// BT-27, BT-44.
    pub name: &'d str,
    /// BT-28, BT-45.
    pub trade_name: Option<&'d str>,
    /// BT-29, BT-46.
    pub id: Option<Identifier<'d>>,
    /// BT-30, BT-47.
    pub registration: Option<Identifier<'d>>,
    /// BT-31, BT-48.
    pub vat: Option<&'d str>,
    /// BT-32.
    pub tax_id: Option<&'d str>,
    /// BT-33.
    pub legal: Option<&'d str>,
    /// BT-34, BT-49.
    pub endpoint: Option<Identifier<'d>>,
    /// BG-5, BG-8.
    pub address: &'d Address,
    /// BG-6, BG-9.
    pub contact: Option<Contact<'d>>,
}

/// Who is paid, where it is another than the seller; BG-10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayeeParty<'d> {
    /// BT-59.
    pub name: &'d str,
    /// BT-61.
    pub registration: Option<Identifier<'d>>,
}

/// Delivery; BG-13.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Delivery<'d> {
    /// BT-70.
    pub name: Option<&'d str>,
    /// BT-72.
    pub date: Option<NaiveDate>,
    /// BG-15.
    pub address: Option<&'d Address>,
}

/// How to pay; BG-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment<'d> {
    /// BT-81 (UNTDID 4461).
    pub code: &'static str,
    /// BT-82.
    pub text: Option<&'d str>,
    /// BT-83.
    pub reference: &'d str,
    /// BT-84.
    pub iban: Option<&'d str>,
    /// BT-85.
    pub holder: Option<&'d str>,
    /// BT-86.
    pub bic: Option<&'d str>,
    /// BT-89.
    pub mandate: Option<&'d str>,
    /// BT-90.
    pub creditor_id: Option<&'d str>,
}

/// VAT of a line, discount or charge; BG-30 and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tax {
    /// BT-95, BT-102, BT-151.
    pub category: Category,
    /// BT-96, BT-103, BT-152, in percent; none in category O (BR-O-05).
    pub rate: Option<Decimal>,
}

/// A discount or charge; BG-20, BG-21, BG-27, BG-28.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllowanceCharge<'d> {
    /// Whether it adds.
    pub is_charge: bool,
    /// BT-92, BT-99, BT-136, BT-141: without VAT.
    pub amount: Decimal,
    /// BT-93, BT-100, BT-137, BT-142: without VAT.
    pub base: Option<Decimal>,
    /// BT-94, BT-101, BT-138, BT-143, in percent.
    pub percent: Option<Decimal>,
    /// BT-97, BT-104, BT-139, BT-144.
    pub reason: &'d str,
    /// BT-95, BT-102; none on a line, which has its own.
    pub tax: Option<Tax>,
}

/// VAT of one category and rate; BG-23.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VatBreakdown<'d> {
    /// BT-118, BT-119.
    pub tax: Tax,
    /// BT-116.
    pub base: Decimal,
    /// BT-117.
    pub vat: Decimal,
    /// BT-120.
    pub reason: Option<&'d str>,
    /// BT-121: VATEX code.
    pub code: Option<&'d str>,
}

/// A supporting document that travels inside; BG-24.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supporting<'d> {
    /// BT-122, and the file's name of BT-125.
    pub name: &'d str,
    /// BT-123.
    pub description: Option<&'d str>,
    /// Media type of BT-125.
    pub mime: &'static str,
    /// BT-125.
    pub bytes: &'d [u8],
}

/// A line; BG-25.
#[derive(Debug, Clone, PartialEq)]
pub struct InvoiceLine<'d> {
    /// BT-129.
    pub quantity: Decimal,
    /// BT-130: a code of UN/ECE Recommendation 20.
    pub unit: &'d str,
    /// BT-131: without VAT.
    pub net: Decimal,
    /// BG-26.
    pub period: Option<Period>,
    /// BG-27, BG-28.
    pub adjustments: Vec<AllowanceCharge<'d>>,
    /// BT-146: without VAT.
    pub price: Decimal,
    /// BG-30.
    pub tax: Tax,
    /// BT-153.
    pub item: &'d str,
    /// BT-154.
    pub description: Option<&'d str>,
    /// BT-155.
    pub sku: Option<&'d str>,
}

/// An electronic invoice or credit note.
#[derive(Debug, Clone, PartialEq)]
pub struct EInvoice<'d> {
    /// BT-1.
    pub number: &'d str,
    /// BT-2.
    pub issued: NaiveDate,
    /// BT-3 (UNTDID 1001).
    pub type_code: u32,
    /// BT-5.
    pub currency: Currency,
    /// BT-6, where VAT is accounted for in another currency.
    pub vat_currency: Option<Currency>,
    /// BT-8 (UNTDID 2475): 5, 29 or 72.
    pub vat_point: Option<&'d str>,
    /// BT-9.
    pub due: Option<NaiveDate>,
    /// BT-10.
    pub buyer_reference: Option<&'d str>,
    /// BT-11.
    pub project: Option<&'d str>,
    /// BT-12.
    pub contract: Option<&'d str>,
    /// BT-13.
    pub order: Option<&'d str>,
    /// BT-19.
    pub accounting: Option<&'d str>,
    /// BT-20.
    pub terms: Option<&'d str>,
    /// BG-1.
    pub notes: Vec<Note<'d>>,
    /// BT-23.
    pub process: &'d str,
    /// BG-3.
    pub preceding: Vec<Preceding<'d>>,
    /// BG-4.
    pub seller: TradeParty<'d>,
    /// BG-7.
    pub buyer: TradeParty<'d>,
    /// BG-10.
    pub payee: Option<PayeeParty<'d>>,
    /// BG-13.
    pub delivery: Delivery<'d>,
    /// BG-14.
    pub period: Option<Period>,
    /// BG-16.
    pub payment: Option<Payment<'d>>,
    /// BG-20, BG-21.
    pub adjustments: Vec<AllowanceCharge<'d>>,
    /// BG-22.
    pub totals: Totals,
    /// BG-23.
    pub vat: Vec<VatBreakdown<'d>>,
    /// BG-24.
    pub supporting: Vec<Supporting<'d>>,
    /// BG-25.
    pub lines: Vec<InvoiceLine<'d>>,
}

impl EInvoice<'_> {
    /// Tells whether it is a credit note: 381, or 503 on a deposit.
    pub fn is_credit(&self) -> bool {
        matches!(self.type_code, 381 | 503)
    }

    /// Returns BT-107, stated wherever there is a discount, were it of nothing (BR-CO-11).
    pub fn discounts(&self) -> Option<Decimal> {
        self.adjustments
            .iter()
            .any(|part| !part.is_charge)
            .then_some(self.totals.discounts)
    }

    /// Returns BT-108, stated wherever there is a charge, were it of nothing (BR-CO-12).
    pub fn charges(&self) -> Option<Decimal> {
        self.adjustments
            .iter()
            .any(|part| part.is_charge)
            .then_some(self.totals.charges)
    }

    /// Returns BT-113: deposits taken into account, and what was paid before issue.
    pub fn prepaid(&self) -> Decimal {
        self.totals.deposits + self.totals.paid
    }
}

/// Media types that an attachment may have (BR-CL-24), by the ending of its name.
pub const MEDIA: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("csv", "text/csv"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
];

/// Returns the media type of an attachment by the ending of its name (BR-CL-24), if it may travel in an e-invoice.
pub fn media(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    MEDIA
        .iter()
        .find(|(known, _)| *known == ending)
        .map(|(_, mime)| *mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_with_their_schemes() {
        assert_eq!(
            Identifier::parse("0225:732829320"),
            Identifier::of("0225", "732829320")
        );
        assert_eq!(
            Identifier::parse("EM:a@example.org"),
            Identifier::of("EM", "a@example.org")
        );
        for text in ["HRB 1234", "Nr: 5", "12:34", "0225:"] {
            assert_eq!(
                Identifier::parse(text),
                Identifier {
                    value: text,
                    scheme: None
                }
            );
        }
    }

    #[test]
    fn media_types_follow_the_ending() {
        assert_eq!(media("Feuille de temps.PDF"), Some("application/pdf"));
        assert_eq!(media("macro.xlsm"), None);
        assert_eq!(media("none"), None);
    }
}
