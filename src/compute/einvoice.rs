//! An issued document → the electronic invoice it is: the terms of EN 16931 from the frozen document alone.

use rust_decimal::Decimal;

use super::share::bears;
use crate::ledger::amount::round;
use crate::ledger::currency::Currency;
use crate::ledger::document::{
    Adjustment, Document, DocumentType, FrozenPay, Line, LineAdjustment, PriceMode,
};
use crate::ledger::draft::UNITS;
use crate::ledger::einvoice::{
    AllowanceCharge, Contact, Delivery, EInvoice, Identifier, InvoiceLine, Note, PayeeParty,
    Payment, Preceding, Supporting, Tax, TradeParty, VatBreakdown, media,
};
use crate::ledger::identifier::{is_sepa, is_siren};
use crate::ledger::party::ClientKind;
use crate::ledger::settings::PayKind;
use crate::ledger::vat::Category;

/// The most digits after the point that an amount of EN 16931 may have (BR-DEC-*).
pub const MOST_DIGITS: u32 = 2;

/// Why a document has no electronic form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoInvoice {
    /// Its currency has more digits than an amount of EN 16931 may have.
    Currency(Currency),
    /// A quote asks for no money.
    Quote,
}

impl NoInvoice {
    /// Says it in a sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::Currency(currency) => {
                format!(
                    "{currency} has {} digits after the point, an electronic invoice at most two (BR-DEC)",
                    currency.digits()
                )
            }
            Self::Quote => "a quote is no invoice".to_owned(),
        }
    }
}

/// Tells whether a document can be an electronic invoice.
///
/// # Errors
/// Says why it cannot.
pub fn possible(document: &Document) -> Result<(), NoInvoice> {
    if document.kind == DocumentType::Quote {
        Err(NoInvoice::Quote)
    } else if document.currency.digits() > MOST_DIGITS {
        Err(NoInvoice::Currency(document.currency))
    } else {
        Ok(())
    }
}

/// Tells whether both parties are businesses under the French duty of e-invoicing (CGI art. 289 bis): taxable, established in France.
pub fn is_french_b2b(document: &Document) -> bool {
    let buyer = &document.buyer;
    document.seller.address.country == "FR"
        && buyer.address.country == "FR"
        && buyer.kind == ClientKind::Business
        && buyer.taxable
}

/// What the mapping is told beside the document.
#[derive(Debug, Clone, Copy)]
pub struct Extras<'d> {
    /// BT-20 of a credit note, in the document's language: it has no due date (BR-CO-25).
    pub credit_terms: &'d str,
    /// The attached files, in the document's order.
    pub files: &'d [Vec<u8>],
}

/// Returns the electronic invoice of a document.
pub fn einvoice<'d>(document: &'d Document, extras: Extras<'d>) -> EInvoice<'d> {
    let d = document;
    let text = |value: &'d Option<String>| value.as_deref();
    EInvoice {
        number: d.number.as_str(),
        issued: d.issued,
        type_code: d.type_code,
        currency: d.currency,
        vat_currency: d.totals.vat_ledger.map(|_| d.ledger_currency),
        vat_point: text(&d.vat_point),
        due: d.due,
        buyer_reference: text(&d.buyer.reference),
        project: text(&d.project),
        contract: text(&d.contract),
        order: text(&d.order),
        accounting: text(&d.buyer.accounting),
        terms: d.due.is_none().then_some(extras.credit_terms),
        notes: notes(d),
        process: &d.process,
        preceding: preceding(d),
        seller: seller(d),
        buyer: buyer(d),
        payee: d.payee.as_ref().map(|payee| PayeeParty {
            name: &payee.name,
            registration: payee
                .id
                .as_deref()
                .map(|id| registration(id, &d.seller.address.country)),
        }),
        delivery: delivery(d),
        period: d.period,
        // Where nothing is asked for, as on a credit note, the seller's account would mislead.
        payment: d
            .pay
            .first()
            .filter(|_| asks_for_money(d))
            .map(|pay| payment(pay, d)),
        adjustments: adjustments(d),
        totals: d.totals,
        vat: d
            .vat
            .iter()
            .map(|group| VatBreakdown {
                tax: tax(group.category, group.rate),
                base: group.base,
                vat: group.vat,
                reason: text(&group.reason),
                code: text(&group.code),
            })
            .collect(),
        supporting: supporting(d, extras.files),
        lines: d.lines.iter().map(|own| line(own, d)).collect(),
    }
}

fn tax(category: Category, rate: Decimal) -> Tax {
    Tax {
        category,
        rate: (category != Category::O).then_some(rate),
    }
}

/// BG-3: what is corrected, or the deposits taken into account; a corrective names its original alone (BR-FR-CO-04).
fn preceding(d: &Document) -> Vec<Preceding<'_>> {
    let all = d
        .references
        .iter()
        .filter(|r| d.kind != DocumentType::Corrective || r.deducted.is_none());
    all.map(|r| Preceding {
        number: r.number.as_str(),
        issued: r.issued,
    })
    .collect()
}

/// The mentions, the seller's registry, the document's own words, and how the document is treated in France.
fn notes(d: &Document) -> Vec<Note<'_>> {
    let mut notes: Vec<Note<'_>> = d
        .mentions
        .iter()
        .map(|mention| Note {
            subject: mention.code.as_deref(),
            text: &mention.text,
        })
        .collect();
    let has = |code: &str, notes: &[Note<'_>]| notes.iter().any(|note| note.subject == Some(code));
    if let Some(registry) = d.seller.registry.as_deref().filter(|_| !has("ABL", &notes)) {
        notes.push(Note {
            subject: Some("ABL"),
            text: registry,
        });
    }
    for text in [&d.subject, &d.note].into_iter().flatten() {
        notes.push(Note {
            subject: None,
            text,
        });
    }
    // BR-FR-20: how the French rules treat it; B2B needs the buyer's SIREN (BR-FR-11).
    let treatment = match d.buyer.kind {
        _ if d.seller.address.country != "FR" => None,
        _ if is_french_b2b(d) => d.buyer.id.as_deref().is_some_and(is_siren).then_some("B2B"),
        ClientKind::Business if d.buyer.address.country != "FR" => Some("B2BINT"),
        _ => None,
    };
    if let Some(text) = treatment.filter(|_| !has("BAR", &notes)) {
        notes.push(Note {
            subject: Some("BAR"),
            text,
        });
    }
    notes
}

/// BR-O-02: outside the scope of VAT neither party's VAT number is stated.
fn states_vat_numbers(d: &Document) -> bool {
    d.vat.iter().all(|group| group.category != Category::O)
}

/// BT-30, BT-47, BT-61: in France the SIREN (scheme 0002), elsewhere `scheme:value`.
fn registration<'d>(id: &'d str, country: &str) -> Identifier<'d> {
    if country == "FR" && is_siren(id) {
        Identifier::of("0002", id)
    } else {
        Identifier::parse(id)
    }
}

fn seller(d: &Document) -> TradeParty<'_> {
    let s = &d.seller;
    let numbered = states_vat_numbers(d);
    let contact = Contact {
        name: s.contact.as_deref(),
        phone: s.phone.as_deref(),
        email: s.email.as_deref(),
    };
    TradeParty {
        name: &s.name,
        trade_name: s.trade_name.as_deref(),
        // A seller that has only a tax number, such as a German Steuernummer, is identified by it (BR-CO-26).
        id: match (&s.siret, &s.id, &s.vat, &s.tax_id) {
            (Some(siret), ..) => Some(Identifier::of("0009", siret)),
            (None, None, None, Some(tax_id)) => Some(Identifier {
                value: tax_id,
                scheme: None,
            }),
            _ => None,
        },
        registration: s
            .id
            .as_deref()
            .map(|id| registration(id, &s.address.country)),
        vat: s.vat.as_deref().filter(|_| numbered),
        tax_id: s.tax_id.as_deref().filter(|_| s.vat.is_none() || !numbered),
        legal: s.legal.as_deref(),
        endpoint: s.endpoint.as_deref().map(Identifier::parse),
        address: &s.address,
        contact: (contact != Contact::default()).then_some(contact),
    }
}

fn buyer(d: &Document) -> TradeParty<'_> {
    let b = &d.buyer;
    let contact = Contact {
        name: b.contact.as_deref(),
        phone: b.phone.as_deref(),
        email: b.email.as_deref(),
    };
    TradeParty {
        name: &b.name,
        trade_name: None,
        id: b
            .siret
            .as_deref()
            .map(|siret| Identifier::of("0009", siret)),
        registration: b
            .id
            .as_deref()
            .map(|id| registration(id, &b.address.country)),
        vat: b.vat.as_deref().filter(|_| states_vat_numbers(d)),
        tax_id: None,
        legal: None,
        endpoint: b.endpoint.as_deref().map(Identifier::parse),
        address: &b.address,
        contact: (contact != Contact::default()).then_some(contact),
    }
}

/// BG-13; an intra-EU supply always says where the goods went (BR-IC-12).
fn delivery(d: &Document) -> Delivery<'_> {
    let place = d.buyer.delivery.as_ref();
    let intra = d.vat.iter().any(|group| group.category == Category::K);
    Delivery {
        name: place.and_then(|place| place.name.as_deref()),
        // Were it the day of issue: an element of CII without content is refused by some platforms (PEPPOL-EN16931-R008).
        date: Some(d.supplied),
        address: place
            .map(|place| &place.address)
            .or_else(|| intra.then_some(&d.buyer.address)),
    }
}

/// BT-81 of a way to pay.
fn means_code(pay: &FrozenPay, currency: Currency) -> &'static str {
    match pay.kind {
        // A SEPA credit transfer is in euros, to an account of its area.
        PayKind::Transfer
            if currency.code() == "EUR" && pay.iban.as_deref().is_some_and(is_sepa) =>
        {
            "58"
        }
        PayKind::Transfer => "30",
        PayKind::Link => "68",
        PayKind::Cheque => "20",
        PayKind::Card => "48",
        PayKind::Cash => "10",
        PayKind::DirectDebit => "59",
    }
}

/// Tells whether the client is to pay something.
fn asks_for_money(d: &Document) -> bool {
    d.kind != DocumentType::Credit && d.totals.due > Decimal::ZERO
}

fn payment<'d>(pay: &'d FrozenPay, d: &'d Document) -> Payment<'d> {
    let debit = pay.kind == PayKind::DirectDebit;
    Payment {
        code: means_code(pay, d.currency),
        text: pay.label.as_deref(),
        reference: &d.payment_reference,
        iban: pay.iban.as_deref().filter(|_| !debit),
        holder: pay.holder.as_deref().filter(|_| !debit),
        bic: pay.bic.as_deref().filter(|_| !debit),
        mandate: pay.mandate.as_deref(),
        creditor_id: pay.creditor_id.as_deref(),
    }
}

fn adjustments(d: &Document) -> Vec<AllowanceCharge<'_>> {
    let part = |own: &'_ Adjustment, is_charge: bool| {
        let lines = d
            .lines
            .iter()
            .filter(|line| line.category == own.category && line.rate == own.rate)
            .filter(|line| bears(d, line));
        let base = lines.map(|line| line.net).sum();
        (
            own.amount,
            own.percent,
            own.percent.map(|_| base),
            tax(own.category, own.rate),
            is_charge,
        )
    };
    let mut list = Vec::with_capacity(d.discounts.len() + d.charges.len());
    for (own, is_charge) in d
        .discounts
        .iter()
        .map(|a| (a, false))
        .chain(d.charges.iter().map(|a| (a, true)))
    {
        let (amount, percent, base, tax, is_charge) = part(own, is_charge);
        list.push(AllowanceCharge {
            is_charge,
            amount,
            base,
            percent,
            reason: &own.reason,
            tax: Some(tax),
        });
    }
    list
}

fn supporting<'d>(d: &'d Document, files: &'d [Vec<u8>]) -> Vec<Supporting<'d>> {
    // BR-FR-17: in France the description is a word of a closed list.
    let description = (d.seller.address.country == "FR").then_some("DOCUMENT_ANNEXE");
    let mut list = Vec::with_capacity(files.len());
    for (attachment, bytes) in d.attachments.iter().zip(files) {
        // What may not travel is named as what it is: BR-CL-24 refuses it.
        let mime = media(&attachment.name).unwrap_or("application/octet-stream");
        list.push(Supporting {
            name: &attachment.name,
            description,
            mime,
            bytes,
        });
    }
    list
}

fn line<'d>(own: &'d Line, d: &Document) -> InvoiceLine<'d> {
    let digits = d.currency.digits();
    let unit = own.unit.as_deref().unwrap_or("piece");
    let unit = UNITS
        .iter()
        .find(|(word, _)| *word == unit)
        .map_or(unit, |(_, code)| code);
    let price = own.price_net.unwrap_or(own.price);
    // Frozen with VAT where prices hold it; BT-136 and BT-141 are without.
    let net = |amount: Decimal| match d.prices {
        PriceMode::Net => amount,
        PriceMode::Gross => round(
            amount * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED + own.rate),
            digits,
        ),
    };
    let adjustment = |part: &'d LineAdjustment, is_charge: bool| AllowanceCharge {
        is_charge,
        amount: net(part.amount),
        base: part.percent.map(|_| round(own.quantity * price, digits)),
        percent: part.percent,
        reason: &part.reason,
        tax: None,
    };
    let discount = own.discount.as_ref().map(|part| adjustment(part, false));
    let charge = own.charge.as_ref().map(|part| adjustment(part, true));
    InvoiceLine {
        quantity: own.quantity,
        unit,
        net: own.net,
        period: own.period,
        adjustments: discount.into_iter().chain(charge).collect(),
        price,
        tax: tax(own.category, own.rate),
        item: &own.item,
        description: own.description.as_deref(),
        sku: own.sku.as_deref(),
    }
}
