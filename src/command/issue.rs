//! `issue`: drafts become documents with numbers.

use chrono::NaiveDate;
use clap::Args;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::draft::Draft;
use crate::session::{Done, Outcomes, Session};
use crate::source::Source;
use crate::task::dates::{Ahead, Line};
use crate::task::load::Bench;
use crate::task::order::{Order, Task};

/// Arguments of `issue`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit issue acme-website --date 2026-11-22")]
pub struct IssueArgs {
    /// Names of drafts, in the order of the numbers they get
    #[arg(value_name = "DRAFT", required = true)]
    pub drafts: Vec<String>,
    /// Date of issue; today if not given, never later than today, unless the last document itself is dated later
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub date: Option<NaiveDate>,
    /// Do not ask whether the date of the last document, which is after today, is right
    #[arg(short = 'y', long)]
    pub yes: bool,
}

/// Issues.
///
/// # Errors
/// Where a draft cannot be issued: then none is.
pub fn run(args: &IssueArgs, session: &mut Session<'_>) -> Outcomes {
    let (writer, mut source) = session.open_to_write()?;
    let bench = Bench::load(session, &mut source)?;
    let day = args.date.unwrap_or(session.today);
    let drafts = match drafts(args, &mut source) {
        Ok(drafts) => drafts,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    let is_ahead = match ahead(&drafts, day, session, &mut source) {
        Some(last) if !args.yes && !session.global.dry_run => {
            let question = format!(
                "{day} is after today, {}, and the date of the last document, {}. Issue with that date?",
                session.today, last.number
            );
            if !session.confirm(&question, "--yes")? {
                session.terminal.say("nothing is issued");
                return Ok(Done::Findings);
            }
            true
        }
        last => last.is_some(),
    };
    let tasks: Vec<Task> = drafts
        .into_iter()
        .map(|draft| Task {
            draft,
            day,
            is_file: true,
            is_ahead,
        })
        .collect();
    let plan = match Order::plan(&tasks, session, &mut source, &bench) {
        Ok(plan) => plan,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    if session.warn(&mut source) {
        return Ok(Done::Findings);
    }
    session.commit(writer.as_ref(), &plan.changes)?;
    for document in &plan.issued {
        say(session, document);
    }
    Ok(Done::Well)
}

/// Returns the last document, where it is dated after today, bears the very date that is asked for, and cannot be taken back.
fn ahead(
    drafts: &[Draft],
    day: NaiveDate,
    session: &Session<'_>,
    source: &mut Source,
) -> Option<Ahead> {
    if day <= session.today {
        return None;
    }
    let is_quote = |draft: &Draft| draft.kind.value == DocumentType::Quote;
    let line = if drafts.iter().all(is_quote) {
        Line::Quotes
    } else {
        Line::Register
    };
    let ledger = source.ledger();
    Ahead::of(line, source, &ledger, session.today)
        .filter(|last| last.day == day && last.way_back.is_none())
}

/// Says what was issued.
pub fn say(session: &mut Session<'_>, document: &Document) {
    let (kind, total) = (
        document.kind.noun(),
        in_currency(document.totals.owed, document.currency),
    );
    let due = document
        .due
        .map(|due| format!(", due {due}"))
        .unwrap_or_default();
    let valid = document
        .valid_until
        .map(|last| format!(", valid until {last}"))
        .unwrap_or_default();
    let verb = if session.global.dry_run {
        "would issue"
    } else {
        "issued"
    };
    let name = &document.buyer.name;
    session.terminal.say(&format!(
        "{verb} {kind} {} to {name}: {total} {}{due}{valid}",
        document.number, document.currency
    ));
}

/// Reads the drafts that are named.
fn drafts(args: &IssueArgs, source: &mut Source) -> Result<Vec<Draft>, Diagnostics> {
    let names = source.draft_names();
    let known: std::collections::HashSet<&str> = names.iter().map(String::as_str).collect();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut problems = Diagnostics::default();
    for name in &args.drafts {
        if !seen.insert(name.as_str()) {
            let message = format!("the draft `{name}` is named twice");
            problems
                .push(Diagnostic::error(code::DRAFT_UNKNOWN, message).hint("name each draft once"));
        } else if !known.contains(name.as_str()) {
            problems.push(unknown(name, &names, source));
        } else if let Some(draft) = source.draft(name) {
            drafts.push(draft);
        }
    }
    problems.extend(source.take_problems());
    if problems.has_errors() {
        Err(problems)
    } else {
        Ok(drafts)
    }
}

/// Says that there is no such draft, or as what it was issued. No other draft is proposed: what is issued by mistake stays issued.
fn unknown(name: &str, names: &[String], source: &mut Source) -> Diagnostic {
    const LIST: usize = 6;
    if let Some((number, issued)) = source.issued_from(name) {
        let message = format!("the draft `{name}` was issued as {number} on {issued}");
        return Diagnostic::error(code::DRAFT_UNKNOWN, message).hint(format!(
            "`acquit show {number}` shows it; `acquit new` makes another draft"
        ));
    }
    let hint = match names.len() {
        0 => "there are no drafts: `acquit new` makes one".to_owned(),
        1 => format!("the only draft is {}", names[0]),
        2..=LIST => format!("the drafts are {}", names.join(", ")),
        _ => "`acquit status` lists the drafts".to_owned(),
    };
    Diagnostic::error(code::DRAFT_UNKNOWN, format!("there is no draft `{name}`")).hint(hint)
}
