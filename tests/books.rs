//! Balances, statuses and days, on small ledgers typed by hand and made by commands.

use serde_json::Value;

use crate::harness::{Sandbox, day};

const PAYMENTS: &str =
    "id,date,client,amount,currency,method,document,part,fee,account,reference,note\n";
const EVENTS: &str = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";

fn ledger() -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-01-10");
    sandbox.invoice("acme", "500", "2026-02-10");
    sandbox.invoice("acme", "250", "2026-11-10");
    sandbox
}

fn item(sandbox: &Sandbox, number: &str) -> Value {
    let list = sandbox.run(&["list", "--json"]).json();
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["number"] == number)
        .unwrap()
        .clone()
}

fn money(item: &Value, keys: &[&str]) -> Vec<String> {
    keys.iter()
        .map(|key| item[*key].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn books_an_item_has_the_keys_of_its_schema() {
    let sandbox = ledger();
    let overdue = sandbox.run(&["overdue", "--json"]).json();
    assert_eq!(overdue["schema"], "acquit/overdue/1");
    assert_eq!(overdue["today"], "2026-11-22");
    let keys: Vec<&String> = overdue["items"][0].as_object().unwrap().keys().collect();
    let expected = [
        "number",
        "type",
        "client",
        "buyer",
        "issued",
        "due",
        "falls_due",
        "days_late",
        "currency",
        "gross",
        "deposits",
        "owed",
        "credited",
        "paid",
        "discounted",
        "written_off",
        "balance",
        "late",
        "disputed",
        "status",
        "plan",
        "limitation",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        overdue["totals"],
        serde_json::json!([{"currency": "EUR", "count": 2, "balance": "1800.00", "late": "1800.00"}])
    );
    let csv = sandbox.run(&["overdue", "--format", "csv"]).ok();
    assert_eq!(csv.lines().next().unwrap(), expected.join(","));
}

#[test]
fn books_the_due_day_itself_is_not_late() {
    let mut sandbox = ledger();
    sandbox.today = day("2026-02-09");
    assert_eq!(item(&sandbox, "F2026-0001")["due"], "2026-02-09");
    assert_eq!(
        sandbox.run(&["overdue", "--json"]).json()["items"],
        serde_json::json!([])
    );
    sandbox.today = day("2026-02-10");
    let overdue = sandbox.run(&["overdue", "--json"]).json();
    assert_eq!(overdue["items"][0]["days_late"], 1);
    assert_eq!(sandbox.run(&["overdue", "--exit-code"]).code, 1);
}

#[test]
fn books_payments_partial_full_and_over() {
    let sandbox = ledger();
    sandbox
        .run(&["pay", "F2026-0001", "200.50", "--date", "2026-03-01"])
        .ok();
    let partly = item(&sandbox, "F2026-0001");
    assert_eq!(
        money(&partly, &["owed", "paid", "balance", "late"]),
        ["1200.00", "200.50", "999.50", "999.50"]
    );
    assert_eq!(partly["status"], "partly-paid");
    sandbox.run(&["pay", "F2026-0001", "999.50"]).ok();
    assert_eq!(item(&sandbox, "F2026-0001")["status"], "paid");
    let refused = sandbox.run(&["pay", "F2026-0001", "10"]).refused();
    assert!(
        refused
            .contains("error[PAYMENT-AMOUNT]: F2026-0001 has 0.00 EUR left to pay, not 10.00 EUR"),
        "{refused}"
    );
    let output = sandbox.run(&["pay", "F2026-0001", "10", "--yes"]);
    assert!(
        output.err.contains("F2026-0001 is overpaid by 10.00 EUR"),
        "{}",
        output.err
    );
    assert_eq!(
        money(&item(&sandbox, "F2026-0001"), &["balance", "late"]),
        ["-10.00", "0.00"]
    );
    sandbox.run(&["pay", "F2026-0001", "-10"]).ok();
    assert_eq!(item(&sandbox, "F2026-0001")["status"], "paid");
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}

/// Two identical payments on one day are two payments, with ids of their own.
#[test]
fn books_identical_payments_count_twice() {
    let sandbox = ledger();
    for _ in 0..2 {
        sandbox
            .run(&["pay", "F2026-0001", "100", "--date", "2026-03-01"])
            .ok();
    }
    assert_eq!(item(&sandbox, "F2026-0001")["paid"], "200.00");
    // The likeness is said, and nothing is dropped.
    assert!(
        sandbox
            .run(&["check"])
            .ok()
            .contains("warning[PAYMENT-TWICE]")
    );
}

#[test]
fn books_a_report_of_a_day_is_unchanged_by_what_is_dated_after() {
    let mut sandbox = ledger();
    sandbox.today = day("2026-03-15");
    let before = sandbox.run(&["list", "--json"]).ok();
    sandbox.today = day("2026-11-22");
    sandbox
        .run(&["pay", "F2026-0002", "600", "--date", "2026-03-16"])
        .ok();
    sandbox.run(&["credit", "F2026-0001"]).ok();
    sandbox.run(&["issue", "credit-F2026-0001"]).ok();
    sandbox.write(
        "events/2026.csv",
        format!("{EVENTS}d1,2026-03-16,dispute,acme,F2026-0001,,,,,,,,,,,\n"),
    );
    sandbox.today = day("2026-03-15");
    assert_eq!(sandbox.run(&["list", "--json"]).ok(), before);
}

#[test]
fn books_credit_notes_take_off_what_is_left() {
    let sandbox = ledger();
    sandbox
        .run(&["pay", "F2026-0002", "100", "--date", "2026-03-01"])
        .ok();
    sandbox.run(&["credit", "F2026-0002"]).ok();
    sandbox.run(&["issue", "credit-F2026-0002"]).ok();
    let invoice = item(&sandbox, "F2026-0002");
    assert_eq!(
        money(&invoice, &["owed", "credited", "paid", "balance"]),
        ["600.00", "500.00", "100.00", "0.00"]
    );
    assert_eq!(invoice["status"], "credited");
    // The credit note has 100 left, which are the client's: they were paid for nothing.
    let note = item(&sandbox, "A2026-0001");
    assert_eq!(
        money(&note, &["gross", "owed", "credited", "balance"]),
        ["-600.00", "-600.00", "-500.00", "-100.00"]
    );
    assert_eq!(note["status"], "partly-paid");
    sandbox.run(&["pay", "A2026-0001", "-100"]).ok();
    assert_eq!(item(&sandbox, "A2026-0001")["status"], "paid");
    let again = sandbox.run(&["credit", "F2026-0002"]);
    assert!(again.refused().contains("CREDIT-EXCEEDS"));
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}

#[test]
fn books_discounts_write_offs_and_disputes() {
    let sandbox = ledger();
    sandbox.write(
        "events/2026.csv",
        format!(
            "{EVENTS}a,2026-02-01,discount,acme,F2026-0001,,,24.00,EUR,,,,,,,\n\
             b,2026-04-01,write-off,acme,F2026-0001,,,0.50,EUR,,,,,,,fee of the bank\n\
             c,2026-04-02,dispute,acme,F2026-0001,,,175.50,EUR,,,,,,,two days\n\
             d,2026-04-02,dispute,acme,F2026-0002,,,,,,,,,,,\n\
             e,2026-04-03,hold,acme,F2026-0003,,,,,,,2026-12-31,,,,\n"
        ),
    );
    let first = item(&sandbox, "F2026-0001");
    assert_eq!(
        money(
            &first,
            &["discounted", "written_off", "balance", "disputed", "late"]
        ),
        ["24.00", "0.50", "1175.50", "175.50", "1000.00"]
    );
    assert_eq!(first["flags"], serde_json::json!(["overdue", "disputed"]));
    // Wholly disputed: not late at all.
    let second = item(&sandbox, "F2026-0002");
    assert_eq!(
        money(&second, &["balance", "disputed", "late"]),
        ["600.00", "600.00", "0.00"]
    );
    assert_eq!(
        item(&sandbox, "F2026-0003")["flags"],
        serde_json::json!(["on-hold"])
    );
    assert_eq!(sandbox.run(&["check"]).ok(), "");
    sandbox.write(
        "events/2026.csv",
        sandbox.read("events/2026.csv") + "f,2026-05-01,resolved,acme,F2026-0002,,,,,,,,,,,\n",
    );
    assert_eq!(item(&sandbox, "F2026-0002")["late"], "600.00");
}

/// Rows may come in any order, from a merge of two branches.
#[test]
fn books_the_order_of_rows_does_not_matter() {
    let sandbox = ledger();
    let rows = [
        "p1,2026-03-01,acme,100.00,EUR,transfer,F2026-0001,,,,,",
        "p2,2026-02-15,acme,300.00,EUR,card,F2026-0001,principal,4.20,,,",
        "p3,2026-05-01,acme,40.00,EUR,transfer,F2026-0001,fee,,,,",
        "p4,2026-04-01,acme,600.00,EUR,transfer,F2026-0002,,,,,",
        "p5,2026-04-01,acme,12.00,EUR,transfer,,,,,,",
    ];
    let forward = PAYMENTS.to_owned() + &rows.join("\n") + "\n";
    let backward =
        PAYMENTS.to_owned() + &rows.iter().rev().copied().collect::<Vec<_>>().join("\n") + "\n";
    sandbox.write("payments/2026.csv", forward);
    let first = sandbox.run(&["list", "--json"]).ok();
    sandbox.write("payments/2026.csv", backward);
    assert_eq!(sandbox.run(&["list", "--json"]).ok(), first);
    // The part that pays the indemnity pays no principal.
    assert_eq!(item(&sandbox, "F2026-0001")["paid"], "400.00");
    let status = sandbox.run(&["status", "--json"]).json();
    assert_eq!(status["credits"][0]["amount"], "12.00");
}

/// A corrective stands in the place of its original, with the original's payments (rows sealed by the test).
#[test]
fn books_a_corrective_replaces() {
    let sandbox = ledger();
    let register = sandbox.read("register/2026.csv");
    let last = register
        .lines()
        .last()
        .unwrap()
        .rsplit(',')
        .next()
        .unwrap()
        .to_owned();
    let fields = [
        "F2026-0004",
        "corrective",
        "acme",
        "Acme SAS",
        "2026-11-12",
        "2026-11-12",
        "2026-12-12",
        "EUR",
        "1",
        "900.00",
        "180.00",
        "1080.00",
        "0.00",
        "1080.00",
        "services:S:20:-100.00:-20.00",
        "F2026-0001",
        &"0".repeat(64),
    ];
    let seal = acquit::compute::seal::seal(&last, fields.iter().copied());
    sandbox.write(
        "register/2026.csv",
        format!("{register}{},{seal}\n", fields.join(",")),
    );
    sandbox
        .run(&["pay", "F2026-0002", "1", "--date", "2026-03-01"])
        .ok();
    sandbox.write(
        "payments/2026.csv",
        sandbox.read("payments/2026.csv")
            + "x,2026-03-02,acme,200.00,EUR,transfer,F2026-0001,,,,,\n",
    );
    let (old, new) = (item(&sandbox, "F2026-0001"), item(&sandbox, "F2026-0004"));
    assert_eq!(old["status"], "replaced");
    assert_eq!(
        money(&old, &["owed", "paid", "balance"]),
        ["0.00", "0.00", "0.00"]
    );
    assert_eq!(
        money(&new, &["owed", "paid", "balance"]),
        ["1080.00", "200.00", "880.00"]
    );
}

#[test]
fn books_wrong_rows_do_not_hide_the_others() {
    let sandbox = ledger();
    sandbox.write(
        "payments/2026.csv",
        format!("{PAYMENTS}a,2026-13-01,acme,1.00,EUR,transfer,F2026-0001,,,,,\nb,2026-03-01,acme,200.00,EUR,transfer,F2026-0001,,,,,\nc,2026-03-01,acme,1.00,EUR,transfer,F2026-9999,,,,,\n"),
    );
    let output = sandbox.run(&["list", "--json"]);
    assert_eq!(output.code, 1);
    assert!(
        output.err.contains("VALUE-DATE") && output.err.contains("DOCUMENT-UNKNOWN"),
        "{}",
        output.err
    );
    let list: Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(list["items"][0]["paid"], "200.00");
}

#[test]
fn books_remind_knows_holds_promises_and_what_was_sent() {
    let mut sandbox = ledger();
    sandbox.today = day("2026-02-14");
    let step = |sandbox: &Sandbox| -> Vec<(String, String)> {
        let plan = sandbox.run(&["remind", "--json"]).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        plan["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (text(&item["number"]), text(&item["step"])))
            .collect()
    };
    assert_eq!(step(&sandbox), [("F2026-0001".into(), "first".into())]);
    sandbox.write(
        "events/2026.csv",
        format!("{EVENTS}a,2026-02-14,reminded,acme,F2026-0001,first,email,,,,,2026-02-09,,,,\n"),
    );
    assert_eq!(step(&sandbox), []);
    sandbox.today = day("2026-02-24");
    assert_eq!(step(&sandbox), [("F2026-0001".into(), "second".into())]);
    sandbox.write(
        "events/2026.csv",
        sandbox.read("events/2026.csv")
            + "b,2026-02-20,promise,acme,F2026-0001,,,,,,,2026-02-28,,,,\n",
    );
    assert_eq!(step(&sandbox), []);
    sandbox.today = day("2026-03-01");
    assert_eq!(step(&sandbox), [("F2026-0001".into(), "second".into())]);
    let explained = sandbox.run(&["remind", "--explain"]).ok();
    assert!(
        explained.contains("upcoming  2026-03-07  nothing: not yet"),
        "{explained}"
    );
    sandbox
        .run(&["pay", "F2026-0001", "1200", "--date", "2026-02-25"])
        .ok();
    assert_eq!(step(&sandbox), []);
}

/// A book whose every row names something unknown: the first twenty are shown, each with the name that was meant, and all are listed.
#[test]
fn books_many_rows_of_unknown_documents_and_clients_are_counted() {
    let sandbox = ledger();
    let rows: String = (0..300)
        .map(|n| format!("t{n},2026-05-01,acme{n},10.00,EUR,transfer,F2026-9{n:03},,,,,\n"))
        .collect();
    sandbox.write("payments/2026.csv", format!("{PAYMENTS}{rows}"));
    let overdue = sandbox.run(&["overdue"]);
    assert_eq!(overdue.code, 1);
    assert_eq!(overdue.err.matches("there is no document").count(), 20);
    let rest = "error[DOCUMENT-UNKNOWN]: and 280 more in payments/2026.csv\n = hint: `acquit check --json` lists all\n";
    assert!(overdue.err.ends_with(rest), "{}", overdue.err);
    let check = sandbox.run(&["check"]);
    assert_eq!(check.out.matches("there is no document").count(), 20);
    assert_eq!(check.out.matches("there is no client").count(), 20);
    assert!(
        check
            .out
            .contains("[CLIENT-UNKNOWN]: and 280 more in payments/2026.csv")
    );
    let all: Value = serde_json::from_str(&sandbox.run(&["check", "--json"]).out).unwrap();
    let found = |code: &str| -> Vec<Value> {
        let items = all["items"].as_array().unwrap().iter();
        items.filter(|item| item["code"] == code).cloned().collect()
    };
    for code in ["DOCUMENT-UNKNOWN", "CLIENT-UNKNOWN"] {
        let found = found(code);
        assert_eq!(found.len(), 300, "{code}");
        for (index, item) in found.iter().enumerate() {
            assert_eq!(item["line"].as_u64().unwrap(), index as u64 + 2);
            let is_guessed = item["hint"].as_str().unwrap().contains("did you mean");
            assert_eq!(is_guessed, index < 20, "{item}");
        }
    }
}

/// Rows of documents that cannot be read are not rows of unknown documents, however many they are.
#[test]
fn books_rows_of_unreadable_documents_are_not_unknown() {
    let sandbox = ledger();
    let register = sandbox.read("register/2026.csv");
    sandbox.write("register/2026.csv", register.replace(",EUR,", ",EURO,"));
    let row = "t1,2026-05-01,acme,10.00,EUR,transfer,F2026-0002,,,,,\n";
    sandbox.write("payments/2026.csv", format!("{PAYMENTS}{row}"));
    let overdue = sandbox.run(&["overdue"]);
    assert_eq!(overdue.code, 1);
    assert!(!overdue.err.contains("DOCUMENT-UNKNOWN"), "{}", overdue.err);
}

/// A credit that covers a debt to the cent is the money for it: nobody is reminded. One cent less is not.
#[test]
fn books_a_credit_of_exactly_what_is_due_silences_a_reminder() {
    for (credit, reminded) in [("119.99", 1), ("120", 0), ("120.01", 0)] {
        let sandbox = Sandbox::small();
        sandbox.invoice("acme", "100", "2026-01-10");
        let date = "2026-02-01";
        let pay = [
            "pay", "--client", "acme", credit, "--credit", "--date", date,
        ];
        sandbox.run(&pay).ok();
        let plan = sandbox.run(&["remind", "--json"]).json();
        assert_eq!(
            plan["items"].as_array().unwrap().len(),
            reminded,
            "{credit}"
        );
        let why = sandbox.run(&["remind", "--explain"]).ok();
        assert_eq!(why.contains("credit"), reminded == 0, "{credit}: {why}");
    }
}

/// Where there is no quote, no template and no mail.toml, nothing of the books is read: not even wrong rows and documents are noticed.
#[test]
fn books_are_not_read_where_nothing_is_asked_of_them() {
    let sandbox = ledger();
    let (payments, document) = ("payments/2026.csv", "invoices/2026/F2026-0001.toml");
    sandbox.write(payments, "no header\n");
    sandbox.write(document, "no = TOML = at all\n");
    assert_eq!(sandbox.run(&["list"]).code, 1);
    let list = sandbox.run(&["quote", "list"]);
    assert_eq!(
        (list.out.as_str(), list.err.as_str(), list.code),
        ("No quote.\n", "", 0)
    );
    let json = sandbox.run(&["quote", "list", "--json"]).json();
    assert_eq!(json["items"].as_array().unwrap().len(), 0);
    assert_eq!(json["totals"].as_array().unwrap().len(), 0);
    let list = sandbox.run(&["recurring", "list"]);
    assert_eq!(
        (list.out.as_str(), list.code),
        ("No template: recurring/ is empty.\n", 0)
    );
    for arguments in [&["recurring", "run"][..], &["recurring", "run", "--issue"]] {
        let run = sandbox.run(arguments);
        assert_eq!((run.err.as_str(), run.code), ("nothing is due\n", 0));
    }
    let ahead = sandbox.run(&["recurring", "run", "--issue", "--until", "2027-01-01"]);
    assert_eq!(ahead.code, 1);
    assert!(ahead.err.contains("ISSUE-DATE"), "{}", ahead.err);
    let send = sandbox.run(&["send", "F2026-0001"]);
    assert_eq!(send.code, 1);
    assert!(send.err.starts_with("error[MAIL-MISSING]"), "{}", send.err);
    assert!(!send.err.contains("CSV-HEADER"), "{}", send.err);
    // By another way than the post the books are asked as ever.
    let posted = sandbox.run(&["send", "F2026-0001", "--channel", "letter"]);
    assert!(posted.err.contains("CSV-HEADER"), "{}", posted.err);
}
