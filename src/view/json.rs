//! A report → JSON: amounts are texts with the currency's digits, absent is null, one item a line.

use std::borrow::Cow;

use serde_json::Value;

use super::sheet::{Cell, Report, Sheet};
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

fn sheet(out: &mut String, name: &str, sheet: &Sheet) {
    out.push_str(&format!(",\n\"{name}\":["));
    for (index, row) in sheet.rows.iter().enumerate() {
        out.push_str(if index == 0 { "\n{" } else { ",\n{" });
        for (position, (column, value)) in sheet.columns.iter().zip(row).enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push_str(&format!("\"{}\":{}", column.key, self::cell(value)));
        }
        out.push('}');
    }
    out.push_str(if sheet.rows.is_empty() { "]" } else { "\n]" });
}

/// Returns a report as JSON.
pub fn report(report: &Report) -> String {
    let mut out = format!(
        "{{\"schema\":\"acquit/{}/1\",\"today\":\"{}\"",
        report.schema, report.today
    );
    sheet(&mut out, "items", &report.items);
    if let Some(totals) = &report.totals {
        sheet(&mut out, "totals", totals);
    }
    out.push_str("}\n");
    escaped(out)
}

/// Writes characters that steer a terminal or hide as JSON's escapes. They stand in texts only, so the value is the same.
fn escaped(json: String) -> String {
    let is_meant = |c: char| is_unprintable(c) && c != '\n';
    if matches!(printable(&json), Cow::Borrowed(_)) {
        return json;
    }
    let mut units = [0; 2];
    let escape = |c: char| {
        let units = c.encode_utf16(&mut units);
        units
            .iter()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect::<String>()
    };
    let mut escape = escape;
    json.chars()
        .map(|c| {
            if is_meant(c) {
                escape(c)
            } else {
                c.to_string()
            }
        })
        .collect()
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
    escaped(out)
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
