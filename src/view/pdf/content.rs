//! Page contents: genpdf's text operators made compact, and the ground under the text.
//!
//! Operators: ISO 32000-1, annex A.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use std::fmt::Write as _;

use super::{
    alphabet::Alphabet,
    draw::FACES,
    error::PdfError,
    font::POINT,
    look::luminance,
    page::{Item, Kind, Piece, Sheets, Watermark},
    qr::{Modules, QUIET},
    shape::Rgb,
};

/// Name of the logo in the resources.
pub(super) const LOGO: &str = "Logo";

/// Name of a face in the resources.
pub(super) fn face_name(face: usize) -> String {
    format!("F{}", face + 1)
}

/// Rewrites the text operators of a page as genpdf wrote them: codes of one byte, our names of
/// fonts, no layers, no colour set twice or before nothing.
///
/// genpdf writes one operator a line. One that is not known here is an error: nothing is lost.
pub(super) fn text(page: &[u8]) -> Result<String, PdfError> {
    let page = std::str::from_utf8(page).map_err(|_| unknown("bytes"))?;
    let mut out = String::with_capacity(page.len() / 2);
    let (mut color, mut shown, mut font) = ("", "", "");
    for line in page.lines() {
        let (operands, operator) = line.rsplit_once(' ').unwrap_or(("", line));
        match operator {
            "BT" | "ET" => out.push_str(operator),
            "Td" => out.push_str(line),
            "rg" => {
                color = operands;
                continue;
            }
            "Tf" if operands != font => {
                font = operands;
                set_font(&mut out, operands)?;
            }
            "TJ" => {
                if color != shown {
                    shown = color;
                    out.push_str(color);
                    out.push_str(" rg\n");
                }
                show(&mut out, operands)?;
            }
            "" | "q" | "Q" | "BDC" | "EMC" | "TL" | "Tf" => continue,
            _ => return Err(unknown(operator)),
        }
        out.push('\n');
    }
    Ok(out)
}

fn unknown(what: &str) -> PdfError {
    PdfError::Engine(format!("unexpected {what} in the content of a page"))
}

fn set_font(out: &mut String, operands: &str) -> Result<(), PdfError> {
    let (name, size) = operands.split_once(' ').ok_or_else(|| unknown("font"))?;
    let name = name.trim_start_matches('/');
    let face = FACES
        .iter()
        .position(|face| face.0 == name)
        .ok_or_else(|| unknown("font"))?;
    let size = size.strip_suffix(".0").unwrap_or(size);
    let size = size.strip_suffix(".00").unwrap_or(size);
    let _ = write!(out, "/{} {size} Tf", face_name(face));
    Ok(())
}

/// `[<0041><0042>]` becomes `<4142>`.
fn show(out: &mut String, operands: &str) -> Result<(), PdfError> {
    let list = operands
        .strip_prefix('[')
        .and_then(|list| list.strip_suffix(']'));
    out.push('<');
    for code in list.ok_or_else(|| unknown("text"))?.split_inclusive('>') {
        let code = code
            .trim_start()
            .strip_prefix("<00")
            .and_then(|code| code.strip_suffix('>'));
        out.push_str(
            code.filter(|code| code.len() == 2)
                .ok_or_else(|| unknown("code"))?,
        );
    }
    out.push_str("> Tj");
    Ok(())
}

/// Everything that is not text: light panels and rules, over them the word behind the page, over it dark ones, logo and
/// code.
pub(super) struct Ground<'a> {
    /// The document.
    pub(super) sheets: &'a Sheets,
    /// The code to scan.
    pub(super) qr: Option<&'a Modules>,
    /// Codes for the word behind the page.
    pub(super) alphabet: &'a Alphabet,
}

impl Ground<'_> {
    /// The operators for a page.
    pub(super) fn operators(&self, page: &Piece) -> Result<String, PdfError> {
        let (mut out, mut dark, mut over) = (String::new(), String::new(), String::new());
        let (mut color, mut deep) = (None, None);
        for item in &page.items {
            let (x, y) = self.corner(item);
            let (width, height) = (item.rect.width / POINT, item.rect.height / POINT);
            let place = format!("{width:.2} 0 0 {height:.2} {x:.2} {y:.2} cm");
            let _ = match item.kind {
                Kind::Text { .. } | Kind::Link(_) => Ok(()),
                // What carries light text covers the word behind the page, which would make it unreadable.
                Kind::Fill(fill) if luminance(fill) < 0.4 => {
                    if deep.replace(fill) != Some(fill) {
                        set_color(&mut dark, fill);
                    }
                    writeln!(dark, "{x:.2} {y:.2} {width:.2} {height:.2} re f")
                }
                Kind::Fill(fill) => {
                    if color.replace(fill) != Some(fill) {
                        set_color(&mut out, fill);
                    }
                    writeln!(out, "{x:.2} {y:.2} {width:.2} {height:.2} re f")
                }
                Kind::Logo => writeln!(over, "q {place} /{LOGO} Do Q"),
                Kind::Qr => {
                    let _ = writeln!(over, "q {place} 1 g 0 0 1 1 re f 0 g");
                    self.code(&mut over);
                    writeln!(over, "f Q")
                }
            };
        }
        if let Some(watermark) = &self.sheets.watermark {
            self.watermark(&mut out, watermark)?;
        }
        out.push_str(&dark);
        out.push_str(&over);
        Ok(out)
    }

    /// The lower left corner of an item in points from the lower left corner of the page.
    fn corner(&self, item: &Item) -> (f64, f64) {
        let bottom = item.rect.y + item.rect.height;
        (item.rect.x / POINT, (self.sheets.height - bottom) / POINT)
    }

    /// The dark modules of the code, in a square of one, of which a module is a part.
    fn code(&self, out: &mut String) {
        let Some(modules) = self.qr else { return };
        let count = modules.side + 2 * QUIET;
        let unit = 1.0 / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let _ = writeln!(out, "{unit:.6} 0 0 {unit:.6} 0 0 cm");
        for (column, row, length) in modules.bars() {
            let (x, y) = (column + QUIET, count - 1 - QUIET - row);
            let _ = writeln!(out, "{x} {y} {length} 1 re");
        }
    }

    /// The word behind the page, its middle in the middle of the page.
    fn watermark(&self, out: &mut String, watermark: &Watermark) -> Result<(), PdfError> {
        let Watermark { line, angle } = watermark;
        let (sine, cosine) = angle.to_radians().sin_cos();
        let (half, drop) = (line.width / 2.0, f64::from(line.style.size) * POINT * 0.36);
        let x = self.sheets.width / 2.0 - half * cosine + drop * sine;
        let y = self.sheets.height / 2.0 - half * sine - drop * cosine;
        out.push_str("q BT ");
        set_color(out, line.style.color);
        let (x, y) = (x / POINT, y / POINT);
        let _ = writeln!(
            out,
            "{cosine:.4} {sine:.4} {:.4} {cosine:.4} {x:.2} {y:.2} Tm",
            -sine
        );
        for run in self.alphabet.runs(&line.text)? {
            let face = FACES
                .iter()
                .position(|face| (face.1, face.2) == (run.set, line.style.bold));
            let face = face.ok_or_else(|| unknown("face"))?;
            let _ = write!(out, "/{} {} Tf <", face_name(face), line.style.size);
            for code in run.codes {
                let _ = write!(out, "{code:02X}");
            }
            out.push_str("> Tj\n");
        }
        out.push_str("ET Q\n");
        Ok(())
    }
}

fn set_color(out: &mut String, Rgb(red, green, blue): Rgb) {
    let share = |level: u8| f64::from(level) / 255.0;
    let _ = writeln!(
        out,
        "{:.3} {:.3} {:.3} rg",
        share(red),
        share(green),
        share(blue)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_operators_are_made_compact() {
        let page = b"/OC /MC0 BDC\nq\nBT\n12.20 TL\n51.02 700.00 Td\n0.12 0.15 0.18 rg\n\
            /Helvetica-Bold 9.00 Tf\n[<0041><0080>] TJ\n0.00 0.00 0.00 rg\nET\nQ\nEMC\n";
        let expected = "BT\n51.02 700.00 Td\n/F2 9 Tf\n0.12 0.15 0.18 rg\n<4180> Tj\nET\n";
        assert_eq!(text(page).unwrap(), expected);
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        assert!(text(b"/X0 Do\n").is_err());
        assert!(text(b"[<0141>] TJ\n").is_err());
        assert!(text(b"/Courier 9 Tf\n").is_err());
    }
}
