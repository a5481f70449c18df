//! What the law asks of the terms of public bodies, of invoices that sum up a period, and of the fixed indemnity.

use rust_decimal::Decimal;

use super::law::{Candidate, Rules};
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::amount::plain;
use crate::ledger::date::end_of_month;
use crate::ledger::document::{DocumentType, Period};
use crate::ledger::party::ClientKind;
use crate::ledger::terms::{LateInterest, RecoveryFee};
use crate::regime::{FeeRule, Late, is_member};
use crate::span::Span;

/// Days of February.
const SHORTEST_MONTH: i64 = 28;

impl Rules<'_> {
    /// A public body pays within the days that the law gives it; some have more, so that only what none has is refused.
    pub(super) fn public_term(&mut self, place: Span) {
        let Candidate {
            document,
            client,
            regime,
            ..
        } = self.candidate;
        let (Some(limit), Some(due)) = (&regime.public_term, document.due) else {
            return;
        };
        let days = (due - document.issued).num_days();
        if client.kind != ClientKind::Public || days <= i64::from(limit.days) {
            return;
        }
        let (at_most, days_of) = (limit.at_most, limit.days);
        let message = format!(
            "{days} days from the invoice are more than the {days_of} of a public body ({})",
            limit.source
        );
        let hint = format!("write `due = \"{days_of}d\"`; {}", limit.others);
        let problem = if days > i64::from(at_most) {
            Diagnostic::error(code::LAW_TERM, message)
        } else {
            Diagnostic::warning(code::LAW_TERM, message)
        };
        self.problems.push(problem.at(place).hint(hint));
    }

    /// An invoice that sums up the supplies of a month falls due earlier than others. Whether it sums up several supplies is not known to
    /// the program: this is a warning.
    pub(super) fn summary_term(&mut self, place: Span) {
        let Candidate {
            document,
            draft,
            client,
            regime,
            ..
        } = self.candidate;
        let limit = regime.term_limit.as_ref();
        let (Some(limit), Some(due)) = (limit, document.due) else {
            return;
        };
        let Some(most) = limit.summary_days else {
            return;
        };
        let days = (due - document.issued).num_days();
        // It is for supplies of one calendar month (CGI art. 289, I-3): a longer or shorter period is that of one supply.
        let is_month = |period: &Period| {
            end_of_month(period.from) == end_of_month(period.to)
                && (period.to - period.from).num_days() >= SHORTEST_MONTH - 1
        };
        let sums_up = match &draft.period {
            Some(period) => is_month(&period.value),
            None => draft.recurring.is_some(),
        };
        let is_longer = days > i64::from(most);
        let has_duty = regime.duty(code::LAW_TERM, document.issued).is_some();
        if client.kind != ClientKind::Business || !sums_up || !is_longer || !has_duty {
            return;
        }
        let message = format!(
            "{days} days are more than the {most} of an invoice that sums up the supplies of a month ({})",
            limit.source
        );
        let hint = format!("write at most `{most}d`, unless it is for one supply");
        self.problems.push(
            Diagnostic::warning(code::LAW_TERM, message)
                .at(place)
                .hint(hint),
        );
    }

    /// A Member State whose statutory rate this program does not know: a rate is agreed, since a document states none that may be wrong.
    pub(super) fn late_interest(&mut self) {
        let Candidate {
            document,
            client,
            settings,
            regime,
            ..
        } = self.candidate;
        let country = settings.seller.address.country.as_str();
        let agreed = client.terms.over(settings.terms).late_interest;
        if agreed != LateInterest::Statutory
            || document.kind == DocumentType::Quote
            || !is_member(country)
            || regime.late(client.kind, document.issued).is_some()
        {
            return;
        }
        let message = format!(
            "the statutory late interest of {country} on {} is not known to this program",
            document.issued
        );
        let hint = "agree on a rate and an indemnity: `late_interest = 10`, `recovery_fee = 40` in [terms], as the law of your country admits them";
        self.problems.push(
            Diagnostic::error(code::LAW_UNKNOWN, message)
                .at(settings.terms_span)
                .hint(hint),
        );
    }

    /// The fixed indemnity is the law's, or at least that. An amount in another currency than the law's is not the law's.
    pub(super) fn fee(&mut self) {
        let Candidate {
            document,
            client,
            settings,
            regime,
            ..
        } = self.candidate;
        let agreed = client.terms.over(settings.terms).recovery_fee;
        let RecoveryFee::Amount(amount) = agreed else {
            return;
        };
        let law = regime.late(client.kind, document.issued);
        let Some((law, rule)) = law.and_then(|law| law.fee_rule.map(|rule| (law, rule))) else {
            return;
        };
        let owed = document.totals.owed;
        let least = law.fee_on(owed);
        // In another currency nobody knows on the day of the claim whether it is enough.
        let is_lawful = law.currency() == Some(document.currency)
            && match rule {
                FeeRule::Fixed => amount == least,
                FeeRule::AtLeast => amount >= least,
            };
        if is_lawful {
            return;
        }
        let law = money(law, least);
        let (message, hint) = match rule {
            FeeRule::Fixed => (
                format!(
                    "the indemnity of {} {} is not the {law} that the law fixes",
                    plain(amount),
                    document.currency
                ),
                "remove `recovery_fee`, or write \"statutory\": what recovery costs beyond it is claimed with its proof",
            ),
            FeeRule::AtLeast => (
                format!(
                    "the indemnity of {} {} is not at least the {law} of the law",
                    plain(amount),
                    document.currency
                ),
                "remove `recovery_fee`, or write \"statutory\" or a higher amount",
            ),
        };
        self.demand(code::LAW_FEE, settings.terms_span, &message, hint);
    }
}

fn money(law: &Late, amount: Decimal) -> String {
    let currency = law
        .currency()
        .map_or(String::new(), |currency| format!(" {currency}"));
    format!("{}{currency}", plain(amount))
}
