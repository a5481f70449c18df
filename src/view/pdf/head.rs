//! The top of the first page: logo, seller, kind and number, the other parties, facts, and what
//! must be seen at a glance.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    PdfError,
    flow::Flow,
    look::{BODY, INK, LABEL, PAD, SMALL},
    measure::Style,
    page::{Kind, Piece, Rect},
    paper::{Align, Block},
};

/// Top of the first party: inside the window of an envelope, 45 to 90 mm from the top.
const WINDOW: f64 = 49.0;
/// Largest width of the logo.
const LOGO_WIDTH: f64 = 60.0;
/// Largest height of the logo.
const LOGO_HEIGHT: f64 = 22.0;

/// Which line of a block stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The first line: a name.
    Name,
    /// The heading.
    Heading,
}

/// Places the top of the first page. `logo` is width through height of the logo.
pub(super) fn place(flow: &mut Flow<'_>, logo: Option<f64>) -> Result<(), PdfError> {
    let letterhead = letterhead(flow, logo)?;
    if letterhead.height > flow.room() {
        return Err(PdfError::TooTall("head"));
    }
    flow.put(letterhead);
    flow.place(glance(flow)?, "facts")?;
    if let Some(subject) = &flow.paper.subject {
        let lines = flow.measure.wrap(subject, BODY.bold(), flow.frame.width)?;
        flow.place_lines(&lines);
    }
    Ok(())
}

/// Seller at the left, title and parties at the right.
fn letterhead(flow: &Flow<'_>, logo: Option<f64>) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let left = seller(flow, &mut piece, logo)?;
    let right = title(flow, &mut piece)?;
    let (near, far) = (flow.frame.left, flow.frame.column_left());
    let mut parties = flow.paper.parties.iter();
    let mut bottom = left.max(right);
    if let Some(first) = parties.next() {
        let top = right.max(WINDOW - flow.frame.top);
        bottom = left.max(block(flow, &mut piece, first, far, top, flow.frame.column, Weight::Name)?);
    }
    let rest: Vec<&Block> = parties.collect();
    for pair in rest.chunks(2) {
        let top = bottom + 4.0;
        let places = [(far, flow.frame.column), (near, far - near - 8.0)];
        for (party, (x, width)) in pair.iter().zip(places) {
            bottom = bottom.max(block(flow, &mut piece, party, x, top, width, Weight::Name)?);
        }
    }
    Ok(piece)
}

/// Logo and address of the seller. Gives the lower edge.
fn seller(flow: &Flow<'_>, piece: &mut Piece, logo: Option<f64>) -> Result<f64, PdfError> {
    let x = flow.frame.left;
    let mut y = 0.0;
    if let Some(ratio) = logo {
        let width = LOGO_WIDTH.min(LOGO_HEIGHT * ratio);
        let height = width / ratio;
        piece.put(Rect { x, y, width, height }, Kind::Logo);
        y += height + 4.0;
    }
    let width = flow.frame.column_left() - x - 8.0;
    for (at, line) in flow.paper.seller.iter().enumerate() {
        let style = if at == 0 { Style { size: 10, ..BODY }.bold() } else { SMALL };
        y = piece.lines(x, y, width, Align::Left, &flow.measure.wrap(line, style, width)?);
    }
    Ok(y)
}

/// Kind and number. Gives the lower edge.
fn title(flow: &Flow<'_>, piece: &mut Piece) -> Result<f64, PdfError> {
    let (x, width) = (flow.frame.column_left(), flow.frame.column);
    let kind = Style { size: 20, bold: true, color: flow.accent.text };
    let number = Style { size: 12, bold: false, color: INK };
    let kind = flow.measure.wrap(&flow.paper.kind, kind, width)?;
    let number = flow.measure.wrap(&flow.paper.number, number, width)?;
    let y = piece.lines(x, -1.5, width, Align::Left, &kind);
    Ok(piece.lines(x, y, width, Align::Left, &number) + 4.0)
}

/// A heading with lines under it. Gives the lower edge.
pub(super) fn block(
    flow: &Flow<'_>,
    piece: &mut Piece,
    block: &Block,
    x: f64,
    y: f64,
    width: f64,
    weight: Weight,
) -> Result<f64, PdfError> {
    let style = if weight == Weight::Heading { SMALL.bold() } else { LABEL };
    let heading = flow.measure.wrap(&block.heading, style, width)?;
    let mut y = piece.lines(x, y, width, Align::Left, &heading);
    if !heading.is_empty() {
        y += 0.6;
    }
    for (at, line) in block.lines.iter().enumerate() {
        let style = if at == 0 && weight == Weight::Name { BODY.bold() } else { BODY };
        y = piece.lines(x, y, width, Align::Left, &flow.measure.wrap(line, style, width)?);
    }
    Ok(y)
}

/// Facts at the left, what counts in a panel at the right.
fn glance(flow: &Flow<'_>) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let (far, column) = (flow.frame.column_left(), flow.frame.column);
    let panel = highlight(flow, far, column)?;
    let width = if panel.items.is_empty() { flow.frame.width } else { flow.frame.width - column - 8.0 };
    let facts = facts(flow, width)?;
    let height = facts.height.max(panel.height);
    if !panel.items.is_empty() {
        piece.fill(far, 0.0, column, height, flow.accent.tint);
        piece.fill(far, 0.0, 0.9, height, flow.accent.pure);
        let y = (height - panel.height) / 2.0;
        piece.stamp(panel, y);
    }
    piece.stamp(facts, 0.0);
    Ok(piece)
}

/// Labels over values in a grid.
fn facts(flow: &Flow<'_>, width: f64) -> Result<Piece, PdfError> {
    let facts = &flow.paper.facts;
    let (columns, share) = match (width > 120.0, facts.len()) {
        (true, _) => (4, 4.0),
        (false, 0..=4) => (2, 2.0),
        (false, _) => (3, 3.0),
    };
    let step = (width + 4.0) / share;
    let mut piece = Piece::default();
    let mut y = 0.0;
    for row in facts.chunks(columns) {
        let (mut x, top) = (flow.frame.left, y);
        if top > 0.0 {
            y += 2.2;
        }
        let top = y;
        for (label, value) in row {
            let label = flow.measure.wrap(label, LABEL, step - 4.0)?;
            let value = flow.measure.wrap(value, BODY, step - 4.0)?;
            let under = piece.lines(x, top, step, Align::Left, &label);
            y = y.max(piece.lines(x, under, step, Align::Left, &value));
            x += step;
        }
    }
    Ok(piece)
}

/// What counts, one beside the other: the first in large figures.
fn highlight(flow: &Flow<'_>, left: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let inner = width - 2.0 * PAD - 3.0;
    let mut y = 2.2;
    for (at, (label, value)) in flow.paper.highlight.iter().enumerate() {
        let size = if at == 0 { 16 } else { 10 };
        let color = if at == 0 { flow.accent.text } else { INK };
        let style = Style { size, bold: true, color };
        let x = left + PAD + 2.0;
        let beside = flow.measure.natural(value, style)? + 4.0;
        let label_width = (inner - beside).max(inner * 0.3);
        let label = flow.measure.wrap(label, LABEL, label_width)?;
        let value = flow.measure.wrap(value, style, inner - label_width - 2.0)?;
        let drop = style.base() - LABEL.base();
        let end = piece.lines(x, y + drop, label_width, Align::Left, &label);
        y = end.max(piece.lines(x, y, inner, Align::Right, &value)) + 0.6;
    }
    if !piece.items.is_empty() {
        piece.height = y + 1.6;
    }
    Ok(piece)
}
