//! The blocks at the top: logo, seller, kind and number, the other parties, facts, and what must be
//! seen at a glance.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    error::PdfError,
    flow::Flow,
    look::GUTTER,
    measure::Style,
    page::{Kind, Piece, Rect},
    paper::Block,
    shape::Align,
    surface::border,
};

/// A block wider than this puts things side by side.
const WIDE: f64 = 120.0;
/// Distance between facts beside each other.
const BETWEEN: f64 = 4.0;

/// Which line of a block stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The first line: a name.
    Name,
    /// The heading.
    Heading,
}

/// The logo, as large as its place allows.
pub(super) fn logo(flow: &Flow<'_>, ratio: Option<f64>, x: f64, width: f64) -> Piece {
    let mut piece = Piece::default();
    let (widest, highest) = flow.paper.design.logo;
    if let Some(ratio) = ratio {
        let own = widest.min(width).min(highest * ratio);
        let x = if flow.paper.design.logo_side == Align::Right {
            x + width - own
        } else {
            x
        };
        piece.put(
            Rect {
                x,
                y: 0.0,
                width: own,
                height: own / ratio,
            },
            Kind::Logo,
        );
    }
    piece
}

/// Name and address of the seller.
pub(super) fn seller(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let mut y = 0.0;
    for (at, line) in flow.paper.seller.iter().enumerate() {
        let style = if at == 0 {
            flow.look.strong()
        } else {
            flow.look.small()
        };
        y = piece.lines(
            x,
            y,
            width,
            Align::Left,
            &flow.measure.wrap(line, style, width)?,
        );
    }
    Ok(piece)
}

/// Kind and number, and marks in frames.
pub(super) fn title(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let style = flow.look.title();
    let style = flow
        .measure
        .fitting(&flow.paper.kind, style, width, style.size / 2)?;
    let kind = flow.measure.wrap(&flow.paper.kind, style, width)?;
    let number = flow
        .measure
        .wrap(&flow.paper.number, flow.look.number(), width)?;
    // Large letters have much air above them: the title stands level with what is beside it.
    let lift = if kind.is_empty() {
        0.0
    } else {
        -style.leading() * 0.12
    };
    let y = piece.lines(x, lift, width, Align::Left, &kind);
    let mut y = piece.lines(x, y, width, Align::Left, &number);
    for mark in &flow.paper.marks {
        let style = Style {
            color: flow.look.accent.text,
            ..flow.look.small().bold()
        };
        let lines = flow.measure.wrap(mark, style, width - 4.0)?;
        let widest = lines.iter().map(|line| line.width).fold(0.0, f64::max);
        if lines.is_empty() {
            continue;
        }
        y += 1.6;
        let end = piece.lines(x + 2.0, y + 0.7, width - 4.0, Align::Left, &lines) + 0.7;
        border(&flow.look, &mut piece, x, y, widest + 4.0, end - y);
        piece.height = piece.height.max(end);
        y = end;
    }
    Ok(piece)
}

/// The first of the other parties.
pub(super) fn client(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    if let Some(party) = flow.paper.parties.first() {
        block(flow, &mut piece, party, x, 0.0, width, Weight::Name)?;
    }
    Ok(piece)
}

/// The rest of them, two beside each other.
pub(super) fn others(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let mut bottom = 0.0_f64;
    let rest: Vec<&Block> = flow.paper.parties.iter().skip(1).collect();
    let far = flow.frame().column_left();
    let places = if width > WIDE {
        [(far, flow.frame().column), (x, far - x - GUTTER)]
    } else {
        let half = (width - GUTTER) / 2.0;
        [(x, half), (x + half + GUTTER, half)]
    };
    for pair in rest.chunks(2) {
        let top = if bottom > 0.0 { bottom + 4.0 } else { 0.0 };
        piece.joints.extend((top > 0.0).then_some(top));
        for (party, (x, width)) in pair.iter().zip(places) {
            bottom = bottom.max(block(flow, &mut piece, party, x, top, width, Weight::Name)?);
        }
    }
    Ok(piece)
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
    let look = flow.look;
    let style = if weight == Weight::Heading {
        look.small().bold()
    } else {
        look.label()
    };
    let heading = flow.measure.wrap(&block.heading, style, width)?;
    let mut y = piece.lines(x, y, width, Align::Left, &heading);
    if !heading.is_empty() {
        y += 0.6;
    }
    for (at, line) in block.lines.iter().enumerate() {
        let style = if at == 0 && weight == Weight::Name {
            look.body().bold()
        } else {
            look.body()
        };
        y = piece.lines(
            x,
            y,
            width,
            Align::Left,
            &flow.measure.wrap(line, style, width)?,
        );
    }
    Ok(y)
}

/// Labels and values: in a grid, or one under the other.
pub(super) fn facts(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    if flow.paper.design.list {
        list(flow, x, width)
    } else {
        grid(flow, x, width)
    }
}

/// Labels over values, in as many columns as take the least height.
fn grid(flow: &Flow<'_>, left: f64, width: f64) -> Result<Piece, PdfError> {
    let (least, most) = if width > WIDE { (3, 5) } else { (2, 3) };
    let mut widest = 0.0_f64;
    for (label, value) in &flow.paper.facts {
        widest = widest.max(flow.measure.natural(label, flow.look.label())?);
        for word in value.split([' ', '\n']) {
            widest = widest.max(flow.measure.natural(word, flow.look.body())?);
        }
    }
    let mut best: Option<Piece> = None;
    for columns in least..=most {
        // Values may take several lines, but neither a label nor a word is broken for one more column.
        if columns > least && widest > step(width, columns) - BETWEEN {
            break;
        }
        let piece = columned(flow, left, width, columns)?;
        if best
            .as_ref()
            .is_none_or(|best| piece.height + 0.1 < best.height)
        {
            best = Some(piece);
        }
    }
    Ok(best.unwrap_or_default())
}

fn step(width: f64, columns: usize) -> f64 {
    (width + BETWEEN) / f64::from(u32::try_from(columns).unwrap_or(1))
}

fn columned(flow: &Flow<'_>, left: f64, width: f64, columns: usize) -> Result<Piece, PdfError> {
    let look = flow.look;
    let step = step(width, columns);
    let mut piece = Piece::default();
    let mut y = 0.0;
    for row in flow.paper.facts.chunks(columns) {
        let (mut x, top) = (left, if y > 0.0 { y + 2.2 } else { 0.0 });
        piece.joints.extend((top > 0.0).then_some(top));
        for (label, value) in row {
            let label = flow.measure.wrap(label, look.label(), step - BETWEEN)?;
            let value = flow.measure.wrap(value, look.body(), step - BETWEEN)?;
            let under = piece.lines(x, top, step, Align::Left, &label);
            y = y.max(piece.lines(x, under, step, Align::Left, &value));
            x += step;
        }
    }
    Ok(piece)
}

/// Labels beside values.
fn list(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let (facts, look) = (&flow.paper.facts, flow.look);
    let mut beside = 0.0_f64;
    for (label, _) in facts {
        beside = beside.max(flow.measure.natural(label, look.label())?);
    }
    let beside = beside.min(width * 0.4);
    let (far, drop) = (
        x + beside + BETWEEN,
        look.body().base() - look.label().base(),
    );
    let mut piece = Piece::default();
    let mut y = 0.0;
    for (label, value) in facts {
        let label = flow.measure.wrap(label, look.label(), beside + 0.01)?;
        let value = flow
            .measure
            .wrap(value, look.body(), width - beside - BETWEEN)?;
        let end = piece.lines(x, y + drop, beside, Align::Left, &label);
        y = end.max(piece.lines(far, y, width, Align::Left, &value));
        piece.joints.push(y);
    }
    Ok(piece)
}

/// What counts: one under the other, label beside value, or in a wide block side by side.
pub(super) fn highlight(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    if width > WIDE {
        strip(flow, x, width)
    } else {
        glance(flow, x, width)
    }
}

fn counting(flow: &Flow<'_>, at: usize) -> Style {
    if at == 0 {
        flow.look.amount()
    } else {
        Style {
            size: flow.look.body().size,
            ..flow.look.strong()
        }
    }
}

fn glance(flow: &Flow<'_>, x: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let label_style = flow.look.label();
    let mut y = 0.0;
    for (at, (label, value)) in flow.paper.highlight.iter().enumerate() {
        let style = flow.measure.fitting(
            value,
            counting(flow, at),
            width * 0.7 - BETWEEN,
            flow.look.body().size,
        )?;
        let beside = flow.measure.natural(value, style)? + BETWEEN;
        let label_width = (width - beside).max(width * 0.3);
        let label = flow.measure.wrap(label, label_style, label_width)?;
        let value = flow.measure.wrap(value, style, width - label_width - 2.0)?;
        let drop = style.base() - label_style.base();
        let end = piece.lines(x, y + drop, label_width, Align::Left, &label);
        y = end.max(piece.lines(x, y, width, Align::Right, &value)) + 0.4;
    }
    Ok(piece)
}

fn strip(flow: &Flow<'_>, left: f64, width: f64) -> Result<Piece, PdfError> {
    let mut piece = Piece::default();
    let list = &flow.paper.highlight;
    let count = f64::from(u32::try_from(list.len().max(1)).unwrap_or(1));
    let step = (width + BETWEEN) / count;
    for (at, (label, value)) in list.iter().enumerate() {
        let x = left + step * f64::from(u32::try_from(at).unwrap_or(0));
        let style = flow.measure.fitting(
            value,
            flow.look.amount(),
            step - BETWEEN,
            flow.look.body().size,
        )?;
        let label = flow
            .measure
            .wrap(label, flow.look.label(), step - BETWEEN)?;
        let value = flow.measure.wrap(value, style, step - BETWEEN)?;
        let side = if at > 0 && at + 1 == list.len() {
            Align::Right
        } else {
            Align::Left
        };
        let y = piece.lines(x, 0.0, step - BETWEEN, side, &label);
        piece.lines(x, y, step - BETWEEN, side, &value);
    }
    Ok(piece)
}
