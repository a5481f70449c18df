//! What is invoiced again: each period once, whatever its template's file is called, and nothing while a document cannot be read.

use crate::harness::{Output, Sandbox, day, snapshot};

const HOSTING: &str = "every = \"month\"\nfrom = 2026-10-01\nclient = \"acme\"\n\n[[line]]\nitem = \"Hosting {month}\"\nquantity = 1\nprice = 10\nvat = 20\n";

/// A ledger in which October and November are billed by the template `host`.
fn billed() -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.write("recurring/host.toml", HOSTING);
    sandbox.run(&["recurring", "run", "--issue"]).ok();
    assert!(
        sandbox
            .path()
            .join("invoices/2026/F2026-0002.toml")
            .exists()
    );
    sandbox
}

fn rename(sandbox: &Sandbox, from: &str, to: &str) {
    std::fs::rename(sandbox.path().join(from), sandbox.path().join(to)).unwrap();
}

#[track_caller]
fn refused(sandbox: &Sandbox, arguments: &[&str], code: &str) -> Output {
    let before = snapshot(sandbox.path());
    let output = sandbox.run(arguments);
    assert_eq!(output.code, 1, "{}", output.both);
    assert!(
        output.err.contains(&format!("error[{code}]")),
        "{}",
        output.err
    );
    assert_eq!(snapshot(sandbox.path()), before);
    output
}

/// What is done to a ledger, and the code that names it.
type Harm = (fn(&Sandbox), &'static str);

#[test]
fn recurring_makes_nothing_while_a_document_is_unreadable() {
    let document = "invoices/2026/F2026-0002.toml";

    let harms: [Harm; 5] = [
        (
            |sandbox| {
                std::fs::remove_file(sandbox.path().join("invoices/2026/F2026-0002.toml")).unwrap();
            },
            "DOCUMENT-MISSING",
        ),
        (
            |sandbox| std::fs::remove_dir_all(sandbox.path().join("invoices")).unwrap(),
            "DOCUMENT-MISSING",
        ),
        (
            |sandbox| {
                let path = "invoices/2026/F2026-0002.toml";
                let text = sandbox.read(path);
                sandbox.write(path, text.replace("recurring = \"host@2026-11\"\n", ""));
            },
            "DOCUMENT-CHANGED",
        ),
        (
            |sandbox| {
                let path = sandbox.path().join("invoices/2026/F2026-0002.toml");
                std::fs::remove_file(&path).unwrap();
                std::fs::create_dir(path).unwrap();
            },
            "FILE-KIND",
        ),
        (
            |sandbox| {
                let text = sandbox.read("register/2026.csv");
                sandbox.write("register/2026.csv", text.replacen("12.00", "12", 1));
            },
            "REGISTER-SPELLING",
        ),
    ];
    for (harm, code) in harms {
        let sandbox = billed();
        harm(&sandbox);
        refused(&sandbox, &["recurring", "run"], code);
        refused(&sandbox, &["recurring", "run", "--issue"], code);
        refused(&sandbox, &["recurring", "skip", "host", "2026-12"], code);
        // A reader says so, and ends with 1.
        let list = sandbox.run(&["recurring", "list"]);
        assert_eq!(list.code, 1, "{}", list.both);
        assert!(list.err.contains(code), "{}", list.err);
    }
    let sandbox = billed();
    assert!(sandbox.path().join(document).exists());
    assert!(
        sandbox
            .run(&["recurring", "run"])
            .err
            .contains("nothing is due")
    );
}

#[test]
fn recurring_a_period_under_another_name_is_asked_about() {
    let sandbox = billed();
    rename(&sandbox, "recurring/host.toml", "recurring/hosting.toml");
    for arguments in [
        &["recurring", "run"][..],
        &["recurring", "run", "hosting"],
        &["recurring", "run", "--issue"],
        &["recurring", "run", "--no-input"],
        &["recurring", "run", "--dry-run"],
    ] {
        let output = refused(&sandbox, arguments, "RECURRING-TWICE");
        assert!(output.err.contains("F2026-0001 bills acme for 2026-10"));
        assert!(output.err.contains("F2026-0002 bills acme for 2026-11"));
        assert!(
            output
                .err
                .contains("write `id = \"host\"` into recurring/hosting.toml")
        );
    }
    // Other words do not make it another subscription: the price may have gone up with the name.
    let text = sandbox.read("recurring/hosting.toml");
    sandbox.write(
        "recurring/hosting.toml",
        text.replace("price = 10", "price = 12"),
    );
    refused(
        &sandbox,
        &["recurring", "run", "--issue"],
        "RECURRING-TWICE",
    );
    // A draft bills a period as well.
    sandbox
        .run(&["recurring", "run", "--again", "--until", "2026-12-01"])
        .ok();
    rename(&sandbox, "recurring/hosting.toml", "recurring/web.toml");
    let output = refused(
        &sandbox,
        &["recurring", "run", "--until", "2026-12-31"],
        "RECURRING-TWICE",
    );
    assert!(
        output
            .err
            .contains("the draft `hosting-2026-12` bills acme"),
        "{}",
        output.err
    );
}

#[test]
fn recurring_another_interval_bills_no_day_twice() {
    let sandbox = billed();
    for every in ["quarter", "2 months", "year"] {
        sandbox.write(
            "recurring/host.toml",
            HOSTING.replace("\"month\"", &format!("\"{every}\"")),
        );
        let output = sandbox.run(&["recurring", "run", "--issue"]);
        // `2 months` from October on has the name that October had: it is made.
        if every == "2 months" {
            assert_eq!(output.code, 0, "{}", output.both);
            continue;
        }
        assert_eq!(output.code, 1, "{every}: {}", output.both);
        assert!(output.err.contains("RECURRING-TWICE"), "{}", output.err);
        assert!(
            output.err.contains("begin with a later `from`"),
            "{}",
            output.err
        );
    }
    let later = HOSTING
        .replace("\"month\"", "\"quarter\"")
        .replace("2026-10-01", "2026-12-01");
    sandbox.write("recurring/host.toml", later);
    sandbox
        .run(&["recurring", "run", "--until", "2026-12-01"])
        .ok();
    let draft = sandbox.read("drafts/host-2026-Q4.toml");
    assert!(
        draft.contains("period = { from = 2026-12-01, to = 2027-02-28 }"),
        "{draft}"
    );
}

#[test]
fn recurring_two_templates_of_one_client_are_no_copies() {
    let sandbox = billed();
    sandbox.write("recurring/care.toml", HOSTING.replace("Hosting", "Care"));
    let output = sandbox.run(&["recurring", "run", "--issue"]);
    assert_eq!(output.code, 0, "{}", output.both);
    assert!(
        output.err.contains("issued invoice F2026-0004"),
        "{}",
        output.err
    );
    // A copy is one, be its period billed by documents or due in the same run.
    sandbox.write("recurring/copy.toml", HOSTING);
    refused(
        &sandbox,
        &["recurring", "run", "--issue"],
        "RECURRING-TWICE",
    );
    let mut fresh = Sandbox::small();
    fresh.today = day("2026-11-22");
    fresh.write("recurring/a.toml", HOSTING);
    fresh.write("recurring/b.toml", HOSTING);
    let output = refused(&fresh, &["recurring", "run", "--issue"], "RECURRING-TWICE");
    assert!(
        output
            .err
            .contains("recurring/b.toml says the same as recurring/a.toml")
    );
    // Of another client, the same words are another subscription.
    fresh.write("recurring/b.toml", HOSTING.replace("acme", "zoe"));
    fresh.run(&["recurring", "run", "--issue"]).ok();
}

#[test]
fn recurring_an_id_outlives_the_name_of_its_file() {
    let sandbox = billed();
    rename(&sandbox, "recurring/host.toml", "recurring/web.toml");
    sandbox.write("recurring/web.toml", format!("id = \"host\"\n{HOSTING}"));
    let output = sandbox.run(&["recurring", "run", "--issue"]);
    assert_eq!(output.code, 0, "{}", output.both);
    assert!(output.err.contains("nothing is due"), "{}", output.err);
    sandbox
        .run(&["recurring", "run", "--until", "2026-12-01"])
        .ok();
    let draft = sandbox.read("drafts/web-2026-12.toml");
    assert!(
        draft.starts_with("recurring = \"host@2026-12\"\n"),
        "{draft}"
    );
    assert!(!draft.contains("id ="), "{draft}");
    let list = sandbox.run(&["recurring", "list", "--json"]).json();
    let item = &list["items"][0];
    assert_eq!(
        (&item["template"], &item["id"]),
        (&"web".into(), &"host".into())
    );
    assert_eq!((&item["made"], &item["due"]), (&3.into(), &0.into()));
    sandbox.write("recurring/other.toml", format!("id = \"host\"\n{HOSTING}"));
    refused(&sandbox, &["recurring", "run"], "RECURRING-TWICE");
    refused(&sandbox, &["recurring", "run", "web"], "RECURRING-TWICE");
    assert!(sandbox.run(&["check"]).out.contains("RECURRING-TWICE"));
    sandbox.write("recurring/other.toml", format!("id = \"a b\"\n{HOSTING}"));
    refused(&sandbox, &["recurring", "run"], "FILE-NAME");
}

#[test]
fn recurring_what_is_skipped_is_left_out() {
    let sandbox = billed();
    let skip = |periods: &[&str]| sandbox.run(&[&["recurring", "skip", "host"], periods].concat());
    skip(&["2026-12", "2027-02"]).ok();
    for (period, code) in [
        ("2026-12", "EVENT-STATE"),
        ("2026-11", "EVENT-STATE"),
        ("2026-09", "RECURRING-PERIOD"),
        ("2026-Q4", "RECURRING-PERIOD"),
        ("december", "RECURRING-PERIOD"),
    ] {
        refused(&sandbox, &["recurring", "skip", "host", period], code);
    }
    refused(
        &sandbox,
        &["recurring", "skip", "hots", "2026-12"],
        "DRAFT-UNKNOWN",
    );
    assert_eq!(sandbox.run(&["check"]).ok(), "");
    let mut later = sandbox;
    later.today = day("2027-02-28");
    let list = later.run(&["recurring", "list", "--json"]).json();
    let item = &list["items"][0];
    assert_eq!((&item["due"], &item["skipped"]), (&1.into(), &2.into()));
    assert_eq!(item["next"], "2027-03-01");
    later.run(&["recurring", "run"]).ok();
    let drafts = snapshot(&later.path().join("drafts"));
    assert_eq!(drafts.keys().collect::<Vec<_>>(), ["host-2027-01.toml"]);
    // The client owes nothing for what was left out, and its file for a collector says nothing of it.
    assert!(
        !later
            .run(&["dossier", "acme", "-o", "out/acme"])
            .out
            .contains("skipped")
    );
}
