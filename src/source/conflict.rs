//! The lines that git leaves in a file which two sides have changed, and what is to be done with each kind of file then.

use super::git::{self, Unfinished};
use crate::diagnostic::{Diagnostic, code};
use crate::span::{FileId, Span};
use std::path::Path;

/// How the lines begin that git puts around the two sides, and between them; see `git help merge`, "How conflicts are presented".
const OURS: &str = "<<<<<<< ";
const BASE: &str = "||||||| ";
const BETWEEN: &str = "=======";
const THEIRS: &str = ">>>>>>> ";

/// Returns the place of the first line of a conflict, from its beginning to its end: both the line that begins it and the line that ends
/// it must be there.
pub(super) fn place(text: &str) -> Option<(usize, usize)> {
    let start = line_with(text, 0, OURS)?;
    line_with(text, start, THEIRS)?;
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    Some((start, start + length))
}

/// Finds the first line from a place on that begins with a text.
fn line_with(text: &str, from: usize, wanted: &str) -> Option<usize> {
    let is_line = |at: &usize| *at == 0 || text.as_bytes()[at - 1] == b'\n';
    memchr::memmem::find_iter(&text.as_bytes()[from..], wanted)
        .map(|at| from + at)
        .find(is_line)
}

/// Tells whether the first field of a row of a book is a line that git leaves around or between two sides.
pub(super) fn is_marker(field: &str) -> bool {
    [OURS, BASE, THEIRS]
        .iter()
        .any(|mark| field.starts_with(mark))
        || field == BETWEEN
}

/// Returns the problem of a file in which git has left the lines of a conflict.
pub(super) fn problem(path: &str, file: FileId, (start, end): (usize, usize)) -> Diagnostic {
    let folder = path.split_once('/').map_or(path, |(folder, _)| folder);
    let hint = match folder {
        "invoices" | "quotes" | "plans" => {
            "two branches have each issued it, and neither text is edited: take the merge back (`git merge --abort`), then `acquit explain MERGE-CONFLICT`"
        }
        "register" | "closings.csv" => {
            "two branches have each issued, and a register is never edited: take the merge back (`git merge --abort`), then `acquit explain MERGE-CONFLICT`"
        }
        "payments" | "events" => {
            "leave the rows of both sides, and remove the lines of git alone: rows that are the same count once"
        }
        _ => "write what is to hold in the place of the two sides, and remove the lines of git",
    };
    Diagnostic::error(
        code::MERGE_CONFLICT,
        "two branches have changed this file, and git has left both sides in it",
    )
    .at(Span::new(file, start, end))
    .hint(hint)
}

/// Refuses to write into a ledger whose repository is in the middle of a merge, a rebase, a cherry-pick or a revert: its files hold one
/// side, the other or both, and what is recorded now would stand on none of them.
///
/// # Errors
/// `MERGE-CONFLICT`.
pub fn settled(root: &Path) -> Result<(), Diagnostic> {
    let conflict = || git::has_conflict(root).then_some(Unfinished::Conflict);
    let Some(unfinished) = git::unfinished(root).or_else(conflict) else {
        return Ok(());
    };
    let message = format!(
        "{} is not finished in this repository: nothing is recorded before it is",
        unfinished.noun()
    );
    Err(Diagnostic::error(code::MERGE_CONFLICT, message).hint(hint(unfinished)))
}

/// Returns the warning of a command that reads a ledger whose repository is in the middle of such a thing.
pub(super) fn warning(root: &Path) -> Option<Diagnostic> {
    let unfinished = git::unfinished(root)?;
    let message = format!(
        "{} is not finished in this repository: what is read may be of one side, of the other, or of both",
        unfinished.noun()
    );
    Some(Diagnostic::warning(code::MERGE_CONFLICT, message).hint(hint(unfinished)))
}

fn hint(unfinished: Unfinished) -> String {
    format!(
        "{}; `acquit explain MERGE-CONFLICT` says what to do with each kind of file",
        unfinished.way_out()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_has_a_beginning_and_an_end_at_the_start_of_lines() {
        let text = "a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> other\n";
        assert_eq!(place(text), Some((6, 18)));
        assert_eq!(place(&text[6..]), Some((0, 12)));
        for text in [
            "a = 1\n",
            "a = \"<<<<<<< HEAD >>>>>>> x\"\n",
            "<<<<<<< HEAD\na = 1\n",
            ">>>>>>> x\n<<<<<<< HEAD\n",
            "<<<<<<<<\n>>>>>>>>\n",
        ] {
            assert_eq!(place(text), None, "{text}");
        }
    }

    #[test]
    fn rows_of_git_are_known_by_their_first_field() {
        for field in ["<<<<<<< HEAD", "||||||| 12ab", "=======", ">>>>>>> other"] {
            assert!(is_marker(field), "{field}");
        }
        for field in [
            "",
            "<<<<<<<",
            "========",
            "20261122-0a1b2c3d4e",
            "a >>>>>>> b",
        ] {
            assert!(!is_marker(field), "{field}");
        }
    }

    #[test]
    fn no_hint_leads_to_editing_what_is_frozen() {
        for path in [
            "invoices/2026/F2026-0001.toml",
            "quotes/2026/D2026-0001.toml",
            "plans/P2026-0001.toml",
            "register/2026.csv",
        ] {
            let hint = problem(path, FileId::NOWHERE, (0, 1)).hint.unwrap();
            assert!(
                hint.contains("git merge --abort") && hint.contains("edited"),
                "{path}: {hint}"
            );
        }
        for path in ["payments/2026.csv", "events/2026.csv"] {
            let hint = problem(path, FileId::NOWHERE, (0, 1)).hint.unwrap();
            assert!(hint.contains("rows of both sides"), "{path}: {hint}");
        }
    }
}
