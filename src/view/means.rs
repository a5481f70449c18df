//! Ways to pay as text, where pages and messages say the same.

use chrono::NaiveDate;

use super::locale::Locale;
use crate::compute::issue::Words;
use crate::ledger::document::FrozenPay;

/// Returns what a direct debit says of itself: its day, the mandate that it is collected by and who collects it. The payer is told so before
/// it, and can check it (EPC016-06, SEPA Core direct debit: pre-notification).
pub(super) fn debit(
    mandate: Option<&str>,
    creditor_id: Option<&str>,
    day: Option<NaiveDate>,
    locale: &Locale,
) -> Vec<String> {
    let day = day.map(|day| {
        locale
            .label("debited_on")
            .replace("{date}", &locale.date(day))
    });
    let ids = [("mandate", mandate), ("creditor_id", creditor_id)];
    let ids = ids
        .into_iter()
        .filter_map(|(name, id)| Some(locale.entry(locale.label(name), id?)));
    day.into_iter().chain(ids).collect()
}

/// The same of a document's way to pay.
pub(super) fn frozen_debit(
    mean: &FrozenPay,
    day: Option<NaiveDate>,
    locale: &Locale,
) -> Vec<String> {
    debit(
        mean.mandate.as_deref(),
        mean.creditor_id.as_deref(),
        day,
        locale,
    )
}
