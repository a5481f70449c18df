//! `quote invoice`: drafts the invoice of a part of an accepted quote, once for each part.

use std::collections::BTreeSet;

use clap::Args;
use rust_decimal::Decimal;

use super::quote::find;
use crate::changes::ChangeSet;
use crate::compute::quotes::Parts;
use crate::compute::share::{self, ShareLine};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount;
use crate::ledger::document::{Adjustment, Document};
use crate::ledger::quote_part::QuotePart;
use crate::ledger::terms::Due;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::copy;
use crate::task::load;
use crate::task::names;
use crate::task::offers;
use crate::task::preceding::Links;
use crate::view::locale::Locale;
use crate::view::toml::Text;

/// Draft the invoice of an accepted quote, or of a part of it: each part once
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit quote invoice D2026-0007 --deposit 30%\n  acquit quote invoice D2026-0007 --milestone 1\n  acquit quote invoice D2026-0007 --final"
)]
pub struct InvoiceArgs {
    /// The quote's number
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    /// A deposit: a share of the whole, such as 30%
    #[arg(long, value_name = "SHARE", group = "part")]
    deposit: Option<String>,
    /// A milestone, counted from 1
    #[arg(long, value_name = "N", group = "part")]
    milestone: Option<usize>,
    /// The rest: restates the quote, takes off milestones and deposits
    #[arg(long = "final", group = "part")]
    is_final: bool,
    /// Name of the draft's file
    #[arg(long, value_name = "DRAFT")]
    name: Option<String>,
}

/// What is drafted.
enum Part {
    Whole,
    Deposit(Decimal),
    /// From 0.
    Milestone(usize),
    Final,
}

impl Part {
    fn of_quote(&self) -> QuotePart {
        match self {
            Self::Whole => QuotePart::Whole,
            Self::Deposit(_) => QuotePart::Deposit,
            Self::Milestone(index) => QuotePart::milestone(*index),
            Self::Final => QuotePart::Final,
        }
    }
}

/// What was invoiced of the quote before, for its final.
#[derive(Default)]
struct Before {
    /// Each milestone's invoice: its number, its place in the quote, and what it came to.
    milestones: Vec<(String, usize, Vec<ShareLine>)>,
    /// Discounts of the whole that invoices of lines have taken their part of.
    discounts: Vec<Adjustment>,
    /// And charges.
    charges: Vec<Adjustment>,
    /// The deposit invoices.
    deposits: Vec<String>,
}

/// Drafts the invoice of a part.
///
/// # Errors
/// Where the quote is not accepted, or the part was invoiced or drafted already.
pub fn run(args: &InvoiceArgs, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(args.number.clone(), "NUMBER", "Number of the quote")?;
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let (quote, said) = find(&number, session, &mut source, session.today)?;
    let document = &quote.document;
    let part = match part(args, document) {
        Ok(part) => part,
        Err(problem) => return Err(session.refuse(&mut source, problem.into())),
    };
    let mut problems = Diagnostics::default();
    if let Some(problem) = offers::accepted(&quote, said.as_ref(), session.today) {
        problems.push(problem);
    }
    let (books, _) = load::books_and_chain(&mut source, &settings, chrono::NaiveDate::MAX);
    let clients = BTreeSet::from([document.buyer.client.as_str()]);
    let mut parts = offers::parts(&mut source, &books, &clients);
    offers::add_drafts(&mut source, &mut parts);
    let parts = parts.remove(&number).unwrap_or_default();
    let word = part.of_quote().to_string();
    if let Some((message, hint)) = parts.refusal(part.of_quote()) {
        problems.push(Diagnostic::error(code::QUOTE_PART, message).hint(hint));
    }
    if matches!(part, Part::Final) && parts.standing().all(|one| one.part.is_none()) {
        let message = format!("nothing of {number} was invoiced yet: a final would be the whole");
        let hint = format!("`acquit quote invoice {number}` drafts the invoice of the whole");
        problems.push(Diagnostic::error(code::QUOTE_PART, message).hint(hint));
    }
    let name = args
        .name
        .clone()
        .unwrap_or_else(|| format!("{number}-{}", word.replace(' ', "-")));
    // A draft of that name is mostly the one that is said already.
    if !problems.has_errors() {
        names::check(&name, &source.draft_names(), &mut problems);
    }
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    session.warn(&mut source);
    let before = match part {
        Part::Final => before(
            &parts,
            document,
            &Links::of(books.ledger()),
            session,
            &mut source,
        )?,
        _ => Before::default(),
    };
    let text = text(document, &part, &before);
    let mut set = ChangeSet::default();
    set.create(format!("drafts/{name}.toml"), text);
    session.commit(writer.as_ref(), &set)?;
    let left = amount::in_currency(parts.left(document), document.currency);
    let currency = document.currency;
    session.terminal.say(&format!(
        "drafted the part `{word}` of {number}, of which {left} {currency} were left to invoice: `acquit issue {name}` issues it"
    ));
    Ok(Done::Well)
}

/// Reads which part is asked for.
fn part(args: &InvoiceArgs, quote: &Document) -> Result<Part, Diagnostic> {
    if let Some(text) = &args.deposit {
        let percent = amount::parse(text.trim_end_matches('%').trim(), 4)
            .ok()
            .filter(|percent| *percent > Decimal::ZERO && *percent < Decimal::ONE_HUNDRED);
        let wrong = || {
            let message = format!("`{text}` is no share of the whole");
            Diagnostic::error(code::VALUE_NUMBER, message)
                .hint("write a percentage below 100, such as `--deposit 30%`")
        };
        return percent.map(Part::Deposit).ok_or_else(wrong);
    }
    if let Some(number) = args.milestone {
        if number == 0 || number > quote.milestones.len() {
            let message = format!("{} has no milestone {number}", quote.number);
            return Err(Diagnostic::error(code::QUOTE_PART, message).hint(offers::names(quote)));
        }
        return Ok(Part::Milestone(number - 1));
    }
    Ok(if args.is_final {
        Part::Final
    } else {
        Part::Whole
    })
}

/// Opens the invoices of milestones and deposits that stand.
fn before(
    parts: &Parts,
    quote: &Document,
    links: &Links,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<Before, Failure> {
    let mut before = Before::default();
    let settings = load::settings(session, source)?;
    for one in parts.standing() {
        let index = match one.part {
            Some(QuotePart::Deposit) => {
                before.deposits.push(one.number.clone());
                continue;
            }
            Some(part @ QuotePart::Milestone(_)) => {
                (0..quote.milestones.len()).find(|index| QuotePart::milestone(*index) == part)
            }
            Some(QuotePart::Whole | QuotePart::Final) | None => None,
        };
        let Some(index) = index else { continue };
        let documents = load::documents(
            session,
            source,
            &settings,
            std::slice::from_ref(&one.number),
        )?;
        for document in &documents {
            // Lines were invoiced with what falls on them of discounts on the whole: both are taken off by themselves, so that what
            // is left of the discounts falls on the lines that are left.
            let by_lines = quote
                .milestones
                .get(index)
                .is_some_and(|part| part.share.is_none());
            let credits = links.credits_on(&one.number);
            let taken = if by_lines && document.prices == quote.prices {
                let (discounts, charges) = share::restated(document);
                before.discounts.extend(discounts);
                before.charges.extend(charges);
                share::lines_alone(document, credits)
            } else {
                share::whole(document, quote.prices, credits)
            };
            before.milestones.push((one.number.clone(), index, taken));
        }
    }
    Ok(before)
}

/// Returns the draft.
fn text(quote: &Document, part: &Part, before: &Before) -> String {
    let locale = Locale::of(quote.language);
    let kind = match part {
        Part::Deposit(_) => "deposit",
        Part::Final if !before.deposits.is_empty() => "final",
        _ => "invoice",
    };
    let mut text = Text::default();
    copy::head(&mut text, quote, kind);
    copy::references(&mut text, quote);
    text.text("quote", quote.number.as_str())
        .text("quote_part", &part.of_quote().to_string());
    text.list("deposits", before.deposits.iter().map(String::as_str));
    copy::frame(&mut text, quote, quote.prices);
    // The terms that were agreed with the quote hold for its invoices.
    match quote.terms.due.as_deref().and_then(Due::parse) {
        Some(Due::On(day)) => text.raw("due", day),
        Some(rule) => text.text("due", &rule.text()),
        None => &mut text,
    };
    match part {
        Part::Deposit(percent) => {
            let label = locale
                .label("part_deposit")
                .replace("{share}", &locale.percent(*percent));
            let item = label.replace("{number}", quote.number.as_str());
            shares(&mut text, quote, &share::percent(quote, *percent), &item);
        }
        Part::Milestone(index) => milestone(&mut text, quote, *index, &locale),
        Part::Whole | Part::Final => {
            for keys in copy::lines(quote, true) {
                copy::element(&mut text, "line", keys);
            }
            for (number, index, lines) in &before.milestones {
                let name = quote
                    .milestones
                    .get(*index)
                    .map_or("", |part| part.name.as_str());
                let item = locale
                    .label("part_taken")
                    .replace("{name}", name)
                    .replace("{number}", number);
                for line in lines {
                    copy::element(
                        &mut text,
                        "line",
                        copy::share_line(quote, line, &item, true),
                    );
                }
            }
            let (discounts, charges) = share::restated(quote);
            let discounts = share::remaining(&discounts, &before.discounts);
            let charges = share::remaining(&charges, &before.charges);
            copy::adjustments(&mut text, quote, &discounts, &charges);
        }
    }
    text.finish()
}

fn shares(text: &mut Text, quote: &Document, lines: &[ShareLine], item: &str) {
    for line in lines {
        copy::element(text, "line", copy::share_line(quote, line, item, false));
    }
}

/// A milestone's share for each rate, or its lines with what falls on them of discounts and charges.
fn milestone(text: &mut Text, quote: &Document, index: usize, locale: &Locale) {
    let Some(part) = quote.milestones.get(index) else {
        return;
    };
    if let Some(share) = part.share {
        let label = locale.label("part_milestone").replace("{name}", &part.name);
        let item = label
            .replace("{share}", &locale.percent(share))
            .replace("{number}", quote.number.as_str());
        return shares(text, quote, &share::milestone(quote, index), &item);
    }
    let all = copy::lines(quote, true);
    for place in share::places(quote, index) {
        if let Some(keys) = all.get(place) {
            copy::element(text, "line", keys.clone());
        }
    }
    let (discounts, charges) = share::restated(quote);
    let discounts = share::adjusted(quote, &discounts, index);
    let charges = share::adjusted(quote, &charges, index);
    copy::adjustments(text, quote, &discounts, &charges);
}
