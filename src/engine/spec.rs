//! The Pod as the kubelet works with it: the API object's spec with every default resolved, in the terms of the decisions to take.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::LazyLock;

use k8s_openapi::api::core::v1 as api;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::kube::image::default_pull_policy;
use crate::order::Order;
use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::ContainerKind;

use super::objects::static_command;

/// The index of a container: init containers and sidecars in spec order, then the mains in spec order.
pub type Idx = usize;

/// One Pod's spec.
#[derive(Debug)]
pub struct Spec<'p> {
    pub name: Rc<str>,
    pub namespace: Rc<str>,
    pub uid: Rc<str>,
    /// `NAME_NAMESPACE(UID)`, as messages of the kubelet name the Pod.
    pub full_name: Rc<str>,
    pub policy: Policy,
    /// `terminationGracePeriodSeconds`; a negative one counts as 1.
    pub grace_seconds: i64,
    pub deadline: Option<Millis>,
    pub containers: Vec<Container<'p>>,
    /// How many of them are init containers, sidecars included.
    pub n_inits: usize,
    /// The mains sorted by name: the order of `status.containerStatuses`.
    pub mains_by_name: Vec<Idx>,
    /// Each container's place in its list of the status.
    pub place: Vec<usize>,
    sidecars: Vec<Idx>,
    names: Names,
    /// Per container the first of the neighbours up to it that start alike: the same image, command and file of last words, no files
    /// shared. What differs beyond that is looked at when they start.
    pub alike: Vec<Idx>,
    pub readiness_gates: Vec<Rc<str>>,
    /// The node that the Pod names, past the scheduler.
    pub node_name: Option<String>,
    /// The Pod has the node's network, and its address.
    pub host_network: bool,
    pub pull_secrets: Vec<String>,
    /// Some container has a rule that restarts all containers.
    pub may_restart_all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Always,
    OnFailure,
    Never,
}

impl Policy {
    fn read(text: Option<&str>) -> Option<Policy> {
        match text? {
            "Always" => Some(Policy::Always),
            "OnFailure" => Some(Policy::OnFailure),
            "Never" => Some(Policy::Never),
            _ => None,
        }
    }
}

/// One container of the spec.
#[derive(Debug)]
pub struct Container<'p> {
    pub name: Rc<str>,
    pub kind: ContainerKind,
    /// `spec.initContainers{init-a}`: how events name it.
    pub field_path: Rc<str>,
    pub image: Rc<str>,
    pub pull_policy: PullPolicy,
    pub policy: Option<Policy>,
    pub rules: Vec<Rule>,
    pub startup: Option<Probe>,
    pub readiness: Option<Probe>,
    pub liveness: Option<Probe>,
    pub post_start: Option<Handler>,
    pub pre_stop: Option<Handler>,
    pub api: &'p api::Container,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
}

/// One of `restartPolicyRules`.
#[derive(Clone, Debug)]
pub struct Rule {
    pub restart_all: bool,
    /// `NotIn` instead of `In`.
    pub not_in: bool,
    pub codes: Vec<i32>,
}

/// A probe with its defaults (`kubelet-semantics.md` 8.1).
#[derive(Clone, Debug)]
pub struct Probe {
    pub handler: Handler,
    pub initial_delay: Millis,
    pub timeout: Millis,
    pub period: Millis,
    pub success_threshold: u32,
    pub failure_threshold: u32,
    /// In seconds; `None`: the Pod's.
    pub grace_seconds: Option<i64>,
}

/// What a probe or a hook does.
#[derive(Clone, Debug, PartialEq)]
pub enum Handler {
    Exec(Vec<String>),
    Http {
        host: Option<String>,
        port: u16,
        path: String,
        scheme: &'static str,
    },
    Tcp {
        host: Option<String>,
        port: u16,
    },
    Grpc {
        port: u16,
        service: String,
    },
    Sleep(Millis),
    /// Validation lets it pass, but the kubelet cannot do it.
    Impossible(String),
    /// The container has no port of that name; the path is for the message of a hook.
    NoPort {
        path: String,
        message: String,
    },
}

impl Handler {
    /// The port of the Pod's own address at which it asks.
    fn own_port(&self, host_network: bool) -> Option<u16> {
        let own =
            |host: &Option<String>| host.as_deref().is_none_or(|host| host_network && super::probes::is_loopback(host));
        match self {
            Handler::Http { host, port, .. } | Handler::Tcp { host, port } => own(host).then_some(*port),
            Handler::Grpc { port, .. } => Some(*port),
            _ => None,
        }
    }
}

impl<'p> Spec<'p> {
    pub fn new(pod: &'p api::Pod) -> Spec<'p> {
        static EMPTY: LazyLock<api::PodSpec> = LazyLock::new(api::PodSpec::default);
        let spec = pod.spec.as_ref().unwrap_or(&EMPTY);
        let name = pod.metadata.name.clone().unwrap_or_default();
        let namespace = pod.metadata.namespace.clone().unwrap_or_else(|| "default".into());
        let inits = spec.init_containers.iter().flatten();
        let mut containers: Vec<Container> = inits.map(|c| Container::new(c, true)).collect();
        let n_inits = containers.len();
        containers.extend(spec.containers.iter().map(|c| Container::new(c, false)));
        let mut mains_by_name: Vec<Idx> = (n_inits..containers.len()).collect();
        mains_by_name.order_by(|&a, &b| containers[a].name.cmp(&containers[b].name));
        let mut place: Vec<usize> = (0..containers.len()).collect();
        for (at, &idx) in mains_by_name.iter().enumerate() {
            place[idx] = at;
        }
        let gates = spec.readiness_gates.iter().flatten();
        let uid = uid(&namespace, &name);
        Spec {
            full_name: format!("{name}_{namespace}({uid})").into(),
            uid: uid.into(),
            name: name.into(),
            namespace: namespace.into(),
            policy: Policy::read(spec.restart_policy.as_deref()).unwrap_or(Policy::Always),
            grace_seconds: match spec.termination_grace_period_seconds {
                Some(s) if s < 0 => 1,
                other => other.unwrap_or(30),
            },
            deadline: spec.active_deadline_seconds.map(|s| Millis::secs(s.max(0) as u64)),
            may_restart_all: containers.iter().any(|c| c.rules.iter().any(|r| r.restart_all)),
            sidecars: (0..n_inits).filter(|&idx| containers[idx].is_sidecar()).collect(),
            names: Names::new(&containers),
            alike: alike(&containers),
            containers,
            n_inits,
            mains_by_name,
            place,
            node_name: spec.node_name.clone().filter(|n| !n.is_empty()),
            host_network: spec.host_network == Some(true),
            pull_secrets: spec.image_pull_secrets.iter().flatten().map(|s| s.name.clone()).collect(),
            readiness_gates: gates.map(|g| g.condition_type.as_str().into()).collect(),
        }
    }

    pub fn inits(&self) -> std::ops::Range<Idx> {
        0..self.n_inits
    }

    pub fn mains(&self) -> std::ops::Range<Idx> {
        self.n_inits..self.containers.len()
    }

    /// The last sidecar before this container.
    pub fn sidecar_before(&self, idx: Idx) -> Option<Idx> {
        self.sidecars[..self.sidecars.partition_point(|&s| s < idx)].last().copied()
    }

    /// The names of these containers, in the order of the spec, with blanks between them, in brackets behind `said`.
    pub fn names_of(&self, said: &str, set: &BTreeSet<Idx>) -> Rc<str> {
        self.names.of(said, set)
    }

    /// Whether another container starts as this one does: see [`Spec::alike`].
    pub fn has_twin(&self, idx: Idx) -> bool {
        self.alike[idx] != idx || self.alike.get(idx + 1) == Some(&idx)
    }

    /// Whether a container that ended with `code` is to be started again: the first rule that matches, else the
    /// container's policy, else the Pod's (`kubelet-semantics.md` 3.2). For ordinary inits Always means OnFailure.
    pub fn restarts_on(&self, idx: Idx, code: i32) -> bool {
        let container = &self.containers[idx];
        if container.rule_for(code).is_some() {
            return true;
        }
        match container.policy.unwrap_or(self.policy) {
            Policy::Always => true,
            Policy::OnFailure => code != 0,
            Policy::Never => false,
        }
    }
}

/// The names of all containers in one text, so that a list of a thousand of them is copied and not put together.
#[derive(Debug)]
struct Names {
    /// Each name with a blank behind it.
    text: String,
    /// Where each name begins, and the end of the text.
    starts: Vec<usize>,
}

impl Names {
    fn new(containers: &[Container]) -> Names {
        let (mut text, mut starts) = (String::new(), vec![0]);
        for container in containers {
            text.push_str(&container.name);
            text.push(' ');
            starts.push(text.len());
        }
        Names { text, starts }
    }

    /// What stands for a set is mostly one stretch of the text.
    fn of(&self, said: &str, set: &BTreeSet<Idx>) -> Rc<str> {
        let stretch = |first: Idx, last: Idx| &self.text[self.starts[first]..self.starts[last + 1]];
        let scattered: String;
        let names = match (set.first(), set.last()) {
            (Some(&first), Some(&last)) if last - first < set.len() => stretch(first, last),
            _ => {
                scattered = set.iter().map(|&idx| stretch(idx, idx)).collect();
                &scattered
            }
        };
        [said, "[", names.trim_end(), "]"].concat().into()
    }
}

/// See [`Spec::alike`].
fn alike(containers: &[Container]) -> Vec<Idx> {
    let mut firsts: Vec<Idx> = (0..containers.len()).collect();
    for idx in 1..containers.len() {
        if start_alike(containers[idx - 1].api, containers[idx].api) {
            firsts[idx] = firsts[idx - 1];
        }
    }
    firsts
}

/// Whether a container may find files that others, or its own past, have left.
pub fn shares_files(container: &api::Container) -> bool {
    container.volume_mounts.as_ref().is_some_and(|m| !m.is_empty())
}

fn start_alike(a: &api::Container, b: &api::Container) -> bool {
    (&a.image, &a.command, &a.args, &a.termination_message_path)
        == (&b.image, &b.command, &b.args, &b.termination_message_path)
        && !shares_files(a)
        && !shares_files(b)
}

impl<'p> Container<'p> {
    fn new(c: &'p api::Container, init: bool) -> Container<'p> {
        let policy = Policy::read(c.restart_policy.as_deref());
        let kind = match (init, policy) {
            (true, Some(Policy::Always)) => ContainerKind::Sidecar,
            (true, _) => ContainerKind::Init,
            (false, _) => ContainerKind::Main,
        };
        let list = if init { "initContainers" } else { "containers" };
        let lifecycle = c.lifecycle.as_ref();
        let probe = |p: &Option<api::Probe>| p.as_ref().map(|p| Probe::new(p, c));
        Container {
            name: c.name.as_str().into(),
            kind,
            field_path: format!("spec.{list}{{{}}}", c.name).into(),
            image: c.image.as_deref().unwrap_or_default().into(),
            pull_policy: pull_policy(c),
            policy,
            rules: c.restart_policy_rules.iter().flatten().map(Rule::new).collect(),
            startup: probe(&c.startup_probe),
            readiness: probe(&c.readiness_probe),
            liveness: probe(&c.liveness_probe),
            post_start: lifecycle.and_then(|l| l.post_start.as_ref()).map(|h| hook(h, c)),
            pre_stop: lifecycle.and_then(|l| l.pre_stop.as_ref()).map(|h| hook(h, c)),
            api: c,
        }
    }

    pub fn is_sidecar(&self) -> bool {
        self.kind == ContainerKind::Sidecar
    }

    /// The TCP ports that it says it serves: those it lists, and those at which its own probes and hooks ask.
    pub fn served_ports(&self, host_network: bool) -> Vec<u16> {
        let listed = self.api.ports.iter().flatten().filter(|p| p.protocol.as_deref().is_none_or(|p| p == "TCP"));
        let listed = listed.filter_map(|p| u16::try_from(p.container_port).ok());
        let probes = [&self.startup, &self.readiness, &self.liveness].into_iter().flatten().map(|p| &p.handler);
        let asked = probes.chain(&self.post_start).chain(&self.pre_stop).filter_map(|h| h.own_port(host_network));
        let mut ports = Vec::new();
        for port in listed.chain(asked) {
            if !ports.contains(&port) {
                ports.push(port);
            }
        }
        ports
    }

    pub fn probe(&self, kind: ProbeKind) -> Option<&Probe> {
        match kind {
            ProbeKind::Startup => self.startup.as_ref(),
            ProbeKind::Readiness => self.readiness.as_ref(),
            ProbeKind::Liveness => self.liveness.as_ref(),
        }
    }

    /// The first rule that matches this exit code.
    pub fn rule_for(&self, code: i32) -> Option<&Rule> {
        self.rules.iter().find(|r| r.codes.contains(&code) != r.not_in)
    }
}

impl Rule {
    fn new(rule: &api::ContainerRestartRule) -> Rule {
        let codes = rule.exit_codes.as_ref();
        Rule {
            restart_all: rule.action == "RestartAllContainers",
            not_in: codes.is_some_and(|c| c.operator == "NotIn"),
            codes: codes.and_then(|c| c.values.clone()).unwrap_or_default(),
        }
    }
}

impl Probe {
    fn new(p: &api::Probe, c: &api::Container) -> Probe {
        let or = |value: Option<i32>, default: u32| value.filter(|v| *v > 0).map_or(default, |v| v as u32);
        let secs = |n: u32| Millis::secs(n.into());
        let handler = if let Some(exec) = &p.exec {
            Handler::Exec(static_command(exec.command.as_deref().unwrap_or_default(), c))
        } else if let Some(http) = &p.http_get {
            http_handler(http, c)
        } else if let Some(tcp) = &p.tcp_socket {
            match port(&tcp.port, c) {
                Ok(port) => Handler::Tcp { host: tcp.host.clone(), port },
                Err(message) => Handler::Impossible(message),
            }
        } else if let Some(grpc) = &p.grpc {
            Handler::Grpc { port: grpc.port.clamp(0, 65535) as u16, service: grpc.service.clone().unwrap_or_default() }
        } else {
            Handler::Impossible("missing probe handler".into())
        };
        Probe {
            handler,
            initial_delay: secs(or(p.initial_delay_seconds, 0)),
            timeout: secs(or(p.timeout_seconds, 1)),
            period: secs(or(p.period_seconds, 10)),
            success_threshold: or(p.success_threshold, 1),
            failure_threshold: or(p.failure_threshold, 3),
            grace_seconds: p.termination_grace_period_seconds,
        }
    }
}

fn hook(h: &api::LifecycleHandler, c: &api::Container) -> Handler {
    if let Some(exec) = &h.exec {
        Handler::Exec(exec.command.clone().unwrap_or_default())
    } else if let Some(http) = &h.http_get {
        http_handler(http, c)
    } else if let Some(sleep) = &h.sleep {
        Handler::Sleep(Millis::secs(sleep.seconds.max(0) as u64))
    } else {
        Handler::Impossible(invalid_handler(h))
    }
}

/// A hook that the kubelet has no way to run, as Go prints it.
fn invalid_handler(h: &api::LifecycleHandler) -> String {
    let tcp = h.tcp_socket.as_ref().map_or("nil".to_string(), |tcp| {
        let port = match &tcp.port {
            IntOrString::Int(n) => format!("{{0 {n} }}"),
            IntOrString::String(name) => format!("{{1 0 {name}}}"),
        };
        format!("&TCPSocketAction{{Port:{port},Host:{},}}", tcp.host.as_deref().unwrap_or_default())
    });
    format!("invalid handler: &LifecycleHandler{{Exec:nil,HTTPGet:nil,TCPSocket:{tcp},Sleep:nil,}}")
}

fn http_handler(http: &api::HTTPGetAction, c: &api::Container) -> Handler {
    let https = http.scheme.as_deref().is_some_and(|s| s.eq_ignore_ascii_case("https"));
    let path = http.path.clone().unwrap_or_else(|| "/".into());
    let host = http.host.clone().filter(|h| !h.is_empty());
    match port(&http.port, c) {
        Ok(port) => Handler::Http { host, port, path, scheme: if https { "https" } else { "http" } },
        Err(message) => Handler::NoPort { path, message },
    }
}

/// A port by number, or by a name among the container's ports, which as a last resort is taken for a number.
fn port(port: &IntOrString, c: &api::Container) -> Result<u16, String> {
    match port {
        IntOrString::Int(n) => Ok((*n).clamp(0, 65535) as u16),
        IntOrString::String(name) => match c.ports.iter().flatten().find(|p| p.name.as_deref() == Some(name)) {
            Some(named) => Ok(named.container_port.clamp(0, 65535) as u16),
            None => name.parse().map_err(|_| format!("strconv.Atoi: parsing {name:?}: invalid syntax")),
        },
    }
}

/// The policy of the API object, or its default by the image's tag (`kubelet-semantics.md` 5.1).
fn pull_policy(c: &api::Container) -> PullPolicy {
    match c.image_pull_policy.as_deref() {
        Some("Always") => PullPolicy::Always,
        Some("Never") => PullPolicy::Never,
        Some("IfNotPresent") => PullPolicy::IfNotPresent,
        _ if default_pull_policy(c.image.as_deref().unwrap_or_default()) == "Always" => PullPolicy::Always,
        _ => PullPolicy::IfNotPresent,
    }
}

/// A UID that depends on the Pod's name alone, in the form of a version 4 UUID.
fn uid(namespace: &str, name: &str) -> String {
    let hex = hex_digits(&format!("{namespace}/{name}"), 32);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// `n` hexadecimal digits that depend on `text` alone.
pub fn hex_digits(text: &str, n: usize) -> String {
    let mut out = String::with_capacity(n + 16);
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    while out.len() < n {
        for byte in text.bytes().chain([out.len() as u8]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let word = state ^ (state >> 29);
        let digit = |i: u32| char::from_digit((word >> (4 * i)) as u32 & 15, 16).unwrap_or('0');
        out.extend((0..16).rev().map(digit));
    }
    out.truncate(n);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(policy: Option<&str>, rules: Vec<api::ContainerRestartRule>) -> api::Pod {
        let c = api::Container {
            name: "c".into(),
            restart_policy: policy.map(Into::into),
            restart_policy_rules: Some(rules),
            ..Default::default()
        };
        let spec = api::PodSpec { containers: vec![c], ..Default::default() };
        api::Pod { spec: Some(spec), ..Default::default() }
    }

    fn rule(action: &str, operator: &str, values: &[i32]) -> api::ContainerRestartRule {
        let exit_codes =
            api::ContainerRestartRuleOnExitCodes { operator: operator.into(), values: Some(values.to_vec()) };
        api::ContainerRestartRule { action: action.into(), exit_codes: Some(exit_codes) }
    }

    /// `kubelet-semantics.md` 2.6 and 3.2
    #[test]
    fn rules_come_before_policies() {
        for (policy, rules, code, expected) in [
            (None, vec![], 0, true),
            (Some("OnFailure"), vec![], 0, false),
            (Some("OnFailure"), vec![], 1, true),
            (Some("Never"), vec![], 1, false),
            (Some("Never"), vec![rule("Restart", "In", &[42])], 42, true),
            (Some("Never"), vec![rule("Restart", "In", &[42])], 1, false),
            (Some("Never"), vec![rule("Restart", "NotIn", &[0])], 0, false),
            (Some("Never"), vec![rule("Restart", "In", &[0])], 0, true),
            (Some("Never"), vec![rule("Restart", "NotIn", &[])], 0, true),
        ] {
            let pod = pod(policy, rules);
            assert_eq!(Spec::new(&pod).restarts_on(0, code), expected, "{pod:?} {code}");
        }
    }
}
