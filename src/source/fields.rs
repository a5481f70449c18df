//! A table of a file → typed fields, each problem added to the list with its place. Keys that nobody asked for are unknown.

use std::cell::{Cell, RefCell};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::tree::{Entry, Item, Pool, Table, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code, nearest};
use crate::ledger::{amount, date};
use crate::printable::{is_unprintable, may_hide};
use crate::span::{FileId, Span, Spanned};

/// The file being read and the problems found in it.
pub struct Reading {
    /// The file.
    pub file: FileId,
    /// The problems found so far.
    pub problems: RefCell<Diagnostics>,
    /// The keys asked for, each with the place of its table: what a misspelt key may have meant.
    asked: RefCell<Vec<(usize, &'static str)>>,
    /// Whether it is an issued document.
    is_frozen: Cell<bool>,
    /// What the trees of the files before stood in.
    pub(super) pool: Pool,
}

impl Reading {
    /// Starts reading a file.
    pub fn new(file: FileId) -> Self {
        Self {
            file,
            problems: RefCell::default(),
            asked: RefCell::default(),
            is_frozen: Cell::new(false),
            pool: Pool::default(),
        }
    }

    /// Starts reading another file, with the same memory; what was found in this one is taken out before.
    pub fn again(&mut self, file: FileId) {
        self.file = file;
        self.asked.get_mut().clear();
    }

    /// Adds an error at a place.
    pub fn error(
        &self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.problems
            .borrow_mut()
            .push(Diagnostic::error(code, message).at(span).hint(hint));
    }
}

/// The fields of one table.
pub struct Fields<'t, 's> {
    table: &'t Table<'s>,
    reading: &'t Reading,
    seen: u64,
    /// Keys are mostly asked for in the order they stand: the search begins after the last found.
    next: usize,
}

impl<'t, 's> Fields<'t, 's> {
    /// Starts with a table.
    pub fn new(table: &'t Table<'s>, reading: &'t Reading) -> Self {
        Self {
            table,
            reading,
            seen: 0,
            next: 0,
        }
    }

    /// Says that the file is an issued document: what was accepted once is read for ever.
    pub fn frozen(&mut self) -> &mut Self {
        self.reading.is_frozen.set(true);
        self
    }

    /// Returns the reading this belongs to.
    pub fn reading(&self) -> &'t Reading {
        self.reading
    }

    /// What tells this table from the others of the file.
    fn id(&self) -> usize {
        std::ptr::from_ref(self.table).addr()
    }

    /// Returns the place of the table's header.
    pub fn span(&self) -> Span {
        Span {
            file: self.reading.file,
            start: self.table.start,
            end: self.table.end,
        }
    }

    /// Returns the place of a value.
    pub fn place(&self, item: &Item<'_>) -> Span {
        Span {
            file: self.reading.file,
            start: item.start,
            end: item.end,
        }
    }

    /// Tells whether a key stands here, without asking for it.
    pub fn has(&self, name: &str) -> bool {
        self.table.get(name).is_some()
    }

    /// Asks for a key's entry.
    pub fn entry(&mut self, name: &'static str) -> Option<&'t Entry<'s>> {
        self.reading.asked.borrow_mut().push((self.id(), name));
        let entries = self.table.entries();
        let index = match entries.get(self.next) {
            Some(entry) if entry.key == name => self.next,
            _ => self.table.position(name)?,
        };
        self.next = index + 1;
        self.seen |= 1u64
            .checked_shl(u32::try_from(index).unwrap_or(64))
            .unwrap_or(0);
        Some(&entries[index])
    }

    fn wrong_type(&self, name: &str, item: &Item<'_>, wanted: &str, example: &str) {
        let found = item.value.type_name();
        self.reading.error(
            code::VALUE_TYPE,
            self.place(item),
            format!("`{name}` must be {wanted}, not {found}"),
            format!("for example `{name} = {example}`"),
        );
    }

    /// Reads a text of one line; an empty one counts as absent.
    pub fn text(&mut self, name: &'static str) -> Option<Spanned<String>> {
        self.borrowed(name).map(|text| text.map(str::to_owned))
    }

    /// Reads a text of one line as it stands in the file; an empty one counts as absent.
    pub fn borrowed(&mut self, name: &'static str) -> Option<Spanned<&'t str>> {
        let entry = self.entry(name)?;
        self.text_of(name, &entry.item, false)
            .filter(|text| !text.is_empty())
    }

    /// Reads a text that may have several lines.
    pub fn paragraph(&mut self, name: &'static str) -> Option<Spanned<String>> {
        let entry = self.entry(name)?;
        let text = self
            .text_of(name, &entry.item, true)
            .filter(|text| !text.is_empty())?;
        Some(text.map(str::to_owned))
    }

    /// Reads a text of one line without its place.
    pub fn string(&mut self, name: &'static str) -> Option<String> {
        self.borrowed(name).map(|text| text.value.to_owned())
    }

    /// Tells whether a character that is not printed may stand in a text all the same: the ends of lines and the joiners of prose, and
    /// what documents were issued with before it was refused.
    fn may_stand(&self, c: char, lines: bool) -> bool {
        let joins = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}');
        let always_refused = matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        match c {
            '\n' => lines,
            c if c.is_control() || always_refused => false,
            _ => (lines && joins) || self.reading.is_frozen.get(),
        }
    }

    fn text_of(&self, name: &str, item: &'t Item<'_>, lines: bool) -> Option<Spanned<&'t str>> {
        let Value::Text(text) = &item.value else {
            self.wrong_type(name, item, "a text", &format!("\"{}\"", sample(item)));
            return None;
        };
        // No early end: so that the compiler looks at many bytes at once.
        let others = text.bytes().fold(0, |found, byte| {
            found | u8::from(!matches!(byte, b' '..=b'~'))
        });
        if others == 0 && !text.starts_with(' ') {
            return Some(Spanned::new(text, self.place(item)));
        }
        if (may_hide(text) || text.contains('\n'))
            && let Some(c) = text
                .chars()
                .find(|c| is_unprintable(*c) && !self.may_stand(*c, lines))
        {
            let kind = if c.is_control() {
                "control character"
            } else {
                "invisible character"
            };
            self.reading.error(
                code::VALUE_TEXT,
                self.place(item),
                format!("`{name}` has the {kind} U+{:04X}", u32::from(c)),
                if c == '\n' {
                    "write it in one line"
                } else {
                    "remove it"
                },
            );
            return None;
        }
        if !text.is_empty() && text.trim().is_empty() {
            self.reading.error(
                code::VALUE_TEXT,
                self.place(item),
                format!("`{name}` holds only spaces"),
                "write a text, or leave the key out",
            );
            return None;
        }
        Some(Spanned::new(text, self.place(item)))
    }

    /// Reads a text that must be there and not be empty.
    pub fn required_text(&mut self, name: &'static str, example: &str) -> Option<Spanned<String>> {
        self.required_borrowed(name, example)
            .map(|text| text.map(str::to_owned))
    }

    /// Reads a text that must be there and not be empty, as it stands in the file.
    pub fn required_borrowed(
        &mut self,
        name: &'static str,
        example: &str,
    ) -> Option<Spanned<&'t str>> {
        let Some(entry) = self.entry(name) else {
            self.missing(name, example);
            return None;
        };
        let text = self.text_of(name, &entry.item, false)?;
        if text.is_empty() {
            let hint = format!("for example `{name} = {example}`");
            self.reading.error(
                code::VALUE_TEXT,
                text.span,
                format!("`{name}` is empty"),
                hint,
            );
            return None;
        }
        Some(text)
    }

    /// Adds that a required key is missing.
    pub fn missing(&self, name: &str, example: &str) {
        let hint = if name.starts_with('[') {
            format!("add {example}")
        } else {
            format!("add `{name} = {example}`")
        };
        self.reading
            .error(code::KEY_MISSING, self.span(), missing_text(name), hint);
    }

    /// Reads a list of texts.
    pub fn texts(&mut self, name: &'static str) -> Vec<Spanned<String>> {
        let Some(entry) = self.entry(name) else {
            return Vec::new();
        };
        let Value::Array(items) = &entry.item.value else {
            let example = if let Value::Text(text) = &entry.item.value {
                format!("[\"{text}\"]")
            } else {
                "[\"…\"]".into()
            };
            self.wrong_type(name, &entry.item, "a list of texts", &example);
            return Vec::new();
        };
        let texts = items
            .iter()
            .filter_map(|item| self.text_of(name, item, false))
            .filter(|text| !text.is_empty());
        texts.map(|text| text.map(str::to_owned)).collect()
    }

    /// Reads a list of texts without their places.
    pub fn strings(&mut self, name: &'static str) -> Vec<String> {
        self.texts(name)
            .into_iter()
            .map(|text| text.value)
            .collect()
    }

    /// Reads a plain number of at most `decimals` digits after the point.
    pub fn decimal(&mut self, name: &'static str, decimals: u32) -> Option<Spanned<Decimal>> {
        let entry = self.entry(name)?;
        self.decimal_of(name, &entry.item, decimals)
    }

    /// Reads a number that must be there.
    pub fn required_decimal(
        &mut self,
        name: &'static str,
        decimals: u32,
        example: &str,
    ) -> Option<Spanned<Decimal>> {
        let Some(entry) = self.entry(name) else {
            self.missing(name, example);
            return None;
        };
        self.decimal_of(name, &entry.item, decimals)
    }

    /// Reads a number from a value.
    pub fn decimal_of(
        &self,
        name: &str,
        item: &Item<'_>,
        decimals: u32,
    ) -> Option<Spanned<Decimal>> {
        let text = match &item.value {
            Value::Integer(text) | Value::Float(text) => *text,
            Value::Text(text) => {
                let hint = match amount::parse(text, 28) {
                    Err(amount::NumberError::Comma(right)) => {
                        format!("write it with a point and without quotes: `{name} = {right}`")
                    }
                    Ok(_) => format!("write it without quotes: `{name} = {text}`"),
                    Err(_) => format!("for example `{name} = 1234.56`"),
                };
                let message = format!("`{name}` must be a number, not a text");
                self.reading
                    .error(code::VALUE_TYPE, self.place(item), message, hint);
                return None;
            }
            _ => {
                self.wrong_type(name, item, "a number", "1234.56");
                return None;
            }
        };
        match amount::parse(text, decimals) {
            Ok(value) => Some(Spanned::new(value, self.place(item))),
            Err(problem) => {
                let (message, hint) = problem.explain(text);
                self.reading
                    .error(code::VALUE_NUMBER, self.place(item), message, hint);
                None
            }
        }
    }

    /// Reads a whole number in a range.
    pub fn integer(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<i32>,
    ) -> Option<i32> {
        let value = self.decimal(name, 0)?;
        let number = i32::try_from(value.value.trunc().mantissa())
            .ok()
            .filter(|n| range.contains(n));
        if number.is_none() {
            let message = format!("`{name}` must be from {} to {}", range.start(), range.end());
            self.reading.error(
                code::VALUE_NUMBER,
                value.span,
                message,
                format!("for example `{name} = {}`", range.start()),
            );
        }
        number
    }

    /// Reads a day.
    pub fn date(&mut self, name: &'static str) -> Option<Spanned<NaiveDate>> {
        let entry = self.entry(name)?;
        self.date_of(name, &entry.item)
    }

    /// Reads a day that must be there.
    pub fn required_date(&mut self, name: &'static str) -> Option<Spanned<NaiveDate>> {
        let Some(entry) = self.entry(name) else {
            self.missing(name, "2026-11-22");
            return None;
        };
        self.date_of(name, &entry.item)
    }

    /// Reads a day from a value.
    pub fn date_of(&self, name: &str, item: &Item<'_>) -> Option<Spanned<NaiveDate>> {
        let Value::Time(text) = &item.value else {
            let example = match &item.value {
                Value::Text(text) if date::parse(text).is_some() => text.to_string(),
                _ => "2026-11-22".to_owned(),
            };
            self.wrong_type(name, item, "a date, without quotes", &example);
            return None;
        };
        let day = date::parse(text);
        if day.is_none() {
            let real = if text.len() == 10 {
                "is no day of the calendar"
            } else {
                "is not a date alone"
            };
            self.reading.error(
                code::VALUE_DATE,
                self.place(item),
                format!("`{text}` {real}"),
                "write a real day as YYYY-MM-DD, without time or zone",
            );
        }
        day.map(|day| Spanned::new(day, self.place(item)))
    }

    /// Reads true or false.
    pub fn boolean(&mut self, name: &'static str, default: bool) -> bool {
        let Some(entry) = self.entry(name) else {
            return default;
        };
        if let Value::Boolean(value) = entry.item.value {
            return value;
        }
        self.wrong_type(
            name,
            &entry.item,
            "true or false",
            if default { "false" } else { "true" },
        );
        default
    }

    /// Reads one of some words.
    pub fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Option<Spanned<T>> {
        let text = self.borrowed(name)?;
        self.choice_of(name, &text, words)
            .map(|value| Spanned::new(value, text.span))
    }

    /// Finds a text among some words.
    pub fn choice_of<T: Copy>(
        &self,
        name: &str,
        text: &Spanned<impl AsRef<str>>,
        words: &[(&str, T)],
    ) -> Option<T> {
        let (text, span) = (text.value.as_ref(), text.span);
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let hint = match nearest(text, list.iter().copied()) {
            Some(word) => format!("did you mean `{word}`? It is one of {}", list.join(", ")),
            None => format!("one of {}", list.join(", ")),
        };
        self.reading.error(
            code::VALUE_CHOICE,
            span,
            format!("`{text}` is no {name}"),
            hint,
        );
        None
    }

    /// Reads a table.
    pub fn table(&mut self, name: &'static str) -> Option<Fields<'t, 's>> {
        let entry = self.entry(name)?;
        if let Value::Table(table) = &entry.item.value {
            return Some(Fields::new(table, self.reading));
        }
        self.wrong_type(name, &entry.item, "a table", "{ … }");
        None
    }

    /// Reads an array of tables.
    pub fn tables(&mut self, name: &'static str) -> Vec<Fields<'t, 's>> {
        let Some(entry) = self.entry(name) else {
            return Vec::new();
        };
        let Value::Array(items) = &entry.item.value else {
            let message = format!("`{name}` is a list of tables");
            self.reading.error(
                code::VALUE_TYPE,
                self.place(&entry.item),
                message,
                format!("write `[[{name}]]`"),
            );
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            if let Value::Table(table) = &item.value {
                tables.push(Fields::new(table, self.reading));
            } else {
                self.wrong_type(name, item, "a table", "{ … }");
            }
        }
        tables
    }

    /// Returns all entries of this table, each counted as asked for.
    pub fn all(&mut self) -> &'t [Entry<'s>] {
        self.seen = u64::MAX;
        self.table.entries()
    }

    /// Adds every key that was not asked for as unknown, with the nearest that was.
    pub fn finish(self) {
        if self.seen.count_ones() as usize == self.table.entries().len() || self.seen == u64::MAX {
            return;
        }
        let asked = self.reading.asked.borrow();
        let mine = asked
            .iter()
            .filter(|(table, _)| *table == self.id())
            .map(|(_, name)| *name);
        let mine: Vec<&str> = mine.collect();
        let mut meant: Vec<&str> = Vec::new();
        for (index, entry) in self.table.entries().iter().enumerate() {
            let bit = 1u64
                .checked_shl(u32::try_from(index).unwrap_or(64))
                .unwrap_or(0);
            if self.seen & bit != 0 {
                continue;
            }
            let span = Span {
                file: self.reading.file,
                start: entry.key_start,
                end: entry.key_end,
            };
            let hint = match nearest(&entry.key, mine.iter().copied()) {
                Some(name) => {
                    // One mistake, one error: the key that was meant is not missing.
                    if !meant.contains(&name) {
                        meant.push(name);
                        self.reading.problems.borrow_mut().forget(
                            code::KEY_MISSING,
                            self.span(),
                            &missing_text(name),
                        );
                    }
                    format!("did you mean `{name}`?")
                }
                None => format!("the keys here are {}", mine.join(", ")),
            };
            self.reading.error(
                code::KEY_UNKNOWN,
                span,
                format!("unknown key `{}`", entry.key),
                hint,
            );
        }
    }
}

fn missing_text(name: &str) -> String {
    format!("`{name}` is missing")
}

fn sample(item: &Item<'_>) -> String {
    match &item.value {
        Value::Integer(text) | Value::Float(text) | Value::Time(text) => (*text).to_owned(),
        Value::Boolean(value) => value.to_string(),
        _ => "…".into(),
    }
}
