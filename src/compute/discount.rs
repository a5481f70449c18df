//! Whether a payment earns the discount for early payment that its document offers.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::position::Position;
use crate::ledger::amount::round;
use crate::ledger::document::FrozenDiscount;

/// What becomes of the discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to say: the payment asks for none, or it was given already.
    None,
    /// Earned: so much is taken off.
    Given(Decimal),
    /// The payment that earned it is taken back: so much is owed again.
    TakenBack(Decimal),
    /// Paid after the last day.
    Late(NaiveDate),
    /// In time, but so much less than what was asked for.
    Short {
        /// What is missing.
        missing: Decimal,
        /// What had to be paid.
        asked: Decimal,
    },
}

/// Judges a payment of principal on a document that stood so at the end of the payment's day, without the payment itself.
///
/// The discount is the offered percentage of what is owed after credit notes, and never more than the amount that was printed.
pub fn judge(
    offer: &FrozenDiscount,
    before: &Position<'_>,
    payment: Decimal,
    date: NaiveDate,
) -> Verdict {
    let rest = before.balance - payment;
    // What credit notes on the document let go back leaves nothing open.
    if payment < Decimal::ZERO
        && rest > Decimal::ZERO
        && before.discounted > Decimal::ZERO
        && before.credited.is_zero()
    {
        return Verdict::TakenBack(before.discounted);
    }
    if payment <= Decimal::ZERO || rest <= Decimal::ZERO || !before.discounted.is_zero() {
        return Verdict::None;
    }
    let owed = (before.owed - before.credited) * offer.percent / Decimal::ONE_HUNDRED;
    let amount = offer.amount.min(round(owed, before.currency.digits()));
    let asked = before.balance - amount;
    match (payment >= asked, date <= offer.date) {
        (true, true) => Verdict::Given(rest),
        (true, false) => Verdict::Late(offer.date),
        (false, true) => Verdict::Short {
            missing: asked - payment,
            asked,
        },
        (false, false) => Verdict::None,
    }
}
