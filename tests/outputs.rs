//! What reports, pages and messages are written to: never into a ledger, but for its out/; `-o -` is standard output.

use std::path::Path;

use crate::harness::{Sandbox, snapshot};

/// A ledger in `ledger/` with an issued document and a late one, and a folder `outside/`.
fn ledger() -> Sandbox {
    let sandbox = Sandbox::within("tests/errors/base", "ledger");
    std::fs::create_dir_all(sandbox.path().join("outside")).unwrap();
    sandbox
}

/// Commands that write where they are told to, without the place.
const WRITING: &[&[&str]] = &[
    &["list", "-o"],
    &["status", "--json", "-o"],
    &["check", "-o"],
    &["completions", "bash", "-o"],
    &["statement", "kunz", "-o"],
    &["statement", "kunz", "--pdf", "-o"],
    &["export", "hledger", "-o"],
    &["export", "cii", "F2026-0002", "-o"],
    &["export", "cii", "F2026-0002", "F2026-0003", "-o"],
    &["render", "F2026-0002", "-o"],
    &["render", "--all", "-o"],
    &["dossier", "kunz", "-o"],
    &["man"],
    &["remind", "--write"],
    &["remind", "--digest", "--write"],
    &["send", "F2026-0002", "--write"],
    &[
        "templates",
        "preview",
        "thanks",
        "--for",
        "F2026-0002",
        "--write",
    ],
];

/// Runs a writing command from inside the ledger with a place; the ledger is as it was, but for its out/.
#[track_caller]
fn refused(sandbox: &Sandbox, command: &[&str], place: &str) {
    let before = snapshot(&sandbox.path().join("ledger"));
    let all = [&["-C", "ledger"], command, &[place]].concat();
    let output = sandbox.run(&all);
    assert!(matches!(output.code, 1 | 2), "{all:?}: {}", output.both);
    let said = [
        "is in the ledger",
        "stands in the ledger already",
        "FILE-LINK",
    ];
    let is_said = said.iter().any(|said| output.err.contains(said));
    assert!(is_said, "{all:?}: {}", output.both);
    assert!(
        snapshot(&sandbox.path().join("ledger")) == before,
        "{all:?}"
    );
}

#[test]
fn outputs_are_never_written_into_the_ledger() {
    let sandbox = ledger();
    sandbox.write("ledger/logo.png", "mine");
    for command in WRITING {
        for place in [
            "logo.png",
            "x/y.pdf",
            "OUT",
            "Drafts",
            ".gitignore",
            ".hidden",
            "acquit.toml",
            "register/2026.csv",
            "invoices/2026",
            "new/folder",
            "out/../logo.png",
            "out/../register/2026.csv",
            "outside/../clients/x",
            ".git/config",
            ".acquit/journal",
            "out2/x.pdf",
            ".",
        ] {
            // Messages are new files, and may stand in a folder of one's own.
            let is_own = ["x/y.pdf", "new/folder", "out2/x.pdf"].contains(&place);
            if !(is_own && command.ends_with(&["--write"])) {
                refused(&sandbox, command, place);
            }
        }
        let whole = sandbox.path().join("ledger/drafts/x.pdf");
        refused(&sandbox, command, whole.to_str().unwrap());
    }
}

/// A page that somebody wants beside the ledger's folders is new there: nothing is written over, and no folder is made.
#[test]
fn outputs_may_stand_loose_in_the_ledgers_folder() {
    let sandbox = ledger();
    for (index, command) in WRITING.iter().enumerate() {
        if command.ends_with(&["--write"]) {
            continue;
        }
        let place = format!("loose-{index}.pdf");
        let all = [&["-C", "ledger"], *command, &[&place]].concat();
        let output = sandbox.run(&all);
        let path = sandbox.path().join("ledger").join(&place);
        if path.is_file() {
            let before = std::fs::read(&path).unwrap();
            let again = sandbox.run(&all);
            assert_eq!(again.code, 2, "{all:?}: {}", again.both);
            assert!(
                again.err.contains("stands in the ledger already"),
                "{}",
                again.err
            );
            assert!(std::fs::read(&path).unwrap() == before, "{all:?}");
        } else {
            assert!(!path.exists(), "{all:?}: {}", output.both);
            let is_refused = output.err.contains("is in the ledger");
            assert!(is_refused || output.code == 0, "{all:?}: {}", output.both);
        }
    }
    let made = snapshot(&sandbox.path().join("ledger"));
    assert!(
        made.keys()
            .filter(|name| name.starts_with("loose-"))
            .count()
            >= 8
    );
}

/// Messages may be written into a folder of one's own at the top of the ledger: as new files, and what stands there is kept.
#[test]
fn outputs_of_messages_may_stand_in_a_folder_of_ones_own() {
    let sandbox = ledger();
    for (index, command) in WRITING.iter().enumerate() {
        if !command.ends_with(&["--write"]) {
            continue;
        }
        let before = snapshot(&sandbox.path().join("ledger"));
        let place = format!("post-{index}");
        let all = [&["-C", "ledger"], *command, &[&place]].concat();
        assert_eq!(sandbox.run(&all).code, 0, "{all:?}");
        let made = snapshot(&sandbox.path().join("ledger"));
        let new: Vec<&String> = made
            .keys()
            .filter(|name| !before.contains_key(*name))
            .collect();
        assert!(!new.is_empty(), "{all:?}");
        assert!(
            new.iter().all(|name| name.starts_with(&place)),
            "{all:?}: {new:?}"
        );
        assert!(
            before
                .iter()
                .all(|(name, bytes)| made.get(name) == Some(bytes))
        );
        sandbox.write(&format!("ledger/{}", new[0]), "edited");
        sandbox.run(&all);
        assert_eq!(snapshot(&sandbox.path().join("ledger"))[new[0]], b"edited");
    }
}

/// Another ledger than the one that a command reads is a ledger as well.
#[test]
fn outputs_are_never_written_into_another_ledger() {
    let sandbox = ledger();
    let other = Sandbox::within("tests/errors/base", "");
    let before = snapshot(other.path());
    let place = other.path().join("events/x.pdf");
    for command in WRITING {
        refused(&sandbox, command, place.to_str().unwrap());
        assert!(snapshot(other.path()) == before, "{command:?}");
    }
}

#[cfg(unix)]
#[test]
fn outputs_reach_the_ledger_by_no_link() {
    use std::os::unix::fs::symlink;
    for (target, link, place) in [
        // A folder outside that is a folder of the ledger.
        ("ledger/register", "outside/l", "../outside/l/x.pdf"),
        ("ledger", "outside/l", "../outside/l/drafts/x.pdf"),
        ("ledger", "outside/l", "../outside/l/acquit.toml"),
        // out/, or what is in it, leads to another part of the ledger, or out of it.
        ("ledger/drafts", "ledger/out", "out/x.pdf"),
        ("ledger/drafts", "ledger/out/d", "out/d/x.pdf"),
        ("outside", "ledger/out", "out/x.pdf"),
        ("outside", "ledger/out/d", "out/d/x.pdf"),
    ] {
        let sandbox = ledger();
        let (target, link) = (sandbox.path().join(target), sandbox.path().join(link));
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(target, link).unwrap();
        for command in WRITING {
            refused(&sandbox, command, place);
            let outside = std::fs::read_dir(sandbox.path().join("outside")).unwrap();
            let strangers: Vec<_> = outside
                .map(|entry| entry.unwrap())
                .filter(|entry| !entry.file_type().unwrap().is_symlink())
                .collect();
            assert!(strangers.is_empty(), "{command:?} {place}: {strangers:?}");
        }
    }
}

/// A link at the place of a file, in the ledger's own out/: what it leads to is not taken for the message, recorded or sent.
#[cfg(unix)]
#[test]
fn outputs_take_nothing_in_by_a_link() {
    use std::os::unix::fs::symlink;
    let sandbox = ledger();
    sandbox.write("outside/secret", "hunter2");
    let made = sandbox.run(&["-C", "ledger", "remind", "--write", "out/r"]);
    let files = snapshot(&sandbox.path().join("ledger/out"));
    assert!(!files.is_empty(), "{}", made.both);
    for name in files.keys() {
        let path = sandbox.path().join("ledger/out").join(name);
        std::fs::remove_file(&path).unwrap();
        symlink(sandbox.path().join("outside/secret"), &path).unwrap();
    }
    let logged = sandbox.run(&["-C", "ledger", "remind", "--write", "out/r", "--log"]);
    assert!(logged.err.contains("FILE-LINK"), "{}", logged.both);
    let kept = snapshot(&sandbox.path().join("ledger"));
    assert!(kept.values().all(|bytes| bytes != b"hunter2"));
}

#[test]
fn outputs_go_under_out_and_outside() {
    for command in WRITING {
        let sandbox = ledger();
        for place in ["out/a/x.pdf", "out/a", "../outside/x.pdf", "../outside"] {
            // One file is no folder, and the other way round: the system says so, and the ledger is untouched.
            let before = without_out(&sandbox);
            let all = [&["-C", "ledger"], *command, &[place]].concat();
            let output = sandbox.run(&all);
            let is_refused =
                output.err.contains("is in the ledger") || output.err.contains("FILE-LINK");
            assert!(!is_refused, "{all:?}: {}", output.both);
            assert!(without_out(&sandbox) == before, "{all:?}");
        }
    }
}

/// The files of the ledger but for out/.
fn without_out(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    let files = snapshot(&sandbox.path().join("ledger"));
    files
        .into_iter()
        .filter(|(name, _)| !name.starts_with("out/"))
        .collect()
}

#[test]
fn outputs_to_a_dash_are_standard_output() {
    let sandbox = ledger();
    for command in [
        &["list"][..],
        &["status", "--json"],
        &["check"],
        &["statement", "kunz"],
        &["export", "hledger"],
        &["export", "ubl", "F2026-0002"],
        &["completions", "bash"],
    ] {
        let plain = [&["-C", "ledger"], command].concat();
        let dashed = [&plain[..], &["-o", "-"]].concat();
        let (plain, dashed) = (sandbox.run(&plain), sandbox.run(&dashed));
        assert_eq!(plain.out, dashed.out, "{command:?}");
        assert_eq!(plain.code, dashed.code, "{command:?}");
    }
    assert!(!Path::new(&sandbox.path().join("ledger/-")).exists());
    for command in [
        &["render", "F2026-0002", "F2026-0003", "-o"][..],
        &["render", "--all", "-o"],
        &["export", "cii", "--all", "-o"],
        &["dossier", "kunz", "-o"],
        &["remind", "--write"],
        &["man"],
    ] {
        let all = [&["-C", "ledger"], command, &["-"]].concat();
        let output = sandbox.run(&all);
        assert_eq!(output.code, 2, "{command:?}: {}", output.both);
        assert!(
            output.err.contains("`-` is standard output"),
            "{}",
            output.err
        );
    }
}

/// A page is bytes that are no text: the program itself is run.
#[test]
fn outputs_to_a_dash_are_pages_too() {
    let sandbox = ledger();
    for command in [
        &["render", "F2026-0002", "-o", "-"][..],
        &["statement", "kunz", "--pdf", "-o", "-"],
    ] {
        let program = std::process::Command::new(env!("CARGO_BIN_EXE_acquit"))
            .args(["-C", "ledger", "--today", "2026-11-22"])
            .args(command)
            .current_dir(sandbox.path())
            .output()
            .unwrap();
        assert!(program.status.success(), "{command:?}");
        assert!(program.stdout.starts_with(b"%PDF-"), "{command:?}");
        assert!(
            program.stdout.trim_ascii_end().ends_with(b"%%EOF"),
            "{command:?}"
        );
    }
}

/// What is a pipe or a device where the person named it is written into: it is not replaced by a file.
#[cfg(unix)]
#[test]
fn outputs_into_a_pipe_do_not_replace_it() {
    let sandbox = ledger();
    let pipe = sandbox.path().join("outside/pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let read = {
        let pipe = pipe.clone();
        std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap())
    };
    let all = ["-C", "ledger", "list", "--json", "-o", "../outside/pipe"];
    sandbox.run(&all).ok();
    assert!(read.join().unwrap().starts_with('{'));
    assert!(!pipe.metadata().unwrap().is_file());
}
