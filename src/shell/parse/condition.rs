//! bash's `[[ ... ]]`.

use super::Parser;
use crate::shell::ast::{Condition, Part, RedirectOp, Word};
use crate::shell::lexer::{Lexeme, Parsed, Token};
use crate::span::Span;

impl Parser<'_, '_> {
    pub(super) fn condition_or(&mut self) -> Parsed<Condition> {
        let first = self.condition_and()?;
        if !self.eat_op("||")? {
            return Ok(first);
        }
        let mut any = vec![first, self.condition_and()?];
        while self.eat_op("||")? {
            any.push(self.condition_and()?);
        }
        Ok(Condition::Any(any))
    }

    fn condition_and(&mut self) -> Parsed<Condition> {
        let first = self.condition()?;
        if !self.eat_op("&&")? {
            return Ok(first);
        }
        let mut all = vec![first, self.condition()?];
        while self.eat_op("&&")? {
            all.push(self.condition()?);
        }
        Ok(Condition::All(all))
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
