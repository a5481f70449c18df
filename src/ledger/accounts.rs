//! The accounts that exports to plain-text accounting write: `[accounts]` of acquit.toml, with defaults in plain English.

use rust_decimal::Decimal;

use super::amount::plain;
use super::party::Operation;

/// What an account's name begins with: the five kinds that hledger, ledger and beancount share.
pub const ROOTS: &[&str] = &["assets", "liabilities", "equity", "income", "expenses"];

/// The accounts; parts of a name are joined by colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// What clients owe; each client has an account below it.
    pub receivable: String,
    /// Turnover of services.
    pub services: String,
    /// Turnover of goods.
    pub goods: String,
    /// Sums paid in clients' names: no turnover.
    pub disbursements: String,
    /// VAT collected; each rate has an account below it.
    pub vat: String,
    /// VAT of single rates, where it is not the one below [`Accounts::vat`]: by the rate without trailing zeros.
    pub vat_rates: Vec<(String, String)>,
    /// Where money arrives; each `[[pay]]` id has an account below it.
    pub bank: String,
    /// Where it arrives for single `[[pay]]` ids.
    pub pay: Vec<(String, String)>,
    /// Money of clients that names no document; each client has an account below it.
    pub credit: String,
    /// Fees of payment providers and banks.
    pub fees: String,
    /// Discounts for early payment, VAT included.
    pub discounts: String,
    /// Given up out of goodwill.
    pub goodwill: String,
    /// Given up as lost.
    pub bad_debt: String,
    /// Roundings: BT-114, and what was written off as rounding.
    pub rounding: String,
    /// Differences of exchange.
    pub exchange: String,
    /// Late interest received.
    pub interest: String,
    /// Fixed indemnities and costs received.
    pub recovery: String,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            receivable: "assets:receivable".into(),
            services: "income:services".into(),
            goods: "income:goods".into(),
            disbursements: "assets:disbursements".into(),
            vat: "liabilities:vat".into(),
            vat_rates: Vec::new(),
            bank: "assets:bank".into(),
            pay: Vec::new(),
            credit: "liabilities:client-credit".into(),
            fees: "expenses:fees".into(),
            discounts: "expenses:discounts".into(),
            goodwill: "expenses:goodwill".into(),
            bad_debt: "expenses:bad-debt".into(),
            rounding: "expenses:rounding".into(),
            exchange: "expenses:exchange".into(),
            interest: "income:late-interest".into(),
            recovery: "income:recovery".into(),
        }
    }
}

impl Accounts {
    /// Tells whether a name can be an account in all three languages: one of [`ROOTS`], then parts of letters, digits, spaces and
    /// `-._`, each beginning with a letter or digit.
    pub fn is_name(name: &str) -> bool {
        let mut parts = name.split(':');
        let is_root = parts.next().is_some_and(|root| ROOTS.contains(&root));
        let is_part = |part: &str| {
            let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '_');
            part.chars().next().is_some_and(char::is_alphanumeric)
                && part.chars().all(allowed)
                && !part.contains("  ")
                && !part.ends_with(' ')
        };
        is_root && name.contains(':') && parts.all(is_part)
    }

    /// Returns the account of what a document asks for by an operation: turnover, but for disbursements.
    pub fn revenue(&self, operation: Operation) -> &str {
        match operation {
            Operation::Services => &self.services,
            Operation::Goods => &self.goods,
            Operation::Disbursement => &self.disbursements,
        }
    }

    /// Returns the account of a VAT rate.
    pub fn vat_of(&self, rate: Decimal) -> String {
        let rate = plain(rate);
        let own = self.vat_rates.iter().find(|(known, _)| *known == rate);
        own.map_or_else(
            || format!("{}:{rate}", self.vat),
            |(_, account)| account.clone(),
        )
    }

    /// Returns the account that a payment arrives in; without a `[[pay]]` id the one above them.
    pub fn bank_of(&self, pay: &str) -> String {
        match self.pay.iter().find(|(known, _)| known == pay) {
            Some((_, account)) => account.clone(),
            None if pay.is_empty() => self.bank.clone(),
            None => format!("{}:{pay}", self.bank),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Accounts;

    #[test]
    fn names_are_those_that_all_three_languages_can_bear() {
        for name in [
            "assets:receivable",
            "liabilities:44571 TVA collectée",
            "income:a-b:c.d_e",
            "assets:411",
        ] {
            assert!(Accounts::is_name(name), "{name}");
        }
        for name in [
            "411",
            "assets",
            "assets:",
            "assets::a",
            "Assets:a",
            "assets:a;b",
            "assets:a  b",
            "assets: a",
            "assets:-a",
            "passif:a",
        ] {
            assert!(!Accounts::is_name(name), "{name}");
        }
    }
}
