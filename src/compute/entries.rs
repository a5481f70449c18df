//! The register's rows as the books keep them: some sixty bytes each, found by number, so that a hundred thousand cost little.

use std::hash::BuildHasher;
use std::ops::{Index, IndexMut};

use chrono::NaiveDate;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use rust_decimal::Decimal;

use crate::ledger::amount::units;
use crate::ledger::book::Row;
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::span::{FileId, Span};

/// A row of the register; its amounts are whole units of the currency's last digit.
#[derive(Debug)]
pub(super) struct Entry {
    gross: i64,
    owed: i64,
    paid: i64,
    /// Where its number ends among the numbers.
    end: u32,
    pub(super) client: u32,
    pub(super) buyer: u32,
    /// BT-2.
    pub(super) issued: NaiveDate,
    /// When it was supplied.
    pub(super) supplied: NaiveDate,
    /// BT-9.
    pub(super) due: Option<NaiveDate>,
    /// The day of the last payment of principal.
    pub(super) paid_on: Option<NaiveDate>,
    /// BT-5.
    pub(super) currency: Currency,
    /// Type.
    pub(super) kind: DocumentType,
    /// A corrective stands in its place.
    pub(super) is_replaced: bool,
}

impl Entry {
    fn amount(&self, units: i64) -> Decimal {
        Decimal::new(units, self.currency.digits())
    }

    /// BT-112, signed.
    pub(super) fn gross(&self) -> Decimal {
        self.amount(self.gross)
    }

    /// What it adds to what the client owes; nothing once it is replaced.
    pub(super) fn owed(&self) -> Decimal {
        if self.is_replaced {
            Decimal::ZERO
        } else {
            self.amount(self.owed)
        }
    }

    /// Principal paid.
    pub(super) fn paid(&self) -> Decimal {
        self.amount(self.paid)
    }

    /// Owed less paid.
    pub(super) fn unpaid(&self) -> Decimal {
        // Neither is more than half of what fits.
        self.amount(if self.is_replaced { 0 } else { self.owed } - self.paid)
    }

    /// Adds a payment of principal; tells whether it fits. Thousands of the largest payments do.
    pub(super) fn pay(&mut self, amount: Decimal) -> bool {
        let paid =
            units(amount, self.currency.digits()).and_then(|amount| self.paid.checked_add(amount));
        let fits = paid.filter(|paid| paid.unsigned_abs() <= u64::MAX / 4);
        self.paid = fits.unwrap_or(self.paid);
        fits.is_some()
    }

    /// Notes the day of a payment: the last of them counts.
    pub(super) fn paid_by(&mut self, day: Option<NaiveDate>) {
        self.paid_on = self.paid_on.max(day);
    }

    /// Takes the payments off it.
    pub(super) fn take_paid(&mut self) -> Decimal {
        let paid = self.paid();
        self.paid = 0;
        paid
    }
}

/// All rows, in the order of issue.
#[derive(Debug, Default)]
pub(super) struct Entries {
    list: Vec<Entry>,
    /// The numbers one behind the other.
    numbers: String,
    /// Few documents have any.
    refs: HashMap<u32, Box<str>>,
    /// Credit notes and correctives with what they name, both ways.
    ties: HashMap<u32, Vec<u32>>,
    /// Each document's place, with the half of its number's hash that rebuilding the table needs.
    index: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
}

impl Index<usize> for Entries {
    type Output = Entry;
    fn index(&self, index: usize) -> &Entry {
        &self.list[index]
    }
}

impl IndexMut<usize> for Entries {
    fn index_mut(&mut self, index: usize) -> &mut Entry {
        &mut self.list[index]
    }
}

impl Entries {
    /// Adds a row whose number stands nowhere yet; returns its place. None where an amount has more than twelve digits before the
    /// point, which no reader lets through.
    pub(super) fn push(&mut self, row: &Row<'_>, client: u32, buyer: u32) -> Option<usize> {
        let place = self.list.len();
        let digits = row.currency.digits();
        let (gross, owed) = (units(row.gross, digits)?, units(row.owed, digits)?);
        if gross.unsigned_abs().max(owed.unsigned_abs()) > u64::MAX / 4 {
            return None;
        }
        let half = low(self.hash(row.number));
        self.numbers.push_str(row.number);
        if !row.refs.is_empty() {
            self.refs.insert(key(place), row.refs.into());
        }
        self.list.push(Entry {
            gross,
            owed,
            paid: 0,
            end: key(self.numbers.len()),
            client,
            buyer,
            issued: row.issued,
            supplied: row.supplied,
            due: row.due,
            paid_on: None,
            currency: row.currency,
            kind: row.kind,
            is_replaced: false,
        });
        if matches!(row.kind, DocumentType::Credit | DocumentType::Corrective) {
            let named: Vec<usize> = row
                .refs
                .split(' ')
                .filter_map(|number| self.find(number))
                .collect();
            for other in named {
                self.ties.entry(key(other)).or_default().push(key(place));
                self.ties.entry(key(place)).or_default().push(key(other));
            }
        }
        self.index
            .insert_unique(spread(half), (half, key(place)), |(half, _)| spread(*half));
        Some(place)
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns a document's number.
    pub(super) fn number(&self, index: usize) -> &str {
        let start = if index == 0 {
            0
        } else {
            self.list[index - 1].end
        };
        &self.numbers[start as usize..self.list[index].end as usize]
    }

    /// Returns all numbers, in the order of issue.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.number(index))
    }

    /// Returns the numbers that a document names.
    pub(super) fn refs(&self, index: usize) -> impl Iterator<Item = &str> {
        let refs = self.refs.get(&key(index)).map_or("", |refs| refs);
        refs.split(' ').filter(|number| !number.is_empty())
    }

    /// Returns what credit notes and correctives tie to a document: those that name it, and what it names itself.
    pub(super) fn ties(&self, index: usize) -> impl Iterator<Item = usize> {
        self.ties
            .get(&key(index))
            .into_iter()
            .flatten()
            .map(|other| *other as usize)
    }

    /// Returns a document's row again, as far as its balance depends on it.
    pub(super) fn row<'r>(&'r self, index: usize, client: &'r str, buyer: &'r str) -> Row<'r> {
        let entry = &self.list[index];
        Row {
            span: Span::whole(FileId::NOWHERE),
            number: self.number(index),
            kind: entry.kind,
            client,
            buyer,
            issued: entry.issued,
            supplied: entry.issued,
            due: entry.due,
            currency: entry.currency,
            exchange: Decimal::ONE,
            net: entry.gross(),
            vat: Decimal::ZERO,
            gross: entry.gross(),
            deposits: Decimal::ZERO,
            owed: entry.amount(entry.owed),
            breakdown: "",
            refs: self.refs.get(&key(index)).map_or("", |refs| refs),
            sha256: "",
            seal: "",
        }
    }

    /// Finds a document by its exact number.
    pub(super) fn find(&self, number: &str) -> Option<usize> {
        self.find_any_case(number)
            .filter(|index| self.number(*index) == number)
    }

    /// Finds a document by its number, capitals or not.
    pub(super) fn find_any_case(&self, number: &str) -> Option<usize> {
        let half = low(self.hash(number));
        let same = |(other, index): &(u32, u32)| {
            *other == half && self.number(*index as usize).eq_ignore_ascii_case(number)
        };
        self.index
            .find(spread(half), same)
            .map(|(_, index)| *index as usize)
    }

    fn hash(&self, number: &str) -> u64 {
        let mut lower = [0u8; 40];
        let length = number.len().min(lower.len());
        lower[..length].copy_from_slice(&number.as_bytes()[..length]);
        lower[..length].make_ascii_lowercase();
        self.hasher.hash_one(&lower[..length])
    }
}

/// The lower half of a hash: what the index keeps.
fn low(hash: u64) -> u32 {
    u32::try_from(hash & u64::from(u32::MAX)).unwrap_or(0)
}

/// A whole hash from its half: the table takes its place from one end of it and a tag from the other.
fn spread(half: u32) -> u64 {
    u64::from(half) | (u64::from(half.rotate_left(16)) << 32)
}

/// A document's place as the key of what few documents have.
pub(super) fn key(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::amount::parse;

    fn entries(currency: &str, owed: &str) -> Entries {
        let currency = Currency::parse(currency).unwrap();
        let amount = parse(owed, currency.digits()).unwrap();
        let day = NaiveDate::default();
        let mut entries = Entries::default();
        let row = Row {
            span: Span::whole(FileId::NOWHERE),
            number: "F1",
            kind: DocumentType::Invoice,
            client: "",
            buyer: "",
            issued: day,
            supplied: day,
            due: None,
            currency,
            exchange: Decimal::ONE,
            net: amount,
            vat: Decimal::ZERO,
            gross: amount,
            deposits: Decimal::ZERO,
            owed: amount,
            breakdown: "",
            refs: "A1 A2",
            sha256: "",
            seal: "",
        };
        assert_eq!(entries.push(&row, 0, 0), Some(0));
        entries
    }

    #[test]
    fn the_largest_amounts_are_exact_and_never_wrap() {
        let largest = parse("999999999999.999", 3).unwrap();
        let mut entries = entries("TND", "-999999999999.999");
        assert_eq!(entries[0].owed(), -largest);
        let fitting = (0..10_000).take_while(|_| entries[0].pay(largest)).count();
        assert_eq!(fitting, 4611);
        assert_eq!(entries[0].paid(), largest * Decimal::from(fitting));
        assert_eq!(entries[0].unpaid(), -largest * Decimal::from(fitting + 1));
        assert!(!entries[0].pay(largest));
        assert!(entries[0].pay(-largest));
        assert_eq!(entries[0].take_paid(), largest * Decimal::from(fitting - 1));
        assert_eq!(entries[0].paid(), Decimal::ZERO);
    }

    #[test]
    fn a_number_is_found_with_other_capitals() {
        let entries = entries("JPY", "5");
        assert_eq!(
            (entries.find_any_case("f1"), entries.find_any_case("F2")),
            (Some(0), None)
        );
        assert_eq!(entries.number(0), "F1");
        assert_eq!(entries.refs(0).collect::<Vec<_>>(), ["A1", "A2"]);
    }
}
