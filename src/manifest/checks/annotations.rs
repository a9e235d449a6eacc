//! Rules on the annotations that once were fields: seccomp, AppArmor, the cost of a deletion, mirrors.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{AppArmorProfile, Pod, PodSpec, SeccompProfile};

use super::Errors;
use super::containers::visit;
use super::security::local_profile_path;

/// The annotation with the seccomp profile of the whole Pod.
pub const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
/// Before the name of a container: its seccomp profile.
pub const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
/// Before the name of a container: its AppArmor profile.
pub const APP_ARMOR_CONTAINER: &str = "container.apparmor.security.beta.kubernetes.io/";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const MIRROR: &str = "kubernetes.io/config.mirror";
const PATH: &str = "metadata.annotations";

/// What the annotations say by themselves (`ValidatePodSpecificAnnotations`).
pub fn check(pod: &Pod, spec: &PodSpec, errors: &mut Errors) {
    let Some(annotations) = &pod.metadata.annotations else { return };
    if let Some(mirror) = annotations.get(MIRROR).filter(|_| spec.node_name.as_deref().unwrap_or("").is_empty()) {
        let detail = "must set spec.nodeName if mirror pod annotation is set";
        errors.invalid(format!("{PATH}[{MIRROR}]"), mirror.as_str(), detail);
    }
    if let Some(cost) = annotations.get(DELETION_COST).filter(|cost| !is_cost(cost)) {
        errors.invalid(format!("{PATH}[{DELETION_COST}]"), cost.as_str(), "must be a 32bit integer");
    }
    for (key, profile) in annotations {
        if key == SECCOMP_POD || key.starts_with(SECCOMP_CONTAINER) {
            seccomp(key, profile, errors);
        }
    }
    let mut containers = None;
    for (key, profile) in annotations {
        let Some(name) = key.strip_prefix(APP_ARMOR_CONTAINER) else { continue };
        let path = format!("{PATH}[{key}]");
        let containers: &BTreeSet<&str> =
            containers.get_or_insert_with(|| visit(spec).map(|(_, c)| c.name.as_str()).collect());
        if !containers.contains(name) {
            errors.invalid(&path, name, "container not found");
        }
        let known =
            matches!(profile.as_str(), "" | "runtime/default" | "unconfined") || profile.starts_with("localhost/");
        if !known {
            let detail = format!("invalid AppArmor profile name: {}", crate::yaml::go::quote(profile));
            errors.invalid(path, profile.as_str(), &detail);
        }
    }
}

/// No plus sign and no leading zeros, unlike other integers.
fn is_cost(text: &str) -> bool {
    let starts_well = text == "0" || text.starts_with(|c: char| c == '-' || ('1'..='9').contains(&c));
    starts_well && text.parse::<i32>().is_ok()
}

fn seccomp(key: &str, profile: &str, errors: &mut Errors) {
    let (path, at) = (format!("{PATH}.{key}"), format!("{PATH}[{key}]"));
    match profile.strip_prefix("localhost/") {
        Some(file) => local_profile_path(file, &path, errors),
        None if matches!(profile, "runtime/default" | "docker/default" | "unconfined") => {}
        None => errors.invalid(path, profile, "must be a valid seccomp profile").at(at),
    }
}

/// Where both an annotation and a field say something, they must say the same.
pub fn against_fields(pod: &Pod, spec: &PodSpec, errors: &mut Errors) {
    let Some(annotations) = &pod.metadata.annotations else { return };
    let of_pod = spec.security_context.as_ref();
    let path = "spec.securityContext.seccompProfile";
    seccomp_matches(annotations, SECCOMP_POD, of_pod.and_then(|c| c.seccomp_profile.as_ref()), path, errors);
    for (path, c) in visit(spec) {
        let field = c.security_context.as_ref().and_then(|s| s.seccomp_profile.as_ref());
        let path = format!("{path}.securityContext.seccompProfile");
        seccomp_matches(annotations, &format!("{SECCOMP_CONTAINER}{}", c.name), field, &path, errors);
    }
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return;
    }
    for (path, c) in visit(spec) {
        let own = c.security_context.as_ref().and_then(|s| s.app_armor_profile.as_ref());
        let field = own.or(of_pod.and_then(|c| c.app_armor_profile.as_ref()));
        let path = format!("{path}.securityContext.appArmorProfile");
        app_armor_matches(annotations, &format!("{APP_ARMOR_CONTAINER}{}", c.name), field, &path, errors);
    }
}

fn seccomp_matches(
    annotations: &BTreeMap<String, String>,
    key: &str,
    field: Option<&SeccompProfile>,
    path: &str,
    errors: &mut Errors,
) {
    let (Some(annotation), Some(field)) = (annotations.get(key), field) else { return };
    let values: &[&str] = match field.type_.as_str() {
        "RuntimeDefault" => &["runtime/default", "docker/default"],
        _ => &["unconfined"],
    };
    matches(annotation, values, &field.type_, field.localhost_profile.as_deref(), "seccomp", path, errors);
}

fn app_armor_matches(
    annotations: &BTreeMap<String, String>,
    key: &str,
    field: Option<&AppArmorProfile>,
    path: &str,
    errors: &mut Errors,
) {
    let (Some(annotation), Some(field)) = (annotations.get(key), field) else { return };
    let value = if field.type_ == "RuntimeDefault" { "runtime/default" } else { "unconfined" };
    matches(annotation, &[value], &field.type_, field.localhost_profile.as_deref(), "apparmor", path, errors);
}

fn matches(
    annotation: &str,
    values: &[&str],
    kind: &str,
    file: Option<&str>,
    what: &str,
    path: &str,
    errors: &mut Errors,
) {
    let type_differs = format!("{what} type in annotation and field must match");
    match (kind, annotation.strip_prefix("localhost/")) {
        ("Localhost", Some(named)) if file != Some(named) => {
            let detail = format!("{what} profile in annotation and field must match");
            errors.forbidden(format!("{path}.localhostProfile"), &detail);
        }
        ("Localhost", None) => {
            errors.forbidden(format!("{path}.type"), &type_differs);
        }
        ("RuntimeDefault" | "Unconfined", _) if !values.contains(&annotation) => {
            errors.forbidden(format!("{path}.type"), &type_differs);
        }
        _ => {}
    }
}
