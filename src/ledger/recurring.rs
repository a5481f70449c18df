//! What is invoiced again each period.

use super::words::words;
use chrono::NaiveDate;

use super::draft::Draft;
use crate::span::Span;

words! {
    /// How often.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Every {
        /// Each month.
        Month = "month",
        /// Each quarter.
        Quarter = "quarter",
        /// Each year.
        Year = "year",
    }
}

impl Every {
    /// Returns how many months it has.
    pub fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

/// A template; recurring/ID.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// The file's name without `.toml`.
    pub id: String,
    /// The file as a whole.
    pub span: Span,
    /// How often.
    pub every: Every,
    /// No document is dated before it; its month is the first of a quarter or year.
    pub from: NaiveDate,
    /// No document is dated after it.
    pub until: Option<NaiveDate>,
    /// Day of the month; the last one where a month is shorter.
    pub day: u32,
    /// The template as a draft.
    pub draft: Draft,
    /// Its text without the keys above: that of a draft, with placeholders.
    pub text: String,
}
