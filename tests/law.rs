//! What the law of the seller's country makes of a document: its VAT by where the parties are, its terms, its wording.

use crate::harness::{Sandbox, day};

/// The keys of a seller of a country, before its address.
struct Seller {
    country: &'static str,
    keys: &'static str,
    terms: &'static str,
}

const FRANCHISE: Seller = Seller {
    country: "FR",
    keys: "form = \"ei\"\nid = \"732829320\"\nvat_regime = \"franchise\"\n",
    terms: "",
};
const FRENCH: Seller = Seller {
    country: "FR",
    keys: "form = \"ei\"\nid = \"732829320\"\nvat = \"FR44732829320\"\n",
    terms: "",
};

/// A ledger of a seller, with a client `c` of a kind in a country.
fn ledger(seller: &Seller, client: &str, country: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    let Seller {
        country: home,
        keys,
        terms,
    } = seller;
    sandbox.write(
        "acquit.toml",
        format!(
            "format = 1\nid = \"test\"\ncurrency = \"EUR\"\nlanguage = \"{}\"\n\n[seller]\nname = \"Camille Durand EI\"\n{keys}\n\
             [seller.address]\nstreet = \"1 rue A\"\npostcode = \"69001\"\ncity = \"Lyon\"\ncountry = \"{home}\"\n\n\
             [series]\ninvoice = \"F{{year}}-{{n:04}}\"\ncredit = \"A{{year}}-{{n:04}}\"\nquote = \"D{{year}}-{{n:04}}\"\n\n[terms]\ndue = \"30d\"\n{terms}",
            match *home {
                "FR" => "fr",
                "DE" | "AT" => "de",
                _ => "en",
            }
        ),
    );
    sandbox.write(
        "clients/c.toml",
        format!(
            "name = \"Client\"\n{client}\n[address]\nstreet = \"2 rue B\"\npostcode = \"75014\"\ncity = \"Ville\"\ncountry = \"{country}\"\n"
        ),
    );
    sandbox
}

/// Writes a draft `d` of one line of 1000 with more keys, and issues it.
fn issue(sandbox: &Sandbox, head: &str, line: &str) -> Result<String, String> {
    sandbox.write(
        "drafts/d.toml",
        format!("client = \"c\"\n{head}\n[[line]]\nitem = \"Travail\"\nquantity = 1\nprice = 1000\n{line}\n"),
    );
    let output = sandbox.run(&["issue", "d"]);
    if output.code != 0 {
        return Err(output.err);
    }
    let file = std::fs::read_dir(sandbox.path().join("invoices/2026"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max()
        .unwrap();
    Ok(std::fs::read_to_string(file).unwrap() + &output.err)
}

const GERMAN: &str = "kind = \"business\"\nvat = \"DE136695976\"\n";
const ACME: &str = "kind = \"business\"\nid = \"404833048\"\nvat = \"FR83404833048\"\n";

/// CGI art. 259, 1° and 293 B; directive 2006/112/EC art. 44: the service is taxed where the business client is.
#[test]
fn law_a_small_business_invoices_no_business_abroad_under_its_scheme() {
    let sandbox = ledger(&FRANCHISE, GERMAN, "DE");
    let refused = issue(&sandbox, "", "").unwrap_err();
    assert!(
        refused.contains("LAW-VAT-FRANCHISE") && refused.contains("reverse-charge"),
        "{refused}"
    );
    // It needs a VAT number for that (CGI art. 286 ter, 5°).
    let refused = issue(&sandbox, "", "vat = \"reverse-charge\"").unwrap_err();
    assert!(refused.contains("LAW-SELLER-VAT"), "{refused}");
    let with_number = Seller {
        keys: "form = \"ei\"\nid = \"732829320\"\nvat = \"FR44732829320\"\nvat_regime = \"franchise\"\n",
        ..FRANCHISE
    };
    let sandbox = ledger(&with_number, GERMAN, "DE");
    let issued = issue(&sandbox, "", "vat = \"reverse-charge\"").unwrap();
    assert!(
        issued.contains("code = \"VATEX-EU-AE\"") && issued.contains("Autoliquidation"),
        "{issued}"
    );
    // A business outside the EU; a service on land, which is at home all the same; goods, which leave under the scheme; a consumer.
    let sandbox = ledger(&FRANCHISE, "kind = \"business\"\n", "US");
    let refused = issue(&sandbox, "", "").unwrap_err();
    assert!(refused.contains("`vat = \"outside\"`"), "{refused}");
    let sandbox = ledger(&FRANCHISE, GERMAN, "DE");
    for line in [
        "vat_reason = \"VATEX-FR-FRANCHISE\"",
        "operation = \"goods\"",
    ] {
        let issued = issue(&sandbox, "", line).unwrap();
        assert!(issued.contains("art. 293 B du CGI"), "{line}: {issued}");
    }
    let sandbox = ledger(&FRANCHISE, "kind = \"consumer\"\n", "DE");
    assert!(issue(&sandbox, "", "").unwrap().contains("293 B"));
    let sandbox = ledger(&FRANCHISE, ACME, "FR");
    assert!(issue(&sandbox, "", "").unwrap().contains("293 B"));
}

/// CGI art. 283, 2 nonies between two parties in France; art. 196 of the directive only between Member States.
#[test]
fn law_reverse_charge_between_french_parties_is_that_of_building_works() {
    let sandbox = ledger(&FRENCH, ACME, "FR");
    let issued = issue(&sandbox, "", "vat = \"reverse-charge\"").unwrap();
    assert!(
        issued.contains("code = \"VATEX-FR-AE\"")
            && issued.contains("Autoliquidation (art. 283, 2 nonies du CGI)")
            && !issued.contains("196"),
        "{issued}"
    );
    let refused = issue(
        &sandbox,
        "",
        "vat = \"reverse-charge\"\nvat_reason = \"VATEX-EU-AE\"",
    )
    .unwrap_err();
    assert!(refused.contains("both parties are in FR"), "{refused}");
    // Another ground of the same country, in its own words.
    let waste = "Autoliquidation (art. 283, 2 sexies du CGI)";
    let line =
        format!("vat = \"reverse-charge\"\nvat_reason = \"VATEX-FR-AE\"\nvat_text = \"{waste}\"");
    let issued = issue(&sandbox, "", &line).unwrap();
    assert!(
        issued.contains(waste) && !issued.contains("nonies"),
        "{issued}"
    );
    // Towards another Member State it is art. 196 as before.
    let sandbox = ledger(&FRENCH, GERMAN, "DE");
    let issued = issue(&sandbox, "", "vat = \"reverse-charge\"").unwrap();
    assert!(issued.contains("code = \"VATEX-EU-AE\""), "{issued}");
    // Another state's seller says the ground of its own law.
    let german = Seller {
        country: "DE",
        keys: "vat = \"DE136695976\"\n",
        terms: "",
    };
    let sandbox = ledger(
        &german,
        "kind = \"business\"\nvat = \"DE811569869\"\n",
        "DE",
    );
    let refused = issue(&sandbox, "", "vat = \"reverse-charge\"").unwrap_err();
    assert!(refused.contains("LAW-VAT-REASON"), "{refused}");
    let line = "vat = \"reverse-charge\"\nvat_reason = \"Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG)\"";
    assert!(issue(&sandbox, "", line).unwrap().contains("13b"));
}

/// C. com. art. L441-10, II and D441-5: 40 € fixed by decree; directive 2011/7/EU art. 6: at least 40 €.
#[test]
fn law_an_agreed_indemnity_is_the_laws_or_refused() {
    for amount in ["0", "20", "200"] {
        let seller = Seller {
            terms: Box::leak(format!("recovery_fee = {amount}\n").into_boxed_str()),
            ..FRENCH
        };
        for client in [ACME, "kind = \"public\"\nid = \"404833048\"\n"] {
            let sandbox = ledger(&seller, client, "FR");
            let refused = issue(&sandbox, "", "vat = 20").unwrap_err();
            assert!(
                refused.contains("LAW-FEE") && refused.contains("40 EUR"),
                "{refused}"
            );
        }
        let sandbox = ledger(&seller, "kind = \"consumer\"\n", "FR");
        assert!(issue(&sandbox, "", "vat = 20").is_ok());
        let german = Seller {
            country: "DE",
            keys: "vat = \"DE136695976\"\n",
            ..seller
        };
        let sandbox = ledger(&german, "kind = \"business\"\n", "DE");
        let issued = issue(&sandbox, "", "vat = 19");
        assert_eq!(issued.is_ok(), amount == "200", "{amount}: {issued:?}");
    }
    // In another currency no figure is the law's.
    let seller = Seller {
        terms: "recovery_fee = 40\n",
        ..FRENCH
    };
    let sandbox = ledger(&seller, ACME, "FR");
    let keys =
        "currency = \"USD\"\nexchange = { rate = 0.9, date = 2026-11-20, source = \"BCE\" }\n";
    let refused = issue(&sandbox, keys, "vat = 20").unwrap_err();
    assert!(
        refused.contains("LAW-FEE") && refused.contains("40 USD"),
        "{refused}"
    );
    let lawful = Seller {
        terms: "recovery_fee = 40\n",
        ..FRENCH
    };
    let sandbox = ledger(&lawful, ACME, "FR");
    let issued = issue(&sandbox, "", "vat = 20").unwrap();
    assert!(issued.contains("recovery_fee = 40\n"), "{issued}");
}

/// Between French businesses an exemption bears its code, and may say the precise text beside it (BT-121 and BT-120).
#[test]
fn law_an_exemption_bears_its_code_and_its_own_words() {
    let sandbox = ledger(&FRENCH, ACME, "FR");
    let words = "Exonération de TVA, art. 261-4-4° a du CGI";
    let line = format!("vat = \"exempt\"\nvat_reason = \"{words}\"");
    let refused = issue(&sandbox, "", &line).unwrap_err();
    assert!(
        refused.contains("LAW-VAT-REASON") && refused.contains("VATEX-FR-CGI261-4"),
        "{refused}"
    );
    let line =
        format!("vat = \"exempt\"\nvat_reason = \"VATEX-FR-CGI261-4\"\nvat_text = \"{words}\"");
    let issued = issue(&sandbox, "", &line).unwrap();
    assert!(
        issued.contains("code = \"VATEX-FR-CGI261-4\"") && issued.contains(words),
        "{issued}"
    );
    let xml = sandbox.run(&["export", "cii", "F2026-0001"]).ok();
    assert!(
        xml.contains("<ram:ExemptionReasonCode>VATEX-FR-CGI261-4<")
            && xml.contains(&format!("<ram:ExemptionReason>{words}<")),
        "{xml}"
    );
    // What takes it back says the same.
    sandbox.run(&["credit", "F2026-0001"]).ok();
    sandbox.run(&["issue", "credit-F2026-0001"]).ok();
    assert!(
        sandbox
            .read("invoices/2026/A2026-0001.toml")
            .contains(words)
    );
    // A code that is not built in is worded by the line itself; one that does not exist is refused (BR-CL-22).
    let line = "vat = \"exempt\"\nvat_reason = \"VATEX-EU-132-1I\"\nvat_text = \"Exonération, art. 132, 1, i) de la directive 2006/112/CE\"";
    assert!(
        issue(&sandbox, "", line)
            .unwrap()
            .contains("VATEX-EU-132-1I")
    );
    let refused = issue(&sandbox, "", &line.replace("132-1I", "132-99")).unwrap_err();
    assert!(refused.contains("VATEX-EU-132-99"), "{refused}");
    // In own words where there is no code, and towards a consumer.
    let line = "vat = \"exempt\"\nvat_reason = \"Exonération de TVA, art. 202 B du CGI\"";
    assert!(issue(&sandbox, "", line).is_ok());
    let sandbox = ledger(&FRENCH, "kind = \"consumer\"\n", "FR");
    let line = format!("vat = \"exempt\"\nvat_reason = \"{words}\"");
    assert!(issue(&sandbox, "", &line).is_ok());
}

/// A hint never proposes the code that has failed: one that has no wording any more, or that is unknown.
#[test]
fn law_the_code_that_failed_is_never_proposed() {
    let mut sandbox = ledger(&FRANCHISE, ACME, "FR");
    sandbox.today = day("2028-07-01");
    let refused = issue(&sandbox, "", "").unwrap_err();
    assert!(
        refused.contains("its wording ended on 2028-06-30") && !refused.contains("did you mean"),
        "{refused}"
    );
    let refused = issue(
        &sandbox,
        "",
        "vat = \"exempt\"\nvat_reason = \"VATEX-FR-CGI261-4\"",
    )
    .unwrap_err();
    assert!(!refused.contains("did you mean"), "{refused}");
    sandbox.today = day("2026-11-22");
    let refused = issue(
        &sandbox,
        "",
        "vat = \"exempt\"\nvat_reason = \"VATEX-FR-ZZZZZZZZZZ\"",
    )
    .unwrap_err();
    assert!(
        !refused.contains("did you mean") && refused.contains("vat_text"),
        "{refused}"
    );
    // The law's new words, once they are there.
    sandbox.today = day("2028-07-01");
    sandbox
        .run(&[
            "law",
            "add",
            "--kind",
            "text-VATEX-FR-FRANCHISE",
            "--from",
            "2028-07-01",
            "--text",
            "TVA non applicable, art. X du CIBS",
            "--source",
            "https://www.legifrance.gouv.fr/",
        ])
        .ok();
    sandbox.write(
        "drafts/d.toml",
        "client = \"c\"\n[[line]]\nitem = \"Travail\"\nquantity = 1\nprice = 10\n",
    );
    sandbox.run(&["issue", "d"]).ok();
    assert!(
        sandbox
            .read("invoices/2028/F2028-0001.toml")
            .contains("art. X du CIBS")
    );
}

/// CONFIRMED §1.5: the rates of H2 2026, ECB 2.40 and Austrian Basiszinssatz 1.53; a state whose rule is not known gets none.
#[test]
fn law_late_interest_of_each_member_state_is_right_or_unknown() {
    for (country, vat, rate) in [
        ("BE", "BE0403019261", "10.5"),
        ("FI", "FI20774740", "10.5"),
        ("AT", "ATU13585627", "10.73"),
        ("IT", "IT00743110157", "10.4"),
        ("ES", "ESB58378431", "10.4"),
        ("LU", "LU15027442", "10.4"),
        ("PT", "PT501964843", "10.4"),
        ("DE", "DE136695976", "10.52"),
    ] {
        let keys = Box::leak(format!("vat = \"{vat}\"\ntax_id = \"1\"\n").into_boxed_str());
        let seller = Seller {
            country,
            keys,
            terms: "",
        };
        let sandbox = ledger(&seller, "kind = \"business\"\n", country);
        let issued = issue(&sandbox, "", "vat = 20").unwrap();
        assert!(
            issued.contains(&format!("late_rate = {rate}\n")),
            "{country}: {issued}"
        );
    }
    // H1 2026: 2.15 + 8 = 10.15, rounded up to 10.50 in Belgium (AUDIT A10); the stretch of interest says so.
    let seller = Seller {
        country: "BE",
        keys: "vat = \"BE0403019261\"\n",
        terms: "",
    };
    let mut sandbox = ledger(&seller, "kind = \"business\"\n", "BE");
    sandbox.today = day("2026-02-01");
    let issued = issue(&sandbox, "", "vat = 21").unwrap();
    assert!(
        issued.contains("late_rate = 10.5\n")
            && issued.contains("rounded up to the next half point"),
        "{issued}"
    );
    sandbox.today = day("2026-06-30");
    let interest = sandbox.run(&["interest", "F2026-0001"]).ok();
    // 1210 × 10.5 % × 119 ÷ 365, from 4 March on.
    assert!(
        interest.contains("ecb-refi 2.15 (2.5) + 8") && interest.contains("41.42"),
        "{interest}"
    );
    for country in ["NL", "SE", "PL", "CZ", "IE"] {
        let seller = |terms| Seller {
            country,
            keys: "vat = \"DE136695976\"\nid = \"1\"\n",
            terms,
        };
        let sandbox = ledger(&seller(""), "kind = \"business\"\n", country);
        let refused = issue(&sandbox, "", "vat = 21").unwrap_err();
        assert!(
            refused.contains("LAW-UNKNOWN") && refused.contains("late_interest = 10"),
            "{country}: {refused}"
        );
        let sandbox = ledger(
            &seller("late_interest = 10\nrecovery_fee = 40\n"),
            "kind = \"business\"\n",
            country,
        );
        let issued = issue(&sandbox, "", "vat = 21").unwrap();
        assert!(
            issued.contains("late_interest = 10\n"),
            "{country}: {issued}"
        );
    }
}

/// § 14(4) Nr. 6 of the German VAT act: the day of supply always; § 34a of its ordinance: what a small business states.
#[test]
fn law_german_documents_state_the_day_of_supply_and_a_tax_number() {
    let said = "Leistungsdatum entspricht Rechnungsdatum.";
    let german = Seller {
        country: "DE",
        keys: "vat = \"DE136695976\"\n",
        terms: "",
    };
    let sandbox = ledger(&german, "kind = \"business\"\n", "DE");
    assert!(issue(&sandbox, "", "vat = 19").unwrap().contains(said));
    let xml = sandbox.run(&["export", "cii", "F2026-0001"]).ok();
    assert!(xml.contains(said), "{xml}");
    for head in [
        "delivered = 2026-11-03\n",
        "period = { from = 2026-10-01, to = 2026-10-31 }\n",
    ] {
        assert!(
            !issue(&sandbox, head, "vat = 19").unwrap().contains(said),
            "{head}"
        );
    }
    let issued = issue(&sandbox, "", "vat = 19\ndate = 2026-11-03").unwrap();
    assert!(!issued.contains(said), "{issued}");
    // A small business is exempt and identified by its Steuernummer; its words are built in since 2025.
    let small = Seller {
        country: "DE",
        keys: "tax_id = \"21/815/08150\"\nvat_regime = \"franchise\"\n",
        terms: "",
    };
    let sandbox = ledger(&small, "kind = \"business\"\n", "DE");
    let issued = issue(&sandbox, "", "").unwrap();
    assert!(
        issued.contains("Steuerfreier Kleinunternehmer (§ 19 UStG)"),
        "{issued}"
    );
    let xml = sandbox.run(&["export", "cii", "F2026-0001"]).ok();
    assert!(
        xml.contains("<ram:ID>21/815/08150<")
            && xml.contains("<ram:ID schemeID=\"FC\">21/815/08150<"),
        "{xml}"
    );
    let dossier = sandbox.run(&["render", "F2026-0001"]);
    assert_eq!(dossier.code, 0, "{}", dossier.err);
    let without = Seller {
        keys: "vat_regime = \"franchise\"\n",
        ..small
    };
    let sandbox = ledger(&without, "kind = \"business\"\n", "DE");
    let refused = issue(&sandbox, "", "").unwrap_err();
    assert!(
        refused.contains("LAW-SELLER-ID") && refused.contains("Steuernummer"),
        "{refused}"
    );
}

/// C. commande publique art. R2192-10 and R2192-11: 30 days, 60 for none but public undertakings.
#[test]
fn law_public_bodies_have_thirty_days() {
    let sandbox = ledger(&FRENCH, "kind = \"public\"\nid = \"404833048\"\n", "FR");
    let issued = issue(&sandbox, "due = \"30d\"", "vat = 20").unwrap();
    assert!(!issued.contains("LAW-TERM"), "{issued}");
    let issued = issue(&sandbox, "due = \"50d\"", "vat = 20").unwrap();
    assert!(
        issued.contains("warning[LAW-TERM]") && issued.contains("R2192-10"),
        "{issued}"
    );
    let refused = issue(&sandbox, "due = \"75d\"", "vat = 20").unwrap_err();
    assert!(refused.contains("error[LAW-TERM]"), "{refused}");
    // 45 days and the end of the month, lawful between businesses, are 70 days here.
    let refused = issue(&sandbox, "due = \"45d eom\"", "vat = 20").unwrap_err();
    assert!(refused.contains("70 days"), "{refused}");
    let law = sandbox
        .run(&["law", "list", "--kind", "late-interest"])
        .ok();
    assert!(law.contains("R2192-31"), "{law}");
}

/// C. com. art. L441-10, I: 45 days from a summary invoice (CGI art. 289, I-3).
#[test]
fn law_an_invoice_of_a_month_is_due_within_45_days() {
    let sandbox = ledger(&FRENCH, ACME, "FR");
    let month = "period = { from = 2026-10-01, to = 2026-10-31 }\n";
    let issued = issue(&sandbox, &format!("{month}due = \"60d\""), "vat = 20").unwrap();
    assert!(
        issued.contains("warning[LAW-TERM]") && issued.contains("at most `45d`"),
        "{issued}"
    );
    for head in [
        format!("{month}due = \"45d\""),
        "due = \"60d\"".to_owned(),
        // One work that took two months, and one of some days.
        "period = { from = 2026-09-03, to = 2026-11-09 }\ndue = \"60d\"".to_owned(),
        "period = { from = 2026-11-03, to = 2026-11-09 }\ndue = \"60d\"".to_owned(),
    ] {
        let issued = issue(&sandbox, &head, "vat = 20").unwrap();
        assert!(!issued.contains("LAW-TERM"), "{issued}");
    }
}

/// SI 2002/1675, art. 4: the rate of 31 December holds for delays that begin up to 30 June, and the reverse.
#[test]
fn law_the_british_rate_is_that_of_the_day_before_the_half_year() {
    let british = Seller {
        country: "GB",
        keys: "",
        terms: "",
    };
    let mut sandbox = ledger(&british, "kind = \"business\"\n", "GB");
    for (today, said) in [
        ("2026-03-01", "31 December 2025"),
        ("2026-11-22", "30 June 2026"),
    ] {
        sandbox.today = day(today);
        let issued = issue(&sandbox, "", "vat = 20").unwrap();
        assert!(
            issued.contains(&format!("as at {said}"))
                || issued.contains("as at 2025-12-31")
                || issued.contains("as at 2026-06-30"),
            "{issued}"
        );
    }
}

/// Arrêté du 24 janvier 2017, art. 4: a consumer is told whether the quote is free; between businesses nobody asks.
#[test]
fn law_a_quote_says_what_the_terms_say_of_its_price() {
    let quote = |terms: &'static str, client: &str| {
        let sandbox = ledger(&Seller { terms, ..FRENCH }, client, "FR");
        sandbox.write(
            "drafts/q.toml",
            "client = \"c\"\ntype = \"quote\"\n[[line]]\nitem = \"Travail\"\nquantity = 1\nprice = 1000\nvat = 20\n",
        );
        sandbox.run(&["issue", "q"]).ok();
        sandbox.read("quotes/2026/D2026-0001.toml")
    };
    let consumer = "kind = \"consumer\"\n";
    assert!(quote("", consumer).contains("Devis gratuit."));
    assert!(!quote("", ACME).contains("Devis gratuit."));
    assert!(quote("quote_cost = \"free\"\n", ACME).contains("Devis gratuit."));
    let paid = quote("quote_cost = \"paid\"\n", consumer);
    assert!(
        paid.contains("Devis payant.") && !paid.contains("gratuit"),
        "{paid}"
    );
    assert!(!quote("quote_cost = \"unsaid\"\n", consumer).contains("Devis gratuit"));
}

/// What is issued stays, and a credit note on it repeats its ground: here art. 196 between two French parties, from before it was refused.
#[test]
fn law_a_credit_note_may_say_what_an_invoice_no_longer_may() {
    let sandbox = ledger(&FRENCH, ACME, "FR");
    let line = "vat = \"reverse-charge\"\nvat_reason = \"VATEX-FR-AE\"\nvat_text = \"Autoliquidation (art. 196)\"";
    issue(&sandbox, "", line).unwrap();
    sandbox.write(
        "drafts/d.toml",
        "client = \"c\"\ntype = \"credit\"\ncorrects = [\"F2026-0001\"]\n[[line]]\nitem = \"Travail\"\nquantity = 1\nprice = 100\n\
         vat = \"reverse-charge\"\nvat_reason = \"VATEX-EU-AE\"\n",
    );
    sandbox.run(&["issue", "d"]).ok();
    let issued = sandbox.read("invoices/2026/A2026-0001.toml");
    assert!(issued.contains("VATEX-EU-AE"), "{issued}");
}

/// C. com. art. R123-237 and R123-238: the texts say what they are there for, whatever the form.
#[test]
fn law_form_and_registration_say_what_they_are() {
    let company = |form: &str, legal: &str, registry: &str| {
        let keys = format!(
            "form = \"{form}\"\nid = \"732829320\"\nvat = \"FR44732829320\"\nlegal = \"{legal}\"\nregistry = \"{registry}\"\n"
        );
        let seller = Seller {
            keys: Box::leak(keys.into_boxed_str()),
            ..FRENCH
        };
        issue(&ledger(&seller, ACME, "FR"), "", "vat = 20")
    };
    let registry = "RCS Lyon 732 829 320";
    for (form, legal) in [
        ("sasu", "SASU au capital de 1 000 €"),
        ("selarl", "SELARL au capital de 10 000 €"),
        ("snc", "SNC"),
        ("sa", "Société anonyme au capital de 37 000 €"),
        ("sci", "SCI au capital de 100 €"),
        ("scop", "SCOP SARL à capital variable"),
    ] {
        assert!(company(form, legal, registry).is_ok(), "{form}");
    }
    let refused = company("sasu", "bonjour", "x").unwrap_err();
    assert!(
        refused.contains("LAW-SELLER-FORM") && refused.contains("LAW-SELLER-REGISTRY"),
        "{refused}"
    );
    let refused = company("sarl", "SARL", "RCS 732 829 320").unwrap_err();
    assert!(
        refused.contains("does not state the capital") && refused.contains("names no city"),
        "{refused}"
    );
    let refused = company("sarl", "SARL au capital de 1 €", "RCS Lyon 404 833 048").unwrap_err();
    assert!(
        refused.contains("another number than the SIREN 732829320"),
        "{refused}"
    );
    // An association has neither; a sole trader who sells goods is asked.
    let with = |keys| {
        let seller = Seller { keys, ..FRENCH };
        issue(&ledger(&seller, ACME, "FR"), "", "vat = 20").unwrap()
    };
    let association = with("form = \"association\"\nid = \"732829320\"\nvat = \"FR44732829320\"\n");
    assert!(!association.contains("warning"), "{association}");
    let goods =
        "form = \"ei\"\nid = \"732829320\"\nvat = \"FR44732829320\"\nactivity = \"goods\"\n";
    assert!(with(goods).contains("warning[LAW-SELLER-REGISTRY]"));
    let registered = Box::leak(format!("{goods}registry = \"RCS Lyon\"\n").into_boxed_str());
    assert!(!with(registered).contains("warning"));
    assert!(!with(FRENCH.keys).contains("warning"));
}

/// CGI art. 294, 296 and 297; BOI-TVA-GEO-20: the parts of France by their postcodes.
#[test]
fn law_rates_overseas_are_those_of_the_place() {
    let of = |seller: &str, client: &str, kind: &str, line: &str| {
        let sandbox = ledger(&FRENCH, kind, "FR");
        let moved = |path: &str, from: &str, to: &str| {
            sandbox.write(path, sandbox.read(path).replace(from, to));
        };
        moved("acquit.toml", "69001", seller);
        moved("clients/c.toml", "75014", client);
        issue(&sandbox, "", line)
    };
    let consumer = "kind = \"consumer\"\n";
    let asked = |issued: Result<String, String>| issued.unwrap().contains("warning[LAW-VAT-RATE]");
    // Both there: the rates of the place, or an error; no VAT at all in Guyane.
    assert!(!asked(of("97400", "97410", ACME, "vat = 8.5")));
    let refused = of("97400", "97410", ACME, "vat = 20").unwrap_err();
    assert!(
        refused.contains("error[LAW-VAT-RATE]") && refused.contains("8.5, 2.1"),
        "{refused}"
    );
    assert!(
        of("97300", "97310", consumer, "vat = 8.5")
            .unwrap_err()
            .contains("no VAT is charged in Guyane")
    );
    assert!(of("20000", "20090", consumer, "vat = 8.5").is_err());
    assert!(!asked(of("20000", "20090", consumer, "vat = 13")));
    // Elsewhere it is asked: a business has the rate of its place, a consumer the seller's too.
    for (seller, client, kind, rate, is_asked) in [
        ("69001", "75014", ACME, "8.5", true),
        ("69001", "97400", ACME, "20", true),
        ("69001", "97400", ACME, "8.5", false),
        ("97400", "75014", ACME, "20", false),
        ("97400", "75014", ACME, "8.5", true),
        ("97400", "75014", consumer, "8.5", false),
        ("69001", "97400", consumer, "20", false),
        ("69001", "97300", ACME, "20", true),
        ("69001", "97133", ACME, "8.5", true),
        ("69001", "75014", ACME, "20", false),
    ] {
        let issued = of(seller, client, kind, &format!("vat = {rate}"));
        assert_eq!(asked(issued), is_asked, "{seller} {client} {rate}");
    }
    // What goes where there is no VAT says the right article.
    let issued = of("69001", "97300", ACME, "vat = \"outside\"").unwrap();
    assert!(
        issued.contains("art. 294, 1 du CGI") && !issued.contains("259"),
        "{issued}"
    );
    let issued = of(
        "69001",
        "97400",
        ACME,
        "vat = \"export\"\noperation = \"goods\"",
    )
    .unwrap();
    assert!(issued.contains("art. 262, I et 294, 2 du CGI"), "{issued}");
    assert!(of("69001", "97400", ACME, "vat = \"outside\"").is_err());
    assert!(of("69001", "75014", ACME, "vat = \"export\"").is_err());
}

/// Each country but France has a sentence of its own or that of its kind, at `init` and in `check`, and none is an error.
#[test]
fn law_a_country_that_is_not_fully_known_says_so() {
    for (country, said) in [
        ("FR", None),
        ("DE", Some("Kleinunternehmer")),
        ("BE", Some("Peppol")),
        ("ES", Some("Verifactu")),
        ("IT", Some("FatturaPA")),
        (
            "NL",
            Some("of the law of NL acquit knows the EU's directives alone"),
        ),
        ("CH", Some("QR-bill")),
        ("JP", Some("of the law of JP acquit knows nothing")),
    ] {
        let sandbox = Sandbox::empty();
        let made = sandbox.run(&[
            "init",
            "--name",
            "Ada",
            "--form",
            "other",
            "--country",
            country,
        ]);
        assert_eq!(made.code, 0, "{}", made.err);
        let checked = sandbox.run(&["check"]);
        assert_eq!((checked.code, checked.out.as_str()), (0, ""), "{country}");
        for text in [&made.err, &checked.err] {
            let notes: Vec<&str> = text
                .lines()
                .filter(|line| line.starts_with("note: "))
                .collect();
            match said {
                None => assert!(notes.is_empty(), "{text}"),
                Some(said) => assert!(
                    notes.len() == 1 && notes[0].contains(said),
                    "{country}: {text}"
                ),
            }
        }
        assert_eq!(sandbox.run(&["check", "-q"]).err, "", "{country}");
    }
}

/// A ground is printed or refused, never dropped: beside a rate, or where two lines of one category have two.
#[test]
fn law_no_ground_is_dropped_in_silence() {
    let sandbox = ledger(&FRENCH, ACME, "FR");
    let refused = issue(&sandbox, "", "vat = 20\nvat_text = \"Exonération\"").unwrap_err();
    assert!(refused.contains("LAW-VAT-REASON"), "{refused}");
    let second = "[[line]]\nitem = \"Métaux\"\nquantity = 1\nprice = 10\nvat = \"reverse-charge\"";
    let both = format!("vat = \"reverse-charge\"\n{second}");
    assert!(issue(&sandbox, "", &both).is_ok());
    let waste = "vat_text = \"Autoliquidation (art. 283, 2 sexies du CGI)\"";
    let refused = issue(&sandbox, "", &format!("{both}\n{waste}")).unwrap_err();
    assert!(
        refused.contains("LAW-VAT-MIX") && refused.contains("category AE"),
        "{refused}"
    );
}

/// What own words name is written as what it is: the franchise, reverse charge and supplies within the EU are no exemptions. Services to a
/// consumer abroad bear VAT at home, unless another place rule is named.
#[test]
fn law_own_words_make_no_exemption_of_another_case() {
    let sandbox = ledger(&FRENCH, ACME, "FR");
    for (words, hint) in [
        ("TVA non applicable, art. 293 B du CGI", "vat_regime"),
        ("Autoliquidation", "reverse-charge"),
        ("Exonération art. 262 ter, I du CGI", "intra-eu"),
    ] {
        let line = format!("vat = \"exempt\"\nvat_reason = \"{words}\"");
        let refused = issue(&sandbox, "", &line).unwrap_err();
        assert!(
            refused.contains("LAW-VAT-REASON") && refused.contains(hint),
            "{refused}"
        );
    }
    let sandbox = ledger(&FRENCH, "kind = \"consumer\"\n", "US");
    let refused = issue(&sandbox, "", "vat = \"outside\"").unwrap_err();
    assert!(refused.contains("services to businesses"), "{refused}");
    let named = "vat = \"outside\"\nvat_reason = \"Non soumis à la TVA, art. 259 B du CGI\"";
    assert!(issue(&sandbox, "", named).unwrap().contains("259 B"));
}
