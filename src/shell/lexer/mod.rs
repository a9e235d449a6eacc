//! Characters to tokens and words, by the quoting rules of POSIX sh.
//!
//! The parser asks for one token at a time, because what a word means (a reserved word, a pattern, a here-document) depends on
//! where it stands. Nothing here recurses without counting: a script nested deeper than [`MAX_DEPTH`] is refused.

mod expansion;

use super::ast::*;
use crate::span::Span;
use std::cell::OnceCell;
use std::rc::Rc;

/// Scripts nested deeper than this are refused; the evaluator follows the same nesting on the stack.
pub(super) const MAX_DEPTH: usize = 100;

pub(super) type Parsed<T> = Result<T, ParseError>;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(Lexeme),
    /// `;` `&` `&&` `||` `|` `(` `)` `;;` and so on.
    Op(&'static str),
    /// A redirection operator with the digits before it.
    Redirect(Option<u32>, RedirectOp, bool),
    Newline,
    End,
}

/// A word as a token: compared by its plain text only.
#[derive(Clone, Debug)]
pub(super) struct Lexeme(pub Word);

impl PartialEq for Lexeme {
    fn eq(&self, other: &Lexeme) -> bool {
        self.0.literal() == other.0.literal()
    }
}

struct PendingHereDoc {
    delimiter: String,
    quoted: bool,
    strip_tabs: bool,
    body: Rc<OnceCell<Vec<Part>>>,
}

/// How text is read until its end.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// A word of a command.
    Plain,
    /// Between double quotes: ends before `"`.
    Double,
    /// A here-document: ends with the text.
    Here,
    /// Inside `${x...}`, unquoted: ends before `}`.
    Brace,
    /// Inside `"${x...}"`: ends before `}`.
    DoubleBrace,
    /// Inside `$(( ))`.
    Arith,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    pub pos: usize,
    pub line: u32,
    pub dialect: Dialect,
    pub depth: usize,
    pending: Vec<PendingHereDoc>,
    /// Where this text begins in the script, for spans.
    base: usize,
}

const OPERATORS: [&str; 12] = [";;&", "&&", "||", ";;", ";&", "|&", ";", "&", "|", "(", ")", "\n"];

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str, dialect: Dialect) -> Self {
        Lexer { text, pos: 0, line: 0, dialect, depth: 0, pending: Vec::new(), base: 0 }
    }

    pub fn rest(&self) -> &'a str {
        &self.text[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    pub fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.line += text.matches('\n').count() as u32;
            self.pos += text.len();
        }
        found
    }

    pub fn span_from(&self, start: usize) -> Span {
        Span::new(self.base + start, self.base + self.pos)
    }

    pub fn error(&self, span: Span, message: impl Into<String>) -> ParseError {
        ParseError { span, message: message.into(), line: self.line, shown: None }
    }

    /// The text of a place.
    pub fn source(&self, span: Span) -> &'a str {
        self.text.get(span.start.saturating_sub(self.base)..span.end.saturating_sub(self.base)).unwrap_or("")
    }

    /// An error at the end of what has been read, marking `start` to here.
    fn unfinished<T>(&self, start: usize, message: &str) -> Parsed<T> {
        Err(self.error(self.span_from(start), message))
    }

    pub fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(self.span_from(self.pos), "nested too deeply"));
        }
        Ok(())
    }

    pub fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some('\\') if self.eat("\\\n") => {}
                Some(' ' | '\t') => self.pos += 1,
                Some('#') => {
                    let end = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.pos += end;
                }
                _ => return,
            }
        }
    }

    /// The next token and its place.
    pub fn token(&mut self) -> Parsed<(Token, Span)> {
        self.skip_blanks();
        let start = self.pos;
        let token = self.token_here()?;
        Ok((token, self.span_from(start)))
    }

    fn token_here(&mut self) -> Parsed<Token> {
        let Some(first) = self.peek() else { return Ok(Token::End) };
        if matches!(first, '<' | '>' | '&' | '0'..='9')
            && let Some(redirect) = self.redirect()
        {
            return Ok(redirect);
        }
        let operators: &[&str] = if matches!(first, ';' | '&' | '|' | '(' | ')' | '\n') { &OPERATORS } else { &[] };
        for &op in operators {
            if matches!(op, ";;&" | ";&" | "|&") && self.dialect != Dialect::Bash {
                continue;
            }
            if self.eat(op) {
                if op == "\n" {
                    self.read_here_docs()?;
                    return Ok(Token::Newline);
                }
                return Ok(Token::Op(op));
            }
        }
        let start = self.pos;
        let parts = self.parts(Mode::Plain, start)?;
        Ok(Token::Word(Lexeme(Word { parts, span: self.span_from(start) })))
    }

    /// A redirection operator, with the descriptor number that touches it.
    fn redirect(&mut self) -> Option<Token> {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let op_text = &rest[digits..];
        if self.dialect != Dialect::Dash && (op_text.starts_with("<(") || op_text.starts_with(">(")) && digits == 0 {
            return None;
        }
        let table: [(&str, RedirectOp); 12] = [
            ("<<<", RedirectOp::HereString),
            ("<<-", RedirectOp::HereDoc),
            ("<<", RedirectOp::HereDoc),
            ("<&", RedirectOp::DupIn),
            ("<>", RedirectOp::ReadWrite),
            ("<", RedirectOp::Read),
            (">>", RedirectOp::Append),
            (">&", RedirectOp::DupOut),
            (">|", RedirectOp::Clobber),
            (">", RedirectOp::Write),
            ("&>>", RedirectOp::BothAppend),
            ("&>", RedirectOp::Both),
        ];
        for (text, op) in table {
            if op == RedirectOp::HereString && self.dialect != Dialect::Bash {
                continue;
            }
            if op_text.starts_with(text) {
                if digits > 3 || (op_text.starts_with('&') && digits > 0) {
                    return None;
                }
                let fd = rest[..digits].parse().ok();
                self.pos += digits + text.len();
                return Some(Token::Redirect(fd, op, text == "<<-"));
            }
        }
        None
    }

    /// Remembers that the next newline is followed by the body of a here-document.
    pub fn expect_here_doc(&mut self, delimiter: &Word, strip_tabs: bool) -> Rc<OnceCell<Vec<Part>>> {
        let body = Rc::new(OnceCell::new());
        let quoted = delimiter.parts.iter().any(|p| matches!(p, Part::Quoted(_) | Part::Double(_)));
        let delimiter = plain_text(&delimiter.parts);
        self.pending.push(PendingHereDoc { delimiter, quoted, strip_tabs, body: body.clone() });
        body
    }

    /// Reads the bodies that are due, after a newline or at the end.
    pub fn read_here_docs(&mut self) -> Parsed<()> {
        for doc in std::mem::take(&mut self.pending) {
            let start = self.pos;
            let mut text = String::new();
            while self.pos < self.text.len() {
                let line_end = self.rest().find('\n').map_or(self.rest().len(), |i| i + 1);
                let mut line = &self.rest()[..line_end];
                self.pos += line_end;
                self.line += line.ends_with('\n') as u32;
                if doc.strip_tabs {
                    line = line.trim_start_matches('\t');
                }
                if line.strip_suffix('\n').unwrap_or(line) == doc.delimiter {
                    break;
                }
                text.push_str(line);
            }
            let parts = if doc.quoted {
                vec![Part::Quoted(text)]
            } else {
                let mut inner = Lexer { base: self.base + start, depth: self.depth, ..Lexer::new(&text, self.dialect) };
                inner.parts(Mode::Here, 0)?
            };
            let _ = doc.body.set(parts);
        }
        Ok(())
    }

    /// Reads word parts until the end that `mode` has. `start` is where the construct began, for errors.
    fn parts(&mut self, mode: Mode, start: usize) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut parens = 0usize;
        if matches!(mode, Mode::Plain | Mode::Brace) && self.peek() == Some('~') {
            self.tilde(&mut parts);
        }
        loop {
            let Some(c) = self.peek() else {
                match mode {
                    Mode::Plain | Mode::Here => break,
                    Mode::Double => return self.unfinished(start, "unterminated quoted string"),
                    Mode::Brace | Mode::DoubleBrace => return self.unfinished(start, "missing '}'"),
                    Mode::Arith => return self.unfinished(start, "missing '))'"),
                }
            };
            match (c, mode) {
                (' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')', Mode::Plain) => {
                    if self.dialect != Dialect::Dash && matches!(c, '<' | '>') && self.rest()[1..].starts_with('(') {
                        push_text(&mut parts, &mut text);
                        self.pos += 2;
                        let program = self.nested_program()?;
                        parts.push(if c == '<' { Part::ProcessIn(program) } else { Part::ProcessOut(program) });
                        continue;
                    }
                    break;
                }
                ('"', Mode::Double) => break,
                ('}', Mode::Brace | Mode::DoubleBrace) => break,
                ('(', Mode::Arith) => {
                    parens += 1;
                    text.push('(');
                    self.pos += 1;
                }
                (')', Mode::Arith) if parens > 0 => {
                    parens -= 1;
                    text.push(')');
                    self.pos += 1;
                }
                (')', Mode::Arith) => {
                    if self.rest().starts_with("))") {
                        break;
                    }
                    return self.unfinished(start, "missing '))'");
                }
                ('\\', _) => self.backslash(mode, &mut parts, &mut text),
                ('\'', Mode::Plain | Mode::Brace) => {
                    push_text(&mut parts, &mut text);
                    parts.push(self.single_quoted()?);
                }
                ('"', Mode::Plain | Mode::Brace | Mode::DoubleBrace) => {
                    push_text(&mut parts, &mut text);
                    let quote = self.pos;
                    self.pos += 1;
                    self.deeper()?;
                    let inner = self.parts(Mode::Double, quote)?;
                    self.depth -= 1;
                    self.pos += 1;
                    parts.push(Part::Double(inner));
                }
                ('"', Mode::Arith) => self.pos += 1,
                ('$', _) => {
                    push_text(&mut parts, &mut text);
                    self.deeper()?;
                    self.dollar(mode, &mut parts, &mut text)?;
                    self.depth -= 1;
                }
                ('`', _) => {
                    push_text(&mut parts, &mut text);
                    let program = self.backquoted(matches!(mode, Mode::Double | Mode::DoubleBrace))?;
                    parts.push(Part::Command(program));
                }
                _ => {
                    text.push(c);
                    self.bump();
                }
            }
        }
        push_text(&mut parts, &mut text);
        Ok(parts)
    }

    fn tilde(&mut self, parts: &mut Vec<Part>) {
        let rest = &self.rest()[1..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+')))
            .unwrap_or(rest.len());
        let after = rest[end..].chars().next();
        if after.is_none_or(|c| c == '/' || c == ':' || c.is_whitespace() || ";&|()<>}".contains(c)) {
            parts.push(Part::Tilde(rest[..end].to_string()));
            self.pos += 1 + end;
        }
    }

    fn backslash(&mut self, mode: Mode, parts: &mut Vec<Part>, text: &mut String) {
        self.pos += 1;
        if self.eat("\n") {
            return;
        }
        let Some(c) = self.peek() else {
            text.push('\\');
            return;
        };
        let special = match mode {
            Mode::Plain | Mode::Brace => true,
            Mode::Double => "$`\"\\".contains(c),
            Mode::DoubleBrace => "$`\"\\}".contains(c),
            Mode::Here | Mode::Arith => "$`\\".contains(c),
        };
        push_text(parts, text);
        self.bump();
        parts.push(Part::Quoted(if special { c.to_string() } else { format!("\\{c}") }));
    }

    fn single_quoted(&mut self) -> Parsed<Part> {
        let start = self.pos;
        self.pos += 1;
        let Some(end) = self.rest().find('\'') else {
            self.pos = self.text.len();
            return self.unfinished(start, "unterminated quoted string");
        };
        let text = self.rest()[..end].to_string();
        self.eat(&text);
        self.pos += 1;
        Ok(Part::Quoted(text))
    }

    /// The text of `(( ))` up to its end, already past the opening.
    pub fn arith_command(&mut self, start: usize) -> Parsed<Vec<Part>> {
        let parts = self.parts(Mode::Arith, start)?;
        self.pos += 2;
        Ok(parts)
    }

    /// The text of `(( ))` that began at `start` and has been read.
    pub fn arith_text(&self, start: usize) -> &'a str {
        self.text.get(start..self.pos.saturating_sub(2)).unwrap_or("")
    }

    /// The parts of an index or a value given as text.
    pub fn parts_of(&self, text: &str) -> Parsed<Vec<Part>> {
        Lexer { depth: self.depth, ..Lexer::new(text, self.dialect) }.parts(Mode::Here, 0)
    }
}

/// The parts of a text as a here-document has them; `None` when it cannot be read.
pub(super) fn text_parts(text: &str, dialect: Dialect) -> Option<Vec<Part>> {
    Lexer::new(text, dialect).parts_of(text).ok()
}

fn push_text(parts: &mut Vec<Part>, text: &mut String) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text)));
    }
}

/// Splits parts at the first unquoted `sign`.
pub(super) fn split_once(parts: Vec<Part>, sign: char) -> (Vec<Part>, Option<Vec<Part>>) {
    let mut left = Vec::new();
    let mut iter = parts.into_iter();
    while let Some(part) = iter.next() {
        if let Part::Text(text) = &part
            && let Some((before, after)) = text.split_once(sign)
        {
            if !before.is_empty() {
                left.push(Part::Text(before.to_string()));
            }
            let mut right = Vec::new();
            if !after.is_empty() {
                right.push(Part::Text(after.to_string()));
            }
            right.extend(iter);
            return (left, Some(right));
        }
        left.push(part);
    }
    (left, None)
}

/// How many bytes of a variable's name `text` starts with.
pub(super) fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// The text of parts with the quotes taken away and expansions left out.
pub(super) fn plain_text(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(t) | Part::Quoted(t) => text.push_str(t),
            Part::Double(inner) => text.push_str(&plain_text(inner)),
            Part::Tilde(user) => {
                text.push('~');
                text.push_str(user);
            }
            Part::Param(p) => {
                text.push('$');
                text.push_str(&p.name);
            }
            _ => {}
        }
    }
    text
}
