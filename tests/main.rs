//! The one integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and prepare files by themselves"
)]

mod harness;

mod books;
mod clients;
mod concurrency;
mod consumers;
mod conversation;
mod correctives;
mod credits;
mod debits;
mod decisions;
mod disbursements;
mod door;
mod dossier;
mod einvoice;
mod faults;
mod hostile;
mod house;
mod interest;
mod journals;
mod law;
mod long;
mod markdown;
mod mentions;
mod merge;
mod money;
mod once;
mod oracle;
mod outputs;
mod pages;
mod peers;
mod post;
mod properties;
mod quotes;
mod rates;
mod recurring;
mod reminders;
mod special;
mod tampering;
mod terminal;
mod typed;
mod unclaimed;
