//! Resource arithmetic: what the containers of a Pod ask for together, and the quality-of-service class that follows.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::is_sidecar;
use super::quantity::Quantity;
use crate::order::IntoMap;

/// Amounts by resource name, as in the API.
pub type Amounts = BTreeMap<String, ApiQuantity>;
type Sums = BTreeMap<String, Quantity>;

/// An amount of the API as a number. Amounts in a decoded Pod are valid.
pub fn amount(q: &ApiQuantity) -> Quantity {
    Quantity::read(&q.0)
}

/// What may be asked for by a Pod as a whole.
pub fn is_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || is_huge_page(name)
}

pub fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// The requests of all containers together: main containers and sidecars run at once, the other init containers one by one.
pub fn aggregate_requests(spec: &PodSpec) -> BTreeMap<String, Quantity> {
    aggregate(spec, |r| r.requests.as_ref())
}

/// The limits of all containers together.
pub fn aggregate_limits(spec: &PodSpec) -> BTreeMap<String, Quantity> {
    aggregate(spec, |r| r.limits.as_ref())
}

/// What the scheduler and the kubelet set aside for the Pod: what it asks for as a whole, else its containers together, and its overhead.
pub fn effective_requests(spec: &PodSpec) -> BTreeMap<String, Quantity> {
    let mut requests = aggregate_requests(spec);
    requests.extend(read(spec.resources.as_ref().and_then(|r| r.requests.as_ref())));
    add(&mut requests, &read(spec.overhead.as_ref()));
    requests
}

/// The limits of the Pod as a whole, else of its containers together; what its overhead adds to is limited already (`PodLimits`).
pub fn effective_limits(spec: &PodSpec) -> BTreeMap<String, Quantity> {
    let mut limits = aggregate_limits(spec);
    limits.extend(read(spec.resources.as_ref().and_then(|r| r.limits.as_ref())));
    let overhead = read(spec.overhead.as_ref());
    limits.iter_mut().for_each(|(name, sum)| *sum = overhead.get(name).map_or(*sum, |more| sum.plus(*more)));
    limits
}

/// How many divisors a container's limit or request holds, rounded up, as the downward API counts: of processors in thousandths.
pub fn in_divisors(name: &str, amount: Quantity, divisor: Option<&ApiQuantity>) -> i64 {
    let (size, one) =
        if name == "cpu" { (Quantity::milli_value as fn(_) -> i64, 1000) } else { (Quantity::value as _, 1) };
    let divisor = divisor.map(|d| size(self::amount(d))).filter(|d| *d > 0).unwrap_or(one);
    let amount = size(amount);
    amount.div_euclid(divisor) + i64::from(amount.rem_euclid(divisor) != 0)
}

fn read(amounts: Option<&Amounts>) -> Sums {
    amounts.into_iter().flatten().map(|(name, q)| (name.clone(), amount(q))).into_map()
}

fn add(sum: &mut Sums, more: &Sums) {
    for (name, q) in more {
        let total = sum.get(name).map_or(*q, |s| s.plus(*q));
        sum.insert(name.clone(), total);
    }
}

fn aggregate(spec: &PodSpec, pick: fn(&ResourceRequirements) -> Option<&Amounts>) -> Sums {
    let of = |c: &Container| read(c.resources.as_ref().and_then(pick));
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

/// `Guaranteed`, `Burstable` or `BestEffort` (`ComputePodQOS`).
pub fn qos_class(spec: Option<&PodSpec>) -> &'static str {
    let Some(spec) = spec else { return "BestEffort" };
    let nothing = ResourceRequirements::default();
    let all: Vec<&ResourceRequirements> = match &spec.resources {
        Some(of_pod) if of_pod.limits.is_some() || of_pod.requests.is_some() => vec![of_pod],
        _ => {
            let containers = spec.init_containers.iter().flatten().chain(&spec.containers);
            containers.map(|c| c.resources.as_ref().unwrap_or(&nothing)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn container(policy: Option<&str>, requests: &[(&str, &str)], limits: &[(&str, &str)]) -> Container {
        let list = |l: &[(&str, &str)]| {
            (!l.is_empty()).then(|| l.iter().map(|(k, v)| (k.to_string(), ApiQuantity(v.to_string()))).collect())
        };
        let resources = ResourceRequirements { requests: list(requests), limits: list(limits), ..Default::default() };
        Container { restart_policy: policy.map(Into::into), resources: Some(resources), ..Default::default() }
    }

    fn spec(inits: Vec<Container>, containers: Vec<Container>) -> PodSpec {
        PodSpec { init_containers: Some(inits), containers, ..Default::default() }
    }

    /// `kubelet-semantics.md` 16.2: the order of a sidecar and an init container matters.
    #[test]
    fn effective_requests_of_the_table() {
        let main = || container(None, &[("cpu", "300m"), ("memory", "128Mi")], &[]);
        let init = || container(None, &[("cpu", "500m"), ("memory", "50Mi")], &[]);
        let sidecar = || container(Some("Always"), &[("cpu", "100m"), ("memory", "100Mi")], &[]);
        let cpu = |spec: &PodSpec| effective_requests(spec)["cpu"].milli_value();
        assert_eq!(cpu(&spec(vec![sidecar(), init()], vec![main()])), 600, "B");
        assert_eq!(cpu(&spec(vec![init(), sidecar()], vec![main()])), 500, "C");
        let mut with_overhead = spec(vec![], vec![main()]);
        with_overhead.overhead = Some([("cpu".to_string(), ApiQuantity("50m".into()))].into());
        assert_eq!(cpu(&with_overhead), 350);
        with_overhead.resources = container(None, &[("cpu", "2")], &[]).resources;
        assert_eq!(cpu(&with_overhead), 2050, "what the Pod asks for as a whole wins");
    }

    /// `kubelet-semantics.md` 16.3
    #[test]
    fn quality_of_service_classes_of_the_table() {
        let qos = |inits, mains| qos_class(Some(&spec(inits, mains)));
        let asking = || container(None, &[("cpu", "300m")], &[]);
        let limited = || {
            let amounts = [("cpu", "200m"), ("memory", "1Gi")];
            container(None, &amounts, &amounts)
        };
        assert_eq!(qos(vec![], vec![asking()]), "Burstable");
        assert_eq!(qos(vec![], vec![limited()]), "Guaranteed", "E");
        assert_eq!(qos(vec![Container::default()], vec![limited()]), "Burstable", "F");
        assert_eq!(qos(vec![], vec![Container::default()]), "BestEffort", "G");
    }

    #[test]
    fn the_downward_api_counts_divisors_and_rounds_up() {
        for (name, amount, divisor, expected) in [
            ("cpu", "1500m", None, 2),
            ("cpu", "1500m", Some("1m"), 1500),
            ("memory", "32Mi", None, 33_554_432),
            ("memory", "33Mi", Some("2Mi"), 17),
            ("memory", "33Mi", Some("0"), 34_603_008),
        ] {
            let divisor = divisor.map(|d: &str| ApiQuantity(d.into()));
            assert_eq!(in_divisors(name, Quantity::read(amount), divisor.as_ref()), expected, "{name} {amount}");
        }
    }
}
