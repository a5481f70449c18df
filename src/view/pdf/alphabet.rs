//! Codes of one byte for the characters of a document.
//!
//! genpdf writes text of its built-in fonts in Windows-1252 and nothing else. So each distinct
//! character of a document is given a code: its own in Windows-1252 where it has one, otherwise one
//! that the document leaves free. The text travels through genpdf as those codes; the finishing
//! stage gives them their shape and their meaning back. Two sets of codes are at hand, for a
//! document with more distinct characters than one set holds.

use std::collections::BTreeMap;

use super::error::PdfError;

/// How many sets of codes there are: genpdf's upright and slanted faces.
pub(super) const SETS: usize = 2;

/// The code of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Code {
    /// Which set it belongs to.
    pub(super) set: usize,
    /// Its byte.
    pub(super) byte: u8,
}

/// The characters of a document with their codes.
#[derive(Debug, Default)]
pub(super) struct Alphabet {
    codes: BTreeMap<char, Code>,
}

impl Alphabet {
    /// Gives a code to each distinct character.
    pub(super) fn new(characters: impl Iterator<Item = char>) -> Result<Self, PdfError> {
        let mut ascii = [false; 128];
        let mut codes = BTreeMap::new();
        for character in characters {
            match ascii.get_mut(character as usize) {
                Some(seen) => {
                    if !std::mem::replace(seen, true) {
                        codes.insert(character, None);
                    }
                }
                None => {
                    codes.entry(character).or_insert(None);
                }
            }
        }
        Self::number(codes)
    }

    fn number(mut codes: BTreeMap<char, Option<Code>>) -> Result<Self, PdfError> {
        let mut taken = [false; 256];
        for (character, code) in &mut codes {
            if let Some(byte) = byte_of(*character) {
                *code = Some(Code { set: 0, byte });
                taken[usize::from(byte)] = true;
            }
        }
        let free = carriers().filter(|&byte| !taken[usize::from(byte)]);
        let more = (1..SETS).flat_map(|set| carriers().map(move |byte| Code { set, byte }));
        let mut free = free.map(|byte| Code { set: 0, byte }).chain(more);
        let count = codes.len();
        for code in codes.values_mut().filter(|code| code.is_none()) {
            *code = Some(free.next().ok_or(PdfError::TooManyCharacters(count))?);
        }
        let codes = codes
            .into_iter()
            .filter_map(|(c, code)| Some((c, code?)))
            .collect();
        Ok(Self { codes })
    }

    /// The code of a character of the document.
    pub(super) fn code(&self, character: char) -> Option<Code> {
        self.codes.get(&character).copied()
    }

    /// The characters of a set with their codes, in the order of the codes.
    pub(super) fn set(&self, set: usize) -> Vec<(u8, char)> {
        let mut list: Vec<_> = self
            .codes
            .iter()
            .filter(|(_, code)| code.set == set)
            .map(|(character, code)| (code.byte, *character))
            .collect();
        list.sort_unstable();
        list
    }

    /// Splits a text where its codes change sets.
    pub(super) fn runs(&self, text: &str) -> Result<Vec<Run>, PdfError> {
        let mut runs: Vec<Run> = Vec::new();
        for character in text.chars() {
            let code = self.code(character).ok_or_else(|| PdfError::MissingGlyph {
                character,
                text: text.to_owned(),
            })?;
            if runs.last().is_none_or(|run| run.set != code.set) {
                runs.push(Run {
                    set: code.set,
                    text: String::new(),
                    codes: Vec::new(),
                });
            }
            if let Some(run) = runs.last_mut() {
                run.text.push(character);
                run.codes.push(code.byte);
            }
        }
        Ok(runs)
    }
}

/// Neighbouring characters whose codes are of one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Their set.
    pub(super) set: usize,
    /// The characters.
    pub(super) text: String,
    /// Their codes.
    pub(super) codes: Vec<u8>,
}

/// The upper half of Windows-1252 that differs from Latin-1.
const UPPER: [(u8, char); 26] = [
    (0x80, '€'),
    (0x82, '‚'),
    (0x83, 'ƒ'),
    (0x84, '„'),
    (0x85, '…'),
    (0x86, '†'),
    (0x87, '‡'),
    (0x88, 'ˆ'),
    (0x89, '‰'),
    (0x8a, 'Š'),
    (0x8b, '‹'),
    (0x8c, 'Œ'),
    (0x8e, 'Ž'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x96, '–'),
    (0x97, '—'),
    (0x98, '˜'),
    (0x99, '™'),
    (0x9a, 'š'),
    (0x9b, '›'),
    (0x9c, 'œ'),
    (0x9e, 'ž'),
    (0x9f, 'Ÿ'),
];

/// Bytes that genpdf passes on unchanged. Left out: the space that does not break, the soft hyphen
/// and the bullet, which share their byte with another in its table.
fn carriers() -> impl Iterator<Item = u8> {
    let upper = UPPER.iter().map(|&(byte, _)| byte);
    (0xa1..=0xff)
        .filter(|byte| *byte != 0xad)
        .chain(upper)
        .chain(0x21..=0x7e)
}

/// The byte of a character that keeps its own.
fn byte_of(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' => u8::try_from(character).ok(),
        _ => UPPER
            .iter()
            .find(|(_, c)| *c == character)
            .map(|&(byte, _)| byte),
    }
}

/// The character which makes genpdf write a byte.
pub(super) fn carrier(byte: u8) -> char {
    UPPER
        .iter()
        .find(|(b, _)| *b == byte)
        .map_or(char::from(byte), |&(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_latin_keeps_its_own() {
        let alphabet = Alphabet::new("Aé€ŁžΩ\u{a0}".chars()).unwrap();
        assert_eq!(alphabet.code('A'), Some(Code { set: 0, byte: b'A' }));
        assert_eq!(alphabet.code('€'), Some(Code { set: 0, byte: 0x80 }));
        let set = alphabet.set(0);
        assert_eq!(set.len(), 7);
        assert!(set.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn a_second_set_serves_many_characters_and_more_is_an_error() {
        let many = |n: u32| (0x100..0x100 + n).filter_map(char::from_u32);
        let alphabet = Alphabet::new(many(300)).unwrap();
        let count = alphabet.set(0).len() + alphabet.set(1).len();
        assert_eq!(count, 300);
        let runs = alphabet.runs(&many(300).collect::<String>()).unwrap();
        assert!(runs.len() > 1);
        assert_eq!(runs.iter().map(|run| run.codes.len()).sum::<usize>(), 300);
        assert!(matches!(
            Alphabet::new(many(600)),
            Err(PdfError::TooManyCharacters(600))
        ));
    }
}
