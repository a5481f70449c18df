//! Values that a person typed beside a command, read as the books hold them.

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount;
use crate::printable::is_unprintable;

/// Reads an amount with at most so many digits after the point. `command` is what is to be typed instead, with `{}` for the amount.
pub fn figure(
    text: &str,
    digits: u32,
    command: &str,
    problems: &mut Diagnostics,
) -> Option<Decimal> {
    match amount::parse(text, digits) {
        Ok(value) => Some(value),
        Err(problem) => {
            let (message, hint) = problem.explain(text);
            let hint = match &problem {
                amount::NumberError::Comma(right) => {
                    format!("write `{}`", command.replace("{}", right))
                }
                _ => hint,
            };
            problems.push(Diagnostic::error(code::VALUE_NUMBER, message).hint(hint));
            None
        }
    }
}

/// Refuses texts that would not stay in their line.
pub fn texts<'t>(texts: impl IntoIterator<Item = &'t Option<String>>, problems: &mut Diagnostics) {
    for text in texts.into_iter().flatten() {
        if let Some(c) = text.chars().find(|c| is_unprintable(*c)) {
            let kind = if c.is_control() {
                "a control character"
            } else {
                "an invisible character"
            };
            let message = format!("{kind} in a text: U+{:04X}", u32::from(c));
            problems.push(
                Diagnostic::error(code::VALUE_TEXT, message)
                    .hint("write it in one line, of letters alone"),
            );
        }
    }
}
