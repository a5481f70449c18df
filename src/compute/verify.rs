//! A frozen document's figures, worked out again: what EN 16931 says of them, exactly.

use rust_decimal::Decimal;

use super::register::left_at;
use super::totals::vat_of;
use crate::ledger::amount::{in_currency, round};
use crate::ledger::document::{Adjustment, Document, Line, PriceMode};
use crate::span::Span;

/// A figure that is not what its parts give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where.
    pub span: Span,
    /// Which term, with the rule.
    pub what: String,
    /// What the file says.
    pub found: String,
    /// What it must be.
    pub expected: String,
}

/// Returns every figure of a document that its parts do not give.
pub fn verify(document: &Document) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let currency = document.currency;
    let mut compare = |span: Span, what: &str, value: Decimal, expected: Decimal| {
        if value != expected {
            let (value, expected) = (
                in_currency(value, currency),
                in_currency(expected, currency),
            );
            found.push(Mismatch {
                span,
                what: what.to_owned(),
                found: value,
                expected,
            });
        }
    };
    if document.prices == PriceMode::Net {
        for line in &document.lines {
            compare(
                line.span,
                "net of the line (BT-131)",
                line.net,
                line_net(line, currency.digits()),
            );
        }
    }
    let totals = &document.totals;
    let at = document.totals_span;
    let sum = |list: &[Adjustment]| list.iter().map(|part| part.amount).sum::<Decimal>();
    compare(
        at,
        "sum of the lines (BT-106, BR-CO-10)",
        totals.lines,
        document.lines.iter().map(|line| line.net).sum(),
    );
    compare(
        at,
        "discounts (BT-107, BR-CO-11)",
        totals.discounts,
        sum(&document.discounts),
    );
    compare(
        at,
        "charges (BT-108, BR-CO-12)",
        totals.charges,
        sum(&document.charges),
    );
    compare(
        at,
        "net (BT-109, BR-CO-13)",
        totals.net,
        totals.lines - totals.discounts + totals.charges,
    );
    for group in &document.vat {
        let same = |category, rate| group.category == category && group.rate == rate;
        let lines: Decimal = document
            .lines
            .iter()
            .filter(|l| same(l.category, l.rate))
            .map(|l| l.net)
            .sum();
        let part = |list: &[Adjustment]| -> Decimal {
            list.iter()
                .filter(|a| same(a.category, a.rate))
                .map(|a| a.amount)
                .sum()
        };
        let base = lines - part(&document.discounts) + part(&document.charges);
        compare(at, "VAT base (BT-116, BR-S-08)", group.base, base);
        // With all of the base that was left, a credit note takes back all of the VAT that was.
        let left = left_at(document, group.category, group.rate).unwrap_or_default();
        let rest: (Decimal, Decimal) = left.iter().fold(Default::default(), |sum, slice| {
            (sum.0 + slice.base, sum.1 + slice.vat)
        });
        let expected = if !left.is_empty() && rest.0 == group.base {
            rest.1
        } else {
            vat_of(group.base, group.rate, currency.digits())
        };
        compare(at, "VAT of a rate (BT-117, BR-CO-17)", group.vat, expected);
    }
    compare(
        at,
        "VAT (BT-110, BR-CO-14)",
        totals.vat,
        document.vat.iter().map(|group| group.vat).sum(),
    );
    compare(
        at,
        "gross (BT-112, BR-CO-15)",
        totals.gross,
        totals.net + totals.vat,
    );
    let deducted = document
        .references
        .iter()
        .filter_map(|reference| reference.deducted)
        .sum();
    compare(
        at,
        "deposits taken into account (part of BT-113)",
        totals.deposits,
        deducted,
    );
    compare(
        at,
        "owed",
        totals.owed,
        totals.gross + totals.rounding - totals.deposits,
    );
    compare(
        at,
        "amount due (BT-115, BR-CO-16)",
        totals.due,
        totals.owed - totals.paid,
    );
    if let (Some(exchange), Some(vat)) = (&document.exchange, totals.vat_ledger) {
        let expected = round(
            totals.vat * exchange.rate,
            document.ledger_currency.digits(),
        );
        compare(at, "VAT in the ledger's currency (BT-111)", vat, expected);
    }
    found
}

/// BT-131 = quantity × price − discount + charge, rounded.
fn line_net(line: &Line, digits: u32) -> Decimal {
    let exact = line.quantity.checked_mul(line.price).unwrap_or_default();
    let discount = line
        .discount
        .as_ref()
        .map_or(Decimal::ZERO, |discount| discount.amount);
    let charge = line
        .charge
        .as_ref()
        .map_or(Decimal::ZERO, |charge| charge.amount);
    round(exact - discount + charge, digits)
}
