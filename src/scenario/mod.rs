//! The world a Pod runs in, and what is done to it: the Scenario document as data.
//!
//! Every field has a default, and an empty scenario is a valid one. Nothing here decides anything: the engine asks.
//! Times are counted from the creation of the Pod.

mod decode;
pub mod edit;
mod values;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Tab};
use crate::time::Millis;

pub use decode::read_in;

/// Reads the text of the Scenario tab.
pub fn read(text: &str) -> (Scenario, Vec<Diagnostic>) {
    read_in(text, Tab::Scenario, 0)
}

/// A whole scenario (`kind: Scenario`, `apiVersion: podlapse.dev/v1alpha1`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// Which Pod of a text with several is run, by its name or that of its workload. `None`: the first.
    pub pod: Option<String>,
    /// How far to simulate. `None`: until nothing more can happen, at most an hour.
    pub horizon: Option<Millis>,
    pub cluster: Cluster,
    pub images: Vec<Image>,
    pub services: Vec<Service>,
    pub objects: Vec<Object>,
    pub containers: Vec<ContainerFaults>,
    /// In the order of the document; the engine sorts by time, ties by this order.
    pub actions: Vec<Action>,
}

/// The cluster and its one node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    /// `None`: 1.36, the only version simulated so far.
    pub version: Option<String>,
    pub feature_gates: BTreeMap<String, bool>,
    /// `kubelet.crashLoopBackOff.maxContainerRestartPeriod`
    pub max_container_restart_period: Option<Millis>,
    /// `kubelet.serializeImagePulls`; `None`: true.
    pub serialize_image_pulls: Option<bool>,
    pub node: Node,
    /// Overrides of the named latencies of `engine::latency`, in milliseconds.
    pub latencies: BTreeMap<String, Millis>,
    /// Draws the kubelet's jitter. `None`: every jitter takes its mean.
    pub seed: Option<u64>,
}

/// The node that the scheduler may choose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// `None`: `node1`
    pub name: Option<String>,
    pub labels: BTreeMap<String, String>,
    /// Quantities as Kubernetes writes them. Absent: cpu 2, memory 24Gi, pods 110.
    pub allocatable: BTreeMap<String, String>,
    /// Taints as `key=value:Effect`, `key:Effect`.
    pub taints: Vec<String>,
}

/// What is known of the images whose name matches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// A name, or a glob with `*`.
    pub name: String,
    pub on_node: bool,
    pub pull: Pull,
    /// From this moment on, pulls succeed whatever `pull.error` says.
    pub available_at: Option<Millis>,
    /// From this moment on, pulls fail with NotFound.
    pub unavailable_at: Option<Millis>,
}

/// How a pull of an image goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pull {
    /// `None`: a typical pull.
    pub duration: Option<Millis>,
    /// Bytes. `None`: a typical size.
    pub size: Option<u64>,
    pub error: Option<PullError>,
}

/// Why a registry does not give an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullError {
    NotFound,
    Unreachable,
    Unauthorized,
}

/// A DNS name with ports that appears and may vanish.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// `name`, or `name.namespace`.
    pub name: String,
    /// Empty: every port answers.
    pub ports: Vec<u16>,
    /// `None`: from the beginning.
    pub available_at: Option<Millis>,
    pub unavailable_at: Option<Millis>,
}

/// Something that the Pod refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// `Secret`, `ConfigMap`, `PersistentVolumeClaim`, `Pod`, a `Scheduler` that a Pod names, or any other kind that a script may ask kubectl for.
    pub kind: String,
    pub name: String,
    pub data: BTreeMap<String, String>,
    /// Of a Pod: what other Pods' affinity goes by.
    pub labels: BTreeMap<String, String>,
    pub created_at: Moment,
    pub deleted_at: Option<Millis>,
    /// Claims only. `None`: bound when created.
    pub bound_at: Option<Moment>,
    /// What `kubectl wait` and `rollout` look at. `None`: when created.
    pub ready_at: Option<Moment>,
}

impl Object {
    /// Whether it is there at a moment.
    pub fn is_there(&self, now: Millis) -> bool {
        self.created_at.is_reached(now) && self.deleted_at.is_none_or(|t| now < t)
    }
}

/// A moment, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    At(Millis),
    Never,
}

impl Moment {
    pub fn is_reached(self, now: Millis) -> bool {
        matches!(self, Moment::At(at) if now >= at)
    }
}

impl Default for Moment {
    fn default() -> Self {
        Moment::At(Millis::ZERO)
    }
}

/// The faults of one container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerFaults {
    pub name: String,
    pub faults: Vec<Fault>,
    /// Of the program this container runs when nobody models it; `None`: a second (init) or for ever (main).
    pub duration: Option<Millis>,
}

/// A rule with a verdict: what happens to the attempts it names, whatever the command would do. The first that matches wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub attempts: Attempts,
    pub kind: FaultKind,
}

/// A range of attempts, counted from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    pub first: u32,
    /// `None`: and all that follow.
    pub last: Option<u32>,
}

impl Attempts {
    pub const ALL: Attempts = Attempts { first: 1, last: None };

    /// A single one, counted from 1.
    pub fn one(attempt: u32) -> Attempts {
        Attempts { first: attempt, last: Some(attempt) }
    }

    /// Whether the attempt with this number (from 1) is meant.
    pub fn contains(self, attempt: u32) -> bool {
        attempt >= self.first && self.last.is_none_or(|last| attempt <= last)
    }
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// Ends with this code this long after the start.
    Exit { code: i32, after: Millis },
    /// Ends by a signal this long after the start.
    Signal { number: i32, after: Millis },
    /// Killed by the kernel for its memory.
    OomKilled { after: Millis },
    /// Never ends by itself.
    Hang,
    /// Runs this long and exits 0.
    Duration(Millis),
    /// The runtime cannot start it; the runtime's message.
    StartError(String),
    /// The command runs as it is, this many times slower.
    Slowdown(f64),
    /// The command runs as it is, deaf to TERM.
    IgnoreSigterm,
}

/// Something that a person or a node does at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub at: Millis,
    pub kind: ActionKind,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ActionKind {
    /// `grace_period_seconds`: 0 is a forced deletion; `None` the Pod's own.
    DeletePod {
        grace_period_seconds: Option<i64>,
    },
    /// The pause process dies.
    KillSandbox,
    NodeReboot {
        down_for: Millis,
    },
    RestartKubelet {
        down_for: Millis,
    },
    KillContainer {
        name: String,
        signal: i32,
    },
    FailProbe {
        container: String,
        probe: ProbeKind,
        lasting: Millis,
    },
    SetImage {
        container: String,
        image: String,
    },
    SetCondition {
        condition: String,
        status: String,
        reason: Option<String>,
        message: Option<String>,
    },
    /// Through the eviction API.
    Evict,
}

/// The three kinds of probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProbeKind {
    Startup,
    Readiness,
    Liveness,
}
