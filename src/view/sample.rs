//! Samples of messages in every language and situation: `templates preview`, and what `check` renders every template with.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::locale::Locale;
use super::message::{
    InstalmentText, Item, Message, PayText, PaymentText, PlanText, ReminderText, SegmentText,
};
use crate::compute::issue::Words;
use crate::ledger::currency::Currency;
use crate::ledger::party::{ClientKind, Language};
use crate::regime;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// One document.
    One,
    /// Two documents.
    Several,
    /// Two documents, the second in another currency.
    Currencies,
    /// An instalment of a plan about one document.
    Instalment,
    /// One document that is disputed in part.
    Disputed,
}

/// What differs from one message to the next.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a situation of its own"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// What it is about.
    pub case: Case,
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
        case: Case::One,
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
        let cases = [
            Case::One,
            Case::Several,
            Case::Currencies,
            Case::Instalment,
            Case::Disputed,
        ];
        (0..192_u32).flat_map(move |n| {
            cases.map(|case| Self {
                case,
                partly_paid: n & 1 > 0,
                claims: n & 2 > 0,
                reachable: n & 4 > 0,
                reminded: n & 8 > 0,
                letter: n & 16 > 0,
                settled: n & 32 > 0,
                ways: (n / 64) as usize,
            })
        })
    }
}

/// Returns a sample message of a fictional seller in France.
#[expect(clippy::too_many_lines, reason = "one value for each placeholder")]
pub fn sample(language: Language, situation: Situation) -> Message {
    let locale = Locale::of(language);
    let Situation {
        case,
        partly_paid,
        claims,
        reachable,
        ways,
        reminded,
        letter,
        settled,
    } = situation;
    let currency =
        |code: &str| Currency::parse(code).unwrap_or_else(|| unreachable!("{code} is a currency"));
    let (euro, dollar) = (currency("EUR"), currency("USD"));
    let amount = |cents: i64| locale.amount(Decimal::new(cents, 2), euro);
    let date = |month, day| {
        NaiveDate::from_ymd_opt(2026, month, day)
            .map(|day| locale.date(day))
            .unwrap_or_default()
    };
    let days = |count: i64| format!("{count} {}", locale.unit("day", count.into()));
    let when = |yes: bool, text: &str| if yes { text.to_owned() } else { String::new() };
    let kind = locale.label("invoice");
    let paid = if partly_paid { 20_000 } else { 0 };
    let disputed = if case == Case::Disputed { 30_000 } else { 0 };
    let is_instalment = case == Case::Instalment;
    let note = |(label, cents): (&str, i64)| {
        (cents > 0).then(|| locale.label(label).replace("{amount}", &amount(cents)))
    };
    let received = if is_instalment { 0 } else { paid };
    let notes: Vec<String> = [("note_received", received), ("note_disputed", disputed)]
        .into_iter()
        .filter_map(note)
        .collect();
    let left = if is_instalment {
        50_000
    } else {
        120_000 - paid - disputed
    };
    let balance = if settled { 0 } else { left };
    let mut items = vec![Item {
        number: "F2026-0042".to_owned(),
        currency: euro.code().to_owned(),
        kind: kind.to_owned(),
        what: if is_instalment {
            locale.instalment_of(kind)
        } else {
            kind.to_owned()
        },
        is_instalment,
        origin: locale.label("origin_order").replace("{number}", "PO-778"),
        issued: date(10, 1),
        due: date(10, 31),
        days_late: "22".to_owned(),
        late: days(22),
        gross: amount(120_000),
        paid: amount(paid),
        is_partly_paid: paid > 0,
        balance: amount(balance),
        note: notes.join("; "),
        reference: "F20260042".to_owned(),
        corrects: when(letter, "F2026-0031"),
    }];
    let other = if settled { 0 } else { 50_000 };
    if let Case::Several | Case::Currencies = case {
        let own = if case == Case::Several { euro } else { dollar };
        let amount = |cents: i64| locale.amount(Decimal::new(cents, 2), own);
        items.push(Item {
            number: "F2026-0043".to_owned(),
            currency: own.code().to_owned(),
            origin: String::new(),
            days_late: "1".to_owned(),
            late: days(1),
            due: date(11, 21),
            gross: amount(50_000),
            paid: amount(50_000 - other),
            is_partly_paid: settled,
            balance: amount(other),
            note: String::new(),
            reference: "F20260043".to_owned(),
            ..items[0].clone()
        });
    }
    let total = balance + if case == Case::Several { other } else { 0 };
    // Amounts of different currencies stand beside each other.
    let beside = |text: String| match case {
        Case::Currencies if !settled => {
            format!("{text} + {}", locale.amount(Decimal::new(other, 2), dollar))
        }
        _ => text,
    };
    let (interest, fee) = if claims {
        (747, 4_000 * i64::try_from(items.len()).unwrap_or(1))
    } else {
        (0, 0)
    };
    let notice = regime::built_in("FR").notice(ClientKind::Business, NaiveDate::MAX);
    let reference = items
        .iter()
        .map(|item| item.reference.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let iban = "FR14 2004 1010 0505 0001 3M02 606".replace(' ', "\u{a0}");
    let entry = |name: &str, value: &str| locale.entry(locale.label(name), value);
    let all = [
        PayText {
            label: locale.label("transfer").to_owned(),
            lines: vec![entry("iban", &iban), entry("reference", &reference)],
        },
        PayText {
            label: locale.label("cheque").to_owned(),
            lines: vec![entry("payee", "Camille Durand")],
        },
    ];
    let lines = |name: &str, street: &str, town: &str, siren: &str| {
        vec![
            name.to_owned(),
            street.to_owned(),
            town.to_owned(),
            entry("siren", siren),
        ]
    };
    Message {
        today: date(11, 22),
        place: "Lyon".to_owned(),
        seller: "Camille Durand EI".to_owned(),
        seller_email: when(reachable, "camille@example.org"),
        seller_phone: when(reachable, "+33 4 00 00 00 12"),
        seller_lines: lines(
            "Camille Durand EI",
            "12 rue des Tables-Claudiennes",
            "69001 Lyon",
            "732 829 320",
        ),
        client: "Acme SAS".to_owned(),
        contact: when(reachable, "Claude Martin"),
        client_phone: when(reachable, "+33 1 00 00 00 34"),
        client_lines: lines(
            "Acme SAS",
            "3 impasse Cœur-de-Vey",
            "75014 Paris",
            "404 833 048",
        ),
        is_letter: letter,
        items,
        is_late: true,
        total: beside(amount(total)),
        has_claims: claims,
        segments: if claims {
            vec![SegmentText {
                number: "F2026-0042".to_owned(),
                from: date(11, 1),
                to: date(11, 22),
                days: "22".to_owned(),
                length: days(22),
                year: "365".to_owned(),
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
        total_with_claims: beside(amount(total + interest + fee)),
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
            vec![PaymentText {
                date: date(11, 15),
                amount: amount(20_000),
                number: "F2026-0042".to_owned(),
            }]
        } else {
            Vec::new()
        },
        deadline: notice.map_or(8, |notice| notice.days).to_string(),
        notice: notice
            .map(|notice| notice.text.of(language).to_owned())
            .unwrap_or_default(),
        received: amount(20_000),
        received_on: date(11, 15),
        is_debited: !reachable && ways > 0,
        is_settled: settled,
        plan: PlanText {
            number: when(reachable, "P2026-0001"),
            agreed: date(11, 22),
            total: amount(100_000),
            instalments: [(12, 1), (12, 31)]
                .map(|(month, day)| InstalmentText {
                    due: date(month, day),
                    amount: amount(50_000),
                })
                .to_vec(),
            interest: ["suspended", "runs", "waived"]
                .get(ways)
                .copied()
                .unwrap_or("runs")
                .to_owned(),
            accelerates: claims,
        },
        disputed: amount(30_000),
        has_undisputed: !settled,
    }
}
