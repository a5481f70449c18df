//! Links on pages: where they lie, and what they open. Read back from the bytes, as another program reads them.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use lopdf::Document;

use super::{
    Block, Engine, Paper, Qr,
    design::names,
    font::{Fonts, POINT},
    layout::lay_out,
    merge,
    page::{Item, Kind, Rect},
    samples::{design, letter, paper, statement, strings},
};
use crate::view::link::Link;

/// A link as it is read from a file: its page, its rectangle in millimetres from the top left, its URI.
struct Found {
    page: usize,
    rect: Rect,
    uri: String,
}

fn read(bytes: &[u8]) -> Vec<Found> {
    let document = Document::load_mem(bytes).unwrap();
    let mut found = Vec::new();
    for (page, id) in document.page_iter().enumerate() {
        let own = document.get_dictionary(id).unwrap();
        let edges = |object: &lopdf::Object| -> Vec<f64> {
            object
                .as_array()
                .unwrap()
                .iter()
                .map(|edge| f64::from(edge.as_float().unwrap()) * POINT)
                .collect()
        };
        let height = edges(own.get(b"MediaBox").unwrap())[3];
        let Ok(list) = own.get_deref(b"Annots", &document) else {
            continue;
        };
        for note in list.as_array().unwrap() {
            let note = document.dereference(note).unwrap().1.as_dict().unwrap();
            assert_eq!(note.get(b"F").unwrap().as_i64().unwrap(), 4);
            let [left, bottom, right, top] = edges(note.get(b"Rect").unwrap())[..] else {
                panic!()
            };
            let uri = note
                .get(b"A")
                .unwrap()
                .as_dict()
                .unwrap()
                .get(b"URI")
                .unwrap()
                .as_str()
                .unwrap()
                .to_vec();
            let rect = Rect {
                x: left,
                y: height - top,
                width: right - left,
                height: top - bottom,
            };
            found.push(Found {
                page,
                rect,
                uri: String::from_utf8(uri).unwrap(),
            });
        }
    }
    found
}

/// Lines of text of the pages that overlap a link.
fn under<'s>(sheets: &'s super::page::Sheets, link: &Found) -> Vec<&'s str> {
    let on = |item: &'s Item| match &item.kind {
        Kind::Text { text, .. } => {
            let (one, other) = (item.rect, link.rect);
            let apart = one.x + one.width <= other.x + 0.1
                || other.x + other.width <= one.x + 0.1
                || one.y + one.height <= other.y + 0.1
                || other.y + other.height <= one.y + 0.1;
            (!apart).then_some(text.as_str())
        }
        _ => None,
    };
    sheets.pages[link.page]
        .items
        .iter()
        .filter_map(on)
        .collect()
}

const LONG: &str = "https://pay.example/c/pay/cs_live_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6?n=F2026-0001&a=120.00&c=EUR&r=RF18539007547034";

fn with_links(paper: Paper) -> Paper {
    let mut paper = paper;
    paper
        .seller
        .extend(strings(&["studio.example", "moi@studio.example"]));
    paper.links = vec![
        Link::web("studio.example").unwrap(),
        Link::mail("moi@studio.example").unwrap(),
        Link::web(LONG).unwrap(),
    ];
    paper
}

#[test]
fn each_printed_line_of_an_address_opens_the_whole_of_it() {
    let (engine, fonts) = (Engine::new().unwrap(), Fonts::new().unwrap());
    for name in names() {
        for base in [paper(1), paper(60), letter(), statement(80)] {
            let mut paper = with_links(Paper {
                design: design(name),
                qr: None,
                ..base
            });
            paper.pay.push(Block {
                heading: "En ligne".to_owned(),
                lines: strings(&[LONG]),
            });
            paper.text.push(format!("Payer ici : {LONG}."));
            let bytes = engine.render(&paper).unwrap();
            assert_eq!(bytes, engine.render(&paper).unwrap());
            let sheets = lay_out(&paper, &fonts, None, None).unwrap();
            let found = read(&bytes);
            let of = |uri: &str| {
                found
                    .iter()
                    .filter(|link| link.uri == uri)
                    .collect::<Vec<_>>()
            };
            for (uri, text) in [
                ("https://studio.example", "studio.example"),
                ("mailto:moi@studio.example", "moi@studio.example"),
            ] {
                let [link] = of(uri)[..] else {
                    panic!("{name}: {uri}")
                };
                assert_eq!(under(&sheets, link), [text], "{name}");
            }
            let long = of(LONG);
            assert_eq!(
                long.len() + 2,
                found.len(),
                "{name}: no link leads elsewhere"
            );
            // Put together, the lines under the links are the address: in the ways to pay and in the text.
            let texts: Vec<&str> = long.iter().flat_map(|link| under(&sheets, link)).collect();
            assert!(
                long.len() == texts.len() && texts.len() > 2,
                "{name}: {texts:?}"
            );
            assert_eq!(texts.concat().matches(LONG).count(), 2, "{name}: {texts:?}");
            // As wide as the text: the link begins and ends with it.
            for link in long {
                let item = sheets.pages[link.page].items.iter().find(|item| {
                    matches!(&item.kind, Kind::Text { text, .. } if LONG.starts_with(text.as_str()) || LONG.ends_with(text.as_str()))
                        && (item.rect.y - link.rect.y).abs() < 0.01
                });
                let Some(item) = item.filter(|item| item.rect.x + 1.0 > link.rect.x) else {
                    continue;
                };
                assert!((item.rect.x - link.rect.x).abs() < 0.01, "{name}");
                assert!((item.rect.width - link.rect.width).abs() < 0.01, "{name}");
            }
        }
    }
}

#[test]
fn what_is_not_printed_and_what_is_unsafe_has_no_link() {
    let engine = Engine::new().unwrap();
    let mut paper = with_links(paper(1));
    paper.seller.truncate(1);
    paper.qr = Some(Qr {
        payload: LONG.to_owned(),
        caption: "À scanner".to_owned(),
    });
    paper.note =
        Some("javascript:alert(1) file:///etc/passwd ftp://a.example data:text/html,x".to_owned());
    assert_eq!(read(&engine.render(&paper).unwrap()).len(), 0);
    let without = String::from_utf8_lossy(&engine.render(&paper).unwrap()).into_owned();
    assert!(!without.contains("/Annots") && !without.contains("/URI"));
}

#[test]
fn signs_that_a_pdf_reads_as_its_own_stay_part_of_the_uri() {
    let engine = Engine::new().unwrap();
    for (text, uri) in [
        ("https://pay.example/a)b(c", "https://pay.example/a)b(c"),
        (
            "https://pay.example/((a)\\b",
            "https://pay.example/((a)%5Cb",
        ),
        (
            "https://bücher.example/prix?à=1",
            "https://xn--bcher-kva.example/prix?%C3%A0=1",
        ),
    ] {
        let mut paper = paper(1);
        paper.links = vec![Link::web(text).unwrap()];
        paper.pay.push(Block {
            heading: String::new(),
            lines: strings(&[text]),
        });
        let found = read(&engine.render(&paper).unwrap());
        assert_eq!(
            found
                .iter()
                .map(|link| link.uri.as_str())
                .collect::<Vec<_>>(),
            [uri]
        );
    }
}

#[test]
fn links_stay_where_pages_are_merged_and_other_actions_do_not() {
    let engine = Engine::new().unwrap();
    let mut paper = with_links(paper(1));
    paper.note = Some(LONG.to_owned());
    let one = engine.render(&paper).unwrap();
    let count = read(&one).len();
    let merged = read(&merge(&[("a", &one), ("b", &one)], &paper).unwrap());
    assert_eq!(merged.len(), 2 * count);
    assert!(
        merged
            .iter()
            .all(|link| crate::view::link::is_safe(&link.uri))
    );
    assert_eq!(
        merged
            .iter()
            .filter(|link| link.page > 0 && link.uri == LONG)
            .count()
            * 2,
        merged.iter().filter(|link| link.uri == LONG).count()
    );
    // A file from elsewhere: what is no address of the web or of a mailbox is left behind.
    for (from, to) in [
        ("https://studio.example", "javascript:alert(1234)"),
        ("/S/URI", "/S/Xyz"),
    ] {
        let mut other = one.clone();
        let mut changed = 0;
        for at in 0..other.len() - from.len() {
            if other[at..].starts_with(from.as_bytes()) {
                other[at..at + to.len()].copy_from_slice(to.as_bytes());
                changed += 1;
            }
        }
        let left = read(&merge(&[("a", &other)], &paper).unwrap());
        assert!(
            changed > 0 && left.len() + changed == count && from.len() == to.len(),
            "{from}: {changed} of {count}"
        );
    }
}
