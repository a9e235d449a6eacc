//! Rules on containers: what all have in common, then what differs between main and init containers.

use std::collections::BTreeSet;
use std::fmt;

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule, EphemeralContainer, PodSpec, ResourceRequirements};

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
    ephemeral_containers(around, errors);
}

/// The path of a container. It is written out only where something is wrong: a Pod may have a thousand.
#[derive(Clone, Copy)]
pub struct Place {
    list: &'static str,
    index: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spec.{}[{}]", self.list, self.index)
    }
}

/// Init containers, then main ones, each with its path: the order in which the server visits them.
pub fn visit(spec: &PodSpec) -> impl Iterator<Item = (Place, &Container)> {
    let placed = |list| move |(index, c)| (Place { list, index }, c);
    let init = spec.init_containers.iter().flatten().enumerate().map(placed("initContainers"));
    init.chain(spec.containers.iter().enumerate().map(placed("containers")))
}

/// White space around the name of an image, which is looked at after everything else (`validateContainerOnlyForPod`).
pub fn images(spec: &PodSpec, errors: &mut Errors) {
    let init = spec.init_containers.as_deref().unwrap_or_default();
    for (list, containers) in [("containers", spec.containers.as_slice()), ("initContainers", init)] {
        for (i, c) in containers.iter().enumerate() {
            image_space(c, format_args!("spec.{list}[{i}]"), errors);
        }
    }
}

fn image_space(c: &Container, path: impl fmt::Display, errors: &mut Errors) {
    let image = c.image.as_deref().unwrap_or("");
    if image.trim().len() != image.len() {
        errors.invalid(format!("{path}.image"), image, "must not have leading or trailing whitespace");
    }
}

/// They are looked at although a new Pod may have none (`validateEphemeralContainers`).
fn ephemeral_containers(around: &Around, errors: &mut Errors) {
    let mut others = BTreeSet::new();
    others.extend(visit(around.spec).map(|(_, c)| c.name.as_str()));
    let mut names = others.clone();
    for (i, e) in around.spec.ephemeral_containers.iter().flatten().enumerate() {
        let path = format!("spec.ephemeralContainers[{i}]");
        let c = as_container(e);
        common(&c, around, &path, errors);
        image_space(&c, &path, errors);
        if !names.insert(e.name.as_str()) {
            errors.duplicate(format!("{path}.name"), e.name.as_str());
        }
        if let Some(target) = e.target_container_name.as_deref().filter(|t| !t.is_empty() && !others.contains(t)) {
            errors.not_found(format!("{path}.targetContainerName"), target, "");
        }
        const NOT_HERE: &str = "cannot be set for an Ephemeral Container";
        let some = |given: bool, field: &'static str| given.then_some(field);
        let has = |r: &ResourceRequirements| *r != ResourceRequirements::default();
        for field in [
            some(e.ports.is_some(), "ports"),
            some(e.resources.as_ref().is_some_and(has), "resources"),
            some(e.resize_policy.is_some(), "resizePolicy"),
            some(e.restart_policy.is_some(), "restartPolicy"),
            some(e.restart_policy_rules.is_some(), "restartPolicyRules"),
            some(e.liveness_probe.is_some(), "livenessProbe"),
            some(e.readiness_probe.is_some(), "readinessProbe"),
            some(e.startup_probe.is_some(), "startupProbe"),
            some(e.lifecycle.is_some(), "lifecycle"),
        ]
        .into_iter()
        .flatten()
        {
            errors.forbidden(format!("{path}.{field}"), NOT_HERE);
        }
        for (j, mount) in e.volume_mounts.iter().flatten().enumerate() {
            for (field, value) in [("subPath", &mount.sub_path), ("subPathExpr", &mount.sub_path_expr)] {
                if value.as_deref().is_some_and(|v| !v.is_empty()) {
                    errors.forbidden(format!("{path}.volumeMounts[{j}].{field}"), NOT_HERE);
                }
            }
        }
    }
}

/// An ephemeral container has the fields of the others, and the same defaults.
fn as_container(e: &EphemeralContainer) -> Container {
    let mut c = Container {
        name: e.name.clone(),
        image: e.image.clone(),
        env: e.env.clone(),
        env_from: e.env_from.clone(),
        image_pull_policy: e.image_pull_policy.clone(),
        ports: e.ports.clone(),
        resize_policy: e.resize_policy.clone(),
        resources: e.resources.clone(),
        security_context: e.security_context.clone(),
        termination_message_policy: e.termination_message_policy.clone(),
        volume_devices: e.volume_devices.clone(),
        volume_mounts: e.volume_mounts.clone(),
        ..Container::default()
    };
    crate::manifest::defaults::fill_container(&mut c, false);
    c
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
    if c.image.as_deref().unwrap_or("").is_empty() {
        errors.required(format!("{path}.image"), "");
    }
    let policy = c.termination_message_policy.as_deref().unwrap_or("");
    if !MESSAGE_POLICIES.contains(&policy) {
        errors.unsupported(format!("{path}.terminationMessagePolicy"), policy, &MESSAGE_POLICIES);
    }
    ports::check(c, path, errors);
    env::check(c, path, errors);
    mounts::check(c, around.volumes, path, errors);
    pull_policy(c.image_pull_policy.as_deref().unwrap_or(""), format_args!("{path}.imagePullPolicy"), errors);
    resources::of_container(c, around.spec, path, errors);
    resources::resize_policy(c, around.spec, path, errors);
    security::of_container(c, around.spec, path, errors);
}

/// The pull policy of a container's image, or of an image volume.
pub fn pull_policy(policy: &str, path: impl fmt::Display, errors: &mut Errors) {
    if !PULL_POLICIES.contains(&policy) {
        errors.unsupported(path.to_string(), policy, &PULL_POLICIES);
    }
}

fn restart_policy(c: &Container, path: &str, errors: &mut Errors) {
    let rules = c.restart_policy_rules.as_deref().unwrap_or_default();
    match c.restart_policy.as_deref() {
        None if !rules.is_empty() => {
            errors.required(format!("{path}.restartPolicy"), "must specify restartPolicy when restart rules are used");
            // Of an init container the rules are not looked at then (`validateInitContainerRestartPolicy`).
            if path.starts_with("spec.initContainers") {
                return;
            }
        }
        Some(policy) if !RESTART_POLICIES.contains(&policy) => {
            errors.unsupported(format!("{path}.restartPolicy"), policy, &RESTART_POLICIES);
        }
        _ => {}
    }
    if rules.len() > 20 {
        errors.too_many(format!("{path}.restartPolicyRules"), rules.len(), 20);
    }
    for (i, rule) in rules.iter().enumerate() {
        restart_rule(rule, &format!("{path}.restartPolicyRules[{i}]"), errors);
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
