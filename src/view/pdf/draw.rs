//! genpdf draws the text of the pages.
//!
//! It believes that the text is Windows-1252 in built-in fonts, so it embeds nothing and looks up
//! no glyph; see [`super::alphabet`]. Everything that is not text is left to the finishing stage.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use genpdf::{
    Context, Document, Element, Position, RenderResult, Size,
    error::{Error, ErrorKind},
    fonts::{FontData, FontFamily},
    render::Area,
    style::{self, Color},
};
use printpdf::BuiltinFont;

use super::{
    alphabet::{Alphabet, Run, carrier},
    error::PdfError,
    font::Fonts,
    measure::{Measure, Style},
    page::{Kind, Sheets},
    shape::Rgb,
    subset,
};

/// The names that genpdf writes for its faces, by set and weight.
pub(super) const FACES: [(&str, usize, bool); 4] = [
    ("Helvetica", 0, false),
    ("Helvetica-Bold", 0, true),
    ("Helvetica-Oblique", 1, false),
    ("Helvetica-BoldOblique", 1, true),
];

/// Faces that genpdf can read quickly: they hold no glyph but the empty box.
pub(super) fn hollow(fonts: &Fonts) -> Result<FontFamily<FontData>, PdfError> {
    let file = subset::hollow(&fonts.regular)?;
    let face = |builtin| FontData::new(file.clone(), Some(builtin)).map_err(engine);
    Ok(FontFamily {
        regular: face(BuiltinFont::Helvetica)?,
        bold: face(BuiltinFont::HelveticaBold)?,
        italic: face(BuiltinFont::HelveticaOblique)?,
        bold_italic: face(BuiltinFont::HelveticaBoldOblique)?,
    })
}

/// Draws the text of the pages. The bytes are a PDF that needs finishing.
pub(super) fn draw(
    sheets: &Sheets,
    alphabet: &Alphabet,
    fonts: &Fonts,
    faces: FontFamily<FontData>,
) -> Result<Vec<u8>, PdfError> {
    let mut pages = Vec::with_capacity(sheets.pages.len());
    for page in &sheets.pages {
        let mut texts = Vec::with_capacity(page.items.len());
        for item in &page.items {
            if let Kind::Text { text, style } = &item.kind {
                let base = item.rect.y + style.base();
                place(
                    &mut texts,
                    (item.rect.x, base),
                    text,
                    *style,
                    alphabet,
                    fonts,
                )?;
            }
        }
        pages.push(texts);
    }
    let mut document = Document::new(faces);
    document.set_minimal_conformance();
    document.set_paper_size(Size::new(sheets.width, sheets.height));
    document.push(Pages { pages, next: 0 });
    let mut bytes = Vec::new();
    document.render(&mut bytes).map_err(engine)?;
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn engine(error: Error) -> PdfError {
    PdfError::Engine(error.to_string())
}

/// A text of one set at its place.
struct Text {
    x: f64,
    base: f64,
    style: Style,
    set: usize,
    carried: String,
}

fn place(
    texts: &mut Vec<Text>,
    (mut x, base): (f64, f64),
    text: &str,
    style: Style,
    alphabet: &Alphabet,
    fonts: &Fonts,
) -> Result<(), PdfError> {
    for Run { set, text, codes } in alphabet.runs(text)? {
        let carried = codes.into_iter().map(carrier).collect();
        texts.push(Text {
            x,
            base,
            style,
            set,
            carried,
        });
        x += Measure::new(fonts).width(&text, style)?;
    }
    Ok(())
}

/// The element that genpdf renders, a page at a time.
struct Pages {
    pages: Vec<Vec<Text>>,
    next: usize,
}

impl Element for Pages {
    fn render(
        &mut self,
        context: &Context,
        area: Area<'_>,
        _: style::Style,
    ) -> Result<RenderResult, Error> {
        for text in self.pages.get(self.next).into_iter().flatten() {
            print(context, &area, text)?;
        }
        self.next += 1;
        Ok(RenderResult {
            size: area.size(),
            has_more: self.next < self.pages.len(),
        })
    }
}

fn print(context: &Context, area: &Area<'_>, text: &Text) -> Result<(), Error> {
    let Rgb(red, green, blue) = text.style.color;
    let mut style = style::Style::new()
        .with_font_size(text.style.size)
        .with_color(Color::Rgb(red, green, blue));
    if text.style.bold {
        style.set_bold();
    }
    if text.set == 1 {
        style.set_italic();
    }
    // genpdf wants the top of a box whose lower edge is the base line.
    let drop: f64 = style
        .font(&context.font_cache)
        .glyph_height(text.style.size)
        .into();
    let position = Position::new(text.x, text.base - drop);
    if area.print_str(&context.font_cache, position, style, &text.carried)? {
        Ok(())
    } else {
        Err(Error::new(
            "a text stands below the page",
            ErrorKind::PageSizeExceeded,
        ))
    }
}
