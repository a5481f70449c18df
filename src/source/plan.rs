//! plans/NUMBER.toml → a plan.

use super::fields::Fields;
use crate::ledger::plan::{Instalment, Plan, PlanInterest};

/// Reads a plan; `sha256` is the digest of its file.
pub fn plan(mut fields: Fields<'_, '_>, number: &str, sha256: &str) -> Option<Plan> {
    let documents = fields.texts("documents");
    if documents.is_empty() {
        fields.missing("documents", "[\"F2026-0042\"]");
    }
    let agreed = fields.required_date("agreed");
    let mut instalments = Vec::new();
    for mut table in fields.tables("instalment") {
        let due = table.required_date("due");
        let amount = table.required_decimal("amount", 3, "400");
        table.finish();
        if let (Some(due), Some(amount)) = (due, amount) {
            instalments.push(Instalment {
                due: due.value,
                amount: amount.value,
            });
        }
    }
    let plan = Plan {
        number: number.to_owned(),
        span: fields.span(),
        sha256: sha256.to_owned(),
        documents,
        agreed: agreed.map_or(chrono::NaiveDate::MIN, |agreed| agreed.value),
        replaces: fields.string("replaces"),
        interest: fields
            .choice("interest", PlanInterest::WORDS)
            .map_or(PlanInterest::Runs, |word| word.value),
        acceleration: fields.boolean("acceleration", false),
        instalments,
    };
    if plan.instalments.is_empty() {
        fields.missing(
            "[[instalment]]",
            "an `[[instalment]]` with `due` and `amount`",
        );
    }
    fields.finish();
    agreed?;
    Some(plan)
}
