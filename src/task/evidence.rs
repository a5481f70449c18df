//! What was sent, as it was sent: the files under sent/ that events name, each compared with its digest.

use std::collections::BTreeMap;

use crate::compute::dossier::{Fact, Gap};
use crate::compute::outgoing::is_kept;
use crate::ledger::event_kind::EventKind;
use crate::source::Source;

/// A file under sent/, and what happened with it.
pub struct Evidence {
    /// Its place in the ledger.
    pub path: String,
    /// Its digest.
    pub sha256: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The first that happened with it, but for the beginning of its sending.
    pub fact: Fact,
    /// The documents that it was about.
    pub numbers: Vec<String>,
}

/// Reads the files that these facts name, each once, by the first day of each. A message that was not sent, by its own record, is none. A file
/// that is not under sent/, is gone, or is another than was sent, is left out and among the gaps.
pub fn read(facts: &[Fact], source: &Source, gaps: &mut Vec<Gap>) -> Vec<Evidence> {
    let mut by_file: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for fact in facts
        .iter()
        .filter(|fact| !fact.file.is_empty() && fact.kind != Some(EventKind::Plan))
    {
        let known = by_file.entry(&fact.file).or_default();
        if known.is_empty() {
            order.push(&fact.file);
        }
        known.push(fact);
    }
    let mut found = Vec::new();
    for file in order {
        let named = &by_file[file];
        if !is_kept(named.iter().filter_map(|fact| fact.kind)) {
            continue;
        }
        let is_ours = file.starts_with("sent/") && crate::changes::is_inside(file);
        let Some(bytes) = is_ours
            .then(|| source.repository.bytes(file).ok())
            .flatten()
        else {
            gaps.push(Gap::File(file.to_owned()));
            continue;
        };
        let sha256 = crate::changes::sha256(&bytes);
        let mut said = named
            .iter()
            .map(|fact| fact.sha256.as_str())
            .filter(|said| !said.is_empty())
            .peekable();
        if said.peek().is_none() {
            gaps.push(Gap::Digest(file.to_owned()));
        } else if said.any(|said| !said.eq_ignore_ascii_case(&sha256)) {
            gaps.push(Gap::Changed(file.to_owned()));
            continue;
        }
        let first = named
            .iter()
            .find(|fact| fact.kind != Some(EventKind::Sending))
            .or(named.first());
        let mut numbers: Vec<String> = named.iter().map(|fact| fact.document.clone()).collect();
        numbers.retain(|number| !number.is_empty());
        numbers.dedup();
        if let Some(fact) = first {
            found.push(Evidence {
                path: file.to_owned(),
                sha256,
                bytes,
                fact: (*fact).clone(),
                numbers,
            });
        }
    }
    found
}
