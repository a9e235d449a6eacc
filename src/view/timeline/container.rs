//! The lane of one container: runs, pulls, waits, hooks, graces and the moments between.

use super::build::event_mark;
use super::{AttemptBar, Lane, LaneKind, Mark, MarkKind, Marks, Outcome, Segment, SegmentKind, Track};
use crate::order::IntoMap;
use crate::order::Order;
use crate::time::Millis;
use crate::trace::{Attempt, BackOffKind, ContainerKind, ContainerTrace, Entry, EntryId, EntryKind, Trace};

/// How many entries before a wait its reason is looked for in.
const NEAR: usize = 16;

/// Entries and events by container, so that building all lanes reads the trace once.
pub(super) struct ByContainer<'a> {
    /// When the Pod was over.
    finished: Option<Millis>,
    entries: Vec<Vec<(EntryId, &'a Entry)>>,
    events: Vec<Vec<usize>>,
}

impl<'a> ByContainer<'a> {
    pub fn of(trace: &'a Trace) -> ByContainer<'a> {
        let mut entries = vec![Vec::new(); trace.containers.len()];
        for (i, entry) in trace.entries.iter().enumerate() {
            if let Some(list) = entry.container.and_then(|c| entries.get_mut(c)) {
                list.push((EntryId(i as u32), entry));
            }
        }
        let names = trace.containers.iter().enumerate().map(|(i, c)| (c.name.as_str(), i));
        let by_name = names.into_map();
        let mut events = vec![Vec::new(); trace.containers.len()];
        for (i, event) in trace.events.iter().enumerate() {
            let name = event.field_path.as_deref().and_then(container_of_path);
            if let Some(&c) = name.and_then(|n| by_name.get(n)) {
                events[c].push(i);
            }
        }
        ByContainer { finished: trace.finished(), entries, events }
    }

    /// The first entry of the container in `from..=to` that `wanted` accepts.
    fn find(&self, container: usize, from: Millis, to: Millis, wanted: impl Fn(&EntryKind) -> bool) -> Option<EntryId> {
        let list = &self.entries[container];
        let first = list.partition_point(|(_, e)| e.at < from);
        list[first..].iter().take_while(|(_, e)| e.at <= to).find(|(_, e)| wanted(&e.kind)).map(|(id, _)| *id)
    }

    /// Why the last start before `t` failed.
    fn start_failure(&self, container: usize, t: Millis) -> Option<&'a str> {
        let list = &self.entries[container];
        let before = &list[..list.partition_point(|(_, e)| e.at <= t)];
        before.iter().rev().take(NEAR).find_map(|(_, e)| match &e.kind {
            EntryKind::StartFailed { reason, .. } => Some(reason.as_str()),
            _ => None,
        })
    }
}

/// `init-a` of `spec.initContainers{init-a}`.
fn container_of_path(path: &str) -> Option<&str> {
    path.split_once('{')?.1.strip_suffix('}')
}

pub(super) fn lane(trace: &Trace, by: &ByContainer, index: usize) -> Lane {
    let c = &trace.containers[index];
    let mut bars = bars(c, by, index);
    fill_gaps(trace, by.finished, index, &mut bars);
    Lane {
        kind: LaneKind::Container(c.kind),
        name: c.name.clone(),
        container: Some(index),
        bars: Track::new(bars),
        hooks: Track::new(hooks(c, by, index)),
        graces: Track::new(graces(c, by, index)),
        marks: Marks::new(marks(trace, by, index)),
    }
}

fn bars(c: &ContainerTrace, by: &ByContainer, index: usize) -> Vec<Segment> {
    let mut bars = Vec::new();
    for a in &c.attempts {
        attempt_bars(c, a, by, index, &mut bars);
    }
    bars.extend(c.pulls.iter().map(|p| Segment {
        from: p.from,
        to: p.to,
        kind: SegmentKind::Pulling { image: p.image.clone(), error: p.error.clone() },
        entry: by.find(index, p.from, p.from, |k| matches!(k, EntryKind::PullStarted { .. })),
    }));
    bars.extend(c.backoffs.iter().map(|b| {
        let reason = match b.kind {
            BackOffKind::Crash => None,
            _ => by.start_failure(index, b.from).map(Into::into),
        };
        Segment {
            from: b.from,
            to: b.to,
            kind: SegmentKind::BackOff { what: b.kind, delay: b.delay, until: b.until, reason },
            entry: by.find(index, b.from, b.to.unwrap_or(Millis::NEVER), |k| matches!(k, EntryKind::BackOff { .. })),
        }
    }));
    bars.order_by_key(|s| s.from);
    bars
}

fn attempt_bars(c: &ContainerTrace, a: &Attempt, by: &ByContainer, index: usize, bars: &mut Vec<Segment>) {
    let attempt = a.attempt;
    let starting = Segment {
        from: a.created,
        to: a.started.or(a.finished),
        kind: SegmentKind::Starting { attempt },
        entry: Some(a.created_by),
    };
    bars.push(starting);
    let outcome = outcome(c, a);
    // A container that never ran has no length of its own: its creation stands for it.
    let from = match (a.started, a.finished) {
        (Some(started), _) => started,
        (None, Some(_)) => a.created,
        (None, None) => return,
    };
    let started = by.find(index, from, a.finished.unwrap_or(Millis::NEVER), |k| match k {
        EntryKind::Started { attempt } | EntryKind::StartFailed { attempt, .. } => *attempt == a.attempt,
        _ => false,
    });
    let kind = SegmentKind::Attempt(AttemptBar {
        attempt,
        outcome,
        exit_code: a.exit_code,
        signal: a.signal,
        reason: a.reason.clone(),
        injected: a.injected,
    });
    // Shorter than a millisecond is still a run.
    let to = a.finished.map(|f| f.max(from + Millis(1)));
    bars.push(Segment { from, to, kind, entry: started.or(Some(a.created_by)) });
}

fn outcome(c: &ContainerTrace, a: &Attempt) -> Outcome {
    let Some(finished) = a.finished else { return Outcome::Running };
    let killed = || {
        let kills = &c.kills[c.kills.partition_point(|k| k.from < a.created)..];
        kills.iter().take_while(|k| k.from <= finished).any(|k| k.term.is_some() || k.kill.is_some())
    };
    match a.reason.as_deref() {
        Some("OOMKilled") => Outcome::OomKilled,
        Some("StartError") => Outcome::StartFailed,
        Some("ContainerStatusUnknown") => Outcome::Lost,
        _ if a.started.is_none() => Outcome::StartFailed,
        _ if killed() || a.signal.is_some() => Outcome::Killed,
        _ if a.exit_code == Some(0) => Outcome::Succeeded,
        _ => Outcome::Failed,
    }
}

/// Names what a container waits for while nothing happens to it.
fn fill_gaps(trace: &Trace, finished: Option<Millis>, index: usize, bars: &mut Vec<Segment>) {
    let stop = finished.unwrap_or(Millis::NEVER);
    let mut gaps = Vec::new();
    let mut free = Millis::ZERO;
    let mut ran = None;
    for bar in bars.iter() {
        if bar.from > free {
            push_gap(trace, index, free, Some(bar.from), ran, &mut gaps);
        }
        ran = match &bar.kind {
            SegmentKind::Attempt(a) => Some(a.outcome),
            _ => None,
        };
        free = free.max(bar.to.unwrap_or(Millis::NEVER));
    }
    // A container that is done waits for nothing.
    if ran.is_none() && free < stop.min(trace.horizon) {
        push_gap(trace, index, free, finished, None, &mut gaps);
    }
    bars.extend(gaps);
}

/// The gap `from..to` in up to three parts: the kubelet has not looked, the Pod has no sandbox, others come first.
fn push_gap(
    trace: &Trace,
    index: usize,
    from: Millis,
    to: Option<Millis>,
    ran: Option<Outcome>,
    gaps: &mut Vec<Segment>,
) {
    let end = to.unwrap_or(Millis::NEVER);
    let mut push = |from: Millis, until: Millis, kind| {
        let open = until == Millis::NEVER;
        if from < until {
            gaps.push(Segment { from, to: (!open).then_some(until), kind, entry: None });
        }
    };
    let ready = trace.sandboxes.iter().filter_map(|s| s.ready).find(|&ready| ready > from && ready < end);
    let lost = trace.sandboxes.iter().filter_map(|s| s.to).find(|&lost| lost >= from && lost < end);
    let waiting = match behind(trace, index) {
        Some(behind) => SegmentKind::WaitingForTurn { behind },
        None => SegmentKind::WaitingForPod,
    };
    // Nobody comes before the first one: it waits for the Pod alone.
    let first = waiting == SegmentKind::WaitingForPod;
    if let Some(outcome) = ran {
        let stands = trace.sandboxes.iter().any(|s| s.from <= from && s.to.is_none_or(|to| from < to));
        let lost = if stands { lost.unwrap_or(end) } else { from };
        // An init container that is done waits for nothing, until the loss of the sandbox makes it run again.
        if (trace.containers[index].kind, outcome) != (ContainerKind::Init, Outcome::Succeeded) {
            push(from, lost, SegmentKind::Noticing);
        }
        let ready = ready.unwrap_or(end).max(lost);
        push(lost, ready, SegmentKind::WaitingForPod);
        push(ready, end, waiting);
        return;
    }
    let sandbox = trace.sandboxes.first().map_or(end, |s| s.ready.unwrap_or(end));
    let sandbox = if first { end } else { sandbox.clamp(from, end) };
    push(from, sandbox, SegmentKind::WaitingForPod);
    push(sandbox, end, waiting);
}

/// The container before this one in the spec, which has to be done or started first. Mains wait for the last init, and where there is
/// none for each other: the kubelet pulls and starts them one by one.
fn behind(trace: &Trace, index: usize) -> Option<usize> {
    let last_init = || trace.containers.iter().rposition(|c| c.kind != ContainerKind::Main);
    match trace.containers[index].kind {
        ContainerKind::Main => last_init().or(index.checked_sub(1)),
        _ => index.checked_sub(1),
    }
}

fn hooks(c: &ContainerTrace, by: &ByContainer, index: usize) -> Vec<Segment> {
    let hook = |h: &crate::trace::HookRun| Segment {
        from: h.from,
        to: h.to,
        kind: SegmentKind::Hook { hook: h.hook, error: h.error.clone() },
        entry: by.find(index, h.from, h.from, |k| matches!(k, EntryKind::HookStarted { hook, .. } if *hook == h.hook)),
    };
    c.hooks.iter().map(hook).collect()
}

fn graces(c: &ContainerTrace, by: &ByContainer, index: usize) -> Vec<Segment> {
    let grace = |k: &crate::trace::Kill| {
        let begun = &c.attempts[..c.attempts.partition_point(|a| a.created <= k.from)];
        let run = begun.last().filter(|a| a.finished.is_none_or(|f| f >= k.from));
        Segment {
            from: k.from,
            to: run.map_or(k.kill, |a| a.finished),
            kind: SegmentKind::Grace { grace_seconds: k.grace_seconds, message: k.message.clone() },
            entry: by.find(index, k.from, k.from, |k| matches!(k, EntryKind::Killing { .. })),
        }
    };
    c.kills.iter().map(grace).collect()
}

fn marks(trace: &Trace, by: &ByContainer, index: usize) -> Vec<Mark> {
    let probes = trace.containers[index].probes.iter().map(|p| Mark {
        at: p.at,
        kind: MarkKind::Probe { probe: p.kind, success: p.success },
        entry: Some(p.entry),
    });
    let entries = by.entries[index].iter().filter_map(|(id, e)| {
        let kind = match e.kind {
            EntryKind::SignalSent { signal, .. } => MarkKind::Signal(signal),
            EntryKind::ProbeResult { probe, success, .. } => MarkKind::ProbeResult { probe, success },
            _ => return None,
        };
        Some(Mark { at: e.at, kind, entry: Some(*id) })
    });
    let events = by.events[index].iter().map(|&i| event_mark(i, &trace.events[i]));
    probes.chain(entries).chain(events).collect()
}
