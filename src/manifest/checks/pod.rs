//! Rules on the rest of `spec`, and the order of all of them.

use k8s_openapi::api::core::v1::{Pod, PodSpec, Volume};

use super::containers::Around;
use super::{
    Errors, annotations, containers, metadata, names, ports, resources, scheduling, security, volumes, windows,
};

/// Every rule, in the order in which the server lists what is broken.
pub fn check(pod: &Pod, errors: &mut Errors) {
    metadata::check(&pod.metadata, errors);
    let Some(spec) = &pod.spec else { return };
    annotations::check(pod, spec, errors);
    let good = volumes::check(spec, pod.metadata.name.as_deref().unwrap_or(""), errors);
    resources::pod_claims(spec, errors);
    containers::check(&Around { spec, volumes: &good }, errors);
    resources::of_pod(spec, errors);
    ports::host_network(spec, errors);
    policies(spec, errors);
    metadata::labels(spec.node_selector.as_ref(), "spec.nodeSelector", errors);
    security::of_pod(spec, errors);
    scheduling::affinity(spec, errors);
    scheduling::dns(spec, errors);
    scheduling::gates(spec, errors);
    scheduling::spread(spec, errors);
    windows::host_process(spec, errors);
    security::host_users(spec, errors);
    host_name(spec, errors);
    names_of_things(spec, errors);
    scheduling::tolerations(spec, errors);
    host_aliases(spec, errors);
    for (field, value) in
        [("priorityClassName", &spec.priority_class_name), ("runtimeClassName", &spec.runtime_class_name)]
    {
        name(value.as_deref(), field, names::subdomain, errors);
    }
    const PREEMPTION: [&str; 2] = ["Never", "PreemptLowerPriority"];
    if let Some(policy) = spec.preemption_policy.as_deref().filter(|p| !PREEMPTION.contains(p)) {
        errors.unsupported("spec.preemptionPolicy", policy, &PREEMPTION);
    }
    resources::overhead(spec, errors);
    windows::os(spec, errors);
    file_keys(spec, errors);
    containers::images(spec, errors);
    only_at_creation(pod, spec, errors);
}

/// What a Pod that is made may not have yet (`ValidatePodCreate`).
fn only_at_creation(pod: &Pod, spec: &PodSpec, errors: &mut Errors) {
    if spec.ephemeral_containers.as_ref().is_some_and(|e| !e.is_empty()) {
        errors.forbidden("spec.ephemeralContainers", "cannot be set on create");
    }
    let gated = spec.scheduling_gates.as_ref().is_some_and(|g| !g.is_empty());
    if gated && spec.node_name.as_deref().is_some_and(|n| !n.is_empty()) {
        errors.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
    }
    annotations::against_fields(pod, spec, errors);
}

/// A host name of one's own choice, which is a whole domain name (`validatePodHostName`).
fn host_name(spec: &PodSpec, errors: &mut Errors) {
    let Some(name) = spec.hostname_override.as_deref() else { return };
    let path = "spec.hostnameOverride";
    if spec.set_hostname_as_fqdn == Some(true) {
        errors.forbidden(path, "may not be specified when setHostnameAsFQDN is true");
    }
    if spec.host_network == Some(true) {
        errors.forbidden(path, "may not be specified when hostNetwork is true");
    }
    if name.len() > 64 {
        errors.too_long(path, 64);
    }
    for error in names::subdomain(name) {
        errors.invalid(path, name, &error);
    }
}

fn policies(spec: &PodSpec, errors: &mut Errors) {
    const RESTART: [&str; 3] = ["Always", "OnFailure", "Never"];
    const DNS: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    let restart = spec.restart_policy.as_deref().unwrap_or("");
    if !RESTART.contains(&restart) {
        errors.unsupported("spec.restartPolicy", restart, &RESTART);
    }
    let dns = spec.dns_policy.as_deref().unwrap_or("");
    if !DNS.contains(&dns) {
        errors.unsupported("spec.dnsPolicy", dns, &DNS);
    }
}

fn name(value: Option<&str>, field: &str, check: fn(&str) -> Vec<String>, errors: &mut Errors) {
    let Some(value) = value.filter(|v| !v.is_empty()) else { return };
    for error in check(value) {
        errors.invalid(format!("spec.{field}"), value, &error);
    }
}

fn names_of_things(spec: &PodSpec, errors: &mut Errors) {
    name(spec.service_account_name.as_deref(), "serviceAccountName", names::subdomain, errors);
    name(spec.node_name.as_deref(), "nodeName", names::subdomain, errors);
    if let Some(deadline) = spec.active_deadline_seconds
        && !(1..=i64::from(i32::MAX)).contains(&deadline)
    {
        errors.invalid("spec.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive");
    }
    name(spec.hostname.as_deref(), "hostname", names::label, errors);
    name(spec.subdomain.as_deref(), "subdomain", names::label, errors);
}

fn host_aliases(spec: &PodSpec, errors: &mut Errors) {
    for (i, alias) in spec.host_aliases.iter().flatten().enumerate() {
        let path = format!("spec.hostAliases[{i}]");
        scheduling::ip(&alias.ip, format!("{path}.ip"), errors);
        for (j, host) in alias.hostnames.iter().flatten().enumerate() {
            for error in names::subdomain(host) {
                errors.invalid(format!("{path}.hostnames[{j}]"), host.as_str(), &error);
            }
        }
    }
}

/// Environment variables out of files need an emptyDir to hold the file.
fn file_keys(spec: &PodSpec, errors: &mut Errors) {
    let volume = |name: &str| spec.volumes.iter().flatten().rfind(|v: &&Volume| v.name == name);
    for (path, container) in containers::visit(spec) {
        for (j, var) in container.env.iter().flatten().enumerate() {
            let Some(file) = var.value_from.as_ref().and_then(|v| v.file_key_ref.as_ref()) else { continue };
            let path = format!("{path}.env[{j}].valueFrom.fileKeyRef.volumeName");
            match volume(&file.volume_name) {
                None => {
                    errors.not_found(path, &file.volume_name, "");
                }
                Some(v) if v.empty_dir.is_none() => {
                    errors.invalid(path, file.volume_name.as_str(), "referenced volume must be of type emptyDir");
                }
                Some(_) => {}
            }
        }
    }
}
