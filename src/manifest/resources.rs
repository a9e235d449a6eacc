//! Resource arithmetic: what the containers of a Pod ask for together, and the quality-of-service class that follows.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::quantity::Quantity;

/// Amounts by resource name, as in the API.
pub type Amounts = BTreeMap<String, ApiQuantity>;
type Sums = BTreeMap<String, Quantity>;

/// An amount of the API as a number. Amounts in a decoded Pod are valid.
pub fn amount(q: &ApiQuantity) -> Quantity {
    Quantity::parse(&q.0).unwrap_or(Quantity::ZERO)
}

/// What may be asked for by a Pod as a whole.
pub fn is_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || is_huge_page(name)
}

pub fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Whether an init container runs beside the main ones.
pub fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

/// The requests of all containers together: main containers and sidecars run at once, the other init containers one by one.
pub fn aggregate_requests(spec: &PodSpec) -> BTreeMap<String, Quantity> {
    aggregate(spec, |r| r.requests.as_ref())
}

/// The limits of all containers together.
pub fn aggregate_limits(spec: &PodSpec) -> BTreeMap<String, Quantity> {
    aggregate(spec, |r| r.limits.as_ref())
}

fn aggregate(spec: &PodSpec, pick: fn(&ResourceRequirements) -> Option<&Amounts>) -> Sums {
    let of = |c: &Container| -> Sums {
        let amounts = c.resources.as_ref().and_then(pick);
        amounts.into_iter().flatten().map(|(k, q)| (k.clone(), amount(q))).collect()
    };
    let add = |sum: &mut Sums, more: &Sums| {
        for (name, q) in more {
            let total = sum.get(name).map_or(*q, |s| s.plus(*q));
            sum.insert(name.clone(), total);
        }
    };
    let mut together = Sums::new();
    for container in &spec.containers {
        add(&mut together, &of(container));
    }
    let (mut sidecars, mut highest) = (Sums::new(), Sums::new());
    for container in spec.init_containers.iter().flatten() {
        let mut now = of(container);
        if is_sidecar(container) {
            add(&mut together, &now);
            add(&mut sidecars, &now);
            now = sidecars.clone();
        } else {
            add(&mut now, &sidecars);
        }
        raise(&mut highest, &now);
    }
    raise(&mut together, &highest);
    together
}

/// The larger of both, name by name.
fn raise(sum: &mut Sums, other: &Sums) {
    for (name, q) in other {
        if sum.get(name).is_none_or(|s| s < q) {
            sum.insert(name.clone(), *q);
        }
    }
}

/// `Guaranteed`, `Burstable` or `BestEffort`.
pub fn qos_class(spec: Option<&PodSpec>) -> &'static str {
    let Some(spec) = spec else { return "BestEffort" };
    let all: Vec<&ResourceRequirements> = match &spec.resources {
        Some(of_pod) if of_pod.limits.is_some() || of_pod.requests.is_some() => vec![of_pod],
        _ => {
            spec.init_containers.iter().flatten().chain(&spec.containers).filter_map(|c| c.resources.as_ref()).collect()
        }
    };
    let get = |amounts: &Option<Amounts>, name: &str| {
        amounts.as_ref().and_then(|a| a.get(name)).map(amount).filter(|q| !q.is_zero())
    };
    let mut guaranteed = true;
    let mut any = false;
    for r in &all {
        for name in ["cpu", "memory"] {
            let (limit, request) = (get(&r.limits, name), get(&r.requests, name));
            any |= limit.is_some() || request.is_some();
            guaranteed &= limit.is_some() && request.partial_cmp(&limit) == Some(std::cmp::Ordering::Equal);
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}
