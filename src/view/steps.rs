//! How each figure of a document came about, as `show --explain` prints it.

use std::fmt::Write;

use crate::ledger::amount::{in_currency, plain};
use crate::ledger::document::{Document, LineAdjustment, PriceMode};

/// Returns the steps, one a line, each with its term of EN 16931.
pub fn explain(document: &Document) -> String {
    let mut out = String::new();
    let amount = |value| in_currency(value, document.currency);
    let gross_prices = document.prices == PriceMode::Gross;
    // Writing into a String cannot fail.
    let _ = writeln!(
        out,
        "Lines (BT-131), in {}, each rounded half away from zero:",
        document.currency
    );
    for (index, line) in document.lines.iter().enumerate() {
        let mut sum = format!("{} × {}", plain(line.quantity), plain(line.price));
        let part = |sign: &str, adjustment: &LineAdjustment| match adjustment.percent {
            Some(percent) => format!(
                " {sign} {} ({} %)",
                amount(adjustment.amount),
                plain(percent)
            ),
            None => format!(" {sign} {}", amount(adjustment.amount)),
        };
        sum.extend(line.discount.iter().map(|discount| part("−", discount)));
        sum.extend(line.charge.iter().map(|charge| part("+", charge)));
        let how = if gross_prices {
            " with VAT, without it"
        } else {
            " ="
        };
        let rate = format!("{} {} %", line.category.code(), plain(line.rate));
        let _ = writeln!(
            out,
            "  {}. {sum}{how} {}   [{rate}] {}",
            index + 1,
            amount(line.net),
            line.item
        );
    }
    let totals = &document.totals;
    let _ = writeln!(out, "Sum of the lines (BT-106) = {}", amount(totals.lines));
    for (title, sign, list) in [
        ("Discount (BT-92)", "−", &document.discounts),
        ("Charge (BT-99)", "+", &document.charges),
    ] {
        for part in list {
            let percent = part
                .percent
                .map(|percent| format!(" ({} %)", plain(percent)))
                .unwrap_or_default();
            let rate = format!("{} {} %", part.category.code(), plain(part.rate));
            let _ = writeln!(
                out,
                "{title} {sign} {}{percent}   [{rate}] {}",
                amount(part.amount),
                part.reason
            );
        }
    }
    let _ = writeln!(out, "Net (BT-109) = {}", amount(totals.net));
    let _ = writeln!(
        out,
        "VAT per category and rate (BG-23), on the summed nets:"
    );
    for group in &document.vat {
        let reason = group
            .reason
            .as_ref()
            .map(|reason| format!("   {reason}"))
            .unwrap_or_default();
        let (category, rate) = (group.category.code(), plain(group.rate));
        let _ = writeln!(
            out,
            "  {category}: {} × {rate} % = {}{reason}",
            amount(group.base),
            amount(group.vat)
        );
    }
    let _ = writeln!(out, "VAT (BT-110) = {}", amount(totals.vat));
    if let (Some(vat), Some(exchange)) = (totals.vat_ledger, &document.exchange) {
        let own = in_currency(vat, document.ledger_currency);
        let (rate, currency) = (plain(exchange.rate), document.ledger_currency);
        let _ = writeln!(
            out,
            "VAT in {currency} (BT-111) = {} × {rate} = {own}",
            amount(totals.vat)
        );
    }
    let _ = writeln!(
        out,
        "Gross (BT-112) = {} + {} = {}",
        amount(totals.net),
        amount(totals.vat),
        amount(totals.gross)
    );
    if !totals.rounding.is_zero() {
        let _ = writeln!(
            out,
            "Rounding (BT-114) = {}: what prices with VAT cannot meet",
            amount(totals.rounding)
        );
    }
    if !totals.deposits.is_zero() {
        let _ = writeln!(
            out,
            "Deposits taken into account − {}",
            amount(totals.deposits)
        );
    }
    if !totals.paid.is_zero() {
        let _ = writeln!(out, "Paid before issue − {}", amount(totals.paid));
    }
    let _ = writeln!(out, "Amount due (BT-115) = {}", amount(totals.due));
    out
}
