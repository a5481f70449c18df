//! Addresses of the web and of e-mail in a text: where they stand, and the URI that each leads to (RFC 3986, RFC 6068).
//!
//! Only `http`, `https` and `mailto` become links. A URI is ASCII: a host of other letters is written as its ASCII form (IDNA), and
//! every other character that a URI may not hold is percent-encoded. An address that cannot be written so is plain text.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// A string of a PDF/A holds at most 32 767 bytes (ISO 19005-3, 6.1.13); no longer address becomes a link.
const LONGEST: usize = 32_000;
/// What may stand in a URI beside letters, digits and percent-encoded bytes: in a path, a query and a fragment.
const SIGNS: &str = "-._~!$&'()*+,;=:@/?";
/// Signs that open a quotation or a bracket before an address.
const OPENING: &[char] = &['(', '[', '{', '<', '"', '\'', '«', '“', '„', '‘'];
/// Signs that end a sentence or a quotation after an address.
const CLOSING: &[char] = &['.', ',', ';', ':', '!', '?', '"', '\'', '»', '”', '’', '…'];
/// Brackets: the second is part of an address only where the first is.
const BRACKETS: &[(char, char)] = &[('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];

/// A text that leads somewhere wherever it stands as a word of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The text.
    pub text: String,
    /// The URI.
    pub uri: Arc<str>,
}

impl Link {
    /// The address of a page or of a payment. A missing scheme is `https`, and a space is encoded. None where it is no such address.
    pub fn web(text: &str) -> Option<Self> {
        let text = text.trim();
        // A space is written as what it stands for in a URI.
        let whole = text.replace(' ', "%20");
        let uri = if whole.contains("://") {
            web(&whole)
        } else {
            bare(&whole)
        }?;
        Some(Self {
            text: text.to_owned(),
            uri: uri.into(),
        })
    }

    /// The address of a mailbox. None where it is no such address.
    pub fn mail(text: &str) -> Option<Self> {
        let text = text.trim();
        Some(Self {
            text: text.to_owned(),
            uri: mailto(text)?.into(),
        })
    }
}

/// Returns whether a URI is one that acquit makes links of: `http`, `https` or `mailto`, in the characters of a URI.
pub fn is_safe(uri: &str) -> bool {
    uri.is_ascii() && of_scheme(uri).is_some_and(|own| own == uri)
}

/// Finds the links in a text: those that are known, and every word that begins with `http://`, `https://` or `mailto:`.
/// Gives their places in bytes, in order, each with its URI.
pub fn find(text: &str, known: &[Link]) -> Vec<(Range<usize>, Arc<str>)> {
    let mut found: Vec<(Range<usize>, Arc<str>)> = Vec::new();
    let mut known: Vec<&Link> = known.iter().filter(|link| !link.text.is_empty()).collect();
    // A longer one is not cut by a shorter one that it holds.
    known.sort_by_key(|link| std::cmp::Reverse(link.text.len()));
    for link in known {
        for (from, part) in text.match_indices(&link.text) {
            let place = from..from + part.len();
            if is_apart(text, &place) && !overlaps(&found, &place) {
                found.push((place, Arc::clone(&link.uri)));
            }
        }
    }
    if text.contains(':') {
        let mut start = 0;
        for word in text.split(char::is_whitespace) {
            let inner = word.trim_start_matches(OPENING);
            let (from, address) = (start + word.len() - inner.len(), closed(inner));
            let place = from..from + address.len();
            if !overlaps(&found, &place)
                && let Some(uri) = of_scheme(address)
            {
                found.push((place, uri.into()));
            }
            // A space has its own length: it may be a no-break space.
            start += word.len();
            start += text
                .get(start..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
        }
    }
    found.sort_by_key(|(place, _)| place.start);
    found
}

fn overlaps(found: &[(Range<usize>, Arc<str>)], place: &Range<usize>) -> bool {
    found
        .iter()
        .any(|(other, _)| place.start < other.end && other.start < place.end)
}

/// Whether a part of a text stands by itself: between spaces, or signs that open and end a quotation or a sentence.
fn is_apart(text: &str, place: &Range<usize>) -> bool {
    let before = text
        .get(..place.start)
        .and_then(|before| before.rsplit(char::is_whitespace).next());
    let after = text
        .get(place.end..)
        .and_then(|after| after.split(char::is_whitespace).next());
    let ends = |c: char| CLOSING.contains(&c) || BRACKETS.iter().any(|(_, close)| *close == c);
    before.is_some_and(|before| before.chars().all(|c| OPENING.contains(&c)))
        && after.is_some_and(|after| after.chars().all(ends))
}

/// An address without the signs that end its sentence.
fn closed(word: &str) -> &str {
    let mut word = word;
    while let Some(last) = word.chars().next_back() {
        let bracket = BRACKETS.iter().find(|(_, close)| *close == last);
        let is_alone = bracket.is_some_and(|(open, close)| {
            word.matches(*open).count() < word.matches(*close).count()
        });
        if !is_alone && !CLOSING.contains(&last) {
            break;
        }
        word = &word[..word.len() - last.len_utf8()];
    }
    word
}

/// The URI of an address that names its scheme.
fn of_scheme(text: &str) -> Option<String> {
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => mailto(text.get(7..)?),
        _ => web(text),
    }
}

/// The URI of an address of the web.
fn web(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if !["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, place) = authority
        .rsplit_once('@')
        .map_or((None, authority), |(user, place)| (Some(user), place));
    let (host, port) = match place
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|digit| digit.is_ascii_digit()))
    {
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    };
    let mut uri = format!("{}://", scheme.to_ascii_lowercase());
    if let Some(user) = user {
        let _ = write!(uri, "{}@", encoded(user, "-._~!$&'()*+,;=:")?);
    }
    uri.push_str(&self::host(host)?);
    if let Some(port) = port {
        let _ = write!(uri, ":{port}");
    }
    let (path, fragment) = path
        .split_once('#')
        .map_or((path, None), |(path, fragment)| (path, Some(fragment)));
    uri.push_str(&encoded(path, SIGNS)?);
    if let Some(fragment) = fragment {
        let _ = write!(uri, "#{}", encoded(fragment, SIGNS)?);
    }
    Some(uri).filter(|uri| uri.len() <= LONGEST)
}

/// The URI of a website that is written without its scheme, such as `www.example.org/shop`.
fn bare(text: &str) -> Option<String> {
    let host = &text[..text.find(['/', '?', '#']).unwrap_or(text.len())];
    if !host.contains('.') || host.contains(['@', ':']) {
        return None;
    }
    web(&format!("https://{text}"))
}

/// The URI of a mailbox (RFC 6068): no header, so that an address cannot write a message.
fn mailto(text: &str) -> Option<String> {
    let (user, domain) = text.rsplit_once('@').filter(|(user, _)| !user.is_empty())?;
    let user = encoded(user, "-._~!$'*+")?;
    Some(format!("mailto:{user}@{}", host(domain)?)).filter(|uri| uri.len() <= LONGEST)
}

/// A host in ASCII. None where it is none.
fn host(text: &str) -> Option<String> {
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Some(address) = inner {
        let good = address.contains(':')
            && address
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte));
        return good.then(|| text.to_owned());
    }
    let ascii = if text.is_ascii() {
        text.to_owned()
    } else {
        idna::domain_to_ascii(text).ok()?
    };
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (ascii.bytes().any(|byte| byte.is_ascii_alphanumeric()) && ascii.bytes().all(good))
        .then_some(ascii)
}

/// A part of a URI: what may not stand there is percent-encoded, what is encoded stays. None with a control character or a space.
fn encoded(text: &str, signs: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let is_code = || {
            text.as_bytes()
                .get(at + 1..at + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
        };
        match character {
            _ if character.is_control() || character.is_whitespace() => return None,
            '%' if is_code() => out.push('%'),
            _ if character.is_ascii_alphanumeric() || signs.contains(character) => {
                out.push(character);
            }
            _ => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    out.push_str(percent_encoding::percent_encode_byte(byte));
                }
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Option<String> {
        of_scheme(text)
    }

    fn found(text: &str, known: &[Link]) -> Vec<(String, String)> {
        find(text, known)
            .into_iter()
            .map(|(place, uri)| (text[place].to_owned(), uri.to_string()))
            .collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(text, uri)| ((*text).to_owned(), (*uri).to_owned()))
            .collect()
    }

    #[test]
    fn an_address_becomes_a_uri_of_ascii() {
        for (text, expected) in [
            (
                "https://pay.example/c?n=F2026-0001&a=120.00",
                "https://pay.example/c?n=F2026-0001&a=120.00",
            ),
            ("HTTPS://Pay.example", "https://Pay.example"),
            ("http://a.example:8080/x", "http://a.example:8080/x"),
            (
                "https://bücher.example/é?q=ü#ö",
                "https://xn--bcher-kva.example/%C3%A9?q=%C3%BC#%C3%B6",
            ),
            (
                "https://a.example/(b)\\c[d]<e>\"",
                "https://a.example/(b)%5Cc%5Bd%5D%3Ce%3E%22",
            ),
            (
                "https://a.example/50%/%2Fb%zz",
                "https://a.example/50%25/%2Fb%25zz",
            ),
            ("https://a.example/#b#c", "https://a.example/#b%23c"),
            ("https://u:p@a.example/@x", "https://u:p@a.example/@x"),
            ("https://[2001:db8::1]:443/", "https://[2001:db8::1]:443/"),
            (
                "mailto:a+b@bücher.example",
                "mailto:a+b@xn--bcher-kva.example",
            ),
            ("mailto:zoé&?@x.example", "mailto:zo%C3%A9%26%3F@x.example"),
        ] {
            assert_eq!(uri(text).as_deref(), Some(expected), "{text}");
            assert!(is_safe(expected), "{expected}");
        }
    }

    #[test]
    fn what_is_no_such_address_is_no_link() {
        for text in [
            "javascript:alert(1)",
            "javascript://a.example/%0aalert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "ftp://a.example/",
            "https://",
            "https:///path",
            "https://-/",
            "https://a b/",
            "https://a.example/\u{1}",
            "https://a.example/a\nb",
            "https://a(b.example/",
            "https://[x]/",
            "https://a:x/",
            "mailto:",
            "mailto:@a.example",
            "mailto:a@",
            "mailto:a@b?subject=x",
            "//a.example/",
            "example",
            "",
        ] {
            assert_eq!(uri(text), None, "{text}");
            assert!(!is_safe(text), "{text}");
        }
        assert!(
            !is_safe("https://a.example/é")
                && !is_safe("https://a.example/ ")
                && !is_safe("https://a.example/<")
        );
        assert_eq!(
            uri(&format!("https://a.example/{}", "a".repeat(40_000))),
            None
        );
    }

    #[test]
    fn a_website_needs_no_scheme_and_a_mailbox_is_one() {
        let web = |text: &str| Link::web(text).map(|link| link.uri.to_string());
        assert_eq!(
            web("www.example.org/shop").as_deref(),
            Some("https://www.example.org/shop")
        );
        assert_eq!(
            web("Bücher.example").as_deref(),
            Some("https://xn--bcher-kva.example")
        );
        assert_eq!(
            web("http://example.org").as_deref(),
            Some("http://example.org")
        );
        for text in [
            "example",
            "a@example.org",
            "mailto:a@example.org",
            "example.org and more",
            "x.y:z",
            "",
        ] {
            assert_eq!(web(text), None, "{text}");
        }
        let mail = |text: &str| Link::mail(text).map(|link| link.uri.to_string());
        assert_eq!(
            mail("a@example.org").as_deref(),
            Some("mailto:a@example.org")
        );
        assert_eq!((mail("example.org"), mail("a b@example.org")), (None, None));
    }

    #[test]
    fn words_of_a_text_are_links_and_parts_of_words_are_none() {
        let own = [
            Link::web("example.org").unwrap(),
            Link::mail("a@example.org").unwrap(),
        ];
        let text = "Voir\u{a0}: example.org, ou «\u{a0}a@example.org\u{a0}» <a@example.org>; b@example.org notexample.org/";
        let mail = ("a@example.org", "mailto:a@example.org");
        assert_eq!(
            found(text, &own),
            pairs(&[("example.org", "https://example.org"), mail, mail])
        );
        // The longer address is not cut by the shorter one that it holds.
        let text = "(https://example.org/pay_(1)?x=2). https://example.org/a.";
        let expected = [
            (
                "https://example.org/pay_(1)?x=2",
                "https://example.org/pay_(1)?x=2",
            ),
            ("https://example.org/a", "https://example.org/a"),
        ];
        assert_eq!(found(text, &own), pairs(&expected));
        // What is known is known to its last sign.
        let odd = [Link::web("https://pay.example/?q=.").unwrap()];
        assert_eq!(
            found("https://pay.example/?q=..", &odd),
            pairs(&[("https://pay.example/?q=.", &odd[0].uri)])
        );
        // Spaces in an address that is known belong to it.
        let spaced = [Link::web("https://pay.example/?for=Facture 1").unwrap()];
        let expected = [(
            "https://pay.example/?for=Facture 1",
            "https://pay.example/?for=Facture%201",
        )];
        assert_eq!(
            found("Payer: https://pay.example/?for=Facture 1.", &spaced),
            pairs(&expected)
        );
        assert_eq!(
            found("14:30, a://b, c:d, www.example.org", &own),
            pairs(&[])
        );
    }
}
