//! The world around the Pod as the scenario describes it, and the assumptions that fill its silence.
//!
//! Services, objects and images come and go at set moments. Whatever is asked for and not described is assumed, and each
//! assumption is noted once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use crate::kube::image;
use crate::kube::quantity::Quantity;
use crate::order::Order;
use crate::scenario::{Image, Moment, Node, Object, PullError, Scenario, Service};
use crate::shell::{Connection, Door, Host, HttpAnswer, ObjectView};
use crate::time::Millis;
use crate::trace::{Assumption, WorldKind, WorldTrace};

use super::affinity;
use super::links::{self, Links};
use super::net_files::{self, NetFiles};
use super::node;
use super::spec::{Idx, Spec, hex_digits};

/// What the Pod can find out there.
pub struct World {
    pub node_name: String,
    pub node_ip: Rc<str>,
    /// Names are asked of the cluster; else services have none here.
    cluster_dns: bool,
    namespace: Rc<str>,
    services: Vec<Service>,
    images: Vec<Image>,
    objects: Vec<Object>,
    /// The node's, with those that every node has.
    pub node_labels: BTreeMap<String, String>,
    allocatable: BTreeMap<String, String>,
    /// A Pod that this one wants to be near to is assumed to be on the node.
    pub in_company: bool,
    noted: RefCell<Noted>,
}

/// An image as statuses name it.
#[derive(Clone)]
pub struct ImageNames {
    pub name: Rc<str>,
    pub id: Rc<str>,
}

/// What was found out while the Pod ran.
#[derive(Default)]
struct Noted {
    /// By the spec's name, and whether it was pulled.
    image_names: BTreeMap<(Rc<str>, bool), ImageNames>,
    assumptions: BTreeSet<Assumption>,
    /// Assumptions in the order in which they were made.
    order: Vec<Assumption>,
    /// Services that were asked for, in the order in which they were first; with the moment from which one that nobody declared
    /// is assumed to be there.
    asked: Vec<(String, Option<Millis>)>,
    bounds: Vec<(Millis, Idx, String)>,
    /// The ports on which each container listens, and the way to what it serves there.
    local: Vec<(BTreeSet<u16>, Door)>,
    net_files: Option<NetFiles>,
    /// The variables that tell of services, and of which.
    links: Option<(Vec<usize>, Links)>,
}

/// Where a scenario describes the node.
const NODE: &str = "spec.cluster.node";

/// A service that nobody declared appears this long after the Pod was created, the next that is asked for this much later. One
/// that is declared has its turn too: to write down what was assumed changes nothing else.
const ASSUMED_SERVICE: Millis = Millis(10_000);

/// What the ConfigMap `kube-root-ca.crt` holds, which every namespace has.
pub const ROOT_CA: [(&str, &str); 1] = [("ca.crt", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")];

fn is_root_ca(kind: &str, name: &str) -> bool {
    kind == "ConfigMap" && name == "kube-root-ca.crt"
}

impl World {
    /// The one node is called as the scenario says, else as the Pod wants it.
    pub fn new(scenario: &Scenario, spec: &Spec, pod: &Pod) -> World {
        let node = &scenario.cluster.node;
        let name = node.name.as_ref().or(spec.node_name.as_ref()).cloned().unwrap_or_else(|| "node1".into());
        let mut world = World {
            node_labels: node::labels_of_any(&name),
            node_name: name,
            node_ip: "192.168.1.10".into(),
            namespace: spec.namespace.clone(),
            services: scenario.services.clone(),
            images: scenario.images.clone(),
            objects: scenario.objects.clone(),
            allocatable: node.allocatable.clone(),
            in_company: false,
            cluster_dns: pod.spec.as_ref().is_none_or(net_files::asks_cluster),
            noted: RefCell::default(),
        };
        if let Some(wanted) = spec.node_name.as_ref().filter(|_| node.name.is_none()) {
            world.assume(&format!("node {wanted}"), "exists", NODE);
        }
        if *node == Node::default() {
            world.suit_node(pod);
        }
        world.node_labels.extend(node.labels.clone());
        world
    }

    /// The node of which nothing is said is one that the Pod was made for.
    fn suit_node(&mut self, pod: &Pod) {
        let about = format!("node {}", self.node_name);
        for (key, value) in node::selected_labels(pod) {
            if !self.node_labels.contains_key(&key) {
                self.assume(&about, &format!("has the label {key}={value}"), NODE);
                self.node_labels.insert(key, value);
            }
        }
        for (name, amount) in node::wanted(pod, |name| self.allocatable(name)) {
            self.assume(&about, &format!("has {amount} of {name}"), NODE);
            self.allocatable.insert(name, amount);
        }
        let lonely = affinity::lonely(pod, &self.pods(None));
        for selector in lonely.iter().filter_map(|term| term.label_selector.as_ref()) {
            self.assume(&about, &format!("has a Pod with {}", affinity::written(selector)), NODE);
        }
        self.in_company = !lonely.is_empty();
    }

    /// The labels of the other Pods of the namespace, as far as they are known: those that are there at a moment, or all.
    pub fn pods(&self, at: Option<Millis>) -> Vec<&BTreeMap<String, String>> {
        let pods = self.objects.iter().filter(|o| o.kind == "Pod" && at.is_none_or(|at| o.is_there(at)));
        pods.map(|o| &o.labels).collect()
    }

    /// Notes an assumption, once.
    pub fn assume(&self, about: &str, assumed: &str, path: &str) {
        let assumption = Assumption { about: about.into(), assumed: assumed.into(), path: path.into() };
        let mut noted = self.noted.borrow_mut();
        if noted.assumptions.insert(assumption.clone()) {
            noted.order.push(assumption);
        }
    }

    pub fn assumptions(&self) -> Vec<Assumption> {
        self.noted.borrow().order.clone()
    }

    /// The bounds of the interpreter that containers have reached since the last call.
    pub fn take_bounds(&self) -> Vec<(Millis, Idx, String)> {
        std::mem::take(&mut self.noted.borrow_mut().bounds)
    }

    /// What the node has of a resource.
    pub fn allocatable(&self, name: &str) -> Quantity {
        let default = match name {
            "cpu" => "2",
            "memory" => "24Gi",
            "pods" => "110",
            "ephemeral-storage" => "100Gi",
            _ => "0",
        };
        Quantity::read(self.allocatable.get(name).map_or(default, String::as_str))
    }

    /// The first description whose name or glob matches.
    pub fn image(&self, image: &str) -> Option<&Image> {
        let short = image.strip_suffix(":latest").unwrap_or(image);
        self.images.iter().find(|i| glob(&i.name, image) || glob(&i.name, short))
    }

    pub fn image_on_node(&self, image: &str) -> bool {
        self.image(image).is_some_and(|i| i.on_node)
    }

    /// Why a pull at this moment fails.
    pub fn pull_error(&self, image: &str, now: Millis) -> Option<PullError> {
        let Some(known) = self.image(image) else {
            let absent = crate::kube::image::says_it_is_missing(image);
            if absent {
                self.assume(&format!("image {image}"), "does not exist", "spec.images");
            }
            return absent.then_some(PullError::NotFound);
        };
        if known.unavailable_at.is_some_and(|t| now >= t) {
            return Some(PullError::NotFound);
        }
        known.pull.error.filter(|_| known.available_at.is_none_or(|t| now < t))
    }

    /// What the status calls `image` and `imageID`: an image that was put on the node has an id only, one that was pulled a digest.
    pub fn image_names(&self, image: &Rc<str>, pulled: bool) -> ImageNames {
        let names = |image: &str| {
            let reference = image::full_reference(image);
            let digest = hex_digits(&reference, 64);
            let repository = reference.rsplit_once(':').map_or(reference.as_str(), |(name, _)| name);
            let id = if pulled { format!("{repository}@sha256:{digest}") } else { format!("sha256:{digest}") };
            ImageNames { name: reference.into(), id: id.into() }
        };
        let mut noted = self.noted.borrow_mut();
        noted.image_names.entry((image.clone(), pulled)).or_insert_with(|| names(image)).clone()
    }

    /// The data of a Secret or ConfigMap if it is there now. One that the scenario does not name is assumed to be there.
    pub fn object_data(&self, kind: &str, name: &str, now: Millis) -> Option<BTreeMap<String, String>> {
        match self.find_object(kind, name) {
            Some(object) => object.is_there(now).then(|| object.data.clone()),
            None if is_root_ca(kind, name) => {
                Some(ROOT_CA.iter().map(|&(key, text)| (key.into(), text.into())).collect())
            }
            None => {
                self.assume(&format!("{kind} {name}"), "exists", "spec.objects");
                Some(BTreeMap::new())
            }
        }
    }

    /// Whether an object is only assumed to exist.
    pub fn is_assumed(&self, kind: &str, name: &str) -> bool {
        self.find_object(kind, name).is_none() && !is_root_ca(kind, name)
    }

    pub fn find_object(&self, kind: &str, name: &str) -> Option<&Object> {
        self.objects.iter().find(|o| o.kind.eq_ignore_ascii_case(kind) && o.name == name)
    }

    fn service(&self, name: &str) -> Option<&Service> {
        let short = short_name(name, &self.namespace);
        let own = |s: &Service| s.name == short || s.name == name || short_name(&s.name, &self.namespace) == short;
        self.services.iter().find(|s| own(s))
    }

    /// The variables by which a container that starts now is told of services: those of its namespace that are there. `all`:
    /// `enableServiceLinks` is not off. They are made anew only when the services are others.
    pub fn service_links(&self, now: Millis, all: bool) -> Links {
        let name = |s: &Service| short_name(&s.name, &self.namespace);
        let told = |s: &Service| all && service_is_there(s, now) && !name(s).contains('.');
        let of: Vec<usize> = (0..self.services.len()).filter(|&i| told(&self.services[i])).collect();
        let mut noted = self.noted.borrow_mut();
        match &noted.links {
            Some((known, links)) if *known == of => links.clone(),
            _ => {
                let services = of.iter().map(|&i| &self.services[i]);
                let links = links::links(services.map(|s| (name(s), s.ports.as_slice())));
                noted.links = Some((of, links.clone()));
                links
            }
        }
    }

    /// Whether a name resolves now. A name that nobody declared appears ten seconds after the one before it.
    pub fn resolves(&self, now: Millis, name: &str) -> bool {
        if matches!(name, "localhost") || name.parse::<std::net::IpAddr>().is_ok() {
            return true;
        }
        if is_cluster_dns(name) {
            return self.cluster_dns;
        }
        if !self.cluster_dns && !is_public(name) {
            return false;
        }
        let declared = self.service(name);
        let assumed = self.asked_for(name, declared.is_some());
        declared.map_or(now >= assumed, |service| service_is_there(service, now))
    }

    /// Notes that a service is asked for; from when it is there if that has to be assumed.
    fn asked_for(&self, name: &str, declared: bool) -> Millis {
        let short = short_name(name, &self.namespace);
        let known = self.noted.borrow().asked.iter().position(|(n, _)| *n == short);
        let place = known.unwrap_or_else(|| self.noted.borrow().asked.len());
        if !declared && is_public(&short) {
            self.assume(&format!("host {short}"), "exists", "spec.services");
            return Millis::ZERO;
        }
        let at = Millis(ASSUMED_SERVICE.0 * (place as u64 + 1));
        if known.is_none() {
            let assumed = format!("available at {}", crate::time::go_duration(at));
            if !declared {
                self.assume(&format!("service {short}"), &assumed, "spec.services");
            }
            self.noted.borrow_mut().asked.push((short, (!declared).then_some(at)));
        }
        at
    }

    /// What a connection to a port of a name meets.
    pub fn connection(&self, now: Millis, name: &str, port: u16) -> Connection {
        if !self.resolves(now, name) {
            return Connection::NoSuchHost;
        }
        match self.service(name) {
            Some(service) if !service.ports.is_empty() && !service.ports.contains(&port) => Connection::Refused,
            _ => Connection::Open,
        }
    }

    pub fn http_answer(&self, now: Millis, host: &str, port: u16) -> HttpAnswer {
        match self.connection(now, host, port) {
            Connection::Open => HttpAnswer::Status(200),
            Connection::Timeout | Connection::Refused | Connection::NoSuchHost => HttpAnswer::Refused,
        }
    }

    /// The files by which a container finds others: `/etc/hosts` and `/etc/resolv.conf`. All of the Pod's have the same.
    pub fn net_files(&self, spec: &PodSpec, ip: &Rc<str>, hostname: &str) -> (Rc<str>, Rc<str>) {
        let mut noted = self.noted.borrow_mut();
        let known = noted.net_files.take().filter(|files| files.ip == *ip);
        let write = || NetFiles::new(spec, &self.namespace, ip, hostname);
        let files = noted.net_files.insert(known.unwrap_or_else(write));
        (files.hosts.clone(), files.resolv.clone())
    }

    /// Notes on which ports a container listens now: the others of the Pod reach them as localhost.
    pub fn set_local_ports(&self, idx: Idx, ports: BTreeSet<u16>, door: Door) {
        let mut noted = self.noted.borrow_mut();
        if noted.local.len() <= idx {
            noted.local.resize(idx + 1, Default::default());
        }
        noted.local[idx] = (ports, door);
    }

    /// What was there when, as far as the scenario or an assumption says.
    pub fn history(&self, horizon: Millis) -> Vec<WorldTrace> {
        let span = |from: Millis, to: Option<Millis>| vec![(from, to.filter(|t| *t <= horizon))];
        let noted = self.noted.borrow();
        let place = |name: &str| noted.asked.iter().position(|(n, _)| n == name).unwrap_or(usize::MAX);
        let declared = self.services.iter().map(|s| WorldTrace {
            kind: WorldKind::Service,
            name: s.name.clone(),
            present: span(s.available_at.unwrap_or_default(), s.unavailable_at),
        });
        let assumed = noted.asked.iter().filter_map(|(name, at)| {
            Some(WorldTrace { kind: WorldKind::Service, name: name.clone(), present: span((*at)?, None) })
        });
        // In the order in which they are asked for, whoever said that they exist.
        let mut services: Vec<WorldTrace> = declared.chain(assumed).collect();
        services.order_by_key(|s| place(&short_name(&s.name, &self.namespace)));
        let objects = self.objects.iter().map(|o| WorldTrace {
            kind: WorldKind::Object,
            name: format!("{}/{}", o.kind, o.name),
            present: match o.created_at {
                Moment::At(at) => span(at, o.deleted_at),
                Moment::Never => Vec::new(),
            },
        });
        let timed = |i: &&Image| i.pull.error.is_some() || i.available_at.is_some() || i.unavailable_at.is_some();
        let images = self.images.iter().filter(timed).map(|i| WorldTrace {
            kind: WorldKind::Image,
            name: i.name.clone(),
            present: match (i.available_at, i.pull.error) {
                (None, Some(_)) => Vec::new(),
                (at, _) => span(at.unwrap_or_default(), i.unavailable_at),
            },
        });
        services.into_iter().chain(objects).chain(images).collect()
    }

    /// The moments at which something appears or vanishes by the scenario, asked for before the run.
    pub fn changes(&self) -> Vec<(Millis, WorldKind, String, bool)> {
        // A claim that is bound is as good as one that appears.
        let bound = self.objects.iter().filter_map(|o| match o.bound_at {
            Some(Moment::At(at)) if at > Millis::ZERO => {
                Some((at, WorldKind::Object, format!("{}/{}", o.kind, o.name), true))
            }
            _ => None,
        });
        let mut list: Vec<_> = bound.collect();
        for world in self.history(Millis::NEVER) {
            for (from, to) in world.present {
                if from > Millis::ZERO {
                    list.push((from, world.kind, world.name.clone(), true));
                }
                list.extend(to.map(|t| (t, world.kind, world.name.clone(), false)));
            }
        }
        list
    }
}

/// The world as the scripts of one container see it.
pub struct PodHost {
    pub world: Rc<World>,
    pub container: Idx,
}

impl Host for PodHost {
    fn resolve(&self, now: Millis, name: &str) -> Option<String> {
        self.world.resolves(now, name).then(|| service_ip(&short_name(name, &self.world.namespace)))
    }

    fn connect(&self, now: Millis, host: &str, port: u16) -> Connection {
        self.world.connection(now, host, port)
    }

    fn object(&self, now: Millis, kind: &str, name: &str) -> Option<ObjectView> {
        match self.world.find_object(kind, name) {
            Some(object) => object.is_there(now).then(|| ObjectView {
                ready: object.ready_at.is_none_or(|m| m.is_reached(now)),
                data: object.data.clone().into_iter().collect(),
            }),
            None => {
                self.world.assume(&format!("{kind} {name}"), "exists and is ready", "spec.objects");
                Some(ObjectView { ready: true, data: Vec::new() })
            }
        }
    }

    fn local_port(&self, _now: Millis, port: u16) -> bool {
        self.world.noted.borrow().local.iter().any(|(ports, _)| ports.contains(&port))
    }

    fn local_page(&self, _now: Millis, port: u16, path: &str) -> Option<Result<Vec<u8>, u16>> {
        let noted = self.world.noted.borrow();
        noted.local.iter().find(|(ports, _)| ports.contains(&port)).and_then(|(_, door)| door.page(port, path))
    }

    fn assume(&self, about: &str, assumed: &str) {
        self.world.assume(about, assumed, "spec.containers");
    }

    fn bound(&self, now: Millis, what: &str) {
        self.world.noted.borrow_mut().bounds.push((now, self.container, what.into()));
    }
}

fn service_is_there(service: &Service, now: Millis) -> bool {
    service.available_at.is_none_or(|t| now >= t) && service.unavailable_at.is_none_or(|t| now < t)
}

/// `myservice` for `myservice.NS.svc.cluster.local.` and for every shorter form; names of other namespaces keep theirs.
fn short_name(name: &str, namespace: &str) -> String {
    let name = name.trim_end_matches('.');
    let name = name.strip_suffix(".cluster.local").unwrap_or(name);
    let name = name.strip_suffix(".svc").unwrap_or(name);
    name.strip_suffix(&format!(".{namespace}")).unwrap_or(name).to_string()
}

/// Whether a name is one of the Internet: it was there before the Pod. A namespace is no such last part; of two parts, a country may be.
fn is_public(name: &str) -> bool {
    const ENDS: [&str; 6] = ["com", "org", "net", "io", "edu", "gov"];
    let country = |end: &str| end.len() == 2 && name.matches('.').count() > 1;
    name.rsplit_once('.').is_some_and(|(_, end)| ENDS.contains(&end) || country(end))
}

/// Names that every cluster has.
fn is_cluster_dns(name: &str) -> bool {
    let bare = name.trim_end_matches('.').trim_end_matches(".cluster.local").trim_end_matches(".svc");
    matches!(bare, "kubernetes" | "kubernetes.default" | "kube-dns.kube-system")
}

/// An address of the service range that depends on the name alone; those of the cluster's own services are known.
pub fn service_ip(name: &str) -> String {
    match name.trim_end_matches(".default") {
        "kubernetes" => return "10.96.0.1".into(),
        "kube-dns.kube-system" => return net_files::CLUSTER.0.into(),
        _ => {}
    }
    let byte = |i: usize| u8::from_str_radix(&hex_digits(name, 4)[i..i + 2], 16).unwrap_or(1);
    format!("10.96.{}.{}", byte(0), byte(2).clamp(1, 254))
}

/// Whether a text matches a pattern in which `*` stands for anything.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_with_stars() {
        for (pattern, text, expected) in [
            ("nginx", "nginx", true),
            ("nginx", "nginx:1", false),
            ("nginx*", "nginx:1", true),
            ("*/app:*", "reg.io/app:2", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxc", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn service_names_have_long_forms() {
        for name in
            ["db", "db.default", "db.default.svc", "db.default.svc.cluster.local", "db.default.svc.cluster.local."]
        {
            assert_eq!(short_name(name, "default"), "db");
        }
        assert_eq!(short_name("db.other.svc.cluster.local", "default"), "db.other");
    }
}
