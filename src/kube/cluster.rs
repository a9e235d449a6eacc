//! What admission needs to find in the cluster before it lets a Pod in, and which of it every cluster has.

use k8s_openapi::api::core::v1::Pod;

/// The kinds of objects without which a Pod that names them is refused.
pub const NEEDED: [&str; 4] = ["Namespace", "ServiceAccount", "PriorityClass", "RuntimeClass"];

/// Whether an object of one of the [`NEEDED`] kinds is in every cluster.
pub fn is_everywhere(kind: &str, name: &str) -> bool {
    match kind {
        "Namespace" => matches!(name, "default" | "kube-system" | "kube-public" | "kube-node-lease"),
        "ServiceAccount" => name == "default",
        "PriorityClass" => matches!(name, "system-cluster-critical" | "system-node-critical"),
        _ => false,
    }
}

/// Whether objects of a kind belong to a namespace.
pub fn is_namespaced(kind: &str) -> bool {
    !matches!(kind, "Namespace" | "RuntimeClass" | "PriorityClass" | "PersistentVolume" | "Node" | "StorageClass")
}

/// The objects that a Pod needs and that not every cluster has, by kind and name, in the order in which admission looks for them.
pub fn needed(pod: &Pod) -> Vec<(&'static str, &str)> {
    let spec = pod.spec.as_ref();
    let names = [
        pod.metadata.namespace.as_deref(),
        spec.and_then(|s| s.service_account_name.as_deref()),
        spec.and_then(|s| s.priority_class_name.as_deref()),
        spec.and_then(|s| s.runtime_class_name.as_deref()),
    ];
    let named = NEEDED.into_iter().zip(names).filter_map(|(kind, name)| Some((kind, name.filter(|n| !n.is_empty())?)));
    named.filter(|(kind, name)| !is_everywhere(kind, name)).collect()
}
