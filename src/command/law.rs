//! `law add`, `law list`: the data of the law that apply, and values that are published after this release.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use crate::changes::ChangeSet;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, code};
use crate::ledger::amount::plain;
use crate::ledger::identifier::is_name;
use crate::ledger::settings::{LawEntry, Settings};
use crate::regime::Origin;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::{LAWS, Source, read_laws};
use crate::task::load;
use crate::task::typed::figure;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::toml;

/// Arguments of `law`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit law list --kind ecb-refi\n  acquit law add --kind ecb-refi --from 2027-01-01 --percent 2.50 --source \"https://www.ecb.europa.eu/…\""
)]
pub struct LawArgs {
    #[command(subcommand)]
    command: LawCommand,
}

impl LawArgs {
    /// Tells whether it writes a report and changes nothing.
    pub fn reads(&self) -> bool {
        matches!(self.command, LawCommand::List(_))
    }
}

#[derive(Debug, Subcommand)]
enum LawCommand {
    List(ListArgs),
    Add(AddArgs),
}

/// List every datum of the law of the seller's country with its dates, value and source, and whether it is the ledger's own
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit law list --kind ecb-refi\n  acquit law list --json")]
struct ListArgs {
    /// Only of this kind, such as ecb-refi, vat-rate or recovery-fee
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only what was taken from memory and not compared with its source, or what the ledger itself says
    #[arg(long, value_name = "ORIGIN", value_parser = ["built-in", "unconfirmed", "ledger"])]
    origin: Option<String>,
}

/// Add a value of the law to the ledger, as laws/NAME.toml: of a file of [[law]] tables, or of the options
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit law add --kind ecb-refi --from 2027-01-01 --percent 2.50 --source \"https://www.ecb.europa.eu/…\"\n  acquit law add ~/rates-2027.toml\n\n`acquit explain law` lists the kinds."
)]
struct AddArgs {
    /// A TOML file of [[law]] tables, which is copied into laws/
    #[arg(value_name = "FILE", conflicts_with_all = ["kind", "from", "percent", "amount", "text", "source"])]
    file: Option<PathBuf>,
    /// What it is, such as ecb-refi
    #[arg(long, value_name = "KIND", requires_all = ["from", "source"])]
    kind: Option<String>,
    /// Since when; of a rate the first day of its half-year
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day, requires = "kind")]
    from: Option<NaiveDate>,
    /// The value of a rate, in percent
    #[arg(
        long,
        value_name = "PERCENT",
        requires = "kind",
        allow_negative_numbers = true
    )]
    percent: Option<String>,
    /// The value of an indemnity
    #[arg(long, value_name = "AMOUNT", requires = "kind")]
    amount: Option<String>,
    /// The value of a kind that is a text
    #[arg(long, value_name = "TEXT", requires = "kind")]
    text: Option<String>,
    /// Where it is published
    #[arg(long, value_name = "SOURCE", requires = "kind")]
    source: Option<String>,
    /// The file's name in laws/; KIND-FROM or the name of FILE unless given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Runs the subcommand.
///
/// # Errors
/// Where the ledger cannot be read, or a value that is added is wrong or contradicts one that is known.
pub fn run(args: &LawArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        LawCommand::List(args) => list(args, session),
        LawCommand::Add(args) => add(args, session),
    }
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    let settings = load::settings(session, &mut source)?;
    let mut problems = Diagnostics::default();
    let law = load::law(&settings, &mut problems);
    source.problems.extend(problems);
    let broken = session.warn(&mut source);
    let data = law.data(&settings.laws, settings.language);
    let mut items = Sheet::new(&[
        ("kind", "Kind"),
        ("from", "From"),
        ("until", "Until"),
        ("value", "Value"),
        ("origin", "Origin"),
        ("path", ""),
        ("source", "Source"),
    ]);
    for datum in data
        .iter()
        .filter(|datum| args.kind.as_ref().is_none_or(|kind| *kind == datum.kind))
    {
        let (origin, path) = match datum.origin {
            Origin::BuiltIn => ("built-in", ""),
            Origin::Unconfirmed => ("unconfirmed", ""),
            Origin::Own(at) => ("ledger", source.map.path(settings.laws[at].span.file)),
        };
        if args.origin.as_ref().is_some_and(|wanted| wanted != origin) {
            continue;
        }
        items.push(vec![
            Cell::text(&datum.kind),
            Cell::date(datum.from),
            Cell::date(datum.until),
            Cell::text(&datum.value),
            Cell::Word(origin),
            Cell::text(path),
            Cell::text(&datum.source),
        ]);
    }
    let after = if items.rows.is_empty() {
        "No such datum: `acquit law list` shows all.\n"
    } else {
        ""
    };
    session.report(
        &Report {
            schema: "law",
            today: session.today,
            items,
            totals: None,
        },
        after,
    )?;
    Ok(if broken { Done::Findings } else { Done::Well })
}

fn add(args: &AddArgs, session: &mut Session<'_>) -> Outcomes {
    if args.file.is_none() && args.kind.is_none() {
        let hint =
            "give FILE, or --kind with --from, a value and --source: `acquit law add --help`";
        return Err(Failure::Usage("nothing to add".into(), hint.into()));
    }
    let (writer, mut source) = session.open_to_write()?;
    let settings = load::settings(session, &mut source)?;
    let (text, laws, own) = match &args.file {
        Some(file) => of_file(file, session, &mut source)?,
        None => of_options(args)?,
    };
    let name = args.name.clone().unwrap_or(own);
    if !is_name(&name) {
        let message = format!("`{name}` cannot be a name in {LAWS}/");
        let hint = "give --name: at most 64 of A-Z a-z 0-9 . _ - that begin with a letter or digit";
        return Err(Diagnostic::error(code::FILE_NAME, message)
            .hint(hint)
            .into());
    }
    let path = format!("{LAWS}/{name}.toml");
    let is_taken = |known: &String| known.to_lowercase() == name.to_lowercase();
    if source.law_names().iter().any(is_taken) || source.repository.exists(&path) {
        let hint = "edit that file, or give another --name";
        return Err(
            Diagnostic::error(code::FILE_EXISTS, format!("{path} exists already"))
                .hint(hint)
                .into(),
        );
    }
    let problems = judge(&laws, &settings);
    if !problems.is_empty() {
        return Err(session.refuse(&mut source, problems));
    }
    session.warn(&mut source);
    let mut set = ChangeSet::default();
    set.create(path, text);
    session.commit(writer.as_ref(), &set)?;
    for law in &laws {
        session.terminal.say(&format!(
            "{} from {}: {}",
            law.kind.value,
            law.from,
            value(law)
        ));
    }
    Ok(Done::Well)
}

/// What is wrong with new values beside those that the ledger has: what would never be used as well.
fn judge(laws: &[LawEntry], settings: &Settings) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let mut regime = load::law(settings, &mut Diagnostics::default());
    for law in laws {
        if let Err(problem) = regime.add(law) {
            // What is only said of a ledger that has it, such as a rate that is never used, is not added.
            problems.push(Diagnostic {
                severity: Severity::Error,
                ..problem
            });
        }
    }
    problems
}

/// The text of a file of `[[law]]` tables, its values, and its name.
fn of_file(
    file: &Path,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<(String, Vec<LawEntry>, String), Failure> {
    let full = crate::session::straight(&session.folder.join(file));
    // A file of the ledger's own folder is named as it stands there.
    let path = full
        .strip_prefix(source.repository.root())
        .unwrap_or(&full)
        .to_string_lossy()
        .into_owned();
    if !source.repository.exists(&path) {
        let message = format!("there is no file {}", file.display());
        let hint = "give the path of a TOML file of [[law]] tables, or --kind, --from, a value and --source";
        return Err(Diagnostic::error(code::FILE_MISSING, message)
            .hint(hint)
            .into());
    }
    let Some(laws) = source.law(&path) else {
        return Err(session.refuse(source, Diagnostics::default()));
    };
    let Some(text) = source.text(&path) else {
        return Err(session.refuse(source, Diagnostics::default()));
    };
    let name = full
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok((text.text, laws, name))
}

/// The same of the options.
fn of_options(args: &AddArgs) -> Result<(String, Vec<LawEntry>, String), Failure> {
    let (kind, source) = (
        args.kind.clone().unwrap_or_default(),
        args.source.clone().unwrap_or_default(),
    );
    let from = args.from.map(|from| from.to_string()).unwrap_or_default();
    let mut problems = Diagnostics::default();
    let mut number = |text: &Option<String>, digits: u32, command: &str| -> Option<Decimal> {
        figure(text.as_ref()?, digits, command, &mut problems)
    };
    let (percent, amount) = (
        number(&args.percent, 4, "--percent {}"),
        number(&args.amount, 3, "--amount {}"),
    );
    let mut text = toml::Text::default();
    text.element("law").text("kind", &kind).raw("from", &from);
    for (key, value) in [("percent", percent), ("amount", amount)] {
        if let Some(value) = value {
            text.raw(key, plain(value));
        }
    }
    text.maybe("text", args.text.as_ref())
        .text("source", &source);
    let text = text.finish().trim_start().to_owned();
    if !problems.has_errors() {
        match read_laws(&text) {
            Ok(laws) => return Ok((text, laws, format!("{kind}-{from}"))),
            Err(found) => problems.extend(found),
        }
    }
    Err(Failure::Refused(
        problems.sorted(),
        crate::span::SourceMap::default(),
    ))
}

fn value(law: &LawEntry) -> String {
    let percent = law.percent.map(|percent| format!("{} %", plain(percent)));
    percent
        .or_else(|| law.amount.map(plain))
        .or_else(|| law.text.clone())
        .unwrap_or_else(|| "added".to_owned())
}
