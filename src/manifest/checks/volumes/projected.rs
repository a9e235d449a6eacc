//! Volumes that the kubelet fills: files of the downward API, and several sources in one folder.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource, VolumeProjection};

use super::super::env::{field_ref, resource_field_ref};
use super::super::{Errors, names};
use super::{items, mode, need};

const VOLUME_FIELD_PATHS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// A file of the downward API. The server leaves the index out of the path.
pub fn downward_file(file: &DownwardAPIVolumeFile, path: &str, at: &str, errors: &mut Errors) {
    if file.path.is_empty() {
        errors.required(format!("{path}.path"), "").at(format!("{at}.path"));
    }
    for error in names::unreserved_path(&file.path) {
        errors.invalid(format!("{path}.path"), file.path.as_str(), error).at(format!("{at}.path"));
    }
    match (&file.field_ref, &file.resource_field_ref) {
        (Some(field), other) => {
            field_ref(field, &VOLUME_FIELD_PATHS, &format!("{path}.fieldRef"), errors);
            if other.is_some() {
                let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
                errors.invalid(path, "resource", detail).at(at);
            }
        }
        (None, Some(resource)) => resource_field_ref(resource, &format!("{path}.resourceFieldRef"), true, errors),
        (None, None) => errors.required(path, "one of fieldRef and resourceFieldRef is required").at(at),
    }
    mode(file.mode, &format!("{path}.mode"), errors);
}

/// A folder of many sources (`validateProjectionSources`).
pub fn check(volume: &ProjectedVolumeSource, path: &str, errors: &mut Errors) {
    mode(volume.default_mode, &format!("{path}.defaultMode"), errors);
    let mut paths = BTreeSet::new();
    for (i, source) in volume.sources.iter().flatten().enumerate() {
        projection(source, path, &format!("{path}.sources[{i}]"), &mut paths, errors);
    }
}

/// Every source that is given is looked at, although there may be one only. Two of the other kinds there never are:
/// the gates of `clusterTrustBundle` and `podCertificate` are off, and the fields are dropped.
fn projection<'p>(
    source: &'p VolumeProjection,
    volume: &str,
    path: &str,
    paths: &mut BTreeSet<&'p str>,
    errors: &mut Errors,
) {
    let mut n = 0;
    let mut taken = |file: &'p str, name: &str, errors: &mut Errors| {
        if !file.is_empty() && !paths.insert(file) {
            errors.invalid(volume, name, "conflicting duplicate paths");
        }
    };
    let keyed = [
        source.secret.as_ref().map(|s| ("secret", s.name.as_str(), s.items.as_deref())),
        source.config_map.as_ref().map(|s| ("configMap", s.name.as_str(), s.items.as_deref())),
    ];
    for (kind, name, files) in keyed.into_iter().flatten() {
        n += 1;
        let path = format!("{path}.{kind}");
        need(name, &path, "name", errors);
        items(files, &path, errors);
        for KeyToPath { path: file, .. } in files.into_iter().flatten() {
            taken(file, name, errors);
        }
    }
    if let Some(s) = &source.downward_api {
        n += 1;
        let path = format!("{path}.downwardAPI");
        for (i, file) in s.items.iter().flatten().enumerate() {
            downward_file(file, &path, &format!("{path}.items[{i}]"), errors);
            taken(&file.path, &file.path, errors);
        }
    }
    if let Some(token) = &source.service_account_token {
        n += 1;
        let at = format!("{path}.serviceAccountToken");
        let seconds = token.expiration_seconds.unwrap_or(3600);
        let detail = match seconds {
            i64::MIN..600 => "may not specify a duration less than 10 minutes",
            600..=0x1_0000_0000 => "",
            _ => "may not specify a duration larger than 2^32 seconds",
        };
        if !detail.is_empty() {
            errors.invalid(format!("{at}.expirationSeconds"), seconds, detail);
        }
        // The server names the volume here, not the source.
        let (path, at) = (format!("{volume}.path"), format!("{at}.path"));
        if token.path.is_empty() {
            errors.required(&path, "").at(&at);
        }
        for error in names::unreserved_path(&token.path) {
            errors.invalid(&path, token.path.as_str(), error).at(&at);
        }
    }
    if n > 1 {
        errors.forbidden(path, "may not specify more than 1 volume type per source");
    }
}
