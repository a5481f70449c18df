//! `credit`: the draft of what corrects an issued document: a credit note on all or part of it, or a corrective in its place.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::copy;
use super::drafts::{self, Drafted};
use super::links::Links;
use super::load::{self, Bench};
use super::preceding::Ground;
use super::typed::figure;
use crate::check::credits;
use crate::compute::books::Books;
use crate::compute::issue::Preceding;
use crate::compute::rest::{Left, Part, ShareLine};
use crate::compute::share;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::date::plus_days;
use crate::ledger::document::{Document, DocumentType, PriceMode};
use crate::ledger::draft::Draft;
use crate::ledger::identifier::Number;
use crate::source::Source;
use crate::view::locale::Locale;
use crate::view::toml::Text;

/// What is asked for of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A credit note on all of it, or on all that others have left of it.
    Whole,
    /// A credit note on these lines, counted from 1.
    Lines(Vec<usize>),
    /// A credit note on this amount, VAT included, as it was typed: in the document's currency.
    Amount(String),
    /// A corrective in its place.
    Corrective,
}

/// A draft whose text is complete, before it is looked at as `issue` would.
#[derive(Debug)]
pub struct Outline {
    name: String,
    text: String,
}

/// What is drafted.
enum Scope {
    Whole,
    /// All that other credit notes have left.
    Rest,
    /// Places, from 0.
    Lines(Vec<usize>),
    Amount(Decimal),
    Corrective,
}

/// The document that is to be corrected, and what is known of it.
pub struct Desk<'a> {
    bench: &'a Bench,
    document: &'a Document,
    books: &'a Books,
    links: Links,
    /// What credit notes have left of the document.
    left: Left,
}

impl<'a> Desk<'a> {
    /// Brings together a document, the settings and law by which drafts are issued, and the books as of the last day.
    pub fn new(bench: &'a Bench, document: &'a Document, books: &'a Books) -> Self {
        let links = Links::of(books.ledger());
        let mut left = Left::of(document);
        left.add(&links.taken(books.ledger(), document.number.as_str()));
        Self {
            bench,
            document,
            books,
            links,
            left,
        }
    }

    /// Returns the draft, under a name that none of `names` is; none where a problem was added.
    pub fn outline(
        &self,
        wanted: &Wanted,
        names: &[String],
        problems: &mut Diagnostics,
    ) -> Option<Outline> {
        let number = &self.document.number;
        let scope = self.scope(wanted, problems);
        let name = match scope {
            Some(Scope::Lines(_) | Scope::Amount(_)) => {
                drafts::next_name(&format!("credit-{number}"), names)
            }
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
        let text = self.text(&scope?);
        Some(Outline { name, text })
    }

    /// Looks at a draft as `issue` would on a day, and returns the changes that write it.
    ///
    /// # Errors
    /// What `issue` would refuse; `CREDIT-EXCEEDS` where the draft takes back more than is left.
    pub fn draft(
        &self,
        outline: Outline,
        day: NaiveDate,
        source: &mut Source,
    ) -> Result<Drafted, Diagnostics> {
        let Outline { name, text } = outline;
        let draft = crate::source::read_draft(&name, &text)?;
        let drafted = self.proof(&draft, day, source)?;
        let (number, currency) = (&self.document.number, self.document.currency);
        let total = in_currency(drafted.totals.gross + drafted.totals.rounding, currency);
        let said = match drafted.kind {
            DocumentType::Corrective => format!(
                "drafted a corrective of {total} {currency} in the place of {number}: edit it, then `acquit issue {name}`"
            ),
            _ => format!(
                "drafted a credit note of {total} {currency} on {number}: `acquit issue {name}` issues it"
            ),
        };
        Ok(Drafted::new(&name, text, said))
    }

    /// Reads what is asked for, and refuses what cannot be.
    fn scope(&self, wanted: &Wanted, problems: &mut Diagnostics) -> Option<Scope> {
        let (document, number) = (self.document, &self.document.number);
        if document.kind == DocumentType::Credit {
            let hint = "a credit note corrects an invoice";
            problems.push(
                Diagnostic::error(code::LAW_REFERENCE, format!("{number} is a credit note"))
                    .hint(hint),
            );
            return None;
        }
        if *wanted == Wanted::Corrective {
            return Some(Scope::Corrective);
        }
        let left = self.left.asked();
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
        if let Wanted::Lines(lines) = wanted {
            return self.lines(lines, problems);
        }
        if let Wanted::Amount(text) = wanted {
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
        let is_untouched = self.left == Left::of(document);
        Some(if is_untouched {
            Scope::Whole
        } else {
            Scope::Rest
        })
    }

    fn exceeds(&self, amount: Decimal, left: Decimal) -> Diagnostic {
        let (number, currency) = (&self.document.number, self.document.currency);
        let show = |value| in_currency(value, currency);
        let message = format!(
            "{} {currency} are more than the {} left to credit of {number}",
            show(amount),
            show(left)
        );
        let hint = format!("`acquit credit {number}` takes back what is left");
        Diagnostic::error(code::CREDIT_EXCEEDS, message).hint(hint)
    }

    fn lines(&self, lines: &[usize], problems: &mut Diagnostics) -> Option<Scope> {
        let (count, number) = (self.document.lines.len(), &self.document.number);
        let mut places = Vec::new();
        for line in lines {
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
        (places.len() == lines.len()).then_some(Scope::Lines(places))
    }

    /// Returns the draft.
    fn text(&self, scope: &Scope) -> String {
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
            return text.finish();
        }
        text.list("corrects", [document.number.as_str()]);
        copy::references(&mut text, document);
        copy::supply(&mut text, document);
        match scope {
            Scope::Amount(amount) => {
                let digits = document.currency.digits();
                self.part(&mut text, &self.left.part(*amount, self.nothing(), digits));
            }
            Scope::Rest => self.part(&mut text, &self.left.all(self.nothing())),
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
        text.finish()
    }

    /// Adds the lines of a credit note that are no lines of the document, and the cents that they miss.
    fn part(&self, text: &mut Text, part: &Part) {
        let document = self.document;
        copy::frame(text, document, PriceMode::Net);
        if let Some(rounding) = part.rounding {
            text.raw("rounding", in_currency(rounding, document.currency));
        }
        let item = Locale::of(document.language)
            .label("part_credit")
            .replace("{number}", document.number.as_str());
        for line in &part.lines {
            let keys = copy::share_line(document, line, &item, false);
            copy::element(text, "line", keys);
        }
    }

    /// A line that takes nothing back, at a rate of the document.
    fn nothing(&self) -> ShareLine {
        let first = &self.document.lines[0];
        ShareLine {
            operation: first.operation,
            category: first.category,
            rate: first.rate,
            amount: Decimal::ZERO,
        }
    }

    /// A corrective restates the whole: everything is copied but the dates of issue and due. When the work was done and since when it is
    /// owed are facts that a correction does not change: they are written out.
    fn corrective(&self, text: &mut Text) {
        let document = self.document;
        copy::references(text, document);
        text.maybe("quote", document.quote.as_ref()).maybe(
            "quote_part",
            document.quote_part.map(|part| part.to_string()).as_ref(),
        );
        copy::supply(text, document);
        let is_dated = document.delivered.is_some() || document.period.is_some();
        // Money that is asked for before the work has no day of supply.
        if !is_dated && !self.links.is_deposit(document.number.as_str()) {
            text.raw("delivered", document.supplied);
        }
        let due = document.due.filter(|_| document.paid.is_empty());
        let late_from = document
            .terms
            .late_from
            .or(due.map(|due| plus_days(due, 1)));
        if let Some(day) = late_from {
            text.raw("late_from", day);
        }
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
        copy::works(text, document, true);
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
        day: NaiveDate,
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
                .unwrap_or_default());
        };
        let Some(number) = Number::parse("DRAFT") else {
            return Err(Diagnostics::default());
        };
        let document = case.document(number, String::new())?;
        if let Some(left) = &preceding.left {
            let (asked, rest) = (document.totals.owed, left.asked());
            let problems = credits::exceeding(&document, left);
            if asked > rest {
                return Err(self.exceeds(asked, rest).into());
            }
            if !problems.is_empty() {
                let mut all = Diagnostics::default();
                all.extend_list(problems);
                return Err(all);
            }
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::sample;

    const TWO_RATES: &str = r#"
client = "acme"
discount = [{ amount = 40, reason = "Fidelity", vat = 20 }]
line = [
    { item = "Design", quantity = 1, price = 100, vat = 20 },
    { item = "Book", quantity = 1, price = 100, vat = 5.5 },
    { item = "Photographs", quantity = 2, price = 150, vat = 20 },
]
"#;

    /// Drafts what is wanted of F2026-0001, of which credit notes took something back; the codes where it cannot be.
    fn outline(wanted: &Wanted, credits: &[&str]) -> Result<Outline, Vec<&'static str>> {
        let document = sample::document("F2026-0001", TWO_RATES);
        let mut credited = Vec::new();
        for (index, text) in credits.iter().enumerate() {
            let mut credit = sample::document(&format!("A2026-000{}", index + 1), text);
            credit.references = vec![crate::compute::register::credited(&document, None)];
            credited.push(credit);
        }
        let all: Vec<&Document> = std::iter::once(&document).chain(&credited).collect();
        let (bench, books) = (sample::bench(), sample::books(&all, "2026-03-31"));
        let mut problems = Diagnostics::default();
        let desk = Desk::new(&bench, &document, &books);
        desk.outline(wanted, &["CREDIT-F2026-0001-2".to_owned()], &mut problems)
            .ok_or_else(|| problems.iter().map(|problem| problem.code.0).collect())
    }

    fn amount(text: &str) -> Wanted {
        Wanted::Amount(text.to_owned())
    }

    /// What each line asks for without VAT, and what the whole comes to with it.
    fn figures(outline: &Outline) -> (Vec<String>, String) {
        let drafted = sample::document("A2026-0009", &outline.text);
        let show = |value| in_currency(value, drafted.currency);
        let nets = drafted.lines.iter().map(|line| show(line.net)).collect();
        (nets, show(drafted.totals.gross))
    }

    #[test]
    fn an_amount_is_split_over_the_rates_to_the_cent() {
        let outline = outline(&amount("120"), &[]).unwrap();
        assert_eq!(outline.name, "credit-F2026-0001");
        // 432.00 are at 20 %, 105.50 at 5.5 %: 120 of them are 96.45 and 23.55. No net amount gives 96.45 with VAT, so a cent moves.
        let (nets, gross) = figures(&outline);
        assert_eq!(nets, ["80.38", "22.31"]);
        assert_eq!(gross, "120.00");
    }

    #[test]
    fn lines_take_their_part_of_the_discount_with_them() {
        let outline = outline(&Wanted::Lines(vec![3, 2]), &[]).unwrap();
        let drafted = sample::document("A2026-0009", &outline.text);
        assert_eq!(drafted.lines[0].item, "Photographs");
        assert_eq!(drafted.lines[1].item, "Book");
        // 300 of the 400 at 20 % bear 30 of the 40: 270.00 and 54.00 of VAT, beside 105.50.
        assert_eq!(drafted.discounts[0].amount, sample::d("30"));
        assert_eq!(drafted.totals.gross, sample::d("429.50"));
    }

    #[test]
    fn a_line_is_there_and_is_named_once() {
        let codes = |lines: &[usize]| outline(&Wanted::Lines(lines.to_vec()), &[]).unwrap_err();
        assert_eq!(codes(&[0]), ["VALUE-NUMBER"]);
        assert_eq!(codes(&[4, 1, 1]), ["VALUE-NUMBER", "VALUE-NUMBER"]);
    }

    #[test]
    fn no_more_is_taken_back_than_is_left() {
        let first = outline(&amount("120"), &[]).unwrap().text;
        let (nets, gross) = figures(&outline(&amount("417.50"), &[&first]).unwrap());
        // What is left of each rate: 360.00 - 80.38 and 100.00 - 22.31.
        assert_eq!(nets, ["279.62", "77.69"]);
        assert_eq!(gross, "417.50");
        let codes = |wanted: &Wanted| outline(wanted, &[&first]).unwrap_err();
        assert_eq!(codes(&amount("417.51")), ["CREDIT-EXCEEDS"]);
        let (nets, gross) = figures(&outline(&Wanted::Whole, &[&first]).unwrap());
        assert_eq!(
            (nets.join(" "), gross.as_str()),
            ("279.62 77.69".to_owned(), "417.50")
        );
        assert_eq!(codes(&amount("0")), ["AMOUNT-SIGN"]);
        assert_eq!(codes(&amount("12,5")), ["VALUE-NUMBER"]);
    }

    #[test]
    fn the_whole_and_a_corrective_restate_the_document() {
        for (wanted, name, kind) in [
            (Wanted::Whole, "credit-F2026-0001", DocumentType::Credit),
            (
                Wanted::Corrective,
                "corrective-F2026-0001",
                DocumentType::Corrective,
            ),
        ] {
            let outline = outline(&wanted, &[]).unwrap();
            let drafted = sample::document("A2026-0009", &outline.text);
            assert_eq!((outline.name.as_str(), drafted.kind), (name, kind));
            assert_eq!(drafted.totals.gross, sample::d("537.50"));
        }
    }
}
