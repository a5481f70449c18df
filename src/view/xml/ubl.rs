//! EN 16931 in the syntax of OASIS UBL 2.1: `Invoice`, and `CreditNote` for credit notes.
//!
//! The order of the elements is that of the schema. Each line names the terms it writes.

use rust_decimal::Decimal;

use super::{Xml, base64, day, some};
use crate::ledger::amount::{fixed, plain};
use crate::ledger::currency::Currency;
use crate::ledger::document::Period;
use crate::ledger::einvoice::{
    AllowanceCharge, EInvoice, Identifier, InvoiceLine, PROFILE, Payment, Tax, TradeParty,
    VatBreakdown,
};
use crate::ledger::party::Address;

const COMPONENTS: [(&str, &str); 2] = [
    (
        "xmlns:cac",
        "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    ),
    (
        "xmlns:cbc",
        "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    ),
];

/// Returns the UBL file of an electronic invoice: UTF-8 with a final line feed.
pub fn ubl(invoice: &EInvoice<'_>) -> Vec<u8> {
    let (root, namespace) = if invoice.is_credit() {
        (
            "CreditNote",
            "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
        )
    } else {
        (
            "Invoice",
            "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        )
    };
    let mut x = Xml::new(root, &[("xmlns", namespace), COMPONENTS[0], COMPONENTS[1]]);
    let writer = Ubl {
        i: invoice,
        currency: invoice.currency,
        is_credit: invoice.is_credit(),
    };
    writer.head(&mut x);
    writer.references(&mut x);
    writer.parties(&mut x);
    writer.delivery(&mut x);
    writer.payment(&mut x);
    for part in &invoice.adjustments {
        writer.adjustment(&mut x, part);
    }
    writer.vat(&mut x);
    x.group("cac:LegalMonetaryTotal", |x| writer.totals(x)); // BG-22
    for (index, line) in invoice.lines.iter().enumerate() {
        let name = if writer.is_credit {
            "cac:CreditNoteLine"
        } else {
            "cac:InvoiceLine"
        };
        x.group(name, |x| writer.line(x, index + 1, line)); // BG-25
    }
    x.finish(root)
}

struct Ubl<'i> {
    i: &'i EInvoice<'i>,
    currency: Currency,
    is_credit: bool,
}

/// BT-8: UBL spells UNTDID 2475 in the codes of UNTDID 2005.
fn vat_point(code: &str) -> &str {
    match code {
        "5" => "3",
        "29" => "35",
        "72" => "432",
        other => other,
    }
}

fn address(x: &mut Xml, name: &str, own: &Address) {
    x.group(name, |x| {
        x.maybe("cbc:StreetName", own.street.as_deref()); // BT-35, BT-50, BT-75
        x.maybe("cbc:AdditionalStreetName", own.more.as_deref()); // BT-36, BT-51, BT-76
        x.maybe("cbc:CityName", own.city.as_deref()); // BT-37, BT-52, BT-77
        x.maybe("cbc:PostalZone", own.postcode.as_deref()); // BT-38, BT-53, BT-78
        x.maybe("cbc:CountrySubentity", own.region.as_deref()); // BT-39, BT-54, BT-79
        x.group("cac:Country", |x| {
            x.leaf("cbc:IdentificationCode", &own.country);
        }); // BT-40, BT-55, BT-80
    });
}

/// BG-14, BG-26.
fn period(x: &mut Xml, span: Option<Period>, code: Option<&str>) {
    if span.is_none() && code.is_none() {
        return;
    }
    x.group("cac:InvoicePeriod", |x| {
        if let Some(span) = span {
            x.leaf("cbc:StartDate", &day(span.from)); // BT-73, BT-134
            x.leaf("cbc:EndDate", &day(span.to)); // BT-74, BT-135
        }
        x.maybe("cbc:DescriptionCode", code); // BT-8
    });
}

fn scheme(x: &mut Xml, id: &str) {
    x.group("cac:TaxScheme", |x| x.leaf("cbc:ID", id));
}

fn reference(x: &mut Xml, name: &str, id: Option<&str>) {
    if let Some(id) = id {
        x.group(name, |x| x.leaf("cbc:ID", id));
    }
}

impl Ubl<'_> {
    fn amount(&self, x: &mut Xml, name: &str, value: Decimal) {
        let text = fixed(value, self.currency.digits());
        x.leaf_with(name, &[("currencyID", self.currency.code())], &text);
    }

    fn maybe_amount(&self, x: &mut Xml, name: &str, value: Option<Decimal>) {
        if let Some(value) = value {
            self.amount(x, name, value);
        }
    }

    fn head(&self, x: &mut Xml) {
        let i = self.i;
        x.leaf("cbc:CustomizationID", PROFILE); // BT-24
        x.leaf("cbc:ProfileID", i.process); // BT-23
        x.leaf("cbc:ID", i.number); // BT-1
        x.leaf("cbc:IssueDate", &day(i.issued)); // BT-2
        if self.is_credit {
            x.leaf("cbc:CreditNoteTypeCode", &i.type_code.to_string()); // BT-3
        } else {
            x.maybe("cbc:DueDate", i.due.map(day).as_deref()); // BT-9
            x.leaf("cbc:InvoiceTypeCode", &i.type_code.to_string()); // BT-3
        }
        for note in &i.notes {
            // BT-21 stands before BT-22, between number signs.
            match note.subject {
                Some(subject) => x.leaf("cbc:Note", &format!("#{subject}#{}", note.text)),
                None => x.leaf("cbc:Note", note.text),
            }
        }
        x.leaf("cbc:DocumentCurrencyCode", i.currency.code()); // BT-5
        x.maybe("cbc:TaxCurrencyCode", i.vat_currency.map(Currency::code)); // BT-6
        x.maybe("cbc:AccountingCost", i.accounting); // BT-19
        x.maybe("cbc:BuyerReference", i.buyer_reference); // BT-10
        period(x, i.period, i.vat_point.map(vat_point));
        reference(x, "cac:OrderReference", i.order); // BT-13
    }

    fn references(&self, x: &mut Xml) {
        for preceding in &self.i.preceding {
            x.group("cac:BillingReference", |x| {
                x.group("cac:InvoiceDocumentReference", |x| {
                    x.leaf("cbc:ID", preceding.number); // BT-25
                    x.leaf("cbc:IssueDate", &day(preceding.issued)); // BT-26
                });
            });
        }
        reference(x, "cac:ContractDocumentReference", self.i.contract); // BT-12
        for file in &self.i.supporting {
            x.group("cac:AdditionalDocumentReference", |x| {
                x.leaf("cbc:ID", file.name); // BT-122
                x.maybe("cbc:DocumentDescription", file.description); // BT-123
                let attributes = [("mimeCode", file.mime), ("filename", file.name)];
                x.group("cac:Attachment", |x| {
                    x.leaf_with(
                        "cbc:EmbeddedDocumentBinaryObject",
                        &attributes,
                        &base64(file.bytes),
                    ); // BT-125
                });
            });
        }
        match (self.i.project, self.is_credit) {
            (Some(project), false) => reference(x, "cac:ProjectReference", Some(project)), // BT-11
            // A credit note of UBL has no place of its own for BT-11: UNTDID 1001 code 50 says what it is.
            (Some(project), true) => x.group("cac:AdditionalDocumentReference", |x| {
                x.leaf("cbc:ID", project);
                x.leaf("cbc:DocumentTypeCode", "50");
            }),
            (None, _) => {}
        }
    }

    fn parties(&self, x: &mut Xml) {
        let creditor = self
            .i
            .payment
            .as_ref()
            .and_then(|payment| payment.creditor_id);
        x.group("cac:AccountingSupplierParty", |x| {
            x.group("cac:Party", |x| party(x, &self.i.seller, creditor)); // BG-4
        });
        x.group("cac:AccountingCustomerParty", |x| {
            x.group("cac:Party", |x| party(x, &self.i.buyer, None)); // BG-7
        });
        if let Some(payee) = &self.i.payee {
            x.group("cac:PayeeParty", |x| {
                x.group("cac:PartyName", |x| x.leaf("cbc:Name", payee.name)); // BT-59
                if let Some(id) = payee.registration {
                    x.group("cac:PartyLegalEntity", |x| {
                        x.identifier("cbc:CompanyID", id);
                    }); // BT-61
                }
            });
        }
    }

    /// BG-13.
    fn delivery(&self, x: &mut Xml) {
        let delivery = &self.i.delivery;
        if delivery.date.is_none() && delivery.name.is_none() && delivery.address.is_none() {
            return;
        }
        x.group("cac:Delivery", |x| {
            x.maybe("cbc:ActualDeliveryDate", delivery.date.map(day).as_deref()); // BT-72
            if let Some(own) = delivery.address {
                x.group("cac:DeliveryLocation", |x| address(x, "cac:Address", own)); // BG-15
            }
            if let Some(name) = delivery.name {
                x.group("cac:DeliveryParty", |x| {
                    x.group("cac:PartyName", |x| x.leaf("cbc:Name", name)); // BT-70
                });
            }
        });
    }

    fn payment(&self, x: &mut Xml) {
        if let Some(payment) = &self.i.payment {
            x.group("cac:PaymentMeans", |x| self.means(x, payment)); // BG-16
        }
        if let Some(terms) = self.i.terms {
            x.group("cac:PaymentTerms", |x| x.leaf("cbc:Note", terms)); // BT-20
        }
    }

    fn means(&self, x: &mut Xml, payment: &Payment<'_>) {
        match payment.text {
            Some(text) => x.leaf_with("cbc:PaymentMeansCode", &[("name", text)], payment.code), // BT-81, BT-82
            None => x.leaf("cbc:PaymentMeansCode", payment.code),
        }
        if self.is_credit {
            x.maybe("cbc:PaymentDueDate", self.i.due.map(day).as_deref()); // BT-9
        }
        x.leaf("cbc:PaymentID", payment.reference); // BT-83
        if let Some(iban) = payment.iban {
            x.group("cac:PayeeFinancialAccount", |x| {
                x.leaf("cbc:ID", iban); // BT-84
                x.maybe("cbc:Name", payment.holder); // BT-85
                reference(x, "cac:FinancialInstitutionBranch", payment.bic); // BT-86
            });
        }
        reference(x, "cac:PaymentMandate", payment.mandate); // BT-89
    }

    /// BG-20, BG-21, BG-27, BG-28.
    fn adjustment(&self, x: &mut Xml, part: &AllowanceCharge<'_>) {
        x.group("cac:AllowanceCharge", |x| {
            x.leaf(
                "cbc:ChargeIndicator",
                if part.is_charge { "true" } else { "false" },
            );
            x.leaf("cbc:AllowanceChargeReason", part.reason);
            x.maybe(
                "cbc:MultiplierFactorNumeric",
                part.percent.map(plain).as_deref(),
            );
            self.amount(x, "cbc:Amount", part.amount);
            self.maybe_amount(x, "cbc:BaseAmount", part.base);
            if let Some(tax) = part.tax {
                category(x, "cac:TaxCategory", tax, None, None);
            }
        });
    }

    /// BG-23 with BT-110, then BT-111.
    fn vat(&self, x: &mut Xml) {
        x.group("cac:TaxTotal", |x| {
            self.amount(x, "cbc:TaxAmount", self.i.totals.vat); // BT-110
            for group in &self.i.vat {
                x.group("cac:TaxSubtotal", |x| self.subtotal(x, group));
            }
        });
        if let (Some(currency), Some(vat)) = (self.i.vat_currency, self.i.totals.vat_ledger) {
            let text = fixed(vat, currency.digits());
            x.group("cac:TaxTotal", |x| {
                x.leaf_with("cbc:TaxAmount", &[("currencyID", currency.code())], &text); // BT-111
            });
        }
    }

    fn subtotal(&self, x: &mut Xml, group: &VatBreakdown<'_>) {
        self.amount(x, "cbc:TaxableAmount", group.base); // BT-116
        self.amount(x, "cbc:TaxAmount", group.vat); // BT-117
        category(x, "cac:TaxCategory", group.tax, group.code, group.reason);
    }

    fn totals(&self, x: &mut Xml) {
        let totals = &self.i.totals;
        self.amount(x, "cbc:LineExtensionAmount", totals.lines); // BT-106
        self.amount(x, "cbc:TaxExclusiveAmount", totals.net); // BT-109
        self.amount(x, "cbc:TaxInclusiveAmount", totals.gross); // BT-112
        self.maybe_amount(x, "cbc:AllowanceTotalAmount", self.i.discounts()); // BT-107
        self.maybe_amount(x, "cbc:ChargeTotalAmount", self.i.charges()); // BT-108
        self.maybe_amount(x, "cbc:PrepaidAmount", some(self.i.prepaid())); // BT-113
        self.maybe_amount(x, "cbc:PayableRoundingAmount", some(totals.rounding)); // BT-114
        self.amount(x, "cbc:PayableAmount", totals.due); // BT-115
    }

    fn line(&self, x: &mut Xml, number: usize, line: &InvoiceLine<'_>) {
        x.leaf("cbc:ID", &number.to_string()); // BT-126
        let quantity = if self.is_credit {
            "cbc:CreditedQuantity"
        } else {
            "cbc:InvoicedQuantity"
        };
        x.leaf_with(quantity, &[("unitCode", line.unit)], &plain(line.quantity)); // BT-129, BT-130
        self.amount(x, "cbc:LineExtensionAmount", line.net); // BT-131
        period(x, line.period, None); // BG-26
        for part in &line.adjustments {
            self.adjustment(x, part);
        }
        x.group("cac:Item", |x| {
            x.maybe("cbc:Description", line.description); // BT-154
            x.leaf("cbc:Name", line.item); // BT-153
            reference(x, "cac:SellersItemIdentification", line.sku); // BT-155
            category(x, "cac:ClassifiedTaxCategory", line.tax, None, None); // BG-30
        });
        x.group("cac:Price", |x| {
            let currency = [("currencyID", self.currency.code())];
            x.leaf_with("cbc:PriceAmount", &currency, &plain(line.price)); // BT-146
        });
    }
}

/// BT-118 to BT-121, and the same of lines, discounts and charges.
fn category(x: &mut Xml, name: &str, tax: Tax, code: Option<&str>, reason: Option<&str>) {
    x.group(name, |x| {
        x.leaf("cbc:ID", tax.category.code());
        x.maybe("cbc:Percent", tax.rate.map(plain).as_deref());
        x.maybe("cbc:TaxExemptionReasonCode", code);
        x.maybe("cbc:TaxExemptionReason", reason);
        scheme(x, "VAT");
    });
}

fn party(x: &mut Xml, own: &TradeParty<'_>, creditor: Option<&str>) {
    if let Some(endpoint) = own.endpoint {
        x.identifier("cbc:EndpointID", endpoint); // BT-34, BT-49
    }
    if let Some(id) = own.id {
        x.group("cac:PartyIdentification", |x| x.identifier("cbc:ID", id)); // BT-29, BT-46
    }
    if let Some(creditor) = creditor {
        x.group("cac:PartyIdentification", |x| {
            x.identifier("cbc:ID", Identifier::of("SEPA", creditor));
        }); // BT-90
    }
    if let Some(name) = own.trade_name {
        x.group("cac:PartyName", |x| x.leaf("cbc:Name", name)); // BT-28, BT-45
    }
    address(x, "cac:PostalAddress", own.address); // BG-5, BG-8
    for (kind, id) in [("VAT", own.vat), ("LOC", own.tax_id)] {
        if let Some(id) = id {
            x.group("cac:PartyTaxScheme", |x| {
                x.leaf("cbc:CompanyID", id); // BT-31, BT-32, BT-48
                scheme(x, kind);
            });
        }
    }
    x.group("cac:PartyLegalEntity", |x| {
        x.leaf("cbc:RegistrationName", own.name); // BT-27, BT-44
        if let Some(id) = own.registration {
            x.identifier("cbc:CompanyID", id); // BT-30, BT-47
        }
        x.maybe("cbc:CompanyLegalForm", own.legal); // BT-33
    });
    if let Some(contact) = own.contact {
        x.group("cac:Contact", |x| {
            x.maybe("cbc:Name", contact.name); // BT-41, BT-56
            x.maybe("cbc:Telephone", contact.phone); // BT-42, BT-57
            x.maybe("cbc:ElectronicMail", contact.email); // BT-43, BT-58
        });
    }
}
