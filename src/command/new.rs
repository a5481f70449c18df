//! `new`: a draft, from arguments or from an issued document.

use clap::Args;

use crate::changes::ChangeSet;
use crate::check::law::{self, Candidate};
use crate::compute::issue::{Preceding, Words};
use crate::compute::share::restated;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, code};
use crate::ledger::amount::{self, NumberError, in_currency, plain};
use crate::ledger::document::{Document, Milestone};
use crate::ledger::draft::{Draft, UNITS};
use crate::ledger::identifier::Number;
use crate::ledger::party::{Language, VatRegime};
use crate::ledger::vat::{Category, VatCase};
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::copy;
use crate::task::drafts;
use crate::task::load::{self, Bench};
use crate::task::offers;
use crate::task::page;
use crate::task::preceding::{Ground, Links};
use crate::view::locale::Locale;
use crate::view::pdf::Engine;
use crate::view::{table, toml};

/// Arguments of `new`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit new acme \"Développement\" 5 480 --vat 20 --name acme-website\n  acquit new acme --item \"Conseil; 2 day; 650; 20%\" --item \"Frais; 1; 120; 20%\""
)]
pub struct NewArgs {
    /// The client's exact id
    #[arg(value_name = "CLIENT")]
    pub client: Option<String>,
    /// What is invoiced
    #[arg(value_name = "ITEM", requires = "price")]
    pub item: Option<String>,
    /// How many; a unit may follow: `5 day`
    #[arg(value_name = "QUANTITY", allow_negative_numbers = true)]
    pub quantity: Option<String>,
    /// Price of one, without VAT
    #[arg(value_name = "PRICE", allow_negative_numbers = true)]
    pub price: Option<String>,
    /// VAT rate in percent, or a word such as reverse-charge
    #[arg(long, value_name = "RATE")]
    pub vat: Option<String>,
    /// Name of the draft's file; from the client's id if not given
    #[arg(long, value_name = "DRAFT")]
    pub name: Option<String>,
    /// A line: "Item; 5 day; 480; 20%" (may be given several times)
    #[arg(long = "item", value_name = "LINE")]
    pub items: Vec<String>,
    /// Take the lines of this document
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["item", "items"])]
    pub from: Option<String>,
    /// Printed as a title
    #[arg(long, value_name = "TEXT")]
    pub subject: Option<String>,
    /// Worth of one unit of the client's currency in the ledger's, where they differ
    #[arg(long, value_name = "RATE")]
    pub exchange: Option<String>,
    /// Legal ground where --vat does not give it: a VATEX code
    #[arg(long, value_name = "CODE")]
    pub vat_reason: Option<String>,
    /// When it falls due: 30d, "45d eom", receipt, or a date
    #[arg(long, value_name = "RULE")]
    pub due: Option<String>,
}

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

/// Drafts an invoice.
///
/// # Errors
/// Where the client is unknown, or a value is wrong: then nothing is written.
pub fn run(args: &NewArgs, session: &mut Session<'_>) -> Outcomes {
    draft(args, &Purpose::Invoice, session)
}

/// Drafts an invoice or a quote.
///
/// # Errors
/// Where the client is unknown, or a value is wrong: then nothing is written.
pub fn draft(args: &NewArgs, purpose: &Purpose, session: &mut Session<'_>) -> Outcomes {
    let id = session.argument(args.client.clone(), "CLIENT", "Client")?;
    let (writer, mut source) = session.open_to_write()?;
    let bench = Bench::load(session, &mut source)?;
    let ids = source.client_ids();
    if !ids.contains(&id) {
        let problem = load::unknown_client(&id, &ids, &command_line(args, purpose));
        return Err(session.refuse(&mut source, problem.into()));
    }
    let names = source.draft_names();
    let mut problems = Diagnostics::default();
    let name = draft_name(args, &id, &names, &mut problems);
    let lines = lines(args, purpose, session, &mut source, &bench, &mut problems)?;
    if let Some(rate) = &args.exchange {
        figure("rate of exchange", rate, 8, &mut problems);
    }
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let text = file(&id, args, purpose, &lines);
    let draft = match crate::source::read_draft(&name, &text) {
        Ok(draft) => draft,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    if draft.replaces.is_some() {
        problems.extend(replaced(&draft, session.today, &mut source, &bench));
        if problems.has_errors() || source.problems.has_errors() {
            return Err(session.refuse(&mut source, problems));
        }
    }
    let locale = bench.locale(&draft);
    let number = Number::parse("DRAFT").ok_or(Failure::Could("no number".into()))?;
    let preceding = Preceding::default();
    let Some(case) = bench.case(&draft, session.today, &preceding, &[], &locale) else {
        return Err(session.refuse(&mut source, problems));
    };
    let document = match case.document(number, String::new()) {
        Ok(document) => document,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let glyphs = page::glyphs(&engine, &document, &draft);
    if !glyphs.is_empty() {
        problems.extend_list(glyphs);
        return Err(session.refuse(&mut source, problems));
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
        return Err(session.refuse(&mut source, problems));
    }
    let mut set = ChangeSet::default();
    set.create(format!("drafts/{name}.toml"), text);
    session.commit(writer.as_ref(), &set)?;
    // What parties and terms still lack is said now and refused by `issue`.
    for problem in rest.into_iter().chain(law::unknown_rate(&candidate)) {
        source.problems.push(Diagnostic {
            severity: Severity::Warning,
            ..problem
        });
    }
    session.warn(&mut source);
    answer(session, &document, &name)
}

/// What stands against replacing a quote.
fn replaced(
    draft: &Draft,
    day: chrono::NaiveDate,
    source: &mut Source,
    bench: &Bench,
) -> Diagnostics {
    let (books, _) = load::books_and_chain(source, &bench.settings, chrono::NaiveDate::MAX);
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

/// Says the draft's figures, as data.
fn answer(session: &mut Session<'_>, document: &Document, name: &str) -> Outcomes {
    let locale = Locale::of(Language::En);
    let mut sheet = crate::view::sheet::Sheet::new(&[
        ("item", "Item"),
        ("quantity", "Quantity"),
        ("price", "Price"),
        ("vat", "VAT"),
        ("net", "Net"),
    ]);
    for line in &document.lines {
        use crate::view::sheet::Cell;
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
    let totals = &document.totals;
    let amount = |value| in_currency(value, document.currency);
    let mut text = table::sheet(&sheet, session.terminal.width);
    let (net, vat, gross) = (amount(totals.net), amount(totals.vat), amount(totals.gross));
    text.push_str(&format!(
        "Net {net}, VAT {vat}, total {gross} {}",
        document.currency
    ));
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
    session.data(&text)?;
    Ok(Done::Well)
}

/// The command as typed, with `{}` in the place of the client.
fn command_line(args: &NewArgs, purpose: &Purpose) -> String {
    let verb = if matches!(purpose, Purpose::Quote { .. }) {
        "quote new"
    } else {
        "new"
    };
    let mut words = vec![format!("acquit {verb} {{}}")];
    for word in [&args.item, &args.quantity, &args.price]
        .into_iter()
        .flatten()
    {
        words.push(quote(word));
    }
    words.extend(
        args.items
            .iter()
            .map(|item| format!("--item {}", quote(item))),
    );
    words.extend(args.vat.iter().map(|vat| format!("--vat {}", quote(vat))));
    words.extend(
        args.name
            .iter()
            .map(|name| format!("--name {}", quote(name))),
    );
    words.extend(
        args.from
            .iter()
            .map(|number| format!("--from {}", quote(number))),
    );
    words.join(" ")
}

fn quote(word: &str) -> String {
    let plain = !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.,%/".contains(c));
    if plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn draft_name(
    args: &NewArgs,
    client: &str,
    taken: &[String],
    problems: &mut Diagnostics,
) -> String {
    if let Some(name) = &args.name {
        drafts::check_name(name, taken, problems);
        return name.clone();
    }
    drafts::next_name(client, taken)
}

/// A document's lines, and the discounts and charges on the whole.
fn copied(document: &Document) -> Vec<NewLine> {
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
    lines
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
struct NewLine {
    table: &'static str,
    keys: Vec<(&'static str, String)>,
}

/// Collects the lines: of a document, of `--item`, of the arguments, or asks for one.
fn lines(
    args: &NewArgs,
    purpose: &Purpose,
    session: &mut Session<'_>,
    source: &mut Source,
    bench: &Bench,
    problems: &mut Diagnostics,
) -> Result<Vec<NewLine>, Failure> {
    let has_lines = !args.items.is_empty() || args.item.is_some();
    let replaced = match purpose {
        Purpose::Quote { replaces, .. } if !has_lines => replaces.as_ref(),
        _ => None,
    };
    if let Some(number) = args.from.as_ref().or(replaced) {
        if let Some(quote) = source.quote(number) {
            let mut lines = copied(&quote.document);
            if matches!(purpose, Purpose::Quote { .. }) {
                lines.extend(quote.document.milestones.iter().map(milestone));
            }
            return Ok(lines);
        }
        let documents = load::documents(
            session,
            source,
            &bench.settings,
            std::slice::from_ref(number),
        )?;
        return Ok(documents.iter().flat_map(copied).collect());
    }
    let franchise = bench.settings.seller.regime_on(session.today) == VatRegime::Franchise;
    let mut lines = Vec::new();
    for item in &args.items {
        let parts: Vec<&str> = item.split(';').map(str::trim).collect();
        match parts[..] {
            [name, quantity, price] => {
                lines.extend(line(
                    name,
                    quantity,
                    price,
                    args.vat.as_deref(),
                    franchise,
                    problems,
                ));
            }
            [name, quantity, price, vat] => {
                lines.extend(line(name, quantity, price, Some(vat), franchise, problems));
            }
            _ => problems.push(
                Diagnostic::error(code::VALUE_TEXT, format!("`{item}` is no line"))
                    .hint("write --item \"Item; 5 day; 480; 20%\""),
            ),
        }
    }
    if args.items.is_empty() || args.item.is_some() {
        let item = session.argument(args.item.clone(), "ITEM", "Item")?;
        let quantity = session.argument(args.quantity.clone(), "QUANTITY", "Quantity")?;
        let price = session.argument(args.price.clone(), "PRICE", "Price of one, without VAT")?;
        lines.extend(line(
            &item,
            &quantity,
            &price,
            args.vat.as_deref(),
            franchise,
            problems,
        ));
    }
    Ok(lines)
}

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
        if crate::ledger::draft::is_unit(unit) {
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
        Some(vat) => keys.extend(self::vat(vat, problems).map(|vat| ("vat", vat))),
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

fn figure(
    what: &str,
    text: &str,
    decimals: u32,
    problems: &mut Diagnostics,
) -> Option<rust_decimal::Decimal> {
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

fn vat(text: &str, problems: &mut Diagnostics) -> Option<String> {
    if VatCase::WORDS.iter().any(|(word, _)| *word == text) {
        return Some(toml::string(text));
    }
    let number = text.trim_end_matches('%').trim();
    let rate = figure("VAT rate", number, 4, problems)?;
    if rate.is_sign_negative() || rate >= rust_decimal::Decimal::ONE_HUNDRED {
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

fn file(client: &str, args: &NewArgs, purpose: &Purpose, lines: &[NewLine]) -> String {
    let mut text = toml::Text::default();
    text.text("client", client);
    if matches!(purpose, Purpose::Quote { .. }) {
        text.text("type", "quote");
    }
    text.maybe("subject", args.subject.as_ref());
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
    if let Purpose::Quote { replaces, validity } = purpose {
        text.maybe("replaces", replaces.as_ref());
        if let Some(validity) = validity {
            rule(&mut text, "validity", validity);
        }
    }
    if let Some(due) = &args.due {
        rule(&mut text, "due", due);
    }
    if let Some(rate) = &args.exchange {
        text.raw("exchange", format!("{{ rate = {rate} }}"));
    }
    for line in lines {
        text.element(line.table);
        for (key, value) in &line.keys {
            text.raw(key, value);
        }
        let typed = line.table == "line" && line.keys.iter().all(|(key, _)| *key != "operation");
        if let Some(reason) = args.vat_reason.as_ref().filter(|_| typed) {
            text.text("vat_reason", reason);
        }
    }
    text.finish()
}
