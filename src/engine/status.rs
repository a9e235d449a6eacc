//! The status that a look builds from what it sees: container statuses, phase, conditions (`kubelet-semantics.md` 11).
//!
//! Only what has changed since the last look is built anew; everything else is shared with the previous status.

use std::rc::Rc;

use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::*;

use super::phase::{Stage, phase};
use super::plan::exit_code_at;
use super::probes::Verdict;
use super::run::Sim;
use super::runtime::{Instance, Seen};
use super::spec::Idx;

const LOST: &str = "The container could not be located when the pod was deleted.  The container used to be Running";
const RESETTING: &str = "The container is removed because RestartAllContainers in place";
const DEADLINE_MESSAGE: &str = "Pod was active on the node longer than the specified deadline";

impl Sim<'_> {
    /// `generateAPIPodStatus`: the status by the list of containers of moment `t`. `terminal`: nothing runs any more.
    pub fn generate_status(&mut self, t: Millis, terminal: bool) -> PodStatus {
        let old = self.status.known.clone();
        let resetting = old.condition("AllContainersRestarting").is_some_and(Condition::is_true);
        let main_created = self.spec.mains().any(|m| self.runtime.newest_at(m, t).is_some());
        if resetting {
            self.status.touch_all();
        }
        let mut status = (*old).clone();
        let build =
            |idx: Idx, old: Option<&ContainerStatus>| self.container_status(idx, t, old, resetting, main_created);
        if old.init.len() + old.main.len() == 0 {
            status.init = self.spec.inits().map(|idx| Rc::new(build(idx, None))).collect();
            status.main = self.spec.mains_by_name.iter().map(|&idx| Rc::new(build(idx, None))).collect();
        } else {
            for &idx in self.status.touched() {
                let list = if idx < self.spec.n_inits { &mut status.init } else { &mut status.main };
                let old = &list[self.spec.place[idx]];
                let new = build(idx, Some(old));
                if **old != new {
                    list.set(self.spec.place[idx], new);
                }
            }
        }
        self.status.settle(&self.runtime, t);
        if resetting {
            // What was said of the reset stands in this one status only.
            self.status.touch_all();
        }
        self.finish_status(status, &old, t, terminal)
    }

    fn finish_status(&mut self, mut status: PodStatus, old: &PodStatus, t: Millis, terminal: bool) -> PodStatus {
        let sandbox = self.runtime.newest_sandbox_at(t);
        let ready_sandbox = sandbox.filter(|s| s.is_ready_at(t));
        let sandbox_index = self.runtime.sandboxes.len().saturating_sub(1);
        let in_sandbox = |m: Idx| self.runtime.newest_at(m, t).is_some_and(|i| i.sandbox == sandbox_index);
        let stage = Stage { terminal, initialized: self.spec.mains().any(in_sandbox), knows_started: false };
        status.start_time = status.start_time.or(Some(self.now));
        status.host_ip = Some(self.world.node_ip.clone());
        status.pod_ip = if self.spec.host_network {
            status.host_ip.clone()
        } else {
            ready_sandbox.map(|s| s.ip.clone()).or(status.pod_ip).filter(|_| sandbox.is_some())
        };
        status.observed_generation = Some(self.generation);
        self.status.census.update(&self.spec, &status);
        let computed = phase(&self.status.census.counts, stage);
        if !old.is_terminal() {
            status.phase = computed;
        }
        if self.deadline_exceeded(&status) {
            status.phase = "Failed";
            status.reason = Some("DeadlineExceeded".into());
            status.message = Some(DEADLINE_MESSAGE.into());
            let cause = self.deadline_entry();
            self.event(None, false, "DeadlineExceeded", DEADLINE_MESSAGE.into(), cause);
        }
        if let Some(message) = self.eviction.message.as_ref().filter(|_| terminal && !old.is_terminal()) {
            status.phase = "Failed";
            status.reason = Some("Evicted".into());
            status.message = Some(message.as_str().into());
        }
        status.conditions = self.conditions(&status, old, t, ready_sandbox_exists(self, t));
        self.kick_readiness(&status);
        status
    }

    /// `SetContainerReadiness` and `SetContainerStartup`: a probe's result reaches the status before the next look.
    pub fn patch_probe_result(&mut self, idx: Idx, cause: EntryId) {
        let known = self.status.known.clone();
        let mut status = (*known).clone();
        let list = if idx < self.spec.n_inits { &mut status.init } else { &mut status.main };
        let Some(old) = list.get(self.spec.place[idx]) else { return };
        let mut patched = (**old).clone();
        self.set_started_and_ready(idx, &mut patched);
        list.set(self.spec.place[idx], patched);
        self.status.census.update(&self.spec, &status);
        let sandbox_ready = known.condition("PodReadyToStartContainers").is_some_and(Condition::is_true);
        status.conditions = self.conditions(&status, &known, self.now, sandbox_ready);
        self.set_status(status, cause);
    }

    /// 11.1
    fn container_status(
        &self,
        idx: Idx,
        t: Millis,
        old: Option<&ContainerStatus>,
        resetting: bool,
        main_created: bool,
    ) -> ContainerStatus {
        let (newest, second) = self.runtime.newest_two_at(idx, t);
        let spec = &self.spec.containers[idx];
        let mut status = self.start_value(idx, old);
        match newest {
            None => {
                self.without_instance(&mut status, old, resetting);
                let forgotten = spec.kind == ContainerKind::Init
                    && main_created
                    && matches!(status.state, ContainerState::Waiting(_));
                if forgotten {
                    status.state = ContainerState::Terminated(assumed_done());
                    status.ready = true;
                    return status;
                }
            }
            Some(instance) => {
                status.state = state_of(instance, t);
                status.restart_count = instance.attempt.max(old.map_or(0, |o| o.restart_count));
                status.last_state = match second.filter(|i| i.seen_at(t) == Seen::Exited) {
                    Some(i) => i.exit.as_ref().map(|e| terminated(i, e)),
                    None => carried_over(old, instance),
                };
                status.container_id = instance.id.clone();
                status.image = instance.image_name.clone();
                status.image_id = instance.image_id.clone();
            }
        }
        let done_init = idx < self.spec.n_inits && newest.and_then(|i| exit_code_at(i, t)) == Some(0);
        if !done_init && self.should_be_restarted(idx, t) {
            self.show_reason(idx, &mut status);
        }
        self.set_started_and_ready(idx, &mut status);
        if resetting && newest.is_none() && old.is_some_and(|o| o.ready) && spec.kind == ContainerKind::Init {
            status.ready = true;
        }
        status
    }

    /// What a status is before anything is known of the container.
    fn start_value(&self, idx: Idx, old: Option<&ContainerStatus>) -> ContainerStatus {
        if let Some(old) = old.filter(|o| matches!(o.state, ContainerState::Terminated(_))) {
            return old.clone();
        }
        let reason = if self.spec.n_inits > 0 { "PodInitializing" } else { "ContainerCreating" };
        ContainerStatus {
            name: self.spec.containers[idx].name.clone(),
            state: ContainerState::Waiting(Waiting { reason: Some(reason.into()), message: None }),
            last_state: old.and_then(|o| o.last_state.clone()),
            ready: false,
            started: false,
            restart_count: old.map_or(0, |o| o.restart_count),
            image: self.image[idx].clone(),
            image_id: "".into(),
            container_id: old.map_or_else(|| "".into(), |o| o.container_id.clone()),
        }
    }

    /// The runtime does not know the container.
    fn without_instance(&self, status: &mut ContainerStatus, old: Option<&ContainerStatus>, resetting: bool) {
        let Some(old) = old else { return };
        if resetting && !matches!(old.state, ContainerState::Waiting(_)) {
            let waiting = Waiting { reason: Some("RestartingAllContainers".into()), message: Some(RESETTING.into()) };
            status.state = ContainerState::Waiting(waiting);
            status.last_state = Some(made_up("RestartingAllContainers", RESETTING));
            status.restart_count = old.restart_count + 1;
            return;
        }
        if matches!(old.state, ContainerState::Running { .. }) && old.last_state.is_none() {
            status.last_state = Some(made_up("ContainerStatusUnknown", LOST));
            status.restart_count = old.restart_count + u32::from(!self.is_deleting());
        }
    }

    /// Step 5: a failed start of the last look hides the exit.
    fn show_reason(&self, idx: Idx, status: &mut ContainerStatus) {
        let Some(failure) = self.status.reason(idx) else { return };
        if let ContainerState::Terminated(t) = &status.state {
            status.last_state = Some(t.clone());
        }
        let waiting = Waiting { reason: Some(failure.reason.clone()), message: Some(failure.message.clone()) };
        status.state = ContainerState::Waiting(waiting);
    }

    /// 8.3
    fn set_started_and_ready(&self, idx: Idx, status: &mut ContainerStatus) {
        let spec = &self.spec.containers[idx];
        let running = matches!(status.state, ContainerState::Running { .. });
        if spec.kind == ContainerKind::Init {
            status.started = running;
            status.ready = matches!(&status.state, ContainerState::Terminated(t) if t.exit_code == 0);
            return;
        }
        let success = |kind: ProbeKind| self.prober.verdict(idx, kind) == Some(Verdict::Success);
        status.started = running && (spec.startup.is_none() || success(ProbeKind::Startup));
        status.ready = status.started && (spec.readiness.is_none() || success(ProbeKind::Readiness));
    }

    /// 11.4, in the order of the object.
    fn conditions(&self, status: &PodStatus, old: &PodStatus, t: Millis, sandbox_ready: bool) -> Rc<[Condition]> {
        let same = status.init.is_same(&old.init) && status.main.is_same(&old.main);
        let was_ready = old.condition("PodReadyToStartContainers").map(Condition::is_true);
        if same
            && was_ready == Some(sandbox_ready)
            && (status.phase, status.observed_generation) == (old.phase, old.observed_generation)
            && !self.spec.may_restart_all
        {
            return old.conditions.clone();
        }
        let mut list: Vec<Condition> = old.conditions.iter().filter(|c| !is_kubelets(&c.kind)).cloned().collect();
        let scheduled = list.iter().position(|c| &*c.kind == "PodScheduled").map(|i| list.remove(i));
        let mut add = |kind: &str, (value, reason, message): Finding| {
            let previous = old.condition(kind);
            let observed_generation = (kind != "AllContainersRestarting").then_some(self.generation);
            let as_before = previous.filter(|c| c.is_true() == value);
            let says_the_same = |c: &&Condition| {
                c.reason.as_deref() == reason
                    && c.observed_generation == observed_generation
                    && say_the_same(&c.message, &message)
            };
            if let Some(same) = as_before.filter(says_the_same) {
                return list.push(same.clone());
            }
            list.push(Condition {
                kind: kind.into(),
                status: if value { "True" } else { "False" }.into(),
                reason: reason.map(Into::into),
                message: message.map(|said| shared(said, previous)),
                last_transition: as_before.map_or(self.now, |c| c.last_transition),
                observed_generation,
            });
        };
        add("PodReadyToStartContainers", (sandbox_ready, None, None));
        let initialized = self.initialized(status, old);
        add("Initialized", initialized);
        let ready = self.containers_ready(status);
        add("Ready", self.pod_ready(&ready, old));
        add("ContainersReady", ready);
        let mut tail: Vec<Condition> = scheduled.into_iter().collect();
        if self.spec.may_restart_all {
            add("AllContainersRestarting", self.restarting_all(status, t));
            tail.extend(list.pop());
        }
        list.extend(tail);
        list.into()
    }

    fn initialized(&self, status: &PodStatus, old: &PodStatus) -> Finding {
        if status.phase == "Succeeded" {
            return (true, Some("PodCompleted"), None);
        }
        let census = &self.status.census;
        if census.counts.main_shown > 0 || old.condition("Initialized").is_some_and(Condition::is_true) {
            return (true, None, None);
        }
        match census.incomplete.named("containers with incomplete status: ", &self.spec) {
            Some(message) => (false, Some("ContainersNotInitialized"), Some(message)),
            None => (true, None, None),
        }
    }

    fn containers_ready(&self, status: &PodStatus) -> Finding {
        match status.phase {
            "Succeeded" => return (false, Some("PodCompleted"), None),
            "Failed" => return (false, Some("PodFailed"), None),
            _ => {}
        }
        // The message follows the order of the spec, not the one by name.
        match self.status.census.unready.named("containers with unready status: ", &self.spec) {
            Some(message) => (false, Some("ContainersNotReady"), Some(message)),
            None => (true, None, None),
        }
    }

    /// The containers' readiness and the readiness gates.
    pub fn pod_ready(&self, containers: &Finding, old: &PodStatus) -> Finding {
        if !containers.0 {
            return containers.clone();
        }
        let unmet = self.spec.readiness_gates.iter().filter_map(|gate| match old.condition(gate) {
            None => Some(format!("corresponding condition of pod readiness gate \"{gate}\" does not exist.")),
            Some(c) if c.is_true() => None,
            Some(c) => Some(format!("the status of pod readiness gate \"{gate}\" is not \"True\", but {}", c.status)),
        });
        let unmet: Vec<String> = unmet.collect();
        if unmet.is_empty() {
            return (true, None, None);
        }
        (false, Some("ReadinessGatesNotReady"), Some(unmet.join(", ").into()))
    }

    fn restarting_all(&self, status: &PodStatus, t: Millis) -> Finding {
        if status.phase == "Succeeded" {
            return (false, Some("PodCompleted"), None);
        }
        if status.phase == "Failed" {
            return (false, Some("PodFailed"), None);
        }
        let due = (0..self.spec.containers.len()).any(|idx| {
            let code = self.runtime.newest_at(idx, t).and_then(|i| exit_code_at(i, t));
            code.and_then(|c| self.spec.containers[idx].rule_for(c)).is_some_and(|r| r.restart_all)
        });
        if !due {
            return (false, None, None);
        }
        let message = "container exited with restart policy rule";
        (true, Some("RestartAllContainersStarted"), Some(message.into()))
    }
}

/// Whether a condition is true; its reason and message.
pub type Finding = (bool, Option<&'static str>, Option<Rc<str>>);

fn ready_sandbox_exists(sim: &Sim, t: Millis) -> bool {
    sim.runtime.newest_sandbox_at(t).is_some_and(|s| s.is_ready_at(t))
}

/// A message, which is the previous one's own if that says the same.
fn shared(message: Rc<str>, previous: Option<&Condition>) -> Rc<str> {
    let known = previous.and_then(|c| c.message.as_ref()).filter(|known| is_one(known, &message));
    known.cloned().unwrap_or(message)
}

fn is_kubelets(kind: &str) -> bool {
    matches!(
        kind,
        "PodReadyToStartContainers" | "Initialized" | "Ready" | "ContainersReady" | "AllContainersRestarting"
    )
}

fn state_of(instance: &Instance, t: Millis) -> ContainerState {
    match (instance.seen_at(t), &instance.exit, instance.started) {
        (Seen::Exited, Some(exit), _) => ContainerState::Terminated(terminated(instance, exit)),
        (Seen::Running, _, Some(started_at)) => ContainerState::Running { started_at },
        _ => ContainerState::Waiting(Waiting::default()),
    }
}

fn terminated(instance: &Instance, exit: &super::runtime::Exit) -> Terminated {
    Terminated {
        exit_code: exit.code,
        reason: exit.reason.clone(),
        message: exit.message.clone(),
        started_at: instance.started,
        finished_at: Some(exit.at),
        never_started: exit.never_started,
        container_id: Some(instance.id.clone()),
    }
}

/// The last state when the runtime has no older instance: what the previous status knew.
fn carried_over(old: Option<&ContainerStatus>, instance: &Instance) -> Option<Terminated> {
    let old = old?;
    match &old.state {
        ContainerState::Terminated(t) if old.container_id != instance.id => Some(t.clone()),
        _ => old.last_state.clone(),
    }
}

/// An exit that the kubelet makes up: 137, and no times.
pub fn made_up(reason: &str, message: &str) -> Terminated {
    Terminated {
        exit_code: 137,
        reason: reason.into(),
        message: Some(message.into()),
        started_at: None,
        finished_at: None,
        never_started: false,
        container_id: None,
    }
}

fn assumed_done() -> Terminated {
    let message = "Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally";
    Terminated { exit_code: 0, reason: "Completed".into(), message: Some(message.into()), ..made_up("", "") }
}
