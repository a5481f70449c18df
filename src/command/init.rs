//! `init`: a new ledger.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::changes::{ChangeSet, hex};
use crate::check::identifiers;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::identifier::{compact, compact_digits, french_vat, is_siren, luhn};
use crate::ledger::party::Form;
use crate::ledger::settings::FORMAT;
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::repository::{Repository, SETTINGS};
use crate::source::{Source, read_settings};
use crate::view::toml;
use crate::write::write_new;

const GITIGNORE: &str = "/out/\n/.acquit/\n";
const GITATTRIBUTES: &str = "* text=auto eol=lf\n\
invoices/** -text\n\
quotes/** -text\n\
register/*.csv -text merge=binary\n\
payments/*.csv text eol=lf merge=union\n\
events/*.csv text eol=lf merge=union\n\
sent/** -text\n";

/// Arguments of `init`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit init compta --name \"Camille Durand EI\" --form ei --siren 732829320 --iban FR1420041010050500013M02606"
)]
pub struct InitArgs {
    /// The folder; this one if not given
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// The seller's legal name, as on the bank account
    #[arg(long)]
    pub name: Option<String>,
    /// Legal form: ei, eurl, sarl, sasu, sas, selarl, sa, snc, sci, scop, association or other
    #[arg(long)]
    pub form: Option<String>,
    /// SIREN: nine digits; the VAT number follows from it
    #[arg(long, visible_alias = "id", value_name = "SIREN")]
    pub siren: Option<String>,
    /// VAT number, where it does not follow from the SIREN
    #[arg(long)]
    pub vat: Option<String>,
    /// The seller charges no VAT (franchise en base)
    #[arg(long)]
    pub franchise: bool,
    /// Form and capital, such as "SASU au capital de 1 000 €"
    #[arg(long)]
    pub legal: Option<String>,
    /// Registry and city, such as "RCS Lyon 732 829 320"
    #[arg(long)]
    pub registry: Option<String>,
    /// IBAN of the bank account
    #[arg(long)]
    pub iban: Option<String>,
    /// Street and number
    #[arg(long)]
    pub street: Option<String>,
    /// Postcode
    #[arg(long)]
    pub postcode: Option<String>,
    /// City
    #[arg(long)]
    pub city: Option<String>,
    /// Country's code
    #[arg(long, default_value = "FR")]
    pub country: String,
    /// E-mail address
    #[arg(long)]
    pub email: Option<String>,
    /// The ledger's currency
    #[arg(long, default_value = "EUR")]
    pub currency: String,
    /// Language of documents
    #[arg(long, default_value = "fr")]
    pub language: String,
    /// The ledger's id, for tests and demonstrations; else made by chance
    #[arg(long = "ledger-id", value_name = "ID")]
    pub ledger_id: Option<String>,
}

/// What the questions are answered with.
struct Answers {
    name: String,
    form: String,
    siren: Option<String>,
    place: (Option<String>, Option<String>, Option<String>),
    iban: Option<String>,
}

/// Makes a ledger.
///
/// # Errors
/// Where there is one already, or a value is wrong: then nothing is written.
pub fn run(args: &InitArgs, session: &mut Session<'_>) -> Outcomes {
    let folder = args
        .folder
        .as_ref()
        .map_or_else(|| session.folder.clone(), |dir| session.folder.join(dir));
    let mut source = Source::new(Repository::open_locked(&folder));
    if source.repository.exists(SETTINGS) {
        return Err(exists(&folder).into());
    }
    let answers = ask(args, session)?;
    let text = settings(args, session, &answers);
    let settings = match read_settings(&text) {
        Ok(settings) => settings,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    let mut problems = Diagnostics::default();
    identifiers::settings(&settings, &mut problems);
    if problems.has_errors() {
        return Err(session.refuse(&mut source, problems));
    }
    let mut set = ChangeSet::default();
    set.create(SETTINGS, text);
    let for_git = [(".gitignore", GITIGNORE), (".gitattributes", GITATTRIBUTES)];
    let (new, old): (Vec<_>, Vec<_>) = for_git
        .into_iter()
        .partition(|(path, _)| !source.repository.exists(path));
    for (path, _) in old {
        session.terminal.say(&format!(
            "{path} exists already: it is left as it is, see docs/format.md for what belongs there"
        ));
    }
    let writer = if session.global.dry_run {
        None
    } else {
        // These two come first and by no journal: a journal never names a hidden file, whoever wrote it.
        for (path, text) in &new {
            write_new(session.disk, &folder.join(path), text.as_bytes())?;
        }
        let writer = session.begin(&folder, false)?;
        match &session.recovered {
            Some(set) if set.command() == session.words => return Err(Failure::Repeated),
            Some(_) if folder.join(SETTINGS).exists() => return Err(exists(&folder).into()),
            _ => Some(writer),
        }
    };
    session.commit(writer.as_ref(), &set)?;
    let verb = if writer.is_some() {
        "created"
    } else {
        "would create"
    };
    for (path, _) in &new {
        session.terminal.say(&format!("  {verb} {path}"));
    }
    if writer.is_none() {
        return Ok(Done::Well);
    }
    session.print(&problems.sorted(), &source.map);
    session.terminal.say(&format!(
        "made a ledger in {}",
        args.folder
            .as_ref()
            .map_or_else(|| ".".into(), |folder| folder.display().to_string())
    ));
    next(session, &settings);
    Ok(Done::Well)
}

/// Returns the problem of a folder that is a ledger already.
fn exists(folder: &Path) -> Diagnostic {
    let message = format!("{} is a ledger already", folder.display());
    Diagnostic::error(code::LEDGER_EXISTS, message)
        .hint("edit its acquit.toml, or choose another folder")
}

/// Says what comes next, and what the first invoice will still need.
fn next(session: &mut Session<'_>, settings: &crate::ledger::settings::Settings) {
    let seller = &settings.seller;
    let mut missing = Vec::new();
    if seller.address.street.is_none() && seller.address.city.is_none() {
        missing.push("the address in [seller.address]");
    }
    if seller.form.is_company() && seller.legal.is_none() {
        missing.push("`legal` (form and capital)");
    }
    if seller.form.is_company() && seller.registry.is_none() {
        missing.push("`registry` (RCS and city)");
    }
    if seller.form == Form::Ei
        && seller.address.country == "FR"
        && !crate::check::law::names_form(&seller.name, "EI")
    {
        missing.push("\"EI\" after the name");
    }
    if settings.pay.is_empty() {
        missing.push("a [[pay]] with your IBAN");
    }
    if let Some(vat) = &seller.vat {
        session.terminal.say(&format!("VAT number {}", vat.value));
    }
    if !missing.is_empty() {
        session.terminal.say(&format!(
            "before the first invoice, add to acquit.toml: {}",
            missing.join(", ")
        ));
    }
    if let Some(gap) = crate::regime::gap(&seller.address.country) {
        session.terminal.say(&format!("note: {gap}"));
    }
    session
        .terminal
        .say("next: `acquit client add`, then `acquit new`");
}

/// Asks at most five questions for what the flags do not say.
fn ask(args: &InitArgs, session: &mut Session<'_>) -> Result<Answers, Failure> {
    let name = session.argument(
        args.name.clone(),
        "--name",
        "Your legal name, as on the bank account",
    )?;
    let mut answers = Answers {
        name,
        form: args.form.clone().unwrap_or_else(|| "ei".into()),
        siren: args.siren.clone(),
        place: (
            args.street.clone(),
            args.postcode.clone(),
            args.city.clone(),
        ),
        iban: args.iban.clone(),
    };
    let Some(ask) = session.ask.as_mut().filter(|_| !session.global.no_input) else {
        return Ok(answers);
    };
    if args.form.is_none() {
        let words: Vec<&str> = Form::WORDS.iter().map(|(word, _)| *word).collect();
        let chosen = ask.choice("Legal form", &words)?;
        words[chosen.min(words.len() - 1)].clone_into(&mut answers.form);
    }
    if args.siren.is_none() && args.country == "FR" {
        loop {
            let siren = ask
                .text("SIREN (nine digits; empty: later)", None)
                .map(|text| compact_digits(&text))?;
            if siren.is_empty() || (is_siren(&siren) && luhn(&siren)) {
                answers.siren = Some(siren).filter(|siren| !siren.is_empty());
                break;
            }
            let again = format!("{siren} is no SIREN: nine digits whose key fits");
            session.terminal.say(&again);
        }
    }
    if args.street.is_none() && args.city.is_none() {
        let line = ask.text("Address: street, postcode city (empty: later)", None)?;
        answers.place = place(&line);
    }
    if args.iban.is_none() {
        let iban = compact(&ask.text("IBAN (empty: later)", None)?);
        answers.iban = Some(iban).filter(|iban| !iban.is_empty());
    }
    Ok(answers)
}

/// Splits `12 rue X, 69001 Lyon`.
fn place(line: &str) -> (Option<String>, Option<String>, Option<String>) {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some((street, town)) = line.rsplit_once(',') else {
        return (some(line), None, None);
    };
    match town.trim().split_once(' ') {
        Some((postcode, city)) if postcode.bytes().any(|b| b.is_ascii_digit()) => {
            (some(street), some(postcode), some(city))
        }
        _ => (some(street), None, some(town)),
    }
}

fn settings(args: &InitArgs, session: &Session<'_>, answers: &Answers) -> String {
    let id = args
        .ledger_id
        .clone()
        .unwrap_or_else(|| hex(&(session.chance)()));
    let siren = answers.siren.as_deref().map(|siren| {
        if args.country == "FR" {
            compact_digits(siren)
        } else {
            siren.to_owned()
        }
    });
    let siren = siren.as_ref();
    let vat = args.vat.as_deref().map(compact).or_else(|| {
        siren
            .filter(|_| !args.franchise && args.country == "FR")
            .and_then(|siren| french_vat(siren))
    });
    let mut text = toml::Text::default();
    text.comment(
        "The settings of this ledger. Every key is described in docs/format.md of acquit.",
    )
    .raw("format", FORMAT)
    .text("id", &id)
    .text("currency", &args.currency)
    .text("language", &args.language)
    .table("seller")
    .text("name", &answers.name)
    .text("form", &answers.form)
    .maybe("id", siren)
    .maybe("vat", vat.as_ref())
    .maybe("legal", args.legal.as_ref())
    .maybe("registry", args.registry.as_ref());
    if args.franchise {
        text.text("vat_regime", "franchise");
    }
    let (street, postcode, city) = &answers.place;
    text.maybe("email", args.email.as_ref())
        .table("seller.address")
        .maybe("street", street.as_ref())
        .maybe("postcode", postcode.as_ref())
        .maybe("city", city.as_ref())
        .text("country", &args.country)
        .table("series")
        .text("invoice", "F{year}-{n:04}")
        .text("credit", "A{year}-{n:04}")
        .table("terms")
        .text("due", "30d");
    if let Some(iban) = &answers.iban {
        text.element("pay")
            .text("id", "main")
            .text("kind", "transfer")
            .text("iban", &compact(iban));
    }
    text.finish()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn an_address_is_split() {
        let text = |s: &str| Some(s.to_owned());
        assert_eq!(
            place("12 rue X, 69001 Lyon"),
            (text("12 rue X"), text("69001"), text("Lyon"))
        );
        assert_eq!(
            place("12 rue X, Lyon"),
            (text("12 rue X"), None, text("Lyon"))
        );
        assert_eq!(place(""), (None, None, None));
    }
}
