//! Ports that are declared more than once.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ContainerPort, PodSpec};

use super::Remarks;
use crate::manifest::checks::containers::visit;
use crate::yaml::go;

/// A port and where it is declared.
struct Declared<'p> {
    path: String,
    port: &'p ContainerPort,
}

pub fn check(spec: &PodSpec, out: &mut Remarks) {
    let mut seen: BTreeMap<(i32, &str), Vec<Declared>> = BTreeMap::new();
    for (path, container) in visit(spec) {
        for (i, port) in container.ports.iter().flatten().enumerate() {
            if out.is_full() {
                return;
            }
            let path = format!("{path}.ports[{i}]");
            let (host_ip, host_port) = host(port);
            if !host_ip.is_empty() && host_port == 0 {
                out.at(&path, &format!("hostIP set without hostPort: {}", as_go(port)));
            }
            let earlier = seen.entry((port.container_port, port.protocol.as_deref().unwrap_or(""))).or_default();
            for other in earlier.iter() {
                if let Some(kind) = conflict(port, other.port) {
                    out.at(&path, &format!("{kind} port definition with {}", other.path));
                }
                if out.is_full() {
                    return;
                }
            }
            earlier.push(Declared { path, port });
        }
    }
    names(spec, out);
}

fn names(spec: &PodSpec, out: &mut Remarks) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (path, container) in visit(spec) {
        for (i, port) in container.ports.iter().flatten().enumerate() {
            let Some(name) = port.name.as_deref().filter(|n| !n.is_empty()) else { continue };
            let path = format!("{path}.ports[{i}]");
            if let Some(first) = seen.get(name) {
                let name = go::quote(name);
                let text = format!(
                    "duplicate port name {name} with {first}, services and probes that select ports by name will use {first}"
                );
                out.at(&path, &text);
            } else {
                seen.insert(name, path);
            }
        }
    }
}

fn host(port: &ContainerPort) -> (&str, i32) {
    (port.host_ip.as_deref().unwrap_or(""), port.host_port.unwrap_or(0))
}

/// What two declarations of one port are to each other.
fn conflict(a: &ContainerPort, b: &ContainerPort) -> Option<&'static str> {
    let ((a_ip, a_port), (b_ip, b_port)) = (host(a), host(b));
    if (a_ip, a_port) == (b_ip, b_port) {
        Some("duplicate")
    } else if a_port == 0 || b_port == 0 {
        Some("overlapping")
    } else if a_port == b_port && a_ip.is_empty() != b_ip.is_empty() {
        Some("dangerously ambiguous")
    } else {
        None
    }
}

/// A port as Go prints the struct.
fn as_go(port: &ContainerPort) -> String {
    let (ip, host_port) = host(port);
    let (name, protocol) = (port.name.as_deref().unwrap_or(""), port.protocol.as_deref().unwrap_or(""));
    format!(
        "{{Name:{name} HostPort:{host_port} ContainerPort:{} Protocol:{protocol} HostIP:{ip}}}",
        port.container_port
    )
}
