//! What a `$` or a backquote begins: parameters, substitutions, arithmetic.

use super::{Lexer, Mode, Parsed, name_length, split_once};
use crate::shell::ast::{Dialect, Param, ParamOp, Part, Program};
use crate::shell::{parse, printf};
use std::rc::Rc;

type MakeOp = fn(bool, Vec<Part>) -> ParamOp;

const PLAIN_OPS: [(&str, MakeOp); 4] = [
    ("-", |colon, word| ParamOp::Default { colon, word }),
    ("=", |colon, word| ParamOp::Assign { colon, word }),
    ("?", |colon, word| ParamOp::Error { colon, word }),
    ("+", |colon, word| ParamOp::Alternative { colon, word }),
];

impl Lexer<'_> {
    /// What follows a `$`.
    pub(super) fn dollar(&mut self, mode: Mode, parts: &mut Vec<Part>, text: &mut String) -> Parsed<()> {
        let start = self.pos;
        self.pos += 1;
        if self.rest().starts_with("((") {
            let (pos, line) = (self.pos, self.line);
            self.pos += 2;
            match self.parts(Mode::Arith, start) {
                Ok(inner) => {
                    self.pos += 2;
                    parts.push(Part::Arith(inner));
                    return Ok(());
                }
                // `$((a); (b))` is a command substitution that begins with a subshell.
                Err(error) => {
                    let failed_at = self.pos;
                    (self.pos, self.line) = (pos + 1, line);
                    match self.nested_program() {
                        Ok(program) => parts.push(Part::Command(program)),
                        Err(_) => {
                            self.pos = failed_at;
                            return Err(error);
                        }
                    }
                    return Ok(());
                }
            }
        }
        if self.eat("(") {
            parts.push(Part::Command(self.nested_program()?));
            return Ok(());
        }
        if self.eat("{") {
            parts.push(self.braced(mode, start)?);
            return Ok(());
        }
        if self.peek() == Some('\'') && mode == Mode::Plain {
            parts.push(self.ansi_quoted(start)?);
            return Ok(());
        }
        if self.dialect == Dialect::Bash && self.peek() == Some('"') && mode == Mode::Plain {
            return Ok(());
        }
        match self.name() {
            Some(name) => parts.push(param(name, ParamOp::Value)),
            None => text.push('$'),
        }
        Ok(())
    }

    /// A variable's name or a special parameter; only `${10}` has more than one digit.
    fn name(&mut self) -> Option<String> {
        let c = self.peek()?;
        if "@*#?$!-".contains(c) || c.is_ascii_digit() {
            self.pos += 1;
            return Some(c.to_string());
        }
        let len = name_length(self.rest());
        (len > 0).then(|| {
            let name = self.rest()[..len].to_string();
            self.pos += len;
            name
        })
    }

    /// `$'a\n'`.
    fn ansi_quoted(&mut self, start: usize) -> Parsed<Part> {
        self.pos += 1;
        let mut raw = String::new();
        loop {
            match self.bump() {
                None => return self.unfinished(start, "unterminated quoted string"),
                Some('\'') => break,
                Some('\\') if self.peek() == Some('\'') => {
                    self.pos += 1;
                    raw.push('\'');
                }
                Some('\\') => {
                    raw.push('\\');
                    raw.extend(self.bump());
                }
                Some(c) => raw.push(c),
            }
        }
        let (bytes, _) = printf::unescape(&raw, false);
        Ok(Part::Quoted(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Commands up to the closing parenthesis.
    pub(super) fn nested_program(&mut self) -> Parsed<Rc<Program>> {
        self.deeper()?;
        let program = parse::substitution(self)?;
        self.depth -= 1;
        Ok(Rc::new(program))
    }

    pub(super) fn backquoted(&mut self, in_quotes: bool) -> Parsed<Rc<Program>> {
        let start = self.pos;
        self.pos += 1;
        let mut inner = String::new();
        loop {
            match self.bump() {
                None => return self.unfinished(start, "EOF in backquote substitution"),
                Some('`') => break,
                Some('\\') => match self.peek() {
                    Some(c @ ('`' | '\\' | '$')) => {
                        self.pos += 1;
                        inner.push(c);
                    }
                    Some('"') if in_quotes => {
                        self.pos += 1;
                        inner.push('"');
                    }
                    _ => inner.push('\\'),
                },
                Some(c) => inner.push(c),
            }
        }
        self.deeper()?;
        let mut lexer = Lexer { depth: self.depth, base: self.base + start + 1, ..Lexer::new(&inner, self.dialect) };
        let program = parse::whole(&mut lexer)?;
        self.depth -= 1;
        Ok(Rc::new(program))
    }

    /// The rest of `${...}` after the brace.
    fn braced(&mut self, mode: Mode, start: usize) -> Parsed<Part> {
        let quoted = matches!(mode, Mode::Double | Mode::DoubleBrace | Mode::Here | Mode::Arith);
        let inner = if quoted { Mode::DoubleBrace } else { Mode::Brace };
        if self.rest().is_empty() {
            return self.unfinished(start, "missing '}'");
        }
        let mut length = false;
        let mut indirect = false;
        if self.rest().starts_with('#') && !self.rest().starts_with("#}") {
            let after = &self.rest()[1..];
            // `${#-x}` asks for a default of `$#`, `${#-}` and `${#x}` for a length.
            if name_length(after) > 0
                || after.starts_with(|c: char| c.is_ascii_digit() || "@*".contains(c))
                || after.get(1..2) == Some("}")
            {
                length = true;
                self.pos += 1;
            }
        } else if self.dialect == Dialect::Bash
            && self.rest().starts_with('!')
            && (name_length(&self.rest()[1..]) > 0
                || self.rest()[1..].starts_with(|c: char| c.is_ascii_digit() || c == '#'))
        {
            indirect = true;
            self.pos += 1;
        }
        let name = if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            let rest = self.rest();
            let len = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            self.pos += len;
            rest[..len].to_string()
        } else {
            match self.name() {
                Some(name) => name,
                None => return self.bad_substitution(start),
            }
        };
        let index = if self.dialect == Dialect::Bash && self.eat("[") {
            let end = self.rest().find(']').unwrap_or(self.rest().len());
            let text = self.rest()[..end].to_string();
            self.pos = (self.pos + end + 1).min(self.text.len());
            Some(Lexer { depth: self.depth, ..Lexer::new(&text, self.dialect) }.parts(Mode::Here, 0)?)
        } else {
            None
        };
        let op = if length {
            ParamOp::Length
        } else if indirect {
            ParamOp::Indirect(Box::new(self.param_op(inner, start)?))
        } else {
            self.param_op(inner, start)?
        };
        if self.rest().is_empty() {
            return self.unfinished(start, "missing '}'");
        }
        if !self.eat("}") {
            return self.bad_substitution(start);
        }
        Ok(Part::Param(Box::new(Param { name, index, op })))
    }

    /// Skips to the closing brace; the shell complains only when it comes to expand it.
    fn bad_substitution(&mut self, start: usize) -> Parsed<Part> {
        self.parts(Mode::Brace, start)?;
        self.eat("}");
        Ok(param(String::new(), ParamOp::Bad))
    }

    fn param_op(&mut self, mode: Mode, start: usize) -> Parsed<ParamOp> {
        // Patterns, and what replaces them, are read as unquoted text even between double quotes.
        let pattern_mode = Mode::Brace;
        let colon = self.rest().starts_with(':') && self.rest()[1..].starts_with(['-', '=', '?', '+']);
        if colon {
            self.pos += 1;
        }
        for (sign, make) in PLAIN_OPS {
            if self.eat(sign) {
                return Ok(make(colon, self.parts(mode, start)?));
            }
        }
        for (sign, longest) in [("##", true), ("#", false)] {
            if self.eat(sign) {
                return Ok(ParamOp::TrimPrefix { longest, pattern: self.parts(pattern_mode, start)? });
            }
        }
        for (sign, longest) in [("%%", true), ("%", false)] {
            if self.eat(sign) {
                return Ok(ParamOp::TrimSuffix { longest, pattern: self.parts(pattern_mode, start)? });
            }
        }
        if self.eat(":") {
            let parts = self.parts(mode, start)?;
            let (offset, length) = split_once(parts, ':');
            return Ok(ParamOp::Substring { offset, length });
        }
        if self.eat("/") {
            let all = self.eat("/");
            let parts = self.parts(pattern_mode, start)?;
            let (pattern, by) = split_once(parts, '/');
            return Ok(ParamOp::Replace { all, pattern, by: by.unwrap_or_default() });
        }
        if self.dialect == Dialect::Bash {
            for (sign, upper, all) in [("^^", true, true), ("^", true, false), (",,", false, true), (",", false, false)]
            {
                if self.eat(sign) {
                    return Ok(ParamOp::Case { upper, all });
                }
            }
            if self.rest().starts_with('@')
                && let Some(letter) = self.rest()[1..].chars().next().filter(|c| "QUuLEPAKak".contains(*c))
            {
                self.pos += 2;
                return Ok(ParamOp::Shown(letter));
            }
        }
        Ok(ParamOp::Value)
    }
}

fn param(name: String, op: ParamOp) -> Part {
    Part::Param(Box::new(Param { name, index: None, op }))
}
