//! What was decided once and no other test holds: docs/decisions names each of these tests.

use std::collections::BTreeMap;

use acquit::view::locale::Locale;
use acquit::view::paper::{Dress, paper};
use acquit::view::pdf::Engine;
use acquit::view::pdf::design;
use acquit::view::standing::Standing;

use crate::harness::{Sandbox, day};
use crate::pages::texts_of;

/// A ledger in French with three issued documents, none of a quote.
fn base() -> Sandbox {
    Sandbox::of("tests/errors/base")
}

/// A draft for acme of one line at 20 %, with keys before and tables after it.
fn draft(keys: &str, price: &str, tables: &str) -> String {
    format!(
        "client = \"acme\"\n{keys}[[line]]\nitem = \"Atelier\"\nquantity = 1\nprice = {price}\nvat = 20\n{tables}"
    )
}

/// Replaces the one place of a file that reads so.
#[track_caller]
fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let text = sandbox.read(path);
    assert!(text.contains(from), "{path}: {text}");
    sandbox.write(path, text.replacen(from, to, 1));
}

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "`{part}` is missing: {text}");
}

#[track_caller]
fn lacks(text: &str, part: &str) {
    assert!(!text.contains(part), "`{part}` is there: {text}");
}

// Figures.

#[test]
fn decisions_a_negative_total_is_refused() {
    let sandbox = base();
    let text = draft("", "10", "").replace("quantity = 1", "quantity = -1");
    sandbox.write("drafts/less.toml", &text);
    let refused = sandbox.run(&["issue", "less"]).refused();
    has(
        &refused,
        "error[AMOUNT-SIGN]: the document's total is negative",
    );
    has(&refused, "acquit credit NUMBER");
    assert!(
        !sandbox
            .path()
            .join("invoices/2026/F2026-0004.toml")
            .exists()
    );
    // Nothing at all is no negative total.
    let line = text.split_once("[[line]]").unwrap().1;
    let even = line.replace("quantity = -1", "quantity = 1");
    sandbox.write("drafts/less.toml", format!("{text}\n[[line]]{even}"));
    sandbox.run(&["issue", "less"]).ok();
}

#[test]
fn decisions_prices_with_vat_have_discounts_with_vat() {
    let sandbox = base();
    let adjustments = "discount = 12\n[[discount]]\namount = 24\n[[charge]]\namount = 6\n";
    sandbox.write(
        "drafts/gross.toml",
        draft("prices = \"gross\"\n", "120", adjustments),
    );
    sandbox.run(&["issue", "gross"]).ok();
    let shown = sandbox.run(&["show", "F2026-0004", "--json"]).json();
    // 120 less 12, less 24, and 6 more, all of them with VAT.
    assert_eq!([&shown["net"], &shown["gross"]], ["75.00", "90.00"]);
}

#[test]
fn decisions_an_early_discount_is_frozen_as_an_amount() {
    let sandbox = base();
    edit(
        &sandbox,
        "acquit.toml",
        "due = \"30d\"",
        "due = \"30d\"\nearly_discount = { percent = 3, days = 10 }",
    );
    sandbox.run(&["issue", "acme-atelier"]).ok();
    let frozen = sandbox.read("invoices/2026/F2026-0004.toml");
    let table = frozen.split("early_discount").nth(1).unwrap();
    // 3 % of 780.
    has(table.lines().next().unwrap(), "23.40");
}

// Issuing.

#[test]
fn decisions_documents_of_one_logo_share_a_copy() {
    let sandbox = base();
    let bytes =
        std::fs::read(crate::harness::project().join("examples/source/atelier/logo.png")).unwrap();
    sandbox.write("logo.png", &bytes);
    sandbox.write("other/same.png", &bytes);
    edit(
        &sandbox,
        "acquit.toml",
        "[seller]\n",
        "[seller]\nlogo = \"logo.png\"\n",
    );
    sandbox.invoice("acme", "10", "2026-11-22");
    edit(
        &sandbox,
        "acquit.toml",
        "\"logo.png\"",
        "\"other/same.png\"",
    );
    sandbox.invoice("acme", "20", "2026-11-22");
    let copies: Vec<String> = std::fs::read_dir(sandbox.path().join("invoices"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("logo-"))
        .collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    let kept = format!("\"invoices/{}\"", copies[0]);
    for number in ["F2026-0004", "F2026-0005"] {
        has(
            &sandbox.read(&format!("invoices/2026/{number}.toml")),
            &kept,
        );
    }
}

#[test]
fn decisions_a_repeated_draft_is_a_warning_under_its_name_alone() {
    let sandbox = base();
    let text = sandbox.read("drafts/acme-atelier.toml");
    sandbox.run(&["issue", "acme-atelier"]).ok();
    sandbox.write("drafts/december.toml", &text);
    let check = sandbox.run(&["check"]);
    assert_eq!((check.code, check.both.as_str()), (0, ""));
    sandbox.write("drafts/acme-atelier.toml", &text);
    let check = sandbox.run(&["check"]);
    assert_eq!(check.code, 0, "{}", check.both);
    assert_eq!(check.both.matches("DRAFT-ISSUED").count(), 1);
    has(&check.both, " --> drafts/acme-atelier.toml");
}

#[test]
fn decisions_a_built_in_design_is_kept_by_name() {
    let sandbox = base();
    edit(
        &sandbox,
        "acquit.toml",
        "[seller]\n",
        "[seller]\ndesign = \"compact\"\n",
    );
    sandbox.run(&["issue", "acme-atelier"]).ok();
    has(
        &sandbox.read("invoices/2026/F2026-0004.toml"),
        "design = \"compact\"\n",
    );
    let files = std::fs::read_dir(sandbox.path().join("invoices")).unwrap();
    assert_eq!(files.count(), 1, "there is the folder of the year alone");
}

#[test]
fn decisions_a_credit_note_on_several_takes_what_is_left_of_them() {
    let sandbox = base();
    // 1650 and 1080 with VAT, of which 120 were taken back.
    sandbox
        .run(&["credit", "F2026-0003", "--amount", "120"])
        .ok();
    sandbox.run(&["issue", "credit-F2026-0003"]).ok();
    let keys = "type = \"credit\"\ncorrects = [\"F2026-0001\", \"F2026-0003\"]\n";
    sandbox.write("drafts/both.toml", draft(keys, "2175.01", ""));
    let refused = sandbox.run(&["issue", "both"]).refused();
    has(
        &refused,
        "error[CREDIT-EXCEEDS]: 2610.01 EUR are more than the 2610.00 left to credit",
    );
    sandbox.write("drafts/both.toml", draft(keys, "2175", ""));
    sandbox.run(&["issue", "both"]).ok();
    let shown = sandbox.run(&["show", "A2026-0002", "--json"]).json();
    assert_eq!(shown["gross"], "2610.00");
}

// The law.

#[test]
fn decisions_an_agreed_indemnity_is_in_the_documents_currency() {
    let mut sandbox = base();
    edit(
        &sandbox,
        "acquit.toml",
        "due = \"30d\"",
        "due = \"10d\"\nrecovery_fee = 55",
    );
    // Where the law fixes an indemnity, as in France, one in another currency is refused.
    let text = sandbox.read("acquit.toml");
    sandbox.write(
        "acquit.toml",
        text.replacen("country = \"FR\"", "country = \"US\"", 1)
            .replace("form = \"ei\"\n", ""),
    );
    let keys = "currency = \"USD\"\nexchange = { rate = 0.92 }\n";
    sandbox.write("drafts/dollar.toml", draft(keys, "300", ""));
    sandbox.run(&["issue", "dollar"]).ok();
    sandbox.today = day("2026-12-20");
    let report = sandbox.run(&["interest", "F2026-0004", "--json"]).json();
    let total = &report["totals"][0];
    assert_eq!(
        [&total["fee"], &total["fee_currency"]],
        ["55.00", "USD"],
        "{report}"
    );
}

#[test]
fn decisions_before_its_first_date_a_regime_is_its_first_entry() {
    let sandbox = base();
    edit(
        &sandbox,
        "acquit.toml",
        "vat = \"FR44732829320\"",
        "vat_regime = [{ from = 2027-01-01, value = \"franchise\" }, { from = 2028-01-01, value = \"standard\" }]",
    );
    sandbox.write(
        "drafts/acme-atelier.toml",
        draft("", "650", "").replace("vat = 20\n", ""),
    );
    sandbox.run(&["issue", "acme-atelier"]).ok();
    let shown = sandbox.run(&["show", "F2026-0004", "--json"]).json();
    assert_eq!([&shown["net"], &shown["gross"]], ["650.00", "650.00"]);
    has(
        &sandbox.read("invoices/2026/F2026-0004.toml"),
        "TVA non applicable, art. 293 B du CGI",
    );
}

#[test]
fn decisions_45_days_and_an_end_of_month_are_within_the_limit() {
    let sandbox = base();
    let check = |rule: &str| {
        let keys = format!("due = \"{rule}\"\n");
        sandbox.write("drafts/acme-atelier.toml", draft(&keys, "650", ""));
        sandbox.run(&["check"]).both
    };
    // From 22 November they come to 31 January and to 14 January: 70 and 53 days.
    for rule in ["45d eom", "eom 45d", "60d"] {
        assert_eq!(check(rule), "", "{rule}");
    }
    for rule in ["46d eom", "61d"] {
        has(&check(rule), "warning[LAW-TERM]");
    }
    // From 1 December on `eom 45d` comes to 14 February, 75 days on; its days are 45 all the same.
    let keys = "due = \"eom 45d\"\n";
    sandbox.write("drafts/acme-atelier.toml", draft(keys, "650", ""));
    sandbox
        .run(&["--today", "2026-12-01", "issue", "acme-atelier"])
        .ok();
    let shown = sandbox.run(&["show", "F2026-0004", "--json"]).json();
    assert_eq!(shown["due"], "2027-02-14");
}

#[test]
fn decisions_new_warns_of_what_a_party_lacks() {
    let sandbox = base();
    let new = |name: &str| {
        let output = sandbox.run(&[
            "new", "acme", "Conseil", "1", "10", "--vat", "20", "--name", name,
        ]);
        assert_eq!(output.code, 0, "{}", output.err);
        output.err
    };
    lacks(&new("complete"), "warning");
    edit(&sandbox, "clients/acme.toml", "id = \"404833048\"\n", "");
    let err = new("without");
    has(&err, "warning[LAW-CLIENT-ID]: Acme SAS has no SIREN");
    has(&err, " --> clients/acme.toml");
    assert!(sandbox.path().join("drafts/without.toml").exists());
    // The seller's file is looked at as well.
    edit(&sandbox, "acquit.toml", "id = \"732829320\"\n", "");
    let err = new("neither");
    has(&err, "warning[LAW-SELLER-ID]: the seller has no SIREN");
    has(&err, "warning[LAW-CLIENT-ID]");
}

#[test]
fn decisions_no_payment_is_put_to_interest_of_an_unknown_rate() {
    let mut sandbox = base();
    edit(
        &sandbox,
        "acquit.toml",
        "due = \"30d\"",
        "due = \"10d\"\nallocation = \"legal\"",
    );
    sandbox.run(&["issue", "acme-atelier"]).ok();
    let before = sandbox.read("payments/2026.csv");
    sandbox.today = day("2027-02-01");
    let refused = sandbox.run(&["pay", "F2026-0004", "100"]).refused();
    has(&refused, "LAW-UNKNOWN");
    has(&refused, "2027-01-01");
    assert_eq!(sandbox.read("payments/2026.csv"), before);
    assert!(!sandbox.path().join("payments/2027.csv").exists());
    // What says itself what it pays needs no rate, and neither does a payment of a day that is known.
    sandbox
        .run(&["pay", "F2026-0004", "100", "--part", "principal"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0004", "100", "--date", "2026-12-31"])
        .ok();
}

// Quotes and templates.

/// A ledger with an accepted quote of 5400 euros.
fn accepted() -> Sandbox {
    let sandbox = base();
    offer(&sandbox, "offer");
    sandbox.run(&["quote", "accept", "D2026-0001"]).ok();
    sandbox
}

fn offer(sandbox: &Sandbox, name: &str) {
    sandbox
        .run(&[
            "quote", "new", "acme", "Site", "1", "4500", "--vat", "20", "--name", name,
        ])
        .ok();
    sandbox.run(&["issue", name]).ok();
}

/// Status, what was invoiced, and the parts of the quote.
fn stands(sandbox: &Sandbox) -> (String, String, String) {
    let list = sandbox.run(&["quote", "list", "--json"]).json();
    let quote = &list["items"][0];
    let text = |key: &str| quote[key].as_str().unwrap().to_owned();
    (text("status"), text("invoiced"), quote["parts"].to_string())
}

#[test]
fn decisions_a_refused_quote_can_be_accepted_while_it_holds() {
    let mut sandbox = base();
    offer(&sandbox, "offer");
    sandbox.run(&["quote", "refuse", "D2026-0001"]).ok();
    sandbox.today = day("2026-12-23");
    let refused = sandbox.run(&["quote", "accept", "D2026-0001"]).refused();
    has(&refused, "error[QUOTE-STATE]");
    has(&refused, "2026-12-22");
    sandbox.today = day("2026-12-22");
    sandbox.run(&["quote", "accept", "D2026-0001"]).ok();
    assert_eq!(stands(&sandbox).0, "accepted");
}

/// A draft of one's own that says what part it is.
const BY_HAND: &str =
    "attachments = [\"attachments/hours.csv\"]\nquote = \"D2026-0001\"\nquote_part = \"whole\"\n";

fn by_hand() -> Sandbox {
    let sandbox = accepted();
    sandbox.write("attachments/hours.csv", "day,hours\n2026-11-20,7.5\n");
    sandbox.write("drafts/hand.toml", draft(BY_HAND, "4500", ""));
    sandbox.run(&["issue", "hand"]).ok();
    sandbox
}

#[test]
fn decisions_a_draft_by_hand_counts_as_a_part() {
    let sandbox = by_hand();
    assert_eq!(
        stands(&sandbox),
        ("accepted".into(), "5400.00".into(), "[\"whole\"]".into())
    );
    let refused = sandbox.run(&["quote", "invoice", "D2026-0001"]).refused();
    has(
        &refused,
        "F2026-0004 is an invoice of the part `whole` already",
    );
}

#[test]
fn decisions_a_corrective_takes_over_the_part_of_its_original() {
    let sandbox = by_hand();
    sandbox.run(&["credit", "F2026-0004", "--replace"]).ok();
    edit(
        &sandbox,
        "drafts/corrective-F2026-0004.toml",
        "price = 4500",
        "price = 4000",
    );
    sandbox.run(&["issue", "corrective-F2026-0004"]).ok();
    assert_eq!(
        stands(&sandbox),
        ("accepted".into(), "4800.00".into(), "[\"whole\"]".into())
    );
    let refused = sandbox.run(&["quote", "invoice", "D2026-0001"]).refused();
    has(
        &refused,
        "F2026-0005 is an invoice of the part `whole` already",
    );
}

#[test]
fn decisions_a_drafted_corrective_keeps_part_and_attachments() {
    let sandbox = by_hand();
    sandbox.run(&["credit", "F2026-0004", "--replace"]).ok();
    let text = sandbox.read("drafts/corrective-F2026-0004.toml");
    for line in [
        "quote = \"D2026-0001\"\n",
        "quote_part = \"whole\"\n",
        "attachments = [\"invoices/2026/F2026-0004/hours.csv\"]\n",
    ] {
        has(&text, line);
    }
    sandbox.run(&["issue", "corrective-F2026-0004"]).ok();
    assert_eq!(
        sandbox.read("invoices/2026/F2026-0005/hours.csv"),
        "day,hours\n2026-11-20,7.5\n"
    );
}

const HOSTING: &str = "every = \"month\"\nfrom = 2026-10-01\nclient = \"acme\"\n\n[[line]]\nitem = \"Hébergement\"\nquantity = 1\nprice = 10\nvat = 20\n";

#[test]
fn decisions_recurring_drafts_are_not_issued_unasked() {
    let sandbox = base();
    sandbox.write("recurring/host.toml", HOSTING);
    sandbox
        .run(&["recurring", "run", "--until", "2026-10-31"])
        .ok();
    let edited = sandbox.read("drafts/host-2026-10.toml") + "# To be looked at.\n";
    sandbox.write("drafts/host-2026-10.toml", &edited);
    sandbox.run(&["recurring", "run", "--issue"]).ok();
    assert_eq!(sandbox.read("drafts/host-2026-10.toml"), edited);
    has(
        &sandbox.read("invoices/2026/F2026-0004.toml"),
        "recurring = \"host@2026-11\"",
    );
    assert!(
        !sandbox
            .path()
            .join("invoices/2026/F2026-0005.toml")
            .exists()
    );
}

#[test]
fn decisions_issued_periods_are_found_under_any_client() {
    let sandbox = base();
    sandbox.write("recurring/host.toml", HOSTING);
    sandbox.run(&["recurring", "run", "--issue"]).ok();
    // The client's file gets another name: what was issued for it stays issued.
    let client = sandbox.read("clients/acme.toml");
    sandbox.write("clients/acme-sas.toml", client);
    edit(&sandbox, "recurring/host.toml", "\"acme\"", "\"acme-sas\"");
    let again = sandbox.run(&["recurring", "run", "--issue"]);
    assert_eq!(again.code, 0, "{}", again.both);
    has(&again.both, "nothing is due");
}

#[test]
fn decisions_a_quote_needs_neither_registration_nor_exchange() {
    let sandbox = base();
    edit(&sandbox, "clients/acme.toml", "id = \"404833048\"\n", "");
    edit(
        &sandbox,
        "clients/acme.toml",
        "vat = \"FR83404833048\"\n",
        "",
    );
    let keys = "currency = \"USD\"\n";
    sandbox.write(
        "drafts/offer.toml",
        draft(&format!("type = \"quote\"\n{keys}"), "10", ""),
    );
    let output = sandbox.run(&["issue", "offer"]);
    assert_eq!(output.code, 0, "{}", output.err);
    lacks(&output.err, "warning");
    has(
        &output.err,
        "issued quote D2026-0001 to Acme SAS: 12.00 USD",
    );
    // An invoice asks for both.
    sandbox.write("drafts/invoice.toml", draft(keys, "10", ""));
    let refused = sandbox.run(&["issue", "invoice"]).refused();
    has(&refused, "EXCHANGE");
    edit(&sandbox, "drafts/invoice.toml", keys, "");
    has(&sandbox.run(&["issue", "invoice"]).err, "LAW-CLIENT-ID");
}

#[test]
fn decisions_a_quote_has_the_terms_of_its_day() {
    let sandbox = base();
    edit(
        &sandbox,
        "acquit.toml",
        "due = \"30d\"",
        "due = \"30d\"\nlate_interest = 15",
    );
    offer(&sandbox, "offer");
    edit(
        &sandbox,
        "acquit.toml",
        "late_interest = 15",
        "late_interest = 17",
    );
    sandbox.run(&["quote", "accept", "D2026-0001"]).ok();
    sandbox.run(&["quote", "invoice", "D2026-0001"]).ok();
    sandbox.run(&["issue", "D2026-0001-whole"]).ok();
    has(
        &sandbox.read("quotes/2026/D2026-0001.toml"),
        "\nlate_interest = 15\n",
    );
    has(
        &sandbox.read("invoices/2026/F2026-0004.toml"),
        "\nlate_interest = 17\n",
    );
}

#[test]
fn decisions_lists_open_no_quotes() {
    let sandbox = accepted();
    sandbox.write("drafts/hand.toml", draft(BY_HAND, "4500", ""));
    sandbox.write("quotes/2026/D2026-0001.toml", "broken");
    for arguments in [
        ["list"].as_slice(),
        &["overdue"],
        &["status"],
        &["interest", "F2026-0001"],
        &["remind"],
        &["statement", "acme"],
        &["show", "F2026-0003"],
        &["export", "hledger"],
        &["issue", "acme-atelier"],
    ] {
        let output = sandbox.run(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.err);
        lacks(&output.both, "D2026-0001");
    }
    for arguments in [
        ["quote", "list"].as_slice(),
        &["quote", "invoice", "D2026-0001"],
        &["check"],
        &["issue", "hand"],
    ] {
        has(&sandbox.run(arguments).both, "quotes/2026/D2026-0001.toml");
    }
}

// Exports.

#[test]
fn decisions_a_clients_id_that_does_not_fit_has_digits_in_beancount() {
    let sandbox = base();
    for id in ["a_b", "a-b"] {
        sandbox.write(
            &format!("clients/{id}.toml"),
            sandbox.read("clients/acme.toml"),
        );
        sandbox.invoice(id, "650", "2026-11-22");
    }
    let journal = sandbox.run(&["export", "beancount"]).ok();
    has(&journal, "  Assets:Receivable:A-b  780.00 EUR\n");
    // The SHA-256 of `a_b` begins with 648fa9.
    has(&journal, "  Assets:Receivable:A-b-648fa9  780.00 EUR\n");
}

/// The register of a ledger of a thousand and three rows, then one of another series whose seal fits the one of a number.
fn forked(after: &str) -> Sandbox {
    let sandbox = base();
    let mut register = sandbox.read("register/2026.csv");
    let mut seals: BTreeMap<String, String> = register
        .lines()
        .skip(1)
        .map(|row| {
            let number = row.split(',').next().unwrap();
            (
                number.to_owned(),
                row.rsplit(',').next().unwrap().to_owned(),
            )
        })
        .collect();
    let mut previous = seals["F2026-0003"].clone();
    for counter in 4..=1004 {
        let number = if counter == 1004 {
            "A2026-0001".to_owned()
        } else {
            format!("F2026-{counter:04}")
        };
        let row = format!(
            "{number},invoice,acme,Acme SAS,2026-11-18,2026-11-18,2026-12-18,EUR,1,900.00,180.00,1080.00,0.00,1080.00,services:S:20:900.00:180.00,,{}",
            "0".repeat(64)
        );
        let before = if counter == 1004 {
            &seals[after]
        } else {
            &previous
        };
        previous = acquit::compute::seal::seal(before, row.split(','));
        register += &format!("{row},{previous}\n");
        seals.insert(number, previous.clone());
    }
    sandbox.write("register/2026.csv", register);
    sandbox
}

#[test]
fn decisions_a_fork_is_looked_for_among_a_thousand_seals() {
    let refused = |after: &str| forked(after).run(&["issue", "acme-atelier"]).refused();
    // Before the last row stand 1002 seals; that of F2026-0003 is the last but 999.
    let near = refused("F2026-0003");
    has(
        &near,
        "error[REGISTER-FORK]: A2026-0001 was issued on another branch",
    );
    let far = refused("F2026-0002");
    has(
        &far,
        "error[REGISTER-SEAL]: the seal of A2026-0001 does not fit",
    );
    lacks(&far, "REGISTER-FORK");
}

// Reminders.

const LINK: &str =
    "\n[[pay]]\nid = \"web\"\nkind = \"link\"\nurl = \"https://pay.example/{number}?a={amount}\"\n";

fn append(sandbox: &Sandbox, path: &str, text: &str) {
    sandbox.write(path, sandbox.read(path) + text);
}

/// Issues an invoice to kunz on 18 November, due ten days later, without VAT.
fn to_kunz(sandbox: &Sandbox, keys: &str, price: &str) {
    let text = draft(&format!("due = \"10d\"\n{keys}"), price, "")
        .replace("\"acme\"", "\"kunz\"")
        .replace("vat = 20", "vat = \"reverse-charge\"");
    sandbox.write("drafts/kunz.toml", text);
    sandbox.run(&["issue", "kunz", "--date", "2026-11-18"]).ok();
}

const DOLLARS: &str = "currency = \"USD\"\nexchange = { rate = 0.92 }\n";

/// The texts of a message that is written on a day: quoted-printable undone, spaces plain.
fn message(sandbox: &Sandbox, day: &str, name: &str) -> String {
    let client = name.split('-').next().unwrap();
    let folder = format!("out/{day}-{}", sandbox.read("payments/2026.csv").len());
    sandbox
        .run(&["--today", day, "remind", client, "--write", &folder])
        .ok();
    let mail = sandbox
        .read(&format!("{folder}/{day}/{name}.eml"))
        .replace("\r\n", "\n")
        .replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), mail.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|_| *first == b'=');
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).replace(['\u{a0}', '\u{202f}'], " ")
}

/// Number, step and whether a person is waited for, of what is reminded of on a day.
fn reminded(sandbox: &Sandbox, day: &str, client: &str) -> Vec<(String, String, bool)> {
    let found = sandbox
        .run(&["--today", day, "remind", client, "--json"])
        .json();
    let item = |item: &serde_json::Value| {
        (
            item["number"].as_str().unwrap().to_owned(),
            item["step"].as_str().unwrap_or_default().to_owned(),
            item["needs_person"].as_bool().unwrap(),
        )
    };
    found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(item)
        .collect()
}

fn is(number: &str, step: &str, needs_person: bool) -> (String, String, bool) {
    (number.to_owned(), step.to_owned(), needs_person)
}

const CLAIMS: &str =
    "\n[[reminder]]\nstep = \"final\"\ndays = 8\nclaims = [\"interest\", \"fee\"]\n";

#[test]
fn decisions_an_indemnity_of_another_currency_stands_beside_the_debt() {
    let sandbox = base();
    append(&sandbox, "acquit.toml", CLAIMS);
    to_kunz(&sandbox, DOLLARS, "300");
    sandbox
        .run(&["pay", "F2026-0002", "1963", "--date", "2026-11-18"])
        .ok();
    let text = message(&sandbox, "2026-12-10", "kunz-final");
    for part in [
        "Fixed compensation for recovery costs: €40.00\n",
        "Total as of today: USD 301.22 + €40.00\n",
    ] {
        has(&text, part);
    }
}

#[test]
fn decisions_what_else_is_late_claims_what_the_message_claims() {
    let sandbox = base();
    append(&sandbox, "acquit.toml", CLAIMS);
    to_kunz(&sandbox, "", "100");
    let found = reminded(&sandbox, "2026-11-30", "kunz");
    assert_eq!(
        found,
        [
            is("F2026-0002", "final", false),
            is("F2026-0004", "", false)
        ]
    );
    let text = message(&sandbox, "2026-11-30", "kunz-final");
    for part in [
        "F2026-0004, 29 November 2026 to 30 November 2026: €100.00 × 12.4% × 2 days / 365 = €0.07\n",
        // Twice 40.
        "Fixed compensation for recovery costs: €80.00\n",
        "Total as of today: €2,162.41\n",
    ] {
        has(&text, part);
    }
}

#[test]
fn decisions_two_currencies_are_two_tables() {
    let sandbox = base();
    to_kunz(&sandbox, DOLLARS, "300");
    to_kunz(&sandbox, "", "100");
    let text = message(&sandbox, "2026-12-04", "kunz-first");
    let tables: Vec<&str> = text
        .split("<table")
        .skip(1)
        .map(|table| table.split("</table>").next().unwrap())
        .collect();
    assert_eq!(tables.len(), 2, "{text}");
    let holds = |table: &str| -> Vec<&str> {
        ["F2026-0002", "F2026-0004", "F2026-0005"]
            .into_iter()
            .filter(|number| table.contains(number))
            .collect()
    };
    assert_eq!(holds(tables[0]), ["F2026-0002", "F2026-0005"]);
    assert_eq!(holds(tables[1]), ["F2026-0004"]);
    has(&text, "Total to pay: €2,063.00 + USD 300.00.");
}

#[test]
fn decisions_what_needs_a_yes_waits_beside_the_message() {
    let sandbox = base();
    append(
        &sandbox,
        "acquit.toml",
        "\n[[reminder]]\nstep = \"first\"\ndays = 5\nconfirm = true\n\n[[reminder]]\nstep = \"upcoming\"\ndays = -20\n",
    );
    let found = reminded(&sandbox, "2026-12-01", "acme");
    assert_eq!(
        found,
        [
            is("F2026-0001", "first", true),
            is("F2026-0003", "upcoming", false)
        ]
    );
    sandbox
        .run(&[
            "--today",
            "2026-12-01",
            "remind",
            "acme",
            "--write",
            "out/m",
            "--log",
        ])
        .ok();
    let events = sandbox.read("events/2026.csv");
    has(&events, ",reminded,acme,F2026-0003,upcoming,");
    lacks(&events, "F2026-0001");
    // It is still waiting the next day.
    let found = reminded(&sandbox, "2026-12-02", "acme");
    assert_eq!(found, [is("F2026-0001", "first", true)]);
}

#[test]
fn decisions_what_is_not_due_never_stands_among_what_is_late() {
    let sandbox = base();
    sandbox.write("drafts/soon.toml", draft("due = 2026-11-24\n", "100", ""));
    sandbox.run(&["issue", "soon", "--date", "2026-11-18"]).ok();
    // Its upcoming reminder would go from 19 November on.
    let late = [is("F2026-0001", "first", false)];
    assert_eq!(reminded(&sandbox, "2026-11-20", "acme"), late);
    lacks(&message(&sandbox, "2026-11-20", "acme-first"), "F2026-0004");
    sandbox
        .run(&["--today", "2026-11-20", "remind", "acme", "--log"])
        .ok();
    // Another day comes, until the due date has passed.
    for day in ["2026-11-21", "2026-11-24"] {
        let found = reminded(&sandbox, day, "acme");
        assert_eq!(found, [is("F2026-0004", "upcoming", false)], "{day}");
    }
    assert_eq!(reminded(&sandbox, "2026-11-25", "acme"), []);
}

#[test]
fn decisions_working_days_are_those_of_the_sellers_country() {
    let sandbox = base();
    let settings = sandbox.read("acquit.toml");
    let goes = |days: u32, day: &str| {
        sandbox.write(
            "acquit.toml",
            format!(
                "{settings}\n[[reminder]]\nstep = \"first\"\ndays = {days}\nworking_days = true\n"
            ),
        );
        !reminded(&sandbox, day, "kunz").is_empty()
    };
    // The seller is French, the client German, the due date 1 November: 11 November is a holiday in France alone.
    assert!(!goes(10, "2026-11-11"));
    assert!(goes(10, "2026-11-12"));
    // Good Friday is one in Germany alone.
    assert!(goes(145, "2027-03-26"));
}

#[test]
fn decisions_a_payment_link_is_left_out_of_other_messages() {
    let sandbox = base();
    append(&sandbox, "acquit.toml", LINK);
    let settings = sandbox.read("acquit.toml");
    to_kunz(&sandbox, "", "100");
    let first = || message(&sandbox, "2026-12-04", "kunz-first");
    to_kunz(&sandbox, "", "50");
    sandbox
        .run(&["pay", "F2026-0002", "1963", "--date", "2026-11-18"])
        .ok();
    // Each of the two documents has a link of its own.
    lacks(&first(), "pay.example");
    sandbox
        .run(&["pay", "F2026-0005", "50", "--date", "2026-11-18"])
        .ok();
    has(&first(), "https://pay.example/F2026-0004?a=100.00\n");
    // More than the document is asked for.
    sandbox.write("acquit.toml", settings.clone() + &CLAIMS.replace('8', "5"));
    let claiming = message(&sandbox, "2026-12-04", "kunz-final");
    has(&claiming, "Fixed compensation for recovery costs: €40.00");
    lacks(&claiming, "pay.example");
    // And less.
    sandbox.write("acquit.toml", settings);
    sandbox
        .run(&["pay", "F2026-0004", "1", "--date", "2026-11-18"])
        .ok();
    let rest = first();
    has(&rest, "€99.00 is still to be paid");
    lacks(&rest, "pay.example");
}

// Pages.

/// The text of a page without spaces.
fn page(sandbox: &Sandbox, name: &str, file: &str) -> String {
    sandbox.run(&["render", name]).ok();
    texts_of(&std::fs::read(sandbox.path().join("out").join(file)).unwrap()).concat()
}

#[test]
fn decisions_vat_is_left_out_where_all_is_exempt() {
    let sandbox = base();
    edit(
        &sandbox,
        "acquit.toml",
        "vat = \"FR44732829320\"",
        "vat_regime = \"franchise\"",
    );
    let text = draft("", "650", "").replace("vat = 20\n", "");
    sandbox.write("drafts/acme-atelier.toml", text);
    sandbox.run(&["issue", "acme-atelier"]).ok();
    let taxed = page(&sandbox, "F2026-0003", "F2026-0003.pdf");
    let exempt = page(&sandbox, "F2026-0004", "F2026-0004.pdf");
    for part in [
        "PrixunitaireHTTVATotalHT",
        "TauxBaseHTTVA",
        "TotalHT900,00€",
    ] {
        has(&taxed, part);
    }
    has(&exempt, "DésignationQuantitéPrixunitaireMontant");
    for part in ["HT", "TTC", "TauxBase", "0%"] {
        lacks(&exempt, part);
    }
}

#[test]
fn decisions_a_drafts_page_asks_for_nothing() {
    let sandbox = base();
    let draft = page(&sandbox, "acme-atelier", "draft-acme-atelier.pdf");
    sandbox.run(&["issue", "acme-atelier"]).ok();
    let issued = page(&sandbox, "F2026-0004", "F2026-0004.pdf");
    for part in ["F2026-0004", "RéférenceRF28F20260004", "Scannezpourpayer"] {
        has(&issued, part);
    }
    has(&draft, "IBANFR1420041010050500013M02606");
    for part in ["F2026", "Référence", "Scannez"] {
        lacks(&draft, part);
    }
}

/// Width and height of the first page of a draft, in points.
fn paper_of(sandbox: &Sandbox) -> (f32, f32) {
    sandbox.run(&["render", "acme-atelier"]).ok();
    let path = sandbox.path().join("out/draft-acme-atelier.pdf");
    let pdf = lopdf::Document::load_mem(&std::fs::read(path).unwrap()).unwrap();
    let page = pdf.get_dictionary(pdf.get_pages()[&1]).unwrap();
    let edges = page.get(b"MediaBox").unwrap().as_array().unwrap();
    (edges[2].as_float().unwrap(), edges[3].as_float().unwrap())
}

#[test]
fn decisions_paper_is_that_of_the_sellers_country() {
    let letter = (612.0, 792.0);
    for country in ["FR", "GB", "US", "CA", "MX", "JP"] {
        let sandbox = Sandbox::empty();
        let base = base();
        let settings = base
            .read("acquit.toml")
            .replace("country = \"FR\"", &format!("country = \"{country}\""))
            .replace("id = \"732829320\"\nvat = \"FR44732829320\"\n", "")
            .replace("form = \"ei\"", "form = \"other\"");
        sandbox.write("acquit.toml", &settings);
        sandbox.write("clients/acme.toml", base.read("clients/acme.toml"));
        sandbox.write(
            "drafts/acme-atelier.toml",
            draft("", "650", "").replace("vat = 20", "vat = \"zero\""),
        );
        let (width, height) = paper_of(&sandbox);
        if ["US", "CA", "MX"].contains(&country) {
            assert_eq!((width, height), letter, "{country}");
        } else {
            // 210 × 297 mm.
            let (width, height) = (width * 25.4 / 72.0, height * 25.4 / 72.0);
            assert!(
                (width - 210.0).abs() < 0.1 && (height - 297.0).abs() < 0.1,
                "{country}: {width} × {height}"
            );
        }
        sandbox.write(
            "templates/pages/mine.toml",
            "base = \"plain\"\n[page]\nsize = \"letter\"\n",
        );
        sandbox.write(
            "acquit.toml",
            settings.replace("[seller]\n", "[seller]\ndesign = \"mine\"\n"),
        );
        assert_eq!(paper_of(&sandbox), letter, "{country}");
    }
}

#[test]
fn decisions_a_foot_above_six_centimetres_stands_once() {
    let sandbox = base();
    let mut source = acquit::source::open(sandbox.path()).unwrap();
    let (document, _) = source.document("invoices/2026/F2026-0003.toml").unwrap();
    let engine = Engine::new().unwrap();
    let locale = Locale::of(document.language);
    let pages = |lines: usize| -> Vec<usize> {
        let mut page = paper(&document, &locale, Dress::new(design::default(), None));
        page.rows = vec![page.rows[0].clone(); 60];
        page.footer = vec!["Pied".to_owned(); lines];
        texts_of(&engine.render(&page).unwrap())
            .iter()
            .map(|text| text.matches("Pied").count())
            .collect()
    };
    // Lines of 7 points are 3.36 mm high, and the number of the page with its rule takes 4.96 mm: 16 lines are 58.7 mm.
    let each = pages(16);
    assert!(
        each.len() >= 2 && each.iter().all(|count| *count == 16),
        "{each:?}"
    );
    let once = pages(17);
    assert_eq!(once.iter().sum::<usize>(), 17, "{once:?}");
    assert_eq!(once[0], 0, "{once:?}");
}

#[test]
fn decisions_ways_to_pay_keep_the_small_print_company() {
    let sandbox = base();
    let mut source = acquit::source::open(sandbox.path()).unwrap();
    let (document, _) = source.document("invoices/2026/F2026-0003.toml").unwrap();
    let engine = Engine::new().unwrap();
    let locale = Locale::of(document.language);
    let mut turned = 0;
    for lines in 1..60 {
        let mut page = paper(&document, &locale, Dress::new(design::default(), None));
        assert_eq!(page.rows.len(), 1);
        page.rows[0].detail = vec!["Détail".to_owned(); lines];
        let texts = texts_of(&engine.render(&page).unwrap());
        let last = texts.last().unwrap();
        // The end of the small print stands on the last page, and what is paid to stands with it.
        has(last, "Indemnitéforfaitaire");
        has(last, "IBAN");
        turned += usize::from(texts.len() == 2);
    }
    assert!(turned >= 10, "{turned}");
}

#[test]
fn decisions_the_code_of_a_copy_asks_for_the_balance() {
    let sandbox = base();
    let code = || {
        let mut source = acquit::source::open(sandbox.path()).unwrap();
        let (document, _) = source.document("invoices/2026/F2026-0003.toml").unwrap();
        let books = acquit::task::load::books(&mut source, sandbox.today);
        let locale = Locale::of(document.language);
        let original = Dress::new(design::default(), None);
        let copy = Dress {
            standing: Some(Standing {
                day: sandbox.today,
                position: books.position(books.find("F2026-0003").unwrap()),
            }),
            ..original.clone()
        };
        [original, copy].map(|dress| {
            let payload = paper(&document, &locale, dress).qr?.payload;
            payload
                .lines()
                .find(|line| line.starts_with("EUR"))
                .map(str::to_owned)
        })
    };
    let (whole, rest) = (Some("EUR1080.00".to_owned()), Some("EUR880.00".to_owned()));
    assert_eq!(code(), [whole.clone(), whole.clone()]);
    sandbox
        .run(&["pay", "F2026-0003", "200", "--date", "2026-11-20"])
        .ok();
    assert_eq!(code(), [whole.clone(), rest]);
    sandbox
        .run(&["pay", "F2026-0003", "880", "--date", "2026-11-21"])
        .ok();
    assert_eq!(code(), [whole, None]);
}
