//! WHAT THE LAW SAYS, per country: dated, sourced data (the TOML files beside this one), with the ledger's `[[law]]` on top.
//!
//! Imports only `ledger`, `span`, `diagnostic`. Unknown is an error, never a guess.

pub mod calendar;
pub mod circumstances;
mod datum;
mod forms;
mod gaps;
mod insolvency;
mod limitation;
mod list;
mod notice;
mod parts;
mod rates;
mod reasons;
mod territory;
mod vat;

use circumstances::{Circumstances, Condition, DiscountForm, LateForm, Supply, SupplyDay};
use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, code};
use crate::ledger::currency::Currency;
use crate::ledger::party::{ClientKind, Form};
use crate::ledger::settings::LawEntry;

pub use self::calendar::Calendar;
pub use self::datum::{Datum, Origin};
pub use self::forms::{FormRule, Unregistered, unregistered};
pub use self::insolvency::{Insolvency, InterestAfter};
pub use self::limitation::{Limitation, Restart, Rule, Start};
pub use self::notice::Notice;
pub use self::parts::Wording;
use self::parts::{conflict, decimal, optional_decimal, unknown_kind};
pub use self::rates::{RateSeries, Reference, add_command, how_to_add, rate_series, unknown_rate};
pub use self::territory::Territory;
use self::vat::Reason;
pub use self::vat::{Case, VatRate};

const EUROPE: &str = include_str!("eu.toml");
const WORLD: &str = include_str!("world.toml");
/// Countries with data of their own: the country, its data, and what they stand on top of, if anything.
const COUNTRIES: [(&str, &str, Option<&str>); 10] = [
    ("FR", include_str!("fr.toml"), None),
    ("DE", include_str!("de.toml"), Some(EUROPE)),
    ("GB", include_str!("gb.toml"), Some(WORLD)),
    ("AT", include_str!("at.toml"), Some(EUROPE)),
    ("BE", include_str!("be.toml"), Some(EUROPE)),
    ("ES", include_str!("es.toml"), Some(EUROPE)),
    ("FI", include_str!("fi.toml"), Some(EUROPE)),
    ("IT", include_str!("it.toml"), Some(EUROPE)),
    ("LU", include_str!("lu.toml"), Some(EUROPE)),
    ("PT", include_str!("pt.toml"), Some(EUROPE)),
];

/// The Member States of the EU.
#[rustfmt::skip]
const MEMBERS: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Tells whether a country is a Member State of the EU.
pub fn is_member(country: &str) -> bool {
    MEMBERS.contains(&country)
}

/// Returns what this program does not know of a seller's country, in one sentence; none where it knows it in full.
pub fn gap(country: &str) -> Option<String> {
    gaps::of(country, is_member(country))
}

/// The law of one country.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// ISO code, `EU`, or `*`.
    pub country: String,
    /// Whether [`Regime::vat_rate`] lists all rates there are.
    pub vat_rates_closed: bool,
    /// Days from the invoice where nothing is agreed.
    pub default_term: u32,
    /// VAT rates.
    #[serde(default)]
    pub vat_rate: Vec<VatRate>,
    /// The longest terms between professionals.
    pub term_limit: Option<TermLimit>,
    /// The longest terms of public bodies.
    pub public_term: Option<PublicTerm>,
    /// Late interest.
    #[serde(default)]
    late: Vec<Late>,
    #[serde(default)]
    case: Vec<Case>,
    #[serde(default)]
    reason: Vec<Reason>,
    #[serde(default)]
    mention: Vec<MentionRule>,
    #[serde(default)]
    duty: Vec<Duty>,
    #[serde(default)]
    notice: Vec<Notice>,
    #[serde(default)]
    limitation: Vec<Limitation>,
    /// Parts of the country with a VAT of their own.
    #[serde(default)]
    territory: Vec<Territory>,
    /// What companies of each legal form state.
    #[serde(default)]
    form: Vec<FormRule>,
    /// What insolvency proceedings against a debtor of this country make of interest; none where that is not known.
    pub insolvency: Option<Insolvency>,
    /// How many days before a claim lapses that is said.
    pub limitation_warning: u32,
    #[serde(skip)]
    series: BTreeMap<String, RateSeries>,
    /// Its working days.
    #[serde(skip)]
    pub calendar: Calendar,
}

/// The longest terms between professionals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermLimit {
    /// Days from the invoice.
    pub days: u32,
    /// Days with the end of the month, where the law knows that.
    pub eom_days: Option<u32>,
    /// Days from an invoice that sums up the supplies of a period, where the law has fewer for it.
    pub summary_days: Option<u32>,
    /// The text.
    pub source: String,
}

/// The longest terms that a public body may be given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicTerm {
    /// Days from the invoice for most of them.
    pub days: u32,
    /// Days that none may pass.
    pub at_most: u32,
    /// Who has more than the first, in words.
    pub others: String,
    /// The text.
    pub source: String,
}

/// What may be agreed of the fixed indemnity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeeRule {
    /// The law's amount and no other.
    Fixed,
    /// The law's amount or more.
    AtLeast,
}

/// How interest follows its reference rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LateMode {
    /// Each half-year has its rate.
    Piecewise,
    /// The half-year in which the debt became late decides.
    FixedAtStart,
}

/// From when a debt bears interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LateStart {
    /// From the day after the due date.
    #[default]
    Due,
    /// From the day after a formal notice.
    Notice,
}

/// Points that come on top once a judgment is enforceable.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enforceable {
    /// In percent.
    #[serde(with = "decimal")]
    pub points: Decimal,
    /// Months after the judgment was served.
    pub months: u32,
    /// The text.
    pub source: String,
}

/// The statutory interest and indemnity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Late {
    clients: Vec<String>,
    /// The reference rate's series.
    pub reference: String,
    /// Points on top, in percent.
    #[serde(with = "decimal")]
    pub points: Decimal,
    /// How it follows.
    pub mode: LateMode,
    /// The reference rate is rounded up to a multiple of this, if the law says so.
    #[serde(default, with = "optional_decimal")]
    round_up: Option<Decimal>,
    /// Whether the law reads the reference rate on the day before the half-year, and not on its first day.
    #[serde(default)]
    pub eve: bool,
    /// From when it runs.
    #[serde(default)]
    pub start: LateStart,
    /// What comes on top once a judgment is enforceable.
    #[serde(default)]
    pub enforceable: Option<Enforceable>,
    /// Fixed indemnity, in [`Late::currency`].
    #[serde(with = "decimal")]
    pub fee: Decimal,
    /// What may be agreed in its place; anything where the law does not say.
    pub fee_rule: Option<FeeRule>,
    /// The fixed indemnity's currency: the euro unless said.
    #[serde(default = "euro")]
    currency: String,
    /// Higher indemnities from a debt on, the smallest first.
    #[serde(default)]
    fee_from: Vec<FeeStep>,
    /// Whether the indemnity cannot be claimed where insolvency proceedings were open at the due date.
    #[serde(default)]
    pub fee_lost_in_insolvency: bool,
    /// An agreed rate must not be below this series …
    pub floor_reference: Option<String>,
    /// … times this.
    #[serde(default, with = "optional_decimal")]
    pub floor_factor: Option<Decimal>,
    from: NaiveDate,
    /// The text.
    pub source: String,
}

/// A fixed indemnity from a debt on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeeStep {
    #[serde(with = "decimal")]
    debt: Decimal,
    #[serde(with = "decimal")]
    fee: Decimal,
}

fn euro() -> String {
    "EUR".to_owned()
}

impl Late {
    /// Returns the fixed indemnity on a debt.
    pub fn fee_on(&self, debt: Decimal) -> Decimal {
        self.fee_from
            .iter()
            .rev()
            .find(|step| step.debt <= debt)
            .map_or(self.fee, |step| step.fee)
    }

    /// Returns the reference rate as the law takes it: rounded up where it says so.
    pub fn taken(&self, reference: Decimal) -> Decimal {
        self.round_up
            .map_or(reference, |step| (reference / step).ceil() * step)
    }

    /// Returns the day whose reference rate holds for a half-year.
    pub fn reference_day(&self, half_year: NaiveDate) -> NaiveDate {
        if self.eve {
            half_year.pred_opt().unwrap_or(half_year)
        } else {
            half_year
        }
    }

    /// Returns the fixed indemnity's currency; none only where the data misspell it.
    pub fn currency(&self) -> Option<Currency> {
        Currency::parse(&self.currency)
    }
}

/// A mention and when it is printed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MentionRule {
    /// Its name.
    pub id: String,
    /// Subject code (BT-21).
    pub code: Option<String>,
    /// The wording, with placeholders.
    pub text: Wording,
    #[serde(default)]
    clients: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
    operation: Option<Supply>,
    vat_due: Option<String>,
    discount: Option<DiscountForm>,
    late: Option<LateForm>,
    /// All of these must be so.
    #[serde(default)]
    when: Vec<Condition>,
    /// A line must have this rate of VAT, in percent.
    #[serde(default, with = "optional_decimal")]
    rate: Option<Decimal>,
    /// Whether the client declares it and signs.
    #[serde(default)]
    pub sign: bool,
    /// Whether it stands with the seller's form and capital (BT-33) instead of among the mentions.
    #[serde(default)]
    pub in_seller: bool,
    /// Taken from memory, not from a checked page.
    #[serde(default)]
    pub unconfirmed: bool,
    supply_day: Option<SupplyDay>,
    quote_cost: Option<String>,
    /// The text of the law.
    pub source: String,
}

/// Something that a document must have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Duty {
    code: String,
    from: Option<NaiveDate>,
    warn_from: Option<NaiveDate>,
    source: String,
}

/// Returns the law of a country, with the ledger's own values on top; conflicts are added to the problems.
pub fn of(country: &str, laws: &[LawEntry], problems: &mut Diagnostics) -> Regime {
    let mut regime = built_in(country).clone();
    regime.calendar = Calendar::of(country);
    for law in laws {
        if let Err(problem) = regime.add(law) {
            problems.push(problem);
        }
    }
    regime
}

/// The laws of several countries with the ledger's own values on top, each made once.
#[derive(Debug)]
pub struct Laws<'l> {
    own: &'l [LawEntry],
    known: BTreeMap<String, Regime>,
}

impl<'l> Laws<'l> {
    /// Starts with the ledger's own values.
    pub fn new(own: &'l [LawEntry]) -> Self {
        Self {
            own,
            known: BTreeMap::new(),
        }
    }

    /// Returns the law of a country; its conflicts are added to the problems the first time.
    pub fn of(&mut self, country: &str, problems: &mut Diagnostics) -> &Regime {
        self.known
            .entry(country.to_owned())
            .or_insert_with(|| of(country, self.own, problems))
    }
}

/// Reads what is built in of a country.
fn parse(country: &str) -> Regime {
    let mut regime = match COUNTRIES.iter().find(|(known, ..)| *known == country) {
        Some((_, own, Some(base))) => data(own).over(data(base)),
        Some((_, own, None)) => data(own),
        None => data(if is_member(country) { EUROPE } else { WORLD }),
    };
    regime.series = rate_series()
        .into_iter()
        .map(|series| (series.name.clone(), series))
        .collect();
    regime
}

fn data(text: &str) -> Regime {
    toml::from_str(text).unwrap_or_else(|error| unreachable!("built-in law data: {error}"))
}

/// Returns the law of a country as it is built in, read once.
pub fn built_in(country: &str) -> &'static Regime {
    static LAWS: [OnceLock<Regime>; COUNTRIES.len() + 2] =
        [const { OnceLock::new() }; COUNTRIES.len() + 2];
    let own = COUNTRIES.iter().position(|(known, ..)| *known == country);
    let place = own.unwrap_or(COUNTRIES.len() + usize::from(!is_member(country)));
    LAWS[place].get_or_init(|| parse(country))
}

/// What a country says, on top of what its base says: the same thing said again replaces, all else is added.
fn layered<T>(base: Vec<T>, own: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let (again, new): (Vec<T>, Vec<T>) = own
        .into_iter()
        .partition(|item| base.iter().any(|b| name(b) == name(item)));
    let mut again: Vec<Option<T>> = again.into_iter().map(Some).collect();
    let mut list: Vec<T> = base
        .into_iter()
        .map(|item| {
            let found = again
                .iter_mut()
                .find(|own| own.as_ref().is_some_and(|own| name(own) == name(&item)));
            found.and_then(Option::take).unwrap_or(item)
        })
        .collect();
    list.extend(new);
    list
}

impl Regime {
    /// Returns the period of limitation towards a kind of client for what arises on a day; none where this law does not know it.
    pub fn limitation(&self, client: ClientKind, day: NaiveDate) -> Option<&Limitation> {
        limitation::at(&self.limitation, client, day)
    }

    /// Returns the part of the country that a postcode is of; none where the VAT of the country is one.
    pub fn territory(&self, postcode: &str) -> Option<&Territory> {
        territory::at(&self.territory, postcode)
    }

    /// Tells whether a rate of VAT is that of a part of the country, and not one that the ledger has added.
    pub fn has_place(&self, rate: Decimal) -> bool {
        self.territory.iter().any(|part| part.rates.contains(&rate))
    }

    /// Returns what a company of a form states; none where this law asks for nothing.
    pub fn form(&self, form: Form) -> Option<&FormRule> {
        forms::at(&self.form, form)
    }

    /// Returns what a formal notice to a kind of client says on a day.
    pub fn notice(&self, client: ClientKind, day: NaiveDate) -> Option<&Notice> {
        notice::at(&self.notice, client, day)
    }

    /// Returns a reference rate in percent for the half-year that begins on a day.
    ///
    /// # Errors
    /// `LAW-UNKNOWN` where it is not known: nothing is extrapolated.
    pub fn reference_rate(
        &self,
        series: &str,
        half_year: NaiveDate,
    ) -> Result<Decimal, Diagnostic> {
        let known = self
            .known_reference(series, half_year)
            .map(|reference| reference.percent);
        known.ok_or_else(|| unknown_rate(series, half_year))
    }

    /// Returns the same with its source; none where it is not known: nothing is extrapolated.
    pub fn known_reference(&self, series: &str, half_year: NaiveDate) -> Option<Reference<'_>> {
        self.series
            .get(series)?
            .known()
            .find(|rate| rate.from == half_year)
    }

    /// Returns a reference rate over time.
    pub fn series(&self, name: &str) -> Option<&RateSeries> {
        self.series.get(name)
    }

    /// Lays a country's own data over what it stands on.
    fn over(self, base: Self) -> Self {
        Self {
            vat_rate: if self.vat_rate.is_empty() {
                base.vat_rate
            } else {
                self.vat_rate
            },
            term_limit: self.term_limit.or(base.term_limit),
            public_term: self.public_term.or(base.public_term),
            late: if self.late.is_empty() {
                base.late
            } else {
                self.late
            },
            case: layered(base.case, self.case, |case| &case.word),
            reason: layered(base.reason, self.reason, |reason| &reason.vatex),
            mention: layered(base.mention, self.mention, |mention| &mention.id),
            duty: layered(base.duty, self.duty, |duty| &duty.code),
            // The later one rules: a country may have its own for one kind of client.
            notice: base.notice.into_iter().chain(self.notice).collect(),
            limitation: if self.limitation.is_empty() {
                base.limitation
            } else {
                self.limitation
            },
            insolvency: self.insolvency.or(base.insolvency),
            ..self
        }
    }

    /// Adds a value of the ledger.
    ///
    /// # Errors
    /// Where its kind is unknown, its value missing, or it contradicts a confirmed one.
    pub fn add(&mut self, law: &LawEntry) -> Result<(), Diagnostic> {
        let missing = |what: &str| {
            Err(Diagnostic::error(
                code::KEY_MISSING,
                format!("a law of kind `{}` needs `{what}`", law.kind.value),
            )
            .at(law.kind.span)
            .hint("`acquit explain law` lists the kinds and what they need"))
        };
        if let Some(series) = self.series.get_mut(&law.kind.value) {
            let Some(percent) = law.percent else {
                return missing("percent");
            };
            return series.add(law, percent);
        }
        match law.kind.as_str() {
            _ if limitation::is_limitation(law) => limitation::add(&mut self.limitation, law),
            "vat-rate" => {
                let Some(percent) = law.percent else {
                    return missing("percent");
                };
                let source = law.source.clone();
                self.vat_rate.push(VatRate {
                    percent,
                    from: law.from,
                    source,
                    unconfirmed: false,
                });
                Ok(())
            }
            "recovery-fee" => {
                let Some(amount) = law.amount else {
                    return missing("amount");
                };
                let newest = self.late.iter().map(|late| late.from).max();
                if newest.is_some_and(|newest| law.from <= newest) {
                    return Err(conflict(
                        law,
                        format!("the fixed indemnity is known up to {}", law.from),
                    ));
                }
                let newer: Vec<Late> = self
                    .late
                    .iter()
                    .filter(|late| !late.fee.is_zero())
                    .filter(|late| {
                        let replaces =
                            |other: &&Late| other.clients == late.clients && other.from > late.from;
                        !self.late.iter().any(|other| replaces(&other))
                    })
                    .map(|late| Late {
                        fee: amount,
                        fee_from: Vec::new(),
                        from: law.from,
                        ..late.clone()
                    })
                    .collect();
                self.late.extend(newer);
                Ok(())
            }
            "holiday" => {
                let Some(text) = &law.text else {
                    return missing("text");
                };
                self.calendar.say(law.from, Some(text.clone()));
                Ok(())
            }
            "working-day" => {
                self.calendar.say(law.from, None);
                Ok(())
            }
            kind => {
                let Some(id) = kind.strip_prefix("text-") else {
                    return Err(unknown_kind(law));
                };
                let Some(text) = &law.text else {
                    return missing("text");
                };
                self.reword(id, law, text)
            }
        }
    }

    /// Returns the mentions of a document, in the order printed.
    pub fn mentions(&self, c: Circumstances<'_>) -> Vec<&MentionRule> {
        let among =
            |list: &[String], value: &str| list.is_empty() || list.iter().any(|word| word == value);
        let applies = |rule: &&MentionRule| {
            among(&rule.clients, c.client.word())
                && among(&rule.types, c.kind.word())
                && rule.operation.is_none_or(|supply| supply == c.supply)
                && (rule.vat_due.as_ref()).is_none_or(|word| word == c.vat_due.word())
                && rule.discount.is_none_or(|form| form == c.discount)
                && rule.late.is_none_or(|form| Some(form) == c.late)
                && rule.when.iter().all(|needed| c.conditions.contains(needed))
                && rule.rate.is_none_or(|rate| c.rates.contains(&rate))
                && rule.supply_day.is_none_or(|day| day == c.supply_day)
                && (rule.quote_cost.as_ref()).is_none_or(|word| word == c.quote_cost.word())
        };
        self.mention.iter().filter(applies).collect()
    }

    /// Returns the statutory interest and indemnity towards a kind of client on a day; none for consumers.
    pub fn late(&self, client: ClientKind, day: NaiveDate) -> Option<&Late> {
        self.late
            .iter()
            .filter(|late| {
                late.from <= day && late.clients.iter().any(|word| word == client.word())
            })
            .max_by_key(|late| late.from)
    }

    /// Returns how bad it is to miss a duty on a day, and its source; none where there is no such duty then.
    pub fn duty(&self, code: Code, day: NaiveDate) -> Option<(Severity, &str)> {
        let duty = self.duty.iter().find(|duty| duty.code == code.0)?;
        let severity = if duty.from.is_some_and(|from| from <= day) {
            Severity::Error
        } else if duty.warn_from.is_some_and(|from| from <= day) {
            Severity::Warning
        } else {
            return None;
        };
        Some((severity, &duty.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::date::parse;
    use crate::ledger::party::Language;
    use crate::ledger::vat::VatCase;

    fn law(country: &str) -> Regime {
        let mut problems = Diagnostics::default();
        let regime = of(country, &[], &mut problems);
        assert!(problems.is_empty());
        regime
    }

    fn day(text: &str) -> NaiveDate {
        parse(text).unwrap()
    }

    #[test]
    fn the_data_of_every_regime_is_read_and_known() {
        for country in ["FR", "DE", "GB", "ES", "US"] {
            let regime = law(country);
            for (_, case) in VatCase::WORDS {
                if let Some(vatex) = regime.case(*case).and_then(|case| case.vatex.as_ref()) {
                    let reason = regime.reason(vatex, day("2026-11-22"), Language::Fr);
                    assert!(reason.is_some(), "{country} {vatex}");
                }
            }
            for duty in &regime.duty {
                let known = code::ALL.iter().any(|code| code.0 == duty.code);
                assert!(known || duty.code.starts_with("BR-FR-"), "{}", duty.code);
            }
        }
    }

    #[test]
    fn every_text_of_the_law_is_there_in_every_language() {
        for country in ["FR", "DE", "GB", "ES", "US"] {
            let regime = law(country);
            let reasons = regime.reason.iter().map(|reason| &reason.text);
            for wording in reasons.chain(regime.mention.iter().map(|rule| &rule.text)) {
                for (language, _) in Language::WORDS {
                    assert!(
                        wording
                            .0
                            .get(*language)
                            .is_some_and(|text| !text.is_empty()),
                        "{language}: {wording:?}"
                    );
                }
            }
        }
    }

    /// Directive 2006/112/EC as amended by 2010/45/EU, art. 226(11a), in its language versions.
    #[test]
    fn reverse_charge_is_said_in_the_words_of_the_directive() {
        let words = [
            "Autoliquidation",
            "Reverse charge",
            "Steuerschuldnerschaft des Leistungsempfängers",
        ];
        let more = [
            "Inversión del sujeto pasivo",
            "Inversione contabile",
            "Btw verlegd",
        ];
        for country in ["FR", "DE", "GB", "ES", "US"] {
            let regime = law(country);
            for ((_, language), words) in Language::WORDS.iter().zip(words.iter().chain(&more)) {
                let text = regime
                    .reason("VATEX-EU-AE", day("2026-11-22"), *language)
                    .unwrap();
                assert!(text.starts_with(words), "{country}: {text}");
            }
        }
    }

    #[test]
    fn french_rates_are_those_of_the_law() {
        let rates: Vec<String> = law("FR")
            .rates_on(day("2026-11-22"))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            rates,
            ["20", "13", "10", "8.5", "5.5", "2.1", "1.75", "1.05", "0.9"]
        );
    }

    /// INVOICING-LAW §2.6: Germany 9 points above the Basiszinssatz, 40 EUR; the United Kingdom 40, 70 or 100 GBP by the debt.
    #[test]
    fn germany_and_the_united_kingdom_have_their_own_interest() {
        let german = law("DE");
        let late = german
            .late(ClientKind::Business, day("2026-07-01"))
            .unwrap();
        assert_eq!(
            (late.reference.as_str(), late.points, late.mode),
            ("de-basiszins", 9.into(), LateMode::Piecewise)
        );
        assert_eq!(late.currency(), Currency::parse("EUR"));
        // § 288(1): towards a consumer 5 points, from a formal notice on, and no indemnity.
        let late = german
            .late(ClientKind::Consumer, day("2026-07-01"))
            .unwrap();
        assert_eq!(
            (late.points, late.start, late.fee),
            (5.into(), LateStart::Notice, 0.into())
        );
        let british = law("GB");
        let late = british
            .late(ClientKind::Business, day("2026-07-01"))
            .unwrap();
        assert_eq!(
            (late.reference.as_str(), late.points, late.mode),
            ("uk-boe", 8.into(), LateMode::FixedAtStart)
        );
        assert_eq!(late.currency(), Currency::parse("GBP"));
        for (debt, fee) in [
            ("999.99", 40),
            ("1000", 70),
            ("9999.99", 70),
            ("10000", 100),
        ] {
            assert_eq!(
                late.fee_on(Decimal::from_str_exact(debt).unwrap()),
                fee.into(),
                "{debt}"
            );
        }
        // What the base says holds as well.
        assert!(
            german
                .duty(code::LAW_CLIENT_VAT, day("2026-07-01"))
                .is_some()
        );
        assert_eq!(
            german
                .mention
                .iter()
                .filter(|rule| rule.id == "late-statutory")
                .count(),
            1
        );
    }

    #[test]
    fn the_clients_siren_is_a_warning_until_september_2027() {
        let regime = law("FR");
        let on = |text| {
            regime
                .duty(code::LAW_CLIENT_ID, day(text))
                .map(|(severity, _)| severity)
        };
        assert_eq!(on("2026-11-22"), Some(Severity::Warning));
        assert_eq!(on("2027-08-31"), Some(Severity::Warning));
        assert_eq!(on("2027-09-01"), Some(Severity::Error));
    }

    #[test]
    fn franchise_wording_ends_with_june_2028() {
        let regime = law("FR");
        let on = |text| regime.reason("VATEX-FR-FRANCHISE", day(text), Language::Fr);
        assert_eq!(
            on("2028-06-30"),
            Some("TVA non applicable, art. 293 B du CGI")
        );
        assert_eq!(on("2028-07-01"), None);
    }
}
