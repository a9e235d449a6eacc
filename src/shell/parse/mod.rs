//! Text to [`Program`], by recursive descent, with the grammar, the error messages and the line-by-line reading of busybox ash.
//!
//! Parsing never panics and never recurses deeper than [`MAX_DEPTH`](super::lexer::MAX_DEPTH) levels.

mod compound;
mod condition;

use super::ast::*;
use super::lexer::{Lexeme, Lexer, Parsed, Token, name_length};
use crate::span::Span;
use std::rc::Rc;

/// Scripts longer than this are refused.
pub const MAX_SCRIPT: usize = 64 * 1024;

/// Reads a whole script; the first syntax error, if there is one.
pub fn parse(script: &str, dialect: Dialect) -> Result<Program, ParseError> {
    let mut program = read(script, dialect);
    match program.error.take() {
        Some(error) => Err(error),
        None => Ok(program),
    }
}

/// Reads a script as far as it can be read.
pub(super) fn read(script: &str, dialect: Dialect) -> Program {
    if script.len() > MAX_SCRIPT {
        let error = ParseError { span: Span::new(0, 0), message: "script too long".into(), line: 0, shown: None };
        return Program { lines: Vec::new(), error: Some(error) };
    }
    let mut lexer = Lexer::new(script, dialect);
    let mut parser = Parser::new(&mut lexer);
    let mut lines = Vec::new();
    let error = loop {
        match parser.line() {
            Ok(Some(command)) => lines.push(command),
            Ok(None) => break None,
            Err(error) => {
                let error = ParseError { span: within(script, error.span), ..error };
                break Some(if dialect == Dialect::Bash { as_bash_says(error, script) } else { error });
            }
        }
    };
    Program { lines, error }
}

/// An error in the words of bash: an end that comes too soon is found on the line after the last, and of a token that stands where it
/// should not the line is shown.
fn as_bash_says(error: ParseError, script: &str) -> ParseError {
    let found = script.get(error.span.start..error.span.end).unwrap_or("");
    let unmatched = match error.message.as_str() {
        "unterminated quoted string" => found.chars().next(),
        "missing '}'" => Some('}'),
        "missing '))'" => Some(')'),
        "EOF in backquote substitution" => Some('`'),
        "unexpected end of file (expecting \")\")" => Some(')'),
        _ => None,
    };
    if let Some(sign) = unmatched {
        let line = script[..error.span.start].matches('\n').count() as u32;
        return ParseError { message: format!("unexpected EOF while looking for matching `{sign}'"), line, ..error };
    }
    let Some(unexpected) = error.message.strip_prefix("unexpected ") else { return error };
    if unexpected.starts_with("end of file") {
        let message = "syntax error: unexpected end of file".into();
        return ParseError { message, line: script.lines().count() as u32, ..error };
    }
    let token = if found.starts_with('\n') { "newline" } else { found };
    let shown = script.lines().nth(error.line as usize - usize::from(token == "newline" && error.line > 0));
    let line = if token == "newline" { error.line.saturating_sub(1) } else { error.line };
    let message = format!("syntax error near unexpected token `{token}'");
    ParseError { message, shown: shown.map(str::to_string), line, ..error }
}

/// What is in back-quotes, or in a here-document without its tabs, is read as a text of its own, which may be shorter than what it was
/// made from: a place in it is near enough, but must be one of the script.
fn within(script: &str, span: Span) -> Span {
    let place = |at: usize| (0..=at.min(script.len())).rev().find(|at| script.is_char_boundary(*at)).unwrap_or(0);
    Span::new(place(span.start.min(span.end)), place(span.end))
}

/// The whole of a lexer's text, for back-quotes.
pub(super) fn whole(lexer: &mut Lexer) -> Parsed<Program> {
    let mut parser = Parser::new(lexer);
    let body = parser.list(End::Optional)?;
    parser.expect_end()?;
    Ok(Program { lines: body.into_iter().collect(), error: None })
}

/// `$( ... )`, past the opening parenthesis.
pub(super) fn substitution(lexer: &mut Lexer) -> Parsed<Program> {
    let mut parser = Parser::new(lexer);
    let body = parser.list(End::Optional)?;
    parser.expect_op(")")?;
    Ok(Program { lines: body.into_iter().collect(), error: None })
}

/// How a list of commands may end.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// At the end of the line: the top level.
    Line,
    /// With a closing word; it may not be empty.
    Required,
    /// With a closing word; it may be empty.
    Optional,
}

const KEYWORDS: [&str; 16] =
    ["!", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until", "while", "{", "}"];
/// The words and operators that close a list.
const CLOSERS: [&str; 8] = ["then", "do", "done", "elif", "else", "esac", "fi", "}"];

struct Parser<'l, 'a> {
    lexer: &'l mut Lexer<'a>,
    peeked: Option<(Token, Span)>,
    /// The place of the token read last, for messages.
    last: Span,
}

impl<'l, 'a> Parser<'l, 'a> {
    fn new(lexer: &'l mut Lexer<'a>) -> Self {
        Parser { lexer, peeked: None, last: Span::default() }
    }

    fn next(&mut self) -> Parsed<Token> {
        let (token, place) = match self.peeked.take() {
            Some(token) => token,
            None => self.lexer.token()?,
        };
        self.last = place;
        Ok(token)
    }

    fn peek(&mut self) -> Parsed<&Token> {
        if self.peeked.is_none() {
            self.peeked = Some(self.lexer.token()?);
        }
        match &self.peeked {
            Some((token, _)) => Ok(token),
            None => Ok(&Token::End),
        }
    }

    fn skip_newlines(&mut self) -> Parsed<()> {
        while *self.peek()? == Token::Newline {
            self.next()?;
        }
        Ok(())
    }

    /// The reserved word that comes next, if it is one.
    fn peek_keyword(&mut self) -> Parsed<Option<&'static str>> {
        let bash = self.lexer.dialect == Dialect::Bash;
        let Token::Word(Lexeme(word)) = self.peek()? else { return Ok(None) };
        let Some(text) = word.literal() else { return Ok(None) };
        let found = KEYWORDS.iter().find(|k| **k == text).copied();
        Ok(found.or(match text {
            "function" => Some("function"),
            "[[" => Some("[["),
            "time" if bash => Some("time"),
            _ => None,
        }))
    }

    fn eat_keyword(&mut self, keyword: &str) -> Parsed<bool> {
        let found = self.peek_keyword()? == Some(keyword);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    fn eat_op(&mut self, op: &'static str) -> Parsed<bool> {
        let found = *self.peek()? == Token::Op(op);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    /// `unexpected "done"`, of the next token.
    fn unexpected<T>(&mut self, expecting: Option<&str>) -> Parsed<T> {
        let keyword = self.peek_keyword()?;
        let token = self.next()?;
        let got = match (&token, keyword) {
            (_, Some(keyword)) => format!("\"{keyword}\""),
            (Token::Op(op), _) => format!("\"{op}\""),
            (Token::Word(_), _) => "word".into(),
            (Token::Redirect(..), _) => "redirection".into(),
            (Token::Newline, _) => "newline".into(),
            (Token::End, _) => "end of file".into(),
        };
        let message = match expecting {
            Some(expected) => format!("unexpected {got} (expecting {expected})"),
            None => format!("unexpected {got}"),
        };
        Err(self.lexer.error(self.last, message))
    }

    fn expect_keyword(&mut self, keyword: &str) -> Parsed<()> {
        self.skip_newlines()?;
        if self.eat_keyword(keyword)? { Ok(()) } else { self.unexpected(Some(&format!("\"{keyword}\""))) }
    }

    fn expect_op(&mut self, op: &'static str) -> Parsed<()> {
        if self.eat_op(op)? { Ok(()) } else { self.unexpected(Some(&format!("\"{op}\""))) }
    }

    fn expect_end(&mut self) -> Parsed<()> {
        self.skip_newlines()?;
        if *self.peek()? == Token::End { Ok(()) } else { self.unexpected(None) }
    }

    /// The commands of one line, or `None` at the end.
    fn line(&mut self) -> Parsed<Option<Rc<Command>>> {
        self.skip_newlines()?;
        if *self.peek()? == Token::End {
            return Ok(None);
        }
        self.list(End::Line)
    }

    fn at_closer(&mut self) -> Parsed<bool> {
        Ok(match self.peek()? {
            Token::End | Token::Op(")" | ";;" | ";&" | ";;&") => true,
            _ => self.peek_keyword()?.is_some_and(|k| CLOSERS.contains(&k)),
        })
    }

    fn list(&mut self, end: End) -> Parsed<Option<Rc<Command>>> {
        let mut commands: Vec<Rc<Command>> = Vec::new();
        self.skip_newlines()?;
        if end == End::Optional && self.at_closer()? {
            return Ok(None);
        }
        loop {
            let mut command = self.and_or()?;
            let separator = self.peek()?.clone();
            match separator {
                Token::Op("&") => {
                    self.next()?;
                    command = Rc::new(Command::Background(command));
                }
                Token::Op(";") => {
                    self.next()?;
                }
                Token::Newline | Token::End => {}
                _ if end == End::Line => return self.unexpected(None),
                _ => {
                    commands.push(command);
                    break;
                }
            }
            commands.push(command);
            match self.peek()? {
                Token::Newline if end == End::Line => {
                    self.next()?;
                    break;
                }
                Token::End => {
                    self.lexer.read_here_docs()?;
                    break;
                }
                _ => {}
            }
            if end != End::Line {
                self.skip_newlines()?;
                if self.at_closer()? {
                    break;
                }
            }
        }
        Ok(match commands.len() {
            1 => commands.pop(),
            _ => Some(Rc::new(Command::Sequence(commands))),
        })
    }

    fn and_or(&mut self) -> Parsed<Rc<Command>> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            let joint = match self.peek()? {
                Token::Op("&&") => Joint::And,
                Token::Op("||") => Joint::Or,
                _ if rest.is_empty() => return Ok(first),
                _ => return Ok(Rc::new(Command::AndOr { first, rest })),
            };
            self.next()?;
            self.skip_newlines()?;
            rest.push((joint, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Parsed<Rc<Command>> {
        if self.peek_keyword()? == Some("time") {
            return self.timed();
        }
        let mut negated = false;
        while self.eat_keyword("!")? {
            negated = !negated;
        }
        let first = self.command()?;
        if !negated && !matches!(self.peek()?, Token::Op("|" | "|&")) {
            return Ok(first);
        }
        let mut commands = vec![first];
        while matches!(self.peek()?, Token::Op("|" | "|&")) {
            self.next()?;
            self.skip_newlines()?;
            commands.push(self.command()?);
        }
        Ok(Rc::new(Command::Pipeline { negated, commands }))
    }

    fn timed(&mut self) -> Parsed<Rc<Command>> {
        self.next()?;
        let posix = matches!(self.peek()?, Token::Word(Lexeme(word)) if word.literal() == Some("-p"));
        if posix {
            self.next()?;
        }
        let command = match self.peek()? {
            Token::Word(_) | Token::Redirect(..) | Token::Op("(") => {
                self.lexer.deeper()?;
                let command = self.pipeline()?;
                self.lexer.depth -= 1;
                Some(command)
            }
            _ => None,
        };
        Ok(Rc::new(Command::Timed { command, posix }))
    }

    fn command(&mut self) -> Parsed<Rc<Command>> {
        self.lexer.deeper()?;
        let command = self.command_here()?;
        self.lexer.depth -= 1;
        Ok(command)
    }

    fn command_here(&mut self) -> Parsed<Rc<Command>> {
        let compound = match self.peek_keyword()? {
            Some(keyword) => self.compound(keyword)?,
            None => match self.peek()? {
                Token::Op("(") => {
                    self.next()?;
                    if self.lexer.dialect == Dialect::Bash && self.lexer.rest().starts_with('(') {
                        self.lexer.eat("(");
                        let start = self.lexer.pos;
                        let parts = self.lexer.arith_command(start)?;
                        Command::Arith(parts, self.lexer.arith_text(start).trim().into())
                    } else {
                        let body = self.body()?;
                        self.expect_op(")")?;
                        Command::Subshell(body)
                    }
                }
                Token::Word(_) | Token::Redirect(..) => return self.simple(),
                _ => return self.unexpected(None),
            },
        };
        let mut redirects = Vec::new();
        while matches!(self.peek()?, Token::Redirect(..)) {
            redirects.push(self.redirect()?);
        }
        let compound = Rc::new(compound);
        Ok(if redirects.is_empty() { compound } else { Rc::new(Command::Redirected(compound, redirects)) })
    }

    fn redirect(&mut self) -> Parsed<Redirect> {
        let Token::Redirect(fd, op, strip_tabs) = self.next()? else { return self.unexpected(None) };
        let Token::Word(Lexeme(target)) = self.peek()?.clone() else { return self.unexpected(None) };
        self.next()?;
        let body = (op == RedirectOp::HereDoc).then(|| self.lexer.expect_here_doc(&target, strip_tabs));
        Ok(Redirect { fd, name: None, op, target, body })
    }

    fn simple(&mut self) -> Parsed<Rc<Command>> {
        let mut simple = Simple { line: self.lexer.line, ..Simple::default() };
        loop {
            match self.peek()? {
                Token::Redirect(..) => {
                    let redirect = self.redirect()?;
                    simple.redirects.push(redirect);
                }
                Token::Word(Lexeme(word)) => {
                    let word = word.clone();
                    self.next()?;
                    if let Some(name) = self.descriptor_name(&word)? {
                        let redirect = self.redirect()?;
                        simple.redirects.push(Redirect { name: Some(name), ..redirect });
                        continue;
                    }
                    simple.span = if simple.span.end == 0 { word.span } else { simple.span.to(word.span) };
                    if simple.words.is_empty() {
                        match self.assignment(&word)? {
                            Some(assign) => simple.assigns.push(assign),
                            None => simple.words.push(word),
                        }
                    } else if let Some(array) = self.declared_array(&simple, &word)? {
                        // The builtin is told the name only.
                        let name = Word { parts: vec![Part::Text(array.name.clone())], span: word.span };
                        simple.words.push(name);
                        simple.arrays.push(array);
                    } else {
                        simple.words.push(word);
                    }
                }
                Token::Op("(")
                    if simple.words.len() == 1 && simple.assigns.is_empty() && simple.redirects.is_empty() =>
                {
                    return self.function(&simple.words[0]);
                }
                _ => return Ok(Rc::new(Command::Simple(simple))),
            }
        }
    }

    /// The name of `{name}>file`: the word before a redirection that touches it.
    fn descriptor_name(&mut self, word: &Word) -> Parsed<Option<String>> {
        let name = word.literal().and_then(|text| text.strip_prefix('{')?.strip_suffix('}')).filter(|n| is_name(n));
        let Some(name) = name.filter(|_| self.lexer.dialect == Dialect::Bash) else { return Ok(None) };
        let touches = self.peeked.is_none() && self.lexer.rest().starts_with(['<', '>']);
        Ok(match touches && matches!(self.peek()?, Token::Redirect(None, ..)) {
            true => Some(name.to_string()),
            false => None,
        })
    }

    /// A word that is `name=value`, `name+=value`, or in bash `name[i]=value` and `name=(values)`.
    fn assignment(&mut self, word: &Word) -> Parsed<Option<Assign>> {
        let Some(Part::Text(text)) = word.parts.first() else { return Ok(None) };
        let bash = self.lexer.dialect == Dialect::Bash;
        let name = text[..name_length(text)].to_string();
        let mut rest = &text[name.len()..];
        if name.is_empty() {
            return Ok(None);
        }
        let mut index = None;
        // The part in which the value begins.
        let mut first = 0;
        if bash
            && let Some(begun) = rest.strip_prefix('[')
            && let Some((inside, at, after)) = self.index(begun, &word.parts)?
        {
            (index, first, rest) = (Some(inside), at, after);
        }
        let append = bash && rest.starts_with("+=");
        if append {
            rest = &rest[1..];
        }
        let Some(value) = rest.strip_prefix('=') else { return Ok(None) };
        if bash && value.is_empty() && word.parts.len() == first + 1 && self.peeked.is_none() && self.lexer.eat("(") {
            let value = AssignValue::Array(self.array()?);
            return Ok(Some(Assign { name, index, append, value }));
        }
        let mut parts = Vec::with_capacity(word.parts.len());
        push_value(value, &mut parts);
        parts.extend(word.parts[first + 1..].iter().cloned());
        let value = AssignValue::Scalar(Word { parts, span: word.span });
        Ok(Some(Assign { name, index, append, value }))
    }

    /// The index of `name[index]=`, where the first part of the word goes on with `begun`: its parts, the part of the word in which it
    /// ends, and what follows there.
    fn index<'w>(&self, begun: &'w str, parts: &'w [Part]) -> Parsed<Option<(Vec<Part>, usize, &'w str)>> {
        let end_in = |text: &str| text.find("]=").or_else(|| text.find("]+="));
        if let Some(end) = end_in(begun) {
            return Ok(Some((self.lexer.parts_of(&begun[..end])?, 0, &begun[end + 1..])));
        }
        let mut inside = Vec::new();
        if !begun.is_empty() {
            inside.push(Part::Text(begun.to_string()));
        }
        for (at, part) in parts.iter().enumerate().skip(1) {
            if let Part::Text(text) = part
                && let Some(end) = end_in(text)
            {
                inside.push(Part::Text(text[..end].to_string()));
                return Ok(Some((inside, at, &text[end + 1..])));
            }
            inside.push(part.clone());
        }
        Ok(None)
    }

    /// `a=(x y)` as an argument of a builtin that declares.
    fn declared_array(&mut self, simple: &Simple, word: &Word) -> Parsed<Option<Assign>> {
        const DECLARE: [&str; 5] = ["declare", "typeset", "local", "readonly", "export"];
        let array = self.lexer.dialect == Dialect::Bash
            && self.peeked.is_none()
            && self.lexer.rest().starts_with('(')
            && word.literal().is_some_and(|text| text.ends_with('='))
            && simple.words[0].literal().is_some_and(|name| DECLARE.contains(&name));
        if array { self.assignment(word) } else { Ok(None) }
    }

    fn array(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            match self.next()? {
                Token::Word(Lexeme(word)) => words.push(word),
                Token::Newline => {}
                Token::Op(")") => return Ok(words),
                _ => return Err(self.lexer.error(self.last, "unexpected token in an array")),
            }
        }
    }
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && name_length(text) == text.len()
}

/// The unquoted beginning of a value: a tilde may stand at its start and after each colon.
fn push_value(value: &str, parts: &mut Vec<Part>) {
    let mut rest = value;
    let mut at_start = true;
    while !rest.is_empty() {
        let end = rest.find(':').map_or(rest.len(), |i| i + 1);
        let piece = &rest[..end];
        if at_start && piece.starts_with('~') {
            let body = piece[1..].trim_end_matches(':');
            let user_len = body.find('/').unwrap_or(body.len());
            parts.push(Part::Tilde(body[..user_len].to_string()));
            if piece.len() > 1 + user_len {
                parts.push(Part::Text(piece[1 + user_len..].to_string()));
            }
        } else {
            parts.push(Part::Text(piece.to_string()));
        }
        at_start = true;
        rest = &rest[end..];
    }
}
