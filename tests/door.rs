//! The one door to the books: what contradicts itself counts nowhere, every command says so, and nothing is recorded on such books.

use crate::harness::{Sandbox, snapshot};

/// One invoice of 600 euros, and payments as rows: id, date, client, amount, document, reference.
fn ledger(payments: &[&str]) -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "500", "2026-09-01");
    sandbox
        .run(&[
            "new", "acme", "Travail", "1", "50", "--vat", "20", "--name", "next",
        ])
        .ok();
    let header = "id,date,client,amount,currency,method,document,part,fee,account,reference,note\n";
    sandbox.write(
        "payments/2026.csv",
        format!("{header}{}\n", payments.join("\n")),
    );
    sandbox
}

const RIGHT: &str = "a,2026-10-01,acme,100.00,EUR,transfer,F2026-0001,,,,X,";

/// The balance of the invoice by five commands, and how each ended.
fn balances(sandbox: &Sandbox) -> Vec<(String, u8)> {
    let of = |arguments: &[&str], find: &dyn Fn(&serde_json::Value) -> String| {
        let output = sandbox.run(arguments);
        let value: serde_json::Value = serde_json::from_str(&output.out)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", output.both));
        (find(&value), output.code)
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    vec![
        of(&["list", "--json"], &|v| text(&v["items"][0]["balance"])),
        of(&["overdue", "--json"], &|v| text(&v["items"][0]["balance"])),
        of(&["show", "F2026-0001", "--json"], &|v| text(&v["balance"])),
        of(&["status", "--json"], &|v| text(&v["open"][0]["amount"])),
        of(&["remind", "--json"], &|v| text(&v["items"][0]["amount"])),
        of(&["statement", "acme", "--json"], &|v| {
            text(&v["totals"][0]["closing"])
        }),
    ]
}

#[test]
fn door_equal_rows_count_once_in_every_command() {
    let other = "b,2026-10-02,acme,50.00,EUR,transfer,F2026-0001,,,,Y,";
    let sandbox = ledger(&[RIGHT, other, RIGHT]);
    for (at, (balance, code)) in balances(&sandbox).into_iter().enumerate() {
        assert_eq!((balance.as_str(), code), ("450.00", 0), "command {at}");
    }
    let output = sandbox.run(&["pay", "F2026-0001", "450"]);
    assert!(output.err.contains("F2026-0001 is paid"), "{}", output.err);
    assert_eq!(
        output.err.matches("warning[ROW-TWICE]").count(),
        1,
        "{}",
        output.err
    );
}

#[test]
fn door_rows_that_contradict_each_other_count_nowhere() {
    let amount = "a,2026-10-01,acme,120.00,EUR,transfer,F2026-0001,,,,X,";
    let day = "a,2026-10-02,acme,1.00,EUR,transfer,F2026-0001,interest,,,X,";
    let unknown = "b,2026-10-01,acme,10.00,EUR,transfer,F2026-0009,,,,X,";
    let foreign = "b,2026-10-01,zoe,10.00,EUR,transfer,F2026-0001,,,,X,";
    let early = "b,2026-08-01,acme,10.00,EUR,transfer,F2026-0001,,,,X,";
    let dollars = "b,2026-10-01,acme,10.00,USD,transfer,F2026-0001,,,,X,";
    let broken = "b,2026-10-01,acme,ten,EUR,transfer,F2026-0001,,,,X,";
    let marker = "<<<<<<< HEAD";
    for (rows, left, code) in [
        (&[RIGHT, amount][..], "600.00", "ROW-TWICE"),
        (&[RIGHT, amount, RIGHT], "600.00", "ROW-TWICE"),
        (&[RIGHT, day], "600.00", "ROW-MOVEMENT"),
        (&[RIGHT, unknown], "500.00", "DOCUMENT-UNKNOWN"),
        (&[RIGHT, foreign], "500.00", "CLIENT-UNKNOWN"),
        (&[RIGHT, early], "500.00", "PAYMENT-DATE"),
        (&[RIGHT, dollars], "500.00", "ROW-CURRENCY"),
        (&[RIGHT, broken], "500.00", "VALUE-NUMBER"),
        (&[RIGHT, marker], "500.00", "MERGE-CONFLICT"),
    ] {
        let sandbox = ledger(rows);
        for (at, (balance, ended)) in balances(&sandbox).into_iter().enumerate() {
            assert_eq!((balance.as_str(), ended), (left, 1), "{code}, command {at}");
        }
        let before = snapshot(sandbox.path());
        for refusing in [
            &["pay", "F2026-0001", "10"][..],
            &["issue", "next"],
            &["remind", "--log", "--write", "out/r"],
            &["send", "F2026-0001", "--channel", "letter"],
            &["export", "hledger"],
        ] {
            let refused = sandbox.run(refusing).refused();
            assert!(
                refused.contains(&format!("error[{code}]")),
                "{refusing:?}: {refused}"
            );
            assert_eq!(snapshot(sandbox.path()), before, "{refusing:?}");
        }
        // What mends the ledger still writes.
        sandbox
            .run(&[
                "new", "acme", "x", "1", "5", "--vat", "20", "--name", "other",
            ])
            .ok();
        sandbox.run(&["client", "add", "b", "--name", "B SAS"]).ok();
    }
}

#[test]
fn door_a_changed_register_refuses_what_records() {
    let sandbox = ledger(&[RIGHT]);
    let register = sandbox.read("register/2026.csv");
    sandbox.write("register/2026.csv", register.replace("Acme SAS", "Acme SA"));
    for refusing in [
        &["pay", "F2026-0001", "10"][..],
        &["issue", "next"],
        &["remind", "--log", "--write", "out/r"],
        &["send", "F2026-0001", "--channel", "letter"],
        &["export", "hledger"],
    ] {
        let refused = sandbox.run(refusing).refused();
        assert!(
            refused.contains("error[REGISTER-SEAL]"),
            "{refusing:?}: {refused}"
        );
    }
    assert_eq!(sandbox.run(&["list"]).code, 0);
}

/// Two branches record one bank line, in another order, and git's union keeps all lines.
#[test]
fn door_a_union_merge_counts_each_payment_once() {
    let rows = [
        "p1,2026-10-01,acme,1.00,EUR,transfer,F2026-0001,,,,,",
        "p2,2026-10-02,acme,7.00,EUR,transfer,F2026-0001,,,,Y,",
        "p3,2026-10-02,acme,100.00,EUR,transfer,F2026-0001,,,,X,",
        "p3,2026-10-02,acme,100.00,EUR,transfer,F2026-0001,,,,X,",
        "p4,2026-10-02,acme,9.00,EUR,transfer,F2026-0001,,,,Z,",
    ];
    for (at, (balance, code)) in balances(&ledger(&rows)).into_iter().enumerate() {
        assert_eq!((balance.as_str(), code), ("483.00", 0), "command {at}");
    }
}

/// One document is rendered, or exported as XML, from its own row and its neighbour: books that are wrong elsewhere are not even read.
#[test]
fn door_one_document_leaves_without_the_books() {
    let sandbox = ledger(&["b,2026-10-01,acme,ten,EUR,transfer,F2026-0001,,,,X,"]);
    assert_eq!(sandbox.run(&["list"]).code, 1);
    for arguments in [
        &["render", "F2026-0001"][..],
        &["export", "cii", "F2026-0001"],
        &["export", "ubl", "F2026-0001"],
    ] {
        let output = sandbox.run(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.err);
        assert!(!output.err.contains("payments/"), "{}", output.err);
    }
}

/// The files of the books may vanish once a command has read them: it asks for them once.
#[test]
fn door_the_books_are_read_once() {
    let sandbox = ledger(&[RIGHT]);
    let mut source = acquit::source::Source::new(
        acquit::source::repository::Repository::open_locked(sandbox.path()),
    );
    let first = source.ledger();
    std::fs::remove_dir_all(sandbox.path().join("payments")).unwrap();
    std::fs::remove_dir_all(sandbox.path().join("register")).unwrap();
    let second = source.ledger();
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    assert_eq!((second.len(), second.payments().count()), (1, 1));
}

/// A row of the register that lost a field cannot be read; what was paid of its document is not said to be of an unknown one.
#[test]
fn door_payments_of_a_torn_row_are_not_unknown() {
    let sandbox = ledger(&[RIGHT]);
    let register = sandbox.read("register/2026.csv");
    sandbox.write("register/2026.csv", register.replace(",Acme SAS,", ","));
    let output = sandbox.run(&["list"]);
    assert_eq!(output.code, 1);
    assert!(
        output
            .err
            .contains("error[CSV-SYNTAX]: this row has 17 fields, the header has 18"),
        "{}",
        output.err
    );
    assert!(!output.err.contains("DOCUMENT-UNKNOWN"), "{}", output.err);
}
