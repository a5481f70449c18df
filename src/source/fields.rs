//! A table of a file → typed fields, each problem added to the list with its place. Keys that nobody asked for are unknown.

use std::cell::{Cell, RefCell};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::tree::{Entry, Item, Table, Value};
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
}

impl Reading {
    /// Starts reading a file.
    pub fn new(file: FileId) -> Self {
        Self {
            file,
            problems: RefCell::default(),
            asked: RefCell::default(),
            is_frozen: Cell::new(false),
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
    /// A bit for each of the first 64 entries: whether its key was asked for.
    seen: u64,
    /// The places of later entries whose keys were asked for.
    seen_later: Vec<usize>,
    /// Whether all entries count as asked for.
    is_all_seen: bool,
    /// How many keys of the file had been asked for, and how many problems found, when the first key of this table was asked for.
    before: Option<(usize, usize)>,
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
            seen_later: Vec::new(),
            is_all_seen: false,
            before: None,
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
        {
            let mut asked = self.reading.asked.borrow_mut();
            if self.before.is_none() {
                self.before = Some((asked.len(), self.reading.problems.borrow().len()));
            }
            asked.push((self.id(), name));
        }
        let entries = self.table.entries();
        let index = match entries.get(self.next) {
            Some(entry) if entry.key == name => self.next,
            _ => self.table.position(name)?,
        };
        self.next = index + 1;
        match first_bit(index) {
            Some(bit) => self.seen |= bit,
            None => self.seen_later.push(index),
        }
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
        if others == 0 && !text.starts_with(' ') && !text.ends_with(' ') {
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
        // Spaces around a text of one line were pasted with it: an order's number with them is another number to the buyer's program. What
        // is issued stays as it is.
        let text = if lines || self.reading.is_frozen.get() {
            text
        } else {
            text.trim()
        };
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
        self.is_all_seen = true;
        self.table.entries()
    }

    /// Adds every key that was not asked for as unknown, with the nearest that was.
    pub fn finish(mut self) {
        let entries = self.table.entries();
        if self.is_all_seen || self.seen.count_ones() as usize == entries.len() {
            return;
        }
        self.seen_later.sort_unstable();
        let asked = self.reading.asked.borrow();
        // Before its first key nothing was asked or said of this table: a file of many tables is not gone through for each of them.
        let (asked_before, problems_before) = self.before.unwrap_or((asked.len(), 0));
        let mine: Vec<&str> = asked
            .iter()
            .skip(asked_before)
            .filter(|(table, _)| *table == self.id())
            .map(|(_, name)| *name)
            .collect();
        let mut meant: Vec<&str> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let is_seen = match first_bit(index) {
                Some(bit) => self.seen & bit != 0,
                None => self.seen_later.binary_search(&index).is_ok(),
            };
            if is_seen {
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
                            problems_before,
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
                format!("unknown key `{}`", shortened(&entry.key)),
                hint,
            );
        }
    }
}

/// The bit of one of the first 64 entries.
fn first_bit(index: usize) -> Option<u64> {
    u32::try_from(index)
        .ok()
        .and_then(|index| 1u64.checked_shl(index))
}

/// A key as a message names it: of one that is far longer than any key of ours, the beginning.
fn shortened(key: &str) -> std::borrow::Cow<'_, str> {
    const LONGEST: usize = 80;
    match key.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &key[..end]).into(),
        None => key.into(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::toml::parse;
    use crate::span::SourceMap;

    /// What a reader that asks for some keys says of a text: code and sentence, and the hint.
    fn told(text: &str, keys: &[&'static str]) -> Vec<(String, Option<String>)> {
        let file = SourceMap::default().add("x.toml");
        let table = parse(text, file, &mut Diagnostics::default()).unwrap();
        let reading = Reading::new(file);
        let mut fields = Fields::new(&table, &reading);
        for key in keys {
            if fields.entry(key).is_none() {
                fields.missing(key, "1");
            }
        }
        fields.finish();
        reading
            .problems
            .into_inner()
            .iter()
            .map(|problem| {
                let message = format!("{}: {}", problem.code.0, problem.message);
                (message, problem.hint.clone())
            })
            .collect()
    }

    #[test]
    fn a_known_key_beyond_the_sixty_fourth_is_known() {
        let mut text: String = (0..70).map(|n| format!("x{n:02} = 1\n")).collect();
        text.push_str("price = 1\nprise = 2\n");
        let unknown = told(&text, &["price", "price"]);
        assert_eq!(unknown.len(), 71);
        assert!(
            unknown
                .iter()
                .all(|(message, _)| !message.contains("`price`"))
        );
        assert_eq!(unknown[70].0, "KEY-UNKNOWN: unknown key `prise`");
    }

    /// One mistake, one error, however often it was made.
    #[test]
    fn a_missing_key_is_taken_back_where_one_near_to_it_stands() {
        let said = told("prise = 1\npricee = 2\n", &["price", "unit"]);
        let messages: Vec<&str> = said.iter().map(|(message, _)| message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "KEY-MISSING: `unit` is missing",
                "KEY-UNKNOWN: unknown key `prise`",
                "KEY-UNKNOWN: unknown key `pricee`",
            ]
        );
        assert!(
            said[1..]
                .iter()
                .all(|(_, hint)| hint.as_deref() == Some("did you mean `price`?"))
        );
    }

    #[test]
    fn a_key_of_a_megabyte_is_named_by_its_beginning_and_many_keys_are_all_named() {
        let said = told(&format!("{} = 1\n", "price".repeat(200_000)), &["price"]);
        assert_eq!(said.len(), 2);
        assert_eq!(
            said[1].0,
            format!("KEY-UNKNOWN: unknown key `{}…`", "price".repeat(16))
        );
        assert_eq!(said[1].1.as_deref(), Some("the keys here are price"));
        let text: String = (0..32_000).map(|n| format!("key_{n} = 1\n")).collect();
        assert_eq!(told(&text, &["price"]).len(), 32_001);
    }
}
