//! Correctives: what a correction leaves as it was: the day of supply, since when the debt is late, how long a court takes it.

use serde_json::Value;

use crate::harness::{Sandbox, day};

/// One invoice of 1200 EUR issued on 2026-05-01 and due on 2026-05-31, corrected on 2026-08-31 to another price without VAT; `late_from`
/// is kept or removed.
fn corrected(price: &str, is_kept: bool) -> Sandbox {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-05-01");
    sandbox.today = day("2026-08-31");
    correct(&sandbox, "F2026-0001", price, is_kept);
    sandbox
}

fn correct(sandbox: &Sandbox, number: &str, price: &str, is_kept: bool) {
    sandbox.run(&["credit", number, "--replace"]).ok();
    let path = format!("drafts/corrective-{number}.toml");
    let text = sandbox.read(&path);
    assert!(text.contains("delivered = 2026-05-01\n"), "{text}");
    assert!(text.contains("late_from = 2026-06-01\n"), "{text}");
    let lines = text
        .lines()
        .filter(|line| is_kept || !line.starts_with("late_from"));
    let lines = lines.map(|line| {
        if line.starts_with("price = ") {
            format!("price = {price}")
        } else {
            line.to_owned()
        }
    });
    sandbox.write(&path, lines.collect::<Vec<_>>().join("\n"));
    sandbox
        .run(&["issue", &format!("corrective-{number}")])
        .ok();
}

fn totals(sandbox: &Sandbox, number: &str, to: &str) -> Vec<String> {
    let report: Value = sandbox
        .run(&["interest", "--json", number, "--to", to])
        .json();
    let text = |key: &str| report["totals"][0][key].as_str().unwrap_or("-").to_owned();
    ["interest_left", "fee_left", "late_since"]
        .map(text)
        .to_vec()
}

/// Interest runs from the day on which the original became late, on the lesser of both sums, and the indemnity is owed once.
#[test]
fn correctives_are_late_since_their_original_was() {
    let less = corrected("900", true);
    // 1080 x (30 x 12.15 + 62 x 12.40) / 36500
    assert_eq!(
        totals(&less, "F2026-0002", "2026-08-31"),
        ["33.53", "40.00", "2026-06-01"]
    );
    assert_eq!(
        totals(&less, "F2026-0001", "2026-08-31"),
        ["0.00", "0.00", "-"]
    );
    let more = corrected("1100", true);
    // 1200 until its own due date, 2026-09-30, then 1320: 11.983562 + 37.505753 + 13.901589
    assert_eq!(
        totals(&more, "F2026-0002", "2026-08-31"),
        ["37.26", "40.00", "2026-06-01"]
    );
    assert_eq!(
        totals(&more, "F2026-0002", "2026-10-31"),
        ["63.39", "40.00", "2026-06-01"]
    );
    let all = more.run(&["interest", "--all", "--to", "2026-08-31", "--format", "csv"]);
    assert!(all.out.contains("F2026-0002"), "{}", all.out);
    // Its own due date rules what is overdue.
    assert!(more.run(&["overdue"]).ok().contains("Nothing is late"));
    let file = more.read("invoices/2026/F2026-0002.toml");
    assert!(
        file.contains("late_from = 2026-06-01") && file.contains("due = 2026-09-30"),
        "{file}"
    );
}

/// Without the key, as before: from its own due date on.
#[test]
fn correctives_without_the_key_are_late_by_themselves() {
    let sandbox = corrected("900", false);
    assert_eq!(
        totals(&sandbox, "F2026-0002", "2026-09-30"),
        ["0.00", "0.00", "-"]
    );
    // 1080 x 31 x 12.40 / 36500
    assert_eq!(
        totals(&sandbox, "F2026-0002", "2026-10-31"),
        ["11.37", "40.00", "2026-10-01"]
    );
}

/// What was paid of the original's interest and indemnity, and before it was replaced, counts.
#[test]
fn correctives_keep_what_was_paid_before_them() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-05-01");
    sandbox.today = day("2026-06-10");
    sandbox.run(&["pay", "F2026-0001", "200"]).ok();
    sandbox
        .run(&["pay", "F2026-0001", "40", "--part", "fee"])
        .ok();
    sandbox.today = day("2026-08-31");
    correct(&sandbox, "F2026-0001", "1000", true);
    // 1200 x 10 and 1000 x 20 at 12.15, 1000 x 62 at 12.40: 3.994521 + 6.657534 + 21.063014
    assert_eq!(
        totals(&sandbox, "F2026-0002", "2026-08-31"),
        ["31.72", "0.00", "2026-06-01"]
    );
    // A corrective of the corrective keeps the first day; the indemnity is not owed again.
    sandbox.today = day("2026-09-30");
    correct(&sandbox, "F2026-0002", "1000", true);
    // 30 days more of 1000 at 12.40: 10.191781
    assert_eq!(
        totals(&sandbox, "F2026-0003", "2026-09-30"),
        ["41.91", "0.00", "2026-06-01"]
    );
}

/// A corrective that is paid at once still owes the interest of its original's delay.
#[test]
fn correctives_that_are_paid_at_once_owe_the_delay() {
    let sandbox = corrected("1000", true);
    sandbox.run(&["pay", "F2026-0002", "1200"]).ok();
    assert_eq!(
        totals(&sandbox, "F2026-0002", "2026-10-31"),
        ["37.26", "40.00", "2026-06-01"]
    );
    let all = sandbox.run(&["interest", "--all", "--format", "csv"]);
    assert!(all.out.contains("F2026-0002"), "{}", all.out);
}

/// The audit's vector: two years from the supply (C. conso. art. L218-2); the creditor's own correction begins nothing anew (C. civ. art.
/// 2240).
#[test]
fn correctives_begin_no_limitation_anew() {
    for is_kept in [true, false] {
        let mut sandbox = Sandbox::small();
        sandbox.today = day("2025-01-10");
        let draft =
            "client = \"zoe\"\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 1000\nvat = 20\n";
        sandbox.write("drafts/a.toml", draft);
        sandbox.run(&["issue", "a"]).ok();
        sandbox.today = day("2026-11-01");
        sandbox.run(&["credit", "F2025-0001", "--replace"]).ok();
        if !is_kept {
            // A draft by hand that says nothing of the supply.
            sandbox.write(
                "drafts/corrective-F2025-0001.toml",
                format!("type = \"corrective\"\ncorrects = [\"F2025-0001\"]\n{draft}"),
            );
        }
        sandbox.run(&["issue", "corrective-F2025-0001"]).ok();
        sandbox.today = day("2026-12-27");
        let shown = sandbox.run(&["show", "F2026-0001"]).ok();
        assert!(shown.contains("2027-01-10"), "{shown}");
        assert!(sandbox.run(&["status"]).out.contains("2027-01-10"));
    }
}

/// `late_from` belongs to correctives, and is not earlier than the original was late.
#[test]
fn correctives_claim_no_earlier_delay_than_there_was() {
    let sandbox = corrected("1000", true);
    let line = "[[line]]\nitem = \"x\"\nquantity = 1\nprice = 10\nvat = 20\n";
    sandbox.write(
        "drafts/a.toml",
        format!("client = \"acme\"\nlate_from = 2026-06-01\n{line}"),
    );
    let refused = sandbox.run(&["issue", "a"]);
    assert!(
        refused
            .err
            .contains("a document of type invoice has no `late_from`"),
        "{}",
        refused.err
    );
    let head = "client = \"acme\"\ntype = \"corrective\"\ncorrects = [\"F2026-0002\"]\n";
    sandbox.write(
        "drafts/a.toml",
        format!("{head}late_from = 2026-05-31\n{line}"),
    );
    let refused = sandbox.run(&["issue", "a"]);
    assert!(
        refused
            .err
            .contains("F2026-0002 was not late before 2026-06-01"),
        "{}",
        refused.err
    );
    assert!(
        refused.err.contains("late_from = 2026-05-31"),
        "{}",
        refused.err
    );
}

/// A correction settles no dispute: what is contested bears nothing, and nobody is reminded of it.
#[test]
fn correctives_are_disputed_as_their_original_was() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-05-01");
    sandbox.today = day("2026-07-01");
    sandbox.run(&["dispute", "open", "F2026-0001"]).ok();
    sandbox.today = day("2026-08-31");
    correct(&sandbox, "F2026-0001", "1000", true);
    let listed = sandbox.run(&["list", "--json"]).json();
    let item = &listed["items"][1];
    assert_eq!(
        (&item["number"], &item["disputed"]),
        (&"F2026-0002".into(), &"1200.00".into())
    );
    assert_eq!(totals(&sandbox, "F2026-0002", "2026-08-31")[0], "0.00");
    sandbox.run(&["dispute", "resolve", "F2026-0002"]).ok();
    assert_eq!(totals(&sandbox, "F2026-0002", "2026-08-31")[0], "37.26");
}

/// A court has decided: what is left is enforced, and nobody is told to write it off.
#[test]
fn correctives_and_originals_do_not_lapse_once_a_judgment_is_enforceable() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2016-05-01");
    sandbox.invoice("acme", "2000", "2016-05-01");
    sandbox.today = day("2026-11-22");
    let lapsed = |sandbox: &Sandbox| sandbox.run(&["check"]).both.matches("LIMITATION").count();
    assert_eq!(lapsed(&sandbox), 2);
    sandbox
        .run(&[
            "record",
            "enforceable",
            "F2016-0001",
            "--date",
            "2019-06-01",
        ])
        .ok();
    assert_eq!(lapsed(&sandbox), 1);
    correct_without(&sandbox, "F2016-0001");
    assert_eq!(lapsed(&sandbox), 1);
}

fn correct_without(sandbox: &Sandbox, number: &str) {
    sandbox.run(&["credit", number, "--replace"]).ok();
    sandbox
        .run(&["issue", &format!("corrective-{number}")])
        .ok();
}
