//! Properties over random documents and numbers.

use acquit::changes::sha256_text;
use acquit::compute::late::{Rate, interest};
use acquit::compute::register::{breakdown, fields};
use acquit::compute::totals::{AdjustmentInput, LineInput, reckon};
use acquit::compute::verify::verify;
use acquit::ledger::amount;
use acquit::ledger::date::plus_days;
use acquit::ledger::document::{PriceMode, Share};
use acquit::ledger::party::ClientKind;
use acquit::ledger::vat::Category;
use acquit::regime::built_in;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::harness::{Sandbox, day};

fn share() -> impl Strategy<Value = Option<Share>> {
    prop_oneof![
        3 => Just(None),
        1 => (0i64..5000).prop_map(|n| Some(Share::Percent(Decimal::new(n, 2)))),
        1 => (0i64..500).prop_map(|n| Some(Share::Amount(Decimal::new(n, 2)))),
    ]
}

fn line() -> impl Strategy<Value = LineInput> {
    let rate = prop_oneof![Just(200i64), Just(100), Just(55), Just(21)];
    (1i64..1_000_000, 0i64..1_000_000_000, rate, share(), share()).prop_map(
        |(quantity, price, rate, discount, charge)| LineInput {
            quantity: Decimal::new(quantity, 4),
            price: Decimal::new(price, 6),
            discount,
            charge,
            category: Category::S,
            rate: Decimal::new(rate, 1),
            is_disbursement: false,
        },
    )
}

fn adjustments() -> impl Strategy<Value = Vec<AdjustmentInput>> {
    prop::collection::vec(
        share().prop_filter_map("none", |share| {
            Some(AdjustmentInput {
                share: share?,
                vat: None,
            })
        }),
        0..3,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Interest before rounding is additive over periods and over debts, zero until due, and never falls as days go by.
    #[test]
    fn interest_is_additive(
        country in prop_oneof![Just("FR"), Just("DE"), Just("GB"), Just("ES")],
        debt in 1i64..100_000_000,
        payments in prop::collection::vec((0i64..1200, 0i64..50_000_000), 0..6),
        due in 0i64..700,
        cut in 0i64..1300,
        after in 0i64..600,
    ) {
        let first = day("2023-06-01");
        let at = |days: i64| plus_days(first, days);
        let law = built_in(country);
        let Some(late) = law.late(ClientKind::Business, at(due)) else { return Ok(()) };
        let rate = Rate::Statutory(law, late);
        let mut left = Decimal::new(debt, 2);
        let mut balances = vec![(at(-1), left)];
        let mut payments = payments;
        payments.sort_unstable();
        for (days, amount) in payments {
            left -= Decimal::new(amount, 2);
            balances.push((at(days), left));
        }
        let last = at((cut + after).min(1300));
        let cut = at(cut.min(1300));
        let up_to = |balances: &[_], to| interest(balances, plus_days(at(due), 1), to, &rate, 365, 2);
        let (whole, part) = (up_to(&balances, last.max(cut)), up_to(&balances, cut));
        // The stretches up to a day are those of the whole, cut there.
        let rest: Decimal = whole
            .segments
            .iter()
            .filter(|s| s.to > cut)
            .map(|s| s.interest * Decimal::from((s.to - cut.max(plus_days(s.from, -1))).num_days()) / Decimal::from(s.days))
            .sum();
        prop_assert!((whole.exact - part.exact - rest).abs() < Decimal::new(1, 15), "{} {} {rest}", whole.exact, part.exact);
        prop_assert!(whole.exact >= part.exact);
        prop_assert!(cut > at(due) || part.segments.is_empty());
        let days: i64 = whole.segments.iter().map(|s| s.days).sum();
        prop_assert!(days <= (last.max(cut) - at(due)).num_days().max(0));
        prop_assert_eq!(whole.total, amount::round(whole.exact, 2));
    }

    /// The order of the lines changes no total; the parts sum to the whole; VAT is per rate on summed nets.
    #[test]
    fn totals_hold(
        lines in prop::collection::vec(line(), 1..8),
        discounts in adjustments(),
        charges in adjustments(),
        digits in prop_oneof![Just(0u32), Just(2), Just(3)],
        gross in any::<bool>(),
        turn in 0usize..8,
    ) {
        let mode = if gross { PriceMode::Gross } else { PriceMode::Net };
        // Amounts have the currency's digits.
        let fit = |a: &AdjustmentInput| AdjustmentInput {
            share: match a.share { Share::Amount(v) => Share::Amount(amount::round(v, digits)), other @ Share::Percent(_) => other },
            vat: None,
        };
        let fit_line = |l: &LineInput| {
            let fit = |s: Share| match s { Share::Amount(v) => Share::Amount(amount::round(v, digits)), other @ Share::Percent(_) => other };
            LineInput { discount: l.discount.map(fit), charge: l.charge.map(fit), ..*l }
        };
        let lines: Vec<LineInput> = lines.iter().map(fit_line).collect();
        let discounts: Vec<AdjustmentInput> = discounts.iter().map(fit).collect();
        let charges: Vec<AdjustmentInput> = charges.iter().map(fit).collect();
        let sums = reckon(&lines, &discounts, &charges, mode, digits).unwrap();
        let mut turned = lines.clone();
        turned.rotate_left(turn % lines.len());
        let again = reckon(&turned, &discounts, &charges, mode, digits).unwrap();
        prop_assert_eq!((sums.net, sums.vat, sums.rounding), (again.net, again.vat, again.rounding));
        prop_assert_eq!(&sums.groups, &again.groups);
        let nets: Decimal = sums.lines.iter().map(|line| line.net).sum();
        let off: Decimal = sums.discounts.iter().map(|part| part.amount).sum();
        let on: Decimal = sums.charges.iter().map(|part| part.amount).sum();
        prop_assert_eq!(nets - off + on, sums.net);
        prop_assert_eq!(sums.groups.iter().map(|g| g.base).sum::<Decimal>(), sums.net);
        for group in &sums.groups {
            prop_assert_eq!(group.vat, amount::round(group.base * group.rate / Decimal::ONE_HUNDRED, digits));
            let lines: Decimal = lines.iter().zip(&sums.lines).filter(|(l, _)| l.rate == group.rate).map(|(_, s)| s.net).sum();
            let part = |list: &[acquit::compute::totals::AdjustmentSum]| -> Decimal {
                list.iter().filter(|a| a.rate == group.rate).map(|a| a.amount).sum()
            };
            prop_assert_eq!(lines - part(&sums.discounts) + part(&sums.charges), group.base);
        }
        if gross {
            let unit = Decimal::new(1, digits);
            prop_assert!(sums.rounding.abs() <= unit * Decimal::from(sums.groups.len()));
        } else {
            prop_assert_eq!(sums.rounding, Decimal::ZERO);
        }
    }

    #[test]
    fn numbers_are_read_as_they_are_written(mantissa in -999_999_999_999_999i64..999_999_999_999_999, scale in 0u32..6) {
        let value = Decimal::new(mantissa, scale.max(3));
        prop_assert_eq!(amount::parse(&amount::plain(value), 6), Ok(value.normalize()));
        prop_assert_eq!(amount::parse(&amount::fixed(value, 6), 6).map(|v| v.normalize()), Ok(value.normalize()));
    }

    #[test]
    fn a_split_gives_every_cent(total in -1_000_000i64..1_000_000, weights in prop::collection::vec(0i64..100_000, 1..9)) {
        let total = Decimal::new(total, 2);
        let weights: Vec<Decimal> = weights.into_iter().map(|w| Decimal::new(w, 2)).collect();
        let parts = amount::split(total, &weights, 2);
        prop_assert_eq!(parts.iter().copied().sum::<Decimal>(), total);
        let sum: Decimal = weights.iter().copied().sum();
        if !sum.is_zero() {
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!((*part - total * *weight / sum).abs() < Decimal::new(1, 2));
            }
        }
    }

    /// No bytes make the readers panic.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = acquit::source::read_draft("x", &text);
        let _ = acquit::source::read_client("x", &text);
        let _ = acquit::source::read_settings(&text);
    }

    #[test]
    fn any_toml_like_text_is_read_or_refused(parts in prop::collection::vec(
        prop_oneof![
            Just("[line]\n"), Just("[[line]]\n"), Just("item = \"x\"\n"), Just("price = 1,5\n"), Just("a.b = 1\n"), Just("[a.b]\n"),
            Just("vat = { x = 1 }\n"), Just("vat = [\n"), Just("]\n"), Just("client = \"acme\"\n"), Just("due = 2026-02-30\n"), Just("\"\"\"\n"),
        ], 0..12)) {
        let text: String = parts.concat();
        let ours = acquit::source::read_draft("x", &text).is_ok();
        // What the `toml` crate refuses, we refuse.
        if text.parse::<toml::Table>().is_err() {
            prop_assert!(!ours);
        }
    }
}

/// Every document of the examples: written, read again, written again: the same bytes; its figures and its breakdown hold.
#[test]
fn properties_documents_are_read_as_they_were_written() {
    for ledger in ["examples/atelier", "examples/studio"] {
        let sandbox = Sandbox::of(ledger);
        let mut source = acquit::source::open(sandbox.path()).unwrap();
        let documents = source.each_document(|number, _, _, read, _| {
            read.map(|(document, sha256)| (number.to_owned(), document, sha256))
        });
        assert!(source.problems.is_empty());
        for (number, document, sha256) in documents.into_iter().flatten() {
            let text = acquit::view::toml::document(&document);
            assert_eq!(sha256_text(text.as_bytes()), sha256, "{number}");
            assert_eq!(verify(&document), []);
            let slices = breakdown(&document);
            let sign = document.kind.sign();
            assert_eq!(
                slices.iter().map(|slice| slice.base).sum::<Decimal>(),
                document.totals.net * sign,
                "{number}"
            );
            assert_eq!(
                slices.iter().map(|slice| slice.vat).sum::<Decimal>(),
                document.totals.vat * sign,
                "{number}"
            );
            assert_eq!(fields(&document, &sha256).len(), 17);
        }
    }
}
