//! The built-in designs, read and found by name.

use std::sync::{Arc, LazyLock};

use super::design_file;
use super::pattern::BUILT_IN;
pub use super::pattern::{
    BlockName, Colours, DEFAULT, Design, LineColumn, Row, Sizes, Surface, Surfaces, built_in, names,
};

/// The built-in designs, each read once.
static DESIGNS: LazyLock<Vec<(&str, Arc<Design>)>> = LazyLock::new(|| {
    let read = |text| {
        design_file::read(text).unwrap_or_else(|flaws| unreachable!("a built-in design: {flaws:?}"))
    };
    BUILT_IN
        .iter()
        .map(|(name, text)| (*name, Arc::new(read(text))))
        .collect()
});

/// Returns a built-in design.
pub fn named(name: &str) -> Option<Arc<Design>> {
    DESIGNS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, design)| Arc::clone(design))
}

/// Returns the design of a ledger that chooses none.
pub fn default() -> Arc<Design> {
    named(DEFAULT).unwrap_or_else(|| unreachable!("the default is built in"))
}
