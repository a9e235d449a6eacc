//! Rules on `spec.volumes`: one source each, and what each source must say.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    DownwardAPIVolumeFile, EphemeralVolumeSource, KeyToPath, ProjectedVolumeSource, Volume, VolumeProjection,
};

use super::env::{field_ref, resource_field_ref};
use super::{Errors, names};
use crate::kube::resources::amount;

/// The volumes that are in order, by name: those that may be mounted.
pub type Volumes<'p> = BTreeMap<&'p str, &'p Volume>;

const VOLUME_FIELD_PATHS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
const HOST_PATH_TYPES: [&str; 8] =
    ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

pub fn check<'p>(volumes: &'p [Volume], errors: &mut Errors) -> Volumes<'p> {
    let mut good = Volumes::new();
    for (i, volume) in volumes.iter().enumerate() {
        let path = format!("spec.volumes[{i}]");
        let before = errors.len();
        source(volume, &path, errors);
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
    }
    good
}

/// The sources in the order in which the server looks for them, and the check of each.
fn source(v: &Volume, path: &str, errors: &mut Errors) {
    type Check<'v> = Box<dyn Fn(&str, &mut Errors) + 'v>;
    fn given<'v, T>(
        name: &'static str,
        source: &'v Option<T>,
        check: impl Fn(&T, &str, &mut Errors) + 'v,
    ) -> Option<(&'static str, Check<'v>)> {
        let source = source.as_ref()?;
        Some((name, Box::new(move |path: &str, errors: &mut Errors| check(source, path, errors))))
    }
    fn need(value: &str, path: &str, field: &str, errors: &mut Errors) {
        if value.is_empty() {
            errors.required(format!("{path}.{field}"), "");
        }
    }
    let sources = [
        given("emptyDir", &v.empty_dir, |s, path, errors| {
            if s.size_limit.as_ref().is_some_and(|q| amount(q).is_negative()) {
                errors.forbidden(format!("{path}.sizeLimit"), "SizeLimit field must be a valid resource quantity");
            }
        }),
        given("hostPath", &v.host_path, |s, path, errors| host_path(&s.path, s.type_.as_deref(), path, errors)),
        given("gitRepo", &v.git_repo, |s, path, errors| need(&s.repository, path, "repository", errors)),
        given("gcePersistentDisk", &v.gce_persistent_disk, |s, path, errors| need(&s.pd_name, path, "pdName", errors)),
        given("awsElasticBlockStore", &v.aws_elastic_block_store, |s, path, errors| {
            need(&s.volume_id, path, "volumeID", errors)
        }),
        given("secret", &v.secret, |s, path, errors| {
            need(s.secret_name.as_deref().unwrap_or(""), path, "secretName", errors);
            mode(s.default_mode, &format!("{path}.defaultMode"), errors);
            items(s.items.as_deref(), path, errors);
        }),
        given("nfs", &v.nfs, |s, path, errors| {
            need(&s.server, path, "server", errors);
            need(&s.path, path, "path", errors);
            if !s.path.is_empty() && !s.path.starts_with('/') {
                errors.invalid(format!("{path}.path"), s.path.as_str(), "must be an absolute path");
            }
        }),
        given("iscsi", &v.iscsi, |s, path, errors| {
            need(&s.target_portal, path, "targetPortal", errors);
            need(&s.iqn, path, "iqn", errors);
        }),
        given("glusterfs", &v.glusterfs, |s, path, errors| {
            need(&s.endpoints, path, "endpoints", errors);
            need(&s.path, path, "path", errors);
        }),
        given("flocker", &v.flocker, |_, _, _| {}),
        given("persistentVolumeClaim", &v.persistent_volume_claim, |s, path, errors| {
            need(&s.claim_name, path, "claimName", errors)
        }),
        given("rbd", &v.rbd, |s, path, errors| {
            if s.monitors.is_empty() {
                errors.required(format!("{path}.monitors"), "");
            }
            need(&s.image, path, "image", errors);
        }),
        given("cinder", &v.cinder, |s, path, errors| need(&s.volume_id, path, "volumeID", errors)),
        given("cephfs", &v.cephfs, |s, path, errors| {
            if s.monitors.is_empty() {
                errors.required(format!("{path}.monitors"), "");
            }
        }),
        given("quobyte", &v.quobyte, |s, path, errors| need(&s.volume, path, "volume", errors)),
        given("downwardAPI", &v.downward_api, |s, path, errors| {
            mode(s.default_mode, &format!("{path}.defaultMode"), errors);
            for (i, file) in s.items.iter().flatten().enumerate() {
                downward_file(file, path, &format!("{path}.items[{i}]"), errors);
            }
        }),
        given("fc", &v.fc, |_, _, _| {}),
        given("flexVolume", &v.flex_volume, |s, path, errors| need(&s.driver, path, "driver", errors)),
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
        given("azureDisk", &v.azure_disk, |s, path, errors| {
            need(&s.disk_name, path, "diskName", errors);
            need(&s.disk_uri, path, "diskURI", errors);
        }),
        given("storageos", &v.storageos, |_, _, _| {}),
        given("projected", &v.projected, projected),
        given("scaleIO", &v.scale_io, |s, path, errors| {
            need(&s.gateway, path, "gateway", errors);
            need(&s.system, path, "system", errors);
        }),
        given("csi", &v.csi, |s, path, errors| need(&s.driver, path, "driver", errors)),
        given("ephemeral", &v.ephemeral, ephemeral),
        given("image", &v.image, |s, path, errors| {
            need(s.reference.as_deref().unwrap_or(""), path, "reference", errors);
            super::containers::pull_policy(s.pull_policy.as_deref().unwrap_or(""), path, errors);
        }),
    ];
    for (n, (name, check)) in sources.into_iter().flatten().enumerate() {
        let path = format!("{path}.{name}");
        if n == 0 {
            check(&path, errors);
        } else {
            errors.forbidden(path, "may not specify more than 1 volume type");
        }
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

/// A file of the downward API. The server leaves the index out of the path.
fn downward_file(file: &DownwardAPIVolumeFile, path: &str, at: &str, errors: &mut Errors) {
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

fn projected(source: &ProjectedVolumeSource, path: &str, errors: &mut Errors) {
    mode(source.default_mode, &format!("{path}.defaultMode"), errors);
    let mut paths = std::collections::BTreeSet::new();
    for (i, source) in source.sources.iter().flatten().enumerate() {
        projection(source, path, &format!("{path}.sources[{i}]"), &mut paths, errors);
    }
}

fn projection<'p>(
    source: &'p VolumeProjection,
    volume: &str,
    path: &str,
    paths: &mut std::collections::BTreeSet<&'p str>,
    errors: &mut Errors,
) {
    let mut n = 0;
    let mut first = |name: &str, errors: &mut Errors| {
        n += 1;
        if n > 1 {
            errors.forbidden(format!("{path}.{name}"), "may not specify more than 1 volume type");
        }
        n == 1
    };
    let mut taken = |file: &'p str, name: &str, errors: &mut Errors| {
        if !file.is_empty() && !paths.insert(file) {
            errors.invalid(volume, name, "conflicting duplicate paths");
        }
    };
    let mut keyed = |kind: &str, name: &str, files: &'p Option<Vec<KeyToPath>>, errors: &mut Errors| {
        let path = format!("{path}.{kind}");
        if name.is_empty() {
            errors.required(format!("{path}.name"), "");
        }
        items(files.as_deref(), &path, errors);
        for item in files.iter().flatten() {
            taken(&item.path, name, errors);
        }
    };
    if let Some(s) = source.secret.as_ref().filter(|_| first("secret", errors)) {
        keyed("secret", &s.name, &s.items, errors);
    }
    if let Some(s) = source.config_map.as_ref().filter(|_| first("configMap", errors)) {
        keyed("configMap", &s.name, &s.items, errors);
    }
    if let Some(s) = source.downward_api.as_ref().filter(|_| first("downwardAPI", errors)) {
        let path = format!("{path}.downwardAPI");
        for (i, file) in s.items.iter().flatten().enumerate() {
            downward_file(file, &path, &format!("{path}.items[{i}]"), errors);
            taken(&file.path, "downwardAPI", errors);
        }
    }
    if let Some(s) = source.service_account_token.as_ref().filter(|_| first("serviceAccountToken", errors)) {
        let path = format!("{path}.serviceAccountToken");
        match s.expiration_seconds.unwrap_or(3600) {
            n if n < 600 => {
                errors.invalid(
                    format!("{path}.expirationSeconds"),
                    n,
                    "may not specify a duration less than 10 minutes",
                );
            }
            n if n > 1 << 32 => {
                errors.invalid(
                    format!("{path}.expirationSeconds"),
                    n,
                    "may not specify a duration larger than 2^32 seconds",
                );
            }
            _ => {}
        }
        if s.path.is_empty() {
            errors.required(format!("{path}.path"), "");
        } else {
            for error in names::unreserved_path(&s.path) {
                errors.invalid(format!("{path}.path"), s.path.as_str(), error);
            }
        }
        taken(&s.path, "", errors);
    }
}

fn ephemeral(source: &EphemeralVolumeSource, path: &str, errors: &mut Errors) {
    let path = format!("{path}.volumeClaimTemplate");
    let Some(template) = &source.volume_claim_template else {
        errors.required(path, "");
        return;
    };
    if template.spec.access_modes.as_ref().is_none_or(Vec::is_empty) {
        errors.required(format!("{path}.spec.accessModes"), "at least 1 access mode is required");
    }
    for mode in template.spec.access_modes.iter().flatten() {
        const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
        if !MODES.contains(&mode.as_str()) {
            errors.unsupported(format!("{path}.spec.accessModes"), mode, &MODES);
        }
    }
    let requests = template.spec.resources.as_ref().and_then(|r| r.requests.as_ref());
    if requests.is_none_or(|r| !r.contains_key("storage")) {
        errors.required(format!("{path}.spec.resources[storage]"), "");
    }
}
