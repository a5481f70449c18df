//! The numbers of issued documents in the order of issue, each found by its text: a hundred thousand cost some twenty bytes each.
//!
//! Numbers are given without gaps, so that nearly all differ from their neighbours in the last digits alone: the place of such a number is
//! looked up by its counter. Of a hundred thousand documents this costs `overdue` a tenth less than looking for the hash of each number.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

/// The most digits that are taken as a counter.
const MOST_DIGITS: usize = 9;

/// How far a counter may be from those before it.
const MOST_SKIPPED: usize = 1024;

/// No number has this counter.
const NONE: u32 = u32::MAX;

/// Numbers that differ in their counter alone.
#[derive(Debug, Clone)]
struct Series {
    /// What stands before the counter, as it is spelt.
    prefix: Box<str>,
    /// The first counter.
    first: u32,
    /// The place of each counter from the first on.
    places: Vec<u32>,
}

/// Numbers, one behind the other, with an index.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    text: String,
    /// Where each ends in the text.
    ends: Vec<u32>,
    series: Vec<Series>,
    /// The series by their prefix in small letters and the count of digits behind it.
    by_prefix: HashMap<Box<[u8]>, u32>,
    /// The places of numbers that stand apart from their series, each with the half of its hash that rebuilding the table needs.
    apart: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
}

/// A number as its series and its counter.
struct Split<'n> {
    prefix: &'n str,
    counter: u32,
    /// The key of the series.
    key: [u8; 40],
    length: usize,
}

impl<'n> Split<'n> {
    /// Splits a number before its last digits; none where it has no digit at its end, or is too long to be one.
    fn of(number: &'n str) -> Option<Self> {
        let mut key = [0; 40];
        if number.len() >= key.len() {
            return None;
        }
        let digits = number.bytes().rev().take_while(u8::is_ascii_digit);
        let digits = digits.take(MOST_DIGITS).count();
        if digits == 0 {
            return None;
        }
        let (prefix, counter) = number.split_at(number.len() - digits);
        let counter = counter
            .bytes()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        key[..prefix.len()].copy_from_slice(prefix.as_bytes());
        key[..prefix.len()].make_ascii_lowercase();
        key[prefix.len()] = u8::try_from(digits).unwrap_or(0);
        Some(Self {
            prefix,
            counter,
            key,
            length: prefix.len() + 1,
        })
    }

    fn key(&self) -> &[u8] {
        &self.key[..self.length]
    }
}

impl Series {
    fn place(&self, counter: u32) -> Option<usize> {
        let at = counter.checked_sub(self.first)?;
        let place = self.places.get(at as usize)?;
        (*place != NONE).then_some(*place as usize)
    }

    /// Notes the place of a counter; tells whether it is near enough to those before it.
    fn add(&mut self, counter: u32, place: u32) -> bool {
        let Some(at) = counter.checked_sub(self.first).map(|at| at as usize) else {
            return false;
        };
        if at > self.places.len() + MOST_SKIPPED {
            return false;
        }
        if at >= self.places.len() {
            self.places.resize(at + 1, NONE);
        }
        self.places[at] = place;
        true
    }
}

impl Numbers {
    /// Adds a number that stands nowhere yet, and returns its place.
    pub fn push(&mut self, number: &str) -> usize {
        let place = self.ends.len();
        self.text.push_str(number);
        self.ends.push(key(self.text.len()));
        if !self.follows(number, key(place)) {
            let half = low(self.hash(number));
            self.apart
                .insert_unique(spread(half), (half, key(place)), |(half, _)| spread(*half));
        }
        place
    }

    /// Adds a number to its series; tells whether it belongs to one.
    fn follows(&mut self, number: &str, place: u32) -> bool {
        let Some(split) = Split::of(number) else {
            return false;
        };
        if let Some(series) = self.by_prefix.get(split.key()) {
            let series = &mut self.series[*series as usize];
            return *series.prefix == *split.prefix && series.add(split.counter, place);
        }
        self.by_prefix
            .insert(split.key().into(), key(self.series.len()));
        self.series.push(Series {
            prefix: split.prefix.into(),
            first: split.counter,
            places: vec![place],
        });
        true
    }

    /// Makes room for so many.
    pub fn reserve(&mut self, count: usize) {
        self.ends.reserve(count);
        self.text.reserve(count * 12);
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
        match self.in_series(number) {
            Some((place, true)) => Some(place),
            Some((_, false)) => None,
            None => self
                .stands_apart(number)
                .filter(|place| self.get(*place) == number),
        }
    }

    /// Finds a number, capitals or not.
    pub fn find_any_case(&self, number: &str) -> Option<usize> {
        match self.in_series(number) {
            Some((place, _)) => Some(place),
            None => self.stands_apart(number),
        }
    }

    /// Finds a number by its counter, and tells whether it is spelt alike.
    fn in_series(&self, number: &str) -> Option<(usize, bool)> {
        let split = Split::of(number)?;
        let series = &self.series[*self.by_prefix.get(split.key())? as usize];
        let place = series.place(split.counter)?;
        Some((place, *series.prefix == *split.prefix))
    }

    fn stands_apart(&self, number: &str) -> Option<usize> {
        if self.apart.is_empty() {
            return None;
        }
        let half = low(self.hash(number));
        let same = |(other, place): &(u32, u32)| {
            *other == half && self.get(*place as usize).eq_ignore_ascii_case(number)
        };
        self.apart
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

    /// Whatever the numbers are and in whatever order they come, each is found as a list finds it.
    #[test]
    fn every_number_is_found_as_in_a_list() {
        let given = [
            "F2026-0009",
            "F2026-0003",
            "F2026-0010",
            "F2026-10",
            "f2026-0011",
            "F2026-9000",
            "F2026-00010",
            "2026",
            "7",
            "07",
            "A",
            "A-",
            "F2026-999999999",
            "F2026-1234567890123",
            "f2026-4",
            "F2026-4000000000",
            "F2026-0012",
            "A2345678901234567890123456789012345",
        ];
        let mut numbers = Numbers::default();
        for (place, number) in given.iter().enumerate() {
            assert_eq!(numbers.find_any_case(number), None, "{number}");
            assert_eq!(numbers.push(number), place);
        }
        let others = [
            "F2026-0004",
            "f2026-0010",
            "F2026-0011",
            "a",
            "F2026-09",
            "",
            "F2026-",
            "É7",
            "F2026-0001",
            "000000007",
        ];
        for number in given.iter().chain(&others) {
            let exact = given.iter().position(|known| known == number);
            let any = given
                .iter()
                .position(|known| known.eq_ignore_ascii_case(number));
            assert_eq!(
                (numbers.find(number), numbers.find_any_case(number)),
                (exact, any),
                "{number}"
            );
        }
    }
}
