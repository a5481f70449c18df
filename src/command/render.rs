//! `render`: documents as PDF.

use std::collections::HashMap;
use std::path::Path;

use clap::Args;

use crate::check::documents::compare;
use crate::check::register::Chain;
use crate::compute::books::Books;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::book::RowText;
use crate::ledger::document::{Document, DocumentType};
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::electronic;
use crate::task::load::{self, Bench};
use crate::task::page;
use crate::task::show;
use crate::view::paper::Dress;
use crate::view::pdf::Engine;
use crate::view::standing::Standing;

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit render F2026-0042 -o /tmp\n  acquit render acme-website      a draft, marked as such\n  acquit render F2026-0042 --with-balance --today 2026-12-31"
)]
pub struct RenderArgs {
    /// Numbers, or names of drafts
    #[arg(
        value_name = "NUMBER|DRAFT",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    pub names: Vec<String>,
    /// Every issued document; quotes are rendered by their numbers
    #[arg(long)]
    pub all: bool,
    /// Mark the page as a copy: Duplicata
    #[arg(long)]
    pub duplicate: bool,
    /// Print what was paid or credited up to today (--today DATE) and what is left, or that it is paid
    #[arg(long)]
    pub with_balance: bool,
}

/// Renders documents.
///
/// # Errors
/// Where one is unknown, or cannot be drawn: the others are still made.
pub fn run(args: &RenderArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    session.warn(&mut source);
    let folder = match &session.global.output {
        // One page goes to standard output; several are files.
        Some(path) if session.is_standard() && args.names.len() == 1 => path.clone(),
        Some(path) => session.output(path)?,
        None => source.repository.root().join("out"),
    };
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let copy = Copy::of(args, session, &mut source);
    if args.all {
        return all(session, &mut source, &engine, &folder, &copy);
    }
    let mut broken = copy.books.is_some() && session.warn(&mut source);
    for name in &args.names {
        let result = one(name, session, &mut source, &engine, &folder, &copy);
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

/// What a page shows that the document itself does not.
struct Copy {
    is_duplicate: bool,
    /// The books as of the day, where the balance is asked for.
    books: Option<Books>,
}

impl Copy {
    fn of(args: &RenderArgs, session: &Session<'_>, source: &mut Source) -> Self {
        let books = args
            .with_balance
            .then(|| load::books(source, session.today));
        Self {
            is_duplicate: args.duplicate,
            books,
        }
    }

    fn is_plain(&self) -> bool {
        !self.is_duplicate && self.books.is_none()
    }

    /// Marks the page of a document.
    fn mark<'b>(&'b self, dress: Dress<'b>, document: &Document) -> Dress<'b> {
        let standing = self.books.as_ref().and_then(|books| {
            let position = books.position(books.find(document.number.as_str())?);
            Some(Standing {
                day: books.today(),
                position,
            })
        });
        Dress {
            is_duplicate: self.is_duplicate,
            standing,
            ..dress
        }
    }

    /// The file's name: a copy never takes the place of the page itself.
    fn file(&self, name: &str) -> String {
        let duplicate = if self.is_duplicate { "-duplicate" } else { "" };
        let balance = if self.books.is_some() { "-balance" } else { "" };
        format!("{name}{duplicate}{balance}.pdf")
    }
}

fn one(
    name: &str,
    session: &mut Session<'_>,
    source: &mut Source,
    engine: &Engine,
    folder: &Path,
    copy: &Copy,
) -> Result<(), Failure> {
    let (document, is_draft) = show::find(name, session, source)?;
    if document.kind == DocumentType::Quote && copy.books.is_some() {
        let sentence = format!("`{name}` is a quote: it asks for no money and has no balance");
        return Err(Failure::Usage(sentence, "leave --with-balance out".into()));
    }
    if is_draft && !copy.is_plain() {
        let sentence = format!("`{name}` is a draft: it has no copies and no balance");
        return Err(Failure::Usage(
            sentence,
            "leave --duplicate and --with-balance out".into(),
        ));
    }
    let dress = if is_draft {
        // What finding the draft said of the settings is said again by loading them.
        source.take_problems();
        let bench = Bench::load(session, source)?;
        // A page without the logo that is asked for would look as if all were well.
        if bench.design.is_none() || (bench.logo.is_none() && bench.settings.seller.logo.is_some())
        {
            return Err(session.refuse(source, Diagnostics::default()));
        }
        Ok(page::fresh(&bench, true))
    } else {
        page::dress(source, &document).map(|dress| copy.mark(dress, &document))
    };
    let drawn =
        dress.and_then(|dress| page::pdf(engine, &document, dress).map_err(Diagnostics::from));
    let bytes = match drawn {
        Ok(bytes) => bytes,
        Err(problems) => return Err(session.refuse(source, problems)),
    };
    if !is_draft {
        without(session, &document);
    }
    if session.is_standard() {
        return session.bytes(&bytes);
    }
    let is_file = folder
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"));
    let path = match (is_file, is_draft) {
        (true, _) => folder.to_owned(),
        (false, true) => folder.join(format!("draft-{name}.pdf")),
        (false, false) => folder.join(copy.file(name)),
    };
    write(session, &path, &bytes)
}

/// Says that a page has no e-invoice in it, where its seller's have one.
fn without(session: &mut Session<'_>, document: &Document) {
    if let Some(why) = electronic::without(document) {
        session.terminal.say(&format!(
            "{} has no electronic invoice in it: {why}",
            document.number
        ));
    }
}

fn write(session: &mut Session<'_>, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let shown = path
        .strip_prefix(&session.folder)
        .unwrap_or(path)
        .display()
        .to_string();
    if session.global.dry_run {
        session.terminal.say(&format!("would write {shown}"));
        return Ok(());
    }
    session.write_output(path, bytes)?;
    session.terminal.say(&format!("wrote {shown}"));
    Ok(())
}

/// A document's number, its PDF, and why there is no e-invoice in it.
type Rendered = (String, Result<Vec<u8>, Diagnostics>, Option<String>);

/// Renders every document, by all cores; a document that is not what was issued is refused, the others are made.
fn all(
    session: &mut Session<'_>,
    source: &mut Source,
    engine: &Engine,
    folder: &Path,
    copy: &Copy,
) -> Outcomes {
    let settings = load::settings(session, source)?;
    let mut chain = Chain::new(&settings.id, &settings.series);
    let mut rows: HashMap<String, RowText> = HashMap::new();
    source.ledger_and(|row, record| match row {
        Some(row) => {
            chain.add(row, record);
            rows.entry(row.number.to_owned())
                .or_insert_with(|| RowText::new(row.span, record));
        }
        None => chain.skip(record),
    });
    source.problems.extend(std::mem::take(&mut chain.problems));
    let repository = crate::source::repository::Repository::open_locked(source.repository.root());
    let reader = Source::new(repository);
    let files = source.document_files();
    let count = files.len();
    let mut written = 0;
    // A batch at a time: a hundred thousand pages are never in memory together.
    for batch in files.chunks(256) {
        let results: Vec<Option<Rendered>> =
            source.documents_of(batch, |number, _, _, read, problems| {
                let (document, sha256): (Document, String) = read?;
                let mut found = Diagnostics::default();
                match rows.get(number) {
                    Some(row) => {
                        compare(&document, &sha256, number, row, &mut found);
                    }
                    None => found.push(
                        Diagnostic::error(
                            code::REGISTER_MISSING,
                            format!("{number} has no row in the register"),
                        )
                        .at(document.span)
                        .hint("`acquit check` says more"),
                    ),
                }
                if found.has_errors() {
                    problems.extend(found);
                    return None;
                }
                let dress =
                    page::dress(&reader, &document).map(|dress| copy.mark(dress, &document));
                let drawn = dress.and_then(|dress| {
                    page::pdf(engine, &document, dress).map_err(Diagnostics::from)
                });
                Some((number.to_owned(), drawn, electronic::without(&document)))
            });
        for result in results.into_iter().flatten() {
            match result {
                (number, Ok(bytes), without) => {
                    if let Some(why) = without {
                        session
                            .terminal
                            .say(&format!("{number} has no electronic invoice in it: {why}"));
                    }
                    if !session.global.dry_run {
                        session.write_output(&folder.join(copy.file(&number)), &bytes)?;
                    }
                    written += 1;
                    session.terminal.progress("rendering", written, count);
                }
                (_, Err(problems), _) => source.problems.extend(problems),
            }
        }
    }
    session.terminal.progress("rendering", count, count);
    let broken = session.warn(source);
    let shown = folder
        .strip_prefix(&session.folder)
        .unwrap_or(folder)
        .display()
        .to_string();
    let verb = if session.global.dry_run {
        "would write"
    } else {
        "wrote"
    };
    session
        .terminal
        .say(&format!("{verb} {written} of {count} documents to {shown}"));
    Ok(if broken || written < count {
        Done::Findings
    } else {
        Done::Well
    })
}
