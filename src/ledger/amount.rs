//! Exact decimals: reading, rounding and writing them. The only place that rounds.

use rust_decimal::{Decimal, RoundingStrategy};

use super::currency::Currency;

/// The most digits before the point that any number in a ledger may have.
pub const MAX_INTEGER_DIGITS: usize = 12;

/// Why a text is not a number of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberError {
    /// A decimal comma; holds the number as it should be written.
    Comma(String),
    /// Another form: `1e3`, `0x10`, `1_000`, `inf`, `+1`, spaces, a currency sign.
    Form,
    /// More digits before the point than [`MAX_INTEGER_DIGITS`]; holds how many.
    Digits(usize),
    /// More digits after the point than the field admits; holds how many there are and may be.
    Decimals(usize, u32),
}

impl NumberError {
    /// Returns the sentence for `text`, and the hint.
    pub fn explain(&self, text: &str) -> (String, String) {
        match self {
            Self::Comma(right) => (
                format!("`{text}` has a decimal comma"),
                format!("write a decimal point: `{right}`"),
            ),
            Self::Form => (
                format!("`{text}` is not a plain number"),
                "write digits and a decimal point, such as `1234.56`".into(),
            ),
            Self::Digits(n) => (
                format!("a number of {n} digits before the point is too large"),
                format!("at most {MAX_INTEGER_DIGITS} digits stand before the point"),
            ),
            Self::Decimals(n, max) => (
                format!("`{text}` has {n} digits after the point; at most {max} are allowed here"),
                "nothing is rounded silently: write the exact number".into(),
            ),
        }
    }
}

/// Reads a plain decimal, digit by digit: `-?[0-9]+(\.[0-9]+)?`, at most `decimals` digits after the point.
///
/// # Errors
/// Says what is wrong with the text; nothing is ever rounded.
pub fn parse(text: &str, decimals: u32) -> Result<Decimal, NumberError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (mut mantissa, mut whole, mut places, mut has_point) = (0u64, 0usize, 0usize, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' if has_point => places += 1,
            b'0'..=b'9' => whole += 1,
            b'.' if !has_point && whole > 0 => {
                has_point = true;
                continue;
            }
            _ => return Err(comma(text).map_or(NumberError::Form, NumberError::Comma)),
        }
        // Too many digits are said below; what they come to does not matter.
        mantissa = mantissa
            .wrapping_mul(10)
            .wrapping_add(u64::from(byte - b'0'));
    }
    if whole == 0 || (has_point && places == 0) {
        return Err(NumberError::Form);
    }
    if whole > MAX_INTEGER_DIGITS {
        return Err(NumberError::Digits(whole));
    }
    if places > decimals as usize {
        return Err(NumberError::Decimals(places, decimals));
    }
    let is_negative = digits.len() != text.len();
    let scale = u32::try_from(places).unwrap_or(u32::MAX);
    // Eighteen digits surely fit.
    if let (true, Ok(small)) = (whole + places <= 18, i64::try_from(mantissa)) {
        return Ok(Decimal::new(
            if is_negative { -small } else { small },
            scale,
        ));
    }
    let each = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|byte| i128::from(byte - b'0'));
    let large = each.fold(0i128, |sum, digit| sum.wrapping_mul(10).wrapping_add(digit));
    Decimal::try_from_i128_with_scale(if is_negative { -large } else { large }, scale)
        .map_err(|_| NumberError::Form)
}

/// Returns what a text with a decimal comma means, if it is one.
fn comma(text: &str) -> Option<String> {
    let compact: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}'))
        .collect();
    let right = compact.replacen(',', ".", 1);
    (compact.contains(',') && parse(&right, 28).is_ok()).then_some(right)
}

/// Rounds to `digits` places, half away from zero: the one rounding of acquit (EN 16931 rounds amounts half up; documents
/// carry positive amounts, credit notes mirror them, so away from zero is the same on both).
pub fn round(value: Decimal, digits: u32) -> Decimal {
    #[expect(clippy::disallowed_methods, reason = "the one rounding")]
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// Returns `value` with exactly `digits` places, such as `100.00`; the value must have no more than that.
pub fn fixed(value: Decimal, digits: u32) -> String {
    if let Some(units) = units(value, digits) {
        return spell(units, digits);
    }
    let mut value = round(value, digits);
    value.rescale(digits);
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    value.to_string()
}

/// Returns an amount in the currency's own digits, such as `100.00` in EUR and `100` in JPY.
pub fn in_currency(value: Decimal, currency: Currency) -> String {
    fixed(value, currency.digits())
}

/// Returns a number without trailing zeros, such as `5.5`, `20`, `0`.
pub fn plain(value: Decimal) -> String {
    let mut scale = value.scale();
    if let Some(mut units) = units(value, scale) {
        while scale > 0 && units % 10 == 0 {
            (units, scale) = (units / 10, scale - 1);
        }
        return spell(units, scale);
    }
    let value = value.normalize();
    if value.is_zero() {
        "0".into()
    } else {
        value.to_string()
    }
}

/// Returns how many units of the last of `digits` places a value has: none where it has a part of one, or very many.
pub fn units(value: Decimal, digits: u32) -> Option<i64> {
    let missing = digits.checked_sub(value.scale())?;
    i64::try_from(value.mantissa())
        .ok()?
        .checked_mul(10_i64.checked_pow(missing)?)
}

/// Spells units of the last of `digits` places, as most amounts of a ledger are: without a decimal's arithmetic.
fn spell(units: i64, digits: u32) -> String {
    let mut bytes = [b'0'; 40];
    let (mut at, mut left, mut places) = (bytes.len(), units.unsigned_abs(), 0);
    while left > 0 || places <= digits {
        if places == digits && digits > 0 {
            at -= 1;
            bytes[at] = b'.';
        }
        at -= 1;
        bytes[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
        left /= 10;
        places += 1;
    }
    if units < 0 {
        at -= 1;
        bytes[at] = b'-';
    }
    std::str::from_utf8(&bytes[at..])
        .unwrap_or_default()
        .to_owned()
}

/// Splits `total` over `weights` in whole units of the last of `digits` places by largest remainder: the parts sum to `total`
/// exactly; the first wins ties. Weights that sum to zero give everything to the first part.
pub fn split(total: Decimal, weights: &[Decimal], digits: u32) -> Vec<Decimal> {
    if weights.len() == 1 && total.scale() <= digits {
        return vec![total];
    }
    let sum: Decimal = weights.iter().copied().sum();
    if sum.is_zero() {
        return weights
            .iter()
            .enumerate()
            .map(|(i, _)| if i == 0 { total } else { Decimal::ZERO })
            .collect();
    }
    let unit = Decimal::new(1, digits);
    let exact: Vec<Decimal> = weights
        .iter()
        .map(|weight| share(total, *weight, sum))
        .collect();
    let mut parts: Vec<Decimal> = exact.iter().map(|value| floor(*value, digits)).collect();
    let mut rest = total - parts.iter().copied().sum::<Decimal>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| (exact[*b] - parts[*b]).cmp(&(exact[*a] - parts[*a])));
    for index in order.iter().cycle() {
        if rest < unit {
            break;
        }
        parts[*index] += unit;
        rest -= unit;
    }
    parts
}

/// Returns `total × weight ÷ sum` without overflow: divides first where the product has too many digits.
fn share(total: Decimal, weight: Decimal, sum: Decimal) -> Decimal {
    total
        .checked_mul(weight)
        .map_or_else(|| total * (weight / sum), |product| product / sum)
}

/// Rounds towards minus infinity at `digits` places.
fn floor(value: Decimal, digits: u32) -> Decimal {
    #[expect(
        clippy::disallowed_methods,
        reason = "largest remainder starts from the floor"
    )]
    value.round_dp_with_strategy(digits, RoundingStrategy::ToNegativeInfinity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn numbers_are_read_exactly() {
        assert_eq!(parse("0.1", 6), Ok(d("0.1")));
        assert_eq!(parse("-2", 4), Ok(d("-2")));
        assert_eq!(parse("120,50", 2), Err(NumberError::Comma("120.50".into())));
        assert_eq!(
            parse("1 234,5", 2),
            Err(NumberError::Comma("1234.5".into()))
        );
        for text in [
            "1e3", "0x10", "1_000", "inf", "nan", "+1", "", ".5", "5.", "1,2,3",
        ] {
            assert_eq!(parse(text, 6), Err(NumberError::Form), "{text}");
        }
        assert_eq!(parse("1.005", 2), Err(NumberError::Decimals(3, 2)));
        assert_eq!(parse(&"9".repeat(30), 2), Err(NumberError::Digits(30)));
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (value, rounded) in [
            ("2.345", "2.35"),
            ("-2.345", "-2.35"),
            ("2.344999", "2.34"),
            ("1.005", "1.01"),
        ] {
            assert_eq!(round(d(value), 2), d(rounded));
        }
        assert_eq!(fixed(d("-0.001"), 2), "0.00");
        assert_eq!(fixed(d("5"), 0), "5");
    }

    /// What is spelt from its units is what the decimal spells.
    #[test]
    fn units_are_spelt_as_decimals_are() {
        let mut value = 1_i64;
        for step in 0..2000_i64 {
            value = value
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(step);
            let small = value >> (step % 64);
            for digits in 0..7 {
                let exact = Decimal::new(small, digits);
                for places in digits..=8 {
                    let mut slow = exact;
                    slow.rescale(places);
                    slow.set_sign_negative(slow.is_sign_negative() && !slow.is_zero());
                    assert_eq!(fixed(exact, places), slow.to_string());
                }
                let normal = exact.normalize();
                assert_eq!(
                    plain(exact),
                    if normal.is_zero() {
                        "0".into()
                    } else {
                        normal.to_string()
                    }
                );
            }
        }
        assert_eq!(
            (fixed(d("-0.00"), 2), plain(d("-0.00"))),
            ("0.00".into(), "0".into())
        );
        assert_eq!(fixed(Decimal::MAX, 0), Decimal::MAX.to_string());
        assert_eq!(units(d("999999999999.999"), 3), Some(999_999_999_999_999));
        assert_eq!((units(d("0.001"), 2), units(Decimal::MAX, 2)), (None, None));
    }

    #[test]
    fn a_split_sums_to_its_total() {
        assert_eq!(
            split(d("100"), &[d("1"), d("1"), d("1")], 2),
            [d("33.34"), d("33.33"), d("33.33")]
        );
        assert_eq!(
            split(d("-1"), &[d("1"), d("2")], 2),
            [d("-0.33"), d("-0.67")]
        );
        assert_eq!(split(d("1"), &[d("0"), d("0")], 2), [d("1"), d("0")]);
        assert_eq!(
            split(d("0.05"), &[d("3"), d("-1")], 2)
                .iter()
                .copied()
                .sum::<Decimal>(),
            d("0.05")
        );
    }
}
