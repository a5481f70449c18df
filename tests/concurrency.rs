//! Several processes at once.

use std::process::{Command, Stdio};

use crate::harness::{Sandbox, TODAY};

fn acquit(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acquit"));
    command
        .current_dir(sandbox.path())
        .args(["--today", TODAY])
        .args(arguments)
        .stdin(Stdio::null());
    command
}

/// Two processes that issue at once, again and again, get consecutive numbers.
#[test]
fn concurrency_numbers_are_consecutive() {
    let sandbox = Sandbox::small();
    let names: Vec<String> = (0..12).map(|n| format!("d{n}")).collect();
    for name in &names {
        sandbox
            .run(&[
                "new", "acme", "Travail", "1", "100", "--vat", "20", "--name", name,
            ])
            .ok();
    }
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            acquit(&sandbox, &["issue", name])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let list = sandbox.run(&["list", "--json"]).json();
    let numbers: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["number"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (1..=12).map(|n| format!("F2026-{n:04}")).collect();
    assert_eq!(numbers, expected);
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}

/// Cron jobs that start at once remind a client once.
#[test]
fn concurrency_a_reminder_is_recorded_once() {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "100", "2026-02-01");
    sandbox.invoice("zoe", "100", "2026-02-01");
    let arguments = ["remind", "--write", "out/reminders", "--log"];
    let children: Vec<_> = (0..6)
        .map(|_| {
            acquit(&sandbox, &arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let events = sandbox.read("events/2026.csv");
    assert_eq!(events.matches(",reminded,").count(), 2, "{events}");
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}

/// `acquit list | head -1`: a reader that goes away is success, and no panic.
#[test]
fn concurrency_a_closed_pipe_is_success() {
    let sandbox = Sandbox::of("examples/studio");
    let mut child = acquit(&sandbox, &["list", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// Without a terminal nothing is asked: the flag's name is said, and the exit code is 2.
#[test]
fn concurrency_no_terminal_no_question() {
    let sandbox = Sandbox::small();
    for (arguments, flag) in [
        (&["pay"][..], "NUMBER"),
        (&["new"], "CLIENT"),
        (&["client", "add"], "CLIENT"),
        (&["credit"], "NUMBER"),
    ] {
        let output = acquit(&sandbox, arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(&format!("{flag} is missing")), "{text}");
    }
}

/// The local day, the folder and the exit codes come through `main` as they should.
#[test]
fn concurrency_the_binary_is_the_library() {
    let sandbox = Sandbox::small();
    let output = acquit(
        &sandbox,
        &["-C", "clients", "client", "list", "--format", "csv"],
    )
    .output()
    .unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("id,name,"));
    assert_eq!(
        acquit(&sandbox, &["list", "--client", "nobody"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        acquit(&sandbox, &["nonsense"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(2)
    );
    let outside = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_acquit"))
        .current_dir(outside.path())
        .arg("list")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("LEDGER-MISSING"));
}
