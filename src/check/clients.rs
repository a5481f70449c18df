//! Clients: the ways to pay that they name, and those that documents name and that have no file.

use std::collections::HashSet;

use crate::compute::issue::no_mandate;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, code};
use crate::ledger::books::Ledger;
use crate::ledger::client_index::Clients;
use crate::ledger::party::Client;
use crate::ledger::settings::{PayKind, PayMean, Settings};

/// Checks that each way to pay that a client names is one of acquit.toml, and one that the client can pay by.
pub fn pay(client: &Client, settings: &Settings, problems: &mut Diagnostics) {
    let known: Vec<&str> = settings.pay.iter().map(|mean| mean.id.as_str()).collect();
    for name in &client.pay {
        let debit = |mean: &PayMean| mean.kind == PayKind::DirectDebit;
        let own = settings.pay.iter().find(|mean| mean.id.value == name.value);
        if own.is_some_and(debit) && client.mandate.is_none() {
            // The mandate may be on its way; `issue` refuses.
            problems.push(Diagnostic {
                severity: Severity::Warning,
                ..no_mandate(&name.value, &client.id).at(name.span)
            });
        }
        if !known.contains(&name.value.as_str()) {
            let message = format!("`{}` is no way to pay of acquit.toml", name.value);
            let hint = format!("the [[pay]] ids are {}", known.join(", "));
            problems.push(
                Diagnostic::error(code::PAY_UNKNOWN, message)
                    .at(name.span)
                    .hint(hint),
            );
        }
    }
}

/// Checks that the client of each document of the register has a file; each client is said once, at its first document.
pub fn missing(ledger: &Ledger, clients: &Clients, problems: &mut Diagnostics) {
    let mut unknown: HashSet<&str> = HashSet::new();
    for entry in ledger.documents() {
        let client = entry.client;
        if !clients.exists(client) && unknown.insert(client) {
            let message = format!("the client `{client}` of this document has no file in clients/");
            let hint = "`git restore clients/` brings it back: reminders and lists need it";
            problems.push(
                Diagnostic::error(code::CLIENT_UNKNOWN, message)
                    .at(entry.span)
                    .hint(hint),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> crate::source::Source {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/studio");
        crate::source::open(&root).unwrap()
    }

    #[test]
    fn a_way_to_pay_that_a_client_names_is_one_of_the_ledger() {
        let mut source = example();
        let settings = source.settings().unwrap();
        let mut client = source.clients().iter().next().unwrap().clone();
        let mut problems = Diagnostics::default();
        client.pay = vec![settings.pay[0].id.clone()];
        pay(&client, &settings, &mut problems);
        assert!(problems.is_empty());
        client.pay[0].value = "by-pigeon".to_owned();
        pay(&client, &settings, &mut problems);
        let problem = problems.sorted().remove(0);
        assert_eq!(problem.code, code::PAY_UNKNOWN);
        assert!(problem.hint.unwrap().contains(settings.pay[0].id.as_str()));
    }

    #[test]
    fn a_client_without_a_file_is_said_once() {
        let mut source = example();
        let (ledger, clients) = (source.ledger(), source.clients());
        let mut problems = Diagnostics::default();
        missing(&ledger, &clients, &mut problems);
        assert!(problems.is_empty());
        let owners: HashSet<&str> = ledger.documents().map(|entry| entry.client).collect();
        missing(&ledger, &Clients::default(), &mut problems);
        assert_eq!(problems.iter().count(), owners.len());
        assert!(ledger.documents().count() > owners.len());
    }
}
