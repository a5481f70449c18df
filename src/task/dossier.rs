//! The collection file of a client or a document: what belongs to it is found, opened, drawn and named.

use std::collections::BTreeSet;
use std::fmt::Write;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::evidence::{self, Evidence};
use super::{design, lapse, load, offers, page, statement};
use crate::changes::sha256;
use crate::compute::books::Books;
use crate::compute::dossier::{Case, Fact, Gap, gaps, safe_name};
use crate::compute::interest::Claim;
use crate::compute::issue::Words;
use crate::compute::quotes::{QuoteStatus, Said};
use crate::compute::statement::{Scope, accounts, standings};
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::party::{Client, Language};
use crate::ledger::settings::Settings;
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::source::eml::Mail;
use crate::source::quotes::Quote;
use crate::view::dossier::{Note, Pages, Part};
use crate::view::locale::Locale;
use crate::view::paper::identities;
use crate::view::pdf::{Engine, Paper, merge, pages as pages_of};
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::statement::Page;

/// Of whom or what the file is made.
#[derive(Debug)]
pub struct Options {
    /// A client's exact id, or a document's number.
    pub name: String,
    /// Of a client every document, not only what is still owed.
    pub all: bool,
}

/// The longest text of a header that is printed, in characters.
const HEADER: usize = 300;

/// What the file is about: a client, or one document.
pub struct Subject {
    client: Client,
    /// The documents that were asked for; of a client those of which something is left to pay.
    asked: Vec<String>,
    /// A document's family; none for a client: the whole account.
    family: Option<Vec<String>>,
    case: Case,
}

impl Subject {
    /// Finds the client or the document of that name.
    ///
    /// # Errors
    /// Where there is neither, or the client's file has errors.
    pub fn find(
        options: &Options,
        books: &Books,
        session: &Session<'_>,
        source: &mut Source,
    ) -> Result<Self, Failure> {
        let name = options.name.as_str();
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
        let owed = |number: &String| is_owed(number, books);
        let asked: Vec<String> = match (is_client, options.all) {
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

    /// Works out late interest and indemnities that are still to be claimed; returns them with the warnings of rates that are not known.
    ///
    /// # Errors
    /// Where a document is not what was issued.
    pub fn claims(
        &self,
        books: &Books,
        session: &Session<'_>,
        source: &mut Source,
        settings: &Settings,
    ) -> Result<(Vec<Claim>, Vec<Diagnostic>), Failure> {
        statement::claims(
            self.scope(),
            books,
            session.today,
            session,
            source,
            settings,
        )
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

/// Tells whether something of a document is left to pay.
fn is_owed(number: &str, books: &Books) -> bool {
    books
        .find(number)
        .map(|index| books.position(index))
        .is_some_and(|p| p.kind != DocumentType::Credit && p.balance > Decimal::ZERO)
}

/// The file as it was made: parts in order, the whole as one PDF, the text beside them, what is missing.
pub struct Dossier {
    parts: Vec<Part>,
    whole: Vec<u8>,
    readme: String,
    gaps: Vec<Gap>,
    missing: Vec<String>,
}

impl Dossier {
    /// Tells whether a file that belongs to it is not what it was.
    pub fn is_changed(&self) -> bool {
        self.gaps.iter().any(|gap| matches!(gap, Gap::Changed(_)))
    }

    /// Returns its files by their paths, in their order: the parts, the whole, the text beside them.
    pub fn files(&self) -> Vec<(&str, &[u8])> {
        let mut files: Vec<(&str, &[u8])> = self
            .parts
            .iter()
            .map(|part| (part.path.as_str(), part.bytes.as_slice()))
            .collect();
        files.extend([
            ("dossier.pdf", self.whole.as_slice()),
            ("README.txt", self.readme.as_bytes()),
        ]);
        files.sort_unstable();
        files
    }

    /// Returns the digests of its files, a line each, as `sha256sum --check` reads them.
    pub fn sums(&self) -> String {
        let mut sums = String::new();
        for (path, bytes) in self.files() {
            // Writing into a String cannot fail.
            let _ = writeln!(sums, "{}  {path}", sha256(bytes));
        }
        sums
    }

    /// Returns the parts as rows, and what people read below them: what is missing. A program finds that in rows without a file.
    pub fn report(&self, today: NaiveDate, is_for_people: bool) -> (Report, String) {
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
        for part in &self.parts {
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
        if !is_for_people {
            for (gap, note) in self.gaps.iter().zip(self.missing.iter().skip(1)) {
                let mut row = vec![Cell::None; items.columns.len()];
                row[1] = Cell::Word("missing");
                row[2] = Cell::text(gap.about());
                row[5] = Cell::Word(gap.word());
                row[6] = Cell::text(note.trim_start_matches("– "));
                items.push(row);
            }
        }
        let report = Report {
            schema: "dossier",
            today,
            items,
            totals: None,
        };
        (report, format!("\n{}\n", self.missing.join("\n")))
    }
}

/// What a file is made from.
pub struct Maker<'m, 's> {
    /// What the command received; nothing is said or written by it here.
    pub session: &'m Session<'s>,
    /// The ledger.
    pub source: &'m mut Source,
    /// acquit.toml.
    pub settings: &'m Settings,
    /// The books as of today.
    pub books: &'m Books,
    /// What draws its pages.
    pub engine: &'m Engine,
}

impl Maker<'_, '_> {
    /// Makes the file of what was found: `claims` are [`Subject::claims`], `locale` is that of its own pages.
    ///
    /// # Errors
    /// Where nothing is owed, a document is not what was issued, or a page cannot be drawn.
    pub fn make(
        &mut self,
        subject: &Subject,
        claims: &[Claim],
        locale: &Locale,
    ) -> Result<Dossier, Failure> {
        let today = self.session.today;
        let scope = subject.scope();
        let mut accounts = accounts(self.books.ledger(), scope, None, today);
        let standings = standings(scope, self.books, &mut accounts, claims);
        let mut known = subject.numbers(claims)?;
        let documents = load::documents(self.session, self.source, self.settings, &known)?;
        let quotes = self.quotes(&documents);
        known.extend(quotes.iter().map(|(quote, _)| quote.number.clone()));
        let facts = subject.case.facts(&known);
        let owed: Vec<&Document> = documents
            .iter()
            .filter(|document| is_owed(document.number.as_str(), self.books))
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
        let design = design::chosen(self.source, self.settings);
        let Some(design) = design else {
            return Err(self.session.refuse(self.source, Diagnostics::default()));
        };
        let logo = page::own_logo(self.source, self.settings);
        let (client, settings) = (&subject.client, self.settings);
        let statement = Page {
            client,
            settings,
            from: None,
            to: today,
            accounts: &accounts,
            standings: &standings,
        };
        let pages = Pages {
            statement,
            locale: locale.clone(),
            design: design.design,
            logo,
        };
        let mut parts = vec![self.own(&pages, "statement", "", &pages.statement())?];
        if !claims.iter().all(Claim::is_empty) {
            parts.push(self.own(&pages, "interest", "", &pages.interest(claims))?);
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
        remarks.extend(pages.ends(claims));
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
        Ok(Dossier {
            parts,
            whole,
            readme,
            gaps,
            missing,
        })
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
                pages: pages_of(&sent.bytes).map(|_| sent.bytes.clone()),
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
            "pdf" => pages_of(&sent.bytes).map(|_| sent.bytes.clone()),
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
                let count = part.pages.as_ref().and_then(|bytes| pages_of(bytes));
                listed.push((part, count.map(|_| page)));
                page += count.unwrap_or(0);
            }
            let paper = own.index(&listed, remarks, gaps);
            let index = self.render(&paper, own)?;
            let count = pages_of(&index).unwrap_or(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn part(what: &'static str, number: &str, path: &str) -> Part {
        Part {
            what,
            number: number.to_owned(),
            path: path.to_owned(),
            ..Part::default()
        }
    }

    #[test]
    fn each_part_has_a_place_of_its_own_whatever_case_a_file_system_knows() {
        let mut parts = [
            part("statement", "", ""),
            part("plan", "P2026-01", ""),
            part("invoice", "F2026-0042", "F2026-0042.pdf"),
            part("invoice", "F2026-0042", "sent/2026/f2026-0042.pdf"),
            part("quote", "Q2026-0003", "Q2026-0003.pdf"),
            part("notice", "F2026-0042", "sent/2026/acme-notice.eml"),
            part("message", "F2026-0042", "sent/2025/acme-notice.eml"),
            part("proof", "F2026-0042", "receipt"),
            part("message", "F2026-0042", "Receipt"),
        ];
        name(&mut parts);
        let paths = parts.map(|part| part.path);
        assert_eq!(paths.each_ref().map(String::as_str), EXPECTED);
    }

    const EXPECTED: [&str; 9] = [
        "statement.pdf",
        "plan-P2026-01.pdf",
        "documents/F2026-0042.pdf",
        "documents/f2026-0042-2.pdf",
        "quotes/Q2026-0003.pdf",
        "messages/acme-notice.eml",
        "messages/acme-notice-2.eml",
        "messages/receipt",
        "messages/Receipt-2",
    ];

    #[test]
    fn a_program_finds_what_is_missing_in_rows_and_people_below_the_table() {
        let dossier = Dossier {
            parts: vec![part("statement", "", "statement.pdf")],
            whole: b"%PDF".to_vec(),
            readme: "Contents".to_owned(),
            gaps: vec![Gap::Interest("F2026-0042".to_owned())],
            missing: vec!["Missing:".to_owned(), "– a rate".to_owned()],
        };
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let (people, below) = dossier.report(day, true);
        let (program, _) = dossier.report(day, false);
        assert_eq!(
            (people.items.rows.len(), below.as_str()),
            (1, "\nMissing:\n– a rate\n")
        );
        assert_eq!(program.items.rows[1][6].plain(), "a rate");
        let sums: Vec<String> = dossier
            .sums()
            .lines()
            .map(|line| line[66..].to_owned())
            .collect();
        assert_eq!(sums, ["README.txt", "dossier.pdf", "statement.pdf"]);
        assert!(!dossier.is_changed());
    }
}
