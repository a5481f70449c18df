//! What the law says of VAT on a day: rates, cases without a rate, and the words of their reasons.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Regime;
use super::parts::{Wording, conflict, unknown_kind};
use super::vat::{Case, Reason};
use crate::diagnostic::Diagnostic;
use crate::ledger::party::Language;
use crate::ledger::settings::LawEntry;
use crate::ledger::vat::VatCase;

impl Regime {
    /// Gives a reason a newer wording.
    pub(super) fn reword(
        &mut self,
        vatex: &str,
        law: &LawEntry,
        text: &str,
    ) -> Result<(), Diagnostic> {
        let mut known = self.reason.iter().filter(|reason| reason.vatex == vatex);
        if known.clone().next().is_none() && !vatex.starts_with("VATEX-") {
            return Err(unknown_kind(law));
        }
        if known.any(|known| known.until.is_none_or(|until| law.from <= until)) {
            return Err(conflict(
                law,
                format!("the wording of {vatex} is known on {}", law.from),
            ));
        }
        let wording = Language::WORDS
            .iter()
            .map(|(code, _)| ((*code).to_owned(), text.to_owned()))
            .collect();
        let source = law.source.clone();
        let reason = Reason {
            vatex: vatex.into(),
            text: Wording(wording),
            from: Some(law.from),
            until: None,
            source,
        };
        self.reason.push(reason);
        Ok(())
    }

    /// Returns the VAT rates in force on a day, highest first.
    pub fn rates_on(&self, day: NaiveDate) -> Vec<Decimal> {
        let mut rates: Vec<Decimal> = self
            .vat_rate
            .iter()
            .filter(|rate| rate.from <= day)
            .map(|rate| rate.percent)
            .collect();
        rates.sort_by(|a, b| b.cmp(a));
        rates.dedup();
        rates
    }

    /// Returns what a case without a rate asks for; none where this law does not know it.
    pub fn case(&self, case: VatCase) -> Option<&Case> {
        self.case.iter().find(|known| known.word == case.word())
    }

    /// Returns how a VATEX code is printed on a day, in a language; none where there is no wording for that day.
    pub fn reason(&self, vatex: &str, day: NaiveDate, language: Language) -> Option<&str> {
        self.reason
            .iter()
            .rev()
            .find(|reason| reason.vatex == vatex && reason.holds_on(day))
            .map(|reason| reason.text.of(language))
    }

    /// Returns the last day on which a VATEX code had a wording that has ended before a day.
    pub fn reason_ended(&self, vatex: &str, day: NaiveDate) -> Option<NaiveDate> {
        self.reason
            .iter()
            .filter(|reason| reason.vatex == vatex)
            .filter_map(|reason| reason.until.filter(|until| *until < day))
            .max()
    }

    /// Returns the VATEX codes that a draft may name on a day, each once.
    pub fn reasons(&self, day: NaiveDate) -> Vec<&str> {
        let mut codes: Vec<&str> = Vec::new();
        for reason in self.reason.iter().filter(|reason| reason.holds_on(day)) {
            if !codes.contains(&reason.vatex.as_str()) {
                codes.push(&reason.vatex);
            }
        }
        codes
    }

    /// Returns the VATEX code of the article of the French tax code that a text cites, such as `VATEX-FR-CGI261-4` for
    /// « art. 261-4-4° a du CGI »; none where it cites none that has a code, or this law has no such codes.
    pub fn cited(&self, text: &str, day: NaiveDate) -> Option<&str> {
        let plain: String = text
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| match c {
                'é' | 'è' | 'ê' => 'e',
                'ô' => 'o',
                c => c,
            })
            .collect();
        if !plain.contains("cgi") && !plain.contains("impots") {
            return None;
        }
        // « 261 du CGI » is not article 261 D.
        let plain = plain.replace("ducgi", " ").replace("ducode", " ");
        let cites = |code: &str| {
            let article = code.strip_prefix("VATEX-FR-CGI").unwrap_or_default();
            let (base, part) = article.split_once('-').unwrap_or((article, ""));
            let (base, part) = (base.to_lowercase(), part.to_lowercase());
            !base.is_empty()
                && (plain.contains(&format!("art{base}{part}"))
                    || plain.contains(&format!("article{base}{part}"))
                    || plain.contains(&format!("articlel{base}{part}"))
                    || plain.contains(&format!("{part}delarticle{base}")))
        };
        self.reasons(day)
            .into_iter()
            .filter(|code| cites(code))
            .max_by_key(|code| code.len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::*;
    use crate::ledger::date::parse;

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    #[test]
    fn an_article_in_own_words_is_recognised() {
        let law = built_in("FR");
        let on = day("2026-11-22");
        for (text, code) in [
            (
                "Exonération de TVA, art. 261-4-4° a du CGI",
                Some("VATEX-FR-CGI261-4"),
            ),
            (
                "art. 261, 4, 4°, a du code général des impôts",
                Some("VATEX-FR-CGI261-4"),
            ),
            (
                "TVA exonérée – article 261.4 du CGI",
                Some("VATEX-FR-CGI261-4"),
            ),
            (
                "Exonération (1° de l'article 261 C du CGI)",
                Some("VATEX-FR-CGI261C-1"),
            ),
            ("4° du 4 de l’article 261 du CGI", Some("VATEX-FR-CGI261-4")),
            ("art. 261 D, 1° bis du CGI", Some("VATEX-FR-CGI261D-1BIS")),
            (
                "formation, article 261, 4, 4°, a du code general des impots",
                Some("VATEX-FR-CGI261-4"),
            ),
            ("Article L. 261-4-4 CGI", Some("VATEX-FR-CGI261-4")),
            ("art. 202 B du CGI", None),
            ("art. 261, 4 d'un autre code", None),
            ("exonéré", None),
        ] {
            assert_eq!(law.cited(text, on), code, "{text}");
        }
        assert_eq!(built_in("DE").cited("art. 261-4 CGI", on), None);
    }

    /// Ordonnance 2026-671: references to the CGI are admitted until 30 June 2028; those to the directive go on.
    #[test]
    fn no_wording_cites_the_cgi_after_june_2028() {
        let law = built_in("FR");
        let (last, first) = (day("2028-06-30"), day("2028-07-01"));
        for code in law.reasons(last) {
            for (_, language) in Language::WORDS {
                let text = law.reason(code, first, *language).unwrap_or_default();
                for word in ["CGI", "tax code", "codice tributario", "belastingwetboek"] {
                    assert!(!text.contains(word), "{code}: {text}");
                }
            }
        }
        for code in [
            "VATEX-EU-AE",
            "VATEX-EU-IC",
            "VATEX-EU-G",
            "VATEX-EU-O",
            "VATEX-EU-79-C",
        ] {
            assert!(
                law.reason(code, first, Language::Fr)
                    .unwrap()
                    .contains("directive 2006/112/CE"),
                "{code}"
            );
            assert!(
                law.reason(code, last, Language::Fr)
                    .unwrap()
                    .contains("CGI"),
                "{code}"
            );
        }
        assert_eq!(law.reason_ended("VATEX-FR-AE", first), Some(last));
        assert_eq!(law.reason_ended("VATEX-FR-AE", last), None);
    }
}
