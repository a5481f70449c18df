//! The ledger's folder: the only reader of the file system. A dead writer's journal is seen as if it were carried out.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::changes::{Change, ChangeSet, is_inside, sha256_text};
use crate::ledger::listing::{Kind, Listed};
use crate::lock::{self, LOCK, POST_LOCK, Waiting};

/// The file that makes a folder a ledger.
pub const SETTINGS: &str = "acquit.toml";

/// Larger than any file that a person writes; a file beyond it is another thing.
pub const MAX_TEXT: u64 = 4 << 20;

/// Larger than any book of rows, journal, attachment, kept message or index of git: more than a million rows a year.
pub const MAX_FILE: u64 = 256 << 20;

/// The folders of what a message says and whether it is sent.
const BOOKS: &[&str] = &["register", "payments", "events", "plans"];

/// What another command is sending just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its process, where that is known.
    pub process: Option<u32>,
    /// The id of the message's `sending`, empty before there is one; none where the system does not let it be read.
    pub id: Option<String>,
}

impl Conversation {
    /// Tells whether it is the message with an id.
    pub fn is(&self, id: &str) -> bool {
        self.id.as_ref().is_none_or(|leaving| leaving == id)
    }

    /// Returns who sends it, in words.
    pub fn who(&self) -> String {
        lock::another(self.process)
    }
}

/// Why a file could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// It is not there.
    Missing,
    /// It is a folder.
    Kind,
    /// It is a pipe, a socket or a device: no regular file.
    Special,
    /// A link leads out of the ledger, or the path does.
    Outside,
    /// It has more bytes than a file of its kind: how many, and how many are the most.
    Large(u64, u64),
    /// The system refused.
    Io(io::Error),
}

/// A ledger's folder.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    /// What a dead writer had committed: files as they will be; none where they will be gone.
    overlay: BTreeMap<String, Option<Vec<u8>>>,
    /// The folders that were looked at, and whether they lie in the ledger once links are followed.
    folders: Mutex<HashMap<String, bool>>,
    /// The books that were opened: one that is looked at again is not opened again.
    books: Mutex<HashMap<String, File>>,
    /// The shared lock, while loading.
    _lock: Option<File>,
}

/// Walks up from a folder to the one that holds acquit.toml, as git finds `.git`.
pub fn find(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        // The journal of an `init` that was interrupted holds the file.
        .find(|folder| {
            folder.join(SETTINGS).exists() || folder.join(crate::write::JOURNAL).is_file()
        })
        .map(Path::to_owned)
}

impl Repository {
    /// Opens a ledger for reading: takes the shared lock where there is one, creates nothing.
    ///
    /// # Errors
    /// Where a dead writer's journal is broken.
    pub fn open(root: &Path) -> Result<Self, String> {
        Self::open_waiting(root, &mut |_| {})
    }

    /// Opens a ledger for reading, as [`Repository::open`] does; `waiting` is told once when another command writes for more than a second.
    ///
    /// # Errors
    /// Where a dead writer's journal is broken.
    pub fn open_waiting(root: &Path, waiting: Waiting<'_>) -> Result<Self, String> {
        let bare = Self::open_locked(root);
        let lock = bare
            .file(LOCK)
            .ok()
            .filter(|file| lock::shared(file, waiting).is_ok());
        let mut repository = Self {
            _lock: lock,
            ..bare
        };
        repository.read_journal()?;
        Ok(repository)
    }

    /// Opens a ledger that this process has locked for writing.
    pub fn open_locked(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            overlay: BTreeMap::new(),
            folders: Mutex::default(),
            books: Mutex::default(),
            _lock: None,
        }
    }

    /// Returns what another command is sending just now; none where none is. A command that sends holds the lock itself, and does not ask.
    pub fn conversation(&self) -> Option<Conversation> {
        let told = lock::told(&self.file(POST_LOCK).ok()?)?;
        let mut lines = told.as_deref().unwrap_or_default().lines();
        let process = lines.next().and_then(|line| line.parse().ok());
        let id = lines.next().unwrap_or_default().to_owned();
        Some(Conversation {
            process,
            id: told.is_some().then_some(id),
        })
    }

    /// Returns how the books stand on the disk: names, lengths, times of change. What stands as it stood was not written to.
    pub fn stamp(&self) -> Vec<(String, u64, Option<SystemTime>)> {
        let mut stamp = Vec::new();
        for folder in BOOKS {
            for name in self.list(folder, "").unwrap_or_default() {
                let path = format!("{folder}/{name}");
                let data = self.root.join(&path).metadata().ok();
                let length = data.as_ref().map_or(0, std::fs::Metadata::len);
                stamp.push((path, length, data.and_then(|data| data.modified().ok())));
            }
        }
        stamp
    }

    /// Tells whether a dead writer's journal is waiting for the next command that writes.
    pub fn is_pending(&self) -> bool {
        !self.overlay.is_empty()
    }

    fn read_journal(&mut self) -> Result<(), String> {
        let bytes = match self.bytes(crate::write::JOURNAL) {
            Ok(bytes) => bytes,
            Err(ReadError::Outside) => {
                return Err("it is a link that leads out of the ledger".into());
            }
            Err(ReadError::Missing) => return Ok(()),
            Err(ReadError::Kind | ReadError::Special) => {
                return Err("it is no regular file".into());
            }
            Err(ReadError::Large(length, _)) => return Err(format!("it has {length} bytes")),
            Err(ReadError::Io(error)) => return Err(error.to_string()),
        };
        for change in ChangeSet::from_journal(&bytes)?.changes() {
            let path = change.path().to_owned();
            let now = match self.bytes(&path) {
                Err(ReadError::Outside) => {
                    return Err(format!("{path} leads out of the ledger by a link"));
                }
                other => other.ok(),
            };
            match change {
                Change::Create { bytes, .. } => {
                    self.overlay.insert(path, Some(bytes.as_bytes().to_vec()));
                }
                Change::Append { length, bytes, .. } => {
                    let mut text = now.unwrap_or_default();
                    let length = usize::try_from(*length).unwrap_or(usize::MAX);
                    // What stands there beyond is the beginning of what was to be appended, or another program's.
                    if !text
                        .get(length..)
                        .is_some_and(|tail| bytes.as_bytes().starts_with(tail))
                    {
                        return Err(format!("{path} was changed by another program"));
                    }
                    text.truncate(length);
                    text.extend_from_slice(bytes.as_bytes());
                    self.overlay.insert(path, Some(text));
                }
                Change::Remove { sha256, .. } => {
                    if now.is_none_or(|bytes| sha256_text(&bytes) == *sha256) {
                        self.overlay.insert(path, None);
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns the ledger's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads a file that a person may have written.
    ///
    /// # Errors
    /// Where it is missing, no file, or too large to be one.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let length = self.read_into(path, &mut bytes)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Reads a file into a buffer that is used again and again; returns what was read, the buffer keeps its length.
    ///
    /// # Errors
    /// Where it is missing, no file, or too large to be one.
    pub fn read_into<'b>(
        &self,
        path: &str,
        buffer: &'b mut Vec<u8>,
    ) -> Result<&'b [u8], ReadError> {
        if !self.overlay.is_empty()
            && let Some(overlay) = self.overlay.get(path)
        {
            buffer.clear();
            buffer.extend_from_slice(overlay.as_ref().ok_or(ReadError::Missing)?);
            return Ok(buffer);
        }
        let mut file = self.file(path)?;
        // A buffer that is used again has room already: most files are read by one call, and a second that finds the end.
        let mut length = 0;
        loop {
            if length == buffer.len() {
                buffer.resize((length * 2).max(8 << 10), 0);
            }
            match file.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_error(error)),
            }
            // One byte more than allowed tells that there is more; a folder answers with an error above.
            if length as u64 > MAX_TEXT {
                let length = file.metadata().map_or(MAX_TEXT + 1, |data| data.len());
                return Err(ReadError::Large(length, MAX_TEXT));
            }
        }
        Ok(&buffer[..length])
    }

    /// Opens a book of rows, to be read once from its beginning.
    ///
    /// # Errors
    /// Where it is missing, no regular file, or longer than [`MAX_FILE`].
    pub fn stream(&self, path: &str) -> Result<Box<dyn Read>, ReadError> {
        if let Some(overlay) = self.overlay.get(path) {
            return Ok(Box::new(io::Cursor::new(
                overlay.clone().ok_or(ReadError::Missing)?,
            )));
        }
        Ok(Box::new(self.book(path)?))
    }

    /// Opens a file to be read from its beginning; a CSV book is kept open for the next time.
    fn book(&self, path: &str) -> Result<File, ReadError> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = books.get(path)
            && let Ok(mut file) = known.try_clone()
            && file.rewind().is_ok()
        {
            return Ok(file);
        }
        let file = self.file(path)?;
        let length = file.metadata().map_err(read_error)?.len();
        if length > MAX_FILE {
            return Err(ReadError::Large(length, MAX_FILE));
        }
        if Path::new(path)
            .extension()
            .is_some_and(|extension| extension == "csv")
            && let Ok(kept) = file.try_clone()
        {
            books.insert(path.to_owned(), kept);
        }
        Ok(file)
    }

    /// Opens a file of the ledger. A link is followed only to a file that lies in the ledger as well: a ledger that was cloned from
    /// somebody else never brings a file of this machine into a document.
    fn file(&self, path: &str) -> Result<File, ReadError> {
        if !is_inside(path) {
            return Err(ReadError::Outside);
        }
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.folder(folder)?;
        }
        let full = self.root.join(path);
        match open_no_link(&full) {
            Ok(file) => Ok(file),
            // Only a link comes here; it costs a hundred thousand documents nothing.
            Err(error) if is_link(&full) => match is_within(&full, &self.root) {
                Some(true) => open_file(&full).map_err(read_error),
                Some(false) => Err(ReadError::Outside),
                None => Err(read_error(error)),
            },
            Err(error) => Err(read_error(error)),
        }
    }

    /// Returns a folder of the ledger, once it is known to lie in it.
    fn folder(&self, folder: &str) -> Result<PathBuf, ReadError> {
        let full = self.root.join(folder);
        let mut known = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ours = match known.get(folder) {
            Some(is_ours) => *is_ours,
            // A folder that is not there is found missing by whoever opens it.
            None => match is_within(&full, &self.root) {
                Some(is_ours) => *known.entry(folder.to_owned()).or_insert(is_ours),
                None => true,
            },
        };
        if is_ours {
            Ok(full)
        } else {
            Err(ReadError::Outside)
        }
    }

    /// Returns a file's whole content.
    ///
    /// # Errors
    /// Where it is missing, no regular file, or longer than [`MAX_FILE`].
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.stream(path)?
            .read_to_end(&mut bytes)
            .map_err(read_error)?;
        Ok(bytes)
    }

    /// Returns a file's whole content if it has at most `most` bytes; a longer one is not read to its end.
    ///
    /// # Errors
    /// Where it is missing or no file.
    pub fn bytes_up_to(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let mut bytes = Vec::new();
        self.stream(path)?
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(read_error)?;
        Ok((bytes.len() as u64 <= most).then_some(bytes))
    }

    /// Returns a file's length in bytes; none where it is missing.
    pub fn length(&self, path: &str) -> Option<u64> {
        match self.overlay.get(path) {
            Some(overlay) => overlay.as_ref().map(|bytes| bytes.len() as u64),
            None => self.root.join(path).metadata().ok().map(|data| data.len()),
        }
    }

    /// Tells whether something stands at a path.
    pub fn exists(&self, path: &str) -> bool {
        match self.overlay.get(path) {
            Some(overlay) => overlay.is_some(),
            None => self.root.join(path).exists(),
        }
    }

    /// Returns the names in a folder that end with `suffix`, in order, hidden ones left out; none where it is missing.
    ///
    /// # Errors
    /// What the system says.
    pub fn list(&self, folder: &str, suffix: &str) -> Result<Vec<String>, ReadError> {
        let mut names = Vec::new();
        match read_folder(&self.folder(folder)?) {
            Ok(entries) => names = entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(read_error(error)),
        }
        for (path, bytes) in &self.overlay {
            let Some(name) = path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'))
            else {
                continue;
            };
            if name.contains('/') {
                continue;
            }
            names.retain(|known| known != name);
            if bytes.is_some() {
                names.push(name.to_owned());
            }
        }
        names.retain(|name| name.ends_with(suffix) && !name.starts_with('.'));
        names.sort_unstable();
        Ok(names)
    }

    /// Returns what stands in a folder, in the order of the names, hidden ones left out; nothing where the folder is missing.
    ///
    /// # Errors
    /// What the system says.
    pub fn entries(&self, folder: &str) -> Result<Vec<Listed>, ReadError> {
        let mut found = match read_entries(&self.folder(folder)?) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(read_error(error)),
        };
        for (path, bytes) in &self.overlay {
            let Some(rest) = path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'))
            else {
                continue;
            };
            let (name, kind) = match rest.split_once('/') {
                Some((folder, _)) => (folder, Kind::Folder),
                None => (rest, Kind::File),
            };
            let is_known = found.iter().any(|known| known.name == name);
            if bytes.is_some() && !is_known {
                let name = name.to_owned();
                found.push(Listed { name, kind });
            } else if bytes.is_none() && kind == Kind::File {
                found.retain(|known| known.name != name);
            }
        }
        found.retain(|entry| !entry.name.starts_with('.'));
        found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Tells whether a path of the ledger is a link.
    pub fn is_link(&self, path: &str) -> bool {
        is_link(&self.root.join(path))
    }

    /// Returns the years a folder has a sub-folder or a CSV file of, in order.
    ///
    /// # Errors
    /// What the system says.
    pub fn years(&self, folder: &str, suffix: &str) -> Result<Vec<String>, ReadError> {
        let mut years: Vec<String> = self
            .list(folder, suffix)?
            .into_iter()
            .filter(|name| is_year(name.trim_end_matches(suffix)))
            .collect();
        if suffix.is_empty() {
            let made = self
                .overlay
                .iter()
                .filter(|(_, bytes)| bytes.is_some())
                .filter_map(|(path, _)| {
                    let year = path
                        .strip_prefix(folder)?
                        .strip_prefix('/')?
                        .split('/')
                        .next()?;
                    is_year(year).then(|| year.to_owned())
                });
            years.extend(made);
            years.sort_unstable();
            years.dedup();
        }
        Ok(years)
    }
}

/// Tells whether a name is a year of four digits.
pub fn is_year(name: &str) -> bool {
    name.len() == 4 && name.bytes().all(|b| b.is_ascii_digit())
}

fn read_error(error: io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        io::ErrorKind::IsADirectory => ReadError::Kind,
        io::ErrorKind::Unsupported => ReadError::Special,
        _ => ReadError::Io(error),
    }
}

/// Opens a regular file and nothing else. The opening of a pipe would wait for another program, and a device may have no end; what does not
/// block is looked at first.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "the one place that reads files")]
fn open_regular(path: &Path, more: rustix::fs::OFlags) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY | more)
        .bits()
        .cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path);
    regular(file.map_err(|error| {
        let is_socket = error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error());
        if is_socket {
            io::ErrorKind::Unsupported.into()
        } else {
            error
        }
    })?)
}

/// Returns a file that is a regular one; [`read_error`] knows the others by the kind of the error.
fn regular(file: File) -> io::Result<File> {
    let data = file.metadata()?;
    if data.is_file() {
        Ok(file)
    } else if data.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(unix)]
fn open_file(path: &Path) -> io::Result<File> {
    open_regular(path, rustix::fs::OFlags::empty())
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the one place that reads files")]
fn open_file(path: &Path) -> io::Result<File> {
    regular(File::open(path)?)
}

/// Opens a file whose own name is no link.
#[cfg(unix)]
fn open_no_link(path: &Path) -> io::Result<File> {
    open_regular(path, rustix::fs::OFlags::NOFOLLOW)
}

/// Opens a file whose own name is no link.
#[cfg(not(unix))]
fn open_no_link(path: &Path) -> io::Result<File> {
    if is_link(path) {
        Err(io::Error::other("a link"))
    } else {
        open_file(path)
    }
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|data| data.is_symlink())
}

/// Tells whether a file or folder lies in a folder once links are followed; none where it does not exist.
fn is_within(path: &Path, folder: &Path) -> Option<bool> {
    Some(
        path.canonicalize()
            .ok()?
            .starts_with(folder.canonicalize().ok()?),
    )
}

fn name(name: OsString) -> String {
    name.into_string()
        .unwrap_or_else(|name| name.to_string_lossy().into_owned())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads files")]
fn read_folder(path: &Path) -> io::Result<Vec<String>> {
    std::fs::read_dir(path)?
        .map(|entry| entry.map(|entry| name(entry.file_name())))
        .collect()
}

/// Returns what stands in a folder; links are not followed.
#[expect(clippy::disallowed_methods, reason = "the one place that reads files")]
fn read_entries(path: &Path) -> io::Result<Vec<Listed>> {
    let listed = |entry: std::fs::DirEntry| {
        let kind = entry.file_type()?;
        let kind = match () {
            () if kind.is_symlink() => Kind::Link,
            () if kind.is_dir() => Kind::Folder,
            () if kind.is_file() => Kind::File,
            () => Kind::Other,
        };
        let name = name(entry.file_name());
        Ok(Listed { name, kind })
    };
    std::fs::read_dir(path)?
        .map(|entry| entry.and_then(listed))
        .collect()
}

/// Reads a file of git.
///
/// # Errors
/// Where it is missing, no regular file, or longer than [`MAX_FILE`].
pub fn read_all(path: &Path) -> Result<Vec<u8>, ReadError> {
    read_up_to(path, MAX_FILE)
}

/// Reads a file outside of any ledger that a person may have written.
///
/// # Errors
/// Where it is missing, no regular file, or longer than [`MAX_TEXT`].
pub fn read_outside(path: &Path) -> Result<Vec<u8>, ReadError> {
    read_up_to(path, MAX_TEXT)
}

fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
    let file = open_file(path).map_err(read_error)?;
    let length = file.metadata().map_err(read_error)?.len();
    let mut bytes = Vec::new();
    if length <= most {
        file.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(read_error)?;
    }
    let length = length.max(bytes.len() as u64);
    if length > most {
        Err(ReadError::Large(length, most))
    } else {
        Ok(bytes)
    }
}

/// Tells whether a path is a file, seen through links.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Returns the names in a folder outside of any ledger.
///
/// # Errors
/// What the system says.
pub fn names_in(path: &Path) -> io::Result<Vec<String>> {
    read_folder(path)
}

/// Tells whether a file lies in a folder, seen through links.
pub fn is_below(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| {
        let above = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize()
            .ok()
            .or_else(above)
            .unwrap_or_else(|| path.to_owned())
    };
    real(path).starts_with(real(folder))
}

/// Tells whether others than its owner may read a file; never where the system does not say so.
#[cfg(unix)]
pub fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|data| data.permissions().mode() & 0o044 != 0)
}

/// Tells whether others than its owner may read a file; never where the system does not say so.
#[cfg(not(unix))]
pub fn is_open_to_others(_: &Path) -> bool {
    false
}
