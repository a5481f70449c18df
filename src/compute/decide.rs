//! Which VAT category, rate and reason a draft's line has: what the draft says, else what the law decides.

use rust_decimal::Decimal;

use super::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::amount::plain;
use crate::ledger::document::DocumentType;
use crate::ledger::draft::DraftLine;
use crate::ledger::party::ClientKind;
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
            VatChoice::Rate(_) if line.vat_text.is_some() => {
                let place = line.vat_text.as_ref().map_or(line.span, |text| text.span);
                let message = "a line that charges VAT has no ground for charging none";
                problems.push(
                    Diagnostic::error(code::LAW_VAT_REASON, message)
                        .at(place)
                        .hint("remove `vat_text`, or write the case in `vat`"),
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
            .or_else(|| law.code(self.is_home()).map(str::to_owned));
        let category = case.category();
        let is_disbursement =
            case == VatCase::Disbursement || code.as_deref() == Some(DISBURSEMENT);
        if let Some((span, message, hint)) = self.misfit(case, line) {
            problems.push(
                Diagnostic::error(code::LAW_VAT_REASON, message)
                    .at(span)
                    .hint(hint),
            );
            return None;
        }
        // The reason as the draft words it (BT-120), beside the code, if there is one (BT-121).
        if let Some(text) = &line.vat_text {
            return Some(Decided {
                category,
                rate: Decimal::ZERO,
                code: code.filter(|code| code.starts_with("VATEX-")),
                reason: Some(text.value.clone()),
                is_disbursement,
            });
        }
        if line.vat_reason.is_none()
            && let Some(text) = self.overseas_wording(case)
        {
            return Some(Decided {
                category,
                rate: Decimal::ZERO,
                code,
                reason: Some(text.to_owned()),
                is_disbursement,
            });
        }
        let Some(code) = code else {
            if let Some(text) = law.text(self.day, self.language()) {
                return Some(Decided {
                    category,
                    rate: Decimal::ZERO,
                    code: None,
                    reason: Some(text.to_owned()),
                    is_disbursement,
                });
            }
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
                .hint(self.grounds_of(case)),
            );
            return None;
        };
        let reason = self
            .regime
            .reason(&code, self.day, self.language())
            .map(str::to_owned);
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
            problems.push(
                Diagnostic::error(
                    code::LAW_UNKNOWN,
                    format!("how `{code}` is to be worded on {} is not known", self.day),
                )
                .at(place)
                .hint(self.unworded(&code, case)),
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

    /// Tells whether the client is of the seller's country.
    fn is_home(&self) -> bool {
        let seat = self.client.address.as_ref().map(|address| &address.country);
        seat == Some(&self.settings.seller.address.country)
    }

    /// How a case is worded for a client in a part of the seller's country with a VAT of its own.
    fn overseas_wording(&self, case: VatCase) -> Option<&str> {
        let address = self.client.address.as_ref().filter(|_| self.is_home())?;
        let postcode = address.postcode.as_deref().unwrap_or_default();
        self.regime
            .territory(postcode)?
            .wording(case, self.day, self.language())
    }

    /// What to write where a case needs its ground.
    fn grounds_of(&self, case: VatCase) -> String {
        const SHOWN: usize = 6;
        let known: Vec<&str> = self
            .regime
            .reasons(self.day)
            .into_iter()
            .filter(|known| grounds(known, case))
            .collect();
        let more = if known.len() > SHOWN {
            " … (`acquit law list` shows all)"
        } else {
            ""
        };
        let list = known[..known.len().min(SHOWN)].join(", ");
        let own = "add `vat_reason`: the ground in your own words";
        if list.is_empty() {
            return own.to_owned();
        }
        format!("{own}, or one of {list}{more}")
    }

    /// What to do about a VATEX code that has no wording on the day: the code itself is never proposed.
    fn unworded(&self, code: &str, case: VatCase) -> String {
        let law = format!("[[law]] kind = \"text-{code}\" with from, text and source");
        if let Some(until) = self.regime.reason_ended(code, self.day) {
            return format!(
                "its wording ended on {until}: add {law}, or `vat_text` to the line, as the law words it now"
            );
        }
        let known = self.regime.reasons(self.day);
        let fitting = known.into_iter().filter(|known| grounds(known, case));
        let words = format!("add `vat_text` with the words of the ground, or {law}");
        match nearest(code, fitting) {
            Some(near) => format!("did you mean `{near}`? Or {words}"),
            None => words,
        }
    }

    /// Why what a line says of its ground cannot stand for a case, where, and what to do.
    fn misfit(&self, case: VatCase, line: &DraftLine) -> Option<(Span, String, String)> {
        let reason = line.vat_reason.as_ref();
        let text = line.vat_text.as_ref();
        let is_code = |text: &str| text.to_ascii_uppercase().starts_with("VATEX-");
        if let Some(text) = text.filter(|text| is_code(text)) {
            let message = format!("`{}` is a code, no wording", text.value);
            return Some((text.span, message, "write it as `vat_reason`".into()));
        }
        if let (Some(reason), Some(text)) = (reason, text)
            && !is_code(reason)
        {
            let message = "`vat_reason` and `vat_text` both word the ground".to_owned();
            let hint = "write a VATEX code in `vat_reason`, or remove one of them";
            return Some((text.span, message, hint.into()));
        }
        if let Some(reason) = reason.filter(|reason| is_code(reason)) {
            let upper = reason.to_ascii_uppercase();
            if upper != reason.value {
                let message = format!("`{}` is no VATEX code", reason.value);
                return Some((
                    reason.span,
                    message,
                    format!("write it in capitals: `{upper}`"),
                ));
            }
            if !grounds(reason, case) {
                let message = format!("`{}` is no ground of \"{}\"", reason.value, case.word());
                let hint = "write the word of the case that it belongs to, or another reason";
                return Some((reason.span, message, hint.into()));
            }
        }
        // A credit note repeats what its original says.
        if self.draft.kind.value == DocumentType::Credit {
            return None;
        }
        // CGI art. 259, 1° is about services to businesses; those to consumers are at the seller's place (259, 2°) but for art. 259 B and its like.
        if case == VatCase::Outside
            && self.client.kind == ClientKind::Consumer
            && self.regime.country == "FR"
            && reason.or(text).is_none()
            && let Some(choice) = &line.vat
        {
            let message = "\"outside\" is for services to businesses (CGI art. 259, 1°)".to_owned();
            let hint = "write the rate: services to a consumer bear the VAT of the seller's place; where another place rule applies, such as CGI art. 259 B, say so in `vat_reason`";
            return Some((choice.span, message, hint.into()));
        }
        if let Some(reason) = reason
            && case == VatCase::ReverseCharge
            && reason.value == "VATEX-EU-AE"
            && self.is_home()
            && text.is_none()
        {
            let country = &self.regime.country;
            let message = format!(
                "`VATEX-EU-AE` cites art. 196 of the directive: services from another Member State, and both parties are in {}",
                self.settings.seller.address.country
            );
            let hint = if country == "FR" {
                "remove `vat_reason`: for subcontracted building works VATEX-FR-AE is printed (CGI art. 283, 2 nonies); another ground stands in `vat_text`"
            } else {
                "write the ground of your own country's law in `vat_text`"
            };
            return Some((reason.span, message, hint.into()));
        }
        let worded = text.or(reason.filter(|reason| !is_code(reason)))?;
        // CGI ann. II art. 242 nonies A, I-13°: that very word.
        let unsaid =
            case == VatCase::ReverseCharge && !worded.to_lowercase().contains("autoliquidation");
        if unsaid && self.regime.country == "FR" {
            let message = "a document under reverse charge says \"Autoliquidation\"".to_owned();
            let key = if text.is_some() {
                "vat_text"
            } else {
                "vat_reason"
            };
            let hint = format!("write the word in `{key}`, or remove `{key}`");
            return Some((worded.span, message, hint));
        }
        None
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
