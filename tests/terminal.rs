//! A person types at the real program through a pseudo-terminal: only `y` means yes, and leaving a question does nothing.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::{Eof, Expect, Session};

use crate::harness::{Sandbox, copy, project, snapshot};

const CONTROL_C: &str = "\u{3}";
const CONTROL_D: &str = "\u{4}";

/// Types at a question of a command; returns what was shown from then on, and the exit code.
fn typed(folder: &Path, arguments: &[&str], question: &str, keys: &str) -> (String, i32) {
    answered(folder, arguments, &[(question, keys)])
}

/// Types at questions that a command asks one after the other.
fn answered(folder: &Path, arguments: &[&str], answers: &[(&str, &str)]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acquit"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("TERM", "xterm");
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(60)));
    for (question, keys) in answers {
        let asked = session.expect(*question);
        asked.unwrap_or_else(|error| panic!("{arguments:?} does not ask `{question}`: {error}"));
        session.send(*keys).unwrap();
    }
    // A busy machine may lose a key that was typed before the program listens to single keys: a person types it again.
    let last = answers.last().map_or("", |(_, keys)| keys);
    let again = (1..=2).contains(&last.chars().count());
    if again {
        session.set_expect_timeout(Some(Duration::from_secs(3)));
    }
    let mut tries = 20;
    let shown = loop {
        match session.expect(Eof) {
            Err(expectrl::Error::ExpectTimeout) if again && tries > 0 => {
                tries -= 1;
                session.send(last).unwrap();
            }
            found => break found.unwrap(),
        }
    };
    let text = String::from_utf8_lossy(shown.as_bytes()).into_owned();
    let code = match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, code) => code,
        // What a shell says of a process that was ended by a signal.
        WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
        other => panic!("{other:?}"),
    };
    (text, code)
}

/// One invoice of 120 euros.
fn ledger() -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "100", "2026-11-01");
    sandbox
}

#[test]
fn terminal_only_y_records_a_payment() {
    let pay = ["--today", "2026-11-22", "pay", "--client", "acme", "120"];
    let question = "Record 120.00 EUR of acme as shown? [y/N]";
    for (keys, code) in [
        ("n\r", 1),
        ("N", 1),
        ("\r", 1),
        ("xq n", 1),
        (CONTROL_C, 130),
        (CONTROL_D, 130),
        ("x\u{3}", 130),
    ] {
        let sandbox = ledger();
        let before = snapshot(sandbox.path());
        let (shown, ended) = typed(sandbox.path(), &pay, question, keys);
        assert_eq!(ended, code, "{keys:?}: {shown}");
        assert_eq!(snapshot(sandbox.path()), before, "{keys:?}: {shown}");
    }
    for keys in ["y", "Y", "xy"] {
        let sandbox = ledger();
        let (shown, ended) = typed(sandbox.path(), &pay, question, keys);
        assert_eq!(ended, 0, "{keys:?}: {shown}");
        assert!(
            sandbox
                .read("payments/2026.csv")
                .contains(",acme,120.00,EUR,"),
            "{shown}"
        );
    }
}

#[test]
fn terminal_a_date_after_today_is_asked_about() {
    let mut sandbox = ledger();
    for name in ["one", "two"] {
        sandbox
            .run(&[
                "new", "acme", name, "1", "10", "--vat", "20", "--name", name,
            ])
            .ok();
    }
    sandbox.today = crate::harness::day("2026-11-30");
    sandbox.run(&["issue", "one"]).ok();
    let before = snapshot(sandbox.path());
    let issue = [
        "--today",
        "2026-11-22",
        "issue",
        "two",
        "--date",
        "2026-11-30",
    ];
    let question = "2026-11-30 is after today, 2026-11-22, and the date of the last document, F2026-0002. Issue with that date? [y/N]";
    for (keys, code) in [("\r", 1), ("n", 1), (CONTROL_C, 130)] {
        let (shown, ended) = typed(sandbox.path(), &issue, question, keys);
        assert_eq!(ended, code, "{keys:?}: {shown}");
        assert_eq!(snapshot(sandbox.path()), before, "{keys:?}: {shown}");
    }
    let (shown, ended) = typed(sandbox.path(), &issue, question, "y");
    assert_eq!(ended, 0, "{shown}");
    assert!(shown.contains("issued invoice F2026-0003"), "{shown}");
}

#[test]
fn terminal_an_overpayment_is_asked_about() {
    let pay = ["--today", "2026-11-22", "pay", "F2026-0001", "150"];
    let question = "F2026-0001 has 120.00 EUR left to pay. Record 150.00 EUR, which overpays it by 30.00 EUR? [y/N]";
    let sandbox = ledger();
    let before = snapshot(sandbox.path());
    let (shown, ended) = typed(sandbox.path(), &pay, question, "\r");
    assert!(
        ended == 1 && shown.contains("nothing is recorded"),
        "{ended} {shown}"
    );
    assert_eq!(snapshot(sandbox.path()), before);
    let (shown, ended) = typed(sandbox.path(), &pay, question, "y");
    assert!(
        ended == 0 && shown.contains("is overpaid by 30.00 EUR"),
        "{ended} {shown}"
    );
}

#[test]
fn terminal_a_period_under_another_name_needs_a_y() {
    let sandbox = Sandbox::small();
    let template = "every = \"month\"\nfrom = 2026-11-01\nclient = \"acme\"\n\n[[line]]\nitem = \"Hosting\"\nquantity = 1\nprice = 10\nvat = 20\n";
    sandbox.write("recurring/host.toml", template);
    sandbox.run(&["recurring", "run", "--issue"]).ok();
    std::fs::rename(
        sandbox.path().join("recurring/host.toml"),
        sandbox.path().join("recurring/web.toml"),
    )
    .unwrap();
    let run = ["--today", "2026-11-22", "recurring", "run"];
    let question = "F2026-0001 bills acme for 2026-11 under the template `host`: draft web@2026-11 as well? [y/N]";
    let before = snapshot(sandbox.path());
    for keys in ["\r", "n"] {
        let (shown, ended) = typed(sandbox.path(), &run, question, keys);
        assert!(
            ended == 1 && shown.contains("nothing is drafted"),
            "{ended} {shown}"
        );
        assert_eq!(snapshot(sandbox.path()), before, "{shown}");
    }
    let (shown, ended) = typed(sandbox.path(), &run, question, "y");
    assert_eq!(ended, 0, "{shown}");
    assert!(
        sandbox
            .read("drafts/web-2026-11.toml")
            .starts_with("recurring = \"web@2026-11\"\n")
    );
}

#[test]
fn terminal_a_formal_notice_needs_a_y() {
    let sandbox = Sandbox::of("examples/atelier");
    for day in ["2026-11-22", "2026-11-29"] {
        sandbox
            .run(&[
                "--today",
                day,
                "-q",
                "-o",
                "out/plan.txt",
                "remind",
                "--write",
                "out/r",
                "--log",
            ])
            .ok();
    }
    let remind = [
        "--today",
        "2026-12-06",
        "remind",
        "cormoran",
        "--write",
        "out/r",
        "--log",
    ];
    let question = "Record the formal notice to cormoran (F2026-0011) as sent? [y/N]";
    let before = snapshot(sandbox.path());
    for (keys, code) in [("n\r", 0), ("\r", 0), (CONTROL_C, 130), (CONTROL_D, 130)] {
        let (shown, ended) = typed(sandbox.path(), &remind, question, keys);
        assert_eq!(ended, code, "{keys:?}: {shown}");
        assert_eq!(snapshot(sandbox.path()), before, "{keys:?}: {shown}");
    }
    let (shown, ended) = typed(sandbox.path(), &remind, question, "y");
    assert!(
        ended == 0 && shown.contains("recorded F2026-0011 (cormoran): formal, by letter"),
        "{ended} {shown}"
    );
}

#[test]
fn terminal_leaving_any_question_does_nothing() {
    for keys in [CONTROL_C, CONTROL_D] {
        let answers = [
            ("Your legal name", "Camille Durand EI\r"),
            ("Legal form", "\r"),
            ("SIREN", "\r"),
            ("Address", "\r"),
        ];
        // At a text, at a choice, at texts after it.
        for count in 0..answers.len() {
            let sandbox = Sandbox::empty();
            let mut answers = answers[..=count].to_vec();
            answers[count].1 = keys;
            let (shown, ended) = answered(sandbox.path(), &["init"], &answers);
            assert_eq!(ended, 130, "{answers:?}: {shown}");
            assert!(snapshot(sandbox.path()).is_empty(), "{answers:?}: {shown}");
        }
    }
    // In the middle of a line as well.
    let sandbox = Sandbox::empty();
    let (shown, ended) = typed(sandbox.path(), &["init"], "Your legal name", "Cam\u{3}");
    assert_eq!(ended, 130, "{shown}");
    assert!(snapshot(sandbox.path()).is_empty());
}

#[test]
fn terminal_init_is_typed() {
    let sandbox = Sandbox::empty();
    let answers = [
        ("Your legal name", "Zoé Petit EI\r"),
        ("Legal form", "\u{1b}[B\u{1b}[A\r"),
        ("SIREN", "732829321\r"),
        ("is no SIREN", ""),
        ("SIREN", "732829320\r"),
        ("Address", "12 rue X, 69001 Lyon\r"),
        ("IBAN", "FR1420041010050500013M02606\r"),
    ];
    let (shown, ended) = answered(sandbox.path(), &["init"], &answers);
    assert_eq!(ended, 0, "{shown}");
    let settings = sandbox.read("acquit.toml");
    for line in [
        "name = \"Zoé Petit EI\"",
        "form = \"ei\"",
        "id = \"732829320\"",
        "city = \"Lyon\"",
    ] {
        assert!(settings.contains(line), "{line}: {settings}");
    }
}

/// The lines of docs/cron.md, pasted as they are, with all that cron gives them: a home, a shell and /usr/bin:/bin.
#[test]
fn terminal_cron_lines_work_as_pasted() {
    let home = Sandbox::empty();
    copy(
        &project().join("examples/atelier"),
        &home.path().join("ledger"),
    );
    // What `cargo install` makes, on the day of the tests.
    let program = env!("CARGO_BIN_EXE_acquit");
    home.write(
        ".cargo/bin/acquit",
        format!("#!/bin/sh\nexec '{program}' --today 2026-11-22 \"$@\"\n"),
    );
    let outbox: PathBuf = home.path().join("outbox");
    home.write(
        ".config/acquit/mail.toml",
        format!(
            "[sendmail]\ncommand = [\"/bin/sh\", \"-c\", \"cat >> '{}'\"]\n",
            outbox.display()
        ),
    );
    let is_run = Command::new("chmod")
        .arg("755")
        .arg(home.path().join(".cargo/bin/acquit"))
        .status()
        .unwrap();
    assert!(is_run.success());
    let doc = std::fs::read_to_string(project().join("docs/cron.md")).unwrap();
    let lines: Vec<&str> = doc
        .lines()
        .filter(|line| line.contains(" cd ~/ledger && "))
        .collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    for line in lines {
        let command = &line[line.find("cd ~").unwrap()..];
        let output = Command::new("/usr/bin/env")
            .args([
                "-i",
                "PATH=/usr/bin:/bin",
                "SHELL=/bin/sh",
                "LOGNAME=camille",
            ])
            .arg(format!("HOME={}", home.path().display()))
            .args(["/bin/sh", "-c", command])
            .current_dir(home.path())
            .output()
            .unwrap();
        let shown =
            String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{command}: {shown}");
    }
    let sent = std::fs::read_to_string(&outbox).unwrap();
    assert_eq!(sent.matches("\nSubject: ").count(), 4, "{sent}");
    assert!(
        std::fs::read_to_string(home.path().join("ledger/events/2026.csv"))
            .unwrap()
            .contains(",reminded,")
    );
}
