//! Rows for register/, payments/ and events/: an id a movement, the columns that the file has, all in one change set.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load::SoundBooks;
use crate::changes::{ChangeSet, sha256};
use crate::check::ahead;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::book::{Event, Part, Payment};
use crate::ledger::columns::{event, payment};
use crate::source::{Source, unreadable};

/// A book that commands append movements to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book {
    /// payments/YEAR.csv.
    Payments,
    /// events/YEAR.csv.
    Events,
}

/// A row: columns with their values; `id` and `date` are filled in.
pub type Fields = Vec<(&'static str, String)>;

/// A year's book as it stands on the disk.
#[derive(Debug)]
struct End {
    /// Its first line; ours where it does not exist.
    columns: Vec<String>,
    /// Its length in bytes.
    length: u64,
    /// What comes before the first row: its first line where it does not exist, or a missing final line end.
    opening: String,
}

/// Plans rows in a change set.
#[derive(Debug, Default)]
pub struct Recorder {
    /// What is planned so far; further changes may be added.
    pub set: ChangeSet,
    /// What is in the way.
    pub problems: Diagnostics,
    /// Today, where what stands in a row that is dated later is not to be recorded once more.
    pub once_on: Option<NaiveDate>,
    ends: BTreeMap<String, End>,
    payments: Option<HashSet<String>>,
    events: Option<HashSet<String>>,
}

impl Recorder {
    /// Starts rows of money or messages: they stand on sound books.
    pub fn on(_: &SoundBooks) -> Self {
        Self::default()
    }

    /// Starts rows that are recorded once: what stands in a row that is dated after today is not to be recorded once more.
    pub fn once_on(today: NaiveDate) -> Self {
        Self {
            once_on: Some(today),
            ..Self::default()
        }
    }

    /// Plans the rows of one movement; returns its id.
    pub fn add(
        &mut self,
        source: &mut Source,
        book: Book,
        date: NaiveDate,
        rows: &[Fields],
    ) -> String {
        let (folder, ours) = match book {
            Book::Payments => ("payments", payment::HEADER),
            Book::Events => ("events", event::HEADER),
        };
        let path = format!("{folder}/{}.csv", date.format("%Y"));
        let columns = self.columns(source, &path, ours);
        let used = rows
            .iter()
            .flatten()
            .filter(|(name, value)| !value.is_empty() && !is_default(book, name, value));
        let mut missing: Vec<(&str, &str)> = used
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|(name, _)| !columns.iter().any(|known| known == name))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        for (name, value) in missing {
            self.problems.push(no_column(&path, name, value));
        }
        if let Some(today) = self.once_on
            && let Some((id, date)) = dated_ahead(source, book, today, rows)
        {
            self.problems.push(ahead::twice(&id, date, today));
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
                    columns.iter().map(field).collect()
                })
                .collect()
        };
        let text: Vec<String> = all("").iter().map(|row| row.join("\n")).collect();
        let taken = match book {
            Book::Payments => self.payments.get_or_insert_with(|| {
                let ids = |payment: Payment<'_>| payment.id.to_owned();
                source.ledger().payments().map(ids).collect()
            }),
            Book::Events => self.events.get_or_insert_with(|| {
                let ids = |event: Event<'_>| event.id.to_owned();
                source.ledger().events().map(ids).collect()
            }),
        };
        let id = new_id(date, &text.join("\n"), taken);
        taken.insert(id.clone());
        self.append(&path, &all(&id));
        id
    }

    /// Forgets which ids are taken: others have written to the books since they were read.
    pub fn forget(&mut self) {
        (self.payments, self.events) = (None, None);
        self.ends.clear();
    }

    /// Takes what is planned, to be carried out now: what is planned after it comes behind it.
    pub fn take(&mut self) -> ChangeSet {
        self.ends.clear();
        std::mem::take(&mut self.set)
    }

    /// Returns the columns of a year's book, `ours` where it does not exist; what cannot be read is a problem.
    pub fn columns(&mut self, source: &Source, path: &str, ours: &[&str]) -> Vec<String> {
        if let Some(end) = self.ends.get(path) {
            return end.columns.clone();
        }
        let ours = || ours.iter().map(|name| (*name).to_owned()).collect();
        // A book that is as long as when it was read stands as it was read: it is only ever appended to.
        let read = source.loaded().and_then(|ledger| ledger.end(path));
        let read = read.filter(|end| source.repository.length(path) == Some(end.length));
        let (columns, length, unended) = match read {
            Some(end) => (end.columns.clone(), end.length, end.is_unended),
            None => {
                let columns: Vec<String> = source.book_header(path).unwrap_or_else(ours);
                let (length, unended) = source.book_end(path).unwrap_or_else(|error| {
                    self.problems.push(unreadable(&error, path));
                    (0, false)
                });
                (columns, length, unended)
            }
        };
        let opening = match (length, unended) {
            (0, _) => csv_row(&columns),
            (_, true) => "\n".to_owned(),
            (_, false) => String::new(),
        };
        self.ends.insert(
            path.to_owned(),
            End {
                columns: columns.clone(),
                length,
                opening,
            },
        );
        columns
    }

    /// Plans rows at the end of a year's book whose columns were asked for.
    pub fn append(&mut self, path: &str, rows: &[Vec<String>]) {
        let Some(end) = self.ends.get_mut(path) else {
            return;
        };
        let mut text = std::mem::take(&mut end.opening);
        text.extend(rows.iter().map(|row| csv_row(row)));
        self.set.append(path, end.length, &text);
    }
}

/// Finds a row that is dated after today and says what one of these does, whatever its id. One that a later row takes back, by the same
/// amount below zero, says nothing any more.
fn dated_ahead(
    source: &mut Source,
    book: Book,
    today: NaiveDate,
    rows: &[Fields],
) -> Option<(String, NaiveDate)> {
    let ledger = source.ledger();
    let all: Vec<(String, NaiveDate, Texts)> = match book {
        Book::Payments => ledger
            .payments()
            .filter(|payment| payment.date > today)
            .map(|payment| (payment.id.to_owned(), payment.date, payment_texts(&payment)))
            .collect(),
        Book::Events => ledger
            .events()
            .filter(|event| event.date > today)
            .map(|event| (event.id.to_owned(), event.date, event_texts(&event)))
            .collect(),
    };
    let planned = |name: &str, row: &Fields| {
        let field = row.iter().find(|(known, _)| *known == name);
        field.map_or("", |(_, value)| value).to_owned()
    };
    rows.iter().find_map(|row| {
        // What takes something back may have another note.
        let is_about = |(_, _, texts): &&(String, NaiveDate, Texts)| {
            ["client", "document", "currency", "kind"]
                .iter()
                .all(|name| text(texts, name) == planned(name, row))
        };
        let amount = planned("amount", row);
        let back = match amount.strip_prefix('-') {
            Some(amount) => amount.to_owned(),
            None => format!("-{amount}"),
        };
        let takes_back =
            |(_, _, texts): &&(String, NaiveDate, Texts)| text(texts, "amount") == back;
        let says = |(_, _, texts): &&(String, NaiveDate, Texts)| {
            texts.iter().all(|(name, text)| planned(name, row) == *text)
        };
        let withdrawn = all.iter().filter(is_about).filter(takes_back).count();
        let same = all.iter().filter(says).nth(withdrawn);
        same.map(|(id, date, _)| (id.clone(), *date))
    })
}

/// The columns of a row with what they say.
type Texts = Vec<(&'static str, String)>;

fn text<'t>(texts: &'t Texts, name: &str) -> &'t str {
    let found = texts.iter().find(|(known, _)| *known == name);
    found.map_or("", |(_, text)| text)
}

/// What a payment says, as its columns spell it; its part is told by its document's terms.
fn payment_texts(payment: &Payment<'_>) -> Texts {
    vec![
        ("client", payment.client.to_owned()),
        ("amount", in_currency(payment.amount, payment.currency)),
        ("currency", payment.currency.to_string()),
        ("method", payment.method.word().to_owned()),
        ("document", payment.document.to_owned()),
        ("account", payment.account.to_owned()),
        ("reference", payment.reference.to_owned()),
        ("note", payment.note.to_owned()),
    ]
}

/// What an event says, as its columns spell it.
fn event_texts(event: &Event<'_>) -> Texts {
    let figure = |value: Option<Decimal>| {
        value
            .zip(event.currency)
            .map(|(value, currency)| in_currency(value, currency))
            .unwrap_or_default()
    };
    let currency = event.currency.map(|currency| currency.to_string());
    let until = event.until.map(|day| day.to_string());
    vec![
        ("kind", event.kind.word().to_owned()),
        ("client", event.client.to_owned()),
        ("document", event.document.to_owned()),
        ("step", event.step.to_owned()),
        ("channel", event.channel.to_owned()),
        ("amount", figure(event.amount)),
        ("currency", currency.unwrap_or_default()),
        ("interest", figure(event.interest)),
        ("fee", figure(event.fee)),
        ("until", until.unwrap_or_default()),
        ("who", event.who.to_owned()),
        ("note", event.note.to_owned()),
    ]
}

/// Tells whether a value says no more than a row without its column does: such a row needs no column.
fn is_default(book: Book, name: &str, value: &str) -> bool {
    book == Book::Payments && name == "part" && value == Part::Principal.word()
}

/// Returns the error of a value that the book has no column for: it says what would be lost, and how the column is added.
fn no_column(path: &str, name: &str, value: &str) -> Diagnostic {
    let why = match name {
        "part" => format!("without it, what pays `{value}` would count as principal"),
        _ => format!("`{value}` would be lost"),
    };
    let message = format!("{path} has no column `{name}`: {why}");
    Diagnostic::error(code::CSV_HEADER, message).hint(format!(
        "add it by hand: `,{name}` at the end of the first line, and a comma at the end of each row below"
    ))
}

/// Returns a new id: the date and ten hex digits of the SHA-256 of the movement's rows and a counter of identical ones.
fn new_id(date: NaiveDate, rows: &str, taken: &HashSet<String>) -> String {
    let id = |counter: u32| {
        let digest = sha256(format!("{rows}\n{counter}").as_bytes());
        format!("{}-{}", date.format("%Y%m%d"), &digest[..10])
    };
    (0..=u32::MAX)
        .map(id)
        .find(|id| !taken.contains(id))
        .unwrap_or_default()
}

/// Returns a row as CSV, with its line feed.
fn csv_row(fields: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into a Vec cannot fail.
    let _ = writer.write_record(fields);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
