//! What a Pod asks of where it stands among others: spread over topologies, near to other Pods.
//!
//! There are no other Pods here, and one node. Rules about Pods to keep away from are always met.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as api;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

type Labels = BTreeMap<String, String>;

/// Why the scheduler's plugins for it refuse a node with these labels (`PodTopologySpread`, `InterPodAffinity`).
pub fn problem(pod: &api::Pod, node: &Labels) -> Option<&'static str> {
    let spec = pod.spec.as_ref()?;
    let mut spread = spec.topology_spread_constraints.iter().flatten();
    if spread.any(|c| c.when_unsatisfiable == "DoNotSchedule" && !node.contains_key(&c.topology_key)) {
        return Some("node(s) didn't match pod topology spread constraints (missing required label)");
    }
    let affinity = spec.affinity.as_ref()?.pod_affinity.as_ref()?;
    let terms = affinity.required_during_scheduling_ignored_during_execution.as_deref().unwrap_or_default();
    // The first Pod of a series that wants to be near to its own kind may begin (`satisfyPodAffinity`).
    let met = terms.iter().all(|term| node.contains_key(&term.topology_key) && is_of_its_kind(pod, term));
    (!met).then_some("node(s) didn't match pod affinity rules")
}

/// Whether a Pod is one of those that its own term asks for.
fn is_of_its_kind(pod: &api::Pod, term: &api::PodAffinityTerm) -> bool {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or("default");
    let empty = Labels::new();
    let labels = pod.metadata.labels.as_ref().unwrap_or(&empty);
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
