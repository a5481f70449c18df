//! The tree of a TOML file: borrowed values with their places, tables in the order of the file, and how headers put them together.

use std::borrow::Cow;

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
    pub(super) entries: Vec<Entry<'s>>,
    /// A bit for each key by its length and ends: what most keys asked for in vain are known by.
    keys: u64,
    /// Where its header or brace stands.
    pub start: u32,
    /// Where that ends.
    pub end: u32,
    pub(super) origin: Origin,
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
        self.0.push(
            entries
                .into_iter()
                .map(|_| unreachable!("no entry is left"))
                .collect(),
        );
    }

    fn take_value(&mut self, value: Value<'_>) {
        match value {
            Value::Table(table) => self.take(table),
            Value::Array(items) => items
                .into_iter()
                .for_each(|item| self.take_value(item.value)),
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
        Self {
            entries: Vec::with_capacity(8),
            keys: 0,
            start,
            end,
            origin,
        }
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
            Some(entries) => Self {
                entries,
                keys: 0,
                start,
                end,
                origin,
            },
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
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return 1;
    };
    1 << ((bytes.len() * 7 + usize::from(*first) * 3 + usize::from(*last)) % 64)
}

/// A key on its way.
pub(super) struct Key<'s> {
    pub(super) text: Cow<'s, str>,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Finds or makes the table of a header's step; an array stands for its last element.
pub(super) fn descend<'t, 's>(
    parent: &'t mut Table<'s>,
    step: Key<'s>,
) -> Result<&'t mut Table<'s>, Key<'s>> {
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
            Some(Item {
                value: Value::Table(table),
                ..
            }) if table.origin != Origin::Inline => Ok(table),
            _ => Err(step),
        },
        _ => Err(step),
    }
}

pub(super) fn entry<'s>(key: Key<'s>, table: Table<'s>) -> Entry<'s> {
    let (start, end) = (table.start, table.end);
    Entry {
        key: key.text,
        key_start: key.start,
        key_end: key.end,
        item: Item {
            start,
            end,
            value: Value::Table(table),
        },
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
            items.push(std::mem::replace(
                &mut new.item,
                Item {
                    start,
                    end,
                    value: Value::Boolean(false),
                },
            ));
            new.item.value = Value::Array(items);
        }
        parent.push(new);
        return Ok(());
    };
    match &mut parent.entries[index].item.value {
        Value::Array(items)
            if is_element && items.iter().all(is_header_table) && !items.is_empty() =>
        {
            items.push(Item {
                start: table.start,
                end: table.end,
                value: Value::Table(table),
            });
            Ok(())
        }
        Value::Table(known) if !is_element && known.origin == Origin::Implied => {
            for entry in table.entries {
                if known.position(&entry.key).is_some() {
                    return Err(Key {
                        text: entry.key,
                        start: entry.key_start,
                        end: entry.key_end,
                    });
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
