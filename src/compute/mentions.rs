//! The mentions of a document: which the law wants in its circumstances, filled with what they say, then the user's own.

use rust_decimal::Decimal;

use super::case::Case;
use super::freeze::supply;
use crate::ledger::date::half_year;
use crate::ledger::document::{DocumentType, FrozenDiscount, FrozenTerms, Line, Mention};
use crate::ledger::party::{ClientKind, Operation, VatDue};
use crate::ledger::terms::{DiscountVat, QuoteCost};
use crate::ledger::vat::Category;
use crate::ledger::works::{Concluded, Works};
use crate::regime::MentionRule;
use crate::regime::circumstances::{Circumstances, Condition, DiscountForm, LateForm, SupplyDay};

/// The mentions of a document.
pub(super) struct Mentions {
    /// Below the totals.
    pub(super) mentions: Vec<Mention>,
    /// What stands with the seller's form and capital.
    pub(super) of_seller: Vec<String>,
}

impl Case<'_> {
    /// The mentions of the law in the document's language, then the user's own; apart from them what stands with the seller's form.
    pub(super) fn mentions(&self, lines: &[Line], terms: &FrozenTerms) -> Mentions {
        let language = self.language();
        let conditions = self.conditions();
        let mut rates: Vec<Decimal> = lines
            .iter()
            .filter(|line| line.category == Category::S)
            .map(|line| line.rate)
            .collect();
        rates.dedup();
        let charges_vat = lines.iter().any(|line| line.category == Category::S);
        let has_services = lines
            .iter()
            .any(|line| line.operation == Operation::Services);
        let stated = self.draft.delivered.is_some()
            || self.draft.period.is_some()
            || lines.iter().any(|line| line.period.is_some());
        let told = match self.client.kind {
            ClientKind::Consumer => QuoteCost::Free,
            _ => QuoteCost::Unsaid,
        };
        let circumstances = Circumstances {
            supply_day: if stated {
                SupplyDay::Stated
            } else {
                SupplyDay::Issue
            },
            quote_cost: self.terms().quote_cost.unwrap_or(told),
            client: self.client.kind,
            kind: self.draft.kind.value,
            supply: supply(lines),
            vat_due: match self.settings.seller.vat_due {
                VatDue::Debits if charges_vat && has_services => VatDue::Debits,
                _ => VatDue::Receipts,
            },
            discount: match &terms.discount {
                None => DiscountForm::None,
                Some(FrozenDiscount {
                    vat: DiscountVat::CreditNote,
                    ..
                }) => DiscountForm::CreditNote,
                Some(_) => DiscountForm::Mention,
            },
            late: match (terms.late_interest, terms.late_rate) {
                (Some(_), _) => Some(LateForm::Agreed),
                (None, Some(_)) => Some(LateForm::Statutory),
                // The law gives a rate that nobody knows yet.
                (None, None) if self.statutory().is_some() => Some(LateForm::Rule),
                (None, None) => None,
            },
            conditions: &conditions,
            rates: &rates,
        };
        let fill = |text: &str| self.fill(text, terms);
        let (of_seller, of_document): (Vec<&MentionRule>, Vec<&MentionRule>) = self
            .regime
            .mentions(circumstances)
            .into_iter()
            .filter(|rule| {
                !(rule.text.of(language).contains("{fee}") && terms.recovery_fee.is_none())
            })
            .partition(|rule| rule.in_seller);
        let of_seller = of_seller
            .into_iter()
            .map(|rule| fill(rule.text.of(language)))
            .collect();
        let mut mentions: Vec<Mention> = of_document
            .into_iter()
            .map(|rule| Mention {
                code: rule.code.clone(),
                text: fill(rule.text.of(language)),
                sign: rule.sign,
            })
            .collect();
        for own in &self.settings.mentions {
            let in_language = own.language.is_none_or(|own| own == language);
            if in_language && (own.on.is_empty() || own.on.contains(&self.draft.kind.value)) {
                mentions.push(Mention {
                    code: own.code.clone(),
                    text: own.text.clone(),
                    sign: false,
                });
            }
        }
        Mentions {
            mentions,
            of_seller,
        }
    }

    /// What is so of the seller, the contract and the works, for the mentions that depend on it.
    fn conditions(&self) -> Vec<Condition> {
        let (seller, draft) = (&self.settings.seller, self.draft);
        let is_agent = seller
            .registry
            .as_ref()
            .is_some_and(|registry| registry.contains("RSAC"));
        let concluded = draft.concluded.map(|way| way.value).or(seller.concluded);
        let works = draft.works.as_ref().map(|works| &works.value);
        let travel = works.and_then(|works| works.travel);
        let found = [
            (Condition::Insurance, seller.insurance.is_some()),
            (Condition::Mediator, seller.mediator.is_some()),
            (Condition::Liquidation, seller.liquidator.is_some()),
            (Condition::CommercialAgent, is_agent),
            (Condition::Distance, concluded == Some(Concluded::Distance)),
            (
                Condition::OffPremises,
                concluded == Some(Concluded::OffPremises),
            ),
            (Condition::Works, works.is_some()),
            (Condition::Repair, works.is_some_and(|works| works.repair)),
            (
                Condition::HourlyRate,
                works.is_some_and(|works| works.hourly_rate.is_some()),
            ),
            (
                Condition::Travel,
                travel.is_some_and(|price| !price.is_zero()),
            ),
            (
                Condition::NoTravel,
                travel.is_some_and(|price| price.is_zero()),
            ),
            (
                Condition::Certify,
                works.is_some_and(|works| self.certifies(works)),
            ),
        ];
        found
            .into_iter()
            .filter_map(|(condition, is_so)| is_so.then_some(condition))
            .collect()
    }

    /// Whether the document asks for the client's certification: a quote does, and an invoice of works for which none was signed.
    fn certifies(&self, works: &Works) -> bool {
        let by_type = match self.draft.kind.value {
            DocumentType::Credit => false,
            DocumentType::Quote => true,
            _ => self.draft.quote.is_none(),
        };
        works.certify.unwrap_or(by_type)
    }

    /// To whom a declaration is sent: the seller's name, address, telephone and e-mail address.
    fn addressee(&self) -> String {
        let seller = &self.settings.seller;
        let address = &seller.address;
        let town: Vec<&str> = [&address.postcode, &address.city]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let mut parts = vec![seller.name.value.clone()];
        parts.extend(address.street.clone());
        parts.extend(address.more.clone());
        parts.extend((!town.is_empty()).then(|| town.join(" ")));
        parts.extend(seller.phone.clone());
        parts.extend(seller.email.as_ref().map(|email| email.value.clone()));
        parts.join(", ")
    }

    fn fill(&self, text: &str, terms: &FrozenTerms) -> String {
        let words = self.wording;
        let number = |value: Decimal| words.number(value.normalize());
        let law = self.regime.late(self.client.kind, self.day);
        let half_year = half_year(self.day);
        let reference_day = law.map_or(half_year, |law| law.reference_day(half_year));
        let mut pairs = vec![
            ("{rate}", terms.late_rate.map(number)),
            ("{points}", law.map(|law| number(law.points))),
            ("{reference_date}", Some(words.date(reference_day))),
            ("{reference_day}", Some(words.date_in_words(reference_day))),
            (
                "{fee}",
                terms
                    .recovery_fee
                    .map(|fee| words.amount(fee, terms.fee_currency)),
            ),
        ];
        let price =
            |value: Option<Decimal>| value.map(|value| words.amount(value, self.currency()));
        let seller = &self.settings.seller;
        let (insurance, mediator) = (seller.insurance.as_ref(), seller.mediator.as_ref());
        let site = self.draft.works.as_ref().map(|works| &works.value);
        pairs.extend([
            ("{insurer}", insurance.map(|own| own.insurer.clone())),
            (
                "{insurer_contact}",
                insurance.map(|own| own.contact.clone()),
            ),
            ("{cover}", insurance.map(|own| own.cover.clone())),
            ("{mediator}", mediator.map(|own| own.name.clone())),
            (
                "{mediator_address}",
                mediator.map(|own| own.address.clone()),
            ),
            (
                "{mediator_website}",
                mediator.map(|own| own.website.clone()),
            ),
            ("{liquidator}", seller.liquidator.clone()),
            ("{registry}", seller.registry.clone()),
            ("{seller}", Some(self.addressee())),
            ("{buyer}", Some(self.client.name.value.clone())),
            ("{place}", site.map(|site| site.place.clone())),
            (
                "{hourly_rate}",
                price(site.and_then(|site| site.hourly_rate)),
            ),
            ("{travel}", price(site.and_then(|site| site.travel))),
        ]);
        if let Some(discount) = &terms.discount {
            pairs.push(("{percent}", Some(number(discount.percent))));
            pairs.push(("{date}", Some(words.date(discount.date))));
            pairs.push((
                "{amount}",
                Some(words.amount(discount.amount, self.currency())),
            ));
        }
        filled(text, &pairs)
    }
}

/// Puts values in the place of their names in braces, in one pass: what a value says is not looked at again.
fn filled(text: &str, pairs: &[(&str, Option<String>)]) -> String {
    let (mut done, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        done.push_str(before);
        let known = pairs
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_ref()?)))
            .find(|(name, _)| from.starts_with(name));
        done.push_str(known.map_or("{", |(_, value)| value));
        rest = from
            .get(known.map_or(1, |(name, _)| name.len())..)
            .unwrap_or("");
    }
    done + rest
}
