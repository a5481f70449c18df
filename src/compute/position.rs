//! Where a document stands as of a day: its money and its status, both derived, never stored.

use crate::ledger::words::words;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;

/// A document's money and standing as of the books' day.
#[derive(Debug, Clone)]
pub struct Position<'b> {
    /// BT-1.
    pub number: &'b str,
    /// Type.
    pub kind: DocumentType,
    /// The client's id.
    pub client: &'b str,
    /// BT-44.
    pub buyer: &'b str,
    /// BT-2.
    pub issued: NaiveDate,
    /// BT-9.
    pub due: Option<NaiveDate>,
    /// Days after the due date that counts, where something is late; else 0.
    pub days_late: i64,
    /// BT-5.
    pub currency: Currency,
    /// BT-112.
    pub gross: Decimal,
    /// Deposits taken into account.
    pub deposits: Decimal,
    /// What it adds to what the client owes; 0 once replaced.
    pub owed: Decimal,
    /// Taken off by credit notes.
    pub credited: Decimal,
    /// Principal paid.
    pub paid: Decimal,
    /// The day of the last principal payment.
    pub paid_on: Option<NaiveDate>,
    /// Discounts for early payment.
    pub discounted: Decimal,
    /// Written off.
    pub written_off: Decimal,
    /// owed − credited − paid − discounted − written off.
    pub balance: Decimal,
    /// The part of the balance that is past the due date that counts, and not disputed.
    pub late: Decimal,
    /// The part of the balance that is disputed.
    pub disputed: Decimal,
    /// Derived status.
    pub status: Status,
    /// Held until a day, or for good.
    pub hold: Option<Option<NaiveDate>>,
    /// Promised for a day that has not passed.
    pub promise: Option<NaiveDate>,
    /// What is asked for now: by its plan what is late, else the part that comes next; without one all that is not disputed.
    pub asked: Decimal,
    /// The number of the plan that is about it.
    pub plan: Option<&'b str>,
    /// The due date of the earliest part of its plan that is not met.
    pub plan_due: Option<NaiveDate>,
}

impl Position<'_> {
    /// Returns what it adds to all that was charged, VAT and disbursements included: a replaced document nothing, a final no deposit again.
    pub fn charged(&self) -> Decimal {
        if self.status == Status::Replaced {
            Decimal::ZERO
        } else {
            self.gross - self.deposits
        }
    }

    /// Returns the due date that counts: its plan's, else its own.
    pub fn falls_due(&self) -> Option<NaiveDate> {
        self.plan_due.or(self.due)
    }

    /// Returns the flags beside its status, words of [`FLAGS`] in their order. A settled document is neither held, planned nor promised.
    pub fn flags(&self) -> Vec<String> {
        let is_open = self.balance > Decimal::ZERO;
        let set = [
            !self.late.is_zero(),
            !self.disputed.is_zero(),
            is_open && self.hold.is_some(),
            is_open && self.plan.is_some(),
            is_open && self.promise.is_some(),
        ];
        FLAGS
            .iter()
            .zip(set)
            .filter(|(_, set)| *set)
            .map(|(flag, _)| (*flag).to_owned())
            .collect()
    }
}

/// The flags that a document may have beside its status.
pub const FLAGS: [&str; 5] = ["overdue", "disputed", "on-hold", "planned", "promised"];

words! {
    /// Derived status.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Status {
        /// Nothing came yet.
        Open = "open",
        /// Something came, not all.
        PartlyPaid = "partly-paid",
        /// All came.
        Paid = "paid",
        /// More came.
        Overpaid = "overpaid",
        /// Taken off by credit notes; of a credit note: used up.
        Credited = "credited",
        /// A corrective stands in its place.
        Replaced = "replaced",
        /// Given up.
        WrittenOff = "written-off",
    }
}
