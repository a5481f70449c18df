//! `pay`: money received, paid back, or moved: of documents, or of a client.

use chrono::NaiveDate;
use clap::Args;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::book::{Method, Part};
use crate::ledger::currency::Currency;
use crate::ledger::document::Document;
use crate::ledger::settings::{PayKind, Settings};
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::load;
use crate::task::movement::{self, From, Ground, OfClient, Planned, Received};
use crate::task::receipt::{self, Overpaid, Receipt};
use crate::task::typed;

/// Arguments of `pay`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit pay F2026-0042 1200 --date 2026-11-20 --reference \"VIR ACME\"\n  acquit pay F2026-0042 1200 F2026-0043 300          one transfer for two documents\n  acquit pay F2026-0042 -50                          paid back, or taken back\n  acquit pay --client acme 3000                      oldest due first; the rest is the client's credit\n  acquit pay F2026-0050 60 --method offset           uses the client's credit\n  acquit pay F2026-0050 60 --from F2026-0042         moves what F2026-0042 has too much"
)]
pub struct PayArgs {
    /// A document's number and what came for it, once or several times; with --client the amount alone
    #[arg(value_name = "NUMBER AMOUNT", allow_negative_numbers = true)]
    pub what: Vec<String>,
    /// No document is named: the oldest due of this client are paid first
    #[arg(long, value_name = "CLIENT")]
    pub client: Option<String>,
    /// With --client: pay no document, keep it as the client's credit
    #[arg(long, requires = "client")]
    pub credit: bool,
    /// When the money was available; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub date: Option<NaiveDate>,
    /// transfer, card, cheque, cash, direct-debit or link; offset moves a credit
    #[arg(long, value_name = "METHOD")]
    pub method: Option<String>,
    /// The overpaid document or credit note that it is taken from (an offset)
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<String>,
    /// What it pays: principal, interest, fee or costs; by the document's terms if not given
    #[arg(long, value_name = "PART")]
    pub part: Option<String>,
    /// The currency that came; a document is paid in its own
    #[arg(long, value_name = "CURRENCY")]
    pub currency: Option<String>,
    /// The way to pay of acquit.toml that it came in on
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// The payer's reference
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// The payment provider's fee, taken off what arrived
    #[arg(long, value_name = "AMOUNT")]
    pub fee: Option<String>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Do not ask: the documents proposed are the right ones, and more may come than is left to pay
    #[arg(short = 'y', long)]
    pub yes: bool,
}

/// What the command line names: documents with amounts, or a client's amount.
struct Named {
    documents: Vec<(String, String)>,
    amount: Option<String>,
}

/// Records a payment.
///
/// # Errors
/// Where a document is unknown, an amount is none, a credit does not suffice, or nobody confirms what is proposed.
pub fn run(args: &PayArgs, session: &mut Session<'_>) -> Outcomes {
    let named = named(args, session)?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let numbers: Vec<String> = named
        .documents
        .iter()
        .map(|(number, _)| number.clone())
        .chain(args.from.clone())
        .collect();
    let (books, _) = load::sound(&mut source, &settings, session.today)
        .map_err(|problems| session.refuse(&mut source, problems))?;
    session.warn(&mut source);
    let documents = load::documents(session, &mut source, &settings, &numbers)?;
    let mut problems = Diagnostics::default();
    let received = received(args, &settings, session.today, &mut problems);
    let ground = Ground {
        received: &received,
        books: &books,
        settings: &settings,
    };
    let from = args.from.as_ref().and(documents.last()).map(From::new);
    let planned = if let (Some(client), Some(text)) = (&args.client, &named.amount) {
        of_client(
            &ground,
            args,
            client,
            text,
            from,
            session,
            &mut source,
            &mut problems,
        )?
    } else {
        of_documents(
            &ground,
            args,
            &named.documents,
            &documents,
            from,
            &mut problems,
        )
    };
    let rows = movement::movements(&ground, planned.rows, planned.from.as_ref(), &mut problems);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let documents: Vec<Document> = documents.into_iter().chain(planned.documents).collect();
    let receipt = Receipt::new(&ground, rows, &documents, &mut source)
        .map_err(|problems| session.refuse(&mut source, problems))?;
    if let Some(recovered) = session.recovered.as_ref().filter(|_| args.client.is_some())
        && receipt.repeats(&recovered.ids())
    {
        return Err(Failure::Repeated);
    }
    session.print(&receipt.twins(), &source.map);
    if receipt.is_chosen(args.client.is_some()) || receipt.is_shared() {
        for line in receipt.proposal() {
            session.terminal.say(&line);
        }
    }
    let overpaid = if session.can_ask() {
        Overpaid::Asked
    } else if args.yes || session.global.dry_run {
        Overpaid::Allowed
    } else {
        Overpaid::Refused
    };
    let questions = receipt
        .questions(args.client.is_some(), overpaid)
        .map_err(|problems| session.refuse(&mut source, problems))?;
    if !session.global.dry_run && !args.yes {
        for question in questions {
            if !session.confirm(&question, "--yes")? {
                session.terminal.say("nothing is recorded");
                return Ok(Done::Findings);
            }
        }
    }
    session.commit(writer.as_ref(), receipt.changes())?;
    for line in receipt.discounts().chain(receipt.outcome()) {
        session.terminal.say(&line);
    }
    Ok(Done::Well)
}

/// Reads what came for each document, in its currency, and shares it.
fn of_documents(
    ground: &Ground<'_>,
    args: &PayArgs,
    named: &[(String, String)],
    documents: &[Document],
    from: Option<From>,
    problems: &mut Diagnostics,
) -> Planned {
    let fee = documents.first().and_then(|first| {
        let fee = args.fee.as_ref()?;
        typed::figure(fee, first.currency.digits(), "--fee {}", problems)
    });
    let mut amounts = Vec::new();
    for ((number, text), document) in named.iter().zip(documents) {
        let digits = document.currency.digits();
        let command = format!("acquit pay {number} {{}}");
        let amount = typed::figure(text, digits, &command, problems);
        amounts.extend(amount.map(|amount| (document, amount)));
    }
    movement::of_documents(ground, &amounts, from, fee, problems)
}

/// Reads what came of a client, in the currency given or its own, and shares it over the documents that are open.
///
/// # Errors
/// Where the client is unknown, or one of the documents is not what was issued.
#[expect(clippy::too_many_arguments, reason = "all that a payment stands on")]
fn of_client(
    ground: &Ground<'_>,
    args: &PayArgs,
    client: &str,
    text: &str,
    from: Option<From>,
    session: &Session<'_>,
    source: &mut Source,
    problems: &mut Diagnostics,
) -> Result<Planned, Failure> {
    let ids = source.client_ids();
    if !ids.iter().any(|known| known == client) {
        return Err(load::unknown_client(client, &ids, "").into());
    }
    let own = source.client(client).and_then(|client| client.currency);
    let currency = ground
        .received
        .currency
        .or(from.as_ref().map(From::currency))
        .or(own)
        .unwrap_or(ground.settings.currency);
    let digits = currency.digits();
    let fee = args
        .fee
        .as_ref()
        .and_then(|fee| typed::figure(fee, digits, "--fee {}", problems));
    let command = format!("acquit pay --client {client} {{}}");
    let Some(amount) = typed::figure(text, digits, &command, problems) else {
        return Ok(Planned::default());
    };
    let came = OfClient {
        client,
        currency,
        amount,
        fee,
    };
    let open = movement::open(ground, &came);
    let numbers: Vec<String> = open.iter().map(|open| open.number.to_owned()).collect();
    let documents = load::documents(session, source, ground.settings, &numbers)?;
    Ok(movement::of_client(
        ground, &came, &open, documents, from, problems,
    ))
}

/// Sorts the words of the command line; asks for those that are missing.
fn named(args: &PayArgs, session: &mut Session<'_>) -> Result<Named, Failure> {
    if args.client.is_some() {
        if args.what.len() > 1 {
            let hint = "write `acquit pay --client acme 3000`, or name documents without --client"
                .to_owned();
            return Err(Failure::Usage(
                "with --client there is one amount, and no document".into(),
                hint,
            ));
        }
        let amount = session.argument(args.what.first().cloned(), "AMOUNT", "Amount received")?;
        return Ok(Named {
            documents: Vec::new(),
            amount: Some(amount),
        });
    }
    let mut words = args.what.iter().cloned();
    let mut documents = Vec::new();
    loop {
        let number = match words.next() {
            Some(number) => number,
            None if documents.is_empty() => {
                session.argument(None, "NUMBER", "Number of the document")?
            }
            None => break,
        };
        let amount = session.argument(
            words.next(),
            "AMOUNT",
            &format!("Amount received for {number}"),
        )?;
        if documents.iter().any(|(known, _)| *known == number) {
            let hint = "write one amount for each document".to_owned();
            return Err(Failure::Usage(format!("{number} is named twice"), hint));
        }
        documents.push((number, amount));
    }
    Ok(Named {
        documents,
        amount: None,
    })
}

/// Reads the options; a word that is none is a problem.
fn received(
    args: &PayArgs,
    settings: &Settings,
    today: NaiveDate,
    problems: &mut Diagnostics,
) -> Received {
    let mut wrong = |message: String, hint: String| {
        problems.push(Diagnostic::error(code::VALUE_CHOICE, message).hint(hint));
    };
    let is_offset = args.from.is_some() || args.method.as_deref() == Some(Method::Offset.word());
    let method = match &args.method {
        _ if is_offset => Some(Method::Offset),
        Some(word) => Method::parse(word),
        None => Some(Method::By(PayKind::Transfer)),
    };
    if method.is_none() {
        let word = args.method.as_deref().unwrap_or_default();
        wrong(
            format!("`{word}` is no method of payment"),
            format!("one of {}", Method::list()),
        );
    }
    let part = args.part.as_deref().and_then(Part::parse);
    if let (Some(word), None) = (&args.part, part) {
        let words: Vec<&str> = Part::WORDS.iter().map(|(word, _)| *word).collect();
        wrong(
            format!("`{word}` is no part of a debt"),
            format!("one of {}", words.join(", ")),
        );
    }
    if args.from.is_some()
        && args
            .method
            .as_deref()
            .is_some_and(|word| word != Method::Offset.word())
    {
        wrong(
            "--from moves a credit, no money comes".to_owned(),
            "leave --method out: what is taken from a document is an offset".to_owned(),
        );
    }
    if is_offset && (args.fee.is_some() || args.reference.is_some()) {
        wrong(
            "an offset has no fee, and its reference names the credit it uses".to_owned(),
            "leave --fee and --reference out; --note says why".to_owned(),
        );
    }
    let currency = args.currency.as_deref().and_then(Currency::parse);
    if args.currency.is_some() && currency.is_none() {
        let hint = "three capitals of ISO 4217, such as `--currency EUR`";
        problems.push(
            Diagnostic::error(code::CURRENCY_UNKNOWN, "there is no such currency").hint(hint),
        );
    }
    typed::texts([&args.reference, &args.note], problems);
    let received = Received {
        date: args.date.unwrap_or(today),
        // What cannot be read was refused above.
        method: method.unwrap_or(Method::By(PayKind::Transfer)),
        part,
        from: args.from.clone(),
        currency,
        is_credit: args.credit,
        account: args.account.clone().unwrap_or_default(),
        reference: args.reference.clone().unwrap_or_default(),
        note: args.note.clone().unwrap_or_default(),
    };
    problems.extend(receipt::check(&received, settings, today));
    received
}
