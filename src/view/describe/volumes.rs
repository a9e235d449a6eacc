//! The `Volumes:` section: what kubectl says of each kind of volume.

use std::fmt::Display;

use k8s_openapi::api::core::v1::{
    CSIVolumeSource, EphemeralVolumeSource, LocalObjectReference, PersistentVolumeClaimTemplate, ProjectedVolumeSource,
    Volume,
};

use super::{MAX_ANNOTATION, Out, annotations, column, pairs, shorten, text};
use crate::kube::quantity::Quantity;

/// The section.
pub fn all(out: &mut Out, volumes: &[Volume]) {
    if volumes.is_empty() {
        return out.field(0, "Volumes", "<none>");
    }
    out.line(0, format_args!("Volumes:"));
    for volume in volumes {
        out.line(1, format_args!("{}:", volume.name));
        if !(common(out, volume) || network(out, volume) || cloud(out, volume)) {
            out.line(1, format_args!("<unknown>"));
        }
    }
}

/// `Type:` and the fields of a volume.
fn fields(out: &mut Out, kind: &str, fields: &[(&str, &dyn Display)]) -> bool {
    out.field(2, "Type", kind);
    for (name, value) in fields {
        let (name, blank) = name.strip_suffix(": ").map_or((*name, ""), |name| (name, " "));
        out.line(2, format_args!("{name}:{blank}\t{value}"));
    }
    true
}

/// Volumes that any cluster has. Tells whether the volume was one of them.
fn common(out: &mut Out, volume: &Volume) -> bool {
    let or_false = |b: Option<bool>| b.unwrap_or_default();
    if let Some(v) = &volume.host_path {
        let kind = v.type_.as_deref().unwrap_or("<none>");
        fields(out, "HostPath (bare host directory volume)", &[("Path", &v.path), ("HostPathType", &kind)])
    } else if let Some(v) = &volume.empty_dir {
        let limit = v.size_limit.as_ref().map(|q| q.0.as_str());
        let limit = limit.filter(|q| Quantity::read(q) > Quantity::ZERO).unwrap_or("<unset>");
        let kind = "EmptyDir (a temporary directory that shares a pod's lifetime)";
        fields(out, kind, &[("Medium", &text(&v.medium)), ("SizeLimit", &limit)])
    } else if let Some(v) = &volume.secret {
        let (name, optional) = (text(&v.secret_name), or_false(v.optional));
        fields(out, "Secret (a volume populated by a Secret)", &[("SecretName", &name), ("Optional", &optional)])
    } else if let Some(v) = &volume.config_map {
        let optional = or_false(v.optional);
        fields(out, "ConfigMap (a volume populated by a ConfigMap)", &[("Name", &v.name), ("Optional", &optional)])
    } else if let Some(v) = &volume.persistent_volume_claim {
        let kind = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)";
        fields(out, kind, &[("ClaimName", &v.claim_name), ("ReadOnly", &or_false(v.read_only))])
    } else if let Some(v) = &volume.ephemeral {
        ephemeral(out, v)
    } else if let Some(v) = &volume.downward_api {
        out.field(2, "Type", "DownwardAPI (a volume populated by information about the pod)\n    Items:");
        for item in v.items.iter().flatten() {
            let field = item.field_ref.as_ref().map(|f| &f.field_path);
            let resource = item.resource_field_ref.as_ref().map(|r| &r.resource);
            for source in [field, resource].into_iter().flatten() {
                out.line(3, format_args!("{source} -> {}", item.path));
            }
        }
        true
    } else if let Some(v) = &volume.projected {
        projected(out, v)
    } else if let Some(v) = &volume.csi {
        csi(out, v)
    } else if let Some(v) = &volume.image {
        let (reference, policy) = (text(&v.reference), text(&v.pull_policy));
        let kind = "Image (a container image or OCI artifact)";
        fields(out, kind, &[("Reference", &reference), ("PullPolicy", &policy)])
    } else {
        false
    }
}

fn projected(out: &mut Out, v: &ProjectedVolumeSource) -> bool {
    out.field(2, "Type", "Projected (a volume that contains injected data from multiple sources)");
    for source in v.sources.iter().flatten() {
        if let Some(s) = &source.secret {
            out.field(2, "SecretName", &s.name);
            out.field(2, "Optional", s.optional.unwrap_or_default());
        } else if source.downward_api.is_some() {
            out.field(2, "DownwardAPI", true);
        } else if let Some(s) = &source.config_map {
            out.field(2, "ConfigMapName", &s.name);
            out.field(2, "Optional", s.optional.unwrap_or_default());
        } else if let Some(s) = &source.service_account_token {
            out.field(2, "TokenExpirationSeconds", s.expiration_seconds.unwrap_or_default());
        }
    }
    true
}

fn ephemeral(out: &mut Out, v: &EphemeralVolumeSource) -> bool {
    let kind = "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)";
    out.field(2, "Type", kind);
    if let Some(template) = &v.volume_claim_template {
        out.nested = 2;
        claim_template(out, template);
        out.nested = 0;
    }
    true
}

fn claim_template(out: &mut Out, template: &PersistentVolumeClaimTemplate) {
    let (meta, spec) = (template.metadata.clone().unwrap_or_default(), &template.spec);
    let class = meta.annotations.as_ref().and_then(|a| a.get("volume.beta.kubernetes.io/storage-class"));
    out.field(0, "StorageClass", class.map_or(text(&spec.storage_class_name), String::as_str));
    out.field(0, "Volume", text(&spec.volume_name));
    pairs(out, "Labels", meta.labels.iter().flatten());
    annotations(out, &meta);
    // Both are read from the status of the claim, which a template has not; a named volume makes the capacity zero.
    out.field(0, "Capacity", if text(&spec.volume_name).is_empty() { "" } else { "0" });
    out.field(0, "Access Modes", "");
    if let Some(mode) = &spec.volume_mode {
        out.field(0, "VolumeMode", mode);
    }
    if let Some(source) = &spec.data_source {
        out.line(0, format_args!("DataSource:"));
        if let Some(group) = &source.api_group {
            out.field(1, "APIGroup", group);
        }
        out.field(1, "Kind", &source.kind);
        out.field(1, "Name", &source.name);
    }
}

fn csi(out: &mut Out, v: &CSIVolumeSource) -> bool {
    let (fs_type, read_only) = (text(&v.fs_type), v.read_only.unwrap_or_default());
    let kind = "CSI (a Container Storage Interface (CSI) volume source)";
    fields(out, kind, &[("Driver", &v.driver), ("FSType", &fs_type), ("ReadOnly", &read_only)]);
    let Some(attributes) = v.volume_attributes.as_ref().filter(|a| !a.is_empty()) else {
        out.field(2, "VolumeAttributes", "<none>");
        return true;
    };
    // kubectl indents every piece of such a line anew.
    out.nested = 2;
    let lines = attributes.iter().map(|(k, v)| shorten(&format!("{k}={v}"), MAX_ANNOTATION));
    column(out, "VolumeAttributes", lines);
    out.nested = 0;
    true
}

/// Volumes of storage on the network.
fn network(out: &mut Out, volume: &Volume) -> bool {
    let flag = |b: Option<bool>| b.unwrap_or_default();
    if let Some(v) = &volume.nfs {
        let kind = "NFS (an NFS mount that lasts the lifetime of a pod)";
        fields(out, kind, &[("Server", &v.server), ("Path", &v.path), ("ReadOnly", &flag(v.read_only))])
    } else if let Some(v) = &volume.iscsi {
        let kind =
            "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)";
        fields(out, kind, &[("TargetPortal", &v.target_portal), ("IQN", &v.iqn), ("Lun", &v.lun)]);
        // kubectl forgets a colon.
        out.line(2, format_args!("ISCSIInterface\t{}", text(&v.iscsi_interface)));
        out.field(2, "FSType", text(&v.fs_type));
        out.field(2, "ReadOnly", flag(v.read_only));
        out.field(2, "Portals", list(v.portals.as_deref().unwrap_or_default()));
        out.field(2, "DiscoveryCHAPAuth", flag(v.chap_auth_discovery));
        out.field(2, "SessionCHAPAuth", flag(v.chap_auth_session));
        out.field(2, "SecretRef", reference(&v.secret_ref));
        out.field(2, "InitiatorName", v.initiator_name.as_deref().unwrap_or("<none>"));
        true
    } else if let Some(v) = &volume.glusterfs {
        let read_only = flag(v.read_only);
        let kind = "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)";
        fields(out, kind, &[("EndpointsName", &v.endpoints), ("Path", &v.path), ("ReadOnly", &read_only)])
    } else if let Some(v) = &volume.rbd {
        let kind = "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)";
        fields(
            out,
            kind,
            &[
                ("CephMonitors", &list(&v.monitors)),
                ("RBDImage", &v.image),
                ("FSType", &text(&v.fs_type)),
                ("RBDPool", &text(&v.pool)),
                ("RadosUser", &text(&v.user)),
                ("Keyring", &text(&v.keyring)),
                ("SecretRef", &reference(&v.secret_ref)),
                ("ReadOnly", &flag(v.read_only)),
            ],
        )
    } else if let Some(v) = &volume.cephfs {
        let kind = "CephFS (a CephFS mount on the host that shares a pod's lifetime)";
        fields(
            out,
            kind,
            &[
                ("Monitors", &list(&v.monitors)),
                ("Path", &text(&v.path)),
                ("User", &text(&v.user)),
                ("SecretFile", &text(&v.secret_file)),
                ("SecretRef", &reference(&v.secret_ref)),
                ("ReadOnly", &flag(v.read_only)),
            ],
        )
    } else if let Some(v) = &volume.fc {
        let wwns = v.target_wwns.as_deref().unwrap_or_default().join(", ");
        let lun = v.lun.map_or("<none>".into(), |l| l.to_string());
        let (fs_type, read_only) = (text(&v.fs_type), flag(v.read_only));
        let list: [(&str, &dyn Display); 4] =
            [("TargetWWNs", &wwns), ("LUN", &lun), ("FSType", &fs_type), ("ReadOnly", &read_only)];
        fields(out, "FC (a Fibre Channel disk)", &list)
    } else if let Some(v) = &volume.quobyte {
        let kind = "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)";
        fields(out, kind, &[("Registry", &v.registry), ("Volume", &v.volume), ("ReadOnly", &flag(v.read_only))])
    } else {
        false
    }
}

/// Volumes of clouds and vendors.
fn cloud(out: &mut Out, volume: &Volume) -> bool {
    let flag = |b: Option<bool>| b.unwrap_or_default();
    if let Some(v) = &volume.gce_persistent_disk {
        let kind = "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)";
        let (fs_type, partition) = (text(&v.fs_type), v.partition.unwrap_or_default());
        let read_only = flag(v.read_only);
        let list: [(&str, &dyn Display); 4] =
            [("PDName", &v.pd_name), ("FSType", &fs_type), ("Partition", &partition), ("ReadOnly", &read_only)];
        fields(out, kind, &list)
    } else if let Some(v) = &volume.aws_elastic_block_store {
        let kind = "AWSElasticBlockStore (a Persistent Disk resource in AWS)";
        let (fs_type, partition) = (text(&v.fs_type), v.partition.unwrap_or_default());
        let read_only = flag(v.read_only);
        let list: [(&str, &dyn Display); 4] =
            [("VolumeID", &v.volume_id), ("FSType", &fs_type), ("Partition", &partition), ("ReadOnly", &read_only)];
        fields(out, kind, &list)
    } else if let Some(v) = &volume.git_repo {
        let kind = "GitRepo (a volume that is pulled from git when the pod is created)";
        fields(out, kind, &[("Repository", &v.repository), ("Revision", &text(&v.revision))])
    } else if let Some(v) = &volume.azure_disk {
        let kind = "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)";
        fields(
            out,
            kind,
            &[
                ("DiskName", &v.disk_name),
                ("DiskURI", &v.disk_uri),
                // The blank is kubectl's.
                ("Kind: ", &text(&v.kind)),
                ("FSType", &text(&v.fs_type)),
                ("CachingMode", &text(&v.caching_mode)),
                ("ReadOnly", &flag(v.read_only)),
            ],
        )
    } else if let Some(v) = &volume.azure_file {
        let kind = "AzureFile (an Azure File Service mount on the host and bind mount to the pod)";
        let read_only = flag(v.read_only);
        fields(out, kind, &[("SecretName", &v.secret_name), ("ShareName", &v.share_name), ("ReadOnly", &read_only)])
    } else if let Some(v) = &volume.vsphere_volume {
        let kind = "vSphereVolume (a Persistent Disk resource in vSphere)";
        let (fs_type, policy) = (text(&v.fs_type), text(&v.storage_policy_name));
        fields(out, kind, &[("VolumePath", &v.volume_path), ("FSType", &fs_type), ("StoragePolicyName", &policy)])
    } else if let Some(v) = &volume.cinder {
        let kind = "Cinder (a Persistent Disk resource in OpenStack)";
        let (fs_type, read_only, secret) = (text(&v.fs_type), flag(v.read_only), reference(&v.secret_ref));
        let list: [(&str, &dyn Display); 4] =
            [("VolumeID", &v.volume_id), ("FSType", &fs_type), ("ReadOnly", &read_only), ("SecretRef", &secret)];
        fields(out, kind, &list)
    } else if let Some(v) = &volume.photon_persistent_disk {
        let kind = "PhotonPersistentDisk (a Persistent Disk resource in photon platform)";
        fields(out, kind, &[("PdID", &v.pd_id), ("FSType", &text(&v.fs_type))])
    } else if let Some(v) = &volume.portworx_volume {
        fields(out, "PortworxVolume (a Portworx Volume resource)", &[("VolumeID", &v.volume_id)])
    } else if let Some(v) = &volume.scale_io {
        let kind = "ScaleIO (a persistent volume backed by a block device in ScaleIO)";
        fields(
            out,
            kind,
            &[
                ("Gateway", &v.gateway),
                ("System", &v.system),
                ("Protection Domain", &text(&v.protection_domain)),
                ("Storage Pool", &text(&v.storage_pool)),
                ("Storage Mode", &text(&v.storage_mode)),
                ("VolumeName", &text(&v.volume_name)),
                ("FSType", &text(&v.fs_type)),
                ("ReadOnly", &flag(v.read_only)),
            ],
        )
    } else if let Some(v) = &volume.storageos {
        let kind = "StorageOS (a StorageOS Persistent Disk resource)";
        let (name, namespace) = (text(&v.volume_name), text(&v.volume_namespace));
        let (fs_type, read_only) = (text(&v.fs_type), flag(v.read_only));
        let list: [(&str, &dyn Display); 4] =
            [("VolumeName", &name), ("VolumeNamespace", &namespace), ("FSType", &fs_type), ("ReadOnly", &read_only)];
        fields(out, kind, &list)
    } else if let Some(v) = &volume.flex_volume {
        let kind = "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)";
        let options = v.options.iter().flatten().map(|(k, v)| format!("{k}:{v}")).collect::<Vec<_>>().join(" ");
        fields(
            out,
            kind,
            &[
                ("Driver", &v.driver),
                ("FSType", &text(&v.fs_type)),
                ("SecretRef", &reference(&v.secret_ref)),
                ("ReadOnly", &flag(v.read_only)),
                ("Options", &format_args!("map[{options}]")),
            ],
        )
    } else if let Some(v) = &volume.flocker {
        let kind = "Flocker (a Flocker volume mounted by the Flocker agent)";
        fields(out, kind, &[("DatasetName", &text(&v.dataset_name)), ("DatasetUUID", &text(&v.dataset_uuid))])
    } else {
        false
    }
}

/// A list as Go prints it.
fn list(items: &[String]) -> String {
    format!("[{}]", items.join(" "))
}

/// A reference as Go prints it.
fn reference(secret: &Option<LocalObjectReference>) -> String {
    secret.as_ref().map_or("nil".into(), |s| format!("&LocalObjectReference{{Name:{},}}", s.name))
}
