//! Templates of what is invoiced again, judged before anything is made of them.

use super::load::{self, Bench};
use crate::check::recurring::days;
use crate::diagnostic::Diagnostics;
use crate::ledger::recurring::Template;

/// Says which templates can never make anything, and whose client is unknown.
pub fn check(templates: &[Template], bench: &Bench, problems: &mut Diagnostics) {
    for template in templates {
        if let Err(problem) = load::client_of(&template.draft, &bench.clients) {
            problems.push(problem);
        }
        if let Some(problem) = days(template) {
            problems.push(problem);
        }
    }
}
