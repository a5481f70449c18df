//! The data of the law that apply to a ledger: listed, and added to where a value was published after this release.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::load;
use super::typed::figure;
use crate::changes::ChangeSet;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, code};
use crate::ledger::amount::plain;
use crate::ledger::identifier::is_name;
use crate::ledger::settings::{LawEntry, Settings};
use crate::regime::{self, Regime};
use crate::session::{Failure, Session, straight};
use crate::source::{LAWS, Source, read_laws};
use crate::span::SourceMap;
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::toml;

/// Which data are listed.
#[derive(Debug, Default)]
pub struct ListOptions {
    /// Only of this kind, such as `ecb-refi`.
    pub kind: Option<String>,
    /// Only of this origin: `built-in`, `unconfirmed` or `ledger`.
    pub origin: Option<String>,
}

/// What is added, and the file's name.
#[derive(Debug)]
pub struct AddOptions {
    /// Where the values come from.
    pub origin: Origin,
    /// The file's name in laws/, without its ending; by the values' origin where there is none.
    pub name: Option<String>,
}

/// Where new values come from.
#[derive(Debug)]
pub enum Origin {
    /// A TOML file of `[[law]]` tables, by its path from the folder that the command was called in.
    File(PathBuf),
    /// One value.
    Typed(NewValue),
}

/// A value of the law; its figures are as they were typed.
#[derive(Debug)]
pub struct NewValue {
    /// What it is, such as `ecb-refi`.
    pub kind: String,
    /// Since when it holds.
    pub from: NaiveDate,
    /// The value of a rate, in percent.
    pub percent: Option<String>,
    /// The value of an indemnity, in the currency of the seller's law.
    pub amount: Option<String>,
    /// The value of a kind that is a text.
    pub text: Option<String>,
    /// Where it is published.
    pub source: String,
}

/// Values that are to be added.
#[derive(Debug)]
pub struct Added {
    /// Creates their file.
    pub set: ChangeSet,
    /// What is said of them, a line a value.
    pub said: Vec<String>,
}

/// Lists the data of the law; returns the report, and what stands under its table. What is wrong with the ledger's own values is added to the
/// source's problems.
pub fn list(
    options: &ListOptions,
    settings: &Settings,
    today: NaiveDate,
    source: &mut Source,
) -> (Report, &'static str) {
    let mut problems = Diagnostics::default();
    let law = load::law(settings, &mut problems);
    source.problems.extend(problems);
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
        .filter(|datum| options.kind.as_ref().is_none_or(|kind| *kind == datum.kind))
    {
        let (origin, path) = match datum.origin {
            regime::Origin::BuiltIn => ("built-in", ""),
            regime::Origin::Unconfirmed => ("unconfirmed", ""),
            regime::Origin::Own(at) => ("ledger", source.map.path(settings.laws[at].span.file)),
        };
        if options
            .origin
            .as_ref()
            .is_some_and(|wanted| wanted != origin)
        {
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
    let report = Report {
        schema: "law",
        today,
        items,
        totals: None,
    };
    (report, after)
}

/// Plans the file of new values.
///
/// # Errors
/// Where acquit.toml or the values have errors, the name is taken or is none, or a value contradicts one that is known or would never be used.
pub fn add(
    options: &AddOptions,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<Added, Failure> {
    let settings = load::settings(session, source)?;
    let (text, laws, own) = match &options.origin {
        Origin::File(file) => of_file(file, session, source)?,
        Origin::Typed(value) => of_typed(value)?,
    };
    let law = load::law(&settings, &mut Diagnostics::default());
    let name = options.name.clone().unwrap_or(own);
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
    let problems = judge(&laws, &law);
    if !problems.is_empty() {
        return Err(session.refuse(source, problems));
    }
    let mut set = ChangeSet::default();
    set.create(path, text);
    let said = laws
        .iter()
        .map(|law| format!("{} from {}: {}", law.kind.value, law.from, value(law)))
        .collect();
    Ok(Added { set, said })
}

/// What is wrong with new values beside those that the ledger has: what would never be used as well.
fn judge(laws: &[LawEntry], law: &Regime) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let mut regime = law.clone();
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
    let full = straight(&session.folder.join(file));
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

/// The same of what was typed.
fn of_typed(value: &NewValue) -> Result<(String, Vec<LawEntry>, String), Failure> {
    let mut problems = Diagnostics::default();
    let mut number = |text: &Option<String>, digits: u32, command: &str| -> Option<Decimal> {
        figure(text.as_ref()?, digits, command, &mut problems)
    };
    let (percent, amount) = (
        number(&value.percent, 4, "--percent {}"),
        number(&value.amount, 3, "--amount {}"),
    );
    let mut text = toml::Text::default();
    text.element("law")
        .text("kind", &value.kind)
        .raw("from", value.from);
    for (key, figure) in [("percent", percent), ("amount", amount)] {
        if let Some(figure) = figure {
            text.raw(key, plain(figure));
        }
    }
    text.maybe("text", value.text.as_ref())
        .text("source", &value.source);
    let text = text.finish().trim_start().to_owned();
    if !problems.has_errors() {
        match read_laws(&text) {
            Ok(laws) => return Ok((text, laws, format!("{}-{}", value.kind, value.from))),
            Err(found) => problems.extend(found),
        }
    }
    Err(Failure::Refused(problems.sorted(), SourceMap::default()))
}

fn value(law: &LawEntry) -> String {
    let percent = law.percent.map(|percent| format!("{} %", plain(percent)));
    percent
        .or_else(|| law.amount.map(plain))
        .or_else(|| law.text.clone())
        .unwrap_or_else(|| "added".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::example;

    fn rate(from: &str, percent: &str) -> NewValue {
        NewValue {
            kind: "ecb-refi".to_owned(),
            from: from.parse().unwrap(),
            percent: Some(percent.to_owned()),
            amount: None,
            text: None,
            source: "https://www.ecb.europa.eu/".to_owned(),
        }
    }

    #[test]
    fn a_rate_that_is_typed_becomes_a_file_and_is_judged_beside_the_known_ones() {
        let settings = example("studio").settings().unwrap();
        let law = load::law(&settings, &mut Diagnostics::default());
        let Ok((text, laws, name)) = of_typed(&rate("2031-01-01", "2.50")) else {
            panic!("refused")
        };
        assert!(text.starts_with("[[law]]\n"), "{text}");
        assert_eq!(
            (name.as_str(), value(&laws[0])),
            ("ecb-refi-2031-01-01", "2.5 %".to_owned())
        );
        assert!(judge(&laws, &law).is_empty());
        // A reference rate holds from the first day of a half-year.
        let Ok((_, between, _)) = of_typed(&rate("2031-03-15", "2.50")) else {
            panic!("refused")
        };
        assert!(judge(&between, &law).has_errors());
    }

    #[test]
    fn a_figure_that_is_none_is_refused() {
        let Err(Failure::Refused(problems, _)) = of_typed(&rate("2031-01-01", "2,50")) else {
            panic!("not refused")
        };
        assert_eq!(problems[0].code, code::VALUE_NUMBER);
        assert_eq!(problems[0].hint.as_deref(), Some("write `--percent 2.50`"));
    }

    #[test]
    fn data_are_picked_by_kind_and_origin() {
        let mut source = example("studio");
        let settings = source.settings().unwrap();
        let mut rows = |kind: Option<&str>, origin: Option<&str>| {
            let options = ListOptions {
                kind: kind.map(str::to_owned),
                origin: origin.map(str::to_owned),
            };
            let today = "2026-11-22".parse().unwrap();
            let (report, after) = list(&options, &settings, today, &mut source);
            (report.items.rows.len(), after)
        };
        let (all, after) = rows(None, None);
        assert_eq!(after, "");
        let by_origin: usize = ["built-in", "unconfirmed", "ledger"]
            .map(|origin| rows(None, Some(origin)).0)
            .iter()
            .sum();
        assert_eq!(by_origin, all);
        let (rates, _) = rows(Some("ecb-refi"), None);
        assert!(rates > 0 && rates < all);
        assert_eq!(
            rows(Some("no-such-kind"), None),
            (0, "No such datum: `acquit law list` shows all.\n")
        );
    }
}
