//! Processes in virtual time.
//!
//! A process is a future used purely as a coroutine: it is polled by hand and gives way only to wait for time, a pipe, a child or a
//! signal. Processes are polled in the order of their ids until none can go on, so a run is the same on every machine. Killing a
//! process drops its future, which closes its descriptors. Nothing here reads a clock or starts a thread.

mod ctx;
mod process;

pub use ctx::Ctx;
use process::{Coroutine, Parked, Process, Table, deliver};
pub use process::{Disposition, Service, Status, Turn};

use crate::order::IntoMap;
use crate::shell::fs::{Fs, PathDir};
use crate::shell::host::{Config, Host};
use crate::shell::image::Image;
use crate::shell::inode::User;
use crate::shell::output::{Console, Stream};
use crate::shell::procfs;
use crate::time::Millis;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A moment in microseconds since the Pod was created.
pub type Us = u64;

/// What `date` shows when the Pod is created: Sun Nov 22 15:00:00 UTC 2026, in seconds since 1970.
pub(in crate::shell) const EPOCH: u64 = 1_795_359_600;

pub const NEVER: Us = u64::MAX;

pub type Pid = u32;

pub const SIGINT: i32 = 2;

pub const SIGQUIT: i32 = 3;

pub const SIGKILL: i32 = 9;

pub const SIGPIPE: i32 = 13;

pub const SIGTERM: i32 = 15;

pub const SIGCHLD: i32 = 17;

pub const SIGCONT: i32 = 18;

pub const SIGSTOP: i32 = 19;

/// What starting another program takes.
pub const FORK_COST: Us = 1_000;

/// What one command inside the shell takes.
const STEP_COST: Us = 5;

/// What one run of a container may cost in all, over all its processes: a command is one step, starting a program [`FORK_STEPS`], moving
/// 512 bytes one. A turn of `date; sleep 1` takes 24 steps, so this is more than an hour of it.
const MAX_STEPS: u64 = 100_000;

/// The same in one virtual second.
const MAX_STEPS_PER_SECOND: u64 = 40_000;

const FORK_STEPS: u64 = 10;

/// Parts of a step: a comparison of characters is one.
const STEP_PARTS: u64 = 2_048;

/// A byte that is moved is as many.
const BYTE_PARTS: u64 = 4;

/// How many names of long paths are one.
const NAMES_PER_STEP: u64 = 8;

/// What a probe or a hook may cost on top.
const EXEC_STEPS: u64 = 2_000;

/// What a process that was stopped may still cost when a signal comes, for its trap.
const TRAP_STEPS: u64 = 2_000;

const STEP_LIMIT: &str = "step limit reached: the process is taken as busy for ever";

/// More processes at a time than this cannot be forked.
const MAX_PROCESSES: usize = 256;

/// Where programs are looked for, as `hash` remembers it.
struct PathCache {
    path: String,
    files: u64,
    dirs: Rc<[PathDir]>,
}

/// The state that all processes of a container share.
pub struct Kernel {
    pub fs: RefCell<Fs>,
    host: Rc<dyn Host>,
    pub config: Rc<Config>,
    pub image: Image,
    pub user: User,
    pub console: Rc<RefCell<Console>>,
    /// Bumped whenever somebody who waits should look again.
    pub version: Rc<Cell<u64>>,
    /// Counts changes that anybody could notice; see [`Turn`].
    effects: Cell<u64>,
    /// Counts looks at the outside by which a loop could end.
    looks: Cell<u64>,
    /// Counts looks at files, and knows the moment of the last.
    file_looks: Cell<(u64, Us)>,
    /// Whether steady loops are spared; only a test says no.
    parking: Cell<bool>,
    /// Where somebody in here follows files: how often they had changed when it last looked.
    followed: Cell<Option<u64>>,
    /// Ports that processes listen on.
    listeners: RefCell<BTreeMap<u16, (Pid, Service)>>,
    /// A program that nobody models serves this container.
    pub(super) unknown_server: Cell<bool>,
    /// Directories and files of the container's own in which such programs have left whatever they do.
    pub(super) left: RefCell<Vec<String>>,
    /// Programs were installed of which nobody knows which.
    pub(super) installed: Cell<bool>,
    /// How much was put into an image that nobody knows.
    pub(super) imagined: Cell<usize>,
    /// The `PATH` of the last look-up, and what was found of it: good until files change.
    path: RefCell<Option<PathCache>>,
    now: Cell<Us>,
    processes: RefCell<Table>,
    next_pid: Cell<Pid>,
    random: Cell<u64>,
    steps: Cell<u64>,
    /// How many there may be: [`MAX_STEPS`], and [`EXEC_STEPS`] more for each probe and hook.
    allowed: Cell<u64>,
    /// A second, and the steps in it.
    recent_steps: Cell<(u64, u64)>,
    out_of_memory: Cell<bool>,
    bound_told: Cell<bool>,
    /// Something had a part in the run that another one may find different.
    swayed: Cell<bool>,
}

impl Kernel {
    pub fn new(config: Rc<Config>, image: Image, fs: Fs, user: User, host: Rc<dyn Host>) -> Rc<Kernel> {
        let seed = config.seed;
        Rc::new(Kernel {
            fs: RefCell::new(fs),
            host,
            config,
            image,
            user,
            console: Rc::default(),
            version: Rc::default(),
            effects: Cell::new(0),
            looks: Cell::new(0),
            file_looks: Cell::new((0, 0)),
            parking: Cell::new(true),
            followed: Cell::default(),
            listeners: RefCell::default(),
            unknown_server: Cell::default(),
            left: RefCell::default(),
            installed: Cell::default(),
            imagined: Cell::default(),
            path: RefCell::default(),
            now: Cell::new(0),
            processes: RefCell::default(),
            next_pid: Cell::new(1),
            random: Cell::new(seed ^ 0x9e37_79b9_7f4a_7c15),
            steps: Cell::new(0),
            allowed: Cell::new(MAX_STEPS),
            recent_steps: Cell::new((0, 0)),
            out_of_memory: Cell::new(false),
            bound_told: Cell::new(false),
            swayed: Cell::new(false),
        })
    }

    pub fn now(&self) -> Us {
        self.now.get()
    }

    pub fn now_millis(&self) -> Millis {
        Millis(self.now.get() / 1000)
    }

    pub fn set_now(&self, now: Us) {
        self.now.set(self.now.get().max(now));
    }

    /// Something is different: whoever waits looks again, and no loop counts as steady.
    pub fn changed(&self) {
        self.look_again();
        self.effect();
        self.fs.borrow().changed();
    }

    /// Whether somebody in here follows files.
    pub fn follows(&self) -> bool {
        self.followed.get().is_some()
    }

    /// Whether it has to look again: another container may have written to what they share.
    pub fn is_behind(&self) -> bool {
        self.followed.get().is_some_and(|seen| seen != self.fs.borrow().version())
    }

    /// Lets who follows files look again if need be, while `run` goes on, and notes what it has seen.
    pub fn keep_up(&self, run: impl FnOnce()) {
        if self.is_behind() {
            self.look_again();
        }
        run();
        if self.follows() {
            self.followed.set(Some(self.fs.borrow().version()));
        }
    }

    /// Lets whoever waits look again.
    fn look_again(&self) {
        self.version.set(self.version.get() + 1);
    }

    pub fn effect(&self) {
        self.effects.set(self.effects.get() + 1);
    }

    pub fn look(&self) {
        self.looks.set(self.looks.get() + 1);
        self.sway();
    }

    /// Takes note that a run like this one may come to something else.
    pub fn sway(&self) {
        self.swayed.set(true);
    }

    /// Whether another run from the same beginnings must come to the same, whenever it takes place.
    pub fn is_repeatable(&self) -> bool {
        // Seconds in which too much may happen begin elsewhere in another run.
        !self.swayed.get() && self.steps.get() < MAX_STEPS_PER_SECOND
    }

    /// The world outside, for a question to it.
    pub fn outside(&self) -> &dyn Host {
        self.sway();
        &*self.host
    }

    /// Tells the world what is assumed of it. It hears the same thing once.
    pub fn assume(&self, about: &str, assumed: &str) {
        self.host.assume(about, assumed);
    }

    /// A moment as the clock on the wall shows it, in seconds since 1970.
    pub fn date(&self, at: Us) -> u64 {
        self.look();
        EPOCH + at / 1_000_000
    }

    /// When a file was changed, likewise.
    pub fn file_date(&self, mtime: i64) -> i64 {
        self.look();
        EPOCH as i64 + mtime.div_euclid(1_000)
    }

    /// The time of change of a file that `date` gives it.
    pub fn file_time(&self, date: i64) -> i64 {
        self.sway();
        date.saturating_sub(EPOCH as i64).saturating_mul(1_000)
    }

    pub fn look_at_files(&self) {
        self.file_looks.set((self.file_looks.get().0 + 1, self.now.get()));
    }

    /// The directories of a `PATH`.
    pub fn path_dirs(&self, cwd: &str, path: &str) -> Rc<[PathDir]> {
        let files = self.fs.borrow().version();
        if let Some(cache) = &*self.path.borrow()
            && cache.path == path
            && cache.files == files
        {
            return cache.dirs.clone();
        }
        let dirs: Rc<[PathDir]> = self.fs.borrow().directories(cwd, path).into();
        // Elsewhere a relative directory is another one.
        if path.split(':').all(|dir| dir.starts_with('/')) {
            self.path.replace(Some(PathCache { path: path.to_string(), files, dirs: dirs.clone() }));
        }
        dirs
    }

    pub fn set_parking(&self, on: bool) {
        self.parking.set(on);
    }

    /// Brings parked loops back to life as if they had been going round all the time: the clock goes back to where the earliest of their
    /// present turns began. A turn without effect can be run again; nobody notices. False when nobody was parked.
    pub fn unpark(&self) -> bool {
        let now = self.now.get();
        let mut start = now;
        let mut found = false;
        for process in self.processes.borrow_mut().0.iter_mut() {
            if let Some(Parked::Looping { since, period, forks, files }) = process.parked {
                let turns = (now - since) / period;
                // What has changed since this turn began is noticed by the next.
                let late = files.is_some_and(|files| files != self.fs.borrow().version());
                let at = since + (turns + u64::from(late)) * period;
                process.parked = Some(Parked::Resumes(at));
                process.wake = at;
                self.skip_pids(turns, forks);
                start = start.min(at);
                found = true;
            }
        }
        self.now.set(start);
        found
    }

    /// Whether a parked loop goes on; if not, when to ask again.
    fn poll_parked(&self, pid: Pid) -> Poll<()> {
        let mut processes = self.processes.borrow_mut();
        let Some(process) = processes.get_mut(pid) else { return Poll::Pending };
        let now = self.now.get();
        match &mut process.parked {
            Some(Parked::Resumes(at)) if *at > now => process.wake = *at,
            Some(Parked::Looping { files: None, .. }) => process.wake = NEVER,
            Some(Parked::Looping { since, period, forks, files }) => {
                let turns = (now - *since) / *period;
                if turns > 0 {
                    if *files != Some(self.fs.borrow().version()) {
                        process.parked = None;
                        return Poll::Ready(());
                    }
                    *since += turns * *period;
                    self.skip_pids(turns, *forks);
                    self.steps.set(self.steps.get() + 1);
                    if self.steps.get() > self.allowed.get() {
                        self.bound(STEP_LIMIT);
                        *files = None;
                    }
                }
                process.wake = if files.is_some() { *since + *period } else { NEVER };
            }
            _ => {
                process.parked = None;
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    /// Ids that the turns of a parked loop would have given away.
    fn skip_pids(&self, turns: u64, forks: u32) {
        self.next_pid.set(self.next_pid.get().wrapping_add((turns as u32).wrapping_mul(forks)));
    }

    fn is_parked(&self, pid: Pid) -> bool {
        let processes = self.processes.borrow();
        processes.get(pid).is_some_and(|p| matches!(p.parked, Some(Parked::Looping { .. })))
    }

    /// [`Kernel::unpark`] from outside of any process, up to the present.
    pub fn catch_up(&self) {
        let now = self.now.get();
        if self.unpark() {
            self.run(now);
        }
    }

    /// The next pseudo-random number (splitmix64).
    pub fn random(&self) -> u64 {
        self.effect();
        self.sway();
        let state = self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.random.set(state);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Tells the user, once a run, that a limit was reached.
    pub fn bound(&self, what: &str) {
        self.sway();
        if !self.bound_told.replace(true) {
            self.host.bound(self.now_millis(), what);
        }
    }

    /// Starts a process; `None` when there are too many.
    pub fn spawn<F>(
        self: &Rc<Self>,
        parent: Pid,
        name: impl Into<Cow<'static, str>>,
        main: impl FnOnce(Ctx) -> F,
    ) -> Option<Pid>
    where
        F: Future<Output = i32> + 'static,
    {
        if self.processes.borrow().0.len() >= MAX_PROCESSES {
            return None;
        }
        let pid = self.next_pid.get();
        self.next_pid.set(pid + 1);
        let coroutine = Box::pin(main(Ctx { kernel: self.clone(), pid }));
        self.enter(parent, pid, name.into(), coroutine);
        Some(pid)
    }

    /// Takes a process into the table.
    fn enter(&self, parent: Pid, pid: Pid, name: Cow<'static, str>, coroutine: Coroutine) {
        let mut processes = self.processes.borrow_mut();
        let dispositions = processes.get(parent).map(|p| {
            let ignored = p.dispositions.iter().filter(|(_, d)| **d == Disposition::Ignore);
            ignored.map(|(s, d)| (*s, *d)).into_map()
        });
        let process = Process {
            pid,
            parent,
            name,
            coroutine: Some(coroutine),
            successor: None,
            wake: 0,
            seen: 0,
            dispositions: dispositions.unwrap_or_default(),
            pending: Vec::new(),
            stopped: false,
            status: None,
            debt: 0,
            parts: 0,
            out_of_memory: false,
            forks: 0,
            parked: None,
        };
        processes.insert(process);
        let mut ancestor = parent;
        while let Some(p) = processes.get_mut(ancestor) {
            p.forks = p.forks.wrapping_add(1);
            ancestor = p.parent;
        }
        drop(processes);
        self.look_again();
    }

    /// Polls everything that can go on until `until`, moving the clock from one wake-up to the next.
    pub fn run(&self, until: Us) {
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let version = self.version.get();
            let now = self.now.get();
            let ready = self.processes.borrow().0.iter().find_map(|p| {
                let due = p.wake <= now || p.seen != version;
                (due && p.coroutine.is_some() && !p.stopped).then_some(p.pid)
            });
            match ready {
                Some(pid) => self.poll(pid, version, &mut context),
                None => match self.next_wake() {
                    Some(at) if at <= until => self.set_now(at),
                    _ => break,
                },
            }
        }
        self.set_now(until);
    }

    fn poll(&self, pid: Pid, version: u64, context: &mut Context) {
        let taken = self.processes.borrow_mut().get_mut(pid).and_then(|p| {
            p.seen = version;
            p.wake = NEVER;
            p.coroutine.take()
        });
        let Some(mut coroutine) = taken else { return };
        let mut outcome = coroutine.as_mut().poll(context);
        while let Some(successor) = self.take_successor(pid) {
            // Closes what the program before had open, and gives its place on the stack to the next.
            drop(std::mem::replace(&mut coroutine, successor));
            outcome = coroutine.as_mut().poll(context);
        }
        match outcome {
            Poll::Ready(code) => {
                drop(coroutine);
                let parent = self.processes.borrow().get(pid).map(|p| p.parent);
                self.finish(pid, Status::Exited(code));
                // A shell that goes round in a loop takes note of its children meanwhile.
                if parent.is_some_and(|parent| self.is_parked(parent)) {
                    self.unpark();
                }
            }
            Poll::Pending => {
                if let Some(process) = self.processes.borrow_mut().get_mut(pid)
                    && process.status.is_none()
                {
                    process.coroutine = Some(coroutine);
                }
            }
        }
    }

    fn take_successor(&self, pid: Pid) -> Option<Coroutine> {
        self.processes.borrow_mut().get_mut(pid)?.successor.take()
    }

    /// When something happens next by itself.
    pub fn next_wake(&self) -> Option<Us> {
        let processes = self.processes.borrow();
        let version = self.version.get();
        let live = processes.0.iter().filter(|p| p.coroutine.is_some() && !p.stopped);
        live.map(|p| if p.seen != version { self.now.get() } else { p.wake }).min().filter(|&at| at != NEVER)
    }

    /// Ends a process.
    fn finish(&self, pid: Pid, status: Status) {
        let dropped = {
            let mut processes = self.processes.borrow_mut();
            let Some(process) = processes.get_mut(pid) else { return };
            if process.status.is_some() {
                return;
            }
            process.status = Some((status, self.now.get()));
            let coroutine = process.coroutine.take();
            let parent = process.parent;
            let orphans: Vec<Pid> = processes.0.iter().filter(|p| p.parent == pid).map(|p| p.pid).collect();
            for child in orphans {
                if let Some(p) = processes.get_mut(child) {
                    p.parent = 1;
                    if p.status.is_some() {
                        processes.remove(child);
                    }
                }
            }
            if parent == 1 && pid != 1 && processes.get(1).is_none_or(|p| p.status.is_some()) {
                processes.remove(pid);
            }
            if let Some(p) = processes.get_mut(parent) {
                deliver(p, parent == 1, SIGCHLD);
            }
            coroutine
        };
        drop(dropped);
        self.listeners.borrow_mut().retain(|_, (owner, _)| *owner != pid);
        self.look_again();
        if pid == 1 {
            let others: Vec<Pid> = self.processes.borrow().0.iter().map(|p| p.pid).filter(|p| *p != 1).collect();
            for other in others {
                self.finish(other, Status::Signaled(SIGKILL));
            }
        }
    }

    /// Sends a signal. From outside, PID 1 can be killed; from inside it is safe from every signal it does not catch.
    pub fn signal(&self, pid: Pid, signal: i32, outside: bool) -> bool {
        let fatal = {
            let mut processes = self.processes.borrow_mut();
            let Some(process) = processes.get_mut(pid) else { return false };
            if process.status.is_some() || signal == 0 {
                return true;
            }
            if signal == SIGKILL || signal == SIGSTOP {
                let hit = pid != 1 || outside;
                if hit && signal == SIGSTOP {
                    process.stopped = true;
                }
                hit && signal == SIGKILL
            } else {
                deliver(process, pid == 1 && !self.config.shares_pids, signal)
            }
        };
        self.changed();
        if fatal {
            self.finish(pid, Status::Signaled(signal));
        }
        true
    }

    /// The kernel kills a process that asks for more memory than there is.
    pub fn kill_for_memory(&self, pid: Pid) {
        self.out_of_memory.set(true);
        if let Some(process) = self.processes.borrow_mut().get_mut(pid) {
            process.out_of_memory = true;
        }
        self.finish(pid, Status::Signaled(SIGKILL));
    }

    pub fn out_of_memory(&self) -> bool {
        self.out_of_memory.get()
    }

    pub fn status(&self, pid: Pid) -> Option<Status> {
        self.ended(pid).map(|(status, _)| status)
    }

    /// How a process ended, and when.
    pub fn ended(&self, pid: Pid) -> Option<(Status, Us)> {
        self.processes.borrow().get(pid).and_then(|p| p.status)
    }

    /// A probe or a hook brings its own allowance: years of probing must not use up the script's.
    pub fn allow_exec(&self) {
        self.allowed.set(self.allowed.get().saturating_add(EXEC_STEPS));
    }

    /// What a process of this container serves on `port`.
    pub fn service(&self, port: u16) -> Option<Service> {
        self.listeners.borrow().get(&port).map(|(_, service)| service.clone())
    }

    /// The ports on which processes of this container listen.
    pub fn ports(&self) -> BTreeSet<u16> {
        self.listeners.borrow().keys().copied().collect()
    }

    /// Whether a process descends from the container's first, or is it: a probe's or a hook's does not.
    pub fn is_of_first(&self, pid: Pid) -> bool {
        let processes = self.processes.borrow();
        let mut at = pid;
        while let Some(parent) = processes.get(at).map(|p| p.parent).filter(|&parent| parent != 0) {
            at = parent;
        }
        at == 1
    }

    /// Listens on a port; false when somebody else does.
    pub fn listen(&self, pid: Pid, port: u16, service: Service) -> bool {
        let mut listeners = self.listeners.borrow_mut();
        if listeners.contains_key(&port) {
            return false;
        }
        listeners.insert(port, (pid, service));
        self.sway();
        drop(listeners);
        self.changed();
        true
    }

    pub fn stop_listening(&self, port: u16) {
        self.listeners.borrow_mut().remove(&port);
    }

    pub fn exists(&self, pid: Pid) -> bool {
        self.processes.borrow().get(pid).is_some()
    }

    /// Ends everything without anybody noticing.
    pub fn switch_off(&self) {
        // Dropped after the table has been given back: a descriptor that closes may look at it.
        let processes = std::mem::take(&mut *self.processes.borrow_mut());
        drop(processes);
    }

    /// Forgets an ended process and says how it ended.
    pub fn reap(&self, pid: Pid) -> Option<Status> {
        let status = self.status(pid)?;
        if pid != 1 {
            self.processes.borrow_mut().remove(pid);
        }
        Some(status)
    }

    pub fn set_name(&self, pid: Pid, name: String) {
        if let Some(process) = self.processes.borrow_mut().get_mut(pid) {
            process.name = name.into();
        }
    }

    /// Id, parent and command line of every process, zombies included.
    pub fn list(&self) -> Vec<(Pid, Pid, String)> {
        self.look();
        self.processes.borrow().0.iter().map(|p| (p.pid, p.parent, p.name.to_string())).collect()
    }

    pub fn memory_limit(&self) -> u64 {
        self.config.memory_limit.unwrap_or(procfs::MEMORY[0] << 10)
    }

    pub fn print(&self, console: &Rc<RefCell<Console>>, stream: Stream, bytes: &[u8]) -> bool {
        self.effect();
        let kept = console.borrow_mut().write(self.now_millis(), stream, bytes);
        if !kept {
            self.bound("output limit reached: the rest of the output is dropped");
        }
        kept
    }
}
