//! Names of files that git carries to every system: those that Windows, macOS or git itself cannot hold, and those that one of them takes
//! for the same.

use unicode_normalization::UnicodeNormalization;

use crate::printable::is_unprintable;

/// Characters that no name of a file has on Windows, or that lead to another folder.
const NOWHERE: &[char] = &['<', '>', ':', '"', '/', '\\', '|', '?', '*'];

/// Names of devices on Windows, whatever stands behind their first point ("Naming Files, Paths, and Namespaces", Microsoft).
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Tells whether a name is that of a device on Windows, where no file can have it.
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_lowercase();
    let port = ["com", "lpt"]
        .iter()
        .find_map(|kind| stem.strip_prefix(kind));
    let is_port = port.is_some_and(|rest| {
        let mut rest = rest.chars();
        matches!(rest.next(), Some('0'..='9' | '¹' | '²' | '³')) && rest.next().is_none()
    });
    is_port || DEVICES.contains(&stem.as_str())
}

/// Refuses a name that a file cannot have on every system that git brings it to.
///
/// # Errors
/// Says what about it, as the end of a sentence.
pub fn portable(name: &str) -> Result<(), String> {
    if let Some(c) = name.chars().find(|c| NOWHERE.contains(c)) {
        return Err(format!("has `{c}`, which no name has on Windows"));
    }
    if let Some(c) = name.chars().find(|c| is_unprintable(*c)) {
        return Err(format!(
            "has the invisible character U+{:04X}",
            u32::from(c)
        ));
    }
    if name.ends_with('.') || name.trim() != name {
        return Err("begins or ends with a space, or ends with a point".into());
    }
    if is_device(name) {
        return Err("is that of a device on Windows".into());
    }
    // The short name that Windows gives to the folder .git: no git takes such a file out.
    if name.eq_ignore_ascii_case("git~1") {
        return Err("is one under which Windows finds git's own folder".into());
    }
    Ok(())
}

/// Returns what two names have in common that a system takes for the same: Windows and macOS do not tell capitals apart, macOS does not
/// tell apart how accents are written.
pub fn folded(name: &str) -> String {
    // Upper case first: `ß` and `ſ` have no capitals of their own.
    name.nfkc()
        .collect::<String>()
        .to_uppercase()
        .to_lowercase()
        .nfc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_another_system_cannot_hold() {
        for name in [
            "q\"uote.pdf",
            "a:b.pdf",
            "a*.csv",
            "what?.txt",
            "a<b.pdf",
            "a>b.pdf",
            "a|b.pdf",
            "a\\b.pdf",
            "a/b.pdf",
            "end.",
            "end ",
            " begin.pdf",
            "a\u{a0}",
            "CON",
            "con.pdf",
            "Aux.tar.gz",
            "nul .txt",
            "COM1",
            "lpt9.csv",
            "com².pdf",
            "conin$",
            "GIT~1",
            "a\u{202e}fdp.exe",
            "a\u{7f}.pdf",
            "a\nb.pdf",
        ] {
            assert!(portable(name).is_err(), "{name:?}");
        }
        for name in [
            "timesheet.pdf",
            "Relevé d'heures (août) n° 3, v2 – 100 %.pdf",
            "conference.pdf",
            "com10.csv",
            "console",
            "lpt.txt",
            "字.pdf",
            "a.b.c",
            "git~10",
        ] {
            assert_eq!(portable(name), Ok(()), "{name:?}");
        }
    }

    #[test]
    fn names_that_another_system_takes_for_the_same() {
        for (one, other) in [
            ("Plan.pdf", "plan.PDF"),
            ("ÉTÉ.pdf", "été.pdf"),
            ("e\u{301}te\u{301}.pdf", "été.pdf"),
            ("STRASSE.pdf", "straße.pdf"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        for (one, other) in [("a.pdf", "b.pdf"), ("ete.pdf", "été.pdf"), ("a1", "a2")] {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }
}
