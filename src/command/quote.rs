//! `quote`: offers are drafted, accepted, refused, listed and invoiced.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::new::{self, NewArgs, Purpose};
use super::quote_invoice::{self, InvoiceArgs};
use crate::compute::quotes::{Parts, QuoteStatus, Said, status};
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::currency::Currency;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::source::quotes::Quote;
use crate::task::load;
use crate::task::offers;
use crate::task::record::{Book, Recorder};
use crate::task::typed;
use crate::view::sheet::{Cell, Report, Sheet};

/// Arguments of `quote`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote new acme \"Refonte du site\" 1 4500 --vat 20 --name acme-site\n  acquit issue acme-site\n  acquit quote accept D2026-0001 --who \"Mme Martin\"\n  acquit quote invoice D2026-0001 --deposit 30%"
)]
pub struct QuoteArgs {
    #[command(subcommand)]
    command: QuoteCommand,
}

impl QuoteArgs {
    /// Tells whether it only reads.
    pub fn reads(&self) -> bool {
        matches!(self.command, QuoteCommand::List(_))
    }
}

#[derive(Debug, Subcommand)]
enum QuoteCommand {
    New(Box<NewQuote>),
    Accept(Answer),
    Refuse(Answer),
    Invoice(InvoiceArgs),
    List(ListArgs),
}

/// Draft a quote: writes drafts/NAME.toml; `issue` gives it its number
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote new acme \"Refonte du site\" 1 4500 --vat 20 --validity 45d\n  acquit quote new acme --replaces D2026-0007"
)]
struct NewQuote {
    #[command(flatten)]
    new: NewArgs,
    /// The quote that it takes the place of; its lines, if no others are given
    #[arg(long, value_name = "NUMBER")]
    replaces: Option<String>,
    /// How long it holds: 30d, eom, or a date; [terms] says it if not given
    #[arg(long, value_name = "RULE")]
    validity: Option<String>,
}

/// Record the client's answer to a quote
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote accept D2026-0007 --date 2026-11-20 --who \"Mme Martin\""
)]
struct Answer {
    /// The quote's number
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    /// The day of the answer; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    date: Option<NaiveDate>,
    /// Who answered
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// List issued quotes: where they stand, what was invoiced of them
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit quote list --unbilled")]
struct ListArgs {
    /// Only what was accepted and is not invoiced, or not wholly
    #[arg(long)]
    unbilled: bool,
    /// Only this client (its exact id)
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// Only these: open, expired, accepted, refused, replaced
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<String>,
}

/// Runs a sub-command.
///
/// # Errors
/// Where a quote is unknown, or not where the step needs it.
pub fn run(args: &QuoteArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        QuoteCommand::New(args) => {
            let (replaces, validity) = (args.replaces.clone(), args.validity.clone());
            new::draft(&args.new, &Purpose::Quote { replaces, validity }, session)
        }
        QuoteCommand::Accept(args) => answer(args, QuoteStatus::Accepted, session),
        QuoteCommand::Refuse(args) => answer(args, QuoteStatus::Refused, session),
        QuoteCommand::Invoice(args) => quote_invoice::run(args, session),
        QuoteCommand::List(args) => list(args, session),
    }
}

/// Reads a quote that is about to be answered or invoiced, with what was said of it.
///
/// # Errors
/// Where there is none of that number, or it was changed.
pub fn find(
    number: &str,
    session: &Session<'_>,
    source: &mut Source,
    day: NaiveDate,
) -> Result<(Quote, Option<Said>), Failure> {
    let Some(quote) = source.quote(number) else {
        let known = source
            .quote_paths()
            .iter()
            .any(|(known, _)| known == number);
        let problems = if known {
            Diagnostics::default()
        } else {
            offers::unknown(number, source).into()
        };
        return Err(session.refuse(source, problems));
    };
    let said = offers::said(&source.ledger(), day).remove(number);
    if let Some(problem) = offers::offer(&quote, said.as_ref()).identity() {
        return Err(session.refuse(source, problem.into()));
    }
    Ok((quote, said))
}

fn answer(args: &Answer, answer: QuoteStatus, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(args.number.clone(), "NUMBER", "Number of the quote")?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let (quote, said) = find(&number, session, &mut source, NaiveDate::MAX)?;
    let (books, _) = load::books_and_chain(&mut source, &settings, session.today);
    let clients = BTreeSet::from([quote.document.buyer.client.as_str()]);
    let parts = offers::parts(&mut source, &books, &clients)
        .remove(&number)
        .unwrap_or_default();
    let date = args.date.unwrap_or(session.today);
    let mut problems = Diagnostics::default();
    day(&quote, date, session.today, &mut problems);
    if let Some(problem) = against(&quote, said.as_ref(), &parts, answer, date) {
        problems.push(problem);
    }
    typed::texts([&args.who, &args.note], &mut problems);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let row = vec![
        ("kind", answer.word().to_owned()),
        ("client", quote.document.buyer.client.clone()),
        ("document", number.clone()),
        ("who", args.who.clone().unwrap_or_default()),
        ("sha256", quote.sha256),
        ("note", args.note.clone().unwrap_or_default()),
    ];
    let mut recorder = Recorder::default();
    recorder.add(&mut source, Book::Events, date, &[row]);
    if recorder.problems.has_errors() {
        return Err(session.refuse(&mut source, recorder.problems));
    }
    session.commit(writer.as_ref(), &recorder.set)?;
    let next = if answer == QuoteStatus::Accepted {
        format!(": `acquit quote invoice {number}` drafts its invoice, or `--deposit 30%`")
    } else {
        String::new()
    };
    let verb = if session.global.dry_run {
        "would be"
    } else {
        "was"
    };
    session.terminal.say(&format!(
        "{number} {verb} {} on {date}{next}",
        answer.word()
    ));
    Ok(Done::Well)
}

/// A quote is answered after it was issued, and not in the future.
fn day(quote: &Quote, date: NaiveDate, today: NaiveDate, problems: &mut Diagnostics) {
    let issued = quote.document.issued;
    if date > today || date < issued {
        let number = &quote.number;
        let message = if date > today {
            format!("{date} is later than today, {today}")
        } else {
            format!("{number} was issued on {issued}, after {date}")
        };
        let hint = "give the day of the client's answer: `--date 2026-11-20`";
        problems.push(Diagnostic::error(code::QUOTE_STATE, message).hint(hint));
    }
}

/// What stands against an answer.
fn against(
    quote: &Quote,
    said: Option<&Said>,
    parts: &Parts,
    answer: QuoteStatus,
    date: NaiveDate,
) -> Option<Diagnostic> {
    let number = &quote.number;
    let now = status(&quote.document, said, date);
    let late = quote.document.valid_until.is_some_and(|last| last < date);
    match (now, answer) {
        (QuoteStatus::Replaced, _) => Some(offers::stopped(quote, now, said)),
        (QuoteStatus::Expired, QuoteStatus::Accepted) => Some(offers::stopped(quote, now, None)),
        (QuoteStatus::Refused, QuoteStatus::Accepted) if late => {
            Some(offers::stopped(quote, QuoteStatus::Expired, None))
        }
        (QuoteStatus::Accepted | QuoteStatus::Refused, _) if now == answer => {
            let day = said.map(|said| said.date.to_string()).unwrap_or_default();
            let message = format!("{number} was {} on {day} already", answer.word());
            Some(
                Diagnostic::error(code::QUOTE_STATE, message)
                    .hint("`acquit quote list` shows where it stands"),
            )
        }
        (QuoteStatus::Accepted, _) => {
            let invoiced = parts.standing().next()?;
            let message = format!("{} invoices a part of {number}", invoiced.number);
            let hint = format!("`acquit credit {}` takes it back first", invoiced.number);
            Some(Diagnostic::error(code::QUOTE_STATE, message).hint(hint))
        }
        _ => {
            let earlier = said.filter(|said| said.date > date)?;
            let message = format!(
                "{number} was {} on {}, after {date}",
                earlier.status.word(),
                earlier.date
            );
            Some(Diagnostic::error(code::QUOTE_STATE, message).hint("give a later `--date`"))
        }
    }
}

/// Refuses a word that is no status.
fn known_status(word: &str) -> Result<(), Failure> {
    let known = QuoteStatus::WORDS.iter().map(|(word, _)| *word);
    if known.clone().any(|known| known == word) {
        return Ok(());
    }
    let hint = match nearest(word, known.clone()) {
        Some(near) => format!("did you mean `--status {near}`?"),
        None => format!("one of {}", known.collect::<Vec<_>>().join(", ")),
    };
    Err(Diagnostic::error(
        code::VALUE_CHOICE,
        format!("`{word}` is no status of a quote"),
    )
    .hint(hint)
    .into())
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Outcomes {
    for word in &args.status {
        known_status(word)?;
    }
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    if let Some(client) = &args.client {
        let ids = source.client_ids();
        if !ids.contains(client) {
            return Err(load::unknown_client(client, &ids, "acquit quote list --client {}").into());
        }
    }
    let mut quotes = source.quotes();
    quotes.retain(|quote| quote.document.issued <= session.today);
    quotes.sort_by(|a, b| {
        a.document
            .issued
            .cmp(&b.document.issued)
            .then(a.number.cmp(&b.number))
    });
    // Without a quote nothing is asked of the books.
    if quotes.is_empty() {
        let broken = session.warn(&mut source);
        return report(columns(), BTreeMap::new(), broken, session);
    }
    let said = offers::said(&source.ledger(), session.today);
    let (books, _) = load::books_and_chain(&mut source, &settings, session.today);
    for quote in &quotes {
        if let Some(problem) = offers::offer(quote, said.get(&quote.number)).identity() {
            source.problems.push(problem);
        }
    }
    let is_accepted = |quote: &&Quote| {
        said.get(&quote.number)
            .is_some_and(|said| said.status == QuoteStatus::Accepted)
    };
    let clients: BTreeSet<&str> = quotes
        .iter()
        .filter(is_accepted)
        .map(|quote| quote.document.buyer.client.as_str())
        .collect();
    let parts = offers::parts(&mut source, &books, &clients);
    let broken = session.warn(&mut source);
    let mut items = columns();
    let mut sums: BTreeMap<Currency, (i64, Decimal, Decimal)> = BTreeMap::new();
    let none = Parts::default();
    for quote in &quotes {
        let now = status(&quote.document, said.get(&quote.number), session.today);
        let parts = parts.get(&quote.number).unwrap_or(&none);
        let left = if now == QuoteStatus::Accepted {
            parts.left(&quote.document)
        } else {
            Decimal::ZERO
        };
        let wanted = args
            .client
            .as_ref()
            .is_none_or(|client| *client == quote.document.buyer.client)
            && (args.status.is_empty() || args.status.iter().any(|word| word == now.word()))
            && (!args.unbilled || left > Decimal::ZERO);
        if !wanted {
            continue;
        }
        let sum = sums.entry(quote.document.currency).or_default();
        *sum = (sum.0 + 1, sum.1 + quote.document.totals.owed, sum.2 + left);
        items.push(row(quote, said.get(&quote.number), now, parts, left));
    }
    report(items, sums, broken, session)
}

/// Writes the list; `sums` are the number of quotes, their gross amounts and what is left to invoice, by currency.
fn report(
    items: Sheet,
    sums: BTreeMap<Currency, (i64, Decimal, Decimal)>,
    broken: bool,
    session: &mut Session<'_>,
) -> Outcomes {
    let mut totals = Sheet::new(&[("currency", ""), ("count", ""), ("gross", ""), ("left", "")]);
    for (currency, (count, gross, left)) in sums {
        let amount = |value| Cell::Amount(value, currency);
        totals.push(vec![
            Cell::text(currency.code()),
            Cell::Number(count),
            amount(gross),
            amount(left),
        ]);
    }
    let after = summary(&totals);
    session.report(
        &Report {
            schema: "quotes",
            today: session.today,
            items,
            totals: Some(totals),
        },
        &after,
    )?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn columns() -> Sheet {
    Sheet::new(&[
        ("number", "Number"),
        ("client", ""),
        ("buyer", "Buyer"),
        ("subject", ""),
        ("issued", "Issued"),
        ("valid_until", "Valid until"),
        ("currency", "Cur."),
        ("gross", "Total"),
        ("status", "Status"),
        ("answered", ""),
        ("who", ""),
        ("replaces", ""),
        ("invoiced", "Invoiced"),
        ("left", "Left"),
        ("parts", "Parts"),
    ])
}

fn row(
    quote: &Quote,
    said: Option<&Said>,
    now: QuoteStatus,
    parts: &Parts,
    left: Decimal,
) -> Vec<Cell> {
    let d = &quote.document;
    let amount = |value| Cell::Amount(value, d.currency);
    let list: Vec<String> = parts
        .standing()
        .map(|one| {
            one.part
                .map_or("other".to_owned(), |part| part.to_string())
                .replace(' ', "-")
        })
        .collect();
    vec![
        Cell::text(&quote.number),
        Cell::text(&d.buyer.client),
        Cell::text(&d.buyer.name),
        Cell::text(d.subject.clone().unwrap_or_default()),
        Cell::Date(d.issued),
        Cell::date(d.valid_until),
        Cell::text(d.currency.code()),
        amount(d.totals.owed),
        Cell::text(now.word()),
        Cell::date(said.map(|said| said.date)),
        Cell::text(said.map(|said| said.who.clone()).unwrap_or_default()),
        Cell::text(d.replaces.clone().unwrap_or_default()),
        amount(parts.invoiced()),
        amount(left),
        if list.is_empty() {
            Cell::None
        } else {
            Cell::List(list)
        },
    ]
}

fn summary(totals: &Sheet) -> String {
    if totals.rows.is_empty() {
        return "No quote.\n".into();
    }
    let line = |row: &Vec<Cell>| {
        let count = row[1].plain();
        let noun = if count == "1" { "quote" } else { "quotes" };
        format!(
            "{count} {noun}: {} {}, left to invoice {}\n",
            row[2].plain(),
            row[0].plain(),
            row[3].plain()
        )
    };
    totals.rows.iter().map(line).collect()
}
