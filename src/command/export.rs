//! `export`: documents in the formats of others.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use crate::compute::journal::transactions;
use crate::ledger::document::Document;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::electronic::{self, Syntax};
use crate::task::load;
use crate::view::journal::{Dialect, write};

/// Arguments of `export`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit export cii F2026-0042 -o F2026-0042.xml")]
pub struct ExportArgs {
    #[command(subcommand)]
    format: ExportFormat,
}

#[derive(Debug, Subcommand)]
enum ExportFormat {
    /// Electronic invoices (EN 16931) as UN/CEFACT CII, the XML of Factur-X
    #[command(
        after_help = "Example:\n  acquit export cii F2026-0042 -o F2026-0042.xml\n  acquit export cii --all -o out/cii"
    )]
    Cii(Chosen),
    /// Electronic invoices (EN 16931) as OASIS UBL 2.1
    #[command(after_help = "Example:\n  acquit export ubl F2026-0042 > F2026-0042.xml")]
    Ubl(Chosen),
    /// Documents, payments, discounts and write-offs as a journal for hledger
    #[command(
        after_help = "Example:\n  acquit export hledger -o out/acquit.journal\n  hledger -f out/acquit.journal bal receivable --pivot inv"
    )]
    Hledger(Span),
    /// The same for ledger
    #[command(after_help = "Example:\n  acquit export ledger -o out/acquit.ledger")]
    Ledger(Span),
    /// The same for beancount
    #[command(
        after_help = "Example:\n  acquit export beancount --to 2026-12-31 -o out/acquit.beancount"
    )]
    Beancount(Span),
}

/// Which days.
#[derive(Debug, Args)]
struct Span {
    /// Only transactions from this day on
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    from: Option<NaiveDate>,
    /// Only transactions up to this day; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    to: Option<NaiveDate>,
}

/// Which documents.
#[derive(Debug, Args)]
struct Chosen {
    /// Numbers; several go to the folder of -o, a file each
    #[arg(
        value_name = "NUMBER",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    numbers: Vec<String>,
    /// Every issued document
    #[arg(long)]
    all: bool,
}

/// Exports.
///
/// # Errors
/// Where a document is unknown, or cannot be an electronic invoice: the others are still written.
pub fn run(args: &ExportArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.format {
        ExportFormat::Cii(chosen) => xml(chosen, Syntax::Cii, session),
        ExportFormat::Ubl(chosen) => xml(chosen, Syntax::Ubl, session),
        ExportFormat::Hledger(span) => journal(span, Dialect::Hledger, session),
        ExportFormat::Ledger(span) => journal(span, Dialect::Ledger, session),
        ExportFormat::Beancount(span) => journal(span, Dialect::Beancount, session),
    }
}

/// Register, payments and events as transactions; wrong rows refuse, since half of the books would not balance.
fn journal(span: &Span, dialect: Dialect, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    let to = span.to.map_or(session.today, |to| to.min(session.today));
    let (books, _) = load::sound(&mut source, &settings, session.today)
        .map_err(|problems| session.refuse(&mut source, problems))?;
    let disbursed = load::disbursed(session, &mut source, &settings, books.ledger())?;
    session.warn(&mut source);
    let list = transactions(
        books.ledger(),
        &settings.accounts,
        &disbursed,
        span.from,
        to,
    );
    session.stream(|emit| write(&list, dialect, emit))?;
    Ok(Done::Well)
}

fn xml(chosen: &Chosen, syntax: Syntax, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    session.warn(&mut source);
    let settings = load::settings(session, &mut source)?;
    let numbers = if chosen.all {
        numbers(&mut source)
    } else {
        chosen.numbers.clone()
    };
    if session.warn(&mut source) {
        return Ok(Done::Findings);
    }
    let documents = load::documents(session, &mut source, &settings, &numbers)?;
    if let ([document], false) = (documents.as_slice(), chosen.all) {
        return match one(document, &source, syntax) {
            Ok(bytes) => {
                session.exact(&String::from_utf8_lossy(&bytes))?;
                Ok(Done::Well)
            }
            Err(problems) => Err(session.refuse(&mut source, problems)),
        };
    }
    let Some(folder) = session.global.output.clone() else {
        let hint = "give -o DIR: each document becomes a file of its own";
        return Err(Failure::Usage(
            "several documents need a folder".into(),
            hint.into(),
        ));
    };
    let folder = session.output(&folder)?;
    let mut written = 0;
    for document in &documents {
        match one(document, &source, syntax) {
            Ok(bytes) => {
                session.write_output(&folder.join(format!("{}.xml", document.number)), &bytes)?;
                written += 1;
            }
            Err(problems) => source.problems.extend(problems),
        }
    }
    let broken = session.warn(&mut source);
    let shown = folder
        .strip_prefix(&session.folder)
        .unwrap_or(&folder)
        .display()
        .to_string();
    session.terminal.say(&format!(
        "wrote {written} of {} documents to {shown}",
        documents.len()
    ));
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn one(
    document: &Document,
    source: &Source,
    syntax: Syntax,
) -> Result<Vec<u8>, crate::diagnostic::Diagnostics> {
    let files = electronic::attachments(document, source)?;
    electronic::xml(document, &files, syntax)
}

/// Every number of the register, in order of issue.
fn numbers(source: &mut Source) -> Vec<String> {
    let mut numbers = Vec::new();
    numbers.extend(source.ledger().numbers().map(str::to_owned));
    numbers
}
