//! What is so at a moment: for the Pod and for each container, what is happening, why, and what comes next.

use super::container;
use super::entry::grace;
use super::facts::{first_undone, is_done, status_lag};
use crate::i18n::explain::{Rule, Sentence};
use crate::i18n::sentence::Names;
use crate::time::Millis;
use crate::trace::{BackOffKind, ContainerKind, ContainerTrace, EntryId, EntryKind, PodVersion, Trace};
use crate::view::get;
use crate::view::timeline::{LaneKind, MarkKind, SegmentKind, Timeline};

/// What an explanation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Pod,
    /// The index in `Trace::containers`.
    Container(usize),
}

/// What is so, why, and what comes next.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub subject: Subject,
    pub what: Sentence,
    pub why: Vec<Sentence>,
    pub next: Vec<Sentence>,
    pub rule: Option<Rule>,
    /// The entry to ask for the chain of causes about.
    pub entry: Option<EntryId>,
}

/// What is so at `t`: the Pod first, then the containers in the order of the spec. The timeline is that of the same trace.
pub fn moment(trace: &Trace, timeline: &Timeline, t: Millis) -> Vec<Explanation> {
    let Some(version) = trace.version_at(t) else { return Vec::new() };
    let mut all = vec![pod(trace, timeline, version, t)];
    if !version.removed {
        let lanes = timeline.lanes.iter().filter_map(|lane| Some((lane, lane.container?)));
        let undone = first_undone(trace, t);
        all.extend(lanes.filter_map(|(lane, index)| container::explain(trace, lane, index, t, undone)));
    }
    all
}

fn pod(trace: &Trace, timeline: &Timeline, version: &PodVersion, t: Millis) -> Explanation {
    let (what, rule) = pod_state(trace, timeline, version, t);
    let mut why = Vec::new();
    let unready = unready(version);
    if what == (Sentence::PodPreparing {}) || what == (Sentence::PodUnscheduled {}) {
        why.extend(obstacle(trace, t));
    }
    why.extend(status_word(trace, t));
    if let Sentence::PodNotReady { .. } = what {
        why.extend(unready.into_iter().map(|container| Sentence::NotReadyProbe { container }));
    }
    let entry = Some(version.cause).filter(|id| (id.0 as usize) < trace.entries.len());
    Explanation { subject: Subject::Pod, what, why, next: next(trace, timeline, t), rule, entry }
}

/// What the STATUS means that surprises most: that of a back-off, and that of a back-off which it does not show.
fn status_word(trace: &Trace, t: Millis) -> Option<Sentence> {
    let status = get::row_at(trace, t)?.status;
    if status.ends_with("CrashLoopBackOff") {
        return Some(Sentence::StatusWaits { status });
    }
    let waits = |c: &&ContainerTrace| {
        c.backoffs.iter().any(|b| b.kind == BackOffKind::Crash && b.from <= t && b.to.is_none_or(|to| t < to))
    };
    trace.containers.iter().filter(waits).find_map(|c| status_lag(trace, c, t))
}

fn pod_state(trace: &Trace, timeline: &Timeline, version: &PodVersion, t: Millis) -> (Sentence, Option<Rule>) {
    let status = &version.status;
    if version.removed {
        return (Sentence::PodGone {}, None);
    }
    match down(timeline, t) {
        Some(SegmentKind::KubeletDown) => return (Sentence::KubeletIsDown {}, Some(Rule::BackOffForgotten {})),
        Some(SegmentKind::NodeDown) => return (Sentence::NodeIsDown {}, Some(Rule::SandboxLoss {})),
        _ => {}
    }
    match (status.phase, version.deletion) {
        ("Succeeded", _) => (Sentence::PodSucceeded {}, Some(Rule::PhaseIsFinal {})),
        ("Failed", _) => (Sentence::PodFailed {}, Some(Rule::PhaseIsFinal {})),
        (_, Some(deletion)) => {
            let (since, end) = (deletion.requested, deletion.requested + grace(deletion.grace_seconds));
            let what = match end - t {
                Millis(0) => Sentence::PodTerminatingOver { since },
                left => Sentence::PodTerminating { since, left },
            };
            (what, Some(Rule::GraceThenKill {}))
        }
        ("Running", None) => running(version),
        _ => starting(trace, version, t),
    }
}

/// What keeps the node or its kubelet from working at `t`.
fn down(timeline: &Timeline, t: Millis) -> Option<&SegmentKind> {
    let lane = timeline.lanes.iter().find(|l| l.kind == LaneKind::Node)?;
    lane.bars.at(t).map(|s| &s.kind)
}

fn running(version: &PodVersion) -> (Sentence, Option<Rule>) {
    let ready = version.status.condition("Ready").is_some_and(|c| c.is_true());
    let unready = unready(version);
    match (ready, unready.is_empty()) {
        (true, _) => (Sentence::PodReady {}, None),
        (false, true) => (Sentence::PodRunningNotReady {}, None),
        (false, false) => (Sentence::PodNotReady { containers: Names(unready) }, Some(Rule::ReadinessGates {})),
    }
}

/// Running containers that are not ready.
fn unready(version: &PodVersion) -> Vec<String> {
    let all = version.status.init.iter().chain(version.status.main.iter());
    let running = all.filter(|c| matches!(c.state, crate::trace::ContainerState::Running { .. }) && !c.ready);
    running.map(|c| c.name.to_string()).collect()
}

fn starting(trace: &Trace, version: &PodVersion, t: Millis) -> (Sentence, Option<Rule>) {
    let scheduled = version.status.condition("PodScheduled").is_some_and(|c| c.is_true());
    let sandbox = trace.sandboxes.iter().any(|s| s.ready.is_some_and(|r| r <= t) && s.to.is_none_or(|to| t < to));
    let inits = || trace.containers.iter().filter(|c| c.kind != ContainerKind::Main);
    let (all, done) = (inits().count(), inits().filter(|c| is_done(trace, c, t)).count());
    match () {
        () if !scheduled && !sandbox => (Sentence::PodUnscheduled {}, Some(Rule::Scheduling {})),
        () if !sandbox => (Sentence::PodPreparing {}, Some(Rule::MountRetry {})),
        () if done < all => (Sentence::PodInitializing { done, all }, Some(Rule::InitsInOrder {})),
        () => (Sentence::PodStartingMains {}, Some(Rule::MainsAfterInits {})),
    }
}

/// What the scheduler or a volume said last.
pub(super) fn obstacle(trace: &Trace, t: Millis) -> Option<Sentence> {
    let until = trace.entries.partition_point(|e| e.at <= t);
    let told = |e: &crate::trace::Entry| match &e.kind {
        EntryKind::Unschedulable { message } => Some(Some(Sentence::Because { message: message.clone() })),
        EntryKind::MountFailed { message, .. } => Some(Some(Sentence::Because { message: message.clone() })),
        EntryKind::Scheduled { .. } | EntryKind::VolumesMounted => Some(None),
        _ => None,
    };
    trace.entries[..until].iter().rev().find_map(told).flatten()
}

/// What will happen to the Pod after `t`.
fn next(trace: &Trace, timeline: &Timeline, t: Millis) -> Vec<Sentence> {
    let coming = timeline.marks.iter().filter(|m| m.at > t);
    let told = coming.filter_map(|m| match &m.kind {
        MarkKind::MainStarts { container } => {
            let container = trace.containers.get(*container)?.name.clone();
            Some(Sentence::NextMainStarts { container, at: m.at })
        }
        MarkKind::Ready => Some(Sentence::NextReady { at: m.at }),
        MarkKind::Finished { phase } => Some(Sentence::NextFinished { phase, at: m.at }),
        MarkKind::Action(_) => {
            let act = Box::new(super::entry::told(trace, m.entry?));
            Some(Sentence::NextAct { act, at: m.at })
        }
        MarkKind::Removed => Some(Sentence::NextRemoved { at: m.at }),
        _ => None,
    });
    let mut told: Vec<Sentence> = told.take(2).collect();
    if told.is_empty() && timeline.next_change(t).is_none() && t <= timeline.end {
        let end = trace.horizon;
        told.push(if trace.settled { Sentence::NextPodNothing {} } else { Sentence::NextPodBeyond { end } });
    }
    told
}
