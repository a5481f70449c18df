//! The finishing stage: a real document from the pages that genpdf drew.
//!
//! Only the contents of the pages are taken over. Everything else is built anew in a fixed order:
//! catalogue, metadata, embedded fonts, logo, pages. So the same paper gives the same bytes.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use lopdf::{
    Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary, xref::XrefType,
};
use sha2::{Digest, Sha256};

use super::{
    alphabet::Alphabet,
    attach,
    content::{Ground, LOGO, face_name, text},
    deflate::compressed,
    draw::FACES,
    embed,
    error::PdfError,
    font::{Fonts, POINT},
    icc,
    image::{Coding, Picture},
    metadata,
    page::{Item, Kind, Piece, Sheets},
    paper::Paper,
    qr::Modules,
};

/// What the finishing stage works from.
pub(super) struct Finish<'a> {
    /// Metadata.
    pub(super) paper: &'a Paper,
    /// The pages as they were laid out.
    pub(super) sheets: &'a Sheets,
    /// Codes of the characters.
    pub(super) alphabet: &'a Alphabet,
    /// The fonts that are embedded.
    pub(super) fonts: &'a Fonts,
    /// The logo.
    pub(super) logo: Option<&'a Picture>,
    /// The code to scan.
    pub(super) qr: Option<&'a Modules>,
}

impl Finish<'_> {
    /// Makes a document of what genpdf drew.
    pub(super) fn finish(&self, drawn: &[u8]) -> Result<Vec<u8>, PdfError> {
        let contents = self.contents(drawn)?;
        let mut document = Document::with_version("1.7");
        let catalog = document.new_object_id();
        let pages = document.new_object_id();
        // 6.6.3: the information dictionary says what the metadata say.
        let info = document.add_object(metadata::info(self.paper));
        let mut root = self.catalog(&mut document, pages);
        let resources = self.resources(&mut document, &contents)?;
        let mut kids = Vec::with_capacity(contents.len());
        for (content, sheet) in contents.into_iter().zip(&self.sheets.pages) {
            let content = document.add_object(compressed(Dictionary::new(), content.as_bytes()));
            let mut page = self.page(pages, resources, content);
            let links = self.links(sheet);
            if !links.is_empty() {
                let links = links
                    .into_iter()
                    .map(|link| document.add_object(link).into())
                    .collect::<Vec<Object>>();
                page.set("Annots", links);
            }
            kids.push(document.add_object(page).into());
        }
        let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
        let tree = dictionary! { "Type" => "Pages", "Count" => count, "Kids" => kids };
        document.objects.insert(pages, tree.into());
        attach::attach(&mut document, &mut root, self.paper)?;
        document.objects.insert(catalog, root.into());
        // 6.1.3: no encryption.
        document.trailer.set("Root", catalog);
        document.trailer.set("Info", info);
        save(document)
    }

    /// The operators of each page: the ground, then the text.
    fn contents(&self, drawn: &[u8]) -> Result<Vec<String>, PdfError> {
        let drawn = Document::load_mem(drawn).map_err(engine)?;
        let qr = self.qr;
        let ground = Ground {
            sheets: self.sheets,
            qr,
            alphabet: self.alphabet,
        };
        let mut contents = Vec::with_capacity(self.sheets.pages.len());
        for (id, page) in drawn.page_iter().zip(&self.sheets.pages) {
            let mut content = ground.operators(page)?;
            content.push_str(&text(&drawn.get_page_content(id))?);
            contents.push(content);
        }
        if contents.len() == self.sheets.pages.len() {
            Ok(contents)
        } else {
            Err(PdfError::Engine("a page is missing".to_owned()))
        }
    }

    /// The catalogue, without what is embedded. 6.4, 6.5.2, 6.9, 6.10 and 6.11 ask for nothing: there are no forms, no
    /// actions, no layers, no presentations and no requirements in it.
    fn catalog(&self, document: &mut Document, pages: ObjectId) -> Dictionary {
        // 6.6.2.1: XMP metadata. 6.2.3: an output intent whose profile is sRGB, so that DeviceRGB and DeviceGray have a
        // meaning (6.2.4.3).
        let xmp = document.add_object(metadata::xmp(self.paper));
        // It is so small that compressing it would gain nothing.
        let profile =
            Stream::new(dictionary! { "N" => 3 }, icc::SRGB.to_vec()).with_compression(false);
        let profile = document.add_object(profile);
        let intent = dictionary! {
            "Type" => "OutputIntent",
            "S" => "GTS_PDFA1",
            "OutputConditionIdentifier" => Object::string_literal(icc::NAME),
            "RegistryName" => Object::string_literal("http://www.color.org"),
            "Info" => Object::string_literal(icc::NAME),
            "DestOutputProfile" => profile,
        };
        dictionary! {
            "Type" => "Catalog",
            "Pages" => pages,
            "Metadata" => xmp,
            "OutputIntents" => vec![intent.into()],
            "Lang" => Object::string_literal(self.paper.language.as_str()),
            "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
        }
    }

    fn page(&self, pages: ObjectId, resources: ObjectId, content: ObjectId) -> Dictionary {
        dictionary! {
            "Type" => "Page",
            "Parent" => pages,
            "MediaBox" => vec![0.into(), 0.into(), points(self.sheets.width), points(self.sheets.height)],
            "Resources" => resources,
            "Contents" => content,
        }
    }

    /// The links of a page, one a printed line, each with the whole URI.
    fn links(&self, page: &Piece) -> Vec<Dictionary> {
        let mut links = Vec::new();
        for Item { rect, kind } in &page.items {
            if let Kind::Link(uri) = kind {
                let (top, bottom) = (
                    self.sheets.height - rect.y,
                    self.sheets.height - rect.y - rect.height,
                );
                let corners = [rect.x, bottom, rect.x + rect.width, top].map(points);
                links.push(link(corners.to_vec(), uri.as_bytes()));
            }
        }
        links
    }

    /// Fonts and logo, shared by all pages.
    fn resources(
        &self,
        document: &mut Document,
        contents: &[String],
    ) -> Result<ObjectId, PdfError> {
        let mut fonts = Dictionary::new();
        for (face, &(_, set, bold)) in FACES.iter().enumerate() {
            let name = face_name(face);
            let used = embed::used(contents, &name);
            if used.iter().any(|used| *used) {
                let set = self.alphabet.set(set);
                let font = embed::embed(document, self.fonts.face(bold), bold, &set, &used)?;
                fonts.set(name, font);
            }
        }
        let mut resources = dictionary! { "Font" => fonts };
        if let Some(logo) = self.logo {
            let logo = document.add_object(picture(logo));
            resources.set("XObject", dictionary! { LOGO => logo });
        }
        Ok(document.add_object(resources))
    }
}

/// A link over a rectangle of a page.
///
/// 6.3.1 allows the kind, 6.5.1 the action. 6.3.2: it is printed, which for a link means nothing. 6.3.3 asks for no appearance.
pub(super) fn link(rect: Vec<Object>, uri: &[u8]) -> Dictionary {
    let action = dictionary! {
        "Type" => "Action",
        "S" => "URI",
        "URI" => Object::String(uri.to_vec(), StringFormat::Literal),
    };
    dictionary! {
        "Type" => "Annot",
        "Subtype" => "Link",
        "Rect" => rect,
        "Border" => vec![0.into(), 0.into(), 0.into()],
        "F" => 4,
        "A" => action,
    }
}

/// A picture as a stream.
fn picture(picture: &Picture) -> Stream {
    let space = if picture.color {
        "DeviceRGB"
    } else {
        "DeviceGray"
    };
    let filter = match picture.coding {
        Coding::Flate => "FlateDecode",
        Coding::Jpeg => "DCTDecode",
    };
    let dictionary = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => picture.width,
        "Height" => picture.height,
        "ColorSpace" => space,
        "BitsPerComponent" => 8,
        "Filter" => filter,
    };
    Stream::new(dictionary, picture.bytes.clone()).with_compression(false)
}

fn points(millimetres: f64) -> Object {
    let hundredths = format!("{:.2}", millimetres / POINT);
    Object::Real(hundredths.parse().unwrap_or_default())
}

/// Writes the document, named by a digest of all it holds.
///
/// 6.1.2: lopdf writes a comment of four bytes above 127 after the header. 6.1.4: it writes a table of references.
pub(super) fn save(mut document: Document) -> Result<Vec<u8>, PdfError> {
    // 6.1.3: an identifier. A place is kept for it, so that the document is written once.
    let place = [0xaa; 16];
    let id = Object::String(place.to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    document.reference_table.cross_reference_type = XrefType::CrossReferenceTable;
    let mut bytes = Vec::with_capacity(48 << 10);
    document
        .save_to(&mut bytes)
        .map_err(|error| PdfError::Engine(error.to_string()))?;
    let hex = |id: &[u8]| {
        id.iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    };
    let digest = hex(Sha256::digest(&bytes).get(..16).unwrap_or_default());
    let place = hex(&place);
    for _ in 0..2 {
        let at = bytes
            .windows(place.len())
            .rposition(|window| window.eq_ignore_ascii_case(place.as_bytes()));
        let at = at.and_then(|at| bytes.get_mut(at..at + place.len()));
        at.ok_or_else(|| PdfError::Engine("no place for the identifier".to_owned()))?
            .copy_from_slice(digest.as_bytes());
    }
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn engine(error: lopdf::Error) -> PdfError {
    PdfError::Engine(error.to_string())
}
