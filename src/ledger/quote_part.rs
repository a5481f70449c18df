//! Which part of a quote a document invoices.

use std::fmt;

/// A part of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuotePart {
    /// All of it at once.
    Whole,
    /// A deposit, before the work.
    Deposit,
    /// One of its milestones, counted from 1.
    Milestone(u32),
    /// What is left, with the deposits taken into account.
    Final,
}

impl QuotePart {
    const MILESTONE: &str = "milestone ";

    /// Returns the part that a text spells: `whole`, `deposit`, `milestone 2` or `final`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "whole" => Some(Self::Whole),
            "deposit" => Some(Self::Deposit),
            "final" => Some(Self::Final),
            _ => {
                let number: u32 = text.strip_prefix(Self::MILESTONE)?.parse().ok()?;
                let part = Self::Milestone(number);
                // `milestone 02` and `milestone +2` are other texts than the one that is written.
                (number > 0 && part.to_string() == text).then_some(part)
            }
        }
    }

    /// Returns the milestone at a place in the quote's list, which counts from 0.
    pub fn milestone(index: usize) -> Self {
        Self::Milestone(u32::try_from(index + 1).unwrap_or(u32::MAX))
    }

    /// Tells whether nothing of the quote is left to invoice beside it.
    pub const fn is_last(self) -> bool {
        matches!(self, Self::Whole | Self::Final)
    }

    /// Returns all parts of a quote with so many milestones.
    pub fn all(milestones: usize) -> Vec<Self> {
        let mut parts = vec![Self::Whole, Self::Deposit];
        parts.extend((0..milestones).map(Self::milestone));
        parts.push(Self::Final);
        parts
    }
}

impl fmt::Display for QuotePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole"),
            Self::Deposit => f.write_str("deposit"),
            Self::Milestone(number) => write!(f, "{}{number}", Self::MILESTONE),
            Self::Final => f.write_str("final"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::QuotePart;

    #[test]
    fn a_part_is_read_as_it_is_written() {
        for part in QuotePart::all(12) {
            assert_eq!(QuotePart::parse(&part.to_string()), Some(part));
        }
        for other in [
            "",
            "Whole",
            "milestone",
            "milestone 0",
            "milestone 02",
            "milestone +1",
            "milestone x",
            "milestone  1",
        ] {
            assert_eq!(QuotePart::parse(other), None, "{other}");
        }
    }
}
