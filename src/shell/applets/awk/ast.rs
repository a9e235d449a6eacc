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
    /// `x = 1`, `x += 1`.
    Assign(Box<Expr>, Option<BinaryOp>, Box<Expr>),
    /// `++x` and its kind: the change, and whether the old value counts.
    Step(Box<Expr>, f64, bool),
    /// Operators that bind equally, from left to right: however many there are, they are one level.
    Chain(Box<Expr>, Vec<(BinaryOp, Expr)>),
    Unary(UnaryOp, Box<Expr>),
    In(Vec<Expr>, String),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    Call(String, Vec<Expr>),
    /// `getline [target]`, from the input, or `getline [target] < file`, or `command | getline [target]`.
    Getline(Option<Box<Expr>>, Option<(Source, Box<Expr>)>),
    Group(Box<Expr>),
}

/// What joins two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    Or,
    And,
    Match,
    NoMatch,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Pow,
}

impl BinaryOp {
    /// The operator that is written so.
    pub fn named(text: &str) -> Option<BinaryOp> {
        Some(match text {
            "~" => BinaryOp::Match,
            "!~" => BinaryOp::NoMatch,
            "<" => BinaryOp::Less,
            "<=" => BinaryOp::LessOrEqual,
            "==" => BinaryOp::Equal,
            "!=" => BinaryOp::NotEqual,
            ">" => BinaryOp::Greater,
            ">=" => BinaryOp::GreaterOrEqual,
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            "%" => BinaryOp::Remainder,
            "^" | "**" => BinaryOp::Pow,
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Not,
    Minus,
    Plus,
}

/// Where `getline` reads from beside the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    File,
    Command,
}

/// What a `print` writes to beside standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// `> file`: emptied when it is first written to.
    File,
    /// `>> file`
    Append,
    /// `| command`
    Command,
}

#[derive(Debug)]
pub enum Stmt {
    Expr(Expr),
    Print { args: Vec<Expr>, formatted: bool, target: Option<(Sink, Expr)> },
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
}
