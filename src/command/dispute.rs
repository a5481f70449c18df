//! `dispute open`, `dispute resolve`: what a client contests is neither late nor reminded of.

use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::told::ToldArgs;
use crate::diagnostic::code;
use crate::ledger::event_kind::EventKind;
use crate::session::{Done, Outcomes, Session};
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
    incident.must_be_open();
    let (number, balance) = (incident.number().to_owned(), incident.position().balance);
    let amount = incident.amount(
        args.amount.as_ref(),
        &format!("acquit dispute open {number} {{}}"),
        balance,
    );
    let row = incident.fields(EventKind::Dispute, amount, "");
    let shown = incident.show(amount.unwrap_or(balance));
    incident.record(
        vec![row],
        session,
        &format!("{shown} of {number} are disputed: not late, not reminded of"),
    )?;
    Ok(Done::Well)
}

fn resolve(args: &ResolveArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    let number = incident.number().to_owned();
    let disputed = incident.position().disputed;
    if disputed <= Decimal::ZERO {
        let hint = "`acquit list --status disputed` shows what is";
        incident.wrong(
            code::EVENT_STATE,
            format!("nothing of {number} is disputed"),
            hint,
        );
    } else if !incident.stood(|position| position.disputed > Decimal::ZERO) {
        let message = format!("nothing of {number} was disputed yet on {}", incident.date);
        incident.wrong(
            code::EVENT_STATE,
            message,
            "give the day of its end: the later of the two events holds",
        );
    }
    let row = incident.fields(EventKind::Resolved, None, "");
    let said = format!(
        "{} of {number} are disputed no more",
        incident.show(disputed)
    );
    incident.record(vec![row], session, &said)?;
    Ok(Done::Well)
}
