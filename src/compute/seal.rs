//! The seal that chains the register's rows (LEDGER-FORMAT, register).

use sha2::{Digest, Sha256};

use crate::changes::hex;

/// Returns the seal before the first row: the SHA-256 of the ledger's id.
pub fn genesis(id: &str) -> String {
    hex(&Sha256::digest(id.as_bytes()))
}

/// A seal as its 64 hexadecimal digits.
pub type Seal = [u8; 64];

/// Returns a seal by its digits; none where a text has not as many.
pub fn digits(text: &str) -> Option<Seal> {
    text.as_bytes().try_into().ok()
}

/// Tells whether a row's seal fits the seal before it, as [`seal`] makes it.
pub fn fits<'a>(seal: &str, previous: &Seal, fields: impl Iterator<Item = &'a str>) -> bool {
    let spelt = seal.as_bytes();
    let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
    spelt.len() == 64
        && digest(previous, fields)
            .iter()
            .zip(spelt.chunks_exact(2))
            .all(|(byte, pair)| [digit(byte >> 4), digit(byte & 15)] == *pair)
}

/// Returns a row's seal: the SHA-256 of the previous seal followed by each other field in header order, each preceded by one line feed.
pub fn seal<'a>(previous: &str, fields: impl Iterator<Item = &'a str>) -> String {
    hex(&digest(previous.as_bytes(), fields))
}

fn digest<'a>(previous: &[u8], fields: impl Iterator<Item = &'a str>) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(previous);
    for field in fields {
        digest.update(b"\n");
        digest.update(field.as_bytes());
    }
    digest.finalize().into()
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
        let before = digits(&genesis("test-ledger")).unwrap();
        let right = "0d2ae997adf490a7218de8b65558b307344addeb4b121fe0811c4b7662c119a4";
        assert!(fits(right, &before, fields.into_iter()));
        let upper = right.to_ascii_uppercase();
        for wrong in [&right[..62], &upper, &right.replace('4', "5"), ""] {
            assert!(!fits(wrong, &before, fields.into_iter()), "{wrong}");
        }
    }
}
