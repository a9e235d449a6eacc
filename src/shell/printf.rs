//! `printf` and `echo -e`: escapes and formats, for the builtin and the program alike.

/// Replaces backslash escapes; true when `\c` asked to stop. With `octal_zero`, octal needs a leading 0 as in `echo -e` and `%b`.
pub fn unescape(text: &str, octal_zero: bool) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] != b'\\' || i + 1 == bytes.len() {
            out.push(bytes[i]);
            i += 1;
            continue;
        }
        i += 2;
        match bytes[i - 1] {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'e' => out.push(27),
            b'\\' => out.push(b'\\'),
            b'c' => return (out, true),
            b'x' => {
                let digits = bytes[i..].iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count();
                match u8::from_str_radix(&text[i..i + digits], 16) {
                    Ok(byte) => out.push(byte),
                    Err(_) => out.extend_from_slice(b"\\x"),
                }
                i += digits;
            }
            c @ b'0'..=b'7' => {
                let start = if octal_zero && c == b'0' { i } else { i - 1 };
                let digits = bytes[start..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
                let value = bytes[start..start + digits].iter().fold(0u32, |v, b| v * 8 + (b - b'0') as u32);
                out.push(value as u8);
                i = start + digits;
            }
            c @ (b'"' | b'\'') => out.push(c),
            c => out.extend_from_slice(&[b'\\', c]),
        }
    }
    (out, false)
}

/// What `printf FORMAT ARGS` prints, and complaints about arguments.
pub struct Printed {
    pub bytes: Vec<u8>,
    pub complaints: Vec<String>,
}

/// No more than this is printed by one call.
const MAX_WIDTH: usize = 10_000;

/// The format is used again until the arguments are used up. A number that is not there counts as 0; where `strict`, as busybox is,
/// that is complained of.
pub fn printf(format: &str, args: &[String], strict: bool) -> Printed {
    printf_with(format, args, strict, None)
}

/// What bash's `%(FORMAT)T` asks: a moment in a format; -1 is now.
pub type Clock<'c> = &'c dyn Fn(&str, i64) -> String;

pub fn printf_with(format: &str, args: &[String], strict: bool, clock: Option<Clock>) -> Printed {
    let mut printed = Printed { bytes: Vec::new(), complaints: Vec::new() };
    let mut args = args.iter();
    loop {
        let before = args.len();
        if once(format, &mut args, strict, clock, &mut printed) || args.len() == 0 || args.len() == before {
            return printed;
        }
    }
}

/// Goes through the format once; true when `\c` asked to stop.
fn once<'a>(
    format: &str,
    args: &mut impl Iterator<Item = &'a String>,
    strict: bool,
    clock: Option<Clock>,
    printed: &mut Printed,
) -> bool {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (bytes, stop) = unescape(&rest[..at], false);
        printed.bytes.extend(bytes);
        if stop {
            return true;
        }
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            printed.bytes.push(b'%');
            rest = after;
            continue;
        }
        if let Some(clock) = clock
            && let Some((format, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(")T"))
        {
            let at = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(-1);
            printed.bytes.extend(clock(format, at).into_bytes());
            rest = after;
            continue;
        }
        let asked = rest;
        let (spec, after) = read_spec(rest, args);
        rest = after;
        // busybox does not quote.
        let Some(spec) = spec.filter(|s| s.kind != 'q' || !strict) else {
            printed.complaints.push(format!("%{asked}: invalid format"));
            return true;
        };
        if conversion(&spec, args.next(), strict, printed) {
            return true;
        }
    }
    let (bytes, stop) = unescape(rest, false);
    printed.bytes.extend(bytes);
    stop
}

#[derive(Default)]
struct Spec {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternative: bool,
    width: usize,
    precision: Option<usize>,
    kind: char,
}

fn read_spec<'f, 'a>(format: &'f str, args: &mut impl Iterator<Item = &'a String>) -> (Option<Spec>, &'f str) {
    let mut spec = Spec::default();
    let mut chars = format.char_indices().peekable();
    while let Some((_, c)) = chars.next_if(|(_, c)| "-0+ #".contains(*c)) {
        match c {
            '-' => spec.left = true,
            '0' => spec.zero = true,
            '+' => spec.plus = true,
            ' ' => spec.space = true,
            _ => spec.alternative = true,
        }
    }
    let mut number = |chars: &mut std::iter::Peekable<std::str::CharIndices>| {
        if chars.next_if(|(_, c)| *c == '*').is_some() {
            return args.next().and_then(|a| a.parse::<i64>().ok()).unwrap_or(0);
        }
        let mut n = 0i64;
        while let Some((_, c)) = chars.next_if(|(_, c)| c.is_ascii_digit()) {
            n = (n * 10 + c as i64 - '0' as i64).min(MAX_WIDTH as i64);
        }
        n
    };
    let width = number(&mut chars);
    spec.left |= width < 0;
    spec.width = (width.unsigned_abs() as usize).min(MAX_WIDTH);
    if chars.next_if(|(_, c)| *c == '.').is_some() {
        spec.precision = usize::try_from(number(&mut chars)).ok().map(|p| p.min(MAX_WIDTH));
    }
    while chars.next_if(|(_, c)| "lhLjzt".contains(*c)).is_some() {}
    match chars.next() {
        Some((i, c)) if "diouxXcsbqeEfFgG".contains(c) => {
            spec.kind = c;
            (Some(spec), &format[i + c.len_utf8()..])
        }
        Some((i, _)) => (None, &format[i..]),
        None => (None, ""),
    }
}

/// Prints one argument; true when `%b` met `\c`.
fn conversion(spec: &Spec, arg: Option<&String>, strict: bool, printed: &mut Printed) -> bool {
    let text = arg.map_or("", String::as_str);
    let checked = strict || arg.is_some();
    match spec.kind {
        's' | 'b' | 'q' | 'c' => {
            let (mut bytes, stop) = match spec.kind {
                'b' => unescape(text, true),
                'q' => (super::quote::backslashed(text).into_bytes(), false),
                'c' => (text.chars().take(1).collect::<String>().into_bytes(), false),
                _ => (text.as_bytes().to_vec(), false),
            };
            if let Some(precision) = spec.precision {
                bytes.truncate(precision);
            }
            // Without a locale, as in most images of busybox, a character is a byte.
            let shown = if strict { bytes.len() } else { String::from_utf8_lossy(&bytes).chars().count() };
            let fill = spec.width.saturating_sub(shown);
            pad(&mut printed.bytes, &bytes, fill, spec.left, b' ');
            stop
        }
        'd' | 'i' | 'o' | 'u' | 'x' | 'X' => {
            let (value, whole) = integer(text, strict);
            if checked && !whole {
                printed.complaints.push(format!("invalid number '{text}'"));
            }
            integer_text(spec, value, &mut printed.bytes);
            false
        }
        _ => {
            let parsed = text.trim().parse::<f64>();
            if arg.is_some() && parsed.is_err() {
                printed.complaints.push(format!("invalid number '{text}'"));
            }
            let body = float(spec.kind, parsed.unwrap_or(0.0), spec.precision.unwrap_or(6), spec.alternative);
            signed(spec, &body, spec.zero, &mut printed.bytes);
            false
        }
    }
}

/// The integer that a text starts with, and whether that was all of it.
fn integer(text: &str, strict: bool) -> (i64, bool) {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix(['"', '\'']) {
        return (rest.chars().next().map_or(0, |c| c as i64), true);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits {
        d if d.starts_with("0x") || d.starts_with("0X") => (16, &d[2..]),
        d if d.len() > 1 && d.starts_with('0') => (8, &d[1..]),
        d => (10, d),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let value = u64::from_str_radix(&digits[..end], radix).map(|v| v as i64);
    let whole = !text.is_empty() && end == digits.len() && value.is_ok();
    // To busybox an argument that is not wholly a number counts as 0.
    let value = if whole || !strict { value.unwrap_or(0) } else { 0 };
    (if negative { value.wrapping_neg() } else { value }, whole)
}

fn integer_text(spec: &Spec, value: i64, out: &mut Vec<u8>) {
    let mut digits = match spec.kind {
        'o' => format!("{value:o}"),
        'x' => format!("{value:x}"),
        'X' => format!("{value:X}"),
        'u' => (value as u64).to_string(),
        _ => value.unsigned_abs().to_string(),
    };
    if let Some(precision) = spec.precision {
        digits = format!("{digits:0>precision$}");
    }
    let prefix = match spec.kind {
        'x' if spec.alternative && value != 0 => "0x",
        'X' if spec.alternative && value != 0 => "0X",
        'o' if spec.alternative => "0",
        'd' | 'i' if value < 0 => "-",
        _ => "",
    };
    signed(spec, &format!("{prefix}{digits}"), spec.zero && spec.precision.is_none(), out);
}

/// Puts the sign in front and pads.
fn signed(spec: &Spec, body: &str, zero: bool, out: &mut Vec<u8>) {
    let signed_kind = !"ouxX".contains(spec.kind);
    let (sign, digits) = match body.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None if spec.plus && signed_kind => ("+", body),
        None if spec.space && signed_kind => (" ", body),
        None => ("", body),
    };
    let fill = spec.width.saturating_sub(sign.len() + digits.len());
    if zero && !spec.left {
        out.extend_from_slice(sign.as_bytes());
        pad(out, digits.as_bytes(), fill, false, b'0');
    } else {
        pad(out, format!("{sign}{digits}").as_bytes(), fill, spec.left, b' ');
    }
}

fn pad(out: &mut Vec<u8>, bytes: &[u8], fill: usize, left: bool, with: u8) {
    if !left {
        out.resize(out.len() + fill, with);
    }
    out.extend_from_slice(bytes);
    if left {
        out.resize(out.len() + fill, b' ');
    }
}

/// A floating-point number as C prints it.
pub fn float(kind: char, value: f64, precision: usize, alternative: bool) -> String {
    if !value.is_finite() {
        let text = if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        };
        return text.to_string();
    }
    match kind {
        'f' | 'F' => format!("{value:.precision$}"),
        'e' | 'E' => exponential(value, precision, kind),
        _ => {
            let precision = precision.max(1);
            let exponent = exponential(value, precision - 1, 'e');
            let power: i32 = exponent.rsplit('e').next().and_then(|e| e.parse().ok()).unwrap_or(0);
            let e = if kind == 'G' { 'E' } else { 'e' };
            let text = if power < -4 || power >= precision as i32 {
                exponential(value, precision - 1, e)
            } else {
                format!("{value:.*}", (precision as i32 - 1 - power).max(0) as usize)
            };
            if alternative || !text.contains('.') {
                return text;
            }
            match text.split_once(e) {
                Some((mantissa, power)) => {
                    format!("{}{e}{power}", mantissa.trim_end_matches('0').trim_end_matches('.'))
                }
                None => text.trim_end_matches('0').trim_end_matches('.').to_string(),
            }
        }
    }
}

fn exponential(value: f64, precision: usize, e: char) -> String {
    let text = format!("{value:.precision$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    format!("{mantissa}{e}{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}
