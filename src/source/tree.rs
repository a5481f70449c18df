//! The tree of a TOML file: borrowed values with their places, tables in the order of the file. Both readers of TOML build it.

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
        // The vector is empty now. Collecting its iterator changes the lifetime in its type and keeps its allocation.
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
    /// Makes a table of entries that stand in the order of the file.
    pub(super) fn new(entries: Vec<Entry<'s>>, start: u32, end: u32) -> Self {
        Self {
            keys: entries.iter().fold(0, |keys, entry| keys | bit(&entry.key)),
            entries,
            start,
            end,
        }
    }

    /// Starts an empty table in memory that has been used before, if there is any.
    pub(super) fn within(pool: &mut Pool, start: u32, end: u32) -> Self {
        let entries = pool.0.pop().unwrap_or_else(|| Vec::with_capacity(8));
        Self {
            entries,
            keys: 0,
            start,
            end,
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
