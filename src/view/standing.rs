//! What happened to a document's money since it was issued, as a copy of its page shows it when asked.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::locale::Locale;
use super::pdf::Total;
use crate::compute::issue::Words;
use crate::compute::position::{Position, Status};
use crate::ledger::document::DocumentType;

/// A document's money as of a day.
#[derive(Debug, Clone)]
pub struct Standing<'b> {
    /// The day.
    pub day: NaiveDate,
    /// Where it stands then.
    pub position: Position<'b>,
}

/// Returns what was taken off, and what is left, as totals.
pub fn balance(standing: &Standing<'_>, locale: &Locale) -> Vec<Total> {
    let position = &standing.position;
    let amount = |value: Decimal| locale.amount(value, position.currency);
    // What a credit note took off other documents, and what was paid back on it, are negative in the books.
    let (parts, left) = if position.kind == DocumentType::Credit {
        (
            vec![("used", position.credited), ("refunded", position.paid)],
            -position.balance,
        )
    } else {
        let parts = vec![
            ("credited", -position.credited),
            ("received", -position.paid),
            ("discounted", -position.discounted),
            ("written_off", -position.written_off),
        ];
        (parts, position.balance)
    };
    let total = |(name, value)| Total {
        label: locale.label(name).to_owned(),
        value: amount(value),
        strong: false,
    };
    let mut totals: Vec<Total> = parts
        .into_iter()
        .filter(|(_, value)| !value.is_zero())
        .map(total)
        .collect();
    totals.push(Total {
        label: due_label(standing, locale),
        value: amount(left),
        strong: true,
    });
    totals
}

/// Returns the label of the balance: as of which day.
pub fn due_label(standing: &Standing<'_>, locale: &Locale) -> String {
    locale
        .label("balance_on")
        .replace("{date}", &locale.date(standing.day))
}

/// Returns the mark of a paid document, with the date of its last payment.
pub fn mark(standing: &Standing<'_>, locale: &Locale) -> Option<String> {
    let position = &standing.position;
    let is_paid = matches!(position.status, Status::Paid | Status::Overpaid)
        && position.kind != DocumentType::Credit;
    let day = position.paid_on.filter(|_| is_paid)?;
    Some(locale.label("paid_on").replace("{date}", &locale.date(day)))
}
