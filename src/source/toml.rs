//! TOML text → a tree of borrowed values, each with its place. The `toml` crate reads the text; numbers and dates stay text.

use std::ops::Range;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue, Error};
use ::toml::value::Datetime;
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::tree::{Entry, Item, Pool, Table, Value, place};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount;
use crate::span::{FileId, Span};

/// How deep tables and lists may stand in each other: deeper than any file of ours, shallower than the stack.
const MAX_DEPTH: usize = 32;

/// Keys of texts that look like numbers.
const TEXTS: &[&str] = &[
    "postcode",
    "phone",
    "id",
    "siret",
    "bic",
    "order",
    "contract",
    "project",
    "reference",
    "accounting",
    "mandate",
];

/// Reads a file's text.
///
/// # Errors
/// Adds `TOML-SYNTAX`, `KEY-TWICE`, `VALUE-DATE` or `VALUE-NUMBER` to `problems` and returns nothing. A date that no calendar has is
/// no error of this kind: it stays in the tree as text, and the reader of its key says so.
pub fn parse<'s>(text: &'s str, file: FileId, problems: &mut Diagnostics) -> Option<Table<'s>> {
    if let Some(place) = too_deep(text) {
        problems.push(
            Diagnostic::error(
                code::TOML_SYNTAX,
                "tables and lists stand too deep in each other",
            )
            .at(Span::new(file, place.start(), place.end()))
            .hint(format!("{MAX_DEPTH} levels are the most")),
        );
        return None;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    // Errors are in the order in which they were noticed. What the user sees is the first in the file.
    let first = errors
        .iter()
        .filter(|error| !is_date_of_no_calendar(text, error))
        .min_by_key(|error| error.span().map_or(text.len(), |span| span.start));
    if let Some(error) = first {
        problems.push(refusal(text, file, error));
        return None;
    }
    let span = root.span();
    Some(table(text, root.into_inner(), span))
}

/// Returns the place at which a text goes deeper than [`MAX_DEPTH`]: the parts of dotted keys and the brackets around them are levels.
///
/// The `toml` crate bounds each of the two, not what they make together, and its tree is freed by recursion.
fn too_deep(text: &str) -> Option<toml_parser::Span> {
    let mut outer = Vec::new();
    let (mut depth, mut dots) = (0, 0);
    for token in Source::new(text).lex() {
        match token.kind() {
            TokenKind::Dot => dots += 1,
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                outer.push(depth);
                depth += dots + 1;
                dots = 0;
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                depth = outer.pop().unwrap_or(0);
                dots = 0;
            }
            TokenKind::Comma | TokenKind::Newline => dots = 0,
            _ => {}
        }
        if depth + dots > MAX_DEPTH {
            return Some(token.span());
        }
    }
    None
}

/// Reads the text of an issued document, as [`parse`] does, into memory that has been used before.
pub(super) fn parse_frozen<'s>(
    pool: &mut Pool,
    text: &'s str,
    file: FileId,
    problems: &mut Diagnostics,
) -> Option<Table<'s>> {
    super::plain::parse(pool, text).or_else(|| parse(text, file, problems))
}

/// Turns a table of the `toml` crate, whose keys are sorted, into one in the order of the file.
fn table<'s>(text: &'s str, map: DeTable<'s>, span: Range<usize>) -> Table<'s> {
    let mut entries: Vec<Entry<'s>> = map
        .into_iter()
        .map(|(key, value)| {
            let at = key.span();
            Entry {
                key: key.into_inner(),
                key_start: place(at.start),
                key_end: place(at.end),
                item: item(text, value),
            }
        })
        .collect();
    entries.sort_unstable_by_key(|entry| entry.key_start);
    Table::new(entries, place(span.start), place(span.end))
}

fn item<'s>(text: &'s str, value: Spanned<DeValue<'s>>) -> Item<'s> {
    let span = value.span();
    let (start, end) = (place(span.start), place(span.end));
    let written = text.get(span.clone()).unwrap_or_default();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text),
        DeValue::Boolean(value) => Value::Boolean(value),
        DeValue::Datetime(_) => Value::Time(written),
        DeValue::Integer(_) => Value::Integer(written),
        DeValue::Float(_) => Value::Float(written),
        DeValue::Array(items) => {
            Value::Array(items.into_iter().map(|value| item(text, value)).collect())
        }
        DeValue::Table(map) => Value::Table(table(text, map, span)),
    };
    Item { start, end, value }
}

/// Tells whether an error is about a date that is written well and that no calendar has, such as 30 February.
fn is_date_of_no_calendar(text: &str, error: &Error) -> bool {
    let written = error.span().and_then(|span| text.get(span));
    written
        .and_then(|written| written.parse::<Datetime>().err())
        .is_some_and(|date| date.to_string() == error.message())
}

/// Returns the diagnostic of an error of the `toml` crate, which has a sentence for each and no kind.
fn refusal(text: &str, file: FileId, error: &Error) -> Diagnostic {
    let message = error.message();
    if (message == "duplicate key" || message.starts_with("cannot extend value of type"))
        && let Some(span) = error.span()
    {
        let written = text.get(span.clone()).unwrap_or_default();
        // A key in quotes is a string of TOML.
        let quoted = DeValue::parse(written).ok();
        let key = quoted
            .as_ref()
            .and_then(|value| value.get_ref().as_str())
            .unwrap_or(written);
        return Diagnostic::error(
            code::KEY_TWICE,
            format!("`{key}` stands twice in this table"),
        )
        .at(Span::new(file, span.start, span.end))
        .hint("keep one of the two; the first is not overwritten silently");
    }
    match error.span() {
        Some(span) => syntax(text, file, message, &span),
        None => Diagnostic::error(code::TOML_SYNTAX, format!("this is not TOML: {message}"))
            .at(Span::whole(file)),
    }
}

/// Returns the diagnostic of a syntax error. A decimal comma, a date in another order, a number with spaces and a text without quotes
/// have their own.
fn syntax(text: &str, file: FileId, message: &str, place: &Range<usize>) -> Diagnostic {
    let line_start = text[..place.start.min(text.len())]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    if let Some((at, number)) = decimal_comma(line)
        && let Err(problem @ amount::NumberError::Comma(_)) = amount::parse(number, 28)
    {
        let (message, hint) = problem.explain(number);
        let start = line_start + at;
        return Diagnostic::error(code::VALUE_NUMBER, message)
            .at(Span::new(file, start, start + number.len()))
            .hint(hint);
    }
    if let Some((at, value)) = bare_value(line) {
        let span = Span::new(file, line_start + at, line_start + at + value.len());
        let days: Vec<&str> = value.split('/').collect();
        if let [day, month, year] = days[..]
            && let Some(date) = crate::ledger::date::parse(&format!("{year}-{month:0>2}-{day:0>2}"))
        {
            let message = format!("`{value}` is not how a date is written");
            return Diagnostic::error(code::VALUE_DATE, message)
                .at(span)
                .hint(format!("write `{date}`"));
        }
        let key = line[..line.find('=').unwrap_or_default()].trim();
        let compact: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        let is_digits = compact.bytes().all(|b| b.is_ascii_digit());
        if is_digits || amount::parse(&compact, 28).is_ok() {
            let number = without_zeros(&compact);
            let wrong = if value == compact {
                "begins with a zero, as no number does"
            } else {
                "has spaces in a number"
            };
            // A postcode, a telephone number, a SIREN: what they mean is a text.
            let hint = if TEXTS.contains(&key) {
                format!("put a text in double quotes: `{key} = \"{value}\"`")
            } else if number == compact {
                format!("write `{number}`")
            } else {
                format!(
                    "put a text in double quotes: `{key} = \"{value}\"`; the number is `{number}`"
                )
            };
            return Diagnostic::error(code::VALUE_NUMBER, format!("`{value}` {wrong}"))
                .at(span)
                .hint(hint);
        }
        let is_time = value.contains(':') && value.starts_with(|c: char| c.is_ascii_digit());
        if value.contains(char::is_alphabetic) && !is_time {
            let message = "this is not TOML: a text without quotes";
            return Diagnostic::error(code::TOML_SYNTAX, message)
                .at(span)
                .hint(format!("put it in double quotes: `{key} = \"{value}\"`"));
        }
    }
    let end = place.end.max(place.start + 1).min(text.len().max(1));
    let (message, expected) = message
        .split_once(", expected ")
        .map_or((message, None), |(message, list)| (message, Some(list)));
    let diagnostic = Diagnostic::error(code::TOML_SYNTAX, format!("this is not TOML: {message}"))
        .at(Span::new(
            file,
            place.start.min(text.len().saturating_sub(1)),
            end,
        ));
    match expected.filter(|list| *list != "nothing") {
        Some(list) => diagnostic.hint(format!("expected here: {list}")),
        None => diagnostic,
    }
}

/// Returns a number as TOML has it: without zeros before its first other digit.
fn without_zeros(number: &str) -> String {
    let (sign, digits) = number.split_at(usize::from(number.starts_with(['-', '+'])));
    let whole = digits.find('.').unwrap_or(digits.len());
    let zeros = digits[..whole.saturating_sub(1)]
        .bytes()
        .take_while(|b| *b == b'0')
        .count();
    format!("{sign}{}", &digits[zeros..])
}

/// Returns the place and text of a number with a decimal comma right of the line's `=`.
fn decimal_comma(line: &str) -> Option<(usize, &str)> {
    let equals = line.find('=')?;
    let value = line[equals + 1..].split('#').next()?.trim();
    let plain = value.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && value
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b',' | b'-' | b' '));
    plain.then(|| (line.len() - line[equals + 1..].trim_start().len(), value))
}

/// Returns the place and text of what stands right of the line's `=`, if it has no quotes or brackets.
fn bare_value(line: &str) -> Option<(usize, &str)> {
    let equals = line.find('=')?;
    let value = line[equals + 1..].split('#').next()?.trim();
    let bare = !value.is_empty() && !value.contains(['"', '\'', '[', '{', '=']);
    bare.then(|| (line.len() - line[equals + 1..].trim_start().len(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::SourceMap;

    fn read(text: &str) -> Result<String, String> {
        let mut problems = Diagnostics::default();
        let file = SourceMap::default().add("x.toml");
        // Where the plain reader reads a text, it reads what the whole reader reads, place by place.
        if let Some(plain) = super::super::plain::parse(&mut Pool::default(), text) {
            let whole = parse(text, file, &mut problems);
            assert_eq!(
                Some(format!("{plain:?}")),
                whole.map(|table| format!("{table:?}")),
                "{text}"
            );
        }
        match parse(text, file, &mut problems) {
            Some(table) => Ok(show(&Value::Table(table))),
            None => Err(problems
                .iter()
                .next()
                .map(|d| format!("{}: {}", d.code.0, d.message))
                .unwrap()),
        }
    }

    /// Writes a value in one line, so that it can be compared with what the `toml` crate reads.
    fn show(value: &Value<'_>) -> String {
        match value {
            Value::Text(text) => format!("{text:?}"),
            Value::Integer(text) => text.parse::<i64>().unwrap().to_string(),
            Value::Float(text) => format!("{:?}", text.parse::<f64>().unwrap()),
            Value::Time(text) => (*text).to_string(),
            Value::Boolean(value) => value.to_string(),
            Value::Array(items) => format!(
                "{:?}",
                items
                    .iter()
                    .map(|item| show(&item.value))
                    .collect::<Vec<_>>()
            ),
            Value::Table(table) => {
                let mut entries: Vec<String> = table
                    .entries
                    .iter()
                    .map(|e| format!("{}={}", e.key, show(&e.item.value)))
                    .collect();
                entries.sort();
                format!("{entries:?}")
            }
        }
    }

    fn show_peer(value: &toml::Value) -> String {
        match value {
            toml::Value::String(text) => format!("{text:?}"),
            toml::Value::Integer(value) => value.to_string(),
            toml::Value::Float(value) => format!("{value:?}"),
            toml::Value::Datetime(value) => value.to_string(),
            toml::Value::Boolean(value) => value.to_string(),
            toml::Value::Array(items) => {
                format!("{:?}", items.iter().map(show_peer).collect::<Vec<_>>())
            }
            toml::Value::Table(table) => {
                let mut entries: Vec<String> = table
                    .iter()
                    .map(|(k, v)| format!("{k}={}", show_peer(v)))
                    .collect();
                entries.sort();
                format!("{entries:?}")
            }
        }
    }

    /// Valid or not, our reader and the `toml` crate agree.
    #[test]
    fn agrees_with_the_toml_crate() {
        for text in [
            "a = 1\nb = \"x\\ty\\u00e9\"\nc = 1.5\nd = 2026-01-02\ne = true\nf = 'raw\\n'\n",
            "[a]\nx = 1\n[b.c]\ny = 2\n[b]\nz = 3\n",
            "[[line]]\nitem = 'a'\n[[line]]\nitem = 'b'\n[line.more]\nx = [1, 2, [3]]\n",
            "a.b.c = 1\na.b.d = 2\n[t]\nx.y = { p = 1, q = [ { r = 2 } ] }\n",
            "text = \"\"\"\nfirst\n  second \\\n   joined\"\"\"\n",
            "a = 1\na = 2\n",
            "[a]\n[a]\n",
            "[a]\nb = 1\n[a.b]\n",
            "a = [1]\n[[a]]\nb = 1\n",
            "[[a]]\n[a]\n",
            "a = { b = 1 }\n[a.c]\n",
            "a.b = 1\n[a]\nc = 1\n",
            "a = \n",
            "a = 1 b = 2\n",
            "= 1\n",
            "a = \"open\n",
            "[open\n",
            "\"quoted key\" = 1\n'x y'.z = 2\n",
            "a = { x = 1, x = 2 }\n",
            "\u{1}=1\n",
            "# comment\n\n\r\na = 1 # more\r\n",
            "a = 01\n",
            "a = 1.\n",
            "a = -0\nb = -1.50\nc = 0.0\n",
            "a = \"x\" \n",
            "a = \"\"\nb = \"\"\"y\"\"\"\n",
            "a = { b = 1, b = 2 }\n",
            "a = [{ b = 1 }, { b = 2 }]\n[c]\nd = true\n[c.e]\nf = false\n[[g]]\nh = []\n[[g]]\nh = [1, 2]\n",
            "[a]\nb = 1\n[a]\nc = 1\n",
            "[[a]]\nb = 1\n[a.c]\nd = 1\n[[a]]\nb = 2\n[a.c]\nd = 2\n",
            "a = 2026-11-22T10:00:00\n",
            "a = \"x\\ny \\\"z\\\" \\\\ \\t\"\n",
            "a = \"\\u00e9\"\n",
            "a = \"\\q\"\n",
            "a = \"é€\"",
        ] {
            let peer = text.parse::<toml::Table>();
            let ours = read(text);
            match (&ours, &peer) {
                (Ok(ours), Ok(peer)) => assert_eq!(
                    ours,
                    &show_peer(&toml::Value::Table(peer.clone())),
                    "{text}"
                ),
                _ => assert_eq!(ours.is_ok(), peer.is_ok(), "{text}: {ours:?} {peer:?}"),
            }
        }
    }

    #[test]
    fn a_decimal_comma_is_named() {
        assert_eq!(
            read("price = 120,50\n").unwrap_err(),
            "VALUE-NUMBER: `120,50` has a decimal comma"
        );
        assert!(
            read("price = 1,2,3\n")
                .unwrap_err()
                .starts_with("TOML-SYNTAX")
        );
    }

    #[test]
    fn deep_nesting_is_refused_not_a_crash() {
        let too_deep = "TOML-SYNTAX: tables and lists stand too deep in each other";
        assert!(read(&format!("a = {}", "[".repeat(100_000))).is_err());
        assert!(read(&format!("{}a = 1", "a.".repeat(20_000))).is_err());
        assert!(read(&format!("[{}a]", "a.".repeat(20_000))).is_err());
        assert!(read(&format!("a = {{ {}a = 1 }}", "a.".repeat(20_000))).is_err());
        // The text of a deep tree is too long to compare: what counts here is whether it is read.
        let is_read = |text: &str| {
            let file = SourceMap::default().add("x.toml");
            parse(text, file, &mut Diagnostics::default()).is_some()
        };
        assert!(is_read(&format!("{}a = 1", "a.".repeat(32))));
        assert_eq!(
            read(&format!("{}a = 1", "a.".repeat(33))).unwrap_err(),
            too_deep
        );
        let lists = |depth| format!("a = {}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_read(&lists(32)));
        assert_eq!(read(&lists(33)).unwrap_err(), too_deep);
        // As deep as the library reads: dotted keys in tables in each other. No thread's stack would hold the way down.
        let key = "a.".repeat(78);
        let inner = format!("{key}a = {{ ").repeat(78);
        let text = format!("[{key}a]\n{inner}{}", " }".repeat(78));
        assert_eq!(read(&text).unwrap_err(), too_deep);
    }

    #[test]
    fn entries_stand_in_the_order_of_the_file() {
        let mut problems = Diagnostics::default();
        let file = SourceMap::default().add("x.toml");
        let text = "z = 1\nb = { y = 1, \"a b\" = 2 }\na = 3\n[m.n]\n[c]\n";
        let table = parse(text, file, &mut problems).unwrap();
        let names = |table: &Table<'_>| -> Vec<String> {
            table.entries().iter().map(|e| e.key.to_string()).collect()
        };
        assert_eq!(names(&table), ["z", "b", "a", "m", "c"]);
        let Value::Table(inner) = &table.get("b").unwrap().item.value else {
            panic!("no table");
        };
        assert_eq!(names(inner), ["y", "a b"]);
        let places: Vec<&str> = table
            .entries()
            .iter()
            .map(|e| &text[e.item.start as usize..e.item.end as usize])
            .collect();
        assert_eq!(places, ["1", "{ y = 1, \"a b\" = 2 }", "3", "m", "[c]"]);
        let key = &inner.entries()[1];
        assert_eq!(
            &text[key.key_start as usize..key.key_end as usize],
            "\"a b\""
        );
    }

    /// The reader of the key has the better words for it.
    #[test]
    fn a_date_of_no_calendar_stays_a_text() {
        assert_eq!(read("a = 2026-02-30\n").unwrap(), "[\"a=2026-02-30\"]");
        assert!(read("a = 2026-02-30\na = 1\n").is_err());
    }

    #[test]
    fn a_key_that_stands_twice_is_named_as_it_reads() {
        for text in [
            "\"a b\" = 1\n'a b' = 2\n",
            "\"a b\".c = 1\n[\"a b\"]\n",
            "\"a b\" = 1\n[\"a b\".c]\n",
        ] {
            let message = "KEY-TWICE: `a b` stands twice in this table";
            assert_eq!(read(text).unwrap_err(), message, "{text}");
        }
    }

    #[test]
    fn the_first_error_of_the_file_is_shown() {
        let message = read("a = 1\nb = 2\nb = 3\nc = \"open\n").unwrap_err();
        assert!(message.starts_with("KEY-TWICE: `b`"), "{message}");
        let message = read("a = \"\\q\"\nb = 2\nb = 3\n").unwrap_err();
        assert!(message.starts_with("TOML-SYNTAX"), "{message}");
    }
}
