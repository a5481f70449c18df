//! Samples of messages in every language and situation: `templates preview`, and what `check` renders every template with.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::locale::Locale;
use super::message::{InstalmentText, Item, Message, PayText, PaymentText, PlanText, ReminderText, SegmentText};
use crate::compute::issue::Words;
use crate::ledger::currency::Currency;
use crate::ledger::party::{ClientKind, Language};
use crate::regime;

/// What differs from one message to the next.
#[expect(clippy::struct_excessive_bools, reason = "each is a situation of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Two documents, else one.
    pub several: bool,
    /// Something was paid.
    pub partly_paid: bool,
    /// Interest and indemnity are claimed.
    pub claims: bool,
    /// Contact, telephones and addresses are known.
    pub reachable: bool,
    /// How many ways to pay there are: up to two.
    pub ways: usize,
    /// Reminders went out before.
    pub reminded: bool,
    /// It is a letter.
    pub letter: bool,
    /// Nothing is left to pay; nothing but what is disputed.
    pub settled: bool,
}

impl Situation {
    /// Everything that a message may say.
    pub const FULL: Self = Self {
        several: false,
        partly_paid: true,
        claims: true,
        reachable: true,
        ways: 2,
        reminded: true,
        letter: false,
        settled: false,
    };

    /// Returns every situation.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..384_u32).map(|n| Self {
            several: n & 1 > 0,
            partly_paid: n & 2 > 0,
            claims: n & 4 > 0,
            reachable: n & 8 > 0,
            reminded: n & 16 > 0,
            letter: n & 32 > 0,
            settled: n & 64 > 0,
            ways: (n / 128) as usize,
        })
    }
}

/// Returns a sample message of a fictional seller in France.
#[expect(clippy::too_many_lines, reason = "one value for each placeholder")]
pub fn sample(language: Language, situation: Situation) -> Message {
    let locale = Locale::of(language);
    let Situation { several, partly_paid, claims, reachable, ways, reminded, letter, settled } = situation;
    let euro = Currency::parse("EUR").unwrap_or_else(|| unreachable!("the euro is a currency"));
    let amount = |cents: i64| locale.amount(Decimal::new(cents, 2), euro);
    let date = |month, day| NaiveDate::from_ymd_opt(2026, month, day).map(|day| locale.date(day)).unwrap_or_default();
    let days = |count: i64| format!("{count} {}", locale.unit("day", count.into()));
    let when = |yes: bool, text: &str| if yes { text.to_owned() } else { String::new() };
    let paid = if partly_paid { 20_000 } else { 0 };
    let balance = if settled { 0 } else { 120_000 - paid };
    let item = |number: &str, gross: i64, balance: i64| Item {
        number: number.to_owned(),
        currency: euro.code().to_owned(),
        kind: locale.label("invoice").to_owned(),
        origin: locale.label("origin_order").replace("{number}", "PO-778"),
        issued: date(10, 1),
        due: date(10, 31),
        days_late: "22".to_owned(),
        late: days(22),
        gross: amount(gross),
        paid: amount(gross - balance),
        is_partly_paid: gross != balance,
        balance: amount(balance),
        reference: number.replace('-', ""),
        corrects: when(letter, "F2026-0031"),
    };
    let mut items = vec![item("F2026-0042", 120_000, balance)];
    if several {
        items.push(Item { origin: String::new(), ..item("F2026-0043", 50_000, if settled { 0 } else { 50_000 }) });
    }
    let total = balance + if several && !settled { 50_000 } else { 0 };
    let (interest, fee) = if claims { (747, if several { 8_000 } else { 4_000 }) } else { (0, 0) };
    let notice = regime::built_in("FR").notice(ClientKind::Business, NaiveDate::MAX);
    let reference = items.iter().map(|item| item.reference.as_str()).collect::<Vec<_>>().join(", ");
    let iban = "FR14 2004 1010 0505 0001 3M02 606".replace(' ', "\u{a0}");
    let entry = |name: &str, value: &str| locale.entry(locale.label(name), value);
    let all = [
        PayText {
            label: locale.label("transfer").to_owned(),
            lines: vec![entry("iban", &iban), entry("reference", &reference)],
        },
        PayText { label: locale.label("cheque").to_owned(), lines: vec![entry("payee", "Camille Durand")] },
    ];
    let lines = |name: &str, street: &str, town: &str, siren: &str| {
        vec![name.to_owned(), street.to_owned(), town.to_owned(), entry("siren", siren)]
    };
    Message {
        today: date(11, 22),
        place: "Lyon".to_owned(),
        seller: "Camille Durand EI".to_owned(),
        seller_email: when(reachable, "camille@example.org"),
        seller_phone: when(reachable, "+33 4 00 00 00 12"),
        seller_lines: lines("Camille Durand EI", "12 rue des Tables-Claudiennes", "69001 Lyon", "732 829 320"),
        client: "Acme SAS".to_owned(),
        contact: when(reachable, "Claude Martin"),
        client_phone: when(reachable, "+33 1 00 00 00 34"),
        client_lines: lines("Acme SAS", "3 impasse Cœur-de-Vey", "75014 Paris", "404 833 048"),
        is_letter: letter,
        items,
        is_late: true,
        total: amount(total),
        has_claims: claims,
        segments: if claims {
            vec![SegmentText {
                number: "F2026-0042".to_owned(),
                from: date(11, 1),
                to: date(11, 22),
                days: "22".to_owned(),
                length: days(22),
                balance: amount(100_000),
                rate: locale.percent(Decimal::new(124, 1)),
                interest: amount(747),
            }]
        } else {
            Vec::new()
        },
        interest: when(claims, &amount(interest)),
        daily_interest: when(claims, &amount(34)),
        fee: when(claims, &amount(fee)),
        total_with_claims: amount(total + interest + fee),
        pay: all.into_iter().take(ways).collect(),
        iban: when(ways > 0, &iban),
        reference,
        link: String::new(),
        reminders: if reminded {
            vec![ReminderText {
                date: date(11, 5),
                step: locale.label("step_first").to_owned(),
                number: "F2026-0042".to_owned(),
            }]
        } else {
            Vec::new()
        },
        payments: if partly_paid {
            vec![PaymentText { date: date(11, 15), amount: amount(20_000), number: "F2026-0042".to_owned() }]
        } else {
            Vec::new()
        },
        deadline: notice.map_or(8, |notice| notice.days).to_string(),
        notice: notice.map(|notice| notice.text.of(language).to_owned()).unwrap_or_default(),
        received: amount(20_000),
        received_on: date(11, 15),
        is_settled: settled,
        plan: PlanText {
            number: when(reachable, "P2026-0001"),
            agreed: date(11, 22),
            total: amount(100_000),
            instalments: [(12, 1), (12, 31)]
                .map(|(month, day)| InstalmentText { due: date(month, day), amount: amount(50_000) })
                .to_vec(),
            interest: ["suspended", "runs", "waived"].get(ways).copied().unwrap_or("runs").to_owned(),
            accelerates: claims,
        },
        disputed: amount(30_000),
        has_undisputed: !settled,
    }
}
