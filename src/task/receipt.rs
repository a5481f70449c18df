//! A payment about to be recorded: its rows, the discounts that it earns, what a person is asked first, and what stands afterwards.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::discount;
use super::movement::{Ground, Received, Row};
use super::record::{Book, Recorder};
use crate::changes::ChangeSet;
use crate::check::ahead;
use crate::check::likeness::Likeness;
use crate::check::payment::{self, Excess};
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::book::{Event, Part, Payment};
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::ledger::document::Document;
use crate::ledger::event_kind::EventKind;
use crate::ledger::settings::Settings;
use crate::source::Source;
use crate::span::{FileId, Span};

/// Finds what is wrong with a payment whatever it pays: its day, and the way that it came in on.
pub fn check(received: &Received, settings: &Settings, today: NaiveDate) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let date = received.date;
    if date > today {
        let message = format!("{date} is later than today, {today}");
        problems.push(
            Diagnostic::error(code::PAYMENT_DATE, message).hint("record money once it is there"),
        );
    }
    let account = &received.account;
    let mut known = settings.pay.iter().map(|mean| mean.id.as_str());
    if !account.is_empty() && !known.any(|known| known == account) {
        let known: Vec<&str> = settings.pay.iter().map(|mean| mean.id.as_str()).collect();
        let message = format!("`{account}` is no way to pay of acquit.toml");
        let hint = format!("the [[pay]] ids are {}", known.join(", "));
        problems.push(Diagnostic::error(code::PAY_UNKNOWN, message).hint(hint));
    }
    problems
}

/// What becomes of a payment that is more than is left to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overpaid {
    /// A person is asked.
    Asked,
    /// It is recorded: the command line allows it.
    Allowed,
    /// It is refused: nobody can be asked.
    Refused,
}

/// What a payment earned of a document's discount.
#[derive(Debug)]
struct Earned {
    number: String,
    /// What is taken off at once.
    amount: Decimal,
    /// What is to be said of it.
    text: Option<String>,
}

/// A payment about to be recorded.
pub struct Receipt<'a> {
    ground: &'a Ground<'a>,
    /// Its rows, one list for each movement with its id.
    movements: Vec<(String, Vec<Row>)>,
    earned: Vec<Earned>,
    recorder: Recorder,
}

impl<'a> Receipt<'a> {
    /// Plans the rows of a payment, and the discounts that it earns of the documents that it pays.
    ///
    /// # Errors
    /// Where a row cannot be written.
    pub fn new(
        ground: &'a Ground<'a>,
        movements: Vec<Vec<Row>>,
        documents: &[Document],
        source: &mut Source,
    ) -> Result<Self, Diagnostics> {
        let received = ground.received;
        let mut recorder = Recorder::on(ground.books);
        recorder.once_on = Some(ground.books.today());
        let movements: Vec<(String, Vec<Row>)> = movements
            .into_iter()
            .map(|rows| {
                let fields: Vec<_> = rows.iter().map(|row| row.fields(received)).collect();
                let id = recorder.add(source, Book::Payments, received.date, &fields);
                (id, rows)
            })
            .collect();
        let mut receipt = Self {
            ground,
            movements,
            earned: Vec::new(),
            recorder,
        };
        receipt.earn(documents, source);
        let problems = std::mem::take(&mut receipt.recorder.problems);
        if problems.has_errors() || source.problems.has_errors() {
            return Err(problems);
        }
        Ok(receipt)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.movements.iter().flat_map(|(_, rows)| rows)
    }

    fn earn(&mut self, documents: &[Document], source: &mut Source) {
        let (books, date) = (self.ground.books, self.ground.received.date);
        let mut then: Option<Books> = None;
        for document in documents
            .iter()
            .filter(|document| document.terms.discount.is_some())
        {
            let number = document.number.as_str();
            let paid = self.principal(number);
            let then = then.get_or_insert_with(|| Books::new(books.ledger(), date));
            let (Some(before), Some(now)) = (then.find(number), books.find(number)) else {
                continue;
            };
            let (amount, text) = discount::plan(
                &mut self.recorder,
                source,
                document,
                &then.position(before),
                books.position(now).balance,
                paid,
                date,
            );
            self.earned.push(Earned {
                number: number.to_owned(),
                amount,
                text,
            });
        }
    }

    /// Returns what the payment pays of a document's principal, in its currency.
    fn principal(&self, number: &str) -> Decimal {
        self.rows()
            .filter(|row| row.document.as_deref() == Some(number) && row.part == Part::Principal)
            .map(|row| row.amount)
            .sum()
    }

    /// Returns the changes that record it.
    pub fn changes(&self) -> &ChangeSet {
        &self.recorder.set
    }

    /// Tells whether an interrupted command, whose movements have these ids, had recorded the same money of the same client: what it paid
    /// then is not what it would pay now.
    pub fn repeats(&self, ids: &HashSet<String>) -> bool {
        let received = self.ground.received;
        let total = |id: &str, client: &str, currency| {
            let ledger = self.ground.books.ledger();
            let own = ledger.payments().filter(|payment| {
                payment.id == id
                    && (payment.client, payment.currency) == (client, currency)
                    && payment.method == received.method
                    && (payment.account, payment.reference, payment.note)
                        == (&*received.account, &*received.reference, &*received.note)
            });
            own.map(|payment| payment.amount).sum::<Decimal>()
        };
        let is_known = |(_, rows): &(String, Vec<Row>)| {
            let sum: Decimal = rows.iter().map(|row| row.amount).sum();
            rows.first().is_some_and(|first| {
                !sum.is_zero()
                    && ids
                        .iter()
                        .any(|id| total(id, &first.client, first.currency) == sum)
            })
        };
        self.movements.iter().any(is_known)
    }

    /// Finds a movement that is dated after today and is of the same money: of one day to the next it may be shared otherwise, since
    /// interest runs. One of equal money that was paid back since says nothing any more. Offsets are judged by what is left.
    fn ahead(&self, names_client: bool) -> Option<Diagnostic> {
        let (received, books) = (self.ground.received, self.ground.books);
        let today = books.today();
        let mut later: BTreeMap<&str, (NaiveDate, Decimal, BTreeSet<&str>)> = BTreeMap::new();
        let payments = books.ledger().payments();
        let alike = |payment: &Payment<'_>| {
            payment.date > today
                && payment.method == received.method
                && (payment.account, payment.reference)
                    == (&*received.account, &*received.reference)
        };
        let clients: BTreeSet<(&str, Currency)> = self
            .rows()
            .map(|row| (row.client.as_str(), row.currency))
            .collect();
        for payment in payments.filter(|payment| alike(payment) && !received.is_offset()) {
            if clients.contains(&(payment.client, payment.currency)) {
                let known = later.entry(payment.id).or_insert((
                    payment.date,
                    Decimal::ZERO,
                    BTreeSet::new(),
                ));
                known.1 += payment.amount;
                known.2.insert(payment.document);
            }
        }
        for (_, rows) in &self.movements {
            let sum: Decimal = rows.iter().map(|row| row.amount).sum();
            let own: BTreeSet<&str> = rows
                .iter()
                .map(|row| row.document.as_deref().unwrap_or_default())
                .collect();
            let same = |documents: &BTreeSet<&str>| names_client || *documents == own;
            let back = later
                .values()
                .filter(|(_, other, _)| *other == -sum)
                .count();
            let twin = later
                .iter()
                .filter(|(_, (_, other, documents))| *other == sum && same(documents))
                .nth(back);
            if let Some((id, (date, ..))) = twin {
                return Some(ahead::twice(id, *date, today));
            }
        }
        None
    }

    /// Returns a warning for each movement that looks like one that the books have.
    pub fn twins(&self) -> Vec<Diagnostic> {
        let received = self.ground.received;
        let mut twins = Vec::new();
        for (id, rows) in &self.movements {
            let Some(first) = rows.first() else { continue };
            let mut likeness = Likeness::of_client(self.ground.books.ledger(), &first.client);
            for row in rows {
                likeness.add(&row.payment(id, received.date, received.method, &received.reference));
            }
            twins.extend(likeness.twin_of(id).map(|warning| Diagnostic {
                span: None,
                ..warning
            }));
        }
        twins
    }

    /// Tells whether the documents were chosen here: a client was named, and no document.
    pub fn is_chosen(&self, names_client: bool) -> bool {
        names_client && self.rows().any(|row| row.document.is_some())
    }

    /// Tells whether the documents' terms let it pay more than principal.
    pub fn is_shared(&self) -> bool {
        self.rows()
            .any(|row| row.decided && row.part != Part::Principal)
    }

    /// Returns a line for each row: what it pays.
    pub fn proposal(&self) -> Vec<String> {
        let width = self.rows().map(|row| row.shown().len()).max();
        let width = width.unwrap_or_default();
        self.rows()
            .map(|row| {
                let about = match &row.document {
                    Some(number) => format!("{number}  {}", row.part.word()),
                    None => format!("credit of {}", row.client),
                };
                format!("  {:>width$}  {about}", row.shown())
            })
            .collect()
    }

    /// Returns what a person is asked before it is recorded: whether the documents proposed are the right ones, and whether more came than is
    /// left to pay.
    ///
    /// # Errors
    /// Where more is paid back than came, or more came than is left and that is refused.
    pub fn questions(
        &self,
        names_client: bool,
        overpaid: Overpaid,
    ) -> Result<Vec<String>, Diagnostics> {
        let books = self.ground.books;
        let mut problems = self.back_too_far();
        if let Some(twin) = self.ahead(names_client) {
            problems.push(twin);
        }
        let mut questions = Vec::new();
        if self.is_chosen(names_client)
            && let Some(first) = self.rows().next()
        {
            let total: Decimal = self.rows().map(|row| row.amount).sum();
            questions.push(format!(
                "Record {} of {} as shown?",
                shown(total, first.currency),
                first.client
            ));
        }
        let mut numbers: Vec<&str> = self
            .rows()
            .filter_map(|row| row.document.as_deref())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        // What is dated after today may have paid it already.
        let whole = books.whole();
        for number in numbers {
            let came = self.principal(number);
            let earned = self.earned.iter().filter(|earned| earned.number == number);
            let off = earned.map(|earned| earned.amount).sum();
            let judged = std::iter::once(&**books).chain(&whole).filter_map(|books| {
                let position = books.position(books.standing(number)?);
                let excess = payment::excess(&position, came, off);
                Some((
                    excess.map_or(Decimal::ZERO, Excess::amount),
                    excess,
                    position,
                ))
            });
            let Some((_, excess, position)) =
                judged.reduce(|now, later| if later.0 > now.0 { later } else { now })
            else {
                continue;
            };
            let is_later = whole.is_some()
                && books.standing(number).is_some_and(|index| {
                    let now = payment::excess(&books.position(index), came, off);
                    now != excess
                });
            let aside = if is_later {
                ", with what is dated after today"
            } else {
                ""
            };
            match (excess, overpaid) {
                (Some(Excess::Over(over)), Overpaid::Asked) => questions.push(format!(
                    "{} has {} left to pay{aside}. Record {}, which overpays it by {}?",
                    position.number,
                    shown(came - over, position.currency),
                    shown(came, position.currency),
                    shown(over, position.currency)
                )),
                (Some(Excess::Over(over)), Overpaid::Refused) => {
                    problems.push(with(payment::too_much(&position, came, over), aside));
                }
                (Some(Excess::Back(back)), _) => {
                    problems.push(with(payment::too_much_back(&position, came, back), aside));
                }
                _ => {}
            }
        }
        if problems.is_empty() {
            Ok(questions)
        } else {
            Err(problems)
        }
    }

    /// Finds interest and costs that are paid back and never came.
    fn back_too_far(&self) -> Diagnostics {
        let mut problems = Diagnostics::default();
        let mut back = self
            .rows()
            .filter(|row| row.part != Part::Principal && row.amount < Decimal::ZERO)
            .peekable();
        if back.peek().is_none() {
            return problems;
        }
        let today = self.ground.books.today();
        let chronicle = Chronicle::new(self.ground.books.ledger(), today);
        for row in back {
            let number = row.document.as_deref().unwrap_or_default();
            let came = chronicle.paid(number, row.part, today);
            if came + row.amount < Decimal::ZERO {
                let came = shown(came, row.currency);
                problems.push(payment::too_much_of_a_part(row.part.word(), number, &came));
            }
        }
        problems
    }

    /// Returns what is said of the discounts that it earned.
    pub fn discounts(&self) -> impl Iterator<Item = String> {
        self.earned.iter().filter_map(|earned| earned.text.clone())
    }

    /// Returns what is left of each document, and of the clients' credits that were touched, once the payment stands.
    pub fn outcome(&self) -> Vec<String> {
        let books = self.books_after();
        let mut lines = Vec::new();
        let mut said: Vec<&str> = Vec::new();
        for row in self.rows() {
            let about = row.document.as_deref().unwrap_or_default();
            if said.contains(&about) {
                continue;
            }
            said.push(about);
            if row.document.is_none() {
                let left = shown(books.credit(&row.client, row.currency), row.currency);
                lines.push(format!("{} has a credit of {left}", row.client));
                continue;
            }
            let Some(index) = books.standing(about) else {
                continue;
            };
            let position = books.position(index);
            let left = position.balance;
            let state = match left.cmp(&Decimal::ZERO) {
                std::cmp::Ordering::Equal => "is paid".to_owned(),
                std::cmp::Ordering::Greater => {
                    format!("has {} left to pay", shown(left, row.currency))
                }
                std::cmp::Ordering::Less if position.owed < Decimal::ZERO => {
                    format!("has {} left to use or pay back", shown(-left, row.currency))
                }
                std::cmp::Ordering::Less => {
                    format!("is overpaid by {}", shown(-left, row.currency))
                }
            };
            let number = position.number;
            let place = if number == about {
                String::new()
            } else {
                format!(", in the place of {about},")
            };
            lines.push(format!("{number}{place} {state}"));
        }
        lines
    }

    /// Returns the books as they stand once the payment and the discounts that it earned are in.
    fn books_after(&self) -> Books {
        let received = self.ground.received;
        let mut ledger = Ledger::clone(self.ground.books.ledger());
        for row in self.rows() {
            ledger.push_payment(&row.payment("", received.date, received.method, ""));
        }
        for earned in self.earned.iter().filter(|earned| !earned.amount.is_zero()) {
            let Some(place) = ledger.find(&earned.number) else {
                continue;
            };
            let entry = ledger.document(place);
            let (client, currency) = (entry.client.to_owned(), entry.currency);
            ledger.push_event(&Event {
                span: Span::whole(FileId::NOWHERE),
                id: "",
                date: received.date,
                kind: EventKind::Discount,
                client: &client,
                document: &earned.number,
                step: "",
                channel: "",
                amount: Some(earned.amount),
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
        Books::new(&Arc::new(ledger), self.ground.books.today())
    }
}

/// Returns a problem with a few words behind its sentence.
fn with(problem: Diagnostic, words: &str) -> Diagnostic {
    let message = problem.message.clone() + words;
    Diagnostic { message, ..problem }
}

fn shown(value: Decimal, currency: Currency) -> String {
    format!("{} {currency}", in_currency(value, currency))
}
