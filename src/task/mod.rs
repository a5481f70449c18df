//! What commands do: each file takes plain options and gives changes, messages or a report; no file of it knows the command line.

pub mod check;
pub mod client;
pub mod copy;
pub mod cover;
pub mod credit;
pub mod dates;
pub mod design;
pub mod digest;
pub mod discount;
pub mod dispatch;
pub mod dispute;
pub mod dossier;
pub mod drafts;
pub mod electronic;
pub mod evidence;
pub mod frozen;
pub mod given;
pub mod happening;
pub mod incident;
pub mod interest;
pub mod lapse;
pub mod law;
pub mod links;
pub mod list;
pub mod load;
pub mod message;
pub mod movement;
pub mod new;
pub mod offers;
pub mod order;
pub mod overdue;
pub mod page;
pub mod plan;
pub mod preceding;
pub mod quote;
pub mod quote_invoice;
pub mod rates;
pub mod receipt;
pub mod record;
pub mod recurring;
pub mod reminders;
pub mod resolve;
#[cfg(test)]
mod sample;
pub mod show;
pub mod statement;
pub mod status;
pub mod typed;
pub mod unclaimed;
pub mod waive;
pub mod write_off;

/// Opens an example ledger of the repository, for tests.
#[cfg(test)]
fn example(name: &str) -> crate::source::Source {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    crate::source::open(&root.join(name)).unwrap()
}
