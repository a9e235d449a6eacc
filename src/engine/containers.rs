//! A container's process from its start to its end: what wakes it, what it prints, how it ends, and the message that it leaves
//! (`kubelet-semantics.md` 6.3, 6.5).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::shell::Door;
use crate::time::Millis;
use crate::trace::*;

use super::process::{End, Process};
use super::run::{Ev, Sim};
use super::runtime::{Exit, Runtime};
use super::spec::{Idx, shares_files};

impl Sim<'_> {
    /// Lets a process run up to now, and looks what came of it.
    pub fn advance_process(&mut self, idx: Idx, instance: usize) {
        let now = self.now;
        let Some(process) = self.runtime.instances[idx][instance].process.as_mut() else { return };
        process.run(now);
        self.world.set_local_ports(idx, process.ports(), process.door());
        self.note_bounds();
        self.wake_followers(idx, instance);
        self.process_may_have_ended(idx, instance);
    }

    /// Lets those look who go by what a process which has just run may have written.
    fn wake_followers(&mut self, idx: Idx, instance: usize) {
        let Runtime { instances, followers, .. } = &mut self.runtime;
        let process = |&(idx, instance): &(Idx, usize)| instances[idx][instance].process.as_ref();
        let ran = (idx, instance);
        if process(&ran).is_some_and(Process::follows) && !followers.contains(&ran) {
            followers.push(ran);
        }
        followers.retain(|follower| process(follower).is_some());
        let behind = followers.iter().filter(|follower| process(follower).is_some_and(Process::is_behind));
        behind.for_each(|&(idx, instance)| self.queue.push(self.now, Ev::Process { idx, instance }));
        self.plan_weighing();
    }

    /// The bounds of the interpreter that were reached become entries.
    fn note_bounds(&mut self) {
        for (_, idx, what) in self.world.take_bounds() {
            let cause = self.runtime.instances[idx].last().map(|i| i.entry);
            self.entry(Some(idx), EntryKind::ScriptBound { what }, cause);
        }
    }

    /// A signal to process 1 from outside.
    pub fn signal_process(&mut self, idx: Idx, instance: usize, signal: i32) {
        let now = self.now;
        let Some(process) = self.runtime.instances[idx][instance].process.as_mut() else { return };
        process.signal(now, signal);
        process.run(now);
        self.world.set_local_ports(idx, process.ports(), process.door());
        self.wake_followers(idx, instance);
        self.process_may_have_ended(idx, instance);
    }

    pub fn exec_in(&mut self, idx: Idx, instance: usize, argv: &[String]) -> Option<crate::shell::ExecId> {
        let now = self.now;
        let process = self.runtime.instances[idx][instance].process.as_mut()?;
        let id = process.exec(now, argv);
        self.wake_followers(idx, instance);
        id
    }

    fn process_may_have_ended(&mut self, idx: Idx, instance: usize) {
        self.check_hooks(idx, instance);
        self.check_probes(idx, instance);
        let this = &self.runtime.instances[idx][instance];
        if this.exit.is_some() {
            return;
        }
        match this.process.as_ref().and_then(Process::end) {
            Some(end) => {
                let reason = match end {
                    End { oom_killed: true, .. } => "OOMKilled",
                    End { code: 0, .. } => "Completed",
                    End { .. } => "Error",
                };
                self.record_run(idx, instance);
                self.drain_output(idx, instance);
                let message = self.termination_message(idx, instance, end.code);
                self.container_ended(idx, instance, end, reason, message, false);
            }
            None => self.reschedule(idx, instance),
        }
    }

    /// Plans the next thing that the process does by itself.
    pub fn reschedule(&mut self, idx: Idx, instance: usize) {
        let process = self.runtime.instances[idx][instance].process.as_ref();
        if let Some(at) = process.and_then(Process::next_wake) {
            self.queue.push(at.max(self.now), Ev::Process { idx, instance });
        }
    }

    /// The runtime has lost a container with its node: 255, reason Unknown.
    pub fn container_lost(&mut self, idx: Idx, instance: usize, end: End) {
        self.drain_output(idx, instance);
        self.container_ended(idx, instance, end, "Unknown", None, false);
    }

    pub fn container_ended(
        &mut self,
        idx: Idx,
        instance: usize,
        end: End,
        reason: &str,
        message: Option<Rc<str>>,
        never_started: bool,
    ) {
        let this = &self.runtime.instances[idx][instance];
        let attempt = this.attempt;
        let cause = self.kills.causes[idx].or(Some(this.entry));
        let kind = EntryKind::Exited { attempt, exit_code: end.code, reason: reason.into() };
        let entry = self.entry(Some(idx), kind, cause);
        let visible = self.now + if never_started { Millis(1) } else { self.latency.exit_visible };
        let this = &mut self.runtime.instances[idx][instance];
        this.entry = entry;
        this.exit =
            Some(Exit { at: end.at, visible, code: end.code, reason: reason.into(), message, never_started, entry });
        let record = &mut self.trace.containers[idx].attempts[instance];
        record.finished = Some(end.at);
        record.exit_code = Some(end.code);
        record.signal = end.signal;
        record.reason = Some(reason.into());
        record.finished_by = Some(entry);
        self.status.touch(idx);
        self.check_hooks(idx, instance);
        self.prober_container_ended(idx);
        self.runtime_changed(visible, entry);
        self.runtime.instances[idx][instance].process = None;
        self.world.set_local_ports(idx, BTreeSet::new(), Door::default());
        self.kill_is_done(idx);
    }

    /// Keeps what a run came to for the next ones, and for its twins'. A container that has been started again will be again; one that
    /// shares files may find them changed.
    fn record_run(&mut self, idx: Idx, instance: usize) {
        let spec = self.spec.containers[idx].api;
        let weighed = self.eviction.weighs_containers();
        if instance == 0 && !self.spec.has_twin(idx) || shares_files(spec) || weighed || !self.replays {
            return;
        }
        let process = self.runtime.instances[idx][instance].process.as_ref();
        if let Some(recording) = process.and_then(|p| p.recording(last_words_path(spec), LAST_WORDS)) {
            self.runtime.recordings[self.spec.alike[idx]] = Some(Rc::new(recording));
        }
    }

    /// Moves what the process has printed into the trace.
    fn drain_output(&mut self, idx: Idx, instance: usize) {
        let this = &mut self.runtime.instances[idx][instance];
        let attempt = this.attempt;
        let lines = this.process.as_mut().map(Process::take_output).unwrap_or_default();
        let logs = &mut self.trace.containers[idx].logs;
        logs.extend(lines.into_iter().map(|l| LogLine {
            at: l.at,
            attempt,
            stream: match l.stream {
                crate::shell::Stream::Stdout => Stream::Stdout,
                crate::shell::Stream::Stderr => Stream::Stderr,
            },
            line: l.line,
        }));
    }

    /// What the running containers have printed when the simulation ends.
    pub fn collect_logs(&mut self) {
        for idx in 0..self.spec.containers.len() {
            if let Some(instance) = self.runtime.alive(idx) {
                self.drain_output(idx, instance);
            }
        }
    }

    /// `terminationMessagePath`, or the end of the log where the policy says so (`kubelet-semantics.md` 6.5).
    /// All messages of a Pod share what its status may hold.
    fn termination_message(&self, idx: Idx, instance: usize, code: i32) -> Option<Rc<str>> {
        const POD_LIMIT: usize = 12 * 1024;
        let mut text = self.whole_termination_message(idx, instance, code)?;
        let mut share = text.len().min(POD_LIMIT / self.spec.containers.len().max(1));
        while !text.is_char_boundary(share) {
            share -= 1;
        }
        text.truncate(share);
        Some(text.into())
    }

    fn whole_termination_message(&self, idx: Idx, instance: usize, code: i32) -> Option<String> {
        const LOG_LIMIT: usize = 2048;
        const LOG_LINES: usize = 80;
        let spec = self.spec.containers[idx].api;
        let this = &self.runtime.instances[idx][instance];
        let file = this.process.as_ref().and_then(|p| p.last_words(last_words_path(spec), LAST_WORDS));
        let text = file.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let fallback = spec.termination_message_policy.as_deref() == Some("FallbackToLogsOnError");
        if !text.is_empty() || !fallback || code == 0 {
            return (!text.is_empty()).then_some(text);
        }
        let logs = &self.trace.containers[idx].logs;
        let own = logs.iter().rev().take_while(|l| l.attempt == this.attempt).take(LOG_LINES);
        let mut lines: Vec<&str> = own.map(|l| l.line.as_str()).collect();
        lines.reverse();
        let mut tail: String = lines.iter().flat_map(|l| [*l, "\n"]).collect();
        let mut cut = tail.len().saturating_sub(LOG_LIMIT);
        while !tail.is_char_boundary(cut) {
            cut += 1;
        }
        tail.drain(..cut);
        (!tail.is_empty()).then_some(tail)
    }
}

/// How much of the file of last words is read.
const LAST_WORDS: usize = 4096;

fn last_words_path(container: &k8s_openapi::api::core::v1::Container) -> &str {
    container.termination_message_path.as_deref().unwrap_or("/dev/termination-log")
}
