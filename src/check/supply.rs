//! What the law asks about the VAT of a supply, from where its parties are and how it words its ground.

use super::law::{Candidate, Rules};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::amount::plain;
use crate::ledger::document::DocumentType;
use crate::ledger::draft::DraftLine;
use crate::ledger::party::{Address, ClientKind, Operation, VatRegime};
use crate::ledger::vat::{Category, VatCase, VatChoice};
use crate::regime::is_member;
use crate::span::Spanned;

impl Rules<'_> {
    /// What a document newly says of a supply; a credit note repeats what its original said.
    pub(super) fn supply(&mut self) {
        self.one_ground();
        if self.candidate.document.kind == DocumentType::Credit {
            return;
        }
        self.franchise_abroad();
        self.exempt_in_own_words();
        self.rates_of_the_place();
    }

    /// Tells whether the client is in a part of the seller's country for which a case has its own words.
    pub(super) fn is_apart(&self, case: VatCase) -> bool {
        let Candidate {
            document,
            settings,
            regime,
            ..
        } = self.candidate;
        let home = &settings.seller.address.country;
        self.place()
            .filter(|address| address.country == *home)
            .and_then(|address| regime.territory(address.postcode.as_deref().unwrap_or_default()))
            .is_some_and(|territory| {
                territory
                    .wording(case, document.issued, document.language)
                    .is_some()
            })
    }

    /// Where the client is.
    fn place(&self) -> Option<&Address> {
        self.candidate.client.address.as_ref()
    }

    /// In a country whose parts have rates of their own: a rate that both parties' part does not have is an error, another that does not fit
    /// the client's part is asked about, since the place of a supply is not known to the program (CONFIRMED §6: BOI-TVA-GEO-20).
    fn rates_of_the_place(&mut self) {
        let Candidate {
            document,
            draft,
            client,
            settings,
            regime,
        } = self.candidate;
        let home = &settings.seller.address;
        let part =
            |address: &Address| regime.territory(address.postcode.as_deref().unwrap_or_default());
        let there = self
            .place()
            .filter(|address| address.country == home.country)
            .and_then(part);
        let (Some(there), Some(here)) = (there, part(home)) else {
            return;
        };
        let franchise = settings.seller.regime_on(document.issued) == VatRegime::Franchise;
        for line in &draft.lines {
            let Some((rate, span)) = line.vat.and_then(|vat| match vat.value {
                VatChoice::Rate(rate) if !rate.is_zero() => Some((rate, vat.span)),
                _ => None,
            }) else {
                continue;
            };
            let is_private = client.kind == ClientKind::Consumer;
            let fits = there.rates.contains(&rate) || (is_private && here.rates.contains(&rate));
            // A rate that the country does not have, or that the ledger has added, is another matter.
            if fits || franchise || !regime.has_place(rate) {
                continue;
            }
            let list: Vec<String> = there.rates.iter().map(|rate| plain(*rate)).collect();
            let own = if list.is_empty() {
                format!(
                    "no VAT is charged in {}: `vat = \"outside\"` for services, `\"export\"` for goods that go there",
                    there.name
                )
            } else {
                format!("the rates of {} are {}", there.name, list.join(", "))
            };
            let both = here.name == there.name && !here.is_main();
            let problem = if both {
                let message = format!(
                    "{} % is no VAT rate of {}, where both parties are ({})",
                    plain(rate),
                    there.name,
                    there.source
                );
                Diagnostic::error(code::LAW_VAT_RATE, message).hint(own)
            } else {
                let message = format!(
                    "is {} % right? The client is in {} ({})",
                    plain(rate),
                    there.name,
                    there.source
                );
                Diagnostic::warning(code::LAW_VAT_RATE, message).hint(format!(
                    "{own}; the rate is right if the supply is located elsewhere, such as work on land"
                ))
            };
            self.problems.push(problem.at(span));
        }
    }

    /// Lines of one category that charge no VAT are one group of the e-invoice, which states one ground (BR-AE-01 and its like).
    fn one_ground(&mut self) {
        let Candidate {
            document, draft, ..
        } = self.candidate;
        let ground = |line: &DraftLine| {
            let text = |key: &Option<Spanned<String>>| key.as_ref().map(|text| text.value.clone());
            (text(&line.vat_reason), text(&line.vat_text))
        };
        for category in [Category::Ae, Category::K, Category::G, Category::O] {
            let lines = draft.lines.iter().zip(&document.lines);
            let mut lines = lines.filter(|(_, line)| line.category == category);
            let Some((first, _)) = lines.next() else {
                continue;
            };
            if let Some((other, _)) = lines.find(|(line, _)| ground(line) != ground(first)) {
                let message = format!(
                    "the lines of VAT category {} of a document have one ground",
                    category.code()
                );
                self.problems.push(
                    Diagnostic::error(code::LAW_VAT_MIX, message)
                        .at(other.span)
                        .hint("make a second document for the lines with the other ground"),
                );
            }
        }
    }

    /// A service to a business abroad is taxed there, outside the seller's small-enterprise scheme (directive 2006/112/EC art. 44; CGI art.
    /// 259, 1°; INVOICING-LAW §1.3). A line that gives its ground itself is located at home all the same, such as one on land.
    fn franchise_abroad(&mut self) {
        let Candidate {
            document,
            draft,
            client,
            settings,
            ..
        } = self.candidate;
        let home = settings.seller.address.country.as_str();
        let abroad = client
            .address
            .as_ref()
            .map(|address| address.country.as_str())
            .filter(|country| *country != home);
        let franchise = settings.seller.regime_on(document.issued) == VatRegime::Franchise;
        let Some(country) = abroad.filter(|_| franchise && is_member(home)) else {
            return;
        };
        if client.kind == ClientKind::Consumer || !client.taxable {
            return;
        }
        let undecided = draft
            .lines
            .iter()
            .find(|line| {
                let operation = line.operation.unwrap_or(settings.seller.activity);
                let says_why = line.vat_reason.is_some() || line.vat_text.is_some();
                line.vat.is_none() && !says_why && operation == Operation::Services
            })
            .map(|line| line.span);
        if let Some(span) = undecided {
            let case = if is_member(country) {
                "`vat = \"reverse-charge\"`: it needs both VAT numbers, and a declaration of services (in France the DES)"
            } else {
                "`vat = \"outside\"`"
            };
            let ground = if home == "FR" {
                "`vat_reason = \"VATEX-FR-FRANCHISE\"`"
            } else {
                "its ground in `vat_reason`"
            };
            let hint = format!(
                "write {case}; a service that is located at home all the same, such as one on land or a ticket, says {ground}"
            );
            let source = if home == "FR" {
                "CGI art. 259, 1°"
            } else {
                "directive 2006/112/EC art. 44"
            };
            let message = format!(
                "a service to a business abroad is outside the small-enterprise scheme ({source})"
            );
            self.problems.push(
                Diagnostic::error(code::LAW_VAT_FRANCHISE, message)
                    .at(span)
                    .hint(hint),
            );
        }
    }

    /// Between French businesses an exemption names its code where there is one: the e-invoice is judged by it (BT-121).
    fn exempt_in_own_words(&mut self) {
        let Candidate {
            document,
            draft,
            client,
            regime,
            ..
        } = self.candidate;
        if !self.candidate.is_within("FR") || client.kind == ClientKind::Consumer || !client.taxable
        {
            return;
        }
        for line in &draft.lines {
            let is_exempt = line
                .vat
                .is_some_and(|vat| vat.value == VatChoice::Case(VatCase::Exempt));
            let words = line
                .vat_reason
                .as_ref()
                .filter(|reason| is_exempt && !reason.starts_with("VATEX-"));
            let Some(words) = words else { continue };
            if let Some((what, hint)) = no_exemption(words) {
                let message = format!("{what} is no exemption: it has a word of its own");
                self.problems.push(
                    Diagnostic::error(code::LAW_VAT_REASON, message)
                        .at(words.span)
                        .hint(hint),
                );
                return;
            }
            let Some(code) = regime.cited(words, document.issued) else {
                continue;
            };
            let message = format!("the ground of this exemption has a code, {code}");
            let hint = format!(
                "write `vat_reason = \"{code}\"` and your own words as `vat_text`: an e-invoice between French businesses bears the code"
            );
            self.problems.push(
                Diagnostic::error(code::LAW_VAT_REASON, message)
                    .at(words.span)
                    .hint(hint),
            );
            return;
        }
    }
}

/// Tells what own words name that is another case than an exemption, and how it is written: the franchise, reverse charge, a supply within
/// the EU (CGI art. 293 B, 283, 262 ter).
fn no_exemption(words: &str) -> Option<(&'static str, &'static str)> {
    let plain: String = words
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let cases = [
        (
            "293b",
            "the franchise",
            "`vat_regime = \"franchise\"` in acquit.toml prints it, and then charges no VAT at all; else write the rate",
        ),
        (
            "autoliquidation",
            "reverse charge",
            "write `vat = \"reverse-charge\"`",
        ),
        (
            "262ter",
            "a supply within the EU",
            "write `vat = \"intra-eu\"`",
        ),
    ];
    let found = cases.into_iter().find(|(sign, ..)| plain.contains(sign));
    found.map(|(_, what, hint)| (what, hint))
}
