//! A day's messages, carried out: written under a folder, recorded with what they claim, kept under sent/.

use std::collections::BTreeSet;
use std::path::Path;

use super::dispatch::{Dispatch, Fate, Keep, Parting, filled, place, year};
use super::load;
use super::load::FoundBooks;
use super::message::{Desk, Parcel};
use super::record::{Book, Fields, Recorder};
use crate::changes::sha256;
use crate::compute::books::Books;
use crate::compute::remind::Note;
use crate::diagnostic::Diagnostics;
use crate::ledger::amount::in_currency;
use crate::ledger::client_index::Clients;
use crate::ledger::event_kind::EventKind;
use crate::ledger::reminder::{Channel, StepName};
use crate::ledger::settings::Settings;
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::view::pdf::Engine;
use crate::write::{WriteError, Writer, write_new};

/// What is done with messages.
#[derive(Debug, Clone, Copy)]
pub struct Task<'t> {
    /// Written under this folder.
    pub folder: Option<&'t Path>,
    /// Recorded as events, and kept under sent/.
    pub log: bool,
    /// E-mails are sent.
    pub send: bool,
}

/// Carries out a day's messages, one by one.
pub struct Round<'r, 'd> {
    /// What messages are made from.
    pub desk: &'r Desk<'d>,
    /// The books as of the day.
    pub books: &'r FoundBooks,
    /// acquit.toml.
    pub settings: &'r Settings,
    /// Lays pages out.
    pub engine: &'r Engine,
    /// What is done.
    pub task: Task<'r>,
    /// The ledger, locked; none with `--dry-run` or where nothing is recorded.
    pub writer: Option<&'r Writer<'r>>,
}

/// Finds the open documents that are collected by direct debit: they say so, and their clients still have a mandate. Only documents of
/// clients with a mandate are opened; what is wrong with one is said where it is sent.
pub fn debited(books: &Books, clients: &Clients, source: &mut Source) -> BTreeSet<usize> {
    let has_mandate = |index: &usize| {
        let client = clients.get(books.position(*index).client);
        client.is_some_and(|client| client.mandate.is_some())
    };
    let open: Vec<usize> = books.open().filter(has_mandate).collect();
    let is_debited = |index: &usize| {
        let position = books.position(*index);
        let year = position.issued.format("%Y");
        let path = format!("invoices/{year}/{}.toml", position.number);
        let found = source.again(|source| source.document(&path));
        found.is_some_and(|(document, _)| document.is_debited())
    };
    open.into_iter().filter(is_debited).collect()
}

impl Round<'_, '_> {
    /// Carries out one message; tells whether something was wrong that the others need not wait for.
    ///
    /// # Errors
    /// Where the ledger or the folder cannot be written.
    pub fn carry_out(
        &self,
        note: &Note,
        post: Option<&mut Dispatch>,
        session: &mut Session<'_>,
        source: &mut Source,
    ) -> Result<bool, Failure> {
        if self.task.send && !note.needs_person && note.step.channel == Channel::Email {
            return self.send(note, post, session, source);
        }
        let records = self.task.log && !note.needs_person;
        let stem = format!("{}-{}", note.client, note.step.name.word());
        let ending = self.desk.ending(note.step.channel);
        let folder = self
            .task
            .folder
            .map(|folder| folder.join(session.today.to_string()));
        let path = folder.map(|folder| folder.join(format!("{stem}.{ending}")));
        if note.needs_person && path.is_none() {
            session
                .terminal
                .say(&format!("{stem} waits for a yes: `{}`", yes(note)));
            return Ok(false);
        }
        if let Some(path) = &path {
            session.stay_beside(path)?;
        }
        let standing = match &path {
            Some(path) => session.disk.read(path).map_err(|error| {
                Failure::Could(format!("cannot read {}: {error}", path.display()))
            })?,
            None => None,
        };
        if let (Some(path), Some(_), false) = (&path, &standing, records) {
            keep(path, true, session);
            return Ok(false);
        }
        let Some((parcel, mut failed)) = self.parcel(note, session, source)? else {
            return Ok(true);
        };
        if self.task.send && path.is_none() && !self.task.log {
            let channel = note.step.channel.word();
            let line =
                format!("{stem} goes by {channel}: `--write DIR` makes it, `--log` records it\n");
            session.terminal.complain(&line);
            return Ok(true);
        }
        // What somebody has edited before it goes is what goes.
        let bytes = standing.as_deref().unwrap_or(&parcel.bytes);
        if let Some(path) = &path {
            match &standing {
                Some(standing) => keep(path, *standing == parcel.bytes, session),
                None => self.write(path, &parcel, note, session)?,
            }
        }
        if records {
            failed |= self.record(note, &parcel, bytes, session, source)?;
        }
        Ok(failed)
    }

    /// Sends an e-mail; with `--dry-run` says to whom.
    fn send(
        &self,
        note: &Note,
        post: Option<&mut Dispatch>,
        session: &mut Session<'_>,
        source: &mut Source,
    ) -> Result<bool, Failure> {
        let Some((parcel, failed)) = self.parcel(note, session, source)? else {
            return Ok(true);
        };
        let name = format!("{}-{}", note.client, note.step.name.word());
        let (Some(post), Some(writer)) = (post, self.writer) else {
            session
                .terminal
                .say(&format!("dry run, nothing is sent: would send {name}"));
            return Ok(failed);
        };
        let stem = stem(note, session);
        let keep = Keep {
            year: year(session.today),
            stem: &stem,
            ending: parcel.ending,
            bytes: None,
        };
        let rows = rows(note, &parcel, self.books);
        let parting = Parting {
            name: &name,
            draft: &parcel.bytes,
            keep,
            rows: &rows,
        };
        Ok(post.send(&parting, session, source, writer)? != Fate::Left || failed)
    }

    /// Makes a message, and tells whether something is missing in it that was said; none where it cannot be made, which was said.
    fn parcel(
        &self,
        note: &Note,
        session: &mut Session<'_>,
        source: &mut Source,
    ) -> Result<Option<(Parcel, bool)>, Failure> {
        let indexes = note.documents(self.books);
        let numbers: Vec<String> = indexes
            .iter()
            .map(|index| self.books.position(*index).number.to_owned())
            .collect();
        let made =
            load::documents(session, source, self.settings, &numbers).and_then(|documents| {
                let made = self
                    .desk
                    .parcel(source, self.engine, &documents, &note.step);
                made.map_err(|problems| session.refuse(source, problems))
            });
        match made {
            Ok((parcel, problems)) => {
                let failed = session.print(&problems, &source.map);
                Ok(Some((parcel, failed)))
            }
            Err(Failure::Refused(problems, map)) => {
                session.print(&problems, &map);
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Creates a message's file. A person is needed for it, and is told so once: when it is new.
    fn write(
        &self,
        path: &Path,
        parcel: &Parcel,
        note: &Note,
        session: &mut Session<'_>,
    ) -> Result<(), Failure> {
        let file = shown(path, session);
        let remark = aside(parcel);
        let verb = if session.global.dry_run {
            "would write"
        } else {
            "wrote"
        };
        let what = match (note.step.name, note.step.channel, note.needs_person) {
            (StepName::Formal, _, true) => format!(
                ": a formal notice, which only a person lets go: `{}`",
                yes(note)
            ),
            (.., true) => format!(": it waits for a yes: `{}`", yes(note)),
            (_, _, false) if !self.task.log => String::new(),
            (_, Channel::Email, _) => ": a draft, to be sent from your mail program".to_owned(),
            (_, Channel::Letter | Channel::Portal | Channel::Hand, _) => {
                ": to be printed, signed and posted".to_owned()
            }
            (_, Channel::Sms, _) => ": to be sent from your telephone".to_owned(),
            (_, Channel::Call, _) => ": a call to make".to_owned(),
        };
        if !session.global.dry_run {
            write_new(session.disk, path, &parcel.bytes)?;
        }
        let line = format!("{verb} {file}{remark}{what}");
        if note.needs_person || self.task.log {
            session.terminal.complain(&format!("{line}\n"));
        } else {
            session.terminal.say(&line);
        }
        Ok(())
    }

    /// Records a message with what it claims of each document, in one change set with the copy that is kept.
    fn record(
        &self,
        note: &Note,
        parcel: &Parcel,
        bytes: &[u8],
        session: &mut Session<'_>,
        source: &mut Source,
    ) -> Result<bool, Failure> {
        let Some(sound) = self.books.sound() else {
            return Err(Failure::Could(
                "nothing is recorded on books that were only looked at".into(),
            ));
        };
        let mut recorder = Recorder::on(sound);
        let is_kept = note.step.channel != Channel::Call;
        let digest = if is_kept {
            sha256(bytes)
        } else {
            String::new()
        };
        let stem = stem(note, session);
        let keep = Keep {
            year: year(session.today),
            stem: &stem,
            ending: parcel.ending,
            bytes: Some(bytes),
        };
        let (file, is_new) = if is_kept {
            place(source, &keep, bytes)
        } else {
            (String::new(), false)
        };
        if is_new {
            recorder.set.create(file.clone(), bytes.to_vec());
        }
        let kind = match note.step.channel {
            Channel::Email | Channel::Sms => EventKind::Reminded,
            Channel::Letter | Channel::Portal | Channel::Hand => EventKind::Letter,
            Channel::Call => EventKind::Called,
        };
        let rows = filled(&rows(note, parcel, self.books), kind, &file, &digest, "");
        recorder.add(source, Book::Events, session.today, &rows);
        let problems: Diagnostics = std::mem::take(&mut recorder.problems);
        if problems.has_errors() || source.problems.has_errors() {
            return Err(session.refuse(source, problems));
        }
        session.commit(self.writer, &recorder.set)?;
        let numbers: Vec<&str> = note
            .taken
            .iter()
            .map(|index| self.books.position(*index).number)
            .collect();
        let (word, channel) = (note.step.name.word(), note.step.channel.word());
        session.terminal.say(&format!(
            "recorded {} ({}): {word}, by {channel}",
            numbers.join(", "),
            note.client
        ));
        Ok(false)
    }
}

/// Says that a file is kept. If it is about to be recorded and has another text than a new one, it was edited, or the ledger has changed
/// since: somebody is to know, quiet or not.
fn keep(path: &Path, is_same: bool, session: &mut Session<'_>) {
    let file = shown(path, session);
    if is_same {
        session
            .terminal
            .say(&format!("kept {file}: remove it to have it made anew"));
    } else {
        let line = format!(
            "kept {file}, and recorded it as it stands there: it has another text than a new one would have\n"
        );
        session.terminal.complain(&line);
    }
}

/// Returns a parcel's remark as it stands behind the file's name.
fn aside(parcel: &Parcel) -> String {
    let remark = parcel.remark.as_ref();
    remark.map_or_else(String::new, |remark| format!(" ({remark})"))
}

/// Creates a message's file. What stands there already may have been edited: it is kept.
///
/// # Errors
/// What the system says.
pub fn write_parcel(
    session: &mut Session<'_>,
    path: &Path,
    parcel: &Parcel,
) -> Result<(), Failure> {
    let file = shown(path, session);
    let remark = aside(parcel);
    session.stay_beside(path)?;
    let verb = if session.global.dry_run {
        "would write"
    } else {
        match write_new(session.disk, path, &parcel.bytes) {
            Ok(()) => "wrote",
            Err(WriteError::Conflict(_)) => {
                let sentence = format!(
                    "kept {file}: it stands there with another text; remove it to have it made anew"
                );
                session.terminal.say(&sentence);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    };
    session.terminal.say(&format!("{verb} {file}{remark}"));
    Ok(())
}

fn shown(path: &Path, session: &Session<'_>) -> String {
    path.strip_prefix(&session.folder)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// The name of a message's file under sent/.
fn stem(note: &Note, session: &Session<'_>) -> String {
    format!(
        "{}-{}-{}",
        session.today,
        note.client,
        note.step.name.word()
    )
}

/// The command that says yes.
fn yes(note: &Note) -> String {
    format!("acquit remind --write DIR --log --confirm {}", note.client)
}

/// The rows of a message's events: one for each document that takes the step, with what is claimed of it; but for `kind`, `file` and `sha256`.
fn rows(note: &Note, parcel: &Parcel, books: &Books) -> Vec<Fields> {
    let row = |index: &usize| {
        let position = books.position(*index);
        let own = parcel
            .claims
            .iter()
            .find(|claim| claim.number == position.number);
        let amount = |value| in_currency(value, position.currency);
        let interest = own
            .and_then(|claim| claim.claimed.interest)
            .map(amount)
            .unwrap_or_default();
        let fee = own.and_then(|claim| claim.claimed.fee);
        // The law's euros beside a debt in dollars are of another currency than the row's.
        let (fee, remark) = match fee {
            Some((currency, fee)) if currency == position.currency => (amount(fee), String::new()),
            Some((currency, fee)) => (
                String::new(),
                format!("fee {} {currency}", in_currency(fee, currency)),
            ),
            None => (String::new(), String::new()),
        };
        vec![
            ("client", note.client.clone()),
            ("document", position.number.to_owned()),
            ("step", note.step.name.word().to_owned()),
            ("channel", note.step.channel.word().to_owned()),
            ("amount", amount(position.asked)),
            ("currency", position.currency.to_string()),
            ("interest", interest),
            ("fee", fee),
            (
                "until",
                position
                    .falls_due()
                    .map(|due| due.to_string())
                    .unwrap_or_default(),
            ),
            ("note", remark),
        ]
    };
    note.taken.iter().map(row).collect()
}
