//! The books in memory: register, payments, events and plans, read once for a command. Documents stay on the disk.
//!
//! A row keeps what reports ask for, in whole units of its currency's last digit, and its place in its file. Texts that repeat are kept
//! once; a hundred thousand documents with their payments and events take some forty megabytes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hashbrown::{HashMap, HashSet};
use rust_decimal::Decimal;

use super::amount::units;
use super::book::{Event, Method, Part, Payment, Row};
use super::currency::Currency;
use super::document::DocumentType;
use super::event_kind::EventKind;
use super::names::Names;
use super::numbers::{Numbers, key};
use super::plan::Plan;
use super::texts::Texts;
use crate::span::Span;

/// A document as its row in the register states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'l> {
    /// Where the row stands.
    pub span: Span,
    /// BT-1.
    pub number: &'l str,
    /// Type.
    pub kind: DocumentType,
    /// The client's id.
    pub client: &'l str,
    /// BT-44.
    pub buyer: &'l str,
    /// BT-2.
    pub issued: NaiveDate,
    /// When it was supplied.
    pub supplied: NaiveDate,
    /// BT-9.
    pub due: Option<NaiveDate>,
    /// BT-5.
    pub currency: Currency,
    /// BT-112.
    pub gross: Decimal,
    /// Deposits taken into account.
    pub deposits: Decimal,
    /// What it adds to what the client owes.
    pub owed: Decimal,
    /// `operation:category:rate:base:vat` joined by `;`.
    pub breakdown: &'l str,
    /// Numbers corrected or deducted, joined by spaces.
    pub refs: &'l str,
}

impl<'l> Entry<'l> {
    /// Returns what it asks for, VAT and rounding amount included, before deposits are taken into account.
    pub fn asked(&self) -> Decimal {
        self.owed + self.deposits
    }

    /// Returns the numbers that it corrects or deducts; a corrective names its original first.
    pub fn references(&self) -> impl Iterator<Item = &'l str> {
        self.refs.split(' ').filter(|number| !number.is_empty())
    }

    /// Returns the number of the document in whose place a corrective stands.
    pub fn original(&self) -> Option<&'l str> {
        self.references()
            .next()
            .filter(|_| self.kind == DocumentType::Corrective)
    }
}

/// A document's row as it is kept.
#[derive(Debug, Clone)]
struct Document {
    gross: i64,
    owed: i64,
    span: Span,
    client: u32,
    buyer: u32,
    issued: NaiveDate,
    supplied: NaiveDate,
    due: Option<NaiveDate>,
    /// Where its breakdown ends among the breakdowns.
    breakdown_end: u32,
    currency: Currency,
    kind: DocumentType,
}

/// What a payment or event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// No document.
    Nothing,
    /// The document at this place of the register.
    Document(u32),
    /// A number that the register does not have, such as a quote's, by its place among the names.
    Other(u32),
}

/// A payment's row as it is kept.
#[derive(Debug, Clone)]
struct Paid {
    amount: i64,
    span: Span,
    about: About,
    date: NaiveDate,
    client: u32,
    /// Where id, account, reference and note begin among the texts.
    texts: u32,
    currency: Currency,
    method: Method,
    part: Part,
}

/// An event's row as it is kept.
#[derive(Debug, Clone)]
struct Happened {
    amount: Option<i64>,
    interest: Option<i64>,
    fee: Option<i64>,
    span: Span,
    about: About,
    date: NaiveDate,
    until: Option<NaiveDate>,
    client: u32,
    /// Where id, step, channel, who, file, digest and note begin among the texts.
    texts: u32,
    currency: Option<Currency>,
    kind: EventKind,
}

/// How a book stands on the disk: what a command that adds rows to it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEnd {
    /// Its first line.
    pub columns: Vec<String>,
    /// Its length in bytes.
    pub length: u64,
    /// Whether its final line end is missing.
    pub is_unended: bool,
}

/// The books in memory.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    numbers: Numbers,
    documents: Vec<Document>,
    breakdowns: String,
    /// Few documents have any.
    refs: HashMap<u32, Box<str>>,
    deposits: HashMap<u32, i64>,
    /// Credit notes and correctives with what they name, both ways.
    ties: HashMap<u32, Vec<u32>>,
    /// The corrective that stands in a document's place.
    successors: HashMap<u32, u32>,
    names: Names,
    /// The buyer of each client's last document, by the client's place among the names: nearly all of a client's documents have one.
    buyers: Vec<u32>,
    payments: Vec<Paid>,
    /// Few payments have one.
    fees: HashMap<u32, i64>,
    events: Vec<Happened>,
    texts: Texts,
    plans: Vec<Plan>,
    uncounted: Vec<(Box<str>, Span)>,
    /// Numbers of rows that cannot be read; an empty one: the whole register cannot.
    unreadable: HashSet<String>,
    ends: BTreeMap<String, BookEnd>,
}

impl Ledger {
    /// Adds a row of the register whose number stands nowhere yet. Tells whether it fits: an amount of more than twelve digits before the
    /// point, which no reader lets through, does not.
    pub fn push_document(&mut self, row: &Row<'_>) -> bool {
        let digits = row.currency.digits();
        let figures = (
            units(row.gross, digits),
            units(row.owed, digits),
            units(row.deposits, digits),
        );
        let (Some(gross), Some(owed), Some(deposits)) = figures else {
            return false;
        };
        let place = self.numbers.push(row.number);
        self.breakdowns.push_str(row.breakdown);
        if !row.refs.is_empty() {
            self.refs.insert(key(place), row.refs.into());
        }
        if deposits != 0 {
            self.deposits.insert(key(place), deposits);
        }
        if matches!(row.kind, DocumentType::Credit | DocumentType::Corrective) {
            let named: Vec<usize> = row
                .refs
                .split(' ')
                .filter_map(|number| self.numbers.find(number))
                .collect();
            if let (DocumentType::Corrective, Some(original)) = (
                row.kind,
                row.refs
                    .split(' ')
                    .next()
                    .and_then(|n| self.numbers.find(n)),
            ) {
                self.successors.entry(key(original)).or_insert(key(place));
            }
            for other in named {
                self.ties.entry(key(other)).or_default().push(key(place));
                self.ties.entry(key(place)).or_default().push(key(other));
            }
        }
        let client = self.names.intern(row.client);
        let buyer = self.buyer(client, row.buyer);
        self.documents.push(Document {
            gross,
            owed,
            span: row.span,
            client,
            buyer,
            issued: row.issued,
            supplied: row.supplied,
            due: row.due,
            breakdown_end: key(self.breakdowns.len()),
            currency: row.currency,
            kind: row.kind,
        });
        true
    }

    /// Returns the place of a client's buyer among the names.
    fn buyer(&mut self, client: u32, buyer: &str) -> u32 {
        let at = client as usize;
        if at >= self.buyers.len() {
            self.buyers.resize(at + 1, u32::MAX);
        }
        if self.names.get(self.buyers[at]) != buyer {
            self.buyers[at] = self.names.intern(buyer);
        }
        self.buyers[at]
    }

    /// Adds a payment; the register stands first.
    pub fn push_payment(&mut self, payment: &Payment<'_>) {
        let place = self.find(payment.document);
        self.push_payment_of(payment, place);
    }

    /// Adds a payment of the document at a place, which was found before: finding it again would cost as much as all the rest.
    pub fn push_payment_of(&mut self, payment: &Payment<'_>, place: Option<usize>) {
        let digits = payment.currency.digits();
        let texts = [payment.id, payment.account, payment.reference, payment.note];
        let texts = self.texts.put(&texts);
        // Its client is the document's: that was compared when the document was found.
        let (about, client) = match place {
            Some(place) if self.client(place) == payment.client => {
                (About::Document(key(place)), self.documents[place].client)
            }
            Some(place) => (
                About::Document(key(place)),
                self.names.intern(payment.client),
            ),
            None => (
                self.about(payment.document),
                self.names.intern(payment.client),
            ),
        };
        // A reader lets no more digits through than the currency has.
        let fee = units(payment.fee, digits).unwrap_or_default();
        if fee != 0 {
            self.fees.insert(key(self.payments.len()), fee);
        }
        self.payments.push(Paid {
            // A reader lets no more digits through than the currency has.
            amount: units(payment.amount, digits).unwrap_or_default(),
            span: payment.span,
            about,
            date: payment.date,
            client,
            texts,
            currency: payment.currency,
            method: payment.method,
            part: payment.part,
        });
    }

    /// Adds an event; the register stands first.
    pub fn push_event(&mut self, event: &Event<'_>) {
        let digits = event.currency.map_or(0, Currency::digits);
        let figure = |value: Option<Decimal>| value.and_then(|value| units(value, digits));
        let texts = [
            event.id,
            event.step,
            event.channel,
            event.who,
            event.file,
            event.sha256,
            event.note,
        ];
        let texts = self.texts.put(&texts);
        let about = self.about(event.document);
        self.events.push(Happened {
            amount: figure(event.amount),
            interest: figure(event.interest),
            fee: figure(event.fee),
            span: event.span,
            about,
            date: event.date,
            until: event.until,
            client: self.names.intern(event.client),
            texts,
            currency: event.currency,
            kind: event.kind,
        });
    }

    /// Adds a plan.
    pub fn push_plan(&mut self, plan: Plan) {
        self.plans.push(plan);
    }

    /// Makes room for books of so many bytes, by how long their rows are as a rule, so that little is moved while they are read.
    pub fn reserve(&mut self, register: u64, payments: u64, events: u64) {
        // A file may claim any length.
        const MOST: usize = 1 << 22;
        let rows = |bytes: u64, each: u64| usize::try_from(bytes / each).unwrap_or(0).min(MOST);
        self.numbers.reserve(rows(register, 240));
        self.documents.reserve(rows(register, 240));
        self.payments.reserve(rows(payments, 72));
        self.texts.reserve(rows(payments, 2));
        self.events.reserve(rows(events, 72));
    }

    /// Notes a row of the register that cannot be read: what names its document is not unknown. Without a number: the whole register
    /// cannot be read.
    pub fn note_unreadable(&mut self, number: &str) {
        self.unreadable.insert(number.to_owned());
    }

    /// Notes the client of a row of payments or events that counts nowhere, so that it is judged like the others.
    pub fn note_uncounted(&mut self, client: &str, span: Span) {
        self.uncounted.push((client.into(), span));
    }

    /// Returns the clients of rows of payments or events that count nowhere, each with its row.
    pub fn uncounted(&self) -> impl Iterator<Item = (&str, Span)> {
        self.uncounted
            .iter()
            .map(|(client, span)| (&**client, *span))
    }

    /// Notes how a book stands on the disk.
    pub fn note_end(&mut self, path: &str, end: BookEnd) {
        self.ends.insert(path.to_owned(), end);
    }

    /// Returns how a book stood on the disk when it was read.
    pub fn end(&self, path: &str) -> Option<&BookEnd> {
        self.ends.get(path)
    }

    fn about(&mut self, number: &str) -> About {
        if number.is_empty() {
            return About::Nothing;
        }
        match self.numbers.find(number) {
            Some(place) => About::Document(key(place)),
            None => About::Other(self.names.intern(number)),
        }
    }

    fn number_of(&self, about: About) -> &str {
        match about {
            About::Nothing => "",
            About::Document(place) => self.numbers.get(place as usize),
            About::Other(name) => self.names.get(name),
        }
    }

    /// Returns how many documents the register has.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Tells whether the register has none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Returns the document at a place of the register.
    pub fn document(&self, place: usize) -> Entry<'_> {
        let document = &self.documents[place];
        let amount = |units: i64| Decimal::new(units, document.currency.digits());
        let start = if place == 0 {
            0
        } else {
            self.documents[place - 1].breakdown_end
        };
        let deposits = self.deposits.get(&key(place)).copied().unwrap_or_default();
        Entry {
            span: document.span,
            number: self.numbers.get(place),
            kind: document.kind,
            client: self.names.get(document.client),
            buyer: self.names.get(document.buyer),
            issued: document.issued,
            supplied: document.supplied,
            due: document.due,
            currency: document.currency,
            gross: amount(document.gross),
            deposits: amount(deposits),
            owed: amount(document.owed),
            breakdown: &self.breakdowns[start as usize..document.breakdown_end as usize],
            refs: self.refs_of(place),
        }
    }

    /// Returns the documents in the order of the register.
    pub fn documents(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).map(|place| self.document(place))
    }

    /// Returns a document's place, and those of the documents that it stands in the place of.
    pub fn chain(&self, place: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(place), |place| {
            if self.documents[*place].kind != DocumentType::Corrective {
                return None;
            }
            let original = self.document(*place).original()?;
            self.find(original).filter(|original| original < place)
        })
    }

    /// Returns the earliest due date of a document and of those that it stands in the place of.
    pub fn first_due(&self, place: usize) -> Option<NaiveDate> {
        self.chain(place).filter_map(|place| self.due(place)).min()
    }

    /// Returns the day of the earliest supply of a document and of those that it stands in the place of.
    pub fn first_supplied(&self, place: usize) -> NaiveDate {
        let days = self
            .chain(place)
            .map(|place| self.documents[place].supplied);
        days.min().unwrap_or(NaiveDate::MAX)
    }

    /// Returns a document's number.
    pub fn number(&self, place: usize) -> &str {
        self.numbers.get(place)
    }

    /// Returns all numbers in the order of the register.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.number(place))
    }

    /// Finds a document by its exact number.
    pub fn find(&self, number: &str) -> Option<usize> {
        self.numbers.find(number)
    }

    /// Finds a document by its number, capitals or not.
    pub fn find_any_case(&self, number: &str) -> Option<usize> {
        self.numbers.find_any_case(number)
    }

    /// Returns a document's date of issue.
    pub fn issued(&self, place: usize) -> NaiveDate {
        self.documents[place].issued
    }

    /// Returns a document's due date.
    pub fn due(&self, place: usize) -> Option<NaiveDate> {
        self.documents[place].due
    }

    /// Returns a document's type.
    pub fn kind(&self, place: usize) -> DocumentType {
        self.documents[place].kind
    }

    /// Returns the id of a document's client.
    pub fn client(&self, place: usize) -> &str {
        self.names.get(self.documents[place].client)
    }

    /// Returns a document's currency.
    pub fn currency(&self, place: usize) -> Currency {
        self.documents[place].currency
    }

    /// Returns the place of a document's client among the names.
    pub fn client_key(&self, place: usize) -> u32 {
        self.documents[place].client
    }

    /// Returns what a document adds to what the client owes, in units of its currency's last digit.
    pub fn owed_units(&self, place: usize) -> i64 {
        self.documents[place].owed
    }

    /// Returns the place of a text among the names, if it is one.
    pub fn name_key(&self, name: &str) -> Option<u32> {
        self.names.find(name)
    }

    /// Returns the name at a place.
    pub fn name(&self, key: u32) -> &str {
        self.names.get(key)
    }

    fn refs_of(&self, place: usize) -> &str {
        self.refs.get(&key(place)).map_or("", |refs| refs)
    }

    /// Returns the numbers that a document names.
    pub fn references(&self, place: usize) -> impl Iterator<Item = &str> {
        self.refs_of(place)
            .split(' ')
            .filter(|number| !number.is_empty())
    }

    /// Returns what credit notes and correctives tie to a document: those that name it, and what it names itself.
    pub fn ties(&self, place: usize) -> impl Iterator<Item = usize> {
        self.ties
            .get(&key(place))
            .into_iter()
            .flatten()
            .map(|other| *other as usize)
    }

    /// Returns the corrective that names a document first, and so stands in its place.
    pub fn successor(&self, place: usize) -> Option<usize> {
        self.successors.get(&key(place)).map(|next| *next as usize)
    }

    /// Returns the places of the documents that a document's balance depends on, in order: those that credit notes and correctives tie
    /// together.
    pub fn family(&self, place: usize) -> Vec<usize> {
        let mut found = std::collections::BTreeSet::new();
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            if found.insert(place) {
                open.extend(self.ties(place));
            }
        }
        found.into_iter().collect()
    }

    /// Tells whether a number stands in a row that cannot be read.
    pub fn is_unreadable(&self, number: &str) -> bool {
        !self.unreadable.is_empty()
            && (self.unreadable.contains(number) || self.unreadable.contains(""))
    }

    /// Returns how many payments there are.
    pub fn payments_len(&self) -> usize {
        self.payments.len()
    }

    /// Returns the payment at a place.
    pub fn payment(&self, place: usize) -> Payment<'_> {
        let paid = &self.payments[place];
        let [id, account, reference, note] = self.texts.get(paid.texts);
        let fee = self.fees.get(&key(place)).copied().unwrap_or_default();
        let amount = |units: i64| Decimal::new(units, paid.currency.digits());
        Payment {
            span: paid.span,
            id,
            date: paid.date,
            client: self.names.get(paid.client),
            amount: amount(paid.amount),
            currency: paid.currency,
            method: paid.method,
            document: self.number_of(paid.about),
            part: paid.part,
            fee: amount(fee),
            account,
            reference,
            note,
        }
    }

    /// Returns the payments in the order of their files.
    pub fn payments(&self) -> impl Iterator<Item = Payment<'_>> {
        (0..self.payments.len()).map(|place| self.payment(place))
    }

    /// Returns of each payment what balances ask for, without its texts: the document's place (none: the client's credit), the client's
    /// key, the day, the part and the amount in units of its currency's last digit.
    pub fn payment_figures(&self) -> impl Iterator<Item = PaymentFigures> {
        self.payments.iter().map(|paid| PaymentFigures {
            document: place_of(paid.about),
            client: paid.client,
            date: paid.date,
            part: paid.part,
            method: paid.method,
            currency: paid.currency,
            units: paid.amount,
        })
    }

    /// Returns the event at a place.
    pub fn event(&self, place: usize) -> Event<'_> {
        let event = &self.events[place];
        let [id, step, channel, who, file, sha256, note] = self.texts.get(event.texts);
        let digits = event.currency.map_or(0, Currency::digits);
        let figure = |units: Option<i64>| units.map(|units| Decimal::new(units, digits));
        Event {
            span: event.span,
            id,
            date: event.date,
            kind: event.kind,
            client: self.names.get(event.client),
            document: self.number_of(event.about),
            step,
            channel,
            amount: figure(event.amount),
            currency: event.currency,
            interest: figure(event.interest),
            fee: figure(event.fee),
            until: event.until,
            who,
            file,
            sha256,
            note,
        }
    }

    /// Takes payments and events out, by their places in order: rows that contradict each other.
    pub fn forget(&mut self, payments: &HashSet<u32>, events: &HashSet<u32>) {
        let left = (0..key(self.payments.len())).filter(|at| !payments.contains(at));
        let fees = left
            .zip(0..)
            .filter_map(|(at, now)| Some((now, *self.fees.get(&at)?)));
        self.fees = fees.collect();
        let mut at = 0;
        self.payments.retain(|_| {
            at += 1;
            !payments.contains(&(at - 1))
        });
        at = 0;
        self.events.retain(|_| {
            at += 1;
            !events.contains(&(at - 1))
        });
    }

    /// Returns how many events there are.
    pub fn events_len(&self) -> usize {
        self.events.len()
    }

    /// Returns the events in the order of their files.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        (0..self.events.len()).map(|place| self.event(place))
    }

    /// Returns the place of the document that an event is about.
    pub fn event_document(&self, place: usize) -> Option<usize> {
        place_of(self.events[place].about)
    }

    /// Returns the place of the document that a payment is about.
    pub fn payment_document(&self, place: usize) -> Option<usize> {
        place_of(self.payments[place].about)
    }

    /// Returns the plans in the order of their files.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }
}

/// What balances ask of a payment.
#[derive(Debug, Clone, Copy)]
pub struct PaymentFigures {
    /// The place of its document; none: the client's credit.
    pub document: Option<usize>,
    /// The client's key among the names.
    pub client: u32,
    /// Its day.
    pub date: NaiveDate,
    /// What of the debt it pays.
    pub part: Part,
    /// How the money moved.
    pub method: Method,
    /// Its currency.
    pub currency: Currency,
    /// The amount in units of the currency's last digit.
    pub units: i64,
}

fn place_of(about: About) -> Option<usize> {
    match about {
        About::Document(place) => Some(place as usize),
        About::Nothing | About::Other(_) => None,
    }
}
