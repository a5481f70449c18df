//! REPORTS → BYTES: tables, CSV, JSON, TOML, texts, pages. Computes nothing, opens no files, never knows the command line.
//!
//! Imports `ledger`, `compute` (types), `regime` and the plain data.

mod budget;
pub mod claims;
pub mod compose;
pub mod csv;
pub mod digest;
pub mod dossier;
pub mod eml;
pub mod html;
pub mod journal;
pub mod json;
pub mod letter;
mod lines;
pub mod link;
pub mod locale;
mod means;
pub mod message;
pub mod paper;
pub mod pdf;
pub mod positions;
pub mod reminders;
pub mod sample;
pub mod sheet;
pub mod show;
mod signing;
pub mod sms;
pub mod snippet;
pub mod standing;
pub mod statement;
pub mod steps;
pub mod table;
pub mod text;
pub mod toml;
pub mod typeset;
pub mod xml;
