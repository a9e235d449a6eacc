//! What runs in a container: the command itself in virtual time, an earlier run of it, or what a fault of the scenario puts in its place.
//!
//! This is the only file of the engine that drives `shell`.

use std::collections::BTreeSet;

use crate::scenario::FaultKind;
use crate::shell::{Door, ExecId, HttpAnswer, Machine, OutputLine, Recording, Replay};
use crate::time::Millis;

pub const SIGKILL: i32 = 9;

/// A running process, with all that it may have started.
pub enum Process {
    Machine(Box<Machine>),
    /// It comes to the same as a run before it.
    Replay(Box<Replay>),
    Injected(Injected),
}

/// A process whose end a fault decides.
#[derive(Debug)]
pub struct Injected {
    end: Option<End>,
    deaf: bool,
    ended: Option<End>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub at: Millis,
    pub code: i32,
    pub signal: Option<i32>,
    pub oom_killed: bool,
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Process::Machine(_) => f.write_str("Machine"),
            Process::Replay(_) => f.write_str("Replay"),
            Process::Injected(injected) => injected.fmt(f),
        }
    }
}

impl Process {
    /// What a fault puts in the place of the command; `None` when the command runs all the same.
    pub fn injected(now: Millis, fault: &FaultKind) -> Option<Process> {
        let end = |after: Millis, code: i32, signal: Option<i32>, oom_killed: bool| {
            Some(End { at: now + after, code, signal, oom_killed })
        };
        let (end, deaf) = match *fault {
            FaultKind::Exit { code, after } => (end(after, code, None, false), false),
            FaultKind::Signal { number, after } => (end(after, 128 + number, Some(number), false), false),
            FaultKind::OomKilled { after } => (end(after, 128 + SIGKILL, Some(SIGKILL), true), false),
            FaultKind::Duration(after) => (end(after, 0, None, false), false),
            FaultKind::Hang => (None, true),
            FaultKind::StartError(_) | FaultKind::Slowdown(_) | FaultKind::IgnoreSigterm => return None,
        };
        Some(Process::Injected(Injected { end, deaf, ended: None }))
    }

    /// Lets everything happen that is due up to `now`.
    pub fn run(&mut self, now: Millis) {
        match self {
            Process::Machine(m) => m.run(now),
            Process::Replay(r) => r.run(now),
            Process::Injected(i) => {
                if i.ended.is_none() {
                    i.ended = i.end.filter(|e| e.at <= now);
                }
            }
        }
    }

    /// When something happens next without being asked for.
    pub fn next_wake(&self) -> Option<Millis> {
        match self {
            Process::Machine(m) => m.next_wake(),
            Process::Replay(r) => r.next_wake(),
            Process::Injected(i) => {
                if i.ended.is_some() {
                    None
                } else {
                    i.end.map(|e| e.at)
                }
            }
        }
    }

    pub fn end(&self) -> Option<End> {
        let exit = match self {
            Process::Machine(m) => m.exit(),
            Process::Replay(r) => r.exit(),
            Process::Injected(i) => return i.ended,
        };
        exit.map(|e| End { at: e.at, code: e.code, signal: e.signal, oom_killed: e.oom_killed })
    }

    /// From here on nobody knows what a replay would have come to: it becomes the command itself.
    fn come_alive(&mut self) {
        if let Process::Replay(replay) = self {
            *self = Process::Machine(Box::new(replay.machine()));
        }
    }

    /// A signal from outside to process 1.
    pub fn signal(&mut self, now: Millis, signal: i32) {
        self.come_alive();
        match self {
            Process::Machine(m) => m.signal(now, signal),
            Process::Replay(_) => {}
            Process::Injected(i) => {
                if i.ended.is_none() && (signal == SIGKILL || !i.deaf) {
                    i.ended = Some(End { at: now, code: 128 + signal, signal: Some(signal), oom_killed: false });
                }
            }
        }
    }

    /// Starts a further process in the container; `None` where there is nothing to start it in.
    pub fn exec(&mut self, now: Millis, argv: &[String]) -> Option<ExecId> {
        self.come_alive();
        self.machine_mut().map(|m| m.exec(now, argv))
    }

    /// What it has printed since the last call.
    pub fn take_output(&mut self) -> Vec<OutputLine> {
        match self {
            Process::Replay(r) if r.exit().is_some() => return r.output().collect(),
            _ => self.come_alive(),
        }
        self.machine_mut().map(Machine::take_output).unwrap_or_default()
    }

    /// The last bytes of the container's file for last words, no more than `limit`.
    pub fn last_words(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        match self {
            Process::Machine(m) => m.file_end(path, limit),
            Process::Replay(r) => r.last_words(),
            Process::Injected(_) => None,
        }
    }

    /// What it came to, if the next run must come to the same; to be asked for before the output is taken.
    pub fn recording(&self, last_words: &str, limit: usize) -> Option<Recording> {
        self.machine().and_then(|m| m.recording(last_words, limit))
    }

    /// Whether somebody in it follows files.
    pub fn follows(&self) -> bool {
        self.machine().is_some_and(Machine::follows)
    }

    /// Whether these have changed since it looked.
    pub fn is_behind(&self) -> bool {
        self.machine().is_some_and(Machine::is_behind)
    }

    pub fn machine(&self) -> Option<&Machine> {
        match self {
            Process::Machine(m) => Some(m),
            Process::Replay(_) | Process::Injected(_) => None,
        }
    }

    pub fn machine_mut(&mut self) -> Option<&mut Machine> {
        match self {
            Process::Machine(m) => Some(m),
            Process::Replay(_) | Process::Injected(_) => None,
        }
    }

    /// Whether a fault makes the process hang.
    pub fn hangs(&self) -> bool {
        matches!(self, Process::Injected(i) if i.deaf)
    }

    /// The answer to an HTTP request from outside. An injected process is taken to serve unless it hangs.
    pub fn http(&self, port: u16, path: &str) -> HttpAnswer {
        match self {
            Process::Machine(m) => m.http(port, path),
            // What listens is not replayed.
            Process::Replay(_) => HttpAnswer::Refused,
            Process::Injected(i) if i.deaf => HttpAnswer::Refused,
            Process::Injected(_) => HttpAnswer::Status(200),
        }
    }

    /// The way to what it serves.
    pub fn door(&self) -> Door {
        self.machine().map(Machine::door).unwrap_or_default()
    }

    /// The ports on which it is known to listen.
    pub fn ports(&self) -> BTreeSet<u16> {
        self.machine().map(Machine::ports).unwrap_or_default()
    }

    /// Whether something listens on a TCP port.
    pub fn listens(&self, port: u16) -> bool {
        match self {
            Process::Machine(m) => m.listens(port),
            Process::Replay(_) => false,
            Process::Injected(_) => true,
        }
    }
}
