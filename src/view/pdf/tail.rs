//! What follows the table: totals, note, ways to pay, legal paragraphs.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    PdfError,
    flow::Flow,
    head::{Weight, block},
    look::{BODY, INK, PAD, PANEL, PRINT, SMALL},
    measure::Style,
    page::{Kind, Piece, Rect},
    paper::{Align, Block},
    table::Table,
};

/// VAT per rate at the left, totals at the right.
pub(super) fn totals(flow: &Flow<'_>) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let (left, far) = (flow.frame.left, flow.frame.column_left());
    if let Some(grid) = flow.paper.vat.as_ref().filter(|grid| !grid.columns.is_empty()) {
        let rows = grid.rows.iter().map(Vec::as_slice);
        let extent = (left, far - left - 8.0);
        let table = Table::new(flow.measure, &grid.columns, rows, extent, SMALL, PANEL)?;
        piece.stamp(table.whole(flow.measure, &grid.rows)?, 0.0);
    }
    let (mut y, width) = (0.0, flow.frame.column);
    for total in &flow.paper.totals {
        let style = if total.strong { Style { size: 11, ..BODY }.bold() } else { BODY };
        let color = if total.strong { flow.accent.text } else { INK };
        let (label_style, style) = (Style { color: INK, ..style }, Style { color, ..style });
        let inner = width - 2.0 * PAD;
        let beside = flow.measure.natural(&total.value, style)?.min(inner * 0.6);
        let value = flow.measure.wrap(&total.value, style, beside + 0.01)?;
        let label = flow.measure.wrap(&total.label, label_style, inner - beside - 4.0)?;
        let pad = if total.strong { 1.6 } else { 0.7 };
        let mut row = Piece::default();
        let end = row.lines(far + PAD, pad, inner, Align::Left, &label);
        let end = end.max(row.lines(far + PAD, pad, inner, Align::Right, &value)) + pad;
        if total.strong {
            piece.fill(far, y, width, end, flow.accent.tint);
            piece.rule(far, y, width, 1.0, flow.accent.pure);
        }
        piece.stamp(row, y);
        y += end;
    }
    piece.height = piece.height.max(y);
    Ok(piece)
}

/// Places everything after the totals. `qr` is the width of the code, quiet zone included.
pub(super) fn place(flow: &mut Flow<'_>, qr: Option<f64>) -> Result<(), PdfError> {
    if let Some(note) = &flow.paper.note {
        let lines = flow.measure.wrap(note, SMALL, flow.frame.width)?;
        flow.place_lines(&lines);
    }
    let piece = pay(flow, qr)?;
    flow.place(piece, "payment")?;
    let mut lines = Vec::new();
    for mention in &flow.paper.mentions {
        lines.extend(flow.measure.wrap(mention, PRINT, flow.frame.width)?);
    }
    flow.place_lines(&lines);
    Ok(())
}

/// Ways to pay in a panel, the code to scan at its right.
fn pay(flow: &Flow<'_>, qr: Option<f64>) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let frame = flow.frame;
    let mut inside = Piece::default();
    let mut width = frame.width - 2.0 * (PAD + 1.0);
    if let Some(size) = qr {
        width -= size + 6.0;
        code(flow, &mut inside, size)?;
    }
    let left = frame.left + PAD + 1.0;
    let mut y = 3.0_f64;
    for pair in flow.paper.pay.chunks(2) {
        let (mut x, mut bottom) = (left, y);
        for (way, width) in pair.iter().zip(share(flow, pair, width)?) {
            bottom = bottom.max(block(flow, &mut inside, way, x, y, width, Weight::Heading)?);
            x += width + 6.0;
        }
        y = bottom + 3.0;
    }
    if inside.items.is_empty() {
        return Ok(piece);
    }
    let height = y.max(inside.height + 1.5);
    piece.fill(frame.left, 0.0, frame.width, height, PANEL);
    piece.stamp(inside, 0.0);
    piece.height = height;
    Ok(piece)
}

/// Widths of one or two blocks beside each other: halves, unless one needs more and the other less.
fn share(flow: &Flow<'_>, blocks: &[Block], width: f64) -> Result<[f64; 2], PdfError> {
    let mut need = [0.0_f64; 2];
    for (need, block) in need.iter_mut().zip(blocks) {
        for line in &block.lines {
            *need = need.max(flow.measure.natural(line, BODY)? + 0.01);
        }
    }
    let [one, other] = need;
    let (both, half) = (width - 6.0, (width - 6.0) / 2.0);
    Ok(match blocks.len() {
        ..2 => [width, 0.0],
        _ if one > half && other < half => {
            let one = one.min(both - other.max(half * 0.5));
            [one, both - one]
        }
        _ if other > half && one < half => {
            let other = other.min(both - one.max(half * 0.5));
            [both - other, other]
        }
        _ => [half, half],
    })
}

/// The code, its caption under it.
fn code(flow: &Flow<'_>, piece: &mut Piece, size: f64) -> Result<(), PdfError> {
    let x = flow.frame.left + flow.frame.width - size - 1.5;
    let caption = flow.paper.qr.as_ref().map_or("", |qr| qr.caption.as_str());
    let reach = 20.0;
    let lines = flow.measure.wrap(caption, PRINT, size + reach)?;
    piece.put(Rect { x, y: 1.5, width: size, height: size }, Kind::Qr);
    piece.lines(x - reach, 1.5 + size + 0.5, size + reach, Align::Right, &lines);
    Ok(())
}
