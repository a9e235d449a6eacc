//! The end of a Pod: SyncTerminatingPod and SyncTerminatedPod, deletion, the deadline, and the sandbox's comings and goings
//! (`kubelet-semantics.md` 11.3, 13).

use std::rc::Rc;

use crate::time::Millis;
use crate::trace::*;

use super::eviction;
use super::look::{Flow, Step};
use super::run::{Ev, Sim};
use super::runtime::Sandbox;
use super::worker::{Outcome, WorkPhase};

impl Sim<'_> {
    /// `SyncTerminatingPod`: everything is stopped, then the last status is made.
    pub fn sync_terminating_pod(&mut self) {
        let Some(look) = &self.worker.look else { return };
        let (observed, entry) = (look.observed, look.entry);
        let status = self.generate_status(observed, false);
        self.set_status(status, entry);
        self.end_all_backoffs();
        self.stop_startup_and_liveness();
        let evicted = self.eviction.message.as_ref().map(|_| eviction::GRACE_SECONDS);
        let grace = self.deletion.map(|d| d.grace_seconds).into_iter().chain(evicted).min();
        let orders = self.kill_all_orders(grace);
        self.then([
            Step::Kill(orders),
            Step::AwaitKills,
            Step::StopSandbox,
            Step::SandboxStopped,
            Step::TerminatingDone,
        ]);
        self.go_on();
    }

    /// Nothing runs any more: the last status by what the runtime says now.
    pub fn terminating_done(&mut self) -> Flow {
        let entry = self.look_entry();
        let status = self.generate_status(self.now + self.latency.exit_visible, true);
        self.worker.phase = WorkPhase::Terminated;
        self.set_status(status, entry);
        if let Some(look) = &mut self.worker.look {
            look.again = true;
            look.acted = false;
        }
        Flow::Next
    }

    /// `SyncTerminatedPod`: the gaps are filled, and a deleted Pod's object goes.
    pub fn sync_terminated_pod(&mut self) {
        let entry = self.look_entry();
        let status = self.generate_status(self.now + self.latency.exit_visible, true);
        self.set_status(status, entry);
        self.fill_gaps(entry);
        self.worker.phase = WorkPhase::Finished;
        self.stop_probing();
        self.end_look(Outcome::Done { acted: false });
        if self.is_deleting() {
            self.remove_object(entry);
        }
    }

    /// The API object goes.
    pub fn remove_object(&mut self, cause: EntryId) {
        if self.object_is_gone() {
            return;
        }
        let Some(last) = self.trace.versions.last().cloned() else { return };
        let entry = self.entry(None, EntryKind::ObjectRemoved, Some(cause));
        self.trace.versions.push(PodVersion { at: self.now, removed: true, cause: entry, ..last });
    }

    /// Whether the API object has been removed, or was never made.
    pub fn object_is_gone(&self) -> bool {
        self.trace.versions.last().is_none_or(|v| v.removed)
    }

    /// Deletion is asked for. An unscheduled or finished Pod goes at once, and so does one that is forced to.
    pub fn delete_pod(&mut self, grace_seconds: Option<i64>, cause: EntryId) {
        if self.object_is_gone() {
            return;
        }
        let asked = grace_seconds.unwrap_or(self.spec.grace_seconds);
        let asked = if asked < 0 { 1 } else { asked };
        let at_once = self.status.published.is_terminal() || !self.is_scheduled();
        let grace = if at_once { 0 } else { asked };
        // A second request can only shorten the grace of the first.
        if self.deletion.is_some_and(|d| grace >= d.grace_seconds) {
            return;
        }
        let requested = self.deletion.map_or(self.now, |d| d.requested);
        self.deletion = Some(Deletion { requested, grace_seconds: grace });
        self.generation += 1;
        self.status.touch_all();
        let entry = self.entry(None, EntryKind::DeletionRequested { grace_seconds: grace }, Some(cause));
        self.publish_version(entry);
        self.queue.push(self.now + self.latency.delete, Ev::Deleted(entry));
        if grace == 0 {
            self.remove_object(entry);
        }
    }

    pub fn kubelet_sees_deletion(&mut self, cause: EntryId) {
        // Nobody looks after an orphan: it stays until the garbage collector comes.
        if self.worker.phase == WorkPhase::Unknown && !self.is_orphan() {
            self.remove_object(cause);
        } else if self.kubelet_up {
            self.start_terminating(LookReason::Deleted, cause);
        }
    }

    fn is_scheduled(&self) -> bool {
        self.status.published.condition("PodScheduled").is_some_and(Condition::is_true)
            || self.worker.phase != WorkPhase::Unknown
            || self.is_orphan()
    }

    /// Whether `activeDeadlineSeconds` is over, counted from the status's start.
    pub fn deadline_exceeded(&self, status: &PodStatus) -> bool {
        match (self.spec.deadline, status.start_time) {
            (Some(deadline), Some(start)) => self.now >= start + deadline && !self.finished_before_deadline(),
            _ => false,
        }
    }

    fn finished_before_deadline(&self) -> bool {
        self.status.known.is_terminal() && self.status.known.reason.as_deref() != Some("DeadlineExceeded")
    }

    pub fn deadline_due(&mut self) {
        if self.worker.phase == WorkPhase::Syncing {
            let entry = self.deadline_entry();
            self.update_pod(LookReason::Deadline, entry);
        }
    }

    /// The entry that says that the deadline is over, made when the first look finds it so.
    pub fn deadline_entry(&mut self) -> EntryId {
        let found = self.trace.entries.iter().rposition(|e| e.kind == EntryKind::DeadlineExceeded);
        match found {
            Some(i) => EntryId(i as u32),
            None => self.entry(None, EntryKind::DeadlineExceeded, Some(self.added)),
        }
    }

    pub fn stop_sandbox(&mut self) -> Flow {
        let lives = self.runtime.sandboxes.last().is_some_and(|s| s.dead.is_none());
        if self.runtime.sandboxes.is_empty() {
            return Flow::Next;
        }
        self.acted();
        // Stopping what has died already takes its time as well, only less of it.
        Flow::After(if lives { self.latency.sandbox_stop } else { Millis(self.latency.sandbox_stop.0 / 2) })
    }

    pub fn sandbox_stopped(&mut self) -> Flow {
        let cause = self.look_entry();
        self.sandbox_ends(cause);
        Flow::Next
    }

    /// The newest sandbox is not ready any more.
    pub fn sandbox_ends(&mut self, cause: EntryId) {
        let now = self.now;
        let Some(sandbox) = self.runtime.sandboxes.last_mut().filter(|s| s.dead.is_none()) else { return };
        sandbox.dead = Some(now);
        let attempt = sandbox.attempt;
        if let Some(record) = self.trace.sandboxes.last_mut() {
            record.to = Some(now);
        }
        let entry = self.entry(None, EntryKind::SandboxStopped { attempt }, Some(cause));
        self.runtime_changed(now, entry);
    }

    pub fn create_sandbox(&mut self) -> Flow {
        let attempt = self.runtime.sandboxes.last().map_or(0, |s| s.attempt + 1);
        let cause = self.look_entry();
        if attempt > 0 {
            self.purge_inits();
        }
        self.entry(None, EntryKind::SandboxStarted { attempt }, Some(cause));
        let ip: Rc<str> = if self.spec.host_network {
            self.world.node_ip.clone()
        } else {
            format!("10.88.0.{}", 10 + attempt % 200).into()
        };
        self.runtime.sandboxes.push(Sandbox { attempt, created: self.now, ready: None, dead: None, ip });
        self.trace.sandboxes.push(SandboxTrace { attempt, from: self.now, ready: None, to: None });
        self.acted();
        Flow::After(self.latency.sandbox)
    }

    /// A new sandbox begins without the records of init containers.
    fn purge_inits(&mut self) {
        let now = self.now;
        for idx in self.spec.inits() {
            for instance in &mut self.runtime.instances[idx] {
                instance.removed.get_or_insert(now);
            }
            self.status.touch(idx);
        }
    }

    /// The sandbox has its network: one condition is published at once, the rest with the next look.
    pub fn sandbox_ready(&mut self) -> Flow {
        let now = self.now;
        let cause = self.look_entry();
        let Some(sandbox) = self.runtime.sandboxes.last_mut() else { return Flow::Next };
        sandbox.ready = Some(now);
        let attempt = sandbox.attempt;
        if let Some(record) = self.trace.sandboxes.last_mut() {
            record.ready = Some(now);
        }
        let entry = self.entry(None, EntryKind::SandboxReady { attempt }, Some(cause));
        self.runtime_changed(now, entry);
        let mut status = (*self.status.known).clone();
        let mut conditions = status.conditions.to_vec();
        if let Some(c) = conditions.iter_mut().find(|c| &*c.kind == "PodReadyToStartContainers") {
            c.status = "True".into();
            c.last_transition = now;
        }
        status.conditions = conditions.into();
        self.set_status(status, entry);
        Flow::Next
    }

    /// The IP of the newest sandbox.
    pub fn pod_ip(&self) -> Rc<str> {
        self.runtime.sandboxes.last().map_or_else(|| "10.88.0.10".into(), |s| s.ip.clone())
    }
}
