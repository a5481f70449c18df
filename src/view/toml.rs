//! Documents, drafts, clients and settings → TOML, in the key order of the format. Written once; never a rewrite of a user's file.

use std::fmt::Write;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use toml_writer::{TomlKeyBuilder, TomlStringBuilder, WriteTomlKey, WriteTomlValue};

use crate::ledger::amount::{fixed, plain};
use crate::ledger::document::{
    Adjustment, Document, Line, LineAdjustment, Milestone, Period, PriceMode, Reference, Slice,
    Totals, VatGroup,
};
use crate::ledger::party::{Address, Form, Place, VatDue, VatRegime};
use crate::ledger::terms::{Allocation, DiscountVat};
use crate::ledger::works::Works;

/// A TOML text in the making.
#[derive(Debug, Default)]
pub struct Text {
    out: String,
}

/// Returns a string as a TOML value.
pub fn string(text: &str) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = TomlStringBuilder::new(text)
        .as_basic()
        .write_toml_value(&mut out);
    out
}

/// Returns the spelling of a value among some words.
fn word<'w, T: PartialEq>(words: &[(&'w str, T)], value: &T) -> &'w str {
    words
        .iter()
        .find(|(_, known)| known == value)
        .map_or("", |(word, _)| word)
}

impl Text {
    /// Adds a comment line.
    pub fn comment(&mut self, text: &str) -> &mut Self {
        let _ = writeln!(self.out, "# {text}");
        self
    }

    /// Opens `[name]`.
    pub fn table(&mut self, name: &str) -> &mut Self {
        let _ = writeln!(self.out, "\n[{name}]");
        self
    }

    /// Opens `[[name]]`.
    pub fn element(&mut self, name: &str) -> &mut Self {
        let _ = writeln!(self.out, "\n[[{name}]]");
        self
    }

    /// Adds a key with a finished value.
    pub fn raw(&mut self, key: &str, value: impl std::fmt::Display) -> &mut Self {
        let _ = TomlKeyBuilder::new(key)
            .as_default()
            .write_toml_key(&mut self.out);
        let _ = writeln!(self.out, " = {value}");
        self
    }

    /// Adds a text.
    pub fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.raw(key, string(value))
    }

    /// Adds a text, if there is one.
    pub fn maybe(&mut self, key: &str, value: Option<&String>) -> &mut Self {
        if let Some(value) = value {
            self.text(key, value);
        }
        self
    }

    /// Adds a list of texts, if there is any.
    pub fn list<'a>(&mut self, key: &str, values: impl IntoIterator<Item = &'a str>) -> &mut Self {
        let values: Vec<String> = values.into_iter().map(string).collect();
        if !values.is_empty() {
            self.raw(key, format!("[{}]", values.join(", ")));
        }
        self
    }

    fn date(&mut self, key: &str, day: Option<NaiveDate>) -> &mut Self {
        if let Some(day) = day {
            self.raw(key, day);
        }
        self
    }

    fn number(&mut self, key: &str, value: Option<Decimal>) -> &mut Self {
        if let Some(value) = value {
            self.raw(key, plain(value));
        }
        self
    }

    /// Returns the text.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.out)
    }
}

fn period(period: Period) -> String {
    format!("{{ from = {}, to = {} }}", period.from, period.to)
}

/// Adds the keys of an address to the table that is open.
pub fn address(text: &mut Text, address: &Address) {
    text.maybe("street", address.street.as_ref())
        .maybe("more", address.more.as_ref())
        .maybe("postcode", address.postcode.as_ref())
        .maybe("city", address.city.as_ref())
        .maybe("region", address.region.as_ref())
        .text("country", &address.country);
}

fn place(text: &mut Text, name: &str, place: Option<&Place>) {
    if let Some(place) = place {
        text.table(name).maybe("name", place.name.as_ref());
        address(text, &place.address);
    }
}

/// Returns an issued document's file.
pub fn document(document: &Document) -> String {
    let mut text = Text::default();
    head(&mut text, document);
    parties(&mut text, document);
    terms(&mut text, document);
    let digits = document.currency.digits();
    for reference in &document.references {
        self::reference(&mut text, reference, digits);
    }
    for line in &document.lines {
        self::line(&mut text, line, digits);
    }
    for (name, list) in [
        ("discount", &document.discounts),
        ("charge", &document.charges),
    ] {
        for part in list {
            adjustment(&mut text, name, part, digits);
        }
    }
    for group in &document.vat {
        vat_group(&mut text, group, digits);
    }
    totals(
        &mut text,
        &document.totals,
        digits,
        document.ledger_currency.digits(),
    );
    for mention in &document.mentions {
        text.element("mention")
            .maybe("code", mention.code.as_ref())
            .text("text", &mention.text);
        if mention.sign {
            text.raw("sign", true);
        }
    }
    for pay in &document.pay {
        text.element("pay")
            .text("id", &pay.id)
            .text("kind", pay.kind.word())
            .maybe("label", pay.label.as_ref())
            .maybe("iban", pay.iban.as_ref())
            .maybe("bic", pay.bic.as_ref())
            .maybe("holder", pay.holder.as_ref())
            .maybe("url", pay.url.as_ref())
            .maybe("creditor_id", pay.creditor_id.as_ref())
            .maybe("mandate", pay.mandate.as_ref());
    }
    for attachment in &document.attachments {
        text.element("attachment")
            .text("name", &attachment.name)
            .text("sha256", &attachment.sha256);
    }
    for part in &document.milestones {
        milestone(&mut text, part);
    }
    text.finish()
}

fn head(text: &mut Text, d: &Document) {
    text.raw("format", d.format)
        .text("program", &d.program)
        .raw(
            "draft",
            format!(
                "{{ name = {}, sha256 = {} }}",
                string(&d.draft.name),
                string(&d.draft.sha256)
            ),
        )
        .text("number", d.number.as_str())
        .text("series", &d.series)
        .text("type", d.kind.word())
        .raw("type_code", d.type_code)
        .text("process", &d.process)
        .raw("issued", d.issued)
        .date("due", d.due)
        .date("valid_until", d.valid_until)
        .raw("supplied", d.supplied)
        .maybe("vat_point", d.vat_point.as_ref())
        .text("payment_reference", &d.payment_reference)
        .text("language", d.language.code())
        .text("currency", d.currency.code());
    if d.ledger_currency != d.currency {
        text.text("ledger_currency", d.ledger_currency.code());
    }
    if let Some(exchange) = &d.exchange {
        let mut parts = vec![format!("rate = {}", plain(exchange.rate))];
        parts.extend(exchange.date.map(|day| format!("date = {day}")));
        parts.extend(
            exchange
                .source
                .as_ref()
                .map(|source| format!("source = {}", string(source))),
        );
        text.raw("exchange", format!("{{ {} }}", parts.join(", ")));
    }
    if d.prices == PriceMode::Gross {
        text.text("prices", "gross");
    }
    text.maybe("subject", d.subject.as_ref())
        .maybe("order", d.order.as_ref())
        .maybe("contract", d.contract.as_ref())
        .maybe("project", d.project.as_ref())
        .maybe("quote", d.quote.as_ref())
        .maybe(
            "quote_part",
            d.quote_part.map(|part| part.to_string()).as_ref(),
        )
        .maybe("replaces", d.replaces.as_ref())
        .date("delivered", d.delivered);
    if let Some(span) = d.period {
        text.raw("period", period(span));
    }
    text.list("paid", d.paid.iter().map(String::as_str));
    text.maybe("recurring", d.recurring.as_ref())
        .maybe("note", d.note.as_ref());
    if let Some(own) = &d.works {
        text.raw("works", works(own));
    }
}

/// Returns works as a TOML value.
pub fn works(works: &Works) -> String {
    let mut parts = vec![format!("place = {}", string(&works.place))];
    parts.extend(works.repair.then(|| "repair = true".to_owned()));
    parts.extend(works.certify.map(|certify| format!("certify = {certify}")));
    for (key, price) in [("hourly_rate", works.hourly_rate), ("travel", works.travel)] {
        parts.extend(price.map(|price| format!("{key} = {}", plain(price))));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn parties(text: &mut Text, d: &Document) {
    let seller = &d.seller;
    text.table("seller")
        .text("name", &seller.name)
        .text("form", word(Form::WORDS, &seller.form))
        .maybe("trade_name", seller.trade_name.as_ref())
        .maybe("id", seller.id.as_ref())
        .maybe("siret", seller.siret.as_ref())
        .maybe("vat", seller.vat.as_ref())
        .maybe("tax_id", seller.tax_id.as_ref())
        .maybe("legal", seller.legal.as_ref())
        .maybe("registry", seller.registry.as_ref())
        .text("vat_regime", word(VatRegime::WORDS, &seller.vat_regime))
        .text("vat_due", word(VatDue::WORDS, &seller.vat_due))
        .maybe("email", seller.email.as_ref())
        .maybe("phone", seller.phone.as_ref())
        .maybe("contact", seller.contact.as_ref())
        .maybe("website", seller.website.as_ref())
        .maybe("endpoint", seller.endpoint.as_ref())
        .maybe("logo", seller.logo.as_ref())
        .maybe("accent", seller.accent.as_ref())
        .maybe("design", seller.design.as_ref())
        .maybe("footer", seller.footer.as_ref())
        .table("seller.address");
    address(text, &seller.address);
    let buyer = &d.buyer;
    text.table("buyer")
        .text("client", &buyer.client)
        .text("name", &buyer.name)
        .text("kind", buyer.kind.word());
    if !buyer.taxable {
        text.raw("taxable", false);
    }
    text.maybe("id", buyer.id.as_ref())
        .maybe("siret", buyer.siret.as_ref())
        .maybe("vat", buyer.vat.as_ref())
        .maybe("endpoint", buyer.endpoint.as_ref())
        .maybe("routing", buyer.routing.as_ref())
        .maybe("contact", buyer.contact.as_ref())
        .maybe("phone", buyer.phone.as_ref())
        .maybe("email", buyer.email.as_ref())
        .maybe("reference", buyer.reference.as_ref())
        .maybe("accounting", buyer.accounting.as_ref())
        .table("buyer.address");
    address(text, &buyer.address);
    place(text, "buyer.billing", buyer.billing.as_ref());
    place(text, "buyer.delivery", buyer.delivery.as_ref());
    if let Some(payee) = &d.payee {
        text.table("payee")
            .text("name", &payee.name)
            .maybe("id", payee.id.as_ref());
    }
}

fn terms(text: &mut Text, d: &Document) {
    let (terms, digits) = (&d.terms, d.currency.digits());
    text.table("terms")
        .maybe("due", terms.due.as_ref())
        .date("late_from", terms.late_from)
        .number("late_interest", terms.late_interest)
        .number("late_rate", terms.late_rate)
        .number("recovery_fee", terms.recovery_fee)
        .maybe(
            "fee_currency",
            (terms.fee_currency != d.currency)
                .then(|| terms.fee_currency.to_string())
                .as_ref(),
        )
        .raw("day_count", terms.day_count)
        .text("allocation", word(Allocation::WORDS, &terms.allocation));
    if let Some(discount) = &terms.discount {
        text.raw(
            "early_discount",
            format!(
                "{{ percent = {}, days = {}, date = {}, amount = {}, vat = \"{}\" }}",
                plain(discount.percent),
                discount.days,
                discount.date,
                fixed(discount.amount, digits),
                word(DiscountVat::WORDS, &discount.vat)
            ),
        );
    }
}

fn reference(text: &mut Text, reference: &Reference, digits: u32) {
    text.element("reference")
        .text("number", reference.number.as_str())
        .raw("issued", reference.issued)
        .raw("gross", fixed(reference.gross, digits));
    if let Some(deducted) = reference.deducted {
        text.raw("deducted", fixed(deducted, digits));
    }
    text.raw("vat", slices(&reference.vat, digits));
    if let Some(left) = &reference.left {
        text.raw("left", slices(left, digits));
    }
}

/// Returns parts of a breakdown as a TOML value.
fn slices(slices: &[Slice], digits: u32) -> String {
    let groups: Vec<String> = slices
        .iter()
        .map(|slice| {
            let (operation, category) = (slice.operation.word(), slice.category.code());
            let (rate, base, vat) = (plain(slice.rate), fixed(slice.base, digits), fixed(slice.vat, digits));
            format!(
                "{{ operation = \"{operation}\", category = \"{category}\", rate = {rate}, base = {base}, vat = {vat} }}"
            )
        })
        .collect();
    format!("[{}]", groups.join(", "))
}

fn line(text: &mut Text, line: &Line, digits: u32) {
    text.element("line")
        .text("item", &line.item)
        .maybe("description", line.description.as_ref())
        .maybe("sku", line.sku.as_ref());
    if let Some(span) = line.period {
        text.raw("period", period(span));
    }
    text.text("operation", line.operation.word())
        .raw("quantity", plain(line.quantity))
        .maybe("unit", line.unit.as_ref())
        .raw("price", plain(line.price))
        .number("price_net", line.price_net);
    for (key, adjustment) in [("discount", &line.discount), ("charge", &line.charge)] {
        if let Some(adjustment) = adjustment {
            text.raw(key, line_adjustment(adjustment, digits));
        }
    }
    text.text("category", line.category.code())
        .raw("rate", plain(line.rate))
        .raw("net", fixed(line.net, digits));
}

/// Adds a part of a quote.
pub fn milestone(text: &mut Text, part: &Milestone) {
    text.element("milestone")
        .text("name", &part.name)
        .number("share", part.share);
    if !part.lines.is_empty() {
        let lines: Vec<String> = part.lines.iter().map(u32::to_string).collect();
        text.raw("lines", format!("[{}]", lines.join(", ")));
    }
}

fn line_adjustment(adjustment: &LineAdjustment, digits: u32) -> String {
    let percent = adjustment
        .percent
        .map(|percent| format!("percent = {}, ", plain(percent)))
        .unwrap_or_default();
    let (amount, reason) = (fixed(adjustment.amount, digits), string(&adjustment.reason));
    format!("{{ {percent}amount = {amount}, reason = {reason} }}")
}

fn adjustment(text: &mut Text, name: &str, part: &Adjustment, digits: u32) {
    text.element(name)
        .raw("amount", fixed(part.amount, digits))
        .number("percent", part.percent)
        .text("reason", &part.reason)
        .text("category", part.category.code())
        .raw("rate", plain(part.rate));
}

fn vat_group(text: &mut Text, group: &VatGroup, digits: u32) {
    text.element("vat")
        .text("category", group.category.code())
        .raw("rate", plain(group.rate))
        .raw("base", fixed(group.base, digits))
        .raw("vat", fixed(group.vat, digits))
        .maybe("code", group.code.as_ref())
        .maybe("reason", group.reason.as_ref());
}

fn totals(text: &mut Text, totals: &Totals, digits: u32, ledger_digits: u32) {
    let optional = |value: Decimal| (!value.is_zero()).then(|| fixed(value, digits));
    text.table("totals")
        .raw("lines", fixed(totals.lines, digits));
    for (key, value) in [("discounts", totals.discounts), ("charges", totals.charges)] {
        if let Some(value) = optional(value) {
            text.raw(key, value);
        }
    }
    text.raw("net", fixed(totals.net, digits))
        .raw("vat", fixed(totals.vat, digits));
    if let Some(vat) = totals.vat_ledger {
        text.raw("vat_ledger", fixed(vat, ledger_digits));
    }
    text.raw("gross", fixed(totals.gross, digits));
    for (key, value) in [("deposits", totals.deposits), ("rounding", totals.rounding)] {
        if let Some(value) = optional(value) {
            text.raw(key, value);
        }
    }
    text.raw("owed", fixed(totals.owed, digits));
    if let Some(value) = optional(totals.paid) {
        text.raw("paid", value);
    }
    text.raw("due", fixed(totals.due, digits));
}
