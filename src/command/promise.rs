//! `promise`: a client has said by when it pays.

use chrono::NaiveDate;
use clap::Args;

use super::told::ToldArgs;
use crate::diagnostic::code;
use crate::ledger::event_kind::EventKind;
use crate::session::{Done, Outcomes, Session};
use crate::task::incident::Incident;

/// Arguments of `promise`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit promise F2026-0042 --until 2026-12-01 --note \"on the phone\""
)]
pub struct PromiseArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// How much; all that is left if not given
    #[arg(value_name = "AMOUNT")]
    pub amount: Option<String>,
    /// By when
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub until: Option<NaiveDate>,
    #[command(flatten)]
    told: ToldArgs,
}

/// Notes a promise.
///
/// # Errors
/// Where nothing is left to pay, or the day has passed.
pub fn run(args: &PromiseArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    let until = session.argument(
        args.until.map(|day| day.to_string()),
        "--until",
        "By when (YYYY-MM-DD)",
    )?;
    incident.must_be_open();
    let (number, balance) = (incident.number().to_owned(), incident.position().balance);
    match crate::arguments::day(&until) {
        Err(hint) => incident.wrong(code::VALUE_DATE, format!("`{until}` is no date"), hint),
        Ok(day) if day < session.today => {
            incident.wrong(
                code::EVENT_STATE,
                format!("{until} has passed"),
                "name a day that is to come",
            );
        }
        Ok(_) => {}
    }
    let amount = incident.amount(
        args.amount.as_ref(),
        &format!("acquit promise {number} {{}}"),
        balance,
    );
    let mut row = incident.fields(EventKind::Promise, amount, "");
    row.push(("until", until.clone()));
    let said = format!(
        "{} of {number} are promised for {until}",
        incident.show(amount.unwrap_or(balance))
    );
    incident.record(vec![row], session, &said)?;
    Ok(Done::Well)
}
