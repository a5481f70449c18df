//! EN 16931 in the syntax of UN/CEFACT Cross Industry Invoice (CII; readable as D16B and D22B), as Factur-X carries it.
//!
//! The order of the elements is that of the schema. Each line names the terms it writes.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Xml, base64, some};
use crate::ledger::amount::{fixed, plain};
use crate::ledger::document::Period;
use crate::ledger::einvoice::{
    AllowanceCharge, EInvoice, Identifier, InvoiceLine, PROFILE, PayeeParty, Payment, Tax,
    TradeParty, VatBreakdown,
};
use crate::ledger::party::Address;

const ROOT: &str = "rsm:CrossIndustryInvoice";
const NAMESPACES: &[(&str, &str)] = &[
    (
        "xmlns:rsm",
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    ),
    (
        "xmlns:ram",
        "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    ),
    (
        "xmlns:udt",
        "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    ),
    (
        "xmlns:qdt",
        "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    ),
];

/// Returns the CII file of an electronic invoice: UTF-8 with a final line feed.
pub fn cii(invoice: &EInvoice<'_>) -> Vec<u8> {
    let mut x = Xml::new(ROOT, NAMESPACES);
    let writer = Cii {
        i: invoice,
        digits: invoice.currency.digits(),
    };
    x.group("rsm:ExchangedDocumentContext", |x| {
        x.group(
            "ram:BusinessProcessSpecifiedDocumentContextParameter",
            |x| x.leaf("ram:ID", invoice.process),
        ); // BT-23
        x.group("ram:GuidelineSpecifiedDocumentContextParameter", |x| {
            x.leaf("ram:ID", PROFILE);
        }); // BT-24
    });
    x.group("rsm:ExchangedDocument", |x| writer.document(x));
    x.group("rsm:SupplyChainTradeTransaction", |x| {
        for (index, line) in invoice.lines.iter().enumerate() {
            x.group("ram:IncludedSupplyChainTradeLineItem", |x| {
                writer.line(x, index + 1, line);
            }); // BG-25
        }
        x.group("ram:ApplicableHeaderTradeAgreement", |x| {
            writer.agreement(x);
        });
        x.group("ram:ApplicableHeaderTradeDelivery", |x| writer.delivery(x));
        x.group("ram:ApplicableHeaderTradeSettlement", |x| {
            writer.settlement(x);
        });
    });
    x.finish(ROOT)
}

struct Cii<'i> {
    i: &'i EInvoice<'i>,
    digits: u32,
}

fn date(x: &mut Xml, name: &str, date: NaiveDate) {
    let text = date.format("%Y%m%d").to_string();
    x.group(name, |x| {
        x.leaf_with("udt:DateTimeString", &[("format", "102")], &text);
    });
}

fn period(x: &mut Xml, period: Period) {
    x.group("ram:BillingSpecifiedPeriod", |x| {
        date(x, "ram:StartDateTime", period.from); // BT-73, BT-134
        date(x, "ram:EndDateTime", period.to); // BT-74, BT-135
    });
}

fn address(x: &mut Xml, address: &Address) {
    x.group("ram:PostalTradeAddress", |x| {
        x.maybe("ram:PostcodeCode", address.postcode.as_deref()); // BT-38, BT-53, BT-78
        x.maybe("ram:LineOne", address.street.as_deref()); // BT-35, BT-50, BT-75
        x.maybe("ram:LineTwo", address.more.as_deref()); // BT-36, BT-51, BT-76
        x.maybe("ram:CityName", address.city.as_deref()); // BT-37, BT-52, BT-77
        x.leaf("ram:CountryID", &address.country); // BT-40, BT-55, BT-80
        x.maybe("ram:CountrySubDivisionName", address.region.as_deref()); // BT-39, BT-54, BT-79
    });
}

/// BT-29, BT-46, BT-60: an identifier with a scheme is global.
fn party_id(x: &mut Xml, id: Identifier<'_>) {
    x.identifier(
        if id.scheme.is_some() {
            "ram:GlobalID"
        } else {
            "ram:ID"
        },
        id,
    );
}

/// BT-151 and BT-152, BT-95 and BT-96, BT-102 and BT-103.
fn tax(x: &mut Xml, name: &str, tax: Tax) {
    x.group(name, |x| {
        x.leaf("ram:TypeCode", "VAT");
        x.leaf("ram:CategoryCode", tax.category.code());
        x.maybe("ram:RateApplicablePercent", tax.rate.map(plain).as_deref());
    });
}

impl Cii<'_> {
    fn amount(&self, x: &mut Xml, name: &str, value: Decimal) {
        x.leaf(name, &fixed(value, self.digits));
    }

    fn maybe_amount(&self, x: &mut Xml, name: &str, value: Option<Decimal>) {
        if let Some(value) = value {
            self.amount(x, name, value);
        }
    }

    fn document(&self, x: &mut Xml) {
        x.leaf("ram:ID", self.i.number); // BT-1
        x.leaf("ram:TypeCode", &self.i.type_code.to_string()); // BT-3
        date(x, "ram:IssueDateTime", self.i.issued); // BT-2
        for note in &self.i.notes {
            x.group("ram:IncludedNote", |x| {
                x.leaf("ram:Content", note.text); // BT-22
                x.maybe("ram:SubjectCode", note.subject); // BT-21
            });
        }
    }

    fn line(&self, x: &mut Xml, number: usize, line: &InvoiceLine<'_>) {
        x.group("ram:AssociatedDocumentLineDocument", |x| {
            x.leaf("ram:LineID", &number.to_string());
        }); // BT-126
        x.group("ram:SpecifiedTradeProduct", |x| {
            x.maybe("ram:SellerAssignedID", line.sku); // BT-155
            x.leaf("ram:Name", line.item); // BT-153
            x.maybe("ram:Description", line.description); // BT-154
        });
        x.group("ram:SpecifiedLineTradeAgreement", |x| {
            x.group("ram:NetPriceProductTradePrice", |x| {
                x.leaf("ram:ChargeAmount", &plain(line.price));
            }); // BT-146
        });
        x.group("ram:SpecifiedLineTradeDelivery", |x| {
            x.leaf_with(
                "ram:BilledQuantity",
                &[("unitCode", line.unit)],
                &plain(line.quantity),
            ); // BT-129, BT-130
        });
        x.group("ram:SpecifiedLineTradeSettlement", |x| {
            tax(x, "ram:ApplicableTradeTax", line.tax);
            if let Some(span) = line.period {
                period(x, span);
            }
            for part in &line.adjustments {
                self.adjustment(x, part);
            }
            x.group("ram:SpecifiedTradeSettlementLineMonetarySummation", |x| {
                self.amount(x, "ram:LineTotalAmount", line.net); // BT-131
            });
        });
    }

    /// BG-20, BG-21, BG-27, BG-28.
    fn adjustment(&self, x: &mut Xml, part: &AllowanceCharge<'_>) {
        x.group("ram:SpecifiedTradeAllowanceCharge", |x| {
            x.group("ram:ChargeIndicator", |x| {
                x.leaf(
                    "udt:Indicator",
                    if part.is_charge { "true" } else { "false" },
                );
            });
            x.maybe("ram:CalculationPercent", part.percent.map(plain).as_deref());
            self.maybe_amount(x, "ram:BasisAmount", part.base);
            self.amount(x, "ram:ActualAmount", part.amount);
            x.leaf("ram:Reason", part.reason);
            if let Some(own) = part.tax {
                tax(x, "ram:CategoryTradeTax", own);
            }
        });
    }

    fn agreement(&self, x: &mut Xml) {
        x.maybe("ram:BuyerReference", self.i.buyer_reference); // BT-10
        x.group("ram:SellerTradeParty", |x| party(x, &self.i.seller)); // BG-4
        x.group("ram:BuyerTradeParty", |x| party(x, &self.i.buyer)); // BG-7
        if let Some(order) = self.i.order {
            x.group("ram:BuyerOrderReferencedDocument", |x| {
                x.leaf("ram:IssuerAssignedID", order);
            }); // BT-13
        }
        if let Some(contract) = self.i.contract {
            x.group("ram:ContractReferencedDocument", |x| {
                x.leaf("ram:IssuerAssignedID", contract);
            }); // BT-12
        }
        for file in &self.i.supporting {
            x.group("ram:AdditionalReferencedDocument", |x| {
                x.leaf("ram:IssuerAssignedID", file.name); // BT-122
                x.leaf("ram:TypeCode", "916");
                x.maybe("ram:Name", file.description); // BT-123
                let attributes = [("mimeCode", file.mime), ("filename", file.name)];
                x.leaf_with(
                    "ram:AttachmentBinaryObject",
                    &attributes,
                    &base64(file.bytes),
                ); // BT-125
            });
        }
        if let Some(project) = self.i.project {
            x.group("ram:SpecifiedProcuringProject", |x| {
                x.leaf("ram:ID", project); // BT-11
                x.leaf("ram:Name", "Project reference");
            });
        }
    }

    fn delivery(&self, x: &mut Xml) {
        let delivery = &self.i.delivery;
        if delivery.name.is_some() || delivery.address.is_some() {
            x.group("ram:ShipToTradeParty", |x| {
                x.maybe("ram:Name", delivery.name); // BT-70
                if let Some(own) = delivery.address {
                    address(x, own); // BG-15
                }
            });
        }
        if let Some(day) = delivery.date {
            x.group("ram:ActualDeliverySupplyChainEvent", |x| {
                date(x, "ram:OccurrenceDateTime", day);
            }); // BT-72
        }
    }

    fn settlement(&self, x: &mut Xml) {
        let payment = self.i.payment.as_ref();
        x.maybe(
            "ram:CreditorReferenceID",
            payment.and_then(|payment| payment.creditor_id),
        ); // BT-90
        x.maybe(
            "ram:PaymentReference",
            payment.map(|payment| payment.reference),
        ); // BT-83
        x.maybe(
            "ram:TaxCurrencyCode",
            self.i
                .vat_currency
                .map(crate::ledger::currency::Currency::code),
        ); // BT-6
        x.leaf("ram:InvoiceCurrencyCode", self.i.currency.code()); // BT-5
        if let Some(own) = &self.i.payee {
            x.group("ram:PayeeTradeParty", |x| payee(x, own)); // BG-10
        }
        if let Some(payment) = payment {
            x.group("ram:SpecifiedTradeSettlementPaymentMeans", |x| {
                means(x, payment);
            }); // BG-16
        }
        for group in &self.i.vat {
            x.group("ram:ApplicableTradeTax", |x| self.vat(x, group)); // BG-23
        }
        if let Some(span) = self.i.period {
            period(x, span); // BG-14
        }
        for part in &self.i.adjustments {
            self.adjustment(x, part);
        }
        let mandate = payment.and_then(|payment| payment.mandate);
        if self.i.due.is_some() || self.i.terms.is_some() || mandate.is_some() {
            x.group("ram:SpecifiedTradePaymentTerms", |x| {
                x.maybe("ram:Description", self.i.terms); // BT-20
                if let Some(due) = self.i.due {
                    date(x, "ram:DueDateDateTime", due); // BT-9
                }
                x.maybe("ram:DirectDebitMandateID", mandate); // BT-89
            });
        }
        x.group("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |x| {
            self.totals(x);
        }); // BG-22
        for preceding in &self.i.preceding {
            x.group("ram:InvoiceReferencedDocument", |x| {
                x.leaf("ram:IssuerAssignedID", preceding.number); // BT-25
                let day = preceding.issued.format("%Y%m%d").to_string();
                x.group("ram:FormattedIssueDateTime", |x| {
                    x.leaf_with("qdt:DateTimeString", &[("format", "102")], &day); // BT-26
                });
            });
        }
        if let Some(account) = self.i.accounting {
            x.group("ram:ReceivableSpecifiedTradeAccountingAccount", |x| {
                x.leaf("ram:ID", account);
            }); // BT-19
        }
    }

    fn vat(&self, x: &mut Xml, group: &VatBreakdown<'_>) {
        self.amount(x, "ram:CalculatedAmount", group.vat); // BT-117
        x.leaf("ram:TypeCode", "VAT");
        x.maybe("ram:ExemptionReason", group.reason); // BT-120
        self.amount(x, "ram:BasisAmount", group.base); // BT-116
        x.leaf("ram:CategoryCode", group.tax.category.code()); // BT-118
        x.maybe("ram:ExemptionReasonCode", group.code); // BT-121
        x.maybe("ram:DueDateTypeCode", self.i.vat_point); // BT-8
        x.maybe(
            "ram:RateApplicablePercent",
            group.tax.rate.map(plain).as_deref(),
        ); // BT-119
    }

    fn totals(&self, x: &mut Xml) {
        let totals = &self.i.totals;
        self.amount(x, "ram:LineTotalAmount", totals.lines); // BT-106
        self.maybe_amount(x, "ram:ChargeTotalAmount", self.i.charges()); // BT-108
        self.maybe_amount(x, "ram:AllowanceTotalAmount", self.i.discounts()); // BT-107
        self.amount(x, "ram:TaxBasisTotalAmount", totals.net); // BT-109
        let currency = self.i.currency;
        let vat = fixed(totals.vat, self.digits);
        x.leaf_with(
            "ram:TaxTotalAmount",
            &[("currencyID", currency.code())],
            &vat,
        ); // BT-110
        if let (Some(currency), Some(vat)) = (self.i.vat_currency, totals.vat_ledger) {
            let vat = fixed(vat, currency.digits());
            x.leaf_with(
                "ram:TaxTotalAmount",
                &[("currencyID", currency.code())],
                &vat,
            ); // BT-111
        }
        self.maybe_amount(x, "ram:RoundingAmount", some(totals.rounding)); // BT-114
        self.amount(x, "ram:GrandTotalAmount", totals.gross); // BT-112
        self.maybe_amount(x, "ram:TotalPrepaidAmount", some(self.i.prepaid())); // BT-113
        self.amount(x, "ram:DuePayableAmount", totals.due); // BT-115
    }
}

fn party(x: &mut Xml, own: &TradeParty<'_>) {
    if let Some(id) = own.id {
        party_id(x, id); // BT-29, BT-46
    }
    x.leaf("ram:Name", own.name); // BT-27, BT-44
    x.maybe("ram:Description", own.legal); // BT-33
    if own.registration.is_some() || own.trade_name.is_some() {
        x.group("ram:SpecifiedLegalOrganization", |x| {
            if let Some(id) = own.registration {
                x.identifier("ram:ID", id); // BT-30, BT-47
            }
            x.maybe("ram:TradingBusinessName", own.trade_name); // BT-28, BT-45
        });
    }
    if let Some(contact) = own.contact {
        x.group("ram:DefinedTradeContact", |x| {
            x.maybe("ram:PersonName", contact.name); // BT-41, BT-56
            if let Some(phone) = contact.phone {
                x.group("ram:TelephoneUniversalCommunication", |x| {
                    x.leaf("ram:CompleteNumber", phone);
                }); // BT-42, BT-57
            }
            if let Some(email) = contact.email {
                x.group("ram:EmailURIUniversalCommunication", |x| {
                    x.leaf("ram:URIID", email);
                }); // BT-43, BT-58
            }
        });
    }
    address(x, own.address); // BG-5, BG-8
    if let Some(endpoint) = own.endpoint {
        x.group("ram:URIUniversalCommunication", |x| {
            x.identifier("ram:URIID", endpoint);
        }); // BT-34, BT-49
    }
    for (scheme, id) in [("VA", own.vat), ("FC", own.tax_id)] {
        if let Some(id) = id {
            x.group("ram:SpecifiedTaxRegistration", |x| {
                x.leaf_with("ram:ID", &[("schemeID", scheme)], id);
            }); // BT-31, BT-32, BT-48
        }
    }
}

fn payee(x: &mut Xml, own: &PayeeParty<'_>) {
    x.leaf("ram:Name", own.name); // BT-59
    if let Some(id) = own.registration {
        x.group("ram:SpecifiedLegalOrganization", |x| {
            x.identifier("ram:ID", id);
        }); // BT-61
    }
}

fn means(x: &mut Xml, payment: &Payment<'_>) {
    x.leaf("ram:TypeCode", payment.code); // BT-81
    x.maybe("ram:Information", payment.text); // BT-82
    if let Some(iban) = payment.iban {
        x.group("ram:PayeePartyCreditorFinancialAccount", |x| {
            x.leaf("ram:IBANID", iban); // BT-84
            x.maybe("ram:AccountName", payment.holder); // BT-85
        });
        if let Some(bic) = payment.bic {
            x.group("ram:PayeeSpecifiedCreditorFinancialInstitution", |x| {
                x.leaf("ram:BICID", bic);
            }); // BT-86
        }
    }
}
