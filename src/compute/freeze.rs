//! The parts of an issued document that are copied from settings, client and sums.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::decide::Decided;
use super::totals::{AdjustmentInput, AdjustmentSum, LineInput, Sums};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::document::{
    Adjustment, DocumentType, FrozenBuyer, FrozenSeller, Line, Share, VatGroup,
};
use crate::ledger::draft::DraftAdjustment;
use crate::ledger::party::{Client, Language, Operation, Seller, VatDue};
use crate::ledger::vat::{Category, VatChoice};
use crate::regime::circumstances::Supply;
use crate::span::Spanned;

/// Turns discounts or charges into figures; a rate that no line has is a problem.
pub(super) fn adjustments(
    list: &[DraftAdjustment],
    lines: &[LineInput],
    problems: &mut Diagnostics,
) -> Vec<AdjustmentInput> {
    let mut inputs = Vec::new();
    for adjustment in list {
        let vat = adjustment.vat.as_ref().map(|vat| match vat.value {
            VatChoice::Rate(rate) => (Category::S, rate),
            VatChoice::Case(case) => (case.category(), Decimal::ZERO),
        });
        if let (Some((category, rate)), Some(choice)) = (vat, &adjustment.vat)
            && !lines
                .iter()
                .any(|line| line.category == category && line.rate == rate)
        {
            problems.push(
                Diagnostic::error(code::LAW_VAT_RATE, "no line has this VAT rate")
                    .at(choice.span)
                    .hint("remove `vat` to split it over the lines' rates"),
            );
        }
        inputs.push(AdjustmentInput {
            share: adjustment.share.value,
            vat,
        });
    }
    inputs
}

pub(super) fn frozen_adjustments(
    inputs: &[DraftAdjustment],
    parts: &[AdjustmentSum],
    default: &str,
) -> Vec<Adjustment> {
    let freeze = |part: &AdjustmentSum| {
        let input = &inputs[part.input];
        Adjustment {
            amount: part.amount,
            percent: if let Share::Percent(percent) = input.share.value {
                Some(percent)
            } else {
                None
            },
            reason: input
                .reason
                .as_ref()
                .map_or_else(|| default.to_owned(), |reason| reason.value.clone()),
            category: part.category,
            rate: part.rate,
        }
    };
    parts.iter().map(freeze).collect()
}

/// Returns BT-3 (UNTDID 1001); a credit note on a deposit has a code of its own.
pub(super) fn type_code(kind: DocumentType, on_deposit: bool) -> u32 {
    match kind {
        DocumentType::Invoice | DocumentType::Final => 380,
        DocumentType::Deposit => 386,
        DocumentType::Credit if on_deposit => 503,
        DocumentType::Credit => 381,
        DocumentType::Corrective => 384,
        DocumentType::Quote => 310,
    }
}

/// Returns what a document supplies.
pub(super) fn supply(lines: &[Line]) -> Supply {
    let goods = lines.iter().any(|line| line.operation == Operation::Goods);
    let services = lines
        .iter()
        .any(|line| line.operation == Operation::Services);
    match (goods, services) {
        (true, true) => Supply::Mixed,
        (true, false) => Supply::Goods,
        _ => Supply::Services,
    }
}

/// Returns the first letter of BT-23.
pub(super) fn operation_letter(lines: &[Line]) -> char {
    match supply(lines) {
        Supply::Goods => 'B',
        Supply::Mixed => 'M',
        Supply::Services => 'S',
    }
}

/// Returns BT-8 (UNTDID 2475) where VAT on services follows the invoice: 5; where it follows the payment: 72.
pub(super) fn vat_point(due: VatDue, lines: &[Line]) -> Option<String> {
    let services = lines
        .iter()
        .any(|line| line.operation == Operation::Services);
    services.then(|| if due == VatDue::Debits { "5" } else { "72" }.to_owned())
}

/// VAT by category and rate. A category has one group (BR-E-01): beside an exemption, sums paid in the client's name are a second reason in
/// its text (BT-120), and no code stands for both (BT-121).
pub(super) fn vat_groups(decided: &[Decided], sums: &Sums, language: Language) -> Vec<VatGroup> {
    let between = if language == Language::Fr {
        " ; "
    } else {
        "; "
    };
    sums.groups
        .iter()
        .map(|group| {
            let same = |vat: &&Decided| vat.category == group.category && vat.rate == group.rate;
            let first = |is_disbursement: bool| {
                let mut members = decided.iter().filter(same);
                members.find(|vat| vat.is_disbursement == is_disbursement)
            };
            let members: Vec<&Decided> =
                [first(false), first(true)].into_iter().flatten().collect();
            let reasons: Vec<&str> = members
                .iter()
                .filter_map(|vat| vat.reason.as_deref())
                .collect();
            VatGroup {
                category: group.category,
                rate: group.rate,
                base: group.base,
                vat: group.vat,
                code: match members.as_slice() {
                    [one] => one.code.clone(),
                    _ => None,
                },
                reason: (!reasons.is_empty()).then(|| reasons.join(between)),
            }
        })
        .collect()
}

/// Form and capital, and what the law wants beside them, such as a liquidation.
fn stated(legal: Option<&String>, more: &[String]) -> Option<String> {
    let parts: Vec<&str> = legal.into_iter().chain(more).map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

pub(super) fn freeze_seller(
    seller: &Seller,
    more: &[String],
    day: NaiveDate,
    logo: Option<&str>,
    design: Option<&str>,
) -> FrozenSeller {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.value.clone());
    FrozenSeller {
        name: seller.name.value.clone(),
        form: seller.form,
        trade_name: seller.trade_name.clone(),
        id: text(&seller.id),
        siret: text(&seller.siret),
        vat: text(&seller.vat),
        tax_id: seller.tax_id.clone(),
        legal: stated(seller.legal.as_ref(), more),
        registry: seller.registry.clone(),
        vat_regime: seller.regime_on(day),
        vat_due: seller.vat_due,
        email: seller.email.as_ref().map(|email| email.value.clone()),
        phone: seller.phone.clone(),
        contact: seller.contact.clone(),
        website: seller.website.clone(),
        endpoint: seller.endpoint.clone(),
        logo: logo.map(str::to_owned),
        accent: seller.accent.clone(),
        design: design.map(str::to_owned),
        footer: seller.footer.clone(),
        address: seller.address.clone(),
    }
}

pub(super) fn freeze_buyer(client: &Client, delivers: bool) -> FrozenBuyer {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.value.clone());
    FrozenBuyer {
        client: client.id.clone(),
        name: client.name.value.clone(),
        kind: client.kind,
        taxable: client.taxable,
        id: text(&client.identifier),
        siret: text(&client.siret),
        vat: text(&client.vat),
        endpoint: client.endpoint.clone(),
        routing: client.routing.clone(),
        contact: client.contact.clone(),
        phone: client.phone.clone(),
        email: client.email.first().map(|email| email.value.clone()),
        reference: client.reference.clone(),
        accounting: client.accounting.clone(),
        address: client.address.clone().unwrap_or_default(),
        billing: client.billing.clone(),
        // Art. 242 nonies A, I-7° bis: where goods go; services are not delivered.
        delivery: client.delivery.clone().filter(|_| delivers),
    }
}
