//! Claims and their limitation, as several commands say it: the law of the seller's country, the kind of each client.
//!
//! Opens no document. What is wrong with acquit.toml or a client's file is said by `check`: here nothing is said of such a claim.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load;
use crate::compute::books::Books;
use crate::compute::limitation::Limitation;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::party::ClientKind;
use crate::regime::Regime;
use crate::source::Source;
use crate::view::sheet::{Cell, Column, Sheet};
use crate::view::table;

/// The law, and the kinds of the clients that it was asked for.
pub struct Law {
    regime: Option<Regime>,
    kinds: BTreeMap<String, Option<ClientKind>>,
}

impl Law {
    /// Reads the law of the seller's country, with the ledger's own values.
    pub fn load(source: &mut Source) -> Self {
        let regime = source
            .again(Source::settings)
            .map(|settings| load::law(&settings, &mut Diagnostics::default()));
        Self {
            regime,
            kinds: BTreeMap::new(),
        }
    }

    /// Returns the limitation of what is left of a document; none where nothing is, or the law is not known.
    pub fn of(
        &mut self,
        index: usize,
        books: &Books,
        source: &mut Source,
    ) -> Option<Limitation<'_>> {
        let position = books.position(index);
        if position.balance <= Decimal::ZERO {
            return None;
        }
        if !self.kinds.contains_key(position.client) {
            let kind = source
                .again(|source| source.client(position.client))
                .map(|client| client.kind);
            self.kinds.insert(position.client.to_owned(), kind);
        }
        books.limitation(
            index,
            self.regime.as_ref()?,
            (*self.kinds.get(position.client)?)?,
        )
    }
}

/// Returns the claims that lapse soon or have lapsed, by their last days.
pub fn near(
    law: &mut Law,
    books: &Books,
    source: &mut Source,
    indexes: impl Iterator<Item = usize>,
) -> Sheet {
    let today = books.today();
    let mut found: Vec<(NaiveDate, Vec<Cell>)> = Vec::new();
    for index in indexes {
        let Some(limitation) = law
            .of(index, books, source)
            .filter(|limitation| limitation.is_near(today))
        else {
            continue;
        };
        let position = books.position(index);
        let mut cells = vec![
            Cell::text(position.number),
            Cell::text(position.client),
            Cell::text(position.buyer),
            Cell::text(position.currency.code()),
            Cell::Amount(position.balance, position.currency),
            Cell::Number(limitation.days_left(today)),
        ];
        cells.extend(self::cells(Some(&limitation)));
        found.push((limitation.last, cells));
    }
    found.sort_by_key(|(last, _)| *last);
    let mut sheet = Sheet::new(&[
        ("number", "Number"),
        ("client", ""),
        ("buyer", "Buyer"),
        ("currency", "Cur."),
        ("balance", "Balance"),
        ("days_left", "Days left"),
    ]);
    let until = |mut column: Column| {
        column.title = (column.key == "limitation").then_some("Until");
        column
    };
    sheet.columns.extend(COLUMNS.map(until));
    for (_, cells) in found {
        sheet.push(cells);
    }
    sheet
}

/// What is said of a limitation, wherever it is said: its last day, since when it runs, what began it anew, the law.
pub const COLUMNS: [Column; 5] = [
    Column {
        key: "limitation",
        title: None,
    },
    Column {
        key: "limitation_from",
        title: None,
    },
    Column {
        key: "limitation_again",
        title: None,
    },
    Column {
        key: "limitation_law",
        title: None,
    },
    Column {
        key: "limitation_unconfirmed",
        title: None,
    },
];

/// The cells of [`COLUMNS`].
pub fn cells(limitation: Option<&Limitation<'_>>) -> Vec<Cell> {
    let Some(limitation) = limitation else {
        return vec![Cell::None; COLUMNS.len()];
    };
    vec![
        Cell::Date(limitation.last),
        Cell::Date(limitation.from),
        limitation
            .again
            .map_or(Cell::None, |again| Cell::Word(again.word())),
        Cell::text(&limitation.law.source),
        Cell::Flag(limitation.law.unconfirmed),
    ]
}

/// One line of a document's limitation, for people.
pub fn line(limitation: Option<&Limitation<'_>>, today: NaiveDate) -> String {
    let Some(limitation) = limitation else {
        return "not known for this country and kind of client; `acquit explain law` says how to add it".to_owned();
    };
    let (last, from, law) = (limitation.last, limitation.from, limitation.law);
    let when = if limitation.days_left(today) < 0 {
        "lapsed on"
    } else {
        "until"
    };
    let since = limitation.again.map_or_else(
        || format!("from {from}"),
        |by| format!("anew from {from}, by {}", by.noun()),
    );
    let memory = if law.unconfirmed {
        "; not confirmed"
    } else {
        ""
    };
    format!("{when} {last}, {since} ({}{memory})", law.source)
}

/// The claims that lapse, under the lists of what is open; nothing where there is none.
pub fn paragraph(near: &Sheet, width: u16) -> String {
    if near.rows.is_empty() {
        return String::new();
    }
    let table = table::sheet(near, width.saturating_sub(2));
    let lines: String = table.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "\nLapsing: no court takes these claims after the day (`acquit explain LIMITATION`):\n{lines}"
    )
}

/// The warnings of `check`: claims that lapse soon, and those that have.
pub fn warnings(near: &Sheet) -> Vec<(String, Diagnostic)> {
    let warning = |row: &Vec<Cell>| {
        let [number, _, _, currency, balance, _, last, ..] = row.as_slice() else {
            return None;
        };
        let left = format!("{} {}", balance.plain(), currency.plain());
        let is_past = matches!(row[5], Cell::Number(days) if days < 0);
        let (number, last) = (number.plain(), last.plain());
        let (message, hint) = if is_past {
            (
                format!("the claim of {left} from {number} lapsed on {last}"),
                format!(
                    "if the client acknowledged it in time, add that event; else `acquit write-off {number} --reason bad-debt`"
                ),
            )
        } else {
            (
                format!("the claim of {left} from {number} lapses after {last}"),
                format!(
                    "only a court, a payment or the client's own acknowledgement stops that: `acquit dossier {number}` makes the file"
                ),
            )
        };
        Some((
            number,
            Diagnostic::warning(code::LIMITATION, message).hint(hint),
        ))
    };
    near.rows.iter().filter_map(warning).collect()
}
