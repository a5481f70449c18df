//! Every document is a PDF/A-3b: the rules of ISO 19005-3 that can be looked up in its structure, clause by clause.
//!
//! Not judged here, for want of a reader of its own: whether glyphs look as they should, and whether a JPEG can be
//! decoded to its end.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, Stream, content::Content};
use md5::Digest;

use super::{
    Engine, PageSize, Paper,
    samples::{e_invoice, hard, paper, strings, timesheet},
};
use crate::view::link::Link;

/// Keys that no dictionary of ours has, with their clause.
const FORBIDDEN: [(&str, &str); 28] = [
    ("Encrypt", "6.1.3"),
    ("FFilter", "6.1.7"),
    ("FDecodeParms", "6.1.7"),
    ("DestOutputProfileRef", "6.2.3"),
    ("ExtGState", "6.2.5"),
    ("TR", "6.2.5"),
    ("TR2", "6.2.5"),
    ("HTP", "6.2.5"),
    ("Intent", "6.2.6"),
    ("Alternates", "6.2.8"),
    ("OPI", "6.2.8"),
    ("Interpolate", "6.2.8"),
    ("PS", "6.2.9"),
    ("Ref", "6.2.9"),
    ("SMask", "6.2.10"),
    ("Mask", "6.2.10"),
    ("Group", "6.2.10"),
    ("BM", "6.2.10"),
    ("Encoding", "6.2.11.6"),
    ("AcroForm", "6.4"),
    ("NeedsRendering", "6.4.2"),
    ("OpenAction", "6.5.1"),
    ("JavaScript", "6.5.1"),
    ("AA", "6.5.2"),
    ("OCProperties", "6.9"),
    ("AlternatePresentations", "6.10"),
    ("PresSteps", "6.10"),
    ("Requirements", "6.11"),
];

/// A document and its bytes.
struct Archive<'a> {
    bytes: &'a [u8],
    document: Document,
}

impl Archive<'_> {
    fn get<'d>(&'d self, dictionary: &'d Dictionary, key: &str) -> &'d Object {
        dictionary
            .get_deref(key.as_bytes(), &self.document)
            .unwrap_or_else(|_| panic!("no {key} in {dictionary:?}"))
    }

    fn catalog(&self) -> &Dictionary {
        self.document.catalog().unwrap()
    }

    /// 6.1.2, 6.1.3, 6.1.4, 6.1.9: header, trailer, table of references, objects.
    fn file(&self) {
        let bytes = self.bytes;
        assert!(bytes.starts_with(b"%PDF-1.7\n%"));
        assert!(bytes[10..14].iter().all(|byte| *byte > 127) && bytes[14] == b'\n');
        assert!(bytes.ends_with(b"%%EOF"));
        assert_eq!(bytes.windows(5).filter(|w| w == b"%%EOF").count(), 1);
        let id = self
            .document
            .trailer
            .get(b"ID")
            .unwrap()
            .as_array()
            .unwrap();
        let [Object::String(one, _), Object::String(other, _)] = id.as_slice() else {
            panic!("{id:?}")
        };
        assert!(one == other && one.len() == 16 && one.iter().any(|byte| *byte != one[0]));
        let text = String::from_utf8_lossy(&bytes[bytes.len() - 40..]).into_owned();
        let at: usize = text
            .split("startxref\n")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let table = std::str::from_utf8(&bytes[at..]).unwrap();
        let mut lines = table.split('\n');
        assert_eq!(lines.next(), Some("xref"));
        let count: usize = lines
            .next()
            .unwrap()
            .strip_prefix("0 ")
            .unwrap()
            .trim_end()
            .parse()
            .unwrap();
        assert!(count < 8_388_607, "6.1.13");
        assert_eq!(lines.next(), Some("0000000000 65535 f "));
        for (number, line) in (1..count).zip(lines) {
            assert!(line.len() == 19 && line.ends_with(" 00000 n "), "{line}");
            let object = &bytes[line[..10].parse::<usize>().unwrap()..];
            assert!(
                object.starts_with(format!("{number} 0 obj\n").as_bytes()),
                "{number}"
            );
        }
        let ends = bytes
            .windows(6)
            .enumerate()
            .filter(|(_, w)| *w == b"endobj");
        assert!(ends.clone().count() >= count - 1);
        assert!(
            ends.filter(|(at, _)| bytes[at - 1] == b'\n' && bytes[at + 6] == b'\n')
                .count()
                >= count - 1
        );
    }

    /// 6.1.6, 6.1.7, 6.1.8, 6.1.13: strings, streams, names and limits, and all that nothing may say.
    fn objects(&self) {
        for object in self.document.objects.values() {
            self.object(object);
        }
    }

    fn object(&self, object: &Object) {
        match object {
            Object::Integer(number) => assert!(i32::try_from(*number).is_ok()),
            Object::String(text, _) => assert!(text.len() < 32_767),
            Object::Name(name) => assert!(name.len() <= 127 && std::str::from_utf8(name).is_ok()),
            Object::Array(list) => list.iter().for_each(|object| self.object(object)),
            Object::Dictionary(dictionary) => self.dictionary(dictionary),
            Object::Stream(stream) => {
                self.dictionary(&stream.dict);
                assert!(!stream.dict.has(b"F"), "6.1.7");
                let filter = stream
                    .dict
                    .get(b"Filter")
                    .map_or(b"FlateDecode".as_slice(), |f| f.as_name().unwrap());
                assert!(matches!(filter, b"FlateDecode" | b"DCTDecode"), "6.1.7");
                let length = stream.dict.get(b"Length").unwrap().as_i64().unwrap();
                assert_eq!(usize::try_from(length).unwrap(), stream.content.len());
                let whole = [b"stream\n", stream.content.as_slice(), b"\nendstream"].concat();
                assert!(
                    self.bytes
                        .windows(whole.len())
                        .any(|window| window == whole),
                    "6.1.7"
                );
            }
            _ => {}
        }
    }

    fn dictionary(&self, dictionary: &Dictionary) {
        for (key, clause) in FORBIDDEN {
            assert!(
                !dictionary.has(key.as_bytes()),
                "{clause}: {key} in {dictionary:?}"
            );
        }
        dictionary
            .iter()
            .for_each(|(_, object)| self.object(object));
    }

    /// 6.2.3: one output intent, whose profile is an RGB display.
    fn output_intent(&self) {
        let [intent] = self
            .get(self.catalog(), "OutputIntents")
            .as_array()
            .unwrap()
            .as_slice()
        else {
            panic!()
        };
        let intent = intent.as_dict().unwrap();
        assert_eq!(self.get(intent, "S").as_name().unwrap(), b"GTS_PDFA1");
        let profile = self.get(intent, "DestOutputProfile").as_stream().unwrap();
        assert_eq!(self.get(&profile.dict, "N").as_i64().unwrap(), 3);
        assert_eq!(
            (&profile.content[12..20], profile.content[8]),
            (b"mntrRGB ".as_slice(), 4)
        );
    }

    /// 6.6.2, 6.6.3, 6.6.4: the metadata, and the information dictionary, which says the same.
    fn metadata(&self, paper: &Paper) {
        let stream = self.get(self.catalog(), "Metadata").as_stream().unwrap();
        assert!(!stream.dict.has(b"Filter"));
        let xmp = std::str::from_utf8(&stream.content).unwrap();
        assert!(xmp.starts_with(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta"
        ));
        assert!(xmp.ends_with("<?xpacket end=\"w\"?>"));
        balanced(xmp);
        let value = |name: &str| {
            let inside = between(xmp, &format!("<{name}>"), &format!("</{name}>"));
            let inside = inside
                .rsplit_once("</rdf:li>")
                .map_or(inside, |(inside, _)| inside);
            let inside = inside
                .split_once("<rdf:li")
                .map_or(inside, |(_, inside)| inside.split_once('>').unwrap().1);
            inside
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
        };
        assert_eq!(
            (value("pdfaid:part"), value("pdfaid:conformance")),
            ("3".to_owned(), "B".to_owned())
        );
        let info = self.get(&self.document.trailer, "Info").as_dict().unwrap();
        let pairs = [
            ("Title", "dc:title"),
            ("Author", "dc:creator"),
            ("Creator", "xmp:CreatorTool"),
            ("Producer", "pdf:Producer"),
        ];
        for (key, name) in pairs {
            assert_eq!(
                lopdf::decode_text_string(self.get(info, key)).unwrap(),
                value(name)
            );
        }
        for (key, name) in [
            ("CreationDate", "xmp:CreateDate"),
            ("ModDate", "xmp:ModifyDate"),
        ] {
            let date = String::from_utf8(self.get(info, key).as_str().unwrap().to_vec()).unwrap();
            assert_eq!(
                date.replace("D:", ""),
                value(name).replace(['-', ':', 'T'], "")
            );
        }
        assert_eq!(value("dc:language"), paper.language);
        assert_eq!(
            self.get(self.catalog(), "Lang").as_str().unwrap(),
            paper.language.as_bytes()
        );
        // 6.6.2.3: what XMP does not define is described, property by property.
        let own: BTreeSet<&str> = xmp
            .split("<fx:")
            .skip(1)
            .map(|part| part.split('>').next().unwrap())
            .collect();
        let described = xmp
            .split("<pdfaProperty:name>")
            .skip(1)
            .map(|part| part.split('<').next().unwrap())
            .collect();
        assert_eq!(own, described);
        assert_eq!(own.len(), if paper.e_invoice.is_some() { 4 } else { 0 });
        if paper.e_invoice.is_some() {
            assert_eq!(
                (value("fx:DocumentType"), value("fx:Version")),
                ("INVOICE".to_owned(), "1.0".to_owned())
            );
            assert_eq!(value("fx:ConformanceLevel"), "EN 16931");
            assert_eq!(value("fx:DocumentFileName"), "factur-x.xml");
            assert!(xmp.contains(
                "<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</"
            ));
        }
    }

    /// 6.3, 6.5: annotations are links, which are printed and have no appearance, and their action opens a URI.
    fn links(&self) {
        let mut places = 0;
        for object in self.document.objects.values() {
            let Ok(note) = object.as_dict() else { continue };
            // An action stands in a link and nowhere else.
            let is_link = note
                .get(b"Subtype")
                .is_ok_and(|name| name.as_name().is_ok_and(|name| name == b"Link"));
            assert_eq!(is_link, note.has(b"A"), "6.5.1");
            if !is_link {
                continue;
            }
            places += 1;
            assert_eq!(self.get(note, "Type").as_name().unwrap(), b"Annot");
            assert_eq!(
                self.get(note, "F").as_i64().unwrap(),
                4,
                "6.3.2: printed, not hidden"
            );
            assert!(
                !note.has(b"AP") && !note.has(b"C") && !note.has(b"CA"),
                "6.3.3"
            );
            let edges: Vec<i64> = self
                .get(note, "Border")
                .as_array()
                .unwrap()
                .iter()
                .map(|edge| edge.as_i64().unwrap())
                .collect();
            assert_eq!(edges, [0, 0, 0]);
            let action = self.get(note, "A").as_dict().unwrap();
            assert_eq!(self.get(action, "S").as_name().unwrap(), b"URI", "6.5.1");
            assert!(!action.has(b"Next") && !action.has(b"IsMap"));
            let uri = std::str::from_utf8(self.get(action, "URI").as_str().unwrap()).unwrap();
            assert!(crate::view::link::is_safe(uri), "{uri}");
        }
        let pages = self
            .document
            .page_iter()
            .map(|id| self.document.get_dictionary(id).unwrap());
        let listed = pages
            .filter(|page| page.has(b"Annots"))
            .map(|page| self.get(page, "Annots").as_array().unwrap());
        assert_eq!(
            listed.map(Vec::len).sum::<usize>(),
            places,
            "each link is one of a page"
        );
    }

    /// 6.2.2, 6.2.4.3, 6.1.13: each page has its resources, and shows with them what PDF 1.7 knows.
    fn pages(&self) {
        for id in self.document.page_iter() {
            let page = self.document.get_dictionary(id).unwrap();
            let edges = self.get(page, "MediaBox").as_array().unwrap();
            assert!(
                edges[2..]
                    .iter()
                    .all(|edge| (3.0..=14400.0).contains(&edge.as_float().unwrap()))
            );
            let resources = self.get(page, "Resources").as_dict().unwrap();
            let fonts = self.get(resources, "Font").as_dict().unwrap();
            let mut codes: BTreeMap<Vec<u8>, BTreeSet<u8>> = BTreeMap::new();
            let (mut font, mut depth, mut deepest) = (Vec::new(), 0, 0);
            for operation in Content::decode(&self.document.get_page_content(id))
                .unwrap()
                .operations
            {
                match (operation.operator.as_str(), operation.operands.as_slice()) {
                    ("q", _) => depth += 1,
                    ("Q", _) => depth -= 1,
                    ("Tf", [Object::Name(name), _]) => font.clone_from(name),
                    ("Tj", [Object::String(text, _)]) => {
                        codes.entry(font.clone()).or_default().extend(text);
                    }
                    ("Do", [Object::Name(name)]) => {
                        let images = self.get(resources, "XObject").as_dict().unwrap();
                        self.image(
                            images
                                .get_deref(name, &self.document)
                                .unwrap()
                                .as_stream()
                                .unwrap(),
                        );
                    }
                    ("BT" | "ET" | "Td" | "Tm" | "rg" | "g" | "re" | "f" | "cm", _) => {}
                    (other, _) => panic!("6.2.2: {other}"),
                }
                deepest = deepest.max(depth);
            }
            assert!(depth == 0 && deepest <= 28, "6.1.13");
            for (name, codes) in codes {
                self.font(
                    fonts
                        .get_deref(&name, &self.document)
                        .unwrap()
                        .as_dict()
                        .unwrap(),
                    &codes,
                );
            }
        }
    }

    /// 6.2.4.3, 6.2.8: a picture in the colours of the output intent.
    fn image(&self, image: &Stream) {
        let space = self.get(&image.dict, "ColorSpace").as_name().unwrap();
        assert!(matches!(space, b"DeviceRGB" | b"DeviceGray"));
        assert_eq!(
            self.get(&image.dict, "BitsPerComponent").as_i64().unwrap(),
            8
        );
    }

    /// 6.2.11: a symbolic TrueType font with all that the text needs.
    fn font(&self, font: &Dictionary, codes: &BTreeSet<u8>) {
        let number = |dictionary, key| self.get(dictionary, key).as_i64().unwrap();
        let name =
            String::from_utf8(self.get(font, "BaseFont").as_name().unwrap().to_vec()).unwrap();
        let (tag, _) = name.split_once('+').unwrap();
        assert!(
            tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()),
            "{name}"
        );
        for (key, value) in [("Type", "Font"), ("Subtype", "TrueType")] {
            assert_eq!(self.get(font, key).as_name().unwrap(), value.as_bytes());
        }
        let (first, last) = (number(font, "FirstChar"), number(font, "LastChar"));
        let widths = self.get(font, "Widths").as_array().unwrap();
        assert_eq!(
            i64::try_from(widths.len()).unwrap(),
            last - first + 1,
            "6.2.11.2"
        );
        let descriptor = self.get(font, "FontDescriptor").as_dict().unwrap();
        assert_eq!(self.get(descriptor, "FontName"), self.get(font, "BaseFont"));
        for key in [
            "FontBBox",
            "ItalicAngle",
            "Ascent",
            "Descent",
            "CapHeight",
            "StemV",
        ] {
            self.get(descriptor, key);
        }
        // 6.2.11.6: symbolic, without an Encoding (see FORBIDDEN), and the table has the encoding (3, 0).
        assert_eq!(number(descriptor, "Flags") & 0b10_0100, 4);
        let program = self.get(descriptor, "FontFile2").as_stream().unwrap();
        let file = program.decompressed_content().unwrap();
        assert_eq!(
            usize::try_from(number(&program.dict, "Length1")).unwrap(),
            file.len()
        );
        let face = ttf_parser::Face::parse(&file, 0).unwrap();
        let tables = face.tables().cmap.unwrap().subtables;
        let symbols = tables
            .into_iter()
            .find(|t| (t.platform_id as u16, t.encoding_id) == (3, 0))
            .unwrap();
        let meaning = self
            .get(font, "ToUnicode")
            .as_stream()
            .unwrap()
            .decompressed_content()
            .unwrap();
        let meaning = String::from_utf8(meaning).unwrap();
        for code in codes {
            // 6.2.11.4, 6.2.11.8: the glyph is there, and is not the empty box.
            let glyph = symbols.glyph_index(0xf000 + u32::from(*code)).unwrap();
            assert_ne!(glyph.0, 0);
            // 6.2.11.5: its width is that of the document, within a thousandth of an em.
            let width = widths[usize::try_from(i64::from(*code) - first).unwrap()]
                .as_i64()
                .unwrap();
            let exact = i64::from(face.glyph_hor_advance(glyph).unwrap()) * 1000;
            assert!(
                (width * i64::from(face.units_per_em()) - exact).abs()
                    <= i64::from(face.units_per_em())
            );
            assert!(meaning.contains(&format!("\n<{code:02X}> <")), "{code}");
        }
    }

    /// 6.8, annex E: embedded files, their specifications and their association with the document.
    fn embedded(&self, paper: &Paper) {
        let count = paper.embedded.len() + usize::from(paper.e_invoice.is_some());
        assert_eq!(self.catalog().has(b"AF"), count > 0);
        assert_eq!(self.catalog().has(b"Names"), count > 0);
        if count == 0 {
            return;
        }
        let names = self.get(self.catalog(), "Names").as_dict().unwrap();
        let tree = self
            .get(self.get(names, "EmbeddedFiles").as_dict().unwrap(), "Names")
            .as_array()
            .unwrap();
        let keys: Vec<&[u8]> = tree
            .iter()
            .step_by(2)
            .map(|key| key.as_str().unwrap())
            .collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{keys:?}");
        let listed: BTreeSet<_> = tree
            .iter()
            .skip(1)
            .step_by(2)
            .map(|id| id.as_reference().unwrap())
            .collect();
        let associated = self.get(self.catalog(), "AF").as_array().unwrap();
        let associated: Vec<_> = associated
            .iter()
            .map(|id| id.as_reference().unwrap())
            .collect();
        assert_eq!(
            (associated.len(), listed),
            (count, associated.iter().copied().collect())
        );
        let known = paper
            .e_invoice
            .iter()
            .map(|invoice| ("factur-x.xml", "text/xml", "Alternative", &invoice.xml));
        let known = known.chain(paper.embedded.iter().map(|file| {
            let relationship = ["Data", "Source", "Alternative"][file.relationship as usize];
            (
                file.name.as_str(),
                file.mime.as_str(),
                relationship,
                &file.bytes,
            )
        }));
        for (id, (name, mime, relationship, bytes)) in associated.into_iter().zip(known) {
            let file = self.document.get_dictionary(id).unwrap();
            assert_eq!(self.get(file, "Type").as_name().unwrap(), b"Filespec");
            assert_eq!(
                lopdf::decode_text_string(self.get(file, "UF")).unwrap(),
                name
            );
            assert!(self.get(file, "F").as_str().unwrap().is_ascii());
            assert_eq!(
                self.get(file, "AFRelationship").as_name().unwrap(),
                relationship.as_bytes()
            );
            let streams = self.get(file, "EF").as_dict().unwrap();
            assert_eq!(streams.get(b"F").unwrap(), streams.get(b"UF").unwrap());
            let stream = self.get(streams, "F").as_stream().unwrap();
            assert_eq!(
                self.get(&stream.dict, "Type").as_name().unwrap(),
                b"EmbeddedFile"
            );
            assert_eq!(
                self.get(&stream.dict, "Subtype").as_name().unwrap(),
                mime.as_bytes()
            );
            let params = self.get(&stream.dict, "Params").as_dict().unwrap();
            let content = stream
                .decompressed_content()
                .unwrap_or_else(|_| stream.content.clone());
            assert_eq!(content, bytes.as_ref());
            assert_eq!(
                usize::try_from(self.get(params, "Size").as_i64().unwrap()).unwrap(),
                bytes.len()
            );
            assert_eq!(
                self.get(params, "CheckSum").as_str().unwrap(),
                md5::Md5::digest(bytes).as_slice()
            );
            assert_eq!(
                self.get(params, "ModDate").as_str().unwrap(),
                b"D:20261122000000Z"
            );
        }
    }
}

/// What stands between two texts.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start)
        .and_then(|(_, rest)| rest.split_once(end))
        .unwrap_or_else(|| panic!("{start}"))
        .0
}

/// 6.6.2.1: elements are closed in the order in which they were opened.
fn balanced(xml: &str) {
    let mut open = Vec::new();
    for part in xml.split('<').skip(1).filter(|part| !part.starts_with('?')) {
        let tag = part.split_once('>').unwrap().0;
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None => open.push(tag.split_ascii_whitespace().next().unwrap()),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

fn assert_archive(paper: &Paper) {
    let bytes = Engine::new().unwrap().render(paper).unwrap();
    let archive = Archive {
        bytes: &bytes,
        document: Document::load_mem(&bytes).unwrap(),
    };
    archive.file();
    archive.objects();
    archive.output_intent();
    archive.metadata(paper);
    archive.pages();
    archive.links();
    archive.embedded(paper);
}

/// A PNG of one red dot, half transparent.
fn red_dot() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 1, 1);
    encoder.set_color(png::ColorType::Rgba);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&[255, 0, 0, 128])
        .unwrap();
    file
}

#[test]
fn a_page_is_an_archive_with_and_without_an_invoice() {
    let mut paper = paper(1);
    assert_archive(&paper);
    paper.e_invoice = Some(e_invoice());
    assert_archive(&paper);
    paper.links = vec![
        Link::web("acme.example").unwrap(),
        Link::mail("a@acme.example").unwrap(),
    ];
    paper
        .seller
        .extend(strings(&["acme.example", "a@acme.example"]));
    paper.note = Some(format!("https://pay.example/(((é)\\{}", "x".repeat(300)));
    assert_archive(&paper);
    paper.watermark = Some("BROUILLON".to_owned());
    paper.logo = Some(red_dot());
    paper.title = "A & B <c> \u{1} é €".to_owned();
    assert_archive(&paper);
}

#[test]
fn many_pages_and_hard_texts_are_an_archive() {
    let mut letter = hard();
    letter.size = PageSize::Letter;
    for paper in [paper(60), letter] {
        assert_archive(&paper);
    }
}

#[test]
fn any_script_is_an_archive() {
    let mut paper = paper(2);
    paper.rows[0].cells[0] =
        "Zażółć gęślą jaźń – Ξεσκεπάζω – Příliš žluťoučký – Съешь ещё этих".to_owned();
    paper.watermark = Some("ПРОЕКТ".to_owned());
    paper
        .mentions
        .extend((0x400..0x480).filter_map(char::from_u32).map(String::from));
    paper
        .mentions
        .push((0x100..0x17f).filter_map(char::from_u32).collect());
    paper.title = "Счёт № 7".to_owned();
    assert_archive(&paper);
}

#[test]
fn attachments_stand_beside_the_invoice() {
    let mut paper = paper(1);
    paper.embedded = ["zeit.csv", "Ärger – heures.csv", "Ωρες.csv", "a.csv"]
        .map(timesheet)
        .to_vec();
    paper.embedded[1].mime = "application/vnd.oasis.opendocument.spreadsheet".to_owned();
    paper.embedded[2].relationship = super::Relationship::Source;
    paper.embedded[3].description.clear();
    assert_archive(&paper);
    paper.e_invoice = Some(e_invoice());
    assert_archive(&paper);
}
