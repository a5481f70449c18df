//! What decides which mentions of the law a document bears.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::ledger::document::DocumentType;
use crate::ledger::party::{ClientKind, VatDue};
use crate::ledger::terms::QuoteCost;

/// What a document supplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Supply {
    /// Services alone.
    Services,
    /// Goods alone.
    Goods,
    /// Both.
    Mixed,
}

/// What becomes of the VAT where a discount for early payment is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscountForm {
    /// There is no such discount.
    None,
    /// A credit note follows.
    CreditNote,
    /// The document says which VAT may be deducted.
    Mention,
}

/// Where the rate of late interest comes from; none of these where the law gives no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LateForm {
    /// The law gives it.
    Statutory,
    /// The parties agreed on it.
    Agreed,
    /// The law gives it by a reference rate that is not known yet.
    Rule,
}

/// Something that is so, or that the ledger states: a mention needs all that its rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The seller states its professional insurance.
    Insurance,
    /// The seller states its mediator.
    Mediator,
    /// The seller is in liquidation.
    Liquidation,
    /// The seller is registered as a commercial agent.
    CommercialAgent,
    /// The contract is concluded at a distance.
    Distance,
    /// The contract is concluded off the seller's premises.
    OffPremises,
    /// Works are done at a place.
    Works,
    /// The works repair or maintain a dwelling or its equipment.
    Repair,
    /// The price of an hour of labour is stated.
    HourlyRate,
    /// Travel costs something.
    Travel,
    /// Travel costs nothing.
    NoTravel,
    /// The client certifies what a reduced rate asks of the building.
    Certify,
}

/// What a document itself says of when it was supplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupplyDay {
    /// It states a day or a period, for the whole or for a line.
    Stated,
    /// It states none: its own day is meant.
    Issue,
}

/// What decides which mentions a document bears.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The client's kind.
    pub client: ClientKind,
    /// The document's type.
    pub kind: DocumentType,
    /// What it supplies.
    pub supply: Supply,
    /// When its VAT falls due.
    pub vat_due: VatDue,
    /// The form of its discount for early payment.
    pub discount: DiscountForm,
    /// What it says of the day of supply.
    pub supply_day: SupplyDay,
    /// What is said of the price of quotes.
    pub quote_cost: QuoteCost,
    /// Where its late interest comes from, if the law or the parties give a rate.
    pub late: Option<LateForm>,
    /// What is so besides.
    pub conditions: &'a [Condition],
    /// Its rates of VAT, in percent.
    pub rates: &'a [Decimal],
}
