//! What is late on a day: past the due date that counts, not paid, not disputed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::lapse::{self, Lapsing};
use crate::compute::books::Books;
use crate::ledger::currency::Currency;
use crate::source::Source;
use crate::view::positions::Items;
use crate::view::sheet::{Cell, Columns, Report, Sheet};

/// What is late, and which of its claims lapse soon.
#[derive(Debug)]
pub struct Overdue {
    /// How many documents are late.
    pub count: usize,
    items: Sheet,
    totals: Sheet,
    near: Vec<Lapsing>,
}

/// Finds what is late as of the day of the books.
pub fn of(books: &Books, source: &mut Source, columns: Columns) -> Overdue {
    let late = books.late();
    let shown = [
        "number",
        "buyer",
        "falls_due",
        "days_late",
        "currency",
        "balance",
        "status",
    ];
    let mut items = Items::new(&shown, columns);
    let mut law = lapse::Law::load(source);
    // The limitation of a claim depends on its client's kind, which stands in a file of its own.
    let has_limitation = items.more(lapse::COLUMNS[0]);
    for index in &late {
        let limitation =
            has_limitation.then(|| lapse::cells(law.of(*index, books, source).as_ref()));
        let limitation = limitation.into_iter().flatten().take(1);
        items.push(&books.position(*index), limitation);
    }
    let near = lapse::near(&mut law, books, source, late.iter().copied());
    Overdue {
        count: late.len(),
        items: items.sheet(),
        totals: totals(books, &late),
        near,
    }
}

impl Overdue {
    /// Returns what stands under the table: the sums, and the claims that lapse soon. `width` is the terminal's, in columns.
    pub fn summary(&self, width: u16) -> String {
        summary(&self.totals, self.count) + &lapse::paragraph(&self.near, width)
    }

    /// Returns it as data.
    pub fn into_report(self, today: NaiveDate) -> Report {
        Report {
            schema: "overdue",
            today,
            items: self.items,
            totals: Some(self.totals),
        }
    }
}

/// Totals by currency.
fn totals(books: &Books, indexes: &[usize]) -> Sheet {
    let mut sums: BTreeMap<Currency, (i64, Decimal, Decimal)> = BTreeMap::new();
    for index in indexes {
        let position = books.position(*index);
        let sum = sums.entry(position.currency).or_default();
        sum.0 += 1;
        sum.1 += position.balance;
        sum.2 += position.late;
    }
    let mut sheet = Sheet::new(&[
        ("currency", "Currency"),
        ("count", "Documents"),
        ("balance", "Balance"),
        ("late", "Late"),
    ]);
    for (currency, (count, balance, late)) in sums {
        sheet.push(vec![
            Cell::text(currency.code()),
            Cell::Number(count),
            Cell::Amount(balance, currency),
            Cell::Amount(late, currency),
        ]);
    }
    sheet
}

/// The line under the table.
fn summary(totals: &Sheet, count: usize) -> String {
    if count == 0 {
        return "Nothing is late.\n".into();
    }
    let amounts: Vec<String> = totals
        .rows
        .iter()
        .map(|row| format!("{} {}", row[3].plain(), row[0].plain()))
        .collect();
    format!("{count} late: {}\n", amounts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::load;

    #[test]
    fn the_sums_under_the_table_are_those_of_its_rows() {
        let mut source = crate::task::example("studio");
        let books = load::books(&mut source, "2026-11-22".parse().unwrap());
        let overdue = of(&books, &mut source, Columns::All);
        assert!(overdue.count > 0, "nothing of the example is late");
        let column = |key: &str| {
            let found = overdue.items.columns.iter().position(|c| c.key == key);
            found.unwrap()
        };
        let (currency, late) = (column("currency"), column("late"));
        let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
        for row in &overdue.items.rows {
            let Cell::Amount(amount, _) = row[late] else {
                panic!("no amount")
            };
            assert!(amount > Decimal::ZERO);
            *sums.entry(row[currency].plain()).or_default() += amount;
        }
        let said: BTreeMap<String, Decimal> = overdue
            .totals
            .rows
            .iter()
            .map(|row| {
                let Cell::Amount(amount, _) = row[3] else {
                    panic!("no amount")
                };
                (row[0].plain(), amount)
            })
            .collect();
        assert_eq!(sums, said);
        let line = overdue.summary(80);
        assert!(
            line.starts_with(&format!("{} late: ", overdue.count)),
            "{line}"
        );
    }
}
