//! `dispute open`, `dispute resolve`: what a client contests is neither late nor reminded of.

use clap::{Args, Subcommand};

use super::told::ToldArgs;
use crate::session::{Done, Outcomes, Session};
use crate::task::dispute;
use crate::task::incident::Incident;

/// Arguments of `dispute`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit dispute open F2026-0042 175.50 --note \"two days contested\"\n  acquit dispute resolve F2026-0042"
)]
pub struct DisputeArgs {
    #[command(subcommand)]
    command: DisputeCommand,
}

#[derive(Debug, Subcommand)]
enum DisputeCommand {
    Open(OpenArgs),
    Resolve(ResolveArgs),
}

/// Note what is contested
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit dispute open F2026-0042 175.50 --note \"two days contested\""
)]
struct OpenArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    /// How much; all of it if not given
    #[arg(value_name = "AMOUNT")]
    amount: Option<String>,
    #[command(flatten)]
    told: ToldArgs,
}

/// Note that it is settled
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit dispute resolve F2026-0042 --note \"agreed on the phone\""
)]
struct ResolveArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    #[command(flatten)]
    told: ToldArgs,
}

/// Opens or resolves.
///
/// # Errors
/// Where nothing is left to contest, or nothing is contested.
pub fn run(args: &DisputeArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        DisputeCommand::Open(args) => open(args, session),
        DisputeCommand::Resolve(args) => resolve(args, session),
    }
}

fn open(args: &OpenArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    let (row, said) = dispute::open(&mut incident, args.amount.as_ref());
    incident.record(vec![row], session, &said)?;
    Ok(Done::Well)
}

fn resolve(args: &ResolveArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    let (row, said) = dispute::resolve(&mut incident);
    incident.record(vec![row], session, &said)?;
    Ok(Done::Well)
}
