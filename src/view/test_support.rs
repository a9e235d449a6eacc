//! Builds traces for tests of views the way the engine writes them: in the order of time, each entry with its cause.

use std::collections::BTreeMap;
use std::rc::Rc;

use k8s_openapi::api::core::v1::Pod;

use crate::scenario::ActionKind;
use crate::time::Millis;
use crate::trace::*;

/// A trace in the making. Methods are called in the order of time; those that name a container take its name.
pub struct TraceBuilder {
    trace: Trace,
    last: BTreeMap<Option<usize>, EntryId>,
}

/// Reads a Pod for a test.
pub fn pod(yaml: &str) -> Pod {
    let mut pod: Pod = serde_yaml::from_str(yaml).expect("a Pod");
    pod.metadata.namespace.get_or_insert_with(|| "default".into());
    pod
}

impl TraceBuilder {
    /// A trace that ends at `horizon`, with the containers of this Pod and its creation.
    pub fn new(yaml: &str, horizon: u64) -> TraceBuilder {
        let pod = pod(yaml);
        let spec = pod.spec.clone().unwrap_or_default();
        let init = spec.init_containers.unwrap_or_default();
        let kind = |c: &k8s_openapi::api::core::v1::Container| match c.restart_policy.as_deref() {
            Some("Always") => ContainerKind::Sidecar,
            _ => ContainerKind::Init,
        };
        let inits = init.iter().map(|c| (c.name.clone(), kind(c)));
        let mains = spec.containers.iter().map(|c| (c.name.clone(), ContainerKind::Main));
        let containers = inits.chain(mains).map(|(name, kind)| ContainerTrace {
            name,
            kind,
            attempts: vec![],
            logs: vec![],
            pulls: vec![],
            backoffs: vec![],
            hooks: vec![],
            probes: vec![],
            kills: vec![],
        });
        let trace = Trace {
            kubernetes: "1.36".into(),
            horizon: Millis(horizon),
            node: "node1".into(),
            containers: containers.collect(),
            pod: Rc::new(pod),
            ..Default::default()
        };
        let mut builder = TraceBuilder { trace, last: BTreeMap::new() };
        builder.entry(0, None, EntryKind::PodCreated, None);
        builder.phase(0, "Pending");
        builder
    }

    pub fn index(&self, name: &str) -> usize {
        self.trace.containers.iter().position(|c| c.name == name).expect("a container of the Pod")
    }

    /// An entry with its cause, if it has one.
    pub fn entry(&mut self, at: u64, name: Option<&str>, kind: EntryKind, cause: Option<EntryId>) -> EntryId {
        let container = name.map(|n| self.index(n));
        let id = EntryId(self.trace.entries.len() as u32);
        self.trace.entries.push(Entry { at: Millis(at), container, kind, cause });
        self.last.insert(container, id);
        id
    }

    /// An entry caused by the last one of the same container, or of the Pod.
    pub fn then(&mut self, at: u64, name: Option<&str>, kind: EntryKind) -> EntryId {
        let container = name.map(|n| self.index(n));
        let cause = self.last.get(&container).or(self.last.get(&None)).copied();
        self.entry(at, name, kind, cause)
    }

    fn version(&mut self, at: u64, change: impl FnOnce(&mut PodVersion)) -> &mut Self {
        let cause = EntryId(self.trace.entries.len() as u32 - 1);
        let fresh = PodVersion {
            at: Millis::ZERO,
            status: Rc::new(PodStatus { phase: "Pending", ..Default::default() }),
            deletion: None,
            images: Rc::default(),
            generation: 1,
            removed: false,
            cause,
        };
        let mut version = self.trace.versions.last().cloned().unwrap_or(fresh);
        (version.at, version.cause) = (Millis(at), cause);
        change(&mut version);
        self.trace.versions.push(version);
        self
    }

    pub fn status(&mut self, at: u64, change: impl FnOnce(&mut PodStatus)) -> &mut Self {
        let index = self.trace.versions.len();
        self.then(at, None, EntryKind::StatusPublished(index));
        self.version(at, |v| change(Rc::make_mut(&mut v.status)))
    }

    pub fn phase(&mut self, at: u64, phase: &'static str) -> &mut Self {
        self.then(at, None, EntryKind::PhaseChanged { phase: phase.into() });
        self.status(at, |s| s.phase = phase)
    }

    pub fn condition(&mut self, at: u64, kind: &str, status: &str) -> &mut Self {
        self.status(at, |s| {
            let mut list = s.conditions.to_vec();
            list.retain(|c| &*c.kind != kind);
            list.push(Condition {
                kind: kind.into(),
                status: status.into(),
                reason: None,
                message: None,
                last_transition: Millis(at),
                observed_generation: None,
            });
            s.conditions = list.into();
        })
    }

    pub fn sandbox(&mut self, from: u64, ready: u64) -> &mut Self {
        let attempt = self.trace.sandboxes.len() as u32;
        self.then(from, None, EntryKind::SandboxStarted { attempt });
        self.then(ready, None, EntryKind::SandboxReady { attempt });
        self.trace.sandboxes.push(SandboxTrace { attempt, from: Millis(from), ready: Some(Millis(ready)), to: None });
        self
    }

    pub fn sandbox_stops(&mut self, at: u64) -> &mut Self {
        let attempt = self.trace.sandboxes.len() as u32 - 1;
        self.then(at, None, EntryKind::SandboxStopped { attempt });
        self.trace.sandboxes.last_mut().expect("a sandbox").to = Some(Millis(at));
        self
    }

    fn container(&mut self, name: &str) -> &mut ContainerTrace {
        let index = self.index(name);
        &mut self.trace.containers[index]
    }

    /// Creates a container at `at` and starts it 100 ms later.
    pub fn start(&mut self, at: u64, name: &str) -> &mut Self {
        let attempt = self.container(name).attempts.last().map_or(0, |a| a.attempt + 1);
        let created_by = self.then(at, Some(name), EntryKind::Created { attempt });
        self.then(at + 100, Some(name), EntryKind::Started { attempt });
        self.container(name).attempts.push(Attempt {
            attempt,
            created: Millis(at),
            started: Some(Millis(at + 100)),
            finished: None,
            exit_code: None,
            signal: None,
            reason: None,
            injected: false,
            created_by,
            finished_by: None,
        });
        self
    }

    pub fn exit(&mut self, at: u64, name: &str, exit_code: i32) -> &mut Self {
        let reason = if exit_code == 0 { "Completed" } else { "Error" };
        self.exit_with(at, name, exit_code, reason)
    }

    pub fn exit_with(&mut self, at: u64, name: &str, exit_code: i32, reason: &str) -> &mut Self {
        let attempt = self.container(name).attempts.last().expect("an attempt").attempt;
        let id = self.then(at, Some(name), EntryKind::Exited { attempt, exit_code, reason: reason.into() });
        let last = self.container(name).attempts.last_mut().expect("an attempt");
        last.finished = Some(Millis(at));
        last.exit_code = Some(exit_code);
        last.reason = Some(reason.into());
        last.finished_by = Some(id);
        self
    }

    /// A back-off seen at `at`, counted from `since`; `to` is the next try.
    pub fn back_off(
        &mut self,
        at: u64,
        name: &str,
        what: BackOffKind,
        since: u64,
        delay: u64,
        to: Option<u64>,
    ) -> &mut Self {
        let (delay, since) = (Millis(delay), Millis(since));
        let until = since + delay;
        self.then(at, Some(name), EntryKind::BackOff { what, delay, since, until });
        let to = to.map(Millis);
        self.container(name).backoffs.push(BackOff { kind: what, from: Millis(at), until, to, delay });
        self
    }

    pub fn pull(&mut self, from: u64, to: Option<u64>, name: &str, image: &str, error: Option<&str>) -> &mut Self {
        self.then(from, Some(name), EntryKind::PullStarted { image: image.into() });
        match (to, error) {
            (Some(to), None) => self.then(to, Some(name), EntryKind::PullFinished { image: image.into() }),
            (Some(to), Some(e)) => {
                self.then(to, Some(name), EntryKind::PullFailed { image: image.into(), message: e.into() })
            }
            (None, _) => EntryId(0),
        };
        let (from, to) = (Millis(from), to.map(Millis));
        self.container(name).pulls.push(Pull { from, to, image: image.into(), error: error.map(Into::into) });
        self
    }

    pub fn start_failed(&mut self, at: u64, name: &str, reason: &str, message: &str) -> &mut Self {
        let kind = EntryKind::StartFailed { attempt: 0, reason: reason.into(), message: message.into() };
        self.then(at, Some(name), kind);
        self
    }

    pub fn kill(&mut self, at: u64, name: &str, grace_seconds: i64, message: &str, kill: Option<u64>) -> &mut Self {
        let attempt = self.container(name).attempts.last().expect("an attempt").attempt;
        self.then(at, Some(name), EntryKind::Killing { attempt, message: message.into(), grace_seconds });
        self.then(at, Some(name), EntryKind::SignalSent { attempt, signal: 15 });
        if let Some(kill) = kill {
            self.then(kill, Some(name), EntryKind::SignalSent { attempt, signal: 9 });
        }
        self.container(name).kills.push(Kill {
            from: Millis(at),
            term: Some(Millis(at)),
            kill: kill.map(Millis),
            grace_seconds,
            message: message.into(),
        });
        self
    }

    pub fn probe(&mut self, at: u64, name: &str, kind: crate::scenario::ProbeKind, success: bool) -> &mut Self {
        let attempt = self.container(name).attempts.last().map_or(0, |a| a.attempt);
        let output = String::new();
        let probed = EntryKind::Probed { attempt, probe: kind, success, output: output.clone() };
        let entry = self.then(at, Some(name), probed);
        self.container(name).probes.push(ProbeRun { at: Millis(at), kind, success, output, entry });
        self
    }

    pub fn action(&mut self, at: u64, action: ActionKind) -> &mut Self {
        self.entry(at, None, EntryKind::ActionTaken(action), None);
        self
    }

    pub fn delete(&mut self, at: u64, grace_seconds: i64) -> &mut Self {
        self.then(at, None, EntryKind::DeletionRequested { grace_seconds });
        self.version(at, |v| v.deletion = Some(Deletion { requested: Millis(at), grace_seconds }))
    }

    pub fn remove(&mut self, at: u64) -> &mut Self {
        self.then(at, None, EntryKind::ObjectRemoved);
        self.version(at, |v| v.removed = true)
    }

    pub fn world(&mut self, kind: WorldKind, name: &str, present: &[(u64, Option<u64>)]) -> &mut Self {
        for (from, to) in present {
            for (at, up) in [(Some(*from), true), (*to, false)] {
                if let Some(at) = at.filter(|&at| at > 0) {
                    self.entry(at, None, EntryKind::WorldChanged { what: kind, name: name.into(), up }, None);
                }
            }
        }
        let present = present.iter().map(|&(from, to)| (Millis(from), to.map(Millis))).collect();
        self.trace.world.push(WorldTrace { kind, name: name.into(), present });
        self
    }

    pub fn event(&mut self, at: u64, name: Option<&str>, warning: bool, reason: &str, message: &str) -> &mut Self {
        let path = name.map(|n| match self.container(n).kind {
            ContainerKind::Main => format!("spec.containers{{{n}}}"),
            _ => format!("spec.initContainers{{{n}}}"),
        });
        self.trace.events.push(Event {
            at: Millis(at),
            first: Millis(at),
            count: 1,
            warning,
            reason: reason.into(),
            message: message.into(),
            field_path: path.map(Into::into),
            source: "kubelet".into(),
            cause: EntryId(self.trace.entries.len() as u32 - 1),
        });
        self
    }

    pub fn settled(&mut self) -> &mut Self {
        self.trace.settled = true;
        self
    }

    /// The trace, its entries in the order of time (causes renumbered with them).
    pub fn build(&self) -> Trace {
        let mut trace = self.trace.clone();
        let mut order: Vec<usize> = (0..trace.entries.len()).collect();
        order.sort_by_key(|&i| trace.entries[i].at);
        let mut new_id = vec![EntryId(0); order.len()];
        for (new, &old) in order.iter().enumerate() {
            new_id[old] = EntryId(new as u32);
        }
        let id = |id: EntryId| new_id[id.0 as usize];
        trace.entries = order.iter().map(|&i| trace.entries[i].clone()).collect();
        trace.entries.iter_mut().for_each(|e| e.cause = e.cause.map(id));
        trace.versions.iter_mut().for_each(|v| v.cause = id(v.cause));
        trace.events.iter_mut().for_each(|e| e.cause = id(e.cause));
        trace.events.sort_by_key(|e| e.at);
        for c in &mut trace.containers {
            c.probes.iter_mut().for_each(|p| p.entry = id(p.entry));
            c.attempts.iter_mut().for_each(|a| {
                a.created_by = id(a.created_by);
                a.finished_by = a.finished_by.map(id);
            });
        }
        trace
    }
}
