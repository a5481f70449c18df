//! What the commands of events share: the document, where it stands, the row.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load;
use super::record::{Book, Fields, Recorder};
use crate::compute::books::Books;
use crate::compute::position::Position;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::event_kind::EventKind;
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::task::typed::{figure, texts};
use crate::write::Writer;

/// When an event happened, and a note.
#[derive(Debug, Default)]
pub struct Told {
    /// When it happened; today if none.
    pub date: Option<NaiveDate>,
    /// A note.
    pub note: Option<String>,
}

/// An event about one document in the making.
pub struct Incident<'s> {
    writer: Option<Writer<'s>>,
    /// The ledger.
    pub source: Source,
    /// The document.
    pub document: Document,
    books: Books,
    /// The books with what is dated after today, where something is.
    whole: Option<Books>,
    index: usize,
    /// When it happened.
    pub date: NaiveDate,
    note: String,
    /// What is in the way.
    pub problems: Diagnostics,
}

impl<'s> Incident<'s> {
    /// Opens the ledger and the document.
    ///
    /// # Errors
    /// Where the document is unknown or not what was issued.
    pub fn open(
        number: Option<&String>,
        told: &Told,
        session: &mut Session<'s>,
    ) -> Result<Self, Failure> {
        let number = session.argument(number.cloned(), "NUMBER", "Number of the document")?;
        let (writer, mut source) = session.open_to_write()?;
        let settings = load::settings(session, &mut source)?;
        let document = load::documents(
            session,
            &mut source,
            &settings,
            std::slice::from_ref(&number),
        )?
        .remove(0);
        let books = load::books(&mut source, session.today);
        let mut problems = Diagnostics::default();
        texts([&told.note], &mut problems);
        let date = told.date.unwrap_or(session.today);
        let wrong =
            |message: String, hint: &str| Diagnostic::error(code::EVENT_STATE, message).hint(hint);
        if date > session.today {
            problems.push(wrong(
                format!("{date} is later than today, {}", session.today),
                "record what has happened",
            ));
        }
        let Some(index) = books.find(&number) else {
            let message = format!(
                "{number} is issued on {}, after {}",
                document.issued, session.today
            );
            problems
                .push(Diagnostic::error(code::DOCUMENT_UNKNOWN, message).hint("leave --today out"));
            return Err(session.refuse(&mut source, problems));
        };
        if date < document.issued {
            let message = format!("{number} was issued on {}, after {date}", document.issued);
            problems.push(wrong(
                message,
                "an event about a document is of its issue date or later",
            ));
        }
        let note = told.note.clone().unwrap_or_default();
        Ok(Self {
            writer,
            source,
            document,
            whole: books.whole(),
            books,
            index,
            date,
            note,
            problems,
        })
    }

    /// Begins an event about a document of an example ledger, on a day that is today.
    #[cfg(test)]
    pub(super) fn example(ledger: &str, number: &str, today: &str) -> Self {
        let mut source = super::example(ledger);
        let date: NaiveDate = today.parse().unwrap();
        let books = load::books(&mut source, date);
        let index = books.find(number).unwrap();
        let path = format!(
            "invoices/{}/{number}.toml",
            books.position(index).issued.format("%Y")
        );
        let (document, _) = source.document(&path).unwrap();
        Self {
            writer: None,
            source,
            document,
            whole: books.whole(),
            books,
            index,
            date,
            note: String::new(),
            problems: Diagnostics::default(),
        }
    }

    /// Returns where the document stands.
    pub fn position(&self) -> Position<'_> {
        self.books.position(self.index)
    }

    /// Returns what is left of the document, or what it has too much where that is below zero, as far as nothing that is dated after
    /// today has taken it already.
    pub fn left(&self) -> Decimal {
        self.least(|position| position.balance)
    }

    /// Returns a figure of the document, or the same figure with what is dated after today where that is nearer to zero.
    fn least(&self, figure: impl Fn(&Position<'_>) -> Decimal) -> Decimal {
        let now = figure(&self.position());
        let Some(whole) = &self.whole else {
            return now;
        };
        let then = whole
            .find(self.number())
            .map_or(now, |index| figure(&whole.position(index)));
        if now > Decimal::ZERO {
            now.min(then).max(Decimal::ZERO)
        } else {
            now.max(then).min(Decimal::ZERO)
        }
    }

    /// Tells how the document stood at the end of the event's own day.
    pub fn stood(&mut self, how: impl Fn(&Position<'_>) -> bool) -> bool {
        let date = self.date;
        let books = load::books_at(&mut self.source, date);
        books
            .find(self.number())
            .is_some_and(|index| how(&books.position(index)))
    }

    /// Returns its number.
    pub fn number(&self) -> &str {
        self.document.number.as_str()
    }

    /// Returns an amount with its currency.
    pub fn show(&self, value: Decimal) -> String {
        format!(
            "{} {}",
            in_currency(value, self.document.currency),
            self.document.currency
        )
    }

    /// Notes what is in the way.
    pub fn wrong(&mut self, code: Code, message: impl Into<String>, hint: impl Into<String>) {
        self.problems
            .push(Diagnostic::error(code, message).hint(hint));
    }

    /// Refuses a document of which nothing is left to pay.
    pub fn must_be_open(&mut self) {
        let (balance, kind) = (self.left(), self.document.kind);
        if kind == DocumentType::Credit {
            let message = format!("{} is a credit note: nobody has to pay it", self.number());
            self.wrong(code::EVENT_STATE, message, "name the invoice");
        } else if balance <= Decimal::ZERO {
            let message = format!("nothing is left to pay of {}", self.number());
            let hint = format!("`acquit show {}` says how it was settled", self.number());
            self.wrong(code::EVENT_STATE, message, hint);
        }
    }

    /// Reads an amount above zero, and not above what is left.
    pub fn amount(
        &mut self,
        text: Option<&String>,
        command: &str,
        most: Decimal,
    ) -> Option<Decimal> {
        let value = figure(
            text?,
            self.document.currency.digits(),
            command,
            &mut self.problems,
        )?;
        if value <= Decimal::ZERO {
            self.wrong(
                code::PAYMENT_AMOUNT,
                "the amount is not above zero",
                "write an amount such as `12.50`",
            );
        } else if value > most {
            let message = format!(
                "{} is more than the {} left of {}",
                self.show(value),
                self.show(most),
                self.number()
            );
            self.wrong(code::PAYMENT_AMOUNT, message, "write what is left, or less");
        }
        Some(value)
    }

    /// Reads an amount below zero: no more than was written off so far.
    pub fn taken_back(&mut self, text: Option<&String>, command: &str) -> Decimal {
        let digits = self.document.currency.digits();
        let Some(value) = text.and_then(|text| figure(text, digits, command, &mut self.problems))
        else {
            return Decimal::ZERO;
        };
        let written_off = self
            .least(|position| position.written_off)
            .max(Decimal::ZERO);
        if value.is_zero() || -value > written_off {
            let message = format!(
                "{} was written off of {}, not {}",
                self.show(written_off),
                self.number(),
                self.show(-value)
            );
            self.wrong(
                code::PAYMENT_AMOUNT,
                message,
                "take back what was written off, or less",
            );
        }
        value
    }

    /// Returns the columns of an event of a kind; an amount with its currency, and the note after its first word, if it has one.
    pub fn fields(&self, kind: EventKind, amount: Option<Decimal>, word: &str) -> Fields {
        let note = [word, &self.note]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let mut fields = vec![
            ("kind", kind.word().to_owned()),
            ("client", self.document.buyer.client.clone()),
            ("document", self.number().to_owned()),
            ("note", note),
        ];
        if let Some(amount) = amount {
            let currency = self.document.currency;
            fields.extend([
                ("amount", in_currency(amount, currency)),
                ("currency", currency.to_string()),
            ]);
        }
        fields
    }

    /// Writes the rows, each an event of its own, and says what became of it.
    ///
    /// # Errors
    /// Where something is in the way, or cannot be written.
    pub fn record(
        mut self,
        rows: Vec<Fields>,
        session: &mut Session<'_>,
        said: &str,
    ) -> Result<(), Failure> {
        let mut recorder = Recorder::once_on(self.books.today());
        if !self.problems.has_errors() && !self.source.problems.has_errors() {
            for row in rows {
                recorder.add(&mut self.source, Book::Events, self.date, &[row]);
            }
        }
        self.problems.extend(std::mem::take(&mut recorder.problems));
        if self.problems.has_errors() || self.source.problems.has_errors() {
            return Err(session.refuse(&mut self.source, self.problems));
        }
        session.warn(&mut self.source);
        session.commit(self.writer.as_ref(), &recorder.set)?;
        session.terminal.say(said);
        Ok(())
    }
}
