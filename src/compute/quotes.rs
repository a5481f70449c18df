//! Quotes: what a draft of one must be, where an issued one stands on a day, which of its parts were invoiced.

use crate::ledger::quote_part::QuotePart;
use crate::ledger::words::words;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::plain;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::draft::Draft;

/// Checks the keys that only quotes have: whether they may stand there, and that the milestones fit the whole.
pub fn check_draft(
    draft: &Draft,
    day: NaiveDate,
    valid_until: Option<NaiveDate>,
    problems: &mut Diagnostics,
) {
    let kind = draft.kind.value;
    if kind == DocumentType::Quote {
        milestones(draft, problems);
        if let (Some(validity), Some(last)) =
            (&draft.validity, valid_until.filter(|last| *last < day))
        {
            let message =
                format!("the quote would hold until {last}, before it is issued on {day}");
            let hint = "write a later date, or a rule such as `validity = \"30d\"`";
            problems.push(
                Diagnostic::error(code::VALUE_DATE, message)
                    .at(validity.span)
                    .hint(hint),
            );
        }
        for (name, place) in [
            ("quote", draft.quote.as_ref().map(|quote| quote.span)),
            (
                "quote_part",
                draft.quote_part.as_ref().map(|part| part.span),
            ),
        ] {
            let hint = "a quote that takes the place of another says `replaces`";
            foreign(name, kind, place, hint, problems);
        }
        return;
    }
    for (name, place) in [
        (
            "replaces",
            draft.replaces.as_ref().map(|number| number.span),
        ),
        ("validity", draft.validity.as_ref().map(|rule| rule.span)),
        ("concluded", draft.concluded.map(|way| way.span)),
        ("milestone", draft.milestones.first().map(|part| part.span)),
    ] {
        foreign(
            name,
            kind,
            place,
            "it belongs into a quote: write `type = \"quote\"`, or remove the key",
            problems,
        );
    }
}

fn foreign(
    name: &str,
    kind: DocumentType,
    place: Option<crate::span::Span>,
    hint: &str,
    problems: &mut Diagnostics,
) {
    if let Some(span) = place {
        let message = format!("a document of type {} has no `{name}`", kind.word());
        problems.push(
            Diagnostic::error(code::KEY_UNKNOWN, message)
                .at(span)
                .hint(hint),
        );
    }
}

/// Milestones are shares of at most the whole, or lines of which each stands in one of them.
fn milestones(draft: &Draft, problems: &mut Diagnostics) {
    let mut sum = Decimal::ZERO;
    let mut taken: Vec<u32> = Vec::new();
    let by_share = draft
        .milestones
        .first()
        .is_some_and(|part| part.milestone.share.is_some());
    for part in &draft.milestones {
        let mut wrong = |message: String, hint: &str| {
            problems.push(
                Diagnostic::error(code::QUOTE_MILESTONE, message)
                    .at(part.span)
                    .hint(hint),
            );
        };
        if part.milestone.share.is_some() != by_share {
            wrong(
                "some milestones are shares, some are lines".into(),
                "give all of them `share`, or all `lines`",
            );
        }
        if let Some(share) = part.milestone.share {
            sum += share;
            if share <= Decimal::ZERO {
                wrong(
                    format!("a share of {} % is nothing", plain(share)),
                    "write a percentage, such as `share = 30`",
                );
            } else if sum > Decimal::ONE_HUNDRED {
                let message = format!(
                    "up to this one the milestones are {} % of the whole",
                    plain(sum)
                );
                wrong(
                    message,
                    "together they are at most 100; what is left is for the final",
                );
            }
        } else if part.milestone.lines.is_empty() {
            wrong(
                "this milestone has no lines".into(),
                "name lines by their places: `lines = [1, 2]`",
            );
        }
        for line in &part.milestone.lines {
            let count = draft.lines.len();
            if *line == 0 || usize::try_from(*line).is_ok_and(|line| line > count) {
                wrong(
                    format!("there is no line {line}: the quote has {count}"),
                    "lines count from 1",
                );
            } else if taken.contains(line) {
                wrong(
                    format!("line {line} is in two milestones"),
                    "each line is invoiced once",
                );
            } else {
                taken.push(*line);
            }
        }
    }
}

words! {
    /// Where a quote stands.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum QuoteStatus {
        /// Neither accepted nor refused, and it still holds.
        Open = "open",
        /// Neither accepted nor refused, and its last day has passed.
        Expired = "expired",
        /// Accepted.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
        /// Another quote stands in its place.
        Replaced = "replaced",
    }
}

/// The last that was said of a quote: of two days the later holds, on one day the later row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub date: NaiveDate,
    /// What.
    pub status: QuoteStatus,
    /// Who said it.
    pub who: String,
    /// Digest of the quote that was accepted, lower-case hex.
    pub sha256: String,
    /// The row's note; of a replaced quote the number of the one in its place.
    pub note: String,
}

/// Returns where a quote stands on a day.
pub fn status(quote: &Document, said: Option<&Said>, day: NaiveDate) -> QuoteStatus {
    match said {
        Some(said) => said.status,
        None if quote.valid_until.is_some_and(|last| last < day) => QuoteStatus::Expired,
        None => QuoteStatus::Open,
    }
}

/// A document that invoices a part of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoiced {
    /// Its number, or the draft's name.
    pub number: String,
    /// When it was issued; none where it is a draft.
    pub issued: Option<NaiveDate>,
    /// The part; none where the document names the quote alone.
    pub part: Option<QuotePart>,
    /// What it adds to what the client owes, less what credit notes took back; signed.
    pub amount: Decimal,
    /// Whether it still stands: neither replaced nor credited in full.
    pub stands: bool,
}

/// Which parts of a quote were invoiced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The documents, in the order of issue; drafts after them.
    pub list: Vec<Invoiced>,
}

impl Parts {
    /// Returns what stands for a part.
    pub fn of(&self, part: QuotePart) -> Option<&Invoiced> {
        self.list
            .iter()
            .find(|one| one.stands && one.part == Some(part))
    }

    /// Returns the documents that stand, drafts left out.
    pub fn standing(&self) -> impl Iterator<Item = &Invoiced> {
        self.list
            .iter()
            .filter(|one| one.stands && one.issued.is_some())
    }

    /// Returns what was invoiced so far.
    pub fn invoiced(&self) -> Decimal {
        self.list
            .iter()
            .filter(|one| one.issued.is_some())
            .map(|one| one.amount)
            .sum()
    }

    /// Returns what is left to invoice of a quote: nothing once the whole or the final stands.
    pub fn left(&self, quote: &Document) -> Decimal {
        let done = self
            .standing()
            .any(|one| one.part.is_some_and(QuotePart::is_last));
        let whole = quote.totals.gross + quote.totals.rounding;
        if done {
            Decimal::ZERO
        } else {
            (whole - self.invoiced()).max(Decimal::ZERO)
        }
    }

    /// Says why a part cannot be invoiced, if it cannot: each part once, and none beside the whole or after the final.
    pub fn refusal(&self, part: QuotePart) -> Option<(String, String)> {
        let blocking = self.list.iter().filter(|one| one.stands).find(|one| {
            let blocks =
                |other: QuotePart| other == part || part == QuotePart::Whole || other.is_last();
            one.part.is_some_and(blocks)
        })?;
        let other = blocking.part?;
        let number = &blocking.number;
        Some(if blocking.issued.is_some() {
            let hint = format!(
                "`acquit credit {number}` takes it back; then the part can be invoiced again"
            );
            (
                format!("{number} is an invoice of the part `{other}` already"),
                hint,
            )
        } else {
            let hint = format!("`acquit issue {number}` issues it, or remove the draft");
            (
                format!("the draft `{number}` is about the part `{other}` already"),
                hint,
            )
        })
    }
}

/// Tells whether a quote has a part: a milestone is one of its own.
pub fn is_part(quote: &Document, part: QuotePart) -> bool {
    QuotePart::all(quote.milestones.len()).contains(&part)
}
