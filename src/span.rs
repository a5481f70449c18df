//! Places in the user's own files: plain data, imported by every room.

use std::fmt;
use std::ops::Deref;

/// A file of the ledger, by its position in a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    /// A text that stands in no file, such as a draft made from arguments.
    pub const NOWHERE: Self = Self(u32::MAX);
}

/// A range of bytes in one file; `start == end` names the file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Returns the span of bytes `start..end` of `file`; files beyond 4 GiB are cut there.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let cut = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            file,
            start: cut(start),
            end: cut(end),
        }
    }

    /// Returns the span that names `file` as a whole.
    pub fn whole(file: FileId) -> Self {
        Self {
            file,
            start: 0,
            end: 0,
        }
    }

    /// Tells whether it is in no file at all.
    pub fn is_nowhere(self) -> bool {
        self.file == FileId::NOWHERE
    }

    /// Tells whether this names a file and no place in it.
    pub fn is_whole(self) -> bool {
        self.start == self.end
    }
}

/// A value and the place it was read from.
#[derive(Clone, Copy)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Returns `value` as read at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Returns the mapped value at the same place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: f(self.value),
            span: self.span,
        }
    }
}

/// Returns the values of a list without their places.
pub fn values<T: Clone>(list: &[Spanned<T>]) -> Vec<T> {
    list.iter().map(|spanned| spanned.value.clone()).collect()
}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Two values are equal wherever they stand.
impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The files that were looked at, relative to the ledger's folder, with `/` between folders.
#[derive(Debug, Default, Clone)]
pub struct SourceMap {
    paths: Vec<String>,
}

impl SourceMap {
    /// Adds a file and returns its id.
    pub fn add(&mut self, path: impl Into<String>) -> FileId {
        self.paths.push(path.into());
        FileId(u32::try_from(self.paths.len() - 1).unwrap_or(u32::MAX))
    }

    /// Returns the path of a file.
    pub fn path(&self, file: FileId) -> &str {
        self.paths.get(file.0 as usize).map_or("?", String::as_str)
    }
}

/// The longest part of a line that an [`Excerpt`] holds, in characters.
const LONGEST: usize = 96;

/// The line that a diagnostic shows, cut out of the user's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line without its end; of a line of more than 96 characters those around the place.
    pub text: String,
    /// How many characters of `text` stand before the place.
    pub before: usize,
    /// How many characters the caret underlines, at least 1 and at most 96.
    pub width: usize,
}

/// Cuts excerpts out of one text. Places in rising order cost one reading of the text, however many they are; a place before the last one
/// starts again at the beginning.
pub struct Excerpts<'t> {
    text: &'t str,
    /// Up to where lines and columns are counted, in bytes.
    at: usize,
    /// Where the line of `at` begins, in bytes.
    line_start: usize,
    /// The line of `at`, from 1.
    line: usize,
    /// How many characters stand between `line_start` and `at`.
    before: usize,
}

impl<'t> Excerpts<'t> {
    /// Starts at the beginning of a text.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line_start: 0,
            line: 1,
            before: 0,
        }
    }

    /// Returns the excerpt at the bytes `start..end`.
    pub fn at(&mut self, start: usize, end: usize) -> Excerpt {
        let start = floor(self.text, start);
        let end = floor(self.text, end.max(start));
        self.go_to(start);
        // No more of the line is looked at than can be shown: one long line may hold thousands of problems.
        let rest = &self.text[start..];
        let shown = rest
            .char_indices()
            .take_while(|(_, c)| *c != '\n')
            .take(LONGEST)
            .last()
            .map_or(0, |(at, c)| at + c.len_utf8());
        let after = match rest[shown..].chars().next() {
            None | Some('\n') => rest[..shown].trim_end_matches('\r'),
            Some(_) => &rest[..shown],
        };
        let after_count = after.chars().count();
        let count = self.before + after_count;
        let first = (self.before + 1)
            .saturating_sub(LONGEST / 2)
            .min(count.saturating_sub(LONGEST));
        let first = if count <= LONGEST { 0 } else { first };
        let kept = self.before - first;
        let mut text: Vec<char> = self.text[self.line_start..start]
            .chars()
            .rev()
            .take(kept)
            .collect();
        text.reverse();
        text.extend(after.chars().take(LONGEST.saturating_sub(kept)));
        Excerpt {
            line: self.line,
            column: self.before + 1,
            text: text.into_iter().collect(),
            before: kept,
            width: self.text[start..end]
                .chars()
                .take(after_count)
                .count()
                .max(1),
        }
    }

    /// Counts lines and characters up to `start`.
    fn go_to(&mut self, start: usize) {
        if start < self.at {
            *self = Self::new(self.text);
        }
        let passed = &self.text[self.at..start];
        if let Some(last) = passed.rfind('\n') {
            self.line += memchr::memchr_iter(b'\n', passed.as_bytes()).count();
            self.line_start = self.at + last + 1;
            self.before = 0;
        }
        let from = self.at.max(self.line_start);
        self.before += self.text[from..start].chars().count();
        self.at = start;
    }
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_counts_characters_and_lines() {
        let excerpt = Excerpts::new("a\r\néé = 1\r\nb").at(5, 7);
        assert_eq!(
            excerpt,
            Excerpt {
                line: 2,
                column: 2,
                text: "éé = 1".into(),
                before: 1,
                width: 1
            }
        );
    }

    #[test]
    fn an_excerpt_ends_with_its_line() {
        assert_eq!(Excerpts::new("ab\ncd").at(1, 5).width, 1);
        assert_eq!(Excerpts::new("ab").at(9, 12).column, 3);
        assert_eq!(Excerpts::new("ab\r\n").at(0, 4).width, 2);
        assert_eq!(Excerpts::new("").at(0, 0).text, "");
    }

    #[test]
    fn an_excerpt_of_a_long_line_holds_what_is_around_its_place() {
        let line = "0123456789".repeat(30);
        let mut excerpts = Excerpts::new(&line);
        let first = excerpts.at(5, 300);
        assert_eq!((first.text.as_str(), first.before), (&line[..96], 5));
        assert_eq!(first.width, 96);
        let middle = excerpts.at(150, 151);
        assert_eq!((middle.column, middle.before), (151, 47));
        assert_eq!(middle.text, line[103..199]);
        let last = excerpts.at(299, 300);
        assert_eq!((last.text.as_str(), last.before), (&line[204..], 95));
    }

    /// The places in any order give what counting from the beginning gives.
    #[test]
    fn excerpts_are_the_same_in_any_order() {
        let text = "é = 1\r\n\n ü\nlast".repeat(40);
        let mut excerpts = Excerpts::new(&text);
        let places = (0..text.len()).chain((0..text.len()).rev().step_by(7));
        for start in places {
            let excerpt = excerpts.at(start, start + 1);
            let head = &text[..floor(&text, start)];
            let line = head.split('\n').next_back().unwrap_or_default();
            assert_eq!(excerpt.line, head.matches('\n').count() + 1, "{start}");
            assert_eq!(excerpt.column, line.chars().count() + 1, "{start}");
        }
    }

    /// 50,000 problems in 5 MB: counting each from the beginning of the file or of its line would take minutes.
    #[test]
    fn excerpts_read_their_text_once() {
        for line_end in ["\n", " "] {
            let text = format!("{}{line_end}", "x".repeat(99)).repeat(50_000);
            let mut excerpts = Excerpts::new(&text);
            let mut last = 0;
            for start in (0..text.len()).step_by(100) {
                let excerpt = excerpts.at(start, start + 1);
                last = excerpt.line.max(excerpt.column);
            }
            assert!(last >= 50_000, "{last}");
        }
    }
}
