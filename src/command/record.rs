//! Rows for payments/ and events/: an id a movement, the columns that the file has, all in one change set.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::changes::{ChangeSet, sha256};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::book::{EVENT_HEADER, PAYMENT_HEADER};
use crate::source::Source;

/// A book that commands append to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book {
    /// payments/YEAR.csv.
    Payments,
    /// events/YEAR.csv.
    Events,
}

/// A row: columns with their values; `id` and `date` are filled in.
pub type Fields = Vec<(&'static str, String)>;

/// Plans rows in a change set.
#[derive(Debug, Default)]
pub struct Recorder {
    /// What is planned so far; further changes may be added.
    pub set: ChangeSet,
    /// What is in the way.
    pub problems: Diagnostics,
    payments: Option<BTreeSet<String>>,
    events: Option<BTreeSet<String>>,
}

impl Recorder {
    /// Plans the rows of one movement; returns its id.
    pub fn add(&mut self, source: &mut Source, book: Book, date: NaiveDate, rows: &[Fields]) -> String {
        let (folder, ours) = match book {
            Book::Payments => ("payments", PAYMENT_HEADER),
            Book::Events => ("events", EVENT_HEADER),
        };
        let taken = match book {
            Book::Payments => self.payments.get_or_insert_with(|| ids(source)),
            Book::Events => self.events.get_or_insert_with(|| event_ids(source)),
        };
        let path = format!("{folder}/{}.csv", date.format("%Y"));
        let header = source.book_header(&path).unwrap_or_else(|| ours.iter().map(|name| (*name).to_owned()).collect());
        let used = rows.iter().flatten().filter(|(_, value)| !value.is_empty()).map(|(name, _)| *name);
        if let Some(missing) =
            ["id", "date"].into_iter().chain(used).find(|name| !header.iter().any(|known| known == name))
        {
            let problem = Diagnostic::error(code::CSV_HEADER, format!("the column `{missing}` of {path} is missing"));
            self.problems.push(problem.hint(format!("the first line is `{}`", ours.join(","))));
        }
        let all = |id: &str| -> Vec<Vec<String>> {
            rows.iter()
                .map(|row| {
                    let field = |name: &String| match name.as_str() {
                        "id" => id.to_owned(),
                        "date" => date.to_string(),
                        _ => row
                            .iter()
                            .find(|(known, _)| known == name)
                            .map(|(_, value)| value.clone())
                            .unwrap_or_default(),
                    };
                    header.iter().map(field).collect()
                })
                .collect()
        };
        let text: Vec<String> = all("").iter().map(|row| row.join("\n")).collect();
        let id = new_id(date, &text.join("\n"), taken);
        taken.insert(id.clone());
        if let Err(message) = append(&mut self.set, source, &path, &header, &all(&id)) {
            self.problems.push(Diagnostic::error(code::FILE_UNREADABLE, message));
        }
        id
    }
}

/// Returns the header of a payments file: its own, or ours where it does not exist.
pub fn header(source: &mut Source, date: NaiveDate, problems: &mut Diagnostics) -> Vec<String> {
    let header = source.book_header(&format!("payments/{}.csv", date.format("%Y")));
    let header = header.unwrap_or_else(|| PAYMENT_HEADER.iter().map(|name| (*name).to_owned()).collect());
    if let Some(missing) =
        ["document", "method", "amount"].iter().find(|name| !header.iter().any(|known| known == *name))
    {
        problems.push(Diagnostic::error(code::CSV_HEADER, format!("the column `{missing}` is missing")));
    }
    header
}

/// Returns all ids of payments.
pub fn ids(source: &mut Source) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    source.payments(|payment| {
        ids.insert(payment.id.to_owned());
    });
    ids
}

fn event_ids(source: &mut Source) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    source.events(|event| {
        ids.insert(event.id.to_owned());
    });
    ids
}

/// Returns a new id: the date and ten hex digits of the SHA-256 of the movement's rows and a counter of identical ones.
pub fn new_id(date: NaiveDate, rows: &str, taken: &BTreeSet<String>) -> String {
    let id = |counter: u32| {
        let digest = sha256(format!("{rows}\n{counter}").as_bytes());
        format!("{}-{}", date.format("%Y%m%d"), &digest[..10])
    };
    (0..=u32::MAX).map(id).find(|id| !taken.contains(id)).unwrap_or_default()
}

/// Plans rows at the end of a book, with its header where it does not exist, after a missing final line end.
///
/// # Errors
/// Where the book cannot be read.
pub fn append(
    set: &mut ChangeSet,
    source: &Source,
    path: &str,
    header: &[String],
    rows: &[Vec<String>],
) -> Result<(), String> {
    let (length, unended) = source.book_end(path).map_err(|_| format!("cannot read {path}"))?;
    let mut text = String::new();
    let is_first = !set.changes().iter().any(|change| change.path() == path);
    if is_first && length == 0 {
        text.push_str(&super::issue::csv_row(header));
    } else if is_first && unended {
        text.push('\n');
    }
    for row in rows {
        text.push_str(&super::issue::csv_row(row));
    }
    set.append(path, length, &text);
    Ok(())
}
