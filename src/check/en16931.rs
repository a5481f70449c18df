//! The business rules of EN 16931, under their official ids, for what an electronic invoice of ours can get wrong.
//!
//! What the shape of [`EInvoice`] makes impossible (a missing date, two totals) has no check here; the validators judge it in CI.

use rust_decimal::Decimal;

use super::finding::{Finding, Findings, Place};
use super::lists::{List, holds};
use crate::compute::totals::vat_of;
use crate::ledger::amount::plain;
use crate::ledger::einvoice::{
    AllowanceCharge, EInvoice, Identifier, InvoiceLine, MEDIA, Tax, TradeParty,
};
use crate::ledger::vat::Category;

/// Returns the rules that an invoice breaks.
pub fn check(invoice: &EInvoice<'_>) -> Vec<Finding> {
    let mut rules = Rules {
        i: invoice,
        found: Findings::default(),
    };
    rules.head();
    rules.party(&invoice.seller, Place::Seller);
    rules.party(&invoice.buyer, Place::Buyer);
    rules.parties();
    rules.payment();
    for (index, line) in invoice.lines.iter().enumerate() {
        rules.line(index, line);
    }
    for part in &invoice.adjustments {
        rules.adjustment(part, Place::Document);
    }
    rules.totals();
    rules.breakdown();
    rules.decimals();
    rules.found.0
}

struct Rules<'i> {
    i: &'i EInvoice<'i>,
    found: Findings,
}

/// The name of a category in the ids of its rules.
fn family(category: Category) -> &'static str {
    if category == Category::K {
        "IC"
    } else {
        category.code()
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

impl Rules<'_> {
    fn demand(&mut self, rule: &str, place: Place, so: bool, message: impl FnOnce() -> String) {
        self.found.demand(rule, place, so, message);
    }

    /// A demand of the rules of a category, such as BR-AE-08.
    fn category(
        &mut self,
        category: Category,
        number: &str,
        place: Place,
        so: bool,
        message: impl FnOnce() -> String,
    ) {
        if !so {
            self.found.demand(
                &format!("BR-{}-{number}", family(category)),
                place,
                so,
                message,
            );
        }
    }

    fn head(&mut self) {
        let i = self.i;
        let whole = Place::Document;
        self.demand(
            "BR-CL-01",
            whole,
            matches!(i.type_code, 380 | 381 | 384 | 386 | 503),
            || format!("{} is no type code of an invoice (BT-3)", i.type_code),
        );
        for note in &i.notes {
            if let Some(code) = note.subject {
                self.demand("BR-CL-08", whole, holds(List::Subject, code), || {
                    format!("the mention's code `{code}` is no subject code (BT-21)")
                });
            }
        }
        if let Some(period) = i.period {
            self.demand("BR-29", whole, period.from <= period.to, || {
                format!(
                    "the period ends on {}, before it begins on {}",
                    period.to, period.from
                )
            });
        }
        self.demand("BR-16", whole, !i.lines.is_empty(), || {
            "the document has no line (BG-25)".into()
        });
        let stated = i.totals.due <= Decimal::ZERO
            || i.due.is_some()
            || i.terms.is_some_and(|text| !is_blank(text));
        self.demand("BR-CO-25", whole, stated, || {
            "neither a due date (BT-9) nor terms (BT-20) are stated".into()
        });
        if let Some(payee) = &i.payee {
            self.demand("BR-17", Place::Seller, !is_blank(payee.name), || {
                "the payee has no name (BT-59)".into()
            });
            if let Some(id) = payee.registration {
                self.scheme(id, Place::Seller);
            }
        }
        for file in &i.supporting {
            self.demand(
                "BR-CL-24",
                whole,
                MEDIA.iter().any(|(_, mime)| *mime == file.mime),
                || {
                    format!(
                        "the attachment {} has a type that no e-invoice carries",
                        file.name
                    )
                },
            );
        }
        if let Some(address) = i.delivery.address {
            self.country(&address.country, whole);
        }
    }

    fn country(&mut self, country: &str, place: Place) {
        self.demand("BR-CL-14", place, holds(List::Country, country), || {
            format!("`{country}` is no country's code (ISO 3166-1)")
        });
    }

    fn scheme(&mut self, id: Identifier<'_>, place: Place) {
        if let Some(scheme) = id.scheme {
            self.demand("BR-CL-11", place, holds(List::Scheme, scheme), || {
                format!(
                    "`{scheme}` of `{scheme}:{}` is no scheme of identifiers (ISO/IEC 6523)",
                    id.value
                )
            });
        }
    }

    fn party(&mut self, party: &TradeParty<'_>, place: Place) {
        let (is_seller, who) = if place == Place::Seller {
            (true, "seller")
        } else {
            (false, "client")
        };
        let name = if is_seller { "BR-06" } else { "BR-07" };
        self.demand(name, place, !is_blank(party.name), || {
            format!("the {who} has no name")
        });
        self.country(&party.address.country, place);
        for id in [party.id, party.registration].into_iter().flatten() {
            self.scheme(id, place);
        }
        if let Some(vat) = party.vat {
            let prefix = vat.get(..2).unwrap_or_default();
            let so = prefix == "EL" || holds(List::Country, prefix);
            self.demand("BR-CO-09", place, so, || {
                format!("the VAT number `{vat}` does not begin with a country's code")
            });
        }
        if let Some(endpoint) = party.endpoint {
            let rule = if is_seller { "BR-62" } else { "BR-63" };
            self.demand(rule, place, endpoint.scheme.is_some(), || {
                format!("the electronic address `{}` has no scheme", endpoint.value)
            });
            if let Some(scheme) = endpoint.scheme {
                self.demand("BR-CL-25", place, holds(List::Address, scheme), || {
                    format!("`{scheme}` is no scheme of electronic addresses")
                });
            }
        }
    }

    fn parties(&mut self) {
        let seller = &self.i.seller;
        let known = seller.id.is_some() || seller.registration.is_some() || seller.vat.is_some();
        self.demand("BR-CO-26", Place::Seller, known, || {
            "the seller has neither an identifier, nor a registration, nor a VAT number".into()
        });
    }

    fn payment(&mut self) {
        let Some(payment) = &self.i.payment else {
            return;
        };
        if matches!(payment.code, "30" | "58") {
            self.demand(
                "BR-61",
                Place::Seller,
                payment.iban.is_some_and(|iban| !is_blank(iban)),
                || "the way to pay is a transfer without an account (BT-84)".into(),
            );
        }
    }

    fn line(&mut self, index: usize, line: &InvoiceLine<'_>) {
        let place = Place::Line(index);
        self.demand("BR-25", place, !is_blank(line.item), || {
            "the line names no item (BT-153)".into()
        });
        self.demand("BR-27", place, line.price >= Decimal::ZERO, || {
            format!("the price {} is negative (BT-146)", plain(line.price))
        });
        self.demand("BR-CL-23", place, holds(List::Unit, line.unit), || {
            format!(
                "`{}` is no unit of UN/ECE Recommendation 20 (BT-130)",
                line.unit
            )
        });
        if let Some(period) = line.period {
            self.demand("BR-30", place, period.from <= period.to, || {
                format!(
                    "the line's period ends on {}, before it begins on {}",
                    period.to, period.from
                )
            });
        }
        for part in &line.adjustments {
            self.adjustment(part, place);
        }
        self.rate(line.tax, "05", place);
    }

    fn adjustment(&mut self, part: &AllowanceCharge<'_>, place: Place) {
        let rule = match (part.tax.is_some(), part.is_charge) {
            (true, false) => "BR-33",
            (true, true) => "BR-38",
            (false, false) => "BR-42",
            (false, true) => "BR-44",
        };
        let what = if part.is_charge { "charge" } else { "discount" };
        self.demand(rule, place, !is_blank(part.reason), || {
            format!("the {what} has no reason")
        });
        if let Some(tax) = part.tax {
            self.rate(tax, if part.is_charge { "07" } else { "06" }, place);
        }
    }

    /// BR-S-05 and its like: a rate above zero for S, zero for the others, none for O.
    fn rate(&mut self, tax: Tax, number: &str, place: Place) {
        let (so, wanted) = match tax.category {
            Category::S => (
                tax.rate.is_some_and(|rate| rate > Decimal::ZERO),
                "a rate above zero",
            ),
            Category::O => (tax.rate.is_none(), "no rate"),
            _ => (tax.rate.is_some_and(|rate| rate.is_zero()), "the rate zero"),
        };
        self.category(tax.category, number, place, so, || {
            let rate = tax.rate.map_or("none".to_owned(), plain);
            format!("category {} has {wanted}, not {rate}", tax.category.code())
        });
    }

    fn totals(&mut self) {
        let i = self.i;
        let t = &i.totals;
        let sum = |is_charge: bool| -> Decimal {
            i.adjustments
                .iter()
                .filter(|part| part.is_charge == is_charge)
                .map(|part| part.amount)
                .sum()
        };
        let lines: Decimal = i.lines.iter().map(|line| line.net).sum();
        let vat: Decimal = i.vat.iter().map(|group| group.vat).sum();
        let figures = [
            ("BR-CO-10", "the sum of the lines (BT-106)", t.lines, lines),
            (
                "BR-CO-11",
                "the sum of the discounts (BT-107)",
                t.discounts,
                sum(false),
            ),
            (
                "BR-CO-12",
                "the sum of the charges (BT-108)",
                t.charges,
                sum(true),
            ),
            (
                "BR-CO-13",
                "the total without VAT (BT-109)",
                t.net,
                t.lines - t.discounts + t.charges,
            ),
            ("BR-CO-14", "the VAT (BT-110)", t.vat, vat),
            (
                "BR-CO-15",
                "the total with VAT (BT-112)",
                t.gross,
                t.net + t.vat,
            ),
            (
                "BR-CO-16",
                "the amount due (BT-115)",
                t.due,
                t.gross - i.prepaid() + t.rounding,
            ),
        ];
        for (rule, what, found, expected) in figures {
            self.demand(rule, Place::Document, found == expected, || {
                format!("{what} is {found}, its parts give {expected}")
            });
        }
        self.demand(
            "BR-53",
            Place::Document,
            i.vat_currency.is_none() || t.vat_ledger.is_some(),
            || "the VAT in the currency of account (BT-111) is missing".into(),
        );
    }

    /// BG-23: one group a category and rate, its base, its VAT, its reason; and what each category asks of the parties.
    fn breakdown(&mut self) {
        let i = self.i;
        let whole = Place::Document;
        self.demand("BR-CO-18", whole, !i.vat.is_empty(), || {
            "the document has no VAT breakdown (BG-23)".into()
        });
        for (_, category) in Category::ALL {
            let used = i.lines.iter().any(|line| line.tax.category == *category)
                || i.adjustments
                    .iter()
                    .any(|part| part.tax.is_some_and(|tax| tax.category == *category));
            let groups = i
                .vat
                .iter()
                .filter(|group| group.tax.category == *category)
                .count();
            let so = match category {
                Category::S => used == (groups > 0),
                _ => groups == usize::from(used),
            };
            self.category(*category, "01", whole, so, || {
                format!(
                    "category {} has {groups} groups in the VAT breakdown",
                    category.code()
                )
            });
            if used {
                self.numbers(*category);
            }
        }
        for group in &i.vat {
            let Tax { category, rate } = group.tax;
            let same = |tax: Tax| tax == group.tax;
            let lines: Decimal = i
                .lines
                .iter()
                .filter(|line| same(line.tax))
                .map(|line| line.net)
                .sum();
            let parts: Decimal = i
                .adjustments
                .iter()
                .filter(|part| part.tax.is_some_and(same))
                .map(|part| {
                    if part.is_charge {
                        part.amount
                    } else {
                        -part.amount
                    }
                })
                .sum();
            let (base, found) = (lines + parts, group.base);
            self.category(category, "08", whole, found == base, || {
                format!(
                    "the base of category {} (BT-116) is {found}, its lines give {base}",
                    category.code()
                )
            });
            let (vat, found) = (
                vat_of(group.base, rate.unwrap_or_default(), i.currency.digits()),
                group.vat,
            );
            // A credit note takes back what was invoiced, which base × rate may miss; the rule itself rounds to two digits and allows for less
            // than 1.
            let is_met = if i.is_credit() {
                let digits = i.currency.digits().max(2);
                (found - vat_of(group.base, rate.unwrap_or_default(), digits)).abs() < Decimal::ONE
            } else {
                found == vat
            };
            let message = || {
                format!(
                    "the VAT of category {} (BT-117) is {found}, base and rate give {vat}",
                    category.code()
                )
            };
            if category == Category::S {
                self.demand("BR-CO-17", whole, is_met, message);
            } else {
                self.category(category, "09", whole, is_met, message);
            }
            let reasoned = group.reason.is_some_and(|text| !is_blank(text)) || group.code.is_some();
            let wanted = !matches!(category, Category::S | Category::Z);
            self.category(category, "10", whole, reasoned == wanted, || {
                let what = if wanted { "a reason" } else { "no reason" };
                format!(
                    "category {} has {what} of exemption (BT-120, BT-121)",
                    category.code()
                )
            });
            if let Some(code) = group.code {
                self.demand("BR-CL-22", whole, holds(List::Vatex, code), || {
                    format!("`{code}` is no code of an exemption reason (BT-121)")
                });
            }
        }
    }

    /// BR-S-02 and its like: which VAT numbers a category asks for.
    fn numbers(&mut self, category: Category) {
        let i = self.i;
        let seller = i.seller.vat.is_some();
        let or_tax_id = seller || i.seller.tax_id.is_some();
        let buyer = i.buyer.vat.is_some();
        match category {
            Category::S | Category::Z | Category::E => {
                self.category(category, "02", Place::Seller, or_tax_id, || {
                    "the seller has neither a VAT number (BT-31) nor a tax number (BT-32)".into()
                });
            }
            Category::Ae => {
                self.category(category, "02", Place::Seller, or_tax_id, || {
                    "reverse charge needs the seller's VAT number (BT-31)".into()
                });
                let known = buyer || i.buyer.registration.is_some();
                self.category(category, "02", Place::Buyer, known, || {
                    "reverse charge needs the client's VAT number (BT-48) or registration (BT-47)"
                        .into()
                });
            }
            Category::K => {
                self.category(category, "02", Place::Seller, seller, || {
                    "an intra-EU supply needs the seller's VAT number (BT-31)".into()
                });
                self.category(category, "02", Place::Buyer, buyer, || {
                    "an intra-EU supply needs the client's VAT number (BT-48)".into()
                });
                let dated = i.delivery.date.is_some() || i.period.is_some();
                self.demand("BR-IC-11", Place::Document, dated, || {
                    "an intra-EU supply states its date (BT-72) or period (BG-14)".into()
                });
                self.demand(
                    "BR-IC-12",
                    Place::Buyer,
                    i.delivery.address.is_some(),
                    || "an intra-EU supply states the country of delivery (BT-80)".into(),
                );
            }
            Category::G => {
                self.category(category, "02", Place::Seller, seller, || {
                    "an export needs the seller's VAT number (BT-31)".into()
                });
            }
            Category::O => {
                self.category(category, "02", Place::Document, !seller && !buyer, || {
                    "outside the scope of VAT no VAT number is stated".into()
                });
                self.demand("BR-O-11", Place::Document, i.vat.len() == 1, || {
                    "lines outside the scope of VAT stand alone in a document".into()
                });
            }
        }
    }

    /// BR-DEC: amounts have two decimals at most.
    fn decimals(&mut self) {
        let i = self.i;
        let t = &i.totals;
        let mut amounts = vec![
            ("BR-DEC-09", t.lines),
            ("BR-DEC-10", t.discounts),
            ("BR-DEC-11", t.charges),
            ("BR-DEC-12", t.net),
            ("BR-DEC-13", t.vat),
            ("BR-DEC-14", t.gross),
            ("BR-DEC-15", t.vat_ledger.unwrap_or_default()),
            ("BR-DEC-16", i.prepaid()),
            ("BR-DEC-17", t.rounding),
            ("BR-DEC-18", t.due),
        ];
        amounts.extend(
            i.vat
                .iter()
                .flat_map(|group| [("BR-DEC-19", group.base), ("BR-DEC-20", group.vat)]),
        );
        amounts.extend(i.lines.iter().map(|line| ("BR-DEC-23", line.net)));
        for part in i
            .adjustments
            .iter()
            .chain(i.lines.iter().flat_map(|line| &line.adjustments))
        {
            let rule = match (part.tax.is_some(), part.is_charge) {
                (true, false) => "BR-DEC-01",
                (true, true) => "BR-DEC-05",
                (false, false) => "BR-DEC-24",
                (false, true) => "BR-DEC-27",
            };
            amounts.push((rule, part.amount));
        }
        for (rule, amount) in amounts {
            self.demand(
                rule,
                Place::Document,
                amount.normalize().scale() <= 2,
                || format!("{amount} has more than two digits after the point"),
            );
        }
    }
}
