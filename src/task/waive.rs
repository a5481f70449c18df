//! Late interest, or the fixed indemnity, that is given up.

use rust_decimal::Decimal;

use super::incident::Incident;
use super::record::Fields;
use super::typed::figure;
use crate::diagnostic::code;
use crate::ledger::amount::in_currency;
use crate::ledger::event_kind::EventKind;

/// What is given up; where neither is named, all interest up to the event's day and the indemnity.
#[derive(Debug, Default)]
pub struct Options {
    /// So much of the interest, as it was typed, in the document's currency.
    pub interest: Option<String>,
    /// The fixed indemnity.
    pub fee: bool,
}

/// Plans the events, and returns them with what is said of them; what is in the way is noted by the incident.
pub fn plan(incident: &mut Incident<'_>, options: &Options) -> (Vec<Fields>, String) {
    let (number, currency) = (incident.number().to_owned(), incident.document.currency);
    let terms = incident.document.terms.clone();
    if incident.document.due.is_none()
        || (terms.late_rate.is_none() && terms.recovery_fee.is_none())
    {
        let message = format!("{number} bears neither interest nor an indemnity");
        incident.wrong(code::EVENT_STATE, message, "there is nothing to give up");
    }
    let interest = options.interest.as_ref().and_then(|text| {
        figure(
            text,
            currency.digits(),
            &format!("acquit waive {number} --interest {{}}"),
            &mut incident.problems,
        )
    });
    if interest.is_some_and(|amount| amount <= Decimal::ZERO) {
        incident.wrong(
            code::PAYMENT_AMOUNT,
            "the interest given up is not above zero",
            "write an amount such as `12.40`",
        );
    }
    if options.fee && terms.recovery_fee.is_none() {
        let hint = "consumers owe none, and not every country has one";
        incident.wrong(
            code::EVENT_STATE,
            format!("{number} bears no indemnity"),
            hint,
        );
    }
    let mut rows = Vec::new();
    let mut said = Vec::new();
    // An event has one currency: the law's euros beside a debt in dollars take a row of their own.
    let together = interest.is_some() && options.fee && terms.fee_currency == currency;
    if let Some(amount) = interest {
        let mut row = incident.fields(EventKind::Waived, None, "");
        row.extend([
            ("interest", in_currency(amount, currency)),
            ("currency", currency.to_string()),
        ]);
        said.push(format!("interest of {}", incident.show(amount)));
        rows.push(row);
    }
    if let (true, Some(fee)) = (options.fee, terms.recovery_fee) {
        let shown = in_currency(fee, terms.fee_currency);
        said.push(format!("the indemnity of {shown} {}", terms.fee_currency));
        match rows.first_mut().filter(|_| together) {
            Some(row) => row.push(("fee", shown)),
            None => {
                let mut row = incident.fields(EventKind::Waived, None, "");
                row.extend([("fee", shown), ("currency", terms.fee_currency.to_string())]);
                rows.push(row);
            }
        }
    }
    if rows.is_empty() {
        rows.push(incident.fields(EventKind::Waived, None, ""));
        said.push(format!(
            "all interest up to {}, and the indemnity,",
            incident.date
        ));
    }
    let said = format!("{} on {number} given up", said.join(" and "));
    (rows, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(number: &str, interest: Option<&str>, fee: bool) -> (usize, String, Vec<String>) {
        let mut incident = Incident::example("studio", number, "2026-11-22");
        let options = Options {
            interest: interest.map(str::to_owned),
            fee,
        };
        let (rows, said) = plan(&mut incident, &options);
        let problems = incident.problems.sorted();
        (
            rows.len(),
            said,
            problems.into_iter().map(|p| p.message).collect(),
        )
    }

    #[test]
    fn interest_and_indemnity_in_two_currencies_are_two_events() {
        let (rows, said, problems) = planned("F2026-0014", Some("12.40"), true);
        assert_eq!((rows, problems.len()), (1, 0));
        assert_eq!(
            said,
            "interest of 12.40 EUR and the indemnity of 40.00 EUR on F2026-0014 given up"
        );
        let (rows, said, problems) = planned("F2026-0022", Some("3"), true);
        assert_eq!((rows, problems.len()), (2, 0));
        assert_eq!(
            said,
            "interest of 3.00 USD and the indemnity of 40.00 EUR on F2026-0022 given up"
        );
    }

    #[test]
    fn without_a_name_everything_up_to_the_day_is_given_up() {
        let (rows, said, problems) = planned("F2026-0014", None, false);
        assert_eq!((rows, problems.len()), (1, 0));
        assert_eq!(
            said,
            "all interest up to 2026-11-22, and the indemnity, on F2026-0014 given up"
        );
    }

    #[test]
    fn a_consumer_owes_nothing_to_give_up() {
        let (_, _, problems) = planned("F2026-0026", None, true);
        assert_eq!(
            problems,
            [
                "F2026-0026 bears neither interest nor an indemnity",
                "F2026-0026 bears no indemnity"
            ]
        );
        let (_, _, problems) = planned("F2026-0014", Some("0"), false);
        assert_eq!(problems, ["the interest given up is not above zero"]);
    }
}
