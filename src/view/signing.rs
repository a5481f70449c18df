//! What the client signs on a page: the agreement to a quote, and declarations.

use super::paper::Page;
use super::pdf::Signature;
use crate::ledger::document::DocumentType;

impl Page<'_> {
    /// Where a quote is signed.
    pub(super) fn signature(&self) -> Option<Signature> {
        let lines = vec![self.label("signature")];
        (self.d.kind == DocumentType::Quote).then(|| Signature {
            heading: self.label("agreement"),
            lines,
        })
    }

    /// What the client declares, such as what a reduced rate of VAT asks of a building.
    pub(super) fn declarations(&self) -> Vec<Signature> {
        let signed = self.d.mentions.iter().filter(|mention| mention.sign);
        let block = |heading: String| Signature {
            heading,
            lines: vec![self.label("signature")],
        };
        signed.map(|mention| block(mention.text.clone())).collect()
    }
}
