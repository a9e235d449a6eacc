//! Plain scalars that are more than text: null, booleans and numbers by the rules of YAML 1.1 as go-yaml v2 applies them.

use super::go;
use super::tree::Data;

/// A number, in the form in which Go would hold it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    Int(i64),
    /// Larger than an `i64`.
    UInt(u64),
    Float(f64),
}

impl Number {
    /// The number as an integer that fits 64 bits, when it is one.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Number::Int(n) => Some(n),
            Number::UInt(_) => None,
            // kubectl writes the number as JSON and reads it again: what has no fraction there is an integer.
            Number::Float(f) => go::float(f).parse().ok(),
        }
    }
}

/// As in JSON that went through kubectl: beyond 64 bits it is a float.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Number::Int(n) => write!(f, "{n}"),
            Number::UInt(n) => f.write_str(&go::float(n as f64)),
            Number::Float(x) => f.write_str(&go::float(x)),
        }
    }
}

/// What a plain scalar without a tag means; `None`: text.
pub(super) fn resolve(text: &str) -> Option<Data> {
    let Some(&first) = text.as_bytes().first() else { return Some(Data::Null) };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => special_float(text).or_else(|| go_parse_float(text)).map(float),
        b'+' | b'-' | b'0'..=b'9' => special_float(text).map(float).or_else(|| number(text)),
        _ => None,
    }
}

fn word(text: &str) -> Option<Data> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(Data::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(Data::Bool(false)),
        "~" | "null" | "Null" | "NULL" => Some(Data::Null),
        _ => None,
    }
}

fn float(f: f64) -> Data {
    Data::Number(Number::Float(f))
}

fn special_float(text: &str) -> Option<f64> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// `.5`, `.5e3`. What overflows is text.
fn go_parse_float(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|f| f.is_finite())
}

fn number(text: &str) -> Option<Data> {
    let plain: String = text.chars().filter(|&c| c != '_').collect();
    let (negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, plain.as_str()),
    };
    if let Some(n) = integer(digits) {
        let n = i128::from(n);
        let n = if negative { -n } else { n };
        if let Ok(n) = i64::try_from(n) {
            return Some(Data::Number(Number::Int(n)));
        }
        // Go's ParseUint takes no sign.
        if let (Ok(n), false) = (u64::try_from(n), plain.starts_with('+')) {
            return Some(Data::Number(Number::UInt(n)));
        }
    }
    looks_like_float(digits).then(|| go_parse_float(&plain)).flatten().map(float)
}

/// An unsigned integer with Go's prefixes: `0x`, `0o`, `0b`, and `0` for octal.
fn integer(digits: &str) -> Option<u64> {
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// Digits, a point, digits, an exponent; at least one digit in front of the exponent.
fn looks_like_float(text: &str) -> bool {
    let after_digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let whole = after_digits(text);
    let mut rest = &text[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let n = after_digits(fraction);
        if whole == 0 && n == 0 {
            return false;
        }
        rest = &fraction[n..];
    } else if whole == 0 {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        }
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_read_as_in_yaml_1_1() {
        for (text, meant) in [
            ("no", "false"),
            ("Y", "true"),
            ("~", "null"),
            ("", "null"),
            ("nope", "text"),
            ("3600", "3600"),
            ("1.50", "1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("-5", "-5"),
            ("+1", "1"),
            ("1_000", "1000"),
            ("1_", "1"),
            ("-0", "0"),
            ("017", "15"),
            ("08", "8"),
            ("0o17", "15"),
            ("0x1F", "31"),
            ("0b101", "5"),
            ("0644", "420"),
            ("99999999999999999999", "100000000000000000000"),
            ("12345e7", "123450000000"),
            ("9223372036854775808", "9223372036854776000"),
            ("1e21", "1e+21"),
            ("1e-7", "1e-7"),
            ("2026-01-01", "text"),
            ("1:30", "text"),
            ("1.2.3", "text"),
            ("1e400", "text"),
            ("0xZZ", "text"),
            (".", "text"),
            ("_", "text"),
            ("-", "text"),
            ("+", "text"),
            ("=", "text"),
            ("<<", "text"),
        ] {
            let got = match resolve(text) {
                None => "text".to_string(),
                Some(Data::Null) => "null".to_string(),
                Some(Data::Bool(b)) => b.to_string(),
                Some(Data::Number(n)) => n.to_string(),
                Some(other) => panic!("{other:?}"),
            };
            assert_eq!(got, meant, "{text}");
        }
    }
}
