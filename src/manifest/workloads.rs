//! What the controllers of workloads make of a Pod template: a name, a namespace, and what each kind adds of its own.
//!
//! Works on the template as it was decoded, before the server's stages look at it; what is broken there stays for them to tell.

use serde_json::{Map, Value, json};

use crate::yaml::{Data, NodeRef};

/// Turns a decoded template into the Pod that the controller of `workload` would ask for.
pub fn complete(kind: &str, workload: NodeRef, pod: &mut Map<String, Value>) {
    let metadata = workload.get("metadata");
    let text = |field: &str| metadata.and_then(|m| m.get(field)).and_then(|n| n.as_str()).filter(|s| !s.is_empty());
    let owner = text("name").unwrap_or("pod");
    let indexed =
        workload.get("spec").and_then(|s| s.get("completionMode")).and_then(|m| m.as_str()) == Some("Indexed");
    let start = || match workload.get("spec")?.get("ordinals")?.get("start")?.data() {
        Data::Number(number) => u32::try_from(number.as_i64()?).ok(),
        _ => None,
    };
    let ordinal = start().unwrap_or_default();
    let name = match kind {
        "StatefulSet" => format!("{owner}-{ordinal}"),
        "Job" if indexed => format!("{owner}-0-xxxxx"),
        _ => format!("{owner}-xxxxx"),
    };
    let own = object(pod, "metadata");
    own.insert("name".into(), name.as_str().into());
    if let Some(namespace) = text("namespace") {
        own.insert("namespace".into(), namespace.into());
    }
    match kind {
        "StatefulSet" => stateful(workload, ordinal, &name, pod),
        "DaemonSet" => daemon(pod),
        "Job" => {
            for key in ["batch.kubernetes.io/job-name", "job-name"] {
                label(pod, key, owner);
            }
            if indexed {
                first_of_many(owner, pod);
            }
        }
        _ => {}
    }
}

/// A field that is an object; anything else there gives way to an empty one.
fn object<'m>(of: &'m mut Map<String, Value>, field: &str) -> &'m mut Map<String, Value> {
    let value = of.entry(field).or_insert_with(|| json!({}));
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("it was made one"),
    }
}

fn label(pod: &mut Map<String, Value>, key: &str, value: &str) {
    object(object(pod, "metadata"), "labels").insert(key.into(), value.into());
}

/// The first Pod of a StatefulSet: its host name, and a claim for each template (`newStatefulSetPod`, `updateStorage`).
fn stateful(workload: NodeRef, ordinal: u32, name: &str, pod: &mut Map<String, Value>) {
    label(pod, "statefulset.kubernetes.io/pod-name", name);
    label(pod, "apps.kubernetes.io/pod-index", &ordinal.to_string());
    let set = workload.get("spec");
    let spec = object(pod, "spec");
    spec.insert("hostname".into(), name.into());
    if let Some(service) = set.and_then(|s| s.get("serviceName")).and_then(|n| n.as_str()).filter(|s| !s.is_empty()) {
        spec.insert("subdomain".into(), service.into());
    }
    let templates = set.and_then(|s| s.get("volumeClaimTemplates")).into_iter().flat_map(NodeRef::items);
    let claims = templates.filter_map(|t| t.get("metadata")?.get("name")?.as_str());
    let mut volumes: Vec<Value> = claims
        .map(|claim| json!({"name": claim, "persistentVolumeClaim": {"claimName": format!("{claim}-{name}")}}))
        .collect();
    if let Some(Value::Array(given)) = spec.get("volumes") {
        let others = given.iter().filter(|v| !volumes.iter().any(|claim| claim["name"] == v["name"]));
        volumes.extend(others.cloned().collect::<Vec<_>>());
    }
    if !volumes.is_empty() {
        spec.insert("volumes".into(), volumes.into());
    }
}

/// The first Pod of a Job that counts its completions: it can know its number (`manageJob`, `addCompletionIndexEnvVariable`).
fn first_of_many(owner: &str, pod: &mut Map<String, Value>) {
    const INDEX: &str = "batch.kubernetes.io/job-completion-index";
    const VARIABLE: &str = "JOB_COMPLETION_INDEX";
    label(pod, INDEX, "0");
    object(object(pod, "metadata"), "annotations").insert(INDEX.into(), "0".into());
    let spec = object(pod, "spec");
    spec.insert("hostname".into(), format!("{owner}-0").into());
    let field = json!({"fieldRef": {"fieldPath": format!("metadata.labels['{INDEX}']")}});
    for list in ["initContainers", "containers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for container in containers.filter_map(Value::as_object_mut) {
            if let Value::Array(env) = container.entry("env").or_insert_with(|| json!([]))
                && env.iter().all(|variable| variable["name"] != VARIABLE)
            {
                env.push(json!({"name": VARIABLE, "valueFrom": field}));
            }
        }
    }
}

/// The tolerations that every Pod of a DaemonSet has (`AddOrUpdateDaemonPodTolerations`).
fn daemon(pod: &mut Map<String, Value>) {
    let spec = object(pod, "spec");
    let on_host = spec.get("hostNetwork") == Some(&true.into());
    let mut tolerated = vec![
        ("not-ready", "NoExecute"),
        ("unreachable", "NoExecute"),
        ("disk-pressure", "NoSchedule"),
        ("memory-pressure", "NoSchedule"),
        ("pid-pressure", "NoSchedule"),
        ("unschedulable", "NoSchedule"),
    ];
    if on_host {
        tolerated.push(("network-unavailable", "NoSchedule"));
    }
    let given = spec.entry("tolerations").or_insert_with(|| json!([]));
    if let Value::Array(list) = given {
        list.extend(tolerated.iter().map(
            |(key, effect)| json!({"key": format!("node.kubernetes.io/{key}"), "operator": "Exists", "effect": effect}),
        ));
    }
}
