//! `overdue`: what is late.

use clap::Args;

use crate::session::{Done, Outcomes, Session};
use crate::task::{load, overdue};

/// Arguments of `overdue`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit overdue --today 2026-11-22 --json")]
pub struct OverdueArgs {
    /// Exit with 1 if anything is late
    #[arg(long)]
    pub exit_code: bool,
}

/// Lists what is late.
///
/// # Errors
/// Where the books cannot be read.
pub fn run(args: &OverdueArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let overdue = overdue::of(&books, &mut source, session.columns());
    let after = overdue.summary(session.terminal.width);
    let any = overdue.count > 0;
    session.report(&overdue.into_report(session.today), &after)?;
    Ok(if broken || (args.exit_code && any) {
        Done::Findings
    } else {
        Done::Well
    })
}
