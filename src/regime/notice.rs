//! The formal notice: what the law makes of it, how long it gives, how it is sent.

use chrono::NaiveDate;
use serde::Deserialize;

use super::datum::Datum;
use super::parts::Wording;
use crate::ledger::party::ClientKind;

/// What a formal notice says beyond the debt.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    clients: Vec<String>,
    /// Days that it gives, from its receipt.
    pub days: u32,
    /// What it is in law, and what follows it.
    pub text: Wording,
    /// How a letter of it is sent, as printed above the address.
    pub mail: Wording,
    from: NaiveDate,
    until: Option<NaiveDate>,
    /// The text of the law.
    pub source: String,
    /// Taken from memory, not from a checked page.
    #[serde(default)]
    pub unconfirmed: bool,
}

impl Notice {
    /// Returns its period as a datum of the law.
    pub(super) fn datum(&self) -> Datum {
        let clients = if self.clients.is_empty() {
            "every client".to_owned()
        } else {
            self.clients.join(", ")
        };
        let datum = Datum::new(
            "formal-notice",
            format!("{clients}: {} days", self.days),
            &self.source,
        );
        Datum {
            until: self.until,
            ..datum.from(self.from).doubted(self.unconfirmed)
        }
    }
}

/// Returns what a formal notice to a kind of client says on a day.
pub(super) fn at(list: &[Notice], client: ClientKind, day: NaiveDate) -> Option<&Notice> {
    list.iter()
        .filter(|notice| {
            notice.clients.is_empty() || notice.clients.iter().any(|word| word == client.word())
        })
        .filter(|notice| notice.from <= day && notice.until.is_none_or(|until| day <= until))
        .max_by_key(|notice| notice.from)
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::*;
    use crate::ledger::party::Language;

    #[test]
    fn every_country_has_a_notice_for_every_client_in_every_language() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for country in ["FR", "DE", "GB", "ES", "US"] {
            for kind in [
                ClientKind::Business,
                ClientKind::Consumer,
                ClientKind::Public,
            ] {
                let notice = built_in(country).notice(kind, day).unwrap();
                assert!((8..=30).contains(&notice.days), "{country}");
                for (code, language) in Language::WORDS {
                    for wording in [&notice.text, &notice.mail] {
                        assert!(
                            wording.0.contains_key(*code),
                            "{country} {code}: {wording:?}"
                        );
                        assert!(!wording.of(*language).is_empty());
                    }
                }
                assert_eq!(
                    country == "FR",
                    notice.text.of(Language::Fr).contains("code civil"),
                    "{country}"
                );
            }
        }
        let text = |kind| {
            built_in("FR")
                .notice(kind, day)
                .unwrap()
                .text
                .of(Language::Fr)
        };
        assert!(text(ClientKind::Business).contains("L441-10"));
        // Since April 2019 public contracts are those of the Code de la commande publique.
        assert!(text(ClientKind::Public).contains("R2192-31"));
        let before = NaiveDate::from_ymd_opt(2019, 3, 31).unwrap();
        let notice = built_in("FR").notice(ClientKind::Public, before).unwrap();
        assert!(notice.text.of(Language::Fr).contains("2013-269"));
        assert!(
            !text(ClientKind::Consumer).contains("L441-10"),
            "the indemnity and its rate are not for consumers"
        );
    }
}
