//! Runs recorded scripts through the shell: exit code, both outputs and the run time against what busybox did.
//!
//! The cases are `tests/data/shell/*.jsonl`, one a line: script, exit, stdout, stderr, seconds.

use podlapse::shell::{Config, Connection, Host, Machine, Mount, ObjectView, Stream, Volume};
use podlapse::time::Millis;
use std::rc::Rc;

struct Nowhere;

impl Host for Nowhere {
    fn resolve(&self, _: Millis, _: &str) -> Option<String> {
        None
    }
    fn connect(&self, _: Millis, _: &str, _: u16) -> Connection {
        Connection::NoSuchHost
    }
    fn object(&self, _: Millis, _: &str, _: &str) -> Option<ObjectView> {
        None
    }
    fn local_port(&self, _: Millis, _: u16) -> bool {
        false
    }
    fn assume(&self, _: &str, _: &str) {}
    fn bound(&self, _: Millis, _: &str) {}
}

#[derive(serde::Deserialize)]
struct Case {
    script: String,
    exit: i32,
    stdout: String,
    stderr: String,
    seconds: f64,
}

/// What is different from the recording.
fn differences(case: &Case) -> Vec<String> {
    let mut config = Config::new("busybox:1.35");
    config.mounts.push(Mount { path: "/data".into(), volume: Volume::empty(), sub_path: None, read_only: false });
    let mut machine = Machine::new(config, Rc::new(Nowhere));
    let argv = ["sh", "-c", &case.script].map(String::from);
    if let Err(error) = machine.start(Millis(1000), &argv) {
        return vec![error.message()];
    }
    machine.run(Millis::secs(120));
    let output = machine.take_output();
    let mut bad = Vec::new();
    for (stream, real) in [(Stream::Stdout, &case.stdout), (Stream::Stderr, &case.stderr)] {
        let ours: Vec<&str> = output.iter().filter(|l| l.stream == stream).map(|l| l.line.as_str()).collect();
        let real: Vec<&str> = real.lines().collect();
        if ours != real {
            bad.push(format!("{stream:?}: real {real:?} ours {ours:?}"));
        }
    }
    match machine.exit() {
        None => bad.push("still running".into()),
        Some(exit) => {
            if exit.code != case.exit {
                bad.push(format!("exit: real {} ours {}", case.exit, exit.code));
            }
            let seconds = exit.at.since(Millis(1000)).as_secs_f64();
            if (seconds - case.seconds).abs() > 0.3 {
                bad.push(format!("time: real {} ours {seconds}", case.seconds));
            }
        }
    }
    bad
}

#[test]
fn scripts_run_as_recorded() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shell");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut failures = Vec::new();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "jsonl")) {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            let bad = differences(&case);
            if !bad.is_empty() {
                failures.push(format!("{:?}\n    {}", case.script, bad.join("\n    ")));
            }
        }
    }
    assert!(failures.is_empty(), "{} scripts differ:\n{}", failures.len(), failures.join("\n"));
}
