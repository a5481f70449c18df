//! What a payment pays: the parts of one debt, or the oldest debts first.

use rust_decimal::Decimal;

use crate::ledger::book::Part;
use crate::ledger::terms::Allocation;

/// What is owed beside the debt itself, in its currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extras {
    /// Late interest not paid yet.
    pub interest: Decimal,
    /// Fixed indemnity and costs not paid yet.
    pub costs: Decimal,
}

/// A debt that a payment may go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    /// The document.
    pub number: String,
    /// What is left of it, without what is disputed.
    pub balance: Decimal,
    /// What is owed beside it.
    pub extras: Extras,
    /// In which order they are paid.
    pub policy: Allocation,
}

/// A part of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The document; none: the client's credit.
    pub number: Option<String>,
    /// What of it.
    pub part: Part,
    /// How much.
    pub amount: Decimal,
}

/// Shares a payment of one named document. Principal first: all of it is principal, and what is too much overpays the document.
/// Legal: interest, then costs, then all the rest is principal (C. civ. 1343-1). What is taken back is principal.
pub fn named(debt: &Debt, amount: Decimal) -> Vec<Share> {
    let mut shares = Vec::new();
    let left = extras(debt, amount, &mut shares);
    if !left.is_zero() {
        shares.push(Share {
            number: Some(debt.number.clone()),
            part: Part::Principal,
            amount: left,
        });
    }
    shares
}

/// Shares a payment that names no document over debts in the order given, oldest first; what is left is the client's credit.
pub fn oldest_first(debts: &[Debt], amount: Decimal) -> Vec<Share> {
    let mut shares = Vec::new();
    let mut left = amount;
    for debt in debts {
        left = extras(debt, left, &mut shares);
        let principal = left.min(debt.balance);
        if principal > Decimal::ZERO {
            shares.push(Share {
                number: Some(debt.number.clone()),
                part: Part::Principal,
                amount: principal,
            });
            left -= principal;
        }
    }
    if left > Decimal::ZERO {
        shares.push(Share {
            number: None,
            part: Part::Principal,
            amount: left,
        });
    }
    shares
}

/// Pays interest and costs where they go first; returns what is left of the amount.
fn extras(debt: &Debt, mut left: Decimal, shares: &mut Vec<Share>) -> Decimal {
    if debt.policy == Allocation::Legal {
        for (part, owed) in [
            (Part::Interest, debt.extras.interest),
            (Part::Fee, debt.extras.costs),
        ] {
            let amount = owed.min(left);
            if amount > Decimal::ZERO {
                shares.push(Share {
                    number: Some(debt.number.clone()),
                    part,
                    amount,
                });
                left -= amount;
            }
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debt(number: &str, balance: i64, policy: Allocation) -> Debt {
        let extras = Extras {
            interest: Decimal::from(12),
            costs: Decimal::from(40),
        };
        Debt {
            number: number.to_owned(),
            balance: Decimal::from(balance),
            extras,
            policy,
        }
    }

    fn shown(shares: &[Share]) -> Vec<String> {
        shares
            .iter()
            .map(|share| {
                let (word, _) = Part::WORDS
                    .iter()
                    .find(|(_, part)| *part == share.part)
                    .unwrap();
                format!(
                    "{} {word} {}",
                    share.number.as_deref().unwrap_or("credit"),
                    share.amount
                )
            })
            .collect()
    }

    #[test]
    fn the_law_puts_interest_and_costs_first() {
        let legal = debt("F1", 100, Allocation::Legal);
        assert_eq!(shown(&named(&legal, Decimal::from(10))), ["F1 interest 10"]);
        assert_eq!(
            shown(&named(&legal, Decimal::from(60))),
            ["F1 interest 12", "F1 fee 40", "F1 principal 8"]
        );
        assert_eq!(
            shown(&named(&legal, Decimal::from(-60))),
            ["F1 principal -60"]
        );
        let plain = debt("F1", 100, Allocation::PrincipalFirst);
        assert_eq!(
            shown(&named(&plain, Decimal::from(160))),
            ["F1 principal 160"]
        );
    }

    #[test]
    fn the_oldest_is_paid_first_and_the_rest_is_credit() {
        let debts = [
            debt("F1", 100, Allocation::PrincipalFirst),
            debt("F2", 50, Allocation::Legal),
        ];
        assert_eq!(
            shown(&oldest_first(&debts, Decimal::from(90))),
            ["F1 principal 90"]
        );
        assert_eq!(
            shown(&oldest_first(&debts, Decimal::from(300))),
            [
                "F1 principal 100",
                "F2 interest 12",
                "F2 fee 40",
                "F2 principal 50",
                "credit principal 98"
            ]
        );
    }
}
