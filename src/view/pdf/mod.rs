//! Documents as PDF.
//!
//! ```text
//! paper ── layout ──▶ pages ── draw (genpdf) ──▶ text ── finish (lopdf) ──▶ bytes
//!  design: blocks head table tail                         embed subset metadata
//! ```
//!
//! [`Paper`] says what is shown. Layout measures, wraps and breaks on its own and knows no file
//! format; genpdf draws the text of the pages; the finishing stage embeds the fonts, draws rules,
//! panels, logo and code, embeds e-invoice and attachments, and writes a PDF/A-3b (ISO 19005-3). The
//! same paper always gives the same bytes.

mod alphabet;
#[cfg(test)]
mod archive;
mod attach;
mod blocks;
mod content;
mod deflate;
pub mod design;
pub mod design_file;
mod draw;
mod embed;
mod error;
mod finish;
mod flow;
mod font;
mod head;
mod icc;
mod image;
mod layout;
#[cfg(test)]
mod links;
mod look;
mod mask;
mod measure;
mod merge;
mod metadata;
mod page;
mod paper;
mod pattern;
mod qr;
#[cfg(test)]
mod samples;
mod shape;
mod spread;
mod subset;
mod surface;
mod table;
mod tail;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use genpdf::fonts::{FontData, FontFamily};

use self::{
    alphabet::Alphabet, finish::Finish, font::Fonts, image::Picture, page::Kind, page::Sheets,
    qr::Modules,
};

pub use self::attach::embeddable;
pub use self::error::PdfError;
pub use self::image::probe_logo;
pub use self::merge::{merge, pages};
pub use self::paper::{
    Block, Column, EInvoice, Embedded, Grid, Paper, Qr, Relationship, Row, Signature, Total,
};
pub use self::qr::png as qr_png;
pub use self::shape::{Align, PageSize, Rgb};

/// Makes PDFs. The fonts are read once, the logo is prepared once: use one engine for many.
pub struct Engine {
    fonts: Fonts,
    faces: FontFamily<FontData>,
    /// The last logo and what became of it.
    logo: Mutex<Option<(Vec<u8>, Arc<Picture>)>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Reads the fonts.
    ///
    /// # Errors
    ///
    /// When the fonts that come with the program cannot be read.
    pub fn new() -> Result<Self, PdfError> {
        let fonts = Fonts::new()?;
        let faces = draw::hollow(&fonts)?;
        Ok(Self {
            fonts,
            faces,
            logo: Mutex::new(None),
        })
    }

    /// The first character of `text` that cannot be drawn. Ends of lines and tabulators can.
    pub fn missing(&self, text: &str) -> Option<char> {
        let rest = text.lines().flat_map(str::chars);
        rest.filter(|c| *c != '\t').find(|c| !self.fonts.draws(*c))
    }

    /// The text with a question mark in the place of each character that cannot be drawn: for texts of others, which are shown as far
    /// as they can be.
    #[must_use]
    pub fn drawable(&self, text: &str) -> String {
        let draws = |c: char| matches!(c, '\n' | '\t') || self.fonts.draws(c);
        text.chars()
            .filter(|c| *c != '\r')
            .map(|c| if draws(c) { c } else { '?' })
            .collect()
    }

    /// Makes a PDF.
    ///
    /// # Errors
    ///
    /// When a character has no glyph, a page has no room for a line, or the logo cannot be read.
    pub fn render(&self, paper: &Paper) -> Result<Vec<u8>, PdfError> {
        let logo = paper
            .logo
            .as_deref()
            .map(|file| self.picture(file))
            .transpose()?;
        let qr = paper
            .qr
            .as_ref()
            .map(|qr| Modules::new(&qr.payload))
            .transpose()?;
        let (ratio, width) = (
            logo.as_ref().map(|l| l.ratio()),
            qr.as_ref().map(Modules::width),
        );
        let sheets = layout::lay_out(paper, &self.fonts, ratio, width)?;
        let alphabet = Alphabet::new(characters(&sheets))?;
        let drawn = draw::draw(&sheets, &alphabet, &self.fonts, self.faces.clone())?;
        let finish = Finish {
            paper,
            sheets: &sheets,
            alphabet: &alphabet,
            fonts: &self.fonts,
            logo: logo.as_deref(),
            qr: qr.as_ref(),
        };
        finish.finish(&drawn)
    }

    /// The logo, prepared anew only if it is another one than before.
    fn picture(&self, file: &[u8]) -> Result<Arc<Picture>, PdfError> {
        let mut last = self.logo.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, picture)) = last.as_ref().filter(|(known, _)| known == file) {
            return Ok(Arc::clone(picture));
        }
        let picture = Arc::new(Picture::read(file)?);
        *last = Some((file.to_vec(), Arc::clone(&picture)));
        Ok(picture)
    }
}

/// Every character that stands on the pages.
fn characters(sheets: &Sheets) -> impl Iterator<Item = char> {
    let items = sheets.pages.iter().flat_map(|page| &page.items);
    let texts = items.filter_map(|item| match &item.kind {
        Kind::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    let watermark = sheets
        .watermark
        .iter()
        .map(|watermark| watermark.line.text.as_str());
    texts.chain(watermark).flat_map(str::chars)
}
