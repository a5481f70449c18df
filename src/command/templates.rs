//! `templates list`, `show`, `copy`, `preview`: the words of messages.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::changes::ChangeSet;
use crate::diagnostic::{Diagnostic, code, nearest};
use crate::ledger::party::Language;
use crate::ledger::reminder::{Step, StepName};
use crate::session::{Done, Failure, Outcomes, Session};
use crate::source::Source;
use crate::task::load;
use crate::task::message::{Desk, Parcel};
use crate::task::reminders::write_parcel;
use crate::view::sample::{Case, Situation, sample};
use crate::view::sheet::{Cell, Report, Sheet};
use crate::view::sms::sms;
use crate::view::text;

/// Arguments of `templates`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit templates list\n  acquit templates copy reminder-first      writes templates/fr/reminder-first.txt"
)]
pub struct TemplatesArgs {
    #[command(subcommand)]
    command: TemplatesCommand,
}

impl TemplatesArgs {
    /// Tells whether it writes data that has JSON and CSV.
    pub fn reports(&self) -> bool {
        matches!(self.command, TemplatesCommand::List(_))
    }

    /// Tells whether it may change the ledger.
    pub fn writes(&self) -> bool {
        matches!(self.command, TemplatesCommand::Copy(_))
    }
}

#[derive(Debug, Subcommand)]
enum TemplatesCommand {
    List(ListArgs),
    /// Print the text of a template, its placeholders as they are
    #[command(after_help = "Example:\n  acquit templates show reminder-first --language en")]
    Show(NameArgs),
    /// Copy a built-in template into the ledger, to be edited: it is used from then on
    #[command(
        after_help = "Example:\n  acquit templates copy reminder-first      writes templates/fr/reminder-first.txt"
    )]
    Copy(NameArgs),
    Preview(PreviewArgs),
}

/// List the templates, and which of them the ledger words itself
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit templates list --language de")]
struct ListArgs {
    /// Only in this language
    #[arg(long, value_parser = language)]
    language: Option<Language>,
}

#[derive(Debug, Args)]
struct NameArgs {
    /// Its name, such as reminder-first
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// In this language; the ledger's unless given
    #[arg(long, value_parser = language)]
    language: Option<Language>,
}

/// Print a message as a client would read it: with a sample, or with a document of the ledger
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit templates preview formal-notice --language en\n  acquit templates preview reminder-final --for F2026-0042\n  acquit templates preview thanks --for F2026-0042 --write out/mails      a draft for your mail program"
)]
struct PreviewArgs {
    #[command(flatten)]
    name: NameArgs,
    /// About this document, as it stands today
    #[arg(long = "for", value_name = "NUMBER")]
    number: Option<String>,
    /// With a sample of several documents
    #[arg(long, conflicts_with = "number")]
    several: bool,
    /// Write the message about that document as the draft of an e-mail: DIR/TODAY/CLIENT-NAME.eml
    #[arg(long, value_name = "DIR", requires = "number")]
    write: Option<PathBuf>,
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Language::WORDS.iter().map(|(code, _)| *code).collect();
        format!("one of {}", known.join(", "))
    })
}

/// Reads the name of a template; `.txt` may stand after it.
fn name(text: &str) -> Result<String, String> {
    let file = format!("{}.txt", text.strip_suffix(".txt").unwrap_or(text));
    if text::names().contains(&file.as_str()) {
        return Ok(file);
    }
    let known: Vec<&str> = text::names()
        .iter()
        .map(|name| name.trim_end_matches(".txt"))
        .collect();
    Err(match nearest(text, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", known.join(", ")),
    })
}

/// Runs the subcommand.
///
/// # Errors
/// Where the ledger cannot be read, a template is wrong, or a copy would be written over another.
pub fn run(args: &TemplatesArgs, session: &mut Session<'_>) -> Outcomes {
    match &args.command {
        TemplatesCommand::List(args) => list(args, session),
        TemplatesCommand::Show(args) => show(args, session),
        TemplatesCommand::Copy(args) => copy(args, session),
        TemplatesCommand::Preview(args) => preview(args, session),
    }
}

fn list(args: &ListArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    session.warn(&mut source);
    let mut items = Sheet::new(&[
        ("name", "Name"),
        ("language", "Language"),
        ("origin", "Wording"),
        ("path", ""),
    ]);
    for name in text::names() {
        for (code, language) in Language::WORDS {
            if args.language.is_some_and(|wanted| wanted != *language) {
                continue;
            }
            let path = path(*language, name);
            let own = source.repository.exists(&path);
            items.push(vec![
                Cell::text(name.trim_end_matches(".txt")),
                Cell::text(*code),
                Cell::text(if own { "ledger" } else { "built-in" }),
                if own { Cell::text(path) } else { Cell::None },
            ]);
        }
    }
    session.report(
        &Report {
            schema: "templates",
            today: session.today,
            items,
            totals: None,
        },
        "",
    )?;
    Ok(Done::Well)
}

fn path(language: Language, name: &str) -> String {
    format!("templates/{}/{name}", language.code())
}

/// The language asked for, or the ledger's.
fn chosen(
    args: &NameArgs,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<Language, Failure> {
    match args.language {
        Some(language) => Ok(language),
        None => Ok(load::settings(session, source)?.language),
    }
}

fn show(args: &NameArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    session.warn(&mut source);
    let language = chosen(args, session, &mut source)?;
    let templates = crate::task::load::templates(&mut source);
    let text = templates
        .text(language, &args.name)
        .unwrap_or_default()
        .to_owned();
    session.data(&text)?;
    Ok(Done::Well)
}

fn copy(args: &NameArgs, session: &mut Session<'_>) -> Outcomes {
    let (writer, mut source) = session.open_to_write()?;
    let language = chosen(args, session, &mut source)?;
    let path = path(language, &args.name);
    if source.repository.exists(&path) {
        let hint = format!("edit it; to begin anew, remove it first (`git rm {path}`)");
        return Err(
            Diagnostic::error(code::FILE_EXISTS, format!("{path} exists already"))
                .hint(hint)
                .into(),
        );
    }
    let found =
        text::built_in().find(|(code, name, _)| *code == language.code() && *name == args.name);
    let text = found.map(|(.., text)| text).unwrap_or_default();
    let mut set = ChangeSet::default();
    set.create(path, text.to_owned());
    session.commit(writer.as_ref(), &set)?;
    Ok(Done::Well)
}

fn preview(args: &PreviewArgs, session: &mut Session<'_>) -> Outcomes {
    let mut source = session.open()?;
    session.warn(&mut source);
    let template = &args.name.name;
    let text = match &args.number {
        Some(number) => match real(args, number, session, &mut source)? {
            Some(text) => text,
            None => return Ok(Done::Well),
        },
        None => {
            let language = chosen(&args.name, session, &mut source)?;
            let templates = crate::task::load::templates(&mut source);
            let case = if args.several {
                Case::Several
            } else {
                Case::One
            };
            let message = sample(
                language,
                Situation {
                    case,
                    ..Situation::FULL
                },
            );
            templates
                .render(language, template, &message)
                .map_err(|error| crate::task::message::broken(&error))?
        }
    };
    session.data(&text)?;
    if template == "sms.txt" {
        session.terminal.say(&sms(&text).size());
    }
    Ok(Done::Well)
}

/// The message about a document of the ledger, as it stands today; none where it was written as a draft.
fn real(
    args: &PreviewArgs,
    number: &str,
    session: &mut Session<'_>,
    source: &mut Source,
) -> Result<Option<String>, Failure> {
    let settings = load::settings(session, source)?;
    let clients = source.clients();
    let books = load::books(source, session.today);
    session.warn(source);
    let mut documents = load::documents(session, source, &settings, &[number.to_owned()])?;
    for document in &mut documents {
        document.language = args.name.language.unwrap_or(document.language);
    }
    let desk = Desk::load(source, &settings, &clients, &books);
    session.warn(source);
    // What the step of this template claims; without one, what the last step before the notice does.
    let of_template = |step: &&Step| step.name.template() == args.name.name;
    let step = settings.reminders.iter().find(of_template).cloned();
    let step = step.unwrap_or_else(|| Step::new(StepName::First, 0));
    let debts = desk.debts(&documents, &step);
    let Some((message, demands)) = desk.message(&debts, false) else {
        return Err(load::unknown_document(number, std::iter::empty()).into());
    };
    let unknown: Vec<_> = demands
        .into_iter()
        .filter_map(|demand| demand.unknown)
        .collect();
    session.print(&unknown, &source.map);
    let text = desk.render(&documents[0], &args.name.name, &message)?;
    let Some(folder) = &args.write else {
        return Ok(Some(text));
    };
    let parcel = match args.name.name.as_str() {
        "sms.txt" | "call.txt" => Parcel {
            ending: "txt",
            bytes: text.into_bytes(),
            remark: None,
            claims: Vec::new(),
        },
        _ => desk
            .draft(&documents[0], &message, &text)
            .map_err(|problems| session.refuse(source, problems))?,
    };
    let name = args.name.name.trim_end_matches(".txt");
    let file = format!("{}-{name}.{}", documents[0].buyer.client, parcel.ending);
    let path = session
        .output(folder)?
        .join(session.today.to_string())
        .join(file);
    write_parcel(session, &path, &parcel)?;
    Ok(None)
}
