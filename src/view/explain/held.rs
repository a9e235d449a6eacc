//! What takes the most of the time until the main containers have started.

use super::facts::{covered, done_at, missing_world};
use crate::i18n::explain::Sentence;
use crate::i18n::sentence::Times;
use crate::order::Order;
use crate::time::Millis;
use crate::trace::{ContainerKind, ContainerTrace, EntryKind, Trace};

/// What takes less than one part in so many is not told.
const NOTABLE: u64 = 3;

/// How long something takes, and the sentence that says so.
type Told = (Millis, Sentence);

/// A stretch of the way to the last main container: the Pod's own, or that of the container which all others wait for.
struct Leg<'a> {
    who: Option<&'a ContainerTrace>,
    from: Millis,
    to: Millis,
}

/// What takes the most of the time until `at`, when the last main container starts; nothing where no stretch stands out.
pub fn held_up(trace: &Trace, at: Millis) -> Option<Sentence> {
    /// Of a thousand containers the longest stretches are enough to look into.
    const LONGEST: usize = 4;
    let mut legs = legs(trace, at);
    legs.order_by_key(|leg| Millis::NEVER - leg.time());
    let mut told: Vec<Told> = legs.iter().take(LONGEST).filter_map(|leg| leg.told(trace)).collect();
    told.push(pulls(trace, at));
    told.order_by_key(|(time, _)| Millis::NEVER - *time);
    told.into_iter().next().filter(|(time, _)| time.0 * NOTABLE >= at.0).map(|(_, sentence)| sentence)
}

/// The pulls on the way, which the kubelet makes one after another.
fn pulls(trace: &Trace, at: Millis) -> Told {
    let pulls = trace.containers.iter().flat_map(|c| &c.pulls).filter(|p| p.error.is_none() && p.from < at);
    let mut pulls: Vec<_> = pulls.collect();
    pulls.order_by_key(|p| p.from);
    let time = covered(pulls.iter().map(|p| (p.from, p.to)), at);
    let sentence = match &pulls[..] {
        [one] => Sentence::TimeToPull { time, image: one.image.clone() },
        more => Sentence::TimeToPullAll { time, n: more.len() },
    };
    (time, sentence)
}

fn legs(trace: &Trace, at: Millis) -> Vec<Leg<'_>> {
    let prepared = trace.sandboxes.iter().find_map(|s| s.ready).unwrap_or_default();
    let mut done: Vec<_> = trace.containers.iter().filter_map(|c| Some((c, done_at(trace, c, at)?))).collect();
    done.order_by_key(|&(_, to)| to);
    let mut legs = vec![Leg { who: None, from: Millis::ZERO, to: prepared }];
    let mut from = prepared;
    for (container, to) in done {
        legs.push(Leg { who: Some(container), from, to });
        from = to;
    }
    legs
}

/// What is at the bottom of an error that is told with all it led to.
fn gist(message: &str) -> String {
    message.rsplit(" : ").next().unwrap_or_default().to_owned()
}

impl Leg<'_> {
    fn time(&self) -> Millis {
        self.to - self.from
    }

    fn has(&self, at: Millis) -> bool {
        self.from <= at && at <= self.to
    }

    fn pod(&self, trace: &Trace) -> Told {
        let scheduled = trace.entries.iter().find(|e| matches!(e.kind, EntryKind::Scheduled { .. }));
        let time = self.time();
        let unmounted = trace.entries.iter().find_map(|e| match &e.kind {
            EntryKind::MountFailed { message, .. } if self.has(e.at) => Some(gist(message)),
            _ => None,
        });
        match (scheduled.map_or(Millis::ZERO, |e| e.at), unmounted) {
            (late, _) if late + late > time => (late, Sentence::TimeToSchedule { time: late }),
            (_, Some(message)) => (time, Sentence::TimeToMount { time, message }),
            _ => (time, Sentence::TimeToPrepare { time }),
        }
    }

    /// What it goes to.
    fn told(&self, trace: &Trace) -> Option<Told> {
        let Some(c) = self.who else { return Some(self.pod(trace)) };
        let (time, container) = (self.time(), c.name.clone());
        let n = c.attempts.iter().filter(|a| a.exit_code != Some(0) && a.finished.is_some_and(|f| self.has(f))).count();
        if n > 0 {
            return Some((time, Sentence::TimeToRetry { time, container, n: Times(n) }));
        }
        if let Some(failed) = c.pulls.iter().find(|p| p.error.is_some() && self.has(p.from)) {
            return Some((time, Sentence::TimeToGetImage { time, image: failed.image.clone() }));
        }
        self.refused(trace, c).or_else(|| self.run(trace, c))
    }

    /// It goes to what the kubelet misses to make the container.
    fn refused(&self, trace: &Trace, c: &ContainerTrace) -> Option<Told> {
        let index = trace.containers.iter().position(|other| other.name == c.name);
        let mut own = trace.entries.iter().filter(|e| e.container == index && self.has(e.at));
        let (from, message) = own.find_map(|e| match &e.kind {
            EntryKind::StartFailed { message, .. } => Some((e.at, message.clone())),
            _ => None,
        })?;
        let begun = c.attempts.iter().find_map(|a| a.started.filter(|&s| s > from)).unwrap_or(self.to);
        let time = begun.min(self.to) - from;
        Some((time, Sentence::TimeToConfigure { time, container: c.name.clone(), message }))
    }

    /// It goes to what the container does, or waits for.
    fn run(&self, trace: &Trace, c: &ContainerTrace) -> Option<Told> {
        let begun = c.attempts.iter().filter_map(|a| a.started).rfind(|&s| self.has(s))?;
        let (time, container) = (self.to - begun, c.name.clone());
        let told = match (c.kind, missing_world(trace, &c.name, begun)) {
            (ContainerKind::Main, _) => return None,
            (ContainerKind::Sidecar, _) => Sentence::TimeToCount { time, container },
            (_, Some(w)) => Sentence::TimeToWait { time, container, what: w.kind, name: w.name.clone() },
            (_, None) => Sentence::TimeToRun { time, container },
        };
        Some((time, told))
    }
}
