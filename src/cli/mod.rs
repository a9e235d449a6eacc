//! The command line, without its input and output: each command turns text into what is printed and an exit code.
//!
//! The binary reads files, prints and exits; nothing here does.

mod args;
pub mod check;
pub mod run;

use std::fmt;
use std::rc::Rc;

use crate::trace::Trace;
use crate::view::json;

/// What a command prints, and its exit code: 0, 1 for a refused manifest, 2 for misuse.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    pub stdout: Stdout,
    pub stderr: String,
    pub code: u8,
}

/// What goes to standard output.
#[derive(Clone, Debug, PartialEq)]
pub enum Stdout {
    Text(String),
    /// A trace as JSON, which may be too long to be made before it is written.
    Json(Rc<Trace>),
}

impl Default for Stdout {
    fn default() -> Stdout {
        Stdout::Text(String::new())
    }
}

impl From<String> for Stdout {
    fn from(text: String) -> Stdout {
        Stdout::Text(text)
    }
}

impl fmt::Display for Stdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stdout::Text(text) => f.write_str(text),
            Stdout::Json(trace) => writeln!(f, "{}", json::trace(trace)),
        }
    }
}

impl Output {
    /// The command was called wrongly.
    pub fn misuse(message: impl std::fmt::Display) -> Output {
        Output { stderr: format!("podlapse: {message}\n"), code: 2, ..Output::default() }
    }
}
