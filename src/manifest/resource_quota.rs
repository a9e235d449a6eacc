//! The ResourceQuotas that stand before a Pod in its text, as if they had been counted: what they refuse
//! (`apiserver/pkg/admission/plugin/resourcequota`, `pkg/quota/v1/evaluator/core/pods.go`).

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};

use super::companions::{amounts, namespace_of};
use crate::kube::quantity::Quantity;
use crate::kube::resources::{Amounts, amount, effective_limits, effective_requests, is_huge_page, qos_class};
use crate::order::IntoMap;
use crate::yaml::NodeRef;

type Sums = BTreeMap<String, Quantity>;

/// A ResourceQuota, and what the Pods of the text that were let in before use of it.
pub struct ResourceQuota {
    pub namespace: String,
    name: String,
    hard: Sums,
    used: Sums,
    scopes: Vec<Scope>,
}

/// Which Pods a quota counts.
struct Scope {
    name: String,
    operator: String,
    values: Vec<String>,
}

/// Of these every container must say how much it wants once a quota counts them.
const SPELT_OUT: [&str; 6] = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

impl ResourceQuota {
    pub fn read(root: NodeRef) -> ResourceQuota {
        let spec = root.get("spec");
        let text = |node: NodeRef| node.as_str().map(str::to_string);
        let texts =
            |list: Option<NodeRef>| list.into_iter().flat_map(NodeRef::items).filter_map(text).collect::<Vec<_>>();
        let simple = texts(spec.and_then(|s| s.get("scopes"))).into_iter();
        let simple = simple.map(|name| Scope { name, operator: "Exists".into(), values: Vec::new() });
        let selected = spec.and_then(|s| s.get("scopeSelector")).and_then(|s| s.get("matchExpressions"));
        let selected = selected.into_iter().flat_map(NodeRef::items).map(|node| {
            let of = |field: &str| node.get(field).and_then(text).unwrap_or_default();
            Scope { name: of("scopeName"), operator: of("operator"), values: texts(node.get("values")) }
        });
        let hard = amounts(spec.and_then(|s| s.get("hard")));
        ResourceQuota {
            namespace: namespace_of(root),
            name: root.get("metadata").and_then(|m| m.get("name")).and_then(text).unwrap_or_default(),
            hard: hard.iter().filter(|(name, _)| counts_pods(name)).map(|(k, q)| (k.clone(), amount(q))).into_map(),
            used: Sums::new(),
            scopes: simple.chain(selected).collect(),
        }
    }

    fn concerns(&self, spec: &PodSpec) -> bool {
        !self.hard.is_empty() && self.scopes.iter().all(|scope| scope.holds(spec))
    }

    /// How many amounts it names.
    pub fn size(&self) -> usize {
        self.hard.len() + self.scopes.len()
    }

    /// What it wants to know of a Pod that this does not say.
    pub fn unmet(&self, spec: &PodSpec) -> Option<String> {
        let missing = self.unspecified(spec).filter(|_| self.concerns(spec))?;
        Some(format!("failed quota: {}: must specify {missing}", self.name))
    }

    /// What a Pod would use beyond what there is (`CheckRequest`).
    pub fn exceeded(&self, spec: &PodSpec) -> Option<String> {
        if !self.concerns(spec) {
            return None;
        }
        let wanted = usage(effective_requests(spec), effective_limits(spec));
        let used = |name: &str| self.used.get(name).copied().unwrap_or(Quantity::ZERO);
        let beyond = |(name, limit): &(&String, &Quantity)| {
            wanted.get(*name).is_some_and(|q| !q.is_zero() && used(name).plus(*q) > **limit)
        };
        let exceeded: Vec<&String> = self.hard.iter().filter(beyond).map(|(name, _)| name).collect();
        let told = |of: &dyn Fn(&str) -> Quantity| {
            exceeded.iter().map(|name| format!("{name}={}", of(name))).collect::<Vec<_>>().join(",")
        };
        let known = |of: &Sums, name: &str| of.get(name).copied().unwrap_or(Quantity::ZERO);
        (!exceeded.is_empty()).then(|| {
            let (requested, limited) = (told(&|name| known(&wanted, name)), told(&|name| known(&self.hard, name)));
            format!("exceeded quota: {}, requested: {requested}, used: {}, limited: {limited}", self.name, told(&used))
        })
    }

    /// Counts a Pod that was let in.
    pub fn count(&mut self, spec: &PodSpec) {
        if !self.concerns(spec) {
            return;
        }
        for (name, amount) in usage(effective_requests(spec), effective_limits(spec)) {
            let sum = self.used.entry(name).or_insert(Quantity::ZERO);
            *sum = sum.plus(amount);
        }
    }

    /// What containers leave open that they must say: `limits.cpu for: main; limits.memory for: main,side` (`Constraints`).
    fn unspecified(&self, spec: &PodSpec) -> Option<String> {
        let some = |list: &Option<Amounts>| list.as_ref().is_some_and(|list| !list.is_empty());
        if spec.resources.as_ref().is_some_and(|r| some(&r.requests) || some(&r.limits)) {
            return None;
        }
        let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for container in spec.containers.iter().chain(spec.init_containers.iter().flatten()) {
            let said = said(container);
            for name in SPELT_OUT.into_iter().filter(|name| self.hard.contains_key(*name) && !said.contains_key(*name))
            {
                missing.entry(name).or_default().insert(&container.name);
            }
        }
        let told = missing
            .into_iter()
            .map(|(name, who)| format!("{name} for: {}", who.into_iter().collect::<Vec<_>>().join(",")));
        Some(told.collect::<Vec<_>>().join("; ")).filter(|told| !told.is_empty())
    }
}

impl Scope {
    /// `podMatchesScopeFunc`
    fn holds(&self, spec: &PodSpec) -> bool {
        let class = spec.priority_class_name.as_ref().filter(|class| !class.is_empty());
        let best_effort = || qos_class(Some(spec)) == "BestEffort";
        match self.name.as_str() {
            "Terminating" => spec.active_deadline_seconds.is_some(),
            "NotTerminating" => spec.active_deadline_seconds.is_none(),
            "BestEffort" => best_effort(),
            "NotBestEffort" => !best_effort(),
            "PriorityClass" => match self.operator.as_str() {
                "In" => class.is_some_and(|class| self.values.contains(class)),
                "NotIn" => class.is_none_or(|class| !self.values.contains(class)),
                "DoesNotExist" => class.is_none(),
                _ => class.is_some(),
            },
            _ => false,
        }
    }
}

/// Whether a quota of this name counts Pods.
fn counts_pods(name: &str) -> bool {
    let resource = name.strip_prefix("requests.").or(name.strip_prefix("limits.")).unwrap_or(name);
    let plain = matches!(resource, "cpu" | "memory" | "ephemeral-storage") || is_huge_page(resource);
    plain || matches!(name, "pods" | "count/pods") || name.starts_with("requests.") && resource.contains('/')
}

fn said(container: &Container) -> Sums {
    let read = |list: Option<&Amounts>| list.into_iter().flatten().map(|(k, q)| (k.clone(), amount(q))).into_map();
    let ResourceRequirements { requests, limits, .. } = container.resources.clone().unwrap_or_default();
    usage(read(requests.as_ref()), read(limits.as_ref()))
}

/// What a quota counts of requests and limits (`podComputeUsageHelper`).
fn usage(requests: Sums, limits: Sums) -> Sums {
    let one = || Quantity::read("1");
    let mut sums = Sums::from([("pods".to_string(), one()), ("count/pods".to_string(), one())]);
    for (name, amount) in limits.into_iter().filter(|(name, _)| !name.contains('/')) {
        sums.insert(format!("limits.{name}"), amount);
    }
    for (name, amount) in requests {
        sums.insert(format!("requests.{name}"), amount);
        sums.insert(name, amount);
    }
    sums
}
