//! What a Pod asks of where it stands among others: spread over topologies, near to other Pods, away from them.
//!
//! There is one node. Which other Pods are on it the scenario says, and the text the Pod comes from.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as api;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

type Labels = BTreeMap<String, String>;

/// What is said of a node with a Pod to keep away from. It alone might be helped by a Pod that gives way.
pub const APART: &str = "node(s) didn't match pod anti-affinity rules";

/// Why the scheduler's plugins for it refuse a node with these labels (`PodTopologySpread`, `InterPodAffinity`), on which there are
/// Pods with those of `neighbours`, in the namespace of the Pod; `in_company`: one that it wants to be near to is assumed.
pub fn problem(pod: &api::Pod, node: &Labels, neighbours: &[&Labels], in_company: bool) -> Option<&'static str> {
    let spec = pod.spec.as_ref()?;
    let mut spread = spec.topology_spread_constraints.iter().flatten();
    if spread.any(|c| c.when_unsatisfiable == "DoNotSchedule" && !node.contains_key(&c.topology_key)) {
        return Some("node(s) didn't match pod topology spread constraints (missing required label)");
    }
    let placeless = terms_near(spec).iter().any(|term| !node.contains_key(&term.topology_key));
    if placeless || !in_company && !lonely(pod, neighbours).is_empty() {
        return Some("node(s) didn't match pod affinity rules");
    }
    let meets = |term: &api::PodAffinityTerm| neighbours.iter().any(|labels| asks_for(pod, term, labels));
    let apart = terms_apart(spec).iter().any(|term| node.contains_key(&term.topology_key) && meets(term));
    apart.then_some(APART)
}

/// What a Pod must be near to (`podAffinity`).
pub fn terms_near(spec: &api::PodSpec) -> &[api::PodAffinityTerm] {
    let affinity = spec.affinity.as_ref().and_then(|a| a.pod_affinity.as_ref());
    affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_deref()).unwrap_or_default()
}

fn terms_apart(spec: &api::PodSpec) -> &[api::PodAffinityTerm] {
    let affinity = spec.affinity.as_ref().and_then(|a| a.pod_anti_affinity.as_ref());
    affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_deref()).unwrap_or_default()
}

/// The terms of `podAffinity` for which there is no Pod. One Pod has to meet them all; where none does, the first of a series that wants
/// to be near to its own kind may begin (`satisfyPodAffinity`).
pub fn lonely<'p>(pod: &'p api::Pod, neighbours: &[&Labels]) -> Vec<&'p api::PodAffinityTerm> {
    let empty = Labels::new();
    let own = pod.metadata.labels.as_ref().unwrap_or(&empty);
    let terms = pod.spec.as_ref().map(terms_near).unwrap_or_default();
    let all = |labels: &Labels| terms.iter().all(|term| asks_for(pod, term, labels));
    if neighbours.iter().any(|labels| all(labels)) || all(own) {
        return Vec::new();
    }
    terms.iter().filter(|term| !asks_for(pod, term, own)).collect()
}

/// Whether a term asks for a Pod with these labels in the namespace of the Pod that has the term.
fn asks_for(pod: &api::Pod, term: &api::PodAffinityTerm, labels: &Labels) -> bool {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or("default");
    let listed = term.namespaces.as_deref().unwrap_or_default();
    let here = match &term.namespace_selector {
        // Of the namespaces' labels only their name is known.
        Some(selector) => {
            let own = Labels::from([("kubernetes.io/metadata.name".to_string(), namespace.to_string())]);
            selects(selector, &own) || listed.iter().any(|n| n == namespace)
        }
        None => listed.is_empty() || listed.iter().any(|n| n == namespace),
    };
    here && term.label_selector.as_ref().is_some_and(|selector| selects(selector, labels))
}

/// A selector as kubectl writes it: `app=db,tier in (a,b)`.
pub fn written(selector: &LabelSelector) -> String {
    let equal = selector.match_labels.iter().flatten().map(|(key, value)| format!("{key}={value}"));
    let expressions = selector.match_expressions.iter().flatten().map(|r| {
        let values = r.values.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(",");
        match r.operator.as_str() {
            "In" => format!("{} in ({values})", r.key),
            "NotIn" => format!("{} notin ({values})", r.key),
            "DoesNotExist" => format!("!{}", r.key),
            _ => r.key.clone(),
        }
    });
    equal.chain(expressions).collect::<Vec<_>>().join(",")
}

fn selects(selector: &LabelSelector, labels: &Labels) -> bool {
    selector.match_labels.iter().flatten().all(|(key, value)| labels.get(key) == Some(value))
        && selector
            .match_expressions
            .iter()
            .flatten()
            .all(|r| holds(&r.operator, r.values.as_ref(), labels.get(&r.key)))
}

/// The operators that selectors of labels and of nodes share, on the value of a key.
pub fn holds(operator: &str, values: Option<&Vec<String>>, value: Option<&String>) -> bool {
    let listed = value.is_some_and(|v| values.is_some_and(|values| values.contains(v)));
    match operator {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}
