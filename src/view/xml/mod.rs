//! Electronic invoices as XML: the two syntaxes of EN 16931, from one semantic model.

pub mod cii;
pub mod ubl;

use std::io::Write;

use base64::prelude::{BASE64_STANDARD, Engine};
use chrono::NaiveDate;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use rust_decimal::Decimal;

use crate::ledger::einvoice::Identifier;

/// An XML document in the making. Writing into memory cannot fail, so no step here returns an error.
struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    /// Starts a document with its root and the root's namespaces.
    fn new(root: &str, namespaces: &[(&str, &str)]) -> Self {
        let mut writer = Writer::new_with_indent(Vec::with_capacity(8 * 1024), b' ', 2);
        let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        let _ = writer.write_event(Event::Start(
            BytesStart::new(root).with_attributes(namespaces.iter().copied()),
        ));
        Self { writer }
    }

    /// An element with others in it.
    fn group(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        let _ = self.writer.write_event(Event::Start(BytesStart::new(name)));
        content(self);
        let _ = self.writer.write_event(Event::End(BytesEnd::new(name)));
    }

    /// An element with a text.
    fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// An element with a text and attributes.
    fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        let _ = self.writer.write_event(Event::Start(start));
        let _ = self.writer.write_event(Event::Text(BytesText::new(text)));
        let _ = self.writer.write_event(Event::End(BytesEnd::new(name)));
    }

    /// An element with a text, where there is one.
    fn maybe(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }

    /// An element with an identifier, and its scheme where it has one.
    fn identifier(&mut self, name: &str, id: Identifier<'_>) {
        match id.scheme {
            Some(scheme) => self.leaf_with(name, &[("schemeID", scheme)], id.value),
            None => self.leaf(name, id.value),
        }
    }

    /// Ends the root and returns the bytes.
    fn finish(mut self, root: &str) -> Vec<u8> {
        let _ = self.writer.write_event(Event::End(BytesEnd::new(root)));
        let mut bytes = self.writer.into_inner();
        let _ = bytes.write_all(b"\n");
        bytes
    }
}

/// Bytes as text of 64 letters (RFC 4648), for BT-125.
fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// An amount that is left out where it is nothing.
fn some(value: Decimal) -> Option<Decimal> {
    (!value.is_zero()).then_some(value)
}

/// A date as UBL spells it.
fn day(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base64_vectors() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, coded) in vectors {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfb]), "//77");
    }
}
