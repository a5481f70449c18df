//! `dossier`: the collection file of a client or a document, for a collector or a court.

use std::path::Path;

use clap::Args;

use crate::ledger::party::Language;
use crate::session::{Done, Failure, Format, Outcomes, Session};
use crate::task::dossier::{Dossier, Maker, Options, Subject};
use crate::task::load;
use crate::view::locale::Locale;
use crate::view::pdf::Engine;

/// Arguments of `dossier`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit dossier acme                    writes out/dossier/acme-DAY/\n  acquit dossier F2026-0042 -o /tmp/court --language de"
)]
pub struct DossierArgs {
    /// A client's exact id, or a document's number
    #[arg(value_name = "CLIENT|NUMBER")]
    pub name: Option<String>,
    /// Every document of the client, not only what is still owed
    #[arg(long)]
    pub all: bool,
    /// Language of the file's own pages; the ledger's unless given
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    pub language: Option<Language>,
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "one of fr, en, de, es, it, nl".to_owned())
}

/// Makes the file.
///
/// # Errors
/// Where neither a client nor a document has that name, a document is not what was issued, or nothing is owed.
pub fn run(args: &DossierArgs, session: &mut Session<'_>) -> Outcomes {
    let name = session.argument(
        args.name.clone(),
        "CLIENT|NUMBER",
        "A client's id, or a document's number",
    )?;
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let options = Options {
        name,
        all: args.all,
    };
    let subject = Subject::find(&options, &books, session, &mut source)?;
    let folder = match session.global.output.take() {
        Some(path) => session.output(&path)?,
        None => source
            .repository
            .root()
            .join("out/dossier")
            .join(format!("{}-{}", options.name, session.today)),
    };
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let locale = Locale::of(args.language.unwrap_or(settings.language));
    let (claims, unknown) = subject.claims(&books, session, &mut source, &settings)?;
    session.print(&unknown, &source.map);
    let made = Maker {
        session,
        source: &mut source,
        settings: &settings,
        books: &books,
        engine: &engine,
    }
    .make(&subject, &claims, &locale)?;
    write(&made, &folder, session)?;
    let (report, after) = made.report(session.today, session.format() == Format::Table);
    session.report(&report, &after)?;
    Ok(if broken || made.is_changed() {
        Done::Findings
    } else {
        Done::Well
    })
}

/// Writes the folder.
fn write(made: &Dossier, folder: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let sums = made.sums();
    let mut files = made.files();
    files.push(("SHA256SUMS", sums.as_bytes()));
    let shown = folder
        .strip_prefix(&session.folder)
        .unwrap_or(folder)
        .display()
        .to_string();
    if session.global.dry_run {
        session
            .terminal
            .say(&format!("would write {} files to {shown}", files.len()));
        return Ok(());
    }
    for (path, bytes) in &files {
        session.write_output(&folder.join(path), bytes)?;
    }
    session
        .terminal
        .say(&format!("wrote {} files to {shown}", files.len()));
    Ok(())
}
