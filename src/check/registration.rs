//! What a seller states of its legal form and registration.

use super::law::Rules;
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::party::{Form, Operation};
use crate::regime::{Unregistered, unregistered};

impl Rules<'_> {
    /// Form and capital (C. com. art. R123-238), registry and city (art. R123-237): they are there, and they say that.
    pub(super) fn registration(&mut self) {
        let seller = &self.candidate.settings.seller;
        let regime = self.candidate.regime;
        let span = seller.span;
        if let Some(rule) = regime.form(seller.form) {
            let name = rule.name();
            let example = format!("`legal = \"{name} au capital de 1 000 €\"`");
            let said = seller.legal.as_deref();
            let (message, hint) = match said {
                None => (
                    "a company states its form and capital".to_owned(),
                    format!("add {example} to [seller]"),
                ),
                Some(text) if !rule.is_named_in(text) => (
                    format!("`legal = \"{text}\"` does not say that the seller is a {name}"),
                    format!("write {example}, or another `form`"),
                ),
                Some(text) if !rule.states_capital(text) => (
                    format!("`legal = \"{text}\"` does not state the capital"),
                    format!("write {example}, or \"à capital variable\""),
                ),
                Some(_) => (String::new(), String::new()),
            };
            if !message.is_empty() {
                self.demand(code::LAW_SELLER_FORM, span, &message, &hint);
            }
        }
        self.registry();
    }

    fn registry(&mut self) {
        let seller = &self.candidate.settings.seller;
        let example = "`registry = \"RCS Lyon 732 829 320\"`";
        let siren = seller.id.as_ref().map(|id| id.as_str());
        let said = seller.registry.as_deref();
        let is_company = seller.form.is_company();
        if let Some(text) = said.filter(|_| is_company || seller.form == Form::Ei) {
            let lacks = match unregistered(text, siren) {
                None => return,
                Some(Unregistered::NoRegistry) => "names no registry, such as the RCS".to_owned(),
                Some(Unregistered::NoCity) => "names no city of the registry".to_owned(),
                Some(Unregistered::OtherNumber) => {
                    format!(
                        "bears another number than the SIREN {}",
                        siren.unwrap_or_default()
                    )
                }
            };
            let message = format!("`registry = \"{text}\"` {lacks}");
            let hint = format!("write it as on the extract of the registry: {example}");
            self.demand(code::LAW_SELLER_REGISTRY, seller.span, &message, &hint);
            return;
        }
        if is_company {
            let hint = format!("add {example} to [seller]");
            let message = "a company states its registry and city";
            self.demand(code::LAW_SELLER_REGISTRY, seller.span, message, &hint);
            return;
        }
        // Who makes what it sells is a craftsman and not registered there: this can only be asked.
        let sells = seller.form == Form::Ei && seller.activity == Operation::Goods;
        let duty = self
            .candidate
            .regime
            .duty(code::LAW_SELLER_REGISTRY, self.candidate.document.issued);
        if let (true, None, Some((_, source))) = (sells, said, duty) {
            let message = format!(
                "a sole trader who sells goods is mostly registered in the RCS and says so ({source})"
            );
            let hint = format!("add {example} to [seller], if you are");
            self.problems.push(
                Diagnostic::warning(code::LAW_SELLER_REGISTRY, message)
                    .at(seller.span)
                    .hint(hint),
            );
        }
    }
}
