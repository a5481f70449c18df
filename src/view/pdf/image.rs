//! Logos: a PNG or JPEG file made ready for a page.
//!
//! A JPEG is kept as it is, but for what cameras and editors write into it. A PNG is decoded, laid
//! on white and, where it is far finer than print, made smaller. So a picture has no mask, its
//! colours are those of the pages, and nothing asks for interpolation (ISO 19005-3, 6.2.4.3, 6.2.8
//! and 6.2.10).

use std::io::Cursor;

use png::DecodingError;

use super::error::PdfError;

/// A logo of more dots than this across is made smaller.
const DOTS: usize = 1400;
/// The most dots that are read. It is looked up before anything is decoded.
const MOST: u64 = 16_000_000;
/// The most memory that a file may take when it is decoded, in bytes.
const MEMORY: usize = 128 << 20;
/// The largest JPEG that is embedded, in bytes.
const LARGEST: usize = 4 << 20;
/// How every PNG begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// How the bytes of a picture are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Compressed dots.
    Flate,
    /// A JPEG file.
    Jpeg,
}

/// A picture that can be put into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// Dots across.
    pub(super) width: u32,
    /// Dots down.
    pub(super) height: u32,
    /// Three bytes a dot, or one.
    pub(super) color: bool,
    /// How the bytes are written.
    pub(super) coding: Coding,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

impl Picture {
    /// Reads a PNG or JPEG file.
    pub(super) fn read(file: &[u8]) -> Result<Self, PdfError> {
        match form(file)? {
            Form::Png => png(file),
            Form::Jpeg => jpeg(file),
        }
    }

    /// Width through height.
    pub(super) fn ratio(&self) -> f64 {
        #![expect(
            clippy::float_arithmetic,
            reason = "the shape of a picture is not money"
        )]
        f64::from(self.width) / f64::from(self.height)
    }
}

/// A form of file that can be a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Png,
    Jpeg,
}

/// Looks a logo over without decoding it: what it is, whether it is whole, how large it is. Returns the ending of its
/// name, `png` or `jpg`.
///
/// # Errors
///
/// Says in a sentence why it cannot be used.
pub fn probe_logo(file: &[u8]) -> Result<&'static str, PdfError> {
    match form(file)? {
        Form::Png => look_over(file).map(|()| "png"),
        Form::Jpeg => jpeg(file).map(|_| "jpg"),
    }
}

fn fail<T>(why: impl Into<String>) -> Result<T, PdfError> {
    Err(PdfError::Image(why.into()))
}

/// What a file is, by its first bytes, whatever its name says.
fn form(file: &[u8]) -> Result<Form, PdfError> {
    let other = match file {
        [] => return fail("the file is empty"),
        _ if file.starts_with(PNG) => return Ok(Form::Png),
        [0xff, 0xd8, ..] => return Ok(Form::Jpeg),
        [b'G', b'I', b'F', b'8', ..] => "a GIF",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "a WebP",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "a TIFF",
        [b'B', b'M', ..] => "a BMP",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'a',
            b'v',
            b'i',
            b'f',
            ..,
        ] => "an AVIF",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', ..] => "a HEIC",
        _ if is_svg(file) => return fail("it is an SVG file; export it as PNG"),
        _ => return fail("it is neither a PNG nor a JPEG file"),
    };
    fail(format!("it is {other} file; save it as PNG or JPEG"))
}

/// Whether a file is XML whose first kilobyte has an element `svg`.
fn is_svg(file: &[u8]) -> bool {
    let start = file.get(..1024).unwrap_or(file);
    let start = String::from_utf8_lossy(start);
    let start = start.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    start.starts_with('<') && start.contains("<svg")
}

/// Refuses a picture of too many dots, or of none.
fn check_size(width: u32, height: u32) -> Result<(), PdfError> {
    if width == 0 || height == 0 {
        return fail("the picture has no dots");
    }
    if u64::from(width) * u64::from(height) > MOST {
        return fail(format!(
            "the picture is {width} by {height} dots large, more than {} million; make it smaller",
            MOST / 1_000_000
        ));
    }
    Ok(())
}

/// Walks through the parts of a PNG: a head with its size first, an end last (PNG, 5.3).
fn look_over(file: &[u8]) -> Result<(), PdfError> {
    let number = |at: usize| {
        file.get(at..at + 4)
            .and_then(|bytes| Some(u32::from_be_bytes(bytes.try_into().ok()?)))
    };
    let mut at = PNG.len();
    while let (Some(length), Some(name)) = (number(at), file.get(at + 4..at + 8)) {
        if at == PNG.len() {
            if name != b"IHDR" || length != 13 {
                return fail("the PNG file is damaged");
            }
            let (Some(width), Some(height)) = (number(at + 8), number(at + 12)) else {
                break;
            };
            check_size(width, height)?;
        }
        let Some(end) = usize::try_from(length)
            .ok()
            .and_then(|length| at.checked_add(length)?.checked_add(12))
        else {
            break;
        };
        if end > file.len() {
            break;
        }
        if name == b"IEND" {
            return Ok(());
        }
        at = end;
    }
    fail("the PNG file ends too early")
}

fn png(file: &[u8]) -> Result<Picture, PdfError> {
    look_over(file)?;
    let mut decoder =
        png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: MEMORY });
    // A text or a profile that unfolds to gigabytes is not even looked at.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader.output_buffer_size().filter(|size| *size <= MEMORY);
    let mut buffer = vec![0; size.ok_or_else(too_much)?];
    let frame = reader.next_frame(&mut buffer).map_err(broken)?;
    buffer.truncate(frame.buffer_size());
    let (width, height) = (frame.width as usize, frame.height as usize);
    let samples = frame.color_type.samples();
    let dots = buffer.chunks_exact(samples).map(flatten).collect();
    drop(buffer);
    let (dots, width, height) = shrink(dots, width, height);
    let measure = |length: usize| {
        u32::try_from(length)
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| PdfError::Image("the picture has no dots".to_owned()))
    };
    Ok(Picture {
        width: measure(width)?,
        height: measure(height)?,
        color: true,
        coding: Coding::Flate,
        bytes: miniz_oxide::deflate::compress_to_vec_zlib(dots.as_flattened(), 6),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn broken(error: DecodingError) -> PdfError {
    match error {
        DecodingError::LimitsExceeded => too_much(),
        _ => PdfError::Image("the PNG file is damaged".to_owned()),
    }
}

fn too_much() -> PdfError {
    PdfError::Image(format!(
        "the PNG file takes more than {} MB to read; make it smaller",
        MEMORY >> 20
    ))
}

/// One dot on white, from grey, grey and alpha, colour, or colour and alpha.
fn flatten(dot: &[u8]) -> [u8; 3] {
    let (color, alpha) = match *dot {
        [grey] => ([grey; 3], 255),
        [grey, alpha] => ([grey; 3], alpha),
        [red, green, blue] => ([red, green, blue], 255),
        [red, green, blue, alpha, ..] => ([red, green, blue], alpha),
        [] => ([255; 3], 255),
    };
    let alpha = u32::from(alpha);
    color.map(|level| byte((u32::from(level) * alpha + 255 * (255 - alpha) + 127) / 255))
}

/// Joins squares of dots to one until the picture is no finer than print.
fn shrink(dots: Vec<[u8; 3]>, width: usize, height: usize) -> (Vec<[u8; 3]>, usize, usize) {
    let factor = (width.max(height) / DOTS).min(width).min(height);
    if factor < 2 {
        return (dots, width, height);
    }
    let (across, down) = (width / factor, height / factor);
    let mut small = Vec::with_capacity(across * down);
    let area = u32::try_from(factor * factor).unwrap_or(u32::MAX);
    for y in 0..down {
        for x in 0..across {
            let mut sum = [0_u32; 3];
            for row in (y * factor..).take(factor) {
                let start = row * width + x * factor;
                for dot in dots.get(start..start + factor).unwrap_or_default() {
                    sum.iter_mut()
                        .zip(dot)
                        .for_each(|(sum, level)| *sum += u32::from(*level));
                }
            }
            small.push(sum.map(|level| byte(level / area)));
        }
    }
    (small, across, down)
}

fn byte(level: u32) -> u8 {
    u8::try_from(level).unwrap_or(u8::MAX)
}

/// Reads the size of a JPEG, and copies it without comments and the data of applications (ITU T.81, annex B).
fn jpeg(file: &[u8]) -> Result<Picture, PdfError> {
    if file.len() > LARGEST {
        return fail(format!(
            "the JPEG file is larger than {} MB; make it smaller",
            LARGEST >> 20
        ));
    }
    let short = || PdfError::Image("the JPEG file ends too early".to_owned());
    let damaged = || PdfError::Image("the JPEG file is damaged".to_owned());
    let mut bytes = file.get(..2).ok_or_else(short)?.to_vec();
    let (mut frame, mut dots, mut at) = (None, false, 2);
    loop {
        let marker = match file.get(at..at + 2) {
            Some([0xff, marker]) => *marker,
            Some(_) => return Err(damaged()),
            None => return Err(short()),
        };
        match marker {
            // Filling before a marker.
            0xff => {
                at += 1;
                continue;
            }
            // The end: what stands behind it belongs to no picture.
            0xd9 => {
                bytes.extend([0xff, 0xd9]);
                let frame = frame.filter(|_| dots).ok_or_else(damaged)?;
                return picture(frame, bytes);
            }
            0x00 | 0x01 | 0xd0..=0xd8 => return Err(damaged()),
            _ => {}
        }
        let length = file.get(at + 2..at + 4).ok_or_else(short)?;
        let length = length
            .iter()
            .fold(0, |number, byte| number * 256 + usize::from(*byte));
        if length < 2 {
            return Err(damaged());
        }
        let segment = file.get(at..at + 2 + length).ok_or_else(short)?;
        match marker {
            0xc0..=0xc2 => frame = Some(segment.get(4..10).ok_or_else(damaged)?),
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return fail(
                    "this kind of JPEG cannot be put into a PDF; save it as baseline or PNG",
                );
            }
            _ => {}
        }
        // 0xee tells how colours are coded; the others of 0xe1 to 0xef and 0xfe say nothing here.
        if !matches!(marker, 0xe1..=0xed | 0xef | 0xfe) {
            bytes.extend(segment);
        }
        at += 2 + length;
        if marker == 0xda {
            let end = scan(file, at).ok_or_else(short)?;
            bytes.extend(file.get(at..end).ok_or_else(short)?);
            (at, dots) = (end, true);
        }
    }
}

/// Where the dots that begin at `at` end: before the next marker but those that restart.
fn scan(file: &[u8], at: usize) -> Option<usize> {
    let marker =
        |pair: &[u8]| matches!(pair, [0xff, next] if !matches!(next, 0x00 | 0xd0..=0xd7 | 0xff));
    file.get(at..)?
        .windows(2)
        .position(marker)
        .map(|length| at + length)
}

/// A picture from the frame of a JPEG: precision, height, width, number of components.
fn picture(frame: &[u8], bytes: Vec<u8>) -> Result<Picture, PdfError> {
    let [precision, h1, h2, w1, w2, components] = *frame else {
        return fail("the JPEG file is damaged");
    };
    let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
    check_size(u32::from(width), u32::from(height))?;
    if precision != 8 {
        return fail(format!(
            "the JPEG file has {precision} bits a colour; save it with 8, or as PNG"
        ));
    }
    // 6.2.4.3: DeviceCMYK has no meaning under an output intent that is RGB.
    if components == 4 {
        return fail("the JPEG file is in CMYK, the colours of print; save it in RGB, or as PNG");
    }
    if !matches!(components, 1 | 3) {
        return fail("the JPEG file is neither grey nor RGB; save it in RGB, or as PNG");
    }
    let (width, height) = (u32::from(width), u32::from(height));
    Ok(Picture {
        width,
        height,
        color: components == 3,
        coding: Coding::Jpeg,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_file(width: u32, height: u32, color: png::ColorType, data: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(color);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(data)
            .unwrap();
        file
    }

    fn dots(picture: &Picture) -> Vec<u8> {
        miniz_oxide::inflate::decompress_to_vec_zlib(&picture.bytes).unwrap()
    }

    #[test]
    fn transparent_is_white() {
        let data = [255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 128];
        let picture = Picture::read(&png_file(3, 1, png::ColorType::Rgba, &data)).unwrap();
        assert_eq!(dots(&picture), [255, 0, 0, 255, 255, 255, 127, 127, 127]);
        let grey = Picture::read(&png_file(1, 2, png::ColorType::Grayscale, &[7, 8])).unwrap();
        assert_eq!((grey.width, grey.height), (1, 2));
        assert_eq!(dots(&grey), [7, 7, 7, 8, 8, 8]);
    }

    #[test]
    fn a_very_fine_picture_is_made_smaller() {
        let data = vec![100; 3000 * 30];
        let picture = Picture::read(&png_file(3000, 30, png::ColorType::Grayscale, &data)).unwrap();
        assert_eq!((picture.width, picture.height), (1500, 15));
        assert!(dots(&picture).iter().all(|level| *level == 100));
    }

    /// A chunk of a PNG with its checksum (PNG, annex D).
    fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
        let body = [name, data].concat();
        let sum = body.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                sum >> 1 ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
            })
        });
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [length.as_slice(), &body, &(!sum).to_be_bytes()].concat()
    }

    /// A PNG by hand: depth, colour type and interlacing as in its head.
    fn raw_png(width: u32, height: u32, form: [u8; 5], palette: &[u8], data: &[u8]) -> Vec<u8> {
        let head = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &form].concat();
        let mut file = [PNG, &chunk(b"IHDR", &head)].concat();
        if !palette.is_empty() {
            file.extend(chunk(b"PLTE", palette));
            file.extend(chunk(b"tRNS", &[255, 0]));
        }
        file.extend(chunk(
            b"IDAT",
            &miniz_oxide::deflate::compress_to_vec_zlib(data, 6),
        ));
        file.extend(chunk(b"IEND", &[]));
        file
    }

    #[test]
    fn palettes_fine_levels_and_interlaced_lines_are_read() {
        // Four dots of two colours, the second transparent, in one byte.
        let palette = raw_png(
            4,
            1,
            [1, 3, 0, 0, 0],
            &[9, 8, 7, 0, 0, 0],
            &[0, 0b0100_0000],
        );
        assert_eq!(
            dots(&Picture::read(&palette).unwrap()),
            [9, 8, 7, 255, 255, 255, 9, 8, 7, 9, 8, 7]
        );
        // One dot of sixteen bits a colour with half alpha.
        let fine = raw_png(
            1,
            1,
            [16, 6, 0, 0, 0],
            &[],
            &[0, 0, 0, 255, 255, 128, 0, 128, 0],
        );
        assert_eq!(dots(&Picture::read(&fine).unwrap()), [127, 255, 191]);
        // Two by two dots in the passes 1, 6 and 7.
        let interlaced = raw_png(2, 2, [8, 0, 0, 0, 1], &[], &[0, 10, 0, 20, 0, 30, 40]);
        let grey = dots(&Picture::read(&interlaced).unwrap());
        assert_eq!(grey, [10, 20, 30, 40].map(|level| [level; 3]).concat());
    }

    /// A JPEG of 40 by 20 dots with a comment: kind of frame, bits, components.
    fn jpeg_file(kind: u8, bits: u8, components: u8) -> Vec<u8> {
        let mut file = vec![
            0xff, 0xd8, 0xff, 0xe1, 0, 4, b'm', b'e', 0xff, kind, 0, 11, bits,
        ];
        file.extend([
            0, 20, 0, 40, components, 1, 0x11, 0, 0xff, 0xda, 0, 2, 1, 0xff, 0, 2, 0xff, 0xd0, 3,
            0xff, 0xd9,
        ]);
        file
    }

    #[test]
    fn a_jpeg_loses_its_comments_and_keeps_its_size() {
        let mut file = jpeg_file(0xc0, 8, 1);
        file.extend(b"more than one picture");
        let picture = Picture::read(&file).unwrap();
        assert_eq!(
            (picture.width, picture.height, picture.color),
            (40, 20, false)
        );
        assert!(!picture.bytes.windows(2).any(|pair| pair == b"me"));
        assert!(
            picture
                .bytes
                .ends_with(&[0xff, 0xda, 0, 2, 1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0xd9])
        );
        assert!((picture.ratio() - 2.0).abs() < 1e-9);
        assert!(Picture::read(&jpeg_file(0xc2, 8, 3)).unwrap().color);
        assert_eq!(probe_logo(&file), Ok("jpg"));
    }

    #[test]
    fn what_cannot_be_used_is_said_in_a_sentence() {
        let grey = png_file(3, 1, png::ColorType::Grayscale, &[1, 2, 3]);
        let bomb = raw_png(50_000, 50_000, [8, 6, 0, 0, 0], &[], &[0; 90]);
        let flat = raw_png(9000, 0, [8, 0, 0, 0, 0], &[], &[0]);
        let mut torn = grey.clone();
        let data = torn.windows(4).position(|name| name == b"IDAT").unwrap();
        torn[data + 6] ^= 0x55;
        let few = raw_png(9, 9, [8, 0, 0, 0, 0], &[], &[0, 1, 2]);
        let mut large = jpeg_file(0xc0, 8, 3);
        large[13..17].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        let jpeg = jpeg_file(0xc0, 8, 3);
        let mut odd = jpeg.clone();
        odd[2] = 7;
        let heavy = [&jpeg[..], &vec![0; LARGEST]].concat();
        let cases: [(&[u8], &str); 20] = [
            (b"", "the file is empty"),
            (b"GIF89a", "it is a GIF file; save it as PNG or JPEG"),
            (
                b"RIFF....WEBPVP8 ",
                "it is a WebP file; save it as PNG or JPEG",
            ),
            (b"%PDF-1.7", "it is a PDF file; save it as PNG or JPEG"),
            (
                b"....ftypavif",
                "it is an AVIF file; save it as PNG or JPEG",
            ),
            (
                b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg/>",
                "it is an SVG file; export it as PNG",
            ),
            (b"logo", "it is neither a PNG nor a JPEG file"),
            (&grey[..grey.len() / 2], "the PNG file ends too early"),
            (&grey[..12], "the PNG file ends too early"),
            (&torn, "the PNG file is damaged"),
            (&few, "the PNG file is damaged"),
            (
                &bomb,
                "the picture is 50000 by 50000 dots large, more than 16 million; make it smaller",
            ),
            (&flat, "the picture has no dots"),
            (&jpeg[..jpeg.len() - 2], "the JPEG file ends too early"),
            (&odd, "the JPEG file is damaged"),
            (
                &large,
                "the picture is 65535 by 65535 dots large, more than 16 million; make it smaller",
            ),
            (
                &jpeg_file(0xc0, 8, 4),
                "the JPEG file is in CMYK, the colours of print; save it in RGB, or as PNG",
            ),
            (
                &jpeg_file(0xc1, 12, 3),
                "the JPEG file has 12 bits a colour; save it with 8, or as PNG",
            ),
            (
                &jpeg_file(0xc9, 8, 3),
                "this kind of JPEG cannot be put into a PDF; save it as baseline or PNG",
            ),
            (&heavy, "the JPEG file is larger than 4 MB; make it smaller"),
        ];
        for (file, why) in cases {
            assert_eq!(Picture::read(file), fail(why));
        }
        for file in [
            b"".as_slice(),
            b"<svg>",
            &bomb,
            &jpeg[..9],
            &grey[..grey.len() - 1],
        ] {
            assert!(probe_logo(file).is_err());
        }
        assert_eq!(probe_logo(&grey), Ok("png"));
    }
}
