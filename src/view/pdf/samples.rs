//! Papers for tests.

use std::sync::Arc;

use super::design::{Design, built_in};
use super::design_file::read;
use super::paper::{
    Block, Column, EInvoice, Embedded, Grid, Paper, Qr, Relationship, Row, Signature, Total,
};
use super::shape::{Align, PageSize, Rgb};

/// Letters, spaces and signs that lesser tools lose.
pub(super) const NASTY: &str =
    "Žofia Łukasik & Ωμέγα – ’l“a” \"b\" 'c' -5\u{a0}€ 1\u{202f}000 <é> (œ) \\ 100\u{a0}%";

/// Owned texts.
pub(super) fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// A column.
fn column(title: &str, align: Align, flexible: bool) -> Column {
    let point = (align == Align::Right).then_some(',');
    Column {
        title: title.to_owned(),
        align,
        flexible,
        point,
    }
}

/// A built-in design.
pub(super) fn design(name: &str) -> Arc<Design> {
    Arc::new(read(built_in(name).unwrap()).unwrap())
}

/// An invoice of that many lines.
pub(super) fn paper(rows: usize) -> Paper {
    let row = |n: usize| Row {
        cells: strings(&[
            &format!("Item{n}: {NASTY}"),
            &format!("{n},5"),
            "9\u{a0}600,00\u{a0}€",
        ]),
        detail: strings(&[&format!("Detail{n}")]),
    };
    Paper {
        title: "Facture F2026-0042 – été".to_owned(),
        author: "Camille Durand".to_owned(),
        language: "fr".to_owned(),
        date: chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        size: PageSize::A4,
        design: design("plain"),
        accent: Some(Rgb(20, 80, 140)),
        logo: None,
        watermark: None,
        page_label: "Page {page} / {pages}".to_owned(),
        running: "Facture F2026-0042".to_owned(),
        kind: "Facture".to_owned(),
        number: "F2026-0042".to_owned(),
        marks: Vec::new(),
        subject: Some(format!("Objet {NASTY}")),
        seller: strings(&["Camille Durand EI", "12 rue des Lilas", "69003 Lyon"]),
        parties: vec![Block {
            heading: "Client".to_owned(),
            lines: strings(&["ACME SAS", "1 place de la République", "75011 Paris"]),
        }],
        facts: vec![("Émise le".to_owned(), "22/11/2026".to_owned())],
        highlight: vec![(
            "À régler".to_owned(),
            "999\u{a0}999\u{a0}999,99\u{a0}€".to_owned(),
        )],
        text: Vec::new(),
        columns: vec![
            column("Description", Align::Left, true),
            column("Quantité", Align::Right, false),
            column("Montant HT", Align::Right, false),
        ],
        rows: (1..=rows).map(row).collect(),
        vat: Some(Grid {
            columns: vec![
                column("Taux", Align::Left, true),
                column("Base", Align::Right, false),
            ],
            rows: vec![
                strings(&["20\u{a0}%", "100,00"]),
                strings(&["5,5\u{a0}%", "7,00"]),
            ],
        }),
        totals: vec![
            Total {
                label: "Total HT".to_owned(),
                value: "107,00".to_owned(),
                strong: false,
            },
            Total {
                label: "SOMME".to_owned(),
                value: "127,39\u{a0}€".to_owned(),
                strong: true,
            },
        ],
        balance: Vec::new(),
        note: Some("Merci.\n\nÀ bientôt.".to_owned()),
        pay: vec![Block {
            heading: "Virement".to_owned(),
            lines: strings(&["IBAN FR14 2004 1010 0505 0001 3M02 606"]),
        }],
        qr: Some(Qr {
            payload: "BCD\n002\n1\nSCT".to_owned(),
            caption: "À scanner".to_owned(),
        }),
        declarations: Vec::new(),
        signature: None,
        mentions: strings(&[&format!("Pénalités : {NASTY}"), "TVA non applicable."]),
        footer: strings(&["SIREN 100 000 009 – APE 6201Z"]),
        links: Vec::new(),
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
    paper.parties.push(Block {
        heading: word.clone(),
        lines: vec![word.clone(), NASTY.to_owned()],
    });
    paper.parties.push(Block {
        heading: "Facturation".to_owned(),
        lines: strings(&[NASTY]),
    });
    paper.facts = vec![
        (word.clone(), word.clone()),
        ("a".to_owned(), NASTY.to_owned()),
    ];
    paper
        .facts
        .extend(vec![("Contrat".to_owned(), "C-77".to_owned()); 10]);
    paper.highlight.push((word.clone(), word.clone()));
    paper.rows[0].cells = vec![word.clone(), word.clone(), word.clone()];
    paper.rows[1].cells[0] = "Quatre cents caractères de description. ".repeat(10);
    paper.rows[2].cells[2] = "999\u{a0}999\u{a0}999,99\u{a0}€".to_owned();
    paper.rows[2].detail.push(word.clone());
    paper.totals.push(Total {
        label: word.clone(),
        value: word.clone(),
        strong: true,
    });
    paper.pay.push(Block {
        heading: word.clone(),
        lines: vec![word.clone()],
    });
    paper.note = Some(word.clone());
    paper.mentions.push(word.clone());
    paper.footer.push(word);
    paper
}

/// An offer: no amount due, but a date until which it holds, and a place to sign.
pub(super) fn quote() -> Paper {
    let mut paper = paper(3);
    (paper.kind, paper.number) = ("Devis".to_owned(), "D2026-0007".to_owned());
    paper.running = "Devis D2026-0007".to_owned();
    paper.highlight = vec![
        ("Total TTC".to_owned(), "127,39\u{a0}€".to_owned()),
        ("Valable jusqu’au".to_owned(), "22/12/2026".to_owned()),
    ];
    (paper.pay, paper.qr) = (Vec::new(), None);
    paper.signature = Some(Signature {
        heading: "Bon pour accord".to_owned(),
        lines: strings(&["Nom et qualité", "Date et signature"]),
    });
    paper
}

/// What a client owes as of a day: other columns, no VAT.
pub(super) fn statement(rows: usize) -> Paper {
    let mut paper = paper(0);
    (paper.kind, paper.number) = ("Relevé de compte".to_owned(), "au 22/11/2026".to_owned());
    paper.running = "Relevé de compte au 22/11/2026".to_owned();
    paper.columns = vec![
        column("Facture", Align::Left, false),
        column("Émise le", Align::Left, false),
        column("Échéance", Align::Left, false),
        column("Objet", Align::Left, true),
        column("Montant", Align::Right, false),
        column("Solde", Align::Right, false),
    ];
    let row = |n: usize| Row {
        cells: strings(&[
            &format!("F2026-{n:04}"),
            "22/10/2026",
            "21/11/2026",
            "Site",
            "1\u{a0}200,00",
            "800,00",
        ]),
        detail: Vec::new(),
    };
    paper.rows = (1..=rows).map(row).collect();
    (paper.vat, paper.qr, paper.facts, paper.mentions) = (None, None, Vec::new(), Vec::new());
    paper.totals = vec![Total {
        label: "SOMME".to_owned(),
        value: "800,00\u{a0}€".to_owned(),
        strong: true,
    }];
    paper
}

/// A letter: an address in the window, paragraphs, no table.
pub(super) fn letter() -> Paper {
    let mut paper = paper(0);
    (paper.kind, paper.number) = (String::new(), String::new());
    paper.running = "Mise en demeure du 22/11/2026".to_owned();
    paper.subject = Some("Mise en demeure de payer la facture F2026-0042".to_owned());
    paper.text = strings(&[
        "Madame, Monsieur,",
        &"Malgré nos rappels, la facture ci-dessus reste impayée à ce jour. ".repeat(6),
        &"Nous vous mettons en demeure de nous régler sous huit jours la somme de 1\u{a0}200,00\u{a0}€. ".repeat(4),
        "Veuillez agréer, Madame, Monsieur, nos salutations distinguées.",
    ]);
    paper.facts = vec![("Lyon, le".to_owned(), "22/11/2026".to_owned())];
    (paper.vat, paper.qr, paper.note) = (None, None, None);
    (paper.totals, paper.highlight, paper.mentions) = (Vec::new(), Vec::new(), Vec::new());
    paper.signature = Some(Signature {
        heading: "Camille Durand".to_owned(),
        lines: Vec::new(),
    });
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
            (0..letters)
                .map(|_| ['i', 'W', '-', '\u{a0}', 'é', '9'][chance.below(6) as usize])
                .collect()
        };
        let words: Vec<String> = (0..words).map(|_| word(self)).collect();
        words.join(if self.below(20) == 0 { "\n" } else { " " })
    }

    fn texts(&mut self, limit: u32) -> Vec<String> {
        (0..self.below(limit)).map(|_| self.text()).collect()
    }

    fn pairs(&mut self, limit: u32) -> Vec<(String, String)> {
        (0..self.below(limit))
            .map(|_| (self.text(), self.text()))
            .collect()
    }
}

/// A paper of such words.
pub(super) fn any(chance: &mut Chance) -> Paper {
    let mut paper = paper(0);
    let columns = chance.below(7);
    paper.columns.truncate(1);
    for column in 0..columns {
        let align = if column % 2 == 0 {
            Align::Right
        } else {
            Align::Left
        };
        let title = chance.text();
        let point = (chance.below(2) == 0).then_some('9');
        paper.columns.push(Column {
            title,
            align,
            flexible: chance.below(9) == 0,
            point,
        });
    }
    for _ in 0..chance.below(40) {
        let detail = chance.texts(3);
        paper.rows.push(Row {
            cells: (0..=columns).map(|_| chance.text()).collect(),
            detail,
        });
    }
    (paper.number, paper.kind, paper.running) = (chance.text(), chance.text(), chance.text());
    (paper.seller, paper.footer, paper.mentions) =
        (chance.texts(5), chance.texts(3), chance.texts(9));
    (paper.facts, paper.highlight) = (chance.pairs(13), chance.pairs(4));
    for blocks in [&mut paper.parties, &mut paper.pay] {
        let heading = chance.text();
        blocks.push(Block {
            heading,
            lines: chance.texts(6),
        });
    }
    let name = ["plain", "modern", "compact"][chance.below(3) as usize];
    paper.design = design(name);
    paper.size = [PageSize::A4, PageSize::Letter][chance.below(2) as usize];
    (paper.marks, paper.text) = (chance.texts(3), chance.texts(4));
    if chance.below(4) == 0 {
        paper.signature = Some(Signature {
            heading: chance.text(),
            lines: chance.texts(3),
        });
    }
    for _ in 0..chance.below(6) {
        let (label, value) = (chance.text(), chance.text());
        let list = if chance.below(4) == 0 {
            &mut paper.balance
        } else {
            &mut paper.totals
        };
        list.push(Total {
            label,
            value,
            strong: chance.below(3) == 0,
        });
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
    EInvoice {
        xml: b"<rsm:CrossIndustryInvoice/>".as_slice().into(),
    }
}
