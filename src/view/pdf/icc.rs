//! The colour space of every page: sRGB (IEC 61966-2-1) as an ICC profile of version 4.
//!
//! Layout: ICC.1:2010, 7.2 (header), 7.3 (table of tags), 8.3 and 8.4 (the tags of an RGB display),
//! 10 (types). It is built here, so it is small and the same everywhere, and no one else's file.

/// A number of s15Fixed16Number, in parts of 65536.
type Fixed = u32;

/// The white of the connection space, D50 (7.2.16).
const D50: [Fixed; 3] = [0xf6d6, 0x1_0000, 0xd32d];
/// Red, green and blue of sRGB as they look under D50. They add up to [`D50`].
const PRIMARIES: [[Fixed; 3]; 3] = [
    [0x6fa0, 0x38f2, 0x038f],
    [0x6296, 0xb789, 0x18da],
    [0x24a0, 0x0f85, 0xb6c4],
];
/// From the white of sRGB, D65, to D50: the linear Bradford matrix, row by row.
const ADAPTATION: [Fixed; 9] = [
    0x0001_0c42,
    0x0000_05de,
    0xffff_f325,
    0x0000_0793,
    0x0000_fd90,
    0xffff_fba1,
    0xffff_fda2,
    0x0000_03dc,
    0x0000_c06e,
];
/// The curve of sRGB: 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045.
const CURVE: [Fixed; 5] = [
    0x0002_6666,
    0x0000_f2a7,
    0x0000_0d59,
    0x0000_13d0,
    0x0000_0a5b,
];

/// The name by which readers know the colour space.
pub(super) const NAME: &str = "sRGB IEC61966-2.1";

/// Length of the header.
const HEADER: usize = 128;

/// The profile. Always the same bytes.
pub(super) fn srgb() -> Vec<u8> {
    let curve = parametric();
    let [red, green, blue] = PRIMARIES.map(xyz);
    // Curves may share their bytes (7.3.1); equal tags stand next to each other.
    let tags: [(&[u8; 4], Vec<u8>); 10] = [
        (b"desc", text(NAME)),
        (b"cprt", text("CC0")),
        (b"wtpt", xyz(D50)),
        (b"chad", numbers(*b"sf32", &ADAPTATION)),
        (b"rXYZ", red),
        (b"gXYZ", green),
        (b"bXYZ", blue),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut table = word(tags.len()).to_vec();
    let mut data: Vec<u8> = Vec::new();
    let start = HEADER + 4 + 12 * tags.len();
    let mut last: (usize, &[u8]) = (0, &[]);
    for (name, bytes) in &tags {
        if last.1 != bytes {
            last = (start + data.len(), bytes);
            data.extend(bytes);
        }
        table.extend(*name);
        table.extend(word(last.0));
        table.extend(word(bytes.len()));
    }
    let mut profile = header(start + data.len());
    profile.extend(table);
    profile.extend(data);
    profile
}

/// 7.2: size, no preferred program, version 4.2, a display, RGB, XYZ, a fixed date, `acsp`, and no
/// platform, flags, device or maker; perceptual; D50.
fn header(length: usize) -> Vec<u8> {
    let mut header = word(length).to_vec();
    header.extend([0; 4]);
    header.extend([4, 0x20, 0, 0]);
    header.extend(b"mntrRGB XYZ ");
    header.extend(
        [2026_u16, 1, 1, 0, 0, 0]
            .iter()
            .flat_map(|part| part.to_be_bytes()),
    );
    header.extend(b"acsp");
    header.extend([0; 28]);
    header.extend(D50.iter().flat_map(|part| part.to_be_bytes()));
    header.resize(HEADER, 0);
    header
}

/// multiLocalizedUnicodeType (10.15) of one language, filled up to whole words.
fn text(words: &str) -> Vec<u8> {
    let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut bytes = b"mluc\0\0\0\0".to_vec();
    for number in [1, 12] {
        bytes.extend(word(number));
    }
    bytes.extend(b"enUS");
    bytes.extend(word(utf16.len()));
    bytes.extend(word(28));
    bytes.extend(utf16);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn xyz(color: [Fixed; 3]) -> Vec<u8> {
    numbers(*b"XYZ ", &color)
}

/// parametricCurveType (10.18) of function 3: a power, and a straight line where it is dark.
fn parametric() -> Vec<u8> {
    let mut bytes = b"para\0\0\0\0\0\x03\0\0".to_vec();
    bytes.extend(CURVE.iter().flat_map(|part| part.to_be_bytes()));
    bytes
}

fn numbers(kind: [u8; 4], list: &[Fixed]) -> Vec<u8> {
    let mut bytes = kind.to_vec();
    bytes.extend([0; 4]);
    bytes.extend(list.iter().flat_map(|part| part.to_be_bytes()));
    bytes
}

fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of a tag.
    fn tag<'a>(profile: &'a [u8], name: &[u8]) -> &'a [u8] {
        let number =
            |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().unwrap()) as usize;
        let count = number(HEADER);
        let entry = (0..count)
            .map(|n| HEADER + 4 + 12 * n)
            .find(|at| &profile[*at..at + 4] == name)
            .unwrap();
        let (start, length) = (number(entry + 4), number(entry + 8));
        assert_eq!(start % 4, 0);
        &profile[start..start + length]
    }

    #[test]
    fn the_profile_is_an_rgb_display_of_version_four() {
        let profile = srgb();
        assert_eq!(profile.len(), 508);
        assert_eq!(profile[..4], word(profile.len()));
        assert_eq!(
            (profile[8], &profile[12..24], &profile[36..40]),
            (4, b"mntrRGB XYZ ".as_slice(), b"acsp".as_slice())
        );
        for name in [
            "desc", "cprt", "wtpt", "chad", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC",
        ] {
            assert!(tag(&profile, name.as_bytes()).len() > 11);
        }
        assert_eq!(tag(&profile, b"rTRC"), tag(&profile, b"bTRC"));
        assert_eq!(tag(&profile, b"rTRC").len(), 32);
    }

    #[test]
    fn the_primaries_add_up_to_white() {
        for (part, white) in D50.iter().enumerate() {
            assert_eq!(
                PRIMARIES.iter().map(|color| color[part]).sum::<u32>(),
                *white
            );
        }
    }
}
