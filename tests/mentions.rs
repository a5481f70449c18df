//! Mentions that depend on the seller, the works and the contract: each is there where its conditions are met, and nowhere else.

use crate::harness::Sandbox;

const SELLER: &str = r#"
[seller.insurance]
insurer = "Assurances du Bâtiment"
contact = "1 rue du Port, 44000 Nantes"
cover = "France métropolitaine"

[seller.mediator]
name = "Médiation Habitat"
address = "2 rue du Port, 44000 Nantes"
website = "https://mediation.example"
"#;

const WINDOWS: &str = r#"
[[line]]
item = "Réparation"
quantity = 1
price = 100
vat = 10

[[line]]
item = "Fenêtres"
quantity = 2
price = 500
vat = 5.5
"#;

/// The small ledger; its seller has an insurance and a mediator.
fn insured() -> Sandbox {
    let sandbox = Sandbox::small();
    let settings = sandbox.read("acquit.toml");
    sandbox.write("acquit.toml", format!("{settings}{SELLER}"));
    sandbox
}

/// Issues a draft, and returns the mentions of the document and what was said on the way.
fn mentions(sandbox: &Sandbox, name: &str, draft: &str) -> (String, String) {
    sandbox.write(&format!("drafts/{name}.toml"), draft);
    let said = sandbox.run(&["issue", name]);
    let number = said
        .both
        .split_whitespace()
        .find(|word| word.starts_with("D2026-") || word.starts_with("F2026-"))
        .unwrap_or_default()
        .trim_end_matches([':', ',', '.'])
        .to_owned();
    let warnings = said.err.clone();
    said.ok();
    let room = if number.starts_with('D') {
        "quotes"
    } else {
        "invoices"
    };
    let text = sandbox.read(&format!("{room}/2026/{number}.toml"));
    let at = text.find("[[mention]]").unwrap_or(text.len());
    (text[at..].to_owned(), warnings)
}

fn quote(client: &str, keys: &str) -> String {
    format!("client = \"{client}\"\ntype = \"quote\"\n{keys}\n{WINDOWS}")
}

/// Loi 96-603 art. 22-2: insurer, contact, territory, on each quote and each invoice.
#[test]
fn insurance_is_on_quotes_and_invoices_where_it_is_stated() {
    let sandbox = insured();
    let text = "Assurance professionnelle : Assurances du Bâtiment, 1 rue du Port, 44000 Nantes ; couverture géographique : France métropolitaine.";
    for kind in ["quote", "invoice"] {
        let draft = format!("client = \"acme\"\ntype = \"{kind}\"\n{WINDOWS}");
        assert!(mentions(&sandbox, kind, &draft).0.contains(text), "{kind}");
    }
    let without = Sandbox::small();
    let draft = format!("client = \"acme\"\n{WINDOWS}");
    assert!(!mentions(&without, "x", &draft).0.contains("Assurance"));
    // Who does works on buildings is told of it.
    let works = format!("client = \"acme\"\nworks = {{ place = \"Lyon\" }}\n{WINDOWS}");
    let said = mentions(&without, "y", &works).1;
    assert!(said.contains("LAW-INSURANCE"), "{said}");
}

/// C. conso. art. R616-1: documents to consumers name the mediator, others do not.
#[test]
fn a_mediator_is_named_to_consumers() {
    let sandbox = insured();
    let found = |client: &str, name: &str| {
        let draft = format!("client = \"{client}\"\n{WINDOWS}");
        mentions(&sandbox, name, &draft)
            .0
            .contains("Médiation Habitat, 2 rue du Port, 44000 Nantes, https://mediation.example")
    };
    assert!(found("zoe", "one"));
    assert!(!found("acme", "two"));
    let (_, said) = mentions(&Sandbox::small(), "q", &quote("zoe", ""));
    assert!(
        said.contains("LAW-MEDIATOR") && said.contains("LAW-WITHDRAWAL"),
        "{said}"
    );
}

/// C. conso. art. L221-5, L221-18: fourteen days and the form, where the contract is concluded at a distance or off the premises.
#[test]
fn a_quote_states_the_right_of_withdrawal_where_there_is_one() {
    let sandbox = insured();
    for (way, is_there) in [
        ("distance", true),
        ("off-premises", true),
        ("premises", false),
    ] {
        let draft = quote("zoe", &format!("concluded = \"{way}\""));
        let (text, said) = mentions(&sandbox, &format!("q-{way}"), &draft);
        assert_eq!(text.contains("quatorze jours"), is_there, "{way}");
        let form = "À l’attention de Camille Durand EI, ";
        assert_eq!(text.contains(form), is_there, "{way}: {text}");
        assert!(!said.contains("LAW-WITHDRAWAL"), "{said}");
    }
    // No business has that right.
    let draft = quote("acme", "concluded = \"distance\"");
    assert!(!mentions(&sandbox, "b", &draft).0.contains("quatorze jours"));
    // The seller's usual way holds where the draft says nothing.
    let settings = sandbox.read("acquit.toml");
    let settings = settings.replace("[seller]\n", "[seller]\nconcluded = \"distance\"\n");
    sandbox.write("acquit.toml", settings);
    assert!(
        mentions(&sandbox, "u", &quote("zoe", ""))
            .0
            .contains("quatorze jours")
    );
}

/// BOI-LETTRE-000280: each reduced rate has its sentence, on the quote, or on an invoice without one, for the client to sign.
#[test]
fn the_client_certifies_what_reduced_rates_ask() {
    let sandbox = insured();
    let works = "works = { place = \"8 rue des Lilas, 69003 Lyon\" }";
    let ten = "supérieure à 10 %.\"\nsign = true";
    let energy = "supérieure à 10 % et qu’ils ont la nature de travaux de rénovation énergétique.\"\nsign = true";
    let both = |text: &str| (text.contains(ten), text.contains(energy));
    let (text, _) = mentions(&sandbox, "q", &quote("acme", works));
    assert_eq!(both(&text), (true, true), "{text}");
    assert!(
        text.contains("Je soussigné(e) Acme SAS certifie, en qualité de preneur de la prestation")
    );
    assert!(text.contains("Lieu d’exécution des travaux : 8 rue des Lilas, 69003 Lyon."));
    // Only the rate that is there; nothing at 20 %, nothing without works.
    let one = |vat: &str, works: &str| {
        format!(
            "client = \"acme\"\n{works}\n[[line]]\nitem = \"Peinture\"\nquantity = 1\nprice = 100\nvat = {vat}\n"
        )
    };
    assert_eq!(
        both(&mentions(&sandbox, "a", &one("10", works)).0),
        (true, false)
    );
    assert_eq!(
        both(&mentions(&sandbox, "b", &one("20", works)).0),
        (false, false)
    );
    assert_eq!(
        both(&mentions(&sandbox, "c", &one("10", "")).0),
        (false, false)
    );
    // The invoice of a quote relies on the quote's, unless it says otherwise.
    sandbox.run(&["quote", "accept", "D2026-0001"]).ok();
    sandbox
        .run(&["quote", "invoice", "D2026-0001", "--name", "whole"])
        .ok();
    let draft = sandbox.read("drafts/whole.toml");
    assert!(
        draft.contains("works = { place = \"8 rue des Lilas, 69003 Lyon\" }"),
        "{draft}"
    );
    let (text, _) = mentions(&sandbox, "whole", &draft);
    assert_eq!(both(&text), (false, false), "{text}");
    assert!(text.contains("Lieu d’exécution"));
    let certify = "works = { place = \"Lyon\", certify = true }\nquote = \"D1999-7\"";
    assert_eq!(
        both(&mentions(&sandbox, "d", &one("10", certify)).0),
        (true, false)
    );
    let apart = "works = { place = \"Lyon\", certify = false }";
    assert_eq!(
        both(&mentions(&sandbox, "e", &one("10", apart)).0),
        (false, false)
    );
}

/// What the client certifies stands in a frame with a place to sign, once, and not among the mentions.
#[test]
fn the_page_has_a_place_to_sign_each_certification() {
    let sandbox = insured();
    let works = "concluded = \"premises\"\nworks = { place = \"Lyon\", repair = true, hourly_rate = 55, travel = 0 }";
    mentions(&sandbox, "q", &quote("zoe", works));
    sandbox.run(&["render", "D2026-0001", "-o", "q.pdf"]).ok();
    let pdf = std::fs::read(sandbox.path().join("q.pdf")).unwrap();
    let text = crate::pages::text_of(&pdf);
    // The agreement to the quote, and two certifications; the text of a page has no spaces here.
    assert_eq!(text.matches("Dateetsignature").count(), 3, "{text}");
    assert_eq!(text.matches("Jesoussigné(e)").count(), 2, "{text}");
    assert_eq!(text.matches("Bonpouraccord").count(), 1, "{text}");
}

/// Arrêté du 24 janvier 2017, art. 4: place, hour of labour and travel, on quotes of repairs to consumers.
#[test]
fn a_repair_quote_states_hour_and_travel() {
    let sandbox = insured();
    let quoted = |name: &str, works: &str| {
        let works = format!("concluded = \"premises\"\nworks = {{ place = \"Lyon\", {works} }}");
        mentions(&sandbox, name, &quote("zoe", &works))
    };
    let (text, said) = quoted("a", "repair = true, hourly_rate = 55, travel = 0");
    assert!(!said.contains("LAW-REPAIR"), "{said}");
    assert!(
        text.contains("main-d’œuvre : 55,00\u{a0}€, toutes taxes comprises."),
        "{text}"
    );
    assert!(text.contains("Frais de déplacement : aucuns."), "{text}");
    let (text, _) = quoted("b", "repair = true, hourly_rate = 55, travel = 30");
    assert!(
        text.contains("Frais de déplacement : 30,00\u{a0}€, toutes taxes comprises."),
        "{text}"
    );
    let (_, said) = quoted("c", "repair = true");
    assert_eq!(said.matches("LAW-REPAIR").count(), 2, "{said}");
    // What is no repair needs neither.
    let (_, said) = quoted("d", "repair = false");
    assert!(!said.contains("LAW-REPAIR"), "{said}");
}

/// C. com. art. L237-2, R123-237: with the form and capital, on pages, letters and in BT-33.
#[test]
fn a_company_in_liquidation_says_so() {
    let sandbox = Sandbox::small();
    let settings = sandbox.read("acquit.toml");
    let settings = settings.replace(
        "[seller]\n",
        "[seller]\nliquidator = \"Maître Y, 3 rue Z, 69002 Lyon\"\nregistry = \"RSAC Lyon 732 829 320\"\n",
    );
    sandbox.write("acquit.toml", settings);
    let (text, _) = mentions(&sandbox, "x", &format!("client = \"acme\"\n{WINDOWS}"));
    let document = sandbox.read("invoices/2026/F2026-0001.toml");
    assert!(
        document.contains(
            "legal = \"société en liquidation, liquidateur : Maître Y, 3 rue Z, 69002 Lyon\""
        ),
        "{document}"
    );
    // A registration as a commercial agent is said as one.
    assert!(
        text.contains("Agent commercial : RSAC Lyon 732 829 320."),
        "{text}"
    );
}

/// What a user writes is printed as it stands, even where it looks like a placeholder of the law's wording.
#[test]
fn values_are_not_filled_in_twice() {
    let sandbox = Sandbox::small();
    let settings = sandbox.read("acquit.toml");
    let insurance = SELLER.replace(
        "1 rue du Port, 44000 Nantes\"\ncover",
        "{cover} {fee} {\"\ncover",
    );
    sandbox.write("acquit.toml", format!("{settings}{insurance}"));
    let (text, _) = mentions(&sandbox, "x", &format!("client = \"acme\"\n{WINDOWS}"));
    assert!(
        text.contains("Assurances du Bâtiment, {cover} {fee} { ; couverture géographique : France métropolitaine."),
        "{text}"
    );
}

/// How the contract is concluded belongs into a quote, and a price has the digits of its currency.
#[test]
fn what_works_and_contracts_cannot_say_is_refused() {
    let sandbox = insured();
    let refused = |keys: &str| {
        sandbox.write(
            "drafts/x.toml",
            format!("client = \"acme\"\n{keys}\n{WINDOWS}"),
        );
        sandbox.run(&["issue", "x"]).refused()
    };
    assert!(refused("concluded = \"distance\"").contains("KEY-UNKNOWN"));
    let works = |keys: &str| refused(&format!("works = {{ {keys} }}"));
    assert!(works("repair = true").contains("KEY-MISSING"));
    assert!(works("place = \"Lyon\", travel = -1").contains("AMOUNT-SIGN"));
    assert!(works("place = \"Lyon\", hourly_rate = 5.555").contains("VALUE-NUMBER"));
}

/// Works are frozen with the document, and come back in a corrective.
#[test]
fn works_are_frozen_and_restated() {
    let sandbox = insured();
    let works = "works = { place = \"8 rue des Lilas\", certify = false, travel = 12.5 }";
    mentions(
        &sandbox,
        "x",
        &format!("client = \"acme\"\n{works}\n{WINDOWS}"),
    );
    assert!(
        sandbox
            .read("invoices/2026/F2026-0001.toml")
            .contains(works)
    );
    sandbox.run(&["check"]).ok();
    sandbox.run(&["credit", "F2026-0001", "--replace"]).ok();
    assert!(
        sandbox
            .read("drafts/corrective-F2026-0001.toml")
            .contains(works)
    );
}
