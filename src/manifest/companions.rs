//! What stands beside the Pod in its text and matters to it: configuration, secrets, claims, services, other Pods.
//!
//! They are read, not checked: what cannot be understood of them is left out.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use crate::kube::quantity::Quantity;
use crate::kube::resources::Amounts;
use crate::order::IntoMap;
use crate::yaml::{Data, NodeRef};

/// An object of the same text that exists as soon as the Pod does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Companion {
    pub kind: String,
    pub name: String,
    pub namespace: String,
    /// Of a ConfigMap or a Secret, decoded.
    pub data: BTreeMap<String, String>,
    /// Of a Service.
    pub ports: Vec<u16>,
    /// Of another Pod.
    pub labels: BTreeMap<String, String>,
}

impl Companion {
    /// Another Pod of the text, which the API server has taken before.
    pub fn pod(pod: &Pod) -> Companion {
        let metadata = &pod.metadata;
        Companion {
            kind: "Pod".into(),
            name: metadata.name.clone().unwrap_or_default(),
            namespace: metadata.namespace.clone().unwrap_or_else(|| "default".into()),
            labels: metadata.labels.clone().unwrap_or_default(),
            ..Companion::default()
        }
    }
}

const KINDS: [&str; 10] = [
    "ConfigMap",
    "Secret",
    "Service",
    "PersistentVolumeClaim",
    "ServiceAccount",
    "Namespace",
    "RuntimeClass",
    "PriorityClass",
    "LimitRange",
    "ResourceQuota",
];

/// The namespace of an object.
pub fn namespace_of(root: NodeRef) -> String {
    let namespace = root.get("metadata").and_then(|m| m.get("namespace")).and_then(|n| n.as_str());
    namespace.filter(|n| !n.is_empty()).unwrap_or("default").into()
}

/// A list of resources, as the server keeps it.
pub fn amounts(node: Option<NodeRef>) -> Amounts {
    let entries = node.into_iter().flat_map(NodeRef::entries).filter_map(|(entry, node)| {
        let text = match node.data() {
            Data::Text(text) => text.value.clone(),
            Data::Number(n) => n.to_string(),
            _ => return None,
        };
        Some((entry.key.clone(), ApiQuantity(Quantity::written(&text).ok()?)))
    });
    entries.into_map()
}

/// The object in a document; `None` if a Pod has no use for its kind, or if it has no name.
pub fn read(root: NodeRef, kind: &str) -> Option<Companion> {
    let metadata = root.get("metadata")?;
    let name = metadata.get("name")?.as_str()?;
    KINDS.contains(&kind).then(|| Companion {
        kind: kind.into(),
        name: name.into(),
        namespace: namespace_of(root),
        data: data(root, kind == "Secret"),
        ports: if kind == "Service" { ports(root) } else { Vec::new() },
        labels: BTreeMap::new(),
    })
}

/// `data`, with `binaryData` and `stringData`, which wins.
fn data(root: NodeRef, secret: bool) -> BTreeMap<String, String> {
    let plain = |value: &str| Some(value.to_string());
    let decoded = |value: &str| {
        let bytes = STANDARD.decode(value.split_whitespace().collect::<String>()).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut all = BTreeMap::new();
    let mut take = |field: &str, value: &dyn Fn(&str) -> Option<String>| {
        let entries = root.get(field).into_iter().flat_map(NodeRef::entries);
        all.extend(entries.filter_map(|(entry, node)| Some((entry.key.clone(), value(node.as_str()?)?))));
    };
    if secret {
        take("data", &decoded);
        take("stringData", &plain);
    } else {
        take("data", &plain);
        take("binaryData", &decoded);
    }
    all
}

fn ports(root: NodeRef) -> Vec<u16> {
    let ports = root.get("spec").and_then(|spec| spec.get("ports"));
    let number = |port: NodeRef| match port.get("port")?.data() {
        Data::Number(n) => n.as_i64()?.try_into().ok(),
        _ => None,
    };
    ports.into_iter().flat_map(NodeRef::items).filter_map(number).collect()
}
