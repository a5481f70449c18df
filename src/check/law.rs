//! What the law demands of a document about to be issued; the duties, their dates and sources are the regime's data.

use rust_decimal::Decimal;

use crate::compute::late::statutory_rate;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, code};
use crate::ledger::amount::plain;
use crate::ledger::date::half_year;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::draft::{Draft, DraftLine};
use crate::ledger::party::{Client, ClientKind, Form, Language, Operation, VatRegime};
use crate::ledger::settings::{Settings, has_place};
use crate::ledger::terms::Due;
use crate::ledger::vat::{Category, VatCase, VatChoice};
use crate::regime::{Regime, is_member};
use crate::span::Span;

/// A document, and the files it is made from.
pub struct Candidate<'a> {
    /// As it would be issued.
    pub document: &'a Document,
    /// Its draft.
    pub draft: &'a Draft,
    /// Its client.
    pub client: &'a Client,
    /// acquit.toml.
    pub settings: &'a Settings,
    /// The seller's law.
    pub regime: &'a Regime,
}

impl Candidate<'_> {
    /// Tells whether both parties are in a country.
    pub(super) fn is_within(&self, country: &str) -> bool {
        let client = self.client.address.as_ref();
        self.settings.seller.address.country == country
            && client.is_some_and(|address| address.country == country)
    }
}

/// Returns what a document lacks.
pub fn check(candidate: &Candidate<'_>) -> Diagnostics {
    let mut rules = Rules {
        candidate,
        problems: Diagnostics::default(),
    };
    rules.seller();
    rules.client();
    rules.vat();
    rules.supply();
    rules.terms();
    rules.language();
    rules.works();
    rules.consumer();
    rules.problems
}

pub(super) struct Rules<'a> {
    pub(super) candidate: &'a Candidate<'a>,
    pub(super) problems: Diagnostics,
}

impl Rules<'_> {
    /// Adds a problem if the law has that duty on the issue date; its source is named in the sentence.
    pub(super) fn demand(&mut self, code: Code, span: Span, message: &str, hint: &str) {
        let Some((severity, source)) = self
            .candidate
            .regime
            .duty(code, self.candidate.document.issued)
        else {
            return;
        };
        let text = format!("{message} ({source})");
        let problem = if severity == Severity::Error {
            Diagnostic::error(code, text)
        } else {
            Diagnostic::warning(code, text)
        };
        self.problems.push(problem.at(span).hint(hint));
    }

    fn seller(&mut self) {
        let seller = &self.candidate.settings.seller;
        let span = seller.span;
        let german = self.candidate.regime.country == "DE";
        if german && seller.vat.is_none() && seller.tax_id.is_none() {
            let hint =
                "add `tax_id = \"21/815/08150\"` (the Steuernummer) or `vat = \"DE…\"` to [seller]";
            let message = "the seller states neither a Steuernummer nor a VAT number";
            self.demand(code::LAW_SELLER_ID, span, message, hint);
        } else if !german && seller.id.is_none() {
            self.demand(
                code::LAW_SELLER_ID,
                span,
                "the seller has no SIREN",
                "add `id = \"732829320\"` to [seller]: nine digits",
            );
        }
        if !has_place(&seller.address) {
            let hint = "add `street`, `postcode` and `city` to [seller.address]";
            self.demand(
                code::LAW_SELLER_ADDRESS,
                span,
                "the seller has no address",
                hint,
            );
        }
        let stated = |words: &[&str]| words.iter().any(|word| names_form(&seller.name, word));
        if seller.form == Form::Ei && !stated(&["EI", "ENTREPRENEUR INDIVIDUEL"]) {
            let hint = "write \"EI\" or \"Entrepreneur individuel\" before or after the name";
            self.demand(
                code::LAW_SELLER_NAME,
                seller.name.span,
                "a sole trader's name bears \"EI\"",
                hint,
            );
        }
        self.registration();
        // Art. 242 nonies A, II: not asked for where the total is at most 150 € without VAT.
        let small = self.candidate.document.totals.net <= Decimal::from(150);
        let standard = seller.regime_on(self.candidate.document.issued) == VatRegime::Standard;
        // UStG § 14 Abs. 4 Satz 1 Nr. 2: a Steuernummer does as well.
        let numbered = seller.vat.is_some() || (german && seller.tax_id.is_some());
        if standard && !numbered && !small && !german {
            let hint = "add `vat = \"FR…\"` to [seller], or `vat_regime = \"franchise\"` where you charge none";
            self.demand(
                code::LAW_SELLER_VAT,
                span,
                "the seller has no VAT number",
                hint,
            );
        }
    }

    fn client(&mut self) {
        let client = self.candidate.client;
        if !client.address.as_ref().is_some_and(has_place) {
            let hint = format!(
                "add [address] with street, postcode, city and country to clients/{}.toml",
                client.id
            );
            self.demand(
                code::LAW_CLIENT_ADDRESS,
                client.span,
                &format!("{} has no address", client.name.value),
                &hint,
            );
        }
        // Who asks for a quote need not have said its numbers yet.
        if self.candidate.document.kind == DocumentType::Quote {
            return;
        }
        let country = client
            .address
            .as_ref()
            .map_or("", |address| &address.country);
        let french = country == "FR" && self.candidate.regime.country == "FR";
        if french
            && client.kind != ClientKind::Consumer
            && client.taxable
            && client.identifier.is_none()
        {
            let hint = format!(
                "add `id = \"…\"`, nine digits, to clients/{}.toml",
                client.id
            );
            self.demand(
                code::LAW_CLIENT_ID,
                client.span,
                &format!("{} has no SIREN", client.name.value),
                &hint,
            );
        }
    }

    fn vat(&mut self) {
        let Candidate {
            document,
            draft,
            client,
            settings,
            regime,
        } = self.candidate;
        let has = |category: Category| document.vat.iter().any(|group| group.category == category);
        let rates = regime.rates_on(document.issued);
        let franchise = settings.seller.regime_on(document.issued) == VatRegime::Franchise;
        for line in &draft.lines {
            let Some(choice) = line.vat else { continue };
            let VatChoice::Rate(rate) = choice.value else {
                continue;
            };
            if franchise {
                let hint =
                    "remove `vat`: under the small-enterprise scheme VAT that is mentioned is due";
                self.demand(
                    code::LAW_VAT_FRANCHISE,
                    choice.span,
                    "a seller under franchise charges no VAT",
                    hint,
                );
            } else if regime.vat_rates_closed && !rates.contains(&rate) {
                let list: Vec<String> = rates.iter().map(|rate| plain(*rate)).collect();
                let hint = format!(
                    "the rates are {}; [[law]] kind = \"vat-rate\" adds one",
                    list.join(", ")
                );
                self.demand(
                    code::LAW_VAT_RATE,
                    choice.span,
                    &format!("{} % is no VAT rate in France", plain(rate)),
                    &hint,
                );
            } else if !regime.vat_rates_closed && rate > Decimal::from(30) {
                let hint = "write the rate in percent, such as `vat = 21`";
                self.demand(
                    code::LAW_VAT_RATE,
                    choice.span,
                    &format!("{} % is no VAT rate in the EU", plain(rate)),
                    hint,
                );
            }
        }
        let reasons: Vec<_> = document
            .vat
            .iter()
            .filter(|group| group.category == Category::E)
            .collect();
        let mut codes: Vec<_> = draft
            .lines
            .iter()
            .zip(&document.lines)
            .filter(|(_, l)| l.category == Category::E)
            .collect();
        codes.dedup_by_key(|(line, _)| {
            (
                line.vat.map(|vat| vat.value),
                line.vat_reason.as_ref().map(|r| r.value.clone()),
                line.vat_text.as_ref().map(|text| text.value.clone()),
            )
        });
        let mut kinds = Vec::new();
        for (line, frozen) in &codes {
            let kind = (
                frozen.operation == Operation::Disbursement,
                line.vat.map(|vat| vat.value),
                line.vat_reason.as_ref().map(|reason| &reason.value),
            );
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        // Under franchise sums paid in the client's name may stand beside: one text (BT-120) gives both reasons.
        let beside_franchise = matches!(
            kinds.as_slice(),
            [(false, None, None), (true, ..)] | [(true, ..), (false, None, None)]
        );
        if !reasons.is_empty() && codes.len() > 1 && !beside_franchise {
            let message = "a document has one reason for exempt lines (BR-E-01)";
            let hint = "make a second document for the lines with the other reason";
            self.problems.push(
                Diagnostic::error(code::LAW_VAT_MIX, message)
                    .at(codes[1].0.span)
                    .hint(hint),
            );
        }
        if has(Category::O) && document.vat.len() > 1 {
            let message = "lines outside the scope of VAT stand alone in a document (BR-O-11)";
            let line = draft
                .lines
                .iter()
                .zip(&document.lines)
                .find(|(_, line)| line.category == Category::O);
            let span = line.map_or(draft.span, |(line, _)| line.span);
            let hint = "make a second document for them";
            self.problems.push(
                Diagnostic::error(code::LAW_VAT_MIX, message)
                    .at(span)
                    .hint(hint),
            );
        }
        let is_quote = document.kind == DocumentType::Quote;
        let numbered = (has(Category::Ae) || has(Category::K)) && !is_quote;
        if numbered && client.vat.is_none() {
            let hint = format!("add `vat = \"…\"` to clients/{}.toml", client.id);
            self.demand(
                code::LAW_CLIENT_VAT,
                client.span,
                &format!("{} owes the VAT and has no VAT number", client.name.value),
                &hint,
            );
        }
        if numbered && settings.seller.vat.is_none() {
            let hint = "add `vat = \"FR…\"` to [seller]";
            self.demand(
                code::LAW_SELLER_VAT,
                settings.seller.span,
                "a document without VAT charged needs the seller's VAT number",
                hint,
            );
        }
        if has(Category::K) && !is_quote {
            let to = client
                .delivery
                .as_ref()
                .map(|place| &place.address)
                .or(client.address.as_ref());
            // Goods to Northern Ireland are intra-EU supplies: VAT numbers of XI, addresses of GB (directive 2006/112/EC, annex).
            let northern = |country: &str| {
                country == "GB" && client.vat.as_ref().is_some_and(|vat| vat.starts_with("XI"))
            };
            let abroad = to.is_some_and(|address| {
                let country = address.country.as_str();
                (is_member(country) || northern(country))
                    && country != settings.seller.address.country
            });
            let message = "an intra-EU supply states when and to which Member State";
            if draft.delivered.is_none() && draft.period.is_none() {
                self.demand(
                    code::LAW_DELIVERY,
                    draft.span,
                    message,
                    "add `delivered = 2026-11-20`, or `period`",
                );
            }
            if !abroad {
                let table = if client.delivery.is_some() {
                    "[delivery]"
                } else {
                    "[address]"
                };
                let hint = format!(
                    "{table} of clients/{}.toml must be in another Member State",
                    client.id
                );
                self.demand(code::LAW_DELIVERY, draft.span, message, &hint);
            }
        }
        self.leaving();
    }

    /// Where a case is for clients or goods outside the EU, they are not inside.
    fn leaving(&mut self) {
        let Candidate {
            draft,
            client,
            settings,
            ..
        } = self.candidate;
        let home = &settings.seller.address.country;
        let inside = |country: &str| is_member(country) || country == home;
        let seat = client
            .address
            .as_ref()
            .map_or("", |address| address.country.as_str());
        let goods = client
            .delivery
            .as_ref()
            .map_or(seat, |place| place.address.country.as_str());
        let own_ground = |line: &&DraftLine| line.vat_reason.is_some() || line.vat_text.is_some();
        for line in draft.lines.iter().filter(|line| !own_ground(line)) {
            let Some(choice) = line.vat else { continue };
            let (country, message, hint) = match choice.value {
                VatChoice::Case(VatCase::Outside) => (
                    seat,
                    "\"outside\" is for services to businesses outside the EU",
                    "write a rate or \"reverse-charge\"; what is outside the scope for another reason says so in `vat_text`",
                ),
                VatChoice::Case(VatCase::Export) => (
                    goods,
                    "\"export\" is for goods that leave the EU",
                    "write \"intra-eu\" or a rate, or give the client a [delivery] outside the EU",
                ),
                _ => continue,
            };
            // A part of the country may be outside its VAT.
            let apart = matches!(choice.value, VatChoice::Case(case) if self.is_apart(case));
            if is_member(home) && inside(country) && !apart {
                let problem = Diagnostic::error(code::LAW_VAT_REASON, message)
                    .at(choice.span)
                    .hint(hint);
                self.problems.push(problem);
            }
        }
    }

    fn terms(&mut self) {
        let Candidate {
            document,
            draft,
            client,
            settings,
            regime,
        } = self.candidate;
        // A paid invoice bears the day of its payment (BR-FR-CO-09); nothing of it falls due.
        if document.kind == DocumentType::Credit || !document.paid.is_empty() {
            return;
        }
        let place = draft.due.map_or(settings.terms_span, |due| due.span);
        if let Some(due) = document.due.filter(|due| *due < document.issued) {
            let message = format!(
                "the document falls due on {due}, before it is issued on {}",
                document.issued
            );
            let hint = "write a later date, or a rule such as `due = \"30d\"` (BR-FR-CO-07)";
            self.problems.push(
                Diagnostic::error(code::LAW_DUE, message)
                    .at(place)
                    .hint(hint),
            );
        }
        if client.kind == ClientKind::Consumer {
            return;
        }
        self.public_term(place);
        self.summary_term(place);
        self.fee();
        self.late_interest();
        if let (Some(limit), Some(due), ClientKind::Business) =
            (&regime.term_limit, document.due, client.kind)
        {
            let rule = draft
                .due
                .map_or(client.terms.over(settings.terms).due, |due| due.value);
            let days = (due - document.issued).num_days();
            let end_of_month = matches!(rule, Due::DaysThenMonth(n) | Due::MonthThenDays(n) if limit.eom_days.is_some_and(|max| n <= max));
            if days > i64::from(limit.days) && !end_of_month {
                let message = format!(
                    "{days} days from the invoice are more than the {} that may be agreed",
                    limit.days
                );
                let hint = limit.eom_days.map_or_else(
                    || format!("write at most `{}d`", limit.days),
                    |eom| format!("write at most `{}d` or `{eom}d eom`", limit.days),
                );
                self.demand(code::LAW_TERM, place, &message, &hint);
            }
        }
        if let (Some(agreed), Some(law)) = (
            document.terms.late_interest,
            regime.late(client.kind, document.issued),
        ) && let (Some(series), Some(factor)) = (&law.floor_reference, law.floor_factor)
            && let Ok(reference) = regime.reference_rate(series, half_year(document.issued))
            && agreed < reference * factor
        {
            let floor = plain(reference * factor);
            let statutory = statutory_rate(regime, law, document.issued)
                .map_or(String::new(), |rate| format!(" ({} %)", plain(rate)));
            let message = format!(
                "late interest of {} % is below the floor of {floor} %",
                plain(agreed)
            );
            let hint = format!("write at least {floor}, or \"statutory\"{statutory}");
            self.demand(code::LAW_RATE_FLOOR, settings.terms_span, &message, &hint);
        }
    }

    /// What quotes and invoices of works on buildings say: the insurance that builders must have, and what a repair costs.
    fn works(&mut self) {
        let Candidate {
            document,
            draft,
            client,
            settings,
            ..
        } = self.candidate;
        let Some(works) = draft.works.as_ref() else {
            return;
        };
        let takes_back = document.kind == DocumentType::Credit;
        if settings.seller.insurance.is_none() && !takes_back {
            let hint = "add [seller.insurance] with `insurer`, `contact` and `cover`";
            self.demand(
                code::LAW_INSURANCE,
                works.span,
                "who does works on buildings states the insurance that is compulsory",
                hint,
            );
        }
        let is_quote = document.kind == DocumentType::Quote;
        if !works.repair || !is_quote || client.kind != ClientKind::Consumer {
            return;
        }
        let by_hour = draft.lines.iter().any(|line| {
            matches!(
                line.unit.as_ref().map(|unit| unit.as_str()),
                Some("hour" | "HUR")
            )
        });
        if works.hourly_rate.is_none() && !by_hour {
            let hint =
                "add `hourly_rate = 55` to `works`, VAT included, or a line with `unit = \"hour\"`";
            self.demand(
                code::LAW_REPAIR,
                works.span,
                "a quote of repairs to a consumer states the price of an hour of labour",
                hint,
            );
        }
        if works.travel.is_none() {
            let hint =
                "add `travel = 30` to `works`, VAT included; `travel = 0` where it costs nothing";
            self.demand(
                code::LAW_REPAIR,
                works.span,
                "a quote of repairs to a consumer states what travel costs",
                hint,
            );
        }
    }

    /// What a quote tells a consumer before the contract: the mediator, and the right of withdrawal.
    fn consumer(&mut self) {
        let Candidate {
            document,
            draft,
            client,
            settings,
            ..
        } = self.candidate;
        if client.kind != ClientKind::Consumer || document.kind != DocumentType::Quote {
            return;
        }
        let seller = &settings.seller;
        if seller.mediator.is_none() {
            let hint = "add [seller.mediator] with `name`, `address` and `website`";
            self.demand(
                code::LAW_MEDIATOR,
                seller.span,
                "a quote to a consumer names the mediator",
                hint,
            );
        }
        if draft.concluded.is_none() && seller.concluded.is_none() {
            let hint = "add `concluded = \"distance\"`, \"off-premises\" or \"premises\" to the draft or to [seller]";
            self.demand(
                code::LAW_WITHDRAWAL,
                draft.span,
                "a consumer is told of the right of withdrawal where the contract is not concluded at your premises",
                hint,
            );
        }
    }

    fn language(&mut self) {
        let Candidate {
            document, draft, ..
        } = self.candidate;
        if self.candidate.is_within("FR") && document.language != Language::Fr {
            let hint = "set `language = \"fr\"`; a client in France may ask for a translation";
            self.demand(
                code::LAW_LANGUAGE,
                draft.span,
                "a document between parties in France is in French",
                hint,
            );
        }
    }
}

/// Returns the warning of a document that states how its rate of late interest is worked out, because nobody knows that rate yet.
pub fn unknown_rate(candidate: &Candidate<'_>) -> Option<Diagnostic> {
    let Candidate {
        document,
        settings,
        regime,
        ..
    } = candidate;
    let terms = &document.terms;
    let kind = document.buyer.kind;
    let is_open =
        terms.late_interest.is_none() && terms.late_rate.is_none() && kind != ClientKind::Consumer;
    let law = regime.late(kind, document.issued).filter(|_| is_open)?;
    let problem = crate::regime::unknown_rate(&law.reference, half_year(document.issued));
    let message = format!(
        "{}: the document states how it is worked out",
        problem.message
    );
    Some(Diagnostic {
        severity: Severity::Warning,
        message,
        ..problem.at(settings.terms_span)
    })
}

/// Tells whether a name holds a legal form as a word of its own.
pub fn names_form(name: &str, form: &str) -> bool {
    let name = format!(
        " {} ",
        name.to_uppercase().replace(['(', ')', ',', '.'], " ")
    );
    name.contains(&format!(" {form} "))
}
