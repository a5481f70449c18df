//! A client's account → its page, in the client's language.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::locale::Locale;
use super::means;
use super::paper::{address, contacts, grouped, size};
use super::pdf::design::Design;
use super::pdf::{Align, Block, Column, Paper, Rgb, Row, Total};
use super::typeset::typeset;
use crate::compute::issue::Words;
use crate::compute::statement::{Account, Kind, Standing};
use crate::ledger::party::Client;
use crate::ledger::pay::{PayKind, PayMean};
use crate::ledger::settings::Settings;

/// What a page is made from.
pub struct Page<'a> {
    /// The client.
    pub client: &'a Client,
    /// The seller, and its ways to pay.
    pub settings: &'a Settings,
    /// The first day, if there is one.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: NaiveDate,
    /// The accounts, by currency.
    pub accounts: &'a [Account],
    /// Where the client stands, by currency.
    pub standings: &'a [Standing],
}

/// Returns the page, without a logo.
pub fn paper(page: &Page<'_>, locale: &Locale, design: &Arc<Design>) -> Paper {
    let seller = &page.settings.seller;
    let label = |name: &str| locale.label(name).to_owned();
    let date = |day: NaiveDate| locale.whole_date(day);
    let kind = label("statement");
    let number = label("as_of").replace("{date}", &date(page.to));
    let running = format!("{kind} {number}");
    let mut facts = vec![(label("issued"), date(page.to))];
    if let Some(from) = page.from {
        let text = label("period_text")
            .replace("{from}", &date(from))
            .replace("{to}", &date(page.to));
        facts.push((label("period"), text));
    }
    let home = seller.address.country.as_str();
    let mut own = vec![
        seller
            .trade_name
            .clone()
            .unwrap_or_else(|| seller.name.value.clone()),
    ];
    own.extend(address(&seller.address, home, locale));
    own.extend(
        [
            seller.phone.clone(),
            seller.email.as_ref().map(|email| email.value.clone()),
            seller.website.clone(),
        ]
        .into_iter()
        .flatten(),
    );
    let mut paper = Paper {
        title: format!("{running} - {}", page.client.name.value),
        author: seller.name.value.clone(),
        language: locale.language.code().to_owned(),
        date: page.to,
        size: size(design, home),
        design: Arc::clone(design),
        accent: seller.accent.as_deref().and_then(Rgb::parse),
        logo: None,
        watermark: None,
        page_label: label("page"),
        running,
        kind,
        number,
        marks: Vec::new(),
        subject: None,
        seller: own,
        parties: vec![Block {
            heading: label("to"),
            lines: addressee(page, home, locale),
        }],
        facts,
        highlight: page
            .standings
            .iter()
            .map(|s| (label("balance"), locale.amount(s.closing, s.currency)))
            .collect(),
        text: Vec::new(),
        columns: columns(locale),
        rows: rows(page, locale),
        vat: None,
        totals: totals(page, locale),
        balance: Vec::new(),
        note: None,
        pay: pay(page, locale),
        qr: None,
        declarations: Vec::new(),
        signature: None,
        mentions: Vec::new(),
        footer: seller
            .footer
            .iter()
            .cloned()
            .chain([seller.name.value.clone()])
            .collect(),
        links: contacts(
            seller.website.as_deref(),
            seller.email.as_ref().map(|email| email.as_str()),
        )
        .collect(),
        e_invoice: None,
        embedded: Vec::new(),
    };
    typeset(&mut paper, locale.language);
    paper
}

fn addressee(page: &Page<'_>, home: &str, locale: &Locale) -> Vec<String> {
    let mut own = vec![page.client.name.value.clone()];
    own.extend(
        page.client
            .contact
            .iter()
            .map(|contact| format!("{} {contact}", locale.label("contact"))),
    );
    own.extend(
        page.client
            .address
            .iter()
            .flat_map(|own| address(own, home, locale)),
    );
    own
}

fn columns(locale: &Locale) -> Vec<Column> {
    let column = |name: &str, align: Align, flexible: bool| Column {
        title: locale.label(name).to_owned(),
        align,
        flexible,
        point: (align == Align::Right)
            .then(|| locale.point().chars().next())
            .flatten(),
    };
    vec![
        column("date", Align::Left, false),
        column("item", Align::Left, true),
        column("line_plain", Align::Right, false),
        column("balance", Align::Right, false),
    ]
}

fn rows(page: &Page<'_>, locale: &Locale) -> Vec<Row> {
    let mut rows = Vec::new();
    for account in page.accounts {
        let amount = |value: Decimal| locale.amount(value, account.currency);
        let date = |day: NaiveDate| locale.whole_date(day);
        if let Some(from) = page.from {
            let cells = vec![
                date(from),
                locale.label("opening").to_owned(),
                String::new(),
                amount(account.opening),
            ];
            rows.push(Row {
                cells,
                detail: Vec::new(),
            });
        }
        for line in &account.lines {
            let name = locale.label(label_of(line.kind));
            let what = if line.number.is_empty() {
                name.to_owned()
            } else {
                format!("{name} {}", line.number)
            };
            // Reasons of a write-off are ours; a payer's reference is the client's own.
            let text = Some(line.text.clone())
                .filter(|text| !text.is_empty() && line.kind == Kind::Payment);
            let cells = vec![
                date(line.date),
                what,
                amount(line.amount),
                amount(line.balance),
            ];
            rows.push(Row {
                cells,
                detail: text.into_iter().collect(),
            });
        }
    }
    rows
}

/// The label of a kind of line.
fn label_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Document(kind) => kind.word(),
        Kind::Replaced => "replaced",
        Kind::Claim(_) => "late_claims",
        Kind::Payment => "payment",
        Kind::Offset => "offset",
        Kind::Discount => "discounted",
        Kind::WriteOff => "written_off",
        Kind::Opening => "opening",
        Kind::Closing => "balance",
    }
}

fn totals(page: &Page<'_>, locale: &Locale) -> Vec<Total> {
    let mut totals = Vec::new();
    for standing in page.standings {
        let mut total = |name: &str, value: Decimal, strong: bool| {
            if strong || !value.is_zero() {
                let label = locale.label(name).replace("{date}", &locale.date(page.to));
                totals.push(Total {
                    label,
                    value: locale.amount(value, standing.currency),
                    strong,
                });
            }
        };
        total("late_part", standing.late, false);
        total("late_claims", standing.interest + standing.fee, false);
        total("balance_on", standing.closing, true);
    }
    totals
}

/// Where something is owed: the transfer to pay by, or the direct debit by which it is collected; such a client is not asked to pay.
fn pay(page: &Page<'_>, locale: &Locale) -> Vec<Block> {
    if page
        .standings
        .iter()
        .all(|standing| standing.closing <= Decimal::ZERO)
    {
        return Vec::new();
    }
    let heading = |mean: &PayMean| {
        mean.label
            .clone()
            .unwrap_or_else(|| locale.label(mean.kind.word()).to_owned())
    };
    if let Some(mean) = page.client.debit(&page.settings.pay) {
        let (mandate, creditor) = (page.client.mandate.as_deref(), mean.creditor_id.as_deref());
        return vec![Block {
            heading: heading(mean),
            lines: means::debit(mandate, creditor, None, locale),
        }];
    }
    let block = |mean: &PayMean| {
        let iban = mean
            .iban
            .as_ref()
            .filter(|_| mean.kind == PayKind::Transfer)?;
        let mut lines = vec![format!("{} {}", locale.label("iban"), grouped(iban))];
        lines.extend(
            mean.bic
                .as_ref()
                .map(|bic| format!("{} {}", locale.label("bic"), bic.value)),
        );
        Some(Block {
            heading: heading(mean),
            lines,
        })
    };
    page.settings.pay.iter().filter_map(block).take(1).collect()
}
