//! What happens to few documents' money beside payments, and the status that follows from all of it.

use rust_decimal::Decimal;

use super::position::Status;
use crate::ledger::document::DocumentType;

/// What happens to few documents' money.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Account {
    /// Principal paid that does not fit into the units that are kept of every document.
    pub(super) paid: Decimal,
    /// Discounts for early payment.
    pub(super) discounted: Decimal,
    /// Given up.
    pub(super) written_off: Decimal,
    /// What of it are differences of rounding and exchange, which may go either way.
    pub(super) differences: Decimal,
    /// Taken off by credit notes; on a credit note, what it took off others (negative).
    pub(super) credited: Decimal,
    /// What the credit notes on it take back.
    pub(super) credit_notes: Decimal,
}

/// Returns where a document stands: `owed` and `paid` are its money, `balance` is what is left of it.
pub(super) fn status(
    kind: DocumentType,
    (owed, paid): (Decimal, Decimal),
    account: &Account,
    balance: Decimal,
) -> Status {
    let paid = paid + account.discounted;
    if kind == DocumentType::Credit {
        return match (
            balance.is_zero(),
            paid.is_zero() && account.credited.is_zero(),
        ) {
            (true, _) if account.credited == owed => Status::Credited,
            (true, _) => Status::Paid,
            (false, true) => Status::Open,
            (false, false) => Status::PartlyPaid,
        };
    }
    if balance < Decimal::ZERO {
        return Status::Overpaid;
    }
    if balance > Decimal::ZERO {
        return if paid.is_zero() {
            Status::Open
        } else {
            Status::PartlyPaid
        };
    }
    if account.written_off > paid && account.written_off >= account.credited {
        Status::WrittenOff
    } else if account.credited > paid {
        Status::Credited
    } else {
        Status::Paid
    }
}
