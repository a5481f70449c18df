//! The list of the commands. One entry makes a command: its line in the help, its name, its arguments, what it may do, and its run.

use clap::{ArgMatches, Args, FromArgMatches};

use super::{
    check, client, completions, credit, demo, dispute, dossier, explain, export, hold, init,
    interest, issue, law, list, man, new, overdue, pay, plan, promise, quote, record, recurring,
    release, remind, render, send, show, statement, status, templates, waive, write_off,
};
use crate::arguments::root;
use crate::session::{Outcomes, Session};

/// What a command may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effects {
    /// Whether it writes data that has JSON and CSV.
    pub reads: bool,
    /// Whether it may change the ledger.
    pub writes: bool,
}

const READS: Effects = Effects {
    reads: true,
    writes: false,
};
const WRITES: Effects = Effects {
    reads: false,
    writes: true,
};
const BOTH: Effects = Effects {
    reads: true,
    writes: true,
};
const NEITHER: Effects = Effects {
    reads: false,
    writes: false,
};

/// A command whose arguments were read: what it may do, and its run.
pub struct Job {
    /// What it may do.
    pub effects: Effects,
    /// Does it.
    pub run: Box<dyn FnOnce(&mut Session<'_>) -> Outcomes>,
}

/// A command of the list.
pub struct Verb {
    /// Its name on the command line.
    pub name: &'static str,
    about: &'static str,
    arguments: fn(clap::Command) -> clap::Command,
    read: fn(&ArgMatches) -> Result<Job, clap::Error>,
}

impl Verb {
    /// Returns the command as the list of commands shows it: without its arguments, which cost most of the time to make.
    pub fn named(&self) -> clap::Command {
        clap::Command::new(self.name).about(self.about)
    }

    /// Returns the command with its arguments.
    pub fn whole(&self) -> clap::Command {
        (self.arguments)(clap::Command::new(self.name)).about(self.about)
    }

    /// Reads its arguments.
    ///
    /// # Errors
    /// Where these are not the arguments of [`Verb::whole`].
    pub fn read(&self, matches: &ArgMatches) -> Result<Job, clap::Error> {
        (self.read)(matches)
    }
}

/// Returns the whole command line: every command with its arguments.
pub fn tree() -> clap::Command {
    root().subcommands(VERBS.iter().map(Verb::whole))
}

/// Makes the list of entries `/// ABOUT "NAME" FILE::ARGUMENTS, EFFECTS, RUN;` where EFFECTS tells by the arguments what the command may do,
/// and RUN stands where more is given to it than its arguments.
macro_rules! verbs {
    (@run $file:ident) => { $file::run };
    (@run $file:ident $run:expr) => { $run };
    ($(#[doc = $about:literal] $name:literal $file:ident::$arguments:ident, $effects:expr $(, $run:expr)?;)*) => {
        /// The commands, in the order of the help.
        pub static VERBS: &[Verb] = &[$(Verb {
            name: $name,
            about: $about.trim_ascii(),
            arguments: $file::$arguments::augment_args,
            read: |matches| {
                let arguments = $file::$arguments::from_arg_matches(matches)?;
                let effects: fn(&$file::$arguments) -> Effects = $effects;
                let run: fn(&$file::$arguments, &mut Session<'_>) -> Outcomes = verbs!(@run $file $($run)?);
                Ok(Job {
                    effects: effects(&arguments),
                    run: Box::new(move |session| run(&arguments, session)),
                })
            },
        }),*];
    };
}

verbs! {
    /// Make a new ledger: writes acquit.toml, .gitignore and .gitattributes
    "init" init::InitArgs, |_| WRITES;
    /// Build a small ledger to play with, showing each command and its output
    "demo" demo::DemoArgs, |_| NEITHER;
    /// Show where things stand: drafts, open, overdue, last payments, problems
    "status" status::StatusArgs, |_| READS;
    /// Add, list or show clients
    "client" client::ClientArgs, |args| if args.reads() { READS } else { WRITES };
    /// Draft an invoice: writes drafts/NAME.toml; it gets its number from `issue`
    "new" new::NewArgs, |_| WRITES;
    /// Give drafts their numbers: copy parties, terms, rates and legal wording, for good
    "issue" issue::IssueArgs, |_| WRITES;
    /// Draft, accept, refuse, list and invoice quotes
    "quote" quote::QuoteArgs, |args| if args.reads() { READS } else { WRITES };
    /// Draft or issue what is invoiced again each month, quarter or year
    "recurring" recurring::RecurringArgs, |args| if args.reads() { READS } else { WRITES };
    /// Draft a credit note on a document, or a corrective in its place
    "credit" credit::CreditArgs, |_| WRITES;
    /// List issued documents with their balances
    "list" list::ListArgs, |_| READS;
    /// Show a document, issued or a draft
    "show" show::ShowArgs, |_| READS;
    /// Render documents as PDF into out/
    "render" render::RenderArgs, |_| WRITES;
    /// Send issued documents to their clients: the PDF by e-mail; or record how they were given
    "send" send::SendArgs, |_| WRITES;
    /// Record money received or paid back, or move a credit
    "pay" pay::PayArgs, |_| WRITES;
    /// Show late interest and indemnity by law or contract, every stretch of days
    "interest" interest::InterestArgs, |_| READS;
    /// Agree on instalments for one or several documents
    "plan" plan::PlanArgs, |_| WRITES;
    /// Give up what is left of a document, or a part of it
    "write-off" write_off::WriteOffArgs, |_| WRITES;
    /// Note that a client contests a document, or that this is settled
    "dispute" dispute::DisputeArgs, |_| WRITES;
    /// Send no reminders about a document, for a while or until it is released
    "hold" hold::HoldArgs, |_| WRITES;
    /// End the hold of a document: reminders go out again
    "release" release::ReleaseArgs, |_| WRITES;
    /// Note that a client has promised to pay by a day: no reminders up to it
    "promise" promise::PromiseArgs, |_| WRITES;
    /// Note what else happened: insolvency, a receipt, a judgment, an acknowledgement, a hand-over, a remark
    "record" record::RecordArgs, |_| WRITES;
    /// Give up late interest, the fixed indemnity, or both
    "waive" waive::WaiveArgs, |_| WRITES;
    /// Show a client's account: what stood before, documents, payments, discounts, write-offs, what stands after
    "statement" statement::StatementArgs, |_| READS;
    /// Make the collection file of a client or a document: a folder, and one PDF with its contents
    "dossier" dossier::DossierArgs, |_| BOTH;
    /// List what is late: past its due date, not paid, not disputed
    "overdue" overdue::OverdueArgs, |_| READS;
    /// Show who is to be reminded today, at which step and why; write and record the messages
    "remind" remind::RemindArgs, |_| BOTH;
    /// List, show, copy or try the words of messages to clients
    "templates" templates::TemplatesArgs, |args| Effects { reads: args.reports(), writes: args.writes() };
    /// Show the data of the law that apply to this ledger; add a rate that was published after this release
    "law" law::LawArgs, |args| if args.reads() { READS } else { WRITES };
    /// Prove the whole ledger: syntax, references, identifiers, arithmetic, numbers, seals, templates
    "check" check::CheckArgs, |_| READS;
    /// Export documents in the formats of others
    "export" export::ExportArgs, |_| NEITHER;
    /// Explain an error code: what it means, why it matters, how to mend it
    "explain" explain::ExplainArgs, |_| READS;
    /// Print the completion script of a shell
    "completions" completions::CompletionsArgs, |_| NEITHER, |args, session| completions::run(args, tree(), session);
    /// Write the manual pages into a folder
    "man" man::ManArgs, |_| NEITHER, |args, session| man::run(args, tree(), session);
}
