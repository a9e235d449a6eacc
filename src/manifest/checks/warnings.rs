//! What the server remarks on a Pod that it accepts.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, ContainerPort, Pod, PodSpec, VolumeProjection};

use super::{Warning, names};
use crate::kube::quantity::Quantity;
use crate::kube::resources::amount;
use crate::yaml::go;

/// All remarks, in the server's order.
pub fn collect(pod: &Pod) -> Vec<Warning> {
    let mut out = Vec::new();
    let Some(spec) = &pod.spec else { return out };
    hostname(pod, &mut out);
    let mut warn = |path: String, text: String| out.push(Warning { path, text });
    for (i, volume) in spec.volumes.iter().flatten().enumerate() {
        let sources = volume.projected.iter().flat_map(|p| p.sources.iter().flatten());
        for _ in sources.filter(|source| **source == VolumeProjection::default()) {
            let text = format!("volume {} (Projected) has no sources provided", go::quote(&volume.name));
            warn(format!("spec.volumes[{i}]"), text);
        }
        let deprecated = [
            ("gitRepo", volume.git_repo.is_some(), "v1.11"),
            ("glusterfs", volume.glusterfs.is_some(), "v1.25, this feature will be removed completely after v1.26"),
            ("rbd", volume.rbd.is_some(), "v1.28, non-functional in v1.31+"),
            ("cephfs", volume.cephfs.is_some(), "v1.28, non-functional in v1.31+"),
        ];
        for (name, _, since) in deprecated.into_iter().filter(|d| d.1) {
            let path = format!("spec.volumes[{i}].{name}");
            warn(path.clone(), format!("{path}: deprecated in {since}"));
        }
    }
    let mut ips = BTreeSet::new();
    for (i, alias) in spec.host_aliases.iter().flatten().enumerate() {
        if !ips.insert(alias.ip.as_str()) {
            let path = format!("spec.hostAliases[{i}].ip");
            warn(path.clone(), format!("{path}: duplicate ip {}", go::quote(&alias.ip)));
        }
    }
    let mut secrets = BTreeSet::new();
    for (i, secret) in spec.image_pull_secrets.iter().flatten().enumerate() {
        let path = format!("spec.imagePullSecrets[{i}].name");
        if secret.name.is_empty() {
            warn(path.clone(), format!("{path}: invalid empty name \"\""));
        } else if !secrets.insert(secret.name.as_str()) {
            warn(path.clone(), format!("{path}: duplicate name {}", go::quote(&secret.name)));
        }
    }
    for (path, container) in all(spec) {
        duplicate_env(container, &path, &mut out);
        fractional_bytes(container, &path, &mut out);
    }
    ports(spec, &mut out);
    out
}

/// Init containers, then main ones, each with its path: the order in which the server visits them.
fn all(spec: &PodSpec) -> impl Iterator<Item = (String, &Container)> {
    let init = spec.init_containers.iter().flatten().enumerate().map(|(i, c)| (format!("spec.initContainers[{i}]"), c));
    init.chain(spec.containers.iter().enumerate().map(|(i, c)| (format!("spec.containers[{i}]"), c)))
}

fn hostname(pod: &Pod, out: &mut Vec<Warning>) {
    let hostname = pod.spec.as_ref().and_then(|s| s.hostname.as_deref()).unwrap_or("");
    let name = pod.metadata.name.as_deref().unwrap_or("");
    let bad = names::label(name);
    if hostname.is_empty() && !bad.is_empty() {
        let text = format!(
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [{}]",
            bad.join(" ")
        );
        out.push(Warning { path: "metadata.name".into(), text });
    }
}

fn duplicate_env(container: &Container, path: &str, out: &mut Vec<Warning>) {
    let mut seen = BTreeSet::new();
    for (i, var) in container.env.iter().flatten().enumerate() {
        if !seen.insert(var.name.as_str()) {
            // `PATH: $(PATH):/x` extends the earlier one, on purpose.
            let extends = var.value.as_deref().is_some_and(|v| v.contains(&format!("$({})", var.name)));
            if !extends {
                let path = format!("{path}.env[{i}]");
                let name = go::quote(&var.name);
                let text =
                    format!("{path}: hides previous definition of {name}, which may be dropped when using apply");
                out.push(Warning { path, text });
            }
        }
    }
}

fn fractional_bytes(container: &Container, path: &str, out: &mut Vec<Warning>) {
    let Some(resources) = &container.resources else { return };
    for (list, amounts) in [("limits", &resources.limits), ("requests", &resources.requests)] {
        for (name, q) in amounts.iter().flatten().filter(|(n, _)| matches!(n.as_str(), "memory" | "ephemeral-storage"))
        {
            let q: Quantity = amount(q);
            if q.has_fraction_of_bytes() {
                let path = format!("{path}.resources.{list}[{name}]");
                let text = format!(
                    "{path}: fractional byte value {} is invalid, must be an integer",
                    go::quote(&q.to_string())
                );
                out.push(Warning { path, text });
            }
        }
    }
}

/// A port and where it is declared.
struct Declared<'p> {
    path: String,
    port: &'p ContainerPort,
}

fn ports(spec: &PodSpec, out: &mut Vec<Warning>) {
    let mut seen: BTreeMap<(i32, &str), Vec<Declared>> = BTreeMap::new();
    let mut named: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut by_name = Vec::new();
    for (path, container) in all(spec) {
        for (i, port) in container.ports.iter().flatten().enumerate() {
            let path = format!("{path}.ports[{i}]");
            let key = (port.container_port, port.protocol.as_deref().unwrap_or(""));
            let earlier = seen.entry(key).or_default();
            for other in earlier.iter().filter(|other| same_binding(other.port, port)) {
                let text = format!("{path}: duplicate port definition with {}", other.path);
                out.push(Warning { path: path.clone(), text });
            }
            earlier.push(Declared { path: path.clone(), port });
            if let Some(name) = port.name.as_deref().filter(|n| !n.is_empty()) {
                let others = named.entry(name).or_default();
                if let Some(first) = others.first() {
                    let text = format!(
                        "{path}: duplicate port name {} with {first}, services and probes that select ports by name will use {first}",
                        go::quote(name)
                    );
                    by_name.push(Warning { path: path.clone(), text });
                }
                others.push(path);
            }
        }
    }
    out.extend(by_name);
}

/// Whether two declarations of one port number mean the same: the host's side must not tell them apart.
fn same_binding(a: &ContainerPort, b: &ContainerPort) -> bool {
    let side = |p: &ContainerPort| (p.host_port.unwrap_or(0), p.host_ip.clone().unwrap_or_default());
    match (side(a), side(b)) {
        ((0, _), _) | (_, (0, _)) => true,
        (a, b) => a == b,
    }
}
