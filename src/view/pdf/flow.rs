//! Pieces on pages, one under the other: where a page ends, and what stands on each.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use super::{
    error::PdfError,
    look::{Frame, Look, THIN},
    measure::{Line, Measure, Style},
    page::Piece,
    paper::Paper,
    shape::Align,
};

/// Lengths that differ by less are the same.
const HAIRSBREADTH: f64 = 1e-6;
/// The foot of a page is no taller than this.
const TALLEST_FOOT: f64 = 60.0;
/// Distance between the text of a page and its foot.
const ABOVE_FOOT: f64 = 4.0;

/// Pages being filled from the top down.
pub(super) struct Flow<'a> {
    /// What is shown.
    pub(super) paper: &'a Paper,
    /// Measures text.
    pub(super) measure: Measure<'a>,
    /// How it looks.
    pub(super) look: Look,
    /// Where the next piece goes on the last page.
    pub(super) y: f64,
    pages: Vec<Piece>,
    /// Legal lines at the foot of each page.
    footer: Vec<Line>,
    /// Legal lines that are too many for the foot of each page: they stand once, at the end.
    pub(super) legal: Vec<Line>,
    /// Upper edge of the foot of each page.
    foot: f64,
    /// Where text starts on pages after the first.
    next_top: f64,
}

impl<'a> Flow<'a> {
    /// Starts with an empty page.
    pub(super) fn new(
        paper: &'a Paper,
        measure: Measure<'a>,
        look: Look,
    ) -> Result<Self, PdfError> {
        let (frame, print) = (look.frame, look.print());
        let mut footer = Vec::new();
        for line in &paper.footer {
            footer.extend(measure.wrap(line, print, frame.width)?);
        }
        let mut legal = Vec::new();
        if height(&footer) + print.leading() + 1.6 > TALLEST_FOOT {
            std::mem::swap(&mut footer, &mut legal);
        }
        let foot = frame.bottom - height(&footer) - print.leading() - 1.6;
        let next_top = frame.top + look.label().leading() + 5.0;
        let pages = vec![Piece::default()];
        Ok(Self {
            paper,
            measure,
            look,
            y: frame.top,
            pages,
            footer,
            legal,
            foot,
            next_top,
        })
    }

    /// Where text may stand.
    pub(super) fn frame(&self) -> Frame {
        self.look.frame
    }

    /// How many pages there are.
    pub(super) fn count(&self) -> usize {
        self.pages.len()
    }

    /// How much fits on this page still.
    pub(super) fn room(&self) -> f64 {
        self.foot - ABOVE_FOOT - self.y + HAIRSBREADTH
    }

    /// How much fits on an empty page after the first.
    pub(super) fn capacity(&self) -> f64 {
        self.foot - ABOVE_FOOT - self.next_top + HAIRSBREADTH
    }

    /// Whether nothing stands on this page yet.
    pub(super) fn fresh(&self) -> bool {
        self.pages.last().is_none_or(|page| page.items.is_empty())
    }

    /// Where the next piece would begin on this page.
    pub(super) fn next(&self) -> f64 {
        if self.fresh() {
            self.y
        } else {
            self.y + self.look.gap
        }
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Piece::default());
        self.y = self.next_top;
    }

    /// Puts a piece here, without looking whether it fits.
    pub(super) fn put(&mut self, piece: Piece) {
        let (y, height) = (self.y, piece.height);
        if let Some(page) = self.pages.last_mut() {
            page.stamp(piece, y);
        }
        self.y += height;
    }

    /// Puts a piece here or, if it does not fit, on the next page, with a gap before it. Tells whether it fits a page; where it does
    /// not, it is not put anywhere.
    pub(super) fn place(&mut self, piece: Piece) -> bool {
        if piece.items.is_empty() {
            return true;
        }
        // The first page has no running head: what fits there may not fit on another.
        let fits = piece.height <= self.room() && self.fresh();
        if piece.height > self.capacity() && !fits {
            return false;
        }
        if !self.fresh() {
            if piece.height + self.look.gap > self.room() {
                self.turn();
            } else {
                self.y += self.look.gap;
            }
        }
        self.put(piece);
        true
    }

    /// Puts lines here: whole on this page or the next if they are no higher than `whole`, else over several pages.
    pub(super) fn place_lines(&mut self, lines: &[Line], gap: f64, whole: f64) {
        let all = height(lines);
        if !lines.is_empty() && !self.fresh() {
            self.y += gap;
            // A few lines at least stand before a page ends.
            let least = if all <= whole {
                all
            } else {
                height(&lines[..lines.len().min(3)])
            };
            if all > self.room() && least > self.room() {
                self.turn();
            }
        }
        for line in lines {
            if line.style.leading() > self.room() {
                self.turn();
            }
            let mut piece = Piece::default();
            piece.line(
                self.frame().left,
                0.0,
                self.frame().width,
                Align::Left,
                line,
            );
            piece.height = line.style.leading();
            self.put(piece);
        }
    }

    /// Adds head and foot to each page, now that their number is known.
    pub(super) fn finish(mut self) -> Result<Vec<Piece>, PdfError> {
        let pages = self.pages.len();
        for page in 0..pages {
            let mut piece = self.foot_piece(page + 1, pages)?;
            if page > 0 {
                self.head_piece(&mut piece)?;
            }
            if let Some(page) = self.pages.get_mut(page) {
                page.stamp(piece, 0.0);
            }
        }
        Ok(self.pages)
    }

    fn foot_piece(&self, page: usize, pages: usize) -> Result<Piece, PdfError> {
        let Frame { left, width, .. } = self.frame();
        let (mut piece, print) = (Piece::default(), self.look.print());
        piece.rule(left, self.foot, width, THIN, self.look.colours.rule);
        let label = self.paper.page_label.replace("{page}", &page.to_string());
        let label = label.replace("{pages}", &pages.to_string());
        let mut y = self.foot + 1.6;
        let label = self.one_line(&label, print, width * 0.4)?;
        let running = self.one_line(&self.paper.running, print, width * 0.55)?;
        if let Some(line) = &running {
            piece.line(left, y, width, Align::Left, line);
        }
        if let Some(line) = &label {
            piece.line(left, y, width, Align::Right, line);
        }
        y += print.leading();
        piece.lines(left, y, width, Align::Left, &self.footer);
        Ok(piece)
    }

    fn head_piece(&self, piece: &mut Piece) -> Result<(), PdfError> {
        let Frame {
            left, top, width, ..
        } = self.frame();
        let label = self.look.label();
        if let Some(line) = self.one_line(&self.paper.running, label.bold(), width * 0.5)? {
            piece.line(left, top, width, Align::Left, &line);
        }
        let seller = self.paper.seller.first().map_or("", String::as_str);
        if let Some(line) = self.one_line(seller, label, width * 0.45)? {
            piece.line(left, top, width, Align::Right, &line);
        }
        piece.rule(
            left,
            top + label.leading() + 1.0,
            width,
            THIN,
            self.look.colours.rule,
        );
        Ok(())
    }

    /// The first line of a text that stands in full elsewhere.
    fn one_line(&self, text: &str, style: Style, width: f64) -> Result<Option<Line>, PdfError> {
        Ok(self.measure.wrap(text, style, width)?.into_iter().next())
    }
}

/// Height of lines under each other.
pub(super) fn height(lines: &[Line]) -> f64 {
    lines.iter().map(|line| line.style.leading()).sum()
}
