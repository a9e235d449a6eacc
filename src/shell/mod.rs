//! Container commands in virtual time: a POSIX `sh`, the programs of busybox, files, signals and a world around them.
//!
//! The engine builds a [`Machine`] for each attempt of a container, starts its command, lets it run up to a moment and asks what came of it.
//! Scripts run as busybox runs them, word for word in their messages. Everything outside is asked of a [`Host`].
//!
//! Invariants: no clock, no threads, no I/O, no unseeded randomness; a run depends on its [`Config`] and on the answers of the host
//! alone. Nothing panics, hangs or overflows the stack on any script: steps, output, file sizes and nesting are bounded, and reaching a
//! bound is told to the host. What is not modelled is assumed, and each assumption is told to the host.
//!
//! In reading order: [`ast`] and `lexer`, `parse` (text to syntax); `kernel`, `pipe`, `inode`, `volume`, `fs`, `io` (processes and files); `state`,
//! `expand`, `eval`, `children`, `substitution`, `idle`, `command`, `xtrace`, `quote`, `builtins` (the shell); `program`, `applets`, `net`, `image`, `skeleton` (what it starts); `machine`, `replay`.

mod applets;
mod arith;
pub mod ast;
mod brace;
mod builtins;
mod calendar;
mod children;
mod command;
mod eval;
mod expand;
mod fs;
mod host;
mod idle;
mod image;
mod imagined;
mod inode;
mod io;
mod kernel;
mod lexer;
mod machine;
mod net;
mod output;
mod parse;
mod pattern;
mod pipe;
mod printf;
mod procfs;
mod procstat;
mod program;
mod quote;
mod read;
mod regex;
mod replay;
mod signals;
mod skeleton;
mod state;
mod substitution;
mod test_expr;
mod volume;
mod xtrace;

pub use ast::{Dialect, ParseError, Program};
pub use host::{Config, Connection, Host, Mount, ObjectView, Role, Security};
pub use image::{image_default, image_user, image_user_name, is_unknown_image, stop_signal};
pub use imagined::SUPPOSED;
pub use machine::{Door, ExecExit, ExecId, Exit, HttpAnswer, Machine, StartError};
pub use output::{OutputLine, Stream};
pub use parse::{MAX_SCRIPT, parse};
pub use procfs::setting_path;
pub use replay::{Recording, Replay};
pub use volume::Volume;
