//! The command line: reads files, prints, exits. What is printed is made by `podlapse::cli`.

use std::io::{BufWriter, Read, Write};
use std::process::ExitCode;

use podlapse::cli::{Output, check, run};
use podlapse::yaml::decode_bytes;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let out = match args.next().as_deref() {
        Some("run") => run_run(args),
        Some("check") => run_check(args),
        _ => Output::misuse(format!("usage: {}\n       {}", run::USAGE, check::USAGE)),
    };
    // A reader that closed the pipe is no error of ours.
    let mut stdout = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let _ = write!(stdout, "{}", out.stdout).and_then(|()| stdout.flush());
    let _ = std::io::stderr().write_all(out.stderr.as_bytes());
    ExitCode::from(out.code)
}

fn run_run(args: impl Iterator<Item = String>) -> Output {
    let options = match run::Options::parse(args) {
        Ok(options) => options,
        Err(message) => return Output::misuse(message),
    };
    let scenario = options.scenario.as_ref().map(|path| read(path).map_err(|error| (path, error)));
    match (read(&options.file), scenario.transpose()) {
        (Ok(pod), Ok(scenario)) => run::run(&pod, scenario.as_deref().unwrap_or_default(), &options),
        (Err(error), _) => Output::misuse(format!("{}: {error}", options.file)),
        (_, Err((path, error))) => Output::misuse(format!("{path}: {error}")),
    }
}

fn run_check(args: impl Iterator<Item = String>) -> Output {
    let options = match check::Options::parse(args) {
        Ok(options) => options,
        Err(message) => return Output::misuse(message),
    };
    match read(&options.file) {
        Ok(text) => check::check(&text, &options),
        Err(error) => Output::misuse(format!("{}: {error}", options.file)),
    }
}

/// A file's text; `-` is standard input.
fn read(path: &str) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    match path {
        "-" => std::io::stdin().read_to_end(&mut bytes)?,
        _ => std::fs::File::open(path)?.read_to_end(&mut bytes)?,
    };
    Ok(decode_bytes(&bytes))
}
