//! What the law asks about the VAT of a supply, from where its parties are and how it words its ground.

use super::law::{Candidate, Rules};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::document::DocumentType;
use crate::ledger::party::{ClientKind, Operation, VatRegime};
use crate::ledger::vat::{VatCase, VatChoice};
use crate::regime::is_member;

impl Rules<'_> {
    /// What a document newly says of a supply; a credit note repeats what its original said.
    pub(super) fn supply(&mut self) {
        if self.candidate.document.kind == DocumentType::Credit {
            return;
        }
        self.franchise_abroad();
        self.exempt_in_own_words();
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
            settings,
            regime,
        } = self.candidate;
        let french = |country: &str| country == "FR";
        let both = french(&settings.seller.address.country)
            && client
                .address
                .as_ref()
                .is_some_and(|address| french(&address.country));
        if !both || client.kind == ClientKind::Consumer || !client.taxable {
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
