//! How two runs differ: as data for a side-by-side, and in words with the cause.

use super::facts::covered;
use super::summary::why_main_never_starts;
use crate::i18n::explain::Sentence;
use crate::i18n::sentence::Times;
use crate::time::Millis;
use crate::trace::{ContainerTrace, EntryKind, Trace};

/// Differences smaller than this are the kubelet's once-a-second look.
const NOTABLE: Millis = Millis(1000);

/// Two runs side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Main containers, and when they first ran in each run.
    pub mains: Vec<(String, [Option<Millis>; 2])>,
    pub ready: [Option<Millis>; 2],
    pub finished: [Option<Millis>; 2],
    /// Containers of either run: those of the first in its order, then those that only the second has.
    pub containers: Vec<ContainerComparison>,
    pub sentences: Vec<Sentence>,
}

/// One container in two runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerComparison {
    pub name: String,
    /// `None`: the run has no such container.
    pub runs: [Option<Sums>; 2],
}

/// What a container did until the main containers ran, or until the end when they never did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub attempts: usize,
    pub failed: usize,
    pub running: Millis,
    pub pulling: Millis,
    pub backing_off: Millis,
}

/// How the run `b` differs from the run `a`.
pub fn compare(a: &Trace, b: &Trace) -> Comparison {
    let main_of = |t: &Trace, name: &str| t.main_started().find(|(n, _)| *n == name).and_then(|(_, at)| at);
    let both = [a, b];
    let names = a.main_started().chain(b.main_started()).map(|(name, _)| name.to_string());
    let mains: Vec<_> = unique(names).into_iter().map(|n| (n.clone(), both.map(|t| main_of(t, &n)))).collect();
    let all = a.containers.iter().chain(&b.containers).map(|c| c.name.clone());
    let containers = unique(all)
        .into_iter()
        .map(|name| ContainerComparison { runs: both.map(|t| t.container(&name).map(|c| sums(t, c))), name });
    let mut comparison = Comparison {
        mains,
        ready: both.map(Trace::ready),
        finished: both.map(Trace::finished),
        containers: containers.collect(),
        sentences: Vec::new(),
    };
    comparison.sentences = comparison.words(a, b);
    comparison
}

/// Each once, in the order of first appearance.
fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.filter(|n| seen.insert(n.clone())).collect()
}

fn sums(trace: &Trace, c: &ContainerTrace) -> Sums {
    let mains = trace.main_started().filter_map(|(_, at)| at).min();
    let end = mains.unwrap_or(trace.horizon);
    let pulls = c.pulls.iter().map(|p| (p.from, p.to));
    let waits = c.backoffs.iter().map(|b| (b.from, b.to));
    let ended = || c.attempts.iter().filter(|a| a.finished.is_some_and(|f| f <= end));
    let runs = c.attempts.iter().filter_map(|a| Some((a.started?, a.finished)));
    Sums {
        attempts: c.attempts.len(),
        failed: ended().filter(|a| a.exit_code != Some(0)).count(),
        running: covered(runs, end),
        pulling: covered(pulls, end),
        backing_off: covered(waits, end),
    }
}

/// How long the node or its kubelet was down before the main containers ran.
fn down(trace: &Trace) -> Millis {
    let end = trace.main_started().filter_map(|(_, at)| at).min().unwrap_or(trace.horizon);
    let (mut stretches, mut since) = (Vec::new(), None);
    for entry in &trace.entries {
        match entry.kind {
            EntryKind::KubeletStopped | EntryKind::NodeStopped => since = since.or(Some(entry.at)),
            EntryKind::KubeletStarted => stretches.extend(since.take().map(|from| (from, Some(entry.at)))),
            _ => {}
        }
    }
    covered(stretches.into_iter(), end)
}

impl Comparison {
    fn words(&self, a: &Trace, b: &Trace) -> Vec<Sentence> {
        let mut said: Vec<Sentence> = self.mains.iter().filter_map(|(name, at)| main_moved(b, name, *at)).collect();
        if !said.is_empty() {
            said.extend(self.cause(a, b));
        }
        said.extend(ending(a, b));
        for c in &self.containers {
            let container = c.name.clone();
            match c.runs {
                [Some(_), None] => said.push(Sentence::ContainerGone { container }),
                [None, Some(_)] => said.push(Sentence::ContainerNew { container }),
                [Some(a), Some(b)] if a.attempts != b.attempts && said.is_empty() => {
                    said.push(Sentence::RunsOften { container, a: Times(a.attempts), b: Times(b.attempts) })
                }
                _ => {}
            }
        }
        if said.is_empty() {
            said.push(Sentence::SameOutcome {});
        }
        said
    }

    /// What accounts for the largest part of the difference.
    fn cause(&self, a: &Trace, b: &Trace) -> Option<Sentence> {
        let inits = self.containers.iter().filter_map(|c| Some((c, c.runs[0]?, c.runs[1]?)));
        let mut causes: Vec<(Millis, Sentence)> = inits.flat_map(|(c, a, b)| causes(&c.name, a, b)).collect();
        let (x, y) = (down(a), down(b));
        causes.push((gap(x, y), Sentence::DownDifferently { a: x, b: y }));
        let ready = [a, b].map(|t| t.sandboxes.first().and_then(|s| s.ready));
        if let [Some(a), Some(b)] = ready {
            causes.push((gap(a, b), Sentence::PodPreparedDifferently { a, b }));
        }
        // The first of the largest: a container that fails is told before those that it makes wait.
        let largest = causes.iter().map(|c| c.0).max().filter(|&gap| gap >= NOTABLE)?;
        causes.into_iter().find(|c| c.0 == largest).map(|c| c.1)
    }
}

fn main_moved(b: &Trace, name: &str, at: [Option<Millis>; 2]) -> Option<Sentence> {
    let container = name.to_string();
    match at {
        [Some(a), Some(b)] if gap(a, b) < NOTABLE => None,
        [Some(a), Some(b)] if b > a => Some(Sentence::StartsLater { container, by: b - a }),
        [Some(a), Some(b)] => Some(Sentence::StartsEarlier { container, by: a - b }),
        [None, Some(at)] => Some(Sentence::NowStarts { container, at }),
        [Some(_), None] if b.container(name).is_some() => {
            Some(Sentence::NoLongerStarts { container, why: Box::new(why_main_never_starts(b, name)) })
        }
        _ => None,
    }
}

/// Whether and how the Pod ends.
fn ending(a: &Trace, b: &Trace) -> Option<Sentence> {
    let end = |t: &Trace| t.finished().and_then(|at| Some((t.version_at(at)?.status.phase, at)));
    match (end(a), end(b)) {
        (None, Some((phase, at))) => Some(Sentence::NowEnds { phase, at }),
        (Some(_), None) => Some(Sentence::NoLongerEnds {}),
        (Some((was, _)), Some((phase, at))) if was != phase => Some(Sentence::EndsAnew { phase, at, was }),
        _ => None,
    }
}

/// How far apart two moments are.
fn gap(a: Millis, b: Millis) -> Millis {
    if a > b { a - b } else { b - a }
}

/// What is different about one container, with how much time it accounts for.
fn causes(name: &str, a: Sums, b: Sums) -> Vec<(Millis, Sentence)> {
    let container = || name.to_string();
    let failed = match (a.failed, b.failed) {
        (x, y) if x == y => None,
        (0, y) => Some(Sentence::FailsNewly { container: container(), b: Times(y) }),
        (x, 0) => Some(Sentence::FailsNoMore { container: container(), a: Times(x) }),
        (x, y) => Some(Sentence::FailsMore { container: container(), a: Times(x), b: Times(y) }),
    };
    if let Some(failed) = failed {
        // Failing costs the runs that failed and the waits after them.
        return vec![(gap(a.backing_off, b.backing_off) + gap(a.running, b.running) + NOTABLE, failed)];
    }
    vec![
        (
            gap(a.backing_off, b.backing_off),
            Sentence::WaitsDifferently { container: container(), a: a.backing_off, b: b.backing_off },
        ),
        (gap(a.running, b.running), Sentence::RunsDifferently { container: container(), a: a.running, b: b.running }),
        (gap(a.pulling, b.pulling), Sentence::PullsDifferently { container: container(), a: a.pulling, b: b.pulling }),
    ]
}
