//! `new`: a draft, from arguments or from an issued document.

use clap::Args;

use crate::session::{Done, Failure, Outcomes, Session};
use crate::task::load::{self, Bench};
use crate::task::new::{self, Lines, Purpose, Request, Single};
use crate::view::table;

/// Arguments of `new`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit new acme \"Développement\" 5 480 --vat 20 --name acme-website\n  acquit new acme --item \"Conseil; 2 day; 650; 20%\" --item \"Frais; 1; 120; 20%\""
)]
pub struct NewArgs {
    /// The client's exact id
    #[arg(value_name = "CLIENT")]
    pub client: Option<String>,
    /// What is invoiced
    #[arg(value_name = "ITEM", requires = "price")]
    pub item: Option<String>,
    /// How many; a unit may follow: `5 day`
    #[arg(value_name = "QUANTITY", allow_negative_numbers = true)]
    pub quantity: Option<String>,
    /// Price of one, without VAT
    #[arg(value_name = "PRICE", allow_negative_numbers = true)]
    pub price: Option<String>,
    /// VAT rate in percent, or a word such as reverse-charge
    #[arg(long, value_name = "RATE")]
    pub vat: Option<String>,
    /// Name of the draft's file; from the client's id if not given
    #[arg(long, value_name = "DRAFT")]
    pub name: Option<String>,
    /// A line: "Item; 5 day; 480; 20%" (may be given several times)
    #[arg(long = "item", value_name = "LINE")]
    pub items: Vec<String>,
    /// Take the lines of this document
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["item", "items"])]
    pub from: Option<String>,
    /// Printed as a title
    #[arg(long, value_name = "TEXT")]
    pub subject: Option<String>,
    /// Worth of one unit of the client's currency in the ledger's, where they differ
    #[arg(long, value_name = "RATE")]
    pub exchange: Option<String>,
    /// Legal ground where --vat does not give it: a VATEX code
    #[arg(long, value_name = "CODE")]
    pub vat_reason: Option<String>,
    /// When it falls due: 30d, "45d eom", receipt, or a date
    #[arg(long, value_name = "RULE")]
    pub due: Option<String>,
}

/// Drafts an invoice.
///
/// # Errors
/// Where the client is unknown, or a value is wrong: then nothing is written.
pub fn run(args: &NewArgs, session: &mut Session<'_>) -> Outcomes {
    draft(args, &Purpose::Invoice, session)
}

/// Drafts an invoice or a quote.
///
/// # Errors
/// Where the client is unknown, or a value is wrong: then nothing is written.
pub fn draft(args: &NewArgs, purpose: &Purpose, session: &mut Session<'_>) -> Outcomes {
    let client = session.argument(args.client.clone(), "CLIENT", "Client")?;
    let (writer, mut source) = session.open_to_write()?;
    let bench = Bench::load(session, &mut source)?;
    let ids: Vec<String> = bench.clients.ids().map(str::to_owned).collect();
    if !ids.contains(&client) {
        let problem = load::unknown_client(&client, &ids, &command_line(args, purpose));
        return Err(session.refuse(&mut source, problem.into()));
    }
    let request = Request {
        client,
        purpose: purpose.clone(),
        lines: lines(args, purpose, session)?,
        vat: args.vat.clone(),
        vat_reason: args.vat_reason.clone(),
        name: args.name.clone(),
        subject: args.subject.clone(),
        exchange: args.exchange.clone(),
        due: args.due.clone(),
    };
    let drafted = new::draft(&request, session, &mut source, &bench)?;
    session.commit(writer.as_ref(), &drafted.set)?;
    // What parties and terms still lack is said now and refused by `issue`.
    for problem in drafted.lacks {
        source.problems.push(problem);
    }
    session.warn(&mut source);
    let table = table::sheet(&drafted.figures, session.terminal.width);
    session.data(&format!("{table}{}", drafted.summary))?;
    Ok(Done::Well)
}

/// Returns where the lines come from: a document, `--item`, the arguments; asks for one line where there is none of these.
///
/// # Errors
/// Wrong usage where nobody is there to be asked.
fn lines(args: &NewArgs, purpose: &Purpose, session: &mut Session<'_>) -> Result<Lines, Failure> {
    let has_lines = !args.items.is_empty() || args.item.is_some();
    let replaced = purpose.replaces().filter(|_| !has_lines);
    if let Some(number) = args.from.as_ref().or(replaced) {
        return Ok(Lines::Of(number.clone()));
    }
    let mut single = None;
    if args.items.is_empty() || args.item.is_some() {
        single = Some(Single {
            item: session.argument(args.item.clone(), "ITEM", "Item")?,
            quantity: session.argument(args.quantity.clone(), "QUANTITY", "Quantity")?,
            price: session.argument(args.price.clone(), "PRICE", "Price of one, without VAT")?,
        });
    }
    Ok(Lines::Typed {
        items: args.items.clone(),
        single,
    })
}

/// The command as typed, with `{}` in the place of the client.
fn command_line(args: &NewArgs, purpose: &Purpose) -> String {
    let verb = if purpose.is_quote() {
        "quote new"
    } else {
        "new"
    };
    let mut words = vec![format!("acquit {verb} {{}}")];
    for word in [&args.item, &args.quantity, &args.price]
        .into_iter()
        .flatten()
    {
        words.push(quote(word));
    }
    words.extend(
        args.items
            .iter()
            .map(|item| format!("--item {}", quote(item))),
    );
    words.extend(args.vat.iter().map(|vat| format!("--vat {}", quote(vat))));
    words.extend(
        args.name
            .iter()
            .map(|name| format!("--name {}", quote(name))),
    );
    words.extend(
        args.from
            .iter()
            .map(|number| format!("--from {}", quote(number))),
    );
    words.join(" ")
}

fn quote(word: &str) -> String {
    let plain = !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.,%/".contains(c));
    if plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
