//! The two faces in which documents are set, with their metrics.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use ttf_parser::Face;

use super::error::PdfError;

/// Length of a point in millimetres.
pub(super) const POINT: f64 = 25.4 / 72.0;

/// Characters below this one are looked up in a table.
const TABLE: u32 = 0x250;

/// A glyph of a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    /// Its number in the font file.
    pub(super) id: u16,
    /// Its width in units of the font.
    pub(super) advance: u16,
}

/// A font file that was read once.
pub(super) struct Font {
    /// Its name, without spaces.
    pub(super) name: &'static str,
    /// The file.
    pub(super) face: Face<'static>,
    /// Units in one em.
    pub(super) units: f64,
    /// Glyphs of the first characters.
    table: Vec<Option<Glyph>>,
}

impl Font {
    fn new(name: &'static str, data: &'static [u8]) -> Result<Self, PdfError> {
        let face = Face::parse(data, 0).map_err(|e| PdfError::Engine(format!("{name}: {e}")))?;
        let table = (0..TABLE)
            .map(|n| char::from_u32(n).and_then(|c| look_up(&face, c)))
            .collect();
        Ok(Self {
            name,
            units: f64::from(face.units_per_em()),
            face,
            table,
        })
    }

    /// The glyph of a character, if the font has one.
    pub(super) fn glyph(&self, character: char) -> Option<Glyph> {
        let number = character as u32;
        if number < TABLE {
            self.table.get(number as usize).copied().flatten()
        } else {
            look_up(&self.face, character)
        }
    }

    /// A length in units of the font, in thousandths of an em.
    pub(super) fn thousandths(&self, length: impl Into<f64>) -> f64 {
        length.into() * 1000.0 / self.units
    }
}

fn look_up(face: &Face<'_>, character: char) -> Option<Glyph> {
    if character.is_control() {
        return None;
    }
    let id = face.glyph_index(character).filter(|id| id.0 != 0)?;
    Some(Glyph {
        id: id.0,
        advance: face.glyph_hor_advance(id)?,
    })
}

/// The regular and the bold face.
pub(super) struct Fonts {
    /// For most text.
    pub(super) regular: Font,
    /// For what counts.
    pub(super) bold: Font,
}

impl Fonts {
    /// Reads both faces.
    pub(super) fn new() -> Result<Self, PdfError> {
        Ok(Self {
            regular: Font::new("NotoSans-Regular", notosans::REGULAR_TTF)?,
            bold: Font::new("NotoSans-Bold", notosans::BOLD_TTF)?,
        })
    }

    /// The face for a weight.
    pub(super) fn face(&self, bold: bool) -> &Font {
        if bold { &self.bold } else { &self.regular }
    }

    /// Whether both faces can draw a character.
    pub(super) fn draws(&self, character: char) -> bool {
        self.regular.glyph(character).is_some() && self.bold.glyph(character).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_it_can_draw() {
        let fonts = Fonts::new().unwrap();
        for c in "Aéž€ŁΩЖ\u{a0}\u{202f}’“–".chars() {
            assert!(fonts.draws(c), "{c:?}");
        }
        for c in "\u{1f600}漢\u{7}".chars() {
            assert!(!fonts.draws(c), "{c:?}");
        }
    }
}
