//! Parts of a document: a share of it per rate, some of its lines. Prices are in the document's own mode: with VAT
//! where its prices hold VAT.

use rust_decimal::Decimal;

use super::register::{add, own};
use super::rest::{Left, ShareLine};
use super::totals::vat_of;
use crate::ledger::amount::{round, split};
use crate::ledger::document::{Adjustment, Document, Line, PriceMode, Slice, VatGroup};
use crate::ledger::party::Operation;

/// Returns a slice as a line of a document whose prices are in a mode.
fn line(slice: &Slice, mode: PriceMode) -> ShareLine {
    let amount = if mode == PriceMode::Gross {
        slice.base + slice.vat
    } else {
        slice.base
    };
    ShareLine {
        operation: slice.operation,
        category: slice.category,
        rate: slice.rate,
        amount,
    }
}

/// Returns what a document comes to in prices of a mode, less what credit notes took back (which is negative). In prices with VAT it sums to
/// what the document asks for, each rate with the cents of its rounding amount.
pub fn whole(document: &Document, mode: PriceMode, credits: &Left) -> Vec<ShareLine> {
    let mut slices = own(document);
    for slice in &credits.slices {
        add(&mut slices, *slice);
    }
    let mut lines: Vec<ShareLine> = slices.iter().map(|slice| line(slice, mode)).collect();
    if mode == PriceMode::Gross && document.prices == PriceMode::Gross {
        let alone = lines_alone(document, &Left::default());
        for (group, rounding) in document.vat.iter().zip(roundings(document, &alone)) {
            let same =
                |line: &ShareLine| line.category == group.category && line.rate == group.rate;
            put(&mut lines, same, rounding);
        }
    }
    if mode == PriceMode::Gross {
        put(&mut lines, |_| true, credits.rounding);
    }
    lines.retain(|line| !line.amount.is_zero());
    lines
}

/// Adds cents to the largest of some lines.
fn put(lines: &mut [ShareLine], which: impl Fn(&ShareLine) -> bool, cents: Decimal) {
    let chosen = lines.iter_mut().filter(|line| which(line));
    if let Some(line) = chosen.max_by_key(|line| line.amount.abs()) {
        line.amount += cents;
    }
}

/// Returns what the lines of a document come to before discounts and charges on the whole, less what credit notes took back.
pub fn lines_alone(document: &Document, credits: &Left) -> Vec<ShareLine> {
    let digits = document.currency.digits();
    let mut sums: Vec<ShareLine> = Vec::new();
    let mut add = |part: ShareLine| {
        let key = |line: &ShareLine| (line.operation, line.category, line.rate);
        match sums.iter_mut().find(|line| key(line) == key(&part)) {
            Some(line) => line.amount += part.amount,
            None => sums.push(part),
        }
    };
    for line in &document.lines {
        let off = line
            .discount
            .as_ref()
            .map_or(Decimal::ZERO, |part| part.amount);
        let on = line
            .charge
            .as_ref()
            .map_or(Decimal::ZERO, |part| part.amount);
        let amount = round(line.quantity * line.price - off + on, digits);
        add(ShareLine {
            operation: line.operation,
            category: line.category,
            rate: line.rate,
            amount,
        });
    }
    for slice in &credits.slices {
        add(line(slice, document.prices));
    }
    if document.prices == PriceMode::Gross {
        put(&mut sums, |_| true, credits.rounding);
    }
    sums.retain(|line| !line.amount.is_zero());
    sums
}

/// Returns discounts and charges of the whole in the document's own prices. Those on prices with VAT are frozen without it: they are
/// worked out so that lines, discounts and charges come to each rate's total again.
pub fn restated(document: &Document) -> (Vec<Adjustment>, Vec<Adjustment>) {
    let (mut discounts, mut charges) = (document.discounts.clone(), document.charges.clone());
    if document.prices == PriceMode::Net {
        return (discounts, charges);
    }
    let digits = document.currency.digits();
    let lines = lines_alone(document, &Left::default());
    let roundings = roundings(document, &lines);
    for (group, rounding) in document.vat.iter().zip(roundings) {
        let factor = Decimal::ONE + group.rate / Decimal::ONE_HUNDRED;
        let same =
            |part: &&mut Adjustment| part.category == group.category && part.rate == group.rate;
        let mut rest = of_rate(&lines, group) - (group.base + group.vat + rounding);
        for part in discounts.iter_mut().filter(same) {
            part.amount = round(part.amount * factor, digits);
            rest -= part.amount;
        }
        for part in charges.iter_mut().filter(same) {
            part.amount = round(part.amount * factor, digits);
            rest += part.amount;
        }
        if let Some(part) = discounts.iter_mut().find(same) {
            part.amount += rest;
        } else if let Some(part) = charges.iter_mut().find(same) {
            part.amount -= rest;
        }
    }
    (discounts, charges)
}

/// What lines come to at a rate.
fn of_rate(lines: &[ShareLine], group: &VatGroup) -> Decimal {
    let same = |line: &&ShareLine| line.category == group.category && line.rate == group.rate;
    lines.iter().filter(same).map(|line| line.amount).sum()
}

/// How the rounding amount (BT-114) of prices with VAT came about, rate by rate: where there are discounts on the whole, at a rate
/// whose total with VAT no base gives.
fn roundings(document: &Document, lines: &[ShareLine]) -> Vec<Decimal> {
    let digits = document.currency.digits();
    let is_adjusted = |group: &VatGroup| {
        let mut parts = document.discounts.iter().chain(&document.charges);
        parts.any(|part| part.category == group.category && part.rate == group.rate)
    };
    let plain = |group: &VatGroup| {
        if is_adjusted(group) {
            Decimal::ZERO
        } else {
            of_rate(lines, group) - group.base - group.vat
        }
    };
    let mut roundings: Vec<Decimal> = document.vat.iter().map(plain).collect();
    let mut left = document.totals.rounding - roundings.iter().copied().sum::<Decimal>();
    let unit = Decimal::new(1, digits);
    for (group, rounding) in document.vat.iter().zip(&mut roundings) {
        let step = if left.is_sign_negative() { -unit } else { unit };
        let total = group.base + group.vat + step;
        let first = round(
            total / (Decimal::ONE + group.rate / Decimal::ONE_HUNDRED),
            digits,
        );
        let meets = |base: &Decimal| *base + vat_of(*base, group.rate, digits) == total;
        let is_missed =
            first == group.base && ![first, first - unit, first + unit].iter().any(meets);
        if !left.is_zero() && is_adjusted(group) && is_missed {
            *rounding = step;
            left -= step;
        }
    }
    roundings
}

/// Returns what is left of discounts or charges once others are taken off, rate by rate; negative where more was taken.
pub fn remaining(list: &[Adjustment], taken: &[Adjustment]) -> Vec<Adjustment> {
    let mut left: Vec<Adjustment> = list.to_vec();
    for part in taken {
        let mut rest = part.amount;
        let same = |own: &&mut Adjustment| own.category == part.category && own.rate == part.rate;
        for own in left.iter_mut().filter(same) {
            let off = rest.min(own.amount);
            own.amount -= off;
            rest -= off;
        }
        if !rest.is_zero() {
            left.push(Adjustment {
                amount: -rest,
                ..part.clone()
            });
        }
    }
    left.retain(|part| !part.amount.is_zero());
    left
}

/// Returns a share in percent of a document, split over its rates by largest remainder.
pub fn percent(document: &Document, percent: Decimal) -> Vec<ShareLine> {
    let digits = document.currency.digits();
    let lines = whole(document, document.prices, &Left::default());
    let amounts: Vec<Decimal> = lines.iter().map(|line| line.amount).collect();
    let total = round(
        amounts.iter().copied().sum::<Decimal>() * percent / Decimal::ONE_HUNDRED,
        digits,
    );
    let parts = split(total, &amounts, digits);
    let lines = lines
        .into_iter()
        .zip(parts)
        .map(|(line, amount)| ShareLine { amount, ..line });
    lines.filter(|line| !line.amount.is_zero()).collect()
}

/// Returns what a milestone that is a share comes to. Milestones are rounded together: those up to one of them sum to their share of
/// the whole, so that shares of 100 % leave nothing.
pub fn milestone(quote: &Document, index: usize) -> Vec<ShareLine> {
    let digits = quote.currency.digits();
    let upto = |count: usize| -> Decimal {
        quote
            .milestones
            .iter()
            .take(count)
            .filter_map(|part| part.share)
            .sum::<Decimal>()
            / Decimal::ONE_HUNDRED
    };
    let (before, after) = (upto(index), upto(index + 1));
    let lines = whole(quote, quote.prices, &Left::default())
        .into_iter()
        .map(|line| {
            let amount = round(line.amount * after, digits) - round(line.amount * before, digits);
            ShareLine { amount, ..line }
        });
    lines.filter(|line| !line.amount.is_zero()).collect()
}

/// Returns the places of a milestone's lines, from 0.
pub fn places(quote: &Document, index: usize) -> Vec<usize> {
    let lines = quote
        .milestones
        .get(index)
        .map_or(&[][..], |part| &part.lines);
    lines
        .iter()
        .filter_map(|line| usize::try_from(*line).ok()?.checked_sub(1))
        .collect()
}

/// Returns what falls on a milestone of discounts or charges of the whole quote, pro rata to its lines at each one's rate. Milestones
/// are rounded together, as shares are.
pub fn adjusted(quote: &Document, list: &[Adjustment], index: usize) -> Vec<Adjustment> {
    let lines =
        |count: usize| -> Vec<usize> { (0..count).flat_map(|at| places(quote, at)).collect() };
    portion(quote, list, &lines(index), &lines(index + 1))
}

/// Returns what falls on some lines of a document of its discounts or charges, pro rata at each one's rate.
pub fn adjusted_lines(
    document: &Document,
    list: &[Adjustment],
    places: &[usize],
) -> Vec<Adjustment> {
    portion(document, list, &[], places)
}

/// Whether discounts and charges on the whole fall on a line: on sums paid in the client's name only where its rate has nothing else.
pub fn bears(document: &Document, line: &Line) -> bool {
    let same = |other: &&Line| other.category == line.category && other.rate == line.rate;
    let mut others = document.lines.iter().filter(same);
    line.operation != Operation::Disbursement
        || others.all(|other| other.operation == Operation::Disbursement)
}

/// What falls on the lines `after`, less what falls on the lines `before`.
fn portion(
    document: &Document,
    list: &[Adjustment],
    before: &[usize],
    after: &[usize],
) -> Vec<Adjustment> {
    let digits = document.currency.digits();
    let mut parts = Vec::new();
    for part in list {
        let same = |at: &usize| {
            document
                .lines
                .get(*at)
                .filter(|line| line.category == part.category && line.rate == part.rate)
                .filter(|line| bears(document, line))
        };
        let sum = |places: &[usize]| -> Decimal {
            places.iter().filter_map(same).map(|line| line.net).sum()
        };
        let all: Vec<usize> = (0..document.lines.len()).collect();
        let total = sum(&all);
        if total.is_zero() {
            continue;
        }
        let share = |places: &[usize]| round(part.amount * sum(places) / total, digits);
        let amount = share(after) - share(before);
        if !amount.is_zero() {
            parts.push(Adjustment {
                amount,
                ..part.clone()
            });
        }
    }
    parts
}
