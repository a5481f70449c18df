//! Locks between commands: who waits for one is told who has it.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::time::{Duration, Instant};

/// The lock's file.
pub const LOCK: &str = ".acquit/lock";
/// The lock's file of those who send: held as long as messages leave, beside the ledger's own lock, which is held only while rows are
/// written. Its first line is the process, its second the id of the message that is leaving.
pub const POST_LOCK: &str = ".acquit/post.lock";

/// A lock that is held as long as this lives.
pub trait Held {
    /// Writes down what others may read of it.
    ///
    /// # Errors
    /// What the system says.
    fn tell(&self, text: &str) -> io::Result<()>;
}

/// Told once when a lock is waited for: the process that holds it, where that is known.
pub type Waiting<'w> = &'w mut dyn FnMut(Option<u32>);

/// Names another acquit, in words.
pub fn another(process: Option<u32>) -> String {
    let process = process.map_or_else(String::new, |id| format!(" (process {id})"));
    format!("another acquit{process}")
}

/// How long a lock is waited for in silence.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest time between two attempts meanwhile.
const PAUSE: Duration = Duration::from_millis(20);

/// Takes a lock: `attempt` takes it if it is free, `block` waits for it.
fn patiently(
    file: &File,
    attempt: fn(&File) -> Result<(), TryLockError>,
    block: fn(&File) -> io::Result<()>,
    waiting: Waiting<'_>,
) -> io::Result<()> {
    let (begun, mut pause) = (Instant::now(), Duration::from_micros(500));
    while begun.elapsed() < PATIENCE {
        match attempt(file) {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Most locks are free again in a moment.
        std::thread::sleep(pause);
        pause = (pause * 2).min(PAUSE);
    }
    waiting(holder(file));
    block(file)
}

/// Takes a lock that nobody else has meanwhile, on a file opened to be written.
///
/// # Errors
/// What the system says.
pub fn exclusive(file: File, waiting: Waiting<'_>) -> io::Result<impl Held + 'static> {
    patiently(&file, File::try_lock, File::lock, waiting)?;
    let held = HeldFile(file);
    // Who waits is told the process; a disk that is full is no reason not to lock.
    let _ = held.tell(&format!("{}\n", std::process::id()));
    Ok(held)
}

/// Takes a lock that others who read may have as well.
///
/// # Errors
/// What the system says.
pub fn shared(file: &File, waiting: Waiting<'_>) -> io::Result<()> {
    patiently(file, File::try_lock_shared, File::lock_shared, waiting)
}

/// Returns what the holder of a lock has written down; none where nobody has it. Where the system does not let it be read, as Windows, the
/// text is none.
pub fn told(file: &File) -> Option<Option<String>> {
    match file.try_lock_shared() {
        Ok(()) | Err(TryLockError::Error(_)) => return None,
        Err(TryLockError::WouldBlock) => {}
    }
    let mut text = String::new();
    let read = file.take(200).read_to_string(&mut text);
    Some(read.is_ok().then_some(text))
}

/// The file of a lock.
struct HeldFile(File);

impl Held for HeldFile {
    fn tell(&self, text: &str) -> io::Result<()> {
        let mut file = &self.0;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }
}

/// Returns the process that holds a lock, by the first line of its file.
fn holder(mut file: &File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(100).read_to_string(&mut text).ok()?;
    text.lines().next()?.parse().ok()
}
