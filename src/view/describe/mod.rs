//! `kubectl describe pod`, whole, at any moment.
//!
//! [`Description`] is what it is made of: the object that the API server shows and the events about it. Its `Display` is kubectl's text,
//! byte for byte. The parts are in the order of the text: this file the Pod, `containers` each container, `volumes` the volumes.

mod containers;
mod volumes;

#[cfg(test)]
mod tests;

use std::fmt;

use k8s_openapi::api::core::v1::{Pod, PodSpec, PodStatus, Toleration, TopologySpreadConstraint};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta, Time};

use crate::order::Order;
use crate::time::{Millis, human_duration};
use crate::trace::{Trace, api_time};
use crate::view::events::{self, EventLine};
use crate::view::{get, object, tabs};

/// Longer lines of annotations are broken off by kubectl.
const MAX_ANNOTATION: usize = 140;
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What `kubectl describe` knows at a moment.
#[derive(Clone, Debug)]
pub struct Description {
    pub pod: Pod,
    /// In the order of the text.
    pub events: Vec<EventLine>,
    pub now: Millis,
}

/// The description at `t`; `None` before the Pod's creation and once it is gone.
pub fn at(trace: &Trace, t: Millis) -> Option<Description> {
    let pod = object::pod_at(trace, t)?;
    Some(Description { pod, events: events::described_at(trace, t), now: t })
}

/// What `kubectl describe pod NAME` prints at `t`.
pub fn text_at(trace: &Trace, t: Millis) -> String {
    at(trace, t).map_or_else(|| get::not_found(trace), |d| d.to_string())
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Out::default();
        let (spec, status) = (self.pod.spec.clone().unwrap_or_default(), self.pod.status.clone().unwrap_or_default());
        header(&mut out, &self.pod.metadata, &spec, &status, self.now);
        containers::all(&mut out, &self.pod, &spec, &status);
        conditions(&mut out, &spec, &status);
        volumes::all(&mut out, spec.volumes.as_deref().unwrap_or_default());
        scheduling(&mut out, &spec, &status);
        events(&mut out, &self.events, self.now);
        f.write_str(&out.finish())
    }
}

/// The text before its columns are aligned. Each `write` is led by the indentation of its level.
#[derive(Default)]
struct Out {
    text: String,
    /// Added to every level.
    nested: usize,
}

impl Out {
    fn write(&mut self, level: usize, text: fmt::Arguments<'_>) {
        self.indent(level);
        // Writing to a String cannot fail.
        let _ = fmt::Write::write_fmt(&mut self.text, text);
    }

    fn line(&mut self, level: usize, text: fmt::Arguments<'_>) {
        self.write(level, text);
        self.text.push('\n');
    }

    /// `NAME:` and a value in the next column.
    fn field(&mut self, level: usize, name: &str, value: impl fmt::Display) {
        self.line(level, format_args!("{name}:\t{value}"));
    }

    fn indent(&mut self, level: usize) {
        for _ in 0..level + self.nested {
            self.text.push_str("  ");
        }
    }

    /// The text, aligned; control characters become what kubectl's writers make of them.
    fn finish(self) -> String {
        let text = tabs::escape(&self.text);
        tabs::align(&text.replace('\x0b', "\t").replace('\x0c', "\n"), tabs::DESCRIPTION)
    }
}

fn header(out: &mut Out, meta: &ObjectMeta, spec: &PodSpec, status: &PodStatus, now: Millis) {
    out.field(0, "Name", text(&meta.name));
    out.field(0, "Namespace", text(&meta.namespace));
    if let Some(priority) = spec.priority {
        out.field(0, "Priority", priority);
    }
    given(out, "Priority Class Name", &spec.priority_class_name);
    given(out, "Runtime Class Name", &spec.runtime_class_name);
    given(out, "Service Account", &spec.service_account_name);
    match spec.node_name.as_deref().filter(|n| !n.is_empty()) {
        Some(node) => out.field(0, "Node", format_args!("{node}/{}", text(&status.host_ip))),
        None => out.field(0, "Node", "<none>"),
    }
    if let Some(start) = &status.start_time {
        out.field(0, "Start Time", date(Some(start)));
    }
    pairs(out, "Labels", meta.labels.iter().flatten());
    annotations(out, meta);
    let phase = text(&status.phase);
    match &meta.deletion_timestamp {
        Some(end) if !matches!(phase, "Succeeded" | "Failed") => {
            out.field(0, "Status", format_args!("Terminating (lasts {})", since(end, now)));
            let grace = meta.deletion_grace_period_seconds.unwrap_or_default();
            out.field(0, "Termination Grace Period", format_args!("{grace}s"));
        }
        _ => out.field(0, "Status", phase),
    }
    given(out, "Reason", &status.reason);
    given(out, "Message", &status.message);
    if let Some(profile) = spec.security_context.as_ref().and_then(|s| s.seccomp_profile.as_ref()) {
        out.field(0, "SeccompProfile", &profile.type_);
        if profile.type_ == "Localhost" {
            out.field(0, "LocalhostProfile", text(&profile.localhost_profile));
        }
    }
    addresses(out, status);
    let owner = meta.owner_references.iter().flatten().find(|o| o.controller == Some(true));
    if let Some(owner) = owner {
        out.field(0, "Controlled By", format_args!("{}/{}", owner.kind, owner.name));
    }
    given(out, "NominatedNodeName", &status.nominated_node_name);
    if let Some(resources) = &spec.resources {
        out.line(0, format_args!("Resources:"));
        containers::resources(out, 1, resources);
    }
}

fn addresses(out: &mut Out, status: &PodStatus) {
    out.field(0, "IP", text(&status.pod_ip));
    match status.pod_ips.as_deref().unwrap_or_default() {
        [] => out.field(0, "IPs", "<none>"),
        ips => {
            out.line(0, format_args!("IPs:"));
            ips.iter().for_each(|ip| out.field(1, "IP", &ip.ip));
        }
    }
}

fn conditions(out: &mut Out, spec: &PodSpec, status: &PodStatus) {
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let gates = spec.readiness_gates.as_deref().unwrap_or_default();
    if !gates.is_empty() {
        out.line(0, format_args!("Readiness Gates:\n  Type\tStatus"));
    }
    for gate in gates {
        let found = conditions.iter().find(|c| c.type_ == gate.condition_type);
        let status = found.map_or("<none>", |c| &c.status);
        out.line(1, format_args!("{} \t{status} ", gate.condition_type));
    }
    if !conditions.is_empty() {
        out.line(0, format_args!("Conditions:\n  Type\tStatus"));
    }
    for c in conditions {
        out.line(1, format_args!("{} \t{} ", c.type_, c.status));
    }
}

fn scheduling(out: &mut Out, spec: &PodSpec, status: &PodStatus) {
    out.field(0, "QoS Class", text(&status.qos_class));
    pairs(out, "Node-Selectors", spec.node_selector.iter().flatten());
    let mut tolerations: Vec<&Toleration> = spec.tolerations.iter().flatten().collect();
    tolerations.order_by_key(|t| t.key.as_deref().unwrap_or_default());
    column(out, "Tolerations", tolerations.into_iter().map(toleration));
    let mut spread: Vec<&TopologySpreadConstraint> = spec.topology_spread_constraints.iter().flatten().collect();
    spread.order_by_key(|c| &c.topology_key);
    if !spread.is_empty() {
        column(out, "Topology Spread Constraints", spread.into_iter().map(spread_constraint));
    }
    if let Some(group) = &spec.scheduling_group {
        out.line(0, format_args!("SchedulingGroup:"));
        out.field(1, "PodGroupName", text(&group.pod_group_name));
    }
}

fn toleration(t: &Toleration) -> String {
    let mut line = text(&t.key).to_string();
    if let Some(value) = t.value.as_deref().filter(|v| !v.is_empty()) {
        line += &format!("={value}");
    }
    if let Some(effect) = t.effect.as_deref().filter(|e| !e.is_empty()) {
        line += &format!(":{effect}");
    }
    if t.operator.as_deref() == Some("Exists") && text(&t.value).is_empty() {
        line += if line.is_empty() { "op=Exists" } else { " op=Exists" };
    }
    if let Some(seconds) = t.toleration_seconds {
        line += &format!(" for {seconds}s");
    }
    line
}

fn spread_constraint(c: &TopologySpreadConstraint) -> String {
    let mut line = format!("{}:{} when max skew {} is exceeded", c.topology_key, c.when_unsatisfiable, c.max_skew);
    if let Some(selector) = &c.label_selector {
        line += &format!(" for selector {}", label_selector(selector));
    }
    line
}

/// A selector in its text form: `app=web,tier in (a,b),!debug`.
fn label_selector(selector: &LabelSelector) -> String {
    let labels = selector.match_labels.iter().flatten();
    let mut parts: Vec<(&str, String)> = labels.map(|(k, v)| (k.as_str(), format!("{k}={v}"))).collect();
    for e in selector.match_expressions.iter().flatten() {
        let mut values = e.values.clone().unwrap_or_default();
        values.order();
        let (key, values) = (&e.key, values.join(","));
        let part = match e.operator.as_str() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.clone(),
        };
        parts.push((key, part));
    }
    parts.order_by_key(|(key, _)| *key);
    let text = parts.into_iter().map(|(_, part)| part).collect::<Vec<_>>().join(",");
    if text.is_empty() { "<none>".into() } else { text }
}

fn events(out: &mut Out, lines: &[EventLine], now: Millis) {
    if lines.is_empty() {
        return out.field(0, "Events", "<none>");
    }
    out.line(0, format_args!("Events:\n  Type\tReason\tAge\tFrom\tMessage"));
    out.line(1, format_args!("----\t------\t----\t----\t-------"));
    for e in lines {
        let place = e.field_path.as_deref().map(|p| format!("{p}: ")).unwrap_or_default();
        let (kind, reason, age, from, message) = (e.kind(), &e.reason, e.age(now), &e.source, e.message.trim());
        out.line(1, format_args!("{kind}\t{reason}\t{age}\t{from}\t{place}{message}"));
    }
}

fn annotations(out: &mut Out, meta: &ObjectMeta) {
    out.write(0, format_args!("Annotations:\t"));
    let mut none = true;
    for (key, value) in meta.annotations.iter().flatten().filter(|(k, _)| *k != LAST_APPLIED) {
        if !none {
            out.write(0, format_args!("\t"));
        }
        none = false;
        let value = value.strip_suffix('\n').unwrap_or(value);
        if value.len() + key.len() + 2 <= MAX_ANNOTATION && !value.contains('\n') {
            out.line(0, format_args!("{key}: {value}"));
            continue;
        }
        out.line(0, format_args!("{key}:"));
        for line in value.split('\n') {
            out.line(0, format_args!("\t  {}", shorten(line, MAX_ANNOTATION - 2)));
        }
    }
    if none {
        out.line(0, format_args!("<none>"));
    }
}

/// `line`, broken off after so many bytes.
fn shorten(line: &str, max: usize) -> String {
    if line.len() <= max {
        return line.into();
    }
    let end = (0..=max).rev().find(|&i| line.is_char_boundary(i)).unwrap_or_default();
    format!("{}...", &line[..end])
}

/// A title and `key=value` lines, one below the other.
fn pairs<'a>(out: &mut Out, title: &str, pairs: impl Iterator<Item = (&'a String, &'a String)>) {
    column(out, title, pairs.map(|(k, v)| format!("{k}={v}")));
}

/// A title and lines one below the other in the next column.
fn column(out: &mut Out, title: &str, lines: impl Iterator<Item = String>) {
    out.write(0, format_args!("{title}:\t"));
    let mut none = true;
    for line in lines {
        if !none {
            out.indent(0);
            out.write(0, format_args!("\t"));
        }
        none = false;
        out.line(0, format_args!("{line}"));
    }
    if none {
        out.line(0, format_args!("<none>"));
    }
}

fn given(out: &mut Out, name: &str, value: &Option<String>) {
    if let Some(value) = value.as_deref().filter(|v| !v.is_empty()) {
        out.field(0, name, value);
    }
}

/// An optional text as Go prints it: absent is empty.
fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or_default()
}

/// `Sun, 22 Nov 2026 14:54:14 +0000`; Go's zero time when there is none.
fn date(time: Option<&Time>) -> String {
    let Some(Time(time)) = time else { return "Mon, 01 Jan 0001 00:00:00 +0000".into() };
    time.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// How long ago a time of the API was, as kubectl says it: what is more than a second ahead is invalid.
fn since(time: &Time, now: Millis) -> String {
    let after_creation = time.0.as_second() - api_time(Millis::ZERO).0.as_second();
    let time = Millis::secs(after_creation.max(0).unsigned_abs());
    if time.since(now) >= Millis::secs(2) { "<invalid>".into() } else { human_duration(now.since(time)) }
}
