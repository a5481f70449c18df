//! The discount for early payment that a payment earns: its event, or the drafted credit note with a hold.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::copy;
use super::record::{Book, Fields, Recorder};
use crate::compute::discount::{Verdict, judge};
use crate::compute::position::Position;
use crate::compute::rest::ShareLine;
use crate::compute::share::bears;
use crate::ledger::amount::{in_currency, split};
use crate::ledger::document::{Document, PriceMode};
use crate::ledger::event_kind::EventKind;
use crate::ledger::terms::DiscountVat;
use crate::source::Source;
use crate::view::locale::Locale;
use crate::view::toml;

/// Plans what a payment of principal earns; returns what is taken off by an event, and what there is to say.
///
/// `before` is where the document stood at the end of the payment's day, `open` what is left of it today: both without the payment.
pub fn plan(
    recorder: &mut Recorder,
    source: &mut Source,
    document: &Document,
    before: &Position<'_>,
    open: Decimal,
    payment: Decimal,
    date: NaiveDate,
) -> (Decimal, Option<String>) {
    let Some(offer) = &document.terms.discount else {
        return (Decimal::ZERO, None);
    };
    let (number, currency) = (&document.number, document.currency);
    let show = |value: Decimal| format!("{} {currency}", in_currency(value, currency));
    let amount = match judge(offer, before, payment, date) {
        Verdict::None => return (Decimal::ZERO, None),
        Verdict::Late(day) => {
            let text = format!("no discount on {number}: it held for a payment up to {day}");
            return (Decimal::ZERO, Some(text));
        }
        Verdict::Short { missing, asked } => {
            let text = format!(
                "no discount on {number}: {} less than the {} asked for",
                show(missing),
                show(asked)
            );
            return (Decimal::ZERO, Some(text));
        }
        Verdict::TakenBack(amount) => -amount,
        Verdict::Given(amount) => amount.min(open - payment),
    };
    if amount.is_zero() || (amount < Decimal::ZERO && payment > Decimal::ZERO) {
        return (Decimal::ZERO, None);
    }
    let event = |kind: EventKind, note: String| -> Fields {
        vec![
            ("kind", kind.word().to_owned()),
            ("client", document.buyer.client.clone()),
            ("document", number.to_string()),
            ("note", note),
        ]
    };
    if offer.vat == DiscountVat::Mention || amount < Decimal::ZERO {
        let (note, said) = if amount < Decimal::ZERO {
            (
                "taken back",
                format!(
                    "discount of {} on {number} taken back with the payment",
                    show(-amount)
                ),
            )
        } else {
            (
                "paid early",
                format!("discount of {} on {number} for early payment", show(amount)),
            )
        };
        let mut row = event(EventKind::Discount, note.to_owned());
        row.extend([
            ("amount", in_currency(amount, currency)),
            ("currency", currency.to_string()),
        ]);
        recorder.add(source, Book::Events, date, &[row]);
        return (amount, Some(said));
    }
    let name = format!("discount-{number}");
    if source.draft_names().contains(&name) {
        return (
            Decimal::ZERO,
            Some(format!(
                "the credit note of the discount is drafted already: {name}"
            )),
        );
    }
    recorder
        .set
        .create(format!("drafts/{name}.toml"), credit_note(document, amount));
    recorder.add(
        source,
        Book::Events,
        date,
        &[event(
            EventKind::Hold,
            format!("discount: {name} is to be issued"),
        )],
    );
    let text = format!(
        "drafted the discount of {}: `acquit issue {name}` issues its credit note",
        show(amount)
    );
    (Decimal::ZERO, Some(text))
}

/// Returns the draft of a credit note of an amount, VAT included, split over the document's rates.
fn credit_note(document: &Document, amount: Decimal) -> String {
    let mut text = toml::Text::default();
    copy::head(&mut text, document, "credit");
    text.list("corrects", [document.number.as_str()]);
    copy::supply(&mut text, document);
    copy::frame(&mut text, document, PriceMode::Gross);
    let item = Locale::of(document.language).label("discounted").to_owned();
    let weights: Vec<Decimal> = document
        .vat
        .iter()
        .map(|group| group.base + group.vat)
        .collect();
    let parts = split(amount, &weights, document.currency.digits());
    for (group, part) in document
        .vat
        .iter()
        .zip(parts)
        .filter(|(_, part)| !part.is_zero())
    {
        let same = |line: &&crate::ledger::document::Line| {
            (line.category, line.rate) == (group.category, group.rate)
        };
        // It is taken off what the seller supplies, not off what was paid in the client's name, where there is both.
        let mut lines = document.lines.iter().filter(same);
        let supply = lines.clone().find(|line| bears(document, line));
        let Some(line) = supply.or_else(|| lines.next()) else {
            continue;
        };
        let share = ShareLine {
            operation: line.operation,
            category: group.category,
            rate: group.rate,
            amount: part,
        };
        let keys = copy::share_line(document, &share, &item, false);
        copy::element(&mut text, "line", keys);
    }
    text.finish()
}
