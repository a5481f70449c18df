//! Text messages: how many septets (GSM 03.38) or UTF-16 units a text takes, and how many parts that makes.

/// The basic alphabet of GSM 03.38: one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension: two septets each.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// A text message and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// The text as it is sent.
    pub text: String,
    /// Whether it is all of GSM-7; else it is sent as UCS-2.
    pub is_gsm: bool,
    /// Septets of GSM-7, or 16-bit units of UCS-2.
    pub units: usize,
    /// How many parts it is sent in.
    pub parts: usize,
}

impl Sms {
    /// Says how long it is.
    pub fn size(&self) -> String {
        let alphabet = if self.is_gsm {
            "septets of GSM-7"
        } else {
            "units of UCS-2"
        };
        let parts = if self.parts == 1 {
            "1 part".to_owned()
        } else {
            format!("{} parts", self.parts)
        };
        format!("{} {alphabet}, {parts}", self.units)
    }
}

/// Returns a text as it is sent: signs that GSM-7 lacks are replaced by the nearest it has. If letters are left that it lacks, as in
/// Greek or Polish names, the text goes as it is, in UCS-2.
pub fn sms(text: &str) -> Sms {
    let replaced: String = text.trim().chars().map(nearest).collect();
    let septets = |c: char| match c {
        c if BASIC.contains(c) => Some(1),
        c if EXTENSION.contains(c) => Some(2),
        _ => None,
    };
    let sizes: Option<Vec<usize>> = replaced.chars().map(septets).collect();
    if let Some(sizes) = sizes {
        return Sms {
            text: replaced,
            is_gsm: true,
            units: sizes.iter().sum(),
            parts: parts(&sizes, 160, 153),
        };
    }
    let text = text.trim().replace('\u{a0}', " ");
    let sizes: Vec<usize> = text.chars().map(char::len_utf16).collect();
    Sms {
        text,
        is_gsm: false,
        units: sizes.iter().sum(),
        parts: parts(&sizes, 70, 67),
    }
}

/// A message of one part has `whole` units, each part of several has `part`; a character is never split.
fn parts(sizes: &[usize], whole: usize, part: usize) -> usize {
    if sizes.iter().sum::<usize>() <= whole {
        return 1;
    }
    let (mut count, mut room) = (1, part);
    for size in sizes {
        if *size > room {
            (count, room) = (count + 1, part);
        }
        room -= size;
    }
    count
}

/// Returns the sign of GSM-7 that stands for another: spaces, quotes, dashes, and letters that lose their accent.
fn nearest(c: char) -> char {
    match c {
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' => ' ',
        '’' | '‘' | '´' | '`' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '–' | '—' | '−' | '\u{2011}' => '-',
        'ç' => 'Ç',
        'á' | 'â' | 'ã' => 'a',
        'ê' | 'ë' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ó' | 'ô' | 'õ' | 'º' | '°' => 'o',
        'ú' | 'û' => 'u',
        'ý' | 'ÿ' => 'y',
        'Á' | 'À' | 'Â' | 'Ã' => 'A',
        'È' | 'Ê' | 'Ë' => 'E',
        'Í' | 'Ì' | 'Î' | 'Ï' => 'I',
        'Ó' | 'Ò' | 'Ô' | 'Õ' => 'O',
        'Ú' | 'Ù' | 'Û' => 'U',
        '×' => 'x',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn septets_and_parts_are_counted() {
        let of = |text: &str| {
            let sms = sms(text);
            (sms.is_gsm, sms.units, sms.parts)
        };
        assert_eq!(
            BASIC.chars().count(),
            127,
            "the basic alphabet without its escape"
        );
        assert_eq!(of(&"a".repeat(160)), (true, 160, 1));
        assert_eq!(of(&"a".repeat(161)), (true, 161, 2));
        assert_eq!(of(&"a".repeat(306)), (true, 306, 2));
        assert_eq!(of(&"a".repeat(307)), (true, 307, 3));
        // A euro takes two septets, and is not split between two parts.
        assert_eq!(of(&"€".repeat(80)), (true, 160, 1));
        assert_eq!(of(&"€".repeat(153)), (true, 306, 3));
        assert_eq!(of(&"ł".repeat(70)), (false, 70, 1));
        assert_eq!(of(&"ł".repeat(71)), (false, 71, 2));
    }

    #[test]
    fn signs_are_replaced_and_letters_are_kept() {
        assert_eq!(
            sms("L’échéance : 1\u{a0}200,00\u{a0}€ – merci").text,
            "L'échéance : 1 200,00 € - merci"
        );
        assert!(sms("Reçu à Zürich, 3ª").units > 0);
        let name = sms("Žofia Łukasik doit 5\u{a0}€");
        assert_eq!(
            (name.text.as_str(), name.is_gsm),
            ("Žofia Łukasik doit 5 €", false)
        );
    }
}
