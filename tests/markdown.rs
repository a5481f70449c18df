//! Runs the documents: README.md, docs/*.md, tests/cmd/*.md (a transcript a command), tests/errors/*.md (an example a code),
//! tests/stories/*.md (what happens to one piece of work from the first offer to the last cent).
//!
//! A document's `console` blocks are run in one sandbox and compared with what they show: `$ command`, its output (both streams), and
//! `? CODE` where it does not end with 0. Other blocks prepare the sandbox:
//!
//! - `<!-- ledger: examples/studio -->` copies a ledger (`examples/studio in ledger`: into a folder of that name); `<!-- today: 2026-11-22 -->` sets the day
//! - a block marked ```` ```toml drafts/x.toml ```` (or csv, text) writes a file
//! - ```` ```append PATH ```` adds lines; in a register `*` stands for a digest or seal that fits, as a forger would work it out
//! - ```` ```hex PATH ```` writes bytes; ```` ```edit PATH ```` replaces the text after `- ` by the text after `+ `
//!
//! `ACQUIT_UPDATE=1 cargo test markdown` writes what the commands print into the documents.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use acquit::changes::sha256_text;
use acquit::compute::seal::{genesis, seal};
use acquit::source::read_settings;

use crate::harness::{Sandbox, day, project, run_on};

/// Splits a command line as a shell does, without variables.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut begun, mut quote) = (String::new(), false, None);
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.extend(characters.next()),
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => (quote, begun) = (Some(c), true),
            (' ', None) => {
                if begun || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            ('#', None) if word.is_empty() && !begun => break,
            (c, _) => word.push(c),
        }
    }
    if begun || !word.is_empty() {
        words.push(word);
    }
    words
}

struct Document {
    sandbox: Sandbox,
    folder: PathBuf,
    out: String,
}

impl Document {
    fn command(&mut self, line: &str) -> (String, u8) {
        let mut text = String::new();
        for part in line.split(" && ") {
            let (said, code) = self.one(part);
            text.push_str(&said);
            if code != 0 {
                return (text, code);
            }
        }
        (text, 0)
    }

    fn one(&mut self, line: &str) -> (String, u8) {
        let all = words(line);
        let words: Vec<&str> = all.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["acquit", arguments @ ..] | ["cargo", "run", "--release", "--", arguments @ ..] => {
                let output = run_on(
                    &acquit::disk::RealDisk,
                    &self.folder,
                    self.sandbox.today,
                    arguments,
                );
                (output.both, output.code)
            }
            ["cat", path] => (
                std::fs::read_to_string(self.folder.join(path))
                    .unwrap_or_else(|error| panic!("{path}: {error}")),
                0,
            ),
            ["ls", path] => {
                let mut names: Vec<String> = std::fs::read_dir(self.folder.join(path))
                    .unwrap()
                    .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                    .filter(|name| !name.starts_with('.'))
                    .collect();
                names.sort();
                (names.iter().map(|name| format!("{name}\n")).collect(), 0)
            }
            [which @ ("head" | "tail"), "-n", count, path] => {
                let text = std::fs::read_to_string(self.folder.join(path)).unwrap();
                let (lines, count): (Vec<&str>, usize) =
                    (text.lines().collect(), count.parse().unwrap());
                let first = if *which == "head" {
                    0
                } else {
                    lines.len().saturating_sub(count)
                };
                (
                    lines
                        .iter()
                        .skip(first)
                        .take(count)
                        .map(|line| format!("{line}\n"))
                        .collect(),
                    0,
                )
            }
            ["cd", path] => {
                self.folder = self.folder.join(path);
                (String::new(), 0)
            }
            ["mkdir", path] => {
                std::fs::create_dir_all(self.folder.join(path)).unwrap();
                (String::new(), 0)
            }
            ["ln", "-s", target, path] => {
                std::os::unix::fs::symlink(target, self.folder.join(path)).unwrap();
                (String::new(), 0)
            }
            ["rm", path] => {
                std::fs::remove_file(self.folder.join(path)).unwrap();
                (String::new(), 0)
            }
            [which @ ("mv" | "cp"), from, to] => {
                let (from, mut to) = (self.folder.join(from), self.folder.join(to));
                if to.is_dir() {
                    to.push(from.file_name().unwrap());
                }
                if *which == "mv" {
                    std::fs::rename(from, to).unwrap();
                } else {
                    std::fs::copy(from, to).unwrap();
                }
                (String::new(), 0)
            }
            ["cargo", "test"] | ["cargo", "install", ..] | ["git", ..] => (String::new(), 0),
            other => panic!(
                "the documents run acquit, cat, head, tail, ls, cd, mkdir, mv, cp, ln, rm; not {other:?}"
            ),
        }
    }

    /// Runs a console block; returns it as it should be.
    fn console(&mut self, block: &[&str]) {
        let mut commands: Vec<String> = Vec::new();
        for line in block {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push(command.to_owned()),
                (None, Some(last)) if last.ends_with('\\') => {
                    last.push('\n');
                    last.push_str(line);
                }
                _ => {}
            }
        }
        for command in &commands {
            let _ = writeln!(self.out, "$ {command}");
            let (text, code) = self.command(&command.replace("\\\n", " "));
            let text = text.replace(&self.sandbox.path().display().to_string(), "LEDGER");
            // A line of the output that looks like a command is moved in by one space.
            let text: String = text
                .split_inclusive('\n')
                .map(|line| {
                    if line.starts_with("$ ") {
                        format!(" {line}")
                    } else {
                        line.into()
                    }
                })
                .collect();
            self.out.push_str(&text);
            if !text.is_empty() && !text.ends_with('\n') {
                self.out.push('\n');
            }
            if code != 0 {
                let _ = writeln!(self.out, "? {code}");
            }
        }
    }

    fn prepare(&self, info: &str, block: &[&str]) {
        let mut parts = info.split(' ');
        let (Some(kind), Some(path)) = (parts.next(), parts.next()) else {
            return;
        };
        let target = self.folder.join(path);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        let bytes = match kind {
            "hex" => {
                let digits: String = block.concat().split_whitespace().collect();
                (0..digits.len())
                    .step_by(2)
                    .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
                    .collect()
            }
            "append" => {
                let text = std::fs::read_to_string(&target).unwrap_or_default();
                (text + &block.join("\n") + "\n").into_bytes()
            }
            "edit" => {
                let mut text = std::fs::read_to_string(&target).unwrap();
                let part = |sign| {
                    block
                        .iter()
                        .filter_map(|line| line.strip_prefix(sign))
                        .collect::<Vec<_>>()
                        .join("\n")
                };
                let (old, new) = (part("- "), part("+ "));
                assert_eq!(
                    text.matches(&old).count(),
                    1,
                    "{path}: `{old}` must stand there once"
                );
                text = text.replace(&old, &new);
                text.into_bytes()
            }
            _ => (block.join("\n") + "\n").into_bytes(),
        };
        std::fs::write(&target, bytes).unwrap();
        if path.starts_with("register/") {
            self.seal(&target);
        }
    }

    /// Fills in a forger's work: `*` as digest is that of the row's document, `*` as seal fits the row before, `*NUMBER` the row of
    /// that number.
    fn seal(&self, register: &Path) {
        let Ok(text) = std::fs::read_to_string(register) else {
            return;
        };
        if !text.contains(",*") {
            return;
        }
        let settings = std::fs::read_to_string(self.folder.join("acquit.toml")).unwrap();
        let mut previous = genesis(&read_settings(&settings).unwrap().id);
        let mut seals = std::collections::HashMap::new();
        let mut out = String::new();
        for (index, line) in text.lines().enumerate() {
            let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            let last = fields.len() - 1;
            if index > 0 {
                if fields[last - 1] == "*" {
                    let document = format!("invoices/{}/{}.toml", &fields[4][..4], fields[0]);
                    fields[last - 1] =
                        sha256_text(&std::fs::read(self.folder.join(document)).unwrap());
                }
                if let Some(after) = fields[last].strip_prefix('*') {
                    let before: &String = seals.get(after).unwrap_or(&previous);
                    fields[last] = seal(before, fields[..last].iter().map(String::as_str));
                }
                previous.clone_from(&fields[last]);
                seals.insert(fields[0].clone(), previous.clone());
            }
            out.push_str(&(fields.join(",") + "\n"));
        }
        std::fs::write(register, out).unwrap();
    }
}

/// Runs a document; returns what it should say.
fn rewrite(text: &str) -> String {
    let directive = |name: &str| {
        let open = format!("<!-- {name}: ");
        text.lines().find_map(|line| {
            line.strip_prefix(&open)?
                .strip_suffix(" -->")
                .map(str::to_owned)
        })
    };
    let mut sandbox = match directive("ledger")
        .as_deref()
        .map(|ledger| ledger.split_once(" in ").unwrap_or((ledger, "")))
    {
        None => Sandbox::empty(),
        Some((ledger, folder)) => Sandbox::within(ledger, folder),
    };
    if let Some(today) = directive("today") {
        sandbox.today = day(&today);
    }
    let folder = sandbox.path().to_owned();
    let mut document = Document {
        sandbox,
        folder,
        out: String::new(),
    };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(document.out, "{line}");
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if info == "console" {
            document.console(&block);
        } else if info == "console silent" {
            for line in &block {
                let _ = writeln!(document.out, "{line}");
                let (said, code) = document.command(line.strip_prefix("$ ").unwrap_or(line));
                assert_eq!(code, 0, "{line}: {said}");
            }
        } else {
            document.prepare(info, &block);
            for line in &block {
                let _ = writeln!(document.out, "{line}");
            }
        }
        document.out.push_str("```\n");
    }
    document.out
}

#[track_caller]
fn check(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let right = rewrite(&text);
    if right == text {
        return None;
    }
    if std::env::var_os("ACQUIT_UPDATE").is_some() {
        std::fs::write(path, &right).unwrap();
        return None;
    }
    let differing = text
        .lines()
        .zip(right.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_default();
    let excerpt = |text: &str| {
        text.lines()
            .skip(differing.saturating_sub(2))
            .take(12)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let name = path
        .strip_prefix(project())
        .unwrap_or(path)
        .display()
        .to_string();
    Some(format!(
        "{name}, line {}: it says\n{}\n--- and should say\n{}\n",
        differing + 1,
        excerpt(&text),
        excerpt(&right)
    ))
}

/// The markdown files of a folder.
pub(crate) fn documents(folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(project().join(folder)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    paths.sort();
    paths
}

#[track_caller]
fn check_all(paths: &[PathBuf]) {
    assert!(!paths.is_empty());
    let wanted = std::env::var("ACQUIT_ONLY").ok();
    let wrong: Vec<String> = paths
        .iter()
        .filter(|path| {
            wanted
                .as_ref()
                .is_none_or(|name| path.display().to_string().contains(name.as_str()))
        })
        .filter_map(|path| check(path))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn markdown_readme_says_what_the_commands_say() {
    check_all(&[project().join("README.md")]);
}

#[test]
fn markdown_docs_say_what_the_commands_say() {
    check_all(&documents("docs"));
}

#[test]
fn markdown_every_command_has_its_transcript() {
    check_all(&documents("tests/cmd"));
}

#[test]
fn markdown_stories_are_told_as_they_happen() {
    check_all(&documents("tests/stories"));
}

#[test]
fn markdown_every_code_has_its_example() {
    check_all(&documents("tests/errors"));
}

#[test]
fn a_line_is_split_as_a_shell_splits_it() {
    assert_eq!(
        words("acquit new a \"x y\" 'b\"c' \"\" d\\ e  # note"),
        ["acquit", "new", "a", "x y", "b\"c", "", "d e"]
    );
}
