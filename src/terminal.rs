//! The only writer of standard output (data) and standard error (conversation).

use std::io::{self, Write};

use crate::printable::printable;
use crate::view::snippet::Paint;

/// The two streams and what is known of them.
pub struct Terminal<'t> {
    out: &'t mut dyn Write,
    err: &'t mut dyn Write,
    /// Columns of the terminal; 120 where there is none.
    pub width: u16,
    /// Colours on standard output.
    pub out_paint: Paint,
    /// Colours on standard error.
    pub err_paint: Paint,
    /// Says only what is wrong.
    pub quiet: bool,
    /// Whether standard error is a terminal: long work may show its progress there.
    pub is_live: bool,
}

impl<'t> Terminal<'t> {
    /// Starts with two streams.
    pub fn new(out: &'t mut dyn Write, err: &'t mut dyn Write, width: u16) -> Self {
        let plain = Paint { on: false };
        Self {
            out,
            err,
            width,
            out_paint: plain,
            err_paint: plain,
            quiet: false,
            is_live: false,
        }
    }

    /// Writes data as it is: what a program reads, or a text whose parts from files were made printable.
    ///
    /// # Errors
    /// What the system says; a broken pipe is the caller's success.
    pub fn exact(&mut self, text: &str) -> io::Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Writes a file of any kind, such as a page.
    ///
    /// # Errors
    /// What the system says; a broken pipe is the caller's success.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Writes data for a person; nothing in it steers the terminal.
    ///
    /// # Errors
    /// What the system says; a broken pipe is the caller's success.
    pub fn data(&mut self, text: &str) -> io::Result<()> {
        self.exact(&printable(text))
    }

    /// Ends the data.
    ///
    /// # Errors
    /// What the system says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Says something, unless quiet.
    pub fn say(&mut self, text: &str) {
        if !self.quiet {
            self.complain(&format!("{text}\n"));
        }
    }

    /// Says what is wrong, quiet or not. Nothing in it steers the terminal.
    pub fn complain(&mut self, text: &str) {
        self.complain_painted(&printable(text));
    }

    /// Says what is wrong in colours: a text whose parts from files were made printable before. A reader that has gone away is no
    /// reason to stop.
    pub fn complain_painted(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes());
    }

    /// Shows how far long work is, on a terminal only; `done == total` clears the line.
    pub fn progress(&mut self, what: &str, done: usize, total: usize) {
        if !self.is_live || self.quiet {
            return;
        }
        let text = if done >= total {
            "\r\x1b[K".to_owned()
        } else {
            let filled = done * 24 / total.max(1);
            format!(
                "\r{what} [{}{}] {done}/{total}",
                "=".repeat(filled),
                " ".repeat(24 - filled)
            )
        };
        let _ = self.err.write_all(text.as_bytes());
        let _ = self.err.flush();
    }
}
