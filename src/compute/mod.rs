//! PURE: (ledger, regime, today) → documents and reports. No clock, no files, no wording of its own; mutates nothing it is given.
//!
//! Imports `ledger` and `regime` (and the plain data of `span`, `diagnostic`, `changes`).

mod account;
pub mod allocate;
mod balances;
pub mod books;
pub mod case;
pub mod chronicle;
pub mod credits;
mod debtors;
pub mod decide;
pub mod demand;
pub mod digest;
pub mod discount;
pub mod dossier;
pub mod einvoice;
pub mod epc;
pub mod freeze;
pub mod interest;
pub mod issue;
pub mod journal;
pub mod late;
pub mod limitation;
mod mentions;
mod movements;
pub mod number;
pub mod outgoing;
pub mod position;
pub mod quotes;
pub mod rates;
pub mod recurring;
pub mod register;
pub mod remind;
pub mod rest;
pub mod said;
pub mod schedule;
pub mod seal;
pub mod share;
mod state;
pub mod statement;
pub mod totals;
pub mod verify;
