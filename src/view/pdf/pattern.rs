//! How a page looks, as data: which blocks stand where, which columns the lines have, sizes, colours, distances.
//!
//! Lengths are in millimetres, sizes of letters in points. The file that says it is read by `design_file`.

use super::shape::{Align, PageSize, Rgb};
use crate::ledger::words::words;

/// The built-in designs: name and file. A published one is never changed in a way that changes issued pages.
pub(super) const BUILT_IN: &[(&str, &str)] = &[
    ("plain", include_str!("../../../templates/pages/plain.toml")),
    (
        "modern",
        include_str!("../../../templates/pages/modern.toml"),
    ),
    (
        "compact",
        include_str!("../../../templates/pages/compact.toml"),
    ),
];

/// The design of a ledger that chooses none.
pub const DEFAULT: &str = "plain";

/// Returns the names of the built-in designs.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Returns the file of a built-in design.
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

/// How a page looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Size of the page; by the seller's country if absent.
    pub size: Option<PageSize>,
    /// Rows of blocks from the top.
    pub rows: Vec<Row>,
    /// Columns of the table of lines.
    pub columns: Vec<LineColumn>,
    /// Edges of the page: top, right, bottom, left.
    pub margins: [f64; 4],
    /// Width of the right column.
    pub column: f64,
    /// The client's address stands no higher than this on the first page.
    pub window: f64,
    /// Distance between blocks.
    pub gap: f64,
    /// Space above and under the text of a row of the table.
    pub row: f64,
    /// Sizes of letters.
    pub sizes: Sizes,
    /// Colours.
    pub colours: Colours,
    /// What stands behind blocks.
    pub surfaces: Surfaces,
    /// Largest width and height of the logo.
    pub logo: (f64, f64),
    /// On which side of its column the logo stands.
    pub logo_side: Align,
    /// Whether a rule stands under each row of the table.
    pub rules: bool,
    /// Whether every second row of the table is shaded.
    pub zebra: bool,
    /// Whether facts stand one under the other, label beside value.
    pub list: bool,
}

/// A row of blocks: over the whole width, or in two columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Blocks under each other over the whole width.
    Whole(Vec<BlockName>),
    /// Two columns.
    Halves(Vec<BlockName>, Vec<BlockName>),
}

impl Row {
    /// Returns its blocks, left before right.
    pub fn blocks(&self) -> impl Iterator<Item = BlockName> {
        let (left, right) = match self {
            Self::Whole(blocks) => (blocks.as_slice(), &[][..]),
            Self::Halves(left, right) => (left.as_slice(), right.as_slice()),
        };
        left.iter().chain(right).copied()
    }
}

words! {
    /// A block of the page.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum BlockName {
        /// The logo.
        Logo = "logo",
        /// Name and address of the seller.
        Seller = "seller",
        /// Kind and number, and marks such as *Duplicata*.
        Title = "title",
        /// The first of the other parties.
        Client = "client",
        /// The rest of them: delivery, billing.
        Others = "others",
        /// Dates and references.
        Facts = "facts",
        /// What must be seen at a glance.
        Highlight = "highlight",
        /// What the document is about.
        Subject = "subject",
        /// Paragraphs of a letter.
        Text = "text",
        /// The table of lines.
        Lines = "lines",
        /// VAT per rate.
        Vat = "vat",
        /// Totals, and the balance where it is asked for.
        Totals = "totals",
        /// The note.
        Note = "note",
        /// Ways to pay, with the code to scan.
        Pay = "pay",
        /// Where somebody signs.
        Signature = "signature",
        /// Legal paragraphs.
        Mentions = "mentions",
    }
}

impl BlockName {
    /// Whether a design may leave it out: everything else is asked for by law, or was written by the user.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Logo | Self::Highlight)
    }

    /// Whether it may go on over several pages, and so stands alone in its row.
    pub fn is_long(self) -> bool {
        matches!(
            self,
            Self::Subject | Self::Text | Self::Lines | Self::Note | Self::Mentions
        )
    }
}

words! {
    /// A column of the table of lines.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum LineColumn {
        /// Number of the line, from 1.
        Position = "position",
        /// BT-153 and what goes with it.
        Item = "item",
        /// BT-129.
        Quantity = "quantity",
        /// BT-130; beside the quantity where it has no column.
        Unit = "unit",
        /// BT-146.
        Price = "price",
        /// BG-27 and BG-28; under the item where they have no column.
        Discount = "discount",
        /// BT-151 and BT-152.
        Rate = "rate",
        /// BT-131.
        Net = "net",
    }
}

impl LineColumn {
    /// Whether a design may leave it out.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Position | Self::Unit | Self::Discount)
    }
}

/// Sizes of letters in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// The kind of document.
    pub title: u8,
    /// Its number.
    pub number: u8,
    /// The amount due at a glance.
    pub amount: u8,
    /// Names, and the total that counts.
    pub strong: u8,
    /// Most text.
    pub text: u8,
    /// Addresses, labels, details.
    pub small: u8,
    /// Legal paragraphs and the foot.
    pub print: u8,
}

/// Colours, beside the seller's accent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// Text.
    pub ink: Rgb,
    /// Labels and small print.
    pub grey: Rgb,
    /// Rules.
    pub rule: Rgb,
    /// Ground of panels.
    pub panel: Rgb,
    /// The accent of a seller that names none.
    pub accent: Rgb,
}

/// What stands behind blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surfaces {
    /// Behind the kind and number.
    pub title: Surface,
    /// Behind the facts.
    pub facts: Surface,
    /// Behind what must be seen at a glance.
    pub highlight: Surface,
    /// Behind the titles of a table's columns.
    pub header: Surface,
    /// Behind the total that counts.
    pub total: Surface,
    /// Behind the ways to pay.
    pub pay: Surface,
}

words! {
    /// What stands behind a block.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Surface {
        /// Nothing.
        Plain = "plain",
        /// A rule above and a rule under it.
        Rules = "rules",
        /// The colour of panels.
        Panel = "panel",
        /// The accent, nearly white.
        Tint = "tint",
        /// The same with a bar of the accent at the left.
        Bar = "bar",
        /// The accent itself, the text on it light or dark.
        Accent = "accent",
    }
}

impl Surface {
    /// Whether it colours an area, so that text keeps a distance from its edge.
    pub fn is_filled(self) -> bool {
        !matches!(self, Self::Plain | Self::Rules)
    }
}
