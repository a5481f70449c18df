//! A ledger in the middle of a merge, a rebase, a cherry-pick or a revert: nothing is recorded, whoever reads is told, and no hint leads to
//! editing what is frozen. The files are those that git makes; no git is run.

use crate::harness::{LAW_ADD, Sandbox, snapshot};

/// Command lines that record something, each of which is done where no merge is in the way.
const WRITING: &[&[&str]] = &[
    &["issue", "one"],
    &["new", "acme", "Travail", "1", "10", "--vat", "20"],
    &["credit", "F2026-0001"],
    &[
        "client",
        "add",
        "lune",
        "--name",
        "Lune SARL",
        "--city",
        "Paris",
    ],
    &["pay", "F2026-0001", "10"],
    &["pay", "--client", "acme", "10", "--yes"],
    &["write-off", "F2026-0001", "0.02", "--reason", "rounding"],
    &["dispute", "open", "F2026-0001"],
    &["hold", "F2026-0001"],
    &["promise", "F2026-0001", "--until", "2026-12-01"],
    &["waive", "F2026-0001"],
    &[
        "plan",
        "F2026-0001",
        "--parts",
        "2",
        "--first",
        "2026-12-01",
    ],
    &["quote", "new", "acme", "Site", "1", "10", "--vat", "20"],
    &["quote", "accept", "D2026-0001"],
    &["quote", "refuse", "D2026-0001"],
    &["send", "F2026-0001", "--channel", "letter"],
    &["remind", "--log"],
    &["recurring", "run"],
    &["templates", "copy", "dispute"],
    LAW_ADD,
];

/// Command lines that only read.
const READING: &[&[&str]] = &[
    &["list"],
    &["overdue"],
    &["status"],
    &["check"],
    &["show", "F2026-0001"],
    &["statement", "acme"],
    &["interest", "F2026-0001"],
    &["remind"],
    &["remind", "--explain"],
    &["remind", "--digest"],
    &["quote", "list"],
    &["recurring", "list"],
    &["client", "list"],
    &["law", "list"],
    &["export", "hledger"],
    &["export", "cii", "F2026-0001"],
    &["render", "F2026-0001"],
    &["render", "one"],
    &["dossier", "acme"],
    &["templates", "list"],
    &["templates", "show", "dispute"],
    &["templates", "preview", "dispute"],
    &["--dry-run", "issue", "one"],
    &["--dry-run", "pay", "F2026-0001", "10"],
    &["--dry-run", "hold", "F2026-0001"],
    &["send", "F2026-0001", "--write", "out/mails"],
];

fn ledger() -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "100", "2026-02-01");
    sandbox.offer();
    sandbox
        .run(&[
            "new", "acme", "Travail", "1", "10", "--vat", "20", "--name", "one",
        ])
        .ok();
    let template = "every = \"month\"\nfrom = 2026-11-01\nclient = \"acme\"\n\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 10\nvat = 20\n";
    sandbox.write("recurring/hosting.toml", template);
    sandbox
}

/// An index of version 2 with one entry, whose stage is 2 where two sides have changed it.
fn index(name: &str, stage: u8) -> Vec<u8> {
    let mut bytes = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
    bytes.extend([0; 60]);
    bytes.extend([stage << 4, 0]);
    bytes.extend(name.as_bytes());
    bytes.push(0);
    while !(bytes.len() - 12).is_multiple_of(8) {
        bytes.push(0);
    }
    bytes.extend([7; 20]);
    bytes
}

#[test]
fn merge_nothing_is_recorded_before_it_is_finished() {
    for (mark, noun) in [
        (".git/MERGE_HEAD", "a merge"),
        (".git/CHERRY_PICK_HEAD", "a cherry-pick"),
        (".git/REVERT_HEAD", "a revert"),
        (".git/rebase-merge/head-name", "a rebase"),
        (".git/rebase-apply/next", "a rebase"),
        (".git/sequencer/todo", "a cherry-pick"),
    ] {
        let sandbox = ledger();
        sandbox.write(mark, "x\n");
        let before = snapshot(sandbox.path());
        for arguments in WRITING {
            let output = sandbox.run(arguments);
            let expected = format!("error[MERGE-CONFLICT]: {noun} is not finished");
            assert!(
                output.code == 1 && output.err.contains(&expected),
                "{mark} {arguments:?}: {}",
                output.both
            );
        }
        assert_eq!(snapshot(sandbox.path()), before, "{mark}");
        if mark != ".git/MERGE_HEAD" {
            continue;
        }
        for arguments in READING {
            let output = sandbox.run(arguments);
            let expected = format!("warning[MERGE-CONFLICT]: {noun} is not finished");
            assert_eq!(
                output.both.matches(&expected).count(),
                1,
                "{arguments:?}: {}",
                output.both
            );
        }
    }
}

/// The same command lines are done once git has nothing left to finish: it was that which stopped them.
#[test]
fn merge_without_one_all_is_recorded() {
    for arguments in WRITING {
        let sandbox = ledger();
        sandbox.write(".git/HEAD", "ref: refs/heads/main\n");
        sandbox.write(".git/index", index("register/2026.csv", 0));
        let before = snapshot(sandbox.path());
        let output = sandbox.run(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.both);
        assert_ne!(snapshot(sandbox.path()), before, "{arguments:?}");
        assert!(!output.err.contains("MERGE-CONFLICT"), "{}", output.err);
    }
}

/// `git stash pop` and `git checkout --merge` leave a conflict without a merge: git's index has it.
#[test]
fn merge_a_conflict_without_a_merge_is_known_by_the_index() {
    for (name, stage, is_refused) in [
        ("register/2026.csv", 2, true),
        ("register/2026.csv", 0, false),
    ] {
        let sandbox = ledger();
        sandbox.write(".git/index", index(name, stage));
        let output = sandbox.run(&["pay", "F2026-0001", "10"]);
        assert_eq!(
            output.code == 1,
            is_refused,
            "{name} {stage}: {}",
            output.both
        );
        assert_eq!(
            output.err.contains("a conflict is not finished"),
            is_refused
        );
    }
    // A file beside the ledger in a larger repository is none of its files.
    let outer = Sandbox::empty();
    crate::harness::copy(ledger().path(), &outer.path().join("books"));
    outer.write(".git/index", index("code/main.rs", 2));
    outer.run(&["-C", "books", "pay", "F2026-0001", "10"]).ok();
    outer.write(".git/index", index("books/acquit.toml", 2));
    outer
        .run(&["-C", "books", "pay", "F2026-0001", "10"])
        .refused();
    // A merge is of the whole repository.
    outer.write(".git/index", index("code/main.rs", 0));
    outer.write(".git/MERGE_HEAD", "x\n");
    outer
        .run(&["-C", "books", "pay", "F2026-0001", "10"])
        .refused();
}

/// A work tree beside the repository: its `.git` is a file that names the folder.
#[test]
fn merge_in_a_linked_work_tree() {
    let outer = Sandbox::empty();
    crate::harness::copy(ledger().path(), &outer.path().join("tree"));
    outer.write("tree/.git", "gitdir: ../main/.git/worktrees/tree\n");
    outer.write("main/.git/worktrees/tree/HEAD", "x\n");
    outer.run(&["-C", "tree", "pay", "F2026-0001", "10"]).ok();
    outer.write("main/.git/worktrees/tree/MERGE_HEAD", "x\n");
    let err = outer
        .run(&["-C", "tree", "pay", "F2026-0001", "11"])
        .refused();
    assert!(err.contains("a merge is not finished"), "{err}");
}

fn both_sides(text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap();
    format!("{first}\n<<<<<<< HEAD\n{rest}=======\n{rest}>>>>>>> laptop\n")
}

/// The lines of git in each kind of file, committed as they are: what needs the file is refused, `check` says what to do, and nothing
/// says to edit what is frozen or to keep one side of it.
#[test]
fn merge_lines_of_git_are_named_in_each_kind_of_file() {
    let frozen = "take the merge back (`git merge --abort`)";
    let rows = "leave the rows of both sides, and remove the lines of git alone";
    let own = "write what is to hold in the place of the two sides";
    let start = ledger();
    start.run(&["hold", "F2026-0001"]).ok();
    start.run(&["pay", "F2026-0001", "10"]).ok();
    start
        .run(&[
            "plan",
            "F2026-0001",
            "--parts",
            "2",
            "--first",
            "2026-12-01",
        ])
        .ok();
    start.run(&["templates", "copy", "dispute"]).ok();
    start.run(LAW_ADD).ok();
    let files: Vec<String> = snapshot(start.path()).into_keys().collect();
    let mut kinds = std::collections::BTreeSet::new();
    for path in files
        .iter()
        .filter(|path| [Some("toml"), Some("csv"), Some("txt")].contains(&path.rsplit('.').next()))
    {
        let sandbox = Sandbox::empty();
        crate::harness::copy(start.path(), sandbox.path());
        sandbox.write(path, both_sides(&start.read(path)));
        let kind = path.split('/').next().unwrap();
        kinds.insert(kind.to_owned());
        let hint = match kind {
            "invoices" | "quotes" | "plans" | "register" => frozen,
            "payments" | "events" => rows,
            _ => own,
        };
        let output = sandbox.run(&["check"]);
        let said = output.both.split("error[").find(|part| {
            part.starts_with("MERGE-CONFLICT") && part.contains(&format!("--> {path}:2:1"))
        });
        let said = said.unwrap_or_else(|| panic!("{path}: {}", output.both));
        assert!(output.code == 1 && said.contains(hint), "{path}: {said}");
        for wrong in [
            "keep one of the two",
            "keep the right one",
            "TOML-SYNTAX",
            "CSV-SYNTAX",
        ] {
            assert!(
                !output.both.contains(wrong),
                "{path}: {wrong}: {}",
                output.both
            );
        }
        let refused: &[&str] = match kind {
            "invoices" => &["pay", "F2026-0001", "1"],
            "quotes" => &["quote", "accept", "D2026-0001"],
            "recurring" => &["recurring", "run"],
            "templates" => &["remind", "--log"],
            "drafts" if path.contains("offer") => continue,
            _ => &["issue", "one"],
        };
        if kind == "templates" {
            sandbox.run(&["release", "F2026-0001"]).ok();
        }
        let before = snapshot(sandbox.path());
        sandbox.run(refused).refused();
        assert_eq!(snapshot(sandbox.path()), before, "{path}");
    }
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(
        kinds,
        [
            "acquit.toml",
            "clients",
            "drafts",
            "events",
            "invoices",
            "laws",
            "payments",
            "plans",
            "quotes",
            "recurring",
            "register",
            "templates",
        ]
    );
}

/// Whatever is wrong with an issued document's text, its hint is to bring back what was issued.
#[test]
fn merge_no_hint_leads_to_editing_an_issued_document() {
    let start = ledger();
    for path in [
        "invoices/2026/F2026-0001.toml",
        "quotes/2026/D2026-0001.toml",
    ] {
        let text = start.read(path);
        let number = path.rsplit('/').next().unwrap().trim_end_matches(".toml");
        let last = text.trim_end().lines().last().unwrap();
        for wrong in [
            format!("{text}{last}\n"),
            text.replace("currency = ", "curency = "),
            text.replace("issued = ", "# issued = "),
            text.replace("issued = 2026", "issued = \"yesterday\" # 2026"),
            format!("{text}\nfoo = [\n"),
            text.replace("type = \"", "type = \"x"),
        ] {
            assert_ne!(wrong, text);
            let sandbox = Sandbox::empty();
            crate::harness::copy(start.path(), sandbox.path());
            sandbox.write(path, &wrong);
            for arguments in [&["check"][..], &["show", number]] {
                let both = sandbox.run(arguments).both;
                let hints: Vec<&str> = both
                    .lines()
                    .filter_map(|line| line.trim_start().strip_prefix("= hint: "))
                    .filter(|hint| !hint.contains("acquit list"))
                    .collect();
                assert!(
                    arguments[0] == "show" || !hints.is_empty(),
                    "{arguments:?}: {both}"
                );
                for hint in hints {
                    assert!(
                        hint.contains("never edited") || hint.contains("git "),
                        "{path}: {hint}: {both}"
                    );
                }
            }
        }
    }
}
