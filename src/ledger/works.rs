//! What decides mentions beside parties and figures: works at a place, how a contract is concluded, who insures and who mediates.

use rust_decimal::Decimal;

use super::words::words;

words! {
    /// How the contract that a quote offers is concluded: decides whether a consumer may withdraw from it (C. conso. art. L221-1).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Concluded {
        /// At the seller's premises, both parties present.
        Premises = "premises",
        /// By post, e-mail, telephone or a website, the parties never present together.
        Distance = "distance",
        /// Both parties present elsewhere, such as at the client's home.
        OffPremises = "off-premises",
    }
}

/// Works on a building or on its equipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Works {
    /// Where they are done.
    pub place: String,
    /// Whether they repair or maintain a dwelling or its equipment (arrêté du 24 janvier 2017).
    pub repair: bool,
    /// Whether the client certifies what a reduced rate of VAT asks of the building; by the type of document if absent.
    pub certify: Option<bool>,
    /// Price of an hour of labour in the document's currency, VAT included.
    pub hourly_rate: Option<Decimal>,
    /// What travel costs in the document's currency, VAT included; 0: nothing.
    pub travel: Option<Decimal>,
}

/// The seller's professional insurance, where it is compulsory (loi 96-603 of 5 July 1996, art. 22-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insurance {
    /// Insurer or guarantor.
    pub insurer: String,
    /// How it is reached.
    pub contact: String,
    /// The territory that it covers.
    pub cover: String,
}

/// The mediator that a consumer may turn to (C. conso. art. L616-1, R616-1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mediator {
    /// Name.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// Website.
    pub website: String,
}
