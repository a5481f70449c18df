//! A demand → what a message may say, as finished text in the client's language.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::locale::Locale;
use super::message::{InstalmentText, Item, Message, PayText, PaymentText, PlanText, ReminderText, SegmentText};
use super::paper::{grouped, identities};
use crate::compute::demand::{Debt, Demand};
use crate::compute::issue::Words;
use crate::ledger::amount::round;
use crate::ledger::currency::Currency;
use crate::ledger::document::{Document, FrozenPay};
use crate::ledger::party::{Client, Seller};
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
    /// The documents, oldest due first; at least one, all in one currency.
    pub debts: &'a [Debt<'a>],
    /// What is asked for.
    pub demand: &'a Demand,
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
    let Facts { seller, client, debts, demand, today, .. } = facts;
    let documents: Vec<&Document> = debts.iter().map(|debt| debt.document).collect();
    let first = *documents.first()?;
    let currency = first.currency;
    let amount = |value: Decimal| locale.amount(value, currency);
    let claim = |value: Decimal| if value.is_zero() { String::new() } else { amount(value) };
    // Amounts of different currencies are never added: the law's euros stand beside a debt in dollars.
    let foreign = demand.foreign_fee.map(|(currency, fee)| locale.amount(fee, currency));
    // A payment link asks for the whole of one document.
    let is_whole = documents.len() == 1 && demand.sum() == first.totals.due;
    let ways: Vec<&FrozenPay> = first.pay.iter().filter(|mean| mean.url.is_none() || is_whole).collect();
    let iban = ways.iter().find_map(|mean| mean.iban.as_deref());
    let (seller_lines, client_lines) = identities(first, locale);
    let paid = facts.payments.last();
    Some(Message {
        today: locale.date(today),
        place: seller.address.city.clone().unwrap_or_default(),
        seller: seller.name.value.clone(),
        seller_email: seller.email.clone().unwrap_or_default(),
        seller_phone: seller.phone.clone().unwrap_or_default(),
        seller_lines,
        client: client.map_or_else(|| first.buyer.name.clone(), |client| client.name.value.clone()),
        contact: client.and_then(|client| client.contact.clone()).unwrap_or_default(),
        client_phone: client.and_then(|client| client.phone.clone()).unwrap_or_default(),
        client_lines,
        is_letter: facts.is_letter,
        items: debts.iter().map(|debt| item(debt, locale)).collect(),
        is_late: debts.iter().any(|debt| debt.days_late > 0),
        total: amount(demand.total),
        has_claims: demand.has_claims(),
        segments: demand
            .segments
            .iter()
            .map(|(number, segment)| self::segment(number, segment, currency, locale))
            .collect(),
        interest: claim(demand.interest),
        daily_interest: if demand.interest.is_zero() { String::new() } else { claim(demand.daily) },
        fee: foreign.clone().unwrap_or_else(|| claim(demand.fee)),
        total_with_claims: match &foreign {
            Some(other) => format!("{} + {other}", amount(demand.total + demand.interest)),
            None => amount(demand.sum()),
        },
        pay: ways.iter().map(|mean| pay(mean, &documents, locale)).collect(),
        iban: iban.map(grouped).unwrap_or_default(),
        reference: references(&documents),
        link: ways.iter().find_map(|mean| mean.url.clone()).unwrap_or_default(),
        reminders: facts
            .reminders
            .iter()
            .map(|(number, step, day)| ReminderText {
                date: locale.date(*day),
                step: locale.label(&format!("step_{}", step.word())).to_owned(),
                number: number.clone(),
            })
            .collect(),
        payments: facts
            .payments
            .iter()
            .map(|(number, value, day)| PaymentText {
                date: locale.date(*day),
                amount: amount(*value),
                number: number.clone(),
            })
            .collect(),
        deadline: facts.notice.map(|notice| notice.days.to_string()).unwrap_or_default(),
        notice: facts.notice.map(|notice| notice.text.of(locale.language).to_owned()).unwrap_or_default(),
        received: paid.map(|(_, value, _)| amount(*value)).unwrap_or_default(),
        received_on: paid.map(|(.., day)| locale.date(*day)).unwrap_or_default(),
        is_settled: demand.total.is_zero(),
        disputed: amount(demand.disputed),
        has_undisputed: !demand.total.is_zero(),
        plan: facts.plan.map(|plan| self::plan(plan, currency, locale)).unwrap_or_default(),
    })
}

fn plan(plan: &Plan, currency: Currency, locale: &Locale) -> PlanText {
    let part =
        |part: &Instalment| InstalmentText { due: locale.date(part.due), amount: locale.amount(part.amount, currency) };
    let word = PlanInterest::WORDS.iter().find(|(_, interest)| *interest == plan.interest);
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
    let origin = |(label, number): (&str, Option<&str>)| Some(locale.label(label).replace("{number}", number?));
    Item {
        number: document.number.to_string(),
        kind: locale.label(document.kind.word()).to_owned(),
        origin: origins.into_iter().filter_map(origin).collect::<Vec<_>>().join(", "),
        issued: locale.date(document.issued),
        due: debt.due.map(|due| locale.date(due)).unwrap_or_default(),
        days_late: debt.days_late.to_string(),
        late: days(debt.days_late, locale),
        gross: amount(document.totals.gross),
        paid: amount(debt.paid),
        is_partly_paid: !debt.paid.is_zero(),
        balance: amount(debt.balance),
        reference: document.payment_reference.clone(),
        corrects: corrected(document),
    }
}

/// The numbers that a document takes back or replaces; a final names its deposits, and corrects nothing.
fn corrected(document: &Document) -> String {
    let corrected = document.references.iter().filter(|reference| reference.deducted.is_none());
    corrected.map(|reference| reference.number.as_str()).collect::<Vec<_>>().join(", ")
}

fn segment(number: &str, segment: &crate::compute::late::Segment, currency: Currency, locale: &Locale) -> SegmentText {
    SegmentText {
        number: number.to_owned(),
        from: locale.date(segment.from),
        to: locale.date(segment.to),
        days: segment.days.to_string(),
        length: days(segment.days, locale),
        balance: locale.amount(segment.balance, currency),
        rate: locale.percent(segment.rate),
        interest: locale.amount(round(segment.interest, currency.digits()), currency),
    }
}

fn references(documents: &[&Document]) -> String {
    documents.iter().map(|document| document.payment_reference.as_str()).collect::<Vec<_>>().join(", ")
}

/// The ways to pay, as lines; a message about several documents names the reference of each.
fn pay(mean: &FrozenPay, documents: &[&Document], locale: &Locale) -> PayText {
    let mut lines = Vec::new();
    let mut entry = |name: &str, value: &str| lines.push(locale.entry(locale.label(name), value));
    if let Some(holder) = &mean.holder {
        entry("holder", holder);
    }
    if let Some(iban) = &mean.iban {
        entry("iban", &grouped(iban));
        entry("reference", &references(documents));
    }
    if let Some(bic) = &mean.bic {
        entry("bic", bic);
    }
    lines.extend(mean.url.clone());
    PayText { label: mean.label.clone().unwrap_or_else(|| locale.label(mean.kind.word()).to_owned()), lines }
}
