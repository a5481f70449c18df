//! A client's documents → the message about them, as it goes by its channel: an e-mail, a letter, a text message, the script of a call.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{load, page};
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::demand::{Claimed, Debt, Demand, demands};
use crate::compute::epc;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::book::Part;
use crate::ledger::client_index::Clients;
use crate::ledger::currency::Currency;
use crate::ledger::document::Document;
use crate::ledger::reminder::{Channel, Step, StepName};
use crate::ledger::settings::Settings;
use crate::regime::Regime;
use crate::source::Source;
use crate::span::values;
use crate::view::compose::{Facts, compose};
use crate::view::eml::{CODE, Mail, eml};
use crate::view::html::html;
use crate::view::letter::{Letter, letter};
use crate::view::locale::Locale;
use crate::view::message::Message;
use crate::view::paper::Dress;
use crate::view::pdf::{Engine, qr_png};
use crate::view::sms::sms;
use crate::view::text::{TemplateError, Templates, subject_and_body};

/// Payments of principal by document: amount and day, in the order of the books.
type Payments = BTreeMap<String, Vec<(Decimal, NaiveDate)>>;

/// What messages are made from.
pub struct Desk<'a> {
    /// acquit.toml.
    pub settings: &'a Settings,
    /// The seller's law.
    pub regime: Regime,
    /// The clients.
    pub clients: &'a Clients,
    /// The books as of the day.
    pub books: &'a Books,
    /// The books over time.
    pub chronicle: Chronicle,
    /// The words.
    pub templates: Templates,
    payments: Payments,
}

/// A file of a message: what its name ends with, its bytes, and what is to be said of it.
#[derive(Debug)]
pub struct Parcel {
    /// `eml`, `letter.pdf`, `sms.txt`, `call.txt` or `txt`.
    pub ending: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// A sentence for the terminal.
    pub remark: Option<String>,
    /// What is claimed of each document beside the debt.
    pub claims: Vec<Claim>,
}

/// What a message claims of a document.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its number.
    pub number: String,
    /// What is claimed beside the debt.
    pub claimed: Claimed,
}

impl<'a> Desk<'a> {
    /// Loads the law, the books over time and the templates; what is wrong with them is added to the source's problems, but for what
    /// was said of the books when they were read first.
    pub fn load(
        source: &mut Source,
        settings: &'a Settings,
        clients: &'a Clients,
        books: &'a Books,
    ) -> Self {
        let today = books.today();
        let templates = crate::task::load::templates(source);
        let regime = load::law(settings, &mut source.problems);
        let chronicle = Chronicle::new(books.ledger(), today);
        let mut payments = Payments::new();
        for payment in books.ledger().payments() {
            if payment.part == Part::Principal
                && payment.date <= today
                && !payment.document.is_empty()
            {
                payments
                    .entry(payment.document.to_owned())
                    .or_default()
                    .push((payment.amount, payment.date));
            }
        }
        Self {
            settings,
            regime,
            clients,
            books,
            chronicle,
            templates,
            payments,
        }
    }

    /// Returns what the books say of documents, as a step asks for it.
    pub fn debts<'d>(&self, documents: &'d [Document], step: &Step) -> Vec<Debt<'d>> {
        let debt = |document: &'d Document| {
            let position = self
                .books
                .position(self.books.find(document.number.as_str())?);
            Some(Debt {
                document,
                due: position.falls_due(),
                days_late: position.days_late,
                paid: position.paid,
                balance: position.asked,
                disputed: position.disputed,
                interest: step.interest,
                fee: step.fee,
            })
        };
        // Stable: oldest due first within a currency, the first document's currency first.
        let mut order: Vec<Currency> = Vec::new();
        for document in documents {
            if !order.contains(&document.currency) {
                order.push(document.currency);
            }
        }
        let mut debts: Vec<Debt<'_>> = documents.iter().filter_map(debt).collect();
        debts.sort_by_key(|debt| {
            order
                .iter()
                .position(|known| *known == debt.document.currency)
        });
        debts
    }

    /// Returns what is asked for with some documents in each currency, and what a message may say of it.
    pub fn message(&self, debts: &[Debt<'_>], is_letter: bool) -> Option<(Message, Vec<Demand>)> {
        let today = self.books.today();
        let first = debts.first()?.document;
        let demands = demands(debts, &self.chronicle, &self.regime, today);
        let (mut reminders, mut payments) = (Vec::new(), Vec::new());
        for debt in debts {
            let number = debt.document.number.to_string();
            let index = self.books.find(&number)?;
            for said in debt
                .due
                .map(|due| self.books.said(index, due))
                .unwrap_or_default()
            {
                let step = StepName::parse(&said.step).filter(|_| !said.is_unknown);
                reminders.extend(step.map(|step| (number.clone(), step, said.day)));
            }
            let own = self.payments.get(&number).into_iter().flatten();
            payments.extend(own.map(|(amount, day)| (number.clone(), *amount, *day)));
        }
        reminders.sort_by_key(|(.., day)| *day);
        payments.sort_by_key(|(.., day)| *day);
        let facts = Facts {
            seller: &self.settings.seller,
            client: self.clients.get(&first.buyer.client),
            debts,
            demands: &demands,
            reminders: &reminders,
            payments: &payments,
            plan: self
                .books
                .find(first.number.as_str())
                .and_then(|index| self.books.plan(index)),
            notice: self.regime.notice(first.buyer.kind, today),
            is_letter,
            today,
        };
        let message = compose(facts, &Locale::of(first.language))?;
        Some((message, demands))
    }

    /// Renders a template.
    ///
    /// # Errors
    /// `TEMPLATE-SYNTAX` or `TEMPLATE-RENDER`.
    pub fn render(
        &self,
        document: &Document,
        name: &str,
        message: &Message,
    ) -> Result<String, Diagnostic> {
        self.templates
            .render(document.language, name, message)
            .map_err(|error| broken(&error))
    }

    /// Makes the file of a step's message about documents of one client in one currency, and says what is wrong without stopping it.
    ///
    /// # Errors
    /// Where a template, a page or an address is wrong.
    pub fn parcel(
        &self,
        source: &Source,
        engine: &Engine,
        documents: &[Document],
        step: &Step,
    ) -> Result<(Parcel, Vec<Diagnostic>), Diagnostics> {
        let debts = self.debts(documents, step);
        let nothing = || {
            Diagnostic::error(
                code::DOCUMENT_UNKNOWN,
                "the books do not know this document",
            )
        };
        let is_letter = !matches!(step.channel, Channel::Email | Channel::Sms | Channel::Call);
        let (message, demands) = self.message(&debts, is_letter).ok_or_else(nothing)?;
        let first = debts.first().ok_or_else(nothing)?.document;
        // One code to scan asks for one sum: that of the first currency that has such codes.
        let asked = demands.iter().find_map(|demand| {
            let own: Vec<&Document> = documents
                .iter()
                .filter(|one| one.currency == demand.currency)
                .collect();
            epc::payload_of(&own, demand.sum())
        });
        let asked = asked.as_deref();
        let text = |name: &str| self.render(first, name, &message);
        let mut parcel = match step.channel {
            Channel::Sms => {
                let sms = sms(&text("sms.txt")?);
                let remark = Some(sms.size());
                self.of(step.channel, (sms.text + "\n").into_bytes(), remark)
            }
            Channel::Call => self.of(step.channel, text("call.txt")?.into_bytes(), None),
            Channel::Letter | Channel::Portal | Channel::Hand => {
                let bytes = self.letter(
                    source,
                    engine,
                    first,
                    step.name,
                    &text(step.name.template())?,
                    asked,
                )?;
                self.of(step.channel, bytes, None)
            }
            Channel::Email => self.email(
                source,
                engine,
                documents,
                &message,
                &text(step.name.template())?,
                asked,
            )?,
        };
        let claimed = demands.iter().flat_map(|demand| &demand.claimed);
        let claim = |(debt, claimed): (&Debt<'_>, &Claimed)| Claim {
            number: debt.document.number.to_string(),
            claimed: *claimed,
        };
        parcel.claims = debts.iter().zip(claimed).map(claim).collect();
        Ok((
            parcel,
            demands
                .into_iter()
                .filter_map(|demand| demand.unknown)
                .collect(),
        ))
    }

    fn of(&self, channel: Channel, bytes: Vec<u8>, remark: Option<String>) -> Parcel {
        Parcel {
            ending: self.ending(channel),
            bytes,
            remark,
            claims: Vec::new(),
        }
    }

    /// Returns the ending of a message's file.
    pub fn ending(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Sms => "sms.txt",
            Channel::Call => "call.txt",
            Channel::Letter | Channel::Portal | Channel::Hand => "letter.pdf",
            Channel::Email if self.settings.seller.email.is_none() => "txt",
            Channel::Email => "eml",
        }
    }

    /// The page of a letter; it goes to where the client is today.
    fn letter(
        &self,
        source: &Source,
        engine: &Engine,
        document: &Document,
        step: StepName,
        text: &str,
        code: Option<&str>,
    ) -> Result<Vec<u8>, Diagnostics> {
        let locale = Locale::of(document.language);
        let mut addressed = document.clone();
        if let Some(client) = self.clients.get(&document.buyer.client) {
            addressed.buyer.address = client.address.clone().unwrap_or(addressed.buyer.address);
            addressed.buyer.billing.clone_from(&client.billing);
            addressed.buyer.contact.clone_from(&client.contact);
        }
        let dress = Dress::new(
            super::design::frozen(source, document)?,
            page::logo(source, document)?,
        );
        let (subject, body) = subject_and_body(text);
        let is_formal = step == StepName::Formal;
        let notice = self.regime.notice(document.buyer.kind, self.books.today());
        let mail = notice
            .filter(|_| is_formal)
            .map(|notice| notice.mail.of(document.language));
        let day = self.books.today();
        let content = Letter {
            subject,
            text: body,
            mail,
            is_signed: is_formal,
            code,
            day,
        };
        let page = letter(content, &addressed, &locale, dress);
        engine
            .render(&page)
            .map_err(|error| page::explain(&error, document.span).into())
    }

    /// The e-mail with the documents attached. Without an address to send from, the text alone.
    fn email(
        &self,
        source: &Source,
        engine: &Engine,
        documents: &[Document],
        message: &Message,
        text: &str,
        code: Option<&str>,
    ) -> Result<Parcel, Diagnostics> {
        let seller = &self.settings.seller;
        let (Some(from), Some(first)) = (seller.email.as_deref(), documents.first()) else {
            let remark = Some(
                "the text alone: the seller has no `email` in acquit.toml to send from".to_owned(),
            );
            return Ok(self.of(Channel::Email, text.as_bytes().to_vec(), remark));
        };
        let mut attached = Vec::new();
        for document in documents {
            let bytes = page::pdf(engine, document, page::dress(source, document)?)?;
            attached.push((format!("{}.pdf", document.number), bytes));
        }
        let to = self.recipients(first);
        let bytes = self.mail(first, (from, &to), &attached, message, text, code)?;
        Ok(self.of(Channel::Email, bytes, nobody(&to)))
    }

    /// Returns where reminders of a document go.
    fn recipients(&self, document: &Document) -> Vec<String> {
        let client = self.clients.get(&document.buyer.client);
        client.map_or_else(Vec::new, |client| {
            if client.email_reminders.is_empty() {
                values(&client.email)
            } else {
                values(&client.email_reminders)
            }
        })
    }

    /// Makes the draft of a message about a document that no step sends, such as thanks; nothing is attached.
    ///
    /// # Errors
    /// Where an address is wrong.
    pub fn draft(
        &self,
        document: &Document,
        message: &Message,
        text: &str,
    ) -> Result<Parcel, Diagnostics> {
        let Some(from) = self.settings.seller.email.as_deref() else {
            return Ok(self.of(Channel::Email, text.as_bytes().to_vec(), None));
        };
        let to = self.recipients(document);
        let bytes = self.mail(document, (from, &to), &[], message, text, None)?;
        Ok(self.of(Channel::Email, bytes, nobody(&to)))
    }

    /// The e-mail itself, from the seller's address to some of a client's. `code` is what the code to scan says.
    ///
    /// # Errors
    /// Where an address or the code is wrong.
    pub fn mail(
        &self,
        document: &Document,
        (from, to): (&str, &[String]),
        attached: &[(String, Vec<u8>)],
        message: &Message,
        text: &str,
        code: Option<&str>,
    ) -> Result<Vec<u8>, Diagnostics> {
        let seller = &self.settings.seller;
        let client = self.clients.get(&document.buyer.client);
        let locale = Locale::of(document.language);
        let (subject, body) = subject_and_body(text);
        let picture = code.map(qr_png).transpose();
        let picture = picture.map_err(|error| page::explain(&error, document.span))?;
        let shown = picture.as_ref().map(|_| (CODE, locale.label("qr")));
        let copies = client.map_or_else(Vec::new, |client| values(&client.email_cc));
        let mail = Mail {
            from: (
                seller.trade_name.as_deref().unwrap_or(&seller.name.value),
                from,
            ),
            name: &message.client,
            to,
            cc: &copies,
            subject,
            text: body,
            html: &html(subject, body, message, &locale, shown),
            code: picture,
            attached,
            day: self.books.today(),
        };
        eml(&mail).map_err(|sentence| {
            let hint = format!(
                "correct it in acquit.toml or in clients/{}.toml",
                document.buyer.client
            );
            Diagnostic::error(code::VALUE_TEXT, sentence)
                .hint(hint)
                .into()
        })
    }
}

/// Returns what is to be said of a draft without a recipient.
pub fn nobody(to: &[String]) -> Option<String> {
    to.is_empty()
        .then(|| "the client has no e-mail address: the draft has no recipient".to_owned())
}

/// Returns the diagnostic of a template that cannot be rendered.
pub fn broken(error: &TemplateError) -> Diagnostic {
    let code = if error.is_syntax {
        code::TEMPLATE_SYNTAX
    } else {
        code::TEMPLATE_RENDER
    };
    let message = format!("templates/{}: {}", error.name, error.message);
    Diagnostic::error(code, message).hint("`acquit check` shows the place")
}
