//! How money comes: ways to pay, and who is paid.

use super::currency::Currency;
use super::words::words;
use crate::span::Spanned;

words! {
    /// How money comes.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum PayKind {
        /// Credit transfer.
        Transfer = "transfer",
        /// A payment link.
        Link = "link",
        /// Cheque.
        Cheque = "cheque",
        /// Card.
        Card = "card",
        /// Cash.
        Cash = "cash",
        /// SEPA direct debit.
        DirectDebit = "direct-debit",
    }
}

/// One way to pay; BG-16.
#[derive(Debug, Clone, PartialEq)]
pub struct PayMean {
    /// Its name in the ledger.
    pub id: Spanned<String>,
    /// Kind; gives BT-81.
    pub kind: PayKind,
    /// What is printed before it.
    pub label: Option<String>,
    /// BT-84, without spaces.
    pub iban: Option<Spanned<String>>,
    /// BT-86.
    pub bic: Option<Spanned<String>>,
    /// BT-85.
    pub holder: Option<String>,
    /// Only for documents in this currency.
    pub currency: Option<Currency>,
    /// A link with placeholders.
    pub url: Option<String>,
    /// BT-90.
    pub creditor_id: Option<String>,
}

/// Another who is paid; BG-10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    /// BT-59.
    pub name: String,
    /// BT-61.
    pub id: Option<String>,
}
