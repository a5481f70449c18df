//! What the delay of documents costs, each opened and judged by the law of its own seller's country.

use std::sync::Arc;

use chrono::NaiveDate;

use super::load;
use crate::compute::chronicle::Chronicle;
use crate::compute::interest::{Claim, claim};
use crate::compute::late::{Basis, Statutory, Unknown};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ledger::document::Document;
use crate::ledger::settings::Settings;
use crate::regime::Laws;
use crate::session::{Failure, Session};
use crate::source::Source;

/// Opens documents and works out what their delay costs, each by the law of its own seller's country. A rate that is not known is a
/// warning among the problems: the document's interest is counted up to the day before its half-year.
///
/// # Errors
/// Where a number is unknown, or a document is not what was issued.
pub fn of(
    numbers: &[String],
    session: &Session<'_>,
    source: &mut Source,
    settings: &Settings,
    chronicle: &Chronicle,
    to: NaiveDate,
) -> Result<(Vec<Claim>, Diagnostics), Failure> {
    let mut laws = Laws::new(&settings.laws);
    let (mut found, mut problems) = (Vec::new(), Diagnostics::default());
    let mut said: Vec<Unknown> = Vec::new();
    let mut rates = Rates::default();
    let visit = |document: Document| {
        let law = laws.of(&document.seller.address.country, &mut problems);
        let mut claim = claim(&document, chronicle, law, to);
        rates.share(&mut claim);
        if let Some(unknown) = claim
            .unknown
            .as_ref()
            .filter(|unknown| !said.contains(unknown))
        {
            said.push(unknown.clone());
            let problem = unknown.problem().at(settings.terms_span);
            let message = format!(
                "{}: interest is counted up to the day before",
                problem.message
            );
            problems.push(Diagnostic {
                severity: Severity::Warning,
                message,
                ..problem
            });
        }
        found.push(claim);
    };
    if !numbers.is_empty() {
        load::each_document(session, source, settings, numbers, visit)?;
    }
    Ok((found, problems))
}

/// The rates of the law by which claims were counted, each kept once: those of a large ledger have a hundred thousand stretches of days,
/// and a few dozen rates.
#[derive(Default)]
struct Rates(Vec<Arc<Statutory>>);

impl Rates {
    fn share(&mut self, claim: &mut Claim) {
        for segment in &mut claim.segments {
            let Basis::Statutory(rate) = &mut segment.basis else {
                continue;
            };
            match self.0.iter().find(|known| *known == rate) {
                Some(known) => *rate = Arc::clone(known),
                None => self.0.push(Arc::clone(rate)),
            }
        }
    }
}
