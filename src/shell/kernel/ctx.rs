//! A process's own view of the kernel: waiting, paying for work, signals.

use super::process::{Disposition, Parked, Status, Turn};
use super::{
    BYTE_PARTS, FORK_COST, FORK_STEPS, Kernel, MAX_STEPS_PER_SECOND, NAMES_PER_STEP, NEVER, Pid, SIGCHLD, STEP_COST,
    STEP_LIMIT, STEP_PARTS, TRAP_STEPS, Us,
};
use crate::time::Millis;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::Poll;

/// A process's own view of the kernel.
#[derive(Clone)]
pub struct Ctx {
    pub kernel: Rc<Kernel>,
    pub pid: Pid,
}

impl Ctx {
    /// Waits until `ready` answers, or until `deadline`.
    pub async fn wait_for<T>(&self, deadline: Us, mut ready: impl FnMut() -> Option<T>) -> Option<T> {
        let mut waited = false;
        poll_fn(|_| {
            if let Some(value) = ready() {
                return Poll::Ready(Some(value));
            }
            if waited && deadline <= self.kernel.now() {
                return Poll::Ready(None);
            }
            waited = true;
            if let Some(process) = self.kernel.processes.borrow_mut().get_mut(self.pid) {
                process.wake = deadline;
            }
            Poll::Pending
        })
        .await
    }

    /// Waits for a change of files that `ready` can see, whoever makes it.
    pub async fn follow(&self, mut ready: impl FnMut() -> bool) {
        self.kernel.followed.set(Some(self.kernel.fs.borrow().version()));
        self.wait_for(NEVER, || ready().then_some(())).await;
    }

    /// Lets virtual time pass, as slowly as the container was told to be.
    pub async fn sleep(&self, micros: Us) {
        let micros = if self.kernel.config.slowdown == 1.0 {
            micros
        } else {
            Millis(micros).scaled(self.kernel.config.slowdown).0
        };
        self.sleep_exactly(micros).await;
    }

    async fn sleep_exactly(&self, micros: Us) {
        let deadline = self.kernel.now().saturating_add(micros);
        if micros > 0 {
            self.wait_for::<()>(deadline, || None).await;
        }
    }

    pub async fn forever(&self) -> Infallible {
        loop {
            self.wait_for::<()>(NEVER, || None).await;
        }
    }

    /// Goes on as another program in the same process: `execve`. The present one is dropped where it stands.
    pub async fn exec(&self, program: impl Future<Output = i32> + 'static) -> Infallible {
        self.step().await;
        if let Some(process) = self.kernel.processes.borrow_mut().get_mut(self.pid) {
            process.successor = Some(Box::pin(program));
        }
        self.forever().await
    }

    /// Counts one command; a process that runs on without waiting is stopped here.
    pub async fn step(&self) {
        let owed = self.count(1, STEP_COST);
        if owed > 0 {
            self.pay(owed).await;
        }
    }

    /// Counts the start of a program.
    pub async fn fork_step(&self) {
        let owed = self.count(FORK_STEPS, FORK_COST);
        if owed > 0 {
            self.pay(owed).await;
        }
    }

    /// The virtual time that has to pass now, or [`NEVER`] when a limit is reached.
    fn count(&self, steps: u64, cost: Us) -> Us {
        let kernel = &self.kernel;
        let steps = steps + kernel.fs.borrow().take_walked() as u64 / NAMES_PER_STEP;
        let total = kernel.steps.get().saturating_add(steps);
        kernel.steps.set(total);
        let second = kernel.now() / 1_000_000;
        let (last, recent) = kernel.recent_steps.get();
        let recent = if second == last { recent.saturating_add(steps) } else { steps };
        kernel.recent_steps.set((second, recent));
        let mut processes = kernel.processes.borrow_mut();
        let Some(process) = processes.get_mut(self.pid) else { return 0 };
        process.debt += cost;
        if total > kernel.allowed.get() || recent > MAX_STEPS_PER_SECOND {
            return NEVER;
        }
        if process.debt >= 1_000 { std::mem::take(&mut process.debt) } else { 0 }
    }

    async fn pay(&self, owed: Us) {
        if owed != NEVER {
            return self.sleep(owed).await;
        }
        self.kernel.bound(STEP_LIMIT);
        self.busy_for_ever().await;
        let kernel = &self.kernel;
        kernel.steps.set(kernel.steps.get().min(kernel.allowed.get().saturating_sub(TRAP_STEPS)));
        kernel.recent_steps.set((0, 0));
    }

    /// Counts bytes that are moved.
    pub async fn move_bytes(&self, bytes: usize) {
        self.match_work((bytes as u64).saturating_mul(BYTE_PARTS)).await;
    }

    /// Counts comparisons of characters; those that do not make a step wait for more.
    pub async fn match_work(&self, comparisons: u64) {
        let steps = self.take_steps(comparisons);
        self.work(steps).await;
    }

    fn take_steps(&self, parts: u64) -> u64 {
        let mut processes = self.kernel.processes.borrow_mut();
        let Some(process) = processes.get_mut(self.pid) else { return 0 };
        let total = process.parts.saturating_add(parts);
        process.parts = total % STEP_PARTS;
        total / STEP_PARTS
    }

    /// Counts work that takes no virtual time.
    pub async fn work(&self, steps: u64) {
        let owed = self.count(steps, 0);
        if owed > 0 {
            self.pay(owed).await;
        }
    }

    /// Costs nothing more until a signal comes.
    pub async fn busy_for_ever(&self) {
        self.wait_for(NEVER, || self.has_signal().then_some(())).await;
    }

    /// Whether a caught signal waits to be handled (CHLD, which only reports, aside).
    pub fn has_signal(&self) -> bool {
        self.kernel.processes.borrow().get(self.pid).is_some_and(|p| p.pending.iter().any(|s| *s != SIGCHLD))
    }

    pub fn take_signal(&self) -> Option<i32> {
        let mut processes = self.kernel.processes.borrow_mut();
        let pending = &mut processes.get_mut(self.pid)?.pending;
        (!pending.is_empty()).then(|| pending.remove(0))
    }

    pub fn set_disposition(&self, signal: i32, disposition: Option<Disposition>) {
        if let Some(process) = self.kernel.processes.borrow_mut().get_mut(self.pid) {
            match disposition {
                Some(d) => process.dispositions.insert(signal, d),
                None => process.dispositions.remove(&signal),
            };
        }
    }

    /// A fork or an exec gives up handlers; what is ignored stays ignored.
    pub fn reset_handlers(&self) {
        if let Some(process) = self.kernel.processes.borrow_mut().get_mut(self.pid) {
            process.dispositions.retain(|_, d| *d == Disposition::Ignore);
            process.pending.clear();
        }
    }

    pub fn is_ignored(&self, signal: i32) -> bool {
        let processes = self.kernel.processes.borrow();
        processes.get(self.pid).is_some_and(|p| p.dispositions.get(&signal) == Some(&Disposition::Ignore))
    }

    pub fn parent(&self) -> Pid {
        self.kernel.processes.borrow().get(self.pid).map_or(0, |p| p.parent)
    }

    /// What the present turn of a loop starts from.
    pub fn turn(&self) -> Turn {
        let kernel = &self.kernel;
        let processes = kernel.processes.borrow();
        let (debt, forks) = processes.get(self.pid).map_or((0, 0), |p| (p.debt, p.forks));
        let (looks, (file_looks, _)) = (kernel.looks.get(), kernel.file_looks.get());
        Turn { effects: kernel.effects.get(), looks, file_looks, now: kernel.now(), debt, forks }
    }

    /// When files were last looked at.
    pub fn last_file_look(&self) -> Us {
        self.kernel.file_looks.get().1
    }

    /// Spares a loop whose turns are all alike from going round until somebody might notice, or, when it begins its turns with a look
    /// at files, until these change.
    pub async fn park(&self, period: Us, forks: u32, looks_at_files: bool) {
        let kernel = &self.kernel;
        let since = kernel.now();
        if !kernel.parking.get() {
            return;
        }
        let files = looks_at_files.then(|| kernel.fs.borrow().version());
        if let Some(process) = kernel.processes.borrow_mut().get_mut(self.pid) {
            process.parked = Some(Parked::Looping { since, period, forks, files });
        }
        poll_fn(|_| kernel.poll_parked(self.pid)).await
    }

    /// Before something by which a parked loop could be noticed, lets it come to the present.
    pub async fn catch_up(&self) {
        let now = self.kernel.now();
        if self.kernel.unpark() {
            self.wait_for::<()>(now, || None).await;
        }
    }

    /// Sends a signal to a process, perhaps to itself: then this never returns if it is fatal.
    pub async fn kill(&self, pid: Pid, signal: i32) -> bool {
        self.catch_up().await;
        let sent = self.kernel.signal(pid, signal, false);
        self.stay_alive().await;
        sent
    }

    /// Never returns when the process has been killed meanwhile.
    pub async fn stay_alive(&self) {
        let alive = {
            let processes = self.kernel.processes.borrow();
            processes.get(self.pid).is_some_and(|p| p.status.is_none())
        };
        if !alive {
            self.forever().await;
        }
    }

    /// Waits for a child to end, and forgets it.
    pub async fn wait_child(&self, pid: Pid) -> Status {
        let status = self.wait_for(NEVER, || match self.kernel.exists(pid) {
            true => self.kernel.reap(pid),
            false => Some(Status::Exited(127)),
        });
        status.await.unwrap_or(Status::Exited(127))
    }

    /// Uses `bytes` of memory at the speed of the machine; beyond the limit this never returns.
    pub async fn use_memory(&self, bytes: u64) {
        let limit = self.kernel.memory_limit();
        // About a gigabyte a second.
        self.sleep(bytes.min(limit) / 1_000).await;
        if bytes >= limit {
            self.kernel.kill_for_memory(self.pid);
            self.forever().await;
        }
    }
}
