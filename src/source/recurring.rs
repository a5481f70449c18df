//! recurring/NAME.toml → a template; and the periods that frozen documents name.

use chrono::NaiveDate;
use hashbrown::{HashMap, HashSet};

use super::cores::on_all_cores;
use super::draft::draft;
use super::fields::Fields;
use super::{Source, Text, unreadable};
use crate::changes::sha256_text;
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::date::parse;
use crate::ledger::identifier::is_name;
use crate::ledger::recurring::{Billed, Every, Template};
use crate::span::{FileId, Span};

/// What stands for something of the period in a template's texts.
pub const PLACEHOLDERS: &[&str] = &["month", "year", "period"];

/// Reads a template.
fn template(mut fields: Fields<'_, '_>, name: &str, text: &Text) -> Option<Template> {
    let (reading, span) = (fields.reading(), fields.span());
    let id = fields.text("id");
    if let Some(id) = id.as_ref().filter(|id| !is_name(id)) {
        let hint = "use at most 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit";
        let message = format!("`{}` cannot be a template's id", id.value);
        reading.error(code::FILE_NAME, id.span, message, hint);
    }
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
    let mut lines: Vec<(usize, usize)> = ["id", "every", "from", "until", "day"]
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
    let draft = draft(fields, name, &text.sha256);
    let from = from?.value;
    let day = day.unwrap_or(chrono::Datelike::day(&from));
    Some(Template {
        id: id.map_or_else(|| name.to_owned(), |id| id.value),
        name: name.to_owned(),
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
    /// document, without reading the rest. A document of the register that is not there, cannot be read, or is not what was issued is a
    /// problem: nobody knows which period it names.
    pub fn billed(&mut self) -> Vec<Billed> {
        let mut rows: HashMap<String, Registered> = HashMap::new();
        self.register_whole(|row, record| {
            let Some(row) = row else { return };
            let digest = record.get(record.len().wrapping_sub(2));
            let registered = Registered {
                span: row.span,
                client: row.client.to_owned(),
                sha256: digest.unwrap_or_default().to_owned(),
            };
            rows.entry(row.number.to_owned()).or_insert(registered);
        });
        let files: Vec<FileId> = self.document_files();
        let (repository, map) = (&self.repository, &self.map);
        let part = |files: &[FileId]| {
            let mut buffer = vec![0; 16 << 10];
            let mut found = Vec::new();
            let mut read = Vec::with_capacity(files.len());
            let mut problems = Diagnostics::default();
            for file in files {
                let path = map.path(*file);
                let number = number_of(path);
                let row = rows.get(number);
                let bytes = match repository.read_into(path, &mut buffer) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        // What has no row in the register is said by `check`.
                        if row.is_some() {
                            problems.push(unreadable(&error, path).at(Span::whole(*file)));
                            read.push(number);
                        }
                        continue;
                    }
                };
                read.push(number);
                if row.is_some_and(|row| row.sha256 != sha256_text(bytes)) {
                    problems.push(changed(number).at(Span::whole(*file)));
                    continue;
                }
                found.extend(billed(bytes, number, row));
            }
            (found, read, problems)
        };
        let parts = on_all_cores(&files, part);
        let mut all = Vec::new();
        let mut problems = Diagnostics::default();
        let mut read: HashSet<&str> = HashSet::with_capacity(files.len());
        for (found, numbers, wrong) in parts {
            all.extend(found);
            read.extend(numbers);
            problems.extend(wrong);
        }
        for (number, row) in rows
            .iter()
            .filter(|(number, _)| !read.contains(number.as_str()))
        {
            problems.push(missing(number).at(row.span));
        }
        self.problems.extend(problems);
        all
    }
}

/// What the register says of a document.
struct Registered {
    span: Span,
    client: String,
    sha256: String,
}

fn number_of(path: &str) -> &str {
    path.rsplit('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".toml")
}

/// Why nothing is made of a template while a document is wrong.
const WHICH: &str = "nobody knows which period it bills: take it back with `git restore invoices/`, and run it again";

fn changed(number: &str) -> Diagnostic {
    let message =
        format!("{number} is not the document that was issued: its digest differs from its row's");
    Diagnostic::error(code::DOCUMENT_CHANGED, message).hint(WHICH)
}

fn missing(number: &str) -> Diagnostic {
    let message = format!("the document of {number} is missing");
    Diagnostic::error(code::DOCUMENT_MISSING, message).hint(WHICH)
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
                return Some((number_of(path).to_owned(), key(bytes, "issued")?.to_owned()));
            }
        }
        None
    }
}

/// Returns the period of a template that a document names. The client of a document without a row is not known.
fn billed(bytes: &[u8], number: &str, row: Option<&Registered>) -> Option<Billed> {
    let text = key(bytes, "recurring")?
        .strip_prefix('"')?
        .strip_suffix('"')?;
    Some(Billed {
        key: text.to_owned(),
        by: number.to_owned(),
        is_draft: false,
        client: row.map(|row| row.client.clone()).unwrap_or_default(),
        period: key(bytes, "period").and_then(period),
    })
}

/// Reads `{ from = 2026-11-01, to = 2026-11-30 }`, as issuing writes it.
fn period(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (from, to) = text
        .strip_prefix("{ from = ")?
        .strip_suffix(" }")?
        .split_once(", to = ")?;
    Some((parse(from)?, parse(to)?))
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
