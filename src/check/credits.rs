//! What a credit note takes back beside what is left of its documents.

use rust_decimal::Decimal;

use crate::compute::rest::{Left, is_within};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::amount::{in_currency, plain};
use crate::ledger::document::Document;
use crate::ledger::vat::Category;

/// Returns what is wrong: VAT is taken back that was never charged, more in all than is left, or all that is left but not at its rates.
pub fn exceeding(document: &Document, left: &Left) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let currency = document.currency;
    let show = |value| in_currency(value, currency);
    let names: Vec<&str> = document
        .references
        .iter()
        .map(|reference| reference.number.as_str())
        .collect();
    for group in &document.vat {
        let rest = left.group(group.category, group.rate);
        let rest = rest.map_or(Decimal::ZERO, |rest| rest.base);
        if !is_within(group.base, rest) {
            let rate = if group.rate.is_zero() {
                format!("category {}", group.category.code())
            } else {
                format!("{} % VAT", plain(group.rate))
            };
            let (base, rest) = (show(group.base), show(rest));
            let message = if base.starts_with('-') == rest.starts_with('-') {
                format!("{base} at {rate} are more than the {rest} left of it")
            } else {
                format!("{base} at {rate} do not take back what is left of it, {rest}")
            };
            let hint = "a credit note takes back at the rates at which its document charged";
            problems.push(Diagnostic::error(code::CREDIT_EXCEEDS, message).hint(hint));
        }
    }
    let (asked, rest) = (document.totals.owed, left.asked());
    let bases: Vec<(Category, Decimal, Decimal)> = document
        .vat
        .iter()
        .map(|group| (group.category, group.rate, group.base))
        .collect();
    if asked > rest {
        let message = format!(
            "{} {currency} are more than the {} left to credit",
            show(asked),
            show(rest)
        );
        let hint =
            "earlier credit notes have taken the rest: `acquit list --client CLIENT` shows them";
        problems.push(Diagnostic::error(code::CREDIT_EXCEEDS, message).hint(hint));
    } else if asked == rest && problems.is_empty() && !left.is_all(&bases) {
        let message = format!(
            "{} {currency} are all that is left to credit, and leave bases or VAT behind",
            show(asked)
        );
        let hint = match &names[..] {
            [one] => format!("`acquit credit {one}` drafts the rest, rate by rate"),
            _ => "let each rate's lines come to what is left of it".to_owned(),
        };
        problems.push(Diagnostic::error(code::CREDIT_REST, message).hint(hint));
    }
    problems
}
