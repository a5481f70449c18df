//! TOML text → a tree of borrowed values, each with its place. Built from the events of `toml_parser`: the whole syntax, no maps.

use std::borrow::Cow;

use toml_parser::decoder::Encoding;
use toml_parser::decoder::ScalarKind;
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, Expected, ParseError, Source, Span as Range};

use super::tree::{Entry, Item, Key, Origin, Pool, Table, Value, attach, descend, entry, place};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount;
use crate::span::{FileId, Span};

/// Deeper than any file of ours, shallower than the stack.
const MAX_DEPTH: u32 = 32;

/// Reads a file's text.
///
/// # Errors
/// Adds `TOML-SYNTAX`, `KEY-TWICE` or `VALUE-NUMBER` to `problems` and returns nothing.
pub fn parse<'s>(text: &'s str, file: FileId, problems: &mut Diagnostics) -> Option<Table<'s>> {
    parse_within(&mut Pool::default(), text, file, problems)
}

/// Reads a file's text, as [`parse`] does, into memory that has been used before.
pub(super) fn parse_within<'s>(
    pool: &mut Pool,
    text: &'s str,
    file: FileId,
    problems: &mut Diagnostics,
) -> Option<Table<'s>> {
    super::plain::parse(pool, text).or_else(|| parse_whole(text, file, problems))
}

/// Reads a file's text with the whole syntax of TOML.
fn parse_whole<'s>(text: &'s str, file: FileId, problems: &mut Diagnostics) -> Option<Table<'s>> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut builder = Builder::new(source);
    let mut errors: Option<ParseError> = None;
    {
        let mut checked = ValidateWhitespace::new(&mut builder, source);
        let mut guarded = RecursionGuard::new(&mut checked, MAX_DEPTH);
        parse_document(&tokens, &mut guarded, &mut errors);
    }
    builder.close_current(&mut errors);
    if let Some((at, end, key)) = builder.twice {
        let message = format!("`{key}` stands twice in this table");
        problems.push(
            Diagnostic::error(code::KEY_TWICE, message)
                .at(Span {
                    file,
                    start: at,
                    end,
                })
                .hint("keep one of the two; the first is not overwritten silently"),
        );
        return None;
    }
    match errors {
        None => Some(builder.root),
        Some(error) => {
            problems.push(syntax(text, file, &error));
            None
        }
    }
}

/// Returns the diagnostic of a syntax error; a decimal comma gets its own.
fn syntax(text: &str, file: FileId, error: &ParseError) -> Diagnostic {
    let place = error
        .unexpected()
        .or(error.context())
        .unwrap_or(Range::new_unchecked(0, 0));
    let line_start = text[..place.start().min(text.len())]
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
        let compact: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        if amount::parse(&compact, 28).is_ok() {
            let message = format!("`{value}` has spaces in a number");
            return Diagnostic::error(code::VALUE_NUMBER, message)
                .at(span)
                .hint(format!("write `{compact}`"));
        }
        if value.starts_with(char::is_alphabetic) {
            let message = "this is not TOML: a text without quotes";
            return Diagnostic::error(code::TOML_SYNTAX, message)
                .at(span)
                .hint(format!("put it in double quotes: `\"{value}\"`"));
        }
    }
    let end = place.end().max(place.start() + 1).min(text.len().max(1));
    let mut diagnostic = Diagnostic::error(
        code::TOML_SYNTAX,
        format!("this is not TOML: {}", error.description()),
    )
    .at(Span::new(
        file,
        place.start().min(text.len().saturating_sub(1)),
        end,
    ));
    if let Some(expected) = error.expected().filter(|list| !list.is_empty()) {
        let list: Vec<String> = expected
            .iter()
            .map(|expected| match expected {
                Expected::Literal(text) => format!("`{}`", text.escape_default()),
                Expected::Description(text) => (*text).to_owned(),
                _ => "another text".to_owned(),
            })
            .collect();
        diagnostic = diagnostic.hint(format!("expected here: {}", list.join(", ")));
    }
    diagnostic
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

/// The dotted key of the value that comes next.
#[derive(Default)]
struct Path<'s> {
    parents: Vec<Key<'s>>,
    last: Option<Key<'s>>,
}

impl<'s> Path<'s> {
    fn push(&mut self, key: Key<'s>) {
        if let Some(parent) = self.last.replace(key) {
            self.parents.push(parent);
        }
    }
}

/// An array or inline table that is still open, and the key it will stand under.
struct Frame<'s> {
    path: Path<'s>,
    start: u32,
    container: Value<'s>,
}

/// Builds the tree from events.
struct Builder<'s> {
    source: Source<'s>,
    root: Table<'s>,
    /// The table that key-value pairs go to just now, and where it will stand.
    current: Table<'s>,
    current_path: Path<'s>,
    /// Whether the current table is an element of an array.
    current_is_element: bool,
    path: Path<'s>,
    header_start: u32,
    in_header: bool,
    frames: Vec<Frame<'s>>,
    /// The first key that stood twice.
    twice: Option<(u32, u32, String)>,
}

impl<'s> Builder<'s> {
    fn new(source: Source<'s>) -> Self {
        Self {
            source,
            root: Table::new(Origin::Header, 0, 0),
            current: Table::new(Origin::Header, 0, 0),
            current_path: Path::default(),
            current_is_element: false,
            path: Path::default(),
            header_start: 0,
            in_header: false,
            frames: Vec::new(),
            twice: None,
        }
    }

    fn repeat(&mut self, key: &Key<'s>) {
        if self.twice.is_none() {
            self.twice = Some((key.start, key.end, key.text.to_string()));
        }
    }

    /// Moves the current table to its place in the root.
    fn close_current(&mut self, _error: &mut dyn ErrorSink) {
        let table = std::mem::replace(&mut self.current, Table::new(Origin::Header, 0, 0));
        let path = std::mem::take(&mut self.current_path);
        let Some(key) = path.last else {
            table
                .entries
                .into_iter()
                .for_each(|entry| self.root.push(entry));
            return;
        };
        let is_element = self.current_is_element;
        let mut parent = &mut self.root;
        for step in path.parents {
            match descend(parent, step) {
                Ok(table) => parent = table,
                Err(step) => return self.repeat(&step),
            }
        }
        if let Err(key) = attach(parent, key, table, is_element) {
            self.repeat(&key);
        }
    }

    fn open_header(&mut self, start: u32, error: &mut dyn ErrorSink) {
        self.close_current(error);
        self.header_start = start;
        self.in_header = true;
        self.path = Path::default();
    }

    fn close_header(&mut self, end: u32, is_element: bool) {
        self.in_header = false;
        self.current = Table::new(Origin::Header, self.header_start, end);
        self.current_path = std::mem::take(&mut self.path);
        self.current_is_element = is_element;
    }

    fn add(&mut self, item: Item<'s>) {
        if let Some(Frame {
            container: Value::Array(items),
            ..
        }) = self.frames.last_mut()
        {
            items.push(item);
            return;
        }
        let path = std::mem::take(&mut self.path);
        let table = match self.frames.last_mut() {
            Some(Frame {
                container: Value::Table(table),
                ..
            }) => table,
            _ => &mut self.current,
        };
        if let Err(key) = insert(table, path, item) {
            self.repeat(&key);
        }
    }

    fn open(&mut self, start: u32, container: Value<'s>) {
        let path = std::mem::take(&mut self.path);
        self.frames.push(Frame {
            path,
            start,
            container,
        });
    }

    fn close(&mut self, end: u32) {
        if let Some(frame) = self.frames.pop() {
            self.path = frame.path;
            let mut value = frame.container;
            if let Value::Table(table) = &mut value {
                table.end = end;
            }
            self.add(Item {
                start: frame.start,
                end,
                value,
            });
        }
    }
}

/// Puts a value under a dotted key.
fn insert<'s>(mut table: &mut Table<'s>, path: Path<'s>, item: Item<'s>) -> Result<(), Key<'s>> {
    for step in path.parents {
        let index = table.position(&step.text).unwrap_or(table.entries.len());
        if index == table.entries.len() {
            let made = Table::new(Origin::Dotted, step.start, step.end);
            table.push(entry(step, made));
            table = match &mut table.entries[index].item.value {
                Value::Table(made) => made,
                _ => unreachable!("a table was just put here"),
            };
            continue;
        }
        table = match &mut table.entries[index].item.value {
            Value::Table(known) if known.origin == Origin::Dotted => known,
            _ => return Err(step),
        };
    }
    let Some(key) = path.last else { return Ok(()) };
    if table.position(&key.text).is_some() {
        return Err(key);
    }
    table.push(Entry {
        key: key.text,
        key_start: key.start,
        key_end: key.end,
        item,
    });
    Ok(())
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, span: Range, error: &mut dyn ErrorSink) {
        self.open_header(place(span.start()), error);
    }

    fn std_table_close(&mut self, span: Range, _error: &mut dyn ErrorSink) {
        self.close_header(place(span.end()), false);
    }

    fn array_table_open(&mut self, span: Range, error: &mut dyn ErrorSink) {
        self.open_header(place(span.start()), error);
    }

    fn array_table_close(&mut self, span: Range, _error: &mut dyn ErrorSink) {
        self.close_header(place(span.end()), true);
    }

    fn inline_table_open(&mut self, span: Range, _error: &mut dyn ErrorSink) -> bool {
        let table = Table::new(Origin::Inline, place(span.start()), place(span.end()));
        self.open(place(span.start()), Value::Table(table));
        true
    }

    fn inline_table_close(&mut self, span: Range, _error: &mut dyn ErrorSink) {
        self.close(place(span.end()));
    }

    fn array_open(&mut self, span: Range, _error: &mut dyn ErrorSink) -> bool {
        self.open(place(span.start()), Value::Array(Vec::new()));
        true
    }

    fn array_close(&mut self, span: Range, _error: &mut dyn ErrorSink) {
        self.close(place(span.end()));
    }

    fn simple_key(&mut self, span: Range, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(raw) = self.source.get(span) else {
            return;
        };
        let raw = toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span);
        let mut text = Cow::Borrowed("");
        raw.decode_key(&mut text, error);
        self.path.push(Key {
            text,
            start: place(span.start()),
            end: place(span.end()),
        });
    }

    fn scalar(&mut self, span: Range, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(raw) = self.source.get(span) else {
            return;
        };
        let text = raw.as_str();
        let raw = toml_parser::Raw::new_unchecked(text, encoding, span);
        let mut decoded = Cow::Borrowed("");
        let value = match raw.decode_scalar(&mut decoded, error) {
            ScalarKind::String => Value::Text(decoded),
            ScalarKind::Boolean(value) => Value::Boolean(value),
            ScalarKind::DateTime => Value::Time(text),
            ScalarKind::Integer(_) => Value::Integer(text),
            ScalarKind::Float => Value::Float(text),
        };
        self.add(Item {
            start: place(span.start()),
            end: place(span.end()),
            value,
        });
    }
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
            let whole = parse_whole(text, file, &mut problems);
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
        assert!(read(&format!("a = {}", "[".repeat(100_000))).is_err());
    }
}
