//! Properties over random ledgers of random operations: balances against a plain oracle, nothing lost, no order, no future.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use std::sync::Arc;

use acquit::compute::books::Books;
use acquit::compute::chronicle::Chronicle;
use acquit::compute::credits::credits;
use acquit::compute::interest::claim;
use acquit::compute::position::Position;
use acquit::compute::statement::{Scope, accounts};
use acquit::ledger::book::{Event, Method, Part, Payment, Row};
use acquit::ledger::currency::Currency;
use acquit::ledger::date::plus_days;
use acquit::ledger::document::DocumentType;
use acquit::ledger::event_kind::EventKind;
use acquit::ledger::party::ClientKind;
use acquit::ledger::plan::{Instalment, Plan, PlanInterest};
use acquit::regime::built_in;
use acquit::span::{FileId, Span, Spanned};
use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::harness::day;

/// One operation, in small whole numbers: which document, how much, on which day.
#[derive(Debug, Clone)]
enum Operation {
    Invoice {
        amount: i64,
    },
    CreditNote {
        of: usize,
        also: usize,
        amount: i64,
    },
    Corrective {
        of: usize,
        amount: i64,
    },
    Pay {
        of: usize,
        amount: i64,
        part: Part,
    },
    Credit {
        amount: i64,
    },
    Offset {
        to: usize,
        amount: i64,
    },
    Discount {
        of: usize,
        amount: i64,
    },
    WriteOff {
        of: usize,
        amount: i64,
    },
    Dispute {
        of: usize,
        amount: Option<i64>,
    },
    Resolve {
        of: usize,
    },
    Plan {
        of: usize,
        parts: u32,
        acceleration: bool,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    let (of, cents) = (0usize..12, 1i64..100_000);
    let part =
        prop_oneof![3 => Just(Part::Principal), 1 => Just(Part::Interest), 1 => Just(Part::Fee)];
    prop_oneof![
        4 => cents.clone().prop_map(|amount| Operation::Invoice { amount }),
        2 => (of.clone(), of.clone(), cents.clone()).prop_map(|(of, also, amount)| Operation::CreditNote { of, also, amount }),
        1 => (of.clone(), cents.clone()).prop_map(|(of, amount)| Operation::Corrective { of, amount }),
        5 => (of.clone(), -20_000i64..100_000, part).prop_map(|(of, amount, part)| Operation::Pay { of, amount, part }),
        1 => cents.clone().prop_map(|amount| Operation::Credit { amount }),
        1 => (of.clone(), cents.clone()).prop_map(|(to, amount)| Operation::Offset { to, amount }),
        1 => (of.clone(), cents.clone()).prop_map(|(of, amount)| Operation::Discount { of, amount }),
        1 => (of.clone(), cents.clone()).prop_map(|(of, amount)| Operation::WriteOff { of, amount }),
        1 => (of.clone(), prop::option::of(cents)).prop_map(|(of, amount)| Operation::Dispute { of, amount }),
        1 => of.clone().prop_map(|of| Operation::Resolve { of }),
        1 => (of, 1u32..5, any::<bool>()).prop_map(|(of, parts, acceleration)| Operation::Plan { of, parts, acceleration }),
    ]
}

fn money(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

/// A row of the register, of payments or of events, owned.
#[derive(Debug, Clone)]
struct Document {
    number: String,
    kind: DocumentType,
    issued: NaiveDate,
    due: Option<NaiveDate>,
    owed: Decimal,
    refs: Vec<String>,
}

#[derive(Debug, Clone)]
struct Paid {
    id: String,
    date: NaiveDate,
    amount: Decimal,
    document: String,
    part: Part,
    offset: bool,
}

#[derive(Debug, Clone)]
struct Happened {
    date: NaiveDate,
    kind: &'static str,
    document: String,
    amount: Option<Decimal>,
}

#[derive(Debug, Clone, Default)]
struct Ledger {
    documents: Vec<Document>,
    paid: Vec<Paid>,
    happened: Vec<Happened>,
    plans: Vec<Plan>,
}

/// Turns operations into rows, one operation every few days.
fn ledger(operations: &[Operation]) -> Ledger {
    let mut ledger = Ledger::default();
    let mut replaced: Vec<String> = Vec::new();
    let start = day("2026-01-01");
    for (at, operation) in operations.iter().enumerate() {
        let date = plus_days(start, i64::try_from(at).unwrap() * 5);
        let debts: Vec<String> = ledger
            .documents
            .iter()
            .filter(|document| {
                document.kind != DocumentType::Credit && !replaced.contains(&document.number)
            })
            .map(|document| document.number.clone())
            .collect();
        let pick = |of: usize| debts.get(of % debts.len().max(1)).cloned();
        let mut issue = |kind, owed, refs| {
            let number = format!("N{at}");
            let due = (kind != DocumentType::Credit).then(|| plus_days(date, 30));
            ledger.documents.push(Document {
                number,
                kind,
                issued: date,
                due,
                owed,
                refs,
            });
        };
        let mut pay = |amount: i64, document: String, part, offset| {
            let amount = money(if amount == 0 { 1 } else { amount });
            ledger.paid.push(Paid {
                id: format!("p{at}"),
                date,
                amount,
                document,
                part,
                offset,
            });
        };
        let mut event = |kind, document, amount: Option<i64>| {
            ledger.happened.push(Happened {
                date,
                kind,
                document,
                amount: amount.map(money),
            });
        };
        match (operation, debts.is_empty()) {
            (Operation::Invoice { amount }, _) => {
                issue(DocumentType::Invoice, money(*amount), Vec::new());
            }
            (Operation::Credit { amount }, _) => {
                pay(*amount, String::new(), Part::Principal, false);
            }
            (_, true) => {}
            (Operation::CreditNote { of, also, amount }, _) => {
                let mut refs: Vec<String> = [*of, *also].into_iter().filter_map(pick).collect();
                refs.dedup();
                issue(DocumentType::Credit, -money(*amount), refs);
            }
            (Operation::Corrective { of, amount }, _) => {
                let original = pick(*of).unwrap();
                replaced.push(original.clone());
                issue(DocumentType::Corrective, money(*amount), vec![original]);
            }
            (Operation::Pay { of, amount, part }, _) => {
                pay(*amount, pick(*of).unwrap(), *part, false);
            }
            (Operation::Offset { to, amount }, _) => {
                pay(-amount, String::new(), Part::Principal, true);
                pay(*amount, pick(*to).unwrap(), Part::Principal, true);
            }
            (Operation::Discount { of, amount }, _) => {
                event("discount", pick(*of).unwrap(), Some(*amount));
            }
            (Operation::WriteOff { of, amount }, _) => {
                event("write-off", pick(*of).unwrap(), Some(*amount));
            }
            (Operation::Dispute { of, amount }, _) => event("dispute", pick(*of).unwrap(), *amount),
            (Operation::Resolve { of }, _) => event("resolved", pick(*of).unwrap(), None),
            (
                Operation::Plan {
                    of,
                    parts,
                    acceleration,
                },
                _,
            ) => {
                let instalments = (0..*parts)
                    .map(|part| Instalment {
                        due: plus_days(date, 10 + i64::from(part) * 20),
                        amount: money(7_000),
                    })
                    .collect();
                let nowhere = Span::whole(FileId::NOWHERE);
                ledger.plans.push(Plan {
                    number: format!("P{at:03}"),
                    span: nowhere,
                    sha256: String::new(),
                    documents: vec![Spanned {
                        value: pick(*of).unwrap(),
                        span: nowhere,
                    }],
                    agreed: date,
                    replaces: None,
                    interest: PlanInterest::Suspended,
                    acceleration: *acceleration,
                    instalments,
                });
            }
        }
    }
    ledger
}

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

impl Document {
    fn row<T>(&self, visit: impl FnOnce(&Row<'_>) -> T) -> T {
        let refs = self.refs.join(" ");
        visit(&Row {
            span: Span::whole(FileId::NOWHERE),
            number: &self.number,
            kind: self.kind,
            client: "acme",
            buyer: "Acme",
            issued: self.issued,
            supplied: self.issued,
            due: self.due,
            currency: euro(),
            exchange: Decimal::ONE,
            net: self.owed,
            vat: Decimal::ZERO,
            gross: self.owed,
            deposits: Decimal::ZERO,
            owed: self.owed,
            breakdown: "",
            refs: &refs,
            sha256: "",
            seal: "",
        })
    }
}

impl Paid {
    fn row(&self) -> Payment<'_> {
        Payment {
            span: Span::whole(FileId::NOWHERE),
            id: &self.id,
            date: self.date,
            client: "acme",
            amount: self.amount,
            currency: euro(),
            method: Method::parse(if self.offset { "offset" } else { "transfer" }).unwrap(),
            document: &self.document,
            part: self.part,
            fee: Decimal::ZERO,
            account: "",
            reference: "",
            note: "",
        }
    }
}

impl Happened {
    fn row(&self) -> Event<'_> {
        Event {
            span: Span::whole(FileId::NOWHERE),
            id: "e",
            date: self.date,
            kind: EventKind::parse(self.kind).unwrap(),
            client: "acme",
            document: &self.document,
            step: "",
            channel: "",
            amount: self.amount,
            currency: self.amount.map(|_| euro()),
            interest: None,
            fee: None,
            until: None,
            who: "",
            file: "",
            sha256: "",
            note: "",
        }
    }
}

impl Ledger {
    /// The ledger as the program keeps it.
    fn kept(&self) -> Arc<acquit::ledger::books::Ledger> {
        let mut kept = acquit::ledger::books::Ledger::default();
        for document in &self.documents {
            assert!(document.row(|row| kept.push_document(row)));
        }
        for paid in &self.paid {
            kept.push_payment(&paid.row());
        }
        for happened in &self.happened {
            kept.push_event(&happened.row());
        }
        for plan in &self.plans {
            kept.push_plan(plan.clone());
        }
        Arc::new(kept)
    }

    fn books(&self, today: NaiveDate) -> Books {
        Books::new(&self.kept(), today)
    }

    fn statement(
        &self,
        from: Option<NaiveDate>,
        to: NaiveDate,
    ) -> acquit::compute::statement::Account {
        let scope = Scope {
            client: "acme",
            numbers: None,
        };
        let nothing = acquit::compute::statement::Account {
            currency: euro(),
            opening: Decimal::ZERO,
            lines: Vec::new(),
            closing: Decimal::ZERO,
        };
        let found = accounts(&self.kept(), scope, from, to).pop();
        found.unwrap_or(nothing)
    }

    fn chronicle(&self, today: NaiveDate) -> Chronicle {
        Chronicle::new(&self.kept(), today)
    }

    /// What is left of the document that stands in a document's place on a day.
    fn left(&self, number: &str, today: NaiveDate) -> Decimal {
        let mut number = number.to_owned();
        let next = |number: &str| {
            let mut correctives = self
                .documents
                .iter()
                .filter(|other| other.kind == DocumentType::Corrective);
            correctives
                .find(|other| other.issued <= today && other.refs[0] == number)
                .map(|other| other.number.clone())
        };
        while let Some(next) = next(&number) {
            number = next;
        }
        self.oracle(today)[&number].max(Decimal::ZERO)
    }

    /// The first part that was missed: day by day, more is left on its day or later than the parts after it come to. Everything
    /// happens on one day in five.
    fn missed(&self, plan: &Plan, today: NaiveDate) -> Option<NaiveDate> {
        let to_come = |due| {
            plan.instalments
                .iter()
                .filter(|part| part.due > due)
                .map(|part| part.amount)
                .sum::<Decimal>()
        };
        let number = &plan.documents[0].value;
        let past = plan
            .instalments
            .iter()
            .map(|part| part.due)
            .filter(|due| *due < today);
        past.into_iter().find(|due| {
            let mut days = (0..)
                .map(|step| plus_days(*due, step * 5))
                .take_while(|day| *day <= today);
            days.any(|day| self.left(number, day) > to_come(*due))
        })
    }

    /// The plain oracle: the formula of the format, word by word, over lists.
    fn oracle(&self, today: NaiveDate) -> BTreeMap<String, Decimal> {
        let mut left: BTreeMap<String, Decimal> = BTreeMap::new();
        let mut stands: BTreeMap<String, String> = BTreeMap::new();
        let known: Vec<&Document> = self
            .documents
            .iter()
            .filter(|document| document.issued <= today)
            .collect();
        for document in &known {
            left.insert(document.number.clone(), document.owed);
        }
        let off = |number: &str| -> Decimal {
            let paid = self
                .paid
                .iter()
                .filter(|p| p.date <= today && p.document == number && p.part == Part::Principal);
            let events = self.happened.iter().filter(|e| {
                e.date <= today
                    && e.document == number
                    && matches!(e.kind, "discount" | "write-off")
            });
            paid.map(|p| p.amount).sum::<Decimal>()
                + events.filter_map(|e| e.amount).sum::<Decimal>()
        };
        for document in &known {
            *left.get_mut(&document.number).unwrap() -= off(&document.number);
        }
        for document in known
            .iter()
            .filter(|document| document.kind == DocumentType::Corrective)
        {
            let original = &document.refs[0];
            let owed = known
                .iter()
                .find(|other| other.number == *original)
                .unwrap()
                .owed;
            let rest = left.insert(original.clone(), Decimal::ZERO).unwrap() - owed;
            *left.get_mut(&document.number).unwrap() += rest;
            stands.insert(original.clone(), document.number.clone());
        }
        for note in known
            .iter()
            .filter(|document| document.kind == DocumentType::Credit)
        {
            let mut credit = -note.owed;
            for number in &note.refs {
                let mut number = number.clone();
                while let Some(next) = stands.get(&number) {
                    number = next.clone();
                }
                let open = left[&number].max(Decimal::ZERO).min(credit);
                *left.get_mut(&number).unwrap() -= open;
                *left.get_mut(&note.number).unwrap() += open;
                credit -= open;
            }
        }
        left
    }
}

fn shown(books: &Books) -> Vec<String> {
    books
        .positions()
        .map(|position| format!("{position:?}"))
        .collect()
}

fn figures(position: &Position<'_>) -> (String, Decimal) {
    (position.number.to_owned(), position.balance)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Balances are those of the formula; late, not yet due and disputed are the balance; nothing is asked for that is not owed.
    #[test]
    fn money_balances_are_those_of_the_formula(operations in prop::collection::vec(operation(), 1..40), days in 0i64..240) {
        let ledger = ledger(&operations);
        let today = plus_days(day("2026-01-01"), days);
        let books = ledger.books(today);
        prop_assert!(books.problems.is_empty());
        let found: BTreeMap<String, Decimal> = books.positions().map(|position| figures(&position)).collect();
        prop_assert_eq!(&found, &ledger.oracle(today));
        for position in books.positions() {
            let (balance, disputed, late) = (position.balance, position.disputed, position.late);
            let open = balance.max(Decimal::ZERO);
            prop_assert!(disputed >= Decimal::ZERO && late >= Decimal::ZERO && late + disputed <= open, "{:?}", position);
            let not_yet_due = open - late - disputed;
            let is_past = position.falls_due().is_some_and(|due| due < today);
            // Without a plan all of it is due on one day.
            if position.plan.is_none() {
                prop_assert!(not_yet_due.is_zero() || late.is_zero());
            }
            prop_assert!(late.is_zero() || is_past, "{:?}", position);
            prop_assert!(position.asked >= late && position.asked <= open - disputed, "{:?}", position);
            if position.plan.is_some() && open > disputed {
                prop_assert!(position.asked > Decimal::ZERO, "{:?}", position);
            }
        }
    }

    /// A missed part is missed for good, and what falls due and interest know of one and the same; with acceleration the whole is late.
    #[test]
    fn money_a_missed_part_stays_missed(operations in prop::collection::vec(operation(), 1..40), days in 0i64..240) {
        let ledger = ledger(&operations);
        let today = plus_days(day("2026-01-01"), days);
        let (books, chronicle) = (ledger.books(today), ledger.chronicle(today));
        for plan in ledger.plans.iter().filter(|plan| plan.agreed <= today) {
            let missed = ledger.missed(plan, today);
            prop_assert_eq!(chronicle.missed(plan, today), missed, "{:?}", plan);
            let position = books.position(books.standing(&plan.documents[0].value).unwrap());
            let ended = chronicle.plans(position.number, today).into_iter().find(|(known, _)| known.number == plan.number);
            let counts = position.plan == Some(plan.number.as_str());
            if counts {
                prop_assert_eq!(ended.unwrap().1, missed.map(|day| (day, true)));
            }
            if let (true, true, Some(missed)) = (counts, plan.acceleration, missed) {
                prop_assert_eq!(position.late, (position.balance - position.disputed).max(Decimal::ZERO), "{:?}", position);
                prop_assert!(position.late.is_zero() || position.falls_due() == Some(missed), "{:?}", position);
            }
        }
    }

    /// Every cent of every payment is somewhere: the account closes at the balances less the client's credit, and its lines sum up.
    #[test]
    fn money_every_cent_is_somewhere(operations in prop::collection::vec(operation(), 1..40), cut in 0i64..200) {
        let ledger = ledger(&operations);
        let end = plus_days(day("2026-01-01"), 240);
        let books = ledger.books(end);
        let balances: Decimal = books.positions().map(|position| position.balance).sum();
        let credit = books.credit("acme", euro());
        let whole = ledger.statement(None, end);
        prop_assert_eq!(whole.closing, balances - credit);
        prop_assert_eq!(whole.lines.iter().map(|line| line.amount).sum::<Decimal>(), whole.closing);
        // Cut anywhere, the second half opens where the first closed.
        let middle = plus_days(day("2026-01-01"), cut);
        let (first, second) = (ledger.statement(None, middle), ledger.statement(Some(plus_days(middle, 1)), end));
        prop_assert_eq!(second.closing, whole.closing);
        prop_assert_eq!(second.opening, first.closing);
        prop_assert_eq!(first.lines.len() + second.lines.len(), whole.lines.len());
        // The credits by payment are the credit by client, where it is not below zero.
        let each: Decimal = credits(&ledger.kept(), NaiveDate::MAX).values().map(|credit| credit.left).sum();
        prop_assert!(each == credit.max(Decimal::ZERO), "{} {}", each, credit);
    }

    /// The order of rows in payments does not matter; what is dated after a day changes nothing of that day.
    #[test]
    fn money_neither_order_nor_future_matters(operations in prop::collection::vec(operation(), 1..40), days in 0i64..200, turn in 0usize..40) {
        let ledger = ledger(&operations);
        let today = plus_days(day("2026-01-01"), days);
        let before = shown(&ledger.books(today));
        let mut turned = ledger.clone();
        let length = turned.paid.len().max(1);
        turned.paid.rotate_left(turn % length);
        turned.happened.reverse();
        turned.plans.reverse();
        prop_assert_eq!(&shown(&turned.books(today)), &before);
        prop_assert_eq!(turned.statement(None, today), ledger.statement(None, today));
        let mut past = ledger.clone();
        past.documents.retain(|document| document.issued <= today);
        past.paid.retain(|paid| paid.date <= today);
        past.happened.retain(|happened| happened.date <= today);
        past.plans.retain(|plan| plan.agreed <= today);
        prop_assert_eq!(&shown(&past.books(today)), &before);
        prop_assert_eq!(past.statement(None, today), ledger.statement(None, today));
    }

    /// Interest and indemnity day by day: a day bears interest on what was open and undisputed at the end of the day before, from the first
    /// such day after the due date on, however often money came and was taken back; nothing after the judgment that opens insolvency
    /// proceedings, on what was supplied before it.
    #[test]
    fn money_interest_is_that_of_each_day(
        operations in prop::collection::vec(operation(), 1..40),
        days in 0i64..240,
        insolvent in prop::option::of(0i64..240),
    ) {
        let mut ledger = ledger(&operations);
        ledger.plans.clear();
        let today = plus_days(day("2026-01-01"), days);
        let judgment = insolvent.map(|days| plus_days(day("2026-01-01"), days));
        if let Some(date) = judgment {
            ledger.happened.push(Happened { date, kind: "insolvency", document: String::new(), amount: None });
        }
        let chronicle = ledger.chronicle(today);
        let regime = built_in("FR");
        let mut late = Vec::new();
        for document in ledger.documents.iter().filter(|document| document.issued <= today) {
            let found = claim(&document.frozen(), &chronicle, regime, today);
            if chronicle.is_replaced(&document.number, today) || document.due.is_none() {
                prop_assert!(found.is_empty(), "{:?}", found);
                continue;
            }
            let expected = ledger.delay(document, today, judgment.filter(|day| *day <= today));
            prop_assert_eq!(found.since, expected.since, "{:?}", document);
            prop_assert!((found.exact - expected.interest).abs() < Decimal::new(1, 12), "{:?} {:?}", found, expected);
            prop_assert_eq!(found.fee, expected.fee, "{:?} {:?}", document, found);
            if let (Some(since), Some(due)) = (found.since, document.due) {
                prop_assert!(since > due && since <= today);
                prop_assert_eq!(found.days, (today - due).num_days());
                late.push(document.number.clone());
            }
        }
        // What the books call late is late for interest, unless it is open again since today: then its first day of delay is tomorrow.
        let (books, before) = (ledger.books(today), ledger.oracle(plus_days(today, -1)));
        for position in books.positions().filter(|position| position.late > Decimal::ZERO) {
            let since_today = before.get(position.number).is_none_or(|open| *open <= position.disputed);
            prop_assert!(since_today || late.iter().any(|number| number == position.number), "{:?}", position);
        }
        let ever: Vec<&str> = chronicle.late_before(today).into_iter().map(|(number, _)| number).collect();
        prop_assert!(late.iter().all(|number| ever.contains(&number.as_str())), "{:?} {:?}", late, ever);
    }
}

/// What the delay of a document comes to.
#[derive(Debug)]
struct Delay {
    since: Option<NaiveDate>,
    interest: Decimal,
    fee: Decimal,
}

impl Document {
    /// The issued document of a row: of a French business, with the terms of the law.
    fn frozen(&self) -> acquit::ledger::document::Document {
        static ONE: LazyLock<acquit::ledger::document::Document> =
            LazyLock::new(|| crate::einvoice::issued("atelier", "F2026-0011"));
        let mut document = ONE.clone();
        document.number = acquit::ledger::identifier::Number::parse(&self.number).unwrap();
        document.kind = self.kind;
        (document.issued, document.supplied, document.due) = (self.issued, self.issued, self.due);
        "acme".clone_into(&mut document.buyer.client);
        assert_eq!(
            (document.buyer.kind, document.buyer.address.country.as_str()),
            (ClientKind::Business, "FR")
        );
        assert_eq!(
            (document.terms.late_interest, document.terms.day_count),
            (None, 365)
        );
        document
    }
}

impl Ledger {
    /// The plain oracle of a delay: one day after the other.
    fn delay(&self, document: &Document, today: NaiveDate, judgment: Option<NaiveDate>) -> Delay {
        let open = |day: NaiveDate| {
            self.oracle(day)
                .get(&document.number)
                .copied()
                .unwrap_or_default()
        };
        // What is disputed today is taken off every day: a claim must be certain.
        // A corrective is disputed as its original was; of both the later event counts, on one day the corrective's own.
        let mut chain = vec![document];
        while let Some(original) = chain
            .last()
            .filter(|last| last.kind == DocumentType::Corrective)
            .and_then(|last| self.documents.iter().find(|d| d.number == last.refs[0]))
        {
            chain.push(original);
        }
        let contested = chain
            .iter()
            .rev()
            .filter_map(|document| {
                self.happened
                    .iter()
                    .filter(|e| {
                        e.date <= today
                            && e.document == document.number
                            && matches!(e.kind, "dispute" | "resolved")
                    })
                    .max_by_key(|e| e.date)
            })
            .max_by_key(|e| e.date)
            .filter(|e| e.kind == "dispute");
        let left = open(today).max(Decimal::ZERO);
        let disputed = contested.map_or(Decimal::ZERO, |e| e.amount.unwrap_or(left).min(left));
        let stopped = judgment.filter(|day| document.issued < *day);
        let mut found = Delay {
            since: None,
            interest: Decimal::ZERO,
            fee: Decimal::ZERO,
        };
        let mut day = plus_days(document.due.unwrap(), 1);
        while day <= today {
            let bearing = open(plus_days(day, -1)) - disputed;
            if bearing > Decimal::ZERO {
                found.since.get_or_insert(day);
                if stopped.is_none_or(|last| day <= last) {
                    let rate = if day < self::day("2026-07-01") {
                        "12.15"
                    } else {
                        "12.40"
                    };
                    found.interest +=
                        bearing * rate.parse::<Decimal>().unwrap() / Decimal::from(36_500);
                }
            }
            day = plus_days(day, 1);
        }
        let is_lost = |since| stopped.is_some_and(|day| day < since);
        if found.since.is_some_and(|since| !is_lost(since)) {
            found.fee = Decimal::from(40);
        }
        found
    }
}
