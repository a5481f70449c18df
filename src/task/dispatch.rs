//! A message leaves at most once, and the ledger knows: `sending` just before, `sent`, `reminded` or `not-sent` just after. A `sending`
//! that stays alone is unknown, and nothing sends it again before a person says what became of it.
//!
//! Who sends holds the lock of the post all along: two commands at once never send the same. The ledger itself is locked while rows are
//! written alone, and nobody waits for a network. What others have written meanwhile may be what the message is about, such as a payment:
//! then it does not leave, and the command is to be run again.

use std::path::PathBuf;
use std::time::SystemTime;

use chrono::NaiveDate;

use super::load::SoundBooks;
use super::record::{Book, Fields, Recorder};
use crate::changes::{sha256, sha256_text};
use crate::compute::outgoing::left;
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::event_kind::EventKind;
use crate::post::leaving::Leaving;
use crate::post::settings::{self, Mail};
use crate::post::{Delivery, Post};
use crate::session::{Failure, Session, straight, waits};
use crate::source::Source;
use crate::source::repository::Conversation;
use crate::write::{Outcome, WriteError, Writer};

/// A message that is to leave.
#[derive(Debug)]
pub struct Parting<'m> {
    /// What the terminal calls it, such as `F2026-0042` or `acme-first`.
    pub name: &'m str,
    /// The e-mail, as a draft: its own headers say to whom.
    pub draft: &'m [u8],
    /// What is kept of it.
    pub keep: Keep<'m>,
    /// What its events say, a row a document: client, document, step, channel, amounts, until, who. `kind`, `file`, `sha256` and
    /// `note` are filled in.
    pub rows: &'m [Fields],
}

/// What is kept of a message under sent/YEAR/.
#[derive(Debug)]
pub struct Keep<'m> {
    /// The year's folder.
    pub year: String,
    /// The file's name without its ending.
    pub stem: &'m str,
    /// The ending, such as `pdf`.
    pub ending: &'m str,
    /// Its bytes; none: the message itself, as it leaves.
    pub bytes: Option<&'m [u8]>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has left, and that is recorded.
    Left,
    /// It was refused, and that is recorded.
    Refused,
    /// It was not begun; nothing is recorded.
    NotTried,
    /// It may have left or not.
    Unknown,
}

/// The post, opened for one command.
pub struct Dispatch {
    post: Box<dyn Post>,
    recorder: Recorder,
    pause: Pause,
}

/// What became of the books while the ledger was not locked.
#[derive(Debug, Default)]
struct Pause {
    /// How they stood when it was unlocked.
    stamp: Vec<(String, u64, Option<SystemTime>)>,
    /// Whether they ever stood otherwise when it was locked again.
    moved: bool,
}

impl Pause {
    fn begin(&mut self, source: &Source, writer: &Writer<'_>) {
        self.stamp = source.repository.stamp();
        writer.pause();
    }

    /// Locks the ledger again; tells whether the books stand as they stood all along.
    fn end(
        &mut self,
        session: &mut Session<'_>,
        source: &mut Source,
        writer: &Writer<'_>,
    ) -> Result<bool, Failure> {
        if writer.is_locked() {
            return Ok(!self.moved);
        }
        let terminal = &mut session.terminal;
        let recovered = writer.resume(&mut |process| terminal.say(&waits(process)))?;
        if let Some(outcome) = recovered {
            session.report_changes(&outcome);
        }
        if source.repository.stamp() != self.stamp {
            self.moved = true;
            source.forget_books();
        }
        Ok(!self.moved)
    }
}

impl Dispatch {
    /// Opens the post; nothing is sent yet.
    ///
    /// # Errors
    /// Where there is no password.
    pub fn open(
        books: &SoundBooks,
        mail: &Mail,
        session: &mut Session<'_>,
        source: &mut Source,
        writer: &Writer<'_>,
    ) -> Result<Self, Failure> {
        // The command that gives the password may ask a person for another.
        let mut pause = Pause::default();
        pause.begin(source, writer);
        let opened = session.office.open(mail);
        pause.end(session, source, writer)?;
        let post = opened.map_err(|why| {
            let problem = Diagnostic::error(
                code::MAIL_SETTINGS,
                format!("messages cannot be sent: {why}"),
            );
            Failure::from(problem.hint(
                "run the `password_command` of mail.toml on a terminal: it prints the password",
            ))
        })?;
        Ok(Self {
            post,
            recorder: Recorder::on(books),
            pause,
        })
    }

    /// Sends a message: the file under sent/ and the `sending` are on the disk before the message itself begins to leave. Says what
    /// became of it; whatever that is, other messages can follow.
    ///
    /// # Errors
    /// Where the ledger cannot be written: nothing more is to be sent then.
    pub fn send(
        &mut self,
        message: &Parting<'_>,
        session: &mut Session<'_>,
        source: &mut Source,
        writer: &Writer<'_>,
    ) -> Result<Fate, Failure> {
        let leaving = match Leaving::of(message.draft, (session.now)()) {
            Ok(leaving) => leaving,
            Err(why) => {
                session.print(
                    &[failed(message.name, &why, "nothing is recorded")],
                    &source.map,
                );
                return Ok(Fate::NotTried);
            }
        };
        let bytes = message.keep.bytes.unwrap_or(&leaving.bytes);
        let (path, is_new) = place(source, &message.keep, bytes);
        let kept = Kept {
            name: message.name,
            rows: message.rows,
            path: &path,
            bytes,
            is_new,
        };
        let Self {
            post,
            recorder,
            pause,
        } = self;
        if pause.moved {
            session.print(&[failed(message.name, MOVED, AGAIN)], &source.map);
            return Ok(Fate::NotTried);
        }
        let mut begun: Option<Result<Option<(String, Outcome)>, Failure>> = None;
        pause.begin(source, writer);
        let delivery = post.deliver(&leaving, &mut || {
            let mut note = || {
                if !pause.end(session, source, writer)? {
                    return Ok(None);
                }
                let noted = kept.note(EventKind::Sending, "", recorder, session, source, writer)?;
                writer.tell_leaving(&noted.0);
                pause.begin(source, writer);
                Ok(Some(noted))
            };
            matches!(begun.insert(note()), Ok(Some(_)))
        });
        // However the conversation went, the ledger is locked again.
        let locked = pause.end(session, source, writer);
        let Some((id, mut outcome)) = begun.transpose()?.flatten() else {
            let (Delivery::NotTried(why)
            | Delivery::Refused(why)
            | Delivery::Unknown(why)
            | Delivery::Accepted(why)) = delivery;
            let why = if locked? { why } else { MOVED.to_owned() };
            session.print(&[failed(message.name, &why, AGAIN)], &source.map);
            return Ok(Fate::NotTried);
        };
        let to = leaving.to.join(", ");
        let (fate, kind, answer) = match delivery {
            Delivery::Accepted(answer) => {
                session
                    .terminal
                    .say(&format!("sent {} to {to}: {answer}", message.name));
                (Fate::Left, left(value(message.rows, "step")), answer)
            }
            Delivery::Refused(why) | Delivery::NotTried(why) => {
                let problem = failed(
                    message.name,
                    &why,
                    "recorded as not sent: it can be tried again",
                );
                session.print(&[problem], &source.map);
                (Fate::Refused, EventKind::NotSent, why)
            }
            Delivery::Unknown(why) => {
                let sentence = format!(
                    "nobody knows whether {} has reached {to}: {why}",
                    message.name
                );
                let problem = Diagnostic::error(code::SENDING_UNKNOWN, sentence).hint(resolve(&id));
                session.print(&[problem], &source.map);
                session.report_changes(&outcome);
                writer.tell_leaving("");
                return locked.map(|_| Fate::Unknown);
            }
        };
        let record = |is_same: bool| {
            if !is_same {
                // Others have written: what became of the message is recorded behind it, whatever else is wrong there.
                recorder.forget();
                source.ledger();
                source.take_problems();
            }
            kept.note(kind, &answer, recorder, session, source, writer)
        };
        let ended = locked.and_then(record).inspect_err(|why| {
            // What became of it is recorded where only the rest failed.
            if matches!(why, Failure::Recorded(..)) {
                return;
            }
            let sentence = format!(
                "what became of {} cannot be recorded: {}\n",
                message.name,
                resolve(&id)
            );
            session.terminal.complain(&sentence);
        });
        for done in ended?.1.done {
            if !outcome.done.contains(&done) {
                outcome.done.push(done);
            }
        }
        session.report_changes(&outcome);
        writer.tell_leaving("");
        Ok(fate)
    }
}

/// Why a message does not leave that was made from books that others have written to since.
const MOVED: &str = "another acquit has written to the books since they were read";
/// What follows from that, and from all that happens before a message begins to leave.
const AGAIN: &str = "nothing is recorded: it can be tried again";

/// What the ledger holds of a message.
struct Kept<'k> {
    name: &'k str,
    rows: &'k [Fields],
    path: &'k str,
    bytes: &'k [u8],
    is_new: bool,
}

impl Kept<'_> {
    /// Writes the events of a kind, synced: with `sending` the file under sent/ comes, with `not-sent` it goes. Returns their id and
    /// what was done.
    fn note(
        &self,
        kind: EventKind,
        words: &str,
        recorder: &mut Recorder,
        session: &Session<'_>,
        source: &mut Source,
        writer: &Writer<'_>,
    ) -> Result<(String, Outcome), Failure> {
        match kind {
            EventKind::Sending if self.is_new => {
                recorder.set.create(self.path, self.bytes.to_vec());
            }
            EventKind::NotSent if self.is_new => {
                recorder.set.remove(self.path, sha256_text(self.bytes));
            }
            _ => {}
        }
        let rows = filled(self.rows, kind, self.path, &sha256(self.bytes), words);
        let id = recorder.add(source, Book::Events, session.today, &rows);
        let set = recorder.take();
        let problems = std::mem::take(&mut recorder.problems);
        if problems.has_errors() || source.problems.has_errors() {
            return Err(session.refuse(source, problems));
        }
        match writer.commit(&set) {
            Ok(outcome) => {
                session.has_recorded.set(true);
                Ok((id, outcome))
            }
            // The message has not begun to leave, and the next command finds a `sending`.
            Err(WriteError::Recorded(why)) if kind == EventKind::Sending => {
                let hint = format!(
                    "{} was not sent, and that it began to leave is recorded: `acquit remind --resolve {id} not-sent` says so, then send it again",
                    self.name
                );
                Err(Failure::Recorded(why.to_string(), hint))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns the diagnostic of a message that another command is sending just now: what is said of it, and who sends it.
pub fn is_leaving(sentence: &str, leaving: &Conversation) -> Diagnostic {
    let sentence = format!("{sentence}: {} sends it", leaving.who());
    Diagnostic::error(code::EVENT_STATE, sentence)
        .hint("wait until it has ended; `acquit status` says if nobody knows what became of it")
}

/// Returns the diagnostic of a message that was not sent, for certain.
pub fn failed(name: &str, why: &str, hint: &str) -> Diagnostic {
    Diagnostic::error(code::MAIL_FAILED, format!("{name} was not sent: {why}")).hint(hint)
}

/// Reads mail.toml: `named` by the command line, or the usual one.
///
/// # Errors
/// Where it is missing, wrong, or inside of the ledger.
pub fn mail(
    named: Option<&PathBuf>,
    session: &mut Session<'_>,
    source: &mut Source,
) -> Result<Mail, Failure> {
    let Some(path) = named
        .or(session.mail.as_ref())
        .map(|path| straight(&session.folder.join(path)))
    else {
        let hint = "name it with `--mail FILE`, or set ACQUIT_MAIL";
        return Err(
            Diagnostic::error(code::MAIL_MISSING, "there is no mail.toml")
                .hint(hint)
                .into(),
        );
    };
    let mail = settings::read(source, &path);
    let mut problems = source.take_problems().sorted();
    source.excerpts(&mut problems);
    settings::mask(&mut problems);
    let Some(mail) = mail else {
        return Err(Failure::Refused(problems, source.map.clone()));
    };
    session.print(&problems, &source.map);
    Ok(mail)
}

/// Says how a sending that is unknown is settled.
pub fn resolve(id: &str) -> String {
    format!(
        "ask the recipient, or look among the messages that your mailbox has sent; then \
         `acquit remind --resolve {id} sent` or `acquit remind --resolve {id} not-sent`"
    )
}

/// Returns where a file is kept under sent/, and whether it is new there: with the same bytes it is the same file, with others it
/// gets a name of its own.
pub fn place(source: &Source, keep: &Keep<'_>, bytes: &[u8]) -> (String, bool) {
    let path = |count: u32| {
        let again = if count == 1 {
            String::new()
        } else {
            format!("-{count}")
        };
        format!("sent/{}/{}{again}.{}", keep.year, keep.stem, keep.ending)
    };
    let mut count = 1;
    while source.repository.exists(&path(count)) {
        if source
            .repository
            .bytes(&path(count))
            .is_ok_and(|found| found == bytes)
        {
            return (path(count), false);
        }
        count += 1;
    }
    (path(count), true)
}

/// Returns the rows of a message's events of a kind; a note stands after the row's own.
pub fn filled(
    rows: &[Fields],
    kind: EventKind,
    file: &str,
    digest: &str,
    note: &str,
) -> Vec<Fields> {
    let own = [("kind", kind.word()), ("file", file), ("sha256", digest)];
    let complete = |row: &Fields| {
        let is_own = |name: &str| name == "note" || own.iter().any(|(own, _)| *own == name);
        let known = row
            .iter()
            .find(|(name, _)| *name == "note")
            .map_or("", |(_, note)| note);
        let notes: Vec<&str> = [known, note]
            .into_iter()
            .filter(|note| !note.is_empty())
            .collect();
        let mut filled: Fields = row
            .iter()
            .filter(|(name, _)| !is_own(name))
            .cloned()
            .collect();
        filled.extend(own.map(|(name, value)| (name, value.to_owned())));
        filled.push(("note", notes.join("; ")));
        filled
    };
    rows.iter().map(complete).collect()
}

/// Returns the folder of a day's year.
pub fn year(day: NaiveDate) -> String {
    day.format("%Y").to_string()
}

/// A column of the first row.
fn value<'r>(rows: &'r [Fields], column: &str) -> &'r str {
    rows.first()
        .and_then(|row| row.iter().find(|(name, _)| *name == column))
        .map_or("", |(_, value)| value)
}
