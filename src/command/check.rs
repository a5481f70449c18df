//! `check`: proves the whole ledger; prints nothing when all is well.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use rust_decimal::Decimal;

use crate::check::law::{self, Candidate};
use crate::check::likeness::Likeness;
use crate::check::register::Chain;
use crate::check::{self, documents, identifiers};
use crate::compute::chronicle::Chronicle;
use crate::compute::outgoing::carries;
use crate::diagnostic::{Diagnostic, Diagnostics, Guesses, Severity, code};
use crate::ledger::book::{Record, RowText};
use crate::ledger::books::Ledger;
use crate::ledger::document::Document;
use crate::ledger::document::DraftOrigin;
use crate::ledger::draft::Draft;
use crate::ledger::identifier::Number;
use crate::session::{Done, Format, Outcomes, Session};
use crate::source::Source;
use crate::source::quotes::Quote;
use crate::source::repository::Repository;
use crate::span::Span;
use crate::task::electronic;
use crate::task::lapse;
use crate::task::load::{self, Bench};
use crate::task::offers;
use crate::task::page;
use crate::task::preceding::{Ground, Links};
use crate::view::pdf::Engine;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::snippet;

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit check && git commit")]
pub struct CheckArgs {}

/// Checks everything.
///
/// # Errors
/// Where there is no ledger.
pub fn run(_: &CheckArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let templates = load::templates(&mut source);
    if let Ok(bench) = Bench::load(session, &mut source) {
        crate::task::design::check(&mut source, &bench.settings);
        ledger(session, &mut source, &bench);
    } else {
        // Without acquit.toml there are no series and no law; the other files are still read.
        let _ = source.clients();
        let _ = source.drafts();
        let _ = source.settings();
    }
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
    let problems = source.take_problems();
    let mut problems = problems.sorted();
    source.excerpts(&mut problems);
    let errors = problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    match session.format() {
        Format::Table => {
            let paint = session.terminal.out_paint;
            let text = snippet::diagnostics(&problems, &source.map, paint);
            session.exact(&text)?;
        }
        _ => session.report(&report(&problems, &source, session.today), "")?,
    }
    Ok(if errors { Done::Findings } else { Done::Well })
}

fn report(problems: &[Diagnostic], source: &Source, today: chrono::NaiveDate) -> Report {
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
    for problem in problems {
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
                .map_or(Cell::None, |span| Cell::text(source.map.path(span.file))),
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

fn ledger(session: &mut Session<'_>, source: &mut Source, bench: &Bench) {
    let mut problems = Diagnostics::default();
    for client in bench.clients.iter() {
        identifiers::client(client, &mut problems);
        for name in &client.pay {
            if !bench
                .settings
                .pay
                .iter()
                .any(|mean| mean.id.value == name.value)
            {
                let message = format!("`{}` is no way to pay of acquit.toml", name.value);
                let known: Vec<&str> = bench
                    .settings
                    .pay
                    .iter()
                    .map(|mean| mean.id.as_str())
                    .collect();
                let hint = format!("the [[pay]] ids are {}", known.join(", "));
                problems.push(
                    Diagnostic::error(code::PAY_UNKNOWN, message)
                        .at(name.span)
                        .hint(hint),
                );
            }
        }
    }
    let mut chain = Chain::new(&bench.settings.id, &bench.settings.series);
    let mut rows: HashMap<String, Kept> = HashMap::new();
    let ledger = source.ledger_and(|row, record| match row {
        Some(row) => {
            chain.add(row, record);
            rows.entry(row.number.to_owned())
                .or_insert_with(|| Kept::new(row.span, record));
        }
        None => chain.skip(record),
    });
    source.problems.extend(std::mem::take(&mut chain.problems));
    let books = load::books(source, session.today);
    problems.extend(crate::check::rows::check(&ledger, &bench.clients));
    problems.extend_list(Likeness::of(&ledger).twins());
    plans(&ledger, &mut problems);
    let offers = source.quotes();
    let quotes: BTreeMap<&str, &Document> = offers
        .iter()
        .map(|quote| (quote.number.as_str(), &quote.document))
        .collect();
    self::quotes(&ledger, bench, &offers, &mut problems);
    let names: HashSet<String> = source
        .repository
        .list("drafts", ".toml")
        .unwrap_or_default()
        .into_iter()
        .collect();
    let reader = Source::new(Repository::open_locked(source.repository.root()));
    let logos: Mutex<HashSet<String>> = Mutex::default();
    let origins = source.each_document(|number, file, read, problems| {
        let Some(row) = rows.get(number) else {
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
        row.meet();
        // A document that is not the one that was issued is not worked out again: what it says is no figure of the ledger.
        if documents::compare(&document, &sha256, number, &row.text, problems) {
            // Where a figure is wrong already, its rules would say it twice.
            if documents::arithmetic(&document, problems) && electronic::carries(&document) {
                problems.extend(electronic::problems_of_issued(&document, &[]));
            }
            if let Err(problem) = electronic::attachments(&document, &reader) {
                problems.push(problem);
            }
            if let Some(logo) = &document.seller.logo {
                let mut logos = logos.lock().unwrap_or_else(PoisonError::into_inner);
                if !logos.contains(logo) {
                    logos.insert(logo.clone());
                    problems.extend(page::logo(&reader, &document).err().map(Diagnostics::from).unwrap_or_default());
                }
            }
            crate::check::quotes::part(&document, &quotes, problems);
        }
        let DraftOrigin { name, sha256 } = document.draft;
        names.contains(&format!("{name}.toml")).then(|| (number.to_owned(), name, sha256))
    });
    missing(source, &ledger, &rows, &mut problems);
    let mut unknown: HashSet<&str> = HashSet::new();
    for entry in ledger.documents() {
        let client = entry.client;
        if !bench.clients.exists(client) && unknown.insert(client) {
            let message = format!("the client `{client}` of this document has no file in clients/");
            let hint = "`git restore clients/` brings it back: reminders and lists need it";
            problems.push(
                Diagnostic::error(code::CLIENT_UNKNOWN, message)
                    .at(entry.span)
                    .hint(hint),
            );
        }
    }
    problems.extend_list(rates(bench, session.today));
    let near = lapse::near(&mut lapse::Law::load(source), &books, source, books.open());
    for lapsing in &near {
        let warning = lapsing.warning();
        problems.push(match ledger.find(&lapsing.number) {
            Some(place) => warning.at(ledger.document(place).span),
            None => warning,
        });
    }
    let drafts = source.drafts();
    again(&drafts, &origins, &mut problems);
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
    super::recurring::check(&templates, bench, &mut problems);
    let known = templates
        .iter()
        .filter(|template| bench.clients.exists(&template.draft.client));
    for draft in drafts.iter().chain(known.map(|template| &template.draft)) {
        self::draft(&ground, source, draft, engine.as_ref(), &mut problems);
    }
    source.problems.extend(problems);
}

/// Warns of drafts that are word for word those of issued documents (number, draft's name, digest). The same work each month may be drafted
/// in the same words: only the same file again is worth a word.
fn again(
    drafts: &[Draft],
    origins: &[Option<(String, String, String)>],
    problems: &mut Diagnostics,
) {
    let issued: HashMap<(&str, &str), &str> = origins
        .iter()
        .flatten()
        .map(|(number, name, digest)| ((name.as_str(), digest.as_str()), number.as_str()))
        .collect();
    for draft in drafts {
        if let Some(number) = issued.get(&(draft.name.as_str(), draft.sha256.as_str())) {
            let message = format!("this draft is word for word the one that became {number}");
            let hint = "remove it, unless you mean to invoice the same again";
            problems.push(
                Diagnostic::warning(code::DRAFT_ISSUED, message)
                    .at(draft.span)
                    .hint(hint),
            );
        }
    }
}

/// The warnings of rates of the law that are missing, or will be within a month.
fn rates(bench: &Bench, today: chrono::NaiveDate) -> Vec<Diagnostic> {
    let missing = crate::compute::rates::missing(&bench.regime, today);
    let missing = crate::compute::rates::needed(missing, &bench.settings, &bench.clients);
    crate::task::rates::warnings(&missing)
        .map(|warning| warning.at(bench.settings.terms_span))
        .collect()
}

/// Finds documents that the register has and the disk has not.
fn missing(
    source: &Source,
    ledger: &Ledger,
    rows: &HashMap<String, Kept>,
    problems: &mut Diagnostics,
) {
    for entry in ledger.documents() {
        let number = entry.number;
        if rows.get(number).is_some_and(Kept::is_met) {
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
    is_met: AtomicBool,
}

impl Kept {
    fn new(span: Span, record: Record<'_>) -> Self {
        Self {
            text: RowText::new(span, record),
            is_met: AtomicBool::new(false),
        }
    }

    /// Notes that its document is there and can be read.
    fn meet(&self) {
        self.is_met.store(true, Ordering::Relaxed);
    }

    fn is_met(&self) -> bool {
        self.is_met.load(Ordering::Relaxed)
    }
}

/// Checks the quotes, and what events say of them.
fn quotes(ledger: &Ledger, bench: &Bench, quotes: &[Quote], problems: &mut Diagnostics) {
    let said = offers::said(ledger, chrono::NaiveDate::MAX);
    let all: Vec<_> = quotes
        .iter()
        .map(|quote| offers::offer(quote, said.get(&quote.number)))
        .collect();
    crate::check::quotes::check(&all, &bench.settings.series, problems);
    for quote in quotes {
        if ledger.find(&quote.number).is_some() {
            let message = format!(
                "{} is the number of a quote and of an invoice",
                quote.number
            );
            let hint = "give each series its own pattern";
            problems.push(
                Diagnostic::error(code::NUMBER_TWICE, message)
                    .at(Span::whole(quote.file))
                    .hint(hint),
            );
        }
    }
    let known: BTreeMap<&str, &Document> = quotes
        .iter()
        .map(|quote| (quote.number.as_str(), &quote.document))
        .collect();
    let mut guesses = Guesses::default();
    for event in ledger.events() {
        let is_unknown = !event.document.is_empty() && ledger.find(event.document).is_none();
        if (carries(&event) && is_unknown) || event.kind.is_of_quote() {
            crate::check::quotes::event(
                event.document,
                event.client,
                event.span,
                &known,
                &mut guesses,
                problems,
            );
        }
    }
}

fn plans(ledger: &Arc<Ledger>, problems: &mut Diagnostics) {
    let plans = ledger.plans();
    let Some(last) = plans.iter().map(|plan| plan.agreed).max() else {
        return;
    };
    let chronicle = Chronicle::new(ledger, last);
    for plan in plans {
        let left = |day| -> Option<Decimal> {
            plan.documents
                .iter()
                .map(|number| chronicle.owed(number, day))
                .sum()
        };
        let after = left(plan.agreed);
        let before = left(crate::ledger::date::plus_days(plan.agreed, -1)).unwrap_or_default();
        check::plans::check(plan, plans, after.map(|after| (before, after)), problems);
        for number in &plan.documents {
            if ledger.find(number).is_none() {
                problems.push(load::unknown_document(number, ledger.numbers()).at(number.span));
            }
        }
    }
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
    if let Err(problem) = load::client_of(draft, &bench.clients) {
        return problems.push(problem);
    }
    for path in &draft.attachments {
        if let Err(problem) = crate::task::order::attachment(path, source) {
            problems.push(Diagnostic {
                severity: Severity::Warning,
                ..problem
            });
        }
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
