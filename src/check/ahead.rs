//! What is dated after today: another machine's clock or zone was ahead, or `--today` was given. Balances leave it out until its day comes.

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::books::Ledger;
use crate::span::Span;

/// Adds a warning for each document, payment and event of the books that is dated after a day.
pub fn books(ledger: &Ledger, today: NaiveDate, problems: &mut Diagnostics) {
    for entry in ledger.documents().filter(|entry| entry.issued > today) {
        problems.push(warning(entry.number, entry.issued, today).at(entry.span));
    }
    for payment in ledger.payments().filter(|payment| payment.date > today) {
        let what = format!("the payment `{}`", payment.id);
        problems.push(warning(&what, payment.date, today).at(payment.span));
    }
    for event in ledger.events().filter(|event| event.date > today) {
        let what = format!("the event `{}` ({})", event.id, event.kind.word());
        problems.push(warning(&what, event.date, today).at(event.span));
    }
}

/// Adds a warning for a quote that was issued after a day.
pub fn quote(
    number: &str,
    issued: NaiveDate,
    today: NaiveDate,
    place: Span,
    problems: &mut Diagnostics,
) {
    if issued > today {
        problems.push(warning(number, issued, today).at(place));
    }
}

fn warning(what: &str, date: NaiveDate, today: NaiveDate) -> Diagnostic {
    let message = format!("{what} is dated {date}, after today, {today}");
    Diagnostic::warning(code::DATE_AHEAD, message).hint(
        "balances and reports leave it out until that day; look at the clock, and at --today where it was given",
    )
}

/// Refuses to record once more what stands in a row that is dated after today. `id` and `date` are those of the row.
pub fn twice(id: &str, date: NaiveDate, today: NaiveDate) -> Diagnostic {
    let message = format!(
        "`{id}` says the same already: it is dated {date}, after today, {today}, so balances do not show it yet"
    );
    Diagnostic::error(code::DATE_AHEAD, message).hint(
        "if it happened once more, say what differs, in `--reference` or `--note`; otherwise nothing is to be done",
    )
}
