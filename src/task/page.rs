//! A document → the bytes of its PDF; what cannot be drawn becomes a diagnostic.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::electronic::{self, Syntax};
use super::load::Bench;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::document::Document;
use crate::ledger::draft::Draft;
use crate::ledger::einvoice::media;
use crate::ledger::settings::Settings;
use crate::source::Source;
use crate::source::repository::ReadError;
use crate::span::Span;
use crate::view::locale::Locale;
use crate::view::paper::{Dress, paper};
use crate::view::pdf::design;
use crate::view::pdf::{Embedded, Engine, PdfError, Relationship, probe_logo};

/// Returns design, logo, e-invoice and attachments of an issued document, as they were when it was issued.
///
/// # Errors
/// Where its design, its logo or an attachment is not there any more or was changed; where it breaks a rule of e-invoicing.
pub fn dress<'b>(source: &Source, document: &Document) -> Result<Dress<'b>, Diagnostics> {
    let mut dress = Dress::new(
        super::design::frozen(source, document)?,
        logo(source, document)?,
    );
    let files = electronic::attachments(document, source)?;
    if electronic::carries(document) {
        dress.e_invoice = Some(electronic::xml(document, &files, Syntax::Cii)?);
    }
    for (attachment, bytes) in document.attachments.iter().zip(files) {
        dress.embedded.push(Embedded {
            name: attachment.name.clone(),
            mime: media(&attachment.name)
                .unwrap_or("application/octet-stream")
                .to_owned(),
            bytes: bytes.into(),
            description: String::new(),
            relationship: Relationship::Data,
        });
    }
    Ok(dress)
}

/// Returns the logo that issuing kept; its name holds the beginning of its digest.
///
/// # Errors
/// Where it is gone, or is another.
pub fn logo(source: &Source, document: &Document) -> Result<Option<Vec<u8>>, Diagnostic> {
    let path = document.seller.logo.as_ref();
    path.map(|path| kept_logo(source, path, document.span))
        .transpose()
}

/// Returns a logo that issuing kept, for a document at a place.
fn kept_logo(source: &Source, path: &str, span: Span) -> Result<Vec<u8>, Diagnostic> {
    let bytes = source.repository.bytes(path).map_err(|error| {
        if matches!(error, ReadError::Outside) {
            return crate::source::link(path).at(span);
        }
        Diagnostic::error(
            code::FILE_MISSING,
            format!("the logo {path} cannot be read"),
        )
        .at(span)
        .hint("`git restore invoices/` brings it back: it belongs to the issued document")
    })?;
    let digest = crate::changes::sha256(&bytes);
    if path
        .split(['-', '.'])
        .any(|part| part.len() == 16 && digest.starts_with(part))
    {
        return Ok(bytes);
    }
    let message = format!("the logo {path} is not the one that was issued: its digest differs");
    let hint = "an issued document is never edited: `git restore invoices/` brings its logo back";
    Err(Diagnostic::error(code::DOCUMENT_CHANGED, message)
        .at(span)
        .hint(hint))
}

/// The logos and designs that documents name, each with the first document that names it. Documents that are read by all cores note theirs.
#[derive(Debug, Default)]
pub struct Looks {
    logos: Mutex<BTreeMap<String, (Span, String)>>,
    designs: Mutex<BTreeMap<String, (Span, String)>>,
}

impl Looks {
    /// Notes the logo and the design of a document; a design that is built in is no file.
    pub fn note(&self, document: &Document) {
        let own = |name: &&String| design::named(name).is_none();
        let both = [
            (&self.logos, document.seller.logo.as_ref()),
            (&self.designs, document.seller.design.as_ref().filter(own)),
        ];
        for (known, name) in both {
            let Some(name) = name else { continue };
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            if known
                .get(name)
                .is_none_or(|(first, _)| document.span < *first)
            {
                known.insert(name.clone(), (document.span, document.number.to_string()));
            }
        }
    }

    /// Returns what is wrong with them: one is gone or was changed; each is said at the first document that names it.
    pub fn problems(self, source: &Source) -> (HashSet<String>, Vec<Diagnostic>) {
        let [logos, designs] = [self.logos, self.designs]
            .map(|known| known.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut problems = Vec::new();
        for (path, (span, _)) in &logos {
            problems.extend(kept_logo(source, path, *span).err());
        }
        for (name, (span, number)) in &designs {
            problems.extend(super::design::kept(source, name, number, *span).err());
        }
        let names = logos.into_keys().chain(designs.into_keys()).collect();
        (names, problems)
    }
}

/// Returns the logo that acquit.toml names, for pages that are no document: none where it stands outside of the ledger, cannot be read or is no
/// image.
pub fn own_logo(source: &Source, settings: &Settings) -> Option<Vec<u8>> {
    let path = settings.seller.logo.as_ref();
    path.filter(|path| crate::changes::is_inside(path))
        .and_then(|path| source.repository.bytes(path).ok())
        .filter(|bytes| probe_logo(bytes).is_ok())
}

/// Returns design and logo of a document that is about to be issued; a draft's page is marked as such.
pub fn fresh<'b>(bench: &Bench, is_draft: bool) -> Dress<'b> {
    let design = bench
        .design
        .as_ref()
        .map_or_else(design::default, |chosen| Arc::clone(&chosen.design));
    let logo = bench.logo.as_ref().map(|(_, bytes)| bytes.clone());
    Dress {
        is_draft,
        ..Dress::new(design, logo)
    }
}

/// Returns the PDF of a document.
///
/// # Errors
/// `GLYPH-MISSING` names the character that the fonts lack, `IMAGE-BROKEN` a logo that is none.
pub fn pdf(engine: &Engine, document: &Document, dress: Dress<'_>) -> Result<Vec<u8>, Diagnostic> {
    let locale = Locale::of(document.language);
    engine
        .render(&paper(document, &locale, dress))
        .map_err(|error| explain(&error, document.span))
}

/// Says why a page could not be made, at a place.
pub fn explain(error: &PdfError, span: Span) -> Diagnostic {
    let (code, hint) = match error {
        PdfError::MissingGlyph { .. } | PdfError::TooManyCharacters(_) => (
            code::GLYPH_MISSING,
            "write it in letters: Latin, Greek and Cyrillic are drawn, emoji and CJK are not",
        ),
        PdfError::Image(_) => (
            code::IMAGE_BROKEN,
            "save the logo as an ordinary PNG or JPEG",
        ),
        PdfError::Embedded(_) => (code::FILE_NAME, "rename the file"),
        _ => (
            code::TEMPLATE_RENDER,
            "this is a limit of the page: shorten the text that it names",
        ),
    };
    Diagnostic::error(code, error.to_string())
        .at(span)
        .hint(hint)
}

/// Checks that the fonts have a glyph for every character a draft would print: at the character's own place in the draft where it
/// is found there.
pub fn glyphs(engine: &Engine, document: &Document, draft: &Draft) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut look = |text: &str, span: Span| {
        if let Some(character) = engine.missing(text) {
            let number = u32::from(character);
            problems.push(
                Diagnostic::error(
                    code::GLYPH_MISSING,
                    format!("the font has no glyph for `{character}` (U+{number:04X})"),
                )
                .at(span)
                .hint("write it in letters: Latin, Greek and Cyrillic are drawn, emoji and CJK are not"),
            );
        }
    };
    for line in &draft.lines {
        look(&line.item, line.item.span);
        if let Some(description) = &line.description {
            look(description, description.span);
        }
    }
    for text in [&draft.subject, &draft.note].into_iter().flatten() {
        look(text, text.span);
    }
    if problems.is_empty() {
        let locale = Locale::of(document.language);
        let page = paper(document, &locale, Dress::new(design::default(), None));
        let parties = page.parties.iter().flat_map(|block| &block.lines);
        for text in page
            .seller
            .iter()
            .chain(parties)
            .chain(&page.mentions)
            .chain(&page.footer)
        {
            if let Some(character) = engine.missing(text) {
                let message = format!(
                    "the font has no glyph for `{character}` (U+{:04X}) in \"{text}\"",
                    u32::from(character)
                );
                let hint = "it stands in acquit.toml or in the client's file: write it in letters";
                problems.push(
                    Diagnostic::error(code::GLYPH_MISSING, message)
                        .at(draft.span)
                        .hint(hint),
                );
            }
        }
    }
    problems
}
