//! Payments that look like one payment entered twice: same client, amount and reference within a few days. Said, never dropped.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, code};
use crate::ledger::amount::in_currency;
use crate::ledger::book::{Method, Payment};
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::span::Span;

/// How many days apart one payment may have been entered twice.
const DAYS: i64 = 3;

/// The rows of one id.
#[derive(Debug)]
struct Movement {
    id: Box<str>,
    client: Box<str>,
    date: NaiveDate,
    currency: Currency,
    amount: Decimal,
    /// Digest of the reference; without one, of the documents.
    about: u64,
    has_reference: bool,
    span: Span,
}

/// The payments of a ledger, to be compared with each other.
#[derive(Debug, Default)]
pub struct Likeness {
    list: Vec<Movement>,
    places: HashMap<Box<str>, usize>,
}

impl Likeness {
    /// Looks at the payments of a ledger.
    pub fn of(ledger: &Ledger) -> Self {
        let mut likeness = Self::default();
        for payment in ledger.payments() {
            likeness.add(&payment);
        }
        likeness
    }

    /// Looks at the movements of a ledger that have a row of this client: only they may look like another payment of it.
    pub fn of_client(ledger: &Ledger, client: &str) -> Self {
        let own: HashSet<&str> = ledger
            .payments()
            .filter(|payment| payment.client == client)
            .map(|payment| payment.id)
            .collect();
        let mut likeness = Self::default();
        for payment in ledger.payments().filter(|payment| own.contains(payment.id)) {
            likeness.add(&payment);
        }
        likeness
    }

    /// Adds a row; offsets move what was paid already.
    pub fn add(&mut self, payment: &Payment<'_>) {
        if payment.method == Method::Offset {
            return;
        }
        let place = match self.places.get(payment.id) {
            Some(place) => *place,
            None => {
                self.places.insert(payment.id.into(), self.list.len());
                self.list.push(Movement {
                    id: payment.id.into(),
                    client: payment.client.into(),
                    date: payment.date,
                    currency: payment.currency,
                    amount: Decimal::ZERO,
                    about: if payment.reference.is_empty() {
                        0
                    } else {
                        digest(payment.reference)
                    },
                    has_reference: !payment.reference.is_empty(),
                    span: payment.span,
                });
                self.list.len() - 1
            }
        };
        let movement = &mut self.list[place];
        movement.amount += payment.amount;
        if !movement.has_reference {
            movement.about ^= digest(payment.document);
        }
    }

    /// Returns a warning for each movement that looks like one before it. One that was taken back since is none.
    pub fn twins(&self) -> Vec<Diagnostic> {
        self.pairs()
            .into_iter()
            .map(|(first, second)| warning(first, second))
            .collect()
    }

    /// Returns a warning where a movement, whatever its date, looks like another.
    pub fn twin_of(&self, id: &str) -> Option<Diagnostic> {
        let (first, second) = self
            .pairs()
            .into_iter()
            .find(|(first, second)| [&*first.id, &*second.id].contains(&id))?;
        Some(if &*second.id == id {
            warning(first, second)
        } else {
            warning(second, first)
        })
    }

    /// Movements that look like one entered twice: the earlier, and the later.
    fn pairs(&self) -> Vec<(&Movement, &Movement)> {
        type Key<'k> = (&'k str, Currency, Decimal);
        let mut back: HashMap<Key<'_>, usize> = HashMap::new();
        let mut groups: BTreeMap<(Key<'_>, bool, u64), Vec<&Movement>> = BTreeMap::new();
        for movement in &self.list {
            let key = (&*movement.client, movement.currency, movement.amount.abs());
            if movement.amount < Decimal::ZERO {
                *back.entry(key).or_default() += 1;
            } else {
                groups
                    .entry((key, movement.has_reference, movement.about))
                    .or_default()
                    .push(movement);
            }
        }
        let mut pairs = Vec::new();
        for ((key, ..), mut group) in groups.into_iter().filter(|(_, group)| group.len() > 1) {
            group.sort_by_key(|movement| movement.date);
            for pair in group
                .windows(2)
                .filter(|pair| (pair[1].date - pair[0].date).num_days() <= DAYS)
            {
                match back.get_mut(&key).filter(|count| **count > 0) {
                    Some(count) => *count -= 1,
                    None => pairs.push((pair[0], pair[1])),
                }
            }
        }
        pairs
    }
}

fn warning(first: &Movement, second: &Movement) -> Diagnostic {
    let (client, currency) = (&second.client, second.currency);
    let amount = in_currency(second.amount, currency);
    let message = format!(
        "{amount} {currency} of `{client}` look like `{}` of {}, entered twice",
        first.id, first.date
    );
    let hint = format!(
        "if it is the same money, remove the row or record `-{amount}`; if it came twice, all is well"
    );
    Diagnostic::warning(code::PAYMENT_TWICE, message)
        .at(second.span)
        .hint(hint)
}

/// Returns the digest of a text, capitals or not.
fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.trim().to_lowercase().hash(&mut hasher);
    hasher.finish()
}
