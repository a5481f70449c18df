//! `render`: documents as PDF.

use std::path::Path;

use clap::Args;

use super::load::{self, Bench};
use super::page;
use super::show;
use crate::check::documents::compare;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::document::Document;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::view::pdf::Engine;
use crate::write::write_output;

/// Render documents as PDF into out/
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit render F2026-0042 -o /tmp\n  acquit render acme-website      a draft, marked as such"
)]
pub struct RenderArgs {
    /// Numbers, or names of drafts
    #[arg(value_name = "NUMBER|DRAFT", required_unless_present = "all", conflicts_with = "all")]
    pub names: Vec<String>,
    /// Every issued document
    #[arg(long)]
    pub all: bool,
}

/// Renders documents.
///
/// # Errors
/// Where one is unknown, or cannot be drawn: the others are still made.
pub fn run(args: &RenderArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let folder = match &session.global.output {
        Some(path) => session.output(path)?,
        None => source.repository.root().join("out"),
    };
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    if args.all {
        return all(session, &mut source, &engine, &folder);
    }
    let mut broken = false;
    for name in &args.names {
        let result = one(name, session, &mut source, &engine, &folder);
        match result {
            Ok(()) => {}
            Err(Failure::Refused(problems, map)) => {
                broken |= session.print(&problems, &map);
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn one(
    name: &str,
    session: &mut Session<'_>,
    source: &mut Source,
    engine: &Engine,
    folder: &Path,
) -> Result<(), Failure> {
    let (document, is_draft) = show::find(name, session, source)?;
    let logo = if is_draft { Bench::load(session, source)?.logo.map(|(_, bytes)| bytes) } else { None };
    let bytes = match page::pdf(engine, source, &document, logo.as_deref(), is_draft) {
        Ok(bytes) => bytes,
        Err(problem) => {
            let mut problems = vec![problem];
            source.excerpts(&mut problems);
            return Err(Failure::Refused(problems, source.map.clone()));
        }
    };
    let is_file = folder.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"));
    let path = match (is_file, is_draft) {
        (true, _) => folder.to_owned(),
        (false, true) => folder.join(format!("draft-{name}.pdf")),
        (false, false) => folder.join(format!("{name}.pdf")),
    };
    write(session, &path, &bytes)
}

fn write(session: &mut Session<'_>, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let shown = path.strip_prefix(&session.folder).unwrap_or(path).display().to_string();
    if session.global.dry_run {
        session.terminal.say(&format!("would write {shown}"));
        return Ok(());
    }
    write_output(session.disk, path, bytes)?;
    session.terminal.say(&format!("wrote {shown}"));
    Ok(())
}

/// A document's number, and its PDF.
type Rendered = (String, Result<Vec<u8>, Diagnostic>);

/// Renders every document, by all cores; a document that is not what was issued is refused, the others are made.
fn all(session: &mut Session<'_>, source: &mut Source, engine: &Engine, folder: &Path) -> Outcomes {
    let settings = load::settings(session, source)?;
    let (_, _, rows) = load::books_and_chain(source, &settings, chrono::NaiveDate::MAX);
    let repository = crate::source::repository::Repository::open_locked(source.repository.root());
    let reader = Source::new(repository);
    let files = source.document_files();
    let count = files.len();
    let mut written = 0;
    // A batch at a time: a hundred thousand pages are never in memory together.
    for batch in files.chunks(256) {
        let results: Vec<Option<Rendered>> = source.documents_of(batch, |number, _, read, problems| {
            let (document, sha256): (Document, String) = read?;
            let mut found = Diagnostics::default();
            match rows.get(number) {
                Some(row) => {
                    compare(&document, &sha256, number, row, &mut found);
                }
                None => found.push(
                    Diagnostic::error(code::REGISTER_MISSING, format!("{number} has no row in the register"))
                        .at(document.span)
                        .hint("`acquit check` says more"),
                ),
            }
            if found.has_errors() {
                problems.extend(found);
                return None;
            }
            Some((number.to_owned(), page::pdf(engine, &reader, &document, None, false)))
        });
        for result in results.into_iter().flatten() {
            match result {
                (number, Ok(bytes)) => {
                    if !session.global.dry_run {
                        write_output(session.disk, &folder.join(format!("{number}.pdf")), &bytes)?;
                    }
                    written += 1;
                    session.terminal.progress("rendering", written, count);
                }
                (_, Err(problem)) => source.problems.push(problem),
            }
        }
    }
    session.terminal.progress("rendering", count, count);
    let broken = session.warn(source);
    let shown = folder.strip_prefix(&session.folder).unwrap_or(folder).display().to_string();
    let verb = if session.global.dry_run { "would write" } else { "wrote" };
    session.terminal.say(&format!("{verb} {written} of {count} documents to {shown}"));
    Ok(if broken || written < count { Done::Findings } else { Done::Well })
}
