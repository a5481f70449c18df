//! A diagnostic → its layout: code and sentence, place, the user's own line with a caret, a hint.

use std::fmt::Write;

use crate::diagnostic::{Code, Diagnostic, Severity};
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

/// So many problems of one code in one file are shown.
const SHOWN: usize = 20;

/// Returns the layouts of problems that are sorted by file. Of one code the first 20 of each file are shown, and one line under the file's
/// problems counts the others, file by file; problems that stand in no file are shown all.
pub fn diagnostics(problems: &[Diagnostic], map: &SourceMap, paint: Paint) -> String {
    let file = |problem: &Diagnostic| {
        problem
            .span
            .filter(|span| !span.is_nowhere())
            .map(|span| span.file)
    };
    let mut out = String::new();
    for of_file in problems.chunk_by(|a, b| file(a) == file(b)) {
        let Some(file) = file(&of_file[0]) else {
            let all = of_file
                .iter()
                .map(|problem| diagnostic(problem, map, paint));
            out.extend(all);
            continue;
        };
        // In the order in which they appear; there are a few codes in a file, and thousands of problems.
        let mut counts: Vec<((Severity, Code), usize)> = Vec::new();
        for problem in of_file {
            let kind = (problem.severity, problem.code);
            let count = match counts.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, count)) => count,
                None => {
                    counts.push((kind, 0));
                    let Some((_, count)) = counts.last_mut() else {
                        continue;
                    };
                    count
                }
            };
            *count += 1;
            if *count <= SHOWN {
                out += &diagnostic(problem, map, paint);
            }
        }
        for ((severity, code), count) in counts.into_iter().filter(|(_, count)| *count > SHOWN) {
            let (word, colour) = word(severity);
            let head = paint.style(colour, &format!("{word}[{}]", code.0));
            let path = printable(map.path(file));
            let _ = writeln!(out, "{head}: and {} more in {path}", count - SHOWN);
            let _ = writeln!(out, " = hint: `acquit check --json` lists all");
        }
    }
    out
}

/// Returns the word of a severity, and its colour.
fn word(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
    }
}

/// Returns the layout of a diagnostic.
pub fn diagnostic(problem: &Diagnostic, map: &SourceMap, paint: Paint) -> String {
    let (word, colour) = word(problem.severity);
    let mut out = String::new();
    let head = paint.style(colour, &format!("{word}[{}]", problem.code.0));
    let _ = writeln!(out, "{head}: {}", printable(&problem.message));
    let mut margin = 0;
    if let Some(span) = problem.span.filter(|span| !span.is_nowhere()) {
        let path = printable(map.path(span.file));
        match &problem.excerpt {
            Some(excerpt) => {
                margin = excerpt.line.to_string().len();
                // The caret stands under what is shown, and a hidden character is shown longer than it is.
                let text = excerpt.text.chars();
                let before: String = text.clone().take(excerpt.before).collect();
                let meant: String = text.skip(excerpt.before).take(excerpt.width).collect();
                let indent = printable(&before).chars().count();
                let width = printable(&meant).chars().count().max(1);
                let _ = writeln!(
                    out,
                    "{:margin$}--> {path}:{}:{}",
                    "", excerpt.line, excerpt.column
                );
                let _ = writeln!(out, "{:margin$} |", "");
                let _ = writeln!(out, "{} | {}", excerpt.line, printable(&excerpt.text));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::code;
    use crate::span::Span;

    #[test]
    fn of_one_code_twenty_are_shown_in_each_file() {
        let mut map = SourceMap::default();
        let files = [map.add("register/2025.csv"), map.add("register/2026.csv")];
        let mut problems = Vec::new();
        for (file, count) in files.into_iter().zip([20, 8_737]) {
            for n in 0..count {
                let at = Span::new(file, n, n + 1);
                problems.push(Diagnostic::error(code::REGISTER_SPELLING, "spelled").at(at));
                if n % 2_000 == 0 {
                    problems.push(Diagnostic::warning(code::LIMITATION, "lapses").at(at));
                }
            }
        }
        for n in 0..30 {
            problems.push(Diagnostic::error(
                code::DOCUMENT_UNKNOWN,
                format!("unknown {n}"),
            ));
        }
        let text = diagnostics(&problems, &map, Paint { on: false });
        assert_eq!(
            text.matches("error[REGISTER-SPELLING]: spelled").count(),
            40
        );
        assert_eq!(text.matches("warning[LIMITATION]: lapses").count(), 1 + 5);
        let rest = "error[REGISTER-SPELLING]: and 8717 more in register/2026.csv\n = hint: `acquit check --json` lists all\nerror[DOCUMENT-UNKNOWN]: unknown 0\n";
        assert!(text.contains(rest), "{text}");
        assert_eq!(text.matches(" more in ").count(), 1);
        assert!(
            text.ends_with("unknown 29\n"),
            "problems outside of files are all shown"
        );
    }
}
