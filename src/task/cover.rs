//! A document → the e-mail that carries it to the client.

use rust_decimal::Decimal;

use super::message::{Desk, Parcel, nobody};
use crate::compute::demand::{Debt, Demand};
use crate::compute::epc;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::document::{Document, DocumentType};
use crate::span::values;
use crate::view::compose::{Facts, compose};
use crate::view::locale::Locale;

/// Makes the e-mail that carries a document with its PDF: as a draft, and what is to be said of it.
///
/// # Errors
/// Where the seller has no address to send from, or a template or an address is wrong.
pub fn cover(desk: &Desk<'_>, document: &Document, pdf: &[u8]) -> Result<Parcel, Diagnostics> {
    let Some(from) = desk.settings.seller.email.as_deref() else {
        let hint = "add `email = \"you@example.org\"` to [seller] in acquit.toml";
        return Err(
            Diagnostic::error(code::KEY_MISSING, "the seller has no `email` to send from")
                .hint(hint)
                .into(),
        );
    };
    let position = desk
        .books
        .find(document.number.as_str())
        .map(|index| desk.books.position(index));
    let (paid, balance) = position.map_or((Decimal::ZERO, document.totals.due), |position| {
        (position.paid, position.balance)
    });
    let asks = !matches!(document.kind, DocumentType::Credit | DocumentType::Quote);
    let balance = if asks {
        balance.max(Decimal::ZERO)
    } else {
        Decimal::ZERO
    };
    let debt = Debt {
        document,
        due: document.due.or(document.valid_until),
        days_late: 0,
        paid,
        balance,
        disputed: Decimal::ZERO,
        interest: false,
        fee: false,
    };
    let demand = Demand::of(document.currency, balance);
    let client = desk.clients.get(&document.buyer.client);
    let facts = Facts {
        seller: &desk.settings.seller,
        client,
        debts: &[debt],
        demands: std::slice::from_ref(&demand),
        reminders: &[],
        payments: &[],
        plan: None,
        notice: None,
        is_letter: false,
        today: desk.books.today(),
    };
    let message = compose(facts, &Locale::of(document.language)).unwrap_or_default();
    let text = desk.render(document, template(document.kind), &message)?;
    let asked = if balance.is_zero() {
        None
    } else {
        epc::payload_of(&[document], balance)
    };
    let attached = [(format!("{}.pdf", document.number), pdf.to_vec())];
    let to = client.map_or_else(Vec::new, |client| values(&client.email));
    let bytes = desk.mail(
        document,
        (from, &to),
        &attached,
        &message,
        &text,
        asked.as_deref(),
    )?;
    Ok(Parcel {
        ending: "eml",
        bytes,
        remark: nobody(&to),
        claims: Vec::new(),
    })
}

/// The words that go with a document of a kind.
fn template(kind: DocumentType) -> &'static str {
    match kind {
        DocumentType::Credit => "credit.txt",
        DocumentType::Quote => "quote.txt",
        _ => "invoice.txt",
    }
}
