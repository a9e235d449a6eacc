//! The scheduler's turns: whether there is one, and what it says of the one node (`kubelet-semantics.md` 16).

use k8s_openapi::api::core::v1 as api;

use crate::kube::DEFAULT_SCHEDULER;
use crate::kube::resources::effective_requests;
use crate::scenario::Object;
use crate::time::Millis;
use crate::trace::*;

use super::admission::tolerated;
use super::affinity::{self, APART};
use super::events::Source;
use super::latency::{POD_GC, SCHEDULER_RETRY};
use super::run::{Ev, Sim};
use super::worker::WorkPhase;

/// By whom a Pod wants to be scheduled.
pub fn name_for(pod: &api::Pod) -> &str {
    pod.spec.as_ref().and_then(|spec| spec.scheduler_name.as_deref()).unwrap_or(DEFAULT_SCHEDULER)
}

impl Sim<'_> {
    /// Plans the scheduler's next turn, in place of one that was planned before.
    pub fn plan_schedule(&mut self, at: Millis, cause: EntryId) {
        self.schedule_at = at;
        self.queue.push(at, Ev::Schedule(cause));
    }

    /// The scheduler's turn. A Pod with a node name passes it by.
    pub fn schedule(&mut self, cause: EntryId) {
        if self.object_is_gone() || self.is_deleting() || self.now != self.schedule_at {
            return;
        }
        let empty = api::PodSpec::default();
        let spec = self.pod.spec.as_ref().unwrap_or(&empty);
        if self.is_orphan() {
            self.queue.push(self.now + POD_GC, Ev::Orphaned(cause));
            return;
        }
        if self.spec.node_name.is_some() {
            self.queue.push(self.now + self.latency.bind_to_kubelet, Ev::PodAdded(cause));
            return;
        }
        if spec.scheduling_gates.as_ref().is_some_and(|g| !g.is_empty()) {
            return;
        }
        if !self.has_scheduler() {
            return;
        }
        if let Some(message) = self.unschedulable(spec) {
            let entry = self.entry(None, EntryKind::Unschedulable { message: message.clone() }, Some(cause));
            self.event_from(Source::Scheduler, None, true, "FailedScheduling", message.clone(), entry);
            self.set_scheduled(false, Some("Unschedulable"), Some(message), entry);
            self.plan_schedule(self.now + SCHEDULER_RETRY, entry);
            return;
        }
        let node = self.world.node_name.clone();
        let entry = self.entry(None, EntryKind::Scheduled { node: node.clone() }, Some(cause));
        let said = format!("Successfully assigned {}/{} to {node}", self.spec.namespace, self.spec.name);
        self.event_from(Source::Scheduler, None, false, "Scheduled", said, entry);
        self.set_scheduled(true, None, None, entry);
        self.queue.push(self.now + self.latency.bind_to_kubelet, Ev::PodAdded(entry));
    }

    /// Whether the scheduler that the Pod names runs. Nobody says so when it does not: the Pod waits without a word.
    fn has_scheduler(&self) -> bool {
        let name = name_for(self.pod);
        name == DEFAULT_SCHEDULER || self.world.object_data("Scheduler", name, self.now).is_some()
    }

    /// Something that the scheduler waits for has changed, or the scheduler itself has come.
    pub fn scheduling_may_have_changed(&mut self, cause: EntryId) {
        let is_bound = self.status.published.condition("PodScheduled").is_some_and(|c| c.is_true());
        let waits = !is_bound && self.spec.node_name.is_none();
        if waits && self.worker.phase == WorkPhase::Unknown {
            self.plan_schedule(self.now + self.latency.schedule, cause);
        }
    }

    fn set_scheduled(&mut self, yes: bool, reason: Option<&str>, message: Option<String>, cause: EntryId) {
        let stands = self.status.published.condition("PodScheduled").is_some_and(|c| {
            (c.is_true(), c.reason.as_deref(), c.message.as_deref()) == (yes, reason, message.as_deref())
        });
        if stands {
            return;
        }
        self.put_condition(self.scheduled(yes, reason, message), cause);
    }

    /// Why no node takes the Pod.
    fn unschedulable(&self, spec: &api::PodSpec) -> Option<String> {
        if let Some(problem) = self.claim_problem(spec) {
            return Some(format!("0/1 nodes are available: {problem}"));
        }
        let refusal = self.refusal(spec)?;
        let preemption = preemption(spec, &refusal);
        Some(format!("0/1 nodes are available: {refusal}. no new claims to deallocate, preemption: {preemption}"))
    }

    /// What the first plugin says that refuses the node, in the scheduler's order (`default_plugins.go`).
    fn refusal(&self, spec: &api::PodSpec) -> Option<String> {
        let tolerations = spec.tolerations.as_deref().unwrap_or_default();
        if self.scenario.cluster.node.taints.iter().any(|t| !tolerated(t, tolerations)) {
            return Some("1 node(s) had untolerated taint(s)".into());
        }
        if !self.selector_matches(spec) {
            return Some("1 node(s) didn't match Pod's node affinity/selector".into());
        }
        if self.world.allocatable("pods").value() < 1 {
            return Some("1 Too many pods".into());
        }
        let short = effective_requests(spec).into_iter().filter(|(name, q)| *q > self.world.allocatable(name));
        let short: Vec<String> = short.map(|(name, _)| format!("1 Insufficient {name}")).collect();
        if !short.is_empty() {
            return Some(short.join(", "));
        }
        let (world, neighbours) = (&self.world, self.world.pods(Some(self.now)));
        affinity::problem(&self.trace.pod, &world.node_labels, &neighbours, world.in_company)
            .map(|why| format!("1 {why}"))
    }

    /// Claims are looked at before all else, and then the plugin that is asked for claims to deallocate finds nothing of its own
    /// prepared: its "not found" ends the message in place of what it says otherwise.
    fn claim_problem(&self, spec: &api::PodSpec) -> Option<String> {
        let claims = spec.volumes.iter().flatten().filter_map(|v| v.persistent_volume_claim.as_ref());
        for claim in claims {
            let name = &claim.claim_name;
            let Some(object) = self.world.find_object("PersistentVolumeClaim", name) else {
                self.world.assume(&format!("PersistentVolumeClaim {name}"), "exists and is bound", "spec.objects");
                continue;
            };
            if !object.is_there(self.now) {
                return Some(format!("persistentvolumeclaim \"{name}\" not found. not found"));
            }
            if !bound(object, self) {
                return Some("pod has unbound immediate PersistentVolumeClaims. not found".into());
            }
        }
        None
    }
}

/// What comes of the search for Pods that could give way (`DefaultPreemption`). No other Pod here has a lower priority.
fn preemption(spec: &api::PodSpec, refusal: &str) -> &'static str {
    if spec.preemption_policy.as_deref() == Some("Never") {
        return "not eligible due to preemptionPolicy=Never.";
    }
    if refusal.ends_with(APART) {
        return "0/1 nodes are available: 1 No preemption victims found for incoming pod.";
    }
    "0/1 nodes are available: 1 Preemption is not helpful for scheduling."
}

fn bound(object: &Object, sim: &Sim) -> bool {
    object.bound_at.is_none_or(|m| m.is_reached(sim.now))
}
