//! What a message may say: the placeholders of its template, all as finished text in the client's language.

use serde::Serialize;

/// One document of a message.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Item {
    /// BT-1.
    pub number: String,
    /// BT-5, its code: amounts of different currencies are never added.
    pub currency: String,
    /// Kind of document in the client's language.
    pub kind: String,
    /// What is asked for: its kind, or `Tranche de la facture` where a plan counts.
    pub what: String,
    /// Whether due date and balance are those of an instalment, not of the whole.
    pub is_instalment: bool,
    /// Order, contract and quote it comes from; empty if none is named.
    pub origin: String,
    /// Issue date.
    pub issued: String,
    /// Due date; of a quote the last day on which it can be accepted.
    pub due: String,
    /// Days after the due date; `0` before it.
    pub days_late: String,
    /// The same with its unit: `22 jours`.
    pub late: String,
    /// Total, VAT included.
    pub gross: String,
    /// What has come so far for the whole.
    pub paid: String,
    /// Whether anything has come.
    pub is_partly_paid: bool,
    /// What is still owed, without what is disputed.
    pub balance: String,
    /// What explains the balance: what has come of a whole, what is disputed. Empty where nothing needs to be explained.
    pub note: String,
    /// BT-83.
    pub reference: String,
    /// Numbers that a credit note takes back or a corrective replaces; empty on others.
    pub corrects: String,
}

/// A stretch of late interest.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SegmentText {
    /// The document's number.
    pub number: String,
    /// First day.
    pub from: String,
    /// Last day, included.
    pub to: String,
    /// How many days.
    pub days: String,
    /// The same with its unit: `22 jours`.
    pub length: String,
    /// How many days a year has for the rate.
    pub year: String,
    /// What was owed.
    pub balance: String,
    /// Percent a year.
    pub rate: String,
    /// The interest.
    pub interest: String,
}

/// A way to pay, as lines.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PayText {
    /// What it is.
    pub label: String,
    /// Its lines.
    pub lines: Vec<String>,
}

/// A reminder that went out before.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ReminderText {
    /// Its day.
    pub date: String,
    /// Its step, in words.
    pub step: String,
    /// The numbers of its documents.
    pub number: String,
}

/// A payment that came.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PaymentText {
    /// Its day.
    pub date: String,
    /// How much.
    pub amount: String,
    /// The document's number.
    pub number: String,
}

/// An instalment.
#[derive(Debug, Clone, Default, Serialize)]
pub struct InstalmentText {
    /// When it is due.
    pub due: String,
    /// How much.
    pub amount: String,
}

/// A payment plan; its texts are empty where there is none.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlanText {
    /// Its number.
    pub number: String,
    /// The day it was agreed.
    pub agreed: String,
    /// The sum of its instalments.
    pub total: String,
    /// Its instalments, in order.
    pub instalments: Vec<InstalmentText>,
    /// What becomes of interest: `suspended`, `runs` or `waived`.
    pub interest: String,
    /// Whether one missed instalment makes everything payable.
    pub accelerates: bool,
}

/// Everything a message may say.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question that a template asks"
)]
#[derive(Debug, Clone, Default, Serialize)]
pub struct Message {
    /// The day of the message.
    pub today: String,
    /// The seller's town.
    pub place: String,
    /// The seller's name.
    pub seller: String,
    /// The seller's e-mail address; empty if none.
    pub seller_email: String,
    /// The seller's telephone; empty if none.
    pub seller_phone: String,
    /// The seller in full: name, address, identifiers.
    pub seller_lines: Vec<String>,
    /// The client's name.
    pub client: String,
    /// The client's contact; empty if none.
    pub contact: String,
    /// The client's telephone; empty if none.
    pub client_phone: String,
    /// The client in full: name, address, identifiers.
    pub client_lines: Vec<String>,
    /// Whether the page shows place, day and both parties already.
    pub is_letter: bool,
    /// The documents, by currency, oldest due first.
    pub items: Vec<Item>,
    /// Whether any of them is past its due date.
    pub is_late: bool,
    /// The sum of the balances; of each currency, where there are several.
    pub total: String,
    /// Whether interest or the indemnity is claimed.
    pub has_claims: bool,
    /// How the interest comes about; empty if none is claimed.
    pub segments: Vec<SegmentText>,
    /// Interest; empty if none is claimed.
    pub interest: String,
    /// What each further day adds to it; empty where nothing more is added.
    pub daily_interest: String,
    /// Fixed indemnity; empty if none is claimed.
    pub fee: String,
    /// Total with interest and indemnity.
    pub total_with_claims: String,
    /// Ways to pay.
    pub pay: Vec<PayText>,
    /// The account of the first transfer; empty if none.
    pub iban: String,
    /// The references of the documents.
    pub reference: String,
    /// The payment link; empty if none.
    pub link: String,
    /// The reminders that went out before.
    pub reminders: Vec<ReminderText>,
    /// The payments that came.
    pub payments: Vec<PaymentText>,
    /// Days that the formal notice gives, from its receipt.
    pub deadline: String,
    /// What the law makes of the formal notice, and what follows it.
    pub notice: String,
    /// What was received: of a message of thanks.
    pub received: String,
    /// When it was received.
    pub received_on: String,
    /// Whether the documents are collected by direct debit.
    pub is_debited: bool,
    /// Whether nothing is left to pay.
    pub is_settled: bool,
    /// The payment plan.
    pub plan: PlanText,
    /// What is disputed.
    pub disputed: String,
    /// Whether something is left that is not disputed.
    pub has_undisputed: bool,
}
