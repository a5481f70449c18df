//! Claims of interest and indemnity → rows, totals and sentences.

use rust_decimal::Decimal;

use super::sheet::{Cell, Rows};
use crate::compute::interest::{Claim, Free, Insolvent, Lost};
use crate::compute::late::{Basis, Segment};
use crate::ledger::amount::{fixed, in_currency, plain};
use crate::ledger::currency::Currency;
use crate::ledger::date::plus_days;

/// Digits of an amount that is not rounded yet, as shown.
const EXACT: u32 = 6;

/// The columns of rows.
const COLUMNS: &[(&str, &str)] = &[
    ("number", "Number"),
    ("client", ""),
    ("kind", ""),
    ("from", "From"),
    ("to", "To"),
    ("days", "Days"),
    ("currency", ""),
    ("principal", "Principal"),
    ("rate", "Rate %"),
    ("amount", "Interest"),
    ("basis", "Rate by"),
    ("series", ""),
    ("half_year", ""),
    ("reference", ""),
    ("points", ""),
    ("unconfirmed", ""),
    ("law", ""),
    ("source", ""),
];

/// Returns the rows of claims: each stretch of days, what rounding adds, the indemnity, what was given up and paid. The amounts of a
/// document's rows in one currency sum to what is left of its interest and indemnity, where no more was paid than owed.
pub fn rows(claims: &[Claim]) -> Rows<'_> {
    Rows::of(COLUMNS, claims.iter().flat_map(of_claim))
}

fn of_claim(claim: &Claim) -> Vec<Vec<Cell>> {
    let segments = claim.segments.iter();
    let mut rows: Vec<Vec<Cell>> = segments.map(|segment| stretch(claim, segment)).collect();
    let shown: Decimal = claim
        .segments
        .iter()
        .map(|segment| cut(segment.interest))
        .sum();
    let (currency, fee_currency) = (claim.currency, claim.fee_currency);
    for (kind, currency, digits, value) in [
        ("rounding", currency, EXACT, claim.interest - shown),
        (
            "interest-waived",
            currency,
            currency.digits(),
            -claim.interest_waived,
        ),
        (
            "interest-paid",
            currency,
            currency.digits(),
            -claim.interest_paid,
        ),
        ("fee", fee_currency, fee_currency.digits(), claim.fee),
        (
            "fee-waived",
            fee_currency,
            fee_currency.digits(),
            -claim.fee_waived,
        ),
        (
            "fee-paid",
            fee_currency,
            fee_currency.digits(),
            -claim.fee_paid,
        ),
    ] {
        if !value.is_zero() {
            let mut row = vec![Cell::None; COLUMNS.len()];
            row[0] = Cell::text(&claim.number);
            row[1] = Cell::text(&claim.client);
            row[2] = Cell::Word(kind);
            row[6] = Cell::Word(currency.code());
            row[9] = Cell::Figure(value, digits);
            rows.push(row);
        }
    }
    rows
}

/// Returns the rows that people read: the stretches of days alone.
pub fn stretches(claims: &[Claim]) -> Rows<'_> {
    let segments = |claim: &Claim| -> Vec<Vec<Cell>> {
        let segments = claim.segments.iter();
        segments.map(|segment| stretch(claim, segment)).collect()
    };
    Rows::of(COLUMNS, claims.iter().flat_map(segments))
}

fn stretch(claim: &Claim, segment: &Segment) -> Vec<Cell> {
    let mut row = vec![
        Cell::text(&claim.number),
        Cell::text(&claim.client),
        Cell::Word("interest"),
        Cell::Date(segment.from),
        Cell::Date(segment.to),
        Cell::Number(segment.days),
        Cell::Word(claim.currency.code()),
        Cell::Amount(segment.balance, claim.currency),
        Cell::text(plain(segment.rate)),
        Cell::Figure(segment.interest, EXACT),
        Cell::text(basis(&segment.basis, false)),
    ];
    row.extend(match &segment.basis {
        Basis::Agreed => vec![Cell::None; 7],
        Basis::Statutory(by) => vec![
            Cell::text(&by.series),
            Cell::Date(by.half_year),
            Cell::text(plain(by.reference)),
            Cell::text(plain(by.points)),
            Cell::Flag(by.unconfirmed),
            Cell::text(&by.law),
            Cell::text(&by.source),
        ],
    });
    row
}

/// Returns where a rate comes from, in a few words, with the half-year or without.
fn basis(basis: &Basis, with_half_year: bool) -> String {
    match basis {
        Basis::Agreed => "agreed".into(),
        Basis::Statutory(by) => {
            let rounded = if by.taken == by.reference {
                String::new()
            } else {
                format!(" ({})", plain(by.taken))
            };
            let doubt = if by.unconfirmed { ", unconfirmed" } else { "" };
            let of = if with_half_year {
                format!(" of {}", by.half_year)
            } else {
                String::new()
            };
            format!(
                "{} {}{rounded}{of} + {}{doubt}",
                by.series,
                plain(by.reference),
                plain(by.points)
            )
        }
    }
}

/// The columns of totals.
const TOTALS: &[(&str, &str)] = &[
    ("number", "Number"),
    ("client", "Client"),
    ("currency", "Cur."),
    ("due", "Due"),
    ("to", ""),
    ("days_late", "Late"),
    ("balance", "Balance"),
    ("interest", "Interest"),
    ("interest_waived", "Waived"),
    ("interest_paid", "Paid"),
    ("interest_left", "Left"),
    ("fee_currency", "Cur."),
    ("fee", "Fee"),
    ("fee_waived", "Waived"),
    ("fee_paid", "Paid"),
    ("fee_left", "Left"),
    ("none_because", ""),
    ("late_since", ""),
    ("counted_to", ""),
    ("insolvent_since", ""),
    ("stopped_by", ""),
    ("noticed_on", ""),
    ("judged_on", ""),
];

/// Returns one row a document: what is owed, given up, paid and left.
pub fn totals<'c>(claims: impl Iterator<Item = &'c Claim> + 'c) -> Rows<'c> {
    Rows::of(TOTALS, claims.map(total))
}

fn total(claim: &Claim) -> Vec<Cell> {
    let amount = |value| Cell::Amount(value, claim.currency);
    let fee = |value| Cell::Amount(value, claim.fee_currency);
    vec![
        Cell::text(&claim.number),
        Cell::text(&claim.client),
        Cell::Word(claim.currency.code()),
        Cell::date(claim.due),
        Cell::Date(claim.to),
        Cell::Number(claim.days),
        amount(claim.balance),
        amount(claim.interest),
        amount(claim.interest_waived),
        amount(claim.interest_paid),
        amount(claim.interest_left()),
        Cell::Word(claim.fee_currency.code()),
        fee(claim.fee),
        fee(claim.fee_waived),
        fee(claim.fee_paid),
        fee(claim.fee_left()),
        Cell::text(claim.free.map_or("", word)),
        Cell::date(claim.since),
        claim
            .since
            .map_or(Cell::None, |_| Cell::Date(claim.counted_to())),
        Cell::date(claim.insolvent.as_ref().map(Insolvent::day)),
        Cell::text(claim.stopped().map_or("", |(_, law)| law)),
        Cell::date(claim.noticed),
        Cell::date(claim.judged),
    ]
}

fn word(free: Free) -> &'static str {
    match free {
        Free::Consumer | Free::NoNotice => "consumer",
        Free::NoDebt => "no-debt",
        Free::Replaced => "replaced",
        Free::NoLaw => "no-law",
    }
}

/// Returns the sentences of documents that cost nothing, or less than one might expect.
pub fn remarks(claims: &[Claim]) -> String {
    let mut text = String::new();
    for claim in claims {
        let said = match (claim.free, claim.fee_lost) {
            (Some(Free::Consumer), _) => {
                "a consumer owes no indemnity, and no interest by a law that is known here"
            }
            (Some(Free::NoNotice), _) => {
                "a consumer owes no indemnity, and interest from a formal notice on: none was sent"
            }
            (Some(Free::NoDebt), _) => "it asks for no payment",
            (Some(Free::Replaced), _) => "a corrective stands in its place",
            (Some(Free::NoLaw), _) => {
                "no interest was agreed, and the law of the seller's country gives no rate"
            }
            (None, Some(Lost::Insolvency)) => {
                "no indemnity: insolvency proceedings were opened before it was late"
            }
            (None, None) if claim.since.is_none() && !claim.disputed.is_zero() => {
                "what was left of it after its due date is disputed"
            }
            (None, None) if claim.since.is_none() => "it was not late",
            (None, None) => "",
        };
        let sentences = std::iter::once(said.to_owned())
            .filter(|said| !said.is_empty())
            .chain(ends(claim));
        text.extend(sentences.map(|said| format!("{}: {said}.\n", claim.number)));
    }
    text
}

/// Returns what is to be said of where the interest of a claim begins and ends: later than the day after the due date because a payment
/// was taken back or a dispute settled, by insolvency proceedings, for want of a rate.
fn ends(claim: &Claim) -> Vec<String> {
    let mut said = Vec::new();
    let at_once = claim.due.map(|due| plus_days(due, 1));
    if let (Some(day), Some(since)) = (claim.noticed, claim.since) {
        said.push(format!(
            "a consumer owes interest from a formal notice or a judgment on: late since {since}, the day after that of {day}"
        ));
        if let Some(day) = claim.judged {
            said.push(format!("an enforceable judgment was served on {day}"));
        }
    } else if let Some(since) = claim.since.filter(|since| Some(*since) > at_once) {
        said.push(format!(
            "late since {since}: until then nothing undisputed was open"
        ));
    }
    if !claim.disputed.is_zero() {
        said.push(format!(
            "{} {} of it are disputed today: they bear nothing for any day, those before the dispute too, until it is resolved",
            in_currency(claim.disputed, claim.currency),
            claim.currency
        ));
    }
    match &claim.insolvent {
        Some(Insolvent::Stopped { day, law }) => {
            said.push(format!("interest stopped on {day}, when insolvency proceedings were opened ({law})"));
        }
        Some(Insolvent::Deferred { day, law }) => said.push(format!(
            "insolvency proceedings since {day}, which do not stop the interest where payment was deferred by a year or more ({law}): \
             have it confirmed before you claim it"
        )),
        Some(Insolvent::Unknown { day, country }) => said.push(format!(
            "insolvency proceedings since {day}; what they make of the interest is not known for {country}: it is counted as if they \
             made nothing of it"
        )),
        None => {}
    }
    if let Some(unknown) = &claim.unknown {
        let (to, series, half_year) = (claim.counted_to(), &unknown.series, unknown.half_year);
        said.push(format!(
            "interest is counted up to {to}: the rate `{series}` from {half_year} is not known"
        ));
    }
    said
}

/// Returns what is left to claim of several documents, a line a currency.
pub fn sums(sums: &[(Currency, Decimal, Decimal)]) -> String {
    let line = |(currency, interest, fee): &(Currency, Decimal, Decimal)| {
        let amount = |value: &Decimal| in_currency(*value, *currency);
        format!(
            "To claim: {} {currency} interest, {} {currency} indemnity\n",
            amount(interest),
            amount(fee)
        )
    };
    sums.iter().map(line).collect()
}

/// Returns the steps of one claim, as `show --explain` prints them.
pub fn explain(claim: &Claim) -> String {
    if claim.is_empty() {
        let said = ends(claim)
            .into_iter()
            .map(|said| format!("Late interest: {said}\n"));
        return said.collect();
    }
    let amount = |value| in_currency(value, claim.currency);
    let mut text = format!(
        "Late interest up to {}, {} days after the due date:\n",
        claim.to, claim.days
    );
    text.extend(ends(claim).into_iter().map(|said| format!("  {said}\n")));
    for s in &claim.segments {
        text.push_str(&format!(
            "  {} to {}: {} × {} % × {} days = {}   [{}]\n",
            s.from,
            s.to,
            amount(s.balance),
            plain(s.rate),
            s.days,
            fixed(s.interest, EXACT),
            basis(&s.basis, true)
        ));
    }
    text.push_str(&format!(
        "Late interest, rounded once = {}\n",
        amount(claim.interest)
    ));
    for (title, value) in [
        ("given up", claim.interest_waived),
        ("paid", claim.interest_paid),
    ] {
        if !value.is_zero() {
            text.push_str(&format!("Late interest {title} − {}\n", amount(value)));
        }
    }
    let fee = |value| in_currency(value, claim.fee_currency);
    if !claim.fee.is_zero() {
        text.push_str(&format!(
            "Fixed indemnity = {} {}\n",
            fee(claim.fee),
            claim.fee_currency
        ));
    }
    for (title, value) in [("given up", claim.fee_waived), ("paid", claim.fee_paid)] {
        if !value.is_zero() {
            text.push_str(&format!("Fixed indemnity {title} − {}\n", fee(value)));
        }
    }
    text
}

/// An amount with as many digits as it is shown with.
fn cut(value: Decimal) -> Decimal {
    Decimal::from_str_exact(&fixed(value, EXACT)).unwrap_or(value)
}
