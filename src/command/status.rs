//! `status`: one screen, as `git status` is.

use clap::Args;

use crate::session::{Done, Format, Outcomes, Session};
use crate::task::status;
use crate::view::{csv, json};

/// Arguments of `status`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit status --today 2026-11-22")]
pub struct StatusArgs {}

/// Shows where things stand.
///
/// # Errors
/// Where there is no ledger.
pub fn run(_: &StatusArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let status = status::of(&mut source, session.today);
    let broken = session.warn(&mut source);
    let text = match session.format() {
        Format::Json => json::object("status", session.today, status.fields()),
        Format::Csv => csv::sheet(&status.open),
        Format::Table => status.text(session.terminal.width),
    };
    session.data(&text)?;
    Ok(if broken { Done::Findings } else { Done::Well })
}
