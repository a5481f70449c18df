//! RULES with stable codes over a ledger → diagnostics. Imports `ledger`, `regime`, `compute`; stops at no error.

pub mod catalogue;
pub mod documents;
pub mod identifiers;
pub mod law;
pub mod register;
pub mod rows;
