//! The folders that acquit alone writes: what stands there is named by a row, a document or an event, stands in its own year, and is no link.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::ledger::listing::{Kind, Listed};

/// An issued document or quote, as far as its place and its folder are judged by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued<'l> {
    /// The year of its date of issue, which is the folder's name.
    pub year: i32,
    /// The names of its attachments; none where the document could not be read, so that nobody knows.
    pub attachments: Option<&'l [String]>,
}

/// What is known to belong into the folders.
pub struct Known<'l> {
    /// Finds an issued document or quote by its exact number, in `invoices` or `quotes`.
    pub issued: &'l dyn Fn(&str, &str) -> Option<Issued<'l>>,
    /// Tells whether the register has a row of this number that cannot be read.
    pub is_unreadable: &'l dyn Fn(&str) -> bool,
    /// The logos and designs that documents name; none where one of the documents could not be read, so that nobody knows all of them.
    pub kept: Option<HashSet<String>>,
    /// The files that events name.
    pub sent: HashSet<&'l str>,
}

/// What is to be said of an entry.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: it belongs there, or another rule judges it.
    Fine,
    /// It is a folder whose own entries are to be judged.
    Enter,
    /// This, at its path.
    Wrong(Diagnostic),
}

/// Returns the problem of a link in the place of what was issued, recorded or sent.
pub fn link(path: &str) -> Diagnostic {
    Diagnostic::error(
        code::FILE_LINK,
        format!("{path} is a link: what is issued or sent stands in the ledger itself"),
    )
    .hint("what a link leads to can be exchanged without a trace here: put the file itself in its place")
}

/// Judges an entry of a folder at a path such as `invoices/2026`; links are not followed.
pub fn judge(folder: &str, entry: &Listed, known: &Known<'_>) -> Verdict {
    let path = format!("{folder}/{}", entry.name);
    let parts: Vec<&str> = folder.split('/').collect();
    match parts.as_slice() {
        ["payments" | "events"] => own_book(&path, entry),
        _ if entry.kind == Kind::Link => Verdict::Wrong(link(&path)),
        ["sent", ..] => sent(&path, entry, known),
        ["register"] => register(&path, entry),
        ["invoices" | "quotes"] if entry.kind == Kind::Folder && is_year(&entry.name) => {
            Verdict::Enter
        }
        ["invoices"] => kept(&path, entry, known),
        [root, year] => document(root, year, &path, entry, known),
        [root, _, number] => attachment(root, number, &path, entry, known),
        _ => stray(&path, format!("no issued document names {path}")),
    }
}

fn is_year(name: &str) -> bool {
    name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells whether a name is that of a year's book.
fn is_book(name: &str) -> bool {
    name.strip_suffix(".csv").is_some_and(is_year)
}

fn stray(path: &str, message: String) -> Verdict {
    let root = path.split('/').next().unwrap_or_default();
    let hint = format!(
        "`git log -- {path}` shows where it came from; acquit alone writes into {root}/: move it away"
    );
    Verdict::Wrong(Diagnostic::error(code::FILE_STRAY, message).hint(hint))
}

/// A logo or a design: its name is that of its content, and some document names it.
fn kept(path: &str, entry: &Listed, known: &Known<'_>) -> Verdict {
    let is_kept = |name: &str| name.starts_with("logo-") || name.starts_with("design-");
    match &known.kept {
        Some(kept) if kept.contains(path) => Verdict::Fine,
        None if entry.kind == Kind::File && is_kept(&entry.name) => Verdict::Fine,
        _ => stray(path, format!("no issued document names {path}")),
    }
}

/// A document, or the folder of its attachments. That a document has no row is said where it is compared with the register.
fn document(root: &str, year: &str, path: &str, entry: &Listed, known: &Known<'_>) -> Verdict {
    let (number, is_folder) = match (entry.name.strip_suffix(".toml"), entry.kind) {
        (Some(number), Kind::File) => (number, false),
        (_, Kind::Folder) => (entry.name.as_str(), true),
        _ => return stray(path, format!("{path} is no issued document")),
    };
    match (known.issued)(root, number) {
        Some(issued) if issued.year.to_string() == year && is_folder => Verdict::Enter,
        Some(issued) if issued.year.to_string() == year => Verdict::Fine,
        Some(issued) => {
            let message = format!(
                "{number} was issued in {}: {path} stands in another year's folder",
                issued.year
            );
            let hint = format!(
                "`git log --follow -- {path}` shows who put it there; its place is {root}/{}/",
                issued.year
            );
            Verdict::Wrong(Diagnostic::error(code::FILE_STRAY, message).hint(hint))
        }
        None if !is_folder || (known.is_unreadable)(number) => Verdict::Fine,
        None => stray(path, format!("{path} is the folder of no issued document")),
    }
}

fn attachment(root: &str, number: &str, path: &str, entry: &Listed, known: &Known<'_>) -> Verdict {
    let names = (known.issued)(root, number).and_then(|issued| issued.attachments);
    match names {
        None => Verdict::Fine,
        Some(names) if entry.kind == Kind::File && names.contains(&entry.name) => Verdict::Fine,
        Some(_) => stray(path, format!("{path} is no attachment of {number}")),
    }
}

fn register(path: &str, entry: &Listed) -> Verdict {
    if entry.kind == Kind::File && is_book(&entry.name) {
        return Verdict::Fine;
    }
    let message = format!("{path} is no book of the register: a book is called YEAR.csv");
    stray(path, message)
}

/// A book that people write as well: one that no command reads may hold rows that somebody counts on.
fn own_book(path: &str, entry: &Listed) -> Verdict {
    let is_csv = entry.name.to_ascii_lowercase().ends_with(".csv");
    if !is_csv || is_book(&entry.name) {
        return Verdict::Fine;
    }
    let message = format!("{path} is read by no command: a book is called YEAR.csv");
    let hint = "put its rows into the book of their year, or move it away";
    Verdict::Wrong(Diagnostic::warning(code::FILE_STRAY, message).hint(hint))
}

fn sent(path: &str, entry: &Listed, known: &Known<'_>) -> Verdict {
    match entry.kind {
        Kind::Folder => Verdict::Enter,
        Kind::File if known.sent.contains(path) => Verdict::Fine,
        _ => Verdict::Wrong(
            Diagnostic::error(code::FILE_STRAY, format!("no event names {path}")).hint(format!(
                "`git log -p events/` shows whether its row was removed, `git log -- {path}` where the file came from"
            )),
        ),
    }
}

/// Returns what is wrong with names of a folder that differ in capitals alone: a system that makes no difference between them holds one.
pub fn capitals(folder: &str, names: &[String]) -> Vec<(String, Diagnostic)> {
    let mut first: HashMap<String, &str> = HashMap::new();
    let mut found = Vec::new();
    for name in names {
        let known = first
            .entry(name.to_ascii_lowercase())
            .or_insert(name.as_str());
        if *known != name.as_str() {
            let message = format!("{folder}/{known} and {folder}/{name} differ in capitals alone");
            let hint = "Windows and macOS hold one of the two, and its rows are taken for the other's: `git mv` gives one another name";
            let problem = Diagnostic::error(code::FILE_NAME, message).hint(hint);
            found.push((format!("{folder}/{name}"), problem));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(folder: &str, name: &str, kind: Kind) -> String {
        let own = ["plan.pdf".to_owned()];
        let issued = |root: &str, number: &str| match (root, number) {
            ("invoices", "F2026-0001") => Some(Issued {
                year: 2026,
                attachments: Some(&own),
            }),
            ("invoices", "F2026-0002") => Some(Issued {
                year: 2026,
                attachments: None,
            }),
            _ => None,
        };
        let known = Known {
            issued: &issued,
            is_unreadable: &|number| number == "F2026-0003",
            kept: Some(HashSet::from(["invoices/logo-1.png".to_owned()])),
            sent: HashSet::from(["sent/2026/x.eml"]),
        };
        let name = name.to_owned();
        match judge(folder, &Listed { name, kind }, &known) {
            Verdict::Fine => "fine".to_owned(),
            Verdict::Enter => "enter".to_owned(),
            Verdict::Wrong(problem) => problem.code.0.to_owned(),
        }
    }

    #[test]
    fn what_a_document_or_event_names_belongs_there_and_nothing_else() {
        use Kind::{File, Folder, Link, Other};
        for (folder, name, kind, verdict) in [
            ("invoices", "2026", Folder, "enter"),
            ("invoices", "2026", Link, "FILE-LINK"),
            ("invoices", "26", Folder, "FILE-STRAY"),
            ("invoices", "logo-1.png", File, "fine"),
            ("invoices", "logo-2.png", File, "FILE-STRAY"),
            ("invoices", "notes.txt", File, "FILE-STRAY"),
            ("invoices/2026", "F2026-0001.toml", File, "fine"),
            ("invoices/2026", "F2026-0001.toml", Link, "FILE-LINK"),
            ("invoices/2026", "F2026-0001.toml~", File, "FILE-STRAY"),
            ("invoices/2026", "F2026-0001.toml", Other, "FILE-STRAY"),
            ("invoices/2025", "F2026-0001.toml", File, "FILE-STRAY"),
            ("invoices/2026", "F2026-0001", Folder, "enter"),
            ("invoices/2025", "F2026-0001", Folder, "FILE-STRAY"),
            ("invoices/2026", "F2026-0009.toml", File, "fine"),
            ("invoices/2026", "F2026-0009", Folder, "FILE-STRAY"),
            ("invoices/2026", "F2026-0003", Folder, "fine"),
            ("invoices/2026/F2026-0001", "plan.pdf", File, "fine"),
            ("invoices/2026/F2026-0001", "plan.pdf", Link, "FILE-LINK"),
            ("invoices/2026/F2026-0001", "more.pdf", File, "FILE-STRAY"),
            ("invoices/2026/F2026-0001", "more", Folder, "FILE-STRAY"),
            ("invoices/2026/F2026-0002", "more.pdf", File, "fine"),
            ("quotes", "2026", Folder, "enter"),
            ("quotes", "logo-1.png", File, "FILE-STRAY"),
            ("register", "2026.csv", File, "fine"),
            ("register", "2026.csv", Link, "FILE-LINK"),
            ("register", "2026.csv.orig", File, "FILE-STRAY"),
            ("payments", "2026.csv", File, "fine"),
            ("payments", "march.csv", File, "FILE-STRAY"),
            ("payments", "statement.pdf", File, "fine"),
            ("sent", "2026", Folder, "enter"),
            ("sent/2026", "x.eml", File, "fine"),
            ("sent/2026", "y.eml", File, "FILE-STRAY"),
            ("sent/2026", "x.eml", Link, "FILE-LINK"),
        ] {
            assert_eq!(
                said(folder, name, kind),
                verdict,
                "{folder}/{name} {kind:?}"
            );
        }
    }

    #[test]
    fn names_that_differ_in_capitals_alone_are_said_at_the_second() {
        let names = ["Acme.toml", "acme.toml", "zoe.toml"].map(str::to_owned);
        let found = capitals("clients", &names);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "clients/acme.toml");
        assert_eq!(found[0].1.code, code::FILE_NAME);
    }
}
