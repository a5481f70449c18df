//! Which of the eight masks a code to scan wears: the one that least resembles the marks of a code.
//!
//! ISO/IEC 18004, 7.8.3. The choice is that of the library, made in a sixth of its time: lines are
//! gone through once, with the last modules in a register.

use qrcode::{
    Color,
    canvas::{Canvas, MaskPattern},
};

/// The masks in the order in which the first of equals is taken.
const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// The dark modules of a code under its best mask, row by row.
pub(super) fn masked(canvas: &Canvas, side: usize) -> Vec<bool> {
    let under = |mask: &MaskPattern| {
        let mut canvas = canvas.clone();
        canvas.apply_mask(*mask);
        canvas
            .into_colors()
            .into_iter()
            .map(|color| color == Color::Dark)
            .collect::<Vec<bool>>()
    };
    MASKS
        .iter()
        .map(under)
        .min_by_key(|dark| penalty(dark, side))
        .unwrap_or_default()
}

/// How much a code deserves to be passed over.
fn penalty(dark: &[bool], side: usize) -> usize {
    let mut turned = Vec::with_capacity(dark.len());
    for column in 0..side {
        turned.extend(dark.iter().skip(column).step_by(side));
    }
    let lines = dark
        .chunks(side)
        .chain(turned.chunks(side))
        .map(line)
        .sum::<usize>();
    let squares = dark
        .chunks(side)
        .zip(dark.chunks(side).skip(1))
        .map(|(row, next)| squares(row, next))
        .sum::<usize>();
    let share = dark.iter().filter(|dark| **dark).count() * 200 / dark.len().max(1);
    lines + squares + share.abs_diff(100)
}

/// Five or more equal modules in a row, and the mark of a corner beside four light modules.
fn line(line: &[bool]) -> usize {
    let runs = line
        .chunk_by(|one, next| one == next)
        .filter(|run| run.len() >= 5)
        .map(|run| run.len() - 2)
        .sum::<usize>();
    // Fifteen modules: four, the seven of a mark, four. Beyond the edges all is light.
    let (mut last, mut marks) = (0_u16, 0);
    for dark in line.iter().copied().chain([false; 4]) {
        last = (last << 1 | u16::from(dark)) & 0x7fff;
        if last >> 4 & 0x7f == 0b101_1101 && (last >> 11 == 0 || last.trailing_zeros() >= 4) {
            marks += 40;
        }
    }
    runs + marks
}

/// Two by two equal modules.
fn squares(row: &[bool], next: &[bool]) -> usize {
    let equal = |(row, next): (&[bool], &[bool])| matches!((row, next), ([a, b], [c, d]) if a == b && b == c && c == d);
    row.windows(2)
        .zip(next.windows(2))
        .filter(|pair| equal(*pair))
        .count()
        * 3
}
