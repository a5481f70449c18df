//! What credit notes leave of a document: bases and VAT by operation, category and rate, and the rounding amount. VAT that is taken back
//! is the VAT that was invoiced (CGI art. 272, 1; BOI-TVA-DECLA-30-20-20), so the last credit note is a subtraction, not a multiplication.

use rust_decimal::Decimal;

use super::register::{add, own};
use super::totals::{LineInput, Sums, vat_of};
use crate::ledger::amount::{round, split};
use crate::ledger::document::{Document, PriceMode, Slice};
use crate::ledger::party::Operation;
use crate::ledger::vat::Category;

/// How many units of the last digit (cents) a base from prices with VAT may miss what is left of its rate.
const NEAR: i64 = 10;

/// What a part comes to for one operation, category and rate: a line of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareLine {
    /// Goods or services.
    pub operation: Operation,
    /// BT-151.
    pub category: Category,
    /// BT-152, in percent.
    pub rate: Decimal,
    /// Quantity × price; negative where the document takes more off than it asks for.
    pub amount: Decimal,
}

/// What is left of documents to credit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Left {
    /// By operation, category and rate; those of nothing may stand in it.
    pub slices: Vec<Slice>,
    /// BT-114.
    pub rounding: Decimal,
}

/// What is left of one category and rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// BT-118.
    pub category: Category,
    /// BT-119, in percent.
    pub rate: Decimal,
    /// Without VAT.
    pub base: Decimal,
    /// VAT.
    pub vat: Decimal,
}

/// Lines of a credit note without VAT, and its rounding amount where it has to be stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// One for each operation, category and rate.
    pub lines: Vec<ShareLine>,
    /// BT-114.
    pub rounding: Option<Decimal>,
}

impl Left {
    /// Returns all that a document asked for, before any credit note.
    pub fn of(document: &Document) -> Self {
        Self {
            slices: own(document),
            rounding: document.totals.rounding,
        }
    }

    /// Adds what is signed the other way (a credit note), or what is left of another document.
    pub fn add(&mut self, other: &Self) {
        for slice in &other.slices {
            add(&mut self.slices, *slice);
        }
        self.rounding += other.rounding;
    }

    /// Returns what it comes to, VAT and rounding amount included.
    pub fn asked(&self) -> Decimal {
        let sum: Decimal = self.slices.iter().map(|slice| slice.base + slice.vat).sum();
        sum + self.rounding
    }

    /// Returns what is left by category and rate, also where that is nothing.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for slice in &self.slices {
            let same =
                |group: &&mut Group| (group.category, group.rate) == (slice.category, slice.rate);
            match groups.iter_mut().find(same) {
                Some(group) => {
                    group.base += slice.base;
                    group.vat += slice.vat;
                }
                None => groups.push(Group {
                    category: slice.category,
                    rate: slice.rate,
                    base: slice.base,
                    vat: slice.vat,
                }),
            }
        }
        groups
    }

    /// Returns what is left at a category and rate.
    pub fn group(&self, category: Category, rate: Decimal) -> Option<Group> {
        let mut groups = self.groups().into_iter();
        groups.find(|group| (group.category, group.rate) == (category, rate))
    }

    /// Tells whether bases by category and rate are all that is left.
    pub fn is_all(&self, bases: &[(Category, Decimal, Decimal)]) -> bool {
        self.groups().iter().all(|group| {
            let own = bases
                .iter()
                .find(|base| (base.0, base.1) == (group.category, group.rate));
            own.map_or(group.base.is_zero() && group.vat.is_zero(), |own| {
                own.2 == group.base
            })
        })
    }

    /// Returns the lines of a credit note on all that is left; `first` is the operation, category and rate of a line that asks for
    /// nothing, where nothing but VAT or a rounding amount is left.
    pub fn all(&self, first: ShareLine) -> Part {
        let line = |slice: &Slice, amount| ShareLine {
            operation: slice.operation,
            category: slice.category,
            rate: slice.rate,
            amount,
        };
        let bases = self.slices.iter().filter(|slice| !slice.base.is_zero());
        let mut lines: Vec<ShareLine> = bases.map(|slice| line(slice, slice.base)).collect();
        for slice in self.slices.iter().filter(|slice| !slice.vat.is_zero()) {
            let has = |line: &ShareLine| (line.category, line.rate) == (slice.category, slice.rate);
            if !lines.iter().any(has) {
                lines.push(line(slice, Decimal::ZERO));
            }
        }
        if lines.is_empty() {
            lines.push(ShareLine {
                amount: Decimal::ZERO,
                ..first
            });
        }
        Part {
            lines,
            rounding: None,
        }
    }

    /// Returns the lines of a credit note whose total with VAT is an amount from one unit of the last digit up to all that is left. It is
    /// split over the rates by largest remainder, pro rata to what is left of each; where no base gives a rate's part exactly, cents move
    /// between the rates, and what nothing meets is the rounding amount.
    pub fn part(&self, amount: Decimal, first: ShareLine, digits: u32) -> Part {
        if amount == self.asked() {
            return self.all(first);
        }
        let groups = self.groups();
        let bases = bases(&groups, amount, digits);
        let met: Decimal = groups
            .iter()
            .zip(&bases)
            .map(|(group, base)| *base + taken(group, *base, digits))
            .sum();
        let keyed: Vec<(Category, Decimal, Decimal)> = groups
            .iter()
            .zip(&bases)
            .map(|(group, base)| (group.category, group.rate, *base))
            .collect();
        let rounding = amount - met;
        let is_stated = !rounding.is_zero() || self.is_all(&keyed);
        let mut lines = self.over_operations(&keyed, digits);
        if lines.is_empty() {
            lines = self.all(first).lines;
            lines.truncate(1);
            for line in &mut lines {
                line.amount = Decimal::ZERO;
            }
        }
        Part {
            lines,
            rounding: is_stated.then_some(rounding),
        }
    }

    /// Splits each rate's base over the operations that have it.
    fn over_operations(
        &self,
        bases: &[(Category, Decimal, Decimal)],
        digits: u32,
    ) -> Vec<ShareLine> {
        let mut lines = Vec::new();
        for (category, rate, base) in bases {
            let same = |slice: &&Slice| (slice.category, slice.rate) == (*category, *rate);
            let members: Vec<&Slice> = self.slices.iter().filter(same).collect();
            let weights: Vec<Decimal> = members.iter().map(|slice| slice.base).collect();
            for (slice, amount) in members.iter().zip(split(*base, &weights, digits)) {
                lines.push(ShareLine {
                    operation: slice.operation,
                    category: *category,
                    rate: *rate,
                    amount,
                });
            }
        }
        lines.retain(|line| !line.amount.is_zero());
        lines
    }
}

/// The VAT that a credit note takes back with a base of a rate: all that is left with all of the base, else base × rate.
fn taken(group: &Group, base: Decimal, digits: u32) -> Decimal {
    if base == group.base {
        group.vat
    } else {
        vat_of(base, group.rate, digits)
    }
}

/// Tells whether a base is between nothing and what is left of its rate, which is below zero where the document took more off than it
/// asked for.
pub fn is_within(base: Decimal, left: Decimal) -> bool {
    if left.is_sign_negative() {
        base <= Decimal::ZERO && base >= left
    } else {
        base >= Decimal::ZERO && base <= left
    }
}

/// Returns a base for each rate, so that bases and VAT come to an amount, or as near to it as they can.
fn bases(groups: &[Group], amount: Decimal, digits: u32) -> Vec<Decimal> {
    let weights: Vec<Decimal> = groups.iter().map(|group| group.base + group.vat).collect();
    let mut parts = split(amount, &weights, digits);
    let unit = Decimal::new(1, digits);
    // Pro rata to what is left, so that what many credit notes round evens out.
    let near = |index: usize, gross: Decimal| -> Decimal {
        let group = &groups[index];
        let whole = group.base + group.vat;
        if whole.is_zero() {
            return Decimal::ZERO;
        }
        let base = round(group.base * (gross / whole), digits);
        let (low, high) = (group.base.min(Decimal::ZERO), group.base.max(Decimal::ZERO));
        base.clamp(low, high)
    };
    let base = |index: usize, gross: Decimal| -> Option<Decimal> {
        let (first, group) = (near(index, gross), &groups[index]);
        [first, first - unit, first + unit]
            .into_iter()
            .find(|base| {
                is_within(*base, group.base) && *base + taken(group, *base, digits) == gross
            })
    };
    let mut found: Vec<Option<Decimal>> = (0..parts.len())
        .map(|index| base(index, parts[index]))
        .collect();
    // A rate whose part has no base gives a cent to another, or takes one.
    for index in 0..parts.len() {
        if found[index].is_some() {
            continue;
        }
        let moved = (0..parts.len())
            .filter(|other| *other != index)
            .find_map(|other| {
                [unit, -unit].into_iter().find_map(|cent| {
                    let mine = base(index, parts[index] + cent)?;
                    let theirs = base(other, parts[other] - cent)?;
                    Some((other, cent, mine, theirs))
                })
            });
        if let Some((other, cent, mine, theirs)) = moved {
            parts[index] += cent;
            parts[other] -= cent;
            found[index] = Some(mine);
            found[other] = Some(theirs);
        }
    }
    found
        .iter()
        .enumerate()
        .map(|(index, base)| base.unwrap_or_else(|| near(index, parts[index])))
        .zip(groups)
        .map(|(base, group)| steady(group, base, digits))
        .collect()
}

/// Returns a base, or one beside it, after which the VAT that is left fits the base that is left: BR-CO-17 allows the two to miss each other
/// by less than 1, which a few credit notes in a currency without decimals would exceed. What the other base misses is the rounding amount.
fn steady(group: &Group, base: Decimal, digits: u32) -> Decimal {
    let missed = |base: Decimal| {
        let exact = (group.base - base) * group.rate / Decimal::ONE_HUNDRED;
        (group.vat - taken(group, base, digits) - exact).abs()
    };
    // Six tenths is half a step of what another base changes, at 20 %.
    if base == group.base || missed(base) <= Decimal::new(6, 1) {
        return base;
    }
    let unit = Decimal::new(1, digits);
    let beside = (1..=3).flat_map(|step| {
        let step = unit * Decimal::from(step);
        [base - step, base + step]
    });
    beside
        .filter(|other| is_within(*other, group.base) && *other != group.base)
        .chain([base])
        .min_by_key(|other| missed(*other))
        .unwrap_or(base)
}

/// Brings the figures of a credit note to what is left: with all of a rate's base goes all of its VAT, with all bases the whole of what
/// is left, so that a cent which base and VAT miss is the rounding amount. `stated` is the rounding amount that the draft states.
///
/// Prices with VAT give bases that may miss what is left by cents: where they come to all that is left, or exceed a rate, the bases are
/// those that are left.
pub fn close(
    sums: &mut Sums,
    lines: &[LineInput],
    left: &Left,
    stated: Option<Decimal>,
    mode: PriceMode,
    digits: u32,
) {
    let asked = sums.net + sums.vat + sums.rounding;
    let is_gross = mode == PriceMode::Gross;
    let is_whole = is_gross && asked == left.asked();
    let near = Decimal::new(NEAR, digits);
    for group in &mut sums.groups {
        let Some(rest) = left.group(group.category, group.rate) else {
            continue;
        };
        let shift = rest.base - group.base;
        let is_near = shift.abs() <= near;
        if is_gross && is_near && (is_whole || !is_within(group.base, rest.base)) {
            let place = lines
                .iter()
                .position(|line| (line.category, line.rate) == (group.category, group.rate));
            if let Some(line) = place.and_then(|place| sums.lines.get_mut(place)) {
                line.net += shift;
                group.base = rest.base;
            }
        }
        group.vat = taken(&rest, group.base, digits);
    }
    sums.net = sums.groups.iter().map(|group| group.base).sum();
    sums.vat = sums.groups.iter().map(|group| group.vat).sum();
    let bases: Vec<(Category, Decimal, Decimal)> = sums
        .groups
        .iter()
        .map(|group| (group.category, group.rate, group.base))
        .collect();
    sums.rounding = match stated {
        _ if is_gross => asked,
        Some(rounding) => sums.net + sums.vat + rounding,
        None if left.is_all(&bases) => left.asked(),
        None => sums.net + sums.vat,
    } - sums.net
        - sums.vat;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn slice(rate: &str, base: &str, vat: &str) -> Slice {
        Slice {
            operation: Operation::Services,
            category: Category::S,
            rate: d(rate),
            base: d(base),
            vat: d(vat),
        }
    }

    fn left(slices: &[Slice]) -> Left {
        Left {
            slices: slices.to_vec(),
            rounding: Decimal::ZERO,
        }
    }

    fn part(left: &Left, amount: &str) -> (Vec<Decimal>, Option<Decimal>) {
        let part = left.part(d(amount), first(), 2);
        let nets = part.lines.iter().map(|line| line.amount).collect();
        (nets, part.rounding)
    }

    fn first() -> ShareLine {
        ShareLine {
            operation: Operation::Services,
            category: Category::S,
            rate: d("20"),
            amount: Decimal::ZERO,
        }
    }

    /// The audit's first vector: of 100.01 and 20.00 a note took 8.33 and 1.67; 91.68 and 18.33 are left, although 20 % of 91.68 are 18.34.
    #[test]
    fn the_rest_is_what_was_invoiced_less_what_was_taken_back() {
        let rest = left(&[slice("20", "91.68", "18.33")]);
        assert_eq!(part(&rest, "110.01"), (vec![d("91.68")], None));
    }

    #[test]
    fn what_no_base_gives_is_the_rounding_amount() {
        let rest = left(&[slice("20", "100", "20")]);
        assert_eq!(part(&rest, "12"), (vec![d("10")], None));
        assert_eq!(part(&rest, "0.03"), (vec![d("0.03")], Some(d("-0.01"))));
        assert_eq!(part(&rest, "0.01"), (vec![d("0.01")], None));
    }

    /// At one rate the document takes more off than it asks for.
    #[test]
    fn a_rate_below_zero_is_taken_back_in_part_as_well() {
        let rest = left(&[slice("20", "200", "40"), slice("5.5", "-10", "-0.55")]);
        // 100.01 + 20.00 - 5.00 - 0.28: the half, with a cent moved between the rates.
        let (nets, rounding) = part(&rest, "114.73");
        assert_eq!((nets, rounding), (vec![d("100.01"), d("-5")], None));
        assert!(is_within(d("-5"), d("-10")) && !is_within(d("0.01"), d("-10")));
    }

    /// A rounding amount may be all that is left.
    #[test]
    fn a_rounding_amount_alone_is_taken_back() {
        let rest = Left {
            slices: vec![slice("20", "0", "0")],
            rounding: d("0.02"),
        };
        assert_eq!(part(&rest, "0.02"), (vec![d("0")], None));
        assert_eq!(part(&rest, "0.01"), (vec![d("0")], Some(d("0.01"))));
    }
}
