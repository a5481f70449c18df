//! `recurring`: what is invoiced again each period, drafted or issued once for each.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::issue;
use crate::changes::ChangeSet;
use crate::compute::recurring::turns;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::date::plus_days;
use crate::ledger::draft::Draft;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::drafts;
use crate::task::load::{self, Bench};
use crate::task::order::{Order, Task};
use crate::task::recurring::{self, Due, Periods};
use crate::view::sheet::{Cell, Report, Sheet};

/// Arguments of `recurring`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit recurring run\n  acquit recurring run --issue")]
pub struct RecurringArgs {
    #[command(subcommand)]
    command: RecurringCommand,
}

impl RecurringArgs {
    /// Tells whether it only reads.
    pub fn reads(&self) -> bool {
        matches!(self.command, RecurringCommand::List)
    }
}

#[derive(Debug, Subcommand)]
enum RecurringCommand {
    /// List the templates of recurring/, and what each is due
    #[command(after_help = "Example:\n  acquit recurring list")]
    List,
    Run(RunArgs),
    Skip(SkipArgs),
}

/// Make one draft for each period that has come and has none yet
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit recurring run --until 2026-12-31\n  acquit recurring run acme-hosting --issue"
)]
struct RunArgs {
    /// Only these templates
    #[arg(value_name = "TEMPLATE")]
    names: Vec<String>,
    /// Periods whose day is this or earlier; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    until: Option<NaiveDate>,
    /// Issue them at once, each dated its period's day or, if that is later, the last document's
    #[arg(long)]
    issue: bool,
    /// Draft without asking what is billed already under the name of another template
    #[arg(long, conflicts_with = "issue")]
    again: bool,
}

/// Leave periods of a template out: nothing is made of them
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit recurring skip acme-hosting 2026-12")]
struct SkipArgs {
    /// The template
    #[arg(value_name = "TEMPLATE")]
    name: String,
    /// The periods, by their names: 2026-12, 2026-Q4, 2026
    #[arg(value_name = "PERIOD", required = true)]
    periods: Vec<String>,
}

/// Runs a sub-command.
///
/// # Errors
/// Where a template is wrong.
pub fn run(args: &RecurringArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        RecurringCommand::List => list(session),
        RecurringCommand::Run(args) => make(args, session),
        RecurringCommand::Skip(args) => skip(args, session),
    }
}

fn list(session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let templates = source.templates();
    // What was made is asked of every document; without a template nobody needs it.
    let periods = if templates.is_empty() {
        Periods::default()
    } else {
        Periods::read(&mut source)
    };
    let broken = session.warn(&mut source);
    let mut items = Sheet::new(&[
        ("template", "Template"),
        ("client", "Client"),
        ("every", "Every"),
        ("day", "Day"),
        ("from", "From"),
        ("until", "Until"),
        ("made", "Made"),
        ("due", "Due"),
        ("next", "Next"),
        ("id", ""),
        ("skipped", ""),
    ]);
    // Two years ahead there is a next period, if there is one at all.
    let ahead = plus_days(session.today, 750);
    let mut waiting = 0;
    for template in &templates {
        let (mut done, mut due, mut next, mut skipped) = (0, 0, None, 0);
        for turn in turns(template, ahead) {
            if periods.is_made(template, &turn) {
                done += 1;
            } else if periods.is_skipped(template, &turn) {
                skipped += 1;
            } else if turn.day <= session.today {
                due += 1;
            } else if next.is_none() {
                next = Some(turn.day);
            }
        }
        waiting += due;
        items.push(vec![
            Cell::text(&template.name),
            Cell::text(&template.draft.client.value),
            Cell::text(template.every.word()),
            Cell::Number(i64::from(template.day)),
            Cell::Date(template.from),
            Cell::date(template.until),
            Cell::Number(done),
            Cell::Number(due),
            Cell::date(next),
            Cell::text(&template.id),
            Cell::Number(skipped),
        ]);
    }
    let after = match (items.rows.len(), waiting) {
        (0, _) => "No template: recurring/ is empty.\n".to_owned(),
        (_, 0) => "Nothing is due.\n".to_owned(),
        (_, 1) => "1 period is due: `acquit recurring run` drafts it\n".to_owned(),
        (_, count) => format!("{count} periods are due: `acquit recurring run` drafts them\n"),
    };
    session.report(
        &Report {
            schema: "recurring",
            today: session.today,
            items,
            totals: None,
        },
        &after,
    )?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn make(args: &RunArgs, session: &mut Session<'_>) -> Outcomes {
    let (writer, mut source) = session.open_to_write_again()?;
    let until = args.until.unwrap_or(session.today);
    let mut problems = Diagnostics::default();
    if args.issue && until > session.today {
        let message = format!("{until} is later than today, {}", session.today);
        let hint = "nothing is issued ahead of its day: leave --issue out, and drafts are made";
        problems.push(Diagnostic::error(code::ISSUE_DATE, message).hint(hint));
    }
    let names = source.repository.list("recurring", ".toml");
    if args.names.is_empty() && problems.is_empty() && names.is_ok_and(|names| names.is_empty()) {
        load::settings(session, &mut source)?;
        session.warn(&mut source);
        session.terminal.say("nothing is due");
        return Ok(Done::Well);
    }
    let bench = Bench::load(session, &mut source)?;
    let all = source.templates();
    // A template that cannot be read is said already.
    for name in &args.names {
        let is_known = all.iter().any(|template| template.name == *name);
        if !is_known && source.problems.is_empty() {
            problems.push(recurring::unknown(name, &all));
        }
    }
    let mut templates = all.clone();
    templates.retain(|template| args.names.is_empty() || args.names.contains(&template.name));
    recurring::check(&templates, &all, &bench, &mut problems);
    let mut periods = Periods::read(&mut source);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let mut due = periods.due(&templates, &all, until);
    if due.is_empty() {
        session.warn(&mut source);
        session.terminal.say("nothing is due");
        return Ok(Done::Well);
    }
    for one in &due {
        if let Err(found) = load::client_of(&one.template.draft, &bench.clients) {
            problems.extend(found);
        }
    }
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    settle(args, &mut due, session, &mut problems)?;
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    if due.is_empty() {
        session.warn(&mut source);
        session.terminal.say("nothing is drafted");
        return Ok(Done::Findings);
    }
    let mut names = source.draft_names();
    let mut drafts: Vec<(Draft, String, NaiveDate)> = Vec::new();
    for one in due {
        let name = format!("{}-{}", one.template.name, one.turn.name());
        let name = drafts::next_name(&name, &names);
        let text = one.text(&bench);
        match crate::source::read_draft(&name, &text) {
            Ok(draft) => drafts.push((draft, text, one.turn.day)),
            Err(found) => problems.extend(one.named(found)),
        }
        names.push(name);
    }
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    if args.issue {
        return issue_all(drafts, session, &mut source, &bench, writer.as_ref());
    }
    let mut set = ChangeSet::default();
    for (draft, text, _) in &drafts {
        set.create(format!("drafts/{}.toml", draft.name), text.clone());
    }
    session.warn(&mut source);
    session.commit(writer.as_ref(), &set)?;
    let names: Vec<&str> = drafts
        .iter()
        .map(|(draft, ..)| draft.name.as_str())
        .collect();
    session.terminal.say(&format!(
        "`acquit issue {}` issues what was drafted",
        names.join(" ")
    ));
    Ok(Done::Well)
}

/// Asks about each period that is billed under another name, and leaves out those that are not to be drafted. Nothing of that kind is
/// issued unseen; where nobody can be asked, it is refused.
fn settle(
    args: &RunArgs,
    due: &mut Vec<Due<'_>>,
    session: &mut Session<'_>,
    problems: &mut Diagnostics,
) -> Result<(), Failure> {
    if args.again {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(due.len());
    for one in due.drain(..) {
        let is_wanted = match &one.elsewhere {
            None => true,
            Some(other) if args.issue || !session.can_ask() => {
                problems.push(one.twice(other));
                false
            }
            Some(other) => session.confirm(&one.question(other), "--again")?,
        };
        if is_wanted {
            kept.push(one);
        }
    }
    *due = kept;
    Ok(())
}

fn skip(args: &SkipArgs, session: &mut Session<'_>) -> Outcomes {
    let (writer, mut source) = session.open_to_write()?;
    let templates = source.templates();
    let mut problems = Diagnostics::default();
    let template = templates.iter().find(|known| known.name == args.name);
    if template.is_none() && source.problems.is_empty() {
        problems.push(recurring::unknown(&args.name, &templates));
    }
    let periods = Periods::read(&mut source);
    let Some(template) = template.filter(|_| !source.problems.has_errors()) else {
        return Err(session.refuse(&mut source, problems));
    };
    let recorder = recurring::skip(
        template,
        &args.periods,
        &periods,
        session.today,
        &mut source,
        &mut problems,
    );
    problems.extend(recorder.problems);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    session.warn(&mut source);
    session.commit(writer.as_ref(), &recorder.set)?;
    let verb = if session.global.dry_run {
        "would be"
    } else {
        "is"
    };
    for period in &args.periods {
        let key = format!("{}@{period}", template.id);
        session.terminal.say(&format!("{key} {verb} left out"));
    }
    Ok(Done::Well)
}

/// Issues every draft, in one change set: dated its period's day, or the day of the last document where that is later.
fn issue_all(
    drafts: Vec<(Draft, String, NaiveDate)>,
    session: &mut Session<'_>,
    source: &mut Source,
    bench: &Bench,
    writer: Option<&crate::write::Writer<'_>>,
) -> Outcomes {
    // The order of issue reads the rows too, and says what is wrong with them.
    let last = source.ledger().documents().map(|entry| entry.issued).max();
    let tasks: Vec<Task> = drafts
        .into_iter()
        .map(|(draft, _, day)| Task {
            draft,
            day: last.map_or(day, |last| last.max(day)),
            is_file: false,
            is_ahead: false,
        })
        .collect();
    let plan = match Order::plan(&tasks, session, source, bench) {
        Ok(plan) => plan,
        Err(problems) => return Err(session.refuse(source, problems)),
    };
    if session.warn(source) {
        return Ok(Done::Findings);
    }
    session.commit(writer, &plan.changes)?;
    for document in &plan.issued {
        issue::say(session, document);
    }
    Ok(Done::Well)
}
