//! TOML text → a tree of borrowed values, each with its place. Built from the events of `toml_parser`: the whole syntax, no maps.

use std::borrow::Cow;

use toml_parser::decoder::Encoding;
use toml_parser::decoder::ScalarKind;
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, Expected, ParseError, Source, Span as Range};

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount;
use crate::span::{FileId, Span};

/// Deeper than any file of ours, shallower than the stack.
const MAX_DEPTH: u32 = 32;

/// A value and the bytes it stands at.
#[derive(Debug)]
pub struct Item<'s> {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The value.
    pub value: Value<'s>,
}

/// A TOML value.
#[derive(Debug)]
pub enum Value<'s> {
    /// A string, decoded.
    Text(Cow<'s, str>),
    /// An integer, as written.
    Integer(&'s str),
    /// A float, as written.
    Float(&'s str),
    /// A boolean.
    Boolean(bool),
    /// A date, a time or both, as written.
    Time(&'s str),
    /// An array, of tables too.
    Array(Vec<Item<'s>>),
    /// A table.
    Table(Table<'s>),
}

impl Value<'_> {
    /// Returns the name of its type, with its article.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Time(_) => "a date or time",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// How a table came to be: decides whether it may be opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Named on the way to another: `[a.b]` makes `a`.
    Implied,
    /// `[a]` or an element of `[[a]]`.
    Header,
    /// `a.b = 1` makes `a`.
    Dotted,
    /// `{ … }`.
    Inline,
}

/// A table: its entries in the order of the file.
#[derive(Debug)]
pub struct Table<'s> {
    entries: Vec<Entry<'s>>,
    /// A bit for each key by its length and ends: what most keys asked for in vain are known by.
    keys: u64,
    /// Where its header or brace stands.
    pub start: u32,
    /// Where that ends.
    pub end: u32,
    origin: Origin,
}

/// What the tables of files read before stood in: room for entries, and none of them.
#[derive(Default)]
pub struct Pool(Vec<Vec<Entry<'static>>>);

impl Pool {
    /// Takes a table apart and keeps its memory.
    pub(super) fn take(&mut self, table: Table<'_>) {
        let mut entries = table.entries;
        for entry in entries.drain(..) {
            self.take_value(entry.item.value);
        }
        // There is none left: collecting none of the same size keeps the memory.
        self.0.push(entries.into_iter().map(|_| unreachable!("no entry is left")).collect());
    }

    fn take_value(&mut self, value: Value<'_>) {
        match value {
            Value::Table(table) => self.take(table),
            Value::Array(items) => items.into_iter().for_each(|item| self.take_value(item.value)),
            _ => {}
        }
    }
}

/// A key and its value.
#[derive(Debug)]
pub struct Entry<'s> {
    /// The key, decoded.
    pub key: Cow<'s, str>,
    /// First byte of the key.
    pub key_start: u32,
    /// One past the key's last byte.
    pub key_end: u32,
    /// The value.
    pub item: Item<'s>,
}

impl<'s> Table<'s> {
    pub(super) fn new(origin: Origin, start: u32, end: u32) -> Self {
        Self { entries: Vec::with_capacity(8), keys: 0, start, end, origin }
    }

    /// Returns its entries.
    pub fn entries(&self) -> &[Entry<'s>] {
        &self.entries
    }

    /// Returns the entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry<'s>> {
        self.position(key).map(|index| &self.entries[index])
    }

    /// Returns the place of a key's entry.
    pub fn position(&self, key: &str) -> Option<usize> {
        if self.keys & bit(key) == 0 {
            return None;
        }
        self.entries.iter().position(|entry| entry.key == key)
    }

    /// Starts an empty table in memory that has been used before, if there is any.
    pub(super) fn within(pool: &mut Pool, origin: Origin, start: u32, end: u32) -> Self {
        match pool.0.pop() {
            Some(entries) => Self { entries, keys: 0, start, end, origin },
            None => Self::new(origin, start, end),
        }
    }

    pub(super) fn push(&mut self, entry: Entry<'s>) {
        self.keys |= bit(&entry.key);
        self.entries.push(entry);
    }
}

/// A place in a file: none is longer than [`MAX_TEXT`](super::repository::MAX_TEXT).
pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The bit of a key.
fn bit(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 1 };
    1 << ((bytes.len() * 7 + usize::from(*first) * 3 + usize::from(*last)) % 64)
}

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
                .at(Span { file, start: at, end })
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
    let place = error.unexpected().or(error.context()).unwrap_or(Range::new_unchecked(0, 0));
    let line_start = text[..place.start().min(text.len())].rfind('\n').map_or(0, |at| at + 1);
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
            return Diagnostic::error(code::VALUE_DATE, message).at(span).hint(format!("write `{date}`"));
        }
        let compact: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        if amount::parse(&compact, 28).is_ok() {
            let message = format!("`{value}` has spaces in a number");
            return Diagnostic::error(code::VALUE_NUMBER, message).at(span).hint(format!("write `{compact}`"));
        }
        if value.starts_with(char::is_alphabetic) {
            let message = "this is not TOML: a text without quotes";
            return Diagnostic::error(code::TOML_SYNTAX, message)
                .at(span)
                .hint(format!("put it in double quotes: `\"{value}\"`"));
        }
    }
    let end = place.end().max(place.start() + 1).min(text.len().max(1));
    let mut diagnostic = Diagnostic::error(code::TOML_SYNTAX, format!("this is not TOML: {}", error.description()))
        .at(Span::new(file, place.start().min(text.len().saturating_sub(1)), end));
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
        && value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'-' | b' '));
    plain.then(|| (line.len() - line[equals + 1..].trim_start().len(), value))
}

/// Returns the place and text of what stands right of the line's `=`, if it has no quotes or brackets.
fn bare_value(line: &str) -> Option<(usize, &str)> {
    let equals = line.find('=')?;
    let value = line[equals + 1..].split('#').next()?.trim();
    let bare = !value.is_empty() && !value.contains(['"', '\'', '[', '{', '=']);
    bare.then(|| (line.len() - line[equals + 1..].trim_start().len(), value))
}

/// A key on its way.
pub(super) struct Key<'s> {
    pub(super) text: Cow<'s, str>,
    pub(super) start: u32,
    pub(super) end: u32,
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
            table.entries.into_iter().for_each(|entry| self.root.push(entry));
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
        if let Some(Frame { container: Value::Array(items), .. }) = self.frames.last_mut() {
            items.push(item);
            return;
        }
        let path = std::mem::take(&mut self.path);
        let table = match self.frames.last_mut() {
            Some(Frame { container: Value::Table(table), .. }) => table,
            _ => &mut self.current,
        };
        if let Err(key) = insert(table, path, item) {
            self.repeat(&key);
        }
    }

    fn open(&mut self, start: u32, container: Value<'s>) {
        let path = std::mem::take(&mut self.path);
        self.frames.push(Frame { path, start, container });
    }

    fn close(&mut self, end: u32) {
        if let Some(frame) = self.frames.pop() {
            self.path = frame.path;
            let mut value = frame.container;
            if let Value::Table(table) = &mut value {
                table.end = end;
            }
            self.add(Item { start: frame.start, end, value });
        }
    }
}

/// Finds or makes the table of a header's step; an array stands for its last element.
pub(super) fn descend<'t, 's>(parent: &'t mut Table<'s>, step: Key<'s>) -> Result<&'t mut Table<'s>, Key<'s>> {
    let index = parent.position(&step.text).unwrap_or(parent.entries.len());
    if index == parent.entries.len() {
        let table = Table::new(Origin::Implied, step.start, step.end);
        parent.push(entry(step, table));
        return match &mut parent.entries[index].item.value {
            Value::Table(table) => Ok(table),
            _ => unreachable!("a table was just put here"),
        };
    }
    match &mut parent.entries[index].item.value {
        Value::Table(table) if table.origin != Origin::Inline => Ok(table),
        Value::Array(items) => match items.last_mut() {
            Some(Item { value: Value::Table(table), .. }) if table.origin != Origin::Inline => Ok(table),
            _ => Err(step),
        },
        _ => Err(step),
    }
}

fn entry<'s>(key: Key<'s>, table: Table<'s>) -> Entry<'s> {
    let (start, end) = (table.start, table.end);
    Entry {
        key: key.text,
        key_start: key.start,
        key_end: key.end,
        item: Item { start, end, value: Value::Table(table) },
    }
}

/// Puts a header's table under its last key.
pub(super) fn attach<'s>(
    parent: &mut Table<'s>,
    key: Key<'s>,
    table: Table<'s>,
    is_element: bool,
) -> Result<(), Key<'s>> {
    let Some(index) = parent.position(&key.text) else {
        let mut new = entry(key, table);
        if is_element {
            let (start, end) = (new.item.start, new.item.end);
            let mut items = Vec::with_capacity(4);
            items.push(std::mem::replace(&mut new.item, Item { start, end, value: Value::Boolean(false) }));
            new.item.value = Value::Array(items);
        }
        parent.push(new);
        return Ok(());
    };
    match &mut parent.entries[index].item.value {
        Value::Array(items) if is_element && items.iter().all(is_header_table) && !items.is_empty() => {
            items.push(Item { start: table.start, end: table.end, value: Value::Table(table) });
            Ok(())
        }
        Value::Table(known) if !is_element && known.origin == Origin::Implied => {
            for entry in table.entries {
                if known.position(&entry.key).is_some() {
                    return Err(Key { text: entry.key, start: entry.key_start, end: entry.key_end });
                }
                known.push(entry);
            }
            known.origin = Origin::Header;
            (known.start, known.end) = (table.start, table.end);
            Ok(())
        }
        _ => Err(key),
    }
}

fn is_header_table(item: &Item<'_>) -> bool {
    matches!(&item.value, Value::Table(table) if table.origin == Origin::Header)
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
    table.push(Entry { key: key.text, key_start: key.start, key_end: key.end, item });
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
        let Some(raw) = self.source.get(span) else { return };
        let raw = toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span);
        let mut text = Cow::Borrowed("");
        raw.decode_key(&mut text, error);
        self.path.push(Key { text, start: place(span.start()), end: place(span.end()) });
    }

    fn scalar(&mut self, span: Range, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(raw) = self.source.get(span) else { return };
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
        self.add(Item { start: place(span.start()), end: place(span.end()), value });
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
            assert_eq!(Some(format!("{plain:?}")), whole.map(|table| format!("{table:?}")), "{text}");
        }
        match parse(text, file, &mut problems) {
            Some(table) => Ok(show(&Value::Table(table))),
            None => Err(problems.iter().next().map(|d| format!("{}: {}", d.code.0, d.message)).unwrap()),
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
            Value::Array(items) => format!("{:?}", items.iter().map(|item| show(&item.value)).collect::<Vec<_>>()),
            Value::Table(table) => {
                let mut entries: Vec<String> =
                    table.entries.iter().map(|e| format!("{}={}", e.key, show(&e.item.value))).collect();
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
            toml::Value::Array(items) => format!("{:?}", items.iter().map(show_peer).collect::<Vec<_>>()),
            toml::Value::Table(table) => {
                let mut entries: Vec<String> = table.iter().map(|(k, v)| format!("{k}={}", show_peer(v))).collect();
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
                (Ok(ours), Ok(peer)) => assert_eq!(ours, &show_peer(&toml::Value::Table(peer.clone())), "{text}"),
                _ => assert_eq!(ours.is_ok(), peer.is_ok(), "{text}: {ours:?} {peer:?}"),
            }
        }
    }

    #[test]
    fn a_decimal_comma_is_named() {
        assert_eq!(read("price = 120,50\n").unwrap_err(), "VALUE-NUMBER: `120,50` has a decimal comma");
        assert!(read("price = 1,2,3\n").unwrap_err().starts_with("TOML-SYNTAX"));
    }

    #[test]
    fn deep_nesting_is_refused_not_a_crash() {
        assert!(read(&format!("a = {}", "[".repeat(100_000))).is_err());
    }
}
