//! VAT categories (BT-118, BT-151) and what a draft may say instead of a rate.

use rust_decimal::Decimal;

/// A VAT category of EN 16931 (UNCL 5305).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Standard rate, reduced rates included.
    S,
    /// Zero rated.
    Z,
    /// Exempt.
    E,
    /// Reverse charge.
    Ae,
    /// Intra-Community supply of goods.
    K,
    /// Export outside the EU.
    G,
    /// Outside the scope of VAT.
    O,
}

/// The ground of sums paid in the client's name, as a VATEX code: directive 2006/112/EC, art. 79(c).
pub const DISBURSEMENT: &str = "VATEX-EU-79-C";

impl Category {
    /// All of them, with their codes.
    pub const ALL: &[(&str, Self)] = &[
        ("S", Self::S),
        ("Z", Self::Z),
        ("E", Self::E),
        ("AE", Self::Ae),
        ("K", Self::K),
        ("G", Self::G),
        ("O", Self::O),
    ];

    /// Returns its code, such as `AE`.
    pub fn code(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::Z => "Z",
            Self::E => "E",
            Self::Ae => "AE",
            Self::K => "K",
            Self::G => "G",
            Self::O => "O",
        }
    }

    /// Returns the category of a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, category)| *category)
    }
}

/// Why no rate applies: what a draft's `vat` may say instead of a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VatCase {
    /// Category E; the reason must be given.
    Exempt,
    /// The small-enterprise scheme of the seller: category E; decided by the regime.
    Franchise,
    /// Category AE.
    ReverseCharge,
    /// Category K: goods to a taxable person in another Member State.
    IntraEu,
    /// Category G: goods leaving the EU.
    Export,
    /// Category O: services to a business outside the EU.
    Outside,
    /// Category Z.
    Zero,
    /// Category E: margin schemes; the reason must be given.
    Margin,
    /// Category E: sums paid in the client's name.
    Disbursement,
}

impl VatCase {
    /// What a draft may write, with its meaning; `franchise` is never written, the regime decides it.
    pub const WORDS: &[(&str, Self)] = &[
        ("exempt", Self::Exempt),
        ("reverse-charge", Self::ReverseCharge),
        ("intra-eu", Self::IntraEu),
        ("export", Self::Export),
        ("outside", Self::Outside),
        ("zero", Self::Zero),
        ("margin", Self::Margin),
        ("disbursement", Self::Disbursement),
    ];

    /// Returns its word, as law data and drafts spell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Exempt => "exempt",
            Self::Franchise => "franchise",
            Self::ReverseCharge => "reverse-charge",
            Self::IntraEu => "intra-eu",
            Self::Export => "export",
            Self::Outside => "outside",
            Self::Zero => "zero",
            Self::Margin => "margin",
            Self::Disbursement => "disbursement",
        }
    }

    /// Returns its category.
    pub fn category(self) -> Category {
        match self {
            Self::Exempt | Self::Franchise | Self::Margin | Self::Disbursement => Category::E,
            Self::ReverseCharge => Category::Ae,
            Self::IntraEu => Category::K,
            Self::Export => Category::G,
            Self::Outside => Category::O,
            Self::Zero => Category::Z,
        }
    }
}

/// What a draft's line says about VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VatChoice {
    /// A rate in percent: 20 is 20 %.
    Rate(Decimal),
    /// No rate, and why.
    Case(VatCase),
}
