//! Credit notes: what they take back of a document, one after the other, until nothing of it is left.

use acquit::ledger::amount::in_currency;
use acquit::ledger::currency::Currency;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::disbursements::seller;
use crate::harness::Sandbox;
use crate::quotes::{adjusted, adjustments, line, text, turnover};

/// One step of a random sequence of credit notes.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// So many ten-thousandths of what is left; at least a cent.
    Share(i64),
    /// So many cents.
    Cents(i64),
    /// All but so many cents.
    AllBut(i64),
    /// The line at this place.
    Line(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1i64..10_000).prop_map(Step::Share),
        (1i64..30).prop_map(Step::Cents),
        (1i64..4).prop_map(Step::AllBut),
        (1usize..5).prop_map(Step::Line),
    ]
}

fn figure(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn show(value: Decimal) -> String {
    in_currency(value, Currency::parse("EUR").unwrap())
}

/// What a document asks for, or takes back.
fn owed(sandbox: &Sandbox, number: &str) -> Decimal {
    let shown = sandbox.run(&["show", number, "--json"]).json();
    figure(shown["owed"].as_str().unwrap()).abs()
}

/// Drafts a credit note and issues it: what it took back, or the error of `credit`. What `credit` drafts, `issue` takes.
fn credit(
    sandbox: &Sandbox,
    number: &str,
    arguments: &[&str],
    count: usize,
) -> Result<Decimal, String> {
    let mut all = vec!["credit", number];
    all.extend(arguments);
    let output = sandbox.run(&all);
    if output.code != 0 {
        return Err(output.err);
    }
    let issued = sandbox.run(&["issue", &format!("credit-{number}")]);
    assert_eq!(issued.code, 0, "{arguments:?}: {}", issued.err);
    Ok(owed(sandbox, &format!("A2026-{count:04}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any amount from a cent to the rest is taken back to the cent, a line is or is refused with a hint; once nothing is left, nothing
    /// is left of base and VAT at any operation, category and rate.
    #[test]
    fn credits_of_any_sequence_come_to_what_was_invoiced(
        lines in prop::collection::vec(line(), 1..5), gross in any::<bool>(), off in prop::collection::vec(adjusted(), 0..3),
        taken in any::<bool>(), steps in prop::collection::vec(step(), 1..6), franchise in any::<bool>(),
    ) {
        let sandbox = seller(if franchise { "franchise" } else { "standard" });
        let mut draft = text(&lines, None, gross, &adjustments(&off, lines[0].3)).replace("type = \"quote\"\n", "");
        if taken && lines.len() > 1 {
            // The first line takes something back: its rate may come to less than nothing.
            draft = draft.replacen("quantity = ", "quantity = -", 1);
        }
        if franchise {
            // All is exempt, and what was paid in the client's name stands beside it in the same group.
            let is_kept = |line: &&str| !line.starts_with("vat = ") || line.contains("disbursement");
            draft = draft.lines().filter(is_kept).map(|line| format!("{line}\n")).collect();
        }
        sandbox.write("drafts/work.toml", &draft);
        prop_assume!(sandbox.run(&["issue", "work"]).code == 0);
        let whole = owed(&sandbox, "F2026-0001");
        prop_assume!(whole > Decimal::ZERO);
        let (mut left, mut count) = (whole, 1);
        for step in steps {
            if left.is_zero() {
                break;
            }
            let cents = match step {
                Step::Share(part) => (left * Decimal::new(part, 4)).trunc_with_scale(2).max(Decimal::new(1, 2)),
                Step::Cents(cents) => Decimal::new(cents, 2).min(left),
                Step::AllBut(cents) => (left - Decimal::new(cents, 2)).max(Decimal::new(1, 2)),
                Step::Line(place) => {
                    let place = (place - 1) % lines.len() + 1;
                    match credit(&sandbox, "F2026-0001", &["--line", &place.to_string()], count) {
                        Ok(noted) => {
                            left -= noted;
                            count += 1;
                        }
                        Err(err) => prop_assert!(["CREDIT-EXCEEDS", "CREDIT-REST", "AMOUNT-SIGN"].iter().any(|code| err.contains(code)), "{}", err),
                    }
                    continue;
                }
            };
            let noted = credit(&sandbox, "F2026-0001", &["--amount", &show(cents)], count);
            prop_assert_eq!(noted.clone(), Ok(cents), "{:?} of {}: {:?}\n{}", step, left, noted, draft);
            left -= cents;
            count += 1;
        }
        if !left.is_zero() {
            let noted = credit(&sandbox, "F2026-0001", &[], count);
            prop_assert_eq!(noted.clone(), Ok(left), "{:?}\n{}", noted, draft);
        }
        prop_assert!(turnover(&sandbox).is_empty(), "{:?}\n{}", turnover(&sandbox), draft);
        prop_assert!(sandbox.run(&["credit", "F2026-0001"]).err.contains("credited in full already"));
        let check = sandbox.run(&["check"]);
        prop_assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    }
}

/// Issues a draft of `acme` with some lines.
fn invoice(sandbox: &Sandbox, lines: &[(&str, &str)]) {
    let mut draft = "client = \"acme\"\n".to_owned();
    for (price, rate) in lines {
        let (quantity, price) = match price.strip_prefix('-') {
            Some(price) => ("-1", price),
            None => ("1", *price),
        };
        draft += &format!(
            "\n[[line]]\nitem = \"x\"\nquantity = {quantity}\nprice = {price}\nvat = {rate}\n"
        );
    }
    sandbox.write("drafts/work.toml", &draft);
    sandbox.run(&["issue", "work"]).ok();
}

/// The audit's vectors: an amount, then the rest, as `credit` without more takes it.
#[test]
fn credits_of_the_rest_take_exactly_what_is_left() {
    for (lines, first, rest) in [
        (vec![("100.01", "20")], "10.00", "110.01"),
        (vec![("1311.48", "20")], "471.68", "1102.10"),
        (
            vec![("1282.28", "20"), ("1108.50", "10")],
            "778.11",
            "1979.98",
        ),
    ] {
        let sandbox = Sandbox::small();
        invoice(&sandbox, &lines);
        let amount = credit(&sandbox, "F2026-0001", &["--amount", first], 1);
        assert_eq!(amount, Ok(figure(first)));
        assert_eq!(credit(&sandbox, "F2026-0001", &[], 2), Ok(figure(rest)));
        assert!(turnover(&sandbox).is_empty(), "{:?}", turnover(&sandbox));
        let shown = sandbox.run(&["show", "F2026-0001", "--json"]).json();
        assert_eq!(shown["balance"].as_str(), Some("0.00"));
    }
}

/// A document that takes more off at a rate than it asks for there is credited in part like any other.
#[test]
fn credits_take_back_part_of_a_rate_below_zero() {
    let sandbox = Sandbox::small();
    invoice(&sandbox, &[("200", "20"), ("-230", "2.1"), ("100", "5.5")]);
    assert_eq!(
        credit(&sandbox, "F2026-0001", &["--amount", "50"], 1),
        Ok(figure("50.00"))
    );
    assert_eq!(
        credit(&sandbox, "F2026-0001", &["--amount", "0.01"], 2),
        Ok(figure("0.01"))
    );
    credit(&sandbox, "F2026-0001", &[], 3).unwrap();
    assert!(turnover(&sandbox).is_empty(), "{:?}", turnover(&sandbox));
}

/// A credit note on two invoices takes from each, in its order, what is left of it; the rest of both can be taken back afterwards.
#[test]
fn credits_on_two_documents_leave_each_its_own() {
    let sandbox = Sandbox::small();
    invoice(&sandbox, &[("100", "20")]);
    invoice(&sandbox, &[("50.01", "20"), ("30", "5.5")]);
    let both =
        "client = \"acme\"\ntype = \"credit\"\ncorrects = [\"F2026-0001\", \"F2026-0002\"]\n";
    let line = "\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 120\nvat = 20\n";
    sandbox.write("drafts/both.toml", format!("{both}{line}"));
    sandbox.run(&["issue", "both"]).ok();
    // All of the first: 100.00. Of the second 20.00 and 4.00 of 50.01, 10.00 and 30.00, 1.65.
    let err = credit(&sandbox, "F2026-0001", &[], 2).unwrap_err();
    assert!(
        err.contains("F2026-0001 was credited in full already"),
        "{err}"
    );
    assert_eq!(credit(&sandbox, "F2026-0002", &[], 2), Ok(figure("67.66")));
    assert!(turnover(&sandbox).is_empty(), "{:?}", turnover(&sandbox));
    assert_eq!(sandbox.run(&["check"]).code, 0);
}

/// A draft by hand that takes the whole sum, but not at its rates, would leave base and VAT in the books for ever.
#[test]
fn credits_by_hand_leave_nothing_behind() {
    let sandbox = Sandbox::small();
    invoice(&sandbox, &[("0.03", "20"), ("10", "10")]);
    let head =
        "client = \"acme\"\ntype = \"credit\"\ncorrects = [\"F2026-0001\"]\nrounding = 0.01\n";
    let line = |price: &str, rate: &str| {
        format!("\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = {price}\nvat = {rate}\n")
    };
    let short = format!("{head}{}{}", line("0.02", "20"), line("10", "10"));
    sandbox.write("drafts/by-hand.toml", short.replace("0.01", "0.02"));
    let refused = sandbox.run(&["issue", "by-hand"]);
    assert!(refused.err.contains("CREDIT-REST"), "{}", refused.err);
    // A sum by hand of all that is left takes its VAT as well, whatever the rates would give.
    sandbox.write(
        "drafts/by-hand.toml",
        format!(
            "{}{}{}",
            head.replace("rounding = 0.01\n", ""),
            line("0.03", "20"),
            line("10", "10")
        ),
    );
    sandbox.run(&["issue", "by-hand"]).ok();
    assert!(turnover(&sandbox).is_empty());
}

/// In a currency without decimals the rest bears the VAT that is left, which base and rate may miss by less than one.
#[test]
fn credits_in_yen_leave_nothing_behind() {
    let sequences: [(&str, &[&str]); 5] = [
        ("623", &["1"]),
        ("1007", &["1"]),
        ("295", &["65", "1", "230", "27"]),
        ("2708", &["116", "381"]),
        ("787", &["70", "132", "141", "129"]),
    ];
    for (price, parts) in sequences {
        let sandbox = Sandbox::small();
        sandbox.write(
            "drafts/yen.toml",
            format!(
                "client = \"acme\"\ncurrency = \"JPY\"\nexchange = {{ rate = 0.0062, date = 2026-11-20, source = \"BCE\" }}\n\n\
                 [[line]]\nitem = \"x\"\nquantity = 1\nprice = {price}\nvat = 20\n"
            ),
        );
        sandbox.run(&["issue", "yen"]).ok();
        for amount in parts.iter().map(Some).chain([None]) {
            let more: Vec<&str> = amount
                .map(|amount| ["--amount", *amount])
                .into_iter()
                .flatten()
                .collect();
            sandbox
                .run(&[&["credit", "F2026-0001"][..], &more].concat())
                .ok();
            sandbox.run(&["issue", "credit-F2026-0001"]).ok();
        }
        let listed = sandbox.run(&["list", "--json"]).json();
        assert_eq!(listed["items"][0]["balance"], "0", "{price}");
    }
}
