//! What is left to claim of documents that were paid in full, but late: interest and the fixed indemnity, which nobody thinks of once the
//! money is there.
//!
//! Only what was paid late is opened. What is wrong with a document or with the law is said by `check` and `interest`: here nothing is said
//! of such a claim.

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;

use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::interest::claim;
use crate::compute::position::{Position, Status};
use crate::diagnostic::Diagnostics;
use crate::ledger::amount::in_currency;
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::regime::Laws;
use crate::source::Source;
use crate::view::sheet::{Cell, Sheet};

/// For how many months after the last payment `status` and the digest speak of it.
const MONTHS: u32 = 12;

/// What is left to claim of a document that was paid in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclaimed {
    /// Its place in the books.
    pub index: usize,
    /// Its number.
    pub number: String,
    /// The client's id.
    pub client: String,
    /// When it was paid.
    pub paid_on: NaiveDate,
    /// Late interest, with the document's currency.
    pub interest: (Decimal, Currency),
    /// The fixed indemnity, with its own.
    pub fee: (Decimal, Currency),
}

/// Returns what is left to claim of the documents paid within a year before the books' day, of every client.
pub fn recent(books: &Books, source: &mut Source) -> Vec<Unclaimed> {
    let since = books.today().checked_sub_months(Months::new(MONTHS));
    of(books, source, since, |_| true)
}

/// Returns what is left to claim of the documents that are wanted and were paid since a day, in the order of issue.
pub fn of(
    books: &Books,
    source: &mut Source,
    since: Option<NaiveDate>,
    is_wanted: impl Fn(&Position<'_>) -> bool,
) -> Vec<Unclaimed> {
    let (ledger, today) = (books.ledger(), books.today());
    let was_late = |index: &usize| {
        // Most were paid in time, or long ago: nothing else is looked up of them.
        let Some(paid) = books.paid_on(*index).filter(|paid| Some(*paid) >= since) else {
            return false;
        };
        if ledger.first_due(*index).is_none_or(|due| paid <= due) {
            return false;
        }
        let position = books.position(*index);
        position.balance <= Decimal::ZERO
            && position.kind != DocumentType::Credit
            && position.status != Status::Replaced
            && is_wanted(&position)
    };
    let all = books.numbers().filter_map(|number| books.find(number));
    let indexes: Vec<usize> = all.filter(was_late).collect();
    if indexes.is_empty() {
        return Vec::new();
    }
    let Some(settings) = source.again(Source::settings) else {
        return Vec::new();
    };
    let chronicle = Chronicle::new(ledger, today);
    let mut laws = Laws::new(&settings.laws);
    let mut found = Vec::new();
    for index in indexes {
        let position = books.position(index);
        let (year, number) = (position.issued.format("%Y"), position.number);
        let path = format!("invoices/{year}/{number}.toml");
        let Some((document, _)) = source.again(|source| source.document(&path)) else {
            continue;
        };
        let law = laws.of(
            &document.seller.address.country,
            &mut Diagnostics::default(),
        );
        let claim = claim(&document, &chronicle, law, today);
        let (interest, fee) = (claim.interest_left(), claim.fee_left());
        if let Some(paid_on) = position.paid_on.filter(|_| interest + fee > Decimal::ZERO) {
            found.push(Unclaimed {
                index,
                number: number.to_owned(),
                client: position.client.to_owned(),
                paid_on,
                interest: (interest, claim.currency),
                fee: (fee, claim.fee_currency),
            });
        }
    }
    found
}

impl Unclaimed {
    /// Returns it in words, such as `37.10 EUR interest, 40.00 EUR indemnity`.
    pub fn words(&self) -> String {
        let words = [(self.interest, "interest"), (self.fee, "indemnity")];
        let part = |((amount, currency), word): &((Decimal, Currency), &str)| {
            format!("{} {currency} {word}", in_currency(*amount, *currency))
        };
        let parts = words.iter().filter(|((amount, _), _)| !amount.is_zero());
        parts.map(part).collect::<Vec<_>>().join(", ")
    }

    /// Returns its sum in the document's currency; an indemnity in another is not in it.
    pub fn sum(&self) -> Decimal {
        let has_one = self.interest.1 == self.fee.1;
        self.interest.0 + if has_one { self.fee.0 } else { Decimal::ZERO }
    }
}

/// Returns it as data: one row a document.
pub fn sheet(list: &[Unclaimed]) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("number", "Number"),
        ("client", "Client"),
        ("paid_on", "Paid"),
        ("currency", "Cur."),
        ("interest", "Interest"),
        ("fee_currency", "Cur."),
        ("fee", "Indemnity"),
    ]);
    for one in list {
        sheet.push(vec![
            Cell::text(&one.number),
            Cell::text(&one.client),
            Cell::Date(one.paid_on),
            Cell::text(one.interest.1.code()),
            Cell::Amount(one.interest.0, one.interest.1),
            Cell::text(one.fee.1.code()),
            Cell::Amount(one.fee.0, one.fee.1),
        ]);
    }
    sheet
}
