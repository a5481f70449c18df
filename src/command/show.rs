//! `show`: one document.

use clap::Args;
use rust_decimal::Decimal;
use serde_json::Value;

use super::overdue;
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::issue::{Preceding, Words};
use crate::compute::quotes::{QuoteStatus, Said, status};
use crate::diagnostic::Diagnostics;
use crate::ledger::amount::{in_currency, plain};
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::draft::Draft;
use crate::ledger::identifier::Number;
use crate::session::{Done, Failure, Format, Outcomes, Session};
use crate::source::Source;
use crate::task::lapse;
use crate::task::load::{self, Bench};
use crate::task::preceding::{Ground, Links};
use crate::view::locale::Locale;
use crate::view::sheet::{Cell, Sheet};
use crate::view::{claims, csv, json, steps, table};

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit show F2026-0042 --explain")]
pub struct ShowArgs {
    /// A number, or a draft's name
    #[arg(value_name = "NUMBER|DRAFT")]
    pub name: String,
    /// Print how each figure came about
    #[arg(long)]
    pub explain: bool,
}

/// Shows a document.
///
/// # Errors
/// Where there is none of that name.
pub fn run(args: &ShowArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let (document, is_draft) = find(&args.name, session, &mut source)?;
    let books = load::books(&mut source, session.today);
    let offer = (document.kind == DocumentType::Quote && !is_draft).then(|| {
        let said = crate::task::offers::said(books.ledger(), session.today).remove(&args.name);
        (status(&document, said.as_ref(), session.today), said)
    });
    let mut law = lapse::Law::load(&mut source);
    let own = books.find(document.number.as_str()).filter(|_| !is_draft);
    let limitation = own.and_then(|index| law.of(index, &books, &mut source));
    let mut broken = session.warn(&mut source);
    let delay = if args.explain && !is_draft && offer.is_none() {
        let settings = load::settings(session, &mut source)?;
        let chronicle = Chronicle::new(books.ledger(), session.today);
        let numbers = [document.number.to_string()];
        let (claims, problems) = super::interest::of(
            &numbers,
            session,
            &mut source,
            &settings,
            &chronicle,
            session.today,
        )?;
        source.problems.extend(problems);
        broken |= session.warn(&mut source);
        claims.first().map(claims::explain).unwrap_or_default()
    } else {
        String::new()
    };
    let explained = args.explain.then(|| steps::explain(&document) + &delay);
    match session.format() {
        Format::Json => {
            let mut fields = fields(&document, is_draft, &books, offer.as_ref(), explained);
            if own.is_some() {
                let cells = lapse::cells(limitation.as_ref());
                fields.extend(
                    lapse::COLUMNS
                        .iter()
                        .zip(&cells)
                        .map(|(column, cell)| (column.key, json::cell(cell))),
                );
            }
            let text = json::object("show", session.today, fields);
            session.data(&text)?;
        }
        Format::Csv => session.data(&csv::sheet(&lines(&document)))?,
        Format::Table => {
            let mut text = page(
                &document,
                is_draft,
                &books,
                offer.as_ref(),
                session.terminal.width,
            );
            let is_late = |index| books.position(index).late > Decimal::ZERO;
            if own.is_some_and(is_late)
                || limitation.is_some_and(|limitation| limitation.is_near(session.today))
            {
                let line = lapse::line(limitation.as_ref(), session.today);
                text.push_str(&format!("{:<10} {line}\n", "Limitation"));
            }
            if let Some(explained) = explained {
                text.push('\n');
                text.push_str(&explained);
            }
            session.data(&text)?;
        }
    }
    Ok(if broken { Done::Findings } else { Done::Well })
}

/// Finds an issued document by its number, or a draft by its name: that is shown as it would be issued today.
///
/// # Errors
/// Where there is neither.
pub fn find(
    name: &str,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<(Document, bool), Failure> {
    if !source.draft_names().iter().any(|draft| draft == name) {
        let settings = load::settings(session, source)?;
        if source
            .quote_paths()
            .iter()
            .any(|(number, _)| number == name)
        {
            let (quote, _) = super::quote::find(name, session, source, session.today)?;
            return Ok((quote.document, false));
        }
        let mut documents = load::documents(session, source, &settings, &[name.to_owned()])?;
        return documents
            .pop()
            .map(|document| (document, false))
            .ok_or(Failure::Could("no document".into()));
    }
    let bench = Bench::load(session, source)?;
    let draft = match load::draft(source, name) {
        Ok(draft) => draft,
        Err(problems) => return Err(session.refuse(source, problems)),
    };
    if let Err(problem) = load::client_of(&draft, &bench.clients) {
        return Err(session.refuse(source, problem.into()));
    }
    let preceding = preceding(&draft, session, source, &bench)?;
    let locale = bench.locale(&draft);
    let Some(case) = bench.case(&draft, session.today, &preceding, &[], &locale) else {
        return Err(session.refuse(source, Diagnostics::default()));
    };
    let number = Number::parse("DRAFT").ok_or(Failure::Could("no number".into()))?;
    case.document(number, String::new())
        .map(|document| (document, true))
        .map_err(|problems| session.refuse(source, problems))
}

/// What a draft names of the books, where it names anything.
fn preceding(
    draft: &Draft,
    session: &Session<'_>,
    source: &mut Source,
    bench: &Bench,
) -> Result<Preceding, Failure> {
    if draft.corrects.is_empty() && draft.deposits.is_empty() && draft.paid.is_empty() {
        return Ok(Preceding::default());
    }
    let (books, _) = load::books_and_chain(source, &bench.settings, chrono::NaiveDate::MAX);
    let links = Links::of(books.ledger());
    let ground = Ground {
        bench,
        books: &books,
        links: &links,
        issued: &[],
        day: session.today,
    };
    let (preceding, problems) = ground.of(draft, source);
    if problems.has_errors() {
        Err(session.refuse(source, problems))
    } else {
        Ok(preceding)
    }
}

fn lines(document: &Document) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("item", "Item"),
        ("quantity", "Quantity"),
        ("unit", "Unit"),
        ("price", "Price"),
        ("category", "Cat."),
        ("rate", "VAT %"),
        ("net", "Net"),
    ]);
    for line in &document.lines {
        sheet.push(vec![
            Cell::text(&line.item),
            Cell::text(plain(line.quantity)),
            Cell::text(line.unit.clone().unwrap_or_default()),
            Cell::text(plain(line.price)),
            Cell::text(line.category.code()),
            Cell::text(plain(line.rate)),
            Cell::Amount(line.net, document.currency),
        ]);
    }
    sheet
}

fn vat(document: &Document) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("category", "VAT"),
        ("rate", "%"),
        ("base", "Base"),
        ("vat", "VAT"),
        ("reason", "Reason"),
    ]);
    for group in &document.vat {
        sheet.push(vec![
            Cell::text(group.category.code()),
            Cell::text(plain(group.rate)),
            Cell::Amount(group.base, document.currency),
            Cell::Amount(group.vat, document.currency),
            Cell::text(group.reason.clone().unwrap_or_default()),
        ]);
    }
    sheet
}

/// Where a quote stands, and what was said of it.
type Offer = (QuoteStatus, Option<Said>);

fn fields(
    document: &Document,
    is_draft: bool,
    books: &Books,
    offer: Option<&Offer>,
    explained: Option<String>,
) -> Vec<(&'static str, Value)> {
    let totals = &document.totals;
    let amount = |value| Value::from(in_currency(value, document.currency));
    let text = |value: &Option<String>| value.clone().map_or(Value::Null, Value::from);
    let mut fields = vec![
        ("number", if is_draft { Value::Null } else { Value::from(document.number.to_string()) }),
        ("draft", Value::from(document.draft.name.clone())),
        ("type", Value::from(document.kind.word())),
        ("client", Value::from(document.buyer.client.clone())),
        ("buyer", Value::from(document.buyer.name.clone())),
        ("issued", Value::from(document.issued.to_string())),
        ("due", document.due.map_or(Value::Null, |due| Value::from(due.to_string()))),
        ("valid_until", document.valid_until.map_or(Value::Null, |last| Value::from(last.to_string()))),
        ("supplied", Value::from(document.supplied.to_string())),
        ("currency", Value::from(document.currency.code())),
        ("subject", text(&document.subject)),
        ("payment_reference", Value::from(document.payment_reference.clone())),
        ("type_code", Value::from(document.type_code)),
        ("process", Value::from(document.process.clone())),
        ("order", text(&document.order)),
        ("contract", text(&document.contract)),
        ("project", text(&document.project)),
        ("quote", text(&document.quote)),
        ("quote_part", text(&document.quote_part.map(|part| part.to_string()))),
        ("replaces", text(&document.replaces)),
        ("recurring", text(&document.recurring)),
        ("delivered", document.delivered.map_or(Value::Null, |day| Value::from(day.to_string()))),
        (
            "period",
            document.period.map_or(
                Value::Null,
                |span| serde_json::json!({"from": span.from.to_string(), "to": span.to.to_string()}),
            ),
        ),
        ("note", text(&document.note)),
        (
            "milestones",
            Value::from(
                document
                    .milestones
                    .iter()
                    .map(|part| {
                        let share = part.share.map(plain);
                        serde_json::json!({"name": part.name, "share": share, "lines": part.lines})
                    })
                    .collect::<Vec<_>>(),
            ),
        ),
        ("attachments", Value::from(document.attachments.iter().map(|file| file.name.clone()).collect::<Vec<_>>())),
        ("refs", Value::from(document.references.iter().map(|r| r.number.to_string()).collect::<Vec<_>>())),
        ("lines", json::rows(&lines(document))),
        ("vat", json::rows(&vat(document))),
        ("lines_total", amount(totals.lines)),
        ("discounts", amount(totals.discounts)),
        ("charges", amount(totals.charges)),
        ("net", amount(totals.net)),
        ("vat_total", amount(totals.vat)),
        ("gross", amount(totals.gross)),
        ("rounding", amount(totals.rounding)),
        ("deposits", amount(totals.deposits)),
        ("prepaid", amount(totals.paid)),
        ("due_amount", amount(totals.due)),
        ("mentions", Value::from(document.mentions.iter().map(|mention| mention.text.clone()).collect::<Vec<_>>())),
    ];
    if let Some(index) = books.find(document.number.as_str()).filter(|_| !is_draft) {
        let position = books.position(index);
        let sheet = overdue::items(&[]);
        let row = overdue::row(&position);
        // What comes before is frozen, and said above.
        let money = sheet
            .columns
            .iter()
            .zip(&row)
            .skip_while(|(column, _)| column.key != "owed");
        let money = money.map(|(column, cell)| (column.key, json::cell(cell)));
        fields.extend(money);
        fields.push(("flags", Value::from(super::list::flags(&position))));
    }
    if let Some((now, said)) = offer {
        let said = said.as_ref();
        fields.push(("status", Value::from(now.word())));
        fields.push((
            "answered",
            said.map_or(Value::Null, |said| Value::from(said.date.to_string())),
        ));
        let who = said
            .map(|said| said.who.clone())
            .filter(|who| !who.is_empty());
        fields.push(("who", who.map_or(Value::Null, Value::from)));
    }
    if let Some(explained) = explained {
        fields.push((
            "explain",
            Value::from(explained.lines().collect::<Vec<_>>()),
        ));
    }
    fields
}

fn page(
    document: &Document,
    is_draft: bool,
    books: &Books,
    offer: Option<&Offer>,
    width: u16,
) -> String {
    let locale = Locale::of(crate::ledger::party::Language::En);
    let amount = |value| {
        format!(
            "{} {}",
            in_currency(value, document.currency),
            document.currency
        )
    };
    let title = if is_draft {
        {
            let noun = document.kind.noun();
            let article = if noun.starts_with('i') { "an" } else { "a" };
            format!(
                "draft {} of {article} {noun}, no number yet",
                document.draft.name
            )
        }
    } else {
        format!("{} {}", document.kind.noun(), document.number)
    };
    let mut text = format!("{title}\n");
    let mut fact = |name: &str, value: String| text.push_str(&format!("{name:<10} {value}\n"));
    fact(
        "Client",
        format!("{} ({})", document.buyer.name, document.buyer.client),
    );
    fact(
        "Issued",
        format!("{} ({})", document.issued, locale.date(document.issued)),
    );
    if let Some(due) = document.due {
        fact("Due", format!("{due} ({})", locale.date(due)));
    }
    if let Some(last) = document.valid_until {
        fact("Valid", format!("until {last} ({})", locale.date(last)));
    }
    if let Some(number) = &document.replaces {
        fact("Replaces", number.clone());
    }
    if !document.references.is_empty() {
        fact(
            "On",
            document
                .references
                .iter()
                .map(|r| r.number.to_string())
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    let facts = [
        ("Subject", &document.subject),
        ("Order", &document.order),
        ("Contract", &document.contract),
    ];
    let more = [
        ("Project", &document.project),
        ("Quote", &document.quote),
        ("Part", &document.quote_part.map(|part| part.to_string())),
        ("Recurring", &document.recurring),
    ];
    for (name, value) in facts.into_iter().chain(more) {
        if let Some(value) = value {
            fact(name, value.clone());
        }
    }
    if let Some(day) = document.delivered {
        fact("Delivered", day.to_string());
    }
    if let Some(span) = document.period {
        fact("Period", format!("{} to {}", span.from, span.to));
    }
    for (index, part) in document.milestones.iter().enumerate() {
        let what = part.share.map_or_else(
            || {
                format!(
                    "lines {}",
                    part.lines
                        .iter()
                        .map(u32::to_string)
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            },
            |share| format!("{} %", plain(share)),
        );
        fact("Milestone", format!("{} {} ({what})", index + 1, part.name));
    }
    if !document.attachments.is_empty() {
        fact(
            "Attached",
            document
                .attachments
                .iter()
                .map(|file| file.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        );
    }
    text.push('\n');
    text.push_str(&table::sheet(&lines(document), width));
    text.push('\n');
    text.push_str(&table::sheet(&vat(document), width));
    text.push('\n');
    let totals = &document.totals;
    let mut total =
        |name: &str, value| text.push_str(&format!("{name:<10} {:>16}\n", amount(value)));
    total("Net", totals.net);
    total("VAT", totals.vat);
    total("Total", totals.gross);
    for (name, value) in [
        ("Rounding", totals.rounding),
        ("Deposits", -totals.deposits),
        ("Prepaid", -totals.paid),
    ] {
        if !value.is_zero() {
            total(name, value);
        }
    }
    if let Some(index) = books.find(document.number.as_str()).filter(|_| !is_draft) {
        let position = books.position(index);
        for (name, value) in [
            ("Credited", position.credited),
            ("Paid", position.paid),
            ("Discounted", position.discounted),
            ("Written off", position.written_off),
            ("Disputed", position.disputed),
        ] {
            if !value.is_zero() {
                total(name, value);
            }
        }
        total("Balance", position.balance);
        let mut status = vec![position.status.word().to_owned()];
        status.extend(super::list::flags(&position));
        text.push_str(&format!("{:<10} {}\n", "Status", status.join(", ")));
    }
    if let Some((now, said)) = offer {
        let answer = said.as_ref().map(|said| {
            let who = if said.who.is_empty() {
                String::new()
            } else {
                format!(" by {}", said.who)
            };
            let note = if said.note.is_empty() {
                String::new()
            } else {
                format!(" ({})", said.note)
            };
            format!(" on {}{who}{note}", said.date)
        });
        text.push_str(&format!(
            "{:<10} {}{}\n",
            "Status",
            now.word(),
            answer.unwrap_or_default()
        ));
    }
    text
}
