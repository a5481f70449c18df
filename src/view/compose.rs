//! A demand → what a message may say, as finished text in the client's language.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::locale::Locale;
use super::means;
use super::message::{
    InstalmentText, Item, Message, PayText, PaymentText, PlanText, ReminderText, SegmentText,
};
use super::paper::{grouped, identities};
use crate::compute::demand::{Debt, Demand};
use crate::compute::issue::Words;
use crate::ledger::amount::round;
use crate::ledger::currency::Currency;
use crate::ledger::document::{Document, FrozenPay};
use crate::ledger::party::{Client, Seller};
use crate::ledger::pay::PayKind;
use crate::ledger::plan::{Instalment, Plan, PlanInterest};
use crate::ledger::reminder::StepName;
use crate::regime::Notice;

/// What a message is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The seller as of today.
    pub seller: &'a Seller,
    /// The client as of today; none where its file is gone.
    pub client: Option<&'a Client>,
    /// The documents, by currency, oldest due first; at least one.
    pub debts: &'a [Debt<'a>],
    /// What is asked for in each currency, in the order of the documents.
    pub demands: &'a [Demand],
    /// Reminders that went out before: number, step, day.
    pub reminders: &'a [(String, StepName, NaiveDate)],
    /// Payments that came: number, amount, day.
    pub payments: &'a [(String, Decimal, NaiveDate)],
    /// The plan about the first document, if there is one.
    pub plan: Option<&'a Plan>,
    /// What the law makes of a formal notice.
    pub notice: Option<&'a Notice>,
    /// Whether it is a letter.
    pub is_letter: bool,
    /// The day of the message.
    pub today: NaiveDate,
}

/// Says everything; none where there is no document.
pub fn compose(facts: Facts<'_>, locale: &Locale) -> Option<Message> {
    let Facts {
        seller,
        client,
        debts,
        demands,
        today,
        ..
    } = facts;
    let first = debts.first()?.document;
    let amount = |value: Decimal| locale.amount(value, first.currency);
    let sum = |value: fn(&Demand) -> Decimal| {
        tally(
            demands
                .iter()
                .map(|demand| (demand.currency, value(demand))),
            locale,
        )
    };
    let some = |text: String| {
        if text.is_empty() {
            amount(Decimal::ZERO)
        } else {
            text
        }
    };
    let is_settled = demands.iter().all(|demand| demand.total.is_zero());
    let ways = ways(facts, locale);
    let (seller_lines, client_lines) = identities(first, locale);
    let paid = facts.payments.last();
    let currency_of = |number: &str| {
        let known = debts
            .iter()
            .find(|debt| debt.document.number.as_str() == number);
        known.map_or(first.currency, |debt| debt.document.currency)
    };
    Some(Message {
        today: locale.date(today),
        place: seller.address.city.clone().unwrap_or_default(),
        seller: seller.name.value.clone(),
        seller_email: seller
            .email
            .as_ref()
            .map_or_else(String::new, |email| email.value.clone()),
        seller_phone: seller.phone.clone().unwrap_or_default(),
        seller_lines,
        client: client.map_or_else(
            || first.buyer.name.clone(),
            |client| client.name.value.clone(),
        ),
        contact: client
            .and_then(|client| client.contact.clone())
            .unwrap_or_default(),
        client_phone: client
            .and_then(|client| client.phone.clone())
            .unwrap_or_default(),
        client_lines,
        is_letter: facts.is_letter,
        items: debts.iter().map(|debt| item(debt, locale)).collect(),
        is_late: debts.iter().any(|debt| debt.days_late > 0),
        total: some(sum(|demand| demand.total)),
        has_claims: demands.iter().any(Demand::has_claims),
        segments: demands
            .iter()
            .flat_map(|demand| {
                demand.segments.iter().filter_map(|(number, own)| {
                    let debt = debts
                        .iter()
                        .find(|debt| debt.document.number.as_str() == number)?;
                    Some(segment(debt.document, own, locale))
                })
            })
            .collect(),
        interest: sum(|demand| demand.interest),
        daily_interest: sum(|demand| {
            if demand.interest.is_zero() {
                Decimal::ZERO
            } else {
                demand.daily
            }
        }),
        fee: tally(demands.iter().flat_map(Demand::fees), locale),
        total_with_claims: some(tally(demands.iter().flat_map(Demand::all), locale)),
        iban: ways
            .iter()
            .filter(|(mean, _)| mean.kind != PayKind::DirectDebit)
            .find_map(|(mean, _)| mean.iban.as_deref())
            .map(grouped)
            .unwrap_or_default(),
        link: ways
            .iter()
            .find_map(|(mean, _)| mean.url.clone())
            .unwrap_or_default(),
        pay: ways.into_iter().map(|(_, text)| text).collect(),
        reference: references(debts, first.currency),
        reminders: facts
            .reminders
            .chunk_by(|(_, step, day), (_, next, other)| (step, day) == (next, other))
            .map(|list| reminder(list, locale))
            .collect(),
        payments: facts
            .payments
            .iter()
            .map(|(number, value, day)| PaymentText {
                date: locale.date(*day),
                amount: locale.amount(*value, currency_of(number)),
                number: number.clone(),
            })
            .collect(),
        deadline: facts
            .notice
            .map(|notice| notice.days.to_string())
            .unwrap_or_default(),
        notice: facts
            .notice
            .map(|notice| notice.text.of(locale.language).to_owned())
            .unwrap_or_default(),
        received: paid
            .map(|(number, value, _)| locale.amount(*value, currency_of(number)))
            .unwrap_or_default(),
        received_on: paid.map(|(.., day)| locale.date(*day)).unwrap_or_default(),
        is_debited: debts.iter().all(|debt| debt.document.is_debited()),
        is_settled,
        disputed: some(sum(|demand| demand.disputed)),
        has_undisputed: !is_settled,
        plan: facts
            .plan
            .map(|plan| self::plan(plan, first.currency, locale))
            .unwrap_or_default(),
    })
}

/// A message about several documents is one reminder.
fn reminder(list: &[(String, StepName, NaiveDate)], locale: &Locale) -> ReminderText {
    let (step, day) = list
        .first()
        .map(|(_, step, day)| (step.word(), *day))
        .unwrap_or_default();
    ReminderText {
        date: locale.date(day),
        step: locale.label(&format!("step_{step}")).to_owned(),
        number: list
            .iter()
            .map(|(number, ..)| number.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Amounts of one currency are added; those of different ones stand beside each other. Empty where there is nothing.
fn tally(amounts: impl Iterator<Item = (Currency, Decimal)>, locale: &Locale) -> String {
    let mut sums: Vec<(Currency, Decimal)> = Vec::new();
    for (currency, value) in amounts.filter(|(_, value)| !value.is_zero()) {
        match sums.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, sum)) => *sum += value,
            None => sums.push((currency, value)),
        }
    }
    let texts: Vec<String> = sums
        .iter()
        .map(|(currency, value)| locale.amount(*value, *currency))
        .collect();
    texts.join(" + ")
}

/// The ways to pay, as the documents of each currency name them, each with its text. A payment link asks for the whole of one document.
fn ways<'a>(facts: Facts<'a>, locale: &Locale) -> Vec<(&'a FrozenPay, PayText)> {
    let mut list: Vec<(&FrozenPay, PayText)> = Vec::new();
    for demand in facts.demands {
        let of_currency = |debt: &&Debt<'_>| debt.document.currency == demand.currency;
        let Some(first) = facts
            .debts
            .iter()
            .find(of_currency)
            .map(|debt| debt.document)
        else {
            continue;
        };
        let is_whole = facts.debts.len() == 1 && demand.sum() == first.totals.due;
        for mean in first
            .pay
            .iter()
            .filter(|mean| mean.url.is_none() || is_whole)
        {
            let text = pay(mean, &references(facts.debts, demand.currency), locale);
            // The same account takes several currencies: it stands once, with all references.
            let same = |(known, _): &&mut (&FrozenPay, PayText)| {
                (&known.label, &known.iban, known.kind) == (&mean.label, &mean.iban, mean.kind)
            };
            match list.iter_mut().find(same) {
                Some((known, entry)) => {
                    let all: Vec<&str> = facts
                        .debts
                        .iter()
                        .map(|debt| debt.document.payment_reference.as_str())
                        .collect();
                    *entry = pay(known, &all.join(", "), locale);
                }
                None => list.push((mean, text)),
            }
        }
    }
    list
}

fn plan(plan: &Plan, currency: Currency, locale: &Locale) -> PlanText {
    let part = |part: &Instalment| InstalmentText {
        due: locale.date(part.due),
        amount: locale.amount(part.amount, currency),
    };
    let word = PlanInterest::WORDS
        .iter()
        .find(|(_, interest)| *interest == plan.interest);
    PlanText {
        number: plan.number.clone(),
        agreed: locale.date(plan.agreed),
        total: locale.amount(plan.total(), currency),
        instalments: plan.instalments.iter().map(part).collect(),
        interest: word.map(|(word, _)| (*word).to_owned()).unwrap_or_default(),
        accelerates: plan.acceleration,
    }
}

fn days(count: i64, locale: &Locale) -> String {
    format!("{count} {}", locale.unit("day", count.into()))
}

fn item(debt: &Debt<'_>, locale: &Locale) -> Item {
    let document = debt.document;
    let amount = |value: Decimal| locale.amount(value, document.currency);
    let origins = [
        ("origin_order", document.order.as_deref()),
        ("origin_contract", document.contract.as_deref()),
        ("origin_quote", document.quote.as_deref()),
    ];
    let origin = |(label, number): (&str, Option<&str>)| {
        Some(locale.label(label).replace("{number}", number?))
    };
    let kind = locale.label(document.kind.word());
    // A plan puts a due date of its own in the place of the document's.
    let is_instalment = debt.due != document.due.or(document.valid_until);
    let received = if is_instalment {
        Decimal::ZERO
    } else {
        debt.paid
    };
    let notes = [
        ("note_received", received),
        ("note_disputed", debt.disputed),
    ];
    let note = |(label, value): (&str, Decimal)| {
        (!value.is_zero()).then(|| locale.label(label).replace("{amount}", &amount(value)))
    };
    Item {
        number: document.number.to_string(),
        currency: document.currency.code().to_owned(),
        kind: kind.to_owned(),
        what: if is_instalment {
            locale.instalment_of(kind)
        } else {
            kind.to_owned()
        },
        is_instalment,
        origin: origins
            .into_iter()
            .filter_map(origin)
            .collect::<Vec<_>>()
            .join(", "),
        issued: locale.date(document.issued),
        due: debt.due.map(|due| locale.date(due)).unwrap_or_default(),
        days_late: debt.days_late.to_string(),
        late: days(debt.days_late, locale),
        gross: amount(document.totals.gross),
        paid: amount(debt.paid),
        is_partly_paid: !debt.paid.is_zero(),
        balance: amount(debt.balance),
        note: notes
            .into_iter()
            .filter_map(note)
            .collect::<Vec<_>>()
            .join("; "),
        reference: document.payment_reference.clone(),
        corrects: corrected(document),
    }
}

/// The numbers that a document takes back or replaces; a final names its deposits, and corrects nothing.
fn corrected(document: &Document) -> String {
    let corrected = document
        .references
        .iter()
        .filter(|reference| reference.deducted.is_none());
    corrected
        .map(|reference| reference.number.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn segment(
    document: &Document,
    segment: &crate::compute::late::Segment,
    locale: &Locale,
) -> SegmentText {
    let currency = document.currency;
    SegmentText {
        number: document.number.to_string(),
        from: locale.date(segment.from),
        to: locale.date(segment.to),
        days: segment.days.to_string(),
        length: days(segment.days, locale),
        year: document.terms.day_count.to_string(),
        balance: locale.amount(segment.balance, currency),
        rate: locale.percent(segment.rate),
        interest: locale.amount(round(segment.interest, currency.digits()), currency),
    }
}

/// The references of the documents in a currency.
fn references(debts: &[Debt<'_>], currency: Currency) -> String {
    let own = debts
        .iter()
        .map(|debt| debt.document)
        .filter(|document| document.currency == currency);
    own.map(|document| document.payment_reference.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// A way to pay, as lines; a message about several documents names the reference of each.
fn pay(mean: &FrozenPay, references: &str, locale: &Locale) -> PayText {
    let is_debit = mean.kind == PayKind::DirectDebit;
    let mut lines = if is_debit {
        means::frozen_debit(mean, None, locale)
    } else {
        Vec::new()
    };
    let mut entry = |name: &str, value: &str| lines.push(locale.entry(locale.label(name), value));
    if let Some(holder) = mean.holder.as_ref().filter(|_| !is_debit) {
        entry("holder", holder);
    }
    if let Some(iban) = mean.iban.as_ref().filter(|_| !is_debit) {
        entry("iban", &grouped(iban));
        entry("reference", references);
    }
    if let Some(bic) = mean.bic.as_ref().filter(|_| !is_debit) {
        entry("bic", bic);
    }
    lines.extend(mean.url.clone());
    PayText {
        label: mean
            .label
            .clone()
            .unwrap_or_else(|| locale.label(mean.kind.word()).to_owned()),
        lines,
    }
}
