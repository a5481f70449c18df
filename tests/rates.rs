//! Rates of the years before 2023: a claim that no court refuses yet can be entered and worked out.

use serde_json::Value;

use crate::harness::{Sandbox, day};

/// A ledger of a seller in a country with one document of 1200 to a client of a kind, issued on 2022-03-01 and due on 2022-03-31.
fn claim(country: &str, currency: &str, kind: &str, issued: &str) -> Sandbox {
    let mut sandbox = Sandbox::empty();
    let id = if country == "FR" { "732829320" } else { "X 1" };
    let client = if kind == "consumer" {
        ""
    } else {
        "id = \"404833048\"\n"
    };
    sandbox.write(
        "acquit.toml",
        format!(
            "format = 1\nid = \"test\"\ncurrency = \"{currency}\"\nlanguage = \"en\"\n\
             [seller]\nname = \"Sam Reed EI\"\nform = \"other\"\nid = \"{id}\"\nvat = \"{}\"\n\
             [seller.address]\nstreet = \"1 High Street\"\npostcode = \"69001\"\ncity = \"Town\"\ncountry = \"{country}\"\n\
             [terms]\ndue = \"30d\"\n[[pay]]\nid = \"cash\"\nkind = \"cash\"\n",
            if country == "FR" { "FR44732829320" } else { "DE136695976" }
        ),
    );
    sandbox.write(
        "clients/acme.toml",
        format!(
            "name = \"Acme\"\nkind = \"{kind}\"\n{client}[address]\nstreet = \"2 Low Street\"\npostcode = \"69001\"\n\
             city = \"Town\"\ncountry = \"{country}\"\n"
        ),
    );
    let (price, vat) = if country == "FR" {
        ("1000", "20")
    } else {
        ("1200", "\"zero\"")
    };
    sandbox.write(
        "drafts/a.toml",
        format!("client = \"acme\"\n[[line]]\nitem = \"Work\"\nquantity = 1\nprice = {price}\nvat = {vat}\n"),
    );
    sandbox.today = day(issued);
    sandbox.run(&["issue", "a", "--date", issued]).ok();
    sandbox.today = day("2026-11-27");
    sandbox
}

fn interest(sandbox: &Sandbox, number: &str) -> Value {
    sandbox.run(&["interest", "--json", number]).json()
}

/// The rates of a report's stretches, each with the days at it, neighbours of one rate as one.
fn rates(report: &Value) -> Vec<(String, i64)> {
    let mut found: Vec<(String, i64)> = Vec::new();
    for item in report["items"].as_array().unwrap() {
        if item["kind"] != "interest" {
            continue;
        }
        let (rate, days) = (
            item["rate"].as_str().unwrap().to_owned(),
            item["days"].as_i64().unwrap(),
        );
        match found.last_mut() {
            Some(last) if last.0 == rate => last.1 += days,
            _ => found.push((rate, days)),
        }
    }
    found
}

/// C. com. art. L441-10, II: ten half-years, of which the two of 2022 are at the 0.00 of the European Central Bank.
#[test]
fn rates_of_a_french_claim_of_2022_are_known() {
    let sandbox = claim("FR", "EUR", "business", "2022-03-01");
    let report = interest(&sandbox, "F2022-0001");
    assert_eq!(report["totals"][0]["interest"], "707.65");
    assert_eq!(report["totals"][0]["fee"], "40.00");
    assert_eq!(
        rates(&report)[..2],
        [("10".into(), 275), ("12.5".into(), 181)]
    );
    let document = sandbox.read("invoices/2022/F2022-0001.toml");
    assert!(document.contains("late_rate = 10\n"), "{document}");
}

/// BGB § 288(2): nine points over a base rate that was below zero.
#[test]
fn rates_below_zero_lower_the_rate_of_a_german_claim() {
    let sandbox = claim("DE", "EUR", "business", "2022-03-01");
    let report = interest(&sandbox, "F2022-0001");
    assert_eq!(report["totals"][0]["interest"], "602.45");
    assert_eq!(
        rates(&report)[..2],
        [("8.12".into(), 275), ("10.62".into(), 181)]
    );
    let listed = sandbox.run(&["law", "list"]).ok();
    let one = listed
        .lines()
        .find(|line| line.contains("de-basiszins") && line.contains("2016-01-01"));
    assert!(one.is_some_and(|line| line.contains("-0.83 %")), "{listed}");
}

/// SI 2002/1675: the rate of the day on which the delay begins, for all of it.
#[test]
fn rates_of_a_british_claim_stay_that_of_its_beginning() {
    let sandbox = claim("GB", "GBP", "business", "2022-03-01");
    let report = interest(&sandbox, "F2022-0001");
    assert_eq!(report["totals"][0]["interest"], "461.64");
    assert_eq!(rates(&report), [("8.25".into(), 1702)]);
}

/// CMF art. L313-2: a consumer owes the legal rate, here the 0.88 and 0.86 whose misprints stand in tables on the web.
#[test]
fn rates_of_a_consumer_of_2018_are_those_of_the_orders() {
    let sandbox = claim("FR", "EUR", "consumer", "2018-03-01");
    let notice = "n,2018-06-30,letter,acme,F2018-0001,formal,letter\n";
    sandbox.write(
        "events/2018.csv",
        format!("id,date,kind,client,document,step,channel\n{notice}"),
    );
    let report: Value = sandbox
        .run(&["interest", "--json", "F2018-0001", "--to", "2019-12-31"])
        .json();
    // 1200 × (0.88 % × 184 + 0.86 % × 181 + 0.87 % × 184) / 365
    assert_eq!(
        rates(&report),
        [
            ("0.88".into(), 184),
            ("0.86".into(), 181),
            ("0.87".into(), 184)
        ]
    );
    assert_eq!(report["totals"][0]["interest"], "15.70");
}
