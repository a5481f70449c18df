//! A message → an e-mail as a file (RFC 5322, MIME) that a mail program opens as a draft. The same input gives the same bytes.

use std::time::{Duration, SystemTime};

use chrono::NaiveDate;
use lettre::message::header::{self, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Mailboxes, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use crate::ledger::identifier::check_email;

/// The content id of the picture of the code to scan.
pub const CODE: &str = "code@acquit";

/// An e-mail.
#[derive(Debug, Clone, Default)]
pub struct Mail<'m> {
    /// Name and address of the sender.
    pub from: (&'m str, &'m str),
    /// Name of the recipient.
    pub name: &'m str,
    /// The recipient's addresses; a draft may have none yet.
    pub to: &'m [String],
    /// Addresses of copies.
    pub cc: &'m [String],
    /// Subject.
    pub subject: &'m str,
    /// The text.
    pub text: &'m str,
    /// The same as HTML.
    pub html: &'m str,
    /// The code to scan as PNG, which the HTML shows.
    pub code: Option<Vec<u8>>,
    /// Attached PDFs: names and bytes.
    pub attached: &'m [(String, Vec<u8>)],
    /// The day; the hour is noon, in Greenwich.
    pub day: NaiveDate,
}

/// Tells Mail and Outlook that the message is a draft.
#[derive(Debug, Clone)]
struct Unsent;

impl Header for Unsent {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Unsent")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "1".to_owned())
    }
}

/// Returns the bytes of an e-mail. The recipient's name stands before its address where there is one address.
///
/// # Errors
/// Names the address that is none.
pub fn eml(mail: &Mail<'_>) -> Result<Vec<u8>, String> {
    let from = mailbox(Some(mail.from.0), mail.from.1)?;
    let name = Some(mail.name).filter(|_| mail.to.len() == 1);
    let to = mail
        .to
        .iter()
        .map(|address| mailbox(name, address))
        .collect::<Result<Vec<_>, _>>()?;
    let cc = mail
        .cc
        .iter()
        .map(|address| mailbox(None, address))
        .collect::<Result<Vec<_>, _>>()?;
    let domain = from.email.domain().to_owned();
    let id = digest(mail);
    let boundary = |level: &str| format!("={level}_{}", &id[..32]);
    let html = SinglePart::html(lines(mail.html));
    let shown = match &mail.code {
        None => Shown::Plain(html),
        Some(png) => {
            let picture = Attachment::new_inline(CODE.to_owned()).body(png.clone(), png_type()?);
            let related = MultiPart::related().boundary(boundary("related"));
            Shown::WithCode(related.singlepart(html).singlepart(picture))
        }
    };
    let alternative = MultiPart::alternative()
        .boundary(boundary("text"))
        .singlepart(SinglePart::plain(lines(mail.text)));
    let alternative = match shown {
        Shown::Plain(part) => alternative.singlepart(part),
        Shown::WithCode(part) => alternative.multipart(part),
    };
    let pdf = ContentType::parse("application/pdf").map_err(|error| error.to_string())?;
    let noon = mail
        .day
        .and_hms_opt(12, 0, 0)
        .map_or(0, |noon| noon.and_utc().timestamp());
    let date =
        SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(noon).unwrap_or_default());
    let mut message = MultiPart::mixed()
        .header(Unsent)
        .header(header::Date::from(date))
        .header(header::MessageId::from(format!("<{}@{domain}>", &id[..32])))
        .header(header::From::from(Mailboxes::from(from)))
        .header(header::Subject::from(plain(mail.subject)))
        .boundary(boundary("mixed"))
        .multipart(alternative);
    let headers = message.headers_mut();
    headers.set(header::MIME_VERSION_1_0);
    if !to.is_empty() {
        headers.set(header::To::from(to.into_iter().collect::<Mailboxes>()));
    }
    if !cc.is_empty() {
        headers.set(header::Cc::from(cc.into_iter().collect::<Mailboxes>()));
    }
    for (name, bytes) in mail.attached {
        message = message.singlepart(Attachment::new(plain(name)).body(bytes.clone(), pdf.clone()));
    }
    Ok(message.formatted())
}

/// How the HTML is shown.
enum Shown {
    /// Alone.
    Plain(SinglePart),
    /// With the picture of the code.
    WithCode(MultiPart),
}

fn png_type() -> Result<ContentType, String> {
    ContentType::parse("image/png").map_err(|error| error.to_string())
}

/// A text in the line ends of e-mails.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// A text that fits in one header: control characters, line ends among them, become spaces.
fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A name and an address. A domain in another alphabet is written in ASCII (RFC 5890), as RFC 5322 asks.
fn mailbox(name: Option<&str>, address: &str) -> Result<Mailbox, String> {
    let address = check_email(address).map_err(|why| format!("`{}` {why}", plain(address)))?;
    Ok(Mailbox::new(
        name.map(plain).filter(|name| !name.is_empty()),
        address,
    ))
}

/// A digest of what is said, as hex: boundaries and Message-ID come from it.
fn digest(mail: &Mail<'_>) -> String {
    let mut hasher = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(bytes.len().to_string());
        hasher.update(b":");
        hasher.update(bytes);
    };
    for text in [
        mail.from.0,
        mail.from.1,
        mail.name,
        mail.subject,
        mail.text,
        mail.html,
        &mail.day.to_string(),
    ] {
        add(text.as_bytes());
    }
    mail.to
        .iter()
        .chain(mail.cc)
        .for_each(|address| add(address.as_bytes()));
    // An issued document is known by its name: another release may draw it with other bytes.
    mail.attached
        .iter()
        .for_each(|(name, _)| add(name.as_bytes()));
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(name: &str, to: &str) -> Result<String, String> {
        let to = [to.to_owned()];
        let attached = [("F2026-0001.pdf".to_owned(), b"%PDF-1.7".to_vec())];
        let mail = Mail {
            from: ("Durand, Camille \"EI\"", "camille@example.org"),
            name,
            to: &to,
            subject: "Rappel\r\nBcc: thief@example.org : été",
            text: "Bonjour,\n1\u{a0}000,00\u{a0}€\n",
            html: "<p>Bonjour</p>",
            code: Some(vec![1, 2, 3]),
            attached: &attached,
            day: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
            ..Mail::default()
        };
        let bytes = eml(&mail)?;
        assert_eq!(bytes, eml(&mail)?, "the same input, the same bytes");
        Ok(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_draft_has_its_headers_and_no_line_of_anybody_else() {
        let text = mail("Acme SAS\r\nBcc: x@y.example", "compta@acme.example").unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        for line in [
            "X-Unsent: 1",
            "Date: Sun, 22 Nov 2026 12:00:00 +0000",
            "MIME-Version: 1.0",
        ] {
            assert!(head.contains(line), "{line} in {head}");
        }
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(text.is_ascii(), "every header and body is encoded");
        assert!(text.lines().all(|line| line.len() <= 998));
    }

    #[test]
    fn hostile_names_and_foreign_domains_survive() {
        for name in [
            "Müller, \"Söhne\" <x@y>; Co.",
            "\u{5b57}\u{1f600}",
            "a,b;c:d",
            "=?utf-8?q?x?=",
            "",
        ] {
            assert!(mail(name, "compta@acme.example").is_ok(), "{name:?}");
        }
        assert!(
            mail("Bücher", "compta@bücher.example")
                .unwrap()
                .contains("compta@xn--bcher-kva.example")
        );
        for address in [
            "nobody",
            "a b@c.example",
            "a@b\r\nBcc: c@d.example",
            "été@acme.example",
            "@",
            "a@",
        ] {
            assert!(mail("Acme", address).is_err(), "{address:?}");
        }
    }
}
