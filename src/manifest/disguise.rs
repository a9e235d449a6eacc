//! Pods under the kind of something else: the server does not know their fields there.

use super::decode::decode_metadata;
use crate::span::Span;
use crate::yaml::NodeRef;

/// Kinds with a `spec`, and the fields it has.
const SPECS: [(&str, &[&str]); 14] = [
    (
        "CronJob",
        &[
            "concurrencyPolicy",
            "failedJobsHistoryLimit",
            "jobTemplate",
            "schedule",
            "startingDeadlineSeconds",
            "successfulJobsHistoryLimit",
            "suspend",
            "timeZone",
        ],
    ),
    ("DaemonSet", &["minReadySeconds", "revisionHistoryLimit", "selector", "template", "updateStrategy"]),
    (
        "Deployment",
        &[
            "minReadySeconds",
            "paused",
            "progressDeadlineSeconds",
            "replicas",
            "revisionHistoryLimit",
            "selector",
            "strategy",
            "template",
        ],
    ),
    (
        "Job",
        &[
            "activeDeadlineSeconds",
            "backoffLimit",
            "backoffLimitPerIndex",
            "completionMode",
            "completions",
            "managedBy",
            "manualSelector",
            "maxFailedIndexes",
            "parallelism",
            "podFailurePolicy",
            "podReplacementPolicy",
            "selector",
            "successPolicy",
            "suspend",
            "template",
            "ttlSecondsAfterFinished",
        ],
    ),
    ("LimitRange", &["limits"]),
    ("Namespace", &["finalizers"]),
    ("Node", &["configSource", "externalID", "podCIDR", "podCIDRs", "providerID", "taints", "unschedulable"]),
    (
        "PersistentVolume",
        &[
            "accessModes",
            "awsElasticBlockStore",
            "azureDisk",
            "azureFile",
            "capacity",
            "cephfs",
            "cinder",
            "claimRef",
            "csi",
            "fc",
            "flexVolume",
            "flocker",
            "gcePersistentDisk",
            "glusterfs",
            "hostPath",
            "iscsi",
            "local",
            "mountOptions",
            "nfs",
            "nodeAffinity",
            "persistentVolumeReclaimPolicy",
            "photonPersistentDisk",
            "portworxVolume",
            "quobyte",
            "rbd",
            "scaleIO",
            "storageClassName",
            "storageos",
            "volumeAttributesClassName",
            "volumeMode",
            "vsphereVolume",
        ],
    ),
    (
        "PersistentVolumeClaim",
        &[
            "accessModes",
            "dataSource",
            "dataSourceRef",
            "resources",
            "selector",
            "storageClassName",
            "volumeAttributesClassName",
            "volumeMode",
            "volumeName",
        ],
    ),
    ("ReplicaSet", &["minReadySeconds", "replicas", "selector", "template"]),
    ("ReplicationController", &["minReadySeconds", "replicas", "selector", "template"]),
    ("ResourceQuota", &["hard", "scopeSelector", "scopes"]),
    (
        "Service",
        &[
            "allocateLoadBalancerNodePorts",
            "clusterIP",
            "clusterIPs",
            "externalIPs",
            "externalName",
            "externalTrafficPolicy",
            "healthCheckNodePort",
            "internalTrafficPolicy",
            "ipFamilies",
            "ipFamilyPolicy",
            "loadBalancerClass",
            "loadBalancerIP",
            "loadBalancerSourceRanges",
            "ports",
            "publishNotReadyAddresses",
            "selector",
            "sessionAffinity",
            "sessionAffinityConfig",
            "trafficDistribution",
            "type",
        ],
    ),
    (
        "StatefulSet",
        &[
            "minReadySeconds",
            "ordinals",
            "persistentVolumeClaimRetentionPolicy",
            "podManagementPolicy",
            "replicas",
            "revisionHistoryLimit",
            "selector",
            "serviceName",
            "template",
            "updateStrategy",
            "volumeClaimTemplates",
        ],
    ),
];

/// Kinds without a `spec`.
const BARE: [&str; 6] = ["ConfigMap", "Endpoints", "Event", "PodTemplate", "Secret", "ServiceAccount"];

/// The fields that an object of this kind does not have, as the decoder lists them, when it is plainly a Pod: it has containers, and
/// nothing at the top that a Pod has not. Of any other nothing is said, for the types of its fields are not known here.
pub fn unknown_fields(root: NodeRef, kind: &str) -> Vec<(String, Span)> {
    let is_plain = root.entries().all(|(e, _)| matches!(e.key.as_str(), "apiVersion" | "kind" | "metadata" | "spec"));
    let spec = root.entry("spec").filter(|(_, spec)| spec.get("containers").is_some_and(NodeRef::is_sequence));
    let metadata = decode_metadata(root);
    let Some((entry, spec)) = spec.filter(|_| is_plain && metadata.fault().is_none()) else { return Vec::new() };
    let of_spec: Vec<(String, Span)> = if BARE.contains(&kind) {
        vec![("spec".into(), entry.key_span)]
    } else {
        let known = SPECS.iter().find(|(name, _)| *name == kind).map(|(_, fields)| *fields);
        let unknown =
            known.into_iter().flat_map(|fields| spec.entries().filter(|(e, _)| !fields.contains(&e.key.as_str())));
        unknown.map(|(e, _)| (format!("spec.{}", e.key), e.key_span)).collect()
    };
    if of_spec.is_empty() {
        return of_spec;
    }
    metadata.unknown.into_iter().map(|u| (u.path, u.span)).chain(of_spec).collect()
}
