//! `remind --digest`: what the owner is to know this morning, on the terminal or as an e-mail to oneself.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;

use super::message::Parcel;
use super::reminders::write_parcel;
use super::unclaimed::Unclaimed;
use crate::compute::books::Books;
use crate::compute::digest::{Entry, Matter, digest};
use crate::compute::rates::Missing;
use crate::compute::remind::Day;
use crate::diagnostic::{Diagnostic, code};
use crate::ledger::settings::Settings;
use crate::session::{Failure, Format, Session};
use crate::source::repository::Conversation;
use crate::view::digest::{html, sheet, text};
use crate::view::eml::{Mail, eml};
use crate::view::sheet::Report;

/// Columns of the text in an e-mail.
const WIDTH: u16 = 78;

/// What the digest is made from.
pub struct Digest<'d> {
    /// The plan of the day.
    pub day: &'d Day,
    /// The books as of the day.
    pub books: &'d Books,
    /// Claims that lapse soon: their last days, by their places in the books.
    pub lapsing: &'d BTreeMap<usize, NaiveDate>,
    /// What is left to claim of what was paid late.
    pub unclaimed: &'d [Unclaimed],
    /// Rates of the law that are missing, or will be within a month.
    pub missing: &'d [Missing],
    /// What another command is sending just now.
    pub leaving: Option<&'d Conversation>,
}

/// Prints the digest, or writes it under a folder; where there is nothing to know, nothing.
///
/// # Errors
/// Where it cannot be written, or the seller's address is none.
pub fn run(
    made: &Digest<'_>,
    settings: &Settings,
    folder: Option<&Path>,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let mut entries = digest(made.day, made.books, made.lapsing);
    // What another command is sending just now is not unknown.
    entries.retain(|entry| match &entry.matter {
        Matter::Unknown(id) => !made.leaving.is_some_and(|leaving| leaving.is(id)),
        _ => true,
    });
    entries.extend(made.unclaimed.iter().map(|one| Entry {
        matter: Matter::Unclaimed(one.sum(), one.words()),
        index: one.index,
    }));
    let items = sheet(&entries, made.books, made.missing);
    let Some(folder) = folder else {
        if session.format() == Format::Table {
            let text = text(&items, made.missing, session.terminal.width);
            return session.data(&text);
        }
        return session.report(
            &Report {
                schema: "digest",
                today: session.today,
                items,
                totals: None,
            },
            "",
        );
    };
    if items.rows.is_empty() {
        return Ok(());
    }
    let text = text(&items, made.missing, WIDTH);
    let subject = format!("acquit, {}: {}", session.today, settings.seller.name.value);
    let parcel = match settings.seller.email.as_deref() {
        None => Parcel {
            ending: "txt",
            bytes: text.into_bytes(),
            remark: None,
            claims: Vec::new(),
        },
        Some(own) => {
            let to = [own.to_owned()];
            let mail = Mail {
                from: ("acquit", own),
                name: &settings.seller.name.value,
                to: &to,
                subject: &subject,
                text: &text,
                html: &html(&subject, &text),
                day: session.today,
                ..Mail::default()
            };
            let bytes = eml(&mail).map_err(|sentence| {
                Diagnostic::error(code::VALUE_TEXT, sentence).hint("correct it in acquit.toml")
            })?;
            Parcel {
                ending: "eml",
                bytes,
                remark: None,
                claims: Vec::new(),
            }
        }
    };
    let path = folder
        .join(session.today.to_string())
        .join(format!("digest.{}", parcel.ending));
    write_parcel(session, &path, &parcel)
}
