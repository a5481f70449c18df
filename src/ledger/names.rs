//! Texts that repeat, each kept once: clients and buyers.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::numbers::key;

/// Texts that repeat, each kept once, one behind the other: those of a few thousand clients stay in the processor's cache.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    /// Where each ends in the text.
    ends: Vec<u32>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Names {
    /// Returns the number of a text.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(index) = self.find(text) {
            return index;
        }
        let index = key(self.ends.len());
        self.text.push_str(text);
        self.ends.push(key(self.text.len()));
        let (all, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        let hash = |index: &u32| hasher.hash_one(cut(all, ends, *index));
        self.index.insert_unique(hash(&index), index, hash);
        index
    }

    /// Returns the text of a number; an empty one where there is none.
    pub fn get(&self, index: u32) -> &str {
        cut(&self.text, &self.ends, index)
    }

    /// Returns the number of a text, if it has one.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text);
        self.index
            .find(hash, |index| self.get(*index) == text)
            .copied()
    }
}

fn cut<'t>(text: &'t str, ends: &[u32], index: u32) -> &'t str {
    let index = index as usize;
    let Some(end) = ends.get(index) else {
        return "";
    };
    let start = index.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start as usize..*end as usize]
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_text_has_one_number() {
        let mut names = Names::default();
        let texts: Vec<String> = (0..3000)
            .map(|n| {
                if n == 7 {
                    String::new()
                } else {
                    format!("client {n}")
                }
            })
            .collect();
        let given: Vec<u32> = texts.iter().map(|text| names.intern(text)).collect();
        for (text, number) in texts.iter().zip(&given) {
            assert_eq!(
                (names.intern(text), names.find(text)),
                (*number, Some(*number))
            );
            assert_eq!(names.get(*number), text);
        }
        assert_eq!((names.find("client 7"), names.get(u32::MAX)), (None, ""));
    }
}
