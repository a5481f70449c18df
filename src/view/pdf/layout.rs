//! From a paper to pages.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    PdfError,
    flow::Flow,
    font::Fonts,
    head,
    look::{GAP, GHOST},
    measure::{Line, Measure, Style},
    page::{Sheets, Watermark},
    paper::Paper,
    table, tail,
};

/// Angle of the word behind the page, in degrees.
const SLOPE: f64 = 52.0;

/// Lays out a paper. `logo` is width through height of the logo; `qr` is the width of the code to
/// scan in millimetres, quiet zone included.
pub(super) fn lay_out(paper: &Paper, fonts: &Fonts, logo: Option<f64>, qr: Option<f64>) -> Result<Sheets, PdfError> {
    let measure = Measure::new(fonts);
    let mut flow = Flow::new(paper, measure)?;
    head::place(&mut flow, logo)?;
    let totals = tail::totals(&flow)?;
    let reserve = if totals.items.is_empty() { 0.0 } else { totals.height + GAP + 0.01 };
    table::place(&mut flow, reserve)?;
    flow.place(totals, "totals")?;
    tail::place(&mut flow, qr)?;
    let (width, height) = paper.size.millimetres();
    let watermark = watermark(paper, measure, width.hypot(height))?;
    Ok(Sheets { width, height, pages: flow.finish()?, watermark })
}

/// The word behind the page, as large as the diagonal allows.
fn watermark(paper: &Paper, measure: Measure<'_>, diagonal: f64) -> Result<Option<Watermark>, PdfError> {
    let Some(text) = paper.watermark.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let text = text.lines().collect::<Vec<_>>().join(" ");
    let style = Style { size: 1, bold: true, color: GHOST };
    let one = measure.width(&text, style)?;
    let fits = |size: &u8| f64::from(*size) * one <= diagonal * 0.72;
    let size = (1..=110).rev().find(fits).unwrap_or(1);
    let line = Line { width: one * f64::from(size), style: Style { size, ..style }, text };
    Ok(Some(Watermark { line, angle: SLOPE }))
}
