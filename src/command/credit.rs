//! `credit`: drafts what corrects an issued document: a credit note on all or part of it, or a corrective in its place.

use clap::Args;
use rust_decimal::Decimal;

use super::new::next_name;
use crate::changes::ChangeSet;
use crate::compute::books::Books;
use crate::compute::issue::Preceding;
use crate::compute::share::{self, Unreachable};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::document::{Document, DocumentType, PriceMode};
use crate::ledger::draft::Draft;
use crate::ledger::identifier::Number;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::copy;
use crate::task::load::{self, Bench};
use crate::task::preceding::{Ground, Links};
use crate::task::typed::figure;
use crate::view::locale::Locale;
use crate::view::toml::Text;

/// Arguments of `credit`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit credit F2026-0042 && acquit issue credit-F2026-0042\n  acquit credit F2026-0042 --line 2\n  acquit credit F2026-0042 --amount 120\n  acquit credit F2026-0042 --replace      a corrective to edit and issue"
)]
pub struct CreditArgs {
    /// The document's number
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// Take back this line alone, counted from 1 (may be given several times)
    #[arg(long = "line", value_name = "N", conflicts_with_all = ["amount", "replace"])]
    pub lines: Vec<usize>,
    /// Take back this amount, VAT included, split over the rates
    #[arg(long, value_name = "AMOUNT", conflicts_with = "replace")]
    pub amount: Option<String>,
    /// Draft a corrective: it restates the whole document and takes its place
    #[arg(long)]
    pub replace: bool,
}

/// What is drafted.
enum Scope {
    Whole,
    /// Places, from 0.
    Lines(Vec<usize>),
    Amount(Decimal),
    Corrective,
}

/// Drafts a credit note or a corrective.
///
/// # Errors
/// Where the document is unknown, or nothing of it is left to take back.
pub fn run(args: &CreditArgs, session: &mut Session<'_>) -> Outcomes {
    let number = session.argument(
        args.number.clone(),
        "NUMBER",
        "Number of the document to take back",
    )?;
    let (writer, mut source) = session.open_to_write()?;
    let bench = Bench::load(session, &mut source)?;
    let document = load::documents(
        session,
        &mut source,
        &bench.settings,
        std::slice::from_ref(&number),
    )?
    .remove(0);
    let (books, _) = load::books_and_chain(&mut source, &bench.settings, chrono::NaiveDate::MAX);
    let desk = Desk {
        bench: &bench,
        document: &document,
        books: &books,
        links: Links::of(books.ledger()),
    };
    let mut problems = Diagnostics::default();
    let scope = desk.scope(args, &mut problems);
    let names = source.draft_names();
    let name = match scope {
        Some(Scope::Lines(_) | Scope::Amount(_)) => next_name(&format!("credit-{number}"), &names),
        Some(Scope::Corrective) => format!("corrective-{number}"),
        _ => format!("credit-{number}"),
    };
    if names.contains(&name) {
        problems.push(
            Diagnostic::error(
                code::FILE_EXISTS,
                format!("the draft `{name}` exists already"),
            )
            .hint(format!("`acquit issue {name}` issues it")),
        );
    }
    let text = scope
        .as_ref()
        .and_then(|scope| desk.text(scope, &mut problems));
    if problems.has_errors() || source.problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    session.warn(&mut source);
    let text = text.ok_or(Failure::Could("no draft".into()))?;
    let draft = match crate::source::read_draft(&name, &text) {
        Ok(draft) => draft,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    let drafted = match desk.proof(&draft, session.today, &mut source) {
        Ok(document) => document,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    let mut set = ChangeSet::default();
    set.create(format!("drafts/{name}.toml"), text);
    session.commit(writer.as_ref(), &set)?;
    let (total, currency) = (
        in_currency(
            drafted.totals.gross + drafted.totals.rounding,
            document.currency,
        ),
        document.currency,
    );
    let what = match scope {
        Some(Scope::Corrective) => format!(
            "drafted a corrective of {total} {currency} in the place of {number}: edit it, then `acquit issue {name}`"
        ),
        _ => format!(
            "drafted a credit note of {total} {currency} on {number}: `acquit issue {name}` issues it"
        ),
    };
    session.terminal.say(&what);
    Ok(Done::Well)
}

/// The document that is to be corrected, and what is known of it.
struct Desk<'a> {
    bench: &'a Bench,
    document: &'a Document,
    books: &'a Books,
    links: Links,
}

impl Desk<'_> {
    /// Reads what is asked for, and refuses what cannot be.
    fn scope(&self, args: &CreditArgs, problems: &mut Diagnostics) -> Option<Scope> {
        let (document, number) = (self.document, &self.document.number);
        if document.kind == DocumentType::Credit {
            let hint = "a credit note corrects an invoice";
            problems.push(
                Diagnostic::error(code::LAW_REFERENCE, format!("{number} is a credit note"))
                    .hint(hint),
            );
            return None;
        }
        if args.replace {
            return Some(Scope::Corrective);
        }
        let left = self.books.creditable(number.as_str()).unwrap_or_default();
        let show = |value| in_currency(value, document.currency);
        // What was replaced is said below, in its own words.
        if left <= Decimal::ZERO && self.links.replaced_by(number.as_str()).is_none() {
            let message = format!("{number} was credited in full already");
            let hint = format!(
                "`acquit list --client {}` shows the credit notes",
                document.buyer.client
            );
            problems.push(Diagnostic::error(code::CREDIT_EXCEEDS, message).hint(hint));
            return None;
        }
        if !args.lines.is_empty() {
            return self.lines(args, problems);
        }
        if let Some(text) = &args.amount {
            let command = format!("acquit credit {number} --amount {{}}");
            let amount = figure(text, document.currency.digits(), &command, problems)?;
            if amount <= Decimal::ZERO {
                let message = format!(
                    "a credit note of {} {} takes nothing back",
                    show(amount),
                    document.currency
                );
                problems.push(
                    Diagnostic::error(code::AMOUNT_SIGN, message)
                        .hint("write what the client gets back"),
                );
                return None;
            }
            if amount > left {
                problems.push(self.exceeds(amount, left));
                return None;
            }
            return Some(Scope::Amount(amount));
        }
        if left < document.totals.gross && self.links.replaced_by(number.as_str()).is_none() {
            let message = format!(
                "{number} was credited in part: {} of {} {} are left",
                show(left),
                show(document.totals.gross),
                document.currency
            );
            let hint = format!(
                "`acquit credit {number} --amount {}` takes back what is left",
                show(left)
            );
            problems.push(Diagnostic::error(code::CREDIT_EXCEEDS, message).hint(hint));
            return None;
        }
        Some(Scope::Whole)
    }

    fn exceeds(&self, amount: Decimal, left: Decimal) -> Diagnostic {
        let (number, currency) = (&self.document.number, self.document.currency);
        let show = |value| in_currency(value, currency);
        let message = format!(
            "{} {currency} are more than the {} left to credit of {number}",
            show(amount),
            show(left)
        );
        let hint = format!(
            "`acquit credit {number} --amount {}` takes back what is left",
            show(left)
        );
        Diagnostic::error(code::CREDIT_EXCEEDS, message).hint(hint)
    }

    fn lines(&self, args: &CreditArgs, problems: &mut Diagnostics) -> Option<Scope> {
        let (count, number) = (self.document.lines.len(), &self.document.number);
        let mut places = Vec::new();
        for line in &args.lines {
            let place = line.checked_sub(1).filter(|place| *place < count);
            let message = match place {
                None => format!("{number} has no line {line}: it has {count}"),
                Some(place) if places.contains(&place) => format!("line {line} is named twice"),
                Some(place) => {
                    places.push(place);
                    continue;
                }
            };
            let hint = format!("`acquit show {number}` shows the lines; they count from 1");
            problems.push(Diagnostic::error(code::VALUE_NUMBER, message).hint(hint));
        }
        (places.len() == args.lines.len()).then_some(Scope::Lines(places))
    }

    /// Returns the draft.
    fn text(&self, scope: &Scope, problems: &mut Diagnostics) -> Option<String> {
        let document = self.document;
        let mut text = Text::default();
        let kind = if matches!(scope, Scope::Corrective) {
            "corrective"
        } else {
            "credit"
        };
        copy::head(&mut text, document, kind);
        if matches!(scope, Scope::Corrective) {
            self.corrective(&mut text);
            return Some(text.finish());
        }
        text.list("corrects", [document.number.as_str()]);
        copy::references(&mut text, document);
        copy::supply(&mut text, document);
        match scope {
            Scope::Amount(amount) => {
                let credits: Vec<_> = self
                    .links
                    .credits_on(document.number.as_str())
                    .copied()
                    .collect();
                let lines = match share::amount(document, &credits, *amount) {
                    Ok(lines) => lines,
                    Err(near) => {
                        problems.push(self.unreachable(*amount, &near));
                        return None;
                    }
                };
                copy::frame(&mut text, document, PriceMode::Net);
                let item = Locale::of(document.language)
                    .label("part_credit")
                    .to_owned();
                let item = item.replace("{number}", document.number.as_str());
                for line in &lines {
                    copy::element(
                        &mut text,
                        "line",
                        copy::share_line(document, line, &item, false),
                    );
                }
            }
            Scope::Lines(places) => {
                copy::frame(&mut text, document, document.prices);
                let all = copy::lines(document, true);
                for keys in places.iter().filter_map(|place| all.get(*place)) {
                    copy::element(&mut text, "line", keys.clone());
                }
                let (discounts, charges) = share::restated(document);
                let discounts = share::adjusted_lines(document, &discounts, places);
                let charges = share::adjusted_lines(document, &charges, places);
                copy::adjustments(&mut text, document, &discounts, &charges);
            }
            Scope::Whole | Scope::Corrective => {
                copy::frame(&mut text, document, document.prices);
                for keys in copy::lines(document, true) {
                    copy::element(&mut text, "line", keys);
                }
                let (discounts, charges) = share::restated(document);
                copy::adjustments(&mut text, document, &discounts, &charges);
            }
        }
        Some(text.finish())
    }

    /// A corrective restates the whole: everything is copied but the dates of issue and due.
    fn corrective(&self, text: &mut Text) {
        let document = self.document;
        copy::references(text, document);
        text.maybe("quote", document.quote.as_ref()).maybe(
            "quote_part",
            document.quote_part.map(|part| part.to_string()).as_ref(),
        );
        copy::supply(text, document);
        text.list("corrects", [document.number.as_str()]);
        text.list(
            "deposits",
            self.links
                .deposits_of(document.number.as_str())
                .iter()
                .map(String::as_str),
        );
        if document.prices == PriceMode::Gross {
            text.text("prices", "gross");
        }
        text.maybe("note", document.note.as_ref());
        copy::frame(text, document, PriceMode::Net);
        text.list("pay", document.pay.iter().map(|mean| mean.id.as_str()));
        let path = |name: &str| format!("{}/{}/{name}", document.folder(), document.number);
        let attachments: Vec<String> = document
            .attachments
            .iter()
            .map(|file| path(&file.name))
            .collect();
        text.list("attachments", attachments.iter().map(String::as_str));
        for keys in copy::lines(document, true) {
            copy::element(text, "line", keys);
        }
        let (discounts, charges) = share::restated(document);
        copy::adjustments(text, document, &discounts, &charges);
    }

    /// Looks at the draft as `issue` would: what it names must be there, and enough be left.
    fn proof(
        &self,
        draft: &Draft,
        day: chrono::NaiveDate,
        source: &mut Source,
    ) -> Result<Document, Diagnostics> {
        let ground = Ground {
            bench: self.bench,
            books: self.books,
            links: &self.links,
            issued: &[],
            day,
        };
        let (preceding, problems): (Preceding, Diagnostics) = ground.of(draft, source);
        if problems.has_errors() {
            return Err(problems);
        }
        let locale = self.bench.locale(draft);
        let Some(case) = self.bench.case(draft, day, &preceding, &[], &locale) else {
            return Err(load::client_of(draft, &self.bench.clients)
                .err()
                .map(Into::into)
                .unwrap_or_default());
        };
        let Some(number) = Number::parse("DRAFT") else {
            return Err(Diagnostics::default());
        };
        let document = case.document(number, String::new())?;
        let left = self
            .books
            .creditable(self.document.number.as_str())
            .unwrap_or_default();
        if document.kind == DocumentType::Credit && document.totals.gross > left {
            return Err(self.exceeds(document.totals.gross, left).into());
        }
        Ok(document)
    }

    fn unreachable(&self, amount: Decimal, near: &Unreachable) -> Diagnostic {
        let (number, currency) = (&self.document.number, self.document.currency);
        let show = |value| in_currency(value, currency);
        let message = format!(
            "no amount without VAT gives {} {currency} with it",
            show(amount)
        );
        let commands: Vec<String> = [near.below, near.above]
            .into_iter()
            .flatten()
            .map(|value| format!("`acquit credit {number} --amount {}`", show(value)))
            .collect();
        Diagnostic::error(code::CREDIT_AMOUNT, message)
            .hint(format!("the nearest are {}", commands.join(" and ")))
    }
}
