//! `awk`: the common language, in three parts: [`parse`] reads a program, [`run`] executes it, and this reads the records.

mod ast;
mod eval;
mod expressions;
mod functions;
mod further;
mod input;
mod lex;
mod parse;
mod records;
mod run;
mod statements;
mod streams;
mod value;

use super::opts::Opts;
use super::usage;
use crate::shell::io::Io;
use run::{Done, Interpreter};

pub async fn awk(io: Io) -> i32 {
    let mut opts = Opts::leading(&io, "F:v:f:e:", &[]);
    let mut source: Vec<String> = opts.all('e').map(str::to_string).collect();
    if let Some(path) = opts.get('f') {
        match io.read_all(path).await {
            Ok(bytes) => source.push(String::from_utf8_lossy(&bytes).into_owned()),
            Err(errno) => {
                io.complain(&format!("can't open '{path}': {}", errno.text())).await;
                return 1;
            }
        }
    }
    if source.is_empty() {
        if opts.rest.is_empty() {
            return usage::show(&io).await;
        }
        source.push(opts.rest.remove(0));
    }
    let program = match parse::parse(&source.join("\n")) {
        Ok(program) => program,
        Err(why) => {
            io.print_error(format!("{}: cmd. line:1: {why}\n", io.name())).await;
            return 1;
        }
    };
    let mut interpreter = Interpreter::new(program, &io, opts.get('F'));
    interpreter.set_arguments(io.name(), &opts.rest);
    for (name, value) in opts.all('v').filter_map(|v| v.split_once('=')) {
        interpreter.assign(name, value);
    }
    let code = match run(&io, &mut interpreter).await {
        Ok(code) | Err(Done::Exit(code)) => code,
        Err(Done::Error(why)) => {
            interpreter.flush().await;
            io.print_error(format!("{}: cmd. line:1: {why}\n", io.name())).await;
            failure(&io)
        }
        Err(Done::TooLong) => {
            io.ctx.kernel.bound("awk step limit reached: the program is taken as busy for ever");
            io.ctx.forever().await;
            1
        }
        Err(_) => 0,
    };
    interpreter.close_all().await;
    code
}

/// The exit code of a program that went wrong.
fn failure(io: &Io) -> i32 {
    if io.ctx.kernel.image.is_busybox() { 1 } else { 2 }
}

/// BEGIN, the records, END.
async fn run(io: &Io, interpreter: &mut Interpreter<'_>) -> Result<i32, Done> {
    let mut exit = None;
    match interpreter.begin().await {
        Err(Done::Exit(code)) => exit = Some(code),
        other => other?,
    }
    interpreter.flush().await;
    if exit.is_none() && interpreter.has_records() {
        match records(io, interpreter).await {
            Err(Done::Exit(code)) => exit = Some(code),
            other => other?,
        }
    }
    match interpreter.end().await {
        Err(Done::Exit(code)) => Ok(code),
        Err(other) => Err(other),
        Ok(()) => Ok(exit.unwrap_or(0)),
    }
}

async fn records(io: &Io, interpreter: &mut Interpreter<'_>) -> Result<(), Done> {
    while let Some(record) = interpreter.next_record().await? {
        interpreter.record(&record).await?;
        interpreter.flush().await;
        io.ctx.step().await;
    }
    Ok(())
}
