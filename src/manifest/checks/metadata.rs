//! Rules on `metadata`: names, labels, annotations, owners, finalizers.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::{Errors, Json, names};
use crate::yaml::go;

/// All annotations together may be this large.
const ANNOTATIONS_BYTES: usize = 256 * 1024;

pub fn check(meta: &ObjectMeta, errors: &mut Errors) {
    if let Some(prefix) = meta.generate_name.as_deref().filter(|p| !p.is_empty()) {
        for error in names::subdomain(&without_dash(prefix)) {
            errors.invalid("metadata.generateName", prefix, &error);
        }
    }
    match meta.name.as_deref().unwrap_or("") {
        "" => {
            errors.required("metadata.name", "name or generateName is required");
        }
        name => {
            for error in names::subdomain(name) {
                errors.invalid("metadata.name", name, &error);
            }
        }
    }
    labels(meta.labels.as_ref(), "metadata.labels", errors);
    annotations(meta, "metadata.annotations", errors);
    owners(meta.owner_references.as_deref().unwrap_or_default(), errors);
    finalizers(meta.finalizers.as_deref().unwrap_or_default(), errors);
}

/// A dash at the end is what the suffix is for: the last two characters are looked at as one letter (`maskTrailingDash`).
fn without_dash(prefix: &str) -> String {
    match prefix.char_indices().rev().nth(1) {
        Some((i, _)) if prefix.ends_with('-') => format!("{}a", &prefix[..i]),
        _ => prefix.to_string(),
    }
}

/// Each further controller is told with the whole list: of thousands the text would be of gigabytes.
const MAX_CONTROLLERS_TOLD: usize = 8;

/// The server leaves the index out (`ValidateOwnerReferences`).
fn owners(owners: &[OwnerReference], errors: &mut Errors) {
    const PATH: &str = "metadata.ownerReferences";
    let mut controller: Option<String> = None;
    let mut others = 0;
    for (i, owner) in owners.iter().enumerate() {
        let at = |field: &str| format!("{PATH}[{i}].{field}");
        let version = match owner.api_version.split('/').collect::<Vec<_>>().as_slice() {
            [version] | [_, version] => version,
            _ => "",
        };
        if version.is_empty() {
            let detail = "version must not be empty";
            errors.invalid(format!("{PATH}.apiVersion"), owner.api_version.as_str(), detail).at(at("apiVersion"));
        }
        for (field, value) in [("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)] {
            if value.is_empty() {
                errors.invalid(format!("{PATH}.{field}"), "", "must not be empty").at(at(field));
            }
        }
        if (owner.api_version.as_str(), owner.kind.as_str()) == ("v1", "Event") {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            errors.invalid(PATH, Json(owner_as_go(owner)), detail).at(at("kind"));
        }
        if owner.controller == Some(true) {
            let this = format!("{}/{}", owner.kind, owner.name);
            if let Some(first) = &controller {
                others += 1;
                if others > MAX_CONTROLLERS_TOLD {
                    continue;
                }
                let all: Vec<String> = owners.iter().map(owner_as_go).collect();
                let detail = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"
                );
                errors.invalid(PATH, Json(format!("[{}]", all.join(","))), &detail).at(at("controller"));
            } else {
                controller = Some(this);
            }
        }
    }
}

/// An owner as Go writes it: fields in the order of the declaration, absent ones left out.
fn owner_as_go(owner: &OwnerReference) -> String {
    let mut text = String::from("{");
    for (field, value) in
        [("apiVersion", &owner.api_version), ("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)]
    {
        let comma = if text.len() > 1 { "," } else { "" };
        text.push_str(&format!("{comma}\"{field}\":{}", go::quote(value)));
    }
    for (field, value) in [("controller", owner.controller), ("blockOwnerDeletion", owner.block_owner_deletion)] {
        if let Some(value) = value {
            text.push_str(&format!(",\"{field}\":{value}"));
        }
    }
    text + "}"
}

fn finalizers(finalizers: &[String], errors: &mut Errors) {
    const PATH: &str = "metadata.finalizers";
    for (i, finalizer) in finalizers.iter().enumerate() {
        for error in names::qualified(finalizer) {
            errors.invalid(PATH, finalizer.as_str(), &error).at(format!("{PATH}[{i}]"));
        }
    }
    if ["orphan", "foregroundDeletion"].iter().all(|f| finalizers.iter().any(|given| given == f)) {
        let all: Vec<String> = finalizers.iter().map(|f| go::quote(f)).collect();
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.invalid(PATH, Json(format!("[{}]", all.join(","))), detail);
    }
    for (i, finalizer) in finalizers.iter().enumerate() {
        if !finalizer.contains('/') && !["kubernetes", "orphan", "foregroundDeletion"].contains(&finalizer.as_str()) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid(format!("{PATH}[{i}]"), finalizer.as_str(), detail);
        }
    }
}

/// Keys and values of labels; the server does not say which key it is about, the diagnostic does.
pub fn labels(labels: Option<&BTreeMap<String, String>>, path: &str, errors: &mut Errors) {
    for (key, value) in labels.into_iter().flatten() {
        for error in names::qualified(key) {
            errors.invalid(path, key.as_str(), &error).at(format!("{path}[{key}]"));
        }
        for error in names::label_value(value) {
            errors.invalid(path, value.as_str(), &error).at(format!("{path}[{key}]"));
        }
    }
}

/// Keys of annotations, and the size of them all.
pub fn annotations(meta: &ObjectMeta, path: &str, errors: &mut Errors) {
    let mut size = 0;
    for (key, value) in meta.annotations.iter().flatten() {
        size += key.len() + value.len();
        for error in names::qualified(&key.to_ascii_lowercase()) {
            errors.invalid(path, key.as_str(), &error).at(format!("{path}[{key}]"));
        }
    }
    if size > ANNOTATIONS_BYTES {
        errors.too_long(path, ANNOTATIONS_BYTES);
    }
}
