//! The plan of reminders, and why each document stands where it does, as tables.

use std::cmp::Ordering;

use super::sheet::{Cell, Sheet};
use crate::compute::books::Books;
use crate::compute::remind::{Day, Note, Silence, Skip, Standing};
use crate::ledger::reminder::Step;

/// The documents of the day's messages, by client: which step each takes, and why.
pub fn plan(day: &Day, books: &Books) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("client", "Client"),
        ("number", "Number"),
        ("step", "Step"),
        ("channel", ""),
        ("due", "Due"),
        ("days_late", "Late"),
        ("currency", "Cur."),
        ("amount", "Amount"),
        ("since", ""),
        ("why", "Why"),
        ("needs_person", ""),
    ]);
    for note in &day.notes {
        for index in note.documents(books) {
            sheet.push(row(day, note, index, books));
        }
    }
    sheet
}

fn row(day: &Day, note: &Note, index: usize, books: &Books) -> Vec<Cell> {
    let position = books.position(index);
    let is_taken = note.taken.contains(&index);
    let standing = day
        .standings
        .iter()
        .find(|standing| standing.index == index)
        .filter(|_| is_taken);
    let mut why = if is_taken {
        when(&note.step, standing)
    } else {
        "late as well".to_owned()
    };
    if let Some(plan) = position.plan.filter(|_| is_taken) {
        why = format!("{why} by {plan}");
    }
    if note.needs_person {
        why.push_str("; waits for a person");
    }
    vec![
        Cell::text(position.client),
        Cell::text(position.number),
        if is_taken {
            Cell::Word(note.step.name.word())
        } else {
            Cell::None
        },
        Cell::Word(note.step.channel.word()),
        Cell::date(position.falls_due()),
        Cell::Number(position.days_late),
        Cell::Word(position.currency.code()),
        Cell::Amount(position.asked, position.currency),
        Cell::date(standing.and_then(|standing| standing.since)),
        Cell::text(why),
        Cell::Flag(note.needs_person),
    ]
}

/// Why a document is in a message: its own step's day, be it that the message has a higher one.
fn when(step: &Step, standing: Option<&Standing>) -> String {
    let own = standing
        .and_then(|standing| standing.next)
        .map_or(step.name, |(name, _)| name);
    let days = standing
        .and_then(|standing| Some((standing.since? - standing.due).num_days()))
        .unwrap_or_default();
    let day = match days.cmp(&0) {
        Ordering::Less => format!("{} days before due", -days),
        Ordering::Equal => "on the due day".to_owned(),
        Ordering::Greater => format!("{days} days after due"),
    };
    if own == step.name {
        day
    } else {
        format!("{}, {day}", own.word())
    }
}

/// Where every open document stands: the last step taken, the next and its day, what was left out, and why nothing is sent today.
pub fn explanation<'s>(standings: impl Iterator<Item = &'s Standing>, books: &Books) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("client", "Client"),
        ("number", "Number"),
        ("due", "Due"),
        ("days_late", "Late"),
        ("currency", ""),
        ("amount", ""),
        ("taken", "Last"),
        ("taken_on", "On"),
        ("next", "Next"),
        ("next_on", "From"),
        ("why", "Today"),
    ]);
    for standing in standings {
        let position = books.position(standing.index);
        let (taken, taken_on) = standing.taken.unzip();
        let (next, next_on) = standing.next.unzip();
        sheet.push(vec![
            Cell::text(position.client),
            Cell::text(position.number),
            Cell::Date(standing.due),
            Cell::Number(position.days_late),
            Cell::Word(position.currency.code()),
            Cell::Amount(position.asked, position.currency),
            taken.map_or(Cell::None, |step| Cell::Word(step.word())),
            Cell::date(taken_on),
            next.map_or(Cell::None, |step| Cell::Word(step.word())),
            Cell::date(next_on.flatten()),
            Cell::text(why(standing)),
        ]);
    }
    sheet
}

/// The row of a document that somebody asks about and that nobody is to be reminded of.
pub fn settled(index: usize, books: &Books) -> Vec<Cell> {
    let position = books.position(index);
    vec![
        Cell::text(position.client),
        Cell::text(position.number),
        Cell::date(position.falls_due()),
        Cell::Number(0),
        Cell::Word(position.currency.code()),
        Cell::Amount(position.asked, position.currency),
        Cell::None,
        Cell::None,
        Cell::None,
        Cell::None,
        Cell::text(format!(
            "nothing: it is {}",
            position.status.word().replace('-', " ")
        )),
    ]
}

/// What is done about a document today, and what was left out before.
fn why(standing: &Standing) -> String {
    let mut text = match &standing.silence {
        None => "goes".to_owned(),
        Some(silence) => sentence(silence),
    };
    for (step, skip) in &standing.skipped {
        let reason = match skip {
            Skip::Passed => "the due date has passed",
            Skip::Issued => "its day came before the document",
            Skip::Overtaken => "a later step came first",
        };
        text.push_str(&format!("; {} left out: {reason}", step.word()));
    }
    text
}

/// Says why nothing is sent.
pub fn sentence(silence: &Silence) -> String {
    match silence {
        Silence::NotYet => "nothing: not yet".into(),
        Silence::PlanKept(plan) => format!("nothing: {plan} is kept"),
        Silence::Rest => "nothing: waits for a working day".into(),
        Silence::Hold(Some(day)) => format!("nothing: on hold until {day}"),
        Silence::Hold(None) => "nothing: on hold".into(),
        Silence::Promise(day) => format!("nothing: promised for {day}"),
        Silence::Dispute => "nothing: disputed".into(),
        Silence::Cap => "nothing: every step is taken".into(),
        Silence::Spacing(day) => format!("nothing: reminded on {day}"),
        Silence::Small(least) => format!("nothing: less than the step's {least}"),
        Silence::Today => "nothing: the client had a message today".into(),
        Silence::Behind => "nothing: the client gets another message today".into(),
        Silence::Insolvency(day) => format!("nothing: insolvency proceedings since {day}"),
        Silence::HandedOver(day) => format!("nothing: handed over on {day}"),
        Silence::Credit(credit) => format!("nothing: the client's credit of {credit} covers it"),
        Silence::Debit => "nothing: it is collected by direct debit".into(),
        Silence::File => "nothing: the client's file has errors".into(),
        Silence::Unknown(id) => format!("nothing: {id} may have left"),
        Silence::Person => "waits for a person".into(),
    }
}
