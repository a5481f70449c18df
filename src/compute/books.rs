//! The books as of a day: every document's balance, by the formula of LEDGER-FORMAT ("Balance of a document as of D").
//!
//! Compact on purpose: `overdue` over a hundred thousand documents keeps about 250 bytes for each.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use hashbrown::{HashMap, HashSet};
use rust_decimal::Decimal;

use super::account::{Account, status};
use super::chronicle::Chronicle;
use super::debtors::Debtors;
use super::entries::{Entries, key};
use super::limitation::{Happened, Limitation, limitation};
use super::names::Names;
use super::outgoing::{Outgoing, carries};
use super::position::Position;
use super::said::{Said, Sayings};
use super::schedule::{self, Schedule, unmet, without};
use super::state::State;
use crate::diagnostic::{Diagnostic, Diagnostics, Guesses, code};
use crate::ledger::book::{Event, Part, Payment, Row};
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::ledger::party::ClientKind;
use crate::ledger::plan::Plan;
use crate::regime::Regime;
use crate::span::Span;

/// The books as of a day.
#[derive(Debug)]
pub struct Books {
    today: NaiveDate,
    entries: Entries,
    accounts: HashMap<u32, Account>,
    states: HashMap<u32, State>,
    names: Names,
    /// The client's credit: money that names no document.
    credits: HashMap<(u32, Currency), Decimal>,
    plans: Vec<Plan>,
    /// What happened when, of the documents of plans that a missed part accelerates, and of those that bear on them.
    past: Chronicle,
    /// What falls due when, of documents that a plan is about.
    schedules: HashMap<u32, Schedule>,
    debtors: Debtors,
    happened: Happened,
    /// Documents of which a discount or write-off was taken back, and the row that says so.
    taken_back: Vec<(usize, Span)>,
    /// Numbers of rows that cannot be read; an empty one where a whole register cannot be.
    unreadable: HashSet<String>,
    guesses: Guesses,
    outgoing: Outgoing,
    later: HashSet<String>,
    /// Rows that were wrong among each other.
    pub problems: Diagnostics,
}

impl Books {
    /// Starts with empty books as of a day: what is dated later is left out.
    pub fn new(today: NaiveDate) -> Self {
        Self {
            today,
            entries: Entries::default(),
            accounts: HashMap::new(),
            states: HashMap::new(),
            names: Names::default(),
            credits: HashMap::new(),
            plans: Vec::new(),
            past: Chronicle::new(today),
            schedules: HashMap::new(),
            debtors: Debtors::default(),
            happened: Happened::default(),
            taken_back: Vec::new(),
            unreadable: HashSet::new(),
            guesses: Guesses::default(),
            outgoing: Outgoing::default(),
            later: HashSet::new(),
            problems: Diagnostics::default(),
        }
    }

    /// Returns the day.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Returns the number that is taken in the place of this one, be it spelt with other capitals.
    pub fn taken(&self, number: &str) -> Option<&str> {
        self.entries
            .find_any_case(number)
            .map(|index| self.entries.number(index))
    }

    /// Finds a document by its exact number.
    pub fn find(&self, number: &str) -> Option<usize> {
        self.entries.find(number)
    }

    /// Notes a row that cannot be read: what names its document is not unknown. Without a number: the whole register is.
    pub fn note_unreadable(&mut self, number: &str) {
        self.unreadable.insert(number.to_owned());
    }

    /// Tells whether a number stands in a row that cannot be read.
    pub fn is_unreadable(&self, number: &str) -> bool {
        self.unreadable.contains(number) || self.unreadable.contains("")
    }

    /// Adds a row of the register.
    pub fn add_row(&mut self, row: &Row<'_>) {
        if let Some(other) = self.taken(row.number) {
            let message = if other == row.number {
                format!("{} stands twice in the register", row.number)
            } else {
                format!(
                    "{} is {other} but for capitals: one number stands twice",
                    row.number
                )
            };
            self.problems.push(
                Diagnostic::error(code::NUMBER_TWICE, message)
                    .at(row.span)
                    .hint("two branches took one number: take back the one that has not left the house (`acquit explain NUMBER-TWICE`)"),
            );
            return;
        }
        if row.issued > self.today {
            self.later.insert(row.number.to_owned());
            return;
        }
        let (client, buyer) = (self.names.intern(row.client), self.names.intern(row.buyer));
        let Some(index) = self.entries.push(row, client, buyer) else {
            return self.note_unreadable(row.number);
        };
        if !row.deposits.is_zero() {
            self.account(index).deposits = row.deposits;
        }
    }

    /// Finds the document a row of payments or events names, adding what is wrong with it.
    fn target(&mut self, number: &str, client: &str, date: NaiveDate, span: Span) -> Option<usize> {
        let Some(index) = self.find(number) else {
            // What is dated after the books' day is left out, and no error.
            if self.is_unreadable(number) || self.later.contains(number) {
                return None;
            }
            let near = self.guesses.nearest(number, self.entries.numbers());
            let hint = near.map_or("`acquit list` shows the numbers".to_owned(), |near| {
                format!("did you mean `{near}`?")
            });
            self.problems.push(
                Diagnostic::error(
                    code::DOCUMENT_UNKNOWN,
                    format!("there is no document `{number}`"),
                )
                .at(span)
                .hint(hint),
            );
            return None;
        };
        let owner = self.names.get(self.entries[index].client);
        if owner != client {
            let message = format!("{number} is {owner}'s, not `{client}`'s");
            self.problems.push(
                Diagnostic::error(code::CLIENT_UNKNOWN, message)
                    .at(span)
                    .hint(format!("write `{owner}` as the client")),
            );
            return None;
        }
        (date <= self.today).then_some(index)
    }

    /// Adds a payment; those dated after the books' day count for nothing.
    pub fn add_payment(&mut self, payment: &Payment<'_>) {
        if payment.document.is_empty() {
            if payment.date <= self.today {
                let client = self.names.intern(payment.client);
                *self.credits.entry((client, payment.currency)).or_default() += payment.amount;
            }
            return;
        }
        if payment.date > self.today && self.find(payment.document).is_none() {
            return;
        }
        let Some(index) = self.target(payment.document, payment.client, payment.date, payment.span)
        else {
            return;
        };
        let currency = self.entries[index].currency;
        if currency != payment.currency {
            let message = format!(
                "{} is in {currency}, this payment in {}",
                payment.document, payment.currency
            );
            self.problems.push(
                Diagnostic::error(code::ROW_CURRENCY, message)
                    .at(payment.span)
                    .hint(format!(
                        "write the amount in {currency}; a difference of exchange is a write-off"
                    )),
            );
            return;
        }
        if payment.date < self.entries[index].issued {
            let message = format!(
                "{} was issued on {}, after this payment",
                payment.document, self.entries[index].issued
            );
            let hint = "money that came before is the client's credit: leave the document empty, and use it by an offset";
            self.problems.push(
                Diagnostic::error(code::PAYMENT_DATE, message)
                    .at(payment.span)
                    .hint(hint),
            );
            return;
        }
        self.happened.pay(key(index), payment);
        if payment.part == Part::Principal {
            self.pay(index, payment.amount);
            self.entries[index].paid_by(Some(payment.date));
        }
        if self.past.knows(payment.document) {
            self.past.add_payment(payment);
        }
    }

    fn pay(&mut self, index: usize, amount: Decimal) {
        if !self.entries[index].pay(amount) {
            self.account(index).paid += amount;
        }
    }

    /// Adds an event; those dated after the books' day count for nothing.
    pub fn add_event(&mut self, event: &Event<'_>) {
        if event.date <= self.today {
            let client = self.names.intern(event.client);
            self.debtors.note(client, event);
            self.outgoing.add(event);
        }
        if event.document.is_empty()
            || matches!(event.kind, "accepted" | "refused" | "expired" | "replaced")
        {
            return;
        }
        // A quote leaves the house as well; the books know none.
        if carries(event) && self.find(event.document).is_none() {
            return;
        }
        if event.date > self.today && self.find(event.document).is_none() {
            return;
        }
        let Some(index) = self.target(event.document, event.client, event.date, event.span) else {
            return;
        };
        let currency = self.entries[index].currency;
        if event.amount.is_some() && event.currency.is_some_and(|own| own != currency) {
            let message = format!(
                "{} is in {currency}, the amount of this {} is not",
                event.document, event.kind
            );
            let hint = format!("write the amount in {currency}");
            return self.problems.push(
                Diagnostic::error(code::ROW_CURRENCY, message)
                    .at(event.span)
                    .hint(hint),
            );
        }
        if self.past.knows(event.document) {
            self.past.add_event(event);
        }
        self.happened.note(key(index), event);
        let amount = event.amount.unwrap_or_default();
        match event.kind {
            "discount" => self.account(index).discounted += amount,
            "write-off" => {
                let account = self.account(index);
                account.written_off += amount;
                account.differences += if event.is_difference() {
                    amount
                } else {
                    Decimal::ZERO
                };
            }
            _ => return self.note(index, event),
        }
        if amount < Decimal::ZERO && !event.is_difference() {
            self.taken_back.push((index, event.span));
        }
    }

    fn account(&mut self, index: usize) -> &mut Account {
        self.accounts.entry(key(index)).or_default()
    }

    fn account_of(&self, index: usize) -> Account {
        self.accounts.get(&key(index)).copied().unwrap_or_default()
    }

    /// Notes what is no money.
    fn note(&mut self, index: usize, event: &Event<'_>) {
        self.states.entry(key(index)).or_default().note(event);
        if Sayings::is_one(event) && event.date == self.today {
            self.debtors.message(self.entries[index].client, event);
        }
    }

    /// Adds a plan, after the register's rows and before payments and events; one agreed after the books' day counts for nothing.
    pub fn add_plan(&mut self, plan: &Plan) {
        if plan.agreed > self.today {
            return;
        }
        if plan.acceleration && plan.instalments.iter().any(|part| part.due < self.today) {
            for number in &plan.documents {
                self.remember(number);
            }
        }
        self.plans.push(plan.clone());
    }

    /// Lets the past of a document be kept, and of all that credit notes and correctives tie to it.
    fn remember(&mut self, number: &str) {
        let Some(index) = self.find(number).filter(|_| !self.past.knows(number)) else {
            return;
        };
        let mut family = BTreeSet::new();
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            if family.insert(index) {
                open.extend(self.entries.ties(index));
            }
        }
        for index in family {
            let entry = &self.entries[index];
            let (client, buyer) = (self.names.get(entry.client), self.names.get(entry.buyer));
            self.past.add_row(&self.entries.row(index, client, buyer));
        }
    }

    /// Works out replacements, credit notes and what plans make of due dates, once all rows are in.
    pub fn close(&mut self) {
        self.replace();
        let agreed = |plan: &Plan| {
            let found = plan.documents.iter().filter_map(|number| self.find(number));
            found
                .map(|index| (key(index), plan.agreed))
                .collect::<Vec<_>>()
        };
        let agreed: Vec<_> = self.plans.iter().flat_map(agreed).collect();
        self.happened.close(&agreed);
        self.judge_taken_back();
        for index in 0..self.entries.len() {
            if self.entries[index].kind == DocumentType::Credit {
                self.take_off(index);
            }
        }
        self.schedule();
    }

    /// No more can be taken back of discounts and write-offs than there was of them, on a corrective and what it replaced together.
    fn judge_taken_back(&mut self) {
        for (index, span) in std::mem::take(&mut self.taken_back) {
            let account = self.account_of(self.successor(index));
            if account.discounted < Decimal::ZERO
                || account.written_off < account.differences.min(Decimal::ZERO)
            {
                let message = format!(
                    "more is taken back on {} than was taken off",
                    self.entries.number(index)
                );
                let hint = "below zero a discount or write-off takes an earlier one back; a new one is above zero";
                self.problems.push(
                    Diagnostic::error(code::PAYMENT_AMOUNT, message)
                        .at(span)
                        .hint(hint),
                );
            }
        }
    }

    /// Gives the parts of plans to their documents. A plan that another replaces counts no more; of two about one document the
    /// later does.
    fn schedule(&mut self) {
        let mut plans = std::mem::take(&mut self.plans);
        let counting = schedule::counting(&mut plans);
        for (at, plan) in plans
            .iter()
            .enumerate()
            .rev()
            .filter(|(at, _)| counting[*at])
        {
            let found = plan.documents.iter().filter_map(|number| self.find(number));
            let mut list: Vec<usize> = found.map(|index| self.successor(index)).collect();
            list.retain(|index| !self.schedules.contains_key(&key(*index)));
            list.dedup();
            let balances: Vec<Decimal> = list
                .iter()
                .map(|index| self.left(*index).max(Decimal::ZERO))
                .collect();
            let left: Decimal = balances.iter().copied().sum();
            let accelerates = plan.acceleration && left > Decimal::ZERO;
            let missed = accelerates
                .then(|| self.past.missed(plan, self.today))
                .flatten();
            let parts = unmet(&plan.instalments, left, missed);
            for (index, mut parts) in list.iter().zip(schedule::spread(&parts, &balances)) {
                without(&mut parts, self.disputed(*index));
                self.schedules
                    .insert(key(*index), Schedule { plan: at, parts });
            }
        }
        self.plans = plans;
    }

    /// Returns the plan that counts for a document.
    pub fn plan(&self, index: usize) -> Option<&Plan> {
        self.plans.get(self.schedules.get(&key(index))?.plan)
    }

    /// Returns the part of a document that is contested.
    fn disputed(&self, index: usize) -> Decimal {
        let contested = self
            .states
            .get(&key(index))
            .and_then(|state| state.dispute)
            .map(|(_, amount)| amount);
        let balance = self.left(index);
        contested.map_or(Decimal::ZERO, |amount| {
            amount.unwrap_or(balance).min(balance).max(Decimal::ZERO)
        })
    }

    /// A corrective stands in the place of its original, with the original's payments, discounts and write-offs.
    fn replace(&mut self) {
        for index in 0..self.entries.len() {
            if self.entries[index].kind != DocumentType::Corrective {
                continue;
            }
            let Some(original) = self
                .entries
                .refs(index)
                .next()
                .and_then(|number| self.find(number))
            else {
                continue;
            };
            let paid = self.entries[original].take_paid();
            let day = self.entries[original].paid_on.take();
            self.pay(index, paid);
            self.entries[index].paid_by(day);
            let moved = self.accounts.remove(&key(original)).unwrap_or_default();
            let account = self.account(index);
            account.paid += moved.paid;
            account.discounted += moved.discounted;
            account.written_off += moved.written_off;
            account.differences += moved.differences;
            if !moved.deposits.is_zero() {
                // What was frozen stays: only what happened since moves on.
                self.account(original).deposits = moved.deposits;
            }
            self.entries[original].is_replaced = true;
        }
    }

    /// A credit note takes off at most what is left above zero, over its references in order.
    fn take_off(&mut self, index: usize) {
        let mut left = -self.entries[index].owed();
        let mut notes = left;
        let targets: Vec<usize> = self
            .entries
            .refs(index)
            .filter_map(|number| self.find(number))
            .collect();
        for target in targets {
            let target = self.successor(target);
            let open = self.left(target).max(Decimal::ZERO).min(left);
            self.account(target).credited += open;
            self.account(index).credited -= open;
            left -= open;
            let gross = self.entries[target].gross();
            let state = self.states.entry(key(target)).or_default();
            let part = notes.min((gross - state.credit_notes).max(Decimal::ZERO));
            state.credit_notes += part;
            notes -= part;
        }
    }

    /// Finds the document that stands in a document's place, itself if nothing replaced it.
    pub fn standing(&self, number: &str) -> Option<usize> {
        self.find(number).map(|index| self.successor(index))
    }

    /// Follows correctives to the document that stands now.
    fn successor(&self, index: usize) -> usize {
        if !self.entries[index].is_replaced {
            return index;
        }
        let number = self.entries.number(index);
        let next = (index + 1..self.entries.len()).find(|later| {
            self.entries[*later].kind == DocumentType::Corrective
                && self.entries.refs(*later).next() == Some(number)
        });
        next.map_or(index, |next| self.successor(next))
    }

    fn left(&self, index: usize) -> Decimal {
        let unpaid = self.entries[index].unpaid();
        match self.accounts.get(&key(index)) {
            Some(account) => {
                unpaid - account.credited - account.paid - account.discounted - account.written_off
            }
            None => unpaid,
        }
    }

    /// Returns how many documents there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Returns the documents' numbers in the order of issue.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        self.entries.numbers()
    }

    /// Returns how much of a document (gross) credit notes may still take back.
    pub fn creditable(&self, number: &str) -> Option<Decimal> {
        let index = self.find(number)?;
        let noted = self
            .states
            .get(&key(index))
            .map_or(Decimal::ZERO, |state| state.credit_notes);
        Some(self.entries[index].gross() - noted)
    }

    /// Returns the messages that began to leave.
    pub fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// Returns the clients' credits: client, currency, amount; by client.
    pub fn client_credits(&self) -> Vec<(&str, Currency, Decimal)> {
        let mut list: Vec<_> = self
            .credits
            .iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|((client, currency), amount)| (self.names.get(*client), *currency, *amount))
            .collect();
        list.sort_unstable();
        list
    }

    /// Returns a client's credit in a currency.
    pub fn credit(&self, client: &str, currency: Currency) -> Decimal {
        let client = self.names.find(client);
        client
            .and_then(|client| self.credits.get(&(*client, currency)))
            .copied()
            .unwrap_or_default()
    }

    /// Returns the reminders of a document about a due date, by day: those that left, and those that may have.
    pub fn said(&self, index: usize, due: NaiveDate) -> Vec<Said> {
        let mut all = self
            .states
            .get(&key(index))
            .map(|state| state.said.all())
            .unwrap_or_default();
        all.retain(|said| said.due.is_none_or(|about| about == due));
        all
    }

    /// Returns the day for which a document was promised last, be it past.
    pub fn promised(&self, index: usize) -> Option<NaiveDate> {
        self.states
            .get(&key(index))
            .and_then(|state| state.promise)
            .map(|(_, until)| until)
    }

    /// Tells whether a document's client has had a reminder on the books' day, or may have.
    pub fn is_messaged(&self, index: usize) -> bool {
        self.debtors.is_messaged(self.entries[index].client)
    }

    /// Returns since when a document's client is in insolvency proceedings.
    pub fn insolvent(&self, index: usize) -> Option<NaiveDate> {
        self.debtors.insolvent(self.entries[index].client)
    }

    /// Returns since when a document, or all of its client's, is in the hands of a collector or a lawyer.
    pub fn handed_over(&self, index: usize) -> Option<NaiveDate> {
        let own = self
            .states
            .get(&key(index))
            .and_then(|state| state.handed_over);
        own.or_else(|| self.debtors.handed_over(self.entries[index].client))
    }

    /// Returns the places of documents of which something is left to pay, in the order of issue.
    pub fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.entries.len()).filter(|index| {
            self.entries[*index].kind != DocumentType::Credit && self.left(*index) > Decimal::ZERO
        })
    }

    /// Returns the position of a document.
    pub fn position(&self, index: usize) -> Position<'_> {
        let (entry, account) = (&self.entries[index], self.account_of(index));
        let state = self.states.get(&key(index));
        let balance = self.left(index);
        let disputed = if state.is_some() {
            self.disputed(index)
        } else {
            Decimal::ZERO
        };
        let schedule = self.schedules.get(&key(index));
        let rest = (balance - disputed).max(Decimal::ZERO);
        let is_past = entry.due.is_some_and(|due| due < self.today);
        let (late, asked) = match schedule {
            Some(schedule) => (schedule.late(self.today), schedule.asked(self.today)),
            None => (if is_past { rest } else { Decimal::ZERO }, rest),
        };
        let plan_due = schedule.and_then(Schedule::due);
        let days_late = match plan_due.or(entry.due) {
            Some(due) if !late.is_zero() => (self.today - due).num_days(),
            _ => 0,
        };
        Position {
            number: self.entries.number(index),
            kind: entry.kind,
            client: self.names.get(entry.client),
            buyer: self.names.get(entry.buyer),
            issued: entry.issued,
            due: entry.due,
            days_late,
            currency: entry.currency,
            gross: entry.gross(),
            deposits: account.deposits,
            owed: entry.owed(),
            credited: account.credited,
            paid: entry.paid() + account.paid,
            paid_on: entry.paid_on,
            discounted: account.discounted,
            written_off: account.written_off,
            balance,
            late,
            disputed,
            status: status(entry, &account, balance),
            hold: state
                .and_then(|state| state.hold)
                .map(|(_, until)| until)
                .filter(|until| until.is_none_or(|until| until >= self.today)),
            promise: state
                .and_then(|s| s.promise)
                .map(|(_, until)| until)
                .filter(|until| *until >= self.today),
            asked,
            plan: schedule
                .and_then(|schedule| self.plans.get(schedule.plan))
                .map(|plan| plan.number.as_str()),
            plan_due,
        }
    }

    /// Returns how long what is left of a document can be brought before a court, by the law of the seller's country. None where
    /// nothing is left, or the law is not known.
    pub fn limitation<'r>(
        &self,
        index: usize,
        regime: &'r Regime,
        client: ClientKind,
    ) -> Option<Limitation<'r>> {
        let entry = &self.entries[index];
        let due = entry.due.filter(|_| self.left(index) > Decimal::ZERO)?;
        let law = regime.limitation(client, entry.supplied.min(due))?;
        // What happened to the original of a corrective happened to the debt.
        let (mut happened, mut at) = (Vec::new(), Some(index));
        while let Some(index) = at {
            happened.extend(self.happened.of(key(index)));
            let original = self
                .entries
                .refs(index)
                .next()
                .filter(|_| self.entries[index].kind == DocumentType::Corrective);
            at = original
                .and_then(|number| self.find(number))
                .filter(|original| *original < index);
        }
        happened.sort_unstable();
        Some(limitation(
            law,
            regime.limitation_warning,
            (entry.supplied, due),
            &happened,
        ))
    }

    /// Returns all positions in the order of issue.
    pub fn positions(&self) -> impl Iterator<Item = Position<'_>> {
        (0..self.entries.len()).map(|index| self.position(index))
    }

    /// Returns the indexes of what is late, by due date, then number.
    pub fn late(&self) -> Vec<usize> {
        let mut late: Vec<usize> = (0..self.entries.len())
            .filter(|index| self.due(*index).is_some_and(|due| due < self.today))
            // Most are paid: the balance alone tells, before anything else is looked up.
            .filter(|index| {
                self.left(*index) > Decimal::ZERO && self.position(*index).late > Decimal::ZERO
            })
            .collect();
        late.sort_by_key(|index| (self.due(*index), self.entries.number(*index)));
        late
    }

    /// Returns the due date that counts: that of the earliest part of its plan that is not met, else its own.
    fn due(&self, index: usize) -> Option<NaiveDate> {
        self.schedules
            .get(&key(index))
            .and_then(Schedule::due)
            .or(self.entries[index].due)
    }
}
