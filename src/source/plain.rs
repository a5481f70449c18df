//! The plain form of TOML that `view/toml.rs` writes, read four times as fast, for issued documents alone: `check` reads all of them.
//!
//! A text that is not of this form, right or wrong, is left to the whole reader. The tests compare the two readers.

use std::borrow::Cow;

use arrayvec::ArrayVec;

use super::tree::{self, Entry, Item, Pool, Table, Value};

/// Reads a text of the plain form; none where it is of another, right or wrong.
pub(super) fn parse<'s>(pool: &mut Pool, text: &'s str) -> Option<Table<'s>> {
    let mut root = Table::within(pool, 0, 0);
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        pool,
    };
    let mut open: Option<(Header<'_>, Table<'_>)> = None;
    while reader.at < reader.bytes.len() {
        match reader.bytes[reader.at] {
            b'\n' => reader.at += 1,
            b'[' => {
                let start = reader.at;
                let header = reader.header()?;
                let end = tree::place(reader.at);
                let table = Table::within(reader.pool, tree::place(start), end);
                if let Some((header, table)) = open.replace((header, table)) {
                    place(text, &mut root, header, table)?;
                }
                reader.line_end()?;
            }
            _ => {
                let entry = reader.entry()?;
                push(open.as_mut().map_or(&mut root, |(_, table)| table), entry)?;
                reader.line_end()?;
            }
        }
    }
    if let Some((header, table)) = open {
        place(text, &mut root, header, table)?;
    }
    Some(root)
}

/// A key and the bytes it stands at.
struct Key<'s> {
    text: Cow<'s, str>,
    start: u32,
    end: u32,
}

/// The path of a header, and whether the header makes an element of an array.
type Header<'s> = (ArrayVec<Key<'s>, 4>, bool);

/// Puts a finished table where its header says. None where the path names a table that has no header of its own above it, or that
/// stands in braces: the whole reader decides about those.
fn place<'s>(
    text: &str,
    root: &mut Table<'s>,
    (mut path, is_element): Header<'s>,
    table: Table<'s>,
) -> Option<()> {
    let last = path.pop()?;
    let mut parent = root;
    for step in path {
        let index = parent.position(&step.text)?;
        let item = &mut parent.entries[index].item;
        parent = match &mut item.value {
            Value::Table(table) => table,
            Value::Array(items) => match items.last_mut()? {
                Item {
                    value: Value::Table(table),
                    ..
                } => table,
                _ => return None,
            },
            _ => return None,
        };
        if !has_header(text, parent) {
            return None;
        }
    }
    let (start, end) = (table.start, table.end);
    let table = Item {
        start,
        end,
        value: Value::Table(table),
    };
    let item = match parent.position(&last.text) {
        None if is_element => Item {
            start,
            end,
            value: Value::Array(vec![table]),
        },
        None => table,
        Some(index) => {
            let Value::Array(items) = &mut parent.entries[index].item.value else {
                return None;
            };
            match items.last()? {
                Item {
                    value: Value::Table(last),
                    ..
                } if is_element && has_header(text, last) => items.push(table),
                _ => return None,
            }
            return Some(());
        }
    };
    parent.push(Entry {
        key: last.text,
        key_start: last.start,
        key_end: last.end,
        item,
    });
    Some(())
}

/// Tells whether a table stands under a header, not in braces.
fn has_header(text: &str, table: &Table<'_>) -> bool {
    text.as_bytes().get(table.start as usize) == Some(&b'[')
}

/// More keys than a table of a document has: a table of more is left to the whole reader, whose search for a key that stands twice
/// does not slow down with their number.
const MAX_KEYS: usize = 64;

#[inline]
fn push<'s>(table: &mut Table<'s>, entry: Entry<'s>) -> Option<()> {
    if table.entries.len() == MAX_KEYS || table.get(&entry.key).is_some() {
        return None;
    }
    table.push(entry);
    Some(())
}

struct Reader<'p, 's> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    /// How deep in lists and tables: what is deeper than any file of ours is left to the whole reader, which bounds it.
    depth: u32,
    pool: &'p mut Pool,
}

impl<'s> Reader<'_, 's> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, expected: &[u8]) -> Option<()> {
        let end = self.at + expected.len();
        if self.bytes.get(self.at..end)? != expected {
            return None;
        }
        self.at = end;
        Some(())
    }

    fn line_end(&mut self) -> Option<()> {
        match self.byte() {
            None => Some(()),
            Some(b'\n') => {
                self.at += 1;
                Some(())
            }
            Some(_) => None,
        }
    }

    /// `[a]`, `[a.b]`, `[[a]]`.
    fn header(&mut self) -> Option<Header<'s>> {
        self.eat(b"[")?;
        let is_element = self.eat(b"[").is_some();
        let mut path = ArrayVec::new();
        path.push(self.key()?);
        while self.byte() == Some(b'.') {
            self.at += 1;
            path.try_push(self.key()?).ok()?;
        }
        self.eat(b"]")?;
        if is_element {
            self.eat(b"]")?;
        }
        Some((path, is_element))
    }

    /// A bare key.
    fn key(&mut self) -> Option<Key<'s>> {
        let start = self.at;
        while matches!(self.byte(), Some(b'a'..=b'z' | b'_' | b'0'..=b'9')) {
            self.at += 1;
        }
        let text = Cow::Borrowed(self.text.get(start..self.at)?);
        (self.at > start).then(|| Key {
            text,
            start: tree::place(start),
            end: tree::place(self.at),
        })
    }

    #[inline]
    fn entry(&mut self) -> Option<Entry<'s>> {
        let key = self.key()?;
        self.eat(b" = ")?;
        let item = self.item()?;
        Some(Entry {
            key: key.text,
            key_start: key.start,
            key_end: key.end,
            item,
        })
    }

    fn item(&mut self) -> Option<Item<'s>> {
        let start = self.at;
        self.depth += 1;
        if self.depth > 8 {
            return None;
        }
        let value = match self.byte()? {
            b'"' => self.string()?,
            b'{' => self.inline()?,
            b'[' => self.array()?,
            b't' => self.eat(b"true").map(|()| Value::Boolean(true))?,
            b'f' => self.eat(b"false").map(|()| Value::Boolean(false))?,
            _ => self.number()?,
        };
        self.depth -= 1;
        Some(Item {
            start: tree::place(start),
            end: tree::place(self.at),
            value,
        })
    }

    /// A basic string of one line, with the escapes that the writer writes.
    fn string(&mut self) -> Option<Value<'s>> {
        self.at += 1;
        let start = self.at;
        let mut decoded: Option<String> = None;
        let mut from = start;
        loop {
            let length = memchr::memchr2(b'"', b'\\', &self.bytes[self.at..])?;
            // No early end: so that the compiler looks at many bytes at once.
            let control = |found, byte: &u8| found | u8::from(byte.is_ascii_control());
            if self.bytes[self.at..self.at + length]
                .iter()
                .fold(0, control)
                > 0
            {
                return None;
            }
            self.at += length;
            if self.bytes[self.at] == b'"' {
                break;
            }
            let text = decoded.get_or_insert_default();
            text.push_str(&self.text[from..self.at]);
            text.push(match self.bytes.get(self.at + 1)? {
                b'"' => '"',
                b'\\' => '\\',
                b'n' => '\n',
                b't' => '\t',
                _ => return None,
            });
            self.at += 2;
            from = self.at;
        }
        let end = self.at;
        self.at += 1;
        // Three quotes begin a text of several lines.
        if end == start && self.byte() == Some(b'"') {
            return None;
        }
        let rest = &self.text[from..end];
        Some(Value::Text(match decoded {
            Some(text) => Cow::Owned(text + rest),
            None => Cow::Borrowed(rest),
        }))
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?` or a date.
    fn number(&mut self) -> Option<Value<'s>> {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9' | b'-' | b'.')) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        // What follows could make another value of it: an exponent, a time, a separator of digits.
        if !matches!(self.byte(), None | Some(b'\n' | b',' | b' ' | b']')) {
            return None;
        }
        if text.len() == 10 && text.as_bytes()[4] == b'-' {
            return crate::ledger::date::parse(text).map(|_| Value::Time(text));
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits
            .split_once('.')
            .map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole)
            || (whole.len() > 1 && whole.starts_with('0'))
            || !fraction.is_none_or(plain)
        {
            return None;
        }
        Some(if fraction.is_some() {
            Value::Float(text)
        } else {
            Value::Integer(text)
        })
    }

    /// `{ a = 1, b = 2 }`.
    fn inline(&mut self) -> Option<Value<'s>> {
        let start = self.at;
        self.eat(b"{ ")?;
        let mut table = Table::within(self.pool, tree::place(start), 0);
        loop {
            let entry = self.entry()?;
            push(&mut table, entry)?;
            if self.eat(b", ").is_none() {
                break;
            }
        }
        self.eat(b" }")?;
        table.end = tree::place(self.at);
        Some(Value::Table(table))
    }

    /// `[a, b]`.
    fn array(&mut self) -> Option<Value<'s>> {
        self.eat(b"[")?;
        let mut items = Vec::new();
        if self.eat(b"]").is_some() {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.item()?);
            if self.eat(b", ").is_none() {
                break;
            }
        }
        self.eat(b"]")?;
        Some(Value::Array(items))
    }
}
