//! The seal that chains the register's rows (LEDGER-FORMAT, register).

use sha2::{Digest, Sha256};

use crate::changes::hex;

/// Returns the seal before the first row: the SHA-256 of the ledger's id.
pub fn genesis(id: &str) -> String {
    hex(&Sha256::digest(id.as_bytes()))
}

/// Returns a row's seal: the SHA-256 of the previous seal followed by each other field in header order, each preceded by one line feed.
pub fn seal<'a>(previous: &str, fields: impl Iterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    digest.update(previous.as_bytes());
    for field in fields {
        digest.update(b"\n");
        digest.update(field.as_bytes());
    }
    hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vector of the format.
    #[test]
    fn the_vector_holds() {
        let zeros = "0".repeat(64);
        let fields = [
            "F2026-0001",
            "invoice",
            "acme",
            "Acme, SAS",
            "2026-11-22",
            "2026-11-20",
            "2026-12-22",
            "EUR",
            "1",
            "100.00",
            "20.00",
            "120.00",
            "0.00",
            "120.00",
            "services:S:20:100.00:20.00",
            "",
            &zeros,
        ];
        assert_eq!(
            seal(&genesis("test-ledger"), fields.into_iter()),
            "0d2ae997adf490a7218de8b65558b307344addeb4b121fe0811c4b7662c119a4"
        );
    }
}
