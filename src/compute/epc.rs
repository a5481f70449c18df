//! The payload of an EPC QR code (EPC069-12): a SEPA credit transfer that the payer's bank fills in.

use rust_decimal::Decimal;

use crate::ledger::amount::fixed;
use crate::ledger::currency::Currency;
use crate::ledger::document::Document;
use crate::ledger::identifier::is_sepa;
use crate::ledger::settings::PayKind;

/// The most bytes a payload may have.
const MAX_BYTES: usize = 331;
/// The most characters that an unstructured reference may have.
const MAX_TEXT: usize = 140;

/// Returns the payload that asks for an amount of a document; none where there is no transfer in euro to ask for.
pub fn payload(document: &Document, amount: Decimal) -> Option<String> {
    let reference = document.payment_reference.as_str();
    asking(document, amount, reference, reference.starts_with("RF"))
}

/// Returns the payload that asks for an amount of several documents, which names the reference of each; none where there is no transfer
/// in euro to ask for, or too many references.
pub fn payload_of(documents: &[&Document], amount: Decimal) -> Option<String> {
    let [first, rest @ ..] = documents else {
        return None;
    };
    if rest.is_empty() {
        return payload(first, amount);
    }
    let references: Vec<&str> = documents
        .iter()
        .map(|document| document.payment_reference.as_str())
        .collect();
    let text = references.join(" ");
    (text.len() <= MAX_TEXT)
        .then(|| asking(first, amount, &text, false))
        .flatten()
}

fn asking(
    document: &Document,
    amount: Decimal,
    reference: &str,
    is_structured: bool,
) -> Option<String> {
    let cap = Decimal::new(99_999_999_999, 2);
    if document.is_debited()
        || document.currency != Currency::parse("EUR")?
        || amount <= Decimal::ZERO
        || amount > cap
    {
        return None;
    }
    let mean = document
        .pay
        .iter()
        .find(|mean| mean.kind == PayKind::Transfer && mean.iban.as_deref().is_some_and(is_sepa))?;
    let iban = mean.iban.as_ref()?;
    let line = |text: &str, length: usize| {
        text.replace(['\n', '\r'], " ")
            .chars()
            .take(length)
            .collect::<String>()
    };
    let name = line(mean.holder.as_deref().unwrap_or(&document.seller.name), 70);
    let (structured, text) = if is_structured {
        (reference, "")
    } else {
        ("", reference)
    };
    let lines = [
        "BCD".to_owned(),
        "002".into(),
        "1".into(),
        "SCT".into(),
        mean.bic.clone().unwrap_or_default(),
        name,
        iban.clone(),
        format!("EUR{}", fixed(amount, 2)),
        String::new(),
        structured.to_owned(),
        text.to_owned(),
    ];
    let payload = lines.join("\n").trim_end_matches('\n').to_owned();
    (payload.len() <= MAX_BYTES).then_some(payload)
}
