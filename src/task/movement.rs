//! The rows of a payment: which documents it pays, in which parts, and where a moved credit is taken from.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load::SoundBooks;
use super::record::Fields;
use crate::compute::allocate::{Debt, Extras, Share, named, oldest_first};
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::credits::{Credit, credits};
use crate::compute::interest::claim;
use crate::compute::position::Position;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::book::Method;
use crate::ledger::book::{Part, Payment};
use crate::ledger::currency::Currency;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::settings::Settings;
use crate::ledger::terms::Allocation;
use crate::regime::Laws;
use crate::span::{FileId, Span};

/// What came, or the credit that is moved, beside its amounts.
#[derive(Debug, Clone)]
pub struct Received {
    /// When the money was available.
    pub date: NaiveDate,
    /// How it came; an offset moves a credit, and no money comes.
    pub method: Method,
    /// What it pays of a document; by the document's terms if none.
    pub part: Option<Part>,
    /// The overpaid document or credit note that an offset takes from.
    pub from: Option<String>,
    /// The currency that came; that of the document or of the client if none.
    pub currency: Option<Currency>,
    /// Whether it pays no document: it is the client's credit.
    pub is_credit: bool,
    /// The way to pay of acquit.toml that it came in on; may be empty.
    pub account: String,
    /// The payer's reference; may be empty.
    pub reference: String,
    /// A note; may be empty.
    pub note: String,
}

impl Received {
    /// Tells whether a credit is moved, and no money comes.
    pub fn is_offset(&self) -> bool {
        self.method == Method::Offset
    }
}

/// What a payment stands on.
pub struct Ground<'a> {
    /// What came.
    pub received: &'a Received,
    /// The books as of today.
    pub books: &'a SoundBooks,
    /// acquit.toml.
    pub settings: &'a Settings,
}

/// A row of payments to be written.
#[derive(Debug, Clone)]
pub struct Row {
    /// The client's id.
    pub client: String,
    /// The document; none: the client's credit.
    pub document: Option<String>,
    /// What of it.
    pub part: Part,
    /// How much.
    pub amount: Decimal,
    /// Currency.
    pub currency: Currency,
    /// The provider's fee.
    pub fee: Option<Decimal>,
    /// The credit that an offset uses.
    pub credit: Option<String>,
    /// Whether a policy decided what it pays: then its part is written, principal too.
    pub decided: bool,
}

impl Row {
    /// Tells whether it changes a balance.
    pub fn counts(&self) -> bool {
        self.document.is_none() || self.part == Part::Principal
    }

    /// Returns the amount as shown.
    pub fn shown(&self) -> String {
        format!(
            "{} {}",
            in_currency(self.amount, self.currency),
            self.currency
        )
    }

    /// Returns it as a row of the books.
    pub fn payment<'r>(
        &'r self,
        id: &'r str,
        date: NaiveDate,
        method: Method,
        reference: &'r str,
    ) -> Payment<'r> {
        Payment {
            span: Span::whole(FileId::NOWHERE),
            id,
            date,
            client: &self.client,
            amount: self.amount,
            currency: self.currency,
            method,
            document: self.document.as_deref().unwrap_or_default(),
            part: self.part,
            fee: Decimal::ZERO,
            account: "",
            reference,
            note: "",
        }
    }

    /// Returns its columns.
    pub fn fields(&self, received: &Received) -> Fields {
        let show = |value: Decimal| in_currency(value, self.currency);
        let part = if self.decided && self.document.is_some() {
            self.part.word()
        } else {
            ""
        };
        let reference = self.credit.as_ref().unwrap_or(&received.reference);
        vec![
            ("client", self.client.clone()),
            ("amount", show(self.amount)),
            ("currency", self.currency.to_string()),
            ("method", received.method.word().to_owned()),
            ("document", self.document.clone().unwrap_or_default()),
            ("part", part.to_owned()),
            ("fee", self.fee.map(show).unwrap_or_default()),
            ("account", received.account.clone()),
            ("reference", reference.clone()),
            ("note", received.note.clone()),
        ]
    }
}

/// The document that an offset takes from.
#[derive(Debug, Clone)]
pub struct From {
    number: String,
    client: String,
    currency: Currency,
}

/// What is planned: the rows that receive, where they are taken from, and documents opened on the way.
#[derive(Default)]
pub struct Planned {
    /// Rows of one transfer.
    pub rows: Vec<Row>,
    /// An overpaid document.
    pub from: Option<From>,
    /// Documents that were chosen here.
    pub documents: Vec<Document>,
}

fn wrong(
    problems: &mut Diagnostics,
    code: Code,
    message: impl Into<String>,
    hint: impl Into<String>,
) {
    problems.push(Diagnostic::error(code, message).hint(hint));
}

/// What is owed beside the balances of documents on a day, where their terms let it be paid first: late interest and the indemnity.
/// A rate that is not known is a problem: nobody could say what is paid.
fn extras<'d>(
    ground: &Ground<'_>,
    documents: impl Iterator<Item = &'d Document>,
    problems: &mut Diagnostics,
) -> BTreeMap<String, Extras> {
    let mut owed = BTreeMap::new();
    let mut legal = documents
        .filter(|document| document.terms.allocation == Allocation::Legal)
        .peekable();
    if legal.peek().is_none() || ground.received.part.is_some() {
        return owed;
    }
    let today = ground.books.today();
    let chronicle = Chronicle::new(ground.books.ledger(), today);
    let mut laws = Laws::new(&ground.settings.laws);
    for document in legal {
        let law = laws.of(&document.seller.address.country, problems);
        let claim = claim(document, &chronicle, law, ground.received.date);
        if let Some(unknown) = &claim.unknown {
            problems.push(unknown.problem());
            continue;
        }
        let number = document.number.as_str();
        // A payment that is recorded late finds paid what a later one has paid since.
        let since = |part: Part| {
            chronicle.paid(number, part, today) - chronicle.paid(number, part, ground.received.date)
        };
        let left = |owed: Decimal, part: Part| (owed - since(part)).max(Decimal::ZERO);
        let costs = if claim.fee_currency == claim.currency {
            claim.fee_left()
        } else {
            Decimal::ZERO
        };
        let extras = Extras {
            interest: left(claim.interest_left(), Part::Interest),
            costs: left(costs, Part::Fee),
        };
        owed.insert(number.to_owned(), extras);
    }
    owed
}

/// Shares what came for each of the documents named; each amount is in its document's currency. The first row bears the provider's fee.
pub fn of_documents(
    ground: &Ground<'_>,
    named: &[(&Document, Decimal)],
    from: Option<From>,
    fee: Option<Decimal>,
    problems: &mut Diagnostics,
) -> Planned {
    let (received, today) = (ground.received, ground.books.today());
    let extras = extras(
        ground,
        named.iter().map(|(document, _)| *document),
        problems,
    );
    let mut planned = Planned {
        from,
        ..Planned::default()
    };
    let Some(first) = named.first().map(|(document, _)| document.currency) else {
        return planned;
    };
    for (document, value) in named {
        let (number, currency, value) = (&document.number, document.currency, *value);
        currency_of(received, document, first, problems);
        if document.issued > today {
            let message = format!("{number} is issued on {}, after {today}", document.issued);
            let hint = "leave --today out";
            wrong(problems, code::DOCUMENT_UNKNOWN, message, hint);
        } else if received.date < document.issued {
            let message = format!(
                "{number} was issued on {}, after the payment's {}",
                document.issued, received.date
            );
            let hint = format!(
                "give the right --date; money that came before is a credit: `acquit pay --client {} {value} --credit`, then --method offset",
                document.buyer.client
            );
            wrong(problems, code::PAYMENT_DATE, message, hint);
        }
        if planned
            .from
            .as_ref()
            .is_some_and(|from| from.number == number.as_str())
        {
            let message = format!("{number} cannot pay itself");
            wrong(
                problems,
                code::CREDIT_SHORT,
                message,
                "name another document",
            );
        }
        if value.is_zero() {
            nothing(problems);
        }
        for share in shares(ground, document, &extras, value) {
            planned.rows.push(Row {
                client: document.buyer.client.clone(),
                document: share.number,
                part: share.part,
                amount: share.amount,
                currency,
                fee: None,
                credit: None,
                decided: received.part.is_some() || document.terms.allocation == Allocation::Legal,
            });
        }
    }
    charge(&mut planned.rows, fee, problems);
    planned
}

fn nothing(problems: &mut Diagnostics) {
    let hint = "write what came, such as `1200`";
    wrong(problems, code::PAYMENT_AMOUNT, "a payment of nothing", hint);
}

/// Lets the first row bear the provider's fee: a part of what came. What is paid or charged back may cost more, or give a fee back.
fn charge(rows: &mut [Row], fee: Option<Decimal>, problems: &mut Diagnostics) {
    let came: Decimal = rows.iter().map(|row| row.amount).sum();
    let (Some(first), Some(fee)) = (rows.first_mut(), fee) else {
        return;
    };
    if came > Decimal::ZERO && (fee < Decimal::ZERO || fee > came) {
        let show =
            |value: Decimal| format!("{} {}", in_currency(value, first.currency), first.currency);
        let message = format!(
            "a fee of {} is no part of the {} that came",
            show(fee),
            show(came)
        );
        wrong(
            problems,
            code::PAYMENT_AMOUNT,
            message,
            "the amount is what the client paid, before the fee",
        );
    }
    first.fee = Some(fee);
}

/// One transfer has one currency, that of its documents.
fn currency_of(
    received: &Received,
    document: &Document,
    first: Currency,
    problems: &mut Diagnostics,
) {
    let (number, own) = (&document.number, document.currency);
    if let Some(named) = received.currency.filter(|named| *named != own) {
        let hint =
            format!("write what it came to in {own}; a difference of exchange is a write-off");
        wrong(
            problems,
            code::ROW_CURRENCY,
            format!("{number} is in {own}, this payment in {named}"),
            hint,
        );
    } else if own != first {
        let message = format!("{number} is in {own}, the document before it in {first}");
        wrong(
            problems,
            code::ROW_CURRENCY,
            message,
            "record one payment for each currency",
        );
    }
}

/// The parts of an amount that names its document.
fn shares(
    ground: &Ground<'_>,
    document: &Document,
    extras: &BTreeMap<String, Extras>,
    amount: Decimal,
) -> Vec<Share> {
    let number = document.number.to_string();
    if let Some(part) = ground.received.part {
        return vec![Share {
            number: Some(number),
            part,
            amount,
        }];
    }
    let extras = extras.get(&number).copied().unwrap_or_default();
    named(
        &Debt {
            number,
            balance: Decimal::ZERO,
            extras,
            policy: document.terms.allocation,
        },
        amount,
    )
}

impl From {
    /// An offset takes from what this document has too much.
    pub fn new(document: &Document) -> Self {
        Self {
            number: document.number.to_string(),
            client: document.buyer.client.clone(),
            currency: document.currency,
        }
    }

    /// Returns its currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }
}

/// Returns the documents that money of a client may pay, oldest due first: issued by the day it came, and neither paid nor disputed in full.
pub fn open<'b>(ground: &'b Ground<'_>, came: &OfClient<'_>) -> Vec<Position<'b>> {
    let received = ground.received;
    if received.is_credit || came.amount <= Decimal::ZERO {
        return Vec::new();
    }
    let mut open: Vec<_> = ground
        .books
        .positions()
        .filter(|position| position.client == came.client && position.currency == came.currency)
        .filter(|position| {
            position.kind != DocumentType::Credit && position.balance > position.disputed
        })
        .filter(|position| {
            position.issued <= received.date && received.from.as_deref() != Some(position.number)
        })
        .collect();
    open.sort_by_key(|position| (position.falls_due(), position.number));
    open
}

/// Money of a client that names no document.
pub struct OfClient<'a> {
    /// The client's id.
    pub client: &'a str,
    /// The currency that came.
    pub currency: Currency,
    /// How much came; what is paid back is negative.
    pub amount: Decimal,
    /// The provider's fee.
    pub fee: Option<Decimal>,
}

/// Shares what came from a client over its open documents, oldest due first; the rest is its credit. `documents` are those of `open`.
pub fn of_client(
    ground: &Ground<'_>,
    came: &OfClient<'_>,
    open: &[Position<'_>],
    documents: Vec<Document>,
    from: Option<From>,
    problems: &mut Diagnostics,
) -> Planned {
    let received = ground.received;
    let (client, currency, value) = (came.client, came.currency, came.amount);
    let mut planned = Planned {
        from,
        ..Planned::default()
    };
    if value.is_zero() {
        nothing(problems);
        return planned;
    }
    let credit = credit(ground, client, currency);
    if value < Decimal::ZERO && credit + value < Decimal::ZERO {
        let message = format!(
            "`{client}` has a credit of {} {currency}",
            in_currency(credit, currency)
        );
        let hint = "name the document that is paid back: `acquit pay NUMBER -50`";
        wrong(problems, code::CREDIT_SHORT, message, hint);
        return planned;
    }
    let extras = extras(ground, documents.iter(), problems);
    let debts: Vec<Debt> = open
        .iter()
        .zip(&documents)
        .map(|(position, document)| Debt {
            number: position.number.to_owned(),
            balance: position.balance - position.disputed,
            extras: extras.get(position.number).copied().unwrap_or_default(),
            policy: document.terms.allocation,
        })
        .collect();
    let shares = if value > Decimal::ZERO {
        oldest_first(&debts, value)
    } else {
        vec![Share {
            number: None,
            part: Part::Principal,
            amount: value,
        }]
    };
    for share in shares {
        // A client's credit that nothing takes stays where it is.
        if share.number.is_none() && received.is_offset() && planned.from.is_none() {
            continue;
        }
        let (client, document, credit) = (client.to_owned(), share.number, None);
        let (part, amount) = (share.part, share.amount);
        planned.rows.push(Row {
            client,
            document,
            part,
            amount,
            currency,
            fee: None,
            credit,
            decided: true,
        });
    }
    if planned.rows.is_empty() {
        let message = format!("`{client}` has no open document in {currency}");
        wrong(
            problems,
            code::CREDIT_SHORT,
            message,
            "the credit stays until there is one",
        );
    }
    charge(&mut planned.rows, came.fee, problems);
    planned.documents = documents
        .into_iter()
        .filter(|document| paid(&planned.rows, document))
        .collect();
    planned
}

fn paid(rows: &[Row], document: &Document) -> bool {
    rows.iter()
        .any(|row| row.document.as_deref() == Some(document.number.as_str()))
}

/// Returns the rows by movement: one for a payment; of an offset with the rows that it is taken from, so that each sums to zero.
pub fn movements(
    ground: &Ground<'_>,
    rows: Vec<Row>,
    from: Option<&From>,
    problems: &mut Diagnostics,
) -> Vec<Vec<Row>> {
    let Some(first) = rows.first().cloned() else {
        return Vec::new();
    };
    if !ground.received.is_offset() {
        return vec![rows];
    }
    if let Some(other) = rows.iter().find(|row| row.client != first.client) {
        let message = format!(
            "a credit of `{}` cannot pay for `{}`",
            first.client, other.client
        );
        wrong(
            problems,
            code::CREDIT_SHORT,
            message,
            "name documents of one client",
        );
    }
    let total: Decimal = rows.iter().map(|row| row.amount).sum();
    let back = Row {
        amount: -total,
        document: None,
        part: Part::Principal,
        fee: None,
        decided: false,
        ..first.clone()
    };
    match from {
        Some(from) => from_document(
            ground,
            rows,
            Row {
                document: Some(from.number.clone()),
                ..back
            },
            from,
            problems,
        ),
        None if total <= Decimal::ZERO => vec![std::iter::once(back).chain(rows).collect()],
        None => from_credits(ground, &rows, total, &first, problems),
    }
}

/// Returns a client's credit, as far as nothing that is dated after today has taken it already.
fn credit(ground: &Ground<'_>, client: &str, currency: Currency) -> Decimal {
    let now = ground.books.credit(client, currency);
    let whole = ground.books.whole();
    whole.map_or(now, |whole| now.min(whole.credit(client, currency)))
}

/// Takes from what a document has too much.
fn from_document(
    ground: &Ground<'_>,
    rows: Vec<Row>,
    back: Row,
    from: &From,
    problems: &mut Diagnostics,
) -> Vec<Vec<Row>> {
    if from.client != back.client || from.currency != back.currency {
        let message = format!("{} is {}'s, in {}", from.number, from.client, from.currency);
        let hint = "a credit pays documents of its client, in its currency";
        wrong(problems, code::CREDIT_SHORT, message, hint);
        return Vec::new();
    }
    let too_much = |books: &Books| {
        let balance = books
            .find(&from.number)
            .map_or(Decimal::ZERO, |index| books.position(index).balance);
        (-balance).max(Decimal::ZERO)
    };
    // What is dated after today may have moved it already.
    let now = too_much(ground.books);
    let whole = ground.books.whole();
    let too_much = whole.map_or(now, |whole| now.min(too_much(&whole)));
    if -back.amount > too_much || back.amount >= Decimal::ZERO {
        let show =
            |value: Decimal| format!("{} {}", in_currency(value, from.currency), from.currency);
        let message = format!(
            "{} has {} too much, not {}",
            from.number,
            show(too_much),
            show(-back.amount)
        );
        wrong(
            problems,
            code::CREDIT_SHORT,
            message,
            "`acquit status` shows what is overpaid; move no more than that",
        );
    }
    vec![std::iter::once(back).chain(rows).collect()]
}

/// Takes from the client's credits, the oldest first: a movement for each, whose reference names it.
fn from_credits(
    ground: &Ground<'_>,
    rows: &[Row],
    total: Decimal,
    first: &Row,
    problems: &mut Diagnostics,
) -> Vec<Vec<Row>> {
    // What is dated later may have used them already.
    let later = credits(ground.books.ledger(), NaiveDate::MAX);
    let mut own: Vec<_> = credits(ground.books.ledger(), ground.received.date)
        .into_iter()
        .map(|(id, credit)| {
            let left = later.get(&id).map_or(credit.left, |later| later.left);
            let left = left.min(credit.left);
            (id, Credit { left, ..credit })
        })
        .filter(|(_, credit)| credit.client == first.client && credit.currency == first.currency)
        .filter(|(_, credit)| credit.left > Decimal::ZERO)
        .collect();
    own.sort_by(|(a, x), (b, y)| (x.date, a).cmp(&(y.date, b)));
    let held: Decimal = own.iter().map(|(_, credit)| credit.left).sum();
    let held = held.min(credit(ground, &first.client, first.currency));
    if total > held {
        let show =
            |value: Decimal| format!("{} {}", in_currency(value, first.currency), first.currency);
        let message = format!(
            "`{}` has a credit of {}, not {}",
            first.client,
            show(held),
            show(total)
        );
        let hint = "`acquit status` shows the credits; --from moves what a document has too much";
        wrong(problems, code::CREDIT_SHORT, message, hint);
        return Vec::new();
    }
    let mut movements = Vec::new();
    let mut open = rows.iter().map(|row| (row, row.amount)).peekable();
    for (id, credit) in own {
        let (mut left, mut movement) = (credit.left, Vec::new());
        while let Some((row, amount)) = open.peek_mut() {
            let taken = left.min(*amount);
            if taken <= Decimal::ZERO {
                break;
            }
            movement.push(Row {
                amount: taken,
                credit: Some(id.clone()),
                ..(*row).clone()
            });
            left -= taken;
            *amount -= taken;
            if amount.is_zero() {
                open.next();
            }
        }
        if !movement.is_empty() {
            let back = Row {
                amount: left - credit.left,
                document: None,
                part: Part::Principal,
                fee: None,
                ..movement[0].clone()
            };
            movement.insert(0, back);
            movements.push(movement);
        }
    }
    movements
}
