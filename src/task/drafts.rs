//! New drafts: which name one gets, whether it can have the one that was asked for, and what is written and said of it.

use crate::changes::ChangeSet;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::ledger::identifier::is_name;

/// A draft that can be written.
#[derive(Debug)]
pub struct Drafted {
    /// Creates the draft's file.
    pub set: ChangeSet,
    /// Says what was drafted, and how it is issued.
    pub said: String,
}

impl Drafted {
    /// Returns the changes that write a draft of a name and a text, with what there is to say.
    pub fn new(name: &str, text: String, said: String) -> Self {
        let mut set = ChangeSet::default();
        set.create(format!("drafts/{name}.toml"), text);
        Self { set, said }
    }
}

/// Returns a name that no draft has: the wanted one, else with a number behind it. Capitals make no other name.
pub fn next_name(wanted: &str, names: &[String]) -> String {
    let taken = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let numbered = (2..).map(|n| format!("{wanted}-{n}"));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// Checks that a draft can have a name: adds `FILE-NAME` where no file can be called so, `FILE-EXISTS` where another draft is.
pub fn check_name(name: &str, names: &[String], problems: &mut Diagnostics) {
    if !is_name(name) {
        let hint = "use at most 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit";
        problems.push(
            Diagnostic::error(
                code::FILE_NAME,
                format!("`{name}` cannot be a draft's name"),
            )
            .hint(hint),
        );
    } else if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        problems.push(
            Diagnostic::error(
                code::FILE_EXISTS,
                format!("the draft `{name}` exists already"),
            )
            .hint("edit it, or choose another --name"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_name_is_taken_whatever_its_capitals() {
        assert_eq!(next_name("acme", &[]), "acme");
        assert_eq!(next_name("acme", &names(&["ACME", "acme-3"])), "acme-2");
        assert_eq!(
            next_name("acme", &names(&["acme", "Acme-2", "acme-3"])),
            "acme-4"
        );
    }

    #[test]
    fn a_name_is_that_of_a_file_and_of_no_other_draft() {
        let found = |name: &str| -> Vec<&str> {
            let mut problems = Diagnostics::default();
            check_name(name, &names(&["Acme-Site"]), &mut problems);
            problems.iter().map(|problem| problem.code.0).collect()
        };
        assert_eq!(found("acme-site-2"), [""; 0]);
        assert_eq!(found("acme-site"), ["FILE-EXISTS"]);
        assert_eq!(found("../acme"), ["FILE-NAME"]);
        assert_eq!(found(""), ["FILE-NAME"]);
        assert_eq!(found(&"a".repeat(65)), ["FILE-NAME"]);
    }
}
