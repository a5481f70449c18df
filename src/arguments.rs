//! What every command line has: the program's name and help, and the options of every command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser};

use crate::ledger::date;

/// A freelancer's sales ledger in plain files.
#[derive(Debug, Parser)]
#[command(
    name = "acquit",
    version,
    about = "Keeps a freelancer's sales ledger as plain TOML and CSV files in git, and gets the invoices paid",
    after_help = "Example:\n  acquit demo        builds a small ledger to play with, and shows each step\n  acquit init        makes your own",
    propagate_version = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Root {
    #[command(flatten)]
    global: Global,
}

/// Returns the command line without any command.
pub fn root() -> clap::Command {
    Root::command()
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
    /// Write to this file (a folder, where a command makes several files); - is standard output
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

impl Global {
    /// Returns the options of a command line that was read.
    ///
    /// # Errors
    /// Where the command line is not one of [`root`].
    pub fn of(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Root::from_arg_matches(matches).map(|root| root.global)
    }
}

/// Returns the words of a command line that say what is done: without the program's name and the options of every command.
pub fn words(arguments: &[OsString]) -> Vec<String> {
    let root = root();
    let mut words = Vec::new();
    let mut rest = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = rest.next() {
        let (name, has_value) = match word.split_once('=') {
            Some((name, _)) => (name, true),
            None => (&*word, false),
        };
        let is_it = |argument: &&clap::Arg| {
            let long = argument.get_long().map(|long| format!("--{long}"));
            let short = argument.get_short().map(|short| format!("-{short}"));
            long.as_deref() == Some(name) || short.as_deref() == Some(name)
        };
        match root.get_arguments().find(is_it) {
            Some(option) if option.get_action().takes_values() && !has_value => {
                rest.next();
            }
            Some(_) => {}
            None => words.push(word.into_owned()),
        }
    }
    words
}

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// Reads a day of the command line.
///
/// # Errors
/// Says how to write one.
pub fn day(text: &str) -> Result<chrono::NaiveDate, String> {
    date::parse(text).ok_or_else(|| date::HOW.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_every_command_say_nothing_of_what_is_done() {
        let words = |line: &str| words(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        let plain = words("acquit pay F2026-0001 -50 --note x");
        assert_eq!(plain, ["pay", "F2026-0001", "-50", "--note", "x"]);
        for line in [
            "acquit -q --today 2026-11-22 pay F2026-0001 -50 --note x --no-input",
            "acquit --today=2026-11-23 pay F2026-0001 -50 --color never --note x -C books",
        ] {
            assert_eq!(words(line), plain, "{line}");
        }
    }
}
