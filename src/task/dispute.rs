//! What a client contests of a document, and that it is settled.

use rust_decimal::Decimal;

use super::incident::Incident;
use super::record::Fields;
use crate::diagnostic::code;
use crate::ledger::event_kind::EventKind;

/// Notes what is contested: `amount` as it was typed, in the document's currency; all that is left where there is none. Returns the event and
/// what is said of it; what is in the way is noted by the incident.
pub fn open(incident: &mut Incident<'_>, amount: Option<&String>) -> (Fields, String) {
    incident.must_be_open();
    let (number, balance) = (incident.number().to_owned(), incident.left());
    let amount = incident.amount(
        amount,
        &format!("acquit dispute open {number} {{}}"),
        balance,
    );
    let row = incident.fields(EventKind::Dispute, amount, "");
    let shown = incident.show(amount.unwrap_or(balance));
    let said = format!("{shown} of {number} are disputed: not late, not reminded of");
    (row, said)
}

/// Notes that what was contested is settled. Returns the event and what is said of it; what is in the way is noted by the incident.
pub fn resolve(incident: &mut Incident<'_>) -> (Fields, String) {
    let number = incident.number().to_owned();
    let disputed = incident.position().disputed;
    if disputed <= Decimal::ZERO {
        let hint = "`acquit list --status disputed` shows what is";
        incident.wrong(
            code::EVENT_STATE,
            format!("nothing of {number} is disputed"),
            hint,
        );
    } else if !incident.stood(|position| position.disputed > Decimal::ZERO) {
        let message = format!("nothing of {number} was disputed yet on {}", incident.date);
        incident.wrong(
            code::EVENT_STATE,
            message,
            "give the day of its end: the later of the two events holds",
        );
    }
    let row = incident.fields(EventKind::Resolved, None, "");
    let said = format!(
        "{} of {number} are disputed no more",
        incident.show(disputed)
    );
    (row, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(incident: &mut Incident<'_>) -> Vec<String> {
        let problems = std::mem::take(&mut incident.problems).sorted();
        problems.into_iter().map(|p| p.message).collect()
    }

    #[test]
    fn without_an_amount_all_that_is_left_is_contested() {
        let mut incident = Incident::example("studio", "F2026-0014", "2026-11-22");
        let (row, said) = open(&mut incident, None);
        assert_eq!(
            said,
            "952.00 EUR of F2026-0014 are disputed: not late, not reminded of"
        );
        // The row names no amount: what is paid later is contested no more.
        assert!(row.iter().all(|(key, _)| *key != "amount"));
        assert_eq!(messages(&mut incident), [""; 0]);
        open(&mut incident, Some(&"1000".to_owned()));
        assert_eq!(
            messages(&mut incident),
            ["1000.00 EUR is more than the 952.00 EUR left of F2026-0014"]
        );
    }

    #[test]
    fn a_dispute_is_settled_after_it_was_opened() {
        let mut incident = Incident::example("studio", "F2026-0015", "2026-11-22");
        let (_, said) = resolve(&mut incident);
        assert_eq!(said, "840.00 EUR of F2026-0015 are disputed no more");
        assert_eq!(messages(&mut incident), [""; 0]);
        incident.date = "2026-08-19".parse().unwrap();
        resolve(&mut incident);
        assert_eq!(
            messages(&mut incident),
            ["nothing of F2026-0015 was disputed yet on 2026-08-19"]
        );
        let mut other = Incident::example("studio", "F2026-0014", "2026-11-22");
        resolve(&mut other);
        assert_eq!(messages(&mut other), ["nothing of F2026-0014 is disputed"]);
    }
}
