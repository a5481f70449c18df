//! What a person types: judged where it stands, by the rules that it will have to meet later.

use acquit::ledger::identifier::check_email;
use acquit::post::leaving::Leaving;
use acquit::view::eml::{Mail, eml};

use crate::harness::{Sandbox, now};

/// Addresses that look like addresses and that no message leaves to, with a word of what is said.
const NOT_SENT: &[(&str, &str)] = &[
    ("nobody", "no `@`"),
    ("a@b", "no e-mail address"),
    ("@acme.example", "no e-mail address"),
    ("a@", "no e-mail address"),
    ("a b@acme.example", "spaces"),
    ("Jeanne <jeanne@acme.example>", "spaces"),
    ("a@acme.example, b@acme.example", "spaces"),
    ("a@b@acme.example", "no e-mail address"),
    ("été@acme.example", "RFC 6531"),
    (".a@acme.example", "no e-mail address"),
    ("a.@acme.example", "no e-mail address"),
    ("a..b@acme.example", "no e-mail address"),
    ("a@acme..example", "no e-mail address"),
    ("a@-acme.example", "no e-mail address"),
    ("a@[127.0.0.1]", "spaces"),
    ("a@127.0.0.1", "no e-mail address"),
    ("-oQ/tmp/x@acme.example", "option"),
    (
        "a23456789012345678901234567890123456789012345678901234567890123456@acme.example",
        "no e-mail address",
    ),
];

/// Whatever is taken where it is typed, a message carries: it can be written, read back and sent to that address and no other.
#[test]
fn typed_addresses_are_judged_by_the_rules_of_sending() {
    let good = [
        "compta@acme.example",
        "o'neil+rechnung_2026@sub.acme.example",
        "a/b=c&d@acme.example",
        "x@bücher.example",
        "x@xn--bcher-kva.example",
        "1@2.example",
    ];
    for text in good
        .iter()
        .copied()
        .chain(NOT_SENT.iter().map(|(text, _)| *text))
    {
        let to = [text.to_owned()];
        let mail = Mail {
            from: ("Camille", "camille@example.org"),
            name: "Acme, \"SAS\"",
            to: &to,
            subject: "x",
            text: "x",
            ..Mail::default()
        };
        let carried = eml(&mail).and_then(|draft| Leaving::of(&draft, now()));
        match check_email(text) {
            Ok(address) => {
                assert!(good.contains(&text), "{text} was taken");
                assert_eq!(carried.unwrap().to, [address.to_string()], "{text}");
            }
            Err(why) => {
                assert!(carried.is_err(), "{text} is refused ({why}), and is sent");
                assert!(!good.contains(&text), "{text}: {why}");
            }
        }
    }
}

#[test]
fn typed_addresses_are_refused_with_their_place_in_every_key() {
    for (text, why) in NOT_SENT {
        let sandbox = Sandbox::within("tests/errors/base", "");
        let client = sandbox.read("clients/acme.toml");
        for key in ["email", "email_cc", "email_reminders"] {
            let line = format!("{key} = [\"ok@acme.example\", \"{text}\"]\n");
            let others: String = client
                .split_inclusive('\n')
                .filter(|line| !line.starts_with(&format!("{key} =")))
                .collect();
            sandbox.write("clients/acme.toml", format!("{line}{others}"));
            let said = checked(&sandbox);
            assert!(said.contains("error[ID-ADDRESS]"), "{key} {text}: {said}");
            assert!(said.contains(&format!("`{text}` ")), "{key}: {said}");
            assert!(said.contains(why), "{key} {text}: {said}");
            assert!(
                said.contains("clients/acme.toml:1:"),
                "{key} {text}: {said}"
            );
        }
        sandbox.write("clients/acme.toml", &client);
        let settings = sandbox.read("acquit.toml");
        let own: String = settings
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("email ="))
            .collect();
        let own = own.replacen("[seller]\n", &format!("[seller]\nemail = \"{text}\"\n"), 1);
        assert_ne!(own, settings);
        sandbox.write("acquit.toml", own);
        let said = checked(&sandbox);
        assert!(said.contains("error[ID-ADDRESS]"), "seller {text}: {said}");
        assert!(said.contains("--> acquit.toml:"), "seller {text}: {said}");
    }
}

/// The command line is a place where addresses are typed as well: nothing is written.
#[test]
fn typed_addresses_of_the_command_line_are_refused() {
    for (text, _) in NOT_SENT {
        let sandbox = Sandbox::small();
        let email = format!("--email={text}");
        let add = [
            "client", "add", "nova", "--name", "Nova", "--kind", "consumer", &email,
        ];
        let said = sandbox.run(&add).refused();
        assert!(said.contains("ID-ADDRESS"), "{text}: {said}");
        assert!(!sandbox.path().join("clients/nova.toml").exists());
        let empty = Sandbox::empty();
        let init = ["init", "--name", "C", "--form", "ei", &email, "--no-input"];
        let said = empty.run(&init).refused();
        assert!(said.contains("ID-ADDRESS"), "{text}: {said}");
        assert!(!empty.path().join("acquit.toml").exists());
    }
}

/// What `check` prints of a ledger with an error.
#[track_caller]
fn checked(sandbox: &Sandbox) -> String {
    let output = sandbox.run(&["check"]);
    assert_eq!(output.code, 1, "{}", output.both);
    output.both
}

fn draft(attachments: &str) -> String {
    format!(
        "client = \"acme\"\nattachments = {attachments}\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 100\nvat = 20\n"
    )
}

/// The folder of an issued document is frozen: what stands in it must be taken out by git on every system.
#[test]
fn typed_attachments_that_other_systems_cannot_hold_are_refused() {
    let long = format!("{}.pdf", "a".repeat(300));
    let names = [
        "q\"uote.pdf",
        "a:b.pdf",
        "a*.pdf",
        "a?.pdf",
        "a|b.pdf",
        "a<b>.pdf",
        "end.",
        "con.pdf",
        "LPT1.txt",
        "GIT~1",
        " a.pdf",
        "a.pdf ",
        &long,
    ];
    for name in names {
        let sandbox = Sandbox::small();
        if name.len() < 255 {
            sandbox.write(&format!("att/{name}"), "%PDF-1.4\n");
        }
        sandbox.write("drafts/a.toml", draft(&format!("['att/{name}']")));
        let said = sandbox.run(&["issue", "a"]).refused();
        // A space at the end of a text goes; the file with the space is then not found.
        let is_trimmed = name.ends_with(' ');
        assert!(
            said.contains(if is_trimmed {
                "FILE-MISSING"
            } else {
                "FILE-NAME"
            }),
            "{name}: {said}"
        );
        assert!(said.contains("drafts/a.toml:2:"), "{name}: {said}");
        assert!(!sandbox.path().join("invoices").exists(), "{name}");
        let warned = sandbox.run(&["check"]).both;
        assert!(
            warned.contains("FILE-NAME") || is_trimmed,
            "{name}: {warned}"
        );
    }
}

#[test]
fn typed_attachments_that_are_one_file_elsewhere_are_refused() {
    for (one, other) in [
        ("Plan.pdf", "plan.PDF"),
        ("\u{e9}t\u{e9}.pdf", "e\u{301}te\u{301}.pdf"),
        ("ÉTÉ.pdf", "été.pdf"),
    ] {
        let sandbox = Sandbox::small();
        sandbox.write(&format!("one/{one}"), "1");
        sandbox.write(&format!("other/{other}"), "2");
        sandbox.write(
            "drafts/a.toml",
            draft(&format!("[\"one/{one}\", \"other/{other}\"]")),
        );
        let said = sandbox.run(&["issue", "a"]).refused();
        assert!(said.contains("error[FILE-NAME]"), "{said}");
        assert!(
            said.contains("have one name on Windows and macOS"),
            "{said}"
        );
        let said = sandbox.run(&["check"]).both;
        assert!(said.contains("warning[FILE-NAME]"), "{said}");
    }
}

#[test]
fn typed_names_of_devices_name_no_client() {
    let sandbox = Sandbox::small();
    for name in ["con", "Aux", "nul.x", "com1", "lpt9"] {
        let add = ["client", "add", name, "--name", "N", "--kind", "consumer"];
        assert!(sandbox.run(&add).refused().contains("FILE-NAME"), "{name}");
    }
}

/// A text without its quotes that looks like a number: the hint never repeats the error.
#[test]
fn typed_texts_without_quotes_are_shown_with_them() {
    for (key, typed, hint) in [
        ("postcode", "01000", "postcode = \"01000\""),
        ("postcode", "00", "postcode = \"00\""),
        ("postcode", "1012 AB", "postcode = \"1012 AB\""),
        ("postcode", "69 001", "postcode = \"69 001\""),
        ("phone", "06 12 34 56 78", "phone = \"06 12 34 56 78\""),
        ("phone", "0612345678", "phone = \"0612345678\""),
        ("siret", "732829320 00074", "siret = \"732829320 00074\""),
        ("reference", "007-A", "reference = \"007-A\""),
        (
            "website",
            "https://acme.example",
            "website = \"https://acme.example\"",
        ),
    ] {
        let sandbox = Sandbox::small();
        let client = sandbox.read("clients/acme.toml");
        sandbox.write("clients/acme.toml", format!("{key} = {typed}\n{client}"));
        let said = checked(&sandbox);
        assert!(said.contains(hint), "{key} = {typed}: {said}");
        assert!(said.contains("clients/acme.toml:1:"), "{said}");
        let repeats = said.contains(&format!("write `{typed}`"));
        assert!(!repeats, "{key} = {typed}: {said}");
    }
}

/// A buyer's system compares an order number letter by letter.
#[test]
fn typed_spaces_around_a_text_reach_no_document() {
    let sandbox = Sandbox::small();
    let more = "order = \"  PO-12 \"\ncontract = \"\u{a0}R 1 \"\n";
    sandbox.write("drafts/a.toml", format!("{more}{}", draft("[]")));
    sandbox.run(&["issue", "a"]).ok();
    let issued = sandbox.read("invoices/2026/F2026-0001.toml");
    assert!(issued.contains("order = \"PO-12\""), "{issued}");
    assert!(issued.contains("contract = \"R 1\""), "{issued}");
    let cii = sandbox.run(&["export", "cii", "F2026-0001"]).ok();
    assert!(cii.contains("<ram:IssuerAssignedID>PO-12<"), "{cii}");
}
