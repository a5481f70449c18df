//! What the program gets from outside, as one value.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::disk::Disk;
use crate::post::Office;
use crate::prompt::Ask;

/// What `main` reads from outside, once.
pub struct Outside<'o> {
    /// The command line, the program's name first.
    pub arguments: Vec<OsString>,
    /// The folder it was called in.
    pub folder: PathBuf,
    /// The local day.
    pub today: chrono::NaiveDate,
    /// The local clock, asked when a message leaves.
    pub now: fn() -> chrono::DateTime<chrono::FixedOffset>,
    /// Whether `NO_COLOR` is set.
    pub no_color: bool,
    /// Whether standard output and standard error are terminals.
    pub is_terminal: (bool, bool),
    /// The terminal's width in columns.
    pub width: u16,
    /// Standard output.
    pub out: &'o mut dyn std::io::Write,
    /// Standard error.
    pub err: &'o mut dyn std::io::Write,
    /// Someone to ask, if standard input is a terminal.
    pub ask: Option<&'o mut dyn Ask>,
    /// The disk.
    pub disk: &'o dyn Disk,
    /// Bytes of chance.
    pub chance: fn() -> [u8; 16],
    /// Where mail.toml stands, unless a command names another.
    pub mail: Option<PathBuf>,
    /// The post.
    pub office: &'o dyn Office,
}
