//! A document → its row in the register.

use rust_decimal::Decimal;

use crate::ledger::amount::{fixed, in_currency, plain, split};
use crate::ledger::date;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::party::Operation;
use crate::ledger::vat::Category;

/// Part of a document's turnover and VAT: one operation, category and rate. Signed as in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Goods or services.
    pub operation: Operation,
    /// BT-118.
    pub category: Category,
    /// BT-119, in percent.
    pub rate: Decimal,
    /// Without VAT.
    pub base: Decimal,
    /// VAT.
    pub vat: Decimal,
}

/// Returns the breakdown of a document by operation, category and rate, services before goods, then category, then rate falling. It
/// sums to the document's net and VAT; a credit note's is negative.
pub fn breakdown(document: &Document) -> Vec<Slice> {
    let digits = document.currency.digits();
    let sign = document.kind.sign();
    let mut slices = Vec::new();
    for group in &document.vat {
        let operations: Vec<(Operation, Decimal)> = [Operation::Services, Operation::Goods]
            .into_iter()
            .filter_map(|operation| {
                let lines = document.lines.iter().filter(|line| {
                    line.operation == operation && line.category == group.category && line.rate == group.rate
                });
                let mut nets = lines.map(|line| line.net).peekable();
                nets.peek().is_some().then(|| (operation, nets.sum()))
            })
            .collect();
        let weights: Vec<Decimal> = operations.iter().map(|(_, net)| *net).collect();
        let bases = split(group.base, &weights, digits);
        let vats = split(group.vat, &bases, digits);
        for ((operation, _), (base, vat)) in operations.iter().zip(bases.iter().zip(&vats)) {
            let (operation, category, rate) = (*operation, group.category, group.rate);
            slices.push(Slice { operation, category, rate, base: base * sign, vat: vat * sign });
        }
    }
    slices.sort_by(|a, b| {
        let by_kind = a.operation.cmp(&b.operation).then(a.category.code().cmp(b.category.code()));
        by_kind.then(b.rate.cmp(&a.rate))
    });
    slices
}

/// Returns the numbers that a document corrects or deducts, as the register's `refs` spells them.
pub fn refs(document: &Document) -> String {
    document.references.iter().map(|reference| reference.number.as_str()).collect::<Vec<_>>().join(" ")
}

/// Returns the fields of a document's row, all but the seal, in the order of the header.
pub fn fields(document: &Document, sha256: &str) -> Vec<String> {
    let currency = document.currency;
    let digits = currency.digits();
    let is_credit = document.kind == DocumentType::Credit;
    let figure = |value: Decimal| in_currency(if is_credit { -value } else { value }, currency);
    let mut slices = String::with_capacity(64);
    for slice in breakdown(document) {
        let (base, vat, rate) = (fixed(slice.base, digits), in_currency(slice.vat, currency), plain(slice.rate));
        let parts = [slice.operation.word(), slice.category.code(), &rate, &base, &vat];
        for (index, part) in parts.into_iter().enumerate() {
            let separator = if index > 0 { ":" } else if slices.is_empty() { "" } else { ";" };
            slices.extend([separator, part]);
        }
    }
    let exchange = document.exchange.as_ref().map_or(Decimal::ONE, |exchange| exchange.rate);
    let totals = &document.totals;
    vec![
        document.number.to_string(),
        document.kind.word().to_owned(),
        document.buyer.client.clone(),
        document.buyer.name.clone(),
        date::spell(document.issued),
        date::spell(document.supplied),
        document.due.map(date::spell).unwrap_or_default(),
        currency.to_string(),
        plain(exchange),
        figure(totals.net),
        figure(totals.vat),
        figure(totals.gross),
        figure(totals.deposits),
        figure(totals.owed),
        slices,
        refs(document),
        sha256.to_owned(),
    ]
}
