//! How Go prints values: floats as in JSON, strings in quotes, `%#v` of a decoded document. Error texts of kubectl quote them.

use super::Number;
use super::tree::{Data, NodeRef};

/// A float as Go's JSON encoder writes it: as short as possible, with an exponent below 1e-6 and from 1e21 on.
pub fn float(f: f64) -> String {
    if f.is_nan() {
        return "NaN".into();
    }
    if f.is_infinite() {
        return if f > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let size = f.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{f:e}");
        return match text.split_once('e') {
            Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}e+{exponent}"),
            _ => text,
        };
    }
    format!("{f}")
}

/// A float as Go's `%v` writes it: as short as possible, with an exponent of two digits below 1e-4 and from 1e6 on.
/// `scientific` has its shortest digits: those of its own width.
pub(super) fn plain_float(f: f64, scientific: &str) -> String {
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return float(f) };
    match exponent.parse::<i32>().unwrap_or(0) {
        e @ ..-4 => format!("{mantissa}e-{:02}", -e),
        e @ 6.. => format!("{mantissa}e+{e:02}"),
        // The digits of a narrower float are read again, for `f` has more of them.
        _ => float(scientific.parse().unwrap_or(f)),
    }
}

/// A string in double quotes, as `%q` prints it.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if is_print(c) => out.push(c),
            c if (c as u32) < 0x80 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push('"');
    out
}

/// Roughly Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the blank.
pub fn is_print(c: char) -> bool {
    let invisible = matches!(c as u32,
        0..=0x1f | 0x7f..=0xa0 | 0xad | 0x600..=0x605 | 0x61c | 0x1680 | 0x180e | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f
        | 0x3000 | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xfffe | 0xffff | 0xe0000..=0x10ffff);
    !invisible
}

/// Deeper than this a value is not printed.
const MAX_PRINTED_DEPTH: usize = 64;
/// Longer than this a document is not printed as JSON.
const MAX_PRINTED_JSON: usize = 1 << 16;

/// A node as `%#v` prints what go-yaml makes of it.
pub(super) fn syntax(node: NodeRef) -> String {
    let mut out = String::new();
    write_syntax(node, 0, &mut out);
    out
}

fn write_syntax(node: NodeRef, depth: usize, out: &mut String) {
    // Enough for any message that a person would read.
    if depth > MAX_PRINTED_DEPTH || out.len() > 4096 {
        out.push_str("...");
        return;
    }
    let outer = depth == 0;
    match node.data() {
        Data::Null => out.push_str(if outer { "<nil>" } else { "interface {}(nil)" }),
        Data::Bool(b) => out.push_str(&b.to_string()),
        Data::Number(Number::Int(n)) => out.push_str(&n.to_string()),
        Data::Number(Number::UInt(n)) => out.push_str(&format!("0x{n:x}")),
        Data::Number(Number::Float(f)) => out.push_str(&plain_float(*f, &format!("{f:e}"))),
        Data::Text(text) => out.push_str(&quote(&text.value)),
        Data::Sequence(_) => {
            out.push_str("[]interface {}{");
            for (i, item) in node.items().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_syntax(item, depth + 1, out);
            }
            out.push('}');
        }
        Data::Mapping(_) => {
            out.push_str("map[interface {}]interface {}{");
            for (i, (entry, value)) in node.entries().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                out.push_str(&quote(&entry.key));
                out.push(':');
                write_syntax(value, depth + 1, out);
            }
            out.push('}');
        }
    }
}

/// A node as Go's JSON encoder writes it: without blanks, and with `<`, `>` and `&` escaped.
pub fn json(node: NodeRef) -> String {
    let mut out = String::new();
    write_json(node, 0, &mut out);
    out
}

fn write_json(node: NodeRef, depth: usize, out: &mut String) {
    // As above; aliases could make it endless.
    if depth > MAX_PRINTED_DEPTH || out.len() > MAX_PRINTED_JSON {
        out.push_str("...");
        return;
    }
    match node.data() {
        Data::Null => out.push_str("null"),
        Data::Bool(b) => out.push_str(&b.to_string()),
        Data::Number(Number::UInt(n)) => out.push_str(&n.to_string()),
        Data::Number(n) => out.push_str(&n.to_string()),
        Data::Text(text) => write_json_string(&text.value, out),
        Data::Sequence(_) => {
            out.push('[');
            for (i, item) in node.items().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_json(item, depth + 1, out);
            }
            out.push(']');
        }
        Data::Mapping(_) => {
            out.push('{');
            for (i, (entry, value)) in node.entries().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_json_string(&entry.key, out);
                out.push(':');
                write_json(value, depth + 1, out);
            }
            out.push('}');
        }
    }
}

fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_json() {
        for (f, text) in [
            (0.5, "0.5"),
            (1000.0, "1000"),
            (1e21, "1e+21"),
            (1e-7, "1e-7"),
            (123456.789, "123456.789"),
            (-0.25, "-0.25"),
        ] {
            assert_eq!(float(f), text);
        }
    }

    #[test]
    fn plain_floats_have_an_exponent_sooner() {
        for (f, text) in [
            (0.5, "0.5"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (1e21, "1e+21"),
            (0.0001, "0.0001"),
            (1e-5, "1e-05"),
            (-2.5e100, "-2.5e+100"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(plain_float(f, &format!("{f:e}")), text);
        }
    }

    #[test]
    fn strings_are_quoted_as_in_go() {
        assert_eq!(quote("a\"b\\\n\u{a0}é\x01"), r#""a\"b\\\n\u00a0é\x01""#);
    }
}
