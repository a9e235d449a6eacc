//! What one container is doing at a moment.

use super::entry::grace;
use super::facts::{appears_after, missing_world, spec_of};
use super::moment::{Explanation, Subject, obstacle};
use crate::i18n::explain::{Rule, Sentence};
use crate::i18n::sentence::{Nth, Times};
use crate::scenario::ProbeKind;
use crate::time::Millis;
use crate::trace::{
    Attempt, BackOffKind, ContainerKind, ContainerState, ContainerTrace, EntryId, Hook, ProbeRun, Trace,
};
use crate::view::timeline::{AttemptBar, Lane, Segment, SegmentKind};

/// The question: one container of a trace at a moment.
struct Ask<'a> {
    trace: &'a Trace,
    c: &'a ContainerTrace,
    index: usize,
    lane: &'a Lane,
    t: Millis,
    /// The first container that is not done.
    undone: Option<usize>,
}

/// An answer in the making.
struct Answer {
    what: Sentence,
    why: Vec<Sentence>,
    next: Vec<Sentence>,
    rule: Option<Rule>,
}

impl Answer {
    fn new(what: Sentence) -> Answer {
        Answer { what, why: Vec::new(), next: Vec::new(), rule: None }
    }

    fn why(mut self, why: impl IntoIterator<Item = Sentence>) -> Answer {
        self.why.extend(why);
        self
    }

    fn next(mut self, next: impl IntoIterator<Item = Sentence>) -> Answer {
        self.next.extend(next);
        self
    }

    fn rule(mut self, rule: Rule) -> Answer {
        self.rule = Some(rule);
        self
    }
}

/// What the container is doing at `t`. `None` beyond what is known.
pub(super) fn explain(
    trace: &Trace,
    lane: &Lane,
    index: usize,
    t: Millis,
    undone: Option<usize>,
) -> Option<Explanation> {
    if t > trace.horizon {
        return None;
    }
    let ask = Ask { trace, c: trace.containers.get(index)?, index, lane, t, undone };
    let bar = lane.bars.at(t);
    let answer = match (lane.graces.at(t), bar) {
        (Some(kill), _) => ask.ending(kill),
        (None, Some(bar)) => ask.doing(bar),
        (None, None) => ask.idle(),
    };
    let Answer { what, why, next, rule } = answer;
    let entry = bar.and_then(|b| b.entry).or_else(|| ask.last_entry());
    Some(Explanation { subject: Subject::Container(index), what, why, next, rule, entry })
}

impl Ask<'_> {
    fn name(&self) -> String {
        self.c.name.clone()
    }

    /// The last run that ended by now.
    fn last_end(&self) -> Option<(&Attempt, Millis)> {
        let ended = |a: &'_ Attempt| a.finished.filter(|&f| f <= self.t);
        self.c.attempts.iter().rev().find_map(|a| ended(a).map(|f| (a, f)))
    }

    fn last_entry(&self) -> Option<EntryId> {
        self.last_end().and_then(|(a, _)| a.finished_by)
    }

    fn doing(&self, bar: &Segment) -> Answer {
        match &bar.kind {
            SegmentKind::WaitingForPod => self.waiting_for_pod(),
            SegmentKind::WaitingForTurn { .. } => self.waiting_for_turn(),
            SegmentKind::Noticing => self.noticing(bar),
            SegmentKind::Pulling { image, error } => self.pulling(bar, image, error.is_some()),
            SegmentKind::BackOff { what, delay, until, reason } => {
                self.back_off(bar, *what, *delay, *until, reason.as_deref())
            }
            SegmentKind::Starting { .. } => {
                let runs = bar.to.map(|at| Sentence::NextRuns { container: self.name(), at });
                Answer::new(Sentence::IsStarting { container: self.name() }).next(runs)
            }
            SegmentKind::Attempt(run) => self.running(bar, run),
            _ => self.idle(),
        }
    }

    /// The next time that it is created.
    fn next_start(&self) -> Sentence {
        let next = self.c.attempts.iter().map(|a| a.created).find(|&at| at > self.t);
        match next {
            Some(at) => Sentence::NextStart { container: self.name(), at, left: at - self.t },
            None => Sentence::NextNever { container: self.name() },
        }
    }

    fn waiting_for_pod(&self) -> Answer {
        let container = self.name();
        let ready = self.trace.sandboxes.iter().any(|s| s.ready.is_some_and(|r| r <= self.t));
        let begun = self.trace.sandboxes.iter().any(|s| s.from <= self.t);
        let status = self.trace.version_at(self.t).map(|v| &v.status);
        let scheduled = status.and_then(|s| s.condition("PodScheduled")).is_some_and(|c| c.is_true());
        let (what, rule) = match () {
            () if ready => (Sentence::WaitsForStart { container }, None),
            () if begun => (Sentence::WaitsForSandbox { container }, None),
            () if scheduled => (Sentence::WaitsForVolumes { container }, Some(Rule::MountRetry {})),
            () => (Sentence::WaitsForScheduling { container }, Some(Rule::Scheduling {})),
        };
        let answer = Answer::new(what).why(obstacle(self.trace, self.t)).next([self.next_start()]);
        Answer { rule, ..answer }
    }

    fn waiting_for_turn(&self) -> Answer {
        let container = self.name();
        let Some(behind) = self.undone.filter(|&u| u < self.index) else {
            return match self.main_before() {
                Some(behind) => Answer::new(Sentence::WaitsForTurn { container, behind }).next([self.next_start()]),
                None => {
                    Answer::new(Sentence::WaitsForStart { container }).next([self.next_start()]).rule(Rule::Relist {})
                }
            };
        };
        let first = &self.trace.containers[behind];
        let behind = first.name.clone();
        let (what, rule) = match (first.kind, self.c.kind) {
            (ContainerKind::Sidecar, _) => (Sentence::WaitsForSidecar { container, behind }, Rule::SidecarGate {}),
            (_, ContainerKind::Main) => (Sentence::WaitsForTurn { container, behind }, Rule::MainsAfterInits {}),
            _ => (Sentence::WaitsForTurn { container, behind }, Rule::InitsInOrder {}),
        };
        Answer::new(what).next([self.next_start()]).rule(rule)
    }

    /// The main container before this one whose image is being pulled.
    fn main_before(&self) -> Option<String> {
        let under_way = |c: &&ContainerTrace| {
            let mut pulls = c.pulls.iter().filter(|p| p.from <= self.t);
            c.kind == ContainerKind::Main && pulls.any(|p| p.to.is_none_or(|to| to > self.t))
        };
        self.trace.containers[..self.index].iter().rfind(under_way).map(|c| c.name.clone())
    }

    fn noticing(&self, bar: &Segment) -> Answer {
        let what = Sentence::EndNotNoticed { container: self.name(), ended: bar.from };
        let after = self.lane.bars.segments().iter().find(|s| s.from >= bar.to.unwrap_or(Millis::NEVER));
        let restarts = after.is_some_and(|s| matches!(s.kind, SegmentKind::Starting { .. }));
        let free = self.c.attempts.iter().filter(|a| a.finished.is_some_and(|f| f <= self.t)).count() == 1;
        let why = (restarts && free).then_some(Sentence::FirstRestartIsFree {});
        Answer::new(what).why(why).next([self.next_start()]).rule(Rule::Relist {})
    }

    fn pulling(&self, bar: &Segment, image: &str, fails: bool) -> Answer {
        let what = Sentence::IsPulled { container: self.name(), image: image.into(), since: bar.from };
        let next = bar.to.map(|at| match fails {
            true => Sentence::NextPullFails { container: self.name(), at },
            false => Sentence::NextPulled { container: self.name(), at },
        });
        Answer::new(what).next(next)
    }

    fn back_off(&self, bar: &Segment, kind: BackOffKind, delay: Millis, until: Millis, reason: Option<&str>) -> Answer {
        let next = match bar.to {
            Some(at) => Sentence::NextTry { container: self.name(), at, left: at - self.t },
            None => Sentence::NextTryUnknown { container: self.name(), until },
        };
        let answer = match kind {
            BackOffKind::Crash => self.crash_back_off(delay),
            BackOffKind::ImagePull => self.image_back_off(delay),
            BackOffKind::Retry => {
                let reason = reason.unwrap_or_default().into();
                Answer::new(Sentence::InRetry { container: self.name(), reason })
                    .why(self.start_failure())
                    .rule(Rule::ConfigRetry {})
            }
        };
        answer.next([next])
    }

    fn crash_back_off(&self, delay: Millis) -> Answer {
        let ends = self.c.attempts.iter().filter(|a| a.finished.is_some_and(|f| f <= self.t)).count();
        let (code, ended) = self.last_end().map_or((0, self.t), |(a, f)| (a.exit_code.unwrap_or(0), f));
        let container = self.name();
        let what = Sentence::InCrashBackOff { container, n: Nth(ends), code, delay, ended };
        Answer::new(what).why([Sentence::BackOffLonger {}]).rule(Rule::BackOffSeries {})
    }

    fn image_back_off(&self, delay: Millis) -> Answer {
        let pulls = || self.c.pulls.iter().filter(|p| p.to.is_some_and(|to| to <= self.t) && p.error.is_some());
        let message = pulls().next_back().and_then(|p| p.error.clone());
        Answer::new(Sentence::InImageBackOff { container: self.name(), n: Nth(pulls().count()), delay })
            .why(message.map(|message| Sentence::LastFailure { message }))
            .rule(Rule::ImageBackOff {})
    }

    /// What the last start that failed said.
    fn start_failure(&self) -> Option<Sentence> {
        let until = self.trace.entries.partition_point(|e| e.at <= self.t);
        let own = self.trace.entries[..until].iter().rev().filter(|e| e.container == Some(self.index));
        let mut failed = own.filter_map(|e| match &e.kind {
            crate::trace::EntryKind::StartFailed { message, .. } => Some(message.clone()),
            _ => None,
        });
        failed.next().map(|message| Sentence::LastFailure { message })
    }

    fn running(&self, bar: &Segment, run: &AttemptBar) -> Answer {
        let (container, ran) = (self.name(), self.t - bar.from);
        let hook = self.lane.hooks.at(self.t).map(|h| &h.kind);
        if let Some(SegmentKind::Hook { hook: Hook::PostStart, .. }) = hook {
            return Answer::new(Sentence::InPostStart { container })
                .next(self.next_end(bar, run))
                .rule(Rule::PostStartBlocks {});
        }
        let what = match run.attempt {
            0 => Sentence::IsRunning { container, ran },
            n => Sentence::IsRunningAgain { container, ran, n: Nth(n as usize + 1) },
        };
        let answer = Answer::new(what).why(self.waits()).next(self.next_end(bar, run));
        let sidecar = (self.c.kind == ContainerKind::Sidecar).then_some(Sentence::SidecarGoesOn {});
        answer.why(sidecar).why(self.probes())
    }

    /// What it waits for, and what it said last.
    fn waits(&self) -> Vec<Sentence> {
        let missing = missing_world(self.trace, &self.c.name, self.t);
        let missing = missing.filter(|_| self.c.kind != ContainerKind::Main);
        let world = missing.map(|w| Sentence::WaitsForWorld { what: w.kind, name: w.name.clone() });
        let logs = &self.c.logs[..self.c.logs.partition_point(|l| l.at <= self.t)];
        let line = logs.last().map(|l| Sentence::LastLine { line: l.line.clone() });
        world.into_iter().chain(line).collect()
    }

    /// Probes that hold something up, and what they were answered.
    fn probes(&self) -> Vec<Sentence> {
        let held = || {
            let shown = self.trace.version_at(self.t)?.status.container(&self.c.name)?.clone();
            let ContainerState::Running { .. } = shown.state else { return None };
            let spec = spec_of(self.trace, &self.c.name)?;
            let container = self.name();
            if !shown.started && spec.startup_probe.is_some() {
                return Some((ProbeKind::Startup, Sentence::NotStartedProbe { container }));
            }
            let unready = !shown.ready && spec.readiness_probe.is_some();
            unready.then_some((ProbeKind::Readiness, Sentence::NotReadyProbe { container }))
        };
        let Some((kind, sentence)) = held() else { return Vec::new() };
        [sentence].into_iter().chain(self.last_failure_of(kind)).collect()
    }

    /// How often a probe of the attempt under way has failed, and what it was answered last.
    fn last_failure_of(&self, kind: ProbeKind) -> Option<Sentence> {
        let since = self.c.attempts.iter().rfind(|a| a.created <= self.t)?.created;
        let failed = |p: &&ProbeRun| p.kind == kind && !p.success && (since..=self.t).contains(&p.at);
        let last = self.c.probes.iter().rfind(failed)?;
        let n = Times(self.c.probes.iter().filter(failed).count());
        Some(Sentence::LastProbe { n, ago: self.t - last.at, output: last.output.clone() })
    }

    fn next_end(&self, bar: &Segment, run: &AttemptBar) -> Vec<Sentence> {
        let world = missing_world(self.trace, &self.c.name, self.t).filter(|_| self.c.kind != ContainerKind::Main);
        let world = world.map(|w| match appears_after(w, self.t) {
            Some(at) => Sentence::NextWorld { what: w.kind, name: w.name.clone(), at },
            None => Sentence::NextWorldNever { what: w.kind, name: w.name.clone() },
        });
        let end = match (bar.to, run.exit_code) {
            (Some(at), Some(code)) => Sentence::NextEnd { container: self.name(), at, code },
            _ => Sentence::NextNothing { container: self.name() },
        };
        world.into_iter().chain([end]).collect()
    }

    fn ending(&self, kill: &Segment) -> Answer {
        let SegmentKind::Grace { grace_seconds, message } = &kill.kind else { return self.idle() };
        let grace = grace(*grace_seconds);
        let left = (kill.from + grace) - self.t;
        let next = kill.to.and_then(|at| {
            let run = self.c.attempts.iter().find(|a| a.finished == Some(at))?;
            Some(Sentence::NextEnd { container: self.name(), at, code: run.exit_code? })
        });
        let what = Sentence::IsEnding { container: self.name(), grace, left };
        let why = Sentence::Because { message: message.clone() };
        Answer::new(what).why([why]).next(next).rule(Rule::GraceThenKill {})
    }

    /// Nothing is being done with it: it is over, or it never began.
    fn idle(&self) -> Answer {
        let container = self.name();
        let Some((run, ended)) = self.last_end() else {
            return Answer::new(Sentence::NeverRan { container });
        };
        match run.exit_code {
            Some(0) => Answer::new(Sentence::IsDone { container, ended }),
            code => {
                let policy = self.policy();
                let why = (policy == "Never").then_some(Sentence::RestartPolicyForbids { policy });
                Answer::new(Sentence::HasEnded { container, code: code.unwrap_or(0), ended }).why(why)
            }
        }
    }

    /// Its own restart policy, or the Pod's.
    fn policy(&self) -> String {
        let own = spec_of(self.trace, &self.c.name).and_then(|c| c.restart_policy.clone());
        let pods = self.trace.pod.spec.as_ref().and_then(|s| s.restart_policy.clone());
        own.or(pods).unwrap_or_else(|| "Always".into())
    }
}
