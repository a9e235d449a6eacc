//! Rules on environment variables and on references to fields, resources and keys.

use k8s_openapi::api::core::v1::{Container, EnvVar, ObjectFieldSelector, ResourceFieldSelector};

use super::{Errors, names};
use crate::kube::resources::{amount, is_huge_page};

const ENV_FIELD_PATHS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// What the downward API knows by name at all.
const FIELD_LABELS: [&str; 14] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

pub fn check(container: &Container, path: &str, errors: &mut Errors) {
    for (i, var) in container.env.iter().flatten().enumerate() {
        let path = format!("{path}.env[{i}]");
        if var.name.is_empty() {
            errors.required(format!("{path}.name"), "");
        } else {
            for error in names::env(&var.name) {
                errors.invalid(format!("{path}.name"), var.name.as_str(), &error);
            }
        }
        value_from(var, &format!("{path}.valueFrom"), errors);
    }
    env_from(container, &format!("{path}.envFrom"), errors);
}

fn value_from(var: &EnvVar, path: &str, errors: &mut Errors) {
    let Some(source) = &var.value_from else { return };
    let mut n = 0;
    if let Some(field) = &source.field_ref {
        n += 1;
        field_ref(field, &ENV_FIELD_PATHS, &format!("{path}.fieldRef"), errors);
    }
    if let Some(resource) = &source.resource_field_ref {
        n += 1;
        resource_field_ref(resource, &format!("{path}.resourceFieldRef"), false, errors);
    }
    if let Some(key) = &source.config_map_key_ref {
        n += 1;
        key_ref(&key.name, &key.key, &format!("{path}.configMapKeyRef"), errors);
    }
    if let Some(key) = &source.secret_key_ref {
        n += 1;
        key_ref(&key.name, &key.key, &format!("{path}.secretKeyRef"), errors);
    }
    if let Some(file) = &source.file_key_ref {
        n += 1;
        let path = format!("{path}.fileKeyRef");
        if file.key.is_empty() {
            errors.required(format!("{path}.key"), "");
        } else {
            for error in names::env(&file.key) {
                errors.invalid(format!("{path}.key"), file.key.as_str(), &error);
            }
        }
        if file.volume_name.is_empty() {
            errors.required(format!("{path}.volumeName"), "");
        } else {
            for error in names::label(&file.volume_name) {
                errors.invalid(format!("{path}.volumeName"), file.volume_name.as_str(), &error);
            }
        }
        if file.path.is_empty() {
            errors.required(format!("{path}.path"), "");
        }
        if names::has_backsteps(&file.path) {
            errors.invalid(format!("{path}.path"), file.path.as_str(), "must not contain '..'");
        }
    }
    if n == 0 {
        let detail =
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
        errors.invalid(path, "", detail);
    }
    if var.value.as_deref().is_some_and(|v| !v.is_empty()) {
        if n != 0 {
            errors.invalid(path, "", "may not be specified when `value` is not empty");
        }
    } else if n > 1 {
        errors.invalid(path, "", "may not have more than one field specified at a time");
    }
}

fn key_ref(name: &str, key: &str, path: &str, errors: &mut Errors) {
    for error in names::subdomain(name) {
        errors.invalid(format!("{path}.name"), name, &error);
    }
    if key.is_empty() {
        errors.required(format!("{path}.key"), "");
    } else {
        for error in names::config_key(key) {
            errors.invalid(format!("{path}.key"), key, &error);
        }
    }
}

/// A reference to a field of the Pod.
pub fn field_ref(field: &ObjectFieldSelector, known: &[&str], path: &str, errors: &mut Errors) {
    let version = field.api_version.as_deref().unwrap_or("");
    let field_path = field.field_path.as_str();
    if version.is_empty() {
        errors.required(format!("{path}.apiVersion"), "");
        return;
    }
    if field_path.is_empty() {
        errors.required(format!("{path}.fieldPath"), "");
        return;
    }
    let subscripted =
        field_path.strip_suffix("']").and_then(|p| p.split_once("['")).filter(|(label, _)| !label.is_empty());
    let label = match subscripted {
        Some((label, _)) => label,
        None if field_path == "spec.host" => "spec.nodeName",
        None => field_path,
    };
    let why = match subscripted {
        _ if version != "v1" => format!("unsupported pod version: {version}"),
        Some(_) if !matches!(label, "metadata.annotations" | "metadata.labels") => {
            format!("field label does not support subscript: {field_path}")
        }
        None if !FIELD_LABELS.contains(&label) => format!("field label not supported: {field_path}"),
        _ => String::new(),
    };
    if !why.is_empty() {
        errors.invalid(format!("{path}.fieldPath"), field_path, &format!("error converting fieldPath: {why}"));
        return;
    }
    match subscripted {
        Some((label, key)) => {
            let key = if label == "metadata.annotations" { key.to_ascii_lowercase() } else { key.to_string() };
            for error in names::qualified(&key) {
                errors.invalid(path, key.as_str(), &error);
            }
        }
        None if !known.contains(&label) => {
            errors.unsupported(format!("{path}.fieldPath"), label, known);
        }
        None => {}
    }
}

/// A reference to a resource of a container.
pub fn resource_field_ref(field: &ResourceFieldSelector, path: &str, in_volume: bool, errors: &mut Errors) {
    let resource = field.resource.as_str();
    let huge = ["limits.", "requests."].iter().any(|list| resource.strip_prefix(list).is_some_and(is_huge_page));
    if in_volume && field.container_name.as_deref().unwrap_or("").is_empty() {
        errors.required(format!("{path}.containerName"), "");
    } else if resource.is_empty() {
        errors.required(format!("{path}.resource"), "");
    } else if !RESOURCES.contains(&resource) && !huge {
        errors.unsupported(format!("{path}.resource"), resource, &RESOURCES);
    }
    let Some(divisor) = field.divisor.as_ref().filter(|d| !amount(d).is_zero()) else { return };
    let (known, list, name): (&[&str], &str, &str) = match resource {
        "limits.cpu" | "requests.cpu" => (&["1m", "1"], "1m and 1", "cpu"),
        _ if RESOURCES.contains(&resource) || huge => (
            &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"],
            "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei",
            match resource {
                "limits.memory" | "requests.memory" => "memory",
                "limits.ephemeral-storage" | "requests.ephemeral-storage" => "local ephemeral storage",
                _ => "hugepages",
            },
        ),
        _ => return,
    };
    if !known.contains(&divisor.0.as_str()) {
        let detail = format!("only divisor's values {list} are supported with the {name} resource");
        errors.invalid(format!("{path}.divisor"), resource, &detail);
    }
}

fn env_from(container: &Container, path: &str, errors: &mut Errors) {
    for (i, source) in container.env_from.iter().flatten().enumerate() {
        let at = format!("{path}[{i}]");
        if let Some(prefix) = source.prefix.as_deref().filter(|p| !p.is_empty()) {
            for error in names::env(prefix) {
                errors.invalid(format!("{at}.prefix"), prefix, &error);
            }
        }
        let refs = [
            source.config_map_ref.as_ref().map(|r| ("configMapRef", &r.name)),
            source.secret_ref.as_ref().map(|r| ("secretRef", &r.name)),
        ];
        let given: Vec<_> = refs.into_iter().flatten().collect();
        for (kind, name) in &given {
            if name.is_empty() {
                errors.required(format!("{at}.{kind}.name"), "");
            } else {
                for error in names::subdomain(name) {
                    errors.invalid(format!("{at}.{kind}.name"), name.as_str(), &error);
                }
            }
        }
        match given.len() {
            0 => errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`").at(at),
            1 => {}
            _ => errors.invalid(path, "", "may not have more than one field specified at a time").at(at),
        }
    }
}
