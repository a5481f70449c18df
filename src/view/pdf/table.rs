//! Tables: how wide their columns are, and rows over several pages.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use std::ops::Range;
use std::sync::Arc;

use super::{
    design::Surface,
    error::PdfError,
    flow::Flow,
    font::POINT,
    look::{Look, PAD, STRONG, THIN},
    measure::{Line, Measure, Style},
    page::Piece,
    paper::{Column, Row},
    shape::Align,
    surface::{ground, recolour},
};

/// The flexible column has at least this share of the table.
const FLEXIBLE: f64 = 0.3;

/// Columns with their places, ready to take rows.
pub(super) struct Table {
    columns: Vec<Place>,
    left: f64,
    width: f64,
    style: Style,
    titles: Vec<Vec<Line>>,
    look: Look,
}

/// A column on the page: its text stands between `x` and `x + width`.
struct Place {
    x: f64,
    width: f64,
    align: Align,
    flexible: bool,
    /// The decimal sign, and the width of what follows it at most.
    point: Option<(char, f64)>,
}

/// A row broken into lines, which is one piece or is split between two of its lines.
struct Broken {
    cells: Vec<Vec<Line>>,
    /// How far each cell stands from the right, so that decimal signs stand under each other.
    shifts: Vec<f64>,
    shaded: bool,
}

impl Broken {
    fn count(&self) -> usize {
        self.cells.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// What of a figure stands from its decimal sign on, or after its last digit; none where it is no figure.
fn fraction(text: &str, point: char) -> Option<&str> {
    let last = text.rfind(|c: char| c.is_ascii_digit())?;
    text.get(text.rfind(point).unwrap_or(last + 1)..)
}

impl Table {
    /// Finds the widths of the columns for these rows.
    pub(super) fn new(
        flow: &Flow<'_>,
        columns: &[Column],
        rows: &[&[String]],
        (left, width): (f64, f64),
        style: Style,
    ) -> Result<Self, PdfError> {
        let (measure, look) = (flow.measure, flow.look);
        let flexible = columns
            .iter()
            .position(|column| column.flexible)
            .unwrap_or(0);
        let title = look.small().bold();
        let mut widths = Vec::with_capacity(columns.len());
        let mut points = Vec::with_capacity(columns.len());
        for (at, column) in columns.iter().enumerate() {
            let (mut whole, mut part, mut other) =
                (0.0_f64, 0.0_f64, measure.natural(&column.title, title)?);
            for cell in rows.iter().filter_map(|row| row.get(at)) {
                let natural = measure.natural(cell, style)?;
                let tail = column
                    .point
                    .filter(|_| !cell.contains('\n'))
                    .and_then(|point| fraction(cell, point));
                if let Some(tail) = tail {
                    let tail = measure.width(tail, style)?;
                    (whole, part) = (whole.max(natural - tail), part.max(tail));
                } else {
                    other = other.max(natural);
                }
            }
            widths.push(other.max(whole + part));
            points.push(column.point.map(|point| (point, part)));
        }
        // Text stands level with the edges of the page, unless a coloured ground reaches there.
        let flush = !look.surfaces.header.is_filled() && !look.zebra;
        let edge = if flush { PAD } else { 0.0 };
        fit(&mut widths, flexible, width + 2.0 * edge);
        let (mut x, mut places) = (left - edge, Vec::with_capacity(columns.len()));
        for (at, ((column, width), point)) in columns.iter().zip(widths).zip(points).enumerate() {
            places.push(Place {
                x: x + PAD,
                width,
                align: column.align,
                flexible: at == flexible,
                point,
            });
            x += width + 2.0 * PAD;
        }
        let mut titles = Vec::with_capacity(columns.len());
        for (column, place) in columns.iter().zip(&places) {
            titles.push(measure.wrap(&column.title, title, place.width)?);
        }
        Ok(Self {
            columns: places,
            left,
            width,
            style,
            titles,
            look,
        })
    }

    /// The titles of the columns, level at their feet.
    pub(super) fn header(&self) -> Piece {
        let mut piece = Piece::default();
        let mut cells = Piece::default();
        let most = self.titles.iter().map(Vec::len).max().unwrap_or(0);
        for (place, lines) in self.columns.iter().zip(&self.titles) {
            let leading = self.look.small().leading();
            let missing = u32::try_from(most - lines.len()).unwrap_or(0);
            cells.lines(
                place.x,
                1.3 + f64::from(missing) * leading,
                place.width,
                place.align,
                lines,
            );
        }
        let height = cells.height + 1.3;
        let surface = self.look.surfaces.header;
        ground(
            &self.look, &mut piece, surface, self.left, 0.0, self.width, height,
        );
        match surface {
            Surface::Accent => recolour(&self.look, &mut cells),
            Surface::Plain => {
                piece.rule(
                    self.left,
                    height - STRONG * POINT,
                    self.width,
                    STRONG,
                    self.look.accent.text,
                );
            }
            _ => {}
        }
        piece.stamp(cells, 0.0);
        piece.height = height;
        piece
    }

    /// Breaks the cells of a row into lines.
    fn break_row(
        &self,
        measure: Measure<'_>,
        cells: &[String],
        detail: &[String],
        shaded: bool,
    ) -> Result<Broken, PdfError> {
        let mut broken = Vec::with_capacity(self.columns.len());
        let mut shifts = Vec::with_capacity(self.columns.len());
        for (place, cell) in self.columns.iter().zip(cells) {
            let lines = measure.wrap(cell, self.style, place.width)?;
            let mut shift = 0.0;
            if let (Some((point, widest)), [line]) = (place.point, lines.as_slice())
                && let Some(tail) = fraction(&line.text, point)
            {
                shift = (widest - measure.width(tail, self.style)?)
                    .clamp(0.0, (place.width - line.width).max(0.0));
            }
            broken.push(lines);
            shifts.push(shift);
        }
        let flexible = self.columns.iter().position(|place| place.flexible);
        if let Some((at, place)) = flexible.and_then(|at| Some((at, self.columns.get(at)?))) {
            broken.resize(broken.len().max(at + 1), Vec::new());
            for line in detail {
                if let Some(cell) = broken.get_mut(at) {
                    cell.extend(measure.wrap(line, self.look.label(), place.width)?);
                }
            }
        }
        shifts.resize(broken.len(), 0.0);
        Ok(Broken {
            cells: broken,
            shifts,
            shaded,
        })
    }

    /// Some lines of a row, with a rule under the last one.
    fn piece(&self, row: &Broken, lines: Range<usize>) -> Piece {
        let mut piece = Piece::default();
        let (pad, height) = (self.pad(), self.height(row, &lines));
        if row.shaded {
            piece.fill(self.left, 0.0, self.width, height, self.look.colours.panel);
        }
        for ((place, cell), shift) in self.columns.iter().zip(&row.cells).zip(&row.shifts) {
            let last = lines.end.min(cell.len());
            let part = cell.get(lines.start.min(last)..last).unwrap_or_default();
            let mut y = pad;
            for line in part {
                y = piece.line(place.x, y, place.width - shift, place.align, line);
            }
        }
        if lines.end == row.count() && self.look.rules {
            piece.rule(self.left, height, self.width, THIN, self.look.colours.rule);
        }
        piece.height = height;
        piece
    }

    /// Height of some lines of a row.
    fn height(&self, row: &Broken, lines: &Range<usize>) -> f64 {
        let part = |cell: &Vec<Line>| -> f64 {
            let lines = cell.iter().take(lines.end).skip(lines.start);
            lines.map(|line| line.style.leading()).sum()
        };
        row.cells.iter().map(part).fold(0.0, f64::max) + 2.0 * self.pad()
    }

    /// Height of a row of one line.
    fn least(&self) -> f64 {
        self.style.leading() + 2.0 * self.pad()
    }

    /// Space above and under a row.
    fn pad(&self) -> f64 {
        if self.style.size < self.look.body().size {
            self.look.row * 0.55
        } else {
            self.look.row
        }
    }

    /// All rows in one piece, the titles first.
    pub(super) fn whole(
        &self,
        measure: Measure<'_>,
        rows: &[Vec<String>],
    ) -> Result<Piece, PdfError> {
        let mut piece = self.header();
        piece.titles = Some(Arc::new(piece.clone()));
        for (at, cells) in rows.iter().enumerate() {
            let row = self.break_row(measure, cells, &[], false)?;
            let y = piece.height;
            // The rule under a row stays with it.
            piece.joints.extend((at > 0).then_some(y + THIN * POINT));
            piece.stamp(self.piece(&row, 0..row.count()), y);
        }
        Ok(piece)
    }
}

/// What the last rows stay with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keep {
    /// Height of the totals, which the last row keeps company.
    pub(super) totals: f64,
    /// So many of the last rows go to the next page together with everything that follows.
    pub(super) rows: usize,
    /// Height of everything that follows.
    pub(super) tail: f64,
}

/// Places the rows, and keeps what is asked for free under the last of them on its page. Gives how many rows stand on
/// that page.
pub(super) fn place(flow: &mut Flow<'_>, keep: Keep) -> Result<usize, PdfError> {
    let paper = flow.paper;
    if paper.columns.is_empty() || paper.rows.is_empty() {
        return Ok(0);
    }
    let cells: Vec<&[String]> = paper.rows.iter().map(|row| row.cells.as_slice()).collect();
    let extent = (flow.frame().left, flow.frame().width);
    let table = Table::new(flow, &paper.columns, &cells, extent, flow.look.body())?;
    let header = table.header();
    let mut rows = Rows {
        table: &table,
        capacity: flow.capacity() - header.height,
        header,
    };
    if rows.capacity < table.least() {
        return Err(PdfError::TooTall("lines"));
    }
    // Totals that leave no place for a row on their page stand without one.
    let totals = if rows.capacity < keep.totals + table.least() {
        0.0
    } else {
        keep.totals
    };
    let last = paper.rows.len() - 1;
    let turn = if keep.rows == 0 {
        None
    } else {
        paper.rows.len().checked_sub(keep.rows)
    };
    let mut all = Vec::with_capacity(paper.rows.len());
    for (at, Row { cells, detail }) in paper.rows.iter().enumerate() {
        all.push(table.break_row(flow.measure, cells, detail, flow.look.zebra && at % 2 == 0)?);
    }
    let rest: f64 = all
        .iter()
        .rev()
        .take(keep.rows)
        .map(|row| table.height(row, &(0..row.count())))
        .sum();
    let (mut page, mut company) = (flow.count(), 0);
    for (at, row) in all.iter().enumerate() {
        if turn == Some(at)
            && at > 0
            && rest + keep.tail > flow.room()
            && rest + keep.tail <= rows.capacity
        {
            rows.turn(flow);
        }
        rows.place(flow, row, at == 0, if at == last { totals } else { 0.0 });
        company = if flow.count() == page { company + 1 } else { 1 };
        page = flow.count();
    }
    Ok(company)
}

/// Rows on their way to the pages.
struct Rows<'t> {
    table: &'t Table,
    header: Piece,
    /// How much fits under the titles on an empty page.
    capacity: f64,
}

impl Rows<'_> {
    fn place(&mut self, flow: &mut Flow<'_>, row: &Broken, first: bool, reserve: f64) {
        let height = self.table.height(row, &(0..row.count()));
        let whole = height + reserve <= self.capacity;
        if first {
            let need = if whole {
                height + reserve
            } else {
                2.0 * self.table.least()
            };
            if !flow.fresh() && flow.look.gap + self.header.height + need > flow.room() {
                flow.turn();
            } else {
                flow.y += flow.look.gap;
            }
            flow.put(self.header.clone());
        }
        if whole {
            if height + reserve > flow.room() {
                self.turn(flow);
            }
            flow.put(self.table.piece(row, 0..row.count()));
        } else {
            self.split(flow, row, reserve);
        }
    }

    /// Places a row that is taller than a page: as many lines on each as fit, and at least one
    /// beside what is reserved.
    fn split(&mut self, flow: &mut Flow<'_>, row: &Broken, reserve: f64) {
        let count = row.count();
        let mut start = 0;
        while start < count {
            let rest = count - start;
            if self.table.height(row, &(start..count)) + reserve <= flow.room() {
                flow.put(self.table.piece(row, start..count));
                return;
            }
            let fits = |n: &usize| self.table.height(row, &(start..start + n)) <= flow.room();
            let most = (1..rest).take_while(fits).last();
            if let Some(lines) = most {
                flow.put(self.table.piece(row, start..start + lines));
                start += lines;
            }
            self.turn(flow);
        }
    }

    fn turn(&self, flow: &mut Flow<'_>) {
        flow.turn();
        flow.put(self.header.clone());
    }
}

/// Gives the flexible column what the others leave, and narrows the others where they leave too
/// little. Widths are those of the text; each column has a pad on both sides besides.
fn fit(widths: &mut [f64], flexible: usize, total: f64) {
    let count = f64::from(u32::try_from(widths.len()).unwrap_or(u32::MAX));
    let inner = total - 2.0 * PAD * count;
    let most = inner * (1.0 - FLEXIBLE);
    let sized = |widths: &[f64]| -> f64 {
        widths
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != flexible)
            .map(|(_, width)| width)
            .sum()
    };
    // The widest gives way first: a limit common to all is lowered until they fit.
    let mut limit = widths.iter().copied().fold(0.0, f64::max);
    while sized(widths) > most && limit > 0.1 {
        limit *= 0.95;
        for (at, width) in widths.iter_mut().enumerate() {
            if at != flexible {
                *width = width.min(limit);
            }
        }
    }
    let rest = (inner - sized(widths)).max(0.0);
    if let Some(width) = widths.get_mut(flexible) {
        *width = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_table_and_wide_ones_give_way() {
        let mut widths = [300.0, 10.0, 20.0];
        fit(&mut widths, 0, 112.0);
        assert!(
            widths
                .iter()
                .zip([70.0, 10.0, 20.0])
                .all(|(w, e)| (w - e).abs() < 1e-9)
        );
        let mut widths = [10.0, 400.0, 20.0];
        fit(&mut widths, 0, 112.0);
        assert!((widths.iter().sum::<f64>() - 100.0).abs() < 1e-9);
        assert!(widths[0] >= 30.0 && (widths[2] - 20.0).abs() < 1e-9);
        let mut one = [5.0];
        fit(&mut one, 0, 50.0);
        assert!((one[0] - 46.0).abs() < 1e-9);
    }
}
