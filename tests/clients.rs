//! Files of clients: one that is wrong concerns nobody else; identifiers are read as people paste them.

use crate::harness::{Sandbox, day};

/// A ledger with two clients of an invoice each, then a third whose country nobody may write.
fn one_wrong() -> Sandbox {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-03-01");
    sandbox.today = day("2026-06-01");
    sandbox.write(
        "clients/ile.toml",
        "name = \"Île SAS\"\n[address]\nstreet = \"1 rue A\"\npostcode = \"97400\"\ncity = \"Saint-Denis\"\ncountry = \"RE\"\n",
    );
    sandbox.write("clients/no name.toml", "name = \"X\"\n");
    sandbox
}

fn draft(client: &str) -> String {
    format!("client = \"{client}\"\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 100\nvat = 20\n")
}

#[test]
fn clients_with_a_wrong_file_do_not_stop_issuing_to_others() {
    let sandbox = one_wrong();
    let issued = sandbox.invoice("acme", "500", "2026-06-01");
    assert_eq!(issued, "F2026-0002");
    sandbox.run(&["credit", &issued, "--amount", "60"]).ok();
    sandbox
        .run(&["issue", "credit-F2026-0002", "--date", "2026-06-01"])
        .ok();
    for (name, client, first) in [("a", "acme", "2026-06"), ("b", "ile", "2026-07")] {
        sandbox.write(
            &format!("recurring/{name}.toml"),
            format!("every = \"month\"\nfrom = {first}-01\n{}", draft(client)),
        );
    }
    let run = sandbox.run(&["recurring", "run", "--issue"]);
    assert!(
        run.code == 0 && run.err.contains("issued invoice F2026-0003"),
        "{}",
        run.err
    );
    sandbox.run(&["show", "F2026-0002"]).ok();
}

/// It is said where that client is asked for, and by `check`.
#[test]
fn clients_with_a_wrong_file_are_not_issued_to() {
    let sandbox = one_wrong();
    sandbox.write("drafts/good.toml", draft("acme"));
    sandbox.write("drafts/bad.toml", draft("ile"));
    let before = crate::harness::snapshot(sandbox.path());
    for arguments in [
        &["issue", "bad"][..],
        &["issue", "good", "bad"],
        &["show", "bad"],
        &["new", "ile", "x", "1", "100", "--vat", "20"],
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.code, 1, "{arguments:?}");
        assert_eq!(
            run.err.matches("--> clients/ile.toml:6:").count(),
            1,
            "{arguments:?}: {}",
            run.err
        );
    }
    assert!(before == crate::harness::snapshot(sandbox.path()));
    let check = sandbox.run(&["check"]);
    assert_eq!(check.code, 1);
    let found = format!("{}{}", check.out, check.err);
    assert_eq!(found.matches("clients/ile.toml:6:").count(), 1, "{found}");
    assert!(found.contains("FILE-NAME"), "{found}");
}

/// A message to that client waits until its file is right; those to the others go.
#[test]
fn clients_with_a_wrong_file_keep_back_messages_to_them_alone() {
    let sandbox = one_wrong();
    sandbox.write(
        "clients/ile.toml",
        "name = \"Île SAS\"\nid = \"404833048\"\n[address]\nstreet = \"1 rue A\"\npostcode = \"97400\"\ncity = \"X\"\n\
         country = \"FR\"\n",
    );
    sandbox.write("drafts/i.toml", draft("ile"));
    sandbox.run(&["issue", "i", "--date", "2026-03-02"]).ok();
    let file = sandbox
        .read("clients/ile.toml")
        .replace("country = \"FR\"", "country = \"RE\"");
    sandbox.write("clients/ile.toml", file);
    let told = sandbox.run(&["remind", "--write", "out", "--log"]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("--> clients/ile.toml:7:"), "{}", told.err);
    let events = sandbox.read("events/2026.csv");
    assert!(
        events.contains(",acme,F2026-0001,") && !events.contains(",ile,"),
        "{events}"
    );
    let explained = sandbox.run(&["remind", "--explain", "ile"]);
    assert!(
        explained.out.contains("the client's file has errors"),
        "{}",
        explained.out
    );
    let sent = sandbox.run(&[
        "send",
        "F2026-0001",
        "F2026-0002",
        "--channel",
        "letter",
        "--log",
    ]);
    assert_eq!(sent.code, 1);
    assert!(sent.err.contains("--> clients/ile.toml:7:"), "{}", sent.err);
    let events = sandbox.read("events/2026.csv");
    assert!(
        events.contains(",sent,acme,F2026-0001,") && !events.contains(",ile,"),
        "{events}"
    );
}

/// Copied from a register or a letter: with spaces that do not break, in groups, in small letters.
#[test]
fn clients_identifiers_are_read_as_they_were_pasted() {
    let mut sandbox = Sandbox::small();
    sandbox.today = day("2026-06-01");
    let settings = sandbox.read("acquit.toml");
    let settings = settings
        .replace("\"732829320\"", "\" 732\u{a0}829\u{202f}320\"")
        .replace("\"FR44732829320\"", "\"fr 44 732.829.320\"")
        .replace(
            "\"FR1420041010050500013M02606\"",
            "\"fr14 2004 1010 0505 0001 3m02 606\"\nbic = \"psst fr pp lyo\"",
        );
    let payee = "\n[payee]\nname = \"Affactureur SA\"\nid = \"552 100 554\"\n";
    sandbox.write("acquit.toml", format!("{settings}{payee}"));
    sandbox.write(
        "clients/pasted.toml",
        "name = \" Pasted SAS \"\nid = \"404\u{a0}833\u{a0}048\"\nsiret = \"404 833 048 00014\"\nvat = \"fr83404833048\"\n\
         reference = \" R-7 \"\n[address]\nstreet = \"1 rue A\"\npostcode = \"75014\"\ncity = \"Paris\"\ncountry = \"FR\"\n",
    );
    sandbox.write(
        "drafts/a.toml",
        format!("order = \"  PO-12  \"\n{}", draft("pasted")),
    );
    let check = sandbox.run(&["check"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    sandbox.run(&["issue", "a"]).ok();
    let document = sandbox.read("invoices/2026/F2026-0001.toml");
    for line in [
        "id = \"732829320\"",
        "vat = \"FR44732829320\"",
        "iban = \"FR1420041010050500013M02606\"",
        "bic = \"PSSTFRPPLYO\"",
        "name = \"Pasted SAS\"",
        "id = \"404833048\"",
        "siret = \"40483304800014\"",
        "vat = \"FR83404833048\"",
        "reference = \"R-7\"",
        "order = \"PO-12\"",
        "endpoint = \"0225:404833048\"",
        "id = \"552100554\"",
    ] {
        assert!(document.contains(line), "{line}: {document}");
    }
    // What is typed is written as it is read.
    sandbox
        .run(&[
            "client",
            "add",
            "typed",
            "--name",
            "Typed SAS",
            "--siret",
            "404 833 048 00014",
            "--id",
            "404 833 048",
            "--vat",
            "fr 83 404 833 048",
        ])
        .ok();
    sandbox
        .run(&[
            "client",
            "add",
            "bern",
            "--name",
            "Bern AG",
            "--country",
            "CH",
            "--vat",
            "che-123.456.789 mwst",
            "--id",
            "0183:CHE-123.456.789",
        ])
        .ok();
    let typed = sandbox.read("clients/typed.toml");
    for line in [
        "id = \"404833048\"",
        "siret = \"40483304800014\"",
        "vat = \"FR83404833048\"",
    ] {
        assert!(typed.contains(line), "{line}: {typed}");
    }
    let bern = sandbox.read("clients/bern.toml");
    assert!(bern.contains("vat = \"CHE123456789MWST\""), "{bern}");
    assert!(bern.contains("id = \"0183:CHE-123.456.789\""), "{bern}");
}

/// The first nine digits of a SIRET are the SIREN: a public client that gives its SIRET alone has both on its invoice.
#[test]
fn clients_siren_follows_from_the_siret() {
    let mut sandbox = Sandbox::small();
    sandbox.today = day("2026-06-01");
    sandbox.write(
        "clients/commune.toml",
        "name = \"Commune\"\nkind = \"public\"\nsiret = \"216 901 231 00011\"\n[address]\nstreet = \"1\"\n\
         postcode = \"69000\"\ncity = \"Vent\"\ncountry = \"FR\"\n",
    );
    sandbox.write("drafts/a.toml", draft("commune"));
    let issued = sandbox.run(&["issue", "a"]);
    assert_eq!(issued.code, 0, "{}", issued.err);
    assert!(!issued.err.contains("LAW-CLIENT-ID"), "{}", issued.err);
    let xml = sandbox.run(&["export", "cii", "F2026-0001"]).ok();
    assert!(
        xml.contains("<ram:ID schemeID=\"0002\">216901231</ram:ID>")
            && xml.contains("<ram:GlobalID schemeID=\"0009\">21690123100011</ram:GlobalID>"),
        "{xml}"
    );
}

/// The columns from `part` on may be missing: what needs none of them is appended, by whatever policy, and the file keeps its columns.
#[test]
fn clients_books_without_part_take_what_needs_none() {
    let mut sandbox = Sandbox::small();
    sandbox.invoice("acme", "1000", "2026-03-01");
    let settings = sandbox.read("acquit.toml");
    sandbox.write(
        "acquit.toml",
        settings.replace("[terms]\n", "[terms]\nallocation = \"legal\"\n"),
    );
    let number = sandbox.invoice("acme", "1000", "2026-03-01");
    sandbox.today = day("2026-03-20");
    let header = "id,date,client,amount,currency,method,document\n";
    sandbox.write("payments/2026.csv", header);
    sandbox.run(&["pay", "F2026-0001", "100"]).ok();
    // Not late yet, so all of it is principal; the terms say that interest comes first, and the part would be written.
    sandbox.run(&["pay", &number, "200"]).ok();
    let book = sandbox.read("payments/2026.csv");
    assert!(book.starts_with(header), "{book}");
    assert_eq!(book.lines().count(), 3, "{book}");
    for (number, left) in [("F2026-0001", "1100.00"), ("F2026-0002", "1000.00")] {
        let list = sandbox.run(&["list", "--json"]).json();
        let items = list["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["number"] == number).unwrap();
        assert_eq!(item["balance"], left, "{item}");
    }
    // Late, a part of it is interest, which without the column would be taken for principal.
    sandbox.today = day("2026-08-20");
    let refused = sandbox.run(&["pay", &number, "1000"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("CSV-HEADER") && refused.err.contains("has no column `part`"),
        "{}",
        refused.err
    );
    assert_eq!(sandbox.read("payments/2026.csv"), book);
}
