//! A row of blocks that no page holds goes on over several: each column by itself, each block at its own joints.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    blocks::{Images, Stack, stacks},
    design::Row,
    error::PdfError,
    flow::Flow,
    look::Look,
    page::{Item, Kind, Piece, Rect},
    surface::{grounded, lift},
};

/// Lengths that differ by less are the same.
const HAIRSBREADTH: f64 = 1e-6;

/// Places a row over several pages. A block that fits a page stays whole.
///
/// # Errors
///
/// When a page has no room for a line of it.
pub(super) fn spread(flow: &mut Flow<'_>, row: &Row, images: Images) -> Result<(), PdfError> {
    let mut columns = stacks(flow, row, images)?;
    loop {
        let gap = if flow.fresh() { 0.0 } else { flow.look.gap };
        let room = Room {
            here: flow.room() - gap,
            page: flow.capacity(),
            is_fresh: flow.fresh(),
        };
        let mut page = Piece::default();
        for column in &mut columns {
            fill(&flow.look, column, room, &mut page);
        }
        if page.items.is_empty() && flow.fresh() {
            return Err(PdfError::TooTall("blocks"));
        }
        if !page.items.is_empty() {
            flow.y += gap;
            flow.put(page);
        }
        if columns.iter().all(|column| column.blocks.is_empty()) {
            return Ok(());
        }
        flow.turn();
    }
}

/// How much there is room for.
#[derive(Clone, Copy)]
struct Room {
    /// On this page.
    here: f64,
    /// On an empty page.
    page: f64,
    /// Whether this one is empty.
    is_fresh: bool,
}

/// Puts on a page what fits of a column, and leaves the rest in it.
fn fill(look: &Look, column: &mut Stack, room: Room, page: &mut Piece) {
    let mut y = 0.0;
    while let Some((surface, piece)) = column.blocks.pop_front() {
        let (top, lifts) = (
            if y > 0.0 { y + column.gap } else { 0.0 },
            2.0 * lift(surface),
        );
        let height = piece.height + lifts;
        let is_first = room.is_fresh && top <= 0.0;
        let (part, rest) = if top + height <= room.here {
            (Some(piece), None)
        } else if height <= room.page && !is_first {
            (None, Some(piece))
        } else {
            cut(piece, room.here - top - lifts)
        };
        if let Some(part) = part {
            let height = part.height + lifts;
            page.stamp(
                grounded(look, part, surface, column.x, column.width, height),
                top,
            );
            y = top + height;
        }
        if let Some(rest) = rest {
            column.blocks.push_front((surface, rest));
            return;
        }
    }
}

/// Cuts a piece into what fits into `room` and the rest: at its last joint there, or else between two of its lines.
fn cut(piece: Piece, room: f64) -> (Option<Piece>, Option<Piece>) {
    // Titles alone are no part of a table.
    let titles = piece.titles.as_ref().map_or(0.0, |titles| titles.height);
    let joint = piece
        .joints
        .iter()
        .copied()
        .rfind(|joint| (titles + HAIRSBREADTH..=room).contains(joint));
    let edge = joint.unwrap_or(room) + HAIRSBREADTH;
    let fits = |item: &Item| item.rect.y + item.rect.height <= edge;
    let is_solid = |item: &&Item| !matches!(item.kind, Kind::Fill(_));
    if !piece
        .items
        .iter()
        .filter(is_solid)
        .any(|item| fits(item) && item.rect.y + HAIRSBREADTH >= titles)
    {
        return (None, Some(piece));
    }
    let first = piece
        .items
        .iter()
        .filter(is_solid)
        .filter(|item| !fits(item))
        .map(|item| item.rect.y);
    let start = joint.unwrap_or_else(|| first.fold(f64::INFINITY, f64::min));
    if start.is_infinite() {
        return (Some(piece), None);
    }
    let mut upper = Piece::default();
    let mut rest = piece.titles.as_deref().cloned().unwrap_or_default();
    let down = titles - start;
    for Item { mut rect, kind } in piece.items {
        let bottom = rect.y + rect.height;
        if bottom <= edge {
            upper.put(rect, kind);
            continue;
        }
        // A coloured ground or a frame goes on behind the rest.
        if rect.y + HAIRSBREADTH < start && matches!(kind, Kind::Fill(_)) {
            upper.put(
                Rect {
                    height: start - rect.y,
                    ..rect
                },
                kind.clone(),
            );
            (rect.y, rect.height) = (start, bottom - start);
        }
        rect.y += down;
        rest.put(rect, kind);
    }
    rest.joints = piece
        .joints
        .iter()
        .filter(|joint| **joint > edge)
        .map(|joint| joint + down)
        .collect();
    rest.height = rest.height.max(piece.height + down);
    rest.titles = piece.titles;
    (Some(upper), Some(rest))
}
