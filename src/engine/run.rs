//! The simulation as a whole: its state, its main loop, and the one way to write the trace.

use std::collections::BTreeMap;
use std::rc::Rc;

use k8s_openapi::api::core::v1::Pod;

use crate::kube::cluster;
use crate::scenario::Scenario;
use crate::time::Millis;
use crate::trace::*;

use super::backoff::CrashBackoff;
use super::events::{Correlator, Said, Source};
use super::eviction::Eviction;
use super::hooks::HookState;
use super::images::Images;
use super::jitter::Jitter;
use super::kill::Kills;
use super::latency::Latencies;
use super::probes::Prober;
use super::publish::StatusManager;
use super::queue::Queue;
use super::runtime::Runtime;
use super::scheduler;
use super::spec::{Idx, Spec};
use super::volumes::Volumes;
use super::worker::Worker;
use super::world::World;
use super::{DEFAULT_HORIZON, Input, MAX_HORIZON, MAX_STEPS};

/// What can be planned.
#[derive(Debug)]
pub enum Ev {
    Schedule(EntryId),
    /// The garbage collector comes to a Pod whose node does not exist.
    Orphaned(EntryId),
    /// The kubelet hears of the Pod.
    PodAdded(EntryId),
    /// The list of containers is read.
    Poll,
    /// The list of containers is read at once, because a look did something.
    Relist,
    /// The worker waits for a list that is new enough.
    Fresh,
    /// The kubelet's main loop comes to a Pod whose time has come.
    Timer {
        generation: u64,
        cause: EntryId,
    },
    /// The current look goes on.
    Step {
        generation: u64,
    },
    /// A process of a container has something to do.
    Process {
        idx: Idx,
        instance: usize,
    },
    Kill {
        idx: Idx,
    },
    Probe {
        slot: usize,
        generation: u64,
    },
    Mount,
    Deadline,
    /// What may have outgrown its limit is weighed.
    Weigh,
    /// A deletion reaches the kubelet.
    Deleted(EntryId),
    /// The kubelet sees the Pod's spec or metadata changed.
    PodUpdated(EntryId),
    Action(usize),
    /// Something of the world appears (`up`) or vanishes.
    World {
        what: WorldKind,
        name: String,
        up: bool,
    },
    /// With what stopped them.
    KubeletStarted(EntryId),
    NodeStarted(EntryId),
}

/// One simulation.
pub struct Sim<'a> {
    pub now: Millis,
    pub horizon: Millis,
    pub queue: Queue<Ev>,
    pub pod: &'a Pod,
    pub spec: Rc<Spec<'a>>,
    pub scenario: &'a Scenario,
    pub latency: Latencies,
    pub jitter: Jitter,
    pub world: Rc<World>,
    pub runtime: Runtime,
    pub volumes: Volumes,
    pub images: Images,
    pub worker: Worker,
    pub crash: CrashBackoff,
    pub kills: Kills,
    pub hooks: HookState,
    pub prober: Prober,
    pub status: StatusManager,
    pub correlator: Correlator,
    /// The images in the spec as it stands; `setImage` changes them.
    pub image: Vec<Rc<str>>,
    pub generation: i64,
    pub deletion: Option<Deletion>,
    pub eviction: Eviction,
    /// The scheduler's one planned turn.
    pub schedule_at: Millis,
    /// What brought the Pod to the kubelet.
    pub added: EntryId,
    pub kubelet_up: bool,
    pub node_up: bool,
    /// Whether a run may be taken to come to what the one before it came to; only a test says no.
    pub replays: bool,
    pub trace: Trace,
}

impl<'a> Sim<'a> {
    pub fn new(input: &Input<'a>) -> Sim<'a> {
        let spec = Rc::new(Spec::new(input.pod));
        let scenario = input.scenario;
        let latency = Latencies::new(&scenario.cluster.latencies);
        let asked = input.until.or(scenario.horizon);
        let world = Rc::new(World::new(scenario, &spec, input.pod));
        for (kind, name) in cluster::needed(input.pod) {
            // It has let the Pod in.
            world.object_data(kind, name, Millis::ZERO);
        }
        let trace = Trace {
            kubernetes: scenario.cluster.version.clone().unwrap_or_else(|| "1.36".into()),
            node: world.node_name.clone(),
            pod: Rc::clone(input.pod),
            uid: Rc::clone(&spec.uid),
            containers: spec.containers.iter().map(container_trace).collect(),
            ..Trace::default()
        };
        Sim {
            now: Millis::ZERO,
            horizon: asked.unwrap_or(DEFAULT_HORIZON).min(MAX_HORIZON),
            queue: Queue::new(),
            jitter: Jitter::new(scenario.cluster.seed),
            runtime: Runtime::new(spec.containers.len()),
            volumes: Volumes::new(input.pod, &spec),
            images: Images::default(),
            worker: Worker::default(),
            crash: CrashBackoff::new(&scenario.cluster, spec.containers.len()),
            kills: Kills::new(spec.containers.len()),
            hooks: HookState::default(),
            prober: Prober::new(&spec),
            status: StatusManager::new(input.pod, &spec),
            correlator: Correlator::new(scheduler::name_for(input.pod)),
            image: spec.containers.iter().map(|c| c.image.clone()).collect(),
            generation: 1,
            deletion: None,
            eviction: Eviction::new(input.pod, &spec),
            schedule_at: Millis::ZERO,
            added: EntryId(0),
            kubelet_up: true,
            node_up: true,
            replays: true,
            pod: input.pod,
            spec,
            scenario,
            latency,
            world,
            trace,
        }
    }

    /// Runs until the horizon, or until nothing more can happen.
    pub fn run(mut self) -> Trace {
        let created = self.entry(None, EntryKind::PodCreated, None);
        self.publish_version(created);
        self.plan_world();
        self.plan_schedule(self.latency.schedule, created);
        let mut steps = 0;
        let settled = loop {
            let Some((at, ev)) = self.queue.pop() else { break true };
            if at > self.horizon {
                break false;
            }
            steps += 1;
            if steps > MAX_STEPS {
                self.horizon = self.now;
                self.entry(None, EntryKind::RunBound, None);
                break false;
            }
            self.now = at;
            self.happen(ev);
            if self.object_is_gone() && self.nothing_runs() {
                break true;
            }
        };
        self.finish(settled)
    }

    fn happen(&mut self, ev: Ev) {
        match ev {
            Ev::Schedule(cause) => self.schedule(cause),
            Ev::Orphaned(cause) => self.collect_orphan(cause),
            Ev::PodAdded(cause) => self.pod_added(cause),
            Ev::Poll => self.poll(),
            Ev::Relist => self.relist(),
            Ev::Fresh => self.worker_may_start(),
            Ev::Timer { generation, cause } => self.timer(generation, cause),
            Ev::Step { generation } => self.resume_look(generation),
            Ev::Process { idx, instance } => self.advance_process(idx, instance),
            Ev::Kill { idx } => self.advance_kill(idx),
            Ev::Probe { slot, generation } => self.probe_due(slot, generation),
            Ev::Mount => self.try_mounts(),
            Ev::Deadline => self.deadline_due(),
            Ev::Weigh => self.weigh(),
            Ev::Deleted(cause) => self.kubelet_sees_deletion(cause),
            Ev::PodUpdated(cause) => self.update_pod(LookReason::PodUpdated, cause),
            Ev::Action(i) => self.act(i),
            Ev::World { what, name, up } => self.world_changes(what, name, up),
            Ev::KubeletStarted(cause) => self.kubelet_started(cause),
            Ev::NodeStarted(cause) => self.node_started(cause),
        }
    }

    fn finish(mut self, settled: bool) -> Trace {
        if settled {
            // What is still to be seen of a Pod at rest is the rest itself.
            let asked = self.scenario.horizon.is_some();
            let rest = self.now + Millis::secs(5);
            self.horizon = if asked { self.horizon } else { rest.min(self.horizon) };
        }
        self.trace.horizon = self.horizon;
        self.trace.settled = settled;
        self.collect_logs();
        self.trace.world = self.world.history(self.horizon);
        self.trace.assumptions = self.world.assumptions();
        self.trace
    }

    fn nothing_runs(&self) -> bool {
        (0..self.spec.containers.len()).all(|idx| self.runtime.alive(idx).is_none())
    }

    /// Writes an entry.
    pub fn entry(&mut self, container: Option<Idx>, kind: EntryKind, cause: Option<EntryId>) -> EntryId {
        let id = EntryId(self.trace.entries.len() as u32);
        self.trace.entries.push(Entry { at: self.now, container, kind, cause });
        id
    }

    /// Says an event about the Pod (`idx` None) or one of its containers.
    pub fn event(&mut self, idx: Option<Idx>, warning: bool, reason: &'static str, message: String, cause: EntryId) {
        self.event_from(Source::Kubelet, idx, warning, reason, message, cause);
    }

    pub fn event_from(
        &mut self,
        source: Source,
        idx: Option<Idx>,
        warning: bool,
        reason: &'static str,
        message: String,
        cause: EntryId,
    ) {
        let field_path = idx.map(|i| self.spec.containers[i].field_path.clone());
        let said = Said { warning, reason, message, field_path, source };
        match self.correlator.observe(self.now, said, cause) {
            Some(event) => self.trace.events.push(event),
            None => self.trace.unsent.push(self.now),
        }
    }

    /// The images that differ from those of the Pod as it was created.
    pub fn changed_images(&self) -> BTreeMap<String, String> {
        let containers = self.spec.containers.iter().zip(&self.image);
        containers.filter(|(c, now)| c.image != **now).map(|(c, now)| (c.name.to_string(), now.to_string())).collect()
    }

    pub fn is_deleting(&self) -> bool {
        self.deletion.is_some()
    }
}

fn container_trace(c: &super::spec::Container) -> ContainerTrace {
    ContainerTrace {
        name: c.name.to_string(),
        kind: c.kind,
        attempts: Vec::new(),
        logs: Vec::new(),
        pulls: Vec::new(),
        backoffs: Vec::new(),
        hooks: Vec::new(),
        probes: Vec::new(),
        kills: Vec::new(),
    }
}
