//! Codes to scan: ISO/IEC 18004, error correction level M, byte mode, as EPC069-12 asks for.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use qrcode::{Color, EcLevel, QrCode, Version, bits::Bits, types::QrError};

use super::PdfError;

/// Modules of quiet zone on each side.
pub(super) const QUIET: usize = 4;
/// The smallest width of a code without its quiet zone, in millimetres.
const SMALLEST: f64 = 25.2;
/// The smallest width of a module, in millimetres.
const MODULE: f64 = 0.5;

/// The dark modules of a code.
pub(super) struct Modules {
    /// Modules on a side.
    pub(super) side: usize,
    dark: Vec<bool>,
}

impl Modules {
    /// Encodes a text.
    pub(super) fn new(payload: &str) -> Result<Self, PdfError> {
        let code = encode(payload.as_bytes()).map_err(|error| match error {
            QrError::DataTooLong => PdfError::Qr(payload.len()),
            error => PdfError::Engine(format!("QR code: {error}")),
        })?;
        let dark = code.to_colors().iter().map(|color| *color == Color::Dark).collect();
        Ok(Self { side: code.width(), dark })
    }

    /// Width on the page in millimetres, quiet zone included.
    pub(super) fn width(&self) -> f64 {
        let modules = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let module = MODULE.max(SMALLEST / modules(self.side));
        module * modules(self.side + 2 * QUIET)
    }

    /// Dark modules beside each other, as column, row and count.
    pub(super) fn bars(&self) -> Vec<(usize, usize, usize)> {
        let mut bars = Vec::new();
        for (row, dark) in self.dark.chunks(self.side).enumerate() {
            let mut column = 0;
            for run in dark.chunk_by(|one, next| one == next) {
                if run.first() == Some(&true) {
                    bars.push((column, row, run.len()));
                }
                column += run.len();
            }
        }
        bars
    }
}

/// Encodes bytes in the smallest version that holds them.
fn encode(data: &[u8]) -> Result<QrCode, QrError> {
    for version in 1..=40 {
        let mut bits = Bits::new(Version::Normal(version));
        let fits = bits.push_byte_data(data).and_then(|()| bits.push_terminator(EcLevel::M));
        match fits {
            Ok(()) => return QrCode::with_bits(bits, EcLevel::M),
            Err(QrError::DataTooLong) => {}
            Err(error) => return Err(error),
        }
    }
    Err(QrError::DataTooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_version_is_taken() {
        // 86 bytes need version 6, 41 modules; 331 bytes need version 13, 69 modules.
        assert_eq!(Modules::new(&"x".repeat(86)).unwrap().side, 41);
        let largest = Modules::new(&"x".repeat(331)).unwrap();
        assert_eq!(largest.side, 69);
        assert!(largest.width() < 45.0);
        assert!(Modules::new("x").unwrap().width() > 25.2);
        assert!(matches!(Modules::new(&"x".repeat(5000)), Err(PdfError::Qr(5000))));
    }

    #[test]
    fn bars_are_the_dark_modules() {
        let modules = Modules::new("BCD").unwrap();
        let total: usize = modules.bars().iter().map(|(_, _, count)| count).sum();
        assert_eq!(total, modules.dark.iter().filter(|dark| **dark).count());
        assert_eq!(modules.bars()[0], (0, 0, 7));
    }
}
