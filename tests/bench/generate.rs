//! Writes a ledger of N documents with payments, the same for the same N: what the benchmarks measure on.
//!
//! ```text
//! generate DIR N [--drafts N] [--journal FILE]
//! ```
//!
//! The drafts go through the library as those of `acquit issue` do, so that `acquit check` finds nothing: ten years, a client for
//! fifty documents, three lines each, three currencies, 3 % credit notes, 92 % paid, the others in part or not at all, reminders,
//! disputes and plans of instalments (1 %), kept or not, for these. `--journal` writes the same as a journal for hledger: one transaction a document, one a payment, the
//! receivable posting tagged `inv:NUMBER`. `--drafts` adds drafts that wait to be issued.

#![expect(
    clippy::disallowed_methods,
    reason = "writes a ledger from nothing, not through write.rs"
)]

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use acquit::changes::{sha256, sha256_text};
use acquit::compute::issue::{Case, Preceding};
use acquit::compute::register::{credited, fields};
use acquit::compute::schedule::{Every, equal};
use acquit::compute::seal::{genesis, seal};
use acquit::diagnostic::Diagnostics;
use acquit::ledger::amount::{fixed, round};
use acquit::ledger::client_index::Clients;
use acquit::ledger::columns::{event, payment, register};
use acquit::ledger::date::plus_days;
use acquit::ledger::document::{Document, DocumentType};
use acquit::ledger::identifier::{Number, french_vat, luhn};
use acquit::ledger::party::Language;
use acquit::ledger::settings::FORMAT;
use acquit::source::{read_client, read_draft, read_settings};
use acquit::task::load::{Bench, PROGRAM};
use acquit::view::locale::Locale;
use acquit::view::toml::{document as document_text, string};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The first day of the ledger, and the day it is looked at.
const FIRST: (i32, u32, u32) = (2017, 1, 2);
const TODAY: (i32, u32, u32) = (2026, 11, 22);
/// Seeds of what does not hang on a document's own position.
const CLIENTS: u64 = 1 << 40;
const DRAFTS: u64 = 1 << 41;
const MONEY: u64 = 1 << 42;
/// One document in so many is a credit note, on the one issued so many before.
const CREDIT_EVERY: usize = 33;
const CREDIT_BACK: usize = 20;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut plain, mut drafts, mut journal) = (Vec::new(), 0, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--drafts" => drafts = arguments.next().ok_or("--drafts needs a number")?.parse()?,
            "--journal" => {
                journal = Some(PathBuf::from(
                    arguments.next().ok_or("--journal needs a file")?,
                ));
            }
            _ => plain.push(argument),
        }
    }
    let [folder, count] = &plain[..] else {
        return Err("usage: generate DIR N [--drafts N] [--journal FILE]".into());
    };
    let (folder, count) = (Path::new(folder), count.parse()?);
    if folder.exists() {
        return Err(format!("{} exists already", folder.display()).into());
    }
    let world = World::new(folder, count, drafts)?;
    let issued = world.documents(folder, count)?;
    let Money {
        payments,
        events,
        plans,
    } = money(&issued, day(TODAY)?)?;
    write_books(folder, "payments", payment::HEADER, &payments)?;
    write_books(folder, "events", event::HEADER, &events)?;
    for (number, text) in &plans {
        std::fs::write(folder.join(format!("plans/{number}.toml")), text)?;
    }
    for index in 0..drafts {
        let text = world.draft(DRAFTS + index as u64, None);
        std::fs::write(folder.join(format!("drafts/d{index:06}.toml")), text)?;
    }
    match journal {
        Some(path) => write_journal(&path, &issued, &payments, &events),
        None => Ok(()),
    }
}

fn day((year, month, day): (i32, u32, u32)) -> Outcome<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| "no day".into())
}

/// What looks like chance and is always the same (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True so many times in a hundred.
    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        let index = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list[index]
    }
}

/// What kind of client: decides currency and VAT.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    French,
    Consumer,
    Public,
    German,
    American,
    Swiss,
}

impl Sort {
    fn of(client: usize) -> Self {
        match client % 20 {
            3 => Self::Consumer,
            7 => Self::German,
            9 => Self::Public,
            13 => Self::American,
            17 => Self::Swiss,
            _ => Self::French,
        }
    }
}

/// A document, as far as what happens to its money needs it.
struct Issued {
    index: usize,
    number: String,
    client: String,
    buyer: String,
    kind: DocumentType,
    day: NaiveDate,
    due: Option<NaiveDate>,
    currency: &'static str,
    net: Decimal,
    vat: Decimal,
    owed: Decimal,
    /// The document it corrects.
    original: Option<String>,
    /// What credit notes take off it.
    credited: Decimal,
}

/// Settings, law and clients: what drafts become documents with.
struct World {
    bench: Bench,
    locales: HashMap<Language, Locale>,
    clients: usize,
}

impl World {
    /// Writes settings and clients, and reads them as the program would.
    fn new(folder: &Path, count: usize, drafts: usize) -> Outcome<Self> {
        for name in [
            "clients", "drafts", "invoices", "register", "payments", "events", "plans",
        ] {
            std::fs::create_dir_all(folder.join(name))?;
        }
        let text = settings_text();
        std::fs::write(folder.join("acquit.toml"), &text)?;
        std::fs::write(folder.join(".gitignore"), "/out/\n/.acquit/\n")?;
        std::fs::write(folder.join(".gitattributes"), ATTRIBUTES)?;
        let settings = read_settings(&text).map_err(said)?;
        let mut problems = Diagnostics::default();
        let regime = acquit::task::load::law(&settings, &mut problems);
        if problems.has_errors() {
            return Err(said(problems));
        }
        let number = ((count + drafts) / 50).max(1);
        let mut clients = Clients::default();
        for index in 0..number {
            let (id, text) = (client_id(index), client_text(index)?);
            std::fs::write(folder.join(format!("clients/{id}.toml")), &text)?;
            clients.insert(read_client(&id, &text).map_err(said)?);
        }
        let locales = Language::WORDS
            .iter()
            .map(|(_, language)| (*language, Locale::of(*language)))
            .collect();
        Ok(Self {
            bench: Bench {
                settings,
                regime,
                clients,
                logo: None,
                design: None,
            },
            locales,
            clients: number,
        })
    }

    /// Writes the documents and the register.
    fn documents(&self, folder: &Path, count: usize) -> Outcome<Vec<Issued>> {
        let (first, today) = (day(FIRST)?, day(TODAY)?);
        let days = usize::try_from((today - first).num_days())?;
        let mut issued: Vec<Issued> = Vec::with_capacity(count);
        let mut recent: VecDeque<Document> = VecDeque::new();
        let mut counters: HashMap<String, u64> = HashMap::new();
        let mut head = genesis(&self.bench.settings.id);
        let mut register: BTreeMap<i32, csv::Writer<Vec<u8>>> = BTreeMap::new();
        for index in 0..count {
            let day = plus_days(first, i64::try_from(index * days / count)?);
            let original = is_credit(index).then(|| &recent[recent.len() - CREDIT_BACK]);
            let document = self.issue(index, day, original, &mut counters)?;
            let text = document_text(&document);
            let year = day.year();
            let path = folder.join(format!("invoices/{year}"));
            if !register.contains_key(&year) {
                std::fs::create_dir_all(&path)?;
            }
            std::fs::write(path.join(format!("{}.toml", document.number)), &text)?;
            let mut row = fields(&document, &sha256_text(text.as_bytes()));
            head = seal(&head, row.iter().map(String::as_str));
            row.push(head.clone());
            register
                .entry(year)
                .or_insert_with(|| book(register::HEADER))
                .write_record(&row)?;
            let original = document
                .references
                .first()
                .map(|reference| reference.number.to_string());
            if original.is_some() {
                issued[index - CREDIT_BACK].credited += document.totals.owed;
            }
            issued.push(Issued {
                index,
                number: document.number.to_string(),
                client: document.buyer.client.clone(),
                buyer: document.buyer.name.clone(),
                kind: document.kind,
                day,
                due: document.due,
                currency: currency_of(&document),
                net: document.totals.net,
                vat: document.totals.vat,
                owed: document.totals.owed,
                original,
                credited: Decimal::ZERO,
            });
            recent.push_back(document);
            if recent.len() > CREDIT_BACK {
                recent.pop_front();
            }
        }
        for (year, writer) in register {
            std::fs::write(
                folder.join(format!("register/{year}.csv")),
                writer.into_inner()?,
            )?;
        }
        Ok(issued)
    }

    /// Makes a document of a draft, as `acquit issue` does.
    fn issue(
        &self,
        index: usize,
        day: NaiveDate,
        original: Option<&Document>,
        counters: &mut HashMap<String, u64>,
    ) -> Outcome<Document> {
        let text = self.draft(index as u64, original);
        let draft = read_draft(&format!("d{index:06}"), &text).map_err(said)?;
        let bench = &self.bench;
        let pattern = bench.settings.series.of(draft.kind.value);
        let series = pattern.series(day);
        let counter = counters.entry(series.clone()).or_default();
        *counter += 1;
        let number = Number::parse(&pattern.number(day, *counter)).ok_or("no number")?;
        let references = original
            .map(|one| credited(one, None))
            .into_iter()
            .collect();
        let preceding = Preceding {
            references,
            ..Preceding::default()
        };
        let client = bench.clients.get(&draft.client).ok_or("no client")?;
        let language = draft
            .language
            .or(client.language)
            .unwrap_or(bench.settings.language);
        let case = Case {
            settings: &bench.settings,
            regime: &bench.regime,
            client,
            draft: &draft,
            day,
            preceding: &preceding,
            logo: None,
            design: None,
            attachments: &[],
            program: PROGRAM,
            wording: self.locales.get(&language).ok_or("no locale")?,
        };
        case.document(number, series).map_err(said)
    }

    /// A draft's file. A credit note takes back the whole of its original or its first line.
    fn draft(&self, seed: u64, original: Option<&Document>) -> String {
        let Some(original) = original else {
            let client = usize::try_from(Chance(seed).below(self.clients as u64)).unwrap_or(0);
            return draft_text(seed, client, None);
        };
        let from = seed - CREDIT_BACK as u64;
        let client = usize::try_from(Chance(from).below(self.clients as u64)).unwrap_or(0);
        draft_text(
            from,
            client,
            Some((original.number.as_str(), takes_all(from))),
        )
    }
}

fn said(problems: Diagnostics) -> Box<dyn Error> {
    let list: Vec<String> = problems
        .sorted()
        .iter()
        .map(|problem| format!("{}: {}", problem.code.0, problem.message))
        .collect();
    list.join("\n").into()
}

fn is_credit(index: usize) -> bool {
    index % CREDIT_EVERY == CREDIT_EVERY - 1
}

/// Whether the credit note on a document takes back all of it.
fn takes_all(original: u64) -> bool {
    (original / CREDIT_EVERY as u64).is_multiple_of(2)
}

fn currency_of(document: &Document) -> &'static str {
    match document.currency.code() {
        "USD" => "USD",
        "CHF" => "CHF",
        _ => "EUR",
    }
}

/// As `acquit init` writes it.
const ATTRIBUTES: &str = "* text=auto eol=lf\ninvoices/** -text\nquotes/** -text\nregister/*.csv -text merge=binary\n\
payments/*.csv text eol=lf merge=union\nevents/*.csv text eol=lf merge=union\nsent/** -text\n";

fn settings_text() -> String {
    let mut text = format!("format = {FORMAT}\n");
    text.push_str(SETTINGS);
    // The rates before those that come with the program; the register's first documents need them.
    for (year, month) in (FIRST.0..2023).flat_map(|year| [(year, "01"), (year, "07")]) {
        let source =
            "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/key_ecb_interest_rates/";
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "\n[[law]]\nkind = \"ecb-refi\"\nfrom = {year}-{month}-01\npercent = 0\n"
        );
        let _ = writeln!(text, "source = {}", string(source));
    }
    text
}

const SETTINGS: &str = r#"id = "benchmark"
currency = "EUR"
language = "fr"

[seller]
name = "Camille Durand EI"
form = "ei"
trade_name = "Atelier Durand"
id = "732829320"
siret = "73282932000074"
vat = "FR44732829320"
email = "camille@example.org"
phone = "+33 4 00 00 00 00"

[seller.address]
street = "12 rue des Tables-Claudiennes"
postcode = "69001"
city = "Lyon"
country = "FR"

[series]
invoice = "F{year}-{n:05}"
credit = "A{year}-{n:05}"

[terms]
due = "30d"

[[pay]]
id = "main"
kind = "transfer"
iban = "FR1420041010050500013M02606"
bic = "PSSTFRPPLYO"

[[pay]]
id = "card"
kind = "link"
label = "Carte bancaire"
url = "https://pay.example/xyz?ref={number}&amount={amount_cents}"

[[mention]]
text = "Assurance professionnelle : Mutuelle Exemple, contrat 123456, France entière."
"#;

fn client_id(index: usize) -> String {
    format!("c{index:05}")
}

const NAMES: &[&str] = &[
    "Atelier du Chêne",
    "Boulangerie Lefèvre",
    "Éditions de la Tête d’Or",
    "Cabinet Noël & Associés",
    "Société \"Les Bâtisseurs\"",
    "Imprimerie Gutenberg",
    "Müller & Söhne",
    "Ferme des Quatre-Vents",
    "Studio Ålesund",
    "Transports Garcia",
];
const STREETS: &[&str] = &[
    "rue de la République",
    "avenue Jean-Jaurès",
    "quai Saint-Antoine",
    "place Bellecour",
    "chemin Vert",
];
const CITIES: &[&str] = &[
    "Lyon",
    "Paris",
    "Saint-Étienne",
    "Besançon",
    "Nîmes",
    "Orléans",
];

fn client_text(index: usize) -> Outcome<String> {
    let mut chance = Chance(CLIENTS + index as u64);
    let sort = Sort::of(index);
    let name = format!("{} {index}", chance.pick(NAMES));
    let mut text = format!("name = {}\n", string(&name));
    match sort {
        Sort::Consumer => text.push_str("kind = \"consumer\"\n"),
        Sort::Public => text.push_str("kind = \"public\"\n"),
        _ => {}
    }
    match sort {
        Sort::French | Sort::Public => {
            let siren = siren(index)?;
            let vat = french_vat(&siren).ok_or("no VAT number")?;
            write!(text, "id = \"{siren}\"\nvat = \"{vat}\"\n")?;
        }
        Sort::German => writeln!(text, "vat = \"DE136695976\"")?,
        Sort::American => text.push_str("currency = \"USD\"\n"),
        Sort::Swiss => text.push_str("currency = \"CHF\"\n"),
        Sort::Consumer => {}
    }
    if matches!(sort, Sort::German | Sort::American) {
        text.push_str("language = \"en\"\n");
    }
    writeln!(text, "email = [\"compta{index}@client.example\"]")?;
    if sort == Sort::Public {
        writeln!(text, "reference = \"SERVICE-{index}\"")?;
    }
    let (country, city) = match sort {
        Sort::German => ("DE", "Berlin"),
        Sort::American => ("US", "Boston"),
        Sort::Swiss => ("CH", "Genève"),
        _ => ("FR", chance.pick(CITIES)),
    };
    let (house, street, postcode) = (
        chance.below(99) + 1,
        chance.pick(STREETS),
        10_000 + chance.below(80_000),
    );
    write!(
        text,
        "\n[address]\nstreet = {}\npostcode = \"{postcode}\"\ncity = {}\ncountry = \"{country}\"\n",
        string(&format!("{house} {street}")),
        string(city)
    )?;
    if chance.percent(20) && sort != Sort::Consumer {
        text.push_str("\n[terms]\ndue = \"45d eom\"\n");
    }
    Ok(text)
}

/// A SIREN whose key fits.
fn siren(index: usize) -> Outcome<String> {
    let stem = format!("{:08}", 30_000_000 + index);
    let fits = (0..10)
        .map(|key| format!("{stem}{key}"))
        .find(|siren| luhn(siren));
    fits.ok_or_else(|| "no key".into())
}

const ITEMS: &[&str] = &[
    "Développement du module de facturation",
    "Traduction du guide utilisateur",
    "Relecture du rapport annuel",
    "Atelier terminologie",
    "Refonte du site",
    "Maintenance mensuelle",
    "Formation \"Rust pour débutants\"",
    "Audit d’accessibilité",
    "Maquettes graphiques",
    "Hébergement et sauvegardes",
    "Intégration continue",
    "Rédaction d’articles",
];
const UNITS: &[(&str, u64, &[&str])] = &[
    ("day", 9, &["390", "450", "480", "520.50", "650"]),
    ("hour", 60, &["48", "55.50", "62", "75"]),
    ("word", 20_000, &["0.09", "0.11", "0.125"]),
    ("piece", 12, &["19.90", "120", "249.99"]),
    ("month", 3, &["89", "149.90"]),
];

/// A draft of three lines; with the number of a document and whether all of it is taken back: the credit note on it.
fn draft_text(seed: u64, client: usize, credits: Option<(&str, bool)>) -> String {
    let mut chance = Chance(seed.wrapping_mul(7919));
    let sort = Sort::of(client);
    let mut text = format!("client = \"{}\"\n", client_id(client));
    let lines = if credits.is_some_and(|(_, all)| !all) {
        1
    } else {
        3
    };
    if let Some((number, _)) = credits {
        let _ = write!(text, "type = \"credit\"\ncorrects = [\"{number}\"]\n");
    }
    let (subject, order, note) = (chance.percent(40), chance.percent(25), chance.percent(15));
    if subject {
        let _ = writeln!(text, "subject = {}", string(chance.pick(ITEMS)));
    }
    if order {
        let _ = writeln!(text, "order = \"PO-{}\"", chance.below(100_000));
    }
    if note {
        text.push_str("note = \"Merci de votre confiance.\\nÀ bientôt.\"\n");
    }
    match sort {
        Sort::American => {
            text.push_str("exchange = { rate = 0.92, date = 2026-11-20, source = \"BCE\" }\n");
        }
        Sort::Swiss => {
            text.push_str("exchange = { rate = 1.05, date = 2026-11-20, source = \"BCE\" }\n");
        }
        Sort::Consumer => text.push_str("prices = \"gross\"\n"),
        _ => {}
    }
    for _ in 0..lines {
        line_text(&mut text, &mut chance, sort);
    }
    text
}

fn line_text(text: &mut String, chance: &mut Chance, sort: Sort) {
    let _ = write!(text, "\n[[line]]\nitem = {}\n", string(chance.pick(ITEMS)));
    if chance.percent(30) {
        let _ = writeln!(
            text,
            "description = {}",
            string("Selon le devis accepté,\nlivré \"clés en main\".")
        );
    }
    if chance.percent(10) {
        text.push_str("operation = \"goods\"\n");
    }
    let index = usize::try_from(chance.below(UNITS.len() as u64)).unwrap_or(0);
    let (unit, most, prices) = UNITS[index];
    let quantity = chance.below(most) + 1;
    let half = if unit == "day" && chance.percent(20) {
        ".5"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "quantity = {quantity}{half}\nunit = \"{unit}\"\nprice = {}",
        chance.pick(prices)
    );
    let vat = match sort {
        Sort::German => "\"reverse-charge\"",
        Sort::American | Sort::Swiss => "\"outside\"",
        _ => chance.pick(&["20", "20", "20", "20", "20", "20", "20", "20", "10", "5.5"]),
    };
    let _ = writeln!(text, "vat = {vat}");
    if chance.percent(6) {
        text.push_str("discount = \"5%\"\n");
    }
}

/// Rows of a book by year; each with its day.
type Rows = BTreeMap<i32, Vec<(NaiveDate, Vec<String>)>>;

/// What happens to the documents' money.
#[derive(Default)]
struct Money {
    payments: Rows,
    events: Rows,
    /// Numbers and files.
    plans: Vec<(String, String)>,
}

/// What was paid, what happened and what was agreed, up to today.
fn money(issued: &[Issued], today: NaiveDate) -> Outcome<Money> {
    let mut money = Money::default();
    for document in issued
        .iter()
        .filter(|document| document.kind == DocumentType::Invoice)
    {
        let mut teller = Teller {
            document,
            today,
            money: &mut money,
            count: 0,
        };
        teller.tell(&mut Chance(MONEY + document.index as u64))?;
    }
    for rows in money.payments.values_mut().chain(money.events.values_mut()) {
        rows.sort_by_key(|(day, _)| *day);
    }
    Ok(money)
}

/// Tells what happened to one document.
struct Teller<'t> {
    document: &'t Issued,
    today: NaiveDate,
    money: &'t mut Money,
    count: u32,
}

impl Teller<'_> {
    fn tell(&mut self, chance: &mut Chance) -> Outcome<()> {
        let Some(due) = self.document.due else {
            return Ok(());
        };
        let open = self.document.owed - self.document.credited;
        if open <= Decimal::ZERO {
            return Ok(());
        }
        let paid = plus_days(due, i64::try_from(chance.below(36))? - 15);
        let part = |percent: i64| round(open * Decimal::new(percent, 2), 2);
        match chance.below(1000) {
            880..905 => {
                self.pay(paid, part(40));
                self.pay(plus_days(paid, 20), open - part(40));
            }
            // Not where a credit note would take off less for it: a journal has no such rule.
            905..915 if self.document.credited.is_zero() => {
                self.pay(paid, open + Decimal::new(1250, 2));
            }
            915..920 => {
                self.pay(paid, part(98));
                self.event(
                    paid,
                    &[
                        ("kind", "discount"),
                        ("amount", &fixed(open - part(98), 2)),
                        ("note", "2 %"),
                    ],
                );
            }
            // As for overpayments: the script that judges does not know credit notes on plans.
            920..930 if self.document.credited.is_zero() => {
                self.plan(plus_days(due, 30), open, chance);
            }
            920..950 => {
                self.pay(paid, part(60));
                self.remind(due, chance);
            }
            950..1000 => self.remind(due, chance),
            _ => self.pay(paid, open),
        }
        Ok(())
    }

    /// Agrees on three instalments; they are paid in time, or one of them late, or no more after it.
    fn plan(&mut self, agreed: NaiveDate, open: Decimal, chance: &mut Chance) {
        if agreed > self.today {
            return;
        }
        let parts = equal(open, 3, Every::Month, plus_days(agreed, 15), 2);
        let (missed, stops) = (
            usize::try_from(chance.below(4)).unwrap_or(0),
            chance.percent(50),
        );
        for (index, part) in parts
            .iter()
            .enumerate()
            .filter(|(index, _)| !stops || *index < missed)
        {
            self.pay(
                plus_days(part.due, if index == missed { 5 } else { -1 }),
                part.amount,
            );
        }
        let series = format!("P{}-", agreed.year());
        let count = self
            .money
            .plans
            .iter()
            .filter(|(number, _)| number.starts_with(&series))
            .count();
        let number = format!("{series}{:04}", count + 1);
        let mut text = format!(
            "documents = [\"{}\"]\nagreed = {agreed}\n",
            self.document.number
        );
        text += &format!(
            "interest = \"suspended\"\nacceleration = {}\n",
            chance.percent(70)
        );
        for part in &parts {
            text += &format!(
                "\n[[instalment]]\ndue = {}\namount = {}\n",
                part.due,
                fixed(part.amount, 2)
            );
        }
        let file = format!("plans/{number}.toml");
        self.event(
            agreed,
            &[("kind", "plan"), ("file", &file), ("note", "3 instalments")],
        );
        self.money.plans.push((number, text));
    }

    /// Reminds, and some dispute, are held or given up.
    fn remind(&mut self, due: NaiveDate, chance: &mut Chance) {
        for (step, days) in [("first", 5), ("second", 15)] {
            let until = due.to_string();
            self.event(
                plus_days(due, days),
                &[
                    ("kind", "reminded"),
                    ("step", step),
                    ("channel", "email"),
                    ("until", &until),
                ],
            );
        }
        let later = plus_days(due, 40);
        match chance.below(20) {
            0 => self.event(
                later,
                &[("kind", "dispute"), ("note", "refuse \"la ligne 2\"")],
            ),
            1 => self.event(later, &[("kind", "hold"), ("note", "en attente")]),
            2 => self.event(
                later,
                &[
                    ("kind", "write-off"),
                    ("amount", "5.00"),
                    ("note", "goodwill"),
                ],
            ),
            _ => {}
        }
    }

    /// An id as acquit makes them.
    fn id(&mut self, day: NaiveDate) -> String {
        self.count += 1;
        let digest = sha256(format!("{} {}", self.document.number, self.count).as_bytes());
        format!("{}-{}", day.format("%Y%m%d"), &digest[..10])
    }

    fn pay(&mut self, day: NaiveDate, amount: Decimal) {
        if day > self.today {
            return;
        }
        let document = self.document;
        let reference = format!("VIR {}", document.number);
        let amount = fixed(amount, 2);
        let fields = [
            ("client", document.client.as_str()),
            ("amount", &amount),
            ("currency", document.currency),
            ("method", "transfer"),
            ("document", &document.number),
            ("account", "main"),
            ("reference", &reference),
        ];
        let row = (day, self.row(payment::HEADER, day, &fields));
        self.money.payments.entry(day.year()).or_default().push(row);
    }

    fn event(&mut self, day: NaiveDate, fields: &[(&str, &str)]) {
        if day > self.today {
            return;
        }
        let document = self.document;
        let mut all = vec![
            ("client", document.client.as_str()),
            ("document", &document.number),
        ];
        if fields.iter().any(|(name, _)| *name == "amount") {
            all.push(("currency", document.currency));
        }
        all.extend(fields);
        let row = (day, self.row(event::HEADER, day, &all));
        self.money.events.entry(day.year()).or_default().push(row);
    }

    fn row(&mut self, header: &[&str], day: NaiveDate, fields: &[(&str, &str)]) -> Vec<String> {
        let (id, date) = (self.id(day), day.to_string());
        let value = |name: &str| match name {
            "id" => id.clone(),
            "date" => date.clone(),
            _ => fields
                .iter()
                .find(|(known, _)| *known == name)
                .map_or_else(String::new, |(_, text)| (*text).into()),
        };
        header.iter().map(|name| value(name)).collect()
    }
}

fn book(header: &[&str]) -> csv::Writer<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into a Vec cannot fail.
    let _ = writer.write_record(header);
    writer
}

fn write_books(folder: &Path, name: &str, header: &[&str], rows: &Rows) -> Outcome<()> {
    for (year, rows) in rows {
        let mut writer = book(header);
        for (_, row) in rows {
            writer.write_record(row)?;
        }
        std::fs::write(
            folder.join(format!("{name}/{year}.csv")),
            writer.into_inner()?,
        )?;
    }
    Ok(())
}

/// Writes the same as a journal: what a document adds and what takes it off stand under its number.
fn write_journal(path: &Path, issued: &[Issued], payments: &Rows, events: &Rows) -> Outcome<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    for document in issued {
        let sign = document.kind.sign();
        let figure = |value: Decimal| fixed(value * sign, 2);
        let (currency, number) = (
            document.currency,
            document.original.as_ref().unwrap_or(&document.number),
        );
        writeln!(
            out,
            "{} ({}) {}",
            document.day,
            document.number,
            document.buyer.replace(';', ",")
        )?;
        writeln!(
            out,
            "    assets:receivable:{}  {} {currency}  ; inv:{number}",
            document.client,
            figure(document.owed)
        )?;
        writeln!(
            out,
            "    income:services  {} {currency}",
            figure(-document.net)
        )?;
        if !document.vat.is_zero() {
            writeln!(
                out,
                "    liabilities:vat  {} {currency}",
                figure(-document.vat)
            )?;
        }
        let rest = document.owed - document.net - document.vat;
        if !rest.is_zero() {
            writeln!(out, "    expenses:rounding  {} {currency}", figure(-rest))?;
        }
        writeln!(out)?;
    }
    let place =
        |header: &[&str], name: &str| header.iter().position(|known| *known == name).unwrap_or(0);
    for (header, rows, other) in [
        (payment::HEADER, payments, "assets:bank"),
        (event::HEADER, events, "expenses:losses"),
    ] {
        for (day, row) in rows.values().flatten() {
            let get = |name| row[place(header, name)].as_str();
            if get("amount").is_empty()
                || (other != "assets:bank" && !["discount", "write-off"].contains(&get("kind")))
            {
                continue;
            }
            let (amount, currency) = (get("amount"), get("currency"));
            writeln!(out, "{day} ({}) {}", get("id"), get("note"))?;
            writeln!(
                out,
                "    assets:receivable:{}  -{amount} {currency}  ; inv:{}",
                get("client"),
                get("document")
            )?;
            writeln!(out, "    {other}  {amount} {currency}\n")?;
        }
    }
    out.flush()?;
    Ok(())
}
