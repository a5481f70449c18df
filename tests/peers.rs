//! What the nearest tools get wrong, and bad input that no document can show.

use acquit::printable::printable;

use crate::harness::{Sandbox, day, run_on, snapshot};

/// T1: a failed or deleted draft leaves no hole.
#[test]
fn peers_numbers_have_no_holes() {
    let sandbox = Sandbox::small();
    assert_eq!(sandbox.invoice("acme", "100", "2026-02-01"), "F2026-0001");
    assert!(
        sandbox
            .run(&["new", "acme", "Conseil", "1", "1,5x", "--vat", "20"])
            .refused()
            .contains("VALUE-NUMBER")
    );
    sandbox
        .run(&[
            "new", "acme", "Conseil", "1", "100", "--vat", "20", "--name", "gone",
        ])
        .ok();
    std::fs::remove_file(sandbox.path().join("drafts/gone.toml")).unwrap();
    assert!(
        sandbox
            .run(&["new", "acme", "Conseil", "1", "100", "--vat", "25"])
            .refused()
            .contains("LAW-VAT-RATE")
    );
    sandbox.write(
        "drafts/wrong.toml",
        "client = \"acme\"\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 1\nvat = 25\n",
    );
    assert!(
        sandbox
            .run(&["issue", "wrong"])
            .refused()
            .contains("LAW-VAT-RATE")
    );
    assert_eq!(sandbox.invoice("acme", "100", "2026-02-02"), "F2026-0002");
}

/// T4: issued is frozen: a change of client and seller changes no page, and no command edits or deletes.
#[test]
fn peers_issued_is_frozen() {
    let sandbox = Sandbox::of("examples/atelier");
    let list = sandbox.run(&["list", "--json"]).json();
    let number = list["items"][0]["number"].as_str().unwrap().to_owned();
    sandbox.run(&["render", &number]).ok();
    let page = std::fs::read(sandbox.path().join(format!("out/{number}.pdf"))).unwrap();
    let settings = sandbox
        .read("acquit.toml")
        .replace("Camille Durand", "Camille Autre");
    sandbox.write("acquit.toml", settings);
    let client = list["items"][0]["client"].as_str().unwrap();
    let path = format!("clients/{client}.toml");
    sandbox.write(
        &path,
        sandbox
            .read(&path)
            .replacen("name = \"", "name = \"Nouvelle ", 1),
    );
    sandbox.write("logo.png", b"no picture any more");
    sandbox.run(&["render", &number]).ok();
    assert!(
        page == std::fs::read(sandbox.path().join(format!("out/{number}.pdf"))).unwrap(),
        "the page has changed"
    );
    let commands: Vec<String> = acquit::command::verbs::tree()
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    for forbidden in ["edit", "delete", "remove", "reopen", "draft", "mark"] {
        assert!(!commands.iter().any(|command| command == forbidden));
    }
}

/// T5: names match exactly; nothing is written; something is suggested.
#[test]
fn peers_names_match_exactly() {
    let sandbox = Sandbox::small();
    let before = snapshot(sandbox.path());
    for (arguments, code) in [
        (&["list", "--client", ""][..], "CLIENT-UNKNOWN"),
        (&["list", "--client", "a"], "CLIENT-UNKNOWN"),
        (
            &["new", "ac", "Conseil", "1", "100", "--vat", "20"],
            "CLIENT-UNKNOWN",
        ),
        (
            &["new", "ACME", "Conseil", "1", "100", "--vat", "20"],
            "CLIENT-UNKNOWN",
        ),
        (
            &["new", "acme", "", "1", "100", "--vat", "20"],
            "VALUE-TEXT",
        ),
        (&["new", "acme", "--item", "; 1; 100; 20%"], "VALUE-TEXT"),
        (&["new", "acme", "--item", ""], "VALUE-TEXT"),
        (&["client", "show", "acm"], "CLIENT-UNKNOWN"),
        (&["client", "add", "../x", "--name", "X"], "FILE-NAME"),
        (&["client", "add", "Acme", "--name", "X"], "FILE-EXISTS"),
        (&["issue", "nothing"], "DRAFT-UNKNOWN"),
        (&["show", "F2026-0001"], "DOCUMENT-UNKNOWN"),
        (&["render", "F2026-0001"], "DOCUMENT-UNKNOWN"),
    ] {
        let text = sandbox.run(arguments).refused();
        assert!(
            text.contains(&format!("error[{code}]")),
            "{arguments:?}: {text}"
        );
    }
    assert_eq!(snapshot(sandbox.path()), before);
    let typo = sandbox
        .run(&["new", "acmee", "Conseil du mois", "1", "100", "--vat", "20"])
        .refused();
    assert!(
        typo.contains("did you mean `acme`? `acquit new acme 'Conseil du mois' 1 100 --vat 20`"),
        "{typo}"
    );
}

/// T7: nothing panics; what cannot be is refused at entry.
#[test]
fn peers_the_unimaginable_is_refused() {
    let sandbox = Sandbox::small();
    for (quantity, price, code) in [
        ("99999999999999", "99999999999999", "VALUE-NUMBER"),
        ("999999999999", "999999999999", "AMOUNT-SIZE"),
        ("NaN", "1", "VALUE-NUMBER"),
        ("inf", "1", "VALUE-NUMBER"),
        ("1e3", "1", "VALUE-NUMBER"),
        ("-2", "1", "AMOUNT-SIGN"),
        ("1", "-1", "AMOUNT-SIGN"),
        ("1", "120,50", "VALUE-NUMBER"),
        ("1.00001", "1", "VALUE-NUMBER"),
        ("1", "1.0000001", "VALUE-NUMBER"),
        ("1", "999999999999999999999999999999", "VALUE-NUMBER"),
    ] {
        let text = sandbox
            .run(&["new", "acme", "Conseil", quantity, price, "--vat", "20"])
            .refused();
        assert!(
            text.contains(&format!("error[{code}]")),
            "{quantity} × {price}: {text}"
        );
    }
    assert!(
        sandbox
            .run(&["new", "acme", "Conseil", "1", "120,50", "--vat", "20"])
            .err
            .contains("`120.50`")
    );
    assert!(!sandbox.path().join("drafts").exists());
}

/// T8: nonsense is refused at entry, with the value and a correct example.
#[test]
fn peers_nonsense_is_refused_at_entry() {
    let sandbox = Sandbox::small();
    let refused = |arguments: &[&str], code: &str, value: &str| {
        let text = sandbox.run(arguments).refused();
        assert!(
            text.contains(code) && text.contains(value) && text.contains("hint"),
            "{arguments:?}: {text}"
        );
    };
    refused(
        &["new", "acme", "Conseil", "1", "100", "--vat", "500"],
        "LAW-VAT-RATE",
        "500",
    );
    refused(
        &[
            "new", "acme", "Conseil", "1", "100", "--vat", "20", "--due", "demain",
        ],
        "VALUE-DATE",
        "demain",
    );
    refused(
        &["client", "add", "x", "--name", "X", "--currency", "XXQ"],
        "CURRENCY-UNKNOWN",
        "XXQ",
    );
    refused(
        &["client", "add", "x", "--name", " "],
        "VALUE-TEXT",
        "empty",
    );
    refused(
        &[
            "client",
            "add",
            "x",
            "--name",
            "X",
            "--vat",
            "FR00404833048",
        ],
        "ID-VAT",
        "FR83404833048",
    );
    sandbox.invoice("acme", "100", "2026-02-01");
    refused(
        &["pay", "F2026-0001", "120,50"],
        "VALUE-NUMBER",
        "acquit pay F2026-0001 120.50",
    );
    refused(&["pay", "F2026-0001", "1.005"], "VALUE-NUMBER", "1.005");
    refused(&["pay", "F2026-0001", "0"], "PAYMENT-AMOUNT", "nothing");
    refused(
        &["pay", "F2026-0001", "1", "--method", "barter"],
        "VALUE-CHOICE",
        "barter",
    );
    refused(
        &["pay", "F2026-0001", "1", "--date", "2026-11-23"],
        "PAYMENT-DATE",
        "2026-11-23",
    );
    assert_eq!(
        sandbox
            .run(&["pay", "F2026-0001", "1", "--date", "2026-02-30"])
            .code,
        2
    );
    assert!(!sandbox.path().join("payments").exists());
    let iban = Sandbox::empty().run(&[
        "init",
        "--name",
        "X EI",
        "--siren",
        "732829320",
        "--iban",
        "FR1420041010050500013M02607",
        "--no-input",
    ]);
    assert!(iban.refused().contains("ID-IBAN"));
}

/// T10: no invented data: what was not said is not there.
#[test]
fn peers_no_invented_data() {
    let sandbox = Sandbox::empty();
    sandbox
        .run(&[
            "init",
            "--name",
            "Camille Durand EI",
            "--siren",
            "732829320",
            "--no-input",
        ])
        .ok();
    let settings = sandbox.read("acquit.toml");
    assert!(
        !settings.contains("iban") && !settings.contains("[[pay]]"),
        "{settings}"
    );
    assert!(settings.contains("vat = \"FR44732829320\""));
    sandbox
        .run(&["client", "add", "acme", "--name", "Acme SAS", "--no-input"])
        .ok();
    sandbox
        .run(&["new", "acme", "Conseil", "1", "650", "--vat", "20"])
        .ok();
    let text = sandbox.run(&["issue", "acme"]).refused();
    for needed in ["LAW-SELLER-ADDRESS", "LAW-CLIENT-ADDRESS"] {
        assert!(text.contains(&format!("error[{needed}]")), "{text}");
    }
    assert!(text.contains("242 nonies A"), "{text}");
}

/// `init` asks at most five questions, and each has a flag.
#[test]
fn peers_init_asks_at_most_five_questions() {
    use acquit::prompt::NoAnswer;

    struct Scripted(Vec<&'static str>, usize);
    impl acquit::prompt::Ask for Scripted {
        fn text(&mut self, _: &str, _: Option<&str>) -> Result<String, NoAnswer> {
            self.1 += 1;
            Ok(self.0.remove(0).to_owned())
        }
        fn choice(&mut self, _: &str, _: &[&str]) -> Result<usize, NoAnswer> {
            self.1 += 1;
            Ok(0)
        }
        fn confirm(&mut self, question: &str) -> Result<bool, NoAnswer> {
            panic!("{question}")
        }
    }
    let sandbox = Sandbox::empty();
    let mut person = Scripted(
        vec![
            "Camille Durand EI",
            "732829320",
            "12 rue X, 69001 Lyon",
            "FR14 2004 1010 0505 0001 3M02 606",
        ],
        0,
    );
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = acquit::run(acquit::Outside {
        arguments: ["acquit", "init"].iter().map(Into::into).collect(),
        folder: sandbox.path().to_owned(),
        today: day("2026-11-22"),
        now: crate::harness::now,
        no_color: true,
        is_terminal: (true, true),
        width: 80,
        out: &mut out,
        err: &mut err,
        ask: Some(&mut person),
        disk: &acquit::disk::RealDisk,
        chance: || [7; 16],
        mail: None,
        office: &acquit::post::RealOffice,
    });
    assert_eq!(
        (code, person.1),
        (0, 5),
        "{}",
        String::from_utf8_lossy(&err)
    );
    let settings = sandbox.read("acquit.toml");
    assert!(
        settings.contains("postcode = \"69001\"")
            && settings.contains("iban = \"FR1420041010050500013M02606\""),
        "{settings}"
    );
    assert!(settings.contains(&"07".repeat(16)));
}

/// Only one thing is asked of the disk before a refusal: nothing is written, not even a lock, by a reading command.
#[test]
fn peers_reading_writes_nothing() {
    let sandbox = Sandbox::of("examples/studio");
    let before = snapshot(sandbox.path());
    for arguments in [
        &["list"][..],
        &["overdue", "--json"],
        &["status"],
        &["check"],
        &["remind", "--explain"],
        &["client", "list"],
        &["list", "--format", "csv"],
        &["explain", "law"],
        &["explain"],
    ] {
        let output = sandbox.run(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.err);
    }
    assert_eq!(snapshot(sandbox.path()), before);
    assert!(!sandbox.path().join(".acquit").exists());
    assert!(!sandbox.path().join("out").exists());
}

#[test]
fn peers_dry_runs_write_nothing() {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "100", "2026-10-15");
    sandbox
        .run(&[
            "new", "acme", "Conseil", "1", "100", "--vat", "20", "--name", "d",
        ])
        .ok();
    let before = snapshot(sandbox.path());
    for arguments in [
        &["issue", "d", "-n"][..],
        &["pay", "F2026-0001", "1", "-n"],
        &["credit", "F2026-0001", "-n"],
        &["new", "acme", "x", "1", "1", "--vat", "20", "-n"],
        &["client", "add", "y", "--name", "Y", "-n"],
        &["render", "F2026-0001", "-n"],
        &["remind", "--write", "out", "-n"],
    ] {
        let output = sandbox.run(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.err);
        assert!(
            output.err.contains("would"),
            "{arguments:?}: {}",
            output.err
        );
    }
    assert_eq!(snapshot(sandbox.path()), before);
    assert!(
        sandbox
            .run(&["issue", "d", "-n"])
            .err
            .contains("would issue invoice F2026-0002")
    );
    assert_eq!(sandbox.run(&["list", "-n"]).code, 2);
    assert_eq!(sandbox.run(&["issue", "d", "--json"]).code, 2);
}

/// A file of a hundred megabytes is refused by its size, and hides nothing else.
#[test]
fn peers_a_file_of_a_hundred_megabytes() {
    let sandbox = Sandbox::small();
    let file = std::fs::File::create(sandbox.path().join("clients/huge.toml")).unwrap();
    file.set_len(100 << 20).unwrap();
    let output = sandbox.run(&["check"]);
    assert_eq!(output.code, 1);
    assert!(
        output
            .out
            .contains("error[FILE-TOO-LARGE]: clients/huge.toml has 104857600 bytes"),
        "{}",
        output.out
    );
    assert!(sandbox.run(&["client", "list"]).out.contains("acme"));
}

/// An attachment of a hundred megabytes is refused before it is read whole; nothing is issued.
#[test]
fn peers_an_attachment_of_a_hundred_megabytes() {
    let sandbox = Sandbox::small();
    sandbox
        .run(&[
            "new", "acme", "Conseil", "1", "10", "--vat", "20", "--name", "d",
        ])
        .ok();
    let file = std::fs::File::create(sandbox.path().join("scan.pdf")).unwrap();
    file.set_len(100 << 20).unwrap();
    let draft = sandbox.path().join("drafts/d.toml");
    let text = std::fs::read_to_string(&draft).unwrap();
    std::fs::write(&draft, format!("attachments = [\"scan.pdf\"]\n{text}")).unwrap();
    let refused = sandbox.run(&["issue", "d"]).refused();
    assert!(
        refused.contains(
            "error[FILE-TOO-LARGE]: with scan.pdf the attachments come to more than 10 MB"
        ),
        "{refused}"
    );
    assert!(draft.exists() && !sandbox.path().join("invoices").exists());
}

/// Ten thousand characters, `]]>` and ampersands cross neither a cell nor the XML.
#[test]
fn peers_hostile_text_in_an_invoice() {
    let sandbox = Sandbox::small();
    let long = format!(
        "{} ]]> & <b> \\\"x\\\" {}",
        "mot ".repeat(2400),
        "x".repeat(400)
    );
    let draft = format!(
        "client = \"acme\"\n\n[[line]]\nitem = \"A & <B> ]]>\"\ndescription = \"{long}\"\nquantity = 1\nprice = 10\nvat = 20\n"
    );
    std::fs::create_dir_all(sandbox.path().join("drafts")).unwrap();
    std::fs::write(sandbox.path().join("drafts/d.toml"), &draft).unwrap();
    sandbox.run(&["issue", "d"]).ok();
    sandbox.run(&["render", "--all"]).ok();
    for syntax in ["cii", "ubl"] {
        let xml = sandbox.run(&["export", syntax, "F2026-0001"]).ok();
        assert!(
            xml.contains("A &amp; &lt;B&gt; ]]&gt;") && xml.contains(&"x".repeat(400)),
            "{xml}"
        );
    }
    std::fs::create_dir_all(sandbox.path().join("drafts")).unwrap();
    std::fs::write(
        sandbox.path().join("drafts/e.toml"),
        draft.replace("A &", "A \\u0007 &"),
    )
    .unwrap();
    assert!(
        sandbox
            .run(&["issue", "e"])
            .refused()
            .contains("error[VALUE-TEXT]")
    );
}

/// A file that cannot be read is said with its name (a link to itself fails for root too), and ends with 3 where it stops the command.
#[cfg(unix)]
#[test]
fn peers_an_unreadable_file() {
    let sandbox = Sandbox::small();
    std::os::unix::fs::symlink("loop.toml", sandbox.path().join("clients/loop.toml")).unwrap();
    let output = sandbox.run(&["check"]);
    assert!(
        output
            .out
            .contains("error[FILE-UNREADABLE]: clients/loop.toml cannot be read"),
        "{}",
        output.out
    );
    std::fs::remove_file(sandbox.path().join("acquit.toml")).unwrap();
    std::os::unix::fs::symlink("acquit.toml", sandbox.path().join("acquit.toml")).unwrap();
    let outcome = sandbox.run(&["remind"]);
    assert_ne!(outcome.code, 0, "{}", outcome.err);
}

/// A name with quotes, ampersands and accents is printed; control characters cannot steer a terminal.
#[test]
fn peers_names_are_only_text() {
    let sandbox = Sandbox::small();
    sandbox
        .run(&[
            "client",
            "add",
            "odd",
            "--name",
            "L’Été & Fils \"Œuvres\" <b>",
            "--street",
            "1 rue A",
            "--postcode",
            "1",
            "--city",
            "B",
            "--id",
            "404833048",
        ])
        .ok();
    sandbox
        .run(&[
            "new",
            "odd",
            "100 % \\ {{ total }}",
            "1",
            "10",
            "--vat",
            "20",
        ])
        .ok();
    sandbox.run(&["issue", "odd"]).ok();
    assert_eq!(sandbox.run(&["check"]).ok(), "");
    assert_eq!(
        sandbox.run(&["list", "--json"]).json()["items"][0]["buyer"],
        "L’Été & Fils \"Œuvres\" <b>"
    );
    assert_eq!(printable("a\u{1b}[31mb\tc"), "a\u{241b}[31mb c");
    let bad = sandbox
        .run(&["client", "add", "esc", "--name", "A\u{1b}[31m"])
        .refused();
    assert!(
        bad.contains("VALUE-TEXT") && !bad.contains('\u{1b}'),
        "{bad}"
    );
}

/// The same command in two ledgers gives the same bytes.
#[test]
fn peers_same_input_same_bytes() {
    let make = || {
        let sandbox = Sandbox::small();
        sandbox.invoice("acme", "100", "2026-02-01");
        sandbox.run(&["pay", "F2026-0001", "20"]).ok();
        sandbox.run(&["render", "--all"]).ok();
        let mut files = snapshot(sandbox.path());
        files.insert(
            "pdf".into(),
            std::fs::read(sandbox.path().join("out/F2026-0001.pdf")).unwrap(),
        );
        files
    };
    assert_eq!(make(), make());
}

/// The demonstration works in an empty folder, is never written over another, and leaves a ledger that proves.
#[test]
fn peers_the_demonstration() {
    let sandbox = Sandbox::empty();
    let text = sandbox.run(&["demo"]).ok();
    assert!(
        text.contains("$ acquit overdue") && text.contains("2 late: 2613.00 EUR"),
        "{text}"
    );
    for file in [
        "out/F2026-0001.pdf",
        "out/reminders/2026-11-22/acme-final.eml",
        "register/2026.csv",
    ] {
        assert!(sandbox.path().join("demo").join(file).exists(), "{file}");
    }
    assert_eq!(sandbox.run(&["demo"]).code, 2);
    let demo = run_on(
        &acquit::disk::RealDisk,
        &sandbox.path().join("demo"),
        day("2026-11-22"),
        &["check"],
    );
    assert_eq!(demo.ok(), "");
}
