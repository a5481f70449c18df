//! Colours, sizes and distances of a document. Lengths are in millimetres, sizes in points.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    design::{Colours, Design, Sizes, Surface, Surfaces},
    measure::Style,
    shape::{PageSize, Rgb},
};

/// The word behind the page.
pub(super) const GHOST: Rgb = Rgb(0xea, 0xec, 0xef);
/// Space inside panels and cells.
pub(super) const PAD: f64 = 2.0;
/// Distance between columns of blocks.
pub(super) const GUTTER: f64 = 8.0;
/// Thickness of a quiet rule and of one that matters, in points.
pub(super) const THIN: f64 = 0.5;
/// See [`THIN`].
pub(super) const STRONG: f64 = 1.0;

/// How everything looks: a design, made ready for a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Where text may stand.
    pub(super) frame: Frame,
    /// Colours made from the accent.
    pub(super) accent: Accent,
    /// The design's colours.
    pub(super) colours: Colours,
    /// What stands behind blocks.
    pub(super) surfaces: Surfaces,
    /// Distance between blocks.
    pub(super) gap: f64,
    /// Space above and under the text of a row of the table.
    pub(super) row: f64,
    /// Whether a rule stands under each row of the table.
    pub(super) rules: bool,
    /// Whether every second row of the table is shaded.
    pub(super) zebra: bool,
    sizes: Sizes,
}

impl Look {
    /// Makes a design ready for a size of page and a seller's colour.
    pub(super) fn new(design: &Design, size: PageSize, accent: Option<Rgb>) -> Self {
        let colours = design.colours;
        Self {
            frame: Frame::new(size, design),
            accent: Accent::new(accent.unwrap_or(colours.accent), colours.ink),
            colours,
            surfaces: design.surfaces,
            gap: design.gap,
            row: design.row,
            rules: design.rules,
            zebra: design.zebra,
            sizes: design.sizes,
        }
    }

    /// The same with smaller distances, for a page that would be too long by little.
    pub(super) fn squeezed(self) -> Self {
        Self {
            gap: self.gap * 0.6,
            row: self.row * 0.7,
            ..self
        }
    }

    fn style(&self, size: u8) -> Style {
        Style {
            size,
            bold: false,
            color: self.colours.ink,
        }
    }

    /// The kind of document.
    pub(super) fn title(&self) -> Style {
        Style {
            color: self.accent.text,
            ..self.style(self.sizes.title).bold()
        }
    }

    /// Its number.
    pub(super) fn number(&self) -> Style {
        self.style(self.sizes.number)
    }

    /// The amount that counts.
    pub(super) fn amount(&self) -> Style {
        Style {
            color: self.accent.text,
            ..self.style(self.sizes.amount).bold()
        }
    }

    /// Names and the total that counts.
    pub(super) fn strong(&self) -> Style {
        self.style(self.sizes.strong).bold()
    }

    /// Most text.
    pub(super) fn body(&self) -> Style {
        self.style(self.sizes.text)
    }

    /// Smaller text.
    pub(super) fn small(&self) -> Style {
        self.style(self.sizes.small)
    }

    /// Labels over values, details under items.
    pub(super) fn label(&self) -> Style {
        Style {
            color: self.colours.grey,
            ..self.small()
        }
    }

    /// Legal paragraphs.
    pub(super) fn print(&self) -> Style {
        Style {
            color: self.colours.grey,
            ..self.style(self.sizes.print)
        }
    }

    /// The colour of a surface, if it has one.
    pub(super) fn fill(&self, surface: Surface) -> Option<Rgb> {
        match surface {
            Surface::Plain | Surface::Rules => None,
            Surface::Panel => Some(self.colours.panel),
            Surface::Tint | Surface::Bar => Some(self.accent.tint),
            Surface::Accent => Some(self.accent.pure),
        }
    }
}

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
    /// Width of the right column.
    pub(super) column: f64,
}

impl Frame {
    /// The frame of a page.
    pub(super) fn new(size: PageSize, design: &Design) -> Self {
        let (width, height) = size.millimetres();
        let [top, right, bottom, left] = design.margins;
        Self {
            left,
            top,
            width: width - left - right,
            bottom: height - bottom,
            column: design.column,
        }
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
    /// For bars and grounds: the accent itself.
    pub(super) pure: Rgb,
    /// For text on the accent.
    pub(super) over: Rgb,
}

impl Accent {
    /// Makes the colours.
    pub(super) fn new(accent: Rgb, ink: Rgb) -> Self {
        let (mut text, white) = (accent, Rgb(255, 255, 255));
        while luminance(text) > 0.18 {
            text = mix(text, Rgb(0, 0, 0), 0.1);
        }
        let over = if luminance(accent) > 0.2 { ink } else { white };
        Self {
            text,
            tint: mix(white, accent, 0.08),
            pure: accent,
            over,
        }
    }

    /// A text on the accent that stands back.
    pub(super) fn faint(self) -> Rgb {
        mix(self.over, self.pure, 0.2)
    }
}

/// `share` of `to` in `from`.
fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let channel = |from: u8, to: u8| {
        let value = f64::from(from) + (f64::from(to) - f64::from(from)) * share;
        (0..=255_u8)
            .find(|level| f64::from(*level) + 0.5 >= value)
            .unwrap_or(255)
    };
    Rgb(
        channel(from.0, to.0),
        channel(from.1, to.1),
        channel(from.2, to.2),
    )
}

/// How light a colour is, from 0 to 1: WCAG 2 relative luminance with a gamma of 2.2.
pub(super) fn luminance(color: Rgb) -> f64 {
    let light = |level: u8| (f64::from(level) / 255.0).powf(2.2);
    0.2126 * light(color.0) + 0.7152 * light(color.1) + 0.0722 * light(color.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_accent_is_darkened_for_text_only() {
        let ink = Rgb(1, 2, 3);
        let accent = Accent::new(Rgb(255, 220, 0), ink);
        assert!(luminance(accent.text) <= 0.18);
        assert_eq!((accent.pure, accent.over), (Rgb(255, 220, 0), ink));
        let dark = Accent::new(Rgb(20, 60, 120), ink);
        assert_eq!(
            (dark.text, dark.over),
            (Rgb(20, 60, 120), Rgb(255, 255, 255))
        );
        assert_eq!(Accent::new(Rgb(0, 0, 0), ink).tint, Rgb(235, 235, 235));
    }
}
