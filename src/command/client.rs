//! `client add`, `client list`, `client show`.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::changes::ChangeSet;
use crate::check::identifiers;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::identifier::{check_vat, french_vat, is_country, is_name, is_siren};
use crate::ledger::party::{Client, Language};
use crate::session::{Done, Format, Outcomes, Session};
use crate::task::load;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::{json, toml};

/// Arguments of `client`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit client add acme --name \"Acme SAS\" --id 404833048 --street \"3 impasse Cœur-de-Vey\" --postcode 75014 --city Paris"
)]
pub struct ClientArgs {
    #[command(subcommand)]
    command: ClientCommand,
}

impl ClientArgs {
    /// Tells whether it only reads.
    pub fn reads(&self) -> bool {
        !matches!(self.command, ClientCommand::Add(_))
    }
}

#[derive(Debug, Subcommand)]
enum ClientCommand {
    Add(Box<AddArgs>),
    /// List the clients
    #[command(after_help = "Example:\n  acquit client list --json")]
    List,
    /// Show a client and what it owes
    #[command(after_help = "Example:\n  acquit client show acme")]
    Show {
        /// The client's exact id
        #[arg(value_name = "CLIENT")]
        id: String,
    },
}

/// Add a client: writes clients/ID.toml
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit client add acme --name \"Acme SAS\" --id 404833048 --street \"3 impasse Cœur-de-Vey\" --postcode 75014 --city Paris"
)]
struct AddArgs {
    /// Its id: the name of its file
    #[arg(value_name = "CLIENT")]
    client: Option<String>,
    /// Its legal name
    #[arg(long)]
    name: Option<String>,
    /// business, consumer or public
    #[arg(long, default_value = "business", value_parser = ["business", "consumer", "public"])]
    kind: String,
    /// SIREN, or `scheme:value` elsewhere
    #[arg(long)]
    id: Option<String>,
    /// SIRET
    #[arg(long)]
    siret: Option<String>,
    /// VAT number
    #[arg(long)]
    vat: Option<String>,
    /// Street and number
    #[arg(long)]
    street: Option<String>,
    /// Postcode
    #[arg(long)]
    postcode: Option<String>,
    /// City
    #[arg(long)]
    city: Option<String>,
    /// Country's code; the seller's if not given
    #[arg(long)]
    country: Option<String>,
    /// Language of its documents: fr, en, de, es, it, nl
    #[arg(long)]
    language: Option<String>,
    /// Currency of its documents
    #[arg(long)]
    currency: Option<String>,
    /// Where its invoices go
    #[arg(long)]
    email: Vec<String>,
    /// When its documents fall due, such as 30d
    #[arg(long)]
    due: Option<String>,
}

/// Runs a sub-command.
///
/// # Errors
/// Where the client is unknown, or exists already.
pub fn run(args: &ClientArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        ClientCommand::Add(args) => add(args, session),
        ClientCommand::List => list(session),
        ClientCommand::Show { id } => show(id, session),
    }
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Outcomes {
    let id = session.argument(
        args.client.clone(),
        "CLIENT",
        "Id of the client (a short name for its file)",
    )?;
    let name = session.argument(args.name.clone(), "--name", "Legal name")?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let mut problems = Diagnostics::default();
    let mut wrong = |code, message: String, hint: &str| {
        problems.push(Diagnostic::error(code, message).hint(hint));
    };
    if !is_name(&id) {
        let hint =
            "use at most 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit, such as `acme`";
        wrong(
            code::FILE_NAME,
            format!("`{id}` cannot be a client's id"),
            hint,
        );
    } else if source
        .client_ids()
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&id))
    {
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
    let country = args
        .country
        .clone()
        .unwrap_or_else(|| settings.seller.address.country.clone());
    if !is_country(&country) {
        wrong(
            code::ID_COUNTRY,
            format!("`{country}` is no country"),
            "two capitals of ISO 3166-1, such as `FR`",
        );
    }
    let french = country == "FR";
    if let Some(siren) = args.id.as_ref().filter(|id| french && !is_siren(id)) {
        wrong(
            code::ID_SIREN,
            format!("`{siren}` is no SIREN"),
            "nine digits without spaces",
        );
    }
    if let Some(Err(message)) = args.vat.as_ref().map(|vat| check_vat(vat)) {
        wrong(code::ID_VAT, message, "for example `--vat FR83404833048`");
    }
    if args
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
    let vat = args.vat.clone().or_else(|| {
        args.id
            .as_ref()
            .filter(|_| french && args.kind == "business")
            .and_then(|id| french_vat(id))
    });
    let text = file(args, &name, &country, vat.as_ref());
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let path = format!("clients/{id}.toml");
    let written = crate::source::read_client(&id, &text);
    match written {
        Ok(client) => {
            let mut warnings = Diagnostics::default();
            identifiers::client(&client, &mut warnings);
            if warnings.has_errors() {
                return Err(session.refuse(&mut source, warnings));
            }
            source.problems.extend(warnings);
        }
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    }
    session.warn(&mut source);
    let mut set = ChangeSet::default();
    set.create(path, text);
    session.commit(writer.as_ref(), &set)?;
    if let (Some(vat), None) = (&vat, &args.vat) {
        session.terminal.say(&format!(
            "VAT number {vat} follows from the SIREN; remove it where the client has none"
        ));
    }
    Ok(Done::Well)
}

/// Returns the client's file.
fn file(args: &AddArgs, name: &str, country: &str, vat: Option<&String>) -> String {
    let mut text = toml::Text::default();
    text.text("name", name)
        .text("kind", &args.kind)
        .maybe("id", args.id.as_ref())
        .maybe("siret", args.siret.as_ref());
    text.maybe("vat", vat)
        .maybe("language", args.language.as_ref())
        .maybe("currency", args.currency.as_ref());
    text.list("email", args.email.iter().map(String::as_str))
        .table("address");
    text.maybe("street", args.street.as_ref())
        .maybe("postcode", args.postcode.as_ref());
    text.maybe("city", args.city.as_ref())
        .text("country", country);
    if let Some(due) = &args.due {
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
        text(client.currency.map(crate::ledger::currency::Currency::code)),
        if client.email.is_empty() {
            Cell::None
        } else {
            Cell::List(client.email.clone())
        },
    ]
}

fn list(session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let clients = source.clients();
    let broken = session.warn(&mut source);
    let mut items = sheet();
    for client in clients.iter() {
        items.push(row(client));
    }
    let report = Report {
        schema: "clients",
        today: session.today,
        items,
        totals: None,
    };
    session.report(&report, "")?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn show(id: &str, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let ids = source.client_ids();
    if !ids.iter().any(|known| known == id) {
        return Err(load::unknown_client(id, &ids, "acquit client show {}").into());
    }
    let Some(client) = source.client(id) else {
        return Err(session.refuse(&mut source, Diagnostics::default()));
    };
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let positions: Vec<_> = books
        .positions()
        .filter(|position| position.client == id)
        .collect();
    let mut sums: std::collections::BTreeMap<
        _,
        (i64, rust_decimal::Decimal, rust_decimal::Decimal),
    > = std::collections::BTreeMap::new();
    for position in &positions {
        let sum = sums.entry(position.currency).or_default();
        *sum = (sum.0 + 1, sum.1 + position.balance, sum.2 + position.late);
    }
    let columns = sheet();
    if session.format() == Format::Json {
        let mut fields: Vec<(&str, Value)> = columns
            .columns
            .iter()
            .zip(row(&client))
            .map(|(column, cell)| (column.key, json::cell(&cell)))
            .collect();
        let mut totals = Sheet::new(&[
            ("currency", ""),
            ("count", ""),
            ("balance", ""),
            ("late", ""),
        ]);
        for (currency, (count, balance, late)) in &sums {
            let amount = |value| Cell::Amount(value, *currency);
            totals.push(vec![
                Cell::text(currency.code()),
                Cell::Number(*count),
                amount(*balance),
                amount(*late),
            ]);
        }
        fields.push(("totals", json::rows(&totals)));
        let text = json::object("client", session.today, fields);
        session.data(&text)?;
    } else if session.format() == Format::Csv {
        let mut sheet = columns;
        sheet.push(row(&client));
        session.data(&crate::view::csv::sheet(&sheet))?;
    } else {
        let mut text = String::new();
        for (column, cell) in columns
            .columns
            .iter()
            .zip(row(&client))
            .filter(|(_, cell)| *cell != Cell::None)
        {
            text.push_str(&format!("{:<12} {}\n", column.key, cell.plain()));
        }
        for (currency, (count, balance, late)) in &sums {
            let (balance, late) = (
                in_currency(*balance, *currency),
                in_currency(*late, *currency),
            );
            text.push_str(&format!(
                "{:<12} {count} documents, {balance} {currency} open, {late} {currency} late\n",
                "money"
            ));
        }
        session.data(&text)?;
    }

    Ok(if broken { Done::Findings } else { Done::Well })
}
