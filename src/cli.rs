//! Reads the command line. Only the command that it names is built: all of them would cost more than most commands do.

use std::ffi::OsString;

use crate::arguments::{Global, root};
use crate::command::verbs::{Job, VERBS, Verb, tree};
use crate::terminal::Terminal;

/// What a look at the command line tells of the command's name.
#[derive(Clone, Copy)]
enum Named {
    /// This command.
    Verb(&'static Verb),
    /// The line asks for the help or the version of the program before it names any command.
    Program,
    /// There is no command of that name, none at all, or something that only the whole tree can judge.
    Unclear,
}

/// Reads a command line, the program's name first.
///
/// # Errors
/// Help and version, which are data; everything else is wrong usage.
pub fn parse(arguments: &[OsString]) -> Result<(Global, Job), clap::Error> {
    let root = root();
    let small = match named(&root, arguments) {
        Named::Verb(verb) => Some(root.subcommand(verb.whole())),
        Named::Program => Some(index(root)),
        Named::Unclear => None,
    };
    if let Some(small) = small {
        match read(small, arguments) {
            // What is wrong is said by the whole tree, which knows what else may have been meant.
            Err(error) if error.use_stderr() => {}
            found => return found,
        }
    }
    read(tree(), arguments)
}

/// Writes what clap says and returns the exit code: help and version are data, everything else is wrong usage.
pub fn usage(error: &clap::Error, terminal: &mut Terminal<'_>) -> u8 {
    let text = error.render().to_string();
    if error.use_stderr() {
        terminal.complain(&text);
        return 2;
    }
    u8::from(
        terminal
            .data(&text)
            .is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe),
    ) * 3
}

/// The program's own help: names of the commands, no arguments of theirs.
fn index(root: clap::Command) -> clap::Command {
    root.mut_args(|argument| argument.global(false))
        .subcommands(VERBS.iter().map(Verb::named))
}

/// Looks for the command's name: the first word that is neither an option of every command nor its value.
fn named(root: &clap::Command, arguments: &[OsString]) -> Named {
    let takes_value = |is_it: &dyn Fn(&clap::Arg) -> bool| {
        root.get_arguments()
            .find(|argument| is_it(argument))
            .map(|argument| argument.get_action().takes_values())
    };
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        let Some(word) = word.to_str() else {
            return Named::Unclear;
        };
        let value_follows = if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long
                .split_once('=')
                .map_or((long, None), |(name, value)| (name, Some(value)));
            match takes_value(&|argument| argument.get_long() == Some(name)) {
                Some(takes) => takes && value.is_none(),
                None if matches!(long, "help" | "version") => return Named::Program,
                None => return Named::Unclear,
            }
        } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            let mut left = letters.chars();
            let mut follows = false;
            while let Some(letter) = left.next() {
                match takes_value(&|argument| argument.get_short() == Some(letter)) {
                    Some(true) => {
                        follows = left.as_str().is_empty();
                        break;
                    }
                    Some(false) => {}
                    None if matches!(letter, 'h' | 'V') => return Named::Program,
                    None => return Named::Unclear,
                }
            }
            follows
        } else {
            return VERBS
                .iter()
                .find(|verb| verb.name == word)
                .map_or(Named::Unclear, Named::Verb);
        };
        if value_follows {
            words.next();
        }
    }
    Named::Unclear
}

/// Reads a command line by a tree.
fn read(mut tree: clap::Command, arguments: &[OsString]) -> Result<(Global, Job), clap::Error> {
    let matches = tree.try_get_matches_from_mut(arguments)?;
    let found = matches.subcommand().and_then(|(name, matches)| {
        let verb = VERBS.iter().find(|verb| verb.name == name)?;
        Some((verb, matches))
    });
    let Some((verb, of_verb)) = found else {
        return Err(tree.error(clap::error::ErrorKind::MissingSubcommand, "name a command"));
    };
    let job = verb
        .read(of_verb)
        .map_err(|error| error.format(&mut tree))?;
    let global = Global::of(&matches).map_err(|error| error.format(&mut tree))?;
    Ok((global, job))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        format!("acquit {line}")
            .split_whitespace()
            .map(OsString::from)
            .collect()
    }

    fn said(found: Result<(Global, Job), clap::Error>) -> String {
        match found {
            Ok((global, job)) => format!("{global:?} {:?}", job.effects),
            Err(error) => error.render().to_string(),
        }
    }

    #[test]
    fn the_name_of_the_command_is_found_among_the_options_of_every_command() {
        let root = root();
        for (line, name) in [
            ("list", "list"),
            ("-C list overdue", "overdue"),
            ("-Clist overdue list", "overdue"),
            ("-qC list -n show", "show"),
            ("--today 2026-11-22 -o out.csv check", "check"),
            (
                "--today=2026-11-22 --json --color never write-off list",
                "write-off",
            ),
            ("list --help", "list"),
            ("--help list", "the program"),
            ("-q --version", "the program"),
            ("-qh list", "the program"),
            ("", "unclear"),
            ("-q", "unclear"),
            ("lsit", "unclear"),
            ("--client acme list", "unclear"),
            ("-x list", "unclear"),
            ("-- list", "unclear"),
            ("--help=x list", "unclear"),
            ("-o", "unclear"),
        ] {
            let found = match named(&root, &words(line)) {
                Named::Verb(verb) => verb.name,
                Named::Program => "the program",
                Named::Unclear => "unclear",
            };
            assert_eq!(found, name, "{line}");
        }
    }

    /// What is read and said with one command built is what the whole tree reads and says.
    #[test]
    fn one_command_alone_says_what_the_whole_tree_says() {
        let mut lines: Vec<String> = [
            "--help",
            "-h",
            "-V",
            "--version",
            "-q --help",
            "--help list",
            "",
            "-q",
            "lsit",
            "--clinet list",
            "list --clinet acme",
            "list -q --today 2026-11-22 --json",
            "-o",
            "--today yesterday list",
            "-n --color never status",
            "list --json --format csv",
            "--json --format csv list",
            "client",
            "client ad",
            "client list -C elsewhere",
            "recurring run --until never",
            "client show",
            "explain --today=2026-01-01 -v",
            "pay --help --today never",
            "list extra",
            "--help=yes",
            "help list",
        ]
        .map(str::to_owned)
        .into();
        for verb in VERBS {
            lines.push(format!("{} --help", verb.name));
            lines.push(format!("-q {} -V", verb.name));
            let whole = verb.whole();
            for part in whole.get_subcommands() {
                lines.push(format!("{} {} --help", verb.name, part.get_name()));
            }
        }
        assert!(lines.len() > 90, "{}", lines.len());
        for line in lines {
            let arguments = words(&line);
            let whole = said(read(tree(), &arguments));
            assert_eq!(said(parse(&arguments)), whole, "{line}");
        }
    }

    #[test]
    fn the_whole_tree_is_sound() {
        tree().debug_assert();
    }
}
