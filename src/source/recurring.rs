//! recurring/ID.toml → a template; and the periods that frozen documents name.

use std::collections::BTreeSet;

use super::draft::draft;
use super::fields::Fields;
use super::{Source, Text};
use crate::diagnostic::{code, nearest};
use crate::ledger::recurring::{Every, Template};
use crate::span::{FileId, Span};

/// What stands for something of the period in a template's texts.
pub const PLACEHOLDERS: &[&str] = &["month", "year", "period"];

/// Reads a template.
fn template(mut fields: Fields<'_, '_>, id: &str, text: &Text) -> Option<Template> {
    let (reading, span) = (fields.reading(), fields.span());
    let every = fields.choice("every", Every::WORDS);
    if !fields.has("every") {
        fields.missing("every", "\"month\"");
    }
    let from = fields.required_date("from");
    let until = fields.date("until");
    if let (Some(from), Some(until)) = (&from, &until)
        && until.value < from.value
    {
        let message = format!(
            "the last day, {}, comes before the first, {}",
            until.value, from.value
        );
        reading.error(
            code::RECURRING_PERIOD,
            until.span,
            message,
            "write a later `until`, or leave it out",
        );
    }
    let day = fields
        .integer("day", 1..=31)
        .and_then(|day| u32::try_from(day).ok());
    if let Some(entry) = fields.entry("recurring") {
        let hint = "remove the key: `recurring run` writes it into each draft";
        reading.error(
            code::KEY_UNKNOWN,
            fields.place(&entry.item),
            "a template has no `recurring`",
            hint,
        );
    }
    let mut body = text.text.clone();
    let mut lines: Vec<(usize, usize)> = ["every", "from", "until", "day"]
        .into_iter()
        .filter_map(|name| fields.entry(name))
        .map(|entry| {
            line_of(
                &text.text,
                entry.key_start as usize,
                entry.item.end as usize,
            )
        })
        .collect();
    lines.sort_unstable();
    for (start, end) in lines.into_iter().rev() {
        body.replace_range(start..end, "");
    }
    placeholders(&fields, &text.text);
    let draft = draft(fields, id, &text.sha256);
    let from = from?.value;
    let day = day.unwrap_or(chrono::Datelike::day(&from));
    Some(Template {
        id: id.to_owned(),
        span,
        every: every?.value,
        from,
        until: until.map(|until| until.value),
        day,
        draft: draft?,
        text: body,
    })
}

/// Returns where the line of a key begins and ends, its line end included.
fn line_of(text: &str, key: usize, value_end: usize) -> (usize, usize) {
    let start = text[..key].rfind('\n').map_or(0, |at| at + 1);
    let end = text[value_end..]
        .find('\n')
        .map_or(text.len(), |at| value_end + at + 1);
    (start, end)
}

/// A placeholder that does not exist would be printed as it is.
fn placeholders(fields: &Fields<'_, '_>, text: &str) {
    let file = fields.span().file;
    for (at, _) in text.match_indices('{') {
        let Some(word) = text[at + 1..].split_once('}').map(|(word, _)| word) else {
            continue;
        };
        let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        if is_word && !PLACEHOLDERS.contains(&word) {
            let hint = match nearest(word, PLACEHOLDERS.iter().copied()) {
                Some(near) => format!("did you mean `{{{near}}}`?"),
                None => "there are {month}, {year} and {period}".to_owned(),
            };
            let span = Span::new(file, at, at + word.len() + 2);
            fields.reading().error(
                code::VALUE_TEXT,
                span,
                format!("there is no placeholder `{{{word}}}`"),
                hint,
            );
        }
    }
}

impl Source {
    /// Reads all templates.
    pub fn templates(&mut self) -> Vec<Template> {
        let names = self.names("recurring");
        names
            .iter()
            .filter_map(|name| {
                self.toml(&format!("recurring/{name}.toml"), |fields, text| {
                    template(fields, name, text)
                })
            })
            .collect()
    }

    /// Returns the periods of templates that issued documents name, such as `acme-hosting@2026-11`: found in the first lines of each
    /// document, without reading the rest.
    pub fn issued_periods(&mut self) -> BTreeSet<String> {
        let files: Vec<FileId> = self.document_files();
        let (repository, map) = (&self.repository, &self.map);
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = files.len().div_ceil(cores).max(1);
        let part = |files: &[FileId]| {
            let mut buffer = vec![0; 16 << 10];
            let mut found = Vec::new();
            for file in files {
                // A document that cannot be read is said by `check`.
                let Ok(bytes) = repository.read_into(map.path(*file), &mut buffer) else {
                    continue;
                };
                found.extend(period(bytes));
            }
            found
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = files
                .chunks(size)
                .map(|files| scope.spawn(|| part(files)))
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .flatten()
                .collect()
        })
    }
}

impl Source {
    /// Returns the number and the day of the newest document or quote that a draft of this name became. Their first lines are read, the
    /// newest files first.
    pub fn issued_from(&mut self, draft: &str) -> Option<(String, String)> {
        let mut paths: Vec<String> = self
            .quote_paths()
            .into_iter()
            .map(|(_, path)| path)
            .collect();
        paths.extend(
            self.document_files()
                .into_iter()
                .map(|file| self.map.path(file).to_owned()),
        );
        let mut buffer = vec![0; 16 << 10];
        let wanted = format!("{{ name = \"{draft}\",");
        for path in paths.iter().rev() {
            let Ok(bytes) = self.repository.read_into(path, &mut buffer) else {
                continue;
            };
            if key(bytes, "draft").is_some_and(|origin| origin.starts_with(&wanted)) {
                let number = path
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(".toml");
                return Some((number.to_owned(), key(bytes, "issued")?.to_owned()));
            }
        }
        None
    }
}

/// Returns the period that a document names.
fn period(bytes: &[u8]) -> Option<String> {
    key(bytes, "recurring")?
        .strip_prefix('"')?
        .strip_suffix('"')
        .map(str::to_owned)
}

/// Returns the value of a key among those before the first table, as issuing writes them: one a line.
fn key<'b>(bytes: &'b [u8], name: &str) -> Option<&'b str> {
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.first() == Some(&b'[') {
            return None;
        }
        if let Some(value) = line
            .strip_prefix(name.as_bytes())
            .and_then(|rest| rest.strip_prefix(b" = "))
        {
            return std::str::from_utf8(value)
                .ok()
                .map(|text| text.trim_end_matches('\r'));
        }
    }
    None
}
