//! Rules on resources: names, amounts, requests against limits, containers against their Pod.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::{Errors, Json, names};
use crate::kube::is_sidecar;
use crate::kube::quantity::Quantity;
use crate::kube::resources::{Amounts, aggregate_limits, aggregate_requests, amount, is_huge_page, is_pod_level};

/// Names without a prefix that mean something somewhere.
const STANDARD: [&str; 20] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "persistentvolumeclaims",
    "configmaps",
    "services.nodeports",
    "services.loadbalancers",
    "storage",
    "requests.storage",
];
const NOT_NEGATIVE: &str = "must be greater than or equal to 0";

fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) || is_huge_page(name.strip_prefix("requests.").unwrap_or(name))
}

/// Kubernetes' own: without a prefix, or with one of its domain.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// A device or the like: of somebody else's domain, and also in a quota a good name (`IsExtendedResourceName`).
fn is_extended(name: &str) -> bool {
    !is_native(name) && !name.starts_with("requests.") && names::qualified(&format!("requests.{name}")).is_empty()
}

/// A request may be less than the limit.
fn may_overcommit(name: &str) -> bool {
    is_native(name) && !is_huge_page(name)
}

pub fn of_container(c: &Container, spec: &PodSpec, path: &str, errors: &mut Errors) {
    let Some(resources) = c.resources.as_ref().filter(|r| **r != ResourceRequirements::default()) else { return };
    let path = format!("{path}.resources");
    amounts(resources, &path, container_name, errors);
    claims(resources, spec, &path, errors);
}

/// Huge pages come in whole pages.
fn whole_pages(name: &str, q: &ApiQuantity, path: &str, errors: &mut Errors) {
    let Some(page) = name.strip_prefix("hugepages-") else { return };
    let page = Quantity::parse(page).ok().filter(|p| p.is_integer() && p.value() > 0);
    if page.is_none_or(|page| amount(q).value() % page.value() != 0) {
        let detail = format!("{} is not positive integer multiple of {name}", q.0);
        errors.invalid(path, q.0.as_str(), &detail);
    }
}

/// Limits, requests, and each request against its limit.
fn amounts(r: &ResourceRequirements, path: &str, check_name: fn(&str, &str, &mut Errors), errors: &mut Errors) {
    let (limits_path, requests_path) = (format!("{path}.limits"), format!("{path}.requests"));
    for (name, limit) in r.limits.iter().flatten() {
        let path = format!("{limits_path}[{name}]");
        check_name(name, &path, errors);
        check_amount(name, limit, &path, errors);
        whole_pages(name, limit, &path, errors);
    }
    for (name, request) in r.requests.iter().flatten() {
        let path = format!("{requests_path}[{name}]");
        check_name(name, &path, errors);
        check_amount(name, request, &path, errors);
        match r.limits.as_ref().and_then(|l| l.get(name)) {
            Some(limit) => {
                let order = amount(request).partial_cmp(&amount(limit));
                let wanted = match order {
                    Some(Ordering::Equal) => "",
                    _ if !may_overcommit(name) => "equal to",
                    Some(Ordering::Greater) => "less than or equal to",
                    _ => "",
                };
                if !wanted.is_empty() {
                    let detail = format!("must be {wanted} {name} limit of {}", limit.0);
                    errors.invalid(&requests_path, request.0.as_str(), &detail).at(format!("{requests_path}[{name}]"));
                }
            }
            None if !may_overcommit(name) => {
                errors.required(&limits_path, "Limit must be set for non overcommitable resources");
            }
            None => {}
        }
        whole_pages(name, request, &path, errors);
    }
    let any = |pick: fn(&str) -> bool| {
        [&r.limits, &r.requests].into_iter().flatten().flat_map(Amounts::keys).any(|name| pick(name))
    };
    if any(is_huge_page) && !any(|name| matches!(name, "cpu" | "memory")) {
        errors.forbidden(path, "HugePages require cpu or memory");
    }
}

/// Whether a name is one of a resource at all.
fn resource_name(name: &str, path: &str, errors: &mut Errors) -> bool {
    let before = errors.len();
    for error in names::qualified(name) {
        errors.invalid(path, name, &error);
    }
    if errors.len() == before && !name.contains('/') && !is_standard(name) {
        errors.invalid(path, name, "must be a standard resource type or fully qualified");
    }
    errors.len() == before
}

fn container_name(name: &str, path: &str, errors: &mut Errors) {
    resource_name(name, path, errors);
    if !name.contains('/') {
        if !matches!(name, "cpu" | "memory" | "ephemeral-storage") && !is_huge_page(name) {
            errors.invalid(path, name, "must be a standard resource for containers");
        }
    } else if !is_native(name) && !is_extended(name) {
        errors.invalid(path, name, "doesn't follow extended resource name standard");
    }
}

fn pod_name(name: &str, path: &str, errors: &mut Errors) {
    if resource_name(name, path, errors) && !is_pod_level(name) {
        errors.unsupported(path, name, &["cpu", "hugepages-", "memory"]);
    }
}

fn check_amount(name: &str, q: &ApiQuantity, path: &str, errors: &mut Errors) {
    if amount(q).is_negative() {
        errors.invalid(path, q.0.as_str(), NOT_NEGATIVE);
    }
    if is_extended(name) && amount(q).has_fraction() {
        errors.invalid(path, q.0.as_str(), "must be an integer");
    }
}

/// The Pod's own declarations of device claims.
pub fn pod_claims(spec: &PodSpec, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, claim) in spec.resource_claims.iter().flatten().enumerate() {
        let path = format!("spec.resourceClaims[{i}]");
        if claim.name.is_empty() {
            errors.required(format!("{path}.name"), "");
        } else if !seen.insert(claim.name.as_str()) {
            errors.duplicate(format!("{path}.name"), claim.name.as_str());
        } else {
            for error in names::label(&claim.name) {
                errors.invalid(format!("{path}.name"), claim.name.as_str(), &error);
            }
        }
        let sources = [&claim.resource_claim_name, &claim.resource_claim_template_name];
        let detail = match sources.map(Option::is_some) {
            [true, true] => "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
            [false, false] => "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            _ => "",
        };
        if !detail.is_empty() {
            let [name, source, template] = [super::json(&claim.name), super::json(sources[0]), super::json(sources[1])];
            let shown =
                format!(r#"{{"Name":{name},"ResourceClaimName":{source},"ResourceClaimTemplateName":{template}}}"#);
            errors.invalid(&path, Json(shown), detail);
        }
        for (field, value) in ["resourceClaimName", "resourceClaimTemplateName"].into_iter().zip(sources) {
            for error in value.iter().flat_map(|name| names::subdomain(name)) {
                errors.invalid(format!("{path}.{field}"), value.as_deref().unwrap_or(""), &error);
            }
        }
    }
}

/// Claims must be declared in the Pod.
fn claims(r: &ResourceRequirements, spec: &PodSpec, path: &str, errors: &mut Errors) {
    let Some(given) = r.claims.as_ref().filter(|c| !c.is_empty()) else { return };
    let names = spec.resource_claims.iter().flatten().map(|c| c.name.as_str());
    let declared: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    // Claims that are asked for as a whole, requests of claims, and claims of which there are requests.
    let (mut whole, mut requests, mut parted) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::<&str, usize>::new());
    for (i, claim) in given.iter().enumerate() {
        let path = format!("{path}.claims[{i}]");
        let name = claim.name.as_str();
        if name.is_empty() {
            errors.required(path, "");
            continue;
        }
        match claim.request.as_deref().filter(|r| !r.is_empty()) {
            _ if whole.contains(name) => {
                errors.duplicate(&path, name);
            }
            Some(request) => {
                for error in names::label(request) {
                    errors.invalid(format!("{path}.request"), request, &error);
                }
                if requests.insert((name, request)) {
                    *parted.entry(name).or_default() += 1;
                } else {
                    errors.duplicate(&path, format!("{name}/{request}").as_str());
                }
            }
            None => {
                for _ in 0..parted.get(name).copied().unwrap_or(0) {
                    errors.duplicate(&path, name);
                }
                whole.insert(name);
            }
        }
        if !declared.contains(name) {
            let list = if declared.is_empty() {
                " which is empty".into()
            } else {
                format!(": {}", declared.iter().copied().collect::<Vec<_>>().join(", "))
            };
            let detail = format!("must be one of the names in pod.spec.resourceClaims{list}");
            errors.not_found(&path, name, &detail);
        }
    }
}

pub fn resize_policy(c: &Container, spec: &PodSpec, path: &str, errors: &mut Errors) {
    const RESOURCES: [&str; 2] = ["cpu", "memory"];
    const POLICIES: [&str; 2] = ["NotRequired", "RestartContainer"];
    let mut seen = BTreeSet::new();
    let policies = c.resize_policy.as_deref().unwrap_or_default();
    if policies.is_empty() {
        return;
    }
    let at = format!("{path}.resizePolicy");
    for (i, policy) in policies.iter().enumerate() {
        let here = format!("{at}[{i}]");
        if !seen.insert(policy.resource_name.as_str()) {
            errors.duplicate(&here, policy.resource_name.as_str());
        }
        if policy.resource_name.is_empty() {
            errors.required(&at, "").at(&here);
        } else if !RESOURCES.contains(&policy.resource_name.as_str()) {
            errors.unsupported(&at, &policy.resource_name, &RESOURCES).at(format!("{here}.resourceName"));
        }
        let restart = policy.restart_policy.as_str();
        if restart.is_empty() {
            errors.required(&at, "").at(&here);
        } else if !POLICIES.contains(&restart) {
            errors.unsupported(&at, restart, &POLICIES).at(format!("{here}.restartPolicy"));
        }
        if spec.restart_policy.as_deref() == Some("Never") && restart != "NotRequired" {
            let detail = "must be 'NotRequired' when `restartPolicy` is 'Never'";
            errors.invalid(&at, restart, detail).at(format!("{here}.restartPolicy"));
        }
        if path.starts_with("spec.initContainers") && !is_sidecar(c) && restart == "RestartContainer" {
            let detail = "must not be set to 'RestartContainer' for non-sidecar initContainers";
            errors.invalid(format!("{here}.restartPolicy"), restart, detail);
        }
    }
}

/// The Pod's own resources against those of its containers.
pub fn of_pod(spec: &PodSpec, errors: &mut Errors) {
    let Some(resources) = &spec.resources else { return };
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        errors.forbidden("spec.resources", "may not be set for a windows pod");
        return;
    }
    if resources.claims.is_some() {
        errors.forbidden("spec.resources.claims", "claims may not be set for Resources at pod-level");
    }
    claims(resources, spec, "spec.resources", errors);
    amounts(resources, "spec.resources", pod_name, errors);
    let aggregate = aggregate_requests(spec);
    for (name, request) in resources.requests.iter().flatten() {
        if let Some(sum) = aggregate.get(name).filter(|sum| amount(request) < **sum) {
            let detail = format!("must be greater than or equal to aggregate container requests of {sum}");
            errors.invalid(format!("spec.resources.requests[{name}]"), request.0.as_str(), &detail);
        }
    }
    let of_pod = |name: &str| resources.limits.as_ref().and_then(|l| l.get(name));
    for (name, sum) in aggregate_limits(spec).iter().filter(|(name, _)| is_huge_page(name)) {
        if let Some(most) = of_pod(name).filter(|most| *sum > amount(most)) {
            let detail = format!("must be greater than or equal to aggregate container limits of {sum}");
            errors.invalid(format!("spec.resources.limits[{name}]"), most.0.as_str(), &detail);
        }
    }
    for (i, container) in spec.containers.iter().enumerate() {
        for (name, limit) in container.resources.iter().filter_map(|r| r.limits.as_ref()).flatten() {
            if let Some(most) = of_pod(name).filter(|most| amount(limit) > amount(most)) {
                let detail = format!("must be less than or equal to pod limits of {}", most.0);
                let path = format!("spec.resources.containers[{i}][{name}].limits");
                let at = format!("spec.containers[{i}].resources.limits[{name}]");
                errors.invalid(path, limit.0.as_str(), &detail).at(at);
            }
        }
    }
}

/// What the Pod costs beyond its containers.
pub fn overhead(spec: &PodSpec, errors: &mut Errors) {
    for (name, q) in spec.overhead.iter().flatten() {
        let path = format!("spec.overhead[{name}]");
        container_name(name, &path, errors);
        check_amount(name, q, &path, errors);
    }
}
