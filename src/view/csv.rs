//! A report → CSV for a spreadsheet: the items' keys as columns; texts that a spreadsheet would run as a formula are defused.

use super::sheet::{Cell, Sheet};
use crate::printable::printable;

/// Returns a sheet as CSV.
pub fn sheet(sheet: &Sheet) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into a Vec cannot fail.
    let _ = writer.write_record(sheet.columns.iter().map(|column| column.key));
    for row in &sheet.rows {
        let _ = writer.write_record(row.iter().map(field));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Amounts and dates are never changed; a text that begins a formula gets an apostrophe, and shows the control characters that it has.
fn field(cell: &Cell) -> String {
    let text = cell.plain();
    let is_text = matches!(cell, Cell::Text(_) | Cell::List(_));
    if !is_text {
        return text;
    }
    let defused = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    };
    printable(&defused).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::currency::Currency;

    #[test]
    fn formulas_are_defused_and_amounts_are_not() {
        let mut items = Sheet::new(&[("buyer", "Buyer"), ("balance", "Balance")]);
        let euro = Currency::parse("EUR").unwrap();
        items.push(vec![
            Cell::Text("=HYPERLINK(\"x\")".into()),
            Cell::Amount((-5).into(), euro),
        ]);
        items.push(vec![
            Cell::Text("a\u{1b}[2J".into()),
            Cell::Amount(5.into(), euro),
        ]);
        assert_eq!(
            sheet(&items),
            "buyer,balance\n\"'=HYPERLINK(\"\"x\"\")\",-5.00\na␛[2J,5.00\n"
        );
    }
}
