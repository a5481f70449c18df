//! A document → what its page shows, as finished text in its language.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::link::Link;
use super::locale::Locale;
use super::means;
use super::pdf::design::Design;
use super::pdf::{Block, EInvoice, Embedded, PageSize, Paper, Qr, Rgb, Total};
use super::standing::{Standing, balance, due_label, mark};
use super::typeset::typeset;
use crate::compute::epc;
use crate::compute::issue::Words;
use crate::ledger::document::{Document, DocumentType, FrozenPay, Period};
use crate::ledger::einvoice::Identifier;
use crate::ledger::party::{Address, Form, Language, Operation};
use crate::ledger::pay::PayKind;
use crate::ledger::terms::Due;

/// What a page shows beside what the document says.
#[derive(Debug, Clone)]
pub struct Dress<'b> {
    /// How it looks.
    pub design: Arc<Design>,
    /// Bytes of the seller's logo.
    pub logo: Option<Vec<u8>>,
    /// A draft bears no number and a watermark.
    pub is_draft: bool,
    /// A copy is marked as one.
    pub is_duplicate: bool,
    /// What happened to its money since, if that is asked for.
    pub standing: Option<Standing<'b>>,
    /// The same document as CII: makes the page a Factur-X document.
    pub e_invoice: Option<Vec<u8>>,
    /// Its attachments (BG-24).
    pub embedded: Vec<Embedded>,
}

impl Dress<'_> {
    /// The page of a document itself.
    pub fn new(design: Arc<Design>, logo: Option<Vec<u8>>) -> Self {
        Self {
            design,
            logo,
            is_draft: false,
            is_duplicate: false,
            standing: None,
            e_invoice: None,
            embedded: Vec::new(),
        }
    }
}

/// Countries that write on Letter paper.
const LETTER: &[&str] = &["US", "CA", "MX"];

/// Returns the page of a document.
pub fn paper(document: &Document, locale: &Locale, dress: Dress<'_>) -> Paper {
    let page = Page {
        d: document,
        l: locale,
        is_draft: dress.is_draft,
        dress: &dress,
    };
    let kind = locale.label(document.kind.word()).to_owned();
    let number = if dress.is_draft {
        locale.label("draft").to_owned()
    } else {
        document.number.to_string()
    };
    let mut running = if dress.is_draft {
        format!("{kind} ({number})")
    } else {
        format!("{kind} {number}")
    };
    let title = format!("{running} - {}", document.seller.name);
    let marks = page.marks();
    for mark in &marks {
        running = format!("{running} · {mark}");
    }
    let amount = if document.kind == DocumentType::Credit {
        document.totals.owed
    } else {
        document.totals.due
    };
    let mut paper = Paper {
        title,
        author: document.seller.name.clone(),
        language: locale.language.code().to_owned(),
        date: document.issued,
        size: size(&dress.design, &document.seller.address.country),
        design: Arc::clone(&dress.design),
        accent: document.seller.accent.as_deref().and_then(Rgb::parse),
        logo: None,
        watermark: dress.is_draft.then(|| locale.label("draft").to_uppercase()),
        page_label: locale.label("page").to_owned(),
        running,
        kind,
        number,
        marks,
        subject: document.subject.clone(),
        seller: page.seller(),
        parties: page.parties(),
        facts: page.facts(),
        highlight: page.highlight(amount),
        text: Vec::new(),
        columns: page.columns(),
        rows: document
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| page.row(at, line))
            .collect(),
        vat: page.vat(),
        totals: page.totals(),
        balance: dress
            .standing
            .as_ref()
            .map(|standing| balance(standing, locale))
            .unwrap_or_default(),
        note: document.note.clone(),
        pay: page.pay(),
        qr: page.payload().map(|payload| Qr {
            payload,
            caption: locale.label("qr").to_owned(),
        }),
        declarations: page.declarations(),
        signature: page.signature(),
        mentions: page.mentions(),
        footer: page.footer(),
        links: page.links(),
        e_invoice: None,
        embedded: Vec::new(),
    };
    paper.logo = dress.logo;
    paper.e_invoice = dress.e_invoice.map(|xml| EInvoice { xml: xml.into() });
    paper.embedded = dress.embedded;
    typeset(&mut paper, locale.language);
    paper
}

/// Returns the lines of an address; the country stands below, unless seller and address are both French.
pub(super) fn address(address: &Address, home: &str, locale: &Locale) -> Vec<String> {
    let join = |parts: &[Option<&str>]| {
        parts
            .iter()
            .flatten()
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (postcode, city, region) = (
        address.postcode.as_deref(),
        address.city.as_deref(),
        address.region.clone(),
    );
    // Portland, OR 97201; London over SW1A 1AA; everywhere else the postcode stands first and the region below.
    let (town, region, below) = match address.country.as_str() {
        "US" | "CA" => {
            let city = city.map(|city| format!("{city},"));
            (
                join(&[city.as_deref(), region.as_deref(), postcode]),
                None,
                None,
            )
        }
        "GB" | "IE" => (join(&[city]), region, address.postcode.clone()),
        _ => (join(&[postcode, city]), region, None),
    };
    let mut lines: Vec<String> = [
        address.street.clone(),
        address.more.clone(),
        Some(town),
        region,
        below,
    ]
    .into_iter()
    .flatten()
    .filter(|line| !line.is_empty())
    .collect();
    if address.country != home || address.country != "FR" {
        lines.push(locale.country(&address.country));
    }
    lines
}

/// Returns the size of a page: the design's own, or that of the seller's country.
pub(super) fn size(design: &Design, home: &str) -> PageSize {
    design.size.unwrap_or(if LETTER.contains(&home) {
        PageSize::Letter
    } else {
        PageSize::A4
    })
}

/// Returns seller and client in full, as lines: names, addresses, identifiers.
pub fn identities(document: &Document, locale: &Locale) -> (Vec<String>, Vec<String>) {
    let dress = Dress::new(super::pdf::design::default(), None);
    let page = Page {
        d: document,
        l: locale,
        is_draft: false,
        dress: &dress,
    };
    let seller = &document.seller;
    let mut lines = vec![seller.name.clone()];
    lines.extend(seller.trade_name.clone());
    lines.extend(seller.legal.clone().filter(|_| seller.form != Form::Ei));
    lines.extend(page.address(&seller.address));
    lines.extend(page.seller_identifiers());
    lines.extend(seller.registry.clone());
    (
        lines,
        page.parties()
            .into_iter()
            .next()
            .map(|block| block.lines)
            .unwrap_or_default(),
    )
}

/// A document on its way to its page.
pub(super) struct Page<'a> {
    /// The document.
    pub(super) d: &'a Document,
    /// Its language.
    pub(super) l: &'a Locale,
    is_draft: bool,
    /// What the page shows besides.
    pub(super) dress: &'a Dress<'a>,
}

impl Page<'_> {
    /// A label of the page's language.
    pub(super) fn label(&self, name: &str) -> String {
        self.l.label(name).to_owned()
    }

    /// An amount in the document's currency.
    pub(super) fn amount(&self, value: Decimal) -> String {
        self.l.amount(value, self.d.currency)
    }

    /// A date, in one piece.
    fn date(&self, day: NaiveDate) -> String {
        self.l.whole_date(day)
    }

    fn address(&self, address: &Address) -> Vec<String> {
        self::address(address, &self.d.seller.address.country, self.l)
    }

    fn identifiers(
        &self,
        country: &str,
        id: Option<&String>,
        siret: Option<&String>,
        vat: Option<&String>,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        let entry = |name: &str, value: &str| self.l.entry(self.l.label(name), value);
        // A SIRET holds the SIREN, but the law asks for the SIREN by name (242 nonies A, I-1°).
        match id {
            Some(id) if country == "FR" => lines.push(entry("siren", &spaced(id, &[3, 3, 3]))),
            Some(id) => lines.push(entry("identifier", Identifier::parse(id).value)),
            None => {}
        }
        lines.extend(
            siret
                .filter(|_| country == "FR")
                .map(|siret| entry("siret", &spaced(siret, &[3, 3, 3, 5]))),
        );
        if let Some(vat) = vat {
            lines.push(entry("vat_number", vat));
        }
        lines
    }

    /// The seller's numbers; the tax number (BT-32) as well, unless it is the identifier again.
    fn seller_identifiers(&self) -> Vec<String> {
        let s = &self.d.seller;
        let (id, siret, vat) = (s.id.as_ref(), s.siret.as_ref(), s.vat.as_ref());
        let mut lines = self.identifiers(&s.address.country, id, siret, vat);
        let own = s.tax_id.as_ref().filter(|tax_id| Some(*tax_id) != id);
        lines.extend(own.map(|tax_id| self.l.entry(self.l.label("tax_number"), tax_id)));
        lines
    }

    fn seller(&self) -> Vec<String> {
        let seller = &self.d.seller;
        let mut lines = vec![
            seller
                .trade_name
                .clone()
                .unwrap_or_else(|| seller.name.clone()),
        ];
        if seller.trade_name.is_some() {
            lines.push(seller.name.clone());
        }
        lines.extend(self.address(&seller.address));
        lines.extend(seller.phone.clone());
        lines.extend(seller.email.clone());
        lines.extend(seller.website.clone());
        lines
    }

    fn parties(&self) -> Vec<Block> {
        let buyer = &self.d.buyer;
        let billing = buyer.billing.as_ref();
        let mut lines = vec![
            billing
                .and_then(|place| place.name.clone())
                .unwrap_or_else(|| buyer.name.clone()),
        ];
        if let Some(contact) = &buyer.contact {
            lines.push(self.attention(contact));
        }
        lines.extend(self.address(billing.map_or(&buyer.address, |place| &place.address)));
        lines.extend(self.identifiers(
            &buyer.address.country,
            buyer.id.as_ref(),
            buyer.siret.as_ref(),
            buyer.vat.as_ref(),
        ));
        let mut blocks = vec![Block {
            heading: self.label(if billing.is_some() { "billed_to" } else { "to" }),
            lines,
        }];
        // Where the invoice goes elsewhere, the client's own name and address stand as well (242 nonies A, I-1°).
        if billing.is_some() {
            let mut lines = vec![buyer.name.clone()];
            lines.extend(self.address(&buyer.address));
            blocks.push(Block {
                heading: self.label("to"),
                lines,
            });
        }
        if let Some(place) = &buyer.delivery {
            let mut lines = vec![place.name.clone().unwrap_or_else(|| buyer.name.clone())];
            lines.extend(self.address(&place.address));
            blocks.push(Block {
                heading: self.label("delivered_to"),
                lines,
            });
        }
        blocks
    }

    /// For whom it is; French elides before a vowel.
    fn attention(&self, contact: &str) -> String {
        let label = self.l.label("contact");
        let vowel = contact
            .chars()
            .next()
            .is_some_and(|first| "AEIOUYÀÂÉÈÊÎÔÛaeiouyàâéèêîôû".contains(first));
        match label
            .strip_suffix(" de")
            .filter(|_| vowel && self.l.language == Language::Fr)
        {
            Some(start) => format!("{start} d’{contact}"),
            None => format!("{label} {contact}"),
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let d = self.d;
        let mut facts = vec![(self.label("issued"), self.date(d.issued))];
        if let Some(due) = d.due {
            facts.push((self.label("due"), self.date(due)));
        }
        for reference in &d.references {
            let mut text = self
                .l
                .label("corrects_text")
                .replace("{number}", reference.number.as_str());
            if reference.deducted.is_some() {
                text += &self.l.contained(&reference.vat, d.currency);
            }
            // A final names its deposits, a corrective what it stands in for, a credit note what it takes back.
            let label = match d.kind {
                _ if reference.deducted.is_some() => "deposit",
                DocumentType::Corrective => "replaces",
                _ => "corrects",
            };
            facts.push((
                self.label(label),
                text.replace("{date}", &self.date(reference.issued)),
            ));
        }
        if let Some(delivered) = d.delivered {
            let goods = d
                .lines
                .iter()
                .any(|line| line.operation == Operation::Goods);
            facts.push((
                self.label(if goods { "delivered" } else { "supplied" }),
                self.date(delivered),
            ));
        }
        if let Some(period) = d.period {
            facts.push((self.label("period"), self.period(period)));
        }
        let texts = [
            ("client_reference", d.buyer.reference.as_ref()),
            ("order", d.order.as_ref()),
            ("contract", d.contract.as_ref()),
            ("project", d.project.as_ref()),
            ("quote_reference", d.quote.as_ref()),
        ];
        facts.extend(self.offer());
        facts.extend(
            texts
                .into_iter()
                .filter_map(|(name, value)| Some((self.label(name), value?.clone()))),
        );
        if !d.attachments.is_empty() {
            let names: Vec<&str> = d
                .attachments
                .iter()
                .map(|attachment| attachment.name.as_str())
                .collect();
            facts.push((self.label("attachments"), names.join(", ")));
        }
        if let Some(exchange) = &d.exchange {
            let source = match (&exchange.source, exchange.date) {
                (Some(source), Some(day)) => format!("{source}, {}", self.date(day)),
                (Some(source), None) => source.clone(),
                (None, Some(day)) => self.date(day),
                (None, None) => String::new(),
            };
            let text = self
                .l
                .label("exchange_text")
                .replace("{from}", d.currency.code());
            let text = text
                .replace("{rate}", &self.l.number(exchange.rate))
                .replace("{to}", d.ledger_currency.code());
            facts.push((
                self.label("exchange"),
                text.replace("{source}", &source).replace(" ()", ""),
            ));
        }
        facts
    }

    /// What a quote says of its terms: until when it holds, what it replaces, when and in which parts it is to be paid.
    fn offer(&self) -> Vec<(String, String)> {
        let d = self.d;
        let mut facts = Vec::new();
        facts.extend(
            d.valid_until
                .map(|last| (self.label("valid_until"), self.date(last))),
        );
        facts.extend(
            d.replaces
                .clone()
                .map(|number| (self.label("replaces"), number)),
        );
        if d.kind != DocumentType::Quote {
            return facts;
        }
        let rule = d.terms.due.as_deref().and_then(Due::parse);
        facts.extend(rule.map(|rule| (self.label("payment_terms"), self.terms(rule))));
        let parts: Vec<String> = d
            .milestones
            .iter()
            .map(|part| {
                let what = part.share.map_or_else(
                    || {
                        let lines: Vec<String> = part.lines.iter().map(u32::to_string).collect();
                        self.l
                            .label("milestone_lines")
                            .replace("{lines}", &lines.join(", "))
                    },
                    |share| self.l.percent(share),
                );
                format!("{} ({what})", part.name)
            })
            .collect();
        if !parts.is_empty() {
            facts.push((self.label("milestones"), parts.join(", ")));
        }
        facts
    }

    /// When an invoice will fall due, in words.
    fn terms(&self, rule: Due) -> String {
        let (label, days) = match rule {
            Due::Days(days) => ("due_days", days),
            Due::DaysThenMonth(0) => ("due_eom", 0),
            Due::DaysThenMonth(days) => ("due_days_eom", days),
            Due::MonthThenDays(days) => ("due_eom_days", days),
            Due::Receipt => ("due_receipt", 0),
            Due::On(day) => return self.date(day),
        };
        self.l.label(label).replace("{days}", &days.to_string())
    }

    /// A span of days; one day is a date.
    pub(super) fn period(&self, period: Period) -> String {
        if period.from == period.to {
            return self.date(period.from);
        }
        let text = self
            .l
            .label("period_text")
            .replace("{from}", &self.date(period.from));
        text.replace("{to}", &self.date(period.to))
    }

    fn highlight(&self, amount: Decimal) -> Vec<(String, String)> {
        if self.d.kind == DocumentType::Credit {
            return vec![(self.label("amount_credited"), self.amount(amount))];
        }
        if self.d.kind == DocumentType::Quote {
            let mut lines = vec![(self.label(self.gross_label()), self.amount(amount))];
            lines.extend(
                self.d
                    .valid_until
                    .map(|last| (self.label("valid_until"), self.date(last))),
            );
            return lines;
        }
        // Where the balance is asked for, it is what must be seen at a glance.
        let mut lines = match &self.dress.standing {
            Some(standing) => vec![(
                due_label(standing, self.l),
                self.amount(standing.position.balance),
            )],
            None => vec![(self.label("amount_due"), self.amount(amount))],
        };
        lines.extend(self.d.due.map(|due| (self.label("due"), self.date(due))));
        lines
    }

    fn totals(&self) -> Vec<Total> {
        let t = &self.d.totals;
        let total = |name: &str, value: Decimal| Total {
            label: self.label(name),
            value: self.amount(value),
            strong: false,
        };
        let mut totals = Vec::new();
        if !self.d.discounts.is_empty() || !self.d.charges.is_empty() {
            totals.push(total("sum_lines", t.lines));
        }
        for (list, sign) in [
            (&self.d.discounts, Decimal::NEGATIVE_ONE),
            (&self.d.charges, Decimal::ONE),
        ] {
            let mut reasons: Vec<(String, Decimal)> = Vec::new();
            for part in list {
                let label = part.percent.map_or_else(
                    || part.reason.clone(),
                    |p| format!("{} {}", part.reason, self.l.percent(p)),
                );
                match reasons.iter_mut().find(|(known, _)| *known == label) {
                    Some((_, sum)) => *sum += part.amount,
                    None => reasons.push((label, part.amount)),
                }
            }
            let line = |(label, sum): (String, Decimal)| Total {
                label,
                value: self.amount(sum * sign),
                strong: false,
            };
            totals.extend(reasons.into_iter().map(line));
        }
        let taxed = self.charges_vat();
        if taxed {
            totals.push(total("total_net", t.net));
            totals.push(total("total_vat", t.vat));
            if let Some(vat) = t.vat_ledger {
                let label = self
                    .l
                    .label("total_vat_in")
                    .replace("{currency}", self.d.ledger_currency.code());
                totals.push(Total {
                    label,
                    value: self.l.amount(vat, self.d.ledger_currency),
                    strong: false,
                });
            }
        }
        let gross = total(self.gross_label(), t.gross);
        let more = [
            ("rounding", t.rounding),
            ("deposits", -t.deposits),
            ("prepaid", -t.paid),
        ];
        let more: Vec<Total> = more
            .into_iter()
            .filter(|(_, v)| !v.is_zero())
            .map(|(name, v)| total(name, v))
            .collect();
        if self.d.kind == DocumentType::Credit {
            if t.rounding.is_zero() {
                totals.push(Total {
                    strong: true,
                    ..gross
                });
            } else {
                totals.push(gross);
                totals.extend(more);
                totals.push(Total {
                    strong: true,
                    ..total("amount_credited", t.owed)
                });
            }
            return totals;
        }
        let is_quote = self.d.kind == DocumentType::Quote;
        if (taxed || !more.is_empty()) && !is_quote {
            totals.push(gross);
        }
        totals.extend(more);
        let last = if is_quote {
            self.gross_label()
        } else {
            "amount_due"
        };
        totals.push(Total {
            strong: true,
            ..total(last, t.due)
        });
        totals
    }

    fn gross_label(&self) -> &'static str {
        if self.charges_vat() {
            "total_gross"
        } else {
            "total_gross_no_vat"
        }
    }

    fn pay(&self) -> Vec<Block> {
        if self.d.kind == DocumentType::Credit || self.asked().is_zero() {
            return Vec::new();
        }
        self.d.pay.iter().map(|mean| self.mean(mean)).collect()
    }

    /// What is asked for: the amount due, or where the balance is shown what is left of it.
    fn asked(&self) -> Decimal {
        let due = self.d.totals.due;
        self.dress
            .standing
            .as_ref()
            .map_or(due, |standing| standing.position.balance.max(Decimal::ZERO))
    }

    /// What the code to scan says.
    fn payload(&self) -> Option<String> {
        let asks = self.d.kind != DocumentType::Credit && !self.is_draft && !self.asked().is_zero();
        asks.then(|| epc::payload(self.d, self.asked())).flatten()
    }

    /// Marks under the number: a copy, paid.
    fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        if self.dress.is_duplicate {
            marks.push(self.label("duplicate"));
        }
        marks.extend(
            self.dress
                .standing
                .as_ref()
                .and_then(|standing| mark(standing, self.l)),
        );
        marks
    }

    fn mean(&self, mean: &FrozenPay) -> Block {
        let heading = mean
            .label
            .clone()
            .unwrap_or_else(|| self.label(mean.kind.word()));
        if mean.kind == PayKind::DirectDebit {
            let lines = means::frozen_debit(mean, self.d.due, self.l);
            return Block { heading, lines };
        }
        let mut lines = Vec::new();
        let mut entry =
            |name: &str, value: &str| lines.push(format!("{} {value}", self.l.label(name)));
        if let Some(holder) = &mean.holder {
            entry("holder", holder);
        }
        if let Some(iban) = &mean.iban {
            entry("iban", &grouped(iban));
        }
        if let Some(bic) = &mean.bic {
            entry("bic", bic);
        }
        // A draft has no number, and so no reference to pay by.
        if mean.iban.is_some() && !self.is_draft {
            entry("reference", &self.d.payment_reference);
        }
        // A link asks for the whole: where less is left it would ask for too much.
        lines.extend(
            mean.url
                .clone()
                .filter(|_| self.asked() == self.d.totals.due),
        );
        Block { heading, lines }
    }

    /// What leads somewhere: the ways to pay by a link, and where the seller is found.
    fn links(&self) -> Vec<Link> {
        let pay = self
            .d
            .pay
            .iter()
            .filter_map(|mean| Link::web(mean.url.as_deref()?));
        let seller = &self.d.seller;
        pay.chain(contacts(seller.website.as_deref(), seller.email.as_deref()))
            .collect()
    }

    /// Reasons of exemption first, then the mentions as frozen.
    fn mentions(&self) -> Vec<String> {
        let mut mentions: Vec<String> = Vec::new();
        for reason in self.d.vat.iter().filter_map(|group| group.reason.clone()) {
            if !mentions.contains(&reason) {
                mentions.push(reason);
            }
        }
        let printed = self.d.mentions.iter().filter(|mention| !mention.sign);
        mentions.extend(printed.map(|mention| mention.text.clone()));
        mentions
    }

    fn footer(&self) -> Vec<String> {
        let seller = &self.d.seller;
        let own = seller.footer.clone();
        let mut first = vec![seller.name.clone()];
        if seller.form != Form::Ei {
            first.extend(seller.legal.clone());
        }
        let second = self.seller_identifiers();
        first.extend(seller.registry.clone());
        let legal = [first, second]
            .into_iter()
            .filter(|parts| !parts.is_empty())
            .map(|parts| parts.join(" · "));
        own.into_iter().chain(legal).collect()
    }
}

/// Where a seller is found, as links.
pub(super) fn contacts(website: Option<&str>, email: Option<&str>) -> impl Iterator<Item = Link> {
    website
        .and_then(Link::web)
        .into_iter()
        .chain(email.and_then(Link::mail))
}

/// Puts no-break spaces between groups of characters.
fn spaced(text: &str, groups: &[usize]) -> String {
    if text.len() != groups.iter().sum::<usize>() || !text.is_ascii() {
        return text.to_owned();
    }
    let mut parts = Vec::new();
    let mut rest = text;
    for length in groups {
        let (part, tail) = rest.split_at(*length);
        parts.push(part);
        rest = tail;
    }
    parts.join("\u{a0}")
}

/// Groups an IBAN by four.
pub fn grouped(iban: &str) -> String {
    let characters: Vec<char> = iban.chars().collect();
    characters
        .chunks(4)
        .map(|chunk| chunk.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::party::Language;

    #[test]
    fn an_address_is_written_as_its_country_writes_it() {
        let lines =
            |postcode: &str, city: &str, region: Option<&str>, country: &str, home: &str| {
                let text = |text: &str| Some(text.to_owned());
                let (postcode, city, region) =
                    (text(postcode), text(city), region.map(str::to_owned));
                let country = country.to_owned();
                let own = Address {
                    street: None,
                    more: None,
                    postcode,
                    city,
                    region,
                    country,
                };
                address(&own, home, &Locale::of(Language::En))
            };
        assert_eq!(
            lines("97201", "Portland", Some("OR"), "US", "US"),
            ["Portland, OR 97201", "United States"]
        );
        let london = ["London", "SW1A 1AA", "United Kingdom"];
        assert_eq!(lines("SW1A 1AA", "London", None, "GB", "FR"), london);
        assert_eq!(
            lines("10969", "Berlin", None, "DE", "FR"),
            ["10969 Berlin", "Germany"]
        );
        assert_eq!(lines("69001", "Lyon", None, "FR", "FR"), ["69001 Lyon"]);
        assert_eq!(
            lines("69001", "Lyon", None, "FR", "DE"),
            ["69001 Lyon", "France"]
        );
    }
}
