//! Fonts in the document: the glyphs that are used, their widths, and what they mean.
//!
//! Each face is a symbolic TrueType font with codes of one byte and no `Encoding`: its own `cmap`
//! says which glyph a code draws, its `ToUnicode` says which character it is.

use std::fmt::Write as _;

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};
use sha2::{Digest, Sha256};

use super::{deflate::compressed, error::PdfError, font::Font, subset::subset};

/// The codes that are shown in a face. Text is written as `/F1 9 Tf` and `<4142> Tj`.
pub(super) fn used(contents: &[String], name: &str) -> [bool; 256] {
    let mut used = [false; 256];
    for content in contents {
        let mut here = false;
        for token in content.split_ascii_whitespace() {
            if let Some(face) = token.strip_prefix('/') {
                here = face == name;
            } else if let Some(codes) = token.strip_prefix('<').filter(|_| here) {
                for pair in codes.as_bytes().chunks_exact(2) {
                    let digits = std::str::from_utf8(pair).unwrap_or_default();
                    if let Ok(code) = u8::from_str_radix(digits, 16) {
                        used[usize::from(code)] = true;
                    }
                }
            }
        }
    }
    used
}

/// Embeds the glyphs of a face for those codes of a set that are used.
pub(super) fn embed(
    document: &mut Document,
    font: &Font,
    bold: bool,
    set: &[(u8, char)],
    used: &[bool; 256],
) -> Result<ObjectId, PdfError> {
    let codes: Vec<_> = set
        .iter()
        .copied()
        .filter(|(code, _)| used[usize::from(*code)])
        .collect();
    if codes.len() != used.iter().filter(|used| **used).count() {
        return Err(PdfError::Engine(
            "a code of the text has no character".to_owned(),
        ));
    }
    let mut glyphs = Vec::with_capacity(codes.len());
    let mut widths = [0_i64; 256];
    for &(code, character) in &codes {
        let glyph = font
            .glyph(character)
            .ok_or_else(|| PdfError::MissingGlyph {
                character,
                text: character.to_string(),
            })?;
        glyphs.push((code, glyph.id));
        widths[usize::from(code)] = round(font.thousandths(glyph.advance));
    }
    let first = codes.first().map_or(0, |(code, _)| *code);
    let last = codes.last().map_or(0, |(code, _)| *code);
    let file = subset(font, &glyphs)?;
    let name = format!("{}+{}", tag(&file), font.name);
    let length = i64::try_from(file.len()).unwrap_or(i64::MAX);
    let file = document.add_object(compressed(dictionary! { "Length1" => length }, &file));
    let descriptor = document.add_object(descriptor(font, bold, &name, file));
    let meaning = document.add_object(compressed(Dictionary::new(), to_unicode(&codes).as_bytes()));
    let widths = widths[usize::from(first)..=usize::from(last)]
        .iter()
        .map(|w| (*w).into());
    Ok(document.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "TrueType",
        "BaseFont" => Object::Name(name.into_bytes()),
        "FirstChar" => i64::from(first),
        "LastChar" => i64::from(last),
        "Widths" => widths.collect::<Vec<Object>>(),
        "FontDescriptor" => descriptor,
        "ToUnicode" => meaning,
    }))
}

fn descriptor(font: &Font, bold: bool, name: &str, file: ObjectId) -> Dictionary {
    let box_ = font.face.global_bounding_box();
    let edges = [box_.x_min, box_.y_min, box_.x_max, box_.y_max];
    let length = |units: i16| Object::Integer(round(font.thousandths(units)));
    dictionary! {
        "Type" => "FontDescriptor",
        "FontName" => Object::Name(name.as_bytes().to_vec()),
        // Symbolic: the codes are those of the font itself.
        "Flags" => 4,
        "FontBBox" => edges.into_iter().map(length).collect::<Vec<Object>>(),
        "ItalicAngle" => 0,
        "Ascent" => length(font.face.ascender()),
        "Descent" => length(font.face.descender()),
        "CapHeight" => length(font.face.capital_height().unwrap_or(font.face.ascender())),
        "StemV" => if bold { 140 } else { 80 },
        "FontFile2" => file,
    }
}

/// Six letters that tell this subset from others.
fn tag(file: &[u8]) -> String {
    Sha256::digest(file)
        .iter()
        .take(6)
        .map(|byte| char::from(b'A' + byte % 26))
        .collect()
}

/// A program that says which character a code is.
fn to_unicode(codes: &[(u8, char)]) -> String {
    let mut program = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<00> <FF>\nendcodespacerange\n",
    );
    for part in codes.chunks(100) {
        let _ = writeln!(program, "{} beginbfchar", part.len());
        for (code, character) in part {
            let _ = write!(program, "<{code:02X}> <");
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(program, "{unit:04X}");
            }
            program.push_str(">\n");
        }
        program.push_str("endbfchar\n");
    }
    program.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    program
}

/// The nearest whole number.
fn round(length: f64) -> i64 {
    format!("{length:.0}").parse().unwrap_or_default()
}
