//! Templates of what is invoiced again, judged before anything is made of them.

use super::load::{self, Bench};
use crate::check::recurring::days;
use crate::diagnostic::Diagnostics;
use crate::ledger::recurring::Template;

/// Says which templates can never make anything, and whose client is unknown.
pub fn check(templates: &[Template], bench: &Bench, problems: &mut Diagnostics) {
    for template in templates {
        // What is wrong with a client's file matters once something is made for that client.
        if bench.clients.broken(&template.draft.client).is_none()
            && let Err(found) = load::client_of(&template.draft, &bench.clients)
        {
            problems.extend(found);
        }
        if let Some(problem) = days(template) {
            problems.push(problem);
        }
    }
}
