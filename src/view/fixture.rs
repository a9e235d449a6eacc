//! Traces and statuses for the tests of the views, written as short lines of text.
//!
//! A container is `NAME STATE [ready] [started] [restarts=N] [last=S]`; `NAME*` is a sidecar; STATE is `waiting`, `waiting=REASON`,
//! `running` or `terminated=REASON/CODE`; `last=S` says that the run before ended S seconds before [`NOW`], `last` that nobody knows when;
//! `id=X`, `last-id=X` are the ids of the instance and of the one before.
//! Containers are parted by `;`, init containers from main containers by `|`.

use std::rc::Rc;

use k8s_openapi::api::core::v1::{Container, Pod, PodSpec};

use crate::time::Millis;
use crate::trace::*;

const UID: &str = "c2a3b9f2-64f1-4a57-a9d0-6a8b4e1d7c11";
/// The moment at which the statuses stand.
pub const NOW: Millis = Millis::secs(1000);

/// A trace with one version, published at [`NOW`]. `flags`: the phase, then `Initialized`, `Ready` (conditions that are True),
/// `deleting`, `gated`, `reason=R`, `unknown` (no container statuses).
pub fn trace(flags: &str, containers: &str) -> Trace {
    let (inits, mains) = containers.split_once('|').unwrap_or(("", containers));
    let mut status = PodStatus { phase: "Pending", init: statuses(inits), main: statuses(mains), ..Default::default() };
    let mut deletion = None;
    let mut conditions = Vec::new();
    for flag in flags.split_whitespace() {
        match flag {
            "Pending" | "Running" | "Succeeded" | "Failed" => {
                status.phase = ["Pending", "Running", "Succeeded", "Failed"].into_iter().find(|p| *p == flag).unwrap();
            }
            "deleting" => deletion = Some(Deletion { requested: NOW, grace_seconds: 30 }),
            "gated" => conditions.push(condition("PodScheduled", "False", Some("SchedulingGated"))),
            "unknown" => (status.init, status.main) = Default::default(),
            _ => match flag.strip_prefix("reason=") {
                Some(reason) => status.reason = Some(reason.into()),
                None => conditions.push(condition(flag, "True", None)),
            },
        }
    }
    status.conditions = conditions.into();
    let version = PodVersion {
        at: NOW,
        status: Rc::new(status),
        deletion,
        images: Rc::default(),
        generation: 1,
        removed: false,
        cause: EntryId(0),
    };
    Trace {
        pod: Rc::new(pod(inits, mains)),
        uid: UID.into(),
        versions: vec![version],
        horizon: NOW,
        ..Default::default()
    }
}

/// A trace with a version for each (time in milliseconds, flags, containers).
pub fn history(steps: &[(u64, &str, &str)]) -> Trace {
    let mut all = trace("Pending unknown", steps[0].2);
    all.versions.clear();
    for (at, flags, containers) in steps {
        let version = trace(flags, containers).versions.remove(0);
        all.versions.push(PodVersion { at: Millis(*at), ..version });
    }
    all.horizon = all.versions.last().unwrap().at;
    all
}

/// The same trace about the Pod of this manifest.
pub fn with_pod(mut trace: Trace, yaml: &str) -> Trace {
    let value: serde_json::Value = serde_yaml::from_str(yaml).unwrap();
    trace.pod = Rc::new(serde_json::from_value(value).unwrap());
    trace.node = "node1".into();
    trace
}

fn pod(inits: &str, mains: &str) -> Pod {
    let list = |text: &str| -> Vec<Container> { lines(text).map(spec).collect() };
    let spec = PodSpec { init_containers: Some(list(inits)), containers: list(mains), ..Default::default() };
    let mut pod = Pod { spec: Some(spec), ..Default::default() };
    pod.metadata.name = Some("demo".into());
    pod
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|l| !l.is_empty())
}

fn spec(line: &str) -> Container {
    let name = line.split_whitespace().next().unwrap();
    let sidecar = name.ends_with('*').then(|| "Always".to_string());
    Container { name: name.trim_end_matches('*').into(), restart_policy: sidecar, ..Default::default() }
}

fn statuses(text: &str) -> Statuses {
    lines(text).map(|l| Rc::new(container(l))).collect()
}

fn container(line: &str) -> ContainerStatus {
    let mut words = line.split_whitespace();
    let mut status = ContainerStatus {
        name: words.next().unwrap().trim_end_matches('*').into(),
        state: ContainerState::Waiting(Waiting::default()),
        last_state: None,
        ready: false,
        started: false,
        restart_count: 0,
        image: "busybox:1.28".into(),
        image_id: "".into(),
        container_id: "".into(),
    };
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "waiting" => {
                let reason = (!value.is_empty()).then(|| value.into());
                status.state = ContainerState::Waiting(Waiting { reason, message: None });
            }
            "running" => status.state = ContainerState::Running { started_at: NOW },
            "terminated" => {
                let (reason, code) = value.split_once('/').unwrap();
                status.state = ContainerState::Terminated(terminated(reason, code.parse().unwrap(), Some(NOW)));
            }
            "id" => {
                status.container_id = format!("containerd://{value}").into();
                if let ContainerState::Terminated(t) = &mut status.state {
                    t.container_id = Some(status.container_id.clone());
                }
            }
            "last-id" => {
                let last = status.last_state.as_mut().unwrap();
                last.container_id = Some(format!("containerd://{value}").into());
            }
            "ready" => status.ready = true,
            "started" => status.started = true,
            "restarts" => status.restart_count = value.parse().unwrap(),
            "last" => {
                let finished = value.parse().ok().map(|s| NOW.since(Millis::secs(s)));
                status.last_state = Some(terminated("Error", 1, finished));
            }
            _ => panic!("what is {word:?}?"),
        }
    }
    status
}

fn terminated(reason: &str, exit_code: i32, finished_at: Option<Millis>) -> Terminated {
    Terminated {
        exit_code,
        reason: reason.into(),
        message: None,
        started_at: None,
        finished_at,
        never_started: false,
        container_id: None,
    }
}

fn condition(kind: &str, status: &str, reason: Option<&str>) -> Condition {
    Condition {
        kind: kind.into(),
        status: status.into(),
        reason: reason.map(Into::into),
        message: None,
        last_transition: Millis::ZERO,
        observed_generation: None,
    }
}

/// An attempt, and when it ended with which code.
pub fn attempt(attempt: u32, created: u64, started: Option<u64>, finished: Option<(u64, i32)>) -> Attempt {
    Attempt {
        attempt,
        created: Millis(created),
        started: started.map(Millis),
        finished: finished.map(|(t, _)| Millis(t)),
        exit_code: finished.map(|(_, code)| code),
        signal: None,
        reason: finished.map(|(_, code)| if code == 0 { "Completed" } else { "Error" }.to_string()),
        injected: false,
        created_by: EntryId(0),
        finished_by: None,
    }
}

pub fn container_trace(name: &str, kind: ContainerKind) -> ContainerTrace {
    ContainerTrace {
        name: name.into(),
        kind,
        attempts: vec![],
        logs: vec![],
        pulls: vec![],
        backoffs: vec![],
        hooks: vec![],
        probes: vec![],
        kills: vec![],
    }
}

/// A sighting of a Normal event of the kubelet, first seen at 872.
pub fn event(at: u64, reason: &str, message: &str, field_path: Option<&str>, count: u32) -> Event {
    Event {
        at: Millis(at),
        first: Millis(872),
        count,
        warning: false,
        reason: reason.into(),
        message: message.into(),
        field_path: field_path.map(Into::into),
        source: "kubelet".into(),
        cause: EntryId(0),
    }
}
