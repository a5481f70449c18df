//! `quote invoice`: drafts the invoice of a part of an accepted quote, once for each part.

use std::collections::BTreeSet;

use clap::Args;

use crate::diagnostic::Diagnostics;
use crate::session::{Done, Outcomes, Session};
use crate::task::drafts;
use crate::task::load;
use crate::task::offers;
use crate::task::quote_invoice::{Invoice, Wanted};

/// Draft the invoice of an accepted quote, or of a part of it: each part once
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote invoice D2026-0007 --deposit 30%\n  acquit quote invoice D2026-0007 --milestone 1\n  acquit quote invoice D2026-0007 --final"
)]
pub struct InvoiceArgs {
    /// The quote's number
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    /// A deposit: a share of the whole, such as 30%
    #[arg(long, value_name = "SHARE", group = "part")]
    deposit: Option<String>,
    /// A milestone, counted from 1
    #[arg(long, value_name = "N", group = "part")]
    milestone: Option<usize>,
    /// The rest: restates the quote, takes off milestones and deposits
    #[arg(long = "final", group = "part")]
    is_final: bool,
    /// Name of the draft's file
    #[arg(long, value_name = "DRAFT")]
    name: Option<String>,
}

impl InvoiceArgs {
    /// Returns what is asked for of the quote.
    fn wanted(&self) -> Wanted {
        match (&self.deposit, self.milestone) {
            (Some(share), _) => Wanted::Deposit(share.clone()),
            (None, Some(number)) => Wanted::Milestone(number),
            (None, None) if self.is_final => Wanted::Final,
            (None, None) => Wanted::Whole,
        }
    }
}

/// Drafts the invoice of a part.
///
/// # Errors
/// Where the quote is not accepted, or the part was invoiced or drafted already.
pub fn run(args: &InvoiceArgs, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(args.number.clone(), "NUMBER", "Number of the quote")?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let (quote, said) = offers::find(&number, session, &mut source, session.today)?;
    let invoice = match Invoice::of(&quote.document, &args.wanted()) {
        Ok(invoice) => invoice,
        Err(problem) => return Err(session.refuse(&mut source, problem.into())),
    };
    let mut problems = Diagnostics::default();
    if let Some(problem) = offers::offer(&quote, said.as_ref()).accepted(session.today) {
        problems.push(problem);
    }
    let (books, _) = load::books_and_chain(&mut source, &settings, chrono::NaiveDate::MAX);
    let clients = BTreeSet::from([quote.document.buyer.client.as_str()]);
    let mut parts = offers::parts(&mut source, &books, &clients);
    offers::add_drafts(&mut source, &mut parts);
    let parts = parts.remove(&number).unwrap_or_default();
    invoice.check(&parts, &mut problems);
    let name = args.name.clone().unwrap_or_else(|| invoice.name());
    // A draft of that name is mostly the one that is said already.
    if !problems.has_errors() {
        drafts::check_name(&name, &source.draft_names(), &mut problems);
    }
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    session.warn(&mut source);
    let ledger = books.ledger();
    let drafted = invoice.draft(&name, &parts, ledger, &settings, session, &mut source)?;
    session.commit(writer.as_ref(), &drafted.set)?;
    session.terminal.say(&drafted.said);
    Ok(Done::Well)
}
