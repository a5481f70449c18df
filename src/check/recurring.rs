//! Templates of what is invoiced again: whether they ever make a document, and whether a period is billed under another name.

use std::collections::HashMap;

use crate::compute::recurring::{Turn, is_possible};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::recurring::{Billed, Template};

/// Returns what is wrong with the days of a template that can never make a document.
pub fn days(template: &Template) -> Option<Diagnostic> {
    if is_possible(template) {
        return None;
    }
    let message = format!(
        "no document of `{}` can be dated between its first and its last day",
        template.name
    );
    let problem = Diagnostic::error(code::RECURRING_PERIOD, message);
    Some(
        problem
            .at(template.span)
            .hint("look at `from`, `until` and `day`"),
    )
}

/// Returns the problems of templates that have one id: each would take the other's periods for its own.
pub fn ids(templates: &[Template]) -> Vec<Diagnostic> {
    let mut first: HashMap<&str, &Template> = HashMap::new();
    let mut found = Vec::new();
    for template in templates {
        let known = *first.entry(&template.id).or_insert(template);
        if known.name != template.name {
            let message = format!(
                "recurring/{}.toml and recurring/{}.toml have one id, `{}`",
                known.name, template.name, template.id
            );
            let hint = "a period that one has billed counts for the other: give the newer one an `id` of its own";
            found.push(
                Diagnostic::error(code::RECURRING_TWICE, message)
                    .at(template.span)
                    .hint(hint),
            );
        }
    }
    found
}

/// Returns the problem of a period that is billed under another name already; `copied` is the name of a template that is there and has
/// the same words.
pub fn twice(template: &Template, turn: &Turn, other: &Billed, copied: Option<&str>) -> Diagnostic {
    let (id, _) = other.parts();
    let hint = if let Some(copied) = copied {
        format!(
            "recurring/{0}.toml says the same as recurring/{copied}.toml: remove one of them, or `acquit recurring run {0} --again` drafts both",
            template.name
        )
    } else if id == template.id {
        format!(
            "`every` was changed: begin with a later `from`, or leave the period out by `acquit recurring skip {} {}`",
            template.name,
            turn.name()
        )
    } else {
        format!(
            "if it is the same, write `id = \"{id}\"` into recurring/{0}.toml; if not, `acquit recurring run {0} --again` drafts it",
            template.name
        )
    };
    Diagnostic::error(
        code::RECURRING_TWICE,
        format!("{} is billed already: {}", turn.key(template), said(other)),
    )
    .at(template.span)
    .hint(hint)
}

/// Says what bills a period, to whom, and as which period of which template.
pub fn said(other: &Billed) -> String {
    let (id, name) = other.parts();
    let what = if other.is_draft {
        format!("the draft `{}`", other.by)
    } else {
        other.by.clone()
    };
    format!(
        "{what} bills {} for {name} under the template `{id}`",
        other.client
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::recurring::Every;

    #[test]
    fn a_template_whose_day_is_outside_of_its_days_makes_nothing() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/studio");
        let draft = crate::source::open(&root).unwrap().drafts().remove(0);
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let mut template = Template {
            id: "acme-hosting".to_owned(),
            name: "acme-hosting".to_owned(),
            span: draft.span,
            every: Every::Month,
            from: day("2026-02-10"),
            until: Some(day("2026-02-20")),
            day: 28,
            draft,
            text: String::new(),
        };
        assert_eq!(days(&template).unwrap().code, code::RECURRING_PERIOD);
        template.day = 20;
        assert_eq!(days(&template), None);
        template.day = 28;
        template.until = None;
        assert_eq!(days(&template), None);
    }
}
