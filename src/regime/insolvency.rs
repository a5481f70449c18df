//! What insolvency proceedings make of the interest on a creditor's earlier claims, by the law of the debtor's country.

use chrono::NaiveDate;
use serde::Deserialize;

/// The rule of one country.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insolvency {
    /// What becomes of interest on what was supplied before the opening judgment.
    pub interest: InterestAfter,
    /// Interest runs on where payment was deferred by so many months or more, if the law says so.
    pub unless_deferred_months: Option<u32>,
    /// For proceedings that were opened on this day or later.
    pub from: NaiveDate,
    /// The text of the law.
    pub source: String,
}

/// What becomes of interest after the opening judgment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterestAfter {
    /// The judgment's day is the last that bears interest.
    Stops,
    /// It runs on.
    Runs,
}
