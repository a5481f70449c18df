//! The books as balanced transactions, for plain-text accounting: from register, payments and events alone.
//!
//! What a document owes stands on its client's receivable under the document's number, so that an invoice's balance can be asked for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::chronicle::Chronicle;
use super::register::parse_breakdown;
use crate::ledger::accounts::Accounts;
use crate::ledger::book::{Event, Method, Part, Payment};
use crate::ledger::books::{Entry, Ledger};
use crate::ledger::currency::Currency;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::event_kind::EventKind;
use crate::ledger::party::Operation;
use crate::ledger::vat::{Category, DISBURSEMENT};

/// One side of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting<'l> {
    /// The account, without the client below it.
    pub account: Cow<'l, str>,
    /// The client, where each has an account of its own.
    pub client: Option<Cow<'l, str>>,
    /// The document whose balance it changes.
    pub document: Option<Cow<'l, str>>,
    /// How much: positive on the left.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// What a transaction comes from; transactions of a day stand in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A row of the register.
    Document,
    /// A movement of payments.
    Payment,
    /// An event.
    Event,
    /// Nothing but the formula of balances.
    Transfer,
}

/// A transaction: its postings sum to zero in each currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction<'l> {
    /// When.
    pub date: NaiveDate,
    /// What it comes from.
    pub origin: Origin,
    /// The same on every export: the document's number, the movement's or the event's id.
    pub id: Cow<'l, str>,
    /// The client's name or id.
    pub payee: Cow<'l, str>,
    /// What it is.
    pub text: String,
    /// Its sides.
    pub postings: Vec<Posting<'l>>,
}

/// Returns the documents whose rows may call services or goods what was paid in the client's name: those that charge no VAT for a reason
/// (category E). Rows are so from before disbursements had a word of their own; which ones, their documents say.
pub fn ambiguous(ledger: &Ledger) -> Vec<String> {
    let is_one = |entry: &Entry<'_>| {
        let slices = parse_breakdown(entry.breakdown);
        let mut exempt = slices.iter().filter(|slice| slice.category == Category::E);
        exempt.any(|slice| slice.operation != Operation::Disbursement)
    };
    let found = ledger.documents().filter(is_one);
    found.map(|entry| entry.number.to_owned()).collect()
}

/// Tells whether all that a document exempts was paid in the client's name.
pub fn is_disbursed(document: &Document) -> bool {
    let mut exempt = document
        .vat
        .iter()
        .filter(|group| group.category == Category::E);
    exempt.any(|group| group.code.as_deref() == Some(DISBURSEMENT))
}

/// Returns the transactions from a day on (none: from the beginning) up to another, in order: by day, documents first, in the order of the
/// register. `disbursed` are those of [`ambiguous`] that [`is_disbursed`] tells of.
pub fn transactions<'l>(
    ledger: &'l Arc<Ledger>,
    accounts: &'l Accounts,
    disbursed: &'l BTreeSet<String>,
    from: Option<NaiveDate>,
    to: NaiveDate,
) -> Vec<Transaction<'l>> {
    let mut journal = Journal::new(accounts, disbursed, to);
    for entry in ledger.documents() {
        journal.add_document(&entry);
    }
    for payment in ledger.payments() {
        journal.add_payment(&payment);
    }
    for event in ledger.events() {
        journal.add_event(&event);
    }
    journal.finish(&Chronicle::new(ledger, to), from)
}

/// The transactions in the making.
struct Journal<'l> {
    accounts: &'l Accounts,
    disbursed: &'l BTreeSet<String>,
    to: NaiveDate,
    owed: HashMap<&'l str, Decimal>,
    names: HashMap<&'l str, &'l str>,
    documents: Vec<Transaction<'l>>,
    /// Movements and events by origin, id and day: rows of one id are one transaction.
    rows: BTreeMap<(NaiveDate, Origin, &'l str), Transaction<'l>>,
}

impl<'l> Journal<'l> {
    /// Starts empty: what is dated after the day is left out.
    fn new(accounts: &'l Accounts, disbursed: &'l BTreeSet<String>, to: NaiveDate) -> Self {
        let (owed, names, rows) = (HashMap::new(), HashMap::new(), BTreeMap::new());
        Self {
            accounts,
            disbursed,
            to,
            owed,
            names,
            documents: Vec::new(),
            rows,
        }
    }

    fn receivable(
        &self,
        document: impl Into<Cow<'l, str>>,
        client: impl Into<Cow<'l, str>>,
        amount: Decimal,
        currency: Currency,
    ) -> Posting<'l> {
        Posting {
            account: Cow::Borrowed(&self.accounts.receivable),
            client: Some(client.into()),
            document: Some(document.into()),
            amount,
            currency,
        }
    }

    /// Adds a document: receivable, turnover by operation (what was paid in the client's name is none), VAT by rate. On a final and a corrective the breakdown is what they add to
    /// their deposits or original, so that a period's turnover and VAT are what its transactions sum to.
    fn add_document(&mut self, row: &Entry<'l>) {
        if row.issued > self.to {
            return;
        }
        self.owed.insert(row.number, row.owed);
        self.names.entry(row.client).or_insert(row.buyer);
        let mut postings = vec![self.receivable(row.number, row.client, row.owed, row.currency)];
        // A corrective names its original first, then the deposits that it takes into account: those stand.
        let original = row.original();
        if let Some((original, owed)) = original.and_then(|number| self.owed.get_key_value(number))
        {
            postings.push(self.receivable(*original, row.client, -*owed, row.currency));
        }
        let is_disbursed = self.disbursed.contains(row.number);
        for slice in parse_breakdown(row.breakdown) {
            let operation = if is_disbursed && slice.category == Category::E {
                Operation::Disbursement
            } else {
                slice.operation
            };
            postings.push(plain(
                self.accounts.revenue(operation),
                -slice.base,
                row.currency,
            ));
            postings.push(plain(
                self.accounts.vat_of(slice.rate),
                -slice.vat,
                row.currency,
            ));
        }
        // What prices with VAT cannot meet: BT-114.
        let rest: Decimal = postings.iter().map(|posting| posting.amount).sum();
        postings.push(plain(self.accounts.rounding.as_str(), -rest, row.currency));
        let text = match (row.kind, row.refs, original) {
            (kind, "", _) => kind.noun().to_owned(),
            (kind, _, Some(original)) => format!("{} in the place of {original}", kind.noun()),
            (DocumentType::Final, refs, _) => format!("{} after {refs}", row.kind.noun()),
            (kind, refs, _) => format!("{} on {refs}", kind.noun()),
        };
        let (date, id, payee) = (row.issued, row.number.into(), row.buyer.into());
        self.documents.push(Transaction {
            date,
            origin: Origin::Document,
            id,
            payee,
            text,
            postings,
        });
    }

    /// The client's name; its id where no document names it.
    fn payee(&self, client: &'l str) -> &'l str {
        self.names.get(client).copied().unwrap_or(client)
    }

    fn transaction(
        &mut self,
        date: NaiveDate,
        origin: Origin,
        id: &'l str,
        client: &'l str,
        text: &str,
    ) -> &mut Transaction<'l> {
        let payee = self.payee(client);
        self.rows
            .entry((date, origin, id))
            .or_insert_with(|| Transaction {
                date,
                origin,
                id: id.into(),
                payee: payee.into(),
                text: text.to_owned(),
                postings: Vec::new(),
            })
    }

    /// Adds a row of payments.
    fn add_payment(&mut self, payment: &Payment<'l>) {
        if payment.date > self.to {
            return;
        }
        let (amount, currency) = (payment.amount, payment.currency);
        let other = match (payment.document, payment.part) {
            ("", _) => Posting {
                client: Some(payment.client.into()),
                ..plain(self.accounts.credit.as_str(), -amount, currency)
            },
            (document, Part::Principal) => {
                self.receivable(document, payment.client, -amount, currency)
            }
            (_, Part::Interest) => plain(self.accounts.interest.as_str(), -amount, currency),
            (_, Part::Fee | Part::Costs) => {
                plain(self.accounts.recovery.as_str(), -amount, currency)
            }
        };
        let is_offset = payment.method == Method::Offset;
        let bank = plain(
            self.accounts.bank_of(payment.account),
            amount - payment.fee,
            currency,
        );
        let fee = plain(self.accounts.fees.as_str(), payment.fee, currency);
        let words = [payment.method.word(), payment.reference].join(" ");
        let transaction = self.transaction(
            payment.date,
            Origin::Payment,
            payment.id,
            payment.client,
            words.trim(),
        );
        transaction.postings.push(other);
        if !is_offset {
            transaction.postings.extend([bank, fee]);
        }
    }

    /// Adds an event: discounts and write-offs move money, all else does not.
    fn add_event(&mut self, event: &Event<'l>) {
        let (Some(amount), Some(currency)) = (event.amount, event.currency) else {
            return;
        };
        if event.date > self.to || event.document.is_empty() {
            return;
        }
        let accounts = self.accounts;
        let account = match (event.kind, event.reason()) {
            (EventKind::Discount, _) => &accounts.discounts,
            (EventKind::WriteOff, "fee") => &accounts.fees,
            (EventKind::WriteOff, "rounding") => &accounts.rounding,
            (EventKind::WriteOff, "exchange") => &accounts.exchange,
            (EventKind::WriteOff, "bad-debt") => &accounts.bad_debt,
            (EventKind::WriteOff, _) => &accounts.goodwill,
            _ => return,
        };
        let receivable = self.receivable(event.document, event.client, -amount, currency);
        let words = [event.kind.word(), event.note].join(" ");
        let transaction = self.transaction(
            event.date,
            Origin::Event,
            event.id,
            event.client,
            words.trim(),
        );
        transaction
            .postings
            .extend([receivable, plain(account.as_str(), amount, currency)]);
    }

    /// Returns the transactions from a day on, in order: by day, documents first, in the order of the register.
    fn finish(mut self, chronicle: &Chronicle, from: Option<NaiveDate>) -> Vec<Transaction<'l>> {
        let mut list = std::mem::take(&mut self.documents);
        list.extend(std::mem::take(&mut self.rows).into_values());
        for transfer in chronicle.transfers(self.to) {
            let Some((first, client, ..)) = transfer.parts.first() else {
                continue;
            };
            list.push(Transaction {
                date: transfer.day,
                origin: Origin::Transfer,
                id: format!("{first}.{}", transfer.day).into(),
                payee: match self.names.get(client.as_str()) {
                    Some(name) => Cow::Borrowed(*name),
                    None => Cow::Owned(client.clone()),
                },
                text: "from document to document".into(),
                postings: transfer
                    .parts
                    .iter()
                    .map(|(number, client, currency, amount)| {
                        self.receivable(number.clone(), client.clone(), *amount, *currency)
                    })
                    .collect(),
            });
        }
        for transaction in &mut list {
            merge(&mut transaction.postings);
        }
        list.retain(|transaction| {
            !transaction.postings.is_empty() && from.is_none_or(|from| transaction.date >= from)
        });
        list.sort_by_key(|transaction| (transaction.date, transaction.origin));
        list
    }
}

fn plain<'l>(account: impl Into<Cow<'l, str>>, amount: Decimal, currency: Currency) -> Posting<'l> {
    Posting {
        account: account.into(),
        client: None,
        document: None,
        amount,
        currency,
    }
}

/// Adds up postings of one account and document; what comes to nothing goes.
fn merge(postings: &mut Vec<Posting<'_>>) {
    let mut list: Vec<Posting<'_>> = Vec::with_capacity(postings.len());
    for posting in postings.drain(..) {
        let same = |known: &&mut Posting<'_>| {
            (
                &known.account,
                &known.client,
                &known.document,
                known.currency,
            ) == (
                &posting.account,
                &posting.client,
                &posting.document,
                posting.currency,
            )
        };
        match list.iter_mut().find(same) {
            Some(known) => known.amount += posting.amount,
            None => list.push(posting),
        }
    }
    list.retain(|posting| !posting.amount.is_zero());
    *postings = list;
}
