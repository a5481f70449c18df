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

/// The line that a diagnostic shows, cut out of the user's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The whole line, without its end.
    pub text: String,
    /// How many characters the caret underlines, at least 1.
    pub width: usize,
}

impl Excerpt {
    /// Returns the excerpt of `text` at the bytes `start..end`.
    pub fn of(text: &str, start: usize, end: usize) -> Self {
        let start = floor(text, start);
        let end = floor(text, end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let stop = end.clamp(start, line_end);
        Self {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            text: text[line_start..line_end].trim_end_matches('\r').to_owned(),
            width: text[start..stop].chars().count().max(1),
        }
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
        let excerpt = Excerpt::of("a\néé = 1\r\nb", 4, 6);
        assert_eq!(
            excerpt,
            Excerpt {
                line: 2,
                column: 2,
                text: "éé = 1".into(),
                width: 1
            }
        );
    }

    #[test]
    fn an_excerpt_ends_with_its_line() {
        assert_eq!(Excerpt::of("ab\ncd", 1, 5).width, 1);
        assert_eq!(Excerpt::of("ab", 9, 12).column, 3);
    }
}
