//! `law add`, `law list`: the data of the law that apply, and values that are published after this release.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use crate::session::{Done, Failure, Outcomes, Session};
use crate::task::law::{self, AddOptions, ListOptions, NewValue, Origin};
use crate::task::load;

/// Arguments of `law`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit law list --kind ecb-refi\n  acquit law add --kind ecb-refi --from 2027-01-01 --percent 2.50 --source \"https://www.ecb.europa.eu/…\""
)]
pub struct LawArgs {
    #[command(subcommand)]
    command: LawCommand,
}

impl LawArgs {
    /// Tells whether it writes a report and changes nothing.
    pub fn reads(&self) -> bool {
        matches!(self.command, LawCommand::List(_))
    }
}

#[derive(Debug, Subcommand)]
enum LawCommand {
    List(ListArgs),
    Add(AddArgs),
}

/// List every datum of the law of the seller's country with its dates, value and source, and whether it is the ledger's own
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit law list --kind ecb-refi\n  acquit law list --json")]
struct ListArgs {
    /// Only of this kind, such as ecb-refi, vat-rate or recovery-fee
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only what was taken from memory and not compared with its source, or what the ledger itself says
    #[arg(long, value_name = "ORIGIN", value_parser = ["built-in", "unconfirmed", "ledger"])]
    origin: Option<String>,
}

/// Add a value of the law to the ledger, as laws/NAME.toml: of a file of [[law]] tables, or of the options
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit law add --kind ecb-refi --from 2027-01-01 --percent 2.50 --source \"https://www.ecb.europa.eu/…\"\n  acquit law add ~/rates-2027.toml\n\n`acquit explain law` lists the kinds."
)]
struct AddArgs {
    /// A TOML file of [[law]] tables, which is copied into laws/
    #[arg(value_name = "FILE", conflicts_with_all = ["kind", "from", "percent", "amount", "text", "source"])]
    file: Option<PathBuf>,
    /// What it is, such as ecb-refi
    #[arg(long, value_name = "KIND", requires_all = ["from", "source"])]
    kind: Option<String>,
    /// Since when; of a rate the first day of its half-year
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day, requires = "kind")]
    from: Option<NaiveDate>,
    /// The value of a rate, in percent
    #[arg(
        long,
        value_name = "PERCENT",
        requires = "kind",
        allow_negative_numbers = true
    )]
    percent: Option<String>,
    /// The value of an indemnity
    #[arg(long, value_name = "AMOUNT", requires = "kind")]
    amount: Option<String>,
    /// The value of a kind that is a text
    #[arg(long, value_name = "TEXT", requires = "kind")]
    text: Option<String>,
    /// Where it is published
    #[arg(long, value_name = "SOURCE", requires = "kind")]
    source: Option<String>,
    /// The file's name in laws/; KIND-FROM or the name of FILE unless given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Runs the subcommand.
///
/// # Errors
/// Where the ledger cannot be read, or a value that is added is wrong or contradicts one that is known.
pub fn run(args: &LawArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        LawCommand::List(args) => list(args, session),
        LawCommand::Add(args) => add(args, session),
    }
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    let options = ListOptions {
        kind: args.kind.clone(),
        origin: args.origin.clone(),
    };
    let (report, after) = law::list(&options, &settings, session.today, &mut source);
    let broken = session.warn(&mut source);
    session.report(&report, after)?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Outcomes {
    let origin = match (&args.file, &args.kind, args.from) {
        (Some(file), ..) => Origin::File(file.clone()),
        (None, Some(kind), Some(from)) => Origin::Typed(NewValue {
            kind: kind.clone(),
            from,
            percent: args.percent.clone(),
            amount: args.amount.clone(),
            text: args.text.clone(),
            source: args.source.clone().unwrap_or_default(),
        }),
        _ => {
            let hint =
                "give FILE, or --kind with --from, a value and --source: `acquit law add --help`";
            return Err(Failure::Usage("nothing to add".into(), hint.into()));
        }
    };
    let options = AddOptions {
        origin,
        name: args.name.clone(),
    };
    let (writer, mut source) = session.open_to_write()?;
    let added = law::add(&options, session, &mut source)?;
    session.warn(&mut source);
    session.commit(writer.as_ref(), &added.set)?;
    for said in &added.said {
        session.terminal.say(said);
    }
    Ok(Done::Well)
}
