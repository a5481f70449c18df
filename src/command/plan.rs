//! `plan`: instalments agreed for one or several documents.

use chrono::NaiveDate;
use clap::Args;

use crate::compute::schedule::Every;
use crate::diagnostic::Diagnostics;
use crate::ledger::plan::PlanInterest;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::task::load;
use crate::task::plan::{self, Cut, Terms};

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
    #[arg(long, value_name = "STEP", default_value = "month", value_parser = super::words::one_of(Every::WORDS))]
    pub every: Every,
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
    let terms = Terms {
        numbers,
        agreed: args.date.unwrap_or(session.today),
        cut: cut(args, session)?,
        interest: args.interest,
        is_accelerated: args.acceleration,
        replaces: args.replaces.clone(),
    };
    let books = load::books(&mut source, session.today);
    let mut problems = Diagnostics::default();
    let planned = plan::plan(
        &terms,
        &settings,
        documents,
        &books,
        session.today,
        &mut problems,
    );
    let Some(planned) = planned.filter(|_| !problems.has_errors() && !source.problems.has_errors())
    else {
        return Err(session.refuse(&mut source, problems));
    };
    session.warn(&mut source);
    let recorder = planned.record(&terms, session.today, &mut source);
    if recorder.problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, recorder.problems));
    }
    session.commit(writer.as_ref(), &recorder.set)?;
    for line in planned.said() {
        session.terminal.say(&line);
    }
    Ok(Done::Well)
}

/// Returns how the plan is cut, asking for the first day of equal parts where it is missing.
///
/// # Errors
/// Wrong usage where the command line says too little.
fn cut(args: &PlanArgs, session: &mut Session<'_>) -> Result<Cut, Failure> {
    if !args.part.is_empty() {
        return Ok(Cut::Named(args.part.clone()));
    }
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
    Ok(Cut::Equal {
        count,
        every: args.every,
        first,
    })
}
