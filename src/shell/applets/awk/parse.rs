//! awk programs to syntax trees.

use super::lex::Token;
use crate::shell::regex::Regex;
use std::rc::Rc;

#[derive(Debug)]
pub enum Expr {
    Number(f64),
    Text(String),
    Regex(Rc<Regex>),
    Var(String),
    Field(Box<Expr>),
    Index(String, Vec<Expr>),
    Assign(Box<Expr>, String, Box<Expr>),
    /// `++x` and its kind: the change, and whether the old value counts.
    Step(Box<Expr>, f64, bool),
    Binary(String, Box<Expr>, Box<Expr>),
    Unary(char, Box<Expr>),
    Match(Box<Expr>, Box<Expr>, bool),
    In(Vec<Expr>, String),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    Call(String, Vec<Expr>),
    Getline(Option<Box<Expr>>),
    /// `getline [target] < file`
    GetlineFrom(Option<Box<Expr>>, Box<Expr>),
    Group(Box<Expr>),
}

#[derive(Debug)]
pub enum Stmt {
    Expr(Expr),
    Print { args: Vec<Expr>, formatted: bool, target: Option<(Expr, bool)> },
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    While(Expr, Box<Stmt>),
    Do(Box<Stmt>, Expr),
    For(Option<Box<Stmt>>, Option<Expr>, Option<Box<Stmt>>, Box<Stmt>),
    ForIn(String, String, Box<Stmt>),
    Block(Vec<Stmt>),
    Next,
    Break,
    Continue,
    Exit(Option<Expr>),
    Return(Option<Expr>),
    Delete(String, Option<Vec<Expr>>),
}

#[derive(Debug)]
pub enum Pattern {
    Begin,
    End,
    Always,
    When(Expr),
    /// From one to another; the number names its state.
    Range(Expr, Expr, usize),
}

#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub params: Vec<String>,
    pub body: Stmt,
}

#[derive(Debug, Default)]
pub struct Program {
    /// A rule without an action prints the record.
    pub rules: Vec<(Pattern, Option<Stmt>)>,
    pub functions: Vec<Function>,
    pub ranges: usize,
    pub uses_getline: bool,
}

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
    fn is(&self, op: &str) -> bool {
        matches!(&self.token, Token::Op(o) if *o == op)
    }

    fn eat(&mut self, op: &str) -> Parsed<bool> {
        let found = self.is(op);
        if found {
            // After a closing bracket a slash divides.
            self.advance(!matches!(op, ")" | "]"))?;
        }
        Ok(found)
    }

    fn expect(&mut self, op: &str) -> Parsed<()> {
        if self.eat(op)? { Ok(()) } else { self.unexpected() }
    }

    pub(super) fn unexpected<T>(&self) -> Parsed<T> {
        Err(if self.token == Token::End { "Unexpected end of string".into() } else { "Unexpected token".into() })
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.token, Token::Name(n) | Token::Func(n) if n == word)
    }

    fn eat_word(&mut self, word: &str) -> Parsed<bool> {
        let found = self.is_word(word);
        if found {
            self.advance(true)?;
        }
        Ok(found)
    }

    fn newlines(&mut self) -> Parsed<()> {
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

    fn deeper(&mut self) -> Parsed<()> {
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
        let target = match (self.is(">"), self.is(">>")) {
            (false, false) => None,
            (_, append) => {
                self.advance(true)?;
                self.no_greater += 1;
                let path = self.concat()?;
                self.no_greater -= 1;
                Some((path, append))
            }
        };
        if self.is("|") {
            return Err("pipes are not modelled".into());
        }
        Ok(Stmt::Print { args, formatted, target })
    }

    fn list(&mut self) -> Parsed<Vec<Expr>> {
        let mut out = vec![self.expr()?];
        while self.eat(",")? {
            self.newlines()?;
            out.push(self.expr()?);
        }
        Ok(out)
    }

    fn subscript(&mut self) -> Parsed<Vec<Expr>> {
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

    fn ternary(&mut self) -> Parsed<Expr> {
        let test = self.or()?;
        if let Token::Op(op @ ("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "^=" | "**=")) = self.token
            && matches!(test, Expr::Var(_) | Expr::Field(_) | Expr::Index(..))
        {
            self.advance(true)?;
            self.newlines()?;
            let value = self.expr()?;
            let op = if op == "**=" { "^=" } else { op };
            return Ok(Expr::Assign(Box::new(test), op.trim_end_matches('=').to_string(), Box::new(value)));
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
        let mut left = self.and()?;
        while self.eat("||")? {
            self.newlines()?;
            left = Expr::Binary("||".into(), Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut left = self.membership()?;
        while self.eat("&&")? {
            self.newlines()?;
            left = Expr::Binary("&&".into(), Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Parsed<Expr> {
        let mut left = self.matching()?;
        while self.no_in == 0 && self.is_word("in") {
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
        Ok(left)
    }

    fn matching(&mut self) -> Parsed<Expr> {
        let mut left = self.comparison()?;
        while self.is("~") || self.is("!~") {
            let negated = self.is("!~");
            self.advance(true)?;
            left = Expr::Match(Box::new(left), Box::new(self.comparison()?), negated);
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.concat()?;
        match self.token {
            Token::Op(op @ ("<" | "<=" | "==" | "!=" | ">=")) => {
                self.advance(true)?;
                Ok(Expr::Binary(op.into(), Box::new(left), Box::new(self.concat()?)))
            }
            Token::Op(">") if self.no_greater == 0 => {
                self.advance(true)?;
                Ok(Expr::Binary(">".into(), Box::new(left), Box::new(self.concat()?)))
            }
            _ => Ok(left),
        }
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

    fn concat(&mut self) -> Parsed<Expr> {
        let mut left = self.sum()?;
        while self.starts_operand() && !self.is("+") && !self.is("-") {
            left = Expr::Binary(" ".into(), Box::new(left), Box::new(self.sum()?));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.product()?;
        while let Token::Op(op @ ("+" | "-")) = self.token {
            self.advance(true)?;
            left = Expr::Binary(op.into(), Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.unary()?;
        while let Token::Op(op @ ("*" | "/" | "%")) = self.token {
            self.advance(true)?;
            left = Expr::Binary(op.into(), Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        for (op, sign) in [("!", '!'), ("-", '-'), ("+", '+')] {
            if self.eat(op)? {
                self.deeper()?;
                let inner = self.unary()?;
                self.depth -= 1;
                return Ok(Expr::Unary(sign, Box::new(inner)));
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
            return Ok(Expr::Binary("^".into(), Box::new(base), Box::new(exponent)));
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

    fn primary(&mut self) -> Parsed<Expr> {
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
                let inner = if negative { Expr::Unary('-', Box::new(inner)) } else { inner };
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
                let target = match self.token {
                    Token::Name(_) | Token::Op("$") => Some(Box::new(self.primary()?)),
                    _ => None,
                };
                if self.eat("<")? {
                    return Ok(Expr::GetlineFrom(target, Box::new(self.primary()?)));
                }
                if self.is("|") {
                    return Err("getline from commands is not modelled".into());
                }
                self.program.uses_getline = true;
                Ok(Expr::Getline(target))
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
