//! The finishing stage: a real document from the pages that genpdf drew.
//!
//! Only the contents of the pages are taken over. Everything else is built anew in a fixed order:
//! catalogue, metadata, embedded fonts, logo, pages. So the same paper gives the same bytes.
#![expect(clippy::float_arithmetic, reason = "lengths on a page are not money")]

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use sha2::{Digest, Sha256};

use super::{
    PdfError,
    alphabet::Alphabet,
    content::{Ground, LOGO, face_name, text},
    draw::FACES,
    embed,
    font::{Fonts, POINT},
    image::{Coding, Picture},
    metadata,
    page::Sheets,
    paper::Paper,
    qr::Modules,
};

/// How hard streams are compressed, from 0 to 10: higher gains little and costs much.
const LEVEL: u8 = 4;

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
        let info = document.add_object(metadata::info(self.paper));
        let xmp = document.add_object(metadata::xmp(self.paper));
        let resources = self.resources(&mut document, &contents)?;
        let mut kids = Vec::with_capacity(contents.len());
        for content in contents {
            let content = document.add_object(compressed(Dictionary::new(), content.as_bytes()));
            kids.push(document.add_object(self.page(pages, resources, content)).into());
        }
        let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
        let tree = dictionary! { "Type" => "Pages", "Count" => count, "Kids" => kids };
        document.objects.insert(pages, tree.into());
        document.objects.insert(catalog, self.catalog(pages, xmp).into());
        document.trailer.set("Root", catalog);
        document.trailer.set("Info", info);
        // PDF/A-3 comes in here: an output intent, a file specification for each attachment with
        // its stream, /AF and /Names in the catalogue, the extension schema in the XMP packet.
        save(document)
    }

    /// The operators of each page: the ground, then the text.
    fn contents(&self, drawn: &[u8]) -> Result<Vec<String>, PdfError> {
        let drawn = Document::load_mem(drawn).map_err(engine)?;
        let qr = self.qr;
        let ground = Ground { sheets: self.sheets, qr, alphabet: self.alphabet };
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

    fn catalog(&self, pages: ObjectId, xmp: ObjectId) -> Dictionary {
        dictionary! {
            "Type" => "Catalog",
            "Pages" => pages,
            "Metadata" => xmp,
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

    /// Fonts and logo, shared by all pages.
    fn resources(&self, document: &mut Document, contents: &[String]) -> Result<ObjectId, PdfError> {
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

/// A picture as a stream.
fn picture(picture: &Picture) -> Stream {
    let space = if picture.color { "DeviceRGB" } else { "DeviceGray" };
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

/// A stream of compressed bytes.
pub(super) fn compressed(mut dictionary: Dictionary, bytes: &[u8]) -> Stream {
    dictionary.set("Filter", "FlateDecode");
    let bytes = miniz_oxide::deflate::compress_to_vec_zlib(bytes, LEVEL);
    Stream::new(dictionary, bytes).with_compression(false)
}

fn points(millimetres: f64) -> Object {
    let hundredths = format!("{:.2}", millimetres / POINT);
    Object::Real(hundredths.parse().unwrap_or_default())
}

/// Writes the document, named by a digest of all it holds.
fn save(mut document: Document) -> Result<Vec<u8>, PdfError> {
    let engine = |error: std::io::Error| PdfError::Engine(error.to_string());
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(engine)?;
    let digest = Sha256::digest(&bytes);
    let id = digest.iter().take(16).copied().collect::<Vec<u8>>();
    let id = Object::String(id, StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    bytes.clear();
    document.save_to(&mut bytes).map_err(engine)?;
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn engine(error: lopdf::Error) -> PdfError {
    PdfError::Engine(error.to_string())
}
