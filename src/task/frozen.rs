//! The walk of `check` over the folders that acquit alone writes: names and kinds of what stands there, and the copies of what was sent.

use std::collections::{BTreeMap, HashSet};

use crate::changes::{is_inside, sha256};
use crate::check::copies::{Copy, copies};
use crate::check::frozen::{Issued, Known, Verdict, capitals, judge, link};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger::books::Ledger;
use crate::source::cores::on_all_cores;
use crate::source::repository::ReadError;
use crate::source::{Source, unreadable};
use crate::span::Span;

/// The folders whose entries are judged.
const ROOTS: &[&str] = &[
    "invoices", "quotes", "register", "payments", "events", "sent",
];

/// The folders whose files people name.
const NAMED: &[&str] = &["clients", "drafts", "plans", "recurring", "laws"];

/// No folder of a ledger is as deep.
const DEPTH: usize = 8;

/// So many copies under sent/ are compared with their digests unasked. They may be a hundred times as large as all documents together:
/// more of them are compared by `check --sent` alone.
pub const COPIES: usize = 1000;

/// What the documents and quotes of a ledger say of the folders.
pub struct Expected<'l> {
    /// The books.
    pub ledger: &'l Ledger,
    /// The attachments of documents that have any.
    pub attachments: BTreeMap<String, Vec<String>>,
    /// The documents of the register that were not read.
    pub unread: HashSet<String>,
    /// Year of issue and attachments of the quotes.
    pub quotes: BTreeMap<String, (i32, Vec<String>)>,
    /// The logos and designs that documents and quotes name.
    pub kept: HashSet<String>,
}

/// Judges the folders; returns how many copies of what was sent were not compared with their digests. `all`: compare all of them.
pub fn check(
    source: &mut Source,
    expected: &Expected<'_>,
    all: bool,
    problems: &mut Diagnostics,
) -> usize {
    let copies = copies(expected.ledger);
    let none: Vec<String> = Vec::new();
    let issued = |root: &str, number: &str| {
        if root == "quotes" {
            let (year, attachments) = expected.quotes.get(number)?;
            let attachments = Some(attachments.as_slice());
            return Some(Issued {
                year: *year,
                attachments,
            });
        }
        let place = expected.ledger.find(number)?;
        let attachments = expected.attachments.get(number).unwrap_or(&none);
        Some(Issued {
            year: chrono::Datelike::year(&expected.ledger.issued(place)),
            attachments: (!expected.unread.contains(number)).then_some(attachments),
        })
    };
    let known = Known {
        issued: &issued,
        is_unreadable: &|number| expected.ledger.is_unreadable(number),
        kept: expected.unread.is_empty().then(|| expected.kept.clone()),
        sent: copies.keys().copied().collect(),
    };
    let said = source
        .problems
        .iter()
        .filter_map(|problem| Some((problem.code, source.map.path(problem.span?.file).to_owned())))
        .collect();
    let mut walk = Walk {
        source: &mut *source,
        known: &known,
        said,
        stands: HashSet::new(),
        problems: &mut *problems,
    };
    for folder in NAMED {
        walk.names(folder);
    }
    for root in ROOTS {
        walk.root(root);
    }
    let stands = walk.stands;
    let mut kept: Vec<(&str, &Copy<'_>)> = copies
        .iter()
        .filter(|(_, copy)| copy.is_kept())
        .map(|(path, copy)| (*path, copy))
        .collect();
    kept.sort_unstable_by_key(|(path, copy)| (copy.span, *path));
    let repository = &source.repository;
    kept.retain(|(path, copy)| {
        let is_there = stands.contains(*path)
            || !path.starts_with("sent/") && is_inside(path) && repository.exists(path);
        if !is_there {
            problems.push(copy.gone(path));
        }
        is_there && !copy.digests.is_empty()
    });
    if all || kept.len() <= COPIES {
        compare(source, &kept, problems);
        return 0;
    }
    kept.len()
}

/// A walk over folders.
struct Walk<'w, 'l> {
    source: &'w mut Source,
    known: &'w Known<'l>,
    /// What reading the ledger has said already, by code and path.
    said: HashSet<(Code, String)>,
    /// What stands under sent/.
    stands: HashSet<String>,
    problems: &'w mut Diagnostics,
}

impl Walk<'_, '_> {
    /// Judges the names of a folder whose files people name.
    fn names(&mut self, folder: &str) {
        let names = self.source.repository.list(folder, ".toml");
        for (path, problem) in capitals(folder, &names.unwrap_or_default()) {
            self.say(&path, problem);
        }
    }

    /// Judges a folder of the ledger, and all that is below it.
    fn root(&mut self, root: &str) {
        if self.source.repository.is_link(root) && !matches!(root, "payments" | "events") {
            self.say(root, link(root));
        }
        self.folder(root);
    }

    fn folder(&mut self, folder: &str) {
        let entries = match self.source.repository.entries(folder) {
            Ok(entries) => entries,
            Err(error) => return self.say(folder, unreadable(&error, folder)),
        };
        for entry in entries {
            let path = format!("{folder}/{}", entry.name);
            match judge(folder, &entry, self.known) {
                Verdict::Enter if path.matches('/').count() < DEPTH => self.folder(&path),
                Verdict::Fine | Verdict::Enter => {}
                Verdict::Wrong(problem) => self.say(&path, problem),
            }
            if folder.starts_with("sent") {
                self.stands.insert(path);
            }
        }
    }

    /// Adds a problem of a path, unless one of its code is said of it.
    fn say(&mut self, path: &str, problem: Diagnostic) {
        if self.said.insert((problem.code, path.to_owned())) {
            let file = self.source.map.add(path);
            self.problems.push(problem.at(Span::whole(file)));
        }
    }
}

/// Compares copies with the digests that events state, by all cores.
fn compare(source: &Source, copies: &[(&str, &Copy<'_>)], problems: &mut Diagnostics) {
    let repository = &source.repository;
    let part = |copies: &[(&str, &Copy<'_>)]| {
        let mut found = Diagnostics::default();
        for (path, copy) in copies {
            match repository.bytes(path) {
                Ok(bytes) => {
                    if let Some(problem) = copy.changed(path, &sha256(&bytes)) {
                        found.push(problem);
                    }
                }
                // A link is said by the walk.
                Err(ReadError::Outside) => {}
                Err(error) => found.push(unreadable(&error, path).at(copy.span)),
            }
        }
        found
    };
    for part in on_all_cores(copies, part) {
        problems.extend(part);
    }
}
