//! The outcome of a run in a few sentences.

use super::facts::{is_done, missing_world};
use super::held::held_up;
use super::moment::obstacle;
use crate::i18n::Lang;
use crate::i18n::explain::Sentence;
use crate::i18n::sentence::{Names, Times};
use crate::kube::DEFAULT_SCHEDULER;
use crate::order::Order;
use crate::time::Millis;
use crate::trace::{BackOffKind, ContainerKind, ContainerTrace, EntryKind, Trace};

/// The outcome as one text.
pub fn headline(trace: &Trace, lang: Lang) -> String {
    summary(trace).iter().map(|s| s.text(lang)).collect::<Vec<_>>().join(" ")
}

/// When the main containers start, what takes so long, and how it ends; or why they never start.
pub fn summary(trace: &Trace) -> Vec<Sentence> {
    let mains = trace.main_started();
    let mut started: Vec<(&str, Option<Millis>)> = mains.collect();
    started.order_by_key(|(_, at)| at.unwrap_or(Millis::NEVER));
    let missing: Vec<&str> = started.iter().filter(|(_, at)| at.is_none()).map(|(name, _)| *name).collect();
    if let Some(name) = missing.first() {
        let why = Box::new(why_main_never_starts(trace, name));
        return vec![Sentence::NeverStarts { container: name.to_string(), why }];
    }
    let mut said = Vec::new();
    if let Some((name, Some(at))) = started.last() {
        said.push(Sentence::MainStarts { container: name.to_string(), at: *at });
        said.extend(held_up(trace, *at));
    }
    let ending = afterwards(trace);
    // Where it goes wrong later, that is the news, and not what it took before.
    if let Some(
        Sentence::KeepsFailing { .. }
        | Sentence::StaysUp { .. }
        | Sentence::EvictedAt { .. }
        | Sentence::FailsAt { .. },
    ) = ending
    {
        said.truncate(1);
    }
    said.extend(ending);
    said
}

/// What becomes of a Pod whose main containers have started.
fn afterwards(trace: &Trace) -> Option<Sentence> {
    if let Some((at, message)) = trace.evicted() {
        return Some(Sentence::EvictedAt { at, message: message.into() });
    }
    if let Some(at) = trace.finished() {
        let version = trace.version_at(at)?;
        return Some(match version.status.phase {
            "Succeeded" => Sentence::SucceedsAt { at },
            "Failed" => Sentence::FailsAt { at },
            _ => Sentence::RemovedAt { at },
        });
    }
    let looping = trace.containers.iter().filter(|c| c.attempts.len() > 2 && c.kind != ContainerKind::Init);
    if let Some(c) = looping.max_by_key(|c| c.attempts.len()) {
        return Some(restarts(c, trace.horizon));
    }
    Some(match trace.ready() {
        Some(at) => Sentence::ReadyAt { at },
        None => Sentence::NeverReady {},
    })
}

/// What comes of a container that was restarted several times.
fn restarts(c: &ContainerTrace, horizon: Millis) -> Sentence {
    let (container, n) = (c.name.clone(), Times(c.attempts.iter().filter(|a| a.finished.is_some()).count()));
    match c.stays_up(horizon) {
        Some(at) => Sentence::StaysUp { container, n, at },
        None => Sentence::KeepsFailing { container, n, within: horizon },
    }
}

/// What keeps a main container from starting in this run.
pub fn why_main_never_starts(trace: &Trace, name: &str) -> Sentence {
    let end = trace.finished().unwrap_or(Millis::NEVER).min(trace.horizon);
    let rejected = trace.entries.iter().find_map(|e| match &e.kind {
        EntryKind::Rejected { reason } => Some(Sentence::WhyRejected { reason: reason.clone() }),
        EntryKind::NodeMissing { node } => Some(Sentence::WhyNoNode { node: node.clone() }),
        EntryKind::DeadlineExceeded => Some(Sentence::WhyDeadline {}),
        EntryKind::Evicted { message } => Some(Sentence::WhyEvicted { message: message.trim_end().into() }),
        EntryKind::DeletionRequested { .. } => Some(Sentence::WhyDeleted {}),
        _ => None,
    });
    rejected.or_else(|| pod_obstacle(trace, end)).unwrap_or_else(|| container_obstacle(trace, name, end))
}

/// What keeps the Pod itself from being ready for containers.
fn pod_obstacle(trace: &Trace, end: Millis) -> Option<Sentence> {
    if trace.sandboxes.iter().any(|s| s.ready.is_some()) {
        return None;
    }
    let names_node = trace.pod.spec.as_ref().is_some_and(|s| s.node_name.is_some());
    let scheduled = names_node || trace.entries.iter().any(|e| matches!(e.kind, EntryKind::Scheduled { .. }));
    match obstacle(trace, end) {
        Some(Sentence::Because { message }) if scheduled => Some(Sentence::WhyVolume { message }),
        Some(Sentence::Because { message }) => Some(Sentence::WhyUnschedulable { message }),
        _ if scheduled => Some(Sentence::WhySandbox {}),
        _ => Some(unheard(trace)),
    }
}

/// Why no scheduler has said a word.
fn unheard(trace: &Trace) -> Sentence {
    let spec = trace.pod.spec.as_ref();
    let gates = spec.and_then(|s| s.scheduling_gates.as_ref()).into_iter().flatten().map(|g| g.name.clone());
    let gates: Vec<String> = gates.collect();
    match spec.and_then(|s| s.scheduler_name.clone()).filter(|name| name != DEFAULT_SCHEDULER) {
        _ if !gates.is_empty() => Sentence::WhyGated { gates: Names(gates) },
        Some(name) => Sentence::WhyNoScheduler { name },
        None => Sentence::WhySandbox {},
    }
}

/// The first container before it that is not done, or itself.
fn container_obstacle(trace: &Trace, name: &str, end: Millis) -> Sentence {
    let mut inits = trace.containers.iter().filter(|c| c.kind != ContainerKind::Main);
    let blocking = inits.find(|c| !is_done(trace, c, end));
    let Some(c) = blocking.or_else(|| trace.container(name)) else {
        return Sentence::WhyHorizon { container: name.into() };
    };
    let container = c.name.clone();
    let failed_start = || {
        let index = trace.containers.iter().position(|other| other.name == c.name);
        let own = trace.entries.iter().rev().filter(|e| e.container == index);
        own.clone().find_map(|e| match &e.kind {
            EntryKind::StartFailed { reason, message, .. } => Some(Sentence::WhyCannotStart {
                container: c.name.clone(),
                reason: reason.clone(),
                message: message.clone(),
            }),
            _ => None,
        })
    };
    match c.attempts.last() {
        Some(a) if a.started.is_some() && c.kind == ContainerKind::Sidecar => Sentence::WhyNotStarted { container },
        Some(a) if a.finished.is_none() && a.started.is_some() => endless(trace, c, end),
        Some(a) if a.started.is_some() => {
            let code = a.exit_code.unwrap_or(0);
            let n = c.attempts.iter().filter(|a| a.finished.is_some()).count();
            match trace.finished() {
                Some(_) => Sentence::WhyInitFailed { container, code },
                None if n > 1 => Sentence::WhyCrashLoop { container, code, n },
                None => Sentence::WhyHorizon { container },
            }
        }
        _ => pull_obstacle(c).or_else(failed_start).unwrap_or(Sentence::WhyHorizon { container }),
    }
}

/// A container that runs when the run ends, and holds up the others.
fn endless(trace: &Trace, c: &ContainerTrace, end: Millis) -> Sentence {
    let container = c.name.clone();
    match missing_world(trace, &c.name, end) {
        Some(w) => Sentence::WhyWaitsForWorld { container, what: w.kind, name: w.name.clone() },
        None => Sentence::WhyNeverEnds { container },
    }
}

fn pull_obstacle(c: &ContainerTrace) -> Option<Sentence> {
    let failed = c.pulls.last().filter(|p| p.error.is_some())?;
    let image = failed.image.clone();
    let backed_off = c.backoffs.last().is_none_or(|b| b.kind == BackOffKind::ImagePull);
    backed_off.then(|| Sentence::WhyImage { container: c.name.clone(), image })
}
