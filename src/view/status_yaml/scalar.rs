//! In which styles a string can stand in YAML 1.1, as Go's library decides it: plain only if nothing else could be meant.

use std::fmt::Write;

/// The styles in which a text can be written.
pub struct Looks {
    pub plain: bool,
    /// In single quotes.
    pub quotable: bool,
    /// As a block of lines.
    pub literal: bool,
}

impl Looks {
    pub fn of(text: &str) -> Looks {
        let blank = |c: Option<char>| c.is_none_or(|c| c == ' ' || c == '\t' || c == '\n');
        let mut indicator = text.starts_with("---") || text.starts_with("...");
        let (mut special, mut blank_before_break, mut blank_after_break) = (false, false, false);
        let mut previous = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            indicator |= match (previous, c) {
                (
                    None,
                    '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`',
                ) => true,
                (None, '?' | ':' | '-') => blank(next),
                (Some(_), ':') => blank(next),
                (Some(_), '#') => blank(previous),
                _ => false,
            };
            special |= !is_printable(c);
            blank_before_break |= c == '\n' && previous == Some(' ');
            blank_after_break |= c == ' ' && previous == Some('\n');
            previous = Some(c);
        }
        let breakable = !special && !blank_before_break;
        let edge = |c: char| c == ' ' || c == '\n';
        Looks {
            plain: breakable && !indicator && !text.starts_with(edge) && !text.ends_with(edge) && !text.contains('\n'),
            quotable: breakable && !blank_after_break,
            literal: breakable && !text.ends_with(' '),
        }
    }
}

/// What YAML 1.1 lets stand as it is, in the reading of Go's library: no tabs, no line separators, nothing beyond the basic plane.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// How a character is written between double quotes; `None`: as it is.
pub fn escape(c: char) -> Option<String> {
    let short = match c {
        '\0' => "\\0",
        '\x07' => "\\a",
        '\x08' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\x0b' => "\\v",
        '\x0c' => "\\f",
        '\r' => "\\r",
        '\x1b' => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        c if is_printable(c) => return None,
        c => {
            let code = u32::from(c);
            let mut escaped = String::new();
            // Writing to a String cannot fail.
            let _ = match code {
                0..=0xff => write!(escaped, "\\x{code:02X}"),
                0x100..=0xffff => write!(escaped, "\\u{code:04X}"),
                _ => write!(escaped, "\\U{code:08X}"),
            };
            return Some(escaped);
        }
    };
    Some(short.into())
}

/// Whether an unquoted text would be read as something else than a string: a boolean, null, a number, a time.
pub fn resolves_to_other(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "", "~", "null", "Null", "NULL", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE", "n",
        "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE", ".nan", ".NaN", ".NAN", ".inf", ".Inf",
        ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
    ];
    if WORDS.contains(&text) {
        return true;
    }
    match text.as_bytes().first() {
        Some(b'.') => is_float(text),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            let digits = text.replace('_', "");
            is_time(text) || is_integer(&digits) || is_float(&digits) || is_base_60(text)
        }
        _ => false,
    }
}

/// An integer as Go reads it: with `0x`, `0o`, `0b` or a leading zero for other bases, within 64 bits.
fn is_integer(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    let (digits, base) = match lower.as_bytes() {
        [b'0', b'x', ..] => (&lower[2..], 16),
        [b'0', b'b', ..] => (&lower[2..], 2),
        [b'0', b'o', ..] => (&lower[2..], 8),
        [b'0', _, ..] => (&lower[1..], 8),
        _ => (&lower[..], 10),
    };
    !digits.starts_with(['+', '-']) && u64::from_str_radix(digits, base).is_ok()
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (number, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mantissa = all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent = exponent.map(|e| e.strip_prefix(['+', '-']).unwrap_or(e));
    mantissa && exponent.is_none_or(|e| !e.is_empty() && all_digits(e))
}

/// `1:30`, which YAML 1.1 reads as 90.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else { return false };
    let minute = |s: &str| matches!(s.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && middle.iter().all(|s| minute(s))
        && minute(last)
        && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// A date, or a date and a time, as Go's library recognises them.
fn is_time(text: &str) -> bool {
    let number = |s: &str, digits: std::ops::RangeInclusive<usize>, range: std::ops::RangeInclusive<u32>| {
        digits.contains(&s.len())
            && s.bytes().all(|b| b.is_ascii_digit())
            && s.parse::<u32>().is_ok_and(|n| range.contains(&n))
    };
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let date: Vec<&str> = date.split('-').collect();
    let [year, month, day] = date[..] else { return false };
    if !(number(year, 4..=4, 0..=9999) && number(month, 1..=2, 1..=12) && number(day, 1..=2, 1..=31)) {
        return false;
    }
    let [year, month, day] = [year, month, day].map(|s| s.parse::<i16>().unwrap_or_default());
    if k8s_openapi::jiff::civil::Date::new(year, month as i8, day as i8).is_err() {
        return false;
    }
    let Some(time) = time else { return true };
    let (separator, clock) = time.split_at(1);
    let zone = clock.find(['Z', '+', '-']);
    let (clock, zone) = clock.split_at(zone.unwrap_or(clock.len()));
    let zone_fits = match zone.as_bytes() {
        [] => separator == " ",
        _ if separator == " " => false,
        [b'Z'] => true,
        [b'+' | b'-', rest @ ..] => {
            matches!(rest, [a, b, b':', c, d] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()))
        }
        _ => false,
    };
    if !zone_fits {
        return false;
    }
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let clock: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = clock[..] else { return false };
    number(hour, 1..=2, 0..=23)
        && number(minute, 1..=2, 0..=59)
        && number(second, 1..=2, 0..=59)
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b.is_ascii_digit())
}
