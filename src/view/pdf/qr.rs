//! Codes to scan: ISO/IEC 18004, error correction level M, byte mode, as EPC069-12 asks for.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use qrcode::{
    EcLevel, Version, bits::Bits, canvas::Canvas, ec::construct_codewords, types::QrError,
};

use super::{error::PdfError, mask::masked};

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
        encode(payload.as_bytes()).map_err(|error| match error {
            QrError::DataTooLong => PdfError::Qr(payload.len()),
            error => PdfError::Engine(format!("QR code: {error}")),
        })
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

/// Points of a picture for a module.
const POINTS: usize = 6;

/// Returns a code as a PNG of black and white, with its quiet zone.
///
/// # Errors
/// Where the text is too long.
pub fn png(payload: &str) -> Result<Vec<u8>, PdfError> {
    let modules = Modules::new(payload)?;
    let side = (modules.side + 2 * QUIET) * POINTS;
    let mut dark = vec![false; side * side];
    for (column, row, count) in modules.bars() {
        for y in (row + QUIET) * POINTS..(row + QUIET + 1) * POINTS {
            let from = y * side + (column + QUIET) * POINTS;
            dark[from..from + count * POINTS].fill(true);
        }
    }
    let mut rows = Vec::with_capacity(side * side.div_ceil(8));
    for row in dark.chunks(side) {
        // A bit a point, white is 1.
        let bits = |points: &[bool]| {
            points
                .iter()
                .enumerate()
                .fold(0, |byte, (at, dark)| byte | u8::from(!dark) << (7 - at))
        };
        rows.extend(row.chunks(8).map(bits));
    }
    let side = u32::try_from(side).unwrap_or_default();
    let failed = |error: ::png::EncodingError| PdfError::Engine(format!("PNG: {error}"));
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, side, side);
    encoder.set_color(::png::ColorType::Grayscale);
    encoder.set_depth(::png::BitDepth::One);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rows).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

/// Encodes bytes in the smallest version that holds them.
fn encode(data: &[u8]) -> Result<Modules, QrError> {
    for version in 1..=40 {
        let mut bits = Bits::new(Version::Normal(version));
        let fits = bits
            .push_byte_data(data)
            .and_then(|()| bits.push_terminator(EcLevel::M));
        match fits {
            Ok(()) => return draw(bits),
            Err(QrError::DataTooLong) => {}
            Err(error) => return Err(error),
        }
    }
    Err(QrError::DataTooLong)
}

/// Draws a code: its marks, its words, its mask.
fn draw(bits: Bits) -> Result<Modules, QrError> {
    let version = bits.version();
    let (words, correction) = construct_codewords(&bits.into_bytes(), version, EcLevel::M)?;
    let mut canvas = Canvas::new(version, EcLevel::M);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&words, &correction);
    let side = usize::try_from(version.width()).unwrap_or_default();
    Ok(Modules {
        side,
        dark: masked(&canvas, side),
    })
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, QrCode};

    use super::*;

    #[test]
    fn the_mask_is_the_one_of_the_library() {
        for length in (1..400_u32).step_by(7) {
            let letter = |n| char::from_u32(32 + (n * n + length) % 90).unwrap();
            let payload: String = (0..length).map(letter).collect();
            let modules = Modules::new(&payload).unwrap();
            let version = Version::Normal(i16::try_from((modules.side - 17) / 4).unwrap());
            let mut bits = Bits::new(version);
            bits.push_byte_data(payload.as_bytes())
                .and_then(|()| bits.push_terminator(EcLevel::M))
                .unwrap();
            let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
            let dark: Vec<bool> = code
                .to_colors()
                .iter()
                .map(|color| *color == Color::Dark)
                .collect();
            assert!(modules.dark == dark, "{length}");
        }
    }

    #[test]
    fn the_smallest_version_is_taken() {
        // 86 bytes need version 6, 41 modules; 331 bytes need version 13, 69 modules.
        assert_eq!(Modules::new(&"x".repeat(86)).unwrap().side, 41);
        let largest = Modules::new(&"x".repeat(331)).unwrap();
        assert_eq!(largest.side, 69);
        assert!(largest.width() < 45.0);
        assert!(Modules::new("x").unwrap().width() > 25.2);
        assert!(matches!(
            Modules::new(&"x".repeat(5000)),
            Err(PdfError::Qr(5000))
        ));
    }

    #[test]
    fn a_picture_shows_the_modules_in_their_quiet_zone() {
        let (file, modules) = (png("BCD").unwrap(), Modules::new("BCD").unwrap());
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(&file))
            .read_info()
            .unwrap();
        let (info, side) = (reader.info(), (modules.side + 2 * QUIET) * POINTS);
        assert_eq!(
            (info.width as usize, info.height as usize, info.bit_depth),
            (side, side, ::png::BitDepth::One)
        );
        let mut bits = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut bits).unwrap();
        let dark = |column: usize, row: usize| {
            let (x, y) = ((column + QUIET) * POINTS, (row + QUIET) * POINTS);
            bits[y * side.div_ceil(8) + x / 8] & (0x80 >> (x % 8)) == 0
        };
        let count: usize = modules.bars().iter().map(|(_, _, count)| count).sum();
        let all =
            (0..modules.side).flat_map(|row| (0..modules.side).map(move |column| (column, row)));
        assert_eq!(
            all.filter(|(column, row)| dark(*column, *row)).count(),
            count
        );
        assert_eq!(bits[0], 0xff, "the quiet zone is white");
    }

    #[test]
    fn bars_are_the_dark_modules() {
        let modules = Modules::new("BCD").unwrap();
        let total: usize = modules.bars().iter().map(|(_, _, count)| count).sum();
        assert_eq!(total, modules.dark.iter().filter(|dark| **dark).count());
        assert_eq!(modules.bars()[0], (0, 0, 7));
    }
}
