//! EN 16931 arithmetic: line nets (BT-131), VAT per category and rate on summed nets (BG-23), totals (BG-22).

use rust_decimal::Decimal;

use crate::ledger::amount::{round, split};
use crate::ledger::document::{PriceMode, Share};
use crate::ledger::vat::Category;

/// A line as it goes into the arithmetic.
#[derive(Debug, Clone, Copy)]
pub struct LineInput {
    /// BT-129.
    pub quantity: Decimal,
    /// Without VAT in net mode, with VAT in gross mode.
    pub price: Decimal,
    /// BG-27; a percentage of quantity × price.
    pub discount: Option<Share>,
    /// BG-28; a percentage of quantity × price.
    pub charge: Option<Share>,
    /// BT-151.
    pub category: Category,
    /// BT-152, in percent.
    pub rate: Decimal,
    /// A sum paid in the client's name: no discount and no charge on the whole falls on it.
    pub is_disbursement: bool,
}

/// A discount or charge on the whole document.
#[derive(Debug, Clone, Copy)]
pub struct AdjustmentInput {
    /// A percentage is one of the lines' sum (of the rate's lines, where a rate is named).
    pub share: Share,
    /// The rate it belongs to; none: split over all, pro rata.
    pub vat: Option<(Category, Decimal)>,
}

/// What a line comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSum {
    /// Quantity × price, rounded; with VAT in gross mode.
    pub before: Decimal,
    /// BT-136; with VAT in gross mode.
    pub discount: Option<Decimal>,
    /// BT-141; with VAT in gross mode.
    pub charge: Option<Decimal>,
    /// BT-131: without VAT.
    pub net: Decimal,
    /// BT-146 in gross mode, at most 6 decimals.
    pub price_net: Option<Decimal>,
}

/// A part of a discount or charge that falls on one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdjustmentSum {
    /// Which of the inputs it is a part of.
    pub input: usize,
    /// BT-92, BT-99: without VAT.
    pub amount: Decimal,
    /// BT-95, BT-102.
    pub category: Category,
    /// BT-96, BT-103, in percent.
    pub rate: Decimal,
}

/// VAT of one category and rate; BG-23.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSum {
    /// BT-118.
    pub category: Category,
    /// BT-119, in percent.
    pub rate: Decimal,
    /// BT-116.
    pub base: Decimal,
    /// BT-117.
    pub vat: Decimal,
}

/// All figures of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// One a line.
    pub lines: Vec<LineSum>,
    /// BG-20.
    pub discounts: Vec<AdjustmentSum>,
    /// BG-21.
    pub charges: Vec<AdjustmentSum>,
    /// BG-23, highest rate first.
    pub groups: Vec<GroupSum>,
    /// BT-109.
    pub net: Decimal,
    /// BT-110.
    pub vat: Decimal,
    /// BT-114: what gross prices cannot meet.
    pub rounding: Decimal,
}

/// The arithmetic has no result that a ledger could hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// The line that is too large; none: the sum is.
    pub line: Option<usize>,
}

/// One more than the largest amount: twelve digits before the point.
fn limit() -> Decimal {
    Decimal::from(1_000_000_000_000_u64)
}

fn check(value: Decimal, line: Option<usize>) -> Result<Decimal, TooLarge> {
    if value.abs() < limit() {
        Ok(value)
    } else {
        Err(TooLarge { line })
    }
}

/// Works out all figures; amounts have `digits` places. The order of the lines changes no total.
///
/// # Errors
/// Where an amount has more than twelve digits before the point.
pub fn reckon(
    lines: &[LineInput],
    discounts: &[AdjustmentInput],
    charges: &[AdjustmentInput],
    mode: PriceMode,
    digits: u32,
) -> Result<Sums, TooLarge> {
    let before: Vec<LineSum> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| line_sum(line, index, digits))
        .collect::<Result<_, _>>()?;
    let mut groups = groups_of(lines);
    // What the lines of each rate come to, in the prices' own mode.
    let weigh = |counts: fn(&LineInput) -> bool| -> Vec<Decimal> {
        let of = |group: &GroupSum| {
            let lines = lines.iter().zip(&before);
            let members = lines.filter(|(line, _)| same(group, line) && counts(line));
            members.map(|(_, sum)| sum.net).sum()
        };
        groups.iter().map(of).collect()
    };
    let weights = Weights {
        supplies: weigh(|line| !line.is_disbursement),
        all: weigh(|_| true),
    };
    let discounts = adjust(discounts, &groups, &weights, digits)?;
    let charges = adjust(charges, &groups, &weights, digits)?;
    let mut sums = Sums {
        lines: before,
        discounts,
        charges,
        groups: Vec::new(),
        net: Decimal::ZERO,
        vat: Decimal::ZERO,
        rounding: Decimal::ZERO,
    };
    for group in &mut groups {
        match mode {
            PriceMode::Net => net_group(group, lines, &sums, digits),
            PriceMode::Gross => gross_group(group, lines, &mut sums, digits),
        }
        check(group.base, None)?;
    }
    sums.net = check(groups.iter().map(|group| group.base).sum(), None)?;
    sums.vat = check(groups.iter().map(|group| group.vat).sum(), None)?;
    check(sums.net + sums.vat, None)?;
    sums.groups = groups;
    Ok(sums)
}

fn same(group: &GroupSum, line: &LineInput) -> bool {
    group.category == line.category && group.rate == line.rate
}

/// Quantity × price − discount + charge, each rounded, as BT-131 is made up.
fn line_sum(line: &LineInput, index: usize, digits: u32) -> Result<LineSum, TooLarge> {
    let too_large = TooLarge { line: Some(index) };
    let exact = line.quantity.checked_mul(line.price).ok_or(too_large)?;
    check(exact, Some(index))?;
    let of = |share: Share| match share {
        Share::Percent(percent) => round(exact * percent / Decimal::ONE_HUNDRED, digits),
        Share::Amount(amount) => amount,
    };
    let discount = line.discount.map(of);
    let charge = line.charge.map(of);
    let net = round(
        exact - discount.unwrap_or_default() + charge.unwrap_or_default(),
        digits,
    );
    check(net, Some(index))?;
    Ok(LineSum {
        before: round(exact, digits),
        discount,
        charge,
        net,
        price_net: None,
    })
}

/// The categories and rates of the lines, highest rate first: the same whatever the order of the lines.
fn groups_of(lines: &[LineInput]) -> Vec<GroupSum> {
    let mut groups: Vec<GroupSum> = Vec::new();
    for line in lines {
        if !groups.iter().any(|group| same(group, line)) {
            let (base, vat) = (Decimal::ZERO, Decimal::ZERO);
            groups.push(GroupSum {
                category: line.category,
                rate: line.rate,
                base,
                vat,
            });
        }
    }
    groups.sort_by(|a, b| {
        b.rate
            .cmp(&a.rate)
            .then(a.category.code().cmp(b.category.code()))
    });
    groups
}

/// What the lines of each rate come to: what discounts and charges on the whole fall on.
struct Weights {
    /// What the seller supplies.
    supplies: Vec<Decimal>,
    /// With what was paid in the client's name.
    all: Vec<Decimal>,
}

impl Weights {
    /// Returns those of some rates: sums paid in the client's name count only where there is nothing else.
    fn of(&self, chosen: &[usize]) -> Vec<Decimal> {
        let pick = |list: &[Decimal]| chosen.iter().map(|index| list[*index]).collect();
        let supplies: Vec<Decimal> = pick(&self.supplies);
        if supplies.iter().all(Decimal::is_zero) {
            pick(&self.all)
        } else {
            supplies
        }
    }
}

/// Splits discounts or charges over the rates.
fn adjust(
    inputs: &[AdjustmentInput],
    groups: &[GroupSum],
    weights: &Weights,
    digits: u32,
) -> Result<Vec<AdjustmentSum>, TooLarge> {
    let mut sums = Vec::new();
    for (input, adjustment) in inputs.iter().enumerate() {
        let chosen: Vec<usize> = (0..groups.len())
            .filter(|index| {
                adjustment.vat.is_none_or(|(category, rate)| {
                    groups[*index].category == category && groups[*index].rate == rate
                })
            })
            .collect();
        let weights = weights.of(&chosen);
        let amount = match adjustment.share {
            Share::Amount(amount) => amount,
            Share::Percent(percent) => {
                let base: Decimal = weights.iter().copied().sum();
                round(check(base, None)? * percent / Decimal::ONE_HUNDRED, digits)
            }
        };
        for (index, part) in chosen.iter().zip(split(amount, &weights, digits)) {
            if !part.is_zero() || chosen.len() == 1 {
                let GroupSum { category, rate, .. } = groups[*index];
                sums.push(AdjustmentSum {
                    input,
                    amount: part,
                    category,
                    rate,
                });
            }
        }
    }
    Ok(sums)
}

fn adjusted(group: &GroupSum, list: &[AdjustmentSum]) -> Decimal {
    list.iter()
        .filter(|a| a.category == group.category && a.rate == group.rate)
        .map(|a| a.amount)
        .sum()
}

/// BT-116 = Σ BT-131 − Σ BT-92 + Σ BT-99; BT-117 = base × rate, rounded.
fn net_group(group: &mut GroupSum, lines: &[LineInput], sums: &Sums, digits: u32) {
    let lines: Decimal = lines
        .iter()
        .zip(&sums.lines)
        .filter(|(line, _)| same(group, line))
        .map(|(_, sum)| sum.net)
        .sum();
    group.base = lines - adjusted(group, &sums.discounts) + adjusted(group, &sums.charges);
    group.vat = vat_of(group.base, group.rate, digits);
}

/// Returns BT-117: base × rate in percent, rounded.
pub fn vat_of(base: Decimal, rate: Decimal, digits: u32) -> Decimal {
    round(base * rate / Decimal::ONE_HUNDRED, digits)
}

/// From prices with VAT: base = total ÷ (1 + rate), rounded; where base + VAT misses the total, the rest is BT-114. No other base could
/// meet the total: one that does is less than half a unit away from the quotient, so it is the quotient rounded. The base is spread
/// over lines, discounts and charges by largest remainder.
fn gross_group(group: &mut GroupSum, lines: &[LineInput], sums: &mut Sums, digits: u32) {
    let members: Vec<usize> = (0..lines.len())
        .filter(|index| same(group, &lines[*index]))
        .collect();
    let total = members
        .iter()
        .map(|index| sums.lines[*index].net)
        .sum::<Decimal>()
        - adjusted(group, &sums.discounts)
        + adjusted(group, &sums.charges);
    let factor = Decimal::ONE + group.rate / Decimal::ONE_HUNDRED;
    group.base = round(total / factor, digits);
    group.vat = vat_of(group.base, group.rate, digits);
    sums.rounding += total - group.base - group.vat;

    let mine = |a: &&mut AdjustmentSum| a.category == group.category && a.rate == group.rate;
    let mut places: Vec<(&mut Decimal, Decimal)> = Vec::new();
    for (index, (line, sum)) in lines.iter().zip(&mut sums.lines).enumerate() {
        if members.contains(&index) {
            sum.price_net = Some(round(line.price / factor, 6).normalize());
            places.push((&mut sum.net, Decimal::ONE));
        }
    }
    places.extend(
        sums.discounts
            .iter_mut()
            .filter(mine)
            .map(|a| (&mut a.amount, Decimal::NEGATIVE_ONE)),
    );
    places.extend(
        sums.charges
            .iter_mut()
            .filter(mine)
            .map(|a| (&mut a.amount, Decimal::ONE)),
    );
    let weights: Vec<Decimal> = places.iter().map(|(value, sign)| **value * *sign).collect();
    let parts = if total.is_zero() {
        even(&weights, factor, digits)
    } else {
        split(group.base, &weights, digits)
    };
    for ((value, sign), part) in places.into_iter().zip(parts) {
        *value = part * sign;
    }
}

/// Nets of parts that sum to nothing: each rounded, the first takes the rest.
fn even(weights: &[Decimal], factor: Decimal, digits: u32) -> Vec<Decimal> {
    let mut parts: Vec<Decimal> = weights
        .iter()
        .map(|weight| round(*weight / factor, digits))
        .collect();
    let rest: Decimal = parts.iter().copied().sum();
    if let Some(first) = parts.first_mut() {
        *first -= rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn line(quantity: &str, price: &str, rate: &str) -> LineInput {
        LineInput {
            quantity: d(quantity),
            price: d(price),
            discount: None,
            charge: None,
            category: Category::S,
            rate: d(rate),
            is_disbursement: false,
        }
    }

    fn net(lines: &[LineInput]) -> Sums {
        reckon(lines, &[], &[], PriceMode::Net, 2).unwrap()
    }

    fn gross(lines: &[LineInput]) -> Sums {
        reckon(lines, &[], &[], PriceMode::Gross, 2).unwrap()
    }

    /// INVOICING-LAW §9: VAT is computed per rate on the sum of the nets, not per line.
    #[test]
    fn the_cases_of_the_law_hold() {
        let sums = net(&[
            line("1", "0.99", "20"),
            line("1", "0.99", "20"),
            line("1", "0.99", "20"),
            line("1", "1.45", "20"),
        ]);
        assert_eq!((sums.net, sums.vat), (d("4.42"), d("0.88")));
        assert_eq!(net(&[line("1", "10.13", "20"); 10]).vat, d("20.26"));
        assert_eq!(net(&[line("10", "10.13", "20")]).vat, d("20.26"));
        assert_eq!(net(&[line("1", "10.02", "5.5"); 7]).vat, d("3.86"));
    }

    /// first-use T2: printed figures add up.
    #[test]
    fn printed_figures_add_up() {
        for (price, quantity, line_net, total) in [
            ("0.335", "3", "1.01", "1.21"),
            ("100.005", "1", "100.01", "120.01"),
            ("10.13", "10", "101.30", "121.56"),
            ("33.33", "3", "99.99", "119.99"),
        ] {
            let sums = net(&[line(quantity, price, "20")]);
            assert_eq!(sums.lines[0].net, d(line_net));
            assert_eq!(sums.net + sums.vat, d(total));
        }
    }

    /// INVOICING-LAW §9: 3 × 10.00 with VAT at 20 % is 30.00, not 29.99.
    #[test]
    fn prices_with_vat_are_met() {
        let sums = gross(&[line("1", "10.00", "20"); 3]);
        assert_eq!(
            (sums.net, sums.vat, sums.rounding),
            (d("25.00"), d("5.00"), d("0"))
        );
        assert_eq!(
            sums.lines.iter().map(|line| line.net).collect::<Vec<_>>(),
            [d("8.34"), d("8.33"), d("8.33")]
        );
        assert_eq!(sums.lines[0].price_net, Some(d("8.333333")));
    }

    #[test]
    fn what_prices_with_vat_cannot_meet_is_the_rounding_amount() {
        // No base of whole cents gives 0.09 at 20 %: 0.07 + 0.01 = 0.08, 0.08 + 0.02 = 0.10.
        let sums = gross(&[line("1", "0.09", "20")]);
        assert_eq!(sums.net + sums.vat + sums.rounding, d("0.09"));
        assert_eq!(sums.rounding.abs(), d("0.01"));
    }

    #[test]
    fn every_price_with_vat_is_met_or_rounded() {
        for cents in 1..3000_i64 {
            for rate in ["20", "10", "5.5", "2.1"] {
                let price = Decimal::new(cents, 2);
                let sums = gross(&[LineInput {
                    price,
                    ..line("1", "0", rate)
                }]);
                assert_eq!(sums.net + sums.vat + sums.rounding, price);
                assert_eq!(sums.vat, vat_of(sums.net, d(rate), 2));
            }
        }
    }

    #[test]
    fn discounts_are_split_over_the_rates() {
        let discount = AdjustmentInput {
            share: Share::Amount(d("10")),
            vat: None,
        };
        let sums = reckon(
            &[line("1", "100", "20"), line("1", "200", "10")],
            &[discount],
            &[],
            PriceMode::Net,
            2,
        )
        .unwrap();
        let amounts: Vec<Decimal> = sums.discounts.iter().map(|part| part.amount).collect();
        assert_eq!(amounts, [d("3.33"), d("6.67")]);
        assert_eq!(sums.net, d("290"));
        assert_eq!(sums.vat, d("19.33") + d("19.33"));
    }

    #[test]
    fn a_percentage_on_a_line_and_on_the_document() {
        let with = LineInput {
            discount: Some(Share::Percent(d("5"))),
            ..line("3", "33.33", "20")
        };
        let charge = AdjustmentInput {
            share: Share::Percent(d("2")),
            vat: Some((Category::S, d("20"))),
        };
        let sums = reckon(&[with], &[], &[charge], PriceMode::Net, 2).unwrap();
        assert_eq!(sums.lines[0].discount, Some(d("5.00")));
        assert_eq!(sums.lines[0].net, d("94.99"));
        assert_eq!(sums.charges[0].amount, d("1.90"));
        assert_eq!(sums.net, d("96.89"));
    }

    #[test]
    fn currencies_of_no_and_of_three_decimals() {
        assert_eq!(
            reckon(&[line("3", "333.5", "10")], &[], &[], PriceMode::Net, 0)
                .unwrap()
                .net,
            d("1001")
        );
        assert_eq!(
            reckon(&[line("3", "0.3335", "19")], &[], &[], PriceMode::Net, 3)
                .unwrap()
                .vat,
            d("0.190")
        );
    }

    #[test]
    fn the_unimaginable_is_refused() {
        let huge = line("99999999999", "99999999999", "20");
        assert_eq!(
            reckon(&[huge], &[], &[], PriceMode::Net, 2),
            Err(TooLarge { line: Some(0) })
        );
        let large = line("1", "999999999999", "20");
        assert_eq!(
            reckon(&[large, large], &[], &[], PriceMode::Net, 2)
                .unwrap_err()
                .line,
            None
        );
    }

    /// Why one base is enough: where it misses the total, so do its neighbours.
    #[test]
    fn no_neighbour_of_the_base_meets_a_total_that_it_misses() {
        let mut missed = 0;
        for rate in ["2.1", "5.5", "7", "8.5", "10", "19", "20", "25", "27"] {
            let rate: Decimal = rate.parse().unwrap();
            let factor = Decimal::ONE + rate / Decimal::ONE_HUNDRED;
            for cents in -50..3000 {
                let total = Decimal::new(cents, 2);
                let meets = |base: Decimal| base + vat_of(base, rate, 2) == total;
                let base = round(total / factor, 2);
                if !meets(base) {
                    missed += 1;
                    for step in [-2, -1, 1, 2] {
                        assert!(!meets(base + Decimal::new(step, 2)), "{total} at {rate}");
                    }
                }
            }
        }
        assert!(missed > 1000, "{missed}");
    }
}
