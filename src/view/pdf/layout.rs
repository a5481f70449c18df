//! From a paper to pages.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    blocks::{self, Images},
    design::{BlockName, Row},
    error::PdfError,
    flow::{Flow, height},
    font::Fonts,
    look::{GHOST, Look},
    measure::{Line, Measure, Style},
    page::{Piece, Sheets, Watermark},
    paper::Paper,
    spread,
    table::{self, Keep},
};

/// Angle of the word behind the page, in degrees.
const SLOPE: f64 = 52.0;
/// Paragraphs before the table stay whole up to this part of a page.
const KEPT: f64 = 0.25;

/// How the end of a document is brought together.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Smaller distances.
    squeeze: bool,
    /// So many rows of the table go to the next page with what follows them.
    rows: usize,
    /// What follows the totals stays in one piece.
    together: bool,
}

/// Tried one after the other until the last page holds more than small print.
const PLANS: [Plan; 5] = [
    Plan {
        squeeze: false,
        rows: 0,
        together: false,
    },
    Plan {
        squeeze: true,
        rows: 0,
        together: false,
    },
    Plan {
        squeeze: false,
        rows: 3,
        together: false,
    },
    Plan {
        squeeze: false,
        rows: 2,
        together: false,
    },
    Plan {
        squeeze: false,
        rows: 0,
        together: true,
    },
];

/// Lays out a paper. `logo` is width through height of the logo; `qr` is the width of the code to
/// scan in millimetres, quiet zone included.
pub(super) fn lay_out(
    paper: &Paper,
    fonts: &Fonts,
    logo: Option<f64>,
    qr: Option<f64>,
) -> Result<Sheets, PdfError> {
    let (measure, images) = (
        Measure::new(fonts).linking(&paper.links),
        Images { logo, qr },
    );
    let look = Look::new(&paper.design, paper.size, paper.accent);
    let mut first = None;
    let mut pages = None;
    for plan in PLANS {
        // So few rows that the page they leave would look empty stay where they are.
        if plan.rows > 0 && paper.rows.len() < plan.rows * 2 {
            continue;
        }
        let layout = Layout {
            plan,
            flow: Flow::new(
                paper,
                measure,
                if plan.squeeze { look.squeezed() } else { look },
            )?,
        };
        let (flow, ends_well) = layout.place(images)?;
        if ends_well {
            pages = Some(flow);
            break;
        }
        first.get_or_insert(flow);
    }
    let pages = match pages.or(first) {
        Some(flow) => flow.finish()?,
        None => Vec::new(),
    };
    let (width, height) = paper.size.millimetres();
    let watermark = watermark(paper, measure, look, width.hypot(height))?;
    Ok(Sheets {
        width,
        height,
        pages,
        watermark,
    })
}

/// Something that follows the table.
enum Part<'a> {
    /// It stays whole.
    Whole(Piece, &'a Row),
    /// It may go on over pages.
    Lines(Vec<Line>),
}

impl Part<'_> {
    fn height(&self) -> f64 {
        match self {
            Self::Whole(piece, _) => piece.height,
            Self::Lines(lines) => height(lines),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Whole(piece, _) => piece.items.is_empty(),
            Self::Lines(lines) => lines.is_empty(),
        }
    }
}

struct Layout<'a> {
    plan: Plan,
    flow: Flow<'a>,
}

impl<'a> Layout<'a> {
    /// Places everything. Tells whether the last page holds more than the end of the small print.
    fn place(mut self, images: Images) -> Result<(Flow<'a>, bool), PdfError> {
        let (rows, gap) = (&self.flow.paper.design.rows, self.flow.look.gap);
        let table = rows
            .iter()
            .position(|row| row.blocks().any(|block| block == BlockName::Lines));
        let (head, tail) = rows.split_at(table.unwrap_or(rows.len()));
        for (at, row) in head.iter().enumerate() {
            let next = head
                .get(at + 1)
                .filter(|next| !next.blocks().any(BlockName::is_long));
            let next = next
                .map(|next| blocks::row(&self.flow, next, images))
                .transpose()?;
            self.head(
                row,
                images,
                next.filter(|next| !next.items.is_empty())
                    .map_or(0.0, |next| next.height),
            )?;
        }
        let mut parts = Vec::with_capacity(tail.len());
        for row in tail.iter().skip(1) {
            let part = self.part(row, images)?;
            if !part.is_empty() {
                parts.push(part);
            }
        }
        let company = self.table(&parts)?;
        let last_row = self.flow.count();
        let totals = usize::from(
            tail.get(1)
                .is_some_and(|row| row.blocks().any(|block| block == BlockName::Totals)),
        );
        self.tail(parts, totals, images)?;
        let rows = self.flow.paper.rows.len();
        let ends_well = self.flow.count() == last_row && (company > 1 || last_row == 1 || rows < 4);
        let legal = std::mem::take(&mut self.flow.legal);
        self.flow.place_lines(&legal, gap, 0.0);
        let ends_well = ends_well || self.plan.together || rows == 0 && self.flow.count() == 1;
        Ok((self.flow, ends_well))
    }

    /// Places a row of blocks before the table. What follows it, of the height `next`, keeps the last two paragraphs company: a
    /// signature never stands alone on its page.
    fn head(&mut self, row: &Row, images: Images, next: f64) -> Result<(), PdfError> {
        let gap = self.flow.look.gap;
        match row {
            Row::Whole(blocks) if blocks.iter().any(|block| block.is_long()) => {
                let paragraphs = blocks::paragraphs(&self.flow, blocks)?;
                let last = paragraphs.len().saturating_sub(2);
                let end: f64 = paragraphs
                    .iter()
                    .skip(last)
                    .map(|lines| height(lines) + gap * 0.5)
                    .sum();
                for (at, lines) in paragraphs.iter().enumerate() {
                    let is_end = at == last && next > 0.0 && end + next + gap > self.flow.room();
                    if is_end && end + next + gap <= self.flow.capacity() && !self.flow.fresh() {
                        self.flow.turn();
                    }
                    let whole = self.flow.capacity() * KEPT;
                    self.flow
                        .place_lines(lines, if at == 0 { gap } else { gap * 0.5 }, whole);
                }
                Ok(())
            }
            _ => {
                let piece = blocks::row(&self.flow, row, images)?;
                self.whole(piece, row, images)
            }
        }
    }

    /// Places a row of blocks: in one piece, or over several pages where no page holds it.
    fn whole(&mut self, piece: Piece, row: &Row, images: Images) -> Result<(), PdfError> {
        if self.flow.place(piece) {
            Ok(())
        } else {
            spread::spread(&mut self.flow, row, images)
        }
    }

    /// Makes a row of blocks after the table.
    fn part<'r>(&self, row: &'r Row, images: Images) -> Result<Part<'r>, PdfError> {
        Ok(match row {
            Row::Whole(blocks) if blocks.iter().any(|block| block.is_long()) => {
                Part::Lines(blocks::paragraphs(&self.flow, blocks)?.concat())
            }
            _ => Part::Whole(blocks::row(&self.flow, row, images)?, row),
        })
    }

    /// Places the table; the part that follows it keeps its last row company. Gives how many rows stand on the last page.
    fn table(&mut self, parts: &[Part<'_>]) -> Result<usize, PdfError> {
        let gap = self.flow.look.gap;
        let space = |part: &Part| part.height() + gap + 0.01;
        let totals = match parts.first() {
            Some(part @ Part::Whole(..)) => space(part),
            _ => 0.0,
        };
        let keep = Keep {
            totals,
            rows: self.plan.rows,
            tail: parts.iter().map(space).sum(),
        };
        table::place(&mut self.flow, keep)
    }

    /// Places what follows the table. The first `totals` parts stand by themselves.
    fn tail(
        &mut self,
        parts: Vec<Part<'_>>,
        totals: usize,
        images: Images,
    ) -> Result<(), PdfError> {
        let gap = self.flow.look.gap;
        let mut rest: f64 = parts
            .iter()
            .skip(totals)
            .map(|part| part.height() + gap)
            .sum();
        for (at, part) in parts.into_iter().enumerate() {
            if at == totals
                && self.plan.together
                && rest > self.flow.room()
                && rest - gap <= self.flow.capacity()
            {
                self.flow.turn();
                rest = 0.0;
            }
            match part {
                Part::Whole(piece, row) => self.whole(piece, row, images)?,
                Part::Lines(lines) => {
                    let whole = self.flow.capacity();
                    self.flow.place_lines(&lines, gap, whole);
                }
            }
        }
        Ok(())
    }
}

/// The word behind the page, as large as the diagonal allows.
fn watermark(
    paper: &Paper,
    measure: Measure<'_>,
    look: Look,
    diagonal: f64,
) -> Result<Option<Watermark>, PdfError> {
    let Some(text) = paper
        .watermark
        .as_deref()
        .filter(|text| !text.trim().is_empty())
    else {
        return Ok(None);
    };
    let text = text.lines().collect::<Vec<_>>().join(" ");
    let style = Style {
        size: 1,
        color: GHOST,
        ..look.strong()
    };
    let one = measure.width(&text, style)?;
    let fits = |size: &u8| f64::from(*size) * one <= diagonal * 0.72;
    let size = (1..=110).rev().find(fits).unwrap_or(1);
    let line = Line {
        width: one * f64::from(size),
        style: Style { size, ..style },
        text,
        links: Vec::new(),
    };
    Ok(Some(Watermark { line, angle: SLOPE }))
}
