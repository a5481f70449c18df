//! Payment terms (BT-20) and the due date they give (BT-9).

use super::words::words;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::date::{end_of_month, plus_days};

/// When a document falls due, counted from its issue date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// So many days later: `30d`.
    Days(u32),
    /// So many days later, then the end of that month: `45d eom`.
    DaysThenMonth(u32),
    /// The end of the month, then so many days: `eom 45d`.
    MonthThenDays(u32),
    /// At once: `receipt`.
    Receipt,
    /// On a given day.
    On(NaiveDate),
}

impl Due {
    /// What a rule looks like, for messages.
    pub const FORMS: &str = "`30d`, `45d eom`, `eom 45d`, `receipt` or a date";

    /// Reads a rule.
    pub fn parse(text: &str) -> Option<Self> {
        let days = |word: &str| {
            word.strip_suffix('d')?
                .parse::<u32>()
                .ok()
                .filter(|days| *days <= 3650)
        };
        match text.split(' ').collect::<Vec<_>>()[..] {
            ["receipt"] => Some(Self::Receipt),
            ["eom"] => Some(Self::DaysThenMonth(0)),
            ["eom", word] => days(word).map(Self::MonthThenDays),
            [word, "eom"] => days(word).map(Self::DaysThenMonth),
            [word] => days(word)
                .map(Self::Days)
                .or_else(|| super::date::parse(word).map(Self::On)),
            _ => None,
        }
    }

    /// Returns the due date of a document issued on a day.
    pub fn date(self, issued: NaiveDate) -> NaiveDate {
        match self {
            Self::Days(days) => plus_days(issued, days.into()),
            Self::DaysThenMonth(days) => end_of_month(plus_days(issued, days.into())),
            Self::MonthThenDays(days) => plus_days(end_of_month(issued), days.into()),
            Self::Receipt => issued,
            Self::On(day) => day,
        }
    }

    /// Returns its spelling in the files.
    pub fn text(self) -> String {
        match self {
            Self::Days(days) => format!("{days}d"),
            Self::DaysThenMonth(0) => "eom".into(),
            Self::DaysThenMonth(days) => format!("{days}d eom"),
            Self::MonthThenDays(days) => format!("eom {days}d"),
            Self::Receipt => "receipt".into(),
            Self::On(day) => day.to_string(),
        }
    }
}

/// The rate of late interest that a document states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LateInterest {
    /// What the law gives.
    Statutory,
    /// An agreed yearly percentage.
    Percent(Decimal),
}

/// The fixed indemnity for recovery costs that a document states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryFee {
    /// What the law gives.
    Statutory,
    /// An agreed amount, in the document's currency.
    Amount(Decimal),
}

words! {
    /// How a discount for early payment treats VAT.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum DiscountVat {
        /// A credit note follows the discount.
        CreditNote = "credit-note",
        /// The document's mention is enough: the client deducts no VAT on the discount.
        Mention = "mention",
    }
}

/// A discount for early payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyDiscount {
    /// Percent of what is owed, VAT included.
    pub percent: Decimal,
    /// Days from issue, the last included.
    pub days: u32,
    /// How VAT follows.
    pub vat: DiscountVat,
}

words! {
    /// How a payment that names no part is allocated.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Allocation {
        /// The debt first; interest and costs apart.
        PrincipalFirst = "principal-first",
        /// Interest, then costs, then the debt (C. civ. 1343-1).
        Legal = "legal",
    }
}

/// The terms of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// When documents fall due.
    pub due: Due,
    /// Late interest.
    pub late_interest: LateInterest,
    /// Fixed indemnity.
    pub recovery_fee: RecoveryFee,
    /// Days of a year for interest: 365 or 366 or 360.
    pub day_count: u32,
    /// Discount for early payment; none: the document says so.
    pub early_discount: Option<EarlyDiscount>,
    /// How long a quote holds.
    pub quote_validity: Due,
    /// What is said of the price of quotes; where nothing is set, a consumer is told that it is free.
    pub quote_cost: Option<QuoteCost>,
    /// Allocation of payments.
    pub allocation: Allocation,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            due: Due::Days(30),
            late_interest: LateInterest::Statutory,
            recovery_fee: RecoveryFee::Statutory,
            day_count: 365,
            early_discount: None,
            quote_validity: Due::Days(30),
            quote_cost: None,
            allocation: Allocation::PrincipalFirst,
        }
    }
}

words! {
    /// What is said of the price of a quote itself: a consumer is told whether it is free (arrêté du 24 janvier 2017, art. 4).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum QuoteCost {
        /// It is free.
        Free = "free",
        /// It is paid for.
        Paid = "paid",
        /// Nothing is said.
        Unsaid = "unsaid",
    }
}

/// The keys of `[terms]` that a client's file gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermsOverride {
    /// When documents fall due.
    pub due: Option<Due>,
    /// Late interest.
    pub late_interest: Option<LateInterest>,
    /// Fixed indemnity.
    pub recovery_fee: Option<RecoveryFee>,
    /// Days of a year.
    pub day_count: Option<u32>,
    /// Discount for early payment.
    pub early_discount: Option<EarlyDiscount>,
    /// How long a quote holds.
    pub quote_validity: Option<Due>,
    /// What is said of the price of quotes.
    pub quote_cost: Option<QuoteCost>,
    /// Allocation of payments.
    pub allocation: Option<Allocation>,
}

impl TermsOverride {
    /// Returns the ledger's terms with these on top.
    pub fn over(&self, terms: Terms) -> Terms {
        Terms {
            due: self.due.unwrap_or(terms.due),
            late_interest: self.late_interest.unwrap_or(terms.late_interest),
            recovery_fee: self.recovery_fee.unwrap_or(terms.recovery_fee),
            day_count: self.day_count.unwrap_or(terms.day_count),
            early_discount: self.early_discount.or(terms.early_discount),
            quote_validity: self.quote_validity.unwrap_or(terms.quote_validity),
            quote_cost: self.quote_cost.or(terms.quote_cost),
            allocation: self.allocation.unwrap_or(terms.allocation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;

    /// The table of INVOICING-LAW §2.1 and law/vectors.py: `45d eom`, `eom 45d`, `60d`, `30d eom`, `eom 30d`.
    #[test]
    fn due_dates_are_those_of_the_law() {
        for (issued, expected) in [
            (
                "2026-01-15",
                [
                    "2026-03-31",
                    "2026-03-17",
                    "2026-03-16",
                    "2026-02-28",
                    "2026-03-02",
                ],
            ),
            (
                "2026-01-31",
                [
                    "2026-03-31",
                    "2026-03-17",
                    "2026-04-01",
                    "2026-03-31",
                    "2026-03-02",
                ],
            ),
            (
                "2026-02-10",
                [
                    "2026-03-31",
                    "2026-04-14",
                    "2026-04-11",
                    "2026-03-31",
                    "2026-03-30",
                ],
            ),
            (
                "2026-10-05",
                [
                    "2026-11-30",
                    "2026-12-15",
                    "2026-12-04",
                    "2026-11-30",
                    "2026-11-30",
                ],
            ),
            (
                "2026-10-22",
                [
                    "2026-12-31",
                    "2026-12-15",
                    "2026-12-21",
                    "2026-11-30",
                    "2026-11-30",
                ],
            ),
            (
                "2024-01-31",
                [
                    "2024-03-31",
                    "2024-03-16",
                    "2024-03-31",
                    "2024-03-31",
                    "2024-03-01",
                ],
            ),
        ] {
            let issued = parse(issued).unwrap();
            for (rule, date) in ["45d eom", "eom 45d", "60d", "30d eom", "eom 30d"]
                .iter()
                .zip(expected)
            {
                assert_eq!(
                    Due::parse(rule).unwrap().date(issued),
                    parse(date).unwrap(),
                    "{issued} {rule}"
                );
            }
        }
    }

    #[test]
    fn rules_are_spelled_as_they_are_read() {
        for rule in ["30d", "45d eom", "eom 45d", "receipt", "eom", "2026-12-22"] {
            assert_eq!(Due::parse(rule).map(Due::text).as_deref(), Some(rule));
        }
        for rule in [
            "",
            "30",
            "d",
            "30 d",
            "45d eom 3d",
            "-3d",
            "demain",
            "99999d",
        ] {
            assert_eq!(Due::parse(rule), None, "{rule}");
        }
    }
}
