//! Timings of the parts: `cargo bench --bench parts`.

#![expect(
    clippy::disallowed_methods,
    reason = "writes the books it reads into a temporary folder"
)]

use std::fmt::Write as _;
use std::path::Path;

use acquit::compute::books::Books;
use acquit::compute::register::fields;
use acquit::compute::seal::{genesis, seal};
use acquit::compute::totals::{LineInput, reckon};
use acquit::diagnostic::Diagnostics;
use acquit::ledger::columns::{payment, register};
use acquit::ledger::date::parse;
use acquit::ledger::document::{Document, PriceMode, Share};
use acquit::ledger::vat::Category;
use acquit::source::repository::Repository;
use acquit::source::{DocumentReader, Source};
use acquit::span::{FileId, SourceMap};
use acquit::view::locale::Locale;
use acquit::view::paper::{Dress, paper};
use acquit::view::pdf::{EInvoice, Engine, design};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use rust_decimal::Decimal;
use tempfile::TempDir;

/// The built-in look, without a logo.
fn bare<'b>() -> Dress<'b> {
    Dress::new(design::default(), None)
}

fn main() {
    divan::main();
}

/// A document of three lines, as issuing writes it.
const DOCUMENT: &str = r#"format = 0
program = "acquit 0.1.0"
draft = { name = "acme-guide", sha256 = "17347b2571c17d22ddaaec985000e7a9f27deaa1a58bfda5283f1b9858145fae" }
number = "F2026-0001"
series = "F2026-"
type = "invoice"
type_code = 380
process = "S1"
issued = 2026-09-14
due = 2026-10-14
supplied = 2026-09-14
vat_point = "72"
payment_reference = "RF12F20260001"
language = "fr"
currency = "EUR"
subject = "Refonte du site"

[seller]
name = "Camille Durand EI"
form = "ei"
id = "732829320"
vat = "FR44732829320"
vat_regime = "standard"
vat_due = "receipts"
email = "camille@example.org"
endpoint = "0225:732829320"

[seller.address]
street = "12 rue des Tables-Claudiennes"
postcode = "69001"
city = "Lyon"
country = "FR"

[buyer]
client = "acme"
name = "Acme SAS"
kind = "business"
id = "404833048"
vat = "FR83404833048"
endpoint = "0225:404833048"

[buyer.address]
street = "3 impasse Cœur-de-Vey"
postcode = "75014"
city = "Paris"
country = "FR"

[terms]
due = "30d"
late_rate = 12.4
recovery_fee = 40
day_count = 365
allocation = "principal-first"

[[line]]
item = "Traduction du guide utilisateur"
description = "Selon le devis accepté,\nlivré \"clés en main\"."
operation = "services"
quantity = 12500
unit = "word"
price = 0.11
category = "S"
rate = 20
net = 1375.00

[[line]]
item = "Relecture"
operation = "services"
quantity = 2.5
unit = "day"
price = 450
category = "S"
rate = 20
net = 1125.00

[[line]]
item = "Exemplaires imprimés"
operation = "goods"
quantity = 12
unit = "piece"
price = 19.90
category = "S"
rate = 5.5
net = 238.80

[[vat]]
category = "S"
rate = 20
base = 2500.00
vat = 500.00

[[vat]]
category = "S"
rate = 5.5
base = 238.80
vat = 13.13

[totals]
lines = 2738.80
net = 2738.80
vat = 513.13
gross = 3251.93
owed = 3251.93
due = 3251.93

[[mention]]
text = "Catégorie d’opération : livraison de biens et prestation de services."

[[mention]]
code = "AAB"
text = "Escompte pour paiement anticipé : néant."

[[mention]]
code = "PMD"
text = "En cas de retard de paiement, pénalités exigibles sans rappel au taux de 12,4 % l’an (taux BCE au 01/07/2026 majoré de 10 points)."

[[mention]]
code = "PMT"
text = "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40,00 €."

[[pay]]
id = "main"
kind = "transfer"
iban = "FR1420041010050500013M02606"
holder = "Camille Durand EI"
"#;

const PATH: &str = "invoices/2026/F2026-0001.toml";
const ID: &str = "benchmark";

/// A ledger in a temporary folder: one document's file and books of so many rows.
fn ledger(rows: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("files");
    };
    write("acquit.toml", "");
    write(PATH, DOCUMENT);
    if rows > 0 {
        let (document, digest) = document(folder.path());
        let (mut register, mut payments) = (register::HEADER.join(","), payment::HEADER.join(","));
        let mut head = genesis(ID);
        for index in 0..rows {
            let number = format!("F2026-{index:05}");
            let mut row = fields(&document, &digest);
            row[0].clone_from(&number);
            head = seal(&head, row.iter().map(String::as_str));
            // Writing into a String cannot fail; no field here needs quotes.
            let _ = write!(register, "\n{},{head}", row.join(","));
            let _ = write!(
                payments,
                "\n2026-{index:05},2026-10-20,acme,3251.93,EUR,transfer,{number},,,main,VIR,"
            );
        }
        write("register/2026.csv", &(register + "\n"));
        write("payments/2026.csv", &(payments + "\n"));
    }
    folder
}

fn file() -> FileId {
    SourceMap::default().add(PATH)
}

fn document(folder: &Path) -> (Document, String) {
    let repository = Repository::open_locked(folder);
    let read = DocumentReader::new(&repository).read(PATH, file());
    read.expect("a document without mistakes")
}

/// Reads one document: open, read, digest, TOML, fields.
#[divan::bench]
fn document_from_disk(bencher: Bencher<'_, '_>) {
    let folder = ledger(0);
    let repository = Repository::open_locked(folder.path());
    let mut reader = DocumentReader::new(&repository);
    bencher
        .counter(BytesCount::of_str(DOCUMENT))
        .bench_local(|| {
            reader
                .read(black_box(PATH), file())
                .map(|(document, _)| document.lines.len())
        });
}

/// Turns one document's text into a tree of values.
#[divan::bench]
fn document_syntax(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_str(DOCUMENT))
        .bench_local(|| {
            let mut problems = Diagnostics::default();
            acquit::source::toml::parse(black_box(DOCUMENT), file(), &mut problems).is_some()
        });
}

/// Writes one document's text.
#[divan::bench]
fn document_text(bencher: Bencher<'_, '_>) {
    let (document, _) = document(ledger(0).path());
    bencher.bench_local(|| acquit::view::toml::document(black_box(&document)));
}

/// Works out a document's totals.
#[divan::bench(args = [3, 200])]
fn totals(bencher: Bencher<'_, '_>, lines: u32) {
    let line = |index: u32| LineInput {
        quantity: Decimal::new(i64::from(index) + 1, 1),
        price: Decimal::new(48_050, 2),
        discount: index
            .is_multiple_of(7)
            .then_some(Share::Percent(Decimal::from(5))),
        charge: None,
        category: Category::S,
        rate: if index.is_multiple_of(3) {
            Decimal::TEN
        } else {
            Decimal::from(20)
        },
        is_disbursement: false,
    };
    let lines: Vec<LineInput> = (0..lines).map(line).collect();
    bencher
        .counter(ItemsCount::new(lines.len()))
        .bench_local(|| reckon(black_box(&lines), &[], &[], PriceMode::Net, 2).is_ok());
}

/// Seals one row of the register.
#[divan::bench]
fn seal_of_a_row(bencher: Bencher<'_, '_>) {
    let (document, digest) = document(ledger(0).path());
    let row = fields(&document, &digest);
    let head = genesis(ID);
    bencher.bench_local(|| seal(black_box(&head), row.iter().map(String::as_str)));
}

/// Reads the books of ten thousand documents, each with a payment, and works out what is late.
#[divan::bench(sample_count = 20)]
fn books_of_10000(bencher: Bencher<'_, '_>) {
    let folder = ledger(10_000);
    let today = parse("2026-11-22").expect("a day");
    bencher
        .counter(ItemsCount::new(10_000_usize))
        .bench_local(|| {
            let mut source = Source::new(Repository::open_locked(folder.path()));
            let books = Books::new(&source.ledger(), today);
            assert_eq!((books.len(), source.problems.has_errors()), (10_000, false));
            books.late().len()
        });
}

/// Draws one page, by an engine that has its fonts.
#[divan::bench]
fn page(bencher: Bencher<'_, '_>) {
    let (document, _) = document(ledger(0).path());
    let engine = Engine::new().expect("fonts");
    bencher.bench_local(|| {
        let locale = Locale::of(document.language);
        engine
            .render(&paper(black_box(&document), &locale, bare()))
            .expect("a page")
            .len()
    });
}

/// Draws one page with an e-invoice of nine thousand bytes inside.
#[divan::bench]
fn page_with_its_invoice(bencher: Bencher<'_, '_>) {
    let (document, _) = document(ledger(0).path());
    let engine = Engine::new().expect("fonts");
    let line = |n: u32| {
        format!(
            "<ram:LineTotalAmount currencyID=\"EUR\">{}</ram:LineTotalAmount>\n",
            n * 7919
        )
    };
    let xml: std::sync::Arc<[u8]> = (0..140).map(line).collect::<String>().into_bytes().into();
    bencher.bench_local(|| {
        let locale = Locale::of(document.language);
        let mut paper = paper(black_box(&document), &locale, bare());
        paper.e_invoice = Some(EInvoice { xml: xml.clone() });
        engine.render(&paper).expect("a page").len()
    });
}

/// Reads the fonts, and draws one page.
#[divan::bench]
fn page_with_its_engine(bencher: Bencher<'_, '_>) {
    let (document, _) = document(ledger(0).path());
    let locale = Locale::of(document.language);
    let paper = paper(&document, &locale, bare());
    bencher.bench_local(|| {
        Engine::new()
            .expect("fonts")
            .render(black_box(&paper))
            .expect("a page")
            .len()
    });
}
