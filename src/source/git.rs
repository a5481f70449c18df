//! What git says of a ledger's folder, read from git's own files: no git command is run, for the configuration of a strange repository
//! may name programs.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::repository::{is_file, names_in, read_all, read_outside};

/// Tells whether git tracks a file of the folder `root`, in whatever repository it stands. Where git's files cannot be read, it does not.
pub fn tracks(root: &Path, path: &str) -> bool {
    any_entry(root, |name, _| name == path.as_bytes())
}

/// Returns the files of the folder `root` that git knows, committed or added; none where it stands in no repository that can be read.
pub fn tracked(root: &Path) -> Option<HashSet<String>> {
    folder(root)?;
    let mut names = HashSet::new();
    any_entry(root, |name, _| {
        names.insert(String::from_utf8_lossy(name).into_owned());
        false
    });
    (!names.is_empty()).then_some(names)
}

/// What git has begun in a repository and waits to have finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// A merge.
    Merge,
    /// A rebase, of whatever kind, or patches being applied.
    Rebase,
    /// A commit being picked from elsewhere.
    CherryPick,
    /// A commit being taken back.
    Revert,
    /// Files that two sides changed, such as `git stash pop` leaves them.
    Conflict,
}

impl Unfinished {
    /// What it is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Merge => "a merge",
            Self::Rebase => "a rebase",
            Self::CherryPick => "a cherry-pick",
            Self::Revert => "a revert",
            Self::Conflict => "a conflict",
        }
    }

    /// Says how it is ended: finished, or taken back.
    pub fn way_out(self) -> &'static str {
        match self {
            Self::Merge => "`git merge --continue` finishes it, `git merge --abort` takes it back",
            Self::Rebase => {
                "`git rebase --continue` (or `git am --continue`) finishes it, `git rebase --abort` (or `git am --abort`) takes it back"
            }
            Self::CherryPick => {
                "`git cherry-pick --continue` finishes it, `git cherry-pick --abort` takes it back (`git status` says which)"
            }
            Self::Revert => {
                "`git revert --continue` finishes it, `git revert --abort` takes it back"
            }
            Self::Conflict => "`git status` names the files; `git add` says that one is settled",
        }
    }
}

/// Returns what git has begun in the repository that holds a folder, by the files that git itself goes by (`gitrepository-layout`).
pub fn unfinished(root: &Path) -> Option<Unfinished> {
    const MARKS: [(&str, Unfinished); 6] = [
        ("rebase-merge", Unfinished::Rebase),
        ("rebase-apply", Unfinished::Rebase),
        ("MERGE_HEAD", Unfinished::Merge),
        ("CHERRY_PICK_HEAD", Unfinished::CherryPick),
        ("REVERT_HEAD", Unfinished::Revert),
        // Several commits being picked or taken back, between two of them.
        ("sequencer", Unfinished::CherryPick),
    ];
    let (_, git) = folder(root)?;
    MARKS
        .iter()
        .find(|(mark, _)| git.join(mark).symlink_metadata().is_ok())
        .map(|(_, what)| *what)
}

/// Tells whether git knows a file of the folder `root` that two sides have changed and nobody has settled yet.
pub fn has_conflict(root: &Path) -> bool {
    any_entry(root, |_, stage| stage != 0)
}

/// Tells whether an entry of git's index that is about a file of the folder `root` is one that is looked for: by its path in the folder,
/// and its stage (0 unless two sides have changed it).
fn any_entry(root: &Path, mut is_it: impl FnMut(&[u8], u8) -> bool) -> bool {
    let Some((tree, git)) = folder(root) else {
        return false;
    };
    let Ok(below) = root.strip_prefix(&tree) else {
        return false;
    };
    let prefix = below
        .iter()
        .map(|part| part.to_string_lossy() + "/")
        .collect::<String>();
    let mut of_root = |name: &[u8], stage: u8| {
        name.strip_prefix(prefix.as_bytes())
            .is_some_and(|name| is_it(name, stage))
    };
    // A split index keeps most names in a file of its own.
    let shared = names_in(&git)
        .unwrap_or_default()
        .into_iter()
        .filter(|name| name.starts_with("sharedindex."));
    std::iter::once("index".to_owned())
        .chain(shared)
        .filter_map(|index| read_all(&git.join(index)).ok())
        .any(
            |index| match HASHES.iter().find(|hash| is_whole(&index, **hash)) {
                Some(hash) => any(&index, *hash, &mut of_root) == Some(true),
                // Names of a torn index still count; what else it says does not.
                None => HASHES
                    .iter()
                    .any(|hash| any(&index, *hash, &mut |name, _| of_root(name, 0)) == Some(true)),
            },
        )
}

/// How many bytes an object's name has: 20 of SHA-1, 32 of SHA-256. An index does not say which.
const HASHES: [usize; 2] = [20, 32];

/// Tells whether an index is one whose object names have `hash` bytes: entries, extensions and a digest fill it to its end.
fn is_whole(index: &[u8], hash: usize) -> bool {
    let end = |entries: usize| -> Option<bool> {
        let mut at = entries;
        let digest = index.len().checked_sub(hash)?;
        while at < digest {
            let length = index.get(at + 4..at + 8)?.try_into().ok()?;
            at = at
                .checked_add(8)?
                .checked_add(u32::from_be_bytes(length) as usize)?;
        }
        Some(at == digest)
    };
    after_entries(index, hash, &mut |_, _| false)
        .and_then(|found| end(found.err()?))
        .unwrap_or(false)
}

/// Finds the repository that holds a folder: its work tree, and where git keeps its own files.
pub fn folder(root: &Path) -> Option<(PathBuf, PathBuf)> {
    for tree in root.ancestors() {
        let git = tree.join(".git");
        if git.is_dir() {
            return Some((tree.to_owned(), git));
        }
        if is_file(&git) {
            // A work tree beside the repository, or a submodule: the file names the folder.
            let text = String::from_utf8(read_outside(&git).ok()?).ok()?;
            return Some((
                tree.to_owned(),
                tree.join(text.strip_prefix("gitdir:")?.trim()),
            ));
        }
    }
    None
}

/// Tells whether an index has an entry, by its name and stage, where object names have `hash` bytes (20 of SHA-1, 32 of SHA-256); none
/// where it is no index of that kind. The format is that of git's own documentation, `gitformat-index`, versions 2 to 4.
fn any(index: &[u8], hash: usize, is_it: &mut dyn FnMut(&[u8], u8) -> bool) -> Option<bool> {
    after_entries(index, hash, is_it).map(|found| found.is_ok())
}

/// Looks for an entry, as [`any`] does; where there is none, the error is the place at which the entries end.
fn after_entries(
    index: &[u8],
    hash: usize,
    is_it: &mut dyn FnMut(&[u8], u8) -> bool,
) -> Option<Result<(), usize>> {
    const STAT: usize = 40;
    let number = |at: usize| Some(u32::from_be_bytes(index.get(at..at + 4)?.try_into().ok()?));
    if !index.starts_with(b"DIRC") {
        return None;
    }
    let (version, count) = (number(4)?, number(8)?);
    let (mut at, mut name) = (12, Vec::new());
    for _ in 0..count {
        let start = at;
        let flags = index.get(at + STAT + hash..at + STAT + hash + 2)?;
        let stage = flags[0] >> 4 & 3;
        at += STAT
            + hash
            + 2
            + if version >= 3 && flags[0] & 0x40 != 0 {
                2
            } else {
                0
            };
        if version == 4 {
            name.truncate(name.len().checked_sub(variable(index, &mut at)?)?);
        } else {
            name.clear();
        }
        let end = at + index.get(at..)?.iter().position(|byte| *byte == 0)?;
        name.extend_from_slice(&index[at..end]);
        if is_it(&name, stage) {
            return Some(Ok(()));
        }
        // Up to version 3, one to eight zero bytes fill an entry up to a multiple of eight.
        at = if version == 4 {
            end + 1
        } else {
            start + (end - start + 8) / 8 * 8
        };
    }
    Some(Err(at))
}

/// Reads a number of git's variable width: seven bits a byte, the highest bit says that another follows and adds one.
fn variable(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut next = || {
        let byte = *bytes.get(*at)?;
        *at += 1;
        Some(byte)
    };
    let mut byte = next()?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = next()?;
        value = value.checked_add(1)?.checked_mul(128)? + usize::from(byte & 0x7f);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(index: &[u8], hash: usize, wanted: &[u8]) -> Option<bool> {
        any(index, hash, &mut |name, stage| name == wanted && stage == 0)
    }

    /// An index as git writes it: entries of stat data, an object name, flags, a name.
    fn index(version: u32, hash: usize, names: &[&str]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend(u32::try_from(names.len()).unwrap().to_be_bytes());
        let mut last = "";
        for name in names {
            let start = bytes.len();
            bytes.extend(vec![1; 40 + hash]);
            bytes.extend([0, 0]);
            if version == 4 {
                let common = last
                    .bytes()
                    .zip(name.bytes())
                    .take_while(|(a, b)| a == b)
                    .count();
                bytes.push(u8::try_from(last.len() - common).unwrap());
                bytes.extend(&name.as_bytes()[common..]);
                bytes.push(0);
            } else {
                bytes.extend(name.as_bytes());
                bytes.push(0);
                while !(bytes.len() - start).is_multiple_of(8) {
                    bytes.push(0);
                }
            }
            last = name;
        }
        bytes
    }

    #[test]
    fn a_tracked_file_is_found_in_every_version_of_the_index() {
        let names = [
            ".acquit/journal",
            ".acquit/lock",
            ".gitignore",
            "acquit.toml",
            "books/.acquit/journal",
        ];
        for version in [2, 3, 4] {
            for hash in [20, 32] {
                let index = index(version, hash, &names);
                for name in names {
                    assert_eq!(
                        has(&index, hash, name.as_bytes()),
                        Some(true),
                        "{version} {hash} {name}"
                    );
                }
                assert_eq!(
                    has(&index, hash, b".acquit/journa"),
                    Some(false),
                    "{version} {hash}"
                );
                for length in 0..index.len() {
                    // A torn index never makes a panic.
                    let _ = has(&index[..length], hash, b"nothing");
                }
            }
        }
    }

    /// An entry that two sides have changed has a stage; which hash an index has is told by its end.
    #[test]
    fn a_conflict_is_found_by_its_stage_alone() {
        let digest = |hash: usize| vec![0x33; hash];
        for version in [2, 4] {
            for hash in [20, 32] {
                let mut index = index(version, hash, &["a/b.toml", "register/2026.csv"]);
                let clean = index.clone();
                index[12 + 40 + hash] = 0x10;
                for (bytes, stages) in [(clean, [0, 0]), (index, [1, 0])] {
                    let extended = [&bytes[..], b"TREE", &[0, 0, 0, 3], b"abc"].concat();
                    for bytes in [bytes, extended] {
                        let whole = [bytes, digest(hash)].concat();
                        let mut found = Vec::new();
                        for hash in HASHES.iter().filter(|hash| is_whole(&whole, **hash)) {
                            any(&whole, *hash, &mut |_, stage| {
                                found.push(stage);
                                false
                            });
                        }
                        assert_eq!(found, stages, "{version} {hash}");
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_of_variable_width_are_those_of_git() {
        for (bytes, value) in [
            (&[0x7f][..], 127),
            (&[0x80, 0x00], 128),
            (&[0x80, 0x7f], 255),
            (&[0x81, 0x00], 256),
        ] {
            assert_eq!(variable(bytes, &mut 0), Some(value));
        }
    }
}
