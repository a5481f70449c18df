//! A ledger that was cloned from somebody else: its journal, its links and its texts reach nothing outside of it.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::path::Path;

use acquit::changes::ChangeSet;
use acquit::printable::is_unprintable;
use acquit::write::JOURNAL;

use crate::harness::{Output, Sandbox, copy, snapshot};

const SECRET: &str = "hunter2-of-this-machine";

/// A ledger in a folder beside a file that is none of its business.
struct Clone {
    sandbox: Sandbox,
    ledger: Sandbox,
}

impl Clone {
    fn new() -> Self {
        let (sandbox, made) = (Sandbox::empty(), Sandbox::small());
        made.invoice("acme", "100", "2026-11-01");
        made.run(&["pay", "F2026-0001", "20", "--reference", "VIR ACME"])
            .ok();
        made.run(&[
            "new", "acme", "Travail", "1", "50", "--vat", "20", "--name", "next",
        ])
        .ok();
        sandbox.write("outside/secret.txt", SECRET);
        sandbox.write("outside/config", "[core]\n");
        Self {
            sandbox,
            ledger: made,
        }
    }

    fn outside(&self) -> std::path::PathBuf {
        self.sandbox.path().join("outside")
    }

    /// Replaces a file or folder of the ledger by a link.
    fn link(&self, target: &Path, place: &str) {
        let place = self.ledger.path().join(place);
        let _ = std::fs::remove_file(&place);
        let _ = std::fs::remove_dir_all(&place);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        symlink(target, place).unwrap();
    }

    fn journal(&self, path: &str) {
        let mut set = ChangeSet::default();
        let length = std::fs::metadata(self.ledger.path().join(path)).map_or(0, |data| data.len());
        set.append(path, length, "written by a stranger\n");
        self.ledger.write(JOURNAL, set.to_journal(&[]));
    }

    /// Runs a command and makes sure that nothing outside has changed, and nothing of it was shown or taken in.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Output {
        let before = snapshot(&self.outside());
        let output = self.ledger.run(arguments);
        assert_eq!(
            snapshot(&self.outside()),
            before,
            "{arguments:?}: {}",
            output.both
        );
        assert!(
            !output.both.contains(SECRET),
            "{arguments:?}: {}",
            output.both
        );
        for (name, bytes) in own_files(self.ledger.path()) {
            let is_there = bytes
                .windows(SECRET.len())
                .any(|window| window == SECRET.as_bytes());
            assert!(!is_there, "{arguments:?}: {name} has taken it in");
        }
        output
    }
}

/// The files of a folder, links left out.
fn own_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (name, kind) = (
            entry.file_name().to_string_lossy().into_owned(),
            entry.file_type().unwrap(),
        );
        if kind.is_dir() {
            files.extend(own_files(&entry.path()));
        } else if kind.is_file() {
            files.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
    files
}

/// Commands that only read, with the formats they have.
const READING: &[&[&str]] = &[
    &["status"],
    &["status", "--json"],
    &["list"],
    &["list", "--json"],
    &["list", "--format", "csv"],
    &["overdue"],
    &["show", "F2026-0001"],
    &["show", "F2026-0001", "--explain"],
    &["show", "F2026-0001", "--json"],
    &["statement", "acme"],
    &["statement", "acme", "--json"],
    &["statement", "acme", "--format", "csv"],
    &["interest", "--all"],
    &["quote", "list"],
    &["recurring", "list"],
    &["client", "list"],
    &["client", "show", "acme"],
    &["remind"],
    &["remind", "--explain"],
    &["remind", "--digest"],
    &["export", "hledger"],
    &["check"],
    &["check", "--json"],
];

#[test]
fn hostile_journal_writes_only_what_acquit_writes() {
    for path in [
        ".git/config",
        ".acquit/lock",
        ".gitattributes",
        "Makefile",
        "out/x.sh",
        "clients/.x.toml",
    ] {
        let clone = Clone::new();
        clone.ledger.write(".git/config", "[core]\n");
        clone.journal(path);
        let before = snapshot(clone.ledger.path());
        for arguments in [
            &["check"][..],
            &["list"],
            &["pay", "F2026-0001", "10"],
            &["issue", "next"],
        ] {
            let output = clone.run(arguments);
            assert!(
                output.code == 3 && output.err.contains("JOURNAL-BROKEN"),
                "{path} {arguments:?}: {}",
                output.both
            );
            assert!(output.err.contains(path), "{path}: {}", output.err);
        }
        assert_eq!(snapshot(clone.ledger.path()), before, "{path}");
    }
}

#[test]
fn hostile_journal_that_git_tracks_is_refused() {
    /// An index of git with one entry.
    fn index(name: &str) -> Vec<u8> {
        let mut bytes = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
        bytes.extend([0; 62]);
        bytes.extend(name.as_bytes());
        bytes.push(0);
        while !(bytes.len() - 12).is_multiple_of(8) {
            bytes.push(0);
        }
        bytes
    }
    for (tracked, is_refused) in [(JOURNAL, true), ("acquit.toml", false)] {
        let clone = Clone::new();
        clone.ledger.write(".git/index", index(tracked));
        clone.journal("payments/2026.csv");
        for arguments in [&["check"][..], &["pay", "F2026-0001", "10"]] {
            let output = clone.run(arguments);
            assert_eq!(
                output.err.contains("git tracks .acquit/journal"),
                is_refused,
                "{tracked}: {}",
                output.both
            );
        }
        assert_eq!(
            clone.ledger.read("payments/2026.csv").contains("stranger"),
            !is_refused
        );
    }
    // A ledger in a folder of a repository.
    let clone = Clone::new();
    clone.journal("payments/2026.csv");
    copy(
        clone.ledger.path(),
        &clone.sandbox.path().join("repository/books"),
    );
    clone
        .sandbox
        .write("repository/.git/index", index("books/.acquit/journal"));
    let output = clone.sandbox.run(&["-C", "repository/books", "check"]);
    assert!(
        output.code == 3 && output.err.contains("git tracks .acquit/journal"),
        "{}",
        output.both
    );
}

#[test]
fn hostile_links_are_not_written_through() {
    let writing: &[&[&str]] = &[
        &["pay", "F2026-0001", "10"],
        &["issue", "next"],
        &["client", "add", "new", "--name", "New SAS"],
        &[
            "new", "acme", "x", "1", "5", "--vat", "20", "--name", "other",
        ],
        &["send", "F2026-0001", "--channel", "letter"],
        &["render", "F2026-0001"],
        &["statement", "acme", "--pdf"],
    ];
    for place in [
        ".acquit",
        ".acquit/lock",
        ".acquit/journal",
        ".acquit/journal.tmp",
        "payments",
        "payments/2026.csv",
        "events",
        "invoices/2026",
        "clients",
        "clients/new.toml",
        "drafts",
        "drafts/other.toml",
        "sent",
        "out",
        "register/2026.csv",
    ] {
        for target in ["config", "not-there", ""] {
            let clone = Clone::new();
            clone.link(&clone.outside().join(target), place);
            for arguments in writing {
                clone.run(arguments);
            }
        }
    }
    // The temporary names of files that are about to be made.
    for (place, arguments) in [
        ("invoices/2026/.F2026-0002.toml.acquit-tmp", writing[1]),
        ("clients/.new.toml.acquit-tmp", writing[2]),
        ("out/.F2026-0001.pdf.acquit-tmp", writing[5]),
        (".acquit/journal.tmp", writing[0]),
    ] {
        let clone = Clone::new();
        clone.link(&clone.outside().join("config"), place);
        let output = clone.run(arguments);
        assert_eq!(output.code, 0, "{place}: {}", output.both);
    }
}

#[test]
fn hostile_links_bring_nothing_in() {
    let draft = |more: &str| {
        format!(
            "client = \"acme\"\n{more}\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 5\nvat = 20\n"
        )
    };
    let clone = Clone::new();
    let settings = clone.ledger.read("acquit.toml");
    clone.link(&clone.outside().join("secret.txt"), "attachments/a.txt");
    clone.ledger.write(
        "drafts/a.toml",
        draft("attachments = [\"attachments/a.txt\"]"),
    );
    let refused = clone.run(&["issue", "a"]).refused();
    assert!(
        refused.contains("error[FILE-LINK]: attachments/a.txt"),
        "{refused}"
    );
    clone.link(&clone.outside(), "folder");
    clone.ledger.write(
        "drafts/a.toml",
        draft("attachments = [\"folder/secret.txt\"]"),
    );
    let refused = clone.run(&["issue", "a"]).refused();
    assert!(
        refused.contains("error[FILE-LINK]: folder/secret.txt"),
        "{refused}"
    );
    // A link from one place of the ledger to another is the user's own business.
    clone.ledger.write("real.csv", "a;b\n");
    clone.link(Path::new("../real.csv"), "attachments/b.csv");
    clone.ledger.write(
        "drafts/a.toml",
        draft("attachments = [\"attachments/b.csv\"]"),
    );
    clone.run(&["issue", "a"]).ok();

    clone.link(&clone.outside().join("secret.txt"), "logo.png");
    clone.ledger.write(
        "acquit.toml",
        settings.replace("form = \"ei\"", "form = \"ei\"\nlogo = \"logo.png\""),
    );
    let refused = clone.run(&["issue", "next"]).refused();
    assert!(refused.contains("error[FILE-LINK]: logo.png"), "{refused}");
    clone.ledger.write("acquit.toml", &settings);
    for place in [
        "templates/fr/reminder-first.txt",
        "clients/x.toml",
        "drafts/x.toml",
        "plans/x.toml",
        "recurring/x.toml",
    ] {
        let clone = Clone::new();
        clone.link(&clone.outside().join("secret.txt"), place);
        let output = clone.run(&["check"]);
        assert!(
            output.code == 1 && output.out.contains("FILE-LINK"),
            "{place}: {}",
            output.both
        );
    }
    for place in [
        "clients",
        "drafts",
        "invoices/2026",
        "payments/2026.csv",
        "register/2026.csv",
        "events",
        "acquit.toml",
    ] {
        let clone = Clone::new();
        clone.link(
            &clone.outside().join(if place.contains(".csv") {
                "secret.txt"
            } else {
                ""
            }),
            place,
        );
        for arguments in READING {
            clone.run(arguments);
        }
        let output = clone.run(&["check"]);
        assert!(output.code != 0, "{place}: {}", output.both);
    }
}

#[test]
fn hostile_a_waiting_journal_is_said_by_every_reader() {
    let clone = Clone::new();
    let mut set = ChangeSet::default();
    let length = clone.ledger.read("payments/2026.csv").len() as u64;
    set.append(
        "payments/2026.csv",
        length,
        "p1,2026-11-20,acme,10.00,EUR,transfer,F2026-0001,,,,,\n",
    );
    clone.ledger.write(JOURNAL, set.to_journal(&[]));
    for arguments in READING {
        let output = clone.run(arguments);
        assert_eq!(
            output.both.matches("JOURNAL-PENDING").count(),
            1,
            "{arguments:?}: {}",
            output.both
        );
    }
    clone
        .run(&["new", "acme", "x", "1", "5", "--vat", "20"])
        .ok();
    assert!(!clone.run(&["check"]).both.contains("JOURNAL-PENDING"));
}

#[test]
fn hostile_texts_do_not_steer_the_terminal() {
    const STEER: &str =
        "x\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}fdp\u{200b}\u{2066}\u{feff}\u{e0041}";
    let is_raw = |c: char| is_unprintable(c) && c != '\n';
    let clone = Clone::new();
    let ledger = &clone.ledger;
    let payments = ledger.read("payments/2026.csv");
    ledger.write(
        "payments/2026.csv",
        format!("{payments}p1,2026-11-20,acme,1.00,EUR,transfer,F2026-0001,,,,{STEER},{STEER}\np2,2026-11-20,{STEER},1.00,EUR,transfer,,,,,,\n"),
    );
    ledger.write(
        "events/2026.csv",
        format!(
            "id,date,kind,document,note\ne1,2026-11-20,note,F2026-0001,{STEER}\ne2,2026-11-20,{STEER},F2026-0001,\n"
        ),
    );
    ledger.write(
        "drafts/a.toml",
        format!("client = \"acme\"\n\"{STEER}\" = 1\nsubject = \"{STEER}\"\n"),
    );
    ledger.write("clients/b.toml", format!("name = \"{STEER}\"\n"));
    ledger.write(
        &format!("clients/{}.toml", STEER.replace('\0', "")),
        "name = \"x\"\n",
    );
    ledger.write(
        "templates/fr/reminder-first.txt",
        format!("Objet : {STEER}\n\n{{{{ {STEER} }}}}\n"),
    );
    let named: &[&[&str]] = &[
        &["show", STEER],
        &["issue", STEER],
        &["pay", STEER, STEER],
        &["client", "show", STEER],
        &["client", "add", STEER, "--name", STEER],
        &["client", "add", "c", "--name", STEER],
        &["new", "acme", STEER, "1", "5", "--vat", "20"],
        &["pay", "F2026-0001", "1", "--reference", STEER],
        &["explain", STEER],
        &["list", "--client", STEER],
        &["render", "F2026-0001", "-o", STEER],
        &[STEER],
        &["list", STEER],
        &["-C", STEER, "list"],
        &["templates", "show", "reminder-first"],
        &["templates", "list"],
        &["remind", "--write", "out/r"],
    ];
    for arguments in READING.iter().chain(named) {
        let output = clone.run(arguments);
        let raw: Vec<char> = output.both.chars().filter(|c| is_raw(*c)).collect();
        assert!(raw.is_empty(), "{arguments:?}: {raw:?} in {}", output.both);
    }
}

#[test]
fn hostile_invisible_characters_are_refused_in_names() {
    let sandbox = Sandbox::small();
    for c in [
        '\u{ad}', '\u{200b}', '\u{200f}', '\u{2060}', '\u{2064}', '\u{202a}', '\u{202e}',
        '\u{2066}', '\u{2069}', '\u{feff}',
    ] {
        let named = format!("U+{:04X}", u32::from(c));
        let name = format!("Acme{c} SAS");
        for arguments in [
            &["client", "add", "b", "--name", &name][..],
            &[
                "client",
                "add",
                "b",
                "--name",
                "B",
                "--email",
                &format!("a{c}@b.example"),
            ],
            &["new", "acme", &name, "1", "5", "--vat", "20"],
        ] {
            let refused = sandbox.run(arguments).refused();
            assert!(
                refused.contains("VALUE-TEXT") && refused.contains(&named),
                "{arguments:?}: {refused}"
            );
        }
        for key in ["order", "contract", "subject"] {
            let draft = format!(
                "client = \"acme\"\n{key} = \"PO{c}77\"\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 5\nvat = 20\n"
            );
            sandbox.write("drafts/d.toml", draft);
            let refused = sandbox.run(&["issue", "d"]).refused();
            assert!(
                refused.contains("VALUE-TEXT") && refused.contains(&named),
                "{key}: {refused}"
            );
        }
    }
    // The joiners of scripts and emoji stay in prose.
    sandbox.write(
        "drafts/d.toml",
        "client = \"acme\"\n[[line]]\nitem = \"x\"\ndescription = \"co\u{ad}opé\u{ad}ra\u{ad}tion\"\nquantity = 1\nprice = 5\nvat = 20\n",
    );
    let output = sandbox.run(&["issue", "d"]);
    assert!(!output.err.contains("VALUE-TEXT"), "{}", output.err);
}

/// A lock's file is written into: one that leads to a file of the ledger, or that has another name, is refused and that file stays.
#[test]
fn hostile_locks_are_no_links() {
    for lock in ["post.lock", "lock"] {
        for target in ["register/2026.csv", "acquit.toml"] {
            for is_hard in [false, true] {
                let clone = Clone::new();
                let root = clone.ledger.path();
                let place = root.join(".acquit").join(lock);
                std::fs::create_dir_all(root.join(".acquit")).unwrap();
                std::fs::remove_file(&place).ok();
                if is_hard {
                    std::fs::hard_link(root.join(target), &place).unwrap();
                } else {
                    symlink(Path::new("..").join(target), &place).unwrap();
                }
                let before = std::fs::read(root.join(target)).unwrap();
                let output = clone.ledger.run(&["remind", "--send"]);
                assert_ne!(output.code, 0, "{lock} {target}: {}", output.both);
                assert!(
                    std::fs::read(root.join(target)).unwrap() == before,
                    "{lock} {target}"
                );
            }
        }
    }
}
