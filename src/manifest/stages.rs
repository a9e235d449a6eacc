//! What kubectl looks at before it sends anything, and what admission looks at before validation.

use k8s_openapi::api::core::v1::Pod;

use super::defaults::priority_of;
use crate::kube::cluster;
use crate::span::Span;
use crate::yaml::{Data, NodeRef, go};

/// What kind of thing a document is.
pub enum Kind<'t> {
    Pod,
    /// Items that each are a document.
    List,
    /// A workload and the way to its Pod template.
    Template(&'t str, &'static str),
    /// Something that a cluster knows, but that does not become a Pod here.
    Other(&'t str),
}

/// A refusal of kubectl or of the server that is about one thing.
pub struct Refusal {
    /// kubectl's whole line.
    pub text: String,
    /// What it says of the document, for the editor.
    pub problem: String,
    pub span: Span,
}

/// Are there `apiVersion` and `kind`?
pub fn type_meta(root: NodeRef, file: &str) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    let mut span = root.span();
    if !root.is_mapping() {
        problems.push("invalid object to validate".to_string());
    } else {
        for field in ["apiVersion", "kind"] {
            match root.get(field).map(|n| (n, n.data())) {
                None | Some((_, Data::Null)) => problems.push(format!("{field} not set")),
                Some((n, Data::Text(text))) => {
                    if field == "apiVersion" && text.value.matches('/').count() > 1 {
                        problems.push(format!("unexpected GroupVersion string: {}", text.value));
                        span = n.span();
                    }
                }
                Some((n, _)) => {
                    problems.push(format!("{field} isn't string type"));
                    span = n.span();
                }
            }
        }
    }
    let problem = match problems.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    };
    let text = format!(
        "error: error validating \"{file}\": error validating data: {problem}; if you choose to ignore these errors, turn validation off with --validate=false"
    );
    let first = root.entries().map(|(e, _)| e.key_span).min_by_key(|s| s.start);
    let span = if span == root.span() { first.unwrap_or(span) } else { span };
    Err(Refusal { text, problem, span })
}

/// The kinds that a cluster has in version `v1`.
const CORE: [&str; 17] = [
    "Binding",
    "ComponentStatus",
    "ConfigMap",
    "Endpoints",
    "Event",
    "LimitRange",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
];

/// Other kinds that every cluster has.
const OTHER: [(&str, &[&str]); 18] = [
    ("apps/v1", &["ControllerRevision"]),
    (
        "admissionregistration.k8s.io/v1",
        &[
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io/v1", &["APIService"]),
    ("autoscaling/v1", &["HorizontalPodAutoscaler"]),
    ("autoscaling/v2", &["HorizontalPodAutoscaler"]),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest"]),
    ("coordination.k8s.io/v1", &["Lease"]),
    ("discovery.k8s.io/v1", &["EndpointSlice"]),
    ("events.k8s.io/v1", &["Event"]),
    ("flowcontrol.apiserver.k8s.io/v1", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io/v1", &["Ingress", "IngressClass", "IPAddress", "NetworkPolicy", "ServiceCIDR"]),
    ("node.k8s.io/v1", &["RuntimeClass"]),
    ("policy/v1", &["PodDisruptionBudget"]),
    ("rbac.authorization.k8s.io/v1", &["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io/v1", &["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"]),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
    ("storage.k8s.io/v1", &["CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"]),
];

/// Whether a version belongs to a group that is not Kubernetes' own: its kinds are custom resources.
fn is_custom(version: &str) -> bool {
    let Some((group, _)) = version.split_once('/') else { return false };
    group.contains('.') && !OTHER.iter().any(|(known, _)| known.split('/').next() == Some(group))
}

/// Does the cluster know this kind in this version?
pub fn mapping<'t>(root: NodeRef<'t>, file: &str, has: Has) -> Result<Kind<'t>, Refusal> {
    let get = |name: &str| root.get(name).and_then(|n| n.as_str()).unwrap_or("");
    let (version, kind) = (get("apiVersion"), get("kind"));
    let span = root.get("kind").map_or(root.span(), |n| n.span());
    match (version, kind) {
        ("v1", "Pod") => return Ok(Kind::Pod),
        ("v1", "List" | "PodList") => return Ok(Kind::List),
        ("apps/v1", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet")
        | ("batch/v1", "Job")
        | ("v1", "ReplicationController") => {
            return Ok(Kind::Template(kind, "spec.template"));
        }
        ("batch/v1", "CronJob") => return Ok(Kind::Template(kind, "spec.jobTemplate.spec.template")),
        ("v1", "PodTemplate") => return Ok(Kind::Template(kind, "template")),
        ("v1", _) if CORE.contains(&kind) => return Ok(Kind::Other(kind)),
        ("", "Pod") => {
            let problem = "the server could not find the requested resource".to_string();
            let text = format!("Error from server (NotFound): error when creating \"{file}\": {problem}");
            return Err(Refusal { text, problem, span });
        }
        _ => {}
    }
    let is_known = OTHER.iter().any(|(v, kinds)| *v == version && kinds.contains(&kind));
    if is_known || is_custom(version) && has("CustomResourceDefinition", kind) {
        return Ok(Kind::Other(kind));
    }
    if version == "v1"
        && let Some(known) = CORE.iter().find(|known| known.to_ascii_lowercase() == kind)
    {
        // The mapping is found by the lower-case name; the decoder knows no such kind. The file it names depends on the build.
        let problem = format!(
            "{kind} in version \"v1\" cannot be handled as a {known}: no kind \"{kind}\" is registered for version \"v1\" in scheme \"pkg/runtime/scheme.go:111\""
        );
        let text = format!("Error from server (BadRequest): error when creating \"{file}\": {problem}");
        return Err(Refusal { text, problem, span });
    }
    let metadata = |name: &str| root.get("metadata").and_then(|m| m.get(name)).and_then(|n| n.as_str()).unwrap_or("");
    let problem = format!("no matches for kind {} in version {}", go::quote(kind), go::quote(version));
    let text = format!(
        "error: resource mapping not found for name: {} namespace: {} from \"{file}\": {problem}\nensure CRDs are installed first",
        go::quote(metadata("name")),
        go::quote(metadata("namespace"))
    );
    Err(Refusal { text, problem, span })
}

/// A refusal by an admission plugin: the reason for the status, the words, and the field it is about.
pub struct Denied {
    pub reason: &'static str,
    pub text: String,
    pub path: &'static str,
}

/// Whether a cluster has an object, by one of the kinds of [`cluster::NEEDED`] and its name, besides what every cluster has.
pub type Has<'c> = &'c dyn Fn(&str, &str) -> bool;

/// What admission refuses in a cluster that has what every cluster has, and what else it `has`.
pub fn admission(pod: &Pod, has: Has) -> Result<(), Denied> {
    let exists = |kind: &str, name: &str| name.is_empty() || cluster::is_everywhere(kind, name) || has(kind, name);
    let namespace = pod.metadata.namespace.as_deref().filter(|n| !n.is_empty()).unwrap_or("default");
    if !exists("Namespace", namespace) {
        let text = format!("namespaces {} not found", go::quote(namespace));
        return Err(Denied { reason: "NotFound", text, path: "metadata.namespace" });
    }
    let Some(spec) = &pod.spec else { return Ok(()) };
    let own = pod.metadata.name.as_deref().filter(|n| !n.is_empty());
    let name = own.or(pod.metadata.generate_name.as_deref()).unwrap_or("");
    let forbid = |path: &'static str, why: String| {
        Err(Denied { reason: "Forbidden", text: format!("pods {} is forbidden: {why}", go::quote(name)), path })
    };
    let account = spec.service_account_name.as_deref().unwrap_or("");
    if !exists("ServiceAccount", account) {
        let why = format!(
            "error looking up service account {namespace}/{account}: serviceaccount {} not found",
            go::quote(account)
        );
        return forbid("spec.serviceAccountName", why);
    }
    if let Some(class) = spec.runtime_class_name.as_deref()
        && !has("RuntimeClass", class)
    {
        return forbid("spec.runtimeClassName", format!("pod rejected: RuntimeClass {} not found", go::quote(class)));
    }
    // What a class that is there defines as overhead is not known: whatever is given is it.
    if spec.runtime_class_name.is_none() && spec.overhead.as_ref().is_some_and(|o| !o.is_empty()) {
        let why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
        return forbid("spec.overhead", why.into());
    }
    let class = spec.priority_class_name.as_deref().unwrap_or("");
    let Some(priority) = priority_of(class) else {
        if has("PriorityClass", class) {
            return Ok(());
        }
        return forbid("spec.priorityClassName", format!("no PriorityClass with name {class} was found"));
    };
    if let Some(given) = spec.priority.filter(|&p| p != priority) {
        let why = format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"
        );
        return forbid("spec.priority", why);
    }
    if let Some(given) = spec.preemption_policy.as_deref().filter(|&p| p != "PreemptLowerPriority") {
        let why = format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name"
        );
        return forbid("spec.preemptionPolicy", why);
    }
    Ok(())
}
