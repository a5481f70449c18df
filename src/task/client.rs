//! Clients: a new one's file, the list of them, and one with what it owes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::load;
use super::unclaimed::{self, Unclaimed};
use crate::changes::ChangeSet;
use crate::check::identifiers;
use crate::compute::books::Books;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::client_index::Clients;
use crate::ledger::currency::Currency;
use crate::ledger::identifier::{
    check_vat, compact, compact_digits, french_vat, is_country, is_name, is_siren, siren_of,
};
use crate::ledger::party::{Client, ClientKind, Language};
use crate::session::{Failure, Session};
use crate::source::{Source, read_client};
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::{json, toml};

/// What is known of a new client; texts are as they were typed.
#[derive(Debug)]
pub struct Options {
    /// Its id: the name of its file.
    pub id: String,
    /// Its legal name.
    pub name: String,
    /// What it is before the law.
    pub kind: ClientKind,
    /// SIREN, or `scheme:value` elsewhere.
    pub identifier: Option<String>,
    /// SIRET.
    pub siret: Option<String>,
    /// VAT number; a French business that gives none gets the one of its SIREN.
    pub vat: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country's code; the seller's if there is none.
    pub country: Option<String>,
    /// Language of its documents.
    pub language: Option<String>,
    /// Currency of its documents.
    pub currency: Option<String>,
    /// Where its invoices go.
    pub email: Vec<String>,
    /// When its documents fall due.
    pub due: Option<String>,
}

/// A client that is to be added.
#[derive(Debug)]
pub struct New {
    /// Creates its file.
    pub set: ChangeSet,
    /// What is to be known of the file that nobody typed.
    pub said: Option<String>,
    /// What does not stand in the way.
    pub warnings: Diagnostics,
}

/// Plans the file of a new client. `home` is the code of the seller's country, `known` are the ids of all clients.
///
/// # Errors
/// Where the id is taken or is no name, or something of the client is wrong.
pub fn add(options: &Options, home: &str, known: &[String]) -> Result<New, Diagnostics> {
    let (id, name) = (options.id.as_str(), options.name.as_str());
    let mut problems = Diagnostics::default();
    let mut wrong = |code, message: String, hint: &str| {
        problems.push(Diagnostic::error(code, message).hint(hint));
    };
    if !is_name(id) {
        let hint =
            "use at most 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit, such as `acme`";
        wrong(
            code::FILE_NAME,
            format!("`{id}` cannot be a client's id"),
            hint,
        );
    } else if known.iter().any(|known| known.eq_ignore_ascii_case(id)) {
        wrong(
            code::FILE_EXISTS,
            format!("the client `{id}` exists already"),
            "edit its file in clients/, or choose another id",
        );
    }
    if name.trim().is_empty() {
        wrong(
            code::VALUE_TEXT,
            "the name is empty".into(),
            "for example `--name \"Acme SAS\"`",
        );
    }
    let country = options.country.clone().unwrap_or_else(|| home.to_owned());
    if !is_country(&country) {
        wrong(
            code::ID_COUNTRY,
            format!("`{country}` is no country"),
            "two capitals of ISO 3166-1, such as `FR`",
        );
    }
    let french = country == "FR";
    let ids = Ids::of(options, french);
    if let Some(siren) = ids.identifier.as_ref().filter(|id| french && !is_siren(id)) {
        wrong(
            code::ID_SIREN,
            format!("`{siren}` is no SIREN"),
            identifiers::siren_hint(siren),
        );
    }
    if let Some(Err(message)) = ids.vat.as_ref().map(|vat| check_vat(vat)) {
        wrong(code::ID_VAT, message, "for example `--vat FR83404833048`");
    }
    if options
        .language
        .as_ref()
        .is_some_and(|code| Language::parse(code).is_none())
    {
        wrong(
            code::VALUE_CHOICE,
            "there is no such language".into(),
            "one of fr, en, de, es, it, nl",
        );
    }
    let vat = ids.vat.clone().or_else(|| {
        let of_siret = || ids.siret.as_deref().and_then(siren_of);
        let siren = ids.identifier.as_deref().or_else(of_siret);
        siren
            .filter(|_| french && options.kind == ClientKind::Business)
            .and_then(french_vat)
    });
    if problems.has_errors() {
        return Err(problems);
    }
    let text = file(options, &ids, &country, vat.as_ref());
    let client = read_client(id, &text)?;
    let mut warnings = Diagnostics::default();
    identifiers::client(&client, &mut warnings);
    if warnings.has_errors() {
        return Err(warnings);
    }
    let mut set = ChangeSet::default();
    set.create(format!("clients/{id}.toml"), text);
    let said = vat.filter(|_| options.vat.is_none()).map(|vat| {
        format!("VAT number {vat} follows from the SIREN; remove it where the client has none")
    });
    Ok(New {
        set,
        said,
        warnings,
    })
}

/// Identifiers as the file has them: without what groups their digits where they were copied.
struct Ids {
    identifier: Option<String>,
    siret: Option<String>,
    vat: Option<String>,
}

impl Ids {
    fn of(options: &Options, french: bool) -> Self {
        let digits = |id: &String| {
            if french {
                compact_digits(id)
            } else {
                id.clone()
            }
        };
        Self {
            identifier: options.identifier.as_ref().map(digits),
            siret: options.siret.as_ref().map(digits),
            vat: options.vat.as_deref().map(compact),
        }
    }
}

/// Returns the client's file.
fn file(options: &Options, ids: &Ids, country: &str, vat: Option<&String>) -> String {
    let mut text = toml::Text::default();
    text.text("name", &options.name)
        .text("kind", options.kind.word())
        .maybe("id", ids.identifier.as_ref())
        .maybe("siret", ids.siret.as_ref());
    text.maybe("vat", vat)
        .maybe("language", options.language.as_ref())
        .maybe("currency", options.currency.as_ref());
    text.list("email", options.email.iter().map(String::as_str))
        .table("address");
    text.maybe("street", options.street.as_ref())
        .maybe("postcode", options.postcode.as_ref());
    text.maybe("city", options.city.as_ref())
        .text("country", country);
    if let Some(due) = &options.due {
        text.table("terms").text("due", due);
    }
    text.finish()
}

fn sheet() -> Sheet {
    Sheet::new(&[
        ("id", "Id"),
        ("name", "Name"),
        ("kind", "Kind"),
        ("identifier", "Identifier"),
        ("vat", ""),
        ("city", "City"),
        ("country", "Country"),
        ("language", ""),
        ("currency", ""),
        ("email", ""),
    ])
}

fn row(client: &Client) -> Vec<Cell> {
    let text = |value: Option<&str>| Cell::text(value.unwrap_or_default());
    let address = client.address.as_ref();
    vec![
        Cell::text(&client.id),
        Cell::text(&client.name.value),
        Cell::text(client.kind.word()),
        text(client.identifier.as_ref().map(|id| id.as_str())),
        text(client.vat.as_ref().map(|vat| vat.as_str())),
        text(address.and_then(|address| address.city.as_deref())),
        text(address.map(|address| address.country.as_str())),
        text(client.language.map(Language::code)),
        text(client.currency.map(Currency::code)),
        if client.email.is_empty() {
            Cell::None
        } else {
            Cell::List(client.email.clone())
        },
    ]
}

/// Returns the clients as data.
pub fn list(clients: &Clients, today: NaiveDate) -> Report {
    let mut items = sheet();
    for client in clients.iter() {
        items.push(row(client));
    }
    Report {
        schema: "clients",
        today,
        items,
        totals: None,
    }
}

/// Reads the file of one client.
///
/// # Errors
/// Where there is no such client, or its file has errors.
pub fn find(id: &str, session: &Session<'_>, source: &mut Source) -> Result<Client, Failure> {
    let ids = source.client_ids();
    if !ids.iter().any(|known| known == id) {
        return Err(load::unknown_client(id, &ids, "acquit client show {}").into());
    }
    match source.client(id) {
        Some(client) => Ok(client),
        None => Err(session.refuse(source, Diagnostics::default())),
    }
}

/// A client with what it owes.
#[derive(Debug)]
pub struct Shown {
    /// The client: one row.
    pub client: Sheet,
    /// By currency: how many documents, what is left of them, what of it is late.
    sums: BTreeMap<Currency, (i64, Decimal, Decimal)>,
    /// What is left to claim of what it paid late.
    unclaimed: Vec<Unclaimed>,
}

/// Returns a client with what it owes as of the day of the books.
pub fn show(client: &Client, books: &Books, source: &mut Source) -> Shown {
    let unclaimed = unclaimed::of(books, source, |position| position.client == client.id);
    let mut sums: BTreeMap<Currency, (i64, Decimal, Decimal)> = BTreeMap::new();
    for position in books
        .positions()
        .filter(|position| position.client == client.id)
    {
        let sum = sums.entry(position.currency).or_default();
        *sum = (sum.0 + 1, sum.1 + position.balance, sum.2 + position.late);
    }
    let mut sheet = sheet();
    sheet.push(row(client));
    Shown {
        client: sheet,
        sums,
        unclaimed,
    }
}

impl Shown {
    /// Returns the client's columns with their cells.
    fn cells(&self) -> impl Iterator<Item = (&'static str, &Cell)> {
        let keys = self.client.columns.iter().map(|column| column.key);
        keys.zip(self.client.rows.iter().flatten())
    }

    /// Returns it as the fields of one object.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let mut totals = Sheet::new(&[
            ("currency", ""),
            ("count", ""),
            ("balance", ""),
            ("late", ""),
        ]);
        for (currency, (count, balance, late)) in &self.sums {
            let amount = |value| Cell::Amount(value, *currency);
            totals.push(vec![
                Cell::text(currency.code()),
                Cell::Number(*count),
                amount(*balance),
                amount(*late),
            ]);
        }
        self.cells()
            .map(|(key, cell)| (key, json::cell(cell)))
            .chain([
                ("totals", json::rows(&totals)),
                ("unclaimed", json::rows(&unclaimed::sheet(&self.unclaimed))),
            ])
            .collect()
    }

    /// Returns it for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (key, cell) in self.cells().filter(|(_, cell)| **cell != Cell::None) {
            text.push_str(&format!("{key:<12} {}\n", cell.plain()));
        }
        for (currency, (count, balance, late)) in &self.sums {
            let (balance, late) = (
                in_currency(*balance, *currency),
                in_currency(*late, *currency),
            );
            text.push_str(&format!(
                "{:<12} {count} documents, {balance} {currency} open, {late} {currency} late\n",
                "money"
            ));
        }
        for one in &self.unclaimed {
            text.push_str(&format!(
                "{:<12} {} of {}, paid late on {}: `acquit waive {}` gives it up\n",
                "to claim",
                one.words(),
                one.number,
                one.paid_on,
                one.number
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::example;

    fn acme() -> Options {
        Options {
            id: "acme".to_owned(),
            name: "Acme SAS".to_owned(),
            kind: ClientKind::Business,
            identifier: Some("404833048".to_owned()),
            siret: None,
            vat: None,
            street: Some("3 impasse Cœur-de-Vey".to_owned()),
            postcode: Some("75014".to_owned()),
            city: Some("Paris".to_owned()),
            country: None,
            language: None,
            currency: None,
            email: Vec::new(),
            due: None,
        }
    }

    fn codes(options: &Options, known: &[&str]) -> Vec<&'static str> {
        let known: Vec<String> = known.iter().map(|id| (*id).to_owned()).collect();
        let problems = add(options, "FR", &known).map(|_| ()).unwrap_err();
        problems.sorted().iter().map(|p| p.code.0).collect()
    }

    #[test]
    fn a_french_business_without_a_vat_number_gets_that_of_its_siren() {
        let new = add(&acme(), "FR", &[]).unwrap();
        assert_eq!(new.set.changes()[0].path(), "clients/acme.toml");
        assert_eq!(
            new.said.unwrap(),
            "VAT number FR83404833048 follows from the SIREN; remove it where the client has none"
        );
        let typed = Options {
            vat: Some("FR83404833048".to_owned()),
            ..acme()
        };
        assert_eq!(add(&typed, "FR", &[]).unwrap().said, None);
        let public = Options {
            kind: ClientKind::Public,
            ..acme()
        };
        assert_eq!(add(&public, "FR", &[]).unwrap().said, None);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let wrong = Options {
            name: " ".to_owned(),
            identifier: Some("40483304".to_owned()),
            language: Some("la".to_owned()),
            ..acme()
        };
        assert_eq!(
            codes(&wrong, &["ACME"]),
            ["FILE-EXISTS", "VALUE-TEXT", "ID-SIREN", "VALUE-CHOICE"]
        );
        let nowhere = Options {
            id: "../acme".to_owned(),
            country: Some("France".to_owned()),
            ..acme()
        };
        assert_eq!(codes(&nowhere, &[]), ["FILE-NAME", "ID-COUNTRY"]);
    }

    #[test]
    fn a_client_is_shown_with_what_it_owes() {
        let mut source = example("studio");
        let books = load::books(&mut source, "2026-11-22".parse().unwrap());
        let client = source.client("kunz").unwrap();
        let kunz = show(&client, &books, &mut source);
        let text = kunz.text();
        assert_eq!(
            text.lines().find(|line| line.starts_with("money")).unwrap(),
            "money        7 documents, 8120.00 EUR open, 7280.00 EUR late"
        );
        let client = source.client("harbor").unwrap();
        let harbor = show(&client, &books, &mut source);
        let fields = harbor.fields();
        let (_, totals) = fields.iter().find(|(key, _)| *key == "totals").unwrap();
        assert_eq!(totals[0]["currency"], "USD");
        assert_eq!(
            (&totals[0]["count"], &totals[0]["late"]),
            (&Value::from(4), &Value::from("2913.00"))
        );
    }
}
