//! `write-off`: what is given up, or a difference of rounding or exchange.

use clap::Args;

use super::told::ToldArgs;
use crate::session::{Done, Outcomes, Session};
use crate::task::incident::Incident;
use crate::task::write_off::{self, Options};

/// Arguments of `write-off`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit write-off F2026-0042 0.02 --reason rounding\n  acquit write-off F2026-0042 --reason bad-debt --note \"liquidated\"\n  acquit write-off F2026-0042 -120 --reason bad-debt      taken back: it is paid after all"
)]
pub struct WriteOffArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// How much; all that is left if not given; below zero to take a write-off back
    #[arg(value_name = "AMOUNT", allow_negative_numbers = true)]
    pub amount: Option<String>,
    /// Why: fee, rounding, exchange, bad-debt or goodwill
    #[arg(long, value_name = "REASON")]
    pub reason: Option<String>,
    #[command(flatten)]
    told: ToldArgs,
}

/// Writes off.
///
/// # Errors
/// Where nothing, or less, is left of the document.
pub fn run(args: &WriteOffArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    let reason = session.argument(
        args.reason.clone(),
        "--reason",
        "Why (fee, rounding, exchange, bad-debt, goodwill)",
    )?;
    let options = Options {
        amount: args.amount.clone(),
        reason,
    };
    let (row, said) = write_off::plan(&mut incident, &options);
    incident.record(vec![row], session, &said)?;
    Ok(Done::Well)
}
