//! What kubectl looks at before it sends anything, and what admission looks at before validation.

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::decode::decode_metadata;
use super::defaults::priority_of;
use crate::kube::cluster;
use crate::span::Span;
use crate::yaml::{Data, NodeRef, go};

/// What kind of thing a document is.
pub enum Kind<'t> {
    Pod,
    /// A list: its items each are a document.
    List,
    /// A workload and the way to its Pod template.
    Template(&'t str, &'static str),
    /// Something that a cluster knows, but that does not become a Pod here.
    Other(&'t str),
}

/// A refusal of kubectl or of the server that is about one thing.
pub struct Refusal {
    /// kubectl's words, without its `error: `.
    pub text: String,
    /// What it says of the document, for the editor.
    pub problem: String,
    pub span: Span,
    /// Whether it was the server's: kubectl tells its own after all of those.
    pub sent: bool,
}

impl Refusal {
    fn client(text: String, problem: String, span: Span) -> Refusal {
        Refusal { text, problem, span, sent: false }
    }

    fn server(reason: &str, file: &str, problem: String, span: Span) -> Refusal {
        let text = format!("Error from server ({reason}): error when creating \"{file}\": {problem}");
        Refusal { text, problem, span, sent: true }
    }
}

/// What is wrong with the `apiVersion` and `kind` of an object, and where (`GetObjectKind`).
fn kind_problems(root: NodeRef) -> Vec<(String, Option<Span>)> {
    if !root.is_mapping() {
        return vec![("invalid object to validate".into(), None)];
    }
    let mut problems = Vec::new();
    for field in ["apiVersion", "kind"] {
        match root.get(field).map(|n| (n, n.data())) {
            None | Some((_, Data::Null)) => problems.push((format!("{field} not set"), None)),
            Some((n, Data::Text(text))) => {
                if field == "apiVersion" && text.value.matches('/').count() > 1 {
                    problems.push((format!("unexpected GroupVersion string: {}", text.value), Some(n.span())));
                }
            }
            Some((n, _)) => problems.push((format!("{field} isn't string type"), Some(n.span()))),
        }
    }
    problems
}

/// What kubectl checks of a list itself, for the server does not know them: of a `List`, `items` and the kind of each (`validateList`);
/// of the list of another kind, that it has items, by its schema.
fn list_problems(root: NodeRef) -> Vec<(String, Option<Span>)> {
    let (version, kind) = type_of(root);
    let items = root.get("items");
    match kind {
        "List" if version == "v1" => match items.filter(|items| items.is_sequence()) {
            None => vec![("invalid object to validate".into(), None)],
            Some(items) => items
                .items()
                .flat_map(|item| {
                    kind_problems(item).into_iter().map(move |(text, at)| (text, at.or(Some(first_key(item)))))
                })
                .collect(),
        },
        _ if version == "v1" && items.is_none() && kind.strip_suffix("List").is_some_and(|one| CORE.contains(&one)) => {
            let problem =
                format!("ValidationError({kind}): missing required field \"items\" in io.k8s.api.core.v1.{kind}");
            vec![(problem, None)]
        }
        _ => Vec::new(),
    }
}

/// The first key of a mapping, as a place.
pub fn first_key(node: NodeRef) -> Span {
    node.entries().map(|(e, _)| e.key_span).min_by_key(|s| s.start).unwrap_or(node.span())
}

/// Are there `apiVersion` and `kind`? Without them kubectl reads no further.
pub fn type_meta(root: NodeRef, file: &str) -> Result<(), Refusal> {
    let mut problems = kind_problems(root);
    if problems.is_empty() {
        problems = list_problems(root);
    }
    let span = problems.iter().find_map(|(_, span)| *span).unwrap_or(first_key(root));
    let problem = match problems.as_slice() {
        [] => return Ok(()),
        [(one, _)] => one.clone(),
        many => format!("[{}]", many.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(", ")),
    };
    let text = format!(
        "error validating \"{file}\": error validating data: {problem}; if you choose to ignore these errors, turn validation off with --validate=false"
    );
    Err(Refusal::client(text, problem, span))
}

/// Can kubectl make an object of the document (`metadataValidatingDecoder`)? `quoted` is how it would quote the whole.
pub fn decodable(root: NodeRef, file: &str, quoted: impl FnOnce() -> String) -> Result<(), Refusal> {
    let fault = list_fault(root).or_else(|| {
        let kind = root.get("kind")?;
        let missing = || (format!("Object 'Kind' is missing in '{}'", quoted()), kind.span());
        (kind.as_str() == Some("")).then(missing)
    });
    let fault = fault.or_else(|| decode_metadata(root).fault().map(|fault| (fault.text.clone(), fault.span)));
    match fault {
        None => Ok(()),
        Some((problem, span)) => Err(Refusal::client(format!("unable to decode \"{file}\": {problem}"), problem, span)),
    }
}

/// Whatever has `items` is decoded as a list (`unstructuredJSONScheme`).
fn list_fault(root: NodeRef) -> Option<(String, Span)> {
    let items = root.get("items").filter(|items| !items.is_null())?;
    let (node, wanted) = if items.is_sequence() {
        let wrong = items.items().find(|item| !item.is_mapping() && !item.is_null())?;
        (wrong, "Go value of type map[string]interface {}")
    } else {
        (items, "Go struct field decodeList.items of type []json.RawMessage")
    };
    Some((format!("json: cannot unmarshal {} into {wanted}", node.json_type()), node.span()))
}

/// A version and a kind as Go's `GroupVersionKind` holds them; of a core version the group is empty.
fn type_of<'t>(root: NodeRef<'t>) -> (&'t str, &'t str) {
    let get = |name: &str| root.get(name).and_then(|n| n.as_str()).unwrap_or("");
    let version = get("apiVersion");
    (version.strip_prefix('/').unwrap_or(version), get("kind"))
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

/// What a cluster knows under a kind in a version. Every kind has a list, and every version lists of anything.
fn known<'t>(version: &str, kind: &'t str, has: Has) -> Option<Kind<'t>> {
    single(version, kind, has).or_else(|| match kind.strip_suffix("List")? {
        "" => is_version(version).then_some(Kind::List),
        one => single(version, one, has).map(|_| Kind::List),
    })
}

fn single<'t>(version: &str, kind: &'t str, has: Has) -> Option<Kind<'t>> {
    match (version, kind) {
        ("v1", "Pod") => Some(Kind::Pod),
        ("apps/v1", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet")
        | ("batch/v1", "Job")
        | ("v1", "ReplicationController") => Some(Kind::Template(kind, "spec.template")),
        ("batch/v1", "CronJob") => Some(Kind::Template(kind, "spec.jobTemplate.spec.template")),
        ("v1", "PodTemplate") => Some(Kind::Template(kind, "template")),
        ("v1", _) if CORE.contains(&kind) => Some(Kind::Other(kind)),
        _ => {
            let is_known = OTHER.iter().any(|(v, kinds)| *v == version && kinds.contains(&kind));
            let is_custom = is_custom(version) && has("CustomResourceDefinition", kind);
            (is_known || is_custom).then_some(Kind::Other(kind))
        }
    }
}

/// Whether a cluster serves a version at all.
fn is_version(version: &str) -> bool {
    matches!(version, "v1" | "batch/v1") || OTHER.iter().any(|(known, _)| *known == version)
}

/// Does the cluster know the kind of this document (`infoForData`)?
pub fn mapping<'t>(root: NodeRef<'t>, file: &str, has: Has) -> Result<Kind<'t>, Refusal> {
    let (version, kind) = type_of(root);
    let span = root.get("kind").map_or(root.span(), |n| n.span());
    if version.is_empty() && CORE.contains(&kind) {
        let problem = "the server could not find the requested resource".to_string();
        return Err(Refusal::server("NotFound", file, problem, span));
    }
    served(version, kind, file, span, has)?.ok_or_else(|| {
        let metadata =
            |name: &str| root.get("metadata").and_then(|m| m.get(name)).and_then(|n| n.as_str()).unwrap_or("");
        let problem = no_match(version, kind);
        let text = format!(
            "resource mapping not found for name: {} namespace: {} from \"{file}\": {problem}\nensure CRDs are installed first",
            go::quote(metadata("name")),
            go::quote(metadata("namespace"))
        );
        Refusal::client(text, problem, span)
    })
}

/// The same for an item of a list (`infoForObject`). One that names neither version nor kind has those of the list (`decodeToList`).
pub fn item_mapping<'t>(list: NodeRef<'t>, item: NodeRef<'t>, file: &str, has: Has) -> Result<Kind<'t>, Refusal> {
    let (mut version, mut kind) = type_of(item);
    let span = item.get("kind").map_or(first_key(item), |n| n.span());
    if version.is_empty() && kind.is_empty() {
        (version, kind) = type_of(list);
        kind = kind.strip_suffix("List").unwrap_or(kind);
    }
    let missing = match (kind, version.matches('/').count()) {
        ("", _) | (_, 2..) => "Object 'Kind' is missing in 'object has no kind field '",
        _ if version.is_empty() => "Object 'apiVersion' is missing in 'object has no apiVersion field'",
        _ => "",
    };
    if !missing.is_empty() {
        let text = format!("unable to get type info from the object \"*unstructured.Unstructured\": {missing}");
        return Err(Refusal::client(text, missing.into(), span));
    }
    served(version, kind, file, span, has)?.ok_or_else(|| {
        let problem = no_match(version, kind);
        Refusal::client(format!("unable to recognize {problem}"), problem, span)
    })
}

fn no_match(version: &str, kind: &str) -> String {
    format!("no matches for kind {} in version {}", go::quote(kind), go::quote(version))
}

/// What a cluster knows under a kind; of a kind in small letters it finds the place, and refuses what is sent there.
fn served<'t>(version: &str, kind: &'t str, file: &str, span: Span, has: Has) -> Result<Option<Kind<'t>>, Refusal> {
    let found = known(version, kind, has);
    if found.is_none()
        && version == "v1"
        && let Some(known) = CORE.iter().find(|known| known.to_ascii_lowercase() == kind)
    {
        // The mapping is found by the lower-case name; the decoder knows no such kind. The file it names depends on the build.
        let problem = format!(
            "{kind} in version \"v1\" cannot be handled as a {known}: no kind \"{kind}\" is registered for version \"v1\" in scheme \"pkg/runtime/scheme.go:111\""
        );
        return Err(Refusal::server("BadRequest", file, problem, span));
    }
    Ok(found)
}

/// What the client says of a namespace that cannot stand in a path (`IsValidPathSegmentName`).
pub fn namespace(root: NodeRef) -> Result<(), (String, Span)> {
    let node = root.get("metadata").and_then(|m| m.get("namespace"));
    let Some((node, name)) = node.and_then(|n| Some((n, n.as_str()?))) else { return Ok(()) };
    let problems = match name {
        "." | ".." => format!("may not be '{name}'"),
        _ => {
            let all = ["/", "%"].into_iter().filter(|c| name.contains(c));
            all.map(|c| format!("may not contain '{c}'")).collect::<Vec<_>>().join(" ")
        }
    };
    if problems.is_empty() {
        return Ok(());
    }
    Err((format!("invalid namespace {}: [{problems}]", go::quote(name)), node.span()))
}

/// A refusal by an admission plugin: the reason for the status, the words, and the field it is about.
pub struct Denied {
    pub reason: &'static str,
    pub text: String,
    pub path: &'static str,
}

/// Whether a cluster has an object, by one of the kinds of [`cluster::NEEDED`] and its name, besides what every cluster has.
pub type Has<'c> = &'c dyn Fn(&str, &str) -> bool;

/// What admission refuses before validation, in a cluster that has what every cluster has, and what else it `has`.
/// The plugins come in their order (`AllOrderedPlugins`).
pub fn admission(pod: &Pod, has: Has) -> Result<(), Denied> {
    let exists = |kind: &str, name: &str| name.is_empty() || cluster::is_everywhere(kind, name) || has(kind, name);
    let namespace = pod.metadata.namespace.as_deref().filter(|n| !n.is_empty()).unwrap_or("default");
    if !exists("Namespace", namespace) {
        let text = format!("namespaces {} not found", go::quote(namespace));
        return Err(Denied { reason: "NotFound", text, path: "metadata.namespace" });
    }
    let Some(spec) = &pod.spec else { return Ok(()) };
    let account = spec.service_account_name.as_deref().unwrap_or("");
    if !exists("ServiceAccount", account) {
        let why = format!(
            "error looking up service account {namespace}/{account}: serviceaccount {} not found",
            go::quote(account)
        );
        return forbid(pod, "spec.serviceAccountName", why);
    }
    priority(pod, spec, has)?;
    if let Some(class) = spec.runtime_class_name.as_deref()
        && !has("RuntimeClass", class)
    {
        let why = format!("pod rejected: RuntimeClass {} not found", go::quote(class));
        return forbid(pod, "spec.runtimeClassName", why);
    }
    Ok(())
}

/// What admission refuses of a Pod that is valid: overhead that no class defines. What a class that is there defines is not known:
/// whatever is given is it.
pub fn admission_of_valid(pod: &Pod) -> Result<(), Denied> {
    let Some(spec) = &pod.spec else { return Ok(()) };
    if spec.runtime_class_name.is_none() && spec.overhead.as_ref().is_some_and(|o| !o.is_empty()) {
        let why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
        return forbid(pod, "spec.overhead", why.into());
    }
    Ok(())
}

pub fn forbid(pod: &Pod, path: &'static str, why: String) -> Result<(), Denied> {
    let own = pod.metadata.name.as_deref().filter(|n| !n.is_empty());
    let name = own.or(pod.metadata.generate_name.as_deref()).unwrap_or("");
    Err(Denied { reason: "Forbidden", text: format!("pods {} is forbidden: {why}", go::quote(name)), path })
}

/// The plugin `Priority`: the class, and what it says against what is given.
fn priority(pod: &Pod, spec: &PodSpec, has: Has) -> Result<(), Denied> {
    let class = spec.priority_class_name.as_deref().unwrap_or("");
    let Some(priority) = priority_of(class) else {
        if has("PriorityClass", class) {
            return Ok(());
        }
        return forbid(pod, "spec.priorityClassName", format!("no PriorityClass with name {class} was found"));
    };
    if let Some(given) = spec.priority.filter(|&p| p != priority) {
        let why = format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"
        );
        return forbid(pod, "spec.priority", why);
    }
    if let Some(given) = spec.preemption_policy.as_deref().filter(|&p| p != "PreemptLowerPriority") {
        let why = format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name"
        );
        return forbid(pod, "spec.preemptionPolicy", why);
    }
    Ok(())
}
