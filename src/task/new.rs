//! `new`: the draft of an invoice or a quote: its lines, typed or taken from a document, and what it would be if it were issued today.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::copy;
use super::drafts;
use super::links::Links;
use super::load::{self, Bench};
use super::offers;
use super::page;
use super::preceding::Ground;
use crate::changes::ChangeSet;
use crate::check::law::{self, Candidate};
use crate::compute::issue::{Preceding, Words};
use crate::compute::share::restated;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, code};
use crate::ledger::amount::{self, NumberError, in_currency, plain};
use crate::ledger::document::{Document, Milestone};
use crate::ledger::draft::{Draft, UNITS, is_unit};
use crate::ledger::identifier::Number;
use crate::ledger::party::{Language, VatRegime};
use crate::ledger::vat::{Category, VatCase};
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::view::locale::Locale;
use crate::view::pdf::Engine;
use crate::view::sheet::{Cell, Sheet};
use crate::view::toml;

/// What is drafted.
#[derive(Debug, Clone)]
pub enum Purpose {
    /// An invoice.
    Invoice,
    /// A quote.
    Quote {
        /// The quote that it takes the place of.
        replaces: Option<String>,
        /// How long it holds.
        validity: Option<String>,
    },
}

impl Purpose {
    /// Tells whether it is a quote.
    pub const fn is_quote(&self) -> bool {
        matches!(self, Self::Quote { .. })
    }

    /// Returns the quote that is replaced.
    pub fn replaces(&self) -> Option<&String> {
        match self {
            Self::Invoice => None,
            Self::Quote { replaces, .. } => replaces.as_ref(),
        }
    }
}

/// What is to be drafted, as it was typed: amounts are read in [`draft`].
#[derive(Debug, Clone)]
pub struct Request {
    /// The client's id; the client exists.
    pub client: String,
    /// An invoice or a quote.
    pub purpose: Purpose,
    /// Where its lines come from.
    pub lines: Lines,
    /// VAT rate in percent or the word of a case, for typed lines that give none.
    pub vat: Option<String>,
    /// Legal ground where `vat` does not give it: a VATEX code.
    pub vat_reason: Option<String>,
    /// Name of the draft's file; from the client's id if not given.
    pub name: Option<String>,
    /// Printed as a title.
    pub subject: Option<String>,
    /// Worth of one unit of the client's currency in the ledger's.
    pub exchange: Option<String>,
    /// When it falls due: a rule or a day.
    pub due: Option<String>,
}

/// Where the lines of a draft come from.
#[derive(Debug, Clone)]
pub enum Lines {
    /// The document or quote of this number.
    Of(String),
    /// They were typed.
    Typed {
        /// Lines such as `Item; 5 day; 480; 20%`.
        items: Vec<String>,
        /// One more line, in arguments of its own.
        single: Option<Single>,
    },
}

/// A line that was typed in arguments of its own.
#[derive(Debug, Clone)]
pub struct Single {
    /// What is invoiced.
    pub item: String,
    /// How many; a unit may follow.
    pub quantity: String,
    /// Price of one, without VAT.
    pub price: String,
}

/// A draft that can be written.
#[derive(Debug)]
pub struct Drafted {
    /// Creates the draft's file.
    pub set: ChangeSet,
    /// What parties and terms still lack: said now, refused by `issue`.
    pub lacks: Vec<Diagnostic>,
    /// The lines with their figures.
    pub figures: Sheet,
    /// What they come to, and how the draft is issued.
    pub summary: String,
}

/// Returns the draft that is requested, as issuing it today would make it.
///
/// # Errors
/// All that is wrong with what was typed, and what makes the document impossible.
pub fn draft(
    request: &Request,
    session: &Session<'_>,
    source: &mut Source,
    bench: &Bench,
) -> Result<Drafted, Failure> {
    let names = source.draft_names();
    let mut problems = Diagnostics::default();
    let name = draft_name(request, &names, &mut problems);
    let content = content(request, session, source, bench, &mut problems)?;
    if let Some(rate) = &request.exchange {
        figure("rate of exchange", rate, 8, &mut problems);
    }
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(source, problems));
    }
    let text = file(request, &content);
    let draft = match crate::source::read_draft(&name, &text) {
        Ok(draft) => draft,
        Err(problems) => return Err(session.refuse(source, problems)),
    };
    if draft.replaces.is_some() {
        problems.extend(replaced(&draft, session.today, source, bench));
        if problems.has_errors() || source.problems.has_errors() {
            return Err(session.refuse(source, problems));
        }
    }
    if let Err(found) = load::client_of(&draft, &bench.clients) {
        problems.extend(found);
        return Err(session.refuse(source, problems));
    }
    let locale = bench.locale(&draft);
    let number = Number::parse("DRAFT").ok_or(Failure::Could("no number".into()))?;
    let preceding = Preceding::default();
    let Some(case) = bench.case(&draft, session.today, &preceding, &[], &locale) else {
        return Err(session.refuse(source, problems));
    };
    let document = match case.document(number, String::new()) {
        Ok(document) => document,
        Err(problems) => return Err(session.refuse(source, problems)),
    };
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let glyphs = page::glyphs(&engine, &document, &draft);
    if !glyphs.is_empty() {
        problems.extend_list(glyphs);
        return Err(session.refuse(source, problems));
    }
    let candidate = Candidate {
        document: &document,
        draft: &draft,
        client: case.client,
        settings: &bench.settings,
        regime: case.regime,
    };
    let (typed, rest): (Vec<Diagnostic>, Vec<Diagnostic>) = law::check(&candidate)
        .sorted()
        .into_iter()
        .partition(|problem| TYPED.contains(&problem.code));
    problems.extend_list(typed);
    if problems.has_errors() {
        return Err(session.refuse(source, problems));
    }
    let mut set = ChangeSet::default();
    set.create(format!("drafts/{name}.toml"), text);
    let lacks = rest.into_iter().chain(law::unknown_rate(&candidate));
    let lacks = lacks.map(|problem| Diagnostic {
        severity: Severity::Warning,
        ..problem
    });
    Ok(Drafted {
        set,
        lacks: lacks.collect(),
        figures: sheet(&document),
        summary: summary(&document, &name),
    })
}

/// What stands against replacing a quote.
fn replaced(draft: &Draft, day: NaiveDate, source: &mut Source, bench: &Bench) -> Diagnostics {
    let (books, _) = load::books_and_chain(source, &bench.settings, NaiveDate::MAX);
    let links = Links::of(books.ledger());
    let ground = Ground {
        bench,
        books: &books,
        links: &links,
        issued: &[],
        day,
    };
    offers::check_draft(&ground, draft, source)
}

/// What follows from the arguments alone: refused at once.
const TYPED: &[Code] = &[
    code::LAW_VAT_RATE,
    code::LAW_VAT_FRANCHISE,
    code::LAW_DUE,
    code::LAW_TERM,
    code::LAW_VAT_MIX,
    code::LAW_DELIVERY,
    code::VALUE_DATE,
];

/// Returns a document's lines as a table of data.
fn sheet(document: &Document) -> Sheet {
    let locale = Locale::of(Language::En);
    let mut sheet = Sheet::new(&[
        ("item", "Item"),
        ("quantity", "Quantity"),
        ("price", "Price"),
        ("vat", "VAT"),
        ("net", "Net"),
    ]);
    for line in &document.lines {
        let unit = line
            .unit
            .as_ref()
            .map(|unit| format!(" {unit}"))
            .unwrap_or_default();
        sheet.push(vec![
            Cell::text(&line.item),
            Cell::text(format!("{}{unit}", plain(line.quantity))),
            Cell::text(plain(line.price)),
            Cell::text(if line.category == Category::S {
                locale.percent(line.rate)
            } else {
                line.category.code().to_owned()
            }),
            Cell::Amount(line.net, document.currency),
        ]);
    }
    sheet
}

/// Says what a document comes to, until when it is to be paid or holds, and how its draft is issued.
fn summary(document: &Document, name: &str) -> String {
    let locale = Locale::of(Language::En);
    let totals = &document.totals;
    let amount = |value| in_currency(value, document.currency);
    let (net, vat, gross) = (amount(totals.net), amount(totals.vat), amount(totals.gross));
    let mut text = format!("Net {net}, VAT {vat}, total {gross} {}", document.currency);
    if let Some(due) = document.due {
        text.push_str(&format!(
            ", due {due} if issued today ({})",
            locale.date(due)
        ));
    }
    if let Some(last) = document.valid_until {
        text.push_str(&format!(
            ", valid until {last} if issued today ({})",
            locale.date(last)
        ));
    }
    text.push_str(&format!(
        "\nDraft {name}, no number yet: `acquit issue {name}` gives it one.\n"
    ));
    text
}

/// Returns the name of the draft's file: the one that was asked for, else one after the client.
fn draft_name(request: &Request, taken: &[String], problems: &mut Diagnostics) -> String {
    if let Some(name) = &request.name {
        drafts::check_name(name, taken, problems);
        return name.clone();
    }
    drafts::next_name(&request.client, taken)
}

/// A document's lines, the discounts and charges on the whole, and its works.
fn copied(document: &Document) -> Content {
    let mut lines: Vec<NewLine> = copy::lines(document, false)
        .into_iter()
        .map(NewLine::from)
        .collect();
    let (discounts, charges) = restated(document);
    for (table, list) in [("discount", &discounts), ("charge", &charges)] {
        for part in list {
            lines.push(NewLine {
                table,
                keys: copy::adjustment(part, document),
            });
        }
    }
    let works = document.works.as_ref().map(toml::works);
    Content { lines, works }
}

fn milestone(part: &Milestone) -> NewLine {
    let mut keys = vec![("name", toml::string(&part.name))];
    keys.extend(part.share.map(|share| ("share", plain(share))));
    if !part.lines.is_empty() {
        let lines: Vec<String> = part.lines.iter().map(u32::to_string).collect();
        keys.push(("lines", format!("[{}]", lines.join(", "))));
    }
    NewLine {
        table: "milestone",
        keys,
    }
}

/// A line, discount, charge or milestone as it is written into a draft.
#[derive(Debug)]
struct NewLine {
    table: &'static str,
    keys: Vec<(&'static str, String)>,
}

/// What a draft asks for.
#[derive(Debug, Default)]
struct Content {
    lines: Vec<NewLine>,
    /// The works that it is about, as a TOML value.
    works: Option<String>,
}

/// Returns what a draft asks for: that of a document or quote, or what was typed.
fn content(
    request: &Request,
    session: &Session<'_>,
    source: &mut Source,
    bench: &Bench,
    problems: &mut Diagnostics,
) -> Result<Content, Failure> {
    let (items, single) = match &request.lines {
        Lines::Typed { items, single } => (items, single.as_ref()),
        Lines::Of(number) => {
            if let Some(quote) = source.quote(number) {
                let mut content = copied(&quote.document);
                if request.purpose.is_quote() {
                    content
                        .lines
                        .extend(quote.document.milestones.iter().map(milestone));
                }
                return Ok(content);
            }
            let documents = load::documents(
                session,
                source,
                &bench.settings,
                std::slice::from_ref(number),
            )?;
            return Ok(documents.first().map(copied).unwrap_or_default());
        }
    };
    let franchise = bench.settings.seller.regime_on(session.today) == VatRegime::Franchise;
    let vat = request.vat.as_deref();
    Ok(Content {
        lines: typed(items, single, vat, franchise, problems),
        works: None,
    })
}

/// Reads lines that were typed; `franchise`: the seller charges no VAT, and a line needs no rate.
fn typed(
    items: &[String],
    single: Option<&Single>,
    vat: Option<&str>,
    franchise: bool,
    problems: &mut Diagnostics,
) -> Vec<NewLine> {
    let mut lines = Vec::new();
    for item in items {
        let parts: Vec<&str> = item.split(';').map(str::trim).collect();
        let (name, quantity, price, vat) = match parts[..] {
            [name, quantity, price] => (name, quantity, price, vat),
            [name, quantity, price, vat] => (name, quantity, price, Some(vat)),
            _ => {
                problems.push(
                    Diagnostic::error(code::VALUE_TEXT, format!("`{item}` is no line"))
                        .hint("write --item \"Item; 5 day; 480; 20%\""),
                );
                continue;
            }
        };
        lines.extend(line(name, quantity, price, vat, franchise, problems));
    }
    if let Some(Single {
        item,
        quantity,
        price,
    }) = single
    {
        lines.extend(line(item, quantity, price, vat, franchise, problems));
    }
    lines
}

/// Reads a line; none where something is wrong with it.
fn line(
    item: &str,
    quantity: &str,
    price: &str,
    vat: Option<&str>,
    franchise: bool,
    problems: &mut Diagnostics,
) -> Option<NewLine> {
    let before = problems.iter().count();
    if item.trim().is_empty() {
        problems.push(
            Diagnostic::error(code::VALUE_TEXT, "the item is empty")
                .hint("say what is invoiced, such as \"Développement\""),
        );
    }
    let (number, unit) = quantity
        .split_once(' ')
        .map_or((quantity, None), |(number, unit)| {
            (number, Some(unit.trim()))
        });
    let mut keys = vec![("item", toml::string(item))];
    match figure("quantity", number, 4, problems) {
        Some(value) if value.is_sign_negative() => {
            let hint = "an invoice takes nothing back: `acquit credit NUMBER` drafts a credit note";
            problems.push(
                Diagnostic::error(
                    code::AMOUNT_SIGN,
                    format!("the quantity {value} is negative"),
                )
                .hint(hint),
            );
        }
        Some(value) => keys.push(("quantity", plain(value))),
        None => {}
    }
    if let Some(unit) = unit {
        if is_unit(unit) {
            keys.push(("unit", toml::string(unit)));
        } else {
            let words: Vec<&str> = UNITS.iter().map(|(word, _)| *word).collect();
            problems.push(
                Diagnostic::error(code::VALUE_CHOICE, format!("`{unit}` is no unit"))
                    .hint(format!("one of {}", words.join(", "))),
            );
        }
    }
    match figure("price", price, 6, problems) {
        Some(value) if value.is_sign_negative() => problems.push(
            Diagnostic::error(code::AMOUNT_SIGN, format!("the price {value} is negative"))
                .hint("a price is never negative (BR-27)"),
        ),
        Some(value) => keys.push(("price", plain(value))),
        None => {}
    }
    match vat {
        Some(vat) => keys.extend(read_vat(vat, problems).map(|vat| ("vat", vat))),
        None if franchise => {}
        None => problems.push(
            Diagnostic::error(code::KEY_MISSING, "the VAT rate is missing")
                .hint("add `--vat 20`, or a word such as `--vat reverse-charge`"),
        ),
    }
    (problems.iter().count() == before).then_some(NewLine {
        table: "line",
        keys,
    })
}

/// Reads a number with at most so many decimals; `what` it is stands in the hint.
fn figure(what: &str, text: &str, decimals: u32, problems: &mut Diagnostics) -> Option<Decimal> {
    match amount::parse(text, decimals) {
        Ok(value) => Some(value),
        Err(problem) => {
            let (message, hint) = problem.explain(text);
            let example = if matches!(problem, NumberError::Form) {
                format!("write the {what} as `1234.56`")
            } else {
                hint
            };
            problems.push(Diagnostic::error(code::VALUE_NUMBER, message).hint(example));
            None
        }
    }
}

/// Reads a VAT rate or the word of a case, as a draft spells it.
fn read_vat(text: &str, problems: &mut Diagnostics) -> Option<String> {
    if VatCase::WORDS.iter().any(|(word, _)| *word == text) {
        return Some(toml::string(text));
    }
    let number = text.trim_end_matches('%').trim();
    let rate = figure("VAT rate", number, 4, problems)?;
    if rate.is_sign_negative() || rate >= Decimal::ONE_HUNDRED {
        let message = format!("a VAT rate of {rate} % cannot be");
        problems.push(
            Diagnostic::error(code::LAW_VAT_RATE, message)
                .hint("write a percentage, such as `--vat 20`"),
        );
        return None;
    }
    Some(plain(rate))
}

impl From<Vec<(&'static str, String)>> for NewLine {
    fn from(keys: Vec<(&'static str, String)>) -> Self {
        Self {
            table: "line",
            keys,
        }
    }
}

/// Returns the draft's text.
fn file(request: &Request, content: &Content) -> String {
    let mut text = toml::Text::default();
    text.text("client", &request.client);
    if request.purpose.is_quote() {
        text.text("type", "quote");
    }
    text.maybe("subject", request.subject.as_ref());
    let rule = |text: &mut toml::Text, key: &str, rule: &str| {
        let is_date = crate::ledger::date::parse(rule).is_some();
        text.raw(
            key,
            if is_date {
                rule.to_owned()
            } else {
                toml::string(rule)
            },
        );
    };
    if let Purpose::Quote { replaces, validity } = &request.purpose {
        text.maybe("replaces", replaces.as_ref());
        if let Some(validity) = validity {
            rule(&mut text, "validity", validity);
        }
    }
    if let Some(due) = &request.due {
        rule(&mut text, "due", due);
    }
    if let Some(rate) = &request.exchange {
        text.raw("exchange", format!("{{ rate = {rate} }}"));
    }
    if let Some(works) = &content.works {
        text.raw("works", works);
    }
    let is_typed = matches!(request.lines, Lines::Typed { .. });
    for line in &content.lines {
        text.element(line.table);
        for (key, value) in &line.keys {
            text.raw(key, value);
        }
        if let Some(reason) = request.vat_reason.as_ref().filter(|_| is_typed) {
            text.text("vat_reason", reason);
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::sample::{self, d};

    fn request(purpose: Purpose) -> Request {
        Request {
            client: "acme".to_owned(),
            purpose,
            lines: Lines::Typed {
                items: Vec::new(),
                single: None,
            },
            vat: None,
            vat_reason: None,
            name: None,
            subject: Some("Site".to_owned()),
            exchange: None,
            due: None,
        }
    }

    /// The lines that were typed, without a rate of VAT beside them; or the codes of what is wrong with them.
    fn read(items: &[&str], vat: Option<&str>) -> Result<Vec<NewLine>, Vec<&'static str>> {
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        let mut problems = Diagnostics::default();
        let lines = typed(&items, None, vat, false, &mut problems);
        if problems.has_errors() {
            return Err(problems.iter().map(|problem| problem.code.0).collect());
        }
        Ok(lines)
    }

    #[test]
    fn typed_lines_become_the_draft_that_they_say() {
        let mut lines = read(&["Design; 2.5 day; 480.10; 20%"], None).unwrap();
        let mut problems = Diagnostics::default();
        let single = Single {
            item: "Hosting".to_owned(),
            quantity: "3 month".to_owned(),
            price: "19.99".to_owned(),
        };
        lines.extend(typed(&[], Some(&single), Some("20"), false, &mut problems));
        assert!(problems.is_empty());
        let content = Content { lines, works: None };
        let document = sample::document("F2026-0001", &file(&request(Purpose::Invoice), &content));
        let nets: Vec<Decimal> = document.lines.iter().map(|line| line.net).collect();
        assert_eq!(nets, [d("1200.25"), d("59.97")]);
        assert_eq!(document.lines[1].unit.as_deref(), Some("month"));
        assert_eq!(
            summary(&document, "acme"),
            "Net 1260.22, VAT 252.04, total 1512.26 EUR, due 2026-04-01 if issued today (1 April 2026)\nDraft acme, no number yet: `acquit issue acme` gives it one.\n"
        );
        let row: Vec<String> = sheet(&document).rows[0].iter().map(Cell::plain).collect();
        assert_eq!(row, ["Design", "2.5 day", "480.1", "20%", "1200.25"]);
    }

    #[test]
    fn a_line_that_is_wrong_is_refused_for_all_that_is_wrong_with_it() {
        assert_eq!(read(&["Design; 5"], None).unwrap_err(), ["VALUE-TEXT"]);
        assert_eq!(
            read(&["; -1 dog; -2; 100"], None).unwrap_err(),
            [
                "VALUE-TEXT",
                "AMOUNT-SIGN",
                "VALUE-CHOICE",
                "AMOUNT-SIGN",
                "LAW-VAT-RATE"
            ]
        );
        assert_eq!(
            read(&["Design; 1,5; 0.0000001; 20"], None).unwrap_err(),
            ["VALUE-NUMBER", "VALUE-NUMBER"]
        );
        assert_eq!(read(&["Design; 1; 2"], None).unwrap_err(), ["KEY-MISSING"]);
        assert!(read(&["Design; 1; 2"], Some("reverse-charge")).is_ok());
    }

    #[test]
    fn a_seller_who_charges_no_vat_gives_no_rate() {
        let mut problems = Diagnostics::default();
        let items = ["Design; 1; 2".to_owned()];
        let lines = typed(&items, None, None, true, &mut problems);
        assert!(problems.is_empty());
        assert!(lines[0].keys.iter().all(|(key, _)| *key != "vat"));
    }

    #[test]
    fn a_quote_is_copied_with_its_discounts_and_milestones() {
        let text = r#"
client = "acme"
type = "quote"
works = { place = "Lyon", travel = 12.5 }
milestone = [{ name = "Start", lines = [2] }, { name = "End", lines = [1] }]
discount = [{ amount = 40, reason = "Fidelity", vat = 20 }]
line = [
    { item = "Design", quantity = 1, price = 100, vat = 20, discount = "12.5%" },
    { item = "Photographs", quantity = 2, price = 150, vat = 20 },
]
"#;
        let quote = sample::document("D2026-0001", text);
        let mut content = copied(&quote);
        content.lines.extend(quote.milestones.iter().map(milestone));
        let again = Purpose::Quote {
            replaces: Some("D2026-0001".to_owned()),
            validity: Some("2026-04-30".to_owned()),
        };
        let copy = sample::document("D2026-0002", &file(&request(again), &content));
        assert_eq!(copy.totals.gross, d("417.00"));
        assert_eq!(copy.totals.gross, quote.totals.gross);
        assert_eq!(copy.milestones, quote.milestones);
        assert_eq!(copy.works, quote.works);
        assert!(copy.works.is_some());
        assert_eq!(copy.replaces.as_deref(), Some("D2026-0001"));
        assert_eq!(copy.valid_until, Some(sample::day("2026-04-30")));
    }
}
