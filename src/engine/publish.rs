//! The status manager: what of the kubelet's view of the Pod reaches the API server, and when (`kubelet-semantics.md` 11.3).
//!
//! Equal statuses are not sent. A terminal phase is held back until nothing runs any more. A status in which a finished
//! init container runs again is not sent either, unless the Pod's policy is Always (2.2; recording 17g).

use std::rc::Rc;

use k8s_openapi::api::core::v1::{Pod, PodCondition};

use crate::time::Millis;
use crate::trace::*;

use super::census::Census;
use super::look::Failure;
use super::run::Sim;
use super::runtime::Runtime;
use super::spec::{Idx, Policy, Spec};
use super::status::made_up;
use super::worker::WorkPhase;

/// The kubelet's memory of the status, and what stands in the API.
#[derive(Debug)]
pub struct StatusManager {
    /// The newest status that the kubelet made, perhaps not sent as it is.
    pub known: Rc<PodStatus>,
    /// The status of the API object.
    pub published: Rc<PodStatus>,
    /// Why each container's last start failed.
    reasons: Vec<Option<Failure>>,
    /// The few containers of which something has changed since their status was built, each once.
    touched: Vec<Idx>,
    n_containers: usize,
    /// The containers of the newest status that was made, counted.
    pub census: Census,
}

/// A condition that the API server stored with the Pod.
fn stored(condition: &PodCondition) -> Condition {
    Condition {
        kind: condition.type_.as_str().into(),
        status: condition.status.as_str().into(),
        reason: condition.reason.as_deref().map(Into::into),
        message: condition.message.as_deref().map(Into::into),
        last_transition: Millis::ZERO,
        observed_generation: None,
    }
}

impl StatusManager {
    pub fn new(pod: &Pod, spec: &Spec) -> StatusManager {
        let qos = crate::kube::resources::qos_class(pod.spec.as_ref());
        // A Pod with gates has one (`applySchedulingGatedCondition`).
        let conditions = pod.status.iter().flat_map(|s| s.conditions.iter().flatten()).map(stored).collect();
        let first = Rc::new(PodStatus { phase: "Pending", qos_class: qos, conditions, ..PodStatus::default() });
        let n = spec.containers.len();
        StatusManager {
            known: first.clone(),
            published: first,
            reasons: vec![None; n],
            touched: (0..n).collect(),
            n_containers: n,
            census: Census::default(),
        }
    }

    pub fn touch(&mut self, idx: Idx) {
        if !self.touched.contains(&idx) {
            self.touched.push(idx);
        }
    }

    pub fn touch_all(&mut self) {
        self.touched = (0..self.n_containers).collect();
    }

    /// The containers whose status is to be built anew.
    pub fn touched(&self) -> &[Idx] {
        &self.touched
    }

    /// Statuses are built as of moment `t`: what can be seen later only stays marked.
    pub fn settle(&mut self, runtime: &Runtime, t: Millis) {
        let later = |i: &super::runtime::Instance| {
            let moments = [Some(i.created), i.started, i.exit.as_ref().map(|e| e.visible), i.removed];
            moments.into_iter().flatten().any(|m| m > t)
        };
        self.touched.retain(|&idx| runtime.instances[idx].iter().rev().take(2).any(later));
    }

    pub fn reason(&self, idx: Idx) -> Option<&Failure> {
        self.reasons[idx].as_ref()
    }

    pub fn remember_reason(&mut self, idx: Idx, failure: Failure) {
        self.touch(idx);
        self.reasons[idx] = Some(failure);
    }

    pub fn forget_reason(&mut self, idx: Idx) {
        self.touch(idx);
        self.reasons[idx] = None;
    }

    /// The kubelet's process has ended: it will begin with what the API shows.
    pub fn forget_reasons(&mut self) {
        self.reasons.fill(None);
        self.touch_all();
        self.known = self.published.clone();
    }
}

impl Sim<'_> {
    /// Takes a new status, and sends it if it differs from the last one.
    pub fn set_status(&mut self, status: PodStatus, cause: EntryId) {
        if *self.status.known == status {
            return;
        }
        if self.init_runs_again(&status) {
            self.status.touch_all();
            return;
        }
        self.status.known = Rc::new(status);
        self.send_status(cause);
    }

    /// Sends what is known, the terminal phase only when nothing can run any more.
    pub fn send_status(&mut self, cause: EntryId) {
        let known = self.status.known.clone();
        let may_run = matches!(self.worker.phase, WorkPhase::Syncing | WorkPhase::Terminating | WorkPhase::Unknown);
        let held = known.is_terminal() && may_run && !self.status.published.is_terminal();
        let sent = if held {
            let old = &self.status.published;
            let (phase, reason, message) = (old.phase, old.reason.clone(), old.message.clone());
            Rc::new(PodStatus { phase, reason, message, ..(*known).clone() })
        } else {
            known
        };
        if *sent != *self.status.published {
            self.publish(sent, cause);
        }
    }

    /// A status reaches the API.
    pub fn publish(&mut self, status: Rc<PodStatus>, cause: EntryId) {
        let old_phase = self.status.published.phase;
        let phase = status.phase;
        self.status.published = status;
        if self.object_is_gone() {
            return;
        }
        let entry = self.publish_version(cause);
        if phase != old_phase {
            self.entry(None, EntryKind::PhaseChanged { phase: phase.into() }, Some(entry));
        }
    }

    /// The API object has a new version.
    pub fn publish_version(&mut self, cause: EntryId) -> EntryId {
        let index = self.trace.versions.len();
        let entry = self.entry(None, EntryKind::StatusPublished(index), Some(cause));
        let images = match self.trace.versions.last() {
            Some(last) if last.generation == self.generation => last.images.clone(),
            _ => Rc::new(self.changed_images()),
        };
        self.trace.versions.push(PodVersion {
            at: self.now,
            status: self.status.published.clone(),
            deletion: self.deletion,
            images,
            generation: self.generation,
            removed: false,
            cause: entry,
        });
        entry
    }

    /// `checkContainerStateTransition`: an init container that had succeeded runs again, which the Pod's policy does not allow.
    fn init_runs_again(&self, new: &PodStatus) -> bool {
        if self.spec.policy == Policy::Always || self.spec.may_restart_all {
            return false;
        }
        let old = &self.status.known;
        new.init.changed_since(&old.init).any(|idx| {
            let (Some(old), new) = (old.init.get(idx), &new.init[idx]) else { return false };
            let succeeded = matches!(&old.state, ContainerState::Terminated(t) if t.exit_code == 0);
            let ended = matches!(new.state, ContainerState::Terminated(_));
            !self.spec.containers[idx].is_sidecar() && succeeded && !ended
        })
    }

    /// `TerminatePod`: fills in what nobody can find out any more.
    pub fn fill_gaps(&mut self, cause: EntryId) {
        const LOST: &str = "The container could not be located when the pod was terminated";
        let mut status = (*self.status.known).clone();
        let lost = |c: &Rc<ContainerStatus>| {
            if matches!(c.state, ContainerState::Terminated(_)) {
                return c.clone();
            }
            let state = ContainerState::Terminated(made_up("ContainerStatusUnknown", LOST));
            Rc::new(ContainerStatus { state, ready: false, started: false, ..(**c).clone() })
        };
        if self.has_initialized(&status) {
            status.main = status.main.iter().map(lost).collect();
        }
        // The first one is filled in even if it never ran.
        let last = (0..status.init.len()).rfind(|&i| ever_ran(&status.init[i])).unwrap_or(0);
        let inits = status.init.iter().enumerate();
        status.init = inits.map(|(i, c)| if i <= last { lost(c) } else { c.clone() }).collect();
        if !status.is_terminal() {
            status.phase = "Failed";
        }
        self.status.known = Rc::new(status);
        self.send_status(cause);
    }

    /// Whether the mains' turn had come: one of them has run, or the last init container is done.
    fn has_initialized(&self, status: &PodStatus) -> bool {
        if status.main.iter().any(ever_ran) {
            return true;
        }
        let Some(last) = status.init.last() else { return true };
        let succeeded = |t: &Terminated| t.exit_code == 0;
        match &last.state {
            _ if self.spec.containers[self.spec.n_inits - 1].is_sidecar() => {
                last.started && matches!(last.state, ContainerState::Running { .. })
            }
            ContainerState::Terminated(t) if succeeded(t) => true,
            _ => last.last_state.as_ref().is_some_and(succeeded),
        }
    }
}

/// Whether there is any sign that the container has run.
fn ever_ran(c: &Rc<ContainerStatus>) -> bool {
    c.last_state.is_some() || !matches!(c.state, ContainerState::Waiting(_))
}
