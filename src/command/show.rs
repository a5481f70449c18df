//! `show`: one document.

use clap::Args;

use crate::session::{Done, Format, Outcomes, Session};
use crate::task::show::{self, Options};
use crate::view::{csv, json};

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit show F2026-0042 --explain")]
pub struct ShowArgs {
    /// A number, or a draft's name
    #[arg(value_name = "NUMBER|DRAFT")]
    pub name: String,
    /// Print how each figure came about
    #[arg(long)]
    pub explain: bool,
}

/// Shows a document.
///
/// # Errors
/// Where there is none of that name.
pub fn run(args: &ShowArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let options = Options {
        name: args.name.clone(),
        explain: args.explain,
    };
    let mut shown = show::of(&options, session, &mut source)?;
    let mut broken = session.warn(&mut source);
    if options.explain {
        shown.explain(session, &mut source)?;
        broken |= session.warn(&mut source);
    }
    let text = match session.format() {
        Format::Json => json::object("show", session.today, shown.fields()),
        Format::Csv => csv::sheet(&shown.lines()),
        Format::Table => shown.text(session.terminal.width),
    };
    session.data(&text)?;
    Ok(if broken { Done::Findings } else { Done::Well })
}
