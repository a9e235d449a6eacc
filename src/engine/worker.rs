//! The pod worker: when the kubelet looks at the Pod.
//!
//! One look at a time, at most one remembered while it lasts, and none before the list of containers is newer than the
//! end of the last one (`kubelet-semantics.md` 1.1 to 1.3, 1.6). The list is read once a second; a look that did something
//! asks for it at once. Nothing is planned for seconds in which nothing can be seen: a poll is planned when there is
//! something to notice, and a healthy Pod's resync only where it has something to say.

use crate::time::Millis;
use crate::trace::{EntryId, EntryKind, LookReason};

use super::latency::{BACKOFF_WAKE_CAP, PLEG_PERIOD, RESYNC, RETRY, TICK, last_tick, next_tick};
use super::look::Look;
use super::run::{Ev, Sim};

/// What the worker is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorkPhase {
    /// The kubelet has not heard of the Pod, or has refused it.
    #[default]
    Unknown,
    /// SyncPod
    Syncing,
    /// SyncTerminatingPod
    Terminating,
    /// SyncTerminatedPod
    Terminated,
    /// All done.
    Finished,
}

/// The pod worker's memory.
#[derive(Debug, Default)]
pub struct Worker {
    pub phase: WorkPhase,
    pub look: Option<Look>,
    /// The next look, which waits for the current one to end.
    pending: Option<(LookReason, EntryId)>,
    /// The next look, which waits for a new list of containers.
    waiting: Option<(LookReason, EntryId)>,
    /// The end of the last look.
    last_end: Option<Millis>,
    timer: u64,
    pub generation: u64,
    /// When the list was last read out of turn.
    relisted: Option<Millis>,
    /// Changes of the runtime that no list has shown yet, with the moment from which one would.
    unseen: Vec<(Millis, EntryId)>,
}

/// How a look ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All well. `acted`: something was changed in the runtime.
    Done { acted: bool },
    /// The worker goes over to its next phase, or asks to look again at once.
    Again,
    /// Something failed; the earliest end of a crash back-off, if there is one.
    Failed { retry_at: Option<Millis>, by: EntryId },
}

impl Sim<'_> {
    /// The moment of the newest list of containers.
    pub fn observed(&self) -> Millis {
        let regular = last_tick(self.now, self.latency.pleg_phase, PLEG_PERIOD).unwrap_or(Millis::ZERO);
        self.worker.relisted.map_or(regular, |r| r.max(regular))
    }

    /// Something in the runtime has changed and will be seen from `visible` on.
    pub fn runtime_changed(&mut self, visible: Millis, cause: EntryId) {
        self.worker.unseen.push((visible, cause));
        self.queue.push(next_tick(visible, self.latency.pleg_phase, PLEG_PERIOD), Ev::Poll);
    }

    /// The regular list.
    pub fn poll(&mut self) {
        if self.kubelet_up {
            self.notice();
        }
    }

    /// The list out of turn that a successful look asks for (gate PLEGOnDemandRelist).
    pub fn relist(&mut self) {
        if self.kubelet_up {
            self.worker.relisted = Some(self.now);
            self.notice();
        }
    }

    /// A new list is there: first the worker that waited for one goes on, then the changes are told.
    fn notice(&mut self) {
        self.worker_may_start();
        let now = self.now;
        let newest = self.worker.unseen.iter().filter(|(visible, _)| *visible <= now).map(|(_, cause)| *cause).max();
        self.worker.unseen.retain(|(visible, _)| *visible > now);
        if let Some(cause) = newest {
            self.update_pod(LookReason::ContainersChanged, cause);
        }
    }

    /// Asks for a look.
    pub fn update_pod(&mut self, reason: LookReason, cause: EntryId) {
        if !self.kubelet_up || matches!(self.worker.phase, WorkPhase::Unknown | WorkPhase::Finished) {
            return;
        }
        if self.worker.look.is_some() || self.worker.waiting.is_some() {
            self.worker.pending = Some((reason, cause));
            return;
        }
        self.worker.waiting = Some((reason, cause));
        self.worker_may_start();
    }

    /// Starts the look that waits, if the list is newer than the last look.
    pub fn worker_may_start(&mut self) {
        let Some((reason, cause)) = self.worker.waiting else { return };
        match self.worker.last_end {
            Some(end) if self.observed() <= end => {
                self.queue.push(next_tick(end + Millis(1), self.latency.pleg_phase, PLEG_PERIOD), Ev::Fresh);
            }
            _ => {
                self.worker.waiting = None;
                let entry = self.entry(None, EntryKind::Look { reason }, Some(cause));
                self.begin_look(entry);
            }
        }
    }

    /// The look is over: plans the next one.
    pub fn end_look(&mut self, outcome: Outcome) {
        let Some(look) = self.worker.look.take() else { return };
        self.worker.last_end = Some(self.now);
        self.worker.timer += 1;
        match outcome {
            Outcome::Done { acted: true } => {
                self.queue.push(self.now + self.latency.relist, Ev::Relist);
            }
            // The resync of a healthy Pod finds something after all.
            Outcome::Done { acted: false } if !self.missing_pull_secrets().is_empty() => {
                self.plan_timer(RESYNC, look.entry);
            }
            Outcome::Done { acted: false } => {}
            Outcome::Again => {
                self.worker.pending.get_or_insert((LookReason::Continued, look.entry));
            }
            Outcome::Failed { retry_at: Some(at), by } => {
                let rest = at.since(self.now).min(BACKOFF_WAKE_CAP);
                self.plan_timer(rest, by);
            }
            Outcome::Failed { retry_at: None, by } => self.plan_timer(RETRY, by),
        }
        self.take_pending();
    }

    fn plan_timer(&mut self, sleep: Millis, cause: EntryId) {
        let due = self.now + self.jitter.stretch(sleep);
        let at = next_tick(due, self.latency.tick_phase, TICK);
        self.queue.push(at, Ev::Timer { generation: self.worker.timer, cause });
    }

    fn take_pending(&mut self) {
        if let Some((reason, cause)) = self.worker.pending.take() {
            self.update_pod(reason, cause);
        }
    }

    pub fn timer(&mut self, generation: u64, cause: EntryId) {
        if generation == self.worker.timer {
            self.update_pod(LookReason::Timer, cause);
        }
    }

    /// The worker goes over to termination. Of a look under way only the wait for volumes heeds that: what the runtime was asked
    /// for (a pull, a hook, a kill, the starts that follow) is done first, and so is a termination whose grace was longer.
    pub fn start_terminating(&mut self, reason: LookReason, cause: EntryId) {
        if self.worker.phase == WorkPhase::Syncing {
            self.end_all_backoffs();
            self.worker.phase = WorkPhase::Terminating;
            self.worker.timer += 1;
            if self.worker.look.take_if(|look| look.waits_for_volumes()).is_some() {
                self.worker.last_end = Some(self.now);
            }
            self.worker.waiting = None;
        }
        self.update_pod(reason, cause);
    }

    /// The kubelet's process ends: all that it remembers only in memory is lost.
    pub fn kubelet_stopped(&mut self) {
        self.kubelet_up = false;
        self.worker.look = None;
        self.worker.waiting = None;
        self.worker.pending = None;
        self.worker.timer += 1;
        self.break_off();
        self.crash.forget();
        self.images.forget();
        self.status.forget_reasons();
        self.prober.forget();
        self.correlator.kubelet_restarted();
    }

    pub fn kubelet_started(&mut self, cause: EntryId) {
        if self.kubelet_up || !self.node_up {
            return;
        }
        self.kubelet_up = true;
        let cause = self.entry(None, EntryKind::KubeletStarted, Some(cause));
        self.worker.last_end = None;
        self.worker.relisted = Some(self.now);
        let now = self.now;
        self.worker.unseen.retain(|(visible, _)| *visible > now);
        let unseen: Vec<Millis> = self.worker.unseen.iter().map(|(visible, _)| *visible).collect();
        for visible in unseen {
            self.queue.push(next_tick(visible, self.latency.pleg_phase, PLEG_PERIOD), Ev::Poll);
        }
        // What was asked for meanwhile is found in the API.
        if self.is_deleting() && self.worker.phase == WorkPhase::Syncing {
            self.start_terminating(LookReason::Deleted, cause);
        } else {
            self.update_pod(LookReason::KubeletStarted, cause);
        }
    }
}
