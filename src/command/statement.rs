//! `statement`: a client's account over a period, as a table, JSON, CSV or a page.

use chrono::NaiveDate;
use clap::Args;

use crate::session::{Done, Failure, Outcomes, Session};
use crate::task::load;
use crate::task::statement::{self, Options};

/// Arguments of `statement`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit statement acme --from 2026-01-01 --to 2026-06-30\n  acquit statement acme --pdf                       writes out/statement-acme-DAY.pdf\n  acquit statement acme -o /tmp/acme.pdf"
)]
pub struct StatementArgs {
    /// The client's exact id
    #[arg(value_name = "CLIENT")]
    pub client: Option<String>,
    /// The first day; all that came before is the opening balance
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub from: Option<NaiveDate>,
    /// The last day; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub to: Option<NaiveDate>,
    /// Write a page for the client
    #[arg(long)]
    pub pdf: bool,
}

/// Shows an account.
///
/// # Errors
/// Where the client is unknown, or the period ends before it begins.
pub fn run(args: &StatementArgs, session: &mut Session<'_>) -> Outcomes {
    let client = session.argument(args.client.clone(), "CLIENT", "Id of the client")?;
    let to = args.to.unwrap_or(session.today).min(session.today);
    if let Some(from) = args.from.filter(|from| *from > to) {
        return Err(Failure::Usage(
            format!("{from} is after {to}"),
            "give a --from up to --to, and not after today".into(),
        ));
    }
    let options = Options {
        client,
        from: args.from,
        to,
    };
    let mut source = session.open()?;
    let (settings, client) = statement::client(&options, session, &mut source)?;
    let books = load::books(&mut source, to);
    let broken = session.warn(&mut source);
    let done = if broken { Done::Findings } else { Done::Well };
    let (statement, unknown) = statement::of(&options, &books, session, &mut source, &settings)?;
    session.print(&unknown, &source.map);
    let is_pdf = |path: &std::path::PathBuf| {
        path.extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("pdf"))
    };
    if args.pdf || session.global.output.as_ref().is_some_and(is_pdf) {
        if session.is_standard() {
            let bytes = statement.pdf(&client, &settings, session, &mut source)?;
            session.bytes(&bytes)?;
            return Ok(done);
        }
        let path = match session.global.output.clone() {
            Some(path) => session.output(&path)?,
            None => source
                .repository
                .root()
                .join("out")
                .join(format!("statement-{}-{to}.pdf", client.id)),
        };
        let bytes = statement.pdf(&client, &settings, session, &mut source)?;
        session.write_output(&path, &bytes)?;
        let shown = path
            .strip_prefix(&session.folder)
            .unwrap_or(&path)
            .display()
            .to_string();
        session.terminal.say(&format!("wrote {shown}"));
        return Ok(done);
    }
    session.report(
        &statement.report(session.today),
        &statement.summary(&client.name.value),
    )?;
    Ok(done)
}
