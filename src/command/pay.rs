//! `pay`: money received, or paid back, for a document.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use clap::Args;
use rust_decimal::Decimal;

use super::load;
use crate::changes::{ChangeSet, sha256};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::{self, in_currency};
use crate::ledger::book::{METHODS, PAYMENT_HEADER};
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;

/// Record a payment of a document
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit pay F2026-0042 1200 --date 2026-11-20 --method transfer --reference \"VIR ACME\""
)]
pub struct PayArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// What came, in the document's currency; negative: paid back
    #[arg(value_name = "AMOUNT", allow_negative_numbers = true)]
    pub amount: Option<String>,
    /// When the money was available; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::cli::day)]
    pub date: Option<NaiveDate>,
    /// transfer, card, cheque, cash, direct-debit or link
    #[arg(long, value_name = "METHOD", default_value = "transfer")]
    pub method: String,
    /// The payer's reference
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// The payment provider's fee, taken off what arrived
    #[arg(long, value_name = "AMOUNT")]
    pub fee: Option<String>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// Records a payment.
///
/// # Errors
/// Where the document is unknown or the amount is none.
pub fn run(args: &PayArgs, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(args.number.clone(), "NUMBER", "Number of the document")?;
    let text = session.argument(args.amount.clone(), "AMOUNT", "Amount received")?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let document = load::documents(session, &mut source, &settings, std::slice::from_ref(&number))?.remove(0);
    let currency = document.currency;
    let mut problems = Diagnostics::default();
    if document.issued > session.today {
        let message = format!("{number} is issued on {}, after {}", document.issued, session.today);
        problems.push(Diagnostic::error(code::DOCUMENT_UNKNOWN, message).hint("leave --today out"));
    }
    let value = figure(&text, currency.digits(), &format!("acquit pay {number} {{}}"), &mut problems);
    let fee = args.fee.as_ref().and_then(|fee| figure(fee, currency.digits(), "--fee {}", &mut problems));
    let date = args.date.unwrap_or(session.today);
    check(args, value, date, session.today, &mut problems);
    let ids = ids(&mut source);
    if source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let header = header(&mut source, date, &mut problems);
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let Some(value) = value else { return Ok(Done::Findings) };
    let row = |id: &str| -> Vec<String> {
        let field = |name: &str| match name {
            "id" => id.to_owned(),
            "date" => date.to_string(),
            "client" => document.buyer.client.clone(),
            "amount" => in_currency(value, currency),
            "currency" => currency.to_string(),
            "method" => args.method.clone(),
            "document" => number.clone(),
            "fee" => fee.map(|fee| in_currency(fee, currency)).unwrap_or_default(),
            "reference" => args.reference.clone().unwrap_or_default(),
            "note" => args.note.clone().unwrap_or_default(),
            _ => String::new(),
        };
        header.iter().map(|name| field(name)).collect()
    };
    let id = new_id(date, &row("").join("\n"), &ids);
    let mut set = ChangeSet::default();
    append(&mut set, &source, &format!("payments/{}.csv", date.format("%Y")), &header, &[row(&id)])
        .map_err(Failure::Could)?;
    session.commit(writer.as_ref(), &set)?;
    after(session, &mut source, &number, value);
    Ok(Done::Well)
}

/// Reads an amount of the command line.
pub fn figure(text: &str, digits: u32, command: &str, problems: &mut Diagnostics) -> Option<Decimal> {
    match amount::parse(text, digits) {
        Ok(value) => Some(value),
        Err(problem) => {
            let (message, hint) = problem.explain(text);
            let hint = match &problem {
                amount::NumberError::Comma(right) => format!("write `{}`", command.replace("{}", right)),
                _ => hint,
            };
            problems.push(Diagnostic::error(code::VALUE_NUMBER, message).hint(hint));
            None
        }
    }
}

fn check(args: &PayArgs, value: Option<Decimal>, date: NaiveDate, today: NaiveDate, problems: &mut Diagnostics) {
    if value.is_some_and(|value| value.is_zero()) {
        problems.push(
            Diagnostic::error(code::PAYMENT_AMOUNT, "a payment of nothing").hint("write what came, such as `1200`"),
        );
    }
    if !METHODS.contains(&args.method.as_str()) || args.method == "offset" {
        let hint = format!("one of {}", METHODS[..METHODS.len() - 1].join(", "));
        problems.push(
            Diagnostic::error(code::VALUE_CHOICE, format!("`{}` is no method of payment", args.method)).hint(hint),
        );
    }
    if date > today {
        let message = format!("{date} is later than today, {today}");
        problems.push(Diagnostic::error(code::PAYMENT_AMOUNT, message).hint("record money once it is there"));
    }
    for text in [&args.reference, &args.note].into_iter().flatten() {
        if text.chars().any(char::is_control) {
            problems.push(
                Diagnostic::error(code::VALUE_TEXT, "a control character in a text").hint("write it in one line"),
            );
        }
    }
}

/// Returns the header of a payments file: its own, or ours where it does not exist.
pub fn header(source: &mut Source, date: NaiveDate, problems: &mut Diagnostics) -> Vec<String> {
    let header = source.book_header(&format!("payments/{}.csv", date.format("%Y")));
    let header = header.unwrap_or_else(|| PAYMENT_HEADER.iter().map(|name| (*name).to_owned()).collect());
    if let Some(missing) =
        ["document", "method", "amount"].iter().find(|name| !header.iter().any(|known| known == *name))
    {
        problems.push(Diagnostic::error(code::CSV_HEADER, format!("the column `{missing}` is missing")));
    }
    header
}

/// Returns all ids of payments.
pub fn ids(source: &mut Source) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    source.payments(|payment| {
        ids.insert(payment.id.to_owned());
    });
    ids
}

/// Returns a new id: the date and ten hex digits of the SHA-256 of the movement's rows and a counter of identical ones.
pub fn new_id(date: NaiveDate, rows: &str, taken: &BTreeSet<String>) -> String {
    let id = |counter: u32| {
        let digest = sha256(format!("{rows}\n{counter}").as_bytes());
        format!("{}-{}", date.format("%Y%m%d"), &digest[..10])
    };
    (0..=u32::MAX).map(id).find(|id| !taken.contains(id)).unwrap_or_default()
}

/// Plans rows at the end of a book, with its header where it does not exist, after a missing final line end.
///
/// # Errors
/// Where the book cannot be read.
pub fn append(
    set: &mut ChangeSet,
    source: &Source,
    path: &str,
    header: &[String],
    rows: &[Vec<String>],
) -> Result<(), String> {
    let (length, unended) = source.book_end(path).map_err(|_| format!("cannot read {path}"))?;
    let mut text = String::new();
    let is_first = !set.changes().iter().any(|change| change.path() == path);
    if is_first && length == 0 {
        text.push_str(&super::issue::csv_row(header));
    } else if is_first && unended {
        text.push('\n');
    }
    for row in rows {
        text.push_str(&super::issue::csv_row(row));
    }
    set.append(path, length, &text);
    Ok(())
}

/// Says what is left of the document.
fn after(session: &mut Session<'_>, source: &mut Source, number: &str, value: Decimal) {
    let books = load::books(source, session.today);
    let Some(index) = books.find(number) else { return };
    let position = books.position(index);
    let left = if session.global.dry_run { position.balance - value } else { position.balance };
    let currency = position.currency;
    let state = match left.cmp(&Decimal::ZERO) {
        std::cmp::Ordering::Equal => "is paid".to_owned(),
        std::cmp::Ordering::Greater => format!("has {} {currency} left to pay", in_currency(left, currency)),
        std::cmp::Ordering::Less => format!("is overpaid by {} {currency}", in_currency(-left, currency)),
    };
    session.terminal.say(&format!("{number} {state}"));
}
