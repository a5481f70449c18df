//! What is invoiced again each period.

use chrono::NaiveDate;

use super::draft::Draft;
use crate::span::Span;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Each month.
    Month,
    /// Each quarter.
    Quarter,
    /// Each year.
    Year,
}

impl Every {
    /// All of them, as the files spell them.
    pub const WORDS: &[(&str, Self)] = &[
        ("month", Self::Month),
        ("quarter", Self::Quarter),
        ("year", Self::Year),
    ];

    /// Returns its word.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, every)| *every == self)
            .map_or("", |(word, _)| word)
    }

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
