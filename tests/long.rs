//! Whatever a user can make long goes on over pages: sixty late invoices, deposits, discounts, instalments, milestones.

use crate::harness::{Sandbox, day};
use crate::pages::texts_of;

/// Sixty invoices of a client, long due.
fn sixty() -> (Sandbox, Vec<String>) {
    let mut sandbox = Sandbox::small();
    sandbox.today = day("2026-01-10");
    let names: Vec<String> = (1..=60).map(|n| format!("d{n:02}")).collect();
    for (at, name) in names.iter().enumerate() {
        let line = format!(
            "[[line]]\nitem = \"Travail\"\nquantity = 1\nprice = {}\nvat = 20\n",
            100 + at
        );
        sandbox.write(
            &format!("drafts/{name}.toml"),
            format!("client = \"acme\"\n{line}"),
        );
    }
    sandbox
        .run(
            &[
                &["issue"],
                names
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .as_slice(),
            ]
            .concat(),
        )
        .ok();
    sandbox.today = day("2026-06-20");
    (sandbox, (1..=60).map(|n| format!("F2026-{n:04}")).collect())
}

fn file(sandbox: &Sandbox, path: &str) -> Vec<String> {
    texts_of(
        &std::fs::read(sandbox.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}")),
    )
}

#[test]
fn long_a_dossier_holds_the_claims_of_sixty_documents() {
    let (sandbox, numbers) = sixty();
    sandbox
        .run(&["dossier", "acme", "-o", "out/d", "--language", "fr"])
        .ok();
    let pages = file(&sandbox, "out/d/interest.pdf");
    assert!(pages.len() > 4, "{}", pages.len());
    let text = pages.concat();
    let claims = sandbox
        .run(&["interest", "--client", "acme", "--json"])
        .json();
    let claims = claims["totals"].as_array().unwrap();
    assert_eq!(claims.len(), 60);
    let money = |value: &serde_json::Value| value.as_str().unwrap().replace('.', ",") + "€";
    let mut cents = 0;
    for (claim, number) in claims.iter().zip(&numbers) {
        assert_eq!(claim["number"].as_str().unwrap(), number);
        // Label and amount of a row stand side by side in the order of the text.
        for row in [
            format!("Pénalitésderetard{number}{}", money(&claim["interest"])),
            format!("Indemnitéforfaitaire{number}{}", money(&claim["fee"])),
        ] {
            assert_eq!(text.matches(&row).count(), 1, "{row} in {text}");
        }
        for key in ["interest", "fee"] {
            cents += claim[key]
                .as_str()
                .unwrap()
                .replace('.', "")
                .parse::<i64>()
                .unwrap();
        }
    }
    // The titles stand again on each page with rows, and the sum once.
    for page in pages.iter().filter(|page| page.contains("F2026-")) {
        assert_eq!(page.matches("Tauxannuel").count(), 1, "{page}");
    }
    let sum = format!("Resteàréclamer{},{:02}€", cents / 100, cents % 100);
    assert_eq!(text.matches(&sum).count(), 1, "{sum} in {text}");
    assert!(pages.last().unwrap().contains(&sum));
    // All of it is in the one file as well.
    let whole = file(&sandbox, "out/d/dossier.pdf").concat();
    assert!(whole.contains(&sum) && whole.contains("Pénalitésderetard"));
    assert!(
        numbers
            .iter()
            .all(|number| whole.contains(&format!("Pénalitésderetard{number}")))
    );
}

#[test]
fn long_statement_letters_and_plan_hold_all_sixty() {
    let (mut sandbox, numbers) = sixty();
    sandbox
        .run(&["statement", "acme", "-o", "out/statement.pdf"])
        .ok();
    let pages = file(&sandbox, "out/statement.pdf");
    assert!(
        pages.len() >= 3
            && numbers
                .iter()
                .all(|number| pages.concat().matches(number.as_str()).count() == 1)
    );
    for page in pages.iter().filter(|page| page.contains("F2026-")) {
        assert_eq!(page.matches("Désignation").count(), 1, "{page}");
    }
    let settings = sandbox.read("acquit.toml");
    for (today, file_name) in [
        ("2026-02-15", ""),
        ("2026-03-03", ""),
        ("2026-03-21", "final"),
        ("2026-04-16", "formal"),
    ] {
        sandbox.today = day(today);
        sandbox.run(&[
            "remind",
            "acme",
            "--confirm",
            "acme",
            "--log",
            "--write",
            "out/m",
        ]);
        if file_name == "formal" {
            let letter = file(&sandbox, &format!("out/m/{today}/acme-formal.letter.pdf"));
            let text = letter.concat();
            // Each in the list of what is owed, in that of interest, and in those of the reminders before.
            assert!(
                letter.len() >= 3
                    && numbers
                        .iter()
                        .all(|number| text.matches(number.as_str()).count() >= 3)
            );
            assert!(
                text.contains("Totalau16/04/2026")
                    && letter.last().unwrap().contains("CamilleDurandEI"),
                "{text}"
            );
        }
    }
    assert_eq!(settings, sandbox.read("acquit.toml"));
    sandbox.today = day("2026-06-20");
    let all: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let parts = ["--parts", "60", "--every", "week", "--first", "2026-07-01"];
    sandbox
        .run(&[&["plan"], all.as_slice(), &parts].concat())
        .ok();
    sandbox
        .run(&["dossier", "acme", "-o", "out/d", "--language", "fr"])
        .ok();
    let text = file(&sandbox, "out/d/dossier.pdf").concat();
    for week in [0, 30, 59] {
        let due = (day("2026-07-01") + chrono::Days::new(7 * week))
            .format("%d/%m/%Y")
            .to_string();
        assert!(text.contains(&due), "{due}");
    }
}

#[test]
fn long_a_final_of_sixty_deposits_discounts_and_payments_has_all_of_them() {
    let mut sandbox = Sandbox::small();
    sandbox.today = day("2026-05-01");
    let names: Vec<String> = (1..=60).map(|n| format!("a{n:02}")).collect();
    let line = |price: u32| {
        format!("[[line]]\nitem = \"Travail\"\nquantity = 1\nprice = {price}\nvat = 20\n")
    };
    for name in &names {
        sandbox.write(
            &format!("drafts/{name}.toml"),
            format!("client = \"zoe\"\ntype = \"deposit\"\n{}", line(10)),
        );
    }
    sandbox
        .run(
            &[
                &["issue"],
                names
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .as_slice(),
            ]
            .concat(),
        )
        .ok();
    let numbers: Vec<String> = (1..=60).map(|n| format!("F2026-{n:04}")).collect();
    for number in &numbers {
        sandbox.run(&["pay", number, "12"]).ok();
    }
    let note = "Une note très longue. ".repeat(600);
    let mut draft = format!(
        "client = \"zoe\"\ntype = \"final\"\ndeposits = {numbers:?}\nnote = \"{note}fin\"\n{}",
        line(2000)
    );
    for n in 1..=60 {
        draft.push_str(&format!(
            "[[discount]]\nreason = \"Remise {n}.\"\namount = 1\nvat = 20\n"
        ));
    }
    for design in ["plain", "modern", "compact"] {
        let settings = sandbox.read("acquit.toml").replacen(
            "[seller]\n",
            &format!("[seller]\ndesign = \"{design}\"\n"),
            1,
        );
        let own = Sandbox::empty();
        crate::harness::copy(sandbox.path(), own.path());
        own.write("acquit.toml", settings);
        own.write("drafts/f.toml", &draft);
        own.run(&["issue", "f", "--date", "2026-05-02"]).ok();
        own.run(&["pay", "F2026-0061", "100", "--date", "2026-05-03"])
            .ok();
        own.run(&[
            "render",
            "F2026-0061",
            "--with-balance",
            "--today",
            "2026-05-04",
            "-o",
            "out/f.pdf",
        ])
        .ok();
        let pages = file(&own, "out/f.pdf");
        let text = pages.concat();
        for (at, number) in numbers.iter().enumerate() {
            assert_eq!(
                text.matches(number.as_str()).count(),
                1,
                "{design}: {number}"
            );
            assert_eq!(
                text.matches(&format!("Remise{}.", at + 1)).count(),
                1,
                "{design}: {at}"
            );
        }
        assert_eq!(text.matches("longue.").count(), 600, "{design}");
        assert!(
            text.contains("Soldeau04/05/2026") && text.contains("Acomptesdéduits"),
            "{design}: {text}"
        );
        assert!(pages.len() < 16, "{design}: {}", pages.len());
    }
}

#[test]
fn long_a_quote_of_many_milestones_and_a_long_foot_is_made() {
    let sandbox = Sandbox::small();
    let settings = sandbox.read("acquit.toml");
    let foot = (1..=300)
        .map(|n| format!("Mention-du-pied-{n}."))
        .collect::<Vec<_>>()
        .join(" ");
    sandbox.write(
        "acquit.toml",
        settings.replacen("[seller]\n", &format!("[seller]\nfooter = \"{foot}\"\n"), 1),
    );
    let mut draft = "client = \"acme\"\ntype = \"quote\"\nvalidity = \"30d\"\n".to_owned();
    for n in 1..=90 {
        draft.push_str(&format!(
            "[[line]]\nitem = \"Étape {n}.\"\nquantity = 1\nprice = 100\nvat = 20\n"
        ));
    }
    for n in 1..=90 {
        let name = "avec un nom très long ".repeat(4);
        draft.push_str(&format!(
            "[[milestone]]\nname = \"Jalon{n}. {name}\"\nlines = [{n}]\n"
        ));
    }
    sandbox.write("drafts/q.toml", draft);
    sandbox.run(&["issue", "q"]).ok();
    sandbox
        .run(&["render", "D2026-0001", "-o", "out/q.pdf"])
        .ok();
    let text = file(&sandbox, "out/q.pdf").concat();
    for n in 1..=90 {
        assert_eq!(text.matches(&format!("Étape{n}.")).count(), 1, "{n}");
        assert_eq!(text.matches(&format!("Jalon{n}.")).count(), 1, "{n}");
    }
    // So long a foot stands once.
    assert!((1..=300).all(|n| text.matches(&format!("Mention-du-pied-{n}.")).count() == 1));
}
