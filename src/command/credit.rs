//! `credit`: drafts a credit note that takes back a document in full.

use clap::Args;
use rust_decimal::Decimal;

use super::load;
use super::new::{copy, vat_keys};
use crate::changes::ChangeSet;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::{in_currency, plain, round};
use crate::ledger::document::{Adjustment, Document, DocumentType, PriceMode};
use crate::session::{Done, Outcomes, Session};
use crate::view::toml;

/// Draft a credit note that takes back a document in full
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit credit F2026-0042 && acquit issue credit-F2026-0042")]
pub struct CreditArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
}

/// Drafts a credit note.
///
/// # Errors
/// Where the document is unknown, or was credited already.
pub fn run(args: &CreditArgs, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(args.number.clone(), "NUMBER", "Number of the document to take back")?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let document = load::documents(session, &mut source, &settings, std::slice::from_ref(&number))?.remove(0);
    let books = load::books(&mut source, chrono::NaiveDate::MAX);
    let name = format!("credit-{number}");
    let mut problems = Diagnostics::default();
    let left = books.creditable(&number).unwrap_or_default();
    if document.kind == DocumentType::Credit {
        problems.push(
            Diagnostic::error(code::LAW_REFERENCE, format!("{number} is a credit note"))
                .hint("a credit note corrects an invoice"),
        );
    } else if left < document.totals.gross {
        let show = |value| in_currency(value, document.currency);
        let message = if left > Decimal::ZERO {
            format!(
                "{number} was credited in part: {} of {} {} are left",
                show(left),
                show(document.totals.gross),
                document.currency
            )
        } else {
            format!("{number} was credited in full already")
        };
        problems.push(
            Diagnostic::error(code::CREDIT_EXCEEDS, message).hint(format!("`acquit list --client {}` shows the credit notes; what is left is credited by a draft of your own with `corrects`", document.buyer.client)),
        );
    }
    if source.draft_names().contains(&name) {
        problems.push(
            Diagnostic::error(code::FILE_EXISTS, format!("the draft `{name}` exists already"))
                .hint(format!("`acquit issue {name}` issues it")),
        );
    }
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let mut set = ChangeSet::default();
    set.create(format!("drafts/{name}.toml"), file(&document));
    session.commit(writer.as_ref(), &set)?;
    let total = in_currency(document.totals.owed, document.currency);
    session.terminal.say(&format!(
        "drafted a credit note of {total} {} on {number}: `acquit issue {name}` issues it",
        document.currency
    ));
    Ok(Done::Well)
}

/// Returns the draft: the document's own lines, discounts and rates, positive as a credit note's are.
fn file(document: &Document) -> String {
    let mut text = toml::Text::default();
    text.text("client", &document.buyer.client).text("type", "credit").maybe("subject", document.subject.as_ref());
    text.list("corrects", [document.number.as_str()]);
    if document.prices == PriceMode::Gross {
        text.text("prices", "gross");
    }
    text.text("language", document.language.code()).text("currency", document.currency.code());
    if let Some(exchange) = &document.exchange {
        let mut parts = vec![format!("rate = {}", plain(exchange.rate))];
        parts.extend(exchange.date.map(|day| format!("date = {day}")));
        parts.extend(exchange.source.as_ref().map(|source| format!("source = {}", toml::string(source))));
        text.raw("exchange", format!("{{ {} }}", parts.join(", ")));
    }
    for line in copy(document, true) {
        text.element("line");
        for (key, value) in line {
            text.raw(key, value);
        }
    }
    for (name, list) in [("discount", &document.discounts), ("charge", &document.charges)] {
        for part in list {
            text.element(name);
            for (key, value) in adjustment(part, document) {
                text.raw(key, value);
            }
        }
    }
    text.finish()
}

/// Returns the keys of a discount or charge. One on prices with VAT is frozen without it: it is written back with it, so that the same
/// figures come out.
pub fn adjustment(part: &Adjustment, document: &Document) -> Vec<(&'static str, String)> {
    let digits = document.currency.digits();
    let factor = Decimal::ONE + part.rate / Decimal::ONE_HUNDRED;
    let amount = if document.prices == PriceMode::Gross { round(part.amount * factor, digits) } else { part.amount };
    let mut keys = vec![("amount", in_currency(amount, document.currency)), ("reason", toml::string(&part.reason))];
    keys.extend(vat_keys(document, part.category, part.rate).into_iter().filter(|(key, _)| *key == "vat"));
    keys
}
