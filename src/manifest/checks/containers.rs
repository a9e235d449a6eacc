//! Rules on containers: what all have in common, then what differs between main and init containers.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule, PodSpec};

use super::volumes::Volumes;
use super::{Errors, env, mounts, names, ports, probes, resources, security};
use crate::kube::is_sidecar;
use crate::order::set;

const RESTART_POLICIES: [&str; 3] = ["Always", "Never", "OnFailure"];
const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];
const MESSAGE_POLICIES: [&str; 2] = ["File", "FallbackToLogsOnError"];
/// Why an ordinary init container may have no probes and hooks.
const SIDECARS_ONLY: &str = "may not be set for init containers without restartPolicy=Always";

/// What a container needs to know of its Pod.
pub struct Around<'p> {
    pub spec: &'p PodSpec,
    pub volumes: &'p Volumes<'p>,
}

impl Around<'_> {
    fn grace(&self) -> i64 {
        self.spec.termination_grace_period_seconds.unwrap_or(30)
    }
}

pub fn check(around: &Around, errors: &mut Errors) {
    main_containers(around, errors);
    init_containers(around, errors);
    if around.spec.ephemeral_containers.as_ref().is_some_and(|e| !e.is_empty()) {
        errors.forbidden("spec.ephemeralContainers", "cannot be set on create");
    }
}

fn main_containers(around: &Around, errors: &mut Errors) {
    if around.spec.containers.is_empty() {
        errors.required("spec.containers", "");
    }
    let mut seen = BTreeSet::new();
    for (i, container) in around.spec.containers.iter().enumerate() {
        let path = format!("spec.containers[{i}]");
        common(container, around, &path, errors);
        if !seen.insert(container.name.as_str()) && !container.name.is_empty() {
            errors.duplicate(format!("{path}.name"), container.name.as_str());
        }
        probes::lifecycle(container, around.grace(), &path, errors);
        probes::probes(container, &path, errors);
        restart_policy(container, &path, errors);
    }
    ports::host_port_conflicts(&around.spec.containers, "spec.containers", errors);
}

fn init_containers(around: &Around, errors: &mut Errors) {
    let mut seen = set(around.spec.containers.iter().map(|c| c.name.as_str()));
    for (i, container) in around.spec.init_containers.iter().flatten().enumerate() {
        let path = format!("spec.initContainers[{i}]");
        common(container, around, &path, errors);
        restart_policy(container, &path, errors);
        if !container.name.is_empty() && !seen.insert(&container.name) {
            errors.duplicate(format!("{path}.name"), container.name.as_str());
        }
        // They run one by one, so each is looked at alone; the server then calls it the first.
        ports::host_port_conflicts(std::slice::from_ref(container), "spec.initContainers", errors);
        if is_sidecar(container) {
            probes::lifecycle(container, around.grace(), &path, errors);
            probes::probes(container, &path, errors);
            continue;
        }
        let forbidden = [
            ("lifecycle", container.lifecycle.is_some()),
            ("livenessProbe", container.liveness_probe.is_some()),
            ("readinessProbe", container.readiness_probe.is_some()),
            ("startupProbe", container.startup_probe.is_some()),
        ];
        for (field, _) in forbidden.into_iter().filter(|f| f.1) {
            errors.forbidden(format!("{path}.{field}"), SIDECARS_ONLY);
        }
    }
}

fn common(c: &Container, around: &Around, path: &str, errors: &mut Errors) {
    if c.name.is_empty() {
        errors.required(format!("{path}.name"), "");
    } else {
        for error in names::label(&c.name) {
            errors.invalid(format!("{path}.name"), c.name.as_str(), &error);
        }
    }
    match c.image.as_deref().unwrap_or("") {
        "" => {
            errors.required(format!("{path}.image"), "");
        }
        image if image.trim().len() != image.len() => {
            errors.invalid(format!("{path}.image"), image, "must not have leading or trailing whitespace");
        }
        _ => {}
    }
    let policy = c.termination_message_policy.as_deref().unwrap_or("");
    if !MESSAGE_POLICIES.contains(&policy) {
        errors.unsupported(format!("{path}.terminationMessagePolicy"), policy, &MESSAGE_POLICIES);
    }
    ports::check(c, path, errors);
    env::check(c, path, errors);
    mounts::check(c, around.volumes, path, errors);
    pull_policy_at(c.image_pull_policy.as_deref().unwrap_or(""), format!("{path}.imagePullPolicy"), errors);
    resources::of_container(c, around.spec, path, errors);
    resources::resize_policy(c, around.spec, path, errors);
    security::of_container(c, path, errors);
}

/// The pull policy of an image volume.
pub fn pull_policy(policy: &str, path: &str, errors: &mut Errors) {
    pull_policy_at(policy, format!("{path}.pullPolicy"), errors);
}

fn pull_policy_at(policy: &str, path: String, errors: &mut Errors) {
    if !PULL_POLICIES.contains(&policy) {
        errors.unsupported(path, policy, &PULL_POLICIES);
    }
}

fn restart_policy(c: &Container, path: &str, errors: &mut Errors) {
    let rules = c.restart_policy_rules.as_deref().unwrap_or_default();
    match c.restart_policy.as_deref() {
        None if !rules.is_empty() => {
            errors.required(format!("{path}.restartPolicy"), "must specify restartPolicy when restart rules are used");
        }
        Some(policy) if !RESTART_POLICIES.contains(&policy) => {
            errors.unsupported(format!("{path}.restartPolicy"), policy, &RESTART_POLICIES);
        }
        _ => {}
    }
    let path = format!("{path}.restartPolicyRules");
    if rules.len() > 20 {
        errors.too_many(&path, rules.len(), 20);
    }
    for (i, rule) in rules.iter().enumerate() {
        restart_rule(rule, &format!("{path}[{i}]"), errors);
    }
}

fn restart_rule(rule: &ContainerRestartRule, path: &str, errors: &mut Errors) {
    const ACTIONS: [&str; 2] = ["Restart", "RestartAllContainers"];
    const OPERATORS: [&str; 2] = ["In", "NotIn"];
    if !ACTIONS.contains(&rule.action.as_str()) {
        errors.unsupported(format!("{path}.action"), &rule.action, &ACTIONS);
    }
    let Some(codes) = &rule.exit_codes else {
        errors.required(format!("{path}.exitCodes"), "must be specified");
        return;
    };
    if !OPERATORS.contains(&codes.operator.as_str()) {
        errors.unsupported(format!("{path}.exitCodes.operator"), &codes.operator, &OPERATORS);
    }
    let n = codes.values.as_ref().map_or(0, Vec::len);
    if n > 255 {
        errors.too_many(format!("{path}.exitCodes.values"), n, 255);
    }
}
