use crate::time::Millis;
use std::rc::Rc;
pub struct Machine {
    at: Millis,
    end: Option<Millis>,
    code: i32,
    exit: Option<Exit>,
    trap: bool,
}
pub enum Role {
    Init,
    Main,
}
pub struct Config {
    pub image: String,
    pub role: Role,
    pub hostname: String,
    pub env: Vec<(String, String)>,
    pub working_dir: Option<String>,
    pub user: Option<i64>,
    pub mounts: Vec<Mount>,
    pub memory_limit: Option<u64>,
    pub seed: u64,
    pub slowdown: f64,
    pub ignore_sigterm: bool,
    pub unmodelled_duration: Option<Millis>,
}
pub struct Mount {
    pub path: String,
    pub volume: Volume,
    pub sub_path: Option<String>,
    pub read_only: bool,
}
#[derive(Clone)]
pub struct Volume;
impl Volume {
    pub fn empty() -> Self {
        Volume
    }
    pub fn from_files(_: impl IntoIterator<Item = (String, Vec<u8>, u32)>) -> Self {
        Volume
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    Open,
    Refused,
    Timeout,
    NoSuchHost,
}
pub struct ObjectView {
    pub ready: bool,
    pub data: Vec<(String, String)>,
}
pub trait Host {
    fn resolve(&self, now: Millis, name: &str) -> Option<String>;
    fn connect(&self, now: Millis, host: &str, port: u16) -> Connection;
    fn object(&self, now: Millis, kind: &str, name: &str) -> Option<ObjectView>;
    fn local_port(&self, now: Millis, port: u16) -> bool;
    fn assume(&self, about: &str, assumed: &str);
    fn bound(&self, now: Millis, what: &str);
}
pub struct StartError {
    pub m: String,
}
impl StartError {
    pub fn message(&self) -> String {
        self.m.clone()
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecId(pub u32);
#[derive(Clone, Debug)]
pub struct Exit {
    pub at: Millis,
    pub code: i32,
    pub signal: Option<i32>,
    pub oom_killed: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpAnswer {
    Status(u16),
    Refused,
    Garbage,
}
pub enum Stream {
    Stdout,
    Stderr,
}
pub struct OutputLine {
    pub at: Millis,
    pub stream: Stream,
    pub line: String,
}
impl Machine {
    pub fn new(_c: Config, _h: Rc<dyn Host>) -> Machine {
        Machine { at: Millis(0), end: None, code: 0, exit: None, trap: false }
    }
    pub fn start(&mut self, now: Millis, argv: &[String]) -> Result<(), StartError> {
        self.at = now;
        if argv[0] == "nosuchcmd" {
            return Err(StartError { m: "exec: \"nosuchcmd\": executable file not found in $PATH".into() });
        }
        if argv.len() < 3 {
            self.trap = true;
            return Ok(());
        }
        let s = &argv[2];
        self.trap = s.contains("trap");
        let mut t = 3u64;
        if s.contains("while true") || s.contains("nginx") {
            return Ok(());
        }
        for w in s.split(|c: char| c == ';' || c == '&') {
            let w = w.trim();
            if let Some(n) = w.strip_prefix("sleep ") {
                t += (n.parse::<f64>().unwrap_or(1.0) * 1000.0) as u64;
            }
            if let Some(n) = w.strip_prefix("exit ") {
                self.code = n.parse().unwrap_or(0)
            }
            if w.starts_with("done") {
                self.code = 2
            }
            if w == "nosuchcmd" {
                self.code = 127
            }
        }
        self.end = Some(now + Millis(t));
        Ok(())
    }
    pub fn exec(&mut self, _now: Millis, _argv: &[String]) -> ExecId {
        ExecId(if _argv.iter().any(|a| a.contains("never") || a.contains("exit 1")) { 1 } else { 0 })
    }
    pub fn run(&mut self, now: Millis) {
        if self.exit.is_none() {
            if let Some(e) = self.end {
                if now >= e {
                    self.exit = Some(Exit { at: e, code: self.code, signal: None, oom_killed: false })
                }
            }
        }
    }
    pub fn next_wake(&self) -> Option<Millis> {
        if self.exit.is_some() { None } else { self.end }
    }
    pub fn signal(&mut self, now: Millis, s: i32) {
        if self.exit.is_none() && (s == 9 || self.trap) {
            self.exit = Some(Exit { at: now, code: if s == 9 { 137 } else { 0 }, signal: None, oom_killed: false })
        }
    }
    pub fn exit(&self) -> Option<Exit> {
        self.exit.clone()
    }
    pub fn exec_exit(&self, id: ExecId) -> Option<(String, i32, Millis)> {
        Some((
            if id.0 == 1 { "cat: can't open '/tmp/never': No such file or directory".into() } else { "".into() },
            id.0 as i32,
            self.at,
        ))
    }
    pub fn cancel_exec(&mut self, _: ExecId) {}
    pub fn take_output(&mut self) -> Vec<OutputLine> {
        vec![]
    }
    pub fn http(&self, _: Millis, _: u16, _: &str) -> HttpAnswer {
        HttpAnswer::Status(200)
    }
    pub fn listens(&self, _: u16) -> bool {
        true
    }
    pub fn read_file(&self, _: &str, _: usize) -> Option<Vec<u8>> {
        None
    }
}
pub fn image_default(_: &str) -> Option<(Vec<String>, Vec<String>)> {
    None
}
pub fn image_user(_: &str) -> u32 {
    0
}
pub fn stop_signal(_: &str) -> i32 {
    15
}
