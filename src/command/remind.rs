//! `remind`: who would be reminded today, at which step and why; `--write` writes the messages.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::load;
use super::message::{Desk, Parcel};
use crate::compute::books::Books;
use crate::compute::remind::{Reminder, Silence, decide, policy};
use crate::ledger::client_index::Clients;
use crate::ledger::currency::Currency;
use crate::ledger::reminder::StepName;
use crate::ledger::settings::Settings;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::view::pdf::Engine;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::write::{WriteError, write_new};

/// Show who is to be reminded today, at which step and why; write the messages
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit remind\n  acquit remind --write out/reminders      writes out/reminders/DAY/CLIENT-STEP.eml\n  acquit remind --resolve 20261122-ab12 not-sent      the message of which nobody knew did not arrive"
)]
pub struct RemindArgs {
    /// Write the messages under this folder: e-mails as .eml, .letter.pdf, .sms.txt, .call.txt by the step's channel (nothing is recorded)
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// Say for each open document why nothing is sent
    #[arg(long)]
    pub explain: bool,
    /// Say what became of a message that may have left or not: its id, or the beginning of it, and `sent` or `not-sent`
    #[arg(long, value_names = ["ID", "OUTCOME"], num_args = 2, conflicts_with_all = ["write", "explain"])]
    pub resolve: Vec<String>,
}

/// Shows the plan of today.
///
/// # Errors
/// Where the books cannot be read.
pub fn run(args: &RemindArgs, session: &mut Session<'_>) -> Outcomes {
    if let [id, outcome] = args.resolve.as_slice() {
        return super::resolve::run(id, outcome, session);
    }
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    let clients = source.clients();
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let (due, silent) = decisions(&books, &settings, &clients);
    let mut items = columns();
    for reminder in &due {
        items.push(row(&books, reminder));
    }
    let mut after = match due.len() {
        0 => "Nobody is to be reminded today.\n".to_owned(),
        1 => "1 document to be reminded of.\n".to_owned(),
        n => format!("{n} documents to be reminded of.\n"),
    };
    if args.explain {
        for (index, silence) in &silent {
            let position = books.position(*index);
            after.push_str(&format!("{} ({}): {}\n", position.number, position.client, reason(silence)));
        }
    }
    session.report(&Report { schema: "remind", today: session.today, items, totals: None }, &after)?;
    let mut failed = false;
    if let Some(folder) = &args.write {
        failed = write(session, &mut source, &settings, &clients, &books, &due, folder)?;
    }
    Ok(if broken || failed { Done::Findings } else { Done::Well })
}

type Decisions = (Vec<Reminder>, Vec<(usize, Silence)>);

fn decisions(books: &Books, settings: &Settings, clients: &Clients) -> Decisions {
    let mut policies: BTreeMap<String, Vec<crate::ledger::reminder::Step>> = BTreeMap::new();
    let (mut due, mut silent) = (Vec::new(), Vec::new());
    for index in 0..books.len() {
        let client = books.position(index).client.to_owned();
        let steps = policies.entry(client.clone()).or_insert_with(|| {
            policy(&settings.reminders, clients.get(&client).map_or(&[], |client| client.reminders.as_slice()))
        });
        match decide(books, index, steps) {
            Some(Ok(reminder)) => due.push(reminder),
            Some(Err(silence)) => silent.push((index, silence)),
            None => {}
        }
    }
    due.sort_by_key(|reminder| {
        let position = books.position(reminder.index);
        (position.client.to_owned(), position.falls_due(), position.number.to_owned())
    });
    (due, silent)
}

fn columns() -> Sheet {
    Sheet::new(&[
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
    ])
}

fn row(books: &Books, reminder: &Reminder) -> Vec<Cell> {
    let position = books.position(reminder.index);
    let days = reminder.step.days;
    let why = match days.cmp(&0) {
        std::cmp::Ordering::Less => format!("{} days before due", -days),
        std::cmp::Ordering::Equal => "on the due day".to_owned(),
        std::cmp::Ordering::Greater => format!("{days} days after due"),
    };
    let why = position.plan.map_or(why.clone(), |plan| format!("{why} by {plan}"));
    vec![
        Cell::text(position.client),
        Cell::text(position.number),
        Cell::text(reminder.step.name.word()),
        Cell::text(reminder.step.channel.word()),
        Cell::date(position.falls_due()),
        Cell::Number(position.days_late),
        Cell::text(position.currency.code()),
        Cell::Amount(position.asked, position.currency),
        Cell::Date(reminder.since),
        Cell::text(why),
    ]
}

fn reason(silence: &Silence) -> String {
    match silence {
        Silence::NotYet(step, day) => format!("{} comes on {day}", step.word()),
        Silence::Hold(Some(day)) => format!("on hold until {day}"),
        Silence::Hold(None) => "on hold".into(),
        Silence::Promise(day) => format!("promised for {day}"),
        Silence::Dispute => "disputed".into(),
        Silence::Taken(step, day) => format!("{} was sent on {day}", step.word()),
        Silence::Spacing(day) => format!("reminded on {day}, a few days ago"),
        Silence::Small => "less than the least amount of the step".into(),
    }
}

/// One message a client, currency and day: all its documents, at the highest step. What is ripe for a formal notice is in a notice of
/// its own, which waits for a person.
fn write(
    session: &mut Session<'_>,
    source: &mut Source,
    settings: &Settings,
    clients: &Clients,
    books: &Books,
    due: &[Reminder],
    folder: &std::path::Path,
) -> Result<bool, Failure> {
    let folder = &session.output(folder)?;
    let desk = Desk::load(source, settings, clients, books);
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let mut groups: BTreeMap<(String, Currency, bool), Vec<&Reminder>> = BTreeMap::new();
    for reminder in due {
        let position = books.position(reminder.index);
        let is_formal = reminder.step.name == StepName::Formal;
        // What is not due yet never stands among what is late: it waits for a day of its own.
        let is_late = |other: &Reminder| other.step.days >= 0 && other.step.name != StepName::Formal;
        let same = |other: &&Reminder| books.position(other.index).client == position.client;
        if reminder.step.days < 0 && due.iter().filter(same).any(is_late) {
            session.terminal.say(&format!(
                "{} ({}): its upcoming reminder waits, as the client is reminded of what is late",
                position.number, position.client
            ));
            continue;
        }
        groups.entry((position.client.to_owned(), position.currency, is_formal)).or_default().push(reminder);
    }
    let several = |client: &str| {
        let mut own = groups.keys().filter(|(known, ..)| known == client).map(|(_, currency, _)| currency);
        let first = own.next();
        own.any(|other| Some(other) != first)
    };
    let mut failed = session.warn(source);
    for ((client, currency, is_formal), reminders) in &groups {
        let step = reminders.iter().map(|reminder| &reminder.step).max_by_key(|step| step.name).cloned();
        let Some(step) = step else { continue };
        let numbers: Vec<String> = reminders.iter().map(|r| books.position(r.index).number.to_owned()).collect();
        let documents = match load::documents(session, source, settings, &numbers) {
            Ok(documents) => documents,
            Err(Failure::Refused(problems, map)) => {
                failed |= session.print(&problems, &map);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let parcel = match desk.parcel(source, &engine, &documents, &step) {
            Ok((parcel, problem)) => {
                failed |= session.print(problem.as_slice(), &source.map);
                parcel
            }
            Err(problems) => {
                failed |= session.print(&problems.sorted(), &source.map);
                continue;
            }
        };
        let suffix = if several(client) { format!("-{currency}") } else { String::new() };
        let name = format!("{client}-{}{suffix}.{}", step.name.word(), parcel.ending);
        let path = folder.join(session.today.to_string()).join(&name);
        write_parcel(session, &path, &parcel)?;
        if *is_formal {
            let numbers = numbers.join(", ");
            session.terminal.say(&format!("{numbers} ({client}): a person signs and sends the formal notice"));
        }
    }
    Ok(failed)
}

/// Creates a message's file. What stands there already may have been edited: it is kept.
///
/// # Errors
/// What the system says.
pub fn write_parcel(session: &mut Session<'_>, path: &std::path::Path, parcel: &Parcel) -> Result<(), Failure> {
    let shown = path.strip_prefix(&session.folder).unwrap_or(path).display().to_string();
    let remark = parcel.remark.as_ref().map(|remark| format!(" ({remark})")).unwrap_or_default();
    let verb = if session.global.dry_run {
        "would write"
    } else {
        match write_new(session.disk, path, &parcel.bytes) {
            Ok(()) => "wrote",
            Err(WriteError::Conflict(_)) => {
                session
                    .terminal
                    .say(&format!("kept {shown}: it stands there with another text; remove it to have it made anew"));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    };
    session.terminal.say(&format!("{verb} {shown}{remark}"));
    Ok(())
}
