//! `awk`: the common language, in three parts: [`parse`] reads a program, [`run`] executes it, and this reads the records.

mod ast;
mod eval;
mod expressions;
mod functions;
mod further;
mod lex;
mod parse;
mod run;
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
    let done = read_records(&io, &mut interpreter, &opts.rest).await;
    let code = match done {
        Ok(code) => code,
        Err(Done::Exit(code)) => code,
        Err(Done::Error(why)) => {
            flush(&io, &mut interpreter).await;
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
    flush(&io, &mut interpreter).await;
    code
}

/// The exit code of a program that went wrong.
fn failure(io: &Io) -> i32 {
    if io.ctx.kernel.image.is_busybox() { 1 } else { 2 }
}

/// BEGIN, the records, END.
async fn read_records(io: &Io, interpreter: &mut Interpreter, args: &[String]) -> Result<i32, Done> {
    if interpreter.wants_all_input() {
        // `getline` reads ahead: everything is read beforehand.
        for path in if args.is_empty() { vec!["-".to_string()] } else { args.to_vec() } {
            if let Ok(bytes) = io.read_all(&path).await {
                interpreter.queue_input(&String::from_utf8_lossy(&bytes));
            }
        }
    }
    let mut exit = None;
    match interpreter.begin() {
        Err(Done::Exit(code)) => exit = Some(code),
        other => other?,
    }
    flush(io, interpreter).await;
    if exit.is_none() && interpreter.has_records() {
        // BEGIN may have changed them.
        let args = interpreter.arguments();
        match records(io, interpreter, &args).await {
            Err(Done::Exit(code)) => exit = Some(code),
            other => {
                other?;
            }
        }
    }
    match interpreter.end() {
        Err(Done::Exit(code)) => Ok(code),
        Err(other) => Err(other),
        Ok(()) => Ok(exit.unwrap_or(0)),
    }
}

async fn records(io: &Io, interpreter: &mut Interpreter, args: &[String]) -> Result<(), Done> {
    if interpreter.wants_all_input() {
        while let Some(record) = interpreter.next_queued() {
            interpreter.record(&record)?;
            flush(io, interpreter).await;
            io.ctx.step().await;
        }
        return Ok(());
    }
    let mut read_any = false;
    for path in args {
        if let Some((name, value)) = path.split_once('=').filter(|(n, _)| crate::shell::parse::is_name(n)) {
            interpreter.assign(name, value);
            continue;
        }
        read_any = true;
        file(io, interpreter, path).await?;
    }
    if !read_any {
        file(io, interpreter, "-").await?;
    }
    Ok(())
}

async fn file(io: &Io, interpreter: &mut Interpreter, path: &str) -> Result<(), Done> {
    let mut input = match io.input(path) {
        Ok(input) => input,
        Err(errno) => {
            io.complain(&format!("{path}: {}", errno.text())).await;
            return Err(Done::Exit(failure(io)));
        }
    };
    interpreter.start_file(path);
    if interpreter.by_lines() {
        while let Ok(Some(line)) = input.text_line().await {
            interpreter.record(&line)?;
            flush(io, interpreter).await;
            io.ctx.step().await;
        }
        return Ok(());
    }
    let text = String::from_utf8_lossy(&input.rest().await.unwrap_or_default()).into_owned();
    for record in interpreter.split_records(&text) {
        interpreter.record(&record)?;
        flush(io, interpreter).await;
        io.ctx.step().await;
    }
    Ok(())
}

/// Pays for what the program has done so far, and writes what it has printed.
async fn flush(io: &Io, interpreter: &mut Interpreter) {
    io.ctx.match_work(interpreter.take_work()).await;
    for (target, text) in interpreter.take_output() {
        match target {
            None => {
                io.print(text).await;
            }
            Some((path, append)) => match path.as_str() {
                "/dev/stderr" => io.print_error(text).await,
                "/dev/stdout" | "-" => {
                    io.print(text).await;
                }
                _ if append => {
                    if let Ok(fd) = io.open(&path, crate::shell::io::Access::Append) {
                        let _ = crate::shell::io::write(&io.ctx, &fd, text.as_bytes()).await;
                    }
                }
                _ => {
                    let _ = io.write_file(&path, text.as_bytes()).await;
                }
            },
        }
    }
}
