//! `write-off`: what is given up, or a difference of rounding or exchange.

use clap::Args;
use rust_decimal::Decimal;

use super::told::ToldArgs;
use crate::diagnostic::code;
use crate::ledger::book::{DIFFERENCES, WRITE_OFF_REASONS};
use crate::ledger::event_kind::EventKind;
use crate::session::{Done, Outcomes, Session};
use crate::task::incident::Incident;

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
    if !WRITE_OFF_REASONS.contains(&reason.as_str()) {
        let hint = format!("one of {}", WRITE_OFF_REASONS.join(", "));
        incident.wrong(
            code::VALUE_CHOICE,
            format!("`{reason}` is no reason of a write-off"),
            hint,
        );
    }
    let (number, balance) = (incident.number().to_owned(), incident.position().balance);
    let back = args
        .amount
        .as_deref()
        .is_some_and(|text| text.starts_with('-'));
    let amount = if back {
        incident.taken_back(
            args.amount.as_ref(),
            &format!("acquit write-off {number} {{}} --reason {reason}"),
        )
    } else if balance < Decimal::ZERO
        && args.amount.is_none()
        && DIFFERENCES.contains(&reason.as_str())
    {
        balance
    } else if balance < Decimal::ZERO && !DIFFERENCES.contains(&reason.as_str()) {
        let message = format!("{number} has {} too much", incident.show(-balance));
        let hint = "pay it back (`acquit pay NUMBER -50`), use it (`--from`), or give the reason `rounding` or `exchange`";
        incident.wrong(code::EVENT_STATE, message, hint);
        balance
    } else {
        incident.must_be_open();
        let command = format!("acquit write-off {number} {{}} --reason {reason}");
        incident
            .amount(args.amount.as_ref(), &command, balance)
            .unwrap_or(balance)
    };
    let row = incident.fields(EventKind::WriteOff, Some(amount), &reason);
    let left = incident.show(balance - amount);
    let said = if back {
        format!(
            "{} written off of {number} are owed again ({reason}), {left} are left",
            incident.show(-amount)
        )
    } else if amount < Decimal::ZERO {
        format!(
            "{} too much on {number} are kept ({reason})",
            incident.show(-amount)
        )
    } else {
        format!(
            "{} of {number} are written off ({reason}), {left} are left",
            incident.show(amount)
        )
    };
    incident.record(vec![row], session, &said)?;
    Ok(Done::Well)
}
