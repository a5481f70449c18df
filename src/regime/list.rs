//! Every datum of a country's law, as `law list` shows it: what it is, since when, its value, its source, where it comes from.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::datum::{Datum, Origin};
use super::{FeeRule, InterestAfter, LateMode, LateStart, Regime, limitation};
use crate::ledger::amount::plain;
use crate::ledger::date::{half_year, plus_days};
use crate::ledger::party::Language;
use crate::ledger::settings::LawEntry;

impl Regime {
    /// Returns every datum, of a kind together and by date; `laws` are the ledger's own, which this law was made with. Texts are in a
    /// language.
    pub fn data(&self, laws: &[LawEntry], language: Language) -> Vec<Datum> {
        let mut list = self.rates();
        list.extend(self.late_data());
        list.extend(self.terms());
        list.extend(self.texts(language));
        list.extend(self.duties(language));
        for datum in &mut list {
            let is_it =
                |law: &LawEntry| law.kind.value == datum.kind && Some(law.from) == datum.from;
            let percent = |law: &LawEntry| {
                law.percent
                    .is_none_or(|percent| datum.value == percentage(percent))
            };
            if let Some(at) = laws.iter().rposition(|law| is_it(law) && percent(law)) {
                (datum.source, datum.origin) = (laws[at].source.clone(), Origin::Own(at));
            }
        }
        let days = laws
            .iter()
            .enumerate()
            .filter(|(_, law)| matches!(law.kind.as_str(), "holiday" | "working-day"));
        list.extend(days.map(|(at, law)| {
            Datum {
                until: Some(law.from),
                origin: Origin::Own(at),
                ..Datum::new(
                    &law.kind.value,
                    law.text.clone().unwrap_or_default(),
                    &law.source,
                )
                .from(law.from)
            }
        }));
        list
    }

    /// The reference rates that this law refers to, and the rates of VAT.
    fn rates(&self) -> Vec<Datum> {
        let mut names: Vec<&String> = Vec::new();
        for late in &self.late {
            for name in std::iter::once(&late.reference).chain(&late.floor_reference) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let mut list = Vec::new();
        for series in names.into_iter().filter_map(|name| self.series(name)) {
            list.extend(series.known().map(|rate| {
                Datum {
                    until: Some(plus_days(half_year(plus_days(rate.from, 190)), -1)),
                    ..Datum::new(&series.name, percentage(rate.percent), rate.source)
                        .from(rate.from)
                        .doubted(rate.unconfirmed)
                }
            }));
        }
        list.extend(self.territory.iter().map(|territory| {
            let rates: Vec<String> = territory.rates.iter().map(|rate| plain(*rate)).collect();
            let rates = if rates.is_empty() {
                "no VAT".to_owned()
            } else {
                format!("{} %", rates.join(", "))
            };
            let value = format!("{}: {rates}", territory.name);
            Datum::new("vat-territory", value, &territory.source)
        }));
        list.extend(self.vat_rate.iter().map(|rate| {
            Datum::new("vat-rate", percentage(rate.percent), &rate.source)
                .from(rate.from)
                .doubted(rate.unconfirmed)
        }));
        list
    }

    /// Late interest, its floor and the fixed indemnity, for each kind of client; what insolvency makes of interest.
    fn late_data(&self) -> Vec<Datum> {
        let mut list = Vec::new();
        for (at, late) in self.late.iter().enumerate() {
            let clients = late.clients.join(", ");
            let same = |known: &&super::Late| {
                (
                    &known.clients,
                    &known.reference,
                    known.points,
                    &known.source,
                ) == (&late.clients, &late.reference, late.points, &late.source)
            };
            if !self.late[..at].iter().any(|known| same(&known)) {
                let mode = match late.mode {
                    LateMode::Piecewise => "of each half-year",
                    LateMode::FixedAtStart => "of the half-year in which it became late",
                };
                let start = match late.start {
                    LateStart::Due => "",
                    LateStart::Notice => ", from a formal notice on",
                };
                let value = format!(
                    "{clients}: {} {mode} + {} points{start}",
                    late.reference,
                    plain(late.points)
                );
                list.push(Datum::new("late-interest", value, &late.source).from(late.from));
            }
            if let (Some(series), Some(factor)) = (&late.floor_reference, late.floor_factor) {
                let value = format!(
                    "{clients}: an agreed rate is at least {} × {series}",
                    plain(factor)
                );
                list.push(Datum::new("late-interest-floor", value, &late.source).from(late.from));
            }
            if let Some(rule) = &late.enforceable {
                let value = format!(
                    "{clients}: + {} points {} months after an enforceable judgment was served",
                    plain(rule.points),
                    rule.months
                );
                list.push(
                    Datum::new("late-interest-enforceable", value, &rule.source).from(late.from),
                );
            }
            if late.fee.is_zero() {
                continue;
            }
            let mut value = format!("{clients}: {} {}", plain(late.fee), late.currency);
            value.push_str(match late.fee_rule {
                Some(FeeRule::Fixed) => ", no other may be agreed",
                Some(FeeRule::AtLeast) => ", more may be agreed",
                None => "",
            });
            for step in &late.fee_from {
                value.push_str(&format!(", {} from {}", plain(step.fee), plain(step.debt)));
            }
            list.push(Datum::new("recovery-fee", value, &late.source).from(late.from));
        }
        if let Some(rule) = &self.insolvency {
            let value = match (rule.interest, rule.unless_deferred_months) {
                (InterestAfter::Runs, _) => "interest runs on".to_owned(),
                (InterestAfter::Stops, None) => {
                    "interest stops with the opening judgment".to_owned()
                }
                (InterestAfter::Stops, Some(months)) => {
                    format!(
                        "interest stops with the opening judgment, unless payment was deferred by {months} months or more"
                    )
                }
            };
            list.push(Datum::new("insolvency", value, &rule.source).from(rule.from));
        }
        list
    }

    /// Terms of payment, periods of limitation, formal notices.
    fn terms(&self) -> Vec<Datum> {
        let mut list = vec![Datum::new(
            "default-term",
            format!("{} days", self.default_term),
            "",
        )];
        if let Some(limit) = &self.term_limit {
            let eom = limit.eom_days.map_or(String::new(), |days| {
                format!(", or {days} days and the end of the month")
            });
            list.push(Datum::new(
                "term-limit",
                format!("{} days{eom}", limit.days),
                &limit.source,
            ));
            if let Some(days) = limit.summary_days {
                let value = format!("{days} days from an invoice that sums up a month");
                list.push(Datum::new("term-limit", value, &limit.source));
            }
        }
        if let Some(limit) = &self.public_term {
            let value = format!(
                "public: {} days, at most {}; {}",
                limit.days, limit.at_most, limit.others
            );
            list.push(Datum::new("term-limit", value, &limit.source));
        }
        list.extend(limitation::data(&self.limitation));
        list.extend(self.notice.iter().map(super::Notice::datum));
        list
    }

    /// What the law words: reasons for charging no VAT, mentions.
    fn texts(&self, language: Language) -> Vec<Datum> {
        let reasons = self.reason.iter().map(|reason| Datum {
            from: reason.from,
            until: reason.until,
            ..Datum::new(
                format!("text-{}", reason.vatex),
                reason.text.of(language),
                &reason.source,
            )
        });
        let mentions = self.mention.iter().map(|mention| {
            Datum::new(
                format!("mention-{}", mention.id),
                mention.text.of(language),
                &mention.source,
            )
            .doubted(mention.unconfirmed)
        });
        reasons.chain(mentions).collect()
    }

    /// What a document must have, and what a case of VAT without a rate needs.
    fn duties(&self, language: Language) -> Vec<Datum> {
        let cases = self.case.iter().map(|case| {
            let text = || case.text(NaiveDate::MAX, language);
            let vatex = case.vatex.as_deref().or_else(text);
            let vatex = vatex.unwrap_or("a reason of your own");
            let home = case.home_vatex.as_ref().map_or(String::new(), |code| {
                format!(", {code} between parties of one country")
            });
            let needs = if case.needs.is_empty() {
                String::new()
            } else {
                format!(", needs {}", case.needs.join(" "))
            };
            Datum::new(
                "vat-case",
                format!("{}: {vatex}{home}{needs}", case.word),
                &case.source,
            )
        });
        let duties = self.duty.iter().map(|duty| {
            let (severity, from) = if duty.from.is_some() {
                ("an error", duty.from)
            } else {
                ("a warning", duty.warn_from)
            };
            let before = duty.warn_from.filter(|_| duty.from.is_some());
            let warned = before.map_or(String::new(), |from| format!(", a warning from {from}"));
            Datum {
                from,
                ..Datum::new(
                    "duty",
                    format!("{}: {severity}{warned}", duty.code),
                    &duty.source,
                )
            }
        });
        cases.chain(duties).collect()
    }
}

fn percentage(value: Decimal) -> String {
    format!("{} %", plain(value))
}

#[cfg(test)]
mod tests {
    use super::super::{built_in, of};
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::ledger::date::parse;
    use crate::span::{FileId, Span, Spanned};

    #[test]
    fn every_datum_has_a_value_and_a_source() {
        for country in ["FR", "DE", "GB", "ES", "US"] {
            let data = built_in(country).data(&[], Language::Fr);
            for datum in &data {
                assert!(!datum.value.is_empty(), "{country}: {datum:?}");
                assert!(
                    !datum.source.is_empty() || datum.kind == "default-term",
                    "{country}: {datum:?}"
                );
                assert!(
                    !matches!(datum.origin, Origin::Own(_)),
                    "{country}: {datum:?}"
                );
            }
            assert!(data.len() > 10, "{country}");
        }
    }

    #[test]
    fn what_the_ledger_says_is_named_as_its_own() {
        let nowhere = Span::whole(FileId::NOWHERE);
        let law = |kind: &str,
                   from: &str,
                   percent: Option<&str>,
                   amount: Option<&str>,
                   text: Option<&str>| LawEntry {
            span: nowhere,
            kind: Spanned {
                value: kind.to_owned(),
                span: nowhere,
            },
            from: parse(from).unwrap(),
            percent: percent.map(|value| value.parse().unwrap()),
            amount: amount.map(|value| value.parse().unwrap()),
            text: text.map(str::to_owned),
            source: format!("source of {kind}"),
        };
        let laws = [
            law("ecb-refi", "2027-01-01", Some("2.65"), None, None),
            law("vat-rate", "2028-01-01", Some("21"), None, None),
            law("recovery-fee", "2028-01-01", None, Some("50"), None),
            law("holiday", "2027-05-14", None, None, Some("Pont")),
            law(
                "limitation-business",
                "2026-01-01",
                None,
                None,
                Some("3y from due"),
            ),
        ];
        let mut problems = Diagnostics::default();
        let data = of("FR", &laws, &mut problems).data(&laws, Language::Fr);
        assert!(problems.is_empty());
        let own = |kind: &str| {
            let found = data
                .iter()
                .filter(|datum| datum.kind == kind && matches!(datum.origin, Origin::Own(_)));
            found
                .map(|datum| (datum.value.as_str(), datum.source.as_str()))
                .collect::<Vec<_>>()
        };
        assert_eq!(own("ecb-refi"), [("2.65 %", "source of ecb-refi")]);
        assert_eq!(own("vat-rate"), [("21 %", "source of vat-rate")]);
        let fee = "source of recovery-fee";
        assert_eq!(
            own("recovery-fee"),
            [
                ("business: 50 EUR, no other may be agreed", fee),
                ("public: 50 EUR, no other may be agreed", fee)
            ]
        );
        assert_eq!(own("holiday"), [("Pont", "source of holiday")]);
        assert_eq!(
            own("limitation-business"),
            [("3y from due", "source of limitation-business")]
        );
        // A newer indemnity repeats no rate.
        assert_eq!(
            data.iter()
                .filter(|datum| datum.kind == "late-interest")
                .count(),
            // Business, consumer, and public before and since the Code de la commande publique.
            4
        );
    }
}
