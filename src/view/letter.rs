//! A message → a letter: the page of its first document's seller, with the message's text in the place of the lines.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use std::sync::Arc;

use chrono::NaiveDate;

use super::locale::Locale;
use super::paper::{Dress, paper};
use super::pdf::design::{self, BlockName, Design, Row, Surface, Surfaces};
use super::pdf::{Paper, Qr, Signature};
use super::typeset::typeset;
use crate::ledger::document::Document;

/// Countries where the window of an envelope is at the left: DIN 5008, the British C5 and DL, the American number 10.
const WINDOW_LEFT: &[&str] = &["AT", "CA", "DE", "GB", "IE", "NL", "US"];

/// What stands in a letter.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'l> {
    /// Its subject.
    pub subject: &'l str,
    /// Its text, from the salutation on.
    pub text: &'l str,
    /// How it is sent, where that is printed: `Lettre recommandée avec accusé de réception`.
    pub mail: Option<&'l str>,
    /// Whether somebody signs it by hand.
    pub is_signed: bool,
    /// What the code to scan says; none prints no code.
    pub code: Option<&'l str>,
    /// Its day.
    pub day: NaiveDate,
}

/// Returns the page of a letter. The document gives both parties, the dress design and logo.
pub fn letter(letter: Letter<'_>, document: &Document, locale: &Locale, dress: Dress<'_>) -> Paper {
    let design = Arc::new(arranged(&dress.design, &document.seller.address.country));
    let mut page = paper(
        document,
        locale,
        Dress {
            design: Arc::clone(&design),
            ..dress
        },
    );
    let place = document.seller.address.city.clone().unwrap_or_default();
    let day = locale.whole_date(letter.day);
    page.design = design;
    page.title = format!("{} - {}", letter.subject, document.seller.name);
    page.date = letter.day;
    letter.subject.clone_into(&mut page.running);
    (page.kind, page.number) = (String::new(), String::new());
    page.subject = Some(letter.subject.to_owned());
    // The client's own heading would stand in the window: the mention of how the letter is sent may.
    page.parties.truncate(1);
    for party in &mut page.parties {
        letter
            .mail
            .unwrap_or_default()
            .clone_into(&mut party.heading);
    }
    page.facts = vec![(place, day)];
    page.text = letter
        .text
        .split("\n\n")
        .map(|paragraph| paragraph.trim_end().to_owned())
        .collect();
    (page.highlight, page.columns, page.rows) = (Vec::new(), Vec::new(), Vec::new());
    (page.vat, page.totals, page.balance, page.note) = (None, Vec::new(), Vec::new(), None);
    (page.pay, page.mentions, page.marks) = (Vec::new(), Vec::new(), Vec::new());
    (page.e_invoice, page.embedded) = (None, Vec::new());
    let caption = locale.label("qr").to_owned();
    page.qr = letter.code.map(|payload| Qr {
        payload: payload.to_owned(),
        caption,
    });
    let name = document.seller.name.clone();
    page.declarations = Vec::new();
    page.signature = letter.is_signed.then(|| Signature {
        heading: name,
        lines: Vec::new(),
    });
    typeset(&mut page, locale.language);
    page
}

/// A design with the blocks of a letter, the address where the country's envelopes have their window.
fn arranged(design: &Design, country: &str) -> Design {
    use BlockName::{Client, Facts, Logo, Pay, Seller, Signature, Subject, Text};
    let (sender, client) = (vec![Logo, Seller], vec![Client]);
    let head = if WINDOW_LEFT.contains(&country) {
        Row::Halves(client, sender)
    } else {
        Row::Halves(sender, client)
    };
    let rows = vec![
        head,
        Row::Whole(vec![Facts]),
        Row::Whole(vec![Subject]),
        Row::Whole(vec![Text]),
        Row::Halves(vec![Signature], vec![Pay]),
    ];
    // A letter is denser than an invoice: it is to fit one page with its signature and its code.
    let surfaces = Surfaces {
        facts: Surface::Plain,
        pay: Surface::Plain,
        ..design.surfaces
    };
    // A design may put an invoice's address anywhere: that of a letter stands in the window.
    let window = if design.window > 0.0 {
        design.window
    } else {
        design::default().window
    };
    Design {
        rows,
        surfaces,
        window,
        gap: design.gap * 0.5,
        ..design.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_letter_stands_in_the_window_in_every_design() {
        for name in design::names() {
            let letter = arranged(&design::named(name).unwrap(), "FR");
            assert!(
                (45.0..60.0).contains(&letter.window),
                "{name}: {}",
                letter.window
            );
        }
        let side = |country| arranged(&design::default(), country).rows.swap_remove(0);
        assert_ne!(
            side("FR"),
            side("DE"),
            "the windows of German envelopes are at the left"
        );
    }
}
