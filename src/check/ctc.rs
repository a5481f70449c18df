//! The rules of the French e-invoicing reform (BR-FR of XP Z12-012), under their official names, for invoices between French businesses.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::finding::{Finding, Findings, Place};
use crate::ledger::amount::plain;
use crate::ledger::einvoice::{EInvoice, Identifier, TradeParty};
use crate::ledger::identifier::{is_siren, is_siret};

/// BR-FR-16: the rates that a platform accepts.
const RATES: &[&str] = &[
    "0", "0.9", "1.05", "1.75", "2.1", "5.5", "7", "8.5", "9.2", "9.6", "10", "13", "19.6", "20",
    "20.6",
];

/// BR-FR-08: the values of BT-23 that documents of ours can have.
const PROCESSES: &[&str] = &["B1", "S1", "M1", "B2", "S2", "M2", "B4", "S4", "M4"];

/// Returns the rules that an invoice breaks.
pub fn check(invoice: &EInvoice<'_>) -> Vec<Finding> {
    let mut rules = Rules {
        i: invoice,
        found: Findings::default(),
    };
    rules.numbers();
    rules.dates();
    rules.notes();
    rules.parties();
    rules.process();
    rules.figures();
    rules.attachments();
    rules.found.0
}

struct Rules<'i> {
    i: &'i EInvoice<'i>,
    found: Findings,
}

fn only(text: &str, more: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

impl Rules<'_> {
    fn demand(&mut self, rule: &str, place: Place, so: bool, message: impl FnOnce() -> String) {
        self.found.demand(rule, place, so, message);
    }

    /// BR-FR-01, BR-FR-02, BR-FR-CO-04, BR-FR-CO-05.
    fn numbers(&mut self) {
        let i = self.i;
        let whole = Place::Document;
        for number in
            std::iter::once(i.number).chain(i.preceding.iter().map(|preceding| preceding.number))
        {
            self.demand("BR-FR-01", whole, number.len() <= 35, || {
                format!("the number {number} has more than 35 characters")
            });
            self.demand("BR-FR-02", whole, only(number, "+-_/"), || {
                format!("the number {number} has characters other than letters, digits and + - _ /")
            });
        }
        if i.type_code == 384 {
            self.demand("BR-FR-CO-04", whole, i.preceding.len() == 1, || {
                format!(
                    "a corrective names exactly one document, not {}",
                    i.preceding.len()
                )
            });
        }
        if i.is_credit() {
            self.demand("BR-FR-CO-05", whole, !i.preceding.is_empty(), || {
                "a credit note names the document it corrects".into()
            });
        }
        self.demand(
            "BR-FR-04",
            whole,
            matches!(i.type_code, 380 | 381 | 384 | 386 | 503),
            || {
                format!(
                    "the type code {} (BT-3) is not accepted in France",
                    i.type_code
                )
            },
        );
    }

    /// BR-FR-03: years from 2000 to 2099; BR-FR-CO-07.
    fn dates(&mut self) {
        let i = self.i;
        let mut days: Vec<NaiveDate> = vec![i.issued];
        days.extend(i.due);
        days.extend(i.delivery.date);
        days.extend(i.preceding.iter().map(|preceding| preceding.issued));
        let periods = i
            .period
            .into_iter()
            .chain(i.lines.iter().filter_map(|line| line.period));
        days.extend(periods.flat_map(|period| [period.from, period.to]));
        for day in days {
            self.demand(
                "BR-FR-03",
                Place::Document,
                (2000..=2099).contains(&day.year()),
                || format!("the year of {day} is not between 2000 and 2099"),
            );
        }
        let exempt = matches!(i.type_code, 386) || i.process.ends_with('2');
        let so = exempt || i.due.is_none_or(|due| due >= i.issued);
        self.demand("BR-FR-CO-07", Place::Document, so, || {
            "the due date is earlier than the issue date".into()
        });
    }

    /// BR-FR-05, BR-FR-06, BR-FR-20, BR-FR-31, BR-FR-MAP-18.
    fn notes(&mut self) {
        let i = self.i;
        let whole = Place::Document;
        let names = [
            ("PMT", "the indemnity for recovery costs"),
            ("PMD", "late penalties"),
            ("AAB", "discount for early payment"),
            ("TXD", "tax"),
        ];
        for (code, what) in names {
            let count = i
                .notes
                .iter()
                .filter(|note| note.subject == Some(code))
                .count();
            self.demand("BR-FR-05", whole, count > 0 || code == "TXD", || {
                format!("the mention on {what} (code {code}) is missing")
            });
            self.demand("BR-FR-06", whole, count <= 1, || {
                format!("the mention on {what} (code {code}) stands {count} times")
            });
        }
        let treatments: Vec<&str> = i
            .notes
            .iter()
            .filter(|note| note.subject == Some("BAR"))
            .map(|note| note.text)
            .collect();
        for text in &treatments {
            let known = [
                "B2B",
                "B2BINT",
                "B2C",
                "B2CINT",
                "OUTOFSCOPE",
                "ARCHIVEONLY",
            ]
            .contains(text);
            self.demand("BR-FR-20", whole, known, || {
                format!("`{text}` is no treatment (mention of code BAR)")
            });
        }
        self.demand(
            "BR-FR-31",
            whole,
            treatments.iter().all(|text| *text == treatments[0]),
            || "mentions of code BAR contradict each other".into(),
        );
        for note in &i.notes {
            self.demand(
                "BR-FR-MAP-18",
                whole,
                note.text.chars().count() <= 1024,
                || {
                    let start: String = note.text.chars().take(30).collect();
                    format!("the text \"{start}…\" has more than 1024 characters (BT-22)")
                },
            );
        }
    }

    fn is_b2b(&self) -> bool {
        self.i
            .notes
            .iter()
            .any(|note| note.subject == Some("BAR") && note.text == "B2B")
    }

    /// BR-FR-09 to BR-FR-13, BR-FR-21 to BR-FR-26, BR-FR-32, BR-FR-CO-10.
    fn parties(&mut self) {
        let i = self.i;
        let siren = |party: &TradeParty<'_>| {
            party
                .registration
                .filter(|id| id.scheme == Some("0002"))
                .map(|id| id.value.to_owned())
        };
        let seller = siren(&i.seller).filter(|id| is_siren(id));
        self.demand("BR-FR-10", Place::Seller, seller.is_some(), || {
            "the seller has no SIREN of nine digits".into()
        });
        let buyer = siren(&i.buyer).filter(|id| is_siren(id));
        self.demand("BR-FR-11", Place::Buyer, buyer.is_some(), || {
            format!("{} has no SIREN of nine digits", i.buyer.name)
        });
        self.demand("BR-FR-12", Place::Buyer, i.buyer.endpoint.is_some(), || {
            format!("{} has no electronic address (BT-49)", i.buyer.name)
        });
        self.demand(
            "BR-FR-13",
            Place::Seller,
            i.seller.endpoint.is_some(),
            || "the seller has no electronic address (BT-34)".into(),
        );
        for (party, place, own) in [
            (&i.seller, Place::Seller, &seller),
            (&i.buyer, Place::Buyer, &buyer),
        ] {
            if let Some(id) = party.id {
                self.private(id, place, own.as_deref());
            }
            for id in [party.registration]
                .into_iter()
                .flatten()
                .filter(|id| id.scheme == Some("0002"))
            {
                self.demand("BR-FR-32", place, is_siren(id.value), || {
                    format!("`{}` is no SIREN: nine digits", id.value)
                });
            }
            if let Some(endpoint) = party
                .endpoint
                .filter(|endpoint| endpoint.scheme == Some("0225"))
            {
                self.demand("BR-FR-23", place, only(endpoint.value, "+-_."), || {
                    format!("`{}` is no French electronic address", endpoint.value)
                });
                self.demand("BR-FR-25", place, endpoint.value.len() <= 125, || {
                    "the electronic address has more than 125 characters".into()
                });
            }
        }
        if self.is_b2b()
            && let (Some(siren), Some(endpoint)) = (&buyer, i.buyer.endpoint)
        {
            let so = endpoint.scheme == Some("0225") && endpoint.value.starts_with(siren.as_str());
            self.demand("BR-FR-21", Place::Buyer, so, || {
                format!(
                    "the electronic address `{}` of {} is not of the form 0225:{siren}",
                    endpoint.value, i.buyer.name
                )
            });
        }
    }

    /// BT-29, BT-46: a SIRET begins with its SIREN; other private identifiers have their limits.
    fn private(&mut self, id: Identifier<'_>, place: Place, siren: Option<&str>) {
        self.demand("BR-FR-CO-10", place, id.scheme.is_some(), || {
            format!("the identifier `{}` has no scheme", id.value)
        });
        if id.scheme == Some("0009") {
            let so = is_siret(id.value) && siren.is_none_or(|siren| id.value.starts_with(siren));
            self.demand("BR-FR-09", place, so, || {
                format!(
                    "the SIRET `{}` is not the SIREN and five more digits",
                    id.value
                )
            });
        }
    }

    /// BR-FR-08, BR-FR-CO-08, BR-FR-CO-09, BR-FR-CO-12.
    fn process(&mut self) {
        let i = self.i;
        let whole = Place::Document;
        self.demand("BR-FR-08", whole, PROCESSES.contains(&i.process), || {
            format!("`{}` is no frame of invoicing (BT-23)", i.process)
        });
        let so = !i.process.ends_with('4') || !matches!(i.type_code, 386 | 500 | 503);
        self.demand("BR-FR-CO-08", whole, so, || {
            "a deposit, or a credit note on one, is no final invoice".into()
        });
        if i.process.ends_with('2') {
            let so = i.prepaid() == i.totals.gross && i.totals.due.is_zero() && i.due.is_some();
            self.demand("BR-FR-CO-09", whole, so, || {
                "a paid invoice is paid in full, asks for nothing and states the day of the payment"
                    .into()
            });
        }
        let euro = i.currency.code() == "EUR";
        let so = euro
            || (i.vat_currency.is_some_and(|own| own.code() == "EUR")
                && i.totals.vat_ledger.is_some());
        self.demand("BR-FR-CO-12", whole, so, || {
            format!(
                "an invoice in {} states its VAT in EUR as well (BT-6, BT-111)",
                i.currency
            )
        });
    }

    /// BR-FR-16, BR-FR-DEC-02 to 04, BR-FR-MAP-17.
    fn figures(&mut self) {
        for (index, line) in self.i.lines.iter().enumerate() {
            let place = Place::Line(index);
            if let Some(rate) = line.tax.rate {
                self.demand(
                    "BR-FR-16",
                    place,
                    RATES.contains(&plain(rate).as_str()),
                    || {
                        format!(
                            "{} % is no VAT rate that French platforms accept",
                            plain(rate)
                        )
                    },
                );
            }
            let most = |value: Decimal, digits: u32| value.normalize().scale() <= digits;
            self.demand("BR-FR-DEC-02", place, most(line.quantity, 4), || {
                format!("the quantity {} has more than four decimals", line.quantity)
            });
            self.demand(
                "BR-FR-DEC-03",
                place,
                most(line.price, 6) && line.price >= Decimal::ZERO,
                || {
                    format!(
                        "the price {} is negative or has more than six decimals",
                        line.price
                    )
                },
            );
            self.demand(
                "BR-FR-MAP-17",
                place,
                line.item.chars().count() <= 255,
                || "the item has more than 255 characters (BT-153)".into(),
            );
        }
    }

    /// BR-FR-17: what an attachment is, in a word of a closed list.
    fn attachments(&mut self) {
        for file in &self.i.supporting {
            self.demand(
                "BR-FR-17",
                Place::Document,
                file.description == Some("DOCUMENT_ANNEXE"),
                || {
                    format!(
                        "the attachment {} has no description of the closed list (BT-123)",
                        file.name
                    )
                },
            );
        }
    }
}
