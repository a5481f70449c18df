//! Direct debits: who is offered one, what documents say of it, and that nobody who is debited is asked to pay.

use crate::harness::{Sandbox, day};
use crate::pages::texts_of;

/// A small ledger with a transfer and a direct debit; `acme` has given a mandate, `nord` has none.
fn ledger() -> Sandbox {
    let mut sandbox = Sandbox::small();
    let settings = sandbox
        .read("acquit.toml")
        .replace("[seller]\n", "[seller]\nemail = \"camille@example.org\"\n");
    sandbox.write(
        "acquit.toml",
        format!(
            "{settings}\n[[pay]]\nid = \"sdd\"\nkind = \"direct-debit\"\ncreditor_id = \"fr72 zzz 123456\"\n"
        ),
    );
    let acme = sandbox.read("clients/acme.toml");
    sandbox.write("clients/nord.toml", acme.replace("Acme SAS", "Nord SAS"));
    sandbox.write(
        "clients/acme.toml",
        format!("mandate = \"MND-2026-7\"\nemail = [\"compta@acme.example\"]\n{acme}"),
    );
    sandbox.today = day("2026-03-01");
    sandbox
}

fn draft(client: &str, pay: &str) -> String {
    format!(
        "client = \"{client}\"\n{pay}[[line]]\nitem = \"x\"\nquantity = 1\nprice = 100\nvat = 20\n"
    )
}

/// The `[[pay]]` tables of a document.
fn ways(sandbox: &Sandbox, number: &str) -> Vec<String> {
    let document = sandbox.read(&format!("invoices/2026/{number}.toml"));
    let tables = document.split("[[pay]]\n").skip(1);
    tables
        .map(|table| {
            let id = table.lines().find(|line| line.starts_with("id = "));
            id.unwrap().trim_start_matches("id = ").replace('"', "")
        })
        .collect()
}

fn page(sandbox: &Sandbox, number: &str) -> String {
    sandbox.run(&["render", number, "-o", "out/page.pdf"]).ok();
    texts_of(&std::fs::read(sandbox.path().join("out/page.pdf")).unwrap()).concat()
}

/// Nobody named it: it goes to who has a mandate, and is then the only way; who has none is asked as before.
#[test]
fn debits_are_offered_to_clients_with_a_mandate() {
    let sandbox = ledger();
    let (acme, nord) = (
        sandbox.invoice("acme", "1000", "2026-03-01"),
        sandbox.invoice("nord", "1000", "2026-03-01"),
    );
    assert_eq!(ways(&sandbox, &acme), ["sdd"]);
    assert_eq!(ways(&sandbox, &nord), ["main"]);
    let xml = sandbox.run(&["export", "cii", &acme]).ok();
    for part in [
        "<ram:TypeCode>59</ram:TypeCode>",
        "<ram:CreditorReferenceID>FR72ZZZ123456</ram:CreditorReferenceID>",
        "<ram:DirectDebitMandateID>MND-2026-7</ram:DirectDebitMandateID>",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    // What is collected by SEPA is in euros.
    sandbox.write(
        "drafts/usd.toml",
        format!(
            "currency = \"USD\"\nexchange = {{ rate = 0.9 }}\n{}",
            draft("acme", "")
        ),
    );
    sandbox.run(&["issue", "usd", "--date", "2026-03-01"]).ok();
    assert_eq!(ways(&sandbox, "F2026-0003"), ["main"]);
}

/// Named in the draft or in the client's file, it needs a mandate, and the creditor's identifier.
#[test]
fn debits_without_a_mandate_are_refused() {
    let sandbox = ledger();
    sandbox.write(
        "drafts/a.toml",
        draft("nord", "pay = [\"main\", \"sdd\"]\n"),
    );
    let refused = sandbox.run(&["issue", "a"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("PAY-MANDATE") && refused.err.contains("--> drafts/a.toml:2:16"),
        "{}",
        refused.err
    );
    let nord = sandbox.read("clients/nord.toml");
    sandbox.write("clients/nord.toml", format!("pay = [\"sdd\"]\n{nord}"));
    sandbox.write("drafts/a.toml", draft("nord", ""));
    let refused = sandbox.run(&["issue", "a"]);
    assert!(
        refused.code == 1 && refused.err.contains("--> clients/nord.toml:1:8"),
        "{}",
        refused.err
    );
    let check = sandbox.run(&["check"]);
    let found = format!("{}{}", check.out, check.err);
    assert!(found.contains("warning[PAY-MANDATE]"), "{found}");
    // The draft's own way takes the place of the client's.
    sandbox.write("drafts/a.toml", draft("nord", "pay = [\"main\"]\n"));
    sandbox.run(&["issue", "a"]).ok();
    let settings = sandbox.read("acquit.toml");
    let without = settings.replace("creditor_id = \"fr72 zzz 123456\"\n", "");
    sandbox.write("acquit.toml", without);
    sandbox.write("drafts/b.toml", draft("acme", ""));
    let refused = sandbox.run(&["issue", "b"]);
    assert!(
        refused.code == 1
            && refused.err.contains("PAY-MANDATE")
            && refused.err.contains("--> acquit.toml:"),
        "{}",
        refused.err
    );
}

/// What is given back is collected by nobody: a withdrawn mandate stops no credit note.
#[test]
fn debits_need_no_mandate_on_a_credit_note() {
    let sandbox = ledger();
    let acme = sandbox.read("clients/acme.toml");
    sandbox.write("clients/acme.toml", format!("pay = [\"sdd\"]\n{acme}"));
    let number = sandbox.invoice("acme", "1000", "2026-03-01");
    let acme = sandbox.read("clients/acme.toml");
    sandbox.write(
        "clients/acme.toml",
        acme.replace("mandate = \"MND-2026-7\"\n", ""),
    );
    sandbox.write("drafts/a.toml", draft("acme", ""));
    assert_eq!(sandbox.run(&["issue", "a"]).code, 1);
    sandbox.run(&["credit", &number]).ok();
    sandbox.run(&["issue", &format!("credit-{number}")]).ok();
}

/// The page and the message say when it is collected, by which mandate and by whom, and ask for no transfer.
#[test]
fn debits_are_told_with_their_mandate_and_day() {
    let sandbox = ledger();
    let (acme, nord) = (
        sandbox.invoice("acme", "1000", "2026-03-01"),
        sandbox.invoice("nord", "1000", "2026-03-01"),
    );
    let debited = page(&sandbox, &acme);
    for text in [
        "PrélèvementSEPA",
        "Seraprélevéle31/03/2026",
        "MND-2026-7",
        "FR72ZZZ123456",
    ] {
        assert!(debited.contains(text), "{text}: {debited}");
    }
    assert!(!debited.contains("FR1420041010"), "{debited}");
    assert!(!debited.contains("Scannez"), "{debited}");
    let asked = page(&sandbox, &nord);
    assert!(
        asked.contains("Scannez") && asked.contains("FR1420041010"),
        "{asked}"
    );
    sandbox.run(&["send", &acme, "--write", "out"]).ok();
    let mail = sandbox.read(&format!("out/2026-03-01/{acme}.eml"));
    let told = acquit::source::eml::Mail::read(mail.as_bytes());
    let text = told.text.replace('\u{a0}', " ");
    assert!(
        text.contains("sera prélevé le 31/03/2026") && text.contains("MND-2026-7"),
        "{text}"
    );
    assert!(!text.contains("régler") && !text.contains("IBAN"), "{text}");
}

/// A client's account names no transfer to pay by either.
#[test]
fn debits_stand_on_a_statement_in_the_place_of_a_transfer() {
    let sandbox = ledger();
    for client in ["acme", "nord"] {
        sandbox.invoice(client, "1000", "2026-03-01");
        let file = format!("out/{client}.pdf");
        sandbox.run(&["statement", client, "-o", &file]).ok();
    }
    let text = |client: &str| {
        let path = sandbox.path().join(format!("out/{client}.pdf"));
        texts_of(&std::fs::read(path).unwrap()).concat()
    };
    let (acme, nord) = (text("acme"), text("nord"));
    assert!(
        acme.contains("MND-2026-7") && acme.contains("FR72ZZZ123456"),
        "{acme}"
    );
    assert!(!acme.contains("FR1420041010"), "{acme}");
    assert!(
        nord.contains("FR1420041010") && !nord.contains("FR72ZZZ"),
        "{nord}"
    );
}

/// Nobody who is debited is reminded, before the due date or after it, while there is a mandate.
#[test]
fn debits_are_never_asked_for_by_reminders() {
    let mut sandbox = ledger();
    sandbox.invoice("acme", "1000", "2026-03-01");
    sandbox.invoice("nord", "1000", "2026-03-01");
    for today in ["2026-03-27", "2026-04-10", "2026-06-15"] {
        sandbox.today = day(today);
        let told = sandbox.run(&["remind", "--json"]).json();
        let items = told["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["client"] == "nord"), "{told}");
        let explained = sandbox.run(&["remind", "--explain", "--json"]).json();
        let rows = explained["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["client"] == "acme").unwrap();
        let why = row["why"].as_str().unwrap();
        assert!(
            why.starts_with("nothing: it is collected by direct debit"),
            "{why}"
        );
    }
    let told = sandbox.run(&["remind", "--json"]).json();
    assert!(!told["items"].as_array().unwrap().is_empty(), "{told}");
    // The mandate was withdrawn: now the client is to pay.
    let acme = sandbox.read("clients/acme.toml");
    sandbox.write(
        "clients/acme.toml",
        acme.replace("mandate = \"MND-2026-7\"\n", ""),
    );
    let told = sandbox.run(&["remind", "--json"]).json();
    let items = told["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["client"] == "acme"), "{told}");
}
