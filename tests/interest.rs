//! Late interest and indemnity over small ledgers: what runs, what rests, what is given up.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::harness::{Sandbox, day};

const EVENTS: &str = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";

/// One invoice of 1200 EUR, due on 2026-05-31: the first vector of the law's page.
fn ledger() -> Sandbox {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-05-01");
    sandbox.today = day("2026-08-31");
    sandbox
}

fn report(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let arguments = [&["interest", "--json"], arguments].concat();
    sandbox.run(&arguments).json()
}

fn total<'v>(report: &'v Value, keys: &[&str]) -> Vec<&'v str> {
    keys.iter()
        .map(|key| report["totals"][0][*key].as_str().unwrap())
        .collect()
}

fn stretches(report: &Value) -> Vec<(String, i64, String)> {
    let items = report["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["kind"] == "interest");
    let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    items
        .map(|item| {
            (
                text(item, "principal"),
                item["days"].as_i64().unwrap(),
                text(item, "rate"),
            )
        })
        .collect()
}

fn event(sandbox: &Sandbox, rows: &str) {
    sandbox.write("events/2026.csv", format!("{EVENTS}{rows}"));
}

#[test]
fn interest_the_vector_of_the_law_holds() {
    let sandbox = ledger();
    let report = report(&sandbox, &["F2026-0001"]);
    assert_eq!(report["schema"], "acquit/interest/1");
    let expected = [
        ("1200.00".into(), 30, "12.15".into()),
        ("1200.00".into(), 62, "12.4".into()),
    ];
    assert_eq!(stretches(&report), expected);
    assert_eq!(report["items"][0]["amount"], "11.983562");
    assert_eq!(report["items"][0]["series"], "ecb-refi");
    assert_eq!(report["items"][0]["half_year"], "2026-01-01");
    assert_eq!(
        total(&report, &["interest", "interest_left", "fee", "fee_left"]),
        ["37.26", "37.26", "40.00", "40.00"]
    );
    // The rows sum to what is left.
    let items = report["items"].as_array().unwrap();
    let sum: Decimal = items
        .iter()
        .map(|item| item["amount"].as_str().unwrap().parse::<Decimal>().unwrap())
        .sum();
    assert_eq!(sum, "77.26".parse().unwrap());
}

#[test]
fn interest_is_zero_until_due_and_for_consumers() {
    let sandbox = ledger();
    for to in ["2026-05-01", "2026-05-31"] {
        let report = report(&sandbox, &["F2026-0001", "--to", to]);
        assert_eq!(
            total(&report, &["interest", "fee"]),
            ["0.00", "0.00"],
            "{to}"
        );
    }
    let first = report(&sandbox, &["F2026-0001", "--to", "2026-06-01"]);
    assert_eq!(total(&first, &["interest", "fee"]), ["0.40", "40.00"]);
    let mut sandbox = ledger();
    sandbox.today = day("2026-05-01");
    let number = sandbox.invoice("zoe", "1000", "2026-05-01");
    sandbox.today = day("2026-08-31");
    let report = report(&sandbox, &[&number]);
    assert_eq!(
        total(&report, &["interest", "fee", "none_because"]),
        ["0.00", "0.00", "consumer"]
    );
    assert!(!sandbox.run(&["interest", "--all"]).ok().contains(&number));
}

/// Paid on the due day is in time; paid the day after costs a day and the indemnity, once.
#[test]
fn interest_follows_payments_credit_notes_and_write_offs() {
    let sandbox = ledger();
    sandbox
        .run(&["pay", "F2026-0001", "200", "--date", "2026-06-10"])
        .ok();
    event(
        &sandbox,
        "w,2026-06-20,write-off,acme,F2026-0001,,,100,EUR,,,,,,,goodwill\n",
    );
    let found = stretches(&report(&sandbox, &["F2026-0001"]));
    let shown: Vec<_> = found
        .iter()
        .map(|(principal, days, _)| (principal.as_str(), *days))
        .collect();
    assert_eq!(
        shown,
        [
            ("1200.00", 10),
            ("1000.00", 10),
            ("900.00", 10),
            ("900.00", 62)
        ]
    );
    sandbox.run(&["credit", "F2026-0001"]).ok();
    sandbox
        .run(&["issue", "credit-F2026-0001", "--date", "2026-07-10"])
        .ok();
    let found = stretches(&report(&sandbox, &["F2026-0001"]));
    assert_eq!((found.len(), found[3].1), (4, 10));
    // What was never owed bears nothing: the credit note takes back what was paid as well, so all of it.
    let found = report(&sandbox, &["F2026-0001", "--retroactive"]);
    assert_eq!(total(&found, &["interest", "fee"]), ["0.00", "0.00"]);
    let in_time = ledger();
    in_time
        .run(&["pay", "F2026-0001", "1200", "--date", "2026-05-31"])
        .ok();
    assert_eq!(
        in_time.run(&["interest", "--all"]).ok(),
        "Nothing was late.\n"
    );
    let late = ledger();
    late.run(&["pay", "F2026-0001", "1200", "--date", "2026-06-01"])
        .ok();
    assert_eq!(
        total(&report(&late, &["--all"]), &["interest", "fee", "balance"]),
        ["0.40", "40.00", "0.00"]
    );
}

#[test]
fn interest_given_up_and_paid_is_no_longer_claimed() {
    let sandbox = ledger();
    event(
        &sandbox,
        "w,2026-08-01,waived,acme,F2026-0001,,,,EUR,10.00,,,,,,\n",
    );
    sandbox.write(
        "payments/2026.csv",
        "id,date,client,amount,currency,method,document,part\np,2026-08-02,acme,7.26,EUR,transfer,F2026-0001,interest\n\
         q,2026-08-02,acme,40.00,EUR,transfer,F2026-0001,fee\n",
    );
    let found = report(&sandbox, &["F2026-0001"]);
    let keys = [
        "interest",
        "interest_waived",
        "interest_paid",
        "interest_left",
        "fee_paid",
        "fee_left",
        "balance",
    ];
    assert_eq!(
        total(&found, &keys),
        [
            "37.26", "10.00", "7.26", "20.00", "40.00", "0.00", "1200.00"
        ]
    );
    // Without amounts: all of it up to that day; what runs after it is owed.
    event(&sandbox, "w,2026-06-30,waived,acme,F2026-0001,,,,,,,,,,,\n");
    let found = report(&sandbox, &["F2026-0001"]);
    assert_eq!(
        total(&found, &["interest_waived", "fee_waived"]),
        ["11.98", "40.00"]
    );
}

#[test]
fn interest_is_not_claimed_on_what_is_disputed() {
    let sandbox = ledger();
    event(
        &sandbox,
        "d,2026-07-15,dispute,acme,F2026-0001,,,200,EUR,,,,,,,\n",
    );
    let shown = |sandbox: &Sandbox| stretches(&report(sandbox, &["F2026-0001"]))[0].0.clone();
    assert_eq!(shown(&sandbox), "1000.00");
    // Once resolved it was owed all along; before it was disputed nobody knew.
    event(
        &sandbox,
        "d,2026-07-15,dispute,acme,F2026-0001,,,200,EUR,,,,,,,\nr,2026-08-15,resolved,acme,F2026-0001,,,,,,,,,,,\n",
    );
    assert_eq!(shown(&sandbox), "1200.00");
    let before = report(&sandbox, &["F2026-0001", "--to", "2026-07-14"]);
    assert_eq!(stretches(&before)[0].0, "1200.00");
}

#[test]
fn interest_rests_or_is_given_up_while_a_plan_is_kept() {
    let plan = |interest: &str| {
        let sandbox = ledger();
        sandbox.write(
            "plans/P2026-0001.toml",
            format!(
                "documents = [\"F2026-0001\"]\nagreed = 2026-06-10\ninterest = \"{interest}\"\n\
                 [[instalment]]\ndue = 2026-07-10\namount = 600\n[[instalment]]\ndue = 2026-08-10\namount = 600\n"
            ),
        );
        sandbox
            .run(&["pay", "F2026-0001", "600", "--date", "2026-07-10"])
            .ok();
        sandbox
    };
    let days = |sandbox: &Sandbox, to: &str| -> i64 {
        stretches(&report(sandbox, &["F2026-0001", "--to", to]))
            .iter()
            .map(|(_, days, _)| days)
            .sum()
    };
    // Kept until 10 August, when the second part is missed.
    assert_eq!(days(&plan("runs"), "2026-08-10"), 71);
    assert_eq!(days(&plan("suspended"), "2026-08-10"), 10);
    assert_eq!(days(&plan("suspended"), "2026-08-31"), 31);
    let waived = plan("waived");
    let kept = report(&waived, &["F2026-0001", "--to", "2026-08-10"]);
    assert_eq!(
        total(&kept, &["interest_left", "fee_left"]),
        ["0.00", "40.00"]
    );
    assert_ne!(total(&kept, &["interest"]), ["0.00"]);
    let broken = report(&waived, &["F2026-0001", "--to", "2026-08-31"]);
    assert_eq!(total(&broken, &["interest_waived"]), ["0.00"]);
}

/// A payment that the bank took back: paid in time and taken back, it is late from the day after on; paid late and taken back, the days
/// between bear nothing. Every report says the same.
#[test]
fn interest_runs_on_what_was_taken_back_from_the_day_after() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-03-01");
    let number = "F2026-0001";
    sandbox.today = day("2026-06-30");
    let lists =
        |sandbox: &Sandbox| ["--all", "--client=acme", number].map(|who| report(sandbox, &[who]));
    sandbox
        .run(&["pay", number, "1200", "--date", "2026-03-30"])
        .ok();
    assert_eq!(
        sandbox.run(&["interest", "--all"]).ok(),
        "Nothing was late.\n"
    );
    let paid = report(&sandbox, &[number]);
    assert_eq!(
        (
            &paid["totals"][0]["days_late"],
            &paid["totals"][0]["late_since"]
        ),
        (&Value::from(0), &Value::Null)
    );
    sandbox
        .run(&["pay", number, "-1200", "--date", "2026-04-20"])
        .ok();
    for found in lists(&sandbox) {
        assert_eq!(stretches(&found), [("1200.00".into(), 71, "12.15".into())]);
        assert_eq!(
            total(&found, &["late_since", "interest", "fee"]),
            ["2026-04-21", "28.36", "40.00"]
        );
        // The age of the claim, as `overdue` says it: the days since the due date.
        assert_eq!(found["totals"][0]["days_late"], 91);
    }
    let overdue: Value = sandbox.run(&["overdue", "--json"]).json();
    assert_eq!(
        (
            &overdue["items"][0]["days_late"],
            &overdue["items"][0]["late"]
        ),
        (&Value::from(91), &Value::from("1200.00"))
    );
    assert_eq!(
        sandbox.run(&["status", "--json"]).json()["overdue"][0]["amount"],
        "1200.00"
    );
    assert!(
        sandbox
            .run(&["statement", "acme"])
            .ok()
            .contains("late interest 28.36 EUR; indemnity 40.00 EUR")
    );
    let explained = sandbox.run(&["show", number, "--explain"]).ok();
    assert!(
        explained.contains("late since 2026-04-21") && explained.contains("× 71 days = 28.361096"),
        "{explained}"
    );
    let message = sandbox
        .run(&["templates", "preview", "formal-notice", "--for", number])
        .ok();
    assert!(
        message.contains("28,36\u{a0}€") || message.contains("28,36 €"),
        "{message}"
    );
    // On the day itself nothing runs yet; a public body's rate is that of the half-year in which it became late.
    assert_eq!(
        total(
            &report(&sandbox, &[number, "--to", "2026-04-20"]),
            &["interest", "fee"]
        ),
        ["0.00", "0.00"]
    );
    assert_eq!(
        total(
            &report(&sandbox, &[number, "--to", "2026-04-21"]),
            &["interest", "fee"]
        ),
        ["0.40", "40.00"]
    );
    // Paid again and taken back again: only the days on which it was open count.
    sandbox
        .run(&["pay", number, "1200", "--date", "2026-04-30"])
        .ok();
    sandbox
        .run(&["pay", number, "-1200", "--date", "2026-05-20"])
        .ok();
    let twice = report(&sandbox, &[number]);
    let shown: Vec<_> = stretches(&twice)
        .into_iter()
        .map(|(_, days, _)| days)
        .collect();
    assert_eq!(
        (shown, total(&twice, &["late_since", "fee"])),
        (vec![10, 41], vec!["2026-04-21", "40.00"])
    );
}

/// CCP R2192-31: the half-year in which it became late decides, be it after that of the due date.
#[test]
fn interest_that_is_fixed_at_its_start_is_fixed_when_the_payment_was_taken_back() {
    let mut sandbox = Sandbox::small();
    let client = sandbox
        .read("clients/acme.toml")
        .replace("kind = \"business\"", "kind = \"public\"");
    sandbox.write("clients/acme.toml", client);
    sandbox.invoice("acme", "1000", "2026-05-01");
    sandbox.today = day("2026-08-31");
    sandbox
        .run(&["pay", "F2026-0001", "1200", "--date", "2026-05-30"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0001", "-1200", "--date", "2026-07-10"])
        .ok();
    assert_eq!(
        stretches(&report(&sandbox, &["F2026-0001"])),
        [("1200.00".into(), 52, "10.4".into())]
    );
}

/// A claim that was paid in time is not acknowledged by a payment that the bank took back.
#[test]
fn interest_and_limitation_agree_on_what_was_taken_back() {
    let mut sandbox = ledger();
    sandbox.today = day("2026-11-22");
    let lapses = |sandbox: &Sandbox| {
        sandbox.run(&["show", "F2026-0001", "--json"]).json()["limitation"].clone()
    };
    assert_eq!(lapses(&sandbox), "2031-05-01");
    sandbox
        .run(&["pay", "F2026-0001", "1000", "--date", "2026-07-01"])
        .ok();
    assert_eq!(lapses(&sandbox), "2031-07-01");
    sandbox
        .run(&["pay", "F2026-0001", "-1000", "--date", "2026-07-09"])
        .ok();
    assert_eq!(lapses(&sandbox), "2031-05-01");
}

/// C. com. L441-10, II: no indemnity where insolvency proceedings forbid payment at the due date. L622-28: the judgment stops interest.
#[test]
fn interest_stops_at_the_judgment_that_opens_insolvency_proceedings() {
    let sandbox = ledger();
    let open = |day: &str| {
        event(
            &sandbox,
            &format!("i,{day},insolvency,acme,,,,,,,,,,,,judgment\n"),
        );
    };
    // Before it fell due: neither interest nor the indemnity.
    open("2026-05-20");
    let found = report(&sandbox, &["F2026-0001"]);
    assert_eq!(
        total(&found, &["interest", "fee", "insolvent_since"]),
        ["0.00", "0.00", "2026-05-20"]
    );
    // Twenty days of delay, the judgment's own included: 1200 × 12.15 % × 20 / 365.
    open("2026-06-20");
    let found = report(&sandbox, &["F2026-0001"]);
    assert_eq!(
        total(&found, &["interest", "fee", "counted_to"]),
        ["7.99", "40.00", "2026-06-20"]
    );
    assert_eq!(
        total(&found, &["stopped_by"]),
        ["C. com. art. L622-28, L631-14 et L641-3"]
    );
    let shown = sandbox.run(&["interest", "F2026-0001"]).ok();
    assert!(
        shown.contains("interest stopped on 2026-06-20") && shown.contains("L622-28"),
        "{shown}"
    );
    let explained = sandbox.run(&["show", "F2026-0001", "--explain"]).ok();
    assert!(
        explained.contains("interest stopped on 2026-06-20") && explained.contains("L622-28"),
        "{explained}"
    );
    assert!(
        sandbox
            .run(&["statement", "acme"])
            .ok()
            .contains("late interest 7.99 EUR; indemnity 40.00 EUR")
    );
    // A message claims no further day; on the judgment's own day neither.
    for today in ["2026-06-20", "2026-08-31"] {
        let preview = [
            "templates",
            "preview",
            "formal-notice",
            "--for",
            "F2026-0001",
            "--today",
            today,
        ];
        let message = sandbox.run(&preview).ok();
        assert!(
            message.contains("7,99") && !message.contains("par jour"),
            "{message}"
        );
    }
    // Before it was known, nothing of it is.
    assert_eq!(
        total(
            &report(&sandbox, &["F2026-0001", "--to", "2026-06-19"]),
            &["interest"]
        ),
        ["7.59"]
    );
    // What was paid before the judgment has nothing to do with it.
    let paid = ledger();
    event(&paid, "i,2026-06-20,insolvency,acme,,,,,,,,,,,,judgment\n");
    paid.run(&["pay", "F2026-0001", "1200", "--date", "2026-06-10"])
        .ok();
    let found = report(&paid, &["F2026-0001"]);
    assert_eq!(
        (
            total(&found, &["interest", "fee"]),
            &found["totals"][0]["stopped_by"]
        ),
        (vec!["3.99", "40.00"], &Value::Null)
    );
    // The judgment after the day asked for changes nothing.
    open("2026-09-01");
    assert_eq!(
        total(&report(&sandbox, &["F2026-0001"]), &["interest"]),
        ["37.26"]
    );
}

/// 1200 EUR due on 2026-03-31, judgment on 2026-06-01: 62 days at 12.15 %.
#[test]
fn interest_of_the_audited_case_stops_after_62_days() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-03-01");
    sandbox.today = day("2026-11-27");
    event(
        &sandbox,
        "i,2026-06-01,insolvency,acme,,,,,,,,,,,,judgment\n",
    );
    let found = report(&sandbox, &["F2026-0001"]);
    assert_eq!(stretches(&found), [("1200.00".into(), 62, "12.15".into())]);
    assert_eq!(total(&found, &["interest", "fee"]), ["24.77", "40.00"]);
}

/// L622-28 stops neither what was supplied after the judgment, nor interest where payment was deferred by a year or more; the rule is that
/// of the client's country.
#[test]
fn interest_goes_on_where_the_law_does_not_stop_it() {
    let draft = |delivered: &str, due: &str| {
        let line = "[[line]]\nitem = \"x\"\nquantity = 1\nprice = 1000\nvat = 20\n";
        format!("client = \"acme\"\ndelivered = {delivered}\ndue = {due}\n{line}")
    };
    let claim = |delivered: &str, due: &str| {
        let mut sandbox = Sandbox::small();
        sandbox.write("drafts/d.toml", draft(delivered, due));
        sandbox.today = day("2026-05-01");
        sandbox.run(&["issue", "d", "--date", "2026-05-01"]).ok();
        sandbox.today = day("2026-08-31");
        event(
            &sandbox,
            "i,2026-04-15,insolvency,acme,,,,,,,,,,,,judgment\n",
        );
        report(&sandbox, &["F2026-0001"])
    };
    // Invoiced after the judgment, supplied before it: it belongs to the proceedings.
    assert_eq!(
        total(&claim("2026-04-14", "2026-05-31"), &["interest", "fee"]),
        ["0.00", "0.00"]
    );
    // Supplied on its day or later: interest as ever.
    let after = claim("2026-04-15", "2026-05-31");
    assert_eq!(total(&after, &["interest", "fee"]), ["37.26", "40.00"]);
    assert_eq!(after["totals"][0]["insolvent_since"], Value::Null);
    // A plan over a year or more.
    let sandbox = ledger();
    sandbox.write(
        "plans/P2026-0001.toml",
        "documents = [\"F2026-0001\"]\nagreed = 2026-06-10\n[[instalment]]\ndue = 2026-07-10\namount = 600\n\
         [[instalment]]\ndue = 2027-06-10\namount = 600\n",
    );
    event(
        &sandbox,
        "i,2026-06-20,insolvency,acme,,,,,,,,,,,,judgment\n",
    );
    let deferred = report(&sandbox, &["F2026-0001"]);
    assert_eq!(
        total(&deferred, &["interest", "insolvent_since"]),
        ["37.26", "2026-06-20"]
    );
    assert_eq!(deferred["totals"][0]["stopped_by"], Value::Null);
    assert!(
        sandbox
            .run(&["interest", "--all"])
            .ok()
            .contains("deferred by a year or more")
    );
    let plan = sandbox
        .read("plans/P2026-0001.toml")
        .replace("2027-06-10", "2027-06-09");
    sandbox.write("plans/P2026-0001.toml", plan);
    assert_eq!(
        total(&report(&sandbox, &["F2026-0001"]), &["interest"]),
        ["7.99"]
    );
    // A client elsewhere: what its law makes of interest is not known, and that is said.
    let mut abroad = Sandbox::small();
    let client = abroad
        .read("clients/acme.toml")
        .replace("country = \"FR\"", "country = \"BE\"");
    abroad.write(
        "clients/acme.toml",
        client
            .replace("vat = \"FR", "#vat = \"FR")
            .replace("\nid = ", "\n#id = "),
    );
    abroad.invoice("acme", "1000", "2026-05-01");
    abroad.today = day("2026-08-31");
    event(
        &abroad,
        "i,2026-06-20,insolvency,acme,,,,,,,,,,,,judgment\n",
    );
    let found = abroad.run(&["interest", "--all"]).ok();
    assert!(
        found.contains("37.26 EUR interest") && found.contains("not known for BE"),
        "{found}"
    );
}

/// A half-year whose rate is not known: interest is counted up to the last day that is, and that is said; a payment that pays interest first
/// is refused, as nobody could say what it pays.
#[test]
fn interest_is_counted_to_the_last_day_whose_rate_is_known() {
    let mut sandbox = ledger();
    let output = sandbox.run(&["interest", "F2026-0001", "--to", "2027-02-01"]);
    assert!(
        output.err.contains("warning[LAW-UNKNOWN]") && output.err.contains("--from 2027-01-01"),
        "{}",
        output.err
    );
    assert!(
        output.out.contains("interest is counted up to 2026-12-31"),
        "{}",
        output.out
    );
    assert_eq!(output.code, 0);
    let to = |day: &str| report(&sandbox, &["F2026-0001", "--to", day]);
    let (known, further) = (to("2026-12-31"), to("2027-02-01"));
    let keys = ["interest", "fee", "counted_to"];
    assert_eq!(total(&known, &keys), total(&further, &keys));
    assert_eq!(
        total(&further, &["counted_to", "to"]),
        ["2026-12-31", "2027-02-01"]
    );
    sandbox.today = day("2027-01-02");
    let law = "[[law]]\nkind = \"ecb-refi\"\nfrom = 2027-01-01\npercent = 2.65\nsource = \"https://www.ecb.europa.eu/\"\n";
    // In acquit.toml as in laws/.
    let settings = sandbox.read("acquit.toml");
    for (path, text) in [
        ("acquit.toml", format!("{settings}\n{law}")),
        ("laws/rates.toml", law.to_owned()),
    ] {
        sandbox.write("acquit.toml", settings.clone());
        sandbox.write(path, text);
        let found = report(&sandbox, &["F2026-0001"]);
        let last = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .rfind(|item| item["kind"] == "interest")
            .unwrap();
        assert_eq!(
            (last["rate"].as_str(), last["days"].as_i64()),
            (Some("12.65"), Some(2)),
            "{path}"
        );
        assert_eq!(last["source"], "https://www.ecb.europa.eu/");
    }
}

/// What cron runs on the first days of a half-year goes on: recurring documents are drafted and issued.
#[test]
fn interest_that_nobody_knows_stops_no_recurring_document() {
    let mut sandbox = Sandbox::small();
    sandbox.write(
        "recurring/host.toml",
        "every = \"month\"\nfrom = 2027-01-01\nclient = \"acme\"\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 10\nvat = 20\n",
    );
    sandbox.today = day("2027-02-01");
    let issued = sandbox.run(&["recurring", "run", "--issue"]);
    assert_eq!(issued.code, 0, "{}", issued.err);
    // Both documents miss the same rate: it is said once.
    assert_eq!(
        issued.err.matches("LAW-UNKNOWN").count(),
        1,
        "{}",
        issued.err
    );
    for number in ["F2027-0001", "F2027-0002"] {
        assert!(
            sandbox
                .read(&format!("invoices/2027/{number}.toml"))
                .contains("au 1er janvier 2027 majoré de 10 points")
        );
    }
    assert_eq!(sandbox.run(&["check"]).code, 0);
    // An agreed rate needs none, and nothing is missing.
    let settings = sandbox
        .read("acquit.toml")
        .replace("[terms]\n", "[terms]\nlate_interest = 12\n");
    sandbox.write("acquit.toml", settings);
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}

/// Not knowing a rate stops no document: it states how the rate is worked out, and nothing that comes later changes it.
#[test]
fn interest_of_a_document_without_a_rate_is_stated_as_a_rule() {
    for (country, language, rule) in [
        (
            "FR",
            "fr",
            "taux de refinancement de la BCE au 1er janvier 2027 majoré de 10 points",
        ),
        (
            "DE",
            "de",
            "Basiszinssatzes am 1. Januar 2027 zuzüglich 9 Prozentpunkte",
        ),
        (
            "GB",
            "en",
            "Bank of England base rate as at 31 December 2026 plus 8 points",
        ),
        (
            "ES",
            "es",
            "refinanciación del BCE a 1 de enero de 2027 más 8 puntos",
        ),
    ] {
        let mut sandbox = if country == "FR" {
            Sandbox::small()
        } else {
            seller(country, "EUR", "1000", "")
        };
        let client = sandbox.read("clients/acme.toml");
        sandbox.write(
            "clients/acme.toml",
            format!("language = \"{language}\"\n{client}"),
        );
        sandbox.today = day("2027-01-02");
        let vat = if country == "FR" { "20" } else { "zero" };
        sandbox
            .run(&[
                "new", "acme", "Work", "1", "1000", "--vat", vat, "--name", "d",
            ])
            .ok();
        let issued = sandbox.run(&["issue", "d"]);
        assert!(
            issued.err.contains("warning[LAW-UNKNOWN]"),
            "{}",
            issued.err
        );
        assert_eq!(issued.code, 0, "{}", issued.err);
        let document = sandbox.read("invoices/2027/F2027-0001.toml");
        assert!(document.contains(rule), "{country}: {document}");
        assert!(
            !document.contains("late_rate") && document.contains("recovery_fee = "),
            "{document}"
        );
        // The rate is known later: the document and its page stay, interest is counted with it.
        sandbox
            .run(&["render", "F2027-0001", "-o", "out/before.pdf"])
            .ok();
        let series = match country {
            "DE" => "de-basiszins",
            "GB" => "uk-boe",
            _ => "ecb-refi",
        };
        let add = [
            "law",
            "add",
            "--kind",
            series,
            "--from",
            "2027-01-01",
            "--percent",
            "2.5",
            "--source",
            "x",
        ];
        sandbox.run(&add).ok();
        sandbox
            .run(&["render", "F2027-0001", "-o", "out/after.pdf"])
            .ok();
        let page = |name: &str| std::fs::read(sandbox.path().join("out").join(name)).unwrap();
        assert!(page("before.pdf") == page("after.pdf"), "{country}");
        assert_eq!(sandbox.read("invoices/2027/F2027-0001.toml"), document);
        let found = report(&sandbox, &["F2027-0001", "--to", "2027-03-31"]);
        assert_eq!(stretches(&found).len(), 1, "{country}: {found}");
    }
}

/// What is dated after a day changes nothing of what is claimed as of that day.
#[test]
fn interest_as_of_a_day_is_unchanged_by_what_comes_after() {
    let mut sandbox = ledger();
    sandbox.today = day("2026-07-20");
    let before = sandbox.run(&["interest", "--all", "--json"]).ok();
    sandbox.today = day("2026-08-31");
    sandbox
        .run(&["pay", "F2026-0001", "500", "--date", "2026-07-21"])
        .ok();
    event(
        &sandbox,
        "d,2026-07-25,dispute,acme,F2026-0001,,,,,,,,,,,\nw,2026-07-26,waived,acme,F2026-0001,,,,,,,,,,,\n",
    );
    sandbox.today = day("2026-07-20");
    assert_eq!(sandbox.run(&["interest", "--all", "--json"]).ok(), before);
}

/// A ledger of a seller in a country with one invoice of a business there, issued on 2026-07-01 and due on 2026-07-31.
fn seller(country: &str, currency: &str, price: &str, terms: &str) -> Sandbox {
    let mut sandbox = Sandbox::empty();
    sandbox.write(
        "acquit.toml",
        format!(
            "format = 1\nid = \"test\"\ncurrency = \"{currency}\"\nlanguage = \"en\"\n\
             [seller]\nname = \"Sam Reed\"\nform = \"other\"\nid = \"X 1\"\nvat = \"{country}136695976\"\n\
             [seller.address]\nstreet = \"1 High Street\"\npostcode = \"10969\"\ncity = \"Town\"\ncountry = \"{country}\"\n\
             [terms]\ndue = \"30d\"\n{terms}\n[[pay]]\nid = \"cash\"\nkind = \"cash\"\n"
        ),
    );
    sandbox.write(
        "clients/acme.toml",
        format!(
            "name = \"Acme\"\nkind = \"business\"\n[address]\nstreet = \"2 Low Street\"\npostcode = \"1\"\n\
             city = \"Town\"\ncountry = \"{country}\"\n"
        ),
    );
    sandbox.today = day("2026-07-01");
    sandbox.write(
        "drafts/a.toml",
        format!("client = \"acme\"\n[[line]]\nitem = \"Work\"\nquantity = 1\nprice = {price}\nvat = \"zero\"\n"),
    );
    sandbox.run(&["issue", "a", "--date", "2026-07-01"]).ok();
    sandbox.today = day("2026-08-30");
    sandbox
}

/// A seller elsewhere: the law of the frozen document's seller decides, with its own currency and indemnity by the debt.
#[test]
fn interest_is_that_of_the_sellers_country() {
    let british = seller("GB", "GBP", "5000", "");
    let found = report(&british, &["F2026-0001"]);
    assert_eq!(stretches(&found), [("5000.00".into(), 30, "11.75".into())]);
    assert_eq!(
        total(&found, &["interest", "fee", "fee_currency"]),
        ["48.29", "70.00", "GBP"]
    );
    // The document says what the law gives.
    let shown = british.run(&["show", "F2026-0001", "--json"]).ok();
    assert!(
        shown
            .contains("11.75% a year (Bank of England base rate as at 30 June 2026 plus 8 points)"),
        "{shown}"
    );
    // Paid in part before it was late: the indemnity goes by what became late.
    british
        .run(&["pay", "F2026-0001", "4500", "--date", "2026-07-20"])
        .ok();
    assert_eq!(
        total(&report(&british, &["F2026-0001"]), &["fee"]),
        ["40.00"]
    );
    let german = report(&seller("DE", "EUR", "1000", ""), &["F2026-0001"]);
    assert_eq!(stretches(&german), [("1000.00".into(), 30, "10.52".into())]);
    let agreed = report(
        &seller("DE", "EUR", "1000", "late_interest = 15\nrecovery_fee = 45"),
        &["F2026-0001"],
    );
    assert_eq!(total(&agreed, &["interest", "fee"]), ["12.33", "45.00"]);
    assert_eq!(agreed["items"][0]["basis"], "agreed");
    let american = report(&seller("US", "USD", "1000", ""), &["F2026-0001"]);
    assert_eq!(
        total(&american, &["interest", "fee", "none_because"]),
        ["0.00", "0.00", "no-law"]
    );
}
