//! Single rows of the register, found without reading the books: what one document is compared with.

use std::collections::BTreeMap;

use super::Source;
use super::books::register_row;
use crate::ledger::book::{Record, RowText};
use crate::ledger::columns::register;
use crate::span::Span;

/// A row of the register beside the one before it.
#[derive(Debug, Clone)]
pub struct FoundRow {
    /// The row.
    pub row: RowText,
    /// The year of issue: that of its file.
    pub year: String,
    /// The seal of the row before; none: it is the first of the register.
    pub previous: Option<String>,
}

impl Source {
    /// Finds rows by their exact numbers in the text of the files, the newest year first. None where one is not found, or where a file
    /// does not look as acquit writes it: then the register is to be read as a whole, which says what is wrong.
    pub fn find_rows(&mut self, numbers: &[&str]) -> Option<BTreeMap<String, FoundRow>> {
        let years = self.repository.years("register", ".csv").ok()?;
        let mut found = BTreeMap::new();
        for (at, name) in years.iter().enumerate().rev() {
            let wanted: Vec<&str> = numbers
                .iter()
                .copied()
                .filter(|number| !found.contains_key(*number))
                .collect();
            if wanted.is_empty() {
                break;
            }
            let path = format!("register/{name}");
            let bytes = self.repository.bytes(&path).ok()?;
            let head = memchr::memchr(b'\n', &bytes).map(|end| &bytes[..end])?;
            if head != register::HEADER.join(",").as_bytes() {
                return None;
            }
            for number in wanted {
                let Some(start) = line_of(&bytes, number) else {
                    continue;
                };
                let line = Line::at(&bytes, start)?;
                let file = self.map.add(path.clone());
                let year = name.trim_end_matches(".csv").to_owned();
                let record = Record::new(&line.text, &line.bounds);
                let span = Span::new(file, start, start + line.length);
                let row = register_row(file, &path, &year, record, span)?;
                let before = before(&bytes, start);
                let previous = if before == head {
                    self.last_seal(&years[..at])
                } else {
                    Some(last_field(before)?)
                };
                let row = RowText::new(row, record);
                let one = FoundRow {
                    row,
                    year,
                    previous,
                };
                found.insert(number.to_owned(), one);
            }
        }
        (found.len() == numbers.len()).then_some(found)
    }

    /// Returns the seal of the last row of some years.
    fn last_seal(&mut self, years: &[String]) -> Option<String> {
        let name = years.last()?;
        let bytes = self.repository.bytes(&format!("register/{name}")).ok()?;
        let end = bytes.len() - usize::from(bytes.last() == Some(&b'\n'));
        let start = memchr::memrchr(b'\n', &bytes[..end])? + 1;
        last_field(&bytes[start..end])
    }
}

/// Returns where the line of a number begins; none where several lines or no line do.
fn line_of(bytes: &[u8], number: &str) -> Option<usize> {
    let wanted = format!("\n{number},");
    let mut all = memchr::memmem::find_iter(bytes, wanted.as_bytes());
    let first = all.next()?;
    all.next().is_none().then_some(first + 1)
}

/// A row's fields, one behind the other.
struct Line {
    text: String,
    bounds: Vec<(u32, u32)>,
    /// Its length in the file without its end.
    length: usize,
}

impl Line {
    /// Reads the row that begins at a place; none where it is not UTF-8, or ends as on Windows.
    fn at(bytes: &[u8], start: usize) -> Option<Self> {
        let rest = &bytes[start..];
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .buffer_capacity(1 << 10)
            .from_reader(rest);
        let mut record = csv::StringRecord::new();
        if !reader.read_record(&mut record).ok()? {
            return None;
        }
        let end = usize::try_from(reader.position().byte()).ok()?;
        let line = &rest[..end.min(rest.len())];
        let length = line.len() - usize::from(line.last() == Some(&b'\n'));
        if memchr::memchr(b'\r', line).is_some() {
            return None;
        }
        let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let ranges = (0..record.len()).filter_map(|field| record.range(field));
        let bounds = ranges.map(|range| (cut(range.start), cut(range.end)));
        Some(Self {
            bounds: bounds.collect(),
            text: record.as_slice().to_owned(),
            length,
        })
    }
}

/// Returns the line before the one that begins at a place.
fn before(bytes: &[u8], start: usize) -> &[u8] {
    let end = start.saturating_sub(1);
    let from = memchr::memrchr(b'\n', &bytes[..end]).map_or(0, |at| at + 1);
    &bytes[from..end]
}

/// Returns the last field of a line, if it looks like a seal.
fn last_field(line: &[u8]) -> Option<String> {
    let from = memchr::memrchr(b',', line)? + 1;
    let seal = std::str::from_utf8(&line[from..]).ok()?;
    (seal.len() == 64).then(|| seal.to_owned())
}
