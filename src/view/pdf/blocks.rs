//! Rows of blocks: beside each other or one under the other, with what stands behind them.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use std::collections::VecDeque;

use super::{
    design::{BlockName, Row, Surface},
    error::PdfError,
    flow::Flow,
    head,
    look::{GUTTER, Look},
    measure::Line,
    page::Piece,
    surface::{INSET, grounded, lift},
    tail,
};

/// Pictures of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Images {
    /// Width through height of the logo.
    pub(super) logo: Option<f64>,
    /// Width of the code to scan, quiet zone included.
    pub(super) qr: Option<f64>,
}

/// The paragraphs of blocks that may go on over pages.
pub(super) fn paragraphs(
    flow: &Flow<'_>,
    blocks: &[BlockName],
) -> Result<Vec<Vec<Line>>, PdfError> {
    let (paper, look, width) = (flow.paper, flow.look, flow.frame().width);
    let mut paragraphs = Vec::new();
    for block in blocks {
        let (texts, style): (Vec<&String>, _) = match block {
            BlockName::Subject => (paper.subject.iter().collect(), look.body().bold()),
            BlockName::Text => (paper.text.iter().collect(), look.body()),
            BlockName::Note => (paper.note.iter().collect(), look.small()),
            BlockName::Mentions => (paper.mentions.iter().collect(), look.print()),
            _ => continue,
        };
        for text in texts {
            let lines = flow.measure.wrap(text, style, width)?;
            if !lines.is_empty() {
                paragraphs.push(lines);
            }
        }
    }
    Ok(paragraphs)
}

/// A column of blocks under each other, each with what stands behind it.
pub(super) struct Stack {
    /// The blocks from the top down.
    pub(super) blocks: VecDeque<(Surface, Piece)>,
    /// Left edge.
    pub(super) x: f64,
    /// Width.
    pub(super) width: f64,
    /// Distance between blocks.
    pub(super) gap: f64,
}

impl Stack {
    fn height(&self) -> f64 {
        let gaps =
            f64::from(u32::try_from(self.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX));
        self.blocks
            .iter()
            .map(|(_, piece)| piece.height)
            .sum::<f64>()
            + gaps * self.gap
    }

    /// The blocks, without what stands behind them.
    fn join(self) -> Piece {
        let mut whole = Piece::default();
        let mut y = 0.0;
        for (_, piece) in self.blocks {
            let height = piece.height;
            whole.stamp(piece, y);
            y += height + self.gap;
        }
        whole
    }
}

/// The columns of a row.
pub(super) fn stacks(flow: &Flow<'_>, row: &Row, images: Images) -> Result<Vec<Stack>, PdfError> {
    let frame = flow.frame();
    let near = frame.width - frame.column - GUTTER;
    match row {
        Row::Whole(blocks) => Ok(vec![stack(flow, blocks, frame.left, frame.width, images)?]),
        Row::Halves(left, right) => {
            let right = stack(flow, right, frame.column_left(), frame.column, images)?;
            // Facts without anything beside them take the whole width, and no ground.
            if right.blocks.is_empty() && left == &[BlockName::Facts] {
                let facts = head::facts(flow, frame.left, frame.width)?;
                return Ok(vec![Stack {
                    blocks: [(Surface::Plain, facts)].into(),
                    ..right
                }]);
            }
            Ok(vec![stack(flow, left, frame.left, near, images)?, right])
        }
    }
}

/// A row of blocks as one piece.
pub(super) fn row(flow: &Flow<'_>, row: &Row, images: Images) -> Result<Piece, PdfError> {
    let stacks = stacks(flow, row, images)?;
    let mut surfaces = stacks
        .iter()
        .flat_map(|stack| &stack.blocks)
        .map(|(surface, _)| *surface);
    let first = surfaces.next();
    let common = first.filter(|first| surfaces.all(|surface| surface == *first));
    if let Some(surface) = common.filter(|surface| *surface != Surface::Plain) {
        return Ok(band(&flow.look, stacks, surface));
    }
    let height = stacks.iter().map(outer).fold(0.0, f64::max);
    let mut piece = Piece::default();
    for stack in stacks {
        let (x, width, gap, single) = (stack.x, stack.width, stack.gap, stack.blocks.len() == 1);
        let mut y = 0.0;
        for (surface, inner) in stack.blocks {
            let lift = lift(surface);
            let own = inner.height + 2.0 * lift;
            let tall = if single && surface != Surface::Plain {
                height
            } else {
                own
            };
            let ground = grounded(&flow.look, inner, surface, x, width, tall);
            piece.stamp(ground, y);
            y += tall + gap;
        }
    }
    Ok(piece)
}

/// One surface over the whole width behind all blocks of a row.
fn band(look: &Look, stacks: Vec<Stack>, surface: Surface) -> Piece {
    let height = stacks.iter().map(Stack::height).fold(0.0, f64::max);
    let mut inner = Piece {
        height,
        ..Piece::default()
    };
    for stack in stacks {
        let drop = (height - stack.height()) / 2.0;
        inner.stamp(stack.join(), drop);
    }
    let frame = look.frame;
    grounded(
        look,
        inner,
        surface,
        frame.left,
        frame.width,
        height + 2.0 * lift(surface),
    )
}

fn outer(stack: &Stack) -> f64 {
    let lifts: f64 = stack
        .blocks
        .iter()
        .map(|(surface, _)| 2.0 * lift(*surface))
        .sum();
    stack.height() + lifts
}

/// Blocks under each other; empty ones take no space.
fn stack(
    flow: &Flow<'_>,
    names: &[BlockName],
    x: f64,
    width: f64,
    images: Images,
) -> Result<Stack, PdfError> {
    let gap = (flow.look.gap * 0.75).max(2.5);
    let mut stack = Stack {
        blocks: VecDeque::new(),
        x,
        width,
        gap,
    };
    for name in names {
        let surface = surface(&flow.look, *name);
        let inset = if surface.is_filled() { INSET } else { 0.0 };
        let mut piece = block(flow, *name, x + inset, width - 2.0 * inset, images)?;
        if piece.items.is_empty() {
            continue;
        }
        if *name == BlockName::Client && flow.count() == 1 {
            let above = stack.height() + if stack.blocks.is_empty() { 0.0 } else { gap };
            let drop = (flow.paper.design.window - flow.next() - above).max(0.0);
            let mut lower = Piece::default();
            lower.stamp(piece, drop);
            piece = lower;
        }
        stack.blocks.push_back((surface, piece));
    }
    Ok(stack)
}

fn surface(look: &Look, name: BlockName) -> Surface {
    match name {
        BlockName::Title => look.surfaces.title,
        BlockName::Facts => look.surfaces.facts,
        BlockName::Highlight => look.surfaces.highlight,
        BlockName::Pay => look.surfaces.pay,
        _ => Surface::Plain,
    }
}

fn block(
    flow: &Flow<'_>,
    name: BlockName,
    x: f64,
    width: f64,
    images: Images,
) -> Result<Piece, PdfError> {
    match name {
        BlockName::Logo => Ok(head::logo(flow, images.logo, x, width)),
        BlockName::Seller => head::seller(flow, x, width),
        BlockName::Title => head::title(flow, x, width),
        BlockName::Client => head::client(flow, x, width),
        BlockName::Others => head::others(flow, x, width),
        BlockName::Facts => head::facts(flow, x, width),
        BlockName::Highlight => head::highlight(flow, x, width),
        BlockName::Vat => tail::vat(flow, x, width),
        BlockName::Totals => tail::totals(flow, x, width),
        BlockName::Pay => tail::pay(flow, images.qr, x, width),
        BlockName::Signature => tail::signature(flow, x, width),
        BlockName::Subject
        | BlockName::Text
        | BlockName::Lines
        | BlockName::Note
        | BlockName::Mentions => Ok(Piece::default()),
    }
}
