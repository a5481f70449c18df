//! The formula of a document's balance as of a day: owed − credited − paid − discounted − written off (docs/format.md, "Balances and
//! statuses"). It is worked out over all documents, or over a family: the documents that credit notes and correctives tie together.

use chrono::NaiveDate;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::account::Account;
use crate::ledger::amount::units;
use crate::ledger::book::Event;
use crate::ledger::books::Ledger;
use crate::ledger::document::DocumentType;
use crate::ledger::event_kind::EventKind;
use crate::ledger::numbers::key;

/// Which documents are worked out.
#[derive(Debug)]
enum Scope {
    /// All of the register.
    All,
    /// Those at these places, in order.
    Family(Vec<usize>),
}

/// The money of one document, as most documents have it: paid once.
#[derive(Debug, Clone, Copy, Default)]
struct Money {
    /// Principal paid, in units of the currency's last digit.
    paid: i64,
    /// The day of the last payment of principal.
    paid_on: Option<NaiveDate>,
    /// Whether a corrective stands in its place.
    is_replaced: bool,
}

/// What is contested of a document.
#[derive(Debug, Clone, Copy)]
struct Dispute {
    /// The day of the last event that opened or ended one.
    said: NaiveDate,
    contested: Contested,
}

/// How much is contested.
#[derive(Debug, Clone, Copy)]
enum Contested {
    /// No dispute is open.
    Nothing,
    /// All that is left.
    All,
    /// So much of what is left.
    Part(Decimal),
}

/// Balances as of a day.
#[derive(Debug)]
pub(super) struct Balances {
    scope: Scope,
    /// Documents issued later do not count.
    day: NaiveDate,
    money: Vec<Money>,
    /// What happens to few documents' money, by the document's place.
    accounts: HashMap<u32, Account>,
    disputes: HashMap<u32, Dispute>,
}

impl Balances {
    /// Starts with all documents issued up to a day.
    pub(super) fn of_all(ledger: &Ledger, day: NaiveDate) -> Self {
        Self::of(Scope::All, ledger.len(), day)
    }

    /// Starts with the documents of a family issued up to a day.
    pub(super) fn of_family(family: &[usize], day: NaiveDate) -> Self {
        Self::of(Scope::Family(family.to_vec()), family.len(), day)
    }

    fn of(scope: Scope, count: usize, day: NaiveDate) -> Self {
        let (accounts, disputes) = (HashMap::new(), HashMap::new());
        Self {
            scope,
            day,
            money: vec![Money::default(); count],
            accounts,
            disputes,
        }
    }

    fn slot(&self, place: usize) -> Option<usize> {
        match &self.scope {
            Scope::All => (place < self.money.len()).then_some(place),
            Scope::Family(places) => places.binary_search(&place).ok(),
        }
    }

    /// Tells whether a document is one of these: of the family, and issued by the day.
    pub(super) fn has(&self, ledger: &Ledger, place: usize) -> bool {
        ledger.issued(place) <= self.day && self.slot(place).is_some()
    }

    fn places(&self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        match &self.scope {
            Scope::All => (0..self.money.len()).collect::<Vec<_>>(),
            Scope::Family(places) => places.clone(),
        }
        .into_iter()
    }

    fn money(&self, place: usize) -> Money {
        self.slot(place)
            .map(|slot| self.money[slot])
            .unwrap_or_default()
    }

    fn account(&mut self, place: usize) -> &mut Account {
        self.accounts.entry(key(place)).or_default()
    }

    /// Returns what happened to a document's money beside payments.
    pub(super) fn account_of(&self, place: usize) -> Account {
        self.accounts.get(&key(place)).copied().unwrap_or_default()
    }

    /// Adds a payment of principal, in units of the document's currency.
    pub(super) fn pay(&mut self, ledger: &Ledger, place: usize, units: i64, day: NaiveDate) {
        let Some(slot) = self.slot(place) else { return };
        let money = &mut self.money[slot];
        money.paid_on = money.paid_on.max(Some(day));
        // The sum is less than half of what fits, so that no difference of two such sums overflows.
        let sum = money.paid.checked_add(units);
        match sum.filter(|sum| sum.unsigned_abs() <= u64::MAX / 4) {
            Some(sum) => money.paid = sum,
            None => {
                let amount = Decimal::new(units, ledger.currency(place).digits());
                self.account(place).paid += amount;
            }
        }
    }

    /// Adds an event that changes money: a discount, a write-off, a dispute. Of disputes the later day wins, on one day the later row.
    pub(super) fn event(&mut self, place: usize, event: &Event<'_>) {
        let amount = event.amount.unwrap_or_default();
        match event.kind {
            EventKind::Discount => self.account(place).discounted += amount,
            EventKind::WriteOff => {
                let account = self.account(place);
                account.written_off += amount;
                if event.is_difference() {
                    account.differences += amount;
                }
            }
            EventKind::Dispute | EventKind::Resolved => {
                let contested = match (event.kind, event.amount) {
                    (EventKind::Dispute, Some(amount)) => Contested::Part(amount),
                    (EventKind::Dispute, None) => Contested::All,
                    _ => Contested::Nothing,
                };
                let said = Dispute {
                    said: event.date,
                    contested,
                };
                let known = self.disputes.entry(key(place)).or_insert(said);
                if known.said <= event.date {
                    *known = said;
                }
            }
            _ => {}
        }
    }

    /// Works out replacements and credit notes, once all payments and events are in.
    pub(super) fn close(&mut self, ledger: &Ledger) {
        let places: Vec<usize> = self
            .places()
            .filter(|place| {
                let kind = ledger.kind(*place);
                matches!(kind, DocumentType::Credit | DocumentType::Corrective)
                    && self.has(ledger, *place)
            })
            .collect();
        for place in &places {
            self.replace(ledger, *place);
        }
        for place in places {
            if ledger.kind(place) == DocumentType::Credit {
                self.take_off(ledger, place);
            }
        }
    }

    /// A corrective stands in the place of its original, with the original's payments, discounts, write-offs and dispute.
    fn replace(&mut self, ledger: &Ledger, place: usize) {
        let Some(original) = ledger
            .document(place)
            .original()
            .and_then(|number| ledger.find(number))
            .filter(|original| self.has(ledger, *original))
        else {
            return;
        };
        let Some(slot) = self.slot(original) else {
            return;
        };
        let moved = std::mem::take(&mut self.money[slot]);
        self.money[slot].is_replaced = true;
        if let Some(day) = moved.paid_on {
            self.pay(ledger, place, moved.paid, day);
        }
        let from = self.accounts.remove(&key(original)).unwrap_or_default();
        let to = self.account(place);
        to.paid += from.paid;
        to.discounted += from.discounted;
        to.written_off += from.written_off;
        to.differences += from.differences;
        // A correction settles no dispute: of both the later event counts.
        if let Some(moved) = self.disputes.remove(&key(original)) {
            let own = self.disputes.entry(key(place)).or_insert(moved);
            if own.said < moved.said {
                *own = moved;
            }
        }
    }

    /// A credit note takes off at most what is left above zero, over its references in order.
    fn take_off(&mut self, ledger: &Ledger, place: usize) {
        let mut left = -self.owed(ledger, place);
        let mut notes = left;
        let targets: Vec<usize> = ledger
            .references(place)
            .filter_map(|number| ledger.find(number))
            .filter(|target| self.has(ledger, *target))
            .collect();
        for target in targets {
            let target = self.successor(ledger, target);
            let open = self.left(ledger, target).max(Decimal::ZERO).min(left);
            self.account(target).credited += open;
            self.account(place).credited -= open;
            left -= open;
            let asked = ledger.document(target).asked();
            let account = self.account(target);
            let part = notes.min((asked - account.credit_notes).max(Decimal::ZERO));
            account.credit_notes += part;
            notes -= part;
        }
    }

    /// Tells whether a corrective stands in a document's place.
    pub(super) fn is_replaced(&self, place: usize) -> bool {
        self.money(place).is_replaced
    }

    /// Follows correctives to the document that stands now.
    pub(super) fn successor(&self, ledger: &Ledger, place: usize) -> usize {
        let mut place = place;
        while self.is_replaced(place) {
            match ledger.successor(place).filter(|next| *next > place) {
                Some(next) => place = next,
                None => break,
            }
        }
        place
    }

    /// Returns what a document adds to what the client owes: nothing once it is replaced.
    pub(super) fn owed(&self, ledger: &Ledger, place: usize) -> Decimal {
        if self.is_replaced(place) {
            return Decimal::ZERO;
        }
        Decimal::new(ledger.owed_units(place), ledger.currency(place).digits())
    }

    /// Returns the principal paid.
    pub(super) fn paid(&self, ledger: &Ledger, place: usize) -> Decimal {
        let digits = ledger.currency(place).digits();
        Decimal::new(self.money(place).paid, digits) + self.account_of(place).paid
    }

    /// Returns the day of the last payment of principal.
    pub(super) fn paid_on(&self, place: usize) -> Option<NaiveDate> {
        self.money(place).paid_on
    }

    /// Returns what is left of a document.
    pub(super) fn left(&self, ledger: &Ledger, place: usize) -> Decimal {
        let unpaid = Decimal::new(self.unpaid(ledger, place), ledger.currency(place).digits());
        match self.accounts.get(&key(place)) {
            Some(account) => {
                unpaid - account.credited - account.paid - account.discounted - account.written_off
            }
            None => unpaid,
        }
    }

    /// Tells whether something is left of a document: most are paid, and need no arithmetic of decimals.
    pub(super) fn is_open(&self, ledger: &Ledger, place: usize) -> bool {
        if self.accounts.is_empty() || !self.accounts.contains_key(&key(place)) {
            return self.unpaid(ledger, place) > 0;
        }
        self.left(ledger, place) > Decimal::ZERO
    }

    fn unpaid(&self, ledger: &Ledger, place: usize) -> i64 {
        let money = self.money(place);
        let owed = if money.is_replaced {
            0
        } else {
            ledger.owed_units(place)
        };
        owed.saturating_sub(money.paid)
    }

    /// Returns the part of what is left of a document that is contested.
    pub(super) fn disputed(&self, ledger: &Ledger, place: usize) -> Decimal {
        let contested = match self.disputes.get(&key(place)) {
            None => return Decimal::ZERO,
            Some(dispute) => dispute.contested,
        };
        let left = self.left(ledger, place);
        let amount = match contested {
            Contested::Nothing => Decimal::ZERO,
            Contested::All => left,
            Contested::Part(amount) => amount,
        };
        amount.min(left).max(Decimal::ZERO)
    }
}

/// Returns an amount in units of a document's currency; none where it has more digits.
pub(super) fn in_units(ledger: &Ledger, place: usize, amount: Decimal) -> Option<i64> {
    units(amount, ledger.currency(place).digits())
}
