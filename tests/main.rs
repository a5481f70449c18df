//! The one integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and prepare files by themselves"
)]

mod harness;

mod books;
mod concurrency;
mod consumers;
mod correctives;
mod credits;
mod decisions;
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
mod money;
mod oracle;
mod pages;
mod peers;
mod post;
mod properties;
mod quotes;
mod reminders;
mod terminal;
mod unclaimed;
