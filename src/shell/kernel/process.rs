//! What the kernel knows of one process, and the table of all.

use super::{Pid, SIGCHLD, SIGCONT, Us};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Exited(i32),
    Signaled(i32),
}

impl Status {
    /// `$?`.
    pub fn code(self) -> i32 {
        match self {
            Status::Exited(code) => code & 0xff,
            Status::Signaled(signal) => 128 + signal,
        }
    }
}

/// What a process does about a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Ignore,
    Catch,
}

/// What answers on a port.
#[derive(Clone, Debug, PartialEq)]
pub enum Service {
    Tcp,
    /// Files below a directory.
    Http {
        root: String,
        /// A directory without a page of its own shows what is in it.
        lists: bool,
    },
    /// Nothing but `/healthz`.
    Health {
        well: bool,
    },
    /// A program that nobody models: it is taken to be content with whatever it is asked, by TLS or without.
    Assumed,
}

pub(super) type Coroutine = Pin<Box<dyn Future<Output = i32>>>;

pub(super) struct Process {
    pub(super) pid: Pid,
    pub(super) parent: Pid,
    pub(super) name: Cow<'static, str>,
    pub(super) coroutine: Option<Coroutine>,
    /// The program it goes on as, from [`Ctx::exec`](super::Ctx::exec) until the present one is gone.
    pub(super) successor: Option<Coroutine>,
    /// When it wants to go on by itself.
    pub(super) wake: Us,
    /// The machine's version when it was last polled: it looks again only after a change.
    pub(super) seen: u64,
    pub(super) dispositions: BTreeMap<i32, Disposition>,
    pub(super) pending: Vec<i32>,
    pub(super) stopped: bool,
    /// How it ended, and when.
    pub(super) status: Option<(Status, Us)>,
    /// Virtual time it owes for commands it has run.
    pub(super) debt: Us,
    /// Work that comes to less than a step, in parts of one.
    pub(super) parts: u64,
    pub(super) out_of_memory: bool,
    /// Processes that it and its descendants have started.
    pub(super) forks: u32,
    pub(super) parked: Option<Parked>,
}

/// All processes, in the order of their ids.
#[derive(Default)]
pub(super) struct Table(pub(super) Vec<Process>);

impl Table {
    pub(super) fn place(&self, pid: Pid) -> Result<usize, usize> {
        self.0.binary_search_by_key(&pid, |p| p.pid)
    }

    pub(super) fn get(&self, pid: Pid) -> Option<&Process> {
        self.place(pid).ok().map(|at| &self.0[at])
    }

    pub(super) fn get_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.place(pid).ok().map(|at| &mut self.0[at])
    }

    pub(super) fn insert(&mut self, process: Process) {
        if let Err(at) = self.place(process.pid) {
            self.0.insert(at, process);
        }
    }

    pub(super) fn remove(&mut self, pid: Pid) {
        if let Ok(at) = self.place(pid) {
            self.0.remove(at);
        }
    }
}

/// A loop that goes round without effect, and is spared from doing so.
#[derive(Clone, Copy)]
pub(super) enum Parked {
    /// Since a moment at which a turn began; what each turn takes, and how many processes it starts. One that looks at files goes on at
    /// the first turn at whose beginning they are not what they were: `files` as [`Fs::version`] counts.
    Looping { since: Us, period: Us, forks: u32, files: Option<u64> },
    /// It goes on at this moment, at which a turn begins.
    Resumes(Us),
}

/// What a loop is compared by from turn to turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Changes made so far.
    pub effects: u64,
    /// Looks taken so far at what changes by itself or from outside: the time, the network, the list of processes.
    pub looks: u64,
    /// Looks taken so far at files.
    pub file_looks: u64,
    pub now: Us,
    pub(super) debt: Us,
    pub forks: u32,
}

impl Turn {
    /// Whether the time not yet paid for is the same: only then do equal turns take equally long.
    pub fn same_debt(&self, other: &Turn) -> bool {
        self.debt == other.debt
    }
}

/// Applies a signal that is not KILL or STOP; true when the process dies of it. `spared`: it is the first of its namespace.
pub(super) fn deliver(process: &mut Process, spared: bool, signal: i32) -> bool {
    match process.dispositions.get(&signal) {
        Some(Disposition::Catch) => {
            if !process.pending.contains(&signal) {
                process.pending.push(signal);
            }
            false
        }
        Some(Disposition::Ignore) => false,
        None if signal == SIGCONT => {
            process.stopped = false;
            false
        }
        // CHLD, URG and WINCH do nothing by default; PID 1 has no default actions at all.
        None => !(matches!(signal, SIGCHLD | 23 | 28) || spared),
    }
}
