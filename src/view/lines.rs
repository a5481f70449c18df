//! The lines of a document → the table of its page, and VAT per rate beside the totals.

use rust_decimal::Decimal;

use super::paper::Page;
use super::pdf::design::LineColumn;
use super::pdf::{Align, Column, Grid, Row};
use crate::compute::issue::Words;
use crate::ledger::document::{Line, LineAdjustment, PriceMode};
use crate::ledger::party::Operation;
use crate::ledger::vat::{Category, DISBURSEMENT};

impl Page<'_> {
    /// Whether VAT is spoken of line by line: not where everything is exempt, as under franchise.
    pub(super) fn charges_vat(&self) -> bool {
        self.d.vat.iter().any(|group| group.category != Category::E)
    }

    /// A rate, or the word for the case in which there is none.
    fn rate(&self, category: Category, rate: Decimal) -> String {
        let group = self
            .d
            .vat
            .iter()
            .find(|group| group.category == category && group.rate == rate);
        let is_disbursement =
            group.is_some_and(|group| group.code.as_deref() == Some(DISBURSEMENT));
        match category {
            Category::S => self.l.percent(rate),
            Category::Z => self.l.percent(Decimal::ZERO),
            Category::Ae => self.label("vat_reverse"),
            Category::K => self.label("vat_intra"),
            Category::G => self.label("vat_export"),
            Category::O => self.label("vat_outside"),
            Category::E if is_disbursement => self.label("vat_disbursement"),
            Category::E => self.label("vat_exempt"),
        }
    }

    /// Columns in the order of the design; those that would be empty are left out.
    fn line_columns(&self) -> impl Iterator<Item = LineColumn> {
        let has = |column: &LineColumn| match column {
            LineColumn::Rate => self.charges_vat(),
            LineColumn::Unit => self.d.lines.iter().any(|line| line.unit.is_some()),
            LineColumn::Discount => self.d.lines.iter().any(|line| line.discount.is_some()),
            _ => true,
        };
        self.dress.design.columns.iter().copied().filter(has)
    }

    fn has_column(&self, column: LineColumn) -> bool {
        self.line_columns().any(|known| known == column)
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        // Where no VAT is spoken of, "without VAT" says nothing; where prices hold it, the net of a line must say so.
        let (price, net) = match (self.charges_vat(), self.d.prices) {
            (false, _) => ("price_plain", "line_plain"),
            (true, PriceMode::Net) => ("price", "line_net"),
            (true, PriceMode::Gross) => ("price_gross", "line_net_gross"),
        };
        let point = self.l.point().chars().next();
        let column = |column: LineColumn| {
            let (name, align, point) = match column {
                LineColumn::Position => ("position", Align::Right, None),
                LineColumn::Item => ("item", Align::Left, None),
                LineColumn::Quantity => ("quantity", Align::Right, point),
                LineColumn::Unit => ("unit", Align::Left, None),
                LineColumn::Price => (price, Align::Right, point),
                LineColumn::Discount => ("discount", Align::Right, None),
                LineColumn::Rate => ("rate", Align::Right, None),
                LineColumn::Net => (net, Align::Right, point),
            };
            Column {
                title: self.label(name),
                align,
                flexible: column == LineColumn::Item,
                point,
            }
        };
        self.line_columns().map(column).collect()
    }

    pub(super) fn row(&self, at: usize, line: &Line) -> Row {
        let unit = line
            .unit
            .as_ref()
            .map(|unit| self.l.unit(unit, line.quantity))
            .unwrap_or_default();
        let quantity = self.l.number(line.quantity);
        let beside = !unit.is_empty() && !self.has_column(LineColumn::Unit);
        let discount = line
            .discount
            .as_ref()
            .filter(|_| self.has_column(LineColumn::Discount));
        let is_disbursement = line.operation == Operation::Disbursement;
        let cell = |column: LineColumn| match column {
            LineColumn::Position => (at + 1).to_string(),
            LineColumn::Item => line.item.clone(),
            LineColumn::Quantity if beside => format!("{quantity}\u{a0}{unit}"),
            LineColumn::Quantity => quantity.clone(),
            LineColumn::Unit => unit.clone(),
            LineColumn::Price => self.l.price(line.price, self.d.currency),
            LineColumn::Discount => discount
                .map(|discount| self.discount(discount))
                .unwrap_or_default(),
            LineColumn::Rate if is_disbursement => self.label("vat_disbursement"),
            LineColumn::Rate => self.rate(line.category, line.rate),
            LineColumn::Net => self.l.fixed(line.net, self.d.currency.digits()),
        };
        let cells = self.line_columns().map(cell).collect();
        let mut detail: Vec<String> = Vec::new();
        // Without a column of rates nothing else tells it from what the seller supplies.
        if is_disbursement && !self.has_column(LineColumn::Rate) {
            detail.push(self.label("vat_disbursement"));
        }
        detail.extend(
            line.description
                .iter()
                .flat_map(|text| text.split('\n'))
                .map(str::to_owned),
        );
        detail.extend(line.period.map(|period| self.period(period)));
        detail.extend(
            line.sku
                .as_ref()
                .map(|sku| self.l.label("sku").replace("{sku}", sku)),
        );
        let shown = |adjustment: &&LineAdjustment| {
            discount.is_none() || adjustment.reason != self.l.label("discount")
        };
        detail.extend(
            line.discount
                .as_ref()
                .filter(shown)
                .map(|part| self.adjustment("line_discount", part)),
        );
        detail.extend(
            line.charge
                .as_ref()
                .map(|part| self.adjustment("line_charge", part)),
        );
        Row { cells, detail }
    }

    /// A discount in its own column: the percentage it was, else the amount.
    fn discount(&self, discount: &LineAdjustment) -> String {
        let text = discount.percent.map_or_else(
            || self.l.fixed(discount.amount, self.d.currency.digits()),
            |part| self.l.percent(part),
        );
        format!("-{text}")
    }

    fn adjustment(&self, name: &str, adjustment: &LineAdjustment) -> String {
        let reason = match adjustment.percent {
            Some(percent) => format!("{} {}", adjustment.reason, self.l.percent(percent)),
            None => adjustment.reason.clone(),
        };
        // On a line that takes back, a discount adds and a charge takes off: the sign is the other label's.
        let name = match (adjustment.amount.is_sign_negative(), name) {
            (true, "line_discount") => "line_charge",
            (true, _) => "line_discount",
            (false, name) => name,
        };
        self.l
            .label(name)
            .replace("{reason}", &reason)
            .replace("{amount}", &self.amount(adjustment.amount.abs()))
    }

    /// VAT per rate; nothing where no VAT is charged at all.
    pub(super) fn vat(&self) -> Option<Grid> {
        if !self.charges_vat() {
            return None;
        }
        let digits = self.d.currency.digits();
        let point = self.l.point().chars().next();
        let column = |name: &str| Column {
            title: self.label(name),
            align: Align::Right,
            flexible: false,
            point,
        };
        let rate = Column {
            title: self.label("vat_category"),
            align: Align::Left,
            flexible: true,
            point: None,
        };
        let rows = self.d.vat.iter().map(|group| {
            let rate = self.rate(group.category, group.rate);
            vec![
                rate,
                self.l.fixed(group.base, digits),
                self.l.fixed(group.vat, digits),
            ]
        });
        Some(Grid {
            columns: vec![rate, column("vat_base"), column("vat_amount")],
            rows: rows.collect(),
        })
    }
}
