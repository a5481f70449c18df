//! All clients of a ledger, by their ids.

use std::collections::{BTreeMap, BTreeSet};

use super::party::Client;

/// The clients.
#[derive(Debug, Default, Clone)]
pub struct Clients {
    by_id: BTreeMap<String, Client>,
    broken: BTreeSet<String>,
}

impl Clients {
    /// Adds a client.
    pub fn insert(&mut self, client: Client) {
        self.by_id.insert(client.id.clone(), client);
    }

    /// Notes a client whose file has errors: it exists, and is not unknown.
    pub fn note_broken(&mut self, id: &str) {
        self.broken.insert(id.to_owned());
    }

    /// Returns a client by its exact id.
    pub fn get(&self, id: &str) -> Option<&Client> {
        self.by_id.get(id)
    }

    /// Tells whether there is a file of this name, be it right or wrong.
    pub fn exists(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.broken.contains(id)
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
            .chain(self.broken.iter().map(String::as_str))
    }
}
