//! `recurring`: what is invoiced again each period, drafted or issued once for each.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::issue;
use crate::changes::ChangeSet;
use crate::compute::recurring::{Turn, turns};
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::date::plus_days;
use crate::ledger::draft::Draft;
use crate::ledger::recurring::Template;
use crate::session::{Done, Outcomes, Session};
use crate::source::Source;
use crate::task::drafts;
use crate::task::load::{self, Bench};
use crate::task::order::{Order, Task};
use crate::task::recurring;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::toml;

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
}

/// Runs a sub-command.
///
/// # Errors
/// Where a template is wrong.
pub fn run(args: &RecurringArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        RecurringCommand::List => list(session),
        RecurringCommand::Run(args) => make(args, session),
    }
}

/// Returns what was made already: periods that drafts and issued documents name.
fn made(source: &mut Source) -> BTreeSet<String> {
    let mut made = source.issued_periods();
    made.extend(
        source
            .drafts()
            .into_iter()
            .filter_map(|draft| draft.recurring),
    );
    made
}

fn list(session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let templates = source.templates();
    // What was made is asked of every document; without a template nobody needs it.
    let made = if templates.is_empty() {
        BTreeSet::new()
    } else {
        made(&mut source)
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
    ]);
    // Two years ahead there is a next period, if there is one at all.
    let ahead = plus_days(session.today, 750);
    let mut waiting = 0;
    for template in &templates {
        let (mut done, mut due, mut next) = (0, 0, None);
        for turn in turns(template, ahead) {
            if made.contains(&turn.key(template)) {
                done += 1;
            } else if turn.day <= session.today {
                due += 1;
            } else if next.is_none() {
                next = Some(turn.day);
            }
        }
        waiting += due;
        items.push(vec![
            Cell::text(&template.id),
            Cell::text(&template.draft.client.value),
            Cell::text(template.every.word()),
            Cell::Number(i64::from(template.day)),
            Cell::Date(template.from),
            Cell::date(template.until),
            Cell::Number(done),
            Cell::Number(due),
            Cell::date(next),
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
    let (writer, mut source) = session.open_to_write()?;
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
    let mut templates = source.templates();
    let known: Vec<String> = templates
        .iter()
        .map(|template| template.id.clone())
        .collect();
    // A template that cannot be read is said already.
    for name in args
        .names
        .iter()
        .filter(|name| !known.contains(name) && source.problems.is_empty())
    {
        let hint = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`acquit recurring list` shows the templates".to_owned(),
        };
        let message = format!("there is no template `{name}` in recurring/");
        problems.push(Diagnostic::error(code::DRAFT_UNKNOWN, message).hint(hint));
    }
    templates.retain(|template| args.names.is_empty() || args.names.contains(&template.id));
    recurring::check(&templates, &bench, &mut problems);
    let made = made(&mut source);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let mut due: Vec<(&Template, Turn)> = templates
        .iter()
        .flat_map(|template| {
            turns(template, until)
                .into_iter()
                .map(move |turn| (template, turn))
        })
        .filter(|(template, turn)| !made.contains(&turn.key(template)))
        .collect();
    due.sort_by(|a, b| (a.1.day, &a.0.id).cmp(&(b.1.day, &b.0.id)));
    if due.is_empty() {
        session.warn(&mut source);
        session.terminal.say("nothing is due");
        return Ok(Done::Well);
    }
    for (template, _) in &due {
        if let Err(found) = load::client_of(&template.draft, &bench.clients) {
            problems.extend(found);
        }
    }
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let mut names = source.draft_names();
    let mut drafts: Vec<(Draft, String, NaiveDate)> = Vec::new();
    for (template, turn) in due {
        let name = drafts::next_name(&format!("{}-{}", template.id, turn.name()), &names);
        let text = text(template, &turn, &bench);
        match crate::source::read_draft(&name, &text) {
            Ok(draft) => drafts.push((draft, text, turn.day)),
            Err(found) => problems.extend(of(template, &turn, found)),
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

/// Problems of a text that stands in no file: they name the template and the period.
fn of(template: &Template, turn: &Turn, found: Diagnostics) -> Diagnostics {
    let mut named = Diagnostics::default();
    for problem in found.sorted() {
        let message = format!("{}: {}", turn.key(template), problem.message);
        named.push(Diagnostic {
            message,
            span: Some(template.span),
            ..problem
        });
    }
    named
}

/// Returns a period's draft: the template's text with the period in the place of the placeholders.
fn text(template: &Template, turn: &Turn, bench: &Bench) -> String {
    let locale = bench.locale(&template.draft);
    let mut head = toml::Text::default();
    head.text("recurring", &turn.key(template));
    if template.draft.period.is_none() && template.draft.delivered.is_none() {
        head.raw(
            "period",
            format!("{{ from = {}, to = {} }}", turn.from, turn.to),
        );
    }
    let body = template
        .text
        .replace("{month}", locale.month(turn.from))
        .replace("{year}", &turn.from.format("%Y").to_string())
        .replace("{period}", &locale.turn(turn));
    head.finish() + body.trim_start_matches(['\n', '\r'])
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
