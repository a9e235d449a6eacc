//! Text to [`Program`], by recursive descent, with the grammar, the error messages and the line-by-line reading of busybox ash.
//!
//! Parsing never panics and never recurses deeper than [`MAX_DEPTH`](super::lexer::MAX_DEPTH) levels.

use super::ast::*;
use super::lexer::{Lexeme, Lexer, Parsed, Token, name_length, plain_text};
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
        let error = ParseError { span: Span::new(0, 0), message: "script too long".into(), line: 0 };
        return Program { lines: Vec::new(), error: Some(error) };
    }
    let mut lexer = Lexer::new(script, dialect);
    let mut parser = Parser::new(&mut lexer);
    let mut lines = Vec::new();
    let error = loop {
        match parser.line() {
            Ok(Some(command)) => lines.push(command),
            Ok(None) => break None,
            Err(error) => break Some(ParseError { span: within(script, error.span), ..error }),
        }
    };
    Program { lines, error }
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
pub(super) fn substitution(lexer: &mut Lexer, _start: usize) -> Parsed<Program> {
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
        let Token::Word(Lexeme(word)) = self.peek()? else { return Ok(None) };
        let Some(text) = word.literal() else { return Ok(None) };
        let found = KEYWORDS.iter().find(|k| **k == text).copied();
        Ok(found.or(match text {
            "function" => Some("function"),
            "[[" => Some("[["),
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

    /// A list that must not be empty: the body of a compound command.
    fn body(&mut self) -> Parsed<Rc<Command>> {
        self.skip_newlines()?;
        if *self.peek()? == Token::End {
            // What is missing then is the closing word, and whoever called says so.
            return Ok(Rc::new(Command::Sequence(Vec::new())));
        }
        match self.list(End::Required)? {
            Some(command) => Ok(command),
            None => self.unexpected(None),
        }
    }

    fn and_or(&mut self) -> Parsed<Rc<Command>> {
        let mut left = self.pipeline()?;
        loop {
            let and = match self.peek()? {
                Token::Op("&&") => true,
                Token::Op("||") => false,
                _ => return Ok(left),
            };
            self.next()?;
            self.skip_newlines()?;
            let right = self.pipeline()?;
            left = Rc::new(if and { Command::And(left, right) } else { Command::Or(left, right) });
        }
    }

    fn pipeline(&mut self) -> Parsed<Rc<Command>> {
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
                        Command::Arith(self.lexer.arith_command(start)?)
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

    fn compound(&mut self, keyword: &'static str) -> Parsed<Command> {
        match keyword {
            "if" => {
                self.next()?;
                let command = self.if_clause()?;
                self.expect_keyword("fi")?;
                Ok(command)
            }
            "while" | "until" => {
                self.next()?;
                let test = self.body()?;
                let body = self.do_group()?;
                Ok(Command::While { until: keyword == "until", test, body })
            }
            "for" => {
                self.next()?;
                self.for_clause()
            }
            "case" => {
                self.next()?;
                self.case_clause()
            }
            "{" => {
                self.next()?;
                let body = self.body()?;
                self.expect_keyword("}")?;
                Ok(Command::Group(body))
            }
            "function" => {
                self.next()?;
                self.function_keyword()
            }
            "[[" => {
                self.next()?;
                let condition = self.condition_or()?;
                match self.next()? {
                    Token::Word(Lexeme(word)) if word.literal() == Some("]]") => Ok(Command::Test(condition)),
                    _ => Err(self.lexer.error(self.last, "unexpected token in conditional expression")),
                }
            }
            _ => self.unexpected(None),
        }
    }

    fn if_clause(&mut self) -> Parsed<Command> {
        let test = self.body()?;
        self.expect_keyword("then")?;
        let then = self.body()?;
        let otherwise = if self.eat_keyword("elif")? {
            self.lexer.deeper()?;
            let nested = self.if_clause()?;
            self.lexer.depth -= 1;
            Some(Rc::new(nested))
        } else if self.eat_keyword("else")? {
            Some(self.body()?)
        } else {
            None
        };
        Ok(Command::If { test, then, otherwise })
    }

    fn do_group(&mut self) -> Parsed<Rc<Command>> {
        self.expect_keyword("do")?;
        let body = self.body()?;
        self.expect_keyword("done")?;
        Ok(body)
    }

    fn for_clause(&mut self) -> Parsed<Command> {
        if self.lexer.dialect == Dialect::Bash && *self.peek()? == Token::Op("(") && self.lexer.rest().starts_with('(')
        {
            return self.for_arith();
        }
        let name = match self.next()? {
            Token::Word(Lexeme(word)) => word.literal().filter(|t| is_name(t)).map(str::to_string),
            _ => None,
        };
        let Some(name) = name else { return Err(self.lexer.error(self.last, "bad for loop variable")) };
        self.skip_newlines()?;
        let mut words = None;
        if self.eat_keyword("in")? {
            let mut list = Vec::new();
            while let Token::Word(Lexeme(word)) = self.peek()? {
                list.push(word.clone());
                self.next()?;
            }
            if !matches!(self.peek()?, Token::Newline | Token::Op(";")) {
                return self.unexpected(None);
            }
            self.next()?;
            words = Some(list);
        } else {
            self.eat_op(";")?;
        }
        let body = self.do_group()?;
        Ok(Command::For { name, words, body })
    }

    fn for_arith(&mut self) -> Parsed<Command> {
        self.next()?;
        self.lexer.eat("(");
        let start = self.lexer.pos;
        let parts = self.lexer.arith_command(start)?;
        let (init, rest) = super::lexer::split_once(parts, ';');
        let (test, rest) = super::lexer::split_once(rest.unwrap_or_default(), ';');
        self.eat_op(";")?;
        let body = self.do_group()?;
        Ok(Command::ForArith { init, test, step: rest.unwrap_or_default(), body })
    }

    fn case_clause(&mut self) -> Parsed<Command> {
        let Token::Word(Lexeme(word)) = self.peek()?.clone() else { return self.unexpected(Some("word")) };
        self.next()?;
        self.skip_newlines()?;
        if !self.eat_keyword("in")? {
            return self.unexpected(Some("\"in\""));
        }
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.eat_keyword("esac")? {
                break;
            }
            self.eat_op("(")?;
            let mut patterns = Vec::new();
            loop {
                let Token::Word(Lexeme(pattern)) = self.peek()?.clone() else {
                    return self.unexpected(if patterns.is_empty() { Some("\")\"") } else { None });
                };
                self.next()?;
                patterns.push(pattern);
                if !self.eat_op("|")? {
                    break;
                }
            }
            self.expect_op(")")?;
            let body = self.list(End::Optional)?;
            arms.push(Arm { patterns, body });
            self.skip_newlines()?;
            if self.eat_keyword("esac")? {
                break;
            }
            if !(self.eat_op(";;")? || self.eat_op(";&")? || self.eat_op(";;&")?) {
                return self.unexpected(Some("\";;\""));
            }
        }
        Ok(Command::Case { word, arms })
    }

    fn function_keyword(&mut self) -> Parsed<Command> {
        let Token::Word(Lexeme(word)) = self.next()? else {
            return Err(self.lexer.error(self.last, "bad function name"));
        };
        if self.eat_op("(")? {
            self.expect_op(")")?;
        }
        self.skip_newlines()?;
        let body = self.command()?;
        Ok(Command::Function { name: plain_text(&word.parts), body })
    }

    fn redirect(&mut self) -> Parsed<Redirect> {
        let Token::Redirect(fd, op, strip_tabs) = self.next()? else { return self.unexpected(None) };
        let Token::Word(Lexeme(target)) = self.peek()?.clone() else { return self.unexpected(None) };
        self.next()?;
        let body = (op == RedirectOp::HereDoc).then(|| self.lexer.expect_here_doc(&target, strip_tabs));
        Ok(Redirect { fd, op, target, body })
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
                    simple.span = if simple.span.end == 0 { word.span } else { simple.span.to(word.span) };
                    match simple.words.is_empty().then(|| self.assignment(&word)).transpose()?.flatten() {
                        Some(assign) => simple.assigns.push(assign),
                        None => simple.words.push(word),
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

    /// `name() command`.
    fn function(&mut self, word: &Word) -> Parsed<Rc<Command>> {
        self.next()?;
        self.expect_op(")")?;
        let name = plain_text(&word.parts);
        let valid = if self.lexer.dialect == Dialect::Bash { word.literal().is_some() } else { is_name(&name) };
        if !valid {
            return Err(self.lexer.error(word.span, "bad function name"));
        }
        self.skip_newlines()?;
        let body = self.command()?;
        Ok(Rc::new(Command::Function { name, body }))
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
        if bash
            && rest.starts_with('[')
            && let Some(end) = rest.find("]=").or_else(|| rest.find("]+="))
        {
            index = Some(self.lexer.parts_of(&rest[1..end])?);
            rest = &rest[end + 1..];
        }
        let append = bash && rest.starts_with("+=");
        if append {
            rest = &rest[1..];
        }
        let Some(value) = rest.strip_prefix('=') else { return Ok(None) };
        if bash && value.is_empty() && word.parts.len() == 1 && self.peeked.is_none() && self.lexer.eat("(") {
            let value = AssignValue::Array(self.array()?);
            return Ok(Some(Assign { name, index, append, value }));
        }
        let mut parts = Vec::with_capacity(word.parts.len());
        push_value(value, &mut parts);
        parts.extend(word.parts[1..].iter().cloned());
        let value = AssignValue::Scalar(Word { parts, span: word.span });
        Ok(Some(Assign { name, index, append, value }))
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

    fn condition_or(&mut self) -> Parsed<Condition> {
        let mut left = self.condition_and()?;
        while self.eat_op("||")? {
            left = Condition::Or(Box::new(left), Box::new(self.condition_and()?));
        }
        Ok(left)
    }

    fn condition_and(&mut self) -> Parsed<Condition> {
        let mut left = self.condition()?;
        while self.eat_op("&&")? {
            left = Condition::And(Box::new(left), Box::new(self.condition()?));
        }
        Ok(left)
    }

    fn condition(&mut self) -> Parsed<Condition> {
        self.lexer.deeper()?;
        let condition = self.condition_here()?;
        self.lexer.depth -= 1;
        Ok(condition)
    }

    fn condition_here(&mut self) -> Parsed<Condition> {
        self.skip_newlines()?;
        if self.eat_keyword("!")? {
            return Ok(Condition::Not(Box::new(self.condition()?)));
        }
        if self.eat_op("(")? {
            let inner = self.condition_or()?;
            self.expect_op(")")?;
            return Ok(inner);
        }
        let left = self.condition_word()?;
        if let Some(op) = left.literal().filter(|t| t.len() == 2 && t.starts_with('-')).map(str::to_string)
            && matches!(self.peek()?, Token::Word(Lexeme(w)) if w.literal() != Some("]]"))
        {
            let operand = self.condition_word()?;
            return Ok(Condition::Unary(op, operand));
        }
        let op = match self.peek()? {
            Token::Redirect(None, RedirectOp::Read, _) => "<".to_string(),
            Token::Redirect(None, RedirectOp::Write, _) => ">".to_string(),
            Token::Word(Lexeme(word)) => match word.literal() {
                Some(
                    op @ ("=" | "==" | "!=" | "=~" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot"
                    | "-ef"),
                ) => op.to_string(),
                _ => return Ok(Condition::Word(left)),
            },
            _ => return Ok(Condition::Word(left)),
        };
        self.next()?;
        let right = if op == "=~" { self.regex_word()? } else { self.condition_word()? };
        Ok(Condition::Binary(left, op, right))
    }

    fn condition_word(&mut self) -> Parsed<Word> {
        match self.next()? {
            Token::Word(Lexeme(word)) => Ok(word),
            _ => Err(self.lexer.error(self.last, "unexpected token in conditional expression")),
        }
    }

    /// The right side of `=~`: parentheses and bars belong to it.
    fn regex_word(&mut self) -> Parsed<Word> {
        let mut parts = Vec::new();
        let mut span = Span::default();
        loop {
            match self.next()? {
                Token::Word(Lexeme(word)) => {
                    span = word.span;
                    parts.extend(word.parts);
                }
                Token::Op(op @ ("(" | ")" | "|")) => parts.push(Part::Text(op.into())),
                _ => return Err(self.lexer.error(self.last, "unexpected token in conditional expression")),
            }
            if self.lexer.rest().starts_with([' ', '\n']) || self.lexer.rest().is_empty() {
                return Ok(Word { parts, span });
            }
        }
    }
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

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && name_length(text) == text.len()
}
