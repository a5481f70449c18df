//! A TrueType file with only the glyphs that a document uses, without hints.
//!
//! Layout of the tables: the OpenType specification, `glyf`, `loca`, `hmtx`, `cmap`.

use std::collections::HashMap;

use ttf_parser::Tag;

use super::{error::PdfError, font::Font};

/// Component of a composite glyph: its two arguments are words.
const WORDS: u16 = 0x0001;
/// A scale follows.
const SCALE: u16 = 0x0008;
/// Another component follows.
const MORE: u16 = 0x0020;
/// Two scales follow.
const TWO_SCALES: u16 = 0x0040;
/// A two by two matrix follows.
const MATRIX: u16 = 0x0080;
/// Instructions follow the last component.
const HINTS: u16 = 0x0100;

/// Encoding of a `cmap` of platform 3 whose characters are symbols.
const SYMBOL: u16 = 0;
/// Encoding of a `cmap` of platform 3 whose characters are Unicode.
const UNICODE: u16 = 1;

/// Builds a font file in which each code of one byte stands for one glyph of `font`.
pub(super) fn subset(font: &Font, codes: &[(u8, u16)]) -> Result<Vec<u8>, PdfError> {
    build(font, codes, SYMBOL)
}

/// A font file without glyphs that calls its characters Unicode, for a reader that insists on it.
pub(super) fn hollow(font: &Font) -> Result<Vec<u8>, PdfError> {
    build(font, &[], UNICODE)
}

fn build(font: &Font, codes: &[(u8, u16)], encoding: u16) -> Result<Vec<u8>, PdfError> {
    Subset::new(font)
        .and_then(|s| s.build(codes, encoding))
        .ok_or_else(|| {
            PdfError::Engine(format!("{}: a table of the font cannot be read", font.name))
        })
}

/// The tables of the font that is cut down, and the glyphs kept so far.
struct Subset {
    head: &'static [u8],
    hhea: &'static [u8],
    maxp: &'static [u8],
    hmtx: &'static [u8],
    loca: &'static [u8],
    glyf: &'static [u8],
    /// Number in the font, in the order of the new numbers.
    kept: Vec<u16>,
    /// New number for a number in the font.
    renumbered: HashMap<u16, u16>,
}

impl Subset {
    fn new(font: &Font) -> Option<Self> {
        let raw = font.face.raw_face();
        let table = |tag| raw.table(Tag::from_bytes(tag));
        Some(Self {
            head: table(b"head")?,
            hhea: table(b"hhea")?,
            maxp: table(b"maxp")?,
            hmtx: table(b"hmtx")?,
            loca: table(b"loca")?,
            glyf: table(b"glyf")?,
            kept: Vec::new(),
            renumbered: HashMap::new(),
        })
    }

    fn build(mut self, codes: &[(u8, u16)], encoding: u16) -> Option<Vec<u8>> {
        self.keep(0)?;
        let mut pairs = Vec::with_capacity(codes.len());
        for &(code, glyph) in codes {
            pairs.push((code, self.keep(glyph)?));
        }
        pairs.sort_unstable();
        let (glyf, loca) = self.outlines()?;
        let hmtx = self.metrics()?;
        let count = u16::try_from(self.kept.len()).ok()?.to_be_bytes();
        let mut head = self.head.to_vec();
        head.get_mut(8..12)?.fill(0);
        head.get_mut(50..52)?.copy_from_slice(&[0, 1]);
        let mut hhea = self.hhea.to_vec();
        hhea.get_mut(34..36)?.copy_from_slice(&count);
        let mut maxp = self.maxp.to_vec();
        maxp.get_mut(4..6)?.copy_from_slice(&count);
        Some(assemble(&[
            (b"cmap", cmap(&pairs, encoding)?),
            (b"glyf", glyf),
            (b"head", head),
            (b"hhea", hhea),
            (b"hmtx", hmtx),
            (b"loca", loca),
            (b"maxp", maxp),
        ]))
    }

    /// The new number of a glyph, which is kept from now on.
    fn keep(&mut self, glyph: u16) -> Option<u16> {
        if let Some(&known) = self.renumbered.get(&glyph) {
            return Some(known);
        }
        let number = u16::try_from(self.kept.len()).ok()?;
        self.kept.push(glyph);
        self.renumbered.insert(glyph, number);
        Some(number)
    }

    /// `glyf` and `loca`. Components of composite glyphs are kept on the way.
    fn outlines(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut glyf, mut loca) = (Vec::new(), Vec::new());
        let mut next = 0;
        while let Some(&glyph) = self.kept.get(next) {
            loca.extend(u32::try_from(glyf.len()).ok()?.to_be_bytes());
            let outline = self.outline(glyph)?;
            let bare = match outline.first() {
                None => Vec::new(),
                Some(high) if high & 0x80 != 0 => self.composite(outline)?,
                Some(_) => simple(outline)?,
            };
            glyf.extend(bare);
            pad(&mut glyf);
            next += 1;
        }
        loca.extend(u32::try_from(glyf.len()).ok()?.to_be_bytes());
        Some((glyf, loca))
    }

    /// The outline of a glyph in the font; empty for a space.
    fn outline(&self, glyph: u16) -> Option<&'static [u8]> {
        let index = usize::from(glyph);
        let offset = |index: usize| -> Option<usize> {
            if u16_at(self.head, 50)? == 0 {
                Some(usize::from(u16_at(self.loca, index * 2)?) * 2)
            } else {
                let bytes = self.loca.get(index * 4..index * 4 + 4)?;
                usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
            }
        };
        self.glyf.get(offset(index)?..offset(index + 1)?)
    }

    /// A composite glyph whose components have their new numbers, without hints.
    fn composite(&mut self, outline: &[u8]) -> Option<Vec<u8>> {
        let mut bare = outline.to_vec();
        let mut at = 10;
        loop {
            let flags = u16_at(outline, at)?;
            let component = self.keep(u16_at(outline, at + 2)?)?;
            bare.get_mut(at..at + 2)?
                .copy_from_slice(&(flags & !HINTS).to_be_bytes());
            bare.get_mut(at + 2..at + 4)?
                .copy_from_slice(&component.to_be_bytes());
            at += 4 + if flags & WORDS != 0 { 4 } else { 2 };
            at += match flags {
                f if f & SCALE != 0 => 2,
                f if f & TWO_SCALES != 0 => 4,
                f if f & MATRIX != 0 => 8,
                _ => 0,
            };
            if flags & MORE == 0 {
                bare.truncate(at);
                return Some(bare);
            }
        }
    }

    /// `hmtx`: width and left bearing of each kept glyph.
    fn metrics(&self) -> Option<Vec<u8>> {
        let long = usize::from(u16_at(self.hhea, 34)?);
        let mut table = Vec::with_capacity(self.kept.len() * 4);
        for &glyph in &self.kept {
            let index = usize::from(glyph);
            let width = u16_at(self.hmtx, index.min(long.checked_sub(1)?) * 4)?;
            let bearing = if index < long {
                index * 4 + 2
            } else {
                long * 4 + (index - long) * 2
            };
            table.extend(width.to_be_bytes());
            table.extend(u16_at(self.hmtx, bearing)?.to_be_bytes());
        }
        Some(table)
    }
}

/// A simple glyph without its hints.
fn simple(outline: &[u8]) -> Option<Vec<u8>> {
    let contours = usize::from(u16_at(outline, 0)?);
    let ends = 10 + contours * 2;
    let hints = usize::from(u16_at(outline, ends)?);
    let mut bare = outline.get(..ends)?.to_vec();
    bare.extend([0, 0]);
    bare.extend(outline.get(ends + 2 + hints..)?);
    Some(bare)
}

/// `cmap` with the codes twice: as symbols at U+F000 (3, 0), and as they are (1, 0).
fn cmap(pairs: &[(u8, u16)], encoding: u16) -> Option<Vec<u8>> {
    let segments = u16::try_from(pairs.len() + 1).ok()?;
    let power = segments.ilog2();
    let range = 2_u16 << power;
    let length = 16 + 8 * segments;
    let mut table = Vec::new();
    let words = |table: &mut Vec<u8>, list: &[u16]| {
        table.extend(list.iter().flat_map(|word| word.to_be_bytes()));
    };
    words(
        &mut table,
        &[0, 2, 1, 0, 0, 20 + length, 3, encoding, 0, 20],
    );
    let power = u16::try_from(power).ok()?;
    words(
        &mut table,
        &[
            4,
            length,
            0,
            segments * 2,
            range,
            power,
            segments * 2 - range,
        ],
    );
    let codes: Vec<u16> = pairs
        .iter()
        .map(|&(code, _)| 0xf000 | u16::from(code))
        .collect();
    words(&mut table, &codes);
    words(&mut table, &[0xffff, 0]);
    words(&mut table, &codes);
    words(&mut table, &[0xffff]);
    for (code, &(_, glyph)) in codes.iter().zip(pairs) {
        words(&mut table, &[glyph.wrapping_sub(*code)]);
    }
    words(&mut table, &[1]);
    words(&mut table, &vec![0; usize::from(segments)]);
    let mut plain = [0_u16; 256];
    for &(code, glyph) in pairs {
        *plain.get_mut(usize::from(code))? = glyph;
    }
    words(&mut table, &[6, 10 + 512, 0, 0, 256]);
    words(&mut table, &plain);
    Some(table)
}

/// Puts tables, sorted by their tags, together to a font file.
fn assemble(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(tables.len()).unwrap_or(u16::MAX);
    let power = count.ilog2();
    let mut file = vec![0, 1, 0, 0];
    let range = 16_u16 << power;
    let power = u16::try_from(power).unwrap_or(0);
    for word in [count, range, power, count * 16 - range] {
        file.extend(word.to_be_bytes());
    }
    let mut body = Vec::new();
    let start = 12 + tables.len() * 16;
    let mut head = start;
    for (tag, table) in tables {
        if *tag == b"head" {
            head = start + body.len();
        }
        file.extend(*tag);
        for number in [sum(table), as_u32(start + body.len()), as_u32(table.len())] {
            file.extend(number.to_be_bytes());
        }
        body.extend(table);
        pad(&mut body);
    }
    file.extend(body);
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(sum(&file));
    if let Some(place) = file.get_mut(head + 8..head + 12) {
        place.copy_from_slice(&adjustment.to_be_bytes());
    }
    file
}

fn as_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Sum of the words of a table, as font files want it.
fn sum(table: &[u8]) -> u32 {
    table.chunks(4).fold(0, |total, chunk| {
        let mut word = [0; 4];
        word.iter_mut()
            .zip(chunk)
            .for_each(|(to, from)| *to = *from);
        u32::wrapping_add(total, u32::from_be_bytes(word))
    })
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::font::Fonts;
    use super::*;

    #[test]
    fn a_subset_is_a_font_with_the_same_widths_and_shapes() {
        let fonts = Fonts::new().unwrap();
        let text = "AéžŁ€ -\u{a0}Ωﬁ½";
        let codes: Vec<(u8, u16)> = text
            .chars()
            .zip(40_u8..)
            .map(|(c, code)| (code, fonts.regular.glyph(c).unwrap().id))
            .collect();
        let file = subset(&fonts.regular, &codes).unwrap();
        assert_eq!(sum(&file), 0xb1b0_afba);
        let small = ttf_parser::Face::parse(&file, 0).unwrap();
        assert!(small.number_of_glyphs() < 30);
        for (code, whole) in codes {
            let symbols = small.tables().cmap.unwrap().subtables.get(1).unwrap();
            let glyph = symbols.glyph_index(0xf000 + u32::from(code)).unwrap();
            let whole = ttf_parser::GlyphId(whole);
            assert_eq!(
                small.glyph_hor_advance(glyph),
                fonts.regular.face.glyph_hor_advance(whole)
            );
            assert_eq!(
                small.glyph_bounding_box(glyph),
                fonts.regular.face.glyph_bounding_box(whole)
            );
        }
    }
}
