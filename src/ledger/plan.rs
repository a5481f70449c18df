//! Instalments agreed for one or several documents.

use super::words::words;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::span::{Span, Spanned};

words! {
    /// What becomes of interest while a plan is kept.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum PlanInterest {
        /// None runs while the plan is kept.
        Suspended = "suspended",
        /// It runs on.
        Runs = "runs",
        /// It is given up.
        Waived = "waived",
    }
}

/// An instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instalment {
    /// When it falls due.
    pub due: NaiveDate,
    /// How much.
    pub amount: Decimal,
}

/// A plan; plans/NUMBER.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The file's name without `.toml`.
    pub number: String,
    /// The file as a whole.
    pub span: Span,
    /// Digest of the file's bytes, CRLF read as LF, lower-case hex.
    pub sha256: String,
    /// The documents it is about.
    pub documents: Vec<Spanned<String>>,
    /// When it was agreed.
    pub agreed: NaiveDate,
    /// The plan it replaces.
    pub replaces: Option<String>,
    /// Interest while it is kept.
    pub interest: PlanInterest,
    /// Whether a missed part makes the whole due.
    pub acceleration: bool,
    /// Its parts.
    pub instalments: Vec<Instalment>,
}

impl Plan {
    /// Returns the sum of its parts.
    pub fn total(&self) -> Decimal {
        self.instalments.iter().map(|part| part.amount).sum()
    }
}
