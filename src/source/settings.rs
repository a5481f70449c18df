//! acquit.toml → settings.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::fields::Fields;
use super::tree::{Entry, Value};
use crate::diagnostic::{code, nearest};
use crate::ledger::accounts::Accounts;
use crate::ledger::currency::Currency;
use crate::ledger::date;
use crate::ledger::document::DocumentType;
use crate::ledger::identifier::{compact, compact_creditor, compact_digits, is_country, siren_of};
use crate::ledger::party::{Address, Form, Language, Operation, Seller, VatDue, VatRegime};
use crate::ledger::reminder::{Channel, Step, StepName};
use crate::ledger::settings::{
    FORMAT, LawEntry, OwnMention, Pattern, PayKind, PayMean, Payee, SeriesSettings, Settings,
};
use crate::ledger::terms::{
    Allocation, DiscountVat, Due, EarlyDiscount, LateInterest, QuoteCost, RecoveryFee, Terms,
    TermsOverride,
};
use crate::ledger::works::{Concluded, Insurance, Mediator};
use crate::span::Spanned;

/// Reads acquit.toml.
pub fn settings(mut fields: Fields<'_, '_>) -> Option<Settings> {
    format(&mut fields);
    let id = fields.required_text("id", "\"…\"");
    let currency = required_currency(&mut fields);
    let language = fields.choice("language", Language::WORDS);
    if language.is_none() && !fields.has("language") {
        fields.missing("language", "\"fr\"");
    }
    let seller = match fields.table("seller") {
        Some(table) => seller(table),
        None => {
            fields.missing("[seller]", "the table `[seller]` with at least a `name`");
            None
        }
    };
    let series = fields.table("series").map_or_else(default_series, series);
    let (terms, terms_span) = match fields.table("terms") {
        Some(table) => {
            let span = table.span();
            (terms(table).over(Terms::default()), span)
        }
        None => (Terms::default(), fields.span()),
    };
    let pay = fields
        .tables("pay")
        .into_iter()
        .filter_map(pay_mean)
        .collect();
    let french = seller
        .as_ref()
        .is_some_and(|seller| seller.address.country == "FR");
    let payee = fields.table("payee").and_then(|table| payee(table, french));
    let mentions = fields
        .tables("mention")
        .into_iter()
        .filter_map(mention)
        .collect();
    let laws = fields.tables("law").into_iter().filter_map(law).collect();
    let steps = steps(&mut fields);
    let accounts = fields
        .table("accounts")
        .map_or_else(Accounts::default, super::accounts::accounts);
    fields.finish();
    let mut reminders = if steps.is_empty() {
        Step::defaults()
    } else {
        steps
    };
    reminders.sort_by_key(|step| step.name);
    Some(Settings {
        id: id?.value,
        currency: currency?,
        language: language?.value,
        seller: seller?,
        series,
        terms,
        terms_span,
        pay,
        payee,
        mentions,
        laws,
        reminders,
        accounts,
    })
}

/// Checks the format's number.
pub fn format(fields: &mut Fields<'_, '_>) {
    if !fields.has("format") {
        fields.missing("format", &FORMAT.to_string());
    }
    if let Some(format) = fields.decimal("format", 0)
        && format.value != Decimal::from(FORMAT)
    {
        fields.reading().error(
            code::FORMAT_UNKNOWN,
            format.span,
            format!(
                "this ledger has format {}, which this program does not know",
                format.value
            ),
            format!("it reads and writes format {FORMAT}; a newer acquit reads newer formats"),
        );
    }
}

fn required_currency(fields: &mut Fields<'_, '_>) -> Option<Currency> {
    let text = fields.required_borrowed("currency", "\"EUR\"")?;
    currency_of(fields, &text)
}

/// Reads a currency's code.
pub fn currency(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Spanned<Currency>> {
    let text = fields.borrowed(name)?;
    currency_of(fields, &text).map(|currency| Spanned::new(currency, text.span))
}

fn currency_of(fields: &Fields<'_, '_>, text: &Spanned<&str>) -> Option<Currency> {
    let found = Currency::parse(text);
    if found.is_none() {
        let hint = match nearest(text, Currency::codes()) {
            Some(code) => format!("did you mean `{code}`? ISO 4217 codes are three capitals"),
            None => "write an ISO 4217 code of three capitals, such as `EUR`".into(),
        };
        let message = format!("`{}` is no currency", text.value);
        fields
            .reading()
            .error(code::CURRENCY_UNKNOWN, text.span, message, hint);
    }
    found
}

/// Reads an address.
pub fn address(mut fields: Fields<'_, '_>) -> Option<Address> {
    let country = fields.required_text("country", "\"FR\"");
    if let Some(country) = &country
        && !is_country(country)
    {
        fields.reading().error(
            code::ID_COUNTRY,
            country.span,
            format!("`{}` is no country", country.value),
            "write an ISO 3166-1 code of two capitals, such as `FR`",
        );
    }
    // Guadeloupe, Martinique and Réunion are France: the law's duties, VAT and the SIREN of a party follow from that.
    if let Some(country) = &country
        && ["GP", "MQ", "RE"].contains(&country.as_str())
    {
        let message = format!("`{}` is a part of France", country.value);
        let hint = "write `FR`: the postcode says which part, and its VAT rates are known";
        fields
            .reading()
            .error(code::ID_COUNTRY, country.span, message, hint);
    }
    let address = Address {
        street: fields.string("street"),
        more: fields.string("more"),
        postcode: fields.string("postcode"),
        city: fields.string("city"),
        region: fields.string("region"),
        country: country?.value,
    };
    fields.finish();
    Some(address)
}

fn seller(mut fields: Fields<'_, '_>) -> Option<Seller> {
    let span = fields.span();
    let name = fields.required_text("name", "\"Camille Durand EI\"");
    let form = fields
        .choice("form", Form::WORDS)
        .map_or(Form::Other, |form| form.value);
    let vat_regime = vat_regime(&mut fields);
    let mut seller = Seller {
        span,
        name: name
            .clone()
            .unwrap_or_else(|| Spanned::new(String::new(), span)),
        form,
        trade_name: fields.string("trade_name"),
        id: fields.text("id"),
        siret: fields.text("siret"),
        vat: fields.text("vat").map(|vat| vat.map(|text| compact(&text))),
        tax_id: fields.string("tax_id"),
        legal: fields.string("legal"),
        registry: fields.string("registry"),
        insurance: fields.table("insurance").and_then(insurance),
        mediator: fields.table("mediator").and_then(mediator),
        liquidator: fields.string("liquidator"),
        concluded: fields
            .choice("concluded", Concluded::WORDS)
            .map(|way| way.value),
        vat_regime,
        vat_due: fields
            .choice("vat_due", VatDue::WORDS)
            .map_or(VatDue::Receipts, |due| due.value),
        activity: fields
            .choice("activity", Operation::SUPPLIES)
            .map_or(Operation::Services, |activity| activity.value),
        email: fields.text("email"),
        phone: fields.string("phone"),
        contact: fields.string("contact"),
        website: fields.string("website"),
        endpoint: endpoint(&mut fields),
        logo: fields.text("logo"),
        accent: accent(&mut fields),
        design: fields.text("design"),
        footer: fields.string("footer"),
        address: Address::default(),
    };
    let address = match fields.table("address") {
        Some(table) => address(table),
        None => {
            fields.missing(
                "[seller.address]",
                "the table `[seller.address]` with at least `country = \"FR\"`",
            );
            None
        }
    };
    fields.finish();
    name?;
    seller.address = address?;
    french_defaults(&mut seller);
    Some(seller)
}

fn insurance(mut fields: Fields<'_, '_>) -> Option<Insurance> {
    let insurer = fields.required_text("insurer", "\"Mutuelle des Plumes\"");
    let contact = fields.required_text("contact", "\"1 rue du Port, 44000 Nantes\"");
    let cover = fields.required_text("cover", "\"France\"");
    fields.finish();
    Some(Insurance {
        insurer: insurer?.value,
        contact: contact?.value,
        cover: cover?.value,
    })
}

fn mediator(mut fields: Fields<'_, '_>) -> Option<Mediator> {
    let name = fields.required_text("name", "\"Médiateur des artisans\"");
    let address = fields.required_text("address", "\"1 rue du Port, 44000 Nantes\"");
    let website = fields.required_text("website", "\"https://…\"");
    fields.finish();
    Some(Mediator {
        name: name?.value,
        address: address?.value,
        website: website?.value,
    })
}

/// Reads an electronic address, which holds no spaces: they were pasted with the number in it.
pub fn endpoint(fields: &mut Fields<'_, '_>) -> Option<String> {
    let text = fields.string("endpoint")?;
    Some(text.split_whitespace().collect())
}

/// Reads SIREN and SIRET as people paste them; without a SIREN, that of the SIRET is meant.
pub fn french_ids(id: &mut Option<Spanned<String>>, siret: &mut Option<Spanned<String>>) {
    for own in [&mut *id, &mut *siret].into_iter().flatten() {
        own.value = compact_digits(&own.value);
    }
    if id.is_none() {
        *id = siret
            .as_ref()
            .and_then(|siret| Some(Spanned::new(siren_of(siret)?.to_owned(), siret.span)));
    }
}

/// In France the SIREN is the tax id where there is no VAT number, and the electronic address.
fn french_defaults(seller: &mut Seller) {
    if seller.address.country == "FR" {
        french_ids(&mut seller.id, &mut seller.siret);
    }
    let Some(siren) = seller
        .id
        .as_ref()
        .filter(|_| seller.address.country == "FR")
        .map(|id| id.value.clone())
    else {
        return;
    };
    if seller.vat.is_none() && seller.tax_id.is_none() {
        seller.tax_id = Some(siren.clone());
    }
    if seller.endpoint.is_none() {
        seller.endpoint = Some(format!("0225:{siren}"));
    }
}

fn accent(fields: &mut Fields<'_, '_>) -> Option<String> {
    let text = fields.text("accent")?;
    let hex = text
        .strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if !hex {
        let message = format!("`{}` is no colour", text.value);
        fields.reading().error(
            code::VALUE_TEXT,
            text.span,
            message,
            "for example `accent = \"#0b5c7a\"`",
        );
    }
    Some(text.value)
}

fn vat_regime(fields: &mut Fields<'_, '_>) -> Vec<(Option<NaiveDate>, VatRegime)> {
    let Some(entry) = fields.entry("vat_regime") else {
        return vec![(None, VatRegime::Standard)];
    };
    match &entry.item.value {
        Value::Text(text) => {
            let text = Spanned::new(text.to_string(), fields.place(&entry.item));
            fields
                .choice_of("vat_regime", &text, VatRegime::WORDS)
                .map(|regime| (None, regime))
                .into_iter()
                .collect()
        }
        _ => {
            let mut dated: Vec<(Option<NaiveDate>, VatRegime)> = Vec::new();
            for mut item in fields.tables("vat_regime") {
                let from = item.required_date("from").map(|from| from.value);
                let value = item
                    .choice("value", VatRegime::WORDS)
                    .map(|value| value.value);
                if value.is_none() && !item.has("value") {
                    item.missing("value", "\"franchise\"");
                }
                item.finish();
                if let (Some(from), Some(value)) = (from, value) {
                    dated.push((Some(from), value));
                }
            }
            dated.sort_by_key(|(from, _)| *from);
            dated
        }
    }
}

/// The series of a ledger that sets none.
fn default_series() -> SeriesSettings {
    let pattern = |text| Pattern::parse(text).unwrap_or_else(|_| unreachable!("a valid pattern"));
    SeriesSettings {
        invoice: pattern("F{year}-{n:04}"),
        credit: pattern("A{year}-{n:04}"),
        quote: pattern("D{year}-{n:04}"),
        plan: pattern("P{year}-{n:04}"),
        deposit: None,
        final_: None,
        corrective: None,
        first: Vec::new(),
    }
}

fn series(mut fields: Fields<'_, '_>) -> SeriesSettings {
    let default = default_series();
    let invoice = pattern(&mut fields, "invoice").unwrap_or(default.invoice);
    let credit = pattern(&mut fields, "credit").unwrap_or(default.credit);
    let quote = pattern(&mut fields, "quote").unwrap_or(default.quote);
    let plan = pattern(&mut fields, "plan").unwrap_or(default.plan);
    let deposit = pattern(&mut fields, "deposit");
    let final_ = pattern(&mut fields, "final");
    let corrective = pattern(&mut fields, "corrective");
    let mut first = Vec::new();
    if let Some(mut table) = fields.table("first") {
        for Entry { key, item, .. } in table.all() {
            if let Some(counter) = table.decimal_of("first", item, 0)
                && let Ok(counter) = u64::try_from(counter.value.trunc().mantissa())
            {
                first.push((key.to_string(), counter));
            }
        }
    }
    fields.finish();
    SeriesSettings {
        invoice,
        credit,
        quote,
        plan,
        deposit,
        final_,
        corrective,
        first,
    }
}

fn pattern(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Pattern> {
    let text = fields.text(name)?;
    match Pattern::parse(&text) {
        Ok(pattern) => Some(pattern),
        Err(message) => {
            fields.reading().error(
                code::NUMBER_FORM,
                text.span,
                message,
                "for example `F{year}-{n:04}`",
            );
            None
        }
    }
}

/// Reads the keys of `[terms]`, of the ledger or of a client.
pub fn terms(mut fields: Fields<'_, '_>) -> TermsOverride {
    let terms = TermsOverride {
        due: due(&mut fields, "due").map(|due| due.value),
        late_interest: statutory(&mut fields, "late_interest", 4)
            .map(|percent| percent.map_or(LateInterest::Statutory, LateInterest::Percent)),
        recovery_fee: statutory(&mut fields, "recovery_fee", 3)
            .map(|amount| amount.map_or(RecoveryFee::Statutory, RecoveryFee::Amount)),
        day_count: fields
            .integer("day_count", 360..=366)
            .and_then(|days| u32::try_from(days).ok()),
        early_discount: fields.table("early_discount").and_then(early_discount),
        quote_validity: due(&mut fields, "quote_validity").map(|due| due.value),
        quote_cost: fields
            .choice("quote_cost", QuoteCost::WORDS)
            .map(|cost| cost.value),
        allocation: fields
            .choice("allocation", Allocation::WORDS)
            .map(|allocation| allocation.value),
    };
    fields.finish();
    terms
}

/// Reads a rule for a due date.
pub fn due(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Spanned<Due>> {
    let entry = fields.entry(name)?;
    if let Value::Time(_) = entry.item.value {
        return fields
            .date_of(name, &entry.item)
            .map(|day| day.map(Due::On));
    }
    let text = fields.text(name)?;
    let rule = Due::parse(&text).filter(|rule| !matches!(rule, Due::On(_)));
    if rule.is_none() {
        let hint = match date::parse(&text) {
            Some(day) => format!("write the date without quotes: `{name} = {day}`"),
            None => format!("write {}", Due::FORMS),
        };
        let message = format!("`{}` is no due date", text.value);
        fields
            .reading()
            .error(code::VALUE_DATE, text.span, message, hint);
    }
    rule.map(|rule| Spanned::new(rule, text.span))
}

/// None: what the law gives.
type Statutory = Option<Decimal>;

/// Reads `"statutory"` or a number that is not negative.
fn statutory(fields: &mut Fields<'_, '_>, name: &'static str, decimals: u32) -> Option<Statutory> {
    let entry = fields.entry(name)?;
    if let Value::Text(text) = &entry.item.value
        && text == "statutory"
    {
        return Some(None);
    }
    let value = fields.decimal_of(name, &entry.item, decimals)?;
    if value.is_sign_negative() {
        let message = format!("`{name}` is negative");
        fields.reading().error(
            code::AMOUNT_SIGN,
            value.span,
            message,
            "write a number from 0, or \"statutory\"",
        );
    }
    Some(Some(value.value))
}

fn early_discount(mut fields: Fields<'_, '_>) -> Option<EarlyDiscount> {
    let percent = fields.required_decimal("percent", 4, "2");
    let days = fields.integer("days", 0..=365);
    if days.is_none() && !fields.has("days") {
        fields.missing("days", "10");
    }
    let vat = fields
        .choice("vat", DiscountVat::WORDS)
        .map_or(DiscountVat::CreditNote, |vat| vat.value);
    if let Some(percent) = &percent
        && !(Decimal::ZERO < percent.value && percent.value < Decimal::ONE_HUNDRED)
    {
        let message = format!("a discount of {} % is none", percent.value);
        fields.reading().error(
            code::VALUE_NUMBER,
            percent.span,
            message,
            "write a percentage between 0 and 100, such as `2`",
        );
    }
    fields.finish();
    Some(EarlyDiscount {
        percent: percent?.value,
        days: u32::try_from(days?).ok()?,
        vat,
    })
}

fn pay_mean(mut fields: Fields<'_, '_>) -> Option<PayMean> {
    let id = fields.required_text("id", "\"main\"");
    let kind = fields.choice("kind", PayKind::WORDS);
    if kind.is_none() && !fields.has("kind") {
        fields.missing("kind", "\"transfer\"");
    }
    let mean = PayMean {
        kind: kind.map_or(PayKind::Transfer, |kind| kind.value),
        label: fields.string("label"),
        iban: fields
            .text("iban")
            .map(|iban| iban.map(|text| compact(&text))),
        bic: fields.text("bic").map(|bic| bic.map(|text| compact(&text))),
        holder: fields.string("holder"),
        currency: currency(&mut fields, "currency").map(|currency| currency.value),
        url: fields.string("url"),
        creditor_id: fields.string("creditor_id").map(|id| compact_creditor(&id)),
        id: id
            .clone()
            .unwrap_or_else(|| Spanned::new(String::new(), fields.span())),
    };
    if mean.kind == PayKind::Transfer && mean.iban.is_none() && kind.is_some() {
        fields.missing("iban", "\"FR14 2004 1010 0505 0001 3M02 606\"");
    }
    if mean.kind == PayKind::Link && mean.url.is_none() {
        fields.missing("url", "\"https://…\"");
    }
    fields.finish();
    id?;
    kind?;
    Some(mean)
}

fn payee(mut fields: Fields<'_, '_>, french: bool) -> Option<Payee> {
    let name = fields.required_text("name", "\"Affactureur SA\"");
    let id = fields
        .string("id")
        .map(|id| if french { compact_digits(&id) } else { id });
    fields.finish();
    Some(Payee {
        name: name?.value,
        id,
    })
}

fn mention(mut fields: Fields<'_, '_>) -> Option<OwnMention> {
    let text = fields.paragraph("text");
    if text.is_none() {
        fields.missing("text", "\"Assurance professionnelle …\"");
    }
    let code = fields.string("code");
    let language = fields
        .choice("language", Language::WORDS)
        .map(|language| language.value);
    let words = fields.texts("on");
    let on = words
        .iter()
        .filter_map(|word| fields.choice_of("type of document", word, DocumentType::WORDS))
        .collect();
    fields.finish();
    Some(OwnMention {
        text: text?.value,
        code,
        on,
        language,
    })
}

fn law(mut fields: Fields<'_, '_>) -> Option<LawEntry> {
    let span = fields.span();
    let kind = fields.required_text("kind", "\"ecb-refi\"");
    let from = fields.required_date("from");
    let percent = fields.decimal("percent", 4).map(|percent| percent.value);
    let amount = fields.decimal("amount", 3).map(|amount| amount.value);
    let text = fields.paragraph("text").map(|text| text.value);
    let source = fields.required_text("source", "\"https://…\"");
    fields.finish();
    Some(LawEntry {
        span,
        kind: kind?,
        from: from?.value,
        percent,
        amount,
        text,
        source: source?.value,
    })
}

/// Reads a file of laws/: `[[law]]` tables, at least one, and nothing else.
pub fn laws(mut fields: Fields<'_, '_>) -> Option<Vec<LawEntry>> {
    if !fields.has("law") {
        fields.missing(
            "[[law]]",
            "a table `[[law]]` with `kind`, `from`, the value and `source`",
        );
    }
    let laws = fields.tables("law").into_iter().filter_map(law).collect();
    fields.finish();
    Some(laws)
}

/// Reads the reminder policy of the ledger or of a client; a step stands in it once.
pub fn steps(fields: &mut Fields<'_, '_>) -> Vec<Step> {
    let mut list: Vec<Step> = Vec::new();
    for table in fields.tables("reminder") {
        let (reading, place) = (table.reading(), table.span());
        let Some(step) = step(table) else { continue };
        if list.iter().any(|known| known.name == step.name) {
            let message = format!("the step `{}` stands twice", step.name.word());
            reading.error(
                code::KEY_TWICE,
                place,
                message,
                "keep one of the two; `max` says how often a step is taken",
            );
        } else {
            list.push(step);
        }
    }
    list
}

fn step(mut fields: Fields<'_, '_>) -> Option<Step> {
    let name = fields.choice("step", StepName::WORDS);
    if name.is_none() && !fields.has("step") {
        fields.missing("step", "\"first\"");
    }
    let days = fields.integer("days", -365..=3650);
    if days.is_none() && !fields.has("days") {
        fields.missing("days", "5");
    }
    let mut step = Step::new(
        name.map_or(StepName::First, |name| name.value),
        days.unwrap_or(0),
    );
    if let Some(channel) = fields.choice("channel", Channel::OF_REMINDERS) {
        step.channel = channel.value;
    }
    for claim in fields.texts("claims") {
        match fields.choice_of("claim", &claim, &[("interest", true), ("fee", false)]) {
            Some(true) => step.interest = true,
            Some(false) => step.fee = true,
            None => {}
        }
    }
    step.confirm = fields.boolean("confirm", step.confirm) || step.name == StepName::Formal;
    step.min_amount = fields
        .decimal("min_amount", 3)
        .map_or(Decimal::ZERO, |amount| amount.value);
    step.every = fields
        .integer("every", 1..=365)
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(step.every);
    step.max = fields
        .integer("max", 0..=100)
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(step.max);
    step.working_days = fields.boolean("working_days", false);
    fields.finish();
    name?;
    days?;
    Some(step)
}
