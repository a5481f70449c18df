//! The payments and events of each document, found by its place: two lists of numbers, made once for whoever asks for single documents.

use crate::ledger::books::Ledger;
use crate::ledger::numbers::key;

/// Which rows are about which document.
#[derive(Debug)]
pub(super) struct Movements {
    payments: Groups,
    events: Groups,
}

impl Movements {
    /// Groups the rows of the books.
    pub(super) fn of(ledger: &Ledger) -> Self {
        let payments = (0..ledger.payments_len()).map(|row| ledger.payment_document(row));
        let events = (0..ledger.events_len()).map(|row| ledger.event_document(row));
        Self {
            payments: Groups::of(ledger.len(), payments),
            events: Groups::of(ledger.len(), events),
        }
    }

    /// Returns the places of a document's payments, in the order of the books.
    pub(super) fn payments(&self, document: usize) -> impl Iterator<Item = usize> {
        self.payments.get(document)
    }

    /// Returns the places of a document's events, in the order of the books.
    pub(super) fn events(&self, document: usize) -> impl Iterator<Item = usize> {
        self.events.get(document)
    }
}

/// Numbers of rows, those of one document one behind the other.
#[derive(Debug)]
struct Groups {
    /// Where each document's rows end.
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl Groups {
    /// Sorts rows by their documents, by counting: their own order stays.
    fn of(documents: usize, about: impl Iterator<Item = Option<usize>> + Clone) -> Self {
        let mut ends = vec![0; documents + 1];
        for document in about.clone().flatten() {
            ends[document + 1] += 1;
        }
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        let mut rows = vec![0; ends.last().copied().unwrap_or_default() as usize];
        // Each end is the beginning of the document after it: it moves on as rows are filled in.
        let mut next = ends;
        for (row, document) in about.enumerate() {
            if let Some(document) = document {
                rows[next[document] as usize] = key(row);
                next[document] += 1;
            }
        }
        Self { ends: next, rows }
    }

    fn get(&self, document: usize) -> impl Iterator<Item = usize> {
        let start = if document == 0 {
            0
        } else {
            self.ends[document - 1]
        };
        self.rows[start as usize..self.ends[document] as usize]
            .iter()
            .map(|row| *row as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;

    #[test]
    fn rows_are_found_by_their_documents_in_their_own_order() {
        let about = [Some(2), None, Some(0), Some(2), Some(0), Some(2)];
        let groups = Groups::of(4, about.into_iter());
        let of = |document| groups.get(document).collect::<Vec<_>>();
        assert_eq!(
            (of(0), of(1), of(2), of(3)),
            (vec![2, 4], vec![], vec![0, 3, 5], vec![])
        );
    }
}
