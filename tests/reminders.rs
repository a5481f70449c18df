//! Ten years of mornings: random ledgers with payments, disputes, holds, promises, plans, insolvency, weeks without a look and repeated runs. What
//! the engine does is judged by a plain oracle kept here.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::Arc;

use acquit::compute::books::Books;
use acquit::compute::remind::{self, Day, Silence, Skip, policy};
use acquit::ledger::book::{Event, Method, Part, Payment, Row};
use acquit::ledger::books::Ledger;
use acquit::ledger::currency::Currency;
use acquit::ledger::date::plus_days;
use acquit::ledger::document::DocumentType;
use acquit::ledger::event_kind::EventKind;
use acquit::ledger::plan::{Instalment, Plan, PlanInterest};
use acquit::ledger::reminder::{Step, StepName};
use acquit::regime::Calendar;
use acquit::span::{FileId, Span, Spanned};
use chrono::{Datelike, NaiveDate, Weekday};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::harness::day;

const YEARS: i64 = 10;
const CLIENTS: [&str; 3] = ["acme", "zoe", "mairie"];

/// What happens to a document, so many days after its issue.
#[derive(Debug, Clone)]
enum Act {
    /// In percent of the whole.
    Pay(i64),
    Dispute(Option<i64>),
    Resolve,
    Hold(Option<i64>),
    Release,
    Promise(i64),
    Plan(u32),
    HandOver,
}

#[derive(Debug, Clone)]
struct Case {
    client: usize,
    issued: i64,
    term: i64,
    cents: i64,
    acts: Vec<(i64, Act)>,
}

#[derive(Debug, Clone)]
struct World {
    cases: Vec<Case>,
    /// When a client goes bankrupt, if it does.
    insolvent: Option<(usize, i64)>,
    /// Money of a client that names no document, in cents, from a day on.
    credit: Option<(usize, i64, i64)>,
    /// Weeks without a look: the first day, and how many.
    away: Vec<(i64, i64)>,
    /// Every so many days somebody says yes to everything.
    yes: i64,
}

fn act() -> impl Strategy<Value = (i64, Act)> {
    let act = prop_oneof![
        4 => prop_oneof![Just(100), 1i64..100].prop_map(Act::Pay),
        1 => prop::option::of(1i64..120).prop_map(Act::Dispute),
        1 => Just(Act::Resolve),
        1 => prop::option::of(1i64..60).prop_map(Act::Hold),
        1 => Just(Act::Release),
        1 => (1i64..40).prop_map(Act::Promise),
        1 => (1u32..5).prop_map(Act::Plan),
        1 => Just(Act::HandOver),
    ];
    (1i64..200, act)
}

fn world() -> impl Strategy<Value = World> {
    let case = (
        0usize..3,
        0i64..3500,
        0i64..61,
        1i64..500_000,
        prop::collection::vec(act(), 0..4),
    )
        .prop_map(|(client, issued, term, cents, acts)| {
            // One thing a day, so that no rule about ties is needed here.
            let acts: BTreeMap<i64, Act> = acts.into_iter().collect();
            Case {
                client,
                issued,
                term,
                cents,
                acts: acts.into_iter().collect(),
            }
        });
    let away = prop::collection::vec((0i64..3600, 1i64..60), 0..12);
    let cases = prop::collection::vec(case, 8..24);
    // Any amount, or exactly what one of the cases comes to.
    let exactly = prop::option::of(0usize..24);
    let credit = prop::option::of((0usize..3, 0i64..3600, 1i64..500_000, exactly));
    (
        cases,
        prop::option::of((0usize..3, 500i64..3600)),
        credit,
        away,
        3i64..40,
    )
        .prop_map(|(cases, insolvent, credit, away, yes)| {
            let credit = credit.map(|(client, days, cents, exactly)| match exactly {
                Some(at) => {
                    let case = &cases[at % cases.len()];
                    (case.client, days, case.cents)
                }
                None => (client, days, cents),
            });
            World {
                cases,
                insolvent,
                credit,
                away,
                yes,
            }
        })
}

/// A message as it was recorded for one document.
#[derive(Debug, Clone)]
struct Told {
    number: String,
    client: String,
    step: StepName,
    due: NaiveDate,
    date: NaiveDate,
}

fn steps() -> Vec<Step> {
    let mut steps = Step::defaults();
    steps.push(Step::new(StepName::Due, 0));
    for step in &mut steps {
        match step.name {
            StepName::First => step.max = 3,
            StepName::Second => (step.every, step.working_days) = (4, true),
            StepName::Final => step.min_amount = Decimal::from(20),
            _ => {}
        }
    }
    policy(&steps, &[])
}

fn start() -> NaiveDate {
    day("2020-01-01")
}

fn date(days: i64) -> NaiveDate {
    plus_days(start(), days)
}

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

fn nowhere() -> Span {
    Span::whole(FileId::NOWHERE)
}

/// What a document's own acts come to as of a day: worked out from the acts alone.
#[derive(Debug, Default)]
struct Truth {
    balance: Decimal,
    asked: Decimal,
    due: NaiveDate,
    paused: bool,
}

impl Case {
    fn gross(&self) -> Decimal {
        Decimal::new(self.cents, 2)
    }

    fn paid(&self, share: i64) -> Decimal {
        (self.gross() * Decimal::from(share) / Decimal::ONE_HUNDRED)
            .round_dp(2)
            .max(Decimal::new(1, 2))
    }

    fn acts(&self) -> impl Iterator<Item = (NaiveDate, &Act)> {
        self.acts
            .iter()
            .map(|(after, act)| (date(self.issued + after), act))
    }

    /// The parts of a plan made `count` in all, a month apart.
    fn parts(&self, agreed: NaiveDate, count: u32) -> Vec<Instalment> {
        let each = (self.gross() / Decimal::from(count)).round_dp(2);
        let part = |at: u32| {
            let amount = if at + 1 == count {
                self.gross() - each * Decimal::from(at)
            } else {
                each
            };
            Instalment {
                due: plus_days(agreed, 15 + 30 * i64::from(at)),
                amount,
            }
        };
        (0..count).map(part).collect()
    }

    fn truth(&self, today: NaiveDate) -> Truth {
        let past: Vec<(NaiveDate, &Act)> = self.acts().filter(|(day, _)| *day <= today).collect();
        let mut truth = Truth {
            balance: self.gross(),
            due: date(self.issued + self.term),
            ..Truth::default()
        };
        let (mut dispute, mut hold, mut promise, mut plan) = (None, None, None, None);
        for (day, act) in &past {
            match act {
                Act::Pay(share) => truth.balance -= self.paid(*share),
                Act::Dispute(amount) => dispute = Some(amount.map(Decimal::from)),
                Act::Resolve => dispute = None,
                Act::Hold(days) => hold = Some(days.map(|days| plus_days(*day, days))),
                Act::Release => hold = None,
                Act::Promise(days) => promise = Some(plus_days(*day, *days)),
                Act::Plan(count) => plan = Some(self.parts(*day, *count)),
                Act::HandOver => truth.paused = true,
            }
        }
        let disputed = dispute.map_or(Decimal::ZERO, |amount| {
            amount.unwrap_or(truth.balance).min(truth.balance)
        });
        truth.asked = truth.balance - disputed;
        if let Some(parts) = plan {
            // What came met the earliest parts; what is disputed is the last of what is left.
            let mut left = truth.asked;
            let mut open: Vec<(NaiveDate, Decimal)> = Vec::new();
            let mut met = parts.iter().map(|part| part.amount).sum::<Decimal>() - truth.balance;
            for part in parts {
                let rest = part.amount - met.min(part.amount);
                met = (met - part.amount).max(Decimal::ZERO);
                let rest = rest.min(left);
                left -= rest;
                if rest > Decimal::ZERO {
                    open.push((part.due, rest));
                }
            }
            let late: Decimal = open
                .iter()
                .filter(|(due, _)| *due < today)
                .map(|(_, amount)| *amount)
                .sum();
            truth.asked = if late > Decimal::ZERO {
                late
            } else {
                open.first().map_or(Decimal::ZERO, |part| part.1)
            };
            truth.due = open.first().map_or(truth.due, |part| part.0);
        }
        truth.paused |= hold.is_some_and(|until| until.is_none_or(|until| until >= today));
        truth.paused |= promise.is_some_and(|until| until >= today);
        truth.paused |= truth.asked <= Decimal::ZERO;
        truth
    }
}

impl World {
    /// The truth about a document: what its client's credit covers is as good as paid.
    fn truth(&self, at: usize, today: NaiveDate) -> Truth {
        let mut truth = self.cases[at].truth(today);
        let covers = |(client, days, cents): (usize, i64, i64)| {
            client == self.cases[at].client
                && date(days) <= today
                && Decimal::new(cents, 2) >= truth.asked
        };
        truth.paused |= self.credit.is_some_and(covers);
        truth
    }

    fn books(&self, today: NaiveDate, told: &[Told]) -> Books {
        let mut kept = Ledger::default();
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        order.sort_by_key(|at| self.cases[*at].issued);
        for at in order {
            let case = &self.cases[at];
            let issued = date(case.issued);
            kept.push_document(&Row {
                span: nowhere(),
                number: &number(at),
                kind: DocumentType::Invoice,
                client: CLIENTS[case.client],
                buyer: CLIENTS[case.client],
                issued,
                supplied: issued,
                due: Some(date(case.issued + case.term)),
                currency: euro(),
                exchange: Decimal::ONE,
                net: case.gross(),
                vat: Decimal::ZERO,
                gross: case.gross(),
                deposits: Decimal::ZERO,
                owed: case.gross(),
                breakdown: "",
                refs: "",
                sha256: "",
                seal: "",
            });
        }
        for (at, case) in self.cases.iter().enumerate() {
            for (day, act) in case.acts() {
                case.add(at, day, act, &mut kept);
            }
        }
        if let Some((client, days, cents)) = self.credit {
            kept.push_payment(&payment(
                date(days),
                CLIENTS[client],
                "",
                Decimal::new(cents, 2),
            ));
        }
        if let Some((client, days)) = self.insolvent {
            kept.push_event(&event("insolvency", date(days), CLIENTS[client], ""));
        }
        for told in told {
            let step = told.step.word();
            let own = event("reminded", told.date, &told.client, &told.number);
            kept.push_event(&Event {
                step,
                until: Some(told.due),
                ..own
            });
        }
        let books = Books::new(&Arc::new(kept), today);
        assert!(
            books.problems.is_empty(),
            "{:?}",
            books.problems.iter().collect::<Vec<_>>()
        );
        books
    }
}

impl Case {
    fn add(&self, at: usize, day: NaiveDate, act: &Act, kept: &mut Ledger) {
        let (number, client) = (self::number(at), CLIENTS[self.client]);
        let of = |kind: &'static str| event(kind, day, client, &number);
        match act {
            Act::Pay(share) => kept.push_payment(&payment(day, client, &number, self.paid(*share))),
            Act::Dispute(amount) => kept.push_event(&Event {
                amount: amount.map(Decimal::from),
                currency: amount.map(|_| euro()),
                ..of("dispute")
            }),
            Act::Resolve => kept.push_event(&of("resolved")),
            Act::Hold(days) => kept.push_event(&Event {
                until: days.map(|n| plus_days(day, n)),
                ..of("hold")
            }),
            Act::Release => kept.push_event(&of("released")),
            Act::Promise(days) => kept.push_event(&Event {
                until: Some(plus_days(day, *days)),
                ..of("promise")
            }),
            Act::HandOver => kept.push_event(&of("handed-over")),
            Act::Plan(count) => kept.push_plan(Plan {
                number: format!("P{day}-{at}"),
                span: nowhere(),
                sha256: String::new(),
                documents: vec![Spanned {
                    value: number.clone(),
                    span: nowhere(),
                }],
                agreed: day,
                replaces: None,
                interest: PlanInterest::Runs,
                acceleration: false,
                instalments: self.parts(day, *count),
            }),
        }
    }
}

fn number(at: usize) -> String {
    format!("N{at}")
}

fn payment<'a>(
    date: NaiveDate,
    client: &'a str,
    document: &'a str,
    amount: Decimal,
) -> Payment<'a> {
    Payment {
        span: nowhere(),
        id: "p",
        date,
        client,
        amount,
        currency: euro(),
        method: Method::parse("transfer").unwrap(),
        document,
        part: Part::Principal,
        fee: Decimal::ZERO,
        account: "",
        reference: "",
        note: "",
    }
}

fn event<'a>(kind: &'a str, date: NaiveDate, client: &'a str, document: &'a str) -> Event<'a> {
    Event {
        span: nowhere(),
        id: "e",
        date,
        kind: EventKind::parse(kind).unwrap(),
        client,
        document,
        step: "",
        channel: "email",
        amount: None,
        currency: None,
        interest: None,
        fee: None,
        until: None,
        who: "",
        file: "",
        sha256: "",
        note: "",
    }
}

/// French holidays that have no need of Easter.
fn is_rest(day: NaiveDate) -> bool {
    let fixed = [
        (1, 1),
        (5, 1),
        (5, 8),
        (7, 14),
        (8, 15),
        (11, 1),
        (11, 11),
        (12, 25),
    ];
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
        || fixed.contains(&(day.month(), day.day()))
}

/// Judges what goes on a day, and returns it as it is recorded.
fn judge(
    world: &World,
    today: NaiveDate,
    day: &Day,
    books: &Books,
    told: &[Told],
    steps: &[Step],
) -> Vec<Told> {
    let of = |number: &str| {
        let at: usize = number[1..].parse().unwrap();
        (&world.cases[at], world.truth(at, today))
    };
    let mut new: Vec<Told> = Vec::new();
    for note in day.notes.iter().filter(|note| !note.needs_person) {
        assert!(
            note.taken.len() + note.also.len() == note.documents(books).len()
                && !note.taken.is_empty()
        );
        assert!(
            told.iter()
                .chain(&new)
                .all(|told| told.date != today || told.client != note.client),
            "two messages to {} on {today}",
            note.client
        );
        let bankrupt = world
            .insolvent
            .is_some_and(|(client, days)| CLIENTS[client] == note.client && date(days) <= today);
        assert!(!bankrupt, "{} is bankrupt", note.client);
        for index in &note.taken {
            let position = books.position(*index);
            let (case, truth) = of(position.number);
            assert_eq!(CLIENTS[case.client], note.client);
            let step = &note.step;
            assert!(
                truth.balance > Decimal::ZERO && !truth.paused,
                "{} on {today}: {truth:?}",
                position.number
            );
            assert_eq!(
                (position.asked, position.falls_due()),
                (truth.asked, Some(truth.due)),
                "{}",
                position.number
            );
            assert!(
                today >= plus_days(truth.due, steps[0].days.into()),
                "{} too early",
                position.number
            );
            let before: Vec<&Told> = told
                .iter()
                .filter(|told| told.number == position.number && told.due == truth.due)
                .collect();
            let times = before.iter().filter(|told| told.step == step.name).count();
            assert!(
                times < step.max as usize,
                "{} {:?} once more on {today}",
                position.number,
                step.name
            );
            assert!(
                before.iter().all(|told| told.step <= step.name),
                "{} goes back",
                position.number
            );
            let last = before.iter().map(|told| told.date).max();
            let own = steps.iter().find(|own| {
                own.name
                    == day
                        .standings
                        .iter()
                        .find(|s| s.index == *index)
                        .unwrap()
                        .next
                        .unwrap()
                        .0
            });
            let own = own.unwrap();
            let free = last.is_none_or(|last| (today - last).num_days() >= own.every.into());
            assert!(
                free,
                "{} {:?} on {today}, after {last:?}",
                position.number, own.name
            );
            assert!(
                today >= plus_days(truth.due, own.days.into()),
                "{} {:?} too early",
                position.number,
                own.name
            );
            assert!(
                !(own.working_days && is_rest(today)),
                "{:?} on {today}",
                own.name
            );
            assert!(truth.asked >= own.min_amount);
            // What only helps to pay in time comes in time; what threatens comes after what is milder.
            let higher = steps
                .iter()
                .filter(|other| other.name > own.name && !other.working_days);
            let is_overtaken = higher
                .clone()
                .any(|other| plus_days(truth.due, other.days.into()) <= today);
            assert!(
                !(own.name < StepName::First && is_overtaken),
                "{} {:?} on {today}",
                position.number,
                own.name
            );
            let milder = steps
                .iter()
                .rev()
                .find(|other| other.name < own.name && other.name >= StepName::First);
            let highest = before.iter().map(|told| told.step).max();
            assert!(
                milder.is_none_or(|milder| highest >= Some(milder.name)),
                "{} {:?}",
                position.number,
                own.name
            );
            new.push(Told {
                number: position.number.to_owned(),
                client: note.client.clone(),
                step: step.name,
                due: truth.due,
                date: today,
            });
        }
        for index in &note.also {
            let position = books.position(*index);
            let (_, truth) = of(position.number);
            assert!(
                truth.asked > Decimal::ZERO && !truth.paused && truth.due < today,
                "{}",
                position.number
            );
        }
    }
    new
}

/// Every open document is accounted for: it goes, or the reason why not is true; what was left out is said.
fn account(
    world: &World,
    today: NaiveDate,
    day: &Day,
    books: &Books,
    told: &[Told],
    steps: &[Step],
) {
    let open: BTreeSet<usize> = books.open().collect();
    assert_eq!(
        day.standings
            .iter()
            .map(|standing| standing.index)
            .collect::<BTreeSet<_>>(),
        open
    );
    for standing in &day.standings {
        let position = books.position(standing.index);
        let at: usize = position.number[1..].parse().unwrap();
        let truth = world.truth(at, today);
        let before: Vec<&Told> = told
            .iter()
            .filter(|told| told.number == position.number && told.due == truth.due)
            .collect();
        let context = || format!("{} on {today}: {standing:?} {truth:?}", position.number);
        let goes = day
            .notes
            .iter()
            .any(|note| !note.needs_person && note.taken.contains(&standing.index));
        assert_eq!(standing.silence.is_none(), goes, "{}", context());
        match &standing.silence {
            None | Some(Silence::Rest) => {}
            Some(Silence::NotYet | Silence::PlanKept(_)) => {
                assert!(standing.next.unwrap().1.unwrap() > today);
            }
            Some(Silence::Spacing(last)) => assert!(
                before.iter().any(|told| told.date == *last),
                "{}",
                context()
            ),
            Some(Silence::Cap) => assert!(
                !before.is_empty() || standing.skipped.len() == steps.len(),
                "{}",
                context()
            ),
            // No client of these worlds is debited, and no file is wrong.
            Some(Silence::Debit | Silence::File) => panic!("{}", context()),
            Some(Silence::Small(least)) => assert!(truth.asked < *least),
            Some(Silence::Today) => {
                let client = position.client;
                assert!(
                    told.iter()
                        .any(|told| told.client == client && told.date == today),
                    "{}",
                    context()
                );
            }
            Some(Silence::Behind) => {
                let another = day
                    .notes
                    .iter()
                    .any(|note| note.client == position.client && !note.needs_person);
                assert!(another, "{}", context());
            }
            Some(Silence::Person) => {
                let waits = day
                    .notes
                    .iter()
                    .any(|note| note.needs_person && note.taken.contains(&standing.index));
                assert!(
                    waits && standing.next.unwrap().0 == StepName::Formal,
                    "{}",
                    context()
                );
            }
            Some(Silence::Insolvency(since)) => {
                assert!(*since <= today && world.insolvent.is_some());
            }
            Some(
                Silence::Hold(_)
                | Silence::Promise(_)
                | Silence::Dispute
                | Silence::HandedOver(_)
                | Silence::Credit(_),
            ) => {
                assert!(truth.paused, "{}", context());
            }
            Some(Silence::Unknown(_)) => unreachable!("nothing is sent here"),
        }
        // No step is left out without a word.
        let highest = before.iter().map(|told| told.step).max();
        for step in steps {
            let is_below = standing.next.is_none_or(|(next, _)| step.name < next);
            let was_taken = before.iter().any(|told| told.step == step.name);
            let said = standing.skipped.iter().find(|(name, _)| *name == step.name);
            assert_eq!(
                is_below && !was_taken,
                said.is_some(),
                "{:?}: {}",
                step.name,
                context()
            );
            match said {
                Some((_, Skip::Passed)) => {
                    assert!(step.days < 0 && today > truth.due, "{}", context());
                }
                Some((_, Skip::Issued)) => {
                    assert!(plus_days(truth.due, step.days.into()) <= position.issued);
                }
                Some((name, Skip::Overtaken)) => {
                    let service = matches!(name, StepName::Upcoming | StepName::Due);
                    assert!(
                        service || highest.is_some_and(|highest| highest > *name),
                        "{}",
                        context()
                    );
                }
                None => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reminders_of_ten_years_keep_every_promise(world in world()) {
        let steps = steps();
        let calendar = Calendar::of("FR");
        let mut told: Vec<Told> = Vec::new();
        for days in 0..YEARS * 365 {
            if world.away.iter().any(|(first, count)| (*first..first + count).contains(&days)) {
                continue;
            }
            let today = date(days);
            let confirmed: BTreeSet<String> = match days % world.yes {
                0 => CLIENTS.iter().map(|client| (*client).to_owned()).collect(),
                _ => BTreeSet::new(),
            };
            let plan = |told: &[Told]| {
                let books = world.books(today, told);
                let day = remind::day(&books, |_| steps.clone(), |_| None, &calendar, &confirmed);
                (books, day)
            };
            let (books, day) = plan(&told);
            account(&world, today, &day, &books, &told, &steps);
            let new = judge(&world, today, &day, &books, &told, &steps);
            let formal = new.iter().any(|told| told.step == StepName::Formal);
            prop_assert!(!formal || !confirmed.is_empty(), "a formal notice without a person");
            if new.is_empty() {
                continue;
            }
            told.extend(new);
            // Every hour: nothing is left to do, whoever says yes.
            let (books, again) = plan(&told);
            prop_assert!(judge(&world, today, &again, &books, &told, &steps).is_empty(), "{today}: {:?}", again.notes);
        }
        // In the end nobody was forgotten: what nobody ever paused has had all that its client could be told.
        let end = date(YEARS * 365);
        for (at, case) in world.cases.iter().enumerate() {
            let is_bare = case.acts.is_empty() && case.issued + case.term + 200 < YEARS * 365;
            let is_free = world.insolvent.is_none_or(|(client, _)| client != case.client)
                && world.credit.is_none_or(|(client, ..)| client != case.client);
            if is_bare && is_free && case.gross() >= Decimal::from(20) {
                let due = case.truth(end).due;
                let own: BTreeSet<StepName> =
                    told.iter().filter(|told| told.number == number(at)).map(|told| told.step).collect();
                prop_assert!(own.contains(&StepName::Final) && own.contains(&StepName::Formal), "N{at} of {due}: {own:?}");
            }
        }
    }
}
