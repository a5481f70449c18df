//! What a payment may do to a document: an overpayment is asked about, and nobody pays back more than came.

use rust_decimal::Decimal;

use crate::compute::position::Position;
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::amount::in_currency;
use crate::ledger::document::DocumentType;

/// What is unusual about a payment of a document's principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// More comes than is left to pay, by this much: it may be right, so a person says yes to it.
    Over(Decimal),
    /// More is paid back than came, by this much: it is never right.
    Back(Decimal),
}

impl Excess {
    /// Returns by how much, in the document's currency.
    pub fn amount(self) -> Decimal {
        match self {
            Self::Over(amount) | Self::Back(amount) => amount,
        }
    }
}

/// Judges a payment against what a document has left. `came` is the principal that is about to be recorded, negative where money is
/// paid back; `off` is the discount for early payment that it earns. Both are in the document's currency.
///
/// An invoice takes what is left of it, and gives back what was paid for it. A credit note gives back what is left of it, and takes
/// what was paid back.
pub fn excess(position: &Position<'_>, came: Decimal, off: Decimal) -> Option<Excess> {
    let least = (position.owed - position.credited).min(Decimal::ZERO);
    let (over, back) = (
        least - (position.balance - came - off),
        least - (position.paid + came),
    );
    if came > Decimal::ZERO && over > Decimal::ZERO {
        Some(Excess::Over(over.min(came)))
    } else if came < Decimal::ZERO && back > Decimal::ZERO {
        Some(Excess::Back(back.min(-came)))
    } else {
        None
    }
}

/// Says that more is paid than is left of a document.
pub fn too_much(position: &Position<'_>, came: Decimal, over: Decimal) -> Diagnostic {
    let show = |value: Decimal| {
        format!(
            "{} {}",
            in_currency(value, position.currency),
            position.currency
        )
    };
    let message = format!(
        "{} has {} left to pay, not {}",
        position.number,
        show(came - over),
        show(came)
    );
    let rest = in_currency(over, position.currency);
    Diagnostic::error(code::PAYMENT_AMOUNT, message).hint(format!(
        "give --yes if that much came for it: it is overpaid by {rest} then; \
         `acquit pay --client {} AMOUNT` puts what is too much on the client's credit",
        position.client
    ))
}

/// Says that more is paid back than came for an invoice, or than is left of a credit note.
pub fn too_much_back(position: &Position<'_>, came: Decimal, back: Decimal) -> Diagnostic {
    let most = format!(
        "{} {}",
        in_currency(-came - back, position.currency),
        position.currency
    );
    let message = if position.kind == DocumentType::Credit {
        format!(
            "{most} are left of {}: no more can be paid back",
            position.number
        )
    } else {
        format!(
            "{most} came for {}: no more can be paid back",
            position.number
        )
    };
    let hint = format!(
        "`acquit show {}` lists its payments; a credit note says that less is owed",
        position.number
    );
    Diagnostic::error(code::PAYMENT_AMOUNT, message).hint(hint)
}

/// Says that more interest or costs of a document are paid back than came. `what` is the part of the debt, such as `interest`.
pub fn too_much_of_a_part(what: &str, number: &str, came: &str) -> Diagnostic {
    Diagnostic::error(
        code::PAYMENT_AMOUNT,
        format!("{came} came for the {what} of {number}: no more can be paid back"),
    )
    .hint(format!("`acquit show {number}` lists its payments"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::position::Status;
    use crate::ledger::currency::Currency;

    fn judge(owed: i64, credited: i64, paid: i64, off: i64, came: i64) -> Option<Excess> {
        let [owed, credited, paid] = [owed, credited, paid].map(Decimal::from);
        let position = Position {
            number: "F1",
            kind: DocumentType::Invoice,
            client: "acme",
            buyer: "Acme",
            issued: chrono::NaiveDate::default(),
            due: None,
            days_late: 0,
            currency: Currency::parse("EUR").unwrap(),
            gross: owed,
            deposits: Decimal::ZERO,
            owed,
            credited,
            paid,
            paid_on: None,
            discounted: Decimal::ZERO,
            written_off: Decimal::ZERO,
            balance: owed - credited - paid,
            late: Decimal::ZERO,
            disputed: Decimal::ZERO,
            status: Status::Open,
            hold: None,
            promise: None,
            asked: Decimal::ZERO,
            plan: None,
            plan_due: None,
        };
        excess(&position, came.into(), off.into())
    }

    #[test]
    fn an_invoice_takes_what_is_left_and_gives_back_what_came() {
        assert_eq!(judge(100, 0, 0, 0, 100), None);
        assert_eq!(judge(100, 0, 0, 0, 101), Some(Excess::Over(1.into())));
        assert_eq!(judge(100, 0, 0, 2, 98), None);
        assert_eq!(judge(100, 0, 0, 2, 100), Some(Excess::Over(2.into())));
        assert_eq!(judge(100, 30, 0, 0, 71), Some(Excess::Over(1.into())));
        assert_eq!(judge(100, 0, 120, 0, 5), Some(Excess::Over(5.into())));
        assert_eq!(judge(100, 0, 40, 0, -40), None);
        assert_eq!(judge(100, 0, 40, 0, -41), Some(Excess::Back(1.into())));
        // Paid, then credited: the money can go back, and no more.
        assert_eq!(judge(100, 100, 100, 0, -100), None);
        assert_eq!(judge(100, 100, 100, 0, -101), Some(Excess::Back(1.into())));
    }

    #[test]
    fn a_credit_note_gives_what_is_left_of_it() {
        assert_eq!(judge(-100, 0, 0, 0, -100), None);
        assert_eq!(judge(-100, 0, 0, 0, -101), Some(Excess::Back(1.into())));
        assert_eq!(judge(-100, -60, 0, 0, -41), Some(Excess::Back(1.into())));
        assert_eq!(judge(-100, 0, -100, 0, 100), None);
        assert_eq!(judge(-100, 0, -100, 0, 101), Some(Excess::Over(1.into())));
    }
}
