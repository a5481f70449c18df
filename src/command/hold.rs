//! `hold`: no reminders about a document for a while.

use chrono::NaiveDate;
use clap::Args;

use super::told::ToldArgs;
use crate::diagnostic::code;
use crate::ledger::event_kind::EventKind;
use crate::session::{Done, Outcomes, Session};
use crate::task::incident::Incident;

/// Arguments of `hold`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit hold F2026-0042 --until 2026-12-15 --note \"new accountant\""
)]
pub struct HoldArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// The last day of it; without one it lasts until `acquit release`
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub until: Option<NaiveDate>,
    #[command(flatten)]
    told: ToldArgs,
}

/// Holds.
///
/// # Errors
/// Where nothing is left to pay, or the day has passed.
pub fn run(args: &HoldArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    incident.must_be_open();
    let number = incident.number().to_owned();
    if let Some(until) = args.until.filter(|until| *until < session.today) {
        incident.wrong(
            code::EVENT_STATE,
            format!("{until} has passed"),
            "name a day that is to come, or none",
        );
    }
    let mut row = incident.fields(EventKind::Hold, None, "");
    row.push((
        "until",
        args.until
            .map(|until| until.to_string())
            .unwrap_or_default(),
    ));
    let said = match args.until {
        Some(until) => format!("{number} is on hold until {until}"),
        None => format!("{number} is on hold until `acquit release {number}`"),
    };
    incident.record(vec![row], session, &said)?;
    Ok(Done::Well)
}
