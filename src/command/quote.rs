//! `quote`: offers are drafted, accepted, refused, listed and invoiced.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::new::{self, NewArgs};
use super::quote_invoice::{self, InvoiceArgs};
use crate::compute::quotes::QuoteStatus;
use crate::session::{Done, Outcomes, Session};
use crate::task::load;
use crate::task::new::Purpose;
use crate::task::offers;
use crate::task::offers::find;
use crate::task::quote::{self, Filter, Listing};
use crate::task::record::{Book, Recorder};
use crate::view::sheet::Report;

/// Arguments of `quote`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote new acme \"Refonte du site\" 1 4500 --vat 20 --name acme-site\n  acquit issue acme-site\n  acquit quote accept D2026-0001 --who \"Mme Martin\"\n  acquit quote invoice D2026-0001 --deposit 30%"
)]
pub struct QuoteArgs {
    #[command(subcommand)]
    command: QuoteCommand,
}

impl QuoteArgs {
    /// Tells whether it only reads.
    pub fn reads(&self) -> bool {
        matches!(self.command, QuoteCommand::List(_))
    }
}

#[derive(Debug, Subcommand)]
enum QuoteCommand {
    New(Box<NewQuote>),
    Accept(Answer),
    Refuse(Answer),
    Invoice(InvoiceArgs),
    List(ListArgs),
}

/// Draft a quote: writes drafts/NAME.toml; `issue` gives it its number
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote new acme \"Refonte du site\" 1 4500 --vat 20 --validity 45d\n  acquit quote new acme --replaces D2026-0007"
)]
struct NewQuote {
    #[command(flatten)]
    new: NewArgs,
    /// The quote that it takes the place of; its lines, if no others are given
    #[arg(long, value_name = "NUMBER")]
    replaces: Option<String>,
    /// How long it holds: 30d, eom, or a date; [terms] says it if not given
    #[arg(long, value_name = "RULE")]
    validity: Option<String>,
}

/// Record the client's answer to a quote
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote accept D2026-0007 --date 2026-11-20 --who \"Mme Martin\""
)]
struct Answer {
    /// The quote's number
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    /// The day of the answer; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    date: Option<NaiveDate>,
    /// Who answered
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// List issued quotes: where they stand, what was invoiced of them
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit quote list --unbilled")]
struct ListArgs {
    /// Only what was accepted and is not invoiced, or not wholly
    #[arg(long)]
    unbilled: bool,
    /// Only this client (its exact id)
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// Only these: open, expired, accepted, refused, replaced
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<String>,
}

/// Runs a sub-command.
///
/// # Errors
/// Where a quote is unknown, or not where the step needs it.
pub fn run(args: &QuoteArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        QuoteCommand::New(args) => {
            let (replaces, validity) = (args.replaces.clone(), args.validity.clone());
            new::draft(&args.new, &Purpose::Quote { replaces, validity }, session)
        }
        QuoteCommand::Accept(args) => answer(args, QuoteStatus::Accepted, session),
        QuoteCommand::Refuse(args) => answer(args, QuoteStatus::Refused, session),
        QuoteCommand::Invoice(args) => quote_invoice::run(args, session),
        QuoteCommand::List(args) => list(args, session),
    }
}

fn answer(args: &Answer, status: QuoteStatus, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(args.number.clone(), "NUMBER", "Number of the quote")?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let (quote, said) = find(&number, session, &mut source, NaiveDate::MAX)?;
    let (books, _) = load::books_and_chain(&mut source, &settings, session.today);
    let clients = BTreeSet::from([quote.document.buyer.client.as_str()]);
    let parts = offers::parts(&mut source, &books, &clients)
        .remove(&number)
        .unwrap_or_default();
    let answer = quote::Answer {
        status,
        date: args.date.unwrap_or(session.today),
        who: args.who.clone(),
        note: args.note.clone(),
    };
    let problems = answer.problems(&quote, said.as_ref(), &parts, session.today);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let mut recorder = Recorder::default();
    recorder.add(
        &mut source,
        Book::Events,
        answer.date,
        &[answer.row(&quote)],
    );
    if recorder.problems.has_errors() {
        return Err(session.refuse(&mut source, recorder.problems));
    }
    session.commit(writer.as_ref(), &recorder.set)?;
    let said = answer.said(&number, session.global.dry_run);
    session.terminal.say(&said);
    Ok(Done::Well)
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Outcomes {
    let filter = Filter {
        is_unbilled: args.unbilled,
        client: args.client.clone(),
        statuses: quote::statuses(&args.status)?,
    };
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    if let Some(client) = &args.client {
        let ids = source.client_ids();
        if !ids.contains(client) {
            return Err(load::unknown_client(client, &ids, "acquit quote list --client {}").into());
        }
    }
    let listing = Listing::read(&mut source, &settings, session.today);
    let broken = session.warn(&mut source);
    let (items, totals) = listing.sheets(&filter, session.today);
    let after = quote::summary(&totals);
    session.report(
        &Report {
            schema: "quotes",
            today: session.today,
            items,
            totals: Some(totals),
        },
        &after,
    )?;
    Ok(if broken { Done::Findings } else { Done::Well })
}
