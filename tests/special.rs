//! Pipes, sockets and files without end in the place of a ledger's files: no command hangs, is killed, or takes all memory.
#![cfg(unix)]

use std::io::Read;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::Sandbox;

/// The places of a ledger where somebody may have put something else.
const PLACES: &[&str] = &[
    "acquit.toml",
    "closings.csv",
    "clients/acme.toml",
    "clients/other.toml",
    "drafts/acme-atelier.toml",
    "drafts/other.toml",
    "quotes/2026/D2026-0001.toml",
    "invoices/2026/F2026-0002.toml",
    "invoices/2026/F2026-0003.toml",
    "register/2026.csv",
    "register/2025.csv",
    "payments/2026.csv",
    "events/2026.csv",
    "plans/p.toml",
    "recurring/r.toml",
    "laws/l.toml",
    "logo.png",
    "attached.pdf",
    "sent/2026/F2026-0002.pdf",
    "templates/fr/reminder-first.txt",
    "templates/en/invoice.txt",
    "templates/pages/mine.toml",
    ".acquit/lock",
    ".acquit/post.lock",
    ".acquit/journal",
    ".acquit/journal.tmp",
    ".git",
    ".git/index",
    "out/r/2026-11-22/kunz-first.eml",
    "out/F2026-0002.pdf",
    "mail.toml",
];

const COMMANDS: &[&[&str]] = &[
    &["check"],
    &["list"],
    &["render", "F2026-0002"],
    &["issue", "acme-atelier"],
    &["pay", "F2026-0003", "1"],
    &[
        "new", "acme", "Work", "1", "10", "--vat", "20", "--name", "other",
    ],
    &["remind", "--write", "out/r", "--log"],
    &["send", "F2026-0002", "--channel", "letter"],
    &["send", "F2026-0002", "--mail", "mail.toml"],
    &["dossier", "kunz"],
];

fn ledger() -> Sandbox {
    let sandbox = Sandbox::within("tests/errors/base", "");
    // A draft with an attachment, a seller with a logo and a design, a journal that git might track.
    let draft = sandbox.read("drafts/acme-atelier.toml");
    sandbox.write(
        "drafts/acme-atelier.toml",
        format!("attachments = [\"attached.pdf\"]\n{draft}"),
    );
    let settings = sandbox.read("acquit.toml").replacen(
        "[seller]\n",
        "[seller]\nlogo = \"logo.png\"\ndesign = \"mine\"\n",
        1,
    );
    sandbox.write("acquit.toml", settings);
    for path in ["attached.pdf", "logo.png", "templates/pages/mine.toml"] {
        sandbox.write(path, "");
    }
    sandbox
}

/// Runs the program itself with little memory and little time; returns its exit code and what it said.
#[track_caller]
fn run(folder: &Path, arguments: &[&str], place: &str) -> (i32, String) {
    const LIMIT: Duration = Duration::from_secs(30);
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -v 2000000; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_acquit"))
        .args(["--today", "2026-11-22", "--no-input"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("ACQUIT_MAIL")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let said = std::thread::spawn(move || {
        let (mut bytes, mut more) = (Vec::new(), Vec::new());
        let _ = err.read_to_end(&mut bytes);
        let _ = out.read_to_end(&mut more);
        String::from_utf8_lossy(&[bytes, more].concat()).into_owned()
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{place}: {arguments:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let said = said.join().unwrap();
    let code = status.code();
    assert!(
        matches!(code, Some(0..=4)),
        "{place}: {arguments:?} ended with {status}: {said}"
    );
    (code.unwrap(), said)
}

/// Puts something in each place in turn, and runs each command.
fn everywhere(name: &str, commands: &[&[&str]], put: impl Fn(&Path) -> bool + Sync) {
    let part = |places: &[&str]| {
        for place in places {
            for arguments in commands {
                let sandbox = ledger();
                let path = sandbox.path().join(place);
                let _ = std::fs::remove_file(&path);
                let _ = std::fs::remove_dir_all(&path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                if !put(&path) {
                    continue;
                }
                run(sandbox.path(), arguments, &format!("{name} at {place}"));
            }
        }
    };
    std::thread::scope(|scope| {
        for places in PLACES.chunks(PLACES.len().div_ceil(2)) {
            scope.spawn(move || part(places));
        }
    });
}

fn pipe(path: &Path) -> bool {
    Command::new("mkfifo").arg(path).status().unwrap().success()
}

#[test]
fn special_pipes_hang_no_command() {
    everywhere("a pipe", COMMANDS, pipe);
}

#[test]
fn special_sockets_stop_no_command() {
    // A socket's path has at most some hundred bytes.
    everywhere("a socket", &COMMANDS[..4], |path| {
        UnixListener::bind(path).is_ok()
    });
}

#[test]
fn special_files_without_end_take_no_memory() {
    everywhere("eight gigabytes", COMMANDS, |path| {
        let file = std::fs::File::create(path).unwrap();
        file.set_len(8 << 30).is_ok()
    });
}

/// What stands in the place is named, with what to do.
#[test]
fn special_files_are_named() {
    for (place, arguments) in [
        ("clients/acme.toml", &["check"][..]),
        ("drafts/other.toml", &["check"]),
        ("register/2026.csv", &["list"]),
        ("payments/2026.csv", &["pay", "F2026-0003", "1"]),
        ("events/2026.csv", &["status"]),
        ("templates/fr/reminder-first.txt", &["check"]),
        (".acquit/lock", &["pay", "F2026-0003", "1"]),
        (".acquit/journal", &["pay", "F2026-0003", "1"]),
    ] {
        let sandbox = Sandbox::within("tests/errors/base", "");
        let path = sandbox.path().join(place);
        let _ = std::fs::remove_file(&path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(pipe(&path));
        let (code, said) = run(sandbox.path(), arguments, place);
        assert!(matches!(code, 1 | 3), "{place}: {code} {said}");
        assert!(said.contains("error[FILE-KIND]"), "{place}: {said}");
        assert!(said.contains(place), "{place}: {said}");
        assert!(said.contains("move it away"), "{place}: {said}");
    }
}
