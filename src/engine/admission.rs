//! Before the kubelet's first look: nodes that are not there, and the kubelet's own admission (`kubelet-semantics.md` 7.3, 11.6, 16).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as api;

use crate::kube::quantity::Quantity;
use crate::kube::resources::effective_requests;
use crate::shell;
use crate::trace::*;

use super::affinity;
use super::run::{Ev, Sim};
use super::worker::WorkPhase;

impl Sim<'_> {
    /// Whether the Pod names a node that the cluster does not have: no kubelet hears of it.
    pub fn is_orphan(&self) -> bool {
        self.spec.node_name.as_ref().is_some_and(|name| *name != self.world.node_name)
    }

    /// The Pod garbage collector fails the Pod of a node that does not exist, and deletes it.
    pub fn collect_orphan(&mut self, cause: EntryId) {
        if self.object_is_gone() {
            return;
        }
        let node = self.spec.node_name.clone().unwrap_or_default();
        let entry = self.entry(None, EntryKind::NodeMissing { node }, Some(cause));
        let condition = Condition {
            kind: "DisruptionTarget".into(),
            status: "True".into(),
            reason: Some("DeletionByPodGC".into()),
            message: Some("PodGC: node no longer exists".into()),
            last_transition: self.now,
            observed_generation: Some(self.generation),
        };
        let mut status = (*self.status.published).clone();
        status.phase = "Failed";
        status.conditions = std::iter::once(condition).chain(status.conditions.iter().cloned()).collect();
        self.publish(status.into(), entry);
        self.delete_pod(Some(0), entry);
    }

    pub fn scheduled(&self, yes: bool, reason: Option<&str>, message: Option<String>) -> Condition {
        Condition {
            kind: "PodScheduled".into(),
            status: if yes { "True" } else { "False" }.into(),
            reason: reason.map(Into::into),
            message: message.map(Into::into),
            last_transition: self.now,
            observed_generation: Some(self.generation),
        }
    }

    pub fn selector_matches(&self, spec: &api::PodSpec) -> bool {
        let labels = &self.world.node_labels;
        let fields = BTreeMap::from([("metadata.name".to_string(), self.world.node_name.clone())]);
        let simple = spec.node_selector.iter().flatten().all(|(k, v)| labels.get(k) == Some(v));
        let affinity = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref());
        let required = affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
        let matches = |term: &api::NodeSelectorTerm| {
            let all = |list: &Option<Vec<api::NodeSelectorRequirement>>, of: &BTreeMap<String, String>| {
                list.iter().flatten().all(|r| requirement_holds(r, of))
            };
            let says = |list: &Option<Vec<_>>| list.as_ref().is_some_and(|l| !l.is_empty());
            // A term that asks for nothing matches nothing.
            (says(&term.match_expressions) || says(&term.match_fields))
                && all(&term.match_expressions, labels)
                && all(&term.match_fields, &fields)
        };
        simple && required.is_none_or(|r| r.node_selector_terms.iter().any(matches))
    }

    /// The kubelet hears of the Pod: it refuses it, or looks at it for the first time.
    pub fn pod_added(&mut self, cause: EntryId) {
        if self.object_is_gone() {
            return;
        }
        if !self.kubelet_up {
            self.queue.push(self.now + crate::time::Millis::secs(1), Ev::PodAdded(cause));
            return;
        }
        let empty = api::PodSpec::default();
        let spec = self.pod.spec.as_ref().unwrap_or(&empty);
        if let Some((reason, message)) = self.admission_problem(spec) {
            self.reject(reason, message, cause);
            return;
        }
        self.added = cause;
        if self.spec.node_name.is_some() {
            // Nobody has told so before: the kubelet does, with all else (`generateAPIPodStatus`).
            self.know_condition(&self.scheduled(true, None, None));
        }
        self.worker.phase = WorkPhase::Syncing;
        self.eviction.since = self.now;
        if let Some(deadline) = self.spec.deadline {
            let due = super::latency::next_tick(self.now + deadline, self.latency.tick_phase, super::latency::TICK);
            self.queue.push(due, Ev::Deadline);
        }
        self.update_pod(LookReason::PodAdded, cause);
    }

    /// Only what the scheduler did not check can fail here: a Pod that names its node.
    fn admission_problem(&self, spec: &api::PodSpec) -> Option<(&'static str, String)> {
        if let Some(problem) = sysctl_problem(spec) {
            return Some(("SysctlForbidden", format!("forbidden sysctl: {problem}")));
        }
        if self.world.allocatable("pods").value() < 1 {
            let message = "Node didn't have enough resource: pods, requested: 1, used: 0, capacity: 0";
            return Some(("OutOfpods", message.into()));
        }
        for (name, requested) in effective_requests(spec) {
            let capacity = self.world.allocatable(&name);
            if requested > capacity {
                let (reason, size): (_, fn(Quantity) -> i64) = match name.as_str() {
                    "cpu" => ("OutOfcpu", Quantity::milli_value),
                    "memory" => ("OutOfmemory", Quantity::value),
                    "ephemeral-storage" => ("OutOfephemeral-storage", Quantity::value),
                    _ => continue,
                };
                let (requested, capacity) = (size(requested), size(capacity));
                return Some((
                    reason,
                    format!(
                        "Node didn't have enough resource: {name}, requested: {requested}, used: 0, capacity: {capacity}"
                    ),
                ));
            }
        }
        if !self.selector_matches(spec) {
            let message = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
            return Some(("NodeAffinity", message.into()));
        }
        // The kubelet minds only the taints that would drive the Pod out again.
        let taints = self.scenario.cluster.node.taints.iter().filter(|t| t.ends_with(":NoExecute"));
        if taints.into_iter().any(|t| !tolerated(t, spec.tolerations.as_deref().unwrap_or_default())) {
            let message = "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate";
            return Some(("TaintToleration", message.into()));
        }
        None
    }

    fn reject(&mut self, reason: &'static str, message: String, cause: EntryId) {
        let entry = self.entry(None, EntryKind::Rejected { reason: reason.into() }, Some(cause));
        self.event(None, true, reason, message.clone(), entry);
        let mut status = (*self.status.published).clone();
        status.phase = "Failed";
        status.reason = Some(reason.into());
        status.message = Some(format!("Pod was rejected: {message}").into());
        status.start_time = Some(self.now);
        status.observed_generation = Some(self.generation);
        self.status.known = std::rc::Rc::new(status.clone());
        self.publish(status.into(), entry);
    }
}

/// The settings that the kubelet lets a Pod make (`pkg/kubelet/sysctl/safe_sysctls.go`); all but the first are the network's.
const SAFE_SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// Why the kubelet refuses a setting of the kernel: it is none of the safe ones, or the node's own (`patternAllowlist.validateSysctl`).
fn sysctl_problem(spec: &api::PodSpec) -> Option<String> {
    let asked = spec.security_context.as_ref()?.sysctls.iter().flatten();
    let (network, ipc) = (spec.host_network == Some(true), spec.host_ipc == Some(true));
    asked.map(|s| shell::setting_path(&s.name).replace('/', ".")).find_map(|name| {
        let place = SAFE_SYSCTLS.iter().position(|safe| *safe == name);
        let why = match place {
            None => "not allowlisted".into(),
            Some(0) if ipc => "not allowed with host ipc enabled".to_string(),
            Some(1..) if network => "not allowed with host net enabled".to_string(),
            Some(_) => return None,
        };
        Some(format!("\"{name}\" {why}"))
    })
}

fn requirement_holds(r: &api::NodeSelectorRequirement, labels: &BTreeMap<String, String>) -> bool {
    let value = labels.get(&r.key);
    let bound = || r.values.iter().flatten().next().and_then(|v| v.parse::<i64>().ok());
    let number = || value.and_then(|v| v.parse::<i64>().ok());
    match r.operator.as_str() {
        "Gt" => number().zip(bound()).is_some_and(|(v, b)| v > b),
        "Lt" => number().zip(bound()).is_some_and(|(v, b)| v < b),
        operator => affinity::holds(operator, r.values.as_ref(), value),
    }
}

/// Whether a taint (`key=value:Effect`) keeps nobody out who tolerates it so.
pub fn tolerated(taint: &str, tolerations: &[api::Toleration]) -> bool {
    let (head, effect) = taint.rsplit_once(':').unwrap_or((taint, "NoSchedule"));
    if effect == "PreferNoSchedule" {
        return true;
    }
    let (key, value) = head.split_once('=').unwrap_or((head, ""));
    tolerations.iter().any(|t| {
        let effect_fits = t.effect.as_deref().is_none_or(|e| e.is_empty() || e == effect);
        let exists = t.operator.as_deref() == Some("Exists");
        let key_fits = match t.key.as_deref() {
            None | Some("") => exists,
            Some(k) => k == key,
        };
        effect_fits && key_fits && (exists || t.value.as_deref().unwrap_or_default() == value)
    })
}
