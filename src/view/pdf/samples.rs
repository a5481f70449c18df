//! Papers for tests.

use super::paper::{
    Align, Block, Column, EInvoice, Embedded, Grid, PageSize, Paper, Qr, Relationship, Rgb, Row, Total,
};

/// Letters, spaces and signs that lesser tools lose.
pub(super) const NASTY: &str = "Žofia Łukasik & Ωμέγα – ’l“a” \"b\" 'c' -5\u{a0}€ 1\u{202f}000 <é> (œ) \\ 100\u{a0}%";

/// Owned texts.
pub(super) fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// A column.
fn column(title: &str, align: Align, flexible: bool) -> Column {
    Column { title: title.to_owned(), align, flexible }
}

/// An invoice of that many lines.
pub(super) fn paper(rows: usize) -> Paper {
    let row = |n: usize| Row {
        cells: strings(&[&format!("Item{n}: {NASTY}"), &format!("{n},5"), "9\u{a0}600,00\u{a0}€"]),
        detail: strings(&[&format!("Detail{n}")]),
    };
    Paper {
        title: "Facture F2026-0042 – été".to_owned(),
        author: "Camille Durand".to_owned(),
        language: "fr".to_owned(),
        date: chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        size: PageSize::A4,
        accent: Rgb(20, 80, 140),
        logo: None,
        watermark: None,
        page_label: "Page {page} / {pages}".to_owned(),
        running: "Facture F2026-0042".to_owned(),
        kind: "Facture".to_owned(),
        number: "F2026-0042".to_owned(),
        subject: Some(format!("Objet {NASTY}")),
        seller: strings(&["Camille Durand EI", "12 rue des Lilas", "69003 Lyon"]),
        parties: vec![Block {
            heading: "Client".to_owned(),
            lines: strings(&["ACME SAS", "1 place de la République", "75011 Paris"]),
        }],
        facts: vec![("Émise le".to_owned(), "22/11/2026".to_owned())],
        highlight: vec![("À régler".to_owned(), "999\u{a0}999\u{a0}999,99\u{a0}€".to_owned())],
        columns: vec![
            column("Description", Align::Left, true),
            column("Quantité", Align::Right, false),
            column("Montant HT", Align::Right, false),
        ],
        rows: (1..=rows).map(row).collect(),
        vat: Some(Grid {
            columns: vec![column("Taux", Align::Left, true), column("Base", Align::Right, false)],
            rows: vec![strings(&["20\u{a0}%", "100,00"]), strings(&["5,5\u{a0}%", "7,00"])],
        }),
        totals: vec![
            Total { label: "Total HT".to_owned(), value: "107,00".to_owned(), strong: false },
            Total { label: "SOMME".to_owned(), value: "127,39\u{a0}€".to_owned(), strong: true },
        ],
        note: Some("Merci.\n\nÀ bientôt.".to_owned()),
        pay: vec![Block {
            heading: "Virement".to_owned(),
            lines: strings(&["IBAN FR14 2004 1010 0505 0001 3M02 606"]),
        }],
        qr: Some(Qr { payload: "BCD\n002\n1\nSCT".to_owned(), caption: "À scanner".to_owned() }),
        mentions: strings(&[&format!("Pénalités : {NASTY}"), "TVA non applicable."]),
        footer: strings(&["SIREN 100 000 009 – APE 6201Z"]),
        e_invoice: None,
        embedded: Vec::new(),
    }
}

/// Texts that are hard on every part of the page.
pub(super) fn hard() -> Paper {
    let word = "w".repeat(120);
    let mut paper = paper(4);
    paper.number = format!("F-{word}");
    paper.subject = Some(word.clone());
    paper.running = format!("Facture {word}");
    paper.seller[0].clone_from(&word);
    paper.parties[0].lines[0].clone_from(&word);
    paper.parties.push(Block { heading: word.clone(), lines: vec![word.clone(), NASTY.to_owned()] });
    paper.parties.push(Block { heading: "Facturation".to_owned(), lines: strings(&[NASTY]) });
    paper.facts = vec![(word.clone(), word.clone()), ("a".to_owned(), NASTY.to_owned())];
    paper.facts.extend(vec![("Contrat".to_owned(), "C-77".to_owned()); 10]);
    paper.highlight.push((word.clone(), word.clone()));
    paper.rows[0].cells = vec![word.clone(), word.clone(), word.clone()];
    paper.rows[1].cells[0] = "Quatre cents caractères de description. ".repeat(10);
    paper.rows[2].cells[2] = "999\u{a0}999\u{a0}999,99\u{a0}€".to_owned();
    paper.rows[2].detail.push(word.clone());
    paper.totals.push(Total { label: word.clone(), value: word.clone(), strong: true });
    paper.pay.push(Block { heading: word.clone(), lines: vec![word.clone()] });
    paper.note = Some(word.clone());
    paper.mentions.push(word.clone());
    paper.footer.push(word);
    paper
}

/// Words of any length in any number: a fixed sequence that looks like chance.
pub(super) struct Chance(u32);

impl Chance {
    /// Always the same sequence for the same seed.
    pub(super) fn new(seed: u32) -> Self {
        Self(seed)
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % limit
    }

    fn text(&mut self) -> String {
        let long = self.below(9) == 0;
        let words = if long { self.below(90) } else { self.below(5) };
        let word = |chance: &mut Self| {
            let letters = if chance.below(30) == 0 { 130 } else { 12 };
            let letters = chance.below(letters);
            (0..letters).map(|_| ['i', 'W', '-', '\u{a0}', 'é', '9'][chance.below(6) as usize]).collect()
        };
        let words: Vec<String> = (0..words).map(|_| word(self)).collect();
        words.join(if self.below(20) == 0 { "\n" } else { " " })
    }

    fn texts(&mut self, limit: u32) -> Vec<String> {
        (0..self.below(limit)).map(|_| self.text()).collect()
    }

    fn pairs(&mut self, limit: u32) -> Vec<(String, String)> {
        (0..self.below(limit)).map(|_| (self.text(), self.text())).collect()
    }
}

/// A paper of such words.
pub(super) fn any(chance: &mut Chance) -> Paper {
    let mut paper = paper(0);
    let columns = chance.below(7);
    paper.columns.truncate(1);
    for column in 0..columns {
        let align = if column % 2 == 0 { Align::Right } else { Align::Left };
        let title = chance.text();
        paper.columns.push(Column { title, align, flexible: chance.below(9) == 0 });
    }
    for _ in 0..chance.below(40) {
        let detail = chance.texts(3);
        paper.rows.push(Row { cells: (0..=columns).map(|_| chance.text()).collect(), detail });
    }
    (paper.number, paper.kind, paper.running) = (chance.text(), chance.text(), chance.text());
    (paper.seller, paper.footer, paper.mentions) = (chance.texts(5), chance.texts(3), chance.texts(9));
    (paper.facts, paper.highlight) = (chance.pairs(13), chance.pairs(4));
    for blocks in [&mut paper.parties, &mut paper.pay] {
        let heading = chance.text();
        blocks.push(Block { heading, lines: chance.texts(6) });
    }
    for _ in 0..chance.below(6) {
        let (label, value) = (chance.text(), chance.text());
        paper.totals.push(Total { label, value, strong: chance.below(3) == 0 });
    }
    paper
}

/// A file to embed.
pub(super) fn timesheet(name: &str) -> Embedded {
    Embedded {
        name: name.to_owned(),
        mime: "text/csv".to_owned(),
        bytes: b"day,hours\n2026-11-20,7.5\n".as_slice().into(),
        description: "Relevé d’heures".to_owned(),
        relationship: Relationship::Data,
    }
}

/// An e-invoice in name only.
pub(super) fn e_invoice() -> EInvoice {
    EInvoice { xml: b"<rsm:CrossIndustryInvoice/>".as_slice().into() }
}
