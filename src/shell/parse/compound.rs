//! Compound commands: `if`, loops, `case`, groups, functions.

use super::{End, Parser, is_name};
use crate::shell::ast::{AfterArm, Arm, Command, Dialect, Word};
use crate::shell::lexer::{Lexeme, Parsed, Token, plain_text, split_once};
use std::rc::Rc;

impl Parser<'_, '_> {
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
        let mut shown = String::new();
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
            if let (Dialect::Bash, Some(first), Some(last)) = (self.lexer.dialect, list.first(), list.last()) {
                shown = self.lexer.source(first.span.to(last.span)).to_string();
            }
            words = Some(list);
        } else {
            self.eat_op(";")?;
        }
        let body = self.do_group()?;
        Ok(Command::For { name, words, body, shown })
    }

    fn for_arith(&mut self) -> Parsed<Command> {
        self.next()?;
        self.lexer.eat("(");
        let start = self.lexer.pos;
        let parts = self.lexer.arith_command(start)?;
        let mut texts = self.lexer.arith_text(start).splitn(3, ';').map(|text| text.trim().to_string());
        let shown = std::array::from_fn(|_| texts.next().unwrap_or_default());
        let (init, rest) = split_once(parts, ';');
        let (test, rest) = split_once(rest.unwrap_or_default(), ';');
        self.eat_op(";")?;
        let body = self.do_group()?;
        Ok(Command::ForArith { init, test, step: rest.unwrap_or_default(), body, shown })
    }

    fn case_clause(&mut self) -> Parsed<Command> {
        let Token::Word(Lexeme(word)) = self.peek()?.clone() else { return self.unexpected(Some("word")) };
        self.next()?;
        self.skip_newlines()?;
        if !self.eat_keyword("in")? {
            return self.unexpected(Some("\"in\""));
        }
        let shown =
            if self.lexer.dialect == Dialect::Bash { self.lexer.source(word.span).into() } else { String::new() };
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
            self.skip_newlines()?;
            if self.eat_keyword("esac")? {
                arms.push(Arm { patterns, body, then: AfterArm::Leave });
                break;
            }
            let then = if self.eat_op(";;")? {
                AfterArm::Leave
            } else if self.eat_op(";&")? {
                AfterArm::Next
            } else if self.eat_op(";;&")? {
                AfterArm::GoOn
            } else {
                return self.unexpected(Some("\";;\""));
            };
            arms.push(Arm { patterns, body, then });
        }
        Ok(Command::Case { word, arms, shown })
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

    pub(super) fn compound(&mut self, keyword: &'static str) -> Parsed<Command> {
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

    /// A list that must not be empty: the body of a compound command.
    pub(super) fn body(&mut self) -> Parsed<Rc<Command>> {
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

    /// `name() command`.
    pub(super) fn function(&mut self, word: &Word) -> Parsed<Rc<Command>> {
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
}
