//! The repository tests its own rules.

use std::path::{Path, PathBuf};

use crate::harness::project;
use crate::markdown::documents;

/// Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What each room may import from the others; the plain data is everybody's.
const ROOMS: &[(&str, &[&str])] = &[
    ("ledger", &[]),
    ("source", &["ledger"]),
    ("regime", &["ledger"]),
    ("compute", &["ledger", "regime"]),
    ("check", &["ledger", "regime", "compute"]),
    ("view", &["ledger", "regime", "compute"]),
    ("span.rs", &[]),
    ("diagnostic.rs", &[]),
    ("changes.rs", &[]),
    ("write.rs", &[]),
    ("terminal.rs", &["view"]),
    ("prompt.rs", &[]),
    ("post", &["source"]),
    ("arguments.rs", &["ledger"]),
    ("session.rs", BELOW_COMMANDS),
    ("command", BELOW_COMMANDS_AND_SESSION),
];

/// What a session gives to a command: no command, and nothing of how the command line is read.
const BELOW_COMMANDS: &[&str] = &[
    "arguments",
    "post",
    "prompt",
    "source",
    "terminal",
    "view",
    "write",
];

/// All that commands string together: everything but `cli.rs`, which stands above them.
const BELOW_COMMANDS_AND_SESSION: &[&str] = &[
    "arguments",
    "session",
    "ledger",
    "regime",
    "compute",
    "check",
    "post",
    "prompt",
    "source",
    "terminal",
    "view",
    "write",
];

const PLAIN: &[&str] = &["span", "diagnostic", "changes", "printable"];

/// Names of the rooms that a file reaches, in code outside of its tests.
fn imports(text: &str) -> Vec<String> {
    let code = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        found.push(
            part.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect(),
        );
    }
    found
}

#[test]
fn house_no_room_imports_what_it_must_not() {
    let src = project().join("src");
    for (room, allowed) in ROOMS {
        let path = src.join(room);
        let files = if path.is_dir() {
            sources(&path)
        } else {
            vec![path]
        };
        for file in files {
            for name in imports(&std::fs::read_to_string(&file).unwrap()) {
                let own = room.trim_end_matches(".rs");
                // The source knows the names of the lock and the journal, which the writer owns.
                let journal = *room == "source" && name == "write";
                // The demonstration runs the whole program.
                let whole = file.ends_with("command/demo.rs") && name.is_empty();
                let good = name == own
                    || PLAIN.contains(&name.as_str())
                    || allowed.contains(&name.as_str())
                    || journal
                    || whole;
                assert!(good, "{} imports crate::{name}", file.display());
            }
        }
    }
}

#[test]
fn house_views_and_commands_keep_to_their_trade() {
    let src = project().join("src");
    for file in sources(&src.join("view")) {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(
            !text.contains("clap"),
            "{} knows the command line",
            file.display()
        );
        assert!(!text.contains("std::fs"), "{} opens files", file.display());
    }
    for file in sources(&src.join("ledger"))
        .into_iter()
        .chain(sources(&src.join("compute")))
    {
        let text = std::fs::read_to_string(&file).unwrap();
        for word in [
            "std::fs",
            "std::env",
            "Local::now",
            "Utc::now",
            "SystemTime",
        ] {
            assert!(!text.contains(word), "{} uses {word}", file.display());
        }
    }
}

#[test]
fn house_files_are_small_and_shallow() {
    let src = project().join("src");
    for file in sources(&src) {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&src).unwrap();
        let lines = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default()
            .lines()
            .count();
        assert!(lines <= 830, "{} has {lines} lines", name.display());
        let depth = name.components().count();
        let wing = name.starts_with("view/pdf") || name.starts_with("view/xml");
        assert!(
            depth <= if wing { 3 } else { 2 },
            "{} is too deep",
            name.display()
        );
        assert!(
            text.starts_with("//!"),
            "{} does not say what it is for",
            name.display()
        );
    }
}

#[test]
fn house_every_command_has_a_transcript_and_an_example() {
    let transcripts: Vec<String> = documents("tests/cmd")
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    for command in subcommands() {
        assert!(
            transcripts.contains(&command),
            "tests/cmd/{command}.md is missing"
        );
        let help = crate::harness::Sandbox::empty()
            .run(&[&command, "--help"])
            .ok();
        assert!(
            help.contains("Example"),
            "`acquit {command} --help` shows no example"
        );
    }
}

fn subcommands() -> Vec<String> {
    acquit::command::tree()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect()
}

/// Codes that no document of the tests can show; each with the test that does.
const ELSEWHERE: &[(&str, &str)] = &[
    ("FILE-UNREADABLE", "peers.rs: peers_an_unreadable_file"),
    (
        "FILE-TOO-LARGE",
        "peers.rs: peers_a_file_of_a_hundred_megabytes",
    ),
];

#[test]
fn house_every_code_has_its_example() {
    for code in acquit::diagnostic::code::ALL {
        if ELSEWHERE.iter().any(|(known, _)| known == &code.0) {
            continue;
        }
        let path = project()
            .join("tests/errors")
            .join(format!("{}.md", code.0));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|_| panic!("tests/errors/{}.md is missing", code.0));
        assert!(
            text.contains(&format!("[{}]", code.0)),
            "tests/errors/{}.md does not show the code",
            code.0
        );
    }
}

#[test]
fn house_every_code_is_raised() {
    let text: String = sources(&project().join("src"))
        .iter()
        .filter(|path| !path.ends_with("diagnostic.rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for code in acquit::diagnostic::code::ALL {
        let name = format!("code::{}", code.0.replace('-', "_"));
        assert!(text.contains(&name), "{name} is never raised");
    }
}

#[test]
fn house_every_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(project().join("Cargo.toml")).unwrap();
    let mut in_dependencies = false;
    let mut before = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
        } else if in_dependencies && line.contains('=') {
            assert!(before.starts_with("# "), "{line} has no reason above it");
        }
        before = line;
    }
}

#[test]
fn house_the_words_are_ours() {
    for file in sources(&project().join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for (index, line) in text.lines().enumerate() {
            let place = format!("{}:{}", file.display(), index + 1);
            for word in ["todo!", "unimplemented!", "FIXME", "TODO", "XXX"] {
                assert!(!line.contains(word), "{place}: {word}");
            }
            let emoji = line
                .chars()
                .find(|c| matches!(u32::from(*c), 0x1_f000..=0x1_ffff));
            let quoted = line.contains("missing(") || line.contains("assert");
            assert!(
                emoji.is_none() || quoted || file.ends_with("tests.rs") || file.ends_with("mod.rs"),
                "{place}: {emoji:?}"
            );
        }
    }
}

/// The placeholders of templates that docs/format.md names are the fields there are.
#[test]
fn house_every_placeholder_is_documented() {
    use acquit::ledger::party::Language;
    use acquit::view::sample::{Situation, sample};
    let docs = std::fs::read_to_string(project().join("docs/format.md")).unwrap();
    let section = docs
        .split("## Templates\n")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let mut documented: Vec<String> = Vec::new();
    let tables = section.split("| Placeholder | Meaning |").nth(1).unwrap();
    for row in tables.lines().filter(|line| line.starts_with("| `")) {
        let names = row.split('|').nth(1).unwrap();
        documented.extend(names.split('`').skip(1).step_by(2).map(str::to_owned));
    }
    let message = serde_json::to_value(sample(Language::Fr, Situation::FULL)).unwrap();
    let mut fields: Vec<String> = Vec::new();
    for (name, value) in message.as_object().unwrap() {
        fields.push(name.clone());
        let one = match name.as_str() {
            "items" => "item",
            "segments" => "segment",
            "pay" => "way",
            _ => continue,
        };
        fields.extend(
            value[0]
                .as_object()
                .unwrap()
                .keys()
                .map(|key| format!("{one}.{key}")),
        );
    }
    documented.sort();
    fields.sort();
    assert_eq!(documented, fields);
}

#[test]
fn house_the_changelog_names_this_version() {
    let changelog = std::fs::read_to_string(project().join("CHANGELOG.md")).unwrap();
    assert!(changelog.contains("## [Unreleased]") || changelog.contains(env!("CARGO_PKG_VERSION")));
}
