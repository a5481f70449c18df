//! Limitation: how long a claim can be brought before a court, from when, and what begins the time anew.

use crate::ledger::words::words;
use chrono::NaiveDate;
use serde::Deserialize;

use super::datum::{Datum, Origin};
use super::parts::{conflict, unknown_kind};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::party::ClientKind;
use crate::ledger::settings::LawEntry;

/// A period of limitation towards kinds of clients.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limitation {
    clients: Vec<String>,
    /// How long, from when, and what begins it anew.
    pub rule: Rule,
    from: NaiveDate,
    /// The text of the law.
    pub source: String,
    /// Taken from memory, in part or whole, not from a checked page: a `[[law]]` may replace it.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// What a period runs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The day on which the work was done or the goods were handed over, or the due date if that comes before.
    Supply,
    /// The due date.
    Due,
}

impl Start {
    const WORDS: &[(&str, Self)] = &[("supply", Self::Supply), ("due", Self::Due)];
}

words! {
    /// What begins a period anew.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Restart {
        /// The client acknowledged the debt in writing: an event `acknowledged`.
        Acknowledged = "acknowledged",
        /// The client paid a part.
        Payment = "payment",
        /// The client agreed on a plan.
        Plan = "plan",
        /// A reminder in writing.
        Reminder = "reminder",
    }
}

impl Restart {
    /// Returns it in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Acknowledged => "an acknowledgement",
            Self::Payment => "a payment",
            Self::Plan => "a plan",
            Self::Reminder => "a reminder",
        }
    }
}

/// A period as a text says it: `3y from due year-end, again from acknowledged payment`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Rule {
    /// How long.
    pub months: u32,
    /// From when.
    pub start: Start,
    /// From the end of that year.
    pub year_end: bool,
    /// What begins it anew; from that day on, or from the end of its year.
    pub again: Vec<Restart>,
    /// Anew from the end of the year.
    pub again_year_end: bool,
}

impl Rule {
    /// Reads `5y from supply`, `18m from due`, with `year-end`, and `, again from acknowledged payment plan reminder`.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, again) = text
            .split_once(',')
            .map_or((text, None), |(first, again)| (first, Some(again)));
        let mut words = first.split_whitespace();
        let period = words.next()?;
        let number = |unit| {
            period
                .strip_suffix(unit)
                .and_then(|n: &str| n.parse::<u32>().ok())
        };
        let months = number('m').or(number('y').and_then(|years| years.checked_mul(12)))?;
        let start = match (words.next()?, words.next()?) {
            ("from", word) => find(Start::WORDS, word)?,
            _ => return None,
        };
        let year_end = match (words.next(), words.next()) {
            (None, _) => false,
            (Some("year-end"), None) => true,
            _ => return None,
        };
        let mut rule = Self {
            months,
            start,
            year_end,
            again: Vec::new(),
            again_year_end: false,
        };
        if let Some(again) = again {
            let again = again.trim().strip_prefix("again from ")?.trim();
            rule.again_year_end = again.ends_with(" year-end");
            let words = again.trim_end_matches(" year-end").split_whitespace();
            rule.again = words
                .map(|word| find(Restart::WORDS, word))
                .collect::<Option<_>>()?;
        }
        Some(rule).filter(|rule| (1..=1200).contains(&rule.months))
    }

    /// Returns it as a text says it.
    pub fn text(&self) -> String {
        let period = match self.months {
            months if months % 12 == 0 => format!("{}y", months / 12),
            months => format!("{months}m"),
        };
        let start = Start::WORDS
            .iter()
            .find(|(_, start)| *start == self.start)
            .map_or("", |(word, _)| word);
        let mut text = format!("{period} from {start}");
        let year_end = |is: bool| if is { " year-end" } else { "" };
        text.push_str(year_end(self.year_end));
        if !self.again.is_empty() {
            let words: Vec<&str> = self.again.iter().map(|restart| restart.word()).collect();
            text.push_str(&format!(
                ", again from {}{}",
                words.join(" "),
                year_end(self.again_year_end)
            ));
        }
        text
    }
}

fn find<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, value)| *value)
}

impl TryFrom<String> for Rule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no period of limitation"))
    }
}

/// What a `[[law]]` of this kind begins with; the kind of client follows.
const KIND: &str = "limitation-";

/// Returns the period of limitation towards a kind of client for what arises on a day; none where it is not known.
pub(super) fn at(list: &[Limitation], client: ClientKind, day: NaiveDate) -> Option<&Limitation> {
    list.iter()
        .filter(|known| known.from <= day && known.clients.iter().any(|word| word == client.word()))
        .max_by_key(|known| known.from)
}

/// Adds a period of the ledger: what was confirmed for a later day, or that one, it contradicts; what was not, it replaces.
/// # Errors
/// `VALUE-CHOICE` where the kind or the text is none, `LAW-CONFLICT` where it contradicts what was confirmed.
pub(super) fn add(list: &mut Vec<Limitation>, law: &LawEntry) -> Result<(), Diagnostic> {
    let kind = law.kind.value.strip_prefix(KIND).unwrap_or_default();
    if !ClientKind::WORDS.iter().any(|(word, _)| *word == kind) {
        return Err(unknown_kind(law));
    }
    let rule = law.text.as_deref().and_then(Rule::parse).ok_or_else(|| {
        Diagnostic::error(code::VALUE_CHOICE, "a period of limitation is a `text` of the form `5y from supply`")
            .at(law.span)
            .hint("such as text = \"3y from due year-end, again from acknowledged payment plan\"; `acquit explain law` says more")
    })?;
    let known = |known: &&Limitation| {
        known.from >= law.from && known.clients.iter().any(|word| word == kind)
    };
    if let Some(known) = list
        .iter()
        .filter(known)
        .find(|known| !known.unconfirmed && known.rule != rule)
    {
        return Err(conflict(
            law,
            format!(
                "this period is known from {} on ({})",
                known.from, known.source
            ),
        ));
    }
    for old in list.iter_mut() {
        if old.from >= law.from {
            old.clients.retain(|word| word != kind);
        }
    }
    let (clients, source) = (vec![kind.to_owned()], law.source.clone());
    list.push(Limitation {
        clients,
        rule,
        from: law.from,
        source,
        unconfirmed: false,
    });
    Ok(())
}

/// Returns the periods as data, one for each kind of client.
pub(super) fn data(list: &[Limitation]) -> Vec<Datum> {
    let one = |known: &Limitation, client: &String| {
        let origin = if known.unconfirmed {
            Origin::Unconfirmed
        } else {
            Origin::BuiltIn
        };
        let (kind, value, source) = (
            format!("{KIND}{client}"),
            known.rule.text(),
            known.source.clone(),
        );
        Datum {
            kind,
            from: Some(known.from),
            until: None,
            value,
            source,
            origin,
        }
    };
    list.iter()
        .flat_map(|known| known.clients.iter().map(move |client| one(known, client)))
        .collect()
}

/// Tells whether a `[[law]]` is about limitation.
pub(super) fn is_limitation(law: &LawEntry) -> bool {
    law.kind.value.starts_with(KIND)
}

#[cfg(test)]
mod tests {
    use super::super::{Regime, built_in, of};
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::ledger::date::parse;
    use crate::span::{FileId, Span, Spanned};

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    #[test]
    fn a_rule_is_read_as_it_is_written() {
        let rule = Rule::parse("3y from due year-end, again from acknowledged payment").unwrap();
        assert_eq!(
            (rule.months, rule.start, rule.year_end, rule.again_year_end),
            (36, Start::Due, true, false)
        );
        assert_eq!(rule.again, [Restart::Acknowledged, Restart::Payment]);
        let rule = Rule::parse("18m from supply, again from reminder year-end").unwrap();
        assert_eq!(
            (rule.months, rule.start, rule.year_end, rule.again_year_end),
            (18, Start::Supply, false, true)
        );
        for text in [
            "3y from due year-end, again from acknowledged payment",
            "18m from supply, again from reminder year-end",
            "2y from supply",
        ] {
            assert_eq!(Rule::parse(text).unwrap().text(), text);
        }
        for text in [
            "",
            "5y",
            "5 from due",
            "5y due",
            "5y from noon",
            "0y from due",
            "5y from due soon",
            "5y from due, again",
        ] {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
    }

    /// INVOICING-LAW §3.4, and loi 68-1250 for public bodies.
    #[test]
    fn periods_are_those_of_the_law() {
        let months = |country, kind| {
            built_in(country)
                .limitation(kind, day("2026-11-22"))
                .map(|law| law.rule.months)
        };
        for (country, kind, expected) in [
            ("FR", ClientKind::Business, Some(60)),
            ("FR", ClientKind::Consumer, Some(24)),
            ("FR", ClientKind::Public, Some(48)),
            ("DE", ClientKind::Business, Some(36)),
            ("DE", ClientKind::Consumer, Some(36)),
            ("GB", ClientKind::Business, Some(72)),
            ("ES", ClientKind::Business, None),
            ("US", ClientKind::Business, None),
        ] {
            assert_eq!(months(country, kind), expected, "{country} {kind:?}");
        }
    }

    fn law(kind: &str, from: &str, text: &str) -> LawEntry {
        let nowhere = Span::whole(FileId::NOWHERE);
        LawEntry {
            span: nowhere,
            kind: Spanned {
                value: kind.into(),
                span: nowhere,
            },
            from: day(from),
            percent: None,
            amount: None,
            text: Some(text.into()),
            source: "the contract".into(),
        }
    }

    #[test]
    fn a_ledger_adds_a_period_and_replaces_what_is_not_confirmed() {
        let mut problems = Diagnostics::default();
        let laws = [
            law("limitation-business", "2000-01-01", "2y from due"),
            law("limitation-consumer", "2030-01-01", "1y from due"),
        ];
        let french = of("FR", &laws, &mut problems);
        let spanish = of("ES", &laws[..1], &mut problems);
        assert!(problems.is_empty());
        let months =
            |regime: &Regime, kind, at| regime.limitation(kind, day(at)).map(|law| law.rule.months);
        assert_eq!(
            months(&french, ClientKind::Business, "2026-11-22"),
            Some(24)
        );
        assert_eq!(
            months(&french, ClientKind::Consumer, "2029-12-31"),
            Some(24)
        );
        assert_eq!(
            months(&french, ClientKind::Consumer, "2030-01-01"),
            Some(12)
        );
        assert_eq!(
            months(&spanish, ClientKind::Business, "2026-11-22"),
            Some(24)
        );
        assert_eq!(months(&spanish, ClientKind::Consumer, "2026-11-22"), None);
    }

    #[test]
    fn a_wrong_period_is_refused() {
        for (entry, expected) in [
            (
                law("limitation-everyone", "2026-01-01", "2y from due"),
                code::VALUE_CHOICE,
            ),
            (
                law("limitation-business", "2026-01-01", "some years"),
                code::VALUE_CHOICE,
            ),
            (
                law("limitation-public", "1960-01-01", "2y from due"),
                code::LAW_CONFLICT,
            ),
        ] {
            let mut problems = Diagnostics::default();
            let _ = of("FR", &[entry], &mut problems);
            assert_eq!(
                problems.iter().next().map(|problem| problem.code),
                Some(expected)
            );
        }
    }
}
