//! The pages: every figure, name and mention of a document stands on its PDF, in the language of the document.

use acquit::compute::issue::Words;
use acquit::ledger::document::Document;
use acquit::source;
use acquit::view::locale::Locale;
use acquit::view::paper::{Dress, paper};
use acquit::view::pdf::design;
use acquit::view::pdf::{EInvoice, Embedded, Engine, Relationship};

use crate::harness::Sandbox;

/// The built-in look, without a logo.
fn bare<'b>() -> Dress<'b> {
    Dress::new(design::default(), None)
}

/// All issued documents of an example.
fn documents(ledger: &str) -> Vec<Document> {
    let sandbox = Sandbox::of(ledger);
    let mut source = source::open(sandbox.path()).unwrap();
    let found = source.each_document(|_, _, _, read, _| read.map(|(document, _)| document));
    let documents: Vec<Document> = found.into_iter().flatten().collect();
    assert!(documents.len() >= 10);
    documents
}

/// The text of a PDF, decoded through its own `ToUnicode` maps, without any space.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    texts_of(bytes).concat()
}

/// The same, page by page.
pub(crate) fn texts_of(bytes: &[u8]) -> Vec<String> {
    let pdf = lopdf::Document::load_mem(bytes).unwrap();
    let mut texts = Vec::new();
    for (_, page) in pdf.get_pages() {
        let mut text = String::new();
        let fonts = pdf.get_page_fonts(page).unwrap();
        let content = lopdf::content::Content::decode(&pdf.get_page_content(page)).unwrap();
        let mut map = std::collections::BTreeMap::new();
        for operation in content.operations {
            match operation.operator.as_str() {
                "Tf" => {
                    let font = fonts[operation.operands[0].as_name().unwrap()];
                    let stream = font
                        .get(b"ToUnicode")
                        .and_then(|object| pdf.dereference(object))
                        .unwrap()
                        .1;
                    map = to_unicode(&String::from_utf8_lossy(
                        &stream.as_stream().unwrap().decompressed_content().unwrap(),
                    ));
                }
                "Tj" | "TJ" => {
                    let mut codes = Vec::new();
                    collect(&operation.operands, &mut codes);
                    text.extend(
                        codes
                            .iter()
                            .map(|code| map.get(code).map_or("?", String::as_str)),
                    );
                }
                _ => {}
            }
        }
        texts.push(squeeze(&text));
    }
    texts
}

fn collect(objects: &[lopdf::Object], codes: &mut Vec<u8>) {
    for object in objects {
        match object {
            lopdf::Object::String(bytes, _) => codes.extend(bytes),
            lopdf::Object::Array(list) => collect(list, codes),
            _ => {}
        }
    }
}

/// Reads `<41> <0041>` pairs of a `CMap`.
fn to_unicode(cmap: &str) -> std::collections::BTreeMap<u8, String> {
    let mut map = std::collections::BTreeMap::new();
    for section in cmap.split("beginbfchar").skip(1) {
        let hex: Vec<&str> = section
            .split("endbfchar")
            .next()
            .unwrap()
            .split(['<', '>'])
            .skip(1)
            .step_by(2)
            .collect();
        for pair in hex.chunks_exact(2) {
            let units: Vec<u16> = (0..pair[1].len())
                .step_by(4)
                .map(|at| u16::from_str_radix(&pair[1][at..at + 4], 16).unwrap())
                .collect();
            map.insert(
                u8::from_str_radix(pair[0], 16).unwrap(),
                String::from_utf16(&units).unwrap(),
            );
        }
    }
    assert!(!map.is_empty(), "{cmap}");
    map
}

/// Leaves out spaces: lines break where they must.
fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{a0}' && *c != '\u{202f}')
        .collect()
}

#[test]
fn pages_everything_a_document_says_is_on_its_page() {
    let engine = Engine::new().unwrap();
    for document in documents("examples/studio")
        .iter()
        .chain(&documents("examples/atelier"))
    {
        let locale = Locale::of(document.language);
        let bytes = engine.render(&paper(document, &locale, bare())).unwrap();
        let text = text_of(&bytes);
        let mut expected = vec![
            document.number.to_string(),
            document.seller.name.clone(),
            document.buyer.name.clone(),
            locale.date(document.issued),
            locale.amount(document.totals.gross, document.currency),
        ];
        expected.extend(document.due.map(|due| locale.date(due)));
        expected.extend(document.lines.iter().map(|line| line.item.clone()));
        expected.extend(
            document
                .lines
                .iter()
                .filter_map(|line| line.description.clone())
                .flat_map(|d| d.split('\n').map(str::to_owned).collect::<Vec<_>>()),
        );
        expected.extend(
            document
                .lines
                .iter()
                .map(|line| locale.fixed(line.net, document.currency.digits())),
        );
        expected.extend(document.mentions.iter().map(|mention| mention.text.clone()));
        expected.extend(document.vat.iter().filter_map(|group| group.reason.clone()));
        expected.extend(document.subject.clone());
        expected.extend(
            document
                .note
                .iter()
                .flat_map(|note| note.split('\n').map(str::to_owned).collect::<Vec<_>>()),
        );
        for part in expected {
            assert!(
                text.contains(&squeeze(&part)),
                "{}: `{part}` is not on the page: {text}",
                document.number
            );
        }
        for placeholder in ['{', '}', '?'] {
            let own = document.lines.iter().any(|line| {
                format!("{line:?}")
                    .replace("Span {", "")
                    .contains(placeholder)
            });
            assert!(
                !text.contains(placeholder) || own || document.pay.iter().any(|p| p.url.is_some()),
                "{}: {placeholder}",
                document.number
            );
        }
        assert!(
            bytes == engine.render(&paper(document, &locale, bare())).unwrap(),
            "two runs differ"
        );
    }
}

/// T10: a French invoice has no English word, and everything that the law asks for.
#[test]
fn pages_a_french_invoice_is_french() {
    let engine = Engine::new().unwrap();
    let mut seen = 0;
    for document in documents("examples/studio") {
        let french = document.language == acquit::ledger::party::Language::Fr;
        if !french
            || document.buyer.kind != acquit::ledger::party::ClientKind::Business
            || document.due.is_none()
        {
            continue;
        }
        let text = text_of(
            &engine
                .render(&paper(&document, &Locale::of(document.language), bare()))
                .unwrap(),
        );
        for word in [
            "Invoice",
            "Amount",
            "Due",
            "Total excl",
            "Page1of",
            "Payment",
            "Quantity",
            "Date of",
        ] {
            assert!(
                !text.contains(&squeeze(word)),
                "{}: {word}",
                document.number
            );
        }
        let rate = document
            .terms
            .late_rate
            .map(|rate| Locale::of(document.language).percent(rate.normalize()))
            .unwrap();
        for part in [
            "Facture",
            "Échéance",
            "40,00€",
            &rate,
            "Escompte",
            "SIREN",
            "TVA",
            "Catégoried’opération",
        ] {
            assert!(text.contains(&squeeze(part)), "{}: {part}", document.number);
        }
        seen += 1;
    }
    assert!(seen > 10);
}

/// T3: the rate printed is the rate used.
#[test]
fn pages_rates_are_printed_as_they_are() {
    let sandbox = Sandbox::small();
    sandbox
        .run(&[
            "new",
            "acme",
            "--item",
            "Livre; 1; 10; 5.5%",
            "--item",
            "Presse; 1; 10; 2.1%",
            "--name",
            "d",
        ])
        .ok();
    sandbox.run(&["issue", "d"]).ok();
    sandbox.run(&["render", "F2026-0001"]).ok();
    let text = text_of(&std::fs::read(sandbox.path().join("out/F2026-0001.pdf")).unwrap());
    assert!(
        text.contains("5,5%") && text.contains("2,1%") && !text.contains('?'),
        "{text}"
    );
}

/// T2: on the page, lines sum to net, and net and VAT to the total.
#[test]
fn pages_printed_figures_add_up() {
    let engine = Engine::new().unwrap();
    for document in documents("examples/studio") {
        let page = paper(&document, &Locale::of(document.language), bare());
        let figure = |text: &str| -> rust_decimal::Decimal {
            let text = text.replace('\u{2212}', "-");
            let plain: String = text
                .chars()
                .filter(|c| c.is_ascii_digit() || "-.,".contains(*c))
                .collect();
            let english = document.language == acquit::ledger::party::Language::En;
            let plain = if english {
                plain.replace(',', "")
            } else {
                plain.replace(',', ".")
            };
            rust_decimal::Decimal::from_str_exact(&plain).unwrap_or_else(|_| panic!("{text}"))
        };
        let lines: rust_decimal::Decimal = page
            .rows
            .iter()
            .map(|row| figure(row.cells.last().unwrap()))
            .sum();
        assert_eq!(lines, document.totals.lines, "{}", document.number);
        if let Some(vat) = &page.vat {
            let sum = |column: usize| {
                vat.rows
                    .iter()
                    .map(|row| figure(&row[column]))
                    .sum::<rust_decimal::Decimal>()
            };
            assert_eq!((sum(1), sum(2)), (document.totals.net, document.totals.vat));
            assert_eq!(sum(1) + sum(2), document.totals.gross);
        }
        assert!(engine.missing(&page.kind).is_none());
    }
}

/// A draft is marked as such and bears no number; a name that the fonts cannot draw is refused before anything is written.
#[test]
fn pages_drafts_and_glyphs() {
    let sandbox = Sandbox::small();
    sandbox
        .run(&[
            "new", "acme", "Conseil", "1", "10", "--vat", "20", "--name", "d",
        ])
        .ok();
    sandbox.run(&["render", "d", "-o", "out/pages"]).ok();
    let text = text_of(&std::fs::read(sandbox.path().join("out/pages/draft-d.pdf")).unwrap());
    assert!(
        text.contains("Brouillon") && !text.contains("DRAFT"),
        "{text}"
    );
    let refused = sandbox
        .run(&[
            "new",
            "acme",
            "Fusée 🚀",
            "1",
            "10",
            "--vat",
            "20",
            "--name",
            "e",
        ])
        .refused();
    assert!(
        refused.contains("GLYPH-MISSING") && refused.contains("U+1F680"),
        "{refused}"
    );
    assert!(!sandbox.path().join("drafts/e.toml").exists());
}

/// A document holds its e-invoice and its attachments, and is an archive with and without them.
#[test]
fn pages_hold_what_travels_with_them() {
    let engine = Engine::new().unwrap();
    let documents = documents("examples/studio");
    let document = &documents[0];
    let mut page = paper(
        document,
        &Locale::of(document.language),
        Dress::new(design::default(), None),
    );
    let without = engine.render(&page).unwrap();
    page.e_invoice = Some(EInvoice {
        xml: b"<rsm:CrossIndustryInvoice/>".as_slice().into(),
    });
    page.embedded = vec![timesheet("feuille de temps – novembre.csv")];
    let with = engine.render(&page).unwrap();
    for (bytes, files) in [
        (&without, Vec::new()),
        (
            &with,
            vec!["factur-x.xml", "feuille de temps – novembre.csv"],
        ),
    ] {
        let pdf = lopdf::Document::load_mem(bytes).unwrap();
        let catalog = pdf.catalog().unwrap();
        let listed = catalog
            .get(b"AF")
            .and_then(lopdf::Object::as_array)
            .cloned()
            .unwrap_or_default();
        let name = |file: &lopdf::Object| {
            let file = pdf.get_dictionary(file.as_reference().unwrap()).unwrap();
            lopdf::decode_text_string(file.get(b"UF").unwrap()).unwrap()
        };
        assert_eq!(listed.iter().map(name).collect::<Vec<_>>(), files);
        let xmp = catalog
            .get_deref(b"Metadata", &pdf)
            .unwrap()
            .as_stream()
            .unwrap();
        let xmp = String::from_utf8_lossy(&xmp.content);
        assert!(xmp.contains("<pdfaid:part>3</pdfaid:part>"));
        assert_eq!(
            xmp.contains("<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>"),
            !files.is_empty()
        );
    }
}

fn timesheet(name: &str) -> Embedded {
    Embedded {
        name: name.to_owned(),
        mime: "text/csv".to_owned(),
        bytes: b"day,hours\n2026-11-20,7.5\n".as_slice().into(),
        description: "Relevé d’heures".to_owned(),
        relationship: Relationship::Data,
    }
}

/// Writes pages for foreign readers into the folder that `ACQUIT_PAGES` names, with the e-invoice that `ACQUIT_XML` names.
#[test]
fn pages_for_foreign_readers() {
    let (Some(folder), Some(xml)) = (
        std::env::var_os("ACQUIT_PAGES"),
        std::env::var_os("ACQUIT_XML"),
    ) else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let engine = Engine::new().unwrap();
    let logo = std::fs::read(crate::harness::project().join("examples/studio/logo.png")).unwrap();
    let xml: std::sync::Arc<[u8]> = std::fs::read(xml).unwrap().into();
    for ledger in ["studio", "atelier"] {
        for (at, document) in documents(&format!("examples/{ledger}")).iter().enumerate() {
            let logo = (at % 2 == 0).then(|| logo.clone());
            let dress = Dress {
                is_draft: at % 9 == 8,
                ..Dress::new(design::default(), logo)
            };
            let mut page = paper(document, &Locale::of(document.language), dress);
            page.e_invoice = Some(EInvoice { xml: xml.clone() });
            if at % 3 == 0 {
                page.embedded = vec![timesheet("heures – été.csv"), timesheet("a.csv")];
            }
            if at % 5 == 0 {
                page.mentions.push(
                    "Zażółć gęślą jaźń – Ξεσκεπάζω – Příliš žluťoučký – Съешь ещё этих".to_owned(),
                );
            }
            std::fs::write(
                folder.join(format!("{ledger}-{}.pdf", document.number)),
                engine.render(&page).unwrap(),
            )
            .unwrap();
        }
    }
}

/// A draft of every language, with long words and figures of many digits, in every design: all of it is on the page.
#[test]
fn pages_every_language_in_every_design() {
    let engine = Engine::new().unwrap();
    let sandbox = Sandbox::small();
    let word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    for code in ["fr", "en", "de", "es", "it", "nl"] {
        let item = format!("{word}; 1234567.25 hour; 9.999; 20%");
        sandbox
            .run(&[
                "new",
                "acme",
                "--item",
                &item,
                "--item",
                "Livre; 3; 12.50; 5.5%",
                "--name",
                code,
            ])
            .ok();
        let path = format!("drafts/{code}.toml");
        let draft = sandbox.read(&path);
        sandbox.write(&path, format!("language = \"{code}\"\n{draft}"));
        sandbox.run(&["issue", code]).ok();
    }
    let mut source = source::open(sandbox.path()).unwrap();
    let found = source.each_document(|_, _, _, read, _| read.map(|(document, _)| document));
    let mut kinds = std::collections::BTreeSet::new();
    for document in found.into_iter().flatten() {
        let locale = Locale::of(document.language);
        for name in design::names() {
            let dress = Dress::new(design::named(name).unwrap(), None);
            let text = text_of(&engine.render(&paper(&document, &locale, dress)).unwrap());
            let mut expected = vec![
                word.to_owned(),
                locale.label("invoice").to_owned(),
                locale.label("amount_due").to_owned(),
                locale.date(document.due.unwrap()),
                locale.amount(document.totals.due, document.currency),
                locale.number(document.lines[0].quantity),
                locale.unit("hour", document.lines[0].quantity),
            ];
            expected.extend(document.mentions.iter().map(|mention| mention.text.clone()));
            for part in expected {
                assert!(
                    text.contains(&squeeze(&part)),
                    "{name} {}: `{part}`: {text}",
                    document.number
                );
            }
            assert!(!text.contains('{'), "{text}");
        }
        kinds.insert(locale.label("invoice").to_owned());
    }
    assert_eq!(kinds.len(), 6);
}

/// A design of the ledger's own is frozen by its content; nothing that happens to the file changes an issued page.
#[test]
fn pages_an_own_design_is_frozen() {
    let sandbox = Sandbox::small();
    let settings = sandbox.read("acquit.toml").replace(
        "[seller]\n",
        "[seller]\ndesign = \"mine\"\nfooter = \"Au revoir\"\n",
    );
    sandbox.write("acquit.toml", settings);
    sandbox.write("templates/pages/mine.toml", "base = \"modern\"\n");
    sandbox
        .run(&[
            "new", "acme", "Conseil", "1", "10", "--vat", "20", "--name", "d",
        ])
        .ok();
    sandbox.run(&["issue", "d"]).ok();
    let page = || {
        sandbox.run(&["render", "F2026-0001"]).ok();
        std::fs::read(sandbox.path().join("out/F2026-0001.pdf")).unwrap()
    };
    let first = page();
    assert!(text_of(&first).contains("Aurevoir"));
    let document = sandbox.read("invoices/2026/F2026-0001.toml");
    let kept = document
        .lines()
        .find_map(|line| line.strip_prefix("design = \""))
        .unwrap()
        .trim_end_matches('"');
    sandbox.write("templates/pages/mine.toml", "base = \"compact\"\n");
    assert!(
        page() == first,
        "the page of an issued document changed with the file"
    );
    sandbox.write(kept, "base = \"compact\"\n");
    assert!(
        sandbox
            .run(&["render", "F2026-0001"])
            .refused()
            .contains("DOCUMENT-CHANGED")
    );
    std::fs::remove_file(sandbox.path().join(kept)).unwrap();
    assert!(
        sandbox
            .run(&["render", "F2026-0001"])
            .refused()
            .contains("FILE-MISSING")
    );
}

/// What was paid later is on a page only where it is asked for, as of the day that is asked for.
#[test]
fn pages_the_balance_only_when_asked() {
    let sandbox = Sandbox::small();
    sandbox
        .run(&[
            "new", "acme", "Conseil", "1", "1000", "--vat", "20", "--name", "d",
        ])
        .ok();
    sandbox.run(&["issue", "d", "--date", "2026-11-02"]).ok();
    let page = |arguments: &[&str], file: &str| {
        sandbox
            .run(&[&["render", "F2026-0001"], arguments].concat())
            .ok();
        text_of(&std::fs::read(sandbox.path().join("out").join(file)).unwrap())
    };
    let before = page(&[], "F2026-0001.pdf");
    sandbox
        .run(&["pay", "F2026-0001", "200", "--date", "2026-11-05"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0001", "1000", "--date", "2026-11-20"])
        .ok();
    assert_eq!(page(&[], "F2026-0001.pdf"), before);
    let partly = page(
        &["--with-balance", "--today", "2026-11-10"],
        "F2026-0001-balance.pdf",
    );
    for part in [
        "Soldeau10/11/2026",
        "1000,00€",
        "\u{2212}200,00€",
        "Virement",
        "Netàpayer",
    ] {
        assert!(partly.contains(part), "{part}: {partly}");
    }
    assert!(!partly.contains("Payée"));
    let paid = page(
        &["--with-balance", "--duplicate"],
        "F2026-0001-duplicate-balance.pdf",
    );
    for part in [
        "Payéele20/11/2026",
        "Duplicata",
        "Soldeau22/11/2026",
        "\u{2212}1200,00€",
    ] {
        assert!(paid.contains(part), "{part}: {paid}");
    }
    // Whoever has paid is not told how to pay again.
    assert!(!paid.contains("Virement"), "{paid}");
}

/// The URIs of the links of a PDF, page by page; each link is printed and has no border.
pub(crate) fn links_of(bytes: &[u8]) -> Vec<Vec<String>> {
    let pdf = lopdf::Document::load_mem(bytes).unwrap();
    let links = |page: lopdf::ObjectId| {
        let page = pdf.get_dictionary(page).unwrap();
        let notes = page
            .get_deref(b"Annots", &pdf)
            .and_then(lopdf::Object::as_array)
            .cloned()
            .unwrap_or_default();
        let link = |note: &lopdf::Object| {
            let note = pdf.dereference(note).unwrap().1.as_dict().unwrap();
            assert_eq!(note.get(b"Subtype").unwrap().as_name().unwrap(), b"Link");
            assert_eq!(note.get(b"F").unwrap().as_i64().unwrap(), 4);
            let action = note.get(b"A").unwrap().as_dict().unwrap();
            assert_eq!(action.get(b"S").unwrap().as_name().unwrap(), b"URI");
            String::from_utf8(action.get(b"URI").unwrap().as_str().unwrap().to_vec()).unwrap()
        };
        notes.iter().map(link).collect()
    };
    pdf.page_iter().map(links).collect()
}

/// A payment link, the website and the e-mail address are links on every page that shows them, and nothing else is.
#[test]
fn pages_addresses_are_links_where_they_are_printed() {
    let sandbox = Sandbox::small();
    let settings = sandbox.read("acquit.toml");
    let contact =
        "[seller]\nemail = \"camille@durand.example\"\nwebsite = \"www.durand.example\"\n";
    let pay = "\n[[pay]]\nid = \"web\"\nkind = \"link\"\nurl = \"https://pay.example/c/pay/cs_live_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6?n={number}&a={amount}&c={currency}&r={rf}\"\n";
    sandbox.write(
        "acquit.toml",
        settings.replacen("[seller]\n", contact, 1) + pay,
    );
    sandbox
        .run(&[
            "new", "acme", "Conseil", "1", "1000", "--vat", "20", "--name", "d",
        ])
        .ok();
    sandbox.run(&["issue", "d", "--date", "2026-09-02"]).ok();
    let frozen = sandbox.read("invoices/2026/F2026-0001.toml");
    let url = frozen
        .lines()
        .find_map(|line| line.strip_prefix("url = \""))
        .unwrap()
        .trim_end_matches('"')
        .to_owned();
    assert!(
        url.starts_with("https://pay.example/") && url.contains("n=F2026-0001&a=1200.00"),
        "{url}"
    );
    let (web, mail) = (
        "https://www.durand.example",
        "mailto:camille@durand.example",
    );
    let bytes = |file: &str| std::fs::read(sandbox.path().join("out").join(file)).unwrap();
    let links = |file: &str| {
        let mut links = links_of(&bytes(file)).concat();
        links.sort();
        links
    };
    // The long address breaks over lines: as many links, each with all of it.
    sandbox.run(&["render", "F2026-0001"]).ok();
    let whole = links("F2026-0001.pdf");
    let count = whole.iter().filter(|uri| **uri == url).count();
    assert!(count >= 2 && whole.len() == count + 2, "{whole:?}");
    assert_eq!(
        whole
            .iter()
            .filter(|uri| [web, mail].contains(&uri.as_str()))
            .count(),
        2
    );
    let first = bytes("F2026-0001.pdf");
    sandbox
        .run(&["render", "F2026-0001", "--today", "2027-02-03"])
        .ok();
    assert!(first == bytes("F2026-0001.pdf"), "two runs differ");
    // Nothing was paid: the link asks for the right amount. Then it does not, is not printed, and is no link.
    sandbox
        .run(&["render", "F2026-0001", "--with-balance"])
        .ok();
    assert_eq!(links("F2026-0001-balance.pdf"), whole);
    sandbox
        .run(&["pay", "F2026-0001", "200", "--date", "2026-11-05"])
        .ok();
    sandbox
        .run(&["render", "F2026-0001", "--with-balance"])
        .ok();
    assert_eq!(links("F2026-0001-balance.pdf"), [web, mail]);
    assert!(!text_of(&bytes("F2026-0001-balance.pdf")).contains("pay.example"));
    sandbox
        .run(&["statement", "acme", "-o", "out/statement.pdf"])
        .ok();
    assert_eq!(links("statement.pdf"), [web, mail]);
    // The parts of a dossier keep their links: its own four (contents, statement, interest, parties), the history, and the invoice's.
    sandbox.run(&["dossier", "acme", "-o", "out/d"]).ok();
    let dossier = links("d/dossier.pdf");
    assert_eq!(
        dossier.iter().filter(|uri| **uri == url).count(),
        count,
        "{dossier:?}"
    );
    let pages = links_of(&bytes("d/dossier.pdf"));
    let heads = pages
        .iter()
        .filter(|links| links.contains(&web.to_owned()) && links.contains(&mail.to_owned()))
        .count();
    assert!(
        heads >= 5 && dossier.len() == count + 2 * heads,
        "{dossier:?}"
    );
}
