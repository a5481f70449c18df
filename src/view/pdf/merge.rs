//! Several PDFs → one: their pages one behind the other, and a bookmark for each.
//!
//! Pages are taken over with all that they show (contents, fonts, pictures); catalogue, metadata and embedded files stay behind, so the
//! whole is no PDF/A. Files from elsewhere, such as a signed quote that was scanned, are taken as well where they can be read.

use std::collections::{BTreeMap, VecDeque};

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::{error::PdfError, finish, metadata, paper::Paper};
use crate::view::link;

/// What a page inherits from the tree above it.
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What of a page is taken over as it is.
const OWN: [&[u8]; 2] = [b"Contents", b"UserUnit"];
/// How far up a page's tree is looked: a tree of a broken file may be a circle.
const DEPTH: usize = 32;

/// Returns how many pages a file has; none where it cannot be read, or is encrypted.
pub fn pages(bytes: &[u8]) -> Option<usize> {
    open(bytes)
        .map(|document| document.page_iter().count())
        .filter(|count| *count > 0)
}

fn open(bytes: &[u8]) -> Option<Document> {
    Document::load_mem(bytes)
        .ok()
        .filter(|document| !document.is_encrypted() && !document.was_encrypted())
}

/// Makes one file of several, each under its title; `about` gives title, author, language and day of the whole. The same parts give
/// the same bytes.
///
/// # Errors
/// Where a part cannot be read ([`pages`] says so before).
pub fn merge(parts: &[(&str, &[u8])], about: &Paper) -> Result<Vec<u8>, PdfError> {
    let mut whole = Document::with_version("1.7");
    let catalog = whole.new_object_id();
    let tree = whole.new_object_id();
    let info = whole.add_object(metadata::info(about));
    let mut kids: Vec<Object> = Vec::new();
    let mut bookmarks: Vec<(&str, ObjectId)> = Vec::new();
    for (title, bytes) in parts {
        let part = open(bytes)
            .ok_or_else(|| PdfError::Engine(format!("{title} cannot be read as a PDF")))?;
        let mut copy = Copy {
            from: &part,
            known: BTreeMap::new(),
            open: VecDeque::new(),
        };
        let first = kids.len();
        for page in part.page_iter() {
            let page = copy.page(page, tree, &mut whole);
            kids.push(whole.add_object(page).into());
        }
        copy.rest(&mut whole);
        let first = kids.get(first).and_then(|page| page.as_reference().ok());
        bookmarks.push((
            title,
            first.ok_or_else(|| PdfError::Engine(format!("{title} has no page")))?,
        ));
    }
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    whole.objects.insert(
        tree,
        dictionary! { "Type" => "Pages", "Count" => count, "Kids" => kids }.into(),
    );
    let outlines = outlines(&bookmarks, &mut whole);
    let root = dictionary! {
        "Type" => "Catalog",
        "Pages" => tree,
        "Outlines" => outlines,
        "PageMode" => "UseOutlines",
        "Lang" => Object::string_literal(about.language.as_str()),
        "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
    };
    whole.objects.insert(catalog, root.into());
    whole.trailer.set("Root", catalog);
    whole.trailer.set("Info", info);
    finish::save(whole)
}

/// Bookmarks, one under the other.
fn outlines(bookmarks: &[(&str, ObjectId)], whole: &mut Document) -> ObjectId {
    let root = whole.new_object_id();
    let ids: Vec<ObjectId> = bookmarks.iter().map(|_| whole.new_object_id()).collect();
    for (at, (title, page)) in bookmarks.iter().enumerate() {
        let to = vec![
            Object::from(*page),
            "XYZ".into(),
            Object::Null,
            Object::Null,
            Object::Null,
        ];
        let mut item =
            dictionary! { "Title" => metadata::string(title), "Parent" => root, "Dest" => to };
        let before = at.checked_sub(1).and_then(|at| ids.get(at));
        for (key, id) in [("Prev", before), ("Next", ids.get(at + 1))] {
            if let Some(id) = id {
                item.set(key, *id);
            }
        }
        whole.objects.insert(ids[at], item.into());
    }
    let mut list = dictionary! { "Type" => "Outlines", "Count" => i64::try_from(ids.len()).unwrap_or(i64::MAX) };
    if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
        list.set("First", *first);
        list.set("Last", *last);
    }
    whole.objects.insert(root, list.into());
    root
}

/// Pages on their way from one file to another.
struct Copy<'d> {
    from: &'d Document,
    /// What has a number in the new file already.
    known: BTreeMap<ObjectId, ObjectId>,
    open: VecDeque<ObjectId>,
}

impl Copy<'_> {
    fn page(&mut self, id: ObjectId, tree: ObjectId, whole: &mut Document) -> Dictionary {
        let mut page = dictionary! { "Type" => "Page", "Parent" => tree };
        let from = self.from;
        let Ok(old) = from.get_dictionary(id) else {
            return page;
        };
        for key in OWN {
            if let Ok(value) = old.get(key) {
                page.set(key, self.object(value, whole));
            }
        }
        for key in INHERITED {
            if let Some(value) = Self::inherited(from, old, key) {
                page.set(key, self.object(value, whole));
            }
        }
        let notes = self.notes(old, whole);
        if !notes.is_empty() {
            page.set("Annots", notes);
        }
        page
    }

    fn inherited<'o>(from: &'o Document, page: &'o Dictionary, key: &[u8]) -> Option<&'o Object> {
        let mut above = page;
        for _ in 0..DEPTH {
            if let Ok(value) = above.get(key) {
                return Some(value);
            }
            above = above
                .get_deref(b"Parent", from)
                .and_then(Object::as_dict)
                .ok()?;
        }
        None
    }

    /// What stands on the page beside its contents, such as the fields of a form and a drawn signature: as it looks, without what it does.
    /// Links to the web and to mailboxes are kept, each made anew.
    fn notes(&mut self, page: &Dictionary, whole: &mut Document) -> Vec<Object> {
        let from = self.from;
        let Ok(notes) = page.get_deref(b"Annots", from).and_then(Object::as_array) else {
            return Vec::new();
        };
        let dictionary = |note: &Object| {
            from.dereference(note)
                .ok()
                .and_then(|(_, note)| note.as_dict().ok().cloned())
        };
        let mut kept = Vec::new();
        for note in notes.iter().filter_map(dictionary) {
            if let Some(link) = self.link(&note) {
                kept.push(link.into());
                continue;
            }
            if !note.has(b"AP") {
                continue;
            }
            let mut own = Dictionary::new();
            for key in ["Type", "Subtype", "Rect", "AP", "AS", "F"] {
                if let Ok(value) = note.get(key.as_bytes()) {
                    own.set(key, self.object(value, whole));
                }
            }
            kept.push(own.into());
        }
        kept
    }

    /// A link whose URI acquit would make a link of; none for every other annotation.
    fn link(&self, note: &Dictionary) -> Option<Dictionary> {
        let get = |dictionary: &Dictionary, key: &[u8]| {
            dictionary.get_deref(key, self.from).ok().cloned()
        };
        let is = |object: Option<Object>, name: &[u8]| {
            object.is_some_and(|object| object.as_name().is_ok_and(|own| own == name))
        };
        let action = get(note, b"A").and_then(|action| action.as_dict().ok().cloned())?;
        if !is(get(note, b"Subtype"), b"Link") || !is(get(&action, b"S"), b"URI") {
            return None;
        }
        let uri = get(&action, b"URI")?;
        let uri = uri
            .as_str()
            .ok()
            .filter(|uri| std::str::from_utf8(uri).is_ok_and(link::is_safe))?;
        let rect = get(note, b"Rect").and_then(|rect| rect.as_array().ok().cloned())?;
        let is_plain = rect.len() == 4 && rect.iter().all(|edge| edge.as_float().is_ok());
        is_plain.then(|| finish::link(rect, uri))
    }

    /// Takes over all that was referred to, and what that refers to.
    fn rest(&mut self, whole: &mut Document) {
        while let Some(old) = self.open.pop_front() {
            let object = self.from.get_object(old).cloned().unwrap_or(Object::Null);
            let object = self.object(&object, whole);
            whole.objects.insert(self.known[&old], object);
        }
    }

    fn object(&mut self, object: &Object, whole: &mut Document) -> Object {
        match object {
            Object::Reference(old) => {
                let new = *self.known.entry(*old).or_insert_with(|| {
                    self.open.push_back(*old);
                    whole.new_object_id()
                });
                new.into()
            }
            Object::Array(list) => list
                .iter()
                .map(|object| self.object(object, whole))
                .collect::<Vec<_>>()
                .into(),
            Object::Dictionary(dictionary) => self.dictionary(dictionary, whole).into(),
            Object::Stream(stream) => {
                let mut new = stream.clone();
                new.dict = self.dictionary(&stream.dict, whole);
                // Its length is written anew: it may have stood in an object of its own.
                new.dict.set(
                    "Length",
                    i64::try_from(new.content.len()).unwrap_or(i64::MAX),
                );
                new.into()
            }
            other => other.clone(),
        }
    }

    fn dictionary(&mut self, dictionary: &Dictionary, whole: &mut Document) -> Dictionary {
        let mut new = Dictionary::new();
        // Upwards there is nothing to show, only the whole of the other file.
        for (key, value) in dictionary
            .iter()
            .filter(|(key, _)| !matches!(key.as_slice(), b"Parent" | b"StructParents"))
        {
            new.set(key.clone(), self.object(value, whole));
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Engine, samples::paper};
    use super::*;

    #[test]
    fn pages_stand_one_behind_the_other_under_their_bookmarks() {
        let engine = Engine::new().unwrap();
        let (short, long) = (
            engine.render(&paper(1)).unwrap(),
            engine.render(&paper(60)).unwrap(),
        );
        let count = pages(&long).unwrap();
        assert!(count > 1);
        let parts = [
            ("Sommaire", short.as_slice()),
            ("Facture – « 2 »", &long),
            ("Sommaire", &short),
        ];
        let bytes = merge(&parts, &paper(1)).unwrap();
        assert_eq!(
            bytes,
            merge(&parts, &paper(1)).unwrap(),
            "the same parts give the same bytes"
        );
        assert_eq!(pages(&bytes), Some(count + 2));
        let whole = Document::load_mem(&bytes).unwrap();
        let texts = |bytes: &[u8]| {
            let document = Document::load_mem(bytes).unwrap();
            document
                .page_iter()
                .map(|page| document.get_page_content(page))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            texts(&bytes),
            [texts(&short), texts(&long), texts(&short)].concat()
        );
        let list: Vec<ObjectId> = whole.page_iter().collect();
        let root = whole
            .catalog()
            .unwrap()
            .get_deref(b"Outlines", &whole)
            .unwrap()
            .as_dict()
            .unwrap();
        let mut next = root.get_deref(b"First", &whole).ok();
        let mut found = Vec::new();
        while let Some(item) = next.map(|item| item.as_dict().unwrap()) {
            let title = lopdf::decode_text_string(item.get(b"Title").unwrap()).unwrap();
            let page = item.get(b"Dest").unwrap().as_array().unwrap()[0]
                .as_reference()
                .unwrap();
            found.push((title, list.iter().position(|id| *id == page).unwrap()));
            next = item.get_deref(b"Next", &whole).ok();
        }
        let expected = [
            ("Sommaire", 0),
            ("Facture – « 2 »", 1),
            ("Sommaire", count + 1),
        ];
        assert_eq!(found, expected.map(|(title, at)| (title.to_owned(), at)));
        // Each page keeps its fonts, and nothing embedded comes along.
        for page in list {
            let resources = whole
                .get_dictionary(page)
                .unwrap()
                .get_deref(b"Resources", &whole)
                .unwrap();
            assert!(
                !resources
                    .as_dict()
                    .unwrap()
                    .get(b"Font")
                    .unwrap()
                    .as_dict()
                    .unwrap()
                    .is_empty()
            );
        }
        assert!(!whole.catalog().unwrap().has(b"Names"));
    }

    #[test]
    fn what_is_no_pdf_is_said() {
        for bytes in [
            &b""[..],
            b"%PDF-1.7\n",
            b"From: a@example.org\n\nhello",
            &[0xff; 300],
        ] {
            assert_eq!(pages(bytes), None);
            assert!(merge(&[("X", bytes)], &paper(1)).is_err());
        }
    }
}
