//! Exports to plain-text accounting over small stories: every transaction balances, ids are stable, receivables are those of `list`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::harness::Sandbox;

const PAYMENTS: &str =
    "id,date,client,amount,currency,method,document,part,fee,account,reference,note\n";
const EVENTS: &str = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";

/// One posting: account, amount with currency, document.
type Side = (String, Decimal, String, Option<String>);

/// Reads what `export hledger` writes: transactions with their ids.
fn read(text: &str) -> Vec<(String, Vec<Side>)> {
    let mut list: Vec<(String, Vec<Side>)> = Vec::new();
    for line in text.lines() {
        if let Some(id) = line.strip_prefix("    ; id: ") {
            list.push((id.to_owned(), Vec::new()));
        } else if let Some(posting) = line.strip_prefix("    ") {
            let (posting, document) = posting
                .split_once("  ; inv: ")
                .map_or((posting, None), |(p, d)| (p, Some(d)));
            let (account, amount) = posting.split_once("  ").unwrap();
            let (amount, currency) = amount.split_once(' ').unwrap();
            let side = (
                account.into(),
                amount.parse().unwrap(),
                currency.into(),
                document.map(str::to_owned),
            );
            list.last_mut().unwrap().1.push(side);
        }
    }
    list
}

/// Checks the whole of an export against `list`, on several days, and that each is the beginning of the next.
fn check(sandbox: &Sandbox) -> String {
    let mut before: Vec<(String, Vec<Side>)> = Vec::new();
    let mut text = String::new();
    for today in [
        "2026-01-31",
        "2026-03-05",
        "2026-04-01",
        "2026-05-15",
        "2026-11-22",
    ] {
        text = sandbox.run(&["export", "hledger", "--today", today]).ok();
        let transactions = read(&text);
        assert_eq!(transactions[..before.len()], before, "{today}");
        let mut receivable: BTreeMap<String, Decimal> = BTreeMap::new();
        for (id, sides) in &transactions {
            let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
            for (_, amount, currency, document) in sides {
                *sums.entry(currency).or_default() += *amount;
                if let Some(document) = document {
                    *receivable.entry(document.clone()).or_default() += *amount;
                }
            }
            assert!(
                sums.values().all(Decimal::is_zero),
                "{id} does not balance: {sides:?}"
            );
        }
        receivable.retain(|_, amount| !amount.is_zero());
        let list = sandbox.run(&["list", "--json", "--today", today]).json();
        let balances = list["items"].as_array().unwrap().iter().map(|item| {
            let text = |key: &str| item[key].as_str().unwrap();
            (
                text("number").to_owned(),
                text("balance").parse::<Decimal>().unwrap(),
            )
        });
        assert_eq!(
            receivable,
            balances.filter(|(_, balance)| !balance.is_zero()).collect(),
            "{today}"
        );
        before = transactions;
    }
    text
}

fn sum(text: &str, account: &str) -> Decimal {
    let sides = read(text).into_iter().flat_map(|(_, sides)| sides);
    sides
        .filter(|(name, ..)| name == account)
        .map(|(_, amount, ..)| amount)
        .sum()
}

#[test]
fn journals_payments_fees_credits_and_write_offs() {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-01-10");
    sandbox.invoice("acme", "500", "2026-02-10");
    sandbox.invoice("acme", "250", "2026-03-10");
    sandbox.write(
        "payments/2026.csv",
        format!(
            "{PAYMENTS}\
             one,2026-03-01,acme,1000.00,EUR,transfer,F2026-0001,,,main,REF,\n\
             one,2026-03-01,acme,700.00,EUR,transfer,F2026-0002,,,main,REF,\n\
             one,2026-03-01,acme,50.00,EUR,transfer,,,,main,REF,\n\
             card,2026-03-20,acme,100.00,EUR,link,F2026-0001,,3.50,card,,\n\
             use,2026-04-01,acme,-50.00,EUR,offset,,,,,,\nuse,2026-04-01,acme,50.00,EUR,offset,F2026-0003,,,,,\n\
             late,2026-05-01,acme,12.34,EUR,transfer,F2026-0001,interest,,main,,\n\
             late,2026-05-01,acme,40.00,EUR,transfer,F2026-0003,fee,,main,,\n\
             back,2026-05-02,acme,-100.00,EUR,transfer,F2026-0002,,,main,,\n"
        ),
    );
    sandbox.write(
        "events/2026.csv",
        format!(
            "{EVENTS}w,2026-05-03,write-off,acme,F2026-0001,,,60.00,EUR,,,,,,,bad-debt gone\n\
             d,2026-05-04,discount,acme,F2026-0003,,,5.00,EUR,,,,,,,\nn,2026-05-04,note,acme,F2026-0003,,,5.00,EUR,,,,,,,\n"
        ),
    );
    let text = check(&sandbox);
    for (account, expected) in [
        ("assets:bank:main", "1702.34"),
        ("assets:bank:card", "96.50"),
        ("expenses:fees", "3.50"),
        ("expenses:bad-debt", "60.00"),
        ("expenses:discounts", "5.00"),
        ("income:late-interest", "-12.34"),
        ("income:recovery", "-40.00"),
        ("income:services", "-1750.00"),
        ("liabilities:vat:20", "-350.00"),
        ("liabilities:client-credit:acme", "0"),
    ] {
        assert_eq!(sum(&text, account), expected.parse().unwrap(), "{account}");
    }
    assert_eq!(read(&text).iter().filter(|(id, _)| id == "one").count(), 1);
}

/// A credit note takes off less once more was paid: what moved is moved back, on the day of the payment.
#[test]
fn journals_credit_notes_and_correctives_move_what_they_take() {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-01-10");
    sandbox.run(&["credit", "F2026-0001"]).ok();
    sandbox
        .run(&["issue", "credit-F2026-0001", "--date", "2026-02-01"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0001", "300", "--date", "2026-03-02", "--yes"])
        .ok();
    let text = check(&sandbox);
    let ids: Vec<String> = read(&text)
        .into_iter()
        .map(|(id, _)| id)
        .filter(|id| id.contains(".2026"))
        .collect();
    assert_eq!(ids, ["F2026-0001.2026-02-01", "F2026-0001.2026-03-02"]);

    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-01-10");
    sandbox
        .run(&["pay", "F2026-0001", "300", "--date", "2026-03-02", "--yes"])
        .ok();
    sandbox.write(
        "drafts/right.toml",
        "client = \"acme\"\ntype = \"corrective\"\ncorrects = [\"F2026-0001\"]\n\
         [[line]]\nitem = \"Travail\"\nquantity = 1\nprice = 800\nvat = 20\n",
    );
    sandbox
        .run(&["issue", "right", "--date", "2026-04-01"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0001", "60", "--date", "2026-05-02", "--yes"])
        .ok();
    let text = check(&sandbox);
    assert_eq!(
        (
            sum(&text, "income:services"),
            sum(&text, "liabilities:vat:20")
        ),
        ((-800).into(), (-160).into())
    );
    assert_eq!(sum(&text, "assets:receivable:acme"), 600.into());
}

#[test]
fn journals_a_final_and_its_corrective_add_to_their_deposits() {
    let sandbox = Sandbox::small();
    let line = |price: &str| {
        format!("[[line]]\nitem = \"Travail\"\nquantity = 1\nprice = {price}\nvat = 20\n")
    };
    sandbox.write(
        "drafts/deposit.toml",
        format!("client = \"acme\"\ntype = \"deposit\"\n{}", line("300")),
    );
    sandbox
        .run(&["issue", "deposit", "--date", "2026-01-10"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0001", "360", "--date", "2026-02-01"])
        .ok();
    sandbox.write(
        "drafts/final.toml",
        format!(
            "client = \"acme\"\ntype = \"final\"\ndeposits = [\"F2026-0001\"]\n{}",
            line("1000")
        ),
    );
    sandbox
        .run(&["issue", "final", "--date", "2026-03-03"])
        .ok();
    let text = check(&sandbox);
    assert_eq!(
        (
            sum(&text, "income:services"),
            sum(&text, "liabilities:vat:20")
        ),
        ((-1000).into(), (-200).into())
    );
    assert_eq!(sum(&text, "expenses:rounding"), 0.into());
    // The corrective replaces the final alone: the deposit stands, and stays paid.
    sandbox.run(&["credit", "F2026-0002", "--replace"]).ok();
    sandbox
        .run(&["issue", "corrective-F2026-0002", "--date", "2026-04-01"])
        .ok();
    let text = check(&sandbox);
    assert_eq!(
        (
            sum(&text, "income:services"),
            sum(&text, "liabilities:vat:20")
        ),
        ((-1000).into(), (-200).into())
    );
    assert_eq!(sum(&text, "expenses:rounding"), 0.into());
    assert!(
        text.contains("corrective invoice in the place of F2026-0002\n"),
        "{text}"
    );
}

#[test]
fn journals_texts_of_a_user_break_no_syntax() {
    let sandbox = Sandbox::small();
    let client = sandbox
        .read("clients/acme.toml")
        .replace("Acme SAS", "Acme; \\\"SAS\\\" | \\\\ ; inv:F1");
    sandbox.write("clients/acme.toml", client);
    sandbox.invoice("acme", "1000", "2026-01-10");
    sandbox.write(
        "payments/2026.csv",
        format!("{PAYMENTS}p,2026-03-01,acme,1000.00,EUR,transfer,F2026-0001,,,,\"a;b \"\"c\"\" (d) \\\",\n"),
    );
    let text = check(&sandbox);
    assert!(
        text.contains("(F2026-0001) Acme, \"SAS\" / \\ , inv:F1 | invoice\n"),
        "{text}"
    );
    let text = sandbox.run(&["export", "beancount"]).ok();
    assert!(
        text.contains("2026-01-10 * \"Acme; \\\"SAS\\\" | \\\\ ; inv:F1\" \"invoice\"\n"),
        "{text}"
    );
}

#[test]
fn journals_accounts_are_configurable() {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-01-10");
    let settings = sandbox.read("acquit.toml");
    let accounts = "\n[accounts]\nreceivable = \"assets:411 clients\"\nservices = \"income:706\"\nvat_rates = { \"20\" = \"liabilities:44571 TVA collectée\" }\n";
    sandbox.write("acquit.toml", settings.clone() + accounts);
    let text = sandbox.run(&["export", "hledger"]).ok();
    for line in [
        "    assets:411 clients:acme  1200.00 EUR",
        "    liabilities:44571 TVA collectée  -200.00 EUR",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let text = sandbox.run(&["export", "beancount"]).ok();
    for line in [
        "  Assets:411-clients:Acme  1200.00 EUR",
        "  Liabilities:44571-TVA-collectee  -200.00 EUR",
    ] {
        assert!(text.contains(line), "{text}");
    }
    sandbox.write(
        "acquit.toml",
        settings + "\n[accounts]\nreceivable = \"411\"\n",
    );
    let output = sandbox.run(&["export", "hledger"]).refused();
    assert!(
        output.contains("error[VALUE-TEXT]: `411` is no account"),
        "{output}"
    );
}
