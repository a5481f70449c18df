//! clients/ID.toml → a client.

use super::fields::Fields;
use super::settings::{address, currency, endpoint, french_ids, steps, terms};
use crate::ledger::identifier::compact;
use crate::ledger::party::{Client, ClientKind, Language, Place};
use crate::ledger::terms::TermsOverride;

/// Reads a client's file.
pub fn client(mut fields: Fields<'_, '_>, id: &str) -> Option<Client> {
    let name = fields.required_text("name", "\"Acme SAS\"");
    let kind = fields
        .choice("kind", ClientKind::WORDS)
        .map_or(ClientKind::Business, |kind| kind.value);
    let mut client = Client {
        id: id.to_owned(),
        span: fields.span(),
        name: name
            .clone()
            .unwrap_or_else(|| crate::span::Spanned::new(String::new(), fields.span())),
        kind,
        taxable: fields.boolean("taxable", true),
        identifier: fields.text("id"),
        siret: fields.text("siret"),
        vat: fields.text("vat").map(|vat| vat.map(|text| compact(&text))),
        endpoint: endpoint(&mut fields),
        routing: fields.string("routing"),
        language: fields
            .choice("language", Language::WORDS)
            .map(|language| language.value),
        currency: currency(&mut fields, "currency").map(|currency| currency.value),
        pay: fields.texts("pay"),
        mandate: fields.string("mandate"),
        email: fields.texts("email"),
        email_cc: fields.texts("email_cc"),
        email_reminders: fields.texts("email_reminders"),
        contact: fields.string("contact"),
        phone: fields.string("phone"),
        reference: fields.string("reference"),
        accounting: fields.string("accounting"),
        note: fields.paragraph("note").map(|note| note.value),
        address: fields.table("address").and_then(address),
        billing: fields.table("billing").and_then(place),
        delivery: fields.table("delivery").and_then(place),
        terms: fields
            .table("terms")
            .map_or_else(TermsOverride::default, terms),
        reminders: steps(&mut fields),
    };
    fields.finish();
    name?;
    let french = client
        .address
        .as_ref()
        .is_some_and(|address| address.country == "FR");
    if french {
        french_ids(&mut client.identifier, &mut client.siret);
    }
    if let Some(siren) = client
        .identifier
        .as_ref()
        .filter(|_| french && client.endpoint.is_none())
    {
        // XP Z12-013: SIREN, SIREN_ROUTING or SIREN_SIRET_ROUTING, as the directory of the reform lists it.
        let more =
            client
                .routing
                .as_ref()
                .map_or_else(String::new, |routing| match &client.siret {
                    Some(siret) => format!("_{}_{routing}", siret.value),
                    None => format!("_{routing}"),
                });
        client.endpoint = Some(format!("0225:{}{more}", siren.value));
    }
    Some(client)
}

/// Reads a name and an address.
pub fn place(mut fields: Fields<'_, '_>) -> Option<Place> {
    let name = fields.string("name");
    // The keys of the address stand beside the name.
    address(fields).map(|address| Place { name, address })
}
