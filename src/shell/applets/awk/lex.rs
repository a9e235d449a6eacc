//! The tokens of an awk program.

use super::parse::{Parsed, Parser};
use crate::shell::printf::unescape;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Regex(String),
    Name(String),
    /// A name that touches an opening parenthesis.
    Func(String),
    Op(&'static str),
    Newline,
    End,
}

pub(super) const OPS: [&str; 46] = [
    "**=", "&&", "||", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "^=", "++", "--", ">>", "!~", "**", "{",
    "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "?", ":", "=", "~", "$", "|", "&",
    "@", "#", "'", "`",
];

impl Parser<'_> {
    /// Reads the next token; with `regex` a slash begins a regular expression.
    pub(super) fn advance(&mut self, regex: bool) -> Parsed<()> {
        self.token = self.lex(regex)?;
        Ok(())
    }

    pub(super) fn lex(&mut self, regex: bool) -> Parsed<Token> {
        loop {
            let rest = &self.text[self.at..];
            if let Some(after) = rest.strip_prefix("\\\n") {
                self.at = self.text.len() - after.len();
            } else if rest.starts_with([' ', '\t', '\r']) {
                self.at += 1;
            } else if rest.starts_with('#') {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else {
                break;
            }
        }
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        match first {
            '\n' => {
                self.at += 1;
                Ok(Token::Newline)
            }
            '"' => self.string(),
            '/' if regex => self.regex(),
            '0'..='9' | '.' if first != '.' || rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                let mut end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
                if rest[end..].starts_with(['e', 'E']) {
                    let exponent = rest[end + 1..].trim_start_matches(['+', '-']);
                    let digits = exponent.find(|c: char| !c.is_ascii_digit()).unwrap_or(exponent.len());
                    if digits > 0 {
                        end = rest.len() - exponent.len() + digits;
                    }
                }
                self.at += end;
                rest[..end].parse().map(Token::Number).map_err(|_| "Unexpected token".to_string())
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                self.at += end;
                let name = rest[..end].to_string();
                Ok(if rest[end..].starts_with('(') { Token::Func(name) } else { Token::Name(name) })
            }
            _ => match OPS.iter().find(|op| rest.starts_with(**op)) {
                Some(op) => {
                    self.at += op.len();
                    Ok(Token::Op(op))
                }
                None => Err("Unexpected token".into()),
            },
        }
    }

    fn string(&mut self) -> Parsed<Token> {
        self.at += 1;
        let mut out = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += i + 1;
                    return Ok(Token::Text(out));
                }
                '\\' => match chars.next().map(|c| c.1) {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('r') => out.push('\r'),
                    Some('a') => out.push('\x07'),
                    Some('b') => out.push('\x08'),
                    Some('f') => out.push('\x0c'),
                    Some('v') => out.push('\x0b'),
                    Some('/') => out.push('/'),
                    Some('"') => out.push('"'),
                    Some('\\') => out.push('\\'),
                    Some('\n') => {}
                    Some(d @ '0'..='7') => {
                        let mut value = d as u32 - '0' as u32;
                        for _ in 0..2 {
                            let mut ahead = chars.clone();
                            match ahead.next().map(|c| c.1) {
                                Some(d @ '0'..='7') => {
                                    value = value * 8 + d as u32 - '0' as u32;
                                    chars = ahead;
                                }
                                _ => break,
                            }
                        }
                        out.extend(char::from_u32(value & 0xff));
                    }
                    Some(other) => {
                        out.push('\\');
                        out.push(other);
                    }
                    None => break,
                },
                c => out.push(c),
            }
        }
        Err("Unterminated string".into())
    }

    fn regex(&mut self) -> Parsed<Token> {
        self.at += 1;
        let mut out = String::new();
        let mut chars = self.text[self.at..].char_indices();
        let mut in_set = false;
        while let Some((i, c)) = chars.next() {
            match c {
                '/' if !in_set => {
                    self.at += i + 1;
                    return Ok(Token::Regex(out));
                }
                '\\' => match chars.next() {
                    Some((_, '/')) => out.push('/'),
                    Some((_, '"')) => out.push('"'),
                    Some((_, c @ ('n' | 't' | 'r' | 'a' | 'f' | 'v'))) => {
                        out.push_str(&String::from_utf8_lossy(&unescape(&format!("\\{c}"), false).0));
                    }
                    Some((_, c)) => {
                        out.push('\\');
                        out.push(c);
                    }
                    None => break,
                },
                '\n' => break,
                c => {
                    if c == '[' && !in_set {
                        in_set = true;
                    } else if c == ']' && in_set && !out.ends_with('[') && !out.ends_with("[^") {
                        in_set = false;
                    }
                    out.push(c);
                }
            }
        }
        Err("Unterminated regex".into())
    }
}
