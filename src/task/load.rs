//! What several commands load: the books, a document with its row, a draft with its client and its law.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Deref;

use chrono::NaiveDate;

use super::design::{self, Chosen};
use crate::check::documents::compare;
pub use crate::check::documents::unknown as unknown_document;
use crate::check::register::Chain;
use crate::compute::books::Books;
use crate::compute::issue::{Case, Preceding};
use crate::compute::journal;
use crate::compute::seal::{genesis, seal};
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::book::{Record, Row, RowText};
use crate::ledger::books::Ledger;
use crate::ledger::client_index::Clients;
use crate::ledger::document::{Attachment, Document};
use crate::ledger::draft::Draft;
use crate::ledger::party::Language;
use crate::ledger::settings::Settings;
use crate::regime::{self, Regime};
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::source::register::FoundRow;
use crate::source::repository::ReadError;
use crate::span::{FileId, Span};
use crate::view::locale::Locale;
use crate::view::pdf::probe_logo;
use crate::view::text::{self, Templates};

/// Name and version of this program, as documents bear it.
pub const PROGRAM: &str = concat!("acquit ", env!("CARGO_PKG_VERSION"));

/// Reads acquit.toml, or refuses with what is wrong with it.
///
/// # Errors
/// Where it has errors.
pub fn settings(session: &Session<'_>, source: &mut Source) -> Result<Settings, Failure> {
    match source.settings() {
        Some(settings) => Ok(settings),
        None => Err(session.refuse(source, Diagnostics::default())),
    }
}

/// Looks at the books as of a day, opening no document; what is wrong with rows is added to the source's problems.
pub fn books(source: &mut Source, today: NaiveDate) -> Books {
    let mut books = Books::new(&source.ledger(), today);
    source.problems.extend(std::mem::take(&mut books.problems));
    books
}

/// Looks at the books as of another day: what is wrong with them was said.
pub fn books_at(source: &mut Source, day: NaiveDate) -> Books {
    Books::new(&source.ledger(), day)
}

/// Looks at the books and verifies the whole chain of the register, as commands that issue do.
pub fn books_and_chain<'s>(
    source: &mut Source,
    settings: &'s Settings,
    today: NaiveDate,
) -> (Books, Chain<'s>) {
    let mut chain = Chain::new(&settings.id, &settings.series);
    source.ledger_and(|row, record| match row {
        Some(row) => chain.add(row, record),
        None => chain.skip(record),
    });
    let books = books(source, today);
    source.problems.extend(std::mem::take(&mut chain.problems));
    (books, chain)
}

/// The books as of a day that money and messages may stand on: every row was read and fits the others, and the chain of the register's
/// seals holds. [`sound`] alone makes them.
#[derive(Debug)]
pub struct SoundBooks(Books);

impl Deref for SoundBooks {
    type Target = Books;

    fn deref(&self) -> &Books {
        &self.0
    }
}

/// Reads the books and verifies the whole chain of the register, for a command that issues, pays, sends or exports.
///
/// # Errors
/// Where anything is wrong with them: what it is stands among the source's problems.
pub fn sound<'s>(
    source: &mut Source,
    settings: &'s Settings,
    today: NaiveDate,
) -> Result<(SoundBooks, Chain<'s>), Diagnostics> {
    let (books, chain) = books_and_chain(source, settings, today);
    if source.problems.has_errors() {
        Err(Diagnostics::default())
    } else {
        Ok((SoundBooks(books), chain))
    }
}

/// The books of a command that may record something, or only look.
#[derive(Debug)]
pub enum FoundBooks {
    /// Something is recorded.
    Sound(SoundBooks),
    /// Nothing is: what is wrong with the books is said, and the rest is shown.
    Seen(Books),
}

impl Deref for FoundBooks {
    type Target = Books;

    fn deref(&self) -> &Books {
        match self {
            Self::Sound(sound) => sound,
            Self::Seen(books) => books,
        }
    }
}

impl FoundBooks {
    /// Reads the books: sound ones where something is to be recorded.
    ///
    /// # Errors
    /// Where something is to be recorded, and anything is wrong with the books.
    pub fn read(
        records: bool,
        session: &Session<'_>,
        source: &mut Source,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        if !records {
            return Ok(Self::Seen(books(source, session.today)));
        }
        match sound(source, settings, session.today) {
            Ok((sound, _)) => Ok(Self::Sound(sound)),
            Err(problems) => Err(session.refuse(source, problems)),
        }
    }

    /// Returns the books if something may be recorded by them.
    pub fn sound(&self) -> Option<&SoundBooks> {
        match self {
            Self::Sound(sound) => Some(sound),
            Self::Seen(_) => None,
        }
    }
}

/// Finds the rows of some documents; those that are not found are left out.
pub fn rows<'n>(
    source: &mut Source,
    numbers: impl IntoIterator<Item = &'n str>,
) -> HashMap<String, RowText> {
    const FEW: usize = 16;
    let numbers: HashSet<&str> = numbers.into_iter().collect();
    if numbers.len() <= FEW {
        let few: Vec<&str> = numbers.iter().copied().collect();
        if let Some(found) = source.find_rows(&few) {
            return found
                .into_iter()
                .map(|(number, found)| (number, found.row))
                .collect();
        }
    }
    let mut found = HashMap::new();
    source.again(|source| {
        source.register(|row, record| {
            if numbers.contains(row.number) {
                found
                    .entry(row.number.to_owned())
                    .or_insert_with(|| RowText::new(row.span, record));
            }
        });
    });
    found
}

/// Opens issued documents by their exact numbers: each is compared with its row, and the row with its seal.
///
/// # Errors
/// Where a number is unknown, or a document or row is not what was issued.
pub fn documents(
    session: &Session<'_>,
    source: &mut Source,
    settings: &Settings,
    numbers: &[String],
) -> Result<Vec<Document>, Failure> {
    let mut documents = Vec::new();
    each_document(session, source, settings, numbers, |document| {
        documents.push(document);
    })?;
    Ok(documents)
}

/// Returns the documents whose rows call services or goods what was paid in the client's name: rows from before that had a word of its own
/// are looked up in their documents.
///
/// # Errors
/// Where such a document or its row is not what was issued.
pub fn disbursed(
    session: &Session<'_>,
    source: &mut Source,
    settings: &Settings,
    ledger: &Ledger,
) -> Result<BTreeSet<String>, Failure> {
    let mut found = BTreeSet::new();
    let numbers = journal::ambiguous(ledger);
    each_document(session, source, settings, &numbers, |document| {
        if journal::is_disbursed(&document) {
            found.insert(document.number.to_string());
        }
    })?;
    Ok(found)
}

/// Opens issued documents one after another, as [`documents`] does, and gives each to `visit`: a ledger's documents do not fit in memory
/// together. What was visited counts only if there is no error.
///
/// # Errors
/// Where a number is unknown, or a document or row is not what was issued.
pub fn each_document(
    session: &Session<'_>,
    source: &mut Source,
    settings: &Settings,
    numbers: &[String],
    mut visit: impl FnMut(Document),
) -> Result<(), Failure> {
    let few: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let found = if few.len() <= 64 {
        source.find_rows(&few)
    } else {
        None
    };
    let mut problems = Diagnostics::default();
    let found = match found {
        Some(found) => found,
        None => read_rows(source, settings, numbers, &mut problems),
    };
    let mut visited = 0;
    for number in numbers {
        let Some(found) = found.get(number) else {
            continue;
        };
        let before = found
            .previous
            .clone()
            .unwrap_or_else(|| genesis(&settings.id));
        let record = found.row.record();
        if seal(&before, record.sealed()) != record.last() {
            problems.push(
                Diagnostic::error(
                    code::REGISTER_SEAL,
                    format!("the seal of {number} does not fit the row before it"),
                )
                .at(found.row.span)
                .hint("`acquit check` verifies the whole register"),
            );
        }
        let path = format!("invoices/{}/{number}.toml", found.year);
        if let Some((document, sha256)) = source.document(&path) {
            compare(&document, &sha256, number, &found.row, &mut problems);
            visit(document);
            visited += 1;
        }
    }
    if problems.has_errors() || visited < numbers.len() {
        source.problems.extend(problems);
        return Err(session.refuse(source, Diagnostics::default()));
    }
    Ok(())
}

/// Reads the whole register for the rows of some documents: it says what is wrong with it, and which numbers are unknown.
fn read_rows(
    source: &mut Source,
    settings: &Settings,
    numbers: &[String],
    problems: &mut Diagnostics,
) -> BTreeMap<String, FoundRow> {
    let wanted: HashSet<&str> = numbers.iter().map(String::as_str).collect();
    let mut found: BTreeMap<String, FoundRow> = BTreeMap::new();
    let mut unreadable: HashSet<String> = HashSet::new();
    let mut count = 0_usize;
    let mut previous = genesis(&settings.id);
    // What is wrong with the books is said once, by reading them.
    let ledger = source.ledger();
    let visit = |row: Option<&Row<'_>>, record: Record<'_>| {
        let Some(row) = row else {
            unreadable.insert(record.get(0).unwrap_or_default().to_owned());
            record.last().clone_into(&mut previous);
            return;
        };
        count += 1;
        if wanted.contains(row.number) {
            found.insert(
                row.number.to_owned(),
                FoundRow {
                    row: RowText::new(row.span, record),
                    year: row.issued.format("%Y").to_string(),
                    previous: Some(previous.clone()),
                },
            );
        }
        row.seal.clone_into(&mut previous);
    };
    source.again(|source| source.register_whole(visit));
    let is_readable = count > 0 || source.problems.is_empty();
    let unknown: Vec<&String> = numbers
        .iter()
        // A row that cannot be read is said already.
        .filter(|number| !found.contains_key(*number) && !unreadable.contains(*number))
        .filter(|_| is_readable)
        .collect();
    for number in unknown {
        problems.push(unknown_document(number, ledger.numbers()));
    }
    found
}

/// Returns the diagnostic of a client that does not exist, with the command that would have worked; without one where it records
/// something, since the client that is near may be another one.
pub fn unknown_client(id: &str, known: &[String], command: &str) -> Diagnostic {
    let hint = match nearest(id, known.iter().map(String::as_str)) {
        Some(near) if command.is_empty() => format!("did you mean `{near}`?"),
        Some(near) => format!("did you mean `{near}`? `{}`", command.replace("{}", near)),
        None => format!(
            "`acquit client add {}` makes one; `acquit client list` shows them",
            if id.is_empty() { "ID" } else { id }
        ),
    };
    Diagnostic::error(code::CLIENT_UNKNOWN, format!("there is no client `{id}`")).hint(hint)
}

/// Returns the law of the seller's country, with the ledger's own values.
pub fn law(settings: &Settings, problems: &mut Diagnostics) -> Regime {
    regime::of(&settings.seller.address.country, &settings.laws, problems)
}

/// Everything a draft needs to become a document.
pub struct Bench {
    /// acquit.toml.
    pub settings: Settings,
    /// The seller's law.
    pub regime: Regime,
    /// The clients.
    pub clients: Clients,
    /// The logo as kept under invoices/, and its bytes.
    pub logo: Option<(String, Vec<u8>)>,
    /// How pages look; none where that cannot be read.
    pub design: Option<Chosen>,
}

impl Bench {
    /// Loads settings, law, clients and logo. What is wrong with a client's file is said by [`client_of`], where that client is asked for.
    ///
    /// # Errors
    /// Where acquit.toml has errors.
    pub fn load(session: &Session<'_>, source: &mut Source) -> Result<Self, Failure> {
        let settings = settings(session, source)?;
        let mut problems = Diagnostics::default();
        let regime = law(&settings, &mut problems);
        crate::check::identifiers::settings(&settings, &mut problems);
        source.problems.extend(problems);
        let clients = source.clients_apart();
        let logo = logo(source, &settings);
        let design = design::chosen(source, &settings);
        Ok(Self {
            settings,
            regime,
            clients,
            logo,
            design,
        })
    }

    /// Builds the case of a draft; the client must exist.
    pub fn case<'a>(
        &'a self,
        draft: &'a Draft,
        day: NaiveDate,
        preceding: &'a Preceding,
        attachments: &'a [Attachment],
        locale: &'a Locale,
    ) -> Option<Case<'a>> {
        Some(Case {
            settings: &self.settings,
            regime: &self.regime,
            client: self.clients.get(&draft.client)?,
            draft,
            day,
            preceding,
            logo: self.logo.as_ref().map(|(name, _)| name.as_str()),
            design: self
                .design
                .as_ref()
                .and_then(|chosen| chosen.frozen.as_deref()),
            attachments,
            program: PROGRAM,
            wording: locale,
        })
    }

    /// Returns the locale of a draft's document.
    pub fn locale(&self, draft: &Draft) -> Locale {
        let client = self
            .clients
            .get(&draft.client)
            .and_then(|client| client.language);
        Locale::of(draft.language.or(client).unwrap_or(self.settings.language))
    }
}

/// Returns the logo's bytes, and the name under which issuing keeps them: by content, so that a new logo changes no old document.
fn logo(source: &mut Source, settings: &Settings) -> Option<(String, Vec<u8>)> {
    let path = settings.seller.logo.as_ref()?;
    let problem = |code, message: String, hint: &str| {
        Diagnostic::error(code, message).at(path.span).hint(hint)
    };
    if !crate::changes::is_inside(path) {
        let message = format!("`{}` is outside of the ledger", path.value);
        source.problems.push(problem(
            code::FILE_NAME,
            message,
            "put the logo into the ledger's folder",
        ));
        return None;
    }
    let read = source.repository.bytes(path);
    if matches!(read, Err(ReadError::Outside)) {
        source
            .problems
            .push(crate::source::link(path).at(path.span));
        return None;
    }
    let Ok(bytes) = read else {
        let message = format!("the logo {} cannot be read", path.value);
        source.problems.push(problem(
            code::FILE_MISSING,
            message,
            "write the path of a PNG or JPEG, relative to the ledger",
        ));
        return None;
    };
    let extension = match probe_logo(&bytes) {
        Ok(extension) => extension,
        Err(error) => {
            let message =
                error
                    .to_string()
                    .replacen("the logo", &format!("the logo {}", path.value), 1);
            source.problems.push(problem(
                code::IMAGE_BROKEN,
                message,
                "save it as an ordinary PNG or JPEG",
            ));
            return None;
        }
    };
    Some((
        format!(
            "invoices/logo-{}.{extension}",
            &crate::changes::sha256(&bytes)[..16]
        ),
        bytes,
    ))
}

/// Reads a draft by its exact name.
///
/// # Errors
/// Where there is none, or it has errors.
pub fn draft(source: &mut Source, name: &str) -> Result<Draft, Diagnostics> {
    let names = source.draft_names();
    if !names.iter().any(|known| known == name) {
        let hint = match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`acquit status` lists the drafts".to_owned(),
        };
        return Err(
            Diagnostic::error(code::DRAFT_UNKNOWN, format!("there is no draft `{name}`"))
                .hint(hint)
                .into(),
        );
    }
    source.draft(name).ok_or_else(|| source.take_problems())
}

/// Checks that a client of a draft exists and its file is right.
///
/// # Errors
/// Where there is none, or its file has errors: these.
pub fn client_of(draft: &Draft, clients: &Clients) -> Result<(), Diagnostics> {
    if let Some(problems) = clients.broken(&draft.client) {
        return Err(problems.clone());
    }
    if clients.exists(&draft.client) {
        return Ok(());
    }
    let near = nearest(&draft.client, clients.ids());
    let hint = near.map_or_else(
        || format!("`acquit client add {}` makes one", draft.client.value),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Diagnostic::error(
        code::CLIENT_UNKNOWN,
        format!("there is no client `{}`", draft.client.value),
    )
    .at(draft.client.span)
    .hint(hint)
    .into())
}

/// The span that names a file as a whole.
pub fn whole(file: FileId) -> Span {
    Span::whole(file)
}

/// Reads the ledger's own templates over the built-in ones.
pub fn templates(source: &mut Source) -> Templates {
    let mut own = Vec::new();
    for (language, _) in Language::WORDS {
        let folder = format!("templates/{language}");
        for name in source.repository.list(&folder, ".txt").unwrap_or_default() {
            if !text::names().contains(&name.as_str()) {
                let file = source.map.add(format!("{folder}/{name}"));
                let near = nearest(&name, text::names());
                let hint = near.map_or_else(
                    || format!("one of {}", text::names().join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("`{name}` is the name of no message: nothing would use it");
                source.problems.push(
                    Diagnostic::warning(code::FILE_NAME, message)
                        .at(Span::whole(file))
                        .hint(hint),
                );
            }
            if let Some(text) = source.text(&format!("{folder}/{name}")) {
                own.push((format!("{language}/{name}"), text.text));
            }
        }
    }
    Templates::new(own)
}
