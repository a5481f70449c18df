//! `statement`: a client's account over a period, as a table, JSON, CSV or a page.

use chrono::NaiveDate;
use clap::Args;
use rust_decimal::Decimal;

use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::interest::{Claim, sums};
use crate::compute::statement::{Account, Kind, Scope, accounts};
use crate::diagnostic::{Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::currency::Currency;
use crate::ledger::document::DocumentType;
use crate::ledger::party::Client;
use crate::ledger::settings::Settings;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::load;
use crate::view::locale::Locale;
use crate::view::pdf::{Engine, probe_logo};
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::statement::{Page, Standing, paper};

/// Arguments of `statement`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit statement acme --from 2026-01-01 --to 2026-06-30\n  acquit statement acme --pdf                       writes out/statement-acme-DAY.pdf\n  acquit statement acme -o /tmp/acme.pdf"
)]
pub struct StatementArgs {
    /// The client's exact id
    #[arg(value_name = "CLIENT")]
    pub client: Option<String>,
    /// The first day; all that came before is the opening balance
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub from: Option<NaiveDate>,
    /// The last day; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub to: Option<NaiveDate>,
    /// Write a page for the client
    #[arg(long)]
    pub pdf: bool,
}

/// Shows an account.
///
/// # Errors
/// Where the client is unknown, or the period ends before it begins.
pub fn run(args: &StatementArgs, session: &mut Session<'_>) -> Outcomes {
    let id = session.argument(args.client.clone(), "CLIENT", "Id of the client")?;
    let to = args.to.unwrap_or(session.today).min(session.today);
    if let Some(from) = args.from.filter(|from| *from > to) {
        return Err(Failure::Usage(
            format!("{from} is after {to}"),
            "give a --from up to --to, and not after today".into(),
        ));
    }
    let mut source = session.open()?;
    let ids = source.client_ids();
    if !ids.contains(&id) {
        return Err(load::unknown_client(&id, &ids, "acquit statement {}").into());
    }
    let settings = load::settings(session, &mut source)?;
    let Some(client) = source.client(&id) else {
        return Err(session.refuse(&mut source, Diagnostics::default()));
    };
    let books = load::books(&mut source, to);
    let broken = session.warn(&mut source);
    let scope = Scope {
        client: &id,
        numbers: None,
    };
    let mut accounts = accounts(books.ledger(), scope, args.from, to);
    let claims = claims(scope, &books, to, session, &mut source, &settings)?;
    let standings = standings(scope, &books, &mut accounts, &claims);
    let own = |path: &std::path::PathBuf| {
        path.extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("pdf"))
    };
    if args.pdf || session.global.output.as_ref().is_some_and(own) {
        let page = Page {
            client: &client,
            settings: &settings,
            from: args.from,
            to,
            accounts: &accounts,
            standings: &standings,
        };
        write(session, &mut source, &page)?;
        return Ok(if broken { Done::Findings } else { Done::Well });
    }
    let report = Report {
        schema: "statement",
        today: session.today,
        items: items(&accounts, args.from, to),
        totals: Some(totals(&accounts, &standings)),
    };
    let after = summary(&client, &standings, to);
    session.report(&report, &after)?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

/// Works out late interest and indemnities that are still to be claimed; a rate that is not known is said, and interest counted up to the
/// day before its half-year.
///
/// # Errors
/// Where a document is not what was issued.
pub fn claims(
    scope: Scope<'_>,
    books: &Books,
    to: NaiveDate,
    session: &mut Session<'_>,
    source: &mut Source,
    settings: &Settings,
) -> Result<Vec<Claim>, Failure> {
    let late = |position: &crate::compute::position::Position<'_>| {
        position.client == scope.client
            && scope.has(position.number)
            && position.kind != DocumentType::Credit
            && position.due.is_some_and(|due| due < to)
    };
    let numbers: Vec<String> = books
        .positions()
        .filter(late)
        .map(|position| position.number.to_owned())
        .collect();
    let chronicle = Chronicle::new(books.ledger(), to);
    let (claims, problems) =
        super::interest::of(&numbers, session, source, settings, &chronicle, to)?;
    let unknown: Vec<_> = problems
        .sorted()
        .into_iter()
        .filter(|problem| problem.code == code::LAW_UNKNOWN)
        .collect();
    session.print(&unknown, &source.map);
    Ok(claims)
}

/// What is left to claim in a currency: interest and indemnities.
type Claimed = (Currency, Decimal, Decimal);

/// Adds an account where nothing happened in a currency and something is to be claimed: the law's euros beside a debt in dollars.
fn add_claimed(accounts: &mut Vec<Account>, claims: &[Claimed]) {
    for (currency, interest, fee) in claims {
        let is_new = accounts.iter().all(|account| account.currency != *currency);
        if is_new && !(*interest + *fee).is_zero() {
            let (opening, lines, closing) = (Decimal::ZERO, Vec::new(), Decimal::ZERO);
            accounts.push(Account {
                currency: *currency,
                opening,
                lines,
                closing,
            });
        }
    }
    accounts.sort_by_key(|account| account.currency);
}

/// Where a client stands after the period, by currency; a currency in which something is to be claimed and nothing happened gets an
/// account.
pub fn standings(
    scope: Scope<'_>,
    books: &Books,
    accounts: &mut Vec<Account>,
    claims: &[Claim],
) -> Vec<Standing> {
    let sums = sums(claims);
    add_claimed(accounts, &sums);
    let standing = |account: &Account| {
        let currency = account.currency;
        let own = || {
            let own = |position: &crate::compute::position::Position<'_>| {
                position.client == scope.client
                    && scope.has(position.number)
                    && position.currency == currency
            };
            books.positions().filter(own)
        };
        let claimed = sums.iter().find(|(known, ..)| *known == currency);
        Standing {
            currency,
            closing: account.closing,
            late: own().map(|position| position.late).sum(),
            disputed: own().map(|position| position.disputed).sum(),
            credit: if scope.has("") {
                books.credit(scope.client, currency)
            } else {
                Decimal::ZERO
            },
            interest: claimed.map_or(Decimal::ZERO, |(_, interest, _)| *interest),
            fee: claimed.map_or(Decimal::ZERO, |(_, _, fee)| *fee),
        }
    };
    accounts.iter().map(standing).collect()
}

fn items(accounts: &[Account], from: Option<NaiveDate>, to: NaiveDate) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("date", "Date"),
        ("kind", "Kind"),
        ("number", "Number"),
        ("text", "Reference"),
        ("currency", "Cur."),
        ("amount", "Amount"),
        ("balance", "Balance"),
    ]);
    for account in accounts {
        let currency = account.currency;
        let mut push = |date: Option<NaiveDate>,
                        kind: Kind,
                        number: &str,
                        text: &str,
                        amount: Cell,
                        balance: Decimal| {
            sheet.push(vec![
                Cell::date(date),
                Cell::text(kind.word()),
                Cell::text(number),
                Cell::text(text),
                Cell::text(currency.code()),
                amount,
                Cell::Amount(balance, currency),
            ]);
        };
        if from.is_some() {
            push(from, Kind::Opening, "", "", Cell::None, account.opening);
        }
        for line in &account.lines {
            let amount = Cell::Amount(line.amount, currency);
            push(
                Some(line.date),
                line.kind,
                &line.number,
                &line.text,
                amount,
                line.balance,
            );
        }
        push(Some(to), Kind::Closing, "", "", Cell::None, account.closing);
    }
    sheet
}

fn totals(accounts: &[Account], standings: &[Standing]) -> Sheet {
    let mut sheet = Sheet::new(&[
        ("currency", ""),
        ("opening", ""),
        ("documents", ""),
        ("credit_notes", ""),
        ("claims", ""),
        ("payments", ""),
        ("discounts", ""),
        ("write_offs", ""),
        ("closing", ""),
        ("late", ""),
        ("disputed", ""),
        ("credit", ""),
        ("interest", ""),
        ("fee", ""),
    ]);
    for (account, standing) in accounts.iter().zip(standings) {
        let is_credit = |kind| kind == Kind::Document(DocumentType::Credit);
        let is_document =
            move |kind| matches!(kind, Kind::Document(_) | Kind::Replaced) && !is_credit(kind);
        let amounts = [
            account.opening,
            account.sum(is_document),
            account.sum(is_credit),
            account.sum(|kind| matches!(kind, Kind::Claim(_))),
            account.sum(|kind| matches!(kind, Kind::Payment | Kind::Offset)),
            account.sum(|kind| kind == Kind::Discount),
            account.sum(|kind| kind == Kind::WriteOff),
            account.closing,
            standing.late,
            standing.disputed,
            standing.credit,
            standing.interest,
            standing.fee,
        ];
        let mut row = vec![Cell::text(account.currency.code())];
        row.extend(amounts.map(|amount| Cell::Amount(amount, account.currency)));
        sheet.push(row);
    }
    sheet
}

/// The lines under the table.
fn summary(client: &Client, standings: &[Standing], to: NaiveDate) -> String {
    if standings.is_empty() {
        return format!("Nothing happened with {} up to {to}.\n", client.name.value);
    }
    let line = |standing: &Standing| {
        let show = |value: Decimal| {
            format!(
                "{} {}",
                in_currency(value, standing.currency),
                standing.currency
            )
        };
        let mut text = match standing.closing.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Less => {
                format!(
                    "{} owes nothing, and has {} to its credit",
                    client.name.value,
                    show(-standing.closing)
                )
            }
            _ => format!("{} owes {}", client.name.value, show(standing.closing)),
        };
        for (what, amount) in [("late", standing.late), ("disputed", standing.disputed)] {
            // Beside a larger credit there is still a document that is late.
            let of_it = if amount <= standing.closing {
                " of it"
            } else {
                ""
            };
            if !amount.is_zero() {
                text.push_str(&format!(", {}{of_it} {what}", show(amount)));
            }
        }
        // A credit that is all there is was said.
        let credit = if standing.credit == -standing.closing {
            Decimal::ZERO
        } else {
            standing.credit
        };
        for (what, amount) in [
            ("credit", credit),
            ("late interest", standing.interest),
            ("indemnity", standing.fee),
        ] {
            if !amount.is_zero() {
                text.push_str(&format!("; {what} {}", show(amount)));
            }
        }
        text + "\n"
    };
    standings.iter().map(line).collect()
}

/// Writes the page.
fn write(session: &mut Session<'_>, source: &mut Source, page: &Page<'_>) -> Result<(), Failure> {
    let path = match session.global.output.clone() {
        Some(path) => session.output(&path)?,
        None => source
            .repository
            .root()
            .join("out")
            .join(format!("statement-{}-{}.pdf", page.client.id, page.to)),
    };
    let Some(design) = crate::task::design::chosen(source, page.settings) else {
        return Err(session.refuse(source, Diagnostics::default()));
    };
    let logo = page.settings.seller.logo.as_ref();
    let logo = logo
        .filter(|path| crate::changes::is_inside(path))
        .and_then(|path| source.repository.bytes(path).ok());
    let locale = Locale::of(page.client.language.unwrap_or(page.settings.language));
    let mut sheet = paper(page, &locale, &design.design);
    sheet.logo = logo.filter(|bytes| probe_logo(bytes).is_ok());
    let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
    let bytes = engine
        .render(&sheet)
        .map_err(|error| Failure::from(crate::task::page::explain(&error, page.client.span)))?;
    session.write_output(&path, &bytes)?;
    let shown = path
        .strip_prefix(&session.folder)
        .unwrap_or(&path)
        .display()
        .to_string();
    session.terminal.say(&format!("wrote {shown}"));
    Ok(())
}
