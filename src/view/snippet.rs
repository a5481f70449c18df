//! A diagnostic → its layout: code and sentence, place, the user's own line with a caret, a hint.

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Severity};
use crate::printable::printable;
use crate::span::SourceMap;

/// Colours of the terminal, or none.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    /// Whether to use colours.
    pub on: bool,
}

impl Paint {
    /// Returns a text in a style (an SGR code), if colours are on.
    pub fn style(self, code: &str, text: &str) -> String {
        if self.on {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The longest line that is shown whole.
const LONGEST: usize = 96;

/// Returns the layout of a diagnostic.
pub fn diagnostic(problem: &Diagnostic, map: &SourceMap, paint: Paint) -> String {
    let (word, colour) = match problem.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
    };
    let mut out = String::new();
    let head = paint.style(colour, &format!("{word}[{}]", problem.code.0));
    let _ = writeln!(out, "{head}: {}", printable(&problem.message));
    let mut margin = 0;
    if let Some(span) = problem.span.filter(|span| !span.is_nowhere()) {
        let path = printable(map.path(span.file));
        match &problem.excerpt {
            Some(excerpt) => {
                margin = excerpt.line.to_string().len();
                let (text, column) = window(&excerpt.text, excerpt.column);
                // The caret stands under what is shown, and a hidden character is shown longer than it is.
                let before: String = text.chars().take(column - 1).collect();
                let meant: String = text.chars().skip(column - 1).take(excerpt.width).collect();
                let indent = printable(&before).chars().count();
                let width = printable(&meant).chars().count().max(1);
                let _ = writeln!(
                    out,
                    "{:margin$}--> {path}:{}:{}",
                    "", excerpt.line, excerpt.column
                );
                let _ = writeln!(out, "{:margin$} |", "");
                let _ = writeln!(out, "{} | {}", excerpt.line, printable(&text));
                let caret = paint.style(colour, &"^".repeat(width));
                let _ = writeln!(out, "{:margin$} | {:indent$}{caret}", "", "");
            }
            None => {
                let _ = writeln!(out, " --> {path}");
            }
        }
    }
    if let Some(hint) = &problem.hint {
        let _ = writeln!(out, "{:margin$} = hint: {}", "", printable(hint));
    }
    out
}

/// Cuts a very long line around the place of interest; returns it with the new column.
fn window(line: &str, column: usize) -> (String, usize) {
    let count = line.chars().count();
    if count <= LONGEST {
        return (line.to_owned(), column);
    }
    let start = column.saturating_sub(LONGEST / 2).min(count - LONGEST);
    let text: String = line.chars().skip(start).take(LONGEST).collect();
    (text, column - start)
}
