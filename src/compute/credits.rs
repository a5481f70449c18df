//! Clients' credits, payment by payment: money that names no document, less what was used or paid back of each.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::ledger::book::{Method, Payment};
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;

/// Money that named no document when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The client's id.
    pub client: String,
    /// Currency.
    pub currency: Currency,
    /// When it came.
    pub date: NaiveDate,
    /// What is left of it.
    pub left: Decimal,
}

/// What takes credits down: client, currency, date, which credit it names (empty: none), amount below zero.
type Use = (String, Currency, NaiveDate, String, Decimal);

/// Returns the credits of a ledger up to a day by the ids of their payments.
pub fn credits(ledger: &Ledger, to: NaiveDate) -> BTreeMap<String, Credit> {
    let mut credits = Credits::default();
    for payment in ledger.payments().filter(|payment| payment.date <= to) {
        credits.add(&payment);
    }
    credits.close()
}

/// The credits in the making.
#[derive(Debug, Default)]
struct Credits {
    list: BTreeMap<String, Credit>,
    uses: Vec<Use>,
}

impl Credits {
    /// Adds a payment; those that name a document are none of ours.
    fn add(&mut self, payment: &Payment<'_>) {
        if !payment.document.is_empty() {
            return;
        }
        let client = payment.client.to_owned();
        if payment.amount < Decimal::ZERO {
            // An offset names the credit that it uses in its reference; what is paid back names none.
            let names = if payment.method == Method::Offset {
                payment.reference
            } else {
                ""
            };
            self.uses.push((
                client,
                payment.currency,
                payment.date,
                names.to_owned(),
                payment.amount,
            ));
            return;
        }
        let (currency, date) = (payment.currency, payment.date);
        let credit = self.list.entry(payment.id.to_owned());
        credit
            .or_insert_with(|| Credit {
                client,
                currency,
                date,
                left: Decimal::ZERO,
            })
            .left += payment.amount;
    }

    /// Returns the credits by their ids, once all payments are in. What names no credit takes the oldest first.
    fn close(mut self) -> BTreeMap<String, Credit> {
        let (named, unnamed): (Vec<Use>, Vec<Use>) = self
            .uses
            .drain(..)
            .partition(|(_, _, _, names, _)| self.list.contains_key(names));
        for (_, _, _, names, amount) in named {
            if let Some(credit) = self.list.get_mut(&names) {
                credit.left += amount;
            }
        }
        let mut order: Vec<(NaiveDate, String)> = self
            .list
            .iter()
            .map(|(id, credit)| (credit.date, id.clone()))
            .collect();
        order.sort_unstable();
        for (client, currency, _, _, amount) in unnamed {
            let mut left = -amount;
            for (_, id) in &order {
                let Some(credit) = self.list.get_mut(id) else {
                    continue;
                };
                if credit.client == client
                    && credit.currency == currency
                    && credit.left > Decimal::ZERO
                {
                    let taken = left.min(credit.left);
                    credit.left -= taken;
                    left -= taken;
                }
            }
        }
        self.list
    }
}
