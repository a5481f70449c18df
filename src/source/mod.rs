//! FILES → LEDGER, remembering where each value stood. The only reader of the file system (repository.rs).
//!
//! Imports `ledger`, `span`, `diagnostic`, `changes`. Decides no law and no arithmetic; repairs nothing silently.

pub mod accounts;
pub mod books;
pub mod client;
mod conflict;
pub mod cores;
pub mod document;
mod door;
pub mod draft;
pub mod eml;
pub mod fields;
pub mod git;
mod plain;
pub mod plan;
pub mod quotes;
mod record;
pub mod recurring;
pub mod register;
pub mod repository;
pub mod settings;
pub mod toml;
pub mod tree;

use std::path::Path;
use std::sync::Arc;

use crate::changes::sha256_text;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::books::{BookEnd, Ledger};
use crate::ledger::client_index::Clients;
use crate::ledger::document::Document;
use crate::ledger::draft::Draft;
use crate::ledger::identifier::is_name;
use crate::ledger::party::ClientKind;
use crate::ledger::plan::Plan;
use crate::ledger::settings::{LawEntry, Settings};
use crate::lock::Waiting;
use crate::span::{Excerpts, FileId, SourceMap, Span};
pub use conflict::settled;
use cores::on_all_cores;
use fields::{Fields, Reading};
use repository::{ReadError, Repository};
use tree::{Pool, Table};

/// The folder of the ledger's own law.
pub const LAWS: &str = "laws";

/// A ledger being read: its folder, the files looked at, the problems found.
#[derive(Debug)]
pub struct Source {
    /// The folder.
    pub repository: Repository,
    /// The files looked at.
    pub map: SourceMap,
    /// The problems found so far.
    pub problems: Diagnostics,
    /// The books, once they were read.
    books: Option<Arc<Ledger>>,
    /// How the books stand on the disk, as they are read.
    book_ends: Vec<(String, BookEnd)>,
}

/// A file's text and where it came from.
pub struct Text {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: String,
    /// Digest of its bytes, CRLF read as LF.
    pub sha256: String,
}

impl Source {
    /// Starts with a folder.
    pub fn new(repository: Repository) -> Self {
        Self {
            repository,
            map: SourceMap::default(),
            problems: Diagnostics::default(),
            books: None,
            book_ends: Vec::new(),
        }
    }

    /// Forgets the books that were read: others may have written to them since.
    pub fn forget_books(&mut self) {
        self.books = None;
        self.book_ends.clear();
    }

    /// Reads a text file, adding what is wrong with it as a file.
    pub fn text(&mut self, path: &str) -> Option<Text> {
        let read = self.repository.read(path);
        self.text_of(path, read)
    }

    fn text_of(&mut self, path: &str, read: Result<Vec<u8>, ReadError>) -> Option<Text> {
        let file = self.map.add(path);
        match read {
            Ok(bytes) => {
                let sha256 = sha256_text(&bytes);
                let text = decode(&bytes, file, &mut self.problems)?.to_owned();
                if let Some(place) = conflict::place(&text) {
                    self.problems.push(conflict::problem(path, file, place));
                    return None;
                }
                Some(Text { file, text, sha256 })
            }
            Err(error) => {
                self.problems
                    .push(unreadable(&error, path).at(Span::whole(file)));
                None
            }
        }
    }

    /// Reads a TOML file: `build` turns its fields into a value.
    pub fn toml<T>(
        &mut self,
        path: &str,
        build: impl FnOnce(Fields<'_, '_>, &Text) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(path)?;
        self.build(&text, build)
    }

    /// Reads a TOML file outside of the ledger that the person at the keyboard named, and nothing in the ledger: mail.toml.
    pub fn toml_outside<T>(
        &mut self,
        path: &Path,
        build: impl FnOnce(Fields<'_, '_>, &Text) -> Option<T>,
    ) -> Option<T> {
        let text = self.text_of(&path.to_string_lossy(), repository::read_outside(path))?;
        self.build(&text, build)
    }

    fn build<T>(
        &mut self,
        text: &Text,
        build: impl FnOnce(Fields<'_, '_>, &Text) -> Option<T>,
    ) -> Option<T> {
        from_toml(
            &text.text,
            &Reading::new(text.file),
            &mut self.problems,
            |fields| build(fields, text),
        )
    }

    /// Looks at the format that acquit.toml states, as every command does: another one is an error, and nothing more is read.
    ///
    /// # Errors
    /// `FORMAT-UNKNOWN`.
    pub fn format(&mut self) -> Result<(), Diagnostics> {
        let Some(text) = self.text(repository::SETTINGS) else {
            return Ok(());
        };
        let mut ignored = Diagnostics::default();
        let Some(table) = toml::parse(&text.text, text.file, &mut ignored) else {
            return Ok(());
        };
        let reading = Reading::new(text.file);
        settings::format(&mut Fields::new(&table, &reading));
        let found = reading.problems.into_inner();
        if found
            .iter()
            .any(|problem| problem.code == code::FORMAT_UNKNOWN)
        {
            Err(found)
        } else {
            Ok(())
        }
    }

    /// Reads acquit.toml, with the law of the files in laws/ beside its own. None where one of them has errors: what the law says would not
    /// be known.
    pub fn settings(&mut self) -> Option<Settings> {
        let settings = self.toml(repository::SETTINGS, |fields, _| settings::settings(fields));
        let mut laws = Vec::new();
        let mut is_whole = true;
        for name in self.names(LAWS) {
            match self.law(&format!("{LAWS}/{name}.toml")) {
                Some(found) => laws.extend(found),
                None => is_whole = false,
            }
        }
        let mut settings = settings.filter(|_| is_whole)?;
        settings.laws.extend(laws);
        Some(settings)
    }

    /// Reads a file of `[[law]]` tables; an absolute path names one outside of the ledger.
    pub fn law(&mut self, path: &str) -> Option<Vec<LawEntry>> {
        self.toml(path, |fields, _| settings::laws(fields))
    }

    /// Returns the names of the files in laws/, without reading them.
    pub fn law_names(&mut self) -> Vec<String> {
        self.names(LAWS)
    }

    /// Reads all clients; files that cannot be read are left out and added to the problems.
    pub fn clients(&mut self) -> Clients {
        let clients = self.clients_apart();
        self.problems.extend(clients.problems());
        clients
    }

    /// Reads all clients. What is wrong with a file that cannot be read stays with the client, and concerns nobody else: who asks for that
    /// client says it. Only the lines of an unfinished merge concern everybody.
    pub fn clients_apart(&mut self) -> Clients {
        let mut clients = Clients::default();
        let mut kept = self.take_problems();
        let names = self.names("clients");
        for problem in self.take_problems().sorted() {
            if problem.code == code::FILE_NAME {
                clients.note_stray(problem);
            } else {
                kept.push(problem);
            }
        }
        for name in names {
            let client = self.client(&name);
            let found = self.take_problems();
            if let Some(client) = client {
                clients.insert(client);
                kept.extend(found);
            } else if found.iter().any(|one| one.code == code::MERGE_CONFLICT) {
                // A merge is not finished: that concerns the whole ledger.
                clients.note_broken(&name, Diagnostics::default());
                kept.extend(found);
            } else {
                clients.note_broken(&name, found);
            }
        }
        self.problems = kept;
        clients
    }

    /// Reads one client's file.
    pub fn client(&mut self, id: &str) -> Option<crate::ledger::party::Client> {
        self.toml(&format!("clients/{id}.toml"), |fields, _| {
            client::client(fields, id)
        })
    }

    /// Reads the kind of a client; what is wrong with the file is not said. Of hundreds of clients nearly all are businesses, whose files do
    /// not name a kind: such a file is not taken apart.
    pub fn client_kind(&mut self, id: &str) -> Option<ClientKind> {
        let bytes = self.repository.read(&format!("clients/{id}.toml")).ok()?;
        // A key may be spelt with escapes.
        let may_have_a_kind =
            memchr::memmem::find(&bytes, b"kind").is_some() || bytes.contains(&b'\\');
        if !may_have_a_kind {
            return Some(ClientKind::Business);
        }
        self.again(|source| source.client(id))
            .map(|client| client.kind)
    }

    /// Returns the ids that have a file, without reading them.
    pub fn client_ids(&mut self) -> Vec<String> {
        self.names("clients")
    }

    /// Reads all drafts.
    pub fn drafts(&mut self) -> Vec<Draft> {
        self.names("drafts")
            .iter()
            .filter_map(|name| self.draft(name))
            .collect()
    }

    /// Reads one draft.
    pub fn draft(&mut self, name: &str) -> Option<Draft> {
        self.toml(&format!("drafts/{name}.toml"), |fields, text| {
            draft::draft(fields, name, &text.sha256)
        })
    }

    /// Returns the names of the drafts, without reading them.
    pub fn draft_names(&mut self) -> Vec<String> {
        self.names("drafts")
    }

    /// Reads all plans.
    pub fn plans(&mut self) -> Vec<Plan> {
        self.names("plans")
            .iter()
            .filter_map(|name| {
                self.toml(&format!("plans/{name}.toml"), |fields, text| {
                    plan::plan(fields, name, &text.sha256)
                })
            })
            .collect()
    }

    /// Reads one issued document, with the digest of its bytes.
    pub fn document(&mut self, path: &str) -> Option<(Document, String)> {
        let text = self.text(path)?;
        let problems = &mut self.problems;
        let before = problems.len();
        let document = toml::parse_frozen(&mut Pool::default(), &text.text, text.file, problems)
            .and_then(|table| {
                built(
                    &table,
                    &Reading::new(text.file),
                    problems,
                    document::document,
                )
            });
        problems.hint_since(before, &frozen(path));
        Some((document?, text.sha256))
    }

    /// Returns the names of a folder's TOML files without their ending; one that is no name of ours is a problem.
    fn names(&mut self, folder: &str) -> Vec<String> {
        let names = match self.repository.list(folder, ".toml") {
            Ok(names) => names,
            Err(error) => {
                let file = self.map.add(folder);
                self.problems
                    .push(unreadable(&error, folder).at(Span::whole(file)));
                return Vec::new();
            }
        };
        let mut good = Vec::with_capacity(names.len());
        for name in names {
            let stem = name.trim_end_matches(".toml");
            if is_name(stem) {
                good.push(stem.to_owned());
                continue;
            }
            let file = self.map.add(format!("{folder}/{name}"));
            self.problems.push(
                Diagnostic::error(
                    code::FILE_NAME,
                    format!("`{stem}` cannot be a name in {folder}/"),
                )
                .at(Span::whole(file))
                .hint("use at most 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit"),
            );
        }
        good
    }

    /// Fills in the user's own lines, just before printing. Problems that are sorted by file and place cost one reading of each file.
    pub fn excerpts(&self, problems: &mut [Diagnostic]) {
        for of_file in problems
            .chunk_by_mut(|a, b| a.span.map(|span| span.file) == b.span.map(|span| span.file))
        {
            let mut places = of_file
                .iter_mut()
                .filter_map(|problem| {
                    let span = problem.span?;
                    let is_place = !span.is_whole() && !span.is_nowhere();
                    is_place.then_some((problem, span))
                })
                .peekable();
            let Some((_, span)) = places.peek() else {
                continue;
            };
            let text = self.printed(span.file);
            let mut excerpts = Excerpts::new(&text);
            for (problem, span) in places {
                problem.excerpt = Some(excerpts.at(span.start as usize, span.end as usize));
            }
        }
    }

    /// Returns a file's text for excerpts; an empty one where it cannot be read.
    fn printed(&self, file: FileId) -> String {
        let path = self.map.path(file);
        // A place in a file outside of the ledger is one in mail.toml.
        let read = if Path::new(path).is_absolute() {
            repository::read_outside(Path::new(path))
        } else {
            self.repository.bytes(path)
        };
        let bytes = read.unwrap_or_default();
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

/// Opens the ledger that holds a folder.
///
/// # Errors
/// Where there is none, or a dead writer's journal is broken.
pub fn open(start: &Path) -> Result<Source, Diagnostic> {
    open_waiting(start, &mut |_| {})
}

/// Opens the ledger that holds a folder; `waiting` is told once when another command writes for more than a second.
///
/// # Errors
/// Where there is none, or a dead writer's journal is broken.
pub fn open_waiting(start: &Path, waiting: Waiting<'_>) -> Result<Source, Diagnostic> {
    let root = root_of(start)?;
    own_journal(&root)?;
    let repository = Repository::open_waiting(&root, waiting).map_err(|text| {
        Diagnostic::error(code::JOURNAL_BROKEN, format!("the journal of an interrupted command cannot be read: {text}"))
            .hint("look at .acquit/journal; `git status` and `acquit check` show what it had done; then remove it")
    })?;
    let is_pending = repository.is_pending();
    let mut source = Source::new(repository);
    source
        .problems
        .extend_list(conflict::warning(&root).into_iter().collect());
    if is_pending {
        source.problems.push(
            Diagnostic::warning(
                code::JOURNAL_PENDING,
                "a command was interrupted while it wrote: the ledger is read as if it had been finished",
            )
            .hint("the next command that writes finishes it, and says so"),
        );
    }
    Ok(source)
}

/// Refuses the journal of an interrupted command that came with the ledger: only what a command of this machine left is carried out.
///
/// # Errors
/// Where git tracks the journal.
pub fn own_journal(root: &Path) -> Result<(), Diagnostic> {
    let is_there = |path: &&str| root.join(path).symlink_metadata().is_ok();
    let all = [crate::write::JOURNAL, crate::write::DONE];
    let Some(journal) = all
        .iter()
        .find(|path| is_there(path) && git::tracks(root, path))
    else {
        return Ok(());
    };
    Err(Diagnostic::error(
        code::JOURNAL_BROKEN,
        format!("git tracks {journal}: it came with the ledger"),
    )
    .hint(format!(
        "read it; then `git rm -f {journal}` takes it out of the ledger and of the repository"
    )))
}

/// Returns the problem of a link that leads out of the ledger.
pub fn link(path: &str) -> Diagnostic {
    Diagnostic::error(
        code::FILE_LINK,
        format!("{path} leads out of the ledger by a link"),
    )
    .hint("put the file itself there: nothing is read from outside of a ledger")
}

/// Finds the ledger that holds a folder.
///
/// # Errors
/// Where there is none.
pub fn root_of(start: &Path) -> Result<std::path::PathBuf, Diagnostic> {
    repository::find(start).ok_or_else(|| {
        Diagnostic::error(
            code::LEDGER_MISSING,
            format!(
                "there is no acquit.toml in {} or a folder above it",
                start.display()
            ),
        )
        .hint("`acquit init` makes a ledger here; `-C DIR` names another folder")
    })
}

fn byte_order_mark(file: FileId) -> Diagnostic {
    Diagnostic::error(code::FILE_BOM, "the file begins with a byte order mark")
        .at(Span::whole(file))
        .hint("save it as UTF-8 without BOM")
}

/// What is to be done with an issued document that cannot be read.
fn frozen(path: &str) -> String {
    format!("an issued document is never edited: `git restore {path}` brings back what was issued")
}

/// Takes bytes as text: UTF-8, without a byte order mark.
fn decode<'b>(bytes: &'b [u8], file: FileId, problems: &mut Diagnostics) -> Option<&'b str> {
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        problems.push(byte_order_mark(file));
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].split(|b| *b == b'\n').count();
            problems.push(
                Diagnostic::error(code::FILE_ENCODING, format!("line {line} is not UTF-8"))
                    .at(Span::new(file, at, at + 1))
                    .hint("save the file as UTF-8"),
            );
            None
        }
    }
}

/// Reads a TOML text: `build` turns its fields into a value.
fn from_toml<T>(
    text: &str,
    reading: &Reading,
    problems: &mut Diagnostics,
    build: impl FnOnce(Fields<'_, '_>) -> Option<T>,
) -> Option<T> {
    let table = toml::parse(text, reading.file, problems)?;
    built(&table, reading, problems, build)
}

/// Turns the fields of a file's table into a value; none where one of them is wrong.
fn built<T>(
    table: &Table<'_>,
    reading: &Reading,
    problems: &mut Diagnostics,
    build: impl FnOnce(Fields<'_, '_>) -> Option<T>,
) -> Option<T> {
    let value = build(Fields::new(table, reading));
    let found = reading.problems.take();
    let broken = found.has_errors();
    problems.extend(found);
    value.filter(|_| !broken)
}

/// A reader of many documents by one thread: its own buffer and problems, files numbered by the caller.
pub struct DocumentReader<'r> {
    repository: &'r Repository,
    /// Its length is what has been needed so far: it is not cleared for each document.
    buffer: Vec<u8>,
    reading: Reading,
    /// What the trees of the documents before stood in.
    pool: Pool,
    /// The problems found so far.
    pub problems: Diagnostics,
}

impl<'r> DocumentReader<'r> {
    /// Starts with a folder.
    pub fn new(repository: &'r Repository) -> Self {
        let reading = Reading::new(FileId::NOWHERE);
        Self {
            repository,
            buffer: vec![0; 16 << 10],
            reading,
            pool: Pool::default(),
            problems: Diagnostics::default(),
        }
    }

    /// Reads a document, with the digest of its bytes.
    pub fn read(&mut self, path: &str, file: FileId) -> Option<(Document, String)> {
        let bytes = match self.repository.read_into(path, &mut self.buffer) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.problems
                    .push(unreadable(&error, path).at(Span::whole(file)));
                return None;
            }
        };
        let before = self.problems.len();
        let Some(text) = decode(bytes, file, &mut self.problems) else {
            self.problems.hint_since(before, &frozen(path));
            return None;
        };
        self.reading.again(file);
        let table = toml::parse_frozen(&mut self.pool, text, file, &mut self.problems);
        let document = table.and_then(|table| {
            let document = built(
                &table,
                &self.reading,
                &mut self.problems,
                document::document,
            );
            self.pool.take(table);
            document
        });
        let Some(document) = document else {
            if let Some(place) = conflict::place(text) {
                self.problems.forget_since(before);
                self.problems.push(conflict::problem(path, file, place));
            } else {
                self.problems.hint_since(before, &frozen(path));
            }
            return None;
        };
        Some((document, sha256_text(bytes)))
    }
}

impl Source {
    /// Reads every issued document, by all cores: `visit` gets its number, its path, its file, and the document with the digest of its
    /// bytes (none where it cannot be read). Returns what the visits returned, in the order of the files.
    pub fn each_document<T: Send>(
        &mut self,
        visit: impl Fn(&str, &str, FileId, Option<(Document, String)>, &mut Diagnostics) -> T + Sync,
    ) -> Vec<T> {
        let files = self.document_files();
        self.documents_of(&files, visit)
    }

    /// Returns the files of all issued documents, in order.
    pub fn document_files(&mut self) -> Vec<FileId> {
        let mut files = Vec::new();
        for year in self.repository.years("invoices", "").unwrap_or_default() {
            let folder = format!("invoices/{year}");
            for name in self.repository.list(&folder, ".toml").unwrap_or_default() {
                files.push(self.map.add(format!("{folder}/{name}")));
            }
        }
        files
    }

    /// Reads some issued documents, as [`Source::each_document`] does all.
    pub fn documents_of<T: Send>(
        &mut self,
        files: &[FileId],
        visit: impl Fn(&str, &str, FileId, Option<(Document, String)>, &mut Diagnostics) -> T + Sync,
    ) -> Vec<T> {
        let (repository, map) = (&self.repository, &self.map);
        let part = |files: &[FileId]| {
            let mut reader = DocumentReader::new(repository);
            let mut results = Vec::with_capacity(files.len());
            for file in files {
                let path = map.path(*file);
                let read = reader.read(path, *file);
                let number = path
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(".toml");
                results.push(visit(number, path, *file, read, &mut reader.problems));
            }
            (results, reader.problems)
        };
        let parts = on_all_cores(files, part);
        let mut all = Vec::with_capacity(files.len());
        for (results, problems) in parts {
            all.extend(results);
            self.problems.extend(problems);
        }
        all
    }
}

/// Returns the diagnostic of a file that cannot be read.
pub fn unreadable(error: &ReadError, path: &str) -> Diagnostic {
    match error {
        ReadError::Missing => Diagnostic::error(code::FILE_MISSING, format!("{path} is missing"))
            .hint("`git status` shows what was removed; `git restore` brings it back"),
        ReadError::Outside => link(path),
        ReadError::Kind => {
            Diagnostic::error(code::FILE_KIND, format!("{path} is a folder, not a file"))
                .hint("a file is expected here; move the folder away")
        }
        ReadError::Special => Diagnostic::error(
            code::FILE_KIND,
            format!("{path} is a pipe, a socket or a device, not a file"),
        )
        .hint("a file is expected here; move it away"),
        ReadError::Large(length, most) => Diagnostic::error(
            code::FILE_TOO_LARGE,
            format!("{path} has {length} bytes; a file of this kind has at most {most}"),
        )
        .hint("this is another kind of file; move it away"),
        ReadError::Io(error) => Diagnostic::error(
            code::FILE_UNREADABLE,
            format!("{path} cannot be read: {error}"),
        )
        .hint("look at the permissions of the file and of its folder"),
    }
}

/// Reads a client from a text that is not on the disk yet.
///
/// # Errors
/// All that is wrong with it.
pub fn read_client(id: &str, text: &str) -> Result<crate::ledger::party::Client, Diagnostics> {
    read_text(text, |fields, _| client::client(fields, id))
}

/// Reads a draft from a text that is not on the disk yet.
///
/// # Errors
/// All that is wrong with it.
pub fn read_draft(name: &str, text: &str) -> Result<Draft, Diagnostics> {
    read_text(text, |fields, text| {
        draft::draft(fields, name, &text.sha256)
    })
}

/// Reads acquit.toml from a text that is not on the disk yet.
///
/// # Errors
/// All that is wrong with it.
pub fn read_settings(text: &str) -> Result<Settings, Diagnostics> {
    read_text(text, |fields, _| settings::settings(fields))
}

/// Reads a file of laws/ from a text that is not on the disk yet.
///
/// # Errors
/// All that is wrong with it.
pub fn read_laws(text: &str) -> Result<Vec<LawEntry>, Diagnostics> {
    read_text(text, |fields, _| settings::laws(fields))
}

fn read_text<T>(
    text: &str,
    build: impl FnOnce(Fields<'_, '_>, &Text) -> Option<T>,
) -> Result<T, Diagnostics> {
    let mut problems = Diagnostics::default();
    let sha256 = sha256_text(text.as_bytes());
    let text = Text {
        file: FileId::NOWHERE,
        text: text.to_owned(),
        sha256,
    };
    from_toml(
        &text.text,
        &Reading::new(text.file),
        &mut problems,
        |fields| build(fields, &text),
    )
    .ok_or(problems)
}
