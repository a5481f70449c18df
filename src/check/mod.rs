//! RULES with stable codes over a ledger → diagnostics. Imports `ledger`, `regime`, `compute`; stops at no error.

pub mod ahead;
pub mod catalogue;
pub mod clients;
pub mod copies;
pub mod credits;
pub mod ctc;
pub mod documents;
pub mod drafts;
pub mod en16931;
pub mod finding;
pub mod frozen;
pub mod identifiers;
pub mod law;
pub mod likeness;
pub mod lists;
pub mod payment;
pub mod plans;
pub mod quotes;
pub mod recurring;
pub mod register;
mod registration;
pub mod rows;
mod supply;
mod terms;
