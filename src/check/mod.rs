//! RULES with stable codes over a ledger → diagnostics. Imports `ledger`, `regime`, `compute`; stops at no error.

pub mod catalogue;
pub mod ctc;
pub mod documents;
pub mod en16931;
pub mod finding;
pub mod identifiers;
pub mod law;
pub mod likeness;
pub mod lists;
pub mod payment;
pub mod plans;
pub mod quotes;
pub mod register;
pub mod rows;
