//! `remind`: who would be reminded today, at which step and why; `--write` writes the texts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use rust_decimal::Decimal;

use super::load;
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::interest::claim;
use crate::compute::issue::Words;
use crate::compute::remind::{Reminder, Silence, decide, policy};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::client_index::Clients;
use crate::ledger::currency::Currency;
use crate::ledger::document::{Document, FrozenPay};
use crate::ledger::reminder::StepName;
use crate::ledger::settings::Settings;
use crate::regime::Regime;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::view::locale::Locale;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::text::{Item, Message, PayText, SegmentText, Templates};
use crate::write::{write_new, write_output};

/// Show who is to be reminded today, at which step and why; write the messages
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit remind\n  acquit remind --write out/reminders      writes out/reminders/DAY/CLIENT-STEP.txt"
)]
pub struct RemindArgs {
    /// Write the texts under this folder (a preview: nothing is recorded)
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// Say for each open document why nothing is sent
    #[arg(long)]
    pub explain: bool,
}

/// Shows the plan of today.
///
/// # Errors
/// Where the books cannot be read.
pub fn run(args: &RemindArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    let clients = source.clients();
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let (due, silent) = decisions(&books, &settings, &clients);
    let mut items = columns();
    for reminder in &due {
        items.push(row(&books, reminder));
    }
    let mut after = match due.len() {
        0 => "Nobody is to be reminded today.\n".to_owned(),
        1 => "1 document to be reminded of.\n".to_owned(),
        n => format!("{n} documents to be reminded of.\n"),
    };
    if args.explain {
        for (index, silence) in &silent {
            let position = books.position(*index);
            after.push_str(&format!("{} ({}): {}\n", position.number, position.client, reason(silence)));
        }
    }
    session.report(&Report { schema: "remind", today: session.today, items, totals: None }, &after)?;
    let mut failed = false;
    if let Some(folder) = &args.write {
        failed = write(session, &mut source, &settings, &clients, &books, &due, folder)?;
    }
    Ok(if broken || failed { Done::Findings } else { Done::Well })
}

type Decisions = (Vec<Reminder>, Vec<(usize, Silence)>);

fn decisions(books: &Books, settings: &Settings, clients: &Clients) -> Decisions {
    let mut policies: BTreeMap<String, Vec<crate::ledger::reminder::Step>> = BTreeMap::new();
    let (mut due, mut silent) = (Vec::new(), Vec::new());
    for index in 0..books.len() {
        let client = books.position(index).client.to_owned();
        let steps = policies.entry(client.clone()).or_insert_with(|| {
            policy(&settings.reminders, clients.get(&client).map_or(&[], |client| client.reminders.as_slice()))
        });
        match decide(books, index, steps) {
            Some(Ok(reminder)) => due.push(reminder),
            Some(Err(silence)) => silent.push((index, silence)),
            None => {}
        }
    }
    due.sort_by_key(|reminder| {
        let position = books.position(reminder.index);
        (position.client.to_owned(), position.falls_due(), position.number.to_owned())
    });
    (due, silent)
}

fn columns() -> Sheet {
    Sheet::new(&[
        ("client", "Client"),
        ("number", "Number"),
        ("step", "Step"),
        ("channel", ""),
        ("due", "Due"),
        ("days_late", "Late"),
        ("currency", "Cur."),
        ("amount", "Amount"),
        ("since", ""),
        ("why", "Why"),
    ])
}

fn row(books: &Books, reminder: &Reminder) -> Vec<Cell> {
    let position = books.position(reminder.index);
    let days = reminder.step.days;
    let why = match days.cmp(&0) {
        std::cmp::Ordering::Less => format!("{} days before due", -days),
        std::cmp::Ordering::Equal => "on the due day".to_owned(),
        std::cmp::Ordering::Greater => format!("{days} days after due"),
    };
    let why = position.plan.map_or(why.clone(), |plan| format!("{why} by {plan}"));
    vec![
        Cell::text(position.client),
        Cell::text(position.number),
        Cell::text(reminder.step.name.word()),
        Cell::text(reminder.step.channel.word()),
        Cell::date(position.falls_due()),
        Cell::Number(position.days_late),
        Cell::text(position.currency.code()),
        Cell::Amount(position.asked, position.currency),
        Cell::Date(reminder.since),
        Cell::text(why),
    ]
}

fn reason(silence: &Silence) -> String {
    match silence {
        Silence::NotYet(step, day) => format!("{} comes on {day}", step.word()),
        Silence::Hold(Some(day)) => format!("on hold until {day}"),
        Silence::Hold(None) => "on hold".into(),
        Silence::Promise(day) => format!("promised for {day}"),
        Silence::Dispute => "disputed".into(),
        Silence::Taken(step, day) => format!("{} was sent on {day}", step.word()),
        Silence::Spacing(day) => format!("reminded on {day}, a few days ago"),
        Silence::Small => "less than the least amount of the step".into(),
    }
}

/// One message a client, currency and day: all its documents, at the highest step.
fn write(
    session: &mut Session<'_>,
    source: &mut Source,
    settings: &Settings,
    clients: &Clients,
    books: &Books,
    due: &[Reminder],
    folder: &std::path::Path,
) -> Result<bool, Failure> {
    let folder = &session.output(folder)?;
    let templates = super::check::templates(source);
    let mut problems = Diagnostics::default();
    let regime = load::law(settings, &mut problems);
    // What is wrong with the books was said when they were read first.
    let chronicle = super::interest::chronicle(source, session.today);
    let _ = source.take_problems();
    source.problems.extend(problems);
    let mut groups: BTreeMap<(String, Currency), Vec<&Reminder>> = BTreeMap::new();
    for reminder in due {
        let position = books.position(reminder.index);
        if reminder.step.name == StepName::Formal {
            let (number, client) = (position.number, position.client);
            session.terminal.say(&format!(
                "{number} ({client}): the formal notice is due; a person sends it, and acquit will with a later release"
            ));
            continue;
        }
        // What is not due yet never stands among what is late: it waits for a day of its own.
        let is_late = |other: &Reminder| other.step.days >= 0 && other.step.name != StepName::Formal;
        let same = |other: &&Reminder| books.position(other.index).client == position.client;
        if reminder.step.days < 0 && due.iter().filter(same).any(is_late) {
            session.terminal.say(&format!(
                "{} ({}): its upcoming reminder waits, as the client is reminded of what is late",
                position.number, position.client
            ));
            continue;
        }
        groups.entry((position.client.to_owned(), position.currency)).or_default().push(reminder);
    }
    let several = |client: &str| groups.keys().filter(|(known, _)| known == client).count() > 1;
    let mut failed = session.warn(source);
    for ((client, currency), reminders) in &groups {
        let step = reminders.iter().map(|reminder| &reminder.step).max_by_key(|step| step.name).cloned();
        let Some(step) = step else { continue };
        let numbers: Vec<String> = reminders.iter().map(|r| books.position(r.index).number.to_owned()).collect();
        let documents = match load::documents(session, source, settings, &numbers) {
            Ok(documents) => documents,
            Err(Failure::Refused(problems, map)) => {
                failed |= session.print(&problems, &map);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let draft = Draft { settings, regime: &regime, clients, books, chronicle: &chronicle, currency: *currency };
        let (message, problem) = draft.message(reminders, &documents, session.today);
        if let Some(problem) = problem {
            failed |= session.print(&[problem], &source.map);
        }
        let text = match render(&templates, &documents[0], step.name, &message) {
            Ok(text) => text,
            Err(problem) => {
                failed |= session.print(&[problem], &source.map);
                continue;
            }
        };
        let suffix = if several(client) { format!("-{currency}") } else { String::new() };
        let name = format!("{client}-{}{suffix}.txt", step.name.word());
        let path = folder.join(session.today.to_string()).join(&name);
        let shown = path.strip_prefix(&session.folder).unwrap_or(&path).display().to_string();
        if session.global.dry_run {
            session.terminal.say(&format!("would write {shown}"));
            continue;
        }
        // A message is made anew each day; on the same day what changed since replaces the preview.
        if write_new(session.disk, &path, text.as_bytes()).is_err() {
            write_output(session.disk, &path, text.as_bytes())?;
        }
        session.terminal.say(&format!("wrote {shown}"));
    }
    Ok(failed)
}

fn render(templates: &Templates, document: &Document, step: StepName, message: &Message) -> Result<String, Diagnostic> {
    // There is no wording of its own yet for the due day: the first reminder's is courteous enough.
    let name = if step == StepName::Due { StepName::First } else { step }.template();
    templates.render(document.language, name, message).map_err(|error| {
        let code = if error.is_syntax { code::TEMPLATE_SYNTAX } else { code::TEMPLATE_RENDER };
        Diagnostic::error(code, format!("templates/{}: {}", error.name, error.message))
            .hint("`acquit check` shows the place")
    })
}

/// What a message is made from.
struct Draft<'a> {
    settings: &'a Settings,
    regime: &'a Regime,
    clients: &'a Clients,
    books: &'a Books,
    chronicle: &'a Chronicle,
    currency: Currency,
}

impl Draft<'_> {
    /// Builds the message; where an interest rate is not known it goes without interest, and that is said.
    fn message(
        &self,
        reminders: &[&Reminder],
        documents: &[Document],
        today: chrono::NaiveDate,
    ) -> (Message, Option<Diagnostic>) {
        let locale = Locale::of(documents[0].language);
        let amount = |value: Decimal| locale.amount(value, self.currency);
        let mut items = Vec::new();
        let (mut total, mut interest, mut fee) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        let (mut segments, mut problem) = (Vec::new(), None);
        let mut foreign_fee: Option<(Currency, Decimal)> = None;
        for (reminder, document) in reminders.iter().zip(documents) {
            let position = self.books.position(reminder.index);
            let balance = position.asked;
            total += balance;
            items.push(Item {
                number: document.number.to_string(),
                kind: locale.label(document.kind.word()).to_owned(),
                issued: locale.date(document.issued),
                due: position.falls_due().map(|due| locale.date(due)).unwrap_or_default(),
                days_late: position.days_late.to_string(),
                gross: amount(position.gross),
                paid: amount(position.paid),
                is_partly_paid: !position.paid.is_zero(),
                balance: amount(balance),
                reference: document.payment_reference.clone(),
            });
            // Without the rate of a half-year the message goes without interest; the indemnity does not depend on it.
            let mut owed = (document.terms.fee_currency, document.terms.recovery_fee.unwrap_or_default());
            match claim(document, self.chronicle, self.regime, today) {
                Ok(found) => {
                    owed = (found.fee_currency, found.fee_left());
                    if reminder.step.interest {
                        interest += found.interest_left();
                        segments.extend(found.segments.iter().map(|segment| SegmentText {
                            number: document.number.to_string(),
                            from: locale.date(segment.from),
                            to: locale.date(segment.to),
                            days: segment.days.to_string(),
                            balance: amount(segment.balance),
                            rate: locale.percent(segment.rate),
                            interest: amount(crate::ledger::amount::round(segment.interest, self.currency.digits())),
                        }));
                    }
                }
                Err(unknown) if reminder.step.interest => problem = Some(unknown),
                Err(_) => {}
            }
            if reminder.step.fee && owed.0 == self.currency {
                fee += owed.1;
            } else if reminder.step.fee {
                foreign_fee.get_or_insert((owed.0, Decimal::ZERO)).1 += owed.1;
            }
        }
        // Amounts of different currencies are never added: the law's euros stand beside a debt in dollars.
        let foreign = foreign_fee.filter(|(_, fee)| !fee.is_zero()).map(|(currency, fee)| locale.amount(fee, currency));
        let claim = |value: Decimal| if value.is_zero() { String::new() } else { amount(value) };
        // A payment link asks for the whole of one document.
        let is_whole = documents.len() == 1 && total == documents[0].totals.due;
        let seller = &self.settings.seller;
        let client = self.clients.get(&documents[0].buyer.client);
        let message = Message {
            today: locale.date(today),
            seller: seller.name.value.clone(),
            seller_email: seller.email.clone().unwrap_or_default(),
            seller_phone: seller.phone.clone().unwrap_or_default(),
            client: client.map_or_else(|| documents[0].buyer.name.clone(), |client| client.name.value.clone()),
            contact: client.and_then(|client| client.contact.clone()).unwrap_or_default(),
            items,
            total: amount(total),
            has_claims: !interest.is_zero() || !fee.is_zero() || foreign.is_some(),
            segments,
            interest: claim(interest),
            fee: foreign.clone().unwrap_or_else(|| claim(fee)),
            total_with_claims: match &foreign {
                Some(other) => format!("{} + {other}", amount(total + interest)),
                None => amount(total + interest + fee),
            },
            pay: documents[0]
                .pay
                .iter()
                .filter(|mean| mean.url.is_none() || is_whole)
                .map(|mean| pay(mean, documents, &locale))
                .collect(),
        };
        (message, problem)
    }
}

/// The ways to pay, as lines; a message about several documents names the reference of each.
fn pay(mean: &FrozenPay, documents: &[Document], locale: &Locale) -> PayText {
    let mut lines = Vec::new();
    if let Some(holder) = &mean.holder {
        lines.push(format!("{} : {holder}", locale.label("holder")));
    }
    if let Some(iban) = &mean.iban {
        lines.push(format!("{} : {}", locale.label("iban"), crate::view::paper::grouped(iban)));
        let references: Vec<&str> = documents.iter().map(|document| document.payment_reference.as_str()).collect();
        lines.push(format!("{} : {}", locale.label("reference"), references.join(", ")));
    }
    if let Some(bic) = &mean.bic {
        lines.push(format!("{} : {bic}", locale.label("bic")));
    }
    lines.extend(mean.url.clone());
    if locale.language != crate::ledger::party::Language::Fr {
        lines = lines.into_iter().map(|line| line.replacen(" : ", ": ", 1)).collect();
    }
    PayText { label: mean.label.clone().unwrap_or_else(|| locale.label(mean.kind.word()).to_owned()), lines }
}
