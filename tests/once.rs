//! At most once, whatever the clock says: what was recorded ahead of today is not recorded again, and a number that something names is not
//! given again.

use std::process::Command;

use crate::harness::{Sandbox, copy, day, snapshot};

const TOMORROW: &str = "2026-11-23";

fn ledger() -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "100", "2026-02-01");
    sandbox.offer();
    sandbox
        .run(&["pay", "--client", "acme", "30", "--credit"])
        .ok();
    sandbox
}

/// How many rows payments and events have together.
fn rows(sandbox: &Sandbox) -> usize {
    ["payments/2026.csv", "events/2026.csv"]
        .iter()
        .filter_map(|path| std::fs::read_to_string(sandbox.path().join(path)).ok())
        .map(|text| text.lines().count() - 1)
        .sum()
}

/// What is done on a machine that is a day ahead is not done once more on one that is not.
#[test]
fn once_nothing_is_done_twice_when_today_goes_backwards() {
    for arguments in [
        &["pay", "F2026-0001", "120"][..],
        &["pay", "F2026-0001", "120", "--yes"],
        &["pay", "--client", "acme", "150", "--yes"],
        &["pay", "F2026-0001", "40"],
        &["pay", "F2026-0001", "30", "--method", "offset"],
        &["pay", "--client", "acme", "-30"],
        &["write-off", "F2026-0001", "--reason", "bad-debt"],
        &["write-off", "F2026-0001", "0.02", "--reason", "rounding"],
        &["dispute", "open", "F2026-0001", "20"],
        &["waive", "F2026-0001", "--interest", "1.20"],
        &["hold", "F2026-0001"],
        &["promise", "F2026-0001", "--until", "2026-12-01"],
        &[
            "plan",
            "F2026-0001",
            "--parts",
            "2",
            "--first",
            "2026-12-01",
        ],
        &["quote", "accept", "D2026-0001"],
        &["quote", "refuse", "D2026-0001"],
        &["send", "F2026-0001", "--channel", "letter"],
        &["remind", "--log"],
    ] {
        let mut sandbox = ledger();
        let start = rows(&sandbox);
        sandbox.today = day(TOMORROW);
        sandbox.run(arguments).ok();
        let recorded = rows(&sandbox);
        assert!(recorded > start, "{arguments:?}");
        let files = snapshot(sandbox.path());
        sandbox.today = day(crate::harness::TODAY);
        let output = sandbox.run(arguments);
        assert_eq!(rows(&sandbox), recorded, "{arguments:?}: {}", output.both);
        assert_eq!(snapshot(sandbox.path()), files, "{arguments:?}");
        // `remind` finds nobody; everything else is refused.
        assert_eq!(
            output.code,
            u8::from(arguments[0] != "remind"),
            "{arguments:?}: {}",
            output.both
        );
        // Both reports name what is ahead.
        let check = sandbox.run(&["check"]);
        assert!(
            check.code == 0 && check.out.contains("warning[DATE-AHEAD]"),
            "{arguments:?}: {}",
            check.both
        );
        let status = sandbox.run(&["status"]).ok();
        assert!(
            status.contains("Dated after this day"),
            "{arguments:?}: {status}"
        );
        sandbox.today = day(TOMORROW);
        assert!(
            !sandbox.run(&["check"]).out.contains("DATE-AHEAD"),
            "{arguments:?}"
        );
    }
}

/// Another amount than the one that is ahead is judged by what is left with it.
#[test]
fn once_what_is_left_counts_what_is_ahead() {
    for (ahead, again) in [
        (
            &["pay", "F2026-0001", "100"][..],
            &["pay", "F2026-0001", "21"][..],
        ),
        (
            &["pay", "F2026-0001", "120"],
            &["write-off", "F2026-0001", "0.02", "--reason", "rounding"],
        ),
        (
            &["write-off", "F2026-0001", "100", "--reason", "bad-debt"],
            &["write-off", "F2026-0001", "21", "--reason", "bad-debt"],
        ),
        (
            &["pay", "F2026-0001", "30", "--method", "offset"],
            &["pay", "--client", "acme", "-1"],
        ),
        (
            &["pay", "--client", "acme", "-30"],
            &["pay", "F2026-0001", "1", "--method", "offset"],
        ),
        (
            &["pay", "F2026-0001", "120"],
            &["dispute", "open", "F2026-0001", "1"],
        ),
        (
            &["pay", "F2026-0001", "120"],
            &[
                "plan",
                "F2026-0001",
                "--parts",
                "2",
                "--first",
                "2026-12-01",
            ],
        ),
    ] {
        let mut sandbox = ledger();
        sandbox.today = day(TOMORROW);
        sandbox.run(ahead).ok();
        sandbox.today = day(crate::harness::TODAY);
        let files = snapshot(sandbox.path());
        sandbox.run(again).refused();
        assert_eq!(snapshot(sandbox.path()), files, "{again:?}");
        // Balances stay as of the day.
        let list = sandbox.run(&["list", "--json"]).json();
        assert_eq!(list["items"][0]["balance"], "120.00", "{ahead:?}");
    }
}

/// What was taken back on the later day is not done: it may be recorded.
#[test]
fn once_what_was_taken_back_may_be_recorded() {
    let mut sandbox = ledger();
    sandbox.today = day(TOMORROW);
    sandbox.run(&["pay", "F2026-0001", "120"]).ok();
    sandbox.run(&["pay", "F2026-0001", "-120"]).ok();
    sandbox.today = day(crate::harness::TODAY);
    sandbox.run(&["pay", "F2026-0001", "120"]).ok();
    sandbox.run(&["pay", "F2026-0001", "120"]).refused();
}

/// Where interest is paid first, the same money is shared otherwise a day earlier: it is the same money all the same.
#[test]
fn once_money_that_is_shared_by_the_law_is_recorded_once() {
    let mut sandbox = Sandbox::small();
    let settings = sandbox.read("acquit.toml");
    let legal = settings.replace("\n[terms]\n", "\n[terms]\nallocation = \"legal\"\n");
    assert_ne!(legal, settings);
    sandbox.write("acquit.toml", legal);
    sandbox.invoice("acme", "1000", "2026-02-01");
    for arguments in [
        &["pay", "--client", "acme", "300", "--yes"][..],
        &["pay", "F2026-0001", "200", "--yes"],
    ] {
        sandbox.today = day("2026-11-30");
        sandbox.run(arguments).ok();
        let text = sandbox.read("payments/2026.csv");
        assert!(text.contains(",interest,"), "{text}");
        sandbox.today = day(crate::harness::TODAY);
        let err = sandbox.run(arguments).refused();
        assert!(err.contains("DATE-AHEAD"), "{err}");
        assert_eq!(sandbox.read("payments/2026.csv"), text);
    }
    sandbox
        .run(&[
            "pay",
            "F2026-0001",
            "200",
            "--yes",
            "--reference",
            "another",
        ])
        .ok();
}

/// A reminder that was sent tomorrow leaves neither again nor in another one's place; a message of which nobody knows is not begun again.
#[test]
fn once_messages_that_are_ahead_count_as_said() {
    let mut sandbox = ledger();
    sandbox.invoice("acme", "50", "2026-03-01");
    let header = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";
    for kind in ["sending", "reminded"] {
        let row = format!(
            "20261123-0a1b2c3d4e,2026-11-23,{kind},acme,F2026-0001,first,email,,,,,2026-03-03,,sent/2026/x.eml,ab,\n"
        );
        sandbox.write("events/2026.csv", format!("{header}{row}"));
        let output = sandbox.run(&["remind", "--log"]);
        assert!(!output.err.contains("recorded"), "{kind}: {}", output.both);
        assert_eq!(sandbox.read("events/2026.csv"), format!("{header}{row}"));
        assert_eq!(
            output.err.contains("nobody knows"),
            kind == "sending",
            "{}",
            output.err
        );
    }
    // It is settled although it is ahead, and once.
    let row =
        "20261123-0a1b2c3d4e,2026-11-23,sending,acme,F2026-0001,,email,,,,,,,sent/2026/x.pdf,ab,\n";
    sandbox.write("events/2026.csv", format!("{header}{row}"));
    let err = sandbox
        .run(&["send", "F2026-0001", "--channel", "letter"])
        .refused();
    assert!(err.contains("SENDING-UNKNOWN"), "{err}");
    sandbox
        .run(&["remind", "--resolve", "20261123", "sent"])
        .ok();
    sandbox
        .run(&["remind", "--resolve", "20261123", "sent"])
        .refused();
    sandbox.today = day("2026-11-21");
    let err = sandbox
        .run(&["send", "F2026-0001", "--channel", "letter"])
        .refused();
    assert!(err.contains("F2026-0001 was sent on 2026-11-2"), "{err}");
}

/// A number that `sent/`, a document without its row, an event, a plan or a payment names is not given again, nor one before it.
#[test]
fn once_a_number_that_something_names_is_not_given_again() {
    let header = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";
    let event = |kind: &str, number: &str| {
        format!("{header}x1,2026-11-20,{kind},acme,{number},,letter,,,,,,,sent/2026/x.pdf,ab,\n")
    };
    let plan = "documents = [\"F2026-0002\"]\nagreed = 2026-11-20\ninterest = \"runs\"\nacceleration = false\n\n[[instalment]]\ndue = 2026-12-01\namount = 60.00\n";
    let payment = "id,date,client,amount,currency,method,document,part,fee,account,reference,note\np1,2026-11-20,acme,1.00,EUR,transfer,F2026-0002,,,,,\n";
    for (path, text, draft, code) in [
        ("sent/2026/F2026-0002.pdf", "x", "one", "NUMBER-TWICE"),
        ("sent/2026/F2026-0002-2.eml", "x", "one", "NUMBER-TWICE"),
        ("sent/2026/f2026-0009.pdf", "x", "one", "NUMBER-TWICE"),
        ("sent/2027/F2026-0002.pdf", "x", "one", "NUMBER-TWICE"),
        ("invoices/2026/F2026-0002.toml", "x", "one", "NUMBER-TWICE"),
        (
            "invoices/2026/F2026-0002/timesheet.pdf",
            "x",
            "one",
            "NUMBER-TWICE",
        ),
        (
            "events/2026.csv",
            &event("sent", "F2026-0002"),
            "one",
            "NUMBER-TWICE",
        ),
        (
            "events/2026.csv",
            &event("sending", "F2026-0003"),
            "one",
            "NUMBER-TWICE",
        ),
        (
            "events/2026.csv",
            &event("hold", "F2026-0002"),
            "one",
            "DOCUMENT-UNKNOWN",
        ),
        ("plans/P2026-0001.toml", plan, "one", "NUMBER-TWICE"),
        ("payments/2026.csv", payment, "one", "DOCUMENT-UNKNOWN"),
        (
            "events/2026.csv",
            &event("accepted", "D2026-0002"),
            "second",
            "NUMBER-TWICE",
        ),
        ("sent/2026/D2026-0002.pdf", "x", "second", "NUMBER-TWICE"),
        ("quotes/2026/F2026-0002.toml", "x", "one", "NUMBER-TWICE"),
    ] {
        let sandbox = ledger();
        sandbox
            .run(&[
                "new", "acme", "Travail", "1", "10", "--vat", "20", "--name", "one",
            ])
            .ok();
        sandbox
            .run(&[
                "quote", "new", "acme", "Site", "1", "11", "--vat", "20", "--name", "second",
            ])
            .ok();
        sandbox.write(path, text);
        let files = snapshot(sandbox.path());
        let err = sandbox.run(&["issue", draft]).refused();
        assert!(err.contains(code), "{path}: {err}");
        assert_eq!(snapshot(sandbox.path()), files, "{path}");
    }
    // What names another series, an earlier number or a day is no witness.
    for path in [
        "sent/2026/F2026-0001-2.pdf",
        "sent/2026/2026-11-20-acme-first.eml",
        "sent/2026/G2026-0002.pdf",
        "sent/2026/F2026-0002a.pdf",
    ] {
        let sandbox = ledger();
        sandbox
            .run(&[
                "new", "acme", "Travail", "1", "10", "--vat", "20", "--name", "one",
            ])
            .ok();
        sandbox.write(path, "x");
        sandbox.run(&["issue", "one"]).ok();
    }
}

/// A plan's number stands in its event: it is not given again once its file is gone.
#[test]
fn once_a_plans_number_is_not_given_again() {
    let sandbox = ledger();
    let plan = [
        "plan",
        "F2026-0001",
        "--parts",
        "2",
        "--first",
        "2026-12-01",
    ];
    sandbox.run(&plan).ok();
    std::fs::remove_file(sandbox.path().join("plans/P2026-0001.toml")).unwrap();
    sandbox.run(&plan).ok();
    assert!(sandbox.path().join("plans/P2026-0002.toml").exists());
    assert!(!sandbox.path().join("plans/P2026-0001.toml").exists());
}

/// Draws up two drafts and issues the first a day ahead.
fn ahead() -> Sandbox {
    let mut sandbox = ledger();
    for name in ["one", "two"] {
        sandbox
            .run(&[
                "new", "acme", name, "1", "10", "--vat", "20", "--name", name,
            ])
            .ok();
    }
    sandbox.today = day(TOMORROW);
    sandbox.run(&["issue", "one"]).ok();
    sandbox.today = day(crate::harness::TODAY);
    sandbox
}

/// The last document is dated after today: its date may be given, once somebody says yes to it; no other day up to it or after it.
#[test]
fn once_the_date_of_a_document_that_is_ahead_is_asked_about() {
    let sandbox = ahead();
    let files = snapshot(sandbox.path());
    let err = sandbox.run(&["issue", "two"]).refused();
    assert!(
        err.contains("acquit issue two --date 2026-11-23") && err.contains("F2026-0002"),
        "{err}"
    );
    let output = sandbox.run(&["issue", "two", "--date", TOMORROW]);
    assert!(
        output.code == 2 && output.err.contains("--yes"),
        "{}",
        output.err
    );
    for wrong in ["2026-11-24", "2026-11-22", "2026-11-21"] {
        let err = sandbox
            .run(&["issue", "two", "--date", wrong, "--yes"])
            .refused();
        assert!(err.contains("ISSUE-DATE"), "{wrong}: {err}");
    }
    assert_eq!(snapshot(sandbox.path()), files);
    sandbox
        .run(&["issue", "two", "--date", TOMORROW, "--yes"])
        .ok();
    assert_eq!(sandbox.run(&["check"]).code, 0);
    // Where nothing is ahead, no date after today is given, whatever is said.
    let sandbox = ledger();
    sandbox
        .run(&[
            "new", "acme", "x", "1", "10", "--vat", "20", "--name", "two",
        ])
        .ok();
    sandbox
        .run(&["issue", "two", "--date", TOMORROW, "--yes"])
        .refused();
}

/// Runs git in a sandbox, without any configuration of the machine; none where there is no git.
fn git(sandbox: &Sandbox, arguments: &[&str]) -> Option<()> {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .current_dir(sandbox.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(())
}

/// What is ahead and was neither sent nor committed is taken back by the very git command that the hint names, and nothing else is.
#[test]
fn once_git_takes_back_what_is_ahead() {
    let start = ledger();
    for name in ["one", "two"] {
        start
            .run(&[
                "new", "acme", name, "1", "10", "--vat", "20", "--name", name,
            ])
            .ok();
    }
    if git(&start, &["init", "-q"]).is_none() {
        return;
    }
    git(&start, &["add", "-A"]);
    git(&start, &["commit", "-qm", "all"]);
    let issued = |sandbox: &mut Sandbox| {
        copy(start.path(), sandbox.path());
        sandbox.today = day(TOMORROW);
        sandbox.run(&["issue", "one"]).ok();
        sandbox.today = day(crate::harness::TODAY);
    };
    let own = |sandbox: &Sandbox| {
        let mut files = snapshot(sandbox.path());
        files.retain(|path, _| !path.starts_with(".git/"));
        files
    };
    let mut sandbox = Sandbox::empty();
    issued(&mut sandbox);
    sandbox.write("clients/mine.toml.txt", "a note of mine");
    let err = sandbox.run(&["issue", "two"]).refused();
    // The date of a document that can be taken back is not given to another.
    let same = sandbox
        .run(&["issue", "two", "--date", TOMORROW, "--yes"])
        .refused();
    let command = |text: &str| {
        let found = text
            .split('`')
            .find(|part| part.starts_with("git stash push"));
        found.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    assert_eq!(command(&err), command(&same));
    let line = command(&err);
    let words: Vec<&str> = line.split(' ').skip(1).collect();
    git(&sandbox, &words);
    let mut expected = own(&start);
    expected.insert("clients/mine.toml.txt".into(), b"a note of mine".to_vec());
    assert_eq!(own(&sandbox), expected);
    sandbox.run(&["issue", "one", "two"]).ok();
    assert_eq!(sandbox.run(&["check"]).ok(), "");
    // Sent, paid or known to git, it stays.
    let deeds: [fn(&Sandbox); 4] = [
        |sandbox| {
            git(sandbox, &["add", "-A"]);
        },
        |sandbox| sandbox.write("sent/2026/F2026-0002.pdf", "x"),
        |sandbox| {
            let header = "id,date,kind,client,document,step,channel\n";
            let row = "x,2026-11-23,sent,acme,F2026-0002,,letter\n";
            sandbox.write("events/2026.csv", format!("{header}{row}"));
        },
        // A row that git does not know either would go with it.
        |sandbox| {
            std::fs::remove_file(sandbox.path().join(".git/index")).unwrap();
            git(sandbox, &["add", "acquit.toml", "register"]);
        },
    ];
    for (at, deed) in deeds.into_iter().enumerate() {
        let mut sandbox = Sandbox::empty();
        issued(&mut sandbox);
        deed(&sandbox);
        let err = sandbox.run(&["issue", "two"]).refused();
        assert!(
            !err.contains("git stash") && err.contains("--date 2026-11-23"),
            "{at}: {err}"
        );
        sandbox
            .run(&["issue", "two", "--date", TOMORROW, "--yes"])
            .ok();
    }
}
