//! A document → its electronic invoice: attachments read and compared, rules checked, XML written.

use crate::changes::sha256;
use crate::check::catalogue::rule_id;
use crate::check::finding::{Finding, Place};
use crate::check::law::Candidate;
use crate::check::{ctc, en16931};
use crate::compute::einvoice::{self, Extras};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, code};
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::einvoice::EInvoice;
use crate::regime::{self, Regime, is_member};
use crate::source::Source;
use crate::source::repository::ReadError;
use crate::span::Span;
use crate::view::locale::Locale;
use crate::view::xml::{cii, ubl};

/// The syntax of an electronic invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// UN/CEFACT Cross Industry Invoice.
    Cii,
    /// OASIS UBL 2.1.
    Ubl,
}

/// Tells whether a document's page carries its e-invoice: sellers in the EU, and currencies that EN 16931 admits.
pub fn carries(document: &Document) -> bool {
    is_member(&document.seller.address.country) && einvoice::possible(document).is_ok()
}

/// Says why the page of a seller in the EU carries no e-invoice; nothing where it does, or where the seller is elsewhere.
pub fn without(document: &Document) -> Option<String> {
    let member =
        is_member(&document.seller.address.country) && document.kind != DocumentType::Quote;
    einvoice::possible(document)
        .err()
        .filter(|_| member)
        .map(einvoice::NoInvoice::sentence)
}

/// Returns the bytes of an issued document's attachments, in its order.
///
/// # Errors
/// Where one is missing, or is not the file that was attached.
pub fn attachments(document: &Document, source: &Source) -> Result<Vec<Vec<u8>>, Diagnostic> {
    let mut files = Vec::with_capacity(document.attachments.len());
    for attachment in &document.attachments {
        let path = format!(
            "{}/{}/{}",
            document.folder(),
            document.number,
            attachment.name
        );
        let bytes = source.repository.bytes(&path).map_err(|error| {
            if matches!(error, ReadError::Outside) {
                return crate::source::link(&path).at(document.span);
            }
            Diagnostic::error(
                code::FILE_MISSING,
                format!("the attachment {path} cannot be read"),
            )
            .at(document.span)
            .hint("`git restore` brings it back: it belongs to the issued document")
        })?;
        if sha256(&bytes) != attachment.sha256 {
            let message = format!(
                "the attachment {path} is not the file that was issued: its digest differs"
            );
            let hint =
                "an issued document is never edited: `git restore` brings its attachment back";
            return Err(Diagnostic::error(code::DOCUMENT_CHANGED, message)
                .at(document.span)
                .hint(hint));
        }
        files.push(bytes);
    }
    Ok(files)
}

/// Returns the electronic invoice of a document, if it can be one, and what the rules of e-invoicing find in it: EN 16931, and between
/// French businesses those of the French reform, each as grave as `law` has it on the issue date. `at` says where a part of the
/// document is written.
fn judged<'d>(
    document: &'d Document,
    files: &'d [Vec<u8>],
    law: &Regime,
    at: impl Fn(Place) -> Span,
) -> (Option<EInvoice<'d>>, Diagnostics) {
    let mut problems = Diagnostics::default();
    if let Err(why) = einvoice::possible(document) {
        let finding = Finding {
            rule: rule_id("BR-DEC"),
            place: Place::Document,
            message: why.sentence(),
        };
        problems.push(finding.diagnostic(Severity::Error, at));
        return (None, problems);
    }
    let credit_terms = Locale::of(document.language).label("credit_terms");
    let invoice = einvoice::einvoice(
        document,
        Extras {
            credit_terms,
            files,
        },
    );
    let mut found = en16931::check(&invoice);
    if einvoice::is_french_b2b(document) {
        found.extend(ctc::check(&invoice));
    }
    for finding in found {
        let severity = law
            .duty(Code(finding.rule), document.issued)
            .map_or(Severity::Error, |(severity, _)| severity);
        problems.push(finding.diagnostic(severity, &at));
    }
    (Some(invoice), problems)
}

/// Returns what the rules find in a document about to be issued; each thing is said at its place in the user's own files.
pub fn problems_of_draft(candidate: &Candidate<'_>, files: &[Vec<u8>]) -> Diagnostics {
    let Candidate {
        document,
        draft,
        client,
        settings,
        regime,
    } = candidate;
    // Sellers elsewhere make no e-invoice by default; what cannot be one is refused only where the client must get one.
    let member = is_member(&settings.seller.address.country);
    if !member
        || document.kind == DocumentType::Quote
        || (einvoice::possible(document).is_err() && !einvoice::is_french_b2b(document))
    {
        return Diagnostics::default();
    }
    let mut found = Diagnostics::default();
    let (_, all) = judged(document, files, regime, |place| match place {
        Place::Document => draft.span,
        Place::Seller => settings.seller.span,
        Place::Buyer => client.span,
        Place::Line(index) => draft.lines.get(index).map_or(draft.span, |line| line.span),
    });
    // That the client has no SIREN is said already by LAW-CLIENT-ID.
    let said = |problem: &Diagnostic| {
        client.identifier.is_none()
            && matches!(problem.code.0, "BR-FR-11" | "BR-FR-12")
            && problem.severity == Severity::Warning
    };
    found.extend_list(
        all.sorted()
            .into_iter()
            .filter(|problem| !said(problem))
            .collect(),
    );
    found
}

/// Returns what the rules find in an issued document; each thing is said at its place in the document's file.
pub fn problems_of_issued(document: &Document, files: &[Vec<u8>]) -> Diagnostics {
    issued(document, files).1
}

/// An issued document as its electronic invoice, and what the rules find in it.
fn issued<'d>(document: &'d Document, files: &'d [Vec<u8>]) -> (Option<EInvoice<'d>>, Diagnostics) {
    let law = regime::built_in(&document.seller.address.country);
    judged(document, files, law, |place| match place {
        Place::Line(index) => document
            .lines
            .get(index)
            .map_or(document.span, |line| line.span),
        _ => document.span,
    })
}

/// Returns a document as XML.
///
/// # Errors
/// Where it breaks a rule of EN 16931 or of the French reform, or cannot be an electronic invoice at all.
pub fn xml(document: &Document, files: &[Vec<u8>], syntax: Syntax) -> Result<Vec<u8>, Diagnostics> {
    let (invoice, found) = issued(document, files);
    let Some(invoice) = invoice.filter(|_| !found.has_errors()) else {
        return Err(found);
    };
    Ok(match syntax {
        Syntax::Cii => cii::cii(&invoice),
        Syntax::Ubl => ubl::ubl(&invoice),
    })
}
