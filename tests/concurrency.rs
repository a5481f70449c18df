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

/// Eight processes at a time do a thousand operations each, as people, scripts and cron jobs would: nothing is lost, doubled or skipped, and
/// readers never see half of a change. It takes some minutes, so it runs only when it is asked for:
/// `cargo test --release --test acquit -- --ignored long_run`. `ACQUIT_OPERATIONS` sets another number for each process.
#[test]
#[ignore = "takes minutes: cargo test --release --test acquit -- --ignored long_run"]
fn concurrency_long_run_of_eight_processes() {
    const PROCESSES: usize = 8;
    // Each round is as many operations.
    const ROUND: usize = 8;
    let count: usize =
        std::env::var("ACQUIT_OPERATIONS").map_or(1000, |text| text.parse().unwrap());
    let rounds = count.div_ceil(ROUND);
    let sandbox = Sandbox::small();
    let said = |arguments: &[&str]| {
        let output = acquit(&sandbox, arguments).output().unwrap();
        let (out, err) = (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        );
        assert!(output.status.success(), "{arguments:?}: {out}{err}");
        (out, err)
    };
    let one = |process: usize| {
        let mut numbers = Vec::new();
        for round in 0..rounds {
            let name = format!("p{process}-{round}");
            said(&[
                "new", "acme", &name, "1", "10", "--vat", "20", "--name", &name,
            ]);
            let (_, issued) = said(&["issue", &name]);
            let number = issued.split("issued invoice ").nth(1).unwrap();
            let number = number.split(' ').next().unwrap().to_owned();
            let reference = |part: &str| format!("{name}-{part}");
            said(&["pay", &number, "5", "--reference", &reference("a")]);
            said(&["hold", &number, "--note", &name]);
            let (list, _) = said(&["list", "--json"]);
            let list: serde_json::Value = serde_json::from_str(&list).unwrap();
            let items = list["items"].as_array().unwrap();
            let own = items.iter().find(|item| item["number"] == *number).unwrap();
            assert_eq!(own["balance"], "7.00");
            said(&["release", &number]);
            said(&["pay", &number, "7", "--reference", &reference("b")]);
            let (shown, _) = said(&["show", &number, "--json"]);
            let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
            assert_eq!(shown["balance"], "0.00", "{shown}");
            numbers.push(number);
        }
        numbers
    };
    let mut numbers: Vec<String> = std::thread::scope(|scope| {
        let one = &one;
        let running: Vec<_> = (0..PROCESSES)
            .map(|process| scope.spawn(move || one(process)))
            .collect();
        running
            .into_iter()
            .flat_map(|process| process.join().unwrap())
            .collect()
    });
    numbers.sort();
    let documents = PROCESSES * rounds;
    let expected: Vec<String> = (1..=documents).map(|n| format!("F2026-{n:04}")).collect();
    assert_eq!(numbers, expected);
    let rows = |path: &str| sandbox.read(path).lines().count() - 1;
    assert_eq!(rows("register/2026.csv"), documents);
    assert_eq!(rows("payments/2026.csv"), 2 * documents);
    assert_eq!(rows("events/2026.csv"), 2 * documents);
    let drafts = std::fs::read_dir(sandbox.path().join("drafts"));
    assert_eq!(drafts.map_or(0, Iterator::count), 0);
    let list = sandbox.run(&["list", "--status", "paid", "--json"]).json();
    assert_eq!(list["items"].as_array().unwrap().len(), documents);
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}
