//! What a draft names of the books: the documents it corrects, the deposits it takes into account, the credits that pay it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load::{self, Bench};
use crate::check::documents::compare;
use crate::compute::books::Books;
use crate::compute::credits::credits;
use crate::compute::issue::{Preceding, Prepaid};
use crate::compute::register::{add, breakdown, credited, parse_breakdown, reference};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::books::Ledger;
use crate::ledger::document::{Document, DocumentType, Reference, Slice};
use crate::ledger::draft::Draft;
use crate::source::Source;
use crate::span::{Span, Spanned};

/// How the documents of the register hang together, for drafts that name some of them.
#[derive(Debug, Default)]
pub struct Links {
    /// The deposits, and the correctives: few documents are either.
    kinds: HashMap<String, DocumentType>,
    /// A replaced document → the corrective in its place.
    replaced: HashMap<String, String>,
    /// A deposit → the final that took it.
    taken: HashMap<String, String>,
    /// A document → the credit notes on it: what each takes back, and its breakdown (negative).
    credited: HashMap<String, Vec<(Decimal, Vec<Slice>)>>,
    /// A final or corrective → the deposits it took.
    deposits: HashMap<String, Vec<String>>,
}

impl Links {
    /// Returns those of the register.
    pub fn of(ledger: &Ledger) -> Self {
        let mut links = Self::default();
        for entry in ledger
            .documents()
            .filter(|entry| entry.kind != DocumentType::Invoice)
        {
            let slices = || parse_breakdown(entry.breakdown);
            links.add(
                entry.number,
                entry.kind,
                entry.references(),
                -entry.owed,
                slices,
            );
        }
        links
    }

    /// Adds a document issued just now.
    pub fn issued(&mut self, document: &Document) {
        let refs = document
            .references
            .iter()
            .map(|reference| reference.number.as_str());
        self.add(
            document.number.as_str(),
            document.kind,
            refs,
            document.totals.owed,
            || breakdown(document),
        );
    }

    fn add<'n>(
        &mut self,
        number: &str,
        kind: DocumentType,
        refs: impl Iterator<Item = &'n str>,
        credit: Decimal,
        slices: impl Fn() -> Vec<Slice>,
    ) {
        for (index, reference) in refs.enumerate() {
            let (number, reference) = (number.to_owned(), reference.to_owned());
            match kind {
                DocumentType::Credit => self
                    .credited
                    .entry(reference)
                    .or_default()
                    .push((credit, slices())),
                DocumentType::Corrective if index == 0 => {
                    self.replaced.insert(reference, number);
                }
                DocumentType::Corrective | DocumentType::Final => {
                    self.deposits
                        .entry(number.clone())
                        .or_default()
                        .push(reference.clone());
                    self.taken.insert(reference, number);
                }
                _ => {}
            }
        }
        if matches!(kind, DocumentType::Deposit | DocumentType::Corrective) {
            self.kinds.insert(number.to_owned(), kind);
        }
    }

    /// Returns the corrective that stands in the place of a document.
    pub fn replaced_by(&self, number: &str) -> Option<&str> {
        self.replaced.get(number).map(String::as_str)
    }

    /// Returns the deposits that a final or corrective took into account.
    pub fn deposits_of(&self, number: &str) -> &[String] {
        self.deposits.get(number).map_or(&[], Vec::as_slice)
    }

    /// Returns the breakdowns of the credit notes on a document; negative.
    pub fn credits_on(&self, number: &str) -> impl Iterator<Item = &Slice> {
        self.credited
            .get(number)
            .into_iter()
            .flatten()
            .flat_map(|(_, slices)| slices)
    }

    /// Tells whether a document is a deposit, or a corrective in the place of one.
    fn is_deposit(&self, number: &str) -> bool {
        match self.kinds.get(number) {
            Some(DocumentType::Deposit) => true,
            Some(DocumentType::Corrective) => self
                .replaced
                .iter()
                .any(|(old, new)| new == number && self.is_deposit(old)),
            _ => false,
        }
    }
}

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
    /// Finds what a draft names, and says what is wrong with it.
    pub fn of(&self, draft: &Draft, source: &mut Source) -> (Preceding, Diagnostics) {
        let mut look = Look {
            ground: self,
            draft,
            problems: Diagnostics::default(),
        };
        look.kind();
        let mut references = Vec::new();
        look.once();
        for number in &draft.corrects {
            let Some(document) = look.document(number, source) else {
                continue;
            };
            look.same_parties(&document, number.span);
            look.correctable(&document, number.span);
            let is_credit = draft.kind.value == DocumentType::Credit;
            references.push(if is_credit {
                credited(&document)
            } else {
                reference(&document, None)
            });
        }
        look.restated();
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
        if let Some(other) = links.replaced.get(number) {
            let hint = format!("correct {other}, which stands in its place");
            self.wrong(
                code::LAW_REFERENCE,
                span,
                format!("{number} was replaced by {other}"),
                hint,
            );
        }
        if let Some(other) = links.taken.get(number) {
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
        let before = self
            .ground
            .links
            .deposits
            .get(&original.value)
            .map_or(&[][..], Vec::as_slice);
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
        } else if let Some(other) = links.replaced.get(number) {
            Some((
                format!("{number} was replaced by {other}"),
                format!("name {other}"),
            ))
        } else if let Some(other) = links
            .taken
            .get(number)
            .filter(|other| Some(other.as_str()) != original)
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
        let notes = self.ground.links.credited.get(document.number.as_str());
        let credited: Decimal = notes.into_iter().flatten().map(|(credit, _)| *credit).sum();
        document.totals.owed - credited
    }

    fn deposit(&self, document: &Document) -> Reference {
        let mut own = reference(document, Some(self.deducted(document)));
        let notes = self.ground.links.credited.get(document.number.as_str());
        for slice in notes.into_iter().flatten().flat_map(|(_, slices)| slices) {
            add(&mut own.vat, *slice);
        }
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
