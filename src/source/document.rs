//! invoices/YEAR/NUMBER.toml, quotes/YEAR/NUMBER.toml → an issued document.

use rust_decimal::Decimal;

use super::client::place;
use super::draft::{exchange, milestone, period, works};
use super::fields::Fields;
use super::settings::address;
use crate::diagnostic::code;
use crate::ledger::currency::Currency;
use crate::ledger::document::{
    Adjustment, Attachment, Document, DocumentType, DraftOrigin, FrozenBuyer, FrozenDiscount,
    FrozenPay, FrozenSeller, FrozenTerms, Line, LineAdjustment, Mention, PriceMode, Reference,
    Slice, Totals, VatGroup,
};
use crate::ledger::identifier::Number;
use crate::ledger::party::{ClientKind, Form, Language, Operation, VatDue, VatRegime};
use crate::ledger::quote_part::QuotePart;
use crate::ledger::settings::{PayKind, Payee};
use crate::ledger::terms::{Allocation, DiscountVat};
use crate::ledger::vat::Category;

/// More decimals than any frozen figure has; the shape of each is compared with what is recomputed.
const ANY: u32 = 10;

/// Reads an issued document.
pub fn document(mut fields: Fields<'_, '_>) -> Option<Document> {
    let f = fields.frozen();
    let span = f.span();
    let format = f
        .integer("format", 1..=1)
        .and_then(|n| u32::try_from(n).ok());
    let program = required(f, "program")?;
    let draft = draft_origin(f.table("draft"));
    let number = number(f, "number");
    let series = required(f, "series")?;
    let kind = required_choice(f, "type", DocumentType::WORDS);
    let type_code = f
        .integer("type_code", 0..=999)
        .and_then(|n| u32::try_from(n).ok());
    let process = f.string("process").unwrap_or_default();
    let issued = f.required_date("issued");
    let due = f.date("due").map(|due| due.value);
    let valid_until = f.date("valid_until").map(|day| day.value);
    let supplied = f.required_date("supplied");
    let vat_point = f.string("vat_point");
    let payment_reference = f.string("payment_reference").unwrap_or_default();
    let language = required_choice(f, "language", Language::WORDS);
    let currency = required_currency(f, "currency");
    let ledger_currency = if f.has("ledger_currency") {
        required_currency(f, "ledger_currency")
    } else {
        currency
    };
    let exchange = exchange(f).map(|exchange| exchange.value);
    let prices = f
        .choice("prices", PriceMode::WORDS)
        .map_or(PriceMode::Net, |mode| mode.value);
    let subject = f.string("subject");
    let order = f.string("order");
    let contract = f.string("contract");
    let project = f.string("project");
    let quote = f.string("quote");
    let quote_part = quote_part(f);
    let replaces = f.string("replaces");
    let delivered = f.date("delivered").map(|day| day.value);
    let period = period(f).map(|period| period.value);
    let paid = f.strings("paid");
    let recurring = f.string("recurring");
    let note = f.paragraph("note").map(|note| note.value);
    let works = works(f).map(|works| works.value);
    let seller = table(f, "seller").and_then(seller);
    let buyer = table(f, "buyer").and_then(buyer);
    let payee = f.table("payee").and_then(payee);
    let own = currency
        .unwrap_or_else(|| Currency::parse("EUR").unwrap_or_else(|| unreachable!("a currency")));
    let terms = table(f, "terms").map(|fields| terms(fields, own));
    let references = list(f, "reference", reference);
    let lines: Vec<Line> = list(f, "line", line);
    let discounts = list(f, "discount", adjustment);
    let charges = list(f, "charge", adjustment);
    let vat = list(f, "vat", vat_group);
    let totals_table = table(f, "totals");
    let totals_span = totals_table.as_ref().map_or(span, Fields::span);
    let totals = totals_table.and_then(totals);
    let mentions = list(f, "mention", mention);
    let pay = list(f, "pay", pay);
    let attachments = list(f, "attachment", attachment);
    let milestones = f
        .tables("milestone")
        .into_iter()
        .filter_map(milestone)
        .map(|part| part.milestone)
        .collect();
    fields.finish();
    Some(Document {
        span,
        format: format?,
        program,
        draft: draft?,
        number: number?,
        series,
        kind: kind?,
        type_code: type_code?,
        process,
        issued: issued?.value,
        due,
        valid_until,
        supplied: supplied?.value,
        vat_point,
        payment_reference,
        language: language?,
        currency: currency?,
        ledger_currency: ledger_currency?,
        exchange,
        prices,
        subject,
        order,
        contract,
        project,
        quote,
        quote_part,
        replaces,
        delivered,
        period,
        paid,
        recurring,
        note,
        works,
        seller: seller?,
        buyer: buyer?,
        payee,
        terms: terms?,
        references,
        lines,
        discounts,
        charges,
        vat,
        totals: totals?,
        totals_span,
        mentions,
        pay,
        attachments,
        milestones,
    })
}

/// What the error says one should write where issuing wrote it once for ever.
const FROZEN: &str = "…";

fn required(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<String> {
    fields.required_text(name, FROZEN).map(|text| text.value)
}

fn required_choice<T: Copy>(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    words: &[(&str, T)],
) -> Option<T> {
    let text = fields.required_borrowed(name, FROZEN)?;
    fields.choice_of(name, &text, words)
}

fn required_currency(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Currency> {
    if !fields.has(name) {
        fields.missing(name, FROZEN);
    }
    super::settings::currency(fields, name).map(|currency| currency.value)
}

fn figure(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Decimal> {
    fields
        .required_decimal(name, ANY, FROZEN)
        .map(|value| value.value)
}

fn optional(fields: &mut Fields<'_, '_>, name: &'static str) -> Decimal {
    fields
        .decimal(name, ANY)
        .map_or(Decimal::ZERO, |value| value.value)
}

fn table<'t, 's>(fields: &mut Fields<'t, 's>, name: &'static str) -> Option<Fields<'t, 's>> {
    if !fields.has(name) {
        fields.missing(&format!("[{name}]"), FROZEN);
    }
    fields.table(name)
}

/// Reads an array of tables into a list that is as long.
fn list<'t, 's, T>(
    fields: &mut Fields<'t, 's>,
    name: &'static str,
    read: impl Fn(Fields<'t, 's>) -> Option<T>,
) -> Vec<T> {
    let tables = fields.tables(name);
    let mut list = Vec::with_capacity(tables.len());
    list.extend(tables.into_iter().filter_map(read));
    list
}

fn number(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Number> {
    let text = fields.required_borrowed(name, FROZEN)?;
    let number = Number::parse(&text);
    if number.is_none() {
        let message = format!("`{}` is no document number", text.value);
        fields.reading().error(
            code::NUMBER_FORM,
            text.span,
            message,
            "at most 35 of A-Z a-z 0-9 + _ -",
        );
    }
    number
}

/// The part of a quote that the document invoices.
fn quote_part(f: &mut Fields<'_, '_>) -> Option<QuotePart> {
    let text = f.text("quote_part")?;
    let part = QuotePart::parse(&text);
    if part.is_none() {
        let message = format!("`{}` is no part of a quote", text.value);
        let hint = "it is `whole`, `deposit`, `milestone N` or `final`";
        f.reading()
            .error(code::VALUE_CHOICE, text.span, message, hint);
    }
    part
}

fn draft_origin(fields: Option<Fields<'_, '_>>) -> Option<DraftOrigin> {
    let mut fields = fields?;
    let origin = DraftOrigin {
        name: required(&mut fields, "name")?,
        sha256: required(&mut fields, "sha256")?,
    };
    fields.finish();
    Some(origin)
}

fn seller(mut fields: Fields<'_, '_>) -> Option<FrozenSeller> {
    let f = &mut fields;
    let seller = FrozenSeller {
        name: required(f, "name")?,
        form: required_choice(f, "form", Form::WORDS)?,
        trade_name: f.string("trade_name"),
        id: f.string("id"),
        siret: f.string("siret"),
        vat: f.string("vat"),
        tax_id: f.string("tax_id"),
        legal: f.string("legal"),
        registry: f.string("registry"),
        vat_regime: required_choice(f, "vat_regime", VatRegime::WORDS)?,
        vat_due: required_choice(f, "vat_due", VatDue::WORDS)?,
        email: f.string("email"),
        phone: f.string("phone"),
        contact: f.string("contact"),
        website: f.string("website"),
        endpoint: f.string("endpoint"),
        logo: f.string("logo"),
        accent: f.string("accent"),
        design: f.string("design"),
        footer: f.string("footer"),
        address: table(f, "address").and_then(address)?,
    };
    fields.finish();
    Some(seller)
}

fn buyer(mut fields: Fields<'_, '_>) -> Option<FrozenBuyer> {
    let f = &mut fields;
    let buyer = FrozenBuyer {
        client: required(f, "client")?,
        name: required(f, "name")?,
        kind: required_choice(f, "kind", ClientKind::WORDS)?,
        taxable: f.boolean("taxable", true),
        id: f.string("id"),
        siret: f.string("siret"),
        vat: f.string("vat"),
        endpoint: f.string("endpoint"),
        routing: f.string("routing"),
        contact: f.string("contact"),
        phone: f.string("phone"),
        email: f.string("email"),
        reference: f.string("reference"),
        accounting: f.string("accounting"),
        address: table(f, "address").and_then(address)?,
        billing: f.table("billing").and_then(place),
        delivery: f.table("delivery").and_then(place),
    };
    fields.finish();
    Some(buyer)
}

fn payee(mut fields: Fields<'_, '_>) -> Option<Payee> {
    let payee = Payee {
        name: required(&mut fields, "name")?,
        id: fields.string("id"),
    };
    fields.finish();
    Some(payee)
}

fn terms(mut fields: Fields<'_, '_>, own: Currency) -> FrozenTerms {
    let f = &mut fields;
    let number = |f: &mut Fields<'_, '_>, name| f.decimal(name, ANY).map(|value| value.value);
    let terms = FrozenTerms {
        due: f.string("due"),
        late_from: f.date("late_from").map(|day| day.value),
        late_interest: number(f, "late_interest"),
        late_rate: number(f, "late_rate"),
        recovery_fee: number(f, "recovery_fee"),
        fee_currency: super::settings::currency(f, "fee_currency")
            .map_or(own, |currency| currency.value),
        day_count: f
            .integer("day_count", 360..=366)
            .and_then(|days| u32::try_from(days).ok())
            .unwrap_or(365),
        allocation: f
            .choice("allocation", Allocation::WORDS)
            .map_or(Allocation::PrincipalFirst, |word| word.value),
        discount: f.table("early_discount").and_then(early_discount),
    };
    fields.finish();
    terms
}

fn early_discount(mut fields: Fields<'_, '_>) -> Option<FrozenDiscount> {
    let f = &mut fields;
    let discount = FrozenDiscount {
        percent: figure(f, "percent")?,
        days: f
            .integer("days", 0..=365)
            .and_then(|days| u32::try_from(days).ok())?,
        date: f.required_date("date")?.value,
        amount: figure(f, "amount")?,
        vat: required_choice(f, "vat", DiscountVat::WORDS)?,
    };
    fields.finish();
    Some(discount)
}

fn category(fields: &mut Fields<'_, '_>) -> Option<Category> {
    required_choice(fields, "category", Category::ALL)
}

fn reference(mut fields: Fields<'_, '_>) -> Option<Reference> {
    let f = &mut fields;
    let number = number(f, "number")?;
    let issued = f.required_date("issued")?.value;
    let gross = figure(f, "gross")?;
    let deducted = f.decimal("deducted", ANY).map(|value| value.value);
    let vat = slices(f, "vat");
    let left = f.has("left").then(|| slices(f, "left"));
    fields.finish();
    Some(Reference {
        number,
        issued,
        gross,
        deducted,
        vat,
        left,
    })
}

/// Reads parts of a breakdown.
fn slices(fields: &mut Fields<'_, '_>, name: &'static str) -> Vec<Slice> {
    let mut slices = Vec::new();
    for mut group in fields.tables(name) {
        let operation = required_choice(&mut group, "operation", Operation::WORDS);
        let row = (
            category(&mut group),
            figure(&mut group, "rate"),
            figure(&mut group, "base"),
            figure(&mut group, "vat"),
        );
        group.finish();
        if let (Some(operation), (Some(category), Some(rate), Some(base), Some(tax))) =
            (operation, row)
        {
            slices.push(Slice {
                operation,
                category,
                rate,
                base,
                vat: tax,
            });
        }
    }
    slices
}

fn line(mut fields: Fields<'_, '_>) -> Option<Line> {
    let f = &mut fields;
    let span = f.span();
    let line = Line {
        span,
        item: required(f, "item")?,
        description: f.paragraph("description").map(|text| text.value),
        sku: f.string("sku"),
        period: period(f).map(|period| period.value),
        operation: required_choice(f, "operation", Operation::WORDS)?,
        quantity: figure(f, "quantity")?,
        unit: f.string("unit"),
        price: figure(f, "price")?,
        price_net: f.decimal("price_net", ANY).map(|value| value.value),
        discount: f.table("discount").and_then(line_adjustment),
        charge: f.table("charge").and_then(line_adjustment),
        category: category(f)?,
        rate: figure(f, "rate")?,
        net: figure(f, "net")?,
    };
    fields.finish();
    Some(line)
}

fn line_adjustment(mut fields: Fields<'_, '_>) -> Option<LineAdjustment> {
    let f = &mut fields;
    let adjustment = LineAdjustment {
        percent: f.decimal("percent", ANY).map(|value| value.value),
        amount: figure(f, "amount")?,
        reason: required(f, "reason")?,
    };
    fields.finish();
    Some(adjustment)
}

fn adjustment(mut fields: Fields<'_, '_>) -> Option<Adjustment> {
    let f = &mut fields;
    let adjustment = Adjustment {
        amount: figure(f, "amount")?,
        percent: f.decimal("percent", ANY).map(|value| value.value),
        reason: required(f, "reason")?,
        category: category(f)?,
        rate: figure(f, "rate")?,
    };
    fields.finish();
    Some(adjustment)
}

fn vat_group(mut fields: Fields<'_, '_>) -> Option<VatGroup> {
    let f = &mut fields;
    let group = VatGroup {
        category: category(f)?,
        rate: figure(f, "rate")?,
        base: figure(f, "base")?,
        vat: figure(f, "vat")?,
        code: f.string("code"),
        reason: f.string("reason"),
    };
    fields.finish();
    Some(group)
}

fn totals(mut fields: Fields<'_, '_>) -> Option<Totals> {
    let f = &mut fields;
    let totals = Totals {
        lines: figure(f, "lines")?,
        discounts: optional(f, "discounts"),
        charges: optional(f, "charges"),
        net: figure(f, "net")?,
        vat: figure(f, "vat")?,
        vat_ledger: f.decimal("vat_ledger", ANY).map(|value| value.value),
        gross: figure(f, "gross")?,
        deposits: optional(f, "deposits"),
        rounding: optional(f, "rounding"),
        owed: figure(f, "owed")?,
        paid: optional(f, "paid"),
        due: figure(f, "due")?,
    };
    fields.finish();
    Some(totals)
}

fn mention(mut fields: Fields<'_, '_>) -> Option<Mention> {
    let f = &mut fields;
    let text = f.paragraph("text").map(|text| text.value);
    let mention = Mention {
        code: f.string("code"),
        text: text?,
        sign: f.boolean("sign", false),
    };
    fields.finish();
    Some(mention)
}

fn pay(mut fields: Fields<'_, '_>) -> Option<FrozenPay> {
    let f = &mut fields;
    let pay = FrozenPay {
        id: required(f, "id")?,
        kind: required_choice(f, "kind", PayKind::WORDS)?,
        label: f.string("label"),
        iban: f.string("iban"),
        bic: f.string("bic"),
        holder: f.string("holder"),
        url: f.string("url"),
        creditor_id: f.string("creditor_id"),
        mandate: f.string("mandate"),
    };
    fields.finish();
    Some(pay)
}

fn attachment(mut fields: Fields<'_, '_>) -> Option<Attachment> {
    let f = &mut fields;
    let attachment = Attachment {
        name: required(f, "name")?,
        sha256: required(f, "sha256")?,
    };
    fields.finish();
    Some(attachment)
}
