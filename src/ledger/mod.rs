//! THE SALES LEDGER: validated types under the names of EN 16931. No I/O, no clock, no wording.
//!
//! Imports only `span` and `diagnostic`; every other room imports it.

pub mod accounts;
pub mod amount;
pub mod book;
pub mod books;
pub mod client_index;
pub mod columns;
pub mod currency;
pub mod date;
pub mod document;
pub mod draft;
pub mod einvoice;
pub mod event_kind;
pub mod file_name;
pub mod identifier;
pub mod listing;
pub mod names;
pub mod numbers;
pub mod party;
pub mod pay;
pub mod plan;
pub mod quote_part;
pub mod recurring;
pub mod reminder;
pub mod settings;
pub mod terms;
pub mod texts;
pub mod vat;
pub mod words;
pub mod works;
