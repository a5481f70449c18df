//! All clients of a ledger, by their ids.

use std::collections::BTreeMap;

use super::party::Client;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// The clients.
#[derive(Debug, Default, Clone)]
pub struct Clients {
    by_id: BTreeMap<String, Client>,
    broken: BTreeMap<String, Diagnostics>,
    strays: Diagnostics,
}

impl Clients {
    /// Adds a client.
    pub fn insert(&mut self, client: Client) {
        self.by_id.insert(client.id.clone(), client);
    }

    /// Notes a client whose file has errors: it exists, and is not unknown.
    pub fn note_broken(&mut self, id: &str, problems: Diagnostics) {
        self.broken.insert(id.to_owned(), problems);
    }

    /// Notes a file that can be no client's.
    pub fn note_stray(&mut self, problem: Diagnostic) {
        self.strays.push(problem);
    }

    /// Returns what is wrong with a client's file; none where nothing is.
    pub fn broken(&self, id: &str) -> Option<&Diagnostics> {
        self.broken.get(id)
    }

    /// Returns all that is wrong with the files of clients.
    pub fn problems(&self) -> Diagnostics {
        let mut all = self.strays.clone();
        for problems in self.broken.values() {
            all.extend(problems.clone());
        }
        all
    }

    /// Returns a client by its exact id.
    pub fn get(&self, id: &str) -> Option<&Client> {
        self.by_id.get(id)
    }

    /// Tells whether there is a file of this name, be it right or wrong.
    pub fn exists(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.broken.contains_key(id)
    }

    /// Returns all clients by id.
    pub fn iter(&self) -> impl Iterator<Item = &Client> {
        self.by_id.values()
    }

    /// Returns all ids, of files with errors too.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id
            .keys()
            .map(String::as_str)
            .chain(self.broken.keys().map(String::as_str))
    }
}
