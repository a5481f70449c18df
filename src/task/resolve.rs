//! `remind --resolve`: a person says what became of a message that may have left or not.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::dispatch::{filled, is_leaving};
use super::record::{Book, Fields, Recorder};
use crate::changes::{sha256, sha256_text};
use crate::compute::outgoing::{Claimed, Outgoing, Unknown};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::amount::in_currency;
use crate::ledger::event_kind::EventKind;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;

/// Reads which messages began to leave, be they dated after today: a message is settled once.
fn outgoing(source: &mut Source) -> Outgoing {
    Outgoing::of(&source.ledger(), NaiveDate::MAX)
}

/// Records what became of the message with an id, or the beginning of one: `sent` or `not-sent`.
///
/// # Errors
/// Where no unknown message has it, or several.
pub fn run(id: &str, word: &str, session: &mut Session<'_>) -> Outcomes {
    if !matches!(word, "sent" | "not-sent") {
        let hint = format!("`acquit remind --resolve {id} sent`, or `not-sent`");
        return Err(Failure::Usage(
            format!("`{word}` does not say what became of the message"),
            hint,
        ));
    }
    let (writer, mut source) = session.open_to_write()?;
    let outgoing = outgoing(&mut source);
    let unknown = match find(id, outgoing.unknown()) {
        Ok(unknown) => unknown,
        Err(problem) => return Err(session.refuse(&mut source, problem.into())),
    };
    if let Some(leaving) = source
        .repository
        .conversation()
        .filter(|leaving| leaving.is(&unknown.id))
    {
        let sentence = format!("the message about {} is leaving now", unknown.numbers());
        let problem = is_leaving(&sentence, &leaving);
        return Err(session.refuse(&mut source, problem.into()));
    }
    let mut recorder = Recorder::default();
    let kind = if word == "sent" {
        unknown.left()
    } else {
        take_back(unknown, &mut source, &mut recorder);
        EventKind::NotSent
    };
    let rows: Vec<Fields> = unknown
        .documents
        .iter()
        .map(|one| row(unknown, one))
        .collect();
    let note = format!("resolved on {}", session.today);
    let rows = filled(&rows, kind, &unknown.file, &unknown.sha256, &note);
    // It is of the day on which the message began to leave: from then on the next reminder counts its days.
    recorder.add(&mut source, Book::Events, unknown.date, &rows);
    let problems = std::mem::take(&mut recorder.problems);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    session.commit(writer.as_ref(), &recorder.set)?;
    let (numbers, client) = (unknown.numbers(), &unknown.client);
    session.terminal.say(&if word == "sent" {
        format!("{numbers} ({client}): sent on {}", unknown.date)
    } else {
        format!("{numbers} ({client}): not sent; it can be sent again")
    });
    Ok(Done::Well)
}

/// Finds a message by its id or the beginning of one.
fn find<'u>(id: &str, all: &'u [Unknown]) -> Result<&'u Unknown, Diagnostic> {
    let wrong = |message: String, hint: String| {
        Err(Diagnostic::error(code::EVENT_STATE, message).hint(hint))
    };
    let list = |all: &[&Unknown]| {
        all.iter()
            .map(|one| one.id.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(one) = all.iter().find(|one| one.id == id) {
        return Ok(one);
    }
    let found: Vec<&Unknown> = all
        .iter()
        .filter(|one| !id.is_empty() && one.id.starts_with(id))
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] if all.is_empty() => {
            let hint = "of every message that began to leave it is recorded what became of it";
            wrong(
                format!("no message is unknown, neither is `{id}`"),
                hint.into(),
            )
        }
        [] => {
            let hint = format!("unknown are {}", list(&all.iter().collect::<Vec<_>>()));
            wrong(
                format!("`{id}` is no message of which it is unknown whether it was sent"),
                hint,
            )
        }
        several => wrong(
            format!("several ids begin with `{id}`"),
            format!("write more of one: {}", list(several)),
        ),
    }
}

/// Takes the file of a message that was not sent out of sent/, unless another message that was is kept there.
fn take_back(unknown: &Unknown, source: &mut Source, recorder: &mut Recorder) {
    let mut kept = BTreeSet::new();
    let ledger = source.ledger();
    for event in ledger.events() {
        if matches!(event.kind, EventKind::Sent | EventKind::Reminded) {
            kept.insert(event.file.to_owned());
        }
    }
    if let Ok(bytes) = source.repository.bytes(&unknown.file)
        && !kept.contains(&unknown.file)
        && sha256(&bytes) == unknown.sha256
    {
        recorder
            .set
            .remove(unknown.file.clone(), sha256_text(&bytes));
    }
}

/// What the event says of one document, as its `sending` did.
fn row(unknown: &Unknown, one: &Claimed) -> Fields {
    let mut row = vec![
        ("client", unknown.client.clone()),
        ("document", one.document.clone()),
        ("step", unknown.step.clone()),
        ("channel", unknown.channel.clone()),
        ("who", unknown.who.clone()),
        (
            "until",
            one.until.map(|day| day.to_string()).unwrap_or_default(),
        ),
    ];
    if let Some(currency) = one.currency {
        row.push(("currency", currency.to_string()));
        let figures = [
            ("amount", one.amount),
            ("interest", one.interest),
            ("fee", one.fee),
        ];
        row.extend(
            figures
                .into_iter()
                .filter_map(|(name, value)| Some((name, in_currency(value?, currency)))),
        );
    }
    row
}
