//! `record`: that something happened which no other command records: proceedings, a receipt, a judgment, an acknowledgement, a hand-over, a
//! remark.

use chrono::NaiveDate;

use super::incident::Told;
use super::load;
use super::record::{Book, Fields, Recorder};
use super::typed::texts;
use crate::changes::ChangeSet;
use crate::compute::books::Books;
use crate::compute::dossier::Case;
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::document::DocumentType;
use crate::ledger::event_kind::EventKind;
use crate::source::Source;

/// The kinds of events that `record` knows, by their words.
pub const KINDS: &[EventKind] = &[
    EventKind::Insolvency,
    EventKind::Delivered,
    EventKind::Enforceable,
    EventKind::Acknowledged,
    EventKind::HandedOver,
    EventKind::Note,
];

/// What is recorded.
#[derive(Debug)]
pub struct Recorded {
    /// The change set.
    pub set: ChangeSet,
    /// What is said of it.
    pub said: String,
}

/// What an event is about.
enum About {
    /// A client as a whole, by its id.
    Client(String),
    /// Documents of a client, by their numbers.
    Documents(String, Vec<String>),
}

/// Reads a kind.
///
/// # Errors
/// `VALUE-CHOICE` where it is none of [`KINDS`].
pub fn kind(word: &str) -> Result<EventKind, Diagnostic> {
    let words: Vec<&str> = KINDS.iter().map(|kind| kind.word()).collect();
    KINDS
        .iter()
        .find(|kind| kind.word() == word)
        .copied()
        .ok_or_else(|| {
            let hint = match nearest(word, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of {}", words.join(", ")),
            };
            let message = format!("`{word}` is nothing that `record` knows");
            Diagnostic::error(code::VALUE_CHOICE, message).hint(hint)
        })
}

/// Plans the rows of an event about a document or a client. An event that counts for documents alone is written for each document of the
/// client that it can be about.
///
/// # Errors
/// Where nothing has that number or id, the event lies ahead or before its document, was recorded already, or is about nothing.
pub fn plan(
    kind: EventKind,
    whom: &str,
    told: &Told,
    today: NaiveDate,
    source: &mut Source,
) -> Result<Recorded, Diagnostics> {
    let date = told.date.unwrap_or(today);
    let books = load::books(source, today);
    let mut problems = Diagnostics::default();
    texts([&told.note], &mut problems);
    if date > today {
        let message = format!("{date} is later than today, {today}");
        let hint = "record what has happened";
        problems.push(Diagnostic::error(code::EVENT_STATE, message).hint(hint));
    }
    if kind == EventKind::Note && told.note.as_deref().unwrap_or_default().trim().is_empty() {
        let message = "a note without a text";
        let hint = format!("write it: `acquit record note {whom} --note \"…\"`");
        problems.push(Diagnostic::error(code::EVENT_STATE, message).hint(hint));
    }
    let about = match about(kind, whom, date, &books, source) {
        Ok(about) => about,
        Err(problem) => {
            problems.push(problem);
            return Err(problems);
        }
    };
    let note = told.note.clone().unwrap_or_default();
    let (client, numbers) = match &about {
        About::Client(client) => (client, vec![String::new()]),
        About::Documents(client, numbers) => (client, numbers.clone()),
    };
    let known = |number: &String| {
        books.ledger().events().any(|event| {
            event.kind == kind
                && event.date == date
                && event.client == client.as_str()
                && event.document == number.as_str()
                && event.note == note
        })
    };
    if numbers.iter().all(known) {
        let message = format!("`{}` of {whom} on {date} is recorded already", kind.word());
        let hint = "give its day with --date, if it happened again";
        problems.push(Diagnostic::error(code::EVENT_STATE, message).hint(hint));
    }
    if problems.has_errors() || source.problems.has_errors() {
        return Err(problems);
    }
    let rows: Vec<Fields> = numbers
        .iter()
        .map(|number| {
            vec![
                ("kind", kind.word().to_owned()),
                ("client", client.clone()),
                ("document", number.clone()),
                ("note", note.clone()),
            ]
        })
        .collect();
    let mut recorder = Recorder::default();
    recorder.add(source, Book::Events, date, &rows);
    problems.extend(std::mem::take(&mut recorder.problems));
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(Recorded {
        set: recorder.set,
        said: said(kind, &about, date),
    })
}

/// Finds what a number or a client's id stands for in an event of a kind.
fn about(
    kind: EventKind,
    whom: &str,
    date: NaiveDate,
    books: &Books,
    source: &mut Source,
) -> Result<About, Diagnostic> {
    let wrong =
        |message: String, hint: String| Diagnostic::error(code::EVENT_STATE, message).hint(hint);
    let word = kind.word();
    if let Some(index) = books.find(whom) {
        let position = books.position(index);
        let client = position.client.to_owned();
        if kind == EventKind::Insolvency {
            let message = "insolvency proceedings are about a client, not a document".to_owned();
            return Err(wrong(message, format!("`acquit record {word} {client}`")));
        }
        if date < position.issued {
            let message = format!("{whom} was issued on {}, after {date}", position.issued);
            let hint = "an event about a document is of its issue date or later";
            return Err(wrong(message, hint.to_owned()));
        }
        let is_of_debt = matches!(kind, EventKind::Acknowledged | EventKind::Enforceable);
        if is_of_debt && position.kind == DocumentType::Credit {
            let message = format!("{whom} is a credit note: nobody has to pay it");
            return Err(wrong(message, "name the invoice".to_owned()));
        }
        return Ok(About::Documents(client, vec![whom.to_owned()]));
    }
    let ids = source.client_ids();
    if !ids.iter().any(|id| id == whom) {
        if books.ledger().find(whom).is_some() {
            let message = format!("{whom} is issued after this day");
            let problem = Diagnostic::error(code::DOCUMENT_UNKNOWN, message);
            return Err(problem.hint("leave --today out"));
        }
        let numbers = books.numbers().map(str::to_owned);
        let known: Vec<String> = ids.into_iter().chain(numbers).collect();
        let command = format!("acquit record {word} {{}}");
        let mut problem = load::unknown_client(whom, &known, &command);
        problem.message = format!("there is no client and no document `{whom}`");
        return Err(problem);
    }
    // What is about a client as a whole stands in one row; what counts for documents alone, in one of each.
    let numbers: Vec<String> = match kind {
        EventKind::Acknowledged | EventKind::Enforceable => {
            let is_open = |number: &&str| {
                books.find(number).is_some_and(|index| {
                    let position = books.position(index);
                    position.client == whom
                        && position.kind != DocumentType::Credit
                        && position.issued <= date
                        && position.balance > rust_decimal::Decimal::ZERO
                })
            };
            books.numbers().filter(is_open).map(str::to_owned).collect()
        }
        EventKind::Delivered => Case::of(books.ledger(), whom, date).unreceived(),
        _ => return Ok(About::Client(whom.to_owned())),
    };
    if numbers.is_empty() {
        let message = if kind == EventKind::Delivered {
            format!("no formal notice to `{whom}` is without a receipt")
        } else {
            format!("nothing was left to pay of any document of `{whom}` issued by {date}")
        };
        let hint = format!("name the document: `acquit record {word} NUMBER`");
        return Err(wrong(message, hint));
    }
    Ok(About::Documents(whom.to_owned(), numbers))
}

/// What is said of what was recorded: what follows from it.
fn said(kind: EventKind, about: &About, date: NaiveDate) -> String {
    let what = match about {
        About::Client(client) => format!("`{client}`"),
        About::Documents(_, numbers) => numbers.join(", "),
    };
    match kind {
        EventKind::Insolvency => format!(
            "insolvency proceedings of {what} since {date}: no reminders; where the law stops interest, none runs after it"
        ),
        EventKind::Delivered => format!("received on {date}: {what}"),
        EventKind::Enforceable => {
            format!("an enforceable judgment was served on {date}: {what}")
        }
        EventKind::Acknowledged => {
            format!("the debt was acknowledged on {date}, and limitation may begin anew: {what}")
        }
        EventKind::HandedOver => format!("handed over on {date}: {what}; no reminders"),
        _ => format!("noted on {date}: {what}"),
    }
}
