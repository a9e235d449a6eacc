//! The command line, without its input and output: each command turns text into what is printed and an exit code.
//!
//! The binary reads files, prints and exits; nothing here does.

mod args;
pub mod check;
pub mod run;

/// What a command prints, and its exit code: 0, 1 for a refused manifest, 2 for misuse.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub code: u8,
}

impl Output {
    /// The command was called wrongly.
    pub fn misuse(message: impl std::fmt::Display) -> Output {
        Output { stderr: format!("podlapse: {message}\n"), code: 2, ..Output::default() }
    }
}
