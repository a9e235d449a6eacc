//! The trace as one JSON object: what `--output json` prints and what the JavaScript API returns.
//!
//! Times are seconds with up to three decimals; what does not apply is null. The shape is a public format.
//!
//! Each published status lists every container, so the object grows with the square of their number: a thousand init containers make a
//! gigabyte. It is therefore written piece by piece and never held as a whole, and a container's status is made into text only when it
//! has changed.

use std::fmt;

use k8s_openapi::api::core::v1::{Container, Pod};
use serde_json::{Map, Value, json};

use crate::time::Millis;
use crate::trace::{
    Assumption, Attempt, ContainerKind, ContainerTrace, Entry, EntryKind, Event, LogLine, PodStatus, PodVersion,
    Statuses, Stream, Trace,
};
use crate::view::{get, object};

/// The version of this format.
const FORMAT: &str = "1";

/// The whole trace, to be printed.
pub fn trace(trace: &Trace) -> impl fmt::Display {
    Printed(trace)
}

struct Printed<'a>(&'a Trace);

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_object(f, &all_but_statuses(self.0), &[("statuses", &|f| write_statuses(f, self.0))])
    }
}

/// Writes what stands in the place of a value that is never made.
type Write<'a> = &'a dyn Fn(&mut fmt::Formatter<'_>) -> fmt::Result;

/// Writes an object, some of whose values are written by others.
fn write_object(f: &mut fmt::Formatter<'_>, object: &Value, others: &[(&str, Write)]) -> fmt::Result {
    let mut before = '{';
    for (key, value) in object.as_object().into_iter().flatten() {
        write!(f, "{before}{}:", Value::from(key.as_str()))?;
        match others.iter().find(|(name, _)| name == key) {
            Some((_, write)) => write(f)?,
            None => write!(f, "{value}")?,
        }
        before = ',';
    }
    f.write_str("}")
}

/// The trace with nothing in the place of its statuses.
fn all_but_statuses(trace: &Trace) -> Value {
    json!({
        "podlapse": FORMAT,
        "kubernetes": trace.kubernetes,
        "horizon": seconds(trace.horizon),
        "pod": pod(&object::stored(trace)),
        "watch": get::rows(trace).iter().map(row).collect::<Vec<_>>(),
        "events": trace.events.iter().map(event).collect::<Vec<_>>(),
        "statuses": null,
        "containers": trace.containers.iter().map(container).collect::<Vec<_>>(),
        "mainStarted": trace.main_started().map(|(name, t)| (name.to_string(), moment(t))).collect::<Map<_, _>>(),
        "ready": moment(trace.ready()),
        "finished": moment(trace.finished()),
        "logs": trace.containers.iter().map(|c| (c.name.clone(), logs(c))).collect::<Map<_, _>>(),
        "assumptions": trace.assumptions.iter().map(assumption).collect::<Vec<_>>(),
        "entries": trace.entries.iter().enumerate().map(|(id, e)| entry(trace, id, e)).collect::<Vec<_>>(),
    })
}

/// A Pod as the API writes it.
pub fn pod(pod: &Pod) -> Value {
    // A Pod has no keys but strings and no numbers that JSON lacks, so this cannot fail.
    let mut value = serde_json::to_value(pod).unwrap_or_default();
    if let Some(status) = value.get_mut("status") {
        write_absent_times(status);
    }
    value
}

/// Go cannot leave out a time that is not set: the API writes null.
fn write_absent_times(status: &mut Value) {
    for condition in list(status, "conditions") {
        write_null(condition, &["lastProbeTime", "lastTransitionTime"]);
    }
    for kind in [INIT, MAIN] {
        list(status, kind).for_each(write_absent_times_of_container);
    }
}

fn write_absent_times_of_container(container: &mut Value) {
    for state in ["state", "lastState"] {
        if let Some(terminated) = container.get_mut(state).and_then(|s| s.get_mut("terminated")) {
            write_null(terminated, &["startedAt", "finishedAt"]);
        }
    }
}

fn write_null(object: &mut Value, keys: &[&str]) {
    if let Some(object) = object.as_object_mut() {
        for key in keys {
            object.entry(*key).or_insert(Value::Null);
        }
    }
}

fn list<'a>(object: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

fn seconds(t: Millis) -> Value {
    t.as_secs_f64().into()
}

fn moment(t: Option<Millis>) -> Value {
    t.map_or(Value::Null, seconds)
}

fn row(row: &get::Row) -> Value {
    if row.deleted {
        return json!({"t": seconds(row.at), "deleted": true});
    }
    json!({
        "t": seconds(row.at),
        "ready": row.ready_column(),
        "status": row.status,
        "restarts": row.restarts,
        "restartAge": moment(row.restart_age.filter(|_| row.restarts > 0)),
    })
}

fn event(e: &Event) -> Value {
    json!({
        "t": seconds(e.at),
        "type": if e.warning { "Warning" } else { "Normal" },
        "reason": &*e.reason,
        "message": &*e.message,
        "fieldPath": e.field_path.as_deref(),
        "source": e.source,
        "count": e.count,
    })
}

/// Each published version of the status; versions that changed only the metadata, and the removal, are left out.
fn write_statuses(f: &mut fmt::Formatter<'_>, trace: &Trace) -> fmt::Result {
    let pod = object::admitted(trace);
    let spec = pod.spec.as_ref();
    let mut inits = Texts::of(spec.and_then(|s| s.init_containers.as_deref()));
    let mut mains = Texts::of(spec.map(|s| s.containers.as_slice()));
    let mut before: Option<&PodVersion> = None;
    f.write_str("[")?;
    for version in trace.versions.iter().filter(|v| !v.removed) {
        if before.is_none_or(|b| b.status != version.status) {
            inits.update(&version.status.init);
            mains.update(&version.status.main);
            f.write_str(if before.is_some() { "," } else { "" })?;
            let at = json!({"t": seconds(version.at), "status": null});
            write_object(f, &at, &[("status", &|f| write_status(f, &version.status, &pod, &inits, &mains))])?;
        }
        before = Some(version);
    }
    f.write_str("]")
}

fn write_status(
    f: &mut fmt::Formatter<'_>,
    status: &PodStatus,
    pod: &Pod,
    inits: &Texts,
    mains: &Texts,
) -> fmt::Result {
    let bare = PodStatus { init: Statuses::default(), main: Statuses::default(), ..status.clone() };
    let mut value = serde_json::to_value(bare.to_api(pod)).unwrap_or_default();
    write_absent_times(&mut value);
    for (kind, texts) in [(INIT, inits), (MAIN, mains)] {
        if !texts.texts.is_empty() {
            value[kind] = Value::Null;
        }
    }
    write_object(f, &value, &[(INIT, &|f| inits.write(f)), (MAIN, &|f| mains.write(f))])
}

const INIT: &str = "initContainerStatuses";
const MAIN: &str = "containerStatuses";

/// The statuses of the containers of one kind as JSON, kept from version to version.
struct Texts<'a> {
    spec: &'a [Container],
    list: Statuses,
    texts: Vec<String>,
}

impl<'a> Texts<'a> {
    fn of(spec: Option<&'a [Container]>) -> Texts<'a> {
        Texts { spec: spec.unwrap_or_default(), list: Statuses::default(), texts: Vec::new() }
    }

    fn update(&mut self, list: &Statuses) {
        self.texts.resize(list.len(), String::new());
        for place in list.changed_since(&self.list) {
            let status = list[place].to_api(place, self.spec);
            let mut value = serde_json::to_value(status).unwrap_or_default();
            write_absent_times_of_container(&mut value);
            self.texts[place] = value.to_string();
        }
        self.list = list.clone();
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "[";
        for text in &self.texts {
            f.write_str(before)?;
            f.write_str(text)?;
            before = ",";
        }
        f.write_str("]")
    }
}

fn container(c: &ContainerTrace) -> Value {
    let kind = match c.kind {
        ContainerKind::Init => "init",
        ContainerKind::Sidecar => "sidecar",
        ContainerKind::Main => "main",
    };
    json!({"name": c.name, "kind": kind, "attempts": c.attempts.iter().map(attempt).collect::<Vec<_>>()})
}

fn attempt(a: &Attempt) -> Value {
    json!({
        "attempt": a.attempt,
        "created": seconds(a.created),
        "started": moment(a.started),
        "finished": moment(a.finished),
        "exitCode": a.exit_code,
        "signal": a.signal,
        "reason": a.reason,
    })
}

fn logs(c: &ContainerTrace) -> Value {
    c.logs.iter().map(log_line).collect()
}

fn log_line(l: &LogLine) -> Value {
    let stream = match l.stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    };
    json!({"t": seconds(l.at), "attempt": l.attempt, "stream": stream, "line": l.line})
}

fn assumption(a: &Assumption) -> Value {
    json!({"about": a.about, "assumed": a.assumed, "path": a.path})
}

fn entry(trace: &Trace, id: usize, e: &Entry) -> Value {
    let container = e.container.and_then(|i| trace.containers.get(i)).map(|c| c.name.as_str());
    json!({
        "id": id,
        "t": seconds(e.at),
        "kind": kind(&e.kind),
        "container": container,
        "cause": e.cause.map(|c| c.0),
    })
}

/// The name of a kind of entry.
fn kind(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::PodCreated => "podCreated",
        EntryKind::ActionTaken(_) => "actionTaken",
        EntryKind::WorldChanged { .. } => "worldChanged",
        EntryKind::Scheduled { .. } => "scheduled",
        EntryKind::Unschedulable { .. } => "unschedulable",
        EntryKind::DeletionRequested { .. } => "deletionRequested",
        EntryKind::ObjectRemoved => "objectRemoved",
        EntryKind::NodeMissing { .. } => "nodeMissing",
        EntryKind::Rejected { .. } => "rejected",
        EntryKind::Look { .. } => "look",
        EntryKind::StatusPublished(_) => "statusPublished",
        EntryKind::PhaseChanged { .. } => "phaseChanged",
        EntryKind::VolumesPending => "volumesPending",
        EntryKind::VolumesMounted => "volumesMounted",
        EntryKind::MountFailed { .. } => "mountFailed",
        EntryKind::SandboxStarted { .. } => "sandboxStarted",
        EntryKind::SandboxReady { .. } => "sandboxReady",
        EntryKind::SandboxStopped { .. } => "sandboxStopped",
        EntryKind::DeadlineExceeded => "deadlineExceeded",
        EntryKind::Evicted { .. } => "evicted",
        EntryKind::KubeletStopped => "kubeletStopped",
        EntryKind::KubeletStarted => "kubeletStarted",
        EntryKind::NodeStopped => "nodeStopped",
        EntryKind::NodeStarted => "nodeStarted",
        EntryKind::RestartAllContainers => "restartAllContainers",
        EntryKind::PullStarted { .. } => "pullStarted",
        EntryKind::PullFinished { .. } => "pullFinished",
        EntryKind::PullFailed { .. } => "pullFailed",
        EntryKind::BackOff { .. } => "backOff",
        EntryKind::StartFailed { .. } => "startFailed",
        EntryKind::Created { .. } => "created",
        EntryKind::Started { .. } => "started",
        EntryKind::Exited { .. } => "exited",
        EntryKind::Killing { .. } => "killing",
        EntryKind::SignalSent { .. } => "signalSent",
        EntryKind::HookStarted { .. } => "hookStarted",
        EntryKind::HookFinished { .. } => "hookFinished",
        EntryKind::HookFailed { .. } => "hookFailed",
        EntryKind::Probed { .. } => "probed",
        EntryKind::ProbeResult { .. } => "probeResult",
        EntryKind::ScriptBound { .. } => "scriptBound",
        EntryKind::RunBound => "runBound",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::EntryId;
    use crate::view::fixture;

    fn small() -> Trace {
        let mut t = fixture::history(&[
            (0, "Pending unknown", "main waiting"),
            (106, "Pending", "main waiting=ContainerCreating"),
            (1_090, "Running Initialized Ready", "main running started ready"),
            (4_000, "Running Initialized deleting", "main terminated=Completed/0 restarts=1 last=999"),
        ]);
        let removed = PodVersion { at: Millis(5_000), removed: true, ..t.versions[3].clone() };
        t.versions.push(removed);
        t.kubernetes = "1.36".into();
        t.containers = vec![ContainerTrace {
            attempts: vec![fixture::attempt(0, 910, Some(1_090), Some((3_200, 137)))],
            logs: vec![LogLine { at: Millis(1_100), attempt: 0, stream: Stream::Stderr, line: "a".into() }],
            ..fixture::container_trace("main", ContainerKind::Main)
        }];
        t.events = vec![fixture::event(872, "Pulled", "have it", Some("spec.containers{main}"), 2)];
        t.entries =
            vec![Entry { at: Millis(872), container: Some(0), kind: EntryKind::PodCreated, cause: Some(EntryId(0)) }];
        t
    }

    fn trace(t: &Trace) -> Value {
        serde_json::from_str(&super::trace(t).to_string()).unwrap()
    }

    #[test]
    fn the_object_has_exactly_its_documented_keys() {
        let value = trace(&small());
        let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let documented = "assumptions containers entries events finished horizon kubernetes logs mainStarted pod podlapse ready statuses watch";
        assert_eq!(keys.join(" "), documented);
    }

    #[test]
    fn times_are_seconds_and_what_does_not_apply_is_null() {
        let value = trace(&small());
        assert_eq!(
            value["watch"][1],
            json!({"t": 0.106, "ready": "0/1", "status": "ContainerCreating", "restarts": 0, "restartAge": null})
        );
        assert_eq!(value["watch"][3]["restartAge"], json!(3.0));
        assert_eq!(value["watch"][4], json!({"t": 5.0, "deleted": true}));
        assert_eq!(
            value["events"][0],
            json!({"t": 0.872, "type": "Normal", "reason": "Pulled", "message": "have it", "fieldPath": "spec.containers{main}", "source": "kubelet", "count": 2})
        );
        assert_eq!(
            value["containers"][0],
            json!({"name": "main", "kind": "main", "attempts": [{"attempt": 0, "created": 0.91, "started": 1.09, "finished": 3.2, "exitCode": 137, "signal": null, "reason": "Error"}]})
        );
        assert_eq!(value["mainStarted"], json!({"main": 1.09}));
        assert_eq!((&value["ready"], &value["finished"]), (&json!(1.09), &json!(5.0)));
        assert_eq!(value["logs"]["main"][0], json!({"t": 1.1, "attempt": 0, "stream": "stderr", "line": "a"}));
        assert_eq!(
            value["entries"][0],
            json!({"id": 0, "t": 0.872, "kind": "podCreated", "container": "main", "cause": 0})
        );
    }

    #[test]
    fn a_status_is_listed_once_for_each_change() {
        let value = trace(&small());
        let times: Vec<_> = value["statuses"].as_array().unwrap().iter().map(|s| s["t"].clone()).collect();
        assert_eq!(times, [json!(0.0), json!(0.106), json!(1.09), json!(4.0)]);
        assert_eq!(value["statuses"][2]["status"]["containerStatuses"][0]["started"], json!(true));
    }
}
