//! Drafts beside the documents that were made of drafts before.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::document::DraftOrigin;
use crate::ledger::draft::Draft;

/// The draft that an issued document was made of.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The document's number.
    pub number: String,
    /// The draft's name and the digest of its file.
    pub draft: DraftOrigin,
}

/// Warns of drafts that are word for word those of issued documents. The same work each month may be drafted
/// in the same words: only the same file again is worth a word.
pub fn again(drafts: &[Draft], origins: &[Origin], problems: &mut Diagnostics) {
    let issued: HashMap<(&str, &str), &str> = origins
        .iter()
        .map(|origin| {
            let draft = &origin.draft;
            (
                (draft.name.as_str(), draft.sha256.as_str()),
                origin.number.as_str(),
            )
        })
        .collect();
    for draft in drafts {
        if let Some(number) = issued.get(&(draft.name.as_str(), draft.sha256.as_str())) {
            let message = format!("this draft is word for word the one that became {number}");
            let hint = "remove it, unless you mean to invoice the same again";
            problems.push(
                Diagnostic::warning(code::DRAFT_ISSUED, message)
                    .at(draft.span)
                    .hint(hint),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_file_again_is_worth_a_word() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/studio");
        let drafts = crate::source::open(&root).unwrap().drafts();
        let origin = |name: &str, sha256: &str| Origin {
            number: "F2026-0042".to_owned(),
            draft: DraftOrigin {
                name: name.to_owned(),
                sha256: sha256.to_owned(),
            },
        };
        let draft = &drafts[0];
        let said = |origin: Origin| {
            let mut problems = Diagnostics::default();
            again(&drafts, &[origin], &mut problems);
            problems.sorted()
        };
        assert!(said(origin(&draft.name, "0000")).is_empty());
        assert!(said(origin("another", &draft.sha256)).is_empty());
        let twice = said(origin(&draft.name, &draft.sha256));
        assert_eq!((twice.len(), twice[0].code), (1, code::DRAFT_ISSUED));
    }
}
