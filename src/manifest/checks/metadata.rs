//! Rules on `metadata`: names, labels, annotations, owners, finalizers.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{Errors, names};

/// All annotations together may be this large.
const ANNOTATIONS_BYTES: usize = 256 * 1024;

pub fn check(meta: &ObjectMeta, errors: &mut Errors) {
    if let Some(prefix) = meta.generate_name.as_deref().filter(|p| !p.is_empty()) {
        // A trailing dash is what the suffix is for.
        let masked = match prefix.strip_suffix('-') {
            Some(rest) if !rest.is_empty() => format!("{rest}a"),
            _ => prefix.to_string(),
        };
        for error in names::subdomain(&masked) {
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
    annotations(meta, errors);
    for (i, owner) in meta.owner_references.iter().flatten().enumerate() {
        let path = format!("metadata.ownerReferences[{i}]");
        if owner.api_version.is_empty() {
            errors.invalid(format!("{path}.apiVersion"), "", "version must not be empty");
        }
        for (field, value) in [("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)] {
            if value.is_empty() {
                errors.invalid(format!("{path}.{field}"), "", &format!("{field} must not be empty"));
            }
        }
    }
    for finalizer in meta.finalizers.iter().flatten() {
        let bad = names::qualified(finalizer);
        for error in &bad {
            errors.invalid("metadata.finalizers", finalizer.as_str(), error);
        }
        let standard = ["kubernetes", "orphan", "foregroundDeletion"].contains(&finalizer.as_str());
        if bad.is_empty() && !finalizer.contains('/') && !standard {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid("metadata.finalizers", finalizer.as_str(), detail);
        }
    }
}

/// Keys and values of labels; the server does not say which key it is about, the diagnostic does.
pub fn labels(labels: Option<&BTreeMap<String, String>>, path: &str, errors: &mut Errors) {
    for (key, value) in labels.into_iter().flatten() {
        for error in names::label_key(key) {
            errors.invalid(path, key.as_str(), &error).at(format!("{path}[{key}]"));
        }
        for error in names::label_value(value) {
            errors.invalid(path, value.as_str(), &error).at(format!("{path}[{key}]"));
        }
    }
}

fn annotations(meta: &ObjectMeta, errors: &mut Errors) {
    let mut size = 0;
    for (key, value) in meta.annotations.iter().flatten() {
        size += key.len() + value.len();
        for error in names::qualified(&key.to_ascii_lowercase()) {
            errors.invalid("metadata.annotations", key.as_str(), &error).at(format!("metadata.annotations[{key}]"));
        }
    }
    if size > ANNOTATIONS_BYTES {
        errors.too_long("metadata.annotations", ANNOTATIONS_BYTES);
    }
}
