//! Lines of text: how wide they are, and where they break.
//!
//! Text reaches a page only as a [`Line`], and a line is made only here: so no text is drawn that
//! was not measured, and none with a character that the fonts lack. Lengths are in millimetres.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use std::ops::Range;
use std::sync::Arc;

use super::{
    error::PdfError,
    font::{Fonts, POINT},
    shape::Rgb,
};
use crate::view::link::{self, Link};

/// After these a word may be broken if it is wider than its column.
const JOINTS: &str = "-/\\.,;:_@?&=+";

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    /// Size in points.
    pub(super) size: u8,
    /// Bold or regular.
    pub(super) bold: bool,
    /// Colour.
    pub(super) color: Rgb,
}

impl Style {
    /// The same in bold.
    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// Distance between lines.
    pub(super) fn leading(self) -> f64 {
        f64::from(self.size) * POINT * 1.36
    }

    /// Distance from the top of a line to its base line.
    pub(super) fn base(self) -> f64 {
        f64::from(self.size) * POINT * 1.02
    }
}

/// A text that fits on a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The text.
    pub(super) text: String,
    /// How it looks.
    pub(super) style: Style,
    /// How wide it is.
    pub(super) width: f64,
    /// What of it leads somewhere.
    pub(super) links: Vec<Linked>,
}

/// A part of a line that leads somewhere: a whole address, or what of a longer one stands on this line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linked {
    /// Distance from the start of the line.
    pub(super) left: f64,
    /// How wide it is.
    pub(super) width: f64,
    /// The whole URI.
    pub(super) uri: Arc<str>,
}

/// Measures and breaks text.
#[derive(Clone, Copy)]
pub(super) struct Measure<'a> {
    fonts: &'a Fonts,
    links: &'a [Link],
}

impl<'a> Measure<'a> {
    /// Measures with these fonts.
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, links: &[] }
    }

    /// The same, which knows texts that lead somewhere.
    pub(super) fn linking(self, links: &'a [Link]) -> Self {
        Self { links, ..self }
    }

    /// Width of a text on one line.
    pub(super) fn width(self, text: &str, style: Style) -> Result<f64, PdfError> {
        let mut units = 0_u32;
        for character in text.chars() {
            units += self.advance(character, text, style)?;
        }
        Ok(self.length(units, style))
    }

    /// Widest line of a text that is not broken but where it says so.
    pub(super) fn natural(self, text: &str, style: Style) -> Result<f64, PdfError> {
        let mut widest = 0.0_f64;
        for line in text.lines() {
            widest = widest.max(self.width(&clean(line), style)?);
        }
        Ok(widest)
    }

    /// The style in the largest size in which a text stands on one line of `width`; no smaller than `least`.
    pub(super) fn fitting(
        self,
        text: &str,
        style: Style,
        width: f64,
        least: u8,
    ) -> Result<Style, PdfError> {
        let mut style = style;
        while style.size > least && self.natural(text, style)? > width {
            style.size -= 1;
        }
        Ok(style)
    }

    /// Breaks a text into lines no wider than `width`: at spaces, and inside a word only if the
    /// word alone is wider. Every character but the spaces at breaks is kept.
    pub(super) fn wrap(self, text: &str, style: Style, width: f64) -> Result<Vec<Line>, PdfError> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            self.wrap_paragraph(&clean(paragraph), style, width, &mut lines)?;
        }
        Ok(lines)
    }

    fn wrap_paragraph(
        self,
        text: &str,
        style: Style,
        width: f64,
        lines: &mut Vec<Line>,
    ) -> Result<(), PdfError> {
        let mut rest = text;
        let found = link::find(text, self.links);
        loop {
            let (taken, used) = self.fill(rest, style, width)?;
            let (line, after) = rest.split_at(taken);
            let start = text.len() - rest.len();
            let linked = self.links_on(line, start, style, &found)?;
            lines.push(Line {
                text: line.to_owned(),
                style,
                width: used,
                links: linked,
            });
            rest = after.trim_start_matches(' ');
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// What of the links of a paragraph stands on its line that begins at `start`.
    fn links_on(
        self,
        line: &str,
        start: usize,
        style: Style,
        found: &[(Range<usize>, Arc<str>)],
    ) -> Result<Vec<Linked>, PdfError> {
        let mut links = Vec::new();
        for (place, uri) in found {
            let from = place.start.saturating_sub(start).min(line.len());
            let to = place.end.saturating_sub(start).min(line.len());
            if let (Some(before), Some(part)) = (
                line.get(..from),
                line.get(from..to).filter(|part| !part.is_empty()),
            ) {
                let (left, width) = (self.width(before, style)?, self.width(part, style)?);
                links.push(Linked {
                    left,
                    width,
                    uri: Arc::clone(uri),
                });
            }
        }
        Ok(links)
    }

    /// How many bytes of `text` go on a line, and how wide they are.
    fn fill(self, text: &str, style: Style, width: f64) -> Result<(usize, f64), PdfError> {
        let limit = self.units(width, style);
        let (mut units, mut space, mut joint) = (0_u32, None, None);
        for (at, character) in text.char_indices() {
            let next = units + self.advance(character, text, style)?;
            if character == ' ' {
                // Spaces at the end of a line may hang over it, for they are not drawn.
                if space.is_none_or(|(end, _)| !text[end..at].trim_matches(' ').is_empty()) {
                    space = Some((at, units));
                }
            } else if f64::from(next) > limit && at > 0 {
                let end = space
                    .filter(|&(end, _)| end > 0)
                    .or(joint)
                    .unwrap_or((at, units));
                return Ok((end.0, self.length(end.1, style)));
            }
            units = next;
            if JOINTS.contains(character) && f64::from(units) > limit * 0.5 {
                joint = Some((at + character.len_utf8(), units));
            }
        }
        let end = text.trim_end_matches(' ');
        Ok((end.len(), self.width(end, style)?))
    }

    fn advance(self, character: char, text: &str, style: Style) -> Result<u32, PdfError> {
        match self.fonts.face(style.bold).glyph(character) {
            Some(glyph) => Ok(u32::from(glyph.advance)),
            None => Err(PdfError::MissingGlyph {
                character,
                text: text.to_owned(),
            }),
        }
    }

    /// Millimetres for units of the font.
    fn length(self, units: u32, style: Style) -> f64 {
        f64::from(units) * f64::from(style.size) * POINT / self.fonts.face(style.bold).units
    }

    /// Units of the font for millimetres, a hair more so that rounding breaks nothing.
    fn units(self, length: f64, style: Style) -> f64 {
        length * self.fonts.face(style.bold).units / (f64::from(style.size) * POINT) + 0.01
    }
}

/// A tabulator is a space.
fn clean(line: &str) -> String {
    line.replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style {
        size: 9,
        bold: false,
        color: Rgb(0, 0, 0),
    };

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn breaks_at_spaces_and_keeps_the_others_together() {
        let fonts = Fonts::new().unwrap();
        let measure = Measure::new(&fonts);
        let lines = measure
            .wrap("un  deux\ntrois 1\u{a0}234,56\u{202f}€", STYLE, 20.0)
            .unwrap();
        assert_eq!(
            texts(&lines),
            ["un  deux", "trois", "1\u{a0}234,56\u{202f}€"]
        );
        assert!(lines.iter().all(|line| line.width <= 20.0));
    }

    #[test]
    fn a_word_wider_than_its_column_is_broken_without_loss() {
        let fonts = Fonts::new().unwrap();
        let measure = Measure::new(&fonts);
        let word = "x".repeat(120);
        let lines = measure.wrap(&word, STYLE, 30.0).unwrap();
        assert!(lines.len() > 3 && lines.iter().all(|line| line.width <= 30.0));
        assert_eq!(texts(&lines).concat(), word);
        let address = "https://example.org/invoices/2026/F2026-0042?token=abcdefghijklmnopq";
        let lines = measure.wrap(address, STYLE, 40.0).unwrap();
        assert_eq!(texts(&lines).concat(), address);
        assert!(lines[0].text.ends_with(|c| JOINTS.contains(c)), "{lines:?}");
        assert_eq!(measure.wrap("iiii", STYLE, 0.0).unwrap().len(), 4);
    }

    #[test]
    fn a_missing_glyph_is_named() {
        let fonts = Fonts::new().unwrap();
        let error = Measure::new(&fonts)
            .wrap("Café \u{1f600}", STYLE, 90.0)
            .unwrap_err();
        assert!(matches!(
            error,
            PdfError::MissingGlyph {
                character: '\u{1f600}',
                ..
            }
        ));
    }

    #[test]
    fn an_empty_line_inside_a_text_stays() {
        let fonts = Fonts::new().unwrap();
        let lines = Measure::new(&fonts).wrap("a\n\nb", STYLE, 90.0).unwrap();
        assert_eq!(texts(&lines), ["a", "", "b"]);
    }

    #[test]
    fn each_line_of_an_address_is_linked_from_its_first_to_its_last_letter() {
        let fonts = Fonts::new().unwrap();
        let address = "https://example.org/invoices/2026/F2026-0042?token=abcdefghijklmnopq";
        let known = [Link::web("example.org").unwrap()];
        let measure = Measure::new(&fonts).linking(&known);
        let lines = measure
            .wrap(
                &format!("Voir (example.org) ou : {address}, merci."),
                STYLE,
                40.0,
            )
            .unwrap();
        let mut linked = Vec::new();
        for line in &lines {
            for link in &line.links {
                // The part of the line whose place is the link's.
                let ends = || (0..=line.text.len()).filter(|at| line.text.is_char_boundary(*at));
                let at = |length: f64, from: usize| {
                    ends().find(|end| {
                        *end >= from
                            && (measure.width(&line.text[from..*end], STYLE).unwrap() - length)
                                .abs()
                                < 1e-9
                    })
                };
                let from = at(link.left, 0).unwrap();
                linked.push((&line.text[from..at(link.width, from).unwrap()], &*link.uri));
            }
        }
        let (first, parts) = linked.split_first().unwrap();
        assert_eq!(*first, ("example.org", "https://example.org"));
        assert!(
            parts.len() > 2 && parts.iter().all(|(_, uri)| *uri == address),
            "{linked:?}"
        );
        assert_eq!(
            parts.iter().map(|(text, _)| *text).collect::<String>(),
            address
        );
    }
}
