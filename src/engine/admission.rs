//! Before the kubelet's first look: the scheduler, the kubelet's own admission, and what both count with: effective requests
//! and the QoS class (`kubelet-semantics.md` 7.3, 11.6, 16).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as api;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::scenario::{Moment, Object};
use crate::trace::*;

use super::events::Source;
use super::run::{Ev, Sim};
use super::worker::WorkPhase;

const TAIL: &str =
    "no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

impl Sim<'_> {
    /// The scheduler's turn. A Pod with a node name passes it by.
    pub fn schedule(&mut self, cause: EntryId) {
        if self.object_is_gone() || self.is_deleting() {
            return;
        }
        let spec = self.trace.pod.spec.clone().unwrap_or_default();
        if spec.node_name.as_ref().is_some_and(|n| !n.is_empty()) {
            self.queue.push(self.now + self.latency.bind_to_kubelet, Ev::PodAdded(cause));
            return;
        }
        if spec.scheduling_gates.as_ref().is_some_and(|g| !g.is_empty()) {
            let message = "Scheduling is blocked due to non-empty scheduling gates";
            self.set_scheduled(false, Some("SchedulingGated"), Some(message.into()), cause);
            return;
        }
        if let Some(message) = self.unschedulable(&spec) {
            let entry = self.entry(None, EntryKind::Unschedulable { message: message.clone() }, Some(cause));
            self.event_from(Source::Scheduler, None, true, "FailedScheduling", message.clone(), entry);
            self.set_scheduled(false, Some("Unschedulable"), Some(message), entry);
            return;
        }
        let node = self.world.node_name.clone();
        let entry = self.entry(None, EntryKind::Scheduled { node: node.clone() }, Some(cause));
        let said = format!("Successfully assigned {}/{} to {node}", self.spec.namespace, self.spec.name);
        self.event_from(Source::Scheduler, None, false, "Scheduled", said, entry);
        self.set_scheduled(true, None, None, entry);
        self.queue.push(self.now + self.latency.bind_to_kubelet, Ev::PodAdded(entry));
    }

    /// Something that the scheduler waits for has changed.
    pub fn scheduling_may_have_changed(&mut self, cause: EntryId) {
        let waits = self.status.published.condition("PodScheduled").is_some_and(|c| !c.is_true());
        if waits && self.worker.phase == WorkPhase::Unknown {
            self.queue.push(self.now + self.latency.schedule, Ev::Schedule(cause));
        }
    }

    fn set_scheduled(&mut self, yes: bool, reason: Option<&str>, message: Option<String>, cause: EntryId) {
        let condition = Condition {
            kind: "PodScheduled".into(),
            status: if yes { "True" } else { "False" }.into(),
            reason: reason.map(Into::into),
            message: message.map(Into::into),
            last_transition: self.now,
            observed_generation: Some(self.generation),
        };
        self.put_condition(condition, cause);
    }

    /// Why no node takes the Pod.
    fn unschedulable(&self, spec: &api::PodSpec) -> Option<String> {
        if let Some(problem) = self.claim_problem(spec) {
            return Some(format!("0/1 nodes are available: {problem}"));
        }
        let node = &self.scenario.cluster.node;
        let mut reasons: Vec<String> = Vec::new();
        if !self.selector_matches(spec) {
            reasons.push("1 node(s) didn't match Pod's node affinity/selector".into());
        }
        let intolerable = node.taints.iter().any(|t| !tolerated(t, spec.tolerations.as_deref().unwrap_or_default()));
        if reasons.is_empty() && intolerable {
            reasons.push("1 node(s) had untolerated taint(s)".into());
        }
        if reasons.is_empty() && self.world.allocatable("pods") < 1000 {
            reasons.push("1 Too many pods".into());
        }
        if reasons.is_empty() {
            let short = requests(spec).into_iter().filter(|(name, q)| *q > self.world.allocatable(name));
            reasons.extend(short.map(|(name, _)| format!("1 Insufficient {name}")));
        }
        (!reasons.is_empty()).then(|| format!("0/1 nodes are available: {}. {TAIL}", reasons.join(", ")))
    }

    fn claim_problem(&self, spec: &api::PodSpec) -> Option<String> {
        let claims = spec.volumes.iter().flatten().filter_map(|v| v.persistent_volume_claim.as_ref());
        for claim in claims {
            let name = &claim.claim_name;
            let Some(object) = self.world.find_object("PersistentVolumeClaim", name) else {
                self.world.assume(&format!("PersistentVolumeClaim {name}"), "exists and is bound", "spec.objects");
                continue;
            };
            if !is_at(object.created_at, self) {
                return Some(format!("persistentvolumeclaim \"{name}\" not found. not found"));
            }
            if !bound(object, self) {
                return Some(format!("pod has unbound immediate PersistentVolumeClaims. {TAIL}"));
            }
        }
        None
    }

    fn selector_matches(&self, spec: &api::PodSpec) -> bool {
        let labels = self.node_labels();
        let simple = spec.node_selector.iter().flatten().all(|(k, v)| labels.get(k) == Some(v));
        let affinity = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref());
        let required = affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
        let matches = |term: &api::NodeSelectorTerm| {
            let expressions = term.match_expressions.as_deref().unwrap_or_default();
            !expressions.is_empty() && expressions.iter().all(|r| requirement_holds(r, &labels))
        };
        simple && required.is_none_or(|r| r.node_selector_terms.iter().any(matches))
    }

    /// The node's labels with those that every node has.
    fn node_labels(&self) -> BTreeMap<String, String> {
        let name = self.world.node_name.clone();
        let mut labels = BTreeMap::from([
            ("kubernetes.io/hostname".to_string(), name),
            ("kubernetes.io/os".to_string(), "linux".to_string()),
            ("kubernetes.io/arch".to_string(), "amd64".to_string()),
        ]);
        labels.extend(self.scenario.cluster.node.labels.clone());
        labels
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
        let spec = self.trace.pod.spec.clone().unwrap_or_default();
        if let Some((reason, message)) = self.admission_problem(&spec) {
            self.reject(reason, message, cause);
            return;
        }
        self.added = cause;
        if spec.node_name.is_some() {
            self.set_scheduled(true, None, None, cause);
        }
        self.worker.phase = WorkPhase::Syncing;
        if let Some(deadline) = self.spec.deadline {
            let due = super::latency::next_tick(self.now + deadline, self.latency.tick_phase, super::latency::TICK);
            self.queue.push(due, Ev::Deadline);
        }
        self.update_pod(LookReason::PodAdded, cause);
    }

    /// Only what the scheduler did not check can fail here: a Pod that names its node.
    fn admission_problem(&self, spec: &api::PodSpec) -> Option<(&'static str, String)> {
        for (name, requested) in requests(spec) {
            let capacity = self.world.allocatable(&name);
            if requested > capacity {
                let (reason, unit) = match name.as_str() {
                    "cpu" => ("OutOfcpu", 1),
                    "memory" => ("OutOfmemory", 1000),
                    "ephemeral-storage" => ("OutOfephemeral-storage", 1000),
                    _ => continue,
                };
                let (requested, capacity) = (requested / unit, capacity / unit);
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

fn is_at(moment: Moment, sim: &Sim) -> bool {
    matches!(moment, Moment::At(at) if sim.now >= at)
}

fn bound(object: &Object, sim: &Sim) -> bool {
    object.bound_at.is_none_or(|m| is_at(m, sim))
}

fn requirement_holds(r: &api::NodeSelectorRequirement, labels: &BTreeMap<String, String>) -> bool {
    let value = labels.get(&r.key);
    let listed = value.is_some_and(|v| r.values.iter().flatten().any(|w| w == v));
    let bound = || r.values.iter().flatten().next().and_then(|v| v.parse::<i64>().ok());
    let number = || value.and_then(|v| v.parse::<i64>().ok());
    match r.operator.as_str() {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => number().zip(bound()).is_some_and(|(v, b)| v > b),
        "Lt" => number().zip(bound()).is_some_and(|(v, b)| v < b),
        _ => false,
    }
}

/// Whether a taint (`key=value:Effect`) keeps nobody out who tolerates it so.
fn tolerated(taint: &str, tolerations: &[api::Toleration]) -> bool {
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

/// The effective requests of a Pod in thousandths, by resource (16.1).
pub fn requests(spec: &api::PodSpec) -> BTreeMap<String, i128> {
    let of = |c: &api::Container| amounts(c.resources.as_ref().and_then(|r| r.requests.as_ref()));
    let mut together: BTreeMap<String, i128> = BTreeMap::new();
    for container in &spec.containers {
        add(&mut together, &of(container));
    }
    let mut sidecars: BTreeMap<String, i128> = BTreeMap::new();
    let mut highest: BTreeMap<String, i128> = BTreeMap::new();
    for container in spec.init_containers.iter().flatten() {
        let own = of(container);
        let mut candidate = own.clone();
        add(&mut candidate, &sidecars);
        if container.restart_policy.as_deref() == Some("Always") {
            add(&mut sidecars, &own);
            add(&mut together, &own);
        }
        raise(&mut highest, &candidate);
    }
    raise(&mut together, &highest);
    let pod_level = amounts(spec.resources.as_ref().and_then(|r| r.requests.as_ref()));
    together.extend(pod_level);
    add(&mut together, &amounts(spec.overhead.as_ref()));
    together
}

fn amounts(quantities: Option<&BTreeMap<String, Quantity>>) -> BTreeMap<String, i128> {
    quantities.into_iter().flatten().map(|(name, q)| (name.clone(), quantity_millis(&q.0))).collect()
}

fn add(to: &mut BTreeMap<String, i128>, more: &BTreeMap<String, i128>) {
    for (name, n) in more {
        let sum = to.entry(name.clone()).or_default();
        *sum = sum.saturating_add(*n);
    }
}

fn raise(to: &mut BTreeMap<String, i128>, least: &BTreeMap<String, i128>) {
    for (name, n) in least {
        let value = to.entry(name.clone()).or_default();
        *value = (*value).max(*n);
    }
}

/// `ComputePodQOS` (16.3)
pub fn qos_class(pod: &api::Pod) -> &'static str {
    let empty = api::PodSpec::default();
    let spec = pod.spec.as_ref().unwrap_or(&empty);
    let all: Vec<Option<&api::ResourceRequirements>> = if spec.resources.is_some() {
        vec![spec.resources.as_ref()]
    } else {
        spec.init_containers.iter().flatten().chain(&spec.containers).map(|c| c.resources.as_ref()).collect()
    };
    let mut any = false;
    let mut guaranteed = true;
    for resources in all {
        let limits = amounts(resources.and_then(|r| r.limits.as_ref()));
        let requests = amounts(resources.and_then(|r| r.requests.as_ref()));
        for name in ["cpu", "memory"] {
            let limit = limits.get(name).copied().unwrap_or(0);
            let request = requests.get(name).copied().unwrap_or(limit);
            any |= limit > 0 || request > 0;
            guaranteed &= limit > 0 && request == limit;
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

/// A quantity in thousandths, rounded up; 0 for what is none.
pub fn quantity_millis(text: &str) -> i128 {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '+' || c == '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let scale = |power: u32| 10_i128.checked_pow(power + 3);
    let factor = match suffix {
        "n" | "u" | "m" | "" => scale(0),
        "k" => scale(3),
        "M" => scale(6),
        "G" => scale(9),
        "T" => scale(12),
        "P" => scale(15),
        "E" => scale(18),
        "Ki" => Some(1000 << 10),
        "Mi" => Some(1000 << 20),
        "Gi" => Some(1000 << 30),
        "Ti" => Some(1000 << 40),
        "Pi" => Some(1000 << 50),
        "Ei" => Some(1000 << 60),
        exponent => {
            exponent.strip_prefix(['e', 'E']).and_then(|e| e.parse::<u32>().ok()).filter(|e| *e <= 18).and_then(scale)
        }
    };
    let divisor: i128 = match suffix {
        "n" => 1_000_000_000,
        "u" => 1_000_000,
        "m" => 1000,
        _ => 1,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction: String = fraction.chars().take(9).collect();
    let digits = format!("{whole}{fraction}");
    let (Ok(n), Some(factor)) = (digits.parse::<i128>(), factor) else { return 0 };
    let divisor = divisor * 10_i128.pow(fraction.len() as u32);
    let total = n.saturating_mul(factor);
    total.div_euclid(divisor) + i128::from(total.rem_euclid(divisor) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_counted_in_thousandths() {
        for (text, millis) in [
            ("0.5", 500),
            ("500m", 500),
            ("2", 2000),
            ("1Ki", 1_024_000),
            ("1e3", 1_000_000),
            ("1.5Gi", 1_610_612_736_000),
            ("100u", 1),
            ("x", 0),
            ("", 0),
        ] {
            assert_eq!(quantity_millis(text), millis, "{text}");
        }
    }

    fn container(policy: Option<&str>, requests: &[(&str, &str)], limits: &[(&str, &str)]) -> api::Container {
        let list = |l: &[(&str, &str)]| {
            (!l.is_empty()).then(|| l.iter().map(|(k, v)| (k.to_string(), Quantity(v.to_string()))).collect())
        };
        let resources =
            api::ResourceRequirements { requests: list(requests), limits: list(limits), ..Default::default() };
        api::Container { restart_policy: policy.map(Into::into), resources: Some(resources), ..Default::default() }
    }

    fn pod(inits: Vec<api::Container>, containers: Vec<api::Container>) -> api::Pod {
        let spec = api::PodSpec { init_containers: Some(inits), containers, ..Default::default() };
        api::Pod { spec: Some(spec), ..Default::default() }
    }

    /// `kubelet-semantics.md` 16.2: the order of a sidecar and an init container matters.
    #[test]
    fn effective_requests_and_qos_of_the_table() {
        let main = || container(None, &[("cpu", "300m"), ("memory", "128Mi")], &[]);
        let init = || container(None, &[("cpu", "500m"), ("memory", "50Mi")], &[]);
        let sidecar = || container(Some("Always"), &[("cpu", "100m"), ("memory", "100Mi")], &[]);
        let cpu = |pod: &api::Pod| requests(pod.spec.as_ref().unwrap())["cpu"];
        assert_eq!(cpu(&pod(vec![sidecar(), init()], vec![main()])), 600, "B");
        assert_eq!(cpu(&pod(vec![init(), sidecar()], vec![main()])), 500, "C");
        assert_eq!(qos_class(&pod(vec![init()], vec![main()])), "Burstable");
        let limited = || container(None, &[], &[("cpu", "200m"), ("memory", "1Gi")]);
        assert_eq!(qos_class(&pod(vec![], vec![limited()])), "Guaranteed", "E");
        assert_eq!(qos_class(&pod(vec![api::Container::default()], vec![limited()])), "Burstable", "F");
        assert_eq!(qos_class(&pod(vec![], vec![api::Container::default()])), "BestEffort", "G");
    }
}
