//! `plan`: instalments agreed for one or several documents.

use chrono::NaiveDate;
use clap::Args;
use rust_decimal::Decimal;

use crate::compute::books::Books;
use crate::compute::schedule::{Every, equal};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::event_kind::EventKind;
use crate::ledger::plan::Instalment;
use crate::ledger::plan::PlanInterest;
use crate::ledger::settings::Settings;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::load;
use crate::task::record::{Book, Fields, Recorder};
use crate::task::typed::figure;
use crate::view::toml;

/// Arguments of `plan`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit plan F2026-0042 --parts 3 --every month --first 2026-12-01 --acceleration\n  acquit plan F2026-0042 F2026-0043 --part \"2026-12-01 400\" --part \"2027-01-15 800\""
)]
pub struct PlanArgs {
    /// Numbers of documents of one client, in one currency
    #[arg(value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// So many equal parts; the last takes the rest
    #[arg(long, value_name = "COUNT", conflicts_with = "part", value_parser = clap::value_parser!(u32).range(1..=120))]
    pub parts: Option<u32>,
    /// How far apart: week, month or quarter
    #[arg(long, value_name = "STEP", default_value = "month", value_parser = ["week", "month", "quarter"])]
    pub every: String,
    /// When the first part falls due
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub first: Option<NaiveDate>,
    /// A part: its due date and its amount; once for each
    #[arg(long, value_name = "DATE AMOUNT")]
    pub part: Vec<String>,
    /// Late interest while the plan is kept: suspended, runs or waived
    #[arg(long, value_name = "WORD", default_value = "suspended", value_parser = super::words::one_of(PlanInterest::WORDS))]
    pub interest: PlanInterest,
    /// A part that is missed makes the whole due
    #[arg(long)]
    pub acceleration: bool,
    /// The plan that this one takes the place of
    #[arg(long, value_name = "PLAN")]
    pub replaces: Option<String>,
    /// When it was agreed; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub date: Option<NaiveDate>,
}

/// Writes a plan and its event.
///
/// # Errors
/// Where the parts do not sum to what is left, or a document is in another plan already.
pub fn run(args: &PlanArgs, session: &mut Session<'_>) -> Outcomes {
    let mut numbers = args.numbers.clone();
    if numbers.is_empty() {
        numbers.push(session.argument(None, "NUMBER", "Number of the document")?);
    }
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let documents = load::documents(session, &mut source, &settings, &numbers)?;
    let date = args.date.unwrap_or(session.today);
    let books = load::books(&mut source, session.today);
    let mut problems = Diagnostics::default();
    if date > session.today {
        let message = format!("{date} is later than today, {}", session.today);
        problems.push(Diagnostic::error(code::EVENT_STATE, message).hint("record what was agreed"));
    }
    let plans = source.ledger().plans().to_vec();
    let known: Vec<&str> = plans.iter().map(|plan| plan.number.as_str()).collect();
    let total = left(args, &documents, &books, date, &known, &mut problems);
    let Some(first) = documents.first() else {
        return Err(session.refuse(&mut source, problems));
    };
    let instalments = instalments(args, session, first, total, date, &mut problems)?;
    let number = next_number(&settings, date, &known);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    session.warn(&mut source);
    let path = format!("plans/{number}.toml");
    let mut recorder = Recorder::default();
    recorder
        .set
        .create(&path, file(args, &numbers, date, &instalments, first));
    record(
        &mut recorder,
        &mut source,
        &documents,
        &path,
        date,
        instalments.len(),
    );
    if recorder.problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, recorder.problems));
    }
    session.commit(writer.as_ref(), &recorder.set)?;
    let show =
        |value: Decimal| format!("{} {}", in_currency(value, first.currency), first.currency);
    session.terminal.say(&format!(
        "plan {number}: {} in {} instalments",
        show(total),
        instalments.len()
    ));
    for part in &instalments {
        session
            .terminal
            .say(&format!("  {}  {}", part.due, show(part.amount)));
    }
    Ok(Done::Well)
}

/// Returns what is left of the documents; says which of them cannot be in a plan together.
fn left(
    args: &PlanArgs,
    documents: &[Document],
    books: &Books,
    date: NaiveDate,
    known: &[&str],
    problems: &mut Diagnostics,
) -> Decimal {
    let mut wrong = |code, message: String, hint: &str| {
        problems.push(Diagnostic::error(code, message).hint(hint));
    };
    if let Some(old) = args
        .replaces
        .as_ref()
        .filter(|old| !known.contains(&old.as_str()))
    {
        let hint = if known.is_empty() {
            "leave --replaces out".to_owned()
        } else {
            format!("the plans are {}", known.join(", "))
        };
        wrong(
            code::EVENT_STATE,
            format!("there is no plan `{old}`"),
            &hint,
        );
    }
    let mut total = Decimal::ZERO;
    for (at, document) in documents.iter().enumerate() {
        let (number, first) = (&document.number, &documents[0]);
        if documents[..at]
            .iter()
            .any(|other| other.number == document.number)
        {
            wrong(
                code::EVENT_STATE,
                format!("{number} is named twice"),
                "name each document once",
            );
        }
        if document.buyer.client != first.buyer.client {
            let message = format!(
                "{number} is {}'s, {} is {}'s",
                document.buyer.client, first.number, first.buyer.client
            );
            wrong(
                code::EVENT_STATE,
                message,
                "a plan is agreed with one client",
            );
        }
        if document.currency != first.currency {
            let message = format!(
                "{number} is in {}, {} in {}",
                document.currency, first.number, first.currency
            );
            wrong(
                code::ROW_CURRENCY,
                message,
                "make one plan for each currency",
            );
        }
        let Some(index) = books
            .find(number.as_str())
            .filter(|_| document.issued <= date)
        else {
            let message = format!("{number} is issued on {}, after {date}", document.issued);
            wrong(code::EVENT_STATE, message, "agree on what is issued");
            continue;
        };
        let position = books.position(index);
        if position.balance <= Decimal::ZERO || document.kind == DocumentType::Credit {
            let hint = "a plan is about documents of which something is left to pay";
            wrong(
                code::EVENT_STATE,
                format!("nothing is left to pay of {number}"),
                hint,
            );
        }
        if let Some(plan) = position
            .plan
            .filter(|plan| args.replaces.as_deref() != Some(plan))
        {
            let hint = format!("`--replaces {plan}` puts this one in its place");
            wrong(
                code::EVENT_STATE,
                format!("the plan {plan} is about {number} already"),
                &hint,
            );
        }
        total += position.balance;
    }
    total
}

/// Returns the parts, in the order of their days; they must sum to what is left.
///
/// # Errors
/// Where the command line says too little.
fn instalments(
    args: &PlanArgs,
    session: &mut Session<'_>,
    document: &Document,
    total: Decimal,
    date: NaiveDate,
    problems: &mut Diagnostics,
) -> Result<Vec<Instalment>, Failure> {
    let digits = document.currency.digits();
    let mut parts = Vec::new();
    if args.part.is_empty() {
        let Some(count) = args.parts else {
            let hint = "`--parts 3 --first 2026-12-01`, or `--part \"2026-12-01 400\"` for each";
            return Err(Failure::Usage(
                "--parts or --part is missing".into(),
                hint.into(),
            ));
        };
        let first = session.argument(
            args.first.map(|day| day.to_string()),
            "--first",
            "When the first part falls due",
        )?;
        match crate::arguments::day(&first) {
            Ok(first) => {
                let every = Every::WORDS
                    .iter()
                    .find(|(word, _)| *word == args.every)
                    .map_or(Every::Month, |(_, e)| *e);
                parts = equal(total, count, every, first, digits);
            }
            Err(hint) => problems.push(
                Diagnostic::error(code::VALUE_DATE, format!("`{first}` is no date")).hint(hint),
            ),
        }
    }
    for text in &args.part {
        let (day, amount) = text.split_once([' ', '=', ':']).unwrap_or((text, ""));
        let Some(due) = crate::ledger::date::parse(day) else {
            let message = format!("`{text}` is no part: `{day}` is no date");
            problems.push(
                Diagnostic::error(code::VALUE_DATE, message)
                    .hint("for example `--part \"2026-12-01 400\"`"),
            );
            continue;
        };
        if let Some(amount) = figure(
            amount.trim(),
            digits,
            &format!("--part \"{day} {{}}\""),
            problems,
        ) {
            parts.push(Instalment { due, amount });
        }
    }
    if problems.has_errors() {
        return Ok(parts);
    }
    parts.sort_by_key(|part| part.due);
    let mut wrong = |message: String, hint: String| {
        problems.push(Diagnostic::error(code::PLAN_SUM, message).hint(hint));
    };
    let show = |value: Decimal| {
        format!(
            "{} {}",
            in_currency(value, document.currency),
            document.currency
        )
    };
    let sum: Decimal = parts.iter().map(|part| part.amount).sum();
    if sum != total {
        let message = format!(
            "the instalments sum to {}, {} are left to pay",
            show(sum),
            show(total)
        );
        wrong(message, format!("change one by {}", show(total - sum)));
    }
    if let Some(part) = parts.iter().find(|part| part.amount <= Decimal::ZERO) {
        wrong(
            format!("the instalment of {} is {}", part.due, show(part.amount)),
            "agree on fewer parts".to_owned(),
        );
    }
    if let Some(part) = parts.iter().find(|part| part.due < date) {
        let hint = "a part falls due on the day of the agreement or later".to_owned();
        wrong(
            format!(
                "the instalment of {} is due before the agreement of {date}",
                part.due
            ),
            hint,
        );
    }
    if let Some(pair) = parts.windows(2).find(|pair| pair[0].due == pair[1].due) {
        wrong(
            format!("two instalments are due on {}", pair[0].due),
            "write them as one".to_owned(),
        );
    }
    Ok(parts)
}

/// Returns the next number of the series of plans: a plan's file is its number.
fn next_number(settings: &Settings, date: NaiveDate, known: &[&str]) -> String {
    let pattern = &settings.series.plan;
    let series = pattern.series(date);
    let counter = |number: &&str| number.strip_prefix(series.as_str())?.parse::<u64>().ok();
    let last = known.iter().filter_map(counter).max().unwrap_or_default();
    pattern.number(date, (last + 1).max(settings.series.first_of(&series)))
}

fn file(
    args: &PlanArgs,
    numbers: &[String],
    date: NaiveDate,
    parts: &[Instalment],
    document: &Document,
) -> String {
    let mut text = toml::Text::default();
    text.list("documents", numbers.iter().map(String::as_str))
        .raw("agreed", date);
    text.maybe("replaces", args.replaces.as_ref())
        .text("interest", args.interest.word());
    text.raw("acceleration", args.acceleration);
    for part in parts {
        text.element("instalment")
            .raw("due", part.due)
            .raw("amount", in_currency(part.amount, document.currency));
    }
    text.finish()
}

/// The event: one row a document.
fn record(
    recorder: &mut Recorder,
    source: &mut Source,
    documents: &[Document],
    path: &str,
    date: NaiveDate,
    count: usize,
) {
    let rows: Vec<Fields> = documents
        .iter()
        .map(|document| {
            vec![
                ("kind", EventKind::Plan.word().to_owned()),
                ("client", document.buyer.client.clone()),
                ("document", document.number.to_string()),
                ("file", path.to_owned()),
                ("note", format!("{count} instalments")),
            ]
        })
        .collect();
    recorder.add(source, Book::Events, date, &rows);
}
