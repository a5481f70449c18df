//! What a draft names of the books: the documents it corrects, the deposits it takes into account, the credits that pay it.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::links::Links;
use super::load::{self, Bench};
use crate::check::documents::compare;
use crate::compute::books::Books;
use crate::compute::credits::credits;
use crate::compute::issue::{Preceding, Prepaid};
use crate::compute::register::{credited, reference};
use crate::compute::rest::Left;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::date::plus_days;
use crate::ledger::document::{Document, DocumentType, Reference};
use crate::ledger::draft::Draft;
use crate::source::Source;
use crate::span::{Span, Spanned};

/// Where what a draft names is looked up.
pub struct Ground<'a> {
    /// Settings and clients.
    pub bench: &'a Bench,
    /// The books.
    pub books: &'a Books,
    /// How they hang together.
    pub links: &'a Links,
    /// Documents issued by the same command.
    pub issued: &'a [Document],
    /// The issue date.
    pub day: NaiveDate,
}

impl Ground<'_> {
    /// Returns what credit notes have left of a document, those of the same command included.
    pub fn left(&self, document: &Document) -> Left {
        let mut left = Left::of(document);
        let ledger = self.books.ledger();
        left.add(&self.links.taken(ledger, document.number.as_str()));
        left
    }

    /// Finds what a draft names, and says what is wrong with it.
    pub fn of(&self, draft: &Draft, source: &mut Source) -> (Preceding, Diagnostics) {
        let mut look = Look {
            ground: self,
            draft,
            problems: Diagnostics::default(),
        };
        look.kind();
        let is_credit = draft.kind.value == DocumentType::Credit;
        let mut references = Vec::new();
        let mut left = Left::default();
        look.once();
        for number in &draft.corrects {
            let Some(document) = look.document(number, source) else {
                continue;
            };
            look.same_parties(&document, number.span);
            look.correctable(&document, number.span);
            references.push(if is_credit {
                let one = self.left(&document);
                left.add(&one);
                // Several documents are taken back in one sum: each says what it brings to that.
                let is_plain = draft.corrects.len() == 1 && one == Left::of(&document);
                credited(&document, (!is_plain).then_some(one.slices))
            } else {
                reference(&document, None)
            });
        }
        look.restated();
        look.late_from(&references);
        for number in &draft.deposits {
            let Some(document) = look.document(number, source) else {
                continue;
            };
            look.same_parties(&document, number.span);
            if look.deductible(&document, number.span) {
                references.push(look.deposit(&document));
            }
        }
        let on_deposit = draft
            .corrects
            .iter()
            .any(|number| self.links.is_deposit(number));
        let paid = look.paid();
        (
            Preceding {
                references,
                on_deposit,
                paid,
                left: (is_credit && !draft.corrects.is_empty()).then_some(left),
            },
            look.problems,
        )
    }
}

struct Look<'a> {
    ground: &'a Ground<'a>,
    draft: &'a Draft,
    problems: Diagnostics,
}

impl Look<'_> {
    fn wrong(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.problems
            .push(Diagnostic::error(code, message).at(span).hint(hint));
    }

    /// Which of the lists each type of document has.
    fn kind(&mut self) {
        let draft = self.draft;
        let kind = draft.kind.value;
        match (kind, draft.corrects.as_slice()) {
            (DocumentType::Credit, []) => self.wrong(
                code::LAW_REFERENCE,
                draft.span,
                "a credit note names the document it corrects (CGI 289, I-5; BR-FR-CO-05)",
                "add `corrects = [\"F2026-0042\"]`",
            ),
            (DocumentType::Corrective, []) => self.wrong(
                code::LAW_REFERENCE,
                draft.span,
                "a corrective names the one document it replaces (CGI 289, I-5; BR-FR-CO-04)",
                "add `corrects = [\"F2026-0042\"]`",
            ),
            (DocumentType::Corrective, [_, second, ..]) => self.wrong(
                code::LAW_REFERENCE,
                second.span,
                "a corrective replaces exactly one document (BR-FR-CO-04)",
                "make one corrective for each",
            ),
            (DocumentType::Credit | DocumentType::Corrective, _) | (_, []) => {}
            (_, [first, ..]) => self.wrong(
                code::LAW_REFERENCE,
                first.span,
                format!(
                    "a document of type {} corrects nothing: it would be a second debt",
                    kind.word()
                ),
                "add `type = \"credit\"` or `type = \"corrective\"`, or remove `corrects`",
            ),
        }
        match (kind, draft.deposits.as_slice()) {
            (DocumentType::Final, []) => self.wrong(
                code::DEPOSIT,
                draft.span,
                "a final names the deposits it takes into account",
                "add `deposits = [\"F2026-0031\"]`, or write `type = \"invoice\"`",
            ),
            (DocumentType::Final | DocumentType::Corrective, _) | (_, []) => {}
            (_, [first, ..]) => self.wrong(
                code::DEPOSIT,
                first.span,
                format!(
                    "a document of type {} takes no deposits into account",
                    kind.word()
                ),
                "write `type = \"final\"`, or remove `deposits`",
            ),
        }
        if matches!(kind, DocumentType::Credit | DocumentType::Quote)
            && let Some(first) = draft.paid.first()
        {
            let message = format!("a {} is not paid before it is issued", kind.noun());
            self.wrong(code::PREPAID, first.span, message, "remove `paid`");
        }
    }

    /// A document is corrected once, a deposit deducted once.
    fn once(&mut self) {
        let draft = self.draft;
        let all: Vec<&Spanned<String>> = draft.corrects.iter().chain(&draft.deposits).collect();
        for (index, number) in all.iter().enumerate() {
            if all[..index].iter().any(|other| other.value == number.value) {
                let message = format!("{} is named twice", number.value);
                let code = if index < draft.corrects.len() {
                    code::LAW_REFERENCE
                } else {
                    code::DEPOSIT
                };
                self.wrong(code, number.span, message, "name each document once");
            }
        }
    }

    /// Opens a document that the draft names, and compares it with its row.
    fn document(&mut self, number: &Spanned<String>, source: &mut Source) -> Option<Document> {
        if let Some(document) = self
            .ground
            .issued
            .iter()
            .find(|document| document.number.as_str() == number.value)
        {
            return Some(document.clone());
        }
        let ledger = Arc::clone(self.ground.books.ledger());
        let rows = load::rows(source, [number.value.as_str()]);
        let (Some(place), Some(row)) = (ledger.find(number), rows.get(&number.value)) else {
            self.problems
                .push(load::unknown_document(number, ledger.numbers()).at(number.span));
            return None;
        };
        let year = ledger.issued(place).format("%Y");
        let (document, sha256) =
            source.document(&format!("invoices/{year}/{}.toml", number.value))?;
        let mut found = Diagnostics::default();
        let good = compare(&document, &sha256, number, row, &mut found) && !found.has_errors();
        self.problems.extend(found);
        good.then_some(document)
    }

    /// What a document corrects or deducts is to the same client, in the same currency.
    fn same_parties(&mut self, document: &Document, span: Span) {
        let (draft, number) = (self.draft, &document.number);
        let noun = draft.kind.value.noun();
        if document.buyer.client != draft.client.value {
            let message = format!(
                "{number} is {}'s, not `{}`'s",
                document.buyer.client, draft.client.value
            );
            self.wrong(
                code::LAW_REFERENCE,
                span,
                message,
                format!("a {noun} goes to the client of the document"),
            );
        }
        let client = self.ground.bench.clients.get(&draft.client);
        let own = draft
            .currency
            .map(|currency| currency.value)
            .or(client.and_then(|client| client.currency));
        if own.unwrap_or(self.ground.bench.settings.currency) != document.currency {
            let message = format!("{number} is in {}", document.currency);
            self.wrong(
                code::LAW_REFERENCE,
                span,
                message,
                format!("a {noun} has the currency of the document"),
            );
        }
    }

    /// A credit note corrects no credit note; what was replaced or taken into account stands no more.
    fn correctable(&mut self, document: &Document, span: Span) {
        let (draft, links) = (self.draft, self.ground.links);
        let number = document.number.as_str();
        let noun = draft.kind.value.noun();
        if document.kind == DocumentType::Credit {
            let hint = format!("a {noun} corrects an invoice");
            self.wrong(
                code::LAW_REFERENCE,
                span,
                format!("{number} is a credit note"),
                hint,
            );
        }
        if let Some(other) = links.replaced_by(number) {
            let hint = format!("correct {other}, which stands in its place");
            self.wrong(
                code::LAW_REFERENCE,
                span,
                format!("{number} was replaced by {other}"),
                hint,
            );
        }
        if let Some(other) = links.taken_by(number) {
            let message = format!("{number} is a deposit that {other} has taken into account");
            self.wrong(
                code::DEPOSIT,
                span,
                message,
                format!("credit or replace {other}"),
            );
        }
        if links.is_deposit(number)
            && draft.kind.value == DocumentType::Credit
            && draft.corrects.len() > 1
        {
            let message =
                format!("{number} is a deposit: a credit note on it names nothing else (type 503)");
            self.wrong(
                code::DEPOSIT,
                span,
                message,
                "make one credit note for the deposit, one for the rest",
            );
        }
    }

    /// A corrective restates the whole: what its original deducted, it deducts.
    fn restated(&mut self) {
        let draft = self.draft;
        let (DocumentType::Corrective, [original]) = (draft.kind.value, draft.corrects.as_slice())
        else {
            return;
        };
        let before = self.ground.links.deposits_of(&original.value);
        let missing: Vec<&str> = before
            .iter()
            .map(String::as_str)
            .filter(|number| !draft.deposits.iter().any(|named| named.value == **number))
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "{} took the deposit {} into account",
                original.value,
                missing.join(", ")
            );
            let hint = format!(
                "add `deposits = [\"{}\"]`: a corrective restates the whole",
                before.join("\", \"")
            );
            self.wrong(code::DEPOSIT, original.span, message, hint);
        }
        if let Some(first) = draft.deposits.first().filter(|_| before.is_empty()) {
            let message = format!("{} took no deposits into account", original.value);
            self.wrong(code::DEPOSIT, first.span, message, "remove `deposits`");
        }
    }

    /// Only a corrective is late by the terms of another document, and not earlier than that one was.
    fn late_from(&mut self, references: &[Reference]) {
        let Some(day) = self.draft.late_from else {
            return;
        };
        let kind = self.draft.kind.value;
        if kind != DocumentType::Corrective {
            let message = format!("a document of type {} has no `late_from`", kind.word());
            let hint = "remove it: only a corrective is late by the terms of what it replaces";
            return self.wrong(code::KEY_UNKNOWN, day.span, message, hint);
        }
        let Some(original) = references.first() else {
            return;
        };
        let earliest = self.earliest_delay(original.number.as_str());
        if let Some(earliest) = earliest.filter(|earliest| day.value < *earliest) {
            let message = format!("{} was not late before {earliest}", original.number);
            let hint = format!(
                "write `late_from = {earliest}`, a later day, or remove it: then the corrective's own due date rules"
            );
            self.wrong(code::VALUE_DATE, day.span, message, hint);
        }
    }

    /// The day after the earliest due date of a document and of what it stands in the place of.
    fn earliest_delay(&self, number: &str) -> Option<NaiveDate> {
        let ledger = self.ground.books.ledger();
        let mut number = Some(number);
        let mut earliest: Option<NaiveDate> = None;
        while let Some(one) = number {
            let due = match self
                .ground
                .issued
                .iter()
                .find(|document| document.number.as_str() == one)
            {
                Some(document) => document.due,
                None => ledger.find(one).and_then(|place| ledger.due(place)),
            };
            let day = due.map(|due| plus_days(due, 1));
            earliest = earliest.into_iter().chain(day).min();
            number = self.ground.links.original_of(one);
        }
        earliest
    }

    /// Tells whether a final may take a document into account.
    fn deductible(&mut self, document: &Document, span: Span) -> bool {
        let (links, number) = (self.ground.links, document.number.as_str());
        let original = self
            .draft
            .corrects
            .first()
            .map(|number| number.value.as_str());
        let problem = if !links.is_deposit(number) {
            Some((
                format!("{number} is no deposit invoice"),
                "name deposit invoices only".into(),
            ))
        } else if let Some(other) = links.replaced_by(number) {
            Some((
                format!("{number} was replaced by {other}"),
                format!("name {other}"),
            ))
        } else if let Some(other) = links
            .taken_by(number)
            .filter(|other| Some(*other) != original)
        {
            Some((
                format!("{other} has taken {number} into account already"),
                "a deposit is deducted once".into(),
            ))
        } else if self.deducted(document) <= Decimal::ZERO {
            Some((
                format!("{number} was credited in full"),
                "leave it out: nothing of it is left to deduct".into(),
            ))
        } else {
            let open = self.open(document);
            let (shown, currency) = (in_currency(open, document.currency), document.currency);
            (open > Decimal::ZERO).then(|| {
                let hint = format!(
                    "`acquit pay {number} {shown}` when it is there, or `acquit credit {number}`"
                );
                (
                    format!("the deposit {number} has {shown} {currency} left to pay"),
                    hint,
                )
            })
        };
        let Some((message, hint)) = problem else {
            return true;
        };
        self.wrong(code::DEPOSIT, span, message, hint);
        false
    }

    /// What is still to pay of a deposit.
    fn open(&self, document: &Document) -> Decimal {
        let books = self.ground.books;
        books
            .find(document.number.as_str())
            .map_or(document.totals.due, |index| books.position(index).balance)
    }

    /// A deposit's `owed` less the credit notes on it.
    fn deducted(&self, document: &Document) -> Decimal {
        let ledger = self.ground.books.ledger();
        let taken = self.ground.links.taken(ledger, document.number.as_str());
        document.totals.owed + taken.asked()
    }

    fn deposit(&self, document: &Document) -> Reference {
        let mut own = reference(document, Some(self.deducted(document)));
        own.vat = self.ground.left(document).slices;
        own.vat
            .retain(|slice| !slice.base.is_zero() || !slice.vat.is_zero());
        own
    }

    /// The client credits that the draft names: each still there, of that client and currency, received by the issue date.
    fn paid(&mut self) -> Option<Prepaid> {
        let span = self.draft.paid.first()?.span;
        let known = credits(self.ground.books.ledger(), NaiveDate::MAX);
        let client = self.ground.bench.clients.get(&self.draft.client)?;
        let own = self
            .draft
            .currency
            .map(|currency| currency.value)
            .or(client.currency);
        let currency = own.unwrap_or(self.ground.bench.settings.currency);
        let mut credits: Vec<(String, Decimal)> = Vec::new();
        let mut received: Option<NaiveDate> = None;
        for id in &self.draft.paid {
            let used = self
                .ground
                .issued
                .iter()
                .any(|document| document.paid.contains(&id.value));
            let problem = match known.get(&id.value) {
                None => Some(format!("there is no credit `{}`", id.value)),
                Some(credit) if credit.client != client.id => {
                    Some(format!("the credit `{}` is {}'s", id.value, credit.client))
                }
                Some(credit) if credit.currency != currency => Some(format!(
                    "the credit `{}` is in {}, the document in {currency}",
                    id.value, credit.currency
                )),
                Some(credit) if credit.date > self.ground.day => Some(format!(
                    "the credit `{}` came on {}, after the issue date",
                    id.value, credit.date
                )),
                Some(credit) if credit.left <= Decimal::ZERO || used => {
                    Some(format!("the credit `{}` is used up", id.value))
                }
                Some(_) if credits.iter().any(|(other, _)| *other == id.value) => {
                    Some(format!("the credit `{}` is named twice", id.value))
                }
                Some(credit) => {
                    credits.push((id.value.clone(), credit.left));
                    received = received.max(Some(credit.date));
                    None
                }
            };
            if let Some(message) = problem {
                let open: Vec<String> = known
                    .iter()
                    .filter(|(_, c)| {
                        c.client == client.id && c.currency == currency && c.left > Decimal::ZERO
                    })
                    .map(|(id, c)| format!("{id} ({} {currency})", in_currency(c.left, currency)))
                    .collect();
                let hint = if open.is_empty() {
                    format!(
                        "`{}` has no credit in {currency}: a payment without a document is one",
                        client.id
                    )
                } else {
                    format!("the credits of `{}` are {}", client.id, open.join(", "))
                };
                self.wrong(code::PREPAID, id.span, message, hint);
            }
        }
        Some(Prepaid {
            credits,
            received: received?,
            span,
        })
    }
}
