//! The books over time: what a document owed at the end of each day on which that changed, and what happened to its interest.
//!
//! The formula of a balance stands in `books.rs` alone: for each day of change it is asked again, over the few rows that a
//! document's balance depends on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::books::Books;
use super::schedule;
use crate::ledger::book::{Event, Method, Part, Payment, Row};
use crate::ledger::currency::Currency;
use crate::ledger::date::plus_days;
use crate::ledger::document::DocumentType;
use crate::ledger::event_kind::EventKind;
use crate::ledger::plan::Plan;
use crate::span::{FileId, Span};

/// A register row as kept.
#[derive(Debug, Clone)]
struct Kept {
    number: String,
    client: String,
    kind: DocumentType,
    issued: NaiveDate,
    due: Option<NaiveDate>,
    currency: Currency,
    gross: Decimal,
    owed: Decimal,
    refs: String,
}

/// A payment or event about one document.
#[derive(Debug, Clone)]
enum Movement {
    Payment {
        client: String,
        amount: Decimal,
        currency: Currency,
        part: Part,
    },
    Event {
        kind: EventKind,
        client: String,
        amount: Option<Decimal>,
        interest: Option<Decimal>,
        fee: Option<Decimal>,
    },
}

/// What was given up of interest and indemnity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver {
    /// The day.
    pub day: NaiveDate,
    /// So much interest, and so much of the indemnity; none: all of both up to the day.
    pub amounts: Option<(Decimal, Decimal)>,
}

/// What moves from document to document on a day: number, client, currency, what it adds to the balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The day.
    pub day: NaiveDate,
    /// The documents; their amounts sum to zero.
    pub parts: Vec<(String, String, Currency, Decimal)>,
}

/// Everything dated up to a day that may change what a document owes, by document.
#[derive(Debug, Default)]
pub struct Chronicle {
    today: NaiveDate,
    rows: Vec<Kept>,
    index: HashMap<String, usize>,
    /// Credit notes and correctives, by each document that they name.
    links: HashMap<String, Vec<usize>>,
    movements: HashMap<String, Vec<(NaiveDate, Movement)>>,
    insolvent: BTreeMap<String, NaiveDate>,
    plans: Vec<Plan>,
    /// The plans about each document, and when others took the place of each plan.
    planned: HashMap<String, Vec<usize>>,
    replanned: HashMap<String, Vec<NaiveDate>>,
    retroactive: bool,
}

impl Chronicle {
    /// Starts empty: what is dated later than the day is left out.
    pub fn new(today: NaiveDate) -> Self {
        Self {
            today,
            ..Self::default()
        }
    }

    /// Lets credit notes count from the beginning: what they take back was never owed (INVOICING-LAW §2.3).
    #[must_use]
    pub fn retroactive(mut self, yes: bool) -> Self {
        self.retroactive = yes;
        self
    }

    /// Returns the day up to which everything is known.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Adds a row of the register.
    pub fn add_row(&mut self, row: &Row<'_>) {
        if row.issued > self.today || self.index.contains_key(row.number) {
            return;
        }
        let at = self.rows.len();
        if matches!(row.kind, DocumentType::Credit | DocumentType::Corrective) {
            for number in row.refs.split(' ').filter(|number| !number.is_empty()) {
                self.links.entry(number.to_owned()).or_default().push(at);
            }
        }
        self.index.insert(row.number.to_owned(), at);
        self.rows.push(Kept {
            number: row.number.to_owned(),
            client: row.client.to_owned(),
            kind: row.kind,
            issued: row.issued,
            due: row.due,
            currency: row.currency,
            gross: row.gross,
            owed: row.owed,
            refs: row.refs.to_owned(),
        });
    }

    /// Adds a payment.
    pub fn add_payment(&mut self, payment: &Payment<'_>) {
        if payment.document.is_empty() || payment.date > self.today {
            return;
        }
        let (client, amount, currency) =
            (payment.client.to_owned(), payment.amount, payment.currency);
        let movement = Movement::Payment {
            client,
            amount,
            currency,
            part: payment.part,
        };
        self.movements
            .entry(payment.document.to_owned())
            .or_default()
            .push((payment.date, movement));
    }

    /// Adds an event.
    pub fn add_event(&mut self, event: &Event<'_>) {
        if event.date > self.today {
            return;
        }
        if event.kind == EventKind::Insolvency {
            let day = self
                .insolvent
                .entry(event.client.to_owned())
                .or_insert(event.date);
            *day = event.date.min(*day);
        }
        if event.document.is_empty() || !event.kind.bears_on_debt() {
            return;
        }
        let (kind, client) = (event.kind, event.client.to_owned());
        let movement = Movement::Event {
            kind,
            client,
            amount: event.amount,
            interest: event.interest,
            fee: event.fee,
        };
        self.movements
            .entry(event.document.to_owned())
            .or_default()
            .push((event.date, movement));
    }

    /// Adds a plan.
    pub fn add_plan(&mut self, plan: &Plan) {
        if plan.agreed > self.today {
            return;
        }
        for number in &plan.documents {
            self.planned
                .entry(number.value.clone())
                .or_default()
                .push(self.plans.len());
        }
        if let Some(number) = &plan.replaces {
            self.replanned
                .entry(number.clone())
                .or_default()
                .push(plan.agreed);
        }
        self.plans.push(plan.clone());
    }

    /// Returns the numbers of the documents of which something was open at the end of their due date or of a later day before a day, in
    /// the order of issue, each with its client: what was paid in time is among them if the money was taken back.
    pub fn late_before(&self, day: NaiveDate) -> Vec<(&str, &str)> {
        let late = |row: &&Kept| {
            let Some(due) = row.due.filter(|due| *due < day) else {
                return false;
            };
            self.each_balance(&row.number, due, plus_days(day, -1))
                .any(|(_, balance)| balance > Decimal::ZERO)
        };
        self.rows
            .iter()
            .filter(late)
            .map(|row| (row.number.as_str(), row.client.as_str()))
            .collect()
    }

    /// Returns the rows that a document's balance depends on, in the order of issue: those that credit notes and correctives tie
    /// together.
    fn family(&self, number: &str) -> Vec<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> = self.index.get(number).copied().into_iter().collect();
        while let Some(at) = open.pop() {
            if !found.insert(at) {
                continue;
            }
            let row = &self.rows[at];
            open.extend(self.links.get(&row.number).into_iter().flatten().copied());
            if matches!(row.kind, DocumentType::Credit | DocumentType::Corrective) {
                open.extend(
                    row.refs
                        .split(' ')
                        .filter_map(|number| self.index.get(number)),
                );
            }
        }
        found.into_iter().collect()
    }

    /// Returns the books of a family as of a day.
    fn books(&self, family: &[usize], day: NaiveDate, known: NaiveDate) -> Books {
        let mut books = Books::new(if self.retroactive { known } else { day });
        for at in family {
            books.add_row(&self.rows[*at].row());
        }
        for at in family {
            let number = &self.rows[*at].number;
            for (date, movement) in self
                .movements
                .get(number)
                .into_iter()
                .flatten()
                .filter(|(date, _)| *date <= day)
            {
                movement.add(number, *date, &mut books);
            }
        }
        books.close();
        books
    }

    /// Returns the days on which something happened to a family.
    fn days(&self, family: &[usize]) -> BTreeSet<NaiveDate> {
        let mut days = BTreeSet::new();
        for at in family {
            let row = &self.rows[*at];
            days.insert(row.issued);
            days.extend(
                self.movements
                    .get(&row.number)
                    .into_iter()
                    .flatten()
                    .map(|(day, _)| *day),
            );
        }
        days
    }

    /// Returns what a document owed at the end of `from`, and at the end of each later day up to `to` on which something happened.
    pub fn balances(
        &self,
        number: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<(NaiveDate, Decimal)> {
        self.each_balance(number, from, to).collect()
    }

    /// The same, one by one as they are asked for.
    fn each_balance<'c>(
        &'c self,
        number: &'c str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, Decimal)> + 'c {
        let (family, known) = (self.family(number), to.min(self.today));
        let later = self
            .days(&family)
            .into_iter()
            .filter(move |day| *day > from && *day <= known);
        let days = std::iter::once(from).chain(later);
        days.map(move |day| (day, balance(&self.books(&family, day, known), number)))
    }

    /// Returns what a document owed at the end of a day; none before it was issued.
    pub fn owed(&self, number: &str, day: NaiveDate) -> Option<Decimal> {
        let books = self.books(&self.family(number), day, day);
        books
            .find(number)
            .map(|index| books.position(index).balance)
    }

    /// Returns the part of a document that is disputed as of a day.
    pub fn disputed(&self, number: &str, to: NaiveDate) -> Decimal {
        let (family, known) = (self.family(number), to.min(self.today));
        let books = self.books(&family, known, known);
        books
            .find(number)
            .map_or(Decimal::ZERO, |index| books.position(index).disputed)
    }

    /// Returns what moves from document to document up to a day without any row of its own: credit notes taking off, and correctives
    /// taking over what was paid on their originals. Each is a day with what it adds to the balance of each document; these sum to
    /// zero. What is returned for a day never changes with what comes later.
    pub fn transfers(&self, to: NaiveDate) -> Vec<Transfer> {
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        for at in 0..self.rows.len() {
            if !self.links.contains_key(&self.rows[at].number) || !seen.insert(at) {
                continue;
            }
            let family = self.family(&self.rows[at].number);
            seen.extend(family.iter().copied());
            let mut moved: BTreeMap<usize, Decimal> = BTreeMap::new();
            for day in self.days(&family).into_iter().filter(|day| *day <= to) {
                let books = self.books(&family, day, day);
                let mut parts = Vec::new();
                for at in family.iter().filter(|at| self.rows[**at].issued <= day) {
                    let row = &self.rows[*at];
                    let moved = moved.entry(*at).or_default();
                    let change = balance(&books, &row.number) - self.own_balance(row, day) - *moved;
                    if !change.is_zero() {
                        *moved += change;
                        parts.push((row.number.clone(), row.client.clone(), row.currency, change));
                    }
                }
                if !parts.is_empty() {
                    list.push(Transfer { day, parts });
                }
            }
        }
        list
    }

    /// What a document's own rows come to: what it adds, but for a replaced one, less what was paid and given up on it.
    fn own_balance(&self, row: &Kept, day: NaiveDate) -> Decimal {
        let owed = if self.is_replaced(&row.number, day) {
            Decimal::ZERO
        } else {
            row.owed
        };
        let movements = self
            .movements
            .get(&row.number)
            .into_iter()
            .flatten()
            .filter(|(date, _)| *date <= day);
        let off = movements.map(|(_, movement)| match movement {
            Movement::Payment {
                amount,
                part: Part::Principal,
                ..
            } => *amount,
            Movement::Event { kind, amount, .. } if kind.takes_off() => amount.unwrap_or_default(),
            _ => Decimal::ZERO,
        });
        owed - off.sum::<Decimal>()
    }

    /// Returns what was paid for a part of a debt up to a day. What was paid on a document that a corrective has replaced counts
    /// for the corrective.
    pub fn paid(&self, number: &str, wanted: Part, to: NaiveDate) -> Decimal {
        let amounts = self
            .own(number, to)
            .filter_map(|(_, movement)| match movement {
                Movement::Payment { amount, part, .. } if *part == wanted => Some(*amount),
                _ => None,
            });
        amounts.sum()
    }

    /// Returns what was given up of a document's interest and indemnity up to a day.
    pub fn waivers(&self, number: &str, to: NaiveDate) -> Vec<Waiver> {
        let waiver = |(day, movement): &(NaiveDate, Movement)| match movement {
            Movement::Event {
                kind,
                amount,
                interest,
                fee,
                ..
            } if *kind == EventKind::Waived => {
                let said = interest.is_some() || fee.is_some() || amount.is_some();
                // An amount alone is interest.
                let interest = interest
                    .or(amount.filter(|_| fee.is_none()))
                    .unwrap_or_default();
                Some(Waiver {
                    day: *day,
                    amounts: said.then(|| (interest, fee.unwrap_or_default())),
                })
            }
            _ => None,
        };
        let mut list: Vec<Waiver> = self.own(number, to).filter_map(waiver).collect();
        list.sort_by_key(|waiver| waiver.day);
        list
    }

    /// What was noted of a document and, if it is a corrective, of what it replaced.
    fn own<'a>(
        &'a self,
        number: &'a str,
        to: NaiveDate,
    ) -> impl Iterator<Item = &'a (NaiveDate, Movement)> {
        let movements = self
            .replaced_by(number)
            .into_iter()
            .filter_map(|number| self.movements.get(number))
            .flatten();
        movements.filter(move |(day, _)| *day <= to)
    }

    /// A document's number and, if it is a corrective, those of what it replaced.
    fn replaced_by<'a>(&'a self, number: &'a str) -> Vec<&'a str> {
        let mut numbers = vec![number];
        while let Some(row) = numbers
            .last()
            .and_then(|number| self.index.get(*number))
            .map(|at| &self.rows[*at])
        {
            let original = row
                .refs
                .split(' ')
                .next()
                .filter(|number| !number.is_empty() && !numbers.contains(number));
            match original.filter(|_| row.kind == DocumentType::Corrective) {
                Some(original) => numbers.push(original),
                None => break,
            }
        }
        numbers
    }

    /// Tells whether a corrective stands in a document's place as of a day: it names that first, deposits after it.
    pub fn is_replaced(&self, number: &str, to: NaiveDate) -> bool {
        let links = self
            .links
            .get(number)
            .into_iter()
            .flatten()
            .map(|at| &self.rows[*at]);
        let replaces = |row: &Kept| {
            row.kind == DocumentType::Corrective && row.refs.split(' ').next() == Some(number)
        };
        links
            .into_iter()
            .any(|row| replaces(row) && row.issued <= to)
    }

    /// Returns the day on which a client's insolvency was noted first, up to a day.
    pub fn insolvent(&self, client: &str, to: NaiveDate) -> Option<NaiveDate> {
        self.insolvent.get(client).copied().filter(|day| *day <= to)
    }

    /// Tells whether anything is known of a document.
    pub fn knows(&self, number: &str) -> bool {
        self.index.contains_key(number)
    }

    /// Returns the plans about a document as of a day, each with the day on which it ended: by a part that was not paid in time
    /// (true), or by another plan in its place. A corrective has the plans of what it replaced.
    pub fn plans(&self, number: &str, to: NaiveDate) -> Vec<(&Plan, Option<(NaiveDate, bool)>)> {
        let numbers = self.replaced_by(number);
        let places: BTreeSet<usize> = numbers
            .into_iter()
            .filter_map(|number| self.planned.get(number))
            .flatten()
            .copied()
            .collect();
        let mut list: Vec<&Plan> = places
            .into_iter()
            .map(|at| &self.plans[at])
            .filter(|plan| plan.agreed <= to)
            .collect();
        list.sort_by_key(|plan| (plan.agreed, &plan.number));
        let end = |at: usize| {
            let next = list.get(at + 1).map(|next| next.agreed);
            let others = self
                .replanned
                .get(&list[at].number)
                .into_iter()
                .flatten()
                .copied()
                .filter(|day| *day <= to);
            let replaced = others.chain(next).min();
            match (self.missed(list[at], to), replaced) {
                (Some(missed), Some(replaced)) if replaced <= missed => Some((replaced, false)),
                (Some(missed), _) => Some((missed, true)),
                (None, Some(replaced)) => Some((replaced, false)),
                (None, None) => None,
            }
        };
        list.iter()
            .enumerate()
            .map(|(at, plan)| (*plan, end(at)))
            .collect()
    }

    /// Returns the due day of the earliest part of a plan that was missed up to a day, by the rule of [`schedule::missed`].
    pub fn missed(&self, plan: &Plan, to: NaiveDate) -> Option<NaiveDate> {
        let known = to.min(self.today);
        let dues: BTreeSet<NaiveDate> = plan
            .instalments
            .iter()
            .map(|part| part.due)
            .filter(|due| *due < to)
            .collect();
        let first = *dues.first()?;
        let families: Vec<(&str, Vec<usize>)> = plan
            .documents
            .iter()
            .map(|number| (number.value.as_str(), self.family(number)))
            .collect();
        let changes = families.iter().flat_map(|(_, family)| self.days(family));
        let days: BTreeSet<NaiveDate> = changes
            .filter(|day| *day > first && *day <= known)
            .chain(dues.iter().copied())
            .collect();
        let left = |day: NaiveDate| -> Decimal {
            let of = |(number, family): &(&str, Vec<usize>)| {
                let books = self.books(family, day.min(known), known);
                books.standing(number).map_or(Decimal::ZERO, |index| {
                    books.position(index).balance.max(Decimal::ZERO)
                })
            };
            families.iter().map(of).sum()
        };
        let left: Vec<(NaiveDate, Decimal)> =
            days.into_iter().map(|day| (day, left(day))).collect();
        schedule::missed(&plan.instalments, &left, to)
    }
}

fn balance(books: &Books, number: &str) -> Decimal {
    books
        .find(number)
        .map_or(Decimal::ZERO, |index| books.position(index).balance)
}

impl Kept {
    fn row(&self) -> Row<'_> {
        Row {
            span: Span::whole(FileId::NOWHERE),
            number: &self.number,
            kind: self.kind,
            client: &self.client,
            buyer: "",
            issued: self.issued,
            supplied: self.issued,
            due: self.due,
            currency: self.currency,
            exchange: Decimal::ONE,
            net: self.gross,
            vat: Decimal::ZERO,
            gross: self.gross,
            deposits: Decimal::ZERO,
            owed: self.owed,
            breakdown: "",
            refs: &self.refs,
            sha256: "",
            seal: "",
        }
    }
}

impl Movement {
    fn add(&self, document: &str, date: NaiveDate, books: &mut Books) {
        let (id, span) = ("", Span::whole(FileId::NOWHERE));
        let empty = "";
        match self {
            Self::Payment {
                client,
                amount,
                currency,
                part,
            } => books.add_payment(&Payment {
                span,
                id,
                date,
                client,
                amount: *amount,
                currency: *currency,
                method: Method::Offset,
                document,
                part: *part,
                fee: Decimal::ZERO,
                account: empty,
                reference: empty,
                note: empty,
            }),
            Self::Event {
                kind,
                client,
                amount,
                ..
            } => books.add_event(&Event {
                span,
                id,
                date,
                kind: *kind,
                client,
                document,
                step: empty,
                channel: empty,
                amount: *amount,
                currency: None,
                interest: None,
                fee: None,
                until: None,
                who: empty,
                file: empty,
                sha256: empty,
                note: empty,
            }),
        }
    }
}
