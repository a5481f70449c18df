//! Documents and books for the tests of tasks: a seller in France who charges VAT, clients in France, what drafts of theirs become.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load::{self, Bench, PROGRAM};
use crate::compute::books::Books;
use crate::compute::case::{Case, Preceding};
use crate::compute::register::{fields, refs};
use crate::diagnostic::Diagnostics;
use crate::ledger::book::Row;
use crate::ledger::books::Ledger;
use crate::ledger::client_index::Clients;
use crate::ledger::date::parse;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::identifier::Number;
use crate::ledger::party::Language;
use crate::ledger::plan::Plan;
use crate::ledger::settings::Settings;
use crate::span::Span;
use crate::view::locale::Locale;

const SETTINGS: &str = r#"
format = 1
id = "sample"
currency = "EUR"
language = "en"

[seller]
name = "Studio Marceau"
form = "sasu"
legal = "SASU au capital de 5 000 €"
registry = "RCS Nantes 000 123 455"
id = "000123455"
vat = "FR31000123455"
vat_regime = "standard"
activity = "services"

[seller.address]
street = "18 quai de la Fosse"
postcode = "44000"
city = "Nantes"
country = "FR"

[terms]
due = "30d"

[[pay]]
id = "main"
kind = "transfer"
iban = "FR7630006000011234567890189"
"#;

const CLIENT: &str = r#"
name = "Acme SAS"
kind = "business"

[address]
street = "1 rue de Rivoli"
postcode = "75001"
city = "Paris"
country = "FR"
"#;

/// Reads a day.
pub(super) fn day(text: &str) -> NaiveDate {
    parse(text).unwrap()
}

/// Reads a decimal.
pub(super) fn d(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// Returns the seller's settings.
pub(super) fn settings() -> Settings {
    crate::source::read_settings(SETTINGS).unwrap()
}

/// Returns settings and law without any client.
pub(super) fn bench() -> Bench {
    let settings = settings();
    let regime = load::law(&settings, &mut Diagnostics::default());
    Bench {
        settings,
        regime,
        clients: Clients::default(),
        logo: None,
        design: None,
    }
}

/// Returns what a draft becomes with a number on 2026-03-02. The draft's own client is the one that is invoiced.
pub(super) fn document(number: &str, draft: &str) -> Document {
    let settings = settings();
    let draft = crate::source::read_draft("sample", draft).unwrap();
    let client = crate::source::read_client(&draft.client, CLIENT).unwrap();
    let regime = load::law(&settings, &mut Diagnostics::default());
    let case = Case {
        settings: &settings,
        regime: &regime,
        client: &client,
        draft: &draft,
        day: day("2026-03-02"),
        preceding: &Preceding::default(),
        logo: None,
        design: None,
        attachments: &[],
        program: PROGRAM,
        wording: &Locale::of(Language::En),
    };
    case.document(Number::parse(number).unwrap(), String::new())
        .unwrap()
}

/// Returns the books of some documents as of a day: each has its row, and nothing was paid.
pub(super) fn books(documents: &[&Document], today: &str) -> Books {
    let mut ledger = Ledger::default();
    for document in documents {
        push(&mut ledger, document);
    }
    Books::new(&Arc::new(ledger), day(today))
}

/// Returns the books of some documents as of a day, with a plan that was agreed on them.
pub(super) fn books_with(documents: &[&Document], today: &str, plan: Plan) -> Books {
    let mut ledger = Ledger::default();
    for document in documents {
        push(&mut ledger, document);
    }
    ledger.push_plan(plan);
    Books::new(&Arc::new(ledger), day(today))
}

fn push(ledger: &mut Ledger, document: &Document) {
    let row = fields(document, "");
    let breakdown = &row[14];
    let sign = if document.kind == DocumentType::Credit {
        Decimal::NEGATIVE_ONE
    } else {
        Decimal::ONE
    };
    let (totals, refs) = (&document.totals, refs(document));
    let row = Row {
        span: Span::whole(crate::span::FileId::NOWHERE),
        number: document.number.as_str(),
        kind: document.kind,
        client: &document.buyer.client,
        buyer: &document.buyer.name,
        issued: document.issued,
        supplied: document.issued,
        due: document.due,
        currency: document.currency,
        exchange: Decimal::ONE,
        net: sign * totals.net,
        vat: sign * totals.vat,
        gross: sign * totals.gross,
        deposits: Decimal::ZERO,
        owed: sign * totals.owed,
        breakdown,
        refs: &refs,
        sha256: "",
        seal: "",
    };
    assert!(ledger.push_document(&row));
}
