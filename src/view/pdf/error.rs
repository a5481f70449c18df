//! Why a paper could not be made into a PDF.

use std::fmt;

/// Why a paper could not be made into a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PdfError {
    /// The fonts cannot draw a character.
    MissingGlyph {
        /// The character.
        character: char,
        /// The text in which it stands.
        text: String,
    },
    /// The document uses so many distinct characters that the codes do not suffice.
    TooManyCharacters(usize),
    /// A page has no room for as much as a line of a part: its design leaves too little.
    TooTall(&'static str),
    /// The logo cannot be used.
    Image(String),
    /// A file cannot be embedded.
    Embedded(String),
    /// The code to scan would have to hold too many bytes: their number.
    Qr(usize),
    /// One of the libraries failed.
    Engine(String),
}

impl fmt::Display for PdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingGlyph { character, text } => {
                let number = u32::from(*character);
                let shown = character.escape_debug();
                write!(
                    f,
                    "the font has no glyph for '{shown}' (U+{number:04X}) in \"{text}\""
                )
            }
            Self::TooManyCharacters(count) => {
                write!(
                    f,
                    "the document uses {count} distinct characters, more than a PDF font holds"
                )
            }
            Self::TooTall(part) => write!(f, "a page has no room for a line of the part '{part}'"),
            Self::Image(why) => write!(f, "the logo cannot be used: {why}"),
            Self::Embedded(why) => write!(f, "the document cannot hold its attachment: {why}"),
            Self::Qr(bytes) => write!(f, "{bytes} bytes are too many for a QR code"),
            Self::Engine(why) => write!(f, "the PDF could not be made: {why}"),
        }
    }
}

impl std::error::Error for PdfError {}
