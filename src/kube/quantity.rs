//! Kubernetes quantities: reading with the API server's complaints, comparing, and the canonical form.
//!
//! A value is held in billionths, which is the finest that Kubernetes keeps; what is finer is rounded up.

use std::cmp::Ordering;

/// A quantity such as `500m` or `1Gi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    nano: i128,
    format: Format,
}

/// The family of suffixes that a quantity was written in, and is printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// `m`, `k`, `M`
    Decimal,
    /// `Ki`, `Mi`
    Binary,
    /// `e3`
    Exponent,
}

/// The complaint about a text of the wrong shape.
pub const WRONG_FORMAT: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_SUFFIX: &str = "unable to parse quantity's suffix";
const WRONG_NUMBER: &str = "unable to parse numeric part of quantity";

const NANO: i128 = 1_000_000_000;
/// The most that a binary quantity can be.
const MAX_NANO: i128 = i64::MAX as i128 * NANO;
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
/// From billionths upwards, in steps of a thousand.
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

impl Quantity {
    pub const ZERO: Quantity = Quantity { nano: 0, format: Format::Decimal };

    /// Reads a quantity.
    pub fn parse(text: &str) -> Result<Quantity, &'static str> {
        let parts = Parts::of(text.trim())?;
        let nano = magnitude(&parts.digits, parts.places, parts.scale);
        let nano = if parts.format == Format::Binary { nano.min(MAX_NANO) } else { nano };
        Ok(Quantity { nano: if parts.negative { -nano } else { nano }, format: parts.format })
    }

    /// The text that the server keeps for a quantity: the one that was written if it is in canonical form, or nearly so, for Kubernetes
    /// looks at the digits only; else that form.
    pub fn written(text: &str) -> Result<String, &'static str> {
        let text = text.trim();
        if Parts::of(text)?.is_kept() { Ok(text.into()) } else { Ok(Quantity::parse(text)?.to_string()) }
    }

    /// The quantity, or zero where the text is none.
    pub fn read(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or(Quantity::ZERO)
    }

    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    pub fn is_negative(self) -> bool {
        self.nano < 0
    }

    /// Whether there is nothing behind the point.
    pub fn is_integer(self) -> bool {
        self.nano % NANO == 0
    }

    /// Whether the server takes it for a fraction of a byte or a device: it multiplies by a thousand in 64 bits, where much overflows.
    pub fn has_fraction(self) -> bool {
        const MILLI: i128 = NANO / 1000;
        let milli = self.nano.div_euclid(MILLI) + i128::from(self.nano.rem_euclid(MILLI) != 0);
        milli as i64 % 1000 != 0
    }

    /// Whole units, rounded up.
    pub fn value(self) -> i64 {
        saturate(self.nano.div_euclid(NANO) + i128::from(self.nano.rem_euclid(NANO) != 0))
    }

    /// Thousandths, rounded up.
    pub fn milli_value(self) -> i64 {
        const MILLI: i128 = NANO / 1000;
        saturate(self.nano.div_euclid(MILLI) + i128::from(self.nano.rem_euclid(MILLI) != 0))
    }

    /// Rounded up to thousandths, which is the finest that a resource may ask for.
    pub fn rounded_to_milli(self) -> Quantity {
        const MILLI: i128 = NANO / 1000;
        let sign = self.nano.signum();
        let size = self.nano.abs();
        let size = size.div_euclid(MILLI).saturating_add(i128::from(size % MILLI != 0)).saturating_mul(MILLI);
        Quantity { nano: sign * size, ..self }
    }

    pub fn plus(self, other: Quantity) -> Quantity {
        let format = if self.is_zero() { other.format } else { self.format };
        Quantity { nano: self.nano.saturating_add(other.nano), format }
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.nano.cmp(&other.nano))
    }
}

fn saturate(n: i128) -> i64 {
    i64::try_from(n).unwrap_or(if n < 0 { i64::MIN } else { i64::MAX })
}

/// What a suffix multiplies by.
#[derive(Clone, Copy)]
enum Scale {
    Ten(i32),
    Two(u32),
}

/// A quantity as it was written.
struct Parts {
    negative: bool,
    /// Those before the point, without zeros in front but at least one, and those behind it.
    digits: String,
    /// How many stand behind the point.
    places: usize,
    scale: Scale,
    format: Format,
}

impl Parts {
    /// `parseQuantityString`: where there are no digits before the point, there is a zero.
    fn of(text: &str) -> Result<Parts, &'static str> {
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            Some(_) => (false, text),
            None => return Err(WRONG_FORMAT),
        };
        let whole_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (whole, mut rest) = rest.split_at(whole_end);
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            (fraction, rest) = after.split_at(end);
        }
        let letters = rest.find(|c| !"eEinumkKMGTP".contains(c)).unwrap_or(rest.len());
        let tail = rest[letters..].strip_prefix(['+', '-']).unwrap_or(&rest[letters..]);
        if !tail.bytes().all(|b| b.is_ascii_digit()) {
            return Err(WRONG_FORMAT);
        }
        let (scale, format) = suffix(rest).ok_or(WRONG_SUFFIX)?;
        let significant = whole.trim_start_matches('0');
        let digits = format!("{}{fraction}", if significant.is_empty() { "0" } else { significant });
        let parts = Parts { negative, digits, places: fraction.len(), scale, format };
        // A big number wants a digit.
        if whole.is_empty() && fraction.is_empty() && !parts.is_short() {
            return Err(WRONG_NUMBER);
        }
        Ok(parts)
    }

    /// Whether Go holds it in 64 bits with a power of ten, and not as a big number (the `precision` in `ParseQuantity`).
    fn is_short(&self) -> bool {
        match self.scale {
            Scale::Ten(n) => self.digits.len() <= 18 && i64::from(n) - self.places as i64 >= -9,
            Scale::Two(n) => self.places == 0 && self.digits.len() + n as usize * 3 / 10 <= 14,
        }
    }

    /// "if the number is in canonical form, reuse the string"
    fn is_kept(&self) -> bool {
        self.is_short()
            && match self.scale {
                Scale::Ten(n) => {
                    (i64::from(n) - self.places as i64) % 3 == 0
                        && !self.digits.ends_with("000")
                        && !self.digits.starts_with('0')
                }
                Scale::Two(_) => self.digits.parse::<u64>().is_ok_and(|n| n % 8 != 0),
            }
    }
}

fn suffix(text: &str) -> Option<(Scale, Format)> {
    if let Some(i) = BINARY.iter().position(|&s| s == text).filter(|&i| i > 0) {
        return Some((Scale::Two(10 * i as u32), Format::Binary));
    }
    if let Some(i) = DECIMAL.iter().position(|&s| s == text) {
        return Some((Scale::Ten(3 * i as i32 - 9), Format::Decimal));
    }
    let exponent = text.strip_prefix(['e', 'E'])?;
    let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    Some((Scale::Ten(exponent), Format::Exponent))
}

/// The size in billionths, rounded up.
fn magnitude(digits: &str, places: usize, scale: Scale) -> i128 {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return 0;
    }
    let places = places as i64;
    let (ten, two) = match scale {
        Scale::Ten(n) => (i64::from(n) - places + 9, 0),
        Scale::Two(n) => (9 - places, n),
    };
    // More digits than these make no difference that anybody could see.
    let kept = &digits[..digits.len().min(30)];
    let ten = ten + (digits.len() - kept.len()) as i64;
    let mut size: i128 = kept.parse().unwrap_or(i128::MAX);
    size = size.saturating_mul(1_i128 << two.min(62));
    if ten >= 0 {
        (0..ten.min(40)).for_each(|_| size = size.saturating_mul(10));
        return size;
    }
    match 10_i128.checked_pow(ten.unsigned_abs().min(100) as u32) {
        Some(divisor) => size / divisor + i128::from(size % divisor != 0),
        None => 1,
    }
}

/// The canonical form, as the API server stores it.
impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        // What is small or has a fraction is not rounded, but written in the decimal form.
        let small = self.nano.abs() < 1024 * NANO;
        if self.format == Format::Binary && !small && self.is_integer() {
            let sign = self.nano.signum();
            let mut units = self.nano.abs() / NANO;
            let mut i = 0;
            while i + 1 < BINARY.len() && units % 1024 == 0 {
                units /= 1024;
                i += 1;
            }
            return write!(f, "{}{}", sign * units, BINARY[i]);
        }
        let (mut n, mut i) = (self.nano, 0);
        while n % 1000 == 0 && (i + 1 < DECIMAL.len() || self.format == Format::Exponent) {
            n /= 1000;
            i += 1;
        }
        match (self.format, 3 * i as i32 - 9) {
            (Format::Exponent, 0) => write!(f, "{n}"),
            (Format::Exponent, exponent) => write!(f, "{n}e{exponent}"),
            _ => write!(f, "{n}{}", DECIMAL[i]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_canonical() {
        for (text, canonical) in [
            ("0.5", "500m"),
            ("1024Mi", "1Gi"),
            ("1e3", "1e3"),
            ("1000", "1k"),
            ("1000000", "1M"),
            ("100000000000000000000", "100E"),
            ("1.5Gi", "1536Mi"),
            ("100m", "100m"),
            ("0", "0"),
            ("1", "1"),
            ("-1Mi", "-1Mi"),
            ("1k", "1k"),
            ("512Mi", "512Mi"),
            ("0.5Ki", "512"),
            ("1023Ki", "1023Ki"),
            ("2.0", "2"),
            ("100E", "100E"),
            ("9999999999999999999999", "9999999999999999999999"),
            ("100000000Ti", "9223372036854775807"),
            ("0.0000000001", "1n"),
            ("+5", "5"),
            ("1E3", "1e3"),
            ("10e20", "1e21"),
            ("1.1Gi", "1181116006400m"),
            ("1.1Ki", "1126400m"),
        ] {
            assert_eq!(Quantity::parse(text).map(|q| q.to_string()), Ok(canonical.to_string()), "{text}");
        }
    }

    #[test]
    fn a_text_whose_digits_are_canonical_is_kept() {
        for text in [
            "0",
            "1",
            "1500m",
            "1.125",
            "1.500",
            "1.234G",
            "+1",
            "-1.125",
            "0100m",
            "1E3",
            "5.",
            "007",
            "1e99",
            "1e+21",
            "1.234567",
            "1234567890.12345678e8",
            "3Ki",
            "+100Mi",
            "01Gi",
            "99999Gi",
            "1.000001",
        ] {
            assert_eq!(Quantity::written(text), Ok(text.to_string()));
        }
        for (text, canonical) in [
            ("1.25", "1250m"),
            ("1.5", "1500m"),
            ("0.125", "125m"),
            ("00", "0"),
            ("-0", "0"),
            ("0.0", "0"),
            ("1.000", "1"),
            ("+1000", "1k"),
            ("1000m", "1"),
            ("1e2", "100"),
            ("+1.0000000001", "1000000001n"),
            ("+1234567890123456789", "1234567890123456789"),
            ("08Ki", "8Ki"),
            ("+1.5Gi", "1536Mi"),
            ("+123Ti", "123Ti"),
            ("+3Pi", "3Pi"),
        ] {
            assert_eq!(Quantity::written(text), Ok(canonical.to_string()), "{text}");
        }
    }

    #[test]
    fn where_no_digits_are_there_is_a_zero() {
        for text in ["-", "+", ".", "m", "Gi", "-Ti", "e3", "E", ".k", "n"] {
            assert_eq!(Quantity::written(text), Ok("0".to_string()), "{text}");
        }
    }

    #[test]
    fn faults_are_told_apart_as_in_kubernetes() {
        for (text, fault) in [
            ("100mm", WRONG_SUFFIX),
            ("64K", WRONG_SUFFIX),
            ("64MB", WRONG_FORMAT),
            ("1gi", WRONG_FORMAT),
            ("one", WRONG_FORMAT),
            ("0,5", WRONG_FORMAT),
            ("", WRONG_FORMAT),
            ("64 Mi", WRONG_FORMAT),
            ("{}", WRONG_FORMAT),
            ("Pi", WRONG_NUMBER),
            (".e-10", WRONG_NUMBER),
            ("e", WRONG_SUFFIX),
        ] {
            assert_eq!(Quantity::parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn resources_are_rounded_up_to_thousandths() {
        let q = Quantity::parse("0.0001").unwrap_or(Quantity::ZERO).rounded_to_milli();
        assert_eq!(q.to_string(), "1m");
    }
}
