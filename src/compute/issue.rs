//! A draft → the document that issuing it gives: parties, terms, rates and legal wording are copied, figures worked out.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rust_decimal::Decimal;

pub use super::case::{Case, Preceding, Prepaid, Words};
use super::decide::Decided;
use super::freeze::{
    adjustments, freeze_buyer, freeze_seller, frozen_adjustments, operation_letter, type_code,
    vat_groups, vat_point,
};
use super::late;
use super::mentions::Mentions;
use super::rest;
use super::totals::{LineInput, Sums, TooLarge, reckon};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::{in_currency, round};
use crate::ledger::document::{
    Document, DocumentType, DraftOrigin, FrozenDiscount, FrozenPay, FrozenTerms, Line,
    LineAdjustment, PriceMode, Share, Slice, Totals,
};
use crate::ledger::draft::DraftLine;
use crate::ledger::identifier::{Number, rf_reference};
use crate::ledger::party::{ClientKind, Operation};
use crate::ledger::quote_part::QuotePart;
use crate::ledger::settings::{FORMAT, PayKind, PayMean};
use crate::ledger::terms::{Due, LateInterest, RecoveryFee};
use crate::ledger::vat::Category;
use crate::regime::Late;
use crate::span::Spanned;

/// What is encoded in a value for use in a link: all but the unreserved characters (RFC 3986, 2.3).
const IN_LINK: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl Case<'_> {
    /// Builds the document with a number.
    ///
    /// # Errors
    /// All that makes it impossible; what the law demands besides is the business of `check::law`.
    pub fn document(&self, number: Number, series: String) -> Result<Document, Diagnostics> {
        let mut problems = Diagnostics::default();
        self.exchange(&mut problems);
        let decided: Vec<Option<Decided>> = self
            .draft
            .lines
            .iter()
            .map(|line| self.vat(line, &mut problems))
            .collect();
        let pay = self.pay(&mut problems);
        if problems.has_errors() {
            return Err(problems);
        }
        let decided: Vec<Decided> = decided.into_iter().flatten().collect();
        let sums = self
            .sums(&decided, &mut problems)
            .ok_or_else(|| problems.clone())?;
        let document = self.assemble(number, series, &decided, &sums, &pay, &mut problems);
        if problems.has_errors() {
            Err(problems)
        } else {
            Ok(document)
        }
    }

    fn exchange(&self, problems: &mut Diagnostics) {
        let (currency, own) = (self.currency(), self.settings.currency);
        let place = self
            .draft
            .currency
            .map_or(self.draft.span, |currency| currency.span);
        // A quote declares no VAT: it needs no rate.
        let needs = self.draft.kind.value != DocumentType::Quote;
        if currency != own && self.draft.exchange.is_none() && needs {
            problems.push(
                Diagnostic::error(code::EXCHANGE, format!("a document in {currency} needs its rate to {own}"))
                    .at(place)
                    .hint(
                        "add `exchange = { rate = 0.92, date = 2026-11-20, source = \"BCE\" }`: what one unit is worth",
                    ),
            );
        }
        if let Some(exchange) = self.draft.exchange.as_ref().filter(|_| currency == own) {
            problems.push(
                Diagnostic::error(
                    code::EXCHANGE,
                    format!("a document in {own} has no rate of exchange"),
                )
                .at(exchange.span)
                .hint("remove `exchange`, or set `currency`"),
            );
        }
    }

    fn sums(&self, decided: &[Decided], problems: &mut Diagnostics) -> Option<Sums> {
        let lines: Vec<LineInput> = self
            .draft
            .lines
            .iter()
            .zip(decided)
            .map(|(line, vat)| LineInput {
                quantity: line.quantity.value,
                price: line.price.value,
                discount: line.discount.map(|share| share.value),
                charge: line.charge.map(|share| share.value),
                category: vat.category,
                rate: vat.rate,
                is_disbursement: vat.is_disbursement,
            })
            .collect();
        self.amount_digits(problems);
        self.rounding(problems);
        let discounts = adjustments(&self.draft.discounts, &lines, problems);
        let charges = adjustments(&self.draft.charges, &lines, problems);
        if problems.has_errors() {
            return None;
        }
        let (mode, digits) = (self.draft.prices, self.currency().digits());
        let reckoned = reckon(&lines, &discounts, &charges, mode, digits).map(|mut sums| {
            let stated = self.draft.rounding.map(|rounding| rounding.value);
            if let Some(left) = &self.preceding.left {
                rest::close(&mut sums, &lines, left, stated, mode, digits);
            }
            sums
        });
        match reckoned {
            Ok(sums) if sums.net + sums.vat + sums.rounding < Decimal::ZERO => {
                problems.push(
                    Diagnostic::error(code::AMOUNT_SIGN, "the document's total is negative")
                        .at(self.draft.lines.first().map_or(self.draft.span, |line| line.span))
                        .hint("an invoice asks for money: `acquit credit NUMBER` drafts what takes some back"),
                );
                None
            }
            Ok(sums) => Some(sums),
            Err(TooLarge { line }) => {
                let place = line.map_or(self.draft.span, |index| self.draft.lines[index].span);
                problems.push(
                    Diagnostic::error(
                        code::AMOUNT_SIZE,
                        "the amount has more than 12 digits before the point",
                    )
                    .at(place)
                    .hint("look at quantity and price"),
                );
                None
            }
        }
    }

    /// Only a credit note without VAT in its prices states a rounding amount, and one of a few cents.
    fn rounding(&self, problems: &mut Diagnostics) {
        let Some(rounding) = self.draft.rounding else {
            return;
        };
        let currency = self.currency();
        let most = Decimal::new(10, currency.digits());
        let (code, message, hint) = if self.draft.kind.value != DocumentType::Credit {
            let message = format!(
                "a document of type {} states no `rounding`",
                self.draft.kind.value.word()
            );
            (
                code::KEY_UNKNOWN,
                message,
                "remove it: only a credit note has one",
            )
        } else if self.draft.prices == PriceMode::Gross {
            let message = "prices with VAT work out the rounding amount themselves".to_owned();
            (code::KEY_UNKNOWN, message, "remove `rounding`")
        } else if rounding.value.abs() > most {
            let message = format!("a rounding amount of {} {currency} is none", rounding.value);
            let hint = "it is what base and VAT miss of the amount, by a few cents: the rest is for the lines";
            (code::AMOUNT_SIZE, message, hint)
        } else if rounding.value.normalize().scale() > currency.digits() {
            let message = format!("{} is no amount in {currency}", rounding.value);
            (
                code::VALUE_NUMBER,
                message,
                "write no more digits than the currency has",
            )
        } else {
            return;
        };
        problems.push(
            Diagnostic::error(code, message)
                .at(rounding.span)
                .hint(hint),
        );
    }

    /// An amount may not have more digits than its currency.
    fn amount_digits(&self, problems: &mut Diagnostics) {
        let currency = self.currency();
        let lines = self
            .draft
            .lines
            .iter()
            .flat_map(|line| [line.discount, line.charge])
            .flatten();
        let works = self.draft.works.iter().flat_map(|works| {
            let prices = [works.value.hourly_rate, works.value.travel];
            prices
                .into_iter()
                .flatten()
                .map(|price| Spanned::new(Share::Amount(price), works.span))
        });
        let document = self
            .draft
            .discounts
            .iter()
            .chain(&self.draft.charges)
            .map(|adjustment| adjustment.share);
        for share in lines.chain(document).chain(works) {
            if let Share::Amount(amount) = share.value
                && amount.normalize().scale() > currency.digits()
            {
                problems.push(
                    Diagnostic::error(
                        code::VALUE_NUMBER,
                        format!("{amount} is no amount in {currency}"),
                    )
                    .at(share.span)
                    .hint(format!(
                        "{currency} has {} digits after the point",
                        currency.digits()
                    )),
                );
            }
        }
    }

    /// The ways to pay. A client that is debited is asked for the money by no other way: it would pay twice. A quote asks for nothing.
    fn pay(&self, problems: &mut Diagnostics) -> Vec<PayMean> {
        if self.draft.kind.value == DocumentType::Quote {
            return Vec::new();
        }
        let mut list = self.offered(problems);
        if list.iter().any(is_debit) {
            list.retain(is_debit);
        }
        for mean in list.iter().filter(|mean| is_debit(mean)) {
            if mean.creditor_id.is_none() && self.asks() {
                let message = format!(
                    "the direct debit `{}` has no creditor identifier",
                    mean.id.value
                );
                let hint =
                    "add `creditor_id = \"FR72ZZZ123456\"`, as the bank gave it, to its [[pay]]";
                problems.push(
                    Diagnostic::error(code::PAY_MANDATE, message)
                        .at(mean.id.span)
                        .hint(hint),
                );
            }
        }
        list
    }

    /// Tells whether its kind asks for money at all: what is given back is not collected.
    fn asks(&self) -> bool {
        self.draft.kind.value != DocumentType::Credit
    }

    /// The ways to pay that the draft names, else the client, else all; those of another currency left out, and direct debits that nobody
    /// named where the client has given no mandate.
    fn offered(&self, problems: &mut Diagnostics) -> Vec<PayMean> {
        let has_mandate = self.client.mandate.is_some();
        let currency = self.currency();
        // What SEPA collects is in euros.
        let fits = |mean: &&PayMean| {
            mean.currency.is_none_or(|own| own == currency)
                && (!is_debit(mean) || currency.code() == "EUR")
        };
        let named = if self.draft.pay.is_empty() {
            &self.client.pay
        } else {
            &self.draft.pay
        };
        if named.is_empty() {
            let all = self.settings.pay.iter().filter(fits);
            return all
                .filter(|mean| has_mandate || !is_debit(mean))
                .cloned()
                .collect();
        }
        let mut list = Vec::new();
        for name in named {
            match self
                .settings
                .pay
                .iter()
                .find(|mean| mean.id.value == name.value)
            {
                Some(mean) if fits(&mean) => {
                    if is_debit(mean) && !has_mandate && self.asks() {
                        problems.push(no_mandate(&name.value, &self.client.id).at(name.span));
                    }
                    list.push(mean.clone());
                }
                Some(_) => {}
                None => {
                    let known: Vec<&str> = self
                        .settings
                        .pay
                        .iter()
                        .map(|mean| mean.id.as_str())
                        .collect();
                    problems.push(
                        Diagnostic::error(
                            code::PAY_UNKNOWN,
                            format!("`{}` is no way to pay of acquit.toml", name.value),
                        )
                        .at(name.span)
                        .hint(format!("the [[pay]] ids are {}", known.join(", "))),
                    );
                }
            }
        }
        list
    }

    fn assemble(
        &self,
        number: Number,
        series: String,
        decided: &[Decided],
        sums: &Sums,
        pay: &[PayMean],
        problems: &mut Diagnostics,
    ) -> Document {
        let draft = self.draft;
        let kind = draft.kind.value;
        let currency = self.currency();
        let gross = sums.net + sums.vat;
        let deposits: Decimal = self
            .preceding
            .references
            .iter()
            .filter_map(|reference| reference.deducted)
            .sum();
        let owed = gross + sums.rounding - deposits;
        let paid = self.paid(owed, problems);
        self.owed(owed, problems);
        let due_rule = draft.due.map_or(self.terms().due, |due| due.value);
        let is_quote = kind == DocumentType::Quote;
        let valid_until = is_quote.then(|| {
            draft
                .validity
                .as_ref()
                .map_or(self.terms().quote_validity, |rule| rule.value)
                .date(self.day)
        });
        super::quotes::check_draft(draft, self.day, valid_until, problems);
        let due = match &self.preceding.paid {
            _ if kind == DocumentType::Credit || is_quote => None,
            // BR-FR-CO-09: a paid invoice bears the day of its payment; a final is not due before it is issued (BR-FR-CO-07).
            Some(paid) if deposits.is_zero() => Some(paid.received),
            Some(paid) => Some(paid.received.max(self.day)),
            None => Some(due_rule.date(self.day)),
        };
        let supplied = draft
            .delivered
            .map(|day| day.value)
            .or(draft.period.map(|period| period.value.to))
            .unwrap_or(self.day);
        let payment_reference = rf_reference(number.as_str()).unwrap_or_else(|| number.to_string());
        let lines = self.lines(decided, sums);
        let frozen_pay = pay
            .iter()
            .map(|mean| self.frozen_pay(mean, &number, owed, &payment_reference))
            .collect();
        let terms = self.frozen_terms(owed, due_rule);
        let Mentions {
            mentions,
            of_seller,
        } = self.mentions(&lines, &terms);
        let rate = draft.exchange.as_ref().map(|exchange| exchange.rate);
        let vat_ledger = rate.map(|rate| round(sums.vat * rate, self.settings.currency.digits()));
        let totals = Totals {
            lines: sums.lines.iter().map(|line| line.net).sum(),
            discounts: sums.discounts.iter().map(|part| part.amount).sum(),
            charges: sums.charges.iter().map(|part| part.amount).sum(),
            net: sums.net,
            vat: sums.vat,
            vat_ledger,
            gross,
            deposits,
            rounding: sums.rounding,
            owed,
            paid,
            due: owed - paid,
        };
        let delivers = lines
            .iter()
            .any(|line| line.operation == Operation::Goods || line.category == Category::K);
        let charges_vat = decided.iter().any(|vat| vat.category == Category::S);
        Document {
            span: draft.span,
            format: FORMAT,
            program: self.program.to_owned(),
            draft: DraftOrigin {
                name: draft.name.clone(),
                sha256: draft.sha256.clone(),
            },
            number,
            series,
            kind,
            type_code: type_code(kind, self.preceding.on_deposit),
            process: self.process(&lines),
            issued: self.day,
            due,
            valid_until,
            supplied,
            vat_point: charges_vat
                .then(|| vat_point(self.settings.seller.vat_due, &lines))
                .flatten(),
            payment_reference,
            language: self.language(),
            currency,
            ledger_currency: self.settings.currency,
            exchange: draft
                .exchange
                .as_ref()
                .map(|exchange| exchange.value.clone()),
            prices: draft.prices,
            subject: draft.subject.as_ref().map(|subject| subject.value.clone()),
            order: draft.order.clone(),
            contract: draft.contract.clone(),
            project: draft.project.clone(),
            quote: draft.quote.as_ref().map(|quote| quote.value.clone()),
            quote_part: draft
                .quote_part
                .as_ref()
                .and_then(|part| QuotePart::parse(part)),
            replaces: draft.replaces.as_ref().map(|number| number.value.clone()),
            delivered: draft.delivered.map(|day| day.value),
            period: draft.period.map(|period| period.value),
            paid: draft.paid.iter().map(|id| id.value.clone()).collect(),
            recurring: draft.recurring.clone(),
            note: draft.note.as_ref().map(|note| note.value.clone()),
            works: draft.works.as_ref().map(|works| works.value.clone()),
            seller: freeze_seller(
                &self.settings.seller,
                &of_seller,
                self.day,
                self.logo,
                self.design,
            ),
            buyer: freeze_buyer(self.client, delivers),
            payee: self.settings.payee.clone(),
            terms,
            references: self.preceding.references.clone(),
            discounts: frozen_adjustments(
                &draft.discounts,
                &sums.discounts,
                &self.wording.discount(),
            ),
            charges: frozen_adjustments(&draft.charges, &sums.charges, &self.wording.charge()),
            vat: vat_groups(decided, sums, self.language()),
            lines,
            totals,
            totals_span: draft.span,
            mentions,
            pay: frozen_pay,
            attachments: self.attachments.to_vec(),
            milestones: draft
                .milestones
                .iter()
                .map(|part| part.milestone.clone())
                .collect(),
        }
    }

    /// BT-23: goods, services or both; 4 where deposits are taken into account, 2 where it is paid already, else 1.
    fn process(&self, lines: &[Line]) -> String {
        let takes_deposits = self
            .preceding
            .references
            .iter()
            .any(|reference| reference.deducted.is_some());
        let digit = if takes_deposits {
            '4'
        } else if self.preceding.paid.is_some() {
            '2'
        } else {
            '1'
        };
        format!("{}{digit}", operation_letter(lines))
    }

    /// What was received before issue: all that is owed, or it is no paid invoice.
    fn paid(&self, owed: Decimal, problems: &mut Diagnostics) -> Decimal {
        let Some(paid) = &self.preceding.paid else {
            return Decimal::ZERO;
        };
        let (sum, currency) = (paid.sum(), self.currency());
        if sum != owed {
            let show = |value| in_currency(value, currency);
            let message = format!(
                "the credits named come to {} {currency}, the document asks for {}",
                show(sum),
                show(owed)
            );
            let hint = "name credits of exactly that amount, or leave `paid` out and move the credit after issue";
            problems.push(
                Diagnostic::error(code::PREPAID, message)
                    .at(paid.span)
                    .hint(hint),
            );
        }
        sum
    }

    fn owed(&self, owed: Decimal, problems: &mut Diagnostics) {
        if owed < Decimal::ZERO {
            let currency = self.currency();
            let message = format!(
                "the deposits are {} {currency} more than the whole",
                in_currency(-owed, currency)
            );
            let hint = "credit a deposit first: a final never owes less than nothing";
            let place = self
                .draft
                .deposits
                .first()
                .map_or(self.draft.span, |number| number.span);
            problems.push(
                Diagnostic::error(code::DEPOSIT, message)
                    .at(place)
                    .hint(hint),
            );
        }
    }

    fn lines(&self, decided: &[Decided], sums: &Sums) -> Vec<Line> {
        let adjustment = |share: Option<Spanned<Share>>,
                          amount: Option<Decimal>,
                          reason: &Option<String>,
                          default: &str| {
            let share = share?;
            Some(LineAdjustment {
                percent: if let Share::Percent(percent) = share.value {
                    Some(percent)
                } else {
                    None
                },
                amount: amount?,
                reason: reason.clone().unwrap_or_else(|| default.to_owned()),
            })
        };
        let mut lines = Vec::with_capacity(self.draft.lines.len());
        for ((line, vat), sum) in self.draft.lines.iter().zip(decided).zip(&sums.lines) {
            lines.push(Line {
                span: line.span,
                item: line.item.value.clone(),
                description: line.description.as_ref().map(|text| text.value.clone()),
                sku: line.sku.clone(),
                period: line.period,
                operation: self.operation(line, vat),
                quantity: line.quantity.value,
                unit: line.unit.as_ref().map(|unit| unit.value.clone()),
                price: line.price.value,
                price_net: sum.price_net,
                discount: adjustment(
                    line.discount,
                    sum.discount,
                    &line.discount_reason,
                    &self.wording.discount(),
                ),
                charge: adjustment(
                    line.charge,
                    sum.charge,
                    &line.charge_reason,
                    &self.wording.charge(),
                ),
                category: vat.category,
                rate: vat.rate,
                net: sum.net,
            });
        }
        lines
    }

    /// What a line supplies. A credit note on a document from before disbursements were told apart keeps the operation that it has there.
    fn operation(&self, line: &DraftLine, vat: &Decided) -> Operation {
        let own = line.operation.unwrap_or(self.settings.seller.activity);
        let is_of_old = || {
            let same = |slice: &&Slice| (slice.category, slice.rate) == (vat.category, vat.rate);
            let slices = self.preceding.references.iter().flat_map(|one| &one.vat);
            let mut slices = slices.filter(same).peekable();
            self.draft.kind.value == DocumentType::Credit
                && slices.peek().is_some()
                && slices.all(|slice| slice.operation != Operation::Disbursement)
        };
        if vat.is_disbursement && !is_of_old() {
            Operation::Disbursement
        } else {
            own
        }
    }

    fn frozen_pay(
        &self,
        mean: &PayMean,
        number: &Number,
        owed: Decimal,
        reference: &str,
    ) -> FrozenPay {
        let currency = self.currency();
        let filled = mean.url.as_ref().map(|url| {
            let amount = in_currency(owed, currency);
            let email = self.client.email.first();
            let email = email.map_or_else(String::new, |email| email.value.clone());
            let cents = amount.replace('.', "");
            [
                ("{number}", number.as_str()),
                ("{amount_cents}", &cents),
                ("{amount}", &amount),
                ("{currency}", currency.code()),
                ("{email}", &email),
                ("{rf}", reference),
            ]
            .iter()
            .fold(url.clone(), |url, (name, value)| {
                url.replace(name, &utf8_percent_encode(value, IN_LINK).to_string())
            })
        });
        FrozenPay {
            id: mean.id.value.clone(),
            kind: mean.kind,
            label: mean.label.clone(),
            iban: mean.iban.as_ref().map(|iban| iban.value.clone()),
            bic: mean.bic.as_ref().map(|bic| bic.value.clone()),
            holder: mean.holder.clone().or_else(|| {
                mean.iban
                    .as_ref()
                    .map(|_| self.settings.seller.name.value.clone())
            }),
            url: filled,
            creditor_id: mean.creditor_id.clone(),
            mandate: self
                .client
                .mandate
                .clone()
                .filter(|_| mean.kind == PayKind::DirectDebit),
        }
    }

    /// Copies the terms; a consumer gets no penalties and no indemnity. Where the rate of the half-year is not known, none is frozen: the
    /// document states how the law works it out.
    fn frozen_terms(&self, owed: Decimal, due: Due) -> FrozenTerms {
        let terms = self.terms();
        let is_debt = self.draft.kind.value != DocumentType::Credit;
        let client = self.client.kind;
        // A credit note states the terms as well: the notes PMD and PMT stand on every e-invoice between businesses (BR-FR-05).
        let law = self.statutory();
        let agreed = match terms.late_interest {
            LateInterest::Percent(percent) if client != ClientKind::Consumer => Some(percent),
            _ => None,
        };
        let statutory =
            || law.and_then(|law| late::statutory_rate(self.regime, law, self.day).ok());
        let late_rate = agreed.or_else(statutory);
        // The law's indemnity is in its own currency whatever the document's; an agreed one is in the document's.
        let law_currency = law
            .and_then(Late::currency)
            .unwrap_or(self.settings.currency);
        let (recovery_fee, fee_currency) = match terms.recovery_fee {
            _ if client == ClientKind::Consumer => (None, self.currency()),
            RecoveryFee::Amount(amount) => (Some(amount), self.currency()),
            RecoveryFee::Statutory => (law.map(|law| law.fee_on(owed)), law_currency),
        };
        // The days of a discount count from the invoice: a quote offers none.
        let offers = is_debt && self.draft.kind.value != DocumentType::Quote;
        let discount = terms
            .early_discount
            .filter(|_| offers)
            .map(|discount| FrozenDiscount {
                percent: discount.percent,
                days: discount.days,
                date: Due::Days(discount.days).date(self.day),
                amount: round(
                    owed * discount.percent / Decimal::ONE_HUNDRED,
                    self.currency().digits(),
                ),
                vat: discount.vat,
            });
        FrozenTerms {
            due: (is_debt && self.preceding.paid.is_none()).then(|| due.text()),
            late_from: self.draft.late_from.map(|day| day.value),
            late_interest: agreed,
            late_rate,
            recovery_fee,
            fee_currency,
            day_count: terms.day_count,
            allocation: terms.allocation,
            discount,
        }
    }

    /// What the law gives on late payment by this client; nothing from a consumer.
    pub(super) fn statutory(&self) -> Option<&Late> {
        let client = self.client.kind;
        self.regime
            .late(client, self.day)
            .filter(|_| client != ClientKind::Consumer)
    }
}
fn is_debit(mean: &PayMean) -> bool {
    mean.kind == PayKind::DirectDebit
}

/// Returns the error of a direct debit that is offered to a client without a mandate, without its place.
pub fn no_mandate(way: &str, client: &str) -> Diagnostic {
    let message = format!("`{way}` is a direct debit, and the client has given no mandate");
    let hint = format!(
        "add `mandate = \"…\"`, the reference of the signed mandate, to clients/{client}.toml, or name another way"
    );
    Diagnostic::error(code::PAY_MANDATE, message).hint(hint)
}
