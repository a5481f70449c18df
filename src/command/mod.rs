//! ONE FILE A VERB: its arguments, its help, its run: load → compute → view → write. No arithmetic, no formatting here.

pub mod check;
pub mod client;
pub mod completions;
pub mod copy;
pub mod cover;
pub mod credit;
pub mod demo;
pub mod design;
mod digest;
pub mod discount;
pub mod dispatch;
pub mod dispute;
pub mod dossier;
pub mod electronic;
pub mod evidence;
pub mod explain;
pub mod export;
pub mod hold;
pub mod incident;
pub mod init;
pub mod interest;
pub mod issue;
pub mod lapse;
pub mod law;
pub mod list;
pub mod load;
pub mod man;
pub mod message;
pub mod movement;
pub mod new;
pub mod offers;
pub mod order;
pub mod overdue;
pub mod page;
pub mod pay;
pub mod plan;
pub mod preceding;
pub mod promise;
pub mod quote;
pub mod quote_invoice;
pub mod rates;
pub mod record;
pub mod recurring;
pub mod release;
pub mod remind;
pub mod reminders;
pub mod render;
pub mod resolve;
pub mod send;
pub mod show;
pub mod statement;
pub mod status;
pub mod templates;
pub mod waive;
pub mod words;
pub mod write_off;

use crate::cli::Command;
use crate::session::{Failure, Outcomes, Session};

/// Runs a command.
///
/// # Errors
/// As each command says.
pub fn run(command: &Command, session: &mut Session<'_>) -> Outcomes {
    if !command.reads() && (session.global.json || session.global.format.is_some()) {
        return Err(Failure::Usage(
            "this command writes no report".into(),
            "leave --json and --format out".into(),
        ));
    }
    if !command.writes() && session.global.dry_run {
        return Err(Failure::Usage(
            "this command changes nothing".into(),
            "leave --dry-run out".into(),
        ));
    }
    match command {
        Command::Init(args) => init::run(args, session),
        Command::Demo(args) => demo::run(args, session),
        Command::Status(args) => status::run(args, session),
        Command::Client(args) => client::run(args, session),
        Command::New(args) => new::run(args, session),
        Command::Issue(args) => issue::run(args, session),
        Command::Credit(args) => credit::run(args, session),
        Command::List(args) => list::run(args, session),
        Command::Show(args) => show::run(args, session),
        Command::Render(args) => render::run(args, session),
        Command::Send(args) => send::run(args, session),
        Command::Interest(args) => interest::run(args, session),
        Command::Pay(args) => pay::run(args, session),
        Command::Quote(args) => quote::run(args, session),
        Command::Recurring(args) => recurring::run(args, session),
        Command::Plan(args) => plan::run(args, session),
        Command::WriteOff(args) => write_off::run(args, session),
        Command::Dispute(args) => dispute::run(args, session),
        Command::Hold(args) => hold::run(args, session),
        Command::Release(args) => release::run(args, session),
        Command::Promise(args) => promise::run(args, session),
        Command::Waive(args) => waive::run(args, session),
        Command::Statement(args) => statement::run(args, session),
        Command::Dossier(args) => dossier::run(args, session),
        Command::Overdue(args) => overdue::run(args, session),
        Command::Remind(args) => remind::run(args, session),
        Command::Templates(args) => templates::run(args, session),
        Command::Law(args) => law::run(args, session),
        Command::Check(args) => check::run(args, session),
        Command::Export(args) => export::run(args, session),
        Command::Explain(args) => explain::run(args, session),
        Command::Completions(args) => completions::run(args, session),
        Command::Man(args) => man::run(args, session),
    }
}
