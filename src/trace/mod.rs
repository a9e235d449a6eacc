//! What happened to one Pod: the complete result of a simulation, as plain data.
//!
//! A trace holds every published version of the Pod's status, every event, every log line, every attempt of every
//! container, and an ordered list of entries each of which knows the entry that caused it.
//! Lists are in the order of time; entries with equal times are in the order in which they happened.
//! A trace never computes anything about Kubernetes: the engine wrote it, the views read it.

pub mod recording;
mod status;
mod statuses;

pub use status::{
    Condition, ContainerState, ContainerStatus, PodStatus, Terminated, Waiting, api_time, container_statuses, is_one,
    say_the_same,
};
pub use statuses::Statuses;

use std::collections::BTreeMap;
use std::rc::Rc;

use k8s_openapi::api::core::v1::Pod;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// A word that the engine has from its own source.
pub type Word = &'static str;

/// Everything that one simulation found out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The version of Kubernetes that was simulated, as `1.36`.
    pub kubernetes: String,
    /// How far the simulation went. Nothing is known about later moments.
    pub horizon: Millis,
    /// Whether nothing can happen after the horizon.
    pub settled: bool,
    /// The Pod that was given, defaults filled in, without a status. `view::object` makes what the API server stored of it.
    #[serde(with = "recording::outline")]
    pub pod: Rc<Pod>,
    /// The Pod's UID.
    pub uid: Rc<str>,
    pub node: String,
    /// The API object over time: its creation, each change, its deletion.
    pub versions: Vec<PodVersion>,
    pub events: Vec<Event>,
    /// When events were kept back because their source had said too much (`kubelet-semantics.md` 17.2).
    pub unsent: Vec<Millis>,
    /// Init containers and sidecars in the order of the spec, then the main containers.
    pub containers: Vec<ContainerTrace>,
    /// When sandboxes existed.
    pub sandboxes: Vec<SandboxTrace>,
    /// What came and went in the world around the Pod.
    pub world: Vec<WorldTrace>,
    pub entries: Vec<Entry>,
    pub assumptions: Vec<Assumption>,
}

/// The index of an entry in [`Trace::entries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryId(pub u32);

/// One thing that happened, and what brought it about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: Millis,
    /// The index of the container in [`Trace::containers`] that it happened to.
    pub container: Option<usize>,
    pub kind: EntryKind,
    /// The entry that brought it about; `None` for acts of the user and of the world.
    pub cause: Option<EntryId>,
}

/// What can happen. Numbers are those of this run, so that a sentence can be made of every kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EntryKind {
    // Acts of people and of the world
    PodCreated,
    ActionTaken(crate::scenario::ActionKind),
    /// Something of the world appeared (`up`) or vanished.
    WorldChanged {
        what: WorldKind,
        name: String,
        up: bool,
    },

    // The control plane
    Scheduled {
        node: String,
    },
    Unschedulable {
        message: String,
    },
    /// Deletion was asked for, with this grace in seconds.
    DeletionRequested {
        grace_seconds: i64,
    },
    ObjectRemoved,
    /// Garbage collection found that the Pod's node does not exist.
    NodeMissing {
        node: String,
    },

    // The kubelet and the Pod
    /// The kubelet refused the Pod.
    Rejected {
        reason: String,
    },
    /// One run of SyncPod.
    Look {
        reason: LookReason,
    },
    /// Version `.0` of [`Trace::versions`] was published.
    StatusPublished(usize),
    PhaseChanged {
        phase: String,
    },
    /// Waiting until the volumes are mounted.
    VolumesPending,
    VolumesMounted,
    MountFailed {
        volume: String,
        message: String,
    },
    SandboxStarted {
        attempt: u32,
    },
    SandboxReady {
        attempt: u32,
    },
    SandboxStopped {
        attempt: u32,
    },
    DeadlineExceeded,
    /// The kubelet evicts the Pod; `message` as in the status.
    Evicted {
        message: String,
    },
    KubeletStopped,
    KubeletStarted,
    NodeStopped,
    NodeStarted,
    RestartAllContainers,

    // Containers
    PullStarted {
        image: String,
    },
    PullFinished {
        image: String,
    },
    PullFailed {
        image: String,
        message: String,
    },
    /// The start was put off: `delay` after `since`, so not before `until`.
    BackOff {
        what: BackOffKind,
        delay: Millis,
        since: Millis,
        until: Millis,
    },
    /// The container could not be made or started; `reason` as in the status.
    StartFailed {
        attempt: u32,
        reason: String,
        message: String,
    },
    Created {
        attempt: u32,
    },
    Started {
        attempt: u32,
    },
    /// The process ended. `reason` as in the status: `Completed`, `Error`, `OOMKilled` ...
    Exited {
        attempt: u32,
        exit_code: i32,
        reason: String,
    },
    /// The kubelet decided to end it.
    Killing {
        attempt: u32,
        message: String,
        grace_seconds: i64,
    },
    SignalSent {
        attempt: u32,
        signal: i32,
    },
    HookStarted {
        attempt: u32,
        hook: Hook,
    },
    HookFinished {
        attempt: u32,
        hook: Hook,
    },
    HookFailed {
        attempt: u32,
        hook: Hook,
        message: String,
    },
    /// A probe gave an answer.
    Probed {
        attempt: u32,
        probe: crate::scenario::ProbeKind,
        success: bool,
        output: String,
    },
    /// A probe's result, which counts answers up to its threshold, changed.
    ProbeResult {
        attempt: u32,
        probe: crate::scenario::ProbeKind,
        success: bool,
    },
    /// A bound of the interpreter was reached.
    ScriptBound {
        what: String,
    },
    /// So much has happened that the run ends before its horizon.
    RunBound,
}

/// Why the kubelet looked at the Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LookReason {
    PodAdded,
    PodUpdated,
    /// The list of containers, read once a second, had changed.
    ContainersChanged,
    ProbeChanged,
    /// The previous look asked for it: a back-off ends, an error is retried, or a minute has passed.
    Timer,
    /// The look before changed the worker's phase or asked to be repeated at once.
    Continued,
    Deleted,
    Deadline,
    Evicted,
    KubeletStarted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackOffKind {
    /// Restarting a container that ended.
    Crash,
    /// Pulling an image that could not be pulled.
    ImagePull,
    /// Trying again what failed without a series of its own: configuration, an image that must not be pulled.
    Retry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hook {
    PostStart,
    PreStop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorldKind {
    Service,
    Object,
    Image,
}

/// The API object from a moment on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PodVersion {
    pub at: Millis,
    pub status: Rc<PodStatus>,
    pub deletion: Option<Deletion>,
    /// Images that differ from [`Trace::pod`], by container name.
    pub images: Rc<BTreeMap<String, String>>,
    pub generation: i64,
    /// The object is gone; `status` is its last.
    pub removed: bool,
    pub cause: EntryId,
}

/// `metadata.deletionTimestamp` and `deletionGracePeriodSeconds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When deletion was asked for; the timestamp is `requested + grace`.
    pub requested: Millis,
    pub grace_seconds: i64,
}

/// One sighting of an event; Kubernetes keeps one object for equal ones and counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub at: Millis,
    pub first: Millis,
    pub count: u32,
    pub warning: bool,
    pub reason: Rc<str>,
    pub message: Rc<str>,
    /// `spec.initContainers{init-a}`; `None`: the Pod itself.
    pub field_path: Option<Rc<str>>,
    /// `kubelet`, `default-scheduler` ...
    pub source: Rc<str>,
    pub cause: EntryId,
}

/// How the message of an object begins that stands for many similar events.
pub const COMBINED: &str = "(combined from similar events): ";

/// What tells event objects apart: field path, warning or not, reason, message, source.
pub type EventObject<'e> = (Option<&'e str>, bool, &'e str, &'e str, &'e str);

impl Event {
    /// The object that this is a sighting of. One of combined events changes its message, and is the only one of its reason.
    pub fn object(&self) -> EventObject<'_> {
        let message = if self.message.starts_with(COMBINED) { COMBINED } else { &self.message };
        (self.field_path.as_deref(), self.warning, &self.reason, message, &self.source)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ContainerKind {
    Init,
    Sidecar,
    Main,
}

/// The life of one container of the spec.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContainerTrace {
    pub name: String,
    pub kind: ContainerKind,
    pub attempts: Vec<Attempt>,
    pub logs: Vec<LogLine>,
    pub pulls: Vec<Pull>,
    pub backoffs: Vec<BackOff>,
    pub hooks: Vec<HookRun>,
    pub probes: Vec<ProbeRun>,
    pub kills: Vec<Kill>,
}

/// One instance of a container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The `restartCount` that it bears.
    pub attempt: u32,
    pub created: Millis,
    pub started: Option<Millis>,
    pub finished: Option<Millis>,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    /// `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerStatusUnknown` ...
    pub reason: Option<String>,
    /// A fault of the scenario decided how it ended.
    pub injected: bool,
    pub created_by: EntryId,
    pub finished_by: Option<EntryId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    pub at: Millis,
    pub attempt: u32,
    pub stream: Stream,
    pub line: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    Stdout,
    Stderr,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    pub from: Millis,
    pub to: Option<Millis>,
    pub image: String,
    pub error: Option<String>,
}

/// A stretch of waiting before the next try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BackOff {
    pub kind: BackOffKind,
    pub from: Millis,
    /// The nominal end: the earliest moment of the next try.
    pub until: Millis,
    /// The next try; `None` while it is still to come.
    pub to: Option<Millis>,
    /// The nominal length.
    pub delay: Millis,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HookRun {
    pub hook: Hook,
    pub from: Millis,
    pub to: Option<Millis>,
    pub error: Option<String>,
}

/// One answer of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeRun {
    pub at: Millis,
    pub kind: crate::scenario::ProbeKind,
    pub success: bool,
    pub output: String,
    pub entry: EntryId,
}

/// The end that the kubelet gives a container: TERM, a grace, KILL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kill {
    pub from: Millis,
    pub term: Option<Millis>,
    pub kill: Option<Millis>,
    pub grace_seconds: i64,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SandboxTrace {
    pub attempt: u32,
    pub from: Millis,
    pub ready: Option<Millis>,
    pub to: Option<Millis>,
}

/// Something of the world, and when it was there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldTrace {
    pub kind: WorldKind,
    /// `myservice`, `Secret/db-secrets`, `busybox:1.28`
    pub name: String,
    /// Ordered stretches of presence; the last may be open.
    pub present: Vec<(Millis, Option<Millis>)>,
}

impl WorldTrace {
    /// Whether it is there at a moment.
    pub fn is_there(&self, at: Millis) -> bool {
        self.present.iter().any(|&(from, to)| from <= at && to.is_none_or(|to| to > at))
    }
}

/// What the engine does not know and took to be so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Assumption {
    /// `service myservice`
    pub about: String,
    /// `available at 10s`
    pub assumed: String,
    /// The part of the scenario that makes it explicit: `spec.services`.
    pub path: String,
}

impl ContainerTrace {
    /// Since when it stays up: its last run goes on at the horizon, and outlasts each before it.
    pub fn stays_up(&self, horizon: Millis) -> Option<Millis> {
        let (last, before) = self.attempts.split_last()?;
        let since = last.started.filter(|_| last.finished.is_none())?;
        let lasted = |a: &Attempt| a.finished.unwrap_or(horizon) - a.started.unwrap_or(horizon);
        before.iter().all(|a| lasted(a) < horizon - since).then_some(since)
    }
}

impl Trace {
    /// The version of the API object that stands at `t`; `None` before its creation.
    pub fn version_at(&self, t: Millis) -> Option<&PodVersion> {
        self.versions[..self.versions.partition_point(|v| v.at <= t)].last()
    }

    /// The events seen up to and including `t`.
    pub fn events_until(&self, t: Millis) -> &[Event] {
        &self.events[..self.events.partition_point(|e| e.at <= t)]
    }

    /// When and why the kubelet evicts the Pod, if it does.
    pub fn evicted(&self) -> Option<(Millis, &str)> {
        self.entries.iter().find_map(|e| match &e.kind {
            EntryKind::Evicted { message } => Some((e.at, message.trim_end())),
            _ => None,
        })
    }

    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    pub fn container(&self, name: &str) -> Option<&ContainerTrace> {
        self.containers.iter().find(|c| c.name == name)
    }

    /// When each main container first ran, in the order of the spec.
    pub fn main_started(&self) -> impl Iterator<Item = (&str, Option<Millis>)> {
        let mains = self.containers.iter().filter(|c| c.kind == ContainerKind::Main);
        mains.map(|c| (c.name.as_str(), c.attempts.iter().find_map(|a| a.started)))
    }

    /// When the Pod was first Ready.
    pub fn ready(&self) -> Option<Millis> {
        self.versions.iter().find(|v| v.status.condition("Ready").is_some_and(|c| c.is_true())).map(|v| v.at)
    }

    /// When the Pod's phase became Succeeded or Failed, or the object went.
    pub fn finished(&self) -> Option<Millis> {
        self.versions.iter().find(|v| v.removed || v.status.is_terminal()).map(|v| v.at)
    }
}
