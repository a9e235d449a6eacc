//! One look of the kubelet at the Pod: SyncPod, SyncTerminatingPod or SyncTerminatedPod as a list of steps that may take time.
//!
//! A look publishes what it found before it acts (`kubelet-semantics.md` 1.5), works throughout with the list of containers
//! that it began with, and remembers at its end why starts failed; the next one shows it.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::time::Millis;
use crate::trace::{EntryId, EntryKind};

use super::kill::KillOrder;
use super::latency::VOLUME_TIMEOUT;
use super::plan::Plan;
use super::run::{Ev, Sim};
use super::spec::Idx;
use super::start::StartStage;
use super::worker::{Outcome, WorkPhase};

/// A look under way.
#[derive(Debug)]
pub struct Look {
    pub entry: EntryId,
    /// The moment of the list of containers that it works with.
    pub observed: Millis,
    /// Changes at every stop, so that a wake-up that comes late finds nothing to wake.
    generation: u64,
    blocked: bool,
    pub steps: VecDeque<Step>,
    /// It has changed something in the runtime.
    pub acted: bool,
    /// The newest failure.
    pub failed_by: Option<EntryId>,
    /// The earliest end of a crash back-off that it met, and that back-off.
    pub retry_at: Option<(Millis, EntryId)>,
    /// The worker shall look again at once.
    pub again: bool,
}

/// A part of a look.
#[derive(Debug)]
pub enum Step {
    Volumes { since: Millis },
    Plan,
    Kill(Vec<KillOrder>),
    AwaitKills,
    StopSandbox,
    SandboxStopped,
    CreateSandbox,
    SandboxReady,
    RemoveContainers(Vec<Idx>),
    Start(Idx, StartStage),
    TerminatingDone,
}

/// How a step leaves the look.
#[derive(Debug, PartialEq, Eq)]
pub enum Flow {
    Next,
    /// The look goes on after this time.
    After(Millis),
    /// Something else wakes it.
    Blocked,
}

/// Why a container could not be started: what the next look shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub reason: Rc<str>,
    pub message: Rc<str>,
}

impl Sim<'_> {
    pub fn begin_look(&mut self, entry: EntryId) {
        self.worker.look = Some(Look {
            entry,
            observed: self.observed(),
            generation: 0,
            blocked: false,
            steps: VecDeque::new(),
            acted: false,
            failed_by: None,
            retry_at: None,
            again: false,
        });
        match self.worker.phase {
            WorkPhase::Syncing => self.sync_pod(),
            WorkPhase::Terminating => self.sync_terminating_pod(),
            WorkPhase::Terminated => self.sync_terminated_pod(),
            WorkPhase::Unknown | WorkPhase::Finished => self.worker.look = None,
        }
    }

    /// `SyncPod`: the status first, then what is to be done.
    fn sync_pod(&mut self) {
        let Some(look) = &self.worker.look else { return };
        let (observed, entry) = (look.observed, look.entry);
        let status = self.generate_status(observed, false);
        let terminal = status.is_terminal();
        self.set_status(status, entry);
        if terminal {
            self.worker.phase = WorkPhase::Terminating;
            self.end_all_backoffs();
            self.end_look(Outcome::Again);
            return;
        }
        self.then([Step::Volumes { since: self.now }, Step::Plan]);
        self.go_on();
    }

    /// Puts steps before those that are left.
    pub fn then<const N: usize>(&mut self, steps: [Step; N]) {
        if let Some(look) = &mut self.worker.look {
            for step in steps.into_iter().rev() {
                look.steps.push_front(step);
            }
        }
    }

    /// Takes the steps of the look until one must wait, or until it is over.
    pub fn go_on(&mut self) {
        while let Some(look) = &mut self.worker.look {
            look.blocked = false;
            let Some(step) = look.steps.pop_front() else {
                let outcome = look.outcome();
                self.end_look(outcome);
                return;
            };
            match self.step(step) {
                Flow::Next => {}
                Flow::Blocked => return self.suspend(None),
                Flow::After(d) => return self.suspend(Some(d)),
            }
        }
    }

    fn suspend(&mut self, wake_after: Option<Millis>) {
        self.worker.generation += 1;
        let generation = self.worker.generation;
        let Some(look) = &mut self.worker.look else { return };
        look.generation = generation;
        look.blocked = wake_after.is_none();
        if let Some(d) = wake_after {
            self.queue.push(self.now + d, Ev::Step { generation });
        }
    }

    pub fn resume_look(&mut self, generation: u64) {
        if self.worker.look.as_ref().is_some_and(|l| l.generation == generation) {
            self.go_on();
        }
    }

    /// Wakes a blocked look.
    pub fn wake_look(&mut self) {
        if let Some(look) = self.worker.look.as_ref().filter(|l| l.blocked) {
            self.queue.push(self.now, Ev::Step { generation: look.generation });
        }
    }

    fn step(&mut self, step: Step) -> Flow {
        match step {
            Step::Volumes { since } => self.wait_for_volumes(since),
            Step::Plan => self.plan_and_queue(),
            Step::Kill(orders) => self.start_kills(orders),
            Step::AwaitKills => self.await_kills(),
            Step::StopSandbox => self.stop_sandbox(),
            Step::SandboxStopped => self.sandbox_stopped(),
            Step::CreateSandbox => self.create_sandbox(),
            Step::SandboxReady => self.sandbox_ready(),
            Step::RemoveContainers(list) => self.remove_containers(&list),
            Step::Start(idx, stage) => self.start_container(idx, stage),
            Step::TerminatingDone => self.terminating_done(),
        }
    }

    fn wait_for_volumes(&mut self, since: Millis) -> Flow {
        self.begin_mounting();
        if self.volumes.all_mounted(self.now) {
            if let Some(pending) = self.volumes.pending.take() {
                self.entry(None, EntryKind::VolumesMounted, Some(pending));
            }
            self.start_probing();
            return Flow::Next;
        }
        let pending = match self.volumes.pending {
            Some(pending) => pending,
            None => {
                let cause = self.look_entry();
                self.entry(None, EntryKind::VolumesPending, Some(cause))
            }
        };
        self.volumes.pending = Some(pending);
        if self.now.since(since) >= VOLUME_TIMEOUT {
            self.fail_look(pending);
            return Flow::Next;
        }
        // The wait polls every 0.3 s; nothing is planned for polls that cannot find anything new.
        let ready = self.volumes.next_look(since, self.now);
        self.then([Step::Volumes { since }]);
        Flow::After(ready.min(since + VOLUME_TIMEOUT).since(self.now))
    }

    /// Breaks the look off with an error.
    fn fail_look(&mut self, by: EntryId) {
        if let Some(look) = &mut self.worker.look {
            look.failed_by = Some(by);
            look.steps.clear();
        }
    }

    pub fn look_entry(&self) -> EntryId {
        self.worker.look.as_ref().map_or(EntryId(0), |l| l.entry)
    }

    /// What the look does to the runtime asks for a fresh list at its end.
    pub fn acted(&mut self) {
        if let Some(look) = &mut self.worker.look {
            look.acted = true;
        }
    }

    fn plan_and_queue(&mut self) -> Flow {
        self.warn_of_pull_secrets();
        let observed = self.worker.look.as_ref().map_or(self.now, |l| l.observed);
        let plan = self.compute_pod_actions(observed);
        self.queue_plan(plan);
        Flow::Next
    }

    fn queue_plan(&mut self, plan: Plan) {
        let mut steps = Vec::new();
        let cause = self.look_entry();
        if !plan.reset.is_empty() {
            self.entry(None, EntryKind::RestartAllContainers, Some(cause));
            steps.extend(self.reset_steps(&plan.reset));
        } else if plan.kill_pod {
            if plan.sandbox_changed {
                self.event(
                    None,
                    false,
                    "SandboxChanged",
                    "Pod sandbox changed, it will be killed and re-created.".into(),
                    cause,
                );
            }
            steps.push(Step::Kill(self.kill_all_orders(None)));
            steps.extend([Step::AwaitKills, Step::StopSandbox, Step::SandboxStopped]);
        } else {
            for order in plan.kill {
                steps.extend([Step::Kill(vec![order]), Step::AwaitKills]);
            }
        }
        if plan.create_sandbox {
            steps.extend([Step::CreateSandbox, Step::SandboxReady]);
        }
        steps.extend(plan.start.into_iter().map(|idx| Step::Start(idx, StartStage::Backoff)));
        if let Some(look) = &mut self.worker.look {
            look.steps.extend(steps);
        }
    }
}

impl Look {
    pub fn waits_for_volumes(&self) -> bool {
        matches!(self.steps.front(), Some(Step::Volumes { .. }))
    }

    fn outcome(&self) -> Outcome {
        match self {
            Look { failed_by: Some(_), retry_at: Some((at, by)), .. } => {
                Outcome::Failed { retry_at: Some(*at), by: *by }
            }
            Look { failed_by: Some(by), .. } => Outcome::Failed { retry_at: None, by: *by },
            Look { again: true, .. } => Outcome::Again,
            Look { acted, .. } => Outcome::Done { acted: *acted },
        }
    }
}
