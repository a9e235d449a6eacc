//! Eviction of a Pod whose emptyDir has outgrown its `sizeLimit` (`kubelet-semantics.md` 13.5; `eviction_manager.go`,
//! `volume_stat_calculator.go`).
//!
//! The kubelet measures a Pod's volumes first within a minute and then every one to two; the eviction manager goes by the last
//! measurement and looks every ten seconds. Here a volume is weighed when something has been written to it, at most once a second, and a Pod
//! is evicted at the next moment at which the kubelet would know. Volumes in memory are left out: they have no room for more.

use k8s_openapi::api::core::v1 as api;

use crate::kube::quantity::Quantity;
use crate::time::Millis;
use crate::trace::{EntryKind, LookReason};

use super::run::{Ev, Sim};
use super::volumes::is_in_memory;
use super::worker::WorkPhase;

/// From the kubelet's hearing of the Pod to the first look that knows how large its volumes are: half a minute, and half of ten seconds.
const FIRST: Millis = Millis(35_000);
/// Between measurements: `volumeStatsAggPeriod` with half of its jitter.
const EVERY: Millis = Millis(90_000);
/// Volumes are not weighed more often.
const REST: Millis = Millis(1_000);
/// `immediateEvictionGracePeriodSeconds`
pub const GRACE_SECONDS: i64 = 1;
/// `SystemCriticalPriority`: such Pods are spared.
const CRITICAL: i32 = 2_000_000_000;

/// What the eviction manager knows of the Pod.
#[derive(Debug, Default)]
pub struct Eviction {
    /// Since when the kubelet looks after the Pod.
    pub since: Millis,
    /// The volumes are going to be weighed.
    planned: bool,
    /// How many changes of them have been weighed.
    weighed: u64,
    /// Why the Pod is evicted, once it is.
    pub message: Option<String>,
}

/// The limit of an emptyDir on the node's disk.
pub fn limit(volume: &api::Volume) -> Option<Quantity> {
    let dir = volume.empty_dir.as_ref().filter(|dir| !is_in_memory(dir))?;
    let limit = Quantity::read(&dir.size_limit.as_ref()?.0);
    (limit > Quantity::ZERO).then_some(limit)
}

impl Sim<'_> {
    /// A process has run: what it has written will be weighed.
    pub fn plan_weighing(&mut self) {
        let changes = self.volumes.limited().map(|(.., volume)| volume.changes()).sum();
        if changes != self.eviction.weighed && !self.eviction.planned {
            self.eviction.weighed = changes;
            self.weigh_at(self.now + REST);
        }
    }

    fn weigh_at(&mut self, at: Millis) {
        self.eviction.planned = true;
        self.queue.push(at, Ev::Weigh);
    }

    /// Weighs the volumes, and evicts the Pod for one that is too large when the time has come.
    pub fn weigh_volumes(&mut self) {
        self.eviction.planned = false;
        let is_critical = self.pod.spec.as_ref().and_then(|spec| spec.priority).is_some_and(|p| p >= CRITICAL);
        if self.worker.phase != WorkPhase::Syncing || is_critical {
            return;
        }
        let Some(message) = self.outgrown() else { return self.plan_weighing() };
        let known = self.next_measurement();
        if known > self.now {
            return self.weigh_at(known);
        }
        if !self.kubelet_up {
            return self.weigh_at(self.now + EVERY);
        }
        let entry = self.entry(None, EntryKind::Evicted { message: message.clone() }, Some(self.added));
        self.event(None, true, "Evicted", message.clone(), entry);
        self.eviction.message = Some(message);
        self.start_terminating(LookReason::Evicted, entry);
    }

    /// What is said of the first volume that is larger than it may be.
    fn outgrown(&self) -> Option<String> {
        let mut limited = self.volumes.limited();
        let (name, limit, _) = limited.find(|(_, limit, volume)| volume.bytes_on_disk() > limit.value() as u64)?;
        Some(format!("Usage of EmptyDir volume \"{name}\" exceeds the limit \"{limit}\". "))
    }

    /// The first moment, from now on, at which the kubelet knows how large the volumes are.
    fn next_measurement(&self) -> Millis {
        let first = self.eviction.since + FIRST;
        first + Millis(self.now.since(first).0.div_ceil(EVERY.0) * EVERY.0)
    }
}
