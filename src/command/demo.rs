//! `demo`: builds a small ledger with the real commands at a fixed date, shows each command and its output.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::outside::Outside;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::write::write_output;

/// Arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit demo /tmp/demo")]
pub struct DemoArgs {
    /// The folder to make; it must not exist
    #[arg(value_name = "DIR", default_value = "demo")]
    pub folder: PathBuf,
}

/// The day the demonstration is set on.
const TODAY: (i32, u32, u32) = (2026, 11, 22);

/// The commands, each with the day it is run on.
const STEPS: &[(&str, &[&str])] = &[
    (
        "2026-08-03",
        &[
            "init",
            "--name",
            "Camille Durand EI",
            "--form",
            "ei",
            "--siren",
            "732829320",
            "--street",
            "12 rue des Tables-Claudiennes",
            "--postcode",
            "69001",
            "--city",
            "Lyon",
            "--email",
            "camille@example.org",
            "--iban",
            "FR1420041010050500013M02606",
            "--ledger-id",
            "demo",
            "--no-input",
        ],
    ),
    (
        "2026-08-03",
        &[
            "client",
            "add",
            "acme",
            "--name",
            "Acme SAS",
            "--id",
            "404833048",
            "--street",
            "3 impasse Cœur-de-Vey",
            "--postcode",
            "75014",
            "--city",
            "Paris",
            "--email",
            "compta@acme.example",
            "--no-input",
        ],
    ),
    (
        "2026-08-03",
        &[
            "client",
            "add",
            "kunz",
            "--name",
            "Kunz GmbH",
            "--vat",
            "DE136695976",
            "--street",
            "Lindenstraße 4",
            "--postcode",
            "10969",
            "--city",
            "Berlin",
            "--country",
            "DE",
            "--language",
            "en",
            "--email",
            "office@kunz.example",
            "--no-input",
        ],
    ),
    (
        "2026-09-14",
        &[
            "new",
            "acme",
            "Traduction du guide utilisateur",
            "12500 word",
            "0.11",
            "--vat",
            "20",
            "--name",
            "acme-guide",
        ],
    ),
    ("2026-09-14", &["issue", "acme-guide"]),
    (
        "2026-10-02",
        &[
            "new",
            "kunz",
            "--item",
            "Localisation of the website; 3 day; 520; reverse-charge",
            "--item",
            "Proofreading; 6.5 hour; 62; reverse-charge",
            "--name",
            "kunz-website",
        ],
    ),
    ("2026-10-02", &["issue", "kunz-website"]),
    ("2026-10-19", &["remind", "--log"]),
    ("2026-10-29", &["remind", "--log"]),
    (
        "2026-10-30",
        &[
            "pay",
            "F2026-0001",
            "1000",
            "--date",
            "2026-10-30",
            "--reference",
            "VIR ACME SAS",
        ],
    ),
    ("2026-11-06", &["remind", "--log"]),
    (
        "2026-11-18",
        &[
            "new",
            "acme",
            "Relecture du rapport annuel",
            "2 day",
            "450",
            "--vat",
            "20",
            "--name",
            "acme-rapport",
        ],
    ),
    ("2026-11-18", &["issue", "acme-rapport"]),
    (
        "2026-11-22",
        &[
            "new",
            "acme",
            "Atelier terminologie",
            "1 day",
            "650",
            "--vat",
            "20",
            "--name",
            "acme-atelier",
        ],
    ),
    ("2026-11-22", &["check"]),
    ("2026-11-22", &["render", "--all"]),
    ("2026-11-22", &["status"]),
    ("2026-11-22", &["overdue"]),
    ("2026-11-22", &["remind", "--write", "out/reminders"]),
];

/// Builds the ledger.
///
/// # Errors
/// Where the folder exists, or a step fails.
pub fn run(args: &DemoArgs, session: &mut Session<'_>) -> Outcomes {
    let folder = session.folder.join(&args.folder);
    if folder.exists() {
        let hint =
            "name another folder, or remove it first: a demonstration never writes over anything";
        return Err(Failure::Usage(
            format!("{} exists already", args.folder.display()),
            hint.into(),
        ));
    }
    let today = chrono::NaiveDate::from_ymd_opt(TODAY.0, TODAY.1, TODAY.2).unwrap_or(session.today);
    session.disk.make_dir(&folder)?;
    for (day, words) in STEPS {
        step(session, &folder, day, words)?;
    }
    // The one file that is written into a ledger beside its own: into the ledger that was made just now.
    write_output(session.disk, &folder.join("README.txt"), NOTE.as_bytes())?;
    session.terminal.data(&format!(
        "\nThe ledger is in {0}, its invoices as PDF in {0}/out, the reminders in {0}/out/reminders/{today}.\nPlay with it: acquit -C {0} --today {today} status\n",
        args.folder.display()
    ))?;
    Ok(Done::Well)
}

/// Shows a command as one would type it, then runs it.
fn step(
    session: &mut Session<'_>,
    folder: &std::path::Path,
    day: &str,
    words: &[&str],
) -> Result<(), Failure> {
    let quote = |word: &&str| {
        if word.contains([' ', ';']) {
            format!("\"{word}\"")
        } else {
            (*word).to_owned()
        }
    };
    let shown: Vec<String> = words
        .iter()
        .filter(|word| **word != "--no-input")
        .map(quote)
        .collect();
    let paint = session.terminal.out_paint;
    let line = format!("$ acquit {}", shown.join(" "));
    session
        .terminal
        .exact(&format!("\n{}   # on {day}\n", paint.style("1", &line)))?;
    let mut arguments: Vec<OsString> = vec![
        "acquit".into(),
        "--today".into(),
        day.into(),
        "--color".into(),
        "never".into(),
    ];
    arguments.extend(words.iter().map(Into::into));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = (session.run)(Outside {
        arguments,
        folder: folder.to_owned(),
        today: session.today,
        now: session.now,
        no_color: true,
        is_terminal: (false, false),
        width: session.terminal.width,
        out: &mut out,
        err: &mut err,
        ask: None,
        disk: session.disk,
        chance: session.chance,
        mail: None,
        office: session.office,
    });
    session.terminal.data(&String::from_utf8_lossy(&out))?;
    session.terminal.data(&String::from_utf8_lossy(&err))?;
    if code == 0 {
        Ok(())
    } else {
        Err(Failure::Could(format!("this step ended with {code}")))
    }
}

/// What the folder says of itself.
const NOTE: &str = "A demonstration made by `acquit demo`: fictional parties, figures and bank account. Play with it, then remove it.\n";
