//! Text to [`Program`], by recursive descent, with the grammar, the error messages and the line-by-line reading of busybox ash.
//!
//! Parsing never panics and never recurses deeper than [`MAX_DEPTH`](super::lexer::MAX_DEPTH) levels.

mod bash_error;
mod compound;
mod condition;
mod simple;

use super::ast::*;
use super::lexer::{Lexeme, Lexer, Parsed, Token, name_length};
use crate::span::Span;
use bash_error::as_bash_says;
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
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && name_length(text) == text.len()
}
