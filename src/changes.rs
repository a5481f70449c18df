//! The change set of a writing command, as data: what is created, appended, removed. And the journal that carries it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The folders of a ledger that acquit writes into, and nothing else does for it.
pub const FOLDERS: &[&str] = &[
    "clients",
    "drafts",
    "quotes",
    "invoices",
    "register",
    "payments",
    "events",
    "plans",
    "recurring",
    "laws",
    "sent",
    "templates",
];
/// The files of a ledger that stand in no folder of it.
pub const FILES: &[&str] = &["acquit.toml", "closings.csv"];

/// One change. Paths are relative to the ledger, with `/` between folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase", deny_unknown_fields)]
pub enum Change {
    /// A new file. What stands there with the same bytes is done.
    Create {
        /// Where.
        path: String,
        /// Its bytes.
        bytes: Content,
    },
    /// Bytes at the end of a file (made if missing).
    Append {
        /// Where.
        path: String,
        /// The file's length before.
        length: u64,
        /// The bytes.
        bytes: Content,
    },
    /// A file that goes, if it is still the one with this digest.
    Remove {
        /// Where.
        path: String,
        /// Digest of its bytes, lower-case hex.
        sha256: String,
    },
}

impl Change {
    /// Returns the file it touches.
    pub fn path(&self) -> &str {
        match self {
            Self::Create { path, .. } | Self::Append { path, .. } | Self::Remove { path, .. } => {
                path
            }
        }
    }
}

/// Bytes that are nearly always text: kept readable in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Bytes(Vec<u8>),
}

impl Content {
    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Bytes(error.into_bytes()), Self::Text)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// All changes of one command: carried out wholly or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    changes: Vec<Change>,
    /// The words of the command line that planned it, where they are known: what is typed again is recognised by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    command: Vec<String>,
}

/// A change set as the journal holds it, with the command line that planned it.
#[derive(Serialize)]
struct Journal<'j> {
    changes: &'j [Change],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    command: &'j [String],
}

impl ChangeSet {
    /// Adds a new file.
    pub fn create(&mut self, path: impl Into<String>, bytes: impl Into<Content>) {
        self.changes.push(Change::Create {
            path: path.into(),
            bytes: bytes.into(),
        });
    }

    /// Adds bytes at the end of a file that is `length` long now; several for one file become one write.
    pub fn append(&mut self, path: &str, length: u64, text: &str) {
        for change in &mut self.changes {
            if let Change::Append {
                path: known,
                bytes: Content::Text(bytes),
                ..
            } = change
                && known == path
            {
                bytes.push_str(text);
                return;
            }
        }
        self.changes.push(Change::Append {
            path: path.into(),
            length,
            bytes: text.to_owned().into(),
        });
    }

    /// Adds the removal of a file with this digest.
    pub fn remove(&mut self, path: impl Into<String>, sha256: impl Into<String>) {
        self.changes.push(Change::Remove {
            path: path.into(),
            sha256: sha256.into(),
        });
    }

    /// Returns the changes, in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Tells whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns the words of the command line that planned the changes; none where they are not known.
    pub fn command(&self) -> &[String] {
        &self.command
    }

    /// Tells whether one of the changes does again what an earlier change set did: a row that says the same, or a new file with the
    /// same bytes in the same folder. The ids of rows, and the dates that stand in these, do not count.
    pub fn repeats(&self, earlier: &Self) -> bool {
        let known: HashSet<Trace<'_>> = earlier.traces().collect();
        self.traces().any(|trace| known.contains(&trace))
    }

    /// Tells whether an appended row has fields with these texts.
    pub fn has_row(&self, texts: [&str; 2]) -> bool {
        self.traces().any(|trace| match trace {
            Trace::Row(_, row) => texts
                .iter()
                .all(|text| row.iter().any(|field| field == text)),
            Trace::File(..) => false,
        })
    }

    /// What the changes leave behind, as it is compared.
    fn traces(&self) -> impl Iterator<Item = Trace<'_>> {
        self.changes.iter().flat_map(|change| match change {
            Change::Create { path, bytes } => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                vec![Trace::File(folder, bytes.as_bytes())]
            }
            Change::Append { path, bytes, .. } => {
                let book = path.split('/').next().unwrap_or_default();
                rows(bytes.as_bytes())
                    .into_iter()
                    .map(|row| Trace::Row(book, row))
                    .collect()
            }
            Change::Remove { .. } => Vec::new(),
        })
    }

    /// Returns the ids of the movements whose rows it appends.
    pub fn ids(&self) -> HashSet<String> {
        let appended = self.changes.iter().filter_map(|change| match change {
            Change::Append { bytes, .. } => Some(records(bytes.as_bytes())),
            _ => None,
        });
        appended
            .flatten()
            .filter_map(|row| row.into_iter().find(|field| date_of_id(field).is_some()))
            .collect()
    }

    /// Returns the journal: a line with the digest of the rest, then the changes as JSON with the words of the command line.
    pub fn to_journal(&self, command: &[String]) -> Vec<u8> {
        let journal = Journal {
            changes: &self.changes,
            command,
        };
        let body = serde_json::to_vec(&journal).unwrap_or_default();
        let mut journal = format!("acquit-journal 1 {}\n", sha256(&body)).into_bytes();
        journal.extend(body);
        journal
    }

    /// Reads a journal.
    ///
    /// # Errors
    /// Says what is wrong where it is not one of ours, whole and unchanged.
    pub fn from_journal(bytes: &[u8]) -> Result<Self, String> {
        let end = bytes
            .iter()
            .position(|b| *b == b'\n')
            .ok_or("it has no first line")?;
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| "its first line is not text")?;
        let digest = head
            .strip_prefix("acquit-journal 1 ")
            .ok_or("its first line is not `acquit-journal 1 …`")?;
        let body = &bytes[end + 1..];
        if digest != sha256(body) {
            return Err("its digest does not fit".into());
        }
        let set: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        match set.foreign() {
            Some(path) => Err(format!("it names `{path}`, which acquit does not write")),
            None => Ok(set),
        }
    }

    /// Returns the first path that is none of acquit's own: a journal may come from a stranger, and then it would write what git or a
    /// shell reads, such as `.git/config`.
    pub fn foreign(&self) -> Option<&str> {
        self.changes
            .iter()
            .map(Change::path)
            .find(|path| !is_own(path))
    }
}

/// What a change leaves behind.
#[derive(PartialEq, Eq, Hash)]
enum Trace<'t> {
    /// A new file: its folder and its bytes.
    File(&'t str, &'t [u8]),
    /// A row of a book, without its id and the date of it.
    Row(&'t str, Vec<String>),
}

fn records(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let rows = reader.records().filter_map(Result::ok);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

/// Returns the appended rows that have an id of ours, without the id and the date that stands in it. Rows of the register have none:
/// each has a number and a seal of its own.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let bare = |mut row: Vec<String>| {
        let at = row.iter().position(|field| date_of_id(field).is_some())?;
        let date = date_of_id(&row.remove(at))?;
        if let Some(at) = row.iter().position(|field| *field == date) {
            row.remove(at);
        }
        Some(row)
    };
    records(bytes).into_iter().filter_map(bare).collect()
}

/// Returns the date of a row's id that acquit made, as a row spells it: `20261122-0a1b2c3d4e` is of `2026-11-22`.
fn date_of_id(text: &str) -> Option<String> {
    let (day, digest) = text.split_once('-')?;
    let is_day = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    let is_digest = digest.len() == 10 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_day && is_digest).then(|| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]))
}

/// Tells whether a path is one that acquit writes: one of [`FILES`], or below one of [`FOLDERS`], no part of it hidden.
fn is_own(path: &str) -> bool {
    let below = |(first, _): (&str, &str)| FOLDERS.contains(&first);
    is_inside(path)
        && path.split('/').all(|part| !part.starts_with('.'))
        && (FILES.contains(&path) || path.split_once('/').is_some_and(below))
}

/// Tells whether a relative path stays in its folder.
pub fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', '\0', ':'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Returns the SHA-256 of bytes in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Returns the SHA-256 of a text file in lower-case hex, CRLF read as LF.
pub fn sha256_text(bytes: &[u8]) -> String {
    if !bytes.contains(&b'\r') {
        return sha256(bytes);
    }
    let mut unix = Vec::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            unix.push(*byte);
        }
    }
    sha256(&unix)
}

/// Returns lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let mut set = ChangeSet::default();
        set.create("invoices/2026/F1.toml", "a = 1\n".to_owned());
        set.create("invoices/2026/F1/x.pdf", vec![0xff, 0xfe]);
        set.append("register/2026.csv", 10, "x\n");
        set.append("register/2026.csv", 10, "y\n");
        set.remove("drafts/a.toml", "00");
        assert_eq!(set.changes().len(), 4);
        assert_eq!(ChangeSet::from_journal(&set.to_journal(&[])), Ok(set));
    }

    #[test]
    fn a_journal_keeps_the_words_of_its_command() {
        let mut set = ChangeSet::default();
        set.create("clients/a.toml", "x".to_owned());
        let words = ["client".to_owned(), "add".to_owned()];
        let read = ChangeSet::from_journal(&set.to_journal(&words)).unwrap();
        assert_eq!(
            (read.command(), read.changes()),
            (&words[..], set.changes())
        );
    }

    #[test]
    fn what_is_recorded_again_is_known_whatever_its_id() {
        let row = |rows: &str| {
            let mut set = ChangeSet::default();
            set.append("payments/2026.csv", 10, rows);
            set
        };
        let first = row(
            "20261127-de3fd8716e,2026-11-27,acme,600.00,EUR,transfer,F1,,,,,\n20261127-de3fd8716e,2026-11-27,acme,1.00,EUR,transfer,,,,,,\n",
        );
        let again = row("20261128-a11ca42029,2026-11-28,acme,600.00,EUR,transfer,F1,,,,,\n");
        let other = row("20261127-a11ca42029,2026-11-27,acme,600.00,EUR,transfer,F2,,,,,\n");
        assert!(again.repeats(&first) && !other.repeats(&first));
        assert_eq!(first.ids(), ["20261127-de3fd8716e".to_owned()].into());
        assert!(first.has_row(["F1", "transfer"]) && !first.has_row(["F1", "1.00"]));
        // A row of the register bears its own number, and the same row in another book is another.
        let mut event = ChangeSet::default();
        event.append(
            "events/2026.csv",
            0,
            "20261128-a11ca42029,2026-11-28,acme,600.00,EUR,transfer,F1,,,,,\n",
        );
        assert!(!event.repeats(&first));
        let file = |path: &str, text: &str| {
            let mut set = ChangeSet::default();
            set.create(path, text.to_owned());
            set
        };
        let draft = file("drafts/a.toml", "x");
        assert!(file("drafts/b.toml", "x").repeats(&draft));
        assert!(!file("drafts/b.toml", "y").repeats(&draft));
        assert!(!file("clients/b.toml", "x").repeats(&draft));
    }

    #[test]
    fn a_journal_that_was_touched_is_refused() {
        let mut set = ChangeSet::default();
        set.create("clients/a.toml", "x".to_owned());
        let journal = String::from_utf8(set.to_journal(&[])).unwrap();
        assert!(ChangeSet::from_journal(journal.replace("\"x\"", "\"y\"").as_bytes()).is_err());
        assert!(ChangeSet::from_journal(&journal.as_bytes()[..journal.len() - 1]).is_err());
    }

    #[test]
    fn a_journal_names_only_what_acquit_writes() {
        let read = |path: &str| {
            let mut set = ChangeSet::default();
            set.append(path, 0, "x");
            ChangeSet::from_journal(&set.to_journal(&[]))
        };
        for path in [
            "acquit.toml",
            "closings.csv",
            "payments/2026.csv",
            "templates/fr/reminder-first.txt",
        ] {
            assert!(read(path).is_ok(), "{path}");
        }
        let foreign = [
            "../a",
            "/etc/passwd",
            "",
            "clients",
            "a.toml",
            "Makefile",
            "src/x",
            "out/x",
            ".git/config",
            ".gitattributes",
            ".gitignore",
            ".acquit/journal",
            ".github/workflows/x.yml",
            "clients/.x.toml",
            "sent/.git/config",
            "clients/../.git/config",
            "clients//x.toml",
            "clients\\x.toml",
            "Clients/x.toml",
            "acquit.toml/x",
        ];
        for path in foreign {
            assert!(read(path).is_err(), "{path}");
        }
    }

    #[test]
    fn digests_read_crlf_as_lf() {
        assert_eq!(sha256_text(b"a\r\nb\r"), sha256(b"a\nb\r"));
    }
}
