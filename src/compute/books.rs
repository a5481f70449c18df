//! The books as of a day: every document's position, and what is known of the clients.

use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::account::status;
use super::balances::Balances;
use super::chronicle::Chronicle;
use super::debtors::Debtors;
use super::limitation::{Limitation, limitation, restarts};
use super::movements::Movements;
use super::outgoing::Outgoing;
use super::position::{Position, Status};
use super::said::{Said, Sayings};
use super::schedule::{self, Schedule, unmet, without};
use super::state::State;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::book::{Event, Part};
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::ledger::numbers::key;
use crate::ledger::party::ClientKind;
use crate::ledger::plan::Plan;
use crate::regime::{Regime, Restart};
use crate::span::Span;

/// The books as of a day: what is dated later is left out.
#[derive(Debug)]
pub struct Books {
    ledger: Arc<Ledger>,
    today: NaiveDate,
    /// How many documents were issued by the day.
    count: usize,
    balances: Balances,
    states: HashMap<u32, State>,
    /// The clients' credits: money that names no document.
    credits: HashMap<(u32, Currency), Decimal>,
    /// The plans agreed by the day, in the order in which they were.
    plans: Vec<Plan>,
    /// What falls due when, of documents that a plan is about.
    schedules: HashMap<u32, Schedule>,
    debtors: Debtors,
    outgoing: Outgoing,
    /// The messages that began to leave, whatever day the events bear: what is sent at most once is judged by these. None where no event
    /// is dated after the day.
    in_flight: Option<Outgoing>,
    /// How many documents, payments and events are dated after the day.
    ahead: [usize; 3],
    /// Which rows are about which document: asked for by few commands, and then for few documents.
    movements: OnceLock<Movements>,
    /// When plans about each document were agreed, by its place.
    agreed: OnceLock<HashMap<usize, Vec<NaiveDate>>>,
    /// Rows that are wrong among each other.
    pub problems: Diagnostics,
}

impl Books {
    /// Looks at the books as of a day.
    pub fn new(ledger: &Arc<Ledger>, today: NaiveDate) -> Self {
        let places = 0..ledger.len();
        let mut books = Self {
            ledger: Arc::clone(ledger),
            today,
            count: places
                .filter(|place| ledger.issued(*place) <= today)
                .count(),
            balances: Balances::of_all(ledger, today),
            states: HashMap::new(),
            credits: HashMap::new(),
            plans: Vec::new(),
            schedules: HashMap::new(),
            debtors: Debtors::default(),
            outgoing: Outgoing::default(),
            in_flight: None,
            ahead: [0; 3],
            movements: OnceLock::new(),
            agreed: OnceLock::new(),
            problems: Diagnostics::default(),
        };
        books.ahead[0] = ledger.len() - books.count;
        books.pay();
        let taken_back = books.happen();
        books.balances.close(ledger);
        books.judge(&taken_back);
        books.schedule();
        books
    }

    /// Adds the payments up to the day.
    fn pay(&mut self) {
        let ledger = &self.ledger;
        for payment in ledger.payment_figures() {
            if payment.date > self.today {
                self.ahead[1] += 1;
                continue;
            }
            match payment.document {
                None => {
                    let amount = Decimal::new(payment.units, payment.currency.digits());
                    let credit = self.credits.entry((payment.client, payment.currency));
                    *credit.or_default() += amount;
                }
                Some(place) if payment.part == Part::Principal => {
                    if self.balances.has(ledger, place) {
                        self.balances
                            .pay(ledger, place, payment.units, payment.date);
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Adds the events up to the day. Returns the documents of which a discount or write-off was taken back, and the row that says so.
    fn happen(&mut self) -> Vec<(usize, Span)> {
        let ledger = Arc::clone(&self.ledger);
        let mut taken_back = Vec::new();
        for row in 0..ledger.events_len() {
            let event = ledger.event(row);
            let is_ahead = event.date > self.today;
            if is_ahead && self.in_flight.is_none() {
                self.in_flight = Some(self.outgoing.clone());
            }
            if let Some(in_flight) = &mut self.in_flight {
                in_flight.add(&event);
            }
            if is_ahead {
                self.ahead[2] += 1;
                self.note_ahead(row, &event);
                continue;
            }
            if let Some(client) = ledger.name_key(event.client) {
                self.debtors.note(client, &event);
            }
            self.outgoing.add(&event);
            // Events about quotes name no document of the register.
            let Some(place) = ledger.event_document(row) else {
                continue;
            };
            if event.kind.is_of_quote() || !self.balances.has(&ledger, place) {
                continue;
            }
            self.balances.event(place, &event);
            let amount = event.amount.unwrap_or_default();
            if event.kind.takes_off() {
                if amount < Decimal::ZERO && !event.is_difference() {
                    taken_back.push((place, event.span));
                }
            } else {
                self.note(place, &event);
            }
        }
        taken_back
    }

    /// Notes a message that is dated after the day: it has left, or may have, and a client gets none twice because today went backwards.
    fn note_ahead(&mut self, row: usize, event: &Event<'_>) {
        if !Sayings::is_one(event) {
            return;
        }
        if let Some(place) = self.ledger.event_document(row)
            && self.balances.has(&self.ledger, place)
        {
            let state = self.states.entry(key(place)).or_default();
            state.said.add(event);
            self.debtors.message(self.ledger.client_key(place), event);
        }
    }

    /// Notes what is no money.
    fn note(&mut self, place: usize, event: &Event<'_>) {
        self.states.entry(key(place)).or_default().note(event);
        if Sayings::is_one(event) && event.date == self.today {
            self.debtors.message(self.ledger.client_key(place), event);
        }
    }

    /// No more can be taken back of discounts and write-offs than there was of them, on a corrective and what it replaced together.
    fn judge(&mut self, taken_back: &[(usize, Span)]) {
        for (place, span) in taken_back {
            let standing = self.balances.successor(&self.ledger, *place);
            let account = self.balances.account_of(standing);
            if account.discounted < Decimal::ZERO
                || account.written_off < account.differences.min(Decimal::ZERO)
            {
                let message = format!(
                    "more is taken back on {} than was taken off",
                    self.ledger.number(*place)
                );
                let hint = "below zero a discount or write-off takes an earlier one back; a new one is above zero";
                self.problems.push(
                    Diagnostic::error(code::PAYMENT_AMOUNT, message)
                        .at(*span)
                        .hint(hint),
                );
            }
        }
    }

    /// Gives the parts of plans to their documents. A plan that another replaces counts no more; of two about one document the
    /// later does.
    fn schedule(&mut self) {
        let agreed = |plan: &&Plan| plan.agreed <= self.today;
        let mut plans: Vec<Plan> = self.ledger.plans().iter().filter(agreed).cloned().collect();
        let counting = schedule::counting(&mut plans);
        // What happened when is asked for only where a missed part makes the whole due.
        let mut past: Option<Chronicle> = None;
        for (at, plan) in plans
            .iter()
            .enumerate()
            .rev()
            .filter(|(at, _)| counting[*at])
        {
            let found = plan.documents.iter().filter_map(|number| self.find(number));
            let mut list: Vec<usize> = found
                .map(|place| self.balances.successor(&self.ledger, place))
                .collect();
            list.retain(|place| !self.schedules.contains_key(&key(*place)));
            list.dedup();
            let balances: Vec<Decimal> = list
                .iter()
                .map(|place| self.left(*place).max(Decimal::ZERO))
                .collect();
            let left: Decimal = balances.iter().copied().sum();
            let is_past = plan.instalments.iter().any(|part| part.due < self.today);
            let missed = if plan.acceleration && is_past && left > Decimal::ZERO {
                let past = past.get_or_insert_with(|| Chronicle::new(&self.ledger, self.today));
                past.missed(plan, self.today)
            } else {
                None
            };
            let parts = unmet(&plan.instalments, left, missed);
            for (place, mut parts) in list.iter().zip(schedule::spread(&parts, &balances)) {
                without(&mut parts, self.balances.disputed(&self.ledger, *place));
                self.schedules
                    .insert(key(*place), Schedule { plan: at, parts });
            }
        }
        self.plans = plans;
    }

    /// Returns the day.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Returns the books in memory.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Returns the number that is taken in the place of this one, be it spelt with other capitals.
    pub fn taken(&self, number: &str) -> Option<&str> {
        self.ledger
            .find_any_case(number)
            .map(|place| self.ledger.number(place))
    }

    /// Finds a document by its exact number.
    pub fn find(&self, number: &str) -> Option<usize> {
        self.ledger
            .find(number)
            .filter(|place| self.balances.has(&self.ledger, *place))
    }

    /// Tells whether a number stands in a row that cannot be read.
    pub fn is_unreadable(&self, number: &str) -> bool {
        self.ledger.is_unreadable(number)
    }

    /// Returns the plan that counts for a document.
    pub fn plan(&self, index: usize) -> Option<&Plan> {
        self.plans.get(self.schedules.get(&key(index))?.plan)
    }

    /// Finds the document that stands in a document's place, itself if nothing replaced it.
    pub fn standing(&self, number: &str) -> Option<usize> {
        self.find(number)
            .map(|place| self.balances.successor(&self.ledger, place))
    }

    fn left(&self, place: usize) -> Decimal {
        self.balances.left(&self.ledger, place)
    }

    /// Returns how many documents there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the places of the documents, in the order of issue.
    fn places(&self) -> impl Iterator<Item = usize> {
        let all = self.count == self.ledger.len();
        (0..self.ledger.len()).filter(move |place| all || self.balances.has(&self.ledger, *place))
    }

    /// Returns the documents' numbers in the order of issue.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        self.places().map(|place| self.ledger.number(place))
    }

    /// Returns the day of the last payment of a document's principal.
    pub fn paid_on(&self, index: usize) -> Option<NaiveDate> {
        self.balances.paid_on(index)
    }

    /// Returns how much of a document, VAT and rounding amount included, credit notes may still take back.
    pub fn creditable(&self, number: &str) -> Option<Decimal> {
        let place = self.find(number)?;
        let noted = self.balances.account_of(place).credit_notes;
        Some(self.ledger.document(place).asked() - noted)
    }

    /// Returns the messages that began to leave up to the day.
    pub fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// Returns the messages that began to leave, those that are dated after the day too: what leaves at most once is judged by all rows.
    pub fn in_flight(&self) -> &Outgoing {
        self.in_flight.as_ref().unwrap_or(&self.outgoing)
    }

    /// Returns how many documents, payments and events are dated after the day.
    pub fn ahead(&self) -> [usize; 3] {
        self.ahead
    }

    /// Returns the books with what is dated after the day; none where nothing is. Whether something was done already is judged by these.
    pub fn whole(&self) -> Option<Self> {
        (self.ahead != [0; 3]).then(|| Self::new(&self.ledger, NaiveDate::MAX))
    }

    /// Returns the clients' credits: client, currency, amount; by client.
    pub fn client_credits(&self) -> Vec<(&str, Currency, Decimal)> {
        let mut list: Vec<_> = self
            .credits
            .iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|((client, currency), amount)| (self.ledger.name(*client), *currency, *amount))
            .collect();
        list.sort_unstable();
        list
    }

    /// Returns a client's credit in a currency.
    pub fn credit(&self, client: &str, currency: Currency) -> Decimal {
        let client = self.ledger.name_key(client);
        client
            .and_then(|client| self.credits.get(&(client, currency)))
            .copied()
            .unwrap_or_default()
    }

    /// Returns the reminders of a document about a due date, by day: those that left, and those that may have, be they dated after the
    /// books' day.
    pub fn said(&self, index: usize, due: NaiveDate) -> Vec<Said> {
        let state = self.states.get(&key(index));
        let mut all = state.map(|state| state.said.all()).unwrap_or_default();
        all.retain(|said| said.due.is_none_or(|about| about == due));
        all
    }

    /// Returns the day for which a document was promised last, be it past.
    pub fn promised(&self, index: usize) -> Option<NaiveDate> {
        let state = self.states.get(&key(index));
        state
            .and_then(|state| state.promise)
            .map(|(_, until)| until)
    }

    /// Tells whether a document's client has had a reminder on the books' day or one that is dated later, or may have.
    pub fn is_messaged(&self, index: usize) -> bool {
        self.debtors.is_messaged(self.ledger.client_key(index))
    }

    /// Returns since when a document's client is in insolvency proceedings.
    pub fn insolvent(&self, index: usize) -> Option<NaiveDate> {
        self.debtors.insolvent(self.ledger.client_key(index))
    }

    /// Returns since when a document, or all of its client's, is in the hands of a collector or a lawyer.
    pub fn handed_over(&self, index: usize) -> Option<NaiveDate> {
        let state = self.states.get(&key(index));
        let own = state.and_then(|state| state.handed_over);
        own.or_else(|| self.debtors.handed_over(self.ledger.client_key(index)))
    }

    /// Returns the places of documents of which something is left to pay, in the order of issue.
    pub fn open(&self) -> impl Iterator<Item = usize> {
        self.places().filter(|place| {
            self.balances.is_open(&self.ledger, *place)
                && self.ledger.kind(*place) != DocumentType::Credit
        })
    }

    /// Returns the position of a document.
    pub fn position(&self, index: usize) -> Position<'_> {
        let (ledger, balances) = (&*self.ledger, &self.balances);
        let entry = ledger.document(index);
        let account = balances.account_of(index);
        let state = self.states.get(&key(index));
        let (owed, paid) = (balances.owed(ledger, index), balances.paid(ledger, index));
        let balance = balances.left(ledger, index);
        let disputed = balances.disputed(ledger, index);
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
        let status = if balances.is_replaced(index) {
            Status::Replaced
        } else {
            status(entry.kind, (owed, paid), &account, balance)
        };
        Position {
            number: entry.number,
            kind: entry.kind,
            client: entry.client,
            buyer: entry.buyer,
            issued: entry.issued,
            due: entry.due,
            days_late,
            currency: entry.currency,
            gross: entry.gross,
            deposits: entry.deposits,
            owed,
            credited: account.credited,
            paid,
            paid_on: balances.paid_on(index),
            discounted: account.discounted,
            written_off: account.written_off,
            balance,
            late,
            disputed,
            status,
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

    /// Tells whether an enforceable judgment on a document was served, or on what it stands in the place of: a court has decided, and what
    /// remains is to enforce it.
    fn is_judged(&self, index: usize) -> bool {
        let since = self.debtors.judged(self.ledger.client_key(index));
        self.ledger.chain(index).any(|place| {
            let state = self.states.get(&key(place));
            state.is_some_and(|state| state.is_judged)
                || since.is_some_and(|day| self.ledger.issued(place) <= day)
        })
    }

    /// Returns how long what is left of a document can be brought before a court, by the law of the seller's country. None where
    /// nothing is left, a court has decided already, or the law is not known.
    pub fn limitation<'r>(
        &self,
        index: usize,
        regime: &'r Regime,
        client: ClientKind,
    ) -> Option<Limitation<'r>> {
        let entry = self.ledger.document(index);
        entry.due.filter(|_| self.left(index) > Decimal::ZERO)?;
        if self.is_judged(index) {
            return None;
        }
        let (supplied, due) = self.runs_from(index)?;
        let law = regime.limitation(client, supplied.min(due))?;
        // What happened to the original of a corrective happened to the debt.
        let mut happened: Vec<_> = self
            .ledger
            .chain(index)
            .flat_map(|index| self.restarts(index))
            .collect();
        happened.sort_unstable();
        let supplied_and_due = (supplied, due);
        Some(limitation(
            law,
            regime.limitation_warning,
            supplied_and_due,
            &happened,
        ))
    }

    /// The days of supply and due date that limitation runs from: the earliest of a document and of those in whose place it stands. A
    /// correction is the creditor's own act and begins nothing anew (C. civ. art. 2240 asks for the debtor's).
    fn runs_from(&self, index: usize) -> Option<(NaiveDate, NaiveDate)> {
        Some((
            self.ledger.first_supplied(index),
            self.ledger.first_due(index)?,
        ))
    }

    /// Tells whether a court may soon refuse what is left of a document, or does, whatever kind of client it is of. What happened since can
    /// only have lengthened that time, and is not looked at.
    pub fn may_lapse(&self, index: usize, regime: &Regime) -> bool {
        self.runs_from(index).is_some_and(|(supplied, due)| {
            ClientKind::WORDS.iter().any(|(_, client)| {
                regime
                    .limitation(*client, supplied.min(due))
                    .is_some_and(|law| {
                        let days = (supplied, due);
                        limitation(law, regime.limitation_warning, days, &[]).is_near(self.today)
                    })
            })
        })
    }

    /// Returns what may have begun the time of a document anew.
    fn restarts(&self, index: usize) -> Vec<(NaiveDate, Restart)> {
        let ledger = &*self.ledger;
        let movements = self.movements.get_or_init(|| Movements::of(ledger));
        let payments = movements.payments(index).map(|row| ledger.payment(row));
        let events = movements.events(index).map(|row| ledger.event(row));
        let mut found = restarts(
            payments.filter(|payment| payment.date <= self.today),
            events.filter(|event| event.date <= self.today),
        );
        let agreed = self.agreed.get_or_init(|| {
            let mut agreed: HashMap<usize, Vec<NaiveDate>> = HashMap::new();
            for plan in &self.plans {
                let documents = plan.documents.iter();
                for place in documents.filter_map(|named| ledger.find(&named.value)) {
                    agreed.entry(place).or_default().push(plan.agreed);
                }
            }
            agreed
        });
        let agreed = agreed.get(&index).into_iter().flatten();
        found.extend(agreed.map(|day| (*day, Restart::Plan)));
        found
    }

    /// Returns all positions in the order of issue.
    pub fn positions(&self) -> impl Iterator<Item = Position<'_>> {
        self.places().map(|index| self.position(index))
    }

    /// Returns the indexes of what is late, by due date, then number.
    pub fn late(&self) -> Vec<usize> {
        let mut late: Vec<usize> = self
            .places()
            .filter(|index| self.due(*index).is_some_and(|due| due < self.today))
            // Most are paid: the balance alone tells, before anything else is looked up.
            .filter(|index| {
                self.balances.is_open(&self.ledger, *index)
                    && self.position(*index).late > Decimal::ZERO
            })
            .collect();
        late.sort_by_key(|index| (self.due(*index), self.ledger.number(*index)));
        late
    }

    /// Returns the due date that counts: that of the earliest part of its plan that is not met, else its own.
    fn due(&self, index: usize) -> Option<NaiveDate> {
        if self.schedules.is_empty() {
            return self.ledger.due(index);
        }
        let own = self.schedules.get(&key(index));
        own.and_then(Schedule::due).or(self.ledger.due(index))
    }
}
