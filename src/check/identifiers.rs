//! Identifiers of the seller, the clients and the accounts: form and keys.

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::identifier::{
    IbanError, check_email, check_iban, check_vat, french_vat, is_bic, is_siren, is_siret, luhn,
    siret_key,
};
use crate::ledger::party::Client;
use crate::ledger::settings::{PayMean, Settings};
use crate::span::Spanned;

/// Checks acquit.toml.
pub fn settings(settings: &Settings, problems: &mut Diagnostics) {
    let seller = &settings.seller;
    let french = seller.address.country == "FR";
    party(
        french,
        seller.id.as_ref(),
        seller.siret.as_ref(),
        seller.vat.as_ref(),
        problems,
    );
    if let Some(address) = &seller.email {
        email(address, problems);
    }
    let mut known: Vec<&str> = Vec::new();
    for mean in &settings.pay {
        if known.contains(&mean.id.as_str()) {
            let message = format!("two [[pay]] have the id `{}`", mean.id.value);
            problems.push(
                Diagnostic::error(code::KEY_TWICE, message)
                    .at(mean.id.span)
                    .hint("give each its own id"),
            );
        }
        known.push(&mean.id);
        account(mean, problems);
    }
}

/// Checks a client.
pub fn client(client: &Client, problems: &mut Diagnostics) {
    let french = client
        .address
        .as_ref()
        .is_some_and(|address| address.country == "FR");
    party(
        french,
        client.identifier.as_ref(),
        client.siret.as_ref(),
        client.vat.as_ref(),
        problems,
    );
    for address in client
        .email
        .iter()
        .chain(&client.email_cc)
        .chain(&client.email_reminders)
    {
        email(address, problems);
    }
}

/// Judges an e-mail address where it is typed by the rules by which messages are sent.
fn email(address: &Spanned<String>, problems: &mut Diagnostics) {
    if let Err(why) = check_email(address) {
        problems.push(
            Diagnostic::error(code::ID_ADDRESS, format!("`{}` {why}", address.value))
                .at(address.span)
                .hint("write the plain address alone, such as `compta@acme.example`"),
        );
    }
}

fn party(
    french: bool,
    id: Option<&Spanned<String>>,
    siret: Option<&Spanned<String>>,
    vat: Option<&Spanned<String>>,
    problems: &mut Diagnostics,
) {
    if let Some(id) = id.filter(|_| french) {
        siren(id, problems);
    }
    if let Some(siret) = siret.filter(|_| french) {
        self::siret(siret, id, problems);
    }
    if let Some(vat) = vat
        && let Err(message) = check_vat(vat)
    {
        let own = id.and_then(|id| french_vat(id)).filter(|_| french);
        let hint = own.map_or_else(
            || "for example `FR44732829320`".to_owned(),
            |own| format!("that of the SIREN is `{own}`"),
        );
        problems.push(
            Diagnostic::error(code::ID_VAT, message)
                .at(vat.span)
                .hint(hint),
        );
    }
}

/// Returns how a SIREN is written, in the place of a text that is none.
pub fn siren_hint(id: &str) -> &'static str {
    if is_siret(id) {
        "fourteen digits are a SIRET: write it as the `siret`, the SIREN follows from it"
    } else {
        "nine digits"
    }
}

fn siren(id: &Spanned<String>, problems: &mut Diagnostics) {
    if !is_siren(id) {
        let message = format!("`{}` is no SIREN", id.value);
        problems.push(
            Diagnostic::error(code::ID_SIREN, message)
                .at(id.span)
                .hint(siren_hint(id)),
        );
    } else if !luhn(id) {
        let message = format!("the key of the SIREN `{}` does not fit", id.value);
        problems.push(
            Diagnostic::warning(code::ID_SIREN, message)
                .at(id.span)
                .hint("compare it with the official register"),
        );
    }
}

fn siret(siret: &Spanned<String>, id: Option<&Spanned<String>>, problems: &mut Diagnostics) {
    if !is_siret(siret) {
        let message = format!("`{}` is no SIRET", siret.value);
        problems.push(
            Diagnostic::error(code::ID_SIRET, message)
                .at(siret.span)
                .hint("fourteen digits"),
        );
    } else if let Some(id) = id.filter(|id| !siret.starts_with(id.as_str())) {
        let message = format!(
            "the SIRET `{}` does not begin with the SIREN `{}`",
            siret.value, id.value
        );
        problems.push(
            Diagnostic::error(code::ID_SIRET, message)
                .at(siret.span)
                .hint("one of the two is another company's (BR-FR-09)"),
        );
    } else if !siret_key(siret) {
        let message = format!("the key of the SIRET `{}` does not fit", siret.value);
        problems.push(
            Diagnostic::warning(code::ID_SIRET, message)
                .at(siret.span)
                .hint("compare it with the official register"),
        );
    }
}

fn account(mean: &PayMean, problems: &mut Diagnostics) {
    if let Some(iban) = &mean.iban
        && let Err(error) = check_iban(iban)
    {
        let (message, hint) = match error {
            IbanError::Form => (
                format!("`{}` is no IBAN", iban.value),
                "two letters, two digits, then letters and digits: copy it from the bank"
                    .to_owned(),
            ),
            IbanError::Length(right, found) => (
                format!(
                    "`{}` has {found} characters, an IBAN of {} has {right}",
                    iban.value,
                    &iban[..2]
                ),
                "copy it from the bank".to_owned(),
            ),
            IbanError::Key => (
                format!(
                    "the check digits of `{}` do not fit: it has a typing error",
                    iban.value
                ),
                "copy it from the bank: money sent there would not arrive".to_owned(),
            ),
        };
        problems.push(
            Diagnostic::error(code::ID_IBAN, message)
                .at(iban.span)
                .hint(hint),
        );
    }
    if let Some(bic) = mean.bic.as_ref().filter(|bic| !is_bic(bic)) {
        let message = format!("`{}` is no BIC", bic.value);
        problems.push(
            Diagnostic::error(code::ID_BIC, message)
                .at(bic.span)
                .hint("8 or 11 capitals and digits, such as `PSSTFRPPLYO`"),
        );
    }
}
