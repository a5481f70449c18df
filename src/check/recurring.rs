//! Templates of what is invoiced again: whether they ever make a document.

use crate::compute::recurring::is_possible;
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::recurring::Template;

/// Returns what is wrong with the days of a template that can never make a document.
pub fn days(template: &Template) -> Option<Diagnostic> {
    if is_possible(template) {
        return None;
    }
    let message = format!(
        "no document of `{}` can be dated between its first and its last day",
        template.id
    );
    let problem = Diagnostic::error(code::RECURRING_PERIOD, message);
    Some(
        problem
            .at(template.span)
            .hint("look at `from`, `until` and `day`"),
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
