//! `issue`: drafts become documents with numbers.

use chrono::NaiveDate;
use clap::Args;

use super::electronic;
use super::load::{self, Bench};
use super::page;
use super::pay;
use super::preceding::{Ground, Links};
use crate::changes::{ChangeSet, sha256, sha256_text};
use crate::check::documents::Kept;
use crate::check::law::{self, Candidate};
use crate::check::register::Chain;
use crate::compute::books::Books;
use crate::compute::issue::{Preceding, Prepaid};
use crate::compute::register;
use crate::compute::seal::seal;
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::amount::in_currency;
use crate::ledger::book::REGISTER_HEADER;
use crate::ledger::document::{Attachment, Document, DocumentType};
use crate::ledger::draft::Draft;
use crate::ledger::identifier::Number;
use crate::session::{Done, Outcomes, Session};
use crate::source::Source;
use crate::span::Spanned;
use crate::view::pdf::{Engine, embeddable};
use crate::view::toml;

/// Give drafts their numbers: copy parties, terms, rates and legal wording, for good
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit issue acme-website --date 2026-11-22")]
pub struct IssueArgs {
    /// Names of drafts, in the order of the numbers they get
    #[arg(value_name = "DRAFT", required = true)]
    pub drafts: Vec<String>,
    /// Date of issue; today if not given, never later than today
    #[arg(long, value_name = "DATE", value_parser = crate::cli::day)]
    pub date: Option<NaiveDate>,
}

/// Issues.
///
/// # Errors
/// Where a draft cannot be issued: then none is.
pub fn run(args: &IssueArgs, session: &mut Session<'_>) -> Outcomes {
    let (writer, mut source) = session.open_to_write()?;
    let bench = Bench::load(session, &mut source)?;
    let day = args.date.unwrap_or(session.today);
    let plan = plan(args, session, &mut source, &bench, day);
    let mut set = match plan {
        Ok(plan) => plan,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    if session.warn(&mut source) {
        return Ok(Done::Findings);
    }
    let issued = std::mem::take(&mut set.issued);
    session.commit(writer.as_ref(), &set.changes)?;
    for document in &issued {
        let (kind, total) = (document.kind.noun(), in_currency(document.totals.owed, document.currency));
        let due = document.due.map(|due| format!(", due {due}")).unwrap_or_default();
        let verb = if session.global.dry_run { "would issue" } else { "issued" };
        let name = &document.buyer.name;
        session
            .terminal
            .say(&format!("{verb} {kind} {} to {name}: {total} {}{due}", document.number, document.currency));
    }
    Ok(Done::Well)
}

/// What issuing changes.
struct Plan {
    changes: ChangeSet,
    issued: Vec<Document>,
}

/// The order of issue, and everything it looks at.
struct Order<'a> {
    bench: &'a Bench,
    books: Books,
    chain: Chain<'a>,
    rows: std::collections::BTreeMap<String, Kept>,
    day: NaiveDate,
    engine: Engine,
    problems: Diagnostics,
    head: String,
    links: Links,
    /// Ids of payments, once one is to be made.
    payment_ids: Option<std::collections::BTreeSet<String>>,
    /// Each year's register as it is: header, length, whether its last line lacks an end.
    registers: std::collections::BTreeMap<String, (Vec<String>, u64, bool)>,
    set: ChangeSet,
    issued: Vec<Document>,
}

fn plan(
    args: &IssueArgs,
    session: &mut Session<'_>,
    source: &mut Source,
    bench: &Bench,
    day: NaiveDate,
) -> Result<Plan, Diagnostics> {
    let (books, chain, rows) = load::books_and_chain(source, &bench.settings, NaiveDate::MAX);
    if source.problems.has_errors() {
        return Err(Diagnostics::default());
    }
    let engine = Engine::new()
        .map_err(|error| Diagnostics::from(Diagnostic::error(code::TEMPLATE_RENDER, error.to_string())))?;
    let head = chain.head().to_owned();
    let links = Links::of(&rows);
    let mut order = Order {
        bench,
        books,
        chain,
        rows,
        day,
        engine,
        problems: Diagnostics::default(),
        head,
        links,
        payment_ids: None,
        registers: std::collections::BTreeMap::new(),
        set: ChangeSet::default(),
        issued: Vec::new(),
    };
    order.date(session.today);
    let drafts = order.drafts(args, source);
    if order.problems.has_errors() {
        return Err(order.problems);
    }
    for (index, draft) in drafts.iter().enumerate() {
        session.terminal.progress("issuing", index, drafts.len());
        order.issue(draft, source);
    }
    session.terminal.progress("issuing", drafts.len(), drafts.len());
    if order.problems.has_errors() {
        return Err(order.problems);
    }
    source.problems.extend(order.problems);
    Ok(Plan { changes: order.set, issued: order.issued })
}

impl Order<'_> {
    fn date(&mut self, today: NaiveDate) {
        let day = self.day;
        if day > today {
            let message = format!("{day} is later than today, {today}");
            self.problems.push(
                Diagnostic::error(code::ISSUE_DATE, message)
                    .hint("a document is dated the day it is issued, or before"),
            );
        }
        if let Some(last) = self.chain.last().filter(|last| day < *last) {
            let message = format!("{day} is earlier than the last document's date of issue, {last}");
            self.problems.push(
                Diagnostic::error(code::ISSUE_DATE, message)
                    .hint(format!("numbers and dates rise together: use `--date {last}` or later")),
            );
        }
    }

    fn drafts(&mut self, args: &IssueArgs, source: &mut Source) -> Vec<Draft> {
        let names = source.draft_names();
        let known: std::collections::HashSet<&str> = names.iter().map(String::as_str).collect();
        let mut drafts: Vec<Draft> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for name in &args.drafts {
            if !seen.insert(name.as_str()) {
                let message = format!("the draft `{name}` is named twice");
                self.problems.push(Diagnostic::error(code::DRAFT_UNKNOWN, message).hint("name each draft once"));
            } else if !known.contains(name.as_str()) {
                let near = nearest(name, names.iter().map(String::as_str));
                let hint = near.map_or("`acquit status` lists the drafts".to_owned(), |near| {
                    format!("did you mean `acquit issue {near}`?")
                });
                self.problems
                    .push(Diagnostic::error(code::DRAFT_UNKNOWN, format!("there is no draft `{name}`")).hint(hint));
            } else if let Some(draft) = source.draft(name) {
                drafts.push(draft);
            }
        }
        self.problems.extend(source.take_problems());
        drafts
    }

    /// Plans the issue of one draft.
    fn issue(&mut self, draft: &Draft, source: &mut Source) {
        if let Err(problem) = load::client_of(draft, &self.bench.clients) {
            return self.problems.push(problem);
        }
        if let Some(sentence) = load::later(draft.kind.value) {
            let message = format!("a draft of type `{}` cannot be issued yet: {sentence}", draft.kind.value.word());
            return self.problems.push(
                Diagnostic::error(code::TYPE_LATER, message)
                    .at(draft.kind.span)
                    .hint("invoices and credit notes are issued now"),
            );
        }
        if self.bench.clients.get(&draft.client).is_none() {
            return;
        }
        let preceding = self.preceding(draft, source);
        let attachments = self.attachments(draft, source);
        let locale = self.bench.locale(draft);
        let files: Vec<Attachment> = attachments.iter().map(|(attachment, _)| attachment.clone()).collect();
        let Some(case) = self.bench.case(draft, self.day, &preceding, &files, &locale) else { return };
        let settings = &self.bench.settings;
        let (text, series) = self.chain.counters.take(&settings.series, settings.series.of(draft.kind.value), self.day);
        let Some(number) = Number::parse(&text) else {
            let message = format!("`{text}` is no number: it has more than 35 characters");
            return self
                .problems
                .push(Diagnostic::error(code::NUMBER_FORM, message).hint("shorten the pattern in [series]"));
        };
        if let Some(taken) = self.books.taken(number.as_str()) {
            let message = format!("the next number, {number}, is taken already by {taken}");
            return self.problems.push(
                Diagnostic::error(code::NUMBER_TWICE, message)
                    .hint("two series make the same number: give each its own pattern"),
            );
        }
        let document = match case.document(number, series) {
            Ok(document) => document,
            Err(problems) => return self.problems.extend(problems),
        };
        let candidate = Candidate { document: &document, draft, client: case.client, settings, regime: case.regime };
        self.problems.extend(law::check(&candidate));
        self.own_client(&document);
        self.credit(draft, &document);
        for problem in page::glyphs(&self.engine, &document, draft) {
            self.problems.push(problem);
        }
        if !self.problems.has_errors() {
            let bytes: Vec<Vec<u8>> = attachments.iter().map(|(_, bytes)| bytes.clone()).collect();
            self.problems.extend(electronic::problems_of_draft(&candidate, &bytes));
        }
        // The first page is drawn whole: a logo that is none would be frozen for ever.
        if self.issued.is_empty()
            && !self.problems.has_errors()
            && let Err(problem) = page::pdf(&self.engine, &document, page::fresh(self.bench, false))
        {
            self.problems.push(problem);
        }
        if !self.problems.has_errors() {
            self.write(document, draft, &preceding, attachments, source);
        }
    }

    /// The client's own identifiers must be right on what it receives.
    fn own_client(&mut self, document: &Document) {
        if let Some(client) = self.bench.clients.get(&document.buyer.client) {
            crate::check::identifiers::client(client, &mut self.problems);
        }
    }

    /// Finds the documents that the draft corrects or deducts, and the credits that pay it.
    fn preceding(&mut self, draft: &Draft, source: &mut Source) -> Preceding {
        let ground = Ground {
            bench: self.bench,
            books: &self.books,
            rows: &self.rows,
            links: &self.links,
            issued: &self.issued,
            day: self.day,
        };
        let (preceding, problems) = ground.of(draft, source);
        self.problems.extend(problems);
        preceding
    }

    /// A credit note takes back no more than is left.
    fn credit(&mut self, draft: &Draft, document: &Document) {
        if document.kind != DocumentType::Credit || draft.corrects.is_empty() {
            return;
        }
        let left: rust_decimal::Decimal =
            draft.corrects.iter().filter_map(|number| self.books.creditable(number)).sum();
        let earlier: rust_decimal::Decimal = self
            .issued
            .iter()
            .filter(|other| other.kind == DocumentType::Credit)
            .filter(|other| {
                other.references.iter().any(|r| draft.corrects.iter().any(|n| n.as_str() == r.number.as_str()))
            })
            .map(|other| other.totals.gross)
            .sum();
        let known = draft.corrects.iter().all(|number| self.books.creditable(number).is_some());
        if known && document.totals.gross > left - earlier {
            let show = |value| in_currency(value, document.currency);
            let message = format!(
                "{} {} are more than the {} left to credit",
                show(document.totals.gross),
                document.currency,
                show(left - earlier)
            );
            self.problems.push(
                Diagnostic::error(code::CREDIT_EXCEEDS, message)
                    .at(draft.corrects.first().map_or(draft.span, |number| number.span))
                    .hint("earlier credit notes have taken the rest: `acquit list --client CLIENT` shows them"),
            );
        }
    }

    fn attachments(&mut self, draft: &Draft, source: &mut Source) -> Vec<(Attachment, Vec<u8>)> {
        let mut list: Vec<(Attachment, Vec<u8>)> = Vec::new();
        for path in &draft.attachments {
            match attachment(path, source) {
                Ok((attachment, _)) if list.iter().any(|(known, _)| known.name == attachment.name) => {
                    let message = format!("two attachments have the name `{}`", attachment.name);
                    self.problems.push(Diagnostic::error(code::FILE_NAME, message).at(path.span).hint("rename one"));
                }
                Ok(found) => {
                    list.push(found);
                    if list.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>() > MOST_ATTACHED {
                        self.problems.push(too_much(path));
                    }
                }
                Err(problem) => self.problems.push(problem),
            }
        }
        list
    }

    /// Adds a document, its row and its draft's removal to the change set.
    fn write(
        &mut self,
        document: Document,
        draft: &Draft,
        preceding: &Preceding,
        attachments: Vec<(Attachment, Vec<u8>)>,
        source: &mut Source,
    ) {
        let text = toml::document(&document);
        let fields = register::fields(&document, &sha256_text(text.as_bytes()));
        let year = document.issued.format("%Y").to_string();
        let folder = format!("invoices/{year}");
        let path = format!("register/{year}.csv");
        let (header, length, unended) = self.registers.entry(path.clone()).or_insert_with(|| {
            let ours = || REGISTER_HEADER.iter().map(|name| (*name).to_owned()).collect();
            let (length, unended) = source.book_end(&path).unwrap_or_default();
            (source.book_header(&path).unwrap_or_else(ours), length, unended)
        });
        let (length, unended) = (*length, *unended);
        // A later year's header may have columns that this version does not fill.
        let value = |name: &str| {
            REGISTER_HEADER
                .iter()
                .position(|known| *known == name)
                .and_then(|index| fields.get(index))
                .cloned()
                .unwrap_or_default()
        };
        let mut row: Vec<String> = header.iter().take(header.len() - 1).map(|name| value(name)).collect();
        self.head = seal(&self.head, row.iter().map(String::as_str));
        row.push(self.head.clone());
        if length == 0 && !self.set.changes().iter().any(|change| change.path() == path) {
            self.set.append(&path, 0, &(REGISTER_HEADER.join(",") + "\n"));
        } else if unended && !self.set.changes().iter().any(|change| change.path() == path) {
            self.set.append(&path, length, "\n");
        }
        self.set.append(&path, length, &csv_row(&row));
        let logo = self.bench.logo.as_ref().map(|(name, bytes)| (name, bytes));
        let design =
            self.bench.design.as_ref().and_then(|chosen| Some((chosen.frozen.as_ref()?, chosen.kept.as_ref()?)));
        for (name, bytes) in [logo, design].into_iter().flatten() {
            let is_planned = self.set.changes().iter().any(|change| change.path() == name);
            if !is_planned && !source.repository.exists(name) {
                self.set.create(name.clone(), bytes.clone());
            }
        }
        for (attachment, bytes) in attachments {
            self.set.create(format!("{folder}/{}/{}", document.number, attachment.name), bytes);
        }
        self.set.create(format!("{folder}/{}.toml", document.number), text);
        self.set.remove(format!("drafts/{}.toml", draft.name), draft.sha256.clone());
        if let Some(paid) = &preceding.paid {
            self.offset(&document, paid, source);
        }
        self.links.issued(&document);
        self.issued.push(document);
    }

    /// Moves the credits that pay a document to it: one movement for each, whose reference names the credit.
    fn offset(&mut self, document: &Document, paid: &Prepaid, source: &mut Source) {
        let ids = self.payment_ids.get_or_insert_with(|| pay::ids(source));
        for (credit, amount) in &paid.credits {
            let path = format!("payments/{}.csv", self.day.format("%Y"));
            let header = pay::header(source, self.day, &mut self.problems);
            let row = |id: &str, amount: rust_decimal::Decimal, number: &str| -> Vec<String> {
                let field = |name: &str| match name {
                    "id" => id.to_owned(),
                    "date" => self.day.to_string(),
                    "client" => document.buyer.client.clone(),
                    "amount" => in_currency(amount, document.currency),
                    "currency" => document.currency.to_string(),
                    "method" => "offset".to_owned(),
                    "document" => number.to_owned(),
                    "reference" => credit.clone(),
                    _ => String::new(),
                };
                header.iter().map(|name| field(name)).collect()
            };
            let rows = |id: &str| [row(id, -*amount, ""), row(id, *amount, document.number.as_str())];
            let id = pay::new_id(self.day, &rows("").map(|row| row.join("\n")).join("\n"), ids);
            ids.insert(id.clone());
            if let Err(message) = pay::append(&mut self.set, source, &path, &header, &rows(&id)) {
                let hint = "it must be a file that can be read";
                self.problems.push(Diagnostic::error(code::FILE_KIND, message).hint(hint));
            }
        }
    }
}

/// The most bytes that the attachments of a document have together: they travel twice in its PDF, and by mail.
const MOST_ATTACHED: u64 = 10_000_000;

fn too_much(path: &Spanned<String>) -> Diagnostic {
    let message = format!("with {} the attachments come to more than 10 MB", path.value);
    Diagnostic::error(code::FILE_TOO_LARGE, message)
        .at(path.span)
        .hint("mails and platforms refuse more: send it another way, or make it smaller")
}

/// Reads an attached file; its path never leaves the ledger.
///
/// # Errors
/// Where it is outside of the ledger or cannot be read.
pub fn attachment(path: &Spanned<String>, source: &Source) -> Result<(Attachment, Vec<u8>), Diagnostic> {
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    if !crate::changes::is_inside(path) || name.starts_with('.') {
        let message = format!("`{}` is no path inside the ledger", path.value);
        return Err(Diagnostic::error(code::FILE_NAME, message)
            .at(path.span)
            .hint("write it relative to the ledger, such as `attachments/timesheet.pdf`"));
    }
    embeddable(&name)
        .map_err(|error| Diagnostic::error(code::FILE_NAME, error.to_string()).at(path.span).hint("rename the file"))?;
    let bytes = source.repository.bytes_up_to(path, MOST_ATTACHED).map_err(|_| {
        let message = format!("the attachment {} cannot be read", path.value);
        Diagnostic::error(code::FILE_MISSING, message).at(path.span).hint("write its path relative to the ledger")
    })?;
    let Some(bytes) = bytes else { return Err(too_much(path)) };
    Ok((Attachment { name, sha256: sha256(&bytes) }, bytes))
}

/// Returns a row as CSV, with its line feed.
pub fn csv_row(fields: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into a Vec cannot fail.
    let _ = writer.write_record(fields);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
