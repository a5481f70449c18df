//! `release`: the end of a hold.

use clap::Args;

use super::told::ToldArgs;
use crate::diagnostic::code;
use crate::ledger::event_kind::EventKind;
use crate::session::{Done, Outcomes, Session};
use crate::task::incident::Incident;

/// Arguments of `release`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit release F2026-0042")]
pub struct ReleaseArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    #[command(flatten)]
    told: ToldArgs,
}

/// Releases.
///
/// # Errors
/// Where the document is not on hold.
pub fn run(args: &ReleaseArgs, session: &mut Session<'_>) -> Outcomes {
    let mut incident = Incident::open(args.number.as_ref(), &args.told.told(), session)?;
    let number = incident.number().to_owned();
    if incident.position().hold.is_none() {
        let hint = "`acquit list --status on-hold` shows what is";
        incident.wrong(code::EVENT_STATE, format!("{number} is not on hold"), hint);
    } else if !incident.stood(|position| position.hold.is_some()) {
        let message = format!("{number} was not on hold yet on {}", incident.date);
        incident.wrong(
            code::EVENT_STATE,
            message,
            "give the day of its end: the later of the two events holds",
        );
    }
    let row = incident.fields(EventKind::Released, None, "");
    incident.record(vec![row], session, &format!("{number} is on hold no more"))?;
    Ok(Done::Well)
}
