//! The command line: global options and the list of commands. Each command's own arguments and help stand in its file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::command;
use crate::session::Format;

/// A freelancer's sales ledger in plain files.
#[derive(Debug, Parser)]
#[command(
    name = "acquit",
    version,
    about = "Keeps a freelancer's sales ledger as plain TOML and CSV files in git, and gets the invoices paid",
    after_help = "Example:\n  acquit demo        builds a small ledger to play with, and shows each step\n  acquit init        makes your own",
    propagate_version = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Look for the ledger from this folder
    #[arg(short = 'C', global = true, value_name = "DIR")]
    pub start: Option<PathBuf>,
    /// Take this day for today: every report can be had again as of any day
    #[arg(long, global = true, value_name = "DATE", value_parser = day)]
    pub today: Option<chrono::NaiveDate>,
    /// Write data as
    #[arg(long, global = true, value_enum)]
    pub format: Option<Format>,
    /// The same as --format json
    #[arg(long, global = true, conflicts_with = "format")]
    pub json: bool,
    /// Write to this file (a folder, where a command makes several files)
    #[arg(short = 'o', long = "output", global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Say what would be written, and write nothing
    #[arg(short = 'n', long, global = true)]
    pub dry_run: bool,
    /// Say only what is wrong
    #[arg(short = 'q', long, global = true)]
    pub quiet: bool,
    /// Use colours
    #[arg(long, global = true, value_name = "WHEN", value_parser = ["auto", "always", "never"], default_value = "auto")]
    pub color: String,
    /// Never ask: a missing argument is an error
    #[arg(long, global = true)]
    pub no_input: bool,
}

/// Reads a day of the command line.
///
/// # Errors
/// Says how to write one.
pub fn day(text: &str) -> Result<chrono::NaiveDate, String> {
    crate::ledger::date::parse(text)
        .ok_or_else(|| "write a real day as YYYY-MM-DD, such as 2026-11-22".to_owned())
}

/// The commands; each variant is documented in its own file.
#[expect(missing_docs, reason = "each command documents itself in its file")]
#[derive(Debug, Subcommand)]
pub enum Command {
    Init(command::init::InitArgs),
    Demo(command::demo::DemoArgs),
    Status(command::status::StatusArgs),
    Client(command::client::ClientArgs),
    New(command::new::NewArgs),
    Issue(command::issue::IssueArgs),
    Quote(command::quote::QuoteArgs),
    Recurring(command::recurring::RecurringArgs),
    Credit(command::credit::CreditArgs),
    List(command::list::ListArgs),
    Show(command::show::ShowArgs),
    Render(command::render::RenderArgs),
    Send(command::send::SendArgs),
    Pay(command::pay::PayArgs),
    Interest(command::interest::InterestArgs),
    Plan(command::plan::PlanArgs),
    WriteOff(command::write_off::WriteOffArgs),
    Dispute(command::dispute::DisputeArgs),
    Hold(command::hold::HoldArgs),
    Release(command::release::ReleaseArgs),
    Promise(command::promise::PromiseArgs),
    Waive(command::waive::WaiveArgs),
    Statement(command::statement::StatementArgs),
    Dossier(command::dossier::DossierArgs),
    Overdue(command::overdue::OverdueArgs),
    Remind(command::remind::RemindArgs),
    Templates(command::templates::TemplatesArgs),
    Law(command::law::LawArgs),
    Check(command::check::CheckArgs),
    Export(command::export::ExportArgs),
    Explain(command::explain::ExplainArgs),
    Completions(command::completions::CompletionsArgs),
    Man(command::man::ManArgs),
}

impl Command {
    /// Tells whether it writes data that has JSON and CSV.
    pub fn reads(&self) -> bool {
        use Command::{
            Check, Client, Dossier, Explain, Interest, Law, List, Overdue, Quote, Recurring,
            Remind, Show, Statement, Status, Templates,
        };
        match self {
            Client(args) => args.reads(),
            Law(args) => args.reads(),
            Quote(args) => args.reads(),
            Recurring(args) => args.reads(),
            Templates(args) => args.reports(),
            Status(_) | Dossier(_) | Interest(_) | List(_) | Show(_) | Statement(_)
            | Overdue(_) | Remind(_) | Check(_) | Explain(_) => true,
            _ => false,
        }
    }

    /// Tells whether it may change the ledger.
    pub fn writes(&self) -> bool {
        use Command::{
            Client, Credit, Dispute, Dossier, Hold, Init, Issue, Law, New, Pay, Plan, Promise,
            Quote, Recurring, Release, Remind, Render, Send, Templates, Waive, WriteOff,
        };
        match self {
            Client(args) => !args.reads(),
            Law(args) => !args.reads(),
            Quote(args) => !args.reads(),
            Recurring(args) => !args.reads(),
            Templates(args) => args.writes(),
            Dispute(_) | Dossier(_) | Hold(_) | Plan(_) | Promise(_) | Release(_) | Waive(_)
            | WriteOff(_) | Init(_) | New(_) | Issue(_) | Credit(_) | Pay(_) | Remind(_)
            | Render(_) | Send(_) => true,
            _ => false,
        }
    }
}
