//! E-mails as they left → what a person reads of them: headers, the plain text, the names of what was attached (RFC 5322, 2045, 2047).
//!
//! Reads what mail programs write and never fails: what it does not know it shows as it stands.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

/// An e-mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    headers: Vec<(String, String)>,
    /// The plain text; empty where there is none.
    pub text: String,
    /// The names of the attached files.
    pub attached: Vec<String>,
}

/// How deep parts stand in parts.
const DEPTH: usize = 8;

impl Mail {
    /// Reads an e-mail.
    pub fn read(bytes: &[u8]) -> Self {
        let mut mail = Self::default();
        let (headers, body) = split(bytes);
        mail.part(&headers, body, 0);
        mail.headers = headers
            .into_iter()
            .map(|(name, value)| (name, words(&value)))
            .collect();
        mail
    }

    /// Returns a header's text, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    fn part(&mut self, headers: &[(String, String)], body: &[u8], depth: usize) {
        let kind = header(headers, "Content-Type")
            .unwrap_or("text/plain")
            .to_owned();
        let lower = kind.to_ascii_lowercase();
        let file =
            header(headers, "Content-Disposition").and_then(|value| parameter(value, "filename"));
        let file = file.or_else(|| parameter(&kind, "name"));
        if let Some(boundary) = parameter(&kind, "boundary")
            .filter(|_| lower.starts_with("multipart/") && depth < DEPTH)
        {
            for part in parts(body, &boundary) {
                let (headers, body) = split(part);
                self.part(&headers, body, depth + 1);
            }
        } else if let Some(file) = file {
            self.attached.push(words(&file));
        } else if lower.starts_with("text/plain") && self.text.is_empty() {
            let bytes = decoded(
                body,
                header(headers, "Content-Transfer-Encoding").unwrap_or_default(),
            );
            let is_latin = parameter(&kind, "charset")
                .is_some_and(|name| name.to_ascii_lowercase().contains("8859-1"));
            self.text = text(&bytes, is_latin).replace("\r\n", "\n");
        }
    }
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn text(bytes: &[u8], is_latin: bool) -> String {
    if is_latin {
        bytes.iter().copied().map(char::from).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// Headers, folded lines put together, and the body.
fn split(bytes: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            break;
        }
        if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), headers.last_mut()) {
            value.push(' ');
            value.push_str(line.trim_start());
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    (headers, rest)
}

/// A parameter of a header: `boundary="…"`.
fn parameter(value: &str, name: &str) -> Option<String> {
    let part = value.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        let key = key.trim().to_ascii_lowercase();
        (key == name || key.trim_end_matches('*') == name || key == format!("{name}*0"))
            .then_some((key, value.trim()))
    });
    let (key, value) = part?;
    let value = value.trim_matches('"');
    let encoded = value
        .split_once("''")
        .filter(|_| key.ends_with('*'))
        .map(|(_, value)| value);
    Some(encoded.map_or_else(
        || value.to_owned(),
        |value| text(&percent_decode_str(value).collect::<Vec<u8>>(), false),
    ))
}

/// The parts between the lines of a boundary.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let mark = format!("--{boundary}");
    let mut starts = Vec::new();
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(mark.as_bytes()) {
            starts.push((at, at + line.len()));
        }
        at += line.len();
    }
    starts
        .windows(2)
        .filter_map(|pair| body.get(pair[0].1..pair[1].0))
        .collect()
}

fn decoded(body: &[u8], encoding: &str) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    }
}

/// Bytes written as `=` and two hexadecimal digits (RFC 2045, 6.7); `=` at the end of a line joins it to the next.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        let pair = body
            .get(at + 1..at + 3)
            .and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        let (next, step) = match (*byte == b'=', body.get(at + 1), pair) {
            (true, _, Some(value)) => (Some(value), 3),
            (true, Some(b'\n'), _) => (None, 2),
            (true, Some(b'\r'), _) => (None, 3),
            _ => (Some(*byte), 1),
        };
        out.extend(next);
        at += step;
    }
    out
}

/// Base64 as mails bring it: in lines, and possibly cut off. What is no letter of the alphabet is passed over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

fn base64(body: &[u8]) -> Vec<u8> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let mut letters: Vec<u8> = body.iter().copied().filter(is_letter).collect();
    // A single letter after the last four is less than a byte.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    LENIENT.decode(letters).unwrap_or_default()
}

/// Encoded words of a header: `=?utf-8?B?…?=`; white space between two of them is none.
fn words(value: &str) -> String {
    let mut out = String::new();
    let (mut rest, mut is_word) = (value, false);
    while let Some((before, word, after)) = word(rest) {
        if !(is_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        out.push_str(&word);
        (rest, is_word) = (after, true);
    }
    out + rest
}

fn word(text: &str) -> Option<(&str, String, &str)> {
    let (before, rest) = text.split_once("=?")?;
    let mut parts = rest.splitn(3, '?');
    let (charset, how, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (body, after) = rest.split_once("?=")?;
    let bytes = match how {
        "B" | "b" => base64(body.as_bytes()),
        "Q" | "q" => quoted_printable(body.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some((
        before,
        self::text(&bytes, charset.to_ascii_lowercase().contains("8859-1")),
        after,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_a_person_reads_it() {
        let raw = "Subject: =?utf-8?B?UmFwcGVsIOKAkyBmYWN0dXJl?=\r\n =?utf-8?Q?_n=C2=B0_7?=\r\nTo: \"Acme, SAS\" <a@example.org>\r\n\
                   Content-Type: multipart/mixed;\r\n boundary=\"x\"\r\n\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n\
                   --y\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                   Cher client,=\r\n merci =E2=82=AC\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--y--\r\n--x\r\n\
                   Content-Disposition: attachment; filename*=utf-8''F%C3%A9.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n";
        let mail = Mail::read(raw.as_bytes());
        assert_eq!(mail.header("subject"), Some("Rappel – facture n° 7"));
        assert_eq!(mail.header("To"), Some("\"Acme, SAS\" <a@example.org>"));
        assert_eq!(mail.text, "Cher client, merci €\n");
        assert_eq!(mail.attached, ["Fé.pdf"]);
    }

    #[test]
    fn base64_is_read_in_lines_cut_off_and_with_strange_letters() {
        for (coded, plain) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9v\r\nYmFy\r\n", "foobar"),
            ("Zm9vY", "foo"),
            ("Zm9vYg", "foob"),
            ("Zm9vYh", "foob"),
            ("Zm 9*v-YmFy", "foobar"),
            ("Zg==Zg==", "f\u{6}`"),
        ] {
            assert_eq!(base64(coded.as_bytes()), plain.as_bytes(), "{coded}");
        }
    }

    #[test]
    fn base64_and_plain_text_are_read() {
        let mail = Mail::read(
            "Content-Transfer-Encoding: base64\n\nQ2hlciBjbGllbnQsDQptZXJjaQ==\n".as_bytes(),
        );
        assert_eq!(mail.text, "Cher client,\nmerci");
        assert_eq!(Mail::read(b"Subject: hi\n\nhello\n").text, "hello\n");
    }

    #[test]
    fn hostile_messages_are_read_without_harm() {
        for raw in [
            "",
            ":",
            "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n--\n",
            "Subject: =?a?B?",
            "\n=\n=",
        ] {
            let _ = Mail::read(raw.as_bytes());
        }
        let mut deep = String::new();
        for _ in 0..100 {
            deep.push_str("Content-Type: multipart/mixed; boundary=x\n\n--x\n");
        }
        assert_eq!(Mail::read(deep.as_bytes()).attached, [""; 0]);
        let _ = Mail::read(&[0xff, 0xfe, b'\n', b'\n', 0x80]);
    }
}
