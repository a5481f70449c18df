//! `list`: issued documents with their balances.

use clap::Args;

use crate::ledger::date::Period;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::task::list::{self, Options};
use crate::task::load;

/// Arguments of `list`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit list --client acme --status open,partly-paid --period 2026-Q3"
)]
pub struct ListArgs {
    /// Only this client (its exact id)
    #[arg(long, value_name = "CLIENT")]
    pub client: Option<String>,
    /// Only these: open, partly-paid, paid, overpaid, credited, replaced, written-off, or the flags overdue, disputed, on-hold, planned, promised
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only those issued in this period: 2026, 2026-Q3, 2026-09 or a day
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
}

/// Lists documents.
///
/// # Errors
/// Where a filter names what does not exist.
pub fn run(args: &ListArgs, session: &mut Session<'_>) -> Outcomes {
    let options = Options {
        client: args.client.clone(),
        period: period(args)?,
        status: args.status.clone(),
    };
    for word in &options.status {
        list::known_status(word)?;
    }
    let mut source = session.open()?;
    if let Some(client) = &options.client {
        let ids = source.client_ids();
        if !ids.contains(client) {
            return Err(load::unknown_client(client, &ids, "acquit list --client {}").into());
        }
    }
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let (report, after) = list::of(&options, &books, session.columns());
    session.report(&report, &after)?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn period(args: &ListArgs) -> Result<Option<Period>, Failure> {
    let Some(text) = &args.period else {
        return Ok(None);
    };
    Period::parse(text).map(Some).ok_or_else(|| {
        Failure::Usage(
            format!("`{text}` is no period"),
            "write 2026, 2026-Q3, 2026-09 or 2026-09-14".into(),
        )
    })
}
