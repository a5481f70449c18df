//! acquit.toml: the seller, the series, the terms, the ways to pay, the law's additions, the reminder policy.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::accounts::Accounts;
use super::currency::Currency;
use super::document::DocumentType;
use super::party::{Address, Language, Seller};
pub use super::pay::{PayKind, PayMean, Payee};
use super::reminder::Step;
use super::terms::Terms;
use crate::span::{Span, Spanned};

/// The format this program reads and writes; a reader of later formats reads this one for ever.
pub const FORMAT: u32 = 1;

/// The settings of a ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The ledger's id: the register's first seal starts from it.
    pub id: String,
    /// The ledger's own currency.
    pub currency: Currency,
    /// Language of documents and messages.
    pub language: Language,
    /// BG-4.
    pub seller: Seller,
    /// Patterns of numbers.
    pub series: SeriesSettings,
    /// Terms.
    pub terms: Terms,
    /// Where the terms stand, for messages about them.
    pub terms_span: Span,
    /// Ways to pay, in the order printed.
    pub pay: Vec<PayMean>,
    /// BG-10.
    pub payee: Option<Payee>,
    /// Mentions printed on documents.
    pub mentions: Vec<OwnMention>,
    /// Values that the built-in law data lacks.
    pub laws: Vec<LawEntry>,
    /// The reminder policy.
    pub reminders: Vec<Step>,
    /// The accounts of exports.
    pub accounts: Accounts,
}

/// Patterns of the numbers of each series; `{year}` `{month}` and, last, `{n}` or `{n:04}`.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesSettings {
    /// Invoices; also deposits, finals and correctives unless given their own.
    pub invoice: Pattern,
    /// Credit notes.
    pub credit: Pattern,
    /// Quotes.
    pub quote: Pattern,
    /// Plans.
    pub plan: Pattern,
    /// Deposits, if apart.
    pub deposit: Option<Pattern>,
    /// Finals, if apart.
    pub final_: Option<Pattern>,
    /// Correctives, if apart.
    pub corrective: Option<Pattern>,
    /// Where a series taken over from another program begins.
    pub first: Vec<(String, u64)>,
}

impl SeriesSettings {
    /// Returns the pattern of a type of document.
    pub fn of(&self, kind: DocumentType) -> &Pattern {
        match kind {
            DocumentType::Invoice => &self.invoice,
            DocumentType::Deposit => self.deposit.as_ref().unwrap_or(&self.invoice),
            DocumentType::Final => self.final_.as_ref().unwrap_or(&self.invoice),
            DocumentType::Corrective => self.corrective.as_ref().unwrap_or(&self.invoice),
            DocumentType::Credit => &self.credit,
            DocumentType::Quote => &self.quote,
        }
    }

    /// Returns the first counter of a series: as set, else 1.
    pub fn first_of(&self, series: &str) -> u64 {
        self.first
            .iter()
            .find(|(name, _)| name == series)
            .map_or(1, |(_, first)| *first)
    }
}

/// A pattern of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What stands before the counter, with `{year}` and `{month}`.
    prefix: String,
    /// Least digits of the counter.
    width: usize,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Holds the sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (prefix, counter) = text
            .split_once("{n")
            .ok_or_else(|| format!("`{text}` has no counter: end it with `{{n}}` or `{{n:04}}`"))?;
        let width = match counter {
            "}" => Some(1),
            _ => counter
                .strip_prefix(":0")
                .and_then(|rest| rest.strip_suffix('}'))
                .and_then(|digits| digits.parse().ok())
                .filter(|width| (1..=12).contains(width)),
        }
        .ok_or_else(|| {
            format!("the counter of `{text}` must stand last, as `{{n}}` or `{{n:04}}`")
        })?;
        let sample = prefix.replace("{year}", "2026").replace("{month}", "01");
        if sample.len() + width > 35
            || !sample
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'_' | b'-'))
        {
            return Err(format!(
                "`{text}` makes no valid number: at most 35 of A-Z a-z 0-9 + _ -, `{{year}}`, `{{month}}`, and `{{n}}` last"
            ));
        }
        Ok(Self {
            prefix: prefix.into(),
            width,
        })
    }

    /// Returns the series on a day: the number without its counter.
    pub fn series(&self, day: NaiveDate) -> String {
        if !self.prefix.contains('{') {
            return self.prefix.clone();
        }
        let text = self.prefix.replace("{year}", &format!("{:04}", day.year()));
        if text.contains('{') {
            text.replace("{month}", &format!("{:02}", day.month()))
        } else {
            text
        }
    }

    /// Returns the number with a counter on a day.
    pub fn number(&self, day: NaiveDate, counter: u64) -> String {
        format!("{}{counter:0width$}", self.series(day), width = self.width)
    }

    /// Returns its spelling in acquit.toml.
    pub fn text(&self) -> String {
        if self.width == 1 {
            format!("{}{{n}}", self.prefix)
        } else {
            format!("{}{{n:0{}}}", self.prefix, self.width)
        }
    }
}

/// A mention of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMention {
    /// The text as printed.
    pub text: String,
    /// Subject code (BT-21).
    pub code: Option<String>,
    /// Types of document it stands on; all if empty.
    pub on: Vec<DocumentType>,
    /// Only on documents in this language; on all if absent.
    pub language: Option<Language>,
}

/// A `[[law]]` entry: a value that the built-in law data lacks.
#[derive(Debug, Clone, PartialEq)]
pub struct LawEntry {
    /// Where it stands.
    pub span: Span,
    /// Kind; `acquit explain law` lists them.
    pub kind: Spanned<String>,
    /// Since when.
    pub from: NaiveDate,
    /// A percentage.
    pub percent: Option<Decimal>,
    /// An amount.
    pub amount: Option<Decimal>,
    /// A text.
    pub text: Option<String>,
    /// Where it is published.
    pub source: String,
}

/// Returns the address's lines without the country, for one party.
pub fn has_place(address: &Address) -> bool {
    address.city.is_some() || address.street.is_some() || address.postcode.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;

    #[test]
    fn patterns_make_numbers() {
        let day = parse("2026-03-04").unwrap();
        let pattern = Pattern::parse("F{year}-{n:04}").unwrap();
        assert_eq!(
            (
                pattern.series(day).as_str(),
                pattern.number(day, 42).as_str()
            ),
            ("F2026-", "F2026-0042")
        );
        assert_eq!(pattern.number(day, 12345), "F2026-12345");
        assert_eq!(
            Pattern::parse("{year}{month}-{n}").unwrap().number(day, 7),
            "202603-7"
        );
        assert_eq!(
            Pattern::parse("F{year}-{n:04}").unwrap().text(),
            "F{year}-{n:04}"
        );
        for text in [
            "F{year}",
            "{n}F",
            "F {n}",
            "F/{n}",
            "F{n:04}x",
            "F{n}{n}",
            "F{day}-{n}",
            "F{n:00}",
        ] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
