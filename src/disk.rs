//! The files as writing sees them: what is done to them one operation after the other, on the real disk or on the double of the tests.

use std::io;
use std::path::{Path, PathBuf};

use crate::lock::{Held, Waiting, exclusive};

/// Larger than any journal, draft or message: what is longer is not read into memory.
const MOST: u64 = 1 << 30;

/// The file operations of writing. The recording double of the tests can fail or stop at operation *n*.
pub trait Disk {
    /// Takes an exclusive lock, waiting for it; it holds as long as the returned value lives. After a second `waiting` is told who has it.
    ///
    /// # Errors
    /// What the system says.
    fn lock(&self, path: &Path, waiting: Waiting<'_>) -> io::Result<Box<dyn Held>>;
    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// What the system says.
    fn make_dir(&self, path: &Path) -> io::Result<()>;
    /// Reads a file; none where it is missing.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;
    /// Returns a file's length; none where it is missing.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self, path: &Path) -> io::Result<Option<u64>>;
    /// Writes a temporary file. What stands there is removed first, a link as such: nothing is written through it.
    ///
    /// # Errors
    /// What the system says.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Tells whether a path lies in a folder once all links on the way are followed; what does not exist yet lies where it would be
    /// made.
    ///
    /// # Errors
    /// What the system says.
    fn is_within(&self, path: &Path, folder: &Path) -> io::Result<bool>;
    /// Returns where a path leads once all links on the way are followed; what does not exist yet would be made there.
    ///
    /// # Errors
    /// What the system says.
    fn real(&self, path: &Path) -> io::Result<PathBuf>;
    /// Writes into a pipe or a device, such as `/dev/stdout`; tells whether one stands there. Nothing is done where none does.
    ///
    /// # Errors
    /// What the system says.
    fn pour(&self, path: &Path, bytes: &[u8]) -> io::Result<bool>;
    /// Gives a file its name; fails if the name exists.
    ///
    /// # Errors
    /// What the system says.
    fn name_new(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Renames a file over what is there.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Appends to a file, in one write.
    ///
    /// # Errors
    /// What the system says.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Waits until all that was done to these files and folders will survive a power cut.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&self, paths: &[PathBuf]) -> io::Result<()>;
}

/// The real disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

#[expect(clippy::disallowed_methods, reason = "the one place that writes files")]
impl Disk for RealDisk {
    fn lock(&self, path: &Path, waiting: Waiting<'_>) -> io::Result<Box<dyn Held>> {
        let file = open_lock(path)?;
        Ok(Box::new(exclusive(file, waiting)?))
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        use io::Read;
        let mut bytes = Vec::new();
        let opened = open_regular(std::fs::File::options().read(true), path);
        match opened.and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes)) {
            Ok(_) if bytes.len() as u64 > MOST => {
                let sentence = format!("it has more than {MOST} bytes");
                Err(io::Error::new(io::ErrorKind::FileTooLarge, sentence))
            }
            Ok(_) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        match std::fs::metadata(path) {
            Ok(data) => Ok(Some(data.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        use io::Write;
        let create = || {
            std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
        };
        let mut file = match create() {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                std::fs::remove_file(path)?;
                create()?
            }
            other => other?,
        };
        file.write_all(bytes)
    }

    fn is_within(&self, path: &Path, folder: &Path) -> io::Result<bool> {
        let folder = folder.canonicalize()?;
        for place in path.ancestors() {
            match place.symlink_metadata() {
                // A link that leads nowhere leads nowhere inside.
                Ok(_) => {
                    return Ok(place
                        .canonicalize()
                        .is_ok_and(|real| real.starts_with(&folder)));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        let mut rest = PathBuf::new();
        for place in path.ancestors() {
            match place.symlink_metadata() {
                Ok(_) => {
                    let real = match place.canonicalize() {
                        Err(error) if error.kind() == io::ErrorKind::NotFound => {
                            // A link to nothing: what is written through it is made where it leads.
                            let target = std::fs::read_link(place)?;
                            place.parent().unwrap_or(place).canonicalize()?.join(target)
                        }
                        other => other?,
                    };
                    return Ok(if rest.as_os_str().is_empty() {
                        real
                    } else {
                        real.join(rest)
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if let Some(name) = place.components().next_back() {
                        rest = Path::new(name.as_os_str()).join(rest);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(path.to_owned())
    }

    fn pour(&self, path: &Path, bytes: &[u8]) -> io::Result<bool> {
        use io::Write;
        match std::fs::metadata(path) {
            Ok(data) if !data.is_file() && !data.is_dir() => {}
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        }
        std::fs::File::options()
            .write(true)
            .open(path)?
            .write_all(bytes)?;
        Ok(true)
    }

    fn name_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        // A link fails where the name exists, which a rename would not.
        match std::fs::hard_link(from, to) {
            Ok(()) => std::fs::remove_file(from),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without links: look, then rename, under our lock.
            Err(_) if !to.exists() => std::fs::rename(from, to),
            Err(error) => Err(error),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        use io::Write;
        open_regular(std::fs::File::options().create(true).append(true), path)?.write_all(bytes)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync(&self, paths: &[PathBuf]) -> io::Result<()> {
        // Linux syncs the whole file system in one call: ten thousand documents need no ten thousand syncs.
        #[cfg(target_os = "linux")]
        if let [first, .., _] = paths {
            let file = std::fs::File::open(first)?;
            return rustix::fs::syncfs(&file).map_err(io::Error::from);
        }
        for path in paths {
            std::fs::File::open(path)?.sync_all()?;
        }
        Ok(())
    }
}

/// Opens a regular file and nothing else: the opening of a pipe would wait for another program.
///
/// # Errors
/// `Unsupported` where it is a pipe, a socket or a device, `IsADirectory` where it is a folder; else what the system says.
fn open_regular(options: &mut std::fs::OpenOptions, path: &Path) -> io::Result<std::fs::File> {
    opened(options, path, false)
}

/// Opens the file of a lock: a regular one that is no link and has no other name. Who holds the lock writes into it, and it may have come with
/// the ledger.
///
/// # Errors
/// `Unsupported` where it is no such file; else what the system says.
fn open_lock(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    let file = opened(&mut options, path, true)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if file.metadata()?.nlink() > 1 {
            return Err(linked());
        }
    }
    Ok(file)
}

fn linked() -> io::Error {
    let sentence = "it is a link, and a lock's file is none";
    io::Error::new(io::ErrorKind::Unsupported, sentence)
}

/// Opens a regular file; `no_link`: what stands at the path itself is not followed.
#[expect(clippy::disallowed_methods, reason = "the one place that writes files")]
fn opened(
    options: &mut std::fs::OpenOptions,
    path: &Path,
    no_link: bool,
) -> io::Result<std::fs::File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        flags.set(OFlags::NOFOLLOW, no_link);
        options.custom_flags(flags.bits().cast_signed());
    }
    let is_link = || no_link && path.is_symlink();
    // Where the system cannot refuse a link while it opens the file, it is looked at before.
    #[cfg(not(unix))]
    if is_link() {
        return Err(linked());
    }
    let special = || io::Error::new(io::ErrorKind::Unsupported, "it is no regular file");
    let file = options.open(path).map_err(|error| {
        // What a pipe that nobody reads says, and a socket.
        let is_special = path
            .metadata()
            .is_ok_and(|data| !data.is_file() && !data.is_dir());
        match () {
            () if is_link() => linked(),
            () if is_special => special(),
            () => error,
        }
    })?;
    let data = file.metadata()?;
    if data.is_file() {
        Ok(file)
    } else if data.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Err(special())
    }
}
