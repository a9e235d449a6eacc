//! The timeline as data: lanes of segments and marks, in virtual time.
//!
//! Computed once per run; the page, the SVG, the gantt text and the trace file are drawn from it. It knows no pixels, no zoom
//! and no colours: a state has a name ([`SegmentKind::class`]), and what to draw of a window is asked for with
//! [`Track::visible`], which merges what is too narrow to be seen. It decides nothing about Kubernetes.

pub mod axis;
mod build;
mod container;
pub mod label;
mod marks;
#[cfg(test)]
mod tests;
mod track;

pub use track::{Shown, Tally, Track};

use std::rc::Rc;

use crate::scenario::{ActionKind, ProbeKind};
use crate::time::Millis;
use crate::trace::{BackOffKind, ContainerKind, EntryId, Hook, Trace, WorldKind};

/// The whole timeline of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// How far anything is known: the horizon. Open segments are drawn to here.
    pub end: Millis,
    /// Whether nothing can happen after `end`.
    pub settled: bool,
    /// From top to bottom: the Pod, its conditions, node and sandbox, the world, the containers in the order of the spec.
    pub lanes: Vec<Lane>,
    /// Moments that concern the whole run, in the order of time.
    pub marks: Vec<Mark>,
    changes: Vec<Millis>,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub kind: LaneKind,
    /// The container's, condition's or object's name; as Kubernetes writes it.
    pub name: String,
    /// The index in `Trace::containers`.
    pub container: Option<usize>,
    /// The main bar: states that follow each other.
    pub bars: Track,
    /// Lifecycle hooks, within the bars.
    pub hooks: Track,
    /// The time between the decision to end a container and its end.
    pub graces: Track,
    /// In the order of time.
    pub marks: Marks,
}

/// What a lane is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneKind {
    Phase,
    Condition,
    /// When the node or its kubelet was down; there only if one was.
    Node,
    Sandbox,
    World(WorldKind),
    Container(ContainerKind),
}

/// A state with a beginning and, unless it goes on beyond what is known, an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub from: Millis,
    pub to: Option<Millis>,
    pub kind: SegmentKind,
    /// The entry of the trace to ask 'why?' about.
    pub entry: Option<EntryId>,
}

/// What a segment shows.
#[derive(Clone, Debug, PartialEq)]
pub enum SegmentKind {
    /// `Pending`, `Running`, `Succeeded`, `Failed`
    Phase(&'static str),
    /// Deletion was asked for; the phase meanwhile.
    Terminating(&'static str),
    /// A condition with its status (`True`, `False`, `Unknown`) and reason.
    Condition {
        status: Rc<str>,
        reason: Option<Rc<str>>,
    },
    KubeletDown,
    NodeDown,
    SandboxStarting {
        attempt: u32,
    },
    SandboxReady {
        attempt: u32,
    },
    /// Something of the world is there.
    Present,
    /// The Pod itself is not ready for containers: scheduling, volumes, sandbox.
    WaitingForPod,
    /// Others have to be done or started first; the one right before this in the spec.
    WaitingForTurn {
        behind: usize,
    },
    /// Ended; the kubelet has not yet looked.
    Noticing,
    Pulling {
        image: String,
        error: Option<String>,
    },
    /// The next try is put off: `delay` nominally, until `until`.
    BackOff {
        what: BackOffKind,
        delay: Millis,
        until: Millis,
        /// `CreateContainerConfigError`, `ErrImagePull` ...: what failed, where a reason is known.
        reason: Option<String>,
    },
    /// Created, not started yet.
    Starting {
        attempt: u32,
    },
    /// A run of the container.
    Attempt(AttemptBar),
    Hook {
        hook: Hook,
        error: Option<String>,
    },
    Grace {
        grace_seconds: i64,
        message: String,
    },
}

/// A run of a container, and how it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptBar {
    /// The `restartCount` that it bears.
    pub attempt: u32,
    pub outcome: Outcome,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub reason: Option<String>,
    /// A fault of the scenario decided how it ended.
    pub injected: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Running,
    Succeeded,
    Failed,
    /// The runtime could not start it.
    StartFailed,
    OomKilled,
    /// Somebody ended it: the kubelet, or a signal.
    Killed,
    /// Gone with its sandbox or node; nobody knows how it ended.
    Lost,
}

impl Outcome {
    /// Whether the container did not do what it was started for.
    pub fn is_failure(self) -> bool {
        !matches!(self, Outcome::Running | Outcome::Succeeded)
    }
}

/// A moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub at: Millis,
    pub kind: MarkKind,
    pub entry: Option<EntryId>,
}

/// What happened at a moment.
#[derive(Clone, Debug, PartialEq)]
pub enum MarkKind {
    // Of lanes
    Probe {
        probe: ProbeKind,
        success: bool,
    },
    /// The probe's verdict changed.
    ProbeResult {
        probe: ProbeKind,
        success: bool,
    },
    Signal(i32),
    /// The index in `Trace::events`.
    Event {
        index: usize,
        warning: bool,
    },
    // Of the whole run
    /// A main container first runs; the index in `Trace::containers`.
    MainStarts {
        container: usize,
    },
    Ready,
    DeadlineExceeded,
    /// By the kubelet.
    Evicted,
    DeletionRequested {
        grace_seconds: i64,
    },
    /// The object is gone.
    Removed,
    /// The phase became Succeeded or Failed.
    Finished {
        phase: &'static str,
    },
    Action(ActionKind),
}

/// Marks in the order of time, which can be merged when they are too close to be told apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    marks: Vec<Mark>,
    /// How many marks before each are bad news.
    bad_before: Vec<u32>,
}

/// One mark to draw: a mark, or several that would fall on each other (`first..=last`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownMark {
    pub at: Millis,
    pub first: usize,
    pub last: usize,
    /// How many of them are bad news.
    pub bad: u32,
}

/// What one lane shows at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<'a> {
    /// The index in [`Timeline::lanes`].
    pub lane: usize,
    pub bar: Option<&'a Segment>,
    pub hook: Option<&'a Segment>,
    pub grace: Option<&'a Segment>,
}

/// A stretch in which nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    pub from: Millis,
    pub to: Millis,
}

impl Timeline {
    /// The timeline of a run.
    pub fn of(trace: &Trace) -> Timeline {
        build::timeline(trace)
    }

    /// Every moment at which something changes, each once, in order.
    pub fn change_points(&self) -> &[Millis] {
        &self.changes
    }

    /// The first change after `t`.
    pub fn next_change(&self, t: Millis) -> Option<Millis> {
        self.changes.get(self.changes.partition_point(|&c| c <= t)).copied()
    }

    /// The last change before `t`.
    pub fn previous_change(&self, t: Millis) -> Option<Millis> {
        self.changes[..self.changes.partition_point(|&c| c < t)].last().copied()
    }

    /// The stretches, at least `shortest` long, in which nothing changes; the one up to the horizon included.
    pub fn idle_stretches(&self, shortest: Millis) -> Vec<Idle> {
        let ends = self.changes.iter().skip(1).copied().chain([self.end]);
        let gaps = self.changes.iter().zip(ends).map(|(&from, to)| Idle { from, to });
        gaps.filter(|gap| gap.to > gap.from && gap.to - gap.from >= shortest).collect()
    }

    /// The idle stretch around `t` that is at least `shortest` long.
    pub fn idle_at(&self, t: Millis, shortest: Millis) -> Option<Idle> {
        let next = self.changes.partition_point(|&c| c <= t);
        let from = *self.changes[..next].last()?;
        let to = self.changes.get(next).copied().unwrap_or(self.end);
        (t < to && to - from >= shortest).then_some(Idle { from, to })
    }

    /// What every lane shows at `t`.
    pub fn at(&self, t: Millis) -> Vec<Reading<'_>> {
        let known = if t <= self.end { &*self.lanes } else { &[] };
        let lanes = known.iter().enumerate();
        lanes.map(|(lane, l)| Reading { lane, bar: l.bars.at(t), hook: l.hooks.at(t), grace: l.graces.at(t) }).collect()
    }

    /// What to show at first: up to the last change, with a little room after it, and never less than ten seconds.
    pub fn fit(&self) -> Millis {
        let last = self.changes.last().copied().unwrap_or_default();
        let wanted = last.0.saturating_add(last.0 / 20).max(10_000);
        if self.settled { Millis(wanted.min(self.end.0.max(10_000))) } else { self.end.max(Millis(10_000)) }
    }

    /// The lane of a container, by its index in `Trace::containers`.
    pub fn container_lane(&self, container: usize) -> Option<&Lane> {
        self.lanes.iter().find(|l| l.container == Some(container))
    }
}

impl Segment {
    /// Whether `t` lies in it.
    pub fn covers(&self, t: Millis) -> bool {
        self.from <= t && self.to.is_none_or(|to| t < to)
    }

    /// How long it lasts, as far as `end` when it is open.
    pub fn length(&self, end: Millis) -> Millis {
        self.to.unwrap_or(end.max(self.from)) - self.from
    }
}
