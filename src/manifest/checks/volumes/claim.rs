//! Volumes that get a claim of their own: the template of the claim.

use k8s_openapi::api::core::v1::{EphemeralVolumeSource, PersistentVolumeClaimSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::super::{Errors, Json, metadata, names, scheduling};
use crate::kube::resources::amount;

/// `ValidatePersistentVolumeClaimTemplate`
pub fn ephemeral(source: &EphemeralVolumeSource, path: &str, errors: &mut Errors) {
    let path = format!("{path}.volumeClaimTemplate");
    let Some(template) = &source.volume_claim_template else {
        errors.required(path, "");
        return;
    };
    if let Some(meta) = &template.metadata {
        template_meta(meta, &format!("{path}.metadata"), errors);
    }
    spec(&template.spec, &format!("{path}.spec"), errors);
}

/// Nothing but labels and annotations may be said (`ValidateTemplateObjectMeta`).
fn template_meta(meta: &ObjectMeta, path: &str, errors: &mut Errors) {
    metadata::annotations(meta, &format!("{path}.annotations"), errors);
    metadata::labels(meta.labels.as_ref(), &format!("{path}.labels"), errors);
    let some = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.is_empty());
    for (field, set) in [
        ("name", some(&meta.name)),
        ("generateName", some(&meta.generate_name)),
        ("namespace", some(&meta.namespace)),
        ("selfLink", some(&meta.self_link)),
        ("uID", some(&meta.uid)),
        ("resourceVersion", some(&meta.resource_version)),
        ("generation", meta.generation.is_some_and(|g| g != 0)),
        ("deletionGracePeriodSeconds", meta.deletion_grace_period_seconds.is_some()),
        ("ownerReferences", meta.owner_references.is_some()),
        ("finalizers", meta.finalizers.is_some()),
    ] {
        if set {
            errors.forbidden(format!("{path}.{field}"), "cannot be set");
        }
    }
}

/// `ValidatePersistentVolumeClaimSpec`
fn spec(spec: &PersistentVolumeClaimSpec, path: &str, errors: &mut Errors) {
    const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
    const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];
    let modes = spec.access_modes.as_deref().unwrap_or_default();
    let path_of_modes = format!("{path}.accessModes");
    if modes.is_empty() {
        errors.required(&path_of_modes, "at least 1 access mode is required");
    }
    scheduling::selector(spec.selector.as_ref(), &format!("{path}.selector"), errors);
    for mode in modes.iter().filter(|m| !MODES.contains(&m.as_str())) {
        errors.unsupported(&path_of_modes, mode, &MODES);
    }
    let alone = modes.iter().any(|m| m == MODES[3]);
    if alone && modes.iter().any(|m| MODES[..3].contains(&m.as_str())) {
        errors.forbidden(&path_of_modes, "may not use ReadWriteOncePod with other access modes");
    }
    let storage = format!("{path}.resources[storage]");
    match spec.resources.as_ref().and_then(|r| r.requests.as_ref()?.get("storage")) {
        None => {
            errors.required(storage, "");
        }
        Some(q) if amount(q).is_negative() || amount(q).is_zero() => {
            errors.invalid(storage, q.0.as_str(), "must be greater than zero");
        }
        Some(_) => {}
    }
    class(spec.storage_class_name.as_deref(), &format!("{path}.storageClassName"), errors);
    if let Some(mode) = spec.volume_mode.as_deref().filter(|m| !VOLUME_MODES.contains(m)) {
        errors.unsupported(format!("{path}.volumeMode"), mode, &VOLUME_MODES);
    }
    sources(spec, path, errors);
    class(spec.volume_attributes_class_name.as_deref(), &format!("{path}.volumeAttributesClassName"), errors);
}

fn class(name: Option<&str>, path: &str, errors: &mut Errors) {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return };
    for error in names::subdomain(name) {
        errors.invalid(path, name, &error);
    }
}

/// What the volume is filled with: one source, under one or both of two names.
fn sources(spec: &PersistentVolumeClaimSpec, path: &str, errors: &mut Errors) {
    let (old, new) = (spec.data_source.as_ref(), spec.data_source_ref.as_ref());
    if let Some(old) = old {
        source(&old.name, &old.kind, old.api_group.as_deref(), &format!("{path}.dataSource"), errors);
    }
    let namespace = new.and_then(|new| new.namespace.as_deref()).filter(|n| !n.is_empty());
    if let Some(new) = new {
        let path = format!("{path}.dataSourceRef");
        source(&new.name, &new.kind, new.api_group.as_deref(), &path, errors);
        for error in namespace.iter().flat_map(|name| names::label(name)) {
            errors.invalid(format!("{path}.namespace"), namespace.unwrap_or(""), &error);
        }
    }
    let (Some(old), Some(new)) = (old, new) else { return };
    let detail = if namespace.is_some() {
        "may not be specified when dataSourceRef.namespace is specified"
    } else if (&old.api_group, &old.kind, &old.name) != (&new.api_group, &new.kind, &new.name) {
        "must match dataSourceRef"
    } else {
        return;
    };
    // For the value the server gives the path of the field, of which nothing is printed.
    errors.invalid(path, Json("{}".into()), detail).at(format!("{path}.dataSource"));
}

/// `validateDataSource`, `validateDataSourceRef`
fn source(name: &str, kind: &str, group: Option<&str>, path: &str, errors: &mut Errors) {
    for (field, value) in [("name", name), ("kind", kind)] {
        if value.is_empty() {
            errors.required(format!("{path}.{field}"), "");
        }
    }
    match group.filter(|group| !group.is_empty()) {
        None if kind != "PersistentVolumeClaim" => {
            errors.invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        }
        None => {}
        Some(group) => {
            for error in names::subdomain(group) {
                errors.invalid(format!("{path}.apiGroup"), group, &error);
            }
        }
    }
}
