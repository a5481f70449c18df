//! What commands do: each file takes plain options and gives changes, messages or a report; no file of it knows the command line.

pub mod copy;
pub mod cover;
pub mod credit;
pub mod design;
pub mod digest;
pub mod discount;
pub mod dispatch;
pub mod drafts;
pub mod electronic;
pub mod evidence;
pub mod incident;
pub mod lapse;
pub mod load;
pub mod message;
pub mod movement;
pub mod new;
pub mod offers;
pub mod order;
pub mod page;
pub mod plan;
pub mod preceding;
pub mod quote;
pub mod quote_invoice;
pub mod rates;
pub mod receipt;
pub mod record;
pub mod reminders;
pub mod resolve;
#[cfg(test)]
mod sample;
pub mod typed;
