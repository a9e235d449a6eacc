//! Rules on container ports.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, PodSpec};

use super::{Errors, names};

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

pub fn check(container: &Container, path: &str, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, port) in container.ports.iter().flatten().enumerate() {
        let path = format!("{path}.ports[{i}]");
        if let Some(name) = port.name.as_deref().filter(|n| !n.is_empty()) {
            let bad = names::port(name);
            for error in &bad {
                errors.invalid(format!("{path}.name"), name, error);
            }
            if bad.is_empty() && !seen.insert(name) {
                errors.duplicate(format!("{path}.name"), name);
            }
        }
        if port.container_port == 0 {
            errors.required(format!("{path}.containerPort"), "");
        } else if let Some(error) = names::port_number(port.container_port.into()) {
            errors.invalid(format!("{path}.containerPort"), port.container_port, error);
        }
        if let Some(host_port) = port.host_port.filter(|&p| p != 0)
            && let Some(error) = names::port_number(host_port.into())
        {
            errors.invalid(format!("{path}.hostPort"), host_port, error);
        }
        let protocol = port.protocol.as_deref().unwrap_or("");
        if !PROTOCOLS.contains(&protocol) {
            errors.unsupported(format!("{path}.protocol"), protocol, &PROTOCOLS);
        }
    }
}

/// A port of the node can be taken once.
pub fn host_port_conflicts(containers: &[Container], path: &str, errors: &mut Errors) {
    let mut taken = BTreeSet::new();
    for (i, container) in containers.iter().enumerate() {
        for (j, port) in container.ports.iter().flatten().enumerate() {
            let Some(host_port) = port.host_port.filter(|&p| p != 0) else { continue };
            let key = format!(
                "{}/{}/{host_port}",
                port.protocol.as_deref().unwrap_or(""),
                port.host_ip.as_deref().unwrap_or("")
            );
            if taken.contains(&key) {
                errors.duplicate(format!("{path}[{i}].ports[{j}].hostPort"), key.as_str());
            }
            taken.insert(key);
        }
    }
}

/// On the node's network a port is the node's port. Init containers are not looked at.
pub fn host_network(spec: &PodSpec, errors: &mut Errors) {
    if spec.host_network != Some(true) {
        return;
    }
    for (i, container) in spec.containers.iter().enumerate() {
        for (j, port) in container.ports.iter().flatten().enumerate() {
            let host_port = port.host_port.unwrap_or(0);
            if host_port != port.container_port {
                let path = format!("spec.containers[{i}].ports[{j}].hostPort");
                errors.invalid(path, host_port, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }
}
