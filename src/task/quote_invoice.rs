//! `quote invoice`: the draft of the invoice of a part of an accepted quote, once for each part.

use rust_decimal::Decimal;

use super::copy;
use super::drafts::Drafted;
use super::links::Links;
use super::load;
use super::offers;
use crate::compute::quotes::Parts;
use crate::compute::rest::ShareLine;
use crate::compute::share;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount;
use crate::ledger::books::Ledger;
use crate::ledger::document::{Adjustment, Document};
use crate::ledger::quote_part::QuotePart;
use crate::ledger::settings::Settings;
use crate::ledger::terms::Due;
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::view::locale::Locale;
use crate::view::toml::Text;

/// What is asked for of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of it at once.
    Whole,
    /// A deposit: its share of the whole in percent, as it was typed.
    Deposit(String),
    /// A milestone, counted from 1.
    Milestone(usize),
    /// What is left.
    Final,
}

/// Which part of a quote is drafted.
#[derive(Debug)]
enum Part {
    Whole,
    Deposit(Decimal),
    /// From 0.
    Milestone(usize),
    Final,
}

impl Part {
    /// Reads which part of a quote is wanted.
    fn of(wanted: &Wanted, quote: &Document) -> Result<Self, Diagnostic> {
        match wanted {
            Wanted::Whole => Ok(Self::Whole),
            Wanted::Final => Ok(Self::Final),
            Wanted::Deposit(text) => {
                let percent = amount::parse(text.trim_end_matches('%').trim(), 4)
                    .ok()
                    .filter(|percent| *percent > Decimal::ZERO && *percent <= Decimal::ONE_HUNDRED);
                let wrong = || {
                    let message = format!("`{text}` is no share of the whole");
                    Diagnostic::error(code::VALUE_NUMBER, message)
                        .hint("write a percentage up to 100, such as `--deposit 30%`")
                };
                percent.map(Self::Deposit).ok_or_else(wrong)
            }
            Wanted::Milestone(number) if *number == 0 || *number > quote.milestones.len() => {
                let message = format!("{} has no milestone {number}", quote.number);
                Err(Diagnostic::error(code::QUOTE_PART, message).hint(offers::names(quote)))
            }
            Wanted::Milestone(number) => Ok(Self::Milestone(number - 1)),
        }
    }

    /// Returns the part as invoices name it.
    fn of_quote(&self) -> QuotePart {
        match self {
            Self::Whole => QuotePart::Whole,
            Self::Deposit(_) => QuotePart::Deposit,
            Self::Milestone(index) => QuotePart::milestone(*index),
            Self::Final => QuotePart::Final,
        }
    }
}

/// The invoice of a part of a quote, before it is drafted.
#[derive(Debug)]
pub struct Invoice<'a> {
    quote: &'a Document,
    part: Part,
}

impl<'a> Invoice<'a> {
    /// Reads which part of a quote is wanted.
    ///
    /// # Errors
    /// `VALUE-NUMBER` where a deposit is no share of the whole, `QUOTE-PART` where the quote has no such milestone, or the part comes to
    /// nothing.
    pub fn of(quote: &'a Document, wanted: &Wanted) -> Result<Self, Diagnostic> {
        let part = Part::of(wanted, quote)?;
        let invoice = Self { quote, part };
        invoice.amount()?;
        Ok(invoice)
    }

    /// Checks that the part can be drafted beside what was invoiced and drafted of the quote: adds `QUOTE-PART`.
    pub fn check(&self, parts: &Parts, problems: &mut Diagnostics) {
        if let Some((message, hint)) = parts.refusal(self.part.of_quote()) {
            problems.push(Diagnostic::error(code::QUOTE_PART, message).hint(hint));
        }
        if matches!(self.part, Part::Final) && parts.standing().all(|one| one.part.is_none()) {
            let number = &self.quote.number;
            let message =
                format!("nothing of {number} was invoiced yet: a final would be the whole");
            let hint = format!("`acquit quote invoice {number}` drafts the invoice of the whole");
            problems.push(Diagnostic::error(code::QUOTE_PART, message).hint(hint));
        }
    }

    /// Checks that the part comes to something: a small share of a small quote rounds to nothing.
    fn amount(&self) -> Result<(), Diagnostic> {
        let (lines, what) = match self.part {
            Part::Deposit(percent) => {
                let what = format!("a deposit of {} %", amount::plain(percent));
                (share::percent(self.quote, percent), what)
            }
            Part::Milestone(index)
                if self
                    .quote
                    .milestones
                    .get(index)
                    .is_some_and(|part| part.share.is_some()) =>
            {
                let what = format!("the milestone {}", index + 1);
                (share::milestone(self.quote, index), what)
            }
            _ => return Ok(()),
        };
        let sum: Decimal = lines.iter().map(|line| line.amount).sum();
        if sum > Decimal::ZERO {
            return Ok(());
        }
        let (number, currency) = (&self.quote.number, self.quote.currency);
        let show = |value| amount::in_currency(value, currency);
        let message = format!(
            "{what} of {number} comes to {} {currency}: nothing would be asked for",
            show(Decimal::ZERO)
        );
        let asked = self.quote.totals.owed;
        let hint = if matches!(self.part, Part::Deposit(_)) {
            format!(
                "the whole is {} {currency}: take a larger share",
                show(asked)
            )
        } else {
            "invoice it with another part: the next milestone, or the final".to_owned()
        };
        Err(Diagnostic::error(code::QUOTE_PART, message).hint(hint))
    }

    /// Returns the name of the draft where none was asked for.
    pub fn name(&self) -> String {
        let word = self.part.of_quote().to_string();
        format!("{}-{}", self.quote.number, word.replace(' ', "-"))
    }

    /// Returns the draft under a name; for the final, the invoices of milestones are opened.
    ///
    /// # Errors
    /// Where one of those invoices is not what was issued.
    pub fn draft(
        &self,
        name: &str,
        parts: &Parts,
        ledger: &Ledger,
        settings: &Settings,
        session: &Session<'_>,
        source: &mut Source,
    ) -> Result<Drafted, Failure> {
        let before = match self.part {
            Part::Final => before(parts, self.quote, ledger, settings, session, source)?,
            _ => Before::default(),
        };
        let (number, currency) = (&self.quote.number, self.quote.currency);
        let left = amount::in_currency(parts.left(self.quote), currency);
        let said = format!(
            "drafted the part `{}` of {number}, of which {left} {currency} were left to invoice: `acquit issue {name}` issues it",
            self.part.of_quote()
        );
        let text = text(self.quote, &self.part, &before);
        Ok(Drafted::new(name, text, said))
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

/// Opens the invoices of milestones and deposits that stand.
fn before(
    parts: &Parts,
    quote: &Document,
    ledger: &Ledger,
    settings: &Settings,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<Before, Failure> {
    let links = Links::of(ledger);
    let mut before = Before::default();
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
        let documents =
            load::documents(session, source, settings, std::slice::from_ref(&one.number))?;
        for document in &documents {
            // Lines were invoiced with what falls on them of discounts on the whole: both are taken off by themselves, so that what
            // is left of the discounts falls on the lines that are left.
            let by_lines = quote
                .milestones
                .get(index)
                .is_some_and(|part| part.share.is_none());
            let credits = &links.taken(ledger, &one.number);
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
    copy::works(&mut text, quote, false);
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

/// Adds a line for each operation, category and rate of a share.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::quotes::Invoiced;
    use crate::compute::rest::Left;
    use crate::task::sample::{self, d, day};

    /// 460.00 without VAT, 360.00 of it at 20 %; 537.50 with it.
    fn quote(milestones: &str) -> Document {
        let draft = format!(
            r#"
client = "acme"
type = "quote"
{milestones}
discount = [{{ amount = 40, reason = "Fidelity", vat = 20 }}]
line = [
    {{ item = "Design", quantity = 1, price = 100, vat = 20 }},
    {{ item = "Book", quantity = 1, price = 100, vat = 5.5 }},
    {{ item = "Photographs", quantity = 2, price = 150, vat = 20 }},
]
"#
        );
        sample::document("D2026-0001", &draft)
    }

    const SHARES: &str = r#"milestone = [{ name = "Start", share = 33.33 }, { name = "Middle", share = 33.33 }, { name = "End", share = 33.34 }]"#;
    const LINES: &str =
        r#"milestone = [{ name = "Start", lines = [1] }, { name = "End", lines = [3, 2] }]"#;

    /// What the draft of a part becomes.
    fn drafted(quote: &Document, part: &Part, before: &Before) -> Document {
        sample::document("F2026-0009", &text(quote, part, before))
    }

    fn nets(document: &Document) -> Vec<Decimal> {
        document.lines.iter().map(|line| line.net).collect()
    }

    fn invoiced(number: &str, part: Option<QuotePart>, amount: &str) -> Invoiced {
        Invoiced {
            number: number.to_owned(),
            issued: Some(day("2026-03-03")),
            part,
            amount: d(amount),
            stands: true,
        }
    }

    #[test]
    fn a_deposit_is_a_share_of_each_rate() {
        let quote = quote("");
        let part = Part::of(&Wanted::Deposit("33.33 %".to_owned()), &quote).unwrap();
        let deposit = drafted(&quote, &part, &Before::default());
        // 33.33 % of 460.00 is 153.318: of its 153.32, 360 of 460 are 119.9896 and 100 of 460 are 33.3304.
        assert_eq!(nets(&deposit), [d("119.99"), d("33.33")]);
        assert_eq!(deposit.quote_part, Some(QuotePart::Deposit));
        assert_eq!(deposit.quote.as_deref(), Some("D2026-0001"));
    }

    #[test]
    fn a_share_is_more_than_nothing_and_no_more_than_the_whole() {
        let quote = quote("");
        for text in ["0", "100.01%", "-5", "30,5", "a third", "0.00001"] {
            let problem = Part::of(&Wanted::Deposit(text.to_owned()), &quote).unwrap_err();
            assert_eq!(problem.code, code::VALUE_NUMBER, "{text}");
        }
    }

    #[test]
    fn milestones_that_are_shares_sum_to_the_whole() {
        let quote = quote(SHARES);
        let parts: Vec<Vec<Decimal>> = (0..3)
            .map(|index| {
                nets(&drafted(
                    &quote,
                    &Part::Milestone(index),
                    &Before::default(),
                ))
            })
            .collect();
        assert_eq!(
            parts,
            [
                [d("119.99"), d("33.33")],
                [d("119.99"), d("33.33")],
                [d("120.02"), d("33.34")],
            ]
        );
    }

    #[test]
    fn a_milestone_of_lines_bears_its_part_of_the_discount() {
        let quote = quote(LINES);
        let totals = |index| {
            drafted(&quote, &Part::Milestone(index), &Before::default())
                .totals
                .gross
        };
        // 10 of the 40 fall on 100 at 20 %, 30 on 300.
        assert_eq!(totals(0), d("108.00"));
        assert_eq!(totals(1), d("429.50"));
        let wanted = |number| Part::of(&Wanted::Milestone(number), &quote);
        assert!(matches!(wanted(2), Ok(Part::Milestone(1))));
        for number in [0, 3] {
            assert_eq!(wanted(number).unwrap_err().code, code::QUOTE_PART);
        }
    }

    #[test]
    fn the_final_takes_off_what_was_invoiced() {
        let quote = quote(SHARES);
        let before = Before {
            milestones: vec![("F2026-0002".to_owned(), 0, share::milestone(&quote, 0))],
            deposits: vec!["F2026-0003".to_owned()],
            ..Before::default()
        };
        let text = text(&quote, &Part::Final, &before);
        assert!(text.contains("type = \"final\""), "{text}");
        assert!(text.contains("deposits = [\"F2026-0003\"]"), "{text}");
        let last = sample::document("F2026-0009", &text);
        let all = ["100", "100", "300", "-119.99", "-33.33"].map(d);
        assert_eq!(nets(&last), all);
        assert_eq!(last.totals.net, d("306.68"));
    }

    #[test]
    fn the_final_of_lines_leaves_the_rest_of_the_discount() {
        let quote = quote(LINES);
        let first = drafted(&quote, &Part::Milestone(0), &Before::default());
        let before = Before {
            milestones: vec![(
                "F2026-0002".to_owned(),
                0,
                share::lines_alone(&first, &Left::default()),
            )],
            discounts: share::restated(&first).0,
            ..Before::default()
        };
        let last = drafted(&quote, &Part::Final, &before);
        assert_eq!(last.discounts[0].amount, d("30"));
        assert_eq!(last.totals.gross, d("429.50"));
    }

    #[test]
    fn a_part_is_invoiced_once_and_a_final_after_others() {
        let quote = quote(LINES);
        let found = |wanted: &Wanted, list: &[Invoiced]| -> Vec<String> {
            let mut problems = Diagnostics::default();
            let invoice = Invoice::of(&quote, wanted).unwrap();
            let list = list.to_vec();
            invoice.check(&Parts { list }, &mut problems);
            problems
                .iter()
                .map(|problem| problem.message.clone())
                .collect()
        };
        let first = invoiced("F2026-0002", Some(QuotePart::Milestone(1)), "108");
        let own = std::slice::from_ref(&first);
        assert_eq!(
            found(&Wanted::Milestone(1), own),
            ["F2026-0002 is an invoice of the part `milestone 1` already"]
        );
        assert_eq!(found(&Wanted::Milestone(2), own), [""; 0]);
        assert_eq!(found(&Wanted::Final, own), [""; 0]);
        assert_eq!(
            found(&Wanted::Final, &[]),
            ["nothing of D2026-0001 was invoiced yet: a final would be the whole"]
        );
        let name = Invoice::of(&quote, &Wanted::Milestone(2)).unwrap().name();
        assert_eq!(name, "D2026-0001-milestone-2");
    }
}
