//! The `Init Containers:` and `Containers:` sections.

use std::fmt::Write;

use k8s_openapi::api::core::v1::{
    Container, ContainerPort, ContainerState, ContainerStatus, EnvVar, EnvVarSource, Pod, PodSpec, PodStatus, Probe,
    ResourceFieldSelector, ResourceRequirements, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Out, date, text};
use crate::kube::quantity::Quantity;
use crate::kube::resources::{amount, in_divisors};
use crate::order::IntoMap;
use crate::order::Order;

/// Both sections.
pub fn all(out: &mut Out, pod: &Pod, spec: &PodSpec, status: &PodStatus) {
    let inits = spec.init_containers.as_deref().unwrap_or_default();
    if !inits.is_empty() {
        out.line(0, format_args!("Init Containers:"));
        section(out, pod, inits, status.init_container_statuses.as_deref().unwrap_or_default());
    }
    let none = if spec.containers.is_empty() { " <none>" } else { "" };
    out.line(0, format_args!("Containers:{none}"));
    section(out, pod, &spec.containers, status.container_statuses.as_deref().unwrap_or_default());
}

fn section(out: &mut Out, pod: &Pod, containers: &[Container], statuses: &[ContainerStatus]) {
    let by_name = statuses.iter().map(|s| (s.name.as_str(), s)).into_map();
    for c in containers {
        let status = by_name.get(c.name.as_str()).copied();
        image(out, c, status);
        lines(out, "Command", c.command.as_deref());
        lines(out, "Args", c.args.as_deref());
        if let Some(status) = status {
            states(out, status);
        }
        if let Some(r) = &c.resources {
            resources(out, 2, r);
        }
        let probes =
            [("Liveness", &c.liveness_probe), ("Readiness", &c.readiness_probe), ("Startup", &c.startup_probe)];
        for (name, p) in probes {
            if let Some(p) = p {
                out.field(2, name, probe(p));
            }
        }
        env_from(out, c);
        env(out, pod, c);
        mounts(out, c);
    }
}

fn image(out: &mut Out, c: &Container, status: Option<&ContainerStatus>) {
    out.line(1, format_args!("{}:", c.name));
    if let Some(status) = status {
        out.field(2, "Container ID", text(&status.container_id));
    }
    out.field(2, "Image", text(&c.image));
    if let Some(status) = status {
        out.field(2, "Image ID", &status.image_id);
    }
    let list = c.ports.as_deref().unwrap_or_default();
    ports(out, "Port", list, |p| p.container_port);
    ports(out, "Host Port", list, |p| p.host_port.unwrap_or_default());
    if let Some(profile) = c.security_context.as_ref().and_then(|s| s.seccomp_profile.as_ref()) {
        out.field(2, "SeccompProfile", &profile.type_);
        if profile.type_ == "Localhost" {
            out.field(3, "LocalhostProfile", text(&profile.localhost_profile));
        }
    }
}

fn ports(out: &mut Out, title: &str, ports: &[ContainerPort], number: impl Fn(&ContainerPort) -> i32) {
    let one = |p: &ContainerPort| {
        let port = format!("{}/{}", number(p), text(&p.protocol));
        let name = p.name.as_deref().filter(|n| !n.is_empty());
        name.map_or(port.clone(), |name| format!("{port} ({name})"))
    };
    let list = ports.iter().map(one).collect::<Vec<_>>().join(", ");
    match list.as_str() {
        "" => out.field(2, title, "<none>"),
        // kubectl looks for a comma, not at the number of ports.
        list if list.contains(',') => out.field(2, &format!("{title}s"), list),
        list => out.field(2, title, list),
    }
}

fn lines(out: &mut Out, title: &str, words: Option<&[String]>) {
    let Some(words) = words.filter(|w| !w.is_empty()) else { return };
    out.line(2, format_args!("{title}:"));
    for line in words.iter().flat_map(|w| w.split('\n')) {
        out.line(3, format_args!("{line}"));
    }
}

fn states(out: &mut Out, status: &ContainerStatus) {
    state(out, "State", &status.state.clone().unwrap_or_default());
    if let Some(last) = status.last_state.as_ref().filter(|s| s.terminated.is_some()) {
        state(out, "Last State", last);
    }
    out.field(2, "Ready", if status.ready { "True" } else { "False" });
    out.field(2, "Restart Count", status.restart_count);
}

fn state(out: &mut Out, title: &str, state: &ContainerState) {
    let given = |out: &mut Out, name: &str, value: &Option<String>| {
        if !text(value).is_empty() {
            out.field(3, name, text(value));
        }
    };
    if let Some(running) = &state.running {
        out.field(2, title, "Running");
        out.field(3, "Started", date(running.started_at.as_ref()));
    } else if let Some(t) = &state.terminated {
        out.field(2, title, "Terminated");
        given(out, "Reason", &t.reason);
        given(out, "Message", &t.message);
        out.field(3, "Exit Code", t.exit_code);
        if let Some(signal) = t.signal.filter(|&s| s > 0) {
            out.field(3, "Signal", signal);
        }
        out.field(3, "Started", date(t.started_at.as_ref()));
        out.field(3, "Finished", date(t.finished_at.as_ref()));
    } else {
        out.field(2, title, "Waiting");
        given(out, "Reason", &state.waiting.as_ref().and_then(|w| w.reason.clone()));
    }
}

/// Limits and requests.
pub fn resources(out: &mut Out, level: usize, resources: &ResourceRequirements) {
    for (title, list) in [("Limits", &resources.limits), ("Requests", &resources.requests)] {
        let Some(list) = list.as_ref().filter(|l| !l.is_empty()) else { continue };
        out.line(level, format_args!("{title}:"));
        list.iter().for_each(|(name, ApiQuantity(amount))| out.field(level + 1, name, amount));
    }
}

/// A probe in one line.
fn probe(p: &Probe) -> String {
    let or_zero = |n: Option<i32>| n.unwrap_or_default();
    let attributes = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        or_zero(p.initial_delay_seconds),
        or_zero(p.timeout_seconds),
        or_zero(p.period_seconds),
        or_zero(p.success_threshold),
        or_zero(p.failure_threshold),
    );
    let port = |port: &IntOrString| match port {
        IntOrString::Int(n) => n.to_string(),
        IntOrString::String(name) => name.clone(),
    };
    if let Some(exec) = &p.exec {
        format!("exec [{}] {attributes}", exec.command.as_deref().unwrap_or_default().join(" "))
    } else if let Some(http) = &p.http_get {
        let url = url(text(&http.scheme), text(&http.host), &port(&http.port), text(&http.path));
        format!("http-get {url} {attributes}")
    } else if let Some(tcp) = &p.tcp_socket {
        format!("tcp-socket {}:{} {attributes}", text(&tcp.host), port(&tcp.port))
    } else if let Some(grpc) = &p.grpc {
        format!("grpc <pod>:{} {} {attributes}", grpc.port, text(&grpc.service))
    } else {
        format!("unknown {attributes}")
    }
}

/// A URL as Go's `net/url` writes it.
fn url(scheme: &str, host: &str, port: &str, path: &str) -> String {
    let mut url = String::new();
    if !scheme.is_empty() {
        url = format!("{}:", scheme.to_ascii_lowercase());
    }
    let authority = match (host.contains(':'), port) {
        (_, "") => host.to_string(),
        (true, port) => format!("[{host}]:{port}"),
        (false, port) => format!("{host}:{port}"),
    };
    url += "//";
    url += &authority;
    if !path.is_empty() && !path.starts_with('/') && !authority.is_empty() {
        url.push('/');
    }
    if path == "*" {
        return url + path;
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

fn env_from(out: &mut Out, c: &Container) {
    let sources = c.env_from.as_deref().unwrap_or_default();
    if !sources.is_empty() {
        out.line(2, format_args!("Environment Variables from:"));
    }
    for e in sources {
        let (from, name, optional) = match (&e.config_map_ref, &e.secret_ref) {
            (Some(map), _) => ("ConfigMap", map.name.as_str(), map.optional),
            (None, Some(secret)) => ("Secret", secret.name.as_str(), secret.optional),
            (None, None) => ("", "", None),
        };
        let prefix = match text(&e.prefix) {
            "" => String::new(),
            prefix => format!(" with prefix '{prefix}'"),
        };
        out.line(3, format_args!("{name}\t{from}{prefix}\tOptional: {}", optional.unwrap_or_default()));
    }
}

fn env(out: &mut Out, pod: &Pod, c: &Container) {
    let list = c.env.as_deref().unwrap_or_default();
    out.line(2, format_args!("Environment:{}", if list.is_empty() { "\t<none>" } else { "" }));
    for e in list {
        match &e.value_from {
            Some(source) => referred(out, pod, c, e, source),
            None => {
                for (i, line) in text(&e.value).split('\n').enumerate() {
                    let name = if i == 0 { format!("{}:", e.name) } else { String::new() };
                    out.line(3, format_args!("{name}\t{line}"));
                }
            }
        }
    }
}

/// A variable whose value comes from elsewhere. kubectl shows fields of the metadata and resources, but no contents.
fn referred(out: &mut Out, pod: &Pod, c: &Container, e: &EnvVar, source: &EnvVarSource) {
    let name = &e.name;
    if let Some(field) = &source.field_ref {
        let version = field.api_version.as_deref().unwrap_or("v1");
        let value = pod_field(pod, &field.field_path);
        out.line(3, format_args!("{name}:\t{value} ({version}:{})", field.field_path));
    } else if let Some(selector) = &source.resource_field_ref {
        let value = resource_field(c, selector);
        out.line(3, format_args!("{name}:\t{value} ({})", selector.resource));
    } else if let Some(key) = &source.secret_key_ref {
        let optional = key.optional.unwrap_or_default();
        let place = format_args!("<set to the key '{}' in secret '{}'>", key.key, key.name);
        out.line(3, format_args!("{name}:\t{place}\tOptional: {optional}"));
    } else if let Some(key) = &source.config_map_key_ref {
        let optional = key.optional.unwrap_or_default();
        let place = format_args!("<set to the key '{}' of config map '{}'>", key.key, key.name);
        out.line(3, format_args!("{name}:\t{place}\tOptional: {optional}"));
    }
}

/// The fields that kubectl can look up itself; others are shown as empty.
fn pod_field(pod: &Pod, path: &str) -> String {
    let meta = &pod.metadata;
    let all = |map: &Option<std::collections::BTreeMap<String, String>>| {
        let pairs = map.iter().flatten().map(|(k, v)| format!("{k}={v:?}"));
        pairs.collect::<Vec<_>>().join("\n")
    };
    if let Some((map, key)) = path.strip_suffix("']").and_then(|p| p.split_once("['")) {
        let map = match map {
            "metadata.labels" => &meta.labels,
            "metadata.annotations" => &meta.annotations,
            _ => return String::new(),
        };
        return map.as_ref().and_then(|m| m.get(key)).cloned().unwrap_or_default();
    }
    match path {
        "metadata.name" => text(&meta.name).into(),
        "metadata.namespace" => text(&meta.namespace).into(),
        "metadata.uid" => text(&meta.uid).into(),
        "metadata.labels" => all(&meta.labels),
        "metadata.annotations" => all(&meta.annotations),
        _ => String::new(),
    }
}

/// How many divisors a limit or request of this container holds, rounded up.
fn resource_field(c: &Container, selector: &ResourceFieldSelector) -> String {
    let Some((list, name)) = selector.resource.split_once('.') else { return String::new() };
    let known = matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
    let resources = c.resources.as_ref();
    let list = match list {
        "limits" if known => resources.and_then(|r| r.limits.as_ref()),
        "requests" if known => resources.and_then(|r| r.requests.as_ref()),
        _ => return String::new(),
    };
    let amount = list.and_then(|l| l.get(name)).map_or(Quantity::ZERO, amount);
    let count = in_divisors(name, amount, selector.divisor.as_ref());
    match selector.resource.as_str() {
        "limits.cpu" | "limits.memory" if count == 0 => "node allocatable".into(),
        _ => count.to_string(),
    }
}

fn mounts(out: &mut Out, c: &Container) {
    let mut mounts: Vec<&VolumeMount> = c.volume_mounts.iter().flatten().collect();
    mounts.order_by(|a, b| a.mount_path.cmp(&b.mount_path));
    let none = if mounts.is_empty() { "\t<none>" } else { "" };
    out.line(2, format_args!("Mounts:{none}"));
    for m in mounts {
        let mode = if m.read_only == Some(true) { "ro" } else { "rw" };
        let path = match text(&m.sub_path) {
            "" => String::new(),
            path => format!(",path={path:?}"),
        };
        out.line(3, format_args!("{} from {} ({mode}{path})", m.mount_path, m.name));
    }
    let mut devices: Vec<_> = c.volume_devices.iter().flatten().collect();
    devices.order_by(|a, b| a.device_path.cmp(&b.device_path));
    if !devices.is_empty() {
        out.line(2, format_args!("Devices:{none}"));
    }
    for d in devices {
        out.line(3, format_args!("{} from {}", d.device_path, d.name));
    }
}
