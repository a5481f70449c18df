//! The repository tests its own rules.

use std::collections::{BTreeMap, BTreeSet};
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
    ("disk.rs", &[]),
    ("write.rs", &["disk"]),
    ("terminal.rs", &["view"]),
    ("prompt.rs", &[]),
    ("post", &["source"]),
    ("arguments.rs", &["ledger"]),
    ("outside.rs", &["disk", "post", "prompt", "write"]),
    ("session.rs", BELOW_COMMANDS),
    ("task", BELOW_TASKS),
    ("command", BELOW_COMMANDS_AND_TASKS),
];

/// What a session gives to a command: no command, and nothing of how the command line is read.
const BELOW_COMMANDS: &[&str] = &[
    "arguments",
    "disk",
    "outside",
    "post",
    "prompt",
    "source",
    "terminal",
    "view",
    "write",
];

/// All that the tasks of commands string together.
const BELOW_TASKS: &[&str] = &[
    "disk", "session", "ledger", "regime", "compute", "check", "post", "prompt", "source",
    "terminal", "view", "write",
];

/// All that commands string together: everything but `cli.rs`, which stands above them.
const BELOW_COMMANDS_AND_TASKS: &[&str] = &[
    "arguments",
    "disk",
    "outside",
    "task",
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

const PLAIN: &[&str] = &["span", "diagnostic", "changes", "lock", "printable"];

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

/// A module's path below the crate: `["view", "pdf", "table"]`; a `mod.rs` is its folder, `lib.rs` the empty path.
type Module = Vec<String>;

/// The code of a file without its comments, its tests, and what is compiled for tests alone.
fn code_of(text: &str) -> String {
    let code = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let mut kept = String::new();
    let mut is_for_tests = false;
    for line in code.lines() {
        if !line.trim_start().starts_with("//") && !is_for_tests {
            kept.push_str(line);
            kept.push('\n');
        }
        is_for_tests = line.trim() == "#[cfg(test)]";
    }
    kept.replace("#[cfg(test)]\n", "")
}

/// The paths of a tree of imports: `a::{b, c::{d, e}}` is `a::b`, `a::c::d`, `a::c::e`.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((head, list)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().to_owned()];
    };
    let list = list.trim_end().strip_suffix('}').unwrap();
    let mut depth = 0;
    let parts = list.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts
        .filter(|part| !part.trim().is_empty())
        .flat_map(leaves)
        .map(|leaf| format!("{}{leaf}", head.trim()))
        .collect()
}

/// The paths that the code of a file names: those of `use`, and those that begin with `crate` or `super` elsewhere. In a module
/// written inside of the file, `super` is the file itself.
fn paths_of(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let (mut rest, mut import) = (String::new(), String::new());
    let mut is_inside = false;
    for line in code.lines() {
        is_inside = match line {
            "}" => false,
            _ if line.contains("mod ") && line.ends_with('{') && !line.starts_with(' ') => true,
            _ => is_inside,
        };
        let begins = ["use ", "pub use ", "pub(super) use ", "pub(crate) use "]
            .iter()
            .find_map(|word| line.trim_start().strip_prefix(word));
        match begins {
            _ if is_inside && line.contains("super::") => {}
            Some(tree) => import.push_str(tree),
            None if !import.is_empty() => import.push_str(line),
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
        if let Some(tree) = import.strip_suffix(';') {
            paths.extend(leaves(tree));
            import.clear();
        }
    }
    for word in ["crate::", "super::"] {
        let mut from = 0;
        while let Some(at) = rest[from..].find(word) {
            let start = from + at;
            let end = start
                + rest[start..]
                    .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                    .unwrap_or(rest.len() - start);
            let is_whole =
                !rest[..start].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            // `pub(in crate::…)` says who may name it, and names nothing.
            if is_whole && !rest[..start].ends_with("(in ") {
                paths.push(rest[start..end].to_owned());
            }
            from = end;
        }
    }
    paths
}

/// The module in which a path ends: the longest of its beginnings that is a file. None for other crates.
fn module_of(path: &str, own: &[String], files: &BTreeMap<Module, String>) -> Option<Module> {
    let mut parts = path.split("::").map(str::trim).peekable();
    let mut module: Module = match parts.peek()? {
        &"crate" => Vec::new(),
        &"super" | &"self" => own.to_vec(),
        first if files.contains_key(&[own, &[(*first).to_owned()]].concat()) => own.to_vec(),
        _ => return None,
    };
    while let Some(step) = parts.next_if(|part| ["crate", "self", "super"].contains(part)) {
        if step == "super" {
            module.pop();
        }
    }
    module.extend(parts.map(str::to_owned));
    while !files.contains_key(&module) {
        module.pop()?;
    }
    Some(module)
}

/// Which file imports which, by their names below `src/`.
fn imports_of_files() -> BTreeMap<String, BTreeSet<String>> {
    let src = project().join("src");
    let mut files: BTreeMap<Module, String> = BTreeMap::new();
    let mut texts: BTreeMap<Module, String> = BTreeMap::new();
    for file in sources(&src) {
        let name = file.strip_prefix(&src).unwrap().to_string_lossy();
        let name = name.replace('\\', "/");
        let mut module: Module = name
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if ["mod", "lib"].contains(&module.last().unwrap().as_str()) {
            module.pop();
        }
        if name != "main.rs" {
            texts.insert(module.clone(), std::fs::read_to_string(&file).unwrap());
            files.insert(module, name);
        }
    }
    let mut only_for_tests = Vec::new();
    for (module, text) in &texts {
        for part in text.split("#[cfg(test)]\nmod ").skip(1) {
            if let Some((name, _)) = part.lines().next().unwrap().split_once(';') {
                only_for_tests.push([module.as_slice(), &[name.to_owned()]].concat());
            }
        }
    }
    let mut graph = BTreeMap::new();
    for (module, text) in texts {
        if only_for_tests.contains(&module) {
            continue;
        }
        let code = code_of(&text);
        let mut imports: BTreeSet<String> = paths_of(&code)
            .iter()
            .filter_map(|path| module_of(path, &module, &files))
            .filter(|found| *found != module)
            .map(|found| files[&found].clone())
            .collect();
        // A file that declares a module needs no `use` to name what is in it.
        for (child, name) in &files {
            let Some((last, parent)) = child.split_last() else {
                continue;
            };
            let word = format!("{last}::");
            let is_named = || {
                code.match_indices(&word).any(|(at, _)| {
                    !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c))
                })
            };
            if parent == module && is_named() {
                imports.insert(name.clone());
            }
        }
        graph.insert(files[&module].clone(), imports);
    }
    graph
}

/// A way from one file to another along imports, both named; none where there is none.
fn way(graph: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> Option<Vec<String>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut next = vec![from];
    while let Some(file) = next.pop() {
        if file == to {
            let mut way = vec![to.to_owned()];
            let mut at = to;
            while at != from {
                at = before[at];
                way.push(at.to_owned());
            }
            way.reverse();
            return Some(way);
        }
        for import in graph.get(file).into_iter().flatten() {
            if import != from && !before.contains_key(import.as_str()) {
                before.insert(import, file);
                next.push(import);
            }
        }
    }
    None
}

#[test]
fn house_no_file_imports_a_file_that_imports_it() {
    let graph = imports_of_files();
    let cycles: BTreeSet<String> = graph
        .iter()
        .flat_map(|(file, imports)| imports.iter().map(move |import| (file, import)))
        .filter_map(|(file, import)| way(&graph, import, file))
        .map(|mut way| {
            // One cycle is found once for each of its files: it is written from the first of them by name.
            let first = way
                .iter()
                .enumerate()
                .min_by_key(|(_, name)| *name)
                .unwrap()
                .0;
            way.rotate_left(first);
            way.push(way[0].clone());
            way.join(" → ")
        })
        .collect();
    assert!(
        cycles.is_empty(),
        "cycles of imports:\n{}",
        cycles.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn house_imports_are_read_as_the_compiler_reads_them() {
    let module = |name: &str| -> Module { name.split('/').map(str::to_owned).collect() };
    let files: BTreeMap<Module, String> = ["a", "a/b", "a/c", "d"]
        .into_iter()
        .map(|name| (module(name), name.to_owned()))
        .chain([(Module::new(), "lib".to_owned())])
        .collect();
    let found = |own: &str, text: &str| -> Vec<String> {
        paths_of(&code_of(text))
            .iter()
            .filter_map(|path| module_of(path, &module(own), &files))
            .map(|found| files[&found].clone())
            .collect()
    };
    assert_eq!(
        found("a/b", "use super::{X, c::{Y, Z}};\n"),
        ["a", "a/c", "a/c"]
    );
    assert_eq!(
        found("a/b", "use crate::{\n    a::c,\n    d::W as V,\n};\n"),
        ["a/c", "d"]
    );
    assert_eq!(
        found("a", "pub use self::b::X;\nuse c::Y;\nuse std::fmt;\n"),
        ["a/b", "a/c"]
    );
    assert_eq!(
        found("a/b", "fn f() {\n    super::c::g(crate::d::H);\n}\n"),
        ["d", "a/c"]
    );
    assert_eq!(found("d", "use crate::Outside;\n"), ["lib"]);
    for nothing in [
        "// use crate::d;\n",
        "/// See [`crate::d::X`].\nfn f() {}\n",
        "#[cfg(test)]\nuse crate::d;\n",
        "#[cfg(test)]\nmod tests {\n    use crate::d;\n}\n",
        "mod code {\n    use super::X;\n}\n",
        "mod c;\n",
        "pub(in crate::d) fn f() {}\n",
    ] {
        assert!(found("a/b", nothing).is_empty(), "{nothing}");
    }
}

#[test]
fn house_views_and_commands_keep_to_their_trade() {
    let src = project().join("src");
    for file in sources(&src.join("view")) {
        let text = std::fs::read_to_string(&file).unwrap();
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
fn house_the_command_line_and_the_sums_are_apart() {
    let src = project().join("src");
    for file in sources(&src) {
        let name = file
            .strip_prefix(&src)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let code = code_of(&std::fs::read_to_string(&file).unwrap());
        let words: Vec<&str> = code
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .collect();
        let is_command = name.starts_with("command/");
        let knows_the_line = is_command || name == "cli.rs" || name == "arguments.rs";
        assert!(
            knows_the_line || !words.contains(&"clap"),
            "{name} knows the command line"
        );
        assert!(
            !(is_command && words.contains(&"Decimal")),
            "{name}: a command asks, calls and says; sums are for the rooms below it"
        );
    }
}

/// Each decision names the tests that fail if it changes; those tests exist.
#[test]
fn house_decisions_name_their_tests() {
    let code: String = sources(&project().join("src"))
        .into_iter()
        .chain(sources(&project().join("tests")))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let mut decisions = 0;
    for path in documents("docs/decisions") {
        let text = std::fs::read_to_string(&path).unwrap();
        for bullet in text.split("\n- ").skip(1) {
            decisions += 1;
            let (_, names) = bullet
                .split_once("Held by: ")
                .unwrap_or_else(|| panic!("{}: no test holds `{bullet}`", path.display()));
            let names: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
            for name in names {
                let exists = if name.contains('/') {
                    project().join(name).exists()
                } else {
                    code.contains(&format!("fn {name}("))
                };
                assert!(exists, "{}: there is no test `{name}`", path.display());
            }
        }
    }
    assert!(decisions > 100, "{decisions} decisions");
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
    acquit::command::verbs::tree()
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
