//! What runs in a container: the command itself in virtual time, or what a fault of the scenario puts in its place.
//!
//! This is the only file of the engine that drives `shell`.

use std::collections::BTreeSet;

use crate::scenario::FaultKind;
use crate::shell::{ExecId, HttpAnswer, Machine};
use crate::time::Millis;

pub const SIGKILL: i32 = 9;

/// A running process, with all that it may have started.
pub enum Process {
    Machine(Box<Machine>),
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
        match self {
            Process::Machine(m) => {
                m.exit().map(|e| End { at: e.at, code: e.code, signal: e.signal, oom_killed: e.oom_killed })
            }
            Process::Injected(i) => i.ended,
        }
    }

    /// A signal from outside to process 1.
    pub fn signal(&mut self, now: Millis, signal: i32) {
        match self {
            Process::Machine(m) => m.signal(now, signal),
            Process::Injected(i) => {
                if i.ended.is_none() && (signal == SIGKILL || !i.deaf) {
                    i.ended = Some(End { at: now, code: 128 + signal, signal: Some(signal), oom_killed: false });
                }
            }
        }
    }

    /// Starts a further process in the container; `None` where there is nothing to start it in.
    pub fn exec(&mut self, now: Millis, argv: &[String]) -> Option<ExecId> {
        match self {
            Process::Machine(m) => Some(m.exec(now, argv)),
            Process::Injected(_) => None,
        }
    }

    pub fn machine(&self) -> Option<&Machine> {
        match self {
            Process::Machine(m) => Some(m),
            Process::Injected(_) => None,
        }
    }

    pub fn machine_mut(&mut self) -> Option<&mut Machine> {
        match self {
            Process::Machine(m) => Some(m),
            Process::Injected(_) => None,
        }
    }

    /// Whether a fault makes the process hang.
    pub fn hangs(&self) -> bool {
        matches!(self, Process::Injected(i) if i.deaf)
    }

    /// The answer to an HTTP request from outside. An injected process is taken to serve unless it hangs.
    pub fn http(&self, now: Millis, port: u16, path: &str) -> HttpAnswer {
        match self {
            Process::Machine(m) => m.http(now, port, path),
            Process::Injected(i) if i.deaf => HttpAnswer::Refused,
            Process::Injected(_) => HttpAnswer::Status(200),
        }
    }

    /// The ports on which it is known to listen.
    pub fn ports(&self) -> BTreeSet<u16> {
        self.machine().map(Machine::ports).unwrap_or_default()
    }

    /// Whether something listens on a TCP port.
    pub fn listens(&self, port: u16) -> bool {
        match self {
            Process::Machine(m) => m.listens(port),
            Process::Injected(_) => true,
        }
    }
}
