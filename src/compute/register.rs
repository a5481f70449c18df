//! A document → its row in the register.

use rust_decimal::Decimal;

use crate::ledger::amount::{fixed, in_currency, plain, split};
use crate::ledger::date;
use crate::ledger::document::{Document, DocumentType, Reference, Slice, VatGroup};
use crate::ledger::party::Operation;
use crate::ledger::vat::Category;

/// Returns the breakdown of a document by operation, category and rate, services before goods before disbursements, then category, then rate falling. It
/// sums to the document's net and VAT; a credit note's is negative. On a final the breakdowns of its deposits are taken off, on a
/// corrective its original's: so the breakdowns of a period sum to its turnover and VAT.
pub fn breakdown(document: &Document) -> Vec<Slice> {
    let mut slices = standing(document);
    if document.kind == DocumentType::Corrective {
        let originals = document
            .references
            .iter()
            .filter(|reference| reference.deducted.is_none());
        take_off(&mut slices, originals);
    }
    slices.sort_by(|a, b| {
        let by_kind = a
            .operation
            .cmp(&b.operation)
            .then(a.category.code().cmp(b.category.code()));
        by_kind.then(b.rate.cmp(&a.rate))
    });
    slices
}

/// What a document stands for by itself: its own lines less the deposits that it takes into account. A corrective takes this off for
/// the document it replaces, whatever that one had replaced before.
fn standing(document: &Document) -> Vec<Slice> {
    let mut slices = own(document);
    take_off(
        &mut slices,
        document
            .references
            .iter()
            .filter(|reference| reference.deducted.is_some()),
    );
    slices
}

fn take_off<'r>(slices: &mut Vec<Slice>, references: impl Iterator<Item = &'r Reference>) {
    let mut taken = false;
    for slice in references.flat_map(|reference| &reference.vat) {
        add(
            slices,
            Slice {
                base: -slice.base,
                vat: -slice.vat,
                ..*slice
            },
        );
        taken = true;
    }
    if taken {
        slices.retain(|slice| !slice.base.is_zero() || !slice.vat.is_zero());
    }
}

/// Adds a part to those of its operation, category and rate.
pub fn add(slices: &mut Vec<Slice>, part: Slice) {
    let same = |slice: &&mut Slice| {
        (slice.operation, slice.category, slice.rate) == (part.operation, part.category, part.rate)
    };
    match slices.iter_mut().find(same) {
        Some(slice) => {
            slice.base += part.base;
            slice.vat += part.vat;
        }
        None => slices.push(part),
    }
}

/// Reads a breakdown as the register spells it; nothing where it is spelt otherwise.
pub fn parse_breakdown(text: &str) -> Vec<Slice> {
    let part = |text: &str| {
        let mut fields = text.split(':');
        let operation = fields.next()?;
        let operation = Operation::WORDS
            .iter()
            .find(|(word, _)| *word == operation)?
            .1;
        let category = Category::parse(fields.next()?)?;
        let mut figure = || Decimal::from_str_exact(fields.next()?).ok();
        Some(Slice {
            operation,
            category,
            rate: figure()?,
            base: figure()?,
            vat: figure()?,
        })
    };
    text.split(';').filter_map(part).collect()
}

/// Returns what the document's own lines come to, by operation, category and rate; negative on a credit note.
pub fn own(document: &Document) -> Vec<Slice> {
    let digits = document.currency.digits();
    let sign = document.kind.sign();
    let mut slices = Vec::new();
    for group in &document.vat {
        if let Some(taken_back) = taken_back(document, group) {
            slices.extend(taken_back);
            continue;
        }
        let net_of = |operation: Operation| {
            let lines = document.lines.iter().filter(|line| {
                line.operation == operation
                    && line.category == group.category
                    && line.rate == group.rate
            });
            let mut nets = lines.map(|line| line.net).peekable();
            nets.peek().is_some().then(|| (operation, nets.sum()))
        };
        let mut operations: Vec<(Operation, Decimal)> = [Operation::Services, Operation::Goods]
            .into_iter()
            .filter_map(net_of)
            .collect();
        // No discount falls on what was paid in the client's name, unless there is nothing else.
        let paid = net_of(Operation::Disbursement);
        let apart = paid.filter(|_| !operations.is_empty());
        if apart.is_none() {
            operations.extend(paid);
        }
        let weights: Vec<Decimal> = operations.iter().map(|(_, net)| *net).collect();
        let rest = group.base - apart.map_or(Decimal::ZERO, |(_, net)| net);
        let mut bases = split(rest, &weights, digits);
        operations.extend(apart);
        bases.extend(apart.map(|(_, net)| net));
        let vats = split(group.vat, &bases, digits);
        for ((operation, _), (base, vat)) in operations.iter().zip(bases.iter().zip(&vats)) {
            let (operation, category, rate) = (*operation, group.category, group.rate);
            slices.push(Slice {
                operation,
                category,
                rate,
                base: base * sign,
                vat: vat * sign,
            });
        }
    }
    slices
}

/// A credit note on all that was left of its documents at a rate takes it back as it was split over operations there: where prices hold
/// VAT, its own lines may come to a cent more of the one and less of the other.
fn taken_back(document: &Document, group: &VatGroup) -> Option<Vec<Slice>> {
    let slices = left_at(document, group.category, group.rate)?;
    let sum = |part: fn(&Slice) -> Decimal| slices.iter().map(part).sum::<Decimal>();
    let is_all = !slices.is_empty()
        && (sum(|slice| slice.base), sum(|slice| slice.vat)) == (group.base, group.vat);
    is_all.then(|| {
        slices
            .iter()
            .map(|slice| Slice {
                base: -slice.base,
                vat: -slice.vat,
                ..*slice
            })
            .collect()
    })
}

/// Returns what was left to credit, at a category and rate, of the documents that a credit note corrects, as it has it frozen. None of
/// another document, nor of several documents of which it does not say what was left.
pub fn left_at(document: &Document, category: Category, rate: Decimal) -> Option<Vec<Slice>> {
    let references = &document.references;
    let is_known =
        references.len() == 1 || references.iter().all(|reference| reference.left.is_some());
    if document.kind != DocumentType::Credit || !is_known {
        return None;
    }
    let mut slices = Vec::new();
    for reference in references {
        for slice in reference.left.as_ref().unwrap_or(&reference.vat) {
            if slice.category == category && slice.rate == rate {
                add(&mut slices, *slice);
            }
        }
    }
    Some(slices)
}

/// Returns what a corrective, or a final that deducts it, states of a document; `deducted` is what a final takes off for a deposit.
pub fn reference(document: &Document, deducted: Option<Decimal>) -> Reference {
    let (number, issued, gross) = (
        document.number.clone(),
        document.issued,
        document.totals.gross,
    );
    Reference {
        number,
        issued,
        gross,
        deducted,
        vat: standing(document),
        left: None,
    }
}

/// Returns what a credit note states of a document: all that it charged, deposits or not, and what others have left of it.
pub fn credited(document: &Document, left: Option<Vec<Slice>>) -> Reference {
    Reference {
        vat: own(document),
        left,
        ..reference(document, None)
    }
}

/// Returns the numbers that a document corrects or deducts, as the register's `refs` spells them.
pub fn refs(document: &Document) -> String {
    document
        .references
        .iter()
        .map(|reference| reference.number.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the fields of a document's row, all but the seal, in the order of the header.
pub fn fields(document: &Document, sha256: &str) -> Vec<String> {
    let currency = document.currency;
    let digits = currency.digits();
    let is_credit = document.kind == DocumentType::Credit;
    let figure = |value: Decimal| in_currency(if is_credit { -value } else { value }, currency);
    let mut slices = String::with_capacity(64);
    for slice in breakdown(document) {
        let (base, vat, rate) = (
            fixed(slice.base, digits),
            in_currency(slice.vat, currency),
            plain(slice.rate),
        );
        let parts = [
            slice.operation.word(),
            slice.category.code(),
            &rate,
            &base,
            &vat,
        ];
        for (index, part) in parts.into_iter().enumerate() {
            let separator = if index > 0 {
                ":"
            } else if slices.is_empty() {
                ""
            } else {
                ";"
            };
            slices.extend([separator, part]);
        }
    }
    let exchange = document
        .exchange
        .as_ref()
        .map_or(Decimal::ONE, |exchange| exchange.rate);
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
