//! `[accounts]` of acquit.toml → the accounts of exports.

use super::fields::Fields;
use super::tree::{Entry, Value};
use crate::diagnostic::code;
use crate::ledger::accounts::{Accounts, ROOTS};
use crate::span::{Span, Spanned};

/// Reads the accounts; what is not said is as by default.
pub fn accounts(mut fields: Fields<'_, '_>) -> Accounts {
    let mut accounts = Accounts::default();
    for (key, place) in [
        ("receivable", &mut accounts.receivable),
        ("services", &mut accounts.services),
        ("goods", &mut accounts.goods),
        ("disbursements", &mut accounts.disbursements),
        ("vat", &mut accounts.vat),
        ("bank", &mut accounts.bank),
        ("credit", &mut accounts.credit),
        ("fees", &mut accounts.fees),
        ("discounts", &mut accounts.discounts),
        ("goodwill", &mut accounts.goodwill),
        ("bad_debt", &mut accounts.bad_debt),
        ("rounding", &mut accounts.rounding),
        ("exchange", &mut accounts.exchange),
        ("interest", &mut accounts.interest),
        ("recovery", &mut accounts.recovery),
    ] {
        if let Some(name) = fields.text(key)
            && is_account(&fields, &name.value, name.span)
        {
            *place = name.value;
        }
    }
    accounts.vat_rates = table(&mut fields, "vat_rates");
    accounts.pay = table(&mut fields, "pay");
    fields.finish();
    accounts
}

fn table(fields: &mut Fields<'_, '_>, name: &'static str) -> Vec<(String, String)> {
    let mut list = Vec::new();
    if let Some(mut table) = fields.table(name) {
        for Entry { key, item, .. } in table.all() {
            let span = table.place(item);
            match &item.value {
                Value::Text(text) => {
                    let text = Spanned::new(text.to_string(), span);
                    if is_account(fields, &text.value, span) {
                        list.push((key.to_string(), text.value));
                    }
                }
                other => fields.reading().error(
                    code::VALUE_TYPE,
                    span,
                    format!("`{key}` must be a text, not {}", other.type_name()),
                    format!("for example `{key} = \"assets:bank\"`"),
                ),
            }
        }
    }
    list
}

fn is_account(fields: &Fields<'_, '_>, name: &str, span: Span) -> bool {
    let good = Accounts::is_name(name);
    if !good {
        let hint = format!(
            "begin with one of {}, then parts joined by `:`, such as `assets:bank:main`",
            ROOTS.join(", ")
        );
        fields.reading().error(
            code::VALUE_TEXT,
            span,
            format!("`{name}` is no account"),
            hint,
        );
    }
    good
}
