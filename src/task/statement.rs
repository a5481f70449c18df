//! A client's account over a period: its lines, what is left to claim beside them, and its page.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{design, interest, load, page};
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::interest::Claim;
use crate::compute::position::Position;
use crate::compute::statement::{Account, Kind, Scope, Standing, accounts, standings};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::in_currency;
use crate::ledger::document::DocumentType;
use crate::ledger::party::Client;
use crate::ledger::settings::Settings;
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::view::locale::Locale;
use crate::view::pdf::Engine;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::statement::{Page, paper};

/// Which account is shown.
#[derive(Debug)]
pub struct Options {
    /// The client's exact id.
    pub client: String,
    /// The first day; without one the account begins with the first document.
    pub from: Option<NaiveDate>,
    /// The last day; the books are read as of it.
    pub to: NaiveDate,
}

/// A client's account over a period.
#[derive(Debug)]
pub struct Statement {
    from: Option<NaiveDate>,
    to: NaiveDate,
    accounts: Vec<Account>,
    standings: Vec<Standing>,
}

/// Reads acquit.toml and the client's file.
///
/// # Errors
/// Where the client is unknown, or one of the two files has errors.
pub fn client(
    options: &Options,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<(Settings, Client), Failure> {
    let id = &options.client;
    let ids = source.client_ids();
    if !ids.contains(id) {
        return Err(load::unknown_client(id, &ids, "acquit statement {}").into());
    }
    let settings = load::settings(session, source)?;
    match source.client(id) {
        Some(client) => Ok((settings, client)),
        None => Err(session.refuse(source, Diagnostics::default())),
    }
}

/// Works out an account from the books as of its last day; returns it with the warnings of rates that are not known.
///
/// # Errors
/// Where a document is not what was issued.
pub fn of(
    options: &Options,
    books: &Books,
    session: &Session<'_>,
    source: &mut Source,
    settings: &Settings,
) -> Result<(Statement, Vec<Diagnostic>), Failure> {
    let (from, to) = (options.from, options.to);
    let scope = Scope {
        client: &options.client,
        numbers: None,
    };
    let mut accounts = accounts(books.ledger(), scope, from, to);
    let (claims, unknown) = claims(scope, books, to, session, source, settings)?;
    let standings = standings(scope, books, &mut accounts, &claims);
    let statement = Statement {
        from,
        to,
        accounts,
        standings,
    };
    Ok((statement, unknown))
}

/// Works out late interest and indemnities that are still to be claimed on a day. A rate that is not known is a warning among those that
/// are returned: interest is counted up to the day before its half-year.
///
/// # Errors
/// Where a document is not what was issued.
pub fn claims(
    scope: Scope<'_>,
    books: &Books,
    to: NaiveDate,
    session: &Session<'_>,
    source: &mut Source,
    settings: &Settings,
) -> Result<(Vec<Claim>, Vec<Diagnostic>), Failure> {
    // A corrective may be late by the terms of what it replaces, which its own file says.
    let ledger = books.ledger();
    let due = |number: &str| {
        ledger
            .find(number)
            .and_then(|place| ledger.first_due(place))
    };
    let late = |position: &Position<'_>| {
        position.client == scope.client
            && scope.has(position.number)
            && position.kind != DocumentType::Credit
            && due(position.number).is_some_and(|due| due < to)
    };
    let numbers: Vec<String> = books
        .positions()
        .filter(late)
        .map(|position| position.number.to_owned())
        .collect();
    let chronicle = Chronicle::new(books.ledger(), to);
    let (claims, problems) = interest::of(&numbers, session, source, settings, &chronicle, to)?;
    let unknown = problems
        .sorted()
        .into_iter()
        .filter(|problem| problem.code == code::LAW_UNKNOWN)
        .collect();
    Ok((claims, unknown))
}

impl Statement {
    /// Returns the account as data.
    pub fn report(&self, today: NaiveDate) -> Report {
        Report {
            schema: "statement",
            today,
            items: items(&self.accounts, self.from, self.to),
            totals: Some(totals(&self.accounts, &self.standings)),
        }
    }

    /// Returns the lines under the table: a sentence a currency. `name` is the client's.
    pub fn summary(&self, name: &str) -> String {
        summary(name, &self.standings, self.to)
    }

    /// Returns the page for the client, in its language, as PDF.
    ///
    /// # Errors
    /// Where the ledger's design cannot be read, or a text has characters that no font has.
    pub fn pdf(
        &self,
        client: &Client,
        settings: &Settings,
        session: &Session<'_>,
        source: &mut Source,
    ) -> Result<Vec<u8>, Failure> {
        let Some(design) = design::chosen(source, settings) else {
            return Err(session.refuse(source, Diagnostics::default()));
        };
        let page = Page {
            client,
            settings,
            from: self.from,
            to: self.to,
            accounts: &self.accounts,
            standings: &self.standings,
        };
        let locale = Locale::of(client.language.unwrap_or(settings.language));
        let mut sheet = paper(&page, &locale, &design.design);
        sheet.logo = page::own_logo(source, settings);
        let engine = Engine::new().map_err(|error| Failure::Could(error.to_string()))?;
        engine
            .render(&sheet)
            .map_err(|error| Failure::from(page::explain(&error, client.span)))
    }
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
fn summary(name: &str, standings: &[Standing], to: NaiveDate) -> String {
    if standings.is_empty() {
        return format!("Nothing happened with {name} up to {to}.\n");
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
                    "{name} owes nothing, and has {} to its credit",
                    show(-standing.closing)
                )
            }
            _ => format!("{name} owes {}", show(standing.closing)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::currency::Currency;

    fn standing(closing: &str, late: &str, credit: &str, interest: &str) -> Standing {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        Standing {
            currency: Currency::parse("EUR").unwrap(),
            closing: number(closing),
            late: number(late),
            disputed: Decimal::ZERO,
            credit: number(credit),
            interest: number(interest),
            fee: Decimal::ZERO,
        }
    }

    fn said(standing: Standing) -> String {
        summary(
            "Acme SAS",
            &[standing],
            NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        )
    }

    #[test]
    fn what_is_late_is_a_part_of_a_debt_but_not_of_a_smaller_balance() {
        assert_eq!(
            said(standing("1200.00", "200.00", "0", "3.15")),
            "Acme SAS owes 1200.00 EUR, 200.00 EUR of it late; late interest 3.15 EUR\n"
        );
        // A credit of 150.00 that names no document leaves 50.00 of the 200.00 that are late.
        assert_eq!(
            said(standing("50.00", "200.00", "150.00", "0")),
            "Acme SAS owes 50.00 EUR, 200.00 EUR late; credit 150.00 EUR\n"
        );
    }

    #[test]
    fn a_credit_that_is_all_there_is_is_said_once() {
        assert_eq!(
            said(standing("-80.00", "0", "80.00", "0")),
            "Acme SAS owes nothing, and has 80.00 EUR to its credit\n"
        );
    }
}
