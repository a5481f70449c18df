//! Electronic invoices: every rule is raised by what breaks it, and by nothing else.

use acquit::check::catalogue::rules;
use acquit::check::{ctc, en16931};
use acquit::compute::einvoice::{Extras, einvoice};
use acquit::ledger::currency::Currency;
use acquit::ledger::document::{Document, Period};
use acquit::ledger::einvoice::{
    AllowanceCharge, EInvoice, Identifier, Note, PayeeParty, Preceding, Supporting, Tax,
};
use acquit::ledger::party::Address;
use acquit::ledger::vat::Category;
use acquit::source::Source;
use acquit::source::repository::Repository;
use rust_decimal::Decimal;

use crate::harness::{Sandbox, day, project};

/// An issued document of an example.
pub(crate) fn issued(example: &str, number: &str) -> Document {
    let mut source =
        Source::new(Repository::open(&project().join("examples").join(example)).unwrap());
    let year = &number[1..5];
    source
        .document(&format!("invoices/{year}/{number}.toml"))
        .unwrap()
        .0
}

/// Returns the rules that an invoice breaks.
fn broken(invoice: &EInvoice<'_>) -> Vec<&'static str> {
    let found = en16931::check(invoice)
        .into_iter()
        .chain(ctc::check(invoice));
    let mut ids: Vec<&str> = found.map(|finding| finding.rule).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

type Mutation = (&'static str, fn(&mut EInvoice<'_>));

fn d(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// Makes every line, discount and group one of a category, with the rate that it has.
fn recategorise(i: &mut EInvoice<'_>, category: Category, rate: Option<&str>) {
    let tax = Tax {
        category,
        rate: rate.map(d),
    };
    for line in &mut i.lines {
        line.tax = tax;
    }
    i.adjustments.clear();
    let base = i.lines.iter().map(|line| line.net).sum();
    let mut group = i.vat[0];
    (group.tax, group.base, group.vat) = (tax, base, Decimal::ZERO);
    group.code = None;
    group.reason = (!matches!(category, Category::S | Category::Z)).then_some("because");
    i.vat = vec![group];
    i.totals.vat = Decimal::ZERO;
}

fn part(is_charge: bool, rate: &str) -> AllowanceCharge<'static> {
    let tax = Some(Tax {
        category: Category::S,
        rate: Some(d(rate)),
    });
    AllowanceCharge {
        is_charge,
        amount: d("1"),
        base: None,
        percent: None,
        reason: "Reason",
        tax,
    }
}

/// Adds a discount or charge of a category whose rate is wrong for it.
fn odd(i: &mut EInvoice<'_>, category: Category, is_charge: bool) {
    let tax = Some(Tax {
        category,
        rate: (category == Category::O).then_some(Decimal::ONE),
    });
    i.adjustments.push(AllowanceCharge {
        tax,
        ..part(is_charge, "1")
    });
}

fn family(
    category: Category,
    rate: Option<&'static str>,
    change: impl Fn(&mut EInvoice<'_>),
) -> impl Fn(&mut EInvoice<'_>) {
    move |i| {
        recategorise(i, category, rate);
        change(i);
    }
}

/// For every rule something that breaks it.
const MUTATIONS: &[Mutation] = &[
    ("BR-06", |i| i.seller.name = " "),
    ("BR-07", |i| i.buyer.name = ""),
    ("BR-16", |i| i.lines.clear()),
    ("BR-17", |i| {
        i.payee = Some(PayeeParty {
            name: "",
            registration: None,
        });
    }),
    ("BR-25", |i| i.lines[0].item = ""),
    ("BR-27", |i| i.lines[0].price = d("-1")),
    ("BR-29", |i| {
        i.period = Some(Period {
            from: day("2026-02-02"),
            to: day("2026-02-01"),
        });
    }),
    ("BR-30", |i| {
        i.lines[0].period = Some(Period {
            from: day("2026-02-02"),
            to: day("2026-02-01"),
        });
    }),
    ("BR-33", |i| {
        i.adjustments.push(AllowanceCharge {
            reason: "",
            ..part(false, "20")
        });
    }),
    ("BR-38", |i| {
        i.adjustments.push(AllowanceCharge {
            reason: "",
            ..part(true, "20")
        });
    }),
    ("BR-42", |i| {
        i.lines[0].adjustments.push(AllowanceCharge {
            reason: "",
            tax: None,
            ..part(false, "20")
        });
    }),
    ("BR-44", |i| {
        i.lines[0].adjustments.push(AllowanceCharge {
            reason: "",
            tax: None,
            ..part(true, "20")
        });
    }),
    ("BR-53", |i| i.vat_currency = Currency::parse("USD")),
    ("BR-61", |i| i.payment.as_mut().unwrap().iban = None),
    ("BR-62", |i| {
        i.seller.endpoint = Some(Identifier {
            value: "a",
            scheme: None,
        });
    }),
    ("BR-63", |i| {
        i.buyer.endpoint = Some(Identifier {
            value: "a",
            scheme: None,
        });
    }),
    ("BR-CO-10", |i| i.totals.lines += d("0.01")),
    ("BR-CO-11", |i| i.totals.discounts += d("0.01")),
    ("BR-CO-12", |i| i.totals.charges += d("0.01")),
    ("BR-CO-13", |i| i.totals.net += d("0.01")),
    ("BR-CO-14", |i| i.totals.vat += d("0.01")),
    ("BR-CO-15", |i| i.totals.gross += d("0.01")),
    ("BR-CO-16", |i| i.totals.due += d("0.01")),
    ("BR-CO-17", |i| i.vat[0].vat += d("0.01")),
    ("BR-CO-09", |i| i.seller.vat = Some("12345678901")),
    ("BR-CO-18", |i| i.vat.clear()),
    ("BR-CO-25", |i| i.due = None),
    ("BR-CO-26", |i| {
        (i.seller.id, i.seller.registration, i.seller.vat) = (None, None, None);
    }),
    ("BR-S-01", |i| i.vat.clear()),
    ("BR-S-02", |i| {
        (i.seller.vat, i.seller.tax_id) = (None, None);
    }),
    ("BR-S-05", |i| i.lines[0].tax.rate = Some(Decimal::ZERO)),
    ("BR-S-06", |i| i.adjustments.push(part(false, "0"))),
    ("BR-S-07", |i| i.adjustments.push(part(true, "0"))),
    ("BR-S-08", |i| i.vat[0].base += d("0.01")),
    ("BR-S-10", |i| i.vat[0].reason = Some("none")),
    ("BR-Z-01", |i| {
        i.lines[0].tax = Tax {
            category: Category::Z,
            rate: Some(Decimal::ZERO),
        }
    }),
    ("BR-Z-02", |i| {
        family(Category::Z, Some("0"), |i| i.seller.vat = None)(i);
    }),
    ("BR-Z-05", |i| family(Category::Z, Some("1"), |_| {})(i)),
    ("BR-Z-06", |i| odd(i, Category::Z, false)),
    ("BR-Z-07", |i| odd(i, Category::Z, true)),
    ("BR-Z-08", |i| {
        family(Category::Z, Some("0"), |i| i.vat[0].base += d("1"))(i);
    }),
    ("BR-Z-09", |i| {
        family(Category::Z, Some("0"), |i| i.vat[0].vat += d("1"))(i);
    }),
    ("BR-Z-10", |i| {
        family(Category::Z, Some("0"), |i| i.vat[0].reason = Some("none"))(i);
    }),
    ("BR-E-01", |i| {
        i.lines[0].tax = Tax {
            category: Category::E,
            rate: Some(Decimal::ZERO),
        }
    }),
    ("BR-E-02", |i| {
        family(Category::E, Some("0"), |i| i.seller.vat = None)(i);
    }),
    ("BR-E-05", |i| family(Category::E, Some("1"), |_| {})(i)),
    ("BR-E-06", |i| odd(i, Category::E, false)),
    ("BR-E-07", |i| odd(i, Category::E, true)),
    ("BR-E-08", |i| {
        family(Category::E, Some("0"), |i| i.vat[0].base += d("1"))(i);
    }),
    ("BR-E-09", |i| {
        family(Category::E, Some("0"), |i| i.vat[0].vat += d("1"))(i);
    }),
    ("BR-E-10", |i| {
        family(Category::E, Some("0"), |i| i.vat[0].reason = None)(i);
    }),
    ("BR-AE-01", |i| {
        i.lines[0].tax = Tax {
            category: Category::Ae,
            rate: Some(Decimal::ZERO),
        }
    }),
    ("BR-AE-02", |i| {
        family(Category::Ae, Some("0"), |i| {
            (i.buyer.vat, i.buyer.registration) = (None, None);
        })(i);
    }),
    ("BR-AE-05", |i| family(Category::Ae, Some("20"), |_| {})(i)),
    ("BR-AE-06", |i| odd(i, Category::Ae, false)),
    ("BR-AE-07", |i| odd(i, Category::Ae, true)),
    ("BR-AE-08", |i| {
        family(Category::Ae, Some("0"), |i| i.vat[0].base += d("1"))(i);
    }),
    ("BR-AE-09", |i| {
        family(Category::Ae, Some("0"), |i| i.vat[0].vat += d("1"))(i);
    }),
    ("BR-AE-10", |i| {
        family(Category::Ae, Some("0"), |i| i.vat[0].reason = None)(i);
    }),
    ("BR-IC-01", |i| {
        i.lines[0].tax = Tax {
            category: Category::K,
            rate: Some(Decimal::ZERO),
        }
    }),
    ("BR-IC-02", |i| {
        family(Category::K, Some("0"), |i| i.buyer.vat = None)(i);
    }),
    ("BR-IC-05", |i| family(Category::K, Some("20"), |_| {})(i)),
    ("BR-IC-06", |i| odd(i, Category::K, false)),
    ("BR-IC-07", |i| odd(i, Category::K, true)),
    ("BR-IC-08", |i| {
        family(Category::K, Some("0"), |i| i.vat[0].base += d("1"))(i);
    }),
    ("BR-IC-09", |i| {
        family(Category::K, Some("0"), |i| i.vat[0].vat += d("1"))(i);
    }),
    ("BR-IC-10", |i| {
        family(Category::K, Some("0"), |i| i.vat[0].reason = None)(i);
    }),
    ("BR-IC-11", |i| {
        family(Category::K, Some("0"), |i| {
            (i.delivery.date, i.period) = (None, None);
        })(i);
    }),
    ("BR-IC-12", |i| {
        family(Category::K, Some("0"), |i| i.delivery.address = None)(i);
    }),
    ("BR-G-01", |i| {
        i.lines[0].tax = Tax {
            category: Category::G,
            rate: Some(Decimal::ZERO),
        }
    }),
    ("BR-G-02", |i| {
        family(Category::G, Some("0"), |i| i.seller.vat = None)(i);
    }),
    ("BR-G-05", |i| family(Category::G, Some("20"), |_| {})(i)),
    ("BR-G-06", |i| odd(i, Category::G, false)),
    ("BR-G-07", |i| odd(i, Category::G, true)),
    ("BR-G-08", |i| {
        family(Category::G, Some("0"), |i| i.vat[0].base += d("1"))(i);
    }),
    ("BR-G-09", |i| {
        family(Category::G, Some("0"), |i| i.vat[0].vat += d("1"))(i);
    }),
    ("BR-G-10", |i| {
        family(Category::G, Some("0"), |i| i.vat[0].reason = None)(i);
    }),
    ("BR-O-01", |i| {
        i.lines[0].tax = Tax {
            category: Category::O,
            rate: None,
        }
    }),
    ("BR-O-02", |i| family(Category::O, None, |_| {})(i)),
    ("BR-O-05", |i| family(Category::O, Some("0"), |_| {})(i)),
    ("BR-O-06", |i| odd(i, Category::O, false)),
    ("BR-O-07", |i| odd(i, Category::O, true)),
    ("BR-O-08", |i| {
        family(Category::O, None, |i| i.vat[0].base += d("1"))(i);
    }),
    ("BR-O-09", |i| {
        family(Category::O, None, |i| i.vat[0].vat += d("1"))(i);
    }),
    ("BR-O-10", |i| {
        family(Category::O, None, |i| i.vat[0].reason = None)(i);
    }),
    ("BR-O-11", |i| {
        family(Category::O, None, |i| i.vat.push(i.vat[0]))(i);
    }),
    ("BR-CL-01", |i| i.type_code = 325),
    ("BR-CL-08", |i| {
        i.notes.push(Note {
            subject: Some("QQQ"),
            text: "x",
        });
    }),
    ("BR-CL-11", |i| {
        i.buyer.registration = Some(Identifier::of("9999", "1"));
    }),
    ("BR-CL-14", |i| {
        i.buyer.address = Box::leak(Box::new(Address {
            country: "XX".into(),
            ..Address::default()
        }));
    }),
    ("BR-CL-22", |i| i.vat[0].code = Some("VATEX-NONE")),
    ("BR-CL-23", |i| i.lines[0].unit = "QQQ"),
    ("BR-CL-24", |i| {
        i.supporting.push(Supporting {
            name: "a.exe",
            description: None,
            mime: "application/x-none",
            bytes: b"",
        });
    }),
    ("BR-CL-25", |i| {
        i.buyer.endpoint = Some(Identifier::of("9998", "1"));
    }),
    ("BR-DEC-01", |i| {
        i.adjustments.push(AllowanceCharge {
            amount: d("1.001"),
            ..part(false, "20")
        });
    }),
    ("BR-DEC-05", |i| {
        i.adjustments.push(AllowanceCharge {
            amount: d("1.001"),
            ..part(true, "20")
        });
    }),
    ("BR-DEC-09", |i| i.totals.lines += d("0.001")),
    ("BR-DEC-10", |i| i.totals.discounts += d("0.001")),
    ("BR-DEC-11", |i| i.totals.charges += d("0.001")),
    ("BR-DEC-12", |i| i.totals.net += d("0.001")),
    ("BR-DEC-13", |i| i.totals.vat += d("0.001")),
    ("BR-DEC-14", |i| i.totals.gross += d("0.001")),
    ("BR-DEC-15", |i| i.totals.vat_ledger = Some(d("0.001"))),
    ("BR-DEC-16", |i| i.totals.paid += d("0.001")),
    ("BR-DEC-17", |i| i.totals.rounding += d("0.001")),
    ("BR-DEC-18", |i| i.totals.due += d("0.001")),
    ("BR-DEC-19", |i| i.vat[0].base += d("0.001")),
    ("BR-DEC-20", |i| i.vat[0].vat += d("0.001")),
    ("BR-DEC-23", |i| i.lines[0].net += d("0.001")),
    ("BR-DEC-24", |i| {
        i.lines[0].adjustments.push(AllowanceCharge {
            amount: d("1.001"),
            tax: None,
            ..part(false, "20")
        });
    }),
    ("BR-DEC-27", |i| {
        i.lines[0].adjustments.push(AllowanceCharge {
            amount: d("1.001"),
            tax: None,
            ..part(true, "20")
        });
    }),
    ("BR-FR-01", |i| {
        i.number = "F2026-000000000000000000000000000000001";
    }),
    ("BR-FR-02", |i| i.number = "F 2026"),
    ("BR-FR-03", |i| i.delivery.date = Some(day("1999-12-31"))),
    ("BR-FR-04", |i| i.type_code = 326),
    ("BR-FR-05", |i| {
        i.notes.retain(|note| note.subject != Some("PMT"));
    }),
    ("BR-FR-06", |i| {
        i.notes.push(Note {
            subject: Some("AAB"),
            text: "again",
        });
    }),
    ("BR-FR-08", |i| i.process = "S3"),
    ("BR-FR-09", |i| {
        i.buyer.id = Some(Identifier::of("0009", "11111111100001"));
    }),
    ("BR-FR-10", |i| i.seller.registration = None),
    ("BR-FR-11", |i| i.buyer.registration = None),
    ("BR-FR-12", |i| i.buyer.endpoint = None),
    ("BR-FR-13", |i| i.seller.endpoint = None),
    ("BR-FR-16", |i| i.lines[0].tax.rate = Some(d("19"))),
    ("BR-FR-17", |i| {
        i.supporting.push(Supporting {
            name: "a.pdf",
            description: Some("Timesheet"),
            mime: "application/pdf",
            bytes: b"",
        });
    }),
    ("BR-FR-20", |i| {
        i.notes.push(Note {
            subject: Some("BAR"),
            text: "B2D",
        });
    }),
    ("BR-FR-21", |i| {
        i.buyer.endpoint = Some(Identifier::of("0225", "999999999"));
    }),
    ("BR-FR-23", |i| {
        i.buyer.endpoint = Some(Identifier::of("0225", "404 833 048"));
    }),
    ("BR-FR-25", |i| {
        i.buyer.endpoint = Some(Identifier::of(
            "0225",
            "4048330480000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        ));
    }),
    ("BR-FR-31", |i| {
        i.notes.push(Note {
            subject: Some("BAR"),
            text: "B2C",
        });
    }),
    ("BR-FR-32", |i| {
        i.buyer.registration = Some(Identifier::of("0002", "12345"));
    }),
    ("BR-FR-CO-04", |i| i.type_code = 384),
    ("BR-FR-CO-05", |i| i.type_code = 381),
    ("BR-FR-CO-07", |i| i.due = Some(day("2020-01-01"))),
    ("BR-FR-CO-08", |i| (i.type_code, i.process) = (386, "S4")),
    ("BR-FR-CO-09", |i| i.process = "S2"),
    ("BR-FR-CO-10", |i| {
        i.buyer.id = Some(Identifier {
            value: "1",
            scheme: None,
        });
    }),
    ("BR-FR-CO-12", |i| {
        i.currency = Currency::parse("USD").unwrap();
    }),
    ("BR-FR-DEC-02", |i| i.lines[0].quantity = d("1.00001")),
    ("BR-FR-DEC-03", |i| i.lines[0].price = d("1.0000001")),
    ("BR-FR-MAP-17", |i| {
        i.lines[0].item = Box::leak("x".repeat(256).into_boxed_str());
    }),
    ("BR-FR-MAP-18", |i| {
        i.notes.push(Note {
            subject: None,
            text: Box::leak("x".repeat(1025).into_boxed_str()),
        });
    }),
];

#[test]
fn einvoice_every_rule_is_raised_by_what_breaks_it() {
    let document = issued("studio", "F2026-0005");
    let extras = Extras {
        credit_terms: "to be deducted",
        files: &[],
    };
    let good = einvoice(&document, extras);
    assert_eq!(
        broken(&good),
        [""; 0],
        "the document that the mutants are made of is valid"
    );
    for (rule, mutate) in MUTATIONS {
        let mut mutant = good.clone();
        mutate(&mut mutant);
        assert!(
            broken(&mutant).contains(rule),
            "{rule} was not raised, but {:?}",
            broken(&mutant)
        );
    }
    // BR-DEC is a document's currency (tests/errors): it has no invoice to mutate.
    let raised = |rule: &str| rule == "BR-DEC" || MUTATIONS.iter().any(|(known, _)| *known == rule);
    let silent: Vec<&String> = rules().keys().filter(|rule| !raised(rule)).collect();
    assert!(silent.is_empty(), "no mutant raises {silent:?}");
}

/// What the two example ledgers have issued breaks no rule.
#[test]
fn einvoice_the_examples_break_no_rule() {
    let mut count = 0;
    for example in ["atelier", "studio"] {
        let mut source =
            Source::new(Repository::open(&project().join("examples").join(example)).unwrap());
        let numbers: Vec<String> = {
            let mut numbers = Vec::new();
            source.register(|row, _| numbers.push(row.number.to_owned()));
            numbers
        };
        for number in numbers {
            let document = issued(example, &number);
            let invoice = einvoice(
                &document,
                Extras {
                    credit_terms: "to be deducted",
                    files: &[],
                },
            );
            let found = en16931::check(&invoice);
            assert!(found.is_empty(), "{number}: {found:?}");
            count += 1;
        }
    }
    assert!(count > 70);
}

#[test]
fn einvoice_a_corrective_names_its_original_alone() {
    let mut document = issued("studio", "F2026-0005");
    document.type_code = 384;
    let extras = Extras {
        credit_terms: "",
        files: &[],
    };
    let mut invoice = einvoice(&document, extras);
    invoice.preceding = vec![Preceding {
        number: "F2026-0009",
        issued: day("2026-01-01"),
    }];
    assert_eq!(broken(&invoice), [""; 0]);
}

/// A ledger whose first account is outside of SEPA, with one invoice of a client that has two e-mail addresses.
fn abroad(pay: &str) -> (Sandbox, String) {
    let mut sandbox = Sandbox::small();
    sandbox.today = day("2026-06-01");
    let settings = sandbox.read("acquit.toml");
    let head = settings.split("[[pay]]").next().unwrap();
    sandbox.write("acquit.toml", format!("{head}{pay}"));
    let acme = sandbox.read("clients/acme.toml");
    sandbox.write(
        "clients/acme.toml",
        format!("email = [\"compta@acme.example\", \"b@acme.example\"]\n{acme}"),
    );
    let number = sandbox.invoice("acme", "1000", "2026-06-01");
    (sandbox, number)
}

const BRAZIL: &str =
    "[[pay]]\nid = \"br\"\nkind = \"transfer\"\niban = \"BR1800360305000010009795493C1\"\n";
const FRANCE: &str =
    "[[pay]]\nid = \"fr\"\nkind = \"transfer\"\niban = \"FR1420041010050500013M02606\"\n";

/// The code to scan of a document, as it stands in the ledger.
fn code(sandbox: &Sandbox, number: &str) -> Option<String> {
    let mut source = Source::new(Repository::open(sandbox.path()).unwrap());
    let path = format!("invoices/2026/{number}.toml");
    let document = source.document(&path).unwrap().0;
    acquit::compute::epc::payload(&document, document.totals.due)
}

/// BT-81 is 58 for SEPA alone; a code to scan asks for a SEPA transfer, so it has the first account that such a transfer reaches.
#[test]
fn einvoice_an_account_outside_of_sepa_gets_an_ordinary_transfer() {
    let cases = [
        (
            format!("{BRAZIL}{FRANCE}"),
            "30",
            Some("FR1420041010050500013M02606"),
        ),
        (BRAZIL.to_owned(), "30", None),
        (FRANCE.to_owned(), "58", Some("FR1420041010050500013M02606")),
    ];
    for (pay, means, account) in cases {
        let (sandbox, number) = abroad(&pay);
        let cii = sandbox.run(&["export", "cii", &number]).ok();
        let cii = cii.split_whitespace().collect::<String>();
        assert!(
            cii.contains(&format!("PaymentMeans><ram:TypeCode>{means}<")),
            "{pay}: {cii}"
        );
        let ubl = sandbox.run(&["export", "ubl", &number]).ok();
        assert!(
            ubl.contains(&format!("<cbc:PaymentMeansCode>{means}<")),
            "{ubl}"
        );
        let code = code(&sandbox, &number);
        assert_eq!(
            code.as_deref().and_then(|code| code.lines().nth(6)),
            account,
            "{pay}"
        );
    }
}

/// BT-72 is the day of supply, were it the day of issue: no element stands empty; BT-58 is the client's first address, as of the issue.
#[test]
fn einvoice_says_when_it_was_supplied_and_whom_to_write_to() {
    let (sandbox, number) = abroad(FRANCE);
    let acme = sandbox.read("clients/acme.toml");
    sandbox.write("clients/acme.toml", acme.replace("compta@", "elsewhere@"));
    sandbox.write(
        "drafts/p.toml",
        "client = \"acme\"\nperiod = { from = 2026-05-01, to = 2026-05-31 }\n[[line]]\nitem = \"x\"\nquantity = 1\nprice = 1\nvat = 20\n",
    );
    sandbox.run(&["issue", "p"]).ok();
    for (number, day, email) in [
        (number.as_str(), "20260601", "compta@acme.example"),
        ("F2026-0002", "20260531", "elsewhere@acme.example"),
    ] {
        let cii = sandbox.run(&["export", "cii", number]).ok();
        let cii = cii.split_whitespace().collect::<String>();
        let delivery = format!(
            "<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>\
             <udt:DateTimeStringformat=\"102\">{day}<"
        );
        assert!(cii.contains(&delivery), "{cii}");
        assert!(cii.contains(&format!("<ram:URIID>{email}<")), "{cii}");
        let ubl = sandbox.run(&["export", "ubl", number]).ok();
        assert!(
            ubl.contains(&format!("<cbc:ElectronicMail>{email}<")),
            "{ubl}"
        );
        assert!(ubl.contains("<cbc:ActualDeliveryDate>"), "{ubl}");
    }
}
