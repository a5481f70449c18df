//! Options of the command line that take one word of a list.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Returns a parser of the words of an enum: help and completions list them, and what it gives is the value.
pub fn one_of<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).try_map(move |typed: String| {
        let found = words.iter().find(|(word, _)| *word == typed);
        found.map(|(_, value)| *value).ok_or("not one of the words")
    })
}
