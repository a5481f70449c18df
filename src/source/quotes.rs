//! quotes/YEAR/NUMBER.toml: which there are, and their documents. They have no register: their files are the list.

use super::{Source, unreadable};
use crate::ledger::document::Document;
use crate::span::{FileId, Span};

/// An issued quote, with the digest of its bytes (CRLF read as LF), lower-case hex.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// The file's name without `.toml`.
    pub number: String,
    /// Its file.
    pub file: FileId,
    /// What it says.
    pub document: Document,
    /// Digest of its bytes.
    pub sha256: String,
}

impl Source {
    /// Returns the numbers of the issued quotes, and each one's path, without opening them; in the order of years and numbers.
    pub fn quote_paths(&mut self) -> Vec<(String, String)> {
        let mut paths = Vec::new();
        for year in self.folders_of("quotes") {
            let folder = format!("quotes/{year}");
            match self.repository.list(&folder, ".toml") {
                Ok(names) => {
                    let path = |name: String| {
                        (
                            name.trim_end_matches(".toml").to_owned(),
                            format!("{folder}/{name}"),
                        )
                    };
                    paths.extend(names.into_iter().map(path));
                }
                Err(error) => {
                    let file = self.map.add(folder.clone());
                    self.problems
                        .push(unreadable(&error, &folder).at(Span::whole(file)));
                }
            }
        }
        paths
    }

    fn folders_of(&mut self, folder: &str) -> Vec<String> {
        match self.repository.years(folder, "") {
            Ok(years) => years,
            Err(error) => {
                let file = self.map.add(folder);
                self.problems
                    .push(unreadable(&error, folder).at(Span::whole(file)));
                Vec::new()
            }
        }
    }

    /// Reads one issued quote by its exact number; none where there is none of that number, or it cannot be read.
    pub fn quote(&mut self, number: &str) -> Option<Quote> {
        let (_, path) = self
            .quote_paths()
            .into_iter()
            .find(|(known, _)| known == number)?;
        let file = self.map.add(path.clone());
        let (document, sha256) = self.document(&path)?;
        Some(Quote {
            number: number.to_owned(),
            file,
            document,
            sha256,
        })
    }

    /// Reads all issued quotes, in the order of years and numbers; what cannot be read is added to the problems.
    pub fn quotes(&mut self) -> Vec<Quote> {
        let files: Vec<FileId> = self
            .quote_paths()
            .into_iter()
            .map(|(_, path)| self.map.add(path))
            .collect();
        let read = self.documents_of(&files, |number, _, file, read, _| {
            read.map(|(document, sha256)| Quote {
                number: number.to_owned(),
                file,
                document,
                sha256,
            })
        });
        read.into_iter().flatten().collect()
    }
}
