//! `waive`: late interest or the fixed indemnity is given up.

use clap::Args;

use super::told::ToldArgs;
use crate::session::{Done, Outcomes, Session};
use crate::task::incident::Incident;
use crate::task::waive::{self, Options};

/// Arguments of `waive`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit waive F2026-0042                            all interest up to today, and the indemnity\n  acquit waive F2026-0042 --interest 12.40 --fee"
)]
pub struct WaiveArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// So much of the interest
    #[arg(long, value_name = "AMOUNT")]
    pub interest: Option<String>,
    /// The fixed indemnity
    #[arg(long)]
    pub fee: bool,
    #[command(flatten)]
    told: ToldArgs,
}

/// Waives.
///
/// # Errors
/// Where the document bears neither.
pub fn run(args: &WaiveArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    let options = Options {
        interest: args.interest.clone(),
        fee: args.fee,
    };
    let (rows, said) = waive::plan(&mut incident, &options);
    incident.record(rows, session, &said)?;
    Ok(Done::Well)
}
