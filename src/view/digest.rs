//! The owner's digest: as a sheet, as a text with a part for each matter, as an e-mail to oneself.

use super::html::escaped;
use super::sheet::{Cell, Sheet};
use super::table;
use crate::compute::books::Books;
use crate::compute::digest::{Entry, Matter};
use crate::compute::rates::Missing;

/// The columns of the items; those of the text have titles.
const COLUMNS: &[(&str, &str)] = &[
    ("matter", ""),
    ("client", "Client"),
    ("number", "Number"),
    ("due", "Due"),
    ("days_late", "Late"),
    ("currency", "Cur."),
    ("amount", "Amount"),
    ("step", "Step"),
    ("day", "On"),
    ("note", ""),
];

/// The place of the column `day`; `note` comes after it.
const DAY: usize = 8;

/// Returns the items: one a document and matter, then one a rate of the law that is missing.
pub fn sheet(entries: &[Entry], books: &Books, missing: &[Missing]) -> Sheet {
    let mut sheet = Sheet::new(COLUMNS);
    for entry in entries {
        sheet.push(row(entry, books));
    }
    for rate in missing {
        let mut row = vec![Cell::None; COLUMNS.len()];
        row[0] = Cell::Word("missing-rate");
        row[DAY] = Cell::Date(rate.half_year);
        row[DAY + 1] = Cell::text(&rate.series);
        sheet.push(row);
    }
    sheet
}

fn row(entry: &Entry, books: &Books) -> Vec<Cell> {
    let position = books.position(entry.index);
    let (step, day, note) = match &entry.matter {
        Matter::Person(step) => (Cell::Word(step.word()), Cell::None, Cell::None),
        Matter::Unknown(id) => (Cell::None, Cell::None, Cell::text(id.clone())),
        Matter::BrokenPromise(day) | Matter::Lapsing(day) => {
            (Cell::None, Cell::Date(*day), Cell::None)
        }
        Matter::MissedPlan(plan) => (Cell::None, Cell::None, Cell::text(plan.clone())),
        Matter::Credit | Matter::Late | Matter::DueSoon => (Cell::None, Cell::None, Cell::None),
        Matter::Next(step, day) => (Cell::Word(step.word()), Cell::Date(*day), Cell::None),
        Matter::Unclaimed(_, words) => (Cell::None, Cell::None, Cell::text(words.clone())),
    };
    let asked = match &entry.matter {
        Matter::Unclaimed(sum, _) => *sum,
        _ => position.asked,
    };
    vec![
        Cell::Word(word(&entry.matter)),
        Cell::text(position.client),
        Cell::text(position.number),
        Cell::date(position.falls_due()),
        Cell::Number(position.days_late),
        Cell::Word(position.currency.code()),
        Cell::Amount(asked, position.currency),
        step,
        day,
        note,
    ]
}

fn word(matter: &Matter) -> &'static str {
    match matter {
        Matter::Person(_) => "person",
        Matter::Unknown(_) => "unknown",
        Matter::Credit => "credit",
        Matter::Lapsing(_) => "lapsing",
        Matter::BrokenPromise(_) => "broken-promise",
        Matter::MissedPlan(_) => "missed-plan",
        Matter::Late => "late",
        Matter::DueSoon => "due-soon",
        Matter::Next(..) => "next",
        Matter::Unclaimed(..) => "unclaimed",
    }
}

/// The parts of the text, in order: the word of the matter, the title, the columns that say something there.
const PARTS: &[(&str, &str, &[&str])] = &[
    ("person", "Waiting for your yes", &["step"]),
    ("unknown", "Sent or not, nobody knows", &["note"]),
    (
        "credit",
        "Covered by the client's credit (`acquit pay NUMBER AMOUNT --method offset`)",
        &["due"],
    ),
    ("lapsing", "No court takes these after their day", &["day"]),
    ("broken-promise", "Promised and not paid", &["day"]),
    (
        "missed-plan",
        "Instalments missed",
        &["note", "due", "days_late"],
    ),
    ("late", "Late", &["due", "days_late"]),
    ("due-soon", "Due within a week", &["due"]),
    ("next", "Reminders of the week", &["step", "day"]),
    (
        "unclaimed",
        "Paid late, interest and indemnity left to claim (`acquit waive NUMBER` gives them up)",
        &["note"],
    ),
];

/// Returns the text: nothing where there is nothing.
pub fn text(sheet: &Sheet, missing: &[Missing], width: u16) -> String {
    let mut text = String::new();
    for (word, title, columns) in PARTS {
        let mut part = Sheet::new(COLUMNS);
        for column in &mut part.columns {
            let is_shown = ["client", "number", "currency", "amount"].contains(&column.key)
                || columns.contains(&column.key);
            column.title = match (is_shown, column.key, *word) {
                (false, ..) => None,
                (true, "note", "missed-plan") => Some("Plan"),
                (true, "note", "unclaimed") => Some("Left"),
                (true, "note", _) => Some("Message"),
                (true, "day", "broken-promise") => Some("Promised for"),
                _ => column.title,
            };
        }
        part.rows = sheet
            .rows
            .iter()
            .filter(|row| row[0] == Cell::Word(word))
            .cloned()
            .collect();
        if part.rows.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let table = table::sheet(&part, width.saturating_sub(2));
        text.push_str(&format!("{title}:\n"));
        text.extend(table.lines().map(|line| format!("  {line}\n")));
    }
    if !missing.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}Rates of the law to add:\n"));
        text.extend(missing.iter().map(Missing::lines));
    }
    text
}

/// Returns the text as HTML, in letters of one width: its columns stay under each other.
pub fn html(subject: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n<pre>\n{}\n</pre>\n</body>\n</html>\n",
        escaped(subject),
        lines.join("\n")
    )
}
