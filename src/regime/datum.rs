//! A datum of a country's law and where it comes from.

use chrono::NaiveDate;

/// A datum of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    /// What it is; the same word as a `[[law]]` of it has, where the ledger may add one.
    pub kind: String,
    /// Since when it holds; none where the data do not say.
    pub from: Option<NaiveDate>,
    /// The last day on which it holds; none while it does.
    pub until: Option<NaiveDate>,
    /// What it is, in words.
    pub value: String,
    /// The text of the law, or where it is published.
    pub source: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a datum comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is built in, and was compared with its source.
    BuiltIn,
    /// It is built in and was taken from memory: the ledger may replace it.
    Unconfirmed,
    /// The ledger says it: its place among the ledger's own laws.
    Own(usize),
}

impl Datum {
    pub(super) fn new(kind: impl Into<String>, value: impl Into<String>, source: &str) -> Self {
        let (kind, value, source) = (kind.into(), value.into(), source.to_owned());
        Self {
            kind,
            from: None,
            until: None,
            value,
            source,
            origin: Origin::BuiltIn,
        }
    }

    pub(super) fn from(self, from: NaiveDate) -> Self {
        Self {
            from: Some(from),
            ..self
        }
    }

    pub(super) fn doubted(self, unconfirmed: bool) -> Self {
        Self {
            origin: if unconfirmed {
                Origin::Unconfirmed
            } else {
                self.origin
            },
            ..self
        }
    }
}
