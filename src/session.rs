//! What a command receives from outside: the folder, the day, the streams, the disk, someone to ask. And how it may fail.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use chrono::{DateTime, FixedOffset, NaiveDate};

pub use crate::arguments::Format;
use crate::arguments::Global;
use crate::changes::{ChangeSet, FILES, FOLDERS};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, code};
use crate::disk::Disk;
use crate::lock::another;
use crate::outside::Outside;
use crate::post::Office;
use crate::printable::printable;
use crate::prompt::{Ask, NoAnswer};
use crate::source::Source;
use crate::span::SourceMap;
use crate::terminal::Terminal;
use crate::view::sheet::{Columns, Emit, Report, Rows, Sheet};
use crate::view::{csv, json, snippet, table};
use crate::write::{Hold, Outcome, WriteError, Writer};

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub enum Failure {
    /// The data or the request is wrong: exit 1. The problems, and the files they are in.
    Refused(Vec<Diagnostic>, SourceMap),
    /// The command line is wrong: exit 2. The sentence and what to type.
    Usage(String, String),
    /// Could not: exit 3.
    Could(String),
    /// What was asked for is recorded, and something failed after that: exit 4. The sentence and what to do.
    Recorded(String, String),
    /// What was asked for had been recorded by the same command, which was stopped then: exit 0.
    Repeated,
    /// The reader of standard output has gone away: exit 0.
    BrokenPipe,
    /// The person at the terminal left a question by Control-C or Control-D: exit 130, and nothing was done.
    Stopped,
}

impl From<NoAnswer> for Failure {
    fn from(why: NoAnswer) -> Self {
        match why {
            NoAnswer::Stopped => Self::Stopped,
            NoAnswer::Failed(text) => Self::Could(text),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::BrokenPipe
        } else {
            Self::Could(error.to_string())
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Conflict(message) => Diagnostic::error(code::FILE_EXISTS, message)
                .hint("nothing is written over; `acquit check` and `git status` show what it is")
                .into(),
            WriteError::Outside(message) => Diagnostic::error(code::FILE_LINK, message)
                .hint("nothing is written through it; put a real folder or file in its place")
                .into(),
            WriteError::Journal(_) => Diagnostic::error(code::JOURNAL_BROKEN, error.to_string())
                .hint("compare .acquit/journal with the files that it names, then remove it (`acquit explain JOURNAL-BROKEN`)")
                .into(),
            WriteError::Io(_, _, ref why) if why.kind() == io::ErrorKind::Unsupported => {
                Diagnostic::error(code::FILE_KIND, error.to_string())
                    .hint("a pipe, a socket, a device or a link stands where a file is expected: move it away")
                    .into()
            }
            WriteError::Io(..) | WriteError::Pending(_) => Self::Could(error.to_string()),
            WriteError::Recorded(why)
                if matches!(*why, WriteError::Conflict(_) | WriteError::Outside(_)) =>
            {
                Self::Recorded(
                    why.to_string(),
                    "it is recorded, and that file is in the way of what is left to do: put it back as it was, and the next command \
                     finishes it (`acquit explain JOURNAL-BROKEN`)"
                        .into(),
                )
            }
            WriteError::Recorded(_) => Self::recorded(&error.to_string()),
            WriteError::Unclear(_) => Self::Recorded(
                error.to_string(),
                "it may be recorded: once the disk is well, type it again, and nothing is recorded twice"
                    .into(),
            ),
        }
    }
}

impl Failure {
    /// What failed after a change set was recorded.
    pub fn recorded(why: &str) -> Self {
        let hint = "it is recorded, and the next command that writes finishes it; this one typed again records nothing twice";
        Self::Recorded(why.to_owned(), hint.to_owned())
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Refused(vec![diagnostic], SourceMap::default())
    }
}

/// What a command ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// All well: exit 0.
    Well,
    /// It found something: exit 1.
    Findings,
}

/// What a command returns.
pub type Outcomes = Result<Done, Failure>;

/// The folder of a ledger that reports, pages and messages are written to.
const OUT: &str = "out";

/// What `-o` names standard output by.
const STANDARD: &str = "-";

/// The outside of a command.
pub struct Session<'s> {
    /// The folder to start looking for the ledger from.
    pub folder: PathBuf,
    /// The day.
    pub today: NaiveDate,
    /// The clock: when a message leaves, whatever day is taken for today.
    pub now: fn() -> DateTime<FixedOffset>,
    /// Global options.
    pub global: Global,
    /// The words of the command line, without the program's name and the options of every command.
    pub words: Vec<String>,
    /// What an interrupted command had recorded, until something is recorded by this one.
    pub recovered: Option<ChangeSet>,
    /// What holds the ledger's lock until all is said.
    pub held: Option<Rc<Hold<'s>>>,
    /// Whether something is recorded.
    pub has_recorded: Cell<bool>,
    /// The streams.
    pub terminal: Terminal<'s>,
    /// Someone to ask; none without a terminal.
    pub ask: Option<&'s mut dyn Ask>,
    /// The disk.
    pub disk: &'s dyn Disk,
    /// Bytes of chance, for a new ledger's id alone.
    pub chance: fn() -> [u8; 16],
    /// Where mail.toml stands, unless a command names another.
    pub mail: Option<PathBuf>,
    /// The post.
    pub office: &'s dyn Office,
    /// Runs another command line from its beginning, as the demonstration does.
    pub run: fn(Outside<'_>) -> u8,
}

impl<'s> Session<'s> {
    /// Opens the ledger for reading.
    ///
    /// # Errors
    /// Where there is none, or its format is another.
    pub fn open(&mut self) -> Result<Source, Failure> {
        let terminal = &mut self.terminal;
        let mut waiting = |process| terminal.say(&waits(process));
        let mut source =
            crate::source::open_waiting(&self.folder, &mut waiting).map_err(Failure::from)?;
        match source.format() {
            Ok(()) => Ok(source),
            Err(problems) => Err(self.refuse(&mut source, problems)),
        }
    }

    /// Locks the ledger for writing, finishes what an interrupted command had begun, and opens it. With `--dry-run` it is only
    /// opened.
    ///
    /// # Errors
    /// Where there is none, or it cannot be locked. [`Failure::Repeated`] where the interrupted command was this one.
    pub fn open_to_write(&mut self) -> Result<(Option<Writer<'s>>, Source), Failure> {
        let opened = self.open_to_write_again()?;
        match &self.recovered {
            Some(set) if set.command() == self.words && !self.words.is_empty() => {
                Err(Failure::Repeated)
            }
            _ => Ok(opened),
        }
    }

    /// Opens the ledger as [`Session::open_to_write`] does, for a command of several change sets that finds by itself what is done
    /// already: after an interrupted one it goes on with the rest.
    ///
    /// # Errors
    /// Where there is none, or it cannot be locked.
    pub fn open_to_write_again(&mut self) -> Result<(Option<Writer<'s>>, Source), Failure> {
        self.lock(false)
    }

    /// Opens the ledger as [`Session::open_to_write_again`] does, and locks out all others who send.
    ///
    /// # Errors
    /// Where there is none, or it cannot be locked.
    pub fn open_to_send(&mut self) -> Result<(Option<Writer<'s>>, Source), Failure> {
        self.lock(true)
    }

    fn lock(&mut self, sends: bool) -> Result<(Option<Writer<'s>>, Source), Failure> {
        if self.global.dry_run {
            let mut source = self.open()?;
            self.warn(&mut source);
            return Ok((None, source));
        }
        let root = crate::source::root_of(&self.folder)?;
        crate::source::own_journal(&root)?;
        let writer = self.begin(&root, sends)?;
        let source = Source::new(crate::source::repository::Repository::open_locked(&root));
        Ok((Some(writer), source))
    }

    /// Locks a folder for writing, and finishes what an interrupted command had begun there. A command that `sends` locks out all others
    /// who do.
    ///
    /// # Errors
    /// Where it cannot be locked.
    pub fn begin(&mut self, root: &Path, sends: bool) -> Result<Writer<'s>, Failure> {
        crate::source::settled(root)?;
        let terminal = &mut self.terminal;
        let mut waiting = |process| terminal.say(&waits(process));
        let mut writer = if sends {
            Writer::begin_to_send(self.disk, root, &mut waiting)?
        } else {
            Writer::begin(self.disk, root, &mut waiting)?
        };
        writer.command.clone_from(&self.words);
        self.held = Some(writer.held());
        if let Some(recovered) = writer.recovered.take() {
            if let Some(outcome) = &recovered.outcome {
                self.terminal
                    .say("finished what an interrupted command had begun:");
                self.report_changes(outcome);
            }
            self.recovered = Some(recovered.set);
        }
        Ok(writer)
    }

    /// Refuses to record what an interrupted command had recorded just before: the same rows, but for their ids, or the same new files.
    ///
    /// # Errors
    /// [`Failure::Repeated`].
    pub fn once(&self, set: &ChangeSet) -> Result<(), Failure> {
        match &self.recovered {
            Some(recovered) if set.repeats(recovered) => Err(Failure::Repeated),
            _ => Ok(()),
        }
    }

    /// Tells whether an interrupted command that was this one had recorded an event of a kind about a document.
    pub fn was_recorded(&self, number: &str, kind: &str) -> bool {
        let is_it = |set: &ChangeSet| set.command() == self.words && set.has_row([number, kind]);
        self.recovered.as_ref().is_some_and(is_it)
    }

    /// Says what a change set did or, with `--dry-run`, would do.
    pub fn report_changes(&mut self, outcome: &Outcome) {
        const LIST: usize = 12;
        for (verb, path) in outcome.done.iter().take(LIST) {
            self.terminal.say(&format!("  {verb} {path}"));
        }
        if outcome.done.len() > LIST {
            self.terminal
                .say(&format!("  and {} more files", outcome.done.len() - LIST));
        }
        for path in &outcome.kept {
            self.terminal
                .say(&format!("  kept {path}: it was changed since"));
        }
    }

    /// Carries out a change set and says which files were touched; with `--dry-run` only says it.
    ///
    /// # Errors
    /// Where it cannot be carried out. [`Failure::Repeated`] where an interrupted command had recorded the same just before.
    pub fn commit(&mut self, writer: Option<&Writer<'_>>, set: &ChangeSet) -> Result<(), Failure> {
        use crate::changes::Change;
        let outcome = match writer {
            Some(writer) => {
                self.once(set)?;
                let outcome = writer.commit(set)?;
                self.has_recorded.set(true);
                outcome
            }
            None => {
                self.terminal.say("dry run, nothing is written:");
                let verb = |change: &Change| match change {
                    Change::Create { .. } => "would create",
                    Change::Append { .. } => "would append to",
                    Change::Remove { .. } => "would remove",
                };
                let done = set
                    .changes()
                    .iter()
                    .map(|change| (verb(change), change.path().to_owned()))
                    .collect();
                Outcome {
                    done,
                    kept: Vec::new(),
                }
            }
        };
        self.report_changes(&outcome);
        Ok(())
    }

    /// Refuses with the problems of a ledger.
    pub fn refuse(&self, source: &mut Source, more: Diagnostics) -> Failure {
        let mut problems = source.take_problems();
        problems.extend(more);
        let mut problems = problems.sorted();
        source.excerpts(&mut problems);
        Failure::Refused(problems, source.map.clone())
    }

    /// Says the problems of a ledger without stopping for them; tells whether one is an error.
    pub fn warn(&mut self, source: &mut Source) -> bool {
        let mut problems = source.take_problems().sorted();
        source.excerpts(&mut problems);
        self.print(&problems, &source.map)
    }

    /// Prints problems on standard error, of many of one code in one file the first; tells whether one is an error.
    pub fn print(&mut self, problems: &[Diagnostic], map: &SourceMap) -> bool {
        let text = snippet::diagnostics(problems, map, self.terminal.err_paint);
        self.terminal.complain_painted(&text);
        problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// Returns the format asked for.
    pub fn format(&self) -> Format {
        if self.global.json {
            Format::Json
        } else {
            self.global.format.unwrap_or(Format::Table)
        }
    }

    /// Returns the columns that the format asked for has.
    pub fn columns(&self) -> Columns {
        match self.format() {
            Format::Table => Columns::Titled,
            Format::Json | Format::Csv => Columns::All,
        }
    }

    /// Writes a report in the format asked for; `after` stands under the table, for people.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn report(&mut self, report: &Report, after: &str) -> Result<(), Failure> {
        if self.format() != Format::Table {
            let totals = report.totals.as_ref().map(Sheet::each);
            return self.rows(report.schema, report.today, report.items.each(), totals);
        }
        if report.items.rows.is_empty() {
            return self.data(after);
        }
        let table = table::sheet(&report.items, self.terminal.width);
        self.data(&(table + after))
    }

    /// Writes rows that are made as they are asked for, as JSON or CSV.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn rows(
        &mut self,
        schema: &str,
        today: NaiveDate,
        items: Rows<'_>,
        totals: Option<Rows<'_>>,
    ) -> Result<(), Failure> {
        let format = self.format();
        self.stream(|emit| match format {
            Format::Csv => csv::rows(items, emit),
            Format::Json | Format::Table => json::report(schema, today, items, totals, emit),
        })
    }

    /// Writes what a program reads to standard output piece by piece; to the file of `-o` at once, so that the file is never half written.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn stream(
        &mut self,
        write: impl FnOnce(Emit<'_>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        if self.global.output.is_none() {
            return write(&mut |piece| self.terminal.exact(piece)).map_err(Failure::from);
        }
        let mut text = String::new();
        write(&mut |piece| {
            text.push_str(piece);
            Ok(())
        })?;
        self.exact(&text)
    }

    /// Writes data to standard output, or to the file of `-o`; nothing in it steers a terminal.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn data(&mut self, text: &str) -> Result<(), Failure> {
        self.exact(&printable(text))
    }

    /// Writes data as it is to standard output, or to the file of `-o`: what a program reads, or a text whose parts from files were made
    /// printable before.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn exact(&mut self, text: &str) -> Result<(), Failure> {
        if let Some(path) = self.global.output.clone().filter(|_| !self.is_standard()) {
            let path = self.output(&path)?;
            return self.write_output(&path, text.as_bytes());
        }
        self.terminal.exact(text).map_err(Failure::from)
    }

    /// Writes one file of any kind to standard output, where `-o -` asks for it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.terminal.bytes(bytes).map_err(Failure::from)
    }

    /// Returns where `-o`, `--write` or another option points that names what reports, pages and messages are written to; never into a
    /// ledger, but for its out/.
    ///
    /// # Errors
    /// Where it is inside a ledger and not under its out/, by its name or by a link; or standard output, where a folder is needed.
    pub fn output(&self, path: &Path) -> Result<PathBuf, Failure> {
        if path == Path::new(STANDARD) {
            return Err(Failure::Usage(
                "`-` is standard output, and several files are written here".into(),
                "name a folder, such as out/".into(),
            ));
        }
        let full = self.folder.join(path);
        self.stay_out(&full)?;
        Ok(full)
    }

    /// Tells whether `-o -` asks for standard output.
    pub fn is_standard(&self) -> bool {
        self.global.output.as_deref() == Some(Path::new(STANDARD))
    }

    /// Writes a file that is no part of the ledger over what is there; into a pipe or a device where the path of one was given.
    ///
    /// # Errors
    /// Where it is in a ledger and not under its out/, or the system refuses.
    pub fn write_output(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        self.stay_out(path)?;
        let named = straight(path);
        if crate::source::repository::find(&named).is_some_and(|root| named == root.join(OUT)) {
            // A file in the place of the folder that reports go to.
            return Err(in_ledger(path.strip_prefix(&self.folder).unwrap_or(path)));
        }
        let poured = crate::source::root_of(&straight(path)).is_err()
            && (self.disk.pour(path, bytes)).map_err(|error| {
                Failure::Could(format!("cannot write {}: {error}", path.display()))
            })?;
        if poured {
            return Ok(());
        }
        Ok(crate::write::write_output(self.disk, path, bytes)?)
    }

    /// Refuses a place in a ledger that is not under its out/. A path is judged by its name, and by where it leads once links are followed:
    /// a link may have come with a ledger, and nobody named the place that it leads to.
    ///
    /// # Errors
    /// Where it is such a place, or the system does not say.
    pub fn stay_out(&self, path: &Path) -> Result<(), Failure> {
        self.stay(path, false)
    }

    /// Refuses a place for a message in the folder of `--write`, as [`Session::stay_out`] does. A message is only ever a new file, so
    /// that it may stand in a folder of the user's own at the top of the ledger, such as that of `--write post`.
    ///
    /// # Errors
    /// Where it is such a place, or the system does not say.
    pub fn stay_beside(&self, path: &Path) -> Result<(), Failure> {
        self.stay(path, true)
    }

    fn stay(&self, path: &Path, beside: bool) -> Result<(), Failure> {
        let could = |error: io::Error| {
            Failure::Could(format!("cannot look at {}: {error}", path.display()))
        };
        let named = straight(path);
        if let Some(root) = crate::source::repository::find(&named) {
            let out = root.join(OUT);
            if !named.starts_with(&out) {
                return self.is_loose(path, &named, &root, beside);
            }
            // A link that stands at the place of the file itself is followed as well: what it leads to might be taken for the file.
            let (real, out) = (
                self.disk.real(path).map_err(could)?,
                self.disk.real(&root).map_err(could)?.join(OUT),
            );
            if straight(&real).starts_with(out) {
                return Ok(());
            }
            let shown = named.strip_prefix(&root).unwrap_or(&named).display();
            return Err(WriteError::Outside(format!(
                "{shown} leads out of the ledger's out/ by a link"
            ))
            .into());
        }
        // The file itself would be renamed over a link at its place: where its folder leads to counts.
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(());
        };
        let real = straight(&self.disk.real(folder).map_err(could)?.join(name));
        match crate::source::repository::find(&real) {
            Some(root) if !real.starts_with(root.join(OUT)) => {
                self.is_loose(path, &real, &root, beside)
            }
            _ => Ok(()),
        }
    }

    /// Lets a new file through that stands loose in the ledger's folder, as `-o page.pdf` makes one there: in no folder of it, under no name
    /// that acquit, git or another program has there, and over nothing. One that is `beside` the ledger's own folders may stand in a
    /// folder of such a name.
    fn is_loose(
        &self,
        path: &Path,
        place: &Path,
        root: &Path,
        beside: bool,
    ) -> Result<(), Failure> {
        let shown = path.strip_prefix(&self.folder).unwrap_or(path);
        let inside = place.strip_prefix(root).unwrap_or(place);
        let mut parts = inside.components();
        let first = parts.next().map(std::path::Component::as_os_str);
        let name = first.and_then(|name| name.to_str()).unwrap_or_default();
        let is_deep = parts.next().is_some();
        let is_own = FOLDERS
            .iter()
            .chain(FILES)
            .any(|own| name.eq_ignore_ascii_case(own));
        let is_loose = is_deep == beside && !is_own && !name.starts_with('.');
        if !is_loose || name.is_empty() || name.eq_ignore_ascii_case(OUT) {
            return Err(in_ledger(shown));
        }
        if beside {
            return Ok(());
        }
        let standing = self.disk.length(place);
        match standing.map_err(|error| Failure::Could(format!("cannot look at {name}: {error}")))? {
            None => Ok(()),
            Some(_) => Err(Failure::Usage(
                format!("{} stands in the ledger already", shown.display()),
                "nothing there is written over: write reports under its out/, or outside of the ledger".into(),
            )),
        }
    }

    /// Tells whether someone is there to ask.
    pub fn can_ask(&self) -> bool {
        self.ask.is_some() && !self.global.no_input
    }

    /// Asks whether something is to be done: `question` names it. Only the key `y` means yes.
    ///
    /// # Errors
    /// Wrong usage where nobody is there to answer: `flag` says yes in their place.
    pub fn confirm(&mut self, question: &str, flag: &str) -> Result<bool, Failure> {
        match self.ask.as_mut().filter(|_| !self.global.no_input) {
            Some(ask) => Ok(ask.confirm(question)?),
            None => Err(Failure::Usage(
                format!("{flag} is missing: nobody can be asked whether this is right"),
                format!("give {flag}, or look first with --dry-run"),
            )),
        }
    }

    /// Returns an argument, asking for it where it is missing and someone is there.
    ///
    /// # Errors
    /// Wrong usage where it is missing and nobody is there.
    pub fn argument(
        &mut self,
        value: Option<String>,
        flag: &str,
        question: &str,
    ) -> Result<String, Failure> {
        if let Some(value) = value {
            return Ok(value);
        }
        match self.ask.as_mut().filter(|_| !self.global.no_input) {
            Some(ask) => Ok(ask.text(question, None)?),
            None => Err(Failure::Usage(
                format!("{flag} is missing"),
                format!("give {flag}, or run on a terminal to be asked"),
            )),
        }
    }
}

/// Says that a lock is waited for.
pub fn waits(process: Option<u32>) -> String {
    format!("waiting for {}", another(process))
}

/// Says that a report is not written into a ledger.
fn in_ledger(shown: &Path) -> Failure {
    let shown = shown.display().to_string();
    let shown = if shown.is_empty() { "." } else { &shown };
    Failure::Usage(
        format!("{shown} is in the ledger"),
        "write reports under its out/, or outside of the ledger".into(),
    )
}

/// Returns a path without `.` and `..`.
pub fn straight(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                parts.pop();
            }
            std::path::Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}
