//! One document, issued or a draft → what the terminal and JSON say of it.

use serde_json::Value;

use super::locale::Locale;
use super::positions::Items;
use super::sheet::{Cell, Columns, Sheet};
use super::{json, table};
use crate::compute::books::Books;
use crate::compute::issue::Words;
use crate::compute::quotes::{QuoteStatus, Said};
use crate::ledger::amount::{in_currency, plain};
use crate::ledger::document::Document;
use crate::ledger::party::Language;

/// Returns the lines of a document as data.
pub fn lines(document: &Document) -> Sheet {
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
pub type Offer = (QuoteStatus, Option<Said>);

/// Returns a document as the fields of one object: what it says, where it stands by the books unless it is a draft, what was said of a quote,
/// and how each figure came about where that is asked for.
pub fn fields(
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
        let mut items = Items::new(&[], Columns::All);
        items.push(&position, None);
        let sheet = items.sheet();
        // What comes before is frozen, and said above.
        let money = sheet
            .columns
            .iter()
            .zip(sheet.rows.iter().flatten())
            .skip_while(|(column, _)| column.key != "owed");
        let money = money.map(|(column, cell)| (column.key, json::cell(cell)));
        fields.extend(money);
        fields.push(("flags", Value::from(position.flags())));
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

/// Returns a document for people. `width` is the terminal's, in columns.
pub fn page(
    document: &Document,
    is_draft: bool,
    books: &Books,
    offer: Option<&Offer>,
    width: u16,
) -> String {
    let locale = Locale::of(Language::En);
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
        status.extend(position.flags());
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
