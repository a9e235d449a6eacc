//! Rules on where a Pod may run: affinity, tolerations, spreading, gates.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use k8s_openapi::api::core::v1::{
    Affinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, PodSpec, Toleration, TopologySpreadConstraint,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::{Errors, Json, metadata, names};

const NOT_AN_OPERATOR: &str = "not a valid selector operator";
const WEIGHT: &str = "must be in the range 1-100";

pub fn affinity(spec: &PodSpec, errors: &mut Errors) {
    let Some(Affinity { node_affinity, pod_affinity, pod_anti_affinity }) = &spec.affinity else { return };
    if let Some(node) = node_affinity {
        let path = "spec.affinity.nodeAffinity";
        if let Some(required) = &node.required_during_scheduling_ignored_during_execution {
            let path = format!("{path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
            if required.node_selector_terms.is_empty() {
                errors.required(&path, "must have at least one node selector term");
            }
            for (i, term) in required.node_selector_terms.iter().enumerate() {
                node_term(term, true, &format!("{path}[{i}]"), errors);
            }
        }
        for (i, preferred) in node.preferred_during_scheduling_ignored_during_execution.iter().flatten().enumerate() {
            let path = format!("{path}.preferredDuringSchedulingIgnoredDuringExecution[{i}]");
            weight(preferred.weight, &path, errors);
            // Values that no node can have are let through where they are only a wish.
            node_term(&preferred.preference, false, &format!("{path}.preference"), errors);
        }
    }
    let lists = [
        (
            "podAffinity",
            pod_affinity.as_ref().map(|a| {
                (
                    &a.required_during_scheduling_ignored_during_execution,
                    &a.preferred_during_scheduling_ignored_during_execution,
                )
            }),
        ),
        (
            "podAntiAffinity",
            pod_anti_affinity.as_ref().map(|a| {
                (
                    &a.required_during_scheduling_ignored_during_execution,
                    &a.preferred_during_scheduling_ignored_during_execution,
                )
            }),
        ),
    ];
    for (name, lists) in lists {
        let Some((required, preferred)) = lists else { continue };
        let path = format!("spec.affinity.{name}");
        for (i, term) in required.iter().flatten().enumerate() {
            pod_term(term, &format!("{path}.requiredDuringSchedulingIgnoredDuringExecution[{i}]"), errors);
        }
        for (i, weighted) in preferred.iter().flatten().enumerate() {
            let path = format!("{path}.preferredDuringSchedulingIgnoredDuringExecution[{i}]");
            weight(weighted.weight, &path, errors);
            pod_term(&weighted.pod_affinity_term, &format!("{path}.podAffinityTerm"), errors);
        }
    }
}

fn weight(weight: i32, path: &str, errors: &mut Errors) {
    if !(1..=100).contains(&weight) {
        errors.invalid(format!("{path}.weight"), weight, WEIGHT);
    }
}

fn node_term(term: &NodeSelectorTerm, check_values: bool, path: &str, errors: &mut Errors) {
    for (i, requirement) in term.match_expressions.iter().flatten().enumerate() {
        let path = format!("{path}.matchExpressions[{i}]");
        node_requirement(requirement, &path, errors);
        for error in names::qualified(&requirement.key) {
            errors.invalid(format!("{path}.key"), requirement.key.as_str(), &error);
        }
        for (j, value) in requirement.values.iter().flatten().enumerate().filter(|_| check_values) {
            for error in names::label_value(value) {
                errors.invalid(format!("{path}.values[{j}]"), value.as_str(), &error);
            }
        }
    }
    for (i, requirement) in term.match_fields.iter().flatten().enumerate() {
        let path = format!("{path}.matchFields[{i}]");
        let n = requirement.values.as_ref().map_or(0, Vec::len);
        if matches!(requirement.operator.as_str(), "In" | "NotIn") {
            if n != 1 {
                let detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
                errors.required(format!("{path}.values"), detail);
            }
        } else {
            errors.invalid(format!("{path}.operator"), requirement.operator.as_str(), NOT_AN_OPERATOR);
        }
        if requirement.key != "metadata.name" {
            errors.invalid(format!("{path}.key"), requirement.key.as_str(), "not a valid field selector key");
            continue;
        }
        for (j, name) in requirement.values.iter().flatten().enumerate() {
            for error in names::subdomain(name) {
                errors.invalid(format!("{path}.values[{j}]"), name.as_str(), &error);
            }
        }
    }
}

fn node_requirement(requirement: &NodeSelectorRequirement, path: &str, errors: &mut Errors) {
    let n = requirement.values.as_ref().map_or(0, Vec::len);
    match requirement.operator.as_str() {
        "In" | "NotIn" if n == 0 => {
            errors.required(format!("{path}.values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
        "Exists" | "DoesNotExist" if n > 0 => {
            errors.forbidden(
                format!("{path}.values"),
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            );
        }
        "Gt" | "Lt" if n != 1 => {
            errors.required(format!("{path}.values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        other => {
            errors.invalid(format!("{path}.operator"), other, NOT_AN_OPERATOR);
        }
    }
}

fn pod_term(term: &PodAffinityTerm, path: &str, errors: &mut Errors) {
    selector(term.label_selector.as_ref(), &format!("{path}.labelSelector"), errors);
    selector(term.namespace_selector.as_ref(), &format!("{path}.namespaceSelector"), errors);
    for (i, namespace) in term.namespaces.iter().flatten().enumerate() {
        for error in names::label(namespace) {
            errors
                .invalid(format!("{path}.namespace"), namespace.as_str(), &error)
                .at(format!("{path}.namespaces[{i}]"));
        }
    }
    let mismatch = term.mismatch_label_keys.as_deref().unwrap_or_default();
    label_keys(
        term.match_label_keys.as_deref().unwrap_or_default(),
        mismatch,
        term.label_selector.as_ref(),
        path,
        errors,
    );
    if term.topology_key.is_empty() {
        errors.required(format!("{path}.topologyKey"), "can not be empty");
    }
    for error in names::qualified(&term.topology_key) {
        errors.invalid(format!("{path}.topologyKey"), term.topology_key.as_str(), &error);
    }
}

/// Keys whose values are taken from the Pod's own labels (`ValidateMatchLabelKeysAndMismatchLabelKeys`).
fn label_keys(
    matching: &[String],
    mismatching: &[String],
    selector: Option<&LabelSelector>,
    path: &str,
    errors: &mut Errors,
) {
    for (field, keys) in [("matchLabelKeys", matching), ("mismatchLabelKeys", mismatching)] {
        let path = format!("{path}.{field}");
        if selector.is_none() && !keys.is_empty() {
            errors.forbidden(path, "must not be specified when labelSelector is not set");
            continue;
        }
        for (i, key) in keys.iter().enumerate() {
            for error in names::qualified(key) {
                errors.invalid(format!("{path}[{i}]"), key.as_str(), &error);
            }
        }
    }
    let Some(selector) = selector.filter(|_| !matching.is_empty()) else { return };
    let places: BTreeMap<&str, usize> = matching.iter().enumerate().map(|(i, key)| (key.as_str(), i)).collect();
    let mut seen: BTreeSet<&str> = selector.match_labels.iter().flatten().map(|(key, _)| key.as_str()).collect();
    for requirement in selector.match_expressions.iter().flatten() {
        let key = requirement.key.as_str();
        if let Some(i) = places.get(key).filter(|_| seen.contains(key)) {
            let at = format!("{path}.matchLabelKeys[{i}]");
            errors.invalid(format!("{path}[{i}]"), key, "exists in both matchLabelKeys and labelSelector").at(at);
        }
        seen.insert(key);
    }
    let mismatching: BTreeSet<&str> = mismatching.iter().map(String::as_str).collect();
    for (i, key) in matching.iter().enumerate().filter(|(_, key)| mismatching.contains(key.as_str())) {
        let detail = "exists in both matchLabelKeys and mismatchLabelKeys";
        errors.invalid(format!("{path}.matchLabelKeys[{i}]"), key.as_str(), detail);
    }
}

/// A selector of labels (`ValidateLabelSelector`).
pub fn selector(selector: Option<&LabelSelector>, path: &str, errors: &mut Errors) {
    let Some(selector) = selector else { return };
    metadata::labels(selector.match_labels.as_ref(), &format!("{path}.matchLabels"), errors);
    for (i, requirement) in selector.match_expressions.iter().flatten().enumerate() {
        let path = format!("{path}.matchExpressions[{i}]");
        let n = requirement.values.as_ref().map_or(0, Vec::len);
        match requirement.operator.as_str() {
            "In" | "NotIn" if n == 0 => {
                errors.required(format!("{path}.values"), "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if n > 0 => {
                let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                errors.forbidden(format!("{path}.values"), detail);
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => {
                errors.invalid(format!("{path}.operator"), other, NOT_AN_OPERATOR);
            }
        }
        for error in names::qualified(&requirement.key) {
            errors.invalid(format!("{path}.key"), requirement.key.as_str(), &error);
        }
        for (j, value) in requirement.values.iter().flatten().enumerate() {
            for error in names::label_value(value) {
                errors.invalid(format!("{path}.values[{j}]"), value.as_str(), &error);
            }
        }
    }
}

pub fn tolerations(spec: &PodSpec, errors: &mut Errors) {
    for (i, toleration) in spec.tolerations.iter().flatten().enumerate() {
        check_toleration(toleration, &format!("spec.tolerations[{i}]"), errors);
    }
}

fn check_toleration(toleration: &Toleration, path: &str, errors: &mut Errors) {
    const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let (key, operator) = (text(&toleration.key), text(&toleration.operator));
    let (value, effect) = (text(&toleration.value), text(&toleration.effect));
    if key.is_empty() {
        if operator != "Exists" {
            let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.invalid(format!("{path}.operator"), operator.as_str(), detail);
        }
    } else {
        for error in names::qualified(&key) {
            errors.invalid(format!("{path}.key"), key.as_str(), &error);
        }
    }
    if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
        errors.invalid(format!("{path}.effect"), effect.as_str(), detail);
    }
    let path_of_operator = format!("{path}.operator");
    match operator.as_str() {
        "" | "Equal" => {
            let bad = names::label_value(&value);
            if !bad.is_empty() {
                errors.invalid(path_of_operator, value.as_str(), &bad.join(";")).at(format!("{path}.value"));
            }
        }
        "Exists" => {
            if !value.is_empty() {
                let detail = "value must be empty when `operator` is 'Exists'";
                errors.invalid(path_of_operator, value.as_str(), detail).at(format!("{path}.value"));
            }
        }
        // The gate for these two is off, but the list of what is supported already has them.
        "Gt" | "Lt" => {
            errors.unsupported(path_of_operator, &operator, &["Equal", "Exists", "Lt", "Gt"]);
        }
        _ => {
            errors.unsupported(path_of_operator, &operator, &["Equal", "Exists"]);
        }
    }
    if !effect.is_empty() && !EFFECTS.contains(&effect.as_str()) {
        errors.unsupported(format!("{path}.effect"), &effect, &EFFECTS);
    }
}

pub fn spread(spec: &PodSpec, errors: &mut Errors) {
    let constraints = spec.topology_spread_constraints.as_deref().unwrap_or_default();
    let pair = |c: &TopologySpreadConstraint| format!("{{{}, {}}}", c.topology_key, c.when_unsatisfiable);
    let last: BTreeMap<String, usize> = constraints.iter().enumerate().map(|(i, c)| (pair(c), i)).collect();
    for (i, constraint) in constraints.iter().enumerate() {
        let path = format!("spec.topologySpreadConstraints[{i}]");
        let pair = pair(constraint);
        // All but the last are told.
        let repeated = last.get(&pair).is_some_and(|&last| last > i).then_some(pair);
        check_spread(constraint, repeated.as_deref(), &path, errors);
    }
}

fn check_spread(c: &TopologySpreadConstraint, repeated: Option<&str>, path: &str, errors: &mut Errors) {
    const ACTIONS: [&str; 2] = ["DoNotSchedule", "ScheduleAnyway"];
    const INCLUSION: [&str; 2] = ["Honor", "Ignore"];
    if c.max_skew <= 0 {
        errors.invalid(format!("{path}.maxSkew"), c.max_skew, "must be greater than zero");
    }
    if c.topology_key.is_empty() {
        errors.required(format!("{path}.topologyKey"), "can not be empty");
    }
    if !ACTIONS.contains(&c.when_unsatisfiable.as_str()) {
        errors.unsupported(format!("{path}.whenUnsatisfiable"), &c.when_unsatisfiable, &ACTIONS);
    }
    if let Some(pair) = repeated {
        errors.duplicate(format!("{path}.{{topologyKey, whenUnsatisfiable}}"), pair).at(path);
    }
    if let Some(n) = c.min_domains {
        if n <= 0 {
            errors.invalid(format!("{path}.minDomains"), n, "must be greater than zero");
        }
        if c.when_unsatisfiable != "DoNotSchedule" {
            let detail =
                format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}", c.when_unsatisfiable);
            errors.invalid(format!("{path}.minDomains"), n, &detail);
        }
    }
    for (field, value) in [("nodeAffinityPolicy", &c.node_affinity_policy), ("nodeTaintsPolicy", &c.node_taints_policy)]
    {
        if let Some(value) = value.as_deref().filter(|v| !INCLUSION.contains(v)) {
            errors.unsupported(format!("{path}.{field}"), value, &INCLUSION);
        }
    }
    label_keys(c.match_label_keys.as_deref().unwrap_or_default(), &[], c.label_selector.as_ref(), path, errors);
    selector(c.label_selector.as_ref(), &format!("{path}.labelSelector"), errors);
}

pub fn gates(spec: &PodSpec, errors: &mut Errors) {
    for (i, gate) in spec.readiness_gates.iter().flatten().enumerate() {
        for error in names::qualified(&gate.condition_type) {
            errors.invalid(format!("spec.readinessGates[{i}].conditionType"), gate.condition_type.as_str(), &error);
        }
    }
    let mut seen = BTreeSet::new();
    for (i, gate) in spec.scheduling_gates.iter().flatten().enumerate() {
        let path = format!("spec.schedulingGates[{i}]");
        for error in names::qualified(&gate.name) {
            errors.invalid(&path, gate.name.as_str(), &error);
        }
        if !seen.insert(gate.name.as_str()) {
            errors.duplicate(&path, gate.name.as_str());
        }
    }
}

/// Limits on name resolution.
pub fn dns(spec: &PodSpec, errors: &mut Errors) {
    let path = "spec.dnsConfig";
    let none = spec.dns_policy.as_deref() == Some("None");
    let Some(config) = &spec.dns_config else {
        if none {
            errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        return;
    };
    let list = |items: &[String]| Json(super::json(items));
    let servers = config.nameservers.as_deref().unwrap_or_default();
    if none && servers.is_empty() {
        let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
        errors.required(format!("{path}.nameservers"), detail);
        return;
    }
    if servers.len() > 3 {
        errors.invalid(format!("{path}.nameservers"), list(servers), "must not have more than 3 nameservers");
    }
    for (i, server) in servers.iter().enumerate() {
        ip(server, format!("{path}.nameservers[{i}]"), errors);
    }
    let searches = config.searches.as_deref().unwrap_or_default();
    if searches.len() > 32 {
        errors.invalid(format!("{path}.searches"), list(searches), "must not have more than 32 search paths");
    }
    if searches.join(" ").len() > 2048 {
        let detail = "must not have more than 2048 characters (including spaces) in the search list";
        errors.invalid(format!("{path}.searches"), list(searches), detail);
    }
    for (i, search) in searches.iter().enumerate() {
        // A dot at the end, alone, and underscores are allowed.
        if search == "." {
            continue;
        }
        let name = search.strip_suffix('.').unwrap_or(search);
        for error in names::search_domain(name) {
            errors.invalid(format!("{path}.searches[{i}]"), name, &error);
        }
    }
    for (i, option) in config.options.iter().flatten().enumerate() {
        if option.name.as_deref().unwrap_or("").is_empty() {
            errors.required(format!("{path}.options[{i}]"), "must not be empty");
        }
    }
}

/// An IP address, v4 or v6. Zeros before a number and v4 in the clothes of v6 are told apart from what is no address (`StrictIPCIDRValidation`).
pub fn ip(address: &str, path: String, errors: &mut Errors) {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_some() => {
            errors.invalid(path, address, "must not be an IPv4-mapped IPv6 address");
        }
        Ok(_) => {}
        Err(_) if without_zeros(address).parse::<Ipv4Addr>().is_ok() => {
            errors.invalid(path, address, "must not have leading 0s");
        }
        Err(_) => {
            errors.invalid(path, address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
    }
}

fn without_zeros(address: &str) -> String {
    let parts = address.split('.').map(|part| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0",
        rest => rest,
    });
    parts.collect::<Vec<_>>().join(".")
}
