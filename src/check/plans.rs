//! Plans of instalments: what they name, whether their parts fit what is left when they are agreed, and whether they can be kept.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::documents::unknown;
use crate::compute::chronicle::Chronicle;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::amount::{in_currency, plain};
use crate::ledger::book::Event;
use crate::ledger::books::Ledger;
use crate::ledger::currency::Currency;
use crate::ledger::date::plus_days;
use crate::ledger::event_kind::EventKind;
use crate::ledger::plan::{Instalment, Plan};

/// What a document owed when a plan was agreed: at the end of the day before, and at the end of that day.
pub type Owed = (Decimal, Decimal);

/// Checks one plan against the others and, where it is known, against what its documents owed when it was agreed.
pub fn check(plan: &Plan, all: &[Plan], owed: Option<Owed>, problems: &mut Diagnostics) {
    let mut say =
        |problem: Diagnostic, hint: String| problems.push(problem.at(plan.span).hint(hint));
    if let Some(old) = &plan.replaces
        && (*old == plan.number || !all.iter().any(|other| other.number == *old))
    {
        let message = format!(
            "the plan {} replaces `{old}`, which is not there",
            plan.number
        );
        say(
            Diagnostic::error(code::EVENT_STATE, message),
            "name a plan of plans/, or remove `replaces`".to_owned(),
        );
    }
    if let Some(part) = plan
        .instalments
        .iter()
        .find(|part| part.amount <= Decimal::ZERO)
    {
        let message = format!("the instalment of {} is {}", part.due, plain(part.amount));
        say(
            Diagnostic::error(code::PLAN_SUM, message),
            "an instalment is above zero".to_owned(),
        );
    }
    let sum: Decimal = plan.instalments.iter().map(|part| part.amount).sum();
    if let Some((before, after)) = owed.filter(|(before, after)| sum != *before && sum != *after) {
        let message = format!(
            "the instalments of {} sum to {}, {} was left to pay",
            plan.number,
            plain(sum),
            plain(after)
        );
        let hint = if before == after || before.is_zero() {
            "the parts of a plan sum to what is left when it is agreed".to_owned()
        } else {
            format!("at the beginning of that day it was {}", plain(before))
        };
        say(Diagnostic::warning(code::PLAN_SUM, message), hint);
    }
}

/// Checks the parts of a plan that is being agreed, in the order of their days: they sum to `total`, which is left to pay; each is more
/// than nothing, each on another day, none before the agreement. Adds `PLAN-SUM`.
pub fn parts(
    parts: &[Instalment],
    total: Decimal,
    currency: Currency,
    agreed: NaiveDate,
    problems: &mut Diagnostics,
) {
    let mut wrong = |message: String, hint: String| {
        problems.push(Diagnostic::error(code::PLAN_SUM, message).hint(hint));
    };
    let show = |value: Decimal| format!("{} {currency}", in_currency(value, currency));
    let sum: Decimal = parts.iter().map(|part| part.amount).sum();
    if sum != total {
        let message = format!(
            "the instalments sum to {}, {} are left to pay",
            show(sum),
            show(total)
        );
        wrong(message, format!("change one by {}", show(total - sum)));
    }
    if let Some(part) = parts.iter().find(|part| part.amount <= Decimal::ZERO) {
        wrong(
            format!("the instalment of {} is {}", part.due, show(part.amount)),
            "agree on fewer parts".to_owned(),
        );
    }
    if let Some(part) = parts.iter().find(|part| part.due < agreed) {
        let hint = "a part falls due on the day of the agreement or later".to_owned();
        wrong(
            format!(
                "the instalment of {} is due before the agreement of {agreed}",
                part.due
            ),
            hint,
        );
    }
    if let Some(pair) = parts.windows(2).find(|pair| pair[0].due == pair[1].due) {
        wrong(
            format!("two instalments are due on {}", pair[0].due),
            "write them as one".to_owned(),
        );
    }
}

/// Checks all plans of a ledger, and that the documents they name are issued.
pub fn all(ledger: &Arc<Ledger>, problems: &mut Diagnostics) {
    let plans = ledger.plans();
    let Some(last) = plans.iter().map(|plan| plan.agreed).max() else {
        return;
    };
    let chronicle = Chronicle::new(ledger, last);
    for plan in plans {
        let left = |day| -> Option<Decimal> {
            plan.documents
                .iter()
                .map(|number| chronicle.owed(number, day))
                .sum()
        };
        let after = left(plan.agreed);
        let before = left(plus_days(plan.agreed, -1)).unwrap_or_default();
        check(plan, plans, after.map(|after| (before, after)), problems);
        for number in &plan.documents {
            if ledger.find(number).is_none() {
                problems.push(unknown(number, ledger.numbers()).at(number.span));
            }
        }
    }
}

/// Checks plans against the events of their agreement: each event's file is there, is what was agreed where the event has its digest, and
/// names its document and its day. Of several events about one file the latest counts, on one day the later row.
pub fn agreed(ledger: &Ledger, exists: impl Fn(&str) -> bool, problems: &mut Diagnostics) {
    let mut last: BTreeMap<&str, Event<'_>> = BTreeMap::new();
    let events = ledger
        .events()
        .filter(|event| event.kind == EventKind::Plan && !event.file.is_empty());
    for event in events {
        let is_newer = |known: &Event<'_>| known.date <= event.date;
        if last.get(event.file).is_none_or(is_newer) {
            last.insert(event.file, event);
        }
    }
    let plans: HashMap<&str, &Plan> = ledger
        .plans()
        .iter()
        .map(|plan| (plan.number.as_str(), plan))
        .collect();
    let by_path = |path: &str| {
        let number = path.strip_prefix("plans/")?.strip_suffix(".toml")?;
        plans.get(number)
    };
    for plan in ledger.plans() {
        let path = format!("plans/{}.toml", plan.number);
        if !last.contains_key(path.as_str()) {
            let message = format!(
                "no event says that the plan {} was agreed on {}",
                plan.number, plan.agreed
            );
            problems.push(
                Diagnostic::warning(code::PLAN_CHANGED, message)
                    .at(plan.span)
                    .hint(format!(
                        "it counts all the same: `git log -- {path}` shows who put it there; `acquit plan` writes both"
                    )),
            );
        }
    }
    for (path, event) in last {
        let Some(plan) = by_path(path) else {
            // One that cannot be read is said already.
            if !exists(path) {
                let message = format!("{path}, agreed on {}, is missing", event.date);
                problems.push(
                    Diagnostic::error(code::FILE_MISSING, message)
                        .at(event.span)
                        .hint("what was agreed is kept: `git log --diff-filter=D` finds it, `git restore plans/` brings it back"),
                );
            }
            continue;
        };
        let what = if !event.sha256.is_empty() && !event.sha256.eq_ignore_ascii_case(&plan.sha256) {
            "its digest differs from the event's".to_owned()
        } else if !event.sha256.is_empty() {
            continue;
        } else if plan.agreed != event.date {
            format!("it says {}", plan.agreed)
        } else if !event.document.is_empty()
            && !plan.documents.iter().any(|own| own.value == event.document)
        {
            format!("it does not name {}", event.document)
        } else {
            continue;
        };
        let message = format!(
            "the plan {} is not the one that was agreed on {}: {what}",
            plan.number, event.date
        );
        let hint = format!(
            "`git log -p {path}` shows the change; what is agreed anew is another plan: `acquit plan {} --replaces {}`",
            event.document, plan.number
        );
        problems.push(
            Diagnostic::error(code::PLAN_CHANGED, message)
                .at(plan.span)
                .hint(hint),
        );
    }
}
