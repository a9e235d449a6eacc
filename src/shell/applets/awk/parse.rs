//! awk programs to syntax trees.

use super::ast::{Expr, Function, Pattern, Program, Sink, Stmt};
use super::lex::Token;

/// Nesting deeper than this is refused.
const MAX_DEPTH: usize = 60;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) token: Token,
    pub(super) program: Program,
    pub(super) depth: usize,
    /// Above zero where `>` redirects and `in` belongs to `for`.
    pub(super) no_greater: usize,
    pub(super) no_in: usize,
}

pub(super) type Parsed<T> = Result<T, String>;

pub fn parse(text: &str) -> Parsed<Program> {
    let mut parser =
        Parser { text, at: 0, token: Token::Newline, program: Program::default(), depth: 0, no_greater: 0, no_in: 0 };
    parser.advance(true)?;
    parser.program()?;
    Ok(parser.program)
}

impl Parser<'_> {
    pub(super) fn is(&self, op: &str) -> bool {
        matches!(&self.token, Token::Op(o) if *o == op)
    }

    pub(super) fn eat(&mut self, op: &str) -> Parsed<bool> {
        let found = self.is(op);
        if found {
            // After a closing bracket a slash divides.
            self.advance(!matches!(op, ")" | "]"))?;
        }
        Ok(found)
    }

    pub(super) fn expect(&mut self, op: &str) -> Parsed<()> {
        if self.eat(op)? { Ok(()) } else { self.unexpected() }
    }

    pub(super) fn unexpected<T>(&self) -> Parsed<T> {
        Err("Unexpected token".into())
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.token, Token::Name(n) | Token::Func(n) if n == word)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> Parsed<bool> {
        let found = self.is_word(word);
        if found {
            self.advance(true)?;
        }
        Ok(found)
    }

    pub(super) fn newlines(&mut self) -> Parsed<()> {
        while self.token == Token::Newline {
            self.advance(true)?;
        }
        Ok(())
    }

    fn terminators(&mut self) -> Parsed<()> {
        while self.token == Token::Newline || self.is(";") {
            self.advance(true)?;
        }
        Ok(())
    }

    pub(super) fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err("Too deep recursion".into()) } else { Ok(()) }
    }

    fn program(&mut self) -> Parsed<()> {
        loop {
            self.terminators()?;
            if self.token == Token::End {
                return Ok(());
            }
            if self.is_word("function") || self.is_word("func") {
                self.function()?;
                continue;
            }
            let pattern = if self.eat_word("BEGIN")? {
                Pattern::Begin
            } else if self.eat_word("END")? {
                Pattern::End
            } else if self.is("{") {
                Pattern::Always
            } else {
                let first = self.expr()?;
                if self.eat(",")? {
                    self.newlines()?;
                    let second = self.expr()?;
                    self.program.ranges += 1;
                    Pattern::Range(first, second, self.program.ranges - 1)
                } else {
                    Pattern::When(first)
                }
            };
            let action = if self.is("{") { Some(self.block()?) } else { None };
            self.program.rules.push((pattern, action));
        }
    }

    fn function(&mut self) -> Parsed<()> {
        self.advance(false)?;
        let name = match &self.token {
            Token::Name(n) | Token::Func(n) => n.clone(),
            _ => return self.unexpected(),
        };
        self.advance(false)?;
        self.expect("(")?;
        let mut params = Vec::new();
        while let Token::Name(param) = &self.token {
            params.push(param.clone());
            self.advance(false)?;
            if !self.eat(",")? {
                break;
            }
            self.newlines()?;
        }
        self.expect(")")?;
        self.newlines()?;
        let body = self.block()?;
        self.program.functions.push(Function { name, params, body });
        Ok(())
    }

    fn block(&mut self) -> Parsed<Stmt> {
        self.expect("{")?;
        self.deeper()?;
        let mut body = Vec::new();
        loop {
            self.terminators()?;
            if self.is("}") {
                self.advance(true)?;
                self.depth -= 1;
                return Ok(Stmt::Block(body));
            }
            if self.token == Token::End {
                return self.unexpected();
            }
            body.push(self.statement()?);
        }
    }

    fn end_of_statement(&mut self) -> Parsed<()> {
        match self.token {
            Token::Newline | Token::End => Ok(()),
            _ if self.is(";") || self.is("}") => Ok(()),
            _ => self.unexpected(),
        }
    }

    fn body(&mut self) -> Parsed<Box<Stmt>> {
        self.newlines()?;
        if self.eat(";")? {
            return Ok(Box::new(Stmt::Block(Vec::new())));
        }
        Ok(Box::new(self.statement()?))
    }

    fn statement(&mut self) -> Parsed<Stmt> {
        self.deeper()?;
        let statement = self.statement_here()?;
        self.depth -= 1;
        Ok(statement)
    }

    fn statement_here(&mut self) -> Parsed<Stmt> {
        if self.is("{") {
            return self.block();
        }
        if self.eat_word("if")? {
            self.expect("(")?;
            let test = self.expr()?;
            self.close()?;
            let then = self.body()?;
            let (at, token) = (self.at, self.token.clone());
            self.terminators()?;
            if self.eat_word("else")? {
                return Ok(Stmt::If(test, then, Some(self.body()?)));
            }
            (self.at, self.token) = (at, token);
            return Ok(Stmt::If(test, then, None));
        }
        if self.eat_word("while")? {
            self.expect("(")?;
            let test = self.expr()?;
            self.close()?;
            return Ok(Stmt::While(test, self.body()?));
        }
        if self.eat_word("do")? {
            let body = self.body()?;
            self.terminators()?;
            if !self.eat_word("while")? {
                return self.unexpected();
            }
            self.expect("(")?;
            let test = self.expr()?;
            self.close()?;
            return Ok(Stmt::Do(body, test));
        }
        if self.eat_word("for")? {
            return self.for_statement();
        }
        let statement = self.simple()?;
        self.end_of_statement()?;
        Ok(statement)
    }

    /// A closing parenthesis after which a statement begins.
    fn close(&mut self) -> Parsed<()> {
        if !self.is(")") {
            return self.unexpected();
        }
        self.advance(true)
    }

    fn for_statement(&mut self) -> Parsed<Stmt> {
        self.expect("(")?;
        if let Token::Name(name) = self.token.clone() {
            let at = self.at;
            self.advance(false)?;
            if self.eat_word("in")?
                && let Token::Name(array) = self.token.clone()
            {
                self.advance(false)?;
                if self.is(")") {
                    self.close()?;
                    return Ok(Stmt::ForIn(name, array, self.body()?));
                }
            }
            self.at = at;
            self.token = Token::Name(name);
        }
        let init = if self.is(";") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(";")?;
        self.newlines()?;
        let test = if self.is(";") { None } else { Some(self.expr()?) };
        self.expect(";")?;
        self.newlines()?;
        let step = if self.is(")") { None } else { Some(Box::new(self.simple()?)) };
        self.close()?;
        Ok(Stmt::For(init, test, step, self.body()?))
    }

    fn optional(&mut self) -> Parsed<Option<Expr>> {
        if self.end_of_statement().is_ok() { Ok(None) } else { self.expr().map(Some) }
    }

    fn simple(&mut self) -> Parsed<Stmt> {
        let word = match &self.token {
            Token::Name(n) | Token::Func(n) => n.clone(),
            _ => return Ok(Stmt::Expr(self.expr()?)),
        };
        match word.as_str() {
            "print" | "printf" => self.print(word == "printf"),
            "next" | "nextfile" => {
                self.advance(true)?;
                Ok(Stmt::Next)
            }
            "break" => {
                self.advance(true)?;
                Ok(Stmt::Break)
            }
            "continue" => {
                self.advance(true)?;
                Ok(Stmt::Continue)
            }
            "exit" => {
                self.advance(true)?;
                Ok(Stmt::Exit(self.optional()?))
            }
            "return" => {
                self.advance(true)?;
                Ok(Stmt::Return(self.optional()?))
            }
            "delete" => {
                self.advance(true)?;
                let Token::Name(name) = self.token.clone() else { return self.unexpected() };
                self.advance(false)?;
                let index = if self.is("[") { Some(self.subscript()?) } else { None };
                Ok(Stmt::Delete(name, index))
            }
            _ => Ok(Stmt::Expr(self.expr()?)),
        }
    }

    fn print(&mut self, formatted: bool) -> Parsed<Stmt> {
        self.advance(true)?;
        self.no_greater += 1;
        let mut args = Vec::new();
        if self.end_of_statement().is_err() && !self.is(">") && !self.is(">>") && !self.is("|") {
            args = self.list()?;
            // `print (a, b)`: the parentheses enclose the list.
            if args.len() == 1 && matches!(args[0], Expr::Group(_)) && self.is(",") {
                self.advance(true)?;
                args.extend(self.list()?);
            }
        }
        self.no_greater -= 1;
        if let [Expr::Group(inner)] = args.as_slice()
            && matches!(**inner, Expr::In(_, ref name) if name.is_empty())
            && let Some(Expr::Group(inner)) = args.pop()
            && let Expr::In(list, _) = *inner
        {
            args = list;
        }
        let sink = match &self.token {
            Token::Op(">") => Some(Sink::File),
            Token::Op(">>") => Some(Sink::Append),
            Token::Op("|") => Some(Sink::Command),
            _ => None,
        };
        let target = match sink {
            None => None,
            Some(sink) => {
                self.advance(true)?;
                self.no_greater += 1;
                let name = self.concat()?;
                self.no_greater -= 1;
                Some((sink, name))
            }
        };
        Ok(Stmt::Print { args, formatted, target })
    }
}
