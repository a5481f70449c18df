//! Numbers, dates and labels as a language writes them. The labels are data: templates/LANGUAGE/labels.toml, and dossier.toml beside it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::compute::issue::Words;
use crate::compute::recurring::Turn;
use crate::ledger::amount::{fixed, plain};
use crate::ledger::currency::Currency;
use crate::ledger::document::Slice;
use crate::ledger::party::Language;
use crate::ledger::recurring::Every;

/// The built-in labels of a language: those of documents and messages, and those of the collection file.
macro_rules! built_in {
    ($language:literal) => {
        read(
            include_str!(concat!("../../templates/", $language, "/labels.toml")),
            include_str!(concat!("../../templates/", $language, "/dossier.toml")),
        )
    };
}

static FRENCH: LazyLock<Labels> = LazyLock::new(|| built_in!("fr"));
static ENGLISH: LazyLock<Labels> = LazyLock::new(|| built_in!("en"));
static GERMAN: LazyLock<Labels> = LazyLock::new(|| built_in!("de"));
static SPANISH: LazyLock<Labels> = LazyLock::new(|| built_in!("es"));
static ITALIAN: LazyLock<Labels> = LazyLock::new(|| built_in!("it"));
static DUTCH: LazyLock<Labels> = LazyLock::new(|| built_in!("nl"));

/// Reads the built-in labels.
fn read(text: &str, dossier: &str) -> Labels {
    let mut labels: Labels =
        toml::from_str(text).unwrap_or_else(|error| unreachable!("built-in labels: {error}"));
    let more: BTreeMap<String, String> = toml::from_str(dossier)
        .unwrap_or_else(|error| unreachable!("built-in labels of the dossier: {error}"));
    labels.words.extend(more);
    labels
}

/// A language's way of writing.
#[derive(Debug, Clone)]
pub struct Locale {
    /// The language asked for.
    pub language: Language,
    labels: &'static Labels,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    numbers: Numbers,
    months: Vec<String>,
    #[serde(rename = "labels")]
    words: BTreeMap<String, String>,
    units: BTreeMap<String, [String; 2]>,
    countries: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    /// Decimal sign.
    point: String,
    /// Between groups of three digits.
    group: String,
    /// The least number of digits that is grouped: Spanish leaves four digits together.
    group_from: usize,
    /// A percentage, with {number}.
    percent: String,
    /// Between a label and what it names.
    colon: String,
    /// Which quantities take the plural.
    plural: Plural,
    /// A date, with {d} {dd} {mm} {month} {yyyy}.
    date: String,
    /// A date as a sentence of the law writes it, with {d} {month} {yyyy}.
    date_in_words: String,
    /// The first day of a month in it.
    first_day: String,
    /// An amount, with {amount} and {currency}.
    amount: String,
    /// The same where the currency has a sign.
    amount_sign: String,
    /// Signs of currencies.
    signs: BTreeMap<String, String>,
}

/// Which quantities take the plural of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Plural {
    /// Two and more: 1,5 jour.
    FromTwo,
    /// All but one: 1.5 days.
    AllButOne,
}

impl Locale {
    /// Returns the locale of a language.
    pub fn of(language: Language) -> Self {
        let labels = match language {
            Language::Fr => &*FRENCH,
            Language::En => &*ENGLISH,
            Language::De => &*GERMAN,
            Language::Es => &*SPANISH,
            Language::It => &*ITALIAN,
            Language::Nl => &*DUTCH,
        };
        Self { language, labels }
    }

    /// Returns the decimal sign.
    pub fn point(&self) -> &str {
        &self.labels.numbers.point
    }

    /// Writes a label before what it names: `SIREN : 732 829 320`.
    pub fn entry(&self, label: &str, value: &str) -> String {
        format!("{label}{}{value}", self.labels.numbers.colon)
    }

    /// Returns a label; one that does not exist is a mistake of ours that the tests find.
    pub fn label(&self, name: &str) -> &'static str {
        self.labels.words.get(name).map_or("", String::as_str)
    }

    /// Says how much VAT stands in what was deducted, and on what base: the buyer deducts the VAT of a deposit once, by the deposit's own invoice
    /// (CGI art. 271, 283-3). Without VAT it says nothing.
    pub fn contained(&self, slices: &[Slice], currency: Currency) -> String {
        let vat: Decimal = slices.iter().map(|slice| slice.vat).sum();
        if vat.is_zero() {
            return String::new();
        }
        let base: Decimal = slices.iter().map(|slice| slice.base).sum();
        let part =
            |label: &str, value| format!("{} {}", self.label(label), self.amount(value, currency));
        format!(" ({}, {})", part("total_net", base), part("total_vat", vat))
    }

    /// Names an instalment of a kind of document, such as `Tranche de la facture`: only German writes the noun in it with a capital.
    pub fn instalment_of(&self, kind: &str) -> String {
        let noun = if self.language == Language::De {
            kind.to_owned()
        } else {
            kind.to_lowercase()
        };
        self.label("instalment_of").replace("{kind}", &noun)
    }

    /// Returns a date in one piece: no line ends within it.
    pub fn whole_date(&self, day: NaiveDate) -> String {
        self.date(day).replace(' ', "\u{a0}")
    }

    /// Returns the names of all labels.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.labels.words.keys().map(String::as_str)
    }

    /// Returns a unit for a quantity, such as `jours`; a code without a word stays as it is.
    pub fn unit(&self, unit: &str, quantity: Decimal) -> String {
        let plural = match self.labels.numbers.plural {
            Plural::FromTwo => quantity.abs() >= Decimal::TWO,
            Plural::AllButOne => quantity.abs() != Decimal::ONE,
        };
        self.labels.units.get(unit).map_or_else(
            || unit.to_owned(),
            |[one, many]| if plural { many } else { one }.clone(),
        )
    }

    /// Returns a country's name; one without a name stays a code.
    pub fn country(&self, code: &str) -> String {
        self.labels
            .countries
            .get(code)
            .cloned()
            .unwrap_or_else(|| code.to_owned())
    }

    /// Writes a percentage, such as `5,5 %`.
    pub fn percent(&self, value: Decimal) -> String {
        self.labels
            .numbers
            .percent
            .replace("{number}", &self.number(value))
    }

    /// Returns the name of a day's month.
    pub fn month(&self, day: NaiveDate) -> &str {
        self.labels
            .months
            .get(day.month0() as usize)
            .map_or("", String::as_str)
    }

    /// Writes a period of the calendar, such as `novembre 2026` or `T4 2026`; any other by its first and last day.
    pub fn turn(&self, turn: &Turn) -> String {
        let year = turn.from.year();
        match turn.every {
            every if !turn.is_calendar() || matches!(every, Every::TwoMonths | Every::HalfYear) => {
                let text = self
                    .label("period_text")
                    .replace("{from}", &self.date(turn.from));
                text.replace("{to}", &self.date(turn.to))
            }
            Every::Month | Every::TwoMonths | Every::HalfYear => {
                format!("{} {year}", self.month(turn.from))
            }
            Every::Quarter => {
                let quarter = self
                    .label("quarter")
                    .replace("{n}", &turn.from.month().div_ceil(3).to_string());
                quarter.replace("{yyyy}", &year.to_string())
            }
            Every::Year => year.to_string(),
        }
    }

    /// Writes an exact number with this many places.
    pub fn fixed(&self, value: Decimal, digits: u32) -> String {
        self.group(&fixed(value, digits))
    }

    /// Writes a price: as many places as it has, at least the currency's.
    pub fn price(&self, value: Decimal, currency: Currency) -> String {
        self.fixed(value, value.normalize().scale().max(currency.digits()))
    }

    fn group(&self, text: &str) -> String {
        let (sign, text) = text
            .strip_prefix('-')
            .map_or(("", text), |text| ("-", text));
        let (whole, fraction) = text
            .split_once('.')
            .map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
        let mut grouped = String::new();
        let is_grouped = whole.len() >= self.labels.numbers.group_from;
        for (index, digit) in whole.chars().enumerate() {
            if is_grouped && index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push_str(&self.labels.numbers.group);
            }
            grouped.push(digit);
        }
        match fraction {
            Some(fraction) => format!("{sign}{grouped}{}{fraction}", self.labels.numbers.point),
            None => format!("{sign}{grouped}"),
        }
    }
}

impl Words for Locale {
    fn discount(&self) -> String {
        self.label("discount").to_owned()
    }

    fn charge(&self) -> String {
        self.label("charge").to_owned()
    }

    fn date(&self, day: NaiveDate) -> String {
        let month = self.month(day);
        self.labels
            .numbers
            .date
            .replace("{yyyy}", &day.format("%Y").to_string())
            .replace("{month}", month)
            .replace("{mm}", &day.format("%m").to_string())
            .replace("{dd}", &day.format("%d").to_string())
            .replace("{d}", &day.day().to_string())
    }

    fn date_in_words(&self, day: NaiveDate) -> String {
        let numbers = &self.labels.numbers;
        let number = if day.day() == 1 {
            numbers.first_day.clone()
        } else {
            day.day().to_string()
        };
        numbers
            .date_in_words
            .replace("{yyyy}", &day.format("%Y").to_string())
            .replace("{month}", self.month(day))
            .replace("{d}", &number)
    }

    fn amount(&self, value: Decimal, currency: Currency) -> String {
        let numbers = &self.labels.numbers;
        let text = self.fixed(value, currency.digits());
        let (minus, text) = text
            .strip_prefix('-')
            .map_or(("", text.as_str()), |text| ("-", text));
        let amount = match numbers.signs.get(currency.code()) {
            Some(sign) => numbers
                .amount_sign
                .replace("{amount}", text)
                .replace("{currency}", sign),
            None => numbers
                .amount
                .replace("{amount}", text)
                .replace("{currency}", currency.code()),
        };
        format!("{minus}{amount}")
    }

    fn number(&self, value: Decimal) -> String {
        self.group(&plain(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn amounts_and_dates_are_written_as_the_language_writes_them() {
        let (french, english) = (Locale::of(Language::Fr), Locale::of(Language::En));
        let (euro, dollar) = (
            Currency::parse("EUR").unwrap(),
            Currency::parse("USD").unwrap(),
        );
        assert_eq!(
            french.amount(d("1234567.5"), euro),
            "1\u{a0}234\u{a0}567,50\u{a0}€"
        );
        assert_eq!(english.amount(d("1234567.5"), euro), "€1,234,567.50");
        assert_eq!(french.amount(d("-0.5"), dollar), "-0,50\u{a0}USD");
        assert_eq!(
            french.amount(d("1234"), Currency::parse("JPY").unwrap()),
            "1\u{a0}234\u{a0}JPY"
        );
        let day = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
        assert_eq!(
            (french.date(day), english.date(day)),
            ("03/02/2026".into(), "3 February 2026".into())
        );
        assert_eq!(
            (french.percent(d("5.50")), english.percent(d("20"))),
            ("5,5\u{a0}%".into(), "20%".into())
        );
        assert_eq!(french.price(d("0.335"), euro), "0,335");
        assert_eq!(
            (french.unit("day", d("1.5")), english.unit("day", d("1.5"))),
            ("jour".into(), "days".into())
        );
    }

    #[test]
    fn every_language_has_its_own_way_with_numbers() {
        let euro = Currency::parse("EUR").unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let written = |language| {
            let locale = Locale::of(language);
            let amounts = ["1234.56", "-12345.6"].map(|text| locale.amount(d(text), euro));
            format!(
                "{} | {} | {} | {}",
                amounts[0],
                amounts[1],
                locale.percent(d("5.5")),
                locale.date(day)
            )
            .replace('\u{a0}', "~")
        };
        assert_eq!(
            written(Language::De),
            "1.234,56~€ | -12.345,60~€ | 5,5~% | 20.11.2026"
        );
        assert_eq!(
            written(Language::Es),
            "1234,56~€ | -12.345,60~€ | 5,5~% | 20/11/2026"
        );
        assert_eq!(
            written(Language::It),
            "1.234,56~€ | -12.345,60~€ | 5,5% | 20/11/2026"
        );
        assert_eq!(
            written(Language::Nl),
            "€~1.234,56 | -€~12.345,60 | 5,5% | 20-11-2026"
        );
        assert_eq!(
            written(Language::En),
            "€1,234.56 | -€12,345.60 | 5.5% | 20 November 2026"
        );
        assert_eq!(Locale::of(Language::De).unit("day", d("1.5")), "Tage");
        assert_eq!(
            Locale::of(Language::Fr).entry("SIREN", "1"),
            "SIREN\u{a0}: 1"
        );
    }

    #[test]
    fn every_language_has_the_same_labels_with_the_same_placeholders() {
        let places = |text: &str| {
            let mut places: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.into())
                .collect();
            places.sort();
            places
        };
        let english = Locale::of(Language::En);
        for (code, language) in Language::WORDS {
            let locale = Locale::of(*language);
            assert!(locale.names().eq(english.names()), "{code}");
            assert!(
                locale.labels.units.keys().eq(english.labels.units.keys()),
                "{code}"
            );
            assert!(
                locale
                    .labels
                    .countries
                    .keys()
                    .eq(english.labels.countries.keys()),
                "{code}"
            );
            assert_eq!(locale.labels.months.len(), 12, "{code}");
            for name in english.names() {
                assert_eq!(
                    places(locale.label(name)),
                    places(english.label(name)),
                    "{code} {name}"
                );
                assert!(!locale.label(name).trim().is_empty(), "{code} {name}");
            }
        }
    }
}
