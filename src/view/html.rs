//! The text of a message → simple HTML: its paragraphs, its lists, a table of its documents where there are several.

use super::link::{self, Link};
use super::locale::Locale;
use super::message::{Item, Message};

const BODY: &str =
    "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.45;color:#1f262e";
const CELL: &str =
    "padding:4px 12px 4px 0;border-bottom:1px solid #d3d8de;text-align:left;vertical-align:top";
const FIGURE: &str =
    "padding:4px 0 4px 12px;border-bottom:1px solid #d3d8de;text-align:right;white-space:nowrap";

/// Returns the HTML of a message's text. `code` is the content id of a picture of the code to scan, with what stands under it.
pub fn html(
    subject: &str,
    text: &str,
    message: &Message,
    locale: &Locale,
    code: Option<(&str, &str)>,
) -> String {
    let known: Vec<Link> = Link::web(&message.link).into_iter().collect();
    let mut body = String::new();
    let mut is_tabled = false;
    for paragraph in text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
    {
        for block in blocks(paragraph) {
            let is_list = block.first().is_some_and(|line| line.starts_with("- "));
            if is_list && !is_tabled && message.items.len() > 1 && is_of_documents(&block, message)
            {
                // Amounts of different currencies do not stand in one column.
                for items in message
                    .items
                    .chunk_by(|one, other| one.currency == other.currency)
                {
                    body.push_str(&table(items, locale));
                }
                is_tabled = true;
            } else if is_list {
                let items: String = block
                    .iter()
                    .map(|line| format!("<li>{}</li>", linked(&line[2..], &known)))
                    .collect();
                body.push_str(&format!(
                    "<ul style=\"margin:0 0 12px;padding-left:20px\">{items}</ul>\n"
                ));
            } else {
                let lines: Vec<String> = block.iter().map(|line| one(line, &known)).collect();
                body.push_str(&format!(
                    "<p style=\"margin:0 0 12px\">{}</p>\n",
                    lines.join("<br>\n")
                ));
            }
        }
    }
    if let Some((id, caption)) = code {
        let caption = escaped(caption);
        body.push_str(&format!(
            "<p style=\"margin:0 0 12px\"><img src=\"cid:{id}\" alt=\"{caption}\" width=\"160\" height=\"160\"><br>\n{caption}</p>\n"
        ));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title></head>\n<body style=\"{BODY}\">\n{body}</body>\n</html>\n",
        locale.language.code(),
        escaped(subject)
    )
}

/// Lines of a list beside each other, and all others.
fn blocks(paragraph: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = paragraph.lines().collect();
    lines
        .chunk_by(|one, next| one.starts_with("- ") == next.starts_with("- "))
        .map(<[&str]>::to_vec)
        .collect()
}

/// Whether a list names the documents of the message, one a line.
fn is_of_documents(block: &[&str], message: &Message) -> bool {
    block.len() == message.items.len()
        && block
            .iter()
            .zip(&message.items)
            .all(|(line, item)| line.contains(&item.number) && line.contains(&item.balance))
}

fn table(items: &[Item], locale: &Locale) -> String {
    let heads = [
        ("document", CELL),
        ("issued", CELL),
        ("due", CELL),
        ("outstanding", FIGURE),
    ];
    // The first text, and under it what explains it.
    let cell = |tag: &str, style: &str, texts: &[&str]| {
        let texts: Vec<String> = texts
            .iter()
            .filter(|text| !text.is_empty())
            .map(|text| escaped(text))
            .collect();
        let (first, under) = texts
            .split_first()
            .map(|(first, under)| (first.as_str(), under))
            .unwrap_or_default();
        let under: String = under
            .iter()
            .map(|text| format!("<br><small style=\"white-space:normal\">{text}</small>"))
            .collect();
        format!("<{tag} style=\"{style}\">{first}{under}</{tag}>")
    };
    let head: String = heads
        .iter()
        .map(|(label, style)| cell("th", style, &[locale.label(label)]))
        .collect();
    let mut rows = String::new();
    for item in items {
        let number = format!("{} {}", item.what, item.number);
        let when = |yes: bool, text: String| if yes { text } else { String::new() };
        let late = when(
            item.days_late != "0",
            locale.label("late_by").replace("{days}", &item.late),
        );
        let is_part = !item.is_instalment && item.gross != item.balance;
        let gross = when(
            is_part,
            locale.entry(locale.label("line_plain"), &item.gross),
        );
        let cells = [
            cell("td", CELL, &[&number, &item.origin]),
            cell("td", CELL, &[&item.issued]),
            cell("td", CELL, &[&item.due, &late]),
            cell("td", FIGURE, &[&item.balance, &gross, &item.note]),
        ]
        .concat();
        rows.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    format!(
        "<table style=\"border-collapse:collapse;margin:0 0 12px;font-size:14px\">\n<tr>{head}</tr>\n{rows}</table>\n"
    )
}

/// A line; what stands in keeps its place.
fn one(line: &str, known: &[Link]) -> String {
    let inner = line.trim_start();
    let depth = line.len() - inner.len();
    format!("{}{}", "&nbsp;".repeat(depth * 2), linked(inner, known))
}

/// Escapes a line and makes its addresses links.
fn linked(line: &str, known: &[Link]) -> String {
    let (mut out, mut end) = (String::new(), 0);
    for (place, uri) in link::find(line, known) {
        out.push_str(&escaped(&line[end..place.start]));
        out.push_str(&format!(
            "<a href=\"{}\">{}</a>",
            escaped(&uri),
            escaped(&line[place.clone()])
        ));
        end = place.end;
    }
    out + &escaped(&line[end..])
}

/// Escapes what HTML would read as its own.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Case, Situation, sample};
    use super::*;
    use crate::ledger::party::Language;

    #[test]
    fn everything_is_escaped_and_several_documents_are_a_table() {
        let locale = Locale::of(Language::En);
        let message = sample(
            Language::En,
            Situation {
                case: Case::Several,
                ..Situation::FULL
            },
        );
        let [one, other] = message.items.as_slice() else {
            panic!()
        };
        let text = format!(
            "<b>Hello</b> & \"you\",\n\n- {}: {}\n- {}: {}\n\n- a point\n\nPay\n  https://pay.example/?a=1&b=<2>.\n",
            one.number, one.balance, other.number, other.balance
        );
        let page = html(
            "a <subject>",
            &text,
            &message,
            &locale,
            Some(("code@acquit", "Scan & pay")),
        );
        assert!(
            page.contains("&lt;b&gt;Hello&lt;/b&gt; &amp; &quot;you&quot;,"),
            "{page}"
        );
        assert!(page.contains("<title>a &lt;subject&gt;</title>"));
        assert_eq!(page.matches("<tr>").count(), 3);
        // The table says all that the list says.
        for said in [
            &one.origin,
            &one.note,
            &one.gross,
            &one.issued,
            &one.due,
            &one.late,
            &one.balance,
            &other.late,
        ] {
            assert!(
                !said.is_empty() && page.contains(said.as_str()),
                "{said} in {page}"
            );
        }
        assert_eq!(page.matches("<li>").count(), 1);
        let link = "<a href=\"https://pay.example/?a=1&amp;b=%3C2%3E\">https://pay.example/?a=1&amp;b=&lt;2&gt;</a>.";
        assert!(page.contains(link), "{page}");
        assert!(page.contains("src=\"cid:code@acquit\""));
    }

    #[test]
    fn every_payment_link_is_a_link() {
        let locale = Locale::of(Language::En);
        for (address, href) in [
            ("https://pay.example/c(1)", "https://pay.example/c(1)"),
            ("http://pay.example/?q=.", "http://pay.example/?q=."),
            (
                "https://pay.example/?for=Invoice 1",
                "https://pay.example/?for=Invoice%201",
            ),
            (
                "https://bücher.example/é",
                "https://xn--bcher-kva.example/%C3%A9",
            ),
        ] {
            let message = Message {
                link: address.to_owned(),
                ..sample(Language::En, Situation::FULL)
            };
            let page = html(
                "s",
                &format!("Pay online:\n  {address}\n\n- or here: {address}."),
                &message,
                &locale,
                None,
            );
            let link = format!("<a href=\"{href}\">{address}</a>");
            assert_eq!(page.matches(&link).count(), 2, "{page}");
            assert_eq!(page.matches("<a ").count(), 2, "{page}");
        }
        let message = Message {
            link: "javascript:alert(1)".to_owned(),
            ..sample(Language::En, Situation::FULL)
        };
        assert!(!html("s", "Pay: javascript:alert(1)", &message, &locale, None).contains("<a "));
    }
}
