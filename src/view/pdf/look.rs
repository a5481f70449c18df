//! Colours, sizes and distances of a document. Lengths are in millimetres, sizes in points.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    measure::Style,
    paper::{PageSize, Rgb},
};

/// Text.
pub(super) const INK: Rgb = Rgb(0x1f, 0x26, 0x2e);
/// Labels and small print.
pub(super) const GREY: Rgb = Rgb(0x5c, 0x66, 0x70);
/// Rules.
pub(super) const HAIR: Rgb = Rgb(0xd3, 0xd8, 0xde);
/// Ground of a panel.
pub(super) const PANEL: Rgb = Rgb(0xf5, 0xf7, 0xf9);
/// The word behind the page.
pub(super) const GHOST: Rgb = Rgb(0xea, 0xec, 0xef);

/// Text of the table and of most blocks.
pub(super) const BODY: Style = Style { size: 9, bold: false, color: INK };
/// Smaller text.
pub(super) const SMALL: Style = Style { size: 8, bold: false, color: INK };
/// Labels over values, details under items.
pub(super) const LABEL: Style = Style { size: 8, bold: false, color: GREY };
/// Legal paragraphs.
pub(super) const PRINT: Style = Style { size: 7, bold: false, color: GREY };

/// Distance between blocks.
pub(super) const GAP: f64 = 5.0;
/// Space inside panels and cells.
pub(super) const PAD: f64 = 2.0;

/// Where text may stand on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Left edge.
    pub(super) left: f64,
    /// Upper edge.
    pub(super) top: f64,
    /// Width between the edges.
    pub(super) width: f64,
    /// Lower edge; the foot of the page stands above it.
    pub(super) bottom: f64,
    /// Width of the column on the right, where the address shows in the window of an envelope.
    pub(super) column: f64,
}

impl Frame {
    /// The frame of a page.
    pub(super) fn new(size: PageSize) -> Self {
        let (width, height) = size.millimetres();
        Self { left: 18.0, top: 16.0, width: width - 36.0, bottom: height - 11.0, column: 82.0 }
    }

    /// Left edge of that column.
    pub(super) fn column_left(self) -> f64 {
        self.left + self.width - self.column
    }
}

/// The colours made from the accent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accent {
    /// For text: the accent, darkened until it reads on white.
    pub(super) text: Rgb,
    /// For grounds: nearly white.
    pub(super) tint: Rgb,
    /// For rules and bars: the accent itself.
    pub(super) pure: Rgb,
}

impl Accent {
    /// Makes the colours.
    pub(super) fn new(accent: Rgb) -> Self {
        let mut text = accent;
        while luminance(text) > 0.18 {
            text = mix(text, Rgb(0, 0, 0), 0.1);
        }
        Self { text, tint: mix(Rgb(255, 255, 255), accent, 0.08), pure: accent }
    }
}

/// `share` of `to` in `from`.
fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let channel = |from: u8, to: u8| {
        let value = f64::from(from) + (f64::from(to) - f64::from(from)) * share;
        (0..=255_u8).find(|level| f64::from(*level) + 0.5 >= value).unwrap_or(255)
    };
    Rgb(channel(from.0, to.0), channel(from.1, to.1), channel(from.2, to.2))
}

/// How light a colour is, from 0 to 1: WCAG 2 relative luminance with a gamma of 2.2.
fn luminance(color: Rgb) -> f64 {
    let light = |level: u8| (f64::from(level) / 255.0).powf(2.2);
    0.2126 * light(color.0) + 0.7152 * light(color.1) + 0.0722 * light(color.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_accent_is_darkened_for_text_only() {
        let accent = Accent::new(Rgb(255, 220, 0));
        assert!(luminance(accent.text) <= 0.18);
        assert_eq!(accent.pure, Rgb(255, 220, 0));
        assert_eq!(Accent::new(Rgb(20, 60, 120)).text, Rgb(20, 60, 120));
        assert_eq!(Accent::new(Rgb(0, 0, 0)).tint, Rgb(235, 235, 235));
    }
}
