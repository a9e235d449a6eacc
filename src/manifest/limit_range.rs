//! The LimitRanges that stand before a Pod in its text: what they give its containers, and what they refuse
//! (`plugin/pkg/admission/limitranger`).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, Pod, PodSpec};

use super::companions::{amounts, namespace_of};
use crate::kube::quantity::Quantity;
use crate::kube::resources::{Amounts, aggregate_limits, aggregate_requests, amount};
use crate::order::IntoMap;
use crate::yaml::NodeRef;

/// A LimitRange, defaults filled in.
pub struct LimitRange {
    pub namespace: String,
    items: Vec<Item>,
}

/// One of `spec.limits`.
struct Item {
    /// `Container` or `Pod`.
    kind: String,
    default: Amounts,
    default_request: Amounts,
    min: Amounts,
    max: Amounts,
    max_ratio: Amounts,
}

impl LimitRange {
    pub fn read(root: NodeRef) -> LimitRange {
        let limits = root.get("spec").and_then(|spec| spec.get("limits"));
        let items = limits.into_iter().flat_map(NodeRef::items).map(Item::read).collect();
        LimitRange { namespace: namespace_of(root), items }
    }

    /// How many amounts it names.
    pub fn size(&self) -> usize {
        let of = |i: &Item| [&i.default, &i.default_request, &i.min, &i.max, &i.max_ratio].map(|list| list.len() + 1);
        self.items.iter().flat_map(of).sum()
    }

    /// Gives the containers what they do not set, and says so in an annotation (`PodMutateLimitFunc`).
    pub fn give(&self, pod: &mut Pod) {
        let Some(spec) = &mut pod.spec else { return };
        let (mut limits, mut requests) = (Amounts::new(), Amounts::new());
        for item in self.items.iter().filter(|item| item.kind == "Container") {
            limits.extend(item.default.clone());
            requests.extend(item.default_request.clone());
        }
        let mut given: Vec<String> = Vec::new();
        let containers = spec.containers.iter_mut().map(|c| ("container", c));
        let inits = spec.init_containers.iter_mut().flatten().map(|c| ("init container", c));
        for (what, container) in containers.chain(inits) {
            let resources = container.resources.get_or_insert_default();
            for (list, defaults, which) in
                [(&mut resources.requests, &requests, "request"), (&mut resources.limits, &limits, "limit")]
            {
                let names = add_missing(list, defaults);
                if !names.is_empty() {
                    given.push(format!("{} {which} for {what} {}", names.join(", "), container.name));
                }
            }
        }
        if !given.is_empty() {
            let said = format!("LimitRanger plugin set: {}", given.join("; "));
            pod.metadata.annotations.get_or_insert_default().insert("kubernetes.io/limit-ranger".into(), said);
        }
    }

    /// What it refuses a Pod for (`PodValidateLimitFunc`).
    pub fn refusal(&self, spec: &PodSpec) -> Option<String> {
        let inits = || spec.init_containers.iter().flatten();
        let mut errors: Vec<String> = Vec::new();
        for item in &self.items {
            let subjects: Vec<Subject> = match item.kind.as_str() {
                "Container" => spec.containers.iter().chain(inits()).map(Subject::container).collect(),
                "Pod" => vec![Subject { requests: aggregate_requests(spec), limits: aggregate_limits(spec) }],
                _ => Vec::new(),
            };
            for error in subjects.iter().flat_map(|subject| item.errors(subject)) {
                if !errors.contains(&error) {
                    errors.push(error);
                }
            }
        }
        match errors.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            all => Some(format!("[{}]", all.join(", "))),
        }
    }
}

/// Adds what is not there, and tells its names.
fn add_missing(there: &mut Option<Amounts>, defaults: &Amounts) -> Vec<String> {
    let missing = |name: &String| there.as_ref().is_none_or(|there| !there.contains_key(name));
    let new: Amounts =
        defaults.iter().filter(|(name, _)| missing(name)).map(|(k, q)| (k.clone(), q.clone())).into_map();
    let names = new.keys().cloned().collect();
    if !new.is_empty() {
        there.get_or_insert_default().extend(new);
    }
    names
}

/// Holds the request and the limit of a resource against what one of the lists says of it.
type Check<'c> = &'c dyn Fn(&str, Quantity, [Option<Quantity>; 2]) -> Option<String>;

/// What constraints are held against: a container, or the Pod as a whole.
struct Subject {
    requests: BTreeMap<String, Quantity>,
    limits: BTreeMap<String, Quantity>,
}

impl Subject {
    fn container(container: &Container) -> Subject {
        let resources = container.resources.as_ref();
        let read = |list: Option<&Amounts>| list.into_iter().flatten().map(|(k, q)| (k.clone(), amount(q))).into_map();
        Subject {
            requests: read(resources.and_then(|r| r.requests.as_ref())),
            limits: read(resources.and_then(|r| r.limits.as_ref())),
        }
    }
}

impl Item {
    /// A limit that is not given is the maximum, a request the limit that is given, else the minimum (`SetDefaults_LimitRangeItem`).
    fn read(node: NodeRef) -> Item {
        let of = |field: &str| amounts(node.get(field));
        let kind = node.get("type").and_then(|n| n.as_str()).unwrap_or_default().to_string();
        let (min, max) = (of("min"), of("max"));
        let (mut limits, mut requests) = (Some(of("default")), Some(of("defaultRequest")));
        add_missing(&mut limits, &max);
        let default = limits.unwrap_or_default();
        add_missing(&mut requests, &default);
        add_missing(&mut requests, &min);
        let default_request = requests.unwrap_or_default();
        Item { kind, default, default_request, min, max, max_ratio: of("maxLimitRequestRatio") }
    }

    fn errors(&self, subject: &Subject) -> Vec<String> {
        let kind = &self.kind;
        let checked = |list: &Amounts, check: Check| {
            let of = |name: &str| [subject.requests.get(name).copied(), subject.limits.get(name).copied()];
            list.iter().filter_map(|(name, bound)| check(name, amount(bound), of(name))).collect::<Vec<_>>()
        };
        let mut errors = checked(&self.min, &|name, min, [request, limit]| {
            let why = below(min, request, limit)?;
            Some(format!("minimum {name} usage per {kind} is {min}{why}"))
        });
        errors.extend(checked(&self.max, &|name, max, [request, limit]| {
            let why = above(max, request, limit)?;
            Some(format!("maximum {name} usage per {kind} is {max}{why}"))
        }));
        errors.extend(checked(&self.max_ratio, &|name, max, [request, limit]| {
            let why = beyond_ratio(max, request, limit)?;
            Some(format!("{name} max limit to request ratio per {kind} is {max}, but {why}"))
        }));
        errors
    }
}

/// `minConstraint`
fn below(min: Quantity, request: Option<Quantity>, limit: Option<Quantity>) -> Option<String> {
    match (request, limit) {
        (None, _) => Some(".  No request is specified".into()),
        (Some(request), _) if request < min => Some(format!(", but request is {request}")),
        (_, Some(limit)) if limit < min => Some(format!(", but limit is {limit}")),
        _ => None,
    }
}

/// `maxConstraint`
fn above(max: Quantity, request: Option<Quantity>, limit: Option<Quantity>) -> Option<String> {
    match (request, limit) {
        (_, None) => Some(".  No limit is specified".into()),
        (_, Some(limit)) if limit > max => Some(format!(", but limit is {limit}")),
        (Some(request), _) if request > max => Some(format!(", but request is {request}")),
        _ => None,
    }
}

/// `limitRequestRatioConstraint`
fn beyond_ratio(max: Quantity, request: Option<Quantity>, limit: Option<Quantity>) -> Option<String> {
    let Some(request) = request.filter(|q| !q.is_zero()) else {
        return Some("no request is specified or request is 0".into());
    };
    let Some(limit) = limit.filter(|q| !q.is_zero()) else { return Some("no limit is specified or limit is 0".into()) };
    let ratio = limit.milli_value() as f64 / request.milli_value() as f64;
    (ratio * 1000.0 > max.milli_value() as f64).then(|| format!("provided ratio is {ratio:.6}"))
}
