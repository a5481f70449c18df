//! Logos: a PNG or JPEG file made ready for a page.
//!
//! A JPEG is kept as it is, but for what cameras and editors write into it. A PNG is decoded, laid
//! on white and, where it is far finer than print, made smaller.

use std::io::Cursor;

use super::PdfError;

/// A logo of more dots than this across is made smaller.
const DOTS: usize = 1400;
/// The most memory that a file may take when it is decoded, in bytes.
const MEMORY: usize = 128 << 20;
/// The largest JPEG that is embedded, in bytes.
const LARGEST: usize = 4 << 20;

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
        if file.starts_with(b"\x89PNG\r\n\x1a\n") {
            png(file)
        } else if file.starts_with(&[0xff, 0xd8]) {
            jpeg(file)
        } else {
            Err(PdfError::Image("this is neither a PNG nor a JPEG file".to_owned()))
        }
    }

    /// Width through height.
    pub(super) fn ratio(&self) -> f64 {
        #![expect(clippy::float_arithmetic, reason = "the shape of a picture is not money")]
        f64::from(self.width) / f64::from(self.height)
    }
}

fn png(file: &[u8]) -> Result<Picture, PdfError> {
    let fail = |error: png::DecodingError| PdfError::Image(error.to_string());
    let limits = png::Limits { bytes: MEMORY };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(file), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(fail)?;
    let size = reader.output_buffer_size().filter(|size| *size <= MEMORY);
    let size = size.ok_or_else(|| PdfError::Image("the picture is too large".to_owned()))?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(fail)?;
    buffer.truncate(frame.buffer_size());
    let (width, height) = (frame.width as usize, frame.height as usize);
    let samples = frame.color_type.samples();
    let dots = buffer.chunks_exact(samples).map(flatten).collect();
    let (dots, width, height) = shrink(dots, width, height);
    let bytes: Vec<u8> = dots.iter().flatten().copied().collect();
    let measure = |length: usize| {
        u32::try_from(length).ok().filter(|n| *n > 0).ok_or_else(|| PdfError::Image("no dots".to_owned()))
    };
    Ok(Picture {
        width: measure(width)?,
        height: measure(height)?,
        color: true,
        coding: Coding::Flate,
        bytes: miniz_oxide::deflate::compress_to_vec_zlib(&bytes, 6),
    })
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
                    sum.iter_mut().zip(dot).for_each(|(sum, level)| *sum += u32::from(*level));
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

/// Reads the size of a JPEG and leaves out comments and the data of applications.
fn jpeg(file: &[u8]) -> Result<Picture, PdfError> {
    if file.len() > LARGEST {
        return Err(PdfError::Image("the JPEG file is larger than 4 MB".to_owned()));
    }
    segments(file).ok_or_else(|| PdfError::Image("the JPEG file is damaged".to_owned()))?
}

/// Walks through the segments before the dots. `None` where the file ends too early.
fn segments(file: &[u8]) -> Option<Result<Picture, PdfError>> {
    let mut bytes = file.get(..2)?.to_vec();
    let mut size = None;
    let mut at = 2;
    loop {
        let marker = *file.get(at + 1)?;
        if *file.get(at)? != 0xff {
            return None;
        }
        if marker == 0xff {
            at += 1;
            continue;
        }
        let length = usize::from(u16::from_be_bytes(file.get(at + 2..at + 4)?.try_into().ok()?));
        let segment = file.get(at..at + 2 + length)?;
        match marker {
            0xc0..=0xc2 => size = Some(segment.get(4..10)?),
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let why = "this kind of JPEG cannot be put into a PDF; save it as baseline";
                return Some(Err(PdfError::Image(why.to_owned())));
            }
            0xda => {
                bytes.extend(file.get(at..)?);
                return Some(picture(size?, bytes));
            }
            _ => {}
        }
        // 0xee tells how colours are coded; the others of 0xe1 to 0xef and 0xfe say nothing here.
        if !matches!(marker, 0xe1..=0xed | 0xef | 0xfe) {
            bytes.extend(segment);
        }
        at += 2 + length;
    }
}

/// A picture from the frame of a JPEG: precision, height, width, number of components.
fn picture(frame: &[u8], bytes: Vec<u8>) -> Result<Picture, PdfError> {
    let [precision, h1, h2, w1, w2, components] = *frame else {
        return Err(PdfError::Image("the JPEG file is damaged".to_owned()));
    };
    let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
    if precision != 8 || !matches!(components, 1 | 3) || width == 0 || height == 0 {
        let why = "only JPEG in grey or RGB with 8 bits can be embedded; save it as RGB or PNG";
        return Err(PdfError::Image(why.to_owned()));
    }
    let (width, height) = (u32::from(width), u32::from(height));
    Ok(Picture { width, height, color: components == 3, coding: Coding::Jpeg, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_file(width: u32, height: u32, color: png::ColorType, data: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(data).unwrap();
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

    #[test]
    fn a_jpeg_loses_its_comments_and_keeps_its_size() {
        let mut file = vec![0xff, 0xd8, 0xff, 0xe1, 0, 4, b'm', b'e', 0xff, 0xc0, 0, 11, 8];
        file.extend([0, 20, 0, 40, 1, 1, 0x11, 0, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]);
        let picture = Picture::read(&file).unwrap();
        assert_eq!((picture.width, picture.height, picture.color), (40, 20, false));
        assert!(!picture.bytes.windows(2).any(|pair| pair == b"me"));
        assert!(picture.bytes.ends_with(&[1, 2, 3, 0xff, 0xd9]));
        assert!((picture.ratio() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn damage_is_an_error() {
        assert!(Picture::read(b"GIF89a").is_err());
        assert!(Picture::read(&[0xff, 0xd8, 0xff]).is_err());
        assert!(Picture::read(b"\x89PNG\r\n\x1a\nrest").is_err());
        let file = png_file(3, 1, png::ColorType::Grayscale, &[1, 2, 3]);
        assert!(Picture::read(&file[..file.len() / 2]).is_err());
    }
}
