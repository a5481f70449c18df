//! The colour space of every page: sRGB (IEC 61966-2-1) as an ICC profile of version 4.2.
//!
//! The file was made for this program and stands under CC0: 508 bytes, a header (ICC.1:2010, 7.2) with a fixed date and the ten tags
//! of an RGB display (8.3, 8.4). Issued pages hold these bytes, so they are never changed.

/// The name by which readers know the colour space.
pub(super) const NAME: &str = "sRGB IEC61966-2.1";

/// The profile.
pub(super) const SRGB: &[u8] = include_bytes!("srgb.icc");

#[cfg(test)]
mod tests {
    use super::*;

    /// Length of the header (7.2). The table of tags follows it.
    const HEADER: usize = 128;

    fn number(at: usize) -> u32 {
        u32::from_be_bytes(SRGB[at..at + 4].try_into().unwrap())
    }

    /// The place of a tag's first byte, and its bytes (7.3).
    fn tag(name: &[u8]) -> (usize, &'static [u8]) {
        let entry = (0..number(HEADER) as usize)
            .map(|n| HEADER + 4 + 12 * n)
            .find(|at| &SRGB[*at..at + 4] == name)
            .unwrap();
        let (start, length) = (number(entry + 4) as usize, number(entry + 8) as usize);
        assert_eq!(start % 4, 0);
        (start, &SRGB[start..start + length])
    }

    /// The three numbers of a tag of type `XYZ ` (10.31), in parts of 65536.
    fn xyz(name: &[u8]) -> [u32; 3] {
        let (start, bytes) = tag(name);
        assert_eq!(bytes[..8], *b"XYZ \0\0\0\0");
        [8, 12, 16].map(|at| number(start + at))
    }

    #[test]
    fn the_profile_is_an_rgb_display_of_version_four() {
        assert_eq!(SRGB.len(), 508);
        assert_eq!(number(0), 508);
        assert_eq!(
            (SRGB[8], &SRGB[12..24], &SRGB[36..40]),
            (4, b"mntrRGB XYZ ".as_slice(), b"acsp".as_slice())
        );
        for name in [
            "desc", "cprt", "wtpt", "chad", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC",
        ] {
            assert!(tag(name.as_bytes()).1.len() > 11);
        }
        assert_eq!(tag(b"rTRC"), tag(b"bTRC"));
        assert_eq!(tag(b"rTRC").1.len(), 32);
    }

    /// The white of the connection space is D50 (7.2.16).
    #[test]
    fn the_primaries_add_up_to_white() {
        let white = [0xf6d6, 0x1_0000, 0xd32d];
        assert_eq!(xyz(b"wtpt"), white);
        let colours = [xyz(b"rXYZ"), xyz(b"gXYZ"), xyz(b"bXYZ")];
        for (part, white) in white.into_iter().enumerate() {
            assert_eq!(
                colours.iter().map(|colour| colour[part]).sum::<u32>(),
                white
            );
        }
    }

    /// The curve of sRGB as a parametric curve of function 3 (10.18): 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045.
    #[test]
    fn the_curve_is_that_of_srgb() {
        let (start, bytes) = tag(b"rTRC");
        assert_eq!(bytes[..12], *b"para\0\0\0\0\0\x03\0\0");
        for (part, expected) in [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045]
            .into_iter()
            .enumerate()
        {
            let value = f64::from(number(start + 12 + 4 * part)) / 65536.0;
            assert!((value - expected).abs() < 1e-5, "{value} {expected}");
        }
    }
}
