//! What a rule of electronic invoicing finds, and where the user can mend it.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::span::Span;

use super::catalogue::rule;

/// The part of the user's files that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The document as a whole.
    Document,
    /// `[seller]` of acquit.toml, or of the issued document.
    Seller,
    /// The client's file, or `[buyer]` of the issued document.
    Buyer,
    /// A `[[line]]`, from 0.
    Line(usize),
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's official id, such as `BR-CO-09`.
    pub rule: &'static str,
    /// Where.
    pub place: Place,
    /// What is wrong, in the user's own terms.
    pub message: String,
}

impl Finding {
    /// Returns it as a problem at its place; the hint is the rule's own.
    pub fn diagnostic(self, severity: Severity, at: impl Fn(Place) -> Span) -> Diagnostic {
        let hint = rule(self.rule).map_or("", |rule| rule.mend.as_str());
        let problem = Diagnostic::error(Code(self.rule), self.message)
            .at(at(self.place))
            .hint(hint);
        Diagnostic {
            severity,
            ..problem
        }
    }
}

/// Findings so far.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    /// Adds a finding unless what the rule demands is so.
    pub(super) fn demand(
        &mut self,
        rule: &str,
        place: Place,
        so: bool,
        message: impl FnOnce() -> String,
    ) {
        if so {
            return;
        }
        let rule = super::catalogue::rule_id(rule);
        self.0.push(Finding {
            rule,
            place,
            message: message(),
        });
    }
}
