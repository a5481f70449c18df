//! `remind`: who is to be reminded today, at which step and why; `--write` writes the messages, `--log` records them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use crate::compute::books::Books;
use crate::compute::rates::{missing, needed};
use crate::compute::remind::{self, Day, Note, Silence, Standing, policy};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::client_index::Clients;
use crate::ledger::reminder::Channel;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::repository::Conversation;
use crate::span::SourceMap;
use crate::task::digest::Digest;
use crate::task::dispatch::{Dispatch, mail, resolve};
use crate::task::load::{self, FoundBooks};
use crate::task::message::Desk;
use crate::task::reminders::{Round, Task, debited};
use crate::task::unclaimed;
use crate::view::pdf::Engine;
use crate::view::reminders;
use crate::view::sheet::Report;

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
/// Arguments of `remind`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit remind\n  acquit remind --explain acme\n  acquit remind --write out/reminders --log      writes out/reminders/DAY/CLIENT-STEP.eml, and records it\n  acquit remind --resolve 20261122-ab12 not-sent      the message of which nobody knew did not arrive"
)]
pub struct RemindArgs {
    /// Only these clients, or the clients of these documents
    #[arg(value_name = "WHO")]
    pub who: Vec<String>,
    /// Write the messages under this folder: e-mails as .eml, .letter.pdf, .sms.txt, .call.txt by the step's channel
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// Record the messages as events with what they claim, keep a copy under sent/; without it nothing is recorded
    #[arg(long)]
    pub log: bool,
    /// Send the e-mails by the server or the command of mail.toml, and record what became of each
    #[arg(long)]
    pub send: bool,
    /// Send by this mail.toml
    #[arg(long, value_name = "FILE", requires = "send")]
    pub mail: Option<PathBuf>,
    /// Let go to this client what waits for a person's yes, such as a formal notice; may be given several times
    #[arg(long, value_name = "CLIENT")]
    pub confirm: Vec<String>,
    /// Say of each open document at which step it stands, what comes next and when, and why nothing is sent today
    #[arg(long, conflicts_with_all = ["write", "log", "send", "confirm"])]
    pub explain: bool,
    /// Say what you are to know this morning: what waits for you, what is late, due, promised, and comes next; nothing where there is nothing
    #[arg(long, conflicts_with_all = ["explain", "log", "send", "confirm", "resolve"])]
    pub digest: bool,
    /// Say what became of a message that may have left or not: its id, or the beginning of it, and `sent` or `not-sent`
    #[arg(long, value_names = ["ID", "OUTCOME"], num_args = 2, conflicts_with_all = ["write", "log", "send", "explain"])]
    pub resolve: Vec<String>,
}

/// Shows the plan of today, and carries it out if asked to.
///
/// # Errors
/// Where the books cannot be read, a client or document is unknown, or something cannot be written.
pub fn run(args: &RemindArgs, session: &mut Session<'_>) -> Outcomes {
    if let [id, outcome] = args.resolve.as_slice() {
        return crate::task::resolve::run(id, outcome, session);
    }
    let records = args.log || args.send;
    let (writer, mut source) = if args.send {
        session.open_to_send()?
    } else if records {
        session.open_to_write_again()?
    } else {
        (None, session.open()?)
    };
    // Who sends has locked out all others who do.
    let leaving = if args.send {
        None
    } else {
        source.repository.conversation()
    };
    let settings = load::settings(session, &mut source)?;
    let clients = source.clients_apart();
    // Whom to remind, and of how much, is known from sound books alone.
    let books = FoundBooks::read(records, session, &mut source, &settings)?;
    let mut problems = Diagnostics::default();
    let regime = load::law(&settings, &mut problems);
    let who = who(args, &books, &clients, &mut problems);
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    source.problems.extend(problems);
    // A client's file that is wrong keeps back the messages to that client alone.
    source.problems.extend(clients.problems());
    let collected = debited(&books, &clients, &mut source);
    let broken = session.warn(&mut source);
    let plan = |confirmed: &BTreeSet<String>| {
        let steps = |client: &str| {
            policy(
                &settings.reminders,
                clients
                    .get(client)
                    .map_or(&[], |client| client.reminders.as_slice()),
            )
        };
        let aside = |index: usize| {
            let client = books.position(index).client;
            let file = clients.broken(client).map(|_| Silence::File);
            file.or_else(|| collected.contains(&index).then_some(Silence::Debit))
        };
        let mut day = remind::day(&books, steps, aside, &regime.calendar, confirmed);
        if !args.who.is_empty() {
            day.notes.retain(|note| who.clients.contains(&note.client));
        }
        day
    };
    let mut confirmed: BTreeSet<String> = args.confirm.iter().cloned().collect();
    let mut day = plan(&confirmed);
    if args.explain {
        explain(args, &who, &day, &books, session)?;
        return Ok(if broken { Done::Findings } else { Done::Well });
    }
    if args.digest {
        let folder = args
            .write
            .as_deref()
            .map(|folder| session.output(folder))
            .transpose()?;
        let last = |standing: &Standing| {
            let kind = clients.get(books.position(standing.index).client)?.kind;
            let limitation = books.limitation(standing.index, &regime, kind)?;
            limitation
                .is_near(session.today)
                .then_some((standing.index, limitation.last))
        };
        let lapsing = day.standings.iter().filter_map(last).collect();
        let missing = needed(missing(&regime, session.today), &settings, &clients);
        let unclaimed = unclaimed::recent(&books, &mut source);
        let digest = Digest {
            day: &day,
            books: &books,
            lapsing: &lapsing,
            missing: &missing,
            leaving: leaving.as_ref(),
            unclaimed: &unclaimed,
        };
        crate::task::digest::run(&digest, &settings, folder.as_deref(), session)?;
        return Ok(if broken { Done::Findings } else { Done::Well });
    }
    if records && ask(args, &day, &books, &mut confirmed, session)? {
        day = plan(&confirmed);
    }
    let items = reminders::plan(&day, &books);
    let after = summary(&day);
    session.report(
        &Report {
            schema: "remind",
            today: session.today,
            items,
            totals: None,
        },
        &after,
    )?;
    let mut failed = unknown(&books, &who, leaving.as_ref(), session);
    if args.write.is_some() || records {
        let folder = args
            .write
            .as_deref()
            .map(|folder| session.output(folder))
            .transpose()?;
        let desk = Desk::load(&mut source, &settings, &clients, &books);
        let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
        // A template that cannot be read is not replaced by another text in what leaves.
        if session.warn(&mut source) {
            if records {
                return Ok(Done::Findings);
            }
            failed = true;
        }
        let sends = args.send && !day.notes.is_empty();
        let mut post = match (&writer, books.sound()) {
            (Some(writer), Some(sound)) if sends => {
                let mail = mail(args.mail.as_ref(), session, &mut source)?;
                Some(Dispatch::open(sound, &mail, session, &mut source, writer)?)
            }
            _ => None,
        };
        let task = Task {
            folder: folder.as_deref(),
            log: args.log,
            send: args.send,
        };
        let (settings, writer) = (&settings, writer.as_ref());
        let round = Round {
            desk: &desk,
            books: &books,
            settings,
            engine: &engine,
            task,
            writer,
        };
        for note in &day.notes {
            failed |= round.carry_out(note, post.as_mut(), session, &mut source)?;
        }
    }
    Ok(if broken || failed {
        Done::Findings
    } else {
        Done::Well
    })
}

/// Names the messages of which nobody knows whether they have left; tells whether there is one.
fn unknown(
    books: &Books,
    who: &Who,
    leaving: Option<&Conversation>,
    session: &mut Session<'_>,
) -> bool {
    let open = books.in_flight().unknown().iter();
    let meant = open.filter(|open| who.clients.is_empty() || who.clients.contains(&open.client));
    let mut some = false;
    for open in meant {
        if let Some(leaving) = leaving.filter(|leaving| leaving.is(&open.id)) {
            let sentence = format!(
                "the message about {} is leaving now: {} sends it",
                open.numbers(),
                leaving.who()
            );
            session.terminal.say(&sentence);
            continue;
        }
        let message = format!(
            "nobody knows whether the message of {} about {} was sent",
            open.date,
            open.numbers()
        );
        let problem = Diagnostic::error(code::SENDING_UNKNOWN, message).hint(resolve(&open.id));
        some |= session.print(&[problem], &SourceMap::default());
    }
    some
}

/// Whom the command line names.
#[derive(Debug, Default)]
struct Who {
    clients: BTreeSet<String>,
    /// Documents named one by one.
    numbers: Vec<String>,
}

fn who(args: &RemindArgs, books: &Books, clients: &Clients, problems: &mut Diagnostics) -> Who {
    let mut who = Who::default();
    let unknown = |name: &str| {
        let known: Vec<String> = clients.ids().map(str::to_owned).collect();
        load::unknown_client(name, &known, "acquit remind {}")
    };
    for name in &args.who {
        if clients.exists(name) {
            who.clients.insert(name.clone());
        } else if let Some(index) = books.find(name) {
            who.clients.insert(books.position(index).client.to_owned());
            who.numbers.push(name.clone());
        } else if name.chars().any(|c| c.is_ascii_digit()) {
            problems.push(load::unknown_document(name, books.numbers()));
        } else {
            problems.push(unknown(name));
        }
    }
    for name in args.confirm.iter().filter(|name| !clients.exists(name)) {
        problems.push(unknown(name));
    }
    who
}

/// Asks a person about what waits for a yes; tells whether anything was let go.
fn ask(
    args: &RemindArgs,
    day: &Day,
    books: &Books,
    confirmed: &mut BTreeSet<String>,
    session: &mut Session<'_>,
) -> Result<bool, Failure> {
    if session.ask.is_none() || session.global.no_input || session.global.dry_run {
        return Ok(false);
    }
    let mut some = false;
    for note in day.notes.iter().filter(|note| note.needs_person) {
        let what = format!(
            "{} to {} ({})",
            note.step.name.title(),
            note.client,
            numbers(note, books)
        );
        let question = match (args.log, args.send && note.step.channel == Channel::Email) {
            (_, true) => format!("Send {what}?"),
            (true, false) => format!("Record {what} as sent?"),
            (false, false) => format!("Write {what}?"),
        };
        if session.confirm(&question, "--confirm")? {
            confirmed.insert(note.client.clone());
            some = true;
        }
    }
    Ok(some)
}

fn numbers(note: &Note, books: &Books) -> String {
    note.taken
        .iter()
        .map(|index| books.position(*index).number)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Says why, of all open documents or of those of some clients; of a document named, even if nothing is left to pay.
fn explain(
    args: &RemindArgs,
    who: &Who,
    day: &Day,
    books: &Books,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let is_meant = |standing: &&Standing| {
        let position = books.position(standing.index);
        let by_client = args.who.iter().any(|name| name == position.client);
        args.who.is_empty()
            || by_client
            || who.numbers.iter().any(|number| number == position.number)
    };
    let mut items = reminders::explanation(day.standings.iter().filter(is_meant), books);
    for index in who.numbers.iter().filter_map(|number| books.find(number)) {
        if day.standings.iter().all(|standing| standing.index != index) {
            items.push(reminders::settled(index, books));
        }
    }
    let after = if items.rows.is_empty() {
        "Nothing is left to pay.\n"
    } else {
        ""
    };
    session.report(
        &Report {
            schema: "remind-explain",
            today: session.today,
            items,
            totals: None,
        },
        after,
    )
}

/// The line under the table.
fn summary(day: &Day) -> String {
    let going = day.notes.iter().filter(|note| !note.needs_person).count();
    let waiting = day.notes.len() - going;
    let count = |count: usize, one: &str, many: &str| {
        if count == 1 {
            format!("1 {one}")
        } else {
            format!("{count} {many}")
        }
    };
    match (going, waiting) {
        (0, 0) => "Nobody is to be reminded today.\n".to_owned(),
        (going, 0) => format!("{}.\n", count(going, "message", "messages")),
        (0, waiting) => format!(
            "{} for a person's yes.\n",
            count(waiting, "message waits", "messages wait")
        ),
        (going, waiting) => format!(
            "{}; {} for a person's yes.\n",
            count(going, "message", "messages"),
            count(waiting, "waits", "wait")
        ),
    }
}
