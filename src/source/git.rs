//! What git says of a ledger's folder, read from git's own files: no git command is run, for the configuration of a strange repository
//! may name programs.

use std::path::{Path, PathBuf};

use super::repository::{is_file, names_in, read_all};

/// Tells whether git tracks a file of the folder `root`, in whatever repository it stands. Where git's files cannot be read, it does not.
pub fn tracks(root: &Path, path: &str) -> bool {
    let Some((tree, git)) = folder(root) else {
        return false;
    };
    let Ok(below) = root.strip_prefix(&tree) else {
        return false;
    };
    let name = below
        .iter()
        .map(|part| part.to_string_lossy() + "/")
        .chain([path.into()])
        .collect::<String>();
    // A split index keeps most names in a file of its own.
    let shared = names_in(&git)
        .unwrap_or_default()
        .into_iter()
        .filter(|name| name.starts_with("sharedindex."));
    std::iter::once("index".to_owned())
        .chain(shared)
        .filter_map(|index| read_all(&git.join(index)).ok())
        .any(|index| {
            [20, 32]
                .iter()
                .any(|hash| has(&index, *hash, name.as_bytes()) == Some(true))
        })
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
            let text = String::from_utf8(read_all(&git).ok()?).ok()?;
            return Some((
                tree.to_owned(),
                tree.join(text.strip_prefix("gitdir:")?.trim()),
            ));
        }
    }
    None
}

/// Tells whether an index names a file, where object names have `hash` bytes (20 of SHA-1, 32 of SHA-256); none where it is no index
/// of that kind. The format is that of git's own documentation, `gitformat-index`, versions 2 to 4.
fn has(index: &[u8], hash: usize, wanted: &[u8]) -> Option<bool> {
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
        if name == wanted {
            return Some(true);
        }
        // Up to version 3, one to eight zero bytes fill an entry up to a multiple of eight.
        at = if version == 4 {
            end + 1
        } else {
            start + (end - start + 8) / 8 * 8
        };
    }
    Some(false)
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
