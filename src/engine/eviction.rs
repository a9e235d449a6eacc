//! Eviction of a Pod that takes more of the node's disk than it may: an emptyDir beyond its `sizeLimit`, a container or all together beyond
//! their limits of `ephemeral-storage` (`kubelet-semantics.md` 13.5; `eviction_manager.go`, `volume_stat_calculator.go`).
//!
//! The eviction manager looks every ten seconds and goes by the last measurement: of what containers have written by one of the last ten
//! seconds, of volumes by one of the last two minutes. Here both are weighed when something has been written, at most once a second, and
//! a Pod is evicted at the next moment at which the kubelet would know. Volumes in memory are left out: they have no room for more. So are
//! logs, which grow slowly.

use k8s_openapi::api::core::v1 as api;

use crate::kube::quantity::Quantity;
use crate::kube::resources::{amount, effective_limits};
use crate::shell::{Machine, Volume};
use crate::time::Millis;
use crate::trace::{EntryKind, LookReason};

use super::run::{Ev, Sim};
use super::spec::{Container, Idx, Spec};
use super::volumes::{is_in_memory, size_limit};
use super::worker::WorkPhase;

/// When the kubelet knows what there is to know: first so long after it has heard of the Pod, and then every so often.
type Rhythm = (Millis, Millis);
/// Of volumes: half a minute and half of ten seconds; `volumeStatsAggPeriod` with half of its jitter.
const VOLUMES: Rhythm = (Millis(35_000), Millis(90_000));
/// Of what containers write: the runtime measures every ten seconds, and the eviction manager comes five later on average.
const LAYERS: Rhythm = (Millis(10_000), Millis(20_000));
/// Nothing is weighed more often.
const REST: Millis = Millis(1_000);
const STORAGE: &str = "ephemeral-storage";
/// `immediateEvictionGracePeriodSeconds`
pub const GRACE_SECONDS: i64 = 1;
/// `SystemCriticalPriority`: such Pods are spared.
const CRITICAL: i32 = 2_000_000_000;

/// How much of `ephemeral-storage` may be taken.
#[derive(Debug)]
struct Limits {
    /// By all together: what those containers may that have a limit.
    pod: Quantity,
    /// By a main container.
    containers: Vec<(Idx, Quantity)>,
}

/// What the eviction manager knows of the Pod.
#[derive(Debug, Default)]
pub struct Eviction {
    /// Since when the kubelet looks after the Pod.
    pub since: Millis,
    limits: Option<Limits>,
    /// It is going to be weighed.
    planned: bool,
    /// How many changes have been weighed.
    weighed: u64,
    /// Why the Pod is evicted, once it is.
    pub message: Option<String>,
}

impl Eviction {
    pub fn new(pod: &api::Pod, spec: &Spec) -> Eviction {
        let of_pod = pod.spec.as_ref().and_then(|spec| effective_limits(spec).remove(STORAGE));
        let limit = |c: &Container| c.api.resources.as_ref()?.limits.as_ref()?.get(STORAGE).map(amount);
        let mains = spec.containers.iter().enumerate().skip(spec.n_inits);
        let containers = mains.filter_map(|(idx, c)| Some((idx, limit(c)?))).collect();
        Eviction { limits: of_pod.map(|pod| Limits { pod, containers }), ..Eviction::default() }
    }

    /// Whether it matters what containers write outside of all volumes.
    pub fn weighs_containers(&self) -> bool {
        self.limits.is_some()
    }
}

/// The limit of an emptyDir on the node's disk.
pub fn limit(volume: &api::Volume) -> Option<Quantity> {
    volume.empty_dir.as_ref().filter(|dir| !is_in_memory(dir)).and_then(size_limit)
}

impl Sim<'_> {
    /// A process has run: what it has written will be weighed.
    pub fn plan_weighing(&mut self) {
        if self.eviction.planned {
            return;
        }
        let changes = self.changes();
        if changes != self.eviction.weighed {
            self.eviction.weighed = changes;
            self.weigh_at(self.now + REST);
        }
    }

    /// How often something has changed that has a limit.
    fn changes(&self) -> u64 {
        let volumes = self.volumes.limited().map(|(.., volume)| volume.changes());
        let all = self.eviction.limits.iter().flat_map(|_| {
            let layers = self.running().map(Machine::changes);
            layers.chain(self.volumes.on_disk().map(Volume::changes))
        });
        volumes.chain(all).fold(0, u64::wrapping_add)
    }

    /// The containers that run.
    fn running(&self) -> impl Iterator<Item = &Machine> {
        (0..self.spec.containers.len()).filter_map(|idx| self.machine(idx))
    }

    fn machine(&self, idx: Idx) -> Option<&Machine> {
        self.runtime.instances[idx].last()?.process.as_ref()?.machine()
    }

    fn weigh_at(&mut self, at: Millis) {
        self.eviction.planned = true;
        self.queue.push(at, Ev::Weigh);
    }

    /// Weighs what has a limit, and evicts the Pod for what is too large when the time has come.
    pub fn weigh(&mut self) {
        self.eviction.planned = false;
        let is_critical = self.pod.spec.as_ref().and_then(|spec| spec.priority).is_some_and(|p| p >= CRITICAL);
        if self.worker.phase != WorkPhase::Syncing || is_critical {
            return;
        }
        let outgrown = [self.outgrown_volume(), self.outgrown_pod(), self.outgrown_container()].into_iter().flatten();
        let soonest =
            outgrown.map(|(message, rhythm)| (self.next_measurement(rhythm), message)).min_by_key(|(known, _)| *known);
        let Some((known, message)) = soonest else { return self.plan_weighing() };
        if known > self.now {
            return self.weigh_at(known);
        }
        if !self.kubelet_up {
            return self.weigh_at(self.now + LAYERS.1);
        }
        let entry = self.entry(None, EntryKind::Evicted { message: message.clone() }, Some(self.added));
        self.event(None, true, "Evicted", message.clone(), entry);
        self.eviction.message = Some(message);
        self.start_terminating(LookReason::Evicted, entry);
    }

    /// What is said of the first volume that is larger than it may be.
    fn outgrown_volume(&self) -> Option<(String, Rhythm)> {
        let mut limited = self.volumes.limited();
        let (name, limit, _) = limited.find(|(_, limit, volume)| is_beyond(volume.bytes_on_disk(), *limit))?;
        Some((format!("Usage of EmptyDir volume \"{name}\" exceeds the limit \"{limit}\". "), VOLUMES))
    }

    /// What is said when containers and volumes together take more than the containers may.
    fn outgrown_pod(&self) -> Option<(String, Rhythm)> {
        let limit = self.eviction.limits.as_ref()?.pod;
        let layers: u64 = self.running().map(Machine::written).sum();
        let volumes: u64 = self.volumes.on_disk().map(Volume::bytes_on_disk).sum();
        let rhythm = if is_beyond(layers, limit) { LAYERS } else { VOLUMES };
        let message = format!("Pod ephemeral local storage usage exceeds the total limit of containers {limit}. ");
        is_beyond(layers + volumes, limit).then_some((message, rhythm))
    }

    /// What is said of the first container that has written more than it may.
    fn outgrown_container(&self) -> Option<(String, Rhythm)> {
        let has_outgrown = |&&(idx, limit): &&(Idx, Quantity)| {
            self.machine(idx).is_some_and(|machine| is_beyond(machine.written(), limit))
        };
        let (idx, limit) = self.eviction.limits.as_ref()?.containers.iter().find(has_outgrown)?;
        let name = &self.spec.containers[*idx].name;
        Some((format!("Container {name} exceeded its local ephemeral storage limit \"{limit}\". "), LAYERS))
    }

    /// The first moment, from now on, at which the kubelet knows.
    fn next_measurement(&self, (first, every): Rhythm) -> Millis {
        let first = self.eviction.since + first;
        first + Millis(self.now.since(first).0.div_ceil(every.0) * every.0)
    }
}

fn is_beyond(bytes: u64, limit: Quantity) -> bool {
    bytes > limit.value() as u64
}
