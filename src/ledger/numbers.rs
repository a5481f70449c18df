//! The numbers of issued documents in the order of issue, each found by its text: a hundred thousand cost some thirty bytes each.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Numbers, one behind the other, with an index.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    text: String,
    /// Where each ends in the text.
    ends: Vec<u32>,
    /// Each number's place, with the half of its hash that rebuilding the table needs.
    index: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
}

impl Numbers {
    /// Adds a number that stands nowhere yet, and returns its place.
    pub fn push(&mut self, number: &str) -> usize {
        let place = self.ends.len();
        let half = low(self.hash(number));
        self.text.push_str(number);
        self.ends.push(key(self.text.len()));
        self.index
            .insert_unique(spread(half), (half, key(place)), |(half, _)| spread(*half));
        place
    }

    /// Makes room for so many.
    pub fn reserve(&mut self, count: usize) {
        self.ends.reserve(count);
        self.text.reserve(count * 12);
        self.index.reserve(count, |(half, _)| spread(*half));
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the number at a place.
    pub fn get(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.text[start as usize..self.ends[place] as usize]
    }

    /// Finds a number as it is spelt.
    pub fn find(&self, number: &str) -> Option<usize> {
        self.find_any_case(number)
            .filter(|place| self.get(*place) == number)
    }

    /// Finds a number, capitals or not.
    pub fn find_any_case(&self, number: &str) -> Option<usize> {
        let half = low(self.hash(number));
        let same = |(other, place): &(u32, u32)| {
            if *other != half {
                return false;
            }
            let known = self.get(*place as usize);
            // Nearly all are spelt alike, and whole texts are compared faster.
            known == number || known.eq_ignore_ascii_case(number)
        };
        self.index
            .find(spread(half), same)
            .map(|(_, place)| *place as usize)
    }

    fn hash(&self, number: &str) -> u64 {
        // A number has at most 35 characters.
        let mut lower = [0u8; 40];
        let length = number.len().min(lower.len());
        lower[..length].copy_from_slice(&number.as_bytes()[..length]);
        lower[..length].make_ascii_lowercase();
        self.hasher.hash_one(&lower[..length])
    }
}

/// Returns the lower half of a hash: what the index keeps.
pub fn low(hash: u64) -> u32 {
    u32::try_from(hash & u64::from(u32::MAX)).unwrap_or(0)
}

/// Returns a whole hash from its half. The table takes a place from its low bits and a tag from its highest ones: the multiplication (by 2^64
/// over the golden ratio) makes the tag depend on all bits, so that those of one place differ.
pub fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Returns a place as the key of what few documents have.
pub fn key(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn a_number_is_found_with_other_capitals() {
        let mut numbers = Numbers::default();
        for number in 0..5000 {
            assert_eq!(numbers.push(&format!("F2026-{number:04}")), number);
        }
        assert_eq!(numbers.find_any_case("f2026-0042"), Some(42));
        assert_eq!(numbers.find("f2026-0042"), None);
        assert_eq!(numbers.find("F2026-4999"), Some(4999));
        assert_eq!(numbers.find_any_case("F2026-5000"), None);
        assert_eq!(
            (numbers.get(0), numbers.get(4999)),
            ("F2026-0000", "F2026-4999")
        );
    }
}
