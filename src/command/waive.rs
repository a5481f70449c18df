//! `waive`: late interest or the fixed indemnity is given up.

use clap::Args;
use rust_decimal::Decimal;

use super::told::ToldArgs;
use crate::diagnostic::code;
use crate::ledger::amount::in_currency;
use crate::ledger::event_kind::EventKind;
use crate::session::{Done, Outcomes, Session};
use crate::task::incident::Incident;
use crate::task::typed::figure;

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
    let (number, currency) = (incident.number().to_owned(), incident.document.currency);
    let terms = incident.document.terms.clone();
    if incident.document.due.is_none()
        || (terms.late_rate.is_none() && terms.recovery_fee.is_none())
    {
        let message = format!("{number} bears neither interest nor an indemnity");
        incident.wrong(code::EVENT_STATE, message, "there is nothing to give up");
    }
    let interest = args.interest.as_ref().and_then(|text| {
        figure(
            text,
            currency.digits(),
            &format!("acquit waive {number} --interest {{}}"),
            &mut incident.problems,
        )
    });
    if interest.is_some_and(|amount| amount <= Decimal::ZERO) {
        incident.wrong(
            code::PAYMENT_AMOUNT,
            "the interest given up is not above zero",
            "write an amount such as `12.40`",
        );
    }
    if args.fee && terms.recovery_fee.is_none() {
        let hint = "consumers owe none, and not every country has one";
        incident.wrong(
            code::EVENT_STATE,
            format!("{number} bears no indemnity"),
            hint,
        );
    }
    let mut rows = Vec::new();
    let mut said = Vec::new();
    // An event has one currency: the law's euros beside a debt in dollars take a row of their own.
    let together = interest.is_some() && args.fee && terms.fee_currency == currency;
    if let Some(amount) = interest {
        let mut row = incident.fields(EventKind::Waived, None, "");
        row.extend([
            ("interest", in_currency(amount, currency)),
            ("currency", currency.to_string()),
        ]);
        said.push(format!("interest of {}", incident.show(amount)));
        rows.push(row);
    }
    if let (true, Some(fee)) = (args.fee, terms.recovery_fee) {
        let shown = in_currency(fee, terms.fee_currency);
        said.push(format!("the indemnity of {shown} {}", terms.fee_currency));
        match rows.first_mut().filter(|_| together) {
            Some(row) => row.push(("fee", shown)),
            None => {
                let mut row = incident.fields(EventKind::Waived, None, "");
                row.extend([("fee", shown), ("currency", terms.fee_currency.to_string())]);
                rows.push(row);
            }
        }
    }
    if rows.is_empty() {
        rows.push(incident.fields(EventKind::Waived, None, ""));
        said.push(format!(
            "all interest up to {}, and the indemnity,",
            incident.date
        ));
    }
    let said = format!("{} on {number} given up", said.join(" and "));
    incident.record(rows, session, &said)?;
    Ok(Done::Well)
}
