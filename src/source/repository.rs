//! The ledger's folder: the only reader of the file system. A dead writer's journal is seen as if it were carried out.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::changes::{Change, ChangeSet, sha256_text};

/// The file that makes a folder a ledger.
pub const SETTINGS: &str = "acquit.toml";

/// Larger than any file that a person writes; a file beyond it is another thing.
pub const MAX_TEXT: u64 = 4 << 20;

/// Why a file could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// It is not there.
    Missing,
    /// It is a folder or a device.
    Kind,
    /// It has more bytes than [`MAX_TEXT`].
    Large(u64),
    /// The system refused.
    Io(io::Error),
}

/// A ledger's folder.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    /// What a dead writer had committed: files as they will be; none where they will be gone.
    overlay: BTreeMap<String, Option<Vec<u8>>>,
    /// The shared lock, while loading.
    _lock: Option<File>,
}

/// Walks up from a folder to the one that holds acquit.toml, as git finds `.git`.
pub fn find(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(SETTINGS).exists()).map(Path::to_owned)
}

impl Repository {
    /// Opens a ledger for reading: takes the shared lock where there is one, creates nothing.
    ///
    /// # Errors
    /// Where a dead writer's journal is broken.
    pub fn open(root: &Path) -> Result<Self, String> {
        let lock = open_file(&root.join(crate::write::LOCK)).ok().filter(|file| file.lock_shared().is_ok());
        let mut repository = Self { root: root.to_owned(), overlay: BTreeMap::new(), _lock: lock };
        repository.read_journal()?;
        Ok(repository)
    }

    /// Opens a ledger that this process has locked for writing.
    pub fn open_locked(root: &Path) -> Self {
        Self { root: root.to_owned(), overlay: BTreeMap::new(), _lock: None }
    }

    fn read_journal(&mut self) -> Result<(), String> {
        let Ok(bytes) = read_all(&self.root.join(crate::write::JOURNAL)) else { return Ok(()) };
        for change in ChangeSet::from_journal(&bytes)?.changes() {
            let path = change.path().to_owned();
            let now = read_all(&self.root.join(&path)).ok();
            match change {
                Change::Create { bytes, .. } => {
                    self.overlay.insert(path, Some(bytes.as_bytes().to_vec()));
                }
                Change::Append { length, bytes, .. } => {
                    let mut text = now.unwrap_or_default();
                    let length = usize::try_from(*length).unwrap_or(usize::MAX);
                    // What stands there beyond is the beginning of what was to be appended, or another program's.
                    if !text.get(length..).is_some_and(|tail| bytes.as_bytes().starts_with(tail)) {
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
    pub fn read_into<'b>(&self, path: &str, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], ReadError> {
        if !self.overlay.is_empty()
            && let Some(overlay) = self.overlay.get(path)
        {
            buffer.clear();
            buffer.extend_from_slice(overlay.as_ref().ok_or(ReadError::Missing)?);
            return Ok(buffer);
        }
        let mut file = open_file(&self.root.join(path)).map_err(read_error)?;
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
                return Err(ReadError::Large(file.metadata().map_or(MAX_TEXT + 1, |data| data.len())));
            }
        }
        Ok(&buffer[..length])
    }

    /// Opens a book of rows, however long, to be read once from its beginning.
    ///
    /// # Errors
    /// Where it is missing or no file.
    pub fn stream(&self, path: &str) -> Result<Box<dyn Read>, ReadError> {
        if let Some(overlay) = self.overlay.get(path) {
            return Ok(Box::new(io::Cursor::new(overlay.clone().ok_or(ReadError::Missing)?)));
        }
        let file = open_file(&self.root.join(path)).map_err(read_error)?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(ReadError::Kind);
        }
        Ok(Box::new(file))
    }

    /// Returns a file's whole content, of any size.
    ///
    /// # Errors
    /// Where it is missing or no file.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.stream(path)?.read_to_end(&mut bytes).map_err(read_error)?;
        Ok(bytes)
    }

    /// Returns a file's whole content if it has at most `most` bytes; a longer one is not read to its end.
    ///
    /// # Errors
    /// Where it is missing or no file.
    pub fn bytes_up_to(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let mut bytes = Vec::new();
        self.stream(path)?.take(most + 1).read_to_end(&mut bytes).map_err(read_error)?;
        Ok((bytes.len() as u64 <= most).then_some(bytes))
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
        match read_folder(&self.root.join(folder)) {
            Ok(entries) => names = entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(read_error(error)),
        }
        for (path, bytes) in &self.overlay {
            let Some(name) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { continue };
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

    /// Returns the years a folder has a sub-folder or a CSV file of, in order.
    ///
    /// # Errors
    /// What the system says.
    pub fn years(&self, folder: &str, suffix: &str) -> Result<Vec<String>, ReadError> {
        let mut years: Vec<String> =
            self.list(folder, suffix)?.into_iter().filter(|name| is_year(name.trim_end_matches(suffix))).collect();
        if suffix.is_empty() {
            let made = self.overlay.iter().filter(|(_, bytes)| bytes.is_some()).filter_map(|(path, _)| {
                let year = path.strip_prefix(folder)?.strip_prefix('/')?.split('/').next()?;
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
        _ => ReadError::Io(error),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads files")]
fn open_file(path: &Path) -> io::Result<File> {
    File::open(path)
}

fn name(name: OsString) -> String {
    name.into_string().unwrap_or_else(|name| name.to_string_lossy().into_owned())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads files")]
fn read_folder(path: &Path) -> io::Result<Vec<String>> {
    std::fs::read_dir(path)?.map(|entry| entry.map(|entry| name(entry.file_name()))).collect()
}

/// Reads a file outside of any ledger, or as it is on the disk.
///
/// # Errors
/// What the system says.
#[expect(clippy::disallowed_methods, reason = "the one place that reads files")]
pub fn read_all(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// Tells whether a file lies in a folder, seen through links.
pub fn is_below(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| {
        let above = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize().ok().or_else(above).unwrap_or_else(|| path.to_owned())
    };
    real(path).starts_with(real(folder))
}

/// Tells whether others than its owner may read a file; never where the system does not say so.
#[cfg(unix)]
pub fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.permissions().mode() & 0o044 != 0)
}

/// Tells whether others than its owner may read a file; never where the system does not say so.
#[cfg(not(unix))]
pub fn is_open_to_others(_: &Path) -> bool {
    false
}
