//! Late interest and indemnity over small ledgers: what runs, what rests, what is given up.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::harness::{Sandbox, day};

const EVENTS: &str =
    "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";

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
    keys.iter().map(|key| report["totals"][0][*key].as_str().unwrap()).collect()
}

fn stretches(report: &Value) -> Vec<(String, i64, String)> {
    let items = report["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "interest");
    let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    items.map(|item| (text(item, "principal"), item["days"].as_i64().unwrap(), text(item, "rate"))).collect()
}

fn event(sandbox: &Sandbox, rows: &str) {
    sandbox.write("events/2026.csv", format!("{EVENTS}{rows}"));
}

#[test]
fn interest_the_vector_of_the_law_holds() {
    let sandbox = ledger();
    let report = report(&sandbox, &["F2026-0001"]);
    assert_eq!(report["schema"], "acquit/interest/1");
    let expected = [("1200.00".into(), 30, "12.15".into()), ("1200.00".into(), 62, "12.4".into())];
    assert_eq!(stretches(&report), expected);
    assert_eq!(report["items"][0]["amount"], "11.983562");
    assert_eq!(report["items"][0]["series"], "ecb-refi");
    assert_eq!(report["items"][0]["half_year"], "2026-01-01");
    assert_eq!(total(&report, &["interest", "interest_left", "fee", "fee_left"]), ["37.26", "37.26", "40.00", "40.00"]);
    // The rows sum to what is left.
    let items = report["items"].as_array().unwrap();
    let sum: Decimal = items.iter().map(|item| item["amount"].as_str().unwrap().parse::<Decimal>().unwrap()).sum();
    assert_eq!(sum, "77.26".parse().unwrap());
}

#[test]
fn interest_is_zero_until_due_and_for_consumers() {
    let sandbox = ledger();
    for to in ["2026-05-01", "2026-05-31"] {
        let report = report(&sandbox, &["F2026-0001", "--to", to]);
        assert_eq!(total(&report, &["interest", "fee"]), ["0.00", "0.00"], "{to}");
    }
    let first = report(&sandbox, &["F2026-0001", "--to", "2026-06-01"]);
    assert_eq!(total(&first, &["interest", "fee"]), ["0.40", "40.00"]);
    let mut sandbox = ledger();
    sandbox.today = day("2026-05-01");
    let number = sandbox.invoice("zoe", "1000", "2026-05-01");
    sandbox.today = day("2026-08-31");
    let report = report(&sandbox, &[&number]);
    assert_eq!(total(&report, &["interest", "fee", "none_because"]), ["0.00", "0.00", "consumer"]);
    assert!(!sandbox.run(&["interest", "--all"]).ok().contains(&number));
}

/// Paid on the due day is in time; paid the day after costs a day and the indemnity, once.
#[test]
fn interest_follows_payments_credit_notes_and_write_offs() {
    let sandbox = ledger();
    sandbox.run(&["pay", "F2026-0001", "200", "--date", "2026-06-10"]).ok();
    event(&sandbox, "w,2026-06-20,write-off,acme,F2026-0001,,,100,EUR,,,,,,,goodwill\n");
    let found = stretches(&report(&sandbox, &["F2026-0001"]));
    let shown: Vec<_> = found.iter().map(|(principal, days, _)| (principal.as_str(), *days)).collect();
    assert_eq!(shown, [("1200.00", 10), ("1000.00", 10), ("900.00", 10), ("900.00", 62)]);
    sandbox.run(&["credit", "F2026-0001"]).ok();
    sandbox.run(&["issue", "credit-F2026-0001", "--date", "2026-07-10"]).ok();
    let found = stretches(&report(&sandbox, &["F2026-0001"]));
    assert_eq!((found.len(), found[3].1), (4, 10));
    // What was never owed bears nothing: the credit note takes back what was paid as well, so all of it.
    let found = report(&sandbox, &["F2026-0001", "--retroactive"]);
    assert_eq!(total(&found, &["interest", "fee"]), ["0.00", "0.00"]);
    let in_time = ledger();
    in_time.run(&["pay", "F2026-0001", "1200", "--date", "2026-05-31"]).ok();
    assert_eq!(in_time.run(&["interest", "--all"]).ok(), "Nothing was late.\n");
    let late = ledger();
    late.run(&["pay", "F2026-0001", "1200", "--date", "2026-06-01"]).ok();
    assert_eq!(total(&report(&late, &["--all"]), &["interest", "fee", "balance"]), ["0.40", "40.00", "0.00"]);
}

#[test]
fn interest_given_up_and_paid_is_no_longer_claimed() {
    let sandbox = ledger();
    event(&sandbox, "w,2026-08-01,waived,acme,F2026-0001,,,,EUR,10.00,,,,,,\n");
    sandbox.write(
        "payments/2026.csv",
        "id,date,client,amount,currency,method,document,part\np,2026-08-02,acme,7.26,EUR,transfer,F2026-0001,interest\n\
         q,2026-08-02,acme,40.00,EUR,transfer,F2026-0001,fee\n",
    );
    let found = report(&sandbox, &["F2026-0001"]);
    let keys = ["interest", "interest_waived", "interest_paid", "interest_left", "fee_paid", "fee_left", "balance"];
    assert_eq!(total(&found, &keys), ["37.26", "10.00", "7.26", "20.00", "40.00", "0.00", "1200.00"]);
    // Without amounts: all of it up to that day; what runs after it is owed.
    event(&sandbox, "w,2026-06-30,waived,acme,F2026-0001,,,,,,,,,,,\n");
    let found = report(&sandbox, &["F2026-0001"]);
    assert_eq!(total(&found, &["interest_waived", "fee_waived"]), ["11.98", "40.00"]);
}

#[test]
fn interest_is_not_claimed_on_what_is_disputed() {
    let sandbox = ledger();
    event(&sandbox, "d,2026-07-15,dispute,acme,F2026-0001,,,200,EUR,,,,,,,\n");
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
        sandbox.run(&["pay", "F2026-0001", "600", "--date", "2026-07-10"]).ok();
        sandbox
    };
    let days = |sandbox: &Sandbox, to: &str| -> i64 {
        stretches(&report(sandbox, &["F2026-0001", "--to", to])).iter().map(|(_, days, _)| days).sum()
    };
    // Kept until 10 August, when the second part is missed.
    assert_eq!(days(&plan("runs"), "2026-08-10"), 71);
    assert_eq!(days(&plan("suspended"), "2026-08-10"), 10);
    assert_eq!(days(&plan("suspended"), "2026-08-31"), 31);
    let waived = plan("waived");
    let kept = report(&waived, &["F2026-0001", "--to", "2026-08-10"]);
    assert_eq!(total(&kept, &["interest_left", "fee_left"]), ["0.00", "40.00"]);
    assert_ne!(total(&kept, &["interest"]), ["0.00"]);
    let broken = report(&waived, &["F2026-0001", "--to", "2026-08-31"]);
    assert_eq!(total(&broken, &["interest_waived"]), ["0.00"]);
}

/// C. com. L441-10, II: no indemnity where insolvency proceedings forbid payment at the due date.
#[test]
fn interest_the_indemnity_is_lost_in_insolvency() {
    let sandbox = ledger();
    event(&sandbox, "i,2026-05-20,insolvency,acme,,,,,,,,,,,,judgment\n");
    let found = report(&sandbox, &["F2026-0001"]);
    assert_eq!(total(&found, &["interest", "fee"]), ["37.26", "0.00"]);
    event(&sandbox, "i,2026-06-20,insolvency,acme,,,,,,,,,,,,judgment\n");
    assert_eq!(total(&report(&sandbox, &["F2026-0001"]), &["fee"]), ["40.00"]);
}

#[test]
fn interest_a_half_year_that_is_not_known_is_an_error_that_says_how_to_add_it() {
    let mut sandbox = ledger();
    let output = sandbox.run(&["interest", "F2026-0001", "--to", "2027-01-01"]);
    assert!(output.err.contains("error[LAW-UNKNOWN]") && output.err.contains("from = 2027-01-01"), "{}", output.err);
    assert_eq!(output.code, 1);
    let settings = sandbox.read("acquit.toml");
    let law =
        "\n[[law]]\nkind = \"ecb-refi\"\nfrom = 2027-01-01\npercent = 2.65\nsource = \"https://www.ecb.europa.eu/\"\n";
    sandbox.write("acquit.toml", settings + law);
    sandbox.today = day("2027-01-02");
    let found = report(&sandbox, &["F2026-0001"]);
    let last = found["items"].as_array().unwrap().iter().rfind(|item| item["kind"] == "interest").unwrap();
    assert_eq!((last["rate"].as_str(), last["days"].as_i64()), (Some("12.65"), Some(2)));
    assert_eq!(last["source"], "https://www.ecb.europa.eu/");
}

/// What is dated after a day changes nothing of what is claimed as of that day.
#[test]
fn interest_as_of_a_day_is_unchanged_by_what_comes_after() {
    let mut sandbox = ledger();
    sandbox.today = day("2026-07-20");
    let before = sandbox.run(&["interest", "--all", "--json"]).ok();
    sandbox.today = day("2026-08-31");
    sandbox.run(&["pay", "F2026-0001", "500", "--date", "2026-07-21"]).ok();
    event(
        &sandbox,
        "d,2026-07-25,dispute,acme,F2026-0001,,,,,,,,,,,\nw,2026-07-26,waived,acme,F2026-0001,,,,,,,,,,,\n",
    );
    sandbox.today = day("2026-07-20");
    assert_eq!(sandbox.run(&["interest", "--all", "--json"]).ok(), before);
}

/// A seller elsewhere: the law of the frozen document's seller decides, with its own currency and indemnity by the debt.
#[test]
fn interest_is_that_of_the_sellers_country() {
    let ledger = |country: &str, currency: &str, price: &str, terms: &str| {
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
    };
    let british = ledger("GB", "GBP", "5000", "");
    let found = report(&british, &["F2026-0001"]);
    assert_eq!(stretches(&found), [("5000.00".into(), 30, "11.75".into())]);
    assert_eq!(total(&found, &["interest", "fee", "fee_currency"]), ["48.29", "70.00", "GBP"]);
    // The document says what the law gives.
    let shown = british.run(&["show", "F2026-0001", "--json"]).ok();
    assert!(shown.contains("11.75% a year (Bank of England base rate as at 1 July 2026 plus 8 points)"), "{shown}");
    // Paid in part before it was late: the indemnity goes by what became late.
    british.run(&["pay", "F2026-0001", "4500", "--date", "2026-07-20"]).ok();
    assert_eq!(total(&report(&british, &["F2026-0001"]), &["fee"]), ["40.00"]);
    let german = report(&ledger("DE", "EUR", "1000", ""), &["F2026-0001"]);
    assert_eq!(stretches(&german), [("1000.00".into(), 30, "10.52".into())]);
    let agreed = report(&ledger("DE", "EUR", "1000", "late_interest = 15\nrecovery_fee = 25"), &["F2026-0001"]);
    assert_eq!(total(&agreed, &["interest", "fee"]), ["12.33", "25.00"]);
    assert_eq!(agreed["items"][0]["basis"], "agreed");
    let american = report(&ledger("US", "USD", "1000", ""), &["F2026-0001"]);
    assert_eq!(total(&american, &["interest", "fee", "none_because"]), ["0.00", "0.00", "no-law"]);
}
