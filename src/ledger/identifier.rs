//! Identifiers and their keys: document numbers, client ids, IBAN, BIC, SIREN, SIRET, VAT numbers, RF references.

use std::borrow::Borrow;
use std::fmt;

use lettre::Address;

use super::file_name::is_device;
use crate::printable::is_unprintable;

/// The number of a document (BT-1): `[A-Za-z0-9+_-]{1,35}`, as the French rules BR-FR-01/02 ask.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(Box<str>);

impl Number {
    /// Tells whether a text is a number.
    pub fn is_valid(text: &str) -> bool {
        (1..=35).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'_' | b'-'))
    }

    /// Reads a number.
    pub fn parse(text: &str) -> Option<Self> {
        Self::is_valid(text).then(|| Self(text.into()))
    }

    /// Returns its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Splits it into its series and its counter: the digits at its end.
    pub fn counter(&self) -> Option<(&str, u64)> {
        let series = self.0.trim_end_matches(|c: char| c.is_ascii_digit());
        Some((series, self.0[series.len()..].parse().ok()?))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Borrow<str> for Number {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Tells whether a text can name a client, a draft, a plan: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}` without `..`, so that it can never
/// leave its folder and is a file name everywhere.
pub fn is_name(text: &str) -> bool {
    let first = text
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric());
    let rest = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    first
        && rest
        && text.len() <= 64
        && !text.contains("..")
        && !text.ends_with('.')
        && !is_device(text)
}

/// Returns an e-mail address as messages carry it: its domain in ASCII (RFC 5890). It is one plain address of RFC 5321 whose part before
/// the `@` is ASCII, since servers and mail programs without RFC 6531 can carry no other.
///
/// # Errors
/// Says why it is none, or none that a message can be sent to, as the end of a sentence.
pub fn check_email(text: &str) -> Result<Address, &'static str> {
    let Some((user, domain)) = text.rsplit_once('@') else {
        return Err("is no e-mail address: it has no `@`");
    };
    if text
        .contains(|c: char| c.is_whitespace() || is_unprintable(c) || "<>(),;:\"[]\\".contains(c))
    {
        return Err("is no e-mail address: spaces, quotes, brackets, commas have no place in one");
    }
    if user.starts_with('-') {
        return Err(
            "cannot be sent to: commands that send take what begins with `-` for an option",
        );
    }
    if !user.is_ascii() {
        return Err(
            "cannot be sent to: before the `@` servers without RFC 6531 take ASCII letters alone",
        );
    }
    let wrong = "is no e-mail address";
    let domain = idna::domain_to_ascii(domain).map_err(|_| wrong)?;
    let address = Address::new(user, &domain).map_err(|_| wrong)?;
    let is_ip = domain.parse::<std::net::IpAddr>().is_ok();
    if !domain.contains('.') || is_ip || text.len() > 254 {
        return Err(wrong);
    }
    Ok(address)
}

/// Tells whether a text can be the id of a row: `[A-Za-z0-9._-]{1,40}`.
pub fn is_row_id(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Why a text is not an IBAN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IbanError {
    /// A character that is no capital letter and no digit, or too short.
    Form,
    /// Its country's IBANs have another length: the country's and this one's.
    Length(usize, usize),
    /// The check digits do not fit (ISO 7064 mod 97-10).
    Key,
}

/// Checks an IBAN without spaces (ISO 13616).
///
/// # Errors
/// Says what is wrong.
pub fn check_iban(text: &str) -> Result<(), IbanError> {
    let head = text.get(..4).ok_or(IbanError::Form)?.as_bytes();
    let letters = head[..2].iter().all(u8::is_ascii_uppercase);
    let digits = head[2..].iter().all(u8::is_ascii_digit);
    let body = text
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !letters || !digits || !body || !(15..=34).contains(&text.len()) {
        return Err(IbanError::Form);
    }
    if let Some((_, length)) = IBAN_LENGTHS
        .iter()
        .find(|(country, _)| *country == &text[..2])
        && *length != text.len()
    {
        return Err(IbanError::Length(*length, text.len()));
    }
    if mod97(text[4..].bytes().chain(text[..4].bytes())) == 1 {
        Ok(())
    } else {
        Err(IbanError::Key)
    }
}

/// Tells whether an account is in the area of SEPA, where a credit transfer in euros reaches it (EPC409-09): the countries of the list
/// below. What joined lately and is not in it gets an ordinary transfer, which reaches it as well.
pub fn is_sepa(iban: &str) -> bool {
    IBAN_LENGTHS
        .iter()
        .any(|(country, _)| iban.starts_with(country))
}

/// Lengths of IBANs by country (SWIFT IBAN registry): those of SEPA, as of 2024.
#[rustfmt::skip]
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24), ("AT", 20), ("BE", 16), ("BG", 22), ("CH", 21), ("CY", 28), ("CZ", 24), ("DE", 22), ("DK", 18), ("EE", 20),
    ("ES", 24), ("FI", 18), ("FR", 27), ("GB", 22), ("GI", 23), ("GR", 27), ("HR", 21), ("HU", 28), ("IE", 22), ("IS", 26),
    ("IT", 27), ("LI", 21), ("LT", 20), ("LU", 20), ("LV", 21), ("MC", 27), ("MT", 31), ("NL", 18), ("NO", 15), ("PL", 28),
    ("PT", 25), ("RO", 24), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("VA", 22),
];

/// Returns the remainder by 97 of letters and digits read as one number, letters as 10 to 35.
fn mod97(characters: impl Iterator<Item = u8>) -> u32 {
    characters.fold(0, |rest, c| match c {
        b'0'..=b'9' => (rest * 10 + u32::from(c - b'0')) % 97,
        _ => (rest * 100 + u32::from(c.to_ascii_uppercase() - b'A') + 10) % 97,
    })
}

/// Tells whether a text is a BIC: 6 letters, 2 letters or digits, and 3 more or none (ISO 9362).
pub fn is_bic(text: &str) -> bool {
    matches!(text.len(), 8 | 11)
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| b.is_ascii_uppercase() || (i >= 6 && b.is_ascii_digit()))
}

/// Tells whether the Luhn key of a text of digits fits.
pub fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b.wrapping_sub(b'0'));
            if i % 2 == 0 {
                digit
            } else {
                digit * 2 - if digit > 4 { 9 } else { 0 }
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Returns an identifier as it is written for machines: capitals, without the spaces of any kind, points and hyphens that people and
/// registers group it by, such as `FR83 404 833 048` or `CHE-123.456.789 MWST`.
pub fn compact(text: &str) -> String {
    let is_kept = |c: &char| {
        !c.is_whitespace() && !matches!(c, '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
    };
    text.chars()
        .filter(is_kept)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Returns a SIREN or SIRET without what groups its digits; a text that is more than digits stays as it is, so that a message shows it.
pub fn compact_digits(text: &str) -> String {
    let digits = compact(text);
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        digits
    } else {
        text.to_owned()
    }
}

/// Returns a creditor identifier of a direct debit (SEPA AT-02) in capitals and without spaces; its other signs belong to it.
pub fn compact_creditor(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Returns the SIREN that a SIRET begins with.
pub fn siren_of(siret: &str) -> Option<&str> {
    is_siret(siret).then(|| &siret[..9])
}

/// Tells whether a text is nine digits, as a SIREN is.
pub fn is_siren(text: &str) -> bool {
    text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Tells whether a text is fourteen digits, as a SIRET is.
pub fn is_siret(text: &str) -> bool {
    text.len() == 14 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Tells whether the key of a SIRET fits: Luhn, or for La Poste (SIREN 356000000) a sum of digits that 5 divides.
pub fn siret_key(siret: &str) -> bool {
    let sum: u32 = siret.bytes().map(|b| u32::from(b.wrapping_sub(b'0'))).sum();
    luhn(siret) || (siret.starts_with("356000000") && sum.is_multiple_of(5))
}

/// Returns the French VAT number of a SIREN: key = (12 + 3 × (SIREN mod 97)) mod 97.
pub fn french_vat(siren: &str) -> Option<String> {
    let number: u64 = is_siren(siren).then(|| siren.parse().ok())??;
    Some(format!("FR{:02}{siren}", (12 + 3 * (number % 97)) % 97))
}

/// Checks a VAT number's form, and its key where the country's rule is known (France).
///
/// # Errors
/// Holds the sentence that says what is wrong.
pub fn check_vat(text: &str) -> Result<(), String> {
    let country = text
        .get(..2)
        .filter(|c| c.bytes().all(|b| b.is_ascii_uppercase()));
    let (Some(country), Some(rest)) = (country, text.get(2..)) else {
        return Err(format!(
            "`{text}` does not begin with the two letters of a country"
        ));
    };
    // Switzerland's has the tax's name at its end: CHE, nine digits, then MWST, TVA or IVA.
    let most = if country == "CH" { 14 } else { 13 };
    if !(2..=most).contains(&rest.len())
        || !rest
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'+' | b'*'))
    {
        return Err(format!(
            "`{text}` is not a VAT number: a country's letters, then 2 to 13 letters and digits"
        ));
    }
    if country != "FR" {
        return Ok(());
    }
    let (key, siren) = rest.split_at(2.min(rest.len()));
    if !is_siren(siren) {
        return Err(format!(
            "`{text}` is not a French VAT number: FR, a key of two, then the SIREN"
        ));
    }
    match french_vat(siren) {
        Some(right) if key.bytes().all(|b| b.is_ascii_digit()) && right != text => Err(format!(
            "the key of `{text}` does not fit its SIREN: `{right}` would"
        )),
        _ => Ok(()),
    }
}

/// Returns the ISO 11649 creditor reference of a number's letters and digits in capitals, if there are at most 21.
pub fn rf_reference(number: &str) -> Option<String> {
    let text: String = number
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if text.is_empty() || text.len() > 21 {
        return None;
    }
    Some(format!(
        "RF{:02}{text}",
        98 - mod97(text.bytes().chain(*b"RF00"))
    ))
}

/// The codes of ISO 3166-1 alpha-2.
#[rustfmt::skip]
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM \
GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT \
LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN \
PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ \
UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Tells whether a text is a country's code of two letters (ISO 3166-1 alpha-2).
pub fn is_country(code: &str) -> bool {
    let [first, second] = *code.as_bytes() else {
        return false;
    };
    COUNTRIES
        .as_bytes()
        .chunks(3)
        .any(|known| known[0] == first && known[1] == second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_as_people_paste_them() {
        for (pasted, written) in [
            ("404\u{a0}833\u{202f}048", "404833048"),
            ("fr 83 404 833 048", "FR83404833048"),
            ("CHE-123.456.789 MWST", "CHE123456789MWST"),
            ("BE 0123.456.789", "BE0123456789"),
            (
                "fr14 2004-1010\u{2009}0505 0001 3m02 606",
                "FR1420041010050500013M02606",
            ),
            (" psst fr pp lyo ", "PSSTFRPPLYO"),
        ] {
            assert_eq!(compact(pasted), written);
        }
        assert_eq!(compact_digits("732.829.320"), "732829320");
        // What is no identifier of digits is left for the message.
        assert_eq!(compact_digits("HRB 12-34 b"), "HRB 12-34 b");
        assert_eq!(compact_creditor("fr72 zzz 12-3"), "FR72ZZZ12-3");
        assert_eq!(check_vat("CHE123456789MWST"), Ok(()));
        assert_eq!(siren_of("21690123100011"), Some("216901231"));
        assert_eq!(siren_of("2169012310001"), None);
    }

    #[test]
    fn every_country_is_found() {
        assert!(
            COUNTRIES
                .split(' ')
                .all(|code| code.len() == 2 && is_country(code))
        );
        for code in ["", "F", "fr", "R ", " F", "ADA", "XX"] {
            assert!(!is_country(code), "{code}");
        }
    }

    #[test]
    fn the_vectors_of_the_law_hold() {
        for iban in [
            "FR1420041010050500013M02606",
            "DE89370400440532013000",
            "FR7630006000011234567890189",
            "GB82WEST12345698765432",
            "CH9300762011623852957",
        ] {
            assert_eq!(check_iban(iban), Ok(()), "{iban}");
        }
        for (number, reference) in [
            ("539007547034", "RF18539007547034"),
            ("F2026-0042", "RF69F20260042"),
            ("FA2026000123", "RF31FA2026000123"),
            ("2026-0042", "RF8820260042"),
        ] {
            assert_eq!(rf_reference(number).as_deref(), Some(reference));
        }
        for (siren, vat) in [
            ("732829320", "FR44732829320"),
            ("100000009", "FR88100000009"),
            ("200000008", "FR37200000008"),
            ("356000000", "FR39356000000"),
            ("404833048", "FR83404833048"),
        ] {
            assert!(luhn(siren));
            assert_eq!(french_vat(siren).as_deref(), Some(vat));
            assert_eq!(check_vat(vat), Ok(()));
        }
    }

    #[test]
    fn wrong_keys_are_found() {
        assert_eq!(
            check_iban("FR1420041010050500013M02607"),
            Err(IbanError::Key)
        );
        assert_eq!(
            check_iban("FR142004101005050001"),
            Err(IbanError::Length(27, 20))
        );
        assert_eq!(check_iban("FR14 2004"), Err(IbanError::Form));
        assert!(
            check_vat("FR45732829320")
                .unwrap_err()
                .contains("FR44732829320")
        );
        assert!(check_vat("732829320").is_err());
        assert!(!luhn("732829321"));
        assert!(siret_key("73282932000074"));
        assert_eq!(rf_reference("F2026-0000000000000000000042"), None);
    }

    #[test]
    fn names_never_leave_their_folder() {
        for name in [
            "../x", "a/b", "a\\b", "", ".", "..", "a..b", ".git", "a ", "é", "x.",
        ] {
            assert!(!is_name(name), "{name}");
        }
        assert!(is_name("acme-website.2026_b"));
        assert_eq!(Number::parse("F 1"), None);
        assert_eq!(
            Number::parse("F2026-0042").unwrap().counter(),
            Some(("F2026-", 42))
        );
    }
}
