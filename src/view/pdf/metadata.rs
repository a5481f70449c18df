//! What a document says about itself: the information dictionary and the XMP packet.

use lopdf::{Dictionary, Object, Stream, StringFormat, dictionary};

use super::paper::Paper;

/// The program that made the document.
const MAKER: &str = "acquit";

/// The information dictionary.
pub(super) fn info(paper: &Paper) -> Dictionary {
    let date = paper.date.format("D:%Y%m%d000000Z").to_string();
    dictionary! {
        "Title" => string(&paper.title),
        "Author" => string(&paper.author),
        "Creator" => string(MAKER),
        "Producer" => string(MAKER),
        "CreationDate" => string(&date),
        "ModDate" => string(&date),
    }
}

/// A text string: ASCII as it is, anything else in UTF-16 with its mark.
fn string(text: &str) -> Object {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Object::string_literal(text);
    }
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

/// The XMP packet, which says the same. It is not compressed, so that any tool finds it.
pub(super) fn xmp(paper: &Paper) -> Stream {
    let (title, author) = (escape(&paper.title), escape(&paper.author));
    let language = escape(&paper.language);
    let date = paper.date.format("%Y-%m-%dT00:00:00Z");
    // PDF/A-3 comes in here: pdfaid:part and pdfaid:conformance, the extension schema and the
    // properties of the e-invoice.
    let packet = format!(
        r#"<?xpacket begin="{mark}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:CreatorTool>{MAKER}</xmp:CreatorTool>
<pdf:Producer>{MAKER}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#,
        mark = '\u{feff}'
    );
    let dictionary = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
    Stream::new(dictionary, packet.into_bytes()).with_compression(false)
}

/// Text inside an XML element. Characters that XML cannot hold are left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_are_ascii_or_utf_16() {
        assert_eq!(string("F2026-0042"), Object::string_literal("F2026-0042"));
        let Object::String(bytes, _) = string("é€") else { unreachable!() };
        assert_eq!(bytes, [0xfe, 0xff, 0, 0xe9, 0x20, 0xac]);
    }

    #[test]
    fn xml_is_escaped() {
        assert_eq!(escape("A & <B>\n"), "A &amp; &lt;B&gt; ");
    }
}
