//! The whole wing: papers in, documents out.

use std::{collections::BTreeMap, sync::Arc};

use lopdf::{Document, Object, content::Content};

use super::{
    Block, Engine, PageSize, Paper, PdfError, Rgb, Signature, Total,
    design::{BlockName, Design, Row, names},
    font::Fonts,
    layout::lay_out,
    look::Frame,
    page::{Kind, Piece, Rect, Sheets},
    samples::{Chance, any, design, hard, letter, paper, quote, statement},
};

fn sheets(paper: &Paper) -> Sheets {
    lay_out(paper, &Fonts::new().unwrap(), Some(3.0), Some(30.0)).unwrap()
}

fn texts(page: &Piece) -> Vec<(&str, Rect)> {
    let text = |item: &'_ super::page::Item| match &item.kind {
        Kind::Text { .. } => Some(item.rect),
        _ => None,
    };
    let words = page.items.iter().filter_map(|item| match &item.kind {
        Kind::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    words.zip(page.items.iter().filter_map(text)).collect()
}

fn has(page: &Piece, start: &str) -> bool {
    texts(page).iter().any(|(text, _)| text.starts_with(start))
}

/// The text of each page as a reader copies it: codes through `ToUnicode`.
fn copied(pdf: &[u8]) -> Vec<String> {
    let document = Document::load_mem(pdf).unwrap();
    let page = |id| {
        let fonts = document.get_page_fonts(id).unwrap();
        let meanings: BTreeMap<Vec<u8>, BTreeMap<u8, char>> = fonts
            .into_iter()
            .map(|(name, font)| (name, meanings(&document, font)))
            .collect();
        let content = Content::decode(&document.get_page_content(id)).unwrap();
        let (mut text, mut face) = (String::new(), None);
        for operation in &content.operations {
            match (operation.operator.as_str(), operation.operands.as_slice()) {
                ("Tf", [Object::Name(name), _]) => face = meanings.get(name),
                ("Tj", [Object::String(codes, _)]) => {
                    text.extend(codes.iter().map(|code| face.unwrap()[code]));
                    text.push('\n');
                }
                _ => {}
            }
        }
        text
    };
    document.page_iter().map(page).collect()
}

fn meanings(document: &Document, font: &lopdf::Dictionary) -> BTreeMap<u8, char> {
    let program = font
        .get_deref(b"ToUnicode", document)
        .unwrap()
        .as_stream()
        .unwrap();
    let program = String::from_utf8(program.decompressed_content().unwrap()).unwrap();
    let pair = |line: &str| -> Option<(u8, char)> {
        let (code, character) = line
            .strip_prefix('<')?
            .strip_suffix('>')?
            .split_once("> <")?;
        let character = char::from_u32(u32::from_str_radix(character, 16).ok()?)?;
        Some((u8::from_str_radix(code, 16).ok()?, character))
    };
    let start = program.find("beginbfchar").unwrap();
    program[start..].lines().filter_map(pair).collect()
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect()
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let mut paper = paper(30);
    paper.watermark = Some("BROUILLON".to_owned());
    let engine = Engine::new().unwrap();
    let first = engine.render(&paper).unwrap();
    assert_eq!(engine.render(&paper).unwrap(), first);
    assert_eq!(Engine::new().unwrap().render(&paper).unwrap(), first);
    let text = String::from_utf8_lossy(&first);
    assert!(text.starts_with("%PDF-1.7"));
    for word in ["/Interpolate", "/OCProperties", "/EmbeddedFiles"] {
        assert!(!text.contains(word), "{word}");
    }
    assert!(text.contains("D:20261122000000Z"));
}

#[test]
fn every_text_of_two_hundred_lines_can_be_copied() {
    let paper = paper(200);
    let pages = copied(&Engine::new().unwrap().render(&paper).unwrap());
    assert!(pages.len() > 5);
    let text = squeeze(&pages.concat());
    let cells = paper
        .rows
        .iter()
        .flat_map(|row| row.cells.iter().chain(&row.detail));
    let mut wanted: Vec<&String> = cells.chain(&paper.mentions).chain(&paper.seller).collect();
    wanted.extend(
        paper
            .totals
            .iter()
            .flat_map(|total| [&total.label, &total.value]),
    );
    wanted.extend(paper.vat.iter().flat_map(|grid| grid.rows.iter().flatten()));
    wanted.extend(
        paper
            .pay
            .iter()
            .chain(&paper.parties)
            .flat_map(|block| &block.lines),
    );
    wanted.extend(paper.subject.as_ref());
    for wanted in wanted {
        assert!(text.contains(&squeeze(wanted)), "{wanted}");
    }
    assert_eq!(text.matches("SOMME").count(), 1);
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} / {}", at + 1, pages.len())));
        assert!(page.contains("F2026-0042"));
    }
}

#[test]
fn hard_texts_arrive_without_loss() {
    let paper = hard();
    let text = squeeze(&copied(&Engine::new().unwrap().render(&paper).unwrap()).concat());
    // Broken words of neighbouring cells stand between each other: their letters are counted.
    assert!(text.chars().filter(|c| *c == 'w').count() >= 120 * 17);
    assert!(text.contains(&squeeze(&paper.rows[1].cells[0])));
}

/// Nothing stands outside the frame, and no text over another.
#[expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]
fn assert_in_place(paper: &Paper, sheets: &Sheets) {
    let frame = Frame::new(paper.size, &paper.design);
    for page in &sheets.pages {
        for item in &page.items {
            let Rect {
                x,
                y,
                width,
                height,
            } = item.rect;
            assert!(
                x >= frame.left - 1e-6 && x + width <= frame.left + frame.width + 1e-6,
                "{item:?}"
            );
            assert!(
                y >= frame.top - 2.0 && y + height <= frame.bottom + 1.0,
                "{item:?}"
            );
        }
        let texts = texts(page);
        for (at, (text, one)) in texts.iter().enumerate() {
            for (other_text, other) in &texts[at + 1..] {
                let apart = one.x + one.width <= other.x + 1e-6
                    || other.x + other.width <= one.x + 1e-6
                    || one.y + one.height <= other.y + 1.5
                    || other.y + other.height <= one.y + 1.5;
                assert!(apart, "{text} over {other_text}");
            }
        }
    }
}

/// Every design on both papers, with and without a logo.
fn every_look(paper: &Paper) {
    let fonts = Fonts::new().unwrap();
    for (name, size) in names().flat_map(|name| [(name, PageSize::A4), (name, PageSize::Letter)]) {
        for logo in [None, Some(0.4), Some(3.0), Some(20.0)] {
            let paper = Paper {
                design: design(name),
                size,
                ..paper.clone()
            };
            let sheets = lay_out(&paper, &fonts, logo, Some(30.0)).unwrap();
            assert_in_place(&paper, &sheets);
            assert!(sheets.pages.iter().all(|page| !page.items.is_empty()));
        }
    }
}

#[test]
fn nothing_leaves_its_place() {
    for paper in [paper(1), paper(25), paper(26), paper(200), hard()] {
        every_look(&paper);
    }
}

#[test]
fn quotes_statements_and_letters_are_papers_too() {
    for paper in [quote(), statement(3), statement(80), letter()] {
        every_look(&paper);
    }
    assert!(has(&sheets(&quote()).pages[0], "Bon pour accord"));
    assert!(has(&sheets(&letter()).pages[0], "Madame"));
    let pages = sheets(&statement(80)).pages;
    assert!(pages.len() > 1 && pages.iter().all(|page| has(page, "Solde")));
}

#[test]
fn a_letter_fills_its_pages_and_its_signature_has_company() {
    use BlockName::{Client, Logo, Pay, Seller, Signature, Subject, Text};
    let mut paper = letter();
    let rows = vec![
        Row::Halves(vec![Logo, Seller], vec![Client]),
        Row::Whole(vec![Subject]),
        Row::Whole(vec![Text]),
        Row::Halves(vec![Signature], vec![Pay]),
    ];
    paper.design = Arc::new(Design {
        rows,
        ..(*paper.design).clone()
    });
    let ends = paper.text.split_off(2);
    for count in 1..120 {
        let list: Vec<String> = (0..count).map(|row| format!("- Facture {row}")).collect();
        let middle = std::iter::once(list.join("\n"));
        paper.text = ["Madame, Monsieur,".to_owned()]
            .into_iter()
            .chain(middle)
            .chain(ends.clone())
            .collect();
        let pages = sheets(&paper).pages;
        let signed: Vec<&Piece> = pages
            .iter()
            .filter(|page| has(page, "Veuillez agréer"))
            .collect();
        assert_eq!(signed.len(), 1, "{count}");
        assert!(
            texts(signed[0])
                .iter()
                .any(|(text, _)| *text == "Camille Durand"),
            "{count}"
        );
        assert!(has(signed[0], "Nous vous mettons en demeure"), "{count}");
        // The list begins under the address, however long it is.
        assert!(
            has(&pages[0], "- Facture 0") && pages.len() <= 1 + (count + 24) / 48,
            "{count}: {}",
            pages.len()
        );
    }
}

#[test]
fn the_client_stands_in_the_window() {
    let sheets = sheets(&paper(1));
    let client = texts(&sheets.pages[0])
        .into_iter()
        .find(|(text, _)| *text == "ACME SAS")
        .unwrap()
        .1;
    assert!(
        (49.0..65.0).contains(&client.y) && client.x > 105.0,
        "{client:?}"
    );
}

#[test]
fn decimal_signs_stand_under_each_other() {
    let mut paper = paper(3);
    for (row, figure) in paper.rows.iter_mut().zip(["0,335", "1\u{a0}480", "75,50"]) {
        row.cells[2] = figure.to_owned();
    }
    let (fonts, sheets) = (Fonts::new().unwrap(), sheets(&paper));
    let measure = super::measure::Measure::new(&fonts);
    let style = super::measure::Style {
        size: 9,
        bold: false,
        color: Rgb(0, 0, 0),
    };
    let places: Vec<f64> = [
        ("0,335", "0"),
        ("1\u{a0}480", "1\u{a0}480"),
        ("75,50", "75"),
    ]
    .into_iter()
    .map(|(figure, whole)| {
        let place = texts(&sheets.pages[0])
            .into_iter()
            .find(|(text, _)| *text == figure)
            .unwrap()
            .1;
        place.x + measure.width(whole, style).unwrap()
    })
    .collect();
    assert!(
        places.iter().all(|place| (place - places[0]).abs() < 1e-6),
        "{places:?}"
    );
}

#[test]
fn a_last_page_holds_more_than_small_print() {
    for name in names() {
        for count in 4..60 {
            for mentions in [1, 6, 12] {
                let mut paper = Paper {
                    design: design(name),
                    ..paper(count)
                };
                paper.mentions =
                    vec!["Une mention légale qui tient sur une ligne.".to_owned(); mentions];
                let sheets = sheets(&paper);
                let last = sheets.pages.last().unwrap();
                let rows = (1..=count)
                    .filter(|n| has(last, &format!("Item{n}: ")))
                    .count();
                assert!(
                    rows >= 2,
                    "{name}: {count} lines, {mentions} mentions: {rows} rows on the last page"
                );
            }
        }
    }
}

#[test]
fn any_paper_is_laid_out() {
    let fonts = Fonts::new().unwrap();
    let mut chance = Chance::new(42);
    for _ in 0..300 {
        let mut paper = any(&mut chance);
        match lay_out(&paper, &fonts, Some(2.0), Some(31.0)) {
            Ok(sheets) => assert_in_place(&paper, &sheets),
            // Titles of columns are words of the language: ninety of them in a narrow column leave no room for a line.
            Err(error) => {
                assert_eq!(error, PdfError::TooTall("lines"));
                paper
                    .columns
                    .iter_mut()
                    .for_each(|column| column.title.truncate(0));
                assert_in_place(
                    &paper,
                    &lay_out(&paper, &fonts, Some(2.0), Some(31.0)).unwrap(),
                );
            }
        }
    }
}

#[test]
fn titles_are_repeated_rows_are_whole_and_totals_have_company() {
    let papers = names().flat_map(|name| (1..60).chain([200]).map(move |count| (name, count)));
    for (name, count) in papers {
        let sheets = sheets(&Paper {
            design: design(name),
            ..paper(count)
        });
        let mut totals = 0;
        for page in &sheets.pages {
            let row = has(page, "Item");
            assert_eq!(row, has(page, "Description"), "{count}");
            for n in 1..=count {
                let name = format!("Item{n}: ");
                assert_eq!(
                    has(page, &name),
                    has(page, &format!("Detail{n}")) && has(page, &name)
                );
            }
            if has(page, "SOMME") {
                totals += 1;
                assert!(row && has(page, &format!("Item{count}:")), "{count}");
                assert!(has(page, "Taux"), "{count}");
            }
        }
        assert_eq!(totals, 1, "{name}: {count}");
    }
}

#[test]
fn a_row_taller_than_a_page_is_split_without_loss() {
    let mut paper = paper(2);
    paper.rows[1].cells[0] = "mot ".repeat(4000);
    let sheets = sheets(&paper);
    let words: usize = sheets
        .pages
        .iter()
        .flat_map(texts)
        .filter(|(text, _)| text.starts_with("mot"))
        .map(|(text, _)| text.split(' ').count())
        .sum();
    assert_eq!(words, 4000);
    let last = sheets.pages.iter().find(|page| has(page, "SOMME")).unwrap();
    assert!(has(last, "mot"));
}

#[test]
fn a_missing_glyph_is_named() {
    let engine = Engine::new().unwrap();
    assert_eq!(engine.missing("Café\nŁódź\t€\r\n1\u{202f}000"), None);
    assert_eq!(engine.missing("Café 漢字"), Some('漢'));
    let mut paper = paper(1);
    paper.rows[0].cells[0] = "Merci \u{1f600}".to_owned();
    let error = engine.render(&paper).unwrap_err();
    let text = "Merci \u{1f600}".to_owned();
    assert_eq!(
        error,
        PdfError::MissingGlyph {
            character: '\u{1f600}',
            text
        }
    );
    assert!(error.to_string().contains("U+1F600"));
}

/// A paper of which one part is taller than three pages, with the texts of that part and what stands again above each piece of it.
fn tall() -> Vec<(&'static str, Paper, Vec<String>, Option<&'static str>)> {
    let names = |what: &str| (0..200).map(|n| format!("{what}#{n}.")).collect::<Vec<_>>();
    let mut all = Vec::new();
    let mut add = |what, texts: &[String], titles, grow: &dyn Fn(&mut Paper, Vec<String>)| {
        let mut paper = paper(3);
        grow(&mut paper, texts.to_vec());
        all.push((what, paper, texts.to_vec(), titles));
    };
    let blocks = |lines: usize, texts: &[String]| -> Vec<Block> {
        let block = |lines: &[String]| Block {
            heading: "Moyen".to_owned(),
            lines: lines.to_vec(),
        };
        texts.chunks(lines).map(block).collect()
    };
    let pairs = |texts: Vec<String>| {
        texts
            .into_iter()
            .map(|text| (format!("L{text}"), text))
            .collect::<Vec<_>>()
    };
    let total = |text: String| Total {
        label: format!("L{text}"),
        value: text,
        strong: false,
    };
    add("seller", &names("vendeur"), None, &|paper, texts| {
        paper.seller = texts;
    });
    add("client", &names("client"), None, &|paper, texts| {
        paper.parties[0].lines = texts;
    });
    add("others", &names("livraison"), None, &|paper, texts| {
        paper.parties.extend(blocks(40, &texts));
    });
    add("facts", &names("fait"), None, &|paper, texts| {
        paper.facts = pairs(texts);
    });
    add("vat", &names("taux"), Some("Taux"), &|paper, texts| {
        paper.vat.as_mut().unwrap().rows = texts
            .into_iter()
            .map(|text| vec![text, "1,00".to_owned()])
            .collect();
    });
    add("totals", &names("somme"), None, &|paper, texts| {
        paper.totals = texts.into_iter().map(total).collect();
    });
    add("balance", &names("solde"), None, &|paper, texts| {
        paper.balance = texts.into_iter().map(total).collect();
    });
    add("ways to pay", &names("moyen"), None, &|paper, texts| {
        paper.pay = blocks(2, &texts);
    });
    add("a way to pay", &names("ligne"), None, &|paper, texts| {
        paper.pay = blocks(200, &texts);
    });
    add("signature", &names("signe"), None, &|paper, texts| {
        paper.signature = Some(Signature {
            heading: "Accord".to_owned(),
            lines: texts,
        });
    });
    add("foot", &names("pied"), None, &|paper, texts| {
        paper.footer = texts;
    });
    add("text", &names("lettre"), None, &|paper, texts| {
        paper.text = vec![texts.join("\n")];
    });
    add("note", &names("note"), None, &|paper, texts| {
        paper.note = Some(texts.join("\n"));
    });
    add("mentions", &names("mention"), None, &|paper, texts| {
        paper.mentions = texts;
    });
    all
}

#[test]
fn what_is_taller_than_a_page_goes_on_over_pages() {
    let fonts = Fonts::new().unwrap();
    for (name, size) in names().flat_map(|name| [(name, PageSize::A4), (name, PageSize::Letter)]) {
        for (what, paper, wanted, titles) in tall() {
            let paper = Paper {
                design: design(name),
                size,
                ..paper
            };
            let sheets = lay_out(&paper, &fonts, Some(3.0), Some(30.0))
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_in_place(&paper, &sheets);
            let mut found: BTreeMap<&str, usize> = BTreeMap::new();
            let mut parts = 0;
            for page in &sheets.pages {
                let here = texts(page);
                let count = here
                    .iter()
                    .filter(|(text, _)| wanted.iter().any(|own| own == text))
                    .count();
                parts += usize::from(count > 0);
                assert!(!page.items.is_empty());
                if let Some(titles) = titles {
                    let again = here.iter().filter(|(text, _)| *text == titles).count();
                    assert_eq!(again, usize::from(count > 0), "{name}: {what}");
                }
                for (text, _) in here {
                    *found.entry(text).or_default() += 1;
                }
            }
            assert!(parts >= 2, "{name}: {what} on {parts} pages");
            for text in &wanted {
                // The seller's name stands again at the head of each page.
                let again = if *text == paper.seller[0] {
                    sheets.pages.len()
                } else {
                    1
                };
                assert_eq!(
                    found.get(text.as_str()),
                    Some(&again),
                    "{name}: {what}: {text}"
                );
            }
            assert!(
                sheets.pages.len() <= 22,
                "{name}: {what}: {} pages",
                sheets.pages.len()
            );
        }
    }
}

#[test]
fn a_part_that_fits_a_page_stays_whole_beside_one_that_does_not() {
    let mut paper = paper(3);
    let row = |n: usize| vec![format!("taux#{n}."), "1,00".to_owned()];
    paper.vat.as_mut().unwrap().rows = (0..120).map(row).collect();
    let pages = sheets(&paper).pages;
    let sum = pages.iter().position(|page| has(page, "SOMME")).unwrap();
    assert!(
        has(&pages[sum], "Total HT") && has(&pages[sum], "taux#0."),
        "the totals stand beside the first rates"
    );
    let rates = pages.iter().map(|page| {
        texts(page)
            .iter()
            .filter(|(text, _)| text.starts_with("taux#"))
            .count()
    });
    let rates: Vec<usize> = rates.filter(|count| *count > 0).collect();
    assert!(
        rates.len() >= 2 && rates.iter().rev().skip(1).all(|count| *count >= 10),
        "{rates:?}"
    );
    // In order, from one page to the next.
    let order: Vec<String> = pages
        .iter()
        .flat_map(texts)
        .filter(|(text, _)| text.starts_with("taux#"))
        .map(|(text, _)| text.to_owned())
        .collect();
    assert_eq!(
        order,
        (0..120).map(|n| format!("taux#{n}.")).collect::<Vec<_>>()
    );
}

#[test]
fn many_characters_take_a_second_set() {
    let mut paper = paper(1);
    let many: String = (0x400..0x500).filter_map(char::from_u32).collect();
    let engine = Engine::new().unwrap();
    let many: String = many
        .chars()
        .filter(|c| engine.missing(&c.to_string()).is_none())
        .collect();
    assert!(many.chars().count() > 220);
    paper.mentions.push(many.clone());
    paper.watermark = Some("ПРОЕКТ".to_owned());
    let pdf = engine.render(&paper).unwrap();
    assert!(squeeze(&copied(&pdf).concat()).contains(&many));
}

/// The glyph of a code, on which both tables of the font agree.
fn glyph_of(face: &ttf_parser::Face<'_>, code: u8) -> ttf_parser::GlyphId {
    let tables = face.tables().cmap.unwrap().subtables;
    let glyph = |table, code| tables.get(table).unwrap().glyph_index(code).unwrap();
    let symbol = glyph(1, 0xf000 + u32::from(code));
    assert_eq!(glyph(0, u32::from(code)), symbol);
    symbol
}

#[test]
fn embedded_fonts_are_fonts_with_the_widths_of_the_document() {
    let pdf = Engine::new().unwrap().render(&paper(3)).unwrap();
    let document = Document::load_mem(&pdf).unwrap();
    let page = document.page_iter().next().unwrap();
    let fonts = document.get_page_fonts(page).unwrap();
    assert_eq!(fonts.len(), 2);
    for font in fonts.values() {
        let descriptor = font
            .get_deref(b"FontDescriptor", &document)
            .unwrap()
            .as_dict()
            .unwrap();
        let file = descriptor
            .get_deref(b"FontFile2", &document)
            .unwrap()
            .as_stream()
            .unwrap();
        let file = file.decompressed_content().unwrap();
        let face = ttf_parser::Face::parse(&file, 0).unwrap();
        let first = font.get(b"FirstChar").unwrap().as_i64().unwrap();
        let widths = font.get(b"Widths").unwrap().as_array().unwrap();
        for (code, character) in meanings(&document, font) {
            let glyph = glyph_of(&face, code);
            let advance = f64::from(face.glyph_hor_advance(glyph).unwrap());
            let width = &widths[usize::try_from(i64::from(code) - first).unwrap()];
            let width = f64::from(i32::try_from(width.as_i64().unwrap()).unwrap());
            let exact = advance * 1000.0 / f64::from(face.units_per_em());
            assert!((width - exact).abs() <= 0.5, "{character}");
            assert_eq!(character == ' ', code == b' ');
        }
    }
}
