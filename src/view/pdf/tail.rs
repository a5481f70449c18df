//! The blocks after the table: VAT, totals and balance, ways to pay, signature.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    design::Surface,
    error::PdfError,
    flow::Flow,
    font::POINT,
    head::{Weight, block},
    look::{PAD, STRONG, THIN},
    measure::Style,
    page::{Kind, Piece, Rect},
    paper::{Block, Signature, Total},
    shape::Align,
    surface::{INSET, ground, recolour},
    table::Table,
};

/// Space for a signature by hand.
const SIGNED: f64 = 12.0;
/// Space between two places to sign.
const BETWEEN: f64 = 4.0;

/// VAT per rate.
pub(super) fn vat(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    match flow
        .paper
        .vat
        .as_ref()
        .filter(|grid| !grid.columns.is_empty())
    {
        Some(grid) => {
            let rows: Vec<&[String]> = grid.rows.iter().map(Vec::as_slice).collect();
            let table = Table::new(flow, &grid.columns, &rows, (x, width), flow.look.small())?;
            table.whole(flow.measure, &grid.rows)
        }
        None => Ok(Piece::default()),
    }
}

/// Totals, and under them what happened since.
pub(super) fn totals(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let mut y = 0.0;
    for (at, total) in flow
        .paper
        .totals
        .iter()
        .chain(&flow.paper.balance)
        .enumerate()
    {
        if at == flow.paper.totals.len() {
            y += 2.0;
        }
        piece.joints.extend((y > 0.0).then_some(y));
        let row = total_row(flow, total, x, width)?;
        let height = row.height;
        piece.stamp(row, y);
        y += height;
    }
    Ok(piece)
}

fn total_row(flow: &Flow<'_>, total: &Total, x: f64, width: f64) -> Result<Piece, PdfError> {
    let look = flow.look;
    let surface = if total.strong {
        look.surfaces.total
    } else {
        Surface::Plain
    };
    let inset = if look.surfaces.total.is_filled() {
        PAD
    } else {
        0.0
    };
    let (x, inner) = (x + inset, width - 2.0 * inset);
    let style = if total.strong {
        look.strong()
    } else {
        look.body()
    };
    let value_style = if total.strong {
        Style {
            color: look.accent.text,
            ..style
        }
    } else {
        style
    };
    let beside = flow.measure.natural(&total.value, style)?.min(inner * 0.6);
    let value = flow
        .measure
        .wrap(&total.value, value_style, beside + 0.01)?;
    let label = flow
        .measure
        .wrap(&total.label, style, inner - beside - 4.0)?;
    let pad = if total.strong {
        look.row.max(1.0) + 0.2
    } else {
        (look.row * 0.5).max(0.2)
    };
    let mut text = Piece::default();
    let end = text.lines(x, pad, inner, Align::Left, &label);
    let height = end.max(text.lines(x, pad, inner, Align::Right, &value)) + pad;
    let mut row = Piece::default();
    let (left, color) = (x - inset, look.accent.pure);
    match surface {
        Surface::Plain => {}
        Surface::Rules => {
            row.rule(left, 0.0, width, STRONG, color);
            row.rule(left, height - THIN * POINT, width, THIN, color);
        }
        Surface::Accent => {
            ground(&look, &mut row, surface, left, 0.0, width, height);
            recolour(&look, &mut text);
        }
        Surface::Panel | Surface::Tint | Surface::Bar => {
            ground(&look, &mut row, surface, left, 0.0, width, height);
            row.rule(left, 0.0, width, STRONG, color);
        }
    }
    row.stamp(text, 0.0);
    row.height = height;
    Ok(row)
}

/// Ways to pay, the code to scan at their right.
pub(super) fn pay(
    flow: &Flow<'_>,
    qr: Option<f64>,
    left: f64,
    mut width: f64,
) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    if let Some(size) = qr {
        width -= size + 6.0;
        code(flow, &mut piece, size, left + width + 6.0)?;
    }
    let mut y = 0.0_f64;
    for pair in flow.paper.pay.chunks(2) {
        let (mut x, mut bottom, top) = (left, y, if y > 0.0 { y + 3.0 } else { 0.0 });
        piece.joints.extend((top > 0.0).then_some(top));
        for (way, width) in pair.iter().zip(share(flow, pair, width)?) {
            bottom = bottom.max(block(
                flow,
                &mut piece,
                way,
                x,
                top,
                width,
                Weight::Heading,
            )?);
            x += width + 6.0;
        }
        y = bottom;
    }
    Ok(piece)
}

/// Widths of one or two blocks beside each other: halves, unless one needs more and the other less.
fn share(flow: &Flow<'_>, blocks: &[Block], width: f64) -> Result<[f64; 2], PdfError> {
    let mut need = [0.0_f64; 2];
    for (need, block) in need.iter_mut().zip(blocks) {
        for line in &block.lines {
            *need = need.max(flow.measure.natural(line, flow.look.body())? + 0.01);
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

/// The code, its caption under it. Its quiet zone is part of it: on a white page it may reach into the margin of its block.
fn code(flow: &Flow<'_>, piece: &mut Piece, size: f64, x: f64) -> Result<(), PdfError> {
    let caption = flow.paper.qr.as_ref().map_or("", |qr| qr.caption.as_str());
    let reach = 24.0;
    let lines = flow
        .measure
        .wrap(caption, flow.look.print(), size + reach)?;
    piece.put(
        Rect {
            x,
            y: 0.0,
            width: size,
            height: size,
        },
        Kind::Qr,
    );
    piece.lines(x - reach, size + 0.5, size + reach, Align::Right, &lines);
    Ok(())
}

/// A place to sign: what is agreed to, and lines to write on.
pub(super) fn signature(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = declarations(flow, x, width)?;
    let Some(signature) = &flow.paper.signature else {
        return Ok(piece);
    };
    let agreement = agreement(flow, signature, x, width)?;
    if piece.items.is_empty() {
        return Ok(agreement);
    }
    let below = piece.height + BETWEEN;
    piece.joints.push(below);
    piece.stamp(agreement, below);
    Ok(piece)
}

/// What the client declares, over the whole width: each in a frame, with a line to sign on.
fn declarations(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut all = Piece::default();
    let look = flow.look;
    for declaration in &flow.paper.declarations {
        let mut piece = Piece::default();
        let inner = width - 2.0 * INSET;
        let text = flow
            .measure
            .wrap(&declaration.heading, look.small(), inner)?;
        let mut y = piece.lines(x + INSET, 2.0, inner, Align::Left, &text) + 1.0;
        y = to_sign(flow, &mut piece, declaration, x, y, inner)?;
        framed(flow, &mut piece, x, width, y + 1.0);
        let top = if all.items.is_empty() {
            0.0
        } else {
            all.height + BETWEEN
        };
        all.joints.extend((top > 0.0).then_some(top));
        all.stamp(piece, top);
    }
    Ok(all)
}

/// Labelled lines to write on, from a height on; returns where they end.
fn to_sign(
    flow: &Flow<'_>,
    piece: &mut Piece,
    signature: &Signature,
    x: f64,
    mut y: f64,
    inner: f64,
) -> Result<f64, PdfError> {
    for label in &signature.lines {
        let label = flow.measure.wrap(label, flow.look.label(), inner)?;
        y = piece.lines(x + INSET, y, inner, Align::Left, &label) + SIGNED;
        piece.rule(x + INSET, y, inner, THIN, flow.look.colours.grey);
        y += 2.0;
    }
    Ok(y)
}

/// A thin frame around a block.
fn framed(flow: &Flow<'_>, piece: &mut Piece, x: f64, width: f64, height: f64) {
    let (thick, rule) = (THIN * POINT, flow.look.colours.rule);
    for (y, height) in [(0.0, thick), (height - thick, thick)] {
        piece.fill(x, y, width, height, rule);
    }
    piece.fill(x, 0.0, thick, height, rule);
    piece.fill(x + width - thick, 0.0, thick, height, rule);
}

/// Where somebody signs what is agreed to.
fn agreement(
    flow: &Flow<'_>,
    signature: &Signature,
    x: f64,
    width: f64,
) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let look = flow.look;
    let column = flow.frame().column;
    let (x, width) = if width > column * 1.3 {
        (x + width - column, column)
    } else {
        (x, width)
    };
    // Without lines to fill in somebody signs by hand over the name.
    if signature.lines.is_empty() {
        let heading = flow.measure.wrap(&signature.heading, look.body(), width)?;
        piece.lines(x, SIGNED, width, Align::Left, &heading);
        return Ok(piece);
    }
    let heading = flow
        .measure
        .wrap(&signature.heading, look.body().bold(), width - 2.0 * INSET)?;
    let y = piece.lines(x + INSET, 2.0, width - 2.0 * INSET, Align::Left, &heading) + 1.0;
    let y = to_sign(flow, &mut piece, signature, x, y, width - 2.0 * INSET)?;
    framed(flow, &mut piece, x, width, y + 1.0);
    Ok(piece)
}
