//! drafts/NAME.toml → a draft.

use rust_decimal::Decimal;

use super::fields::Fields;
use super::settings::{currency, due};
use super::tree::{Item, Value};
use crate::diagnostic::code;
use crate::ledger::amount;
use crate::ledger::document::{DocumentType, Exchange, Milestone, Period, PriceMode, Share};
use crate::ledger::draft::{Draft, DraftAdjustment, DraftLine, DraftMilestone, UNITS, is_unit};
use crate::ledger::party::{Language, Operation};
use crate::ledger::vat::{VatCase, VatChoice};
use crate::ledger::works::{Concluded, Works};
use crate::span::Spanned;

/// Reads a draft.
pub fn draft(mut fields: Fields<'_, '_>, name: &str, sha256: &str) -> Option<Draft> {
    let span = fields.span();
    if let Some(entry) = fields.entry("number") {
        let place = fields.place(&entry.item);
        fields.reading().error(
            code::KEY_UNKNOWN,
            place,
            "a draft has no `number`",
            "remove the key: `issue` gives the next number of the series",
        );
    }
    let client = fields.required_text("client", "\"acme\"");
    let kind = fields
        .choice("type", DocumentType::WORDS)
        .unwrap_or(Spanned::new(DocumentType::Invoice, span));
    let draft = Draft {
        name: name.to_owned(),
        span,
        sha256: sha256.to_owned(),
        client: client
            .clone()
            .unwrap_or_else(|| Spanned::new(String::new(), span)),
        kind,
        subject: fields.text("subject"),
        order: fields.string("order"),
        contract: fields.string("contract"),
        project: fields.string("project"),
        quote: fields.text("quote"),
        quote_part: fields.text("quote_part"),
        replaces: fields.text("replaces"),
        validity: due(&mut fields, "validity"),
        delivered: fields.date("delivered"),
        period: period(&mut fields),
        corrects: fields.texts("corrects"),
        deposits: fields.texts("deposits"),
        paid: fields.texts("paid"),
        recurring: fields.string("recurring"),
        prices: fields
            .choice("prices", PriceMode::WORDS)
            .map_or(PriceMode::Net, |mode| mode.value),
        note: fields.paragraph("note"),
        language: fields
            .choice("language", Language::WORDS)
            .map(|language| language.value),
        currency: currency(&mut fields, "currency"),
        exchange: exchange(&mut fields),
        rounding: fields.decimal("rounding", 3),
        due: due(&mut fields, "due"),
        late_from: fields.date("late_from"),
        works: works(&mut fields),
        concluded: fields.choice("concluded", Concluded::WORDS),
        pay: fields.texts("pay"),
        attachments: fields.texts("attachments"),
        lines: fields.tables("line").into_iter().filter_map(line).collect(),
        discounts: fields
            .tables("discount")
            .into_iter()
            .filter_map(adjustment)
            .collect(),
        charges: fields
            .tables("charge")
            .into_iter()
            .filter_map(adjustment)
            .collect(),
        milestones: fields
            .tables("milestone")
            .into_iter()
            .filter_map(milestone)
            .collect(),
    };
    if !fields.has("line") {
        fields.missing(
            "[[line]]",
            "a `[[line]]` with `item`, `quantity`, `price` and `vat`",
        );
    }
    fields.finish();
    client?;
    Some(draft)
}

/// Reads `period = { from = …, to = … }`.
pub fn period(fields: &mut Fields<'_, '_>) -> Option<Spanned<Period>> {
    let place = fields
        .entry("period")
        .map(|entry| fields.place(&entry.item))?;
    let mut table = fields.table("period")?;
    let (from, to) = (table.required_date("from"), table.required_date("to"));
    table.finish();
    let (from, to) = (from?, to?);
    if from.value > to.value {
        fields.reading().error(
            code::VALUE_DATE,
            to.span,
            format!(
                "the period ends on {}, before it begins on {}",
                to.value, from.value
            ),
            "write the first day as `from`, the last as `to`",
        );
    }
    Some(Spanned::new(
        Period {
            from: from.value,
            to: to.value,
        },
        place,
    ))
}

/// Reads `exchange = { rate = …, date = …, source = … }`.
pub fn exchange(fields: &mut Fields<'_, '_>) -> Option<Spanned<Exchange>> {
    let place = fields
        .entry("exchange")
        .map(|entry| fields.place(&entry.item))?;
    let mut table = fields.table("exchange")?;
    let rate = table.required_decimal("rate", 8, "0.92");
    if let Some(rate) = &rate
        && rate.value <= Decimal::ZERO
    {
        let message = format!("a rate of exchange of {} cannot be", rate.value);
        table.reading().error(
            code::AMOUNT_SIGN,
            rate.span,
            message,
            "write units of the ledger's currency for one",
        );
    }
    let date = table.date("date").map(|date| date.value);
    let source = table.string("source");
    table.finish();
    Some(Spanned::new(
        Exchange {
            rate: rate?.value,
            date,
            source,
        },
        place,
    ))
}

/// Reads `[works]`.
pub fn works(fields: &mut Fields<'_, '_>) -> Option<Spanned<Works>> {
    let mut table = fields.table("works")?;
    let span = table.span();
    let place = table.required_text("place", "\"8 rue des Lilas, 69003 Lyon\"");
    let repair = table.boolean("repair", false);
    let certify = table.has("certify").then(|| table.boolean("certify", true));
    let hourly_rate = price(&mut table, "hourly_rate");
    let travel = price(&mut table, "travel");
    table.finish();
    Some(Spanned::new(
        Works {
            place: place?.value,
            repair,
            certify,
            hourly_rate,
            travel,
        },
        span,
    ))
}

/// Reads a price that is not negative.
fn price(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Decimal> {
    let price = fields.decimal(name, 3)?;
    if price.value < Decimal::ZERO {
        let message = format!("`{name}` is negative");
        let hint = "write a price from 0, VAT included";
        fields
            .reading()
            .error(code::AMOUNT_SIGN, price.span, message, hint);
    }
    Some(price.value)
}

fn line(mut fields: Fields<'_, '_>) -> Option<DraftLine> {
    let span = fields.span();
    let item = fields.required_text("item", "\"Développement\"");
    let quantity = fields.required_decimal("quantity", 4, "1");
    let price = fields.required_decimal("price", 6, "480");
    if let Some(price) = &price
        && price.is_sign_negative()
        && !price.is_zero()
    {
        let message = format!("the price {} is negative", price.value);
        let hint = "a price is never negative (BR-27): write a negative quantity, a discount, or draft a credit note";
        fields
            .reading()
            .error(code::AMOUNT_SIGN, price.span, message, hint);
    }
    let day = fields.date("date").map(|day| Period {
        from: day.value,
        to: day.value,
    });
    let unit = fields.text("unit");
    if let Some(unit) = &unit
        && !is_unit(unit)
    {
        let words: Vec<&str> = UNITS.iter().map(|(word, _)| *word).collect();
        fields.reading().error(
            code::VALUE_CHOICE,
            unit.span,
            format!("`{}` is no unit", unit.value),
            format!(
                "one of {}, or a code of UN/ECE Recommendation 20",
                words.join(", ")
            ),
        );
    }
    let line = DraftLine {
        span,
        item: item
            .clone()
            .unwrap_or_else(|| Spanned::new(String::new(), span)),
        description: fields.paragraph("description"),
        period: period(&mut fields).map(|period| period.value).or(day),
        operation: fields
            .choice("operation", Operation::SUPPLIES)
            .map(|operation| operation.value),
        quantity: quantity.unwrap_or(Spanned::new(Decimal::ZERO, span)),
        unit,
        price: price.unwrap_or(Spanned::new(Decimal::ZERO, span)),
        vat: vat(&mut fields),
        vat_reason: fields.text("vat_reason"),
        vat_text: fields.text("vat_text"),
        discount: share(&mut fields, "discount"),
        discount_reason: fields.string("discount_reason"),
        charge: share(&mut fields, "charge"),
        charge_reason: fields.string("charge_reason"),
        sku: fields.string("sku"),
    };
    fields.finish();
    item?;
    quantity?;
    price?;
    Some(line)
}

/// Reads a rate in percent or a word.
fn vat(fields: &mut Fields<'_, '_>) -> Option<Spanned<VatChoice>> {
    let entry = fields.entry("vat")?;
    let Value::Text(text) = &entry.item.value else {
        let rate = fields.decimal_of("vat", &entry.item, 4)?;
        if rate.is_sign_negative() || rate.value >= Decimal::ONE_HUNDRED {
            let message = format!("a VAT rate of {} % cannot be", rate.value);
            fields.reading().error(
                code::VALUE_NUMBER,
                rate.span,
                message,
                "write a percentage, such as `vat = 20`",
            );
            return None;
        }
        return Some(rate.map(VatChoice::Rate));
    };
    let span = fields.place(&entry.item);
    let spanned = Spanned::new(text.to_string(), span);
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let hint = format!(
            "write it without quotes: `vat = {}`",
            text.trim_end_matches('%').trim()
        );
        fields.reading().error(
            code::VALUE_TYPE,
            span,
            "a VAT rate is a number, not a text",
            hint,
        );
        return None;
    }
    fields
        .choice_of("VAT case", &spanned, VatCase::WORDS)
        .map(|case| Spanned::new(VatChoice::Case(case), span))
}

/// Reads `"5%"` or an amount.
fn share(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Spanned<Share>> {
    let entry = fields.entry(name)?;
    share_of(fields, name, &entry.item)
}

fn share_of(fields: &Fields<'_, '_>, name: &str, item: &Item<'_>) -> Option<Spanned<Share>> {
    let share = match &item.value {
        Value::Text(text) if text.trim_end().ends_with('%') => {
            let number = text.trim_end().trim_end_matches('%').trim();
            match amount::parse(number, 4) {
                Ok(percent) => Spanned::new(Share::Percent(percent), fields.place(item)),
                Err(problem) => {
                    let (message, hint) = problem.explain(number);
                    fields
                        .reading()
                        .error(code::VALUE_NUMBER, fields.place(item), message, hint);
                    return None;
                }
            }
        }
        _ => fields.decimal_of(name, item, 3)?.map(Share::Amount),
    };
    let (Share::Percent(value) | Share::Amount(value)) = share.value;
    let too_large =
        matches!(share.value, Share::Percent(percent) if percent > Decimal::ONE_HUNDRED);
    if value.is_sign_negative() || too_large {
        fields.reading().error(
            code::AMOUNT_SIGN,
            share.span,
            format!("a {name} of {value} cannot be"),
            "write an amount from 0, or a percentage up to 100 such as `\"5%\"`",
        );
    }
    Some(share)
}

fn adjustment(mut fields: Fields<'_, '_>) -> Option<DraftAdjustment> {
    let span = fields.span();
    let amount = share(&mut fields, "amount");
    let percent = fields
        .decimal("percent", 4)
        .map(|percent| percent.map(Share::Percent));
    if amount.is_none() && percent.is_none() && !fields.has("amount") && !fields.has("percent") {
        fields.missing("amount", "100");
    }
    if let (Some(_), Some(percent)) = (&amount, &percent) {
        let message = "an amount and a percentage together say two things";
        fields.reading().error(
            code::KEY_UNKNOWN,
            percent.span,
            message,
            "keep `amount` or `percent`",
        );
    }
    let reason = fields.text("reason");
    let vat = vat(&mut fields);
    fields.finish();
    Some(DraftAdjustment {
        span,
        share: amount.or(percent)?,
        reason,
        vat,
    })
}

/// Reads a part of a quote: a share of the whole, or some of its lines.
pub fn milestone(mut fields: Fields<'_, '_>) -> Option<DraftMilestone> {
    let span = fields.span();
    let name = fields.required_text("name", "\"Maquettes\"");
    let share = fields.decimal("share", 4);
    let mut lines = Vec::new();
    if let Some(entry) = fields.entry("lines") {
        let Value::Array(items) = &entry.item.value else {
            let message = "`lines` is a list of numbers";
            fields.reading().error(
                code::VALUE_TYPE,
                fields.place(&entry.item),
                message,
                "write `lines = [1, 2]`",
            );
            return None;
        };
        for item in items {
            if let Some(number) = fields.decimal_of("lines", item, 0) {
                lines.extend(u32::try_from(number.value.mantissa()).ok());
            }
        }
    }
    if fields.has("share") == fields.has("lines") {
        let message = "a milestone is a share of the whole, or some of its lines";
        fields.reading().error(
            code::QUOTE_MILESTONE,
            span,
            message,
            "write `share = 30`, or `lines = [1, 2]`",
        );
    }
    fields.finish();
    Some(DraftMilestone {
        span,
        milestone: Milestone {
            name: name?.value,
            share: share.map(|share| share.value),
            lines,
        },
    })
}
