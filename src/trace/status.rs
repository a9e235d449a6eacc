//! The status of a Pod in a compact form: versions share what did not change, so that a long history of a large Pod stays small.
//!
//! [`PodStatus::to_api`] gives the object as the API server shows it.

use std::rc::Rc;

use k8s_openapi::api::core::v1 as api;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Statuses, Word, recording};
use crate::time::Millis;

/// The moment at which every simulated Pod is created: 2026-01-01T00:00:00Z.
const EPOCH_SECONDS: i64 = 1_767_225_600;

/// A virtual moment as the API writes it, in whole seconds.
pub fn api_time(t: Millis) -> Time {
    let seconds = EPOCH_SECONDS.saturating_add_unsigned(t.whole_secs().min(1 << 40));
    Time(Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Whether both are equal. What is shared is not looked at: `Rc` alone would, where it holds a text or a list.
pub fn is_one<T: ?Sized + PartialEq>(a: &Rc<T>, b: &Rc<T>) -> bool {
    Rc::ptr_eq(a, b) || a == b
}

/// [`is_one`] of texts that may be absent.
pub fn say_the_same(a: &Option<Rc<str>>, b: &Option<Rc<str>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => is_one(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// `status` of the Pod. To compare two that share parts does not look into these.
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed`
    #[serde(deserialize_with = "recording::kept")]
    pub phase: Word,
    pub reason: Option<Rc<str>>,
    pub message: Option<Rc<str>>,
    /// In the order of the API object.
    pub conditions: Rc<[Condition]>,
    /// In the order of the spec; empty before the kubelet has spoken.
    pub init: Statuses,
    /// Sorted by name, as the kubelet does; empty before the kubelet has spoken.
    pub main: Statuses,
    /// When the kubelet first saw the Pod.
    pub start_time: Option<Millis>,
    pub host_ip: Option<Rc<str>>,
    pub pod_ip: Option<Rc<str>>,
    #[serde(deserialize_with = "recording::kept")]
    pub qos_class: Word,
    pub observed_generation: Option<i64>,
}

impl PartialEq for PodStatus {
    fn eq(&self, other: &PodStatus) -> bool {
        // All fields, so that a new one cannot be forgotten here.
        let PodStatus {
            phase,
            reason,
            message,
            conditions,
            init,
            main,
            start_time,
            host_ip,
            pod_ip,
            qos_class,
            observed_generation,
        } = self;
        (phase, reason, message) == (&other.phase, &other.reason, &other.message)
            && (start_time, host_ip, pod_ip) == (&other.start_time, &other.host_ip, &other.pod_ip)
            && (qos_class, observed_generation) == (&other.qos_class, &other.observed_generation)
            && is_one(conditions, &other.conditions)
            && (init, main) == (&other.init, &other.main)
    }
}

/// One of `status.conditions`.
#[derive(Clone, Debug, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub kind: Rc<str>,
    /// `True`, `False`, `Unknown`
    pub status: Rc<str>,
    pub reason: Option<Rc<str>>,
    pub message: Option<Rc<str>>,
    pub last_transition: Millis,
    pub observed_generation: Option<i64>,
}

impl PartialEq for Condition {
    fn eq(&self, other: &Condition) -> bool {
        let Condition { kind, status, reason, message, last_transition, observed_generation } = self;
        (kind, status, reason) == (&other.kind, &other.status, &other.reason)
            && (last_transition, observed_generation) == (&other.last_transition, &other.observed_generation)
            && say_the_same(message, &other.message)
    }
}

impl Condition {
    pub fn is_true(&self) -> bool {
        &*self.status == "True"
    }
}

/// One of `status.containerStatuses` or `status.initContainerStatuses`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerStatus {
    pub name: Rc<str>,
    pub state: ContainerState,
    pub last_state: Option<Terminated>,
    pub ready: bool,
    pub started: bool,
    pub restart_count: u32,
    pub image: Rc<str>,
    pub image_id: Rc<str>,
    /// `containerd://...` of the newest instance; empty before there is one.
    pub container_id: Rc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContainerState {
    Waiting(Waiting),
    Running { started_at: Millis },
    Terminated(Terminated),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub reason: Option<Rc<str>>,
    pub message: Option<Rc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminated {
    pub exit_code: i32,
    pub reason: Rc<str>,
    pub message: Option<Rc<str>>,
    /// `None`: the kubelet does not know; the API then shows null.
    pub started_at: Option<Millis>,
    pub finished_at: Option<Millis>,
    /// The container never ran: the API shows 1970-01-01 as the start.
    pub never_started: bool,
    pub container_id: Option<Rc<str>>,
}

impl PodStatus {
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|c| &*c.kind == kind)
    }

    /// The status with one condition in the place of that of its kind, or before the others.
    pub fn with_condition(&self, condition: &Condition) -> PodStatus {
        let mut list = self.conditions.to_vec();
        match list.iter_mut().find(|c| c.kind == condition.kind) {
            Some(old) => *old = condition.clone(),
            None => list.insert(0, condition.clone()),
        }
        PodStatus { conditions: list.into(), ..self.clone() }
    }

    pub fn is_terminal(&self) -> bool {
        matches!(self.phase, "Succeeded" | "Failed")
    }

    /// The status of the container with this name, init containers first.
    pub fn container(&self, name: &str) -> Option<&ContainerStatus> {
        self.init.iter().chain(self.main.iter()).find(|c| &*c.name == name).map(|c| &**c)
    }

    /// The object as the API server shows it.
    pub fn to_api(&self, pod: &api::Pod) -> api::PodStatus {
        let spec = pod.spec.as_ref();
        api::PodStatus {
            phase: Some(self.phase.into()),
            reason: self.reason.as_deref().map(Into::into),
            message: self.message.as_deref().map(Into::into),
            conditions: (!self.conditions.is_empty()).then(|| self.conditions.iter().map(Condition::to_api).collect()),
            init_container_statuses: container_statuses(&self.init, spec.and_then(|s| s.init_containers.as_deref())),
            container_statuses: container_statuses(&self.main, spec.map(|s| &*s.containers)),
            start_time: self.start_time.map(api_time),
            host_ip: self.host_ip.as_deref().map(Into::into),
            host_ips: self.host_ip.as_deref().map(|ip| vec![api::HostIP { ip: ip.into() }]),
            pod_ip: self.pod_ip.as_deref().map(Into::into),
            pod_ips: self.pod_ip.as_deref().map(|ip| vec![api::PodIP { ip: ip.into() }]),
            qos_class: (!self.qos_class.is_empty()).then(|| self.qos_class.into()),
            observed_generation: self.observed_generation,
            ..Default::default()
        }
    }
}

impl Condition {
    fn to_api(&self) -> api::PodCondition {
        api::PodCondition {
            type_: (&*self.kind).into(),
            status: (&*self.status).into(),
            reason: self.reason.as_deref().map(Into::into),
            message: self.message.as_deref().map(Into::into),
            last_transition_time: Some(api_time(self.last_transition)),
            observed_generation: self.observed_generation,
            ..Default::default()
        }
    }
}

/// The list as the API shows it; `None` when there is none yet. `spec` adds what a status mirrors of it.
pub fn container_statuses(list: &Statuses, spec: Option<&[api::Container]>) -> Option<Vec<api::ContainerStatus>> {
    let spec = spec.unwrap_or_default();
    (!list.is_empty()).then(|| list.iter().enumerate().map(|(i, c)| c.to_api(i, spec)).collect())
}

impl ContainerStatus {
    /// The status at a place of its list as the API shows it, with what it mirrors of the containers of that kind in the spec.
    pub fn to_api(&self, place: usize, spec: &[api::Container]) -> api::ContainerStatus {
        // Mostly the order is the spec's.
        let same = spec.get(place).filter(|s| s.name == *self.name);
        let spec = same.or_else(|| spec.iter().find(|s| s.name == *self.name));
        let mounts = spec.and_then(|s| s.volume_mounts.as_ref());
        api::ContainerStatus {
            name: (&*self.name).into(),
            state: Some(self.state.to_api()),
            last_state: Some(api::ContainerState {
                terminated: self.last_state.as_ref().map(Terminated::to_api),
                ..Default::default()
            }),
            ready: self.ready,
            started: Some(self.started),
            restart_count: self.restart_count as i32,
            image: (&*self.image).into(),
            image_id: (&*self.image_id).into(),
            container_id: (!self.container_id.is_empty()).then(|| (&*self.container_id).into()),
            resources: spec.and_then(|s| s.resources.clone()),
            volume_mounts: mounts.map(|m| m.iter().map(mount_status).collect()),
            ..Default::default()
        }
    }
}

fn mount_status(mount: &api::VolumeMount) -> api::VolumeMountStatus {
    api::VolumeMountStatus {
        name: mount.name.clone(),
        mount_path: mount.mount_path.clone(),
        read_only: mount.read_only,
        recursive_read_only: mount.read_only.filter(|&r| r).map(|_| "Disabled".into()),
        ..Default::default()
    }
}

impl ContainerState {
    fn to_api(&self) -> api::ContainerState {
        match self {
            ContainerState::Waiting(w) => api::ContainerState {
                waiting: Some(api::ContainerStateWaiting {
                    reason: w.reason.as_deref().map(Into::into),
                    message: w.message.as_deref().map(Into::into),
                }),
                ..Default::default()
            },
            ContainerState::Running { started_at } => api::ContainerState {
                running: Some(api::ContainerStateRunning { started_at: Some(api_time(*started_at)) }),
                ..Default::default()
            },
            ContainerState::Terminated(t) => api::ContainerState { terminated: Some(t.to_api()), ..Default::default() },
        }
    }
}

impl Terminated {
    fn to_api(&self) -> api::ContainerStateTerminated {
        let started =
            if self.never_started { Some(Time(Timestamp::UNIX_EPOCH)) } else { self.started_at.map(api_time) };
        api::ContainerStateTerminated {
            exit_code: self.exit_code,
            reason: Some((&*self.reason).into()),
            message: self.message.as_deref().map(Into::into),
            started_at: started,
            finished_at: self.finished_at.map(api_time),
            container_id: self.container_id.as_deref().map(Into::into),
            signal: None,
        }
    }
}
