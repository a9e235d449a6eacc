//! Probes: workers that exist from the first look on, thresholds, and what their results bring about (`kubelet-semantics.md` 8).

use crate::scenario::ProbeKind;
use crate::shell::{ExecId, HttpAnswer};
use crate::time::{Millis, go_duration};
use crate::trace::*;

use super::hooks::{exec_error, http_result, url};
use super::latency::next_tick;
use super::process::Process;
use super::run::{Ev, Sim};
use super::spec::{Handler, Idx, Probe, Spec};

/// A published result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Unknown,
    Success,
    Failure,
}

/// All probe workers of the Pod.
#[derive(Debug)]
pub struct Prober {
    slots: Vec<Slot>,
    registered: bool,
}

/// One worker: a container and a kind of probe.
#[derive(Debug)]
struct Slot {
    idx: Idx,
    kind: ProbeKind,
    probe: Probe,
    /// The moment from which its ticker counts.
    phase: Millis,
    generation: u64,
    verdict: Verdict,
    last: Option<bool>,
    run: u32,
    on_hold: bool,
    asking: Option<Asking>,
    /// Probes fail until then, because the scenario says so.
    fails_until: Millis,
}

#[derive(Debug)]
struct Asking {
    /// The command; none when only the end of the time is waited for.
    exec: Option<ExecId>,
    instance: usize,
    deadline: Millis,
}

const KINDS: [ProbeKind; 3] = [ProbeKind::Startup, ProbeKind::Readiness, ProbeKind::Liveness];
/// The most of an answer's output that is kept, in bytes.
const OUTPUT_LIMIT: usize = 10 * 1024;

impl Prober {
    pub fn new(spec: &Spec) -> Prober {
        let mut slots = Vec::new();
        for (idx, container) in spec.containers.iter().enumerate() {
            for kind in KINDS {
                slots.extend(container.probe(kind).map(|probe| Slot {
                    idx,
                    kind,
                    probe: probe.clone(),
                    phase: Millis::ZERO,
                    generation: 0,
                    verdict: initial(kind),
                    last: None,
                    run: 0,
                    on_hold: false,
                    asking: None,
                    fails_until: Millis::ZERO,
                }));
            }
        }
        Prober { slots, registered: false }
    }

    /// The published result; `None` without such a probe.
    pub fn verdict(&self, idx: Idx, kind: ProbeKind) -> Option<Verdict> {
        self.slots[self.of(idx)].iter().find(|s| s.kind == kind).map(|s| s.verdict)
    }

    /// The workers of a container: they stand in the order of the containers.
    fn of(&self, idx: Idx) -> std::ops::Range<usize> {
        let first = self.slots.partition_point(|s| s.idx < idx);
        first..first + self.slots[first..].partition_point(|s| s.idx == idx)
    }

    /// The kubelet's process has ended. What was published stays as it is in the Pod's status.
    pub fn forget(&mut self) {
        for slot in &mut self.slots {
            slot.generation += 1;
            (slot.last, slot.run, slot.asking) = (None, 0, None);
        }
        self.registered = false;
    }

    fn stop(&mut self, stops: impl Fn(&Slot) -> bool) {
        for slot in self.slots.iter_mut().filter(|s| stops(s)) {
            slot.generation += 1;
            slot.on_hold = true;
            slot.asking = None;
        }
    }
}

fn initial(kind: ProbeKind) -> Verdict {
    match kind {
        ProbeKind::Liveness => Verdict::Success,
        ProbeKind::Readiness => Verdict::Failure,
        ProbeKind::Startup => Verdict::Unknown,
    }
}

impl Sim<'_> {
    /// The first look that gets past the volumes registers the workers; their tickers count from here.
    pub fn start_probing(&mut self) {
        if self.prober.registered {
            return;
        }
        self.prober.registered = true;
        let now = self.now;
        for i in 0..self.prober.slots.len() {
            // A container that runs already was there before the kubelet, which then spreads the first probes over a period.
            let runs = self.runtime.alive(self.prober.slots[i].idx).is_some();
            let delay = if runs { self.jitter.within(self.prober.slots[i].probe.period) } else { Millis::ZERO };
            self.prober.slots[i].phase = now + delay;
            if runs {
                self.plan_probe(i);
            }
        }
    }

    pub fn prober_container_started(&mut self, idx: Idx) {
        for i in self.prober.of(idx) {
            let slot = &mut self.prober.slots[i];
            slot.verdict = initial(slot.kind);
            (slot.last, slot.run, slot.on_hold, slot.asking) = (None, 0, false, None);
            self.plan_probe(i);
        }
    }

    pub fn prober_container_ended(&mut self, idx: Idx) {
        let range = self.prober.of(idx);
        for slot in &mut self.prober.slots[range] {
            slot.generation += 1;
            slot.asking = None;
            if slot.kind == ProbeKind::Readiness {
                slot.verdict = Verdict::Failure;
            }
        }
    }

    /// The Pod is being ended: only readiness goes on.
    pub fn stop_startup_and_liveness(&mut self) {
        self.prober.stop(|s| s.kind != ProbeKind::Readiness);
        for slot in self.prober.slots.iter_mut().filter(|s| s.kind != ProbeKind::Readiness) {
            if slot.verdict == Verdict::Failure {
                slot.verdict = Verdict::Success;
            }
        }
    }

    pub fn stop_probing(&mut self) {
        self.prober.stop(|_| true);
    }

    /// Plans the next tick of a worker.
    fn plan_probe(&mut self, i: usize) {
        let slot = &mut self.prober.slots[i];
        slot.generation += 1;
        let at = next_tick(self.now + Millis(1), slot.phase, slot.probe.period);
        self.queue.push(at, Ev::Probe { slot: i, generation: slot.generation });
    }

    /// A status was built in which a container is started but not ready: readiness is asked at once, and the ticker restarts.
    pub fn kick_readiness(&mut self, status: &PodStatus) {
        for i in 0..self.prober.slots.len() {
            let slot = &mut self.prober.slots[i];
            let list = if slot.idx < self.spec.n_inits { &status.init } else { &status.main };
            let kicked = slot.kind == ProbeKind::Readiness
                && !slot.on_hold
                && slot.asking.is_none()
                && list.get(self.spec.place[slot.idx]).is_some_and(|c| c.started && !c.ready);
            if kicked {
                slot.phase = self.now;
                slot.generation += 1;
                self.queue.push(self.now + Millis(1), Ev::Probe { slot: i, generation: slot.generation });
            }
        }
    }

    pub fn fail_probe(&mut self, container: &str, probe: ProbeKind, lasting: Millis) {
        let until = self.now + lasting;
        let name = |s: &Slot| *self.spec.containers[s.idx].name == *container && s.kind == probe;
        if let Some(i) = self.prober.slots.iter().position(name) {
            self.prober.slots[i].fails_until = until;
        }
    }

    pub fn probe_due(&mut self, i: usize, generation: u64) {
        let slot = &self.prober.slots[i];
        if slot.generation != generation || slot.on_hold || !self.kubelet_up {
            return;
        }
        if let Some(asking) = &slot.asking {
            if self.now >= asking.deadline {
                self.probe_timed_out(i);
            }
            return;
        }
        let idx = slot.idx;
        let Some(instance) = self.runtime.alive(idx) else { return };
        // The worker reads the start from the Pod's status, which knows whole seconds only (`normalizeStatus`).
        let started = self.runtime.instances[idx][instance].started.unwrap_or(self.now);
        let shown = Millis::secs(started.whole_secs());
        if self.now.since(shown).whole_secs() < slot.probe.initial_delay.whole_secs() {
            self.plan_probe(i);
            return;
        }
        // The startup probe holds the others back; its success plans them.
        let gated = slot.kind != ProbeKind::Startup
            && self.prober.verdict(idx, ProbeKind::Startup).is_some_and(|v| v != Verdict::Success);
        if !gated {
            self.ask(i, instance);
        }
    }

    fn ask(&mut self, i: usize, instance: usize) {
        let slot = &self.prober.slots[i];
        let (idx, timeout) = (slot.idx, slot.probe.timeout);
        if self.now < slot.fails_until {
            return self.answered(i, instance, Err("injected failure".into()));
        }
        let answer = match slot.probe.handler.clone() {
            Handler::Exec(argv) => match self.exec_in(idx, instance, &argv) {
                Some(exec) => {
                    let deadline = self.now + timeout;
                    let slot = &mut self.prober.slots[i];
                    slot.asking = Some(Asking { exec: Some(exec), instance, deadline });
                    let generation = slot.generation;
                    self.queue.push(deadline, Ev::Probe { slot: i, generation });
                    // The answer may be there already.
                    self.check_probes(idx, instance);
                    self.reschedule(idx, instance);
                    return;
                }
                None => self.injected_answer(idx, instance, &argv, timeout),
            },
            Handler::Http { host, port, path, scheme } => {
                // The servers that are modelled speak no TLS.
                let machine = self.listener(idx, port).and_then(Process::machine);
                let plain = host.is_none() && machine.is_some_and(|m| !m.speaks_tls(port));
                let answer = self.http_answer(idx, host.as_deref(), port, &path);
                let to = host.map_or_else(|| self.pod_ip(), Into::into);
                match answer {
                    HttpAnswer::Status(_) if plain && scheme == "https" => {
                        let url = url(scheme, &to, port, &path);
                        Err(format!("Get \"{url}\": http: server gave HTTP response to HTTPS client"))
                    }
                    answer => http_result(&answer, scheme, &to, port, &path),
                }
            }
            Handler::Tcp { host, port } => self.tcp_answer(idx, host.as_deref(), port),
            Handler::Grpc { port, .. } => match self.listener(idx, port) {
                Some(_) => Ok(()),
                // The client tries to connect as long as it may.
                None => {
                    let deadline = self.now + timeout;
                    let slot = &mut self.prober.slots[i];
                    slot.asking = Some(Asking { exec: None, instance, deadline });
                    let generation = slot.generation;
                    self.queue.push(deadline, Ev::Probe { slot: i, generation });
                    return;
                }
            },
            Handler::Sleep(_) => Ok(()),
            Handler::Impossible(message) | Handler::NoPort { message, .. } => {
                return self.errored(i, instance, message);
            }
        };
        self.answered(i, instance, answer);
    }

    /// A process that a fault put there answers as long as it does not hang.
    fn injected_answer(&self, idx: Idx, instance: usize, argv: &[String], timeout: Millis) -> Result<(), String> {
        let process = self.runtime.instances[idx][instance].process.as_ref();
        if process.is_some_and(|p| !p.hangs()) { Ok(()) } else { Err(timed_out(argv, timeout)) }
    }

    /// Whom a probe or a hook meets at the host that the Pod names for it.
    fn whom<'h>(&self, host: Option<&'h str>) -> Whom<'h> {
        match host {
            None => Whom::Pod,
            Some(host) if !is_loopback(host) => Whom::Other(host),
            Some(_) if self.spec.host_network => Whom::Pod,
            Some(_) => Whom::Node,
        }
    }

    pub fn http_answer(&self, idx: Idx, host: Option<&str>, port: u16, path: &str) -> HttpAnswer {
        match self.whom(host) {
            Whom::Pod => self.listener(idx, port).map_or(HttpAnswer::Refused, |p| p.http(port, path)),
            Whom::Node => HttpAnswer::Refused,
            Whom::Other(host) => self.world.http_answer(self.now, host, port),
        }
    }

    /// The process that answers at a port of the Pod's address: the container's own if it listens there, else another's.
    fn listener(&self, idx: Idx, port: u16) -> Option<&Process> {
        let process = |idx: Idx| self.runtime.instances[idx].last().and_then(|i| i.process.as_ref());
        let other = || {
            let others = (0..self.spec.containers.len()).filter(|&other| other != idx).filter_map(process);
            others.into_iter().find(|p| p.ports().contains(&port))
        };
        process(idx).filter(|p| p.listens(port)).or_else(other)
    }

    fn tcp_answer(&self, idx: Idx, host: Option<&str>, port: u16) -> Result<(), String> {
        let ip = self.pod_ip();
        let open = match self.whom(host) {
            Whom::Pod => self.listener(idx, port).is_some(),
            Whom::Node => false,
            Whom::Other(host) => matches!(self.world.http_answer(self.now, host, port), HttpAnswer::Status(_)),
        };
        let to = host.unwrap_or(&ip);
        if open { Ok(()) } else { Err(format!("dial tcp {to}:{port}: connect: connection refused")) }
    }

    fn probe_timed_out(&mut self, i: usize) {
        let slot = &mut self.prober.slots[i];
        let Some(asking) = slot.asking.take() else { return };
        let (idx, timeout) = (slot.idx, slot.probe.timeout);
        let text = match slot.probe.handler.clone() {
            Handler::Exec(argv) => timed_out(&argv, timeout),
            Handler::Grpc { port, .. } => format!(
                "timeout: failed to connect service \"{}:{port}\" within {}: context deadline exceeded",
                self.pod_ip(),
                go_duration(timeout)
            ),
            _ => return,
        };
        let process = self.runtime.instances[idx][asking.instance].process.as_mut();
        if let (Some(exec), Some(machine)) = (asking.exec, process.and_then(|p| p.machine_mut())) {
            machine.cancel_exec(exec);
        }
        self.answered(i, asking.instance, Err(text));
    }

    /// Looks which exec probes of an instance have been answered.
    pub fn check_probes(&mut self, idx: Idx, instance: usize) {
        for i in self.prober.of(idx) {
            let slot = &self.prober.slots[i];
            let Some(asking) = slot.asking.as_ref().filter(|a| a.instance == instance) else {
                continue;
            };
            let Some(exec) = asking.exec else { continue };
            let machine = self.runtime.instances[idx][instance].process.as_ref().and_then(|p| p.machine());
            let Some(exit) = machine.and_then(|m| m.exec_exit(exec)) else { continue };
            let unstarted = machine.and_then(|m| m.exec_error(exec)).map(|e| e.message());
            self.prober.slots[i].asking = None;
            if let Some(why) = unstarted {
                let id = format!("{} {i} {}", self.spec.uid, self.now.0);
                self.errored(i, instance, exec_error(&id, &why));
                continue;
            }
            let mut text = exit.output().trim_end_matches('\n').to_string();
            while text.len() > OUTPUT_LIMIT {
                text.pop();
            }
            self.answered(i, instance, if exit.code == 0 { Ok(()) } else { Err(text) });
        }
    }

    /// The probe could not be made: that is told, and counts neither way.
    fn errored(&mut self, i: usize, instance: usize, error: String) {
        let (idx, kind) = (self.prober.slots[i].idx, self.prober.slots[i].kind);
        let said = format!("{} probe errored and resulted in unknown state: {error}", title(kind));
        let entry = self.probed(i, instance, false, error);
        self.event(Some(idx), true, "Unhealthy", said, entry);
        self.plan_probe(i);
    }

    fn probed(&mut self, i: usize, instance: usize, success: bool, output: String) -> EntryId {
        let (idx, kind) = (self.prober.slots[i].idx, self.prober.slots[i].kind);
        let (attempt, cause) = {
            let instance = &self.runtime.instances[idx][instance];
            (instance.attempt, instance.entry)
        };
        let said = EntryKind::Probed { attempt, probe: kind, success, output: output.clone() };
        let entry = self.entry(Some(idx), said, Some(cause));
        self.trace.containers[idx].probes.push(ProbeRun { at: self.now, kind, success, output, entry });
        entry
    }

    /// A worker has its answer: it is counted, and the result published when the run reaches its threshold.
    fn answered(&mut self, i: usize, instance: usize, answer: Result<(), String>) {
        let (idx, kind) = (self.prober.slots[i].idx, self.prober.slots[i].kind);
        let success = answer.is_ok();
        let output = answer.err().unwrap_or_default();
        let entry = self.probed(i, instance, success, output.clone());
        if !success {
            self.event(Some(idx), true, "Unhealthy", format!("{} probe failed: {output}", title(kind)), entry);
        }
        let slot = &mut self.prober.slots[i];
        slot.run = if slot.last == Some(success) { slot.run + 1 } else { 1 };
        slot.last = Some(success);
        let threshold = if success { slot.probe.success_threshold } else { slot.probe.failure_threshold };
        if slot.run >= threshold {
            self.publish_verdict(i, instance, success, entry);
        }
        if !self.prober.slots[i].on_hold {
            self.plan_probe(i);
        }
    }

    fn publish_verdict(&mut self, i: usize, instance: usize, success: bool, cause: EntryId) {
        let slot = &mut self.prober.slots[i];
        let (idx, kind) = (slot.idx, slot.kind);
        let verdict = if success { Verdict::Success } else { Verdict::Failure };
        slot.on_hold = kind == ProbeKind::Startup || (kind == ProbeKind::Liveness && !success);
        if slot.verdict == verdict {
            return;
        }
        slot.verdict = verdict;
        let attempt = self.runtime.instances[idx][instance].attempt;
        let entry = self.entry(Some(idx), EntryKind::ProbeResult { attempt, probe: kind, success }, Some(cause));
        self.status.touch(idx);
        if kind != ProbeKind::Liveness {
            self.patch_probe_result(idx, entry);
        }
        if kind == ProbeKind::Startup && success {
            for other in self.prober.of(idx).filter(|&other| other != i) {
                self.plan_probe(other);
            }
        }
        if kind != ProbeKind::Liveness || !success {
            self.update_pod(LookReason::ProbeChanged, entry);
        }
    }
}

/// Who answers. It is the kubelet that asks: localhost is its node, and the Pod only where that shares the node's network.
enum Whom<'h> {
    Pod,
    Node,
    Other(&'h str),
}

pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn title(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "Startup",
        ProbeKind::Readiness => "Readiness",
        ProbeKind::Liveness => "Liveness",
    }
}

fn timed_out(argv: &[String], timeout: Millis) -> String {
    format!("command timed out: \"{}\" timed out after {}", argv.join(" "), go_duration(timeout))
}
