//! The order of issue: drafts are turned into documents, numbers, rows and one change set.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::dates::{Ahead, Line};
use super::electronic;
use super::given::Given;
use super::links::Links;
use super::load::{self, Bench, SoundBooks};
use super::offers::{self, Offers};
use super::page;
use super::preceding::Ground;
use super::record::{Book, Recorder};
use crate::changes::{ChangeSet, sha256, sha256_text};
use crate::check::credits;
use crate::check::law::{self, Candidate};
use crate::check::register::Chain;
use crate::compute::issue::{Preceding, Prepaid};
use crate::compute::register;
use crate::compute::seal::seal;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::book::Method;
use crate::ledger::columns;
use crate::ledger::document::{Attachment, Document, DocumentType};
use crate::ledger::draft::Draft;
use crate::ledger::event_kind::EventKind;
use crate::ledger::file_name::{folded, portable};
use crate::ledger::identifier::{Number, rf_reference};
use crate::session::Session;
use crate::source::Source;
use crate::source::repository::ReadError;
use crate::span::Spanned;
use crate::view::pdf::{Engine, embeddable};
use crate::view::toml;

/// A draft to be issued on a day.
pub struct Task {
    /// The draft.
    pub draft: Draft,
    /// The date of issue.
    pub day: NaiveDate,
    /// Whether it stands in drafts/: then it goes away.
    pub is_file: bool,
    /// Whether a person agreed to the date of the last document, which is after today.
    pub is_ahead: bool,
}

/// What issuing changes.
pub struct Plan {
    /// The change set.
    pub changes: ChangeSet,
    /// The documents, in the order of their tasks.
    pub issued: Vec<Document>,
}

/// The order of issue, and everything it looks at.
pub struct Order<'a> {
    bench: &'a Bench,
    books: SoundBooks,
    chain: Chain<'a>,
    day: NaiveDate,
    engine: Engine,
    problems: Diagnostics,
    head: String,
    links: Links,
    offers: Offers,
    /// Numbers that were given before.
    given: Given,
    /// Parts of quotes that this order invoices.
    parts: BTreeSet<(String, String)>,
    recorder: Recorder,
    issued: Vec<Document>,
    /// Payment references and the numbers that they are of, once one was asked for.
    references: Option<HashMap<String, String>>,
}

impl<'a> Order<'a> {
    /// Plans the issue of drafts, in their order.
    ///
    /// # Errors
    /// All that stands in the way of one of them: then none is issued.
    pub fn plan(
        tasks: &[Task],
        session: &mut Session<'_>,
        source: &mut Source,
        bench: &'a Bench,
    ) -> Result<Plan, Diagnostics> {
        let (books, chain) = load::sound(source, &bench.settings, NaiveDate::MAX)?;
        let engine = Engine::new().map_err(|error| {
            Diagnostics::from(Diagnostic::error(code::TEMPLATE_RENDER, error.to_string()))
        })?;
        let recorder = Recorder::on(&books);
        let head = chain.head().to_owned();
        let links = Links::of(books.ledger());
        let offers = Offers::numbers(source);
        let given = Given::of(source, books.ledger());
        let mut order = Order {
            bench,
            books,
            chain,
            day: session.today,
            engine,
            problems: Diagnostics::default(),
            head,
            links,
            offers,
            given,
            parts: BTreeSet::new(),
            recorder,
            issued: Vec::new(),
            references: None,
        };
        order.dates(tasks, session.today, source);
        if order.problems.has_errors() {
            return Err(order.problems);
        }
        for (index, task) in tasks.iter().enumerate() {
            session.terminal.progress("issuing", index, tasks.len());
            order.day = task.day;
            order.issue(task, source);
        }
        session
            .terminal
            .progress("issuing", tasks.len(), tasks.len());
        order
            .problems
            .extend(std::mem::take(&mut order.recorder.problems));
        if order.problems.has_errors() {
            return Err(order.problems);
        }
        source.problems.extend(order.problems);
        Ok(Plan {
            changes: order.recorder.set,
            issued: order.issued,
        })
    }

    /// Dates of issue are not later than today and never decrease: along the register, and along the quotes.
    fn dates(&mut self, tasks: &[Task], today: NaiveDate, source: &mut Source) {
        let mut last = [self.chain.last(), None];
        if tasks
            .iter()
            .any(|task| task.draft.kind.value == DocumentType::Quote)
        {
            last[1] = self.offers.last_day(source);
        }
        for task in tasks {
            let day = task.day;
            let is_quote = task.draft.kind.value == DocumentType::Quote;
            let last = &mut last[usize::from(is_quote)];
            let is_agreed = task.is_ahead && *last == Some(day);
            let is_wrong = day > today || last.is_some_and(|last| day < last);
            let ahead = last.filter(|last| is_wrong && !is_agreed && *last > today);
            let problem = if is_agreed {
                continue;
            } else if let Some(ahead) = ahead.and_then(|_| {
                let line = if is_quote {
                    Line::Quotes
                } else {
                    Line::Register
                };
                Ahead::of(line, source, self.books.ledger(), today)
            }) {
                ahead.problem(day, today, task.is_file.then_some(&task.draft.name))
            } else if day > today {
                let message = format!("{day} is later than today, {today}");
                let hint = "a document is dated the day it is issued, or before";
                Diagnostic::error(code::ISSUE_DATE, message).hint(hint)
            } else if let Some(last) = last.filter(|last| day < *last) {
                let message =
                    format!("{day} is earlier than the last document's date of issue, {last}");
                let hint = format!("numbers and dates rise together: use `--date {last}` or later");
                Diagnostic::error(code::ISSUE_DATE, message).hint(hint)
            } else {
                *last = (*last).max(Some(day));
                continue;
            };
            // One wrong day is said once, however many drafts it is for.
            if !self.problems.iter().any(|known| *known == problem) {
                self.problems.push(problem);
            }
        }
    }

    /// Plans the issue of one draft.
    fn issue(&mut self, task: &Task, source: &mut Source) {
        let draft = &task.draft;
        if let Err(found) = load::client_of(draft, &self.bench.clients) {
            return self.problems.extend(found);
        }
        let preceding = self.preceding(draft, source);
        let (attachments, files): (Vec<Attachment>, Vec<Vec<u8>>) =
            attachments(draft, source, &mut self.problems)
                .into_iter()
                .unzip();
        let locale = self.bench.locale(draft);
        let Some(case) = self
            .bench
            .case(draft, self.day, &preceding, &attachments, &locale)
        else {
            return;
        };
        let settings = &self.bench.settings;
        let Some((number, series)) = self.number(draft.kind.value) else {
            return;
        };
        let document = match case.document(number, series) {
            Ok(document) => document,
            Err(problems) => return self.problems.extend(problems),
        };
        let candidate = Candidate {
            document: &document,
            draft,
            client: case.client,
            settings,
            regime: case.regime,
        };
        self.problems.extend(law::check(&candidate));
        if let Some(unknown) = law::unknown_rate(&candidate) {
            // Said once, of however many documents.
            if self
                .problems
                .iter()
                .all(|known| known.message != unknown.message)
            {
                self.problems.push(unknown);
            }
        }
        self.own_client(&document);
        self.credit(draft, &document, &preceding);
        self.offer(draft, source);
        for problem in page::glyphs(&self.engine, &document, draft) {
            self.problems.push(problem);
        }
        if !self.problems.has_errors() {
            self.problems
                .extend(electronic::problems_of_draft(&candidate, &files));
        }
        // The first page is drawn whole: a logo that is none would be frozen for ever.
        if self.issued.is_empty()
            && !self.problems.has_errors()
            && let Err(problem) = page::pdf(&self.engine, &document, page::fresh(self.bench, false))
        {
            self.problems.push(problem);
        }
        if !self.problems.has_errors() {
            self.write(document, task, &preceding, files, source);
        }
    }

    /// Takes the next number of a type's series, one that no document has.
    fn number(&mut self, kind: DocumentType) -> Option<(Number, String)> {
        let settings = &self.bench.settings;
        let pattern = settings.series.of(kind);
        let (text, series) = if kind == DocumentType::Quote {
            self.offers.next(&settings.series, self.day)
        } else {
            self.chain
                .counters
                .take(&settings.series, pattern, self.day)
        };
        let Some(number) = Number::parse(&text) else {
            let message = format!("`{text}` is no number: it has more than 35 characters");
            let problem = Diagnostic::error(code::NUMBER_FORM, message)
                .hint("shorten the pattern in [series]");
            self.problems.push(problem);
            return None;
        };
        if let Some(taken) = self
            .books
            .taken(number.as_str())
            .or_else(|| self.offers.taken(number.as_str()))
        {
            let message = format!("the next number, {number}, is taken already by {taken}");
            let hint = "two series make the same number: give each its own pattern";
            self.problems
                .push(Diagnostic::error(code::NUMBER_TWICE, message).hint(hint));
            return None;
        }
        if let Some(problem) = self.given.refusal(number.as_str(), &series) {
            // Said once, of however many drafts.
            if !self.problems.iter().any(|known| known.code == problem.code) {
                self.problems.push(problem);
            }
            return None;
        }
        if kind != DocumentType::Quote
            && let Some(problem) = self.same_reference(&number)
        {
            self.problems.push(problem);
            return None;
        }
        Some((number, series))
    }

    /// Says that the number's payment reference is another document's: it is made of the number's letters and digits alone, and a payment
    /// that bears it could be for either.
    fn same_reference(&mut self, number: &Number) -> Option<Diagnostic> {
        let reference = rf_reference(number.as_str())?;
        let books = &self.books;
        let references = self.references.get_or_insert_with(|| {
            let of = |number: &str| Some((rf_reference(number)?, number.to_owned()));
            books.numbers().filter_map(of).collect()
        });
        let Some(other) = references.get(&reference) else {
            references.insert(reference, number.to_string());
            return None;
        };
        let message = format!(
            "the next number, {number}, would have the payment reference {reference}, which is that of {other}"
        );
        let hint = "a reference has the letters and digits of its number alone: give the patterns of [series] different ones";
        Some(Diagnostic::error(code::NUMBER_TWICE, message).hint(hint))
    }

    /// What a draft about to be issued stands on.
    fn ground(&self) -> Ground<'_> {
        Ground {
            bench: self.bench,
            books: &self.books,
            links: &self.links,
            issued: &self.issued,
            day: self.day,
        }
    }

    /// What a draft has to do with quotes: the part that it invoices, or the quote that it replaces.
    fn offer(&mut self, draft: &Draft, source: &mut Source) {
        let mut found = offers::check_draft(&self.ground(), draft, source);
        if let (Some(quote), Some(part)) = (&draft.quote, &draft.quote_part)
            && !self.parts.insert((quote.value.clone(), part.value.clone()))
        {
            let message = format!(
                "two of these drafts are about the part `{}` of {}",
                part.value, quote.value
            );
            let hint = "issue one of them, and remove the other";
            found.push(
                Diagnostic::error(code::QUOTE_PART, message)
                    .at(part.span)
                    .hint(hint),
            );
        }
        self.problems.extend(found);
    }

    /// The client's own identifiers must be right on what it receives.
    fn own_client(&mut self, document: &Document) {
        if let Some(client) = self.bench.clients.get(&document.buyer.client) {
            crate::check::identifiers::client(client, &mut self.problems);
        }
    }

    /// Finds the documents that the draft corrects or deducts, and the credits that pay it.
    fn preceding(&mut self, draft: &Draft, source: &mut Source) -> Preceding {
        let (preceding, problems) = self.ground().of(draft, source);
        self.problems.extend(problems);
        preceding
    }

    /// A credit note takes back no more than is left.
    fn credit(&mut self, draft: &Draft, document: &Document, preceding: &Preceding) {
        let Some(left) = &preceding.left else { return };
        let place = draft
            .corrects
            .first()
            .map_or(draft.span, |number| number.span);
        for problem in credits::exceeding(document, left) {
            self.problems.push(problem.at(place));
        }
    }

    /// Adds a document, its row and its draft's removal to the change set.
    fn write(
        &mut self,
        document: Document,
        task: &Task,
        preceding: &Preceding,
        files: Vec<Vec<u8>>,
        source: &mut Source,
    ) {
        let text = toml::document(&document);
        let folder = document.folder();
        if document.kind == DocumentType::Quote {
            self.offers.issued(&document);
            self.offered(&document, sha256_text(text.as_bytes()), source);
            self.replaced(&document, source);
        } else {
            self.row(&document, &sha256_text(text.as_bytes()), source);
        }
        let logo = self.bench.logo.as_ref().map(|(name, bytes)| (name, bytes));
        let design = self
            .bench
            .design
            .as_ref()
            .and_then(|chosen| Some((chosen.frozen.as_ref()?, chosen.kept.as_ref()?)));
        for (name, bytes) in [logo, design].into_iter().flatten() {
            let is_planned = self
                .recorder
                .set
                .changes()
                .iter()
                .any(|change| change.path() == name);
            if !is_planned && !source.repository.exists(name) {
                self.recorder.set.create(name.clone(), bytes.clone());
            }
        }
        for (attachment, bytes) in document.attachments.iter().zip(files) {
            self.recorder.set.create(
                format!("{folder}/{}/{}", document.number, attachment.name),
                bytes,
            );
        }
        self.recorder
            .set
            .create(format!("{folder}/{}.toml", document.number), text);
        if task.is_file {
            self.recorder.set.remove(
                format!("drafts/{}.toml", task.draft.name),
                task.draft.sha256.clone(),
            );
        }
        if let Some(paid) = &preceding.paid {
            self.offset(&document, paid, source);
        }
        self.links.issued(&document);
        self.issued.push(document);
    }

    /// Adds a document's row, sealed.
    fn row(&mut self, document: &Document, sha256: &str, source: &Source) {
        let fields = register::fields(document, sha256);
        let year = document.issued.format("%Y").to_string();
        let path = format!("register/{year}.csv");
        let columns = self
            .recorder
            .columns(source, &path, columns::register::HEADER);
        // A later year's header may have columns that this version does not fill.
        let value = |name: &str| {
            columns::register::HEADER
                .iter()
                .position(|known| *known == name)
                .and_then(|index| fields.get(index))
                .cloned()
                .unwrap_or_default()
        };
        let mut row: Vec<String> = columns
            .iter()
            .take(columns.len() - 1)
            .map(|name| value(name))
            .collect();
        self.head = seal(&self.head, row.iter().map(String::as_str));
        row.push(self.head.clone());
        self.recorder.append(&path, &[row]);
    }

    /// Says that a quote was issued: a quote has no row in the register, so its digest stands in an event.
    fn offered(&mut self, document: &Document, sha256: String, source: &mut Source) {
        let row = vec![
            ("kind", EventKind::Offered.word().to_owned()),
            ("client", document.buyer.client.clone()),
            ("document", document.number.to_string()),
            ("sha256", sha256),
        ];
        self.recorder
            .add(source, Book::Events, document.issued, &[row]);
    }

    /// Says that a quote takes the place of another.
    fn replaced(&mut self, document: &Document, source: &mut Source) {
        let Some(old) = &document.replaces else {
            return;
        };
        let row = vec![
            ("kind", EventKind::Replaced.word().to_owned()),
            ("client", document.buyer.client.clone()),
            ("document", old.clone()),
            ("note", document.number.to_string()),
        ];
        self.recorder
            .add(source, Book::Events, document.issued, &[row]);
    }

    /// Moves the credits that pay a document to it: one movement for each, whose reference names the credit.
    fn offset(&mut self, document: &Document, paid: &Prepaid, source: &mut Source) {
        for (credit, amount) in &paid.credits {
            let row = |amount: rust_decimal::Decimal, number: &str| {
                vec![
                    ("client", document.buyer.client.clone()),
                    ("amount", in_currency(amount, document.currency)),
                    ("currency", document.currency.to_string()),
                    ("method", Method::Offset.word().to_owned()),
                    ("document", number.to_owned()),
                    ("reference", credit.clone()),
                ]
            };
            let rows = [row(-*amount, ""), row(*amount, document.number.as_str())];
            self.recorder.add(source, Book::Payments, self.day, &rows);
        }
    }
}

/// The most bytes that the attachments of a document have together: they travel twice in its PDF, and by mail.
const MOST_ATTACHED: u64 = 10_000_000;
/// The most attachments of a document.
const MOST_FILES: usize = 100;

fn too_much(path: &Spanned<String>) -> Diagnostic {
    let message = format!(
        "with {} the attachments come to more than 10 MB",
        path.value
    );
    Diagnostic::error(code::FILE_TOO_LARGE, message)
        .at(path.span)
        .hint("mails and platforms refuse more: send it another way, or make it smaller")
}

/// Reads the attachments of a draft; what is wrong with them is added to the problems. What is too much is not read.
pub fn attachments(
    draft: &Draft,
    source: &Source,
    problems: &mut Diagnostics,
) -> Vec<(Attachment, Vec<u8>)> {
    if let Some(path) = draft.attachments.get(MOST_FILES) {
        let message = format!("a document has at most {MOST_FILES} attachments");
        problems.push(
            Diagnostic::error(code::FILE_TOO_LARGE, message)
                .at(path.span)
                .hint("put several files into one"),
        );
        return Vec::new();
    }
    twins(draft, problems);
    let mut list = Vec::new();
    let mut length = 0;
    for path in &draft.attachments {
        match attachment(path, source) {
            Ok(found) => {
                length += found.1.len() as u64;
                if length > MOST_ATTACHED {
                    problems.push(too_much(path));
                    break;
                }
                list.push(found);
            }
            Err(problem) => problems.push(problem),
        }
    }
    list
}

/// Refuses attachments of a draft whose names are one name on some system.
fn twins(draft: &Draft, problems: &mut Diagnostics) {
    let mut known: HashMap<String, &str> = HashMap::new();
    for path in &draft.attachments {
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(twin) = known.insert(folded(name), name) {
            let message = if name == twin {
                format!("two attachments have the name `{name}`")
            } else {
                format!("the attachments `{twin}` and `{name}` have one name on Windows and macOS")
            };
            problems.push(
                Diagnostic::error(code::FILE_NAME, message)
                    .at(path.span)
                    .hint("rename one"),
            );
        }
    }
}

/// Reads an attached file; its path never leaves the ledger.
///
/// # Errors
/// Where it is outside of the ledger or cannot be read.
fn attachment(
    path: &Spanned<String>,
    source: &Source,
) -> Result<(Attachment, Vec<u8>), Diagnostic> {
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    if !crate::changes::is_inside(path) || name.starts_with('.') {
        let message = format!("`{}` is no path inside the ledger", path.value);
        return Err(Diagnostic::error(code::FILE_NAME, message)
            .at(path.span)
            .hint("write it relative to the ledger, such as `attachments/timesheet.pdf`"));
    }
    let unheld =
        portable(&name).map_err(|why| format!("the name of the attachment `{name}` {why}"));
    unheld
        .and_then(|()| embeddable(&name).map_err(|error| error.to_string()))
        .map_err(|why| {
            Diagnostic::error(code::FILE_NAME, why)
                .at(path.span)
                .hint("rename the file: git carries it to other systems, and the client saves it on theirs")
        })?;
    let bytes = source
        .repository
        .bytes_up_to(path, MOST_ATTACHED)
        .map_err(|error| {
            if matches!(error, ReadError::Outside) {
                return crate::source::link(path).at(path.span);
            }
            let message = format!("the attachment {} cannot be read", path.value);
            Diagnostic::error(code::FILE_MISSING, message)
                .at(path.span)
                .hint("write its path relative to the ledger")
        })?;
    let Some(bytes) = bytes else {
        return Err(too_much(path));
    };
    Ok((
        Attachment {
            name,
            sha256: sha256(&bytes),
        },
        bytes,
    ))
}
