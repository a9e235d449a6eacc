//! Scenario text to [`Scenario`]: strict, with every complaint at its place.
//!
//! Reading never fails: what cannot be understood is left at its default, and said.

use super::values::{parse_attempts, parse_size};
use super::{
    Action, ActionKind, Attempts, Cluster, ContainerFaults, Fault, FaultKind, Image, Moment, Node, Object, ProbeKind,
    Pull, PullError, Scenario, Service,
};
use crate::diagnostic::{Diagnostic, Problem, Severity, Tab, Wanted};
use crate::order::IntoMap;
use crate::span::Span;
use crate::time::{Millis, parse_duration};
use crate::yaml::{self, Data, NodeRef};

/// Reads a Scenario document that stands in another text, `offset` bytes from its beginning.
pub fn read_in(text: &str, tab: Tab, offset: usize) -> (Scenario, Vec<Diagnostic>) {
    let mut reader = Reader { tab, offset, diagnostics: Vec::new() };
    let stream = yaml::read_stream(text);
    if let Some(failure) = stream.failure {
        reader.report(Severity::Error, failure.span, Problem::Syntax(failure.problem));
    }
    let mut scenario = Scenario::default();
    if let Some(document) = stream.documents.first() {
        for duplicate in &document.tree.duplicates {
            reader.report(Severity::Warning, duplicate.lost, Problem::DuplicateKey { key: duplicate.key.clone() });
        }
        if let Some(root) = document.tree.root() {
            scenario = reader.scenario(root);
        }
    }
    (scenario, reader.diagnostics)
}

/// More actions are left out: each may add to every status that follows.
const MAX_ACTIONS: usize = 1000;

struct Reader {
    tab: Tab,
    offset: usize,
    diagnostics: Vec<Diagnostic>,
}

/// A value, and what to do with its diagnostics.
type Get<'t> = Option<NodeRef<'t>>;

impl Reader {
    fn report(&mut self, severity: Severity, span: Span, problem: Problem) {
        self.diagnostics.push(Diagnostic { severity, tab: self.tab, span: span.shifted(self.offset), problem });
    }

    fn expected<T>(&mut self, node: NodeRef, wanted: Wanted) -> Option<T> {
        let found = match node.data() {
            Data::Null => "null".to_string(),
            Data::Bool(b) => b.to_string(),
            Data::Number(n) => n.to_string(),
            Data::Text(text) => yaml::go::quote(&text.value.chars().take(40).collect::<String>()),
            Data::Sequence(_) => "[…]".to_string(),
            Data::Mapping(_) => "{…}".to_string(),
        };
        self.report(Severity::Error, node.span(), Problem::Expected { wanted, found });
        None
    }

    /// Looks at a mapping's keys, and says which are not known.
    fn fields(&mut self, node: NodeRef, known: &[&str]) {
        if !node.is_mapping() {
            if !node.is_null() {
                self.expected::<()>(node, Wanted::Mapping);
            }
            return;
        }
        for (entry, _) in node.entries() {
            if !known.contains(&entry.key.as_str()) {
                let nearest = crate::text::nearest(&entry.key, known.iter().copied()).map(str::to_string);
                let problem = Problem::UnknownField { field: entry.key.clone(), nearest };
                self.report(Severity::Error, entry.key_span, problem);
            }
        }
    }

    /// The value of a key, null being absent.
    fn get<'t>(node: NodeRef<'t>, key: &str) -> Get<'t> {
        node.get(key).filter(|n| !n.is_null())
    }

    fn list<'t>(&mut self, node: NodeRef<'t>, key: &str) -> Vec<NodeRef<'t>> {
        let Some(value) = Self::get(node, key) else { return Vec::new() };
        if !value.is_sequence() {
            return self.expected(value, Wanted::List).unwrap_or_default();
        }
        value.items().collect()
    }

    fn text(&mut self, value: Get) -> Option<String> {
        let value = value?;
        match value.data() {
            Data::Text(text) => Some(text.value.clone()),
            // `version: 1.36`, `k: 3`: what was meant is plain.
            Data::Number(n) => Some(n.to_string()),
            _ => self.expected(value, Wanted::Text),
        }
    }

    fn bool(&mut self, value: Get) -> Option<bool> {
        match value?.data() {
            Data::Bool(b) => Some(*b),
            _ => self.expected(value?, Wanted::Bool),
        }
    }

    fn duration(&mut self, value: Get) -> Option<Millis> {
        let value = value?;
        match value.data() {
            Data::Text(text) => parse_duration(&text.value),
            Data::Number(n) if n.as_i64() == Some(0) => Some(Millis::ZERO),
            _ => None,
        }
        .or_else(|| self.expected(value, Wanted::Duration))
    }

    fn moment(&mut self, value: Get) -> Option<Moment> {
        let value = value?;
        if value.as_str() == Some("never") {
            return Some(Moment::Never);
        }
        match value.data() {
            Data::Text(text) => parse_duration(&text.value).map(Moment::At),
            Data::Number(n) if n.as_i64() == Some(0) => Some(Moment::At(Millis::ZERO)),
            _ => None,
        }
        .or_else(|| self.expected(value, Wanted::Moment))
    }

    fn number(&mut self, value: Get, low: i64, high: i64) -> Option<i64> {
        let value = value?;
        match value.data() {
            Data::Number(n) if n.as_i64().is_some_and(|n| (low..=high).contains(&n)) => n.as_i64(),
            _ => self.expected(value, Wanted::NumberBetween(low, high)),
        }
    }

    fn word(&mut self, value: Get, words: &'static [&'static str]) -> Option<&'static str> {
        let value = value?;
        let found = value.as_str().and_then(|text| words.iter().find(|w| **w == text));
        match found {
            Some(word) => Some(word),
            None => self.expected(value, Wanted::OneOf(words)),
        }
    }

    /// A text that must be there.
    fn name(&mut self, node: NodeRef, field: &str) -> String {
        let name = self.text(Self::get(node, field)).filter(|n| !n.is_empty());
        if name.is_none() && node.is_mapping() && Self::get(node, field).is_none_or(|n| n.as_str() == Some("")) {
            self.report(Severity::Error, key_or_start(node), Problem::Missing { field: field.to_string() });
        }
        name.unwrap_or_default()
    }

    fn texts(&mut self, value: Get) -> std::collections::BTreeMap<String, String> {
        let Some(value) = value else { return Default::default() };
        if !value.is_mapping() {
            return self.expected(value, Wanted::Mapping).unwrap_or_default();
        }
        value.entries().filter_map(|(e, v)| Some((e.key.clone(), self.text(Some(v))?))).into_map()
    }

    fn scenario(&mut self, root: NodeRef) -> Scenario {
        self.fields(root, &["apiVersion", "kind", "metadata", "spec"]);
        self.word(Self::get(root, "apiVersion"), &["podlapse.dev/v1alpha1"]);
        self.word(Self::get(root, "kind"), &["Scenario"]);
        if let Some(metadata) = Self::get(root, "metadata") {
            self.fields(metadata, &["name", "labels", "annotations"]);
        }
        let mut scenario = Scenario::default();
        let Some(spec) = Self::get(root, "spec") else { return scenario };
        self.fields(spec, &["pod", "horizon", "cluster", "images", "services", "objects", "containers", "actions"]);
        scenario.pod = self.text(Self::get(spec, "pod"));
        scenario.horizon = self.duration(Self::get(spec, "horizon"));
        if let Some(cluster) = Self::get(spec, "cluster") {
            scenario.cluster = self.cluster(cluster);
        }
        scenario.images = self.list(spec, "images").into_iter().map(|n| self.image(n)).collect();
        scenario.services = self.list(spec, "services").into_iter().map(|n| self.service(n)).collect();
        scenario.objects = self.list(spec, "objects").into_iter().map(|n| self.object(n)).collect();
        scenario.containers = self.list(spec, "containers").into_iter().map(|n| self.container(n)).collect();
        let mut actions = self.list(spec, "actions");
        if let Some(beyond) = actions.get(MAX_ACTIONS) {
            self.report(Severity::Error, beyond.span(), Problem::TooMany { field: "actions", most: MAX_ACTIONS });
            actions.truncate(MAX_ACTIONS);
        }
        scenario.actions = actions.into_iter().filter_map(|n| self.action(n)).collect();
        scenario
    }

    fn cluster(&mut self, node: NodeRef) -> Cluster {
        self.fields(node, &["version", "featureGates", "kubelet", "node", "latencies", "seed"]);
        let mut cluster = Cluster { version: self.text(Self::get(node, "version")), ..Cluster::default() };
        if let Some(gates) = Self::get(node, "featureGates") {
            if gates.is_mapping() {
                let read = gates.entries().filter_map(|(e, v)| Some((e.key.clone(), self.bool(Some(v))?)));
                cluster.feature_gates = read.into_map();
            } else {
                self.expected::<()>(gates, Wanted::Mapping);
            }
        }
        if let Some(kubelet) = Self::get(node, "kubelet") {
            self.fields(kubelet, &["crashLoopBackOff", "serializeImagePulls"]);
            cluster.serialize_image_pulls = self.bool(Self::get(kubelet, "serializeImagePulls"));
            if let Some(back_off) = Self::get(kubelet, "crashLoopBackOff") {
                self.fields(back_off, &["maxContainerRestartPeriod"]);
                cluster.max_container_restart_period = self.duration(Self::get(back_off, "maxContainerRestartPeriod"));
            }
        }
        if let Some(of_node) = Self::get(node, "node") {
            cluster.node = self.node(of_node);
        }
        if let Some(latencies) = Self::get(node, "latencies") {
            if latencies.is_mapping() {
                let read = latencies.entries().filter_map(|(e, v)| Some((e.key.clone(), self.duration(Some(v))?)));
                cluster.latencies = read.into_map();
            } else {
                self.expected::<()>(latencies, Wanted::Mapping);
            }
        }
        cluster.seed = self.number(Self::get(node, "seed"), 0, i64::MAX).and_then(|n| u64::try_from(n).ok());
        cluster
    }

    fn node(&mut self, node: NodeRef) -> Node {
        self.fields(node, &["name", "labels", "allocatable", "taints"]);
        Node {
            name: self.text(Self::get(node, "name")),
            labels: self.texts(Self::get(node, "labels")),
            allocatable: self.texts(Self::get(node, "allocatable")),
            taints: self.list(node, "taints").into_iter().filter_map(|n| self.text(Some(n))).collect(),
        }
    }

    fn image(&mut self, node: NodeRef) -> Image {
        self.fields(node, &["name", "onNode", "pull", "availableAt", "unavailableAt"]);
        let mut image = Image {
            name: self.name(node, "name"),
            on_node: self.bool(Self::get(node, "onNode")).unwrap_or_default(),
            available_at: self.duration(Self::get(node, "availableAt")),
            unavailable_at: self.duration(Self::get(node, "unavailableAt")),
            ..Image::default()
        };
        if let Some(pull) = Self::get(node, "pull") {
            self.fields(pull, &["duration", "size", "error"]);
            image.pull = Pull {
                duration: self.duration(Self::get(pull, "duration")),
                size: self.size(Self::get(pull, "size")),
                error: self.word(Self::get(pull, "error"), &["NotFound", "Unreachable", "Unauthorized"]).map(|word| {
                    match word {
                        "NotFound" => PullError::NotFound,
                        "Unreachable" => PullError::Unreachable,
                        _ => PullError::Unauthorized,
                    }
                }),
            };
        }
        image
    }

    fn size(&mut self, value: Get) -> Option<u64> {
        let value = value?;
        let read = match value.data() {
            Data::Text(text) => parse_size(&text.value),
            Data::Number(n) => n.as_i64().and_then(|n| u64::try_from(n).ok()),
            _ => None,
        };
        read.or_else(|| self.expected(value, Wanted::Size))
    }

    fn service(&mut self, node: NodeRef) -> Service {
        self.fields(node, &["name", "ports", "availableAt", "unavailableAt"]);
        let ports = self.list(node, "ports").into_iter().filter_map(|n| self.number(Some(n), 1, 65535));
        Service {
            ports: ports.filter_map(|p| u16::try_from(p).ok()).collect(),
            name: self.name(node, "name"),
            available_at: self.duration(Self::get(node, "availableAt")),
            unavailable_at: self.duration(Self::get(node, "unavailableAt")),
        }
    }

    fn object(&mut self, node: NodeRef) -> Object {
        self.fields(node, &["kind", "name", "data", "labels", "createdAt", "deletedAt", "boundAt", "readyAt"]);
        Object {
            kind: self.name(node, "kind"),
            name: self.name(node, "name"),
            data: self.texts(Self::get(node, "data")),
            labels: self.texts(Self::get(node, "labels")),
            created_at: self.moment(Self::get(node, "createdAt")).unwrap_or_default(),
            deleted_at: self.duration(Self::get(node, "deletedAt")),
            bound_at: self.moment(Self::get(node, "boundAt")),
            ready_at: self.moment(Self::get(node, "readyAt")),
        }
    }

    fn container(&mut self, node: NodeRef) -> ContainerFaults {
        self.fields(node, &["name", "faults", "duration"]);
        ContainerFaults {
            name: self.name(node, "name"),
            duration: self.duration(Self::get(node, "duration")),
            faults: self.list(node, "faults").into_iter().filter_map(|n| self.fault(n)).collect(),
        }
    }

    fn fault(&mut self, node: NodeRef) -> Option<Fault> {
        const KINDS: [&str; 8] =
            ["exit", "signal", "oomKilled", "hang", "duration", "startError", "slowdown", "ignoreSigterm"];
        let mut known = vec!["attempts"];
        known.extend(KINDS);
        self.fields(node, &known);
        let attempts = match Self::get(node, "attempts") {
            None => Some(Attempts::ALL),
            Some(value) => {
                let text = match value.data() {
                    Data::Text(text) => Some(text.value.clone()),
                    Data::Number(n) => Some(n.to_string()),
                    _ => None,
                };
                text.and_then(|t| parse_attempts(&t)).or_else(|| self.expected(value, Wanted::Attempts))
            }
        };
        let (kind, value) = self.only_one(node, &KINDS)?;
        let kind = match kind {
            "exit" => {
                self.fields(value, &["code", "after"]);
                let code = self.number(Self::get(value, "code"), 0, 255).unwrap_or(1) as i32;
                FaultKind::Exit { code, after: self.after(value) }
            }
            "signal" => {
                self.fields(value, &["number", "after"]);
                let number = self.number(Self::get(value, "number"), 1, 64).unwrap_or(9) as i32;
                FaultKind::Signal { number, after: self.after(value) }
            }
            "oomKilled" => {
                self.fields(value, &["after"]);
                FaultKind::OomKilled { after: self.after(value) }
            }
            "hang" => self.bool(Some(value))?.then_some(FaultKind::Hang)?,
            "duration" => FaultKind::Duration(self.duration(Some(value))?),
            "startError" => FaultKind::StartError(self.text(Some(value))?),
            "slowdown" => FaultKind::Slowdown(self.factor(value)?),
            _ => self.bool(Some(value))?.then_some(FaultKind::IgnoreSigterm)?,
        };
        Some(Fault { attempts: attempts?, kind })
    }

    fn factor(&mut self, value: NodeRef) -> Option<f64> {
        match value.data() {
            Data::Number(n) => n.to_string().parse().ok().filter(|f: &f64| *f > 0.0 && *f <= 1e6),
            _ => None,
        }
        .or_else(|| self.expected(value, Wanted::Factor))
    }

    fn after(&mut self, node: NodeRef) -> Millis {
        self.duration(Self::get(node, "after")).unwrap_or_default()
    }

    /// The one key of `kinds` that is given, even if its value is null or `{}`.
    fn only_one<'t>(&mut self, node: NodeRef<'t>, kinds: &[&'static str]) -> Option<(&'static str, NodeRef<'t>)> {
        let given: Vec<_> = kinds.iter().filter_map(|k| node.get(k).map(|v| (*k, v))).collect();
        match given.as_slice() {
            [one] => Some(*one),
            _ if !node.is_mapping() => None,
            _ => {
                self.report(Severity::Error, key_or_start(node), Problem::OnlyOneOf { fields: kinds.to_vec() });
                given.first().copied()
            }
        }
    }

    fn action(&mut self, node: NodeRef) -> Option<Action> {
        const KINDS: [&str; 9] = [
            "deletePod",
            "killSandbox",
            "nodeReboot",
            "restartKubelet",
            "killContainer",
            "failProbe",
            "setImage",
            "setCondition",
            "evict",
        ];
        let mut known = vec!["at"];
        known.extend(KINDS);
        self.fields(node, &known);
        if Self::get(node, "at").is_none() && node.is_mapping() {
            self.report(Severity::Error, key_or_start(node), Problem::Missing { field: "at".into() });
        }
        let at = self.duration(Self::get(node, "at"));
        let (kind, value) = self.only_one(node, &KINDS)?;
        let kind = self.action_kind(kind, value)?;
        Some(Action { at: at?, kind })
    }

    fn action_kind(&mut self, kind: &str, value: NodeRef) -> Option<ActionKind> {
        Some(match kind {
            "deletePod" => {
                self.fields(value, &["gracePeriodSeconds"]);
                let grace_period_seconds = self.number(Self::get(value, "gracePeriodSeconds"), 0, i64::from(i32::MAX));
                ActionKind::DeletePod { grace_period_seconds }
            }
            "killSandbox" => {
                self.fields(value, &[]);
                ActionKind::KillSandbox
            }
            "evict" => {
                self.fields(value, &[]);
                ActionKind::Evict
            }
            "nodeReboot" | "restartKubelet" => {
                self.fields(value, &["downFor"]);
                let down_for = self.duration(Self::get(value, "downFor")).unwrap_or_default();
                if kind == "nodeReboot" {
                    ActionKind::NodeReboot { down_for }
                } else {
                    ActionKind::RestartKubelet { down_for }
                }
            }
            "killContainer" => {
                self.fields(value, &["name", "signal"]);
                let signal = self.number(Self::get(value, "signal"), 1, 64).unwrap_or(9) as i32;
                ActionKind::KillContainer { name: self.name(value, "name"), signal }
            }
            "failProbe" => {
                self.fields(value, &["container", "probe", "for"]);
                let probe = match self.word(Self::get(value, "probe"), &["startup", "readiness", "liveness"]) {
                    Some("startup") => ProbeKind::Startup,
                    Some("readiness") => ProbeKind::Readiness,
                    _ => ProbeKind::Liveness,
                };
                // Without an end it lasts.
                let lasting = self.duration(Self::get(value, "for")).unwrap_or(Millis::NEVER);
                ActionKind::FailProbe { container: self.name(value, "container"), probe, lasting }
            }
            "setImage" => {
                self.fields(value, &["container", "image"]);
                ActionKind::SetImage { container: self.name(value, "container"), image: self.name(value, "image") }
            }
            _ => {
                self.fields(value, &["type", "status", "reason", "message"]);
                ActionKind::SetCondition {
                    condition: self.name(value, "type"),
                    status: self
                        .word(Self::get(value, "status"), &["True", "False", "Unknown"])
                        .unwrap_or("True")
                        .to_string(),
                    reason: self.text(Self::get(value, "reason")),
                    message: self.text(Self::get(value, "message")),
                }
            }
        })
    }
}

/// Where to point for something that is missing in a mapping: its first key.
fn key_or_start(node: NodeRef) -> Span {
    node.entries().map(|(e, _)| e.key_span).min_by_key(|s| s.start).unwrap_or(node.span())
}
