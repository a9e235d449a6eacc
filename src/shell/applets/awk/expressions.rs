//! awk's expressions, by how tightly their operators bind.

use super::ast::{BinaryOp, Expr, Source, UnaryOp};
use super::lex::Token;
use super::parse::{Parsed, Parser};
use crate::shell::regex::Regex;
use std::rc::Rc;

impl Parser<'_> {
    pub(super) fn list(&mut self) -> Parsed<Vec<Expr>> {
        let mut out = vec![self.expr()?];
        while self.eat(",")? {
            self.newlines()?;
            out.push(self.expr()?);
        }
        Ok(out)
    }

    pub(super) fn subscript(&mut self) -> Parsed<Vec<Expr>> {
        self.expect("[")?;
        let (greater, inside) = (std::mem::take(&mut self.no_greater), std::mem::take(&mut self.no_in));
        let list = self.list()?;
        (self.no_greater, self.no_in) = (greater, inside);
        self.expect("]")?;
        Ok(list)
    }

    pub fn expr(&mut self) -> Parsed<Expr> {
        self.deeper()?;
        let expr = self.ternary()?;
        self.depth -= 1;
        Ok(expr)
    }

    pub(super) fn ternary(&mut self) -> Parsed<Expr> {
        let test = self.or()?;
        if let Token::Op(text @ ("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "^=" | "**=")) = self.token
            && matches!(test, Expr::Var(_) | Expr::Field(_) | Expr::Index(..))
        {
            self.advance(true)?;
            self.newlines()?;
            let value = self.expr()?;
            let op = BinaryOp::named(text.trim_end_matches('='));
            return Ok(Expr::Assign(Box::new(test), op, Box::new(value)));
        }
        if !self.eat("?")? {
            return Ok(test);
        }
        self.newlines()?;
        let yes = self.expr()?;
        self.newlines()?;
        self.expect(":")?;
        self.newlines()?;
        let no = self.expr()?;
        Ok(Expr::Conditional(Box::new(test), Box::new(yes), Box::new(no)))
    }

    fn or(&mut self) -> Parsed<Expr> {
        let first = self.and()?;
        let mut rest = Vec::new();
        while self.eat("||")? {
            self.newlines()?;
            rest.push((BinaryOp::Or, self.and()?));
        }
        Ok(chain(first, rest))
    }

    fn and(&mut self) -> Parsed<Expr> {
        let first = self.membership()?;
        let mut rest = Vec::new();
        while self.eat("&&")? {
            self.newlines()?;
            rest.push((BinaryOp::And, self.membership()?));
        }
        Ok(chain(first, rest))
    }

    fn membership(&mut self) -> Parsed<Expr> {
        let mut left = self.matching()?;
        let depth = self.depth;
        while self.no_in == 0 && self.is_word("in") {
            self.deeper()?;
            self.advance(false)?;
            let Token::Name(name) = self.token.clone() else { return self.unexpected() };
            self.advance(false)?;
            let keys = match left {
                Expr::Group(inner) if matches!(*inner, Expr::In(_, ref n) if n.is_empty()) => match *inner {
                    Expr::In(keys, _) => keys,
                    other => vec![other],
                },
                other => vec![other],
            };
            left = Expr::In(keys, name);
        }
        self.depth = depth;
        Ok(left)
    }

    fn matching(&mut self) -> Parsed<Expr> {
        let first = self.comparison()?;
        let mut rest = Vec::new();
        while let Some(op) = self.operator(&["~", "!~"]) {
            self.advance(true)?;
            rest.push((op, self.comparison()?));
        }
        Ok(chain(first, rest))
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.piped()?;
        match self.operator(&["<", "<=", "==", "!=", ">=", ">"]) {
            Some(BinaryOp::Greater) if self.no_greater > 0 => Ok(left),
            Some(op) => {
                self.advance(true)?;
                Ok(chain(left, vec![(op, self.piped()?)]))
            }
            None => Ok(left),
        }
    }

    /// The operator that stands here, if it is one of `those`.
    fn operator(&self, those: &[&str]) -> Option<BinaryOp> {
        match self.token {
            Token::Op(text) if those.contains(&text) => BinaryOp::named(text),
            _ => None,
        }
    }

    /// `command | getline [target]`, however often.
    fn piped(&mut self) -> Parsed<Expr> {
        let mut left = self.concat()?;
        let depth = self.depth;
        while self.is("|") {
            let at = self.at;
            self.advance(true)?;
            if !self.is_word("getline") {
                // `print x | "command"`
                (self.at, self.token) = (at, Token::Op("|"));
                break;
            }
            self.deeper()?;
            self.advance(false)?;
            let target = self.getline_target()?;
            left = Expr::Getline(target, Some((Source::Command, Box::new(left))));
        }
        self.depth = depth;
        Ok(left)
    }

    fn getline_target(&mut self) -> Parsed<Option<Box<Expr>>> {
        match &self.token {
            Token::Op("$") => {}
            Token::Name(name) if name != "in" => {}
            _ => return Ok(None),
        }
        Ok(Some(Box::new(self.primary()?)))
    }

    /// Whether an operand can begin here, so that two expressions side by side are joined.
    fn starts_operand(&self) -> bool {
        match &self.token {
            Token::Number(_) | Token::Text(_) | Token::Regex(_) | Token::Func(_) => true,
            Token::Name(name) => name != "in" && name != "getline",
            Token::Op(op) => matches!(*op, "$" | "!" | "(" | "-" | "+" | "++" | "--"),
            _ => false,
        }
    }

    pub(super) fn concat(&mut self) -> Parsed<Expr> {
        let first = self.sum()?;
        let mut rest = Vec::new();
        while self.starts_operand() && !self.is("+") && !self.is("-") {
            rest.push((BinaryOp::Concat, self.sum()?));
        }
        Ok(chain(first, rest))
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let first = self.product()?;
        let mut rest = Vec::new();
        while let Some(op) = self.operator(&["+", "-"]) {
            self.advance(true)?;
            rest.push((op, self.product()?));
        }
        Ok(chain(first, rest))
    }

    fn product(&mut self) -> Parsed<Expr> {
        let first = self.unary()?;
        let mut rest = Vec::new();
        while let Some(op) = self.operator(&["*", "/", "%"]) {
            self.advance(true)?;
            rest.push((op, self.unary()?));
        }
        Ok(chain(first, rest))
    }

    fn unary(&mut self) -> Parsed<Expr> {
        for (text, op) in [("!", UnaryOp::Not), ("-", UnaryOp::Minus), ("+", UnaryOp::Plus)] {
            if self.eat(text)? {
                self.deeper()?;
                let inner = self.unary()?;
                self.depth -= 1;
                return Ok(Expr::Unary(op, Box::new(inner)));
            }
        }
        self.power()
    }

    fn power(&mut self) -> Parsed<Expr> {
        let base = self.postfix()?;
        if self.is("^") || self.is("**") {
            self.advance(true)?;
            self.deeper()?;
            let exponent = self.unary()?;
            self.depth -= 1;
            return Ok(chain(base, vec![(BinaryOp::Pow, exponent)]));
        }
        Ok(base)
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let inner = self.primary()?;
        if matches!(inner, Expr::Var(_) | Expr::Field(_) | Expr::Index(..)) {
            for (op, by) in [("++", 1.0), ("--", -1.0)] {
                if self.is(op) {
                    self.advance(false)?;
                    return Ok(Expr::Step(Box::new(inner), by, true));
                }
            }
        }
        Ok(inner)
    }

    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        self.deeper()?;
        let expr = self.primary_here()?;
        self.depth -= 1;
        Ok(expr)
    }

    fn primary_here(&mut self) -> Parsed<Expr> {
        match self.token.clone() {
            Token::Number(n) => {
                self.advance(false)?;
                Ok(Expr::Number(n))
            }
            Token::Text(text) => {
                self.advance(false)?;
                Ok(Expr::Text(text))
            }
            Token::Regex(source) => {
                self.advance(false)?;
                Regex::new(&source, true, false)
                    .map(|r| Expr::Regex(Rc::new(r)))
                    .map_err(|why| format!("bad regex '{source}': {why}"))
            }
            Token::Op("$") => {
                self.advance(false)?;
                for (op, by) in [("++", 1.0), ("--", -1.0)] {
                    if self.eat(op)? {
                        let inner = self.primary()?;
                        return Ok(Expr::Field(Box::new(Expr::Step(Box::new(inner), by, false))));
                    }
                }
                let negative = self.eat("-")?;
                let inner = self.primary()?;
                let inner = if negative { Expr::Unary(UnaryOp::Minus, Box::new(inner)) } else { inner };
                Ok(Expr::Field(Box::new(inner)))
            }
            Token::Op(op @ ("++" | "--")) => {
                self.advance(false)?;
                let inner = self.primary()?;
                Ok(Expr::Step(Box::new(inner), if op == "++" { 1.0 } else { -1.0 }, false))
            }
            Token::Op("(") => {
                self.advance(true)?;
                let (greater, inside) = (std::mem::take(&mut self.no_greater), std::mem::take(&mut self.no_in));
                let mut list = self.list()?;
                (self.no_greater, self.no_in) = (greater, inside);
                self.expect(")")?;
                // `(i, j) in a` and `print (a, b)`: a list, marked by an empty array name.
                let inner = if list.len() == 1 { list.remove(0) } else { Expr::In(list, String::new()) };
                Ok(Expr::Group(Box::new(inner)))
            }
            Token::Func(name) => {
                self.advance(false)?;
                self.expect("(")?;
                let (greater, inside) = (std::mem::take(&mut self.no_greater), std::mem::take(&mut self.no_in));
                self.newlines()?;
                let args = if self.is(")") { Vec::new() } else { self.list()? };
                (self.no_greater, self.no_in) = (greater, inside);
                self.newlines()?;
                self.expect(")")?;
                Ok(Expr::Call(name, args))
            }
            Token::Name(name) if name == "getline" => {
                self.advance(false)?;
                let target = self.getline_target()?;
                let source = match self.eat("<")? {
                    true => Some((Source::File, Box::new(self.primary()?))),
                    false => None,
                };
                Ok(Expr::Getline(target, source))
            }
            Token::Name(name) => {
                self.advance(false)?;
                if name == "length" {
                    return Ok(Expr::Call(name, Vec::new()));
                }
                if self.is("[") {
                    return Ok(Expr::Index(name, self.subscript()?));
                }
                Ok(Expr::Var(name))
            }
            _ => self.unexpected(),
        }
    }
}

/// An operand and those that operators of one level join to it.
fn chain(first: Expr, rest: Vec<(BinaryOp, Expr)>) -> Expr {
    if rest.is_empty() { first } else { Expr::Chain(Box::new(first), rest) }
}
