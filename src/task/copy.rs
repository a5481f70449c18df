//! An issued document → the text of a draft: its lines, discounts and charges as they were written, or parts of them.

use rust_decimal::Decimal;

use crate::compute::rest::ShareLine;
use crate::ledger::amount::{in_currency, plain};
use crate::ledger::document::{Adjustment, Document, LineAdjustment, PriceMode};
use crate::ledger::party::Operation;
use crate::ledger::vat::{Category, DISBURSEMENT};
use crate::regime;
use crate::view::toml::{self, Text};

/// The keys of a table of a draft, with finished values.
pub type Keys = Vec<(&'static str, String)>;

/// Adds `client`, `type` and `subject`.
pub fn head(text: &mut Text, document: &Document, kind: &str) {
    text.text("client", &document.buyer.client)
        .text("type", kind)
        .maybe("subject", document.subject.as_ref());
}

/// Adds the numbers that the client gave.
pub fn references(text: &mut Text, document: &Document) {
    text.maybe("order", document.order.as_ref())
        .maybe("contract", document.contract.as_ref())
        .maybe("project", document.project.as_ref());
}

/// Adds when the document's work was done: what takes it back or restates it says so as well.
pub fn supply(text: &mut Text, document: &Document) {
    if let Some(day) = document.delivered {
        text.raw("delivered", day);
    }
    if let Some(span) = document.period {
        text.raw(
            "period",
            format!("{{ from = {}, to = {} }}", span.from, span.to),
        );
    }
}

/// Adds the works of a document: `all` also what only its quote states.
pub fn works(text: &mut Text, document: &Document, all: bool) {
    let Some(works) = &document.works else {
        return;
    };
    let mut works = works.clone();
    if !all {
        (works.certify, works.hourly_rate, works.travel) = (None, None, None);
    }
    text.raw("works", toml::works(&works));
}

/// Adds how prices, language and currency are; `prices` may be another than the document's.
pub fn frame(text: &mut Text, document: &Document, prices: PriceMode) {
    if prices == PriceMode::Gross {
        text.text("prices", "gross");
    }
    text.text("language", document.language.code())
        .text("currency", document.currency.code());
    if let Some(exchange) = &document.exchange {
        let mut parts = vec![format!("rate = {}", plain(exchange.rate))];
        parts.extend(exchange.date.map(|day| format!("date = {day}")));
        parts.extend(
            exchange
                .source
                .as_ref()
                .map(|source| format!("source = {}", toml::string(source))),
        );
        text.raw("exchange", format!("{{ {} }}", parts.join(", ")));
    }
}

/// Adds a table of an array.
pub fn element(text: &mut Text, name: &str, keys: Keys) {
    text.element(name);
    for (key, value) in keys {
        text.raw(key, value);
    }
}

/// Adds discounts and charges of the whole; what is negative turns into the other.
pub fn adjustments(
    text: &mut Text,
    document: &Document,
    discounts: &[Adjustment],
    charges: &[Adjustment],
) {
    for (name, other, list) in [
        ("discount", "charge", discounts),
        ("charge", "discount", charges),
    ] {
        for part in list {
            let name = if part.amount.is_sign_negative() {
                other
            } else {
                name
            };
            let part = Adjustment {
                amount: part.amount.abs(),
                ..part.clone()
            };
            element(text, name, adjustment(&part, document));
        }
    }
}

/// Returns a document's lines; `all` also what does not belong to a new invoice: dates.
pub fn lines(document: &Document, all: bool) -> Vec<Keys> {
    let share = |adjustment: &LineAdjustment| match adjustment.percent {
        Some(percent) => toml::string(&format!("{}%", plain(percent))),
        None => plain(adjustment.amount),
    };
    let mut lines = Vec::new();
    for line in &document.lines {
        let mut keys = vec![("item", toml::string(&line.item))];
        keys.extend(
            line.description
                .as_ref()
                .map(|text| ("description", toml::string(text))),
        );
        if let Some(period) = line.period.filter(|_| all) {
            keys.push((
                "period",
                format!("{{ from = {}, to = {} }}", period.from, period.to),
            ));
        }
        keys.extend(operation_key(line.operation));
        keys.push(("quantity", plain(line.quantity)));
        keys.extend(line.unit.as_ref().map(|unit| ("unit", toml::string(unit))));
        keys.push(("price", plain(line.price)));
        keys.extend(line_vat(document, line.operation, line.category, line.rate));
        for (name, reason, adjustment) in [
            ("discount", "discount_reason", &line.discount),
            ("charge", "charge_reason", &line.charge),
        ] {
            if let Some(adjustment) = adjustment {
                keys.push((name, share(adjustment)));
                keys.push((reason, toml::string(&adjustment.reason)));
            }
        }
        keys.extend(line.sku.as_ref().map(|sku| ("sku", toml::string(sku))));
        lines.push(keys);
    }
    lines
}

/// Returns a line that stands for a share of a document; `taken` turns its sign.
pub fn share_line(document: &Document, line: &ShareLine, item: &str, taken: bool) -> Keys {
    let quantity = if line.amount.is_sign_negative() == taken {
        "1"
    } else {
        "-1"
    };
    let mut keys = vec![
        ("item", toml::string(item)),
        ("quantity", quantity.to_owned()),
        ("price", in_currency(line.amount.abs(), document.currency)),
    ];
    keys.splice(1..1, operation_key(line.operation));
    keys.extend(line_vat(document, line.operation, line.category, line.rate));
    keys
}

/// Whether a category has what is under franchise, and beside it sums paid in the client's name.
fn is_mixed(document: &Document, category: Category) -> bool {
    let has = |disbursement: bool| {
        document.lines.iter().any(|line| {
            line.category == category && (line.operation == Operation::Disbursement) == disbursement
        })
    };
    category == Category::E && has(true) && has(false)
}

/// Returns `operation`; a disbursement is one by its VAT.
fn operation_key(operation: Operation) -> Option<(&'static str, String)> {
    let is_supply = operation != Operation::Disbursement;
    is_supply.then(|| ("operation", toml::string(operation.word())))
}

/// Returns `vat` and `vat_reason` of a frozen line, or of a part of its document.
fn line_vat(document: &Document, operation: Operation, category: Category, rate: Decimal) -> Keys {
    match operation {
        // The frozen reason is that of both.
        Operation::Disbursement if is_mixed(document, category) => {
            vec![("vat", toml::string("disbursement"))]
        }
        Operation::Disbursement => vat_keys(document, category, rate)
            .into_iter()
            .map(|(key, value)| match key {
                "vat" => (key, toml::string("disbursement")),
                _ => (key, value),
            })
            .collect(),
        Operation::Services | Operation::Goods => vat_keys(document, category, rate),
    }
}

/// Returns the keys of a discount or charge, whose amount is in the document's own prices.
pub fn adjustment(part: &Adjustment, document: &Document) -> Keys {
    let amount = in_currency(part.amount, document.currency);
    let mut keys = vec![("amount", amount), ("reason", toml::string(&part.reason))];
    keys.extend(
        vat_keys(document, part.category, part.rate)
            .into_iter()
            .filter(|(key, _)| *key == "vat"),
    );
    keys
}

/// Returns `vat` and `vat_reason` of a frozen line.
fn vat_keys(document: &Document, category: Category, rate: Decimal) -> Keys {
    if category == Category::S {
        return vec![("vat", plain(rate))];
    }
    let group = document
        .vat
        .iter()
        .find(|group| group.category == category && group.rate == rate);
    let reason = group.and_then(|group| group.reason.clone());
    let code = group
        .and_then(|group| group.code.clone())
        .or_else(|| reason.clone());
    // Words that are not the law's own for the code are repeated.
    let law = regime::built_in(&document.seller.address.country);
    let worded = |code: &str| law.reason(code, document.issued, document.language);
    let own = group
        .and_then(|group| group.code.as_deref())
        .and_then(|code| reason.filter(|reason| worded(code) != Some(reason)));
    // Beside disbursements what is under franchise has no code of its own.
    if is_mixed(document, category) || code.as_deref() == Some("VATEX-FR-FRANCHISE") {
        return Vec::new();
    }
    let word = match (category, code.as_deref()) {
        (Category::Ae, _) => "reverse-charge",
        (Category::K, _) => "intra-eu",
        (Category::G, _) => "export",
        (Category::O, _) => "outside",
        (Category::Z, _) => "zero",
        (_, Some(DISBURSEMENT)) => "disbursement",
        _ => "exempt",
    };
    let mut keys = vec![("vat", toml::string(word))];
    keys.extend(code.map(|code| ("vat_reason", toml::string(&code))));
    keys.extend(own.map(|text| ("vat_text", toml::string(&text))));
    keys
}
