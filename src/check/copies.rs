//! What was sent: the copies under sent/ that events name are there, and are what was sent.

use chrono::NaiveDate;
use hashbrown::HashMap;

use crate::compute::outgoing::is_kept;
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::books::Ledger;
use crate::ledger::event_kind::EventKind;
use crate::span::Span;

/// A file that events name as what left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy<'l> {
    /// Where the first event that names it stands.
    pub span: Span,
    /// The day of that event.
    pub day: NaiveDate,
    /// The digests that events state, each once, as they spell them.
    pub digests: Vec<&'l str>,
    /// What happened with it.
    kinds: Vec<EventKind>,
}

impl Copy<'_> {
    /// Tells whether the file is to be there: that of a message that was not sent was taken back.
    pub fn is_kept(&self) -> bool {
        is_kept(self.kinds.iter().copied())
    }

    /// Returns the problem of a file that is not there. Only what stands under sent/ was put there by acquit.
    pub fn gone(&self, path: &str) -> Diagnostic {
        let message = format!("{path}, which left on {}, is missing", self.day);
        let problem = if path.starts_with("sent/") {
            Diagnostic::error(code::FILE_MISSING, message)
        } else {
            Diagnostic::warning(code::FILE_MISSING, message)
        };
        problem.at(self.span).hint(format!(
            "it proves what was sent: `git log --diff-filter=D -- {path}` finds it, `git restore` brings it back"
        ))
    }

    /// Returns the problem of a file whose digest is not the one that an event states, if it is not.
    pub fn changed(&self, path: &str, sha256: &str) -> Option<Diagnostic> {
        let mut said = self.digests.iter();
        if said.all(|said| said.eq_ignore_ascii_case(sha256)) {
            return None;
        }
        let message = format!(
            "{path} is not what left on {}: its digest differs from the event's",
            self.day
        );
        Some(
            Diagnostic::error(code::SENT_CHANGED, message)
                .at(self.span)
                .hint(format!(
                    "`git log -p -- {path} events/` shows which of the two was changed; `git restore` takes it back"
                )),
        )
    }
}

/// Returns the files that events name, plans aside, which are no copies.
pub fn copies(ledger: &Ledger) -> HashMap<&str, Copy<'_>> {
    let mut found: HashMap<&str, Copy<'_>> = HashMap::new();
    for event in ledger.events() {
        if event.file.is_empty() || event.kind == EventKind::Plan {
            continue;
        }
        let copy = found.entry(event.file).or_insert_with(|| Copy {
            span: event.span,
            day: event.date,
            digests: Vec::new(),
            kinds: Vec::new(),
        });
        if !event.sha256.is_empty() && !copy.digests.contains(&event.sha256) {
            copy.digests.push(event.sha256);
        }
        if !copy.kinds.contains(&event.kind) {
            copy.kinds.push(event.kind);
        }
    }
    found
}
