//! A report → JSON: amounts are texts with the currency's digits, absent is null, one item a line.

use std::borrow::Cow;
use std::io;

use serde_json::Value;

use super::sheet::{Cell, Emit, PIECE, Rows, Sheet};
use crate::printable::{is_unprintable, printable};

/// Returns a cell as a JSON value.
pub fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::Number(number) => Value::from(*number),
        Cell::List(words) => Value::from(words.clone()),
        Cell::Flag(flag) => Value::from(*flag),
        Cell::None => Value::Null,
        Cell::Text(_) | Cell::Word(_) | Cell::Amount(..) | Cell::Figure(..) | Cell::Date(_) => {
            Value::from(cell.plain())
        }
    }
}

/// Writes a report's rows under a name, piece by piece.
fn sheet(name: &str, sheet: Rows<'_>, emit: Emit<'_>) -> io::Result<()> {
    let mut out = format!(",\n\"{name}\":[");
    let mut is_first = true;
    for row in sheet.rows {
        out.push_str(if is_first { "\n{" } else { ",\n{" });
        is_first = false;
        for (position, (column, value)) in sheet.columns.iter().zip(row.iter()).enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push('"');
            out.push_str(column.key);
            out.push_str("\":");
            write_cell(&mut out, value);
        }
        out.push('}');
        if out.len() >= PIECE {
            emit(&escaped(&out))?;
            out.clear();
        }
    }
    out.push_str(if is_first { "]" } else { "\n]" });
    emit(&escaped(&out))
}

/// Writes a cell; most have no sign that JSON escapes.
fn write_cell(out: &mut String, value: &Cell) {
    match value {
        Cell::Amount(..) | Cell::Figure(..) | Cell::Date(_) => {
            out.push('"');
            value.write(out);
            out.push('"');
        }
        Cell::None => out.push_str("null"),
        _ => out.push_str(&cell(value).to_string()),
    }
}

/// Writes a report as JSON, piece by piece.
///
/// # Errors
/// What `emit` says.
pub fn report(
    schema: &str,
    today: chrono::NaiveDate,
    items: Rows<'_>,
    totals: Option<Rows<'_>>,
    emit: Emit<'_>,
) -> io::Result<()> {
    emit(&format!(
        "{{\"schema\":\"acquit/{schema}/1\",\"today\":\"{today}\""
    ))?;
    sheet("items", items, emit)?;
    if let Some(totals) = totals {
        sheet("totals", totals, emit)?;
    }
    emit("}\n")
}

/// Writes characters that steer a terminal or hide as JSON's escapes. They stand in texts only, so the value is the same.
fn escaped(json: &str) -> Cow<'_, str> {
    let is_meant = |c: char| is_unprintable(c) && c != '\n';
    if matches!(printable(json), Cow::Borrowed(_)) {
        return Cow::Borrowed(json);
    }
    let escape = |c: char| {
        let mut units = [0; 2];
        let units = c.encode_utf16(&mut units);
        units
            .iter()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect::<String>()
    };
    let escaped = json.chars().map(|c| {
        if is_meant(c) {
            escape(c)
        } else {
            c.to_string()
        }
    });
    Cow::Owned(escaped.collect())
}

/// Returns an object as JSON: the schema and the day first.
pub fn object(schema: &str, today: chrono::NaiveDate, fields: Vec<(&str, Value)>) -> String {
    let mut map = serde_json::Map::new();
    map.insert("schema".into(), Value::from(format!("acquit/{schema}/1")));
    map.insert("today".into(), Value::from(today.to_string()));
    for (key, value) in fields {
        map.insert(key.to_owned(), value);
    }
    let mut out = serde_json::to_string_pretty(&Value::Object(map)).unwrap_or_default();
    out.push('\n');
    escaped(&out).into_owned()
}

/// Returns a sheet's rows as JSON values.
pub fn rows(sheet: &Sheet) -> Value {
    let row = |row: &Vec<Cell>| {
        let fields = sheet
            .columns
            .iter()
            .zip(row)
            .map(|(column, value)| (column.key.to_owned(), cell(value)));
        Value::Object(fields.collect())
    };
    Value::Array(sheet.rows.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped_and_mean_the_same() {
        let text = "a\u{1b}[31m\u{202e}b\u{9b}\u{e0041}é\n";
        let json = object(
            "x",
            chrono::NaiveDate::default(),
            vec![("text", Value::from(text))],
        );
        assert!(
            !json.contains(|c: char| is_unprintable(c) && c != '\n'),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["text"], text);
    }
}
