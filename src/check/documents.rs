//! Issued documents against their rows and against their own arithmetic.

use crate::compute::register;
use crate::compute::verify::verify;
use crate::diagnostic::{Diagnostic, Diagnostics, code, same_number};
use crate::ledger::book::RowText;
use crate::ledger::columns;
use crate::ledger::document::Document;
use crate::span::Span;

/// Compares a document with its row: digest first, then every frozen figure. Tells whether it is the document that was issued.
pub fn compare(
    document: &Document,
    sha256: &str,
    number: &str,
    row: &RowText,
    problems: &mut Diagnostics,
) -> bool {
    let file = document.span.file;
    let columns = row.record().len();
    if row.record().get(columns - 2) != Some(sha256) {
        problems.push(
            Diagnostic::error(
                code::DOCUMENT_CHANGED,
                format!("{number} is not the document that was issued: its digest differs from its row's"),
            )
            .at(Span::whole(file))
            .hint("an issued document is never edited: `git log -p` shows the change; a credit note corrects"),
        );
        return false;
    }
    if document.number.as_str() != number {
        let message = format!(
            "the file {number}.toml holds the document {}",
            document.number
        );
        problems.push(
            Diagnostic::error(code::DOCUMENT_CHANGED, message)
                .at(Span::whole(file))
                .hint("the number is the file's name"),
        );
        return false;
    }
    let fields = register::fields(document, sha256);
    for (index, (name, value)) in columns::register::HEADER.iter().zip(&fields).enumerate() {
        let found = row.record().get(index).unwrap_or_default();
        // A later year's register may have more columns; ours stand first.
        if found != value && *name != "sha256" {
            problems.push(
                Diagnostic::error(
                    code::REGISTER_ROW,
                    format!("the row of {number} says {name} `{found}`, the document `{value}`"),
                )
                .at(row.span)
                .hint("the row was changed after issue: take it back with `git restore register/`"),
            );
        }
    }
    true
}

/// Works out a document's figures again; tells whether they are right.
pub fn arithmetic(document: &Document, problems: &mut Diagnostics) -> bool {
    let found = verify(document);
    let sound = found.is_empty();
    for mismatch in found {
        let text = format!(
            "{} is {}, its parts give {}",
            mismatch.what, mismatch.found, mismatch.expected
        );
        let hint = "an issued document is never edited: take it back with git";
        problems.push(
            Diagnostic::error(code::TOTALS, text)
                .at(mismatch.span)
                .hint(hint),
        );
    }
    sound
}

/// Returns the diagnostic of a number that no document has. Only a number of the same digits is proposed, such as `F2026-0042` for
/// `f2026/42`: another one is another client's invoice.
pub fn unknown<'n>(number: &str, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let mut known = known;
    let hint = match known.find(|known| same_number(number, known)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`acquit list` shows the numbers".to_owned(),
    };
    Diagnostic::error(
        code::DOCUMENT_UNKNOWN,
        format!("there is no document `{number}`"),
    )
    .hint(hint)
}
