//! `list`: issued documents with their balances.

use std::collections::BTreeMap;

use clap::Args;
use rust_decimal::Decimal;

use crate::compute::position::{Position, Status};
use crate::diagnostic::{Diagnostic, code, nearest};
use crate::ledger::currency::Currency;
use crate::ledger::date::Period;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::task::load;
use crate::view::sheet::{Cell, Report, Sheet};

/// Arguments of `list`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit list --client acme --status open,partly-paid --period 2026-Q3"
)]
pub struct ListArgs {
    /// Only this client (its exact id)
    #[arg(long, value_name = "CLIENT")]
    pub client: Option<String>,
    /// Only these: open, partly-paid, paid, overpaid, credited, replaced, written-off, or the flags overdue, disputed, on-hold, planned, promised
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only those issued in this period: 2026, 2026-Q3, 2026-09 or a day
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
}

/// The flags beside a status.
const FLAGS: &[&str] = &["overdue", "disputed", "on-hold", "planned", "promised"];

/// Returns the flags of a position.
pub fn flags(position: &Position<'_>) -> Vec<String> {
    // What is settled is neither held, planned nor promised any more.
    let is_open = position.balance > Decimal::ZERO;
    let flags = [
        ("overdue", !position.late.is_zero()),
        ("disputed", !position.disputed.is_zero()),
        ("on-hold", is_open && position.hold.is_some()),
        ("planned", is_open && position.plan.is_some()),
        ("promised", is_open && position.promise.is_some()),
    ];
    flags
        .into_iter()
        .filter(|(_, set)| *set)
        .map(|(flag, _)| flag.to_owned())
        .collect()
}

/// Lists documents.
///
/// # Errors
/// Where a filter names what does not exist.
pub fn run(args: &ListArgs, session: &mut Session<'_>) -> Outcomes {
    let period = period(args)?;
    for word in &args.status {
        known_status(word)?;
    }
    let mut source = session.open()?;
    if let Some(client) = &args.client {
        let ids = source.client_ids();
        if !ids.contains(client) {
            return Err(load::unknown_client(client, &ids, "acquit list --client {}").into());
        }
    }
    let books = load::books(&mut source, session.today);
    let broken = session.warn(&mut source);
    let mut items = super::overdue::items(&[
        "number",
        "type",
        "buyer",
        "issued",
        "falls_due",
        "currency",
        "gross",
        "balance",
        "status",
    ]);
    items.columns.push(crate::view::sheet::Column {
        key: "flags",
        title: Some("Flags"),
    });
    let mut sums: BTreeMap<Currency, (i64, Decimal, Decimal)> = BTreeMap::new();
    for position in books.positions() {
        let flags = flags(&position);
        let wanted = args
            .client
            .as_ref()
            .is_none_or(|client| client == position.client)
            && period.is_none_or(|period| period.contains(position.issued))
            && (args.status.is_empty()
                || args
                    .status
                    .iter()
                    .any(|word| word == position.status.word() || flags.contains(word)));
        if !wanted {
            continue;
        }
        let sum = sums.entry(position.currency).or_default();
        *sum = (
            sum.0 + 1,
            sum.1 + position.turnover(),
            sum.2 + position.balance,
        );
        let mut row = super::overdue::row(&position);
        // Exactly one more: a vector would double.
        row.reserve_exact(1);
        row.push(if flags.is_empty() {
            Cell::None
        } else {
            Cell::List(flags)
        });
        items.push(row);
    }
    let mut totals = Sheet::new(&[
        ("currency", ""),
        ("count", ""),
        ("gross", ""),
        ("balance", ""),
    ]);
    for (currency, (count, gross, balance)) in sums {
        let amount = |value| Cell::Amount(value, currency);
        totals.push(vec![
            Cell::text(currency.code()),
            Cell::Number(count),
            amount(gross),
            amount(balance),
        ]);
    }
    let after = summary(&totals);
    session.report(
        &Report {
            schema: "list",
            today: session.today,
            items,
            totals: Some(totals),
        },
        &after,
    )?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn summary(totals: &Sheet) -> String {
    if totals.rows.is_empty() {
        return "No document.\n".into();
    }
    let line = |row: &Vec<Cell>| {
        let count = row[1].plain();
        let noun = if count == "1" {
            "document"
        } else {
            "documents"
        };
        format!(
            "{count} {noun}: {} {}, open {}\n",
            row[2].plain(),
            row[0].plain(),
            row[3].plain()
        )
    };
    totals.rows.iter().map(line).collect()
}

fn period(args: &ListArgs) -> Result<Option<Period>, Failure> {
    let Some(text) = &args.period else {
        return Ok(None);
    };
    Period::parse(text).map(Some).ok_or_else(|| {
        Failure::Usage(
            format!("`{text}` is no period"),
            "write 2026, 2026-Q3, 2026-09 or 2026-09-14".into(),
        )
    })
}

fn known_status(word: &str) -> Result<(), Failure> {
    let known: Vec<&str> = Status::WORDS
        .iter()
        .map(|(word, _)| *word)
        .chain(FLAGS.iter().copied())
        .collect();
    if known.contains(&word) {
        return Ok(());
    }
    let hint = match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `--status {near}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    Err(
        Diagnostic::error(code::VALUE_CHOICE, format!("`{word}` is no status"))
            .hint(hint)
            .into(),
    )
}
