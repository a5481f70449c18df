//! Transactions → the languages of hledger, ledger and beancount.
//!
//! Texts of a user's are escaped: what would end a description, begin a comment or break a line becomes harmless.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;
use std::io;

use crate::changes::sha256_text;
use crate::compute::journal::{Posting, Transaction};
use crate::ledger::amount::in_currency;
use crate::ledger::currency::Currency;
use crate::printable::printable;
use crate::view::sheet::{Emit, PIECE};

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// <https://hledger.org>
    Hledger,
    /// <https://ledger-cli.org>
    Ledger,
    /// <https://beancount.github.io>
    Beancount,
}

/// Writes the transactions in a language, piece by piece: the same bytes for the same transactions.
///
/// # Errors
/// What `emit` says.
pub fn write(transactions: &[Transaction<'_>], dialect: Dialect, emit: Emit<'_>) -> io::Result<()> {
    let mut out = String::new();
    head(&mut out, transactions, dialect);
    for transaction in transactions {
        out.push('\n');
        // Writing into a String cannot fail.
        let _ = match dialect {
            Dialect::Beancount => beancount(&mut out, transaction),
            Dialect::Hledger | Dialect::Ledger => ledger(&mut out, transaction),
        };
        if out.len() >= PIECE {
            emit(&printable(&out))?;
            out.clear();
        }
    }
    emit(&printable(&out))
}

fn head(out: &mut String, transactions: &[Transaction<'_>], dialect: Dialect) {
    let postings = || {
        transactions
            .iter()
            .flat_map(|transaction| &transaction.postings)
    };
    let currencies: BTreeSet<Currency> = postings().map(|posting| posting.currency).collect();
    // Many postings have one account: its name is made once.
    let accounts: HashSet<(&str, Option<&str>)> = postings()
        .map(|posting| (&*posting.account, posting.client.as_deref()))
        .collect();
    let accounts: BTreeSet<String> = accounts
        .into_iter()
        .map(|(account, client)| name(account, client, dialect))
        .collect();
    out.push_str("; Written by acquit export: change the ledger, not this file.\n");
    let sample = |currency: &Currency| match currency.digits() {
        0 => "1000.".to_owned(),
        digits => format!("1000.{}", "0".repeat(digits as usize)),
    };
    match dialect {
        Dialect::Hledger => {
            out.push_str("\ndecimal-mark .\n\n");
            for currency in &currencies {
                out.push_str(&format!("commodity {} {currency}\n", sample(currency)));
            }
            out.push('\n');
            out.extend(
                accounts
                    .iter()
                    .map(|account| format!("account {account}\n")),
            );
        }
        Dialect::Ledger => {
            out.push('\n');
            for currency in &currencies {
                out.push_str(&format!(
                    "commodity {currency}\n    format {} {currency}\n",
                    sample(currency).trim_end_matches('.')
                ));
            }
            out.push_str("\ntag id\ntag inv\n\n");
            out.extend(
                accounts
                    .iter()
                    .map(|account| format!("account {account}\n")),
            );
        }
        Dialect::Beancount => {
            let Some(first) = transactions
                .iter()
                .map(|transaction| transaction.date)
                .min()
            else {
                return;
            };
            out.push('\n');
            out.extend(
                currencies
                    .iter()
                    .map(|currency| format!("{first} commodity {currency}\n")),
            );
            out.push('\n');
            out.extend(
                accounts
                    .iter()
                    .map(|account| format!("{first} open {account}\n")),
            );
        }
    }
}

fn ledger(out: &mut String, transaction: &Transaction<'_>) -> std::fmt::Result {
    let Transaction { date, id, .. } = transaction;
    writeln!(
        out,
        "{date} * ({id}) {} | {}",
        words(&transaction.payee),
        words(&transaction.text)
    )?;
    writeln!(out, "    ; id: {id}")?;
    for posting in &transaction.postings {
        let amount = in_currency(posting.amount, posting.currency);
        write!(
            out,
            "    {}  {amount} {}",
            account(posting, Dialect::Ledger),
            posting.currency
        )?;
        match &posting.document {
            Some(document) => writeln!(out, "  ; inv: {document}")?,
            None => out.push('\n'),
        }
    }
    Ok(())
}

fn beancount(out: &mut String, transaction: &Transaction<'_>) -> std::fmt::Result {
    let Transaction { date, id, .. } = transaction;
    writeln!(
        out,
        "{date} * {} {}",
        quoted(&transaction.payee),
        quoted(&transaction.text)
    )?;
    writeln!(out, "  id: {}", quoted(id))?;
    for posting in &transaction.postings {
        let amount = in_currency(posting.amount, posting.currency);
        writeln!(
            out,
            "  {}  {amount} {}",
            account(posting, Dialect::Beancount),
            posting.currency
        )?;
        if let Some(document) = &posting.document {
            writeln!(out, "    inv: {}", quoted(document))?;
        }
        if let Some(client) = &posting.client {
            writeln!(out, "    client: {}", quoted(client))?;
        }
    }
    Ok(())
}

/// Returns the name of a posting's account.
fn account(posting: &Posting<'_>, dialect: Dialect) -> String {
    name(&posting.account, posting.client.as_deref(), dialect)
}

/// Returns an account's name: a client stands below it under its id.
fn name(account: &str, client: Option<&str>, dialect: Dialect) -> String {
    if dialect != Dialect::Beancount {
        return client.map_or_else(
            || account.to_owned(),
            |client| format!("{account}:{client}"),
        );
    }
    let mut name: String = account
        .split(':')
        .map(component)
        .collect::<Vec<_>>()
        .join(":");
    if let Some(client) = client {
        let own = component(client);
        // Two ids that would share a name are told apart by their digests.
        let is_same = client.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && own.eq_ignore_ascii_case(client)
            && own[1..] == client[1..];
        let digest = if is_same {
            String::new()
        } else {
            format!("-{}", &sha256_text(client.as_bytes())[..6])
        };
        let _ = write!(name, ":{own}{digest}");
    }
    name
}

/// Beancount: a capital or digit, then letters, digits and `-`.
fn component(part: &str) -> String {
    let mut text: String = part
        .chars()
        .map(|c| {
            if c.is_alphanumeric() && c.is_ascii() {
                c
            } else {
                ascii(c)
            }
        })
        .collect();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if text.starts_with('-') {
        format!("X{text}")
    } else {
        text
    }
}

/// A letter of the Latin languages without its sign; `-` for all else.
fn ascii(c: char) -> char {
    const SIGNED: &[(&str, char)] = &[
        ("àâäáãå", 'a'),
        ("éèêë", 'e'),
        ("îïíì", 'i'),
        ("ôöóòõ", 'o'),
        ("ùûüú", 'u'),
        ("ç", 'c'),
        ("ñ", 'n'),
        ("ÀÂÄÁÃÅ", 'A'),
        ("ÉÈÊË", 'E'),
        ("ÎÏÍÌ", 'I'),
        ("ÔÖÓÒÕ", 'O'),
        ("ÙÛÜÚ", 'U'),
        ("Ç", 'C'),
    ];
    SIGNED
        .iter()
        .find(|(signed, _)| signed.contains(c))
        .map_or('-', |(_, plain)| *plain)
}

/// A text in one line without what means something in a description: `;` begins a comment, `|` ends the payee.
fn words(text: &str) -> String {
    let harmless = |c: char| match c {
        ';' => ',',
        '|' => '/',
        c if c.is_control() || c.is_whitespace() => ' ',
        c => c,
    };
    text.chars()
        .map(harmless)
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A text of beancount, in one line.
fn quoted(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\""))
}
