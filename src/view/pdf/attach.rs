//! Files inside the document: the e-invoice and what backs it.
//!
//! ISO 19005-3, 6.8 and annex E; ISO 32000-1, 7.11.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use md5::{Digest, Md5};

use super::{
    deflate::compressed,
    error::PdfError,
    metadata::{FACTUR_X, date, string},
    paper::{Embedded, Paper, Relationship},
};

/// The longest name of a file, in bytes: what file systems hold.
const LONGEST: usize = 255;

/// Embeds what a paper holds, and says so in the catalogue.
pub(super) fn attach(
    document: &mut Document,
    catalog: &mut Dictionary,
    paper: &Paper,
) -> Result<(), PdfError> {
    let invoice = paper.e_invoice.as_ref().map(|invoice| Embedded {
        name: FACTUR_X.to_owned(),
        mime: "text/xml".to_owned(),
        bytes: invoice.xml.clone(),
        description: "Factur-X invoice".to_owned(),
        relationship: Relationship::Alternative,
    });
    let mut files = Vec::with_capacity(paper.embedded.len() + 1);
    paper.embedded.iter().try_for_each(check)?;
    for file in invoice.iter().chain(&paper.embedded) {
        files.push((
            string(&file.name),
            file.name.as_str(),
            embed(document, file, paper)?,
        ));
    }
    if files.is_empty() {
        return Ok(());
    }
    // 6.8, annex E: each embedded file is associated with the document. The e-invoice comes first.
    catalog.set(
        "AF",
        files
            .iter()
            .map(|(_, _, id)| (*id).into())
            .collect::<Vec<Object>>(),
    );
    // ISO 32000-1, 7.9.6: the names of a tree are sorted, and no two are equal.
    files.sort_by(|(one, ..), (other, ..)| bytes(one).cmp(bytes(other)));
    if let Some([(_, name, _), ..]) = files
        .windows(2)
        .find(|pair| matches!(pair, [one, other] if one.1 == other.1))
    {
        return Err(PdfError::Embedded(format!("two files are called {name}")));
    }
    let names: Vec<Object> = files
        .into_iter()
        .flat_map(|(name, _, id)| [name, id.into()])
        .collect();
    catalog.set(
        "Names",
        dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } },
    );
    Ok(())
}

/// Refuses a name under which a document cannot hold a file, so that it is said before the document is issued.
///
/// # Errors
///
/// Says in a sentence what is wrong with the name.
pub fn embeddable(name: &str) -> Result<(), PdfError> {
    let why = if name.is_empty() {
        "a file has no name".to_owned()
    } else if name.eq_ignore_ascii_case(FACTUR_X) {
        format!("the name {name} is that of the e-invoice")
    } else if name.len() > LONGEST {
        format!("the name {name} is longer than {LONGEST} bytes")
    } else if name.contains(|c: char| c.is_control() || matches!(c, '/' | '\\' | ':')) {
        format!(
            "the name {} is not the name of a file alone",
            name.escape_debug()
        )
    } else {
        return Ok(());
    };
    Err(PdfError::Embedded(why))
}

/// Refuses what readers could not show or save.
fn check(file: &Embedded) -> Result<(), PdfError> {
    embeddable(&file.name)?;
    let name = &file.name;
    let why = if !is_media_type(&file.mime) {
        format!("the media type of {name} is {:?}, which is none", file.mime)
    } else if i32::try_from(file.bytes.len()).is_err() {
        // 6.1.13: no number is greater than 2147483647.
        format!("{name} is larger than 2 GB")
    } else {
        return Ok(());
    };
    Err(PdfError::Embedded(why))
}

/// Whether a text is `type/subtype` in the letters of RFC 6838, 4.2, short enough for a name (6.1.13: 127 bytes).
fn is_media_type(text: &str) -> bool {
    let good = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= 127
        && text
            .split_once('/')
            .is_some_and(|(kind, rest)| good(kind) && good(rest))
}

/// The file and its specification.
fn embed(document: &mut Document, file: &Embedded, paper: &Paper) -> Result<ObjectId, PdfError> {
    let size =
        i64::try_from(file.bytes.len()).map_err(|_| PdfError::Embedded(file.name.clone()))?;
    let dictionary = dictionary! {
        "Type" => "EmbeddedFile",
        // 6.8: the media type is said.
        "Subtype" => Object::Name(file.mime.as_bytes().to_vec()),
        // Annex E: when it was changed last; the day of the document, never the clock.
        "Params" => dictionary! {
            "ModDate" => Object::string_literal(date(paper)),
            "Size" => size,
            "CheckSum" => Object::String(Md5::digest(&file.bytes).to_vec(), lopdf::StringFormat::Hexadecimal),
        },
    };
    let stream = if is_text(&file.mime) {
        compressed(dictionary, &file.bytes)
    } else {
        // PDF, PNG, JPEG and office files are compressed already.
        Stream::new(dictionary, file.bytes.to_vec()).with_compression(false)
    };
    let stream = document.add_object(stream);
    let relationship = match file.relationship {
        Relationship::Data => "Data",
        Relationship::Source => "Source",
        Relationship::Alternative => "Alternative",
    };
    let mut specification = dictionary! {
        "Type" => "Filespec",
        // 6.8: both keys are there; the first is for readers that know no Unicode.
        "F" => Object::string_literal(plain(&file.name)),
        "UF" => string(&file.name),
        // 6.8: what the file is to the document is said.
        "AFRelationship" => relationship,
        "EF" => dictionary! { "F" => stream, "UF" => stream },
    };
    if !file.description.is_empty() {
        specification.set("Desc", string(&file.description));
    }
    Ok(document.add_object(specification))
}

/// Whether a file of this media type gets smaller.
fn is_text(mime: &str) -> bool {
    mime.starts_with("text/")
        || mime.ends_with("/xml")
        || mime.ends_with("+xml")
        || mime.ends_with("/json")
}

/// A name in the letters that every system knows.
fn plain(name: &str) -> String {
    name.chars()
        .map(|c| if matches!(c, ' '..='~') { c } else { '_' })
        .collect()
}

fn bytes(string: &Object) -> &[u8] {
    string.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::samples::{paper, timesheet};
    use super::*;

    type Change = fn(&mut Embedded);

    fn refusal(change: impl Fn(&mut Embedded)) -> String {
        let mut paper = paper(1);
        let mut file = timesheet("a.csv");
        change(&mut file);
        paper.embedded = vec![timesheet("b.csv"), file];
        attach(&mut Document::new(), &mut Dictionary::new(), &paper)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn what_readers_could_not_save_is_refused() {
        let start = "the document cannot hold its attachment: ";
        let cases: [(Change, &str); 7] = [
            (|file| file.name.clear(), "a file has no name"),
            (
                |file| file.name = "Factur-X.xml".to_owned(),
                "the name Factur-X.xml is that of the e-invoice",
            ),
            (
                |file| file.name = "../a.csv".to_owned(),
                "the name ../a.csv is not the name of a file alone",
            ),
            (
                |file| file.name = "a\n.csv".to_owned(),
                "the name a\\n.csv is not the name of a file alone",
            ),
            (
                |file| file.name = "b.csv".to_owned(),
                "two files are called b.csv",
            ),
            (
                |file| file.mime = "csv".to_owned(),
                "the media type of a.csv is \"csv\", which is none",
            ),
            (
                |file| file.mime = "text/ csv".to_owned(),
                "the media type of a.csv is \"text/ csv\", which is none",
            ),
        ];
        for (change, why) in cases {
            assert_eq!(refusal(change), format!("{start}{why}"));
        }
        let long = refusal(|file| file.name = "é".repeat(128));
        assert!(long.ends_with("is longer than 255 bytes"), "{long}");
    }

    #[test]
    fn names_are_plain_for_old_readers() {
        assert_eq!(plain("Relevé d’heures.csv"), "Relev_ d_heures.csv");
        assert!(is_text("text/csv") && is_text("application/xml") && !is_text("application/pdf"));
        assert!(!is_text(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ));
    }
}
