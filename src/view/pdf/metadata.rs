//! What a document says about itself: the information dictionary and the XMP packet.
//!
//! Both are made of the same texts (ISO 19005-3, 6.6.3), so they agree letter by letter.

use lopdf::{Dictionary, Object, Stream, StringFormat, dictionary};

use super::paper::Paper;

/// The program that made the document.
const MAKER: &str = "acquit";

/// The name that Factur-X gives its XML (Factur-X 1.0, 6.2.2).
pub(super) const FACTUR_X: &str = "factur-x.xml";

/// The information dictionary.
pub(super) fn info(paper: &Paper) -> Dictionary {
    let date = date(paper);
    dictionary! {
        "Title" => string(&clean(&paper.title)),
        "Author" => string(&clean(&paper.author)),
        "Creator" => string(MAKER),
        "Producer" => string(MAKER),
        "CreationDate" => string(&date),
        "ModDate" => string(&date),
    }
}

/// The day of the document as PDF writes it (ISO 32000-1, 7.9.4): the date of issue, never the clock.
pub(super) fn date(paper: &Paper) -> String {
    paper.date.format("D:%Y%m%d000000Z").to_string()
}

/// A text string: ASCII as it is, anything else in UTF-16 with its mark.
pub(super) fn string(text: &str) -> Object {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Object::string_literal(text);
    }
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(
        units.flat_map(u16::to_be_bytes).collect(),
        StringFormat::Hexadecimal,
    )
}

/// The XMP packet, which says the same and more. It is not compressed, so that any tool finds it.
pub(super) fn xmp(paper: &Paper) -> Stream {
    let (title, author) = (escape(&clean(&paper.title)), escape(&clean(&paper.author)));
    let language = escape(&clean(&paper.language));
    let date = paper.date.format("%Y-%m-%dT00:00:00Z");
    let invoice = if paper.e_invoice.is_some() {
        factur_x()
    } else {
        String::new()
    };
    // 6.6.2.1: one packet, whose header has neither bytes nor encoding.
    // 6.6.4: the part of ISO 19005 and the level under the prefix pdfaid.
    let packet = format!(
        r#"<?xpacket begin="{mark}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
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
{invoice}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#,
        mark = '\u{feff}'
    );
    let dictionary = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
    Stream::new(dictionary, packet.into_bytes()).with_compression(false)
}

/// The properties of Factur-X (Factur-X 1.0, 6.2.3) with their name, type and description.
const PROPERTIES: [(&str, &str, &str); 4] = [
    (
        "DocumentFileName",
        FACTUR_X,
        "The name of the embedded XML document",
    ),
    (
        "DocumentType",
        "INVOICE",
        "The type of the hybrid document in capital letters",
    ),
    (
        "Version",
        "1.0",
        "The version of the standard that the embedded XML follows",
    ),
    (
        "ConformanceLevel",
        "EN 16931",
        "The profile that the embedded XML conforms to",
    ),
];

/// What Factur-X says, and the schema that lets it be said.
fn factur_x() -> String {
    let mut says = String::new();
    let mut means = String::new();
    for (name, value, description) in PROPERTIES {
        says.push_str(&format!("<fx:{name}>{value}</fx:{name}>\n"));
        means.push_str(&format!(
            r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>
"#
        ));
    }
    // 6.6.2.3: a property that XMP does not define is described by an extension schema, under these prefixes.
    format!(
        r#"<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
{says}</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
{means}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"#
    )
}

/// A text of one line, of characters that XML can hold (XML 1.0, 2.2).
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// Clean text inside an XML element.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_are_ascii_or_utf_16() {
        assert_eq!(string("F2026-0042"), Object::string_literal("F2026-0042"));
        let Object::String(bytes, _) = string("é€") else {
            unreachable!()
        };
        assert_eq!(bytes, [0xfe, 0xff, 0, 0xe9, 0x20, 0xac]);
    }

    #[test]
    fn xml_is_escaped() {
        assert_eq!(escape(&clean("A & <B>\n\u{ffff}")), "A &amp; &lt;B&gt;  ");
    }
}
