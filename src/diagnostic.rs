//! What is wrong with the user's files: a code, a place, a sentence and a hint. Plain data.

use std::collections::HashMap;

use crate::span::{Excerpt, Span};

/// A stable name of one kind of problem, such as `KEY-UNKNOWN`; `acquit explain CODE` documents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

macro_rules! codes {
    ($($name:ident $text:literal),* $(,)?) => {
        $(#[doc = concat!("`", $text, "`: see `acquit explain ", $text, "`.")]
        pub const $name: Code = Code($text);)*
        /// Every code, in the order of this list; `check/codes.toml` explains each of them.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

/// The codes of all problems.
pub mod code {
    use super::Code;
    codes! {
        // The folder and its files
        LEDGER_MISSING "LEDGER-MISSING", LEDGER_EXISTS "LEDGER-EXISTS", JOURNAL_BROKEN "JOURNAL-BROKEN",
        JOURNAL_PENDING "JOURNAL-PENDING",
        FILE_ENCODING "FILE-ENCODING", FILE_BOM "FILE-BOM", FILE_TOO_LARGE "FILE-TOO-LARGE", FILE_KIND "FILE-KIND",
        MERGE_CONFLICT "MERGE-CONFLICT",
        FILE_NAME "FILE-NAME", FILE_LINK "FILE-LINK", FILE_UNREADABLE "FILE-UNREADABLE", FILE_MISSING "FILE-MISSING", FILE_EXISTS "FILE-EXISTS",
        FILE_STRAY "FILE-STRAY",
        // The text of a TOML file
        TOML_SYNTAX "TOML-SYNTAX", KEY_UNKNOWN "KEY-UNKNOWN", KEY_MISSING "KEY-MISSING", KEY_TWICE "KEY-TWICE",
        VALUE_TYPE "VALUE-TYPE", VALUE_NUMBER "VALUE-NUMBER", VALUE_DATE "VALUE-DATE", VALUE_CHOICE "VALUE-CHOICE",
        VALUE_TEXT "VALUE-TEXT", CURRENCY_UNKNOWN "CURRENCY-UNKNOWN", FORMAT_UNKNOWN "FORMAT-UNKNOWN",
        // The text of a CSV file
        CSV_SYNTAX "CSV-SYNTAX", CSV_HEADER "CSV-HEADER", CSV_SEPARATOR "CSV-SEPARATOR", ROW_YEAR "ROW-YEAR",
        ROW_TWICE "ROW-TWICE", ROW_MOVEMENT "ROW-MOVEMENT", ROW_CURRENCY "ROW-CURRENCY", EVENT_KIND "EVENT-KIND",
        // References
        CLIENT_UNKNOWN "CLIENT-UNKNOWN", DRAFT_UNKNOWN "DRAFT-UNKNOWN", DOCUMENT_UNKNOWN "DOCUMENT-UNKNOWN",
        PAY_UNKNOWN "PAY-UNKNOWN", PAY_MANDATE "PAY-MANDATE", CODE_UNKNOWN "CODE-UNKNOWN",
        // Identifiers
        ID_IBAN "ID-IBAN", ID_BIC "ID-BIC", ID_SIREN "ID-SIREN", ID_SIRET "ID-SIRET", ID_VAT "ID-VAT", ID_COUNTRY "ID-COUNTRY",
        ID_ADDRESS "ID-ADDRESS",
        // Numbers and the register
        NUMBER_FORM "NUMBER-FORM", NUMBER_TWICE "NUMBER-TWICE", NUMBER_GAP "NUMBER-GAP", NUMBER_DATE "NUMBER-DATE",
        REGISTER_SPELLING "REGISTER-SPELLING", REGISTER_SEAL "REGISTER-SEAL", REGISTER_FORK "REGISTER-FORK",
        REGISTER_ROW "REGISTER-ROW", REGISTER_MISSING "REGISTER-MISSING", DOCUMENT_MISSING "DOCUMENT-MISSING",
        DOCUMENT_CHANGED "DOCUMENT-CHANGED", DRAFT_ISSUED "DRAFT-ISSUED", ISSUE_DATE "ISSUE-DATE", DATE_AHEAD "DATE-AHEAD",
        // Arithmetic
        TOTALS "TOTALS", AMOUNT_SIZE "AMOUNT-SIZE", AMOUNT_SIGN "AMOUNT-SIGN", EXCHANGE "EXCHANGE",
        CREDIT_EXCEEDS "CREDIT-EXCEEDS", CREDIT_REST "CREDIT-REST", DEPOSIT "DEPOSIT", PREPAID "PREPAID", PAYMENT_AMOUNT "PAYMENT-AMOUNT",
        PAYMENT_DATE "PAYMENT-DATE", PAYMENT_TWICE "PAYMENT-TWICE", CREDIT_SHORT "CREDIT-SHORT", PLAN_SUM "PLAN-SUM",
        PLAN_CHANGED "PLAN-CHANGED",
        EVENT_STATE "EVENT-STATE",
        // Quotes
        QUOTE_STATE "QUOTE-STATE", QUOTE_PART "QUOTE-PART", QUOTE_MILESTONE "QUOTE-MILESTONE",
        // What recurs
        RECURRING_PERIOD "RECURRING-PERIOD", RECURRING_TWICE "RECURRING-TWICE",
        // The law
        LAW_SELLER_ID "LAW-SELLER-ID", LAW_SELLER_FORM "LAW-SELLER-FORM", LAW_SELLER_REGISTRY "LAW-SELLER-REGISTRY",
        LAW_SELLER_NAME "LAW-SELLER-NAME", LAW_SELLER_VAT "LAW-SELLER-VAT", LAW_SELLER_ADDRESS "LAW-SELLER-ADDRESS",
        LAW_CLIENT_ADDRESS "LAW-CLIENT-ADDRESS", LAW_CLIENT_ID "LAW-CLIENT-ID", LAW_CLIENT_VAT "LAW-CLIENT-VAT",
        LAW_VAT_RATE "LAW-VAT-RATE", LAW_VAT_REASON "LAW-VAT-REASON", LAW_VAT_MIX "LAW-VAT-MIX",
        LAW_INSURANCE "LAW-INSURANCE", LAW_MEDIATOR "LAW-MEDIATOR", LAW_WITHDRAWAL "LAW-WITHDRAWAL", LAW_REPAIR "LAW-REPAIR",
        LAW_VAT_FRANCHISE "LAW-VAT-FRANCHISE", LAW_TERM "LAW-TERM", LAW_DUE "LAW-DUE", LAW_RATE_FLOOR "LAW-RATE-FLOOR", LAW_FEE "LAW-FEE",
        LAW_REFERENCE "LAW-REFERENCE", LAW_DELIVERY "LAW-DELIVERY", LAW_LANGUAGE "LAW-LANGUAGE", LAW_UNKNOWN "LAW-UNKNOWN",
        LAW_CONFLICT "LAW-CONFLICT", LIMITATION "LIMITATION",
        // Words and pages
        TEMPLATE_SYNTAX "TEMPLATE-SYNTAX", TEMPLATE_RENDER "TEMPLATE-RENDER", GLYPH_MISSING "GLYPH-MISSING",
        IMAGE_BROKEN "IMAGE-BROKEN", DESIGN_UNKNOWN "DESIGN-UNKNOWN", DESIGN_BROKEN "DESIGN-BROKEN",
        // What leaves the house
        MAIL_MISSING "MAIL-MISSING", MAIL_SETTINGS "MAIL-SETTINGS", MAIL_FAILED "MAIL-FAILED",
        SENDING_UNKNOWN "SENDING-UNKNOWN", SENT_ALREADY "SENT-ALREADY", SENT_CHANGED "SENT-CHANGED",
    }
}

/// How bad it is: errors refuse, warnings inform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Refuses the command; exit 1.
    Error,
    /// Said, and no more.
    Warning,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its stable name.
    pub code: Code,
    /// Where it is, if it is somewhere.
    pub span: Option<Span>,
    /// What is wrong: one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The user's line; filled in just before printing.
    pub excerpt: Option<Excerpt>,
}

impl Diagnostic {
    /// Returns an error with no place yet.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            span: None,
            message: message.into(),
            hint: None,
            excerpt: None,
        }
    }

    /// Returns a warning with no place yet.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// All problems found so far.
#[derive(Debug, Default, Clone)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds problems that were sorted already.
    pub fn extend_list(&mut self, list: Vec<Diagnostic>) {
        self.list.extend(list);
    }

    /// Adds all problems of another list.
    pub fn extend(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    /// Takes back a problem that another explains, of those added since there were so many.
    pub fn forget(&mut self, since: usize, code: Code, span: Span, message: &str) {
        let since = since.min(self.list.len());
        self.list
            .extract_if(since.., |d| {
                d.code == code && d.span == Some(span) && d.message == message
            })
            .for_each(drop);
    }

    /// Takes back the problems added since there were so many: another explains them.
    pub fn forget_since(&mut self, since: usize) {
        self.list.truncate(since);
    }

    /// Gives the problems another hint, of those added since there were so many.
    pub fn hint_since(&mut self, since: usize, hint: &str) {
        for problem in self.list.iter_mut().skip(since) {
            problem.hint = Some(hint.to_owned());
        }
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Tells whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Returns the problems, in the order of the files and of the places in them; those without a place come last.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.list
            .sort_by_key(|d| d.span.map_or((1, None), |span| (0, Some(span))));
        self.list.dedup();
        self.list
    }

    /// Returns the problems in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            list: vec![diagnostic],
        }
    }
}

/// Returns the candidate nearest to what was typed, if one is near: for "did you mean".
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let length = typed.chars().count();
    let limit = if length <= 4 { 1 } else { length / 3 };
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let begins = !typed.is_empty() && lower.starts_with(&typed);
            // Two texts are at least as far from each other as their lengths: a text far longer than a word is compared with none.
            let may_be_near = lower.chars().count().abs_diff(length) <= limit;
            if !begins && !may_be_near {
                return None;
            }
            let distance = strsim::osa_distance(&typed, &lower);
            (begins || distance <= limit).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// For so many unknown names the nearest one is looked for.
const GUESSED: usize = 20;

/// The nearest known names of unknown ones that stand in rows. A name is looked for once however many rows it stands in, and only the first
/// 20 names are: a book whose every row names something unknown costs no comparison of all with all.
#[derive(Debug, Default)]
pub struct Guesses {
    found: HashMap<String, Option<String>>,
}

impl Guesses {
    /// Returns the candidate nearest to a name, if one is near and the name is among the first 20.
    pub fn nearest<'a>(
        &mut self,
        typed: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<&str> {
        if !self.found.contains_key(typed) {
            if self.found.len() == GUESSED {
                return None;
            }
            let near = nearest(typed, candidates).map(str::to_owned);
            self.found.insert(typed.to_owned(), near);
        }
        self.found.get(typed)?.as_deref()
    }
}

/// Tells whether two numbers have the same letters and the same figures, however they are filled up and separated.
pub fn same_number(a: &str, b: &str) -> bool {
    let parts = |text: &str| {
        let text = text.to_lowercase();
        let mut parts: Vec<String> = Vec::new();
        let mut last = None;
        for c in text
            .chars()
            .filter(|c| c.is_alphanumeric() || "-/. _".contains(*c))
        {
            let kind = if c.is_ascii_digit() {
                Some(true)
            } else {
                c.is_alphanumeric().then_some(false)
            };
            match (kind, parts.last_mut()) {
                (None, _) => {}
                (Some(_), Some(part)) if kind == last => part.push(c),
                (Some(_), _) => parts.push(c.to_string()),
            }
            last = kind;
        }
        parts
            .iter()
            .map(|part| part.trim_start_matches('0').to_owned())
            .collect::<Vec<_>>()
    };
    parts(a) == parts(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_or_none() {
        assert_eq!(nearest("quantiy", ["price", "quantity"]), Some("quantity"));
        assert_eq!(nearest("durnad", ["acme", "durand"]), Some("durand"));
        assert_eq!(nearest("zzz", ["price", "quantity"]), None);
        assert_eq!(nearest("", ["price"]), None);
    }

    #[test]
    fn the_nearest_of_equally_near_words_is_the_first() {
        assert_eq!(nearest("abcdef", ["abcdxf", "abcdyf"]), Some("abcdxf"));
        assert_eq!(nearest("qu", ["quantity", "quote"]), Some("quote"));
        assert_eq!(nearest("ÉTÉ", ["ete", "été"]), Some("été"));
        assert_eq!(nearest("ab", ["ba"]), Some("ba"), "two that changed places");
        assert_eq!(nearest("kitten", ["sitting"]), None, "three of six");
    }

    #[test]
    fn twenty_names_are_guessed_each_of_them_once() {
        let mut guesses = Guesses::default();
        for n in 0..20 {
            let name = format!("acme-corporation{n}");
            let mut asked = false;
            for _ in 0..2 {
                let near = guesses.nearest(
                    &name,
                    std::iter::once("acme-corporation").inspect(|_| {
                        assert!(!asked, "{name} was looked for twice");
                        asked = true;
                    }),
                );
                assert_eq!(near, Some("acme-corporation"));
            }
        }
        assert_eq!(
            guesses.nearest("acme-corporation20", ["acme-corporation"]),
            None
        );
        assert_eq!(
            guesses.nearest("acme-corporation7", []),
            Some("acme-corporation")
        );
    }

    #[test]
    fn numbers_are_the_same_whatever_fills_and_separates_them() {
        for same in ["f2026-0042", "F2026/42", "F 2026 00042", "F2026_0042"] {
            assert!(same_number(same, "F2026-0042"), "{same}");
        }
        for other in [
            "F2026-0043",
            "F2026-0024",
            "A2026-0042",
            "F202-60042",
            "2026-0042",
            "",
        ] {
            assert!(!same_number(other, "F2026-0042"), "{other}");
        }
    }

    #[test]
    fn codes_are_unique() {
        let mut all: Vec<_> = code::ALL.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), code::ALL.len());
    }
}
