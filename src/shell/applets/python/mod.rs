//! Python as far as the one-liners of manifests go: `-c` with prints, sleeps, loops and exits, and `-m http.server`.
//!
//! What a program prints waits in its buffer until that is full or the program ends, unless it is told otherwise: a log that stays empty
//! is what a reader wonders about. A program beyond [`parse`] is one that nobody models; of none a part is run.

mod parse;

use super::services::unmodelled;
use crate::shell::eval::Pinned;
use crate::shell::fs::normalize;
use crate::shell::io::Io;
use crate::shell::kernel::Service;
use parse::{Piece, Statement, Stop};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What an interpreter takes to start, in microseconds.
const START: u64 = 20_000;
/// So many bytes wait before they are written (`io.DEFAULT_BUFFER_SIZE`).
const BUFFER: usize = 8192;

pub async fn python(io: Io) -> i32 {
    let words: Vec<&str> = io.args.iter().skip(1).map(String::as_str).collect();
    let options = words.iter().take_while(|w| w.starts_with('-') && !matches!(**w, "-c" | "-m")).count();
    let (options, rest) = words.split_at(options);
    let simple = options.iter().all(|o| matches!(*o, "-u" | "-B" | "-I" | "-S" | "-s" | "-E"));
    let unbuffered = options.contains(&"-u") || io.var("PYTHONUNBUFFERED").is_some_and(|v| !v.is_empty());
    match rest {
        ["-c", code, ..] if simple => {
            if let Some(program) = parse::program(code) {
                return run(&io, &program, unbuffered).await;
            }
        }
        ["-m", "http.server", more @ ..] if simple => {
            if let Some((port, root)) = server(&io, more) {
                return serve(&io, port, root).await;
            }
        }
        _ => {}
    }
    let name = io.name().to_string();
    unmodelled(&name, io).await
}

/// The port and the directory of `http.server`.
fn server(io: &Io, mut words: &[&str]) -> Option<(u16, String)> {
    let (mut port, mut root) = (8000, io.cwd.clone());
    loop {
        words = match words {
            [] => return Some((port, root)),
            ["-d" | "--directory", dir, more @ ..] => {
                root = normalize(&io.cwd, dir);
                more
            }
            ["-b" | "--bind", "0.0.0.0" | "::", more @ ..] => more,
            [number, more @ ..] => {
                port = number.parse().ok()?;
                more
            }
        };
    }
}

/// It has no handler of TERM: as the first process it never hears one.
async fn serve(io: &Io, port: u16, root: String) -> i32 {
    io.ctx.sleep(START).await;
    if !io.ctx.kernel.listen(io.ctx.pid, port, Service::Http { root, lists: true }) {
        io.print_error("OSError: [Errno 98] Address already in use\n").await;
        return 1;
    }
    match io.ctx.forever().await {}
}

/// A program that runs.
struct Run<'a> {
    io: &'a Io,
    unbuffered: bool,
    buffer: RefCell<Vec<u8>>,
    variables: RefCell<BTreeMap<String, String>>,
}

async fn run(io: &Io, program: &[Statement], unbuffered: bool) -> i32 {
    io.ctx.sleep(START).await;
    let run = Run { io, unbuffered, buffer: RefCell::default(), variables: RefCell::default() };
    let (code, words) = match run.block(program).await.unwrap_or(Stop::Exit(0)) {
        Stop::AtOnce(code) => return code,
        Stop::Exit(code) => (code, String::new()),
        Stop::Says(words) => (1, format!("{words}\n")),
        Stop::Raised { line, error } => {
            let trace = "Traceback (most recent call last):\n  File \"<string>\"";
            (1, format!("{trace}, line {line}, in <module>\n{error}\n"))
        }
    };
    // What waits in the buffer is written when all else is over.
    io.print_error(words).await;
    run.flush().await;
    code
}

impl Run<'_> {
    /// Runs statements until one ends the program.
    fn block<'s>(&'s self, statements: &'s [Statement]) -> Pinned<'s, Option<Stop>> {
        Box::pin(async move {
            for statement in statements {
                self.io.ctx.step().await;
                if let Some(stop) = self.statement(statement).await {
                    return Some(stop);
                }
            }
            None
        })
    }

    async fn statement(&self, statement: &Statement) -> Option<Stop> {
        match statement {
            Statement::Nothing => {}
            Statement::Stop(stop) => return Some(stop.clone()),
            Statement::Sleep(micros) => self.io.ctx.sleep(*micros).await,
            Statement::Set(name, value) => {
                self.variables.borrow_mut().insert(name.clone(), value.clone());
            }
            Statement::Print { pieces, end, flush, error } => {
                let text = self.text(pieces) + end;
                match error {
                    true => self.io.print_error(text).await,
                    false => self.print(text.as_bytes(), *flush).await,
                }
            }
            Statement::Loop { variable, times, body } => {
                for turn in 0..times.unwrap_or(u64::MAX) {
                    if let Some(variable) = variable {
                        self.variables.borrow_mut().insert(variable.clone(), turn.to_string());
                    }
                    if let Some(stop) = self.block(body).await {
                        return Some(stop);
                    }
                }
            }
        }
        None
    }

    fn text(&self, pieces: &[Piece]) -> String {
        let variables = self.variables.borrow();
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(name) => variables.get(name).cloned().unwrap_or_default(),
        };
        pieces.iter().map(piece).collect()
    }

    async fn print(&self, bytes: &[u8], flush: bool) {
        self.buffer.borrow_mut().extend_from_slice(bytes);
        if flush || self.unbuffered || self.buffer.borrow().len() > BUFFER {
            self.flush().await;
        }
    }

    async fn flush(&self) {
        let waiting = self.buffer.take();
        self.io.print(waiting).await;
    }
}
