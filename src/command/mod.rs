//! One file a verb: its arguments, its help, what it asks and says. What it does is in `task/`: no sums and no formatting here.

pub mod check;
pub mod client;
pub mod completions;
pub mod credit;
pub mod demo;
pub mod dispute;
pub mod dossier;
pub mod explain;
pub mod export;
pub mod hold;
pub mod init;
pub mod interest;
pub mod issue;
pub mod law;
pub mod list;
pub mod man;
pub mod new;
pub mod overdue;
pub mod pay;
pub mod plan;
pub mod promise;
pub mod quote;
pub mod quote_invoice;
pub mod record;
pub mod recurring;
pub mod release;
pub mod remind;
pub mod render;
pub mod send;
pub mod show;
pub mod statement;
pub mod status;
pub mod templates;
pub mod told;
pub mod verbs;
pub mod waive;
pub mod words;
pub mod write_off;

use crate::session::{Failure, Outcomes, Session};
use verbs::Job;

/// Runs a command.
///
/// # Errors
/// As each command says.
pub fn run(job: Job, session: &mut Session<'_>) -> Outcomes {
    if !job.effects.reads && (session.global.json || session.global.format.is_some()) {
        return Err(Failure::Usage(
            "this command writes no report".into(),
            "leave --json and --format out".into(),
        ));
    }
    if !job.effects.writes && session.global.dry_run {
        return Err(Failure::Usage(
            "this command changes nothing".into(),
            "leave --dry-run out".into(),
        ));
    }
    (job.run)(session)
}
