//! What a message asks for: the balances of a client's documents and, where its step says so, interest and indemnity.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::chronicle::Chronicle;
use super::interest::claim;
use super::late::{Segment, Unknown};
use crate::diagnostic::Diagnostic;
use crate::ledger::amount::round;
use crate::ledger::currency::Currency;
use crate::ledger::document::Document;
use crate::regime::Regime;

/// A document that a message is about, and what its step asks for.
#[derive(Debug, Clone)]
pub struct Debt<'d> {
    /// The document.
    pub document: &'d Document,
    /// The due date that the message is about.
    pub due: Option<NaiveDate>,
    /// Days after it; 0 before.
    pub days_late: i64,
    /// Principal paid so far.
    pub paid: Decimal,
    /// What is left, without what is disputed.
    pub balance: Decimal,
    /// What of it is disputed.
    pub disputed: Decimal,
    /// Asks for late interest.
    pub interest: bool,
    /// Asks for the fixed indemnity.
    pub fee: bool,
}

/// What is asked for in one currency.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The documents' currency.
    pub currency: Currency,
    /// The sum of the balances.
    pub total: Decimal,
    /// The sum of what is disputed.
    pub disputed: Decimal,
    /// Late interest.
    pub interest: Decimal,
    /// What a further day adds to it.
    pub daily: Decimal,
    /// Fixed indemnities in the documents' currency.
    pub fee: Decimal,
    /// Fixed indemnities in the law's own currency, never added to the others.
    pub foreign_fee: Option<(Currency, Decimal)>,
    /// How the interest comes about, each stretch with its document's number.
    pub segments: Vec<(String, Segment)>,
    /// What is claimed beside each debt, in their order.
    pub claimed: Vec<Claimed>,
    /// Why a document's interest is not in it: a rate that is not known.
    pub unknown: Option<Diagnostic>,
}

/// What is claimed beside one debt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Claimed {
    /// Late interest; none where none is asked for, or its rate is not known.
    pub interest: Option<Decimal>,
    /// The fixed indemnity with its currency; none where none is asked for.
    pub fee: Option<(Currency, Decimal)>,
}

impl Demand {
    /// Returns a demand of a sum, and of nothing beside it.
    pub fn of(currency: Currency, total: Decimal) -> Self {
        let zero = Decimal::ZERO;
        let (segments, claimed) = (Vec::new(), Vec::new());
        Self {
            currency,
            total,
            disputed: zero,
            interest: zero,
            daily: zero,
            fee: zero,
            foreign_fee: None,
            segments,
            claimed,
            unknown: None,
        }
    }

    /// Returns what is asked for in the documents' currency.
    pub fn sum(&self) -> Decimal {
        self.total + self.interest + self.fee
    }

    /// Returns the fixed indemnities, each with its currency.
    pub fn fees(&self) -> impl Iterator<Item = (Currency, Decimal)> {
        std::iter::once((self.currency, self.fee)).chain(self.foreign_fee)
    }

    /// Returns all that is asked for, each amount with its currency.
    pub fn all(&self) -> impl Iterator<Item = (Currency, Decimal)> {
        std::iter::once((self.currency, self.sum())).chain(self.foreign_fee)
    }

    /// Tells whether anything is claimed beside the debt.
    pub fn has_claims(&self) -> bool {
        !self.interest.is_zero() || !self.fee.is_zero() || self.foreign_fee.is_some()
    }
}

/// Works out what is asked for as of a day, by currency in the order of the debts.
pub fn demands(
    debts: &[Debt<'_>],
    chronicle: &Chronicle,
    regime: &Regime,
    today: NaiveDate,
) -> Vec<Demand> {
    let same = |one: &Debt<'_>, other: &Debt<'_>| one.document.currency == other.document.currency;
    debts
        .chunk_by(same)
        .map(|debts| demand(debts, debts[0].document.currency, chronicle, regime, today))
        .collect()
}

/// Works out what is asked for as of a day with debts of one currency. Without the rate of a half-year a document's interest is left out, and
/// that is said; the indemnity does not depend on it.
fn demand(
    debts: &[Debt<'_>],
    currency: Currency,
    chronicle: &Chronicle,
    regime: &Regime,
    today: NaiveDate,
) -> Demand {
    let mut sum = Demand::of(currency, Decimal::ZERO);
    let mut foreign: Option<(Currency, Decimal)> = None;
    let mut daily = Decimal::ZERO;
    for debt in debts {
        let document = debt.document;
        sum.total += debt.balance;
        sum.disputed += debt.disputed;
        let mut claimed = Claimed::default();
        let found = claim(document, chronicle, regime, today);
        let owed = (found.fee_currency, found.fee_left());
        // A message says what is owed as of its day: interest that is counted to an earlier one would be too little.
        if debt.interest && found.unknown.is_some() {
            sum.unknown = found.unknown.as_ref().map(Unknown::problem);
        } else if debt.interest {
            claimed.interest = Some(found.interest_left());
            sum.interest += found.interest_left();
            // Once interest has stopped, no further day adds to it.
            if let Some(last) = found
                .segments
                .last()
                .filter(|last| last.to == today && found.stopped().is_none())
            {
                let year = Decimal::from(document.terms.day_count) * Decimal::ONE_HUNDRED;
                daily += last.balance * last.rate / year;
            }
            let own = |segment: Segment| (document.number.to_string(), segment);
            sum.segments.extend(found.segments.into_iter().map(own));
        }
        claimed.fee = debt.fee.then_some(owed);
        sum.claimed.push(claimed);
        if debt.fee && owed.0 == currency {
            sum.fee += owed.1;
        } else if debt.fee {
            foreign.get_or_insert((owed.0, Decimal::ZERO)).1 += owed.1;
        }
    }
    sum.foreign_fee = foreign.filter(|(_, fee)| !fee.is_zero());
    sum.daily = round(daily, currency.digits());
    sum
}
