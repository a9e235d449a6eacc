//! Volumes of other systems, of which Kubernetes knows little more than what they need to be found.

use k8s_openapi::api::core::v1::{
    AzureDiskVolumeSource, CSIVolumeSource, FCVolumeSource, FlexVolumeSource, FlockerVolumeSource, ISCSIVolumeSource,
    QuobyteVolumeSource, StorageOSVolumeSource,
};

use super::super::{Errors, Json, names};
use super::{need, secret_name};
use crate::yaml::go;

const LUN: &str = "must be between 0 and 255, inclusive";

pub fn iscsi(s: &ISCSIVolumeSource, path: &str, errors: &mut Errors) {
    need(&s.target_portal, path, "targetPortal", errors);
    need(&s.iqn, path, "iqn", errors);
    if !s.iqn.is_empty() {
        initiator(&s.iqn, format!("{path}.iqn"), errors);
    }
    if !(0..=255).contains(&s.lun) {
        errors.invalid(format!("{path}.lun"), s.lun, LUN);
    }
    if (s.chap_auth_discovery == Some(true) || s.chap_auth_session == Some(true)) && s.secret_ref.is_none() {
        errors.required(format!("{path}.secretRef"), "");
    }
    if let Some(name) = s.initiator_name.as_deref() {
        initiator(name, format!("{path}.initiatorname"), errors);
    }
}

/// The name of one end of iSCSI.
fn initiator(name: &str, path: String, errors: &mut Errors) {
    let all_alphanumeric = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let good = match name.get(..3) {
        Some("iqn") => is_iqn(name),
        Some("eui") => name.get(4..).is_some_and(|rest| all_alphanumeric(rest, 16)),
        Some("naa") => name.get(4..).is_some_and(|rest| all_alphanumeric(rest, 32)),
        _ => {
            errors.invalid(path, name, "must be valid format starting with iqn, eui, or naa");
            return;
        }
    };
    if !good {
        errors.invalid(path, name, "must be valid format");
    }
}

/// `iqn.YEAR-MONTH.DOMAIN:NAME`
fn is_iqn(name: &str) -> bool {
    let Some((date, rest)) = name.strip_prefix("iqn.").and_then(|rest| rest.split_once('.')) else { return false };
    let Some((domain, unit)) = rest.split_once(':') else { return false };
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00"
        && !domain.is_empty()
        && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && !unit.is_empty()
        && !unit.contains(|c: char| ",;*&$|".contains(c) || c.is_ascii_whitespace())
}

pub fn flocker(s: &FlockerVolumeSource, path: &str, errors: &mut Errors) {
    let name = s.dataset_name.as_deref().unwrap_or("");
    match (name.is_empty(), s.dataset_uuid.as_deref().unwrap_or("").is_empty()) {
        (true, true) => {
            errors.required(path, "one of datasetName and datasetUUID is required");
        }
        (false, false) => {
            errors.invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        }
        _ => {}
    }
    if name.contains('/') {
        errors.invalid(format!("{path}.datasetName"), name, "must not contain '/'");
    }
}

pub fn quobyte(s: &QuobyteVolumeSource, path: &str, errors: &mut Errors) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    if s.registry.is_empty() {
        errors.required(format!("{path}.registry"), PAIRS);
    } else if s.tenant.as_ref().is_some_and(|t| t.len() >= 65) {
        errors.required(format!("{path}.tenant"), "must be a UUID and may not exceed a length of 64 characters");
    } else {
        for pair in s.registry.split(',').filter(|pair| pair.matches(':').count() != 1) {
            if !(pair.starts_with('[') && pair.contains("]:")) {
                errors.invalid(format!("{path}.registry"), s.registry.as_str(), PAIRS);
            }
        }
    }
    need(&s.volume, path, "volume", errors);
}

pub fn fc(s: &FCVolumeSource, path: &str, errors: &mut Errors) {
    let names = s.target_wwns.as_deref().unwrap_or_default();
    let ids = s.wwids.as_deref().unwrap_or_default();
    let path_of_names = format!("{path}.targetWWNs");
    if names.is_empty() && ids.is_empty() {
        errors.required(&path_of_names, "must specify either targetWWNs or wwids, but not both");
    }
    if !names.is_empty() && !ids.is_empty() {
        let shown: Vec<String> = names.iter().map(|name| go::quote(name)).collect();
        let detail = "targetWWNs and wwids can not be specified simultaneously";
        errors.invalid(&path_of_names, Json(format!("[{}]", shown.join(","))), detail);
    }
    match s.lun {
        _ if names.is_empty() => {}
        None => {
            errors.required(format!("{path}.lun"), "lun is required if targetWWNs is specified");
        }
        Some(lun) if !(0..=255).contains(&lun) => {
            errors.invalid(format!("{path}.lun"), lun, LUN);
        }
        Some(_) => {}
    }
}

pub fn flex(s: &FlexVolumeSource, path: &str, errors: &mut Errors) {
    need(&s.driver, path, "driver", errors);
    for key in s.options.iter().flat_map(|options| options.keys()) {
        let namespace = format!(".{}", key.split('/').next().unwrap_or("").to_ascii_lowercase());
        if namespace.ends_with(".kubernetes.io") || namespace.ends_with(".k8s.io") {
            let detail = "kubernetes.io and k8s.io namespaces are reserved";
            errors.invalid(format!("{path}.options[{key}]"), key.as_str(), detail);
        }
    }
}

pub fn azure_disk(s: &AzureDiskVolumeSource, path: &str, errors: &mut Errors) {
    const CACHING: [&str; 3] = ["None", "ReadOnly", "ReadWrite"];
    const KINDS: [&str; 3] = ["Dedicated", "Managed", "Shared"];
    const MANAGED: &str =
        "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
    const BLOB: &str = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
    need(&s.disk_name, path, "diskName", errors);
    need(&s.disk_uri, path, "diskURI", errors);
    for (field, value, known) in [("cachingMode", &s.caching_mode, CACHING), ("kind", &s.kind, KINDS)] {
        if let Some(value) = value.as_deref().filter(|v| !known.contains(v)) {
            errors.unsupported(format!("{path}.{field}"), value, &known);
        }
    }
    let (start, form) = match s.kind.as_deref() {
        Some("Managed") => ("/subscriptions/", MANAGED),
        _ => ("https://", BLOB),
    };
    if !s.disk_uri.starts_with(start) {
        errors.unsupported(format!("{path}.diskURI"), &s.disk_uri, &[form]);
    }
}

pub fn storage_os(s: &StorageOSVolumeSource, path: &str, errors: &mut Errors) {
    let name = s.volume_name.as_deref().unwrap_or("");
    need(name, path, "volumeName", errors);
    for (field, value) in [("volumeName", name), ("volumeNamespace", s.volume_namespace.as_deref().unwrap_or(""))] {
        for error in names::label(value).iter().filter(|_| !value.is_empty()) {
            errors.invalid(format!("{path}.{field}"), value, error);
        }
    }
    secret_name(s.secret_ref.as_ref(), path, errors);
}

pub fn csi(s: &CSIVolumeSource, path: &str, errors: &mut Errors) {
    let driver = format!("{path}.driver");
    need(&s.driver, path, "driver", errors);
    if s.driver.len() > 63 {
        errors.too_long(&driver, 63);
    }
    for error in names::subdomain(&s.driver.to_ascii_lowercase()) {
        errors.invalid(&driver, s.driver.as_str(), &error);
    }
    let Some(secret) = &s.node_publish_secret_ref else { return };
    need(&secret.name, path, "nodePublishSecretRef.name", errors);
    for error in names::subdomain(&secret.name).iter().filter(|_| !secret.name.is_empty()) {
        errors.invalid(format!("{path}.name"), secret.name.as_str(), error);
    }
}
