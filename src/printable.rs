//! Characters that steer a terminal, hide, or reorder what a person reads. What comes from a file, an argument or a server may hold them.

use std::borrow::Cow;

/// Tells whether a character hides or reorders text: soft hyphen, zero-width spaces and joiners, marks and overrides of direction,
/// invisible operators, other ends of lines, tags (Unicode 16, general categories Cf, Zl, Zp).
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Tells whether a character is no part of a text in one line: a control character, or one that hides or reorders.
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || is_hidden(c)
}

/// Returns a text that cannot steer a terminal and shows what it holds: control characters as signs (`␛`), hiding ones by their number
/// (`<U+202E>`), a tab as one space. Ends of lines stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !may_hide(text) || !text.chars().any(|c| is_unprintable(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            '\t' => shown.push(' '),
            '\u{7f}' => shown.push('\u{2421}'),
            c if u32::from(c) < 0x20 => {
                shown.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'));
            }
            c if c.is_control() => shown.push('\u{fffd}'),
            c if is_hidden(c) => shown.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Tells by the bytes alone whether a text may hold a character that is not printed, many bytes at once: lists have megabytes.
pub fn may_hide(text: &str) -> bool {
    let is_suspect = |byte: u8| {
        (byte < 0x20 && byte != b'\n')
            || byte == 0x7f
            || matches!(byte, 0xc2 | 0xd8 | 0xe1 | 0xe2 | 0xef | 0xf3)
    };
    text.as_bytes().chunks(256).any(|chunk| {
        chunk
            .iter()
            .fold(false, |found, byte| found | is_suspect(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_or_hides_is_shown() {
        assert_eq!(printable("a\u{1b}[31mb\u{7}\tc\nd"), "a␛[31mb␇ c\nd");
        assert_eq!(printable("\u{7f}\u{9b}31m"), "␡\u{fffd}31m");
        assert_eq!(
            printable("FR\u{202e}67\u{200b}89"),
            "FR<U+202E>67<U+200B>89"
        );
        assert_eq!(printable("\u{e0041}"), "<U+E0041>");
        for text in [
            "",
            "Zoé «\u{a0}à bientôt\u{a0}» — 1\u{202f}200,00\u{a0}€ œuvre 日本",
            "two\nlines",
        ] {
            assert!(
                matches!(printable(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn the_bytes_betray_every_such_character() {
        for c in (0..=0x0010_ffff)
            .filter_map(char::from_u32)
            .filter(|c| is_unprintable(*c) && *c != '\n')
        {
            assert!(
                may_hide(&format!("{}{c}", "x".repeat(300))),
                "U+{:04X}",
                u32::from(c)
            );
            assert!(
                !printable(&c.to_string()).chars().any(is_unprintable),
                "U+{:04X}",
                u32::from(c)
            );
        }
    }
}
