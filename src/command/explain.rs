//! `explain`: what a code means, why it matters, how to mend it.

use clap::Args;
use serde_json::Value;

use crate::check::catalogue::{Rule, explanations, rules};
use crate::diagnostic::{Diagnostic, code, nearest};
use crate::regime::rate_series;
use crate::session::{Done, Format, Outcomes, Session};
use crate::view::json;

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit explain NUMBER-GAP\n  acquit explain law      lists the kinds of [[law]]"
)]
pub struct ExplainArgs {
    /// A code, such as NUMBER-GAP, or `law`; all codes if not given
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// Explains a code.
///
/// # Errors
/// Where there is no such code.
pub fn run(args: &ExplainArgs, session: &mut Session<'_>) -> Outcomes {
    let all = explanations();
    let Some(name) = &args.code else {
        let names = code::ALL
            .iter()
            .map(|code| code.0)
            .chain(rules().keys().map(String::as_str));
        let text: String = names.map(|name| format!("{name}\n")).collect();
        session.data(&text)?;
        return Ok(Done::Well);
    };
    if name == "law" {
        session.data(&law())?;
        return Ok(Done::Well);
    }
    if let Some(rule) = rules().get(&name.to_uppercase()) {
        return self::rule(&name.to_uppercase(), rule, session);
    }
    let Some(explanation) = all.get(&name.to_uppercase()) else {
        let hint = match nearest(name, all.keys().chain(rules().keys()).map(String::as_str)) {
            Some(near) => format!("did you mean `acquit explain {near}`?"),
            None => "`acquit explain` lists the codes".to_owned(),
        };
        return Err(
            Diagnostic::error(code::CODE_UNKNOWN, format!("there is no code `{name}`"))
                .hint(hint)
                .into(),
        );
    };
    let name = name.to_uppercase();
    let text = if session.format() == Format::Json {
        let fields = vec![
            ("code", Value::from(name)),
            ("means", Value::from(explanation.means.trim())),
            ("why", Value::from(explanation.why.trim())),
            ("mend", Value::from(explanation.mend.trim())),
        ];
        json::object("explain", session.today, fields)
    } else {
        let width = usize::from(session.terminal.width).min(100);
        let part = |title: &str, text: &str| format!("\n{title}\n{}", wrap(text, width));
        let parts = [
            ("What it means", &explanation.means),
            ("Why it matters", &explanation.why),
            ("How to mend it", &explanation.mend),
        ];
        format!(
            "{name}\n{}",
            parts.map(|(title, text)| part(title, text)).concat()
        )
    };
    session.data(&text)?;
    Ok(Done::Well)
}

/// Explains a rule of electronic invoicing.
fn rule(id: &str, rule: &Rule, session: &mut Session<'_>) -> Outcomes {
    let family = if id.starts_with("BR-FR-") {
        "It is a rule of the French e-invoicing reform (AFNOR XP Z12-012), for invoices between French businesses."
    } else {
        "It is a business rule of EN 16931, the European norm of electronic invoices."
    };
    let why = format!(
        "{family} A platform, or the client's software, refuses an invoice that breaks it."
    );
    let text = if session.format() == Format::Json {
        let fields = [
            ("code", id),
            ("means", &rule.means),
            ("why", &why),
            ("mend", &rule.mend),
        ];
        json::object(
            "explain",
            session.today,
            fields
                .map(|(name, text)| (name, Value::from(text)))
                .to_vec(),
        )
    } else {
        let width = usize::from(session.terminal.width).min(100);
        let part = |title: &str, text: &str| format!("\n{title}\n{}", wrap(text, width));
        let parts = [
            ("What it demands", &rule.means),
            ("Why it matters", &why),
            ("How to mend it", &rule.mend),
        ];
        format!(
            "{id}\n{}",
            parts.map(|(title, text)| part(title, text)).concat()
        )
    };
    session.data(&text)?;
    Ok(Done::Well)
}

/// Breaks a text into indented lines.
fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    for paragraph in text.trim().lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + word.chars().count() + 3 > width {
                out.push_str(&format!("  {line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        out.push_str(&format!("  {line}\n"));
    }
    out
}

/// The kinds of `[[law]]`.
fn law() -> String {
    let mut text = String::from(
        "A [[law]] in acquit.toml, or in a file of laws/, adds a value that the built-in law data lacks:\n\n  [[law]]\n  kind = \"ecb-refi\"\n  \
         from = 2027-01-01\n  percent = 2.65\n  source = \"https://www.ecb.europa.eu/…\"\n\n`acquit law add` makes such a file; `acquit law list` shows all that is known.\n\nKinds:\n",
    );
    for series in rate_series() {
        text.push_str(&format!(
            "  {:<22} percent, from the first day of a half-year: {}\n",
            series.name, series.title
        ));
    }
    text.push_str("  vat-rate               percent: one more VAT rate\n");
    text.push_str("  recovery-fee           amount: the fixed indemnity from a later day on\n");
    text.push_str("  holiday                text: the day is a public holiday, with this name\n");
    text.push_str("  working-day            the day is none, whatever the calendar says\n");
    text.push_str(
        "  text-VATEX-…           text: how a reason of exemption is worded from a later day on\n",
    );
    text.push_str(
        "  limitation-business    text: how long a claim can be brought before a court, such as\n",
    );
    text.push_str("  limitation-consumer      3y from due year-end, again from acknowledged payment plan reminder\n");
    text.push_str(
        "  limitation-public        (years or months; from supply or due; what begins it anew)\n",
    );
    text.push_str("\nA value that contradicts a confirmed built-in one is an error (LAW-CONFLICT), never silent.\n");
    text
}
