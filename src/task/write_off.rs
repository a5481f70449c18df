//! What is given up of a document, kept as a difference, or owed again.

use rust_decimal::Decimal;

use super::incident::Incident;
use super::record::Fields;
use crate::diagnostic::code;
use crate::ledger::book::{DIFFERENCES, WRITE_OFF_REASONS};
use crate::ledger::event_kind::EventKind;

/// What is written off.
#[derive(Debug, Default)]
pub struct Options {
    /// How much, as it was typed, in the document's currency: below zero where a write-off is taken back, all that is left where there is none.
    pub amount: Option<String>,
    /// Why: one of [`WRITE_OFF_REASONS`].
    pub reason: String,
}

/// Plans the event, and returns it with what is said of it; what is in the way is noted by the incident.
pub fn plan(incident: &mut Incident<'_>, options: &Options) -> (Fields, String) {
    let reason = options.reason.as_str();
    if !WRITE_OFF_REASONS.contains(&reason) {
        let hint = format!("one of {}", WRITE_OFF_REASONS.join(", "));
        incident.wrong(
            code::VALUE_CHOICE,
            format!("`{reason}` is no reason of a write-off"),
            hint,
        );
    }
    let (number, balance) = (incident.number().to_owned(), incident.left());
    let back = options
        .amount
        .as_deref()
        .is_some_and(|text| text.starts_with('-'));
    let amount = if back {
        incident.taken_back(
            options.amount.as_ref(),
            &format!("acquit write-off {number} {{}} --reason {reason}"),
        )
    } else if balance < Decimal::ZERO && options.amount.is_none() && DIFFERENCES.contains(&reason) {
        balance
    } else if balance < Decimal::ZERO && !DIFFERENCES.contains(&reason) {
        let message = format!("{number} has {} too much", incident.show(-balance));
        let hint = "pay it back (`acquit pay NUMBER -50`), use it (`--from`), or give the reason `rounding` or `exchange`";
        incident.wrong(code::EVENT_STATE, message, hint);
        balance
    } else {
        incident.must_be_open();
        let command = format!("acquit write-off {number} {{}} --reason {reason}");
        incident
            .amount(options.amount.as_ref(), &command, balance)
            .unwrap_or(balance)
    };
    let row = incident.fields(EventKind::WriteOff, Some(amount), reason);
    let left = incident.show(balance - amount);
    let said = if back {
        format!(
            "{} written off of {number} are owed again ({reason}), {left} are left",
            incident.show(-amount)
        )
    } else if amount < Decimal::ZERO {
        format!(
            "{} too much on {number} are kept ({reason})",
            incident.show(-amount)
        )
    } else {
        format!(
            "{} of {number} are written off ({reason}), {left} are left",
            incident.show(amount)
        )
    };
    (row, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(number: &str, amount: Option<&str>, reason: &str) -> (String, String, Vec<String>) {
        let mut incident = Incident::example("studio", number, "2026-11-22");
        let options = Options {
            amount: amount.map(str::to_owned),
            reason: reason.to_owned(),
        };
        let (row, said) = plan(&mut incident, &options);
        let amount = row.into_iter().find(|(key, _)| *key == "amount").unwrap().1;
        let problems = incident.problems.sorted();
        (
            amount,
            said,
            problems.into_iter().map(|p| p.message).collect(),
        )
    }

    #[test]
    fn without_an_amount_all_that_is_left_is_given_up() {
        let (amount, said, problems) = planned("F2026-0014", None, "bad-debt");
        assert_eq!((amount.as_str(), problems.len()), ("952.00", 0));
        assert_eq!(
            said,
            "952.00 EUR of F2026-0014 are written off (bad-debt), 0.00 EUR are left"
        );
        let (_, _, problems) = planned("F2026-0014", Some("952.01"), "bad-debt");
        assert_eq!(
            problems,
            ["952.01 EUR is more than the 952.00 EUR left of F2026-0014"]
        );
    }

    #[test]
    fn money_too_much_is_kept_as_a_difference_alone() {
        let (amount, said, problems) = planned("F2026-0008", None, "rounding");
        assert_eq!((amount.as_str(), problems.len()), ("-2.80", 0));
        assert_eq!(said, "2.80 EUR too much on F2026-0008 are kept (rounding)");
        let (_, _, problems) = planned("F2026-0008", None, "goodwill");
        assert_eq!(problems, ["F2026-0008 has 2.80 EUR too much"]);
    }

    #[test]
    fn no_more_is_taken_back_than_was_written_off() {
        let (amount, said, problems) = planned("F2026-0007", Some("-12"), "fee");
        assert_eq!((amount.as_str(), problems.len()), ("-12.00", 0));
        assert_eq!(
            said,
            "12.00 EUR written off of F2026-0007 are owed again (fee), 12.00 EUR are left"
        );
        let (_, _, problems) = planned("F2026-0007", Some("-12.50"), "fee");
        assert_eq!(
            problems,
            ["12.00 EUR was written off of F2026-0007, not 12.50 EUR"]
        );
    }

    #[test]
    fn a_reason_is_one_of_the_list() {
        let (_, _, problems) = planned("F2026-0014", Some("1"), "laziness");
        assert_eq!(problems, ["`laziness` is no reason of a write-off"]);
    }
}
