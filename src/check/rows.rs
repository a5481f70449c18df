//! Payments and events: their clients, and offsets that give what they take. What contradicts itself is judged where the books are read.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Diagnostics, Guesses, code};
use crate::ledger::book::Method;
use crate::ledger::books::Ledger;
use crate::ledger::client_index::Clients;
use crate::span::Span;

/// Returns what is wrong with the payments and events of a ledger.
pub fn check(ledger: &Ledger, clients: &Clients) -> Diagnostics {
    let mut rows = Rows {
        clients,
        guesses: Guesses::default(),
        problems: Diagnostics::default(),
    };
    let mut offsets: HashMap<String, (Decimal, Span)> = HashMap::new();
    for payment in ledger.payments() {
        rows.client(payment.client, payment.span);
        if payment.method == Method::Offset {
            let start = (Decimal::ZERO, payment.span);
            offsets.entry(payment.id.to_owned()).or_insert(start).0 += payment.amount;
        }
    }
    for event in ledger.events().filter(|event| !event.client.is_empty()) {
        rows.client(event.client, event.span);
    }
    for (client, span) in ledger.uncounted().filter(|(client, _)| !client.is_empty()) {
        rows.client(client, span);
    }
    let mut wrong: Vec<_> = offsets
        .into_iter()
        .filter(|(_, (sum, _))| !sum.is_zero())
        .collect();
    wrong.sort_by_key(|(_, (_, span))| *span);
    for (id, (sum, span)) in wrong {
        let message = format!("the offset rows of `{id}` sum to {sum}, not to zero");
        rows.problems.push(
            Diagnostic::error(code::ROW_MOVEMENT, message)
                .at(span)
                .hint("an offset moves a credit: what one row takes another gives"),
        );
    }
    rows.problems
}

struct Rows<'c> {
    clients: &'c Clients,
    guesses: Guesses,
    problems: Diagnostics,
}

impl Rows<'_> {
    fn client(&mut self, client: &str, span: Span) {
        if self.clients.exists(client) {
            return;
        }
        let near = self.guesses.nearest(client, self.clients.ids());
        let hint = near.map_or("`acquit client list` shows them".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        let message = format!("there is no client `{client}`");
        self.problems.push(
            Diagnostic::error(code::CLIENT_UNKNOWN, message)
                .at(span)
                .hint(hint),
        );
    }
}
