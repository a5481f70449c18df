//! How a page looks, as data: which blocks stand where, which columns the lines have, sizes, colours, distances.
//!
//! Lengths are in millimetres, sizes of letters in points. The file that says it is read by `design_file`.

use super::shape::{Align, PageSize, Rgb};

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

/// A block of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockName {
    /// The logo.
    Logo,
    /// Name and address of the seller.
    Seller,
    /// Kind and number, and marks such as *Duplicata*.
    Title,
    /// The first of the other parties.
    Client,
    /// The rest of them: delivery, billing.
    Others,
    /// Dates and references.
    Facts,
    /// What must be seen at a glance.
    Highlight,
    /// What the document is about.
    Subject,
    /// Paragraphs of a letter.
    Text,
    /// The table of lines.
    Lines,
    /// VAT per rate.
    Vat,
    /// Totals, and the balance where it is asked for.
    Totals,
    /// The note.
    Note,
    /// Ways to pay, with the code to scan.
    Pay,
    /// Where somebody signs.
    Signature,
    /// Legal paragraphs.
    Mentions,
}

impl BlockName {
    /// All of them, as files spell them.
    pub const WORDS: &[(&str, Self)] = &[
        ("logo", Self::Logo),
        ("seller", Self::Seller),
        ("title", Self::Title),
        ("client", Self::Client),
        ("others", Self::Others),
        ("facts", Self::Facts),
        ("highlight", Self::Highlight),
        ("subject", Self::Subject),
        ("text", Self::Text),
        ("lines", Self::Lines),
        ("vat", Self::Vat),
        ("totals", Self::Totals),
        ("note", Self::Note),
        ("pay", Self::Pay),
        ("signature", Self::Signature),
        ("mentions", Self::Mentions),
    ];

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

/// A column of the table of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineColumn {
    /// Number of the line, from 1.
    Position,
    /// BT-153 and what goes with it.
    Item,
    /// BT-129.
    Quantity,
    /// BT-130; beside the quantity where it has no column.
    Unit,
    /// BT-146.
    Price,
    /// BG-27 and BG-28; under the item where they have no column.
    Discount,
    /// BT-151 and BT-152.
    Rate,
    /// BT-131.
    Net,
}

impl LineColumn {
    /// All of them, as files spell them.
    pub const WORDS: &[(&str, Self)] = &[
        ("position", Self::Position),
        ("item", Self::Item),
        ("quantity", Self::Quantity),
        ("unit", Self::Unit),
        ("price", Self::Price),
        ("discount", Self::Discount),
        ("rate", Self::Rate),
        ("net", Self::Net),
    ];

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

/// What stands behind a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Nothing.
    Plain,
    /// A rule above and a rule under it.
    Rules,
    /// The colour of panels.
    Panel,
    /// The accent, nearly white.
    Tint,
    /// The same with a bar of the accent at the left.
    Bar,
    /// The accent itself, the text on it light or dark.
    Accent,
}

impl Surface {
    /// All of them, as files spell them.
    pub const WORDS: &[(&str, Self)] = &[
        ("plain", Self::Plain),
        ("rules", Self::Rules),
        ("panel", Self::Panel),
        ("tint", Self::Tint),
        ("bar", Self::Bar),
        ("accent", Self::Accent),
    ];

    /// Whether it colours an area, so that text keeps a distance from its edge.
    pub fn is_filled(self) -> bool {
        !matches!(self, Self::Plain | Self::Rules)
    }
}
