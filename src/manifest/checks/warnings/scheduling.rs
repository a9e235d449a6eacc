//! Labels of nodes that have newer names, and selectors that select nothing.

use k8s_openapi::api::core::v1::{NodeSelectorTerm, PodAffinityTerm, PodSpec, WeightedPodAffinityTerm};

use super::Remarks;
use crate::manifest::checks::names;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const NULL_SELECTOR: &str = "a null labelSelector results in matching no pod";

/// What to use instead of an old label of nodes (`GetNodeLabelDeprecatedMessage`).
fn deprecated(label: &str) -> Option<&'static str> {
    Some(match label {
        "beta.kubernetes.io/arch" => r#"deprecated since v1.14; use "kubernetes.io/arch" instead"#,
        "beta.kubernetes.io/os" => r#"deprecated since v1.14; use "kubernetes.io/os" instead"#,
        "failure-domain.beta.kubernetes.io/region" => {
            r#"deprecated since v1.17; use "topology.kubernetes.io/region" instead"#
        }
        "failure-domain.beta.kubernetes.io/zone" => {
            r#"deprecated since v1.17; use "topology.kubernetes.io/zone" instead"#
        }
        "beta.kubernetes.io/instance-type" => {
            r#"deprecated since v1.17; use "node.kubernetes.io/instance-type" instead"#
        }
        _ => return None,
    })
}

pub fn labels(spec: &PodSpec, out: &mut Remarks) {
    for key in spec.node_selector.iter().flat_map(|s| s.keys()) {
        if let Some(text) = deprecated(key) {
            out.at(&format!("spec.nodeSelector[{key}]"), text);
        }
    }
    if let Some(affinity) = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref()) {
        let path = "spec.affinity.nodeAffinity";
        let required = affinity.required_during_scheduling_ignored_during_execution.as_ref();
        for (i, term) in required.iter().flat_map(|r| &r.node_selector_terms).enumerate() {
            node_term(term, false, &format!("{path}.{REQUIRED}.nodeSelectorTerms[{i}]"), out);
        }
        let preferred = affinity.preferred_during_scheduling_ignored_during_execution.as_ref();
        for (i, term) in preferred.into_iter().flatten().enumerate() {
            node_term(&term.preference, true, &format!("{path}.{PREFERRED}[{i}].preference"), out);
        }
    }
    for (i, constraint) in spec.topology_spread_constraints.iter().flatten().enumerate() {
        let path = format!("spec.topologySpreadConstraints[{i}]");
        if let Some(text) = deprecated(&constraint.topology_key) {
            out.at(&format!("{path}.topologyKey"), &format!("{} is {text}", constraint.topology_key));
        }
        if constraint.label_selector.is_none() {
            out.at(&format!("{path}.labelSelector"), NULL_SELECTOR);
        }
    }
}

fn node_term(term: &NodeSelectorTerm, check_values: bool, path: &str, out: &mut Remarks) {
    for (i, requirement) in term.match_expressions.iter().flatten().enumerate() {
        let path = format!("{path}.matchExpressions[{i}]");
        if let Some(text) = deprecated(&requirement.key) {
            out.at(&format!("{path}.key"), &format!("{} is {text}", requirement.key));
        }
        for (j, value) in requirement.values.iter().flatten().enumerate().filter(|_| check_values) {
            for error in names::label_value(value) {
                out.at(&format!("{path}.values[{j}]"), &format!("{value} is invalid, {error}"));
            }
        }
    }
}

pub fn null_selectors(spec: &PodSpec, out: &mut Remarks) {
    let Some(affinity) = &spec.affinity else { return };
    if let Some(a) = &affinity.pod_affinity {
        let required = a.required_during_scheduling_ignored_during_execution.as_deref();
        let preferred = a.preferred_during_scheduling_ignored_during_execution.as_deref();
        pod_terms(required, preferred, "spec.affinity.podAffinity", out);
    }
    if let Some(a) = &affinity.pod_anti_affinity {
        let required = a.required_during_scheduling_ignored_during_execution.as_deref();
        let preferred = a.preferred_during_scheduling_ignored_during_execution.as_deref();
        pod_terms(required, preferred, "spec.affinity.podAntiAffinity", out);
    }
}

fn pod_terms(
    required: Option<&[PodAffinityTerm]>,
    preferred: Option<&[WeightedPodAffinityTerm]>,
    path: &str,
    out: &mut Remarks,
) {
    let is_null = |term: &PodAffinityTerm| term.label_selector.is_none();
    for (i, _) in required.into_iter().flatten().enumerate().filter(|(_, t)| is_null(t)) {
        out.at(&format!("{path}.{REQUIRED}[{i}].labelSelector"), NULL_SELECTOR);
    }
    for (i, _) in preferred.into_iter().flatten().enumerate().filter(|(_, t)| is_null(&t.pod_affinity_term)) {
        out.at(&format!("{path}.{PREFERRED}[{i}].podAffinityTerm.labelSelector"), NULL_SELECTOR);
    }
}
