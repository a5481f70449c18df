//! A report → CSV for a spreadsheet: the items' keys as columns; texts that a spreadsheet would run as a formula are defused.

use std::io;

use super::sheet::{Cell, Emit, PIECE, Rows, Sheet};
use crate::printable::printable;

/// Writes a sheet as CSV, piece by piece.
///
/// # Errors
/// What `emit` says.
pub fn rows(sheet: Rows<'_>, emit: Emit<'_>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet.columns.iter().map(|column| column.key))?;
    for row in sheet.rows {
        writer.write_record(row.iter().map(field))?;
        if writer.get_ref().len() >= PIECE {
            writer.flush()?;
            emit(&String::from_utf8_lossy(writer.get_ref()))?;
            writer = csv::Writer::from_writer(Vec::new());
        }
    }
    writer.flush()?;
    emit(&String::from_utf8_lossy(writer.get_ref()))
}

/// Returns a sheet as CSV.
pub fn sheet(sheet: &Sheet) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _ = rows(sheet.each(), &mut |piece| {
        text.push_str(piece);
        Ok(())
    });
    text
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
