//! Numbers that were given before and whose documents the ledger does not have: an older state of it was checked out, or a newer one was
//! taken back, and what git does not know or another file holds still names them.

use crate::compute::number::counter_after;
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::books::Ledger;
use crate::ledger::event_kind::EventKind;
use crate::source::Source;
use crate::span::Span;

/// What names a number, beside the register.
#[derive(Debug)]
struct Witness {
    number: String,
    /// The file that names it.
    path: String,
    /// The row, if it is one.
    span: Option<Span>,
}

/// The numbers that something beside the register and the list of quotes names, and which neither of them has.
#[derive(Debug, Default)]
pub struct Given {
    list: Vec<Witness>,
}

impl Given {
    /// Looks into `sent/`, `invoices/`, the payments, the events, the plans and the references of the register. No document is opened.
    pub fn of(source: &mut Source, ledger: &Ledger) -> Self {
        let mut given = Self::default();
        for payment in ledger.payments() {
            given.row(source, ledger, payment.document, payment.span);
        }
        for event in ledger.events() {
            given.row(source, ledger, event.document, event.span);
            // The quote that took the place of another stands in the note.
            if event.kind == EventKind::Replaced {
                given.row(source, ledger, event.note, event.span);
            }
        }
        for entry in ledger.documents() {
            for number in entry.refs.split(' ') {
                given.row(source, ledger, number, entry.span);
            }
        }
        for plan in ledger.plans() {
            for number in &plan.documents {
                given.row(source, ledger, &number.value, number.span);
            }
        }
        for folder in ["sent", "invoices"] {
            for year in source.repository.years(folder, "").unwrap_or_default() {
                let below = format!("{folder}/{year}");
                for name in source.repository.list(&below, "").unwrap_or_default() {
                    given.file(&below, &name);
                }
            }
        }
        let quotes = source.quote_paths();
        let is_known = |number: &str| {
            ledger.find_any_case(number).is_some()
                || quotes
                    .iter()
                    .any(|(quote, _)| quote.eq_ignore_ascii_case(number))
        };
        given.list.retain(|witness| !is_known(&witness.number));
        given
    }

    fn row(&mut self, source: &Source, ledger: &Ledger, number: &str, span: Span) {
        // Nearly every row names a document that is there.
        if !number.is_empty() && ledger.find(number).is_none() {
            self.list.push(Witness {
                number: number.to_owned(),
                path: source.map.path(span.file).to_owned(),
                span: Some(span),
            });
        }
    }

    /// Notes the number in a file's name: `F2026-0002.pdf`, or `F2026-0002-2.eml` where it was sent again.
    fn file(&mut self, folder: &str, name: &str) {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let again = stem.rsplit_once('-').filter(|(_, count)| {
            !count.starts_with('0') && count.bytes().all(|byte| byte.is_ascii_digit())
        });
        let mut note = |number: &str| {
            self.list.push(Witness {
                number: number.to_owned(),
                path: format!("{folder}/{name}"),
                span: None,
            });
        };
        note(stem);
        if let (Some((first, _)), true) = (again, folder.starts_with("sent/")) {
            note(first);
        }
    }

    /// Returns why the number about to be given next was given before: something names it, or a later one of its series.
    pub fn refusal(&self, number: &str, series: &str) -> Option<Diagnostic> {
        let next = counter_after(series, number)?;
        let (counter, witness) = self
            .list
            .iter()
            .filter_map(|witness| Some((counter_after(series, &witness.number)?, witness)))
            .filter(|(counter, _)| *counter >= next)
            .min_by_key(|(counter, _)| *counter)?;
        let (path, named) = (&witness.path, &witness.number);
        let message = if counter == next {
            format!("the next number, {number}, was given before: {path} names it")
        } else {
            format!(
                "the next number, {number}, was given before: {path} names {named}, which came after it"
            )
        };
        let problem = Diagnostic::error(code::NUMBER_TWICE, message).hint(
            "a newer state of the ledger is missing here: `git reflog` and your other copies show it; bring it back (`git merge`, `git pull`) before anything is issued",
        );
        Some(match witness.span {
            Some(span) => problem.at(span),
            None => problem,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(files: &[(&str, &str)]) -> Given {
        let mut given = Given::default();
        for (folder, name) in files {
            given.file(folder, name);
        }
        given
    }

    #[test]
    fn a_number_that_a_file_names_is_not_given_again() {
        let sent = given(&[
            ("sent/2026", "F2026-0002-2.eml"),
            ("sent/2026", "2026-11-22-acme-first.eml"),
        ]);
        assert!(sent.refusal("F2026-0002", "F2026-").is_some());
        assert!(sent.refusal("F2026-0003", "F2026-").is_none());
        assert!(sent.refusal("A2026-0001", "A2026-").is_none());
        assert!(sent.refusal("2026001", "2026").is_none());
        let later = given(&[("invoices/2026", "f2026-0007.toml")]);
        let message = later.refusal("F2026-0005", "F2026-").unwrap().message;
        assert_eq!(
            message,
            "the next number, F2026-0005, was given before: invoices/2026/f2026-0007.toml names f2026-0007, which came after it"
        );
    }
}
