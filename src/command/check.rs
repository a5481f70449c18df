//! `check`: proves the whole ledger; prints nothing when all is well, but what is not known of a country.

use clap::Args;

use crate::session::{Done, Format, Outcomes, Session};
use crate::task::check;
use crate::view::snippet;

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit check && git commit\n  acquit check --sent")]
pub struct CheckArgs {
    /// Compare every copy under sent/ with the digest of what left; up to 1000 copies are compared in any case
    #[arg(long)]
    sent: bool,
}

/// Checks everything.
///
/// # Errors
/// Where there is no ledger.
pub fn run(args: &CheckArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let checked = check::of(session, &mut source, args.sent);
    match session.format() {
        Format::Table => {
            let paint = session.terminal.out_paint;
            let text = snippet::diagnostics(&checked.problems, &source.map, paint);
            session.exact(&text)?;
        }
        _ => session.report(&checked.report(&source.map, session.today), "")?,
    }
    if checked.uncompared > 0 {
        session.terminal.say(&format!(
            "{} copies under sent/ were not compared with their digests: `acquit check --sent` does",
            checked.uncompared
        ));
    }
    if let Some(gap) = &checked.gap {
        session.terminal.say(&format!("note: {gap}"));
    }
    Ok(if checked.has_errors() {
        Done::Findings
    } else {
        Done::Well
    })
}
