//! The page model: items placed on pages. It knows no file format.
//!
//! Lengths are in millimetres, measured from the left and the top of the page.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use std::sync::Arc;

use super::{
    measure::{Line, Style},
    shape::{Align, Rgb},
};

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    /// Left edge.
    pub(super) x: f64,
    /// Upper edge.
    pub(super) y: f64,
    /// Width.
    pub(super) width: f64,
    /// Height.
    pub(super) height: f64,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A text, which stands at the left of the item's rectangle.
    Text {
        /// The text.
        text: String,
        /// How it looks.
        style: Style,
    },
    /// A rectangle full of colour; a rule when it is thin.
    Fill(Rgb),
    /// The logo.
    Logo,
    /// The code to scan, quiet zone included.
    Qr,
    /// The text that stands here leads to this URI.
    Link(Arc<str>),
}

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Where it is.
    pub(super) rect: Rect,
    /// What it is.
    pub(super) kind: Kind,
}

/// A page, or a piece of one that is moved as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Piece {
    /// What stands on it; later items cover earlier ones.
    pub(super) items: Vec<Item>,
    /// How much of the page it takes.
    pub(super) height: f64,
    /// Where it may be cut if it is taller than a page: distances from its top, in order.
    pub(super) joints: Vec<f64>,
    /// What stands above each part that is cut off, such as the titles of a table.
    pub(super) titles: Option<Arc<Piece>>,
}

impl Piece {
    /// Fills a rectangle.
    pub(super) fn fill(&mut self, x: f64, y: f64, width: f64, height: f64, color: Rgb) {
        self.put(
            Rect {
                x,
                y,
                width,
                height,
            },
            Kind::Fill(color),
        );
    }

    /// Draws a level line of a width in points, under `y`.
    pub(super) fn rule(&mut self, x: f64, y: f64, width: f64, points: f64, color: Rgb) {
        self.fill(x, y, width, points * super::font::POINT, color);
    }

    /// Writes a line between `x` and `x + width`, its top at `y`. Gives the top of the next line.
    pub(super) fn line(&mut self, x: f64, y: f64, width: f64, align: Align, line: &Line) -> f64 {
        let x = match align {
            Align::Left => x,
            Align::Right => x + width - line.width,
        };
        let leading = line.style.leading();
        if !line.text.is_empty() {
            let rect = Rect {
                x,
                y,
                width: line.width,
                height: leading,
            };
            self.put(
                rect,
                Kind::Text {
                    text: line.text.clone(),
                    style: line.style,
                },
            );
            for link in &line.links {
                let rect = Rect {
                    x: x + link.left,
                    y,
                    width: link.width,
                    height: leading,
                };
                self.put(rect, Kind::Link(Arc::clone(&link.uri)));
            }
        }
        self.height = self.height.max(y + leading);
        y + leading
    }

    /// Writes lines under each other. Gives the top of the next line.
    pub(super) fn lines(
        &mut self,
        x: f64,
        y: f64,
        width: f64,
        align: Align,
        lines: &[Line],
    ) -> f64 {
        lines
            .iter()
            .fold(y, |y, line| self.line(x, y, width, align, line))
    }

    /// Puts a thing into a rectangle.
    pub(super) fn put(&mut self, rect: Rect, kind: Kind) {
        self.height = self.height.max(rect.y + rect.height);
        self.items.push(Item { rect, kind });
    }

    /// Puts another piece on this one, its top at `y`.
    pub(super) fn stamp(&mut self, piece: Self, y: f64) {
        self.height = self.height.max(y + piece.height);
        self.joints
            .extend(piece.joints.iter().map(|joint| joint + y));
        self.items.extend(piece.items.into_iter().map(|mut item| {
            item.rect.y += y;
            item
        }));
    }
}

/// A document ready to be drawn.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheets {
    /// Width of every page.
    pub(super) width: f64,
    /// Height of every page.
    pub(super) height: f64,
    /// The pages.
    pub(super) pages: Vec<Piece>,
    /// The large word behind every page.
    pub(super) watermark: Option<Watermark>,
}

/// A large word behind every page, written upwards.
#[derive(Debug, Clone)]
pub(super) struct Watermark {
    /// The word, its colour, and its width at its size.
    pub(super) line: Line,
    /// Angle in degrees.
    pub(super) angle: f64,
}
