//! What stands behind text: coloured surfaces, rules above and under, frames; and the text made readable on it.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    design::Surface,
    font::POINT,
    look::{Look, PAD, STRONG, THIN},
    page::{Kind, Piece},
};

/// Space inside a coloured surface, left and right.
pub(super) const INSET: f64 = PAD + 1.5;
/// Space inside a surface, above and under its text.
const LIFT: f64 = 2.6;
/// Thickness of the bar of [`Surface::Bar`].
const BAR: f64 = 0.9;

/// Space above and under the text of a block on its surface.
pub(super) fn lift(surface: Surface) -> f64 {
    if surface == Surface::Plain { 0.0 } else { LIFT }
}

/// A piece in the middle of its surface.
pub(super) fn grounded(
    look: &Look,
    mut inner: Piece,
    surface: Surface,
    x: f64,
    width: f64,
    height: f64,
) -> Piece {
    let mut piece = Piece::default();
    ground(look, &mut piece, surface, x, 0.0, width, height);
    if surface == Surface::Accent {
        recolour(look, &mut inner);
    }
    let drop = (height - inner.height) / 2.0;
    piece.stamp(inner, drop);
    piece.height = height;
    piece
}

/// Draws a surface.
pub(super) fn ground(
    look: &Look,
    piece: &mut Piece,
    surface: Surface,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
) {
    if let Some(color) = look.fill(surface) {
        piece.fill(x, y, width, height, color);
    }
    match surface {
        Surface::Bar => piece.fill(x, y, BAR, height, look.accent.pure),
        Surface::Rules => {
            piece.rule(x, y, width, THIN, look.colours.rule);
            piece.rule(x, y + height - THIN * POINT, width, THIN, look.colours.rule);
        }
        _ => {}
    }
}

/// Makes the text of a piece readable on the accent.
pub(super) fn recolour(look: &Look, piece: &mut Piece) {
    for item in &mut piece.items {
        match &mut item.kind {
            Kind::Text { style, .. } if style.color == look.colours.grey => {
                style.color = look.accent.faint();
            }
            Kind::Text { style, .. } => style.color = look.accent.over,
            Kind::Fill(color) => *color = look.accent.faint(),
            Kind::Logo | Kind::Qr | Kind::Link(_) => {}
        }
    }
}

/// A frame of thin lines around a rectangle.
pub(super) fn border(look: &Look, piece: &mut Piece, x: f64, y: f64, width: f64, height: f64) {
    let (thick, color) = (STRONG * POINT, look.accent.text);
    piece.fill(x, y, width, thick, color);
    piece.fill(x, y + height - thick, width, thick, color);
    piece.fill(x, y, thick, height, color);
    piece.fill(x + width - thick, y, thick, height, color);
}
