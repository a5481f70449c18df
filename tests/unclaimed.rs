//! What is left to claim once a late document is paid in full: said by `status`, the digest and `client show` until it is paid or given up.

use crate::harness::{Sandbox, day};

/// 1200 EUR due on 2026-07-01 and paid on 2026-09-30: 91 days at 12.40 %, 37.10 EUR, and the indemnity.
fn paid_late() -> Sandbox {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-06-01");
    sandbox.today = day("2026-11-22");
    let paid = ["pay", "F2026-0001", "1200", "--date", "2026-09-30"];
    sandbox.run(&paid).ok();
    sandbox
}

/// What the three commands say.
fn said(sandbox: &Sandbox) -> [String; 3] {
    [
        sandbox.run(&["status"]).out,
        sandbox.run(&["remind", "--digest"]).out,
        sandbox.run(&["client", "show", "acme"]).out,
    ]
}

#[test]
fn claims_left_after_a_late_payment_are_said() {
    let sandbox = paid_late();
    let [status, digest, client] = said(&sandbox);
    assert!(
        status.contains("37.10") && status.contains("40.00"),
        "{status}"
    );
    assert!(
        status.contains("`acquit waive F2026-0001` gives it up"),
        "{status}"
    );
    assert!(!status.contains("Nothing to do"), "{status}");
    let words = "37.10 EUR interest, 40.00 EUR indemnity";
    assert!(
        digest.contains(words) && digest.contains("77.10"),
        "{digest}"
    );
    assert!(client.contains(words), "{client}");
    let json = sandbox.run(&["status", "--json"]).json();
    assert_eq!(json["unclaimed"][0]["interest"], "37.10");
    let json = sandbox.run(&["remind", "--digest", "--json"]).json();
    assert_eq!(
        (&json["items"][0]["matter"], &json["items"][0]["amount"]),
        (&"unclaimed".into(), &"77.10".into())
    );
}

/// Given up or paid, nothing more is said; a part that is left is.
#[test]
fn claims_that_are_settled_are_said_no_more() {
    let sandbox = paid_late();
    sandbox
        .run(&["pay", "F2026-0001", "40", "--part", "fee"])
        .ok();
    for text in said(&sandbox) {
        assert!(
            text.contains("37.10") && !text.contains("40.00 EUR indemnity"),
            "{text}"
        );
    }
    sandbox.run(&["waive", "F2026-0001"]).ok();
    for text in said(&sandbox) {
        assert!(!text.contains("37.10"), "{text}");
    }
    assert!(sandbox.run(&["status"]).out.contains("Nothing to do"));
}

/// Paid in time, or by a client that owes no interest, there is nothing to say; after a year only the client's own page says it.
#[test]
fn claims_are_said_of_late_payments_of_the_last_year() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-06-01");
    sandbox.invoice("zoe", "1000", "2026-06-01");
    sandbox.today = day("2026-11-22");
    sandbox
        .run(&["pay", "F2026-0001", "1200", "--date", "2026-07-01"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0002", "1200", "--date", "2026-09-30"])
        .ok();
    assert!(sandbox.run(&["status"]).out.contains("Nothing to do"));
    assert_eq!(sandbox.run(&["remind", "--digest"]).out, "");
    let mut sandbox = paid_late();
    sandbox.today = day("2027-09-30");
    assert!(sandbox.run(&["status"]).out.contains("37.10"));
    sandbox.today = day("2027-10-01");
    let [status, digest, client] = said(&sandbox);
    assert!(
        !status.contains("37.10") && !digest.contains("37.10"),
        "{status}{digest}"
    );
    assert!(client.contains("37.10"), "{client}");
}

/// A dispute takes what it contests off every day, also those before it: `interest` and `show --explain` say so.
#[test]
fn claims_of_what_is_disputed_are_explained() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-05-01");
    sandbox.today = day("2026-08-31");
    sandbox.run(&["dispute", "open", "F2026-0001", "200"]).ok();
    let sentence = "200.00 EUR of it are disputed today: they bear nothing for any day, those before the dispute too, until it is resolved";
    for arguments in [
        &["interest", "F2026-0001"][..],
        &["show", "F2026-0001", "--explain"],
    ] {
        let text = sandbox.run(arguments).ok();
        assert!(text.contains(sentence), "{text}");
    }
    let all = Sandbox::small();
    all.invoice("acme", "1000", "2026-05-01");
    all.run(&["dispute", "open", "F2026-0001"]).ok();
    let text = all.run(&["show", "F2026-0001", "--explain"]).ok();
    assert!(
        text.contains("1200.00 EUR of it are disputed today"),
        "{text}"
    );
}
