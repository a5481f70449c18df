//! The books as balanced transactions, for plain-text accounting: from register, payments and events alone.
//!
//! What a document owes stands on its client's receivable under the document's number, so that an invoice's balance can be asked for.

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
pub struct Posting {
    /// The account, without the client below it.
    pub account: String,
    /// The client, where each has an account of its own.
    pub client: Option<String>,
    /// The document whose balance it changes.
    pub document: Option<String>,
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
pub struct Transaction {
    /// When.
    pub date: NaiveDate,
    /// What it comes from.
    pub origin: Origin,
    /// The same on every export: the document's number, the movement's or the event's id.
    pub id: String,
    /// The client's name or id.
    pub payee: String,
    /// What it is.
    pub text: String,
    /// Its sides.
    pub postings: Vec<Posting>,
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
pub fn transactions(
    ledger: &Arc<Ledger>,
    accounts: &Accounts,
    disbursed: &BTreeSet<String>,
    from: Option<NaiveDate>,
    to: NaiveDate,
) -> Vec<Transaction> {
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
struct Journal<'a> {
    accounts: &'a Accounts,
    disbursed: &'a BTreeSet<String>,
    to: NaiveDate,
    owed: HashMap<String, Decimal>,
    names: BTreeMap<String, String>,
    documents: Vec<Transaction>,
    /// Movements and events by origin, id and day: rows of one id are one transaction.
    rows: BTreeMap<(NaiveDate, Origin, String), Transaction>,
}

impl<'a> Journal<'a> {
    /// Starts empty: what is dated after the day is left out.
    fn new(accounts: &'a Accounts, disbursed: &'a BTreeSet<String>, to: NaiveDate) -> Self {
        let (owed, names, rows) = (HashMap::new(), BTreeMap::new(), BTreeMap::new());
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
        document: &str,
        client: &str,
        amount: Decimal,
        currency: Currency,
    ) -> Posting {
        let (client, document) = (Some(client.to_owned()), Some(document.to_owned()));
        Posting {
            account: self.accounts.receivable.clone(),
            client,
            document,
            amount,
            currency,
        }
    }

    /// Adds a document: receivable, turnover by operation (what was paid in the client's name is none), VAT by rate. On a final and a corrective the breakdown is what they add to
    /// their deposits or original, so that a period's turnover and VAT are what its transactions sum to.
    fn add_document(&mut self, row: &Entry<'_>) {
        if row.issued > self.to {
            return;
        }
        self.owed.insert(row.number.to_owned(), row.owed);
        self.names
            .entry(row.client.to_owned())
            .or_insert_with(|| row.buyer.to_owned());
        let mut postings = vec![self.receivable(row.number, row.client, row.owed, row.currency)];
        // A corrective names its original first, then the deposits that it takes into account: those stand.
        let original = row.original();
        if let Some((original, owed)) = original.and_then(|number| self.owed.get_key_value(number))
        {
            postings.push(self.receivable(original, row.client, -*owed, row.currency));
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
                &self.accounts.vat_of(slice.rate),
                -slice.vat,
                row.currency,
            ));
        }
        // What prices with VAT cannot meet: BT-114.
        let rest: Decimal = postings.iter().map(|posting| posting.amount).sum();
        postings.push(plain(&self.accounts.rounding, -rest, row.currency));
        let text = match (row.kind, row.refs, original) {
            (kind, "", _) => kind.noun().to_owned(),
            (kind, _, Some(original)) => format!("{} in the place of {original}", kind.noun()),
            (DocumentType::Final, refs, _) => format!("{} after {refs}", row.kind.noun()),
            (kind, refs, _) => format!("{} on {refs}", kind.noun()),
        };
        let (date, id, payee) = (row.issued, row.number.to_owned(), row.buyer.to_owned());
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
    fn payee(&self, client: &str) -> String {
        self.names
            .get(client)
            .cloned()
            .unwrap_or_else(|| client.to_owned())
    }

    fn transaction(
        &mut self,
        date: NaiveDate,
        origin: Origin,
        id: &str,
        client: &str,
        text: &str,
    ) -> &mut Transaction {
        let payee = self.payee(client);
        self.rows
            .entry((date, origin, id.to_owned()))
            .or_insert_with(|| Transaction {
                date,
                origin,
                id: id.to_owned(),
                payee,
                text: text.to_owned(),
                postings: Vec::new(),
            })
    }

    /// Adds a row of payments.
    fn add_payment(&mut self, payment: &Payment<'_>) {
        if payment.date > self.to {
            return;
        }
        let (amount, currency) = (payment.amount, payment.currency);
        let other = match (payment.document, payment.part) {
            ("", _) => Posting {
                client: Some(payment.client.to_owned()),
                ..plain(&self.accounts.credit, -amount, currency)
            },
            (document, Part::Principal) => {
                self.receivable(document, payment.client, -amount, currency)
            }
            (_, Part::Interest) => plain(&self.accounts.interest, -amount, currency),
            (_, Part::Fee | Part::Costs) => plain(&self.accounts.recovery, -amount, currency),
        };
        let is_offset = payment.method == Method::Offset;
        let bank = plain(
            &self.accounts.bank_of(payment.account),
            amount - payment.fee,
            currency,
        );
        let fee = plain(&self.accounts.fees, payment.fee, currency);
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
    fn add_event(&mut self, event: &Event<'_>) {
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
            .extend([receivable, plain(account, amount, currency)]);
    }

    /// Returns the transactions from a day on, in order: by day, documents first, in the order of the register.
    fn finish(mut self, chronicle: &Chronicle, from: Option<NaiveDate>) -> Vec<Transaction> {
        let mut list = std::mem::take(&mut self.documents);
        list.extend(std::mem::take(&mut self.rows).into_values());
        for transfer in chronicle.transfers(self.to) {
            let Some((first, client, ..)) = transfer.parts.first() else {
                continue;
            };
            list.push(Transaction {
                date: transfer.day,
                origin: Origin::Transfer,
                id: format!("{first}.{}", transfer.day),
                payee: self.payee(client),
                text: "from document to document".into(),
                postings: transfer
                    .parts
                    .iter()
                    .map(|(number, client, currency, amount)| {
                        self.receivable(number, client, *amount, *currency)
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

fn plain(account: &str, amount: Decimal, currency: Currency) -> Posting {
    Posting {
        account: account.to_owned(),
        client: None,
        document: None,
        amount,
        currency,
    }
}

/// Adds up postings of one account and document; what comes to nothing goes.
fn merge(postings: &mut Vec<Posting>) {
    let mut list: Vec<Posting> = Vec::with_capacity(postings.len());
    for posting in postings.drain(..) {
        let same = |known: &&mut Posting| {
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
