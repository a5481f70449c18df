//! Messages to clients: Tera templates, a folder a language. Amounts and dates arrive as finished text: templates cannot compute.

use std::collections::BTreeMap;

use serde::Serialize;
use tera::{Context, Tera};

use crate::ledger::party::Language;

/// The built-in templates: (language, name, text).
const BUILT_IN: &[(&str, &str, &str)] = &[
    ("fr", "reminder-upcoming.txt", include_str!("../../templates/fr/reminder-upcoming.txt")),
    ("fr", "reminder-first.txt", include_str!("../../templates/fr/reminder-first.txt")),
    ("fr", "reminder-second.txt", include_str!("../../templates/fr/reminder-second.txt")),
    ("fr", "reminder-final.txt", include_str!("../../templates/fr/reminder-final.txt")),
    ("en", "reminder-upcoming.txt", include_str!("../../templates/en/reminder-upcoming.txt")),
    ("en", "reminder-first.txt", include_str!("../../templates/en/reminder-first.txt")),
    ("en", "reminder-second.txt", include_str!("../../templates/en/reminder-second.txt")),
    ("en", "reminder-final.txt", include_str!("../../templates/en/reminder-final.txt")),
    ("de", "reminder-upcoming.txt", include_str!("../../templates/de/reminder-upcoming.txt")),
    ("de", "reminder-first.txt", include_str!("../../templates/de/reminder-first.txt")),
    ("de", "reminder-second.txt", include_str!("../../templates/de/reminder-second.txt")),
    ("de", "reminder-final.txt", include_str!("../../templates/de/reminder-final.txt")),
    ("es", "reminder-upcoming.txt", include_str!("../../templates/es/reminder-upcoming.txt")),
    ("es", "reminder-first.txt", include_str!("../../templates/es/reminder-first.txt")),
    ("es", "reminder-second.txt", include_str!("../../templates/es/reminder-second.txt")),
    ("es", "reminder-final.txt", include_str!("../../templates/es/reminder-final.txt")),
    ("it", "reminder-upcoming.txt", include_str!("../../templates/it/reminder-upcoming.txt")),
    ("it", "reminder-first.txt", include_str!("../../templates/it/reminder-first.txt")),
    ("it", "reminder-second.txt", include_str!("../../templates/it/reminder-second.txt")),
    ("it", "reminder-final.txt", include_str!("../../templates/it/reminder-final.txt")),
    ("nl", "reminder-upcoming.txt", include_str!("../../templates/nl/reminder-upcoming.txt")),
    ("nl", "reminder-first.txt", include_str!("../../templates/nl/reminder-first.txt")),
    ("nl", "reminder-second.txt", include_str!("../../templates/nl/reminder-second.txt")),
    ("nl", "reminder-final.txt", include_str!("../../templates/nl/reminder-final.txt")),
];

/// The names of the built-in templates.
pub fn names() -> Vec<&'static str> {
    BUILT_IN.iter().filter(|(language, ..)| *language == "en").map(|(_, name, _)| *name).collect()
}

/// What a reminder says of one document: all finished text.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// BT-1.
    pub number: String,
    /// Kind of document in the client's language.
    pub kind: String,
    /// Issue date.
    pub issued: String,
    /// Due date.
    pub due: String,
    /// Days after the due date; `0` before it.
    pub days_late: String,
    /// Total, VAT included.
    pub gross: String,
    /// What has come so far.
    pub paid: String,
    /// Whether anything has come.
    pub is_partly_paid: bool,
    /// What is still owed, without what is disputed.
    pub balance: String,
    /// BT-83.
    pub reference: String,
}

/// A stretch of late interest.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentText {
    /// The document's number.
    pub number: String,
    /// First day.
    pub from: String,
    /// Last day, included.
    pub to: String,
    /// How many days.
    pub days: String,
    /// What was owed.
    pub balance: String,
    /// Percent a year.
    pub rate: String,
    /// The interest.
    pub interest: String,
}

/// A way to pay, as lines.
#[derive(Debug, Clone, Serialize)]
pub struct PayText {
    /// What it is.
    pub label: String,
    /// Its lines.
    pub lines: Vec<String>,
}

/// Everything a reminder may say.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// The day of the message.
    pub today: String,
    /// The seller's name.
    pub seller: String,
    /// The seller's e-mail address, telephone; empty if none.
    pub seller_email: String,
    /// The seller's telephone; empty if none.
    pub seller_phone: String,
    /// The client's name.
    pub client: String,
    /// The client's contact; empty if none.
    pub contact: String,
    /// The documents, oldest due first; all in one currency.
    pub items: Vec<Item>,
    /// The sum of the balances.
    pub total: String,
    /// Whether interest or the indemnity is claimed.
    pub has_claims: bool,
    /// How the interest comes about; empty if none is claimed.
    pub segments: Vec<SegmentText>,
    /// Interest; empty if none is claimed.
    pub interest: String,
    /// Fixed indemnity; empty if none is claimed.
    pub fee: String,
    /// Total with interest and indemnity.
    pub total_with_claims: String,
    /// Ways to pay.
    pub pay: Vec<PayText>,
}

impl Message {
    /// Returns a message with something in every place, for checking templates.
    pub fn sample() -> Self {
        let text = |text: &str| text.to_owned();
        Self {
            today: text("22/11/2026"),
            seller: text("Camille Durand EI"),
            seller_email: text("camille@example.org"),
            seller_phone: text("+33 4 00 00 00 00"),
            client: text("Acme SAS"),
            contact: text("Service comptabilité"),
            items: vec![Item {
                number: text("F2026-0042"),
                kind: text("Facture"),
                issued: text("01/10/2026"),
                due: text("31/10/2026"),
                days_late: text("22"),
                gross: text("1 200,00 €"),
                paid: text("200,00 €"),
                is_partly_paid: true,
                balance: text("1 000,00 €"),
                reference: text("RF69F20260042"),
            }],
            total: text("1 000,00 €"),
            has_claims: true,
            segments: vec![SegmentText {
                number: text("F2026-0042"),
                from: text("01/11/2026"),
                to: text("22/11/2026"),
                days: text("22"),
                balance: text("1 000,00 €"),
                rate: text("12,4 %"),
                interest: text("7,47 €"),
            }],
            interest: text("7,47 €"),
            fee: text("40,00 €"),
            total_with_claims: text("1 047,47 €"),
            pay: vec![PayText { label: text("Virement"), lines: vec![text("IBAN FR14 …")] }],
        }
    }
}

/// What is wrong with a template: its name, the place (line from 1) if known, the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// `fr/reminder-first.txt`.
    pub name: String,
    /// Whether its syntax is wrong (else it fails to render).
    pub is_syntax: bool,
    /// First byte of the place, and one past the last.
    pub range: Option<(usize, usize)>,
    /// The sentence.
    pub message: String,
}

/// The templates of a ledger: the built-in ones, under the ledger's own.
#[derive(Debug)]
pub struct Templates {
    texts: BTreeMap<String, String>,
}

impl Templates {
    /// Starts with the built-in templates; `own` are (path such as `fr/reminder-first.txt`, text).
    pub fn new(own: Vec<(String, String)>) -> Self {
        let mut texts: BTreeMap<String, String> =
            BUILT_IN.iter().map(|(language, name, text)| (format!("{language}/{name}"), (*text).to_owned())).collect();
        texts.extend(own);
        Self { texts }
    }

    /// Renders a template in a language.
    ///
    /// # Errors
    /// Says what is wrong with the template.
    pub fn render(&self, language: Language, name: &str, message: &Message) -> Result<String, TemplateError> {
        let wanted = format!("{}/{name}", language.code());
        let path = if self.texts.contains_key(&wanted) { wanted } else { format!("en/{name}") };
        self.render_path(&path, message)
    }

    /// Renders every template with a sample: returns what is wrong.
    pub fn check(&self) -> Vec<TemplateError> {
        let sample = Message::sample();
        self.texts.keys().filter_map(|path| self.render_path(path, &sample).err()).collect()
    }

    fn render_path(&self, path: &str, message: &Message) -> Result<String, TemplateError> {
        let error = |is_syntax, range, message| TemplateError { name: path.to_owned(), is_syntax, range, message };
        let text = self.texts.get(path).ok_or_else(|| error(true, None, "there is no such template".into()))?;
        if nesting(text) > 3 {
            return Err(error(true, None, "loops are nested more than three deep".into()));
        }
        let mut tera = Tera::new();
        tera.register_function("range", no_range);
        tera.add_raw_template(path, text).map_err(|problem| {
            let (range, message) = describe(&problem);
            error(true, range, message)
        })?;
        let context = Context::from_serialize(message).map_err(|problem| error(false, None, problem.to_string()))?;
        let rendered = tera.render(path, &context).map_err(|problem| {
            let (range, message) = describe(&problem);
            error(false, range, message)
        })?;
        Ok(rendered.trim_end().to_owned() + "\n")
    }
}

/// How deep loops are nested: without a bound a few of them would never end.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for tag in text.split("{%").skip(1) {
        match tag.trim_start_matches('-').split_whitespace().next() {
            Some("for") => depth += 1,
            Some("endfor" | "endfor-%}" | "endfor%}") => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// `range` could count for ever: it gives at most a hundred numbers.
#[expect(clippy::needless_pass_by_value, reason = "the shape that Tera asks for")]
fn no_range(kwargs: tera::Kwargs, _: &tera::State<'_>) -> tera::TeraResult<Vec<i64>> {
    let start = kwargs.get::<i64>("start")?.unwrap_or(0);
    let end = kwargs.must_get::<i64>("end")?;
    let step = kwargs.get::<i64>("step_by")?.unwrap_or(1).max(1);
    let count = (end.saturating_sub(start)) / step;
    if count > 100 {
        return Err(tera::Error::message("`range` gives at most 100 numbers"));
    }
    Ok((0..count.max(0)).map(|n| start + n * step).collect())
}

/// Returns the place and sentence of a Tera error, innermost cause last.
fn describe(error: &tera::Error) -> (Option<(usize, usize)>, String) {
    use std::error::Error;
    let mut message = first_line(&error.to_string()).trim_start_matches("error: ").to_owned();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = first_line(&inner.to_string());
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = inner.source();
    }
    let range = match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => {
            let range = &report.span().range;
            report.message().clone_into(&mut message);
            Some((range.start, range.end))
        }
        _ => None,
    };
    (range, message)
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_template_renders() {
        assert_eq!(Templates::new(Vec::new()).check(), []);
    }

    #[test]
    fn a_missing_variable_and_an_endless_loop_are_errors() {
        let own = |text: &str| Templates::new(vec![("fr/reminder-first.txt".into(), text.into())]).check();
        let missing = own("Bonjour {{ clinet }},\n");
        assert_eq!(missing.len(), 1);
        assert!(missing[0].message.contains("clinet"), "{missing:?}");
        assert_eq!(missing[0].range, Some((11, 17)));
        assert!(own("{% for n in range(end=99999999999) %}x{% endfor %}")[0].message.contains("100 numbers"));
        let deep = "{% for a in range(end=99) %}".repeat(6) + "x" + &"{% endfor %}".repeat(6);
        assert!(own(&deep)[0].message.contains("three deep"));
        assert!(own("{{ client ")[0].is_syntax);
        // Amounts are text: no template computes with them.
        assert!(!own("{{ total + 1 }}").is_empty());
    }
}
