//! The end that the kubelet gives containers: preStop, the turn of sidecars, TERM, the grace, KILL
//! (`kubelet-semantics.md` 9, 10.6, 10.7, 13.2; recordings 07b, 16b, 16c).

use crate::time::Millis;
use crate::trace::{EntryId, EntryKind, Hook, Kill};

use super::latency::MINIMUM_GRACE;
use super::look::{Flow, Step};
use super::process::SIGKILL;
use super::run::{Ev, Sim};
use super::spec::Idx;

/// The order to end one container.
#[derive(Clone, Debug)]
pub struct KillOrder {
    pub idx: Idx,
    pub message: String,
    /// In seconds, over the Pod's own.
    pub grace_seconds: Option<i64>,
    /// Sidecars wait for the mains and for later sidecars to be gone.
    pub in_turn: bool,
}

impl KillOrder {
    pub fn new(idx: Idx, message: String, grace_seconds: Option<i64>) -> KillOrder {
        KillOrder { idx, message, grace_seconds, in_turn: false }
    }
}

/// The kills under way, one at most per container.
#[derive(Debug)]
pub struct Kills {
    runs: Vec<Option<KillRun>>,
    /// What the exit of each container will be put down to.
    pub causes: Vec<Option<EntryId>>,
}

#[derive(Debug)]
struct KillRun {
    entry: EntryId,
    grace: Millis,
    /// The end of the grace, before which preStop and the turn must come.
    deadline: Millis,
    stage: Stage,
    in_turn: bool,
    /// The index in the container's list of kills in the trace.
    record: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    PreStop,
    Turn,
    /// TERM is sent; KILL follows at this moment.
    Termed {
        kill_at: Millis,
    },
}

impl Kills {
    pub fn new(n_containers: usize) -> Kills {
        Kills { runs: (0..n_containers).map(|_| None).collect(), causes: vec![None; n_containers] }
    }

    pub fn none_left(&self) -> bool {
        self.runs.iter().all(Option::is_none)
    }
}

impl Sim<'_> {
    /// The orders to end all that runs.
    pub fn kill_all_orders(&self, grace_seconds: Option<i64>) -> Vec<KillOrder> {
        let has_sidecars = self.spec.containers.iter().any(|c| c.is_sidecar());
        let alive = (0..self.spec.containers.len()).filter(|&idx| self.runtime.alive(idx).is_some());
        let order = |idx: Idx| KillOrder {
            idx,
            message: format!("Stopping container {}", self.spec.containers[idx].name),
            grace_seconds,
            in_turn: has_sidecars && self.spec.containers[idx].is_sidecar(),
        };
        alive.map(order).collect()
    }

    /// Begins to end containers, all at the same moment.
    pub fn start_kills(&mut self, orders: Vec<KillOrder>) -> Flow {
        let cause = self.look_entry();
        let victims: Vec<Idx> = orders.iter().map(|o| o.idx).collect();
        for order in orders {
            self.start_kill(order, cause);
        }
        for idx in victims {
            self.advance_kill(idx);
        }
        Flow::Next
    }

    fn start_kill(&mut self, order: KillOrder, cause: EntryId) {
        let idx = order.idx;
        let Some(instance) = self.runtime.alive(idx) else {
            // The kubelet tells of what it is about to do before it looks whether there is anything to end (`killContainer`).
            self.event(Some(idx), false, "Killing", order.message, cause);
            return;
        };
        self.acted();
        let attempt = self.runtime.instances[idx][instance].attempt;
        let seconds = order.grace_seconds.unwrap_or(self.spec.grace_seconds).max(0);
        let message = order.message.clone();
        let kind = EntryKind::Killing { attempt, message: message.clone(), grace_seconds: seconds };
        let entry = self.entry(Some(idx), kind, Some(cause));
        self.event(Some(idx), false, "Killing", order.message, entry);
        let grace = Millis::secs(seconds as u64);
        let deadline = self.now + grace;
        if let Some(running) = &mut self.kills.runs[idx] {
            // A second order can only shorten the grace of the first.
            running.deadline = running.deadline.min(deadline);
            running.grace = running.grace.min(deadline.since(self.trace.containers[idx].kills[running.record].from));
            running.in_turn &= order.in_turn;
            if let Stage::Termed { kill_at } = &mut running.stage {
                *kill_at = (*kill_at).min(deadline.max(self.now + MINIMUM_GRACE));
                let at = *kill_at;
                self.queue.push(at, Ev::Kill { idx });
            }
            return;
        }
        let record = Kill { from: self.now, term: None, kill: None, grace_seconds: seconds, message };
        self.trace.containers[idx].kills.push(record);
        let record = self.trace.containers[idx].kills.len() - 1;
        let pre_stop = self.spec.containers[idx].pre_stop.is_some() && seconds > 0;
        let stage = if pre_stop { Stage::PreStop } else { Stage::Turn };
        self.kills.causes[idx] = Some(entry);
        self.kills.runs[idx] = Some(KillRun { entry, grace, deadline, stage, in_turn: order.in_turn, record });
        self.queue.push(deadline, Ev::Kill { idx });
        if pre_stop {
            self.start_hook(idx, Hook::PreStop, entry);
        }
    }

    /// Takes a kill as far as it can go now.
    pub fn advance_kill(&mut self, idx: Idx) {
        let now = self.now;
        let Some(run) = &self.kills.runs[idx] else { return };
        let out_of_time = now >= run.deadline;
        match run.stage {
            Stage::PreStop => {
                if out_of_time && self.hook_is_running(idx, Hook::PreStop) {
                    self.hook_ran_out_of_time(idx, Hook::PreStop);
                }
                if !self.hook_is_running(idx, Hook::PreStop) {
                    self.set_kill_stage(idx, Stage::Turn);
                    self.advance_kill(idx);
                }
            }
            Stage::Turn => {
                if !run.in_turn || out_of_time || self.its_turn(idx) {
                    self.send_term(idx);
                }
            }
            Stage::Termed { kill_at } => {
                if now >= kill_at {
                    self.send_kill(idx);
                }
            }
        }
    }

    fn set_kill_stage(&mut self, idx: Idx, stage: Stage) {
        if let Some(run) = &mut self.kills.runs[idx] {
            run.stage = stage;
        }
    }

    /// Whether all mains and all later sidecars are gone.
    fn its_turn(&self, idx: Idx) -> bool {
        let mut later = (idx + 1..self.spec.containers.len())
            .filter(|&i| self.spec.containers[i].kind != crate::trace::ContainerKind::Init);
        later.all(|i| self.runtime.alive(i).is_none())
    }

    fn send_term(&mut self, idx: Idx) {
        let now = self.now;
        let Some(run) = &mut self.kills.runs[idx] else { return };
        let record = run.record;
        // Whole seconds of what has passed are taken off the grace.
        let passed = now.since(self.trace.containers[idx].kills[record].from).whole_secs();
        let begun = now - Millis::secs(passed);
        let kill_at = (begun + run.grace).max(now + MINIMUM_GRACE);
        run.stage = Stage::Termed { kill_at };
        self.trace.containers[idx].kills[record].term = Some(now);
        self.queue.push(kill_at, Ev::Kill { idx });
        // The signal that the image asks to be stopped with: TERM, or QUIT for nginx.
        let signal = crate::shell::stop_signal(&self.image[idx]);
        self.send_signal(idx, signal);
    }

    fn send_kill(&mut self, idx: Idx) {
        let now = self.now;
        let Some(run) = &self.kills.runs[idx] else { return };
        let record = run.record;
        self.trace.containers[idx].kills[record].kill.get_or_insert(now);
        self.send_signal(idx, SIGKILL);
    }

    fn send_signal(&mut self, idx: Idx, signal: i32) {
        let Some(instance) = self.runtime.alive(idx) else { return };
        let cause = self.kills.runs[idx].as_ref().map(|r| r.entry);
        let attempt = self.runtime.instances[idx][instance].attempt;
        let entry = self.entry(Some(idx), EntryKind::SignalSent { attempt, signal }, cause);
        self.kills.causes[idx] = Some(entry);
        self.signal_process(idx, instance, signal);
    }

    /// A container has ended: its kill is done, others may have their turn, the look may go on.
    pub fn kill_is_done(&mut self, idx: Idx) {
        self.kills.causes[idx] = None;
        if self.kills.runs[idx].take().is_none() {
            return;
        }
        let waiting: Vec<Idx> = (0..self.kills.runs.len()).filter(|&i| self.kills.runs[i].is_some()).collect();
        for other in waiting {
            self.advance_kill(other);
        }
        if self.kills.none_left() {
            self.wake_look();
        }
    }

    pub fn await_kills(&mut self) -> Flow {
        if self.kills.none_left() {
            return Flow::Next;
        }
        self.then([Step::AwaitKills]);
        Flow::Blocked
    }

    /// The steps that remove all containers for a restart of all (3.4): one after the other, with hardly any grace, no preStop.
    pub fn reset_steps(&mut self, list: &[Idx]) -> Vec<Step> {
        let mut steps = Vec::new();
        for &idx in list.iter().filter(|&&i| self.runtime.alive(i).is_some()) {
            steps.extend([Step::Kill(vec![KillOrder::new(idx, "killing".into(), Some(0))]), Step::AwaitKills]);
        }
        steps.push(Step::RemoveContainers(list.to_vec()));
        steps
    }

    pub fn remove_containers(&mut self, list: &[Idx]) -> Flow {
        let now = self.now;
        for &idx in list {
            for instance in &mut self.runtime.instances[idx] {
                instance.removed.get_or_insert(now);
            }
            self.status.forget_reason(idx);
        }
        self.acted();
        if let Some(look) = &mut self.worker.look {
            look.again = true;
        }
        Flow::Next
    }
}
