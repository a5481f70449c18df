//! A draft of an e-mail → the message as it leaves: its bytes, and the addresses that its own headers name.

use chrono::{DateTime, FixedOffset};
use lettre::message::Mailboxes;

/// A message as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// The sender's address.
    pub from: String,
    /// The addresses of all recipients, each once: To, then Cc.
    pub to: Vec<String>,
    /// The message: the draft without the mark that makes it a draft.
    pub bytes: Vec<u8>,
}

impl Leaving {
    /// Reads a draft. `X-Unsent` is taken out, and a `Bcc` that somebody wrote into it; its `Date` becomes the moment at which it leaves
    /// (RFC 5322, 3.6.1), since filters take a date in the future for a sign of spam.
    ///
    /// # Errors
    /// Says what is missing or cannot be read: a sender, a recipient, an address.
    pub fn of(draft: &[u8], now: DateTime<FixedOffset>) -> Result<Self, String> {
        let end = find(draft, b"\r\n\r\n").ok_or("it has no headers")?;
        let head =
            std::str::from_utf8(&draft[..end + 2]).map_err(|_| "its headers are not text")?;
        let mut bytes = Vec::with_capacity(draft.len());
        bytes.extend_from_slice(format!("Date: {}\r\n", now.to_rfc2822()).as_bytes());
        let (mut from, mut to) = (Vec::new(), Vec::new());
        for (name, text) in headers(head) {
            match name.to_ascii_lowercase().as_str() {
                "x-unsent" | "bcc" | "date" => continue,
                "from" => from.extend(addresses(name, text)?),
                "to" | "cc" => to.extend(addresses(name, text)?),
                _ => {}
            }
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(&draft[end + 2..]);
        let mut seen = Vec::new();
        to.retain(|address| {
            let is_new = !seen.contains(address);
            seen.push(address.clone());
            is_new
        });
        if to.is_empty() {
            return Err("it has no recipient: the client has no e-mail address".into());
        }
        let from = from.into_iter().next().ok_or("it has no sender")?;
        Ok(Self { from, to, bytes })
    }
}

/// The headers with their names, each with its further lines and its line end.
fn headers(head: &str) -> Vec<(&str, &str)> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in head.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([head.len()]);
    let field = |(start, end): (&usize, usize)| {
        let text = &head[*start..end];
        (text.split(':').next().unwrap_or_default().trim(), text)
    };
    starts.iter().zip(ends).map(field).collect()
}

/// The addresses of a header.
fn addresses(name: &str, text: &str) -> Result<Vec<String>, String> {
    let value = text
        .split_once(':')
        .map_or("", |(_, value)| value)
        .replace("\r\n", "");
    let boxes: Mailboxes = value
        .trim()
        .parse()
        .map_err(|_| format!("the addresses of its `{name}` cannot be read"))?;
    Ok(boxes
        .into_iter()
        .map(|mailbox| mailbox.email.to_string())
        .collect())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::eml::{Mail, eml};

    fn now() -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-11-23T00:30:00+01:00").unwrap()
    }

    #[test]
    fn a_message_leaves_without_the_mark_of_a_draft() {
        let draft = b"X-Unsent: 1\r\nDATE: Sun, 22 Nov\r\n 2026 12:00:00 +0000\r\nFrom: \"Durand, Camille\" <c@example.org>\r\nSubject: x\r\nBcc: thief@d.example\r\n\
            To: =?utf-8?b?w4k=?=\r\n =?utf-8?b?w4k=?= <a@b.example>, \"x@y, z\" <d@e.example>\r\nCc: a@b.example, f@g.example\r\n\
            \r\nX-Unsent: 1\r\nbody\r\n";
        let leaving = Leaving::of(draft, now()).unwrap();
        assert_eq!(leaving.from, "c@example.org");
        assert_eq!(leaving.to, ["a@b.example", "d@e.example", "f@g.example"]);
        let text = String::from_utf8(leaving.bytes).unwrap();
        assert!(
            text.starts_with("Date: Mon, 23 Nov 2026 00:30:00 +0100\r\nFrom: "),
            "{text}"
        );
        assert!(
            !text.contains("thief") && !text.contains("12:00:00"),
            "{text}"
        );
        assert!(
            text.ends_with("\r\n\r\nX-Unsent: 1\r\nbody\r\n"),
            "a body is left as it is: {text}"
        );
    }

    /// Whatever a client is called, the message goes to the client's addresses and to nobody else.
    #[test]
    fn hostile_names_change_no_recipient() {
        let long = "Société très longue ".repeat(20);
        for name in [
            "Durand, Petit; Fils: <Cie> (SARL) @ Lyon",
            "L'atelier \"Les Mots\" \\ Co.",
            "x <thief@d.example>, y",
            "\"x\" <thief@d.example>",
            "thief@d.example",
            "=?utf-8?q?Bcc=3A_thief=40d.example?= & Söhne",
            "Acme\r\nBcc: thief@d.example",
            "字\u{1f600} Ωμέγα",
            "a=?b",
            "",
            &long,
        ] {
            let to = ["a@b.example".to_owned()];
            let cc = ["c@bücher.example".to_owned(), "d+e@f.example".to_owned()];
            let draft = Mail {
                from: (name, "me@example.org"),
                name,
                to: &to,
                cc: &cc,
                subject: name,
                ..Mail::default()
            };
            let leaving = Leaving::of(&eml(&draft).unwrap(), now())
                .unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(leaving.from, "me@example.org", "{name}");
            assert_eq!(
                leaving.to,
                ["a@b.example", "c@xn--bcher-kva.example", "d+e@f.example"],
                "{name}"
            );
        }
    }

    #[test]
    fn a_message_to_nobody_does_not_leave() {
        for (draft, why) in [
            ("From: a@b.example\r\n\r\nx", "no recipient"),
            ("To: a@b.example\r\n\r\nx", "no sender"),
            ("From: a@b.example\r\nTo: nobody\r\n\r\nx", "`To`"),
            ("From: a@b.example", "no headers"),
        ] {
            let refused = Leaving::of(draft.as_bytes(), now()).unwrap_err();
            assert!(refused.contains(why), "{draft}: {refused}");
        }
    }
}
