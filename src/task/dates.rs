//! Dates of issue: never later than today, never before the last document. And what to do where the last one is itself dated after today.

use std::collections::HashSet;

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, code};
use crate::ledger::books::Ledger;
use crate::source::{Source, git};

/// A kind of documents whose dates of issue rise together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Those of the register.
    Register,
    /// The quotes.
    Quotes,
}

/// The last document of a line, which is dated after today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// Its number.
    pub number: String,
    /// Its date of issue.
    pub day: NaiveDate,
    /// The git command that takes back what is dated after today, where none of it has been sent or committed.
    pub way_back: Option<String>,
}

/// An issued document that is dated after today.
struct Issued {
    number: String,
    day: NaiveDate,
    path: String,
}

impl Ahead {
    /// Looks at the last document of a line; none where it is dated today or before.
    pub fn of(line: Line, source: &mut Source, ledger: &Ledger, today: NaiveDate) -> Option<Self> {
        let ahead = match line {
            Line::Register => registered(ledger, today),
            Line::Quotes => offered(source, today),
        };
        let last = ahead.iter().max_by_key(|issued| issued.day)?;
        Some(Self {
            number: last.number.clone(),
            day: last.day,
            way_back: way_back(line, &ahead, source, ledger, today),
        })
    }

    /// Refuses a day of issue because of it. `draft` is the name of the draft, where it stands in a file.
    pub fn problem(&self, day: NaiveDate, today: NaiveDate, draft: Option<&str>) -> Diagnostic {
        let Self {
            number,
            day: last,
            way_back,
        } = self;
        let message = if day > today {
            format!(
                "{day} is later than today, {today}; the last document, {number}, is dated {last}"
            )
        } else {
            format!(
                "{day} is earlier than the date of the last document, {number}, which is dated {last}, after today, {today}"
            )
        };
        let hint = match (way_back, draft) {
            (Some(command), _) => format!(
                "{number} has neither been sent nor committed: `{command}` takes it back, and keeps it in git's stash"
            ),
            (None, Some(draft)) => format!(
                "`acquit issue {draft} --date {last}` gives it the date of {number}, and asks first; or wait until that day has come"
            ),
            (None, None) => format!(
                "wait until {last} has come, or draft it and `acquit issue DRAFT --date {last}`"
            ),
        };
        Diagnostic::error(code::ISSUE_DATE, message).hint(hint)
    }
}

/// The documents of the register that are dated after today.
fn registered(ledger: &Ledger, today: NaiveDate) -> Vec<Issued> {
    ledger
        .documents()
        .filter(|entry| entry.issued > today)
        .map(|entry| Issued {
            number: entry.number.to_owned(),
            day: entry.issued,
            path: format!(
                "invoices/{}/{}.toml",
                entry.issued.format("%Y"),
                entry.number
            ),
        })
        .collect()
}

/// The quotes that are dated after today: those of its year and of later ones are opened.
fn offered(source: &mut Source, today: NaiveDate) -> Vec<Issued> {
    let from = format!("quotes/{}", today.format("%Y"));
    let paths = source.quote_paths();
    let late = paths.into_iter().filter(|(_, path)| *path >= from);
    late.filter_map(|(number, path)| {
        let (document, _) = source.document(&path)?;
        (document.issued > today).then_some(Issued {
            number,
            day: document.issued,
            path,
        })
    })
    .collect()
}

/// Returns the git command that takes back documents that are dated after today; none where one of them was sent, is named by a row, or
/// is known to git, or where the command would take back something else with them.
fn way_back(
    line: Line,
    ahead: &[Issued],
    source: &mut Source,
    ledger: &Ledger,
    today: NaiveDate,
) -> Option<String> {
    let named = |number: &str| {
        ledger
            .payments()
            .any(|payment| payment.document == number || payment.reference == number)
            || ledger
                .events()
                .any(|event| event.document == number || event.note == number)
            || ledger
                .plans()
                .iter()
                .any(|plan| plan.documents.iter().any(|named| named.value == number))
    };
    if ahead.iter().any(|issued| named(&issued.number)) {
        return None;
    }
    for year in source.repository.years("sent", "").unwrap_or_default() {
        let copies = source.repository.list(&format!("sent/{year}"), "").ok()?;
        let is_kept = |issued: &Issued| {
            copies
                .iter()
                .any(|name| name.starts_with(issued.number.as_str()))
        };
        if ahead.iter().any(is_kept) {
            return None;
        }
    }
    let tracked = git::tracked(source.repository.root())?;
    let mut paths: Vec<String> = Vec::new();
    if line == Line::Register {
        let years: HashSet<String> = ahead
            .iter()
            .map(|issued| issued.day.format("%Y").to_string())
            .collect();
        // A row of a document that git does not know either would go with the file of the register.
        let is_other = |path: &String| !tracked.contains(path);
        let others = ledger.documents().filter(|entry| entry.issued <= today);
        let mut others = others
            .filter(|entry| years.contains(&entry.issued.format("%Y").to_string()))
            .map(|entry| {
                format!(
                    "invoices/{}/{}.toml",
                    entry.issued.format("%Y"),
                    entry.number
                )
            });
        if others.any(|path| is_other(&path)) {
            return None;
        }
        let mut books: Vec<String> = years
            .iter()
            .map(|year| format!("register/{year}.csv"))
            .collect();
        books.sort_unstable();
        paths.extend(books);
    }
    for issued in ahead {
        if tracked.contains(&issued.path) {
            return None;
        }
        let (document, _) = source.document(&issued.path)?;
        paths.push(issued.path.clone());
        let attached = issued.path.trim_end_matches(".toml");
        if source.repository.exists(attached) {
            paths.push(attached.to_owned());
        }
        // The draft comes back where git knows it.
        let draft = format!("drafts/{}.toml", document.draft.name);
        if tracked.contains(&draft) && !source.repository.exists(&draft) {
            paths.push(draft);
        }
    }
    Some(format!(
        "git stash push --include-untracked -- {}",
        paths.join(" ")
    ))
}
