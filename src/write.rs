//! The only writer of files: carries out change sets under a lock, through a journal, so that a command stopped anywhere
//! loses, doubles and skips nothing.
//!
//! 1. exclusive lock · 2. a dead writer's journal is carried out · 3. the command loads, checks, plans · 4. the journal is written,
//!    synced, renamed (the commit point) · 5. the changes are carried out · 6. the journal is renamed, and removed once the command has
//!    said what it did.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::changes::{Change, ChangeSet, sha256, sha256_text};
use crate::disk::Disk;
use crate::lock::{Held, LOCK, POST_LOCK, Waiting};

/// The folder that holds something only while a command writes.
pub const WORK: &str = ".acquit";
/// The journal of the command that is writing.
pub const JOURNAL: &str = ".acquit/journal";
/// The journal once it is carried out, until the command that wrote it has said so: a command that is typed again after it was stopped
/// is recognised by it.
pub const DONE: &str = ".acquit/done";
const JOURNAL_TMP: &str = ".acquit/journal.tmp";

/// Why a change set was not carried out.
#[derive(Debug)]
pub enum WriteError {
    /// The system refused: what was tried, on which file.
    Io(&'static str, PathBuf, io::Error),
    /// A file is not what the change set expects; the journal is kept.
    Conflict(String),
    /// A link on the way leads out of the ledger: nothing is written there.
    Outside(String),
    /// The journal of a dead writer cannot be read.
    Journal(String),
    /// The change set is recorded, for its journal stands, and could not be carried out now: the next writer does. Why.
    Recorded(Box<WriteError>),
    /// The commit point was refused, and the system does not say whether it took place: typed again, the command records nothing twice. Why.
    Unclear(Box<WriteError>),
    /// What a dead writer had recorded cannot be carried out yet. Why.
    Pending(Box<WriteError>),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(what, path, error) => write!(f, "cannot {what} {}: {error}", path.display()),
            Self::Conflict(text) | Self::Outside(text) => f.write_str(text),
            Self::Journal(text) => write!(
                f,
                "the journal of an interrupted command cannot be carried out: {text}"
            ),
            Self::Recorded(why) | Self::Unclear(why) => write!(f, "{why}"),
            Self::Pending(why) => write!(
                f,
                "what an interrupted command had recorded cannot be finished yet: {why}"
            ),
        }
    }
}

/// A ledger that this process alone may change just now.
pub struct Writer<'d> {
    disk: &'d dyn Disk,
    root: PathBuf,
    held: Rc<Hold<'d>>,
    /// The lock of those who send.
    post: Option<Box<dyn Held>>,
    /// The words of the command line, which the journal holds.
    pub command: Vec<String>,
    /// What an interrupted command had begun and this one has finished; or what one had finished that was stopped before it could say so.
    pub recovered: Option<Recovered>,
}

/// What an interrupted command had recorded.
#[derive(Debug)]
pub struct Recovered {
    /// Its change set.
    pub set: ChangeSet,
    /// What was left to do, and is done now; none where nothing was.
    pub outcome: Option<Outcome>,
}

/// The hold of a command on its ledger, until it has said what it did: then [`DONE`] goes.
pub struct Hold<'d> {
    disk: &'d dyn Disk,
    done: PathBuf,
    /// Whether [`DONE`] is there, to be removed in the end.
    is_done: Cell<bool>,
    /// The ledger's own lock; none while a message is on its way.
    lock: RefCell<Option<Box<dyn Held>>>,
}

impl Hold<'_> {
    /// Leaves [`DONE`] where it is: what the command did could not be said, so the same command typed again is to be recognised.
    pub fn keep(&self) {
        self.is_done.set(false);
    }

    /// Removes [`DONE`], if the command is to.
    fn forget(&self) {
        if self.is_done.replace(false) {
            // Where it stays, the same command typed again is stopped once, and says so.
            let _ = self.disk.remove(&self.done);
        }
    }
}

impl Drop for Hold<'_> {
    /// The command has said what it did: nothing is left to be recognised.
    fn drop(&mut self) {
        self.forget();
    }
}

/// What carrying out did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Files written or removed, in order.
    pub done: Vec<(&'static str, String)>,
    /// Drafts that were changed since and are kept.
    pub kept: Vec<String>,
}

impl<'d> Writer<'d> {
    /// Locks the ledger and finishes what a dead writer had begun.
    ///
    /// # Errors
    /// Where the lock cannot be had, or the journal not be carried out.
    pub fn begin(
        disk: &'d dyn Disk,
        root: &Path,
        waiting: Waiting<'_>,
    ) -> Result<Self, WriteError> {
        Self::locked(disk, root, false, waiting)
    }

    /// Locks out all others who send, then locks the ledger and finishes what a dead writer had begun.
    ///
    /// # Errors
    /// Where a lock cannot be had, or the journal not be carried out.
    pub fn begin_to_send(
        disk: &'d dyn Disk,
        root: &Path,
        waiting: Waiting<'_>,
    ) -> Result<Self, WriteError> {
        Self::locked(disk, root, true, waiting)
    }

    fn locked(
        disk: &'d dyn Disk,
        root: &Path,
        sends: bool,
        waiting: Waiting<'_>,
    ) -> Result<Self, WriteError> {
        let work = root.join(WORK);
        disk.make_dir(root).map_err(io_error("make", root))?;
        let (post, done) = (root.join(POST_LOCK), root.join(DONE));
        let paths = [&work, &root.join(LOCK), &root.join(JOURNAL), &done, &post];
        for path in &paths[..if sends { 5 } else { 4 }] {
            stay_within(disk, path, root)?;
        }
        disk.make_dir(&work).map_err(io_error("make", &work))?;
        // This one first: who waits for it must not hold the other, which those who send need again and again.
        let post = if sends {
            let held = disk.lock(&post, waiting).map_err(io_error("lock", &post))?;
            Some(held)
        } else {
            None
        };
        let mut writer = Self {
            disk,
            root: root.to_owned(),
            held: Rc::new(Hold {
                disk,
                done,
                is_done: Cell::new(false),
                lock: RefCell::new(None),
            }),
            post,
            command: Vec::new(),
            recovered: None,
        };
        writer.lock(waiting)?;
        writer.recovered = writer.recover()?;
        if writer.recovered.is_none() {
            let done = &writer.held.done;
            if let Some(bytes) = disk.read(done).map_err(io_error("read", done))? {
                writer.held.is_done.set(true);
                writer.recovered = ChangeSet::from_journal(&bytes)
                    .ok()
                    .map(|set| Recovered { set, outcome: None });
            }
        }
        Ok(writer)
    }

    fn lock(&self, waiting: Waiting<'_>) -> Result<(), WriteError> {
        let path = self.root.join(LOCK);
        let lock = self
            .disk
            .lock(&path, waiting)
            .map_err(io_error("lock", &path))?;
        self.held.lock.replace(Some(lock));
        Ok(())
    }

    /// Finishes what a dead writer had begun; none where nothing was.
    fn recover(&self) -> Result<Option<Recovered>, WriteError> {
        let journal = self.root.join(JOURNAL);
        let Some(bytes) = self
            .disk
            .read(&journal)
            .map_err(io_error("read", &journal))?
        else {
            return Ok(None);
        };
        let set = ChangeSet::from_journal(&bytes).map_err(WriteError::Journal)?;
        let pending = |error| match error {
            WriteError::Conflict(text) | WriteError::Outside(text) => WriteError::Journal(text),
            other => WriteError::Pending(Box::new(other)),
        };
        let outcome = self.carry_out(&set).map_err(pending)?;
        self.close_journal().map_err(pending)?;
        Ok(Some(Recovered {
            set,
            outcome: Some(outcome),
        }))
    }

    /// Returns the hold on the ledger: it stays locked as long as that lives.
    pub fn held(&self) -> Rc<Hold<'d>> {
        Rc::clone(&self.held)
    }

    /// Lets others read and write the ledger until [`Writer::resume`]: a message is on its way, and nobody waits for a network. A command
    /// that sends finds what it has recorded by itself, so nothing is left to recognise it by.
    pub fn pause(&self) {
        if self.is_locked() {
            self.held.forget();
            self.held.lock.borrow_mut().take();
        }
    }

    /// Tells whether the ledger is locked.
    pub fn is_locked(&self) -> bool {
        self.held.lock.borrow().is_some()
    }

    /// Locks the ledger again; returns what a writer that died meanwhile had begun and is finished now.
    ///
    /// # Errors
    /// Where it cannot be locked, or the journal not be carried out.
    pub fn resume(&self, waiting: Waiting<'_>) -> Result<Option<Outcome>, WriteError> {
        self.lock(waiting)?;
        let recovered = self.recover()?;
        // Of what the other command recorded, its own repetition is to be told, not the end of this one.
        self.held.keep();
        Ok(recovered.and_then(|recovered| recovered.outcome))
    }

    /// Tells those who look which message is leaving: the id of its `sending`; an empty one when it has left.
    pub fn tell_leaving(&self, id: &str) {
        if let Some(post) = &self.post {
            // Without it others take the message for one of which nobody knows, and leave it alone all the same.
            let _ = post.tell(&format!("{}\n{id}\n", std::process::id()));
        }
    }

    /// Carries out a change set, wholly or not at all.
    ///
    /// # Errors
    /// Before the commit point nothing is touched; after it the error is [`WriteError::Recorded`], the journal stays and the next writer
    /// finishes. [`WriteError::Unclear`] where the system does not say on which side of it the command was stopped.
    pub fn commit(&self, set: &ChangeSet) -> Result<Outcome, WriteError> {
        if set.is_empty() {
            return Ok(Outcome::default());
        }
        if !self.is_locked() {
            return Err(WriteError::Conflict("the ledger is not locked".into()));
        }
        if let Some(path) = set.foreign() {
            return Err(WriteError::Conflict(format!(
                "`{path}` is no file that acquit writes"
            )));
        }
        self.precheck(set)?;
        let (temporary, journal) = (self.root.join(JOURNAL_TMP), self.root.join(JOURNAL));
        self.disk
            .write(&temporary, &set.to_journal(&self.command))
            .map_err(io_error("write", &temporary))?;
        self.disk
            .sync(std::slice::from_ref(&temporary))
            .map_err(io_error("sync", &temporary))?;
        if let Err(error) = self.disk.rename(&temporary, &journal) {
            let error = io_error("rename", &temporary)(error);
            // A file system may say no and have done it, so what stands there decides.
            return Err(match self.disk.length(&journal) {
                Ok(None) => error,
                Ok(Some(_)) => WriteError::Recorded(Box::new(error)),
                Err(_) => WriteError::Unclear(Box::new(error)),
            });
        }
        self.finish(set)
            .map_err(|error| WriteError::Recorded(Box::new(error)))
    }

    /// Does what comes after the commit point.
    fn finish(&self, set: &ChangeSet) -> Result<Outcome, WriteError> {
        let work = self.root.join(WORK);
        self.disk
            .sync(std::slice::from_ref(&work))
            .map_err(io_error("sync", &work))?;
        let outcome = self.carry_out(set)?;
        self.close_journal()?;
        Ok(outcome)
    }

    /// Makes sure before the commit point that the set can be carried out: no other file stands where one is created, and what is
    /// appended to is as long as it was when the set was planned.
    fn precheck(&self, set: &ChangeSet) -> Result<(), WriteError> {
        for change in set.changes() {
            let path = self.root.join(change.path());
            stay_within(self.disk, &path, &self.root)?;
            match change {
                Change::Create { bytes, .. } => {
                    let found = match self.disk.read(&path) {
                        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                            return Err(WriteError::Conflict(format!(
                                "{} is a folder",
                                change.path()
                            )));
                        }
                        other => other.map_err(io_error("read", &path))?,
                    };
                    if found.is_some_and(|found| found != bytes.as_bytes()) {
                        return Err(WriteError::Conflict(format!(
                            "{} exists already with another content",
                            change.path()
                        )));
                    }
                }
                Change::Append { length, .. } => {
                    let now = self
                        .disk
                        .length(&path)
                        .map_err(io_error("read", &path))?
                        .unwrap_or(0);
                    if now != *length {
                        return Err(WriteError::Conflict(format!(
                            "{} was changed by another program",
                            change.path()
                        )));
                    }
                }
                Change::Remove { .. } => {}
            }
        }
        Ok(())
    }

    /// Takes the journal away from its place: it is carried out, and every file is synced. Where this does not survive a power cut, the
    /// journal is carried out once more, which changes nothing: so it is no error if that cannot be synced.
    fn close_journal(&self) -> Result<(), WriteError> {
        let journal = self.root.join(JOURNAL);
        self.disk
            .rename(&journal, &self.root.join(DONE))
            .map_err(io_error("rename", &journal))?;
        self.held.is_done.set(true);
        let work = self.root.join(WORK);
        let _ = self.disk.sync(std::slice::from_ref(&work));
        Ok(())
    }

    /// Carries out what is not done yet; what is done already is skipped.
    fn carry_out(&self, set: &ChangeSet) -> Result<Outcome, WriteError> {
        let mut outcome = Outcome::default();
        let mut touched = Vec::new();
        let mut folders = Vec::new();
        for change in set.changes() {
            let path = self.root.join(change.path());
            stay_within(self.disk, &path, &self.root)?;
            match change {
                Change::Create { bytes, .. } => {
                    self.create(&path, bytes.as_bytes(), &mut folders)?;
                }
                Change::Append { length, bytes, .. } => {
                    self.append(&path, *length, bytes.as_bytes(), &mut folders)?;
                }
                Change::Remove { .. } => continue,
            }
            let verb = if matches!(change, Change::Create { .. }) {
                "created"
            } else {
                "appended to"
            };
            outcome.done.push((verb, change.path().to_owned()));
            touched.push(path);
        }
        touched.extend(folders);
        self.disk
            .sync(&touched)
            .map_err(io_error("sync", &self.root))?;
        let mut folders = Vec::new();
        for change in set.changes() {
            let Change::Remove { path, sha256 } = change else {
                continue;
            };
            let full = self.root.join(path);
            match self.disk.read(&full).map_err(io_error("read", &full))? {
                Some(bytes) if sha256_text(&bytes) == *sha256 => {
                    self.disk.remove(&full).map_err(io_error("remove", &full))?;
                    note_folder(&mut folders, &full);
                }
                Some(_) => {
                    outcome.kept.push(path.clone());
                    continue;
                }
                None => {}
            }
            outcome.done.push(("removed", path.clone()));
        }
        if !folders.is_empty() {
            self.disk
                .sync(&folders)
                .map_err(io_error("sync", &self.root))?;
        }
        Ok(outcome)
    }

    fn create(
        &self,
        path: &Path,
        bytes: &[u8],
        folders: &mut Vec<PathBuf>,
    ) -> Result<(), WriteError> {
        self.make_parent(path, folders)?;
        if let Some(found) = self.disk.read(path).map_err(io_error("read", path))? {
            if found != bytes {
                return Err(WriteError::Conflict(format!(
                    "{} exists already with another content",
                    path.display()
                )));
            }
            // Stopped between naming the file and taking its temporary name away.
            let temporary = temporary(path);
            if self
                .disk
                .length(&temporary)
                .map_err(io_error("read", &temporary))?
                .is_some()
            {
                self.disk
                    .remove(&temporary)
                    .map_err(io_error("remove", &temporary))?;
            }
            return Ok(());
        }
        let temporary = temporary(path);
        self.disk
            .write(&temporary, bytes)
            .map_err(io_error("write", &temporary))?;
        self.disk
            .name_new(&temporary, path)
            .map_err(io_error("create", path))
    }

    fn append(
        &self,
        path: &Path,
        length: u64,
        bytes: &[u8],
        folders: &mut Vec<PathBuf>,
    ) -> Result<(), WriteError> {
        self.make_parent(path, folders)?;
        let now = self
            .disk
            .length(path)
            .map_err(io_error("read", path))?
            .unwrap_or(0);
        let done = if now == length {
            0
        } else {
            let found = self
                .disk
                .read(path)
                .map_err(io_error("read", path))?
                .unwrap_or_default();
            let tail = usize::try_from(length)
                .ok()
                .and_then(|start| found.get(start..));
            match tail {
                Some(tail) if bytes.starts_with(tail) => tail.len(),
                _ => {
                    return Err(WriteError::Conflict(format!(
                        "{} was changed by another program",
                        path.display()
                    )));
                }
            }
        };
        if done < bytes.len() {
            self.disk
                .append(path, &bytes[done..])
                .map_err(io_error("append to", path))?;
        }
        Ok(())
    }

    fn make_parent(&self, path: &Path, folders: &mut Vec<PathBuf>) -> Result<(), WriteError> {
        let Some(parent) = path.parent() else {
            return Ok(());
        };
        if note_folder(folders, path) {
            self.disk
                .make_dir(parent)
                .map_err(io_error("make", parent))?;
            // A folder made just now must survive as well: its own entry stands in the folder above.
            if let Some(above) = parent
                .parent()
                .filter(|above| above.starts_with(&self.root))
                && !folders.iter().any(|known| known == above)
            {
                folders.push(above.to_owned());
            }
        }
        Ok(())
    }
}

/// Refuses a path that leads out of the ledger by a link: a cloned ledger would have files of its owner's machine written over. What is
/// renamed over the path itself replaces a link there, so its folder alone counts for such files.
///
/// # Errors
/// Where it leads out, or the system does not say.
pub fn stay_within(disk: &dyn Disk, path: &Path, root: &Path) -> Result<(), WriteError> {
    if disk
        .is_within(path, root)
        .map_err(io_error("look at", path))?
    {
        return Ok(());
    }
    let shown = path.strip_prefix(root).unwrap_or(path).display();
    Err(WriteError::Outside(format!(
        "{shown} leads out of the ledger by a link"
    )))
}

/// Notes the folder of a file; tells whether it is new in the list.
fn note_folder(folders: &mut Vec<PathBuf>, path: &Path) -> bool {
    let Some(parent) = path.parent() else {
        return false;
    };
    let new = !folders.iter().rev().any(|known| known == parent);
    if new {
        folders.push(parent.to_owned());
    }
    new
}

fn temporary(path: &Path) -> PathBuf {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    path.with_file_name(format!(".{name}.acquit-tmp"))
}

fn io_error<'p>(what: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> WriteError + 'p {
    move |error| WriteError::Io(what, path.to_owned(), error)
}

/// Writes a file that is no part of the ledger (under out/, or named by `-o`): a temporary file and a rename over what is there. A link
/// at the file's own place is replaced, not followed.
///
/// # Errors
/// What the system says; what stood there before is untouched then.
pub fn write_output(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        disk.make_dir(parent).map_err(io_error("make", parent))?;
    }
    let temporary = temporary(path);
    disk.write(&temporary, bytes)
        .map_err(io_error("write", &temporary))?;
    disk.rename(&temporary, path).map_err(|error| {
        // A folder stands there: the temporary file is not left beside it.
        let _ = disk.remove(&temporary);
        io_error("write", path)(error)
    })
}

/// Writes a file that is no part of the ledger and must not exist yet; the same bytes there are done.
///
/// # Errors
/// What the system says, or that another file stands there.
pub fn write_new(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    if let Some(found) = disk.read(path).map_err(io_error("read", path))? {
        if sha256(&found) == sha256(bytes) {
            return Ok(());
        }
        return Err(WriteError::Conflict(format!(
            "{} exists already with another content",
            path.display()
        )));
    }
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        disk.make_dir(parent).map_err(io_error("make", parent))?;
    }
    let temporary = temporary(path);
    disk.write(&temporary, bytes)
        .map_err(io_error("write", &temporary))?;
    disk.name_new(&temporary, path)
        .map_err(io_error("create", path))
}
