//! `client add`, `client list`, `client show`.

use clap::{Args, Subcommand};

use crate::ledger::party::ClientKind;
use crate::session::{Done, Format, Outcomes, Session};
use crate::task::client::{self, Options};
use crate::task::load;
use crate::view::{csv, json};

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
    let options = Options {
        id,
        name,
        // The command line lets no other word through.
        kind: ClientKind::parse(&args.kind).unwrap_or(ClientKind::Business),
        identifier: args.id.clone(),
        siret: args.siret.clone(),
        vat: args.vat.clone(),
        street: args.street.clone(),
        postcode: args.postcode.clone(),
        city: args.city.clone(),
        country: args.country.clone(),
        language: args.language.clone(),
        currency: args.currency.clone(),
        email: args.email.clone(),
        due: args.due.clone(),
    };
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let home = &settings.seller.address.country;
    let new = match client::add(&options, home, &source.client_ids()) {
        Ok(new) => new,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    source.problems.extend(new.warnings);
    session.warn(&mut source);
    session.commit(writer.as_ref(), &new.set)?;
    if let Some(said) = new.said {
        session.terminal.say(&said);
    }
    Ok(Done::Well)
}

fn list(session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let report = client::list(&source.clients(), session.today);
    let broken = session.warn(&mut source);
    session.report(&report, "")?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn show(id: &str, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let client = client::find(id, session, &mut source)?;
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let shown = client::show(&client, &books, &mut source);
    let text = match session.format() {
        Format::Json => json::object("client", session.today, shown.fields()),
        Format::Csv => csv::sheet(&shown.client),
        Format::Table => shown.text(),
    };
    session.data(&text)?;
    Ok(if broken { Done::Findings } else { Done::Well })
}
