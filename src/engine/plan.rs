//! What one look decides to do: `computePodActions` (`kubelet-semantics.md` 2).

use crate::order::Order;
use crate::time::Millis;

use super::kill::KillOrder;
use super::probes::Verdict;
use super::run::Sim;
use super::runtime::{Instance, Seen};
use super::spec::{Idx, Policy};
use crate::scenario::ProbeKind;

/// The decisions of one look.
#[derive(Debug, Default)]
pub struct Plan {
    /// Everything is stopped, the sandbox too.
    pub kill_pod: bool,
    /// An old sandbox is to be replaced.
    pub sandbox_changed: bool,
    pub create_sandbox: bool,
    /// Init containers in spec order, then mains.
    pub start: Vec<Idx>,
    pub kill: Vec<KillOrder>,
    /// All containers are removed and begin anew, in this order.
    pub reset: Vec<Idx>,
}

impl Sim<'_> {
    pub fn compute_pod_actions(&self, observed: Millis) -> Plan {
        let reset = self.containers_to_reset(observed);
        if !reset.is_empty() {
            return Plan { reset, ..Plan::default() };
        }
        match self.runtime.newest_sandbox_at(observed) {
            Some(sandbox) if sandbox.is_ready_at(observed) => self.actions_in_sandbox(observed),
            sandbox => self.actions_for_new_sandbox(observed, sandbox.is_some()),
        }
    }

    /// 2.2: the sandbox is missing or lost.
    fn actions_for_new_sandbox(&self, t: Millis, replaces: bool) -> Plan {
        let kill_only = Plan { kill_pod: true, ..Plan::default() };
        let any_record = (0..self.spec.containers.len()).any(|i| self.runtime.newest_at(i, t).is_some());
        if self.spec.policy == Policy::Never && replaces && any_record {
            return kill_only;
        }
        let mut mains = self.spec.mains();
        let any_main = mains.clone().any(|i| self.runtime.newest_at(i, t).is_some());
        if any_main && mains.all(|i| self.ran_once_and_succeeded(i, t)) {
            return kill_only;
        }
        let start = if self.spec.n_inits > 0 {
            vec![0]
        } else {
            self.spec.mains().filter(|&i| !self.ran_once_and_succeeded(i, t)).collect()
        };
        Plan { kill_pod: replaces, sandbox_changed: replaces, create_sandbox: true, start, ..Plan::default() }
    }

    /// An OnFailure container whose last instance exited 0.
    fn ran_once_and_succeeded(&self, idx: Idx, t: Millis) -> bool {
        let policy = self.spec.containers[idx].policy.unwrap_or(self.spec.policy);
        policy == Policy::OnFailure && self.runtime.newest_at(idx, t).is_some_and(|i| exit_code_at(i, t) == Some(0))
    }

    /// 2.3: the sandbox is fine.
    fn actions_in_sandbox(&self, t: Millis) -> Plan {
        let mut plan = Plan::default();
        if !self.init_actions(t, &mut plan) || plan.kill_pod {
            return plan;
        }
        let mut kept = 0;
        let mut mains = Vec::new();
        for idx in self.spec.mains() {
            let Some(instance) = self.runtime.newest_at(idx, t).filter(|i| i.seen_at(t) == Seen::Running) else {
                if self.should_be_restarted(idx, t) {
                    mains.push(idx);
                }
                continue;
            };
            let Some((mut order, restart)) = self.reason_to_kill_main(idx, instance) else {
                kept += 1;
                continue;
            };
            if restart {
                order.message.push_str(", will be restarted");
                mains.push(idx);
            }
            plan.kill.push(order);
        }
        if kept == 0 && mains.is_empty() {
            return Plan { kill_pod: true, ..Plan::default() };
        }
        plan.start.extend(mains);
        plan
    }

    /// Why a running main is to be killed, and whether it is started again.
    fn reason_to_kill_main(&self, idx: Idx, instance: &Instance) -> Option<(KillOrder, bool)> {
        let container = &self.spec.containers[idx];
        let order =
            |why: &str, grace: Option<i64>| KillOrder::new(idx, format!("Container {} {why}", container.name), grace);
        let restart = container.policy.unwrap_or(self.spec.policy) != Policy::Never;
        if instance.image != self.image[idx] {
            return Some((order("definition changed", None), true));
        }
        let (why, kind) = self.failed_probe(idx)?;
        Some((order(why, container.probe(kind).and_then(|p| p.grace_seconds)), restart))
    }

    /// The liveness or startup probe that says that the container has failed.
    fn failed_probe(&self, idx: Idx) -> Option<(&'static str, ProbeKind)> {
        if self.prober.verdict(idx, ProbeKind::Liveness) == Some(Verdict::Failure) {
            return Some(("failed liveness probe", ProbeKind::Liveness));
        }
        let startup_failed = self.prober.verdict(idx, ProbeKind::Startup) == Some(Verdict::Failure);
        startup_failed.then_some(("failed startup probe", ProbeKind::Startup))
    }

    /// 2.4 and 2.5: walks the init containers from the last to the first. Whether the Pod is initialized.
    fn init_actions(&self, t: Millis, plan: &mut Plan) -> bool {
        let n = self.spec.n_inits;
        if n == 0 {
            return true;
        }
        // Exited mains do not count: after a reboot all have exited.
        let lives = |idx: Idx| self.runtime.newest_at(idx, t).is_some_and(|i| i.seen_at(t) != Seen::Exited);
        let mut initialized = self.spec.mains().any(lives);
        let mut before = initialized;
        // Behind the last one ever made there is nothing to decide, and before one that was made only sidecars matter.
        let mut behind = if before { n } else { self.runtime.made_before.min(n) };
        let candidate =
            |behind: Idx, before: bool| if before { self.spec.sidecar_before(behind) } else { behind.checked_sub(1) };
        while let Some(idx) = candidate(behind, before) {
            behind = idx;
            let sidecar = self.spec.containers[idx].is_sidecar();
            let Some(instance) = self.runtime.newest_at(idx, t) else {
                if before {
                    plan.start.push(idx);
                }
                continue;
            };
            let done = match instance.seen_at(t) {
                Seen::Running if sidecar => self.running_sidecar(idx, instance, before, plan),
                Seen::Running => false,
                Seen::Created => {
                    plan.start.push(idx);
                    false
                }
                Seen::Exited if sidecar => {
                    plan.start.push(idx);
                    false
                }
                Seen::Exited if !failed_init(instance) => {
                    if idx + 1 < n {
                        plan.start.push(idx + 1);
                    }
                    true
                }
                Seen::Exited => {
                    if !self.should_be_restarted(idx, t) {
                        *plan = Plan { kill_pod: true, ..Plan::default() };
                        return false;
                    }
                    plan.start.push(idx);
                    false
                }
            };
            initialized |= done && idx + 1 == n;
            before = true;
        }
        if !before {
            plan.start.push(0);
        }
        plan.start.order();
        plan.start.dedup();
        initialized
    }

    /// A sidecar that runs: whether it is done, which lets the next one start, and whether it must be replaced.
    fn running_sidecar(&self, idx: Idx, instance: &Instance, before: bool, plan: &mut Plan) -> bool {
        let container = &self.spec.containers[idx];
        let mut replace = |why: &str, grace: Option<i64>| {
            plan.kill.push(KillOrder::new(idx, format!("Init container {} {why}", container.name), grace));
            plan.start.push(idx);
        };
        if let Some(probe) = &container.startup {
            match self.prober.verdict(idx, ProbeKind::Startup) {
                Some(Verdict::Success) => {}
                Some(Verdict::Failure) => {
                    replace("failed startup probe", probe.grace_seconds);
                    return false;
                }
                _ => return false,
            }
        }
        if instance.image != self.image[idx] {
            replace("definition changed", None);
        } else if self.prober.verdict(idx, ProbeKind::Liveness) == Some(Verdict::Failure) {
            replace("failed liveness probe", container.liveness.as_ref().and_then(|p| p.grace_seconds));
        }
        if !before && idx + 1 < self.spec.n_inits {
            plan.start.push(idx + 1);
        }
        true
    }

    /// 2.6: whether a container that is not running is to be started (again).
    pub fn should_be_restarted(&self, idx: Idx, t: Millis) -> bool {
        if self.is_deleting() {
            return false;
        }
        let Some(instance) = self.runtime.newest_at(idx, t) else { return true };
        match instance.seen_at(t) {
            Seen::Running => false,
            Seen::Created => true,
            Seen::Exited => exit_code_at(instance, t).is_some_and(|code| self.spec.restarts_on(idx, code)),
        }
    }

    /// 3.4: the containers in the order of their removal, when one ended with a code that restarts all.
    fn containers_to_reset(&self, t: Millis) -> Vec<Idx> {
        if !self.spec.may_restart_all {
            return Vec::new();
        }
        let is_source = |idx: Idx| {
            let code = self.runtime.newest_at(idx, t).and_then(|i| exit_code_at(i, t));
            code.and_then(|c| self.spec.containers[idx].rule_for(c)).is_some_and(|r| r.restart_all)
        };
        let all = || self.spec.mains().chain(self.spec.inits());
        let sources: Vec<Idx> = all().filter(|&i| is_source(i)).collect();
        if sources.is_empty() {
            return sources;
        }
        let known = |idx: &Idx| self.runtime.newest_at(*idx, t).is_some();
        let others = all().filter(|i| !sources.contains(i)).filter(known);
        others.chain(sources.iter().copied()).collect()
    }
}

/// The exit code that can be seen at `t`.
pub fn exit_code_at(instance: &Instance, t: Millis) -> Option<i32> {
    instance.exit.as_ref().filter(|e| e.visible <= t).map(|e| e.code)
}

/// An init container that was killed for its memory has failed, whatever its code.
fn failed_init(instance: &Instance) -> bool {
    instance.exit.as_ref().is_some_and(|e| e.code != 0 || &*e.reason == "OOMKilled")
}
