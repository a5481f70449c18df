//! `plan`: instalments agreed for one or several documents: cut, checked against what is left, written as a file and an event.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::record::{Book, Fields, Recorder};
use super::typed::figure;
use crate::changes::sha256_text;
use crate::check::plans;
use crate::compute::books::Books;
use crate::compute::schedule::{Every, equal};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::currency::Currency;
use crate::ledger::date;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::event_kind::EventKind;
use crate::ledger::plan::{Instalment, PlanInterest};
use crate::ledger::settings::Settings;
use crate::source::Source;
use crate::view::toml;

/// What was agreed with a client.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Numbers of the documents that the plan is about.
    pub numbers: Vec<String>,
    /// The day of the agreement.
    pub agreed: NaiveDate,
    /// The parts.
    pub cut: Cut,
    /// Late interest while the plan is kept.
    pub interest: PlanInterest,
    /// Whether a part that is missed makes the whole due.
    pub is_accelerated: bool,
    /// Number of the plan that this one takes the place of.
    pub replaces: Option<String>,
}

/// How what is left to pay is cut into parts.
#[derive(Debug, Clone)]
pub enum Cut {
    /// Into equal parts, of which the last takes the rest.
    Equal {
        /// How many.
        count: u32,
        /// How far apart.
        every: Every,
        /// The day on which the first falls due, as it was typed.
        first: String,
    },
    /// Into parts that were typed, each as its due date and its amount: `2026-12-01 400`.
    Named(Vec<String>),
}

/// A plan that can be written.
#[derive(Debug)]
pub struct Planned {
    number: String,
    documents: Vec<Document>,
    parts: Vec<Instalment>,
    total: Decimal,
    currency: Currency,
}

/// Cuts what is left of documents, which were opened by the numbers of the terms, into the parts of a plan. `books` are those of
/// `today`. What is wrong is added to the problems; none without a document.
pub fn plan(
    terms: &Terms,
    settings: &Settings,
    documents: Vec<Document>,
    books: &Books,
    today: NaiveDate,
    problems: &mut Diagnostics,
) -> Option<Planned> {
    if terms.agreed > today {
        let message = format!("{} is later than today, {today}", terms.agreed);
        problems.push(Diagnostic::error(code::EVENT_STATE, message).hint("record what was agreed"));
    }
    let known = books.ledger().plans();
    let known: Vec<&str> = known.iter().map(|plan| plan.number.as_str()).collect();
    let total = left(terms, &documents, books, &known, problems);
    let currency = documents.first()?.currency;
    let parts = cut(&terms.cut, total, currency.digits(), problems);
    if !problems.has_errors() {
        plans::parts(&parts, total, currency, terms.agreed, problems);
    }
    // What the events name is given already, be its file gone.
    let events = books.ledger().events();
    let named = events.filter(|event| event.kind == EventKind::Plan);
    let named = named.filter_map(|event| event.file.strip_prefix("plans/")?.strip_suffix(".toml"));
    let given: Vec<&str> = known.iter().copied().chain(named).collect();
    let number = next_number(settings, terms.agreed, &given);
    Some(Planned {
        number,
        documents,
        parts,
        total,
        currency,
    })
}

impl Planned {
    /// Plans the file and the event; what keeps them from being written is among the recorder's problems.
    pub fn record(&self, terms: &Terms, today: NaiveDate, source: &mut Source) -> Recorder {
        let path = format!("plans/{}.toml", self.number);
        let mut recorder = Recorder::once_on(today);
        let text = file(terms, &self.parts, self.currency);
        let rows = rows(&self.documents, &path, &text, self.parts.len());
        recorder.set.create(&path, text);
        recorder.add(source, Book::Events, terms.agreed, &rows);
        recorder
    }

    /// Says the plan: what it comes to, then a line for each of its parts.
    pub fn said(&self) -> Vec<String> {
        let show = |value| format!("{} {}", in_currency(value, self.currency), self.currency);
        let mut lines = vec![format!(
            "plan {}: {} in {} instalments",
            self.number,
            show(self.total),
            self.parts.len()
        )];
        let part = |part: &Instalment| format!("  {}  {}", part.due, show(part.amount));
        lines.extend(self.parts.iter().map(part));
        lines
    }
}

/// Returns what is left of the documents; says which of them cannot be in a plan together.
fn left(
    terms: &Terms,
    documents: &[Document],
    books: &Books,
    known: &[&str],
    problems: &mut Diagnostics,
) -> Decimal {
    let date = terms.agreed;
    let mut wrong = |code, message: String, hint: &str| {
        problems.push(Diagnostic::error(code, message).hint(hint));
    };
    if let Some(old) = terms
        .replaces
        .as_ref()
        .filter(|old| !known.contains(&old.as_str()))
    {
        let hint = if known.is_empty() {
            "leave --replaces out".to_owned()
        } else {
            format!("the plans are {}", known.join(", "))
        };
        wrong(
            code::EVENT_STATE,
            format!("there is no plan `{old}`"),
            &hint,
        );
    }
    // A plan that is dated after today is about its documents all the same, and what is paid then is left no more.
    let whole = books.whole();
    let mut total = Decimal::ZERO;
    for (at, document) in documents.iter().enumerate() {
        let (number, first) = (&document.number, &documents[0]);
        if documents[..at]
            .iter()
            .any(|other| other.number == document.number)
        {
            wrong(
                code::EVENT_STATE,
                format!("{number} is named twice"),
                "name each document once",
            );
        }
        if document.buyer.client != first.buyer.client {
            let message = format!(
                "{number} is {}'s, {} is {}'s",
                document.buyer.client, first.number, first.buyer.client
            );
            wrong(
                code::EVENT_STATE,
                message,
                "a plan is agreed with one client",
            );
        }
        if document.currency != first.currency {
            let message = format!(
                "{number} is in {}, {} in {}",
                document.currency, first.number, first.currency
            );
            wrong(
                code::ROW_CURRENCY,
                message,
                "make one plan for each currency",
            );
        }
        let Some(index) = books
            .find(number.as_str())
            .filter(|_| document.issued <= date)
        else {
            let message = format!("{number} is issued on {}, after {date}", document.issued);
            wrong(code::EVENT_STATE, message, "agree on what is issued");
            continue;
        };
        let position = books.position(index);
        let later = whole
            .as_ref()
            .and_then(|whole| Some(whole.position(whole.find(number.as_str())?)));
        let balance = later.as_ref().map_or(position.balance, |later| {
            later.balance.min(position.balance)
        });
        if balance <= Decimal::ZERO || document.kind == DocumentType::Credit {
            let hint = "a plan is about documents of which something is left to pay";
            wrong(
                code::EVENT_STATE,
                format!("nothing is left to pay of {number}"),
                hint,
            );
        }
        if let Some(plan) = position
            .plan
            .or(later.and_then(|later| later.plan))
            .filter(|plan| terms.replaces.as_deref() != Some(plan))
        {
            let hint = format!("`--replaces {plan}` puts this one in its place");
            wrong(
                code::EVENT_STATE,
                format!("the plan {plan} is about {number} already"),
                &hint,
            );
        }
        total += balance;
    }
    total
}

/// Returns the parts that a plan is cut into, in the order of their days; adds what keeps a text from being one.
fn cut(cut: &Cut, total: Decimal, digits: u32, problems: &mut Diagnostics) -> Vec<Instalment> {
    let texts = match cut {
        Cut::Equal {
            count,
            every,
            first,
        } => {
            let Some(day) = date::parse(first) else {
                problems.push(
                    Diagnostic::error(code::VALUE_DATE, format!("`{first}` is no date"))
                        .hint(date::HOW),
                );
                return Vec::new();
            };
            return equal(total, *count, *every, day, digits);
        }
        Cut::Named(texts) => texts,
    };
    let mut parts = Vec::new();
    for text in texts {
        let (day, amount) = text.split_once([' ', '=', ':']).unwrap_or((text, ""));
        let Some(due) = date::parse(day) else {
            let message = format!("`{text}` is no part: `{day}` is no date");
            problems.push(
                Diagnostic::error(code::VALUE_DATE, message)
                    .hint("for example `--part \"2026-12-01 400\"`"),
            );
            continue;
        };
        if let Some(amount) = figure(
            amount.trim(),
            digits,
            &format!("--part \"{day} {{}}\""),
            problems,
        ) {
            parts.push(Instalment { due, amount });
        }
    }
    parts.sort_by_key(|part| part.due);
    parts
}

/// Returns the next number of the series of plans: a plan's file is its number.
fn next_number(settings: &Settings, date: NaiveDate, known: &[&str]) -> String {
    let pattern = &settings.series.plan;
    let series = pattern.series(date);
    let counter = |number: &&str| number.strip_prefix(series.as_str())?.parse::<u64>().ok();
    let last = known.iter().filter_map(counter).max().unwrap_or_default();
    pattern.number(date, (last + 1).max(settings.series.first_of(&series)))
}

/// Returns the text of the plan's file.
fn file(terms: &Terms, parts: &[Instalment], currency: Currency) -> String {
    let mut text = toml::Text::default();
    text.list("documents", terms.numbers.iter().map(String::as_str))
        .raw("agreed", terms.agreed);
    text.maybe("replaces", terms.replaces.as_ref())
        .text("interest", terms.interest.word());
    text.raw("acceleration", terms.is_accelerated);
    for part in parts {
        text.element("instalment")
            .raw("due", part.due)
            .raw("amount", in_currency(part.amount, currency));
    }
    text.finish()
}

/// Returns the rows of the event, one a document: they hold the digest of what was agreed.
fn rows(documents: &[Document], path: &str, text: &str, count: usize) -> Vec<Fields> {
    let row = |document: &Document| {
        vec![
            ("kind", EventKind::Plan.word().to_owned()),
            ("client", document.buyer.client.clone()),
            ("document", document.number.to_string()),
            ("file", path.to_owned()),
            ("sha256", sha256_text(text.as_bytes())),
            ("note", format!("{count} instalments")),
        ]
    };
    documents.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::plan::Plan;
    use crate::span::{FileId, Span};
    use crate::task::sample::{self, d, day};

    /// 1 000.00 with VAT.
    const LARGE: &str = "client = \"acme\"\nline = [{ item = \"Design\", quantity = 1, price = 833.33, vat = 20 }]\n";
    /// 120.00 with VAT.
    const SMALL: &str =
        "client = \"acme\"\nline = [{ item = \"Hosting\", quantity = 1, price = 100, vat = 20 }]\n";

    fn terms(cut: Cut) -> Terms {
        Terms {
            numbers: vec!["F2026-0001".to_owned(), "F2026-0002".to_owned()],
            agreed: day("2026-03-10"),
            cut,
            interest: PlanInterest::Suspended,
            is_accelerated: true,
            replaces: None,
        }
    }

    fn equal_parts(count: u32, first: &str) -> Terms {
        terms(Cut::Equal {
            count,
            every: Every::Month,
            first: first.to_owned(),
        })
    }

    fn named(texts: &[&str]) -> Terms {
        terms(Cut::Named(
            texts.iter().map(|text| (*text).to_owned()).collect(),
        ))
    }

    /// Plans what is left of both documents on 2026-03-10.
    fn planned(terms: &Terms) -> Result<Planned, Vec<String>> {
        let documents = vec![
            sample::document("F2026-0001", LARGE),
            sample::document("F2026-0002", SMALL),
        ];
        let books = sample::books(&documents.iter().collect::<Vec<_>>(), "2026-03-10");
        plan_on(terms, documents, &books)
    }

    fn plan_on(
        terms: &Terms,
        documents: Vec<Document>,
        books: &Books,
    ) -> Result<Planned, Vec<String>> {
        let mut problems = Diagnostics::default();
        let planned = plan(
            terms,
            &sample::settings(),
            documents,
            books,
            books.today(),
            &mut problems,
        );
        let show = |problem: &Diagnostic| format!("{}: {}", problem.code.0, problem.message);
        if problems.has_errors() {
            return Err(problems.iter().map(show).collect());
        }
        Ok(planned.unwrap())
    }

    #[test]
    fn equal_parts_sum_to_what_is_left_of_all_documents() {
        let planned = planned(&equal_parts(3, "2026-03-31")).unwrap();
        let parts: Vec<_> = planned
            .parts
            .iter()
            .map(|part| (part.due.to_string(), part.amount))
            .collect();
        let part = |due: &str, amount: &str| (due.to_owned(), d(amount));
        // 1 120 by three is 373.333…: the last takes the cent that is over. April has no 31st.
        assert_eq!(
            parts,
            [
                part("2026-03-31", "373.33"),
                part("2026-04-30", "373.33"),
                part("2026-05-31", "373.34"),
            ]
        );
        assert_eq!(planned.number, "P2026-0001");
        assert_eq!(
            planned.said()[0],
            "plan P2026-0001: 1120.00 EUR in 3 instalments"
        );
    }

    #[test]
    fn typed_parts_are_written_in_the_order_of_their_days() {
        let terms = named(&["2026-05-01 719.95", "2026-04-01=400.05"]);
        let planned = planned(&terms).unwrap();
        let text = file(&terms, &planned.parts, planned.currency);
        assert_eq!(
            text,
            "documents = [\"F2026-0001\", \"F2026-0002\"]\nagreed = 2026-03-10\ninterest = \"suspended\"\nacceleration = true\n\n\
             [[instalment]]\ndue = 2026-04-01\namount = 400.05\n\n[[instalment]]\ndue = 2026-05-01\namount = 719.95\n"
        );
    }

    #[test]
    fn parts_that_do_not_fit_are_refused_with_what_is_wrong() {
        let found = |texts: &[&str]| planned(&named(texts)).unwrap_err();
        assert_eq!(
            found(&["2026-04-01 400", "2026-05-01 719.99"]),
            ["PLAN-SUM: the instalments sum to 1119.99 EUR, 1120.00 EUR are left to pay"]
        );
        assert_eq!(
            found(&["2026-04-01 1200", "2026-05-01 -80"]),
            ["PLAN-SUM: the instalment of 2026-05-01 is -80.00 EUR"]
        );
        assert_eq!(
            found(&["2026-03-09 560", "2026-03-09 560"]),
            [
                "PLAN-SUM: the instalment of 2026-03-09 is due before the agreement of 2026-03-10",
                "PLAN-SUM: two instalments are due on 2026-03-09",
            ]
        );
        assert_eq!(
            found(&["tomorrow 560", "2026-04-01 5,60"])[0],
            "VALUE-DATE: `tomorrow 560` is no part: `tomorrow` is no date"
        );
    }

    #[test]
    fn documents_of_a_plan_are_one_clients_and_open() {
        let mut other = sample::document("F2026-0002", SMALL);
        other.buyer.client = "bolt".to_owned();
        let own = sample::document("F2026-0001", LARGE);
        let books = sample::books(&[&own, &other], "2026-03-10");
        let documents = vec![own.clone(), other, own];
        let found = plan_on(&equal_parts(2, "2026-04-01"), documents, &books).unwrap_err();
        assert_eq!(
            found,
            [
                "EVENT-STATE: F2026-0002 is bolt's, F2026-0001 is acme's",
                "EVENT-STATE: F2026-0001 is named twice",
            ]
        );
    }

    #[test]
    fn the_number_follows_the_last_plan_of_the_series() {
        let settings = sample::settings();
        let next = |known: &[&str]| next_number(&settings, day("2026-03-10"), known);
        assert_eq!(next(&[]), "P2026-0001");
        assert_eq!(next(&["P2026-0009", "P2025-0031"]), "P2026-0010");
    }

    #[test]
    fn another_plan_must_be_named_to_be_replaced() {
        let document = sample::document("F2026-0001", LARGE);
        let agreed = Plan {
            number: "P2026-0001".to_owned(),
            span: Span::whole(FileId::NOWHERE),
            sha256: String::new(),
            documents: vec![crate::span::Spanned::new(
                "F2026-0001".to_owned(),
                Span::whole(FileId::NOWHERE),
            )],
            agreed: day("2026-03-03"),
            replaces: None,
            interest: PlanInterest::Runs,
            acceleration: false,
            instalments: vec![Instalment {
                due: day("2026-04-01"),
                amount: d("1000"),
            }],
        };
        let books = sample::books_with(&[&document], "2026-03-10", agreed);
        let mut terms = equal_parts(2, "2026-04-01");
        let plan = |terms: &Terms| plan_on(terms, vec![document.clone()], &books);
        assert_eq!(
            plan(&terms).unwrap_err(),
            ["EVENT-STATE: the plan P2026-0001 is about F2026-0001 already"]
        );
        terms.replaces = Some("P2026-0007".to_owned());
        assert_eq!(
            plan(&terms).unwrap_err()[0],
            "EVENT-STATE: there is no plan `P2026-0007`"
        );
        terms.replaces = Some("P2026-0001".to_owned());
        assert_eq!(plan(&terms).unwrap().number, "P2026-0002");
    }
}
