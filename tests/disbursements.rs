//! Sums paid in a client's name: on one document with what is under franchise, no turnover, and to the cent through credit notes and quotes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::harness::Sandbox;

/// A seller under franchise; `standard`: one that charges VAT.
pub(crate) fn seller(regime: &str) -> Sandbox {
    let sandbox = Sandbox::small();
    if regime == "franchise" {
        let settings = sandbox.read("acquit.toml");
        let settings =
            settings.replace("vat = \"FR44732829320\"\n", "vat_regime = \"franchise\"\n");
        sandbox.write("acquit.toml", settings);
    }
    sandbox
}

const BOTH: &str = r#"client = "acme"

[[line]]
item = "Déplacement et conseil"
quantity = 1
price = 500

[[line]]
item = "Billet de train, payé pour vous"
quantity = 1
price = 34.50
vat = "disbursement"
"#;

fn issue(sandbox: &Sandbox, name: &str, draft: &str) {
    sandbox.write(&format!("drafts/{name}.toml"), draft);
    sandbox.run(&["issue", name]).ok();
}

/// The breakdown of the row of a number.
fn breakdown(sandbox: &Sandbox, number: &str) -> String {
    let register = sandbox.read("register/2026.csv");
    let row = register
        .lines()
        .find(|row| row.starts_with(number))
        .unwrap();
    row.split(',').nth(14).unwrap().to_owned()
}

/// The sums of all breakdowns by operation, category and rate.
fn sums(sandbox: &Sandbox) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for row in sandbox.read("register/2026.csv").lines().skip(1) {
        for part in row.split(',').nth(14).unwrap().split(';') {
            let fields: Vec<&str> = part.split(':').collect();
            let base = Decimal::from_str_exact(fields[3]).unwrap();
            *sums.entry(fields[..3].join(":")).or_default() += base;
        }
    }
    sums
}

/// AUDIT B2: the everyday case of a seller under franchise. One text gives both reasons (BT-120), and no code (BT-121).
#[test]
fn franchise_and_disbursements_stand_on_one_document() {
    let sandbox = seller("franchise");
    issue(&sandbox, "x", BOTH);
    let document = sandbox.read("invoices/2026/F2026-0001.toml");
    let group = "[[vat]]\ncategory = \"E\"\nrate = 0\nbase = 534.50\nvat = 0.00\nreason = \"TVA non applicable, art. 293 B du CGI ; Débours – art. 267, II-2° du CGI\"\n";
    assert!(document.contains(group), "{document}");
    assert!(
        document.contains("operation = \"disbursement\""),
        "{document}"
    );
    assert_eq!(
        breakdown(&sandbox, "F2026-0001"),
        "services:E:0:500.00:0.00;disbursement:E:0:34.50:0.00"
    );
    assert_eq!(sandbox.run(&["check"]).ok(), "");
    for syntax in ["cii", "ubl"] {
        let xml = sandbox.run(&["export", syntax, "F2026-0001"]).ok();
        assert!(xml.contains("art. 293 B du CGI ; Débours"), "{xml}");
        assert!(!xml.contains("VATEX"), "{xml}");
    }
    // What was paid for the client is told apart on the page, which has no column of rates.
    sandbox.run(&["render", "F2026-0001", "-o", "x.pdf"]).ok();
    let pdf = std::fs::read(sandbox.path().join("x.pdf")).unwrap();
    let text = crate::pages::text_of(&pdf);
    assert!(text.contains("payépourvousDébours1"), "{text}");
}

/// Two exemptions are no such case: each has its own document.
#[test]
fn another_exemption_still_has_its_own_document() {
    let sandbox = seller("standard");
    let draft = BOTH.replace(
        "price = 500",
        "price = 500\nvat = \"exempt\"\nvat_reason = \"VATEX-FR-CGI261-4\"",
    );
    sandbox.write("drafts/x.toml", &draft);
    assert!(
        sandbox
            .run(&["issue", "x"])
            .refused()
            .contains("LAW-VAT-MIX")
    );
    // Beside lines that charge VAT the code stands as before.
    issue(
        &sandbox,
        "y",
        &BOTH.replace("price = 500", "price = 500\nvat = 20"),
    );
    assert_eq!(
        breakdown(&sandbox, "F2026-0001"),
        "services:S:20:500.00:100.00;disbursement:E:0:34.50:0.00"
    );
    let document = sandbox.read("invoices/2026/F2026-0001.toml");
    assert!(document.contains("code = \"VATEX-EU-79-C\""), "{document}");
    // A line is a disbursement by its VAT: no draft says it as an operation.
    sandbox.write(
        "drafts/z.toml",
        BOTH.replace(
            "price = 500",
            "price = 500\noperation = \"disbursement\"\nvat = 20",
        ),
    );
    assert!(
        sandbox
            .run(&["issue", "z"])
            .refused()
            .contains("VALUE-CHOICE")
    );
}

/// Disbursements are passed on at exactly what they cost (CGI art. 267, II-2°): a discount on the whole is one on what the seller supplies.
#[test]
fn discounts_fall_on_what_the_seller_supplies() {
    for (regime, vat, rate) in [
        ("franchise", "", "E:0:450.00:0.00"),
        ("standard", "vat = 20", "S:20:450.00:90.00"),
    ] {
        let sandbox = seller(regime);
        let draft = BOTH.replace("price = 500", &format!("price = 500\n{vat}"));
        issue(
            &sandbox,
            "x",
            &format!("{draft}\n[[discount]]\npercent = 10\n"),
        );
        assert_eq!(
            breakdown(&sandbox, "F2026-0001"),
            format!("services:{rate};disbursement:E:0:34.50:0.00")
        );
        assert_eq!(sandbox.run(&["check"]).ok(), "");
    }
    // Where there is nothing else it falls on them.
    let sandbox = seller("franchise");
    let alone = BOTH.replace("price = 500", "price = 500\nvat = \"disbursement\"");
    issue(
        &sandbox,
        "x",
        &format!("{alone}\n[[discount]]\namount = 4.50\n"),
    );
    assert_eq!(
        breakdown(&sandbox, "F2026-0001"),
        "disbursement:E:0:530.00:0.00"
    );
}

/// Exports post them to an account that is no turnover.
#[test]
fn disbursements_are_no_turnover() {
    let sandbox = seller("franchise");
    issue(&sandbox, "x", BOTH);
    let journal = sandbox.run(&["export", "hledger"]).ok();
    let posted = |account: &str| {
        let line = journal
            .lines()
            .find(|line| line.trim().starts_with(account));
        line.and_then(|line| line.split_whitespace().rev().nth(1).map(str::to_owned))
    };
    assert_eq!(
        posted("income:services").as_deref(),
        Some("-500.00"),
        "{journal}"
    );
    assert_eq!(
        posted("assets:disbursements").as_deref(),
        Some("-34.50"),
        "{journal}"
    );
    let settings = sandbox.read("acquit.toml");
    sandbox.write(
        "acquit.toml",
        format!("{settings}\n[accounts]\ndisbursements = \"assets:467 clients\"\n"),
    );
    assert!(sandbox.run(&["export", "beancount"]).ok().contains("467"));
}

/// In parts, by lines, the rest, a corrective: nothing is left of any operation.
#[test]
fn what_is_credited_leaves_nothing_of_either() {
    let whole: &[&[&str]] = &[&[]];
    let parts: &[&[&str]] = &[&["--amount", "100.01"], &["--amount", "33.33"], &[]];
    let lines: &[&[&str]] = &[&["--line", "2"], &["--line", "1"]];
    for steps in [whole, parts, lines] {
        let sandbox = seller("franchise");
        issue(&sandbox, "x", BOTH);
        for step in steps {
            let arguments = [&["credit", "F2026-0001"], *step].concat();
            let said = sandbox.run(&arguments).both;
            let name = said
                .split("acquit issue ")
                .nth(1)
                .unwrap()
                .split('`')
                .next()
                .unwrap()
                .to_owned();
            sandbox.run(&["issue", &name]).ok();
        }
        assert!(
            sums(&sandbox).values().all(Decimal::is_zero),
            "{:?}",
            sums(&sandbox)
        );
        assert_eq!(sums(&sandbox).len(), 2, "{:?}", sums(&sandbox));
        assert_eq!(sandbox.run(&["check"]).ok(), "");
    }
    let sandbox = seller("franchise");
    issue(&sandbox, "x", BOTH);
    sandbox.run(&["credit", "F2026-0001", "--replace"]).ok();
    let draft = sandbox
        .read("drafts/corrective-F2026-0001.toml")
        .replace("34.5", "40");
    issue(&sandbox, "corrective-F2026-0001", &draft);
    assert_eq!(
        breakdown(&sandbox, "F2026-0002"),
        "disbursement:E:0:5.50:0.00"
    );
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}

/// A deposit and the final of a quote come to the quote, operation by operation.
#[test]
fn parts_of_a_quote_keep_them_apart() {
    let sandbox = seller("franchise");
    issue(
        &sandbox,
        "q",
        &BOTH.replace("client = \"acme\"", "client = \"acme\"\ntype = \"quote\""),
    );
    sandbox.run(&["quote", "accept", "D2026-0001"]).ok();
    sandbox
        .run(&[
            "quote",
            "invoice",
            "D2026-0001",
            "--deposit",
            "30%",
            "--name",
            "d",
        ])
        .ok();
    sandbox.run(&["issue", "d"]).ok();
    sandbox.run(&["pay", "F2026-0001", "160.35", "--yes"]).ok();
    sandbox
        .run(&["quote", "invoice", "D2026-0001", "--final", "--name", "f"])
        .ok();
    sandbox.run(&["issue", "f"]).ok();
    let found = sums(&sandbox);
    assert_eq!(found["services:E:0"], Decimal::new(50000, 2), "{found:?}");
    assert_eq!(
        found["disbursement:E:0"],
        Decimal::new(3450, 2),
        "{found:?}"
    );
    assert_eq!(sandbox.run(&["check"]).ok(), "");
}

/// A row from before the word was there says `services`: its document tells what it is, and what credits it stays with its word.
#[test]
fn rows_from_before_are_looked_up_in_their_documents() {
    let sandbox = seller("franchise");
    let alone = BOTH.replace("price = 500", "price = 500\nvat = \"disbursement\"");
    issue(&sandbox, "x", &alone);
    let path = "invoices/2026/F2026-0001.toml";
    let document = sandbox
        .read(path)
        .replace("\"disbursement\"", "\"services\"");
    sandbox.write(path, &document);
    let hex = |text: &str| -> String {
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    // As the program of that time would have sealed it.
    let register = sandbox.read("register/2026.csv");
    let (head, row) = register.trim_end().split_once('\n').unwrap();
    let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
    fields[14] = fields[14].replace("disbursement", "services");
    let at = fields.len() - 2;
    fields[at] = hex(&document);
    let sealed = [&[hex("test-ledger")], &fields[..=at]].concat().join("\n");
    fields[at + 1] = hex(&sealed);
    sandbox.write(
        "register/2026.csv",
        format!("{head}\n{}\n", fields.join(",")),
    );
    assert_eq!(sandbox.run(&["check"]).ok(), "");
    let journal = || sandbox.run(&["export", "hledger"]).ok();
    assert!(journal().contains("assets:disbursements"), "{}", journal());
    assert!(!journal().contains("income:"), "{}", journal());
    sandbox
        .run(&["credit", "F2026-0001", "--amount", "100"])
        .ok();
    sandbox.run(&["issue", "credit-F2026-0001"]).ok();
    assert_eq!(
        breakdown(&sandbox, "A2026-0001"),
        "services:E:0:-100.00:0.00"
    );
    assert!(!journal().contains("income:"), "{}", journal());
    sandbox.run(&["credit", "F2026-0001", "--replace"]).ok();
    assert_eq!(sandbox.run(&["check"]).code, 0);
}
