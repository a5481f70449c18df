//! The design of pages: the one that the ledger chooses, the one that a document was issued with.

use std::sync::Arc;

use crate::changes::sha256;
use crate::diagnostic::{Diagnostic, code, nearest};
use crate::ledger::document::Document;
use crate::ledger::settings::Settings;
use crate::source::Source;
use crate::span::{FileId, Span};
use crate::view::pdf::design::{self, Design};
use crate::view::pdf::design_file;

/// The folder of a ledger's own designs.
const FOLDER: &str = "templates/pages";

/// The design that new documents get.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The design.
    pub design: Arc<Design>,
    /// What a document says of it: nothing where the ledger chooses none.
    pub frozen: Option<String>,
    /// The bytes that issuing keeps under that name, of a design of the ledger's own.
    pub kept: Option<Vec<u8>>,
}

/// Returns the design of the ledger; what is wrong with it is added to the source's problems.
pub fn chosen(source: &mut Source, settings: &Settings) -> Option<Chosen> {
    let wanted = settings.seller.design.as_ref();
    let name = wanted.map_or(design::DEFAULT, |name| name.value.as_str());
    let own = names(source);
    if own.iter().any(|known| known == name) {
        let path = format!("{FOLDER}/{name}.toml");
        let design = read(source, &path)?;
        let bytes = source.repository.bytes(&path).ok()?;
        let kept = format!("invoices/design-{}.toml", &sha256(&bytes)[..16]);
        return Some(Chosen {
            design,
            frozen: Some(kept),
            kept: Some(bytes),
        });
    }
    if let Some(design) = design::named(name) {
        return Some(Chosen {
            design,
            frozen: wanted.map(|name| name.value.clone()),
            kept: None,
        });
    }
    let mut known: Vec<&str> = own.iter().map(String::as_str).collect();
    for built_in in design::names() {
        known.push(built_in);
    }
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "one of {}, or write {FOLDER}/{name}.toml (`acquit explain DESIGN-UNKNOWN`)",
            known.join(", ")
        ),
    };
    let problem =
        Diagnostic::error(code::DESIGN_UNKNOWN, format!("there is no design `{name}`")).hint(hint);
    source.problems.push(match wanted {
        Some(name) => problem.at(name.span),
        None => problem,
    });
    None
}

/// Returns the design that a document was issued with.
///
/// # Errors
/// Where the kept file is not there, or not what it was.
pub fn frozen(source: &Source, document: &Document) -> Result<Arc<Design>, Diagnostic> {
    let name = document.seller.design.as_deref().unwrap_or(design::DEFAULT);
    match design::named(name) {
        Some(design) => Ok(design),
        None => kept(source, name, document.number.as_str(), document.span),
    }
}

/// Returns a design that issuing kept, for a document at a place.
///
/// # Errors
/// Where the kept file is not there, or not what it was.
pub fn kept(
    source: &Source,
    name: &str,
    number: &str,
    span: Span,
) -> Result<Arc<Design>, Diagnostic> {
    let lost = |code, message: String| {
        Diagnostic::error(code, message).at(span).hint(format!(
            "`git restore {name}` brings it back: pages of this document look as it says"
        ))
    };
    let digest = name
        .strip_prefix("invoices/design-")
        .and_then(|rest| rest.strip_suffix(".toml"));
    let Some(digest) = digest.filter(|digest| digest.len() == 16) else {
        let message = format!("there is no design `{name}`");
        return Err(Diagnostic::error(code::DESIGN_UNKNOWN, message)
            .at(span)
            .hint("it comes with a later release, which can render this document"));
    };
    let bytes = source.repository.bytes(name).map_err(|_| {
        lost(
            code::FILE_MISSING,
            format!("the design {name} of {number} cannot be read"),
        )
    })?;
    if !sha256(&bytes).starts_with(digest) {
        return Err(lost(
            code::DOCUMENT_CHANGED,
            format!("{name} was changed since {number} was issued"),
        ));
    }
    let text = String::from_utf8_lossy(&bytes);
    design_file::read(&text).map(Arc::new).map_err(|flaws| {
        let message = flaws
            .into_iter()
            .next()
            .map_or_else(String::new, |flaw| flaw.message);
        lost(
            code::DESIGN_BROKEN,
            format!("{name} is no design: {message}"),
        )
    })
}

/// Reads the designs of the ledger's own that it does not use; what is wrong with them is added to the source's problems.
pub fn check(source: &mut Source, settings: &Settings) {
    let used = settings
        .seller
        .design
        .as_ref()
        .map_or(design::DEFAULT, |name| name.value.as_str())
        .to_owned();
    for name in names(source).into_iter().filter(|name| *name != used) {
        read(source, &format!("{FOLDER}/{name}.toml"));
    }
}

fn names(source: &Source) -> Vec<String> {
    let files = source.repository.list(FOLDER, ".toml").unwrap_or_default();
    files
        .iter()
        .map(|name| name.trim_end_matches(".toml").to_owned())
        .collect()
}

fn read(source: &mut Source, path: &str) -> Option<Arc<Design>> {
    let text = source.text(path)?;
    match design_file::read(&text.text) {
        Ok(design) => Some(Arc::new(design)),
        Err(flaws) => {
            for flaw in flaws {
                let place = |file: FileId| match flaw.range {
                    Some(range) => Span::new(file, range.start, range.end),
                    None => Span::whole(file),
                };
                let problem =
                    Diagnostic::error(code::DESIGN_BROKEN, flaw.message).at(place(text.file));
                source.problems.push(problem.hint(flaw.hint));
            }
            None
        }
    }
}
