//! `dossier`: the collection file of a client or a document, for a collector or a court.

use std::collections::BTreeSet;
use std::fmt::Write;

use clap::Args;
use rust_decimal::Decimal;

use super::statement;
use crate::changes::sha256;
use crate::compute::books::Books;
use crate::compute::dossier::{Case, Fact, Gap, gaps, safe_name};
use crate::compute::interest::Claim;
use crate::compute::issue::Words;
use crate::compute::quotes::{QuoteStatus, Said};
use crate::compute::statement::{Scope, accounts};
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::party::{Client, Language};
use crate::ledger::settings::Settings;
use crate::session::{Done, Failure, Format, Outcomes, Session};
use crate::source::Source;
use crate::source::eml::Mail;
use crate::source::quotes::Quote;
use crate::task::evidence::{self, Evidence};
use crate::task::{lapse, load, offers, page};
use crate::view::dossier::{Note, Pages, Part};
use crate::view::locale::Locale;
use crate::view::paper::identities;
use crate::view::pdf::{Engine, Paper, merge, pages, probe_logo};
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::statement::Page;

/// Arguments of `dossier`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit dossier acme                    writes out/dossier/acme-DAY/\n  acquit dossier F2026-0042 -o /tmp/court --language de"
)]
pub struct DossierArgs {
    /// A client's exact id, or a document's number
    #[arg(value_name = "CLIENT|NUMBER")]
    pub name: Option<String>,
    /// Every document of the client, not only what is still owed
    #[arg(long)]
    pub all: bool,
    /// Language of the file's own pages; the ledger's unless given
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    pub language: Option<Language>,
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "one of fr, en, de, es, it, nl".to_owned())
}

/// The longest text of a header that is printed.
const HEADER: usize = 300;

/// Makes the file.
///
/// # Errors
/// Where neither a client nor a document has that name, a document is not what was issued, or nothing is owed.
pub fn run(args: &DossierArgs, session: &mut Session<'_>) -> Outcomes {
    let name = session.argument(
        args.name.clone(),
        "CLIENT|NUMBER",
        "A client's id, or a document's number",
    )?;
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let subject = Subject::find(&name, args.all, &books, session, &mut source)?;
    let folder = match session.global.output.take() {
        Some(path) => session.output(&path)?,
        None => source
            .repository
            .root()
            .join("out/dossier")
            .join(format!("{name}-{}", session.today)),
    };
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let language = args.language.unwrap_or(settings.language);
    let made = Maker {
        session,
        source: &mut source,
        settings: &settings,
        books: &books,
        engine: &engine,
    }
    .make(&subject, &Locale::of(language))?;
    let is_changed = made.gaps.iter().any(|gap| matches!(gap, Gap::Changed(_)));
    write(&made, &folder, session)?;
    report(&made, session)?;
    Ok(if broken || is_changed {
        Done::Findings
    } else {
        Done::Well
    })
}

/// What the file is about.
struct Subject {
    client: Client,
    /// The documents that were asked for; of a client those of which something is left to pay.
    asked: Vec<String>,
    /// A document's family; none for a client: the whole account.
    family: Option<Vec<String>>,
    case: Case,
}

impl Subject {
    fn find(
        name: &str,
        all: bool,
        books: &Books,
        session: &Session<'_>,
        source: &mut Source,
    ) -> Result<Self, Failure> {
        let ids = source.client_ids();
        let is_client = ids.iter().any(|id| id == name);
        let id = match books.find(name) {
            _ if is_client => name.to_owned(),
            Some(index) => books.position(index).client.to_owned(),
            None => {
                let known = ids.iter().map(String::as_str).chain(books.numbers());
                let near = nearest(name, known)
                    .map_or("`acquit list` shows the numbers".to_owned(), |near| {
                        format!("did you mean `acquit dossier {near}`?")
                    });
                let message = format!("there is neither a client nor a document `{name}`");
                return Err(Diagnostic::error(code::DOCUMENT_UNKNOWN, message)
                    .hint(near)
                    .into());
            }
        };
        let Some(client) = source.client(&id) else {
            return Err(session.refuse(source, Diagnostics::default()));
        };
        let case = Case::of(books.ledger(), &id, session.today);
        let owed = |number: &String| {
            let position = books.find(number).map(|index| books.position(index));
            position.is_some_and(|p| p.kind != DocumentType::Credit && p.balance > Decimal::ZERO)
        };
        let asked: Vec<String> = match (is_client, all) {
            (false, _) => vec![name.to_owned()],
            (true, true) => case.numbers(),
            (true, false) => case.numbers().into_iter().filter(owed).collect(),
        };
        let family = (!is_client).then(|| case.family(&asked));
        Ok(Self {
            client,
            asked,
            family,
            case,
        })
    }

    /// Returns the documents of the file, with all that belongs to them, in order of issue: what was asked for and, of a client, what late
    /// interest or an indemnity is still to be claimed of.
    ///
    /// # Errors
    /// Where nothing is owed.
    fn numbers(&self, claims: &[Claim]) -> Result<Vec<String>, Failure> {
        if let Some(family) = &self.family {
            return Ok(family.clone());
        }
        let claimed = claims
            .iter()
            .filter(|claim| claim.interest_left() + claim.fee_left() > Decimal::ZERO);
        let all: Vec<String> = self
            .asked
            .iter()
            .cloned()
            .chain(claimed.map(|claim| claim.number.clone()))
            .collect();
        if all.is_empty() {
            let hint =
                "`--all` makes the file of all its documents; `acquit statement` shows the account";
            let message = format!("{} owes nothing", self.client.name.value);
            return Err(Diagnostic::error(code::DOCUMENT_UNKNOWN, message)
                .hint(hint)
                .into());
        }
        Ok(self.case.family(&all))
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            client: &self.client.id,
            numbers: self.family.as_deref(),
        }
    }
}

/// The file as it was made: parts in order, the whole as one PDF, the text beside them, what is missing.
struct Made {
    parts: Vec<Part>,
    whole: Vec<u8>,
    readme: String,
    gaps: Vec<Gap>,
    missing: Vec<String>,
}

struct Maker<'m, 's> {
    session: &'m mut Session<'s>,
    source: &'m mut Source,
    settings: &'m Settings,
    books: &'m Books,
    engine: &'m Engine,
}

impl Maker<'_, '_> {
    fn make(&mut self, subject: &Subject, locale: &Locale) -> Result<Made, Failure> {
        let today = self.session.today;
        let mut accounts = accounts(self.books.ledger(), subject.scope(), None, today);
        let claims = statement::claims(
            subject.scope(),
            self.books,
            today,
            self.session,
            self.source,
            self.settings,
        )?;
        let standings = statement::standings(subject.scope(), self.books, &mut accounts, &claims);
        let mut known = subject.numbers(&claims)?;
        let documents = load::documents(self.session, self.source, self.settings, &known)?;
        let quotes = self.quotes(&documents);
        known.extend(quotes.iter().map(|(quote, _)| quote.number.clone()));
        let facts = subject.case.facts(&known);
        let owed: Vec<&Document> = documents
            .iter()
            .filter(|document| self.is_owed(document))
            .collect();
        let is_accepted = |number: &str| {
            let quote = quotes.iter().find(|(quote, _)| quote.number == number);
            quote.is_some_and(|(_, said)| {
                said.as_ref()
                    .is_some_and(|said| said.status == QuoteStatus::Accepted)
            })
        };
        let mut gaps = gaps(&subject.client, &owed, &facts, today, is_accepted);
        let unknown = claims.iter().filter(|claim| claim.unknown.is_some());
        let is_known = |claim: &&Claim| {
            documents
                .iter()
                .any(|document| document.number.as_str() == claim.number)
        };
        gaps.extend(
            unknown
                .filter(is_known)
                .map(|claim| Gap::Interest(claim.number.clone())),
        );
        let evidence = evidence::read(&facts, self.source, &mut gaps);
        let design = crate::task::design::chosen(self.source, self.settings);
        let Some(design) = design else {
            return Err(self.session.refuse(self.source, Diagnostics::default()));
        };
        let logo = self
            .settings
            .seller
            .logo
            .as_ref()
            .filter(|path| crate::changes::is_inside(path));
        let logo = logo.and_then(|path| self.source.repository.bytes(path).ok());
        let (client, settings) = (&subject.client, self.settings);
        let page = Page {
            client,
            settings,
            from: None,
            to: today,
            accounts: &accounts,
            standings: &standings,
        };
        let pages = Pages {
            statement: page,
            locale: locale.clone(),
            design: design.design,
            logo: logo.filter(|bytes| probe_logo(bytes).is_ok()),
        };
        let mut parts = vec![self.own(&pages, "statement", "", &pages.statement())?];
        if !claims.iter().all(Claim::is_empty) {
            parts.push(self.own(&pages, "interest", "", &pages.interest(&claims))?);
        }
        if let Some(document) = documents.last() {
            let (creditor, debtor) = identities(document, locale);
            parts.push(self.own(&pages, "parties", "", &pages.parties(&creditor, &debtor))?);
        }
        for (quote, said) in &quotes {
            if said
                .as_ref()
                .is_some_and(|said| !said.sha256.is_empty() && said.sha256 != quote.sha256)
            {
                gaps.push(Gap::Changed(format!("quotes/{}", quote.number)));
            }
            let accepted = said
                .as_ref()
                .filter(|said| said.status == QuoteStatus::Accepted);
            let note =
                accepted.map(|said| Note::Accepted(said.date, self.engine.drawable(&said.who)));
            parts.extend(self.document(&pages, &quote.document, &evidence, note.as_ref())?);
        }
        for document in &documents {
            parts.extend(self.document(&pages, document, &evidence, None)?);
        }
        for plan in self.books.ledger().plans() {
            let own = plan
                .documents
                .iter()
                .find_map(|n| documents.iter().find(|d| d.number.as_str() == n.value));
            if let Some(document) = own.filter(|_| plan.agreed <= today) {
                let amount = |value: Decimal| locale.amount(value, document.currency);
                parts.push(self.own(&pages, "plan", &plan.number, &pages.plan(plan, amount))?);
            }
        }
        for sent in evidence.iter().filter(|sent| !sent.fact.is_document()) {
            parts.push(self.message(&pages, sent));
        }
        let shown: Vec<Fact> = facts.into_iter().map(|fact| self.drawable(fact)).collect();
        parts.push(self.own(&pages, "history", "", &pages.history(&shown))?);
        name(&mut parts);
        let mut remarks = self.remarks(&pages, &owed);
        remarks.extend(pages.ends(&claims));
        for gap in &mut gaps {
            if let Gap::File(file) | Gap::Changed(file) | Gap::Digest(file) = gap {
                *file = self.line(file);
            }
        }
        let whole = self.whole(&pages, &parts, &remarks, &gaps)?;
        let readme = pages.readme(&parts.iter().collect::<Vec<_>>(), &remarks, &gaps);
        let missing = Pages {
            locale: Locale::of(Language::En),
            ..pages
        }
        .missing(&gaps);
        Ok(Made {
            parts,
            whole,
            readme,
            gaps,
            missing,
        })
    }

    fn is_owed(&self, document: &Document) -> bool {
        let position = self
            .books
            .find(document.number.as_str())
            .map(|index| self.books.position(index));
        position.is_some_and(|p| p.kind != DocumentType::Credit && p.balance > Decimal::ZERO)
    }

    /// The quotes behind documents, each with what was said of it.
    fn quotes(&mut self, documents: &[Document]) -> Vec<(Quote, Option<Said>)> {
        let numbers: BTreeSet<&String> = documents
            .iter()
            .filter_map(|document| document.quote.as_ref())
            .collect();
        let mut said = offers::said(self.books.ledger(), self.session.today);
        let found = numbers
            .into_iter()
            .filter_map(|number| self.source.quote(number));
        found
            .map(|quote| (said.remove(&quote.number), quote))
            .map(|(said, quote)| (quote, said))
            .collect()
    }

    /// A fact with texts that can be drawn.
    fn drawable(&self, mut fact: Fact) -> Fact {
        for text in [&mut fact.who, &mut fact.note, &mut fact.file] {
            *text = self.engine.drawable(text);
        }
        fact
    }

    /// A page of the file's own.
    fn own(
        &self,
        pages: &Pages<'_>,
        what: &'static str,
        number: &str,
        paper: &Paper,
    ) -> Result<Part, Failure> {
        let title = paper.running.clone();
        let bytes = self.render(paper, pages)?;
        let date = Some(pages.statement.to);
        Ok(Part {
            what,
            number: number.to_owned(),
            title,
            date,
            pages: Some(bytes.clone()),
            bytes,
            ..Part::default()
        })
    }

    fn render(&self, paper: &Paper, pages: &Pages<'_>) -> Result<Vec<u8>, Failure> {
        let explain = |error| Failure::from(page::explain(&error, pages.statement.client.span));
        self.engine.render(paper).map_err(explain)
    }

    /// A document, as each of its files was sent; where none is kept, as it is made now.
    fn document(
        &mut self,
        pages: &Pages<'_>,
        document: &Document,
        evidence: &[Evidence],
        note: Option<&Note>,
    ) -> Result<Vec<Part>, Failure> {
        let number = document.number.to_string();
        let what = document.kind.word();
        let title = format!("{} {number}", pages.locale.label(what));
        let own = |sent: &&Evidence| sent.fact.is_document() && sent.numbers.contains(&number);
        let mut parts: Vec<Part> = evidence
            .iter()
            .filter(own)
            .map(|sent| Part {
                path: sent.path.clone(),
                what,
                number: number.clone(),
                title: title.clone(),
                date: Some(document.issued),
                notes: vec![Note::Sent(sent.fact.date)],
                pages: crate::view::pdf::pages(&sent.bytes).map(|_| sent.bytes.clone()),
                bytes: sent.bytes.clone(),
            })
            .collect();
        if parts.is_empty() {
            let dress = match page::dress(self.source, document) {
                Ok(dress) => dress,
                Err(problems) => return Err(self.session.refuse(self.source, problems)),
            };
            let bytes = page::pdf(self.engine, document, dress)?;
            let how = if document.kind == DocumentType::Quote {
                Note::Issued
            } else {
                Note::Now
            };
            parts.push(Part {
                path: format!("{number}.pdf"),
                what,
                number,
                title,
                date: Some(document.issued),
                notes: vec![how],
                pages: Some(bytes.clone()),
                bytes,
            });
        }
        for part in &mut parts {
            part.notes.extend(note.cloned());
        }
        Ok(parts)
    }

    /// A message as it was sent: its own pages if it is a letter, else a page with its text.
    fn message(&self, pages: &Pages<'_>, sent: &Evidence) -> Part {
        let fact = &sent.fact;
        let kind = pages.say(&format!("event_{}", fact.word()), &[]);
        let step = pages.say(&format!("step_{}", fact.step), &[]);
        let step = if step.is_empty() {
            step
        } else {
            format!(" ({step})")
        };
        let title = format!("{kind}{step} {}", sent.numbers.join(", "))
            .trim()
            .to_owned();
        let what = match () {
            () if fact.is_notice() => "notice",
            () if fact.is_message() => "message",
            () => "proof",
        };
        let shown = match sent
            .path
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "pdf" => crate::view::pdf::pages(&sent.bytes).map(|_| sent.bytes.clone()),
            "eml" => {
                let mail = Mail::read(&sent.bytes);
                let header = |name: &str| mail.header(name).map(|text| self.line(text));
                let attached =
                    (!mail.attached.is_empty()).then(|| self.line(&mail.attached.join(", ")));
                let headers = [
                    ("dossier_from", header("From")),
                    ("dossier_to", header("To")),
                    ("dossier_subject", header("Subject")),
                    ("dossier_attached", attached),
                ];
                let headers: Vec<(&str, String)> = headers
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value?)))
                    .collect();
                let text = self.engine.drawable(&mail.text);
                let paper = pages.message(
                    &title,
                    fact.date,
                    &headers,
                    &text,
                    (&sent.path, &sent.sha256),
                );
                self.engine.render(&paper).ok()
            }
            "txt" => {
                let text = self.engine.drawable(&String::from_utf8_lossy(&sent.bytes));
                let paper =
                    pages.message(&title, fact.date, &[], &text, (&sent.path, &sent.sha256));
                self.engine.render(&paper).ok()
            }
            _ => None,
        };
        Part {
            path: sent.path.clone(),
            what,
            number: sent.numbers.join(" "),
            title,
            date: Some(fact.date),
            notes: vec![Note::Sent(fact.date)],
            bytes: sent.bytes.clone(),
            pages: shown,
        }
    }

    /// A text of a header: one line, and not endless.
    fn line(&self, text: &str) -> String {
        let text = self.engine.drawable(text);
        let mut line: String = text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(HEADER)
            .collect();
        if text.chars().count() > HEADER {
            line.push('…');
        }
        line
    }

    /// What is to be known of what is owed: disputes, and until when a court takes the claim.
    fn remarks(&mut self, pages: &Pages<'_>, owed: &[&Document]) -> Vec<String> {
        let mut law = lapse::Law::load(self.source);
        let mut remarks = Vec::new();
        for document in owed {
            let Some(index) = self.books.find(document.number.as_str()) else {
                continue;
            };
            let position = self.books.position(index);
            let number = || ("number", document.number.to_string());
            if !position.disputed.is_zero() {
                let amount = pages.locale.amount(position.disputed, position.currency);
                remarks.push(pages.say("dossier_disputed", &[number(), ("amount", amount)]));
            }
            if let Some(limitation) = law.of(index, self.books, self.source) {
                let last = pages.locale.date(limitation.last);
                remarks.push(pages.say("dossier_limitation", &[number(), ("date", last)]));
            }
        }
        remarks
    }

    /// All parts as one PDF, after their contents: the page of each depends on how many pages the contents take.
    fn whole(
        &self,
        own: &Pages<'_>,
        parts: &[Part],
        remarks: &[String],
        gaps: &[Gap],
    ) -> Result<Vec<u8>, Failure> {
        let mut first = 1;
        loop {
            let mut page = first + 1;
            let mut listed = Vec::with_capacity(parts.len());
            for part in parts {
                let count = part.pages.as_ref().and_then(|bytes| pages(bytes));
                listed.push((part, count.map(|_| page)));
                page += count.unwrap_or(0);
            }
            let paper = own.index(&listed, remarks, gaps);
            let index = self.render(&paper, own)?;
            let count = pages(&index).unwrap_or(1);
            if count > first {
                first = count;
                continue;
            }
            let title = own.say("dossier_index", &[]);
            let mut all: Vec<(&str, &[u8])> = vec![(&title, &index)];
            all.extend(
                parts
                    .iter()
                    .filter_map(|part| Some((part.title.as_str(), part.pages.as_deref()?))),
            );
            return merge(&all, &paper).map_err(|error| Failure::Could(error.to_string()));
        }
    }
}

/// Gives each part its place in the folder: its own pages at the top, documents and messages in folders of their own; no two are the same,
/// whatever case a file system knows.
fn name(parts: &mut [Part]) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for part in parts {
        let (folder, name) = match part.what {
            "statement" | "interest" | "parties" | "history" => ("", format!("{}.pdf", part.what)),
            "plan" => ("", format!("plan-{}.pdf", safe_name(&part.number))),
            "message" | "notice" | "proof" => ("messages/", safe_name(&part.path)),
            "quote" => ("quotes/", safe_name(&part.path)),
            _ => ("documents/", safe_name(&part.path)),
        };
        let (stem, ending) = name
            .rsplit_once('.')
            .map_or((name.as_str(), String::new()), |(s, e)| {
                (s, format!(".{e}"))
            });
        let mut path = format!("{folder}{name}");
        let mut count = 2;
        while !taken.insert(path.to_lowercase()) {
            path = format!("{folder}{stem}-{count}{ending}");
            count += 1;
        }
        part.path = path;
    }
}

/// Writes the folder: parts, the whole, the text beside them, and the digests of all of it.
fn write(made: &Made, folder: &std::path::Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let mut files: Vec<(&str, &[u8])> = made
        .parts
        .iter()
        .map(|part| (part.path.as_str(), part.bytes.as_slice()))
        .collect();
    files.extend([
        ("dossier.pdf", made.whole.as_slice()),
        ("README.txt", made.readme.as_bytes()),
    ]);
    files.sort_unstable();
    let mut sums = String::new();
    for (path, bytes) in &files {
        // Writing into a String cannot fail.
        let _ = writeln!(sums, "{}  {path}", sha256(bytes));
    }
    files.push(("SHA256SUMS", sums.as_bytes()));
    let shown = folder
        .strip_prefix(&session.folder)
        .unwrap_or(folder)
        .display()
        .to_string();
    if session.global.dry_run {
        session
            .terminal
            .say(&format!("would write {} files to {shown}", files.len()));
        return Ok(());
    }
    for (path, bytes) in &files {
        session.write_output(&folder.join(path), bytes)?;
    }
    session
        .terminal
        .say(&format!("wrote {} files to {shown}", files.len()));
    Ok(())
}

/// The parts, then what is missing: rows without a file.
fn report(made: &Made, session: &mut Session<'_>) -> Result<(), Failure> {
    let mut items = Sheet::new(&[
        ("path", "File"),
        ("what", ""),
        ("number", "Number"),
        ("date", "Date"),
        ("sha256", ""),
        ("missing", ""),
        ("note", "Note"),
    ]);
    let english = Locale::of(Language::En);
    for part in &made.parts {
        let notes: Vec<String> = part.notes.iter().map(|note| note.text(&english)).collect();
        items.push(vec![
            Cell::text(&part.path),
            Cell::Word(part.what),
            Cell::text(&part.number),
            Cell::date(part.date),
            Cell::text(sha256(&part.bytes)),
            Cell::None,
            Cell::text(notes.join("; ")),
        ]);
    }
    if session.format() != Format::Table {
        for (gap, note) in made.gaps.iter().zip(made.missing.iter().skip(1)) {
            let mut row = vec![Cell::None; items.columns.len()];
            row[1] = Cell::Word("missing");
            row[2] = Cell::text(gap.about());
            row[5] = Cell::Word(gap.word());
            row[6] = Cell::text(note.trim_start_matches("– "));
            items.push(row);
        }
    }
    let after = format!("\n{}\n", made.missing.join("\n"));
    session.report(
        &Report {
            schema: "dossier",
            today: session.today,
            items,
            totals: None,
        },
        &after,
    )
}
