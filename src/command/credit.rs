//! `credit`: drafts what corrects an issued document: a credit note on all or part of it, or a corrective in its place.

use clap::Args;

use crate::diagnostic::Diagnostics;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::task::credit::{Desk, Wanted};
use crate::task::load::{self, Bench};

/// Arguments of `credit`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit credit F2026-0042 && acquit issue credit-F2026-0042      all of it, or all that is left\n  acquit credit F2026-0042 --line 2\n  acquit credit F2026-0042 --amount 120\n  acquit credit F2026-0042 --replace      a corrective to edit and issue"
)]
pub struct CreditArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// Take back this line alone, counted from 1 (may be given several times)
    #[arg(long = "line", value_name = "N", conflicts_with_all = ["amount", "replace"])]
    pub lines: Vec<usize>,
    /// Take back this amount, VAT included, split over the rates: from a cent to all that is left
    #[arg(long, value_name = "AMOUNT", conflicts_with = "replace")]
    pub amount: Option<String>,
    /// Draft a corrective: it restates the whole document and takes its place
    #[arg(long)]
    pub replace: bool,
}

impl CreditArgs {
    /// Returns what is asked for of the document.
    fn wanted(&self) -> Wanted {
        match &self.amount {
            _ if self.replace => Wanted::Corrective,
            _ if !self.lines.is_empty() => Wanted::Lines(self.lines.clone()),
            Some(amount) => Wanted::Amount(amount.clone()),
            None => Wanted::Whole,
        }
    }
}

/// Drafts a credit note or a corrective.
///
/// # Errors
/// Where the document is unknown, or nothing of it is left to take back.
pub fn run(args: &CreditArgs, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(
        args.number.clone(),
        "NUMBER",
        "Number of the document to take back",
    )?;
    let (writer, mut source) = session.open_to_write()?;
    let bench = Bench::load(session, &mut source)?;
    let document = load::documents(
        session,
        &mut source,
        &bench.settings,
        std::slice::from_ref(&number),
    )?
    .remove(0);
    if let Some(found) = bench.clients.broken(&document.buyer.client) {
        return Err(session.refuse(&mut source, found.clone()));
    }
    let (books, _) = load::books_and_chain(&mut source, &bench.settings, chrono::NaiveDate::MAX);
    let desk = Desk::new(&bench, &document, &books);
    let mut problems = Diagnostics::default();
    let outline = desk.outline(&args.wanted(), &source.draft_names(), &mut problems);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    session.warn(&mut source);
    let outline = outline.ok_or(Failure::Could("no draft".into()))?;
    let drafted = match desk.draft(outline, session.today, &mut source) {
        Ok(drafted) => drafted,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    session.commit(writer.as_ref(), &drafted.set)?;
    session.terminal.say(&drafted.said);
    Ok(Done::Well)
}
