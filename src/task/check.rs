//! The whole ledger proved: the walk over its files that gives each rule of `check/` what it judges.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{Datelike, NaiveDate};

use super::frozen::{self, Expected};
use super::links::Links;
use super::load::{self, Bench};
use super::page::Looks;
use super::preceding::Ground;
use super::{design, electronic, lapse, offers, order, page, rates, recurring};
use crate::check::drafts::Origin;
use crate::check::law::{self, Candidate};
use crate::check::likeness::Likeness;
use crate::check::register::Chain;
use crate::check::{ahead, clients, documents, drafts, identifiers, plans, quotes, rows};
use crate::compute::rates::{missing as missing_of, needed};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, code};
use crate::ledger::book::{Record, Row, RowText};
use crate::ledger::books::Ledger;
use crate::ledger::document::Document;
use crate::ledger::draft::Draft;
use crate::ledger::identifier::Number;
use crate::regime;
use crate::session::Session;
use crate::source::Source;
use crate::source::quotes::Quote;
use crate::source::repository::Repository;
use crate::span::{SourceMap, Span};
use crate::view::pdf::Engine;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::text::Templates;

/// What was found: the problems in their order, each with the excerpt of its place.
#[derive(Debug)]
pub struct Checked {
    /// The problems.
    pub problems: Vec<Diagnostic>,
    /// How many copies under sent/ were not compared with their digests, because they are many and nobody asked for it.
    pub uncompared: usize,
    /// What is not known of the law of the seller's country, in one sentence; nothing is wrong with the ledger for it.
    pub gap: Option<String>,
}

impl Checked {
    /// Tells whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// Returns them as data; `map` names their files.
    pub fn report(&self, map: &SourceMap, today: NaiveDate) -> Report {
        let mut items = Sheet::new(&[
            ("severity", "Severity"),
            ("code", "Code"),
            ("file", "File"),
            ("line", "Line"),
            ("column", "Column"),
            ("message", "Message"),
            ("hint", "Hint"),
        ]);
        let number = |n: usize| i64::try_from(n).map_or(Cell::None, Cell::Number);
        for problem in &self.problems {
            let place = problem.excerpt.as_ref();
            items.push(vec![
                Cell::text(if problem.severity == Severity::Error {
                    "error"
                } else {
                    "warning"
                }),
                Cell::text(problem.code.0),
                problem
                    .span
                    .map_or(Cell::None, |span| Cell::text(map.path(span.file))),
                place.map_or(Cell::None, |place| number(place.line)),
                place.map_or(Cell::None, |place| number(place.column)),
                Cell::text(&problem.message),
                Cell::text(problem.hint.clone().unwrap_or_default()),
            ]);
        }
        Report {
            schema: "check",
            today,
            items,
            totals: None,
        }
    }
}

/// Checks everything; the session gives the day, and nothing is said by it. `all_copies`: compare every copy of what was sent with its
/// digest, however many there are.
pub fn of(session: &Session<'_>, source: &mut Source, all_copies: bool) -> Checked {
    let templates = load::templates(source);
    let mut uncompared = 0;
    let mut gap = None;
    if let Ok(bench) = Bench::load(session, source) {
        source.problems.extend(bench.clients.problems());
        design::check(source, &bench.settings);
        uncompared = ledger(session, source, &bench, all_copies);
        gap = regime::gap(&bench.settings.seller.address.country);
    } else {
        // Without acquit.toml there are no series and no law; the other files are still read.
        let _ = source.clients();
        let _ = source.drafts();
        let _ = source.settings();
    }
    message_templates(source, &templates);
    let mut problems = source.take_problems().sorted();
    source.excerpts(&mut problems);
    Checked {
        problems,
        uncompared,
        gap,
    }
}

/// Renders each message template with data that say everything; what is wrong is added to the source's problems.
fn message_templates(source: &mut Source, templates: &Templates) {
    for error in templates.check() {
        let own = source
            .repository
            .exists(&format!("templates/{}", error.name));
        let file = source.map.add(format!("templates/{}", error.name));
        let span = error
            .range
            .filter(|_| own)
            .map_or(Span::whole(file), |(start, end)| {
                Span::new(file, start, end)
            });
        let code = if error.is_syntax {
            code::TEMPLATE_SYNTAX
        } else {
            code::TEMPLATE_RENDER
        };
        let hint = "compare it with the built-in one; the placeholders stand in docs/format.md";
        source
            .problems
            .push(Diagnostic::error(code, error.message).at(span).hint(hint));
    }
}

/// Returns the names of a document's attachments.
fn names_of(document: &Document) -> Vec<String> {
    let attachments = document.attachments.iter();
    attachments.map(|own| own.name.clone()).collect()
}

/// Returns a quote's number with its year of issue and the names of its attachments.
fn of_quote(quote: &Quote) -> (String, (i32, Vec<String>)) {
    let document = &quote.document;
    let year = document.issued.year();
    (quote.number.clone(), (year, names_of(document)))
}

/// Checks the ledger; returns how many copies of what was sent were not compared. `all_copies`: compare all of them.
fn ledger(session: &Session<'_>, source: &mut Source, bench: &Bench, all_copies: bool) -> usize {
    let mut problems = Diagnostics::default();
    for client in bench.clients.iter() {
        identifiers::client(client, &mut problems);
        clients::pay(client, &bench.settings, &mut problems);
    }
    let mut chain = Chain::new(&bench.settings.id, &bench.settings.series);
    let mut kept: HashMap<String, Kept> = HashMap::new();
    let ledger = source.ledger_and(|row, record| match row {
        Some(row) => {
            chain.add(row, record);
            kept.entry(row.number.to_owned())
                .or_insert_with(|| Kept::new(row, record));
        }
        None => chain.skip(record),
    });
    source.problems.extend(std::mem::take(&mut chain.problems));
    let books = load::books(source, session.today);
    problems.extend(rows::check(&ledger, &bench.clients));
    problems.extend_list(Likeness::of(&ledger).twins());
    plans::all(&ledger, &mut problems);
    plans::agreed(
        &ledger,
        |path| source.repository.exists(path),
        &mut problems,
    );
    ahead::books(&ledger, session.today, &mut problems);
    let offers = source.quotes();
    let known: BTreeMap<&str, &Document> = offers
        .iter()
        .map(|quote| (quote.number.as_str(), &quote.document))
        .collect();
    offered(source, &ledger, bench, &offers, &mut problems);
    for quote in &offers {
        let (issued, place) = (quote.document.issued, Span::whole(quote.file));
        ahead::quote(&quote.number, issued, session.today, place, &mut problems);
    }
    let names: HashSet<String> = source
        .repository
        .list("drafts", ".toml")
        .unwrap_or_default()
        .into_iter()
        .collect();
    // A reader beside the one that is busy: it sees a dead writer's journal as carried out, too.
    let root = source.repository.root();
    let reader = Repository::open(root).unwrap_or_else(|_| Repository::open_locked(root));
    let reader = Source::new(reader);
    let looks = Looks::default();
    let attached: Mutex<BTreeMap<String, Vec<String>>> = Mutex::default();
    let origins = source.each_document(|number, path, file, read, problems| {
        let Some(row) = kept.get(number) else {
            if books.is_unreadable(number) {
                return None;
            }
            let hint =
                "only `acquit issue` makes documents; a row that was removed comes back with `git restore register/`";
            let message = format!("{number} has no row in the register");
            problems.push(Diagnostic::error(code::REGISTER_MISSING, message).at(Span::whole(file)).hint(hint));
            return None;
        };
        let (document, sha256) = read?;
        row.meet(path);
        looks.note(&document);
        if !document.attachments.is_empty() {
            let names = names_of(&document);
            attached.lock().unwrap_or_else(PoisonError::into_inner).insert(number.to_owned(), names);
        }
        // A document that is not the one that was issued is not worked out again: what it says is no figure of the ledger.
        if documents::compare(&document, &sha256, number, &row.text, problems) {
            // Where a figure is wrong already, its rules would say it twice.
            if documents::arithmetic(&document, problems) && electronic::carries(&document) {
                problems.extend(electronic::problems_of_issued(&document, &[]));
            }
            if let Err(problem) = electronic::attachments(&document, &reader) {
                problems.push(problem);
            }
            quotes::part(&document, &known, problems);
        }
        let draft = document.draft;
        names.contains(&format!("{}.toml", draft.name)).then(|| Origin { number: number.to_owned(), draft })
    });
    for quote in &offers {
        looks.note(&quote.document);
        problems.extend_list(
            electronic::attachments(&quote.document, &reader)
                .err()
                .into_iter()
                .collect(),
        );
    }
    let (looks, wrong) = looks.problems(&reader);
    problems.extend_list(wrong);
    let expected = Expected {
        ledger: &ledger,
        attachments: attached
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner),
        unread: kept
            .iter()
            .filter(|(_, row)| !row.is_read())
            .map(|(number, _)| number.clone())
            .collect(),
        quotes: offers.iter().map(of_quote).collect(),
        kept: looks,
    };
    let uncompared = frozen::check(source, &expected, all_copies, &mut problems);
    missing(source, &ledger, &kept, &mut problems);
    clients::missing(&ledger, &bench.clients, &mut problems);
    problems.extend_list(missing_rates(bench, session.today));
    let near = lapse::near(&mut lapse::Law::load(source), &books, source, books.open());
    for lapsing in &near {
        let warning = lapsing.warning();
        problems.push(match ledger.find(&lapsing.number) {
            Some(place) => warning.at(ledger.document(place).span),
            None => warning,
        });
    }
    let all = source.drafts();
    let origins: Vec<Origin> = origins.into_iter().flatten().collect();
    drafts::again(&all, &origins, &mut problems);
    let engine = Engine::new().ok();
    let links = Links::of(&ledger);
    let ground = Ground {
        bench,
        books: &books,
        links: &links,
        issued: &[],
        day: session.today,
    };
    let templates = source.templates();
    recurring::check(&templates, &templates, bench, &mut problems);
    let of_known = templates
        .iter()
        .filter(|template| bench.clients.exists(&template.draft.client));
    for draft in all.iter().chain(of_known.map(|template| &template.draft)) {
        self::draft(&ground, source, draft, engine.as_ref(), &mut problems);
    }
    source.problems.extend(problems);
    uncompared
}

/// The warnings of rates of the law that are missing, or will be within a month.
fn missing_rates(bench: &Bench, today: NaiveDate) -> Vec<Diagnostic> {
    let missing = missing_of(&bench.regime, today);
    let missing = needed(missing, &bench.settings, &bench.clients);
    rates::warnings(&missing)
        .map(|warning| warning.at(bench.settings.terms_span))
        .collect()
}

/// Finds documents that the register has and the disk has not.
fn missing(
    source: &Source,
    ledger: &Ledger,
    kept: &HashMap<String, Kept>,
    problems: &mut Diagnostics,
) {
    for entry in ledger.documents() {
        let number = entry.number;
        if kept.get(number).is_some_and(Kept::is_in_place) {
            continue;
        }
        let path = format!("invoices/{}/{number}.toml", entry.issued.format("%Y"));
        if !source.repository.exists(&path) {
            let hint = "an issued document is never deleted: `git log --diff-filter=D` finds it, `git restore` brings it back";
            let message = format!("the document of {number} is missing");
            problems.push(
                Diagnostic::error(code::DOCUMENT_MISSING, message)
                    .at(entry.span)
                    .hint(hint),
            );
        }
    }
}

/// A row of the register, kept to be compared with its document.
struct Kept {
    text: RowText,
    year: i32,
    is_read: AtomicBool,
    is_in_place: AtomicBool,
}

impl Kept {
    fn new(row: &Row<'_>, record: Record<'_>) -> Self {
        Self {
            text: RowText::new(row.span, record),
            year: row.issued.year(),
            is_read: AtomicBool::new(false),
            is_in_place: AtomicBool::new(false),
        }
    }

    /// Notes that its document stands at a path and can be read.
    fn meet(&self, path: &str) {
        self.is_read.store(true, Ordering::Relaxed);
        let year = path.split('/').nth(1).and_then(|year| year.parse().ok());
        if year == Some(self.year) {
            self.is_in_place.store(true, Ordering::Relaxed);
        }
    }

    fn is_read(&self) -> bool {
        self.is_read.load(Ordering::Relaxed)
    }

    /// Tells whether its document stands in the folder of its year, where all commands look for it.
    fn is_in_place(&self) -> bool {
        self.is_in_place.load(Ordering::Relaxed)
    }
}

/// Checks the quotes, and what events say of them.
fn offered(
    source: &mut Source,
    ledger: &Ledger,
    bench: &Bench,
    issued: &[Quote],
    problems: &mut Diagnostics,
) {
    let said = offers::said(ledger, NaiveDate::MAX);
    let all: Vec<_> = issued
        .iter()
        .map(|quote| offers::offer(quote, said.get(&quote.number)))
        .collect();
    quotes::check(&all, &bench.settings.series, problems);
    quotes::books(ledger, &all, problems);
    let paths = source.quote_paths();
    let files: HashSet<&str> = paths.iter().map(|(number, _)| number.as_str()).collect();
    let exists = |number: &str| files.contains(number);
    quotes::issued(&all, &quotes::offered(ledger), exists, problems);
}

/// A draft is checked as it would be issued today; what the law would refuse is a warning until then.
fn draft(
    ground: &Ground<'_>,
    source: &mut Source,
    draft: &Draft,
    engine: Option<&Engine>,
    problems: &mut Diagnostics,
) {
    let bench = ground.bench;
    if let Err(found) = load::client_of(draft, &bench.clients) {
        return problems.extend(found);
    }
    let mut attached = Diagnostics::default();
    order::attachments(draft, source, &mut attached);
    for problem in attached.sorted() {
        problems.push(Diagnostic {
            severity: Severity::Warning,
            ..problem
        });
    }
    let mut found = Diagnostics::default();
    let (preceding, wrong) = ground.of(draft, source);
    // A reference that leads nowhere is an error whether or not the draft is ever issued.
    let (lost, law): (Vec<_>, Vec<_>) = wrong.sorted().into_iter().partition(|problem| {
        matches!(
            problem.code,
            code::DOCUMENT_UNKNOWN | code::DOCUMENT_CHANGED | code::REGISTER_ROW
        )
    });
    problems.extend_list(lost);
    found.extend_list(law);
    found.extend(offers::check_draft(ground, draft, source));
    let locale = bench.locale(draft);
    let Some(case) = bench.case(draft, ground.day, &preceding, &[], &locale) else {
        return;
    };
    let Some(number) = Number::parse("DRAFT") else {
        return;
    };
    match case.document(number, String::new()) {
        Ok(document) => {
            let (client, regime) = (case.client, case.regime);
            let candidate = Candidate {
                document: &document,
                draft,
                client,
                settings: &bench.settings,
                regime,
            };
            found.extend(law::check(&candidate));
            // What is wrong with an identifier is said where it stands.
            let mut identified = Diagnostics::default();
            identifiers::client(client, &mut identified);
            identifiers::settings(&bench.settings, &mut identified);
            if !found.has_errors() && identified.is_empty() {
                found.extend(electronic::problems_of_draft(&candidate, &[]));
            }
            for problem in engine
                .iter()
                .flat_map(|engine| page::glyphs(engine, &document, draft))
            {
                found.push(problem);
            }
        }
        Err(problems) => found.extend(problems),
    }
    for problem in found.sorted() {
        problems.push(Diagnostic {
            severity: Severity::Warning,
            ..problem
        });
    }
}
