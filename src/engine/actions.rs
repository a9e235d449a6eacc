//! What people and nodes do during a run: the scenario's actions, and the world's comings and goings.

use crate::scenario::ActionKind;
use crate::time::Millis;
use crate::trace::*;

use super::process::{End, SIGKILL};
use super::run::{Ev, Sim};
use super::worker::WorkPhase;

impl Sim<'_> {
    /// Plans what the scenario says will happen.
    pub fn plan_world(&mut self) {
        for (i, action) in self.scenario.actions.iter().enumerate() {
            self.queue.push(action.at, Ev::Action(i));
        }
        for (at, what, name, up) in self.world.changes() {
            self.queue.push(at, Ev::World { what, name, up });
        }
    }

    pub fn world_changes(&mut self, what: WorldKind, name: String, up: bool) {
        let kind = name.split('/').next().unwrap_or_default();
        let concerns_scheduler = matches!(kind, "PersistentVolumeClaim" | "Pod" | "Scheduler");
        let entry = self.entry(None, EntryKind::WorldChanged { what, name, up }, None);
        if concerns_scheduler {
            self.scheduling_may_have_changed(entry);
        }
    }

    pub fn act(&mut self, i: usize) {
        let kind = self.scenario.actions[i].kind.clone();
        let entry = self.entry(None, EntryKind::ActionTaken(kind.clone()), None);
        match kind {
            ActionKind::DeletePod { grace_period_seconds } => self.delete_pod(grace_period_seconds, entry),
            ActionKind::KillSandbox => self.kill_sandbox(entry),
            ActionKind::NodeReboot { down_for } => self.reboot(down_for, entry),
            ActionKind::RestartKubelet { down_for } => self.restart_kubelet(down_for, entry),
            ActionKind::KillContainer { name, signal } => self.kill_from_outside(&name, signal, entry),
            ActionKind::FailProbe { container, probe, lasting } => self.fail_probe(&container, probe, lasting),
            ActionKind::SetImage { container, image } => self.set_image(&container, &image, entry),
            ActionKind::SetCondition { condition, status, reason, message } => {
                self.set_condition(&condition, &status, reason, message, entry);
            }
            ActionKind::Evict => self.evict(entry),
        }
    }

    /// The pause process dies: the sandbox is not ready, its containers go on.
    fn kill_sandbox(&mut self, cause: EntryId) {
        self.sandbox_ends(cause);
    }

    fn restart_kubelet(&mut self, down_for: Millis, cause: EntryId) {
        if !self.kubelet_up {
            return;
        }
        let entry = self.entry(None, EntryKind::KubeletStopped, Some(cause));
        self.kubelet_stopped();
        self.queue.push(self.now + down_for + self.latency.kubelet_start, Ev::KubeletStarted(entry));
    }

    /// The node goes down with all that runs on it, and comes back.
    fn reboot(&mut self, down_for: Millis, cause: EntryId) {
        if !self.node_up {
            return;
        }
        let entry = self.entry(None, EntryKind::NodeStopped, Some(cause));
        self.node_up = false;
        if self.kubelet_up {
            self.kubelet_stopped();
        }
        for idx in 0..self.spec.containers.len() {
            self.lose_container(idx, entry);
        }
        self.sandbox_ends(entry);
        self.volumes.node_rebooted();
        self.queue.push(self.now + down_for, Ev::NodeStarted(entry));
    }

    pub fn node_started(&mut self, cause: EntryId) {
        self.node_up = true;
        let entry = self.entry(None, EntryKind::NodeStarted, Some(cause));
        self.queue.push(self.now + self.latency.kubelet_start, Ev::KubeletStarted(entry));
    }

    /// A signal that somebody on the node sends to process 1.
    fn kill_from_outside(&mut self, name: &str, signal: i32, cause: EntryId) {
        let Some(idx) = self.spec.containers.iter().position(|c| *c.name == *name) else { return };
        let Some(instance) = self.runtime.alive(idx) else { return };
        let attempt = self.runtime.instances[idx][instance].attempt;
        let entry = self.entry(Some(idx), EntryKind::SignalSent { attempt, signal }, Some(cause));
        self.kills.causes[idx] = Some(entry);
        self.signal_process(idx, instance, signal);
    }

    fn lose_container(&mut self, idx: usize, cause: EntryId) {
        let now = self.now;
        // What was made and not yet started is simply gone.
        for made in self.runtime.instances[idx].iter_mut().filter(|i| i.started.is_none() && i.exit.is_none()) {
            made.removed.get_or_insert(now);
        }
        let Some(instance) = self.runtime.alive(idx) else { return };
        self.kills.causes[idx] = Some(cause);
        let end = End { at: self.now, code: 255, signal: Some(SIGKILL), oom_killed: false };
        self.container_lost(idx, instance, end);
    }

    fn set_image(&mut self, container: &str, image: &str, cause: EntryId) {
        let Some(idx) = self.spec.containers.iter().position(|c| *c.name == *container) else { return };
        if *self.image[idx] == *image || self.object_is_gone() {
            return;
        }
        self.image[idx] = image.into();
        self.generation += 1;
        self.status.touch(idx);
        self.publish_version(cause);
        self.queue.push(self.now + self.latency.delete, Ev::PodUpdated(cause));
    }

    /// Somebody sets a condition of the Pod, for a readiness gate.
    fn set_condition(
        &mut self,
        kind: &str,
        value: &str,
        reason: Option<String>,
        message: Option<String>,
        cause: EntryId,
    ) {
        let condition = Condition {
            kind: kind.into(),
            status: value.into(),
            reason: reason.map(Into::into),
            message: message.map(Into::into),
            last_transition: self.now,
            observed_generation: None,
        };
        self.put_condition(condition, cause);
        // The kubelet hears of it, and looks at the gates only (`HandlePodReconcile`).
        if self.kubelet_up && self.worker.phase == WorkPhase::Syncing {
            self.reconcile_readiness(cause);
        }
    }

    /// Writes a condition that is not the kubelet's into the API object.
    pub fn put_condition(&mut self, condition: Condition, cause: EntryId) {
        self.know_condition(&condition);
        let published = self.status.published.with_condition(&condition);
        self.publish(published.into(), cause);
    }

    /// Lets the kubelet know a condition, which its next status shows.
    pub fn know_condition(&mut self, condition: &Condition) {
        self.status.known = self.status.known.with_condition(condition).into();
    }

    fn reconcile_readiness(&mut self, cause: EntryId) {
        let known = self.status.known.clone();
        let Some(containers) = known.condition("ContainersReady") else { return };
        let finding = (containers.is_true(), None, None);
        if !finding.0 {
            return;
        }
        let (value, reason, message) = self.pod_ready(&finding, &known);
        let mut status = (*known).clone();
        let mut conditions = status.conditions.to_vec();
        if let Some(ready) = conditions.iter_mut().find(|c| &*c.kind == "Ready") {
            if ready.is_true() != value {
                ready.last_transition = self.now;
            }
            ready.status = if value { "True" } else { "False" }.into();
            ready.reason = reason.map(Into::into);
            ready.message = message;
        }
        status.conditions = conditions.into();
        self.set_status(status, cause);
    }

    /// The eviction API: a condition, then an ordinary deletion.
    fn evict(&mut self, cause: EntryId) {
        let condition = Condition {
            kind: "DisruptionTarget".into(),
            status: "True".into(),
            reason: Some("EvictionByEvictionAPI".into()),
            message: Some("Eviction API: evicting".into()),
            last_transition: self.now,
            observed_generation: Some(self.generation),
        };
        self.put_condition(condition, cause);
        self.delete_pod(None, cause);
    }
}
