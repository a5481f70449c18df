//! A client's account over a period: what stood before, what happened, what stands after, by currency.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::books::Books;
use super::interest::{Claim, sums};
use super::position::Position;
use crate::ledger::book::{Event, Method, Part, Payment};
use crate::ledger::books::{Entry, Ledger};
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::ledger::event_kind::EventKind;

/// What kind of line it is. The order is that of the lines of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What stood before the period.
    Opening,
    /// An invoice, deposit, final or corrective.
    Document(DocumentType),
    /// A document that a corrective took the place of: it is owed no more.
    Replaced,
    /// Late interest, indemnity or costs, as the client paid them.
    Claim(Part),
    /// Money received or paid back.
    Payment,
    /// A credit moved.
    Offset,
    /// A discount for early payment.
    Discount,
    /// Given up.
    WriteOff,
    /// What stands after the period.
    Closing,
}

impl Kind {
    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Document(kind) => kind.word(),
            Self::Replaced => "replaced",
            Self::Claim(Part::Interest) => "interest",
            Self::Claim(Part::Fee) => "fee",
            Self::Claim(_) => "costs",
            Self::Payment => "payment",
            Self::Offset => "offset",
            Self::Discount => "discount",
            Self::WriteOff => "write-off",
            Self::Closing => "closing",
        }
    }
}

/// A line of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub date: NaiveDate,
    /// What.
    pub kind: Kind,
    /// The document; empty: the client's credit.
    pub number: String,
    /// The payer's reference, the reason of a write-off.
    pub text: String,
    /// What it adds to what the client owes.
    pub amount: Decimal,
    /// What the client owes after it.
    pub balance: Decimal,
}

/// An account in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Currency.
    pub currency: Currency,
    /// What stood before the period.
    pub opening: Decimal,
    /// The lines of the period, in order.
    pub lines: Vec<Line>,
    /// What stands after it.
    pub closing: Decimal,
}

impl Account {
    /// Returns the sum of the lines of some kinds.
    pub fn sum(&self, wanted: impl Fn(Kind) -> bool) -> Decimal {
        self.lines
            .iter()
            .filter(|line| wanted(line.kind))
            .map(|line| line.amount)
            .sum()
    }
}

/// Whose account it is, and of which documents.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'s> {
    /// The client's id.
    pub client: &'s str,
    /// These documents alone; none: the whole account.
    pub numbers: Option<&'s [String]>,
}

impl Scope<'_> {
    /// Tells whether a document is within it.
    pub fn has(self, number: &str) -> bool {
        self.numbers
            .is_none_or(|numbers| numbers.iter().any(|known| known == number))
    }
}

/// Returns the accounts of a client by currency: from a day on (none: from the beginning), up to a day, both included.
pub fn accounts(
    ledger: &Ledger,
    scope: Scope<'_>,
    from: Option<NaiveDate>,
    to: NaiveDate,
) -> Vec<Account> {
    let mut statement = Statement {
        client: scope.client,
        from,
        to,
        lines: BTreeMap::new(),
        owed: BTreeMap::new(),
    };
    for entry in ledger.documents().filter(|entry| scope.has(entry.number)) {
        statement.add_document(&entry);
    }
    for payment in ledger
        .payments()
        .filter(|payment| scope.has(payment.document))
    {
        statement.add_payment(&payment);
    }
    for event in ledger.events().filter(|event| scope.has(event.document)) {
        statement.add_event(&event);
    }
    statement.close()
}

/// A client's account in the making.
#[derive(Debug)]
struct Statement<'c> {
    client: &'c str,
    from: Option<NaiveDate>,
    to: NaiveDate,
    lines: BTreeMap<Currency, Vec<Line>>,
    /// What the client's documents owe, for correctives.
    owed: BTreeMap<String, Decimal>,
}

impl Statement<'_> {
    fn add(
        &mut self,
        currency: Currency,
        date: NaiveDate,
        kind: Kind,
        number: &str,
        text: &str,
        amount: Decimal,
    ) {
        if date <= self.to && !amount.is_zero() {
            let (number, text) = (number.to_owned(), text.to_owned());
            self.lines.entry(currency).or_default().push(Line {
                date,
                kind,
                number,
                text,
                amount,
                balance: Decimal::ZERO,
            });
        }
    }

    /// Adds a document. A corrective takes back what its original owed.
    fn add_document(&mut self, row: &Entry<'_>) {
        if row.client != self.client {
            return;
        }
        if row.kind == DocumentType::Corrective
            && let Some(original) = row.refs.split(' ').next()
            && let Some(owed) = self.owed.get(original).copied()
        {
            self.add(
                row.currency,
                row.issued,
                Kind::Replaced,
                original,
                row.number,
                -owed,
            );
        }
        let text = if row.kind == DocumentType::Credit {
            row.refs
        } else {
            ""
        };
        self.owed.insert(row.number.to_owned(), row.owed);
        self.add(
            row.currency,
            row.issued,
            Kind::Document(row.kind),
            row.number,
            text,
            row.owed,
        );
    }

    /// Adds a payment. What pays interest, indemnity or costs is charged by the same row: it is owed beside the documents.
    fn add_payment(&mut self, payment: &Payment<'_>) {
        if payment.client != self.client {
            return;
        }
        let (currency, date, number) = (payment.currency, payment.date, payment.document);
        if payment.part != Part::Principal {
            self.add(
                currency,
                date,
                Kind::Claim(payment.part),
                number,
                "",
                payment.amount,
            );
        }
        let kind = if payment.method == Method::Offset {
            Kind::Offset
        } else {
            Kind::Payment
        };
        self.add(
            currency,
            date,
            kind,
            number,
            payment.reference,
            -payment.amount,
        );
    }

    /// Adds a discount or a write-off.
    fn add_event(&mut self, event: &Event<'_>) {
        let kind = match event.kind {
            EventKind::Discount => Kind::Discount,
            EventKind::WriteOff => Kind::WriteOff,
            _ => return,
        };
        if let (true, Some(amount), Some(currency)) =
            (event.client == self.client, event.amount, event.currency)
        {
            let text = if kind == Kind::WriteOff {
                event.note
            } else {
                ""
            };
            self.add(currency, event.date, kind, event.document, text, -amount);
        }
    }

    /// Returns the accounts, by currency. What happened on one day stands in a fixed order, whatever the order of the rows.
    fn close(self) -> Vec<Account> {
        let from = self.from;
        let account = |(currency, mut lines): (Currency, Vec<Line>)| {
            lines.sort_by(|a, b| {
                let key = |line: &Line| {
                    (
                        line.date,
                        line.kind,
                        line.number.clone(),
                        line.amount,
                        line.text.clone(),
                    )
                };
                key(a).cmp(&key(b))
            });
            let mut balance = Decimal::ZERO;
            let mut opening = Decimal::ZERO;
            for line in &mut lines {
                balance += line.amount;
                line.balance = balance;
                if from.is_some_and(|from| line.date < from) {
                    opening = balance;
                }
            }
            lines.retain(|line| from.is_none_or(|from| line.date >= from));
            Account {
                currency,
                opening,
                lines,
                closing: balance,
            }
        };
        self.lines.into_iter().map(account).collect()
    }
}

/// Where a client stands after the period, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Currency.
    pub currency: Currency,
    /// What it owes, less its credit.
    pub closing: Decimal,
    /// What of it is late.
    pub late: Decimal,
    /// What of it is disputed.
    pub disputed: Decimal,
    /// The client's credit: money that names no document.
    pub credit: Decimal,
    /// Late interest still to be claimed, beside what is owed.
    pub interest: Decimal,
    /// Indemnities still to be claimed, beside what is owed.
    pub fee: Decimal,
}

/// What is left to claim in a currency: interest and indemnities.
type Claimed = (Currency, Decimal, Decimal);

/// Adds an account where nothing happened in a currency and something is to be claimed: the law's euros beside a debt in dollars.
fn add_claimed(accounts: &mut Vec<Account>, claims: &[Claimed]) {
    for (currency, interest, fee) in claims {
        let is_new = accounts.iter().all(|account| account.currency != *currency);
        if is_new && !(*interest + *fee).is_zero() {
            let (opening, lines, closing) = (Decimal::ZERO, Vec::new(), Decimal::ZERO);
            accounts.push(Account {
                currency: *currency,
                opening,
                lines,
                closing,
            });
        }
    }
    accounts.sort_by_key(|account| account.currency);
}

/// Returns where a client stands after the period, by currency. A currency in which something is to be claimed and nothing happened gets
/// an account: the accounts and what is returned have the same order.
pub fn standings(
    scope: Scope<'_>,
    books: &Books,
    accounts: &mut Vec<Account>,
    claims: &[Claim],
) -> Vec<Standing> {
    let sums = sums(claims);
    add_claimed(accounts, &sums);
    let standing = |account: &Account| {
        let currency = account.currency;
        let own = || {
            let own = |position: &Position<'_>| {
                position.client == scope.client
                    && scope.has(position.number)
                    && position.currency == currency
            };
            books.positions().filter(own)
        };
        let claimed = sums.iter().find(|(known, ..)| *known == currency);
        Standing {
            currency,
            closing: account.closing,
            late: own().map(|position| position.late).sum(),
            disputed: own().map(|position| position.disputed).sum(),
            credit: if scope.has("") {
                books.credit(scope.client, currency)
            } else {
                Decimal::ZERO
            },
            interest: claimed.map_or(Decimal::ZERO, |(_, interest, _)| *interest),
            fee: claimed.map_or(Decimal::ZERO, |(_, _, fee)| *fee),
        }
    };
    accounts.iter().map(standing).collect()
}
