//! `interest`: what late payment costs, every stretch of days shown.

use chrono::NaiveDate;
use clap::Args;

use crate::compute::chronicle::Chronicle;
use crate::compute::interest::sums;
use crate::session::{Done, Format, Outcomes, Session};
use crate::task::{interest, load};
use crate::view::sheet::Rows;
use crate::view::{claims, table};

/// Arguments of `interest`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit interest F2026-0042\n  acquit interest --client acme --to 2026-12-31 --json"
)]
pub struct InterestArgs {
    /// Numbers of documents
    #[arg(value_name = "NUMBER", required_unless_present_any = ["client", "all"], conflicts_with_all = ["client", "all"])]
    pub numbers: Vec<String>,
    /// Every document of this client that was late (its exact id)
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub client: Option<String>,
    /// Every document that was late
    #[arg(long)]
    pub all: bool,
    /// Count up to this day, included; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub to: Option<NaiveDate>,
    /// Let credit notes count from the beginning: what they take back was never owed
    #[arg(long)]
    pub retroactive: bool,
}

/// Shows interest.
///
/// # Errors
/// Where a document or client is unknown.
pub fn run(args: &InterestArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    if let Some(client) = &args.client {
        let ids = source.client_ids();
        if !ids.contains(client) {
            return Err(load::unknown_client(client, &ids, "acquit interest --client {}").into());
        }
    }
    let chronicle = Chronicle::new(&source.ledger(), session.today).retroactive(args.retroactive);
    let mut broken = session.warn(&mut source);
    let to = args.to.unwrap_or(session.today);
    let numbers = if args.numbers.is_empty() {
        let wanted = |client: &str| args.client.as_ref().is_none_or(|wanted| wanted == client);
        chronicle
            .late_before(to)
            .into_iter()
            .filter(|(_, client)| wanted(client))
            .map(|(n, _)| n.to_owned())
            .collect()
    } else {
        args.numbers.clone()
    };
    let (mut found, problems) =
        interest::of(&numbers, session, &mut source, &settings, &chronicle, to)?;
    source.problems.extend(problems);
    broken |= session.warn(&mut source);
    if args.numbers.is_empty() {
        found.retain(|claim| !claim.is_empty());
    }
    match session.format() {
        Format::Table => {
            let width = session.terminal.width;
            let mut text = String::new();
            // One table is made and written out before the next: those of a large ledger are large.
            let mut add = |rows: Rows<'_>| {
                let table = table::rows(rows, width);
                if !table.is_empty() {
                    text.push_str(&table);
                    text.push('\n');
                }
            };
            add(claims::stretches(&found));
            let owing = found.iter().filter(|claim| !claim.is_empty());
            add(claims::totals(owing));
            text.push_str(&claims::remarks(&found));
            text.push_str(&claims::sums(&sums(&found)));
            // Where a rate is not known, nobody knows.
            session.data(if text.is_empty() && !broken {
                "Nothing was late.\n"
            } else {
                &text
            })?;
        }
        _ => {
            let totals = claims::totals(found.iter());
            session.rows(
                "interest",
                session.today,
                claims::rows(&found),
                Some(totals),
            )?;
        }
    }
    Ok(if broken { Done::Findings } else { Done::Well })
}
