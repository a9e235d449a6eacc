//! Rules on volume mounts and block devices.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, VolumeMount};

use super::volumes::Volumes;
use super::{Errors, names};
use crate::order::set;

const PROPAGATION: [&str; 3] = ["Bidirectional", "HostToContainer", "None"];

pub fn check(container: &Container, volumes: &Volumes, path: &str, errors: &mut Errors) {
    let devices = container.volume_devices.as_deref().unwrap_or_default();
    let device_names = set(devices.iter().map(|d| d.name.as_str()));
    let device_paths = set(devices.iter().map(|d| d.device_path.as_str()));
    let privileged = container.security_context.as_ref().and_then(|s| s.privileged) == Some(true);
    let mut seen = BTreeSet::new();
    for (i, mount) in container.volume_mounts.iter().flatten().enumerate() {
        let at = format!("{path}.volumeMounts[{i}]");
        let name = mount.name.as_str();
        if name.is_empty() {
            errors.required(format!("{at}.name"), "");
        }
        if !volumes.contains_key(name) {
            errors.not_found(format!("{at}.name"), name, "");
        }
        let target = mount.mount_path.as_str();
        if target.is_empty() {
            errors.required(format!("{at}.mountPath"), "");
        }
        if !seen.insert(target) {
            errors.invalid(format!("{at}.mountPath"), target, "must be unique");
        }
        if device_names.contains(name) {
            errors.invalid(format!("{at}.name"), name, "must not already exist in volumeDevices");
        }
        if device_paths.contains(target) {
            errors.invalid(format!("{at}.mountPath"), target, "must not already exist as a path in volumeDevices");
        }
        details(mount, privileged, &format!("{path}.volumeMounts"), &at, errors);
    }
    check_devices(container, volumes, path, errors);
}

/// What the server reports without an index.
fn details(mount: &VolumeMount, privileged: bool, path: &str, at: &str, errors: &mut Errors) {
    let sub_path = mount.sub_path.as_deref().unwrap_or("");
    for error in names::local_path(sub_path) {
        errors.invalid(format!("{path}.subPath"), sub_path, error).at(format!("{at}.subPath"));
    }
    if let Some(expression) = mount.sub_path_expr.as_deref().filter(|e| !e.is_empty()) {
        if !sub_path.is_empty() {
            errors.invalid(format!("{at}.subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive");
        }
        for error in names::local_path(expression) {
            errors.invalid(format!("{path}.subPathExpr"), expression, error).at(format!("{at}.subPathExpr"));
        }
    }
    if let Some(propagation) = mount.mount_propagation.as_deref() {
        let path = format!("{path}.mountPropagation");
        let at = format!("{at}.mountPropagation");
        if !PROPAGATION.contains(&propagation) {
            errors.unsupported(path, propagation, &PROPAGATION).at(at);
        } else if propagation == "Bidirectional" && !privileged {
            let detail = "Bidirectional mount propagation is available only to privileged containers";
            errors.forbidden(path, detail).at(at);
        }
    }
    recursive_read_only(mount, &format!("{path}.recursiveReadOnly"), &format!("{at}.recursiveReadOnly"), errors);
}

fn recursive_read_only(mount: &VolumeMount, path: &str, at: &str, errors: &mut Errors) {
    match mount.recursive_read_only.as_deref() {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if mount.read_only != Some(true) {
                errors.forbidden(path, "may only be specified when readOnly is true").at(at);
            }
            if !matches!(mount.mount_propagation.as_deref(), None | Some("None")) {
                let detail = "may only be specified when mountPropagation is None or not specified";
                errors.forbidden(path, detail).at(at);
            }
        }
        Some(other) => errors.unsupported(path, other, &["Disabled", "Enabled", "IfPossible"]).at(at),
    }
}

fn check_devices(container: &Container, volumes: &Volumes, path: &str, errors: &mut Errors) {
    let mounts = container.volume_mounts.as_deref().unwrap_or_default();
    let (mut seen_names, mut seen_paths) = (BTreeSet::new(), BTreeSet::new());
    let mount_names = set(mounts.iter().map(|m| m.name.as_str()));
    let mount_paths = set(mounts.iter().map(|m| m.mount_path.as_str()));
    for (i, device) in container.volume_devices.iter().flatten().enumerate() {
        let at = format!("{path}.volumeDevices[{i}]");
        let (name, target) = (device.name.as_str(), device.device_path.as_str());
        if name.is_empty() {
            errors.required(format!("{at}.name"), "");
        }
        if !seen_names.insert(name) && !name.is_empty() {
            errors.invalid(format!("{at}.name"), name, "must be unique");
        }
        match volumes.get(name) {
            None => {
                errors.not_found(format!("{at}.name"), name, "");
            }
            Some(v) if v.persistent_volume_claim.is_none() && v.ephemeral.is_none() => {
                let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                errors.invalid(format!("{at}.name"), name, detail);
            }
            Some(_) => {}
        }
        if target.is_empty() {
            errors.required(format!("{at}.devicePath"), "");
        }
        if names::has_backsteps(target) {
            errors.invalid(format!("{at}.devicePath"), target, "can not contain backsteps ('..')");
        } else if !seen_paths.insert(target) {
            errors.invalid(format!("{at}.devicePath"), target, "must be unique");
        }
        if mount_names.contains(name) {
            errors.invalid(format!("{at}.name"), name, "must not already exist in volumeMounts");
        }
        if mount_paths.contains(target) {
            errors.invalid(format!("{at}.devicePath"), target, "must not already exist as a path in volumeMounts");
        }
    }
}
