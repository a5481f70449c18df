//! How the documents of the register hang together: which one stands in another's place, which deposits a final took, what credit notes
//! took back of each.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::compute::register::{add, breakdown, own, parse_breakdown};
use crate::compute::rest::{Left, is_within};
use crate::ledger::books::Ledger;
use crate::ledger::document::{Document, DocumentType, Slice};

/// A credit note.
#[derive(Debug)]
struct Note {
    /// The documents it corrects, in its order.
    corrects: Vec<String>,
    /// What it takes back; negative.
    taken: Left,
}

/// How the documents of the register hang together, for drafts that name some of them.
#[derive(Debug, Default)]
pub struct Links {
    /// The deposits, and the correctives: few documents are either.
    kinds: HashMap<String, DocumentType>,
    /// A replaced document → the corrective in its place.
    replaced: HashMap<String, String>,
    /// A corrective → the document it replaces.
    originals: HashMap<String, String>,
    /// A deposit → the final that took it.
    taken: HashMap<String, String>,
    /// The credit notes, in the order of issue.
    notes: Vec<Note>,
    /// A document → the credit notes on it, by their places.
    credited: HashMap<String, Vec<usize>>,
    /// A final or corrective → the deposits it took.
    deposits: HashMap<String, Vec<String>>,
    /// What documents issued just now charge by themselves.
    own: HashMap<String, Vec<Slice>>,
}

impl Links {
    /// Returns those of the register.
    pub fn of(ledger: &Ledger) -> Self {
        let mut links = Self::default();
        for entry in ledger
            .documents()
            .filter(|entry| entry.kind != DocumentType::Invoice)
        {
            let slices = || parse_breakdown(entry.breakdown);
            links.add(
                entry.number,
                entry.kind,
                entry.references(),
                -entry.owed,
                slices,
            );
        }
        links
    }

    /// Adds a document issued just now.
    pub fn issued(&mut self, document: &Document) {
        let refs = document
            .references
            .iter()
            .map(|reference| reference.number.as_str());
        self.add(
            document.number.as_str(),
            document.kind,
            refs,
            document.totals.owed,
            || breakdown(document),
        );
        self.own.insert(document.number.to_string(), own(document));
    }

    fn add<'n>(
        &mut self,
        number: &str,
        kind: DocumentType,
        refs: impl Iterator<Item = &'n str>,
        credit: Decimal,
        slices: impl Fn() -> Vec<Slice>,
    ) {
        let refs: Vec<String> = refs.map(str::to_owned).collect();
        if matches!(kind, DocumentType::Deposit | DocumentType::Corrective) {
            self.kinds.insert(number.to_owned(), kind);
        }
        if kind == DocumentType::Credit {
            let place = self.notes.len();
            for reference in &refs {
                let notes = self.credited.entry(reference.clone()).or_default();
                notes.push(place);
            }
            let slices = slices();
            let sum: Decimal = slices.iter().map(|slice| slice.base + slice.vat).sum();
            self.notes.push(Note {
                corrects: refs,
                taken: Left {
                    slices,
                    rounding: -credit - sum,
                },
            });
            return;
        }
        for (index, reference) in refs.into_iter().enumerate() {
            let number = number.to_owned();
            match kind {
                DocumentType::Corrective if index == 0 => {
                    self.originals.insert(number.clone(), reference.clone());
                    self.replaced.insert(reference, number);
                }
                DocumentType::Corrective | DocumentType::Final => {
                    self.deposits
                        .entry(number.clone())
                        .or_default()
                        .push(reference.clone());
                    self.taken.insert(reference, number);
                }
                _ => {}
            }
        }
    }

    /// Returns the corrective that stands in the place of a document.
    pub fn replaced_by(&self, number: &str) -> Option<&str> {
        self.replaced.get(number).map(String::as_str)
    }

    /// Returns the document in whose place a corrective stands.
    pub fn original_of(&self, number: &str) -> Option<&str> {
        self.originals.get(number).map(String::as_str)
    }

    /// Returns the final, or the corrective of one, that took a deposit.
    pub fn taken_by(&self, number: &str) -> Option<&str> {
        self.taken.get(number).map(String::as_str)
    }

    /// Returns the deposits that a final or corrective took into account.
    pub fn deposits_of(&self, number: &str) -> &[String] {
        self.deposits.get(number).map_or(&[], Vec::as_slice)
    }

    /// Tells whether a document is a deposit, or a corrective in the place of one.
    pub fn is_deposit(&self, number: &str) -> bool {
        match self.kinds.get(number) {
            Some(DocumentType::Deposit) => true,
            Some(DocumentType::Corrective) => self
                .originals
                .get(number)
                .is_some_and(|original| self.is_deposit(original)),
            _ => false,
        }
    }

    /// Returns what credit notes took back of a document, and of those that it stands in the place of; negative. A credit note on several
    /// documents takes from each, in its order, at most what is left of it at each operation, category and rate.
    pub fn taken(&self, ledger: &Ledger, number: &str) -> Left {
        self.taken_before(ledger, number, self.notes.len())
    }

    /// What the first `count` credit notes took back.
    fn taken_before(&self, ledger: &Ledger, number: &str, count: usize) -> Left {
        let mut sum = match self.originals.get(number) {
            Some(original) => self.taken_before(ledger, original, count),
            None => Left::default(),
        };
        let places = self.credited.get(number).into_iter().flatten();
        for place in places.copied().filter(|place| *place < count) {
            let note = &self.notes[place];
            if note.corrects.len() == 1 {
                sum.add(&note.taken);
            } else {
                sum.add(&self.part(ledger, place, number));
            }
        }
        sum
    }

    /// The part of a credit note on several documents that falls on one of them.
    fn part(&self, ledger: &Ledger, place: usize, number: &str) -> Left {
        let note = &self.notes[place];
        let mut rest = note.taken.clone();
        for (index, one) in note.corrects.iter().enumerate() {
            let mut part = Left {
                slices: Vec::new(),
                rounding: std::mem::take(&mut rest.rounding),
            };
            let is_last = index + 1 == note.corrects.len();
            let mut left = Left {
                slices: self.own_of(ledger, one),
                rounding: Decimal::ZERO,
            };
            left.add(&self.taken_before(ledger, one, place));
            for slice in &mut rest.slices {
                let own = left.slices.iter().find(|own| {
                    (own.operation, own.category, own.rate)
                        == (slice.operation, slice.category, slice.rate)
                });
                let (base, vat) = own.map_or((Decimal::ZERO, Decimal::ZERO), |own| {
                    if is_within(-slice.base, own.base) && slice.base != -own.base {
                        (slice.base, slice.vat)
                    } else {
                        (-own.base, -own.vat)
                    }
                });
                let (base, vat) = if is_last {
                    (slice.base, slice.vat)
                } else {
                    (base, vat)
                };
                add(
                    &mut part.slices,
                    Slice {
                        base,
                        vat,
                        ..*slice
                    },
                );
                slice.base -= base;
                slice.vat -= vat;
            }
            if one == number {
                return part;
            }
        }
        Left::default()
    }

    /// What a document charges by itself, deposits or not, from the breakdowns of the register: a final's has its deposits taken off, a
    /// corrective's what its original stood for.
    fn own_of(&self, ledger: &Ledger, number: &str) -> Vec<Slice> {
        if let Some(own) = self.own.get(number) {
            return own.clone();
        }
        let Some(place) = ledger.find(number) else {
            return Vec::new();
        };
        let mut own = parse_breakdown(ledger.document(place).breakdown);
        let mut add_all = |slices: Vec<Slice>| {
            for slice in slices {
                add(&mut own, slice);
            }
        };
        if let Some(original) = self.originals.get(number) {
            add_all(self.standing(ledger, original));
        }
        add_all(self.deposited(ledger, number));
        own
    }

    /// What a document stands for: its own lines less its deposits.
    fn standing(&self, ledger: &Ledger, number: &str) -> Vec<Slice> {
        let mut own = self.own_of(ledger, number);
        for slice in self.deposited(ledger, number) {
            add(
                &mut own,
                Slice {
                    base: -slice.base,
                    vat: -slice.vat,
                    ..slice
                },
            );
        }
        own
    }

    /// What a final or its corrective took of deposits: each less the credit notes on it.
    fn deposited(&self, ledger: &Ledger, number: &str) -> Vec<Slice> {
        let mut sum = Vec::new();
        for deposit in self.deposits_of(number) {
            let mut left = self.own_of(ledger, deposit);
            for slice in self.taken(ledger, deposit).slices {
                add(&mut left, slice);
            }
            for slice in left {
                add(&mut sum, slice);
            }
        }
        sum
    }
}
