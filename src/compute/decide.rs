//! Which VAT category, rate and reason a draft's line has: what the draft says, else what the law decides.

use rust_decimal::Decimal;

use super::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::amount::plain;
use crate::ledger::draft::DraftLine;
use crate::ledger::party::VatRegime;
use crate::ledger::vat::{Category, DISBURSEMENT, VatCase, VatChoice};
use crate::span::{Span, Spanned};

/// VAT as decided for one line.
pub(super) struct Decided {
    pub(super) category: Category,
    pub(super) rate: Decimal,
    pub(super) code: Option<String>,
    pub(super) reason: Option<String>,
    /// Whether it is a sum paid in the client's name.
    pub(super) is_disbursement: bool,
}

impl Case<'_> {
    /// Decides a line's VAT: what the draft says, else what the regime decides.
    pub(super) fn vat(&self, line: &DraftLine, problems: &mut Diagnostics) -> Option<Decided> {
        let franchise = self.settings.seller.regime_on(self.day) == VatRegime::Franchise;
        let choice = match line.vat {
            Some(choice) => choice,
            None if franchise => Spanned::new(VatChoice::Case(VatCase::Franchise), line.span),
            None => {
                let rates = self.regime.rates_on(self.day);
                let list: Vec<String> = rates.iter().map(|rate| plain(*rate)).collect();
                let hint = if list.is_empty() {
                    "a rate in percent".to_owned()
                } else {
                    list.join(", ")
                };
                problems.push(
                    Diagnostic::error(
                        code::KEY_MISSING,
                        "`vat` is missing: nothing decides this line's rate",
                    )
                    .at(line.span)
                    .hint(format!(
                        "add `vat = 20` ({hint}, or a word such as \"reverse-charge\")"
                    )),
                );
                return None;
            }
        };
        match choice.value {
            VatChoice::Rate(rate) if rate.is_zero() => {
                problems.push(
                    Diagnostic::error(code::LAW_VAT_REASON, "a rate of 0 does not say why no VAT is charged")
                        .at(choice.span)
                        .hint("write the case: \"reverse-charge\" \"intra-eu\" \"export\" \"outside\" \"exempt\" \"zero\" \"disbursement\""),
                );
                None
            }
            VatChoice::Rate(rate) => Some(Decided {
                category: Category::S,
                rate,
                code: None,
                reason: None,
                is_disbursement: false,
            }),
            VatChoice::Case(case) => self.case(case, line, choice.span, problems),
        }
    }

    fn case(
        &self,
        case: VatCase,
        line: &DraftLine,
        span: Span,
        problems: &mut Diagnostics,
    ) -> Option<Decided> {
        let Some(law) = self.regime.case(case) else {
            problems.push(
                Diagnostic::error(
                    code::LAW_VAT_REASON,
                    format!(
                        "\"{}\" is no case of VAT in {}",
                        case.word(),
                        self.regime.country
                    ),
                )
                .at(span)
                .hint("write a rate, or \"exempt\" with `vat_reason`"),
            );
            return None;
        };
        let code = line
            .vat_reason
            .as_ref()
            .map(|reason| reason.value.clone())
            .or_else(|| law.vatex.clone());
        let category = case.category();
        if let Some(reason) = &line.vat_reason
            && let Some((message, hint)) = self.misfit(case, reason)
        {
            problems.push(
                Diagnostic::error(code::LAW_VAT_REASON, message)
                    .at(reason.span)
                    .hint(hint),
            );
            return None;
        }
        let Some(code) = code else {
            if category == Category::Z {
                return Some(Decided {
                    category,
                    rate: Decimal::ZERO,
                    code: None,
                    reason: None,
                    is_disbursement: false,
                });
            }
            problems.push(
                Diagnostic::error(
                    code::LAW_VAT_REASON,
                    format!(
                        "\"{}\" needs its legal ground ({})",
                        case.word(),
                        law.source
                    ),
                )
                .at(span)
                .hint(format!(
                    "add `vat_reason`: the ground in your own words, or one of {}",
                    self.regime
                        .reasons()
                        .into_iter()
                        .filter(|known| grounds(known, case))
                        .collect::<Vec<_>>()
                        .join(", ")
                )),
            );
            return None;
        };
        let reason = self
            .regime
            .reason(&code, self.day, self.language())
            .map(str::to_owned);
        let is_disbursement = case == VatCase::Disbursement || code == DISBURSEMENT;
        if reason.is_none() && !code.starts_with("VATEX-") {
            // A reason in the user's own words is printed as it is (BT-120).
            return Some(Decided {
                category,
                rate: Decimal::ZERO,
                code: None,
                reason: Some(code),
                is_disbursement,
            });
        }
        let Some(reason) = reason else {
            let place = line.vat_reason.as_ref().map_or(span, |reason| reason.span);
            let known = self.regime.reasons();
            let near = nearest(&code, known.iter().copied()).unwrap_or("VATEX-FR-FRANCHISE");
            problems.push(
                Diagnostic::error(
                    code::LAW_UNKNOWN,
                    format!("how `{code}` is to be worded on {} is not known", self.day),
                )
                .at(place)
                .hint(format!(
                    "did you mean `{near}`? Or add [[law]] kind = \"text-{code}\" with from, text and source"
                )),
            );
            return None;
        };
        Some(Decided {
            category,
            rate: Decimal::ZERO,
            code: Some(code),
            reason: Some(reason),
            is_disbursement,
        })
    }

    /// Why a reason cannot stand for a case, and what to do.
    fn misfit(&self, case: VatCase, reason: &str) -> Option<(String, String)> {
        let upper = reason.to_ascii_uppercase();
        if upper.starts_with("VATEX-") && upper != reason {
            return Some((
                format!("`{reason}` is no VATEX code"),
                format!("write it in capitals: `{upper}`"),
            ));
        }
        if upper.starts_with("VATEX-") && !grounds(reason, case) {
            let message = format!("`{reason}` is no ground of \"{}\"", case.word());
            return Some((
                message,
                "write the word of the case that it belongs to, or another reason".into(),
            ));
        }
        // CGI ann. II art. 242 nonies A, I-13°: that very word.
        let unsaid =
            case == VatCase::ReverseCharge && !reason.to_lowercase().contains("autoliquidation");
        (unsaid && self.regime.country == "FR" && !upper.starts_with("VATEX-")).then(|| {
            let message = "a document under reverse charge says \"Autoliquidation\"".to_owned();
            (
                message,
                "write the word in `vat_reason`, or remove `vat_reason`".into(),
            )
        })
    }
}

/// Tells whether a VATEX code can be the ground of a case: each category but E has its own.
fn grounds(vatex: &str, case: VatCase) -> bool {
    let own = match vatex {
        "VATEX-EU-AE" | "VATEX-FR-AE" => Some(Category::Ae),
        "VATEX-EU-IC" => Some(Category::K),
        "VATEX-EU-G" => Some(Category::G),
        "VATEX-EU-O" => Some(Category::O),
        _ => None,
    };
    match own {
        Some(category) => case.category() == category,
        None if vatex == "VATEX-FR-FRANCHISE" => case == VatCase::Franchise,
        None => case.category() == Category::E,
    }
}
