//! From a trace to the lanes.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::container::{self, ByContainer};
use super::{Lane, LaneKind, Mark, MarkKind, Marks, Segment, SegmentKind, Timeline, Track};
use crate::order::Order;
use crate::time::Millis;
use crate::trace::{Condition, EntryId, EntryKind, Trace, WorldTrace};

/// Conditions in the order in which they become true; others follow in the order of their appearance.
const CONDITIONS: [&str; 5] = ["PodScheduled", "PodReadyToStartContainers", "Initialized", "ContainersReady", "Ready"];

pub(super) fn timeline(trace: &Trace) -> Timeline {
    let mut lanes = vec![phase_lane(trace)];
    lanes.extend(condition_lanes(trace));
    lanes.extend(node_lane(trace));
    lanes.push(sandbox_lane(trace));
    lanes.extend(trace.world.iter().map(world_lane));
    let by_container = ByContainer::of(trace);
    lanes.extend((0..trace.containers.len()).map(|i| container::lane(trace, &by_container, i)));
    let marks = global_marks(trace);
    let changes = change_points(trace, &lanes, &marks);
    Timeline { end: trace.horizon, settled: trace.settled, lanes, marks, changes }
}

/// A lane with bars alone.
fn plain(kind: LaneKind, name: &str, segments: Vec<Segment>) -> Lane {
    Lane {
        kind,
        name: name.into(),
        container: None,
        bars: Track::new(segments),
        hooks: Track::default(),
        graces: Track::default(),
        marks: Marks::default(),
    }
}

/// Closes the last segment at `at` and opens another, unless it would be the same.
fn switch(segments: &mut Vec<Segment>, at: Millis, next: Option<SegmentKind>, entry: EntryId) {
    let open = segments.last_mut().filter(|s| s.to.is_none());
    if open.as_ref().map(|s| &s.kind) == next.as_ref() {
        return;
    }
    if let Some(open) = open {
        open.to = Some(at);
    }
    segments.extend(next.map(|kind| Segment { from: at, to: None, kind, entry: Some(entry) }));
}

fn phase_lane(trace: &Trace) -> Lane {
    let mut segments = Vec::new();
    for v in &trace.versions {
        let kind = match v.status.phase {
            phase if v.deletion.is_some() && !v.status.is_terminal() => SegmentKind::Terminating(phase),
            phase => SegmentKind::Phase(phase),
        };
        switch(&mut segments, v.at, (!v.removed).then_some(kind), v.cause);
    }
    let events = trace.events.iter().enumerate().filter(|(_, e)| e.field_path.is_none());
    let marks = events.map(|(i, e)| event_mark(i, e)).collect();
    Lane { marks: Marks::new(marks), ..plain(LaneKind::Phase, pod_name(trace), segments) }
}

fn pod_name(trace: &Trace) -> &str {
    trace.pod.metadata.name.as_deref().unwrap_or_default()
}

pub(super) fn event_mark(index: usize, event: &crate::trace::Event) -> Mark {
    Mark { at: event.at, kind: MarkKind::Event { index, warning: event.warning }, entry: Some(event.cause) }
}

fn condition_lanes(trace: &Trace) -> Vec<Lane> {
    let mut rows: Vec<(Rc<str>, Vec<Segment>)> = Vec::new();
    let mut seen: Option<&Rc<[Condition]>> = None;
    for v in &trace.versions {
        let conditions = &v.status.conditions;
        let same = seen.is_some_and(|s| Rc::ptr_eq(s, conditions)) && !v.removed;
        for c in conditions.iter().filter(|_| !same) {
            let row = rows.iter().position(|(kind, _)| *kind == c.kind).unwrap_or_else(|| {
                rows.push((c.kind.clone(), Vec::new()));
                rows.len() - 1
            });
            let kind = SegmentKind::Condition { status: c.status.clone(), reason: c.reason.clone() };
            switch(&mut rows[row].1, v.at, (!v.removed).then_some(kind), v.cause);
        }
        seen = Some(conditions);
    }
    rows.order_by_key(|(kind, _)| CONDITIONS.iter().position(|c| *c == &**kind).unwrap_or(CONDITIONS.len()));
    rows.into_iter().map(|(kind, segments)| plain(LaneKind::Condition, &kind, segments)).collect()
}

/// Down times of the node and the kubelet, if there were any.
fn node_lane(trace: &Trace) -> Option<Lane> {
    let mut segments: Vec<Segment> = Vec::new();
    for (i, entry) in trace.entries.iter().enumerate() {
        let next = match entry.kind {
            EntryKind::KubeletStopped => Some(SegmentKind::KubeletDown),
            EntryKind::NodeStopped => Some(SegmentKind::NodeDown),
            // The kubelet of a node that is down comes back with the node.
            EntryKind::KubeletStarted | EntryKind::NodeStarted => None,
            _ => continue,
        };
        switch(&mut segments, entry.at, next, EntryId(i as u32));
    }
    (!segments.is_empty()).then(|| plain(LaneKind::Node, &trace.node, segments))
}

fn sandbox_lane(trace: &Trace) -> Lane {
    let mut entries: BTreeMap<(u32, bool), EntryId> = BTreeMap::new();
    for (i, entry) in trace.entries.iter().enumerate() {
        let key = match entry.kind {
            EntryKind::SandboxStarted { attempt } => (attempt, false),
            EntryKind::SandboxReady { attempt } => (attempt, true),
            _ => continue,
        };
        entries.entry(key).or_insert(EntryId(i as u32));
    }
    let mut segments = Vec::new();
    for s in &trace.sandboxes {
        let attempt = s.attempt;
        let kind = SegmentKind::SandboxStarting { attempt };
        let entry = entries.get(&(attempt, false)).copied();
        segments.push(Segment { from: s.from, to: s.ready.or(s.to), kind, entry });
        segments.extend(s.ready.map(|ready| Segment {
            from: ready,
            to: s.to,
            kind: SegmentKind::SandboxReady { attempt },
            entry: entries.get(&(attempt, true)).copied(),
        }));
    }
    plain(LaneKind::Sandbox, "sandbox", segments)
}

fn world_lane(world: &WorldTrace) -> Lane {
    let segment =
        |&(from, to): &(Millis, Option<Millis>)| Segment { from, to, kind: SegmentKind::Present, entry: None };
    plain(LaneKind::World(world.kind), &world.name, world.present.iter().map(segment).collect())
}

fn global_marks(trace: &Trace) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for (i, entry) in trace.entries.iter().enumerate() {
        let kind = match &entry.kind {
            EntryKind::ActionTaken(action) => MarkKind::Action(action.clone()),
            EntryKind::DeadlineExceeded => MarkKind::DeadlineExceeded,
            EntryKind::Evicted { .. } => MarkKind::Evicted,
            EntryKind::DeletionRequested { grace_seconds } => {
                MarkKind::DeletionRequested { grace_seconds: *grace_seconds }
            }
            _ => continue,
        };
        marks.push(Mark { at: entry.at, kind, entry: Some(EntryId(i as u32)) });
    }
    marks.extend(main_starts(trace));
    let version = |v: &crate::trace::PodVersion, kind| Mark { at: v.at, kind, entry: Some(v.cause) };
    let is_ready = |v: &&crate::trace::PodVersion| v.status.condition("Ready").is_some_and(Condition::is_true);
    marks.extend(trace.versions.iter().find(is_ready).map(|v| version(v, MarkKind::Ready)));
    let terminal = trace.versions.iter().find(|v| v.status.is_terminal());
    marks.extend(terminal.map(|v| version(v, MarkKind::Finished { phase: v.status.phase })));
    marks.extend(trace.versions.iter().find(|v| v.removed).map(|v| version(v, MarkKind::Removed)));
    marks.order_by_key(|m| m.at);
    marks
}

fn main_starts(trace: &Trace) -> impl Iterator<Item = Mark> {
    let mains = trace.containers.iter().enumerate().filter(|(_, c)| c.kind == crate::trace::ContainerKind::Main);
    mains.filter_map(|(container, c)| {
        let attempt = c.attempts.iter().find(|a| a.started.is_some())?;
        Some(Mark { at: attempt.started?, kind: MarkKind::MainStarts { container }, entry: Some(attempt.created_by) })
    })
}

/// Answers of probes that change nothing are no changes.
fn change_points(trace: &Trace, lanes: &[Lane], marks: &[Mark]) -> Vec<Millis> {
    let tracks = lanes.iter().flat_map(|l| [&l.bars, &l.hooks, &l.graces]);
    let ends = tracks.flat_map(Track::segments).flat_map(|s| [Some(s.from), s.to]).flatten();
    let is_change = |m: &&Mark| !matches!(m.kind, MarkKind::Probe { .. });
    let moments = lanes.iter().flat_map(|l| l.marks.all()).chain(marks).filter(is_change).map(|m| m.at);
    let versions = trace.versions.iter().map(|v| v.at);
    let mut changes: Vec<Millis> = ends.chain(moments).chain(versions).filter(|&t| t <= trace.horizon).collect();
    changes.order();
    changes.dedup();
    changes
}
