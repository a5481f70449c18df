//! `send`: carries issued documents to their clients, and keeps what left; or records that a person has done so.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::told::ToldArgs;
use crate::changes::sha256;
use crate::compute::books::Books;
use crate::compute::outgoing::{Outgoing, Unknown, carries};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::books::Ledger;
use crate::ledger::document::Document;
use crate::ledger::event_kind::EventKind;
use crate::ledger::reminder::Channel;
use crate::post::leaving::Leaving;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::source::repository::Conversation;
use crate::task::cover::cover;
use crate::task::dispatch::{
    Dispatch, Fate, Keep, Parting, failed, filled, is_leaving, mail, place, resolve, year,
};
use crate::task::load::{self, FoundBooks};
use crate::task::message::{Desk, Parcel};
use crate::task::page;
use crate::task::record::{Book, Fields, Recorder};
use crate::task::reminders::write_parcel;
use crate::view::pdf::Engine;
use crate::write::Writer;

/// Arguments of `send`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit send F2026-0042                        by the server of mail.toml (docs/sending.md)\n  acquit send F2026-0042 --write out/mails      a draft to open in your mail program; --log records that you sent it\n  acquit send F2026-0042 --channel letter       you have posted it: keeps the PDF and records it"
)]
pub struct SendArgs {
    /// Numbers of invoices, credit notes, quotes
    #[arg(value_name = "NUMBER", required = true)]
    pub numbers: Vec<String>,
    /// How they reach the client; all but e-mail is done by you, and recorded
    #[arg(long, value_name = "CHANNEL", value_parser = super::words::one_of(Channel::OF_DOCUMENTS), default_value = "email")]
    pub channel: Channel,
    /// Write them under this folder instead, as DIR/TODAY/NUMBER.eml (or .pdf); nothing is sent, nothing recorded
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// Record that you have sent them: the PDF is kept under sent/; nothing is sent
    #[arg(long)]
    pub log: bool,
    /// Send once more what has been sent already
    #[arg(long)]
    pub again: bool,
    /// Send by this mail.toml
    #[arg(long, value_name = "FILE")]
    pub mail: Option<PathBuf>,
    #[command(flatten)]
    told: ToldArgs,
}

impl SendArgs {
    /// Whether the post carries them.
    fn sends(&self) -> bool {
        self.channel == Channel::Email && self.write.is_none() && !self.log
    }

    /// Whether it is recorded that a person has sent them.
    fn records(&self) -> bool {
        self.log || (self.channel != Channel::Email && self.write.is_none())
    }
}

/// Sends documents, writes their drafts, or records that they were sent.
///
/// # Errors
/// Where one is unknown, was sent before, or cannot be sent: the others are sent all the same.
pub fn run(args: &SendArgs, session: &mut Session<'_>) -> Outcomes {
    if !args.records() && (args.told.date.is_some() || args.told.note.is_some()) {
        let hint = "add --log, or --channel for what you gave by another way";
        return Err(Failure::Usage(
            "--date and --note record what you have sent yourself".into(),
            hint.into(),
        ));
    }
    if args.mail.is_some() && !args.sends() {
        return Err(Failure::Usage(
            "--mail is for sending, and nothing is sent here".into(),
            "leave it out".into(),
        ));
    }
    let (writer, mut source) = if args.sends() {
        not_leaving(&args.numbers, session)?;
        session.open_to_send()?
    } else if args.records() {
        session.open_to_write_again()?
    } else {
        (None, session.open()?)
    };
    // Said before the books are read, which takes a while in a large ledger.
    let mail = args
        .sends()
        .then(|| mail(args.mail.as_ref(), session, &mut source))
        .transpose()?;
    let settings = load::settings(session, &mut source)?;
    let clients = source.clients_apart();
    // Books that cannot be read in full may hide that something was sent.
    let records = args.sends() || args.records();
    let books = FoundBooks::read(records, session, &mut source, &settings)?;
    let sent = sent(books.ledger());
    let desk = Desk::load(&mut source, &settings, &clients, &books);
    crate::task::typed::texts([&args.told.note], &mut source.problems);
    if (args.sends() || args.records()) && source.problems.has_errors() {
        return Err(session.refuse(&mut source, Diagnostics::default()));
    }
    let mut failed = session.warn(&mut source);
    let dispatch = match (&writer, &mail, books.sound()) {
        (Some(writer), Some(mail), Some(sound)) => {
            Some(Dispatch::open(sound, mail, session, &mut source, writer)?)
        }
        _ => None,
    };
    let folder = args
        .write
        .as_ref()
        .map(|folder| session.output(folder))
        .transpose()?;
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let recorder = books.sound().map(Recorder::on).unwrap_or_default();
    let said = Vec::new();
    let mut counter = Counter {
        args,
        writer,
        desk,
        books: &books,
        sent,
        engine,
        folder,
        dispatch,
        recorder,
        said,
    };
    for (index, number) in args.numbers.iter().enumerate() {
        // Named twice, it is sent once.
        if args.numbers[..index].contains(number) {
            continue;
        }
        match counter.one(number, session, &mut source) {
            Ok(is_well) => failed |= !is_well,
            Err(Failure::Refused(problems, map)) => {
                session.print(&problems, &map);
                failed = true;
            }
            Err(failure) => return Err(failure),
        }
    }
    counter.close(session, &mut source)?;
    Ok(if failed { Done::Findings } else { Done::Well })
}

/// Refuses documents that another command is sending just now. For the end of other conversations this one waits.
fn not_leaving(numbers: &[String], session: &mut Session<'_>) -> Result<(), Failure> {
    let mut source = session.open()?;
    let Some(leaving) = source.repository.conversation() else {
        return Ok(());
    };
    let outgoing = Outgoing::of(&source.ledger(), session.today);
    let mut problems = Diagnostics::default();
    for number in numbers {
        if outgoing
            .about(number, false)
            .is_some_and(|open| leaving.is(&open.id))
        {
            problems.push(is_leaving(&format!("{number} is leaving now"), &leaving));
        }
    }
    // What is wrong with the books is said by who reads them for good.
    source.take_problems();
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    Ok(())
}

/// Returns on which day each document was last sent, be it dated after today.
fn sent(ledger: &Ledger) -> BTreeMap<String, NaiveDate> {
    let mut sent: BTreeMap<String, NaiveDate> = BTreeMap::new();
    for event in ledger.events() {
        if event.kind == EventKind::Sent && carries(&event) {
            let last = sent.entry(event.document.to_owned()).or_insert(event.date);
            *last = event.date.max(*last);
        }
    }
    sent
}

/// What documents are sent with.
struct Counter<'c, 's> {
    args: &'c SendArgs,
    writer: Option<Writer<'s>>,
    desk: Desk<'c>,
    books: &'c Books,
    sent: BTreeMap<String, NaiveDate>,
    engine: Engine,
    folder: Option<PathBuf>,
    dispatch: Option<Dispatch>,
    /// What a person has sent.
    recorder: Recorder,
    /// What is said of it once it is recorded.
    said: Vec<String>,
}

impl Counter<'_, '_> {
    /// Sends, writes or records one document; tells whether all went well.
    fn one(
        &mut self,
        number: &str,
        session: &mut Session<'_>,
        source: &mut Source,
    ) -> Result<bool, Failure> {
        let document = find(number, session, source)?;
        if let Some(problems) = self.desk.clients.broken(&document.buyer.client) {
            return Err(session.refuse(source, problems.clone()));
        }
        if self.args.sends() || self.args.records() {
            self.once(&document, session, source)?;
            if self.args.again && session.was_recorded(number, EventKind::Sent.word()) {
                session.terminal.complain(&format!(
                    "{number} was sent by the command that was interrupted: it is not sent once more\n"
                ));
                return Ok(true);
            }
        }
        let drawn = page::dress(source, &document)
            .and_then(|dress| page::pdf(&self.engine, &document, dress).map_err(Diagnostics::from));
        let pdf = drawn.map_err(|problems| session.refuse(source, problems))?;
        let parcel =
            if self.args.channel == Channel::Email && !(self.args.log && self.folder.is_none()) {
                let parcel = cover(&self.desk, &document, &pdf);
                parcel.map_err(|problems| session.refuse(source, problems))?
            } else {
                Parcel {
                    ending: "pdf",
                    bytes: pdf.clone(),
                    remark: None,
                    claims: Vec::new(),
                }
            };
        if let Some(folder) = &self.folder {
            let path = folder
                .join(session.today.to_string())
                .join(format!("{number}.{}", parcel.ending));
            write_parcel(session, &path, &parcel)?;
        }
        if self.args.records() {
            self.record(&document, &pdf, session, source);
        } else if self.args.sends() {
            return self.send(&document, &pdf, &parcel, session, source);
        }
        Ok(true)
    }

    /// When it is sent.
    fn date(&self, session: &Session<'_>) -> NaiveDate {
        self.args.told.date.unwrap_or(session.today)
    }

    /// Refuses what has been sent already, or may have been; and a day on which it cannot have been.
    fn once(
        &self,
        document: &Document,
        session: &Session<'_>,
        source: &mut Source,
    ) -> Result<(), Failure> {
        let (number, date) = (document.number.as_str(), self.date(session));
        let problem = if date > session.today {
            let message = format!("{date} is later than today, {}", session.today);
            Diagnostic::error(code::EVENT_STATE, message).hint("record what has happened")
        } else if date < document.issued {
            let message = format!("{number} was issued on {}, after {date}", document.issued);
            Diagnostic::error(code::EVENT_STATE, message)
                .hint("it is sent on its issue date or later")
        } else if let Some((unknown, leaving)) = self.leaving(number, source) {
            is_leaving(
                &format!("{number} is leaving now, begun on {}", unknown.date),
                &leaving,
            )
        } else if let Some(unknown) = self.books.in_flight().about(number, false) {
            let message = format!("nobody knows whether {number} was sent on {}", unknown.date);
            Diagnostic::error(code::SENDING_UNKNOWN, message).hint(resolve(&unknown.id))
        } else if let Some(day) = self.sent.get(number).filter(|_| !self.args.again) {
            let message = format!("{number} was sent on {day}");
            let hint = format!("`acquit send {number} --again` sends it once more");
            Diagnostic::error(code::SENT_ALREADY, message).hint(hint)
        } else {
            return Ok(());
        };
        Err(session.refuse(source, problem.into()))
    }

    /// What another command is sending of a document just now; who sends has locked out the others.
    fn leaving(&self, number: &str, source: &Source) -> Option<(&Unknown, Conversation)> {
        let unknown = self.books.outgoing().about(number, false)?;
        let leaving = source
            .repository
            .conversation()
            .filter(|_| !self.args.sends())?;
        leaving.is(&unknown.id).then_some((unknown, leaving))
    }

    fn send(
        &mut self,
        document: &Document,
        pdf: &[u8],
        parcel: &Parcel,
        session: &mut Session<'_>,
        source: &mut Source,
    ) -> Result<bool, Failure> {
        let number = document.number.as_str();
        let keep = keep(document, pdf);
        let (Some(dispatch), Some(writer)) = (&mut self.dispatch, &self.writer) else {
            let leaving = match Leaving::of(&parcel.bytes, (session.now)()) {
                Ok(leaving) => leaving,
                Err(why) => return Err(failed(number, &why, "nothing is recorded").into()),
            };
            let to = leaving.to.join(", ");
            session.terminal.say(&format!(
                "dry run, nothing is sent: would send {number} to {to}"
            ));
            let (path, is_new) = place(source, &keep, pdf);
            session.terminal.say(&format!(
                "  would {} {path}",
                if is_new { "create" } else { "keep" }
            ));
            return Ok(true);
        };
        let rows = [self.args.row(document)];
        let message = Parting {
            name: number,
            draft: &parcel.bytes,
            keep,
            rows: &rows,
        };
        let fate = dispatch.send(&message, session, source, writer)?;
        if fate == Fate::Left {
            self.sent.insert(number.to_owned(), session.today);
        }
        Ok(fate == Fate::Left)
    }

    /// Plans the event of a document that a person has sent.
    fn record(
        &mut self,
        document: &Document,
        pdf: &[u8],
        session: &Session<'_>,
        source: &mut Source,
    ) {
        let (number, date) = (document.number.as_str(), self.date(session));
        let (path, is_new) = place(source, &keep(document, pdf), pdf);
        let note = self.args.told.note.clone().unwrap_or_default();
        let rows = filled(
            &[self.args.row(document)],
            EventKind::Sent,
            &path,
            &sha256(pdf),
            &note,
        );
        if is_new {
            self.recorder.set.create(path, pdf.to_vec());
        }
        self.recorder.add(source, Book::Events, date, &rows);
        self.sent.insert(number.to_owned(), date);
        self.said.push(format!(
            "{number} was sent on {date}: {}",
            self.args.channel.word()
        ));
    }

    /// Writes what a person has sent into the ledger.
    fn close(&mut self, session: &mut Session<'_>, source: &mut Source) -> Result<(), Failure> {
        let problems = std::mem::take(&mut self.recorder.problems);
        if problems.has_errors() || source.problems.has_errors() {
            return Err(session.refuse(source, problems));
        }
        if self.recorder.set.is_empty() {
            return Ok(());
        }
        session.commit(self.writer.as_ref(), &self.recorder.set)?;
        for sentence in &self.said {
            session.terminal.say(sentence);
        }
        Ok(())
    }
}

impl SendArgs {
    fn row(&self, document: &Document) -> Fields {
        vec![
            ("client", document.buyer.client.clone()),
            ("document", document.number.to_string()),
            ("channel", self.channel.word().to_owned()),
        ]
    }
}

/// What is kept of a document: its page as it left.
fn keep<'k>(document: &'k Document, pdf: &'k [u8]) -> Keep<'k> {
    Keep {
        year: year(document.issued),
        stem: document.number.as_str(),
        ending: "pdf",
        bytes: Some(pdf),
    }
}

/// Opens an issued document or quote by its exact number.
fn find(number: &str, session: &Session<'_>, source: &mut Source) -> Result<Document, Failure> {
    if source.draft_names().iter().any(|draft| draft == number) {
        let message = format!("`{number}` is a draft: it has no number yet");
        let hint = format!("`acquit issue {number}` issues it; then it can be sent");
        return Err(session.refuse(
            source,
            Diagnostic::error(code::EVENT_STATE, message)
                .hint(hint)
                .into(),
        ));
    }
    if source
        .quote_paths()
        .iter()
        .any(|(known, _)| known == number)
    {
        return crate::task::offers::find(number, session, source, session.today)
            .map(|(quote, _)| quote.document);
    }
    let settings = load::settings(session, source)?;
    let mut found = load::documents(session, source, &settings, &[number.to_owned()])?;
    found
        .pop()
        .ok_or_else(|| Failure::Could("no document".into()))
}
