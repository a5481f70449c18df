//! register/YEAR.csv, payments/YEAR.csv, events/YEAR.csv → rows, streamed: nothing is kept, a hundred thousand rows cost no memory.

use std::io::Read;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::record::{RowError, Rows};
use super::repository::ReadError;
use super::{Source, unreadable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code, nearest};
use crate::ledger::amount::{self, NumberError};
use crate::ledger::book::{
    EVENT_REQUIRED, Event, Method, PAYMENT_REQUIRED, Part, Payment, Record, Row, WRITE_OFF_REASONS,
    reason,
};
use crate::ledger::books::BookEnd;
use crate::ledger::columns::{event, payment, register};
use crate::ledger::currency::Currency;
use crate::ledger::date;
use crate::ledger::document::DocumentType;
use crate::ledger::event_kind::EventKind;
use crate::ledger::identifier::{Number, is_row_id};
use crate::ledger::words;
use crate::span::{FileId, Span};

/// A problem with one field: which, its code, the sentence, the hint.
type FieldError = (usize, Code, String, String);

/// What the rows of one file share.
struct Book<'a> {
    file: FileId,
    path: &'a str,
    year: i32,
    /// Position of each known column in this file.
    columns: Vec<Option<usize>>,
    /// How many fields its first line has; 0 before that is read.
    width: usize,
}

impl Source {
    /// Reads the register in order: each row, with its record as it stands.
    pub fn register(&mut self, mut visit: impl FnMut(&Row<'_>, Record<'_>)) {
        self.register_whole(|row, record| {
            if let Some(row) = row {
                visit(row, record);
            }
        });
    }

    /// Reads the register in order; a row that cannot be read is visited as a record alone, so that what depends on it can stop there.
    pub fn register_whole(&mut self, mut visit: impl FnMut(Option<&Row<'_>>, Record<'_>)) {
        self.book(
            "register",
            register::HEADER,
            register::HEADER.len(),
            &mut |book, record, span| {
                let row = book.fits(record).and_then(|()| row(book, record, span));
                visit(row.as_ref().ok(), record);
                row.map(|_| ())
            },
        );
    }

    /// Reads the payments in the order of the files.
    pub fn payments(&mut self, mut visit: impl FnMut(&Payment<'_>)) {
        self.book(
            "payments",
            payment::HEADER,
            PAYMENT_REQUIRED,
            &mut |book, record, span| {
                book.fits(record)?;
                payment(book, record, span).map(|payment| visit(&payment))
            },
        );
    }

    /// Reads the events in the order of the files.
    pub fn events(&mut self, mut visit: impl FnMut(&Event<'_>)) {
        self.book(
            "events",
            event::HEADER,
            EVENT_REQUIRED,
            &mut |book, record, span| {
                book.fits(record)?;
                event(book, record, span).map(|event| visit(&event))
            },
        );
    }

    fn book(
        &mut self,
        folder: &str,
        header: &[&str],
        required: usize,
        visit: &mut dyn FnMut(&Book<'_>, Record<'_>, Span) -> Result<(), FieldError>,
    ) {
        let years = match self.repository.years(folder, ".csv") {
            Ok(years) => years,
            Err(error) => {
                let file = self.map.add(folder);
                return self
                    .problems
                    .push(unreadable(&error, folder).at(Span::whole(file)));
            }
        };
        let mut rows = Rows::default();
        for name in years {
            let path = format!("{folder}/{name}");
            let file = self.map.add(path.clone());
            let year = name[..4].parse().unwrap_or(0);
            let book = Book {
                file,
                path: &path,
                year,
                columns: Vec::new(),
                width: 0,
            };
            self.one_book(book, &mut rows, header, required, visit);
        }
    }

    fn one_book(
        &mut self,
        mut book: Book<'_>,
        rows: &mut Rows,
        header: &[&str],
        required: usize,
        visit: &mut dyn FnMut(&Book<'_>, Record<'_>, Span) -> Result<(), FieldError>,
    ) {
        let mut stream = match self.repository.stream(book.path) {
            Ok(stream) => stream,
            Err(error) => {
                return self
                    .problems
                    .push(unreadable(&error, book.path).at(Span::whole(book.file)));
            }
        };
        let mut head = Vec::with_capacity(3);
        let _ = stream.by_ref().take(3).read_to_end(&mut head);
        if head == [0xef, 0xbb, 0xbf] {
            return self.problems.push(super::byte_order_mark(book.file));
        }
        rows.open(&head);
        let mut text: Option<Vec<u8>> = None;
        let mut first_line: Vec<String> = Vec::new();
        let mut has_conflict = false;
        loop {
            let (record, start, end) = match rows.next(&mut stream) {
                Ok(Some(row)) => row,
                Ok(None) => {
                    let (length, is_unended) = rows.end();
                    let columns = std::mem::take(&mut first_line);
                    let end = BookEnd {
                        columns,
                        length,
                        is_unended,
                    };
                    self.book_ends.push((book.path.to_owned(), end));
                    break;
                }
                Err((start, error)) => {
                    self.problems.push(row_problem(&error, book.file, start));
                    break;
                }
            };
            let span = Span::new(book.file, start, end);
            if book.width == 0 {
                book.width = record.len();
                first_line = record.iter().map(str::to_owned).collect();
                let is_marker = super::conflict::is_marker(record.get(0).unwrap_or_default());
                match columns(record, header, required, span) {
                    Ok(columns) => book.columns = columns,
                    Err(_) if is_marker => {
                        let problem = super::conflict::problem(book.path, book.file, (start, end));
                        return self.problems.push(problem);
                    }
                    Err(problem) => return self.problems.push(problem),
                }
                continue;
            }
            let is_marker =
                record.len() == 1 && super::conflict::is_marker(record.get(0).unwrap_or_default());
            let result = visit(&book, record, span);
            if let Err((column, code, message, hint)) = result {
                if is_marker {
                    // Said once a file: the other lines of it are not far.
                    if !std::mem::replace(&mut has_conflict, true) {
                        let place = (start, end.saturating_sub(1).max(start));
                        let problem = super::conflict::problem(book.path, book.file, place);
                        self.problems.push(problem);
                    }
                    continue;
                }
                let text = text
                    .get_or_insert_with(|| self.repository.bytes(book.path).unwrap_or_default());
                let place = field_place(text, start, end, column);
                let diagnostic =
                    Diagnostic::error(code, message).at(Span::new(book.file, place.0, place.1));
                self.problems.push(if hint.is_empty() {
                    diagnostic
                } else {
                    diagnostic.hint(hint)
                });
            }
        }
    }

    /// Returns the length of a book and whether it lacks its final line end; 0 where it is missing.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn book_end(&self, path: &str) -> Result<(u64, bool), ReadError> {
        match self.repository.bytes(path) {
            Ok(bytes) => Ok((
                bytes.len() as u64,
                bytes.last().is_some_and(|last| *last != b'\n'),
            )),
            Err(ReadError::Missing) => Ok((0, false)),
            Err(error) => Err(error),
        }
    }

    /// Returns the first line of a book as its columns, if it is there.
    pub fn book_header(&self, path: &str) -> Option<Vec<String>> {
        let bytes = self.repository.bytes(path).ok()?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes.as_slice());
        let record = reader.records().next()?.ok()?;
        Some(record.iter().map(str::to_owned).collect())
    }

    /// Returns the problems of a file that could not be opened at all.
    pub fn take_problems(&mut self) -> Diagnostics {
        std::mem::take(&mut self.problems)
    }

    /// Reads again what was read before: what is wrong with it was said then.
    pub fn again<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.take_problems();
        let value = read(self);
        self.problems = before;
        value
    }
}

fn row_problem(error: &RowError, file: FileId, start: usize) -> Diagnostic {
    let (code, message) = match error {
        RowError::Encoding(field, valid) => (
            code::FILE_ENCODING,
            format!(
                "this row is not UTF-8: invalid utf-8: invalid UTF-8 in field {field} near byte index {valid}"
            ),
        ),
        RowError::Io(error) => (
            code::CSV_SYNTAX,
            format!("this row cannot be read: {error}"),
        ),
    };
    let problem = Diagnostic::error(code, message).at(Span::new(file, start, start + 1));
    if matches!(error, RowError::Encoding(..)) {
        problem.hint("save the file as UTF-8")
    } else {
        problem
    }
}

/// Finds the known columns in a header.
fn columns(
    record: Record<'_>,
    header: &[&str],
    required: usize,
    span: Span,
) -> Result<Vec<Option<usize>>, Diagnostic> {
    let problem = |code, message: String, hint: String| {
        Err(Diagnostic::error(code, message).at(span).hint(hint))
    };
    let first = record.get(0).unwrap_or_default();
    if record.len() == 1 && first.contains(';') {
        let message = "the fields are separated by `;`: a spreadsheet has saved this file";
        return problem(
            code::CSV_SEPARATOR,
            message.into(),
            "take it back with git, or save it with commas".into(),
        );
    }
    for (index, name) in record.iter().enumerate() {
        if record.iter().take(index).any(|known| known == name) {
            return problem(
                code::CSV_HEADER,
                format!("the column `{name}` stands twice"),
                "remove one".into(),
            );
        }
        // A register may have further columns; in the other books a column that is not ours is a misspelling.
        if !header.contains(&name) && required < register::HEADER.len() {
            let near = nearest(name, header.iter().copied());
            let hint = near.map_or_else(
                || header.join(","),
                |near| format!("did you mean `{near}`?"),
            );
            return problem(code::CSV_HEADER, format!("unknown column `{name}`"), hint);
        }
    }
    let found: Vec<Option<usize>> = header
        .iter()
        .map(|name| record.iter().position(|known| known == *name))
        .collect();
    if let Some(missing) = found.iter().take(required).position(Option::is_none) {
        let message = format!("the column `{}` is missing", header[missing]);
        return problem(
            code::CSV_HEADER,
            message,
            format!("the first line is `{}`", header[..required].join(",")),
        );
    }
    if required == register::HEADER.len() && record.last() != "seal" {
        let message = "the last column of a register is `seal`";
        return problem(
            code::CSV_HEADER,
            message.into(),
            "further columns stand before `sha256`".into(),
        );
    }
    Ok(found)
}

/// Finds the bytes of a field in a row: quotes and all. A column past the end stands for the whole row.
fn field_place(text: &[u8], start: usize, end: usize, column: usize) -> (usize, usize) {
    let end = end.min(text.len());
    let mut start = start.min(end);
    while start < end && matches!(text[start], b'\n' | b'\r') {
        start += 1;
    }
    let mut row_end = end;
    while row_end > start && matches!(text[row_end - 1], b'\n' | b'\r') {
        row_end -= 1;
    }
    let (mut index, mut from, mut quoted) = (0, start, false);
    for (at, byte) in text.iter().enumerate().take(row_end).skip(start) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                if index == column {
                    return (from, at.max(from + 1));
                }
                index += 1;
                from = at + 1;
            }
            _ => {}
        }
    }
    if index == column {
        (from, row_end.max(from))
    } else {
        (start, row_end)
    }
}

impl Book<'_> {
    /// Refuses a row that has more or fewer fields than the first line.
    fn fits(&self, record: Record<'_>) -> Result<(), FieldError> {
        if record.len() == self.width {
            return Ok(());
        }
        let (fields, width) = (record.len(), self.width);
        let message = format!("this row has {fields} fields, the header has {width}");
        let hint = "count the commas; a text with a comma is quoted".into();
        Err((usize::MAX, code::CSV_SYNTAX, message, hint))
    }

    fn get<'r>(&self, record: Record<'r>, column: usize) -> &'r str {
        self.columns[column]
            .and_then(|index| record.get(index))
            .unwrap_or_default()
    }

    /// An error in a column, at its place in this file.
    fn error(
        &self,
        column: usize,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> FieldError {
        (
            self.columns[column].unwrap_or(usize::MAX),
            code,
            message.into(),
            hint.into(),
        )
    }

    fn date(
        &self,
        record: Record<'_>,
        column: usize,
        header: &[&str],
    ) -> Result<NaiveDate, FieldError> {
        let text = self.get(record, column);
        date::parse(text).ok_or_else(|| {
            self.error(
                column,
                code::VALUE_DATE,
                format!("`{}` of `{text}` is no date", header[column]),
                DATE_HINT,
            )
        })
    }

    fn amount(
        &self,
        record: Record<'_>,
        column: usize,
        currency: Currency,
    ) -> Result<Decimal, FieldError> {
        let text = self.get(record, column);
        amount::parse(text, currency.digits()).map_err(|problem| {
            let (message, hint) = problem.explain(text);
            let hint = if let NumberError::Decimals(..) = problem {
                format!(
                    "{} has {} digits after the point",
                    currency.code(),
                    currency.digits()
                )
            } else {
                hint
            };
            self.error(column, code::VALUE_NUMBER, message, hint)
        })
    }

    fn own_year(&self, day: NaiveDate, column: usize) -> Result<(), FieldError> {
        if day.year() == self.year {
            return Ok(());
        }
        let folder = self.path.split('/').next().unwrap_or_default();
        let hint = format!("move the row to {folder}/{}.csv", day.year());
        Err(self.error(
            column,
            code::ROW_YEAR,
            format!("a row of {} stands in {}", day.year(), self.path),
            hint,
        ))
    }

    fn id(&self, record: Record<'_>) -> Result<(), FieldError> {
        let id = self.get(record, payment::ID);
        if is_row_id(id) {
            return Ok(());
        }
        let message = if id.is_empty() {
            "the row has no id".into()
        } else {
            format!("`{id}` is no id")
        };
        Err(self.error(
            payment::ID,
            code::VALUE_TEXT,
            message,
            "write 1 to 40 of A-Z a-z 0-9 . _ -, such as `2026-11-22-acme`",
        ))
    }

    fn choice<T: Copy>(
        &self,
        text: &str,
        column: usize,
        words: &[(&str, T)],
        what: &str,
    ) -> Result<T, FieldError> {
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                self.error(
                    column,
                    code::VALUE_CHOICE,
                    format!("`{text}` is no {what}"),
                    format!("one of {}", list.join(", ")),
                )
            })
    }

    fn currency(&self, text: &str, column: usize) -> Result<Currency, FieldError> {
        Currency::parse(text).ok_or_else(|| {
            let hint = "write an ISO 4217 code of three capitals, such as `EUR`";
            self.error(
                column,
                code::CURRENCY_UNKNOWN,
                format!("`{text}` is no currency"),
                hint,
            )
        })
    }

    fn number(&self, text: &str, column: usize) -> Result<(), FieldError> {
        if text.is_empty() || Number::is_valid(text) {
            return Ok(());
        }
        let message = format!("`{text}` is no document number");
        Err(self.error(
            column,
            code::NUMBER_FORM,
            message,
            "at most 35 of A-Z a-z 0-9 + _ -",
        ))
    }
}

const DATE_HINT: &str = "write a real day as YYYY-MM-DD";

/// Another spelling than the one issuing writes.
fn spelling(book: &Book<'_>, column: usize, text: &str) -> FieldError {
    let name = register::HEADER[column];
    let message =
        format!("`{text}` is not how acquit writes `{name}`: a spreadsheet has saved this file");
    book.error(
        column,
        code::REGISTER_SPELLING,
        message,
        format!("take it back with `git restore {}`", book.path),
    )
}

/// Reads one row of a register whose columns are ours; returns its span, or none where it cannot be read.
pub(super) fn register_row(
    file: FileId,
    path: &str,
    year: &str,
    record: Record<'_>,
    span: Span,
) -> Option<Span> {
    let book = Book {
        file,
        path,
        year: year.parse().ok()?,
        columns: (0..register::HEADER.len()).map(Some).collect(),
        width: register::HEADER.len(),
    };
    if record.len() != register::HEADER.len() {
        return None;
    }
    row(&book, record, span).ok().map(|row| row.span)
}

fn row<'r>(book: &Book<'_>, record: Record<'r>, span: Span) -> Result<Row<'r>, FieldError> {
    let get = |column| book.get(record, column);
    let day =
        |column: usize| date::parse(get(column)).ok_or_else(|| spelling(book, column, get(column)));
    let (number, kind) = (get(register::NUMBER), get(register::TYPE));
    if !Number::is_valid(number) {
        return Err(spelling(book, register::NUMBER, number));
    }
    let kind = DocumentType::parse(kind)
        .filter(|kind| *kind != DocumentType::Quote)
        .ok_or_else(|| spelling(book, register::TYPE, kind))?;
    let issued = day(register::ISSUED)?;
    book.own_year(issued, register::ISSUED)?;
    let currency = Currency::parse(get(register::CURRENCY))
        .ok_or_else(|| spelling(book, register::CURRENCY, get(register::CURRENCY)))?;
    let digits = currency.digits();
    let figure = |column: usize| {
        let text = get(column);
        let value = amount::parse(text, digits)
            .ok()
            .filter(|value| value.scale() == digits);
        value.ok_or_else(|| spelling(book, column, text))
    };
    let hex = |column: usize| {
        let text = get(column);
        let others = text.bytes().fold(0, |found, b| {
            found | u8::from(!matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        });
        if text.len() == 64 && others == 0 {
            Ok(text)
        } else {
            Err(spelling(book, column, text))
        }
    };
    // What is said of a row is said of its number: the row itself is long.
    let span = Span {
        end: span.start + u32::try_from(number.len()).unwrap_or(0),
        ..span
    };
    Ok(Row {
        span,
        number,
        kind,
        client: get(register::CLIENT),
        buyer: get(register::BUYER),
        issued,
        supplied: day(register::SUPPLIED)?,
        due: if get(register::DUE).is_empty() {
            None
        } else {
            Some(day(register::DUE)?)
        },
        currency,
        exchange: amount::parse(get(register::EXCHANGE), 12)
            .map_err(|_| spelling(book, register::EXCHANGE, get(register::EXCHANGE)))?,
        net: figure(register::NET)?,
        vat: figure(register::VAT)?,
        gross: figure(register::GROSS)?,
        deposits: figure(register::DEPOSITS)?,
        owed: figure(register::OWED)?,
        breakdown: get(register::BREAKDOWN),
        refs: get(register::REFS),
        sha256: hex(register::SHA256)?,
        seal: hex(register::SEAL)?,
    })
}

fn payment<'r>(book: &Book<'_>, record: Record<'r>, span: Span) -> Result<Payment<'r>, FieldError> {
    let get = |column| book.get(record, column);
    book.id(record)?;
    let date = book.date(record, payment::DATE, payment::HEADER)?;
    book.own_year(date, payment::DATE)?;
    let currency = book.currency(get(payment::CURRENCY), payment::CURRENCY)?;
    let amount = book.amount(record, payment::AMOUNT, currency)?;
    if amount.is_zero() {
        return Err(book.error(
            payment::AMOUNT,
            code::PAYMENT_AMOUNT,
            "a payment of nothing",
            "remove the row",
        ));
    }
    let method = get(payment::METHOD);
    let Some(method) = Method::parse(method) else {
        let hint = format!("one of {}", Method::list());
        return Err(book.error(
            payment::METHOD,
            code::VALUE_CHOICE,
            format!("`{method}` is no method of payment"),
            hint,
        ));
    };
    book.number(get(payment::DOCUMENT), payment::DOCUMENT)?;
    let part = if get(payment::PART).is_empty() {
        Part::Principal
    } else {
        book.choice(
            get(payment::PART),
            payment::PART,
            Part::WORDS,
            "part of a debt",
        )?
    };
    let fee = if get(payment::FEE).is_empty() {
        Decimal::ZERO
    } else {
        book.amount(record, payment::FEE, currency)?
    };
    Ok(Payment {
        span,
        id: get(payment::ID),
        date,
        client: get(payment::CLIENT),
        amount,
        currency,
        method,
        document: get(payment::DOCUMENT),
        part,
        fee,
        account: get(payment::ACCOUNT),
        reference: get(payment::REFERENCE),
        note: get(payment::NOTE),
    })
}

fn event<'r>(book: &Book<'_>, record: Record<'r>, span: Span) -> Result<Event<'r>, FieldError> {
    let get = |column| book.get(record, column);
    book.id(record)?;
    let date = book.date(record, event::DATE, event::HEADER)?;
    book.own_year(date, event::DATE)?;
    let kind = get(event::KIND);
    let Some(kind) = EventKind::parse(kind) else {
        let hint = match nearest(kind, EventKind::WORDS.iter().map(|(word, _)| *word)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", words::list(EventKind::WORDS)),
        };
        return Err(book.error(
            event::KIND,
            code::EVENT_KIND,
            format!("`{kind}` is no kind of event"),
            hint,
        ));
    };
    book.number(get(event::DOCUMENT), event::DOCUMENT)?;
    let currency = if get(event::CURRENCY).is_empty() {
        None
    } else {
        Some(book.currency(get(event::CURRENCY), event::CURRENCY)?)
    };
    let figure = |column: usize| -> Result<Option<Decimal>, FieldError> {
        if get(column).is_empty() {
            return Ok(None);
        }
        let Some(currency) = currency else {
            let hint = "fill in `currency`";
            return Err(book.error(
                column,
                code::CURRENCY_UNKNOWN,
                "an amount without a currency",
                hint,
            ));
        };
        book.amount(record, column, currency).map(Some)
    };
    let amount = figure(event::AMOUNT)?;
    let reason = reason(get(event::NOTE));
    if kind.takes_off() && amount.is_none_or(|amount| amount.is_zero()) {
        let message = format!("a {} of nothing", kind.word());
        let hint = "write what was taken off, such as `12.50`; below zero it is taken back";
        return Err(book.error(event::AMOUNT, code::PAYMENT_AMOUNT, message, hint));
    }
    if kind == EventKind::WriteOff && !WRITE_OFF_REASONS.contains(&reason) {
        let hint = format!(
            "the note begins with one of {}",
            WRITE_OFF_REASONS.join(", ")
        );
        return Err(book.error(
            event::NOTE,
            code::VALUE_CHOICE,
            "a write-off says its reason in the note's first word",
            hint,
        ));
    }
    Ok(Event {
        span,
        id: get(event::ID),
        date,
        kind,
        client: get(event::CLIENT),
        document: get(event::DOCUMENT),
        step: get(event::STEP),
        channel: get(event::CHANNEL),
        amount,
        currency,
        interest: figure(event::INTEREST)?,
        fee: figure(event::FEE)?,
        until: if get(event::UNTIL).is_empty() {
            None
        } else {
            Some(book.date(record, event::UNTIL, event::HEADER)?)
        },
        who: get(event::WHO),
        file: get(event::FILE),
        sha256: get(event::SHA256),
        note: get(event::NOTE),
    })
}

#[cfg(test)]
mod tests {
    use super::field_place;

    #[test]
    fn a_field_is_found_with_its_quotes() {
        let text = b"a,b\n1,\"x, y\",3\r\n";
        let part = |column| {
            let (start, end) = field_place(text, 4, text.len(), column);
            std::str::from_utf8(&text[start..end]).unwrap()
        };
        assert_eq!(
            (part(0), part(1), part(2), part(9)),
            ("1", "\"x, y\"", "3", "1,\"x, y\",3")
        );
    }
}
