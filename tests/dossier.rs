//! The collection file: everything there and nothing there, sums, page numbers, digests, hostile names.

use std::collections::BTreeMap;
use std::path::Path;

use acquit::changes::sha256;

use crate::harness::{Output, Sandbox, day};
use crate::pages::texts_of;

const EVENTS: &str = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";

/// An invoice of 1200 EUR from an accepted quote, due on 2026-10-01 and paid in part.
fn ledger() -> (Sandbox, String) {
    let mut sandbox = Sandbox::small();
    sandbox.today = day("2026-09-01");
    sandbox
        .run(&[
            "quote", "new", "acme", "Travail", "1", "1000", "--vat", "20", "--name", "offer",
        ])
        .ok();
    sandbox.run(&["issue", "offer"]).ok();
    sandbox
        .run(&["quote", "accept", "D2026-0001", "--who", "Mme Roy"])
        .ok();
    sandbox
        .run(&["quote", "invoice", "D2026-0001", "--name", "work"])
        .ok();
    let number = sandbox.run(&["issue", "work"]).err;
    let number = number
        .split("invoice ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .unwrap()
        .to_owned();
    sandbox.today = day("2026-11-22");
    sandbox
        .run(&["pay", &number, "200", "--date", "2026-10-20"])
        .ok();
    (sandbox, number)
}

/// Keeps a file under sent/, and returns its columns of an event.
fn sent(sandbox: &Sandbox, name: &str, bytes: &[u8]) -> String {
    let path = format!("sent/2026/{name}");
    sandbox.write(&path, bytes);
    format!("{path},{}", sha256(bytes))
}

fn events(sandbox: &Sandbox, rows: &str) {
    let path = "events/2026.csv";
    let before = if sandbox.path().join(path).exists() {
        sandbox.read(path)
    } else {
        EVENTS.to_owned()
    };
    sandbox.write(path, before + rows);
}

/// Everything that a court could ask for.
fn complete() -> (Sandbox, String) {
    let (sandbox, number) = ledger();
    sandbox.run(&["render", &number]).ok();
    let pdf = std::fs::read(sandbox.path().join(format!("out/{number}.pdf"))).unwrap();
    let invoice = sent(&sandbox, &format!("{number}.pdf"), &pdf);
    let mail = "From: a@example.org\r\nTo: compta@acme.example\r\nSubject: =?utf-8?Q?Rappel_n=C2=B0_1?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nBonjour, merci de r=C3=A9gler.\r\n";
    let reminder = sent(&sandbox, "2026-10-10-acme-first.eml", mail.as_bytes());
    let call = sent(
        &sandbox,
        "2026-10-20-acme.call.txt",
        "Promis 😀 pour lundi".as_bytes(),
    );
    let notice = sent(&sandbox, "2026-11-05-acme-formal.pdf", &pdf);
    events(
        &sandbox,
        &format!(
            "s1,2026-09-01,sent,acme,{number},,email,,,,,,,{invoice},\n\
             s2,2026-10-10,sending,acme,{number},first,email,,,,,2026-10-01,,{reminder},\n\
             s3,2026-10-10,reminded,acme,{number},first,email,,,,,2026-10-01,,{reminder},\n\
             s4,2026-10-20,called,acme,{number},second,call,,,,,2026-10-01,camille,{call},Promis 😀\n\
             s5,2026-11-05,letter,acme,{number},formal,letter,,,,,2026-10-01,camille,{notice},\n\
             s6,2026-11-07,delivered,acme,{number},,letter,,,,,,La Poste,,,avis signé\n"
        ),
    );
    (sandbox, number)
}

fn make(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    sandbox.run(&[&["dossier", "-o", "out/d"], arguments].concat())
}

fn file(sandbox: &Sandbox, name: &str) -> Vec<u8> {
    std::fs::read(sandbox.path().join("out/d").join(name)).unwrap()
}

/// Every file below a folder, with its digest.
fn tree(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tree(&path, root, found);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            found.insert(name, sha256(&std::fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn dossier_everything_is_there() {
    let (sandbox, number) = complete();
    let output = make(&sandbox, &["acme"]);
    assert_eq!(
        (output.code, output.out.contains("Nothing is missing.")),
        (0, true),
        "{}",
        output.both
    );
    let names = ["documents", "messages", "quotes"].map(|folder| {
        let mut found = BTreeMap::new();
        tree(
            &sandbox.path().join("out/d").join(folder),
            sandbox.path(),
            &mut found,
        );
        found.into_values().count()
    });
    assert_eq!(
        names,
        [1, 3, 1],
        "a message that two events name stands there once"
    );
    // What was sent is there byte for byte.
    for (own, kept) in [
        (
            format!("documents/{number}.pdf"),
            format!("sent/2026/{number}.pdf"),
        ),
        (
            "messages/2026-10-10-acme-first.eml".to_owned(),
            "sent/2026/2026-10-10-acme-first.eml".to_owned(),
        ),
    ] {
        assert_eq!(
            file(&sandbox, &own),
            std::fs::read(sandbox.path().join(kept)).unwrap()
        );
    }
    // The list of digests names every file but itself, and fits.
    let mut found = BTreeMap::new();
    tree(
        &sandbox.path().join("out/d"),
        &sandbox.path().join("out/d"),
        &mut found,
    );
    found.remove("SHA256SUMS");
    let expected: String = found
        .iter()
        .map(|(name, digest)| format!("{digest}  {name}\n"))
        .collect();
    assert_eq!(sandbox.read("out/d/SHA256SUMS"), expected);
    // The same ledger gives the same bytes.
    let whole = file(&sandbox, "dossier.pdf");
    make(&sandbox, &["acme"]).ok();
    assert_eq!(whole, file(&sandbox, "dossier.pdf"));
    let readme = sandbox.read("out/d/README.txt");
    assert!(
        readme.contains("Accepté le 01/09/2026 par Mme Roy") && readme.contains("Rien ne manque."),
        "{readme}"
    );
}

#[test]
fn dossier_the_pages_are_where_the_contents_say() {
    let (sandbox, number) = complete();
    for language in ["fr", "en", "de", "es", "it", "nl"] {
        make(&sandbox, &["acme", "--language", language]).ok();
        let texts = texts_of(&file(&sandbox, "dossier.pdf"));
        let json = sandbox
            .run(&["dossier", "acme", "-n", "--json", "--language", language])
            .json();
        let parts = json["items"].as_array().unwrap();
        assert_eq!(
            texts.len(),
            parts.len() + 1,
            "each part of this file has one page"
        );
        for (at, part) in parts.iter().enumerate() {
            let page = at + 2;
            if part["what"] == "invoice" {
                assert!(texts[page - 1].contains(&number), "{language}");
            }
            if language == "fr" {
                let day: Vec<&str> = part["date"].as_str().unwrap().rsplit('-').collect();
                // The row of the contents ends with date and page; the number of the next follows.
                let row = format!("{}{page}", day.join("/"));
                let row = if page <= parts.len() {
                    format!("{row}{page}")
                } else {
                    row
                };
                assert!(texts[0].contains(&row), "{row} in {}", texts[0]);
            }
        }
    }
    // The mail as a person reads it, and a character that no font has.
    let texts = texts_of(&file(&sandbox, "dossier.pdf")).concat();
    assert!(
        texts.contains("Rappeln°1") && texts.contains("mercideré"),
        "{texts}"
    );
    assert!(texts.contains("Promis?pourlundi"));
}

#[test]
fn dossier_the_sums_are_those_of_statement_and_interest() {
    let (sandbox, number) = complete();
    // A second document of the client, paid late: its indemnity is still to be claimed.
    let mut sandbox = sandbox;
    sandbox.today = day("2026-11-22");
    let other = sandbox.invoice("acme", "500", "2026-09-15");
    sandbox
        .run(&["pay", &other, "600", "--date", "2026-11-10"])
        .ok();
    for (name, interest) in [
        ("acme", vec!["--client", "acme"]),
        (number.as_str(), vec![number.as_str()]),
    ] {
        make(&sandbox, &[name, "--language", "en"]).ok();
        let claims = sandbox
            .run(&[&["interest", "--json"], interest.as_slice()].concat())
            .json();
        let texts = texts_of(&file(&sandbox, "interest.pdf"))
            .concat()
            .replace(',', "");
        for claim in claims["totals"].as_array().unwrap() {
            for key in ["number", "interest", "fee"] {
                let text = claim[key].as_str().unwrap();
                assert!(texts.contains(text), "{name}: {key} {text} in {texts}");
            }
        }
        let own = texts_of(&file(&sandbox, "statement.pdf"))
            .concat()
            .replace(',', "");
        assert!(own.contains("1000.00"), "{own}");
    }
    make(&sandbox, &["acme", "--language", "fr"]).ok();
    sandbox
        .run(&["statement", "acme", "-o", "out/own.pdf"])
        .ok();
    let own = std::fs::read(sandbox.path().join("out/own.pdf")).unwrap();
    assert_eq!(texts_of(&own), texts_of(&file(&sandbox, "statement.pdf")));
}

#[test]
fn dossier_nothing_is_there_and_that_is_said() {
    let mut sandbox = Sandbox::small();
    sandbox.write(
        "clients/bare.toml",
        "name = \"Bare SAS\"\n[address]\ncountry = \"FR\"\n",
    );
    sandbox.today = day("2026-09-01");
    let number = sandbox.invoice("acme", "1000", "2026-09-01");
    sandbox.today = day("2026-11-22");
    let json = sandbox.run(&["dossier", &number, "--json"]).json();
    let missing: Vec<&str> = json["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["missing"].as_str())
        .collect();
    assert_eq!(missing, ["order", "sent", "reminder", "notice"]);
    let folder = sandbox
        .path()
        .join(format!("out/dossier/{number}-2026-11-22"));
    assert!(folder.join("dossier.pdf").is_file());
    let readme = std::fs::read_to_string(folder.join("README.txt")).unwrap();
    assert!(
        readme.contains(&format!("{number} : aucune mise en demeure envoyée.")),
        "{readme}"
    );
    // Nobody owes anything: no file. A dry run writes none.
    let output = sandbox.run(&["dossier", "zoe"]);
    assert!(
        output.code == 1 && output.err.contains("owes nothing"),
        "{}",
        output.err
    );
    let output = sandbox.run(&["dossier", "acme", "-n"]).ok();
    assert!(!output.is_empty() && !sandbox.path().join("out/dossier/acme-2026-11-22").exists());
}

#[test]
fn dossier_a_changed_file_is_found_and_left_out() {
    let (sandbox, number) = complete();
    sandbox.write("sent/2026/2026-10-10-acme-first.eml", "changed");
    std::fs::remove_file(sandbox.path().join("sent/2026/2026-10-20-acme.call.txt")).unwrap();
    let output = make(&sandbox, &[&number, "--json"]);
    assert_eq!(output.code, 1);
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    let missing: Vec<(String, String)> = json["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["what"] == "missing")
        .map(|row| {
            (
                row["missing"].as_str().unwrap().to_owned(),
                row["number"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        ("changed", "sent/2026/2026-10-10-acme-first.eml"),
        ("file", "sent/2026/2026-10-20-acme.call.txt"),
    ];
    assert_eq!(
        missing,
        expected.map(|(word, file)| (word.to_owned(), file.to_owned()))
    );
    assert!(
        !sandbox
            .path()
            .join("out/d/messages/2026-10-10-acme-first.eml")
            .exists()
    );
}

#[test]
fn dossier_hostile_names_stay_in_the_folder() {
    let (sandbox, number) = ledger();
    sandbox.write("secret.txt", "secret");
    let names = [
        "sent/2026/a b.eml",
        "sent/2026/..x.txt",
        "sent/2026/A B.eml",
        "sent/2026/x.exe",
    ];
    for name in names {
        sandbox.write(name, b"Subject: x\n\nhello\n");
    }
    let digest = sha256(b"Subject: x\n\nhello\n");
    let mut rows = String::new();
    let all = names.iter().copied().chain([
        "../secret.txt",
        "/etc/hostname",
        "sent/../secret.txt",
        "acquit.toml",
    ]);
    for (at, name) in all.enumerate() {
        rows.push_str(&format!(
            "h{at},2026-10-0{},reminded,acme,{number},first,email,,,,,,,{name},{digest},\n",
            at + 1
        ));
    }
    events(&sandbox, &rows);
    let before = {
        let mut found = BTreeMap::new();
        tree(sandbox.path(), sandbox.path(), &mut found);
        found
    };
    let output = make(&sandbox, &[&number]);
    assert_eq!(output.code, 0, "{}", output.both);
    let mut after = BTreeMap::new();
    tree(sandbox.path(), sandbox.path(), &mut after);
    after.retain(|name, _| !name.starts_with("out/d/"));
    assert_eq!(before, after, "nothing is written but below the folder");
    let mut messages = BTreeMap::new();
    tree(
        &sandbox.path().join("out/d/messages"),
        &sandbox.path().join("out/d/messages"),
        &mut messages,
    );
    assert_eq!(
        messages.keys().collect::<Vec<_>>(),
        ["A_B-2.eml", "a_b.eml", "x.exe", "x.txt"]
    );
    for file in [
        "../secret.txt",
        "/etc/hostname",
        "sent/../secret.txt",
        "acquit.toml",
    ] {
        assert!(
            output
                .out
                .contains(&format!("{file}: this file is missing.")),
            "{}",
            output.out
        );
    }
    // The folder is never one of the ledger's.
    assert_eq!(
        sandbox
            .run(&["dossier", &number, "-o", "invoices/2026"])
            .code,
        2
    );
}
