//! Starting a container: back-off, image, configuration, creation, start, postStart (`kubelet-semantics.md` 6.1).

use crate::scenario::FaultKind;
use crate::time::{Millis, go_duration};
use crate::trace::*;

use super::look::{Failure, Flow, Step};
use super::process::{End, Process};
use super::run::Sim;
use super::runtime::Instance;
use super::spec::{Idx, hex_digits};

/// How far a start has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartStage {
    Backoff,
    /// The image is looked for, or being pulled.
    Image,
    Pulled,
    Create,
    Start,
    PostStart,
    /// The container is being killed because its postStart hook failed.
    HookFailed(String),
}

impl Sim<'_> {
    pub fn start_container(&mut self, idx: Idx, stage: StartStage) -> Flow {
        match stage {
            StartStage::Backoff => self.start_unless_backed_off(idx),
            StartStage::Image => self.ensure_image(idx),
            StartStage::Pulled => self.configure(idx),
            StartStage::Create => self.create_container(idx),
            StartStage::Start => self.run_container(idx),
            StartStage::PostStart => self.post_start_done(idx),
            StartStage::HookFailed(message) => {
                let exit = self.runtime.instances[idx].last().map_or(self.look_entry(), |i| i.entry);
                self.fail_start(idx, "PostStartHookError", message, exit)
            }
        }
    }

    fn start_unless_backed_off(&mut self, idx: Idx) -> Flow {
        let observed = self.worker.look.as_ref().map_or(self.now, |l| l.observed);
        let ended = self.runtime.newest_exited_at(idx, observed).and_then(|i| i.exit.as_ref());
        if let Some((finished, ended_by)) = ended.map(|e| (e.at, e.entry)) {
            let image = self.image[idx].clone();
            if let Some((until, delay)) = self.crash.waits(idx, &image, finished, self.now) {
                return self.back_off(idx, finished, until, delay, ended_by);
            }
            self.crash.next(idx, &image, finished, self.now);
        }
        self.end_backoffs(idx, |kind| kind != BackOffKind::ImagePull);
        self.then([Step::Start(idx, StartStage::Image)]);
        Flow::Next
    }

    fn back_off(&mut self, idx: Idx, since: Millis, until: Millis, delay: Millis, ended_by: EntryId) -> Flow {
        let name = self.spec.containers[idx].name.clone();
        let pod = self.spec.full_name.clone();
        let kind = EntryKind::BackOff { what: BackOffKind::Crash, delay, since, until };
        let entry = self.entry(Some(idx), kind, Some(ended_by));
        self.record_backoff(idx, BackOffKind::Crash, since, until, delay);
        let said = format!("Back-off restarting failed container {name} in pod {pod}");
        self.event(Some(idx), true, "BackOff", said, entry);
        let message = format!("back-off {} restarting failed container={name} pod={pod}", go_duration(delay));
        if let Some(look) = &mut self.worker.look {
            look.retry_at = Some(look.retry_at.map_or((until, entry), |first| first.min((until, entry))));
        }
        self.start_failed(idx, "CrashLoopBackOff", message, entry)
    }

    /// Notes a wait in the trace; a wait that goes on is one wait.
    pub fn record_backoff(&mut self, idx: Idx, kind: BackOffKind, from: Millis, until: Millis, delay: Millis) {
        let container = &mut self.trace.containers[idx];
        // A killed container still ran when the run ended that its wait is counted from.
        let ran_until = container.attempts.last().and_then(|a| a.finished).unwrap_or_default();
        let list = &mut container.backoffs;
        match list.last_mut() {
            Some(last) if last.to.is_none() && last.kind == kind => (last.until, last.delay) = (until, delay),
            last => {
                let tried = last.and_then(|b| b.to).unwrap_or_default();
                let from = from.max(ran_until).max(tried);
                list.push(BackOff { kind, from, until, to: None, delay });
            }
        }
    }

    /// A start is tried: the wait for it is over.
    pub fn end_backoffs(&mut self, idx: Idx, ends: impl Fn(BackOffKind) -> bool) {
        let now = self.now;
        for wait in self.trace.containers[idx].backoffs.iter_mut().rev().take_while(|b| b.to.is_none()) {
            if ends(wait.kind) {
                wait.to = Some(now);
            }
        }
    }

    /// Nothing is tried again.
    pub fn end_all_backoffs(&mut self) {
        for idx in 0..self.trace.containers.len() {
            self.end_backoffs(idx, |_| true);
        }
    }

    fn configure(&mut self, idx: Idx) -> Flow {
        match self.config_error(idx) {
            Some(message) => {
                let until = self.now + super::latency::RETRY;
                self.record_backoff(idx, BackOffKind::Retry, self.now, until, super::latency::RETRY);
                self.fail_start(idx, "CreateContainerConfigError", message, self.look_entry())
            }
            None => {
                self.then([Step::Start(idx, StartStage::Create)]);
                Flow::After(self.latency.create)
            }
        }
    }

    fn create_container(&mut self, idx: Idx) -> Flow {
        if let Some(message) = self.profile_error(idx) {
            let until = self.now + super::latency::RETRY;
            self.record_backoff(idx, BackOffKind::Retry, self.now, until, super::latency::RETRY);
            return self.fail_start(idx, "CreateContainerError", message, self.look_entry());
        }
        let attempt = self.next_restart_count(idx);
        let cause = self.look_entry();
        let entry = self.entry(Some(idx), EntryKind::Created { attempt }, Some(cause));
        let id = hex_digits(&format!("{}/{}/{}", self.spec.uid, self.spec.containers[idx].name, attempt), 64);
        let image = self.world.image_names(&self.image[idx], self.images.was_pulled(&self.image[idx]));
        self.runtime.add(
            idx,
            Instance {
                attempt,
                id: format!("containerd://{id}").into(),
                image_name: image.name,
                image_id: image.id,
                image: self.image[idx].clone(),
                sandbox: self.runtime.sandboxes.len().saturating_sub(1),
                created: self.now,
                started: None,
                exit: None,
                removed: None,
                process: None,
                entry,
            },
        );
        self.trace.containers[idx].attempts.push(Attempt {
            attempt,
            created: self.now,
            started: None,
            finished: None,
            exit_code: None,
            signal: None,
            reason: None,
            injected: false,
            created_by: entry,
            finished_by: None,
        });
        self.event(Some(idx), false, "Created", "Container created".into(), entry);
        self.status.touch(idx);
        self.acted();
        self.then([Step::Start(idx, StartStage::Start)]);
        Flow::After(self.latency.start)
    }

    /// The count of the newest instance that the look knows of, or of the newest log file, plus one.
    fn next_restart_count(&self, idx: Idx) -> u32 {
        let observed = self.worker.look.as_ref().map_or(self.now, |l| l.observed);
        let known = self.runtime.newest_at(idx, observed).or_else(|| self.runtime.instances[idx].last());
        known.map_or(0, |i| i.attempt + 1)
    }

    fn run_container(&mut self, idx: Idx) -> Flow {
        let last = self.runtime.instances[idx].len() - 1;
        let cause = self.runtime.instances[idx][last].entry;
        let attempt = self.runtime.instances[idx][last].attempt;
        let process = match self.make_process(idx, attempt) {
            Ok((process, injected)) => {
                self.newest_attempt(idx).injected = injected;
                process
            }
            Err(message) => return self.not_startable(idx, message),
        };
        let entry = self.entry(Some(idx), EntryKind::Started { attempt }, Some(cause));
        let instance = &mut self.runtime.instances[idx][last];
        instance.process = Some(process);
        instance.started = Some(self.now);
        instance.entry = entry;
        self.newest_attempt(idx).started = Some(self.now);
        self.event(Some(idx), false, "Started", "Container started".into(), entry);
        self.container_runs(idx, last, entry);
        if self.spec.containers[idx].post_start.is_some() && self.runtime.alive(idx).is_some() {
            self.hooks.post_start = None;
            self.start_hook(idx, Hook::PostStart, entry);
            self.then([Step::Start(idx, StartStage::PostStart)]);
            return if self.hooks.post_start.is_some() { Flow::Next } else { Flow::Blocked };
        }
        self.started_well(idx)
    }

    fn container_runs(&mut self, idx: Idx, instance: usize, entry: EntryId) {
        self.status.touch(idx);
        self.runtime_changed(self.now, entry);
        self.prober_container_started(idx);
        self.advance_process(idx, instance);
    }

    pub fn newest_attempt(&mut self, idx: Idx) -> &mut Attempt {
        let list = &mut self.trace.containers[idx].attempts;
        let last = list.len() - 1;
        &mut list[last]
    }

    /// The command, or what a fault puts in its place; the runtime's message if it cannot be started.
    fn make_process(&mut self, idx: Idx, attempt: u32) -> Result<(Process, bool), String> {
        let fault = self.fault_for(idx, attempt + 1).cloned();
        match &fault {
            Some(FaultKind::StartError(message)) => return Err(message.clone()),
            Some(kind) => {
                if let Some(process) = Process::injected(self.now, kind) {
                    return Ok((process, true));
                }
            }
            None => {}
        }
        let process = self.start_process(idx, attempt, fault.as_ref())?;
        Ok((process, fault.is_some()))
    }

    /// The first fault of the scenario for this attempt, counted from 1.
    fn fault_for(&self, idx: Idx, attempt: u32) -> Option<&FaultKind> {
        let name = &*self.spec.containers[idx].name;
        let faults = self.scenario.containers.iter().filter(|c| c.name == name).flat_map(|c| &c.faults);
        faults.into_iter().find(|f| f.attempts.contains(attempt)).map(|f| &f.kind)
    }

    /// The runtime cannot start what was created.
    fn not_startable(&mut self, idx: Idx, message: String) -> Flow {
        let last = self.runtime.instances[idx].len() - 1;
        let end = End { at: self.now, code: 128, signal: None, oom_killed: false };
        self.container_ended(idx, last, end, "StartError", Some(message.as_str().into()), true);
        let exit = self.runtime.instances[idx][last].entry;
        self.fail_start(idx, "RunContainerError", message, exit)
    }

    fn post_start_done(&mut self, idx: Idx) -> Flow {
        match self.hooks.post_start.take() {
            Some(Ok(())) => self.started_well(idx),
            Some(Err(error)) => {
                let cause = self.runtime.instances[idx].last().map_or(EntryId(0), |i| i.entry);
                self.event(Some(idx), true, "FailedPostStartHook", "PostStartHook failed".into(), cause);
                let message = self.hook_failure_message(idx, &error);
                self.then([Step::AwaitKills, Step::Start(idx, StartStage::HookFailed(message))]);
                self.start_kills(vec![super::kill::KillOrder::new(idx, "FailedPostStartHook".into(), None)])
            }
            None => {
                self.then([Step::Start(idx, StartStage::PostStart)]);
                Flow::Blocked
            }
        }
    }

    fn started_well(&mut self, idx: Idx) -> Flow {
        self.status.forget_reason(idx);
        Flow::Next
    }

    /// A start failed with an event of its own.
    pub fn fail_start(&mut self, idx: Idx, reason: &'static str, message: String, cause: EntryId) -> Flow {
        let attempt = self.runtime.instances[idx].last().map_or(0, |i| i.attempt);
        let kind = EntryKind::StartFailed { attempt, reason: reason.into(), message: message.clone() };
        let entry = self.entry(Some(idx), kind, Some(cause));
        if reason != "PostStartHookError" {
            let said = match reason {
                "ErrImagePull" | "ImagePullBackOff" | "ErrImageNeverPull" | "InvalidImageName" => reason,
                _ => &message,
            };
            self.event(Some(idx), true, "Failed", format!("Error: {said}"), entry);
        }
        self.start_failed(idx, reason, message, entry)
    }

    /// The next look will show why. An ordinary init container ends this look; the others go on.
    fn start_failed(&mut self, idx: Idx, reason: &str, message: String, by: EntryId) -> Flow {
        self.status.remember_reason(idx, Failure { reason: reason.into(), message: message.into() });
        let init = self.spec.containers[idx].kind == ContainerKind::Init;
        if let Some(look) = &mut self.worker.look {
            look.failed_by = Some(by);
            if init {
                look.steps.clear();
            }
        }
        Flow::Next
    }
}
