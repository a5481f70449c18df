//! **acquit** keeps a freelancer's sales ledger as plain TOML and CSV files in git, and gets the invoices paid.
//!
//! # The map of the house
//!
//! ```text
//! files → source → ledger → compute → view → write / terminal        regime: data for compute and check
//!                    └────→ check → diagnostics                      task: strings the rooms together; command: asks and says
//! ```
//!
//! | Room | What for | May import |
//! |---|---|---|
//! | [`span`], [`diagnostic`], [`changes`], [`lock`], [`printable`] | places, problems, change sets, locks, safe text: plain data | nothing |
//! | [`ledger`] | the sales ledger: validated types | the plain data |
//! | [`source`] | files → ledger; the only reader of the file system | `ledger` |
//! | [`regime`] | what the law says: dated, sourced data | `ledger` |
//! | [`compute`] | pure: (ledger, regime, today) → documents and reports | `ledger`, `regime` |
//! | [`check`] | rules with stable codes → diagnostics | `ledger`, `regime`, `compute` |
//! | [`view`] | reports → bytes; computes nothing, writes nothing | `ledger`, `compute`, `regime` |
//! | [`disk`], [`write`](mod@write), [`terminal`], [`prompt`] | the only writers of files and streams, the only asker | the plain data |
//! | [`post`] | how messages leave; the only user of the network and of processes | `source` |
//! | [`outside`], [`arguments`], [`session`] | what the program gets; the options of every command; what a command receives | all but `task`, `command` and `cli` |
//! | [`task`] | what commands do, from plain values to changes, messages or a report | all but `arguments`, `command` and `cli` |
//! | [`command`] | one file a verb: its arguments, its help, what it asks and says | all but `cli` |
//! | [`cli`] | reads the command line, builds the command that it names | `arguments`, `command` |
//!
//! `tests/house.rs` fails on any other import.

pub mod arguments;
pub mod changes;
pub mod check;
pub mod cli;
pub mod command;
pub mod compute;
pub mod diagnostic;
pub mod disk;
pub mod ledger;
pub mod lock;
pub mod outside;
pub mod post;
pub mod printable;
pub mod prompt;
pub mod regime;
pub mod session;
pub mod source;
pub mod span;
pub mod task;
pub mod terminal;
pub mod view;
pub mod write;

pub use outside::Outside;
use session::{Done, Failure, Session};
use terminal::Terminal;
use view::snippet::Paint;

/// Runs a command; returns the exit code: 0 done, 1 refused or findings, 2 wrong usage, 3 could not, 4 recorded, and something failed
/// after that, 130 left by the person who was asked.
pub fn run(outside: Outside<'_>) -> u8 {
    let mut terminal = Terminal::new(outside.out, outside.err, outside.width);
    let (global, job) = match cli::parse(&outside.arguments) {
        Ok(parsed) => parsed,
        Err(error) => return cli::usage(&error, &mut terminal),
    };
    let colours = |is_terminal: bool| match global.color.as_str() {
        "always" => true,
        "never" => false,
        _ => is_terminal && !outside.no_color,
    };
    terminal.out_paint = Paint {
        on: colours(outside.is_terminal.0),
    };
    terminal.err_paint = Paint {
        on: colours(outside.is_terminal.1),
    };
    terminal.is_live = outside.is_terminal.1;
    terminal.quiet = global.quiet;
    let folder = global
        .start
        .as_ref()
        .map_or_else(|| outside.folder.clone(), |dir| outside.folder.join(dir));
    let mut session = Session {
        folder,
        today: global.today.unwrap_or(outside.today),
        now: outside.now,
        words: arguments::words(&outside.arguments),
        recovered: None,
        held: None,
        has_recorded: std::cell::Cell::new(false),
        global,
        terminal,
        ask: outside.ask,
        disk: outside.disk,
        chance: outside.chance,
        mail: outside.mail,
        office: outside.office,
        run,
    };
    let result = command::run(job, &mut session).and_then(|done| {
        session.terminal.flush().map_err(Failure::from)?;
        Ok(done)
    });
    let result = match result {
        // A report that cannot be written does not undo what was recorded before it.
        Err(Failure::Could(why)) if session.has_recorded.get() => {
            if let Some(held) = &session.held {
                held.keep();
            }
            let hint =
                "what was said before is recorded; this one typed again records nothing twice";
            Err(Failure::Recorded(why, hint.into()))
        }
        other => other,
    };
    exit_code(result, &mut session)
}

fn exit_code(result: Result<Done, Failure>, session: &mut Session<'_>) -> u8 {
    match result {
        Ok(Done::Well) | Err(Failure::BrokenPipe) => 0,
        Ok(Done::Findings) => 1,
        Err(Failure::Refused(problems, map)) => {
            session.print(&problems, &map);
            let unreadable = [
                diagnostic::code::FILE_UNREADABLE,
                diagnostic::code::JOURNAL_BROKEN,
            ];
            if problems
                .iter()
                .any(|problem| unreadable.contains(&problem.code))
            {
                3
            } else {
                1
            }
        }
        Err(Failure::Stopped) => {
            session.terminal.complain("stopped: nothing was done\n");
            130
        }
        Err(Failure::Usage(message, hint)) => {
            session
                .terminal
                .complain(&format!("error: {message}\n = hint: {hint}\n"));
            2
        }
        Err(Failure::Could(message)) => {
            session.terminal.complain(&format!("error: {message}\n"));
            3
        }
        Err(Failure::Recorded(message, hint)) => {
            session
                .terminal
                .complain(&format!("error: {message}\n = hint: {hint}\n"));
            4
        }
        Err(Failure::Repeated) => {
            let said = [
                "the command that was interrupted is done, and this one would record the same: nothing is recorded twice",
                " = hint: if you mean another one, type it once more",
            ];
            session.terminal.complain(&format!("{}\n", said.join("\n")));
            0
        }
    }
}
