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
use crate::ledger::amount::in_currency;
use crate::ledger::currency::Currency;
use crate::ledger::party::ClientKind;
use crate::regime::{Regime, Restart};
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
            let kind = source.client_kind(position.client);
            self.kinds.insert(position.client.to_owned(), kind);
        }
        books.limitation(
            index,
            self.regime.as_ref()?,
            (*self.kinds.get(position.client)?)?,
        )
    }
}

/// What is left of a document whose limitation is near or past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapsing {
    /// The document's number.
    pub number: String,
    /// The client's id.
    pub client: String,
    /// The buyer's name.
    pub buyer: String,
    /// The document's currency.
    pub currency: Currency,
    /// What is left to pay, in that currency.
    pub balance: Decimal,
    /// Days left after today; below zero where the claim has lapsed.
    pub days_left: i64,
    /// The last day on which a court takes the claim.
    pub last: NaiveDate,
    /// The day that its time runs from.
    pub from: NaiveDate,
    /// What began the time anew on that day, if anything did.
    pub again: Option<Restart>,
    /// The text of the law.
    pub law: String,
    /// Whether the law was taken from memory and not compared with its source.
    pub is_unconfirmed: bool,
}

/// Returns the claims that lapse soon or have lapsed, by their last days.
pub fn near(
    law: &mut Law,
    books: &Books,
    source: &mut Source,
    indexes: impl Iterator<Item = usize>,
) -> Vec<Lapsing> {
    let today = books.today();
    let mut found: Vec<Lapsing> = Vec::new();
    for index in indexes {
        // Few claims are near their end: the files of the others' clients are not opened.
        let is_far = law
            .regime
            .as_ref()
            .is_none_or(|regime| !books.may_lapse(index, regime));
        if is_far {
            continue;
        }
        let Some(limitation) = law
            .of(index, books, source)
            .filter(|limitation| limitation.is_near(today))
        else {
            continue;
        };
        let position = books.position(index);
        found.push(Lapsing {
            number: position.number.to_owned(),
            client: position.client.to_owned(),
            buyer: position.buyer.to_owned(),
            currency: position.currency,
            balance: position.balance,
            days_left: limitation.days_left(today),
            last: limitation.last,
            from: limitation.from,
            again: limitation.again,
            law: limitation.law.source.clone(),
            is_unconfirmed: limitation.law.unconfirmed,
        });
    }
    found.sort_by_key(|lapsing| lapsing.last);
    found
}

/// Returns them as data.
pub fn sheet(near: &[Lapsing]) -> Sheet {
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
    for one in near {
        sheet.push(vec![
            Cell::text(&one.number),
            Cell::text(&one.client),
            Cell::text(&one.buyer),
            Cell::text(one.currency.code()),
            Cell::Amount(one.balance, one.currency),
            Cell::Number(one.days_left),
            Cell::Date(one.last),
            Cell::Date(one.from),
            again(one.again),
            Cell::text(&one.law),
            Cell::Flag(one.is_unconfirmed),
        ]);
    }
    sheet
}

fn again(restart: Option<Restart>) -> Cell {
    restart.map_or(Cell::None, |restart| Cell::Word(restart.word()))
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
        again(limitation.again),
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
pub fn paragraph(near: &[Lapsing], width: u16) -> String {
    if near.is_empty() {
        return String::new();
    }
    let table = table::sheet(&sheet(near), width.saturating_sub(2));
    let lines: String = table.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "\nLapsing: no court takes these claims after the day (`acquit explain LIMITATION`):\n{lines}"
    )
}

impl Lapsing {
    /// Returns the warning of `check`, without its place.
    pub fn warning(&self) -> Diagnostic {
        let (number, last) = (&self.number, self.last);
        let left = format!(
            "{} {}",
            in_currency(self.balance, self.currency),
            self.currency
        );
        let (message, hint) = if self.days_left < 0 {
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
        Diagnostic::warning(code::LIMITATION, message).hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lapsing(days_left: i64) -> Lapsing {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        Lapsing {
            number: "F2021-0007".to_owned(),
            client: "acme".to_owned(),
            buyer: "Acme SAS".to_owned(),
            currency: Currency::parse("EUR").unwrap(),
            balance: Decimal::new(12_005, 1),
            days_left,
            last: day("2026-12-01"),
            from: day("2021-12-01"),
            again: None,
            law: "Code de commerce L110-4".to_owned(),
            is_unconfirmed: true,
        }
    }

    #[test]
    fn the_last_day_itself_is_not_past() {
        let (soon, past) = (lapsing(0).warning(), lapsing(-1).warning());
        assert_eq!(
            soon.message,
            "the claim of 1200.50 EUR from F2021-0007 lapses after 2026-12-01"
        );
        assert_eq!(
            past.message,
            "the claim of 1200.50 EUR from F2021-0007 lapsed on 2026-12-01"
        );
        assert!(
            past.hint
                .unwrap()
                .contains("`acquit write-off F2021-0007 --reason bad-debt`")
        );
    }

    #[test]
    fn each_row_has_a_cell_for_each_column() {
        let sheet = sheet(&[lapsing(9)]);
        assert_eq!(sheet.rows[0].len(), sheet.columns.len());
        let until = sheet.columns.iter().position(|c| c.title == Some("Until"));
        assert_eq!(sheet.rows[0][until.unwrap()].plain(), "2026-12-01");
        assert_eq!(paragraph(&[], 80), "");
    }
}
