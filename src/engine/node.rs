//! The node of whom the scenario says nothing: it is taken to be one that the Pod was made for.
//!
//! Whoever brings a manifest has nodes with the labels it selects, the devices it asks for, and room. A scenario that describes its node in
//! any way is taken at its word.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{NodeSelectorRequirement, Pod};

use crate::kube::quantity::Quantity;
use crate::kube::resources::effective_requests;

use super::affinity::terms_near;

/// The labels that every node has.
pub fn labels_of_any(name: &str) -> BTreeMap<String, String> {
    let own = [("kubernetes.io/hostname", name), ("kubernetes.io/os", "linux"), ("kubernetes.io/arch", "amd64")];
    own.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}

/// The labels that a Pod selects its node by (of a required affinity, those of its first term) or wants to be spread over or near to others in.
pub fn selected_labels(pod: &Pod) -> BTreeMap<String, String> {
    let Some(spec) = &pod.spec else { return BTreeMap::new() };
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    let affinity = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref());
    let required = affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
    let first = required.and_then(|r| r.node_selector_terms.first()).and_then(|t| t.match_expressions.as_ref());
    labels.extend(first.into_iter().flatten().filter_map(fitting));
    labels.extend(spec.node_selector.clone().into_iter().flatten());
    let spread = spec.topology_spread_constraints.iter().flatten();
    let spread = spread.filter(|c| c.when_unsatisfiable == "DoNotSchedule").map(|c| &c.topology_key);
    for key in spread.chain(terms_near(spec).iter().map(|term| &term.topology_key)) {
        labels.entry(key.clone()).or_insert_with(|| "a".into());
    }
    labels
}

/// A label that meets a requirement; none does for one that forbids some.
fn fitting(requirement: &NodeSelectorRequirement) -> Option<(String, String)> {
    let first = || requirement.values.as_ref().and_then(|v| v.first());
    let value = match requirement.operator.as_str() {
        "In" => first()?.clone(),
        "Exists" => "true".into(),
        "Gt" => (first()?.parse::<i64>().ok()?.checked_add(1)?).to_string(),
        "Lt" => (first()?.parse::<i64>().ok()?.checked_sub(1)?).to_string(),
        _ => return None,
    };
    Some((requirement.key.clone(), value))
}

/// More of these than a node is taken to have: who asks for it wants to see what happens.
const MOST: [(&str, &str); 2] = [("cpu", "96"), ("memory", "768Gi")];

/// What a Pod asks for beyond what a node has by `default`, as it writes it.
pub fn wanted(pod: &Pod, default: impl Fn(&str) -> Quantity) -> BTreeMap<String, String> {
    let Some(spec) = &pod.spec else { return BTreeMap::new() };
    let most = |name: &str| MOST.iter().find(|(n, _)| *n == name).and_then(|(_, most)| Quantity::parse(most).ok());
    let short = effective_requests(spec)
        .into_iter()
        .filter(|(name, asked)| *asked > default(name) && most(name).is_none_or(|most| *asked <= most));
    short.map(|(name, asked)| (name, asked.to_string())).collect()
}
