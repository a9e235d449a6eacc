//! Rules on `spec.volumes`: one source each, and what each source must say.

mod claim;
mod projected;
mod remote;

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{KeyToPath, LocalObjectReference, PodSpec, Volume};

use super::{Errors, names};
use crate::kube::resources::amount;
use crate::yaml::go;

/// The volumes that are in order, by name: those that may be mounted.
pub type Volumes<'p> = BTreeMap<&'p str, &'p Volume>;

const HOST_PATH_TYPES: [&str; 8] =
    ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

/// All volumes; the result are those that are in order. `pod` is the name of the Pod, which claims of its own take theirs from.
pub fn check<'p>(spec: &'p PodSpec, pod: &str, errors: &mut Errors) -> Volumes<'p> {
    let volumes = spec.volumes.as_deref().unwrap_or_default();
    let mut good = Volumes::new();
    let of_pod: BTreeSet<String> = volumes
        .iter()
        .filter(|v| v.ephemeral.is_some() && !pod.is_empty())
        .map(|v| format!("{pod}-{}", v.name))
        .collect();
    for (i, volume) in volumes.iter().enumerate() {
        let path = format!("spec.volumes[{i}]");
        let before = errors.len();
        source(volume, &path, pod, errors);
        let name = volume.name.as_str();
        if name.is_empty() {
            errors.required(format!("{path}.name"), "");
        } else {
            for error in names::label(name) {
                errors.invalid(format!("{path}.name"), name, &error);
            }
        }
        if good.contains_key(name) {
            errors.duplicate(format!("{path}.name"), name);
        }
        if errors.len() == before {
            good.insert(name, volume);
        }
        if let Some(claim) = volume.persistent_volume_claim.as_ref().filter(|c| of_pod.contains(&c.claim_name)) {
            let detail = "must not reference a PVC that gets created for an ephemeral volume";
            errors.invalid(format!("{path}.persistentVolumeClaim.claimName"), claim.claim_name.as_str(), detail);
        }
    }
    good
}

fn need(value: &str, path: &str, field: &str, errors: &mut Errors) {
    if value.is_empty() {
        errors.required(format!("{path}.{field}"), "");
    }
}

/// The name of a secret that a volume refers to.
fn secret_name(secret: Option<&LocalObjectReference>, path: &str, errors: &mut Errors) {
    if let Some(secret) = secret {
        need(&secret.name, path, "secretRef.name", errors);
    }
}

fn partition(n: Option<i32>, path: &str, errors: &mut Errors) {
    if let Some(n) = n.filter(|n| !(0..=255).contains(n)) {
        errors.invalid(format!("{path}.partition"), n, "must be between 1 and 255, inclusive");
    }
}

/// The sources in the order in which the server looks for them, and the check of each.
fn source(v: &Volume, path: &str, pod: &str, errors: &mut Errors) {
    type Check<'v> = Box<dyn Fn(&str, &mut Errors) + 'v>;
    fn given<'v, T>(
        name: &'static str,
        source: &'v Option<T>,
        check: impl Fn(&T, &str, &mut Errors) + 'v,
    ) -> Option<(&'static str, Check<'v>)> {
        let source = source.as_ref()?;
        Some((name, Box::new(move |path: &str, errors: &mut Errors| check(source, path, errors))))
    }
    let sources = [
        given("emptyDir", &v.empty_dir, |s, path, errors| {
            if s.size_limit.as_ref().is_some_and(|q| amount(q).is_negative()) {
                errors.forbidden(format!("{path}.sizeLimit"), "SizeLimit field must be a valid resource quantity");
            }
        }),
        given("hostPath", &v.host_path, |s, path, errors| host_path(&s.path, s.type_.as_deref(), path, errors)),
        given("gitRepo", &v.git_repo, |s, path, errors| {
            need(&s.repository, path, "repository", errors);
            let directory = s.directory.as_deref().unwrap_or("");
            for error in names::local_path(directory) {
                errors.invalid(format!("{path}.directory"), directory, error);
            }
        }),
        given("gcePersistentDisk", &v.gce_persistent_disk, |s, path, errors| {
            need(&s.pd_name, path, "pdName", errors);
            partition(s.partition, path, errors);
        }),
        given("awsElasticBlockStore", &v.aws_elastic_block_store, |s, path, errors| {
            need(&s.volume_id, path, "volumeID", errors);
            partition(s.partition, path, errors);
        }),
        given("secret", &v.secret, |s, path, errors| {
            need(s.secret_name.as_deref().unwrap_or(""), path, "secretName", errors);
            mode(s.default_mode, &format!("{path}.defaultMode"), errors);
            items(s.items.as_deref(), path, errors);
        }),
        given("nfs", &v.nfs, |s, path, errors| {
            need(&s.server, path, "server", errors);
            need(&s.path, path, "path", errors);
            if !s.path.starts_with('/') {
                errors.invalid(format!("{path}.path"), s.path.as_str(), "must be an absolute path");
            }
        }),
        given("iscsi", &v.iscsi, remote::iscsi),
        given("glusterfs", &v.glusterfs, |s, path, errors| {
            need(&s.endpoints, path, "endpoints", errors);
            need(&s.path, path, "path", errors);
        }),
        given("flocker", &v.flocker, remote::flocker),
        given("persistentVolumeClaim", &v.persistent_volume_claim, |s, path, errors| {
            need(&s.claim_name, path, "claimName", errors)
        }),
        given("rbd", &v.rbd, |s, path, errors| {
            if s.monitors.is_empty() {
                errors.required(format!("{path}.monitors"), "");
            }
            need(&s.image, path, "image", errors);
        }),
        given("cinder", &v.cinder, |s, path, errors| {
            need(&s.volume_id, path, "volumeID", errors);
            secret_name(s.secret_ref.as_ref(), path, errors);
        }),
        given("cephfs", &v.cephfs, |s, path, errors| {
            if s.monitors.is_empty() {
                errors.required(format!("{path}.monitors"), "");
            }
        }),
        given("quobyte", &v.quobyte, remote::quobyte),
        given("downwardAPI", &v.downward_api, |s, path, errors| {
            mode(s.default_mode, &format!("{path}.defaultMode"), errors);
            for (i, file) in s.items.iter().flatten().enumerate() {
                projected::downward_file(file, path, &format!("{path}.items[{i}]"), errors);
            }
        }),
        given("fc", &v.fc, remote::fc),
        given("flexVolume", &v.flex_volume, remote::flex),
        given("configMap", &v.config_map, |s, path, errors| {
            need(&s.name, path, "name", errors);
            mode(s.default_mode, &format!("{path}.defaultMode"), errors);
            items(s.items.as_deref(), path, errors);
        }),
        given("azureFile", &v.azure_file, |s, path, errors| {
            need(&s.secret_name, path, "secretName", errors);
            need(&s.share_name, path, "shareName", errors);
        }),
        given("vsphereVolume", &v.vsphere_volume, |s, path, errors| need(&s.volume_path, path, "volumePath", errors)),
        given("photonPersistentDisk", &v.photon_persistent_disk, |s, path, errors| {
            need(&s.pd_id, path, "pdID", errors)
        }),
        given("portworxVolume", &v.portworx_volume, |s, path, errors| need(&s.volume_id, path, "volumeID", errors)),
        given("azureDisk", &v.azure_disk, remote::azure_disk),
        given("storageos", &v.storageos, remote::storage_os),
        given("projected", &v.projected, projected::check),
        given("scaleIO", &v.scale_io, |s, path, errors| {
            need(&s.gateway, path, "gateway", errors);
            need(&s.system, path, "system", errors);
            need(s.volume_name.as_deref().unwrap_or(""), path, "volumeName", errors);
        }),
        given("csi", &v.csi, remote::csi),
        given("ephemeral", &v.ephemeral, claim::ephemeral),
        given("image", &v.image, |s, path, errors| {
            need(s.reference.as_deref().unwrap_or(""), path, "reference", errors);
            super::containers::pull_policy(
                s.pull_policy.as_deref().unwrap_or(""),
                format_args!("{path}.pullPolicy"),
                errors,
            );
        }),
    ];
    for (n, (name, check)) in sources.into_iter().flatten().enumerate() {
        if n == 0 {
            check(&format!("{path}.{}", if name == "gcePersistentDisk" { "persistentDisk" } else { name }), errors);
            if name == "ephemeral" {
                claim_name(&v.name, pod, path, errors);
            }
        } else {
            // Two names are misspelt in the server.
            let told = match name {
                "cephfs" => "cephFS",
                "downwardAPI" => "downwarAPI",
                other => other,
            };
            errors
                .forbidden(format!("{path}.{told}"), "may not specify more than 1 volume type")
                .at(format!("{path}.{name}"));
        }
    }
    let portal = v.iscsi.as_ref().filter(|s| s.initiator_name.is_some()).map(|s| s.target_portal.len());
    if portal.is_some_and(|length| v.name.len() + 1 + length > 64) {
        let detail = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
        errors.invalid(format!("{path}.name"), v.name.as_str(), detail);
    }
}

/// The claim that is made for an ephemeral volume is called after the Pod and the volume.
fn claim_name(volume: &str, pod: &str, path: &str, errors: &mut Errors) {
    if pod.is_empty() || volume.is_empty() {
        return;
    }
    let claim = format!("{pod}-{volume}");
    for error in names::subdomain(&claim) {
        let detail = format!("PVC name {}: {error}", go::quote(&claim));
        errors.invalid(format!("{path}.name"), volume, &detail);
    }
}

fn host_path(host_path: &str, kind: Option<&str>, path: &str, errors: &mut Errors) {
    if host_path.is_empty() {
        errors.required(format!("{path}.path"), "");
        return;
    }
    if names::has_backsteps(host_path) {
        errors.invalid(format!("{path}.path"), host_path, "must not contain '..'");
    }
    if let Some(kind) = kind.filter(|k| !HOST_PATH_TYPES.contains(k)) {
        errors.unsupported(format!("{path}.type"), kind, &HOST_PATH_TYPES);
    }
}

fn mode(mode: Option<i32>, path: &str, errors: &mut Errors) {
    if let Some(mode) = mode.filter(|m| !(0..=0o777).contains(m)) {
        errors.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
}

fn items(items: Option<&[KeyToPath]>, path: &str, errors: &mut Errors) {
    for (i, item) in items.into_iter().flatten().enumerate() {
        let path = format!("{path}.items[{i}]");
        if item.key.is_empty() {
            errors.required(format!("{path}.key"), "");
        }
        if item.path.is_empty() {
            errors.required(format!("{path}.path"), "");
        }
        for error in names::unreserved_path(&item.path) {
            errors.invalid(format!("{path}.path"), item.path.as_str(), error);
        }
        mode(item.mode, &format!("{path}.mode"), errors);
    }
}
