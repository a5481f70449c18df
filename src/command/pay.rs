//! `pay`: money received, paid back, or moved: of documents, or of a client.

use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use rust_decimal::Decimal;

use crate::check::likeness::Likeness;
use crate::check::payment::{self, Excess};
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::book::{Event, Method, Part};
use crate::ledger::books::Ledger;
use crate::ledger::document::Document;
use crate::ledger::event_kind::EventKind;
use crate::ledger::settings::{PayKind, Settings};
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::span::{FileId, Span};
use crate::task::discount;
use crate::task::load;
use crate::task::movement::{self, Ground, Row};
use crate::task::record::{Book, Recorder};
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

impl PayArgs {
    /// Tells whether a credit is moved, and no money comes.
    pub fn is_offset(&self) -> bool {
        self.from.is_some() || self.method.as_deref() == Some(Method::Offset.word())
    }

    /// Returns the method that the row bears; none where the command line names one that does not exist.
    pub fn method(&self) -> Option<Method> {
        match &self.method {
            _ if self.is_offset() => Some(Method::Offset),
            Some(word) => Method::parse(word),
            None => Some(Method::By(PayKind::Transfer)),
        }
    }
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
    let date = args.date.unwrap_or(session.today);
    let mut problems = Diagnostics::default();
    check(args, &settings, date, session.today, &mut problems);
    let ground = Ground {
        args,
        books: &books,
        settings: &settings,
        date,
    };
    let planned = if let (Some(client), Some(text)) = (&args.client, &named.amount) {
        movement::of_client(
            &ground,
            session,
            &mut source,
            client,
            text,
            &documents,
            &mut problems,
        )?
    } else {
        movement::of_documents(
            &ground,
            &named.documents,
            &documents,
            session.today,
            &mut problems,
        )
    };
    let rows = movement::movements(&ground, planned.rows, planned.from.as_ref(), &mut problems);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let documents: Vec<Document> = documents.into_iter().chain(planned.documents).collect();
    let mut recorder = Recorder::on(&books);
    for movement in &rows {
        let fields: Vec<_> = movement.iter().map(|row| row.fields(args)).collect();
        let id = recorder.add(&mut source, Book::Payments, date, &fields);
        likeness(session, &mut source, &id, movement, args, date);
    }
    let all: Vec<Row> = rows.into_iter().flatten().collect();
    let earned = discounts(&mut recorder, &mut source, &documents, &books, &all, date);
    if recorder.problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, recorder.problems));
    }
    if is_chosen(args, &all)
        || all
            .iter()
            .any(|row| row.decided && row.part != Part::Principal)
    {
        propose(session, &all);
    }
    let questions = questions(&ground, session, &mut source, &all, &earned)?;
    if !session.global.dry_run && !args.yes {
        for question in questions {
            if !session.confirm(&question, "--yes")? {
                session.terminal.say("nothing is recorded");
                return Ok(Done::Findings);
            }
        }
    }
    session.commit(writer.as_ref(), &recorder.set)?;
    for text in earned.iter().filter_map(|(_, _, text)| text.as_ref()) {
        session.terminal.say(text);
    }
    after(&ground, session, &all, &earned);
    Ok(Done::Well)
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

fn check(
    args: &PayArgs,
    settings: &Settings,
    date: NaiveDate,
    today: NaiveDate,
    problems: &mut Diagnostics,
) {
    let mut wrong = |code, message: String, hint: String| {
        problems.push(Diagnostic::error(code, message).hint(hint));
    };
    if args.method().is_none() {
        let word = args.method.as_deref().unwrap_or_default();
        wrong(
            code::VALUE_CHOICE,
            format!("`{word}` is no method of payment"),
            format!("one of {}", Method::list()),
        );
    }
    if let Some(part) = args
        .part
        .as_ref()
        .filter(|part| Part::parse(part).is_none())
    {
        let words: Vec<&str> = Part::WORDS.iter().map(|(word, _)| *word).collect();
        wrong(
            code::VALUE_CHOICE,
            format!("`{part}` is no part of a debt"),
            format!("one of {}", words.join(", ")),
        );
    }
    if args.from.is_some()
        && args
            .method
            .as_ref()
            .is_some_and(|method| method != Method::Offset.word())
    {
        let hint = "leave --method out: what is taken from a document is an offset".to_owned();
        wrong(
            code::VALUE_CHOICE,
            "--from moves a credit, no money comes".to_owned(),
            hint,
        );
    }
    if args.is_offset() && (args.fee.is_some() || args.reference.is_some()) {
        let hint = "leave --fee and --reference out; --note says why".to_owned();
        wrong(
            code::VALUE_CHOICE,
            "an offset has no fee, and its reference names the credit it uses".to_owned(),
            hint,
        );
    }
    if date > today {
        let message = format!("{date} is later than today, {today}");
        wrong(
            code::PAYMENT_DATE,
            message,
            "record money once it is there".to_owned(),
        );
    }
    if let Some(account) = &args.account
        && !settings.pay.iter().any(|mean| mean.id.value == *account)
    {
        let known: Vec<&str> = settings.pay.iter().map(|mean| mean.id.as_str()).collect();
        let hint = format!("the [[pay]] ids are {}", known.join(", "));
        wrong(
            code::PAY_UNKNOWN,
            format!("`{account}` is no way to pay of acquit.toml"),
            hint,
        );
    }
    typed::texts([&args.reference, &args.note], problems);
}

/// Says which payment looks like this one, if one does.
fn likeness(
    session: &mut Session<'_>,
    source: &mut Source,
    id: &str,
    movement: &[Row],
    args: &PayArgs,
    date: NaiveDate,
) {
    // A method that does not exist was refused before.
    let Some(method) = args.method() else { return };
    let mut likeness = Likeness::of(&source.ledger());
    let reference = args.reference.as_deref().unwrap_or_default();
    for row in movement {
        likeness.add(&row.payment(id, date, method, reference));
    }
    if let Some(warning) = likeness.twin_of(id) {
        session.print(
            &[Diagnostic {
                span: None,
                ..warning
            }],
            &source.map,
        );
    }
}

/// What a payment earned of a document's discount: its number, what is taken off at once, what is to be said.
type Earned = (String, Decimal, Option<String>);

fn discounts(
    recorder: &mut Recorder,
    source: &mut Source,
    documents: &[Document],
    books: &Books,
    rows: &[Row],
    date: NaiveDate,
) -> Vec<Earned> {
    let mut earned = Vec::new();
    let mut then: Option<Books> = None;
    for document in documents
        .iter()
        .filter(|document| document.terms.discount.is_some())
    {
        let number = document.number.as_str();
        let paid: Decimal = rows
            .iter()
            .filter(|row| row.document.as_deref() == Some(number) && row.part == Part::Principal)
            .map(|row| row.amount)
            .sum();
        let then = then.get_or_insert_with(|| load::books_at(source, date));
        let (Some(before), Some(now)) = (then.find(number), books.find(number)) else {
            continue;
        };
        let open = books.position(now).balance;
        let (amount, text) = discount::plan(
            recorder,
            source,
            document,
            &then.position(before),
            open,
            paid,
            date,
        );
        earned.push((number.to_owned(), amount, text));
    }
    earned
}

/// Tells whether the documents were chosen here, and not by the command line.
fn is_chosen(args: &PayArgs, rows: &[Row]) -> bool {
    args.client.is_some() && rows.iter().any(|row| row.document.is_some())
}

/// Returns what a person is asked before a payment is recorded: whether the documents proposed are the right ones, and whether more came
/// than is left to pay.
///
/// # Errors
/// Where more is paid back than came, or more came than is left and nobody can be asked.
fn questions(
    ground: &Ground<'_>,
    session: &Session<'_>,
    source: &mut Source,
    rows: &[Row],
    earned: &[Earned],
) -> Result<Vec<String>, Failure> {
    let (args, books) = (ground.args, ground.books);
    let mut problems = back_too_far(ground, rows);
    let mut questions = Vec::new();
    if is_chosen(args, rows) {
        let (total, currency) = (rows.iter().map(|row| row.amount).sum(), rows[0].currency);
        questions.push(format!(
            "Record {} {currency} of {} as shown?",
            in_currency(total, currency),
            rows[0].client
        ));
    }
    let mut numbers: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.document.as_deref())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let Some(index) = books.standing(number) else {
            continue;
        };
        let position = books.position(index);
        let own =
            |row: &&Row| row.document.as_deref() == Some(number) && row.part == Part::Principal;
        let came: Decimal = rows.iter().filter(own).map(|row| row.amount).sum();
        let off = earned
            .iter()
            .filter(|(earner, ..)| earner == number)
            .map(|(_, amount, _)| *amount)
            .sum();
        let show = |value: Decimal| {
            format!(
                "{} {}",
                in_currency(value, position.currency),
                position.currency
            )
        };
        match payment::excess(&position, came, off) {
            Some(Excess::Over(over)) if session.can_ask() => questions.push(format!(
                "{} has {} left to pay. Record {}, which overpays it by {}?",
                position.number,
                show(came - over),
                show(came),
                show(over)
            )),
            Some(Excess::Over(over)) if !args.yes && !session.global.dry_run => {
                problems.push(payment::too_much(&position, came, over));
            }
            Some(Excess::Back(back)) => {
                problems.push(payment::too_much_back(&position, came, back));
            }
            _ => {}
        }
    }
    if problems.is_empty() {
        Ok(questions)
    } else {
        Err(session.refuse(source, problems))
    }
}

/// Finds interest and costs that are paid back and never came.
fn back_too_far(ground: &Ground<'_>, rows: &[Row]) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let mut back = rows
        .iter()
        .filter(|row| row.part != Part::Principal && row.amount < Decimal::ZERO)
        .peekable();
    if back.peek().is_none() {
        return problems;
    }
    let today = ground.books.today();
    let chronicle = Chronicle::new(ground.books.ledger(), today);
    for row in back {
        let number = row.document.as_deref().unwrap_or_default();
        let came = chronicle.paid(number, row.part, today);
        if came + row.amount < Decimal::ZERO {
            let came = format!("{} {}", in_currency(came, row.currency), row.currency);
            problems.push(payment::too_much_of_a_part(row.part.word(), number, &came));
        }
    }
    problems
}

/// Says what a payment that names no document would pay.
fn propose(session: &mut Session<'_>, rows: &[Row]) {
    let width = rows
        .iter()
        .map(|row| row.shown().len())
        .max()
        .unwrap_or_default();
    for row in rows {
        let part = row.part.word();
        let about = match &row.document {
            Some(number) => format!("{number}  {part}"),
            None => format!("credit of {}", row.client),
        };
        session
            .terminal
            .say(&format!("  {:>width$}  {about}", row.shown()));
    }
}

/// Says what is left of each document, and of the clients' credits that were touched, once the rows stand.
fn after(ground: &Ground<'_>, session: &mut Session<'_>, rows: &[Row], earned: &[Earned]) {
    let books = with_rows(ground, rows, earned, session.today);
    let mut said: Vec<&str> = Vec::new();
    for row in rows {
        let about = row.document.as_deref().unwrap_or_default();
        if said.contains(&about) {
            continue;
        }
        said.push(about);
        let currency = row.currency;
        let show = |value: Decimal| format!("{} {currency}", in_currency(value, currency));
        if row.document.is_none() {
            let left = books.credit(&row.client, currency);
            session
                .terminal
                .say(&format!("{} has a credit of {}", row.client, show(left)));
            continue;
        }
        let Some(index) = books.standing(about) else {
            continue;
        };
        let position = books.position(index);
        let left = position.balance;
        let state = match left.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Equal => "is paid".to_owned(),
            std::cmp::Ordering::Greater => format!("has {} left to pay", show(left)),
            std::cmp::Ordering::Less if position.owed < Decimal::ZERO => {
                format!("has {} left to use or pay back", show(-left))
            }
            std::cmp::Ordering::Less => format!("is overpaid by {}", show(-left)),
        };
        let number = position.number;
        let place = if number == about {
            String::new()
        } else {
            format!(", in the place of {about},")
        };
        session.terminal.say(&format!("{number}{place} {state}"));
    }
}

/// Returns the books as they stand once a payment and the discounts that it earned are in.
fn with_rows(ground: &Ground<'_>, rows: &[Row], earned: &[Earned], today: NaiveDate) -> Books {
    let mut ledger = Ledger::clone(ground.books.ledger());
    let method = ground.args.method().unwrap_or(Method::Offset);
    for row in rows {
        ledger.push_payment(&row.payment("", ground.date, method, ""));
    }
    for (number, amount, _) in earned.iter().filter(|(_, amount, _)| !amount.is_zero()) {
        let Some(place) = ledger.find(number) else {
            continue;
        };
        let entry = ledger.document(place);
        let (number, client) = (number.clone(), entry.client.to_owned());
        let currency = entry.currency;
        ledger.push_event(&Event {
            span: Span::whole(FileId::NOWHERE),
            id: "",
            date: ground.date,
            kind: EventKind::Discount,
            client: &client,
            document: &number,
            step: "",
            channel: "",
            amount: Some(*amount),
            currency: Some(currency),
            interest: None,
            fee: None,
            until: None,
            who: "",
            file: "",
            sha256: "",
            note: "",
        });
    }
    Books::new(&Arc::new(ledger), today)
}
