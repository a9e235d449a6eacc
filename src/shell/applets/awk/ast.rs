//! What an awk program is made of.

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
    /// Operators that bind equally, from left to right: however many there are, they are one level.
    Chain(Box<Expr>, Vec<(&'static str, Expr)>),
    Unary(char, Box<Expr>),
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
