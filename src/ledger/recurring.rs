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
        /// Every second month.
        TwoMonths = "2 months",
        /// Each quarter.
        Quarter = "quarter",
        /// Every sixth month.
        HalfYear = "6 months",
        /// Each year.
        Year = "year",
    }
}

impl Every {
    /// Returns how many months it has.
    pub fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::TwoMonths => 2,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

/// A template; recurring/NAME.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// What its drafts and documents call it: its `id`, else its file's name. With an `id` the file may get another name.
    pub id: String,
    /// The file's name without `.toml`.
    pub name: String,
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

/// A period of a template that an issued document or a draft names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// Template and period, as `acme-hosting@2026-11`.
    pub key: String,
    /// The document's number, or the draft's name.
    pub by: String,
    /// Whether that is a draft.
    pub is_draft: bool,
    /// The client's id.
    pub client: String,
    /// The first and the last day that it is for, where it says so.
    pub period: Option<(NaiveDate, NaiveDate)>,
}

impl Billed {
    /// Returns the template's id and the period's name.
    pub fn parts(&self) -> (&str, &str) {
        self.key.rsplit_once('@').unwrap_or((&self.key, ""))
    }
}
