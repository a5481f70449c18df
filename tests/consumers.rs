//! Consumers: legal interest from a formal notice on, more after a judgment, no indemnity; what `record` writes of it.

use serde_json::Value;

use crate::harness::{Sandbox, day};

const EVENTS: &str = "id,date,kind,client,document,step,channel\n";

/// One invoice of 1200 EUR to a consumer, issued on 2026-01-10 and due on 2026-02-09; a formal notice left by letter on 2026-03-02.
fn noticed() -> Sandbox {
    let mut sandbox = Sandbox::small();
    sandbox.today = day("2026-01-10");
    sandbox.invoice("zoe", "1000", "2026-01-10");
    let notice = "n,2026-03-02,letter,zoe,F2026-0001,formal,letter\n";
    sandbox.write("events/2026.csv", format!("{EVENTS}{notice}"));
    sandbox.today = day("2026-08-31");
    sandbox
}

fn totals(sandbox: &Sandbox, to: &str) -> Vec<String> {
    let report: Value = sandbox
        .run(&["interest", "--json", "F2026-0001", "--to", to])
        .json();
    let text = |key: &str| report["totals"][0][key].as_str().unwrap_or("-").to_owned();
    [
        "interest_left",
        "fee_left",
        "late_since",
        "noticed_on",
        "none_because",
    ]
    .map(text)
    .to_vec()
}

/// C. civ. art. 1231-6 and 1344-1: from the notice on, at the legal rate of « tous les autres cas ».
#[test]
fn consumers_owe_legal_interest_from_the_notice() {
    let sandbox = noticed();
    // Sent on 2026-03-02: 120 days at 2.62 and 62 at 2.75: 10.336438 + 5.605479
    assert_eq!(
        totals(&sandbox, "2026-08-31"),
        ["15.94", "0.00", "2026-03-03", "2026-03-02", "-"]
    );
    sandbox
        .run(&["record", "delivered", "zoe", "--date", "2026-03-05"])
        .ok();
    // Received three days later: 10.078027 + 5.605479
    assert_eq!(
        totals(&sandbox, "2026-08-31"),
        ["15.68", "0.00", "2026-03-06", "2026-03-05", "-"]
    );
    assert_eq!(totals(&sandbox, "2026-03-05")[0], "0.00");
    assert!(sandbox.run(&["interest", "--all"]).ok().contains("15.68"));
    let explained = sandbox.run(&["show", "F2026-0001", "--explain"]).ok();
    assert!(
        explained.contains("late since 2026-03-06") && explained.contains("1200.00 × 2.62 %"),
        "{explained}"
    );
    // The account and the collection file say the same.
    let account = sandbox.run(&["statement", "zoe", "--json"]).json();
    assert_eq!(account["totals"][0]["interest"].as_str(), Some("15.68"));
    sandbox.run(&["dossier", "zoe", "-o", "out"]).ok();
    let folder = walk(&sandbox.path().join("out"));
    assert!(
        folder.iter().any(|name| name.contains("interest")),
        "{folder:?}"
    );
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(walk(&path));
        }
        names.push(path.display().to_string());
    }
    names
}

/// CMF art. L313-3: 5 points more from two months after an enforceable judgment was served.
#[test]
fn consumers_owe_more_after_a_judgment() {
    let sandbox = noticed();
    sandbox
        .run(&["record", "delivered", "F2026-0001", "--date", "2026-03-05"])
        .ok();
    sandbox
        .run(&[
            "record",
            "enforceable",
            "F2026-0001",
            "--date",
            "2026-06-15",
        ])
        .ok();
    // Up to 2026-08-15 as before, then 16 days at 7.75: 10.078027 + 4.158904 + 4.076712
    assert_eq!(totals(&sandbox, "2026-08-31")[0], "18.31");
    assert_eq!(totals(&sandbox, "2026-08-15")[0], "14.24");
    let report = sandbox.run(&["interest", "--json", "F2026-0001"]).json();
    let last = &report["items"][2];
    assert_eq!(
        (last["rate"].as_str(), last["points"].as_str()),
        (Some("7.75"), Some("5"))
    );
    assert!(last["law"].as_str().unwrap().contains("L313-3"));
    // A business owes what its terms say: the judgment's points are for the legal rate.
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-05-01");
    sandbox.today = day("2026-08-31");
    let before = totals(&sandbox, "2026-08-31");
    sandbox
        .run(&[
            "record",
            "enforceable",
            "F2026-0001",
            "--date",
            "2026-06-01",
        ])
        .ok();
    assert_eq!(totals(&sandbox, "2026-08-31"), before);
}

/// Without a notice a consumer owes nothing, and what bears none is said; a call is no notice.
#[test]
fn consumers_owe_nothing_without_a_notice() {
    let sandbox = noticed();
    sandbox.write(
        "events/2026.csv",
        format!("{EVENTS}n,2026-03-02,called,zoe,F2026-0001,formal,phone\n"),
    );
    assert_eq!(
        totals(&sandbox, "2026-08-31"),
        ["0.00", "0.00", "-", "-", "consumer"]
    );
    let said = sandbox.run(&["interest", "F2026-0001"]).ok();
    assert!(
        said.contains("from a formal notice on: none was sent"),
        "{said}"
    );
}

/// A notice that left before the due date makes nobody late before it, and a payment in time leaves nothing to bear interest.
#[test]
fn consumers_are_not_late_before_the_due_date() {
    let sandbox = noticed();
    sandbox.write(
        "events/2026.csv",
        format!("{EVENTS}n,2026-01-20,letter,zoe,F2026-0001,formal,letter\n"),
    );
    assert_eq!(totals(&sandbox, "2026-02-10")[2], "2026-02-10");
    sandbox
        .run(&["pay", "F2026-0001", "1200", "--date", "2026-02-09"])
        .ok();
    assert_eq!(totals(&sandbox, "2026-08-31")[0], "0.00");
}

/// BGB § 288(1): 5 points above the Basiszinssatz, and the notice says so.
#[test]
fn consumers_of_a_german_seller_owe_five_points() {
    let law = acquit::regime::built_in("DE");
    let kind = acquit::ledger::party::ClientKind::Consumer;
    let late = law.late(kind, day("2026-01-10")).unwrap();
    let rate = acquit::compute::late::Rate::Statutory(law, late);
    let balances = [(day("2026-03-05"), "1200".parse().unwrap())];
    let found = acquit::compute::late::interest(
        &balances,
        day("2026-03-06"),
        day("2026-08-31"),
        &rate,
        365,
        2,
    );
    // 117 days at 6.27 and 62 at 6.52: 24.118027 + 13.290082
    assert_eq!(found.total, "37.41".parse().unwrap());
    let notice = law.notice(kind, day("2026-11-22")).unwrap();
    let german = acquit::ledger::party::Language::De;
    assert!(notice.text.of(german).contains("§ 288 Abs. 1 BGB"));
    let business = law
        .notice(
            acquit::ledger::party::ClientKind::Business,
            day("2026-11-22"),
        )
        .unwrap();
    assert!(!business.text.of(german).contains("§ 288"));
}
