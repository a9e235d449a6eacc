//! The abstract syntax of a shell script.
//!
//! Nodes that outlive the line they were read from (function bodies, background jobs, subshells) are shared through `Rc`.
//! Spans are byte offsets into the script; nothing here knows about YAML.

use crate::span::Span;
use std::cell::OnceCell;
use std::rc::Rc;

/// Which shell's grammar a script is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// POSIX sh with the extensions of busybox ash.
    Sh,
    /// The same without them, as dash.
    Dash,
    /// The common part of bash: arrays, `[[ ]]`, `(( ))`, brace expansion, here-strings.
    Bash,
}

/// A script, line by line as a shell reads it: an error on the third line does not stop the first two from running.
#[derive(Debug, Default)]
pub struct Program {
    pub lines: Vec<Rc<Command>>,
    pub error: Option<ParseError>,
}

/// Why a script cannot be read, in the words of busybox, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct ParseError {
    pub span: Span,
    /// `unexpected "done"`: what the shell prints after `sh: syntax error: `.
    pub message: String,
    /// The line it was found on, from 0.
    pub line: u32,
    /// The text of that line, where bash shows it.
    pub shown: Option<String>,
}

#[derive(Debug)]
pub enum Command {
    Simple(Simple),
    Pipeline {
        negated: bool,
        commands: Vec<Rc<Command>>,
    },
    AndOr {
        first: Rc<Command>,
        rest: Vec<(Joint, Rc<Command>)>,
    },
    Sequence(Vec<Rc<Command>>),
    /// `time [-p] pipeline`, bash only.
    Timed {
        command: Option<Rc<Command>>,
        posix: bool,
    },
    Background(Rc<Command>),
    Subshell(Rc<Command>),
    Group(Rc<Command>),
    Redirected(Rc<Command>, Vec<Redirect>),
    If {
        test: Rc<Command>,
        then: Rc<Command>,
        otherwise: Option<Rc<Command>>,
    },
    While {
        until: bool,
        test: Rc<Command>,
        body: Rc<Command>,
    },
    /// `shown`: what bash's `set -x` shows of it, as it is written.
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: Rc<Command>,
        shown: String,
    },
    ForArith {
        init: Vec<Part>,
        test: Vec<Part>,
        step: Vec<Part>,
        body: Rc<Command>,
        shown: [String; 3],
    },
    Case {
        word: Word,
        arms: Vec<Arm>,
        shown: String,
    },
    Function {
        name: String,
        body: Rc<Command>,
    },
    Arith(Vec<Part>, String),
    Test(Condition),
}

/// What stands between two commands of which the second may not be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    And,
    Or,
}

/// One branch of a `case`.
#[derive(Debug)]
pub struct Arm {
    pub patterns: Vec<Word>,
    pub body: Option<Rc<Command>>,
    pub then: AfterArm,
}

/// What follows on a branch that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterArm {
    /// `;;`
    Leave,
    /// `;&`, bash only: the next branch whatever its patterns.
    Next,
    /// `;;&`, bash only: the patterns that follow are tried.
    GoOn,
}

/// The inside of bash's `[[ ]]`.
#[derive(Debug)]
pub enum Condition {
    Word(Word),
    Unary(String, Word),
    Binary(Word, String, Word),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// Assignments, words and redirections: `A=1 cmd arg >file`.
#[derive(Debug, Default)]
pub struct Simple {
    pub assigns: Vec<Assign>,
    pub words: Vec<Word>,
    pub redirects: Vec<Redirect>,
    /// `declare a=(x y)` and its kind, bash only: arrays to fill once they are declared.
    pub arrays: Vec<Assign>,
    pub span: Span,
    /// Line of the first word, from 0.
    pub line: u32,
}

#[derive(Debug)]
pub struct Assign {
    pub name: String,
    /// `a[i]=`, bash only.
    pub index: Option<Vec<Part>>,
    pub append: bool,
    pub value: AssignValue,
}

#[derive(Debug)]
pub enum AssignValue {
    Scalar(Word),
    /// `a=(x y)`, bash only.
    Array(Vec<Word>),
}

#[derive(Debug)]
pub struct Redirect {
    /// The descriptor before the operator; `None` takes the operator's own.
    pub fd: Option<u32>,
    /// `{name}>file`, bash only: the variable that gets the descriptor, which is a free one.
    pub name: Option<String>,
    pub op: RedirectOp,
    pub target: Word,
    /// Filled in when the line after the command has been read.
    pub body: Option<Rc<OnceCell<Vec<Part>>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectOp {
    Read,
    Write,
    Clobber,
    Append,
    ReadWrite,
    DupIn,
    DupOut,
    /// `&>`: both outputs.
    Both,
    /// `&>>`
    BothAppend,
    HereDoc,
    HereString,
}

#[derive(Clone, Debug, Default)]
pub struct Word {
    pub parts: Vec<Part>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Part {
    /// Unquoted text: pattern characters count.
    Text(String),
    /// Text in single quotes, or after a backslash.
    Quoted(String),
    /// Double quotes.
    Double(Vec<Part>),
    Param(Box<Param>),
    Command(Rc<Program>),
    Arith(Vec<Part>),
    /// `~` or `~user` at the start of a word.
    Tilde(String),
    /// `<(command)`, bash only.
    ProcessIn(Rc<Program>),
    /// `>(command)`, bash only.
    ProcessOut(Rc<Program>),
}

#[derive(Clone, Debug)]
pub struct Param {
    pub name: String,
    /// `a[1]`, `a[@]`, bash only.
    pub index: Option<Vec<Part>>,
    pub op: ParamOp,
}

#[derive(Clone, Debug)]
pub enum ParamOp {
    Value,
    Length,
    Default {
        colon: bool,
        word: Vec<Part>,
    },
    Assign {
        colon: bool,
        word: Vec<Part>,
    },
    Error {
        colon: bool,
        word: Vec<Part>,
    },
    Alternative {
        colon: bool,
        word: Vec<Part>,
    },
    TrimPrefix {
        longest: bool,
        pattern: Vec<Part>,
    },
    TrimSuffix {
        longest: bool,
        pattern: Vec<Part>,
    },
    Substring {
        offset: Vec<Part>,
        length: Option<Vec<Part>>,
    },
    Replace {
        all: bool,
        pattern: Vec<Part>,
        by: Vec<Part>,
    },
    /// `${x^}`, `${x^^}`, `${x,}`, `${x,,}`: bash only.
    Case {
        upper: bool,
        all: bool,
    },
    /// `${!x}` with what is done to the value, and `${!a[@]}`: bash only.
    Indirect(Box<ParamOp>),
    /// `${x@Q}` and its kind, by letter: bash only.
    Shown(char),
    /// `${x!}`: refused when it is expanded.
    Bad,
}

impl Word {
    /// The text of a word without any quoting or expansion.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(text),
            [] => Some(""),
            _ => None,
        }
    }
}
